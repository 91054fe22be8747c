#!/usr/bin/env python3
"""Papers of the packs that ship: the form of every documents.csv, and questions through the program."""
import csv
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
PROGRAM = os.environ.get("ALLROADS_BIN") or str(SOURCE / "build/release/allroads")
TABLES = sorted((SOURCE / "packs").glob("*/documents.csv"))
HEADER = ("market,side,hs,origins,excluded,code,kind,name,purpose,issuer,days,cost,conditions,valid_from,valid_to,"
          "known_from,legal,title,url,checked_on,confidence")
KINDS = set("document licence certificate registration marking notice prohibition restriction exempt".split())
CONDITION = re.compile(
    r"proof=[A-Z0-9-]+|road=(post|express|air|sea|road|rail)|buyer=(consumer|business)|scheme=[a-z0-9-]+|"
    r"region=[A-Z]{2}-[A-Z0-9]+|value(<=|<|>=|>)\d+(\.\d+)?[A-Z]{3}|weight(<=|<|>=|>)\d+(\.\d+)?|"
    r"fact\.[a-z0-9-]+=(true|false)|ask=[a-z0-9-]+")
FX = {"USD/EUR": "0.9", "USD/KES": "129", "USD/GBP": "0.76", "USD/NGN": "1500", "USD/INR": "90", "USD/JPY": "150",
      "USD/CNY": "7", "USD/ZAR": "18", "USD/CAD": "1.4", "USD/AUD": "1.5", "USD/AED": "3.67"}


def rows():
    for table in TABLES:
        with open(table, encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 2):
                yield f"{table.parent.name} line {number}", row


class Form(unittest.TestCase):
    def test_there_are_tables(self):
        self.assertGreaterEqual(len(TABLES), 13)
        for table in TABLES:
            self.assertEqual(table.read_text(encoding="utf-8").splitlines()[0], HEADER, table)
            self.assertLess(table.stat().st_size, 40_000, table)

    def test_every_row_names_its_law(self):
        for where, row in rows():
            self.assertNotIn(None, row, f"{where}: fields")
            self.assertIn(row["kind"], KINDS, where)
            self.assertIn(row["side"], ("import", "export"), where)
            self.assertIn(row["confidence"], ("official", "secondary", "assumed"), where)
            self.assertRegex(row["code"], r"^[A-Z0-9-]{2,32}$", where)
            self.assertRegex(row["hs"], r"^(\d{2,12}( \d{2,12})*)?$", where)
            self.assertRegex(row["url"], r"^https?://\S+$", where)
            for column in ("name", "purpose", "legal", "title", "checked_on"):
                self.assertTrue(row[column].strip(), f"{where}: {column}")
            if row["cost"]:
                self.assertRegex(row["cost"], r"^\d+(\.\d+)? [A-Z]{3}$", where)
            for part in filter(None, row["conditions"].split(";")):
                self.assertTrue(CONDITION.fullmatch(part), f"{where}: {part}")

    def test_no_rule_stands_twice(self):
        seen = {}
        for where, row in rows():
            for hs in row["hs"].split() or [""]:
                key = (row["market"], row["side"], hs, row["code"], row["kind"], row["conditions"], row["valid_from"],
                       row["origins"])
                self.assertNotIn(key, seen, f"{where} and {seen.get(key)}")
                seen[key] = where


class Asked(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.data = pathlib.Path(cls.folder.name)
        subprocess.run([PROGRAM, "--data", str(cls.data), "books", "build", "--no-words", "--packs", str(SOURCE / "packs"),
                        "--only-packs", "--quiet"], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def ask(self, origin, to, *goods, **more):
        request = {"from": origin, "to": to, "date": "2026-11-25", "known_on": "2026-11-25", "fx": FX,
                   "goods": [{"line": str(i), "price": "500", "price_currency": "USD", **item}
                             for i, item in enumerate(goods, 1)], **more}
        done = subprocess.run([PROGRAM, "--data", str(self.data), "quote", "--batch", "-"], input=json.dumps(request),
                              capture_output=True, text=True, check=True)
        answer = json.loads(done.stdout)
        self.assertNotIn("errors", answer)
        for document in answer["documents"]:
            self.assertTrue(document["source"]["ref"] and document["source"]["url"], document)
            self.assertIn(document["needed"], ("certain", "maybe"))
            self.assertEqual(document["needed"] == "maybe", "settled_by" in document, document)
            self.assertTrue(document["lines"], document)
        keys = [(d["side"], d["code"]) for d in answer["documents"]]
        self.assertEqual(len(keys), len(set(keys)), "a code is listed once")
        return answer

    def papers(self, *args, **more):
        return {d["code"]: d for d in self.ask(*args, **more)["documents"]}

    def test_every_good_has_an_invoice(self):
        for to in "US DE GB CN JP IN ZA KE NG CA AU AE".split():
            papers = self.papers("VN", to, {"hs": "961511"})
            self.assertEqual(papers["INVOICE"]["needed"], "certain", to)
            self.assertIn("TRANSPORT", papers, to)
            self.assertEqual(papers["INVOICE"]["side"], "import")

    def test_basket_of_kenya_to_the_united_states(self):
        papers = self.papers("KE", "US", {"hs": "4602.19"})
        self.assertEqual(papers["US-LACEY"]["needed"], "maybe")
        self.assertEqual(papers["US-LACEY"]["settled_by"], "common-cultivar")
        self.assertEqual(papers["US-ORIGIN-MARK"]["kind"], "marking")
        self.assertEqual(papers["KE-X-DECLARATION"]["side"], "export")
        sisal = {"hs": "4602.19", "facts": {"common-cultivar": True}}
        self.assertNotIn("US-LACEY", self.papers("KE", "US", sisal))
        wild = {"hs": "4602.19", "facts": {"common-cultivar": False}}
        self.assertEqual(self.papers("KE", "US", wild)["US-LACEY"]["needed"], "certain")

    def test_coffee_to_germany_and_deforestation(self):
        coffee = {"hs": "0901.11"}
        self.assertNotIn("EU-EUDR", self.papers("KE", "DE", coffee))
        self.assertEqual(self.papers("KE", "DE", coffee, date="2027-02-01")["EU-EUDR"]["settled_by"],
                         "micro-or-small-importer")
        small = {**coffee, "facts": {"micro-or-small-importer": True}}
        self.assertNotIn("EU-EUDR", self.papers("KE", "DE", small, date="2027-02-01"))
        self.assertEqual(self.papers("KE", "DE", small, date="2027-07-01")["EU-EUDR"]["needed"], "certain")
        organic = {**coffee, "facts": {"sold-as-organic": True}}
        self.assertEqual(self.papers("KE", "DE", organic)["EU-ORGANIC"]["needed"], "certain")
        self.assertEqual(self.papers("KE", "DE", coffee)["EU-ORGANIC"]["settled_by"], "sold-as-organic")
        self.assertIn("KE-X-COFFEE", self.papers("KE", "DE", coffee))
        self.assertIn("ET-X-COFFEE", self.papers("ET", "DE", coffee))

    def test_honey_to_the_union(self):
        papers = self.papers("ET", "FR", {"hs": "0409.00"})
        for code in ("EU-HONEY-LIST", "EU-HONEY-CERT", "EU-CHED-P"):
            self.assertEqual(papers[code]["needed"], "certain", code)

    def test_flowers_and_pineapples(self):
        self.assertEqual(self.papers("KE", "NL", {"hs": "0603.11"})["EU-PHYTO"]["needed"], "certain")
        self.assertEqual(self.papers("KE", "NL", {"hs": "0804.40"})["EU-PHYTO"]["settled_by"], "fresh")
        self.assertNotIn("EU-PHYTO", self.papers("KE", "NL", {"hs": "0804.30"}))

    def test_toys(self):
        toy = {"hs": "9503.00", "facts": {"for-children": True}}
        self.assertEqual(self.papers("IN", "US", toy)["US-CPC"]["needed"], "certain")
        self.assertEqual(self.papers("IN", "US", {"hs": "9503.00"})["US-CPC"]["settled_by"], "for-children")
        self.assertEqual(self.papers("IN", "DE", toy)["EU-TOY"]["needed"], "certain")
        self.assertEqual(self.papers("VN", "IN", toy)["IN-BIS-TOYS"]["needed"], "certain")

    def test_rosewood_guitar(self):
        guitar = {"hs": "9202.90"}
        self.assertEqual(self.papers("IN", "DE", guitar)["CITES"]["settled_by"], "cites-species")
        nigra = {**guitar, "facts": {"cites-species": True, "dalbergia": False}}
        papers = self.papers("IN", "DE", nigra)
        self.assertEqual(papers["CITES"]["needed"], "certain")
        self.assertNotIn("IN-X-VRIKSH", papers)
        self.assertEqual(self.papers("IN", "US", guitar)["US-LACEY"]["needed"], "certain")

    def test_what_the_post_does_not_carry(self):
        battery = {"hs": "8507.60"}
        answer = self.ask("VN", "DE", battery, road="post")
        self.assertEqual(answer["warnings"][0]["code"], "restricted-in-post")
        self.assertEqual(answer["documents"][0]["code"], "POST-LITHIUM")
        codes = {w["code"] for w in self.ask("VN", "DE", battery, road="sea")["warnings"]}
        self.assertFalse([code for code in codes if "restricted" in code])
        self.assertEqual(self.ask("VN", "DE", {"hs": "9503.00"}, road="post")["warnings"][0]["code"],
                         "maybe-restricted-in-post")

    def test_prohibitions_come_first_and_money_is_still_shown(self):
        answer = self.ask("VN", "NG", {"hs": "0901.11"}, {"hs": "1804.00"}, {"hs": "6309.00"})
        self.assertEqual([w["code"] for w in answer["warnings"][:2]], ["prohibited", "prohibited"])
        self.assertEqual([w["line"] for w in answer["warnings"][:2]], ["2", "3"])
        self.assertIn("Import prohibition list", answer["warnings"][0]["message"])
        self.assertTrue(answer["landed_total"])
        ivory = {"hs": "9601.10", "facts": {"elephant-ivory": True}}
        self.assertEqual(self.ask("KE", "US", ivory)["warnings"][0]["code"], "prohibited")
        self.assertEqual(self.ask("KE", "US", {"hs": "9601.10"})["warnings"][0]["code"], "maybe-prohibited")

    def test_what_may_not_leave(self):
        answer = self.ask("KE", "IN", {"hs": "0801.31"})
        self.assertEqual(answer["warnings"][0]["code"], "export-prohibited")
        self.assertIn("may not leave", answer["warnings"][0]["message"].lower())
        old = {"hs": "9703.10", "facts": {"over-100-years": True}}
        self.assertEqual(self.ask("IN", "DE", old)["warnings"][0]["code"], "export-prohibited")

    def test_one_paper_for_two_lines(self):
        papers = self.papers("KE", "US", {"hs": "0901.21"}, {"hs": "0902.40"}, {"hs": "6205.20"})
        self.assertEqual(papers["US-PRIOR-NOTICE"]["lines"], ["1", "2"])
        self.assertEqual(papers["INVOICE"]["lines"], ["1", "2", "3"])
        self.assertEqual(papers["US-TEXTILE-LABEL"]["lines"], ["3"])

    def test_value_days_and_cost(self):
        self.assertEqual(self.papers("UG", "DE", {"hs": "0901.11"})["UG-X-COFFEE"]["days"], "2")
        dear = {"hs": "9615.11", "price": "5000"}
        self.assertEqual(self.papers("VN", "AE", dear)["AE-EDAS"]["cost"], {"amount": "150", "currency": "AED"})
        self.assertNotIn("AE-EDAS", self.papers("VN", "AE", {"hs": "9615.11"}))

    def test_registration_of_food_in_china_changes_with_its_decree(self):
        coffee = {"hs": "0901.21"}
        self.assertIn("280", self.papers("ET", "CN", coffee)["CN-GACC"]["source"]["ref"])
        self.assertIn("248", self.papers("ET", "CN", coffee, date="2026-05-31")["CN-GACC"]["source"]["ref"])

    def test_plain_words(self):
        out = subprocess.run([PROGRAM, "--data", str(self.data), "quote", "--from", "KE", "--to", "US", "--hs",
                              "4602.19", "--price", "500USD", "--on", "2026-11-25"],
                             capture_output=True, text=True, check=True).stdout
        self.assertIn("Papers on arrival, United States", out)
        self.assertIn("Lacey Act declaration", out)
        self.assertIn("common-cultivar", out)
        self.assertIn("Papers on leaving, Kenya", out)
        shown = subprocess.run([PROGRAM, "--data", str(self.data), "books", "show", "US", "4602.19"],
                               capture_output=True, text=True, check=True).stdout
        self.assertIn("notice US-LACEY on import", shown)

    def test_a_mistake_is_named_with_line_and_column(self):
        with tempfile.TemporaryDirectory() as folder:
            pack = pathlib.Path(folder) / "packs/mine"
            pack.mkdir(parents=True)
            (pack / "pack.toml").write_text('[pack]\ntitle = "mine"\n', encoding="utf-8")
            (pack / "documents.csv").write_text(
                "market,code,kind,name,legal,confidence\nKE,A-1,notice,A,B,official\nKE,A-2,letter,A,B,official\n",
                encoding="utf-8")
            done = subprocess.run([PROGRAM, "--data", folder, "books", "build", "--no-words", "--packs", str(pack.parent),
                                   "--only-packs"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 4)
            self.assertIn("mine/documents.csv: line 3: bad-value: kind", done.stderr)


if __name__ == "__main__":
    unittest.main()
