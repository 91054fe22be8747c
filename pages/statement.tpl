{{! Every movement of an account in a period. Values of _top, _foot, _mine and _told; ACCOUNT_WORDS, ACCOUNT_TEXT, ACCOUNT_HOLDER,
FROM_DAY, TO_DAY (2026-03-15), PERIOD_TEXT; STATEMENT section: OPENING, CLOSING, NO_LINES section, LINES, a section for each:
LINE_NUMBER, LINE_AT, LINE_WORDS, LINE_ORDER section: ORDER_URL, ORDER_NAME; LINE_NOTE section: NOTE_TEXT; LINE_AMOUNT, LINE_AFTER;
MORE section: MORE_URL }}
{{>_head}}
<title>[[Statement]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<h1>[[Statement]]</h1>
{{>_told}}
<p><strong>{{ACCOUNT_WORDS}}</strong> <span class="fine">{{ACCOUNT_HOLDER}}</span></p>
<form class="sheet-form filter quantity" action="/me/statement" method="get">
<input type="hidden" name="account" value="{{ACCOUNT_TEXT}}">
<div class="field"><label for="from">[[From this day]]</label><input id="from" name="from" type="date" value="{{FROM_DAY}}"></div>
<div class="field"><label for="to">[[Up to this day]]</label><input id="to" name="to" type="date" value="{{TO_DAY}}"></div>
<div class="actions"><button class="button plain" type="submit">[[Show]]</button></div>
</form>
{{#STATEMENT}}<h2 id="period-h">{{PERIOD_TEXT}}</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="period-h">
<table class="table dense">
<caption class="unseen">{{PERIOD_TEXT}}</caption>
<thead><tr><th scope="col">[[What]]</th><th scope="col" class="number">[[Amount]]</th><th scope="col" class="number">[[Balance]]</th></tr></thead>
<tbody>
<tr><th scope="row">[[At the beginning]]</th><td></td><td class="number"><bdi>{{OPENING}}</bdi></td></tr>
{{#LINES}}<tr><th scope="row"><span>{{LINE_WORDS}}</span>{{#LINE_ORDER}} <a href="{{ORDER_URL}}">[[Order {{ORDER_NAME}}]]</a>{{/LINE_ORDER}}{{#LINE_NOTE}} <span class="fine"><bdi>{{NOTE_TEXT}}</bdi></span>{{/LINE_NOTE}} <span class="fine day">{{LINE_AT}}</span></th><td class="number"><bdi>{{LINE_AMOUNT}}</bdi></td><td class="number"><bdi>{{LINE_AFTER}}</bdi></td></tr>
{{/LINES}}
<tr class="chosen"><th scope="row">[[At the end]]</th><td></td><td class="number"><bdi>{{CLOSING}}</bdi></td></tr>
</tbody>
</table>
</div>
{{#NO_LINES}}<p class="fine">[[Nothing moved in this period.]]</p>{{/NO_LINES}}
{{#MORE}}<div class="actions"><a class="button plain" href="{{MORE_URL}}" rel="next">[[Next page]]</a></div>{{/MORE}}{{/STATEMENT}}
{{>_foot}}
