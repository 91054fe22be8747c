#include "books/readers/read_in_test.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::books;

namespace {

std::string join(std::vector<std::string> const& parts) {
    std::string all;
    for (auto const& part : parts) all += (all.empty() ? "" : ",") + part;
    return all;
}
std::string related(std::string const& type, std::vector<std::string> const& ids) {
    std::vector<std::string> all;
    for (auto const& id : ids) all.push_back(R"({"id":")" + id + R"(","type":")" + type + R"("})");
    return R"({"data":[)" + join(all) + "]}";
}
std::string one(std::string const& type, std::string const& id) {
    return R"({"data":{"id":")" + id + R"(","type":")" + type + R"("}})";
}
std::string part(std::string const& type, std::string const& id, std::string const& attributes,
                 std::string const& relationships = "") {
    return R"({"id":")" + id + R"(","type":")" + type + R"(","attributes":{)" + attributes +
           R"(},"relationships":{)" + relationships + "}}";
}
std::string component(std::string const& id, std::string const& expression, std::string const& amount,
                      std::string const& more = "") {
    return part("measure_component", id,
                R"("duty_expression_id":")" + expression + R"(","duty_amount":)" + amount + more);
}
std::string measure(std::string const& id, std::string const& type, std::string const& area,
                    std::string const& more = "", std::string const& facts = R"("import":true)") {
    return part("measure", id,
                facts + R"(,"effective_start_date":"2021-01-01T00:00:00.000Z","effective_end_date":null)",
                R"("measure_type":)" + one("measure_type", type) + R"(,"geographical_area":)" +
                    one("geographical_area", area) + R"(,"measure_components":)" +
                    related("measure_component", {id + "-01"}) + R"(,"legal_acts":)" +
                    related("legal_act", {"C2100001"}) + more);
}
std::string answer(std::vector<std::string> const& included) {
    return R"({"data":{"id":"1","type":"commodity","attributes":{"goods_nomenclature_item_id":"2207100090",)"
           R"("producline_suffix":"80","description":"Other","declarable":true}},"included":[)" +
           join(included) + "]}";
}
ReadInTest read(std::vector<std::string> const& included, ReaderOptions const& options = {}) {
    return read_text_in_test(read_uk_commodity, "answer.json", answer(included), options);
}

}  // namespace

TEST_CASE("uk-commodity: the ordinary duty, with its law, days and address") {
    auto const got =
        read({measure("7", "103", "1011"), component("7-01", "01", "28.74")}, {"", *Day::of(2022, 4, 1)});
    CHECK(got.error() == "");
    CHECK(got.measures ==
          "GB,2207100090,third-country,,,,28.74 %,2021-01-01,,,,,C2100001,UK Integrated Online Tariff,"
          "https://www.trade-tariff.service.gov.uk/api/v2/commodities/2207100090,2022-04-01,official\n");
    CHECK(got.lines == "GB,2207100090,Other,,1\n");
    CHECK(got.pack == "uk-commodity-GB-2207100090");
}

TEST_CASE("uk-commodity: a group gives its countries, whatever the order of the parts") {
    auto const members =
        R"("children_geographical_areas":)" + related("geographical_area", {"XS", "MA", "EU", "QQ"});
    auto const got =
        read({component("7-01", "01", "0"),
              measure("7", "142", "1033", R"(,"excluded_countries":)" + related("geographical_area", {"MA"})),
              part("geographical_area", "1033", "", members)});
    CHECK(got.measures.starts_with("GB,2207100090,preference,GB-1033,MA RS,MA,0 %,") == false);
    CHECK(got.measures.find("preference,GB-1033,MA RS,MA,") != std::string::npos);
    CHECK(got.measures.find(",proof=GB-1033,") != std::string::npos);
    auto const unknown = read({component("7-01", "01", "0"), measure("7", "142", "1034")});
    CHECK(unknown.report.measures == 0);
    CHECK(unknown.refused().find("which countries belong to area 1034") != std::string::npos);
}

TEST_CASE("uk-commodity: quotas by order number, one proof of origin by its document") {
    auto const condition =
        part("measure_condition", "c", R"("condition_code":"Q","document_code":"U088","action_code":"27")");
    auto const got = read({measure("7", "143", "CA",
                                   R"(,"order_number":)" + one("order_number", "056708") +
                                       R"(,"measure_conditions":)" + related("measure_condition", {"c"})),
                           component("7-01", "01", "0"), condition,
                           part("order_number", "056708", R"("number":"056708")")});
    CHECK(got.measures.find("quota,056708,CA,,") != std::string::npos);
    CHECK(got.measures.find(",quota=056708;proof=U088,") != std::string::npos);
}

TEST_CASE("uk-commodity: an additional code is asked for where there is a choice") {
    auto const zero = measure("8", "305", "1011", R"(,"additional_code":)" + one("additional_code", "a"));
    auto const code = part("additional_code", "a", R"("code":"VATZ")");
    auto const alone = read({zero, component("8-01", "01", "0"), code});
    CHECK(alone.measures.find("additional-code") == std::string::npos);
    auto const both = read({measure("7", "305", "1011"), component("7-01", "01", "20"), zero,
                            component("8-01", "01", "0"), code});
    // The one with the condition comes first, so that it is looked at before the one for everybody.
    CHECK(both.measures.find("additional-code=VATZ") < both.measures.find("20.00 %"));
}

TEST_CASE("uk-commodity: controls and export measures are counted, not used") {
    auto const got =
        read({measure("7", "475", "1011"), measure("8", "103", "1011", "", R"("import":false)")});
    CHECK(got.report.measures == 0);
    CHECK(got.refused() == "2 kind not yet used: 475\n3 kind not yet used: 103 on export\n");
}

TEST_CASE("uk-commodity: the unit of a supplementary quantity stands with the line") {
    auto const got = read(
        {measure("7", "109", "1011"), component("7-01", "99", "null", R"(,"measurement_unit_code":"LTR")")});
    CHECK(got.lines == "GB,2207100090,Other,LTR,1\n");
}

TEST_CASE("uk-commodity: what is no answer is refused") {
    for (auto const* text :
         {"", "[]", "{}", R"({"data":[]})", R"({"data":{"attributes":{}}})", R"({"errors":[1]})"}) {
        CHECK(read_text_in_test(read_uk_commodity, "x.json", text).error() != "");
    }
}

TEST_CASE("uk-commodity: published answers") {
    auto const archive = official_in_test("uk-commodity/futureborders_api_client_test_resources.tar.xz");
    if (!archive) {
        MESSAGE("skipped: the official file is not beside the clone");
        return;
    }
    auto pattern = (std::filesystem::temp_directory_path() / "allroads-uk-XXXXXX").string();
    std::filesystem::path const folder = mkdtemp(pattern.data());
    auto const unpack =
        "tar -xJf '" + archive->string() + "' -C '" + folder.string() + "' --strip-components=3";
    REQUIRE(std::system(unpack.c_str()) == 0);
    auto const got =
        read_in_test(read_uk_commodity, *Input::open(folder / "undenatured-ethyl-alcohol-vol-80-over.json"));
    CHECK(got.report.measures == 49);
    CHECK(got.report.unreadable == 0);
    CHECK(got.measures.find("excise,X451,,,28.74 GBP / l alc. 100%,") == std::string::npos);
    CHECK(got.measures.find("excise,,,,28.74 GBP / l alc. 100%,2019-07-01") != std::string::npos);
    for (auto const& file : std::filesystem::directory_iterator(folder)) {
        auto const one_of_them = read_in_test(read_uk_commodity, *Input::open(file.path()));
        CHECK(one_of_them.error() == "");
        CHECK(one_of_them.report.unreadable == 0);
    }
    std::filesystem::remove_all(folder);
}
