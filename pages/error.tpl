{{! When there is no page to show. Values of _top and _foot; one of these sections:
NOT_FOUND, GONE, REFUSED (REFUSED_TEXT), BUSY, OFFLINE, BROKEN (INCIDENT: its number) }}
{{>_head}}
<title>{{#NOT_FOUND}}[[There is no such page]]{{/NOT_FOUND}}{{#GONE}}[[This is gone]]{{/GONE}}{{#REFUSED}}[[That does not work]]{{/REFUSED}}{{#BUSY}}[[Too much to do]]{{/BUSY}}{{#OFFLINE}}[[No connection]]{{/OFFLINE}}{{#BROKEN}}[[Something broke here]]{{/BROKEN}} · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
<div class="narrow empty">
{{#NOT_FOUND}}<h1>[[There is no such page]]</h1>
<p class="lead">[[The address may be mistyped, or what stood here was taken away.]]</p>
<p><a class="button" href="/search">[[Show all goods]]</a></p>{{/NOT_FOUND}}
{{#GONE}}<h1>[[This is gone]]</h1>
<p class="lead">[[The shop took it away. What was ordered is not touched by that.]]</p>
<p><a class="button" href="/search">[[Show all goods]]</a></p>{{/GONE}}
{{#REFUSED}}<h1>[[That does not work]]</h1>
<p class="lead">{{REFUSED_TEXT}}</p>
<p><a class="button" href="/">[[To the first page]]</a></p>{{/REFUSED}}
{{#BUSY}}<h1>[[Too much to do]]</h1>
<p class="lead">[[More people ask at this moment than we can answer. Nothing is lost; try again in a minute.]]</p>
<p><a class="button" href="">[[Try again]]</a></p>{{/BUSY}}
{{#OFFLINE}}<h1>[[No connection]]</h1>
<p class="lead">[[Your phone does not reach us. What you wrote is kept on it and is sent as soon as the line is back.]]</p>
<p><a class="button" href="">[[Try again]]</a></p>{{/OFFLINE}}
{{#BROKEN}}<h1>[[Something broke here]]</h1>
<p class="lead">[[It is our mistake, not yours. What you sent was not stored by halves: it is kept whole or not at all.]]</p>
<p>[[If you write to us, name this number: {{INCIDENT}}]]</p>
<p><a class="button" href="">[[Try again]]</a></p>{{/BROKEN}}
</div>
{{>_foot}}
