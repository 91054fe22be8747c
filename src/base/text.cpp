#include "base/base.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace allroads {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr UChar32 arabic_decimal_separator = 0x066B;

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// The character at `at`, which moves behind it; negative where the bytes are not UTF-8. ICU counts in int32,
// so a longer text is read through a window of the few bytes that one character can take.
UChar32 next_character(std::string_view text, std::size_t& at) {
    std::string_view const window = text.substr(at, 4);
    auto const* bytes = reinterpret_cast<std::uint8_t const*>(window.data());
    auto const size = static_cast<std::int32_t>(window.size());
    std::int32_t used = 0;
    UChar32 character = 0;
    U8_NEXT(bytes, used, size, character);
    at += static_cast<std::size_t>(used);
    return character;
}

bool is_space(UChar32 character) {
    auto const type = u_charType(character);
    return type == U_SPACE_SEPARATOR || type == U_LINE_SEPARATOR || type == U_PARAGRAPH_SEPARATOR;
}

bool is_control(UChar32 character) { return character < 0x20 || (character >= 0x7F && character <= 0x9F); }

}  // namespace

std::string plain_digits(std::string_view text) {
    if (is_ascii(text)) return std::string(text);
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        std::size_t const start = at;
        UChar32 const character = next_character(text, at);
        if (character < 0) {
            out += replacement;
        } else if (character < 0x80) {
            out += static_cast<char>(character);
        } else if (auto const digit = u_charDigitValue(character); digit >= 0) {
            out += static_cast<char>('0' + digit);
        } else if (character == arabic_decimal_separator) {
            out += '.';
        } else if (is_space(character)) {
            out += ' ';
        } else if (!u_hasBinaryProperty(character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) {
            out += text.substr(start, at - start);
        }
    }
    return out;
}

bool is_clean(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        UChar32 const character = next_character(text, at);
        if (character < 0) return false;
        if (is_control(character) && character != '\t' && character != '\n' && character != '\r')
            return false;
    }
    return true;
}

std::string excerpt(std::string_view text, std::size_t bytes) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t const start = at;
        UChar32 const character = next_character(text, at);
        bool const shown = character >= 0 && !is_control(character);
        std::string_view const piece = shown ? text.substr(start, at - start) : replacement;
        if (out.size() + piece.size() > bytes) return out + "\xE2\x80\xA6";
        out += piece;
    }
    return out;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    std::size_t const start = text.find_first_not_of(blank);
    if (start == std::string_view::npos) return {};
    return text.substr(start, text.find_last_not_of(blank) - start + 1);
}

}  // namespace allroads
