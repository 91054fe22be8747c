{{! Money of one's own (MONEY_MINE) or of a shop (MONEY_OF_SHOP section). Values of _top, _foot, _mine and _shop_nav; MONEY_TITLE; MONEY_OUT section;
HAS_MONEY section: ACCOUNTS, a section for each: ACCOUNT_WORDS, ACCOUNT_HOLDER, ACCOUNT_AMOUNT, STATEMENT_URL, ACCOUNT_RESERVED
section: RESERVED_AMOUNT; NO_MONEY section; PAYABLE section: PAYABLE_LIST, a section for each: PAYABLE_AMOUNT, ORDER_URL, ORDER_NAME,
PAY_OUT_URL }}
{{>_head}}
<title>{{MONEY_TITLE}} · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<div class="narrow">
<h1>{{MONEY_TITLE}}</h1>
{{>_shop_nav}}
{{#MONEY_MINE}}<p>[[Money that came back to you, or was too much. You can pay orders with it.]]</p>{{/MONEY_MINE}}
{{#MONEY_OUT}}<p><a class="button plain" href="/me/money/out">[[Have my money sent to me]]</a></p>{{/MONEY_OUT}}
{{#MONEY_OF_SHOP}}<p>[[What buyers paid is held until the goods are there. Then it is yours, and you say where it goes.]]</p>{{/MONEY_OF_SHOP}}
{{#PAYABLE}}<section aria-labelledby="payable-h">
<h2 id="payable-h">[[To be paid out]]</h2>
<ul class="rows">
{{#PAYABLE_LIST}}<li><div><p><bdi class="price">{{PAYABLE_AMOUNT}}</bdi></p><p class="fine"><a href="{{ORDER_URL}}">[[Order {{ORDER_NAME}}]]</a></p></div>
<a class="button" href="{{PAY_OUT_URL}}">[[Have it paid out]]<span class="unseen"> <bdi>{{ORDER_NAME}}</bdi></span></a></li>
{{/PAYABLE_LIST}}
</ul>
</section>{{/PAYABLE}}
<section aria-labelledby="accounts-h">
<h2 id="accounts-h">[[Accounts]]</h2>
{{#HAS_MONEY}}<ul class="rows">
{{#ACCOUNTS}}<li><div><p><bdi class="price">{{ACCOUNT_AMOUNT}}</bdi></p><p>{{ACCOUNT_WORDS}} <span class="fine">{{ACCOUNT_HOLDER}}</span></p>{{#ACCOUNT_RESERVED}}<p class="fine">[[of it {{RESERVED_AMOUNT}} is set aside]]</p>{{/ACCOUNT_RESERVED}}</div>
<a class="button plain" href="{{STATEMENT_URL}}">[[Statement]]<span class="unseen"> <span>{{ACCOUNT_WORDS}}</span></span></a></li>
{{/ACCOUNTS}}
</ul>{{/HAS_MONEY}}
{{#NO_MONEY}}<div class="empty"><p class="lead">[[There is no money here yet.]]</p></div>{{/NO_MONEY}}
</section>
</div>
{{>_foot}}
