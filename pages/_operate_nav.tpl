{{! The pages of operators. OPERATE_NAV section: AT_USERS, AT_BOOKS, AT_MONEY, AT_TRAIL section }}
{{#OPERATE_NAV}}<nav class="mine" aria-label="[[For operators]]">
<ul>
<li><a href="/operate/users"{{#AT_USERS}} aria-current="true"{{/AT_USERS}}>[[Users]]</a></li>
<li><a href="/operate/books"{{#AT_BOOKS}} aria-current="true"{{/AT_BOOKS}}>[[Books]]</a></li>
<li><a href="/operate/money"{{#AT_MONEY}} aria-current="true"{{/AT_MONEY}}>[[Money]]</a></li>
<li><a href="/operate/trail"{{#AT_TRAIL}} aria-current="true"{{/AT_TRAIL}}>[[What was done]]</a></li>
</ul>
</nav>{{/OPERATE_NAV}}
