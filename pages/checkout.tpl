{{! Everything that is to be seen before it is ordered. Values of _top, _foot, _crumbs and _errors; SHOP_NAME, CHECKOUT_URL;
NO_DOOR_YET section: values of _door_form; CANNOT section: CANNOT_TEXT, ASK_URL (why it cannot be ordered as it stands)
CAN section: SHOP_URL, SHOP_WHERE, values of _terms, PAY_NOW, PAY_LATER section: LATER_AMOUNT
  SLIP section: values of _breakdown; NOT_RECKONED section: no delivered price is known
  BORDER section: BORDER_COUNTRY, BORDER_PARTS, a section for each: PART_NAME, PART_AMOUNT; BORDER_NOTHING section
  PLANS section: PLAN_LIST, a section for each: PLAN_KEY, PLAN_NAME, PLAN_CHOSEN section
  ORDER_FORM section: values of _form, ORDER_MAY_PAY or ORDER_PAYS_LATER section; SIGN_IN_FIRST section: ORDER_SIGN_IN_URL, ORDER_SIGN_UP_URL }}
{{>_head}}
<title>[[Order from {{SHOP_NAME}}]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_crumbs}}
{{>_errors}}
<h1>[[Order from {{SHOP_NAME}}]]</h1>
{{#NO_DOOR_YET}}<section class="slip" aria-labelledby="door-h">
<h2 id="door-h">[[Where should it go?]]</h2>
<p>[[Freight, duty and tax depend on where it goes.]]</p>
{{>_door_form}}
</section>{{/NO_DOOR_YET}}
{{#CANNOT}}<div class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><div><p><strong>[[It cannot be ordered as it stands.]]</strong> <span>{{CANNOT_TEXT}}</span></p>
<div class="actions"><a class="button" href="{{ASK_URL}}">[[Ask for an offer]]</a> <a class="button plain" href="/basket">[[Back to the basket]]</a></div></div></div>{{/CANNOT}}
{{#CAN}}<div class="checkout">
<div>
<section class="sheet" aria-labelledby="terms-h">
<h2 id="terms-h">[[What you agree to]]</h2>
{{>_terms}}
</section>
{{#PLANS}}<form class="sheet" action="{{CHECKOUT_URL}}" method="get">
<fieldset class="choices">
<legend>[[When you pay]]</legend>
{{#PLAN_LIST}}<label><input type="radio" name="plan" value="{{PLAN_KEY}}"{{#PLAN_CHOSEN}} checked{{/PLAN_CHOSEN}}> <span>{{PLAN_NAME}}</span></label>
{{/PLAN_LIST}}
</fieldset>
<button class="button plain" type="submit">[[Take this plan]]</button>
</form>{{/PLANS}}
<section class="sheet" aria-labelledby="owe-h">
<h2 id="owe-h">[[What you pay, and to whom]]</h2>
<dl class="facts">
<div><dt>[[To the shop, now]]</dt><dd><bdi class="price">{{PAY_NOW}}</bdi></dd></div>
{{#PAY_LATER}}<div><dt>[[To the shop, later]]</dt><dd><bdi class="price">{{LATER_AMOUNT}}</bdi></dd></div>{{/PAY_LATER}}
{{#BORDER}}{{#BORDER_PARTS}}<div><dt>{{PART_NAME}}</dt><dd><bdi class="price">{{PART_AMOUNT}}</bdi> <span class="fine">[[on arrival in {{BORDER_COUNTRY}}]]</span></dd></div>
{{/BORDER_PARTS}}
{{#BORDER_NOTHING}}<div><dt>[[On arrival in {{BORDER_COUNTRY}}]]</dt><dd>[[nothing more]]</dd></div>{{/BORDER_NOTHING}}{{/BORDER}}
</dl>
{{#BORDER}}<p class="fine">[[Duty, taxes and fees are not the shop's: the post or the carrier collects them for the customs of {{BORDER_COUNTRY}} when the parcel comes.]]</p>{{/BORDER}}
<p>[[Your money is held until the goods are with you. If something goes wrong, say so before it is released; it does not go to the shop meanwhile.]]</p>
</section>
</div>
<div>
{{#SLIP}}{{>_breakdown}}{{/SLIP}}
{{#NOT_RECKONED}}<div class="notice bad"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><p>[[What duty and tax come to is not known here. Ask the shop, or your customs, before you order.]]</p></div>{{/NOT_RECKONED}}
{{#ORDER_FORM}}<section class="sheet" aria-labelledby="order-h">
<h2 id="order-h">[[Order]]</h2>
{{>_form}}
<p class="fine">{{#ORDER_PAYS_LATER}}[[By ordering you sign these terms, and so does the shop. Nothing is paid by this button: how to pay is told next.]]{{/ORDER_PAYS_LATER}}{{#ORDER_MAY_PAY}}[[By ordering you sign these terms, and so does the shop. With the tick above, your money is taken at once and held until the goods are with you; without it, how to pay is told next.]]{{/ORDER_MAY_PAY}}</p>
</section>{{/ORDER_FORM}}
{{#SIGN_IN_FIRST}}<section class="sheet" aria-labelledby="order-h">
<h2 id="order-h">[[Order]]</h2>
<p>[[Sign in to order. The basket is kept.]]</p>
<div class="actions"><a class="button" href="{{ORDER_SIGN_IN_URL}}">[[Sign in]]</a> <a class="button plain" href="{{ORDER_SIGN_UP_URL}}">[[Make an account]]</a></div>
</section>{{/SIGN_IN_FIRST}}
</div>
</div>{{/CAN}}
{{>_foot}}
