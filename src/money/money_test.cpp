#include <rapidcheck.h>

#include "money/money.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>

using namespace allroads;

namespace {

Currency currency_of(std::string_view code) { return Currency::parse(code).value(); }
Decimal decimal(std::string_view text) { return Decimal::parse(text).value(); }
Money money(std::string_view amount, std::string_view code) {
    return Money::exact(decimal(amount), currency_of(code)).value();
}
Day day(std::string_view text) { return Day::parse(text).value(); }

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

rc::Gen<Money> any_money() {
    return rc::gen::exec([] {
        auto const minor =
            *rc::gen::oneOf(rc::gen::inRange<std::int64_t>(-1000, 1000), rc::gen::arbitrary<std::int64_t>());
        auto const all = all_currencies();
        return Money(std::max(minor, -most), all[*rc::gen::inRange<std::size_t>(0, all.size())]);
    });
}

template <class Property>
bool law(std::string const& name, Property property) {
    return rc::check(name, property);
}

}  // namespace

// ---- currencies -------------------------------------------------------------------------------------------

TEST_CASE("minor units are those of ISO 4217") {
    struct Digits {
        int digits;
        std::vector<std::string_view> codes;
    };
    std::vector<Digits> const known{
        {0,
         {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV",
          "XAF", "XOF", "XPF"}},
        {3, {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}},
        {4, {"CLF", "UYW"}},
    };
    std::set<std::string_view> special;
    for (Digits const& row : known) {
        for (std::string_view const code : row.codes) {
            CHECK_MESSAGE(currency_of(code).minor_digits() == row.digits, code);
            special.insert(code);
        }
    }
    for (Currency const currency : all_currencies()) {
        if (!special.contains(currency.text())) CHECK_MESSAGE(currency.minor_digits() == 2, currency.text());
    }
    for (auto const* code : {"MRU", "MGA", "USD", "EUR", "SLE", "VED", "ZWG", "XCG", "BGN"}) {
        CHECK(currency_of(code).minor_digits() == 2);
    }
}

TEST_CASE("the table of currencies") {
    CHECK(all_currencies().size() == 166);
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < all_currencies().size(); ++i) {
        Currency const currency = all_currencies()[i];
        CHECK(currency.index() == i);
        CHECK(Currency::from_index(currency.index()) == currency);
        CHECK(currency_of(currency.text()) == currency);
        CHECK_MESSAGE(names.insert(currency.name()).second, currency.text());
        if (i > 0) CHECK(all_currencies()[i - 1].text() < currency.text());
    }
    CHECK(currency_of("kes") == currency::KES);
    CHECK(currency::KES.name() == "Kenyan shilling");
    CHECK(currency::USD.text() == "USD");
    CHECK_THROWS_AS(static_cast<void>(Currency::from_index(1000)), Bug);
    // Gold, test and no currency have no minor unit; the others have ended.
    for (auto const* text :
         {"XAU", "XTS", "XXX", "XDR", "HRK", "DEM", "", "US", "USDT", "U$D", "123", "\xE2\x82\xAC"}) {
        auto const currency = Currency::parse(text);
        CHECK_MESSAGE(!currency, text);
        CHECK(currency.error().code() == Code::bad_currency);
    }
    CHECK(!Currency::parse(std::string(1'000'000, 'U')));
}

// ---- money ------------------------------------------------------------------------------------------------

TEST_CASE("money is exact or refused") {
    CHECK(money("2400", "USD").minor() == 240000);
    CHECK(money("2400", "USD").text() == "2400.00");
    CHECK(money("5.00", "JPY").text() == "5");
    CHECK(money("1.250", "KWD").text() == "1.250");
    CHECK(money("-0.05", "USD").text() == "-0.05");
    CHECK(money("1.00000", "USD").minor() == 100);
    auto const refused = Money::exact(decimal("5.10"), currency::JPY);
    CHECK(refused.error().code() == Code::amount_too_precise);
    CHECK(Money::exact(decimal("2400.001"), currency::USD).error().code() == Code::amount_too_precise);
    CHECK(Money::exact(decimal("99999999999999999999"), currency::USD).error().code() ==
          Code::amount_too_large);
    CHECK(Money::exact(Decimal::of(Decimal::coefficient_max, 0), currency_of("UYW")).error().code() ==
          Code::amount_too_large);
    CHECK(Money::rounded(decimal("5.50"), currency::JPY, Round::half_even)->minor() == 6);
    CHECK(Money::rounded(decimal("4.50"), currency::JPY, Round::half_even)->minor() == 4);
}

TEST_CASE("money is printed and read without loss") {
    CHECK(law("exact(amount(m)) = m", [] {
        Money const m = *any_money();
        RC_ASSERT(Money::exact(m.amount(), m.currency()).value() == m);
        RC_ASSERT(Money::exact(decimal(m.text()), m.currency()).value() == m);
        char letters[Decimal::text_bytes];
        RC_ASSERT(std::string(letters, m.write_to(letters)) == m.text());
    }));
}

TEST_CASE("sums of money obey the laws, and refuse where they would wrap") {
    CHECK(law("a + b = b + a, (a + b) - b = a", [] {
        Money const a = *any_money();
        Money const b(*rc::gen::inRange<std::int64_t>(-most, most), a.currency());
        auto const total = sum(a, b);
        Int128 const exact = Int128{a.minor()} + b.minor();
        RC_ASSERT(total.has_value() == (exact <= most && exact >= -most));
        RC_ASSERT(sum(b, a).has_value() == total.has_value());
        if (!total) {
            RC_ASSERT(total.error().code() == Code::amount_too_large);
            return;
        }
        RC_ASSERT(Int128{total->minor()} == exact);
        RC_ASSERT(difference(*total, b).value() == a);
        RC_ASSERT((a < *total) == (b.minor() > 0));
    }));
    CHECK(sum(Money(most, currency::USD), Money(1, currency::USD)).error().code() == Code::amount_too_large);
    CHECK(difference(Money(-most, currency::USD), Money(most, currency::USD)).error().code() ==
          Code::amount_too_large);
}

TEST_CASE("two currencies are never added or compared") {
    CHECK_THROWS_AS(static_cast<void>(sum(Money(1, currency::USD), Money(1, currency::EUR))), Bug);
    CHECK_THROWS_AS(static_cast<void>(difference(Money(1, currency::USD), Money(1, currency::EUR))), Bug);
    CHECK_THROWS_AS(static_cast<void>(Money(1, currency::USD) < Money(1, currency::EUR)), Bug);
    CHECK(Money(1, currency::USD) != Money(1, currency::EUR));
}

// ---- rates ------------------------------------------------------------------------------------------------

TEST_CASE("a share is rounded once, to the minor unit") {
    CHECK(share(money("1130.00", "USD"), Rate::percent(Decimal(25)), Round::half_up)->text() == "282.50");
    CHECK(share(money("0.10", "USD"), Rate::percent(Decimal(5)), Round::half_up)->text() == "0.01");
    CHECK(share(money("0.10", "USD"), Rate::percent(Decimal(5)), Round::half_down)->text() == "0.00");
    CHECK(share(money("-0.10", "USD"), Rate::percent(Decimal(5)), Round::half_up)->text() == "-0.01");
    CHECK(share(money("1001", "JPY"), Rate::percent(decimal("4.5")), Round::down)->text() == "45");
    CHECK(share(money("2400.00", "USD"), Rate::percent(decimal("0.3464")), Round::half_up)->text() == "8.31");
    CHECK(Rate::percent(decimal("4.50")).text() == "4.5%");
    CHECK(Rate::percent(decimal("4.50")) == Rate::percent(decimal("4.5")));
    CHECK(share(Money(most, currency::USD), Rate::percent(Decimal(101)), Round::down).error().code() ==
          Code::amount_too_large);
    CHECK(law("|share - base · rate| is at most half a minor unit; 100 % is all", [] {
        Money const base(*rc::gen::inRange<std::int64_t>(-1'000'000'000'000, 1'000'000'000'000),
                         currency::USD);
        Decimal const percent = Decimal::of(*rc::gen::inRange(0, 300'000), *rc::gen::inRange(0, 5));
        Money const part = share(base, Rate::percent(percent), Round::half_up).value();
        Decimal const exact =
            product(base.amount(), Decimal::of(percent.coefficient(), percent.scale() + 2)).value();
        Decimal const off = difference(part.amount(), exact).value();
        RC_ASSERT((off.is_negative() ? off.negated() : off) <= Decimal::of(5, 3));
        RC_ASSERT(share(base, Rate::percent(Decimal(100)), Round::half_even).value() == base);
    }));
}

TEST_CASE("a share is the same whichever way it is computed") {
    CHECK(law("share = base · rate / 100", [] {
        Money const base = *any_money();
        Decimal const rate = Decimal::of(*rc::gen::inRange<std::int64_t>(-10'000'000'000, 10'000'000'000),
                                         *rc::gen::inRange(0, 12));
        Round const round = static_cast<Round>(*rc::gen::inRange(0, 7));
        int const digits = base.currency().minor_digits();
        auto const exact = product_quotient(base.amount(), rate, Decimal(100), digits, round);
        auto const expected = exact ? Money::exact(*exact, base.currency()) : Result<Money>(base);
        auto const part = share(base, Rate::percent(rate), round);
        RC_ASSERT(part.has_value() == (exact && expected));
        if (part) RC_ASSERT(*part == *expected);
    }));
}

// ---- split ------------------------------------------------------------------------------------------------

TEST_CASE("the parts of a split sum to the whole, each within a minor unit of its share") {
    CHECK(law("split", [] {
        Money const whole = *any_money();
        auto const weights = *rc::gen::container<std::vector<Decimal>>(rc::gen::exec([] {
            return Decimal::of(*rc::gen::inRange<std::int64_t>(0, 1'000'000'000), *rc::gen::inRange(0, 7));
        }));
        auto const parts = split(whole, weights);
        Decimal total;
        for (Decimal const& weight : weights) total = sum(total, weight).value();
        RC_ASSERT(parts.has_value() == !total.is_zero());
        if (!parts) {
            RC_ASSERT(parts.error().code() == Code::bad_value);
            return;
        }
        RC_ASSERT(parts->size() == weights.size());
        Int128 added = 0;
        for (std::size_t i = 0; i < parts->size(); ++i) {
            Money const part = (*parts)[i];
            added += part.minor();
            RC_ASSERT(part.currency() == whole.currency());
            Decimal const minor(whole.minor());
            auto const floor = product_quotient(minor, weights[i], total, 0, Round::floor).value();
            auto const ceiling = product_quotient(minor, weights[i], total, 0, Round::ceiling).value();
            RC_ASSERT(Decimal(part.minor()) >= floor);
            RC_ASSERT(Decimal(part.minor()) <= ceiling);
        }
        RC_ASSERT(added == whole.minor());
    }));
}

TEST_CASE("the largest remainders get what is left, the earlier first") {
    auto const parts = [](Money const& whole, std::vector<Decimal> const& weights) {
        std::vector<std::int64_t> out;
        auto const divided = split(whole, weights).value();
        for (Money const& part : divided) out.push_back(part.minor());
        return out;
    };
    Decimal const one(1);
    CHECK(parts(Money(100, currency::USD), {one, one, one}) == std::vector<std::int64_t>{34, 33, 33});
    CHECK(parts(Money(-100, currency::USD), {one, one, one}) == std::vector<std::int64_t>{-34, -33, -33});
    CHECK(parts(Money(101, currency::USD), {one, one, one}) == std::vector<std::int64_t>{34, 34, 33});
    CHECK(parts(Money(10, currency::USD), {decimal("0.5"), decimal("2.25"), decimal("2.25")}) ==
          std::vector<std::int64_t>{1, 5, 4});
    CHECK(parts(Money(7, currency::USD), {Decimal(), one}) == std::vector<std::int64_t>{0, 7});
    CHECK(parts(Money(0, currency::USD), {one, one}) == std::vector<std::int64_t>{0, 0});
    CHECK(parts(Money(std::numeric_limits<std::int64_t>::min(), currency::USD), {one}) ==
          std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::min()});
    // Weights of very different sizes, and of more digits than the whole has.
    CHECK(parts(Money(most, currency::USD), {decimal("0.000000000000000001"), decimal("999999999999")}) ==
          std::vector<std::int64_t>{0, most});
}

TEST_CASE("weights that say nothing are refused") {
    CHECK(split(Money(1, currency::USD), {}).error().code() == Code::bad_value);
    CHECK(split(Money(1, currency::USD), std::array{Decimal(), Decimal()}).error().code() == Code::bad_value);
    CHECK(split(Money(1, currency::USD), std::array{Decimal(2), Decimal(-1)}).error().code() ==
          Code::bad_value);
    CHECK(split(Money(1, currency::USD),
                std::array{Decimal::of(Decimal::coefficient_max, 0), Decimal::of(1, 30)})
              .error()
              .code() == Code::amount_too_large);
}

// ---- exchange ---------------------------------------------------------------------------------------------

namespace {

FxRow row(std::string_view code, std::string_view on, std::int64_t coefficient, std::int32_t scale) {
    return {day(on).number(), currency_of(code).index(), 0, coefficient, scale, 0};
}

struct Rates {
    std::vector<FxRow> rows{row("GBP", "2026-03-13", 8640, 4), row("JPY", "2026-03-13", 17250, 2),
                            row("USD", "2026-03-02", 11400, 4), row("USD", "2026-03-12", 11500, 4),
                            row("USD", "2026-03-13", 11600, 4)};
    std::vector<Exchange> overrides;

    Rates() {
        std::ranges::sort(rows, {}, [](FxRow const& r) { return std::pair(r.currency, r.day); });
    }
    [[nodiscard]] Result<Exchange> rate(std::string_view from, std::string_view to, std::string_view on,
                                        int age = 10) const {
        FxTable const table{currency::EUR, "ECB", rows, overrides};
        return table.rate(currency_of(from), currency_of(to), day(on), age);
    }
    [[nodiscard]] std::string per_unit(std::string_view from, std::string_view to,
                                       std::string_view on) const {
        return rate(from, to, on).value().per_unit(6).value().text();
    }
};

}  // namespace

TEST_CASE("a rate is that of the day, or the nearest earlier one") {
    Rates const rates;
    CHECK(rates.per_unit("EUR", "USD", "2026-03-13") == "1.160000");
    CHECK(rates.per_unit("EUR", "USD", "2026-03-15") == "1.160000");
    CHECK(rates.rate("EUR", "USD", "2026-03-15")->day == day("2026-03-13"));
    CHECK(rates.per_unit("EUR", "USD", "2026-03-12") == "1.150000");
    CHECK(rates.per_unit("EUR", "USD", "2026-03-11") == "1.140000");
    CHECK(rates.per_unit("EUR", "USD", "2026-03-23") == "1.160000");
    CHECK(rates.rate("EUR", "USD", "2026-03-24").error().code() == Code::no_exchange_rate);
    CHECK(rates.rate("EUR", "USD", "2026-03-01").error().code() == Code::no_exchange_rate);
    CHECK(rates.rate("EUR", "USD", "2026-03-15", 1).error().code() == Code::no_exchange_rate);
    CHECK(rates.rate("EUR", "KES", "2026-03-13").error().detail().find("KES") != std::string_view::npos);
    CHECK(rates.rate("KES", "EUR", "2026-03-13").error().detail().find("KES") != std::string_view::npos);
    CHECK(rates.rate("EUR", "USD", "2026-03-13")->source == "ECB");
}

TEST_CASE("cross rates go over the base as an exact fraction") {
    Rates const rates;
    CHECK(rates.per_unit("USD", "EUR", "2026-03-13") == "0.862069");
    CHECK(rates.per_unit("USD", "JPY", "2026-03-13") == "148.706897");
    CHECK(rates.per_unit("GBP", "USD", "2026-03-13") == "1.342593");
    CHECK(rates.rate("USD", "USD", "2026-03-13")->per_unit(2)->text() == "1.00");
    CHECK(rates.rate("KES", "KES", "1999-01-01")->per_unit(0)->text() == "1");
    // 116.00 USD are 100 EUR to the cent, although 1 / 1.16 never ends.
    CHECK(convert(money("116.00", "USD"), *rates.rate("USD", "EUR", "2026-03-13"), Round::down)->text() ==
          "100.00");
    CHECK(convert(money("0.86", "USD"), *rates.rate("USD", "JPY", "2026-03-13"), Round::half_up)->text() ==
          "128");
    CHECK(convert(decimal("1"), *rates.rate("USD", "EUR", "2026-03-13"), 10, Round::half_even)->text() ==
          "0.8620689655");
    CHECK_THROWS_AS(
        static_cast<void>(convert(money("1", "GBP"), *rates.rate("USD", "EUR", "2026-03-13"), Round::down)),
        Bug);
}

TEST_CASE("what the request says about a rate comes first, in both directions") {
    Rates rates;
    Day const said = day("2026-03-10");
    rates.overrides = {
        {currency::USD, currency::EUR, decimal("0.869565"), Decimal(1), said, "request"},
        {currency::USD, currency::KES, decimal("129.5"), Decimal(1), said, "request"},
    };
    CHECK(rates.per_unit("USD", "EUR", "2026-03-13") == "0.869565");
    CHECK(rates.per_unit("EUR", "USD", "2026-03-13") == "1.150000");
    CHECK(rates.rate("EUR", "USD", "2026-03-13")->source == "request");
    CHECK(rates.rate("EUR", "USD", "2026-03-13")->day == said);
    CHECK(rates.per_unit("KES", "USD", "2026-03-13") == "0.007722");
    // KES is not published: EUR to USD as said, then USD to KES as said.
    CHECK(rates.per_unit("EUR", "KES", "2026-03-13") == "148.925037");
    CHECK(rates.per_unit("KES", "EUR", "2026-03-13") == "0.006715");
    CHECK(rates.per_unit("GBP", "KES", "2026-03-13") == "172.366941");
    CHECK(rates.rate("GBP", "KES", "2026-03-13")->source == "request");
    // A rate as it was published stays where nothing was said.
    CHECK(rates.per_unit("EUR", "GBP", "2026-03-13") == "0.864000");
}

TEST_CASE("there and back again costs at most the rounding") {
    CHECK(law("convert there and back", [] {
        Rates const rates;
        auto const codes = std::array<std::string_view, 4>{"EUR", "USD", "GBP", "JPY"};
        std::string_view const from = *rc::gen::elementOf(codes);
        std::string_view const to = *rc::gen::elementOf(codes);
        Money const start(*rc::gen::inRange<std::int64_t>(-1'000'000'000'000, 1'000'000'000'000),
                          currency_of(from));
        Exchange const out = rates.rate(from, to, "2026-03-13").value();
        Exchange const back = rates.rate(to, from, "2026-03-13").value();
        Money const there = convert(start, out, Round::half_even).value();
        Money const again = convert(there, back, Round::half_even).value();
        // Half a minor unit there, turned back, and half a minor unit here.
        Decimal const half_there = Decimal::of(5, there.currency().minor_digits() + 1);
        Decimal const half_here = Decimal::of(5, start.currency().minor_digits() + 1);
        Decimal const bound = sum(convert(half_there, back, 18, Round::up).value(), half_here).value();
        Decimal const off = difference(again.amount(), start.amount()).value();
        RC_ASSERT((off.is_negative() ? off.negated() : off) <= bound);
    }));
}

TEST_CASE("an exchange too large to be exact is refused") {
    Exchange const steep{currency::USD,      currency::KES, Decimal::of(Decimal::coefficient_max, 0),
                         Decimal::of(1, 30), Day::first(),  ""};
    CHECK(convert(money("1", "USD"), steep, Round::down).error().code() == Code::amount_too_large);
    Exchange const nothing{currency::USD, currency::KES, Decimal(1), Decimal(), Day::first(), ""};
    CHECK(!convert(money("1", "USD"), nothing, Round::down));
}
