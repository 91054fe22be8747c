#include "books/pack.h"
#include "books/readers/read_in_test.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::books;

namespace {

MeasureLine fine() {
    MeasureLine line;
    line.market = "KE";
    line.hs = "0901";
    line.kind = "third-country";
    line.duty = "25%";
    line.legal = "law";
    line.checked_on = "2026-01-01";
    line.confidence = "official";
    return line;
}

std::string column_of(MeasureLine const& line) {
    auto const checked = check_measure(line);
    return checked ? "" : std::string(checked.error().field());
}

}  // namespace

TEST_CASE("pack: a measure that cannot be compiled names its column") {
    CHECK(column_of(fine()) == "");
    using Text = std::string MeasureLine::*;
    struct Wrong {
        Text column;
        std::string_view name, value;
    };
    for (auto const& wrong :
         {Wrong{&MeasureLine::market, "market", ""}, Wrong{&MeasureLine::hs, "hs", "09O1"},
          Wrong{&MeasureLine::kind, "kind", "tax"}, Wrong{&MeasureLine::duty, "duty", " "},
          Wrong{&MeasureLine::origins, "origins", "KE, TZ"},
          Wrong{&MeasureLine::excluded, "excluded", "tz-group"},
          Wrong{&MeasureLine::valid_from, "valid_from", "2026-02-30"},
          Wrong{&MeasureLine::confidence, "confidence", "sure"},
          Wrong{&MeasureLine::conditions, "conditions", "proof"},
          Wrong{&MeasureLine::conditions, "conditions", "value<=150"},
          Wrong{&MeasureLine::conditions, "conditions", "weather=fine"},
          Wrong{&MeasureLine::stack, "stack", "excludes="}, Wrong{&MeasureLine::title, "title", "\xff"}}) {
        auto line = fine();
        line.*wrong.column = wrong.value;
        CHECK_MESSAGE(column_of(line) == wrong.name, wrong.value);
    }
    auto line = fine();
    line.valid_from = "2026-02-01";
    line.valid_to = "2026-01-31";
    CHECK(column_of(line) == "valid_to");
    line = fine();
    line.conditions =
        "proof=AGOA; road=post;value<=150EUR;weight<5kg;fact.handmade=true;base=customs-value+duty";
    line.stack = "excludes=S122;replaces=MFN";
    line.origins = "KE US-AGOA";
    CHECK(column_of(line) == "");
}

TEST_CASE("pack: nothing is left without a commit, and a commit replaces the pack whole") {
    auto pattern = (std::filesystem::temp_directory_path() / "allroads-pack-XXXXXX").string();
    std::filesystem::path const folder = mkdtemp(pattern.data());
    auto const pack = folder / "ke";
    auto const files = [&] {
        return std::distance(std::filesystem::directory_iterator(folder),
                             std::filesystem::directory_iterator());
    };
    {
        auto out = *PackWriter::create(pack, false);
        out.measure(fine(), 1);
    }
    CHECK(files() == 0);
    for (auto const* duty : {"25%", "\"quoted\", and\nbroken"}) {
        auto out = *PackWriter::create(pack, false);
        auto line = fine();
        line.duty = duty;
        out.measure(line, 1);
        line.hs = "x";
        out.measure(line, 2);
        out.set("title", "A \"title\"");
        REQUIRE(out.commit());
        CHECK(out.report().measures == 1);
        CHECK(out.report().refused_count == 1);
        CHECK(out.report().refused.at(0).line == 2);
    }
    CHECK(files() == 1);
    // One record a line, whatever a text holds.
    CHECK(table_in_test(pack / "measures.csv") ==
          "KE,0901,third-country,,,,\"\"\"quoted\"\", and broken\",,,,,,law,,,2026-01-01,official\n");
    std::filesystem::remove_all(folder);
}

TEST_CASE("pack: the text of a duty is kept where it reads the same without its dialect") {
    using tariff::Dialect;
    using tariff::DutyText;
    CHECK(plain_text(DutyText::parse("4.4\xC2\xA2/kg + 6%", Dialect::american)) == "4.4\xC2\xA2/kg + 6%");
    auto const phased = tariff::parse_australian("5% From1July20182.5% From1July2019Free");
    REQUIRE(phased.size() == 1);
    auto const text = plain_text(phased[0].duty);
    CHECK(DutyText::parse(text, Dialect::plain) == phased[0].duty);
    CHECK(plain_text(DutyText::parse("as agreed", Dialect::american)) == "as agreed");
}
