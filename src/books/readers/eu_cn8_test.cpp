#include "books/readers/read_in_test.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::books;

namespace {

std::string const cet = R"({"data": [
  {"commodity": "01012990", "description": "Horses", "cet_duty_rate": "11.50%", "ukgt_duty_rate": "10.00%"},
  {"commodity": "0101299X", "description": "No code", "cet_duty_rate": "1%", "ukgt_duty_rate": "1%"},
  {"commodity": "02011000", "cet_duty_rate": "12.8 + 176.8 EUR/100 kg", "ukgt_duty_rate": 12.5}, 7]})";

class TwoTables {
public:
    TwoTables() {
        auto pattern = (std::filesystem::temp_directory_path() / "allroads-cn8-XXXXXX").string();
        folder_ = mkdtemp(pattern.data());
    }
    TwoTables(TwoTables const&) = delete;
    TwoTables& operator=(TwoTables const&) = delete;
    ~TwoTables() { std::filesystem::remove_all(folder_); }
    [[nodiscard]] std::filesystem::path write(std::string const& name, std::string const& text) const {
        std::ofstream(folder_ / name) << text;
        return folder_ / name;
    }

private:
    std::filesystem::path folder_;
};

std::string const components =
    "measure_sid,goods_nomenclature_item_id,duty_expression_id,duty_amount,monetary_unit_code,measurement_"
    "unit_code,"
    "measurement_unit_qualifier_code\n"
    "1,0201300000,01,6.8,,,\n1,0201300000,04,160.5,EUR,DTN,\n2,0101291000,01,0,,,\n9,0102000000,01,0,,,\n";
std::string const measures =
    "measure_sid,measure_type_id,geographical_area_id,goods_nomenclature_item_id,validity_start_date,"
    "validity_end_date,measure_generating_regulation_id\n"
    "1,103,1011,0201300000,13/04/2019,,M1900010\n2,105,1011,0101291000,13/04/2019,30/06/2019,M1900010\n";

}  // namespace

TEST_CASE("eu-cn8: the EU tariff of 2020, or the UK's of 2021 if that market is asked for") {
    auto const eu = read_text_in_test(read_eu_cn8, "tariff.json", cet);
    CHECK(eu.error() == "");
    CHECK(eu.measures.starts_with("EU,01012990,third-country,,,,11.50%,2020-01-01,2020-12-31,"));
    CHECK(eu.lines.starts_with("EU,01012990,Horses,,1\n"));
    CHECK(eu.report.measures == 2);
    CHECK(eu.report.unreadable == 0);
    CHECK(eu.refused().find("2 bad-goods-code") == 0);
    CHECK(eu.refused().find("4 an object") != std::string::npos);
    auto const uk = read_text_in_test(read_eu_cn8, "tariff.json", cet, {"GB", std::nullopt});
    CHECK(uk.measures.starts_with("GB,01012990,third-country,,,,10.00%,2021-01-01,,"));
    CHECK(read_text_in_test(read_eu_cn8, "tariff.json", cet, {"US", std::nullopt}).error().find("market") !=
          std::string::npos);
}

TEST_CASE("eu-cn8: components are joined with the table of measures beside them") {
    TwoTables const folder;
    auto const file = folder.write("x_components.csv", components);
    CHECK(read_in_test(read_eu_cn8, *Input::open(file), {"GB", std::nullopt}).error().find("beside it") !=
          std::string::npos);
    auto const other = folder.write("x_measures.csv", measures);
    CHECK(read_in_test(read_eu_cn8, *Input::open(file)).error().find("--market GB") != std::string::npos);
    auto const got = read_in_test(read_eu_cn8, *Input::open(file), {"GB", std::nullopt});
    CHECK(got.error() == "");
    CHECK(got.measures.starts_with(
        "GB,020130,third-country,,,,6.80 % + 160.50 EUR / 100 kg,2019-04-13,,,,,M1900010,"));
    CHECK(got.measures.find("GB,01012910,suspension,end-use,,,0.00 %,2019-04-13,2019-06-30,,proof=N990,") !=
          std::string::npos);
    CHECK(got.refused() == "5 measure 9 is not in the table of measures\n");
    CHECK(read_in_test(read_eu_cn8, *Input::open(other)).notes().find("2 measures") != std::string::npos);
}

TEST_CASE("eu-cn8: what is neither is refused") {
    CHECK(read_text_in_test(read_eu_cn8, "x.csv", "a,b\n1,2\n").error().find("neither") != std::string::npos);
    CHECK(read_text_in_test(read_eu_cn8, "x.json", "{\"data\": [").error() != "");
}

TEST_CASE("eu-cn8: the published files") {
    auto const json = official_in_test("eu-cn8/ukgt_vs_cet_cn8_2020.json.xz");
    auto const csv = official_in_test("eu-cn8/mfn_analysis_components_2019.csv.xz");
    if (!json || !csv) {
        MESSAGE("skipped: the official files are not beside the clone");
        return;
    }
    for (auto const* const market : {"EU", "GB"}) {
        auto const got = read_in_test(read_eu_cn8, *Input::open(*json), {market, std::nullopt});
        CHECK(got.report.measures == 9533);
        CHECK(got.report.unreadable == 0);
        CHECK(got.report.refused_count == 0);
    }
    auto const got = read_in_test(read_eu_cn8, *Input::open(*csv), {"GB", std::nullopt});
    CHECK(got.report.measures == 15'793);
    CHECK(got.report.unreadable == 0);
    CHECK(got.report.refused_count == 1);
}
