{{! The form that chooses a door. Values: DOOR_BACK (where to go afterwards, a path of this hub),
COUNTRIES, a section for each in the order of their names: COUNTRY_CODE, COUNTRY_NAME, COUNTRY_CHOSEN (section);
MORE_COUNTRIES: section where these are not all: one more choice leads to the page of all;
FOR_BUSINESS or FOR_HOME: section, which is chosen. }}
<form class="door-form" action="/door" method="post">
<input type="hidden" name="back" value="{{DOOR_BACK}}">
<div class="field">
<label for="door-to">[[Deliver to]]</label>
<select id="door-to" name="to" required autocomplete="country">
<option value="">[[Choose a country]]</option>
{{#COUNTRIES}}<option value="{{COUNTRY_CODE}}"{{#COUNTRY_CHOSEN}} selected{{/COUNTRY_CHOSEN}}>{{COUNTRY_NAME}}</option>
{{/COUNTRIES}}
{{#MORE_COUNTRIES}}<option value="other">[[Another country…]]</option>
{{/MORE_COUNTRIES}}</select>
</div>
<fieldset class="choices">
<legend>[[Who buys]]</legend>
<label><input type="radio" name="buyer" value="home"{{#FOR_HOME}} checked{{/FOR_HOME}}> <span>[[A home]]</span></label>
<label><input type="radio" name="buyer" value="business"{{#FOR_BUSINESS}} checked{{/FOR_BUSINESS}}> <span>[[A business]]</span></label>
</fieldset>
<button class="button" type="submit">[[Show prices for this door]]</button>
</form>
