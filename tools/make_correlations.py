#!/usr/bin/env python3
"""Writes packs/correlations.csv from the correlation tables of the United Nations Statistics Division
(HS2022toHS2017.xlsx, HS2022toHS2012.xlsx): only the subheadings that are not the same in both editions.

usage: make_correlations.py FOLDER > packs/correlations.csv
"""
import collections
import pathlib
import re
import sys
import zipfile
import xml.etree.ElementTree as xml

MANY = 40  # codes that one code of 2022 took from
NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def rows(file):
    with zipfile.ZipFile(file) as book:
        shared = [
            "".join(t.text or "" for t in item.iter(f"{{{NAMES['m']}}}t"))
            for item in xml.fromstring(book.read("xl/sharedStrings.xml")).findall("m:si", NAMES)
        ]
        sheets = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
        for sheet in sheets:
            for row in xml.fromstring(book.read(sheet)).iter(f"{{{NAMES['m']}}}row"):
                cells = []
                for cell in row.findall("m:c", NAMES):
                    value = cell.find("m:v", NAMES)
                    text = "" if value is None else value.text
                    cells.append(shared[int(text)] if cell.get("t") == "s" and text else text)
                yield cells


def pairs(file):
    found = set()
    for cells in rows(file):
        codes = [cell.strip().zfill(6) for cell in cells if re.fullmatch(r"\d{5,6}", (cell or "").strip())]
        if len(codes) >= 2:
            found.add((codes[0], codes[1]))
    return found


def main():
    folder = pathlib.Path(sys.argv[1])
    print("edition,hs2022,hs")
    for edition in ("2017", "2012"):
        found = pairs(folder / f"HS2022toHS{edition}.xlsx")
        # Display modules and electric waste of 2022 were parts of hundreds of headings before: "*" is any code.
        count = collections.Counter(new for new, old in found)
        wide = {new for new in count if count[new] > MANY}
        found = {(new, old) for new, old in found if new not in wide}
        changed = {new for new, old in found if new != old} | {old for new, old in found if new != old}
        # What did not change at all is left out: a code that stands in no row is the same in both.
        lines = [f"{edition},{new},{old}" for new, old in found if new in changed or old in changed]
        lines += [f"{edition},{new},*" for new in wide]
        print("\n".join(sorted(lines)))


if __name__ == "__main__":
    main()
