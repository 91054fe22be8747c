#!/usr/bin/env python3
"""The API as its OpenAPI document tells it: every verb is asked, every answer is held to its schema."""
import base64, concurrent.futures, hashlib, hmac, html.parser, http.client, http.server, io, itertools, json, random, re
import struct, subprocess, threading, time, unittest, zlib

from hub_client import PASSWORD, PROGRAM, Client, Contract, Server, wait_until

numbers = itertools.count(2)


def picture(width=400, height=300, seed=1):
    """A PNG that no codec makes small."""
    noise = random.Random(seed)
    rows = b"".join(b"\0" + noise.randbytes(width * 3) for _ in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


class Case(unittest.TestCase):
    """One hub for all tests of a class; each person comes from an address of their own."""

    environment = {}
    trade = None  # how the hub trades

    @classmethod
    def setUpClass(cls):
        cls.server = Server(cls.trade, **cls.environment)
        cls.clients = []
        cls.visitor = cls.client()
        cls.contract = Contract(cls.visitor.ask("GET", "/api/openapi.json").json())

    @classmethod
    def tearDownClass(cls):
        for client in cls.clients:
            client.close()
        status, said = cls.server.stop()
        if status != 0 or said:
            raise AssertionError(f"the hub ended with {status} and said: {said}")

    @classmethod
    def client(cls, token=None, address=None):
        address = address or "127.0.%d.%d" % divmod(next(numbers), 250)
        cls.clients.append(Client(cls.server.port, address, token))
        return cls.clients[-1]

    def ask(self, client, operation_id, ids=(), query="", body=None, status=None, **more):
        """Asks a verb by its operationId and holds the answer to the document."""
        operation = self.contract.operations[operation_id]
        target = operation["pattern"]
        for name, value in zip(operation["names"], ids):
            target = target.replace("{" + name + "}", value)
        if body is not None and "kind" not in more:
            more["kind"] = next(iter(operation["requestBody"]["content"]))
        answer = client.ask(operation["method"], target + query, body, **more)
        self.assertIsNone(self.contract.wrong(operation, answer), f"{operation_id}: {answer}")
        if status is None:
            status = next(int(code) for code in operation["responses"] if code != "default" and code < "3")
        self.assertEqual(answer.status, status, f"{operation_id}: {answer}")
        return answer

    def refused(self, client, operation_id, code, *arguments, **more):
        answer = self.ask(client, operation_id, *arguments, **more)
        self.assertEqual(answer.json()["code"], code, answer)
        return answer.json()

    def example(self, operation_id):
        content = self.contract.operations[operation_id]["requestBody"]["content"]
        return json.loads(json.dumps(next(iter(content.values()))["example"]))

    def person(self):
        """Somebody who has just made an account."""
        client = self.client()
        body = {"contact": f"person{next(numbers)}@example.org", "name": "Asha", "password": PASSWORD}
        made = self.ask(client, "makeAccount", body=body).json()
        client.token = made["token"]
        client.session, client.account, client.contact = made["session"], made["account"], body["contact"]
        return client

    def shop(self, keeper, **changes):
        slug = f"shop-{next(numbers)}"
        document = {**self.example("makeShop"), "slug": slug, **changes}
        return self.ask(keeper, "makeShop", body=document).json()

    def product(self, keeper, shop, query="", **changes):
        document = {**self.example("makeProduct"), "sku": f"S-{next(numbers)}", **changes}
        return self.ask(keeper, "makeProduct", [shop["id"]], query, body=document).json()


class Document(Case):
    def test_it_is_openapi(self):
        document = self.contract.document
        self.assertEqual(document["openapi"], "3.1.0")
        self.assertEqual(set(document) - {"openapi", "info", "paths", "components", "tags", "servers", "security"}, set())
        self.assertTrue(document["info"]["title"] and document["info"]["version"])
        ids = []
        for pattern, verbs in document["paths"].items():
            self.assertTrue(pattern.startswith("/api/v1/"))
            named = set(part[1:-1] for part in pattern.split("/") if part.startswith("{"))
            for method, verb in verbs.items():
                where = f"{method} {pattern}"
                self.assertIn(method, ("get", "put", "post", "delete", "patch"))
                ids.append(verb["operationId"])
                parameters = verb.get("parameters", [])
                self.assertEqual({p["name"] for p in parameters if p["in"] == "path"}, named, where)
                keys = [(p["in"], p["name"]) for p in parameters]
                self.assertEqual(len(keys), len(set(keys)), where)
                for one in parameters:
                    self.assertIn(one["in"], ("path", "query", "header"))
                    self.assertTrue(one["description"] and (one["in"] != "path" or one["required"]), where)
                    if "example" in one:
                        self.assertIsNone(self.contract.wrong_with(one["schema"], one["example"]))
                for content in verb.get("requestBody", {}).get("content", {}).values():
                    if "example" in content:
                        self.assertIsNone(self.contract.wrong_with(content["schema"], content["example"]), where)
                good = [code for code in verb["responses"] if code.startswith("2")]
                self.assertEqual(len(good), 1, where)
                self.assertIn("default", verb["responses"])
                for told in verb["responses"].values():
                    self.assertTrue(told["description"], where)
                secured = verb.get("security", document.get("security"))
                for scheme in (name for need in secured for name in need):
                    self.assertIn(scheme, document["components"]["securitySchemes"])
        self.assertEqual(len(ids), len(set(ids)))

    def test_references_and_schemas(self):
        schemas = self.contract.document["components"]["schemas"]
        used = set()

        def walk(value, where):
            if isinstance(value, list):
                for one in value:
                    walk(one, where)
            elif isinstance(value, dict):
                if "$ref" in value:
                    name = value["$ref"].removeprefix("#/components/schemas/")
                    self.assertIn(name, schemas, where)
                    used.add(name)
                if value.get("type") == "object" and "properties" in value:
                    self.assertIs(value.get("additionalProperties"), False, where)
                    self.assertLessEqual(set(value.get("required", [])), set(value["properties"]), where)
                for key, one in value.items():
                    if key != "example":
                        walk(one, f"{where}/{key}")

        walk(self.contract.document, "")
        self.assertEqual(set(schemas) - used, set(), "every schema is meant by something")
        for name in schemas:
            self.contract.validator(self.contract.schema(name)).check_schema(schemas[name])


class EveryVerb(Case):
    """One life of a shop: each verb is asked in it with its own example."""

    def test_life(self):
        asked = set()

        def ask(operation_id, *arguments, client=None, body=None, **more):
            asked.add(operation_id)
            content = self.contract.operations[operation_id].get("requestBody", {}).get("content", {})
            if body is None and any("example" in one for one in content.values()):
                body = self.example(operation_id)
            return self.ask(client or me, operation_id, *arguments, body=body, **more)

        me = self.client()
        for simple in ("books", "countries", "quote", "carriage", "classify", "judgeOrigin", "sendCode", "shops"):
            ask(simple)
        me.token = ask("makeAccount").json()["token"]
        me.token = ask("signIn").json()["token"]
        self.assertEqual(ask("account").json()["name"], self.example("makeAccount")["name"])
        shop = ask("makeShop").json()
        self.assertEqual(ask("shop", [shop["id"]]).json(), shop)
        product = ask("makeProduct", [shop["id"]]).json()
        self.assertEqual((product["state"], product["version"]), ("draft", 1))
        shop = ask("changeShop", [shop["id"]], "?version=1", body={**shop["document"], "place": "Mombasa"}).json()
        self.assertEqual((shop["version"], shop["document"]["place"]), (2, "Mombasa"))
        changed = {**product["document"], "lead_days": 14}
        product = ask("changeProduct", [product["id"]], "?version=1&publish=true", body=changed).json()
        self.assertEqual((product["state"], product["version"], product["document"]), ("live", 2, changed))
        self.assertEqual(ask("productsOfShop", [shop["id"]]).json()["products"][0]["id"], product["id"])
        found = ask("find", query="?q=bascket&to=DE&order=delivered").json()
        self.assertEqual([one["id"] for one in found["products"]], [product["id"]])
        shown = ask("product", [product["id"]], "?to=DE&quantity=20&currency=EUR").json()
        self.assertEqual(shown["delivered"]["quantity"], "20")
        self.assertEqual(shown["delivered"]["quote"]["currency"], "EUR")
        self.assertEqual([v["version"] for v in ask("versions", [product["id"]]).json()["versions"]], [2, 1])
        self.ask_orders(ask, shop, product)
        self.assertEqual(ask("setState", [product["id"]]).json()["state"], "withdrawn")
        self.assertEqual(ask("find", query="?q=basket").json()["total"], 0)

        photo = ask("sendPhoto", body=picture()).json()
        self.assertEqual((photo["width"], photo["height"]), (400, 300))
        upload = ask("beginUpload").json()
        ask("upload", [upload["id"]])
        bytes_ = picture(seed=2)
        upload = ask("beginUpload", body={"bytes": len(bytes_), "sha256": hashlib.sha256(bytes_).hexdigest()}).json()
        ask("addPiece", [upload["id"]], "?offset=0", body=bytes_)
        ask("finishUpload", [upload["id"]])
        csv = ask("export", [shop["id"]]).body
        self.assertEqual(ask("import", [shop["id"]], body=csv).json()["unchanged"], 1)

        key = ask("makeKey").json()
        self.assertEqual(ask("keys").json()["keys"][0]["id"], key["id"])
        ask("endKey", [key["id"]])
        for operation_id in ("secondFactor", "resetPassword"):
            asked.add(operation_id)
            need = self.contract.operations[operation_id]["requestBody"]["content"]["application/json"]["schema"]
            schema = self.contract.document["components"]["schemas"][need["$ref"].rsplit("/", 1)[1]]
            body = {name: "12345678" for name in schema["properties"]}
            if "contact" in body:
                body["contact"], body["password"] = "+254712345678", "another pass phrase"
            answer = me.ask("POST", self.contract.operations[operation_id]["pattern"], body)
            self.assertIsNone(self.contract.wrong(self.contract.operations[operation_id], answer))
            self.assertIn(answer.status, (401, 403), answer)
        self.ask_webhooks(ask)
        sessions = ask("sessions").json()["sessions"]
        self.assertEqual(sorted(one["current"] for one in sessions), [False, True])
        ask("endSession", [next(one["id"] for one in sessions if not one["current"])])
        ask("signOut")
        self.refused(me, "account", "signed-out", status=401)
        self.assertEqual(set(self.contract.operations) - asked, set(), "every verb is asked")

    def ask_orders(self, ask, shop, product):
        """Orders in a hub that has no way of paying; deals_api_test.py pays."""
        buyer = self.person()
        self.assertEqual(ask("trade").json()["ways"], [])
        self.assertEqual(ask("stock", [product["id"]]).json(), {"counted": False})
        lines = [{"product": product["id"], "quantity": "20"}]
        basket = {**self.example("orderTerms"), "shop": shop["id"], "lines": lines}
        terms = ask("orderTerms", body=basket).json()
        order = {**self.example("placeOrder"), "basket": basket, "seen": terms["document"]}
        order = ask("placeOrder", client=buyer, body=order).json()
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
        question = {**self.example("askForOffers"), "shops": [shop["id"]], "until": until}
        begun = ask("askForOffers", client=buyer, body=question).json()["orders"]
        self.assertEqual({one["id"] for one in ask("orders", client=buyer).json()["orders"]}, {order["id"], *begun})
        self.assertEqual(len(ask("ordersOfShop", [shop["id"]]).json()["orders"]), 2)
        self.assertEqual(ask("order", [order["id"]]).json()["state"], "agreed")
        self.assertEqual(len(ask("orderEvents", [order["id"]]).json()["events"]), 1)
        # Before money came, nothing is handed over.
        ask("act", [order["id"]], status=409)
        ask("instructions", [order["id"]], "?way=bank", client=buyer, status=422)
        ask("payoutQuote", [order["id"]], "?currency=KES", status=409)
        ask("sendFile", [order["id"]], body=picture(), status=409)
        ask("shownFile", [order["id"], "0" * 64], status=404)
        self.assertEqual(len(ask("notices").json()["notices"]), 2)
        self.assertEqual(ask("moneyAccounts").json(), {"accounts": []})
        ask("withdraw", status=422)  # this hub pays nobody by bank
        self.assertEqual(ask("withdrawals").json(), {"withdrawals": []})
        account = self.ask(buyer, "account").json()["id"]
        ask("moneyStatement", query=f"?account=account-{account}:funds:USD", client=buyer)
        for operation, ids, query in (("trialBalance", [], ""), ("takeCash", [], ""), ("voidCash", ["00000001-95"], ""),
                                      ("importStatement", [], ""), ("payouts", [], "?way=bank"), ("makePayoutFile", [], ""),
                                      ("settlePayout", ["x"], ""), ("disputes", [], ""), ("suspense", [], ""),
                                      ("inSuspense", ["pay:paid:x"], ""), ("assign", ["pay:paid:x"], ""),
                                      ("sendBack", ["pay:paid:x"], ""), ("owed", [], "?reference=RF18539007547034"),
                                      ("receipt", ["00000001-95"], ""), ("payoutsWithBank", [], "")):
            ask(operation, ids, query, body=b"<xml/>" if operation == "importStatement" else None, status=403)
        for operation, ids in (("hearWallet", ["in", "0" * 64]), ("hearWalletPosted", ["in", "0" * 64]), ("hearCard", [])):
            ask(operation, ids, client=self.visitor, body={}, status=404)

    def ask_webhooks(self, ask):
        made = ask("makeWebhook").json()
        self.assertRegex(made.pop("secret"), r"^whsec_[A-Za-z0-9+/]{43}=$")
        self.assertEqual(ask("webhooks").json(), {"webhooks": [made]})
        delivery = ask("testWebhook", [made["id"]]).json()
        self.assertEqual(ask("deliveries", [made["id"]]).json()["deliveries"][0]["id"], delivery["id"])
        ask("endWebhook", [made["id"]])
        self.refused(self.visitor, "webhooks", "signed-out", status=401)


class Once(Case):
    def count(self, keeper, shop):
        return len(self.ask(keeper, "productsOfShop", [shop["id"]], "?newest=true&rows=100").json()["products"])

    def test_a_key_makes_asking_twice_doing_once(self):
        me = self.person()
        shop = self.shop(me)
        document = {**self.example("makeProduct"), "sku": ""}
        del document["sku"]
        key = {"Idempotency-Key": "order 17"}
        first = self.ask(me, "makeProduct", [shop["id"]], body=document, headers=key)
        again = self.ask(me, "makeProduct", [shop["id"]], body=document, headers=key)
        self.assertEqual((first.status, first.body), (again.status, again.body))
        self.assertEqual((first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]), (None, "true"))
        self.assertEqual(self.count(me, shop), 1)
        other = {**document, "lead_days": 5}
        self.refused(me, "makeProduct", "conflict", [shop["id"]], body=other, headers=key, status=409)
        self.refused(me, "makeProduct", "conflict", [shop["id"]], "?publish=true", body=document, headers=key, status=409)
        self.assertEqual(self.count(me, shop), 1)
        for _ in range(2):
            self.ask(me, "makeProduct", [shop["id"]], body=document)
        self.assertEqual(self.count(me, shop), 3)
        # Another's key of the same name is another key.
        you = self.person()
        theirs = self.shop(you)
        self.ask(you, "makeProduct", [theirs["id"]], body=document, headers=key)
        self.assertEqual(self.count(you, theirs), 1)

    def test_a_refusal_frees_the_key(self):
        me = self.person()
        shop = self.shop(me)
        document = self.example("makeProduct")
        key = {"Idempotency-Key": "k"}
        self.ask(me, "makeProduct", [shop["id"]], body={**document, "unit": "?"}, headers=key, status=422)
        self.ask(me, "makeProduct", [shop["id"]], body=document, headers=key)
        self.assertEqual(self.count(me, shop), 1)

    def test_keys_are_plain(self):
        me = self.person()
        for name in ("x" * 201, "\xe9", "a\tb"):
            self.refused(me, "makeShop", "bad-value", body=self.example("makeShop"),
                         headers={"Idempotency-Key": name}, status=422)

    def test_both_at_once(self):
        me = self.person()
        shop = self.shop(me)
        document = self.example("makeProduct")
        del document["sku"]
        clients = [self.client(me.token) for _ in range(8)]

        def one(client):
            return client.ask("POST", f"/api/v1/shops/{shop['id']}/products", document,
                              headers={"Idempotency-Key": "together"})

        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(one, clients))
        self.assertLessEqual({a.status for a in answers}, {201, 503}, answers)
        self.assertEqual(self.count(me, shop), 1)

    def test_files_too(self):
        # The answer of an export is no JSON, and is not kept under a key: it changes nothing.
        me = self.person()
        shop = self.shop(me)
        self.product(me, shop)
        key = {"Idempotency-Key": "e"}
        self.ask(me, "export", [shop["id"]], headers=key)
        upload = self.ask(me, "beginUpload", body={"bytes": 3}).json()
        for _ in range(2):
            got = self.ask(me, "addPiece", [upload["id"]], "?offset=0", body=b"abc", headers={"Idempotency-Key": "p"})
            self.assertEqual(got.json(), {"offset": 3, "taken": True})


class Pages(Case):
    def walk(self, client, operation_id, field, ids=(), query=""):
        seen, after = [], ""
        for _ in range(100):
            page = self.ask(client, operation_id, ids, query + after).json()
            seen += [one["id"] for one in page[field]]
            if "next" not in page:
                return seen
            after = "&after=" + page["next"]
        self.fail("the pages do not end")

    def test_cursors_walk_all(self):
        me = self.person()
        shops = [self.shop(me) for _ in range(7)]
        made = {self.product(me, shops[0], "?publish=true", lead_days=n + 1)["id"] for n in range(23)}
        drafts = {self.product(me, shops[0])["id"] for _ in range(2)}
        for rows in (1, 2, 7, 100):
            walked = self.walk(self.visitor, "shops", "shops", query=f"?rows={rows}")
            self.assertEqual(walked, sorted(set(walked)))
            self.assertLessEqual({shop["id"] for shop in shops}, set(walked))
        for rows in (1, 5, 23, 24, 100):
            walked = self.walk(self.visitor, "productsOfShop", "products", [shops[0]["id"]], f"?rows={rows}")
            self.assertEqual((set(walked), len(walked)), (made, 23))
            walked = self.walk(me, "productsOfShop", "products", [shops[0]["id"]], f"?rows={rows}&newest=true")
            self.assertEqual((set(walked), len(walked)), (made | drafts, 25))
        for query in ("?q=basket", "?order=newest", "?order=lead-time", "?to=DE&order=delivered", "?to=US&q=basket"):
            walked = self.walk(self.visitor, "find", "products", query=query + "&rows=4")
            self.assertEqual((set(walked), len(walked)), (made, 23), query)

    def test_refused(self):
        for query in ("?rows=0", "?rows=101", "?rows=x", "?rows=1e2", "?rows=-1"):
            self.refused(self.visitor, "shops", "bad-value", query=query, status=422)
        self.ask(self.visitor, "shops", query="?after=nonsense", status=422)
        self.ask(self.visitor, "find", query="?after=nonsense", status=422)
        self.refused(self.visitor, "find", "bad-country", query="?to=ZZ", status=422)

    def test_a_parameter_stands_once(self):
        for query, field in (("?to=DE&to=FR", "to"), ("?q=a&rows=2&q=a", "q"), ("?q=a&%71=b", "q"),
                             ("?nobody=1&nobody=2", "nobody")):
            told = self.refused(self.visitor, "find", "bad-value", query=query, status=422)
            self.assertEqual(told["field"], field)
        me = self.person()
        shop = self.shop(me)
        told = self.refused(me, "changeShop", "bad-value", [shop["id"]], "?version=1&version=2", body=shop["document"],
                            status=422)
        self.assertEqual(told["field"], "version")
        # A list is what may be named again: any of its values is meant.
        for query in ("?origin=KE&origin=UG", "?category=baskets&category=bags&material=sisal&material=wool"):
            self.ask(self.visitor, "find", query=query)


class Codes(Case):
    def test_a_code_is_in_the_language_that_was_asked_in(self):
        texts = {}
        for language, wanted in (("en", "en"), ("sw", "sw-KE,sw;q=0.9,en;q=0.5"), ("ar", "ar"), ("none", "xx")):
            contact = f"code{next(numbers)}@example.org"
            self.ask(self.client(), "sendCode", body={"contact": contact, "purpose": "sign-up"},
                     headers={"Accept-Language": wanted})
            listed = subprocess.run([PROGRAM, "--data", self.server.folder + "/data", "messages", "list"],
                                    capture_output=True, text=True, check=True, timeout=60).stdout
            texts[language] = re.sub(r"\d{8}", "CODE", next(one for one in map(json.loads, listed.splitlines())
                                                            if one["to"] == contact)["text"])
        self.assertEqual(texts["none"], texts["en"])
        self.assertEqual(len(set(texts.values())), 3, texts)
        self.assertTrue(all("CODE" in one for one in texts.values()), texts)


class Strangers(Case):
    """Of two people, neither sees or changes what is the other's alone."""

    def test_another(self):
        me, you = self.person(), self.person()
        shop = self.shop(me)
        draft = self.product(me, shop)
        live = self.product(me, shop, "?publish=true")
        newer = {**live["document"], "lead_days": 3}
        self.ask(me, "changeProduct", [live["id"]], "?version=1", body=newer)
        upload = self.ask(me, "beginUpload", body={"bytes": 10}).json()["id"]
        key = self.ask(me, "makeKey", body=self.example("makeKey")).json()
        document = draft["document"]
        # Who looks, what is refused, and how: a stranger is not told that a draft is there.
        for one, status in ((you, {403, 404}), (self.visitor, {401, 403, 404})):
            for operation_id, ids, query, body in (
                ("product", [draft["id"]], "", None),
                ("product", [draft["id"]], "?newest=true", None),
                ("product", [draft["id"]], "?version=1", None),
                ("product", [live["id"]], "?newest=true", None),
                ("product", [live["id"]], "?version=2", None),
                ("versions", [live["id"]], "", None),
                ("productsOfShop", [shop["id"]], "?newest=true", None),
                ("changeProduct", [draft["id"]], "?version=1", document),
                ("changeProduct", [live["id"]], "?version=2&publish=true", document),
                ("setState", [live["id"]], "", {"state": "withdrawn"}),
                ("setState", [draft["id"]], "", {"state": "live"}),
                ("makeProduct", [shop["id"]], "", document),
                ("changeShop", [shop["id"]], "?version=1", {**shop["document"], "name": "Mine"}),
                ("import", [shop["id"]], "?dry_run=false", b"sku,title\n1,x\n"),
                ("export", [shop["id"]], "", None),
                ("upload", [upload], "", None),
                ("addPiece", [upload], "?offset=0", b"0123456789"),
                ("finishUpload", [upload], "", None),
                ("endSession", [me.session], "", None),
                ("endKey", [key["id"]], "", None),
            ):
                operation = self.contract.operations[operation_id]
                target = operation["pattern"].replace("{id}", ids[0]) + query
                kind = next(iter(operation.get("requestBody", {}).get("content", {"application/json": 0})))
                answer = one.ask(operation["method"], target, body, kind=kind)
                self.assertIsNone(self.contract.wrong(operation, answer), f"{operation_id}: {answer}")
                self.assertIn(answer.status, status, f"{operation_id} {query}: {answer}")
                self.assertNotIn(b"Sisal", answer.body)
        self.assertEqual(self.ask(you, "keys").json(), {"keys": []})
        self.assertEqual([s["id"] for s in self.ask(you, "sessions").json()["sessions"]], [you.session])
        # What was everybody's is as it was, and so is what was mine.
        self.assertEqual(self.ask(self.visitor, "product", [live["id"]]).json()["document"], live["document"])
        self.assertEqual(self.ask(me, "product", [draft["id"]], "?newest=true").json(), draft)
        self.assertEqual(self.ask(me, "shop", [shop["id"]]).json(), shop)
        self.assertEqual(self.ask(me, "upload", [upload]).json()["offset"], 0)
        self.assertEqual(len(self.ask(me, "sessions").json()["sessions"]), 1)
        self.assertNotIn("ended", self.ask(me, "keys").json()["keys"][0])

    def test_a_draft_says_no_more_than_nothing(self):
        me, you = self.person(), self.person()
        draft = self.product(me, self.shop(me))
        absent = draft["id"][:-4] + "0000"
        self.assertNotEqual(absent, draft["id"])
        for operation_id, query, body in (("product", "", None), ("versions", "", None), ("product", "?version=1", None),
                                          ("setState", "", {"state": "live"})):
            there, none = ((a := self.ask(you, operation_id, [one], query, body=body, status=404)).json()
                           for one in (draft["id"], absent))
            self.assertEqual(there, none, operation_id)

    def test_keys_have_scopes_and_no_more(self):
        me = self.person()
        shop = self.shop(me)
        product = self.product(me, shop)

        def key(*scopes):
            body = {"name": "k", "scopes": list(scopes), "days": 1}
            return self.client(self.ask(me, "makeKey", body=body).json()["key"])

        reader, writer, none = key("products:read"), key("products:write"), key("webhooks:write")
        self.ask(reader, "versions", [product["id"]])
        self.ask(reader, "product", [product["id"]], "?newest=true")
        self.refused(reader, "setState", "not-allowed", [product["id"]], body={"state": "live"}, status=403)
        self.refused(reader, "makeShop", "not-allowed", body=self.example("makeShop"), status=403)
        self.refused(reader, "sendPhoto", "not-allowed", body=picture(), status=403)
        self.ask(writer, "setState", [product["id"]], body={"state": "live"})
        self.refused(writer, "export", "not-allowed", [shop["id"]], status=403)
        for scoped in ("versions", "product"):
            query = "?newest=true" if scoped == "product" else ""
            self.refused(none, scoped, "not-allowed", [product["id"]], query, status=403)
        # A key makes and ends no key, ends no session, and sees neither.
        for one in (reader, none):
            self.refused(one, "makeKey", "not-allowed", body=self.example("makeKey"), status=403)
            self.refused(one, "endKey", "not-allowed", [self.ask(me, "keys").json()["keys"][0]["id"]], status=403)
            self.refused(one, "endSession", "not-allowed", [me.session], status=403)
            self.refused(one, "sessions", "not-allowed", status=403)
            self.refused(one, "keys", "not-allowed", status=403)
        # An ended key opens nothing.
        self.ask(me, "endKey", [self.ask(me, "keys").json()["keys"][0]["id"]])
        ended = [k for k in self.ask(me, "keys").json()["keys"] if "ended" in k]
        self.assertEqual(len(ended), 1)
        self.refused(self.client("ark_nonsense"), "account", "signed-out", status=401)
        self.refused(self.client("nonsense"), "account", "signed-out", status=401)

    def test_a_browser_of_another_site(self):
        me = self.person()
        cookie = {"Cookie": "session=" + me.token}
        bare = self.client()
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
            self.refused(bare, "makeShop", "other-site", body=self.example("makeShop"),
                         headers={**cookie, **headers}, status=403)
        self.ask(bare, "makeShop", body=self.example("makeShop"), headers={**cookie, "Sec-Fetch-Site": "same-origin"})


class Versions(Case):
    def test_who_comes_second_is_told(self):
        me = self.person()
        shop = self.shop(me)
        product = self.product(me, shop)
        self.ask(me, "changeProduct", [product["id"]], "?version=1", body={**product["document"], "lead_days": 1})
        self.refused(me, "changeProduct", "conflict", [product["id"]], "?version=1", body=product["document"], status=409)
        self.refused(me, "changeProduct", "conflict", [product["id"]], "?version=3", body=product["document"], status=409)
        self.assertEqual(self.ask(me, "product", [product["id"]], "?newest=true").json()["document"]["lead_days"], 1)
        self.ask(me, "changeShop", [shop["id"]], "?version=1", body=shop["document"])
        self.refused(me, "changeShop", "conflict", [shop["id"]], "?version=1", body=shop["document"], status=409)
        for query in ("", "?version=", "?version=0", "?version=x", "?version=99999999999999999999"):
            self.refused(me, "changeShop", "bad-value", [shop["id"]], query, body=shop["document"], status=422)
        taken = {**product["document"], "texts": [{"language": "en", "title": "Other"}]}
        self.refused(me, "makeProduct", "conflict", [shop["id"]], body=taken, status=409)
        self.refused(me, "makeShop", "conflict", body=shop["document"], status=409)

    def test_many_at_once_are_one_after_the_other(self):
        me = self.person()
        product = self.product(me, self.shop(me))
        clients = [self.client(me.token) for _ in range(6)]

        def one(client):
            operation = self.contract.operations["changeProduct"]
            document = {**product["document"], "lead_days": int(client.address.rsplit(".", 1)[1])}
            return client.ask("PUT", operation["pattern"].replace("{id}", product["id"]) + "?version=1", document)

        with concurrent.futures.ThreadPoolExecutor(6) as threads:
            statuses = sorted(answer.status for answer in threads.map(one, clients))
        self.assertEqual(statuses, [200] + [409] * 5)


class Photos(Case):
    def test_whole(self):
        me = self.person()
        photo = self.ask(me, "sendPhoto", body=picture(seed=3)).json()
        shop = self.shop(me)
        product = self.product(me, shop, photos=[photo])
        self.assertEqual(product["document"]["photos"][0]["digest"], photo["digest"])
        missing = {**product["document"], "sku": "other", "photos": [{"digest": "0" * 64}]}
        self.refused(me, "makeProduct", "not-found", [shop["id"]], body=missing, status=404)
        for wrong in (b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(100), b"<svg xmlns='http://www.w3.org/2000/svg'/>",
                      picture()[:-1000]):
            answer = me.ask("POST", "/api/v1/photos", wrong, kind="application/octet-stream")
            self.assertIsNone(self.contract.wrong(self.contract.operations["sendPhoto"], answer), answer)
            self.assertIn(answer.status, (413, 422), answer)

    def test_in_pieces_over_a_bad_line(self):
        me = self.person()
        whole = picture(500, 400, seed=4)
        third = len(whole) // 3
        begun = {"bytes": len(whole), "sha256": hashlib.sha256(whole).hexdigest()}
        made = self.ask(me, "beginUpload", body=begun)
        upload = made.json()["id"]
        self.assertEqual(made.headers["location"], "/api/v1/uploads/" + upload)
        self.ask(me, "addPiece", [upload], "?offset=0", body=whole[:third])
        # The line breaks in the middle of a piece: what was sent may be kept or not, and the hub says which.
        raw = Client(self.server.port, me.address)
        raw.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        raw.connection.putrequest("PATCH", f"/api/v1/uploads/{upload}?offset={third}")
        raw.connection.putheader("Authorization", "Bearer " + me.token)
        raw.connection.putheader("Content-Type", "application/octet-stream")
        raw.connection.putheader("Content-Length", str(third))
        raw.connection.endheaders(whole[third : third + third // 2])
        raw.connection.close()
        state = self.ask(me, "upload", [upload]).json()
        self.assertIn(state["offset"], (third, third + third // 2))
        at = state["offset"]
        # Beyond what is there: nothing is taken, and the answer says where to go on.
        ahead = self.ask(me, "addPiece", [upload], f"?offset={at + 100}", body=whole[at + 100 : at + 200]).json()
        self.assertEqual(ahead, {"offset": at, "taken": False})
        # What was acknowledged already may be sent again.
        self.ask(me, "addPiece", [upload], "?offset=0", body=whole[:third])
        self.refused(me, "finishUpload", "conflict", [upload], status=409)
        self.ask(me, "addPiece", [upload], f"?offset={at}", body=whole[at:])
        photo = self.ask(me, "finishUpload", [upload]).json()
        self.assertEqual(photo, self.ask(me, "sendPhoto", body=whole).json())
        self.refused(me, "upload", "not-found", [upload], status=404)

    def test_refused(self):
        me = self.person()
        for body in ({"bytes": 0}, {"bytes": 12_000_001}, {"bytes": 5, "sha256": "x"}, {}, {"bytes": 1.5}):
            self.ask(me, "beginUpload", body=body, status=422)
        upload = self.ask(me, "beginUpload", body={"bytes": 4, "sha256": "0" * 64}).json()["id"]
        for query in ("", "?offset=", "?offset=-1", "?offset=a", "?offset=9223372036854775808"):
            self.refused(me, "addPiece", "bad-value", [upload], query, body=b"abcd", status=422)
        answer = me.ask("PATCH", f"/api/v1/uploads/{upload}?offset=0", b"abcdefgh", kind="application/octet-stream")
        self.assertIsNone(self.contract.wrong(self.contract.operations["addPiece"], answer), answer)
        self.assertGreaterEqual(answer.status, 400)
        self.ask(me, "addPiece", [upload], "?offset=0", body=b"abcd")
        answer = me.ask("POST", f"/api/v1/uploads/{upload}/photo")
        self.assertIsNone(self.contract.wrong(self.contract.operations["finishUpload"], answer), answer)
        self.assertIn(answer.status, (409, 422), "the digest is another")
        for name in ("..%2f..%2fhub.db", "..", "a" * 80, "%00"):
            answer = me.ask("GET", "/api/v1/uploads/" + name)
            self.assertIn(answer.status, (400, 404), answer)


class Files(Case):
    def test_round_trip(self):
        me = self.person()
        shop = self.shop(me)
        texts = [{"language": "en", "title": "Basket, \"fine\"", "description": "Two\nlines; <b>no</b> markup"},
                 {"language": "ur", "title": "ٹوکری"}]
        for n in range(5):
            self.product(me, shop, "?publish=true", texts=texts, lead_days=n + 1, certificates=["gots"] if n else [])
        for kind in ("own-csv", "own-xlsx"):
            bytes_ = self.ask(me, "export", [shop["id"]], "?kind=" + kind).body
            # To the same shop: nothing is another.
            same = self.ask(me, "import", [shop["id"]], f"?kind={kind}&dry_run=false", body=bytes_).json()
            self.assertEqual((same["products"], same["unchanged"], same["saved"], same["errors"]), (5, 5, 0, 0), same)
            # To an empty one: a dry run does nothing, then everything is there.
            other = self.shop(me)
            dry = self.ask(me, "import", [other["id"]], body=bytes_).json()
            self.assertEqual((dry["dry_run"], dry["added"], dry["saved"]), (True, 5, 0))
            listed = ["productsOfShop", [other["id"]], "?newest=true"]
            self.assertEqual(self.ask(me, *listed).json()["products"], [])
            done = self.ask(me, "import", [other["id"]], "?dry_run=false&publish=true", body=bytes_).json()
            self.assertEqual((done["saved"], done["products_refused"]), (5, 0), done)

            def documents(of):
                page = self.ask(me, "productsOfShop", [of["id"]], "?newest=true&rows=100").json()
                return sorted((p["document"] for p in page["products"]), key=lambda d: d["sku"])

            self.assertEqual(documents(other), documents(shop))
        for kind in ("shopify", "woocommerce", "merchant-xml", "merchant-tsv"):
            self.assertIn(b"Basket", self.ask(me, "export", [shop["id"]], "?kind=" + kind).body)

    def test_a_form_with_files(self):
        me = self.person()
        shop = self.shop(me)
        self.product(me, shop)
        csv = self.ask(me, "export", [shop["id"]]).body
        body = io.BytesIO()
        body.write(b"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.csv\"\r\n"
                   b"Content-Type: text/csv\r\n\r\n" + csv + b"\r\n--b--\r\n")
        got = self.ask(me, "import", [shop["id"]], body=body.getvalue(), kind="multipart/form-data; boundary=b")
        self.assertEqual(got.json()["unchanged"], 1)

    def test_refused(self):
        me = self.person()
        shop = self.shop(me)
        for query in ("?kind=x", "?dry_run=1", "?publish=yes"):
            self.refused(me, "import", "bad-value", [shop["id"]], query, body=b"sku\n1\n", status=422)
        for query in ("?kind=x", "?kind=detect"):
            self.refused(me, "export", "bad-value", [shop["id"]], query, status=422)
        self.refused(me, "export", "not-found", [shop["id"]], "?file=x", status=404)
        wrong = self.ask(me, "import", [shop["id"]], "?kind=own-csv&dry_run=false", body=b"sku,title,hs\n1,x,abc\n")
        self.assertEqual(wrong.json()["saved"], 0)
        self.assertGreater(wrong.json()["errors"], 0)


class Receiver(http.server.ThreadingHTTPServer):
    """The program of a seller: keeps what comes, answers what `statuses` say, 200 when they are used up."""

    def __init__(self):
        self.got, self.statuses = [], []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                self.server.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                status = self.server.statuses.pop(0) if self.server.statuses else 200
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "7")
                self.end_headers()
                self.wfile.write(b"\x01seen\xff\n")

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def end(self):
        self.shutdown()
        self.server_close()


class Webhooks(Case):
    environment = {"ALLROADS_WEBHOOKS_TO_LOOPBACK": "1"}

    def setUp(self):
        self.receiver = Receiver()
        self.addCleanup(self.receiver.end)
        self.me = self.person()

    def wait_for(self, count):
        self.assertTrue(wait_until(lambda: len(self.receiver.got) >= count), f"{len(self.receiver.got)} of {count}")
        return self.receiver.got

    def hook(self, **more):
        return self.ask(self.me, "makeWebhook", body={"url": self.receiver.url, **more}).json()

    def signed(self, secret, headers, body):
        """As a receiver does it, by the specification alone."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        words = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + body
        return "v1," + base64.b64encode(hmac.new(key, words, hashlib.sha256).digest()).decode()

    def test_what_is_told(self):
        secret = self.hook()["secret"]
        only = self.hook(events=["shop.changed"])
        shop = self.shop(self.me)
        draft = self.product(self.me, shop)
        self.ask(self.me, "setState", [draft["id"]], body={"state": "live"})
        self.ask(self.me, "setState", [draft["id"]], body={"state": "live"})  # nothing changes, nothing is told
        document = {**draft["document"], "lead_days": 3}
        self.ask(self.me, "changeProduct", [draft["id"]], "?version=1&publish=true", body=document)
        self.ask(self.me, "changeProduct", [draft["id"]], "?version=1", body=draft["document"], status=409)
        self.ask(self.me, "setState", [draft["id"]], body={"state": "withdrawn"})
        self.ask(self.me, "changeShop", [shop["id"]], "?version=1", body=shop["document"])
        got = self.wait_for(6)
        mine = [(h, b) for _, h, b in got if h["webhook-signature"] == self.signed(secret, h, b)]
        other = [(h, b) for _, h, b in got if h["webhook-signature"] == self.signed(only["secret"], h, b)]
        self.assertEqual((len(mine), len(other)), (5, 1))
        events = [json.loads(body) for _, body in mine]
        self.assertEqual([one["type"] for one in events],
                         ["product.changed", "product.published", "product.changed", "product.withdrawn", "shop.changed"])
        self.assertEqual([one["data"]["version"] for one in events], [1, 1, 2, 2, 2])
        self.assertEqual(events[2]["data"], {"product": draft["id"], "shop": shop["id"], "state": "live", "version": 2,
                                             "live_version": 2})
        self.assertEqual(len({h["webhook-id"] for h, _ in mine}), 5)
        for headers, _ in mine:
            self.assertEqual(headers["content-type"], "application/json")
            self.assertRegex(headers["webhook-id"], r"^msg_[0-9a-z]{26}$")
            self.assertLess(abs(int(headers["webhook-timestamp"]) - time.time()), 60)

        def log():
            page = self.ask(self.me, "deliveries", [only["id"]]).json()["deliveries"]
            return page if page[0]["state"] == "delivered" else None

        page = wait_until(log)
        self.assertEqual([(d["event"], d["tries"], d["status"]) for d in page], [("shop.changed", 1, 200)])
        self.assertRegex(page[0]["answer"], "seen", "without what cannot be shown")

    def test_another_is_not_told(self):
        hook = self.hook()
        you = self.person()
        self.product(you, self.shop(you), "?publish=true")
        for operation_id in ("deliveries", "testWebhook", "endWebhook"):
            self.refused(you, operation_id, "not-found", [hook["id"]], status=404)
        self.assertEqual(self.ask(you, "webhooks").json(), {"webhooks": []})
        self.ask(self.me, "testWebhook", [hook["id"]])
        self.assertEqual([json.loads(b)["type"] for _, _, b in self.wait_for(1)], ["webhook.test"])
        key = self.ask(self.me, "makeKey", body={"name": "k", "scopes": ["products:write"], "days": 1}).json()["key"]
        self.refused(self.client(key), "webhooks", "not-allowed", status=403)

    def test_again_until_it_is_received(self):
        secret = self.hook()["secret"]
        self.receiver.statuses = [500]
        shop = self.shop(self.me)
        for _ in range(2):
            shop = self.ask(self.me, "changeShop", [shop["id"]], f"?version={shop['version']}", body=shop["document"]).json()
        got = self.wait_for(3)  # after five seconds, and the second does not overtake the first
        ids = [headers["webhook-id"] for _, headers, _ in got]
        self.assertEqual((ids[0], len(set(ids))), (ids[1], 2))
        self.assertEqual([json.loads(body)["data"]["version"] for _, _, body in got], [2, 2, 3])
        times = [int(headers["webhook-timestamp"]) for _, headers, _ in got]
        self.assertGreaterEqual(times[1] - times[0], 4, "the time of the try, not of the event")
        for _, headers, body in got:
            self.assertEqual(headers["webhook-signature"], self.signed(secret, headers, body))

    def test_gone_and_elsewhere(self):
        hook = self.hook()
        self.receiver.statuses = [302]
        self.ask(self.me, "testWebhook", [hook["id"]])
        self.wait_for(1)

        def state():
            one = self.ask(self.me, "deliveries", [hook["id"]]).json()["deliveries"][0]
            return one if one["tries"] == 1 else None

        one = wait_until(state)
        self.assertEqual((one["state"], one["status"]), ("waiting", 302))
        self.assertEqual([path for path, _, _ in self.receiver.got], ["/hook"])
        second = self.hook()
        self.receiver.statuses = [410]
        self.ask(self.me, "testWebhook", [second["id"]])
        self.assertTrue(wait_until(lambda: self.ask(self.me, "webhooks").json()["webhooks"][1]["state"] == "asleep"))
        count = len(self.receiver.got)
        self.ask(self.me, "testWebhook", [second["id"]])
        self.wait_for(count + 1)
        self.assertEqual(self.ask(self.me, "webhooks").json()["webhooks"][1]["state"], "awake")

    def test_addresses(self):
        for url in ("", "example.org", "ftp://example.org", "https://", "https://a:b@example.org/", "https://x y",
                    "https://example.org/#a", "https://example.org\\@evil", "javascript:alert(1)", "https://" + "a" * 500):
            answer = self.me.ask("POST", "/api/v1/webhooks", {"url": url})
            self.assertIn(answer.status, (413, 422), url)
        for _ in range(10):
            self.hook()
        self.refused(self.me, "makeWebhook", "conflict", body={"url": self.receiver.url}, status=409)


class WebhooksOutside(Case):
    """As it is without the variable of the tests: no address of this machine or its network is asked."""

    def test_inside_is_not_asked(self):
        me, receiver = self.person(), Receiver()
        self.addCleanup(receiver.end)
        self.refused(me, "makeWebhook", "bad-value", body={"url": receiver.url}, status=422)
        for host in (f"127.0.0.1:{receiver.server_port}", f"localhost:{receiver.server_port}", "169.254.169.254", "[::1]:1"):
            hook = self.ask(me, "makeWebhook", body={"url": f"https://{host}/"}).json()
            self.ask(me, "testWebhook", [hook["id"]])

            def tried():
                one = self.ask(me, "deliveries", [hook["id"]]).json()["deliveries"][0]
                return one if one["tries"] else None

            one = wait_until(tried)
            self.assertNotIn("status", one)
            self.assertIn("may not be asked", one["answer"])
        self.assertEqual(receiver.got, [])


class Page(Case):
    """The documentation that people read."""

    class Reader(html.parser.HTMLParser):
        def __init__(self):
            super().__init__()
            self.open, self.wrong, self.ids, self.links = [], [], [], []

        def handle_starttag(self, tag, attributes):
            attributes = dict(attributes)
            self.ids += [attributes["id"]] if "id" in attributes else []
            self.links += [attributes["href"]] if "href" in attributes else []
            if tag in ("script", "style", "iframe", "img") or any(name.startswith("on") for name in attributes):
                self.wrong.append(tag)
            if tag not in ("meta", "link", "br"):
                self.open.append(tag)

        def handle_endtag(self, tag):
            if not self.open or self.open.pop() != tag:
                self.wrong.append("/" + tag)

    def test_page(self):
        answer = self.visitor.ask("GET", "/api/docs", headers={"Accept-Encoding": "br"})
        self.assertEqual((answer.status, answer.type, answer.headers["content-encoding"]), (200, "text/html", "br"))
        self.assertLess(len(answer.body), 60_000)
        text = self.visitor.ask("GET", "/api/docs").body.decode()
        reader = self.Reader()
        reader.feed(text)
        self.assertEqual((reader.wrong, reader.open), ([], []))
        self.assertEqual(len(reader.ids), len(set(reader.ids)))
        for link in reader.links:
            if link.startswith("#"):
                self.assertIn(link[1:], reader.ids)
            elif link.startswith("/"):
                self.assertEqual(self.visitor.ask("GET", link).status, 200, link)
            else:
                self.assertEqual(link, "https://www.standardwebhooks.com")
        for operation_id, operation in self.contract.operations.items():
            self.assertIn(operation_id, reader.ids)
            self.assertIn(operation["pattern"], text)
        for name in self.contract.document["components"]["schemas"]:
            self.assertIn("schema-" + name, reader.ids)


class TooOften(Case):
    def test_an_address(self):
        fast = self.client(address="127.9.9.9")
        answers = [fast.ask("GET", "/api/v1/shops") for _ in range(900)]
        limited = [a for a in answers if a.status == 429]
        self.assertTrue(limited, "600 at once, then 50 a second")
        self.assertGreaterEqual(len(answers) - len(limited), 600)
        operation = self.contract.operations["shops"]
        for one in limited:
            self.assertIsNone(self.contract.wrong(operation, one), one)
            self.assertEqual(one.json()["code"], "too-many")
            self.assertRegex(one.headers["retry-after"], r"^[1-9][0-9]{0,4}$")
        # Others are not held back.
        self.ask(self.client(), "shops")

    def test_guessing(self):
        me = self.person()
        thief = self.client()
        statuses = []
        for _ in range(12):
            answer = thief.ask("POST", "/api/v1/sessions", {"contact": me.contact, "password": "not this one"})
            self.assertIsNone(self.contract.wrong(self.contract.operations["signIn"], answer), answer)
            statuses.append(answer.status)
        self.assertEqual(set(statuses[:9]), {403}, "signing up was the first of ten")
        self.assertEqual(statuses[-1], 429)
        self.assertGreater(int(answer.headers["retry-after"]), 10, "the wait that is meant, not a guess")

    def test_many_writes(self):
        me = self.person()
        shop = self.shop(me)
        key = self.client(self.ask(me, "makeKey", body={"name": "k", "scopes": ["shops:write"], "days": 1}).json()["key"])
        statuses = [key.ask("PUT", f"/api/v1/shops/{shop['id']}?version=9", shop["document"]).status for _ in range(130)]
        self.assertEqual(set(statuses[:100]), {409})
        self.assertIn(429, statuses)


if __name__ == "__main__":
    unittest.main()
