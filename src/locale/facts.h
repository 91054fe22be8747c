#pragma once
// What is known of a language before anything is looked up, and small helpers for its characters.

#include "locale/locale.h"

namespace allroads::locale {

inline constexpr std::size_t language_count = 10;
inline constexpr std::size_t digits_count = 3;  // choices of Digits

struct LanguageFacts {
    std::string_view tag;
    std::string_view own_name;
    std::string_view script;
    Direction direction;
    char const* cldr;                // the locale whose data is taken
    std::string_view native_digits;  // a numbering system of CLDR
};
[[nodiscard]] LanguageFacts const& facts_of(Language language);

// The character at `at`, which moves behind it; negative where the bytes are not UTF-8.
[[nodiscard]] std::int32_t next_character(std::string_view text, std::size_t& at);
void append(std::string& to, std::int32_t character);
// Marks and controls of direction, joiners and spaces without width: no reader sees them.
[[nodiscard]] bool is_invisible(std::int32_t character);
[[nodiscard]] bool is_space(std::int32_t character);  // of any width

}  // namespace allroads::locale
