#include "books/readers/read_in_test.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::books;

namespace {

std::string const header = std::string(measures_header) + "\n";
std::string row(std::string const& hs, std::string const& duty = "5%", std::string const& title = "title") {
    return "KE," + hs + ",third-country,,,," + duty + ",2026-01-01,,,,,law," + title +
           ",https://example.org/,2026-02-01,official\n";
}
ReadInTest read(std::string const& text, std::string const& market = "") {
    return read_text_in_test(read_measures, "my table.csv", text, {market, std::nullopt});
}

}  // namespace

TEST_CASE("measures: a table is taken as it is written, and named after its file") {
    auto const got = read(header + row("0901") + row("090121", "\"25% + USD 1,5 / kg\""));
    CHECK(got.error() == "");
    CHECK(got.report.measures == 2);
    CHECK(got.measures.starts_with("KE,0901,third-country,,,,5%,2026-01-01,,,,,law,title,"));
    CHECK(got.measures.find("\"25% + USD 1,5 / kg\"") != std::string::npos);
    CHECK(got.pack == "measures-my-table");
    CHECK(got.dated == "2026-02-01");
}

TEST_CASE("measures: a byte order mark, CRLF and columns in another order are fine") {
    auto const got = read(
        "\xEF\xBB\xBF"
        "confidence,duty,hs,legal,kind,market\r\nofficial,5%,0901,law,vat,\r\n\r\n",
        "KE");
    CHECK(got.error() == "");
    CHECK(got.measures.starts_with("KE,0901,vat,,,,5%,"));
}

TEST_CASE("measures: a header that is not ours names the column") {
    CHECK(read("market,rate\n").error().find("no column is called rate") != std::string::npos);
    CHECK(read("market,market\n").error().find("market stands there twice") != std::string::npos);
    CHECK(read("market,hs,kind\n").error().find("the column duty is missing") != std::string::npos);
    CHECK(read("").error() != "");
}

TEST_CASE("measures: each bad line is refused with its number and column, and nothing else is lost") {
    auto const got = read(header + row("46O2") + row("0901", "") + "KE,0901\n" + row("0902", "5%", "a \xFF") +
                          row("0903"));
    CHECK(got.report.measures == 1);
    CHECK(got.report.records == 5);
    CHECK(got.refused().find("2 bad-goods-code: hs") == 0);
    CHECK(got.refused().find("3 field-missing: duty") != std::string::npos);
    CHECK(got.refused().find("4 2 fields where the header has 17") != std::string::npos);
    CHECK(got.refused().find("5 title: not UTF-8") != std::string::npos);
}

TEST_CASE("measures: a text in quotes may hold line ends, a stray quote costs one line") {
    auto const whole = read(header + row("0901", "5%", "\"two\nlines\"") + row("0902", "five"));
    CHECK(whole.report.measures == 2);
    CHECK(whole.report.unreadable == 1);
    auto const stray =
        read(header + row("0901", "5%", "\"two") + row("0902") + row("0903", "5%", "\"three") + row("0904"));
    CHECK(stray.report.measures == 2);
    CHECK(stray.refused().find("2 a quote is not closed") == 0);
    CHECK(stray.refused().find("4 a quote is not closed") != std::string::npos);
}

TEST_CASE("measures: a line beyond 64 KiB is refused as too long, with its number") {
    auto const got = read(header + row("0901") + row("0902", "5%", std::string(70'000, 'x')));
    CHECK(got.error().starts_with("too-long: line 3"));
}
