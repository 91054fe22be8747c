#!/usr/bin/env python3
"""The texts that Allroads shows, and whether every language has them. docs/languages.md tells how to use it.

  tools/texts.py --check [FOLDER]    every fault of the translations as file: "text": what is wrong; status 1 if any
  tools/texts.py --merge [FOLDER]    writes locale/allroads.pot and brings each locale/<tag>.po up to date:
                                     translations stay, new texts come untranslated, texts gone are kept as #~
  tools/texts.py --list [FOLDER]     the texts, one a line

Texts are found in pages/**/*.tpl and locale/texts.txt as [[text]], [[context|text]] or [[one||many]], and in the
C++ of src/ as say("text"), say("context", "text"), say_many("one", "many", n), say_many("context", "one",
"many", n) and to_say("text"). A text stands on one line. {{NAMES}} in it are filled later; {1} is the number
of say_many.
"""
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

# (language, text) that may be untranslated, with the reason.
ALLOWED_MISSING: dict[tuple[str, str], str] = {}

TEXT_CHARACTERS = 2000  # a catalog answers no longer key (src/locale/catalog.cpp)

Key = tuple[str | None, str]  # context, text


@dataclass
class Text:
    """A text of the sources."""
    many: str | None = None
    places: set[str] = field(default_factory=set)


@dataclass
class Entry:
    """A text of a .po file."""
    many: str | None = None
    said: list[str] = field(default_factory=list)  # translations: one, or one a plural form
    fuzzy: bool = False
    notes: list[str] = field(default_factory=list)  # "# …" of the translator


class Fault(Exception):
    pass


# ---- the texts of the sources --------------------------------------------------------------------


def template_texts(source: str):
    """(key, many) of each [[…]]."""
    for match in re.finditer(r"\[\[(.*?)\]\]|\[\[", source, re.S):
        inner = match[1]
        if inner is None or "\n" in inner or "[[" in inner:
            raise Fault(f"[[ without ]] on its line: {source[match.start():match.start() + 40]!r}")
        one, plural, many = inner.partition("||")
        context, bar, rest = one.partition("|")
        key = (context, rest) if bar else (None, one)
        yield checked(key), (many if plural else None)


COMMENT_OR_LITERAL = re.compile(r'//[^\n]*|/\*.*?\*/|\'(?:\\.|[^\'\\\n])\'|"(?:\\.|[^"\\\n])*"', re.S)
CALL = re.compile(r"\b(say|say_many|to_say)\s*\(\s*(?=\")")
LITERAL = re.compile(r'"((?:\\.|[^"\\\n])*)"\s*')
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "'": "'"}


def unescaped(literal: str) -> str:
    def one(match: re.Match) -> str:
        if match[1]:
            return chr(int(match[1], 16))
        if match[2] not in ESCAPES:
            raise Fault(f"an escape that is not known: {match[0]}")
        return ESCAPES[match[2]]

    return re.sub(r"\\(?:u([0-9A-Fa-f]{4})|(.))", one, literal)


def cpp_texts(source: str):
    """(key, many) of each call that says a text."""
    source = COMMENT_OR_LITERAL.sub(lambda m: " " if m[0][0] == "/" else m[0], source)
    for call in CALL.finditer(source):
        arguments, at = [], call.end()
        while literal := LITERAL.match(source, at):
            words = ""
            while literal:
                words += unescaped(literal[1])
                at = literal.end()
                literal = LITERAL.match(source, at)
            arguments.append(words)
            if comma := re.compile(r",\s*").match(source, at):
                at = comma.end()
        ended = source[at:at + 1] == ")"
        what, count = call[1], len(arguments)
        if what == "say_many" and not ended and count in (2, 3):
            yield checked((arguments[0] if count == 3 else None, arguments[-2])), arguments[-1]
        elif what != "say_many" and ended and (count == 1 or (what == "say" and count == 2)):
            yield checked((arguments[0] if count == 2 else None, arguments[-1])), None
        else:
            raise Fault(f"{what}({arguments[0]!r} …: not one of the forms that docs/languages.md names")


# Tables of texts that are said by a variable: the sentences of findings, the names of kinds and materials.
TABLES = {
    "src/contract/sentences.cpp": re.compile(r'\bSentence\{\s*"[a-z0-9-]+",\s*(?=")'),
    "src/shop/names.cpp": re.compile(r'^\s*\{"[a-z0-9-]+", (?=")', re.M),
}


def table_texts(source: str, row: re.Pattern):
    for found in row.finditer(source):
        words, at = "", found.end()
        while literal := LITERAL.match(source, at):
            words += unescaped(literal[1])
            at = literal.end()
        yield checked((None, words)), None


def checked(key: Key) -> Key:
    context, text = key
    if not text or text != text.strip() or context == "" or len(text) + len(context or "") > TEXT_CHARACTERS:
        raise Fault(f"a text is empty, too long, or has blanks at its ends: {text!r}")
    return key


def texts_of(root: Path) -> tuple[dict[Key, Text], list[str]]:
    """Every text, and the faults of their sources."""
    texts: dict[Key, Text] = {}
    faults = []
    files = sorted((root / "pages").rglob("*.tpl")) + [root / "locale/texts.txt"]
    files += sorted(path for end in ("cpp", "h") for path in (root / "src").rglob(f"*.{end}"))
    for path in files:
        if not path.is_file() or path.name.endswith("_test.cpp"):
            continue
        name = path.relative_to(root).as_posix()
        source = path.read_text(encoding="utf-8")
        if path.suffix == ".txt":
            source = re.sub(r"(?m)^#.*", "", source)
        try:
            found = list((cpp_texts if name.startswith("src/") else template_texts)(source))
            if name in TABLES:
                found += table_texts(source, TABLES[name])
            for key, many in found:
                text = texts.setdefault(key, Text(many))
                if text.places and None not in (many, text.many) and many != text.many:
                    faults.append(f'{name}: "{key[1]}": has two plurals, "{text.many}" and "{many}"')
                text.many = text.many or many
                text.places.add(name)
        except Fault as fault:
            faults.append(f"{name}: {fault}")
    return texts, faults


# ---- .po files -----------------------------------------------------------------------------------


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


def read_po(source: str) -> tuple[str, dict[Key, Entry], list[str]]:
    """Header, entries, and the lines of texts that are gone (#~)."""
    header, entries, gone = "", {}, []
    for block in re.split(r"\n\s*\n", source.strip()):
        if block.lstrip().startswith("#~"):
            gone.append(block)
            continue
        entry, parts, words = Entry(), {}, ""
        for line in block.split("\n"):
            if line.startswith("#"):
                entry.fuzzy |= line.startswith("#,") and "fuzzy" in line
                if re.match(r"#(?: |$)", line):
                    entry.notes.append(line)
                continue
            match = re.fullmatch(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?)\s+)?"((?:\\.|[^"\\])*)"', line)
            if not match or not (match[1] or words):
                raise Fault(f"not a line of a .po file: {line!r}")
            words = match[1] or words
            parts[words] = parts.get(words, "") + unescaped(match[2])
        if parts.get("msgid") == "" and "msgctxt" not in parts:
            header = parts.get("msgstr", "")
            continue
        key = (parts.get("msgctxt"), parts.get("msgid", ""))
        if key in entries:
            raise Fault(f'"{key[1]}" stands there twice')
        entry.many = parts.get("msgid_plural")
        entry.said = [parts[name] for name in parts if name.startswith("msgstr")]
        entries[key] = entry
    return header, entries, gone


def block_of(key: Key, entry: Entry, places: set[str]) -> str:
    lines = entry.notes + [f"#: {place}" for place in sorted(places)] + (["#, fuzzy"] if entry.fuzzy else [])
    if key[0] is not None:
        lines.append(f"msgctxt {quoted(key[0])}")
    lines.append(f"msgid {quoted(key[1])}")
    if entry.many is not None:
        lines.append(f"msgid_plural {quoted(entry.many)}")
        lines += [f"msgstr[{i}] {quoted(said)}" for i, said in enumerate(entry.said)]
    else:
        lines.append(f"msgstr {quoted(entry.said[0])}")
    return "\n".join(lines)


def order(key: Key):
    return key[1], key[0] or ""


def written_po(header: str, entries: dict[Key, Entry], texts: dict[Key, Text], gone: list[str]) -> str:
    head = 'msgid ""\nmsgstr ""\n' + "\n".join(quoted(line + "\n") for line in header.strip("\n").split("\n"))
    blocks = [block_of(key, entries[key], texts[key].places) for key in sorted(texts, key=order)]
    return "\n\n".join([head] + blocks + gone) + "\n"


POT_HEADER = "Project-Id-Version: allroads\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n" \
             "Content-Transfer-Encoding: 8bit\nPlural-Forms: nplurals=2; plural=(n != 1);\n"


def pot_of(texts: dict[Key, Text]) -> str:
    empty = {key: Entry(text.many, ["", ""] if text.many else [""]) for key, text in texts.items()}
    return written_po(POT_HEADER, empty, texts, [])


def merged(source: str, texts: dict[Key, Text]) -> str:
    header, entries, gone = read_po(source)
    forms, _ = plural_forms(header)
    # A text that was gone and comes back brings its translation; msgfmt takes no text twice.
    back = {}
    for block in gone:
        _, found, _ = read_po(re.sub(r"(?m)^#~ ?", "", block))
        back |= {key: (entry, block) for key, entry in found.items() if key in texts}
    gone = [block for block in gone if all(block != other for _, other in back.values())]
    kept = {}
    for key, text in texts.items():
        count = forms if text.many else 1
        entry = entries.get(key)
        if key in back and (entry is None or not any(entry.said)):
            entry = back[key][0]
        if entry is None or len(entry.said) != count or entry.many != text.many:
            notes = entry.notes if entry else []
            entry = Entry(text.many, [""] * count, notes=notes)
        kept[key] = entry
    for key in sorted(set(entries) - set(texts), key=order):
        if any(entries[key].said):
            entries[key].notes = []
            gone.append("\n".join("#~ " + line for line in block_of(key, entries[key], set()).split("\n")))
    return written_po(header, kept, texts, gone)


# ---- plural rules --------------------------------------------------------------------------------


def plural_forms(header: str):
    """How many forms, and the function from a number to its form."""
    match = re.search(r"^Plural-Forms:\s*nplurals=(\d);\s*plural=([n0-9\s%<>=!&|?:()]+);", header, re.M)
    if not match:
        raise Fault("the header has no Plural-Forms")

    def python(expression: str) -> str:
        """C to Python: only a ? b : c differs, besides && and ||."""
        depth = 0
        for at, letter in enumerate(expression):
            depth += (letter == "(") - (letter == ")")
            if letter == "?" and depth == 0:
                colon = expression.index(":", at)
                yes, no = expression[at + 1:colon], expression[colon + 1:]
                return f"({python(yes)} if {python(expression[:at])} else {python(no)})"
        return expression.replace("&&", " and ").replace("||", " or ")

    expression = match[2].strip()
    while expression.startswith("(") and expression.endswith(")") and expression.count("(") == 1:
        expression = expression[1:-1]
    rule = eval("lambda n: int(" + python(expression) + ")", {"__builtins__": {"int": int}})  # letters: n alone
    return int(match[1]), rule


# ---- faults --------------------------------------------------------------------------------------

PLACE = re.compile(r"\{\{([^{}]*)\}\}|\{[0-9a-z_]+\}")
INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ufffd]")


def places_in(text: str) -> set[str]:
    return {match[0] for match in PLACE.finditer(text)}


def said_faults(english: str, said: str, may_lack: set[str]):
    if not said.strip():
        yield "untranslated"
        return
    wanted, found = places_in(english), places_in(said)
    if wanted - found - may_lack:
        yield f"lacks {', '.join(sorted(wanted - found - may_lack))}"
    if found - wanted:
        yield f"has {', '.join(sorted(found - wanted))}, which the English text has not"
    if re.search(r"[{}]|\[\[|\]\]", PLACE.sub("", said)):
        yield "has a brace that belongs to no {{NAME}}"
    if said != said.strip():
        yield "has blanks at its ends"
    if INVISIBLE.search(said):
        yield "has a control character"
    if re.search(r"[\u0600-\u06ff]", said) and re.search(r"(?<![\u200e\d-])\d+-\d", said):
        yield "has figures joined by hyphens, which are shown last to first: write U+200E before them"
    if ("<" in said or "&" in said) and "<" not in english and "&" not in english:
        yield "has a mark of HTML"


def entry_faults(key: Key, text: Text, entry: Entry | None, forms: int, rule):
    if entry is None or not any(entry.said):
        yield "untranslated"
        return
    if entry.fuzzy:
        yield "fuzzy: look at it, correct it, and take the word fuzzy away"
    if entry.many != text.many or len(entry.said) != (forms if text.many else 1):
        yield f"its plural forms are not those of the sources; run --merge ({forms} forms)"
        return
    for form, said in enumerate(entry.said):
        numbers = [n for n in range(1000) if rule(n) == form] if text.many else []
        # "no product", "one product", "two products" may be words where the form is for one number alone.
        for what in said_faults(text.many or key[1], said, {"{1}"} if len(numbers) == 1 else set()):
            yield (f"form {form}: " if text.many else "") + what


def po_faults(tag: str, source: str, texts: dict[Key, Text]):
    try:
        header, entries, _ = read_po(source)
        forms, rule = plural_forms(header)
    except Fault as fault:
        yield str(fault)
        return
    if not re.search(rf"^Language: {tag}$", header, re.M):
        yield f"the header does not say Language: {tag}"
    if "charset=UTF-8" not in header:
        yield "the header does not say charset=UTF-8"
    if {rule(n) for n in range(1000)} != set(range(forms)):
        yield "its Plural-Forms do not reach each of their forms"
    for key in sorted(texts, key=order):
        if (tag, key[1]) in ALLOWED_MISSING:
            continue
        for what in entry_faults(key, texts[key], entries.get(key), forms, rule):
            yield f'"{key[1]}": {what}'
    if source != merged(source, texts):
        yield "is not as --merge would write it; run tools/texts.py --merge"


def faults_of(root: Path) -> list[str]:
    texts, faults = texts_of(root)
    pot = root / "locale/allroads.pot"
    if not pot.is_file() or pot.read_text(encoding="utf-8") != pot_of(texts):
        faults.append("locale/allroads.pot: is not what the sources say; run tools/texts.py --merge")
    table = root / "src/locale/language.cpp"
    spoken = re.findall(r'LanguageFacts\{"(\w+)"', table.read_text(encoding="utf-8")) if table.is_file() else []
    for tag in spoken:
        if tag != "en" and not (root / f"locale/{tag}.po").is_file():
            faults.append(f"locale/{tag}.po: is not there, but src/locale/language.cpp names the language")
    for path in sorted((root / "locale").glob("*.po")):
        name = f"locale/{path.name}"
        if spoken and path.stem not in spoken:
            faults.append(f"{name}: src/locale/language.cpp does not name this language")
        source = path.read_text(encoding="utf-8", errors="replace")
        faults += [f"{name}: {what}" for what in po_faults(path.stem, source, texts)]
    return faults


def main() -> int:
    arguments = sys.argv[1:]
    verbs = [word for word in arguments if word.startswith("--")]
    folders = [word for word in arguments if not word.startswith("--")]
    if len(verbs) != 1 or verbs[0] not in ("--check", "--merge", "--list") or len(folders) > 1:
        print(__doc__)
        return 2
    root = Path(folders[0]) if folders else Path(__file__).resolve().parent.parent
    texts, faults = texts_of(root)
    if verbs[0] == "--list":
        for key in sorted(texts, key=order):
            print((f"{key[0]}|" if key[0] else "") + key[1] + (f"||{texts[key].many}" if texts[key].many else ""))
    elif verbs[0] == "--merge" and not faults:
        (root / "locale/allroads.pot").write_text(pot_of(texts), encoding="utf-8")
        for path in sorted((root / "locale").glob("*.po")):
            path.write_text(merged(path.read_text(encoding="utf-8"), texts), encoding="utf-8")
    elif verbs[0] == "--check":
        faults = faults_of(root)
        # Languages whose translation is under way: what they lack is told, and shown in English meanwhile.
        path = root / "locale/unfinished.txt"
        tags = path.read_text(encoding="utf-8").split() if path.exists() else []
        under_way = tuple(f"locale/{tag}.po: " for tag in tags)
        open_ones = [one for one in faults if one.startswith(under_way) and one.endswith(": untranslated")] if tags else []
        faults = [one for one in faults if one not in open_ones]
        for tag in tags:
            count = sum(one.startswith(f"locale/{tag}.po") for one in open_ones)
            print(f"locale/{tag}.po: {count} texts are not translated yet")
    for fault in faults:
        print(fault)
    print(f"texts: {len(texts)} texts, {len(faults)} faults", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
