#!/usr/bin/env python3
"""Holds the tables of trade words, packs/words/*.csv, to their form, and counts what they cover.

  tools/check_words.py [FILE...]     every finding as file:line: what is wrong; status 1 if there is any
  tools/check_words.py --counts      also the goods by chapter and the words by language
  tools/check_words.py --shared      also the words that stand in rows of different codes, with their codes
  tools/check_words.py --doubts      also the words that no facet tells apart
  tools/check_words.py --texts       also each good beside the text of its code, to be read by a person
  tools/check_words.py --planted     plants every kind of mistake in a row and shows that it is found

The codes are held to the Harmonized System 2022 in the folder ALLROADS_SHARED_DATA; without it that check says
that it was skipped. A word may belong to several goods (coffee raw and roasted): then the codes overlap or the
facets tell the goods apart, so that a question can be asked. Where neither is so, it is counted (--doubts lists it).
"""
import collections
import csv
import os
import re
import sys
import unicodedata
from pathlib import Path

LANGUAGES = "en fr es pt ar sw zh hi bn ur id vi de".split()
HEADER = ["hs", *LANGUAGES, "home", "facets"]
HS_LIST = "hs-texts/harmonized-system-2022-en.csv"
SCRIPTS = {"ar": "ARABIC", "ur": "ARABIC", "hi": "DEVANAGARI", "bn": "BENGALI", "zh": "CJK"}
# Letters that only the other of the two languages in Arabic script writes.
FOREIGN_LETTERS = {"ar": "ٹڈڑںےہھیک", "ur": "كيىة"}
# A few characters that are common in these tables and differ from the simplified form.
TRADITIONAL = "魚雞鴨豬馬鳥貝糧麵飯葉條乾鹹薑蔥蘋醬雜漿莖蘆筍銀銅鐵鋼線織繡襯褲襪絲綢紗"
MOST_SYNONYMS = {"en": 16}  # a row of one family of goods; the others say it shorter
MOST_OTHERS = 8
LONGEST_WORD = 60
HOME = re.compile(r"[a-z]{2,3}:[^:;]+")
FACET = re.compile(r"[a-z]+(?: [a-z]+)*=[a-z0-9]+(?:[ -][a-z0-9]+)*")
CODE = re.compile(r"\d{4}(?:\d{2})?")


def hs_texts():
    """Code to text, or nothing where the shared data are not here."""
    folder = os.environ.get("ALLROADS_SHARED_DATA")
    path = Path(folder) / HS_LIST if folder else None
    if not path or not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["hscode"]: row["description"] for row in csv.DictReader(lines)}


def script(letter):
    """LATIN, ARABIC, CJK…; empty for what is no letter."""
    if not unicodedata.category(letter).startswith("L"):
        return ""
    return unicodedata.name(letter, "?").split()[0]


def wrong_letters(language, word):
    scripts = {script(letter) for letter in word} - {""}
    own = SCRIPTS.get(language, "LATIN")
    if own == "LATIN":
        return f"letters of {', '.join(sorted(scripts - {own}))}" if scripts - {own} else ""
    if scripts - {own, "LATIN"}:
        return f"letters of {', '.join(sorted(scripts - {own, 'LATIN'}))}"
    if own not in scripts:
        return f"no letter of {own}"
    for letter in FOREIGN_LETTERS.get(language, ""):
        if letter in word:
            return f"{letter} is not written in this language"
    if language == "zh" and any(letter in TRADITIONAL for letter in word):
        return "a traditional character"
    return ""


def word_findings(language, cell):
    words = cell.split(";") if cell else []
    if len(words) > MOST_SYNONYMS.get(language, MOST_OTHERS):
        yield f"{language}: {len(words)} words in one row, split the good"
    for word in words:
        if not word or word != " ".join(word.split()):
            yield f"{language}: empty word or stray space in {cell!r}"
            continue
        if len(word) > LONGEST_WORD:
            yield f"{language}: {word!r} is a sentence, not a word"
        if word != word.lower():
            yield f"{language}: {word!r} is not lower case"
        if unicodedata.normalize("NFC", word) != word:
            yield f"{language}: {word!r} is not in composed form (NFC)"
        if trouble := wrong_letters(language, word):
            yield f"{language}: {word!r}: {trouble}"
    for word, times in collections.Counter(words).items():
        if times > 1:
            yield f"{language}: {word!r} stands twice"


def row_findings(row, texts):
    """What is wrong with one row that has the right number of cells."""
    cells = dict(zip(HEADER, row))
    for cell in row:
        # Zero-width joiners belong to the scripts of India; every other control or format character does not.
        if any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn") and c not in "\u200c\u200d" for c in cell):
            yield f"a control character in {cell!r}"
    codes = cells["hs"].split(" ")
    if len(set(codes)) != len(codes):
        yield f"a code twice in {cells['hs']!r}"
    for code in codes:
        if not CODE.fullmatch(code):
            yield f"{code!r} is no code of 4 or 6 digits"
        elif texts and code not in texts:
            yield f"{code} is not in the Harmonized System 2022"
    if not cells["en"]:
        yield "no English word"
    known = {text.lower() for text in texts.values()}
    for word in cells["en"].split(";"):
        if len(word.split()) > 3 and word in known:
            yield f"en: {word!r} is the text of the tariff, not a word of the trade"
    for language in LANGUAGES:
        yield from word_findings(language, cells[language])
    for part in filter(None, cells["home"].split(";")):
        if not HOME.fullmatch(part) or part != part.strip():
            yield f"home: {part!r} is not tag:word"
    for part in filter(None, cells["facets"].split(";")):
        if not FACET.fullmatch(part):
            yield f"facets: {part!r} is not facet=value"


def read(path):
    """Line number and cells of each row; the header first."""
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines, strict=True)
        for row in reader:
            yield reader.line_num, row


def shared_words(rows):
    """Word to its rows, where it stands in rows of different codes."""
    places = collections.defaultdict(list)
    for where, row in rows:
        for language, cell in zip(LANGUAGES, row[1:-2]):
            for word in set(filter(None, cell.split(";"))):
                places[language, word].append((where, set(row[0].split(" ")), row[-1]))
    return {word: at for word, at in places.items() if len({tuple(sorted(codes)) for _, codes, _ in at}) > 1}


def overlap(one, other):
    return any(a.startswith(b) or b.startswith(a) for a in one for b in other)


def untold(at):
    """Pairs of rows of one word whose codes are apart and whose facets do not tell them apart."""
    for number, (where, codes, facets) in enumerate(at):
        for elsewhere, others, facets_there in at[number + 1 :]:
            if not overlap(codes, others) and facets == facets_there:
                yield where, codes, elsewhere, others


def check(files, texts):
    """Findings, rows, and words that several goods share: homographs are true of any language, so they are told."""
    findings, rows, doubts = [], [], []
    for path in files:
        try:
            lines = list(read(path))
        except (csv.Error, UnicodeDecodeError) as trouble:
            findings.append(f"{path}:1: {trouble}")
            continue
        if not lines or lines[0][1] != HEADER:
            findings.append(f"{path}:1: the header is not {','.join(HEADER)}")
            continue
        for line, row in lines[1:]:
            where = f"{path}:{line}"
            if len(row) != len(HEADER):
                findings.append(f"{where}: {len(row)} cells, not {len(HEADER)}")
                continue
            findings += [f"{where}: {finding}" for finding in row_findings(row, texts)]
            rows.append((where, row))
    for (language, word), at in sorted(shared_words(rows).items()):
        for where, codes, elsewhere, others in untold(at):
            doubts.append(
                f"{where}: {language}: {word!r} is {' '.join(sorted(codes))} here and {' '.join(sorted(others))} "
                f"in {elsewhere}, and no facet tells them apart"
            )
    return findings, rows, doubts


def print_counts(rows):
    chapters = collections.Counter(row[0][:2] for _, row in rows)
    print("goods by chapter:", ", ".join(f"{chapter} {count}" for chapter, count in sorted(chapters.items())))
    headings = {code[:4] for _, row in rows for code in row[0].split(" ")}
    codes = {code for _, row in rows for code in row[0].split(" ") if len(code) == 6}
    print(f"{len(rows)} goods, {len(headings)} headings, {len(codes)} subheadings")
    for number, language in enumerate(HEADER[1:-1], 1):
        cells = [row[number] for _, row in rows if row[number]]
        print(f"{language}: {len(cells)} goods, {sum(len(cell.split(';')) for cell in cells)} words")


OTHER_TABLES = {"facets.csv", "facet_of.csv", "notes.csv"}  # of another form (docs/classify.md)

PLANTS = [  # cell, what is planted there, a word of the finding that must come
    ("hs", "090", "no code"),
    ("hs", "090111 090111", "twice"),
    ("hs", "999999", "not in the Harmonized System"),
    ("en", "", "no English word"),
    ("en", "Coffee", "lower case"),
    ("en", "coffee; raw coffee", "stray space"),
    ("en", "coffee;coffee", "twice"),
    ("en", "coffee\u0007", "control character"),
    ("en", "coffee of the kind that is bought by those who buy coffee and no other drink", "sentence"),
    ("en", ";".join(f"coffee {number}" for number in range(20)), "split the good"),
    ("en", "cоffee", "CYRILLIC"),
    ("fr", "cafe\u0301", "NFC"),
    ("ar", "coffee", "no letter of ARABIC"),
    ("ar", "کافی", "not written in this language"),
    ("ur", "قهوة", "not written in this language"),
    ("hi", "কফি", "BENGALI"),
    ("zh", "魚", "traditional"),
    ("home", "buna", "tag:word"),
    ("facets", "State=Raw", "facet=value"),
]


def planted():
    good = dict.fromkeys(HEADER, "") | {"hs": "090111", "en": "raw coffee", "facets": "state=raw"}
    texts = {"090111": "Coffee; not roasted or decaffeinated", "0901": "Coffee"}
    missed = [f"found in a good row: {finding}" for finding in row_findings(list(good.values()), texts)]
    for column, value, expected in PLANTS:
        found = list(row_findings(list((good | {column: value}).values()), texts))
        if not any(expected in finding for finding in found):
            missed.append(f"{column} {value!r}: {expected!r} not found but {found}")
    twin = [("a:2", ["090111"] + ["coffee"] * 13 + ["", ""]), ("b:2", ["090121"] + ["coffee"] * 13 + ["", ""])]
    if not any(True for at in shared_words(twin).values() for _ in untold(at)):
        missed.append("a word of two codes was not found")
    twin[1][1][-1] = "state=roasted"
    if any(True for at in shared_words(twin).values() for _ in untold(at)):
        missed.append("a word of two codes was found although a facet tells them apart")
    print("\n".join(missed) or f"{len(PLANTS) + 2} plants found")
    return 1 if missed else 0


def main(arguments):
    options = {argument for argument in arguments if argument.startswith("--")}
    if options - {"--counts", "--shared", "--texts", "--doubts", "--planted"}:
        print(__doc__)
        return 2
    if "--planted" in options:
        return planted()
    folder = Path(__file__).resolve().parent.parent / "packs" / "words"
    files = [Path(argument) for argument in arguments if argument not in options] or [
        path for path in sorted(folder.glob("*.csv")) if path.name not in OTHER_TABLES]
    if not files:
        print(f"no table of words in {folder}")
        return 1
    texts = hs_texts()
    if not texts:
        print(f"the codes were not looked up: no {HS_LIST} in the folder ALLROADS_SHARED_DATA")
    findings, rows, doubts = check(files, texts)
    if "--texts" in options:
        for _, row in rows:
            print(f"{row[1]}\n" + "\n".join(f"  {code} {texts.get(code, '?')}" for code in row[0].split(" ")))
    if "--shared" in options:
        for (language, word), at in sorted(shared_words(rows).items()):
            print(f"{language}: {word}: " + " | ".join(" ".join(sorted(codes)) for _, codes, _ in at))
    if "--counts" in options:
        print_counts(rows)
    if "--doubts" in options:
        print("\n".join(doubts))
    print("\n".join(findings) or f"{len(rows)} goods in {len(files)} tables: nothing found; "
          f"{len(doubts)} words lead to several codes, and no facet tells them apart (--doubts)")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
