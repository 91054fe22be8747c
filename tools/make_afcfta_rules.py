#!/usr/bin/env python3
"""Writes packs/agreements/AFCFTA.csv from the product rules of the African Continental Free Trade Area.

    tools/make_afcfta_rules.py APPENDIX_IV.pdf [AFCFTA.csv]
    tools/make_afcfta_rules.py --list APPENDIX_IV.pdf      each row with its text and what was understood of it

APPENDIX_IV.pdf is Appendix IV to Annex 2, as the Council of Ministers approved it in December 2023. It is
laid out with `pdftohtml -xml` (poppler-utils), which leaves the hidden layer of the scan away. A text that is
not of a known shape stays a text to be read, never a guess.

Codes are of the Harmonized System of 2017. Note 2.5: where a code bears an asterisk, 60 % became 55 % at the end
of 2025. A rule that holds for some years and another after them counts on both: when the years begin is
not said, so goods that keep only one of them are left to a person.
"""
import csv
import html
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAW = "Annex 2, Appendix IV (December 2023)"
FIRST_PAGE = 16
# Of the page in units of pdftohtml: where the columns begin, where the head ends, the least height of a letter
# that is not a footnote.
COLUMN_2, COLUMN_3, HEAD, LETTER = 262, 692, 250, 14

# Where the layout of a page puts a row's text beside another row, the rows as they stand on it. Each is
# compared with the words of the pages, in order, so another edition is refused.
FRUIT = "Manufacture in which all the vegetables ,fruit ,nuts or other parts of plants used must be wholly obtained"
FRUIT_60 = ("Manufacture in which the value of non-originating materials used does not exceed 60% of the ex-works "
            "price of the product for 5 years, after which manufacture in which all the vegetables ,fruit ,nuts "
            "or other parts of plants used must be wholly obtained")
BY_EYE = [
    (30, "20.09", FRUIT.replace(" ,", ", ")), (30, "2009.81", FRUIT), (30, "2009.89", FRUIT),
    (30, "Ex 2009.89", FRUIT_60), (31, "2009.90", FRUIT),
]
# Parts that the description of a row names, in our words, where its code covers more.
PARTS = {
    "030569": "salted snoek", "200989": "juice of mangosteen, kiwi, persimmon, carambola or bush tucker",
    "1512": "sunflower-seed or safflower oil and its fractions", "2206": "palm wine",
    "7006": "glass plate substrate coated with dielectric thin film, semi-conductor grade",
    "710310": "tanzanite", "710399": "tanzanite", "7601": "aluminium alloys", "780199": "lead alloys",
    "8003": "tin wire", "960110": "worked ivory and articles of ivory",
}
# "ex" before a code that others of the list stand below: the rule of what those leave.
REST = {"2202", "2711", "6406", "7103", "8419", "8421"}

# Headings that the edition of 2022 has and the list does not: what their goods had before, where that is sure.
LATER = [
    ("2404", 'read "heading 2404 came in 2022: the rules of 2403, 3824 or 8543 as the goods were classified before"'),
    ("8485", 'MaxNOM 60% EXW | read "heading 8485 came in 2022: the rule of its goods before"'),
    ("8524", 'MaxNOM 60% EXW | read "heading 8524 came in 2022: the rule of its goods before"'),
    ("8549", 'read "heading 8549 came in 2022: goods of 8548.10 must be wholly obtained, for others the chapter"'),
]

# Chapters 50 to 63 after yarn: fabrics, felt, nonwovens, nets, carpets and all that is made of them.
FABRIC = "5007, 5111-5113, 5208-5212, 5309-5311, 5407-5408, 5512-5516, 5602-5603, 58-60"
AFTER_YARN = ("5007, 5111-5113, 5208-5212, 5309-5311, 5407-5408, 5512-5516, 5602-5603, 5608-5609, 57-63")


def positions(xml):
    """Page, height on it, column and words of every text of the table."""
    for page in xml.split("<page ")[1:]:
        number = int(re.match(r'number="(\d+)"', page).group(1))
        if number < FIRST_PAGE:
            continue
        found = []
        for match in re.finditer(r'<text top="(\d+)" left="(\d+)" width="\d+" height="(\d+)"[^>]*>(.*?)</text>', page):
            top, left, height = (int(match.group(i)) for i in (1, 2, 3))
            words = re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]*>", "", match.group(4)))).strip()
            if top < HEAD or height < LETTER or not words:
                continue
            column = 1 if left < COLUMN_2 else 2 if left < COLUMN_3 else 3
            for place, part in split(column, words):
                found.append((top, place, left, part))
        yield from lines_of(number, found)


def lines_of(number, found):
    """Texts of one column at one height are one line: words of a justified line stand apart."""
    lines = []
    for top, column, left, words in sorted(found, key=lambda one_of: (one_of[1], one_of[0])):
        if lines and lines[-1][1] == column and top - lines[-1][0] <= 3:
            lines[-1][2].append((left, words))
        else:
            lines.append((top, column, [(left, words)]))
    for top, column, parts in sorted(lines, key=lambda line: line[:2]):
        yield number, top, column, " ".join(words for _, words in sorted(parts))


def split(column, words):
    """A text that runs over the border of its column, in its parts."""
    if column == 3:
        return [(3, words)]
    code = re.match(r"(ex-?chapter \d+)\b *", words, re.IGNORECASE) if column == 1 else None
    parts = []
    if code:
        parts.append((1, code.group(1)))
        words, column = words[code.end():], 2
    at = words.find("Manufacture") if column == 2 else -1
    if at > 0:
        parts.append((3, words[at:]))
        words = words[:at].strip()
    if words:
        parts.append((column, words))
    return parts


def rows_of(xml):
    """Rows of the table: page, codes, description, lines of the rule."""
    rows = []
    places = list(positions(xml))
    for number in sorted({place[0] for place in places}):
        here = [place for place in places if place[0] == number]
        beside = [(top, column) for _, top, column, _ in here if column != 1]
        starts = []
        for _, top, column, words in here:
            if column != 1:
                continue
            has_text = any(abs(other - top) <= 2 for other, _ in beside)
            if (has_text and not words.startswith("to ")) or not rows:
                rows.append({"page": number, "codes": [words], "desc": [], "lines": []})
                starts.append((top, rows[-1]))
            else:
                rows[-1]["codes"].append(words)
        before = rows[len(rows) - len(starts) - 1] if len(rows) > len(starts) else None
        for _, top, column, words in here:
            if column == 1:
                continue
            mine = [row for start, row in starts if start <= top + 8]
            row = mine[-1] if mine else before
            row["desc" if column == 2 else "lines"].append(words)
    return mended(merged(rows))


def merged(rows):
    """Subheadings that stand below a heading without a rule of their own share its rule."""
    out = []
    for row in rows:
        if not row["lines"] and out:
            out[-1]["codes"] += row["codes"]
        else:
            out.append(row)
    return out


def mended(rows):
    """Rows of BY_EYE in the place of those that the layout mixed up."""
    first = next(i for i, row in enumerate(rows) if row["codes"][0] == "20.09")
    last = next(i for i, row in enumerate(rows) if row["codes"][0] == "2009.90")
    have = " ".join(line for row in rows[first:last + 1] for line in row["lines"])
    if have != " ".join(text for _, _, text in BY_EYE):
        sys.exit("heading 20.09: another text than the one that was read by eye")
    by_eye = [{"page": page, "codes": [code], "desc": [], "lines": [text]} for page, code, text in BY_EYE]
    return rows[:first] + by_eye + rows[last + 1:]


def code_of(text):
    """Digits of "Ex-Chapter 9", "[51.11]", "84.14*"; and whether it bears ex, brackets, an asterisk."""
    digits = re.sub(r"\D", "", text)
    if "chapter" in text.lower():
        digits = digits.zfill(2)
    return digits, text.lower().startswith("ex"), "[" in text, "*" in text


def alternatives(lines):
    """The lines of a rule as its alternatives."""
    parts = [[]]
    for line in lines:
        if line.lower() == "or":
            parts.append([])
        else:
            parts[-1].append(line)
    made = []
    for part in parts:
        words = re.sub(r"\s+", " ", " ".join(part)).strip()
        words = re.sub(r"(non|ex)- ", r"\1-", words).replace("60%of", "60% of").replace("60 %", "60%")
        if words:
            made.append(words)
    return made


def quoted(words):
    return 'read "' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


HEADING = (r"materials? (?:of|classified in) (?:any|a) heading,? (?:other than|other|except|except that) "
           r"(?:than )?(?:that )?of the product")
CTH = rf"manufacture from {HEADING}"
NOM = (r"manufacture in which (?:the )?value of (?:all )?(?:the )?(?:non-originating )?materials(?: used)? does "
       r"not exceed (\d+)% of the ex-works? price of the product")
GRAPES = ("WO(0806, 200961, 200969, 2204) & (not(200990, 2106, 2205-2209, 2307, 3302) | "
          + quoted("materials derived from grapes are wholly obtained") + ")")
WHEAT = ("CTH & not(1101, 110311, 110811, 1109) & (not(110320, 1104, 1107) | "
         + quoted("wheat products of chapter 11 must originate") + ")")
TOBACCO = "(not(2401) | " + quoted("non-originating materials of heading 2401 weigh at most 30% of the tobacco used") + ")"
YARN = (f"not({AFTER_YARN}) & (not(5601, 5607) | "
        + quoted("manufacture from yarn: whether wadding or cordage comes before yarn") + ")")


def numbers(text):
    """ "2, 4 and 17" as chapters, "41.01 to 41.03" as headings."""
    out = []
    for first, last in re.findall(r"(\d+(?:\.\d+)?)(?: to (\d+\.\d+))?", text):
        code = first.replace(".", "").zfill(2)
        out.append(code + ("-" + last.replace(".", "") if last else ""))
    return ", ".join(out)


def chapter_8(codes):
    """Introductory note 8, which speaks of chapters 28 to 38."""
    chapter = codes[0][:2]
    ways = ["process(chemical-reaction)", "process(isomer-separation)"]
    if chapter in ("30", "31", "33", "34", "35", "36", "37", "38") and codes != ["3808"]:
        ways.append("process(mixing)")
    if chapter in ("30", "31", "33"):
        ways.append("process(particle-size-change)")
    ways.append("process(purification) & " + quoted("purification as note 8.6 asks"))
    ways.append(quoted("standards materials, note 8.9"))
    return " | ".join(ways)


def one(words, codes, is_starred):
    """One alternative in the language of rules; nothing where its shape is not known."""
    low = words.lower().rstrip(".").strip()
    low = re.sub(r",? (?:subject to|with) (?:a )?review after (?:5|five)(?: \(5\))? years$", "", low)
    chapter = codes[0][:2]
    own = ", ".join(codes)
    if re.fullmatch(CTH, low):
        return "CTH"
    if match := re.fullmatch(NOM, low):
        share = "55" if is_starred and match.group(1) == "60" else match.group(1)
        return f"MaxNOM {share}% EXW"
    fixed = {
        "all animals of this chapter must be wholly obtained": "WO",
        "manufacture from materials of any heading": "ANY",
        "manufacture from materials of any sub-heading other that of the product": "CTSH",
        "manufacture from materials of any sub-heading, except that of the product": "CTSH",
        "manufacture from yarn": YARN,
        "chemical processing rules as per introductory note 8 to this appendix": chapter_8(codes),
        "spinning of natural fibres": "process(spinning) & " + quoted("spinning of natural fibres"),
        "extrusion of man-made fibres accompanied by spinning": "process(extrusion+spinning)",
        "manufacture from any other heading": "CTH",
        "manufacture from any other heading provided that the materials from hs chapter 41 are originating":
            "CTH & not(41)",
        "manufacture in with all materials used must be wholly obtained": "WO(01-97)",
    }
    if low in fixed:
        return fixed[low]
    obtained = r"(?:must be|are) wholly obtained"
    if re.fullmatch(rf"(?:manufacture in which )?(?:all )?(?:the )?materials(?: used)? {obtained}", low):
        return "WO(01-97)"
    if re.fullmatch(rf"(?:manufacture in which )?(?:all )?materials of this chapter used {obtained}", low):
        return f"WO({chapter})"
    if re.fullmatch(rf"materials of this (?:sub-)?heading (?:used )?{obtained}", low):
        level = 6 if "sub-heading" in low else 4
        return "WO(" + ", ".join(sorted({code[:level] for code in codes})) + ")"
    if match := re.fullmatch(rf"manufacture in which (?:all )?materials of (?:chapters?|headings?) ([\d., toand]+?) used "
                             rf"{obtained}", low):
        return f"WO({numbers(match.group(1))})"
    if match := re.fullmatch(r"manufacture in which materials of chapters ([\d, and]+) used must be originating", low):
        return f"not({numbers(match.group(1))})"
    if match := re.fullmatch(r"manufacture from materials of any heading but materials of chapters ([\d, and]+) used must "
                             r"be originating", low):
        return f"not({numbers(match.group(1))})"
    if match := re.fullmatch(rf"{CTH} (?:in which|and in which|provided that) materials of ((?:chapters? |and heading "
                             r"|[\d., ]|and )+?)(?: used)? (?:must be|are) (originating|wholly obtained)", low):
        codes_in = numbers(match.group(1))
        return "CTH & " + (f"not({codes_in})" if match.group(2) == "originating" else f"WO({codes_in})")
    return by_sentence(low, own)


def by_sentence(low, own):
    """Sentences that stand in few rows."""
    if re.fullmatch(rf"{CTH} provided that the wheat products of chapter 11 used must be originating", low):
        return WHEAT
    grapes = r"any grapes (?:and|or) (?:other )?(?:any )?(?:materials?|material) (?:derived|obtained) from grapes"
    if re.fullmatch(rf"{CTH} (?:and )?in which {grapes}(?: used)? must be wholly obtained", low):
        return "CTH & " + GRAPES
    if re.fullmatch(rf"{CTH} in which {grapes} and materials of chapter 17 used must be wholly obtained", low):
        return "CTH & WO(17) & " + GRAPES
    if re.fullmatch(rf"{CTH} and in which uppers of heading 64\.06 must be originating", low):
        return "CTH & (not(640610) | " + quoted("uppers of heading 64.06 must originate") + ")"
    if re.fullmatch(rf"{CTH} and in which materials of chapter 41 used must be originating", low):
        return "CTH & not(41)"
    if re.fullmatch(rf"{CTH}\. however, knife blades of base metal may be used", low) and own == "8211":
        return "CTH also 821194"
    if match := re.fullmatch(rf"{NOM} provided that weight of non-originating materials from heading 2401 used does not "
                             r"exceed 30% of the weight of tobacco used in the product", low):
        return f"MaxNOM {match.group(1)}% EXW & {TOBACCO}"
    if "printing accompanied by at least two preparatory or finishing operations" in low:
        if "the unprinted fabric used does not exceed 50% of the ex-works price" in low.replace("ex- works", "ex-works"):
            return f"process(printing+finishing) & MaxNOM({FABRIC}) 50% EXW"
    fruit = r"manufacture in which all the vegetables ?, ?fruit ?, ?nuts or other parts of plants used must be wholly"
    if re.fullmatch(fruit + " obtained", low):
        # What of chapters 09 to 21 is still a vegetable or a part of a plant a person must say.
        return ("WO(07, 08, 1201-1208, 1212) & (not(06, 09-14, 20-21) | "
                + quoted("the vegetables, fruit, nuts and parts of plants used are wholly obtained") + ")")
    return None


AFTER = [
    (r"(?:then )?the materials from hs chapter 3 used are wholly obtained", "WO(03)"),
    (r"manufacture in which materials of headings 04\.01 and 04\.02 used are wholly obtained", "WO(0401, 0402)"),
    (r"manufacture in which the materials from chapter 3 are wholly obtained used are wholly obtained", "WO(03)"),
    (r"manufacture in which materials used are wholly obtained further to subject to an objective review", "WO(01-97)"),
    (r"materials from hs chapter 2, 3, 4, 10, 11, 12 and 17 are originating", "not(02-04, 10-12, 17)"),
]


def for_years(words, codes, is_starred):
    """ "A for 5 years, after which B": what keeps both holds, what keeps one is left to a person."""
    match = re.fullmatch(r"(.*?),? for (?:a period of )?(\d) years,? after which (.*)", words.rstrip("."), re.IGNORECASE)
    if not match:
        match = re.fullmatch(r"(.*?) for (\d) years (subject to review based on .*)", words.rstrip("."), re.IGNORECASE)
        first = one(match.group(1), codes, is_starred) if match else None
        return f"{first} & {quoted(words)}" if first else None
    first = one(match.group(1), codes, is_starred)
    low = match.group(3).lower().strip()
    then = next((rule for shape, rule in AFTER if re.fullmatch(shape, low)), None) or one(low, codes, is_starred)
    if not first or not then:
        return None
    if then.startswith(first + " & "):
        return f"{then} | {bracketed(first)} & {quoted(words)}"
    return f"{bracketed(first)} & {bracketed(then)} | ({first} | {bracketed(then)}) & {quoted(words)}"


def bracketed(rule):
    """For use beside &: alternatives stand in brackets."""
    depth = 0
    is_quoted = False
    for sign in rule:
        is_quoted ^= sign == '"'
        depth += (sign == "(") - (sign == ")") if not is_quoted else 0
        if sign == "|" and depth == 0 and not is_quoted:
            return f"({rule})"
    return rule


def rule_of(row, codes, is_bracketed, is_starred):
    """The rule of a row, a text to be read where its words are not understood."""
    words = " ".join(row["lines"])
    if is_bracketed or "Yet to be agreed" in words:
        return quoted("yet to be agreed by the States Parties")
    if words == "No Rule":
        return quoted("the Appendix says: No Rule")
    made = []
    for each in alternatives(row["lines"]):
        rule = one(each, codes, is_starred) or for_years(each, codes, is_starred) or quoted(each)
        made.append(rule)
    return " | ".join(made)


def sheet(rows):
    """Lines of the sheet: hs, part, rule, law; with the words of the row for those who look."""
    lines = []
    for row in rows:
        marks = [code_of(text) for text in row["codes"]]
        if len(row["codes"]) == 2 and row["codes"][1].startswith("to "):
            span = f"{marks[0][0]}-{marks[1][0]}"
            lines.append((span, "", rule_of(row, [marks[0][0]], False, False), row))
            continue
        is_heading_of = len(marks) > 1 and all(mark[0].startswith(marks[0][0]) for mark in marks[1:])
        if is_heading_of:
            lines += named_subheadings(row, marks)
            continue
        all_codes = [mark[0] for mark in marks]
        for digits, is_part, is_bracketed, is_starred in marks:
            part = PARTS.get(digits, "") if is_part and len(digits) > 2 else ""
            if is_part and len(digits) > 2 and not part and digits not in REST:
                sys.exit(f"page {row['page']}: what part of {digits} is meant is not told")
            codes = all_codes if len(all_codes) > 1 else [digits]
            lines.append((digits, part, rule_of(row, codes, is_bracketed, is_starred), row))
            if digits == "38":
                lines.append(("3808", "", rule_of(row, ["3808"], is_bracketed, is_starred), row))
    lines += [(code, "", rule, {"page": FIRST_PAGE, "codes": ["Note 2"], "lines": []}) for code, rule in LATER]
    return lines


def named_subheadings(row, marks):
    """A heading of which only some subheadings are named: whether its other goods have the rule is not said."""
    rule = rule_of(row, [marks[0][0]], False, False)
    doubt = quoted("only " + ", ".join(mark[0] for mark in marks[1:]) + " are named beside this rule")
    lines = [(marks[0][0], "", f"{YARN} | {bracketed(rule)} & {doubt}", row)]
    return lines + [(mark[0], "", rule, row) for mark in marks[1:]]


def main():
    arguments = [one_of for one_of in sys.argv[1:] if one_of != "--list"]
    if not arguments:
        sys.exit(__doc__)
    xml = subprocess.run(["pdftohtml", "-xml", "-i", "-stdout", arguments[0]], check=True, capture_output=True).stdout
    lines = sheet(rows_of(xml.decode("utf-8")))
    if "--list" in sys.argv:
        for code, part, rule, row in lines:
            print(f"{row['page']} {code} [{part}] {' / '.join(row['lines'])}\n    {rule}")
        return
    target = pathlib.Path(arguments[1]) if len(arguments) > 1 else ROOT / "packs" / "agreements" / "AFCFTA.csv"
    with open(target, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["hs", "part", "rule", "law"])
        for code, part, rule, row in lines:
            writer.writerow([code, part, rule, f"{LAW}, {row['codes'][0]}, page {row['page']}"])
    to_read = sum(rule.startswith("read ") and "|" not in rule for _, _, rule, _ in lines)
    partly = sum("read " in rule for _, _, rule, _ in lines) - to_read
    print(f"{len(lines)} rows: {len(lines) - partly - to_read} understood, {partly} in part, {to_read} to be read")


if __name__ == "__main__":
    main()
