#!/usr/bin/env python3
"""Every destination answers: what do these goods cost there, with which tax, by which law and since when."""
import csv
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tomllib
import unittest
from decimal import Decimal

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
SHARED = pathlib.Path(os.environ.get("ALLROADS_SHARED_DATA") or SOURCE / "../shared/data")
PROGRAM = os.environ.get("ALLROADS_BIN") or str(SOURCE / "build/release/allroads")
DAY = "2026-11-25"
GOODS = {"cotton T-shirt": "610910", "basket": "460219", "roasted coffee": "090121"}
DESTINATIONS = 90
# No tax on value at the border: said so by the federal law, by silence.
NO_VAT = {"US", "PR"}
# The rate itself is left open, with the law that decides.
RATE_OPEN = {"BR", "IN", "LR", "TD"}
# Rates that both the law and the list of the European Union agree on are held to the list.
RATES = "vat/eu_vat_rates_ibericode.json"


def markets():
    """{country: market} of the packs that ship: a country's own pack stands before that of its union."""
    own, union = {}, {}
    for path in sorted((SOURCE / "packs").glob("*/pack.toml")):
        about = tomllib.loads(path.read_text(encoding="utf-8")).get("market")
        if about:
            where = own if about["code"] in about["members"] else union
            where.update((member, about) for member in about["members"])
    return union | own


def question(country, currency, goods, hs, **changes):
    item = {"hs": hs, "price": "300000", "price_currency": currency, "quantity": "100", "net_kg": "60",
            "gross_kg": "70"}
    return {"id": f"{country} {goods}", "from": "KE", "to": country, "date": DAY, "road": "sea",
            "freight": {"amount": "20000", "currency": currency}, "goods": [item | changes.pop("item", {})],
            "fx": {f"USD/{currency}": "1"} if currency != "USD" else {}} | changes


def ask(questions):
    text = "".join(json.dumps(each) + "\n" for each in questions)
    done = subprocess.run([PROGRAM, "--data", "no-such-folder", "quote", "--batch", "-"], input=text,
                          capture_output=True, text=True, check=True)
    return {answer["id"]: answer for answer in map(json.loads, done.stdout.splitlines())}


def vat_of(answer):
    return [charge for charge in answer["charges"] if charge["kind"] == "vat"]


class EveryDestination(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.markets = markets()
        cls.answers = ask(question(country, about["currency"], goods, hs)
                          for country, about in cls.markets.items() for goods, hs in GOODS.items())

    def test_there_are_many(self):
        self.assertGreaterEqual(len(self.markets), DESTINATIONS)
        self.assertNotIn("AQ", self.markets)

    def test_none_is_refused_and_totals_add_up(self):
        for where, answer in self.answers.items():
            with self.subTest(where):
                self.assertIn(answer["status"], ("complete", "partial"), answer.get("errors"))
                country = where.split()[0]
                self.assertEqual(answer["currency"], self.markets[country]["currency"])
                self.assertIn(answer["customs_basis"], ("FOB", "CIF", "CFR", "EXW"))
                taxes = sum(Decimal(charge["amount"] or 0) for charge in answer["charges"])
                self.assertEqual(taxes, Decimal(answer["taxes"]))
                self.assertEqual(Decimal(answer["landed_total"]), 320000 + taxes)

    def test_each_has_its_tax_with_law_and_day(self):
        for country in self.markets:
            if country in NO_VAT:
                continue
            for goods in ("cotton T-shirt", "basket"):
                answer = self.answers[f"{country} {goods}"]
                with self.subTest(answer["id"]):
                    tax = vat_of(answer)
                    self.assertTrue(tax)
                    for key in ("ref", "title", "url", "checked_on"):
                        self.assertTrue(tax[0]["source"][key], key)
                    self.assertTrue(tax[0]["source"].get("valid_from") or tax[0]["rate"].startswith("See"))
            basket = vat_of(self.answers[f"{country} basket"])[0]
            if country not in RATE_OPEN:
                self.assertRegex(basket["rate"], r"^\d+(\.\d+)?%$", f"{country}: no standard rate")

    def test_a_country_without_rules_is_refused(self):
        answer = next(iter(ask([question("AQ", "USD", "basket", "460219")]).values()))
        self.assertEqual((answer["status"], answer["errors"][0]["code"]), ("refused", "no-market"))

    def test_rates_of_days_gone_by(self):
        for country, day, rate in (("EE", "2025-06-30", "22%"), ("EE", "2025-07-01", "24%"),
                                   ("CH", "2023-12-31", "7.7%"), ("SG", "2023-06-01", "8%"),
                                   ("FI", "2024-08-31", "24%"), ("RO", "2025-08-01", "21%"),
                                   ("IL", "2024-12-31", "17%"), ("VN", "2026-12-31", "8%")):
            currency = self.markets[country]["currency"]
            answer = ask([question(country, currency, "x", "460219", date=day)])[f"{country} x"]
            self.assertEqual([tax["rate"] for tax in vat_of(answer)], [rate], f"{country} on {day}")

    def test_small_parcels(self):
        """Where nothing is levied up to a value, and where the limit is told apart from its neighbourhood."""
        def tax(country, price, **changes):
            currency = self.markets[country]["currency"]
            asked = question(country, currency, "x", "460219", item={"price": price}, road="express",
                             buyer="consumer", freight={"amount": "10", "currency": currency}, **changes)
            return ["waived" if "waived_by" in charge else charge["rate"].split()[0]
                    for charge in vat_of(ask([asked])[f"{country} x"])]
        self.assertEqual(tax("SG", "200"), ["0%"])
        self.assertEqual(tax("SG", "390"), ["See"])
        self.assertEqual(tax("SG", "401"), ["9%"])
        self.assertEqual(tax("CH", "40"), ["waived"])
        self.assertEqual(tax("CH", "100"), ["8.1%"])
        self.assertEqual(tax("NZ", "1000"), ["0%"])
        self.assertEqual(tax("NZ", "1001"), ["15%"])
        self.assertEqual(tax("PH", "9000"), ["0%"])


class Tables(unittest.TestCase):
    def test_packs_follow_the_tables(self):
        """tools/destinations.csv and destination_measures.csv say all that the generated packs say."""
        found = importlib.util.spec_from_file_location("make_thin_packs", SOURCE / "tools/make_thin_packs.py")
        tool = importlib.util.module_from_spec(found)
        found.loader.exec_module(tool)
        for name, files in tool.packs().items():
            for file, text in files.items():
                self.assertEqual((SOURCE / "packs" / name / file).read_text(encoding="utf-8"), text,
                                 f"{name}/{file}: run tools/make_thin_packs.py")


@unittest.skipUnless((SHARED / RATES).exists(), f"skipped: no list of VAT rates at {SHARED}")
class AgainstTheList(unittest.TestCase):
    def test_standard_rates_of_the_union(self):
        items = json.loads((SHARED / RATES).read_text(encoding="utf-8"))["items"]
        compared = 0
        for country, periods in items.items():
            path = SOURCE / f"packs/{country.lower()}-taxes/measures.csv"
            if not path.exists():
                continue
            with open(path, encoding="utf-8", newline="") as file:
                rows = [row for row in csv.DictReader(file)
                        if row["kind"] == "vat" and not row["hs"] and not row["conditions"]]
            self.assertTrue(rows, country)
            newer = "9999-12-31"
            for period in sorted(periods, key=lambda each: each["effective_from"], reverse=True):
                for row in rows:
                    first, last = row["valid_from"], row["valid_to"] or "9999-12-31"
                    if first < newer and last >= period["effective_from"] and period["effective_from"] != "0000-01-01":
                        self.assertEqual(float(row["duty"].rstrip("%")), period["rates"]["standard"],
                                         f"{country}: {first} to {last}")
                        compared += 1
                newer = period["effective_from"]
            today = max(periods, key=lambda each: each["effective_from"])["rates"]["standard"]
            now = [row for row in rows if row["valid_from"] <= DAY <= (row["valid_to"] or "9999-12-31")]
            self.assertEqual([float(row["duty"].rstrip("%")) for row in now], [float(today)], country)
            compared += 1
        print(f"{compared} standard rates compared with the list of VAT rates", file=sys.stderr)
        self.assertGreaterEqual(compared, 27)


if __name__ == "__main__":
    unittest.main(verbosity=1)
