#include "goods/goods.h"

namespace allroads {
namespace {

constexpr int digits_min = 2;
constexpr int bits_per_digit = 4;
constexpr std::uint64_t size_mask = 15;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The place of a digit, the first being the highest.
constexpr int shift_of(int place) { return 64 - bits_per_digit * (place + 1); }

// Everything but the first `digits` digits, and the length, set to zero.
constexpr std::uint64_t leading(std::uint64_t key, int digits) {
    return digits == 0 ? 0 : key & (~std::uint64_t{0} << static_cast<unsigned>(shift_of(digits - 1)));
}

constexpr int digit_at(std::uint64_t key, int place) {
    return static_cast<int>((key >> static_cast<unsigned>(shift_of(place))) & 15U);
}

bool is_separator(char c) { return c == '.' || c == ' ' || c == '-' || c == '\t'; }

std::unexpected<Error> refuse_code(std::string_view text, std::string_view why) {
    return refuse(Code::bad_code, "",
                  "\"" + excerpt(text) + "\" " + std::string(why) +
                      "; expected 2 to 12 digits, dots and spaces allowed, like 0901.21");
}

// Reads digits and separators of ASCII. `is_other` is set at the first byte that is neither, where reading
// stops.
struct Reading {
    std::uint64_t key = 0;
    int size = 0;
    bool is_too_long = false;
    bool is_other = false;
};
Reading read(std::string_view text) {
    Reading reading;
    for (char const c : text) {
        if (is_digit(c)) {
            if (reading.size == GoodsCode::digits_max) {
                reading.is_too_long = true;
                return reading;
            }
            reading.key |= static_cast<std::uint64_t>(c - '0')
                           << static_cast<unsigned>(shift_of(reading.size++));
        } else if (!is_separator(c)) {
            reading.is_other = true;
            return reading;
        }
    }
    return reading;
}

// Dashes as the world's keyboards and web pages have them: U+2010 to U+2015, U+2212.
std::string plain_dashes(std::string text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string_view const rest = std::string_view(text).substr(at);
        bool const is_dash =
            rest.size() >= 3 && rest.starts_with("\xE2\x80") && rest[2] >= '\x90' && rest[2] <= '\x95';
        if (is_dash || rest.starts_with("\xE2\x88\x92")) {
            out += '-';
            at += 2;
        } else {
            out += text[at];
        }
    }
    return out;
}

// What is longer than any code with its dots cannot be one, and is not worth reading through.
constexpr std::size_t text_bytes_max = 200;

}  // namespace

Result<GoodsCode> GoodsCode::parse(std::string_view text) {
    if (text.size() > text_bytes_max) return refuse_code(text, "is too long for a customs code");
    Reading reading = read(text);
    if (reading.is_other) reading = read(plain_dashes(plain_digits(text)));
    if (reading.is_other) return refuse_code(text, "has something other than digits");
    if (reading.is_too_long) return refuse_code(text, "has more than 12 digits");
    if (reading.size < digits_min) return refuse_code(text, "has fewer than 2 digits");
    GoodsCode code;
    code.key_ = reading.key | static_cast<std::uint64_t>(reading.size);
    return code;
}

GoodsCode GoodsCode::prefix(int digits) const {
    check(digits >= 0 && digits <= size());
    GoodsCode code;
    code.key_ = leading(key_, digits) | static_cast<std::uint64_t>(digits);
    return code;
}

bool GoodsCode::is_under(GoodsCode ancestor) const {
    return ancestor.size() <= size() &&
           leading(key_, ancestor.size()) == leading(ancestor.key_, ancestor.size());
}

std::string GoodsCode::text() const {
    std::string out;
    for (int i = 0; i < size(); ++i) out += static_cast<char>('0' + digit_at(key_, i));
    return out;
}

std::string GoodsCode::dotted() const {
    std::string out;
    for (int i = 0; i < size(); ++i) {
        if (i >= 4 && i % 2 == 0) out += '.';
        out += static_cast<char>('0' + digit_at(key_, i));
    }
    return out;
}

bool GoodsCode::is_key(std::uint64_t key) {
    auto const size = static_cast<int>(key & size_mask);
    if (size > digits_max || size == 1 || leading(key, size) != (key & ~size_mask)) return false;
    for (int i = 0; i < size; ++i) {
        if (digit_at(key, i) > 9) return false;
    }
    return true;
}

GoodsCode GoodsCode::from_key(std::uint64_t key) {
    check(is_key(key));
    GoodsCode code;
    code.key_ = key;
    return code;
}

}  // namespace allroads
