#include "books/origin_prose.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace allroads::books {
namespace {

// ---- from markdown to plain text -------------------------------------------------------------------

bool is_digit(char sign) { return sign >= '0' && sign <= '9'; }
bool is_upper(char sign) { return sign >= 'A' && sign <= 'Z'; }
bool is_lower(char sign) { return sign >= 'a' && sign <= 'z'; }
bool is_letter(char sign) { return is_upper(sign) || is_lower(sign); }
char lower(char sign) { return is_upper(sign) ? static_cast<char>(sign - 'A' + 'a') : sign; }

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

enum class Kind { word, number, percent, sign, line, item };

struct Token {
    Kind kind;
    std::string word;  // in lower case; of a percentage the number alone
    std::size_t begin;
    std::size_t end;
    bool capital = false;
};

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

// ---- the answer ------------------------------------------------------------------------------------

using Codes = std::vector<std::string>;

std::string listed(Codes const& codes) {
    std::string all;
    for (std::string const& code : codes) all += (all.empty() ? "" : ", ") + code;
    return all;
}

// "CTH except 8529 same 20% EXW": what may become of it is known only at the end of the text.
struct Change {
    std::string word;  // CC, CTH, CTSH or ANY
    Codes except;
    Codes also;
    std::string same;  // "20% EXW"

    std::string text() const {
        if (word == "ANY") return except.empty() ? word : "not(" + listed(except) + ")";
        std::string all = word;
        if (!except.empty()) all += " except " + listed(except);
        if (!also.empty()) all += " also " + listed(also);
        if (!same.empty()) all += " same " + same;
        return all;
    }
};

struct Term {
    std::string text;
    bool alternatives = false;  // text has an | outside of parentheses
    std::optional<Change> change = std::nullopt;
};

Term term(std::string text, bool alternatives = false) { return {std::move(text), alternatives}; }
Term term(Change change) { return {"", false, std::move(change)}; }

// All of the terms hold.
using Rule = std::vector<Term>;

std::string text_of(Rule const& rule) {
    std::string all;
    for (Term const& each : rule) {
        std::string const text = each.change ? each.change->text() : each.text;
        if (!all.empty()) all += " & ";
        all += each.alternatives && rule.size() > 1 ? "(" + text + ")" : text;
    }
    return all;
}

std::string joined(std::vector<std::string> alternatives) {
    std::vector<std::string> seen;
    std::string all;
    for (std::string& each : alternatives) {
        if (std::ranges::find(seen, each) != seen.end()) continue;
        all += (all.empty() ? "" : " | ") + each;
        seen.push_back(std::move(each));
    }
    return all;
}

Term one_of(std::vector<std::string> const& alternatives) {
    std::string text = joined(alternatives);
    bool const several =
        std::ranges::any_of(alternatives, [&](auto const& each) { return each != alternatives[0]; });
    return term(std::move(text), several);
}

void append(Rule& rule, Rule more) {
    for (Term& each : more) rule.push_back(std::move(each));
}

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

// ---- the cursor ------------------------------------------------------------------------------------

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

// ---- codes -----------------------------------------------------------------------------------------

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

// A list of codes, as far as it goes: "headings 0301, 0302 to 0307 and chapter 16".
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

// What stands for all goods of the codes after it.
bool any_material(Cursor& at) {
    Cursor const before = at;
    at.eat("[all|any] [of] [the] [non-originating]");
    if (at.eat("materials|material|those|products|goods [classified] of|from|in|within")) return true;
    at.move_to(before.at());
    return false;
}

// Descriptions that are the whole text of a heading, or of one subheading (Harmonized System 2022).
struct Named {
    std::string_view words;
    std::string_view code;
    std::string_view means;
};
constexpr std::array<Named, 21> named_goods = {{
    {"ingots or other primary forms or semi-finished materials of", "7218", "7218"},
    {"ingots or other primary forms or semi-finished materials of", "7224", "7224"},
    {"ingots or other primary forms or semi-finished materials of", "7206", "7206"},
    {"ingots or other primary forms or semi-finished materials of", "7207", "7207"},
    {"ingots or other primary forms of", "7206", "7206"},
    {"ingots or other primary forms of", "7218", "721810"},
    {"ingots or other primary forms of", "7224", "722410"},
    {"semi-finished materials of", "7207", "7207"},
    {"semi-finished materials of", "7218", "721891-721899"},
    {"semi-finished materials of", "7224", "722490"},
    {"paper-making materials of", "47", "47"},
    {"cork of", "4501", "4501"},
    {"cereals of", "10", "10"},

    {"potato starch of", "1108", "110813"},
    {"prepared or preserved vegetables of", "2002-2005", "2002-2005"},
    {"non-assembled tanned or dressed furskins of", "4302", "430211-430220"},
    {"semi-finished products of", "7207", "7207"},
    {"tools of", "8202-8205", "8202-8205"},  // the words of heading 8206
    {"waste and scrap of", "7802", "7802"},
    {"waste and scrap of", "7902", "7902"},
    {"waste and scrap of", "8002", "8002"},
}};

// "ingots or other primary forms of heading 7206 or 7218"; every code must be known with these words.
std::optional<Codes> named_codes(Cursor& at) {
    for (Named const& named : named_goods) {
        Cursor trial = at;
        if (!trial.eat(named.words)) continue;
        auto const found = codes(trial);
        if (!found) return std::nullopt;
        Codes all;
        for (std::string const& code : *found) {
            auto const* const known = std::ranges::find_if(named_goods, [&](Named const& each) {
                return each.words == named.words && each.code == code;
            });
            if (known == named_goods.end()) return std::nullopt;
            all.emplace_back(known->means);
        }
        at.move_to(trial.at());
        return all;
    }
    return std::nullopt;
}

// ---- prices, limits, value contents ----------------------------------------------------------------

bool plain_percent(std::string_view number) {
    std::size_t const point = number.find('.');
    std::string_view const whole = number.substr(0, point);
    std::string_view const part = point == std::string_view::npos ? "0" : number.substr(point + 1);
    bool const digits = part.find_first_not_of("0123456789") == std::string_view::npos;
    return !whole.empty() && whole.size() <= 3 && !part.empty() && part.size() <= 6 && digits;
}

std::optional<std::string> percent(Cursor& at) {
    Cursor const before = at;
    auto const number = at.eat(Kind::percent);
    if (number && plain_percent(*number)) return number;
    at.move_to(before.at());
    return std::nullopt;
}

bool ex_works(Cursor& at) {
    return at.eat("ex-works|ex-work price|cost") || at.eat("ex works|work price|cost");
}

bool free_on_board(Cursor& at) {
    bool const named = at.eat("free-on-board") || at.eat("free on-board") || at.eat("free on board");
    if (!named && !at.eat("fob")) return false;
    at.eat("[(] [fob] [)] [cost|value|price]");
    return true;
}

// The base of a share, with "of the product". The transaction value or ex-works price of the agreement with
// Canada is one term: the price paid at the place of the last production.
std::optional<std::string> price(Cursor& at) {
    at.eat("[either] [the] [value] [of] [the]");
    bool const transaction = at.eat("transaction value or");
    std::string base;
    if (ex_works(at)) {
        at.eat("( exw )");
        base = "EXW";
    } else if (transaction) {
        return std::nullopt;
    } else if (free_on_board(at)) {
        base = "FOB";
    } else if (at.eat("net cost")) {
        base = "NC";
    } else {
        return std::nullopt;
    }
    at.eat("of the|a [final] product|good|products|goods|set");
    return base;
}

// 100 - share of a whole percentage up to 100; otherwise nothing.
std::string hundred_less(std::string_view number) {
    std::uint32_t value = 0;
    for (char const c : number) {
        if (!is_digit(c)) return {};
        value = value * 10 + static_cast<std::uint32_t>(c - '0');
    }
    return value > 100 ? std::string() : std::to_string(100 - value);
}

// Non-originating materials of the codes are worth at most that share. A limit by net cost is said by what
// remains of it, for all materials only.
std::optional<std::string> value_limit(Codes const& codes, std::string const& share,
                                       std::string const& base) {
    if (base == "NC") {
        std::string const rest = hundred_less(share);
        if (!codes.empty() || rest.empty()) return std::nullopt;
        return "RVC " + rest + "% NC";
    }
    return "MaxNOM" + (codes.empty() ? "" : "(" + listed(codes) + ")") + " " + share + "% " + base;
}

// "50% of the ex-works price or 45% of the free on board value", also as a list.
std::optional<Term> limits(Cursor& at, Codes const& codes) {
    std::vector<std::string> all;
    Cursor trial = at;
    trial.eat("[:]");
    while (true) {
        trial.skip_lines();
        trial.skip_label();
        auto const share = percent(trial);
        if (!share || !trial.eat("of")) break;
        auto const base = price(trial);
        auto limit = base ? value_limit(codes, *share, *base) : std::nullopt;
        if (!limit) break;
        all.push_back(std::move(*limit));
        at.move_to(trial.at());
        trial.eat("[,]");
        trial.skip_lines();
        if (!trial.eat("or")) break;
    }
    if (all.empty()) return std::nullopt;
    return one_of(all);
}

// One method of a value content: "45% of the ex-works price under the build-down method".
std::optional<std::vector<std::string>> content(Cursor& at) {
    auto const share = percent(at);
    if (!share) return std::nullopt;
    std::vector<std::string> bases = {"FOB"};
    if (at.eat("of")) {
        bool const either = at.sees("either");
        auto const base = price(at);
        if (!base || *base == "NC") return std::nullopt;
        bases = {*base};
        if (either && (!at.eat("or [the]") || !free_on_board(at))) return std::nullopt;
        if (either) bases.emplace_back("FOB");
    }
    if (!at.eat("under|using the")) return std::nullopt;
    if (at.eat("net cost method")) return std::vector{"RVC " + *share + "% NC"};
    std::string way = at.sees("build-up") ? "build-up" : "build-down";
    if (at.eat("focused value method taking into account only the non-originating materials of")) {
        auto const scope = codes(at);
        if (!scope) return std::nullopt;
        way = "focused(" + listed(*scope) + ")";
    } else if (!at.eat("build-up|build-down method")) {
        return std::nullopt;
    }
    std::vector<std::string> all;
    for (std::string const& base : bases) all.push_back("RVC " + *share + "% " + base + " " + way);
    return all;
}

// The methods of a value content, any of which will do.
std::optional<Term> contents(Cursor& at) {
    std::vector<std::string> all;
    Cursor trial = at;
    trial.eat("[:]");
    while (true) {
        trial.skip_lines();
        trial.skip_label();
        auto found = content(trial);
        if (!found) break;
        for (std::string& each : *found) all.push_back(std::move(each));
        at.move_to(trial.at());
        trial.skip_breaks();
        trial.eat("[or]");
    }
    if (all.empty()) return std::nullopt;
    return one_of(all);
}

// Introductory notes of the agreement with India, (f); the shares stand there and not in the rule.
Term standard_content() {
    return one_of(
        {"RVC 40% EXW build-down", "RVC 45% FOB build-down", "RVC 35% EXW build-up", "RVC 35% FOB build-up"});
}

bool no_more_than(Cursor& at) {
    return at.eat("does|do|may|must|shall|should not exceed") || at.eat("cannot exceed");
}

// "the same heading as the product", "this heading" as the change that such materials lack.
std::optional<std::string> same_place(Cursor& at) {
    Cursor trial = at;
    bool const same = trial.eat("the same");
    if (!same && !trial.eat("this")) return std::nullopt;
    bool const sub = trial.sees("subheading");
    if (!trial.eat("heading|subheading")) return std::nullopt;
    if (same) trial.eat("as [that] [of] the [final] product|good");
    at.move_to(trial.at());
    return sub ? "CTSH" : "CTH";
}

bool used(Cursor& at) {
    at.eat("[are]");
    at.eat("[used]");
    if (at.sees("in [the] production|manufacture")) {
        at.eat("in [the] production|manufacture");
        at.eat("of the product|good");
    }
    return true;
}

// "the value of all the materials of heading 8431 used does not exceed 10% of the ex-works price"
std::optional<Term> value_condition(Cursor& at) {
    Cursor trial = at;
    trial.eat("within the above limit [,]");
    if (!trial.eat(
            "the [total|maximum] value of [all] [any] [of] [the] [non-originating] materials|material"))
        return std::nullopt;
    std::optional<std::string> change;
    Codes scope;
    trial.eat("[used]");
    if (trial.eat("[which] [are] classified in|within|under") || trial.eat("of|from")) {
        change = same_place(trial);
        auto found = change ? std::nullopt : codes(trial);
        if (!change && !found) return std::nullopt;
        if (found) scope = std::move(*found);
    }
    used(trial);
    trial.eat("[,] [taken] [together] [,]");
    trial.eat("( maxnom )");
    if (!no_more_than(trial)) return std::nullopt;
    if (scope.empty() && !change && trial.eat("the value of [all] [the] originating materials used")) {
        at.move_to(trial.at());
        return term("NOM<=OM");
    }
    auto limit = limits(trial, scope);
    if (!limit) return std::nullopt;
    if (change) {
        if (limit->alternatives || !limit->text.starts_with("MaxNOM ")) return std::nullopt;
        limit = term(Change{*change, {}, {}, limit->text.substr(7)});
    }
    at.move_to(trial.at());
    return limit;
}

// "within the above limit, the materials of heading 8431 are only used up to a value of 10% of ..."
std::optional<Term> use_condition(Cursor& at) {
    Cursor trial = at;
    trial.eat("within the above limit [,]");
    if (!trial.eat("the [non-originating] materials [classified] of|in|within")) return std::nullopt;
    auto const change = same_place(trial);
    auto const scope = change ? std::optional<Codes>(Codes{}) : codes(trial);
    if (!scope) return std::nullopt;
    trial.eat("[,] [taken] [together] [,]");
    if (!trial.eat("are only used up to a value of")) return std::nullopt;
    auto limit = limits(trial, *scope);
    if (!limit || limit->alternatives) return std::nullopt;
    if (change) limit = term(Change{*change, {}, {}, limit->text.substr(7)});
    at.move_to(trial.at());
    return limit;
}

std::optional<Term> weight_condition(Cursor& at) {
    Cursor trial = at;
    if (!trial.eat("the [total] [combined] [net] weight of [all] [any] [of] [the] [non-originating] "
                   "materials|material of"))
        return std::nullopt;
    auto const scope = codes(trial);
    if (!scope) return std::nullopt;
    used(trial);
    if (!no_more_than(trial)) return std::nullopt;
    auto const share = percent(trial);
    if (!share || !trial.eat("of the [net] weight of the [final] product|good|products|goods"))
        return std::nullopt;
    at.move_to(trial.at());
    return term("weight(" + listed(*scope) + ") " + *share + "%");
}

// "all the materials of chapter 3 used are wholly obtained"
std::optional<Term> obtained_condition(Cursor& at) {
    Cursor trial = at;
    bool const each = trial.eat("all|any [of] [the]") || trial.eat("the");
    if (!each) return std::nullopt;
    std::optional<Codes> scope;
    bool everything = false;
    if (trial.eat("[non-originating] materials|material")) {
        bool const limited = trial.eat("[classified] of|from|in|within");
        if (limited) scope = codes(trial);
        if (limited && !scope) return std::nullopt;
        everything = !limited;
    } else {
        scope = named_codes(trial);
    }
    if (!scope && !everything) return std::nullopt;
    used(trial);
    bool const is = trial.eat("is|are [already]") || trial.eat("must|shall [already] be [already]") ||
                    trial.sees("wholly");
    if (!is) return std::nullopt;
    bool const wholly = trial.eat("wholly obtained [or] [produced]");
    if (!wholly && !trial.eat("originating")) return std::nullopt;
    if (!wholly && trial.sees("and|or")) return std::nullopt;
    if (wholly) trial.eat("in the country or territory");
    at.move_to(trial.at());
    // Chapters 1 to 97 are all goods there are.
    std::string const codes = scope ? listed(*scope) : "01-97";
    return term(wholly ? "WO(" + codes + ")" : "not(" + codes + ")");
}

std::optional<std::string> change_word(Cursor& at) {
    if (at.eat("chapter|chapters")) return "CC";
    if (at.eat("heading|headings")) return "CTH";
    if (at.eat("subheading|subheadings|sub-heading")) return "CTSH";
    return std::nullopt;
}

bool that_of_the_product(Cursor& at) {
    return at.eat("that [heading] of the [final] product|good|products|goods");
}

// "all the materials used are classified within a heading other than that of the product"
std::optional<Term> change_condition(Cursor& at) {
    Cursor trial = at;
    if (!trial.eat("all [of] [the] [non-originating] materials|material used is|are classified in|within a"))
        return std::nullopt;
    auto const word = change_word(trial);
    if (!word || !trial.eat("other than")) return std::nullopt;
    Change change = {*word, {}, {}, ""};
    if (!that_of_the_product(trial)) {
        auto found = codes(trial);
        if (!found) return std::nullopt;
        change = {"ANY", std::move(*found), {}, ""};
    } else if (trial.sees("and|or [of] heading|chapter|subheading")) {
        trial.eat("and|or [of]");
        auto found = codes(trial);
        if (!found) return std::nullopt;
        change.except = std::move(*found);
    }
    at.move_to(trial.at());
    return term(std::move(change));
}

// "there is a regional value content of not less than: a) ..."
std::optional<Term> content_condition(Cursor& at) {
    Cursor trial = at;
    if (trial.eat("[a] standard qvc")) {
        at.move_to(trial.at());
        return standard_content();
    }
    trial.eat("there is");
    if (!trial.eat("a regional|qualifying value content") && !trial.eat("[a] qvc|rvc")) return std::nullopt;
    if (!trial.eat("of not less than") && !trial.eat("of at least")) return std::nullopt;
    auto found = contents(trial);
    if (found) at.move_to(trial.at());
    return found;
}

// Sentences that name a share of the price of all materials.
std::optional<Term> share_sentence(Cursor& at) {
    Cursor trial = at;
    if (trial.eat("a maximum of")) {
        auto limit = limits(trial, {});
        if (!limit || !trial.eat("is made up of non-originating parts|materials")) return std::nullopt;
        trial.eat("( maxnom )");
        at.move_to(trial.at());
        return limit;
    }
    if (trial.eat("the maximum value of non-originating materials ( maxnom ) cannot exceed")) {
        auto limit = limits(trial, {});
        if (limit) at.move_to(trial.at());
        return limit;
    }
    return std::nullopt;
}

// "Your goods contain a Regional Value Content (RVC) of at least 55% of the Free on Board (FOB) cost"; the
// agreement with Japan, whose words these are, measures it by building down.
std::optional<Term> content_sentence(Cursor& at) {
    Cursor trial = at;
    if (trial.eat("your goods contain a regional value content ( rvc ) of at least")) {
        auto const share = percent(trial);
        if (!share || !trial.eat("of")) return std::nullopt;
        auto const base = price(trial);
        if (!base || *base == "NC") return std::nullopt;
        at.move_to(trial.at());
        return term("RVC " + *share + "% " + *base + " build-down");
    }
    if (!trial.eat("the good has a regional value content ( rvc ) as calculated under article"))
        return std::nullopt;
    if (!trial.eat(Kind::number) || !trial.eat("of the origin reference document of not less than"))
        return std::nullopt;
    auto const share = percent(trial);
    if (!share || !trial.eat(", whether using the build-up method or build-down method")) return std::nullopt;
    trial.skip_brackets();
    at.move_to(trial.at());
    return one_of({"RVC " + *share + "% FOB build-down", "RVC " + *share + "% FOB build-up"});
}

// Whatever can stand after "in which", "provided that" or in a list.
std::optional<Term> condition(Cursor& at) {
    static constexpr std::array<std::optional<Term> (*)(Cursor&), 8> forms = {
        value_condition,    use_condition,     weight_condition, change_condition,
        obtained_condition, content_condition, share_sentence,   content_sentence,
    };
    for (auto const form : forms)
        if (auto found = form(at)) return found;
    return std::nullopt;
}

// ---- processes -------------------------------------------------------------------------------------

// One way of working: named processes, and words about them that have no name.
struct Way {
    std::vector<std::string> names;
    std::vector<std::string> words;
};
using Ways = std::vector<Way>;
constexpr std::size_t ways_max = 32;

struct Process {
    std::string_view words;
    std::string_view name;
    bool narrower = false;  // the words ask for more than the name
};

// The longer wording stands before the shorter.
constexpr std::array<Process, 51> processes = {{
    {"spinning of natural or|and/or [of] man-made [staple] fibres", "spinning"},
    {"spinning of natural fibres", "spinning", true},
    {"spinning of man-made staple fibres", "spinning", true},
    {"spinning", "spinning"},
    {"extrusion of man-made|manmade [staple] fibres", "extrusion"},
    {"extrusion of man-made|manmade [continuous] filament|filaments [yarn]", "extrusion"},
    {"weaving", "weaving"},
    {"knitting or [with] crocheting", "knitting"},
    {"knitting / crocheting", "knitting"},
    {"knitting", "knitting"},
    {"twisting", "twisting"},
    {"dyeing of yarn of natural fibres", "dyeing", true},
    {"yarn dyeing", "dyeing", true},
    {"dyeing", "dyeing"},
    {"printing ( as [a] standalone operation )", "printing"},
    {"printing", "printing"},
    {"coating", "coating"},
    {"laminating", "laminating"},
    {"flocking", "flocking"},
    {"impregnating", "impregnating"},
    {"embroidering", "embroidering"},
    {"tufting", "tufting"},
    {"operations of refining", "refining"},
    {"one or more specific process ( es )", "", true},
    {"one or more specific processes", "", true},
    {"production of standard materials", "", true},
    {"needle punching", "needle-punching"},
    {"needle-punching", "needle-punching"},
    {"making-up ( including cutting [of] [fabric] )", "making-up"},
    {"making-up [,] including cutting [of] [fabric]", "making-up"},
    {"making-up", "making-up"},
    {"making up ( including cutting [of] [fabric] )", "making-up"},
    {"making up [,] including cutting [of] [fabric]", "making-up"},
    {"making up", "making-up"},
    {"chemical reaction", "chemical-reaction"},
    {"purification", "purification"},
    {"mixing and blending", "mixing"},
    {"mixing", "mixing"},
    {"change in particle size", "particle-size-change"},
    {"isomer separation", "isomer-separation"},
    {"biotechnological processing", "biotechnology"},
    {"distillation", "distillation"},
    {"refining", "refining"},
    {"alloying", "alloying"},
    {"beading", "beading"},
    {"moulding", "moulding"},
    {"grinding", "grinding"},
    {"milling", "milling"},
    {"roasting", "roasting"},
    {"polishing", "polishing"},
    {"casting", "casting"},
}};

bool joins_processes(Cursor const& at) {
    Cursor trial = at;
    trial.eat("[,] [in] [each] [case] [,]");
    return trial.eat("accompanied|followed|preceded [by|with]") || trial.eat("combined with") ||
           trial.sees("and making-up|making");
}

// "at least two preparatory or finishing operations (such as ...)"
bool finishing(Cursor& at) {
    Cursor trial = at;
    if (!trial.eat("at least two [other] [main] preparatory or|and/or finishing operations")) return false;
    if (trial.sees("( such as|like") && !trial.skip_brackets()) return false;
    at.move_to(trial.at());
    return true;
}

class ProcessReader {
public:
    ProcessReader(std::string_view plain, Cursor& at) : plain_(plain), at_(at) {}

    // Chains of processes, any of which is enough; nothing if no process is known.
    std::optional<Ways> read() {
        Ways all;
        Cursor const before = at_;
        do {
            auto chain = ways_of_chain();
            if (!chain || all.size() + chain->size() > ways_max) {
                at_.move_to(before.at());
                return std::nullopt;
            }
            for (Way& each : *chain) all.push_back(std::move(each));
            ++chains_;
        } while (next_chain());
        bool const known = std::ranges::any_of(all, [](Way const& each) { return !each.names.empty(); });
        if (known) return all;
        at_.move_to(before.at());
        return std::nullopt;
    }

    std::size_t chains() const { return chains_; }

private:
    bool next_chain() {
        Cursor trial = at_;
        if (!trial.eat("[,] or|and/or [by]") && !trial.eat(",")) return false;
        if (trial.done() || trial.sees("provided|where|in|and|or|including|however")) return false;
        at_.move_to(trial.at());
        return true;
    }

    std::optional<Ways> ways_of_chain() {
        auto ways = operand(true);
        if (!ways) return std::nullopt;
        while (joins_processes(at_)) {
            at_.eat("[,] [in] [each] [case] [,]");
            if (!at_.eat("combined with") && !at_.eat("and"))
                at_.eat("accompanied|followed|preceded [by|with]");
            auto const more = operand(false);
            if (!more || ways->size() * more->size() > ways_max) return std::nullopt;
            ways = both(*ways, *more);
        }
        return ways;
    }

    static Ways both(Ways const& left, Ways const& right) {
        Ways all;
        for (Way const& first : left)
            for (Way const& second : right) {
                Way way = first;
                way.names.insert(way.names.end(), second.names.begin(), second.names.end());
                way.words.insert(way.words.end(), second.words.begin(), second.words.end());
                all.push_back(std::move(way));
            }
        return all;
    }

    // Names joined by "or". Before "in each case" all of them are meant by what follows, and so are bare
    // names; otherwise a name with an object begins a way of its own.
    std::optional<Ways> operand(bool first) {
        auto one = process();
        if (!one) return std::nullopt;
        Ways all = {std::move(*one)};
        while (true) {
            Cursor const before = at_;
            if (!at_.eat("[,] or [by|with] [a|an|the]") && !at_.eat(", [by|with] [a|an|the]")) break;
            at_.skip_lines();
            bool const linked = before.sees("[,] or by|with") || before.sees(", by|with");
            std::size_t const from = at_.at();
            auto more = at_.done() ? std::nullopt : process();
            bool const fresh = !linked && !first && more && has_object(from);
            // "weaving or knitting and making-up": of one of them or of both?
            if (all.size() >= ways_max || at_.sees("and making-up|making")) return std::nullopt;
            if (!more || fresh || (first && !shared(before)) || (!first && joins_processes(at_))) {
                at_.move_to(before.at());
                break;
            }
            all.push_back(std::move(*more));
        }
        return all;
    }

    // "spinning of natural fibres" after "or" begins anew, "dyeing" does not.
    bool has_object(std::size_t from) const {
        Cursor trial = at_;
        for (trial.move_to(from); trial.at() < at_.at(); trial.move_to(trial.at() + 1))
            if (trial.sees("of")) return true;
        return false;
    }

    // Whether the names of a first operand share what is said after the last of them.
    bool shared(Cursor const& before) const {
        bool bare = true;
        Cursor trial = before;
        for (; !trial.done(); trial.move_to(trial.at() + 1)) {
            if (trial.sees("in each case") || trial.sees(", accompanied|combined|followed|preceded"))
                return true;
            if (trial.sees("accompanied|combined|followed|preceded")) return bare;
            if (trial.sees("of") || trial.sees(".")) bare = false;
        }
        return false;
    }

    // Metals that only repeat what the goods of the row are.
    std::optional<Way> metal_process() {
        Cursor trial = at_;
        bool const separation = trial.eat("electrolytic , thermal or chemical separation");
        if (!separation && !trial.eat("alloying")) return std::nullopt;
        if (!trial.eat("of [non-originating] precious metals of") || !codes(trial)) return std::nullopt;
        if (!separation) trial.eat("with each other or with base metals");
        at_.move_to(trial.at());
        return Way{{separation ? "separation" : "alloying"}, {}};
    }

    std::optional<Way> process() {
        at_.eat("[a|an|the]");
        if (auto found = metal_process()) return found;
        if (finishing(at_)) return Way{{"finishing"}, {}};
        for (Process const& each : processes) {
            Cursor trial = at_;
            if (!trial.eat(each.words) || trial.sees("of|in|by|from|to|at")) continue;
            if (trial.sees("and") && !trial.sees("and making-up|making")) continue;
            std::string_view const words = slice(at_.at(), trial.at());
            at_.move_to(trial.at());
            Codes const names = each.name.empty() ? Codes{} : Codes{std::string(each.name)};
            return Way{names, each.narrower ? Codes{read_of(words)} : Codes{}};
        }
        return nameless();
    }

    // A process that has no name here, up to the next "or", comma or joining word.
    std::optional<Way> nameless() {
        std::size_t const from = at_.at();
        if (at_.sees("of|use|from|all|if|as")) return std::nullopt;
        while (!at_.done() && !at_.sees("or|and|with|by|.|,|:|;|(|provided|where|is|are|in") &&
               !joins_processes(at_) && at_.sees(Kind::word) && !at_.sees("manufacture|production|however"))
            at_.move_to(at_.at() + 1);
        bool const stopped = !at_.done() && !at_.sees("or|.|,|is|are|in") && !joins_processes(at_);
        if (at_.at() == from || stopped) return std::nullopt;
        return Way{{}, {read_of(slice(from, at_.at()))}};
    }

    std::string_view slice(std::size_t from, std::size_t to) const { return at_.text(plain_, from, to); }

    std::string_view plain_;
    Cursor& at_;
    std::size_t chains_ = 0;
};

std::string text_of(Way const& way) {
    std::string all;
    std::vector<std::string> seen;
    for (std::string const& name : way.names) {
        if (std::ranges::find(seen, name) != seen.end()) continue;
        all += (all.empty() ? "" : "+") + name;
        seen.push_back(name);
    }
    if (!all.empty()) all = "process(" + all + ")";
    for (std::string const& words : way.words) all += (all.empty() ? "" : " & ") + words;
    return all;
}

// ---- sentences -------------------------------------------------------------------------------------

constexpr std::size_t depth_max = 4;

class Reader {
public:
    explicit Reader(std::string plain) : plain_(std::move(plain)), tokens_(Words(plain_).made()) {}

    std::string rule() const { return whole({0, tokens_.size()}); }

private:
    Cursor cursor(Range range) const { return {tokens_, range}; }

    // The words of a range, without the stops about them.
    std::string read(Range range) const {
        while (!range.empty() && is_stop(tokens_[range.to - 1])) --range.to;
        while (!range.empty() && is_stop(tokens_[range.from])) ++range.from;
        if (range.empty()) return read_of("");
        return read_of(cursor(range).text(plain_, range.from, range.to));
    }

    static bool is_stop(Token const& token) {
        static constexpr std::string_view stops = ".,;:";
        bool const sign = token.kind == Kind::sign && stops.find(token.word) != std::string_view::npos;
        return sign || token.kind == Kind::line || token.kind == Kind::item;
    }

    // A text, with the notes behind it.
    std::string whole(Range all) const {
        Range const body = {all.from, note_begin(all)};
        std::vector<std::string> answers;
        for (Range const part : alternatives(body)) {
            Rule const answer = clause(part, 0);
            answers.push_back(text_of(answer));
        }
        bool const unread = std::ranges::all_of(answers, [](auto const& each) { return only_read(each); });
        if (answers.empty() || unread) return read(all);
        std::string text = joined(answers);
        if (body.to == all.to) return text;
        return with_note(std::move(text), answers.size() > 1, {body.to, all.to}, all);
    }

    static bool only_read(std::string_view text) {
        bool quoted = false;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (quoted && text[i] == '\\')
                ++i;
            else if (text[i] == '"')
                quoted = !quoted;
            else if (!quoted && (is_digit(text[i]) || is_upper(text[i])))
                return false;
        }
        return text.find("process(") == std::string_view::npos &&
               text.find("not(") == std::string_view::npos && text.find("only(") == std::string_view::npos &&
               text.find("weight(") == std::string_view::npos;
    }

    // Notes about mixed textiles, and about plastics of two groups, only ease the rule: what satisfies the
    // rule without them is enough. Of any other note that is not known.
    std::string with_note(std::string text, bool several, Range note, Range all) const {
        Cursor at = cursor(note);
        at.skip_breaks();
        at.eat("(");
        bool const eases =
            at.sees("for special conditions relating to products|goods made of a mixture of textile") ||
            at.sees("in the case of [the] products composed of");
        if (eases) return text + " | " + read(all);
        return (several || text.find(" | ") != std::string::npos ? "(" + text + ")" : text) + " & " +
               read(note);
    }

    std::size_t note_begin(Range all) const {
        Cursor at = cursor(all);
        for (bool fresh = true; !at.done(); at.move_to(at.at() + 1)) {
            bool const note =
                at.sees("for [the] special conditions") || at.sees("( for [the] special conditions") ||
                at.sees("see [also] introductory|note|appendix|annex") ||
                (fresh && (at.sees("note :") || at.sees("in the case of [the] products composed") ||
                           at.sees("for knitted or crocheted articles") || at.sees("for the purposes of")));
            if (note) return at.at();
            fresh = at.sees(".") || at.sees(Kind::line);
        }
        return all.to;
    }

    // Whole sentences joined by "or": the second begins with a capital. Within a list only a new
    // "Manufacture" is known not to be one of its items.
    std::vector<Range> alternatives(Range all) const {
        std::vector<Range> parts;
        std::size_t from = all.from;
        bool list = false;
        for (std::size_t i = all.from; i < all.to; ++i) {
            if (tokens_[i].word == ":") list = true;
            if (tokens_[i].word != "or") continue;
            std::size_t next = i + 1;
            while (next < all.to && (tokens_[next].kind == Kind::line || tokens_[next].word == ":")) ++next;
            if (next >= all.to || !tokens_[next].capital || !opens(next, all.to)) continue;
            bool const fresh = tokens_[next].word == "manufacture" || tokens_[next].word == "production";
            if ((list && !fresh) || shares_end(from, i, next, all.to)) continue;
            if (from < i) parts.push_back({from, i});
            from = next;
        }
        if (from < all.to) parts.push_back({from, all.to});
        return parts;
    }

    // Capitals also stand in names of plants and fishes; these words open a rule.
    bool opens(std::size_t from, std::size_t to) const {
        Cursor const at = cursor({from, to});
        return at.sees(
                   "manufacture|manufacturing|production|weaving|knitting|printing|coating|"
                   "making|making-up|flocking|tufting|extrusion|spinning|dyeing|twisting|fusion|alloying|"
                   "electrolytic|thermal|operations|cutting|rubberising|fabric|carding|distillation|refining|"
                   "cc|cth|ctsh") ||
               at.sees("a|no|the change|maximum|chemical|operation") || at.sees("yarn dyeing") ||
               at.sees("non-woven|nonwoven fabric|process|techniques") || at.sees("other operations");
    }

    // "Spinning ... or / Extrusion ..., in each case accompanied by weaving": what stands at the end is said
    // of both, unless the first has such an end of its own.
    bool shares_end(std::size_t from, std::size_t joint, std::size_t next, std::size_t to) const {
        for (Cursor each = cursor({from, joint}); !each.done(); each.move_to(each.at() + 1))
            if (each.sees("accompanied|combined|followed|preceded|manufacture|production|change"))
                return false;
        for (Cursor each = cursor({next, to}); !each.done() && !each.sees("."); each.move_to(each.at() + 1))
            if (each.sees("in each case") || each.sees("in both cases")) return true;
        return false;
    }

    // One sentence or item, with what limits or eases it.
    Rule clause(Range range, std::size_t depth) const {
        Cursor at = cursor(range);
        at.skip_breaks();
        Rule rule;
        if (depth > depth_max || !(opening(at, rule, depth) || unknown_head(at, rule, depth)))
            return {term(read(range))};
        while (true) {
            bool const fresh = to_next(at);
            if (at.done()) return rule;
            if (at.sees("however")) {
                if (!however(at, rule, range)) return {term(read(range))};
            } else if (fresh || !modifier(at, rule, depth)) {
                if (fresh || !narrows(at)) return {term(read(range))};
                rule.push_back(term(read(at.rest())));
                return rule;
            }
        }
    }

    // Goes to the next words and says whether they are a new sentence.
    static bool to_next(Cursor& at) {
        bool fresh = false;
        while (at.sees(Kind::line) || at.sees(Kind::item) || at.sees(".") || at.sees(",") || at.sees(";") ||
               at.sees(")")) {
            fresh = fresh || at.sees(Kind::line) || at.sees(Kind::item) || at.sees(".");
            at.move_to(at.at() + 1);
        }
        return fresh;
    }

    // Words that can only ask for more, whatever they are.
    bool narrows(Cursor const& at) const {
        bool const opens = at.sees("provided|except|excluding|where") || at.sees("[and] in which") ||
                           at.sees("in accordance with") || at.sees("- within the limits") || in_brackets(at);
        if (!opens) return false;
        for (Cursor each = at; !each.done(); each.move_to(each.at() + 1))
            if (each.sees("however") || each.sees("or manufacture|production|a|no")) return false;
        return true;
    }

    // "(until 31 December 2023)" and nothing behind it.
    static bool in_brackets(Cursor at) {
        if (!at.skip_brackets()) return false;
        at.skip_breaks();
        return at.done();
    }

    // "Manufacture from unembroidered fabric, provided that the value of ...": the head stands as it is. With
    // an "or" in it the condition may belong to its last part alone.
    bool unknown_head(Cursor& at, Rule& rule, std::size_t depth) const {
        std::size_t const from = at.at();
        for (Cursor each = at; !each.done(); each.move_to(each.at() + 1)) {
            bool const choice = each.sees("or|and/or") && !at.sees("manufacture by");
            if (choice || each.sees("however|either|:|.|if") || each.sees(Kind::line) ||
                each.sees(Kind::item))
                return false;
            if (!each.sees("provided") && !each.sees("in which")) continue;
            if (each.at() == from) return false;
            Rule head = {term(read({from, each.at()}))};
            if (!modifier(each, head, depth)) return false;
            append(rule, std::move(head));
            at.move_to(each.at());
            return true;
        }
        return false;
    }

    bool opening(Cursor& at, Rule& rule, std::size_t depth) const {
        at.skip_label();
        if (other_operations(at)) return conditions(at, rule, depth);
        if (at.eat("manufacture|manufacturing|production")) return making(at, rule, depth);
        bool const goods = at.eat("all goods must|shall be wholly obtained");
        bool const animals =
            !goods && at.eat("all [the] animals of chapter 1 shall|must|are [be] wholly obtained");
        if (goods || animals) {
            rule.push_back(term("WO"));
            return true;
        }
        if (depth > 0 && at.sees("from|using")) return making(at, rule, depth);
        if (depth > 0 && !at.eat("in which") && !at.eat("where [,]")) at.eat("that");
        if (abbreviated(at, rule) || change_sentence(at, rule) || no_change(at, rule)) return true;
        if (auto found = condition(at)) {
            rule.push_back(std::move(*found));
            return true;
        }
        if (auto found = contents(at)) {
            rule.push_back(std::move(*found));
            return true;
        }
        return worked(at, rule);
    }

    // "Other operations than those referred to above in which": the rows before it stand for themselves.
    static bool other_operations(Cursor& at) {
        Cursor trial = at;
        if (!trial.eat("other operations")) return false;
        if (!trial.eat("than those referred to above")) trial.eat("than those referred to in column");
        if (!trial.eat("in which")) return false;
        at.move_to(trial.at());
        return true;
    }

    // After "Manufacture" or "Production".
    bool making(Cursor& at, Rule& rule, std::size_t depth) const {
        if (at.eat("[,] in which")) return conditions(at, rule, depth);
        if (at.sees(":")) return list(at, rule, depth);
        if (at.eat("from|using materials not classified in|within|under")) {
            auto found = codes(at);
            if (!found) return false;
            rule.push_back(term(Change{"ANY", std::move(*found), {}, ""}));
            return true;
        }
        if (at.eat("from|of [all] [non-originating] materials|material of|from any"))
            return any_place(at, rule);
        if (!at.eat("from")) return false;
        Cursor trial = at;
        auto found = named_codes(at);
        if (!found && any_material(at)) found = codes(at);
        if (!found || at.sees("and|or|and/or|not|with|,|(")) {
            at.move_to(trial.at());
            return false;
        }
        rule.push_back(term("only(" + listed(*found) + ")"));
        return true;
    }

    // After "from materials of any": a heading, with or without that of the product.
    bool any_place(Cursor& at, Rule& rule) const {
        bool const other = at.eat("other");
        auto const word = change_word(at);
        if (at.eat("[,] including that of the product|good")) {
            rule.push_back(term(Change{"ANY", {}, {}, ""}));
            return true;
        }
        if (word && at.sees("[,] including other|materials")) return included(at, rule, *word);
        if (!word || at.sees("[,] including|outside")) return false;
        Cursor trial = at;
        trial.eat("[,]");
        if (!trial.eat("except|excluding [for] [from]") || !that_of_the_product(trial)) {
            rule.push_back(term(Change{other ? *word : "ANY", {}, {}, ""}));
            return true;
        }
        at.move_to(trial.at());
        rule.push_back(term(Change{*word, {}, {}, ""}));
        if (at.sees("and|or|and/or [in] which") || !at.eat("and|or [those] [of]")) return true;
        return excepted(at, rule);
    }

    // "including other materials of heading 3002": materials of that heading are taken if they are not of the
    // description of the product. That needs a person; where all materials change, the question does not
    // arise.
    bool included(Cursor& at, Rule& rule, std::string const& word) const {
        for (Cursor each = at; !each.done(); each.move_to(each.at() + 1))
            if (each.sees("may|must|shall not be") || each.sees("and") || each.sees("in which")) return false;
        rule.push_back(term(word + " | " + read({at.first(), at.end()}), true));
        at.move_to(at.end());
        return true;
    }

    // After "except": codes, or words as they are.
    bool excepted(Cursor& at, Rule& rule) const {
        std::size_t const from = at.at();
        any_material(at);
        auto found = named_codes(at);
        if (!found) found = codes(at);
        Change* const change = change_of(rule);
        if (found && change != nullptr)
            change->except.insert(change->except.end(), found->begin(), found->end());
        bool const more = at.sees("and|or|and/or") && !at.sees("and in which") && !at.sees("and a|standard");
        if (found && change != nullptr && !more) return true;
        if (found && change != nullptr) at.eat("and|or|and/or");
        Range const rest = {found && change != nullptr ? at.at() : from, phrase_end(at)};
        if (rest.empty()) return false;
        rule.push_back(term("read \"except " + read(rest).substr(6)));
        at.move_to(rest.to);
        return true;
    }

    static Change* change_of(Rule& rule) {
        Change* found = nullptr;
        for (Term& each : rule) {
            if (!each.change) continue;
            if (found != nullptr) return nullptr;
            found = &*each.change;
        }
        return found;
    }

    static std::size_t phrase_end(Cursor at) {
        while (!at.done() && !at.sees(".") && !at.sees(Kind::line) && !at.sees(Kind::item) &&
               !at.sees("however") && !at.sees("[,] provided") && !at.sees("[,] [and] in which") &&
               !at.sees(", however"))
            at.move_to(at.at() + 1);
        return at.at();
    }

    // "CTH: All non-originating materials used in the production of the good have undergone a change ..."
    static bool abbreviated(Cursor& at, Rule& rule) {
        Cursor trial = at;
        for (auto const& [word, name, level] : {std::array<std::string_view, 3>{"cc", "CC", "2-digit"},
                                                {"cth", "CTH", "4-digit"},
                                                {"ctsh", "CTSH", "6-digit"}}) {
            if (!trial.eat(word)) continue;
            if (!trial.eat(": all non-originating materials used in the production of the good|product have "
                           "undergone a change in tariff classification at the") ||
                !trial.eat(level) || !trial.eat("level [(] [tariff] chapter|heading|subheading [)]"))
                return false;
            rule.push_back(term(Change{std::string(name), {}, {}, ""}));
            at.move_to(trial.at());
            return true;
        }
        return false;
    }

    // "A change to ... from any other heading", "A change from within this heading or any other heading"
    bool change_sentence(Cursor& at, Rule& rule) const {
        Cursor trial = at;
        if (!trial.eat("a change")) return false;
        Rule found;
        if (trial.eat("to") && !goods(trial, found)) return false;
        if (!trial.eat("from")) return false;
        if (!from_other(trial, found) && !from_within(trial, found)) return false;
        at.move_to(trial.at());
        std::ranges::rotate(found, found.end() - 1);
        append(rule, std::move(found));
        return true;
    }

    // The goods that a row is about. Only codes restate what the row stands for anyway.
    bool goods(Cursor& at, Rule& rule) const {
        std::size_t const from = at.at();
        Cursor trial = at;
        if (trial.eat("a good|product of") && codes(trial) && trial.sees("from|,")) {
            at.move_to(trial.at());
            return true;
        }
        while (!at.done() && !at.sees("from") && !at.sees(", provided") && !at.sees(Kind::line))
            at.move_to(at.at() + 1);
        // "A change to cut glassware from uncut glassware ..." says which materials, not only which goods.
        bool const known = at.sees("from any|another|within") || at.sees(", provided");
        if (!known || at.at() == from) return false;
        rule.push_back(term(read({from, at.at()})));
        return true;
    }

    static bool from_other(Cursor& at, Rule& rule) {
        Cursor trial = at;
        if (!trial.eat("any|another other")) return false;
        auto const word = change_word(trial);
        if (!word) return false;
        at.move_to(trial.at());
        rule.push_back(term(Change{*word, {}, {}, ""}));
        return true;
    }

    // A change from within the heading itself asks for nothing, unless the value of such materials is
    // limited.
    static bool from_within(Cursor& at, Rule& rule) {
        Cursor trial = at;
        if (!trial.eat("within this|these") && !trial.eat("within any [one] of these")) return false;
        if (!trial.eat("heading|headings|subheading|subheadings [,]")) return false;
        bool const other = trial.eat("or any other heading|subheading|chapter") ||
                           trial.eat(
                               "whether or not there is also a change from any|another [other] "
                               "heading|subheading|chapter");
        if (!other) return false;
        at.move_to(trial.at());
        rule.push_back(term(Change{"ANY", {}, {}, ""}));
        return true;
    }

    // "No change in tariff classification is required ..., provided ...": the condition is the rule.
    bool no_change(Cursor& at, Rule& rule) const {
        Cursor trial = at;
        if (!trial.eat("no change in tariff classification [is] required")) return false;
        Rule found;
        if (trial.eat("for") && !goods(trial, found)) return false;
        trial.eat("[,]");
        if (!trial.sees("provided")) return false;
        at.move_to(trial.at());
        trial.eat("provided [that]");
        auto content = content_condition(trial);
        if (content) at.move_to(trial.at());
        rule.push_back(content ? std::move(*content) : term(Change{"ANY", {}, {}, ""}));
        append(rule, std::move(found));
        return true;
    }

    // Named processes. A condition behind several ways may belong to the last alone and stays words.
    bool worked(Cursor& at, Rule& rule) const {
        Cursor trial = at;
        ProcessReader reader(plain_, trial);
        auto const ways = reader.read();
        if (!ways) return false;
        trial.eat("is|are undergone");
        Cursor after = trial;
        after.eat("[,]");
        bool const ends =
            after.done() || after.sees(".") || after.sees(Kind::line) || after.sees("provided|where");
        if (!ends) return false;
        std::vector<std::string> all;
        for (Way const& way : *ways) all.push_back(text_of(way));
        bool const tail = after.sees("provided|where");
        if (tail && reader.chains() > 1) return false;
        rule.push_back(one_of(all));
        at.move_to(trial.at());
        return true;
    }

    // What follows "in which", "provided that": one condition or a list of them.
    bool conditions(Cursor& at, Rule& rule, std::size_t depth) const {
        if (at.sees(":") || at.sees(Kind::item)) return list(at, rule, depth);
        auto found = condition(at);
        if (!found) return false;
        rule.push_back(std::move(*found));
        ease_within(rule);
        return true;
    }

    // "A change from within this heading ..., provided that the value of materials of this heading ...": the
    // limit is all there is; "any" beside it says nothing.
    static void ease_within(Rule& rule) {
        if (rule.size() < 2 || !rule.back().change || !rule.front().change) return;
        Change const& first = *rule.front().change;
        if (first.word == "ANY" && first.except.empty()) rule.erase(rule.begin());
    }

    bool modifier(Cursor& at, Rule& rule, std::size_t depth) const {
        Cursor trial = at;
        Rule more = rule;
        bool understood = false;
        if (trial.eat("except|excluding [for] [from]")) {
            understood = change_of(more) != nullptr && excepted(trial, more);
        } else if (trial.eat("[and] [,] provided [that]") || trial.eat("[and] [,] in which") ||
                   trial.eat("where")) {
            understood = conditions(trial, more, depth);
        } else if (trial.eat("and [,] [that]")) {
            understood = conditions(trial, more, depth);
        }
        if (!understood) return false;
        rule = std::move(more);
        at.move_to(trial.at());
        return true;
    }

    // ---- lists ----

    struct List {
        std::vector<Range> items;
        bool conjunction = false;  // an "and" was seen
        bool alternative = false;  // an "or" was seen
        bool clear = true;
    };

    // The items from a line or dash on; a line that only says "and" joins them.
    List items(Cursor& at) const {
        List list;
        bool const dashes = at.sees(Kind::item);
        while (!at.done()) {
            Cursor next = at;
            bool const dash = next.sees(Kind::item);
            next.skip_lines();
            if (next.sees("however") || next.done()) break;
            std::size_t end = next.at();
            while (end < at.end() && tokens_[end].kind != Kind::line && tokens_[end].kind != Kind::item)
                ++end;
            Range item = {next.at(), end};
            at.move_to(end);
            bool const joins = connector(list, item);
            if (item.empty()) continue;
            if (dashes && !dash) list.clear = false;
            if (joins && end >= at.end()) list.clear = false;
            list.items.push_back(item);
        }
        return list;
    }

    // Takes the "and" or "or" off the end of an item.
    bool connector(List& list, Range& item) const {
        bool joins = false;
        while (!item.empty()) {
            std::string const& last = tokens_[item.to - 1].word;
            bool const word = last == "and" || last == "or" || last == "and/or";
            if (!word && last != "," && last != ";") break;
            list.conjunction = list.conjunction || last == "and" || last == "and/or";
            list.alternative = list.alternative || last == "or" || last == "and/or";
            joins = joins || word;
            --item.to;
        }
        if (!item.empty() && tokens_[item.to - 1].word == ":") list.clear = false;
        return joins;
    }

    // Items without any word between them are all asked for.
    bool list(Cursor& at, Rule& rule, std::size_t depth) const {
        at.eat("[:]");
        if (!at.sees(Kind::line) && !at.sees(Kind::item)) return false;
        List const found = items(at);
        if (!found.clear || found.items.empty() || (found.conjunction && found.alternative)) return false;
        std::vector<Rule> rules;
        bool known = false;
        for (Range const item : found.items) {
            rules.push_back(clause(item, depth + 1));
            known = known || !only_read(text_of(rules.back()));
        }
        if (!known) return false;
        if (!found.alternative) {
            for (Rule& each : rules) append(rule, std::move(each));
            return true;
        }
        std::vector<std::string> texts;
        for (Rule const& each : rules) texts.push_back(text_of(each));
        rule.push_back(one_of(texts));
        return true;
    }

    // ---- "However, ..." ----

    bool however(Cursor& at, Rule& rule, Range range) const {
        at.eat("however [,]");
        if (at.sees(":")) return false;
        Cursor trial = at;
        if (auto found = value_condition(trial)) {
            rule.push_back(std::move(*found));
            at.move_to(trial.at());
            return true;
        }
        if (eased(at, rule) || forbidden(at, rule)) return true;
        return eased_by_words(at, rule, range);
    }

    // "materials of the same heading as the product may be used, provided that their total value does not
    // ..."
    static bool eased(Cursor& at, Rule& rule) {
        Cursor trial = at;
        std::optional<std::string> same;
        std::optional<Codes> scope = named_codes(trial);
        if (!scope) {
            if (!trial.eat("[the] [non-originating] materials [are] [classified] of|from|in|within"))
                return false;
            same = same_place(trial);
            scope = same ? std::optional<Codes>(Codes{}) : codes(trial);
        }
        if (!scope || !trial.eat("may be used|incorporated [into] [the] [set]") ||
            !trial.eat("[,] provided [that] their|the [total] value [,] [taken] [together] [,]"))
            return false;
        if (!no_more_than(trial)) return false;
        auto limit = limits(trial, *scope);
        Change* const change = change_of(rule);
        bool const ends = trial.done() || trial.sees(".") || trial.sees(Kind::line) || trial.sees(",");
        if (!limit || limit->alternatives || change == nullptr || !ends) return false;
        if (same ? !take_same(*change, *same, limit->text) : !take_also(*change, *scope)) return false;
        if (!same) rule.push_back(std::move(*limit));
        at.move_to(trial.at());
        return true;
    }

    static bool take_same(Change& change, std::string const& word, std::string const& limit) {
        if (change.word != word || !change.same.empty() || !limit.starts_with("MaxNOM ")) return false;
        change.same = limit.substr(7);
        return true;
    }

    static bool take_also(Change& change, Codes const& scope) {
        Change changed = change;
        for (std::string const& code : scope) {
            auto const excepted = std::ranges::find(changed.except, code);
            bool const listed = excepted != changed.except.end();
            if (listed) changed.except.erase(excepted);
            if (!listed && (changed.word == "ANY" || !changed.except.empty())) return false;
            if (changed.word != "ANY") changed.also.push_back(code);
        }
        change = std::move(changed);
        return true;
    }

    // "waste and scrap of heading 7902 may not be used"
    bool forbidden(Cursor& at, Rule& rule) const {
        std::size_t const end = sentence_end(at);
        Cursor trial = at;
        bool no = false;
        for (Cursor each = cursor({at.at(), end}); !each.done(); each.move_to(each.at() + 1)) {
            no = no || each.sees("may|must|shall|can not be used");
            if (each.sees("may be") || each.sees("may also") || each.sees("provided")) return false;
        }
        if (!no) return false;
        any_material(trial);
        auto found = named_codes(trial);
        if (!found) found = codes(trial);
        Change* const change = change_of(rule);
        if (found && change != nullptr && trial.eat("may|must not be used") && trial.at() >= end) {
            change->except.insert(change->except.end(), found->begin(), found->end());
        } else {
            rule.push_back(term(read({at.at(), end})));
        }
        at.move_to(end);
        return true;
    }

    // What may be used besides needs a person; without it the rule stands as it is.
    bool eased_by_words(Cursor& at, Rule& rule, Range range) const {
        bool may = false;
        for (Cursor each = at; !each.done(); each.move_to(each.at() + 1)) {
            may = may || each.sees("may [also] be used|incorporated");
            if (each.sees("not be") || each.sees("not exceed") ? !may : false) return false;
        }
        if (!may || only_read(text_of(rule))) return false;
        rule = {term(text_of(rule) + " | " + read(range), true)};
        at.move_to(at.end());
        return true;
    }

    static std::size_t sentence_end(Cursor at) {
        while (!at.done() && !at.sees(".") && !at.sees(Kind::line) && !at.sees(Kind::item))
            at.move_to(at.at() + 1);
        return at.at();
    }

    std::string plain_;
    std::vector<Token> tokens_;
};

std::string too_long(std::size_t bytes) {
    return read_of("a text of " + std::to_string(bytes) + " bytes, too long to be read as a rule");
}

std::string rule_of(std::string_view markdown) {
    if (markdown.size() > rule_prose_bytes_max) return too_long(markdown.size());
    return Reader(Plain(markdown).made()).rule();
}

// ---- rows of one product ---------------------------------------------------------------------------

// How a row hangs on the row before it.
enum class Joint { own, item, sentence, part, all };

Joint joint_of(std::string_view markdown) {
    std::string const plain = Plain(markdown.substr(0, 200)).made();
    std::vector<Token> const tokens = Words(plain).made();
    Cursor at(tokens, {0, tokens.size()});
    at.skip_breaks();
    at.eat("-");
    if (at.sees("followed") || at.sees("in both|either|each|all case|cases")) return Joint::all;
    if (at.sees("however")) return Joint::sentence;
    if (at.sees("except|provided|and|excluding")) return Joint::part;
    bool const first = at.sees("[(] a|i )");
    if (!first && (at.skip_label() || at.sees(Kind::percent))) return Joint::item;
    return Joint::own;
}

std::string_view without_stop(std::string_view text) {
    while (!text.empty() && (text.back() == '.' || text.back() == ' ' || text.back() == '\n'))
        text.remove_suffix(1);
    return text;
}

bool ends_with_joint(std::string_view text) {
    text = without_stop(text);
    while (text.ends_with('*') || text.ends_with(',')) text.remove_suffix(1);
    return text.ends_with(" and") || text.ends_with(" or") || text.ends_with("*and") || text.ends_with("*or");
}

class Rows {
public:
    void take(std::string const& row) {
        Joint const joint = text_.empty() && answers_.empty() ? Joint::own : joint_of(row);
        if (joint == Joint::own || text_.empty()) {
            close();
            text_ = row;
        } else if (joint == Joint::sentence) {
            text_ += "\n\n" + row;
        } else if (joint == Joint::part) {
            text_ = std::string(without_stop(text_)) + ", " + row;
        } else if (joint == Joint::item) {
            text_ = std::string(without_stop(text_)) + (ends_with_joint(text_) ? "\n\n" : ", or\n\n") + row;
        } else {
            // "Followed in both cases by bonding": said of the rows so far, however many of them are meant.
            close();
            answers_ = {"(" + joined(std::move(answers_)) + ") & " + read_of(Plain(row).made())};
        }
    }

    std::string rule() && {
        close();
        return answers_.empty() ? read_of("") : joined(std::move(answers_));
    }

private:
    void close() {
        if (!text_.empty()) answers_.push_back(rule_of(text_));
        text_.clear();
    }

    std::string text_;  // the row that may go on
    std::vector<std::string> answers_;
};

}  // namespace

std::string rule_from_prose(std::string_view markdown) { return rule_of(markdown); }

std::string rule_from_alternatives(std::span<std::string const> markdown) {
    std::size_t bytes = 0;
    for (std::string const& row : markdown) bytes += row.size();
    if (bytes > rule_prose_bytes_max) return too_long(bytes);
    Rows rows;
    for (std::string const& row : markdown) rows.take(row);
    return std::move(rows).rule();
}

}  // namespace allroads::books
