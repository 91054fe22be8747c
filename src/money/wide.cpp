#include "money/wide.h"

namespace allroads {
namespace {

using Words = std::array<std::uint64_t, 4>;  // least significant first

Words words_of(Wide const& value) {
    return {low_word(value.low), high_word(value.low), low_word(value.high), high_word(value.high)};
}

Wide wide_of(Words const& words) { return {join_words(words[3], words[2]), join_words(words[1], words[0])}; }

Divided divide_by_word(Wide const& value, std::uint64_t divisor) {
    Words words = words_of(value);
    std::uint64_t remainder = 0;
    for (std::size_t i = words.size(); i-- > 0;) {
        UInt128 const part = join_words(remainder, words[i]);
        words[i] = static_cast<std::uint64_t>(part / divisor);
        remainder = static_cast<std::uint64_t>(part % divisor);
    }
    return {wide_of(words), remainder};
}

struct Step {
    std::uint64_t digit;
    UInt128 remainder;
};
// One word of the quotient of (top, next) by a divisor of two words whose highest bit is set; top < divisor.
// Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D.
Step long_division_step(UInt128 top, std::uint64_t next, UInt128 divisor) {
    UInt128 guess = top / high_word(divisor);
    UInt128 left = top % high_word(divisor);
    while (!fits_64(guess) || guess * low_word(divisor) > join_words(low_word(left), next)) {
        --guess;
        left += high_word(divisor);
        if (!fits_64(left)) break;
    }
    // Both words of the divisor have been looked at, so the guess is the digit. What wraps here wraps back.
    return {low_word(guess), join_words(low_word(top), next) - guess * divisor};
}

Divided divide_by_two_words(Wide const& value, UInt128 divisor) {
    Words const words = words_of(value);
    int const shift = __builtin_clzll(high_word(divisor));
    UInt128 const shifted_divisor = divisor << shift;
    // Word `i` of the value shifted as far as the divisor; there are five of them.
    auto const shifted = [&](std::size_t i) {
        std::uint64_t const here = i == words.size() ? 0 : words[i];
        std::uint64_t const below = i == 0 ? 0 : words[i - 1];
        return high_word(join_words(here, below) << shift);
    };
    Words quotient{};
    UInt128 remainder = join_words(shifted(4), shifted(3));
    for (std::size_t i = 3; i-- > 0;) {
        Step const step = long_division_step(remainder, shifted(i), shifted_divisor);
        quotient[i] = step.digit;
        remainder = step.remainder;
    }
    return {wide_of(quotient), remainder >> shift};
}

}  // namespace

Divided divide_wide(Wide const& value, UInt128 divisor) {
    check(divisor != 0);
    if (value.high != 0) {
        return fits_64(divisor) ? divide_by_word(value, low_word(divisor))
                                : divide_by_two_words(value, divisor);
    }
    // Nearly all amounts end here, and the machine divides 64 bits several times faster than the library does
    // 128.
    if (fits_64(value.low) && fits_64(divisor)) {
        return {{0, low_word(value.low) / low_word(divisor)}, low_word(value.low) % low_word(divisor)};
    }
    UInt128 const quotient = value.low / divisor;
    return {{0, quotient}, value.low - quotient * divisor};
}

}  // namespace allroads
