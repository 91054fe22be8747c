#!/usr/bin/env python3
"""Requests made from the OpenAPI document, sound and nearly sound: the hub never breaks and never leaves its contract.

  ALLROADS_FUZZ_REQUESTS=20000 ALLROADS_FUZZ_SEED=7 tests/api_fuzz_test.py     more of them, others
A finding prints the seed, the number of the request and the request itself.
"""
import http.client, json, os, random, re, socket, time, unittest, urllib.parse

from hub_client import PASSWORD, Answer, Client, Contract, Server

REQUESTS = int(os.environ.get("ALLROADS_FUZZ_REQUESTS", "1500"))
SEED = int(os.environ.get("ALLROADS_FUZZ_SEED", "1"))
SECONDS_FOR_ONE = 10

WORDS = ["", " ", "a", "basket", "ٹوکری", "かご", "קנה", "e\u0301", "\u202e\u2066x", "\ufeff", "\U0001f9fa", "\ud7ff",
         "0", "-1", "1e9", "1.5", "NaN", "null", "true", "٤٦٠٢١٩", "KE", "ZZ", "USD", "XXX", "2026-02-30",
         "2026-03-15", "460219", "H87", "en", "../../etc/passwd", "..\\..", "%00", "%2e%2e%2f", "' OR 1=1 --",
         "\"; DROP TABLE shop;", "<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://x}", "\r\nSet-Cookie: a=b",
         "a\tb", "\u2028", "x" * 300, "x" * 5000, "9" * 40, "0" * 26, "z" * 26, "ark_" + "a" * 40, "+254712345678",
         "a@b.example", "sisal"]
BROKEN = ["a\x00b", "\x07", "\x1b[31m", "\x7f", "\u0085"]
NUMBERS = [0, 1, -1, 2, 100, 101, 2**31 - 1, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63), 10**30, 1.5, -0.0, 1e308, 1e-9]
KINDS = ["application/json; charset=utf-8", "text/plain", "application/xml", "multipart/form-data; boundary=x",
         "application/x-www-form-urlencoded", "", "application/json;", "application/octet-stream",
         "x", "*/*"]
RAW = [b"", b" ", b"{", b"[]", b"null", b"\"x\"", b"{}", b"{}{}", b"{\"a\":1,}", b"{'a':1}", b"\xff\xfe{}",
       b"\xef\xbb\xbf{}", b"{\"a\":\"\xed\xa0\x80\"}", b"{\"a\":\"\\ud800\"}", b"{\"a\":\"\\u0000\"}", b"[" * 5000,
       b"{\"a\":" * 200 + b"1" + b"}" * 200, b"{\"a\":1e999}", b"{\"a\":01}", b"{\"a\":+1}", b"//x\n{}",
       b"{\"a\":Infinity}", b"\x00", b"{\"url\":\"https://[::1\"}"]


class Maker:
    """Values from a schema, mostly sound; then something about them is changed."""

    def __init__(self, document, seed):
        self.schemas = document["components"]["schemas"]
        self.dice = random.Random(seed)

    def resolved(self, schema):
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def text(self, schema):
        dice = self.dice
        if "pattern" in schema and dice.random() < 0.9:
            return self.matching(schema["pattern"])
        word = dice.choice(WORDS)
        return word[: schema["maxLength"]] if "maxLength" in schema and dice.random() < 0.8 else word

    def matching(self, pattern):
        """A text that fits a pattern of the kind our schemas use: classes, counts, groups, choices."""
        if "|" in pattern and pattern.startswith("^("):
            head, tail = re.fullmatch(r"\^\((.*?)\)(.*)", pattern).groups()
            return self.dice.choice(head.split("|")) + self.matching("^" + tail)
        out = ""
        for part, group, low, high in re.findall(
            r"(\[[^\]]+\]|\((?:[^()]*)\)|\\.|[^\\^$\[\](){}?*+])(\?|\*|\+)?(?:\{(\d+)(?:,(\d*))?\})?", pattern
        ):
            least, most = int(low or 1), int(high or low or 1)
            if group:
                least, most = {"?": (0, 1), "*": (0, 4), "+": (1, 5)}[group]
            for _ in range(self.dice.randint(least, most)):
                if part[0] == "(":
                    out += self.matching(part[1:-1])
                elif part[0] == "[":
                    inside = part[1:-1]
                    letters = [chr(c) for a, b in re.findall(r"(.)-(.)", inside) for c in range(ord(a), ord(b) + 1)]
                    letters += re.sub(r".-.", "", inside)
                    out += self.dice.choice(letters)
                else:
                    out += part[-1]
        return out

    def value(self, schema, depth=0):
        schema, dice = self.resolved(schema), self.dice
        if "oneOf" in schema:
            return self.value(dice.choice(schema["oneOf"]), depth)
        if "enum" in schema:
            return dice.choice(schema["enum"])
        kind = schema.get("type")
        if kind == "object":
            made = {}
            for name, field in schema.get("properties", {}).items():
                if name in schema.get("required", []) or dice.random() < (0.5 if depth < 4 else 0.1):
                    made[name] = self.value(field, depth + 1)
            return made
        if kind == "array":
            most = min(schema.get("maxItems", 3), 3)
            count = dice.randint(schema.get("minItems", 0), max(most, 1))
            return [self.value(schema["items"], depth + 1) for _ in range(count)]
        if kind == "integer":
            return dice.randint(schema.get("minimum", 0), min(schema.get("maximum", 1000), 10**6))
        if kind == "boolean":
            return dice.random() < 0.5
        if kind == "string":
            return self.text(schema)
        return dice.choice([None, "x", 1])

    def anything(self, depth=0):
        dice = self.dice
        way = dice.randrange(9)
        if way == 0 and depth < 5:
            return [self.anything(depth + 1) for _ in range(dice.randrange(4))]
        if way == 1 and depth < 5:
            return {dice.choice(WORDS + BROKEN): self.anything(depth + 1) for _ in range(dice.randrange(4))}
        if way == 2:
            return dice.choice([None, True, False])
        if way in (3, 4):
            return dice.choice(NUMBERS)
        return dice.choice(WORDS + BROKEN)

    def places(self, value, path=()):
        yield path
        children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, one in children:
            yield from self.places(one, path + (key,))

    def hurt(self, value):
        """The value with one thing changed somewhere in it."""
        dice = self.dice
        value = json.loads(json.dumps(value))
        path = dice.choice(list(self.places(value)))
        if not path:
            return dice.choice([self.anything(), [value], {"x": value}])
        at = value
        for key in path[:-1]:
            at = at[key]
        way = dice.randrange(6)
        if way == 0:
            del at[path[-1]]
        elif way == 1 and isinstance(at, dict):
            at[dice.choice(WORDS + BROKEN)] = self.anything()
        elif way == 2 and isinstance(at, list):
            at += [at[path[-1]]] * dice.choice([1, 20, 800])
        elif way == 3:
            for _ in range(dice.choice([5, 15, 60])):
                at[path[-1]] = dice.choice(([at[path[-1]]], {"a": at[path[-1]]}))
        else:
            at[path[-1]] = self.anything()
        return value

    def body(self, schema, example):
        """Bytes, and whether they are JSON."""
        dice = self.dice
        way = dice.random()
        if way < 0.06:
            return dice.choice(RAW)
        value = example if example is not None and dice.random() < 0.6 else self.value(schema)
        for _ in range(dice.choice([0, 0, 0, 1, 1, 2, 3])):
            value = self.hurt(value)
        text = json.dumps(value, ensure_ascii=dice.random() < 0.5)
        if way < 0.10 and isinstance(value, dict) and value:
            name = dice.choice(list(value))
            text = text[:-1] + "," + json.dumps(name) + ":" + json.dumps(self.anything()) + "}"
        raw = text.encode("utf-8", "surrogatepass")
        if way < 0.14:
            at = dice.randrange(len(raw) + 1)
            raw = raw[:at] + bytes([dice.randrange(256)]) + raw[at + dice.randrange(3) :]
        return raw[:300_000]


class Fuzz(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        first = Client(cls.server.port, "127.1.0.1")
        cls.document = first.ask("GET", "/api/openapi.json").json()
        first.close()
        cls.contract = Contract(cls.document)
        cls.operations = list(cls.contract.operations.values())

    @classmethod
    def tearDownClass(cls):
        status, said = cls.server.stop()
        if status != 0 or said:
            raise AssertionError(f"the hub ended with {status} and said: {said[-3000:]}")

    def setUp(self):
        self.maker = Maker(self.document, SEED)
        self.dice = self.maker.dice
        self.people, self.ids, self.examples = [], [], {}
        self.counts = {}

    # Somebody with a shop, products, an upload and a key, whose ids and tokens the requests are made of.
    def somebody(self, number):
        client = Client(self.server.port, f"127.2.{number // 200}.{number % 200 + 1}")

        def made(target, body):
            answer = client.ask("POST", target, body)
            self.assertEqual(answer.status, 201, answer)
            return answer.json()

        def example(operation):
            return next(iter(self.contract.operations[operation]["requestBody"]["content"].values()))["example"]

        contact = f"fuzz{number}@example.org"
        client.token = made("/api/v1/accounts", {"contact": contact, "name": "F", "password": PASSWORD})["token"]
        shop = made("/api/v1/shops", {**example("makeShop"), "slug": f"fuzz-{SEED}-{number}"})
        for query in ("", "?publish=true"):
            product = {**example("makeProduct"), "sku": "S" + query}
            product = made(f"/api/v1/shops/{shop['id']}/products{query}", product)
            self.ids.append(("products", product["id"]))
        self.ids.append(("shops", shop["id"]))
        self.ids.append(("uploads", made("/api/v1/uploads", {"bytes": 100})["id"]))
        self.trade(client, number, made)
        self.last = shop["id"], product["id"]
        scopes = ["products:read", "products:write", "shops:write", "webhooks:write", "deals:read", "deals:write",
                  "money:read", "money:write"]
        key = made("/api/v1/keys", {"name": "k", "scopes": scopes, "days": 1})
        self.ids.append(("keys", key["id"]))
        if "makeWebhook" in self.contract.operations:
            self.ids.append(("webhooks", made("/api/v1/webhooks", example("makeWebhook"))["id"]))
        self.people.append((client, client.token, key["key"]))

    # An order from the shop of whoever came before; what the examples name is there then.
    def trade(self, client, number, made):
        if self.people:
            theirs, goods = self.last
            basket = {"shop": theirs, "lines": [{"product": goods, "quantity": "20"}], "to": "DE", "road": "post"}
            terms = client.ask("POST", "/api/v1/orders/terms", basket)
            if terms.status == 404 and number > 3:
                return  # a request of before has withdrawn it
            self.assertEqual(terms.status, 200, terms)
            order = {"key": "k", "basket": basket, "seen": terms.json()["document"]}
            until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
            question = {"shops": [theirs], "wishes": [{"words": "x", "quantity": "1"}], "to": "DE", "until": until,
                        "key": "q"}
            self.examples |= {"orderTerms": basket, "placeOrder": order, "askForOffers": question}
            self.ids.append(("orders", made("/api/v1/orders", order)["id"]))
            self.ids += [("orders", one) for one in made("/api/v1/quotations", question)["orders"]]
            self.examples["act"] = {"kind": self.dice.choice(["cancel", "decline"]), "key": "k"}

    def target(self, operation):
        dice, target = self.dice, operation["pattern"]
        for name in operation["names"]:
            kind = target.split("/")[3]
            fitting = [id_ for of, id_ in self.ids if of == kind] if dice.random() < 0.8 else []
            one = dice.choice(fitting or [id_ for _, id_ in self.ids])
            one = one if dice.random() < 0.85 else dice.choice(WORDS + BROKEN)
            one = urllib.parse.quote(one, safe="" if dice.random() < 0.9 else "/.%")
            target = target.replace("{" + name + "}", one)
        pairs = []
        for one in operation.get("parameters", []):
            if one["in"] != "query" or (not one.get("required") and dice.random() < 0.6):
                continue
            value = self.maker.value(one["schema"]) if dice.random() < 0.7 else self.maker.anything()
            if one["name"] in ("after", "version") and dice.random() < 0.5:
                value = dice.choice([id_ for _, id_ in self.ids] + ["1", "2"] * 20)
            for each in value if isinstance(value, list) else [value]:
                pairs.append((one["name"], each if isinstance(each, str) else json.dumps(each)))
        if dice.random() < 0.05:
            pairs.append((dice.choice(WORDS), dice.choice(WORDS + BROKEN)))
        if dice.random() < 0.01:
            pairs += [("x", "y")] * 300
        query = urllib.parse.urlencode(pairs)
        if dice.random() < 0.02:
            query += dice.choice(["&%", "&%zz", "&=", "&&&", "&a=%ff", "&a=%00"])
        return target + ("?" + query if query else "")

    def request(self, operation):
        dice = self.dice
        headers = {}
        content = operation.get("requestBody", {}).get("content")
        body, kind = None, None
        if content and dice.random() < 0.97:
            kind, told = next(iter(content.items()))
            some = dice.randbytes(dice.choice([0, 1, 100, 4000]))
            files = [some, b"sku,title:en\n1,x\n", b"\x89PNG\r\n\x1a\n" + bytes(50)]
            is_json = "json" in kind
            example = self.examples.get(operation["operationId"], told.get("example"))
            body = self.maker.body(told["schema"], example) if is_json else dice.choice(files + RAW)
        elif dice.random() < 0.1:
            body, kind = dice.choice(RAW), "application/json"
        if body is not None and dice.random() < 0.06:
            kind = dice.choice(KINDS)
        method = operation["method"]
        if dice.random() < 0.03:
            method = dice.choice(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"])
        if dice.random() < 0.2:
            headers["Idempotency-Key"] = dice.choice(["a", "b", "x" * 201, "\xe9", " ", "k" + str(dice.randrange(50))])
        if dice.random() < 0.03:
            name = dice.choice(["Accept", "Accept-Encoding", "If-None-Match", "Expect", "Origin", "Range"])
            headers[name] = dice.choice(["*", "br", "\"x\"", "100-continue", "https://evil.example", "bytes=0-1"])
            if headers.get("Accept-Encoding") == "br":
                headers["Accept-Encoding"] = "br;q=0"  # what is pressed so cannot be read here
        return method, self.target(operation), headers, kind, body

    def found(self, number, request, answer, what):
        method, target, headers, kind, body = request
        self.fail(f"{what}\nseed {SEED}, request {number}: {method} {target} {headers} {kind}\n{body!r:.3000}\n"
                  f"answer: {answer}\n{self.server.errors()[-2000:]}")

    def judge(self, number, operation, request, answer):
        if not self.server.is_running():
            self.found(number, request, answer, "the hub has ended")
        # 503 of a write whose key is in use, or of passwords that wait for others, is of the contract.
        if answer.status >= 500 and not (answer.status == 503 and answer.json()["code"] in ("outcome-unknown", "busy")):
            self.found(number, request, answer, "the hub is at a loss")
        method, target = request[:2]
        if method == "HEAD" or (answer.status == 304 and "If-None-Match" in request[2]):
            return
        if method != operation["method"]:
            path = urllib.parse.urlsplit(target).path
            others = [one for one in self.operations if one["method"] == method and one["regex"].fullmatch(path)]
            operation = others[0] if others else None
        if operation is None:
            wrong = None
            if answer.status < 400:
                wrong = f"status {answer.status} of a method that is not there" if method != "OPTIONS" else None
            elif answer.type != "application/problem+json":
                wrong = f"type {answer.type}"
        elif answer.status >= 400:
            wrong = None if answer.type == "application/problem+json" else f"a refusal of type {answer.type}"
            wrong = wrong or self.contract.wrong_with(self.contract.schema("Problem"), answer.json())
        else:
            wrong = self.contract.wrong(operation, answer)
        if wrong:
            self.found(number, request, answer, wrong)

    def test_contract(self):
        for number in range(1, 4):
            self.somebody(number)
        for number in range(REQUESTS):
            if number % 400 == 399:  # new people now and then: rates hold back those who have asked much
                self.somebody(number)
                self.people = self.people[-8:]
                self.ids = self.ids[-80:]
            operation = self.dice.choice(self.operations)
            request = self.request(operation)
            client, token, key = self.dice.choice(self.people)
            client.address = f"127.3.{self.dice.randrange(250)}.{self.dice.randrange(1, 250)}"
            if number % 20 == 0:
                client.close()
            sent = self.dice.choice([token, token, token, key, key, None, None, "ark_x", "x"])
            if operation["operationId"] in ("signOut", "endSession", "endKey", "endWebhook") and self.dice.random() < 0.9:
                sent = self.dice.choice(["x", None])
            try:
                answer = client.ask(request[0], request[1], request[4], request[2], sent, request[3])
            except (http.client.HTTPException, socket.timeout, OSError) as error:
                if isinstance(error, ConnectionError) and self.server.is_running():
                    # The hub refused before it had read everything, and closed: its answer may be lost.
                    client.close()
                    continue
                self.found(number, request, error, "no answer")
            self.judge(number, operation, request, answer)
            self.counts.setdefault(operation["operationId"], []).append(answer.status)
        self.assertTrue(self.server.is_running())
        # That these were no empty words: most verbs were asked soundly too, of those that are for whoever asks here. What
        # begins with whom it is for (clerks, operators) is refused to them.
        good = {name for name, statuses in self.counts.items() if min(statuses) < 300}
        theirs = {one["operationId"] for one in self.operations if re.match("For (clerks|operators)", one["summary"])}
        self.assertGreater(len(theirs), 10)
        self.assertGreater(len(good - theirs), 0.55 * (len(self.operations) - len(theirs)), self.counts.keys() - good)
        if os.environ.get("ALLROADS_FUZZ_REQUESTS"):
            for name, statuses in sorted(self.counts.items()):
                print(name, {one: statuses.count(one) for one in sorted(set(statuses))})


if __name__ == "__main__":
    unittest.main()
