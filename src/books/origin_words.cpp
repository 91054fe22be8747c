#include "books/origin_words.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace allroads::books::prose {
namespace {

// ---- from markdown to plain text -------------------------------------------------------------------

// Bytes of the well-formed UTF-8 sequence at `at`, or 0.
std::size_t sequence_bytes(std::string_view text, std::size_t at) {
    auto const lead = static_cast<std::uint8_t>(text[at]);
    std::size_t const bytes = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (bytes == 0 || lead > 0xF4 || at + bytes > text.size()) return 0;
    for (std::size_t i = 1; i < bytes; ++i)
        if ((static_cast<std::uint8_t>(text[at + i]) & 0xC0U) != 0x80U) return 0;
    auto const next = bytes > 2 ? static_cast<std::uint8_t>(text[at + 1]) : std::uint8_t{};
    bool const overlong = (lead == 0xE0 && next < 0xA0) || (lead == 0xF0 && next < 0x90);
    bool const outside = (lead == 0xED && next > 0x9F) || (lead == 0xF4 && next > 0x8F);
    return overlong || outside ? 0 : bytes;
}

// Signs that are written in several ways in the same sentence, as ASCII.
std::string_view plain_sign(std::string_view sequence) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 11> signs = {{
        {"\u2010", "-"},
        {"\u2011", "-"},
        {"\u2012", "-"},
        {"\u2013", "-"},
        {"\u00A0", " "},
        {"\u2009", " "},
        {"\u2018", "'"},
        {"\u2019", "'"},
        {"\u201C", "\""},
        {"\u201D", "\""},
        {"\uFEFF", " "},
    }};
    for (auto const& [from, to] : signs)
        if (from == sequence) return to;
    return sequence;
}

std::string_view plain_entity(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> entities = {{
        {"nbsp", " "},
        {"amp", "&"},
        {"lt", "<"},
        {"gt", ">"},
        {"quot", "\""},
        {"apos", "'"},
        {"rsquo", "'"},
        {"lsquo", "'"},
        {"ndash", "-"},
        {"mdash", "-"},
        {"#39", "'"},
        {"#160", " "},
    }};
    for (auto const& [from, to] : entities)
        if (from == name) return to;
    return {};
}

// Takes the markup away. Lines stay lines: a list is told from a sentence by them.
class Plain {
public:
    // The break before the first words lets a text begin with an item of a list.
    explicit Plain(std::string_view markdown) : text_(markdown), made_("\n") {}

    std::string made() && {
        while (at_ < text_.size())
            if (!entity() && !tag() && !link_end()) sign();
        return std::move(made_);
    }

private:
    bool entity() {
        if (text_[at_] != '&') return false;
        std::size_t const end = text_.substr(0, at_ + 10).find(';', at_);
        if (end == std::string_view::npos) return false;
        std::string_view const made = plain_entity(text_.substr(at_ + 1, end - at_ - 1));
        if (made.empty()) return false;
        made_ += made;
        at_ = end + 1;
        return true;
    }

    bool tag() {
        if (text_[at_] != '<' || at_ + 1 >= text_.size()) return false;
        if (text_[at_ + 1] != '/' && !is_letter(text_[at_ + 1])) return false;
        std::size_t const end = text_.substr(0, at_ + 200).find('>', at_);
        if (end == std::string_view::npos) return false;
        if (text_.substr(at_ + 1, 2) == "br") made_ += ' ';
        at_ = end + 1;
        return true;
    }

    // "](/headings/7001)"; the bracket before the words falls away by itself.
    bool link_end() {
        if (text_.substr(at_, 2) != "](") return false;
        std::size_t const end = text_.substr(0, at_ + 200).find(')', at_);
        if (end == std::string_view::npos) return false;
        at_ = end + 1;
        return true;
    }

    void sign() {
        std::size_t const bytes = sequence_bytes(text_, at_);
        if (bytes > 1) {
            made_ += plain_sign(text_.substr(at_, bytes));
        } else if (bytes == 0) {
            made_ += '?';
        } else if (char const c = text_[at_]; c == '\n') {
            made_ += c;
        } else if (c != '*' && c != '[' && c != ']') {
            made_ += static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F ? ' ' : c;
        }
        at_ += std::max<std::size_t>(bytes, 1);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string made_;
};

// ---- words -----------------------------------------------------------------------------------------

bool within_word(char sign) {
    return is_letter(sign) || is_digit(sign) || sign == '-' || static_cast<std::uint8_t>(sign) >= 0x80;
}

class Words {
public:
    explicit Words(std::string_view text) : text_(text) {}

    std::vector<Token> made() && {
        while (at_ < text_.size()) next();
        return std::move(made_);
    }

private:
    void next() {
        char const c = text_[at_];
        if (c == '\n') return line();
        if (c == ' ') {
            ++at_;
        } else if (within_word(c)) {
            word();
        } else {
            made_.push_back({Kind::sign, std::string(1, c), at_, at_ + 1});
            ++at_;
        }
    }

    // One break, however many lines are empty; a dash opens an item of a list.
    void line() {
        std::size_t const begin = at_;
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
        bool const item = text_.substr(at_, 2) == "- ";
        if (item) at_ += 2;
        if (at_ >= text_.size() || (!item && goes_on())) return;
        made_.push_back({item ? Kind::item : Kind::line, "", begin, at_});
    }

    // A break that a line of print left in a sentence: "of the / product", "7203, / 7204".
    bool goes_on() const {
        static constexpr std::array<std::string_view, 10> open = {"of",      "the",    "a",  "in", "within",
                                                                  "heading", "exceed", "by", "to", "from"};
        if (made_.empty() || is_upper(text_[at_])) return false;
        bool const number = made_.back().word == "," && is_digit(text_[at_]);
        return number || std::ranges::find(open, made_.back().word) != open.end();
    }

    void word() {
        std::size_t const begin = at_;
        std::string word = run();
        // "ex- works", "non- originating": a hyphen left over from a line of print.
        while (word.size() > 1 && word.back() == '-' && at_ + 1 < text_.size() && text_[at_] == ' ' &&
               is_letter(text_[at_ + 1])) {
            ++at_;
            word += run();
        }
        std::string const slashed = word == "and" ? and_or() : "";
        if (!slashed.empty()) word = slashed;
        push(std::move(word), begin);
    }

    std::string run() {
        std::string run;
        for (; at_ < text_.size(); ++at_) {
            char const c = text_[at_];
            bool const point = (c == '.' || c == ',') && !run.empty() && is_digit(run.back()) &&
                               run.find_first_not_of("0123456789") == std::string::npos &&
                               at_ + 1 < text_.size() && is_digit(text_[at_ + 1]);
            bool const apostrophe =
                c == '\'' && !run.empty() && at_ + 1 < text_.size() && is_letter(text_[at_ + 1]);
            if (!within_word(c) && !point && !apostrophe) break;
            run += lower(c);
        }
        return run;
    }

    std::string and_or() {
        std::size_t at = at_;
        while (at < text_.size() && text_[at] == ' ') ++at;
        if (at >= text_.size() || text_[at] != '/') return {};
        ++at;
        while (at < text_.size() && text_[at] == ' ') ++at;
        if (text_.substr(at, 2) != "or") return {};
        at_ = at + 2;
        return "and/or";
    }

    void push(std::string word, std::size_t begin) {
        bool const digits = word.find_first_not_of("0123456789.") == std::string::npos;
        Kind kind = digits ? Kind::number : Kind::word;
        if (digits) {
            std::size_t at = at_;
            while (at < text_.size() && text_[at] == ' ') ++at;
            if (at < text_.size() && text_[at] == '%') {
                kind = Kind::percent;
                at_ = at + 1;
            }
        }
        bool const capital = is_upper(text_[begin]);
        made_.push_back({kind, std::move(word), begin, at_, capital});
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<Token> made_;
};
}  // namespace

std::string plain_of(std::string_view markdown) { return Plain(markdown).made(); }
std::vector<Token> tokens_of(std::string_view plain) { return Words(plain).made(); }

std::string read_of(std::string_view words) {
    std::string all = "read \"";
    bool space = false;
    std::size_t const empty = all.size();
    for (char const c : words) {
        if (c == ' ' || c == '\n') {
            space = all.size() > empty;
            continue;
        }
        if (space) all += ' ';
        space = false;
        if (c == '"' || c == '\\') all += '\\';
        all += c;
    }
    return all + "\"";
}
// ---- codes -----------------------------------------------------------------------------------------

std::string listed(Codes const& codes) {
    std::string all;
    for (std::string const& code : codes) all += (all.empty() ? "" : ", ") + code;
    return all;
}

namespace {

// "7", "0713", "50.04" as digits; "chapter 7" is 07.
std::optional<std::string> code_of(std::string_view word, bool chapter) {
    std::string digits;
    for (char const c : word)
        if (is_digit(c)) digits += c;
    if (digits.size() == 1 && chapter) digits.insert(digits.begin(), '0');
    bool const known = digits.size() >= 2 && digits.size() <= 10 && digits.size() % 2 == 0;
    if (!known || (digits.size() == 2 && !chapter)) return std::nullopt;
    return digits;
}

std::string_view constexpr code_words =
    "heading|headings|chapter|chapters|subheading|subheadings|sub-heading|sub-headings";

struct CodeWord {
    bool any = false;
    bool chapter = false;
};

CodeWord code_word(Cursor& at) {
    at.eat("[tariff]");
    bool const chapter = at.sees("chapter|chapters");
    bool const any = at.eat(code_words);
    return {any, chapter};
}

// "heading 7201 to 7204": one entry of a list. `chapter` is what the word before the list said.
std::optional<std::string> code_entry(Cursor& at, bool& chapter, bool first) {
    Cursor const before = at;
    CodeWord const word = code_word(at);
    if (first && !word.any) return std::nullopt;
    if (word.any) chapter = word.chapter;
    auto const number = at.eat(Kind::number);
    auto const code = number ? code_of(*number, chapter) : std::nullopt;
    if (!code) {
        at.move_to(before.at());
        return std::nullopt;
    }
    Cursor further = at;
    if (!further.eat("to|through|-")) return code;
    code_word(further);
    auto const last_number = further.eat(Kind::number);
    auto const last = last_number ? code_of(*last_number, chapter) : std::nullopt;
    // A range of unlike codes is not understood; nor is the list that it stands in.
    if (!last || last->size() != code->size() || *last < *code) return std::nullopt;
    at.move_to(further.at());
    return *code == *last ? *code : *code + "-" + *last;
}

}  // namespace

std::optional<Codes> codes(Cursor& at) {
    std::size_t const before = at.at();
    bool chapter = false;
    auto first = code_entry(at, chapter, true);
    if (!first) {
        at.move_to(before);
        return std::nullopt;
    }
    Codes all = {std::move(*first)};
    while (true) {
        Cursor next = at;
        bool const joined = next.eat("[,] and|or|and/or [of|from|in|within]") || next.eat(", [of|from]");
        if (!joined) break;
        next.eat("[those|materials] [of]");
        auto entry = code_entry(next, chapter, false);
        if (!entry) break;
        all.push_back(std::move(*entry));
        at.move_to(next.at());
    }
    return all;
}

bool any_material(Cursor& at) {
    Cursor const before = at;
    at.eat("[all|any] [of] [the] [non-originating]");
    if (at.eat("materials|material|those|products|goods [classified] of|from|in|within")) return true;
    at.move_to(before.at());
    return false;
}

}  // namespace allroads::books::prose
