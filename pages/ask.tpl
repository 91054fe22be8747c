{{! Asking shops for an offer. Values of _top, _foot, _mine and _errors; ASK_WORDS; NO_SHOPS_FOUND section;
ASK_FORM section: values of _form }}
{{>_head}}
<title>[[Ask for an offer]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<div class="narrow">
{{#ASK_FORM}}{{>_errors}}{{/ASK_FORM}}
<h1>[[Ask for an offer]]</h1>
<p>[[Say what you want and how much of it. Shops answer with a price; you take one offer or none.]]</p>
<form class="sheet-form" action="/ask" method="get" role="search" aria-label="[[Find shops]]">
<div class="field"><label for="ask-q">[[Which goods? These words find the shops]]</label>
<div class="joined"><input id="ask-q" name="q" type="text" value="{{ASK_WORDS}}" maxlength="200" autocomplete="off" dir="auto">
<button class="button plain" type="submit">[[Find shops]]</button></div></div>
</form>
{{#NO_SHOPS_FOUND}}<p class="notice"><svg class="icon" aria-hidden="true"><use href="#i-info"/></svg><span>[[Write which goods you look for; shops that have such goods then stand here.]]</span></p>{{/NO_SHOPS_FOUND}}
{{#ASK_FORM}}{{>_form}}{{/ASK_FORM}}
</div>
{{>_foot}}
