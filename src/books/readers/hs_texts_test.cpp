#include "books/readers/read_in_test.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::books;

TEST_CASE("hs-texts: headings and subheadings from CSV") {
    auto const got =
        read_text_in_test(read_hs_texts, "harmonized-system-2022-en.csv",
                          "section,hscode,description,parent,level\nI,0101,\"Horses, live\",01,4\n"
                          "I,010121,\"Pure-\nbred\",0101,6\nI,01\nI,0x,bad,,2\n,TOTAL,All,,0\n");
    CHECK(got.error() == "");
    CHECK(got.lines == "HS,0101,\"Horses, live\",,0\nHS,010121,Pure- bred,,1\n");
    CHECK(got.dated == "2022-01-01");
    CHECK(got.report.records == 5);
    CHECK(got.report.refused_count == 2);
}

TEST_CASE("hs-texts: lists of UN Comtrade and national lines") {
    auto const got =
        read_text_in_test(read_hs_texts, "comtrade_classificationH5.json",
                          R"({"results":[{"id":"AG2","text":"sums"},{"id":"0101","text":"0101 - Horses"},)"
                          R"({"id":"010121","text":"010121 - Pure-bred"},{"id":"9999AA","text":"?"}]})");
    CHECK(got.lines == "HS,0101,Horses,,0\nHS,010121,Pure-bred,,1\n");
    CHECK(got.dated == "2017-01-01");
    auto const national =
        read_text_in_test(read_hs_texts, "lines.json", R"([{"hs":"01012100","vn":"- - Ng\u1ef1a"}])");
    CHECK(national.lines ==
          "VN,01012100,- - Ng\xE1\xBB\xB1"
          "a,,1\n");
}

TEST_CASE("hs-texts: other files are refused") {
    CHECK(read_text_in_test(read_hs_texts, "sections.csv", "section,name\nI,x\n").error().find("hscode") !=
          std::string::npos);
    CHECK(read_text_in_test(read_hs_texts, "x.csv", "hscode,description\n0101,Horses\n")
              .error()
              .find("--dated") != std::string::npos);
    CHECK(read_text_in_test(read_hs_texts, "x.json", "[1]").error() != "");
    CHECK(read_text_in_test(read_hs_texts, "x.csv", "").error() != "");
}

TEST_CASE("hs-texts: the lists as published") {
    struct Official {
        std::string name;
        std::uint64_t lines;
    };
    for (auto const& one : {Official{"hs-texts/harmonized-system-2022-en.csv", 6939},
                            Official{"hs-texts/comtrade_classificationH6.json.xz", 6936},
                            Official{"hs-texts/vietnam_8digit_vi.json.xz", 12'000}}) {
        auto const file = official_in_test(one.name);
        if (!file) {
            MESSAGE("skipped: " << one.name << " is not beside the clone");
            continue;
        }
        auto const got = read_in_test(read_hs_texts, *Input::open(*file));
        CHECK(got.error() == "");
        CHECK(got.report.lines == one.lines);
        CHECK(got.report.refused_count == 0);
    }
}
