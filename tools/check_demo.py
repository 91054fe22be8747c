#!/usr/bin/env python3
"""The shops, products and drawings of demo/ are what `allroads demo` can fill a hub with.

    check_demo.py [FOLDER]

Twelve shops of 25 products; every field is one of src/shop/shop.h (their names are read from it); codes of goods
stand in packs/words, units in src/goods/units.cpp, keys in src/shop/names.cpp, proofs in packs/; texts are long
enough, none too long, and written in the script of their language; numbers and slugs stand once; drawings are
there, hold nothing that runs or points elsewhere, and every colour is filled from palettes.json. One sentence an
offence; prints how much was looked at. Wrong data are planted first, and each must be found.
"""
import copy
import csv
import decimal
import json
import re
import sys
import tomllib
import unicodedata
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHOPS, PRODUCTS, DRAWING_BYTES, TITLE_BYTES, DOCUMENT_BYTES = 12, 300, 3072, 300, 64 * 1024
WORDS = (40, 120)  # of a description
SECOND_LANGUAGE, DOSSIERS = 180, 60  # products at least
SCRIPTS = {"ar": "ARABIC", "ur": "ARABIC", "hi": "DEVANAGARI", "bn": "BENGALI"}
URDU = "ٹڈڑےںگپچہ"  # letters that Arabic has not
SMALL_WORDS = {"en": "the of and with in", "fr": "de et la le les à", "es": "de con y para el", "sw": "ya na wa kwa la",
               "vi": "và có bằng khi là"}  # of which every text has two
LANGUAGES = {*SCRIPTS, *SMALL_WORDS}
ROADS = {"post", "express", "air", "sea", "road", "rail"}
TERMS = {"FCA", "FOB"}
DOSSIER = {"ex_works", "fob", "currency", "net_kg", "direct_costs", "part", "materials", "wholly_obtained",
           "processes", "all_processes_told", "drawback", "route"}
MATERIAL = {"name", "hs", "origin", "value", "weight_kg", "wholly_obtained", "proof"}
PHOTO = {"draw", "palette", "alt"}


class Known:
    """What the rest of the project says there is."""

    def __init__(self):
        header = (ROOT / "src/shop/shop.h").read_text()
        self.fields = {name: self.members(header, name)
                       for name in ("Product", "Shop", "Text", "Tier", "Carton", "Lane")}
        self.fields["Tier"] = {"from", "price", "currency"}  # money is written as two fields
        self.fields["Lane"] |= {"currency"}
        names = (ROOT / "src/shop/names.cpp").read_text()
        self.keys = {kind: set(re.findall(r'\{"([a-z0-9-]+)", "', body)) for kind, body in
                     re.findall(r"(\w+)_names = std::to_array<Named>\(\{(.*?)\n\}\);", names, re.S)}
        units = (ROOT / "src/goods/units.cpp").read_text()
        self.units = set(re.findall(r'\{"([A-Z0-9]{3})", "', units))
        for others in re.findall(r'"([^"]*\|[^"]*)"', units):
            self.units |= {word.upper() for word in others.split("|")}
        self.codes = set()
        for file in sorted((ROOT / "packs/words").glob("*.csv")):
            with file.open(newline="") as lines:
                for row in csv.DictReader(lines):
                    self.codes |= {code for code in (row.get("hs") or "").split() if len(code) == 6}
        self.proofs = set()
        for file in sorted((ROOT / "packs/agreements").glob("*.toml")):
            agreement = tomllib.loads(file.read_text())["agreement"]
            self.proofs.add(agreement["code"])
            self.proofs |= {program.split(":")[1] for program in agreement.get("programs", [])}
        for market in ("us", "cn"):
            rules = (ROOT / f"packs/{market}-starter/measures.csv").read_text()
            self.proofs |= set(re.findall(r"proof=([A-Z0-9-]+)", rules))
        self.lines = set()  # as a proof names them: "line:US:46021918"
        for file in sorted((ROOT / "packs").glob("*-starter/measures.csv")):
            with file.open(newline="") as lines:
                self.lines |= {f"line:{row['market']}:{row['hs']}" for row in csv.DictReader(lines)
                               if row["kind"] == "third-country" and len(row["hs"]) > 6}

    @staticmethod
    def members(header, name):
        body = re.search(rf"^struct {name} \{{\n(.*?)^\}};", header, re.S | re.M)[1]
        body = re.sub(r"//.*", "", body)
        found = set()
        for line in body.split(";"):
            line = re.sub(r"=.*", "", line.replace("\n", " ")) if line.count("=") == 1 else line
            words = [re.sub(r"=.*", "", part).split() for part in re.sub(r"<[^<>]*>", "", line).split(",")]
            found |= {part[-1] for part in words if part}
        return found


def decimal_of(text):
    """The number; nothing where it is not plain decimal notation in a string."""
    ok = isinstance(text, str) and re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text)
    return decimal.Decimal(text) if ok else None


class Look:
    def __init__(self, known, shops=SHOPS, products=PRODUCTS):
        self.known, self.shops, self.products = known, shops, products
        self.offences, self.where = [], ""

    def must(self, holds, sentence):
        if not holds:
            self.offences.append(f"{self.where}: {sentence}")
        return holds

    def only(self, thing, allowed, what):
        return self.must(isinstance(thing, dict), f"{what} is no object") and self.must(
            set(thing) <= set(allowed), f"{what} has unknown fields {sorted(set(thing) - set(allowed))}")

    def amount(self, text, what):
        number = decimal_of(text)
        self.must(number is not None and number > 0, f"{what} is no amount above 0 in a string: {text!r}")

    def texts(self, texts, words):
        languages = [text.get("language") for text in texts]
        self.must("en" in languages, "no English text")
        self.must(len(set(languages)) == len(languages), "a language stands twice")
        for text in texts:
            self.only(text, self.known.fields["Text"], "text")
            language, body = text.get("language"), text.get("description", "")
            self.must(language in LANGUAGES, f"language {language!r} is not one that is looked at here")
            self.must(0 < len(text.get("title", "").encode()) <= TITLE_BYTES, f"title in {language} is too long")
            count = len(body.split())
            self.must(words[0] <= count <= words[1], f"description in {language} has {count} words")
            self.script(language, text.get("title", "") + body)

    def script(self, language, text):
        letters = [letter for letter in text if unicodedata.category(letter)[0] in "LM"]
        wanted = SCRIPTS.get(language, "LATIN")
        own = sum(unicodedata.name(letter, "").startswith((wanted, "COMBINING", "DEVANAGARI DANDA"))
                  for letter in letters)
        self.must(own >= 0.85 * len(letters), f"text in {language} is not written in {wanted}")
        small = set(text.lower().split()) & set(SMALL_WORDS.get(language, "").split())
        self.must(len(small) >= 2 or language in SCRIPTS, f"text is hardly in {language}")
        self.must(wanted != "ARABIC" or (language == "ur") == bool(set(text) & set(URDU)), f"text is not in {language}")

    def lanes(self, lanes):
        self.must(lanes and lanes[-1]["to"] == [] and lanes[-1]["grams_max"] == 0,
                  "the last lane does not serve everywhere and any weight")
        for lane in lanes:
            self.only(lane, self.known.fields["Lane"], "lane")
            self.must(all(re.fullmatch("[A-Z]{2}", to) for to in lane["to"]), "lane to no country")
            self.must(lane["road"] in ROADS, f"road {lane['road']!r}")
            self.amount(lane["base"], "base")
            self.amount(lane["per_kg"], "per_kg")  # of each half kilogram half is asked
            self.must((decimal_of(lane["per_kg"]) or 0) % decimal.Decimal("0.02") == 0, "half of per_kg is no cents")
            self.must(0 < lane["days_min"] <= lane["days_max"] <= 90, "days of a lane")

    def photos(self, photos, drawings, palettes):
        self.must(photos, "no picture")
        for photo in photos:
            self.only(photo, PHOTO, "photo")
            self.must(photo["draw"] in drawings, f"no drawing {photo['draw']!r}")
            self.must(photo["palette"] in palettes, f"no palette {photo['palette']!r}")
            self.must(photo.get("alt", "").strip(), "picture without words")

    def dossier(self, dossier):
        self.only(dossier, DOSSIER, "dossier")
        for field in ("ex_works", "fob", "net_kg", "direct_costs"):
            self.amount(dossier.get(field), f"dossier {field}")
        self.must(dossier["processes"], "dossier without processes")
        for material in dossier["materials"]:
            self.only(material, MATERIAL, "material")
            self.must(material["hs"] in self.known.codes, f"material code {material['hs']}")
            self.amount(material["value"], "material value")
            self.amount(material["weight_kg"], "material weight_kg")
        value = sum(decimal_of(m["value"]) or 0 for m in dossier["materials"])
        spent = value + (decimal_of(dossier["direct_costs"]) or 0)
        self.must(spent <= (decimal_of(dossier["ex_works"]) or 0), "dossier: parts are worth more than the whole")

    def product(self, product, shop, drawings, palettes):
        known = self.known
        self.only(product, known.fields["Product"] - {"state"}, "product")
        self.texts(product["texts"], WORDS)
        self.photos(product["photos"], drawings, palettes)
        self.must(product["category"] in known.keys["category"], f"category {product['category']!r}")
        for kind in ("material", "certificate"):
            unknown = set(product[kind + "s"]) - known.keys[kind]
            self.must(not unknown, f"unknown {kind}s {sorted(unknown)}")
        self.must(product["materials"], "no materials")
        self.tiers(product["tiers"], shop["currency"])
        self.must(product["unit"] in known.units, f"unit {product['unit']!r}")
        self.must(product["supply"] in ("counted", "made-to-order", "unlimited"), f"supply {product['supply']!r}")
        self.must((product["supply"] == "counted") == ("stock" in product), "stock goes with counted goods only")
        self.must(0 < product["lead_days"] <= 120, "lead_days")
        self.must(product["hs"] in known.codes, f"code {product['hs']} of no goods that packs/words knows")
        self.must(product["hs_by"] == "seller" and 500 <= product["hs_permille"] < 1000, "belief in the code")
        self.must(product["origin"] == product["ships_from"] == shop["country"], "made or sent elsewhere")
        lines = {proof for proof in product["proofs"] if proof.startswith("line:")}
        self.must(lines <= known.lines, f"lines that no starter pack has {sorted(lines - known.lines)}")
        self.must(all(line.split(":")[2].startswith(product["hs"]) for line in lines), "line of another subheading")
        self.must(len({line.split(":")[1] for line in lines}) == len(lines), "two lines of one market")
        unknown = set(product["proofs"]) - known.proofs - lines
        self.must(product["proofs"] and not unknown, f"unknown proofs {sorted(unknown)}")
        self.must(product["terms"] in TERMS and product["terms_place"], "terms without place")
        self.must(0 < product["net_grams"] < product["gross_grams"], "gross weight is not above net")
        if "carton" in product:
            self.carton(product["carton"], product["gross_grams"])
        if "dossier" in product:
            self.dossier(product["dossier"])
        self.must(len(json.dumps(product, ensure_ascii=False).encode()) <= DOCUMENT_BYTES, "document too long")

    def carton(self, carton, gross_grams):
        self.only(carton, self.known.fields["Carton"], "carton")
        units = decimal_of(carton["units"]) or 0
        self.must(carton["gross_grams"] > units * gross_grams, "a carton weighs less than what is in it")
        litres = carton["length_mm"] * carton["width_mm"] * carton["height_mm"] // 1000000
        self.must(0 < litres <= 600, f"a carton of {litres} litres")

    def tiers(self, tiers, currency):
        self.must(1 <= len(tiers) <= 3, "number of tiers")
        for tier in tiers:
            self.only(tier, self.known.fields["Tier"], "tier")
            self.amount(tier["from"], "tier from")
            self.amount(tier["price"], "tier price")
            self.must(tier["currency"] == currency, "tier in another currency than the shop's")
        for lower, higher in zip(tiers, tiers[1:]):
            self.must((decimal_of(lower["from"]) or 0) < (decimal_of(higher["from"]) or 0), "tiers do not ascend")
            self.must((decimal_of(lower["price"]) or 0) > (decimal_of(higher["price"]) or 0), "more is not cheaper")

    def drawing(self, name, text, palettes):
        self.where = name
        self.must(re.fullmatch("[a-z0-9-]+", name), "name of a drawing")
        self.must(len(text.encode()) <= DRAWING_BYTES, f"{len(text.encode())} bytes")
        self.must(not re.search(r"<script|<text|<image|<use|<foreign|href|\bon\w+=|url\(|<!|<\?|style=", text, re.I),
                  "holds what runs, speaks or points elsewhere")
        slots = set(re.findall(r"\{\{(.*?)\}\}", text))
        self.must(slots and all(slots <= set(palette) for palette in palettes.values()), "a colour no palette has")
        filled = re.sub(r"\{\{\w+\}\}", "#000000", text)
        try:
            tree = ET.fromstring(filled)
            self.must(tree.get("viewBox") == "0 0 400 400", "viewBox is not 0 0 400 400")
        except ET.ParseError as error:
            self.must(False, f"is not XML: {error}")

    def everything(self, shops, drawings, palettes):
        for name, text in drawings.items():
            self.drawing(name, text, palettes)
        for name, palette in palettes.items():
            self.where = f"palette {name}"
            self.must(set(palette) == set("abcd") and all(re.fullmatch("#[0-9a-f]{6}", colour)
                                                          for colour in palette.values()), "is not four colours")
        skus = []
        for stem, document in shops.items():
            self.where = stem
            shop, products = document["shop"], document["products"]
            self.only(shop, self.known.fields["Shop"], "shop")
            self.must(shop["slug"] == stem and re.fullmatch("[a-z0-9-]{3,40}", stem), "slug is not the file's name")
            self.must("demonstration" in shop["name"], "the name does not say that it is a demonstration")
            self.texts(shop["texts"], (20, 80))
            self.lanes(shop["lanes"])
            self.photos(shop["photos"], drawings, palettes)
            for product in products:
                self.where = f"{stem} {product.get('sku')}"
                self.product(product, shop, drawings, palettes)
            skus += [product["sku"] for product in products]
        self.where = "demo"
        everything = [product for document in shops.values() for product in document["products"]]
        self.must(len(set(skus)) == len(skus), "a seller's number stands twice")
        self.must((len(shops), len(skus)) == (self.shops, self.products), f"{len(shops)} shops, {len(skus)} products")
        if self.products == PRODUCTS:
            self.must(sum(len(product["texts"]) > 1 for product in everything) >= SECOND_LANGUAGE, "few languages")
            self.must(sum("dossier" in product for product in everything) >= DOSSIERS, "few dossiers")
        used = {photo["draw"] for document in shops.values() for thing in [document["shop"], *document["products"]]
                for photo in thing["photos"]}
        self.must(used == set(drawings), f"drawings nobody uses: {sorted(set(drawings) - used)}")
        return self.offences


def planted(known, shops, drawings, palettes):
    """Wrong data, each with a word of the sentence that must come, in two shops of two products."""
    shops = {name: {"shop": shops[name]["shop"], "products": shops[name]["products"][:2]} for name in list(shops)[:2]}
    used = {photo["draw"] for document in shops.values() for thing in [document["shop"], *document["products"]]
            for photo in thing["photos"]}
    drawings = {name: drawings[name] for name in sorted(used)}
    def product(change):
        def apply(documents, _drawings):
            change(next(iter(documents.values()))["products"][0])
        return apply

    def drawing(text):
        def apply(_documents, pictures):
            pictures[next(iter(pictures))] = text
        return apply
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><path fill="{{a}}" d="M0 0h9"/>%s</svg>'
    cases = [
        (product(lambda p: p.update(colour="red")), "unknown fields"),
        (product(lambda p: p.update(hs="999999")), "code 999999"),
        (product(lambda p: p.update(unit="WHEELBARROW")), "unit"),
        (product(lambda p: p.update(category="weapons")), "category"),
        (product(lambda p: p["materials"].append("unobtainium")), "unknown materials"),
        (product(lambda p: p["certificates"].append("best-ever")), "unknown certificates"),
        (product(lambda p: p["proofs"].append("NOWHERE")), "unknown proofs"),
        (product(lambda p: p["proofs"].append("line:US:99999999")), "no starter pack has"),
        (product(lambda p: p.update(hs="090111", proofs=["line:US:46021918"])), "another subheading"),
        (product(lambda p: p.update(hs="460219", proofs=["line:US:46021918", "line:US:46021980"])), "two lines"),
        (product(lambda p: p["tiers"][0].update(price=4.5)), "no amount"),
        (product(lambda p: p["tiers"].reverse()), "ascend"),
        (product(lambda p: p["texts"][0].update(description="Too short.")), "words"),
        (product(lambda p: p["texts"][0].update(language="hi")), "not written in"),
        (product(lambda p: p["photos"][0].update(draw="nothing")), "no drawing"),
        (product(lambda p: p.update(gross_grams=1)), "gross weight"),
        (product(lambda p: p.update(sku=next(reversed(shops.values()))["products"][0]["sku"])), "stands twice"),
        (product(lambda p: p["dossier"].update(wishes=[])), "dossier has unknown"),
        (lambda documents, _: documents.popitem(), "1 shops, 2 products"),
        (lambda _, pictures: pictures.update(idle=svg % ""), "nobody uses"),
        (lambda documents, _: next(iter(documents.values()))["shop"].update(lanes=[]), "everywhere"),
        (drawing(svg % "<script/>"), "runs"),
        (drawing(svg % '<path d="M0 0" fill="url(#x)"/>'), "runs"),
        (drawing(svg % '<path fill="{{z}}" d="M0 0"/>'), "no palette has"),
        (drawing(svg % "<g>"), "not XML"),
        (drawing(svg % (" " * DRAWING_BYTES)), "bytes"),
    ]
    missed = Look(known, 2, 4).everything(shops, drawings, palettes)  # nothing is wrong before
    for number, (apply, word) in enumerate(cases):
        documents, pictures = copy.deepcopy(shops), dict(drawings)
        apply(documents, pictures)
        found = Look(known, 2, 4).everything(documents, pictures, palettes)
        if not any(word in sentence for sentence in found):
            missed.append(f"planted wrong data {number} ({word}) was not found")
    return missed


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "demo"
    shops = {file.stem: json.loads(file.read_text()) for file in sorted((folder / "shops").glob("*.json"))}
    drawings = {file.stem: file.read_text() for file in sorted((folder / "drawings").glob("*.svg"))}
    palettes = json.loads((folder / "drawings/palettes.json").read_text())
    known = Known()
    offences = Look(known).everything(shops, drawings, palettes)
    offences += planted(known, shops, drawings, palettes)
    print("\n".join(offences[:60]))
    products = [product for document in shops.values() for product in document["products"]]
    texts = sum(len(product["texts"]) for product in products)
    print(f"{len(shops)} shops, {len(products)} products, {texts} texts, {len(drawings)} drawings, "
          f"{sum('dossier' in product for product in products)} dossiers: {len(offences)} offences")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
