{{! Products in files. Values of _top, _foot, _mine, _shop_nav, _errors, _told and _form; SHOP_NAME, FILES_URL,
REPORT section: REPORT_HEADING, REPORT_KIND, REPORT_SUMS, a section for each: SUM_TEXT; FINDINGS section: FINDING_LIST, a section for each:
FINDING_WHERE, FINDING_TEXT, IS_ERROR, IS_WARNING or IS_NOTE (section); FINDINGS_CUT section: CUT_TEXT;
ASIDE section: ASIDE_TEXT; READY section: KEPT, a section for each file: KEPT_ID, KEPT_NAME; REPORT_KIND_VALUE, FORM_SECRET;
EXPORTS, a section for each: EXPORT_URL, EXPORT_NAME }}
{{>_head}}
<title>[[Products in files]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<p class="fine"><bdi>{{SHOP_NAME}}</bdi></p>
{{>_shop_nav}}
<div class="narrow">
{{>_errors}}
<h1>[[Products in files]]</h1>
{{>_told}}
{{#REPORT}}<section class="sheet" aria-labelledby="report-h">
<h2 id="report-h">{{REPORT_HEADING}}</h2>
<p class="fine">{{REPORT_KIND}}</p>
<ul>
{{#REPORT_SUMS}}<li>{{SUM_TEXT}}</li>
{{/REPORT_SUMS}}
</ul>
{{#ASIDE}}<p class="fine">[[Kept aside, for columns that have no place here:]] <bdi>{{ASIDE_TEXT}}</bdi></p>{{/ASIDE}}
{{#READY}}<form action="{{FILES_URL}}" method="post">
<input type="hidden" name="form" value="{{FORM_SECRET}}"><input type="hidden" name="kind" value="{{REPORT_KIND_VALUE}}">
{{#KEPT}}<input type="hidden" name="kept" value="{{KEPT_ID}}"><input type="hidden" name="kept-name" value="{{KEPT_NAME}}">
{{/KEPT}}
<p class="choices"><label><input type="checkbox" name="publish" value="yes"> <span>[[Show to everybody what is complete; the rest stays a draft]]</span></label></p>
<div class="actions"><button class="button" type="submit" name="do" value="import">[[Import for real]]</button></div>
</form>{{/READY}}
{{#FINDINGS}}<h3>[[Row by row]]</h3>
<ul class="findings">
{{#FINDING_LIST}}<li><p>{{#IS_ERROR}}<span class="badge bad">[[not read]]</span>{{/IS_ERROR}}{{#IS_WARNING}}<span class="badge warn">[[look at it]]</span>{{/IS_WARNING}}{{#IS_NOTE}}<span class="badge">[[note]]</span>{{/IS_NOTE}} <bdi>{{FINDING_WHERE}}</bdi></p><p class="fine" dir="auto">{{FINDING_TEXT}}</p></li>
{{/FINDING_LIST}}
</ul>
{{#FINDINGS_CUT}}<p class="fine">{{CUT_TEXT}}</p>{{/FINDINGS_CUT}}{{/FINDINGS}}
</section>{{/REPORT}}
<section aria-labelledby="import-h">
<h2 id="import-h">[[From a file]]</h2>
<p>[[From Shopify (products and inventory), WooCommerce, Google Merchant, or a spreadsheet of ours. First you see what would happen; nothing is kept before you say so.]]</p>
{{>_form}}
</section>
<section aria-labelledby="export-h">
<h2 id="export-h">[[Into a file]]</h2>
<ul class="links below">
{{#EXPORTS}}<li><a href="{{EXPORT_URL}}" download>{{EXPORT_NAME}}</a></li>
{{/EXPORTS}}
</ul>
</section>
</div>
{{>_foot}}
