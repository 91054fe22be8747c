#!/usr/bin/env python3
"""The pages of clerks and operators, walked as a browser without scripts would: cash for an order and its receipt, a
statement of the bank, what waits in suspense, payouts by hand, disputes, and the books of money, which hold at the end.
"""
import copy
import decimal
import html
import re
import subprocess
import time
import unittest
import xml.etree.ElementTree

from deals_pages_test import TRADE, Market
from web_test import PASSWORD, PROBE, PROGRAM, Browser, digits_of

IBAN, PAYERS, SELLERS = "DE89370400440532013000", "GB29NWBK60161331926819", "FR1420041010050500013M02606"
AR_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


def statement(*bookings):
    """A statement of the hub's account: (amount, the bank's own number, what was written, who paid)."""
    entries = "".join(
        f'<Ntry><Amt Ccy="USD">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-15</Dt>'
        f"</BookgDt><AcctSvcrRef>{own}</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>{who}</Nm></Pty></Dbtr>"
        f"<DbtrAcct><Id><IBAN>{PAYERS}</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>{html.escape(words)}</Ustrd>"
        f"</RmtInf></TxDtls></NtryDtls></Ntry>" for amount, own, words, who in bookings)
    return (f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{CAMT}"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId>'
            "<CreDtTm>2026-03-15T07:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id><CreDtTm>2026-03-15T07:00:00</CreDtTm><Acct>"
            f"<Id><IBAN>{IBAN}</IBAN></Id><Ccy>USD</Ccy></Acct>{entries}</Stmt></BkToCstmrStmt></Document>").encode()


class Counter(Market):
    trade = {**copy.deepcopy(TRADE), "bank": {"accounts": [{"currency": "USD", "account": IBAN, "name": "Allroads"}]}}
    staff = (("clerk@example.org", "Otieno", "clerk"), ("second@example.org", "Achieng", "clerk"),
             ("operator@example.org", "Baraka", "operator"))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk, cls.second = cls.signed_in("clerk@example.org"), cls.signed_in("second@example.org")
        cls.operator = cls.signed_in("operator@example.org")
        begin = cls.operator.get("/me/second-factor").form("/me/second-factor")
        shown = cls.operator.post("/me/second-factor", begin | {"password": PASSWORD, "do": "begin"})
        confirm = shown.form("/me/second-factor")
        right = {"code": digits_of(confirm["secret"], time.time()), "do": "confirm"}
        cls.operator.post("/me/second-factor", confirm | right)

    @classmethod
    def signed_in(cls, contact):
        browser = Browser(cls.port)
        browser.post("/sign-in", browser.get("/sign-in").form("/sign-in") | {"contact": contact, "password": PASSWORD,
                                                                            "do": "sign-in"})
        return browser

    def agreed(self):
        """An order over 300 dollars, and the reference it is paid by."""
        order = self.order_by("at-once")
        return order, self.reference_of(order)

    def refused(self, answer, *fields, status=422):
        """Shown again, and what is wrong stands at its field and before everything else."""
        self.assertEqual(answer.status, status, self.words(answer)[:1500])
        self.sound(answer, "refused")
        self.assertIn('role="alert"', answer.text)
        for field in fields:
            self.assertIn(f'href="#{field}"', answer.text)
            self.assertIn(f'id="{field}-problem"', answer.text)
        return answer

    def held(self, order):
        return re.search(r"Held now (\S+)", self.order_words(self.buyer, order))[1]

    # ---- the counter ----------------------------------------------------------------------------------------

    def cash(self, **typed):
        path = "/counter/cash"
        fields = self.page(self.clerk, path).form(path)
        return self.clerk.post(path, fields | {"counter": "Kisumu", "do": "look"} | typed)

    def taken(self, reference, amount, **typed):
        """Looked at and taken: the fields of the last form, and the address of the receipt."""
        looked = self.cash(reference=reference, amount=amount, **typed)
        self.assertEqual(looked.status, 200, self.words(looked)[:1500])
        fields = looked.form("/counter/cash") | {"do": "take"}
        answer = self.clerk.post("/counter/cash", fields, follow=False)
        self.assertEqual(answer.status, 303, self.words(answer)[:1500])
        return fields, answer.location

    def test_cash_is_taken_once_and_voided_by_another(self):
        order, reference = self.agreed()
        looked = self.cash(reference=reference.lower(), amount="100", payer=PROBE)
        self.sound(looked, "look")
        words = self.words(looked)
        for one in ("Kisumu Baskets", "To be paid now US$300.00", "You take US$100.00",
                    "I have counted US$100.00: make the receipt"):
            self.assertIn(one, words.replace("\u2068", "").replace("\u2069", ""))
        self.assertEqual(self.held(order), "US$0.00", "looking takes nothing")
        fields = looked.form("/counter/cash") | {"do": "take"}
        first = self.clerk.post("/counter/cash", fields, follow=False)
        again = self.clerk.post("/counter/cash", fields, follow=False)
        self.assertEqual((first.status, first.location), (303, again.location), "the same form is one receipt")
        self.assertEqual(self.held(order), "US$100.00")
        other = self.clerk.post("/counter/cash", fields | {"amount": "101"})
        self.assertIn(other.status, (409, 422))
        self.assertIn('role="alert"', other.text)
        self.assertIn('value="101"', other.text, "nothing that was typed is lost")
        self.assertEqual(self.held(order), "US$100.00", "one form, one sum")

        place = first.location.split("?")[0]
        receipt = self.page(self.clerk, place)
        words = self.words(receipt)
        self.assertIn(reference.replace(" ", ""), words.replace(" ", ""))
        self.assertIn("US$100.00", words)
        self.assertNotIn("<script>alert", receipt.text)
        self.assertIn("Another clerk than you can void it.", words)
        number = place.rsplit("/", 1)[-1]
        found = self.second.get("/counter/receipt").form("/counter/receipt")
        for wrong in ("99999999-99", "x", PROBE, ""):
            self.refused(self.second.post("/counter/receipt", found | {"number": wrong, "do": "find"}), "number")
        there = self.second.post("/counter/receipt", found | {"number": f" {number} ", "do": "find"}, follow=False)
        self.assertEqual(there.location, place)

        void = self.page(self.second, place).form(place) | {"do": "void"}
        own = {"reason": "mine", "sure": "yes", "do": "void", "form": self.page(self.clerk, "/me").form("/sign-out")["form"]}
        self.assertEqual(self.clerk.post(place, own).status, 403, "who took it does not void it")
        self.refused(self.second.post(place, void | {"sure": "yes"}), "reason")
        kept = self.refused(self.second.post(place, void | {"reason": PROBE}), "sure")
        self.assertIn(html.escape(PROBE, quote=True).replace("&#x27;", "'"), kept.text.replace("&#34;", "&quot;"))
        done = self.second.post(place, void | {"reason": PROBE, "sure": "yes"})
        self.assertIn("The receipt is void.", self.words(done))
        self.assertNotIn("<script>alert", done.text)
        self.assertEqual(self.held(order), "US$0.00")
        twice = self.second.post(place, void | {"reason": "again", "sure": "yes"})
        self.assertIn("This receipt is void.", self.words(twice))
        self.assertEqual(self.held(order), "US$0.00")

    def test_what_is_wrong_stands_beside_its_field(self):
        order, reference = self.agreed()
        for amount in ("0", "0.00", "-5", "1e9", "100.001", "KES 100", "100 EUR", "many", "", PROBE, "9" * 39,
                       "99999999999999999999"):
            answer = self.refused(self.cash(reference=reference, amount=amount, payer="Amina"), "amount")
            self.assertEqual(answer.form("/counter/cash")["amount"], amount, "nothing is lost")
            self.assertEqual(answer.form("/counter/cash")["payer"], "Amina")
            self.assertEqual(answer.form("/counter/cash")["reference"], reference)
        digit = reference[-1]
        broken = reference[:-1] + (str((int(digit) + 1) % 10) if digit.isdigit() else "AB"[digit == "A"])
        for wrong in (broken, "RF18 5390 0754 7034", "", "hello", PROBE, order):
            answer = self.refused(self.cash(reference=wrong, amount="100"), "reference")
            self.assertEqual(answer.form("/counter/cash")["reference"], wrong)
        self.refused(self.cash(reference=reference, amount="100", counter="Nakuru"), "counter")
        self.refused(self.cash(reference=reference, amount="-1", do="take"), "amount")
        self.assertEqual(self.held(order), "US$0.00")
        # What is typed as people write it is what they mean.
        for amount, counted in (("25".translate(AR_INDIC), "US$25.00"), ("USD 25", "US$25.00"), ("1,234.50", "US$1,234.50")):
            looked = self.cash(reference=reference, amount=amount)
            self.assertEqual(looked.status, 200, self.words(looked)[:1500])
            self.assertIn("You take " + counted, self.words(looked).replace("\u2068", "").replace("\u2069", ""))
        self.assertIn("This is more than is to be paid.", self.words(looked))
        arabic = self.page(self.clerk, "/counter/cash?lang=ar")
        looked = self.clerk.post("/counter/cash?lang=ar", arabic.form("/counter/cash")
                                 | {"reference": reference, "amount": "٢٥٫٥٠", "counter": "Kisumu", "do": "look"})
        self.page(self.clerk, "/counter/cash?lang=en")
        self.assertEqual(looked.status, 200, self.words(looked)[:1500])
        self.clerk.post("/counter/cash", looked.form("/counter/cash") | {"do": "take"})
        self.assertEqual(self.held(order), "US$25.50")

    def test_who_is_none_is_refused(self):
        order, reference = self.agreed()
        _, place = self.taken(reference, "10")
        place = place.split("?")[0]
        secret = self.page(self.buyer, "/me").form("/sign-out")["form"]
        cash = {"form": secret, "reference": reference, "amount": "300", "counter": "Kisumu", "do": "take", "key": "x"}
        self.assertEqual(self.buyer.post("/counter/cash", cash).status, 403)
        self.assertEqual(self.buyer.post(place, {"form": secret, "reason": "x", "sure": "yes"}).status, 403)
        for path in (place, "/counter/payouts"):
            self.assertEqual(self.buyer.get(path).status, 403, path)
        operators = ("/operate/money", "/operate/money/account", "/operate/money/import", "/operate/money/suspense",
                     "/operate/money/payouts", "/operate/money/payout", "/operate/money/disputes")
        for browser in (self.buyer, self.clerk):
            for path in operators:
                self.assertEqual(browser.get(path).status, 403, path)
            form = self.page(browser, "/me").form("/sign-out")["form"]
            for path in ("", "/import", "/settle", "/payouts", "/payout"):
                answer = browser.post("/operate/money" + path, {"form": form, "do": "check", "from": "0", "sure": "yes"})
                self.assertEqual(answer.status, 403, path)
        for path in ("/counter/cash", place, "/counter/payouts", *operators):
            answer = Browser(self.port).get(path, follow=False)
            self.assertIn("/sign-in", answer.location, f"{path}: {answer.status}")
        forged = self.clerk.post("/counter/cash", cash | {"form": "00"})
        self.assertEqual(forged.status, 403)
        self.assertEqual(self.held(order), "US$10.00")

    # ---- the bank -------------------------------------------------------------------------------------------

    def bring(self, xml):
        path = "/operate/money/import"
        return self.operator.post_files(path, self.page(self.operator, path).form(path) | {"do": "look"},
                                        [("file", "camt.xml", "application/xml", xml)])

    def waiting(self, who):
        """The address of what waits in suspense, by who paid."""
        text = self.page(self.operator, "/operate/money/suspense").text
        found = re.search(r'href="([^"]*/operate/money/settle[^"]*)"[^>]*>(?:<bdi>)?' + re.escape(who) + "<", text)
        return html.unescape(found[1]) if found else None

    def test_a_statement_and_what_waits_in_suspense(self):
        order, reference = self.agreed()
        other, others = self.agreed()
        xml = statement(("300.00", "B1", "for " + reference, "Amina Baraka"), ("120.00", "B2", "baskets", "Nobody Knows"),
                        ("80.00", "B3", PROBE, "Send It Back"), ("7.00", "B4", "who knows", "Gone Already"))
        looked = self.bring(xml)
        self.sound(looked, "look")
        words = self.words(looked)
        for one in ("4 payments", "pays the whole", "nobody knows for whom", "Nobody Knows"):
            self.assertIn(one, words)
        self.assertNotIn("<script>alert", looked.text)
        self.assertEqual(self.held(order), "US$0.00", "it was only looked at")
        self.assertIsNone(self.waiting("Nobody Knows"))
        fields = looked.form("/operate/money/import") | {"do": "take"}
        done = self.operator.post_files("/operate/money/import", fields, [])
        self.sound(done, "taken in")
        words = self.words(done)
        for one in ("The statement is taken in", "given to its order", "waits in suspense"):
            self.assertIn(one, words)
        self.assertEqual(self.held(order), "US$300.00")
        twice = self.operator.post_files("/operate/money/import", fields, [])
        self.refused(twice, "file")
        again = self.bring(xml)
        self.assertIn("known already", self.words(again))
        again = self.operator.post_files("/operate/money/import", again.form("/operate/money/import") | {"do": "take"}, [])
        self.assertIn("nothing: it was known", self.words(again))
        self.assertEqual(self.held(order), "US$300.00")
        for wrong in (b"", b"<html/>", xml[:500], b'<!DOCTYPE a [<!ENTITY b "c">]>' + xml, b"\x89PNG" * 100):
            self.refused(self.bring(wrong), "file")

        settle = "/operate/money/settle"
        address = self.waiting("Nobody Knows")
        fields = self.page(self.operator, address).form(settle) | {"what": "assign", "do": "look"}
        self.assertEqual((fields["account"], fields["name"]), (PAYERS, "Nobody Knows"))
        for wrong in ("", "hello", reference[:-1], PROBE):
            answer = self.refused(self.operator.post(settle, fields | {"reference": wrong}), "reference")
            self.assertEqual(answer.form(settle)["reference"], wrong)
        nobody = self.operator.post(settle, fields | {"reference": "RF18 5390 0754 7034"})
        if nobody.status == 200:
            nobody = self.operator.post(settle, nobody.form(settle) | {"do": "do"})
        self.refused(nobody, "reference")
        sure = self.operator.post(settle, fields | {"reference": others})
        self.sound(sure, settle)
        self.assertIn("US$120.00 is given to the order with the reference",
                      self.words(sure).replace("\u2068", "").replace("\u2069", ""))
        self.assertEqual(self.held(other), "US$0.00")
        done = self.operator.post(settle, sure.form(settle) | {"do": "do"})
        self.assertIn("It was given to its order.", self.words(done))
        self.assertEqual(self.held(other), "US$120.00")
        self.operator.post(settle, sure.form(settle) | {"do": "do"})
        self.assertEqual(self.held(other), "US$120.00", "given once")

        fields = self.page(self.operator, self.waiting("Send It Back")).form(settle) | {"what": "back", "do": "look"}
        self.refused(self.operator.post(settle, fields | {"account": "", "name": ""}), "account", "name")
        wrong = self.operator.post(settle, fields | {"account": PAYERS[:-1] + "8"})
        if wrong.status == 200:
            wrong = self.operator.post(settle, wrong.form(settle) | {"do": "do"})
        self.assertEqual(self.refused(wrong, "account").form(settle)["account"], PAYERS[:-1] + "8")
        self.assertEqual(self.operator.post(settle, fields | {"way": "pigeon", "do": "do"}).status, 422)
        sure = self.operator.post(settle, fields)
        self.assertIn("US$80.00 is paid to Send It Back", self.words(sure).replace("\u2068", "").replace("\u2069", ""))
        done = self.operator.post(settle, sure.form(settle) | {"do": "do"})
        self.assertIn("It goes back.", self.words(done))
        self.assertIn("on its way back", self.words(done))
        self.assertIsNone(self.waiting("Send It Back"), "what is on its way is settled by its payout")
        self.operator.post(settle, sure.form(settle) | {"do": "do"})
        listed = self.page(self.operator, "/operate/money/payouts")
        self.assertEqual(self.words(listed).count("Send It Back"), 1, "it is paid once")

        fields = self.page(self.operator, self.waiting("Gone Already")).form(settle) | {"do": "look"}
        self.refused(self.operator.post(settle, fields | {"what": "eat", "do": "do"}), "what")
        self.refused(self.operator.post(settle, fields | {"what": "eat"}), "what")
        sure = self.operator.post(settle, fields | {"what": "covered"})
        self.assertIn("It is recorded.", self.words(self.operator.post(settle, sure.form(settle) | {"do": "do"})))
        self.assertIsNone(self.waiting("Gone Already"))
        self.assertEqual(self.operator.get(settle + "?entry=" + "x" * 300).status, 404)

    def test_what_this_hub_does_not_do_is_a_plain_page(self):
        self.bring_in(statement(("9.00", "U1", "nobody", "By Wallet")))
        settle = "/operate/money/settle"
        fields = self.page(self.operator, self.waiting("By Wallet")).form(settle)
        fields |= {"what": "back", "way": "mobile", "account": "+254712345678", "name": "Asha", "do": "do"}
        # This hub has no mobile money: said at the field, in the reader's language, and nothing is lost.
        for language, words in (("en", "this hub"), ("sw", "Tovuti hii haifanyi hivi, au si kwa njia hii."),
                                ("ar", "هذا الموقع لا يفعل ذلك، أو ليس بهذه الطريقة.")):
            answer = self.operator.post(f"{settle}?lang={language}", fields)
            self.assertEqual(answer.status, 422, self.words(answer)[:1500])
            self.sound(answer, settle)
            self.assertIn(words, self.words(answer))
            self.assertEqual(answer.form(settle)["account"], "+254712345678")
        # Nor does a page that is translated say in English what went wrong.
        for path in ("/operate/money?at=never", "/operate/money/account?account=hub&after=18446744073709551617",
                     "/operate/money/account?account=hub&after=-1"):
            told = {language: self.operator.get(f"{path}&lang={language}") for language in ("en", "sw")}
            self.assertEqual({one.status for one in told.values()}, {422}, path)
            english, swahili = self.words(told["en"]), self.words(told["sw"])
            self.assertNotEqual(english, swahili)
            self.assertNotIn("expected", swahili)
        self.operator.get("/?lang=en")

    def bring_in(self, xml):
        looked = self.bring(xml)
        return self.operator.post_files("/operate/money/import", looked.form("/operate/money/import") | {"do": "take"}, [])

    # ---- payouts --------------------------------------------------------------------------------------------

    def payable(self):
        """An order that was paid, brought and released."""
        order, reference = self.agreed()
        self.taken(reference, "300")
        self.deed(self.seller, order, "hand-over")
        self.deed(self.buyer, order, "deliver")
        self.deed(self.buyer, order, "release", amount="300.00")
        return order

    def pay_out(self, order, **to):
        path = f"/orders/{order}/pay-out"
        looked = self.seller.post(path, self.page(self.seller, path).form(path) | {"currency": "USD", "do": "look"} | to)
        self.assertEqual(looked.status, 200, self.words(looked)[:1500])
        self.seller.post(path, looked.form(path) | {"do": "confirm"})

    def key_of(self, who, path="/operate/money/payouts"):
        browser = self.clerk if path.startswith("/counter") else self.operator
        found = re.search(r'href="([^"]*)"[^>]*>(?:<bdi>)?' + re.escape(who) + "<", self.page(browser, path).text)
        return html.unescape(found[1]) if found else None

    def test_payouts_by_hand(self):
        by_bank, by_cash = self.payable(), self.payable()
        self.pay_out(by_bank, way="bank", account=SELLERS, name="Wanjiru & Daughters <Ltd>")
        self.pay_out(by_cash, way="cash", name="Wanjiru of the baskets")
        self.assertIsNotNone(self.key_of("Wanjiru &amp; Daughters &lt;Ltd&gt;"))

        # A file for the bank holds each payout once.
        path = "/operate/money/payouts"
        form = self.page(self.operator, path).form(path) | {"do": "file"}
        self.refused(self.operator.post(path, form), "sure")
        self.refused(self.operator.post(path, form | {"from": "7", "sure": "yes"}), "from")
        made = self.operator.post(path, form | {"sure": "yes"})
        self.assertEqual((made.status, made.headers["Content-Type"].split(";")[0]), (200, "application/xml"))
        self.assertIn("attachment", made.headers["Content-Disposition"])
        root = xml.etree.ElementTree.fromstring(made.text.encode())
        paid = root.findall(f".//{PAIN}CdtTrfTxInf")
        mine = [one for one in paid if one.findtext(f".//{PAIN}CdtrAcct//{PAIN}IBAN") == SELLERS]
        self.assertEqual([one.findtext(f".//{PAIN}InstdAmt") for one in mine], ["294.00"])
        self.assertIn("Wanjiru", mine[0].findtext(f"{PAIN}Cdtr/{PAIN}Nm"))
        self.assertEqual(root.findtext(f".//{PAIN}GrpHdr/{PAIN}NbOfTxs"), str(len(paid)))
        key = mine[0].findtext(f".//{PAIN}EndToEndId")
        again = self.operator.post(path, form | {"sure": "yes"})
        self.assertEqual(again.status, 422, "nothing is paid twice")
        self.assertIn("nothing waits to be paid", self.words(again).lower())

        # Until then it stands among those that the bank has, also where the file was lost on the way.
        given = self.page(self.operator, path).text
        self.assertIn(f"/operate/money/payout?key={key}&amp;way=bank", given)

        # It is settled when the bank says so.
        settled = "/operate/money/payout"
        fields = self.page(self.operator, f"{settled}?key={key}&way=bank").form(settled) | {"do": "settle"}
        self.assertEqual(fields["key"], key)
        self.refused(self.operator.post(settled, fields | {"outcome": "done"}), "outside", "sure")
        kept = self.refused(self.operator.post(settled, fields | {"outcome": "failed", "outside": PROBE}), "reason", "sure")
        self.assertEqual(kept.form(settled)["outside"], PROBE)
        self.assertEqual(kept.form(settled)["outcome"], "failed")
        self.refused(self.operator.post(settled, fields | {"outcome": "eaten", "sure": "yes"}), "outcome")
        right = fields | {"outcome": "done", "outside": "S-77", "sure": "yes"}
        self.refused(self.operator.post(settled, right | {"key": "nothing"}), "key")
        self.assertIn("It is recorded.", self.words(self.operator.post(settled, right)))
        self.assertNotIn(key, self.page(self.operator, path).text)
        twice = self.operator.post(settled, right | {"outcome": "failed", "reason": "no"})
        self.assertIn(twice.status, (409, 422))
        self.assertIn('role="alert"', twice.text)
        self.assertIn("Everything is done and paid.", self.order_words(self.seller, by_bank))

        # At the counter it is handed out against a signed paper.
        place = self.key_of("Wanjiru of the baskets", "/counter/payouts")
        page = self.page(self.clerk, place)
        self.assertIn("US$294.00", self.words(page))
        fields = page.form(place) | {"do": "done"}
        self.refused(self.clerk.post(place, fields), "paper", "sure")
        self.assertEqual(self.buyer.get(place).status, 403)
        done = self.clerk.post(place, fields | {"paper": "No. 12 " + PROBE[:20], "sure": "yes"})
        self.assertIn("It is recorded.", self.words(done))
        self.assertIsNone(self.key_of("Wanjiru of the baskets", "/counter/payouts"))
        self.assertEqual(self.clerk.post(place, fields | {"paper": "No. 13", "sure": "yes"}).status, 404)
        self.assertIn("Everything is done and paid.", self.order_words(self.seller, by_cash))

    # ---- disputes -------------------------------------------------------------------------------------------

    def test_an_operator_decides_a_dispute(self):
        order, reference = self.agreed()
        self.taken(reference, "300")
        self.deed(self.seller, order, "hand-over")
        self.deed(self.buyer, order, "dispute", why="damaged", note="Two are broken.")
        page = self.page(self.operator, "/operate/money/disputes")
        self.assertIn(f"/orders/{order}", page.text)
        self.assertIn("the parties talk", self.words(page))
        early = self.buyer.get(f"/orders/{order}/escalate", follow=False)
        self.assertEqual(early.status, 303, "the other side is heard first")
        self.deed(self.seller, order, "answer", note="They were whole.")
        self.deed(self.buyer, order, "escalate")
        self.assertIn("the mediator decides now", self.words(self.page(self.operator, "/operate/money/disputes")))
        shown = self.page(self.operator, f"/orders/{order}")
        self.assertIn("Two are broken.", self.words(shown))
        path = f"/orders/{order}/decide"
        self.assertIn(path, shown.text)
        self.assertNotIn(path, self.page(self.buyer, f"/orders/{order}").text)
        fields = self.page(self.operator, path).form(path) | {"do": "look"}
        for wrong in ("300.01", "-1", "1e9", "half", PROBE):
            answer = self.refused(self.operator.post(path, fields | {"amount": wrong, "note": PROBE}), "amount")
            self.assertEqual((answer.form(path)["amount"], answer.form(path)["note"].strip()), (wrong, PROBE))
        self.assertEqual(self.clerk.post(path, fields | {"amount": "50"}).status, 404)
        looked = self.operator.post(path, fields | {"amount": "50.00", "note": PROBE})
        self.assertIn("US$50.00 goes back to the buyer and US$250.00 to the seller", self.words(looked))
        self.operator.post(path, looked.form(path) | {"do": "confirm"})
        words = self.order_words(self.seller, order)
        for one in ("Held now US$0.00", "Released US$250.00"):
            self.assertIn(one, words)
        self.assertNotIn("<script>alert", self.page(self.buyer, f"/orders/{order}").text)
        self.assertNotIn(f"/orders/{order}", self.page(self.operator, "/operate/money/disputes").text)

    # ---- the books of money ---------------------------------------------------------------------------------

    def test_trial_balance_and_statements(self):
        before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        time.sleep(1.1)
        _, reference = self.agreed()
        self.taken(reference, "300")
        path = "/operate/money"
        page = self.page(self.operator, path)
        self.assertIn("Each currency sums to zero with each of those who hold it.", self.words(page))
        self.assertRegex(self.words(page), r"USD Sum 0\.00 ")
        form = page.form(path)

        def outside(answer):
            """Below zero, what lies in boxes and banks."""
            found = re.search(r"lies outside: banks, wallets, boxes of cash \d+ (\S+)", self.words(answer))
            self.assertRegex(found[1] if found else "0.00", r"^\W?[\d,]+\.\d\d$", "all decimals of the currency")
            return found and found[1]

        earlier = self.operator.post(path, form | {"at": before, "do": "show"})
        self.sound(earlier, path)
        self.assertNotEqual(outside(earlier), outside(page), "a moment is not now")
        self.assertIn('value="' + before, earlier.text)
        first = self.operator.post(path, form | {"at": "2020-01-01", "do": "show"})
        self.assertIn("Nothing has been posted.", self.words(first))
        for wrong in ("yesterday", "2026-13-01", PROBE, "٢٠٢٦", "9" * 29):
            answer = self.refused(self.operator.post(path, form | {"at": wrong, "do": "show"}), "at")
            self.assertEqual(answer.form(path)["at"], wrong)
        checked = self.operator.post(path, form | {"do": "check"})
        self.assertIn("Every digest, sum, balance, hold and seal is what it must be.", self.words(checked))

        path = "/operate/money/account"
        form = self.page(self.operator, path).form(path) | {"do": "show"}
        listed = self.operator.post(path, form | {"account": "way-cash"})
        self.assertIn("way-cash:outside:USD", self.words(listed))
        row = re.search(r'href="([^"]*)"[^>]*><bdi>way-cash:outside:USD', listed.text)
        self.assertIsNotNone(row, listed.text[listed.text.find('<table'):][:600])
        account = html.unescape(row[1])
        ends = []
        for one in (account, account.replace("way-cash", "way-bank", 1)):
            shown = self.operator.get(one)
            last = re.search(r"At first US\$0\.00 At last -US\$([\d,.]+)", self.words(shown))
            ends.append(decimal.Decimal(last[1].replace(",", "")) if last else 0)
        self.assertGreaterEqual(ends[0], 300)
        self.assertEqual(-sum(ends), decimal.Decimal(outside(page).replace(",", "")), "boxes and banks, and nothing else")
        for wrong in ("", "x:y:z", "way-cash:outside:XXQ", "way-cash:eaten:USD", PROBE, "a:b:c:d:e", "'; --",
                      "nobody:outside:USD", "way-cash:outside:USD:" + "x" * 150):
            answer = self.operator.post(path, form | {"account": wrong})
            self.assertIn(answer.status, (200, 422), wrong)
            self.sound(answer, wrong)
            self.assertEqual(answer.form(path)["account"], wrong)
            if answer.status == 422:
                self.refused(answer, "account")

    def test_zz_everything_adds_up(self):
        done = subprocess.run([PROGRAM, "--data", self.folder + "/data", "ledger", "check"], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("is what it must be", done.stdout)
        checked = self.operator.post("/operate/money", self.page(self.operator, "/operate/money").form("/operate/money")
                                     | {"do": "check"})
        self.assertIn("Every digest, sum, balance, hold and seal is what it must be.", self.words(checked))

    def test_languages(self):
        _, reference = self.agreed()
        _, place = self.taken(reference, "10")
        clerks = ["/counter/cash", "/counter/receipt", place.split("?")[0], "/counter/payouts"]
        money = "/operate/money"
        operators = [money, money + "/account", money + "/account?account=way-cash:outside:USD", money + "/import",
                     money + "/suspense", money + "/payouts", money + "/payout?key=x", money + "/disputes"]
        for language, direction in (("ar", "rtl"), ("sw", "ltr"), ("en", "ltr")):
            for browser, paths in ((self.clerk, clerks), (self.operator, operators)):
                for path in paths:
                    answer = self.page(browser, f"{path}{'&' if '?' in path else '?'}lang={language}")
                    root = next(a for tag, a in answer.page.elements if tag == "html")
                    self.assertEqual((root["lang"], root["dir"]), (language, direction), path)


if __name__ == "__main__":
    unittest.main()
