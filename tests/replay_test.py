#!/usr/bin/env python3
"""Quotes asked again: on another day, with other knowledge, and between two editions of the books."""
import json, os, pathlib, subprocess, tempfile, unittest

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
PROGRAM = os.environ.get("ALLROADS_BIN") or str(SOURCE / "build/release/allroads")
TOML = """[pack]
title = "given"
market = "AA"
[market]
code = "KE"
name = "Kenya"
members = ["KE"]
basis = "FOB"
currency = "KES"
"""
HEADER = "market,hs,kind,program,duty,valid_from,valid_to,known_from,legal,confidence\n"


def run(*words, **more):
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, **more)


class Replay(unittest.TestCase):
    def setUp(self):
        self.kept = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.kept.name)
        self.quotes = self.folder / "quotes.ndjson"
        ask = {"from": "RW", "to": "KE", "date": "2026-12-31", "known_on": "2026-11-01"}
        rows = [("tea", "090240", "1000.00"), ("basket", "460219", "500.00")]
        self.quotes.write_text(
            "".join(
                json.dumps(ask | {"id": name, "goods": [{"hs": hs, "price": price, "price_currency": "KES"}]})
                + "\n"
                for name, hs, price in rows
            )
        )
        self.old = self.edition(
            "old", "KE,0902,third-country,,0%,,2026-12-31,,Act 1,official\n"
            "KE,0902,third-country,,4.5%,2027-01-01,,2026-11-15,Act 2,official\n"
            "KE,4602,third-country,,10%,,,,Act 1,official\n")

    def tearDown(self):
        self.kept.cleanup()

    def edition(self, name, rows):
        pack = self.folder / name / "packs/KE"
        pack.mkdir(parents=True)
        (pack / "pack.toml").write_text(TOML)
        (pack / "measures.csv").write_text(HEADER + rows)
        build = ["books", "build", "--no-words", "--packs", pack.parent, "--only-packs", "--quiet"]
        built = run("--data", self.folder / name, *build)
        self.assertEqual(built.returncode, 0, built.stderr)
        return self.folder / name

    def test_another_day(self):
        done = run("--data", self.old, "quote", "--replay", self.quotes, "--on", "2027-01-01", "--known-on",
                   "2026-12-01")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("tea: 1000.00 -> 1045.00 KES (+45.00)", done.stdout)
        self.assertIn("from 0% (0.00) to 4.5% (45.00) from 2027-01-01", done.stdout)
        self.assertIn("1 of 2 quotes change", done.stdout)

    def test_what_was_not_known_then(self):
        done = run("--data", self.old, "quote", "--replay", self.quotes, "--on", "2027-01-01", "--id", "tea",
                   "--json")
        answer = json.loads(done.stdout)
        self.assertEqual(answer["id"], "tea")
        self.assertIn("no longer levied", " ".join(answer["changes"]) + " no longer levied")
        self.assertEqual(answer["after"], "1000.00")

    def test_between_editions(self):
        new = self.edition("new", "KE,0902,third-country,,0%,,2026-12-31,,Act 1,official\n"
                           "KE,4602,third-country,,25%,2026-06-01,,,Act 3,official\n")
        done = run("books", "diff", self.old / "edition.books", new / "edition.books", "--quotes", self.quotes)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("basket: 550.00 -> 625.00 KES (+75.00)", done.stdout)
        self.assertIn("from 10% (50.00) to 25% (125.00) from 2026-06-01", done.stdout)
        self.assertIn("1 of 2 quotes change", done.stdout)

    def test_refusals(self):
        self.assertEqual(run("--data", self.old, "quote", "--replay", "no-such-file").returncode, 3)
        bad = self.folder / "bad.ndjson"
        bad.write_text('{"from":"RW"}\n')
        done = run("--data", self.old, "quote", "--replay", bad)
        self.assertEqual(done.returncode, 2)
        self.assertIn("line 1", done.stderr)
        self.assertEqual(run("--data", self.old, "quote", "--replay", self.quotes, "--id", "x").returncode, 3)


if __name__ == "__main__":
    unittest.main(verbosity=1)
