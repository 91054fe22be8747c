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


def quote(data, goods, **more):
    request = {"from": "BD", "to": "GB", "date": "2026-11-25", "goods": [goods]} | more
    done = subprocess.run([PROGRAM, "--data", data, "quote", "--batch", "-"], input=json.dumps(request) + "\n",
                          capture_output=True, text=True)
    return json.loads(done.stdout)


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

    def test_what_nobody_told_is_asked_in_at_most_five_questions(self):
        bare = {"hs": "940360", "made_in": "BD", "to": "DE", "date": "2026-11-25"}
        for verdict in self.verdict(bare):
            self.assertEqual(verdict["qualifies"], "unknown", verdict["agreement"])
            self.assertLessEqual(len(verdict["questions"]), 5)
            self.assertTrue(all(question["message"] for question in verdict["questions"]))
        three = [{"hs": "940391"}, {"hs": "940391", "name": "hinges"}, {"hs": "940399"}]
        verdict = self.verdict(bare, materials=three)[0]
        grouped = [question for question in verdict["questions"] if question["fact"] == "origin"]
        self.assertEqual([question["materials"] for question in grouped], [[1, 2, 3]])
        self.assertIn("hinges", grouped[0]["message"])

    def test_many_dossiers_are_answered_in_their_order(self):
        lines = "\n".join(json.dumps(one) for one in (SHIRT | {"id": "a"}, SHIRT | {"id": "b", "hs": "61"},
                                                      SHIRT | {"id": "c"})) + "\n{\n"
        done = run(self.data, "check", "--batch", "-", text=lines)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([answer.get("id") for answer in answers], ["a", "", "c", ""])
        self.assertEqual([answer["errors"][0].get("field") for answer in answers if "errors" in answer], ["hs", None])

    def test_a_verdict_says_what_it_is_worth_and_can_be_asked_again(self):
        dossier = SHIRT | {"consignment_value": "3000.00", "materials": []}
        done = run(self.data, "check", "--json", text=json.dumps(dossier))
        verdict = json.loads(done.stdout.splitlines()[0])
        self.assertEqual((verdict["needed"], verdict["worth"]), ("yes", {"amount": "432.00", "currency": "GBP"}))
        self.assertEqual(verdict["asked"]["date"], "2026-11-25")
        kept = pathlib.Path(self.data) / "verdicts.jsonl"
        kept.write_text(done.stdout)
        again = run(self.data, "replay", str(kept))
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn("as before", again.stdout)
        other = "no" if verdict["qualifies"] != "no" else "yes"
        kept.write_text(json.dumps(verdict | {"qualifies": other}) + "\n")
        again = run(self.data, "replay", str(kept))
        self.assertEqual(again.returncode, 1)
        self.assertIn(f"{other} before, {verdict['qualifies']} now", again.stdout)
        kept.write_text("{}\n")
        self.assertIn("line 1", run(self.data, "replay", str(kept)).stderr)

    def test_where_the_duty_is_nothing_nothing_has_to_be_proved(self):
        coffee = {"hs": "090111", "made_in": "KE", "to": "GB", "date": "2026-11-25", "ex_works": "100", "currency": "GBP"}
        self.assertEqual({verdict["needed"] for verdict in self.verdict(coffee)}, {"no"})
        self.assertTrue(run(self.data, "check", text=json.dumps(coffee)).stdout.startswith("not needed"))

    def test_a_dossier_that_is_kept_is_named_by_quotes(self):
        file = pathlib.Path(self.data) / "kept.json"
        file.write_text(json.dumps(SHIRT))
        self.assertIn("shirt-1", run(self.data, "keep", str(file), "--id", "shirt-1").stdout)
        self.assertEqual(run(self.data, "kept").stdout, "shirt-1\n")
        for bad in ("../shirt", "", "a b", "x" * 65, ".hidden"):
            self.assertNotEqual(run(self.data, "keep", str(file), "--id", bad or "/").returncode, 0, bad)
        goods = {"hs": "610910", "price": "3000.00", "price_currency": "GBP", "dossier": "shirt-1"}
        answer = quote(self.data, goods)
        self.assertEqual([told["agreement"] for told in answer["origin"]], ["GB-DCTS-LDC"])
        self.assertEqual(quote(self.data, goods | {"dossier": "another"})["errors"][0]["field"], "goods[0].dossier")
        self.assertEqual(run(self.data, "forget", "shirt-1").returncode, 0)
        self.assertNotEqual(run(self.data, "forget", "shirt-1").returncode, 0)

    def test_the_statement_has_its_blanks_filled_and_is_refused_to_goods_that_do_not_qualify(self):
        basket = SHIRT | {"hs": "460219", "made_in": "RW", "to": "FR", "currency": "EUR", "materials": [],
                          "wholly_obtained": True, "agreement": "EU-EBA"}
        done = run(self.data, "statement", "--lang", "fr", "--fill", "exporter_reference=RWREX1", text=json.dumps(basket))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("RWREX1", done.stdout)
        self.assertIn("origine préférentielle", done.stdout)
        repacked = basket | {"route": [{"country": "AE", "what": "repacked"}]}
        done = run(self.data, "statement", text=json.dumps(repacked))
        self.assertIn("nothing may be stated", done.stdout)
        self.assertNotIn("preferential origin", done.stdout)

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

    def test_verdicts_flow_into_the_ways_of_a_quote(self):
        built = subprocess.run([PROGRAM, "--data", self.data, "books", "build"], capture_output=True, text=True)
        self.assertEqual(built.returncode, 0, built.stderr)
        goods = {"hs": "610910", "price": "3000.00", "price_currency": "GBP",
                 "dossier": {key: SHIRT[key] for key in SHIRT if key not in ("hs", "made_in", "to", "date")}}

        def way(**dossier):
            more = {key: dossier.pop(key) for key in list(dossier) if key == "proofs_at_hand"}
            answer = quote(self.data, goods | {"dossier": goods["dossier"] | dossier}, proofs=more.get("proofs_at_hand", []))
            option = next(one for one in answer["options"] if one["id"] == "DCTS-LDC")
            return answer, option
        answer, option = way()
        self.assertEqual((option["origin"], option["proofs_missing"], answer["chosen"]),
                         ("yes", ["DCTS-LDC"], "third-country"))
        self.assertEqual(answer["origin"][0]["worth"], "432.00")
        answer, option = way(proofs=["origin-declaration"])
        self.assertEqual((option["proofs_missing"], answer["chosen"]), ([], "DCTS-LDC"))
        # Goods that do not qualify never come in by it, whatever paper is at hand.
        answer, option = way(route=[{"country": "AE", "what": "repacked"}], proofs_at_hand=["DCTS-LDC"])
        self.assertEqual((option["origin"], option["proofs_missing"], answer["chosen"], answer["preference"]["state"]),
                         ("no", ["origin"], "third-country", "none"))
        # What is not told is named beside the paper; who holds the proof is believed, and warned.
        untold = {key: value for key, value in goods["dossier"].items() if key != "route"}
        answer = quote(self.data, goods | {"dossier": untold})
        option = next(one for one in answer["options"] if one["id"] == "DCTS-LDC")
        self.assertEqual((option["origin"], option["proofs_missing"]), ("unknown", ["DCTS-LDC", "route"]))
        answer = quote(self.data, goods | {"dossier": untold}, proofs=["DCTS-LDC"])
        self.assertEqual(answer["chosen"], "DCTS-LDC")
        self.assertIn("origin-unsettled", [one["code"] for one in answer["warnings"]])
        wrong = quote(self.data, goods | {"dossier": {"hs": "620520"}})
        self.assertEqual(wrong["errors"][0]["field"], "goods[0].dossier.hs")

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
