#!/usr/bin/env python3
"""The pages of accounts, sellers and operators, walked as a browser without scripts would: forms are read from the
pages and sent back with what a person types. A hub of its own, in a temporary folder, on a free port of this machine.
"""
import base64
import hashlib
import hmac
import html.parser
import http.client
import json
import os
import pathlib
import re
import secrets
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import zlib

PROGRAM = os.environ.get("ALLROADS_BIN", "build/quick/allroads")
PASSWORD = "korongo nne majini"
PROBE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
VOID = set("area base br col embed hr img input link meta source track wbr".split())


def png(width, height, colour):
    """A picture of one colour."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(colour) * width for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Reader(html.parser.HTMLParser):
    """The forms of a page with what stands in them, its elements, and whether each was closed in order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.forms, self.open, self.wrong = [], [], [], []
        self.select = self.area = None
        self.feed(text)
        self.close()
        self.wrong += self.open

    def handle_starttag(self, tag, attributes):
        a = {name: value if value is not None else "" for name, value in attributes}
        self.elements.append((tag, a))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "form":
            self.forms.append({"action": a.get("action", ""), "method": a.get("method", "get"),
                               "fields": [], "buttons": []})
        if not self.forms or "form" not in self.open:
            return
        form = self.forms[-1]
        if tag == "input" and "name" in a and a.get("type") != "file":
            if a.get("type") not in ("checkbox", "radio") or "checked" in a:
                form["fields"].append((a["name"], a.get("value", "on")))
        elif tag == "select":
            self.select = [a["name"], None, None]
        elif tag == "option" and self.select:
            if self.select[2] is None:
                self.select[2] = a.get("value", "")
            if "selected" in a:
                self.select[1] = a.get("value", "")
        elif tag == "textarea":
            self.area = [a["name"], ""]
        elif tag == "button" and "name" in a:
            form["buttons"].append((a["name"], a.get("value", "")))

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> within {self.open[-3:]}")
        else:
            self.open.pop()
        if tag == "select" and self.select:
            chosen = self.select[1] if self.select[1] is not None else self.select[2]
            self.forms[-1]["fields"].append((self.select[0], chosen))
            self.select = None
        if tag == "textarea" and self.area:
            self.forms[-1]["fields"].append(tuple(self.area))
            self.area = None

    def handle_data(self, data):
        if self.area:
            self.area[1] += data


class Answer:
    def __init__(self, response, body):
        self.status, self.headers = response.status, response.headers
        self.location = response.headers.get("Location", "")
        self.body, self.text = body, body.decode("utf-8", "replace")
        self._page = None

    @property
    def page(self):
        if self._page is None:
            self._page = Reader(self.text)
        return self._page

    def form(self, action):
        """The fields of the form that is sent there."""
        for form in self.page.forms:
            if form["action"].split("?")[0] == action and form["method"] == "post":
                return dict(form["fields"])
        raise AssertionError(f"no form for {action} in {[one['action'] for one in self.page.forms]}")


class Browser:
    """Keeps cookies, follows redirects, sends what a browser sends about where a request comes from. Each has an address
    of its own, as people have, so that rates are told apart."""
    count = 0

    def __init__(self, port, language="en"):
        self.port, self.language, self.cookies = port, language, {}
        Browser.count += 1
        self.address = f"127.8.{Browser.count // 250}.{1 + Browser.count % 250}"

    def ask(self, method, path, body=None, headers=None, follow=True):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=(self.address, 0))
        sent = {"Accept-Language": self.language, "User-Agent": "a browser of the test", "Sec-Fetch-Site": "same-origin"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent.update(headers or {})
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        answer = Answer(response, response.read())
        connection.close()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            value, _, attributes = rest.partition(";")
            if "Max-Age=0" in attributes:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
            assert "HttpOnly" in attributes and "SameSite" in attributes, line
        if follow and answer.status in (302, 303):
            return self.ask("GET", answer.location)
        return answer

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, fields, **more):
        pairs = list(fields.items()) if isinstance(fields, dict) else fields
        body = urllib.parse.urlencode(pairs).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", **more.pop("headers", {})}
        return self.ask("POST", path, body, headers, **more)

    def post_files(self, path, fields, files, **more):
        boundary = secrets.token_hex(16)
        parts = []
        for name, value in fields.items():
            parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        for name, file, kind, data in files:
            head = (f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
                    f"Content-Type: {kind}\r\n\r\n")
            parts.append(head.encode() + data + b"\r\n")
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        return self.ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}, **more)

    def sign_up(self, contact, name="Wanjiru"):
        answer = self.get("/sign-up")
        fields = answer.form("/sign-up") | {"name": name, "contact": contact, "password": PASSWORD, "do": "sign-up"}
        return self.post("/sign-up", fields)

    def open_shop(self, name, country="KE", **more):
        fields = self.get("/my/new-shop").form("/my/new-shop")
        return self.post("/my/new-shop", fields | {"name": name, "country": country, "do": "open"} | more)


def digits_of(secret, at):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7fffffff) % 1_000_000:06}"


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.data = pathlib.Path(cls.folder, "data")
        cls.data.mkdir()
        add = [PROGRAM, "--data", str(cls.data), "user", "add", "operator@example.org", "--name", "Baraka", "--role",
               "operator"]
        subprocess.run(add, input=PASSWORD + "\n", text=True, check=True, capture_output=True, timeout=20)
        add[5:] = ["clerk@example.org", "--name", "Otieno", "--role", "clerk"]
        subprocess.run(add, input=PASSWORD + "\n", text=True, check=True, capture_output=True, timeout=20)
        cls.server = subprocess.Popen([PROGRAM, "--data", str(cls.data), "serve", "--port", "0", "--quiet"],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = cls.server.stdout.readline()
        found = re.search(r":(\d+)", line)
        assert found, f"the server said {line!r}"
        cls.port = int(found[1])

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait(timeout=20)
        cls.server.stdout.close()
        shutil.rmtree(cls.folder)

    def browser(self, language="en"):
        return Browser(self.port, language)

    def sound(self, answer, status=200):
        """A page that is well-formed, holds what every page holds, and no script of anybody."""
        self.assertEqual(answer.status, status, answer.text[:2000])
        self.assertEqual(answer.page.wrong, [])
        tags = [tag for tag, _ in answer.page.elements]
        self.assertEqual((tags.count("h1"), tags.count("main")), (1, 1))
        ids = [a["id"] for _, a in answer.page.elements if a.get("id")]
        self.assertEqual(len(ids), len(set(ids)), [one for one in ids if ids.count(one) > 1])
        for tag, a in answer.page.elements:
            self.assertFalse([name for name in a if name.startswith("on")], (tag, a))
            self.assertNotIn("style", a)
            if tag == "script":
                self.assertTrue(a.get("src", "").startswith("/assets/") or a.get("type") == "application/ld+json", a)
            for pointer in a.get("aria-describedby", "").split():
                self.assertIn(pointer, ids)
        self.assertIn("default-src 'self'", answer.headers["Content-Security-Policy"])
        return answer

    def problems(self, answer, *fields, status=422):
        """The summary names these fields, each tied to its words."""
        self.sound(answer, status)
        addresses = [a.get("href", "") for tag, a in answer.page.elements if tag == "a"]
        links = {one[1:] for one in addresses if one.startswith("#")}
        for field in fields:
            self.assertIn(field, links)
            self.assertIn(f'id="{field}-problem"', answer.text)
        self.assertIn('role="alert"', answer.text)

    def product_fields(self, browser, path, **more):
        fields = browser.get(path).form(path)
        return fields | {"title-0": "Oval basket", "description-0": "Woven by hand.\n\nWashable.", "category": "baskets",
                         "from-0": "10", "price-0": "4.50", "from-1": "100", "price-1": "3.90", "lead_days": "14",
                         "gross": "420", "hs": "4602.19"} | more

    def test_seller(self):
        """From signing up to a product that everybody sees, changed, in conflict, and withdrawn."""
        me = self.browser()
        self.sound(me.sign_up("+254712345678"))
        self.assertEqual(self.sound(me.get("/my")).status, 200)
        opened = self.sound(me.open_shop("Kisumu Weavers", place="Kisumu", about="Thirty weavers."))
        self.assertIn("/my/shops/kisumu-weavers/sending", opened.text)
        fields = me.get("/my/shops/kisumu-weavers/sending").form("/my/shops/kisumu-weavers/sending")
        lane = [*fields.items(), ("groups", "eu"), ("groups", "everywhere")]
        lane = [(name, value) for name, value in lane if name not in ("base", "per_kg", "days_min", "days_max")]
        kept = me.post("/my/shops/kisumu-weavers/sending", [*lane, ("base", "8.00"), ("per_kg", "14"), ("days_min", "10"),
                                                            ("days_max", "25"), ("do", "save")])
        self.assertIn("everywhere", self.sound(kept).text)

        new = "/my/shops/kisumu-weavers/new"
        fields = self.product_fields(me, new, do="live")
        photos = [("photos", "one.png", "image/png", png(40, 30, (200, 120, 10))),
                  ("photos", "two.png", "image/png", png(30, 40, (10, 120, 200)))]
        live = self.sound(me.post_files(new, fields, photos))
        self.assertIn("Everybody sees it now.", live.text)
        address = next(form["action"] for form in live.page.forms if form["action"].startswith("/my/goods/"))
        product = address.rsplit("/", 1)[1]
        self.assertEqual(len([1 for name in live.form(address) if name.startswith("photo-")]), 2)

        public = self.sound(self.browser().get(f"/goods/{product}"))
        self.assertIn("Oval basket", public.text)
        pictures = re.findall(r"/photos/[0-9a-f]{64}-640\.jpg", public.text)
        self.assertEqual(len(set(pictures)), 2)
        picture = self.browser().get(pictures[0])
        self.assertEqual((picture.status, picture.headers["Content-Type"]), (200, "image/jpeg"))
        # What is still to be made is shown as a JPEG for a while; nobody is refused for it.
        kinds = set()
        for name in pictures:
            other = self.browser().get(name.replace(".jpg", ".webp"))
            self.assertEqual(other.status, 200)
            kinds.add((other.headers["Content-Type"], other.headers["Cache-Control"]))
        self.assertLessEqual(kinds, {("image/webp", "public, max-age=31536000"), ("image/jpeg", "public, max-age=60")})

        # The answer was lost on the way, so it is sent again: it is one product. Other words make another.
        again = self.sound(me.post_files(new, fields, photos))
        self.assertIn("Everybody sees it now.", again.text)
        self.assertIn(address, [form["action"] for form in again.page.forms])
        listed = me.get("/my/shops/kisumu-weavers").text
        self.assertEqual(len(set(re.findall(r"/my/goods/[0-9a-z]{26}", listed))), 1)
        second = self.sound(me.post_files(new, fields | {"title-0": "Round basket", "do": "draft"}, photos))
        other = next(form["action"] for form in second.page.forms if form["action"].startswith("/my/goods/"))
        self.assertNotEqual(other, address)
        # A draft that is sent again to be seen is seen.
        self.assertIn("Everybody sees it now.",
                      self.sound(me.post_files(new, fields | {"title-0": "Round basket"}, photos)).text)
        listed = me.get("/my/shops/kisumu-weavers").text
        self.assertEqual(len(set(re.findall(r"/my/goods/[0-9a-z]{26}", listed))), 2)
        self.sound(me.post_files(new, fields | {"sheet": "../../etc", "title-0": "Third", "do": "draft"}, []))
        # A change that is sent again is no conflict with itself.
        change = me.get(other).form(other) | {"title-0": "Round basket, small", "do": "live"}
        for _ in range(2):
            self.assertIn("Everybody sees it now.", self.sound(me.post_files(other, change, [])).text)
        self.assertIn(f"{other}?version=2", me.get(f"{other}/versions").text)
        self.assertNotIn(f"{other}?version=4", me.get(f"{other}/versions").text)

        # Two open the same version; the second to save is told of the first, and loses nothing.
        first, second = me.get(address).form(address), me.get(address).form(address)
        saved = self.sound(me.post_files(address, first | {"title-0": "Oval basket, large", "do": "live"}, []))
        self.assertIn("Everybody sees it now.", saved.text)
        clash = self.sound(me.post_files(address, second | {"price-0": "4.75", "do": "live"}, []), 409)
        self.assertIn("Oval basket, large", clash.text)
        self.assertEqual(clash.form(address)["price-0"], "4.75")
        again = self.sound(me.post_files(address, clash.form(address) | {"do": "live"}, []))
        self.assertEqual(again.form(address)["title-0"], "Oval basket")
        self.assertIn("4.75", self.sound(self.browser().get(f"/goods/{product}")).text)

        versions = self.sound(me.get(f"{address}/versions"))
        self.assertIn(f"{address}?version=1", versions.text)
        self.assertEqual(self.sound(me.get(f"{address}?version=1")).form(address)["price-0"], "4.50")

        swapped = again.form(address) | {"place-0": "2", "place-1": "1", "alt-0": "From above", "do": "draft"}
        kept = self.sound(me.post_files(address, swapped, []))
        self.assertEqual(kept.form(address)["photo-1"], again.form(address)["photo-0"])
        self.assertEqual(kept.form(address)["alt-1"], "From above")
        gone = self.sound(me.post_files(address, kept.form(address) | {"remove-0": "yes", "do": "draft"}, []))
        self.assertNotIn("photo-1", gone.form(address))

        self.sound(me.post_files(address, gone.form(address) | {"do": "withdraw"}, []))
        self.assertIn("does not offer this any more", self.sound(self.browser().get(f"/goods/{product}")).text)
        listed = self.sound(me.get("/my"))
        self.assertIn("withdrawn", listed.text)

        self.sound(me.get(f"{address}/countries"))
        code = self.sound(me.get(f"{address}/code?words=sisal+basket"))
        self.assertIn("words", [a.get("name") for _, a in code.page.elements])
        # Of many proposals the first few are shown; what is typed is found again by who goes back.
        vague = self.sound(me.get(f"{address}/code?words=thing+of+wood"))
        self.assertLessEqual(len(re.findall(r'name="code" value="\d+"', vague.text)), 5)
        for form in (address, "/my/shops/kisumu-weavers/new"):
            self.assertEqual(me.get(form).headers["Cache-Control"], "private, no-cache", form)

    def test_where_one_is_signed_in(self):
        """A browser is called as its owner calls it; a program by its own name."""
        told = {
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile "
            "Safari/537.36": "Chrome on Android",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "
            "Safari/537.36 Edg/131.0.0.0": "Edge on Windows",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
            "Mobile/15E148 Safari/604.1": "Safari on iPhone",
            "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 "
            "Chrome/121.0.0.0 Mobile Safari/537.36": "Samsung Internet on Android",
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": "Firefox on Linux",
            "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80 (S60; SymbOS)) Presto/2.12": "Opera Mini",
            "curl/7.88.1": "curl",
        }
        me = self.browser()
        self.sound(me.sign_up("whereabouts@example.org"))
        for agent in told:
            other = self.browser()
            other.post("/sign-in", {"contact": "whereabouts@example.org", "password": PASSWORD},
                       headers={"User-Agent": agent})
        text = re.sub("[\u2066-\u2069]", "", self.sound(me.get("/me")).text)
        for words in told.values():
            self.assertIn(f"<bdi>{words}</bdi>", text)
        self.assertNotIn("Mozilla", text)

    def test_refused_input(self):
        """What is wrong is named at its field, what was typed stays, and photos are not sent twice."""
        me = self.browser()
        bad = me.post("/sign-up", {"name": "", "contact": "0712", "password": "kifupi", "do": "sign-up"})
        self.problems(bad, "name", "contact")
        self.assertEqual(bad.form("/sign-up")["contact"], "0712")
        self.assertNotIn("kifupi", bad.text)
        self.problems(me.post("/sign-in?back=/my", {"contact": "a@example.org", "password": "x"}), "password")
        self.sound(me.sign_up("asha@example.org"))
        self.problems(me.open_shop("", country=""), "name", "country")
        self.sound(me.open_shop("Asha Textiles", "IN"))
        self.problems(me.open_shop("Another", "IN", slug="asha-textiles"), "slug")
        new = "/my/shops/asha-textiles/new"
        fields = self.product_fields(me, new, **{"title-0": "", "price-0": "four", "from-1": "3", "gross": "-1", "hs": "12",
                                                 "description-0": "kept as it was", "do": "draft"})
        answer = me.post_files(new, fields, [("photos", "a.png", "image/png", png(20, 20, (1, 2, 3))),
                                             ("photos", "b.png", "image/png", b"no picture")])
        self.problems(answer, "title-0", "price-0", "gross", "hs", "photos")
        self.assertIn("kept as it was", answer.text)
        again = answer.form(new)
        self.assertIn("photo-0", again)
        self.assertEqual(again["price-0"], "four")
        drafted = self.sound(me.post_files(new, again | {"title-0": "Shawl", "price-0": "", "from-1": "", "price-1": "",
                                                         "gross": "", "hs": "", "do": "live"}, []), 422)
        self.assertIn("kept as a draft", drafted.text)
        address = next(form["action"] for form in drafted.page.forms if form["action"].startswith("/my/goods/"))
        self.assertIn("photo-0", me.get(address).form(address))
        self.assertEqual(self.browser().get("/goods/" + address.rsplit("/", 1)[1]).status, 404)

    def test_strangers(self):
        """What is another's is not there; forms need their secret; a session that ended asks to sign in."""
        owner, other = self.browser(), self.browser()
        self.sound(owner.sign_up("owner@example.org"))
        self.sound(owner.open_shop("Owner Shop"))
        new = "/my/shops/owner-shop/new"
        kept = self.sound(owner.post_files(new, self.product_fields(owner, new, do="draft"), []))
        address = next(form["action"] for form in kept.page.forms if form["action"].startswith("/my/goods/"))
        self.sound(other.sign_up("other@example.org"))
        for path in (address, f"{address}/versions", f"{address}/code", f"{address}/countries", "/my/shops/owner-shop",
                     "/my/shops/owner-shop/about", "/my/shops/owner-shop/sending", "/my/shops/owner-shop/files",
                     "/my/shops/owner-shop/export?kind=own-csv", new):
            with self.subTest(path=path):
                self.assertEqual(other.get(path).status, 404)
        secret = other.get("/me").form("/sign-out")["form"]
        stolen = kept.form(address) | {"form": secret, "title-0": "Mine now", "do": "live"}
        self.assertEqual(other.post_files(address, stolen, []).status, 404)
        self.assertEqual(other.post("/my/shops/owner-shop/about", {"form": secret, "name": "x"}).status, 404)
        self.assertNotIn("Mine now", owner.get(address).text)
        for path in ("/operate/users", "/operate/books", "/operate/trail"):
            self.assertEqual(other.get(path).status, 403)

        fields = kept.form(address) | {"title-0": "Forged", "do": "draft"}
        self.assertEqual(owner.post_files(address, fields | {"form": "0" * len(fields["form"])}, []).status, 403)
        self.assertEqual(owner.post_files(address, fields | {"form": secret}, []).status, 403)
        forged = owner.post("/me/name", {"form": fields["form"], "name": "Forged", "language": "en"},
                            headers={"Sec-Fetch-Site": "cross-site"})
        self.assertEqual(forged.status, 403)
        self.assertNotIn("Forged", owner.get(address).text + owner.get("/me").text)

        session = dict(owner.cookies)
        self.assertEqual(owner.post("/sign-out", {"form": fields["form"]}).status, 200)
        self.assertNotIn("session", owner.cookies)
        owner.cookies = session
        answer = owner.post_files(address, fields, [], follow=False)
        self.assertEqual((answer.status, answer.location.split("?")[0]), (303, "/sign-in"))
        signed = owner.post(answer.location, {"contact": "owner@example.org", "password": PASSWORD}, follow=False)
        self.assertEqual((signed.status, signed.location), (303, address))
        for back in ("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
            query = urllib.parse.urlencode({"back": back})
            signed = self.browser().post(f"/sign-in?{query}", {"contact": "owner@example.org", "password": PASSWORD},
                                         follow=False)
            self.assertEqual((signed.status, signed.location), (303, "/"))

    def test_probes(self):
        """Markup in every field comes back as text."""
        me = self.browser()
        self.sound(me.sign_up("probe@example.org", name=PROBE))
        self.sound(me.get("/me"))
        self.sound(me.post("/sign-in?back=" + urllib.parse.quote(PROBE), {"contact": PROBE, "password": PROBE}), 422)
        self.sound(me.open_shop(PROBE, place=PROBE, about=PROBE, slug="probe-shop"))
        for path in ("/my", "/my/shops/probe-shop/about", "/my/shops/probe-shop/sending", "/my/shops/probe-shop/files",
                     "/shops/probe-shop"):
            self.assertNotIn("<script>alert", self.sound(me.get(path)).text)
        new = "/my/shops/probe-shop/new"
        blank = me.get(new).form(new)
        texts = [name for name in blank if name not in ("form", "version", "numbers", "unit", "currency")]
        wrong = me.post_files(new, blank | {name: PROBE for name in texts} | {"do": "draft"},
                              [("photos", "x.png", "image/png", b"<script>alert(1)</script>")])
        self.assertNotIn("<script>alert", self.sound(wrong, 422).text)
        right = self.product_fields(me, new, **{"title-0": PROBE, "description-0": PROBE, "terms_place": PROBE,
                                                "sku": PROBE[:60], "do": "live"})
        kept = self.sound(me.post_files(new, right, [("photos", "a.png", "image/png", png(9, 9, (0, 0, 0)))]))
        address = next(form["action"] for form in kept.page.forms if form["action"].startswith("/my/goods/"))
        self.assertEqual(kept.form(address)["title-0"], PROBE)
        self.sound(me.post_files(address, kept.form(address) | {"alt-0": PROBE, "do": "live"}, []))
        product = address.rsplit("/", 1)[1]
        for path in (address, f"{address}/versions", f"{address}/countries", f"/goods/{product}", "/my",
                     f"{address}/code?" + urllib.parse.urlencode({"words": PROBE})):
            with self.subTest(path=path):
                self.assertNotIn("<script>alert", self.sound(me.get(path)).text)

    def test_other_countries(self):
        """A page that has more to show names few countries; all others are one choice away, and what was chosen stays."""
        me = self.browser("sw")
        home = self.sound(me.get("/"))
        few = re.findall(r'<option value="([A-Z]{2})"', home.text)
        self.assertLess(len(few), 30)
        self.assertIn("DE", few)
        self.assertIn("TZ", few)
        self.assertEqual(len(few), len(set(few)))
        fields = home.form("/door") | {"to": "other", "buyer": "business"}
        asked = me.ask("POST", "/door", urllib.parse.urlencode(fields | {"back": "https://evil.example/"}),
                       {"Content-Type": "application/x-www-form-urlencoded"}, follow=False)
        self.assertEqual(asked.location, "/door?back=%2F&buyer=business")
        more = self.sound(me.post("/door", fields))
        self.assertGreater(len(re.findall(r'<option value="[A-Z]{2}"', more.text)), 240)
        self.assertNotIn('value="other"', more.text)
        self.assertEqual(more.form("/door") | {"to": ""}, {"back": "/search", "to": "", "buyer": "business"})
        # Papua New Guinea, of which no rules are here: goods are shown without a price there.
        shown = self.sound(me.post("/door", more.form("/door") | {"to": "PG"}))
        self.assertIn('<option value="relevance" selected>', shown.text)
        self.sound(me.get("/search?order=delivered"))
        self.assertIn('<option value="PG" selected>', self.sound(me.get("/")).text)

    def test_urdu(self):
        """The same from the right, with the digits of Urdu."""
        me = self.browser("ur")
        self.assertIn('lang="ur" dir="rtl"', self.sound(me.get("/sign-up")).text)
        self.sound(me.sign_up("+923001234567", name="زینب"))
        opened = self.sound(me.open_shop("زینب کی دکان", "PK"))
        self.assertIn('dir="rtl"', opened.text)
        self.assertIn("زینب کی دکان", opened.text)
        slug = re.search(r"/my/shops/(shop-pk-[0-9a-z]{4})", opened.text)[1]
        new = f"/my/shops/{slug}/new"
        fields = self.product_fields(me, new, **{"title-0": "ہاتھ سے بنی شال", "from-0": "۱۰", "price-0": "۱۲٫۵۰",
                                                 "from-1": "", "price-1": "", "gross": "۴۲۰", "lead_days": "۱۴",
                                                 "do": "live"})
        self.assertEqual(fields["language-0"], "ur")
        live = self.sound(me.post_files(new, fields, [("photos", "a.png", "image/png", png(16, 16, (90, 0, 0)))]))
        address = next(form["action"] for form in live.page.forms if form["action"].startswith("/my/goods/"))
        public = self.sound(self.browser("ur").get("/goods/" + address.rsplit("/", 1)[1]))
        self.assertIn('dir="rtl"', public.text)
        self.assertIn("12.50", public.text)
        self.assertIn("(عدد)", public.text)
        self.assertIn("ہاتھ سے بنی شال", public.text)
        wrong = me.post_files(address, live.form(address) | {"title-0": ""}, [])
        self.problems(wrong, "title-0")
        self.assertIn('dir="rtl"', wrong.text)

    def test_numbers_in_another_language(self):
        """A form is read with the signs of the language it was shown in, whatever the page speaks by then."""
        me = self.browser("es")
        self.sound(me.sign_up("es@example.org"))
        self.sound(me.open_shop("Tienda", "KW", currency="KWD"))
        new = "/my/shops/tienda/new"
        fields = self.product_fields(me, new, **{"currency": "KWD", "price-0": "1,234", "price-1": "", "from-1": "",
                                                 "do": "draft"})
        me.language = "en"
        me.cookies["lang"] = "en"
        kept = self.sound(me.post_files(new, fields, []))
        address = next(form["action"] for form in kept.page.forms if form["action"].startswith("/my/goods/"))
        self.assertEqual(me.get(address).form(address)["price-0"], "1.234")

    def test_account(self):
        """Name, password, contact, sessions, keys."""
        me = self.browser()
        self.sound(me.sign_up("me@example.org"))
        fields = me.get("/me/name").form("/me/name")
        self.assertIn("Achieng", self.sound(me.post("/me/name", fields | {"name": "Achieng", "language": "sw"})).text)
        self.assertIn('lang="sw"', me.get("/me").text)
        self.sound(me.get("/me?lang=en"))
        wrong = me.post("/me/password", fields | {"old_password": "not it at all", "new_password": PASSWORD + " tano"})
        self.problems(wrong, "old_password")
        other = self.browser()
        other.post("/sign-in", {"contact": "me@example.org", "password": PASSWORD})
        self.sound(me.post("/me/password", fields | {"old_password": PASSWORD, "new_password": PASSWORD + " tano"}))
        self.assertEqual(other.get("/me", follow=False).location.split("?")[0], "/sign-in")
        other.post("/sign-in", {"contact": "me@example.org", "password": PASSWORD + " tano"})
        self.sound(other.get("/me"))
        session = re.search(r'name="session" value="([0-9a-z]{26})"', me.get("/me").text)[1]
        self.sound(me.post("/me/sessions", {"form": fields["form"], "session": session}))
        self.assertEqual(other.get("/me", follow=False).status, 303)

        key = me.get("/me/keys").form("/me/keys") | {"name": "our shop", "scopes": "products:read"}
        self.problems(me.post("/me/keys", key | {"password": "wrong wrong"}), "password")
        made = self.sound(me.post("/me/keys", key | {"password": PASSWORD + " tano"}))
        text = re.search(r"ark_[0-9A-Za-z_-]+", made.text)[0]
        self.assertEqual(made.headers["Cache-Control"], "no-store")
        self.assertNotIn(text, me.get("/me").text)
        api = self.browser()
        # What the key is for, and not the account itself.
        shops = api.get("/api/v1/shops", headers={"Authorization": f"Bearer {text}"})
        self.assertEqual(shops.status, 200)
        self.assertEqual(api.get("/api/v1/account", headers={"Authorization": f"Bearer {text}"}).status, 403)
        api.cookies["session"] = text
        self.assertEqual(api.get("/me", follow=False).status, 303, "a key opens no page of one's own")
        ended = re.search(r'name="key" value="([0-9a-z]{26})"', me.get("/me").text)[1]
        # Every scope that the API knows is offered, and a key that is made here does what it says.
        offered = {a["value"] for tag, a in me.get("/me/keys").page.elements if a.get("name") == "scopes"}
        document = json.loads(api.get("/api/openapi.json").text)
        self.assertEqual(offered, set(document["components"]["schemas"]["NewKey"]["properties"]["scopes"]["items"]["enum"]))
        reader = self.browser()
        for scope, path in (("deals:read", "/api/v1/orders"), ("money:read", "/api/v1/money/accounts")):
            made = me.post("/me/keys", key | {"scopes": scope, "password": PASSWORD + " tano"})
            bearer = {"Authorization": "Bearer " + re.search(r"ark_[0-9A-Za-z_-]+", made.text)[0]}
            self.assertEqual(reader.get(path, headers=bearer).status, 200, scope)
            self.assertEqual(reader.get("/api/v1/webhooks", headers=bearer).status, 403, scope)
        self.sound(me.post("/me/keys/end", {"form": fields["form"], "key": ended}))
        self.assertEqual(api.get("/api/v1/account", headers={"Authorization": f"Bearer {text}"}).status, 401)

        sent = me.get("/forgotten").form("/forgotten")
        known = self.browser().post("/forgotten", sent | {"contact": "me@example.org", "do": "code"})
        unknown = self.browser().post("/forgotten", sent | {"contact": "no@example.org", "do": "code"})
        self.assertEqual(known.text.replace("me@example.org", ""), unknown.text.replace("no@example.org", ""))
        self.problems(self.browser().post("/forgotten", sent | {"contact": "me@example.org", "code": "00000000",
                                                                "password": PASSWORD + " sita", "do": "set"}), "code")

    def test_counter(self):
        """A member lets a clerk act with a PIN, sees what was done, and takes it back."""
        me, clerk = self.browser("sw"), self.browser()
        self.sound(me.sign_up("amina@example.org", name="Amina"))
        self.assertEqual(me.get("/counter").status, 403, "members act for nobody")
        self.sound(clerk.post("/sign-in?back=/counter", {"contact": "clerk@example.org", "password": PASSWORD}))
        blank = self.sound(clerk.get("/counter")).form("/counter")
        wanted = blank | {"contact": "amina@example.org", "purposes": "products:write", "minutes": "60"}
        none = clerk.post("/counter", wanted | {"pin": "482915"})
        self.problems(none, "pin")

        pin = self.sound(me.get("/me/pin")).form("/me/pin")
        self.problems(me.post("/me/pin", pin | {"pin": "482915", "password": "not it"}), "password")
        self.problems(me.post("/me/pin", pin | {"pin": "111111", "password": PASSWORD}), "pin")
        self.assertIn("PIN imewekwa.", self.sound(me.post("/me/pin", pin | {"pin": "482915", "password": PASSWORD})).text)

        wrong = clerk.post("/counter", wanted | {"pin": "482916"})
        self.problems(wrong, "pin")
        self.assertNotIn("482916", wrong.text)
        nobody = clerk.post("/counter", wanted | {"contact": "nobody@example.org", "pin": "482916"})
        told = [re.findall(r'class="problem"[^>]*>([^<]*)', one.text) for one in (none, wrong, nobody)]
        self.assertEqual((told[0], told[1]), (told[1], told[2]))
        self.assertNotIn("Amina", wrong.text, "not whose contact it is")
        self.problems(clerk.post("/counter", {**wanted, "pin": "482915", "purposes": "accounts:write"}), "purposes")
        self.problems(clerk.post("/counter", {**wanted, "pin": "482915", "minutes": "100000"}), "minutes")

        acting = self.sound(clerk.post("/counter", wanted | {"pin": "482915"}))
        self.assertRegex(acting.text, "You act for .*Amina")
        self.assertEqual(clerk.open_shop("Amina Baskets").status, 403, "only what was consented to")
        both = [*(wanted | {"pin": "482915"}).items(), ("purposes", "shops:write")]
        self.sound(clerk.post("/counter", both))
        self.sound(clerk.open_shop("Amina Baskets"))
        self.assertIn("Amina Baskets", self.sound(me.get("/my")).text)
        new = "/my/shops/amina-baskets/new"
        live = self.sound(clerk.post_files(new, self.product_fields(clerk, new, do="live"), []))
        self.assertIn("You act for", live.text)
        self.assertNotIn("Amina Baskets", self.sound(clerk.get("/me")).text)
        self.assertIn("Published a product", self.sound(clerk.get("/counter")).text)

        helped = self.sound(me.get("/me/helpers"))
        for words in ("Otieno", "Amechapisha bidhaa", "Amefungua duka", "Ruhusa imetolewa kwa PIN"):
            self.assertIn(words, helped.text)
        kept = dict(clerk.cookies)
        end = clerk.get("/counter").form("/counter/end")
        alone = self.sound(clerk.post("/counter/end", end))
        self.assertNotIn("/counter/end", alone.text)
        self.assertNotIn("Amina Baskets", self.sound(clerk.get("/my")).text)
        member = dict(alone.page.forms[-1]["buttons"])["member"]
        self.assertIn("Amina Baskets", self.sound(clerk.post("/counter/act", end | {"member": member})).text)

        taken = helped.form("/me/helpers")
        button = dict(next(form for form in helped.page.forms if form["action"] == "/me/helpers")["buttons"])
        self.assertIn("Hawezi tena", self.sound(me.post("/me/helpers", taken | button)).text)
        # Also with the cookie of before, and whoever sets it by hand.
        for cookies in (dict(clerk.cookies), kept):
            clerk.cookies = cookies
            self.assertNotIn("Amina Baskets", self.sound(clerk.get("/my")).text)
            self.assertNotIn("acting", clerk.cookies)
        self.assertEqual(clerk.get("/my/shops/amina-baskets").status, 404)
        self.assertEqual(clerk.post("/counter/act", end | {"member": member}).status, 403)
        stranger = self.browser()
        self.sound(stranger.sign_up("stranger@example.org"))
        stranger.cookies["acting"] = member
        self.assertNotIn("Amina Baskets", self.sound(stranger.get("/my")).text)

    def test_leaving(self):
        """What is kept is told to everybody; a copy and the end of an account want the password."""
        me = self.browser()
        for language in ("en", "fr", "es", "pt", "ar", "sw", "ur", "zh", "hi", "bn"):
            self.sound(self.browser(language).get("/privacy"))
        self.assertIn("/privacy", self.sound(me.get("/sign-up")).text)
        self.sound(me.sign_up("leaving@example.org", name="Njoki"))
        self.sound(me.open_shop("Njoki Shop"))
        new = "/my/shops/njoki-shop/new"
        live = self.sound(me.post_files(new, self.product_fields(me, new, do="live"), []))
        address = next(form["action"] for form in live.page.forms if form["action"].startswith("/my/goods/"))
        copy, leave = me.get("/me/copy").form("/me/copy"), me.get("/me/leave").form("/me/leave")
        self.problems(me.post("/me/copy", copy | {"password": "not it"}), "password")
        self.problems(me.post("/me/leave", leave | {"password": "not it"}), "password")
        taken = me.post("/me/copy", copy | {"password": PASSWORD})
        self.assertEqual((taken.headers["Content-Type"], taken.headers["Cache-Control"]), ("application/json", "no-store"))
        kept = json.loads(taken.text)
        self.assertEqual((kept["name"], kept["contacts"][0]["contact"]), ("Njoki", "leaving@example.org"))
        self.assertEqual(kept["shops"][0]["products"][0]["texts"][0]["title"], "Oval basket")
        self.assertIn("shop.make", [one["verb"] for one in kept["done"]])
        self.sound(me.post("/me/leave", leave | {"password": PASSWORD}))
        self.assertNotIn("session", me.cookies)
        self.assertIn("does not offer this any more",
                      self.sound(self.browser().get("/goods/" + address.rsplit("/", 1)[1])).text)
        self.problems(me.post("/sign-in", {"contact": "leaving@example.org", "password": PASSWORD}), "password")

    def test_refusals_speak_the_language(self):
        """What a form refuses is told in the language of the page, also where only the hub knows why."""
        for language in ("ur", "fr", "zh"):
            me = self.browser(language)
            contact = f"words-{language}@example.org"
            self.sound(me.sign_up(contact))
            self.sound(me.open_shop("Words", slug=f"words-{language}"))
            new = f"/my/shops/words-{language}/new"
            about = f"/my/shops/words-{language}/about"
            fields = self.product_fields(me, new)
            answers = [
                me.post_files(new, fields | {"sku": "x" * 200, "do": "draft"}, []),
                me.post_files(new, fields | {"origin": "ZZ", "do": "draft"}, []),
                me.post_files(new, fields | {"unit": "nothing", "do": "draft"}, []),
                me.post_files(new, fields | {"category": "nothing", "do": "draft"}, []),
                me.post_files(new, fields | {"title-0": "a\u0001b", "do": "draft"}, []),
                me.post_files(new, fields | {"terms": "XXX", "do": "draft"}, []),
                me.post(about, me.get(about).form(about) | {"place": "p" * 3000}),
                me.post(about, me.get(about).form(about) | {"slug": "-no-"}),
                me.post("/sign-in", {"contact": "x", "password": "y"}),
                me.post("/forgotten", {"contact": "0712", "do": "code"}),
                me.get("/goods/nothing"), me.get("/my/goods/nothing"), me.get("/counter"), me.get("/operate/users"),
                me.post("/me/name", {"form": "no", "name": "x"}),
                me.get("/search?q=" + "a" * 2000), me.get("/search?after=nonsense"),
            ]
            for number, answer in enumerate(answers):
                main = answer.text[answer.text.index("<main"):answer.text.index("</main>")]
                said = " ".join(re.findall(r'class="(?:problem|lead)"[^>]*>([^<]*)<', main)
                                + re.findall(r'class="errors".*?</ul>', main, re.S))
                words = re.findall(r"\b(?:the|is|not|with|must|expected|there|your|has|at most|of|and)\b",
                                   re.sub(r"<[^>]*>", " ", said))
                self.assertEqual(words, [], (language, number, said))

    def test_files(self):
        """Looked at first, then imported for real, and taken out again."""
        me = self.browser()
        self.sound(me.sign_up("files@example.org"))
        self.sound(me.open_shop("File Shop"))
        files = "/my/shops/file-shop/files"
        table = ("Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Price\n"
                 "kiondo,Kiondo,A basket,x,Title,Default Title,K-1,400,12.50\n"
                 "mat,Mat,A mat,x,Title,Default Title,M-1,400,nine\n").encode()
        fields = self.sound(me.get(files)).form(files)
        self.problems(me.post_files(files, fields | {"do": "try"}, []), "files")
        tried = self.sound(me.post_files(files, fields | {"do": "try"}, [("files", "shopify.csv", "text/csv", table)]))
        self.assertIn("1 product is new", tried.text)
        self.assertNotIn("Kiondo", me.get("/my").text)
        ready = next(form for form in tried.page.forms if ("do", "import") in form["buttons"])
        done = self.sound(me.post(files, ready["fields"] + [("do", "import")]))
        self.assertIn("1 product is kept", done.text)
        self.assertIn("Kiondo", self.sound(me.get("/my")).text)
        taken = me.get("/my/shops/file-shop/export?kind=own-csv")
        self.assertEqual(taken.status, 200)
        self.assertIn("K-1", taken.text)
        twice = me.post(files, ready["fields"] + [("do", "import")])
        self.problems(twice, "files")

    def test_operator(self):
        """Only operators, and only with a second factor: users, roles, books, the trail."""
        me, member = self.browser(), self.browser()
        self.sound(me.post("/sign-in", {"contact": "operator@example.org", "password": PASSWORD}))
        self.sound(member.sign_up("member@example.org", name="Njeri"))
        self.assertEqual(me.get("/operate/users").status, 403, "a password alone makes no operator")
        begin = me.get("/me/second-factor").form("/me/second-factor")
        self.problems(me.post("/me/second-factor", begin | {"password": "not it", "do": "begin"}), "password")
        shown = self.sound(me.post("/me/second-factor", begin | {"password": PASSWORD, "do": "begin"}))
        confirm = shown.form("/me/second-factor")
        self.problems(me.post("/me/second-factor", confirm | {"code": "000000", "do": "confirm"}), "code")
        at = time.time()
        right = confirm | {"code": digits_of(confirm["secret"], at), "do": "confirm"}
        codes = self.sound(me.post("/me/second-factor", right))
        recovery = re.findall(r"<code><bdi>([^<]+)</bdi></code>", codes.text)
        self.assertEqual(len(recovery), 10)
        me.post("/sign-out", {"form": begin["form"]})
        waiting = me.post("/sign-in?back=/operate/users", {"contact": "operator@example.org", "password": PASSWORD})
        self.assertNotIn("session", me.cookies)
        self.problems(me.post("/sign-in/second", {"code": "123"}), "code")
        self.assertIn("second", me.cookies)
        users = self.sound(me.post("/sign-in/second?back=/operate/users",
                                   waiting.form("/sign-in/second") | {"code": recovery[0]}))
        self.assertIn("Njeri", users.text)
        self.assertNotIn("member@example.org", users.text, "lists veil how people are reached")
        found = self.sound(me.get("/operate/users?contact=member@example.org"))
        address = re.search(r"/operate/users/[0-9a-z]{26}", found.text)[0]
        secret = me.get("/me").form("/sign-out")["form"]
        given = self.sound(me.post(address, {"form": secret, "role": "broker", "do": "give"}))
        self.assertIn('value="take"', given.text)
        self.assertEqual(member.post(address, {"form": secret, "role": "operator", "do": "give"}).status, 403)
        self.sound(me.get("/operate/books"))
        trail = self.sound(me.get("/operate/trail?contact=operator@example.org"))
        self.assertRegex(trail.text, r"role\.|grant")
        self.problems_in_filter(me.get("/operate/trail?from=yesterday"), "from")

    def problems_in_filter(self, answer, field):
        self.sound(answer, 422)
        self.assertIn(f'href="#{field}"', answer.text)


if __name__ == "__main__":
    if not pathlib.Path(PROGRAM).exists():
        sys.exit(f"there is no program {PROGRAM}")
    unittest.main(verbosity=1)
