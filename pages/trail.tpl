{{! What was done, for operators. Values of _top, _foot, _mine, _operate_nav and _errors; CONTACT, VERB, FROM, UNTIL,
HAS_ROWS section: ROWS, a section for each: ROW_NUMBER, ROW_AT, ROW_WHO section: WHO_URL, WHO_TEXT; ROW_FOR section: FOR_TEXT;
ROW_VERB, ROW_SUBJECT, ROW_REFUSED section, ROW_ADDRESS, ROW_DETAILS; NO_ROWS section; MORE section: MORE_URL }}
{{>_head}}
<title>[[What was done]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
{{>_operate_nav}}
{{>_errors}}
<h1>[[What was done]]</h1>
<p class="fine">[[Every change, by whom and when. Rows are chained: none can be changed or taken out unseen.]]</p>
<form class="sheet-form filter" action="/operate/trail" method="get">
<div class="field"><label for="contact">[[By whom (phone number or e-mail)]]</label><input id="contact" name="contact" type="text" dir="ltr" value="{{CONTACT}}" maxlength="254" autocomplete="off"></div>
<div class="field"><label for="verb">[[What, such as product.publish]]</label><input id="verb" name="verb" type="text" dir="ltr" value="{{VERB}}" maxlength="64" autocomplete="off"></div>
<div class="field"><label for="from">[[From this day]]</label><input id="from" name="from" type="date" value="{{FROM}}"></div>
<div class="field"><label for="until">[[Up to this day]]</label><input id="until" name="until" type="date" value="{{UNTIL}}"></div>
<div class="actions"><button class="button" type="submit">[[Show]]</button></div>
</form>
{{#HAS_ROWS}}<div class="scroll" tabindex="0" role="region" aria-label="[[What was done]]">
<table class="table">
<caption class="unseen">[[What was done]]</caption>
<thead><tr><th scope="col" class="number">[[No.]]</th><th scope="col">[[When]]</th><th scope="col">[[Who]]</th><th scope="col">[[What]]</th><th scope="col">[[Of what]]</th><th scope="col">[[From where]]</th><th scope="col">[[Details]]</th></tr></thead>
<tbody>
{{#ROWS}}<tr><th scope="row" class="number">{{ROW_NUMBER}}</th><td class="day">{{ROW_AT}}</td><td class="day">{{#ROW_WHO}}<a href="{{WHO_URL}}"><bdi>{{WHO_TEXT}}</bdi></a>{{/ROW_WHO}}</td><td class="day"><code><bdi>{{ROW_VERB}}</bdi></code> {{#ROW_REFUSED}}<span class="badge bad">[[refused]]</span>{{/ROW_REFUSED}}</td><td class="day"><bdi>{{ROW_SUBJECT}}</bdi></td><td class="day"><bdi>{{ROW_ADDRESS}}</bdi></td><td><bdi>{{ROW_DETAILS}}</bdi></td></tr>
{{/ROWS}}
</tbody>
</table>
</div>
{{#MORE}}<div class="actions"><a class="button plain" href="{{MORE_URL}}" rel="next">[[Next page]]</a></div>{{/MORE}}{{/HAS_ROWS}}
{{#NO_ROWS}}<div class="empty"><p class="lead">[[Nothing of that kind was done.]]</p></div>{{/NO_ROWS}}
{{>_foot}}
