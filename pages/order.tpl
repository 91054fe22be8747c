{{! One order, for either side. Values of _top, _foot, _mine and _told; ORDER_NAME, ORDER_TITLE, ORDER_STATE, one of STATE_OPEN,
STATE_GOOD, STATE_BAD, STATE_OVER; SHOP_NAME; NEXT_TEXT, NEXT_MINE or NEXT_THEIRS section, NEXT_BY section: BY_TEXT
TIMELINE section: STEP_LIST, a section for each: STEP_NAME, STEP_DONE or STEP_NOW section, STEP_AT section: AT_TEXT
MONEY section: HOLDER_TEXT, SUMS, a section for each: SUM_NAME, SUM_AMOUNT
HOW_TO_PAY section: DUE_TEXT, WAYS, a section for each: WAY_NAME, WAY_LINES: WAY_LABEL, WAY_VALUE; NO_WAYS section, REFERENCE_TEXT
DEEDS section: DEED_LIST, a section for each: DEED_URL, DEED_TEXT, DEED_GRAVE or DEED_PLAIN section
REQUEST section: REQUEST_TO, REQUEST_LANG, WISHES, a section for each: WISH_QUANTITY, WISH_WORDS, WISH_PRODUCT section: PRODUCT_URL,
  PRODUCT_TITLE, PRODUCT_LANG; REQUEST_NOTE, a section for each: NOTE_TEXT; OTHERS section: OTHERS_URL
DISPUTE section: DISPUTE_BY, DISPUTE_WHY, DISPUTE_AT, EVIDENCE_LIST, a section for each: EVIDENCE_BY, EVIDENCE_AT,
  EVIDENCE_NOTE: NOTE_TEXT, EVIDENCE_REFERENCE: REFERENCE_TEXT, or EVIDENCE_FILE: FILE_URL, FILE_DIGEST; PROPOSAL section: PROPOSAL_BY, PROPOSAL_AMOUNT; MEDIATOR section
SHIPMENTS section: SHIPMENT_LIST, a section for each: SHIPMENT_AT, SHIPPED: SHIPPED_QUANTITY, SHIPPED_TITLE; TRACKING, LAST_REPORT,
  PROOF, ARRIVED sections; TRANSFERS section: TRANSFER_LIST: TRANSFER_AMOUNT, TRANSFER_TO, TRANSFER_DONE, _FAILED or _UNDER_WAY
TERMS section: TERMS_AGREED or TERMS_OFFERED, values of _terms, SIGNED section: SIGNED_AT, SIGNED_BY_LISTING or SIGNED_BY_BOTH,
  TERMS_URL; HISTORY section: EVENTS, a section for each: EVENT_WHO, EVENT_WORDS, EVENT_AT, EVENT_AMOUNT, EVENT_WHY, EVENT_REFERENCE,
  EVENT_NOTE sections, EVENT_FILE section: FILE_URL }}
{{>_head}}
<title>[[Order {{ORDER_NAME}}]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
{{>_told}}
<p class="fine">[[Order {{ORDER_NAME}}]] · <bdi>{{SHOP_NAME}}</bdi></p>
<h1 dir="auto">{{ORDER_TITLE}}</h1>
<p>{{#STATE_OPEN}}<span class="badge">{{ORDER_STATE}}</span>{{/STATE_OPEN}}{{#STATE_GOOD}}<span class="badge good">{{ORDER_STATE}}</span>{{/STATE_GOOD}}{{#STATE_BAD}}<span class="badge bad">{{ORDER_STATE}}</span>{{/STATE_BAD}}{{#STATE_OVER}}<span class="badge">{{ORDER_STATE}}</span>{{/STATE_OVER}}</p>
<div class="checkout">
<div>
<section class="slip" aria-labelledby="next-h">
<h2 id="next-h">{{#NEXT_MINE}}[[Your turn]]{{/NEXT_MINE}}{{#NEXT_THEIRS}}[[What happens next]]{{/NEXT_THEIRS}}</h2>
<p class="lead">{{NEXT_TEXT}}</p>
{{#NEXT_BY}}<p class="fine">[[by {{BY_TEXT}}]]</p>{{/NEXT_BY}}
{{#DEEDS}}<div class="actions">
{{#DEED_LIST}}<a class="button{{#DEED_PLAIN}} plain{{/DEED_PLAIN}}{{#DEED_GRAVE}} danger{{/DEED_GRAVE}}" href="{{DEED_URL}}">{{DEED_TEXT}}</a>
{{/DEED_LIST}}
</div>{{/DEEDS}}
</section>
{{#HOW_TO_PAY}}<section class="sheet" aria-labelledby="pay-h">
<h2 id="pay-h">[[How to pay]]</h2>
<p><strong>{{DUE_TEXT}}</strong></p>
{{#WAYS}}<h3>{{WAY_NAME}}</h3>
<dl class="facts copied">
{{#WAY_LINES}}<div><dt>{{WAY_LABEL}}</dt><dd><code><bdi>{{WAY_VALUE}}</bdi></code></dd></div>
{{/WAY_LINES}}
</dl>
{{/WAYS}}
{{#NO_WAYS}}<p>[[This hub tells no way of paying in this currency. Ask who runs it, and name this reference:]] <code><bdi>{{REFERENCE_TEXT}}</bdi></code></p>{{/NO_WAYS}}
<p class="fine">[[The reference leads your payment to this order. Copy it exactly.]]</p>
</section>{{/HOW_TO_PAY}}
{{#DISPUTE}}<section class="sheet" aria-labelledby="dispute-h">
<h2 id="dispute-h">[[Dispute]]</h2>
<p><strong>{{DISPUTE_WHY}}</strong> <span class="fine"><span>{{DISPUTE_BY}}</span> · <span>{{DISPUTE_AT}}</span></span></p>
{{#PROPOSAL}}<p class="notice"><svg class="icon" aria-hidden="true"><use href="#i-info"/></svg><span>[[Proposal: {{PROPOSAL_AMOUNT}} goes back to the buyer, the rest to the seller.]] <span class="fine">{{PROPOSAL_BY}}</span></span></p>{{/PROPOSAL}}
<ul class="rows">
{{#EVIDENCE_LIST}}<li><div><p class="fine"><span>{{EVIDENCE_BY}}</span> · <span>{{EVIDENCE_AT}}</span></p>{{#EVIDENCE_NOTE}}<p class="as-written" dir="auto">{{NOTE_TEXT:p}}</p>{{/EVIDENCE_NOTE}}{{#EVIDENCE_REFERENCE}}<p class="fine"><bdi>{{REFERENCE_TEXT}}</bdi></p>{{/EVIDENCE_REFERENCE}}{{#EVIDENCE_FILE}}<p><a href="{{FILE_URL}}">[[The file that was shown]]</a></p><p class="fine">SHA-256 <code class="digest"><bdi>{{FILE_DIGEST}}</bdi></code></p>{{/EVIDENCE_FILE}}</div></li>
{{/EVIDENCE_LIST}}
</ul>
{{#MEDIATOR}}<p class="fine">[[The mediator is {{MEDIATOR_NAME}}.]]</p>{{/MEDIATOR}}
</section>{{/DISPUTE}}
{{#REQUEST}}<section class="sheet" aria-labelledby="request-h">
<h2 id="request-h">[[What is asked for]]</h2>
<ul class="plain-list">
{{#WISHES}}<li><bdi>{{WISH_QUANTITY}}</bdi> {{#WISH_PRODUCT}}<a href="{{PRODUCT_URL}}" lang="{{PRODUCT_LANG}}" dir="auto">{{PRODUCT_TITLE}}</a>{{/WISH_PRODUCT}}<span lang="{{REQUEST_LANG}}" dir="auto">{{WISH_WORDS}}</span></li>
{{/WISHES}}
</ul>
{{#REQUEST_NOTE}}<p class="as-written" lang="{{REQUEST_LANG}}" dir="auto">{{NOTE_TEXT:p}}</p>{{/REQUEST_NOTE}}
<p class="fine">[[To be delivered to {{REQUEST_TO}}.]]</p>
{{#OTHERS}}<p><a href="{{OTHERS_URL}}">[[All offers side by side]]</a></p>{{/OTHERS}}
</section>{{/REQUEST}}
{{#TERMS}}<section class="sheet" aria-labelledby="terms-h">
<h2 id="terms-h">{{#TERMS_AGREED}}[[What is agreed]]{{/TERMS_AGREED}}{{#TERMS_OFFERED}}[[The offer]]{{/TERMS_OFFERED}}</h2>
{{>_terms}}
{{#SIGNED}}<p class="notice good"><svg class="icon" aria-hidden="true"><use href="#i-good"/></svg><span>{{#SIGNED_BY_BOTH}}[[Signed by both sides on {{SIGNED_AT}}. Nobody can change it.]]{{/SIGNED_BY_BOTH}}{{#SIGNED_BY_LISTING}}[[Signed: the shop signed its offer, the buyer ordered it on {{SIGNED_AT}}. Nobody can change it.]]{{/SIGNED_BY_LISTING}} <a href="{{TERMS_URL}}">[[The signed document]]</a></span></p>{{/SIGNED}}
</section>{{/TERMS}}
</div>
<div>
{{#MONEY}}<section class="sheet" aria-labelledby="money-h">
<h2 id="money-h">[[Where the money is]]</h2>
<p>{{HOLDER_TEXT}}</p>
<table class="ledger">
<caption class="unseen">[[Where the money is]]</caption>
<thead class="unseen"><tr><th scope="col">[[What]]</th><th scope="col">[[Amount]]</th></tr></thead>
<tbody>
{{#SUMS}}<tr><th scope="row">{{SUM_NAME}}</th><td><bdi>{{SUM_AMOUNT}}</bdi></td></tr>
{{/SUMS}}
</tbody>
</table>
</section>{{/MONEY}}
{{#TRANSFERS}}<section class="sheet" aria-labelledby="out-h">
<h2 id="out-h">[[Paid out to you]]</h2>
<ul class="rows">
{{#TRANSFER_LIST}}<li><div><p><bdi class="price">{{TRANSFER_AMOUNT}}</bdi> {{#TRANSFER_DONE}}<span class="badge good">[[arrived]]</span>{{/TRANSFER_DONE}}{{#TRANSFER_FAILED}}<span class="badge bad">[[failed; the hub looks into it]]</span>{{/TRANSFER_FAILED}}{{#TRANSFER_UNDER_WAY}}<span class="badge">[[on its way]]</span>{{/TRANSFER_UNDER_WAY}}</p><p class="fine"><bdi>{{TRANSFER_TO}}</bdi></p></div></li>
{{/TRANSFER_LIST}}
</ul>
</section>{{/TRANSFERS}}
{{#TIMELINE}}<section class="sheet" aria-labelledby="steps-h">
<h2 id="steps-h">[[Where the order stands]]</h2>
<ol class="timeline">
{{#STEP_LIST}}<li class="step{{#STEP_DONE}} done{{/STEP_DONE}}{{#STEP_NOW}} now{{/STEP_NOW}}"{{#STEP_NOW}} aria-current="step"{{/STEP_NOW}}><span>{{STEP_NAME}}</span>{{#STEP_DONE}}<span class="unseen"> [[step|done]]</span>{{/STEP_DONE}}{{#STEP_AT}} <span class="fine">{{AT_TEXT}}</span>{{/STEP_AT}}</li>
{{/STEP_LIST}}
</ol>
</section>{{/TIMELINE}}
{{#SHIPMENTS}}<section class="sheet" aria-labelledby="ship-h">
<h2 id="ship-h">[[Shipments]]</h2>
<ul class="rows">
{{#SHIPMENT_LIST}}<li><div>
<p class="fine">[[handed over on {{SHIPMENT_AT}}]]</p>
{{#SHIPPED}}<p><bdi>{{SHIPPED_QUANTITY}}</bdi> <bdi>{{SHIPPED_TITLE}}</bdi></p>{{/SHIPPED}}
{{#TRACKING}}<p>[[Carrier and number:]] <code><bdi>{{TRACKING_TEXT}}</bdi></code></p>{{/TRACKING}}
{{#LAST_REPORT}}<p>[[The carrier says:]] <bdi>{{REPORT_TEXT}}</bdi></p>{{/LAST_REPORT}}
{{#ARRIVED}}<p><span class="badge good">[[delivered on {{ARRIVED_AT}}]]</span></p>{{/ARRIVED}}
{{#PROOF}}<p class="fine">[[Proof:]] <bdi>{{PROOF_TEXT}}</bdi></p>{{/PROOF}}
</div></li>
{{/SHIPMENT_LIST}}
</ul>
</section>{{/SHIPMENTS}}
{{#HISTORY}}<section class="sheet" aria-labelledby="history-h">
<h2 id="history-h">[[What was said and done]]</h2>
<ul class="rows">
{{#EVENTS}}<li><div><p><strong>{{EVENT_WHO}}</strong> · <span>{{EVENT_WORDS}}</span>{{#EVENT_AMOUNT}} · <bdi>{{AMOUNT_TEXT}}</bdi>{{/EVENT_AMOUNT}}{{#EVENT_WHY}} · <span>{{WHY_TEXT}}</span>{{/EVENT_WHY}}</p>
{{#EVENT_NOTE}}<p class="as-written" dir="auto">{{NOTE_TEXT:p}}</p>{{/EVENT_NOTE}}{{#EVENT_REFERENCE}}<p class="fine"><bdi>{{REFERENCE_TEXT}}</bdi></p>{{/EVENT_REFERENCE}}{{#EVENT_FILE}}<p><a href="{{FILE_URL}}">[[The file that was shown]]</a></p>{{/EVENT_FILE}}
<p class="fine">{{EVENT_AT}}</p></div></li>
{{/EVENTS}}
</ul>
</section>{{/HISTORY}}
</div>
</div>
{{>_foot}}
