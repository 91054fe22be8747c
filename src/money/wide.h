#pragma once
// 256-bit whole numbers, as far as exact products and quotients of decimals need them. Not for use outside money.

#include "money/money.h"

#include <optional>

namespace allroads {

struct Wide {
    UInt128 high = 0;
    UInt128 low = 0;
};

constexpr Wide multiply_wide(UInt128 a, UInt128 b) {
    auto const a_low = static_cast<UInt128>(static_cast<std::uint64_t>(a));
    auto const b_low = static_cast<UInt128>(static_cast<std::uint64_t>(b));
    auto const a_high = a >> 64U;
    auto const b_high = b >> 64U;
    auto const bottom = a_low * b_low;
    auto const cross = a_high * b_low + (bottom >> 64U);
    auto const other = a_low * b_high + static_cast<std::uint64_t>(cross);
    return {a_high * b_high + (cross >> 64U) + (other >> 64U),
            (other << 64U) | static_cast<std::uint64_t>(bottom)};
}

// In place; false on overflow.
constexpr bool multiply_wide_small(Wide& value, std::uint64_t factor) {
    auto const low = multiply_wide(value.low, factor);
    auto const high = multiply_wide(value.high, factor);
    if (high.high != 0) return false;
    auto const top = high.low + low.high;
    if (top < high.low) return false;
    value = {top, low.low};
    return true;
}

struct WideSmall {
    Wide quotient;
    std::uint64_t remainder;
};
constexpr WideSmall divide_wide_small(Wide value, std::uint64_t divisor) {
    // Four words of 64 bits, from the top.
    std::uint64_t const words[4] = {
        static_cast<std::uint64_t>(value.high >> 64U), static_cast<std::uint64_t>(value.high),
        static_cast<std::uint64_t>(value.low >> 64U), static_cast<std::uint64_t>(value.low)};
    std::uint64_t out[4] = {};
    UInt128 rest = 0;
    for (int i = 0; i < 4; ++i) {
        auto const part = (rest << 64U) | words[i];
        out[i] = static_cast<std::uint64_t>(part / divisor);
        rest = part % divisor;
    }
    return {{(static_cast<UInt128>(out[0]) << 64U) | out[1], (static_cast<UInt128>(out[2]) << 64U) | out[3]},
            static_cast<std::uint64_t>(rest)};
}

struct WideDivided {
    UInt128 quotient;
    UInt128 remainder;
};
// Nothing if the quotient does not fit in 128 bits. `divisor` is below 2^126 wherever the high half is used.
constexpr std::optional<WideDivided> divide_wide(Wide value, UInt128 divisor) {
    if (value.high == 0) return WideDivided{value.low / divisor, value.low % divisor};
    if (value.high >= divisor) return std::nullopt;
    // Bit by bit: this path is for products beyond 38 digits only.
    auto rest = value.high;
    UInt128 quotient = 0;
    for (int bit = 127; bit >= 0; --bit) {
        bool const carry = (rest >> 127U) != 0;
        rest = (rest << 1U) | ((value.low >> static_cast<unsigned>(bit)) & 1U);
        quotient <<= 1U;
        if (carry || rest >= divisor) {
            rest -= divisor;
            quotient |= 1U;
        }
    }
    return WideDivided{quotient, rest};
}

}  // namespace allroads
