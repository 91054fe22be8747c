{{! The end of every page. BOOKS section where there are books: BOOKS_EDITION (its name), BOOKS_DAY (when it was built,
as written in the reader's language). }}
</main>
<footer class="foot">
<div class="wrap">
<nav aria-label="[[About this hub]]">
<ul class="links">
<li><a href="/reckoning">[[How we reckon]]</a></li>
<li><a href="/api/docs">[[For programs: the API]]</a></li>
<li><a href="/door">[[Choose your door]]</a></li>
<li><a href="/privacy">[[What is kept about you]]</a></li>
</ul>
</nav>
{{#BOOKS}}<p class="fine">[[Duties and taxes come from books {{BOOKS_EDITION}} of {{BOOKS_DAY}}.]] [[What we do not know, we say.]]</p>{{/BOOKS}}
</div>
</footer>
</body>
</html>
