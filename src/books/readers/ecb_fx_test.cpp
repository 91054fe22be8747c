#include "books/readers/read_in_test.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::books;

TEST_CASE("ecb-fx: a rate for each day and currency in use") {
    auto const got =
        read_text_in_test(read_ecb_fx, "eurofxref-hist.csv",
                          "Date,USD,CYP,JPY,\n2026-04-13,1.1684,N/A,186.75,\n1999-01-04,1.1789,0.58231,,\n");
    CHECK(got.error() == "");
    CHECK(got.rates == "EUR,USD,2026-04-13,1.1684\nEUR,JPY,2026-04-13,186.75\nEUR,USD,1999-01-04,1.1789\n");
    CHECK(got.dated == "2026-04-13");
    CHECK(got.report.records == 2);
    // A currency that is no more is refused once, not each day.
    CHECK(got.refused() == "1 column CYP: not a currency of ISO 4217 in use; its rates are left out\n");
}

TEST_CASE("ecb-fx: bad days and rates are refused, the others stay") {
    auto const got = read_text_in_test(
        read_ecb_fx, "x.csv",
        "Date,USD\n2026-02-30,1\n2026-02-27,1.1\n2026-02-26,-1\n2026-02-25,1,2\n2026-02-24,one\n");
    CHECK(got.rates == "EUR,USD,2026-02-27,1.1\n");
    CHECK(got.report.refused_count == 4);
    CHECK(got.refused().find("2 Date: ") == 0);
    CHECK(got.refused().find("4 units") != std::string::npos);
    CHECK(got.refused().find("5 3 fields where the header has 2") != std::string::npos);
}

TEST_CASE("ecb-fx: another file is not taken for it") {
    CHECK(read_text_in_test(read_ecb_fx, "x.csv", "market,hs\n").error().find("Date") != std::string::npos);
    CHECK(read_text_in_test(read_ecb_fx, "x.csv", "").error() != "");
}

TEST_CASE("ecb-fx: the published history") {
    auto const file = official_in_test("fx/ecb_eurofxref-hist.zip");
    if (!file) {
        MESSAGE("skipped: the official file is not beside the clone");
        return;
    }
    auto const got = read_in_test(read_ecb_fx, *Input::open(*file));
    CHECK(got.error() == "");
    CHECK(got.report.records == 6983);
    CHECK(got.report.rates == 189'576);
    CHECK(got.report.refused_count == 10);
}
