{{! What one thing costs delivered to several countries: bars, and the same figures as a table.
COUNTRIES_BARS_SVG   markup by country_bars
COUNTRY_ROWS         a section for each, in the order of the bars: ROW_COUNTRY, ROW_DELIVERED or ROW_UNKNOWN (section; then
                     ROW_DELIVERED is ""), ROW_LEAST (section: part of it is not known), ROW_CHARGES (duty and taxes together, or
                     "" where unknown), ROW_NOTE (what is missing, what saves; or "") }}
{{COUNTRIES_BARS_SVG:none}}
<details class="lines">
<summary><span>[[The same as a table]]</span></summary>
<div class="scroll" tabindex="0" role="region" aria-label="[[Table of delivered prices]]">
<table class="table">
<thead><tr><th scope="col">[[Country]]</th><th scope="col" class="number">[[Delivered]]</th><th scope="col" class="number">[[Duty and taxes]]</th><th scope="col">[[Remarks]]</th></tr></thead>
<tbody>
{{#COUNTRY_ROWS}}<tr><th scope="row">{{ROW_COUNTRY}}</th><td class="number">{{#ROW_UNKNOWN}}<span>[[not known]]</span>{{/ROW_UNKNOWN}}{{#ROW_LEAST}}<span class="fine">[[at least]]</span> {{/ROW_LEAST}}<bdi>{{ROW_DELIVERED}}</bdi></td><td class="number"><bdi>{{ROW_CHARGES}}</bdi></td><td>{{ROW_NOTE}}</td></tr>
{{/COUNTRY_ROWS}}
</tbody>
</table>
</div>
</details>
