#include "money/money.h"
#include "money/wide.h"

#include <algorithm>
#include <array>

namespace allroads {

namespace {

constexpr int digits_max = 38;
constexpr int text_digits_max = 30;
constexpr int text_places_max = 18;

constexpr auto powers = [] {
    std::array<Int128, digits_max + 1> made{};
    made[0] = 1;
    for (std::size_t i = 1; i < made.size(); ++i) made[i] = made[i - 1] * 10;
    return made;
}();
constexpr Int128 coefficient_max = Decimal::coefficient_max;
static_assert(coefficient_max == powers[digits_max] - 1);

constexpr Int128 power(int exponent) { return powers[static_cast<std::size_t>(exponent)]; }

std::unexpected<Error> too_large() {
    return refuse(Code::amount_too_large, "", "the result has more than 38 digits");
}

bool fits(Int128 coefficient) { return coefficient <= coefficient_max && coefficient >= -coefficient_max; }

Int128 signed_of(UInt128 value, bool negative) {
    return negative ? -static_cast<Int128>(value) : static_cast<Int128>(value);
}

// a · 10^up if it fits.
bool scale_up(Int128& a, int up) {
    if (a == 0 || up == 0) return true;
    if (up > digits_max) return false;
    Int128 result = 0;
    if (__builtin_mul_overflow(a, power(up), &result) || !fits(result)) return false;
    a = result;
    return true;
}

struct Aligned {
    Int128 a;
    Int128 b;
    int scale;
};
// Both at one scale; trailing zeros are given up before the sum is.
std::optional<Aligned> align(Decimal const& a, Decimal const& b) {
    for (bool const strip : {false, true}) {
        auto const x = strip ? a.stripped() : a;
        auto const y = strip ? b.stripped() : b;
        auto const scale = std::max(x.scale(), y.scale());
        Aligned made{x.coefficient(), y.coefficient(), scale};
        if (scale_up(made.a, scale - x.scale()) && scale_up(made.b, scale - y.scale())) return made;
    }
    return std::nullopt;
}

char* write_digits(char* to, UInt128 value, int scale) {
    char digits[Decimal::text_bytes];
    int size = 0;
    // Whole machine words first: 128-bit division is slow.
    while (value > UINT64_MAX) {
        digits[size++] = static_cast<char>('0' + static_cast<int>(value % 10));
        value /= 10;
    }
    auto low = static_cast<std::uint64_t>(value);
    do {
        digits[size++] = static_cast<char>('0' + static_cast<int>(low % 10));
        low /= 10;
    } while (low != 0);
    while (size <= scale) digits[size++] = '0';
    for (int i = size - 1; i >= 0; --i) {
        *to++ = digits[i];
        if (i == scale && scale != 0) *to++ = '.';
    }
    return to;
}

}  // namespace

Result<Round> parse_round(std::string_view text) {
    for (auto const round : {Round::half_up, Round::half_even, Round::half_down, Round::up, Round::down,
                             Round::ceiling, Round::floor}) {
        if (text_of(round) == text) return round;
    }
    return refuse(Code::bad_value, "round",
                  excerpt(text) +
                      " is not half-up, half-even, half-down, up, down, ceiling or "
                      "floor");
}

std::string_view text_of(Round round) {
    constexpr std::array<std::string_view, 7> names = {"half-up", "half-even", "half-down", "up",
                                                       "down",    "ceiling",   "floor"};
    return names[static_cast<std::size_t>(round)];
}

Result<Decimal> Decimal::parse(std::string_view text) {
    auto const bad = [&](std::string_view why) {
        return refuse(Code::amount_not_decimal, "", "“" + excerpt(text) + "” " + std::string(why));
    };
    auto rest = text;
    bool const negative = rest.starts_with('-');
    if (negative) rest.remove_prefix(1);
    Int128 coefficient = 0;
    int digits = 0;
    int places = -1;
    for (char const letter : rest) {
        if (letter == '.' && places < 0 && digits > 0) {
            places = 0;
        } else if (letter >= '0' && letter <= '9') {
            if (++digits > text_digits_max || (places >= 0 && ++places > text_places_max)) {
                return refuse(Code::amount_too_large, "",
                              "“" + excerpt(text) + "” has more than 30 digits or 18 decimals");
            }
            coefficient = coefficient * 10 + (letter - '0');
        } else if (letter == ',') {
            return bad("has a comma; write plain decimals with a point and no grouping, such as 2400.00");
        } else {
            return bad("is not a number in plain decimals, such as 2400.00");
        }
    }
    if (digits == 0 || places == 0) return bad("is not a number in plain decimals, such as 2400.00");
    return Decimal(negative ? -coefficient : coefficient, std::max(places, 0));
}

char* Decimal::write_to(char* to) const {
    if (coefficient_ < 0) *to++ = '-';
    return write_digits(to, magnitude(coefficient_), scale_);
}

std::string Decimal::text() const {
    char letters[text_bytes];
    return {letters, write_to(letters)};
}

std::string Decimal::brief() const { return stripped().text(); }

Decimal Decimal::rounded(int places, Round round) const {
    check(places >= 0);
    if (scale_ <= places) return *this;
    auto const divisor = static_cast<UInt128>(power(scale_ - places));
    auto const value = magnitude(coefficient_);
    bool const negative = coefficient_ < 0;
    if (value <= UINT64_MAX && divisor <= UINT64_MAX) {
        // Nearly every amount: one division of machine words instead of a wide one.
        auto const small = static_cast<std::uint64_t>(value);
        auto const by = static_cast<std::uint64_t>(divisor);
        return Decimal(signed_of(round_quotient(small / by, {small % by, by}, negative, round), negative),
                       places);
    }
    auto const [quotient, remainder] = divide_wide({0, value}, divisor);
    auto const whole = round_quotient(quotient.low, {remainder, divisor}, negative, round);
    return Decimal(signed_of(whole, negative), places);
}

Decimal Decimal::stripped() const {
    auto made = *this;
    while (made.scale_ > 0 && made.coefficient_ % 10 == 0) {
        made.coefficient_ /= 10;
        --made.scale_;
    }
    return made;
}

Decimal Decimal::negated() const { return Decimal(-coefficient_, scale_); }

std::strong_ordering operator<=>(Decimal const& a, Decimal const& b) {
    if (a.scale_ == b.scale_) return a.coefficient_ <=> b.coefficient_;
    bool const a_negative = a.coefficient_ < 0;
    if (a_negative != (b.coefficient_ < 0))
        return a_negative ? std::strong_ordering::less : std::strong_ordering::greater;
    constexpr int word_digits = 18;
    auto const is_word = [](Int128 value) { return value == static_cast<std::int64_t>(value); };
    if (is_word(a.coefficient_) && is_word(b.coefficient_) && std::abs(a.scale_ - b.scale_) <= word_digits) {
        // Two machine words never overflow their product.
        auto const up_a = std::max(0, b.scale_ - a.scale_);
        auto const up_b = std::max(0, a.scale_ - b.scale_);
        return a.coefficient_ * power(up_a) <=> b.coefficient_ * power(up_b);
    }
    // Cross-multiplied at full width, so that no pair of scales overflows.
    auto const scale = std::max(a.scale_, b.scale_);
    auto const left = multiply_wide(magnitude(a.coefficient_), static_cast<UInt128>(power(scale - a.scale_)));
    auto const right =
        multiply_wide(magnitude(b.coefficient_), static_cast<UInt128>(power(scale - b.scale_)));
    auto const order = left <=> right;
    return a_negative ? 0 <=> order : order;
}

bool operator==(Decimal const& a, Decimal const& b) { return (a <=> b) == std::strong_ordering::equal; }

Result<Decimal> sum(Decimal const& a, Decimal const& b) {
    // Machine words of one scale never overflow their sum.
    auto const is_word = [](Int128 value) { return value == static_cast<std::int64_t>(value); };
    if (a.scale() == b.scale() && is_word(a.coefficient()) && is_word(b.coefficient()))
        return Decimal::of(a.coefficient() + b.coefficient(), a.scale());
    auto const aligned = align(a, b);
    if (!aligned) return too_large();
    // Each is below 10^38, so their sum is below 2^128 but perhaps not below 2^127.
    Int128 total = 0;
    if (__builtin_add_overflow(aligned->a, aligned->b, &total)) return too_large();
    int scale = aligned->scale;
    while (scale > 0 && !fits(total) && total % 10 == 0) {
        total /= 10;
        --scale;
    }
    if (!fits(total)) return too_large();
    return Decimal::of(total, scale);
}

Result<Decimal> difference(Decimal const& a, Decimal const& b) { return sum(a, b.negated()); }

Result<Decimal> product(Decimal const& a, Decimal const& b) {
    auto const is_word = [](Int128 value) { return value == static_cast<std::int64_t>(value); };
    if (is_word(a.coefficient()) && is_word(b.coefficient()) && a.scale() + b.scale() <= Decimal::scale_max)
        return Decimal::of(a.coefficient() * b.coefficient(), a.scale() + b.scale());
    Int128 result = 0;
    if (!__builtin_mul_overflow(a.coefficient(), b.coefficient(), &result) && fits(result) &&
        a.scale() + b.scale() <= Decimal::scale_max) {
        return Decimal::of(result, a.scale() + b.scale());
    }
    // Trailing zeros are given up before the product is.
    auto wide = multiply_wide(magnitude(a.coefficient()), magnitude(b.coefficient()));
    int scale = a.scale() + b.scale();
    while (scale > 0 && (wide.high != 0 || wide.low > static_cast<UInt128>(coefficient_max) ||
                         scale > Decimal::scale_max)) {
        auto const [tenth, last] = divide_wide(wide, 10);
        if (last != 0) return too_large();
        wide = tenth;
        --scale;
    }
    if (wide == Wide{}) return Decimal();
    bool const is_large = wide.high != 0 || wide.low > static_cast<UInt128>(coefficient_max);
    if (is_large || scale > Decimal::scale_max) return too_large();
    return Decimal::of(signed_of(wide.low, (a.coefficient() < 0) != (b.coefficient() < 0)), scale);
}

Result<Decimal> quotient(Decimal const& a, Decimal const& b, int places, Round round) {
    // Where all fits machine words, as nearly always, one division does it.
    constexpr int word_digits = 18;
    auto const up = places - a.scale() + b.scale();
    if (up >= 0 && up <= word_digits && places <= Decimal::scale_max && !b.is_zero() &&
        fits_64(magnitude(a.coefficient())) && fits_64(magnitude(b.coefficient()))) {
        auto const top = magnitude(a.coefficient()) * static_cast<UInt128>(power(up));
        if (fits_64(top)) {
            auto const whole = low_word(top);
            auto const by = low_word(magnitude(b.coefficient()));
            bool const negative = a.is_negative() != b.is_negative();
            return Decimal::of(
                signed_of(round_quotient(whole / by, {whole % by, by}, negative, round), negative), places);
        }
    }
    return product_quotient(a, Decimal(1), b, places, round);
}

Result<Decimal> product_quotient(Decimal const& a, Decimal const& b, Decimal const& c, int places,
                                 Round round) {
    check(places >= 0 && places <= Decimal::scale_max);
    if (c.is_zero()) return refuse(Code::bad_value, "", "nothing can be divided by zero");
    bool const negative = ((a.coefficient() < 0) != (b.coefficient() < 0)) != (c.coefficient() < 0);
    // (a·b/c) · 10^places = A·B·10^up / (C·10^down) in whole numbers.
    int const shift = places - a.scale() - b.scale() + c.scale();
    auto top = multiply_wide(magnitude(a.coefficient()), magnitude(b.coefficient()));
    for (int up = shift; up > 0;) {
        auto const step = std::min(up, digits_max);
        // More than 256 bits by less than 128 is more than 128: the answer would not fit either.
        if (!multiply_wide_by(top, static_cast<UInt128>(power(step)))) return too_large();
        up -= step;
    }
    // A power of ten joins the divisor while there is room, else it divides what the divisor left: the floor
    // of the floor is the floor of the whole, and whether anything was cut off before only lifts an exact
    // result or a tie.
    auto divisor = magnitude(c.coefficient());
    int down = std::max(-shift, 0);
    UInt128 larger = 0;
    if (down <= digits_max && !__builtin_mul_overflow(divisor, static_cast<UInt128>(power(down)), &larger)) {
        divisor = larger;
        down = 0;
    }
    auto cut = divide_wide(top, divisor);
    bool has_more = false;
    while (down > 0) {
        auto const step = std::min(down, digits_max);
        has_more = has_more || cut.remainder != 0;
        divisor = static_cast<UInt128>(power(step));
        cut = divide_wide(cut.quotient, divisor);
        down -= step;
    }
    if (cut.quotient.high != 0 || cut.quotient.low > static_cast<UInt128>(coefficient_max))
        return too_large();
    auto const whole = round_quotient(cut.quotient.low, {cut.remainder, divisor, has_more}, negative, round);
    if (whole > static_cast<UInt128>(coefficient_max)) return too_large();
    return Decimal::of(signed_of(whole, negative), places);
}

}  // namespace allroads
