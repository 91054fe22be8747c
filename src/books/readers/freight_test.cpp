#include "books/freight_sheet.h"
#include "books/readers/read_in_test.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::books;

namespace {

std::string const head =
    "table,post\ncarrier,A post\nroad,post\nfrom,VN\ncurrency,USD\nbill,parcel\nsource,Tariff\n"
    "checked_on,2026-02-01\nconfidence,official\nzone,A,DE FR,3,5\nzone,B,*\n";
std::string const prices = "prices,kg,A,B\nup_to,0.5,10,12.50\nup_to,2,20,\neach,1,5,6\n";

ReadInTest read(std::string const& text) { return read_text_in_test(read_freight, "my rates.csv", text); }

std::string written(std::string const& text) {
    std::string out;
    auto input = *Input::from_memory("x.csv", text);
    REQUIRE(input.next_member().value());
    SheetListener const listener{[&](FreightSheet const& sheet) -> Result<void> {
                                     append_sheet(out, sheet);
                                     return {};
                                 },
                                 [](std::uint64_t, std::string const& reason) { FAIL(reason); }};
    REQUIRE(read_sheet(input, listener));
    return out;
}
// What is said of a sheet with one more line.
std::string said(std::string const& line, std::string const& before = head + prices) {
    return read(before + line + "\n").refused();
}

}  // namespace

TEST_CASE("freight: a sheet is read, counted and named after its file") {
    auto const got = read(head + prices + "surcharge,fuel,percent,12.5\n");
    CHECK(got.error() == "");
    CHECK(got.refused() == "");
    CHECK(got.report.freight_tables == 1);
    CHECK(got.report.freight_prices == 5);
    CHECK(got.pack == "freight-my-rates");
    CHECK(got.dated == "2026-02-01");
}

TEST_CASE("freight: what is written reads the same") {
    auto const text =
        head + "divisor,5000\nvalid_to,2026-12-31\n" + prices +
        "per_tonne,10,70.5,\nminimum,,9,\nsurcharge,\"far, away\",per_kg,0.125,3,remote US CA\n";
    auto const once = written(text);
    CHECK(once.find("per_tonne,10,70.5,\n") != std::string::npos);
    CHECK(once.find("surcharge,\"far, away\",per_kg,0.125,3,remote US CA\n") != std::string::npos);
    CHECK(written(once) == once);
}

TEST_CASE("freight: what a spreadsheet adds is passed over") {
    auto text = "\xEF\xBB\xBF# mine,,,\r\n" + head + ",,,\r\n" + prices;
    CHECK(read(text).report.freight_tables == 1);
}

TEST_CASE("freight: each bad line is named with its number and reason") {
    CHECK(said("weather,fine").starts_with("16 field-unknown: weather"));
    CHECK(said("road,balloon").find("16 bad-value: road") == 0);
    CHECK(said("divisor,-1").find("16 bad-value: divisor") == 0);
    CHECK(said("divisor,\"1,5\"").find("divisor") != std::string::npos);
    CHECK(said("zone,A,GB").find("A stands there twice") != std::string::npos);
    CHECK(said("zone,C,Germany").find("neither a country") != std::string::npos);
    CHECK(said("zone,C,GB,5,3").find("days_max") != std::string::npos);
    CHECK(said("prices,kg,Z").find("no zone is called") != std::string::npos);
    CHECK(said("up_to,3,10.005,1").find("amount-too-precise: A") != std::string::npos);
    CHECK(said("up_to,0,10,1").find("above zero") != std::string::npos);
    CHECK(said("up_to,3,10,1,2").find("has 5 cells") != std::string::npos);
    CHECK(said("surcharge,fuel,tenth,3").find("not one of percent") != std::string::npos);
    CHECK(said("\"open").find("a quote is not closed") != std::string::npos);
    CHECK(said("title,\xFF").find("not UTF-8") != std::string::npos);
    CHECK(said("", "carrier,nobody\n").starts_with("1 a line `table,NAME` must stand first"));
    CHECK(said("", "table,a b\n").find("a name of letters") != std::string::npos);
}

TEST_CASE("freight: what does not agree refuses the table at its first line") {
    CHECK(said("up_to,2,30,30").starts_with("1 table post: bad-value: A: two prices for 2 kg"));
    CHECK(said("each,2,30,30").find("two prices") != std::string::npos);
    CHECK(said("zone,C,DE").find("no price") != std::string::npos);
    CHECK(said("zone,C,DE\nprices,,C\nup_to,1,1").find("DE stands in two zones") != std::string::npos);
    CHECK(said("valid_from,2026-02-01\nvalid_to,2026-01-01").find("before valid_from") != std::string::npos);
    CHECK(said("", "table,x\ncarrier,y\n").find("field-missing: from") != std::string::npos);
}

TEST_CASE("freight: a table with a bad line is left out whole, the others stay") {
    auto const got = read(head + "up_to,1,x\n" + head + prices);
    CHECK(got.report.freight_tables == 1);
    CHECK(got.refused().find("table post is left out whole") != std::string::npos);
}
