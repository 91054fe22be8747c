#include "books/origin_prose.h"

#include <doctest/doctest.h>

#include <vector>

using namespace allroads::books;

namespace {

std::string rule(std::string_view text) { return rule_from_prose(text); }

// Of goods of those codes, and of a part of them.
std::string of(std::string_view codes, std::string_view text, std::string_view part = {}) {
    return rule_from_prose(text, {.codes = codes, .part = part});
}

std::string rows(std::vector<std::string> const& texts) { return rule_from_alternatives(texts); }

// Quotes are closed, brackets outside of them as well, and no control character is left.
bool whole(std::string_view text) {
    bool quoted = false;
    int open = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (static_cast<unsigned char>(text[i]) < 0x20) return false;
        if (quoted && text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted)
            open += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
        if (open < 0) return false;
    }
    return !quoted && open == 0 && !text.empty();
}

}  // namespace

TEST_CASE("rules in prose: a change of chapter, heading or subheading") {
    CHECK(rule("Manufacture from materials of any heading, except that of the product.") == "CTH");
    CHECK(rule("Manufacture from materials of any subheading, except that of the good.") == "CTSH");
    CHECK(rule("Manufacture from materials of any heading.") == "ANY");
    CHECK(rule("A change from any other chapter.") == "CC");
    CHECK(rule("A change from within this heading or any other heading.") == "ANY");
    CHECK(rule("A change to a good of [heading&nbsp;8472](/headings/8472) from any other heading.") == "CTH");
    CHECK(rule("Manufacture in which all the materials used are classified within a heading other than that "
               "of the "
               "product.") == "CTH");
    CHECK(rule("<abbr title='Change of chapter'>CC</abbr>: All non-originating materials used in the "
               "production of "
               "the good have undergone a change in tariff classification at the 2-digit level (chapter).") ==
          "CC");
}

TEST_CASE("rules in prose: exceptions keep their codes") {
    CHECK(
        rule("Manufacture from materials of any heading, except that of the product and of heading 8529.") ==
        "CTH except 8529");
    CHECK(rule("A change from any other heading, except from heading 1701 to 1703 or chapter 4.") ==
          "CTH except 1701-1703, 04");
    CHECK(
        rule("Manufacture from materials of any heading, except those of heading 71.06 and heading 71.08.") ==
        "not(7106, 7108)");
    CHECK(rule("Manufacture from materials not classified within heading 4909 or 4911.") ==
          "not(4909, 4911)");
    CHECK(rule("Manufacture from materials of any heading, except those of heading 0203 or bones of heading "
               "0506.") == "not(0203, 0506)");
    CHECK(rule("A change to Thunnus thynnus or Euthynnus pelamis of heading 0304 from any other chapter.") ==
          "CC & read \"Thunnus thynnus or Euthynnus pelamis of heading 0304\"");
    CHECK(rule("A change from any other chapter, except from juice of apples or Salmo salar.") ==
          "CC & read \"except juice of apples or Salmo salar\"");
    CHECK(rule("A change to cut glass from uncut glass of heading 7013, whether or not there is also a "
               "change from any "
               "other heading.")
              .starts_with("read \""));
    CHECK(rule("A change to roasted nuts of heading 2008 from any other chapter.") ==
          "CC & read \"roasted nuts of heading 2008\"");
}

TEST_CASE("rules in prose: limits of value") {
    CHECK(rule("Manufacture in which the value of all the materials used does not exceed **40%** of the "
               "ex-works "
               "price of the product.") == "MaxNOM 40% EXW");
    CHECK(rule("Manufacture in which the value of all the materials used does not exceed 47.5 % of the "
               "ex\u2010works price.") == "MaxNOM 47.5% EXW");
    CHECK(rule("Manufacture in which the value of any materials of chapter 3 used does not exceed 15% of the "
               "ex- "
               "work price of the product.") == "MaxNOM(03) 15% EXW");
    CHECK(rule("A maximum of **50%** of the ex-works price (EXW) is made up of non-originating parts "
               "(MAXNOM).") == "MaxNOM 50% EXW");
    CHECK(
        rule("Production in which the value of all non-originating materials used does not exceed 45% of the "
             "transaction value or ex-works price of the product.") == "MaxNOM 45% EXW");
    CHECK(
        rule("Production in which the value of non-originating materials used does not exceed **50%** of the "
             "ex-works price (EXW) or **45%** of the Free on Board (FOB) cost of the product.") ==
        "MaxNOM 50% EXW | MaxNOM 45% FOB");
    CHECK(rule("Manufacture in which the value of all the materials used, except natural rubber, does not "
               "exceed "
               "50% of the ex-works price of the product.")
              .starts_with("read \""));
}

TEST_CASE("rules in prose: lists are joined by what stands between them") {
    CHECK(
        rule("Manufacture:\n\n- from materials of any heading, except that of the product, *and*\n\n- in "
             "which the "
             "value of all the materials of heading 8431 used does not exceed 10% of the ex-works price.") ==
        "CTH & MaxNOM(8431) 10% EXW");
    CHECK(
        rule(
            "Manufacture in which:\n\n- the value of all the materials used does not exceed 40% of the "
            "ex-works "
            "price\n\n- the value of all the non-originating materials used does not exceed the value of the "
            "originating materials used.") == "MaxNOM 40% EXW & NOM<=OM");
    CHECK(rule("Manufacture in which:\n\n- all the materials of chapter 3 used are wholly obtained, "
               "*or*\n\n- the "
               "value of all the materials used does not exceed 40% of the ex-works price.") ==
          "WO(03) | MaxNOM 40% EXW");
    CHECK(rule("Manufacture:\n\n- in which the value of all the materials used does not exceed 40% of the "
               "ex-works "
               "price\n\n- where, within the above limit, the materials classified within the same heading "
               "as the "
               "product are only used up to a value of 25% of the ex-works price of the product.") ==
          "MaxNOM 40% EXW & CTH same 25% EXW");
    CHECK(rule("Manufacture in which:\n\n- all the honey used is wholly obtained, *and*\n\n- all the "
               "materials of "
               "chapter 4 used are wholly obtained.") ==
          "read \"all the honey used is wholly obtained\" & WO(04)");
    CHECK(rule("A change from any other heading, provided that:\n\n- a thing holds, or\n\n- another holds, "
               "*and*\n\n- "
               "a third holds.") ==
          "CTH & read \"provided that: - a thing holds, or - another holds, and - a third holds\"");
}

TEST_CASE("rules in prose: what is eased by a second sentence") {
    std::string const base = "Manufacture from materials of any heading, except that of the product. ";
    CHECK(rule(base +
               "However, materials of the same heading as the product may be used, provided that their total "
               "value does not exceed 20% of the ex-works price of the product.") == "CTH same 20% EXW");
    CHECK(
        rule(base +
             "However, materials of heading 3003 and 3004 may be used, provided that their total value does "
             "not exceed 20% of the ex-works price of the product.") ==
        "CTH also 3003, 3004 & MaxNOM(3003, 3004) 20% EXW");
    CHECK(rule(base + "However, waste and scrap of heading 7902 may not be used.") == "CTH except 7902");
    CHECK(rule(base + "However, hulls of heading 8906 may not be used.") ==
          "CTH & read \"hulls of heading 8906 may not be used\"");
    CHECK(rule(base + "However, handles may be used.") ==
          "CTH | read \"" + base + "However, handles may be used\"");
    CHECK(rule("Manufacture from materials of any heading, except those of heading 3701 and 3702. However, "
               "materials "
               "of heading 3702 may be used, provided that their total value does not exceed 30% of the "
               "ex-works "
               "price.") == "not(3701) & MaxNOM(3702) 30% EXW");
    CHECK(rule("Manufacture from materials of any heading. However, the value of all the materials of "
               "heading 2909 "
               "used must not exceed 20% of the ex-works price.") == "ANY & MaxNOM(2909) 20% EXW");
}

TEST_CASE("rules in prose: value contents and their methods") {
    CHECK(rule("No change in tariff classification required for a good of heading 9029, provided there is a "
               "regional "
               "value content of not less than:\n\n- a) **30%** under the build-up method.") ==
          "RVC 30% FOB build-up");
    CHECK(rule("- c) **50%** under the focused value method taking into account only the non-originating "
               "materials "
               "of heading 8501 to 8503.") == "RVC 50% FOB focused(8501-8503)");
    CHECK(rule("Your goods contain a Regional Value Content (RVC) of at least **55%** of the Free on Board "
               "(FOB) cost "
               "of the goods.") == "RVC 55% FOB build-down");
    CHECK(
        rule("- c) **35%** of either the ex-works price or free-on-board value under the build-up method.") ==
        "RVC 35% EXW build-up | RVC 35% FOB build-up");
    CHECK(rule("A QVC of not less than 7%.").starts_with("read \""));
}

TEST_CASE("rules in prose: wholly obtained, weights and named materials") {
    CHECK(rule("All goods must be wholly obtained.") == "WO");
    CHECK(rule("Manufacture in which all the materials of chapters 02, 3 and 16 used are wholly obtained.") ==
          "WO(02, 03, 16)");
    CHECK(rule("Manufacture in which all the materials used are originating.") == "not(01-97)");
    CHECK(rule("A change from any other heading, provided that the net weight of non-originating material of "
               "chapter "
               "10 used in production does not exceed 20% of the net weight of the product.") ==
          "CTH & weight(10) 20%");
    CHECK(rule("Manufacture from materials of heading 7206 or heading 7207.") ==
          "not(7208-7217, 721810, 721891-721899, 7219-7223, 722410, 722490, 7225-7229, 73)");
    CHECK(rule("Manufacture from ingots or other primary forms of heading 7206 or heading 7218.") ==
          "not(7207-7217, 721891-721899, 7219-7223, 722410, 722490, 7225-7229, 73)");
    CHECK(rule("Manufacture from single yarn.") == "read \"Manufacture from single yarn\"");
}

TEST_CASE("rules in prose: processes") {
    CHECK(rule("Weaving accompanied by dyeing or by coating.") ==
          "process(weaving+dyeing) | process(weaving+coating)");
    CHECK(rule("Spinning of natural or man-made staple fibres or extrusion of man-made filament yarn, in "
               "each case "
               "accompanied by weaving.") == "process(spinning+weaving) | process(extrusion+weaving)");
    CHECK(
        rule("Spinning of natural or man-made staple fibres or\n\nExtrusion of man-made fibres, in each case "
             "accompanied by knitting.") == "process(spinning+knitting) | process(extrusion+knitting)");
    CHECK(rule("Extrusion of man-made fibres accompanied by spinning or spinning of natural fibres.") ==
          "process(extrusion+spinning) | (process(natural-fibre-spinning) | process(spinning) & "
          "not(5501-5507))");
    CHECK(
        rule("Printing accompanied by at least two preparatory or finishing operations (such as bleaching), "
             "provided that the cloth is cheap.") ==
        "process(printing+finishing) & read \"provided that the cloth is cheap\"");
    CHECK(rule("Weaving or knitting and making-up (including cutting).").starts_with("read \""));
    CHECK(rule("Cleaning of feathers.") == "read \"Cleaning of feathers\"");
}

TEST_CASE("rules in prose: textiles allow what they name and what comes before it") {
    std::string const after_yarn =
        "not(5007, 5111-5113, 5208-5212, 5309-5311, 5407-5408, 5512-5516, 560121-560129, 5602-5603, "
        "5607-5609, "
        "57, 5801-5811, 5901-5911, 60-62, 6301-6310)";
    CHECK(of("6204", "Manufacture from yarn.") == after_yarn);
    CHECK(of("5911", "Manufacture from yarn or waste fabrics or rags of heading 6310.")
              .ends_with("60-62, 6301-6309)"));
    CHECK(of("6505", "Manufacture from yarn or textile fibres.") ==
          "read \"Manufacture from yarn or textile fibres\"");
    CHECK(rule("Manufacture from yarn.") == "read \"Manufacture from yarn\"");
    CHECK(of("5007", "Manufacture from single yarn.") == "read \"Manufacture from single yarn\"");
    CHECK(of("61", "Manufacture from fabric.") == "not(61-62, 6301-6310)");
    CHECK(of("5501-5507", "Manufacture from chemical materials or textile pulp.")
              .starts_with("not(5001-5007, 5101-5113, 5201-5212, 530110-530121, 530129-530130,"));
    CHECK(of("5208-5212",
             "Manufacture from:\n\n- coir yarn,\n\n- natural fibres,\n\n- man-made staple fibres, not carded "
             "or "
             "combed or otherwise prepared for spinning,\n\n- chemical materials or textile pulp, or\n\n- "
             "paper.") ==
          "not(5004-5007, 5106-5113, 5204-5212, 5306-5307, 530820-530890, 5309-5311, 5401-5408, "
          "5506-5516, 560121-560129, 5602-5609, 57, 5801-5811, 5901-5911, 60-62, 6301-6310)");
    // Of flax, hemp, jute and ramie the code does not say whether they are combed.
    CHECK(of("5106-5110",
             "Manufacture from:\n\n- raw silk or silk waste, carded or combed or otherwise prepared for "
             "spinning,\n\n- natural fibres, not carded or combed or otherwise prepared for spinning,\n\n- "
             "chemical materials or textile pulp, or\n\n- paper-making materials.")
              .ends_with(" & (not(530129-530130, 530290, 530390, 5305) | process(fibre-preparation))"));
    CHECK(of("5602",
             "Manufacture from:\n\n- natural fibres,\n\n- man-made staple fibres made from casein, "
             "or\n\n- chemical materials or textile pulp.")
              .starts_with("read \""));
    CHECK(of("57",
             "Manufacture from:\n\n- natural fibres, or\n\n- chemical materials or textile pulp\n\nJute "
             "fabric may be used as a backing.")
              .starts_with("read \""));
    std::string const fabric =
        "5007, 5111-5113, 5208-5212, 5309-5311, 5407-5408, 5512-5516, 5602-5603, "
        "5801-5804, 5806, 5809, 5811, 60";
    CHECK(of("6211",
             "Manufacture from unembroidered fabric, provided that the value of the unembroidered fabric "
             "used does not exceed 40% of the ex-works price of the product.") ==
          "not(5805, 5810, 61-62, 6301-6310) & MaxNOM(" + fabric + ", 5901-5903, 5906-5907) 40% EXW");
    CHECK(of("6216",
             "Manufacture from uncoated fabric, provided that the value of the uncoated fabric used does "
             "not exceed 40% of the ex-works price of the product.") ==
          "not(5901-5911, 61-62, 6301-6310) & MaxNOM(" + fabric + ", 5810) 40% EXW");
    CHECK(rule("Printing accompanied by at least two preparatory or finishing operations (such as scouring), "
               "provided that the value of the unprinted fabric used does not exceed 47.5% of the ex-works "
               "price of the product.") ==
          "process(printing+finishing) & MaxNOM(" + fabric + ", 5901-5903, 5906-5907, 5810) 47.5% EXW");
    CHECK(
        rule("Making up, followed by printing, provided that the value of all the unprinted goods of heading "
             "6213 and heading 6214 used does not exceed 47.5% of the ex-works price of the product.") ==
        "process(making-up+printing) & MaxNOM(6213, 6214) 47.5% EXW");
}

TEST_CASE("rules in prose: goods of one nature allow what comes before them") {
    CHECK(rule("Manufacture from materials of heading 7206.") ==
          "not(7207-7217, 721810, 721891-721899, 7219-7223, 722410, 722490, 7225-7229, 73)");
    CHECK(rule("Manufacture from semi-finished materials of heading 7218.") ==
          "not(7206-7217, 7219-7223, 722410, 722490, 7225-7229, 73)");
    CHECK(rule("Manufacture from paper-making materials of chapter 47.") == "not(48-49)");
    CHECK(rule("Manufacture from materials of heading 7001.") == "not(7002-7020)");
    CHECK(rule("Manufacture from cork of heading 4501.") == "not(4502-4504)");
    CHECK(rule("Manufacture from cereals of chapter 10.") ==
          "not(1101-1104, 1107, 110811-110812, 110819, 1109, 1901-1902, 1904-1905)");
    CHECK(rule("Manufacture from materials of heading 4104 to heading 4106, heading 4107, heading 4112 or "
               "heading "
               "4113, provided that their total value does not exceed 50% of the ex-works price of the "
               "product.") == "not(4114-4115) & MaxNOM(4104-4106, 4107, 4112, 4113) 50% EXW");
    CHECK(rule("Manufacture from materials of heading 7006.") ==
          "read \"Manufacture from materials of heading 7006\"");
    CHECK(rule("Manufacture from cereals of chapter 10, other than rice of heading 1006.")
              .starts_with("read \""));
}

TEST_CASE("rules in prose: sentences that the goods of their row make plain") {
    CHECK(of("4012", "Retreading of used tyres.") == "process(retreading)");
    CHECK(of("4011", "Retreading of used tyres.") == "read \"Retreading of used tyres\"");
    CHECK(of("2516",
             "Cutting, by sawing or otherwise, of stone (even if already sawn) of a thickness exceeding "
             "25 cm.") == "process(stone-cutting)");
    CHECK(of("1106", "Drying and milling of leguminous vegetables of heading 0708.") ==
          "process(drying+milling) & not(0713, 110610)");
    CHECK(of("4005",
             "Manufacture in which the value of all the materials used, except natural rubber, does not "
             "exceed 50% of the ex-works price of the product.") ==
          "MaxNOM(01-39, 400130, 4002-4017, 41-97) 50% EXW");
    CHECK(of("7106", "Manufacture from unwrought precious metals.").starts_with("not(710610, 710692,"));
    CHECK(of("7110", "Manufacture from unwrought precious metals.").starts_with("read \""));
    CHECK(of("7601",
             "Manufacture by thermal or electrolytic treatment from unalloyed aluminium or waste and "
             "scrap of aluminium.") ==
          "(process(thermal-treatment) | process(electrolytic-treatment)) & not(760120, 7603-7616)");
    CHECK(of("8542",
             "The operation of diffusion, in which integrated circuits are formed on a semi-conductor "
             "substrate by the selective introduction of an appropriate dopant, whether or not assembled "
             "and&nbsp;/&nbsp;or tested in a country other than those specified in Article 3.") ==
          "process(diffusion)");
    CHECK(of("2712", "Operations of refining and / or one or more specific process(es).") ==
          "process(refining) | process(specific-process)");
    CHECK(of("2710",
             "Operations of refining and / or one or more specific process(es).\n\nFor the special "
             "conditions relating to 'specific processes' see Introductory Notes 7.1 and 7.3.") ==
          "process(refining) | process(specific-process)");
    CHECK(of("2710",
             "Operations of refining. For the special conditions relating to 'specific processes' see "
             "Introductory Notes 7.1 and 7.3.")
              .starts_with("process(refining) & read \""));
    CHECK(of("2901", "Specific process(es). See Introductory Note 9.") == "process(specific-process)");
    CHECK(of("1101-1105",
             "Manufacture in which all the cereals, edible vegetables, roots and tubers of heading "
             "0714 or fruit used are wholly obtained.") == "WO(07, 0803-0814, 10-11, 2302-2303)");
    CHECK(of("2101",
             "Manufacture:\n\n- from materials of any heading, except that of the product, *and*\n\n- in "
             "which all the chicory used is wholly obtained.") == "CTH & WO(060120, 070521-070529, 121294)");
    CHECK(of("610910",
             "A change from any other chapter, provided that the product is both cut (or knit to shape) "
             "and sewn or otherwise assembled in the territory of a Party.") ==
          "CC & (process(cutting) | process(knitting-to-shape)) & (process(sewing) | process(assembly))");
    CHECK(of("1504", "Manufacture from materials of any heading, including other materials of heading 1504.",
             "Fats and oils of fish \u25B8 Solid fractions") == "CTH | process(fractionation)");
    CHECK(of("1504", "Manufacture from materials of any heading, including other materials of heading 1504.",
             "Fats and oils of fish \u25B8 Other")
              .starts_with("CTH | read \""));
}

TEST_CASE("rules in prose: other materials of the same heading") {
    std::string const text =
        "Manufacture from materials of any heading, including other materials of heading "
        "3002. However, materials of the same description as the product may be used, "
        "provided that their total value does not exceed 20% of the ex-works price of the "
        "product";
    CHECK(of("3002", text + ".") == "CTH | MaxNOM(3002) 20% EXW | read \"" + text + "\"");
    CHECK(
        of("3002", "Manufacture from materials of any heading, including other materials of heading 3002.") ==
        "CTH | read \"Manufacture from materials of any heading, including other materials of heading "
        "3002\"");
}

TEST_CASE("rules in prose: goods that may or may not be used besides") {
    std::string const base =
        "Manufacture from materials of any heading, except that of the product. However, ";
    CHECK(of("2103", base + "mustard flour or meal or prepared mustard may be used.") == "CTH also 210330");
    CHECK(of("8211", base + "knife blades and handles of base metal may be used.") ==
          "CTH also 821194-821195");
    CHECK(of("8215", base + "handles of base metal may be used.").starts_with("CTH | read \""));
    CHECK(rule(base + "welded angles, shapes and sections of heading 7301 may not be used.") ==
          "CTH except 730120");
    CHECK(of("8306",
             base + "other materials of heading 8306 may be used, provided that their total value does not "
                    "exceed 30% of the ex-works price of the product.",
             "Statuettes and other ornaments, of base metal") ==
          "CTH also 830610, 830630 & MaxNOM(830610, 830630) 30% EXW");
}

TEST_CASE("rules in prose: processes by their own names") {
    CHECK(rule("Yarn dyeing accompanied by weaving.") == "process(yarn-dyeing+weaving)");
    CHECK(rule("Dyeing of yarn of natural fibres accompanied by knitting.") ==
          "process(natural-yarn-dyeing+knitting)");
    CHECK(rule("Spinning of natural fibres.") ==
          "(process(natural-fibre-spinning) | process(spinning) & not(5501-5507))");
    CHECK(rule("Twisting combined with any mechanical operation.") ==
          "process(twisting+mechanical-operation)");
    CHECK(rule("A chemical reaction, purification, production of standard materials, isomer separation or "
               "biotechnological processing is undergone.") ==
          "process(chemical-reaction) | process(purification) | process(standard-materials) | "
          "process(isomer-separation) | process(biotechnology)");
    CHECK(rule("Weaving combined with dyeing or with flocking or with coating or with laminating or with "
               "metalizing.")
              .ends_with("process(weaving+laminating) | process(weaving+metallising)"));
    CHECK(rule("Crushing / grinding.") == "(process(crushing) | process(grinding))");
}

TEST_CASE("rules in prose: rows of one product") {
    CHECK(rows({"A change from any other heading.", "Manufacture from materials of any heading."}) ==
          "CTH | ANY");
    CHECK(rows({"No change in tariff classification required for a good of heading 9029, provided there is a "
                "regional "
                "value content of not less than:\n\n- a) **30%** under the build-up method.",
                "- b) **40%** under the build-down method."}) ==
          "RVC 30% FOB build-up | RVC 40% FOB build-down");
    CHECK(rows({"CTH: All non-originating materials used in the production of the good have undergone a "
                "change in "
                "tariff classification at the 4-digit level (tariff heading) and a QVC of not less "
                "than:\n\n- a) "
                "**50%** of the ex-works price under the build-down method.",
                "- b) **55%** of the free-on-board value under the build-down method."}) ==
          "CTH & (RVC 50% EXW build-down | RVC 55% FOB build-down)");
    CHECK(rows({"Manufacture from materials of any heading.", "Except that of the product."}) == "CTH");
    CHECK(rows({"Weaving.", "Knitting.", "Followed in both cases by airing."}) ==
          "(process(weaving) | process(knitting)) & read \"Followed in both cases by airing.\"");
    CHECK(rows({"Weaving.", "Weaving."}) == "process(weaving)");
    CHECK(rows({}) == "read \"\"");
}

TEST_CASE("rules in prose: notes are not lost") {
    CHECK(rule("Manufacture from materials of any heading. See Introductory Note 7.") ==
          "ANY & read \"See Introductory Note 7\"");
    CHECK(rule("Tufting.\n\nFor special conditions relating to products made of a mixture of textile "
               "materials, see "
               "Introductory Note 5.")
              .starts_with("process(tufting) | read \"Tufting."));
    CHECK(of("6203", "Manufacture from yarn. See Introductory Note 6.")
              .ends_with("6301-6310) | read \"Manufacture from yarn. See Introductory Note 6\""));
    CHECK(rule("A maximum of 55% of the ex-works price is made up of non-originating parts (until 2024).") ==
          "MaxNOM 55% EXW & read \"(until 2024)\"");
}

TEST_CASE("rules in prose: anything at all becomes a rule") {
    CHECK(rule("") == "read \"\"");
    CHECK(rule(" \n\n ") == "read \"\"");
    CHECK(rule("say \"no\" \\ **yes** <br> &amp; \x01\x7F") == "read \"say \\\"no\\\" \\\\ yes &\"");
    CHECK(rule("\xC3\x28 \xFF") == "read \"?( ?\"");
    CHECK(rule(std::string(1U << 20, 'a')) ==
          "read \"a text of 1048576 bytes, too long to be read as a rule\"");
    CHECK(rows({std::string(20'000, 'a'), std::string(20'000, 'b')})
              .starts_with("read \"a text of 40000 bytes"));
    std::vector<std::string> const hostile = {"((((((((",
                                              "]](]((</",
                                              "Manufacture:",
                                              "Manufacture in which:\n\n- \n\n- and",
                                              "- - - or or or",
                                              "&;&nbsp",
                                              "Manufacture from materials of any heading, except",
                                              "However, However, However",
                                              "<abbr title='CTH",
                                              "A change to from any other heading",
                                              "Weaving or or by or",
                                              "100000% of"};
    for (std::string const& text : hostile) CHECK_MESSAGE(whole(rule(text)), text);
    std::string deep = "Manufacture in which:";
    for (int i = 0; i < 1500; ++i) deep += "\n\n- provided that:";
    CHECK(whole(rule(deep)));
    std::string wide = "Weaving";
    for (int i = 0; i < 3000; ++i) wide += " or dyeing";
    CHECK(whole(rule(wide)));
    std::string brackets;
    for (int i = 0; i < 4000; ++i) brackets += "at least two preparatory or finishing operations (such as ";
    CHECK(whole(rule(brackets.substr(0, rule_prose_bytes_max))));
}
