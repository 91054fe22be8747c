{{! What is one's own. Values of _top, _foot, _mine and _told; besides: ACCOUNT_NAME, ACCOUNT_LANGUAGE, FORM_SECRET,
CONTACTS, a section for each: CONTACT_TEXT, CONTACT_VERIFIED or CONTACT_OPEN (section: VERIFY_URL)
HAS_SECOND or NO_SECOND, HAS_PIN or NO_PIN: section; SECOND_ASKED section: an operator without a second factor
SESSIONS, a section for each: SESSION_ID, SESSION_AGENT, SESSION_SEEN, SESSION_HERE or SESSION_ELSEWHERE (section)
KEYS section: KEY_LIST: KEY_ID, KEY_NAME, KEY_SCOPES, KEY_UNTIL, KEY_USED (section: USED_TEXT), KEY_STANDS or KEY_ENDED }}
{{>_head}}
<title>[[My account]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<div class="narrow">
<h1>[[My account]]</h1>
{{>_told}}
{{#SECOND_ASKED}}<p class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>[[Operators can do much here, so a password is not enough.]] <a href="/me/second-factor">[[Set up a second factor]]</a></span></p>{{/SECOND_ASKED}}
<dl class="facts">
<div><dt>[[Name]]</dt><dd><bdi>{{ACCOUNT_NAME}}</bdi></dd></div>
<div><dt>[[Language]]</dt><dd><bdi>{{ACCOUNT_LANGUAGE}}</bdi></dd></div>
<div><dt>[[Phone number or e-mail]]</dt><dd>{{#CONTACTS}}<p><bdi>{{CONTACT_TEXT}}</bdi> {{#CONTACT_VERIFIED}}<span class="badge good">[[confirmed]]</span>{{/CONTACT_VERIFIED}}{{#CONTACT_OPEN}}<span class="badge warn">[[not confirmed yet]]</span> <a href="{{VERIFY_URL}}">[[Confirm it]]</a>{{/CONTACT_OPEN}}</p>
{{/CONTACTS}}</dd></div>
<div><dt>[[Second factor]]</dt><dd>{{#HAS_SECOND}}[[on]] · <a href="/me/second-factor">[[Turn it off]]</a>{{/HAS_SECOND}}{{#NO_SECOND}}[[off]] · <a href="/me/second-factor">[[Turn it on]]</a>{{/NO_SECOND}}</dd></div>
<div><dt>[[PIN for the counter]]</dt><dd>{{#HAS_PIN}}[[set]]{{/HAS_PIN}}{{#NO_PIN}}[[none]]{{/NO_PIN}} · <a href="/me/pin">[[Set the PIN]]</a></dd></div>
</dl>
<div class="actions">
<a class="button plain" href="/me/name">[[Name and language]]</a>
<a class="button plain" href="/me/password">[[Change the password]]</a>
<a class="button plain" href="/me/contact">[[Another phone number or e-mail]]</a>
<a class="button plain" href="/me/helpers">[[Who acts for you]]</a>
<form action="/sign-out" method="post"><input type="hidden" name="form" value="{{FORM_SECRET}}"><button class="button danger" type="submit">[[Sign out]]</button></form>
</div>
<section aria-labelledby="sessions-h">
<h2 id="sessions-h">[[Where you are signed in]]</h2>
<ul class="rows">
{{#SESSIONS}}<li><div><p><bdi>{{SESSION_AGENT}}</bdi> {{#SESSION_HERE}}<span class="badge good">[[here]]</span>{{/SESSION_HERE}}</p><p class="fine">[[last seen {{SESSION_SEEN}}]]</p></div>
{{#SESSION_ELSEWHERE}}<form action="/me/sessions" method="post"><input type="hidden" name="form" value="{{FORM_SECRET}}"><button class="button plain" type="submit" name="session" value="{{SESSION_ID}}">[[Sign out there]]<span class="unseen"> <bdi>{{SESSION_AGENT}}</bdi></span></button></form>{{/SESSION_ELSEWHERE}}</li>
{{/SESSIONS}}
</ul>
</section>
<section aria-labelledby="keys-h">
<h2 id="keys-h">[[Keys for programs]]</h2>
<p class="fine">[[A program that keeps your shop up to date uses a key of its own, never your password.]]</p>
{{#KEYS}}<ul class="rows">
{{#KEY_LIST}}<li><div><p><bdi>{{KEY_NAME}}</bdi> {{#KEY_ENDED}}<span class="badge">[[ended]]</span>{{/KEY_ENDED}}</p><p class="fine"><bdi>{{KEY_SCOPES}}</bdi></p><p class="fine">[[until {{KEY_UNTIL}}]]{{#KEY_USED}} · {{USED_TEXT}}{{/KEY_USED}}</p></div>
{{#KEY_STANDS}}<form action="/me/keys/end" method="post"><input type="hidden" name="form" value="{{FORM_SECRET}}"><button class="button danger" type="submit" name="key" value="{{KEY_ID}}">[[End it]]<span class="unseen"> <bdi>{{KEY_NAME}}</bdi></span></button></form>{{/KEY_STANDS}}</li>
{{/KEY_LIST}}
</ul>{{/KEYS}}
<div class="actions"><a class="button plain" href="/me/keys">[[Make a key]]</a></div>
</section>
<ul class="links below">
<li><a href="/me/notices">[[What you were told]]</a></li>
<li><a href="/privacy">[[What is kept about you]]</a></li>
<li><a href="/me/copy">[[Take a copy of what is kept about you]]</a></li>
<li><a href="/me/leave">[[End my account]]</a></li>
</ul>
</div>
{{>_foot}}
