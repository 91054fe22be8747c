{{! What is kept about people. Values of _top and _foot. }}
{{>_head}}
<title>[[What is kept about you]] · Allroads</title>
<meta name="description" content="[[What this hub keeps about you, why, and for how long.]]">
{{>_top}}
<div class="narrow">
<h1>[[What is kept about you]]</h1>
<p class="lead">[[What this hub keeps about you, why, and for how long.]]</p>
<dl class="facts">
<div><dt>[[Name]]</dt><dd>[[Your name, phone number or e-mail and language: so that you can sign in and be reached. Until you end your account.]]</dd></div>
<div><dt>[[Password]]</dt><dd>[[Passwords, PINs and codes: never as you wrote them, only so that we can tell whether they are right.]]</dd></div>
<div><dt>[[Where you are signed in]]</dt><dd>[[The name of your browser, a part of its address, and when: until 30 days after it ended.]]</dd></div>
<div><dt>[[What was done]]</dt><dd>[[What you change here stands in a record, so that nobody can deny or forge it. It stays; your name goes when you end your account.]]</dd></div>
<div><dt>[[My shop]]</dt><dd>[[What you publish is for everybody. Drafts are yours.]]</dd></div>
<div><dt>[[Cookies]]</dt><dd>[[One for signing in, one for your door, one for your language, and one for whom a clerk acts. None of others.]]</dd></div>
<div><dt>[[Who sees it]]</dt><dd>[[Who looks after this hub sees your contacts and what was done; that they looked is recorded. Messages to you go through the gateway of this hub.]]</dd></div>
</dl>
<ul class="links below">
<li><a href="/me/copy">[[Take a copy of what is kept about you]]</a></li>
<li><a href="/me/leave">[[End my account]]</a></li>
</ul>
</div>
{{>_foot}}
