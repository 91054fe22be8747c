#!/usr/bin/env python3
"""The pages as web_preview renders them from tools/preview: what docs/design.md promises of them.

Everything here is read from the HTML and the style sheet; how it looks is for eyes, and tools/preview.mjs.
"""
import html.parser
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import zlib

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE", pathlib.Path(__file__).resolve().parent.parent))
BUILD = pathlib.Path(os.environ.get("ALLROADS_BUILD", SOURCE / "build"))
FIRST_VIEW_BYTES = 14_000
VOID = set("area base br col embed hr img input link meta source track wbr".split())
TEXT_CONTRAST, EDGE_CONTRAST = 7.0, 3.0
EDGES = {"edge", "focus", "warn-edge", "bad-edge", "good-edge", "goods", "freight", "duty", "taxes", "fees"}


class Reader(html.parser.HTMLParser):
    """Elements with their attributes, and whether each was closed in order."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.wrong, self.words = [], [], [], []

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        if len(set(names)) != len(names):
            self.wrong.append(f"<{tag}> has an attribute twice")
        self.elements.append((tag, dict(attributes), list(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), list(self.open)))

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> within {self.open[-3:]}")
        else:
            self.open.pop()

    def handle_data(self, data):
        if not {"script", "style"} & set(self.open):
            self.words.append((data, list(self.open)))


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def compressed(text):
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    return len(squeeze.compress(text.encode()) + squeeze.flush())


# What somebody hostile would call a shop, a product, a law, its address, or anything else.
EVIL = [
    "<script>alert(1)</script>",
    '" onload="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "javascript:alert(1)",
    " JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "--><img src=x onerror=alert(1)>",
    "</title></textarea></option></svg><script>",
    "\\\"><svg/onload=alert(1)>",
    "{{A_SVG:none}}[[x]]",
    "\u2028</bdi>\u202e",
    "&quot; onload=&quot;x",
    "http://evil.example/\" onmouseover=\"x",
]


def read(folder, language="*"):
    pages = {}
    for path in sorted(pathlib.Path(folder).glob(f"{language}/*.html")):
        text = path.read_text(encoding="utf-8")
        reader = Reader()
        reader.feed(text)
        reader.close()
        pages[f"{path.parent.name}/{path.stem}"] = (text, reader)
    return pages


def preview(folder, *text):
    return subprocess.run([BUILD / "web_preview", SOURCE / "pages", SOURCE / "tools/preview", folder, *text],
                          capture_output=True, text=True, timeout=120, check=False)


def shape(reader):
    """Every element in order with the names of its attributes, and what it stands in."""
    return [(tag, list(attributes), within) for tag, attributes, within in reader.elements]


class Pages(unittest.TestCase):
    here = ""  # the page that is looked at, for messages

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        run = preview(cls.folder.name)
        cls.said, cls.status = run.stderr, run.returncode
        cls.pages = read(cls.folder.name)
        cls.style = (SOURCE / "pages/style.css").read_text(encoding="utf-8")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def each(self, language=None):
        for name, (text, reader) in self.pages.items():
            if language is None or name.startswith(language + "/"):
                self.here = name
                yield text, reader

    def _formatMessage(self, msg, standardMsg):
        return f"{self.here}: {super()._formatMessage(msg, standardMsg)}"

    def test_no_value_is_missing(self):
        self.assertEqual((self.status, self.said), (0, ""))
        samples = [path for path in (SOURCE / "tools/preview").glob("*.json") if not path.name.startswith("_")]
        self.assertEqual(len(self.pages), 3 * len(samples))
        shown = {json.loads(path.read_text(encoding="utf-8"))["template"] for path in samples}
        templates = {path.stem for path in (SOURCE / "pages").glob("*.tpl") if not path.name.startswith("_")}
        self.assertEqual(templates - shown, set(), "every template has a sample")

    def test_well_formed(self):
        for text, reader in self.each():
            self.assertEqual((reader.wrong, reader.open), ([], []))
            self.assertTrue(text.startswith("<!doctype html>"))
            self.assertNotRegex(text, r"\{\{|\[\[|\]\]")

    def test_ids_and_what_points_to_them(self):
        for _, reader in self.each():
            ids = [a["id"] for _, a, _ in reader.elements if "id" in a]
            self.assertEqual(len(ids), len(set(ids)))
            for _, a, _ in reader.elements:
                for name in ("for", "aria-labelledby", "aria-describedby"):
                    for one in a.get(name, "").split():
                        self.assertIn(one, ids)
                if a.get("href", "").startswith("#"):
                    self.assertIn(a["href"][1:], ids)

    def test_policy(self):
        for _, reader in self.each():
            for tag, a, _ in reader.elements:
                self.assertNotIn("style", a)
                self.assertFalse([name for name in a if name.startswith("on")])
                self.assertNotIn(tag, ("style", "iframe", "object", "embed", "base"))
                if tag == "script":
                    self.assertTrue(a.get("src", "").startswith("/assets/") or a.get("type") == "application/ld+json")
                for name in ("src", "srcset", "action", "formaction"):
                    self.assertRegex(a.get(name, "/"), r"^(/[^/]|/$)")
                if tag == "link" and a.get("rel") != "canonical":
                    self.assertTrue(a["href"].startswith("/assets/"))

    def test_hostile_texts(self):
        """Whatever stands in the place of every text, the page has the same elements with the same attributes."""
        for evil in EVIL:
            with tempfile.TemporaryDirectory() as folder:
                self.assertEqual(preview(folder, evil).returncode, 0)
                for name, (_, reader) in read(folder, "en").items():
                    self.here = f"{name} with {evil!r}"
                    self.assertEqual(reader.wrong, [])
                    self.assertEqual(shape(reader), shape(self.pages[name][1]))
                    for _, attributes, _ in reader.elements:
                        for one in ("href", "src", "action"):
                            scheme = re.match(r"[\s\x00-\x20]*([^/?#:]*):", attributes.get(one) or "")
                            self.assertTrue(scheme is None or scheme[1] in ("http", "https"), attributes)

    def test_reach(self):
        for _, reader in self.each():
            tags = [tag for tag, _, _ in reader.elements]
            for tag in ("h1", "main", "title"):
                self.assertEqual(sum(one == tag and "svg" not in within and "symbol" not in within and "rect" not in within
                                     for one, _, within in reader.elements), 1, tag)
            self.assertIn("header", tags)
            self.assertIn("footer", tags)
            labelled = {a["for"] for tag, a, _ in reader.elements if tag == "label" and "for" in a}
            for tag, a, within in reader.elements:
                if tag in ("input", "select", "textarea") and a.get("type") != "hidden":
                    self.assertTrue(a.get("id") in labelled or "label" in within, a)
                if tag == "img":
                    self.assertTrue({"alt", "width", "height"} <= set(a))
                if tag == "th":
                    self.assertIn("scope", a)
                if tag == "a" and a.get("href", "").startswith("http"):
                    self.assertIn("noopener", a.get("rel", ""))

    def test_direction(self):
        for language, direction in (("en", "ltr"), ("ar", "rtl"), ("ur", "rtl")):
            for _, reader in self.each(language):
                root = next(a for tag, a, _ in reader.elements if tag == "html")
                self.assertEqual((root["lang"], root["dir"]), (language, direction))

    def test_prices_are_isolated(self):
        seen = 0
        for _, reader in self.each("ar"):
            for words, within in reader.words:
                if re.fullmatch(r"[€$][\d.,]+", words.strip()):
                    seen += 1
                    self.assertTrue({"bdi", "svg"} & set(within), words)
        self.assertGreater(seen, 30)

    def test_first_view(self):
        style = compressed(re.sub(r"/\*.*?\*/", "", self.style, flags=re.S))
        sizes = {}
        for name, (text, _) in self.pages.items():
            sizes[name] = compressed(text) + style
        largest = max(sizes, key=sizes.get)
        print(f"largest first view with styles: {largest}, {sizes[largest]} bytes (gzip), of them styles {style}")
        self.assertLessEqual(sizes[largest], FIRST_VIEW_BYTES)

    def test_every_class_is_in_the_sheet(self):
        known = set(re.findall(r"\.(-?[A-Za-z][\w-]*)", self.style))
        structure = {"lead-in", "gallery", "deal", "story"}
        for _, reader in self.each("en"):
            used = {one for _, a, _ in reader.elements for one in a.get("class", "").split()}
            self.assertEqual(used - known - structure - {"quantity", "thumb", "part"}, set())

    def test_sheet(self):
        self.assertNotRegex(self.style, r"url\(|@import|@font-face|!important")
        physical = (r"(?<![\w-])(?:margin|padding|border)-(?:left|right|top|bottom)|"
                    r"(?<![\w-])(?:left|right)\s*:|text-align:\s*(?:left|right)")
        self.assertNotRegex(self.style, physical)

    def test_contrast(self):
        """Each row of the table in docs/design.md is what the sheet gives, and enough."""
        split = self.style.index("@media (prefers-color-scheme: dark)")
        end = self.style.index("/* ---- ground")
        variables = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")
        light = dict(variables.findall(self.style[:split]))
        schemes = [light, light | dict(variables.findall(self.style[split:end]))]
        rows = re.findall(r"^\| `([\w-]+)` \| `([\w-]+)` \| ([\d.]+) \| ([\d.]+) \|",
                          (SOURCE / "docs/design.md").read_text(encoding="utf-8"), re.M)
        self.assertGreater(len(rows), 25)
        for front, behind, *told in rows:
            for scheme, figure in zip(schemes, told):
                with self.subTest(front=front, behind=behind, figure=figure):
                    measured = contrast(scheme[front], scheme[behind])
                    self.assertAlmostEqual(measured, float(figure), delta=0.051)
                    self.assertGreaterEqual(measured, EDGE_CONTRAST if front in EDGES else TEXT_CONTRAST)


if __name__ == "__main__":
    if not (BUILD / "web_preview").exists():
        print("web_preview is not built here")
        sys.exit(1)
    unittest.main(verbosity=1)
