{{! What a search found. Values of _top, _foot, _hit and _pages; besides:
SEARCH_HEADING    "48 goods for “basket”", "All goods", a kind's name
SEARCH_LISTED     section of all goods and of a whole kind, which search engines may list: SEARCH_CANONICAL;
                  SEARCH_UNLISTED section of all others: words and filters have no end
SEARCH_ORDER      section: ORDER_TEXT, one sentence that says how the list is sorted: "Cheapest at your door first"
CORRECTED         section: the words were read otherwise: CORRECTED_QUERY, ORIGINAL_URL (asks for exactly what was typed)
SUGGESTED         section "did you mean": SUGGESTED_URL, SUGGESTED_QUERY
INCOMPLETE        section: some hits are not completely priced: INCOMPLETE_TEXT ("For 3 of 48 …")
HAS_HITS          section: HITS, as _hit says
EMPTY             section where nothing was found
QUANTITY          what is asked for, as a plain number; "" where the smallest order of each is meant
ORDERS            a section for each order: ORDER_VALUE, ORDER_NAME, ORDER_CHOSEN (section)
FACETS            a section for each facet: FACET_NAME (what people read), FACET_CHOICES, a section for each choice:
                  CHOICE_FIELD (name in the address), CHOICE_VALUE,
                  CHOICE_NAME, CHOICE_COUNT, CHOICE_CHOSEN (section)
FILTERED          section where a facet is chosen: CLEAR_URL }}
{{>_head}}
<title>{{SEARCH_HEADING}} · Allroads</title>
{{#SEARCH_LISTED}}<meta name="description" content="[[Goods from makers around the world, each with its whole delivered price: goods, freight, duty and tax, and the law behind every line.]]">
<link rel="canonical" href="{{SEARCH_CANONICAL}}">{{/SEARCH_LISTED}}
{{#SEARCH_UNLISTED}}<meta name="robots" content="noindex,follow">{{/SEARCH_UNLISTED}}
{{>_top}}
<div class="list-head">
<h1>{{SEARCH_HEADING}}</h1>
{{#SEARCH_ORDER}}<p class="fine">{{ORDER_TEXT}}</p>{{/SEARCH_ORDER}}
{{#CORRECTED}}<p>[[Shown for {{CORRECTED_QUERY}}.]] <a href="{{ORIGINAL_URL}}">[[Search for exactly what I typed]]</a></p>{{/CORRECTED}}
{{#SUGGESTED}}<p>[[Did you mean]] <a href="{{SUGGESTED_URL}}"><bdi>{{SUGGESTED_QUERY}}</bdi></a>?</p>{{/SUGGESTED}}
<p class="to-filters"><a class="button plain" href="#filters">[[Filter and sort]]</a></p>
</div>
<div class="split">
<section aria-labelledby="found-h">
<h2 class="unseen" id="found-h">[[Goods found]]</h2>
{{#INCOMPLETE}}<p class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>{{INCOMPLETE_TEXT}}</span></p>{{/INCOMPLETE}}
{{#HAS_HITS}}<ul class="hits">
{{#HITS}}{{>_hit}}{{/HITS}}
</ul>{{/HAS_HITS}}
{{#EMPTY}}<div class="empty">
<p class="lead">[[Nothing was found.]]</p>
<ul><li>[[Use fewer or more general words: “basket” instead of “oval sisal market basket”.]]</li>
<li>[[Words may be in any language of the seller or in English.]]</li>
<li>[[Take away a filter.]]</li></ul>
<p><a class="button plain" href="/search">[[Show all goods]]</a></p>
</div>{{/EMPTY}}
{{>_pages}}
</section>
<aside id="filters" class="filters" aria-labelledby="filters-h" tabindex="-1">
<h2 id="filters-h">[[Filter and sort]]</h2>
<form action="/search" method="get">
<input type="hidden" name="q" value="{{QUERY}}">
<div class="field">
<label for="f-quantity">[[How many]]</label>
<input id="f-quantity" name="quantity" inputmode="decimal" value="{{QUANTITY}}" maxlength="12" autocomplete="off" aria-describedby="f-quantity-help">
<p class="help" id="f-quantity-help">[[Leave empty for the smallest order.]]</p>
</div>
<div class="field">
<label for="f-order">[[Sort by]]</label>
<select id="f-order" name="order">
{{#ORDERS}}<option value="{{ORDER_VALUE}}"{{#ORDER_CHOSEN}} selected{{/ORDER_CHOSEN}}>{{ORDER_NAME}}</option>
{{/ORDERS}}
</select>
</div>
{{#FACETS}}<fieldset class="choices">
<legend>{{FACET_NAME}}</legend>
{{#FACET_CHOICES}}<label><input type="checkbox" name="{{CHOICE_FIELD}}" value="{{CHOICE_VALUE}}"{{#CHOICE_CHOSEN}} checked{{/CHOICE_CHOSEN}}> <span>{{CHOICE_NAME}}</span> <span class="count">{{CHOICE_COUNT}}</span></label>
{{/FACET_CHOICES}}
</fieldset>
{{/FACETS}}
<p class="actions"><button class="button" type="submit">[[Apply]]</button>
{{#FILTERED}}<a href="{{CLEAR_URL}}">[[Clear all filters]]</a>{{/FILTERED}}</p>
</form>
</aside>
</div>
{{>_foot}}
