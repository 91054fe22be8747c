{{! What was wrong with a form, before everything else. ERRORS section: ERROR_LIST, a section for each: ERROR_TEXT, and
ERROR_AT section: ERROR_FIELD (id of the field). }}
{{#ERRORS}}<div class="errors" role="alert" tabindex="-1"><h2>[[Please look again]]</h2>
<ul>
{{#ERROR_LIST}}<li>{{#ERROR_AT}}<a href="#{{ERROR_FIELD}}">{{ERROR_TEXT}}</a>{{/ERROR_AT}}{{#ERROR_WHOLE}}{{ERROR_TEXT}}{{/ERROR_WHOLE}}</li>
{{/ERROR_LIST}}
</ul></div>{{/ERRORS}}
