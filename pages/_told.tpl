{{! What was done just now, and what to look out for. DONE, WARNED: a section for each: TOLD_TEXT }}
{{#DONE}}<p class="notice good" role="status"><svg class="icon" aria-hidden="true"><use href="#i-good"/></svg><span>{{TOLD_TEXT}}</span></p>
{{/DONE}}
{{#WARNED}}<p class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>{{TOLD_TEXT}}</span></p>
{{/WARNED}}
