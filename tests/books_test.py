#!/usr/bin/env python3
"""Packs, imports and editions through the command line: what is damaged, shrunk or half-written is refused whole."""
import gzip, json, os, pathlib, shutil, subprocess, sys, tempfile, unittest

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
PROGRAM = os.environ.get("ALLROADS_BIN") or str(SOURCE / "build/release/allroads")
SHARED = pathlib.Path(os.environ.get("ALLROADS_SHARED_DATA") or SOURCE / "../shared/data")
HEADER = (
    "market,hs,kind,program,origins,excluded,duty,valid_from,valid_to,known_from,conditions,stack,legal,title,"
    "url,checked_on,confidence\n"
)


def row(hs, duty="5%"):
    return f"US,{hs},third-country,,,,{duty},,,,,,law,title,https://example.org/,2026-01-01,official\n"


class Books(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.data = pathlib.Path(self.folder.name)

    def run_program(self, *words, status=0):
        done = subprocess.run(
            [PROGRAM, "--data", str(self.data), *map(str, words)], capture_output=True, text=True
        )
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def table(self, name, text):
        path = self.data / name
        path.write_text(text, encoding="utf-8")
        return path

    def build(self, output=None):
        more = ["--output", output] if output else []
        return self.run_program("books", "build", "--no-words", "--packs", SOURCE / "packs", *more)

    def test_own_measures_are_charged(self):
        self.run_program(
            "books", "import", "measures", self.table("mine.csv", HEADER + row("99999999", "7%"))
        )
        self.build()
        self.assertIn("7%", self.run_program("books", "show", "US", "99999999"))

    def test_a_bad_line_is_refused_with_its_number_and_column(self):
        bad = HEADER + row("46021918") + row("46O2") + row("46021925", "") + "US,1\n"
        out = self.run_program("books", "import", "measures", self.table("mine.csv", bad))
        self.assertIn("1 measures", out)
        self.assertIn("3 refused", out)
        for words in ("line 3", "hs", "line 4", "duty", "line 5"):
            self.assertIn(words, out)

    def test_a_wrong_header_refuses_the_file(self):
        out = self.run_program("books", "import", "measures", self.table("mine.csv", "a,b\n1,2\n"), status=4)
        self.assertIn("no column is called a", out)
        self.assertFalse(list((self.data / "packs").glob("[!.]*")))

    def test_a_file_that_shrank_is_refused_and_the_old_pack_stays(self):
        rows = [row(f"4602{n:04}") for n in range(100)]
        self.run_program("books", "import", "measures", self.table("mine.csv", HEADER + "".join(rows)))
        fewer = self.table("mine.csv", HEADER + "".join(rows[:90]))
        self.assertIn("file-shrank", self.run_program("books", "import", "measures", fewer, status=4))
        kept = (self.data / "packs/measures-mine/measures.csv").read_text(encoding="utf-8")
        self.assertEqual(len(kept.splitlines()), 101)
        self.run_program("books", "import", "measures", fewer, "--accept")
        kept = (self.data / "packs/measures-mine/measures.csv").read_text(encoding="utf-8")
        self.assertEqual(len(kept.splitlines()), 91)

    def test_a_dry_run_writes_nothing(self):
        self.run_program(
            "books", "import", "measures", self.table("mine.csv", HEADER + row("4602")), "--dry-run"
        )
        self.assertFalse((self.data / "packs/measures-mine").exists())

    def test_the_same_packs_make_the_same_edition(self):
        self.build(self.data / "a.books")
        self.build(self.data / "b.books")
        self.assertEqual((self.data / "a.books").read_bytes(), (self.data / "b.books").read_bytes())

    def test_damage_anywhere_is_found(self):
        self.build()
        edition = self.data / "edition.books"
        sound = edition.read_bytes()
        for at in list(range(0, 64, 8)) + [len(sound) * k // 23 for k in range(1, 23)]:
            damaged = bytearray(sound)
            damaged[at] ^= 0x10
            if bytes(damaged) == sound:
                continue
            edition.write_bytes(damaged)
            done = subprocess.run(
                [PROGRAM, "--data", str(self.data), "books", "check"], capture_output=True, text=True
            )
            # Padding between segments carries nothing; everything else is under a checksum.
            if done.returncode == 0:
                self.assertEqual(sound[at], 0, f"byte {at}")
            else:
                self.assertIn(done.returncode, (4,), done.stderr)

    def test_a_truncated_edition_is_refused(self):
        self.build()
        edition = self.data / "edition.books"
        sound = edition.read_bytes()
        for size in (0, 10, 63, 64, 1000, len(sound) // 2, len(sound) - 1):
            edition.write_bytes(sound[:size])
            self.assertIn("edition-corrupt", self.run_program("books", "list", status=4))

    def test_a_change_is_told_line_by_line(self):
        self.build(self.data / "old.books")
        self.run_program(
            "books", "import", "measures", self.table("mine.csv", HEADER + row("46021918", "6%"))
        )
        self.build(self.data / "new.books")
        out = self.run_program("books", "diff", self.data / "old.books", self.data / "new.books")
        self.assertIn("+ US 4602.19.18 third-country 6%", out)
        self.assertIn("1 changes", out)

    def test_a_mistake_in_a_pack_names_file_and_line(self):
        packs = self.data / "own"
        (packs / "x").mkdir(parents=True)
        (packs / "x/pack.toml").write_text('[pack]\ntitle = "x"\n', encoding="utf-8")
        (packs / "x/measures.csv").write_text(
            HEADER + row("4602") + row("4603").replace("official", "sure"), encoding="utf-8"
        )
        out = self.run_program("books", "build", "--no-words", "--packs", packs, "--only-packs", status=4)
        for words in ("x/measures.csv", "line 3", "confidence"):
            self.assertIn(words, out)

    def test_the_us_tariff_is_read(self):
        file = SHARED / "us-hts/hts_2026_rev_10.json.gz"
        if not file.exists():
            self.skipTest("the folder of official files is not there")
        report = json.loads(self.run_program("books", "import", "us-hts", file, "--json"))
        self.assertEqual(report["records"], 35509)
        self.assertGreater(report["measures"], 100_000)
        self.assertEqual(report["refused_count"], 0)
        self.assertLess(report["unreadable"] * 1000, report["measures"])
        self.build()
        self.assertIn("4.5%", self.run_program("books", "show", "US", "4602.19.18", "--on", "2026-03-15"))
        # Half of it is not the schedule: refused, and the pack of before stays.
        whole = json.load(gzip.open(file, "rt", encoding="utf-8"))
        half = self.data / "hts_2026_rev_10.json"
        half.write_text(json.dumps(whole[: len(whole) // 2]), encoding="utf-8")
        self.assertIn("file-shrank", self.run_program("books", "import", "us-hts", half, status=4))
        half.write_text(json.dumps(whole)[:-1000], encoding="utf-8")
        self.run_program("books", "import", "us-hts", half, status=4)


if __name__ == "__main__":
    unittest.main(verbosity=1)
