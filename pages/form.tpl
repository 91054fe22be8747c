{{! A page that is a form. Values of _top, _foot, _mine, _errors, _told and _form; besides: FORM_TITLE,
LEADS, a section for each: LEAD_TEXT; FORM_LINKS section: LINK_LIST: LINK_URL, LINK_TEXT;
CRUMBS_SHOWN section: values of _crumbs; DIFFERENCES section where another version came in between: DIFFERENCE_LIST:
DIFFERENCE_NAME, DIFFERENCE_YOURS, DIFFERENCE_THEIRS; THEIR_URL; OFFLINE section where a script keeps what was typed: OFFLINE_KEPT section: the hub has it
SEEN_TERMS section: values of _terms, of what is agreed to }}
{{>_head}}
<title>{{FORM_TITLE}} · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
{{#CRUMBS_SHOWN}}{{>_crumbs}}{{/CRUMBS_SHOWN}}
<div class="narrow">
{{>_errors}}
<h1>{{FORM_TITLE}}</h1>
{{>_told}}
{{#LEADS}}<p>{{LEAD_TEXT}}</p>
{{/LEADS}}
{{#DIFFERENCES}}<section class="sheet">
<h2 id="differ-h">[[What differs]]</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="differ-h">
<table class="table">
<thead><tr><th scope="col">[[Field]]</th><th scope="col">[[Yours]]</th><th scope="col">[[The other version]]</th></tr></thead>
<tbody>
{{#DIFFERENCE_LIST}}<tr><th scope="row">{{DIFFERENCE_NAME}}</th><td dir="auto">{{DIFFERENCE_YOURS}}</td><td dir="auto">{{DIFFERENCE_THEIRS}}</td></tr>
{{/DIFFERENCE_LIST}}
</tbody>
</table>
</div>
<p><a href="{{THEIR_URL}}">[[Leave yours, and go on with the other version]]</a></p>
</section>{{/DIFFERENCES}}
{{#SEEN_TERMS}}<section class="sheet">
<h2>[[The offer]]</h2>
{{>_terms}}
</section>{{/SEEN_TERMS}}
{{#OFFLINE}}<div data-offline{{#OFFLINE_KEPT}} data-kept="1"{{/OFFLINE_KEPT}} aria-live="polite">
<div class="notice warn" data-says="kept" hidden><div><p>[[This phone kept something that was not sent. Take it up again?]]</p><div class="actions"><button class="button" type="button" data-take>[[Yes, take it up]]</button> <button class="button plain" type="button" data-drop>[[No, forget it]]</button></div></div></div>
<p class="notice" data-says="sending" hidden><span>[[Sending. Photos are made smaller first.]]</span></p>
<p class="notice bad" data-says="lost" hidden><span>[[The line is gone. What you wrote is kept on this phone; press the button again when the line is back.]]</span></p>
<p class="notice bad" data-says="busy" hidden><span>[[The hub could not take it just now. What you wrote is kept on this phone; press the button again in a minute.]]</span></p>
</div>{{/OFFLINE}}
{{>_form}}
{{#OFFLINE}}<script src="/assets/sending.js" defer></script>{{/OFFLINE}}
{{#FORM_LINKS}}<ul class="links below">
{{#LINK_LIST}}<li><a href="{{LINK_URL}}">{{LINK_TEXT}}</a></li>
{{/LINK_LIST}}
</ul>{{/FORM_LINKS}}
</div>
{{>_foot}}
