#!/usr/bin/env python3
"""Writes packs/agreements/US-AGOA.csv and US-GSP.csv from the Harmonized Tariff Schedule of the United States.

    tools/make_us_program_rules.py HTS.json [AGREEMENTS_FOLDER]

HTS.json is a revision as the Commission publishes it (plain or .gz). Every article has one rule, 35 % of its
appraised value in materials and direct costs of processing, but textiles and clothing: of chapters 50 to 63 only
lines whose special rate names the program (D or A, A*, A+) are taken by it, and other goods enter by the groups of
chapter 98, which a person must read.
"""
import csv
import gzip
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# A material that stays in its heading leaves a doubt whether the article is a new one.
SHARE = ('RVC 35% FOB direct-cost & (CTH | read "the article is a product of the country: substantially transformed '
         'there into a new and different article of commerce")')
APPAREL = ('read "clothing enters by 9802.00.80.42 or 9819.11.03 to 9819.11.30: which group fits the yarn, the fabric '
           'and the country; 9819.11.12 takes any fabric from lesser developed countries, without Rwanda, within a '
           'yearly quantity"')
TEXTILES = ('read "textiles enter by 9819.11.27 (handmade, folklore, ethnic printed fabrics) or 9819.11.33 (wholly '
            'formed in lesser developed beneficiary countries from their fibres, yarns or fabrics)"')
GSP_TEXTILES = 'read "the program takes this article only where its tariff line names it"'
PROGRAMS = {
    "US-AGOA": (r"\bD\b", "19 U.S.C. 2466a(b)(2) and 2463(a)(2)(A); HTSUS general note 16(b)",
                [("50-60", TEXTILES, "19 U.S.C. 3721; HTSUS chapter 98, subchapter XIX"),
                 ("61-62", APPAREL, "19 U.S.C. 3721; HTSUS chapter 98, subchapters II and XIX"),
                 ("63", TEXTILES, "19 U.S.C. 3721; HTSUS chapter 98, subchapter XIX")]),
    "US-GSP": (r"\bA(?![A-Z])[*+]?", "19 U.S.C. 2463(a)(2)(A); 19 CFR 10.176(a)",
               [("50-63", GSP_TEXTILES, "19 U.S.C. 2463(b)(1)(A); HTSUS general note 4")]),
}


def lines_of(path):
    opened = gzip.open(path) if path.endswith(".gz") else open(path, "rb")
    with opened as file:
        return json.load(file)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    schedule = lines_of(sys.argv[1])
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "packs" / "agreements"
    for program, (sign, law, textiles) in PROGRAMS.items():
        named = set()
        for line in schedule:
            code = line["htsno"].replace(".", "")
            rates = re.sub(r"^[^(]*", "", line.get("special") or "")
            if code[:2].isdigit() and "50" <= code[:2] <= "63" and len(code) >= 8 and re.search(sign, rates):
                named.add(code[:8])
        with open(folder / f"{program}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["hs", "part", "rule", "law"])
            writer.writerow(["01-97", "", SHARE, law])
            for codes, rule, its_law in textiles:
                writer.writerow([codes, "", rule, its_law])
            for code in sorted(named):
                writer.writerow([code, "", SHARE, law])
        print(f"{program}: {len(named)} lines of chapters 50 to 63")


if __name__ == "__main__":
    main()
