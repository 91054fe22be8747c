{{! "What is my customs code?" Values of _top, _foot, _mine and _errors; GOODS_TITLE, GOODS_LANG, GOODS_EDIT_URL, CODE_URL, WORDS,
FORM_SECRET, ANSWERS, a section for each answer given: ANSWER_NAME, ANSWER_VALUE
NOTHING section: no word is known; UNKNOWN_WORDS section: UNKNOWN_TEXT; NO_BOOKS section: there are no words to look in
QUESTION section: QUESTION_TEXT, CHOICES, a section for each: CHOICE_NAME, CHOICE_VALUE, CHOICE_TEXT, CHOICE_GROUP (section: GROUP_TEXT)
PROPOSALS section: PROPOSAL_LIST, a section for each: PROPOSAL_CODE, PROPOSAL_VALUE, PROPOSAL_TITLE, PROPOSAL_DOUBT,
  DOUBT_SMALL, DOUBT_SOME, DOUBT_LARGE (one section); STEPS, a section for each: STEP_CODE, STEP_TEXT;
  NOTES section: NOTE_LIST: NOTE_TEXT, NOTE_SOURCE, NOTE_MET (section) }}
{{>_head}}
<title>[[What is my customs code?]] · Allroads</title>
<meta name="robots" content="noindex">
{{>_top}}
{{>_mine}}
<div class="narrow">
<p><a href="{{GOODS_EDIT_URL}}" lang="{{GOODS_LANG}}" dir="auto">{{GOODS_TITLE}}</a></p>
{{>_errors}}
<h1>[[What is my customs code?]]</h1>
<p>[[Customs everywhere begins with the same six digits. Say what it is and what it is made of; we propose, you choose.]]</p>
<form class="sheet-form" action="{{CODE_URL}}" method="get">
<div class="field"><label for="words">[[What is it, of what, for what?]]</label>
<textarea id="words" name="words" rows="3" maxlength="1000" dir="auto" aria-describedby="words-help">{{WORDS}}</textarea>
<p class="help" id="words-help">[[For example: “oval basket of sisal for bread”. Any language will do.]]</p></div>
<div class="actions"><button class="button" type="submit">[[Look for the code]]</button></div>
</form>
{{#NO_BOOKS}}<p class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>[[This hub has no words to look in yet. Ask a broker or your customs.]]</span></p>{{/NO_BOOKS}}
{{#NOTHING}}<p class="notice warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg><span>[[None of these words is known here. Try simpler words, or ask a broker.]]</span></p>{{/NOTHING}}
{{#UNKNOWN_WORDS}}<p class="fine">[[Words that are not known here:]] <bdi>{{UNKNOWN_TEXT}}</bdi></p>{{/UNKNOWN_WORDS}}
{{#QUESTION}}<section class="sheet" aria-labelledby="ask-h">
<h2 id="ask-h">{{QUESTION_TEXT}}</h2>
<form action="{{CODE_URL}}" method="get">
<input type="hidden" name="words" value="{{WORDS}}">
{{#ANSWERS}}<input type="hidden" name="{{ANSWER_NAME}}" value="{{ANSWER_VALUE}}">
{{/ANSWERS}}
<div class="choose">
{{#CHOICES}}<button class="button plain wide" type="submit" name="{{CHOICE_NAME}}" value="{{CHOICE_VALUE}}"><span>{{CHOICE_TEXT}}{{#CHOICE_GROUP}} <span class="fine">{{GROUP_TEXT}}</span>{{/CHOICE_GROUP}}</span></button>
{{/CHOICES}}
</div>
</form>
</section>{{/QUESTION}}
{{#PROPOSALS}}<section aria-labelledby="codes-h">
<h2 id="codes-h">[[What it could be]]</h2>
<ol class="proposals">
{{#PROPOSAL_LIST}}<li class="card">
<h3><bdi>{{PROPOSAL_CODE}}</bdi> <span>{{PROPOSAL_TITLE}}</span></h3>
<p>{{#DOUBT_SMALL}}<span class="badge good">{{PROPOSAL_DOUBT}}</span>{{/DOUBT_SMALL}}{{#DOUBT_SOME}}<span class="badge warn">{{PROPOSAL_DOUBT}}</span>{{/DOUBT_SOME}}{{#DOUBT_LARGE}}<span class="badge bad">{{PROPOSAL_DOUBT}}</span>{{/DOUBT_LARGE}}</p>
<details class="lines"><summary>[[Where it stands in the tariff]]<span class="unseen"> {{PROPOSAL_CODE}}</span></summary>
<ul class="steps">
{{#STEPS}}<li><bdi>{{STEP_CODE}}</bdi> <span dir="auto">{{STEP_TEXT}}</span></li>
{{/STEPS}}
</ul>
{{#NOTES}}<ul class="steps">
{{#NOTE_LIST}}<li>{{#NOTE_MET}}<span class="badge warn">[[this may concern you]]</span> {{/NOTE_MET}}<span dir="auto">{{NOTE_TEXT}}</span> <span class="fine"><bdi>{{NOTE_SOURCE}}</bdi></span></li>
{{/NOTE_LIST}}
</ul>{{/NOTES}}
</details>
<form action="{{CODE_URL}}" method="post"><input type="hidden" name="form" value="{{FORM_SECRET}}"><input type="hidden" name="words" value="{{WORDS}}">
{{#ANSWERS}}<input type="hidden" name="{{ANSWER_NAME}}" value="{{ANSWER_VALUE}}">
{{/ANSWERS}}
<button class="button" type="submit" name="code" value="{{PROPOSAL_VALUE}}">[[Take this code]]<span class="unseen"> {{PROPOSAL_CODE}}</span></button></form>
</li>
{{/PROPOSAL_LIST}}
</ol>
<p class="fine">[[A proposal is no ruling: the authority where the goods arrive decides. Where much is at stake, ask it for a binding answer.]]</p>
</section>{{/PROPOSALS}}
</div>
{{>_foot}}
