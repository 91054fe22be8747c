{{! The delivered price, taken apart. In this order: what is not known, the price, what it is made of, how to pay less,
every charge with its law.
SLIP_FOR          "10 pieces to Germany, home, by post"
UNKNOWNS          section where something is not known: UNKNOWN_LIST, a section for each: UNKNOWN_TEXT (a sentence)
SLIP_COMPLETE, SLIP_PARTIAL, SLIP_REFUSED   one of them
SLIP_PRICE        delivered; of a partial answer the part that is known
SLIP_EACH         section: EACH_PRICE
SLIP_BAR          section: SLIP_BAR_SVG (markup by stacked_bar)
PARTS             a section for each part: PART_KEY_SVG (markup by key_of_part), PART_NAME, PART_NOTE (section: NOTE_TEXT),
                  PART_AMOUNT ("" with PART_UNKNOWN, a section)
SLIP_SELLER       section: SELLER_GETS, of a price with everything in it
SAVINGS           section: SAVING_LIST, a section for each preference that costs less: SAVING_NAME, SAVING_AMOUNT,
                  SAVING_PRICE, SAVING_PROOF (a sentence: what must be shown, and who gives it)
CHARGES           a section for each charge in the order of levy:
  CHARGE_NAME, CHARGE_WORDS (a sentence in plain words)
  CHARGE_AMOUNT ("" with CHARGE_UNKNOWN, a section: CHARGE_WHY)
  CHARGE_REPLACED section: REPLACED_BY;  CHARGE_WAIVED section
  CHARGE_SUM      section: CHARGE_RATE, CHARGE_BASE ("3.7 %" of "€35.00")
  CHARGE_LAW      section: LAW_URL, LAW_TITLE, LAW_REF, LAW_DAYS ("since 1 July 2026, until 30 June 2028"), LAW_CHECKED
  SURE_OFFICIAL, SURE_SECONDARY, SURE_ASSUMED  one of them: where the figure comes from
SLIP_DAY          the day that was reckoned with
SLIP_RATES        section: RATES_TEXT, exchange rates and their day
WARNINGS          section: WARNING_LIST: WARNING_TEXT
BOOKS_EDITION     is taken from _foot }}
<section class="slip" aria-labelledby="slip-h">
<h2 id="slip-h">[[What it costs at your door]]</h2>
<p class="fine">{{SLIP_FOR}}</p>
{{#UNKNOWNS}}<div class="notice bad"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><div><p><strong>[[Not known, and not in the price:]]</strong></p>
<ul>
{{#UNKNOWN_LIST}}<li>{{UNKNOWN_TEXT}}</li>
{{/UNKNOWN_LIST}}
</ul></div></div>{{/UNKNOWNS}}
{{#SLIP_COMPLETE}}<p class="grand"><bdi class="total">{{SLIP_PRICE}}</bdi> <span>[[everything included]]</span></p>{{/SLIP_COMPLETE}}
{{#SLIP_PARTIAL}}<p class="grand"><span>[[at least]]</span> <bdi class="least">{{SLIP_PRICE}}</bdi></p>{{/SLIP_PARTIAL}}
{{#SLIP_REFUSED}}<p class="grand"><span>[[No price can be given]]</span></p>{{/SLIP_REFUSED}}
{{#SLIP_EACH}}<p class="fine">[[{{EACH_PRICE}} each]]</p>{{/SLIP_EACH}}
{{#SLIP_BAR}}{{SLIP_BAR_SVG:none}}{{/SLIP_BAR}}
<table class="ledger">
<caption class="unseen">[[What the price is made of]]</caption>
<thead class="unseen"><tr><th scope="col">[[Part]]</th><th scope="col">[[Amount]]</th></tr></thead>
<tbody>
{{#PARTS}}<tr><th scope="row">{{PART_KEY_SVG:none}} {{PART_NAME}}{{#PART_NOTE}} <span class="fine">{{NOTE_TEXT}}</span>{{/PART_NOTE}}</th><td>{{#PART_UNKNOWN}}<em>[[not known]]</em>{{/PART_UNKNOWN}}<bdi>{{PART_AMOUNT}}</bdi></td></tr>
{{/PARTS}}
</tbody>
<tfoot>
{{#SLIP_COMPLETE}}<tr><th scope="row">[[Delivered]]</th><td><bdi class="total">{{SLIP_PRICE}}</bdi></td></tr>{{/SLIP_COMPLETE}}
{{#SLIP_PARTIAL}}<tr><th scope="row">[[What is known]]</th><td><bdi class="least">{{SLIP_PRICE}}</bdi></td></tr>{{/SLIP_PARTIAL}}
</tfoot>
</table>
{{#SLIP_SELLER}}<p class="fine">[[Of this the seller gets {{SELLER_GETS}} for the goods.]]</p>{{/SLIP_SELLER}}
{{#WARNINGS}}<div class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><ul>
{{#WARNING_LIST}}<li>{{WARNING_TEXT}}</li>
{{/WARNING_LIST}}
</ul></div>{{/WARNINGS}}
{{#SAVINGS}}<div class="notice good"><svg class="icon" aria-hidden="true"><use href="#i-good"/></svg><div>
<p><strong>[[It could cost less]]</strong></p>
<ul>
{{#SAVING_LIST}}<li>[[{{SAVING_PRICE}} instead, which saves {{SAVING_AMOUNT}}: {{SAVING_NAME}}.]] {{SAVING_PROOF}}</li>
{{/SAVING_LIST}}
</ul></div></div>{{/SAVINGS}}
<details class="lines">
<summary><span>[[Every charge, and the law behind it]]</span></summary>
<ol class="charges">
{{#CHARGES}}<li>
<div class="row"><h3>{{CHARGE_NAME}}</h3> {{#CHARGE_UNKNOWN}}<em>[[not known]]</em>{{/CHARGE_UNKNOWN}}<bdi class="price">{{CHARGE_AMOUNT}}</bdi></div>
<p>{{CHARGE_WORDS}}</p>
{{#CHARGE_UNKNOWN}}<p class="missing"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>{{CHARGE_WHY}}</span></p>{{/CHARGE_UNKNOWN}}
{{#CHARGE_SUM}}<p class="fine">[[{{CHARGE_RATE}} of {{CHARGE_BASE}}]]</p>{{/CHARGE_SUM}}
{{#CHARGE_REPLACED}}<p class="fine">[[Not collected: {{REPLACED_BY}} takes its place.]]</p>{{/CHARGE_REPLACED}}
{{#CHARGE_WAIVED}}<p class="fine">[[Not collected: it comes to too little.]]</p>{{/CHARGE_WAIVED}}
{{#CHARGE_LAW}}<p class="law"><a href="{{LAW_URL}}" rel="external noopener"><bdi lang="en">{{LAW_TITLE}}</bdi></a> <span class="fine"><bdi>{{LAW_REF}}</bdi>; <span>{{LAW_DAYS}}</span>; <span>[[checked on {{LAW_CHECKED}}]]</span></span></p>{{/CHARGE_LAW}}
<p>{{#SURE_OFFICIAL}}<span class="badge good">[[from the official text]]</span>{{/SURE_OFFICIAL}}{{#SURE_SECONDARY}}<span class="badge">[[from another publication of the law]]</span>{{/SURE_SECONDARY}}{{#SURE_ASSUMED}}<span class="badge warn">[[assumed]]</span>{{/SURE_ASSUMED}}</p>
</li>
{{/CHARGES}}
</ol>
</details>
<p class="fine">[[Reckoned for goods that arrive on {{SLIP_DAY}}.]] {{#SLIP_RATES}}{{RATES_TEXT}} {{/SLIP_RATES}}<a href="/reckoning">[[How we reckon]]</a></p>
</section>
