{{! The pages of one shop for its keeper. SHOP_NAV section: SHOP_NAME, SHOP_PUBLIC_URL, GOODS_URL, ORDERS_URL, MONEY_URL, ABOUT_URL,
SENDING_URL, FILES_URL;
AT_GOODS, AT_SHOP_ORDERS, AT_SHOP_MONEY, AT_ABOUT, AT_SENDING, AT_FILES section }}
{{#SHOP_NAV}}<nav class="mine" aria-label="[[Your shop]]">
<ul>
<li><a href="{{GOODS_URL}}"{{#AT_GOODS}} aria-current="true"{{/AT_GOODS}}>[[Goods]]</a></li>
<li><a href="{{ORDERS_URL}}"{{#AT_SHOP_ORDERS}} aria-current="true"{{/AT_SHOP_ORDERS}}>[[Orders]]</a></li>
<li><a href="{{MONEY_URL}}"{{#AT_SHOP_MONEY}} aria-current="true"{{/AT_SHOP_MONEY}}>[[Money]]</a></li>
<li><a href="{{SENDING_URL}}"{{#AT_SENDING}} aria-current="true"{{/AT_SENDING}}>[[Sending]]</a></li>
<li><a href="{{ABOUT_URL}}"{{#AT_ABOUT}} aria-current="true"{{/AT_ABOUT}}>[[About the shop]]</a></li>
<li><a href="{{FILES_URL}}"{{#AT_FILES}} aria-current="true"{{/AT_FILES}}>[[Files]]</a></li>
<li><a href="{{SHOP_PUBLIC_URL}}">[[As buyers see it]]</a></li>
</ul>
</nav>{{/SHOP_NAV}}
