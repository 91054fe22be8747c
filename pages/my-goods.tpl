{{! The goods of a shop for its keeper. Values of _top, _foot, _mine, _shop_nav and _told; SHOP_NAME, NEW_URL, FORM_SECRET,
NO_LANES section: SENDING_URL; HAS_GOODS section: GOODS, a section for each: GOODS_EDIT_URL, GOODS_TITLE, GOODS_LANG,
GOODS_PICTURE section: PICTURE_URL, or GOODS_NO_PICTURE section; GOODS_PRICE, GOODS_READY, STATE_DRAFT, STATE_LIVE, STATE_WITHDRAWN: one section;
GOODS_NEWER section: a draft that is newer than what everybody sees; GOODS_MISSING section: MISSING_TEXT;
GOODS_STATE_URL; COSTS_URL; NO_GOODS section; MORE section: MORE_URL }}
{{>_head}}
<title>{{SHOP_NAME}} · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<h1 dir="auto">{{SHOP_NAME}}</h1>
{{>_shop_nav}}
{{>_told}}
{{#NO_LANES}}<p class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>[[Buyers see no whole price yet: say what sending costs.]] <a href="{{SENDING_URL}}">[[Sending]]</a></span></p>{{/NO_LANES}}
<div class="actions"><a class="button" href="{{NEW_URL}}">[[Add a product]]</a></div>
{{#HAS_GOODS}}<ul class="rows goods">
{{#GOODS}}<li>
<div class="thumb">{{#GOODS_PICTURE}}<img src="{{PICTURE_URL}}" alt="" width="88" height="88" loading="lazy">{{/GOODS_PICTURE}}{{#GOODS_NO_PICTURE}}<span class="no-photo">[[No photo]]</span>{{/GOODS_NO_PICTURE}}</div>
<div>
<h2><a href="{{GOODS_EDIT_URL}}" lang="{{GOODS_LANG}}" dir="auto">{{GOODS_TITLE}}</a></h2>
<p>{{#STATE_DRAFT}}<span class="badge">[[Draft]]</span>{{/STATE_DRAFT}}{{#STATE_LIVE}}<span class="badge good">[[everybody sees it]]</span>{{/STATE_LIVE}}{{#STATE_WITHDRAWN}}<span class="badge warn">[[withdrawn]]</span>{{/STATE_WITHDRAWN}}{{#GOODS_NEWER}} <span class="badge warn">[[changes that nobody sees yet]]</span>{{/GOODS_NEWER}}</p>
<p class="fine"><bdi>{{GOODS_PRICE}}</bdi> · <span>{{GOODS_READY}}</span></p>
{{#GOODS_MISSING}}<p class="missing"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>{{MISSING_TEXT}}</span></p>{{/GOODS_MISSING}}
</div>
</li>
{{/GOODS}}
</ul>
{{#MORE}}<div class="actions"><a class="button plain" href="{{MORE_URL}}" rel="next">[[Next page]]</a></div>{{/MORE}}{{/HAS_GOODS}}
{{#NO_GOODS}}<div class="empty"><p class="lead">[[Nothing is here yet. A title is enough for a draft; the rest can come later.]]</p></div>{{/NO_GOODS}}
{{>_foot}}
