{{! The papers of one border; product.tpl tells the values. }}
<ul class="papers">
{{#PAPERS}}<li><details><summary><span>{{PAPER_NAME}}{{#PAPER_FORBIDS}} <span class="badge bad">[[forbids or restricts]]</span>{{/PAPER_FORBIDS}}{{#PAPER_MAYBE}} <span class="badge">[[perhaps]]</span>{{/PAPER_MAYBE}}</span></summary>
<p>{{PAPER_PURPOSE}}</p>
{{#PAPER_MAYBE}}<p>{{MAYBE_TEXT}}</p>{{/PAPER_MAYBE}}
{{#PAPER_ISSUER}}<p class="fine">[[From: {{ISSUER_NAME}}]]</p>{{/PAPER_ISSUER}}
{{#PAPER_LAW}}<p class="law"><a href="{{LAW_URL}}" rel="external noopener"><bdi lang="en">{{LAW_TITLE}}</bdi></a></p>{{/PAPER_LAW}}
</details></li>
{{/PAPERS}}
</ul>
