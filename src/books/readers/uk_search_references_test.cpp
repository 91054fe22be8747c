#include "books/readers/read_in_test.h"

#include <doctest/doctest.h>

using namespace allroads::books;

TEST_CASE("trade words of the UK tariff become phrases, and what is no code is refused") {
    auto const made = read_text_in_test(read_uk_search_references, "search_references.json",
                                        R"({"abalone": "0307810000", "curling tongs, electric": "8516320000",
                                            "nothing": "none", "number": 3})");
    CHECK(made.error().empty());
    CHECK(made.report.records == 4);
    CHECK(made.report.phrases == 2);
    CHECK(made.report.refused_count == 2);
}

TEST_CASE("a file that is no object of words is refused") {
    CHECK_FALSE(read_text_in_test(read_uk_search_references, "x.json", "[1, 2]").error().empty());
    CHECK_FALSE(read_text_in_test(read_uk_search_references, "x.json", "{").error().empty());
    CHECK_FALSE(read_text_in_test(read_uk_search_references, "x.json", "").error().empty());
}

TEST_CASE("a line of the US tariff tells the headings without a code above it") {
    std::string const rows =
        R"([{"htsno": "4602.19", "indent": "2", "description": "Other:", "units": []},)"
        R"({"htsno": "", "indent": "3", "description": "Bags, <i>whether</i> or not lined:", "units": []},)"
        R"({"htsno": "4602.19.17.00", "indent": "4", "description": "Wickerwork", "units": ["No."],)"
        R"( "general": "Free"}])";
    auto const made = read_text_in_test(read_us_hts, "hts_2026_rev_10.json", rows);
    CHECK(made.error().empty());
    CHECK(made.lines.find("46021917,Wickerwork,No.,1,\"Bags, whether or not lined\"") != std::string::npos);
}
