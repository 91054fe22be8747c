{{! Orders of a buyer (AS_BUYER) or of a shop (AS_SELLER section). Values of _top, _foot, _mine, _shop_nav and _told; ORDERS_TITLE;
HAS_ORDERS section: ORDERS, a section for each: ORDER_URL, ORDER_NAME, ORDER_TITLE, ORDER_DAY, ORDER_STATE, one of STATE_OPEN,
STATE_GOOD, STATE_BAD, STATE_OVER; ORDER_SHOP section: SHOP_NAME; ORDER_PRICE section: PRICE_TEXT; ORDER_NEXT, ORDER_MINE section:
the reader must act; ORDER_BY section: BY_TEXT; MORE section: MORE_URL; NO_ORDERS section }}
{{>_head}}
<title>{{ORDERS_TITLE}} · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<div class="narrow">
<h1>{{ORDERS_TITLE}}</h1>
{{>_shop_nav}}
{{>_told}}
{{#HAS_ORDERS}}<ul class="rows">
{{#ORDERS}}<li><div>
<h2 class="small"><a href="{{ORDER_URL}}" dir="auto">{{ORDER_TITLE}}</a></h2>
<p>{{#STATE_OPEN}}<span class="badge">{{ORDER_STATE}}</span>{{/STATE_OPEN}}{{#STATE_GOOD}}<span class="badge good">{{ORDER_STATE}}</span>{{/STATE_GOOD}}{{#STATE_BAD}}<span class="badge bad">{{ORDER_STATE}}</span>{{/STATE_BAD}}{{#STATE_OVER}}<span class="badge">{{ORDER_STATE}}</span>{{/STATE_OVER}} {{#ORDER_PRICE}}<bdi class="price">{{PRICE_TEXT}}</bdi>{{/ORDER_PRICE}}</p>
<p>{{#ORDER_MINE}}<strong>[[Your turn:]]</strong> {{/ORDER_MINE}}<span>{{ORDER_NEXT}}</span>{{#ORDER_BY}} <span class="fine">[[by {{BY_TEXT}}]]</span>{{/ORDER_BY}}</p>
<p class="fine">{{#ORDER_SHOP}}<bdi>{{SHOP_NAME}}</bdi> · {{/ORDER_SHOP}}<span>[[Order {{ORDER_NAME}}]]</span> · <span>{{ORDER_DAY}}</span></p>
</div></li>
{{/ORDERS}}
</ul>
{{#MORE}}<div class="actions"><a class="button plain" href="{{MORE_URL}}" rel="next">[[Next page]]</a></div>{{/MORE}}{{/HAS_ORDERS}}
{{#NO_ORDERS}}<div class="empty">{{#AS_BUYER}}<p class="lead">[[You have ordered nothing yet.]]</p>
<p><a class="button" href="/search">[[Look for goods]]</a></p>{{/AS_BUYER}}{{#AS_SELLER}}<p class="lead">[[Nobody has ordered here yet. Whoever asks or orders stands here, and you are told.]]</p>{{/AS_SELLER}}</div>{{/NO_ORDERS}}
{{#AS_BUYER}}<ul class="links below">
<li><a href="/ask">[[Ask shops for an offer]]</a></li>
<li><a href="/me/notices">[[What you were told]]</a></li>
</ul>{{/AS_BUYER}}
</div>
{{>_foot}}
