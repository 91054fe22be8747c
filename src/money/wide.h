#pragma once
// 256-bit whole numbers, as far as exact products and quotients of decimals need them. Not for use outside
// money.

#include "money/money.h"

#include <array>
#include <optional>

namespace allroads {

struct Wide {
    UInt128 high = 0;
    UInt128 low = 0;
    friend constexpr auto operator<=>(Wide const&, Wide const&) = default;
};

constexpr bool fits_64(UInt128 value) { return (value >> 64U) == 0; }
constexpr std::uint64_t high_word(UInt128 value) { return static_cast<std::uint64_t>(value >> 64U); }
constexpr std::uint64_t low_word(UInt128 value) { return static_cast<std::uint64_t>(value); }
constexpr UInt128 join_words(std::uint64_t high, std::uint64_t low) { return (UInt128{high} << 64U) | low; }

// The absolute value; right for the most negative number too.
constexpr UInt128 magnitude(Int128 value) {
    return value < 0 ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

constexpr Wide multiply_wide(UInt128 a, UInt128 b) {
    if (fits_64(a) && fits_64(b)) return {0, a * b};
    UInt128 const bottom = UInt128{low_word(a)} * low_word(b);
    UInt128 const cross = UInt128{high_word(a)} * low_word(b) + high_word(bottom);
    UInt128 const other = UInt128{low_word(a)} * high_word(b) + low_word(cross);
    return {UInt128{high_word(a)} * high_word(b) + high_word(cross) + high_word(other),
            join_words(low_word(other), low_word(bottom))};
}

// In place; false if it needs more than 256 bits.
constexpr bool multiply_wide_by(Wide& value, UInt128 factor) {
    Wide const low = multiply_wide(value.low, factor);
    Wide const high = multiply_wide(value.high, factor);
    if (high.high != 0) return false;
    UInt128 const top = high.low + low.high;
    if (top < high.low) return false;
    value = {top, low.low};
    return true;
}

struct Divided {
    Wide quotient;
    UInt128 remainder = 0;
};
// `divisor` is above zero.
[[nodiscard]] Divided divide_wide(Wide const& value, UInt128 divisor);

// What a division left over: `remainder` of `divisor`, and whether something smaller than one of it was cut
// off before.
struct Rest {
    UInt128 remainder;
    UInt128 divisor;
    bool has_more = false;
};
// The quotient rounded to whole numbers away from or towards zero as `round` says.
constexpr UInt128 round_quotient(UInt128 quotient, Rest const& rest, bool negative, Round round) {
    if (rest.remainder == 0 && !rest.has_more) return quotient;
    // remainder against divisor - remainder: no overflow where twice the remainder would.
    UInt128 const missing = rest.divisor - rest.remainder;
    bool const tie = rest.remainder == missing && !rest.has_more;
    bool const above = rest.remainder > missing || (rest.remainder == missing && rest.has_more);
    bool away = false;
    switch (round) {
        case Round::half_up: away = above || tie; break;
        case Round::half_even: away = above || (tie && (quotient & 1U) != 0); break;
        case Round::half_down: away = above; break;
        case Round::up: away = true; break;
        case Round::down: break;
        case Round::ceiling: away = !negative; break;
        case Round::floor: away = negative; break;
    }
    return quotient + (away ? 1U : 0U);
}

}  // namespace allroads
