{{! How we reckon, in plain words. Values of _top and _foot; MARKETS_TEXT: a sentence on how many countries the books hold. }}
{{>_head}}
<title>[[How we reckon]] · Allroads</title>
<meta name="description" content="[[How a delivered price comes about, and what we do when something is not known.]]">
{{>_top}}
<article class="narrow prose">
<h1>[[How we reckon]]</h1>
<p class="lead">[[A delivered price is the sum of what leaves your pocket until the goods are yours.]]</p>
<h2>[[What is in it]]</h2>
<ol>
<li><strong>[[Goods.]]</strong> [[The seller's price for your quantity, in the seller's currency, turned into yours.]]</li>
<li><strong>[[Freight.]]</strong> [[What the shop or the carrier's published table asks for this weight and this way.]]</li>
<li><strong>[[Duty.]]</strong> [[The rate of your country for this customs code and country of origin on that day, and every extra duty that comes with it.]]</li>
<li><strong>[[Taxes.]]</strong> [[Value added tax or its like, on the base that the law names.]]</li>
<li><strong>[[Fees.]]</strong> [[What customs and the carrier ask for clearing the parcel, where we know it.]]</li>
</ol>
<h2>[[What we do not know]]</h2>
<p>[[An unknown charge never counts as nothing. It is named first, it is left out of the sum, and the sum is called “at least”. Goods with something unknown stand behind those without.]]</p>
<h2>[[How exact it is]]</h2>
<p>[[Amounts are whole cents and rates are the digits of the law. Each charge is rounded once, as its law says. Totals are sums of what you see.]]</p>
<h2>[[Where the rules come from]]</h2>
<p>{{MARKETS_TEXT}} [[Each line names its law, since when it holds, until when, and the day we looked. A line is marked as from the official text, from another publication of it, or assumed.]]</p>
<h2>[[Lower duty by origin]]</h2>
<p>[[Trade agreements lower duties for goods that were made in a certain way, and want a proof. We count on a preference only where the proof is at hand. Otherwise we show what it would save.]]</p>
<h2>[[What customs may see differently]]</h2>
<p>[[Customs decides at the border: on the code, the value and the origin. Our answer is a careful estimate and binds nobody. Where much money hangs on a code, ask for a binding ruling first.]]</p>
</article>
{{>_foot}}
