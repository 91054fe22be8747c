#!/usr/bin/env python3
"""Derives the starter packs under packs/ from official files and from the facts kept in tools/starter_facts.py.

    tools/make_starter.py DATA_FOLDER

Only codes, rates, dates and sources are taken over; what goods are called is in our own words. tests/
starter_packs_test.py holds the result to the same files.
"""
import csv, gzip, io, json, lzma, pathlib, re, sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import starter_facts as facts

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADER = ("market,hs,kind,program,origins,excluded,duty,valid_from,valid_to,known_from,conditions,stack,legal,title,"
          "url,checked_on,confidence").split(",")
CHECKED = facts.CHECKED


def load(path):
    opener = {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix, open)
    with opener(path, "rt", encoding="utf-8-sig") as file:
        return json.load(file)


class Pack:
    def __init__(self, name, toml):
        self.name, self.toml, self.rows, self.lines = name, toml, [], []

    def measure(self, **values):
        row = dict.fromkeys(HEADER, "")
        row.update(checked_on=CHECKED, **values)
        self.rows.append(row)

    def line(self, market, hs, text):
        self.lines.append((market, hs, text, "", "0"))

    def write(self):
        folder = ROOT / "packs" / self.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pack.toml").write_text(self.toml.strip() + "\n", encoding="utf-8")
        with open(folder / "measures.csv", "w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, HEADER, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
        with open(folder / "lines.csv", "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(["market", "hs", "text", "unit", "declarable"])
            writer.writerows(self.lines)
        print(f"{self.name}: {len(self.rows)} measures, {len(self.lines)} lines")


def us_rates(data):
    """Yields (code, general, special, other), the rate inherited by indent as the schedule's preface says."""
    levels = {}
    for row in load(data / "us-hts/hts_2026_rev_10.json.gz"):
        indent = int(row["indent"])
        code = re.sub(r"\D", "", row["htsno"])
        own = tuple((row[k] or "").strip() for k in ("general", "special", "other"))
        rates = own if own[0] or own[2] else levels.get(indent - 1)
        levels[indent] = rates
        for deeper in [k for k in levels if k > indent]:
            del levels[deeper]
        if len(code) == 10 and code.endswith("00"):
            code = code[:8]
        if code and (own[0] or own[2]):
            yield code, *rates


def us(data):
    pack = Pack("us-starter", facts.US_TOML)
    title = "HTS 2026 rev 10"
    common = dict(market="US", title=title, url="https://hts.usitc.gov/", valid_from="2026-01-01", confidence="official")
    for code, general, special, other in us_rates(data):
        if code[:6] not in facts.GOODS:
            continue
        dotted = ".".join([code[:4], code[4:6], code[6:8]])
        pack.measure(hs=code, kind="third-country", excluded="BY CU KP RU", duty=general,
                     legal=f"HTSUS {dotted}, column 1 general", **common)
        if other:
            pack.measure(hs=code, kind="third-country", program="COLUMN2", origins="BY CU KP RU", duty=other,
                         legal=f"HTSUS {dotted}, column 2", **common)
        # Each part of the special column is a duty and its programs in brackets; only plain parts are taken over.
        for duty, symbols in re.findall(r"(Free|[\d.]+%)\s*\(([^)]*)\)", special):
            written = set()
            for symbol in re.split(r"[,\s]+", symbols):
                program = facts.US_SYMBOLS.get(symbol)
                if program and program[0] in facts.US_PROGRAMS and program[0] not in written:
                    written.add(program[0])
                    pack.measure(hs=code, kind="preference", program=program[0], origins=program[1], duty=duty,
                                 conditions=f"proof={program[0]}",
                                 legal=f"HTSUS {dotted}, column 1 special ({symbol}); General Note 3(c)", **common)
    for row in facts.US_CHARGES:
        pack.measure(**row)
    for hs6, text in facts.GOODS.items():
        pack.line("US", hs6, text)
    pack.write()


def us_additional(data):
    pack = Pack("us-additional", facts.US_ADDITIONAL_TOML)
    era = dict(market="US", kind="surcharge", program="S122", valid_from="2026-02-24", valid_to="2026-07-23",
               title="HTS chapter 99, subchapter III", url="https://hts.usitc.gov/", confidence="official")
    with open(data / "us-policy/resources/s122_exempt_products.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            pack.measure(hs=row["hts8"], duty="0%", legal="HTSUS 9903.03.03; U.S. note 2(aa)(ii)", **era)
    section_232(data / "us-policy/resources", pack)
    pack.write()


def section_232(folder, pack):
    """Goods that section 232 proclamations name: what they pay depends on metal content and use, so it is asked."""
    prefixes = set(facts.S232_WOOD)
    for path in sorted(folder.glob("s232_*")):
        for line in path.read_text(encoding="utf-8").splitlines():
            code = line.split(",")[0].strip().strip('"')
            if re.fullmatch(r"\d{4,10}", code):
                prefixes.add(code)
    longer = {p for p in prefixes if any(p != q and p.startswith(q) for q in prefixes)}
    for code in sorted(prefixes - longer):
        pack.measure(market="US", hs=code, kind="surcharge", program="S232", duty="See section 232 proclamations",
                     valid_from="2025-03-12", conditions="ask=section-232",
                     legal="19 U.S.C. 1862; HTSUS chapter 99, subchapter III, U.S. notes 16 and 33 to 38",
                     title="HTS chapter 99", url="https://hts.usitc.gov/", confidence="official")


def european(data):
    rows = load(data / "eu-cn8/ukgt_vs_cet_cn8_2020.json.xz")
    rows = rows["data"] if isinstance(rows, dict) else rows
    eu, gb = Pack("eu-starter", facts.EU_TOML), Pack("gb-starter", facts.GB_TOML)
    for row in rows:
        code = row["commodity"]
        if code[:6] not in facts.GOODS:
            continue
        if row["cet_duty_rate"]:
            eu.measure(market="EU", hs=code, kind="third-country", duty=row["cet_duty_rate"].strip(),
                       valid_from="2020-01-01", legal="Regulation (EEC) No 2658/87, Annex I",
                       title="Common customs tariff, as of 2020", confidence="secondary",
                       url="https://eur-lex.europa.eu/eli/reg/1987/2658/oj")
        if row["ukgt_duty_rate"]:
            gb.measure(market="GB", hs=code, kind="third-country", duty=row["ukgt_duty_rate"].strip(),
                       valid_from="2021-01-01", legal="Customs Tariff (Establishment) (EU Exit) Regulations 2020",
                       title="UK Global Tariff, as published in 2020", confidence="secondary",
                       url="https://www.legislation.gov.uk/uksi/2020/1430")
    for pack, charges, market in ((eu, facts.EU_CHARGES, "EU"), (gb, facts.GB_CHARGES, "GB")):
        for row in charges:
            pack.measure(**row)
        for hs6, text in facts.GOODS.items():
            pack.line(market, hs6, text)
        pack.write()


def australian(data):
    pack = Pack("au-starter", facts.AU_TOML)
    schedule = load(data / "au/tariff-schedule3.json.xz")
    for section in schedule["sections"] if isinstance(schedule, dict) else schedule:
        for chapter in section["chapters"]:
            for heading in chapter["headings"]:
                for item in heading["classifications"]:
                    code = re.sub(r"\D", "", item["referenceNumber"] or "")
                    rate = re.sub(r"[\u200b\u200c\u200d\ufeff]", "", item["dutyRate"] or "").strip()
                    general = re.match(r"(Free|[\d.]+%)", rate)
                    if len(code) == 8 and code[:6] in facts.GOODS and general:
                        pack.measure(market="AU", hs=code, kind="third-country", duty=general.group(1),
                                     legal="Customs Tariff Act 1995, Schedule 3", confidence="official",
                                     title="Working tariff of the Australian Border Force",
                                     url="https://www.abf.gov.au/importing-exporting-and-manufacturing/tariff-classification/current-tariff")
    for row in facts.AU_CHARGES:
        pack.measure(**row)
    for hs6, text in facts.GOODS.items():
        pack.line("AU", hs6, text)
    pack.write()


def ecowas(data):
    pack = Pack("ecowas-starter", facts.ECOWAS_TOML)
    rows = load(data / "unctad-afcfta/GHA_to_NGA.json.xz")
    rows = rows if isinstance(rows, list) else next(iter(rows.values()))
    for row in rows:
        code = re.sub(r"\D", "", str(row["natTarLine"]))
        if code[:6] in facts.GOODS and row["mfn"] not in (None, ""):
            rate = format(float(row["mfn"]), "g")
            pack.measure(market="ECOWAS", hs=code, kind="third-country", duty=f"{rate}%",
                         legal="ECOWAS Regulation C/REG.16/12/21, Common External Tariff", confidence="secondary",
                         title="UNCTAD, AfCFTA tariff offers (ECOWAS)", url="https://afcfta.unctad.org/")
    for row in facts.ECOWAS_CHARGES:
        pack.measure(**row)
    for hs6, text in facts.GOODS.items():
        pack.line("ECOWAS", hs6, text)
    pack.write()


def main():
    data = pathlib.Path(sys.argv[1])
    us(data)
    us_additional(data)
    european(data)
    australian(data)
    ecowas(data)
    for name, toml, rows in facts.BY_HAND:
        pack = Pack(name, toml)
        for row in rows:
            pack.measure(**row)
        pack.write()


if __name__ == "__main__":
    main()
