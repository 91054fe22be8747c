#!/usr/bin/env python3
"""An order from both sides through the pages, walked as a browser without scripts would: every form is read from its page
and sent back with what a person types. What the hub itself promises of orders is tested beside it; here it is the pages:
what they say, what they take, and what they refuse. A hub of its own, in a temporary folder, on a free port.
"""
import hashlib
import html
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from api_test import picture  # noqa: E402 pylint: disable=wrong-import-position
from web_test import PASSWORD, PROBE, PROGRAM, Browser  # noqa: E402 pylint: disable=wrong-import-position

TRADE = {
    "fees": [{"percent": "2", "minimum": "0.50 USD"}],
    "plans": [{"key": "at-once", "milestones": [
                  {"key": "payment", "percent": "100", "due": "accepted", "release": "delivered"}]},
              {"key": "30-70", "milestones": [
                  {"key": "deposit", "percent": "30", "due": "accepted", "release": "delivered"},
                  {"key": "balance", "percent": "70", "due": "made", "release": "delivered"}]}],
    "rates": [{"seller_in": "KE", "give": "1 USD", "get": "129.50 KES", "source": "a test", "days": 30}],
    "cash": {"counters": [{"name": "Kisumu", "place": "Market hall, stand 4"}]},
}


def order_of(answer_or_path):
    return re.search(r"/orders/([0-9a-z]{26})", answer_or_path)[1]


class Market(unittest.TestCase):
    """A hub with a shop, its two products, and who buys; and how its pages are walked."""
    trade = TRADE
    staff = (("clerk@example.org", "Otieno", "clerk"),)

    @classmethod
    def setUpClass(cls):
        cls.folder, cls.listed = tempfile.mkdtemp(), []
        data = pathlib.Path(cls.folder, "data")
        data.mkdir()
        (data / "trade.json").write_text(json.dumps(cls.trade))
        for contact, name, role in cls.staff:
            add = [PROGRAM, "--data", str(data), "user", "add", contact, "--name", name, "--role", role]
            subprocess.run(add, input=PASSWORD + "\n", text=True, check=True, capture_output=True, timeout=20)
        cls.server = subprocess.Popen([PROGRAM, "--data", str(data), "serve", "--port", "0", "--quiet"],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = cls.server.stdout.readline()
        found = re.search(r":(\d+)", line)
        assert found, f"the server said {line!r}"
        cls.port = int(found[1])
        cls.seller = Browser(cls.port)
        cls.seller.sign_up("seller@example.org", "Wanjiru")
        cls.seller.open_shop("Kisumu Baskets", "KE")
        cls.slug = "kisumu-baskets"
        sending = f"/my/shops/{cls.slug}/sending"
        lane = cls.seller.get(sending).form(sending)
        cls.seller.post(sending, lane | {"groups": "everywhere", "base": "12.00", "per_kg": "8.00", "do": "save"})
        cls.product = cls.make_product("Oval basket of sisal", "24.00", "5")
        cls.other = cls.make_product("Round tray of sisal", "9.50", "1")
        cls.buyer = Browser(cls.port)
        cls.buyer.sign_up("buyer@example.org", "Amina")
        cls.choose_door(cls.buyer)

    @classmethod
    def make_product(cls, title, price, smallest, **more):
        new = f"/my/shops/{cls.slug}/new"
        fields = cls.seller.get(new).form(new)
        fields |= {"title-0": title, "category": "baskets", "from-0": smallest, "price-0": price, "gross": "600",
                   "net": "500", "hs": "46021990", "supply": "counted", "stock": "1000", "do": "live"} | more
        answer = cls.seller.post(new, fields)
        found = re.search(r"/(?:my/)?goods/([0-9a-z]{26})", answer.text)
        assert found, re.sub(r"<[^>]+>", " ", answer.text)[-3000:]
        cls.listed.append(found[1])
        return found[1]

    @classmethod
    def choose_door(cls, browser):
        fields = browser.get("/door").form("/door")
        browser.post("/door", fields | {"to": "DE", "buyer": "home"})

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait(20)
        cls.server.stdout.close()
        shutil.rmtree(cls.folder)

    def page(self, browser, path, status=200):
        answer = browser.get(path)
        self.assertEqual(answer.status, status, path)
        self.sound(answer, path)
        return answer

    def sound(self, answer, path):
        """What every page is: closed in order, one h1, each control with its label, nothing untranslated."""
        self.assertEqual(answer.page.wrong, [], path)
        self.assertNotRegex(answer.text, r"\{\{|\[\[|\]\]", path)
        elements = answer.page.elements
        self.assertEqual(sum(tag == "h1" for tag, _ in elements), 1, path)
        ids = [a["id"] for _, a in elements if "id" in a]
        self.assertEqual(len(ids), len(set(ids)), path)
        labelled = {a.get("for") for tag, a in elements if tag == "label"}
        for tag, a in elements:
            if tag in ("input", "select", "textarea") and a.get("type") not in ("hidden", "checkbox", "radio"):
                self.assertIn(a.get("id"), labelled, f"{path}: {a}")
            for name in ("aria-labelledby", "aria-describedby"):
                for one in a.get(name, "").split():
                    self.assertIn(one, ids, path)

    def put_in_basket(self, browser, product, quantity, what="add"):
        return browser.post("/basket", {"product": product, "numbers": "en", "quantity": quantity, "do": what})

    def place(self, quantity="10", note="Amina, Long Street 1, Berlin"):
        self.put_in_basket(self.buyer, self.product, quantity, "order")
        path = f"/checkout/{self.slug}"
        fields = self.page(self.buyer, path).form(path)
        return self.buyer.post(path, fields | {"note": note, "do": "order"}), fields

    def deed(self, browser, order, kind, **typed):
        path = f"/orders/{order}/{kind}"
        fields = self.page(browser, path).form(path)
        answer = browser.post(path, fields | typed | {"do": "look"})
        self.sound(answer, path)
        if answer.status == 200 and '"confirm"' in answer.text:
            answer = browser.post(path, answer.form(path) | {"do": "confirm"})
        return answer

    def words(self, answer):
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))

    def order_words(self, browser, order):
        return self.words(self.page(browser, f"/orders/{order}"))

    def reference_of(self, order):
        """In groups of four, as it is shown to who pays."""
        return re.search(r"RF\d\d(?: [0-9A-Z]{1,4}\b)+", self.order_words(self.buyer, order))[0]

    def pay_cash(self, order, amount):
        """At the counter, by the reference that the order tells."""
        reference = self.reference_of(order)
        clerk = Browser(self.port)
        clerk.post("/sign-in", clerk.get("/sign-in").form("/sign-in") | {"contact": "clerk@example.org",
                                                                        "password": PASSWORD, "do": "sign-in"})
        fields = clerk.get("/counter/cash").form("/counter/cash") | {"reference": reference, "amount": amount, "do": "look"}
        answer = clerk.post("/counter/cash", fields)
        fields = answer.form("/counter/cash")
        button = next(value for form in answer.page.forms if form["action"].startswith("/counter/cash")
                      for name, value in form["buttons"] if name == "do" and value != "change")
        clerk.post("/counter/cash", fields | {"do": button})

    def order_by(self, plan):
        self.put_in_basket(self.buyer, self.product, "10", "order")
        path = f"/checkout/{self.slug}"
        fields = self.page(self.buyer, f"{path}?plan={plan}").form(path)
        return order_of(self.buyer.post(path, fields | {"note": "Long Street 1", "do": "order"}).text)


class Deals(Market):
    # ---- from the product to the order ----------------------------------------------------------------------

    def test_basket(self):
        visitor = Browser(self.port)
        page = self.page(visitor, f"/goods/{self.product}")
        self.assertIn('formaction="/basket"', page.text)
        answer = self.put_in_basket(visitor, self.product, "6")
        self.sound(answer, "/basket")
        self.assertIn("It is in the basket.", answer.text)
        self.assertIn("144.00", answer.text)
        self.put_in_basket(visitor, self.other, "2")
        self.assertIn("19.00", self.page(visitor, "/basket").text)
        answer = self.put_in_basket(visitor, self.product, "2", "change")
        self.assertIn("The smallest order is", answer.text)
        answer = self.put_in_basket(visitor, self.product, "8", "change")
        self.assertIn("192.00", answer.text)
        answer = self.put_in_basket(visitor, self.other, "2", "remove")
        self.assertNotIn("Round tray", answer.text)
        answer = self.put_in_basket(visitor, self.product, "many", "add")
        self.assertIn('aria-invalid="true"', answer.text)

    def test_hostile_basket(self):
        for cookie in (PROBE, "!" * 3000, f"{self.product}*-5", f"{self.product}*1e9", "*", f"{self.product}*5!" * 90):
            visitor = Browser(self.port)
            visitor.cookies["basket"] = cookie.replace(";", "")
            self.sound(visitor.get("/basket"), "/basket")
        self.assertEqual(Browser(self.port).post("/basket", {"product": "x", "do": "add"}).status, 404)
        forged = self.buyer.post("/basket", {"product": self.product, "quantity": "5", "do": "add"},
                                 headers={"Sec-Fetch-Site": "cross-site"})
        self.assertEqual(forged.status, 403)

    def test_signed_out_keeps_the_basket(self):
        visitor = Browser(self.port)
        self.choose_door(visitor)
        self.put_in_basket(visitor, self.product, "5", "order")
        path = f"/checkout/{self.slug}"
        page = self.page(visitor, path)
        self.assertIn("Sign in to order", page.text)
        self.assertIn("/sign-in?back=%2Fcheckout%2Fkisumu-baskets", page.text)
        fields = visitor.get("/sign-up").form("/sign-up")
        visitor.post("/sign-up?back=" + path, fields | {"name": "Juma", "contact": "juma@example.org",
                                                        "password": PASSWORD, "do": "sign-up"})
        self.assertIn("Where it is to be delivered", self.page(visitor, path).text)

    def test_no_door(self):
        visitor = Browser(self.port)
        self.put_in_basket(visitor, self.product, "5", "order")
        self.assertIn("Where should it go?", self.page(visitor, f"/checkout/{self.slug}").text)

    def test_checkout_says_everything(self):
        self.put_in_basket(self.buyer, self.product, "10", "order")
        text = html.unescape(re.sub(r"<[^>]+>", " ", self.page(self.buyer, f"/checkout/{self.slug}").text))
        for words in ("240.00", "What you agree to", "What you pay, and to whom", "To the shop, now",
                      "This hub holds the money for both sides.", "the mediator decides", "3 days"):
            self.assertIn(words, text)

    def test_sent_twice_is_one_order(self):
        answer, fields = self.place()
        self.assertIn("It is ordered.", answer.text)
        orders = len(re.findall(r'href="/orders/[0-9a-z]{26}"', self.page(self.buyer, "/orders").text))
        path = f"/checkout/{self.slug}"
        again = self.buyer.post(path, fields | {"note": "Amina, Long Street 1, Berlin", "do": "order"}, follow=False)
        self.assertEqual(again.status, 303)
        self.assertRegex(again.location, r"^/orders/[0-9a-z]{26}")
        self.assertEqual(len(re.findall(r'href="/orders/[0-9a-z]{26}"', self.page(self.buyer, "/orders").text)), orders)

    def test_altered_terms_are_not_ordered(self):
        self.put_in_basket(self.buyer, self.product, "10", "order")
        path = f"/checkout/{self.slug}"
        fields = self.page(self.buyer, path).form(path)
        self.assertIn("24.00", fields["seen"])
        for seen in (fields["seen"].replace("24.00", "2.40"), "", "{}", PROBE):
            answer = self.buyer.post(path, fields | {"seen": seen, "note": "Long Street 1", "do": "order"})
            self.assertIn(answer.status, (400, 409, 422))
            self.sound(answer, path)
            self.assertIn("Long Street 1", answer.text, "nothing that was typed is lost")
        answer = self.buyer.post(path, fields | {"note": "", "do": "order"})
        self.assertEqual(answer.status, 422)
        self.assertIn("Write where it is to be delivered.", answer.text)
        self.buyer.post(path, fields | {"note": "Long Street 1", "do": "order"})

    # ---- an order and its deeds -----------------------------------------------------------------------------

    def test_hostile_note(self):
        answer, _ = self.place(note=PROBE)
        order = order_of(answer.text)
        for browser in (self.buyer, self.seller):
            text = self.page(browser, f"/orders/{order}").text
            self.assertNotIn("<script>alert", text)
            self.assertNotIn("<img src=x", text)

    def test_anothers_order_is_not_there(self):
        answer, _ = self.place()
        order = order_of(answer.text)
        stranger = Browser(self.port)
        stranger.sign_up("stranger@example.org", "Kofi")
        for path in (f"/orders/{order}", f"/orders/{order}/cancel", f"/orders/{order}/terms", f"/requests/{order}",
                     f"/my/shops/{self.slug}/orders", f"/my/shops/{self.slug}/money", "/orders/none"):
            self.assertEqual(stranger.get(path).status, 404, path)
        account = self.page(self.seller, f"/my/shops/{self.slug}/money")
        self.assertEqual(stranger.get("/me/statement?account=shop-" + order + ":payable:USD:hub").status, 404)
        self.assertEqual(account.status, 200)
        self.assertIn("/sign-in", Browser(self.port).get(f"/orders/{order}", follow=False).location)

    def test_cancel(self):
        answer, _ = self.place()
        order = order_of(answer.text)
        forged = self.buyer.post(f"/orders/{order}/cancel", {"do": "confirm", "key": "x", "form": "00"})
        self.assertEqual(forged.status, 403)
        answer = self.deed(self.buyer, order, "cancel", note="I chose another colour", do="confirm")
        self.assertIn("Cancelled", self.page(self.buyer, f"/orders/{order}").text)
        text = self.page(self.seller, f"/orders/{order}").text
        self.assertIn("I chose another colour", text)
        self.assertEqual(self.seller.get(f"/orders/{order}/made", follow=False).status, 303, "possible no more")
        self.assertIn("The order was cancelled.", self.page(self.seller, "/me/notices").text)

    def test_asking_and_offers(self):
        fields = self.page(self.buyer, f"/ask?product={self.product}&quantity=40").form("/ask")
        self.assertEqual(fields["quantity"], "40")
        answer = self.buyer.post("/ask", fields | {"words-0": "longer handles", "many-0": "", "do": "ask"})
        self.assertEqual(answer.status, 422)
        self.assertIn("longer handles", answer.text)
        answer = self.buyer.post("/ask", fields | {"words-0": "lids", "many-0": "40", "note": PROBE, "do": "ask"})
        order = order_of(answer.text)
        self.assertNotIn("<script>alert", answer.text)
        path = f"/orders/{order}/offer"
        fields = self.page(self.seller, path).form(path)
        self.assertEqual(fields["product-0"], self.product)
        # A wish in words is answered in words, or with a product of the list, or not at all.
        self.assertEqual((fields["product-1"], fields["title-1"], fields["many-1"]), ("own", "lids", "40"))
        for wrong, field in (({}, "price-1"), ({"price-1": "1.00", "title-1": ""}, "title-1"),
                             ({"price-1": "1.00", "unit-1": "?"}, "unit-1"),
                             ({"price-1": "1.00", "product-1": ""}, "product-1"),
                             ({"price-1": "1.00", "product-1": "x"}, "product-1")):
            answer = self.seller.post(path, fields | {"price-0": "21.50", "sending": "60.00", "do": "offer"} | wrong)
            self.assertEqual(answer.status, 422, wrong)
            self.sound(answer, path)
            self.assertIn(f'id="{field}-problem"', answer.text)
        self.assertEqual(self.drafts(), [], "what was refused leaves nothing behind")
        offered = fields | {"price-0": "21.50", "price-1": "1.00", "title-1": "Lids of sisal", "sending": "60.00",
                            "do": "offer"}
        answer = self.seller.post(path, offered)
        self.assertIn("960.00", answer.text)
        self.assertIn("Lids of sisal", answer.text)
        self.seller.post(path, offered)
        drafts = self.drafts()
        self.assertEqual(len(drafts), 1, "one form, one draft")
        self.assertNotIn("Lids of sisal", self.page(Browser(self.port), f"/shops/{self.slug}").text)
        self.assertEqual(self.buyer.get(f"/goods/{drafts[0]}").status, 404, "a draft is the shop's own")
        page = self.page(self.buyer, f"/requests/{order}")
        self.assertIn("960.00", page.text)
        path = f"/orders/{order}/counter"
        fields = self.page(self.buyer, path).form(path)
        self.assertEqual((fields["product-1"], fields["price-1"]), (drafts[0], "1.00"))
        forged = self.buyer.post(path, fields | {"product-1": "own", "title-1": "gold", "do": "offer"})
        self.assertEqual(forged.status, 422, "the shop alone says what it has")
        self.buyer.post(path, fields | {"price-0": "20.00", "do": "offer"})
        path = f"/orders/{order}/accept"
        page = self.page(self.seller, path)
        fields = page.form(path)
        altered = self.seller.post(path, fields | {"seen": fields["seen"].replace("20.00", "30.00"), "do": "confirm"})
        self.assertNotIn("Signed by both sides", altered.text)
        self.seller.post(path, fields | {"do": "confirm"})
        text = self.page(self.buyer, f"/orders/{order}").text
        self.assertIn("Signed by both sides", text)
        self.assertIn("900.00", text)
        document = self.buyer.get(f"/orders/{order}/terms")
        self.assertIn("900", document.text)
        self.assertIn("Lids of sisal", document.text)

    def drafts(self):
        """Goods of the shop that it alone sees."""
        text = self.page(self.seller, f"/my/shops/{self.slug}").text
        return [one for one in dict.fromkeys(re.findall(r"/my/goods/([0-9a-z]{26})", text)) if one not in self.listed]

    def test_a_shop_without_goods_answers_words(self):
        keeper = Browser(self.port)
        keeper.sign_up("carver@example.org", "Kamau")
        keeper.open_shop("Carver of Machakos", "KE")
        fields = self.page(self.buyer, "/ask?shop=carver-of-machakos").form("/ask")
        asked = self.buyer.post("/ask", fields | {"words-0": "A door, carved", "many-0": "2", "unit-0": "C62", "do": "ask"})
        order = order_of(asked.text)
        path = f"/orders/{order}/offer"
        page = self.page(keeper, path)
        self.assertIn("Wished for:", self.words(page))
        fields = page.form(path)
        self.assertEqual((fields["product-0"], fields["unit-0"]), ("own", "C62"))
        keeper.post(path, fields | {"price-0": "310.00", "sending": "90.00", "do": "offer"})
        self.assertIn("710.00", self.page(self.buyer, f"/requests/{order}").text)
        self.deed(self.buyer, order, "accept", do="confirm")
        self.assertIn("Signed by both sides", self.page(keeper, f"/orders/{order}").text)

    def test_at_least_names_what_is_unknown(self):
        # Six digits, under which the lines pay different duties.
        unsure = self.make_product("Mats of sisal", "12.00", "1", hs="460219")
        told = self.words(self.page(self.buyer, f"/goods/{unsure}?quantity=40"))
        self.assertIn("Not known, and not in the price:", told)
        why = "Which line of the tariff there these goods belong to"
        self.assertIn(why, told)
        fields = self.page(self.buyer, f"/ask?product={unsure}&quantity=40").form("/ask")
        order = order_of(self.buyer.post("/ask", fields | {"do": "ask"}).text)
        path = f"/orders/{order}/offer"
        self.seller.post(path, self.page(self.seller, path).form(path) | {"sending": "20.00", "do": "offer"})
        page = self.words(self.page(self.buyer, f"/requests/{order}"))
        self.assertIn("at least", page)
        self.assertIn("Not known, and not in the price:", page)
        self.assertIn(why, page)
        # What is known whole names nothing.
        fields = self.page(self.buyer, f"/ask?product={self.other}&quantity=3").form("/ask")
        order = order_of(self.buyer.post("/ask", fields | {"do": "ask"}).text)
        path = f"/orders/{order}/offer"
        self.seller.post(path, self.page(self.seller, path).form(path) | {"sending": "20.00", "do": "offer"})
        page = self.words(self.page(self.buyer, f"/requests/{order}"))
        self.assertIn("delivered, everything included", page)
        self.assertNotIn("Not known", page)

    def test_decline(self):
        fields = self.page(self.buyer, f"/ask?product={self.product}").form("/ask")
        order = order_of(self.buyer.post("/ask", fields | {"do": "ask"}).text)
        self.deed(self.seller, order, "decline", note="Sold out until March")
        self.assertIn("Sold out until March", self.page(self.buyer, f"/orders/{order}").text)

    # ---- money ----------------------------------------------------------------------------------------------

    def test_whole_order(self):
        """Deposit, balance, two shipments, a dispute that is settled, a payout in another currency: to the cent."""
        order = self.order_by("")
        if "In cash at a counter" not in self.order_words(self.buyer, order):
            self.skipTest("this program knows no way of paying")
        order = self.order_by("30-70")
        total = re.search(r"Agreed in all US\$([\d.]+)", self.order_words(self.buyer, order))[1]
        self.assertEqual(total, "300.00")
        self.assertIn("To be paid now: US$90.00", self.order_words(self.buyer, order))
        self.pay_cash(order, "90.00")
        self.assertIn("Being made", self.order_words(self.seller, order))
        self.deed(self.seller, order, "made")
        self.assertIn("To be paid now: US$210.00", self.order_words(self.buyer, order))
        self.pay_cash(order, "215.00")
        self.assertIn("Held now US$300.00", self.order_words(self.buyer, order))
        self.assertEqual(self.deed(self.seller, order, "hand-over", **{"quantity-0": "11"}).status, 422)
        self.deed(self.seller, order, "hand-over", **{"quantity-0": "6", "reference": "KE123", "do": "confirm"})
        self.deed(self.seller, order, "hand-over", **{"reference": "KE124", "do": "confirm"})
        self.assertEqual(self.deed(self.seller, order, "deliver").status, 422, "a proof is needed")
        self.deed(self.buyer, order, "deliver")
        self.deed(self.seller, order, "deliver", number="1", reference="signed by Amina")
        answer = self.deed(self.buyer, order, "dispute", why="damaged", note="")
        self.assertEqual(answer.status, 422)
        self.deed(self.buyer, order, "dispute", why="damaged", note="Two are broken. " + PROBE)
        self.assertNotIn("<script>alert", self.page(self.seller, f"/orders/{order}").text)
        self.shows_files(order)
        self.deed(self.seller, order, "answer", note="I am sorry.")
        answer = self.deed(self.seller, order, "propose", amount="4500")
        self.assertEqual(answer.status, 422)
        self.assertIn('value="4500"', answer.text, "nothing that was typed is lost")
        path = f"/orders/{order}/propose"
        looked = self.seller.post(path, self.seller.get(path).form(path) | {"amount": "45.00", "do": "look"})
        self.assertIn("US$45.00 goes back to the buyer and US$255.00 to the seller, of which the hub's fee is US$5.10",
                      self.words(looked))
        changed = self.seller.post(path, looked.form(path) | {"do": "change"})
        self.assertIn('value="45.00"', changed.text)
        self.seller.post(path, looked.form(path) | {"do": "confirm"})
        self.deed(self.buyer, order, "agree")
        words = self.order_words(self.seller, order)
        for one in ("Held now US$0.00", "Released US$255.00", "Of it the hub's fee US$5.10", "to be paid out US$249.90"):
            self.assertIn(one, words)
        path = f"/orders/{order}/pay-out"
        fields = self.page(self.seller, path).form(path)
        refused = self.seller.post(path, fields | {"way": "cash", "name": "", "currency": "KES", "do": "look"})
        self.assertEqual(refused.status, 422)
        looked = self.seller.post(path, fields | {"way": "cash", "name": "Wanjiru", "currency": "KES", "do": "look"})
        self.assertIn("KES 32,362.05", self.words(looked))
        # What was seen is paid, or nothing is.
        for seen in ("32362.06 KES", "32362.04 KES", "249.90 USD", PROBE, ""):
            moved = self.seller.post(path, looked.form(path) | {"comes_to": seen, "do": "confirm"})
            self.assertEqual(moved.status, 422, seen)
            self.sound(moved, path)
            self.assertIn("to be paid out US$249.90", self.order_words(self.seller, order))
        self.assertIn("has changed since you saw it", self.words(self.seller.post(
            path, looked.form(path) | {"comes_to": "32362.06 KES", "do": "confirm"})))
        self.seller.post(path, looked.form(path) | {"do": "confirm"})
        self.assertIn("KES 32,362.05", self.order_words(self.seller, order))
        money = self.page(self.buyer, "/me/money")
        self.assertIn("US$50.00", self.words(money))
        statement = html.unescape(re.search(r'/me/statement\?account=[^"]*', money.text)[0])
        self.assertIn("At the end US$50.00", self.words(self.page(self.buyer, statement)))
        self.assertEqual(self.seller.get(statement).status, 404, "another's account")
        self.sends_out(statement)

    def sends_out(self, statement):
        """What was paid beyond the price is sent to the buyer: looked at first, once, and no more than there is."""
        path = "/me/money/out"
        self.assertIn(path, self.page(self.buyer, "/me/money").text)
        self.assertNotIn(path, self.page(self.seller, "/me/money").text)
        self.assertIn("There is no money here that could be sent.", self.words(self.page(self.seller, path)))
        self.assertIn("/sign-in", Browser(self.port).get(path, follow=False).location)
        fields = self.page(self.buyer, path).form(path) | {"way": "cash", "name": "Amina <b>", "amount": "20.00",
                                                           "do": "look"}
        for wrong in ({"amount": "50.01"}, {"amount": "-1"}, {"amount": PROBE}, {"name": ""}, {"way": "bank", "account": ""},
                      {"from": "account-x:funds:USD:hub"}):
            answer = self.buyer.post(path, fields | wrong)
            self.assertEqual(answer.status, 422, wrong)
            self.sound(answer, path)
        looked = self.buyer.post(path, fields)
        self.assertRegex(self.words(looked), r"US\$20\.00\W* is paid to \W*Amina <b>")
        sure = looked.form(path) | {"do": "confirm"}
        for _ in range(2):
            sent = self.buyer.post(path, sure)
            self.assertIn("It is on its way.", self.words(sent))
        self.assertIn("US$30.00", self.words(self.page(self.buyer, "/me/money")))
        self.assertEqual(self.words(self.page(self.buyer, path)).count("US$20.00"), 1)
        self.assertIn("At the end US$30.00", self.words(self.page(self.buyer, statement)))

    def test_pays_from_own_money_with_the_order(self):
        """Offered where the money here is enough, taken once, and refused as a whole where it is gone meanwhile."""
        if "In cash at a counter" not in self.order_words(self.buyer, self.order_by("")):
            self.skipTest("this program knows no way of paying")
        path = f"/checkout/{self.slug}"
        buyer, self.buyer = self.buyer, Browser(self.port)
        try:
            self.buyer.sign_up("saver@example.org", "Zuri")
            self.choose_door(self.buyer)
            self.put_in_basket(self.buyer, self.product, "10", "order")
            self.assertNotIn("own_money", self.page(self.buyer, path).text, "nobody pays from nothing")
            # Ticked by hand, it is refused as a whole; the same form without it is an order that waits for its money.
            fields = self.page(self.buyer, path).form(path) | {"note": "Long Street 1", "do": "order"}
            refused = self.buyer.post(path, fields | {"own_money": "yes"})
            self.assertEqual(refused.status, 409)
            self.sound(refused, path)
            self.assertIn("Your money here is less than is due now.", self.words(refused))
            self.assertIn("Long Street 1", refused.text)
            self.pay_cash(order_of(self.buyer.post(path, fields).text), "700.00")
            self.assertIn("US$400.00", self.words(self.page(self.buyer, "/me/money")))
            self.put_in_basket(self.buyer, self.product, "20", "order")
            page = self.page(self.buyer, path)
            self.assertNotIn("own_money", page.text, "400 are less than 588")
            self.assertIn("own_money", self.page(self.buyer, path + "?plan=30-70").text, "but enough for the deposit")
            self.put_in_basket(self.buyer, self.product, "10", "change")
            page = self.page(self.buyer, path)
            self.assertIn("Pay the US$300.00 due now from my money here, of which US$400.00 is free.", self.words(page))
            self.assertNotIn("own_money", page.form(path), "only who ticks it pays")
            paid = page.form(path) | {"note": "Long Street 1", "own_money": "yes", "do": "order"}
            forgotten = self.buyer.post(path, paid | {"note": ""})
            self.assertEqual(forgotten.status, 422)
            self.assertRegex(forgotten.text, r'name="own_money" value="yes" checked', "the tick is kept")
            order = order_of(self.buyer.post(path, paid).text)
            self.assertEqual(order_of(self.buyer.post(path, paid).text), order, "sent twice it is one order")
            words = self.order_words(self.buyer, order)
            self.assertIn("Being made", words)
            self.assertIn("Held now US$300.00", words)
            money = self.words(self.page(self.buyer, "/me/money"))
            self.assertIn("US$100.00", money)
            self.assertNotIn("US$400.00", money)
        finally:
            self.buyer = buyer

    def shows_files(self, order):
        """Photos and papers in a dispute: seen by both sides, by nobody else, and refused where they are neither."""
        path = f"/orders/{order}/evidence"
        fields = self.page(self.buyer, path).form(path) | {"note": "Look.", "reference": "parcel 7", "do": "confirm"}
        paper = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
        for wrong in (b"hello", b"<svg/>", b"%PDF-1.4 /JavaScript %%EOF", picture()[:500], paper + b" " * 8_000_000):
            answer = self.buyer.post_files(path, fields, [("file", "x.pdf", "application/pdf", wrong)])
            self.assertEqual(answer.status, 422, wrong[:20])
            self.sound(answer, path)
            self.assertIn('id="file-problem"', answer.text)
            self.assertIn("Look.", answer.text, "nothing that was typed is lost")
        both = [("file", "a.pdf", "application/pdf", paper), ("file", "b.pdf", "application/pdf", paper)]
        self.assertEqual(self.buyer.post_files(path, fields, both).status, 422)
        for file in (("file", "a.png", "image/png", picture()), ("file", "b.pdf", "text/html", paper)):
            fields = self.page(self.buyer, path).form(path) | {"note": "Look.", "reference": "parcel 7", "do": "confirm"}
            for _ in range(2):
                self.assertEqual(self.buyer.post_files(path, fields, [file], follow=False).status, 303)
        text = self.page(self.seller, f"/orders/{order}").text
        self.assertIn("parcel 7", text)
        files = list(dict.fromkeys(re.findall(rf"/orders/{order}/files/([0-9a-f]{{64}})", text)))
        self.assertEqual(len(files), 2)
        stranger = Browser(self.port)
        stranger.sign_up(f"stranger-{order}@example.org", "Kofi")
        kinds = set()
        for digest in files:
            address = f"/orders/{order}/files/{digest}"
            for browser in (self.buyer, self.seller):
                answer = browser.get(address)
                self.assertEqual(answer.status, 200)
                self.assertEqual(hashlib.sha256(answer.body).hexdigest(), digest)
                self.assertEqual((answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]),
                                 ("no-store", "nosniff"))
            kinds.add((answer.headers["Content-Type"], answer.headers["Content-Disposition"].split(";")[0]))
            self.assertEqual(stranger.get(address).status, 404)
            self.assertIn("/sign-in", Browser(self.port).get(address, follow=False).location)
        self.assertEqual(kinds, {("image/jpeg", "inline"), ("application/pdf", "attachment")})

    # ---- all pages in languages -----------------------------------------------------------------------------

    def test_languages(self):
        answer, _ = self.place()
        order = order_of(answer.text)
        self.put_in_basket(self.buyer, self.product, "5")
        asked = self.page(self.buyer, f"/ask?product={self.product}").form("/ask")
        request = order_of(self.buyer.post("/ask", asked | {"do": "ask"}).text)
        buyers = ["/basket", f"/checkout/{self.slug}", "/orders", f"/orders/{order}", f"/orders/{order}/cancel",
                  "/ask?q=basket", "/me/money", "/me/notices", f"/requests/{request}"]
        sellers = [f"/my/shops/{self.slug}/orders", f"/my/shops/{self.slug}/money", f"/orders/{order}",
                   f"/orders/{request}/offer", f"/orders/{request}/decline", "/me/notices"]
        for language, direction in (("en", "ltr"), ("ar", "rtl"), ("sw", "ltr")):
            for browser, paths in ((self.buyer, buyers), (self.seller, sellers)):
                for path in paths:
                    mark = "&" if "?" in path else "?"
                    answer = self.page(browser, f"{path}{mark}lang={language}")
                    root = next(a for tag, a in answer.page.elements if tag == "html")
                    self.assertEqual((root["lang"], root["dir"]), (language, direction), path)
        for browser in (self.buyer, self.seller):
            browser.get("/?lang=en")


if __name__ == "__main__":
    unittest.main()
