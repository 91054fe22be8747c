#!/usr/bin/env python3
"""Rewrites the rows of the starter packs that follow from official files, and what goods are called.

    tools/make_starter.py DATA_FOLDER

Which goods: tools/starter_goods.csv. A row whose title is one of DERIVED comes from the files; every other
row, and
every pack.toml, is kept by hand in packs/ and left as it is. Only codes, rates and dates are taken over;
what goods
are called is in our own words. tests/starter_packs_test.py holds the result to the same files.
"""
import collections
import csv
import gzip
import json
import lzma
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADER = ("market,hs,kind,program,origins,excluded,duty,valid_from,valid_to,known_from,conditions,stack,"
          "legal,title,url,checked_on,confidence").split(",")
CHECKED = "2026-11-20"
USITC = "https://hts.usitc.gov/"

HTS = "HTS 2026 revision 10"
HTS_2025 = "HTS 2025 basic edition"
CET = "Common customs tariff as it stood in 2020"
UKGT = "UK Global Tariff as published in 2020"
AUSTRALIA = "Working tariff of Australia, Schedule 3, as of April 2026"
ECOWAS = "ECOWAS common external tariff in the AfCFTA tariff book of UNCTAD"
CEMAC = "CEMAC customs tariff in the AfCFTA tariff book of UNCTAD"
DERIVED = {HTS, HTS_2025, CET, UKGT, AUSTRALIA, ECOWAS, CEMAC}

# General Note 3(c)(i): symbol, program, who may claim it, and whether it frees from the merchandise
# processing fee
# (19 CFR 24.23(c); originating goods of these agreements are exempt on claim).
PREFERENCES = [
    ("A A* A+", "GSP", "US-GSP", False), ("D", "AGOA", "US-AGOA", False),
    ("E E*", "CBERA", "US-CBERA", False),
    ("AU", "AUSFTA", "AU", True), ("BH", "USBFTA", "BH", True), ("CL", "USCFTA", "CL", True),
    ("CO", "COTPA", "CO", True), ("IL", "USILFTA", "IL", True), ("JO", "USJFTA", "JO", False),
    ("JP", "USJTA", "JP", False), ("KR", "KORUS", "KR", True), ("MA", "USMFTA", "MA", False),
    ("NP", "NPTPA", "NP", False), ("OM", "USOFTA", "OM", True), ("P P+", "CAFTA-DR", "US-CAFTA-DR", True),
    ("PA", "PATPA", "PA", True), ("PE", "PTPA", "PE", True), ("S S+", "USMCA", "CA MX", True),
    ("SG", "USSFTA", "SG", True)]
# Programs that are claimed only for goods the schedule lists, never for goods that are free to everybody.
LISTED_ONLY = {"GSP", "AGOA", "CBERA", "NPTPA", "USJTA"}
# Additional duties that originating goods of the USMCA do not pay: HTSUS 9903.03.07 and .08, 9903.01.14 and .04,
# 9903.94.06, 9903.74.10, 9903.05.93 and .94.
USMCA_SPARES = ["S122", "S301-LABOR", "IEEPA-CA", "IEEPA-MX", "S232-AUTO-PARTS", "S232-TRUCK-PARTS"]
COLUMN_2 = "BY CU KP RU"  # General Note 3(b)
# AGOA ended on 30 September 2025 and was restored backwards on 3 February 2026: until that day was known the
# preference of these days had lapsed, which the program AGOA-2015 says.
SPANS = {"AGOA": [("AGOA", "2025-01-01", "2025-09-30", ""), ("AGOA", "2025-10-01", "", "2026-02-03"),
                  ("AGOA-2015", "2025-10-01", "2026-02-03", "")]}


def load(path):
    opener = {".gz": gzip.open, ".xz": lzma.open}[path.suffix]
    with opener(path, "rt", encoding="utf-8-sig") as file:
        return json.load(file)


def digits(text):
    return re.sub(r"\D", "", text or "")


def dotted(code):
    return ".".join(filter(None, [code[:4], code[4:6], code[6:8], code[8:]]))


def goods():
    with open(ROOT / "tools/starter_goods.csv", encoding="utf-8", newline="") as file:
        return {row["hs"]: row["text"] for row in csv.DictReader(file)}


GOODS = goods()


class Pack:
    """A pack on the disk: what is kept by hand stays, what is derived is written anew after it."""

    def __init__(self, name):
        self.folder = ROOT / "packs" / name
        with open(self.folder / "measures.csv", encoding="utf-8", newline="") as file:
            self.rows = [row for row in csv.DictReader(file) if row["title"] not in DERIVED]

    def measure(self, **values):
        self.rows.append(dict.fromkeys(HEADER, "") | {"checked_on": CHECKED} | values)

    def write(self):
        with open(self.folder / "measures.csv", "w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, HEADER, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
        print(f"{self.folder.name}: {len(self.rows)} measures")


def joined(rates):
    """Rows at six digits where a whole subheading has one rate, else at the national lines: {code: rate}."""
    by_heading = collections.defaultdict(dict)
    for code, rate in rates.items():
        by_heading[code[:6]][code] = rate
    out = {}
    for heading, lines in sorted(by_heading.items()):
        if None not in lines.values() and len(set(lines.values())) == 1:
            out[heading] = next(iter(lines.values()))
        else:
            out.update((code, rate) for code, rate in sorted(lines.items()) if rate is not None)
    return out


# ---- United States
# -------------------------------------------------------------------------------------------------

def us_lines(path):
    """{eight digits: (general, special, other, headings of its footnotes)} of chapters 1 to 97."""
    lines, notes, last = {}, collections.defaultdict(list), ""
    for row in load(path):
        code = digits(row["htsno"])
        if code.startswith(("98", "99")):
            continue
        general, special, other = ((row[key] or "").strip() for key in ("general", "special", "other"))
        if general or other:
            last = code[:8] if len(code) == 10 and code.endswith("00") else code
            lines[last] = (general, special, other)
        for note in row["footnotes"] or []:
            found = re.findall(r"9903\.\d\d\.\d\d", note["value"] or "")
            notes[last].extend((heading, code) for heading in found if code.startswith(last))
    return {code: rates + (notes[code],) for code, rates in lines.items()}


def special_rates(special):
    """{symbol: duty} of the special column."""
    rates = {}
    for duty, symbols in re.findall(r"(Free|[^()]+?)\s*\(([^)]*)\)", special):
        for symbol in filter(None, re.split(r"[,\s]+", symbols)):
            rates.setdefault(symbol, duty.strip())
    return rates


def us_general(pack, lines, before):
    """The general column; what the edition of 2025 already said counts from 2025."""
    common = dict(market="US", kind="third-country", excluded=COLUMN_2, url=USITC,
                  confidence="official")
    now, old = (joined({code: row[0] or None for code, row in edition.items() if code[:6] in GOODS})
                for edition in (lines, before))
    for code, duty in now.items():
        same = old.get(code, old.get(code[:6])) == duty
        pack.measure(hs=code, duty=duty, valid_from="2025-01-01" if same else "2026-01-01", title=HTS,
                     legal=f"HTSUS {dotted(code)} general", **common)
    for code, duty in old.items():
        if now.get(code, now.get(code[:6])) != duty:
            pack.measure(hs=code, duty=duty, valid_from="2025-01-01", valid_to="2025-12-31", title=HTS_2025,
                         legal=f"HTSUS {dotted(code)} general", **common)


def covering(lines, rate_of):
    """The shortest prefixes under which every line of the schedule is free by a program, and the single lines
    of our goods elsewhere: {code: duty}. `rate_of(code)` is the duty by the program, None for no such duty."""
    free, out = collections.defaultdict(lambda: True), {}
    for code in lines:
        for size in (2, 4, 6):
            free[code[:size]] &= rate_of(code) == "Free"
    for code in lines:
        if code[:6] not in GOODS:
            continue
        prefix = next((code[:size] for size in (2, 4, 6) if free[code[:size]]), code)
        if rate_of(code) is not None:
            out[prefix] = "Free" if prefix != code else rate_of(code)
    return dict(sorted(out.items()))


def us_preferences(pack, lines):
    specials = {code: special_rates(row[1]) for code, row in lines.items()}
    for symbols, program, origins, no_fee in PREFERENCES:
        def rate_of(code):
            for symbol in symbols.split():
                if symbol in specials[code]:
                    return specials[code][symbol]
            return "Free" if lines[code][0] == "Free" and program not in LISTED_ONLY else None

        stack = ["excludes=MPF"] if no_fee else []
        if program == "USMCA":
            stack += [f"excludes={one}" for one in USMCA_SPARES]
        for code, duty in covering(lines, rate_of).items():
            if duty.startswith("See"):
                continue
            textile = program == "CAFTA-DR" and "50" <= code[:2] <= "63"
            also = ["excludes=S122", "excludes=S301-LABOR"] * textile
            for name, first, last, known in SPANS.get(program, [(program, "2025-01-01", "", "")]):
                pack.measure(market="US", hs=code, kind="preference", program=name, origins=origins, duty=duty,
                             valid_from=first, valid_to=last, known_from=known, conditions=f"proof={program}",
                             title=HTS, url=USITC, confidence="official", stack=";".join(stack + also),
                             legal=f"HTSUS {dotted(code)}, special ({symbols.split()[0]})")


def us(data):
    pack = Pack("us-starter")
    lines = us_lines(data / "us-hts/hts_2026_rev_10.json.gz")
    us_general(pack, lines, us_lines(data / "us-hts/hts_2025_basic.json.gz"))
    us_preferences(pack, lines)
    pack.write()


# ---- the other files
# -----------------------------------------------------------------------------------------------

# Subheadings of 2022 that were one line, or lines of one rate, of the nomenclature of 2017.
SINCE_2022 = {"150920": "15091020", "150930": "15091080", "940391": "94039030", "940440": "940490",
              "970121": "970110", "970191": "970110", "970310": "970300", "970390": "970300"}


def with_new_codes(rates):
    """`rates` of our goods, the subheadings of 2022 with the rate of what they were before."""
    out = {code: rate for code, rate in rates.items() if code[:6] in GOODS}
    for new, old in SINCE_2022.items():
        before = {rate for code, rate in rates.items() if code.startswith(old)}
        if len(before) == 1 and not any(code.startswith(new) for code in rates):
            out[new] = next(iter(before))
    return out


def european(data):
    rows = load(data / "eu-cn8/ukgt_vs_cet_cn8_2020.json.xz")["data"]
    wanted = [("eu-starter", "cet_duty_rate", dict(
        market="EU", valid_from="2020-01-01", legal="Regulation (EEC) No 2658/87, Annex I", title=CET,
        url="https://eur-lex.europa.eu/eli/reg/1987/2658/oj")), ("gb-starter", "ukgt_duty_rate", dict(
            market="GB", valid_from="2021-01-01", title=UKGT,
            url="https://www.legislation.gov.uk/uksi/2020/1430",
            legal="Customs Tariff (Establishment) (EU Exit) Regulations 2020"))]
    for name, column, common in wanted:
        pack = Pack(name)
        rates = {row["commodity"]: (row[column] or "").strip() or None for row in rows}
        for code, duty in joined(with_new_codes(rates)).items():
            pack.measure(hs=code, kind="third-country", duty=duty, confidence="secondary", **common)
        pack.write()


def australian_lines(node):
    """(code, rate as printed) of every line of Schedule 3."""
    if isinstance(node, dict):
        if "referenceNumber" in node:
            rate = re.sub(r"[\u200b\u200c\u200d\ufeff]", "", node.get("dutyRate") or "").strip()
            yield digits(node["referenceNumber"]), rate
        for child in node.values():
            yield from australian_lines(child)
    elif isinstance(node, list):
        for child in node:
            yield from australian_lines(child)


def australian_general(rate):
    """The general rate in force in July 2024: the last dated step, else what stands first; None if not plain."""
    if re.search(r"and|\+|less|lower|\$", rate):
        return None
    steps = re.findall(r"From\s*\d+\s*[A-Z][a-z]+\s*(\d{4})\s*(Free|[\d.]+%)", rate)
    if len(steps) != rate.count("From") or any(year > "2023" for year, _ in steps):
        return None
    first = re.match(r"(Free|[\d.]+%)(?=$|\s|[A-Z])", rate)
    return steps[-1][1] if steps else first.group(1) if first else None


def australian(data):
    pack = Pack("au-starter")
    rates = {}
    for code, rate in australian_lines(load(data / "au/tariff-schedule3.json.xz")):
        if len(code) == 8 and code[:6] in GOODS and rate:
            rates[code] = australian_general(rate)
    for code, duty in joined(rates).items():
        pack.measure(market="AU", hs=code, kind="third-country", duty=duty, valid_from="2024-07-01",
                     title=AUSTRALIA, legal="Customs Tariff Act 1995, Schedule 3", confidence="official",
                     url="https://www.abf.gov.au/importing-exporting-and-manufacturing/tariff-classification/"
                         "current-tariff")
    pack.write()


def book_of_unctad(path):
    """{line: ordinary duty} of a tariff book, the subheadings of 2022 added."""
    rates = {}
    for row in load(path):
        code = digits(str(row["natTarLine"]))
        rates[code] = format(float(row["mfn"]), "g") + "%" if row["mfn"] not in (None, "") else None
    return joined(with_new_codes(rates))


def african(data):
    for name, file, common in (
            ("ecowas-starter", "GHA_to_NGA", dict(
                market="ECOWAS", valid_from="2022-01-01", title=ECOWAS,
                legal="ECOWAS Regulation C/REG.16/12/21, Common External Tariff")),
            ("cemac-starter", "GHA_to_CMR", dict(
                market="CEMAC", valid_from="2017-01-01", title=CEMAC, excluded="CEMAC-MEMBERS",
                legal="CEMAC Act 7/93-UDEAC-556-CD-SE1, customs tariff, as published for Cameroon"))):
        pack = Pack(name)
        for code, duty in book_of_unctad(data / f"unctad-afcfta/{file}.json.xz").items():
            pack.measure(hs=code, kind="third-country", duty=duty, confidence="secondary",
                         url="https://afcfta.unctad.org/", **common)
        pack.write()


def names():
    """lines.csv of every market that has base duties: what our goods are called."""
    for toml in sorted(ROOT.glob("packs/*-starter/pack.toml")):
        market = re.search(r'^market = "(\w+)"', toml.read_text(encoding="utf-8"), re.M).group(1)
        with open(toml.parent / "lines.csv", "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(["market", "hs", "text", "unit", "declarable"])
            writer.writerows((market, hs, text, "", "0") for hs, text in GOODS.items())


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    data = pathlib.Path(sys.argv[1])
    for make in (us, european, australian, african):
        make(data)
    names()


if __name__ == "__main__":
    main()
