{{! The books of the hub, for operators. Values of _top, _foot, _mine and _operate_nav; BOOKS_NAME, BOOKS_SUMS, OLD section: OLD_TEXT,
PACKS, a section for each, oldest first: PACK_NAME, PACK_TITLE, PACK_MARKET, PACK_DAY, PACK_AGE, PACK_FRESH, PACK_OLD or PACK_UNDATED
(section), PACK_MEASURES; NO_BOOKS section }}
{{>_head}}
<title>[[Books]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
{{>_operate_nav}}
<h1>[[Books]]</h1>
{{#NO_BOOKS}}<p class="notice bad"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>[[There are no books: no price can be told.]]</span></p>{{/NO_BOOKS}}
<p class="lead"><bdi>{{BOOKS_NAME}}</bdi> · {{BOOKS_SUMS}}</p>
{{#OLD}}<p class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>{{OLD_TEXT}}</span></p>{{/OLD}}
<div class="scroll" tabindex="0" role="region" aria-label="[[Packs, the oldest first]]">
<table class="table">
<caption class="unseen">[[Packs, the oldest first]]</caption>
<thead><tr><th scope="col">[[Pack]]</th><th scope="col">[[As of]]</th><th scope="col" class="number">[[Age in days]]</th><th scope="col" class="number">[[Measures]]</th></tr></thead>
<tbody>
{{#PACKS}}<tr><th scope="row"><bdi lang="en">{{PACK_TITLE}}</bdi> <span class="fine"><bdi>{{PACK_NAME}}</bdi></span></th><td class="day">{{PACK_DAY}}</td><td class="number">{{PACK_AGE}} {{#PACK_OLD}}<span class="badge warn">[[old]]</span>{{/PACK_OLD}}{{#PACK_UNDATED}}<span class="badge bad">[[without a day]]</span>{{/PACK_UNDATED}}</td><td class="number">{{PACK_MEASURES}}</td></tr>
{{/PACKS}}
</tbody>
</table>
</div>
{{>_foot}}
