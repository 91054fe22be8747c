{{! For clerks: for whom they may act, and what they did. Values of _top, _foot, _mine, _errors, _told, _form and _help; besides:
HAS_HAD section: HAD, a section for each: MEMBER_ID, MEMBER_NAME, HAD_PURPOSES, KEY_UNTIL; HAD_NONE, HELP_NONE sections }}
{{>_head}}
<title>[[At the counter]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<div class="narrow">
{{>_errors}}
<h1>[[At the counter]]</h1>
{{>_told}}
<p>[[A member who sits beside you types their PIN here, and you do for them what they choose. All of it is recorded with your name, and they are told.]]</p>
<ul class="links">
<li><a href="/counter/cash">[[Take cash for an order]]</a></li>
<li><a href="/counter/receipt">[[Find a receipt, or void one]]</a></li>
<li><a href="/counter/payouts">[[Hand out a payout in cash]]</a></li>
</ul>
{{>_form}}
<section aria-labelledby="had-h">
<h2 id="had-h">[[Members you may act for now]]</h2>
{{#HAD_NONE}}<p class="fine">[[None at this moment.]]</p>{{/HAD_NONE}}
{{#HAS_HAD}}<ul class="rows">
{{#HAD}}<li><div><p><bdi>{{MEMBER_NAME}}</bdi></p><p class="fine">{{HAD_PURPOSES}}</p><p class="fine">[[until {{KEY_UNTIL}}]]</p></div>
<form action="/counter/act" method="post"><input type="hidden" name="form" value="{{FORM_SECRET}}"><button class="button plain" type="submit" name="member" value="{{MEMBER_ID}}">[[Act for them]]<span class="unseen"> <bdi>{{MEMBER_NAME}}</bdi></span></button></form></li>
{{/HAD}}
</ul>{{/HAS_HAD}}
</section>
<section aria-labelledby="help-h">
<h2 id="help-h">[[What you did for members]]</h2>
{{#HELP_NONE}}<p class="fine">[[Nothing yet.]]</p>{{/HELP_NONE}}
{{>_help}}
</section>
</div>
{{>_foot}}
