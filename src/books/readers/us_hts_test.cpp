#include "books/readers/read_in_test.h"
#include "books/readers/us_provision.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::books;

namespace {

struct Row {
    std::string htsno, indent, description, general = "", special = "", other = "", footnotes = "null",
                                            units = "";
};

std::string text_of_rows(std::vector<Row> const& rows) {
    std::string all = "[";
    for (auto const& row : rows) {
        all += (all.size() > 1 ? "," : "") + std::string("{\"htsno\":\"") + row.htsno + "\",\"indent\":\"" +
               row.indent + "\",\"description\":\"" + row.description + "\",\"superior\":null,\"units\":[" +
               row.units + "],\"general\":\"" + row.general + "\",\"special\":\"" + row.special +
               "\",\"other\":\"" + row.other + "\",\"footnotes\":" + row.footnotes + "}";
    }
    return all + "]";
}

std::string see(std::string const& heading, std::string const& column = "general") {
    return "[{\"columns\":[\"" + column + "\"],\"value\":\"See " + heading + ". \",\"type\":\"endnote\"}]";
}

ReadInTest read_rows(std::vector<Row> const& rows, std::string const& name = "hts_2026_rev_10.json") {
    return read_text_in_test(read_us_hts, name, text_of_rows(rows));
}

// The lines of measures.csv for one code, each as "kind program origins excluded duty from to conditions".
std::string measures_of(ReadInTest const& got, std::string const& hs) {
    std::string found;
    std::vector<std::string> f;
    for (std::size_t at = 0; at < got.measures.size();) {
        auto const end = got.measures.find('\n', at);
        REQUIRE(split_csv(std::string_view(got.measures).substr(at, end - at), f));
        at = end + 1;
        if (f[1] != hs) continue;
        found += f[2] + "|" + f[3] + "|" + f[4] + "|" + f[5] + "|" + f[6] + "|" + f[7] + "|" + f[8] + "|" +
                 f[10] + "\n";
    }
    return found;
}

}  // namespace

TEST_CASE("us-hts: rates stand where they were enacted, longer codes inherit them") {
    auto const got = read_rows({{"4602", "0", "Basketwork:"},
                                {"", "1", "Other baskets:"},
                                {"4602.19.18", "2", " Of willow ", "4.5%", "Free (A*,AU,S) 2% (KR)", "45%"},
                                {"4602.19.18.10", "3", "Handles", "", "", "", "null", "\"No.\",\"kg\""},
                                {"4602.90.00.00", "1", "Other", "3.5%", "", "80%", "null", "\"kg\""}});
    CHECK(got.error() == "");
    CHECK(measures_of(got, "46021918") ==
          "third-country|||BY CU KP RU|4.5%|2026-01-01||\n"
          "third-country|COLUMN2|BY CU KP RU||45%|2026-01-01||\n"
          "preference|GSP|US-GSP||Free|2026-01-01||proof=GSP;fact.not_named_in_general_note_4d=true\n"
          "preference|AUSFTA|AU||Free|2026-01-01||proof=AUSFTA\n"
          "preference|USMCA|CA MX||Free|2026-01-01||proof=USMCA\n"
          "preference|KORUS|KR||2%|2026-01-01||proof=KORUS\n");
    CHECK(measures_of(got, "4602191810") == "");
    // A suffix of 00 is no line of its own.
    CHECK(got.lines ==
          "US,4602,Basketwork:,,0\nUS,46021918,Of willow,,0,Other baskets\n"
          "US,4602191810,Handles,\"No., kg\",1,Other baskets\nUS,46029000,Other,kg,1\n");
    CHECK(got.dated == "2026-06-08");
    CHECK(got.report.records == 5);
}

TEST_CASE("us-hts: a rate of a row without a code counts for the codes under it") {
    auto const got = read_rows({{"0101", "0", "Horses"},
                                {"", "1", "Live:", "6.8%", "", "15%"},
                                {"0101.21.00", "2", "Purebred"},
                                {"0101.21.00.10", "3", "Males"},
                                {"0101.30.00", "1", "Asses"}});
    CHECK(measures_of(got, "01012100").find("third-country|||BY CU KP RU|6.8%") == 0);
    CHECK(measures_of(got, "0101210010") == "");
    CHECK(measures_of(got, "01013000") == "");
}

TEST_CASE("us-hts: what a footnote names in chapter 99 is charged on top") {
    auto const got = read_rows(
        {{"8471.30.01", "0", "Computers", "Free", "", "35%", see("9903.89.15")},
         {"8471.41.01", "0", "Others", "Free", "", "35%", see("9903.92.06")},
         {"8471.49.00", "0", "Systems", "Free", "", "35%", see("9903.02.01")},
         {"8471.50.01", "0", "Units", "Free", "", "35%", see("9903.89.69")},
         {"8471.60.10", "0", "Ended", "Free", "", "35%", see("9903.89.70")},
         {"8471.70.10", "0", "Held", "Free", "", "35%", see("9903.88.03")},
         {"9903.89.15", "0",
          "Except as provided in heading 9903.89.39, articles the product of China, as provided for in "
          "U.S. note 20(r)",
          "The duty provided in the applicable subheading + 7.5%"},
         {"9903.88.03", "0", "Articles the product of China, as provided for in U.S. note 20(e)",
          "The duty provided in the applicable subheading + 25%"},
         {"9903.92.06", "0",
          "Effective with respect to entries on or after March 1, 2026, and through May 2, 2026, "
          "articles the product of China, as provided for",
          "The duty provided in the applicable "
          "subheading plus 25%"},
         {"9903.02.01", "0", "Articles the product of any country",
          "The duty provided in the applicable subheading + 10%"},
         {"9903.89.69", "0", "Articles the product of China",
          "The duty provided in the applicable subheading"},
         {"9903.89.70", "0",
          "Effective with respect to entries on or after January 1, 2024, and through June 1, 2025, "
          "articles the product of China",
          "The duty provided in the applicable subheading + 5%"}});
    CHECK(measures_of(got, "84713001").find("surcharge|9903.89.15|CN||7.5%|2026-01-01||\n") !=
          std::string::npos);
    CHECK(measures_of(got, "84714101").find("surcharge|9903.92.06|CN||25%|2026-03-01|2026-05-02|\n") !=
          std::string::npos);
    CHECK(measures_of(got, "84714900").find("surcharge|9903.02.01|||10%|2026-01-01||ask=9903.02.01\n") !=
          std::string::npos);
    // Section 301 on goods of China is held in a pack of its own.
    CHECK(measures_of(got, "84717010").find("surcharge") == std::string::npos);
    // An exclusion, and an addition that has ended, charge nothing.
    CHECK(measures_of(got, "84715001").find("surcharge") == std::string::npos);
    CHECK(measures_of(got, "84716010").find("surcharge") == std::string::npos);
    CHECK(got.notes().find("1 additional duties of chapter 99 do not say plainly") != std::string::npos);
}

TEST_CASE("us-hts: a heading that raises column 2 takes its place for that country") {
    auto const got =
        read_rows({{"2501.00.00.00", "0", "Salt", "Free", "", "26%", see("9903.90.08", "other")},
                   {"2502.00.00", "0", "Pyrites", "Free", "", "Free", see("9903.90.77", "other")},
                   {"9903.90.08", "0",
                    "Articles the product of the Russian Federation, as provided for in "
                    "U.S. note 30(a)",
                    "", "", "35%"}});
    CHECK(measures_of(got, "25010000").find("third-country|COLUMN2|RU||35%|2026-01-01||\n") !=
          std::string::npos);
    CHECK(measures_of(got, "25010000").find("third-country|COLUMN2|BY CU KP||26%|2026-01-01||\n") !=
          std::string::npos);
    CHECK(measures_of(got, "25020000").find("third-country|COLUMN2|BY CU KP RU||Free|2026-01-01||\n") !=
          std::string::npos);
}

TEST_CASE("us-hts: which edition it is must be known") {
    CHECK(read_rows({{"0101", "0", "Horses"}}, "tariff.json").error().find("--dated") != std::string::npos);
    auto const got = read_text_in_test(read_us_hts, "tariff.json", text_of_rows({{"0101", "0", "Horses"}}),
                                       {"", Day::of(2024, 7, 1)});
    CHECK(got.error() == "");
    CHECK(got.dated == "2024-07-01");
    CHECK(read_rows({{"0101", "0", "Horses"}}, "hts_2025_rev_1.json").dated == "2025-01-27");
    CHECK(read_rows({{"0101", "0", "Horses"}}, "hts_2025_rev_12.json").dated == "2025-04-14");
}

TEST_CASE("us-hts: another file is not taken for it, a bad row is refused alone") {
    CHECK(read_text_in_test(read_us_hts, "hts_2026_basic", "[{\"a\":1}]").error().find("htsno") !=
          std::string::npos);
    CHECK(read_text_in_test(read_us_hts, "hts_2026_basic", "[{").error() != "");
    auto const got =
        read_rows({{"0101.2", "0", "Five digits"}, {"0102.21.00", "0", "Cattle", "1%", "", "Free"}});
    CHECK(got.refused().find("1 htsno: 0101.2") == 0);
    CHECK(got.report.measures == 2);
}

TEST_CASE("us-hts: origins and days as chapter 99 words them") {
    CHECK(plain_origin("articles the product of China, as provided for")->text() == "CN");
    CHECK(plain_origin("Articles the product of the Russian Federation")->text() == "RU");
    CHECK_FALSE(plain_origin("articles the product of China and Hong Kong, as provided"));
    CHECK_FALSE(plain_origin("articles the product of China that are steel"));
    CHECK_FALSE(plain_origin("articles the product of Canada, or articles the product of Mexico"));
    CHECK_FALSE(plain_origin("products of any country"));
    auto const days = entry_days(
        "Effective with respect to entries on or after June 15, 2024 and through November 9, "
        "2026, articles the product of China");
    CHECK(days.from == Day::of(2024, 6, 15));
    CHECK(days.to == Day::of(2026, 11, 9));
    CHECK_FALSE(entry_days("articles entered on or after June 15, 2024").from);
    CHECK(addition("The duty provided inthe applicable subheading+ 25%") == "25%");
    CHECK(addition("The duty provided in the applicable subheading + a duty of 10%") == "10%");
    CHECK_FALSE(addition("The duty provided in the applicable subheading"));
    CHECK_FALSE(addition("No change"));
}

TEST_CASE("us-hts: the schedule as published") {
    auto const file = official_in_test("us-hts/hts_2026_rev_10.json.gz");
    if (!file) {
        MESSAGE("skipped: the official file is not beside the clone");
        return;
    }
    auto const got = read_in_test(read_us_hts, *Input::open(*file));
    CHECK(got.error() == "");
    CHECK(got.report.records == 35'509);
    CHECK(got.report.lines == 29'597);
    CHECK(got.report.measures == 192'951);
    CHECK(got.report.unreadable == 4);
    CHECK(got.report.refused_count == 0);
}

TEST_CASE(
    "us-hts: a preference displaces the processing fee and the surcharge that its program is exempt from") {
    auto const got = read_rows({{"4602.19.18", "0", "Baskets", "4.5%", "Free (AU,D,JO,P,S)", "45%"},
                                {"0901.11.00", "0", "Coffee", "Free", "", "Free"},
                                {"6105.10.00", "0", "Shirts", "19.7%", "Free (P)", "45%"}});
    REQUIRE(got.error() == "");
    std::vector<std::string> stacks;
    std::vector<std::string> f;
    int free_lines = 0;
    for (std::size_t at = 0; at < got.measures.size();) {
        auto const end = got.measures.find('\n', at);
        REQUIRE(split_csv(std::string_view(got.measures).substr(at, end - at), f));
        at = end + 1;
        if (f[2] == "preference" && f[1] == "09011100") ++free_lines;
        if (f[2] == "preference" && f[1] != "09011100") stacks.push_back(f[1] + " " + f[3] + " " + f[11]);
    }
    CHECK(free_lines == 12);  // the agreements whose goods owe no processing fee
    CHECK(stacks == std::vector<std::string>{"46021918 AUSFTA excludes=MPF", "46021918 AGOA ",
                                             "46021918 USJFTA ", "46021918 CAFTA-DR excludes=MPF",
                                             "46021918 USMCA excludes=MPF;excludes=S122;"
                                             "excludes=S301-LABOR;excludes=IEEPA-CA;excludes=IEEPA-MX;"
                                             "excludes=S232-AUTO-PARTS;excludes=S232-TRUCK-PARTS",
                                             "61051000 CAFTA-DR excludes=MPF;excludes=S122;"
                                             "excludes=S301-LABOR"});
}
