#!/usr/bin/env python3
"""Writes the pack of each destination in tools/destinations.csv: packs/<cc>-taxes.

    tools/make_thin_packs.py [PACKS_FOLDER]

One line a destination: how customs value is reached, VAT with its days and law, and the groups of goods for
which a lower rate is likely and not known here, so that the answer is "unknown" instead of wrong. Everything
else (fees, reliefs, rates of single goods, the few duties that are certain) stands in
tools/destination_measures.csv, in the columns of a pack; there `hs` may hold several codes, and `*` is every
good together with the groups that are asked about. Ways to declare stand in tools/destination_schemes.csv,
taxes too small to be collected in tools/destination_waivers.csv. Correct a fact in these tables and run this
again: tests/destinations_test.py holds the packs to them.
"""
import csv
import datetime
import io
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADER = ("market,hs,kind,program,origins,excluded,duty,valid_from,valid_to,known_from,conditions,stack,"
          "legal,title,url,checked_on,confidence").split(",")
CHECKED = "2026-11-25"

# Goods for which the standard rate may be wrong: codes, and what decides.
LOWER = {
    "food": ("02 03 04 07 08 09 10 11 12 13 15 16 17 18 19 20 21 22",
             "food and farm goods may have a lower rate or none"),
    "fresh-food": ("07 08", "fresh fruit and vegetables may have no tax"),
    "plants": ("06", "plants and flowers may have a lower rate or none"),
    "books": ("49", "books and other printed goods may have a lower rate or none"),
    "art": ("97", "works of art and antiques may have a lower rate"),
    "medical": ("9018 9021", "medical goods may have a lower rate or none"),
    "candles": ("3406", "plain candles may have no tax"),
    "baby-clothes": ("6111 6209", "clothes of small children may have a lower rate or none"),
    "music": ("92", "musical instruments may have a lower rate"),
    "textiles": ("41 42 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65",
                 "textiles, clothing, leather and shoes may have the lower rate"),
    "fabrics": ("50 51 52 53 54 55 58 59 60", "fabrics may have no tax"),
    "metals": ("25 26 27 28 29 72 73 74 75 76 78 79 80 81 82 83",
               "minerals, chemicals and metal goods may be left out of the lower rate"),
}
# Excise that is known to be and not held.
EXCISE = {
    "coffee-excise": ("0901 2101", "COFFEE", "See the excise law on coffee", "Excise on coffee"),
    "sweets-excise": ("0801 0802 1704 1806 1905 2007 2103", "SWEETS",
                      "See the excise law on sweets, nuts and chocolate", "Excise on sweets"),
    "luxury-excise": ("5701 5702 5703 5704 5705 5805 7103 7113 7114 7116", "LUXURY",
                      "See the additional tax on jewellery and fine carpets", "Tax on luxury"),
}


def read(name):
    with open(ROOT / "tools" / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measure(**values):
    return dict.fromkeys(HEADER, "") | {"checked_on": CHECKED} | values


def day_before(day):
    return (datetime.date.fromisoformat(day) - datetime.timedelta(days=1)).isoformat()


def periods(text):
    """`24%@2025-07-01 22%@2024-01-01`, newest first: (rate, first day, last day, carried on unread)."""
    last = ""
    for part in text.split():
        rate, first = part.split("@")
        assumed, first = first.endswith("?"), first.removesuffix("?")
        yield rate, first, last, assumed
        last = day_before(first)


def asked(place):
    return [(code, words) for group in place["asked"].split() if group in LOWER
            for code in LOWER[group][0].split() for words in [LOWER[group][1]]]


def measures(place, by_hand):
    code, name = place["code"], place["vat_name"]
    common = dict(market=code, kind="vat", url=place["vat_url"])
    rows = [measure(duty=rate, valid_from=first, valid_to=last, legal=place["vat_law"],
                    title=f"{name}, standard rate", confidence="assumed" if unread else place["confidence"],
                    **common) for rate, first, last, unread in periods(place["vat_rates"])]
    if not place["vat_rates"]:
        rows.append(measure(duty="See " + place["vat_law"], legal=place["vat_law"], title=name,
                            confidence="secondary", **common))
    known = {hs for row in by_hand if row["kind"] == "vat" and not row["conditions"]
             for hs in row["hs"].split()}
    groups = [(hs, words) for hs, words in asked(place) if hs not in known]
    for hs, words in groups:
        rows.append(measure(hs=hs, duty=f"See the law: {words}", legal=place["asked_law"],
                            title=f"{name}, rate by good", confidence="secondary", **common))
    for group in place["asked"].split():
        for hs in EXCISE[group][0].split() if group in EXCISE else ():
            _, program, duty, title = EXCISE[group]
            rows.append(measure(hs=hs, duty=duty, program=program, legal="national excise law",
                                title=title + ", not held in these rules", confidence="secondary",
                                **common | {"kind": "excise"}))
    for hs, program, goods in (("22", "DRINKS", "alcoholic and sweetened drinks"), ("24", "TOBACCO", "tobacco")):
        rows.append(measure(hs=hs, program=program, duty=f"See the excise law on {goods}",
                            legal="national excise law", title=f"Excise on {goods}, not held in these rules",
                            confidence="secondary", **common | {"kind": "excise"}))
    for row in by_hand:
        hs_codes = row["hs"].split() or [""]
        if row["hs"] == "*":
            hs_codes = [""] + sorted({hs for hs, _ in groups} | known)
        rows.extend(row | {"hs": hs} for hs in hs_codes)
    # The first row that holds is taken, so a row with conditions stands before the one without.
    return sorted(rows, key=lambda row: (row["kind"], row["program"], row["hs"], not row["conditions"]))


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def words(text):
    return "[" + ", ".join(map(quoted, text.split())) + "]"


def about(place, rows):
    code, name = place["code"], place["name"]
    lines = ["# Written by tools/make_thin_packs.py from tools/destinations.csv and destination_measures.csv.",
             "[pack]", f'name = "{code.lower()}-taxes"', f"title = {quoted(name + ': taxes at import')}",
             f'market = "{code}"']
    if any(row["kind"] == "third-country" for row in rows):
        lines.append("starter = true")
    lines += [f'checked_on = "{CHECKED}"', "", "[market]", f'code = "{code}"', f"name = {quoted(name)}"]
    if place["part_of"]:
        lines.append(f"part_of = {quoted(place['part_of'])}")
    lines.append(f"members = {words(place['members'])}")
    for key in ("basis", "basis_law", "basis_url", "currency", "round"):
        if place[key]:
            lines.append(f"{key} = {quoted(place[key])}")
    if place["round"]:
        lines.append('round_law = "half-up to the minor unit is used"')
    if place["vat_base"]:
        lines.append(f"vat_base = {words(place['vat_base'])}")
    if place["vat_uplift"]:
        lines.append(f"vat_uplift = {quoted(place['vat_uplift'])}")
    lines.append(f"vat_name = {quoted(name_of_tax(place))}")
    if place["air"] == "no-freight":
        for road in ("air", "express"):
            lines += ["", "[[valuation]]", 'what = "freight-max"', 'value = "goods*0"', f'conditions = "road={road}"',
                      'law = "EACCMA 2004, Fourth Schedule: no freight is added for goods by air"',
                      f"url = {quoted(place['basis_url'])}"]
    for scheme in read("destination_schemes.csv"):
        if scheme["market"] == code:
            lines += ["", "[[scheme]]"] + [f"{key} = {quoted(value)}" for key, value in scheme.items()
                                           if value and key != "market"]
    for waiver in read("destination_waivers.csv"):
        if waiver["market"] == code:
            lines += ["", "[[waiver]]"] + [f"{key} = {quoted(value)}" for key, value in waiver.items()
                                           if value and key != "market"]
    if place["gap"]:
        lines += ["", "[[gap]]", 'code = "charges-not-held"', f"text = {quoted(place['gap'])}"]
    return "\n".join(lines) + "\n"


def name_of_tax(place):
    return "VAT" if place["vat_name"] == "no VAT" else place["vat_name"]


def table(header, rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def packs():
    """{folder: {file: text}} of every destination."""
    by_hand = read("destination_measures.csv")
    out = {}
    for place in read("destinations.csv"):
        rows = measures(place, [row for row in by_hand if row["market"] == place["code"]])
        out[f"{place['code'].lower()}-taxes"] = {
            "pack.toml": about(place, rows), "measures.csv": table(HEADER, rows),
            "lines.csv": "market,hs,text,unit,declarable\n"}
    return out


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) == 2 else ROOT / "packs"
    for name, files in packs().items():
        (folder / name).mkdir(exist_ok=True)
        for file, text in files.items():
            (folder / name / file).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
