#include "base/base.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <vector>

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

// Scripts whose marks are accents: without them a word is the same word, only less carefully typed.
bool has_accents(UScriptCode script) {
    return script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_CYRILLIC ||
           script == USCRIPT_ARABIC;
}

// Letters that no decomposition makes one, and punctuation that other scripts write with signs of their own.
UChar32 plain_letter(UChar32 character) {
    switch (character) {
        case 0x0111: return 'd';     // Vietnamese
        case 0x00F8: return 'o';     // Danish
        case 0x0142: return 'l';     // Polish
        case 0x0131: return 'i';     // Turkish
        case 0x0649: return 0x064A;  // Arabic alef maksura, yeh
        case 0x06CC: return 0x064A;  // Persian and Urdu yeh
        case 0x06D2: return 0x064A;  // Urdu bari yeh
        case 0x06A9: return 0x0643;  // Persian and Urdu kaf
        case 0x06C1:                 // Urdu heh goal
        case 0x06C3:
        case 0x06BE:                 // heh doachashmee
        case 0x0629: return 0x0647;  // teh marbuta
        case 0x060C:
        case 0x3001: return ',';
        case 0x061B: return ';';
        case 0x06D4:
        case 0x3002:
        case 0x0964: return '.';
        case 0x2019:
        case 0x02BC: return '\'';
        case 0x2010:
        case 0x2011:
        case 0x2013:
        case 0x2014: return '-';
        default: return character;
    }
}

std::u16string normalised(UNormalizer2 const* form, std::u16string const& text) {
    UErrorCode status = U_ZERO_ERROR;
    std::u16string out(text.size() * 4 + 16, u'\0');
    auto const size = unorm2_normalize(form, text.data(), static_cast<std::int32_t>(text.size()), out.data(),
                                       static_cast<std::int32_t>(out.size()), &status);
    if (status == U_BUFFER_OVERFLOW_ERROR) {
        status = U_ZERO_ERROR;
        out.resize(static_cast<std::size_t>(size));
        unorm2_normalize(form, text.data(), static_cast<std::int32_t>(text.size()), out.data(),
                         static_cast<std::int32_t>(out.size()), &status);
    }
    check(U_SUCCESS(status));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

void append_character(std::string& out, UChar32 character) {
    std::array<std::uint8_t, 4> bytes{};
    std::int32_t size = 0;
    U8_APPEND_UNSAFE(bytes.data(), size, static_cast<std::uint32_t>(character));
    out.append(reinterpret_cast<char const*>(bytes.data()), static_cast<std::size_t>(size));
}

std::string folded_ascii(std::string_view text) {
    std::string out(text);
    for (auto& letter : out) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
        if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) letter = ' ';
    }
    return out;
}

std::u16string as_utf16(std::string_view text) {
    std::u16string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        UChar32 const character = next_character(text, at);
        if (character < 0) {
            out += u' ';
        } else if (character > 0xFFFF) {
            out += static_cast<char16_t>(U16_LEAD(character));
            out += static_cast<char16_t>(U16_TRAIL(character));
        } else {
            out += static_cast<char16_t>(character);
        }
    }
    return out;
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

std::string folded(std::string_view text) {
    if (is_ascii(text)) return folded_ascii(text);
    UErrorCode status = U_ZERO_ERROR;
    auto const* const fold = unorm2_getNFKCCasefoldInstance(&status);
    auto const* const apart = unorm2_getNFDInstance(&status);
    check(U_SUCCESS(status));
    auto const all = normalised(apart, normalised(fold, as_utf16(text)));
    std::string out;
    out.reserve(text.size());
    auto script = USCRIPT_COMMON;
    for (std::size_t at = 0; at < all.size();) {
        char16_t const unit = all[at++];
        auto character = static_cast<UChar32>(unit);
        if (U16_IS_LEAD(unit) && at < all.size() && U16_IS_TRAIL(all[at])) {
            char16_t const trail = all[at++];
            character = static_cast<UChar32>(U16_GET_SUPPLEMENTARY(unit, trail));
        }
        if (auto const digit = u_charDigitValue(character); digit >= 0) {
            out += static_cast<char>('0' + digit);
            continue;
        }
        auto const type = u_charType(character);
        bool const is_mark = type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK;
        if (is_mark) {
            if (!has_accents(script) && script != USCRIPT_COMMON) append_character(out, character);
            continue;
        }
        character = plain_letter(character);
        if (u_isalpha(character)) {
            UErrorCode unknown = U_ZERO_ERROR;
            script = uscript_getScript(character, &unknown);
            append_character(out, character);
        } else {
            out += character > 0x20 && character < 0x7F ? static_cast<char>(character) : ' ';
            script = USCRIPT_COMMON;
        }
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
