#pragma once
// What a heading of subchapter III of chapter 99 of the US tariff says: on top of which duty, for whose
// goods, since when.

#include "base/base.h"

#include <optional>
#include <string>
#include <string_view>

namespace allroads::books {

// The country that the words name plainly as the origin: "articles the product of China, as provided for in
// …". Nothing where there is none, where there are several, or where the words that follow narrow or widen
// it.
[[nodiscard]] std::optional<Country> plain_origin(std::string_view description);

// "entries on or after June 15, 2024 and through November 9, 2026".
struct EntryDays {
    std::optional<Day> from;
    std::optional<Day> to;  // inclusive
};
[[nodiscard]] EntryDays entry_days(std::string_view description);

// What is charged on top: "The duty provided in the applicable subheading + 25%" adds "25%". Nothing where
// the rate is not an addition: an exclusion, or a duty that takes the place of another.
[[nodiscard]] std::optional<std::string> addition(std::string_view rate);

}  // namespace allroads::books
