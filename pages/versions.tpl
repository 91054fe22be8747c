{{! The versions of a product for its keeper. Values of _top, _foot and _mine; GOODS_TITLE, GOODS_LANG, GOODS_EDIT_URL,
VERSIONS, a section for each, newest first: VERSION_TEXT ("Version 3"), VERSION_DAY, VERSION_URL, VERSION_LIVE,
VERSION_NEWEST (sections) }}
{{>_head}}
<title>[[Versions]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<div class="narrow">
<p><a href="{{GOODS_EDIT_URL}}" lang="{{GOODS_LANG}}" dir="auto">{{GOODS_TITLE}}</a></p>
<h1>[[Versions]]</h1>
<p>[[What was ordered keeps the version it was ordered by, whatever comes later.]]</p>
<ul class="rows">
{{#VERSIONS}}<li><div><p>{{VERSION_TEXT}} {{#VERSION_LIVE}}<span class="badge good">[[everybody sees it]]</span>{{/VERSION_LIVE}}{{#VERSION_NEWEST}} <span class="badge">[[the newest]]</span>{{/VERSION_NEWEST}}</p><p class="fine">{{VERSION_DAY}}</p></div>
<a class="button plain" href="{{VERSION_URL}}">[[Go on from this one]]<span class="unseen"> {{VERSION_TEXT}}</span></a></li>
{{/VERSIONS}}
</ul>
</div>
{{>_foot}}
