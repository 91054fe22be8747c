#!/usr/bin/env python3
"""Dossiers judged through the program: the official rules where their file lies beside the clone, and hostile input."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
PROGRAM = os.environ.get("ALLROADS_BIN") or str(SOURCE / "build/release/allroads")
SHARED = pathlib.Path(os.environ.get("ALLROADS_SHARED_DATA") or SOURCE / "../shared/data")
RULES = SHARED / "uk-origin/rules_of_origin_and_units.tar.xz"
SHIRT = {
    "hs": "610910", "made_in": "BD", "to": "GB", "date": "2026-11-25", "ex_works": "3.00", "fob": "3.20",
    "currency": "GBP", "processes": ["cutting", "making-up"], "all_processes_told": True, "wholly_obtained": False,
    "drawback": False, "route": [],
    "materials": [{"name": "fabric", "hs": "600622", "origin": "CN", "value": "1.60"}],
}


def run(data, *words, text=""):
    return subprocess.run([PROGRAM, "--data", data, "origin", *words], input=text, capture_output=True, text=True)


class Origin(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.data = cls.folder.name

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def verdict(self, dossier, **changes):
        done = run(self.data, "check", "--json", text=json.dumps(dossier | changes))
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def refusal(self, text):
        done = run(self.data, "check", text=text)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def test_hostile_dossiers_are_refused_by_field(self):
        for field, value in (("hs", "61"), ("hs", "61x910"), ("made_in", "XX"), ("ex_works", "-1"), ("ex_works", 1.5),
                             ("materials", {}), ("materials", [{"value": "-1"}]), ("materials", [{}] * 201),
                             ("route", [{"what": "stored"}]), ("route", [{"country": "AE", "what": "flown"}]),
                             ("date", "2026-02-30"), ("processes", ["x"] * 51), ("unheard_of", 1)):
            self.assertIn(field, self.refusal(json.dumps(SHIRT | {field: value})), field)
        self.assertIn("bad-json", self.refusal("{"))
        self.assertIn("too-long", self.refusal(" " * 300_000))
        self.assertIn("made_in", self.refusal(json.dumps({"hs": "610910", "to": "GB"})))
        self.assertIn("no agreement", self.refusal(json.dumps(SHIRT | {"made_in": "US"})))
        self.assertIn("XX-YY", self.refusal(json.dumps(SHIRT | {"agreement": "XX-YY"})))

    def test_agreements_between_two_countries(self):
        self.assertIn("GB-DCTS-LDC", run(self.data, "agreements", "--from", "BD", "--to", "GB").stdout)
        self.assertIn("no agreement", run(self.data, "agreements", "--from", "GB", "--to", "BD").stdout)
        self.assertGreater(len(run(self.data, "agreements").stdout.splitlines()), 90)

    def test_without_product_rules_nothing_qualifies(self):
        with tempfile.TemporaryDirectory() as empty:
            done = run(empty, "check", "--json", text=json.dumps(SHIRT))
            self.assertEqual(json.loads(done.stdout)["qualifies"], "unknown")

    def test_a_file_without_rules_changes_nothing(self):
        with tempfile.TemporaryDirectory() as empty:
            done = run(empty, "import", str(SOURCE / "README.md"))
            self.assertNotEqual(done.returncode, 0)
            self.assertEqual(list(pathlib.Path(empty).iterdir()), [])


@unittest.skipUnless(RULES.exists(), f"skipped: {RULES.name} is not beside the clone")
class OfficialRules(Origin):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        done = run(cls.data, "import", str(RULES))
        assert done.returncode == 0, done.stderr
        cls.report = done.stdout
        print(done.stdout.splitlines()[-1])

    def test_shares_by_agreement(self):
        lines = self.report.splitlines()
        self.assertEqual(len(lines), 45)
        self.assertTrue(lines[-1].startswith("44 agreements, 28918 products"), lines[-1])
        self.assertGreater(float(lines[-1].split(",")[2].split("%")[0]), 71)

    def test_shirts_sewn_from_foreign_fabric_qualify_and_printed_ones_do_not(self):
        """SI 2023/557, part 2: 6101 to 6117 assembled from pieces of fabric: manufacture from fabric."""
        sewn = self.verdict(SHIRT)[0]
        self.assertEqual((sewn["agreement"], sewn["qualifies"]), ("GB-DCTS-LDC", "yes"))
        plain = [{"name": "plain shirts", "hs": "610910", "origin": "CN", "value": "1.60"}]
        printed = self.verdict(SHIRT, materials=plain, processes=["printing"])[0]
        self.assertEqual(printed["qualifies"], "unknown")
        part = next(m for m in printed["missing"] if m["fact"] == "part")["message"].split("“")[1].split("”")[0]
        printed = self.verdict(SHIRT, materials=plain, processes=["printing"], part=part)[0]
        self.assertEqual(printed["qualifies"], "no")
        self.assertEqual(printed["would_qualify_if_originating"], ["plain shirts"])

    def test_goods_that_are_repacked_on_the_way_lose_it_and_unopened_ones_keep_it(self):
        for what, answer in (("repacked", "no"), ("entered", "no"), ("stored", "yes"), ("passed", "yes")):
            verdict = self.verdict(SHIRT, route=[{"country": "AE", "what": what}])[0]
            self.assertEqual(verdict["qualifies"], answer, what)
        unknown = self.verdict({key: value for key, value in SHIRT.items() if key != "route"})[0]
        self.assertEqual((unknown["qualifies"], [m["fact"] for m in unknown["missing"]]), ("unknown", ["route"]))

    def test_roasted_coffee_of_kenya(self):
        """United Kingdom and Kenya, chapter 9: the materials of that chapter are wholly obtained."""
        def roasted(**beans):
            green = [{"name": "green coffee", "hs": "090111", "value": "2.00"} | beans]
            return self.verdict(SHIRT, hs="090121", made_in="KE", materials=green, processes=["roasting"],
                                agreement="GB-KE")[0]["qualifies"]
        self.assertEqual(roasted(origin="BR", proof=False), "no")
        self.assertEqual(roasted(origin="KE", proof=True, wholly_obtained=True), "yes")
        self.assertEqual(roasted(origin="KE"), "unknown")

    def test_every_verdict_is_the_same_again(self):
        self.assertEqual(self.verdict(SHIRT), self.verdict(SHIRT))


if __name__ == "__main__":
    unittest.main()
