{{! Tables and what can be done about them: for clerks and operators (src/web/report.h). Values of _top, _foot, _mine, _operate_nav,
_errors, _told and _form; besides: REPORT_TITLE; LEADS, a section for each: LEAD_TEXT; PARTS, a section for each: PART_ID, PART_HEAD
section: PART_TITLE; PART_SAYS section: PART_TEXT; FACTS section: FACT_LIST, a section for each: FACT_NAME, FACT_TEXT;
TABLE section: COLUMNS, a section for each: COLUMN_NAME, COLUMN_NUMBER section; ROWS, a section for each: CELLS, a section for each:
CELL_TEXT, CELL_NUMBER section, CELL_LINK section: CELL_URL, or CELL_PLAIN section;
HAS_FORM section; FORM_LINKS section: LINK_LIST: LINK_URL, LINK_TEXT; MORE section: MORE_URL }}
{{>_head}}
<title>{{REPORT_TITLE}} · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
{{>_operate_nav}}
{{>_errors}}
<h1>{{REPORT_TITLE}}</h1>
{{>_told}}
{{#LEADS}}<p>{{LEAD_TEXT}}</p>
{{/LEADS}}
{{#PARTS}}<section{{#PART_HEAD}} aria-labelledby="{{PART_ID}}"{{/PART_HEAD}}>
{{#PART_HEAD}}<h2 id="{{PART_ID}}">{{PART_TITLE}}</h2>{{/PART_HEAD}}
{{#PART_SAYS}}<p class="fine">{{PART_TEXT}}</p>{{/PART_SAYS}}
{{#FACTS}}<dl class="facts">
{{#FACT_LIST}}<div><dt>{{FACT_NAME}}</dt><dd><bdi>{{FACT_TEXT}}</bdi></dd></div>
{{/FACT_LIST}}
</dl>{{/FACTS}}
{{#TABLE}}<div class="scroll" tabindex="0" role="group" aria-label="{{PART_TITLE}}">
<table class="table">
<thead><tr>{{#COLUMNS}}<th scope="col"{{#COLUMN_NUMBER}} class="number"{{/COLUMN_NUMBER}}>{{COLUMN_NAME}}</th>{{/COLUMNS}}</tr></thead>
<tbody>
{{#ROWS}}<tr>{{#CELLS}}<td{{#CELL_NUMBER}} class="number"{{/CELL_NUMBER}}>{{#CELL_LINK}}<a href="{{CELL_URL}}"><bdi>{{CELL_TEXT}}</bdi></a>{{/CELL_LINK}}{{#CELL_PLAIN}}<bdi>{{CELL_TEXT}}</bdi>{{/CELL_PLAIN}}</td>{{/CELLS}}</tr>
{{/ROWS}}
</tbody>
</table>
</div>{{/TABLE}}
</section>
{{/PARTS}}
{{#MORE}}<div class="actions"><a class="button plain" href="{{MORE_URL}}" rel="next">[[Next page]]</a></div>{{/MORE}}
{{#HAS_FORM}}<div class="narrow">{{>_form}}</div>{{/HAS_FORM}}
{{#FORM_LINKS}}<ul class="links below">
{{#LINK_LIST}}<li><a href="{{LINK_URL}}">{{LINK_TEXT}}</a></li>
{{/LINK_LIST}}
</ul>{{/FORM_LINKS}}
{{>_foot}}
