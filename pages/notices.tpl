{{! What one was told of orders. Values of _top, _foot and _mine; HAS_NOTICES section: NOTICES, a section for each: NOTICE_WORDS,
NOTICE_AT, ORDER_URL, ORDER_NAME; MORE section: MORE_URL; NO_NOTICES section }}
{{>_head}}
<title>[[What you were told]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<div class="narrow">
<h1>[[What you were told]]</h1>
{{#HAS_NOTICES}}<ul class="rows">
{{#NOTICES}}<li><div><p>{{NOTICE_WORDS}}</p><p class="fine"><a href="{{ORDER_URL}}">[[Order {{ORDER_NAME}}]]</a> · <span>{{NOTICE_AT}}</span></p></div></li>
{{/NOTICES}}
</ul>
{{#MORE}}<div class="actions"><a class="button plain" href="{{MORE_URL}}" rel="next">[[Next page]]</a></div>{{/MORE}}{{/HAS_NOTICES}}
{{#NO_NOTICES}}<div class="empty"><p class="lead">[[You were told nothing yet. What happens in your orders will stand here.]]</p></div>{{/NO_NOTICES}}
</div>
{{>_foot}}
