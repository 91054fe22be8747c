#pragma once
// How one kind of number looks in one language: what stands around the digits and between them. ICU is asked
// once and its answer kept in pieces, so that a number is written without ICU, from any thread, exactly.

#include "locale/facts.h"

#include <array>
#include <string>

#include <unicode/numberformatter.h>

namespace allroads::locale {

using DigitTexts = std::array<std::string, 10>;

struct Shape {
    std::string before, after;                    // of a number that is not negative
    std::string negative_before, negative_after;  // "-US$"
    std::string decimal_sign, group_sign;
    std::int8_t last_group = 3, other_groups = 3;  // digits; lakhs: 3 and 2
    std::int8_t ungrouped = 3;                     // a whole part of at most so many digits is not grouped
};
// What `formatter` does, whatever its precision.
[[nodiscard]] Shape shape_of(icu::number::LocalizedNumberFormatter const& formatter);
// All decimals that are not trailing zeros, and at least `decimals_min`.
void append(std::string& to, Shape const& shape, DigitTexts const& digits, Decimal const& value,
            int decimals_min);

}  // namespace allroads::locale
