{{! The end of <head>, the header, and the beginning of <main>. Values of every page:
QUERY             what was searched for; "" where nothing was
DOOR              section where a door is chosen:
  DOOR_COUNTRY    its name in the reader's language
  DOOR_HOME or DOOR_BUSINESS   section: which of both
NO_DOOR           section where none is chosen
DOOR_URL          where to change it: "/door?back=/search%3Fq%3Dbasket"
SIGNED_IN         section: ACCOUNT_NAME, ACCOUNT_URL
SIGNED_OUT        section: SIGN_IN_URL
LANGUAGE_NAME     of the page, in itself: "English"
LANGUAGES         a section for each other language: LANGUAGE_CODE, LANGUAGE_OWN_NAME, LANGUAGE_URL
ACTING            section where a clerk acts for a member: ACTING_NAME, ACTING_UNTIL, ACTING_SECRET
DEMO              section where shops and goods are made up }}
</head>
<body>
<svg hidden class="sprite" aria-hidden="true">
<symbol id="i-pin" viewBox="0 0 24 24"><path d="M12 2a7 7 0 0 0-7 7c0 5 7 13 7 13s7-8 7-13a7 7 0 0 0-7-7zm0 9.5A2.5 2.5 0 1 1 12 6.500a2.5 2.5 0 0 1 0 5z"/></symbol>
<symbol id="i-find" viewBox="0 0 24 24"><path d="M10 3a7 7 0 1 0 4.2 12.600l5.1 5.1 1.4-1.4-5.1-5.100A7 7 0 0 0 10 3zm0 2a5 5 0 1 1 0 10 5 5 0 0 1 0-10z"/></symbol>
<symbol id="i-warn" viewBox="0 0 24 24"><path d="M12 2 1 21h22zm-1 7h2v6h-2zm0 8h2v2h-2z"/></symbol>
<symbol id="i-good" viewBox="0 0 24 24"><path d="m9 16.2-4.2-4.2-1.4 1.400L9 19 21 7l-1.4-1.400z"/></symbol>
<symbol id="i-info" viewBox="0 0 24 24"><path d="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1 5h2v2h-2zm0 4h2v6h-2z"/></symbol>
</svg>
<a class="skip" href="#main">[[Skip to the content]]</a>
<header class="top">
<div class="wrap">
<a class="mark" href="/"><svg viewBox="0 0 32 32" aria-hidden="true"><path d="M3 27 13 5h6l10 22h-5.500L16 9.5 8.5 27z"/><path d="M15 27h2v-4h-2zm0-7h2v-4h-2z"/></svg><span>Allroads</span></a>
<form class="find" action="/search" role="search">
<label class="unseen" for="q">[[Search for goods]]</label>
<input id="q" name="q" type="search" value="{{QUERY}}" maxlength="200" placeholder="[[Search for goods]]" enterkeyhint="search">
<button type="submit"><svg class="icon" aria-hidden="true"><use href="#i-find"/></svg><span class="unseen">[[verb|Search]]</span></button>
</form>
<div class="me">
<details class="tongues">
<summary><span class="unseen">[[Language:]] </span><bdi>{{LANGUAGE_NAME}}</bdi></summary>
<ul>
{{#LANGUAGES}}<li><a href="{{LANGUAGE_URL}}" hreflang="{{LANGUAGE_CODE}}" lang="{{LANGUAGE_CODE}}" rel="nofollow"><bdi>{{LANGUAGE_OWN_NAME}}</bdi></a></li>
{{/LANGUAGES}}
</ul>
</details>
<a href="/basket">[[Basket]]</a>
{{#SIGNED_IN}}<a href="{{ACCOUNT_URL}}"><bdi>{{ACCOUNT_NAME}}</bdi></a>{{/SIGNED_IN}}
{{#SIGNED_OUT}}<a href="{{SIGN_IN_URL}}">[[Sign in]]</a>{{/SIGNED_OUT}}
</div>
</div>
<div class="doorway">
<div class="wrap">
<p>
{{#DOOR}}<svg class="icon" aria-hidden="true"><use href="#i-pin"/></svg>
{{#DOOR_HOME}}<span>[[Delivered to {{DOOR_COUNTRY}}, home]]</span>{{/DOOR_HOME}}
{{#DOOR_BUSINESS}}<span>[[Delivered to {{DOOR_COUNTRY}}, business]]</span>{{/DOOR_BUSINESS}}
<a href="{{DOOR_URL}}">[[door|Change]]<span class="unseen"> [[where to deliver]]</span></a>{{/DOOR}}
{{#NO_DOOR}}<svg class="icon" aria-hidden="true"><use href="#i-pin"/></svg><span>[[Where should it go?]]</span>
<a href="{{DOOR_URL}}">[[Choose your door]]</a>{{/NO_DOOR}}
</p>
</div>
</div>
</header>
<main id="main" class="wrap" tabindex="-1">
{{#ACTING}}<div class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><div><p>[[You act for {{ACTING_NAME}} until {{ACTING_UNTIL}}.]]</p><form action="/counter/end" method="post"><input type="hidden" name="form" value="{{ACTING_SECRET}}"><button class="button plain" type="submit">[[End it]]</button></form></div></div>{{/ACTING}}
{{#DEMO}}<p class="notice demo"><svg class="icon" aria-hidden="true"><use href="#i-info"/></svg><span>[[A demonstration: nothing is really sold or sent. Duties, taxes and their laws are real.]]</span></p>{{/DEMO}}
