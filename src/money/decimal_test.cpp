#include <rapidcheck.h>

#include "money/money.h"
#include "money/wide.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

using namespace allroads;

// A second arithmetic to hold the first against: whole numbers as text, computed as in school.
namespace {

using Digits = std::string;  // "0", or without leading zeros

Digits tidied(Digits digits) {
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    return digits;
}

int order_of(Digits const& a, Digits const& b) {
    if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    return a.compare(b);
}

Digits added(Digits const& a, Digits const& b) {
    Digits out;
    int carry = 0;
    for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry != 0; ++i) {
        int total = carry;
        if (i < a.size()) total += a[a.size() - 1 - i] - '0';
        if (i < b.size()) total += b[b.size() - 1 - i] - '0';
        out.insert(out.begin(), static_cast<char>('0' + total % 10));
        carry = total / 10;
    }
    return out.empty() ? "0" : tidied(out);
}

Digits subtracted(Digits const& a, Digits const& b) {  // a >= b
    Digits out = a;
    int borrow = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        int left = out[a.size() - 1 - i] - '0' - borrow;
        if (i < b.size()) left -= b[b.size() - 1 - i] - '0';
        borrow = left < 0 ? 1 : 0;
        out[a.size() - 1 - i] = static_cast<char>('0' + left + borrow * 10);
    }
    return tidied(out);
}

Digits multiplied(Digits const& a, Digits const& b) {
    Digits out = "0";
    for (char const digit : b) {
        out += '0';
        for (char count = '0'; count < digit; ++count) out = added(out, a);
        out = tidied(out);
    }
    return out;
}

struct SchoolDivision {
    Digits quotient;
    Digits remainder;
};
SchoolDivision school_division(Digits const& a, Digits const& b) {
    Digits quotient = "0";
    Digits rest = "0";
    for (char const digit : a) {
        rest = tidied(rest + digit);
        char count = '0';
        while (order_of(rest, b) >= 0) {
            rest = subtracted(rest, b);
            ++count;
        }
        quotient += count;
    }
    return {tidied(quotient), rest};
}

Digits ten_to(int exponent) { return "1" + Digits(static_cast<std::size_t>(exponent), '0'); }

Digits digits_of(UInt128 number) {
    Digits out;
    do {
        out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(number % 10)));
        number /= 10;
    } while (number != 0);
    return out;
}

Digits digits_of(Wide const& number) {
    Digits const two_to_128 = added(digits_of(~UInt128{0}), "1");
    return added(multiplied(digits_of(number.high), two_to_128), digits_of(number.low));
}

// What |a·b/c| · 10^places is after rounding, by the definition of each mode.
Digits school_rounded(Digits const& numerator, Digits const& denominator, bool is_negative, Round round) {
    auto const [quotient, remainder] = school_division(numerator, denominator);
    if (remainder == "0") return quotient;
    int const half = order_of(added(remainder, remainder), denominator);
    bool const is_odd = (quotient.back() - '0') % 2 != 0;
    bool away = false;
    if (round == Round::half_up) away = half >= 0;
    if (round == Round::half_even) away = half > 0 || (half == 0 && is_odd);
    if (round == Round::half_down) away = half > 0;
    if (round == Round::up) away = true;
    if (round == Round::ceiling) away = !is_negative;
    if (round == Round::floor) away = is_negative;
    return away ? added(quotient, "1") : quotient;
}

constexpr std::array rounds{Round::half_up, Round::half_even, Round::half_down, Round::up,
                            Round::down,    Round::ceiling,   Round::floor};

// Small numbers, large ones, and those at the edge of what fits, with any scale.
rc::Gen<Decimal> any_decimal(int digits = 38, int scale = Decimal::scale_max) {
    return rc::gen::exec([=] {
        int const size = *rc::gen::inRange(1, digits + 1);
        Int128 coefficient = 0;
        int const shape = *rc::gen::inRange(0, 4);
        for (int i = 0; i < size; ++i) {
            int const digit = shape == 0 ? 9 : shape == 1 && i > 0 ? 0 : *rc::gen::inRange(0, 10);
            coefficient = coefficient * 10 + digit;
        }
        return Decimal::of(*rc::gen::arbitrary<bool>() ? -coefficient : coefficient,
                           *rc::gen::inRange(0, scale + 1));
    });
}
rc::Gen<Decimal> ordinary_decimal() { return any_decimal(12, 6); }

Digits school_of(Decimal const& decimal) { return digits_of(magnitude(decimal.coefficient())); }

template <class Property>
bool law(std::string const& name, Property property) {
    return rc::check(name, property);
}

}  // namespace

// ---- text -------------------------------------------------------------------------------------------------

TEST_CASE("decimals are read and printed as they are written") {
    for (auto const* text : {"0", "7", "-12.50", "0.3464", "2400.00", "0.000000000000000001", "-0.5",
                             "999999999999999999999999999999", "123456789012.123456789012345678"}) {
        auto const decimal = Decimal::parse(text);
        REQUIRE_MESSAGE(decimal, text);
        CHECK(decimal->text() == text);
    }
    CHECK(Decimal::parse("2.50")->brief() == "2.5");
    CHECK(Decimal::parse("100")->brief() == "100");
    CHECK(Decimal::parse("-0")->text() == "0");
    CHECK(Decimal::parse("007.10")->text() == "7.10");
}

TEST_CASE("parse is the inverse of text") {
    CHECK(law("parse(text(x)) = x", [] {
        Decimal const x = *any_decimal(30, 18);
        if (x.text().size() > 30) return;  // zeros in front of the point were written out
        RC_ASSERT(Decimal::parse(x.text()).value() == x);
        RC_ASSERT(Decimal::parse(x.text()).value().text() == x.text());
        RC_ASSERT(x.stripped() == x);
    }));
}

TEST_CASE("what is not a plain decimal is refused") {
    for (auto const* text :
         {"",   "-",  ".",    "+1",  "1.",  ".5",    "1e5", "1E5", "2,400.00",   "1.2.3", "--1",  "1-",
          " 1", "1 ", "0x10", "NaN", "inf", "1_000", "12a", "٣",   "1\u00A0000", "\xFF",  "1.-2", "$5"}) {
        auto const decimal = Decimal::parse(text);
        CHECK_MESSAGE(!decimal, text);
        CHECK(decimal.error().code() == Code::amount_not_decimal);
        CHECK(is_clean(decimal.error().detail()));
    }
    CHECK(!Decimal::parse(std::string_view("1\0", 2)));
    CHECK(!Decimal::parse("0.1234567890123456789"));            // 19 places
    CHECK(!Decimal::parse("1234567890123456789012345678901"));  // 31 digits
    CHECK(Decimal::parse(std::string(1'000'000, '9')).error().code() == Code::amount_too_large);
    CHECK(Decimal::parse("2,400.00").error().detail().find("comma") != std::string_view::npos);
}

TEST_CASE("a decimal that cannot be is a mistake of ours") {
    CHECK_THROWS_AS(static_cast<void>(Decimal::of(1, 31)), Bug);
    CHECK_THROWS_AS(static_cast<void>(Decimal::of(1, -1)), Bug);
    CHECK_THROWS_AS(static_cast<void>(Decimal::of(Decimal::coefficient_max + 1, 0)), Bug);
    CHECK(Decimal::of(Decimal::coefficient_max, 0).text() == std::string(38, '9'));
    CHECK(Decimal::of(1, 30).text() == "0." + std::string(29, '0') + "1");
}

// ---- order ------------------------------------------------------------------------------------------------

TEST_CASE("decimals are equal by value and ordered by it") {
    CHECK(Decimal::of(250, 2) == Decimal::of(25, 1));
    CHECK(Decimal::of(0, 5) == Decimal());
    CHECK(Decimal::of(-1, 30) < Decimal());
    CHECK(Decimal::of(Decimal::coefficient_max, 30) < Decimal::of(Decimal::coefficient_max, 29));
    CHECK(law("order is that of the whole numbers at one scale", [] {
        Decimal const a = *any_decimal();
        Decimal const b = *any_decimal();
        Digits const left = multiplied(school_of(a), ten_to(b.scale()));
        Digits const right = multiplied(school_of(b), ten_to(a.scale()));
        int order = order_of(left, right);
        if (a.is_negative() && b.is_negative()) order = -order;
        if (a.is_negative() != b.is_negative()) order = a.is_negative() ? -1 : 1;
        RC_ASSERT((a < b) == (order < 0));
        RC_ASSERT((a == b) == (order == 0));
        RC_ASSERT((a > b) == (order > 0));
    }));
}

// ---- sums and products ------------------------------------------------------------------------------------

TEST_CASE("sums obey the laws of sums") {
    CHECK(law("a + b = b + a", [] {
        Decimal const a = *any_decimal();
        Decimal const b = *any_decimal();
        auto const one = sum(a, b);
        auto const other = sum(b, a);
        RC_ASSERT(one.has_value() == other.has_value());
        if (one) RC_ASSERT(*one == *other);
        if (!one) RC_ASSERT(one.error().code() == Code::amount_too_large);
    }));
    CHECK(law("(a + b) - b = a, and a - a = 0", [] {
        Decimal const a = *any_decimal(30, 18);
        Decimal const b = *any_decimal(30, 18);
        RC_ASSERT(difference(a, a).value().is_zero());
        auto const total = sum(a, b);
        if (!total) return;
        auto const back = difference(*total, b);
        if (back) RC_ASSERT(*back == a);
    }));
    CHECK(law("(a + b) + c = a + (b + c), a(b + c) = ab + ac", [] {
        Decimal const a = *ordinary_decimal();
        Decimal const b = *ordinary_decimal();
        Decimal const c = *ordinary_decimal();
        RC_ASSERT(sum(sum(a, b).value(), c).value() == sum(a, sum(b, c).value()).value());
        RC_ASSERT(product(a, sum(b, c).value()).value() ==
                  sum(product(a, b).value(), product(a, c).value()).value());
    }));
}

TEST_CASE("a product is that of school, or refused") {
    CHECK(law("a · b", [] {
        Decimal const a = *any_decimal();
        Decimal const b = *any_decimal();
        Digits exact = multiplied(school_of(a), school_of(b));
        int scale = a.scale() + b.scale();
        auto const computed = product(a, b);
        while (scale > 0 && exact.back() == '0') {
            exact = tidied("0" + exact.substr(0, exact.size() - 1));
            --scale;
        }
        bool const fits = exact.size() <= 38 && scale <= Decimal::scale_max;
        RC_ASSERT(computed.has_value() == fits);
        if (!fits) {
            RC_ASSERT(computed.error().code() == Code::amount_too_large);
            return;
        }
        RC_ASSERT(school_of(computed->stripped()) == exact);
        RC_ASSERT(computed->stripped().scale() == scale);
        RC_ASSERT(computed->is_negative() == (exact != "0" && a.is_negative() != b.is_negative()));
        RC_ASSERT(product(b, a).value() == *computed);
    }));
}

TEST_CASE("overflow is refused and never wraps") {
    Decimal const most = Decimal::of(Decimal::coefficient_max, 0);
    CHECK(sum(most, Decimal(1)).error().code() == Code::amount_too_large);
    CHECK(sum(most, most).error().code() == Code::amount_too_large);
    CHECK(difference(most.negated(), Decimal(1)).error().code() == Code::amount_too_large);
    CHECK(product(most, Decimal(10)).error().code() == Code::amount_too_large);
    CHECK(product(most, most).error().code() == Code::amount_too_large);
    CHECK(sum(most, Decimal::of(1, 30)).error().code() == Code::amount_too_large);
    // Zeros at the end are given up before the result is.
    CHECK(product(Decimal::of(Decimal::coefficient_max, 30), Decimal::of(100, 2)).value().text() ==
          Decimal::of(Decimal::coefficient_max, 30).text());
    CHECK(sum(most, Decimal::of(0, 30)).value() == most);
    CHECK(product(Decimal::of(0, 30), Decimal::of(0, 30)).value().is_zero());
    CHECK(product(Decimal::of(1, 20), Decimal::of(1, 20)).error().code() == Code::amount_too_large);
}

// ---- rounding ---------------------------------------------------------------------------------------------

TEST_CASE("each way of rounding, at the ties and beside them") {
    struct Row {
        char const* text;
        std::array<char const*, 7> rounded;  // half-up, half-even, half-down, up, down, ceiling, floor
    };
    constexpr std::array<Row, 8> rows{{
        {"2.5", {"3", "2", "2", "3", "2", "3", "2"}},
        {"3.5", {"4", "4", "3", "4", "3", "4", "3"}},
        {"-2.5", {"-3", "-2", "-2", "-3", "-2", "-2", "-3"}},
        {"-3.5", {"-4", "-4", "-3", "-4", "-3", "-3", "-4"}},
        {"2.51", {"3", "3", "3", "3", "2", "3", "2"}},
        {"-2.49", {"-2", "-2", "-2", "-3", "-2", "-2", "-3"}},
        {"0.1", {"0", "0", "0", "1", "0", "1", "0"}},
        {"7.00", {"7", "7", "7", "7", "7", "7", "7"}},
    }};
    for (Row const& row : rows) {
        for (std::size_t i = 0; i < rounds.size(); ++i) {
            Decimal const x = Decimal::parse(row.text).value();
            CHECK_MESSAGE(x.rounded(0, rounds[i]).text() == row.rounded[i], row.text, " ",
                          text_of(rounds[i]));
            CHECK(quotient(x, Decimal(1), 0, rounds[i]).value().text() == row.rounded[i]);
        }
    }
}

TEST_CASE("a rounded decimal is the nearest, and the ties go where the name says") {
    CHECK(law("|rounded - x| <= half a unit", [] {
        Decimal const x = *any_decimal();
        int const places = *rc::gen::inRange(0, Decimal::scale_max + 1);
        for (Round const round : rounds) {
            Decimal const y = x.rounded(places, round);
            RC_ASSERT(y.scale() <= std::max(places, 0) || y == x);
            int const cut = std::max(x.scale() - places, 0);
            Digits const expected = school_rounded(school_of(x), ten_to(cut), x.is_negative(), round);
            RC_ASSERT(school_of(y) == expected);
            auto const off = difference(y, x);
            if (!off || cut == 0) continue;
            Decimal const distance = off->is_negative() ? off->negated() : *off;
            bool const to_nearest = round <= Round::half_down;
            RC_ASSERT(distance <= (to_nearest ? Decimal::of(5, places + 1) : Decimal::of(1, places)));
        }
    }));
    CHECK(Decimal::of(25, 1).rounded(5, Round::down).text() == "2.5");
    CHECK_THROWS_AS(static_cast<void>(Decimal(1).rounded(-1, Round::down)), Bug);
}

TEST_CASE("a · b / c is rounded once, from the exact value") {
    CHECK(law("product_quotient against school", [] {
        Decimal const a = *any_decimal();
        Decimal const b = *any_decimal();
        Decimal const c = *any_decimal();
        int const places = *rc::gen::inRange(0, Decimal::scale_max + 1);
        Round const round = *rc::gen::elementOf(rounds);
        auto const computed = product_quotient(a, b, c, places, round);
        if (c.is_zero()) {
            RC_ASSERT(computed.error().code() == Code::bad_value);
            return;
        }
        Digits const numerator =
            multiplied(multiplied(school_of(a), school_of(b)), ten_to(places + c.scale()));
        Digits const denominator = multiplied(school_of(c), ten_to(a.scale() + b.scale()));
        bool const is_negative = (a.is_negative() != b.is_negative()) != c.is_negative();
        Digits const expected = school_rounded(numerator, denominator, is_negative, round);
        RC_ASSERT(computed.has_value() == (expected.size() <= 38));
        if (!computed) {
            RC_ASSERT(computed.error().code() == Code::amount_too_large);
            return;
        }
        RC_ASSERT(school_of(*computed) == expected);
        RC_ASSERT(computed->scale() == places);
        RC_ASSERT(computed->is_negative() == (expected != "0" && is_negative));
    }));
}

TEST_CASE("quotients that everybody knows") {
    CHECK(quotient(Decimal(1), Decimal(3), 5, Round::half_up).value().text() == "0.33333");
    CHECK(quotient(Decimal(2), Decimal(3), 5, Round::half_up).value().text() == "0.66667");
    CHECK(quotient(Decimal(-1), Decimal(8), 2, Round::half_even).value().text() == "-0.12");
    CHECK(quotient(Decimal(1), Decimal(), 2, Round::half_up).error().code() == Code::bad_value);
    CHECK(quotient(Decimal(), Decimal(7), 2, Round::up).value().text() == "0.00");
}

TEST_CASE("rounding modes have names") {
    for (Round const round : rounds) CHECK(parse_round(text_of(round)).value() == round);
    CHECK(text_of(Round::half_up) == "half-up");
    for (auto const* text : {"", "half", "HALF-UP", "half_up", "nearest"}) CHECK(!parse_round(text));
}

// ---- whole numbers of 256 bits ----------------------------------------------------------------------------

TEST_CASE("256-bit products and quotients are those of school") {
    auto const any_word =
        rc::gen::oneOf(rc::gen::arbitrary<std::uint64_t>(),
                       rc::gen::element<std::uint64_t>(0, 1, 2, ~0ULL, ~0ULL - 1, 1ULL << 63U));
    CHECK(law("multiply and divide", [&] {
        UInt128 const a = join_words(*any_word, *any_word);
        UInt128 const b = join_words(*any_word, *any_word);
        UInt128 const c = join_words(*any_word, *any_word);
        Wide const ab = multiply_wide(a, b);
        RC_ASSERT(digits_of(ab) == multiplied(digits_of(a), digits_of(b)));
        Wide abc = ab;
        bool const fits = multiply_wide_by(abc, c);
        Digits const exact = multiplied(digits_of(ab), digits_of(c));
        Digits const most = digits_of(Wide{~UInt128{0}, ~UInt128{0}});
        RC_ASSERT(fits == (order_of(exact, most) <= 0));
        if (fits) RC_ASSERT(digits_of(abc) == exact);
        if (c == 0) return;
        for (Wide const& value : {ab, Wide{a, b}}) {
            Divided const computed = divide_wide(value, c);
            SchoolDivision const expected = school_division(digits_of(value), digits_of(c));
            RC_ASSERT(digits_of(computed.quotient) == expected.quotient);
            RC_ASSERT(digits_of(computed.remainder) == expected.remainder);
        }
    }));
    CHECK_THROWS_AS(static_cast<void>(divide_wide({0, 1}, 0)), Bug);
}
