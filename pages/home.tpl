{{! The first page. Values of _top, _foot and _door_form; besides:
KINDS     a section for each kind of goods: KIND_URL, KIND_NAME, KIND_COUNT ("48")
HAS_HITS  section where something is shown: HITS, as _hit says
EXAMPLE   section: a real quote as an example: EXAMPLE_TITLE, EXAMPLE_URL, EXAMPLE_PRICE, EXAMPLE_BAR_SVG (markup), and
          EXAMPLE_PARTS, a section for each part: PART_KEY_SVG (markup by key_of_part), PART_NAME, PART_AMOUNT }}
{{>_head}}
<title>[[Allroads: the price at your door, before you buy]]</title>
<meta name="description" content="[[Goods from makers around the world, each with its whole delivered price: goods, freight, duty and tax, and the law behind every line.]]">
{{>_top}}
<div class="hero">
<div>
<h1>[[The price at your door, before you buy]]</h1>
<p class="lead">[[Makers around the world sell here. For each of their goods you see the whole price where you are: goods, freight, duty, tax. And which law says so.]]</p>
<section class="sheet" aria-labelledby="door-h">
<h2 id="door-h">[[Where should it go?]]</h2>
{{>_door_form}}
</section>
</div>
{{#EXAMPLE}}<section class="slip" aria-labelledby="ex-h">
<h2 id="ex-h">[[For example]]</h2>
<p><a href="{{EXAMPLE_URL}}" dir="auto">{{EXAMPLE_TITLE}}</a></p>
{{EXAMPLE_BAR_SVG:none}}
<table class="ledger">
<caption class="unseen">[[What the price is made of]]</caption>
<tbody>
{{#EXAMPLE_PARTS}}<tr><th scope="row">{{PART_KEY_SVG:none}} {{PART_NAME}}</th><td><bdi>{{PART_AMOUNT}}</bdi></td></tr>
{{/EXAMPLE_PARTS}}
</tbody>
<tfoot><tr><th scope="row">[[Delivered]]</th><td><bdi class="total">{{EXAMPLE_PRICE}}</bdi></td></tr></tfoot>
</table>
<p class="fine">[[A double line under a price means: everything is in it.]]</p>
</section>{{/EXAMPLE}}
</div>
<section aria-labelledby="kinds-h">
<h2 id="kinds-h">[[Kinds of goods]]</h2>
<ul class="kinds">
{{#KINDS}}<li><a href="{{KIND_URL}}"><span>{{KIND_NAME}}</span> <span class="count">{{KIND_COUNT}}</span></a></li>
{{/KINDS}}
</ul>
</section>
{{#HAS_HITS}}<section aria-labelledby="new-h">
<h2 id="new-h">[[New in the shops]]</h2>
<ul class="hits">
{{#HITS}}{{>_hit}}{{/HITS}}
</ul>
</section>{{/HAS_HITS}}
{{>_foot}}
