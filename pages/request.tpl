{{! The offers of all shops that were asked, side by side. Values of _top, _foot, _mine and _told; REQUEST_NOTE_TEXT, REQUEST_UNTIL;
OFFERS, a section for each shop: OFFER_URL, OFFER_SHOP, OFFER_STATE, NO_OFFER section, OFFER section: OFFER_TOTAL, OFFER_RULE,
OFFER_LINES, a section for each: LINE_TITLE, LINE_QUANTITY, LINE_AMOUNT; DELIVERED or DELIVERED_LEAST section: DELIVERED_PRICE;
UNKNOWNS section within the latter: UNKNOWN_LIST, a section for each: UNKNOWN_TEXT (as in _breakdown); NO_DELIVERED section; OFFER_UNTIL section: UNTIL_TEXT; MAY_ACCEPT section: ACCEPT_URL; MAY_COUNTER: COUNTER_URL; MAY_DECLINE:
DECLINE_URL }}
{{>_head}}
<title>[[Offers side by side]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<h1>[[Offers side by side]]</h1>
{{>_told}}
<p class="fine">[[Offers are awaited until {{REQUEST_UNTIL}}.]]</p>
<p class="as-written" dir="auto">{{REQUEST_NOTE_TEXT:p}}</p>
<ul class="offers">
{{#OFFERS}}<li class="card">
<h2><a href="{{OFFER_URL}}"><bdi>{{OFFER_SHOP}}</bdi></a></h2>
<p><span class="badge">{{OFFER_STATE}}</span></p>
{{#NO_OFFER}}<p>[[No offer yet.]]</p>{{/NO_OFFER}}
{{#OFFER}}{{#DELIVERED}}<p class="grand"><bdi class="total">{{DELIVERED_PRICE}}</bdi> <span>[[delivered, everything included]]</span></p>{{/DELIVERED}}
{{#DELIVERED_LEAST}}<p class="grand"><span>[[at least]]</span> <bdi class="least">{{DELIVERED_PRICE}}</bdi> <span>[[delivered]]</span></p>
{{#UNKNOWNS}}<div class="notice bad"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><div><p><strong>[[Not known, and not in the price:]]</strong></p>
<ul>
{{#UNKNOWN_LIST}}<li>{{UNKNOWN_TEXT}}</li>
{{/UNKNOWN_LIST}}
</ul></div></div>{{/UNKNOWNS}}{{/DELIVERED_LEAST}}
{{#NO_DELIVERED}}<p class="missing"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>[[What duty and tax come to is not known for your door.]]</span></p>{{/NO_DELIVERED}}
<p>[[{{OFFER_TOTAL}} to the shop]]</p>
<ul class="plain-list">
{{#OFFER_LINES}}<li><bdi>{{LINE_QUANTITY}}</bdi> <bdi>{{LINE_TITLE}}</bdi> · <bdi>{{LINE_AMOUNT}}</bdi></li>
{{/OFFER_LINES}}
</ul>
<p class="fine">{{OFFER_RULE}}</p>
{{#OFFER_UNTIL}}<p class="fine">[[holds until {{UNTIL_TEXT}}]]</p>{{/OFFER_UNTIL}}{{/OFFER}}
<div class="actions">
{{#MAY_ACCEPT}}<a class="button" href="{{ACCEPT_URL}}">[[Accept the offer]]<span class="unseen"> <bdi>{{OFFER_SHOP}}</bdi></span></a>{{/MAY_ACCEPT}}
{{#MAY_COUNTER}}<a class="button plain" href="{{COUNTER_URL}}">[[Answer with other terms]]<span class="unseen"> <bdi>{{OFFER_SHOP}}</bdi></span></a>{{/MAY_COUNTER}}
{{#MAY_DECLINE}}<a class="button danger" href="{{DECLINE_URL}}">[[Decline]]<span class="unseen"> <bdi>{{OFFER_SHOP}}</bdi></span></a>{{/MAY_DECLINE}}
</div>
</li>
{{/OFFERS}}
</ul>
{{>_foot}}
