#include "books/readers/read_in_test.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::books;

TEST_CASE("unctad-afcfta: years of one rate are one measure, the last rate stays") {
    auto const got = read_text_in_test(
        read_unctad_afcfta, "GHA_to_NGA.json",
        R"([{"natTarLine":"0101210000","descr":"Horses","category":"A","mfn":"5","t1":"4.5",)"
        R"("t2":"4.5","t3":"0.0",)"
        R"("t4":null,"roO_Category":"Wholly Obtained"},)"
        R"({"natTarLine":"2710120000","descr":"Oil","category":"C","mfn":10,"t1":null,"roO_Category":""},)"
        R"({"natTarLine":"x","descr":"?","mfn":"5"},{"natTarLine":"0102210000","descr":"Cattle",)"
        R"("mfn":null}])");
    CHECK(got.error() == "");
    CHECK(got.report.records == 4);
    CHECK(got.report.measures == 4);
    CHECK(got.measures.find("ECOWAS,0101210000,third-country,,,,5%,") == 0);
    CHECK(got.measures.find("ECOWAS,0101210000,preference,AFCFTA,AFCFTA,,4.5%,2021-01-01,2022-12-31,") !=
          std::string::npos);
    CHECK(got.measures.find("ECOWAS,0101210000,preference,AFCFTA,AFCFTA,,0.0%,2023-01-01,,") !=
          std::string::npos);
    CHECK(got.measures.find("category A; rule of origin: Wholly Obtained") != std::string::npos);
    CHECK(got.measures.find("ECOWAS,2710120000,third-country,,,,10%,") != std::string::npos);
    CHECK(got.refused().find("3 natTarLine") == 0);
    CHECK(got.refused().find("4 0102210000: there is no most-favoured-nation rate") != std::string::npos);
}

TEST_CASE("unctad-afcfta: whose tariff it is must be known") {
    CHECK(read_text_in_test(read_unctad_afcfta, "x.json", "[]").error().find("--market") !=
          std::string::npos);
    auto const got = read_text_in_test(read_unctad_afcfta, "x.json", R"([{"natTarLine":"010121","mfn":"5"}])",
                                       {"EAC", Day::of(2026, 1, 1)});
    CHECK(got.measures.find("EAC,010121,") == 0);
    CHECK(got.dated == "2026-01-01");
    CHECK(read_text_in_test(read_unctad_afcfta, "GHA_to_NGA.json", "[{}]").error().find("natTarLine") !=
          std::string::npos);
}

TEST_CASE("unctad-afcfta: the lists as published") {
    struct Official {
        std::string name;
        std::uint64_t records, measures;
    };
    for (auto const& one : {Official{"unctad-afcfta/GHA_to_NGA.json.xz", 6129, 61'056},
                            Official{"unctad-afcfta/GHA_to_CMR.json.xz", 5836, 62'773}}) {
        auto const file = official_in_test(one.name);
        if (!file) {
            MESSAGE("skipped: " << one.name << " is not beside the clone");
            continue;
        }
        auto const got = read_in_test(read_unctad_afcfta, *Input::open(*file));
        CHECK(got.error() == "");
        CHECK(got.report.records == one.records);
        CHECK(got.report.measures == one.measures);
        CHECK(got.report.refused_count == 0);
        CHECK(got.report.unreadable == 0);
    }
}
