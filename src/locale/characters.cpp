// Characters, places in texts, and isolation.

#include "locale/facts.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace allroads::locale {
namespace {

constexpr std::size_t name_bytes_max = 64;

// Embeddings, overrides, isolates and their ends: what can change the order of text outside.
bool is_direction_control(UChar32 character) {
    return (character >= 0x202A && character <= 0x202E) || (character >= 0x2066 && character <= 0x2069);
}

}  // namespace

std::int32_t next_character(std::string_view text, std::size_t& at) {
    // ICU counts in int32: a longer text is read through a window of the bytes one character can take.
    auto const window = text.substr(at, 4);
    auto const* bytes = reinterpret_cast<std::uint8_t const*>(window.data());
    auto const size = static_cast<std::int32_t>(window.size());
    std::int32_t used = 0;
    UChar32 character = 0;
    U8_NEXT(bytes, used, size, character);
    at += static_cast<std::size_t>(used);
    return character;
}

void append(std::string& to, std::int32_t character) {
    std::uint8_t bytes[4];
    std::int32_t size = 0;
    U8_APPEND_UNSAFE(bytes, size, static_cast<std::uint32_t>(character));
    to.append(reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(size));
}

bool is_invisible(std::int32_t character) {
    return is_direction_control(character) || (character >= 0x200B && character <= 0x200F) ||
           character == 0x061C || character == 0x2060 || character == 0xFEFF;
}

bool is_space(std::int32_t character) { return u_charType(character) == U_SPACE_SEPARATOR; }

std::string fill(std::string_view text, std::initializer_list<Place> places) {
    std::string filled;
    filled.reserve(text.size() + 64);
    std::size_t at = 0;
    while (true) {
        auto const open = text.find("{{", at);
        if (open == std::string_view::npos) return filled.append(text.substr(at));
        auto const window = text.substr(open + 2, name_bytes_max + 2);
        auto const size = window.find("}}");
        Place const* found = nullptr;
        for (auto const& place : places)
            if (size != std::string_view::npos && place.name == window.substr(0, size)) found = &place;
        if (found == nullptr) {
            // The name may begin at the next brace: "{{{NAME}}".
            filled.append(text.substr(at, open + 1 - at));
            at = open + 1;
            continue;
        }
        filled.append(text.substr(at, open - at)).append(found->value);
        at = open + 2 + size + 2;
    }
}

std::string isolated(std::string_view text) {
    std::string result = "\u2068";
    result.reserve(text.size() + 6);
    for (std::size_t at = 0; at < text.size();) {
        std::size_t const from = at;
        auto const character = next_character(text, at);
        if (!is_direction_control(character)) result.append(text.substr(from, at - from));
    }
    return result.append("\u2069");
}

}  // namespace allroads::locale
