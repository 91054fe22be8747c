#!/usr/bin/env python3
"""The commands on the data of a hub: backup, restore, check. The file is made here, as a hub would leave it."""
import os, pathlib, sqlite3, subprocess, tempfile, unittest

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
PROGRAM = os.environ.get("ALLROADS_BIN") or str(SOURCE / "build/release/allroads")


def make(path, rows):
    """A hub of one account, and so many messages that wait."""
    subprocess.run([PROGRAM, "--data", str(path.parent), "user", "add", "keeper@example.org", "--name", "Keeper"],
                   input="korongo nne majini\n", capture_output=True, text=True, check=True)
    data = sqlite3.connect(path)
    (hub,) = data.execute("SELECT hub FROM hub_self").fetchone()
    data.executemany("INSERT INTO message VALUES (?, ?, '+254712345678', ?, 1)",
                     [(hub, n.to_bytes(16, "big"), f"note {n} " + "x" * 200) for n in range(rows)])
    data.commit()
    return data


class Data(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        self.file = self.folder / "hub.db"

    def run_it(self, *words):
        return subprocess.run([PROGRAM, "--data", str(self.folder), *words], capture_output=True, text=True)

    def count(self):
        data = sqlite3.connect(self.file)
        try:
            return data.execute("SELECT count(*) FROM message").fetchone()[0]
        finally:
            data.close()

    def test_where_there_is_no_hub_a_sentence_says_so(self):
        for words in (["backup", str(self.folder / "copy.db")], ["check"]):
            done = self.run_it(*words)
            self.assertEqual(done.returncode, 4)
            self.assertIn("hub.db", done.stderr)
            self.assertIn("when a hub first runs", done.stderr)
        done = self.run_it("restore", str(self.folder / "copy.db"))
        self.assertEqual(done.returncode, 4)
        self.assertFalse(self.file.exists())

    def test_the_ledger_is_checked_shown_and_written_out(self):
        data = make(self.file, 0)
        done = self.run_it("ledger", "check")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("0 entries", done.stdout)
        done = self.run_it("ledger", "trial", "--json")
        self.assertEqual((done.returncode, done.stdout), (0, '{"entry":0,"balanced":true,"rows":[]}\n'))
        done = self.run_it("ledger", "statement", "buyer:funds:USD")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("buyer:funds:USD:hub", done.stdout)
        table = self.folder / "ledger.csv"
        done = self.run_it("ledger", "export", str(table), "--format", "csv")
        self.assertEqual((done.returncode, done.stdout), (0, f"{table}: 0 entries\n"))
        done = self.run_it("ledger", "statement", "buyer:funds:USD", "--from", "2026-12-01", "--to", "2026-01-01")
        self.assertEqual(done.returncode, 2)
        self.assertIn("bad-value: to: the period ends before it begins", done.stderr)
        self.assertTrue(table.read_text().startswith("number,at,key,kind,"))
        for words in (["export", str(table), "--format", "pdf"], ["trial", "--at", "yesterday"],
                      ["statement", "buyer:loot:USD"]):
            self.assertEqual(self.run_it("ledger", *words).returncode, 2, words)
        (hub,) = data.execute("SELECT hub FROM hub_self").fetchone()
        data.execute("INSERT INTO ledger_leg VALUES (?, 1, 1, 500, 500, 0, 1)", [hub])
        data.commit()
        data.close()
        for words in (["ledger", "check"], ["check"]):
            done = self.run_it(*words)
            self.assertEqual(done.returncode, 4)
            self.assertIn("ledger: a line of account 1: no entry opened it", done.stderr)

    def test_a_copy_is_taken_beside_an_open_writer_and_comes_back(self):
        copy = self.folder / "copy.db"
        data = make(self.file, 100)
        data.execute("BEGIN IMMEDIATE")
        data.execute("DELETE FROM message WHERE hex(id) < hex(zeroblob(15)) || '32'")  # not committed: no part of the copy
        data.rollback()
        done = self.run_it("backup", str(copy))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"hub|copy.*: \d+ tables, \d+ rows")
        self.assertEqual(self.run_it("backup", str(copy)).returncode, 3)  # never over another
        data.execute("DELETE FROM message")
        data.commit()
        data.close()
        self.assertEqual(self.count(), 0)
        done = self.run_it("restore", str(copy))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.count(), 100)
        self.assertTrue((self.folder / "hub.db.before-restore").exists())
        done = self.run_it("check")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("sound", done.stdout)

    def test_check_names_damage(self):
        make(self.file, 400).close()
        with open(self.file, "r+b") as bytes_:
            bytes_.seek(self.file.stat().st_size // 4096 // 2 * 4096)
            bytes_.write(b"\x55" * 1000)
        done = self.run_it("check")
        self.assertEqual(done.returncode, 4)
        self.assertIn("data-damaged", done.stderr)
        self.assertEqual(self.run_it("backup", str(self.folder / "copy.db")).returncode, 4)
        self.assertFalse((self.folder / "copy.db").exists())

    def test_a_file_of_something_else_is_left_alone(self):
        other = sqlite3.connect(self.file)
        other.execute("CREATE TABLE t (x)")
        other.commit()
        other.close()
        before = self.file.read_bytes()
        self.assertEqual(self.run_it("check").returncode, 4)
        self.assertEqual(self.file.read_bytes(), before)


if __name__ == "__main__":
    unittest.main()
