{{! The basket: what was chosen, shop by shop. Values of _top, _foot and _told; BASKET_EMPTY, SEVERAL_SHOPS sections;
BASKETS, a section for each shop: SHOP_NAME, SHOP_URL, SHOP_WHERE, CHECKOUT_URL, ASK_URL, BASKET_LINES, a section for each:
LINE_URL, LINE_TITLE, LINE_LANG, LINE_ID, LINE_QUANTITY, LINE_UNIT, LINE_NUMBERS (language of the number), LINE_PICTURE section:
PICTURE_URL, or LINE_NO_PICTURE section; LINE_PRICED section: LINE_AMOUNT; LINE_PROBLEM section: PROBLEM_TEXT }}
{{>_head}}
<title>[[Basket]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
<div class="narrow">
<h1>[[Basket]]</h1>
{{>_told}}
{{#BASKET_EMPTY}}<div class="empty"><p class="lead">[[Nothing is in the basket yet.]]</p>
<p><a class="button" href="/search">[[Look for goods]]</a></p></div>{{/BASKET_EMPTY}}
{{#SEVERAL_SHOPS}}<p class="notice"><svg class="icon" aria-hidden="true"><use href="#i-info"/></svg><span>[[Each shop sends its own parcel, so each is an order of its own.]]</span></p>{{/SEVERAL_SHOPS}}
{{#BASKETS}}<section class="sheet">
<h2><a href="{{SHOP_URL}}"><bdi>{{SHOP_NAME}}</bdi></a></h2>
<p class="fine"><bdi>{{SHOP_WHERE}}</bdi></p>
<ul class="rows goods">
{{#BASKET_LINES}}<li>
<div class="thumb">{{#LINE_PICTURE}}<img src="{{PICTURE_URL}}" alt="" width="88" height="88" loading="lazy">{{/LINE_PICTURE}}{{#LINE_NO_PICTURE}}<span class="no-photo">[[No photo]]</span>{{/LINE_NO_PICTURE}}</div>
<div>
<h3><a href="{{LINE_URL}}" lang="{{LINE_LANG}}" dir="auto">{{LINE_TITLE}}</a></h3>
{{#LINE_PRICED}}<p><bdi class="price">{{LINE_AMOUNT}}</bdi> <span class="fine">[[for the goods]]</span></p>{{/LINE_PRICED}}
<form class="change" action="/basket" method="post">
<input type="hidden" name="product" value="{{LINE_ID}}"><input type="hidden" name="numbers" value="{{LINE_NUMBERS}}">
<div class="field"><label for="quantity-{{LINE_ID}}">[[How many]] <span class="fine">({{LINE_UNIT}})</span></label>
<div class="joined"><input id="quantity-{{LINE_ID}}" name="quantity" inputmode="decimal" value="{{LINE_QUANTITY}}" maxlength="16" autocomplete="off"{{#LINE_PROBLEM}} aria-invalid="true" aria-describedby="problem-{{LINE_ID}}"{{/LINE_PROBLEM}}>
<button class="button plain" type="submit" name="do" value="change">[[basket|Change]]<span class="unseen"> <bdi>{{LINE_TITLE}}</bdi></span></button></div>
{{#LINE_PROBLEM}}<p class="problem" id="problem-{{LINE_ID}}">{{PROBLEM_TEXT}}</p>{{/LINE_PROBLEM}}</div>
<div class="actions"><button class="button danger" type="submit" name="do" value="remove">[[Take out]]<span class="unseen"> <bdi>{{LINE_TITLE}}</bdi></span></button></div>
</form>
</div>
</li>
{{/BASKET_LINES}}
</ul>
<div class="actions"><a class="button" href="{{CHECKOUT_URL}}">[[See the whole price and order]]</a> <a class="button plain" href="{{ASK_URL}}">[[Ask for an offer]]</a></div>
</section>
{{/BASKETS}}
</div>
{{>_foot}}
