#pragma once
// The words of duty texts: cleaning what is published, and the spellings of units, of parts and of wholes.

#include "tariff/tariff.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace allroads::tariff {

// A text made ready for reading: one kind of space, no zero-width characters, words that a line break had cut
// put together ("appli- cable"), no full stop at the end. `is_clean` is false where it held control
// characters.
struct PlainWords {
    std::string text;
    bool is_clean = true;
};
[[nodiscard]] PlainWords plain_words(std::string_view text);
// The same for pages that were taken off the web: &#58; and &#160; are written out first.
[[nodiscard]] PlainWords plain_web_words(std::string_view text);

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
[[nodiscard]] constexpr bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }
[[nodiscard]] constexpr char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
// Whether `text` begins with `start`, letter case of A-Z aside.
[[nodiscard]] bool starts(std::string_view text, std::string_view start);
[[nodiscard]] bool same_words(std::string_view a, std::string_view b);

// What stands behind the stroke of "1.6 EUR / 100 kg": so many of a unit, of something.
struct PerUnit {
    std::int64_t per = 1;
    Unit unit = unit::piece;
    std::string_view of = {};
    bool is_strength = false;  // "% vol/hl"
};
// The longest known spelling at the start of `text`; spaces and full stops within it do not matter. Sets
// `used` to the bytes it takes. Nothing if the text begins with no unit.
[[nodiscard]] std::optional<PerUnit> read_unit(std::string_view text, std::size_t& used);
// A unit and qualifier as TARIC writes them ("DTN", "M").
[[nodiscard]] std::optional<PerUnit> taric_unit(std::string_view unit, std::string_view qualifier);
// How the usual EU sentence writes them: "100 kg", "hl", "p/st".
[[nodiscard]] std::string european_unit(PerUnit const& per_unit);
// A spelling of the unit that read_unit understands.
[[nodiscard]] std::string unit_word(Unit unit);

// "the case" is "value of the case", "the entire set" is the whole value (empty): what a percentage is taken
// of.
[[nodiscard]] std::string part_of_value(std::string_view phrase);
// What a specific duty counts, from the words behind its unit: "contents and container".
[[nodiscard]] std::string counted_words(std::string_view phrase);

// Words for a component "EA", "ADSZ" … and their English spellings "AC", "SD"; nothing where it is none of
// them.
[[nodiscard]] std::optional<std::string_view> agricultural_name(std::string_view word);

}  // namespace allroads::tariff
