#pragma once
// How answers are written: JSON appended to a string, without a tree in between.

#include "freight/freight.h"
#include "money/money.h"

#include <charconv>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::contract {

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

// `freight_offers`, `freight_refusals` and `advice` of an answer.
void write_carriage(Writer& w, freight::Estimate const& estimate, std::vector<freight::Advice> const& advice);

}  // namespace allroads::contract
