#!/usr/bin/env python3
"""Orders and money over HTTP: a whole order paid at a counter, money by bank and card, and all that is refused."""
import concurrent.futures, hashlib, hmac, json, time, unittest

from api_test import Case, numbers, picture

SIGNS, WALLET_SIGNS = "of the test", "of the test, and thirty-two bytes or more"
IBAN = "DE89370400440532013000"
TRADE = {
    "fees": [{"percent": "2", "minimum": "0.00 USD"}],
    "plans": [
        {"key": "at-once", "milestones": [
            {"key": "payment", "percent": "100", "due": "accepted", "release": "delivered"}]},
        {"key": "30-70", "milestones": [
            {"key": "deposit", "percent": "30", "due": "accepted", "release": "delivered"},
            {"key": "balance", "percent": "70", "due": "made", "release": "delivered"}]}],
    "bank": {"accounts": [{"currency": "USD", "account": IBAN, "name": "Allroads"}]},
    "cash": {"counters": [{"name": "Kisumu", "place": "Market hall"}]},
    "mobile": {"cap": "250000.00 KES", "least": "10.00 KES", "till": "247247", "name": "Allroads",
               "callback_address": "https://hub.example/api/v1/hear/mobile",
               "callback_secret": {"value": WALLET_SIGNS}},
    "card": {"secrets": [{"value": SIGNS}], "live": True},
}
CLERK, OPERATOR = 8, 32  # of people::Roles


def cents(text):
    amount, currency = text.split(" ")
    assert currency == "USD", text
    whole, _, part = amount.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def in_days(days):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + days * 86400))


def usd(minor):
    return f"{minor // 100}.{minor % 100:02} USD"


class Trading(Case):
    trade = TRADE

    def keeper(self, **changes):
        """Somebody with a shop and a live product."""
        me = self.person()
        me.shop = self.shop(me)
        me.product = self.product(me, me.shop, "?publish=true", tiers=[{"from": "1", "price": "4.50", "currency": "USD"}],
                                  **changes)
        return me

    def give(self, who, role):
        account = "SELECT account FROM contact WHERE address = ?"
        self.server.records(f"UPDATE account SET roles = roles | ? WHERE id IN ({account})", role, who.contact)
        if role == OPERATOR:  # who has a second factor
            self.server.records("INSERT INTO totp (hub, account, secret, confirmed, last_step) SELECT hub, account, x'00', "
                                "1, 0 FROM contact WHERE address = ?", who.contact)
        return who

    def clerk(self):
        return self.give(self.person(), CLERK)

    def operator(self):
        return self.give(self.person(), OPERATOR)

    def trail(self, verb):
        """How often somebody was refused so."""
        return self.server.records("SELECT count(*) FROM trail WHERE verb = ? AND outcome <> 0", verb)[0][0]

    def basket(self, seller, quantity="20", **more):
        return {"shop": seller.shop["id"], "lines": [{"product": seller.product["id"], "quantity": quantity}],
                "to": "DE", "road": "post", "buyer": "business", **more}

    def wanted(self, seller, quantity="20", **more):
        basket = self.basket(seller, quantity, **more)
        terms = self.ask(self.visitor, "orderTerms", body=basket).json()
        return {"key": f"order {next(numbers)}", "basket": basket, "seen": terms["document"]}

    def order(self, buyer, seller, quantity="20", **more):
        return self.ask(buyer, "placeOrder", body=self.wanted(seller, quantity, **more)).json()

    def act(self, who, order, kind, **fields):
        body = {"kind": kind, "key": f"deed {next(numbers)}", **fields}
        return self.ask(who, "act", [order["id"]], body=body).json()

    def refused_deed(self, who, order, code, status, kind, **fields):
        body = {"kind": kind, "key": f"deed {next(numbers)}", **fields}
        return self.refused(who, "act", code, [order["id"]], body=body, status=status)

    def seen(self, who, order):
        return self.ask(who, "order", [order["id"]]).json()

    def pay_cash(self, clerk, order, amount, **more):
        body = {"key": f"form {next(numbers)}", "counter": "Kisumu", "reference": order["reference"], "amount": amount,
                "payer": "Asha", **more}
        return body, self.ask(clerk, "takeCash", body=body).json()

    def card_event(self, order, secret=SIGNS, minor=None, intent=None):
        body = {"id": f"evt_{next(numbers)}", "object": "event", "livemode": True, "type": "payment_intent.succeeded",
                "created": int(time.time()),
                "data": {"object": {"id": intent or f"pi_{next(numbers)}", "object": "payment_intent",
                                    "amount_received": cents(order["total"]) if minor is None else minor, "currency": "usd",
                                    "metadata": {"reference": order["reference"]}}}}
        raw = json.dumps(body).encode()
        at = str(int(time.time()))
        mark = hmac.new(secret.encode(), at.encode() + b"." + raw, hashlib.sha256).hexdigest()
        return raw, {"Stripe-Signature": f"t={at},v1={mark}"}

    def paid_by_card(self, order):
        raw, headers = self.card_event(order)
        self.ask(self.visitor, "hearCard", body=raw, headers=headers)

    def balance(self, who, owner, purpose):
        accounts = self.ask(who, "moneyAccounts", query=f"?owner={owner}").json()["accounts"]
        return next((one["balance"] for one in accounts if one["purpose"] == purpose), None)

    def delivered(self, buyer, seller, order, quantity="20"):
        self.act(seller, order, "hand-over", quantities=[quantity])
        return self.act(buyer, order, "deliver", number=0)


class Whole(Trading):
    def test_from_a_basket_to_the_payout(self):
        seller, buyer, clerk, operator = self.keeper(), self.person(), self.clerk(), self.operator()
        trade = self.ask(self.visitor, "trade").json()
        self.assertEqual((trade["ways"], trade["plans"], trade["custody"]),
                         (["bank", "mobile", "card", "cash"], ["at-once", "30-70"], "hub"))
        wanted = self.wanted(seller, plan="30-70")
        terms = self.ask(self.visitor, "orderTerms", body=wanted["basket"]).json()
        self.assertEqual(json.loads(terms["document"]), terms["terms"])
        total = cents(terms["terms"]["total"])
        self.assertEqual(sum(cents(due["amount"]) for due in terms["dues"]), total)
        self.assertEqual(total, 20 * 450 + cents(terms["terms"]["sending"]))
        if "shown" in terms["terms"]:
            delivered = terms["terms"]["shown"]["delivered"].split(" ")
            self.assertEqual(delivered, [terms["quote"]["landed_total"], terms["quote"]["currency"]])

        order = self.ask(buyer, "placeOrder", body=wanted).json()
        deposit = cents(order["due_now"])
        self.assertEqual((order["state"], order["total"], order["held"]), ("agreed", usd(total), "0.00 USD"))
        self.assertEqual(deposit, cents(terms["dues"][0]["amount"]))
        self.assertEqual(self.ask(buyer, "placeOrder", body=wanted).json(), order, "the same key is the same order")
        self.assertEqual([one["id"] for one in self.ask(buyer, "orders").json()["orders"]], [order["id"]])
        of_shop = self.ask(seller, "ordersOfShop", [seller.shop["id"]]).json()["orders"]
        self.assertEqual([(one["id"], one["standings"][0]["as"]) for one in of_shop], [(order["id"], "seller")])
        told = self.ask(buyer, "instructions", [order["id"]], "?way=cash").json()
        lines = {line["name"]: line["value"] for line in told["lines"]}
        self.assertEqual(lines["amount"], usd(deposit))
        self.assertEqual(lines["reference"].replace(" ", ""), order["reference"])

        form, receipt = self.pay_cash(clerk, order, usd(deposit))
        self.assertEqual(self.ask(clerk, "takeCash", body=form).json(), receipt, "a form is taken once")
        self.assertEqual(self.seen(buyer, order)["state"], "making")
        self.assertEqual(self.balance(buyer, "deal-" + order["id"], "held"), usd(deposit)[:-4])
        self.refused_deed(seller, order, "conflict", 409, "hand-over", quantities=["20"])
        self.act(seller, order, "made")
        self.assertEqual(self.seen(buyer, order)["due_now"], usd(total - deposit))
        self.pay_cash(clerk, order, usd(total - deposit))
        sent = self.act(seller, order, "hand-over", quantities=["20"], reference="RR123456785KE")
        self.assertEqual(sent["state"], "sent")
        self.act(seller, order, "track", number=0, reference="left Mombasa")
        self.assertEqual(self.act(buyer, order, "deliver", number=0)["state"], "delivered")
        self.assertEqual(self.act(buyer, order, "release")["state"], "released")

        fee = (total * 2 + 50) // 100
        seen = self.seen(seller, order)
        self.assertEqual((seen["sums"]["fee"], seen["sums"]["held"]), (usd(fee), "0.00 USD"))
        self.assertEqual(seen["payees"][0]["payable"], usd(total - fee))
        self.assertIn("pay-out", seen["standings"][0]["possible"])
        payout = {"to": {"way": "cash", "name": "Wanjiru of the baskets"}, "currency": "USD"}
        self.act(seller, order, "pay-out", **payout)
        self.assertEqual(self.seen(seller, order)["transfers"][0]["destination"].split("|")[-1], "Wanjiru of the baskets")
        self.assertNotIn("Wanjiru", json.dumps(self.seen(buyer, order)), "where money goes is its receiver's to know")
        self.assertNotIn("Wanjiru", json.dumps(self.ask(buyer, "orderEvents", [order["id"]]).json()))
        self.assertIn("Wanjiru", json.dumps(self.ask(seller, "orderEvents", [order["id"]]).json()))
        waiting = self.ask(clerk, "payouts", query="?way=cash").json()["payouts"]
        mine = [one for one in waiting if one["to"]["name"] == "Wanjiru of the baskets"]
        self.assertEqual([one["amount"] for one in mine], [usd(total - fee)])
        self.ask(clerk, "settlePayout", [mine[0]["key"]], body={"done": True, "outside_id": "box 3"})
        self.assertEqual(self.seen(seller, order)["state"], "closed")

        account = f"shop-{seller.shop['id']}:payable:USD:hub"
        statement = self.ask(seller, "moneyStatement", query="?account=" + account).json()
        self.assertEqual((statement["opening"], statement["closing"]), ("0.00", "0.00"))
        share = usd(total - fee)[:-4]
        self.assertEqual([line["amount"] for line in statement["lines"]], [share, "-" + share])
        trial = self.ask(operator, "trialBalance").json()
        self.assertTrue(trial["balanced"])
        kinds = [one["kind"] for one in self.ask(buyer, "orderEvents", [order["id"]], "?rows=100").json()["events"]]
        self.assertEqual(kinds, ["order", "money-arrived", "made", "money-arrived", "hand-over", "track", "deliver",
                                 "release", "pay-out", "transfer-done"])
        notices = self.ask(seller, "notices").json()["notices"]
        self.assertEqual(notices[-1]["key"], "deal-ordered")
        self.assertTrue(all(one["order"] == order["id"] and one["text"] for one in notices))

    def test_pages_of_events_and_orders(self):
        seller, buyer = self.keeper(), self.person()
        made = [self.order(buyer, seller)["id"] for _ in range(5)]
        for rows in (1, 2, 5):
            walked, after = [], ""
            while True:
                page = self.ask(buyer, "orders", query=f"?rows={rows}{after}").json()
                walked += [one["id"] for one in page["orders"]]
                if "next" not in page:
                    break
                after = "&after=" + page["next"]
            self.assertEqual(walked, made[::-1])
        order = {"id": made[0]}
        self.act(buyer, order, "cancel")
        first = self.ask(buyer, "orderEvents", [made[0]], "?rows=1").json()
        second = self.ask(buyer, "orderEvents", [made[0]], "?rows=1&after=" + first["next"]).json()
        self.assertEqual([first["events"][0]["kind"], second["events"][0]["kind"]], ["order", "cancel"])
        self.assertNotIn("next", second)
        self.refused(buyer, "orderEvents", "bad-value", [made[0]], "?after=x", status=422)

    def test_asked_of_two_and_agreed_with_one(self):
        one, other, buyer = self.keeper(), self.keeper(), self.person()
        question = {"key": "q", "shops": [one.shop["id"], other.shop["id"]], "to": "DE", "language": "sw",
                    "wishes": [{"words": "vikapu vya mkonge", "quantity": "30"}], "until": in_days(10)}
        begun = self.ask(buyer, "askForOffers", body=question).json()["orders"]
        self.assertEqual(self.ask(buyer, "askForOffers", body=question).json()["orders"], begun)
        order, lost = {"id": begun[0]}, {"id": begun[1]}
        self.assertEqual(self.seen(one, order)["request"]["wishes"][0]["words"], "vikapu vya mkonge")
        terms = self.ask(self.visitor, "orderTerms", body=self.basket(one, "30")).json()["terms"]
        cheaper = {**terms, "sending": "1.00 USD", "total": usd(30 * 450 + 100)}
        cheaper["fee"] = {**cheaper["fee"], "percent": "0"}
        offer = {"terms": cheaper, "until": in_days(10)}
        self.refused_deed(other, order, "not-found", 404, "offer", **offer)
        self.act(one, order, "offer", **offer)
        standing = self.seen(buyer, order)["offers"][-1]
        self.assertEqual(standing["terms"]["fee"]["percent"], "2", "the fee is the hub's to name")
        before = self.trail("deal.refused")
        altered = standing["document"].replace("1.00 USD", "0.01 USD", 1)
        self.refused_deed(buyer, order, "conflict", 409, "accept", number=0, document=altered)
        self.refused_deed(one, order, "not-allowed", 403, "accept", number=0, document=standing["document"])
        accepted = {"kind": "accept", "key": "yes", "number": 0, "document": standing["document"]}
        self.assertEqual(self.ask(buyer, "act", [order["id"]], body=accepted).json()["state"], "agreed")
        again = self.ask(buyer, "act", [order["id"]], body=accepted)
        self.assertEqual((again.json()["state"], again.headers["idempotent-replayed"]), ("agreed", "true"))
        replayed = {**accepted, "key": "yes again"}
        self.refused(buyer, "act", "conflict", [order["id"]], body=replayed, status=409)
        self.refused(self.person(), "act", "not-found", [order["id"]], body=accepted, status=404)
        self.assertEqual(self.trail("deal.refused") - before, 4)
        self.assertEqual(self.seen(other, lost)["state"], "declined")

    def test_five_are_sold_to_thirty_once_each(self):
        seller = self.keeper(supply="counted", stock="5", lead_days=1)
        self.assertEqual(self.ask(self.visitor, "stock", [seller.product["id"]]).json(), {"counted": True, "available": "5"})
        buyers = [self.person() for _ in range(30)]
        wanted = self.wanted(seller, "1")

        def one(buyer):
            return buyer.ask("POST", "/api/v1/orders", {**wanted, "key": "one of five"})

        with concurrent.futures.ThreadPoolExecutor(30) as threads:
            answers = list(threads.map(one, buyers))
        self.assertEqual(sorted(a.status for a in answers), [201] * 5 + [409] * 25, answers)
        self.assertEqual(len({a.json()["id"] for a in answers if a.status == 201}), 5)
        self.assertEqual(self.ask(self.visitor, "stock", [seller.product["id"]]).json()["available"], "0")
        # Who has one has it still; who has none gets none.
        again = [one(buyer) for buyer in buyers]
        self.assertEqual([a.status for a in again], [a.status for a in answers])


class MoneyOfOthers(Trading):
    def statement(self, *bookings):
        entries = "".join(
            f'<Ntry><Amt Ccy="USD">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-15'
            f"</Dt></BookgDt><AcctSvcrRef>{own}</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>{words}</Ustrd></RmtInf>"
            f"</TxDtls></NtryDtls></Ntry>" for amount, own, words in bookings)
        return ('<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
                "<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-15T07:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id>"
                f"<CreDtTm>2026-03-15T07:00:00</CreDtTm><Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>USD</Ccy></Acct>{entries}"
                "</Stmt></BkToCstmrStmt></Document>").encode()

    def test_a_statement_is_looked_at_and_taken_in_once(self):
        seller, buyer, operator = self.keeper(), self.person(), self.operator()
        order = self.order(buyer, seller)
        told = self.ask(buyer, "instructions", [order["id"]], "?way=bank").json()
        self.assertIn({"name": "account", "value": IBAN}, told["lines"])
        xml = self.statement((order["total"][:-4], "B1", "for " + order["reference"]), ("3.00", "B2", "who knows"))
        self.refused(buyer, "importStatement", "not-allowed", body=xml, status=403)
        self.refused(self.visitor, "importStatement", "signed-out", body=xml, status=401)
        dry = self.ask(operator, "importStatement", body=xml).json()
        self.assertEqual([one["match"] for one in dry["payments"]], ["whole", "unknown"])
        self.assertEqual((dry["dry_run"], dry["became"]), (True, []))
        self.assertEqual(self.seen(buyer, order)["state"], "agreed")
        done = self.ask(operator, "importStatement", query="?save=true", body=xml).json()
        self.assertEqual([(one["became"], one.get("order")) for one in done["became"]],
                         [("to-deal", order["id"]), ("kept", None)])
        self.assertEqual(self.seen(buyer, order)["state"], "making")
        again = self.ask(operator, "importStatement", query="?save=true", body=xml).json()
        self.assertEqual((again["known"], again["became"]), (2, []))
        self.refused(operator, "importStatement", "bad-value", query="?save=perhaps", body=xml, status=422)
        for wrong in (b"", b"<html/>", b"{}", xml[:400], b'<!DOCTYPE a [<!ENTITY b "c">]>' + xml):
            answer = self.ask(operator, "importStatement", query="?save=true", body=wrong, status=422)
            self.assertEqual(answer.json()["code"], "bad-file", wrong)

    def test_what_came_back_is_sent_to_the_buyer_once(self):
        seller, buyer, operator = self.keeper(), self.person(), self.operator()
        order = self.order(buyer, seller)
        xml = self.statement((order["total"][:-4], "W1", "for " + order["reference"]))
        self.ask(operator, "importStatement", query="?save=true", body=xml)
        self.act(seller, order, "cancel")
        wanted = {"key": "home", "amount": order["total"], "to": {"way": "bank", "account": IBAN, "name": "Asha"}}
        self.refused(self.visitor, "withdraw", "signed-out", body=wanted, status=401)
        self.refused(seller, "withdraw", "not-enough", body=wanted, status=409)
        for wrong, code, field in (({**wanted, "amount": "0.00 USD"}, "bad-value", "amount"),
                                   ({**wanted, "amount": "1"}, "bad-value", "amount"),
                                   ({**wanted, "to": {**wanted["to"], "account": IBAN[:-1] + "1"}}, "bad-value",
                                    "to.account"),
                                   ({"key": "x", "amount": "1.00 USD"}, "field-missing", "to"),
                                   ({"key": "x", "to": wanted["to"]}, "field-missing", "amount"),
                                   ({**wanted, "hidden": 1}, "field-unknown", "hidden")):
            said = self.refused(buyer, "withdraw", code, body=wrong, status=422)
            self.assertEqual(said["field"], field)
        sent = self.ask(buyer, "withdraw", body=wanted, status=201).json()
        self.assertEqual((sent["state"], sent["amount"], sent["custodian"], sent["to"]),
                         ("going", order["total"], "hub", wanted["to"]))
        self.assertEqual(self.ask(buyer, "withdraw", body=wanted, status=201).json(), sent)
        self.refused(buyer, "withdraw", "conflict", body={**wanted, "amount": "0.01 USD"}, status=409)
        self.refused(buyer, "withdraw", "not-enough", body={**wanted, "key": "more", "amount": "0.01 USD"}, status=409)
        self.assertEqual(self.ask(seller, "withdrawals").json(), {"withdrawals": []})
        waits = [one["key"] for one in self.ask(operator, "payouts", query="?way=bank&rows=100").json()["payouts"]
                 if sent["id"] in one["words"]]
        self.assertEqual(len(waits), 1)
        self.ask(operator, "settlePayout", waits, body={"done": False, "reason": "closed"}, status=204)
        told = self.ask(buyer, "withdrawals").json()["withdrawals"]
        self.assertEqual([(one["state"], one["reason"]) for one in told], [("failed", "closed")])
        # It is his again, and goes by another key.
        self.assertEqual(self.ask(buyer, "withdraw", body=wanted, status=201).json(), told[0])
        self.ask(buyer, "withdraw", body={**wanted, "key": "home again"}, status=201)
        page = self.ask(buyer, "withdrawals", query="?rows=1").json()
        self.assertEqual([one["state"] for one in page["withdrawals"]], ["going"])
        rest = self.ask(buyer, "withdrawals", query="?rows=1&after=" + page["next"]).json()["withdrawals"]
        self.assertEqual([one["state"] for one in rest], ["failed"])
        self.refused(buyer, "withdrawals", "bad-value", query="?after=x", status=422)
        self.assertTrue(self.ask(operator, "trialBalance").json()["balanced"])

    def in_suspense(self, operator, *bookings):
        """Payments that name no order, as the list of suspense tells them, by what was written."""
        self.ask(operator, "importStatement", query="?save=true", body=self.statement(*bookings))
        waiting = self.ask(operator, "suspense", query="?rows=100").json()["payments"]
        return {one.get("said"): one for one in waiting}

    def test_what_waits_in_suspense_is_given_to_its_order_once(self):
        seller, buyer, operator = self.keeper(), self.person(), self.operator()
        order, other = self.order(buyer, seller), self.order(buyer, seller)
        lost = self.in_suspense(operator, (order["total"][:-4], "LOST-1", "for the baskets"))["for the baskets"]
        self.assertEqual((lost["amount"], lost["way"], lost["said"]), (order["total"], "bank", "for the baskets"))
        self.assertEqual(self.ask(operator, "inSuspense", [lost["entry"]]).json(), lost)
        for operation, body in (("inSuspense", None), ("assign", {"reference": order["reference"]}),
                                ("sendBack", {"went_back": True})):
            self.refused(buyer, operation, "not-allowed", [lost["entry"]], body=body, status=403)
            self.refused(self.visitor, operation, "signed-out", [lost["entry"]], body=body, status=401)
            self.refused(operator, operation, "not-found", ["pay:paid:nothing"], body=body, status=404)
        for wrong, code, status in (("hello", "bad-value", 422), ("RF18 5390 0754 7034", "not-found", 404)):
            self.refused(operator, "assign", code, [lost["entry"]], body={"reference": wrong}, status=status)
        self.refused(operator, "assign", "field-missing", [lost["entry"]], body={}, status=422)
        key = {"Idempotency-Key": "give it"}
        told = self.ask(operator, "assign", [lost["entry"]], body={"reference": order["reference"]}, headers=key)
        self.assertEqual(told.json(), {"order": order["id"]})
        again = self.ask(operator, "assign", [lost["entry"]], body={"reference": order["reference"]}, headers=key)
        self.assertEqual((again.json(), again.headers["idempotent-replayed"]), (told.json(), "true"))
        self.refused(operator, "assign", "conflict", [lost["entry"]], body={"reference": other["reference"]}, status=409)
        self.refused(operator, "sendBack", "conflict", [lost["entry"]], body={"went_back": True}, status=409)
        self.assertEqual(self.seen(buyer, order)["sums"]["held"], order["total"])
        self.assertEqual(self.seen(buyer, other)["state"], "agreed")
        self.assertNotIn(lost["entry"], json.dumps(self.ask(operator, "suspense", query="?rows=100").json()))
        self.assertTrue(self.ask(operator, "trialBalance").json()["balanced"])

    def test_what_waits_in_suspense_goes_back_once(self):
        operator = self.operator()
        found = self.in_suspense(operator, ("17.00", "BACK-1", "back"), ("18.00", "GONE-1", "gone"),
                                 ("19.00", "STAY-1", "stays"))
        back, gone = found["back"]["entry"], found["gone"]["entry"]
        to = {"way": "bank", "account": IBAN, "name": "Asha"}
        for wrong, code, field in (({}, "field-missing", "to"), ({"went_back": False}, "field-missing", "to"),
                                   ({"to": to, "went_back": True}, "bad-value", "went_back"),
                                   ({"to": {**to, "account": IBAN[:-1] + "1"}}, "bad-value", "to.account")):
            said = self.refused(operator, "sendBack", code, [back], body=wrong, status=422)
            self.assertEqual(said["field"], field)
        key = {"Idempotency-Key": "send it"}
        for _ in range(2):
            self.ask(operator, "sendBack", [back], body={"to": to}, headers=key)
        self.refused(operator, "sendBack", "conflict", [back], body={"to": to}, status=409)
        payout = self.ask(operator, "inSuspense", [back]).json()["payout"]
        self.ask(operator, "makePayoutFile", body={"currency": "USD", "account": IBAN, "name": "Allroads"})
        given = self.ask(operator, "payoutsWithBank").json()["payouts"]
        self.assertEqual([one["amount"] for one in given if one["key"] == payout], ["17.00 USD"])
        self.refused(self.clerk(), "payoutsWithBank", "not-allowed", status=403)
        # What the bank did not pay waits again.
        self.ask(operator, "settlePayout", [payout], body={"done": False, "reason": "account closed"})
        self.assertNotIn(payout, [one["key"] for one in self.ask(operator, "payoutsWithBank").json()["payouts"]])
        self.assertNotIn("payout", self.ask(operator, "inSuspense", [back]).json())
        self.ask(operator, "sendBack", [gone], body={"went_back": True})
        walked, after = [], ""
        while True:
            page = self.ask(operator, "suspense", query=f"?rows=1{after}").json()
            walked += [one["entry"] for one in page["payments"]]
            if "next" not in page:
                break
            after = "&after=" + page["next"]
        self.assertEqual(walked, sorted(set(walked)))
        self.assertTrue({back, found["stays"]["entry"]} <= set(walked) and gone not in walked)
        self.assertTrue(self.ask(operator, "trialBalance").json()["balanced"])

    def test_a_file_for_the_bank_is_given_again_under_its_key(self):
        seller, buyer, operator = self.keeper(), self.person(), self.operator()
        order = self.order(buyer, seller)
        self.paid_by_card(order)
        self.delivered(buyer, seller, order)
        self.act(buyer, order, "release")
        wrong = {"way": "bank", "account": "DE89370400440532013001", "name": "Wanjiru"}
        self.refused_deed(seller, order, "bad-value", 422, "pay-out", to=wrong, currency="USD")
        self.refused_deed(seller, order, "no-exchange-rate", 422, "pay-out", to={**wrong, "account": IBAN}, currency="KES")
        self.act(seller, order, "pay-out", to={**wrong, "account": IBAN}, currency="USD")
        paying = {"currency": "USD", "account": IBAN, "name": "Allroads"}
        self.refused(seller, "makePayoutFile", "not-allowed", body=paying, status=403)
        key = {"Idempotency-Key": "file of today"}
        first = self.ask(operator, "makePayoutFile", body=paying, headers=key)
        self.assertIn(b"pain.001.001.09", first.body)
        again = self.ask(operator, "makePayoutFile", body=paying, headers=key)
        self.assertEqual((again.body, again.type), (first.body, "application/xml"), "a lost file is not lost money")
        self.refused(operator, "makePayoutFile", "not-found", body=paying, status=404)

    def test_what_a_card_processor_says_counts_once_and_only_if_it_is_his(self):
        seller, buyer = self.keeper(), self.person()
        order = self.order(buyer, seller)
        before = self.trail("money.forged")
        raw, headers = self.card_event(order, "of somebody")
        self.refused(self.visitor, "hearCard", "not-allowed", body=raw, headers=headers, status=403)
        raw, headers = self.card_event(order)
        self.refused(self.visitor, "hearCard", "not-allowed", body=raw, status=403)
        self.refused(self.visitor, "hearCard", "not-allowed", body=raw.replace(b"usd", b"eur"), headers=headers, status=403)
        self.assertEqual(self.trail("money.forged") - before, 3)
        self.assertEqual(self.seen(buyer, order)["state"], "agreed")
        # Whoever else signs in their own way is not asked for it.
        for _ in range(2):
            self.ask(self.visitor, "hearCard", body=raw, headers={**headers, "Authorization": "Basic eDp5"})
        other, headers = self.card_event(order, intent=json.loads(raw)["data"]["object"]["id"])
        self.ask(self.visitor, "hearCard", body=other, headers=headers)
        seen = self.seen(buyer, order)
        self.assertEqual((seen["state"], seen["sums"]["received"]), ("making", order["total"]))
        events = self.ask(seller, "orderEvents", [order["id"]]).json()["events"]
        self.assertEqual([one["kind"] for one in events], ["order", "money-arrived"])

    def test_a_wallet_is_heard_at_its_own_address_alone(self):
        mark = hmac.new(WALLET_SIGNS.encode(), b"allroads callback in", hashlib.sha256).hexdigest()
        body = {"transactionStatus": "completed", "amount": "500.00", "currency": "KES", "transactionReference": "M1",
                "creditParty": [{"key": "msisdn", "value": "+254712345678"}]}
        before = self.trail("money.forged")
        for operation in ("hearWallet", "hearWalletPosted"):
            self.refused(self.visitor, operation, "not-allowed", ["in", "0" * 64], body=body, status=403)
            self.refused(self.visitor, operation, "not-allowed", ["0123", mark], body=body, status=403)
            self.ask(self.visitor, operation, ["in", mark], body=body)
        self.assertEqual(self.trail("money.forged") - before, 4)
        kept = self.server.records("SELECT count(*) FROM pay_taken WHERE outside_id LIKE '%M1%'")[0][0]
        self.assertEqual(kept, 1)
        self.assertEqual(self.visitor.ask("POST", "/api/v1/hear/card", b"x" * 1_100_000).status, 413)


class Payouts(Trading):
    trade = {**TRADE, "rates": [{"seller_in": "KE", "give": "1 USD", "get": "129.50 KES", "source": "settled"}]}

    def test_what_was_seen_is_paid_or_nothing_is(self):
        seller, buyer = self.keeper(), self.person()
        order = self.order(buyer, seller)
        self.refused(seller, "payoutQuote", "conflict", [order["id"]], "?currency=KES", status=409)
        self.paid_by_card(order)
        self.delivered(buyer, seller, order)
        self.act(buyer, order, "release")
        payable = self.seen(seller, order)["payees"][0]["payable"]
        plain = self.ask(seller, "payoutQuote", [order["id"]], "?currency=USD").json()
        self.assertEqual(plain, {"payable": payable, "comes_to": payable})
        quote = self.ask(seller, "payoutQuote", [order["id"]], "?currency=KES").json()
        self.assertEqual((quote["rate"]["numerator"], quote["rate"]["to"], quote["agreed"]), ("129.5", "KES", True))
        whole, tenths = divmod(cents(payable) * 1295, 10)
        whole += tenths > 5 or (tenths == 5 and whole % 2)
        self.assertEqual(quote["comes_to"], usd(whole).replace("USD", "KES"))
        for who, status, code in ((buyer, 409, "conflict"), (self.person(), 404, "not-found")):
            self.refused(who, "payoutQuote", code, [order["id"]], "?currency=KES", status=status)
        self.refused(seller, "payoutQuote", "no-exchange-rate", [order["id"]], "?currency=JPY", status=422)
        self.refused(seller, "payoutQuote", "bad-currency", [order["id"]], "?currency=x", status=422)
        payout = {"to": {"way": "cash", "name": "Wanjiru"}, "currency": "KES"}
        self.assertEqual(self.refused_deed(seller, order, "field-missing", 422, "pay-out", **payout)["field"], "comes_to")
        for wrong in (usd(whole + 1).replace("USD", "KES"), payable):
            self.refused_deed(seller, order, "conflict", 409, "pay-out", **payout, comes_to=wrong)
        self.assertEqual(self.seen(seller, order)["transfers"], [])
        self.act(seller, order, "pay-out", **payout, comes_to=quote["comes_to"])
        transfers = self.seen(seller, order)["transfers"]
        self.assertEqual([one["amount"] for one in transfers], [quote["comes_to"]])

    def test_a_charge_back_says_by_which_way_the_money_left(self):
        seller, buyer, operator = self.keeper(), self.person(), self.operator()
        order = self.order(buyer, seller)
        self.paid_by_card(order)

        def outside(way):
            told = self.ask(operator, "moneyAccounts", query=f"?owner=way-{way}&rows=100").json()["accounts"]
            return sum(cents(one["balance"].lstrip("-") + " USD") * (-1 if one["balance"][0] == "-" else 1)
                       for one in told if one["currency"] == "USD")

        before = {way: outside(way) for way in ("bank", "card", "mobile")}
        for way, minor in (("card", 500), ("mobile", 300), (None, 200)):
            more = {"way": way} if way else {}
            self.act(operator, order, "charge-back", amount=usd(minor), reference=f"CB {minor}", **more)
        self.assertEqual({way: outside(way) - before[way] for way in before}, {"bank": 200, "card": 500, "mobile": 300})
        self.refused_deed(operator, order, "bad-value", 422, "charge-back", amount="1.00 USD", reference="x", way="pigeon")
        self.refused_deed(buyer, order, "field-unknown", 422, "cancel", way="card")
        self.assertTrue(self.ask(operator, "trialBalance").json()["balanced"])


class Evidence(Trading):
    PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

    def test_files_are_seen_by_the_sides_and_who_decides(self):
        seller, buyer, operator, stranger = self.keeper(), self.person(), self.operator(), self.person()
        order = self.order(buyer, seller)
        self.paid_by_card(order)
        self.refused(buyer, "sendFile", "conflict", [order["id"]], body=self.PAPER, status=409)
        self.act(buyer, order, "dispute", why="damaged", note="two are broken")
        for wrong, code, status in ((b"hello", "bad-file", 422), (b"", "field-missing", 422),
                                    (picture()[:900], "bad-file", 422),
                                    (self.PAPER + b" " * 8_000_000, "too-long", 413)):
            self.refused(buyer, "sendFile", code, [order["id"]], body=wrong, status=status)
        self.refused(stranger, "sendFile", "not-found", [order["id"]], body=self.PAPER, status=404)
        sent = {kind: self.ask(buyer, "sendFile", [order["id"]], body=body).json()["file"]
                for kind, body in (("image/jpeg", picture()), ("application/pdf", self.PAPER))}
        self.assertEqual(sent["application/pdf"], hashlib.sha256(self.PAPER).hexdigest())
        for kind, digest in sent.items():
            self.refused(seller, "shownFile", "not-found", [order["id"], digest], status=404)
            self.act(buyer, order, "evidence", note="as it came", file=digest)
            self.refused_deed(buyer, order, "bad-value", 422, "evidence", reference="sha256-" + digest)
            for who in (buyer, seller, operator):
                got = self.ask(who, "shownFile", [order["id"], digest])
                self.assertEqual((got.type, hashlib.sha256(got.body).hexdigest()), (kind, digest))
                self.assertIn("attachment", got.headers["content-disposition"])
            self.refused(stranger, "shownFile", "not-found", [order["id"], digest], status=404)
            self.refused(self.visitor, "shownFile", "signed-out", [order["id"], digest], status=401)
        evidence = self.seen(seller, order)["dispute"]["evidence"]
        self.assertEqual([one["file"] for one in evidence if "file" in one], list(sent.values()))
        events = self.ask(seller, "orderEvents", [order["id"]]).json()["events"]
        self.assertEqual([one["reference"] for one in events if one["kind"] == "evidence"],
                         ["sha256-" + one for one in sent.values()])
        other = self.order(buyer, seller)
        self.refused(buyer, "shownFile", "not-found", [other["id"], sent["image/jpeg"]], status=404)


class WhoMayNot(Trading):
    def test_strangers_see_and_do_nothing(self):
        seller, buyer, stranger = self.keeper(), self.person(), self.keeper()
        order = self.order(buyer, seller)
        before = self.trail("deal.refused")
        for operation, query in (("order", ""), ("orderEvents", ""), ("instructions", "?way=cash")):
            self.refused(stranger, operation, "not-found", [order["id"]], query, status=404)
            self.refused(self.visitor, operation, "signed-out", [order["id"]], query, status=401)
        self.refused(seller, "instructions", "not-allowed", [order["id"]], "?way=cash", status=403)
        self.refused(stranger, "ordersOfShop", "not-allowed", [seller.shop["id"]], status=403)
        for kind in ("cancel", "made", "release"):
            self.refused_deed(stranger, order, "not-found", 404, kind)
        self.refused_deed(seller, order, "not-allowed", 403, "pay", amount=order["total"])
        self.refused_deed(buyer, order, "not-allowed", 403, "cancel", **{"as": "seller"})
        for kind in ("money-arrived", "transfer-done", "order"):
            self.refused_deed(buyer, order, "not-allowed", 403, kind)
        self.assertEqual(self.trail("deal.refused") - before, 8)
        for owner in ("account-" + buyer.account, "shop-" + seller.shop["id"], "deal-" + order["id"], "hub", "way-cash"):
            self.refused(stranger, "moneyAccounts", "not-found", query="?owner=" + owner, status=404)
            self.refused(stranger, "moneyStatement", "not-found", query=f"?account={owner}:funds:USD", status=404)
        self.refused(stranger, "trialBalance", "not-allowed", status=403)
        self.refused(seller, "placeOrder", "not-allowed", body=self.wanted(seller), status=403)

    def test_clerks_and_operators_alone(self):
        seller, buyer, clerk, other = self.keeper(), self.person(), self.clerk(), self.clerk()
        order = self.order(buyer, seller)
        body = {"key": "f", "counter": "Kisumu", "reference": order["reference"], "amount": order["total"]}
        self.refused(buyer, "takeCash", "not-allowed", body=body, status=403)
        self.refused(clerk, "takeCash", "not-found", body={**body, "reference": "RF18 5390 0754 7034"}, status=404)
        last = order["reference"][-1]
        wrong = str((int(last) + 1) % 10) if last.isdigit() else "AB"[last == "A"]
        self.refused(clerk, "takeCash", "bad-value", body={**body, "reference": order["reference"][:-1] + wrong}, status=422)
        _, receipt = self.pay_cash(clerk, order, order["total"])
        self.refused(clerk, "voidCash", "not-allowed", [receipt["number"]], body={"reason": "mine"}, status=403)
        self.refused(other, "voidCash", "not-found", ["99999999-99"], body={"reason": "?"}, status=404)
        voided = self.ask(other, "voidCash", [receipt["number"]], body={"reason": "counted wrongly"}).json()
        self.assertEqual(voided["reason"], "counted wrongly")
        self.refused(other, "voidCash", "conflict", [receipt["number"]], body={"reason": "again"}, status=409)
        self.refused(clerk, "payouts", "not-allowed", query="?way=bank", status=403)
        self.refused(buyer, "payouts", "not-allowed", query="?way=cash", status=403)

    def test_what_is_owed_and_its_receipt(self):
        seller, buyer, clerk = self.keeper(), self.person(), self.clerk()
        order = self.order(buyer, seller, plan="30-70")
        spaced = order["reference"][:4].lower() + "%20" + order["reference"][4:]
        owed = self.ask(clerk, "owed", query="?reference=" + spaced).json()
        self.assertEqual((owed["order"], owed["now"], owed["in_all"]), (order["id"], order["due_now"], order["total"]))
        self.assertEqual(owed["shop"], self.example("makeShop")["name"])
        _, receipt = self.pay_cash(clerk, order, order["due_now"])
        owed = self.ask(clerk, "owed", query="?reference=" + order["reference"]).json()
        self.assertEqual((owed["now"], owed["in_all"]), ("0.00 USD", usd(cents(order["total"]) - cents(order["due_now"]))))
        self.assertEqual(self.ask(clerk, "receipt", [receipt["number"]]).json(), receipt)
        for who, code, status in ((buyer, "not-allowed", 403), (self.operator(), "not-allowed", 403),
                                  (self.visitor, "signed-out", 401)):
            self.refused(who, "owed", code, query="?reference=" + order["reference"], status=status)
            self.refused(who, "receipt", code, [receipt["number"]], status=status)
        for wrong, code, status in (("RF18539007547034", "not-found", 404), ("hello", "bad-value", 422),
                                    ("", "bad-value", 422)):
            self.refused(clerk, "owed", code, query="?reference=" + wrong, status=status)
        for wrong in ("99999999-99", "x", receipt["number"][:-2] + "00"):
            self.refused(clerk, "receipt", "not-found", [wrong], status=404)
        self.ask(self.clerk(), "voidCash", [receipt["number"]], body={"reason": "counted wrongly"})
        self.assertEqual(self.ask(clerk, "receipt", [receipt["number"]]).json()["reason"], "counted wrongly")

    def test_operators_see_disputes(self):
        seller, buyer, operator = self.keeper(), self.person(), self.operator()
        orders = [self.order(buyer, seller) for _ in range(2)]
        for one in orders:
            self.paid_by_card(one)
            self.act(buyer, one, "dispute", why="not-arrived")
        first = self.ask(operator, "disputes", query="?rows=1").json()
        second = self.ask(operator, "disputes", query="?rows=100&after=" + first["next"]).json()
        there = [one["id"] for one in first["orders"] + second["orders"]]
        self.assertEqual([one for one in there if one in {order["id"] for order in orders}], [one["id"] for one in orders])
        self.assertTrue(all(one["state"] == "disputed" for one in second["orders"]))
        self.act(buyer, orders[0], "withdraw")
        self.assertNotIn(orders[0]["id"], json.dumps(self.ask(operator, "disputes", query="?rows=100").json()))
        for who in (buyer, seller, self.clerk()):
            self.refused(who, "disputes", "not-allowed", status=403)
        self.refused(operator, "disputes", "bad-value", query="?after=x", status=422)

    def test_a_clerk_without_consent(self):
        seller, buyer, clerk = self.keeper(), self.person(), self.clerk()
        order = self.order(buyer, seller)
        for_buyer = {"Acting-For": buyer.account}
        before = self.trail("consent.missing")
        self.refused(clerk, "placeOrder", "not-allowed", body=self.wanted(seller), headers=for_buyer, status=403)
        self.refused(clerk, "order", "not-allowed", [order["id"]], headers=for_buyer, status=403)
        self.refused(clerk, "act", "not-allowed", [order["id"]], body={"kind": "cancel", "key": "c"}, headers=for_buyer,
                     status=403)
        self.assertEqual(self.trail("consent.missing") - before, 3)
        self.refused(buyer, "orders", "not-allowed", headers={"Acting-For": clerk.account}, status=403)
        self.refused(clerk, "keys", "not-allowed", headers=for_buyer, status=403)
        self.refused(clerk, "orders", "bad-value", headers={"Acting-For": "nobody"}, status=422)
        # With it, as the member typed it: in the records, since the PIN is for pages.
        self.server.records(
            "INSERT INTO consent (hub, id, member, clerk, purpose, made, good_until) SELECT hub, ?, (SELECT account FROM "
            "contact WHERE address = ?), account, 'deals:write', 0, 4102444800000 FROM contact WHERE address = ?",
            hashlib.sha256(b"consent").digest()[:16], buyer.contact, clerk.contact)
        bought = self.ask(clerk, "placeOrder", body=self.wanted(seller), headers=for_buyer).json()
        self.assertEqual(bought["buyer"], buyer.account)
        self.assertEqual({one["id"] for one in self.ask(clerk, "orders", headers=for_buyer).json()["orders"]},
                         {order["id"], bought["id"]})
        by = self.ask(buyer, "orderEvents", [bought["id"]]).json()["events"][0]["by"]
        self.assertEqual((by["id"], by["via"]), (buyer.account, clerk.account))
        # Who may trade for a member does not thereby say where the member's money goes, nor look into it.
        payout = {"kind": "pay-out", "key": "p", "to": {"way": "cash", "name": "Me"}, "currency": "USD"}
        self.refused(clerk, "act", "not-allowed", [order["id"]], body=payout, headers=for_buyer, status=403)
        self.refused(clerk, "moneyAccounts", "not-allowed", headers=for_buyer, status=403)
        self.assertEqual(self.ask(clerk, "orders").json()["orders"], [])

    def test_keys_do_what_their_scopes_name(self):
        seller, buyer = self.keeper(), self.person()
        order = self.order(buyer, seller)

        def key(who, *scopes):
            made = self.ask(who, "makeKey", body={"name": "k", "scopes": list(scopes), "days": 1}).json()
            return self.client(made["key"])

        reader, writer = key(buyer, "deals:read"), key(buyer, "deals:write")
        self.assertEqual(self.ask(reader, "order", [order["id"]]).json()["id"], order["id"])
        self.refused(reader, "placeOrder", "not-allowed", body=self.wanted(seller), status=403)
        self.refused(reader, "moneyAccounts", "not-allowed", status=403)
        self.ask(key(buyer, "money:read"), "moneyAccounts")
        self.refused(writer, "order", "not-allowed", [order["id"]], status=403)
        self.ask(writer, "placeOrder", body=self.wanted(seller))
        self.paid_by_card(order)
        self.delivered(buyer, seller, order)
        self.ask(writer, "act", [order["id"]], body={"kind": "release", "key": "r"})
        payout = {"kind": "pay-out", "key": "p", "to": {"way": "cash", "name": "Wanjiru"}, "currency": "USD"}
        self.refused(key(seller, "deals:write"), "act", "not-allowed", [order["id"]], body=payout, status=403)
        money = key(buyer, "money:read", "money:write")
        self.refused(money, "trialBalance", "not-allowed", status=403)
        self.refused(money, "payouts", "not-allowed", query="?way=cash", status=403)
        self.ask(key(seller, "deals:write", "money:write"), "act", [order["id"]], body=payout)

    def test_keys_of_orders(self):
        seller, buyer = self.keeper(), self.person()
        wanted = self.wanted(seller)
        del wanted["key"]
        self.refused(buyer, "placeOrder", "field-missing", body=wanted, status=422)
        for name in ("k", "x" * 200):
            headers = {"Idempotency-Key": name}
            first = self.ask(buyer, "placeOrder", body=wanted, headers=headers).json()
            self.assertEqual(self.ask(buyer, "placeOrder", body=wanted, headers=headers).json(), first)
            self.refused(buyer, "placeOrder", "conflict", body={**wanted, "note": "another"}, headers=headers, status=409)
        self.assertEqual(len(self.ask(buyer, "orders").json()["orders"]), 2)
        for name in ("x" * 201, "\xe9"):
            self.refused(buyer, "placeOrder", "bad-value", body=wanted, headers={"Idempotency-Key": name}, status=422)
        self.refused(buyer, "placeOrder", "bad-value", body={**wanted, "key": "x" * 101}, status=422)

    def test_terms_that_changed_are_not_ordered(self):
        seller, buyer = self.keeper(), self.person()
        wanted = self.wanted(seller)
        altered = {**wanted, "seen": wanted["seen"].replace("4.50 USD", "0.50 USD")}
        self.assertIn(self.ask(buyer, "placeOrder", body=altered, status=422).json()["field"].split(".")[0], ("seen",))
        dearer = {**seller.product["document"], "tiers": [{"from": "1", "price": "4.60", "currency": "USD"}]}
        self.ask(seller, "changeProduct", [seller.product["id"]], "?version=1&publish=true", body=dearer)
        self.refused(buyer, "placeOrder", "conflict", body=wanted, status=409)
        self.assertEqual(self.ask(buyer, "orders").json()["orders"], [])
        for wrong, field in (({"lines": []}, "lines"), ({"to": "ZZ"}, "to"), ({"plan": "never"}, "plan"),
                             ({"shop": "x"}, "shop")):
            answer = self.ask(self.visitor, "orderTerms", body={**self.basket(seller), **wrong}, status=422)
            self.assertEqual(answer.json()["field"], field)
        self.refused(self.visitor, "orderTerms", "bad-quantity", body=self.basket(seller, "0"), status=422)


if __name__ == "__main__":
    unittest.main()
