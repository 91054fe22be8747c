{{! The pages of one's own. MINE section: AT_ACCOUNT, AT_ORDERS, AT_MONEY, AT_SHOPS, AT_COUNTER, AT_OPERATING (section: where one is),
FOR_CLERKS, FOR_OPERATORS sections }}
{{#MINE}}<nav class="mine" aria-label="[[Your pages]]">
<ul>
<li><a href="/me"{{#AT_ACCOUNT}} aria-current="true"{{/AT_ACCOUNT}}>[[My account]]</a></li>
<li><a href="/orders"{{#AT_ORDERS}} aria-current="true"{{/AT_ORDERS}}>[[My orders]]</a></li>
<li><a href="/me/money"{{#AT_MONEY}} aria-current="true"{{/AT_MONEY}}>[[My money]]</a></li>
<li><a href="/my"{{#AT_SHOPS}} aria-current="true"{{/AT_SHOPS}}>[[My shop]]</a></li>
{{#FOR_CLERKS}}<li><a href="/counter"{{#AT_COUNTER}} aria-current="true"{{/AT_COUNTER}}>[[At the counter]]</a></li>{{/FOR_CLERKS}}
{{#FOR_OPERATORS}}<li><a href="/operate/users"{{#AT_OPERATING}} aria-current="true"{{/AT_OPERATING}}>[[For operators]]</a></li>{{/FOR_OPERATORS}}
</ul>
</nav>{{/MINE}}
