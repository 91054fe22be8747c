{{! A product. Values of _top, _foot, _crumbs, and with SLIP those of _breakdown; besides:
PRODUCT_TITLE, PRODUCT_LANG, PRODUCT_SUMMARY (for search engines: at most 160 characters), PRODUCT_CANONICAL (address)
PRODUCT_WITHDRAWN section: it is offered no more
PHOTOS            a section for each: PHOTO_URL (the large one), PHOTO_AVIF, PHOTO_WEBP, PHOTO_JPEG, PHOTO_ALT, PHOTO_WIDTH,
                  PHOTO_HEIGHT, PHOTO_LATER (section: loads lazily). PHOTO_ALT names the link to the large photo; where the seller
                  wrote none, PHOTO_UNNAMED (section) has the title do so
NO_PHOTOS         section
SHOP_URL, SHOP_NAME, SHOP_WHERE ("Kisumu, Kenya")
PARAGRAPHS        a section for each paragraph of the description: PARAGRAPH_TEXT; OTHER_TEXTS section where it is
                  told in other languages: TEXT_LIST: TEXT_URL, TEXT_LANG, TEXT_NAME
QUANTITY, QUANTITY_UNIT ("pieces"), QUANTITY_MINIMUM, REPRICE_URL
QUANTITY_PROBLEM  section: QUANTITY_PROBLEM_TEXT
PRODUCT_TO_ORDER  section where it is offered: PRODUCT_ID, PRODUCT_NUMBERS (language of the number that is typed)
TIERS             section: TIER_LIST: TIER_FROM, TIER_PRICE, TIER_CHOSEN (section: holds for the asked quantity)
PRICE_TERMS       "FCA Kisumu": the rule and the place that the price of the goods holds at; PRICE_TERMS_WORDS: what it means
SLIP              section where a door is chosen; NO_SLIP section where not
FACTS             a section for each: FACT_NAME, FACT_VALUE, FACT_NOTE (section: FACT_NOTE_TEXT), FACT_SURE, FACT_UNSURE
                  (sections, about the customs code: a person who knows chose it, or it is a guess)
PAPERS_IN, PAPERS_OUT  sections (on arrival, on leaving): PAPERS_COUNTRY, PAPERS: PAPER_NAME, PAPER_PURPOSE,
                  PAPER_ISSUER (section: ISSUER_NAME), PAPER_MAYBE (section: MAYBE_TEXT, on what it depends),
                  PAPER_FORBIDS (section: it is a prohibition or restriction), PAPER_LAW (section: LAW_URL, LAW_TITLE)
PRODUCT_DATA_JSON JSON-LD (markup by json_in_page); "" where there is none }}
{{>_head}}
<title>{{PRODUCT_TITLE}} · Allroads</title>
<meta name="description" content="{{PRODUCT_SUMMARY}}">
<link rel="canonical" href="{{PRODUCT_CANONICAL}}">
{{>_top}}
{{>_crumbs}}
{{#PRODUCT_WITHDRAWN}}<p class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>[[The shop does not offer this any more.]]</span></p>{{/PRODUCT_WITHDRAWN}}
<div class="product">
<div class="lead-in">
<h1 lang="{{PRODUCT_LANG}}" dir="auto">{{PRODUCT_TITLE}}</h1>
<p><a href="{{SHOP_URL}}"><bdi>{{SHOP_NAME}}</bdi></a> <span class="dot">·</span> <bdi>{{SHOP_WHERE}}</bdi></p>
</div>
<div class="gallery">
<ul>
{{#PHOTOS}}<li><a href="{{PHOTO_URL}}"><picture><source type="image/avif" srcset="{{PHOTO_AVIF}}"><source type="image/webp" srcset="{{PHOTO_WEBP}}"><img src="{{PHOTO_JPEG}}" alt="{{PHOTO_ALT}}" width="{{PHOTO_WIDTH}}" height="{{PHOTO_HEIGHT}}"{{#PHOTO_LATER}} loading="lazy"{{/PHOTO_LATER}} decoding="async"></picture>{{#PHOTO_UNNAMED}}<span class="unseen" lang="{{PRODUCT_LANG}}" dir="auto">{{PRODUCT_TITLE}}</span>{{/PHOTO_UNNAMED}}</a></li>
{{/PHOTOS}}
</ul>
{{#NO_PHOTOS}}<p class="no-photo">[[No photo]]</p>{{/NO_PHOTOS}}
</div>
<div class="deal">
<form class="quantity" action="{{REPRICE_URL}}" method="get">
<div class="field">
<label for="quantity">[[How many]] <span class="fine">({{QUANTITY_UNIT}})</span></label>
<div class="joined"><input id="quantity" name="quantity" inputmode="decimal" value="{{QUANTITY}}" maxlength="12" autocomplete="off" required aria-describedby="quantity-help{{#QUANTITY_PROBLEM}} quantity-problem{{/QUANTITY_PROBLEM}}"{{#QUANTITY_PROBLEM}} aria-invalid="true"{{/QUANTITY_PROBLEM}}>
<button class="button plain" type="submit">[[Reckon again]]</button></div>
{{#QUANTITY_PROBLEM}}<p class="problem" id="quantity-problem">{{QUANTITY_PROBLEM_TEXT}}</p>{{/QUANTITY_PROBLEM}}
<p class="help" id="quantity-help">{{QUANTITY_MINIMUM}}</p>
</div>
{{#PRODUCT_TO_ORDER}}<input type="hidden" name="product" value="{{PRODUCT_ID}}"><input type="hidden" name="numbers" value="{{PRODUCT_NUMBERS}}">
<div class="actions">
<button class="button" type="submit" formaction="/basket" formmethod="post" name="do" value="order">[[product|Order]]</button>
<button class="button plain" type="submit" formaction="/basket" formmethod="post" name="do" value="add">[[Add to basket]]</button>
<button class="button plain" type="submit" formaction="/basket" formmethod="post" name="do" value="ask">[[Ask for an offer]]</button>
</div>{{/PRODUCT_TO_ORDER}}
</form>
{{#SLIP}}{{>_breakdown}}{{/SLIP}}
{{#NO_SLIP}}<section class="slip" aria-labelledby="slip-h">
<h2 id="slip-h">[[What it costs at your door]]</h2>
<p>[[Freight, duty and tax depend on where it goes.]]</p>
{{>_door_form}}
</section>{{/NO_SLIP}}
</div>
<div class="story">
{{#TIERS}}<section aria-labelledby="tiers-h">
<h2 id="tiers-h">[[Price of the goods]]</h2>
<table class="table">
<caption class="fine">{{PRICE_TERMS}}: {{PRICE_TERMS_WORDS}}</caption>
<thead><tr><th scope="col">[[Quantity]]</th><th scope="col" class="number">[[Each]]</th></tr></thead>
<tbody>
{{#TIER_LIST}}<tr{{#TIER_CHOSEN}} class="chosen" aria-current="true"{{/TIER_CHOSEN}}><th scope="row">{{TIER_FROM}}</th><td class="number"><bdi>{{TIER_PRICE}}</bdi></td></tr>
{{/TIER_LIST}}
</tbody>
</table>
</section>{{/TIERS}}
<section aria-labelledby="about-h">
<h2 id="about-h">[[About this product]]</h2>
<div class="prose" lang="{{PRODUCT_LANG}}" dir="auto">
{{#PARAGRAPHS}}<p>{{PARAGRAPH_TEXT}}</p>
{{/PARAGRAPHS}}
</div>
{{#OTHER_TEXTS}}<p class="fine">[[Also told in:]] {{#TEXT_LIST}}<a href="{{TEXT_URL}}" hreflang="{{TEXT_LANG}}" lang="{{TEXT_LANG}}"><bdi>{{TEXT_NAME}}</bdi></a> {{/TEXT_LIST}}</p>{{/OTHER_TEXTS}}
</section>
<section aria-labelledby="facts-h">
<h2 id="facts-h">[[Facts]]</h2>
<dl class="facts">
{{#FACTS}}<div><dt>{{FACT_NAME}}</dt><dd><bdi>{{FACT_VALUE}}</bdi>{{#FACT_SURE}} <span class="badge good">[[chosen by a person who knows]]</span>{{/FACT_SURE}}{{#FACT_UNSURE}} <span class="badge warn">[[a guess: ask before you order]]</span>{{/FACT_UNSURE}}{{#FACT_NOTE}} <span class="fine">{{FACT_NOTE_TEXT}}</span>{{/FACT_NOTE}}</dd></div>
{{/FACTS}}
</dl>
</section>
{{#PAPERS_IN}}<section aria-labelledby="in-h">
<h2 id="in-h">[[Papers on arrival in {{PAPERS_COUNTRY}}]]</h2>
{{>_papers}}
</section>{{/PAPERS_IN}}
{{#PAPERS_OUT}}<section aria-labelledby="out-h">
<h2 id="out-h">[[Papers on leaving {{PAPERS_COUNTRY}}]]</h2>
{{>_papers}}
</section>{{/PAPERS_OUT}}
</div>
</div>
{{PRODUCT_DATA_JSON:none}}
{{>_foot}}
