{{! A form, put together by Sheet (src/web/forms.h). FORM_ACTION, FORM_SECRET; FORM_FILES section where files are sent;
FORM_SECRETS section where a field hides what is typed: a script offers to show it;
FORM_HIDDEN, a section for each: HIDDEN_NAME, HIDDEN_VALUE
GROUPS, a section for each: GROUP_HEAD section: GROUP_HEADING; GROUP_SAYS section: GROUP_ABOUT; FIELDS, a section for each:
  FIELD_ID, FIELD_NAME, FIELD_LABEL, FIELD_VALUE, FIELD_MAX, FIELD_KEYBOARD, FIELD_COMPLETE
  FIELD_LINE, FIELD_EMAIL, FIELD_SECRET, FIELD_AREA, FIELD_CHOOSE, FIELD_TICK, FIELD_TICKS, FIELD_FILES, FIELD_FIXED: one
  FIELD_SHORT, FIELD_NEEDED, FIELD_ANY, FIELD_SET, FIELD_FOLDED sections; FIELD_HELP section: HELP_TEXT; FIELD_PROBLEM section: PROBLEM_TEXT
  FIELD_PICTURE section: PICTURE_URL; OPTIONS, a section for each: OPTION_ID, OPTION_VALUE, OPTION_NAME, OPTION_CHOSEN
BUTTONS, a section for each: BUTTON_VALUE, BUTTON_TEXT, BUTTON_PLAIN or BUTTON_DANGER section }}
<form class="sheet-form" action="{{FORM_ACTION}}" method="post"{{#FORM_FILES}} enctype="multipart/form-data"{{/FORM_FILES}} novalidate>
<input type="hidden" name="form" value="{{FORM_SECRET}}">
{{#FORM_HIDDEN}}<input type="hidden" name="{{HIDDEN_NAME}}" value="{{HIDDEN_VALUE:p}}">
{{/FORM_HIDDEN}}
{{#GROUPS}}<div class="group">
{{#GROUP_HEAD}}<h2>{{GROUP_HEADING}}</h2>{{/GROUP_HEAD}}
{{#GROUP_SAYS}}<p class="fine">{{GROUP_ABOUT}}</p>{{/GROUP_SAYS}}
{{#FIELDS}}
{{#FIELD_PICTURE}}<img class="kept-photo" src="{{PICTURE_URL}}" alt="" width="160" height="160" loading="lazy">{{/FIELD_PICTURE}}
{{#FIELD_TICKS}}<fieldset class="choices" id="{{FIELD_ID}}" tabindex="-1"{{#FIELD_PROBLEM}} aria-describedby="{{FIELD_ID}}-problem"{{/FIELD_PROBLEM}}>
<legend>{{FIELD_LABEL}}</legend>
{{#FIELD_HELP}}<p class="help">{{HELP_TEXT}}</p>{{/FIELD_HELP}}
{{#FIELD_PROBLEM}}<p class="problem" id="{{FIELD_ID}}-problem">{{PROBLEM_TEXT}}</p>{{/FIELD_PROBLEM}}
{{#FIELD_FOLDED}}<details class="lines"><summary>[[Open the list]]<span class="unseen"> {{FIELD_LABEL}}</span></summary>{{/FIELD_FOLDED}}
<div class="columns">
{{#OPTIONS}}<label><input type="checkbox" id="{{OPTION_ID}}" name="{{FIELD_NAME}}" value="{{OPTION_VALUE}}"{{#OPTION_CHOSEN}} checked{{/OPTION_CHOSEN}}> <span>{{OPTION_NAME}}</span></label>
{{/OPTIONS}}
</div>
{{#FIELD_FOLDED}}</details>{{/FIELD_FOLDED}}
</fieldset>{{/FIELD_TICKS}}
{{#FIELD_TICK}}<p class="choices"><label><input type="checkbox" id="{{FIELD_ID}}" name="{{FIELD_NAME}}" value="{{FIELD_VALUE}}"{{#FIELD_SET}} checked{{/FIELD_SET}}{{#FIELD_PROBLEM}} aria-invalid="true" aria-describedby="{{FIELD_ID}}-problem"{{/FIELD_PROBLEM}}> <span>{{FIELD_LABEL}}</span></label></p>
{{#FIELD_PROBLEM}}<p class="problem" id="{{FIELD_ID}}-problem">{{PROBLEM_TEXT}}</p>{{/FIELD_PROBLEM}}{{/FIELD_TICK}}
{{#FIELD_ALONE}}<div class="field"><label for="{{FIELD_ID}}">{{FIELD_LABEL}}{{#FIELD_NEEDED}} <span class="fine">[[field|(needed)]]</span>{{/FIELD_NEEDED}}</label>
{{#FIELD_LINE}}<input id="{{FIELD_ID}}" name="{{FIELD_NAME}}" type="text" inputmode="{{FIELD_KEYBOARD}}" value="{{FIELD_VALUE}}" maxlength="{{FIELD_MAX}}" autocomplete="{{FIELD_COMPLETE}}"{{#FIELD_SHORT}} class="short"{{/FIELD_SHORT}}{{#FIELD_ANY}} dir="auto"{{/FIELD_ANY}}{{#FIELD_NEEDED}} aria-required="true"{{/FIELD_NEEDED}}{{#FIELD_PROBLEM}} aria-invalid="true"{{/FIELD_PROBLEM}} aria-describedby="{{FIELD_ID}}-help{{#FIELD_PROBLEM}} {{FIELD_ID}}-problem{{/FIELD_PROBLEM}}">{{/FIELD_LINE}}
{{#FIELD_EMAIL}}<input id="{{FIELD_ID}}" name="{{FIELD_NAME}}" type="text" inputmode="email" dir="ltr" autocapitalize="none" spellcheck="false" value="{{FIELD_VALUE}}" maxlength="{{FIELD_MAX}}" autocomplete="{{FIELD_COMPLETE}}"{{#FIELD_NEEDED}} aria-required="true"{{/FIELD_NEEDED}}{{#FIELD_PROBLEM}} aria-invalid="true"{{/FIELD_PROBLEM}} aria-describedby="{{FIELD_ID}}-help{{#FIELD_PROBLEM}} {{FIELD_ID}}-problem{{/FIELD_PROBLEM}}">{{/FIELD_EMAIL}}
{{#FIELD_SECRET}}<input id="{{FIELD_ID}}" name="{{FIELD_NAME}}" type="password" dir="ltr" maxlength="{{FIELD_MAX}}" autocomplete="{{FIELD_COMPLETE}}"{{#FIELD_NEEDED}} aria-required="true"{{/FIELD_NEEDED}}{{#FIELD_PROBLEM}} aria-invalid="true"{{/FIELD_PROBLEM}} aria-describedby="{{FIELD_ID}}-help{{#FIELD_PROBLEM}} {{FIELD_ID}}-problem{{/FIELD_PROBLEM}}">
<p class="choices" data-shows="{{FIELD_ID}}" hidden><label><input type="checkbox"> <span>[[Show what is typed]]</span></label></p>{{/FIELD_SECRET}}
{{#FIELD_AREA}}<textarea id="{{FIELD_ID}}" name="{{FIELD_NAME}}" rows="6" maxlength="{{FIELD_MAX}}" dir="auto"{{#FIELD_PROBLEM}} aria-invalid="true"{{/FIELD_PROBLEM}} aria-describedby="{{FIELD_ID}}-help{{#FIELD_PROBLEM}} {{FIELD_ID}}-problem{{/FIELD_PROBLEM}}">{{FIELD_VALUE:p}}</textarea>{{/FIELD_AREA}}
{{#FIELD_CHOOSE}}<select id="{{FIELD_ID}}" name="{{FIELD_NAME}}" autocomplete="{{FIELD_COMPLETE}}"{{#FIELD_PROBLEM}} aria-invalid="true"{{/FIELD_PROBLEM}} aria-describedby="{{FIELD_ID}}-help{{#FIELD_PROBLEM}} {{FIELD_ID}}-problem{{/FIELD_PROBLEM}}">
{{#OPTIONS}}<option value="{{OPTION_VALUE}}"{{#OPTION_CHOSEN}} selected{{/OPTION_CHOSEN}}>{{OPTION_NAME}}</option>
{{/OPTIONS}}
</select>{{/FIELD_CHOOSE}}
{{#FIELD_FILES}}<input id="{{FIELD_ID}}" name="{{FIELD_NAME}}" type="file" accept="{{FIELD_ACCEPT}}" multiple{{#FIELD_PROBLEM}} aria-invalid="true"{{/FIELD_PROBLEM}} aria-describedby="{{FIELD_ID}}-help{{#FIELD_PROBLEM}} {{FIELD_ID}}-problem{{/FIELD_PROBLEM}}">{{/FIELD_FILES}}
{{#FIELD_PROBLEM}}<p class="problem" id="{{FIELD_ID}}-problem">{{PROBLEM_TEXT}}</p>{{/FIELD_PROBLEM}}
<p class="help" id="{{FIELD_ID}}-help">{{#FIELD_HELP}}{{HELP_TEXT}}{{/FIELD_HELP}}</p>
</div>{{/FIELD_ALONE}}
{{/FIELDS}}
</div>
{{/GROUPS}}
<div class="actions">
{{#BUTTONS}}<button class="button{{#BUTTON_PLAIN}} plain{{/BUTTON_PLAIN}}{{#BUTTON_DANGER}} danger{{/BUTTON_DANGER}}" type="submit" name="do" value="{{BUTTON_VALUE}}">{{BUTTON_TEXT}}</button>
{{/BUTTONS}}
</div>
</form>
{{#FORM_SECRETS}}<script src="/assets/showing.js" defer></script>{{/FORM_SECRETS}}
