#include "books/readers/read_in_test.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::books;

namespace {

std::string schedule(std::string const& rate, std::string const& code = "4602.19.00") {
    return R"([{"number":"IX","chapters":[{"number":46,"headings":[{"code":"4602",)"
           R"("description":"Basketwork",)"
           R"("classifications":[{"referenceNumber":")" +
           code + R"(","unit":"No","description":"- Other","dutyRate":")" + rate + R"("}]}]}]}])";
}

std::string agreements(std::string const& name, std::string const& code, std::string const& rate) {
    return R"({"Schedule 6A":[{"schedule":"Schedule 6A","ftaName":")" + name + R"(","hsCode":")" + code +
           R"(","description":"x","dutyRate":")" + rate + R"("}]})";
}

// Columns kind to duty, and the conditions.
std::string brief(ReadInTest const& got) {
    std::string all;
    std::vector<std::string> f;
    for (std::size_t at = 0; at < got.measures.size();) {
        auto const end = got.measures.find('\n', at);
        REQUIRE(split_csv(std::string_view(got.measures).substr(at, end - at), f));
        at = end + 1;
        all += f[1] + "|" + f[2] + "|" + f[3] + "|" + f[4] + "|" + f[6] + "|" + f[10] + "\n";
    }
    return all;
}

}  // namespace

TEST_CASE("au-schedule: the general rate and the rates for kinds of countries") {
    auto const got =
        read_text_in_test(read_au_schedule, "tariff-schedule3.json", schedule("5% DCS4% CAFree"));
    CHECK(got.error() == "");
    CHECK(got.lines == "AU,4602,Basketwork,,0\nAU,46021900,- Other,No,1\n");
    CHECK(brief(got) ==
          "46021900|third-country|||5%|\n"
          "46021900|preference|AU-DCS|AU-DCS|4%|proof=AU-DCS\n"
          "46021900|preference|AU-CA|CA|Free|proof=AU-CA\n");
    CHECK(got.dated == "");
    CHECK(got.notes().find("--dated") != std::string::npos);
}

TEST_CASE("au-schedule: rates that change on a day keep all their days") {
    auto const got =
        read_text_in_test(read_au_schedule, "s.json", schedule("5% From1July20182.5% From1July2019Free"));
    CHECK(got.report.measures == 1);
    CHECK(got.report.unreadable == 0);
    CHECK(brief(got).find("2019-07-01") != std::string::npos);
}

TEST_CASE("au-schedule: a line without a rate is a heading of lines; excise stands at seven digits") {
    auto const got = read_text_in_test(read_au_schedule, "s.json", schedule("", "2203.00.6"));
    CHECK(got.lines.find("AU,2203006,- Other,No,0\n") != std::string::npos);
    CHECK(got.report.measures == 0);
    CHECK(got.report.refused_count == 0);
}

TEST_CASE("au-schedule: what an agreement does not list is free, what it lists has its rate") {
    auto const got = read_text_in_test(read_au_schedule, "tariff-schedules-fta.json",
                                       agreements("Peru", "2005.91.00", "3.7%"));
    CHECK(got.error() == "");
    CHECK(brief(got) ==
          "|preference|PAFTA|PE|Free|proof=PAFTA\n"
          "20059100|preference|PAFTA|PE|3.7%|proof=PAFTA\n");
    auto const dated = read_text_in_test(read_au_schedule, "tariff-schedules-fta.json",
                                         agreements("Peru", "2005.91.00", "From 11 February 2020&#58; 3.7%"));
    CHECK(brief(dated).find("3.7% (from 2020-02-11)") != std::string::npos);
    auto const by_use = read_text_in_test(read_au_schedule, "tariff-schedules-fta.json",
                                          agreements("CONCESSIONAL", "9999.32.04", "Free"));
    CHECK(by_use.report.measures == 0);
    CHECK(by_use.report.refused_count == 1);
}

TEST_CASE("au-schedule: the working tariff as published") {
    struct Official {
        std::string name;
        std::uint64_t records, measures, lines, unreadable, refused;
    };
    for (auto const& one : {Official{"au/tariff-schedule3.json.xz", 7671, 9315, 8655, 1, 0},
                            Official{"au/tariff-schedules-fta.json.xz", 3910, 3914, 0, 85, 14}}) {
        auto const file = official_in_test(one.name);
        if (!file) {
            MESSAGE("skipped: " << one.name << " is not beside the clone");
            continue;
        }
        auto const got = read_in_test(read_au_schedule, *Input::open(*file));
        CHECK(got.error() == "");
        CHECK(got.report.records == one.records);
        CHECK(got.report.measures == one.measures);
        CHECK(got.report.lines == one.lines);
        CHECK(got.report.unreadable == one.unreadable);
        CHECK(got.report.refused_count == one.refused);
    }
}
