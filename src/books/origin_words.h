#pragma once
// Official texts as words: it knows the markup, entities and signs that the UK Trade Tariff writes, how
// words, numbers, lines and items of lists are told apart, and lists of codes. It promises that every byte of
// a text stands in a token or between two of them, so that what is not understood can be quoted as it was
// written. Only the readers of origin_prose use it.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::books::prose {

inline bool is_digit(char sign) { return sign >= '0' && sign <= '9'; }
inline bool is_upper(char sign) { return sign >= 'A' && sign <= 'Z'; }
inline bool is_lower(char sign) { return sign >= 'a' && sign <= 'z'; }
inline bool is_letter(char sign) { return is_upper(sign) || is_lower(sign); }
inline char lower(char sign) { return is_upper(sign) ? static_cast<char>(sign - 'A' + 'a') : sign; }

// Without markup, in well-formed UTF-8; lines stay lines, and one stands before the first words.
[[nodiscard]] std::string plain_of(std::string_view markdown);

// The words as text that a person must read: `read "..."`.
[[nodiscard]] std::string read_of(std::string_view words);

enum class Kind { word, number, percent, sign, line, item };

struct Token {
    Kind kind;
    std::string word;  // in lower case; of a percentage the number alone
    std::size_t begin;
    std::size_t end;
    bool capital = false;
};

// The tokens of a plain text.
[[nodiscard]] std::vector<Token> tokens_of(std::string_view plain);

struct Range {
    std::size_t from;
    std::size_t to;
    bool empty() const { return from >= to; }
};

// Goes over the tokens of a range. Patterns are words with | between choices and [] about what may be absent;
// a pattern is eaten as a whole or not at all.
class Cursor {
public:
    Cursor(std::vector<Token> const& tokens, Range range)
        : tokens_(tokens), range_(range), first_(range.from) {}

    bool done() const { return range_.empty(); }
    std::size_t at() const { return range_.from; }
    std::size_t end() const { return range_.to; }
    std::size_t first() const { return first_; }
    Range rest() const { return range_; }
    void move_to(std::size_t at) { range_.from = at; }
    Token const* peek(std::size_t ahead = 0) const {
        return range_.from + ahead < range_.to ? &tokens_[range_.from + ahead] : nullptr;
    }
    bool sees(Kind kind) const { return peek() != nullptr && peek()->kind == kind; }
    bool sees(std::string_view pattern) const { return Cursor(*this).eat(pattern); }

    bool eat(std::string_view pattern) {
        std::size_t const before = range_.from;
        while (!pattern.empty()) {
            std::size_t const end = std::min(pattern.find(' '), pattern.size());
            std::string_view choice = pattern.substr(0, end);
            pattern.remove_prefix(std::min(end + 1, pattern.size()));
            bool const needed = !choice.starts_with('[');
            if (!needed) choice = choice.substr(1, choice.size() - 2);
            if (peek() != nullptr && one_of_words(choice, peek()->word)) {
                ++range_.from;
            } else if (needed) {
                range_.from = before;
                return false;
            }
        }
        return true;
    }

    std::optional<std::string> eat(Kind kind) {
        if (!sees(kind)) return std::nullopt;
        return tokens_[range_.from++].word;
    }

    // The words from one token to before another, as written.
    std::string_view text(std::string_view plain, std::size_t from, std::size_t to) const {
        return plain.substr(tokens_[from].begin, tokens_[to - 1].end - tokens_[from].begin);
    }

    // Whatever stands between clauses.
    void skip_breaks() {
        while (sees(Kind::line) || sees(Kind::item) || sees(",") || sees(";") || sees(".")) ++range_.from;
    }

    void skip_lines() {
        while (sees(Kind::line) || sees(Kind::item)) ++range_.from;
    }

    // What stands in brackets, with them.
    bool skip_brackets() {
        if (!sees("(")) return false;
        for (std::size_t i = range_.from; i < range_.to; ++i) {
            if (tokens_[i].word != ")") continue;
            range_.from = i + 1;
            return true;
        }
        return false;
    }

    // "a)", "(ii)" before an item.
    bool skip_label() {
        std::size_t const bracket = sees("(") ? 1 : 0;
        Token const* const name = peek(bracket);
        Token const* const close = peek(bracket + 1);
        if (name == nullptr || close == nullptr || close->word != ")" || name->word.size() > 3) return false;
        if (name->kind != Kind::word && name->kind != Kind::number) return false;
        range_.from += bracket + 2;
        return true;
    }

private:
    static bool one_of_words(std::string_view choices, std::string_view word) {
        if (word.empty()) return false;
        while (!choices.empty()) {
            std::size_t const end = std::min(choices.find('|'), choices.size());
            if (choices.substr(0, end) == word) return true;
            choices.remove_prefix(std::min(end + 1, choices.size()));
        }
        return false;
    }

    std::vector<Token> const& tokens_;
    Range range_;
    std::size_t first_;
};

// ---- codes

using Codes = std::vector<std::string>;

[[nodiscard]] std::string listed(Codes const& codes);

// A list of codes, as far as it goes: "headings 0301, 0302 to 0307 and chapter 16".
[[nodiscard]] std::optional<Codes> codes(Cursor& at);

// What stands for all goods of the codes after it: "materials of".
bool any_material(Cursor& at);

}  // namespace allroads::books::prose
