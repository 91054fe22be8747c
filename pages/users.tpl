{{! Users, for operators. Values of _top, _foot, _mine and _operate_nav; CONTACT; SEARCH_EMPTY section: nobody has that contact;
PROBLEM section: PROBLEM_TEXT; USERS section: USER_LIST, a section for each: USER_URL, USER_NAME, USER_CONTACT, USER_SINCE,
ROLES, a section for each: ROLE_NAME; USER_GONE, USER_SECOND (sections); MORE section: MORE_URL }}
{{>_head}}
<title>[[Users]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<div class="narrow">
{{>_operate_nav}}
<h1>[[Users]]</h1>
<form class="sheet-form" action="/operate/users" method="get">
<div class="field"><label for="contact">[[Phone number or e-mail]]</label>
<div class="joined"><input id="contact" name="contact" type="text" inputmode="email" dir="ltr" value="{{CONTACT}}" maxlength="254" autocomplete="off"{{#PROBLEM}} aria-invalid="true" aria-describedby="contact-problem"{{/PROBLEM}}>
<button class="button" type="submit">[[find|Find]]</button></div>
{{#PROBLEM}}<p class="problem" id="contact-problem">{{PROBLEM_TEXT}}</p>{{/PROBLEM}}
</div>
</form>
{{#SEARCH_EMPTY}}<p class="notice"><span>[[Nobody has an account with it.]]</span></p>{{/SEARCH_EMPTY}}
{{#USERS}}<ul class="rows">
{{#USER_LIST}}<li><div><p><a href="{{USER_URL}}"><bdi>{{USER_NAME}}</bdi></a> {{#USER_GONE}}<span class="badge">[[account ended]]</span>{{/USER_GONE}}{{#ROLES}}<span class="badge">{{ROLE_NAME}}</span> {{/ROLES}}</p><p class="fine"><bdi>{{USER_CONTACT}}</bdi> · <span>{{USER_SINCE}}</span></p></div></li>
{{/USER_LIST}}
</ul>
{{#MORE}}<div class="actions"><a class="button plain" href="{{MORE_URL}}" rel="next">[[Next page]]</a></div>{{/MORE}}{{/USERS}}
</div>
{{>_foot}}
