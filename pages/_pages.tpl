{{! Turning pages. PAGING section where there is more than one page: PAGING_TEXT ("Page 2 of 7"),
PAGING_BEFORE section: BEFORE_URL; PAGING_AFTER section: AFTER_URL. }}
{{#PAGING}}<nav class="paging" aria-label="[[Pages]]">
{{#PAGING_BEFORE}}<a class="button plain" rel="prev" href="{{BEFORE_URL}}">[[Earlier page]]</a>{{/PAGING_BEFORE}}
<span>{{PAGING_TEXT}}</span>
{{#PAGING_AFTER}}<a class="button plain" rel="next" href="{{AFTER_URL}}">[[Next page]]</a>{{/PAGING_AFTER}}
</nav>{{/PAGING}}
