{{! What a product costs delivered to many countries. Values of _top, _foot, _crumbs and _countries; besides:
PRODUCT_TITLE, PRODUCT_URL
COUNTRIES_TEXT       "1 piece, for a home, by post; cheapest first, in euros"
COUNTRIES_LEFT_OUT   section: LEFT_OUT_TEXT, "No rules are known of 3 countries: …"
KEY_GOODS_SVG, KEY_FREIGHT_SVG, KEY_DUTY_SVG, KEY_TAXES_SVG, KEY_FEES_SVG, KEY_UNKNOWN_SVG   markup by key_of_part }}
{{>_head}}
<title>[[What it costs in other countries: {{PRODUCT_TITLE}}]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_crumbs}}
<h1>[[What it costs in other countries]]</h1>
<p><a href="{{PRODUCT_URL}}" dir="auto">{{PRODUCT_TITLE}}</a></p>
<p class="fine">{{COUNTRIES_TEXT}}</p>
{{#COUNTRIES_LEFT_OUT}}<p class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>{{LEFT_OUT_TEXT}}</span></p>{{/COUNTRIES_LEFT_OUT}}
<section class="sheet" aria-labelledby="bars-h">
<h2 id="bars-h">[[Delivered price by country]]</h2>
<ul class="legend">
<li>{{KEY_GOODS_SVG:none}} [[Goods]]</li>
<li>{{KEY_FREIGHT_SVG:none}} [[Freight]]</li>
<li>{{KEY_DUTY_SVG:none}} [[Duty]]</li>
<li>{{KEY_TAXES_SVG:none}} [[Taxes]]</li>
<li>{{KEY_FEES_SVG:none}} [[Fees]]</li>
<li>{{KEY_UNKNOWN_SVG:none}} [[Not known]]</li>
</ul>
{{>_countries}}
</section>
{{>_foot}}
