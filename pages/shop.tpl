{{! A shop. Values of _top, _foot, _crumbs, _hit and _pages; besides:
SHOP_NAME, SHOP_WHERE, SHOP_SUMMARY (at most 160 characters), SHOP_SINCE (section: SINCE_TEXT), SHOP_CANONICAL
SHOP_KEY          section: KEY_FINGERPRINT, of the key that signs its offers
SHOP_LANG, SHOP_PARAGRAPHS: PARAGRAPH_TEXT
LANES             section: LANE_LIST: LANE_TO, LANE_ROAD, LANE_PRICE, LANE_DAYS
SHOP_SENDS_HERE, SHOP_SENDS_NOT_HERE, SHOP_SENDING_UNKNOWN   with a door: one of these sections, with DOOR_COUNTRY
SHOP_HEADING      "24 goods"
HAS_HITS: HITS; EMPTY }}
{{>_head}}
<title>{{SHOP_NAME}} · Allroads</title>
<meta name="description" content="{{SHOP_SUMMARY}}">
<link rel="canonical" href="{{SHOP_CANONICAL}}">
{{>_top}}
{{>_crumbs}}
<div class="shop-head">
<h1 dir="auto">{{SHOP_NAME}}</h1>
<p><bdi>{{SHOP_WHERE}}</bdi>{{#SHOP_SINCE}} <span class="dot">·</span> <span>{{SINCE_TEXT}}</span>{{/SHOP_SINCE}}</p>
<div class="prose" lang="{{SHOP_LANG}}" dir="auto">
{{#SHOP_PARAGRAPHS}}<p>{{PARAGRAPH_TEXT}}</p>
{{/SHOP_PARAGRAPHS}}
</div>
{{#SHOP_SENDS_HERE}}<p class="notice good"><svg class="icon" aria-hidden="true"><use href="#i-good"/></svg><span>[[Sends to {{DOOR_COUNTRY}}.]]</span></p>{{/SHOP_SENDS_HERE}}
{{#SHOP_SENDS_NOT_HERE}}<p class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>[[Does not send to {{DOOR_COUNTRY}}.]]</span></p>{{/SHOP_SENDS_NOT_HERE}}
{{#SHOP_SENDING_UNKNOWN}}<p class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>[[What sending to {{DOOR_COUNTRY}} costs, the shop has not said.]]</span></p>{{/SHOP_SENDING_UNKNOWN}}
</div>
<section aria-labelledby="goods-h">
<h2 id="goods-h">{{SHOP_HEADING}}</h2>
{{#HAS_HITS}}<ul class="hits">
{{#HITS}}{{>_hit}}{{/HITS}}
</ul>{{/HAS_HITS}}
{{#EMPTY}}<div class="empty"><p class="lead">[[There is nothing on offer at the moment.]]</p></div>{{/EMPTY}}
{{>_pages}}
</section>
{{#LANES}}<section>
<h2 id="lanes-h">[[What sending costs]]</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="lanes-h">
<table class="table">
<thead><tr><th scope="col">[[To]]</th><th scope="col">[[By]]</th><th scope="col" class="number">[[Price]]</th><th scope="col" class="number">[[Days]]</th></tr></thead>
<tbody>
{{#LANE_LIST}}<tr><th scope="row">{{LANE_TO}}</th><td>{{LANE_ROAD}}</td><td class="number"><bdi>{{LANE_PRICE}}</bdi></td><td class="number">{{LANE_DAYS}}</td></tr>
{{/LANE_LIST}}
</tbody>
</table>
</div>
</section>{{/LANES}}
{{#SHOP_KEY}}<p class="fine">[[Every offer of this shop is signed with its key {{KEY_FINGERPRINT}}.]]</p>{{/SHOP_KEY}}
{{>_foot}}
