{{! Choosing the door on a page of its own. Values of _top, _foot and _door_form; DOOR_PROBLEM: section where the choice
was refused: PROBLEM_TEXT. }}
{{>_head}}
<title>[[Choose your door]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
<div class="narrow">
<h1>[[Where should it go?]]</h1>
{{#DOOR_PROBLEM}}<div class="errors" role="alert" tabindex="-1"><h2>[[Please look again]]</h2><ul><li><a href="#door-to">{{PROBLEM_TEXT}}</a></li></ul></div>{{/DOOR_PROBLEM}}
<p>[[Duty and tax depend on the country, and on whether a home or a business buys. We keep your choice in a cookie and nothing else.]]</p>
{{>_door_form}}
</div>
{{>_foot}}
