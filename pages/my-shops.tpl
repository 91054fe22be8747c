{{! The shops that one keeps. Values of _top, _foot, _mine and _told; HAS_SHOPS section: SHOPS, a section for each: SHOP_URL,
SHOP_NAME, SHOP_WHERE; NO_SHOPS section }}
{{>_head}}
<title>[[My shop]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<div class="narrow">
<h1>[[My shop]]</h1>
{{>_told}}
{{#HAS_SHOPS}}<ul class="rows">
{{#SHOPS}}<li><div><p><a href="{{SHOP_URL}}"><bdi>{{SHOP_NAME}}</bdi></a></p><p class="fine"><bdi>{{SHOP_WHERE}}</bdi></p></div></li>
{{/SHOPS}}
</ul>
<div class="actions"><a class="button plain" href="/my/new-shop">[[Open another shop]]</a></div>{{/HAS_SHOPS}}
{{#NO_SHOPS}}<div class="empty"><p class="lead">[[You have no shop yet. It takes a name and the country you send from; goods come after.]]</p>
<p><a class="button" href="/my/new-shop">[[Open a shop]]</a></p></div>{{/NO_SHOPS}}
</div>
{{>_foot}}
