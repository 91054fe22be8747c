#!/usr/bin/env python3
"""The packs that ship: their form, and every rate against the official files where those cover it.

The files lie in $ALLROADS_SHARED_DATA, else beside the source; without them only the form is tested.
"""
import collections
import csv
import datetime
import gzip
import json
import lzma
import os
import pathlib
import re
import subprocess
import sys
import tomllib
import unittest

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
SHARED = pathlib.Path(os.environ.get("ALLROADS_SHARED_DATA") or SOURCE / "../shared/data")
PROGRAM = os.environ.get("ALLROADS_BIN")
PACKS = sorted(path.parent for path in (SOURCE / "packs").glob("*/pack.toml"))

HEADER = ("market,hs,kind,program,origins,excluded,duty,valid_from,valid_to,known_from,conditions,stack,legal,"
          "title,url,checked_on,confidence")
KINDS = set("third-country preference suspension quota surcharge antidumping countervailing safeguard excise "
            "vat fee handling".split())
TERMS = set("goods freight insurance customs-value duty surcharge excise fee vat costs-before "
            "costs-after".split())
CONDITION = re.compile(
    r"proof=[A-Z0-9-]+|road=(post|express|air|sea|road|rail)|buyer=(consumer|business)|scheme=[a-z0-9-]+|"
    r"region=[A-Z]{2}-[A-Z0-9]+|value(<=|<|>=|>)\d+(\.\d+)?[A-Z]{3}|fact\.[a-z-]+=[a-z0-9-]+|ask=[a-z0-9.-]+|"
    r"additional-code=[0-9.]+|base=[^;]+|step=\d+|per=(line|item|consignment)|quota=\d{6}|weight(<=|<|>=|>)[\d.]+|"
    r"(customs-value|unit-value|quantity)(<=|<|>=|>)[\d.]+ ?[A-Z]{3}(/[A-Z]{3})?")
with open(SOURCE / "tools/destinations.csv", encoding="utf-8", newline="") as destinations:
    THIN = [row["code"] for row in csv.DictReader(destinations)]
MARKETS = "US EU DE FR NL GB CN JP IN ZA KE ECOWAS NG CA AU AE BD BR".split() + ["CEMAC"] + THIN
TOTAL_BYTES, FILE_BYTES, HEADINGS = 11_000_000, 1_000_000, 150


def base_names(expression):
    """The names of amounts in a base; programs and facts stand in brackets behind `charged` and `fact`."""
    plain_text = re.sub(r"(charged|fact)\([^)]*\)", "", expression)
    known = "|".join(sorted(TERMS, key=len, reverse=True))
    return set(re.findall(rf"{known}|[a-z][a-z-]*", plain_text)) - {"rate", "min", "max", "floor"}


def decides(row):
    """The conditions that decide whether a row holds; the others say of what, when and for what it is levied."""
    return [part for part in row["conditions"].split(";") if part and not part.startswith(("base=", "step=", "per="))]


def measures(folder):
    if not (folder / "measures.csv").exists():  # a pack of papers only; documents_test.py holds those
        return []
    with open(folder / "measures.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pack(name):
    return measures(SOURCE / "packs" / name)


def about(folder):
    return tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))


def load(name):
    path = SHARED / name
    opener = gzip.open if name.endswith(".gz") else lzma.open
    with opener(path, "rt", encoding="utf-8-sig") as file:
        return json.load(file)


def digits(text):
    return re.sub(r"\D", "", text or "")


def plain(rate):
    return re.sub(r"[\s\u200b\u200c\u200d\ufeff]", "", rate or "")


class Form(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.about = {folder: about(folder) for folder in PACKS}
        cls.rows = [(f"{folder.name} line {number}", folder, row)
                    for folder in PACKS for number, row in enumerate(measures(folder), 2)]

    def test_packings_are_subheadings_of_one_heading(self):
        with open(SOURCE / "packs/hs-packings/packings.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertGreater(len(rows), 8)
        for row in rows:
            self.assertRegex(row["hs"] + row["instead"], r"^\d{12}$")
            self.assertEqual(row["hs"][:4], row["instead"][:4], row)
            self.assertNotEqual(row["hs"], row["instead"])
            self.assertTrue(row["how"] and row["legal"] and row["url"].startswith("https://"), row)

    def test_header_and_size(self):
        total = 0
        for folder in PACKS:
            if not (folder / "measures.csv").exists():  # a pack of papers, of packings or of rates
                kinds = [file for file in ("documents.csv", "packings.csv", "fx.csv") if (folder / file).exists()]
                self.assertTrue(kinds, folder.name)
                continue
            with open(folder / "measures.csv", encoding="utf-8", newline="") as file:
                self.assertEqual(file.readline().rstrip("\r\n"), HEADER, folder.name)
            with open(folder / "lines.csv", encoding="utf-8", newline="") as file:
                self.assertEqual(file.readline().rstrip("\r\n"), "market,hs,text,unit,declarable", folder.name)
            for file in folder.iterdir():
                self.assertLess(file.stat().st_size, FILE_BYTES, file)
                total += file.stat().st_size
        self.assertLess(total, TOTAL_BYTES)

    def test_markets_and_headings(self):
        present = {toml["market"]["code"] for toml in self.about.values() if "market" in toml}
        self.assertEqual(sorted(present), sorted(MARKETS))
        headings = {row["hs"][:6] for _, _, row in self.rows if len(row["hs"]) >= 6}
        self.assertGreaterEqual(len(headings), HEADINGS)
        for folder, toml in self.about.items():
            market = toml.get("market")
            if market is None:
                continue
            for key in ("code", "name", "currency", "members"):
                self.assertTrue(market[key], f"{folder.name}: {key}")
            if "part_of" in market:
                self.assertIn(market["part_of"], present)
            else:
                for key in ("basis", "basis_law", "basis_url"):
                    self.assertTrue(market[key], f"{folder.name}: {key}")
            self.assertLessEqual(set(market.get("vat_base", [])), TERMS)

    def test_every_market_says_something_of_vat(self):
        """Where a tax applies to every good by law, a good without a row of its own must not look free of it."""
        for code in MARKETS:
            if code == "US":
                continue
            rows = [row for _, _, row in self.rows if row["market"] == code and row["kind"] == "vat"]
            standing = [row for row in rows if not row["hs"] and not decides(row)]
            self.assertTrue(standing or [row for row in rows if not row["hs"] and decides(row) == ["scheme=none"]], code)

    def test_rows(self):
        for where, folder, row in self.rows:
            self.assertNotIn(None, row, f"{where}: fields")
            self.assertRegex(row["hs"], r"^(\d{2}|\d{4}|\d{6}|\d{8}|\d{10}|\d{12})?$", where)
            self.assertIn(row["market"], MARKETS, where)
            self.assertIn(row["kind"], KINDS, where)
            self.assertIn(row["confidence"], ("official", "secondary", "assumed"), where)
            for column in ("duty", "legal", "title", "url", "checked_on"):
                self.assertTrue(row[column].strip(), f"{where}: {column}")
            self.assertRegex(row["url"], r"^https?://\S+$", where)

    def test_days(self):
        for where, _, row in self.rows:
            days = {}
            for column in ("valid_from", "valid_to", "known_from", "checked_on"):
                if row[column]:
                    self.assertRegex(row[column], r"^\d{4}-\d{2}-\d{2}$", f"{where}: {column}")
                    days[column] = datetime.date.fromisoformat(row[column])
            if "valid_from" in days and "valid_to" in days:
                self.assertLessEqual(days["valid_from"], days["valid_to"], where)

    def test_conditions_and_stack(self):
        programs = {row["program"] for _, _, row in self.rows} | {"MFN"}
        for where, _, row in self.rows:
            for part in filter(None, row["conditions"].split(";")):
                self.assertTrue(CONDITION.fullmatch(part), f"{where}: {part}")
                if part.startswith("base="):
                    self.assertLessEqual(base_names(part[5:]), TERMS, where)
                    self.assertLessEqual(set(re.findall(r"charged\(([^)]*)\)", part)), programs, where)
            for part in filter(None, row["stack"].split(";")):
                relation, _, program = part.partition("=")
                self.assertIn(relation, ("excludes", "replaces"), where)
                self.assertIn(program, programs, where)

    def test_groups_and_agreements(self):
        groups, agreements = set(), collections.defaultdict(set)
        for folder, toml in self.about.items():
            for group in toml.get("group", []):
                self.assertNotIn(group["name"], groups, f"{folder.name}: {group['name']} is defined twice")
                self.assertTrue(group["law"] and group["url"], f"{folder.name}: {group['name']}")
                self.assertEqual(len(group["members"]), len(set(group["members"])), group["name"])
                for member in group["members"]:
                    self.assertRegex(member, "^[A-Z]{2}$", group["name"])
                groups.add(group["name"])
            for agreement in toml.get("agreement", []):
                for key in ("program", "name", "proof", "law", "url"):
                    self.assertTrue(agreement[key], f"{folder.name}: {agreement['program']}: {key}")
                agreements[toml["pack"]["market"]].add(agreement["program"])
            for table, keys in (("scheme", ("code", "name")), ("refund", ("program", "claim_by")),
                                ("valuation", ("what", "value"))):
                for said in toml.get(table, []):
                    for key in (*keys, "law", "url"):
                        self.assertTrue(said[key], f"{folder.name}: {table}: {key}")
            for gap in toml.get("gap", []):
                self.assertTrue(gap["code"] and gap["text"], folder.name)
        for where, folder, row in self.rows:
            for name in (row["origins"] + " " + row["excluded"]).split():
                self.assertTrue(name in groups or re.fullmatch("[A-Z]{2}", name), f"{where}: {name}")
            if row["kind"] == "preference":
                self.assertIn(row["program"], agreements[row["market"]], where)
                self.assertIn("proof=", row["conditions"], where)
                self.assertTrue(row["origins"], where)

    def test_no_two_rows_say_different_things(self):
        """One good, kind, program, origin, day and set of conditions has one duty."""
        seen = collections.defaultdict(list)
        for where, _, row in self.rows:
            key = tuple(row[name] for name in ("market", "hs", "kind", "program", "origins", "excluded", "conditions"))
            days = (row["valid_from"] or "0001-01-01", row["valid_to"] or "9999-12-31")
            for other, other_days in seen[key]:
                apart = days[1] < other_days[0] or other_days[1] < days[0]
                self.assertTrue(apart, f"{where} and {other} overlap")
            seen[key].append((where, days))

    @unittest.skipUnless(PROGRAM, "ALLROADS_BIN does not name the program")
    def test_duties_can_be_read(self):
        texts = sorted({row["duty"] for _, _, row in self.rows if not row["duty"].startswith("See ")})
        said = subprocess.run([PROGRAM, "duty", "-"], input="\n".join(texts) + "\n", capture_output=True,
                              text=True, check=False).stdout
        unread = [line for line in said.splitlines() if line.startswith("unreadable")]
        self.assertEqual(unread, [])


@unittest.skipUnless(SHARED.exists(), f"skipped: no official files at {SHARED}")
class AgainstTheFiles(unittest.TestCase):
    """A row of fewer digits than the file must be true of every line under it."""
    checked = collections.Counter()

    @classmethod
    def tearDownClass(cls):
        for what, count in sorted(cls.checked.items()):
            print(f"{what}: {count} starter rates checked against the official file", file=sys.stderr)

    def compare(self, what, rows, official, optional=None):
        """`official` is {line: rate}; `optional` accepts a line that has another rate."""
        under = collections.defaultdict(list)
        for code in official:
            for size in range(2, len(code) + 1, 2):
                under[code[:size]].append(code)
        for row in rows:
            lines = under.get(row["hs"])
            if not lines:
                continue
            for code in lines:
                same = official[code] == plain(row["duty"]) or (optional and optional(code))
                self.assertTrue(same, f"{what} {row['hs']}: {row['duty']}, but {code}: {official[code]}")
            self.checked[what] += 1

    @staticmethod
    def of(rows, kind="third-country", program="", title=""):
        return [row for row in rows if row["kind"] == kind and row["program"] == program and row["hs"] and
                title in row["title"]]

    @staticmethod
    def us_lines(name):
        """{line: (general, special, footnotes)}: rates stand at the row they were enacted for."""
        lines = {}
        for row in load(name):
            code = digits(row["htsno"])
            if (plain(row["general"]) or plain(row["other"])) and not code.startswith(("98", "99")):
                code = code[:8] if len(code) == 10 and code.endswith("00") else code
                notes = " ".join(note["value"] or "" for note in row["footnotes"] or [])
                lines[code] = (plain(row["general"]), row["special"] or "", notes)
        return lines

    def test_united_states(self):
        rows = pack("us-starter")
        lines = self.us_lines("us-hts/hts_2026_rev_10.json.gz")
        self.compare("US general", self.of(rows, title="2026"), {code: row[0] for code, row in lines.items()})
        before = self.us_lines("us-hts/hts_2025_basic.json.gz")
        early = [row for row in self.of(rows) if row["valid_from"] == "2025-01-01"]
        self.compare("US general in 2025", early, {code: row[0] for code, row in before.items()})
        self.assertGreater(self.checked["US general"], 900)

    def test_united_states_preferences(self):
        symbols = {"GSP": "A A* A+", "AGOA": "D", "CBERA": "E E*", "AUSFTA": "AU", "USBFTA": "BH", "USCFTA": "CL",
                   "COTPA": "CO", "USILFTA": "IL", "USJFTA": "JO", "USJTA": "JP", "KORUS": "KR", "USMFTA": "MA",
                   "NPTPA": "NP", "USOFTA": "OM", "CAFTA-DR": "P P+", "PATPA": "PA", "PTPA": "PE",
                   "USMCA": "S S+", "USSFTA": "SG"}
        lines = self.us_lines("us-hts/hts_2026_rev_10.json.gz")
        rows = [row for row in pack("us-starter") if row["title"].startswith("HTS 2026 revision")]
        for program, wanted in symbols.items():
            official = {}
            for code, (_, special, _) in lines.items():
                for duty, said in re.findall(r"([^()]+)\(([^)]*)\)", special):
                    if set(wanted.split()) & set(re.split(r"[,\s]+", said)):
                        official[code] = plain(duty)
                official.setdefault(code, None)
            of_program = self.of(rows, "preference", program)
            self.assertTrue(of_program, program)
            self.compare("US preferences", of_program, official, lambda code: lines[code][0] == "Free")

    def test_european_union_and_united_kingdom(self):
        data = load("eu-cn8/ukgt_vs_cet_cn8_2020.json.xz")["data"]
        for name, market, key in (("eu-starter", "EU", "cet_duty_rate"), ("gb-starter", "GB", "ukgt_duty_rate")):
            self.compare(market, self.of(pack(name)), {row["commodity"]: plain(row[key]) for row in data})
            self.assertGreater(self.checked[market], 500)

    def test_australia(self):
        official = {}

        def walk(node):
            if isinstance(node, dict):
                rate = plain(node.get("dutyRate"))
                if rate and len(digits(node.get("referenceNumber"))) == 8:
                    # "10% DC5% From 1 January 2015 5%": the last step counts. Anything with an amount is no rate.
                    last = re.split(r"From\d+[A-Z][a-z]+\d{4}", rate)[-1]
                    general = None if "$" in rate else re.match(r"Free|[\d.]+%", last)
                    official[digits(node["referenceNumber"])] = general.group(0) if general else rate
                for child in node.values():
                    walk(child)
            elif isinstance(node, list):
                for child in node:
                    walk(child)

        walk(load("au/tariff-schedule3.json.xz"))
        self.compare("AU", self.of(pack("au-starter")), official)
        self.assertGreater(self.checked["AU"], 300)

    def test_tariff_books_of_africa(self):
        for market, book in (("ECOWAS", "GHA_to_NGA"), ("CEMAC", "GHA_to_CMR")):
            official = {}
            for row in load(f"unctad-afcfta/{book}.json.xz"):
                if row["mfn"] not in (None, ""):
                    official[digits(str(row["natTarLine"]))] = format(float(row["mfn"]), "g") + "%"
            self.compare(market, self.of(pack(f"{market.lower()}-starter")), official)
            self.assertGreater(self.checked[market], 300)


if __name__ == "__main__":
    unittest.main(verbosity=1)
