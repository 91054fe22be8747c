#include "books/origin_prose.h"

#include <doctest/doctest.h>

#include <vector>

using namespace allroads::books;

namespace {

std::string rule(std::string_view text) { return rule_from_prose(text); }

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
               "0506.") == "not(0203) & read \"except bones of heading 0506\"");
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
    CHECK(rule("Manufacture from materials of heading 7206 or heading 7207.") == "only(7206, 7207)");
    CHECK(rule("Manufacture from ingots or other primary forms of heading 7206 or heading 7218.") ==
          "only(7206, 721810)");
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
          "process(extrusion+spinning) | process(spinning) & read \"spinning of natural fibres\"");
    CHECK(
        rule("Printing accompanied by at least two preparatory or finishing operations (such as bleaching), "
             "provided that the cloth is cheap.") ==
        "process(printing+finishing) & read \"provided that the cloth is cheap\"");
    CHECK(rule("Weaving or knitting and making-up (including cutting).").starts_with("read \""));
    CHECK(rule("Cleaning of feathers.") == "read \"Cleaning of feathers\"");
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
