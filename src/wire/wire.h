#pragma once
// wire: how JSON is read strictly and written without a tree: each value with the path of its field in the
// refusal, each amount as text in plain decimals.
//
// Promises: nothing is guessed. A fraction given as a JSON number is refused, because somebody has already
// rounded it; a field that is not known is refused by its name.

#include "base/base.h"
#include "money/money.h"

#include <boost/json.hpp>

#include <charconv>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::wire {

namespace json = boost::json;

inline constexpr std::size_t text_max = 2000;

inline std::string_view view(json::string const& text) { return {text.data(), text.size()}; }

inline std::string_view kind_words(json::value const& value) {
    switch (value.kind()) {
        case json::kind::null: return "null";
        case json::kind::bool_: return "true or false";
        case json::kind::array: return "a list";
        case json::kind::object: return "an object";
        case json::kind::string: return "text";
        default: return "a number";
    }
}

inline std::unexpected<Error> expected(std::string_view field, std::string_view what,
                                       json::value const& value) {
    return refuse(Code::bad_value, field,
                  "expected " + std::string(what) + ", found " + std::string(kind_words(value)));
}

inline Result<std::string_view> text(json::value const& value, std::string_view field,
                                     std::size_t bytes_max = text_max) {
    if (!value.is_string()) return expected(field, "text", value);
    auto const words = view(value.get_string());
    if (words.size() > bytes_max) {
        return refuse(Code::too_long, field,
                      "expected at most " + std::to_string(bytes_max) + " bytes of text");
    }
    if (!is_clean(words)) return refuse(Code::bad_value, field, "expected text without control characters");
    return words;
}

// Text in plain decimals, or a whole JSON number.
inline Result<Decimal> decimal(json::value const& value, std::string_view field) {
    if (value.is_int64()) return Decimal(value.get_int64());
    if (value.is_uint64()) return Decimal::of(static_cast<Int128>(value.get_uint64()), 0);
    if (value.is_double()) {
        return refuse(Code::amount_not_decimal, field,
                      "a JSON number with a fraction or exponent has already been "
                      "rounded; write it as text, such as \"2400.10\"");
    }
    if (!value.is_string()) return expected(field, "a decimal as text", value);
    auto const words = TRY(text(value, field));
    auto parsed = Decimal::parse(plain_digits(words));
    if (!parsed) return std::unexpected(Error(parsed.error().code(), field, parsed.error().detail()));
    return *parsed;
}

// A weight, a quantity or an amount of money: never below zero.
inline Result<Decimal> amount(json::value const& value, std::string_view field, Code below) {
    auto const number = TRY(decimal(value, field));
    if (number.is_negative()) return refuse(below, field, number.text() + " is below zero");
    return number;
}

// A whole number within bounds.
inline Result<std::int64_t> whole(json::value const& value, std::string_view field, std::int64_t least,
                                  std::int64_t most) {
    if (!value.is_int64() || value.get_int64() < least || value.get_int64() > most) {
        return refuse(
            Code::bad_value, field,
            "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return value.get_int64();
}

inline Result<bool> truth(json::value const& value, std::string_view field) {
    if (!value.is_bool()) return expected(field, "true or false", value);
    return value.get_bool();
}

// Runs a parser of the domain on a text field and puts the field's name on its refusal.
template <class Parse>
auto parsed(json::value const& value, std::string_view field, Parse parse)
    -> decltype(parse(std::string_view())) {
    auto result = parse(TRY(text(value, field)));
    if (!result) return std::unexpected(Error(result.error().code(), field, result.error().detail()));
    return result;
}

// Calls `read(key, value)` for the fields of an object; what it does not know is refused.
template <class Read>
Result<void> fields(json::value const& value, std::string_view field, Read read) {
    if (!value.is_object()) return expected(field, "an object", value);
    for (auto const& pair : value.get_object()) {
        auto const key = std::string_view(pair.key().data(), pair.key().size());
        Result<bool> const known = read(key, pair.value());
        if (!known) return std::unexpected(field.empty() ? known.error() : known.error().within(field));
        if (!*known) {
            auto const path = field.empty() ? excerpt(key) : std::string(field) + "." + excerpt(key);
            return refuse(Code::field_unknown, path, "the contract has no field of this name");
        }
    }
    return {};
}

// Calls `read(element)` for the elements of a list, of which there are at most `max`.
template <class Read>
Result<void> elements(json::value const& value, std::string_view field, std::size_t max, Read read) {
    if (!value.is_array()) return expected(field, "a list", value);
    auto const& list = value.get_array();
    if (list.size() > max)
        return refuse(Code::too_long, field, "expected at most " + std::to_string(max) + " entries");
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (Result<void> const done = read(list[i]); !done) {
            return std::unexpected(done.error().within(std::string(field) + "[" + std::to_string(i) + "]"));
        }
    }
    return {};
}

inline Result<std::string> name(json::value const& value, std::string_view field) {
    auto const words = TRY(text(value, field));
    if (words.empty()) return refuse(Code::bad_value, field, "expected a name");
    return std::string(words);
}

// The tree of a document of at most `bytes_max` bytes, nested at most `depth` deep. Refused: `too-long`,
// `bad-json`; of two fields of one name the document is refused, since it says two things.
[[nodiscard]] Result<json::value> parse(std::string_view document, std::size_t bytes_max,
                                        std::size_t depth = 12);

// Appends JSON to a string. Commas are its business; every text is escaped. While it lives, the string may be
// longer than what was written: its end is right once the writer is gone.
class Writer {
public:
    explicit Writer(std::string& out) : out_(out), at_(out.size()) {}
    Writer(Writer const&) = delete;
    Writer& operator=(Writer const&) = delete;
    ~Writer() { out_.resize(at_); }

    void open(char bracket) {
        auto* to = separated(room(2));
        *to++ = bracket;
        end(to);
        first_ = true;
    }
    void close(char bracket) {
        auto* to = room(1);
        *to++ = bracket;
        end(to);
        first_ = false;
    }
    // Keys are ours: they need no escaping.
    void key(std::string_view name) {
        end(keyed(room(name.size() + key_extra), name));
        first_ = true;  // the value follows without a comma
    }
    void text(std::string_view words) {
        if (!is_plain(words)) return escaped({}, words);
        end(quoted(separated(room(words.size() + text_extra)), words));
        first_ = false;
    }
    void text(std::string_view name, std::string_view words) {
        if (!is_plain(words)) return escaped(name, words);
        end(quoted(keyed(room(name.size() + words.size() + key_extra + text_extra), name), words));
        first_ = false;
    }
    void raw(std::string_view literal) {
        auto* to = separated(room(literal.size() + 1));
        std::memcpy(to, literal.data(), literal.size());
        end(to + literal.size());
    }
    void money(std::string_view name, Money const& amount) { decimal(name, amount); }
    template <class Number>  // Decimal or Money
    void decimal(std::string_view name, Number const& number) {
        auto* to = keyed(room(name.size() + key_extra + Decimal::text_bytes + text_extra), name);
        *to++ = '"';
        to = number.write_to(to);
        *to++ = '"';
        end(to);
        first_ = false;
    }
    void day(std::string_view name, Day day) {
        auto const letters = day.letters();
        text(name, {letters.data(), letters.size()});
    }
    void number(std::string_view name, std::int64_t value) {
        key(name);
        auto* to = room(number_bytes);
        end(std::to_chars(to, to + number_bytes, value).ptr);
        first_ = false;
    }

    // Where the next value or its comma goes; with it, something that was written can be said again.
    [[nodiscard]] std::size_t place() const { return at_; }
    // The value that was written from one place to another, once more.
    void again(std::size_t from, std::size_t to) {
        if (out_[from] == ',') ++from;
        auto const size = to - from;
        auto* place = separated(room(size + 1));
        std::memcpy(place, out_.data() + from, size);
        end(place + size);
    }

private:
    static constexpr std::size_t key_extra = 4;   // comma, quotes, colon
    static constexpr std::size_t text_extra = 3;  // comma, quotes
    static constexpr std::size_t number_bytes = 24;
    static constexpr std::size_t letter_bytes_max = 6;  // \u0000
    static constexpr std::size_t grow_by = 8192;

    // At least so many bytes to write to, from the place reached.
    [[nodiscard]] char* room(std::size_t bytes) {
        if (out_.size() - at_ < bytes) grow(bytes);
        return out_.data() + at_;
    }
    [[gnu::noinline]] void grow(std::size_t bytes) {
        auto const size = std::max(out_.capacity(), 2 * at_ + bytes + grow_by);
        out_.resize_and_overwrite(size, [](char*, std::size_t all) { return all; });
    }
    void end(char const* to) { at_ = static_cast<std::size_t>(to - out_.data()); }
    char* separated(char* to) {
        if (!first_) *to++ = ',';
        first_ = false;
        return to;
    }
    char* keyed(char* to, std::string_view name) {
        to = quoted(separated(to), name);
        *to++ = ':';
        return to;
    }
    static char* quoted(char* to, std::string_view words) {
        *to++ = '"';
        if (!words.empty()) std::memcpy(to, words.data(), words.size());
        to += words.size();
        *to++ = '"';
        return to;
    }
    [[nodiscard]] static bool is_special(char letter) {
        return static_cast<unsigned char>(letter) < 0x20 || letter == '"' || letter == '\\';
    }
    // No way out of the loop, so that it takes many letters at a time.
    [[nodiscard]] static bool is_plain(std::string_view words) {
        unsigned found = 0;
        for (char const letter : words) found |= is_special(letter) ? 1U : 0U;
        return found == 0;
    }
    [[gnu::noinline]] void escaped(std::string_view name, std::string_view words) {
        auto const bytes = name.size() + key_extra + words.size() * letter_bytes_max + text_extra;
        auto* to = name.empty() ? separated(room(bytes)) : keyed(room(bytes), name);
        *to++ = '"';
        for (char const letter : words) to = is_special(letter) ? escape(to, letter) : put(to, letter);
        *to++ = '"';
        end(to);
        first_ = false;
    }
    static char* put(char* to, char letter) {
        *to = letter;
        return to + 1;
    }
    static char* escape(char* to, char letter) {
        *to++ = '\\';
        switch (letter) {
            case '"':
            case '\\': return put(to, letter);
            case '\n': return put(to, 'n');
            case '\t': return put(to, 't');
            case '\r': return put(to, 'r');
            default: break;
        }
        auto const byte = static_cast<unsigned char>(letter);
        for (char const one : {'u', '0', '0', "0123456789abcdef"[byte >> 4U], "0123456789abcdef"[byte & 15U]})
            *to++ = one;
        return to;
    }

    std::string& out_;
    std::size_t at_;  // what was written ends here
    bool first_ = true;
};

}  // namespace allroads::wire
