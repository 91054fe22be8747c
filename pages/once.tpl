{{! What is shown once and never again: a key, recovery codes. Values of _top, _foot and _mine; ONCE_TITLE, ONCE_LEAD,
ONCE, a section for each: ONCE_TEXT; ONCE_URL, where to go then }}
{{>_head}}
<title>{{ONCE_TITLE}} · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<div class="narrow">
<h1>{{ONCE_TITLE}}</h1>
<p class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>{{ONCE_LEAD}}</span></p>
<ul class="once sheet">
{{#ONCE}}<li><code><bdi>{{ONCE_TEXT}}</bdi></code></li>
{{/ONCE}}
</ul>
<div class="actions"><a class="button" href="{{ONCE_URL}}">[[I have written it down]]</a></div>
</div>
{{>_foot}}
