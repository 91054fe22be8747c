#!/usr/bin/env python3
"""Writes packs/agreements from the rules-of-origin folder that the United Kingdom publishes for its tariff.

    tools/make_origin_agreements.py UK_ORIGIN_FOLDER [AGREEMENTS_FOLDER]
    tools/make_origin_agreements.py --list UK_ORIGIN_FOLDER      also what was not understood, one line each

UK_ORIGIN_FOLDER holds roo_schemes_uk.json, roo_schemes_xi.json and roo_schemes_uk/articles. Facts are read:
members, days, shares, value limits, the number of the article they stand in. A fact whose sentence is not of
a known shape is left out, so that the judge says that it is not known. No sentence is taken over, except the
wording of a declaration that the law itself prescribes. Files of agreements that this folder does not have
(docs/origin-coverage.md) are written by hand and are not touched.
"""
import datetime
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHECKED = "2026-11-26"

EU = ("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK").split()
# Codes of the files that are not ISO codes. ZU is their British Antarctic Territory, which ISO has under AQ;
# AN, the Netherlands Antilles, is no more, and its islands stand beside it; what ZF and UR are is not said.
COUNTRIES = {"EU": EU, "XS": ["RS"], "ZU": ["AQ"], "AN": [], "ZF": [], "UR": [],
             "andean": [], "central-america": [], "esa": [], "eac": []}
# Three lists name every partner the European Union has; the articles beside them only the countries of the
# Pan-Euro-Mediterranean convention and of the Barcelona declaration, which these are.
LISTED_TOO_WIDE = {"georgia", "tunisia", "ukraine"}
PAN_EURO_MED = set(EU) | set(
    "AD SM CH LI NO IS TR FO DZ TN MA IL PS EG JO LB SY MK AL BA ME RS XK MD UA GE".split())

# Our code where it is not GB- and the one country.
CODES = {
    "eu": "GB-EU", "andean": "GB-ANDEAN", "cariforum": "GB-CARIFORUM",
    "central-america": "GB-CENTRAL-AMERICA",
    "esa": "GB-ESA", "iceland-norway": "GB-IS-NO", "pacific": "GB-PACIFIC", "sacum": "GB-SACUM",
    "switzerland-liechtenstein": "GB-CH-LI", "oct": "GB-OCT", "gsp": "GB-GSP", "dcts-ldcs": "GB-DCTS-LDC",
    "dcts-general-enhanced": "GB-DCTS", "cptpp": "GB-CPTPP",
}
XI_CODES = {
    "andean": "EU-ANDEAN", "cariforum": "EU-CARIFORUM", "central-america": "EU-CENTRAL-AMERICA",
    "esa": "EU-ESA", "pacific": "EU-PACIFIC", "sacum": "EU-SADC-EPA", "iceland-norway": "EEA", "eea": "EEA",
}
# Held by hand from the law itself.
XI_BY_HAND = {"gsp", "kenya", "vietnam", "eu"}
# How the tariffs call a preference where it is not by the agreement's code: the United Kingdom and the European
# Union by the number of a group of countries, or by each country.
PROGRAMS = {
    "dcts-ldcs": ["GB:DCTS-LDC", "GB:GB-2005"], "dcts-general-enhanced": ["GB:GB-2020", "GB:GB-2027"],
    "eu": ["GB:GB-1013", "EU:EU-GB"], "cariforum": ["GB:GB-1033"], "esa": ["GB:GB-1034"], "sacum": ["GB:GB-1035"],
    "oct": ["GB:GB-2080"], "central-america": ["GB:GB-2200"], "andean": ["GB:GB-CO", "GB:GB-EC", "GB:GB-PE"],
    "iceland-norway": ["GB:GB-IS", "GB:GB-NO"], "switzerland-liechtenstein": ["GB:GB-CH", "GB:GB-LI"],
    "pacific": ["GB:GB-FJ", "GB:GB-PG", "GB:GB-SB", "GB:GB-WS"],
}
XI_PROGRAMS = {
    "cariforum": ["EU:EU-1033"], "esa": ["EU:EU-1034"], "sacum": ["EU:EU-1035"],
    "central-america": ["EU:EU-2200"], "andean": ["EU:EU-CO", "EU:EU-EC", "EU:EU-PE"],
    "pacific": ["EU:EU-FJ", "EU:EU-PG", "EU:EU-SB", "EU:EU-WS"],
}
NAMES = {
    "kenya": "Economic Partnership Agreement of the United Kingdom and Kenya",
    "australia": "Free Trade Agreement of the United Kingdom and Australia",
    "new-zealand": "Free Trade Agreement of the United Kingdom and New Zealand",
    "india": "Comprehensive Economic and Trade Agreement of the United Kingdom and India",
    "cptpp": "Trans-Pacific Partnership (CPTPP) as the United Kingdom applies it",
    "eu": "Trade and Cooperation Agreement of the United Kingdom and the European Union",
}
# How the texts call the other side, where that is not told by "Party": both directions must be named before
# work in the other country counts.
SIDES = {
    "cameroon": "Cameroon", "cariforum": "CARIFORUM State", "esa": "ESA State", "kenya": "EAC Partner State",
    "pacific": "Pacific State", "sacum": "SACU Member State", "tunisia": "Tunisia", "morocco": "Morocco",
    "oct": "Overseas Territory",
}
# The text on tolerances calls "wholly obtained" Article 5 of the European Union's document, and the list of
# articles does, while the foot says 4; likewise all others of it. Central America's Article 5 sends to
# Article 6 for the operations that are not enough; the foot says 8.
LISTED_NUMBER = {
    ("eu", "tolerances"): "tolerances", ("eu", "insufficient-processing"): "insufficient working",
    ("eu", "sets"): "sets", ("eu", "cumulation-import"): "cumulation",
    ("eu", "non-alteration"): "non-alteration",
    ("central-america", "insufficient-processing"): "insufficient working",
}
DCTS_LAW = "Customs (Origin of Chargeable Goods: Developing Countries Trading Scheme) Regulations 2023, " \
           "SI 2023/557"
DCTS_URL = "https://www.legislation.gov.uk/uksi/2023/557"
WORDS = {"ten": "10", "fifteen": "15", "twenty": "20", "four": "4", "twelve": "12", "two": "2", "one": "1"}
PERCENT = r"(\d+(?:\.\d+)?|ten|fifteen|twenty)\s*(?:%|per\s?cent)"

unread = []


def number(text):
    return WORDS.get(text.lower(), text)


def share(text):
    return number(text) + "%"


def plain(text):
    text = re.sub(r"[\u00a0\u2000-\u200a\u202f]", " ", re.sub(r"[*_]{1,2}", "", text))
    return re.sub(r"[\u2010\u2011\u2013]", "-", text)


class Texts:
    """The articles of one agreement."""

    def __init__(self, folder, code, scheme):
        self.folder, self.code, self.scheme = folder, code, scheme
        self.missing = []

    def read(self, name, kind="articles"):
        path = self.folder / kind / self.code / f"{name}.md"
        return plain(path.read_text(encoding="utf-8-sig")) if path.is_file() else ""

    def introduction(self):
        name = self.scheme.get("introductory_notes_file", "")
        path = self.folder / "introductory_notes" / name
        return plain(path.read_text(encoding="utf-8-sig")) if name and path.is_file() else ""

    def law(self, name, fallback=""):
        """The number that stands at the foot of a text, as "Article 6".

        The list of articles in the JSON gives another number here and there; the foot is believed, except
        where the texts themselves refer to the article by the number of the list.
        """
        if (self.code, name) in LISTED_NUMBER:
            listed = [key for key, what in self.scheme["articles"].items()
                      if what == LISTED_NUMBER[self.code, name]]
            return listed[0].capitalize()
        marks = re.findall(r"\{\{\s*Arti(?:c)?les?\s*([^}]*?)\s*\}\}", self.read(name))
        if not marks:
            return fallback
        several = re.search(r"\b(and|to)\b|,", marks[0])
        if self.code.startswith("dcts"):
            return ("Regulations " if several else "Regulation ") + marks[0]
        return ("Articles " if several else "Article ") + marks[0]

    def sections(self, name="origin_processes"):
        """Pairs of a heading and its text."""
        parts = re.split(r"(?m)^#+\s+(.*)$", self.read(name))
        return list(zip(parts[1::2], parts[2::2]))

    def section(self, pattern):
        for heading, text in self.sections():
            if re.search(pattern, heading, re.I):
                return self.named(heading), text
        return "", ""

    def named(self, heading):
        found = re.match(r"(Article\s+\d+\w*)(?:\s*-\s*(.*))?", heading)
        if found and self.code == "eu":  # its headings are numbered otherwise than its cross-references
            return "Article on " + found.group(2).lower().replace("statement", "the statement")
        return found.group(1) if found else ""

    def skip(self, what):
        self.missing.append(what)
        unread.append(f"{self.code}: {what}")


def countries(codes):
    out = []
    for code in codes:
        for one in COUNTRIES.get(code, [code]):
            if one not in out:
                out.append(one)
    return out


# ---- one provision each: a dict of its keys, or None ------------------------------------------------


def tolerance(texts):
    """The general tolerance and the leg of it that is weighed."""
    if texts.code.startswith("dcts"):
        return trading_scheme_tolerance(texts)
    for name in ("tolerances", "sufficiently-worked"):
        text = texts.read(name)
        law = texts.law(name, "Paragraph on tolerances" if texts.code == "oct" else "")
        if "tolerances applicable to goods made of" in text.lower() or not law:
            continue
        by_value = re.search(
            r"total value does not exceed\s+" + PERCENT + r"\s+of the ex-works price of the product[;,]"
            r"|" + PERCENT + r"\s+of the ex-works price of the product for (?:other products|products other)"
            r"|total value of non-originating materials for all other products[^.;]*?does not exceed\s+"
            + PERCENT + r"\s+of the ex-works price"
            r"|(?:total )?value of (?:all )?those non-originating materials does not exceed\s+" + PERCENT
            + r"\s+of the (?:transaction value or ex-works price|ex-works or free on board price)", text)
        split = re.search(PERCENT + r"\s+of the ex-works price of the product for products of the Uni", text)
        if split:
            texts.skip("tolerance: another share for goods of each party, " + law)
            return None
        if not by_value:
            if re.search(PERCENT, text) and re.search("do(?:es)? not satisfy|should not be used", text):
                texts.skip("tolerance: its price is the value of the good, not told to be EXW or FOB, or it "
                           "has several legs, " + law)
                return None
            continue
        percent = share(next(group for group in by_value.groups() if group))
        out = {"share": percent, "of": "EXW", "covers": covers(text), "except": [], "law": law}
        weighed = re.search(r"(?:" + PERCENT + r"[^.;]*?weight|weight[^.;]*?" + PERCENT + r")[^;]*?;", text)
        either = "weight of the product or ex-works" in text  # then the value will do for food as well
        if weighed and re.search(r"Chapters?\s+2 and 4 to 24", text) and not either:
            # Processed fish of chapter 16 goes by value like other products; extracts (1603) may be of either.
            fish = "other than processed fishery" in text
            food = ["02", "04-15", "1601-1602", "17-24"] if fish else ["02", "04-24"]
            out["except"] = food + (["1603"] if fish else [])
            out["weighed"] = {"share": share(next(group for group in weighed.groups() if group)), "of": "weight",
                              "covers": covers(text), "only": food, "law": law}
        if re.search(r"Chapters?\s+50 (?:to|through) 63|Chapters 1 to 49", text, re.I):
            out["except"] = out["except"] + ["50-63"]
        return out
    return None


def trading_scheme_tolerance(texts):
    """It stands among the regulations on accessories: by weight for food, by value for all but textiles."""
    text = texts.read("accessories")
    number = re.search(r"### (\d+)\. Derogation in respect of use of non-originating", text)
    weight = re.search(r"Chapters 2 and 4 to 24 except processed fishery goods[^;]*?net weight[^;]*?" + PERCENT, text)
    value = re.search(r"except goods falling within any of Chapters 50 to 63[^;]*?" + PERCENT
                      + r" of the ex-works price", text)
    if not (number and weight and value):
        return None
    law = f"Regulation {number.group(1)}"
    food = ["02", "04-15", "1601-1602", "17-24"]
    return {"share": share(value.group(1)), "of": "EXW", "covers": "all", "except": food + ["1603", "50-63"],
            "law": law, "weighed": {"share": share(weight.group(1)), "of": "weight", "covers": "all", "only": food,
                                    "law": law}}


def covers(text):
    """Whether it rescues whatever a rule bars, or only what does not change its heading.

    The texts of this kind speak of materials that a rule does not let be used, or of a rule that is not met
    because of them; limits of value are excepted by the text itself.
    """
    barred = r"should not be used|are not to be used|may not be used|does not satisfy the requirements|" \
             r"do not satisfy the (?:requirements|conditions)"
    return "all" if re.search(barred, text) and re.search(r"exceed", text) else ""


def textile_tolerance(texts):
    for text in (texts.introduction(), texts.read("tolerances")):
        weight = r"of the total weight of all the basic textile"
        found = re.search(rf"represent\s+{PERCENT}\s+or less\s+{weight}"
                          rf"|does not exceed\s+{PERCENT}\s+{weight}",
                          text, re.I)
        if found:
            notes = re.findall(r"(?:^|\n)#*\s*Note\s+(\d+)", text[:found.start()], re.I)
            if not notes:
                return None
            percent = share(found.group(1) or found.group(2))
            # It speaks of basic textile materials, which made-up articles are not.
            return {"share": percent, "of": "weight", "never": ["61-63"],
                    "needs": "only products of several textile materials, by the weight of their basic textile "
                             "materials; their rule may speak of the note",
                    "law": f"Introductory note {notes[-1]}"}
    return None


def need(text, both):
    """Why materials of third countries count only when a person has looked."""
    rules = []
    if both:
        rules.append("only goods and conditions that the article names")
    if re.search(r"\bnotice", text, re.I):
        rules.append("the notice that it may be used is published")
    if re.search(r"administrative co-?operation", text, re.I):
        rules.append("the countries concerned have arranged administrative cooperation")
    if re.search(r"rules of origin identical", text, re.I):
        rules.append("the material got its origin by the same rules of origin")
    if re.search(r"Paragraphs? 2A and 2B will cease to apply three years", text):
        rules.append("it was to end three years after entry into force unless prolonged")
    annex = re.search(r"HS 2017 as specified in (Annex \w+)", text)
    if annex:
        rules.append(f"the product stands in {annex.group(1)}")
    return "; ".join(rules)


def work_counts(texts, text):
    """Whether working in either party counts as done in the other."""
    if re.search(r"production (?:carried out|undertaken) (?:in (?:a|the other) Party|on a non-originating "
                 r"material in the (?:territory of one|other Party))", text, re.I):
        return True
    if re.search(r"carried out in (?:one of the Parties,|the United Kingdom, Iceland, Norway or"
                 r"|the Party other than the exporting Party)", text):
        return True
    side = SIDES.get(texts.code)
    if not side:
        return False
    kingdom = r"(?:the UK|the United Kingdom)"
    counts = r"(?:considered as having|considered to have) been carried out in"
    there = rf"carried out in [^.]*{kingdom}[^.]*?{counts} [^.]*?{side}"
    here = rf"carried out in [^.]*{side}[^.]*?{counts} [^.]*?{kingdom}"
    return bool(re.search(there, text)) and (texts.code == "oct" or bool(re.search(here, text)))


def cumulation(texts, partners):
    text = texts.read("cumulation-import") + "\n" + texts.read("cumulation-export") + texts.read("cumulation")
    law = texts.law("cumulation-import", "Paragraph on cumulation" if texts.code == "oct" else "")
    if not law and texts.scheme.get("articles"):
        named = [name for name, what in texts.scheme["articles"].items() if what == "cumulation"]
        law = named[0].capitalize() if named else ""
    if not law:
        texts.skip("cumulation: no article is named")
        return []
    methods = texts.scheme.get("cumulation_methods", {})
    out = []
    parties = ["GB"] + partners
    unilateral = texts.scheme.get("unilateral")
    if "bilateral" in methods:
        listed = countries(methods["bilateral"].get("countries") or [])
        strangers = [one for one in listed if one not in parties]
        absent = [one for one in parties if one not in listed]
        if strangers or absent:
            unread.append(f"{texts.code}: the list of bilateral cumulation differs from the parties: more "
                          f"{' '.join(strangers) or '-'}, fewer {' '.join(absent) or '-'}")
        if unilateral:
            out.append({"kind": "bilateral", "with": ["GB"], "needs": "", "law": law})
            out.append({"kind": "diagonal", "with": sorted({*partners, *strangers} - {"GB"}),
                        "needs": "regional groups and excluded goods as the regulations have them",
                        "law": law})
        else:
            out.append({"kind": "bilateral", "with": parties, "needs": "", "law": law})
        if strangers and not unilateral and texts.code != "albania":
            out.append({"kind": "diagonal", "with": strangers, "needs": need(text, True), "law": law})
    for kind in ("diagonal", "extended"):
        if kind in methods:
            listed = [one for one in countries(methods[kind].get("countries") or []) if one not in parties]
            if texts.code in LISTED_TOO_WIDE:
                listed = [one for one in listed if one in PAN_EURO_MED]
            needs = need(text, True)
            if texts.code.startswith("dcts"):  # regulation 17 names the European Union and these two alone
                listed = [one for one in listed if one in EU + ["NO", "CH"]]
                needs = "not goods of chapters 01 to 24 from Norway or Switzerland"
            if listed:
                out.append({"kind": kind, "with": listed, "needs": needs, "law": law})
    if work_counts(texts, text):
        narrow = "not chapters 50 to 63, for which working in the importing party alone counts"
        limit = narrow if "exclusion of products falling within Chapters 50 to 63" in text else ""
        out.append({"kind": "full", "with": parties, "needs": limit, "law": law})
    return out


def absorption(texts):
    shapes = r"no account shall be taken of the non-?\s?originating|no account (?:will|shall) be taken" \
             r"|shall not be considered (?:as )?non-?\s?originating"
    for name in ("sufficiently-worked", "originating_import", "originating_export"):
        text = re.sub(r"\s+", " ", texts.read(name))
        if re.search(shapes, text):
            law = texts.law(name, "Paragraph 4" if texts.code == "oct" else "")
            if not law:
                where = "general requirements" if "originating" in name else "sufficient working"
                named = [key for key, what in texts.scheme.get("articles", {}).items() if what == where]
                law = named[0].capitalize() if named else "Paragraph on sufficient working"
            return {"allowed": True, "law": law}
    return None


def sets(texts):
    text = texts.read("sets")
    found = re.findall(r"does not exceed\s+" + PERCENT, text)
    law = texts.law("sets")
    if not law:
        named = [key for key, what in texts.scheme.get("articles", {}).items() if what == "sets"]
        law = named[0].capitalize() if named else ""
        if texts.code.startswith("dcts") or texts.code == "gsp":
            law = "Regulation on sets"
        elif texts.code == "oct":
            law = "Paragraph on sets"
    if not found or not law:
        return None
    if len(set(found)) > 1:
        texts.skip("sets: shares that differ by chapter, " + law)
        return None
    return {"share": share(found[0]), "law": law}


def drawback(texts):
    text = texts.read("duty-drawback")
    if "drawback" not in text:
        return None
    law = texts.law("duty-drawback", "Article on drawback of customs duties")
    needs = []
    if re.search(r"prohibition in paragraph 1[^.]*shall not apply", text):
        needs.append("it is allowed for goods that got their origin by the cumulation, or without it, as its "
                     "paragraph on exceptions says")
    if "falling within Chapters 50 to 63" in text:
        needs.append("it is forbidden for goods of chapters 50 to 63 only")
    return {"prohibited": True, "needs": "; ".join(needs), "law": law}


def beside(texts):
    """What goes with a product or into its making without being part of it, each with its law.

    Articles on packing are often told together: the number of those that are is given whole.
    """
    found = {}
    text, law = texts.read("neutral-elements"), texts.law("neutral-elements")
    if texts.code in ("dcts-ldcs", "dcts-general-enhanced", "gsp") and "neutral elements" in text:
        law = "Regulation on neutral elements"
    if text.strip() and law:
        found["neutral"] = {"law": law}
    text, law = texts.read("packaging"), texts.law("packaging")
    if not law and re.search(r"### (\d+)\. Consignments", texts.read("accessories")):
        text = texts.read("accessories")
        law = "Regulation " + re.search(r"### (\d+)\. Consignments", text).group(1)
    shipment = re.search(r"(?:for|used for the) shipment[^.]*?shall be\s+disregarded", text)
    if law and shipment:
        found["transport_packing"] = {"law": law}
    if law and re.search(r"disregarded in determining (?:the origin of the product, except for|whether all the non-"
                         r"|whether the non-|whether a good satisfies)", text):
        found["packing"] = {"counts": "value", "law": law}
    elif law and re.search(r"(?:shall|must) be included (?:for|in)|considered in determining", text):
        found["packing"] = {"counts": "material", "law": law}
    text, law = texts.read("accessories"), texts.law("accessories")
    if "### 13. Accessories" in text:
        law = "Regulation 13"
    if law and re.search(r"regarded as one|disregarded in determining|shall be\s+disregarded|may be taken into account"
                         r"|[Dd]isregarded", text):
        found["accessories"] = {"law": law}
    return found


def transport(texts):
    for name in ("direct-transport", "non-alteration"):
        text = texts.read(name)
        if text.strip():
            fallback = {"iceland-norway": "Article on non-alteration"}.get(texts.code, "")
            law = texts.law(name, fallback)
            direct = re.search(r"transported directly", text)
            if not law:
                return None
            found = {"rule": "direct" if direct else "non-alteration", "law": law}
            if re.search(r"\bbottling\b", text):
                found["allows"] = ["bottling"]
            return found
    return None


def insufficient(texts):
    text = texts.read("insufficient-processing")
    law = texts.law("insufficient-processing", "Paragraph 5" if texts.code == "oct" else "")
    if not law:  # another article may send there by number and name
        sent = re.search(r"(Article \d+) \(Insufficient", texts.read("tolerances"))
        law = sent.group(1) if sent else ""
    return {"law": law} if text.strip() and law else None


def fewest_days(months):
    """The fewest days that so many months may have: a proof as old as that is certainly still good."""
    days = []
    for month in range(1, 13):
        total = month - 1 + months
        first = datetime.date(2021, month, 1)
        days.append((datetime.date(2021 + total // 12, total % 12 + 1, 1) - first).days)
    return str(min(days))


def validity(texts):
    """Days and article."""
    for heading, text in texts.sections():
        shape = r"valid for:?(?: at least)?\s+(?:a period expiring )?(?:1\.\s*)?(\w+)\s*(?:\(\d+\)\s*)?" \
                r"(months?|years?)"
        found = re.search(shape, text) or re.search(r"within (one|two) (year)s? from its completion", text) \
            or re.search(r"within (two) (years) prior to the date of the importation", text)
        if found and number(found.group(1)).isdigit():
            months = int(number(found.group(1))) * (12 if found.group(2).startswith("year") else 1)
            return fewest_days(months), texts.named(heading)
    return "", ""


def joined(*laws):
    found = [law for law in dict.fromkeys(laws) if law]
    if len(found) == 2 and all(law.startswith("Article ") for law in found):
        if all(law[8:].isdigit() for law in found):
            found.sort(key=lambda law: int(law[8:]))
            return f"Articles {found[0][8:]} and {found[1][8:]}"
    return "; ".join(found)


def declarations(texts, kind, days, days_law, fallback):
    """Who may make out a declaration, and up to which value."""
    law, text = "", ""
    for pattern in (r"conditions for making out an? ",
                    r"^article \d+ - (?:origin declaration|statement on origin)$",
                    r"obligations regarding exportations", r"^article \d+ proof of origin$",
                    r"^article \d+ - claims? for preferential"):
        law, text = texts.section(pattern)
        if text:
            break
    made = []

    def add(who, value, from_law):
        made.append({"kind": kind, "who": who, "value_max": value, "days_valid": days,
                     "law": joined(from_law or fallback, days_law)})

    code = texts.code
    if code == "vietnam":
        law, text = texts.section("general requirements")
    if code == "oct":
        text = texts.read("origin-declaration", "proofs")
        law = "Paragraphs on the origin declaration"
    sum_of = r"(\d[\d ,]*\d)"
    limit = re.search(rf"does not exceed (EUR|£)\s*{sum_of}|does not exceed (){sum_of}\s*euros?", text)
    value = ""
    if limit:
        amount = re.sub(r"[ ,]", "", limit.group(2) or limit.group(4))
        value = amount + (" GBP" if limit.group(1) == "£" else " EUR")
    if code == "eu":
        add("anyone", "6000 EUR", law)
        add("registered-exporter", "", law)
        return made
    approved = re.search(r"by an (?:approved )?exporter within the meaning of|an approved exporter", text)
    registered = re.search(r"exporter registered in accordance|registered with the competent authority"
                           r"|by a registered exporter", text)
    if registered and code != "vietnam" and code != "kenya":
        add("registered-exporter", "", law)
        if approved and code == "singapore":
            add("approved-exporter", "", law)
    elif approved and "signature" not in text[max(0, approved.start() - 120):approved.start()]:
        add("approved-exporter", "", law)
    if value:
        add("anyone", value, law)
    elif made:
        texts.skip("proof: up to which value any exporter may declare, " + law)
    else:
        add("anyone", "", law)
        if re.search(r"exporter(?:,| or) producer|producer or exporter", text):
            add("producer", "", law)
    return made


def proofs(texts):
    days, days_law = validity(texts)
    first = texts.sections()[0][0] if texts.sections() else ""
    general = texts.named(first)
    if texts.code.startswith("dcts"):
        fallback = "HMRC notice on proofs of origin for the trading scheme"
    elif texts.code == "gsp":
        fallback = "Proofs named in the tariff of the United Kingdom"
    elif texts.code == "oct":
        fallback = "Paragraphs on proof of origin"
    else:
        fallback = general or "Proofs named in the tariff of the United Kingdom"
    if not days:
        texts.skip("proof: how long it is valid")
    out = []
    for proof in texts.scheme.get("proofs", []):
        kind, summary = proof["proof_class"], proof["summary"].lower()
        one = {"value_max": "", "days_valid": days, "law": joined(fallback, days_law)}
        if kind in ("eur1", "eur-med"):
            if texts.code == "vietnam":
                kind = "certificate-of-origin"
            law, _ = texts.section(r"procedure for (?:the )?issu")
            out.append({"kind": kind, "who": "authority"} | one
                       | {"law": joined(law or fallback, days_law)})
        elif kind == "gsp-form-a":
            out.append({"kind": "form-a", "who": "anyone"} | one)
        elif kind == "certificate-of-origin":
            out.append({"kind": kind, "who": "authority"} | one)
        elif kind == "importers-knowledge":
            law, _ = texts.section(r"importer.s knowledge$")
            out.append({"kind": kind, "who": "importer"} | one
                       | {"days_valid": "", "law": law or fallback})
        elif "certification of origin" in summary:
            out += [{"kind": "certificate", "who": who} | one for who in ("anyone", "producer", "importer")]
        else:
            name = "statement-on-origin" if "statement" in summary else "origin-declaration"
            out += declarations(texts, name, days, days_law, fallback)
    out = by_side(texts, out)
    return [{key: item for key, item in one.items() if item or key != "days_valid"} for one in out]


def by_side(texts, out):
    """What the pages on proofs add: who may make one where the sides differ, or where the article is not told."""
    if texts.code == "eu":  # proofs/eu/origin-declaration.md
        said = [one for one in out if one["kind"] == "statement-on-origin"]
        for one in said:
            one["made_in"] = EU
        return [said[0] | {"value_max": "", "made_in": ["GB"]}] + out
    if texts.code == "central-america":  # proofs/central-america/invoice-declaration.md
        declared = next(one for one in out if one["kind"] == "origin-declaration")
        return out + [declared | {"who": "anyone", "value_max": "6000 EUR"}]
    if texts.code == "cptpp":  # Article 20(1)
        return out + [out[0] | {"who": "authority"}]
    return out


def value(item):
    if isinstance(item, bool):
        return "true" if item else "false"
    return json.dumps(item, ensure_ascii=False)


def wrapped(key, items):
    """A list of countries, in lines that a person can read."""
    line = f"{key} = {value(items)}"
    if len(line) <= 110:
        return line
    rows, row = [], "   "
    for item in items:
        if len(row) + len(value(item)) > 105:
            rows.append(row)
            row = "   "
        row += f" {value(item)},"
    return "\n".join([f"{key} = [", *rows, row, "]"])


def table(name, keys, several=False):
    head = f"[[{name}]]" if several else f"[{name}]"
    lines = [wrapped(key, item) if isinstance(item, list) else f"{key} = {value(item)}"
             for key, item in keys.items()]
    return "\n".join([head, *lines]) + "\n"


def parties(sides, unilateral):
    out = [{"countries": side} for side in sides]
    out[-1]["unilateral"] = unilateral
    return [table("party", one, True) for one in out]


def short_law(scheme):
    record = scheme.get("ord", {})
    title = record.get("ord_title", "")
    named = re.search(r"[\(][\u2018'\u201c\"]?\s*(?:[Tt]he )?([^()]*Origin Reference Document)", title)
    name = named.group(1) if named else re.sub(r"^The ", "", title)
    name = re.sub(r" Version .*$", "", name).strip()
    version = record.get("ord_version")
    day = record.get("ord_date", "")
    extra = ", ".join(part for part in (f"version {version}" if version else "", day) if part)
    if scheme["scheme_code"].startswith("dcts"):
        return DCTS_LAW
    return f"{name} ({extra})" if extra else name


def write(path, parts):
    path.write_text("\n".join(parts), encoding="utf-8")


def uk_agreement(folder, target, scheme):
    code = scheme["scheme_code"]
    texts = Texts(folder, code, scheme)
    partners = [one for one in countries(scheme["countries"]) if one != "GB"]
    if code == "eu":
        partners = EU
    ours = CODES.get(code) or "GB-" + partners[0]
    url = scheme["links"][0]["url"] if scheme.get("links") else ""
    if code.startswith("dcts"):
        url = DCTS_URL
    name = NAMES.get(code, re.sub(r"\s+", " ", scheme["title"]).strip())
    law = short_law(scheme)
    unilateral = bool(scheme.get("unilateral")) or code == "oct"
    parts = [table("agreement", {
        "code": ours, "name": name, "law": law, "url": url,
        "checked_on": CHECKED, "confidence": "secondary", "valid_from": scheme["validity_start_date"],
        "valid_to": scheme["validity_end_date"] or "", "programs": PROGRAMS.get(code, []),
        "rules_from": "uk/" + code})]
    sides = [["GB"], partners]
    if code == "cptpp":  # each of them is a party to each
        sides = [["GB"]] + [[one] for one in partners]
    parts += parties(sides, unilateral)
    if re.search(r"MaxNOM \(?%?\)? ?= VNM / EXW", texts.introduction()):
        found = re.findall(r"(?m)^#*\s*Note (\d+)", texts.introduction().split("VNM / EXW")[0])
        if found and "FOB - VNM" not in texts.introduction():
            parts.append(table("price", {"basis": "EXW", "law": f"Introductory note {found[-1]}"}))
    for key, read in (("tolerance", tolerance), ("textile_tolerance", textile_tolerance)):
        found = read(texts)
        if found:
            weighed = found.pop("weighed", None)
            parts.append(table(key, found))
            parts += [table("tolerance_for", weighed, True)] if weighed else []
    parts += [table("cumulation", one, True) for one in cumulation(texts, partners)]
    for key, read in (("absorption", absorption), ("insufficient", insufficient), ("sets", sets),
                      ("drawback", drawback), ("transport", transport)):
        found = read(texts)
        if found:
            parts.append(table(key, found))
    parts += [table(key, one) for key, one in beside(texts).items()]
    parts += [table("proof", one, True) for one in proofs(texts)]
    write(target / f"{ours}.toml", parts)
    return ours


def xi_agreement(folder, target, scheme):
    """The European Union's own agreements: that file names members and the text, and notes on textiles."""
    code = scheme["scheme_code"]
    partners = [one for one in countries(scheme["countries"]) if one not in EU]
    if code in XI_BY_HAND or not partners:
        return None
    ours = XI_CODES.get(code) or "EU-" + partners[0]
    texts = Texts(folder / "roo_schemes_xi", code, scheme)
    name = re.sub(r"\s+", " ", scheme["title"]).strip()
    parts = [table("agreement", {
        "code": ours, "name": name, "law": name, "url": scheme["links"][0]["url"],
        "checked_on": CHECKED, "confidence": "secondary", "programs": XI_PROGRAMS.get(code, [])})]
    parts += parties([EU, partners], bool(scheme.get("unilateral")))
    found = textile_tolerance(texts)
    if found:
        parts.append(table("textile_tolerance", found))
    write(target / f"{ours}.toml", parts)
    return ours


def main(arguments):
    listed = "--list" in arguments
    arguments = [one for one in arguments if one != "--list"]
    if not 1 <= len(arguments) <= 2:
        sys.exit(__doc__)
    folder = pathlib.Path(arguments[0])
    target = pathlib.Path(arguments[1]) if len(arguments) == 2 else ROOT / "packs" / "agreements"
    target.mkdir(parents=True, exist_ok=True)
    schemes = json.loads((folder / "roo_schemes_uk.json").read_text(encoding="utf-8"))["schemes"]
    written = [uk_agreement(folder / "roo_schemes_uk", target, scheme) for scheme in schemes]
    schemes = json.loads((folder / "roo_schemes_xi.json").read_text(encoding="utf-8"))["schemes"]
    written += [ours for ours in (xi_agreement(folder, target, scheme) for scheme in schemes) if ours]
    if len(set(written)) != len(written):
        sys.exit("two agreements have one code: " + " ".join(sorted(written)))
    print(f"{len(written)} agreements written to {target.name}")
    if listed:
        print("\n".join(unread))


if __name__ == "__main__":
    main(sys.argv[1:])
