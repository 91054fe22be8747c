{{! One product in a list, within the section HITS:
HIT_URL, HIT_TITLE, HIT_LANG (language of the title), HIT_SHOP, HIT_SHOP_URL, HIT_ORIGIN (country's name)
HIT_PHOTO section, or HIT_NO_PHOTO section:
  PHOTO_AVIF, PHOTO_WEBP, PHOTO_JPEG (addresses), PHOTO_ALT, PHOTO_WIDTH, PHOTO_HEIGHT, PHOTO_LATER (section: loads lazily)
one of these sections:
  HIT_COMPLETE    everything is known: HIT_PRICE is the delivered price
  HIT_PARTIAL     something is not known: HIT_PRICE is the part that is known; HIT_MISSING says what is missing
  HIT_GOODS_ONLY  no door is chosen: HIT_PRICE is that of the goods
  HIT_NO_PRICE    nothing can be said: HIT_MISSING says why
HIT_PRICE, HIT_QUANTITY ("10 pieces"), HIT_EACH (section: HIT_EACH_PRICE)
HIT_BAR section: HIT_BAR_SVG (markup by stacked_bar)
HIT_LEAD          "made in 14 days", "in stock: 120"
HIT_MINIMUM       "from 10 pieces" }}
<li class="hit">
<div class="thumb">
{{#HIT_PHOTO}}<picture><source type="image/avif" srcset="{{PHOTO_AVIF}}"><source type="image/webp" srcset="{{PHOTO_WEBP}}"><img src="{{PHOTO_JPEG}}" alt="{{PHOTO_ALT}}" width="{{PHOTO_WIDTH}}" height="{{PHOTO_HEIGHT}}"{{#PHOTO_LATER}} loading="lazy"{{/PHOTO_LATER}} decoding="async"></picture>{{/HIT_PHOTO}}
{{#HIT_NO_PHOTO}}<span class="no-photo">[[No photo]]</span>{{/HIT_NO_PHOTO}}
</div>
<div class="what">
<h3><a href="{{HIT_URL}}" lang="{{HIT_LANG}}" dir="auto">{{HIT_TITLE}}</a></h3>
<p class="fine"><a href="{{HIT_SHOP_URL}}"><bdi>{{HIT_SHOP}}</bdi></a> · <bdi>{{HIT_ORIGIN}}</bdi></p>
<p class="fine"><span>{{HIT_LEAD}}</span> · <span>{{HIT_MINIMUM}}</span></p>
</div>
<div class="sum">
{{#HIT_COMPLETE}}<p><bdi class="price total">{{HIT_PRICE}}</bdi> <span class="fine">[[delivered, {{HIT_QUANTITY}}]]</span></p>{{/HIT_COMPLETE}}
{{#HIT_PARTIAL}}<p><span class="fine">[[at least]]</span> <bdi class="price least">{{HIT_PRICE}}</bdi> <span class="fine">{{HIT_QUANTITY}}</span></p>
<p class="missing"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>{{HIT_MISSING}}</span></p>{{/HIT_PARTIAL}}
{{#HIT_GOODS_ONLY}}<p><bdi class="price">{{HIT_PRICE}}</bdi> <span class="fine">[[goods only, {{HIT_QUANTITY}}]]</span></p>{{/HIT_GOODS_ONLY}}
{{#HIT_NO_PRICE}}<p class="missing"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>{{HIT_MISSING}}</span></p>{{/HIT_NO_PRICE}}
{{#HIT_EACH}}<p class="fine">[[{{HIT_EACH_PRICE}} each]]</p>{{/HIT_EACH}}
{{#HIT_BAR}}{{HIT_BAR_SVG:none}}{{/HIT_BAR}}
</div>
</li>
