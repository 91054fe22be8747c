{{! Where this page stands. CRUMBS, a section for each page above, the outermost first: CRUMB_URL, CRUMB_NAME.
CRUMB_HERE: the name of this page. }}
<nav class="crumbs" aria-label="[[You are here]]">
<ol>
{{#CRUMBS}}<li><a href="{{CRUMB_URL}}"><bdi>{{CRUMB_NAME}}</bdi></a></li>
{{/CRUMBS}}
<li><span aria-current="page"><bdi>{{CRUMB_HERE}}</bdi></span></li>
</ol>
</nav>
