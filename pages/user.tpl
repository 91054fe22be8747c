{{! A user, for operators. Values of _top, _foot, _mine, _operate_nav and _told; USER_NAME, USER_LANGUAGE, USER_SINCE, USER_ID,
CONTACTS, a section for each: CONTACT_TEXT, CONTACT_VERIFIED (section); HAS_SECOND or NO_SECOND section; TRAIL_URL, FORM_SECRET,
USER_URL, ROLES, a section for each: ROLE_KEY, ROLE_NAME, ROLE_WORDS, ROLE_GIVEN or ROLE_OPEN section; ROLE_FIXED section }}
{{>_head}}
<title>{{USER_NAME}} · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<div class="narrow">
{{>_operate_nav}}
<h1 dir="auto">{{USER_NAME}}</h1>
{{>_told}}
<dl class="facts">
<div><dt>[[Phone number or e-mail]]</dt><dd>{{#CONTACTS}}<p><bdi>{{CONTACT_TEXT}}</bdi> {{#CONTACT_VERIFIED}}<span class="badge good">[[confirmed]]</span>{{/CONTACT_VERIFIED}}</p>
{{/CONTACTS}}</dd></div>
<div><dt>[[Language]]</dt><dd><bdi>{{USER_LANGUAGE}}</bdi></dd></div>
<div><dt>[[Here since]]</dt><dd>{{USER_SINCE}}</dd></div>
<div><dt>[[Second factor]]</dt><dd>{{#HAS_SECOND}}[[on]]{{/HAS_SECOND}}{{#NO_SECOND}}[[off]]{{/NO_SECOND}}</dd></div>
</dl>
<p><a href="{{TRAIL_URL}}">[[What this account did]]</a></p>
<section aria-labelledby="roles-h">
<h2 id="roles-h">[[Roles]]</h2>
<ul class="rows">
{{#ROLES}}<li><div><p><strong>{{ROLE_NAME}}</strong></p><p class="fine">{{ROLE_WORDS}}</p></div>
<form action="{{USER_URL}}" method="post"><input type="hidden" name="form" value="{{FORM_SECRET}}"><input type="hidden" name="role" value="{{ROLE_KEY}}">{{#ROLE_GIVEN}}<button class="button danger" type="submit" name="do" value="take">[[Take it away]]<span class="unseen"> {{ROLE_NAME}}</span></button>{{/ROLE_GIVEN}}{{#ROLE_OPEN}}<button class="button plain" type="submit" name="do" value="give">[[Give it]]<span class="unseen"> {{ROLE_NAME}}</span></button>{{/ROLE_OPEN}}{{#ROLE_FIXED}}<span class="fine">[[your own: another operator takes it away]]</span>{{/ROLE_FIXED}}</form></li>
{{/ROLES}}
</ul>
</section>
</div>
{{>_foot}}
