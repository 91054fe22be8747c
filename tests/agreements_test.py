#!/usr/bin/env python3
"""The trade agreements in packs/agreements are what docs/origin-agreements.md says.

    agreements_test.py [FOLDER]

Every file is TOML of the keys of the format and no others; countries are codes of ISO 3166, days exist,
shares are decimal percentages, every provision names its law, every program is one that a tariff pack calls
its preference by. Sheets of product rules (CSV) beside them are of the language of docs/origin-rules.md, each
row names its law, and docs/origin-coverage.md counts them. One sentence an offence; prints how much was
looked at.
"""
import csv
import datetime
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "packs" / "agreements"

# ISO 3166-1 alpha-2, and XK, which the tariffs of the European Union and the United Kingdom use for Kosovo.
ISO = set("""
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK
""".split())

KINDS = {
    "cumulation": {"bilateral", "diagonal", "full", "extended"},
    "proof": {"statement-on-origin", "origin-declaration", "eur1", "eur-med", "certificate", "rex-statement",
              "form-a", "certificate-of-origin", "importers-knowledge", "declaration", "visa"},
}
WHO = {"anyone", "approved-exporter", "registered-exporter", "authority", "producer", "importer"}
CONFIDENCE = {"official", "secondary", "assumed"}

# Section: its keys, those that must be there first; True where there may be several.
SECTIONS = {
    "agreement": (["code", "name", "law", "url", "checked_on", "confidence", "programs"],
                  ["valid_from", "valid_to", "rules_from", "hs_edition"], False),
    "party": (["countries"], ["unilateral"], True),
    "price": (["basis", "law"], [], False),
    "tolerance": (["share", "of", "except", "law"], ["covers"], False),
    "tolerance_for": (["share", "of", "only", "law"], ["covers", "needs", "needs_of"], True),
    "textile_tolerance": (["share", "of", "law"], ["needs", "covers", "never"], False),
    "cumulation": (["kind", "with", "needs", "law"], [], True),
    "absorption": (["allowed", "law"], [], False),
    "insufficient": (["law"], [], False),
    "sets": (["share", "law"], ["of"], False),
    "drawback": (["prohibited", "law"], ["needs"], False),
    "neutral": (["law"], [], False),
    "packing": (["counts", "law"], [], False),
    "transport_packing": (["law"], [], False),
    "accessories": (["law"], [], False),
    "transport": (["rule", "law"], ["allows"], False),
    "proof": (["kind", "who", "value_max", "law"], ["days_valid", "made_in"], True),
}
CHOICES = {
    ("price", "basis"): {"EXW", "FOB"},
    ("tolerance", "of"): {"EXW", "FOB", "weight"},
    ("tolerance_for", "of"): {"EXW", "FOB", "weight"},
    ("textile_tolerance", "of"): {"weight", "EXW"},
    ("sets", "of"): {"EXW", "FOB"},
    ("packing", "counts"): {"value", "material"},
    ("tolerance", "covers"): {"", "shift", "all"},
    ("tolerance_for", "covers"): {"", "shift", "all"},
    ("textile_tolerance", "covers"): {"", "shift", "all"},
    ("transport", "rule"): {"direct", "non-alteration", "none"},
    ("proof", "who"): WHO,
    ("proof", "kind"): KINDS["proof"],
    ("cumulation", "kind"): KINDS["cumulation"],
    ("agreement", "confidence"): CONFIDENCE,
}
FLAGS = {("party", "unilateral"), ("absorption", "allowed"), ("drawback", "prohibited")}
LISTS = {("agreement", "programs"), ("party", "countries"), ("tolerance", "except"), ("tolerance_for", "only"),
         ("cumulation", "with"), ("transport", "allows"),
         ("tolerance_for", "needs_of"), ("textile_tolerance", "never"), ("proof", "made_in")}
MAY_BE_EMPTY = {("agreement", "valid_to"), ("cumulation", "needs"), ("proof", "value_max"), ("drawback", "needs"),
                ("tolerance", "covers"), ("tolerance_for", "covers")}

COLUMNS = ["hs", "part", "rule", "law"]

offences = []


class RuleText:
    """Reads one rule as src/origin/rule_text.cpp does; ValueError says where it is not of the language."""

    WORD = re.compile(r"[A-Za-z0-9<=.-]+")

    def __init__(self, text):
        self.text, self.at = text, 0

    def run(self):
        self.alternatives()
        self.skip()
        if self.at != len(self.text):
            raise ValueError(f"| or & or the end at {self.text[self.at:self.at + 30]!r}")

    def skip(self):
        while self.text[self.at:self.at + 1] == " ":
            self.at += 1

    def take(self, sign):
        self.skip()
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def need(self, sign):
        if not self.take(sign):
            raise ValueError(f"{sign} at {self.text[self.at:self.at + 30]!r}")

    def peek(self):
        self.skip()
        match = self.WORD.match(self.text, self.at)
        return match.group(0) if match else ""

    def take_word(self, words):
        word = self.peek()
        if word not in words:
            return ""
        self.at += len(word)
        return word

    def alternatives(self):
        self.conjunction()
        while self.take("|"):
            self.conjunction()

    def conjunction(self):
        self.factor()
        while self.take("&"):
            self.factor()

    def factor(self):
        if self.take("("):
            self.alternatives()
            self.need(")")
            return
        word = self.take_word(("WO", "ANY", "CC", "CTH", "CTSH", "not", "only", "MaxNOM", "RVC", "NOM<=OM", "weight",
                               "process", "read"))
        if not word:
            raise ValueError(f"a condition at {self.text[self.at:self.at + 30]!r}")
        if word in ("WO", "not", "only", "MaxNOM", "weight") and (word in ("not", "only") or self.text[self.at:][:1] == "("):
            self.bracketed()
        if word in ("CC", "CTH", "CTSH"):
            self.modifiers()
        if word in ("MaxNOM", "RVC", "weight"):
            self.share()
        if word == "RVC" and not self.text[:self.at].endswith("NC"):
            if self.take_word(("build-down", "build-up", "direct-cost", "focused")) == "focused":
                self.bracketed()
            elif not self.text[:self.at].endswith(("build-down", "build-up", "direct-cost")):
                raise ValueError("how the content is counted")
        if word == "process" and not re.compile(r"\([a-z0-9-]+(\+[a-z0-9-]+)*\)").match(self.text, self.at):
            raise ValueError("a process in brackets")
        if word == "process":
            self.at = self.text.index(")", self.at) + 1
        if word == "read":
            self.quoted()

    def modifiers(self):
        while word := self.take_word(("except", "also", "same")):
            if word == "same":
                self.share()
            else:
                self.codes()

    def share(self):
        self.skip()
        match = re.compile(r"\d{1,3}(\.\d+)?%").match(self.text, self.at)
        if not match or float(match.group(0)[:-1]) > 100:
            raise ValueError(f"a percentage at {self.text[self.at:self.at + 30]!r}")
        self.at = match.end()
        self.take_word(("EXW", "FOB", "NC"))

    def bracketed(self):
        self.need("(")
        self.codes()
        self.need(")")

    def codes(self):
        while True:
            if not is_code_range(self.peek()):
                raise ValueError(f"a code at {self.text[self.at:self.at + 30]!r}")
            self.at += len(self.peek())
            if not self.take(","):
                return

    def quoted(self):
        self.skip()
        match = re.compile(r'"((?:[^"\\]|\\.)+)"').match(self.text, self.at)
        if not match:
            raise ValueError("a text in quotes")
        self.at = match.end()


def check_sheet(path):
    """Product rules of one agreement: rows, and rows that leave something to a person."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or list(rows[0]) != COLUMNS:
        offences.append(f"{path.name}: its columns are not {','.join(COLUMNS)}")
        return 0, 0
    if not path.with_suffix(".toml").exists():
        offences.append(f"{path.name}: no agreement stands beside it")
    seen = set()
    to_read = 0
    for row in rows:
        where = f"{path.name}: {row['hs']} {row['part']}".rstrip()
        if not all(is_code_range(code.strip()) for code in row["hs"].split(",")):
            offences.append(f"{where}: is no code or range")
        if (row["hs"], row["part"]) in seen:
            offences.append(f"{where}: stands twice")
        seen.add((row["hs"], row["part"]))
        if not row["law"].strip():
            offences.append(f"{where}: names no law")
        try:
            RuleText(row["rule"]).run()
        except ValueError as error:
            offences.append(f"{where}: expected {error}")
        to_read += 'read "' in row["rule"]
    return len(rows), to_read


def check_made():
    """Sheets that a tool makes of an official file are what it makes; says what was skipped."""
    shared = pathlib.Path(os.environ.get("ALLROADS_SHARED_DATA") or ROOT / "../shared/data")
    appendix = shared / "unctad-afcfta" / "afcfta_appendix_iv_2023-12.pdf"
    schedule = shared / "us-hts" / "hts_2026_rev_10.json.gz"
    with tempfile.TemporaryDirectory() as folder:
        calls = []
        if appendix.exists() and shutil.which("pdftohtml"):
            calls.append(["make_afcfta_rules.py", appendix, pathlib.Path(folder) / "AFCFTA.csv"])
        if schedule.exists():
            calls.append(["make_us_program_rules.py", schedule, folder])
        for tool, *arguments in calls:
            subprocess.run([sys.executable, ROOT / "tools" / tool, *arguments], check=True, stdout=subprocess.DEVNULL)
        for made in sorted(pathlib.Path(folder).glob("*.csv")):
            if made.read_bytes() != (FOLDER / made.name).read_bytes():
                offences.append(f"{made.name}: its tool makes another sheet of the official file")
    if len(calls) < 2:
        print("skipped: an official file or pdftohtml is not at hand, so a sheet was not made again")


def tariff_programs():
    """Market and program of every preference that a tariff pack holds or describes."""
    known = set()
    for path in sorted((ROOT / "packs").glob("*/measures.csv")):
        with open(path, encoding="utf-8", newline="") as file:
            known |= {f"{row['market']}:{row['program']}" for row in csv.DictReader(file)
                      if row["program"] and row["kind"] == "preference"}
    for path in sorted((ROOT / "packs").glob("*/pack.toml")):
        with open(path, "rb") as file:
            pack = tomllib.load(file)
        market = pack.get("pack", {}).get("market", "")
        known |= {f"{market}:{one['program']}" for one in pack.get("agreement", [])}
    return known


def is_day(text):
    try:
        return str(datetime.date.fromisoformat(text)) == text
    except ValueError:
        return False


def is_code_range(text):
    ends = text.split("-")
    digits = all(end.isascii() and end.isdigit() and len(end) in (2, 4, 6, 8, 10) for end in ends)
    return digits and len(ends) <= 2 and len(ends[0]) == len(ends[-1]) and ends[0] <= ends[-1]


def check_value(name, section, key, value):
    """One value of one key."""
    where = (section, key)

    def wrong(what):
        offences.append(f"{name}: {section}.{key}: {what}: {value!r}")

    if where in FLAGS:
        if not isinstance(value, bool):
            wrong("true or false is asked")
        return
    if where in LISTS:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            wrong("a list of texts is asked")
        elif len(set(value)) != len(value):
            wrong("something stands twice")
        return
    if not isinstance(value, str):
        wrong("a text is asked")
        return
    if not value.strip() and where not in MAY_BE_EMPTY:
        wrong("is empty")
    elif where in CHOICES and value not in CHOICES[where]:
        wrong("is not of the format")
    elif key == "share" and not (re.fullmatch(r"\d{1,3}(\.\d+)?%", value) and float(value[:-1]) <= 100):
        wrong("is no decimal percentage")
    elif key in ("checked_on", "valid_from", "valid_to") and value and not is_day(value):
        wrong("is no day")
    elif key == "value_max" and value and not re.fullmatch(r"\d+(\.\d+)? [A-Z]{3}", value):
        wrong("is no sum of money")
    elif key == "days_valid" and not re.fullmatch(r"[1-9]\d*", value):
        wrong("is no number of days")
    elif key == "url" and not value.startswith(("https://", "http://")):
        wrong("is no address")
    elif key == "language" and not re.fullmatch(r"[a-z]{2}", value):
        wrong("is no language")
    elif key == "code" and not re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", value):
        wrong("has other than letters, digits and hyphens")


def check_section(name, section, content):
    must, may, several = SECTIONS[section]
    if several != isinstance(content, list):
        offences.append(f"{name}: [{section}] is to stand " + ("several times" if several else "once"))
        return 0
    for one in content if several else [content]:
        for key in must:
            if key not in one:
                offences.append(f"{name}: [{section}] has no {key}")
        for key, value in one.items():
            if key in must or key in may:
                check_value(name, section, key, value)
            else:
                offences.append(f"{name}: [{section}] has the key {key}, which the format does not know")
    return len(content) if several else 1


def check_whole(name, path, data, programs):
    """What one value alone does not show."""
    agreement = data.get("agreement", {})
    if agreement.get("code") != path.stem:
        offences.append(f"{name}: its code is {agreement.get('code')!r}")
    days = [agreement.get("valid_from", ""), agreement.get("valid_to", "")]
    if all(days) and days[0] > days[1]:
        offences.append(f"{name}: it ends before it begins")
    for program in agreement.get("programs", []):
        # Official tariffs name a preference by a country or the number of a group of countries.
        market, _, of_area = program.partition(":")
        is_of_official_file = re.fullmatch(market + r"-(\d{4}|[A-Z]{2})", of_area)
        if program not in programs and not is_of_official_file:
            offences.append(f"{name}: no tariff pack has the program {program}")
    parties = data.get("party", [])
    if len(parties) < 2:
        offences.append(f"{name}: it has fewer than two parties")
    if sum("unilateral" in one for one in parties) != 1:
        offences.append(f"{name}: whether it is unilateral is to be said once, with the last party")
    lists = [("party", one.get("countries", [])) for one in parties]
    lists += [("cumulation", one.get("with", [])) for one in data.get("cumulation", [])]
    for section, listed in lists:
        if not listed:
            offences.append(f"{name}: [{section}] names no country")
        for country in listed:
            if country not in ISO:
                offences.append(f"{name}: [{section}] {country} is no country of ISO 3166")
    for product in data.get("tolerance", {}).get("except", []):
        if not is_code_range(product):
            offences.append(f"{name}: [tolerance] {product} is no code or range")


def main():
    programs = tariff_programs()
    paths = sorted(FOLDER.glob("*.toml"))
    if not paths:
        offences.append(f"no agreement in {FOLDER.name}")
    provisions = 0
    coverage = (ROOT / "docs" / "origin-coverage.md").read_text(encoding="utf-8")
    for path in paths:
        name = path.name
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            offences.append(f"{name}: {error}")
            continue
        if "agreement" not in data:
            offences.append(f"{name}: has no [agreement]")
        for section, content in data.items():
            if section not in SECTIONS:
                offences.append(f"{name}: has the section {section}, which the format does not know")
                continue
            count = check_section(name, section, content)
            provisions += count if section not in ("agreement", "party") else 0
        check_whole(name, path, data, programs)
        if FOLDER.parent.parent == ROOT and not re.search(rf"(?<![\w-]){path.stem}(?![\w-])", coverage):
            offences.append(f"{name}: docs/origin-coverage.md does not name it")
    rules = 0
    for path in sorted(FOLDER.glob("*.csv")):
        count, to_read = check_sheet(path)
        rules += count
        if FOLDER.parent.parent == ROOT and f"| {path.stem} | {count} | {to_read} |" not in coverage:
            offences.append(f"{path.name}: docs/origin-coverage.md does not count {count} rows, {to_read} to be read")
    if FOLDER.parent.parent == ROOT:
        check_made()
    for offence in offences:
        print(offence)
    print(f"{len(paths)} agreements, {provisions} provisions, {rules} product rules, {len(offences)} offences")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
