#!/usr/bin/env python3
"""Shows that texts.py finds every text and every fault: a small sound tree, then one planted fault at a time."""
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import texts  # noqa: E402

FRENCH = '''msgid ""
msgstr ""
"Language: fr\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

# Of a person who translates.
msgid "Delivered to {{COUNTRY}}"
msgstr "Livraison : {{COUNTRY}}"

msgctxt "verb"
msgid "Order"
msgstr "Commander"

msgid "Say \\"when\\""
msgstr "Dites « stop »"

msgid "Search"
msgstr "Rechercher"

msgid "The first half, and the second"
msgstr "Les deux moitiés"

msgid "{1} day"
msgid_plural "{1} days"
msgstr[0] "{1} jour"
msgstr[1] "{1} jours"
'''
ENGLISH_TWO = '''msgid ""
msgstr ""
"Language: sw\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
'''
SOURCES = {
    "pages/home.tpl": "<h1>[[Search]]</h1> [[Delivered to {{COUNTRY}}]] [[verb|Order]] {{PRICE}}\n",
    "locale/texts.txt": "# [[not this]]\n[[Search]]\n",
    "src/web/web.cpp": 'auto a = t.say("The first half, "\n  "and the second"); // t.say("nor this")\n'
    'auto b = t.say_many("{1} day", "{1} days", n); auto c = to_say("Say \\"when\\"");\n'
    'auto q = \'"\'; // t.say("nor behind a quotation mark")\n'
    'auto d = t.say(variable) + line.say(file, "no");\n',
    "src/web/web_test.cpp": 't.say("nor this of a test");\n',
    "src/locale/language.cpp": 'LanguageFacts{"en", "English"}, LanguageFacts{"fr", "Français"},\n',
    "locale/fr.po": FRENCH,
}
FOUND = {
    (None, "Search"): None,
    (None, "Delivered to {{COUNTRY}}"): None,
    ("verb", "Order"): None,
    (None, "The first half, and the second"): None,
    (None, "{1} day"): "{1} days",
    (None, 'Say "when"'): None,
}

# (file, (old, new) or None to remove it, what is said of it).
PLANTS = [
    ("locale/fr.po", ('msgstr "Rechercher"', 'msgstr ""'), '"Search": untranslated'),
    ("locale/fr.po", ('msgid "Search"\nmsgstr "Rechercher"\n', ""), '"Search": untranslated'),
    ("locale/fr.po", ('"Rechercher"', '"   "'), '"Search": untranslated'),
    ("locale/fr.po", ('msgctxt "verb"\n', ""), '"Order": untranslated'),
    ("locale/fr.po", ('msgctxt "verb"', 'msgctxt "noun"'), '"Order": untranslated'),
    ("locale/fr.po", ('msgid "Search"', '#, fuzzy\nmsgid "Search"'), '"Search": fuzzy'),
    ("locale/fr.po", ("Livraison : {{COUNTRY}}", "Livraison"), "lacks {{COUNTRY}}"),
    ("locale/fr.po", ("Livraison : {{COUNTRY}}", "Livraison : {{PAYS}}"), "lacks {{COUNTRY}}"),
    ("locale/fr.po", (": {{COUNTRY}}", ": {{COUNTRY}} {{DAY}}"), "has {{DAY}}, which"),
    ("locale/fr.po", ('"Rechercher"', '"Rechercher {{X}}"'), "has {{X}}, which"),
    ("locale/fr.po", ("Livraison : {{COUNTRY}}", "Livraison : {{COUNTRY}"), "has a brace"),
    ("locale/fr.po", ("Livraison : {{COUNTRY}}", "{{{COUNTRY}}}"), "has a brace"),
    ("locale/fr.po", ('"Rechercher"', '"Rechercher "'), "has blanks at its ends"),
    ("locale/fr.po", ('"Rechercher"', '"Rech\u202eercher"'), "has a control character"),
    ("locale/fr.po", ('"Rechercher"', '"\u0628\u062d\u062b 2026-03-15"'), "has figures joined by hyphens"),
    ("locale/fr.po", ('"Rechercher"', '"<b>Rechercher</b>"'), "has a mark of HTML"),
    ("locale/fr.po", ('"{1} jour"', '"un jour"'), "form 0: lacks {1}"),  # 0 and 1 share this form in French
    ("locale/fr.po", ('"{1} jours"', '"jours"'), "form 1: lacks {1}"),
    ("locale/fr.po", ('msgstr[1] "{1} jours"', ""), "its plural forms are not those"),
    ("locale/fr.po", ('msgid_plural "{1} days"', 'msgid_plural "days"'), "its plural forms are not those"),
    ("locale/fr.po", ("plural=(n > 1)", "plural=0"), "do not reach each of their forms"),
    ("locale/fr.po", ("Plural-Forms", "Plurals"), "the header has no Plural-Forms"),
    ("locale/fr.po", ("Language: fr", "Language: de"), "does not say Language: fr"),
    ("locale/fr.po", ("UTF-8", "ISO-8859-1"), "does not say charset=UTF-8"),
    ("locale/fr.po", ('msgid "Search"', 'msgid Search'), "not a line of a .po file"),
    ("locale/fr.po", ('msgid "Search"', 'msgid "{1} day"'), "stands there twice"),
    ("locale/fr.po", None, "is not there, but src/locale/language.cpp"),
    ("src/locale/language.cpp", ("fr", "sw"), "does not name this language"),
    ("locale/allroads.pot", ("Search", "Find"), "is not what the sources say"),
    ("locale/allroads.pot", None, "is not what the sources say"),
    ("pages/home.tpl", ("[[Search]]", "[[Find]]"), '"Find": untranslated'),
    ("pages/home.tpl", ("[[Search]]", "[[Search"), "[[ without ]] on its line"),
    ("pages/home.tpl", ("[[Search]]", "[[Search\n]]"), "[[ without ]] on its line"),
    ("pages/home.tpl", ("[[Search]]", "[[]]"), "a text is empty"),
    ("pages/home.tpl", ("[[Search]]", "[[ Search]]"), "has blanks at its ends"),
    ("pages/home.tpl", ("[[Search]]", "[[{1} day||{1} dayz]]"), "has two plurals"),
    ("src/web/web.cpp", ("say(variable)", 'say("noun", variable)'), "not one of the forms"),
    ("src/web/web.cpp", ('"{1} days", n', "many, n"), "not one of the forms"),
    ("src/web/web.cpp", ("say(variable)", 'say("Hello")'), '"Hello": untranslated'),
    ("src/web/web.cpp", ("say(variable)", 'say("\\q")'), "an escape that is not known"),
]


def grow(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def sound_tree() -> dict[str, str]:
    """The sources, merged."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        grow(root, SOURCES)
        found, faults = texts.texts_of(root)
        assert not faults, faults
        assert {key: text.many for key, text in found.items()} == FOUND, found
        tool = [sys.executable, str(Path(texts.__file__).resolve())]
        first = subprocess.run(tool + ["--merge", folder], capture_output=True, text=True, check=False)
        assert first.returncode == 0, first
        tree = {str(path.relative_to(root)): path.read_text(encoding="utf-8")
                for path in root.rglob("*") if path.is_file()}
        subprocess.run(tool + ["--merge", folder], capture_output=True, check=True)
        for name, text in tree.items():
            assert (root / name).read_text(encoding="utf-8") == text, f"a second --merge changes {name}"
        checked = subprocess.run(tool + ["--check", folder], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout
        return tree


def faults_with(tree: dict[str, str], name: str, change) -> list[str]:
    files = dict(tree)
    if change is None:
        del files[name]
    else:
        assert change[0] in files[name], (name, change)
        files[name] = files[name].replace(*change)
    with tempfile.TemporaryDirectory() as folder:
        grow(Path(folder), files)
        return texts.faults_of(Path(folder))


def merging(tree: dict[str, str]) -> list[str]:
    """What --merge keeps, and what it lays aside."""
    failures = []
    found = {(None, "Search"): texts.Text(None, {"a"}), (None, "New"): texts.Text(None, {"b"}),
             (None, "{1} day"): texts.Text("{1} days", {"a"})}
    result = texts.merged(tree["locale/fr.po"], found)
    for wanted in ('msgid "Search"\nmsgstr "Rechercher"', '#: b\nmsgid "New"\nmsgstr ""', 'msgstr[1] "{1} jours"',
                   '#~ msgid "Order"\n#~ msgstr "Commander"', '#~ msgctxt "verb"'):
        if wanted not in result:
            failures.append(f"--merge loses {wanted!r}")
    if texts.merged(result, found) != result:
        failures.append("--merge is not stable")
    again = texts.merged(tree["locale/fr.po"], {key: texts.Text(many, {"a"}) for key, many in FOUND.items()})
    if "# Of a person who translates." not in again:
        failures.append("--merge loses the note of a translator")
    return failures


def plurals() -> list[str]:
    """The rules of .po files, evaluated: Arabic has six forms (CLDR), Swahili's one is for 1 alone."""
    failures = []
    header = (Path(texts.__file__).resolve().parent.parent / "locale/ar.po").read_text(encoding="utf-8")
    count, rule = texts.plural_forms(texts.read_po(header)[0])
    wanted = {0: 0, 1: 1, 2: 2, 3: 3, 10: 3, 11: 4, 99: 4, 100: 5, 102: 5, 103: 3, 111: 4, 202: 5}
    failures += [f"Arabic {n}: form {rule(n)}" for n, form in wanted.items() if rule(n) != form or count != 6]
    found = {(None, "{1} day"): texts.Text("{1} days", {"a"})}
    for one, may in (("siku moja", True), ("", False)):
        source = ENGLISH_TWO + f'\nmsgid "{{1}} day"\nmsgid_plural "{{1}} days"\nmsgstr[0] "{one}"\nmsgstr[1] "siku {{1}}"\n'
        said = [what for what in texts.po_faults("sw", source, found) if "day" in what]
        if may == bool(said):
            failures.append(f"Swahili {one!r}: {said}")
    return failures


def main() -> int:
    tree = sound_tree()
    failures = merging(tree) + plurals()
    for name, change, wanted in PLANTS:
        found = faults_with(tree, name, change)
        hit = next((fault for fault in found if wanted in fault), None)
        if hit is None:
            failures.append(f"{change!r:.90} in {name}: not found, only {found}")
        else:
            print(hit)
    for failure in failures:
        print("FAILED", failure)
    print(f"{len(PLANTS)} planted, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
