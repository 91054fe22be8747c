{{! What sending costs. Values of _top, _foot, _mine, _shop_nav, _told, _errors and _form; SHOP_NAME, FORM_SECRET, SHOP_VERSION,
LANES section: LANE_LIST, a section for each: LANE_NUMBER, LANE_TO, LANE_ROAD, LANE_PRICE, LANE_DAYS, LANE_UP_TO section:
UP_TO_TEXT, LANE_URL; NO_LANES section; LANE_HEADING, of the form }}
{{>_head}}
<title>[[What sending costs]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<p class="fine"><bdi>{{SHOP_NAME}}</bdi></p>
{{>_shop_nav}}
<div class="narrow">
{{>_errors}}
<h1>[[What sending costs]]</h1>
{{>_told}}
<p>[[What you ask for sending a parcel, from your door to the buyer's. The first line that fits a country and a weight counts.]]</p>
{{#LANES}}<ul class="rows">
{{#LANE_LIST}}<li><div><p><strong>{{LANE_TO}}</strong></p><p><span>{{LANE_ROAD}}</span> · <bdi>{{LANE_PRICE}}</bdi></p><p class="fine">{{LANE_DAYS}}{{#LANE_UP_TO}} · {{UP_TO_TEXT}}{{/LANE_UP_TO}}</p></div>
<div class="actions"><a class="button plain" href="{{LANE_URL}}#lane-h">[[lane|Change]]<span class="unseen"> {{LANE_TO}}</span></a>
<form method="post" action="{{SENDING_ACTION}}"><input type="hidden" name="form" value="{{FORM_SECRET}}"><input type="hidden" name="version" value="{{SHOP_VERSION}}"><input type="hidden" name="lane" value="{{LANE_NUMBER}}"><button class="button danger" type="submit" name="do" value="remove">[[Remove]]<span class="unseen"> {{LANE_TO}}</span></button></form></div></li>
{{/LANE_LIST}}
</ul>{{/LANES}}
{{#NO_LANES}}<p class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>[[Nothing is said yet, so buyers see no whole price.]]</span></p>{{/NO_LANES}}
<section aria-labelledby="lane-h">
<h2 id="lane-h">{{LANE_HEADING}}</h2>
{{>_form}}
</section>
</div>
{{>_foot}}
