#!/usr/bin/env python3
"""The wordings of proofs of origin in packs/statements are what docs/origin-statements.md says.

    statements_test.py [FOLDER]

Every file is TOML of the keys of the format and no others and names its law, an address and a day; its
agreements stand in packs/agreements and know the proofs; the blanks of a text are those of the file in every
language; every language is a tag of BCP 47, stands once, and its text is written in its own script, those from
right to left included. One sentence an offence; prints how much was looked at. Wrong files are planted first,
and each must be found.
"""
import copy
import datetime
import pathlib
import re
import sys
import tomllib
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "packs" / "statements"

PROOFS = {"statement-on-origin", "origin-declaration", "eur1", "eur-med", "certificate", "rex-statement",
          "form-a", "certificate-of-origin", "importers-knowledge", "declaration", "visa"}
FORMS = {"sentence", "remark", "data-elements"}

# Section: keys that must be there, keys that may, whether it stands several times.
SECTIONS = {
    "statement": (["code", "form", "law", "url", "checked_on", "confidence", "agreements", "proofs", "direction",
                   "when"], ["note"], False),
    "blank": (["name", "what", "when"], [], True),
    "wording": (["language", "text", "law"], ["leave_out"], True),
    "element": (["name", "what", "law"], ["when"], True),
}
LISTS = {("statement", "agreements"), ("statement", "proofs"), ("wording", "leave_out")}
MAY_BE_EMPTY = {("statement", "direction"), ("statement", "when"), ("blank", "when")}

# Languages that agreements have been drawn up in: the scripts of their letters; Latin where nothing is said.
LANGUAGES = {code: ("LATIN",) for code in """
    af bs ca cs cy da de en es et fi fo fr ga hr hu id is it lb lt lv ms mt nb nl nn no pl pt rm ro sk sl sq sv sw
    tr vi
""".split()} | {
    "ar": ("ARABIC",), "fa": ("ARABIC",), "ur": ("ARABIC",), "he": ("HEBREW",), "el": ("GREEK",),
    "bg": ("CYRILLIC",), "mk": ("CYRILLIC",), "ru": ("CYRILLIC",), "uk": ("CYRILLIC",), "kk": ("CYRILLIC",),
    "sr": ("CYRILLIC", "LATIN"), "hy": ("ARMENIAN",), "ka": ("GEORGIAN",), "hi": ("DEVANAGARI",), "th": ("THAI",),
    "ja": ("CJK", "HIRAGANA", "KATAKANA"), "ko": ("HANGUL",), "zh": ("CJK",), "km": ("KHMER",), "lo": ("LAO",),
    "my": ("MYANMAR",), "am": ("ETHIOPIC",),
}
SCRIPTS = {"Latn": ("LATIN",), "Cyrl": ("CYRILLIC",), "Arab": ("ARABIC",), "Hans": ("CJK",), "Hant": ("CJK",)}
RIGHT_TO_LEFT = {"ARABIC", "HEBREW"}
# Marks that turn the direction of a line. A text of right to left needs none; one that has them was pasted.
TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LATIN_WORDS = re.compile(r"\b(?:EUR|MED|REX|EORI|EUR-MED|EUR\.1)\b")

TAG = re.compile(r"([a-z]{2,3})(?:-([A-Z][a-z]{3}))?(?:-([A-Z]{2}|\d{3}))?")
BLANK = re.compile(r"\{([^{}]*)\}")
SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


def load_agreements():
    held = {}
    for path in sorted((ROOT / "packs" / "agreements").glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        countries = {one for party in data.get("party", []) for one in party["countries"]}
        held[path.stem] = ({proof["kind"] for proof in data.get("proof", [])}, countries)
    return held


def is_day(text):
    try:
        return str(datetime.date.fromisoformat(text)) == text
    except ValueError:
        return False


def script_of(letter):
    return unicodedata.name(letter, "?").split()[0]


def language_offences(tag, text):
    """What is wrong with a tag, or with the letters of its text."""
    match = TAG.fullmatch(tag)
    if not match or match[1] not in LANGUAGES or (match[2] and match[2] not in SCRIPTS):
        return [f"{tag!r} is no language of BCP 47 that is known here"]
    scripts = SCRIPTS[match[2]] if match[2] else LANGUAGES[match[1]]
    bare = LATIN_WORDS.sub("", BLANK.sub("", text))
    letters = [one for one in bare if one.isalpha() and one not in "ªº"]  # as in nº, of any script
    found = [f"{tag}: {one!r} is no letter of its script" for one in letters if script_of(one) not in scripts][:1]
    if not letters:
        found.append(f"{tag}: the text has no word")
    if set(scripts) & RIGHT_TO_LEFT and letters and unicodedata.bidirectional(letters[0]) not in ("R", "AL"):
        found.append(f"{tag}: the text does not begin from the right")
    if TURNING.search(text):
        found.append(f"{tag}: the text has a mark that turns the direction of a line")
    return found


def text_offences(wording, blanks):
    tag, text = wording["language"], wording["text"]
    found = language_offences(tag, text)
    names = BLANK.findall(text)
    if set(names) != set(blanks):
        found.append(f"{tag}: the blanks of the text are {sorted(set(names))}, those of the file {sorted(blanks)}")
    if "{" in BLANK.sub("", text) or "}" in BLANK.sub("", text):
        found.append(f"{tag}: a brace stands alone")
    if re.search(r"\(\d\)|\.\.|…|_{2}", text):
        found.append(f"{tag}: the mark of a footnote or a dotted line is left in the text")
    if text != unicodedata.normalize("NFC", text):
        found.append(f"{tag}: the text is not in normal form C")
    if "  " in text or any(line != line.strip() or not line for line in text.split("\n")):
        found.append(f"{tag}: a space or line too many")
    for piece in wording.get("leave_out", []):
        if text.count(piece) != 1 or not BLANK.search(piece):
            found.append(f"{tag}: {piece!r} is to stand in the text once and to have a blank")
    return found


def form_offences(name, data):
    """Sections, keys and kinds of values."""
    found = []
    for section, content in data.items():
        if section not in SECTIONS:
            found.append(f"{name}: has the section {section}, which the format does not know")
            continue
        must, may, several = SECTIONS[section]
        if isinstance(content, list) != several:
            found.append(f"{name}: [{section}] is to stand " + ("several times" if several else "once"))
            continue
        for one in content if several else [content]:
            found += [f"{name}: [{section}] has no {key}" for key in must if key not in one]
            for key, value in one.items():
                where = (section, key)
                if key not in must + may:
                    found.append(f"{name}: [{section}] has the key {key}, which the format does not know")
                elif where in LISTS:
                    if not isinstance(value, list) or not value or len(set(value)) != len(value):
                        found.append(f"{name}: {section}.{key} is no list, is empty, or has something twice")
                elif not isinstance(value, str) or (not value.strip() and where not in MAY_BE_EMPTY):
                    found.append(f"{name}: {section}.{key} is no text or is empty")
    return found


def statement_offences(name, statement, agreements):
    found = []
    if statement["code"] != name:
        found.append(f"{name}: its code is {statement['code']!r}")
    if statement["form"] not in FORMS:
        found.append(f"{name}: {statement['form']!r} is no form")
    if not statement["url"].startswith(("https://", "http://")):
        found.append(f"{name}: {statement['url']!r} is no address")
    if not is_day(statement["checked_on"]):
        found.append(f"{name}: {statement['checked_on']!r} is no day")
    if statement["confidence"] not in ("official", "secondary"):
        found.append(f"{name}: {statement['confidence']!r} is no confidence")
    found += [f"{name}: {one!r} is no kind of proof" for one in statement["proofs"] if one not in PROOFS]
    for code in statement["agreements"]:
        if code not in agreements:
            found.append(f"{name}: no agreement {code}")
            continue
        kinds, countries = agreements[code]
        if kinds and not kinds & set(statement["proofs"]):
            found.append(f"{name}: {code} has no proof of {statement['proofs']}")
        if statement["direction"] and statement["direction"] not in countries:
            found.append(f"{name}: {statement['direction']} is no party of {code}")
    return found


def offences_of(name, data, agreements):
    found = form_offences(name, data)
    if "statement" not in data:
        found.append(f"{name}: has no [statement]")
    if found:
        return found
    found = statement_offences(name, data["statement"], agreements)
    blanks = [one["name"] for one in data.get("blank", [])]
    elements = [one["name"] for one in data.get("element", [])]
    wordings = data.get("wording", [])
    if data["statement"]["form"] == "data-elements":
        if wordings or blanks or not elements:
            found.append(f"{name}: data elements have [[element]] and neither wording nor blank")
    elif not wordings:
        found.append(f"{name}: has no wording")
    for what, names in (("blank", blanks), ("element", elements)):
        found += [f"{name}: the {what} {one!r} is no snake word" for one in names if not SNAKE.fullmatch(one)]
        found += [f"{name}: the {what} {one} stands twice" for one in sorted(set(names)) if names.count(one) > 1]
    tags = [one["language"] for one in wordings]
    found += [f"{name}: the language {one} stands twice" for one in sorted(set(tags)) if tags.count(one) > 1]
    for wording in wordings:
        found += [f"{name}: {what}" for what in text_offences(wording, set(blanks))]
    return found


def plant(agreements):
    """Mistakes that must be found, one at a time, in a file that has none; those that are not."""
    good = {
        "statement": {"code": "planted", "form": "sentence", "law": "a law", "url": "https://example.org/",
                      "checked_on": "2026-11-26", "confidence": "official", "agreements": ["GB-KE"],
                      "proofs": ["origin-declaration"], "direction": "KE", "when": ""},
        "blank": [{"name": "origin", "what": "the origin", "when": ""}],
        "wording": [{"language": "en", "text": "Of (no {origin}) here.", "leave_out": [" (no {origin})"], "law": "a"},
                    {"language": "ar", "text": "\u0645\u0646\u0634\u0623 {origin}", "law": "a"},
                    {"language": "sr-Latn", "text": "\u0161ta {origin}", "law": "a"}],
        "element": [{"name": "date", "what": "the day", "law": "a"}],
    }
    if offences_of("planted", good, agreements):
        return ["a file without mistakes: " + "; ".join(offences_of("planted", good, agreements))]

    def change(section, key, value, at=None):
        bad = copy.deepcopy(good)
        (bad[section] if at is None else bad[section][at])[key] = value
        return bad

    bads = {
        "no law": change("statement", "law", " "),
        "no address": change("statement", "url", "example.org"),
        "no day": change("statement", "checked_on", "2026-02-30"),
        "another code": change("statement", "code", "other"),
        "an agreement that is not": change("statement", "agreements", ["GB-XX"]),
        "a proof that the agreement has not": change("statement", "proofs", ["visa"]),
        "a direction that is no party": change("statement", "direction", "JP"),
        "a key too many": change("statement", "colour", "red"),
        "a form that is not": change("statement", "form", "poem"),
        "a blank that no text has": change("blank", "name", "place", 0),
        "a blank that is no snake word": change("blank", "name", "Origin", 0),
        "a language twice": change("wording", "language", "en", 2),
        "no tag": change("wording", "language", "english", 0),
        "a script that is not": change("wording", "language", "sr-Zzzz", 2),
        "letters of another script": change("wording", "text", "Of (no {origin}) h\u0435re.", 0),
        "right to left from the left": change("wording", "text", "origin {origin}", 1),
        "a mark that turns": change("wording", "text", "\u200f\u0645\u0646\u0634\u0623 {origin}", 1),
        "a text without its blank": change("wording", "text", "\u0645\u0646\u0634\u0623", 1),
        "a brace alone": change("wording", "text", "\u0161ta {origin} {", 2),
        "a footnote": change("wording", "text", "\u0161ta {origin} (2)", 2),
        "dots": change("wording", "text", "\u0161ta {origin} \u2026", 2),
        "letters taken apart": change("wording", "text", "s\u030cta {origin}", 2),
        "two spaces": change("wording", "text", "\u0161ta  {origin}", 2),
        "a piece that is not in the text": change("wording", "leave_out", ["({origin})"], 0),
        "an element that is no snake word": change("element", "name", "the day", 0),
    }
    return [what for what, bad in bads.items() if not offences_of("planted", bad, agreements)]


def main():
    agreements = load_agreements()
    offences = [f"planted and not found: {what}" for what in plant(agreements)]
    page = (ROOT / "docs" / "origin-statements.md").read_text(encoding="utf-8")
    paths = sorted(FOLDER.glob("*.toml"))
    if not paths:
        offences.append(f"no wording in {FOLDER.name}")
    wordings = elements = 0
    sentences = {}
    for path in paths:
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            offences.append(f"{path.stem}: {error}")
            continue
        found = offences_of(path.stem, data, agreements)
        offences += found
        wordings += len(data.get("wording", []))
        elements += len(data.get("element", []))
        if FOLDER.parent.parent == ROOT and f"`{path.stem}`" not in page:
            offences.append(f"{path.stem}: docs/origin-statements.md does not name it")
        if found or data["statement"]["form"] != "sentence":
            continue
        # Of one agreement, proof and direction there is one sentence: nobody could choose between two.
        for agreement in data["statement"]["agreements"]:
            for proof in data["statement"]["proofs"]:
                key = (agreement, proof, data["statement"]["direction"])
                if key in sentences:
                    offences.append(f"{path.stem}: {sentences[key]} has a sentence for {key} too")
                sentences[key] = path.stem
    for offence in offences:
        print(offence)
    print(f"{len(paths)} files, {wordings} wordings, {elements} elements, {len(offences)} offences")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
