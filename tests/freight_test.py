#!/usr/bin/env python3
"""Rate tables through the command line: import, build, the comparison of roads, and freight within a quote."""
import json, os, pathlib, subprocess, tempfile, unittest

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
PROGRAM = os.environ.get("ALLROADS_BIN") or str(SOURCE / "build/release/allroads")
EXAMPLES = SOURCE / "docs/examples/freight"
SHEET = (EXAMPLES / "example-freight/freight.csv").read_text(encoding="utf-8")
ON = ["--on", "2026-11-20"]
LANE = ["--from", "VN", "--to", "DE", *ON]


class Freight(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.data = pathlib.Path(cls.folder.name)
        cls.program("books", "build", "--no-words", "--packs", str(SOURCE / "packs"), "--packs", str(EXAMPLES), "--quiet")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def program(cls, *words, status=0, data=None):
        done = subprocess.run(
            [PROGRAM, "--data", str(data or cls.data), *map(str, words)], capture_output=True, text=True
        )
        assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def compare(self, *words):
        return json.loads(self.program("freight", *LANE, *words, "--json"))

    def quote(self, *words):
        goods = ["--hs", "4602.19", "--price", "900USD", "--quantity", "20", "--fx", "USD/EUR=0.9"]
        return json.loads(self.program("quote", *LANE, *goods, *words, "--json"))

    def test_roads_are_compared_cheapest_first(self):
        got = self.compare("--package", "2x40x30x20cm@5kg", "--fx", "USD/EUR=0.9")
        offers = got["freight_offers"]
        # 2 · (24.00 + 3 · 7.50); express 72.00 + 18.5 %, twice; air at its minimum; sea 70 + 45 EUR.
        self.assertEqual(
            [(o["table"], o["amount"], o["currency"]) for o in offers],
            [
                ("example-post", "93.00", "USD"),
                ("example-sea", "115.00", "EUR"),
                ("example-air", "133.50", "USD"),
                ("example-express", "170.64", "USD"),
            ],
        )
        self.assertEqual(offers[1]["converted"], {"amount": "127.78", "currency": "USD"})
        self.assertEqual(offers[2]["surcharges"][1], {"name": "security", "amount": "12.00"})
        self.assertEqual((offers[3]["days_min"], offers[3]["days_max"]), (3, 5))
        self.assertEqual(offers[0]["confidence"], "example")
        self.assertEqual(offers[0]["source"]["checked_on"], "2026-11-01")
        for offer in offers:
            parts = [offer["base"]] + [s["amount"] for s in offer["surcharges"]]
            cents = sum(int(p.replace(".", "")) for p in parts)
            self.assertEqual(cents, int(offer["amount"].replace(".", "")))

    def test_the_old_and_the_new_way_to_write_a_package_are_the_same(self):
        new = self.compare("--package", "2x40x30x20cm@5kg", "--road", "air")
        old = self.compare("--package", "2x40x30x20:5", "--road", "air")
        self.assertEqual(new["freight_offers"], old["freight_offers"])

    def test_advice_is_the_difference_of_two_comparisons(self):
        bulky = self.compare("--road", "air", "--package", "4x60x50x40cm@10kg")
        self.assertTrue(bulky["freight_offers"][0]["by_volume"])
        shrink = next(a for a in bulky["advice"] if a["code"] == "shrink-parcel")
        smaller = self.compare("--road", "air", "--package", f"4x{shrink['side_cm']}x50x40cm@10kg")
        cents = lambda o: int(o["freight_offers"][0]["amount"].replace(".", ""))
        self.assertEqual(cents(bulky) - cents(smaller), int(shrink["saving"].replace(".", "")))

    def test_what_is_in_the_way_is_said(self):
        got = self.compare("--package", "1x40x30x20cm@25kg", "--package", "1x40x30x20cm")
        reasons = {r["table"]: (r["code"], r.get("package")) for r in got["freight_refusals"]}
        self.assertEqual(reasons["example-post"], ("parcel-too-heavy", 1))
        self.assertEqual(reasons["example-air"], ("weight-missing", 2))
        self.assertEqual(got["freight_offers"], [])
        self.assertIn("no rate table", self.program("freight", "--from", "KE", "--to", "DE", "--package", "5kg"))

    def test_a_remote_door_costs_more_only_when_told(self):
        near = self.compare("--road", "express", "--package", "1x20x20x20cm@1kg")
        far = self.compare("--road", "express", "--package", "1x20x20x20cm@1kg", "--remote")
        self.assertEqual(near["freight_offers"][0]["amount"], "85.32")
        self.assertEqual(far["freight_offers"][0]["amount"], "110.32")

    def test_a_quote_takes_the_cheapest_table_of_its_road(self):
        got = self.quote("--estimate-freight", "--road", "air", "--package", "2x40x30x20cm@5kg")
        self.assertEqual([o["table"] for o in got["freight_offers"]], ["example-air"])
        self.assertEqual(got["freight"], "120.15")  # 133.50 USD · 0.9
        codes = {f["code"] for f in got["notes"] + got["warnings"]}
        self.assertLessEqual({"freight-table", "freight-example"}, codes)
        self.assertNotIn("freight-missing", codes)
        self.assertTrue(all(a["saving"] and a["message"] for a in got["advice"]))
        text = self.program(
            "quote", *LANE, "--hs", "4602.19", "--price", "900USD", "--fx", "USD/EUR=0.9",
            "--estimate-freight", "--road", "air", "--package", "2x40x30x20cm@5kg",
        )  # fmt: skip
        self.assertIn("Carriage, cheapest first", text)

    def test_a_named_table_must_be_there_and_of_the_road(self):
        words = ["--package", "1x40x30x20cm@5kg", "--road", "sea"]
        self.assertEqual(self.quote("--freight-table", "example-sea", *words)["freight"], "115.00")
        goods = ["--hs", "4602.19", "--price", "900USD", "--fx", "USD/EUR=0.9"]
        out = self.program("quote", *LANE, *goods, "--freight-table", "nobody", *words, status=3)
        self.assertIn("nobody", out)
        out = self.program("quote", *LANE, *goods, "--freight-table", "example-air", *words, status=2)
        self.assertIn("air", out)

    def test_without_a_price_the_freight_is_unknown_and_named(self):
        got = self.quote("--estimate-freight", "--road", "air", "--package", "2x40x30x20cm")
        codes = {f["code"] for f in got["unknown"]}
        self.assertLessEqual({"freight-weight-missing", "freight-unknown"}, codes)
        self.assertEqual(got["status"], "partial")
        got = self.quote("--estimate-freight", "--road", "rail", "--package", "2x40x30x20cm@5kg")
        self.assertIn("freight-no-table", {f["code"] for f in got["unknown"]})

    def test_two_ways_to_say_freight_are_refused(self):
        request = {
            "from": "VN", "to": "DE", "freight": {"estimate": True, "amount": "5"},
            "goods": [{"hs": "460219", "price": "1", "price_currency": "EUR"}],
        }  # fmt: skip
        file = self.data / "batch.ndjson"
        file.write_text(json.dumps(request), encoding="utf-8")
        got = json.loads(self.program("quote", "--batch", file))
        self.assertEqual(got["errors"][0]["field"], "freight.amount")

    def test_books_count_and_check_tables(self):
        listed = json.loads(self.program("books", "list", "--json"))
        counts = {pack["name"]: pack["freight_tables"] for pack in listed["packs"]}
        self.assertEqual(counts["example-freight"], 4)
        self.assertIn("4 rate tables", self.program("books", "list"))
        self.assertIn("sound", self.program("books", "check"))

    def test_a_damaged_page_of_tables_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            whole = (self.data / "edition.books").read_bytes()
            at = whole.index(b"example-express")
            broken = bytearray(whole)
            broken[at] ^= 1
            (pathlib.Path(folder) / "edition.books").write_bytes(broken)
            self.assertIn("rate tables", self.program("books", "check", status=4, data=folder))
            out = self.program("freight", *LANE, "--package", "5kg", status=4, data=folder)
            self.assertIn("edition-corrupt", out)

    def test_a_sheet_is_imported_whole_or_told_by_line(self):
        with tempfile.TemporaryDirectory() as folder:
            data = pathlib.Path(folder)
            sheet = data / "my rates.csv"
            sheet.write_text("\ufeff" + SHEET.replace("\n", ",,\r\n"), encoding="utf-8")
            out = self.program("books", "import", "freight", sheet, "--dry-run", data=data)
            self.assertIn("4 rate tables with", out)
            self.assertFalse((data / "packs/freight-my-rates").exists())
            self.program("books", "import", "freight", sheet, data=data)
            self.program("books", "build", "--no-words", "--only-packs", "--packs", data / "packs", data=data)
            words = ["freight", *LANE, "--package", "2x40x30x20cm@5kg", "--json"]
            mine = json.loads(self.program(*words, data=data))["freight_offers"]
            theirs = json.loads(self.program(*words))["freight_offers"]
            named = lambda offers: {o["table"]: o["amount"] for o in offers}
            self.assertEqual(named(mine), named(theirs))

    def test_a_bad_line_leaves_its_table_out_and_a_bad_file_writes_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            data = pathlib.Path(folder)
            sheet = data / "rates.csv"
            sheet.write_text(SHEET.replace("up_to,1,38.00,42.00", "up_to,1,38.005,42.00"), encoding="utf-8")
            out = self.program("books", "import", "freight", sheet, "--dry-run", data=data)
            line = SHEET[: SHEET.index("up_to,1,38.00")].count("\n") + 1
            self.assertIn(f"line {line}: amount-too-precise: Europe", out)
            self.assertIn("3 rate tables", out)
            sheet.write_text("table,x\nroad,balloon\nzone,A,DE\n", encoding="utf-8")
            out = self.program("books", "import", "freight", sheet, status=4, data=data)
            self.assertIn("balloon", out)
            self.assertFalse(list((data / "packs").glob("freight*")))


if __name__ == "__main__":
    unittest.main()
