{{! The pages of one's own. MINE section: AT_ACCOUNT, AT_SHOPS, AT_OPERATING (section: where one is), FOR_OPERATORS section }}
{{#MINE}}<nav class="mine" aria-label="[[Your pages]]">
<ul>
<li><a href="/me"{{#AT_ACCOUNT}} aria-current="true"{{/AT_ACCOUNT}}>[[My account]]</a></li>
<li><a href="/my"{{#AT_SHOPS}} aria-current="true"{{/AT_SHOPS}}>[[My shop]]</a></li>
{{#FOR_OPERATORS}}<li><a href="/operate/users"{{#AT_OPERATING}} aria-current="true"{{/AT_OPERATING}}>[[For operators]]</a></li>{{/FOR_OPERATORS}}
</ul>
</nav>{{/MINE}}
