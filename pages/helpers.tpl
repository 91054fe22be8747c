{{! Who acts for somebody, and what they did. Values of _top, _foot, _mine, _told and _help; FORM_SECRET; HAS_GIVEN section: GIVEN,
a section for each: CLERK_ID, CLERK_NAME, GIVEN_PURPOSES, KEY_UNTIL; GIVEN_NONE, HELP_NONE sections }}
{{>_head}}
<title>[[Who acts for you]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<div class="narrow">
<h1>[[Who acts for you]]</h1>
{{>_told}}
<section aria-labelledby="given-h">
<h2 id="given-h">[[Clerks who may act for you now]]</h2>
{{#GIVEN_NONE}}<p class="fine">[[None at this moment.]]</p>{{/GIVEN_NONE}}
{{#HAS_GIVEN}}<ul class="rows">
{{#GIVEN}}<li><div><p><bdi>{{CLERK_NAME}}</bdi></p><p class="fine">{{GIVEN_PURPOSES}}</p><p class="fine">[[until {{KEY_UNTIL}}]]</p></div>
<form action="/me/helpers" method="post"><input type="hidden" name="form" value="{{FORM_SECRET}}"><button class="button danger" type="submit" name="clerk" value="{{CLERK_ID}}">[[Take it back]]<span class="unseen"> <bdi>{{CLERK_NAME}}</bdi></span></button></form></li>
{{/GIVEN}}
</ul>{{/HAS_GIVEN}}
<div class="actions"><a class="button plain" href="/me/pin">[[Set the PIN]]</a></div>
</section>
<section aria-labelledby="help-h">
<h2 id="help-h">[[What was done for you]]</h2>
{{#HELP_NONE}}<p class="fine">[[Nothing yet.]]</p>{{/HELP_NONE}}
{{>_help}}
</section>
</div>
{{>_foot}}
