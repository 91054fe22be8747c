#!/usr/bin/env python3
"""The settings of trade from outside: the example of docs/trade.md holds, and what is wrong is told by its field."""
import json, os, pathlib, re, subprocess, tempfile, unittest

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
PROGRAM = os.environ.get("ALLROADS_BIN") or str(SOURCE / "build/release/allroads")
SECRET = "a secret of thirty-two bytes or more"


class Trade(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        for name, text in (("wallet.secret", SECRET), ("card.secret", SECRET),
                           ("wallet.credentials", "Authorization: Bearer " + SECRET)):
            self.write(name, text)

    def write(self, name, text, mode=0o600):
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)
        return file

    def run_it(self, *words):
        return subprocess.run([PROGRAM, "--data", str(self.folder), "trade", *words], capture_output=True, text=True,
                              env={**os.environ, "CARD_SECRET_BEFORE": SECRET})

    def example(self):
        text = (SOURCE / "docs/trade.md").read_text(encoding="utf-8")
        return re.search(r"```json\n(.*?)```", text, re.DOTALL)[1]

    def test_the_example_of_the_page_holds_and_no_secret_is_shown(self):
        file = self.write("trade.json", self.example(), 0o644)
        done = self.run_it("check", str(file))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("bank, mobile, card, cash", done.stdout)
        shown = self.run_it("show")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertNotIn(SECRET, shown.stdout + shown.stderr + done.stdout)
        said = json.loads(shown.stdout)
        self.assertEqual(said["fees"][0], {"percent": "2", "minimum": "0.50 USD", "round": "half-up"})
        # What is shown is a file that holds, and shows the same.
        self.write("trade.json", shown.stdout)
        self.assertEqual(self.run_it("show").stdout, shown.stdout)

    def test_the_demonstration_holds(self):
        done = self.run_it("check", str(SOURCE / "demo/trade.json"))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_without_a_file_nothing_is_settled(self):
        said = json.loads(self.run_it("show").stdout)
        self.assertEqual((said["fees"], said["plans"], said["custody"]), ([], [], {"held_by": "hub"}))
        self.assertNotIn("bank", said)

    def test_what_is_wrong_is_told_by_its_field(self):
        for change, field in (({"fees": [{"percent": "60", "minimum": "0 USD"}]}, "trade.fees[0].percent"),
                              ({"ways": []}, "trade.ways"),
                              ({"card": {"secrets": [{"file": "nothing"}]}}, "trade.card.secrets[0].file")):
            file = self.write("wrong.json", json.dumps(change))
            done = self.run_it("check", str(file))
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(field, done.stderr)
        self.write("open.secret", SECRET, 0o644)
        file = self.write("wrong.json", json.dumps({"card": {"secrets": [{"file": "open.secret"}]}}))
        done = self.run_it("check", str(file))
        self.assertIn("chmod 600", done.stderr)
        self.assertNotIn(SECRET, done.stderr)


if __name__ == "__main__":
    unittest.main()
