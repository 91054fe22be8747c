#!/usr/bin/env python3
"""The additional duties of the United States by date: rows against the files they come from, and known facts.

The files lie in $ALLROADS_SHARED_DATA, else beside the source; without them only facts and form are tested.
"""
import bisect
import collections
import csv
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib
import unittest

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
SHARED = pathlib.Path(os.environ.get("ALLROADS_SHARED_DATA") or SOURCE / "../shared/data")
PROGRAM = os.environ.get("ALLROADS_BIN")
NAMES = ("us-ieepa", "us-232", "us-232-metals", "us-301", "us-additional")
FLOOR = "15% less the duty provided in the applicable subheading"
sys.path.insert(0, str(SOURCE / "tools"))


def measures(name):
    with open(SOURCE / "packs" / name / "measures.csv", encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] == "surcharge"]


ROWS = {name: measures(name) for name in NAMES}
ALL = [row for name in NAMES for row in ROWS[name]]
GROUPS = {group["name"]: set(group["members"]) for name in NAMES for group in tomllib.loads(
    (SOURCE / "packs" / name / "pack.toml").read_text(encoding="utf-8")).get("group", [])}


def countries(names):
    return set().union(*(GROUPS.get(name, {name}) for name in names.split()))


@functools.cache
def under(program):
    """{code: its rows in the order in which they are tried}"""
    rows = collections.defaultdict(list)
    for row in ALL:
        if row["program"] == program:
            rows[row["hs"]].append(row)
    for same in rows.values():
        same.sort(key=lambda row: (-len(asked_by(row)), -int(row["valid_from"].replace("-", ""))))
    return rows


def asked_by(row):
    return [part for part in row["conditions"].split(";") if part and not part.startswith("base=")]


def found(program, hs, origin, day, said=()):
    """The row that a quote takes: the longest code first, then as the books order them. `said`: what
    the asker declares or answers with yes; whatever else a row asks for is answered with no."""
    for size in range(len(hs), -1, -1):
        for row in under(program).get(hs[:size], []):
            if (row["valid_from"] <= day <= (row["valid_to"] or "9999") and
                    all(part in said for part in asked_by(row)) and
                    (not row["origins"] or origin in countries(row["origins"])) and
                    origin not in countries(row["excluded"])):
                return row
    return None


# program, code, origin, day, duty (None: no charge), where it is said, what the asker says
FACTS = [
    ("IEEPA-CN", "46021918", "CN", "2025-02-03", None, "EO 14195: from 4 February 2025"),
    ("IEEPA-CN", "46021918", "CN", "2025-02-04", "10%", "HTSUS 9903.01.20; U.S. note 2(s)"),
    ("IEEPA-CN", "46021918", "HK", "2025-03-04", "20%", "EO 14228"),
    ("IEEPA-CN", "46021918", "CN", "2025-11-09", "20%", "the day before U.S. note 2(u)"),
    ("IEEPA-CN", "46021918", "CN", "2025-11-10", "10%", "U.S. note 2(u)"),
    ("IEEPA-CN", "46021918", "CN", "2026-02-24", None, "HTS 2026 revision 4"),
    ("IEEPA-CA", "61091000", "CA", "2025-07-31", "25%", "HTSUS 9903.01.10"),
    ("IEEPA-CA", "61091000", "CA", "2025-08-01", "35%", "HTSUS 9903.01.10, HTS 2025 revision 32"),
    ("IEEPA-CA", "27090010", "CA", "2025-09-01", "10%", "HTSUS 9903.01.13"),
    ("IEEPA-MX", "31042000", "MX", "2025-09-01", "10%", "HTSUS 9903.01.05"),
    ("IEEPA-RECIPROCAL", "46021918", "KE", "2025-04-04", None, "EO 14257: from 5 April 2025"),
    ("IEEPA-RECIPROCAL", "46021918", "KE", "2025-04-05", "10%", "HTSUS 9903.01.25"),
    ("IEEPA-RECIPROCAL", "61091000", "VN", "2025-04-09", "46%", "HTSUS 9903.01.72"),
    ("IEEPA-RECIPROCAL", "61091000", "VN", "2025-04-10", "10%", "EO 14266"),
    ("IEEPA-RECIPROCAL", "61091000", "VN", "2025-08-07", "20%", "HTSUS 9903.02.69"),
    ("IEEPA-RECIPROCAL", "61091000", "CN", "2025-04-10", "125%", "revision_dates.csv, 2025 rev_9"),
    ("IEEPA-RECIPROCAL", "61091000", "CN", "2025-05-14", "10%", "revision_dates.csv, 2025 rev_12"),
    ("IEEPA-RECIPROCAL", "61091000", "IN", "2026-02-23", "25%", "HTSUS 9903.02.26, HTS 2026 revision 4"),
    ("IEEPA-RECIPROCAL", "61091000", "DE", "2025-08-07", FLOOR, "HTSUS 9903.02.19 and .20"),
    ("IEEPA-RECIPROCAL", "91021100", "CH", "2025-11-13", "39%", "HTSUS 9903.02.58"),
    ("IEEPA-RECIPROCAL", "91021100", "CH", "2025-11-14", FLOOR, "policy_params.yaml; 90 FR 59281"),
    ("IEEPA-RECIPROCAL", "61091000", "KR", "2025-11-13", "15%", "HTSUS 9903.02.56 ended on 14 November"),
    ("IEEPA-RECIPROCAL", "09012100", "BR", "2025-11-12", "10%", "HTSUS 9903.02.09"),
    ("IEEPA-RECIPROCAL", "09012100", "BR", "2025-11-13", "0%", "HTSUS 9903.01.32, 2025 rev_29"),
    ("IEEPA-RECIPROCAL", "45011000", "PT", "2025-09-01", "0%", "HTSUS 9903.02.74"),
    ("IEEPA-RECIPROCAL", "19059010", "KE", "2025-12-01", "10%", "U.S. note 2(v)(iii)(b): religious use"),
    ("IEEPA-RECIPROCAL", "61091000", "CA", "2025-09-01", None, "HTSUS 9903.01.26"),
    ("IEEPA-BR", "61091000", "BR", "2025-08-05", None, "EO 14323: from 6 August 2025"),
    ("IEEPA-BR", "61091000", "BR", "2025-08-06", "40%", "HTSUS 9903.01.77"),
    ("IEEPA-BR", "09012100", "BR", "2025-11-13", "0%", "country_eo_exempt_products.csv"),
    ("IEEPA-IN", "61091000", "IN", "2026-02-06", "25%", "HTSUS 9903.01.84, terminated as of 7 February 2026"),
    ("IEEPA-IN", "61091000", "IN", "2026-02-07", None, "HTSUS 9903.01.84"),
    ("S122", "46021918", "KE", "2026-02-24", "10%", "HTSUS 9903.03.01; policy_params.yaml, section_122"),
    ("S122", "46021918", "KE", "2026-07-24", None, "150 days"),
    ("S122", "09012100", "BR", "2026-03-01", "0%", "U.S. note 2(aa)(ii)"),
    ("S122", "39172100", "VN", "2026-05-01", "10%", "U.S. note 2(aa)(iv): free only for civil aircraft"),
    ("S232-STEEL", "72083900", "IN", "2025-02-01", "25%", "HTSUS 9903.80.01"),
    ("S232-STEEL", "72083900", "BR", "2025-02-01", None, "HTSUS 9903.80.01: except Brazil"),
    ("S232-STEEL", "73239300", "CN", "2025-03-11", None, "Proclamation 10896: from 12 March 2025"),
    ("S232-STEEL", "73239300", "CN", "2025-03-12", "25%", "HTSUS 9903.81.90"),
    ("S232-STEEL", "73239300", "CN", "2025-06-04", "50%", "Proclamation 10947"),
    ("S232-STEEL", "73239300", "GB", "2025-06-04", "25%", "HTSUS 9903.81.97"),
    ("S232-METALS", "72083900", "IN", "2026-04-06", "50%", "HTSUS 9903.82.02"),
    ("S232-METALS", "73239300", "CN", "2026-04-06", "25%", "HTSUS 9903.82.09"),
    ("S232-METALS", "72010010", "CN", "2026-04-06", None, "pig iron is on no list"),
    ("S232-ALUMINUM", "76012030", "JP", "2025-02-01", "10%", "HTSUS 9903.85.01 does not except Japan"),
    ("S232-ALUMINUM", "76012030", "RU", "2025-07-01", "200%", "HTSUS 9903.85.67"),
    ("S232-COPPER", "74111010", "CL", "2025-08-01", "50%", "HTSUS 9903.78.01"),
    ("S232-AUTOS", "87032301", "JP", "2025-09-15", "25%", "HTSUS 9903.94.01"),
    ("S232-AUTOS", "87032301", "JP", "2025-09-16", FLOOR, "HTSUS 9903.94.41"),
    ("S232-AUTOS", "87032301", "DE", "2025-08-01", FLOOR, "HTSUS 9903.94.51; entries from 1 August 2025"),
    ("S232-AUTO-PARTS", "87083010", "MX", "2025-05-03", "25%", "HTSUS 9903.94.05", ("ask=9903.94.05",)),
    ("S232-WOOD", "44071100", "CA", "2025-10-14", "10%", "HTSUS 9903.76.01"),
    ("S232-WOOD", "9401614011", "VN", "2025-10-13", None, "Proclamation 10976: from 14 October 2025"),
    ("S232-WOOD", "9401614011", "VN", "2026-06-08", "25%", "HTSUS 9903.76.02"),
    ("S232-WOOD", "9401614011", "GB", "2025-10-14", "10%", "HTSUS 9903.76.20"),
    ("S232-WOOD", "9401614011", "TW", "2026-05-01", FLOOR, "HTSUS 9903.76.24"),
    ("S232-WOOD", "9403608093", "VN", "2026-01-01", "25%", "HTSUS 9903.76.03", ("ask=9903.76.03",)),
    ("S232-TRUCKS", "87012100", "MX", "2025-11-01", "25%", "HTSUS 9903.74.01"),
    ("S232-TRUCKS", "87021031", "DE", "2025-11-01", "10%", "HTSUS 9903.74.02"),
    ("9903.88.15", "61091000", "CN", "2025-01-01", "7.5%", "HTS, footnote at 6109.10.00"),
    ("9903.88.03", "94032000", "CN", "2026-01-01", "25%", "HTS, footnote at 9403.20.00"),
    ("9903.88.15", "61091000", "VN", "2025-01-01", None, "products of China only"),
    ("9903.91.08", "40151210", "CN", "2026-01-01", "100%", "U.S. note 31(i)"),
    ("9903.91.07", "6307909870", "CN", "2025-12-31", None, "U.S. note 31(h): from 1 January 2026"),
    ("9903.91.07", "6307909870", "CN", "2026-01-01", "50%", "U.S. note 31(h)"),
    ("S301-LABOR", "61091000", "VN", "2026-07-23", None, "FR 2026-15181: from 24 July 2026"),
    ("S301-LABOR", "61091000", "VN", "2026-07-24", "12.5%", "HTSUS 9903.05.84"),
    ("S301-LABOR", "61091000", "IN", "2026-07-24", "10%", "HTSUS 9903.05.44"),
    ("S301-LABOR", "61091000", "KE", "2026-07-24", None, "not among the economies of U.S. note 52"),
    ("S301-LABOR", "09012100", "VN", "2026-07-24", "0%", "U.S. note 52(b)"),
    ("S301-LABOR", "61091000", "JP", "2026-07-24", "12.5" + FLOOR[2:], "HTSUS 9903.05.48 and .49"),
    ("S301-BR", "61091000", "BR", "2026-07-22", "25%", "HTSUS 9903.05.01", ("ask=9903.05.01",))]


class Facts(unittest.TestCase):
    def test_known_rates(self):
        for program, hs, origin, day, duty, where, *said in FACTS:
            row = found(program, hs, origin, day, said[0] if said else ())
            with self.subTest(f"{program} {hs} {origin} {day}: {where}"):
                self.assertEqual(row["duty"] if row else None, duty)

    def test_one_base_rate_for_every_origin_and_day(self):
        """Rows for every good, without a condition, never speak twice for one origin of one program."""
        plain = [row for row in ALL if not row["hs"] and not row["conditions"]]
        named = " ".join(row["origins"] + " " + row["excluded"] for row in plain)
        origins = sorted(countries(named) | {"KE"})
        days = sorted({row["valid_from"] for row in plain} | {row["valid_to"] for row in plain})
        for program in {row["program"] for row in plain}:
            of = [row for row in plain if row["program"] == program]
            for origin in origins:
                for day in days:
                    hits = [row for row in of if row["valid_from"] <= day <= row["valid_to"] and
                            (not row["origins"] or origin in countries(row["origins"])) and
                            origin not in countries(row["excluded"])]
                    self.assertLessEqual(len(hits), 1, f"{program} {origin} {day}")

    def test_nothing_under_the_emergency_powers_outlives_the_judgment(self):
        for row in ALL:
            if row["program"].startswith("IEEPA"):
                self.assertTrue(row["valid_to"] and row["valid_to"] <= "2026-02-23", row)

    def test_every_row_names_its_law(self):
        for row in ALL:
            self.assertRegex(row["legal"], r"HTSUS 99|U\.S\. note|Proclamation|Executive Order", row)
            self.assertEqual(row["checked_on"], "2026-11-25")


@unittest.skipUnless(SHARED.exists(), f"skipped: no official files at {SHARED}")
class AgainstTheFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import make_us_policy
        cls.made = make_us_policy
        cls.schedule = make_us_policy.Schedule(SHARED)
        cls.resources = SHARED / "us-policy/resources"

    def leaves(self, prefix):
        leaves = self.schedule.leaves
        at = bisect.bisect_left(leaves, prefix)
        while at < len(leaves) and leaves[at].startswith(prefix):
            yield leaves[at]
            at += 1

    def test_the_packs_are_what_the_script_makes(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name in NAMES:
                (root / "packs" / name).mkdir(parents=True)
                text = (SOURCE / "packs" / name / "measures.csv").read_text(encoding="utf-8")
                (root / "packs" / name / "measures.csv").write_text(text, encoding="utf-8")
            kept, self.made.ROOT = self.made.ROOT, root
            try:
                notes = self.made.Notes(SHARED)
                contents = self.made.content_lists(self.schedule, self.resources)
                self.made.ieepa(self.schedule, self.resources, notes, contents)
                self.made.section_232(self.schedule, self.resources, contents)
                self.made.section_122(self.schedule, notes, contents)
                self.made.section_301(self.schedule)
            finally:
                self.made.ROOT = kept
            for name in NAMES:
                same = (root / "packs" / name / "measures.csv").read_text(encoding="utf-8") == (
                    SOURCE / "packs" / name / "measures.csv").read_text(encoding="utf-8")
                self.assertTrue(same, f"{name}: run tools/make_us_policy.py")

    def test_rates_are_those_of_their_headings(self):
        """A row that names one heading charges what some revision says there."""
        said = collections.defaultdict(set)
        for headings in self.schedule.headings.values():
            for heading, (_, rate) in headings.items():
                said[heading].update(re.findall(r"[\d.]+(?=%)", rate) or ["0"])
        checked = 0
        for row in ALL:
            named = re.findall(r"9903\.\d\d\.\d\d", row["legal"])
            rate = re.match(r"([\d.]+)%", row["duty"])
            if len(named) != 1 or not rate or rate.group(1) == "0" or "HK" in row["origins"]:
                continue
            allowed = said[named[0]].copy()
            for other in re.findall(r"and (\.\d\d)", row["legal"]):
                allowed |= said[named[0][:7] + other]
            if not allowed:
                continue
            if row["duty"] == "25%" and row["valid_to"] == "2025-06-03":  # doubled since: Proclamation 10947
                continue
            early = {"IEEPA-CA": {"25", "35"}, "IEEPA-CA-MARCH": {"25"}, "IEEPA-CN": {"10", "20"},
                     "S232-STEEL": {"25", "50"}, "S232-ALUMINUM": {"10", "25", "50", "200"}}
            self.assertIn(rate.group(1), allowed | early.get(row["program"], set()), row)
            checked += 1
        self.assertGreater(checked, 6000)

    def test_section_301_is_charged_where_the_schedule_says_so(self):
        for row in ROWS["us-301"]:
            if row["conditions"] or row["duty"] == "0%" or not row["program"].startswith("9903"):
                continue
            name = "2026_rev_10" if not row["valid_to"] else "2025_rev_32"
            listed = self.schedule.footnotes[name][row["program"]]
            for leaf in self.leaves(row["hs"]):
                self.assertTrue(any(leaf[:size] in listed for size in (6, 8, 10)), f"{row['program']} {leaf}")
        with open(self.resources / "s301_product_lists.csv", encoding="utf-8") as file:
            lists = list(csv.DictReader(file))
        for program in ("9903.88.01", "9903.88.02", "9903.88.15", "9903.91.03", "9903.91.05", "9903.91.06"):
            for line in lists:
                if line["ch99_code"] != program or line["hts8"] == "04032050":
                    continue
                if list(self.leaves(line["hts8"])):
                    row = found(program, line["hts8"], "CN", "2026-06-30")
                    asked = found(program, line["hts8"], "CN", "2026-06-30", (f"ask={program}",))
                    self.assertTrue(row or asked, f"{program} {line['hts8']}")

    def test_section_122_spares_what_its_note_lists(self):
        with open(self.resources / "s122_exempt_products.csv", encoding="utf-8") as file:
            either = {row["hts8"] for row in csv.DictReader(file)} | {"85051100"}  # 8505.11.0070
        free = [row["hs"] for row in ROWS["us-additional"] if row["program"] == "S122" and
                row["duty"] == "0%" and row["hs"] and row["legal"].endswith("9903.03.03")]
        for prefix in free:
            for leaf in self.leaves(prefix):
                self.assertIn(leaf[:8], either)
        self.assertGreater(len(free), 300)

    def test_the_metal_annexes_give_each_line_its_rate(self):
        rates = {"1a": ("50%",), "1b": ("25%",), "3": (FLOOR,), "1c": ("25%",)}
        yes = tuple(f"ask=9903.82.{heading}" for heading in ("02", "09", "10"))
        annexes = self.made.annex_values(self.resources, "2026-06-08")
        for prefix, value in annexes.items():
            if value is None or not list(self.leaves(prefix)):
                continue
            for leaf in self.leaves(prefix):
                longest = next(leaf[:size] for size in (10, 8, 6, 4) if leaf[:size] in annexes)
                if longest == prefix:
                    row = found("S232-METALS", leaf, "CN", "2026-06-30", yes)
                    self.assertIn(row and row["duty"], rates[value[0]], f"{leaf} {value}")

    def test_annex_two_is_exempt_on_its_days(self):
        with open(self.resources / "ieepa_exempt_products.csv", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        import us_policy_law as law
        for line in lines[::7]:
            code = line["hts10"]
            if code[:2] in ("49", "97", "98") or code[:8] in law.PARTICULAR or len(code) > 10:
                continue
            day = line["effective_date_start"].replace("NA", "2025-04-05")
            row = found("IEEPA-RECIPROCAL", code, "KE", day)
            self.assertEqual(row["duty"], "0%", f"{code} {day}")


@unittest.skipUnless(PROGRAM, "ALLROADS_BIN does not name the program")
class Quoted(unittest.TestCase):
    """Through the books: what stands on what."""
    ASKED = [  # code, origin, day, proofs, facts, {program: amount, None for unknown}
        ("73239300", "CN", "2025-07-15", [], {}, {"S232-STEEL": "500.00", "IEEPA-RECIPROCAL": "0.00",
                                                  "IEEPA-CN": "200.00"}),
        ("73239300", "CA", "2025-04-15", [], {}, {"S232-STEEL": "0.00", "IEEPA-CA": "250.00"}),
        ("73239300", "CA", "2025-04-15", ["USMCA"], {}, {"S232-STEEL": "250.00", "IEEPA-CA": "0.00"}),
        ("61091000", "DE", "2025-09-15", [], {}, {"IEEPA-RECIPROCAL": "0.00"}),
        ("46021918", "DE", "2025-09-15", [], {}, {"IEEPA-RECIPROCAL": "105.00"}),
        ("9401614011", "IT", "2025-11-01", [], {}, {"S232-WOOD": "150.00", "IEEPA-RECIPROCAL": "0.00"}),
        ("94016140", "VN", "2025-11-01", [], {}, {"S232-WOOD": None, "IEEPA-RECIPROCAL": "0.00"}),
        ("61091000", "IN", "2025-09-15", [], {}, {"IEEPA-RECIPROCAL": "250.00", "IEEPA-IN": "250.00"}),
        ("61091000", "CN", "2026-03-01", [], {}, {"S122": "100.00"})]

    def test_quotes(self):
        requests = [{"from": origin, "to": "US", "date": day, "road": "sea", "proofs": proofs, "goods": [
            {"hs": hs, "origin": origin, "price": "1000.00", "price_currency": "USD", "quantity": "10",
             "facts": facts}]} for hs, origin, day, proofs, facts, _ in self.ASKED]
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([PROGRAM, "--data", folder, "books", "build", "--no-words", "--only-packs", "--packs",
                            str(SOURCE / "packs"), "--quiet"], check=True)
            said = subprocess.run([PROGRAM, "--data", folder, "quote", "--batch", "-"], text=True, check=True,
                                  input="\n".join(map(json.dumps, requests)), capture_output=True).stdout
        for asked, line in zip(self.ASKED, said.splitlines(), strict=True):
            charges = {charge.get("program"): charge["amount"] for charge in json.loads(line)["charges"]}
            for program, amount in asked[-1].items():
                with self.subTest(f"{asked[:4]} {program}"):
                    self.assertEqual(charges[program], amount)


if __name__ == "__main__":
    unittest.main(verbosity=1)
