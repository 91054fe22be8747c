#include "tariff/tariff.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::tariff;

namespace {

Decimal decimal(std::string_view text) { return *Decimal::parse(text); }

struct Goods {
    Decimal value = decimal("1000");
    Currency currency = currency::USD;
    std::vector<Quantity> quantities = {};
    std::vector<PartValue> parts = {};
    std::vector<AgriculturalAmount> agricultural = {};
    std::optional<Decimal> applicable = {};
    FxTable const* fx = nullptr;
    Day day = *Day::of(2026, 3, 15);

    [[nodiscard]] Outcome ask(DutyText const& duty) const {
        return evaluate(duty.view(), {.value = value,
                                      .currency = currency,
                                      .quantities = quantities,
                                      .applicable = applicable,
                                      .fx = fx,
                                      .day = day,
                                      .agricultural = agricultural,
                                      .part_values = parts});
    }
    [[nodiscard]] std::string due(std::string_view text, Dialect dialect = Dialect::plain) const {
        DutyText const duty = DutyText::parse(text, dialect);  // the words of a need lie in it
        Outcome const outcome = ask(duty);
        if (outcome.known) return outcome.amount.brief();
        if (outcome.need) return "needs " + std::string(outcome.need->what);
        return "unknown: " + std::string(outcome.why);
    }
};

Quantity quantity(std::string_view amount, Unit unit, std::string_view of = {}) {
    return {decimal(amount), unit, of};
}

}  // namespace

TEST_CASE("percentages are exact, and thirds are rounded once") {
    Goods const goods{.value = decimal("1130.00")};
    CHECK(goods.due("25%") == "282.5");
    CHECK(goods.due("0.00 %") == "0");
    CHECK(goods.due("Free") == "0");
    CHECK(goods.due("33 1/3%") == "376.666666666667");
    CHECK(Goods{.value = decimal("1130.01")}.due("2.05%") == "23.165205");
}

TEST_CASE("a specific duty asks for its quantity in plain words") {
    Goods goods;
    CHECK(goods.due("5.3¢/kg + 8.5%") == "needs kilograms");
    CHECK(goods.due("1 EUR/% vol/hl") == "needs litres of pure alcohol");
    CHECK(goods.due("1.7¢/kg on lead content", Dialect::american) == "needs lead content");
    goods.quantities = {quantity("250.5", unit::kilogram), quantity("3", unit::kilogram, "Lead content"),
                        quantity("30", unit::piece)};
    CHECK(goods.due("5.3¢/kg + 8.5%") == "98.2765");
    CHECK(goods.due("1.7¢/kg on lead content", Dialect::american) == "0.051");
    CHECK(goods.due("$1.24/t") == "0.31062");
    CHECK(goods.due("2.8¢/doz.") == "0.07");
    CHECK(goods.due("12¢ each") == "3.6");
    CHECK(goods.due("55¢/clean kg", Dialect::american) == "needs clean weight");
    goods.quantities = {quantity("500", *Unit::parse("GRM"))};
    CHECK(goods.due("2 USD/kg") == "1");
}

// One hectolitre at 1 % vol holds one litre of pure alcohol.
TEST_CASE("strength is worked out from litres and % vol") {
    Goods goods;
    goods.quantities = {quantity("200", unit::litre), quantity("12.5", *Unit::parse("ASV"))};
    CHECK(goods.due("0.6 USD/% vol/hl + 3.2 USD/hl") == "21.4");
    CHECK(goods.due("28.74 USD / l alc. 100%", Dialect::european) == "718.5");
    goods.quantities = {quantity("25", unit::litre_of_pure_alcohol)};
    CHECK(goods.due("0.6 USD/% vol/hl") == "15");
}

TEST_CASE("the last bound is the outer one") {
    // Combined Nomenclature 2020, 2401 10 35: 11.2 MIN 22 EUR/100 kg MAX 56 EUR/100 kg.
    auto const tobacco = [](std::string_view value) {
        Goods goods{.value = decimal(value), .currency = currency::EUR};
        goods.quantities = {quantity("100", unit::kilogram)};
        return goods.due("11.2 MIN 22 EUR/100 kg MAX 56 EUR/100 kg", Dialect::european);
    };
    CHECK(tobacco("100") == "22");
    CHECK(tobacco("300") == "33.6");
    CHECK(tobacco("5000") == "56");
    // A MIN B MAX C + D is min(max(A, B), C + D).
    Goods goods{.value = decimal("100"), .currency = currency::EUR};
    goods.quantities = {quantity("10", unit::kilogram)};
    CHECK(goods.due("5% MIN 1 EUR/kg MAX 3% + 0.2 EUR/kg") == "5");
    CHECK(goods.due("5% MIN 1 EUR/kg MAX 30% + 0.2 EUR/kg") == "10");
    CHECK(goods.due("20% MIN 1 EUR/kg MAX 30% + 0.2 EUR/kg") == "20");
    CHECK(goods.due("20% MAX 1 EUR/kg MIN 15%") == "15");
    CHECK(goods.due("20% but not more than 12%") == "12");
    CHECK(goods.due("20% but not less than 25%") == "25");
    CHECK(goods.due("5%, or, if lower, 0.45 EUR/kg") == "4.5");
}

TEST_CASE("a bound is known only where both sides are, or one settles it") {
    Goods const goods;
    CHECK(goods.due("5% MIN 1 USD/kg") == "needs kilograms");
    CHECK(goods.due("1 USD/kg MAX 5%") == "needs kilograms");
    CHECK(goods.due("1 USD/kg MAX 0%") == "0");
    CHECK(goods.due("Free MAX 1 USD/kg") == "0");
    CHECK(goods.due("Free MIN 1 USD/kg") == "needs kilograms");
}

TEST_CASE("a duty is never below zero") {
    Goods goods;
    goods.quantities = {quantity("1", unit::kilogram)};
    CHECK(goods.due("1.22 USD/kg, less 5%") == "0");
    goods.quantities = {quantity("100", unit::kilogram)};
    CHECK(goods.due("1.22 USD/kg, less 5%") == "72");
}

// Raw sugar of 96 degrees, HTSUS 1701.13.05: 1.4606 - 4 × 0.020668 = 1.377928 cents a kilogram.
TEST_CASE("sugar is charged by its degree") {
    std::string_view const text =
        "1.4606¢/kg less 0.020668¢/kg for each degree under 100 degrees (and fractions of a degree in "
        "proportion) "
        "but not less than 0.943854¢/kg";
    Goods goods;
    goods.quantities = {quantity("1000", unit::kilogram)};
    CHECK(goods.due(text, Dialect::american) == "needs kilograms times degrees under 100 degrees");
    goods.quantities.push_back(quantity("4000", unit::kilogram, "kilograms times degrees under 100 degrees"));
    CHECK(goods.due(text, Dialect::american) == "13.77928");
    goods.quantities[1].amount = decimal("60000");
    CHECK(goods.due(text, Dialect::american) == "9.43854");
}

TEST_CASE("parts of the value are asked for by name") {
    Goods goods;
    goods.quantities = {quantity("2", unit::piece)};
    std::string_view const watch = "40¢ each + 6% on the case + 5.3% on the battery";
    CHECK(goods.due(watch, Dialect::american) == "needs value of the case");
    goods.parts = {{"value of the case", decimal("100")}, {"Value of the battery", decimal("10")}};
    CHECK(goods.due(watch, Dialect::american) == "7.33");
}

TEST_CASE("a duty on top of another asks for that one") {
    Goods goods;
    std::string_view const text = "The duty provided in the applicable subheading + 25%";
    CHECK(goods.due(text) == "unknown: applicable");
    goods.applicable = decimal("35.5");
    CHECK(goods.due(text) == "285.5");
    CHECK(goods.due("No change") == "35.5");
    CHECK(goods.due("A duty upon the value of the repairs or alterations") ==
          "needs value of the repairs or alterations");
}

// The agricultural component is published for 100 kg; the amounts here are made up for the sum to be seen.
TEST_CASE("agricultural components come from the Meursing code") {
    Goods goods{.currency = currency::EUR};
    std::string_view const text = "9.00 % + EA MAX 20.70 % + ADFM";
    CHECK(goods.due(text) == "unknown: meursing");
    goods.agricultural = {{"EA", decimal("40.00"), currency::EUR}, {"ADFM", decimal("3.00"), currency::EUR}};
    CHECK(goods.due(text) == "needs kilograms");
    goods.quantities = {quantity("250", unit::kilogram)};
    CHECK(goods.due(text) == "190");
    goods.quantities = {quantity("500", unit::kilogram)};
    CHECK(goods.due(text) == "222");
}

TEST_CASE("amounts of another currency are exchanged") {
    std::vector<FxRow> const rows = {{Day::of(2026, 3, 13)->number(), currency::USD.index(), 0, 11, 1, 0}};
    FxTable const table{.base = currency::EUR, .source = "test", .rows = rows};
    Goods goods;
    goods.quantities = {quantity("3", unit::kilogram)};
    CHECK(goods.due("1 EUR/kg") == "unknown: exchange");
    CHECK(goods.due("0 EUR/kg") == "0");
    goods.fx = &table;
    CHECK(goods.due("1 EUR/kg") == "3.3");
    CHECK(goods.ask(DutyText::parse("1 EUR/kg + 5%", Dialect::plain)).used_exchange);
    CHECK_FALSE(goods.ask(DutyText::parse("1 USD/kg + 5%", Dialect::plain)).used_exchange);
    CHECK(goods.due("1 JPY/kg") == "unknown: exchange");
}

TEST_CASE("seasons and steps follow the day") {
    auto const on = [](int year, int month, int day, std::string_view text) {
        Goods const goods{.day = *Day::of(year, month, day)};
        return goods.due(text, Dialect::european);
    };
    std::string_view const seasons = "12.00% (APR-NOV), 8.00% (DEC-APR)";
    CHECK(on(2026, 7, 1, seasons) == "120");
    CHECK(on(2026, 1, 31, seasons) == "80");
    CHECK(on(2026, 12, 1, seasons) == "80");
    CHECK(on(2026, 4, 15, seasons) == "unknown: period");  // the file names April twice
    CHECK(on(2026, 4, 15, "5% (APR-NOV), 5% (DEC-APR)") == "50");
    std::string_view const steps =
        "5% (until 2018-06-30), 2.5% (2018-07-01 to 2019-06-30), Free (from 2019-07-01)";
    CHECK(on(2018, 6, 30, steps) == "50");
    CHECK(on(2018, 7, 1, steps) == "25");
    CHECK(on(2019, 7, 1, steps) == "0");
    CHECK(on(2018, 6, 30, "2.5% (from 2018-07-01)") == "unknown: period");
}

TEST_CASE("what is not known is never zero") {
    Goods const goods;
    CHECK(goods.due("by agreement") == "unknown: unreadable");
    CHECK(goods.due("See 9822.04.25") == "unknown: see");
    CHECK(goods.due("EP") == "unknown: entry-price");
    CHECK(goods.ask(DutyText()).why == "unreadable");
    Goods const huge{.value = Decimal::of(Int128{1} << 120, 0)};
    CHECK(huge.due("123456789.123456789%") == "unknown: too-large");
}

TEST_CASE("an array that is not a tree is unknown") {
    std::vector<DutyNode> nodes(2);
    nodes[0].kind = DutyKind::sum;
    nodes[0].size = 3;
    DutyView const cut{"", "", nodes};
    CHECK(evaluate(cut, {.value = Decimal(1), .currency = currency::USD}).why == "unreadable");
    nodes[0].size = 1;
    CHECK(evaluate({"", "", nodes}, {.value = Decimal(1), .currency = currency::USD}).why == "unreadable");
    CHECK(print({"", "", nodes}) == "unreadable \"\"");
}
