{{! What clerks did for members. HELP section: HELP_LIST, a section for each: HELP_WORDS, HELP_NAME, HELP_AT, HELP_REFUSED section;
MORE section: MORE_URL }}
{{#HELP}}<ul class="rows">
{{#HELP_LIST}}<li><div><p>{{HELP_WORDS}} {{#HELP_REFUSED}}<span class="badge bad">[[refused]]</span>{{/HELP_REFUSED}}</p><p class="fine"><bdi>{{HELP_NAME}}</bdi> · <span>{{HELP_AT}}</span></p></div></li>
{{/HELP_LIST}}
</ul>
{{#MORE}}<div class="actions"><a class="button plain" href="{{MORE_URL}}" rel="next">[[Next page]]</a></div>{{/MORE}}{{/HELP}}
