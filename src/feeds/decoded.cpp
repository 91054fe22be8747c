#include "feeds/table.h"

#include <array>
#include <cstring>

namespace allroads::feeds {

namespace {

// Windows-1252, 0x80 to 0x9F (Unicode's best fit table); the five that are not used stand for themselves.
constexpr std::array<char32_t, 32> windows_1252 = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

// How many bytes of well-formed UTF-8 begin at `at`; 0 where they are not.
std::size_t sequence_at(std::string_view text, std::size_t at) {
    unsigned const first = byte_at(text, at);
    if (first < 0x80) return 1;
    std::size_t const size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || at + size > text.size()) return 0;
    unsigned const second = byte_at(text, at + 1);
    unsigned const least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned const most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (second < least || second > most) return 0;
    for (std::size_t i = 2; i < size; ++i)
        if ((byte_at(text, at + i) & 0xC0U) != 0x80) return 0;
    return size;
}

std::string from_windows_1252(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 4);
    for (char const c : bytes) {
        auto const byte = static_cast<unsigned char>(c);
        append_utf8(out, byte >= 0x80 && byte < 0xA0 ? windows_1252[byte - 0x80U] : char32_t{byte});
    }
    return out;
}

Result<std::string> from_utf16(std::string_view bytes, bool is_big, std::string_view file) {
    if (bytes.size() % 2 != 0)
        return refuse(Code::bad_file, file, "UTF-16 with an odd number of bytes: the file was cut");
    std::string out;
    out.reserve(bytes.size());
    char32_t high = 0;
    for (std::size_t at = 0; at < bytes.size(); at += 2) {
        unsigned const a = byte_at(bytes, at);
        unsigned const b = byte_at(bytes, at + 1);
        char32_t const unit = is_big ? (a << 8U | b) : (b << 8U | a);
        bool const is_low = unit >= 0xDC00 && unit <= 0xDFFF;
        if (is_low != (high != 0)) return refuse(Code::bad_file, file, "half a character of UTF-16");
        if (is_low) {
            append_utf8(out, 0x10000 + ((high - 0xD800) << 10U) + (unit - 0xDC00));
            high = 0;
        } else if (unit >= 0xD800 && unit <= 0xDBFF) {
            high = unit;
        } else {
            append_utf8(out, unit);
        }
    }
    if (high != 0) return refuse(Code::bad_file, file, "the file ends within a character");
    return out;
}

// UTF-16 without a mark: nearly every second byte of a header in Latin letters is NUL.
int utf16_guess(std::string_view bytes) {
    std::string_view const head = bytes.substr(0, 200);
    std::size_t even = 0;
    std::size_t odd = 0;
    for (std::size_t at = 0; at < head.size(); ++at)
        if (head[at] == '\0') ++(at % 2 == 0 ? even : odd);
    if (odd * 3 > head.size() && even == 0) return 1;   // little end first
    if (even * 3 > head.size() && odd == 0) return -1;  // big end first
    return 0;
}

}  // namespace

void append_utf8(std::string& out, char32_t letter) {
    auto const push = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (letter < 0x80) {
        push(letter);
    } else if (letter < 0x800) {
        push(0xC0 | letter >> 6U);
        push(0x80 | (letter & 0x3FU));
    } else if (letter < 0x10000) {
        push(0xE0 | letter >> 12U);
        push(0x80 | (letter >> 6U & 0x3FU));
        push(0x80 | (letter & 0x3FU));
    } else {
        push(0xF0 | letter >> 18U);
        push(0x80 | (letter >> 12U & 0x3FU));
        push(0x80 | (letter >> 6U & 0x3FU));
        push(0x80 | (letter & 0x3FU));
    }
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        std::uint64_t eight = 0;
        if (at + 8 <= text.size()) {
            std::memcpy(&eight, text.data() + at, 8);
            if ((eight & 0x8080808080808080ULL) == 0) {
                at += 8;
                continue;
            }
        }
        std::size_t const size = sequence_at(text, at);
        if (size == 0) return false;
        at += size;
    }
    return true;
}

Result<Decoded> decoded(std::string_view bytes, std::string_view file) {
    if (bytes.size() > file_bytes_max) return refuse(Code::too_long, file, "a file has at most 64 megabytes");
    Decoded out;
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
        out.text = TRY(from_utf16(bytes.substr(2), bytes.front() == '\xFE', file));
    } else if (int const guess = utf16_guess(bytes); guess != 0) {
        out.text = TRY(from_utf16(bytes, guess < 0, file));
    } else if (is_utf8(bytes)) {
        out.text = std::string(bytes);
    } else {
        out.was_windows_1252 = true;
        out.text = from_windows_1252(bytes);
    }
    std::size_t const nul = out.text.find('\0');
    if (nul != std::string::npos) {
        std::size_t row = 1;
        for (std::size_t at = 0; at < nul; ++at) row += out.text[at] == '\n' ? 1U : 0U;
        return refuse(Code::bad_file, place(file, row), "the file holds a NUL byte: it is no text");
    }
    return out;
}

}  // namespace allroads::feeds
