{{! "What would it cost in 20 countries?" Values of _top, _foot and _mine; GOODS_TITLE, GOODS_LANG, GOODS_EDIT_URL,
COUNTRIES_FOR ("10 pieces, to a home"), NO_PRICES section: NO_PRICES_TEXT; OTHER_URL, OTHER_TEXT (the other kind of buyer),
PRICES section: COUNTRIES_SVG (markup by country_bars), KEYS: KEY_SVG, KEY_NAME; ROWS, a section for each: ROW_COUNTRY,
ROW_COMPLETE, ROW_PARTIAL or ROW_NONE (section), ROW_PRICE, ROW_GOODS, ROW_FREIGHT, ROW_DUTY, ROW_TAXES, ROW_WHY;
PRICES_DAY; NO_LANES section: SENDING_URL }}
{{>_head}}
<title>[[What would it cost in 20 countries?]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<p><a href="{{GOODS_EDIT_URL}}" lang="{{GOODS_LANG}}" dir="auto">{{GOODS_TITLE}}</a></p>
<h1>[[What would it cost in 20 countries?]]</h1>
<p class="lead">{{COUNTRIES_FOR}}</p>
{{#NO_LANES}}<p class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>[[You have not said what sending costs, so no price here is whole.]] <a href="{{SENDING_URL}}">[[Sending]]</a></span></p>{{/NO_LANES}}
{{#NO_PRICES}}<p class="notice bad"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>{{NO_PRICES_TEXT}} <a href="{{GOODS_EDIT_URL}}">[[Back to the product]]</a></span></p>{{/NO_PRICES}}
{{#PRICES}}<p><a href="{{OTHER_URL}}">{{OTHER_TEXT}}</a></p>
<section class="sheet" aria-labelledby="bars-h">
<h2 id="bars-h">[[Delivered, side by side]]</h2>
<p class="keys">{{#KEYS}}<span>{{KEY_SVG:none}}{{KEY_NAME}}</span> {{/KEYS}}</p>
{{COUNTRIES_SVG:none}}
</section>
<section>
<h2 id="table-h">[[The same as figures]]</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="table-h">
<table class="table">
<thead><tr><th scope="col">[[Country]]</th><th scope="col" class="number">[[Delivered]]</th><th scope="col" class="number">[[Goods]]</th><th scope="col" class="number">[[Freight]]</th><th scope="col" class="number">[[Duty]]</th><th scope="col" class="number">[[Taxes and fees]]</th></tr></thead>
<tbody>
{{#ROWS}}<tr><th scope="row">{{ROW_COUNTRY}}</th>{{#ROW_COMPLETE}}<td class="number"><bdi class="total">{{ROW_PRICE}}</bdi></td>{{/ROW_COMPLETE}}{{#ROW_PARTIAL}}<td class="number"><span class="fine">[[at least]]</span> <bdi class="least">{{ROW_PRICE}}</bdi></td>{{/ROW_PARTIAL}}{{#ROW_NONE}}<td>{{ROW_WHY}}</td>{{/ROW_NONE}}<td class="number"><bdi>{{ROW_GOODS}}</bdi></td><td class="number"><bdi>{{ROW_FREIGHT}}</bdi></td><td class="number"><bdi>{{ROW_DUTY}}</bdi></td><td class="number"><bdi>{{ROW_TAXES}}</bdi></td></tr>
{{/ROWS}}
</tbody>
</table>
</div>
<p class="fine">[[Reckoned for goods that arrive on {{PRICES_DAY}}.]] <a href="/reckoning">[[How we reckon]]</a></p>
</section>{{/PRICES}}
{{>_foot}}
