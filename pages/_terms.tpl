{{! The terms of an order. TERMS_LINES, a section for each: LINE_TITLE, LINE_QUANTITY, LINE_EACH, LINE_AMOUNT;
TERMS_SENDING, TERMS_TOTAL, TERMS_RULE ("DAP Germany: …"), TERMS_FROM, TERMS_TO, TERMS_HOLDER (who holds the money)
MILESTONES, a section for each: PART_AMOUNT, PART_PERCENT, PART_DUE, PART_RELEASE
DAYS_PAY, DAYS_DELIVER, DAYS_INSPECT, DAYS_ANSWER, DAYS_ESCALATE; TERMS_MAKE section: DAYS_MAKE
TERMS_MEDIATOR section: MEDIATOR_NAME, or TERMS_HUB_DECIDES section; TERMS_SHOWN section: SHOWN_PRICE, SHOWN_DAY
TERMS_FEE section: FEE_PERCENT, FEE_MINIMUM; TERMS_RATE section: RATE_FROM, RATE_TO, RATE_UNTIL }}
<table class="ledger stacked">
<caption class="unseen">[[What is ordered]]</caption>
<thead class="unseen"><tr><th scope="col">[[Goods]]</th><th scope="col">[[Amount]]</th></tr></thead>
<tbody>
{{#TERMS_LINES}}<tr><th scope="row"><bdi>{{LINE_TITLE}}</bdi> <span class="fine">[[{{LINE_QUANTITY}}, each {{LINE_EACH}}]]</span></th><td><bdi>{{LINE_AMOUNT}}</bdi></td></tr>
{{/TERMS_LINES}}
<tr><th scope="row">[[Sending]] <span class="fine">[[from {{TERMS_FROM}} to {{TERMS_TO}}]]</span></th><td><bdi>{{TERMS_SENDING}}</bdi></td></tr>
</tbody>
<tfoot><tr><th scope="row">[[To the shop]]</th><td><bdi class="sum-line">{{TERMS_TOTAL}}</bdi></td></tr></tfoot>
</table>
<p class="fine">{{TERMS_RULE}}</p>
<h3>[[Paying]]</h3>
<ul class="plain-list">
{{#MILESTONES}}<li><strong><bdi>{{PART_AMOUNT}}</bdi></strong> <span>{{PART_DUE}}</span> <span class="fine">[[The shop gets it {{PART_RELEASE}}.]]</span></li>
{{/MILESTONES}}
</ul>
<p>{{TERMS_HOLDER}}</p>
{{#TERMS_SHOWN}}<p class="fine">[[Delivered price: {{SHOWN_PRICE}}, reckoned for {{SHOWN_DAY}}.]]</p>{{/TERMS_SHOWN}}
<details class="lines">
<summary><span>[[Times, and what happens when something goes wrong]]</span></summary>
<ul class="plain-list">
<li>[[The first payment is to be there within {{DAYS_PAY}}. Else the order ends and what was paid goes back.]]</li>
{{#TERMS_MAKE}}<li>[[The shop has {{DAYS_MAKE}} to make the goods. Later the buyer may cancel and gets everything back.]]</li>{{/TERMS_MAKE}}
<li>[[When everything was sent and paid and {{DAYS_DELIVER}} pass in silence, the goods count as delivered.]]</li>
<li>[[After delivery the buyer has {{DAYS_INSPECT}} to look at the goods. Then the money is released to the shop.]]</li>
<li>[[Until the money is released, either side may say that something is wrong. Then nothing is released.]]</li>
<li>[[The other side has {{DAYS_ANSWER}} to answer. If both find no way within {{DAYS_ESCALATE}}, the mediator decides how much goes back.]]</li>
{{#TERMS_MEDIATOR}}<li>[[The mediator is {{MEDIATOR_NAME}}.]]</li>{{/TERMS_MEDIATOR}}
{{#TERMS_HUB_DECIDES}}<li>[[The mediator is who runs this hub.]]</li>{{/TERMS_HUB_DECIDES}}
{{#TERMS_FEE}}<li>[[Of what is released to the shop the hub takes {{FEE_PERCENT}}, at least {{FEE_MINIMUM}}. What goes back to the buyer bears no fee.]]</li>{{/TERMS_FEE}}
{{#TERMS_RATE}}<li>[[The shop may have its money turned: 1 {{RATE_FROM}} is {{RATE_TO}}, until {{RATE_UNTIL}}.]]</li>{{/TERMS_RATE}}
</ul>
</details>
