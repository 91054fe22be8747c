#pragma once
// How answers are written: JSON appended to a string, without a tree in between.

#include "freight/freight.h"
#include "money/money.h"

#include <string>
#include <string_view>
#include <vector>

namespace allroads::contract {

// Appends JSON to a string. Commas are its business; every text is escaped.
class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}
    void open(char bracket) {
        separate();
        out_ += bracket;
        first_ = true;
    }
    void close(char bracket) {
        out_ += bracket;
        first_ = false;
    }
    // Keys are ours: they need no escaping.
    void key(std::string_view name) {
        separate();
        out_ += '"';
        out_ += name;
        out_ += "\":";
        first_ = true;  // the value follows without a comma
    }
    void text(std::string_view words) {
        separate();
        out_ += '"';
        append_escaped(words);
        out_ += '"';
    }
    void raw(std::string_view literal) {
        separate();
        out_ += literal;
    }
    void text(std::string_view name, std::string_view words) {
        key(name);
        text(words);
    }
    void money(std::string_view name, Money const& amount) {
        key(name);
        separate();
        out_ += '"';
        amount.append_to(out_);
        out_ += '"';
    }
    void decimal(std::string_view name, Decimal const& number) {
        key(name);
        separate();
        out_ += '"';
        number.append_to(out_);
        out_ += '"';
    }
    void number(std::string_view name, std::int64_t value) {
        key(name);
        raw(std::to_string(value));
    }

private:
    void separate() {
        if (!first_) out_ += ',';
        first_ = false;
    }
    void append_escaped(std::string_view words) {
        std::size_t plain = 0;
        for (std::size_t i = 0; i < words.size(); ++i) {
            auto const letter = static_cast<unsigned char>(words[i]);
            if (letter >= 0x20 && letter != '"' && letter != '\\') continue;
            out_ += words.substr(plain, i - plain);
            plain = i + 1;
            switch (letter) {
                case '"': out_ += "\\\""; break;
                case '\\': out_ += "\\\\"; break;
                case '\n': out_ += "\\n"; break;
                case '\t': out_ += "\\t"; break;
                case '\r': out_ += "\\r"; break;
                default:
                    out_ += "\\u00";
                    out_ += "0123456789abcdef"[letter >> 4U];
                    out_ += "0123456789abcdef"[letter & 15U];
            }
        }
        out_ += words.substr(plain);
    }
    std::string& out_;
    bool first_ = true;
};

// `freight_offers`, `freight_refusals` and `advice` of an answer.
void write_carriage(Writer& w, freight::Estimate const& estimate, std::vector<freight::Advice> const& advice);

}  // namespace allroads::contract
