#!/usr/bin/env python3
"""Rewrites the packs of additional duties of the United States: us-ieepa, us-232, us-301, and section 122.

    tools/make_us_policy.py DATA_FOLDER

Only codes, rates and days are taken over. What the law says beyond lists stands in tools/us_policy_law.py. A
row whose title is one of DERIVED is written anew; every other row, and every pack.toml, is kept by hand and
left as it is. tests/us_policy_test.py holds the result to the files.
"""
import bisect
import collections
import csv
import lzma
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import us_policy_law as law  # noqa: E402
from make_starter import GOODS, HEADER, ROOT, USITC, digits, load  # noqa: E402

CHECKED = "2026-11-25"
REVISIONS = ["2025_basic", "2025_rev_32", "2026_rev_4", "2026_rev_10"]
CHAPTER_99 = "HTS chapter 99"
FOOTNOTES = "HTS footnotes"
LISTS = "HTS chapter 99 lists"  # as others collected them
DERIVED = {CHAPTER_99, FOOTNOTES, LISTS, "HTS chapter 99, subchapter III"}
SIZES = (2, 4, 6, 8, 10)
MIXED = object()


class Pack:
    """A pack on the disk: what is kept by hand stays, what is derived is written anew after it."""

    def __init__(self, name):
        self.folder = ROOT / "packs" / name
        self.rows = []
        if (self.folder / "measures.csv").exists():
            with open(self.folder / "measures.csv", encoding="utf-8", newline="") as file:
                self.rows = [row for row in csv.DictReader(file) if row["title"] not in DERIVED]

    def row(self, hs, program, duty, first, last, legal, **values):
        fixed = {"market": "US", "hs": hs, "kind": "surcharge", "program": program, "duty": duty,
                 "valid_from": first, "valid_to": last, "legal": legal, "title": CHAPTER_99, "url": USITC,
                 "checked_on": CHECKED, "confidence": "official"}
        self.rows.append(dict.fromkeys(HEADER, "") | fixed | values)

    def write(self):
        with open(self.folder / "measures.csv", "w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, HEADER, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
        if not (self.folder / "lines.csv").exists():
            (self.folder / "lines.csv").write_text("market,hs,text,unit,declarable\n", encoding="utf-8")
        print(f"{self.folder.name}: {len(self.rows)} measures")


class Schedule:
    """The ten-digit codes of chapters 1 to 97 in four revisions, and what their footnotes name."""

    def __init__(self, data):
        self.footnotes = {}
        self.headings = {}
        codes = set()
        for name in REVISIONS:
            notes = collections.defaultdict(set)
            headings = {}
            for row in load(data / f"us-hts/hts_{name}.json.gz"):
                code = digits(row["htsno"])
                if code.startswith("9903") and row["general"]:
                    headings[row["htsno"]] = (row["description"] or "", row["general"].strip())
                if not code or code.startswith(("98", "99")):
                    continue
                codes.add(code)
                for note in row["footnotes"] or []:
                    for heading in re.findall(r"9903\.\d\d\.\d\d", note["value"] or ""):
                        notes[heading].add(code[:8] if code.endswith("00") else code)
            self.footnotes[name], self.headings[name] = notes, headings
        divided = {code[:8] for code in codes if len(code) == 10}
        self.leaves = sorted({code if len(code) == 10 else code + "00" for code in codes
                              if len(code) == 10 or (len(code) == 8 and code not in divided)})

    def cover(self, values):
        """{shortest prefix that is true of every line under it: value}. `values` {prefix: value}: the longest
        speaks. A code that no revision of ours has stays as it is."""
        of, spoken = {}, set()
        for leaf in self.leaves:
            for size in reversed(SIZES):
                if leaf[:size] in values:
                    of[leaf] = values[leaf[:size]]
                    spoken.add(leaf[:size])
                    break
        whole = {}
        for leaf in self.leaves:
            value = of.get(leaf)
            for size in SIZES:
                prefix = leaf[:size]
                whole[prefix] = value if whole.get(prefix, value) == value else MIXED
        out = {prefix: value for prefix, value in values.items()
               if value is not None and not any(leaf.startswith(prefix) for leaf in self.near(prefix))}
        for leaf, value in of.items():
            if value is not None:
                out[next(leaf[:size] for size in SIZES if whole[leaf[:size]] == value)] = value
        return dict(sorted(out.items()))

    def near(self, prefix):
        """The line that might begin with a prefix."""
        at = bisect.bisect_left(self.leaves, prefix)
        return self.leaves[at:at + 1]

    def opened(self, cover, parents):
        """Of `parents`, those that are longer codes' only in part: {parent: the lines under it that `cover`
        leaves out, as short as may be}. Who asks by the shorter code has to be asked."""
        out = {}
        for parent in sorted(parents):
            if any(parent[:size] in cover for size in SIZES if size <= len(parent)):
                continue
            leaves = [leaf for leaf in self.leaves if leaf.startswith(parent)]
            left = {leaf for leaf in leaves if not any(leaf[:size] in cover for size in SIZES)}
            if left and len(left) < len(leaves):
                eights = collections.defaultdict(list)
                for leaf in leaves:
                    eights[leaf[:8]].append(leaf)
                out[parent] = []
                for eight, lines in eights.items():
                    whole = len(eight) > len(parent) and all(line in left for line in lines)
                    out[parent] += [eight] if whole else [line for line in lines if line in left]
        return out

    def prefixes(self, codes):
        return list(self.cover(dict.fromkeys(codes, True)))


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


class Notes:
    """The text of chapter 99: lists of codes between two phrases."""

    def __init__(self, data):
        with lzma.open(data / "us-policy/chapter99_2026_rev_6.txt.xz", "rt", encoding="utf-8",
                       errors="replace") as file:
            self.text = file.read()

    def codes(self, begin, end):
        """Codes of 4 to 10 digits that stand alone on a line of the list, without those of chapter 99."""
        start = self.text.index(begin)
        part = self.text[start + len(begin):self.text.index(end, start)]
        found = set()
        for line in part.splitlines():
            if re.search(r"[A-Za-z]{2}", re.sub(r"and|or", "", line)):
                continue
            for code in re.findall(r"(?<![\d.])\d{4}(?:\.\d\d){0,2}(?:\.?\d\d)?(?![\d.])", line):
                found.add(digits(code))
        return {code for code in found if not code.startswith(("98", "99"))}


# ---- emergency powers (IEEPA) ---------------------------------------------------------------------------

def named_rates(schedule, name, pattern):
    """{countries: (rate, heading)} of the headings of one edition that match."""
    out = {}
    for heading, (text, rate) in schedule.headings[name].items():
        found = re.search(r"articles the product of (?:the )?(.*?),? (?:as provided|with an ad )", text)
        added = re.search(r"\+ ?(\d+%)$", rate)
        if not (re.fullmatch(pattern, heading) and found and added):
            continue
        said = re.sub(r",? including Hong Kong and Macau", "", found.group(1))
        for country in re.split(r", or |, | or ", said):
            country = country.removeprefix("the ").strip().rstrip(",")
            out[law.COUNTRIES[country]] = (added.group(1), heading)
    return out


def grouped(rates):
    """{(rate): (origins, first heading, last heading)}"""
    groups = collections.defaultdict(list)
    for origins, (rate, heading) in rates.items():
        groups[rate].append((origins, heading))
    for rate, members in sorted(groups.items(), key=lambda item: int(item[0][:-1])):
        headings = sorted(heading for _, heading in members)
        span = headings[0] if len(set(headings)) == 1 else f"{headings[0]} to {headings[-1]}"
        yield rate, " ".join(sorted(origins for origins, _ in members)), span


def reciprocal_rates(pack, schedule):
    always = f"CA MX {law.COLUMN_2}"
    china = "CN HK MO"
    base = "HTSUS 9903.01.25; Executive Order 14257"
    program = "IEEPA-RECIPROCAL"
    for duty, first, last in law.CHINA_RECIPROCAL:
        pack.row("", program, duty, first, last, "HTSUS 9903.01.25 and .63; U.S. note 2(v) and (w)",
                 origins=china, confidence="official" if duty == "10%" else "secondary")
    pack.row("", program, "10%", law.RECIPROCAL, "2025-04-08", base, excluded=f"{always} {china}")
    first_day = named_rates(schedule, "2025_rev_32", r"9903\.01\.(4[3-9]|[56]\d|7[0-6])")
    first_day.pop(china, None)
    for rate, origins, span in grouped(first_day):
        pack.row("", program, rate, "2025-04-09", "2025-04-09", f"HTSUS {span}; Executive Order 14257",
                 origins=origins)
    pack.row("", program, "10%", "2025-04-09", "2025-04-09", base,
             excluded=f"{always} {china} " + " ".join(sorted(first_day)))
    pack.row("", program, "10%", "2025-04-10", "2025-08-06", "HTSUS 9903.01.25; Executive Order 14266",
             excluded=f"{always} {china}")
    second = named_rates(schedule, "2025_rev_32", r"9903\.02\.\d\d")
    for floor, (first, legal) in law.FLOORS.items():
        if first > law.PHASE_2:
            rate, heading = second[floor]
            pack.row("", program, rate, law.PHASE_2, "2025-11-13", f"HTSUS {heading}; Executive Order 14326",
                     origins=floor)
        pack.row("", program, law.FLOOR, first, law.IEEPA_END, legal, origins=floor)
        second.pop(floor, None)
    for rate, origins, span in grouped(second):
        pack.row("", program, rate, law.PHASE_2, law.IEEPA_END, f"HTSUS {span}; Executive Order 14326",
                 origins=origins)
    pack.row("", program, "10%", law.PHASE_2, law.IEEPA_END, base,
             excluded=" ".join([always, china] + sorted(second) + sorted(law.FLOORS)))
    for heading, origins, first, what in law.DECLARED_RECIPROCAL:
        pack.row("", program, "0%", first, law.IEEPA_END, f"HTSUS {heading}, {what}", origins=origins,
                 excluded="" if origins else always, conditions=f"additional-code={heading}",
                 stack="" if origins else "excludes=IEEPA-BR;excludes=IEEPA-IN")


def reciprocal_exemptions(pack, schedule, resources, notes):
    """Annex II with its days. India's own duty spares the same goods: note 2(z)(ii). The collection names
    lines of ten digits; the law names eight, but for single lines."""
    program = "IEEPA-RECIPROCAL"
    listed = notes.codes("(a) As provided for in heading 9903.01.32", "(b) As provided in heading 9903.02.78")
    lines = {code for code in listed if len(code) == 10}
    periods = collections.defaultdict(set)
    for line in table(resources / "ieepa_exempt_products.csv"):
        code = line["hts10"][:10] if line["hts10"][:10] in lines else line["hts10"][:8]
        if code[:2] in ("49", "97", "98") or code[:8] in law.PARTICULAR:
            continue
        first, last = (line[f"effective_date_{end}"].replace("NA", "") for end in ("start", "end"))
        periods[(first or law.RECIPROCAL, last or law.IEEPA_END)].add(code)
    for (first, last), codes in sorted(periods.items()):
        for hs in schedule.prefixes(codes):
            whole = first == law.RECIPROCAL and last == law.IEEPA_END
            pack.row(hs, program, "0%", first, last, "HTSUS 9903.01.32", title=LISTS,
                     stack="excludes=IEEPA-IN" if last > law.INDIA[0] else "",
                     confidence="official" if whole else "secondary")
    for hs in law.INFORMATION:
        pack.row(hs, program, "0%", law.RECIPROCAL, law.IEEPA_END,
                 "HTSUS 9903.01.31: informational materials", title=LISTS, confidence="secondary",
                 stack="excludes=IEEPA-BR;excludes=IEEPA-IN")
    for hs in law.PERHAPS_INFORMATION:
        pack.row(hs, program, "See HTSUS 9903.01.31: informational materials are exempt, the rest is not",
                 law.RECIPROCAL, law.IEEPA_END, "HTSUS 9903.01.31", title=LISTS, confidence="secondary")
    groups = {"eu": ("US-EU", "2025-09-01", "9903.02.74"),
              "swiss": ("CH LI", "2025-11-14", "9903.02.84 and .89")}
    lists = collections.defaultdict(set)
    for line in table(resources / "floor_exempt_products.csv"):
        if line["category"] == "ptaap" and not line["hts8"].startswith("98"):
            lists[line["country_group"]].add(line["hts8"])
    for group, codes in sorted(lists.items()):
        origins, first, heading = groups[group]
        for hs in schedule.prefixes(codes):
            pack.row(hs, program, "0%", first, law.IEEPA_END, f"HTSUS {heading}", origins=origins,
                     title=LISTS, confidence="secondary")


def fentanyl(pack, schedule, resources):
    for program, origins, duty, first, last, legal, stack in law.FENTANYL:
        pack.row("", program, duty, first, last, legal, origins=origins, stack=stack)
        for hs in law.INFORMATION:
            pack.row(hs, program, "0%", first, last, f"{legal}: informational materials are exempt",
                     origins=origins, title=LISTS, confidence="secondary")
    chapters = set()
    for program, origins in (("IEEPA-CA", "CA"), ("IEEPA-MX", "MX")):
        lists = collections.defaultdict(set)
        for line in table(resources / "fentanyl_carveout_products.csv"):
            if line["category"].endswith(origins.lower()) and line["hts8"][:2] != "98":
                lists[line["ch99_code"]].add(line["hts8"])
        taken = set()
        for heading, codes in sorted(lists.items()):
            for hs in schedule.prefixes(codes - taken):
                # Of the metals section 232 names, only some of chapter 76 are here.
                days = [("2025-03-07", law.IEEPA_END, "")] if hs[:2] != "76" else [
                    ("2025-03-07", "2025-03-11", ""), ("2025-03-12", "2025-06-03", law.METALS),
                    ("2025-06-04", law.IEEPA_END, "")]
                for first, last, stack in days:
                    pack.row(hs, program, "10%", first, last, f"HTSUS {heading}", origins=origins,
                             stack=stack, title=LISTS, confidence="secondary")
            taken |= codes
        chapters |= {code[:2] for code in lists["9903.01.13"]}
    for hs in sorted(chapters):  # three days: not worth a list of their own
        pack.row(hs, "IEEPA-CA-MARCH", "See HTSUS 9903.01.13: energy and critical minerals 10%, the rest 25%",
                 "2025-03-04", "2025-03-06", law.CA, origins="CA", title=LISTS, confidence="secondary")


def country_orders(pack, schedule, resources):
    first, last, legal = law.BRAZIL
    pack.row("", "IEEPA-BR", "40%", first, last, legal, origins="BR")
    lists = collections.defaultdict(set)
    for line in table(resources / "country_eo_exempt_products.csv"):
        code = digits(line["hts10"])
        if not code.startswith(("98", "99")) and code[:8] not in law.PARTICULAR:
            lists[line["effective_date_start"]].add(code)
    for day, codes in sorted(lists.items()):
        for hs in schedule.prefixes(codes):
            pack.row(hs, "IEEPA-BR", "0%", day, last, "HTSUS 9903.01.81", origins="BR",
                     title=LISTS, confidence="secondary")
    pack.row("", "IEEPA-BR", "0%", first, last, "HTSUS 9903.01.82, civil aircraft and parts", origins="BR",
             conditions="additional-code=9903.01.82")
    first, last, legal = law.INDIA
    pack.row("", "IEEPA-IN", "25%", first, last, legal, origins="IN")


def ieepa(schedule, resources, notes, contents):
    pack = Pack("us-ieepa")
    reciprocal_rates(pack, schedule)
    reciprocal_exemptions(pack, schedule, resources, notes)
    fentanyl(pack, schedule, resources)
    country_orders(pack, schedule, resources)
    # What section 232 charges on the metal alone is charged here on the rest; whose rate that is the origin
    # decides, so the charge is named and left open.
    exempt = {row["hs"] for row in pack.rows if row["duty"] == "0%" and row["hs"] and not row["origins"] and
              (row["valid_from"], row["valid_to"]) == (law.RECIPROCAL, law.IEEPA_END)}
    asked = {hs: "9903.81.91" for hs in contents["S232-STEEL"]}
    asked |= {hs: "9903.85.08" for hs in contents["S232-ALUMINUM"] if hs not in asked}
    for hs, heading in sorted(asked.items()):
        if any(hs[:size] in exempt for size in SIZES):
            continue
        pack.row(hs, "IEEPA-RECIPROCAL", "See HTSUS 9903.01.33: on the value without the metal",
                 law.RECIPROCAL, law.IEEPA_END, "U.S. note 2(v)(vii), (ix)", excluded=f"CA MX {law.COLUMN_2}",
                 title=LISTS, confidence="secondary", conditions=f"ask={heading}")
    pack.write()


# ---- section 232 ----------------------------------------------------------------------------------------

SINCE_JULY = "excludes=S301-LABOR;excludes=S301-BR"  # U.S. notes 52(f) and 50
UNDER_232 = "excludes=S122;" + SINCE_JULY
UNDER_METAL = ";".join(f"excludes={one}" for one in (
    "IEEPA-RECIPROCAL", "IEEPA-BR", "IEEPA-IN", "IEEPA-CA", "IEEPA-MX", "S122"))
UNDER_CONTENT = "excludes=IEEPA-BR;excludes=IEEPA-IN"
METALS = ";".join(f"excludes=S232-{one}" for one in ("STEEL", "ALUMINUM", "COPPER", "METALS"))
OVER_METALS = f"{UNDER_METAL};{SINCE_JULY};{METALS}"
# For origins that no order of their own but the general one met.
UNDER_GENERAL = "excludes=IEEPA-RECIPROCAL;excludes=S122"
UNDER_DEAL = UNDER_GENERAL + ";excludes=S301-LABOR"
WHAT = {"S232-STEEL": ("9903.81.87", "9903.81.94"), "S232-ALUMINUM": ("9903.85.02", "9903.85.12")}


def in_chapter(pack, schedule, program, codes, first, before=""):
    """Articles and derivative articles charged on their whole value, by days. `before`: the rate until
    2025-03-11, for those whom no exemption or quota spared."""
    heading, british = WHAT[program]
    steel = program == "S232-STEEL"
    russia = "" if steel else "RU"  # aluminum of Russia: 200 %, Proclamation 10522
    for hs in schedule.prefixes(codes):
        if before:
            spared, quota = ((law.STEEL_OUTSIDE, law.STEEL_QUOTA) if steel else
                             (law.ALUMINUM_OUTSIDE, law.ALUMINUM_QUOTA))
            legal = "HTSUS 9903.80.01" if steel else "HTSUS 9903.85.01"
            pack.row(hs, program, before, "2025-01-01", "2025-03-11", legal,
                     excluded=f"{spared} {quota} {russia}".strip())
            pack.row(hs, program, "See tariff-rate quota: in quota free of the addition", "2025-01-01",
                     "2025-03-11", legal, origins=quota, conditions=f"ask={legal[6:]}")
        if first < "2025-06-04":
            pack.row(hs, program, "25%", max(first, "2025-03-12"), "2025-06-03",
                     f"HTSUS {heading}", excluded=russia, stack="excludes=IEEPA-RECIPROCAL")
        later = max(first, "2025-06-04")
        pack.row(hs, program, "25%", later, law.BEFORE_ANNEXES, f"HTSUS {british}",
                 origins="GB", stack=UNDER_GENERAL)
        pack.row(hs, program, "50%", later, law.BEFORE_ANNEXES, f"HTSUS {heading}; Proclamation 10947",
                 excluded=russia, stack=UNDER_METAL)
        if russia:
            pack.row(hs, program, "200%", first if before == "" else "2025-01-01", law.BEFORE_ANNEXES,
                     "HTSUS 9903.85.67", origins="RU")


def by_content(pack, program, lists):
    """Derivative articles outside the chapter of their metal: on the value of the metal.
    `lists` {code: (first day, whether the trader is asked)}"""
    metal = "steel" if program == "S232-STEEL" else "aluminum"
    heading, british = (("9903.81.91", "9903.81.98") if metal == "steel" else ("9903.85.08", "9903.85.15"))
    common = {"title": LISTS, "confidence": "secondary", "stack": UNDER_CONTENT}
    for hs, (first, asked) in lists.items():
        base = f"base=fact({metal}-value)" + (f";ask={heading}" if asked else "")
        legal = f"HTSUS {heading}"
        if first < "2025-06-04":
            pack.row(hs, program, "25%", first, "2025-06-03", legal, conditions=base, **common)
        later = max(first, "2025-06-04")
        pack.row(hs, program, "25%", later, law.BEFORE_ANNEXES, f"HTSUS {british}",
                 origins="GB", conditions=base, **(common | {"stack": ""}))
        pack.row(hs, program, "See HTSUS 9903.01.01 and .10: on the rest", later, law.IEEPA_END, legal,
                 origins="CA MX", **(common | {"stack": "excludes=IEEPA-CA;excludes=IEEPA-MX"}))
        pack.row(hs, program, "50%", later, law.BEFORE_ANNEXES, legal, conditions=base, **common)


def content_lists(schedule, resources):
    """{program: {prefix: (first day, whether only some of its lines are named)}}"""
    exact = collections.defaultdict(set)
    for line in table(resources / "s232_annex_products.csv"):
        if len(line["hts_prefix"]) == 10 and not line["hts_prefix"].endswith("00"):
            exact[line["hts_prefix"][:8]].add(line["metal_type"])
    eight = {line["hts_prefix"] for line in table(resources / "s232_annex_products.csv")}
    lists = {"S232-STEEL": {}, "S232-ALUMINUM": {}}
    for line in table(resources / "s232_derivative_products.csv"):
        code = line["hts_prefix"]
        if line["ch99_code"] not in ("9903.81.91", "9903.85.08") or code[:2] in ("72", "73", "76"):
            continue
        program = "S232-STEEL" if line["derivative_type"] == "steel" else "S232-ALUMINUM"
        # The collection names eight digits where the proclamation of 2026 names single lines.
        some = len(code) == 8 and code in exact and code not in eight
        lists[program][code] = (line["effective_date"] or "2025-03-12", some)
    for codes, first in ((law.STEEL_MARCH, "2025-03-12"), (law.STEEL_JUNE, "2025-06-23")):
        for code in codes:
            lists["S232-STEEL"][code] = (first, False)
    lists["S232-ALUMINUM"]["22030000"] = ("2025-04-04", False)  # beer in cans, FR 2025-05884
    return {program: schedule.cover(codes) for program, codes in lists.items()}


def old_metals(pack, schedule, resources, contents):
    steel, aluminum = "S232-STEEL", "S232-ALUMINUM"
    in_chapter(pack, schedule, steel, law.STEEL + law.STEEL_NAILS, "2025-03-12", "25%")
    in_chapter(pack, schedule, steel, law.STEEL_73, "2025-03-12")
    in_chapter(pack, schedule, steel, law.STEEL_73_AUGUST, "2025-08-18")
    in_chapter(pack, schedule, aluminum, law.ALUMINUM + law.ALUMINUM_9980, "2025-03-12", "10%")
    in_chapter(pack, schedule, aluminum, law.ALUMINUM_76, "2025-03-12")
    in_chapter(pack, schedule, aluminum, ["76129010"], "2025-04-04")
    in_chapter(pack, schedule, aluminum, law.ALUMINUM_76_AUGUST, "2025-08-18")
    for program, lists in contents.items():
        by_content(pack, program, lists)
    for hs in ("87081030", "87082921"):  # bumpers and body stampings of either metal: Proclamation 9980
        pack.row(hs, aluminum, "See HTSUS 9903.81.89 and 9903.85.04: stampings", "2025-01-01",
                 law.BEFORE_ANNEXES, "Proclamation 9980", conditions="ask=9903.85.04", stack=UNDER_METAL)
    copper = {line["hts10"] for line in table(resources / "s232_copper_products.csv")}
    for hs in schedule.prefixes(copper):
        pack.row(hs, "S232-COPPER", "50%", "2025-08-01", law.BEFORE_ANNEXES, "HTSUS 9903.78.01",
                 conditions="base=fact(copper-value)", stack=UNDER_METAL, title=LISTS)


def annex_values(resources, day):
    """{prefix: (annex, metal)} on a day of the annexes; prefixes of fewer than eight digits only for the
    metal chapters, where U.S. note 16(c) names headings."""
    out = {}
    rows = sorted(table(resources / "s232_annex_products.csv"), key=lambda line: line["effective_date"])
    for line in rows:
        code, annex, metal = line["hts_prefix"], line["annex"], line["metal_type"]
        by_chapter = {"72": "steel", "73": "steel", "74": "copper", "76": "aluminum"}.get(code[:2])
        if line["effective_date"] > day or (len(code) < 8 and (annex != "1a" or len(code) != 4)):
            continue
        code = code[:8] if len(code) == 10 and code.endswith("00") else code
        said = out.get(code)
        if said and said[0] != annex and line["effective_date"] == law.ANNEXES:
            raise SystemExit(f"s232_annex_products.csv: {code} stands in annexes {said[0]} and {annex}")
        # On two lists: the weight of both metals counts together, one rate.
        metal = by_chapter or (metal if not said or said[1] == metal else "metals")
        out[code] = (annex, metal)
    return {code: None if value[0] == "2" else value for code, value in out.items()}


def annex_row(pack, hs, annex, metal, days, part=False):
    """The rows of one prefix in one of the annexes. Outside the metal chapters the duty falls due only where
    the metals make 15 % of the weight (9903.82.03): nobody but the trader knows."""
    first, last = days
    program, chapter = "S232-METALS", hs[:2] in ("72", "73", "74", "76") and not part

    def row(duty, heading, origins="", excluded="", ask=True, **values):
        asked = f"ask={heading}" if ask else ""
        pack.row(hs, program, duty, first, last, f"HTSUS {heading}", origins=origins,
                 excluded=excluded, **({"conditions": asked, "stack": UNDER_232, "title": LISTS} | values))

    ordinary = "9903.82.02" if annex == "1a" else "9903.82.09"
    if annex in ("1a", "1b"):
        if metal != "copper":
            row("25%" if annex == "1a" else "15%", "9903.82.04" if annex == "1a" else "9903.82.05", "GB")
        russia = "RU" if metal == "aluminum" and chapter else ""
        if russia:
            row("200%", "9903.85.67", russia, ask=False)
        row("50%" if annex == "1a" else "25%", ordinary, excluded=russia, ask=not chapter)
    elif annex == "1c":
        row(law.FLOOR, "9903.82.22", law.FRAMEWORK)
        row("See U.S. note 16(j): content of the United States", "9903.82.20", "CA MX")
        row("25%", ordinary, excluded=f"{law.FRAMEWORK} CA MX")
    else:
        row("25%", "9903.82.12", law.COLUMN_2)
        row(law.FLOOR, "9903.82.10", excluded=law.COLUMN_2)


def annexes(pack, schedule, resources):
    april = schedule.cover(annex_values(resources, law.ANNEXES))
    june = schedule.cover(annex_values(resources, "2026-06-08"))
    for hs, value in april.items():
        annex_row(pack, hs, *value, (law.ANNEXES, "" if june.get(hs) == value else "2026-06-07"))
    for hs, value in june.items():
        if april.get(hs) != value:
            annex_row(pack, hs, *value, ("2026-06-08", ""))
    # Shorter codes under which only some lines are named: the trader is asked, the lines beside are free.
    parents = {hs[:8] for hs in june if len(hs) == 10} | {hs[:6] for hs in june if hs[:6] in GOODS}
    for parent, beside in schedule.opened(june, parents).items():
        values = {value for hs, value in june.items() if hs.startswith(parent)}
        if len(values) == 1:
            annex_row(pack, parent, *values.pop(), (law.ANNEXES, ""), part=True)
        else:
            pack.row(parent, "S232-METALS", "See HTSUS 9903.82: the lines under this code differ",
                     law.ANNEXES, "", "U.S. note 16(c)", stack=UNDER_232, title=LISTS)
        for hs in beside:
            pack.row(hs, "S232-METALS", "0%", law.ANNEXES, "", "U.S. note 16(c): not a line it names",
                     title=LISTS)


def vehicles(pack, schedule):
    program = "S232-AUTOS"
    for hs in schedule.prefixes(law.AUTOS):
        for origins, duty, heading, first, confidence in law.AUTO_DEALS:
            pack.row(hs, program, duty, first, "", f"HTSUS {heading}", origins=origins,
                     stack=f"{UNDER_DEAL};{METALS}", confidence=confidence)
        if hs.startswith("8703"):
            pack.row(hs, program, "7.5%", "2025-06-30", "", "HTSUS 9903.94.31; 90 FR 27851", origins="GB",
                     conditions="ask=9903.94.31", stack=f"{UNDER_DEAL};{METALS}")
        for heading, what in (("9903.94.02", "not a car or light truck"), ("9903.94.04", "25 years old")):
            pack.row(hs, program, "0%", "2025-04-03", "", f"HTSUS {heading}, {what}",
                     conditions=f"additional-code={heading}")
        pack.row(hs, program, "25%", "2025-04-03", "", "HTSUS 9903.94.01; Proclamation 10908",
                 stack=OVER_METALS)
    program = "S232-TRUCKS"
    for codes, duty, heading, asked in ((law.TRUCKS, "25%", "9903.74.01", False),
                                        (law.TRUCKS_ASKED, "25%", "9903.74.01", True),
                                        (law.BUSES, "10%", "9903.74.02", False)):
        for hs in schedule.prefixes(codes):
            for other in ("9903.74.05", "9903.74.07"):
                pack.row(hs, program, "0%", "2025-11-01", "", f"HTSUS {other}",
                         conditions=f"additional-code={other}")
            pack.row(hs, program, duty, "2025-11-01", "", f"HTSUS {heading}", stack=OVER_METALS,
                     conditions=f"ask={heading}" if asked else "")


def parts(pack, schedule, resources):
    """Parts are charged if they are parts of such vehicles; of dual-use goods only the trader knows."""
    over = OVER_METALS + ";excludes=S232-WOOD"
    deals = f"{UNDER_DEAL};{METALS};excludes=S232-WOOD"
    taiwan = "excludes=S122;excludes=S301-LABOR;excludes=S232-METALS;excludes=S232-WOOD"
    for hs in schedule.prefixes((resources / "s232_auto_parts.txt").read_text(encoding="utf-8").split()):
        for origins, duty, heading, first, confidence in law.PART_DEALS:
            pack.row(hs, "S232-AUTO-PARTS", duty, first, "", f"HTSUS {heading}", origins=origins,
                     stack=taiwan if origins == "TW" else deals, conditions="ask=9903.94.05", title=LISTS,
                     confidence=confidence)
        pack.row(hs, "S232-AUTO-PARTS", "25%", "2025-05-03", "", "HTSUS 9903.94.05; Proclamation 10908",
                 conditions="ask=9903.94.05", stack=over, title=LISTS)
        pack.row(hs, "S232-AUTO-PARTS", "See HTSUS 9903.94.32: 10% in all on some", "2025-06-30",
                 "", "HTSUS 9903.94.32; 90 FR 27851", origins="GB", conditions="ask=9903.94.05", stack=deals,
                 title=LISTS, confidence="secondary")
    for hs in schedule.prefixes((resources / "s232_mhd_parts.txt").read_text(encoding="utf-8").split()):
        pack.row(hs, "S232-TRUCK-PARTS", "25%", "2025-11-01", "", "HTSUS 9903.74.08",
                 conditions="ask=9903.74.08", stack=over, title=LISTS)


def wood(pack, schedule):
    def rows(hs, heading, duty, asked):
        deals = law.WOOD_DEALS if heading != "9903.76.01" else []
        for origins, deal, deal_heading, first, confidence in deals:
            pack.row(hs, "S232-WOOD", deal, first, "", f"HTSUS {deal_heading}", origins=origins,
                     conditions=f"ask={heading}" if asked else "", stack=UNDER_DEAL, confidence=confidence)
        pack.row(hs, "S232-WOOD", duty, "2025-10-14", "", f"HTSUS {heading}; Proclamation 10976",
                 stack=f"{UNDER_METAL};{SINCE_JULY}", conditions=f"ask={heading}" if asked else "")

    for hs in schedule.prefixes(law.SOFTWOOD):
        rows(hs, "9903.76.01", "10%", False)
    # Only single lines of the furniture are named. Of cabinets and vanities the code alone does not say it is
    # one (9903.76.04); of a shorter code the trader is asked, and the lines beside it are free.
    for codes, heading, asked in ((law.UPHOLSTERED, "9903.76.02", False), (law.CABINETS, "9903.76.03", True)):
        parents = {code[:8] for code in codes} | {code[:6] for code in codes}
        for hs in sorted(parents):
            rows(hs, heading, "25%", True)
        for hs in codes:
            rows(hs, heading, "25%", asked)
        beside = {}
        for leaf in schedule.leaves:
            if leaf[:6] in parents and leaf not in codes:
                beside[leaf if leaf[:8] in parents else leaf[:8]] = True
        for hs in sorted(beside):
            pack.row(hs, "S232-WOOD", "0%", "2025-10-14", "", f"HTSUS {heading}: not a line it names")


def section_232(schedule, resources, contents):
    pack = Pack("us-232-metals")
    old_metals(pack, schedule, resources, contents)
    annexes(pack, schedule, resources)
    pack.write()
    pack = Pack("us-232")
    pack.row("30", "S232-MEDICINES", "See HTSUS 9903.04.56: patented medicines", "2026-07-31", "",
             "Proclamation 11020", conditions="ask=9903.04.56", stack=SINCE_JULY, title=LISTS,
             confidence="secondary")
    vehicles(pack, schedule)
    parts(pack, schedule, resources)
    wood(pack, schedule)
    chips = {line["hts10"] for line in table(resources / "s232_semi_products.csv")}
    others = ("IEEPA-CN", "S232-AUTO-PARTS", "S232-TRUCK-PARTS")
    over = ";".join([OVER_METALS] + [f"excludes={one}" for one in others])
    for hs in schedule.prefixes(chips):
        pack.row(hs, "S232-CHIPS", "25%", "2026-01-15", "", "HTSUS 9903.79.01", stack=over,
                 conditions="ask=9903.79.01", title=LISTS, confidence="secondary")
    pack.write()


# ---- section 122 and section 301 ------------------------------------------------------------------------

def section_122(schedule, notes, contents):
    pack = Pack("us-additional")
    first, last = law.S122
    exempt = notes.codes("(ii) As provided in heading 9903.03.03", "(iii) As provided in heading 9903.03.04")
    pack.row("", "S122", "10%", first, last, "HTSUS 9903.03.01; proclamation of 20 February 2026")
    for heading, what in law.DECLARED_S122:
        pack.row("", "S122", "0%", first, last, f"HTSUS {heading}, {what}",
                 conditions=f"additional-code={heading}")
    for hs in schedule.prefixes(exempt - law.PARTICULAR):
        pack.row(hs, "S122", "0%", first, last, "HTSUS 9903.03.03")
    for hs in law.INFORMATION:
        pack.row(hs, "S122", "0%", first, last, "HTSUS 9903.03.11: informational materials",
                 confidence="secondary")
    for hs in law.PERHAPS_INFORMATION:
        pack.row(hs, "S122", "10%", first, last, "HTSUS 9903.03.01; informational materials are free",
                 conditions="ask=9903.03.01", confidence="secondary")
    metals = collections.defaultdict(list)
    for program, lists in contents.items():
        for hs in lists:
            metals[hs].append("steel" if program == "S232-STEEL" else "aluminum")
    exempt_prefixes = schedule.cover(dict.fromkeys(exempt, True))
    for hs, names in sorted(metals.items()):
        if any(hs.startswith(code) for code in exempt_prefixes):
            continue
        base = "customs-value" + "".join(f"-fact({name}-value)" for name in sorted(names))
        pack.row(hs, "S122", "10%", first, law.BEFORE_ANNEXES,
                 "HTSUS 9903.03.01 and .06: what section 232 leaves", conditions=f"base={base}", title=LISTS,
                 confidence="secondary")
    pack.write()


def forced_labor(pack, schedule):
    """Additions by origin since section 122 ended, and what else began in summer 2026."""
    program = "S301-LABOR"

    def row(hs, duty, legal, **values):
        common = {"title": LISTS, "confidence": "secondary"}
        pack.row(hs, program, duty, law.LABOR, "", legal, **(common | values))

    asked = "ask=9903.05.20"  # true: not on the list of goods that its origin has
    for duty, origins in law.LABOR_RATES.items():
        plain = [origin for origin in origins.split() if origin not in law.LABOR_LISTS]
        row("", duty, "HTSUS 9903.05.20 to .84; U.S. note 52", origins=" ".join(plain))
        listed = [origin for origin in origins.split() if origin in law.LABOR_LISTS]
        if listed:
            row("", duty, "HTSUS 9903.05.20 to .84; U.S. note 52(j)", origins=" ".join(listed),
                conditions=asked)
    for origins, (rate, headings) in law.LABOR_FLOORS.items():
        row("", f"{rate} less the duty provided in the applicable subheading", f"HTSUS {headings}",
            origins=origins, conditions=asked if origins in law.LABOR_LISTS else "")
    for heading, what in (("9903.05.87", "particular articles"), ("9903.05.88", "civil aircraft and parts"),
                          ("9903.05.89", "for medicines"), ("9903.05.91", "donations for relief"),
                          ("9903.05.92", "informational materials")):
        row("", "0%", f"HTSUS {heading}, {what}", conditions=f"additional-code={heading}",
            origins="US-NOTE-52")
    free = schedule.cover(dict.fromkeys(law.LABOR_FREE, True))
    for hs in free:
        row(hs, "0%", "HTSUS 9903.05.86", origins="US-NOTE-52")
    for hs in law.INFORMATION:
        row(hs, "0%", "HTSUS 9903.05.92: informational materials", origins="US-NOTE-52")
    for hs in law.LABOR_ASKED:
        row(hs, "See HTSUS 9903.05.86: some lines of this code are spared", "U.S. note 52(b)",
            origins="US-NOTE-52")
    # Twenty-five per cent on Brazil, but for a list of its own; fifty on listed goods of Canada.
    pack.row("", "S301-BR", "25%", "2026-07-22", "", "HTSUS 9903.05.01, FR 2026-14542", origins="BR",
             conditions="ask=9903.05.01", title=LISTS, confidence="secondary")
    pack.row("", "S338-CA", "See HTSUS 9903.03.12 to .14: 50% on goods it lists", "2026-08-22", "",
             "U.S. note 51; Proclamations 11046 to 11048", origins="CA", conditions="ask=9903.03.12",
             title=LISTS, confidence="secondary")


def section_301(schedule):
    pack = Pack("us-301")
    forced_labor(pack, schedule)
    now, before = (schedule.footnotes[name] for name in ("2026_rev_10", "2025_rev_32"))
    listed = {}
    for heading, (duty, first) in law.SECTION_301.items():
        codes = {}
        for code in now[heading] | before[heading]:
            # 9903.91.01 and .05 were named at lines that newer headings took over in 2026.
            codes[code] = ("" if code in now[heading] else "2025-12-31",
                           "2026-01-01" if code not in before[heading] and first < "2026" else first)
        listed[heading] = codes
    apart = listed["9903.88.15"]
    apart["85076000"] = ("2025-12-31", law.SECTION_301["9903.88.15"][1])  # U.S. note 20(s); 9903.91.06 since
    for code in ("63079098", "85076000"):
        listed["9903.91.01"].pop(code, None)
    for hs in law.MASKS:  # U.S. note 20(s) leaves out what note 31 names
        pack.row(hs, "9903.88.15", "0%", apart["63079098"][1], "", "U.S. notes 20(s) and 31", origins="CN",
                 title=FOOTNOTES)
    for heading, codes in listed.items():
        duty, _ = law.SECTION_301[heading]
        both = set(codes) & set(apart) if heading == "9903.88.04" else set()
        for hs, (last, first) in schedule.cover(codes).items():
            some = heading == "9903.88.04" and any(code.startswith(hs) for code in both)
            pack.row(hs, heading, duty, first, last, f"HTSUS {heading}; 19 U.S.C. 2411",
                     origins="CN", title=FOOTNOTES, conditions=f"ask={heading}" if some else "",
                     stack="excludes=9903.88.15" if some else "")
        # Of goods that are asked for by six digits, where only some lines are listed.
        covered = schedule.cover(codes)
        for parent, beside in schedule.opened(covered, GOODS).items():
            days = {value for hs, value in covered.items() if hs.startswith(parent)}
            if len(days) == 1:
                last, first = days.pop()
                pack.row(parent, heading, duty, first, last, f"HTSUS {heading}: some lines of this code",
                         origins="CN", title=FOOTNOTES, conditions=f"ask={heading}")
                for hs in beside:
                    pack.row(hs, heading, "0%", first, last, f"HTSUS {heading}: not listed", origins="CN",
                             title=FOOTNOTES)
    for exclusion, (first, last) in law.EXCLUSIONS.items():
        for code in sorted(now[exclusion]):
            for heading, codes in listed.items():
                if any(code.startswith(named) for named in codes):
                    pack.row(code, heading, "0%", first, last, f"HTSUS {exclusion}: single products",
                             origins="CN", title=FOOTNOTES, conditions=f"additional-code={exclusion}")
    pack.write()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    data = pathlib.Path(sys.argv[1])
    resources = data / "us-policy/resources"
    schedule = Schedule(data)
    contents = content_lists(schedule, resources)
    notes = Notes(data)
    ieepa(schedule, resources, notes, contents)
    section_232(schedule, resources, contents)
    section_122(schedule, notes, contents)
    section_301(schedule)


if __name__ == "__main__":
    main()
