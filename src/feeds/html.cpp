// HTML of descriptions, as plain paragraphs. One pass that never goes back: what a browser would not show
// (scripts, styles, comments, a tag that is never closed) is not text.
#include "feeds/table.h"
#include "feeds/values.h"

#include <algorithm>
#include <array>

namespace allroads::feeds {

namespace {

// Of HTML 4, U+00A0 to U+00FF in their order.
constexpr std::array<std::string_view, 96> latin_names = {
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",    "copy",
    "ordf",   "laquo",  "not",    "shy",    "reg",    "macr",   "deg",    "plusmn", "sup2",   "sup3",
    "acute",  "micro",  "para",   "middot", "cedil",  "sup1",   "ordm",   "raquo",  "frac14", "frac12",
    "frac34", "iquest", "Agrave", "Aacute", "Acirc",  "Atilde", "Auml",   "Aring",  "AElig",  "Ccedil",
    "Egrave", "Eacute", "Ecirc",  "Euml",   "Igrave", "Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde",
    "Ograve", "Oacute", "Ocirc",  "Otilde", "Ouml",   "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",
    "Uuml",   "Yacute", "THORN",  "szlig",  "agrave", "aacute", "acirc",  "atilde", "auml",   "aring",
    "aelig",  "ccedil", "egrave", "eacute", "ecirc",  "euml",   "igrave", "iacute", "icirc",  "iuml",
    "eth",    "ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",   "divide", "oslash", "ugrave",
    "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml"};
struct NamedLetter {
    std::string_view name;
    char32_t letter;
};
constexpr std::array<NamedLetter, 22> other_names = {{
    {"amp", '&'},       {"lt", '<'},       {"gt", '>'},       {"quot", '"'},     {"apos", '\''},
    {"hellip", 0x2026}, {"mdash", 0x2014}, {"ndash", 0x2013}, {"lsquo", 0x2018}, {"rsquo", 0x2019},
    {"sbquo", 0x201A},  {"ldquo", 0x201C}, {"rdquo", 0x201D}, {"bdquo", 0x201E}, {"bull", 0x2022},
    {"euro", 0x20AC},   {"trade", 0x2122}, {"oelig", 0x0153}, {"OElig", 0x0152}, {"ensp", ' '},
    {"emsp", ' '},      {"thinsp", ' '},
}};
constexpr std::array<std::string_view, 9> hidden = {"script",   "style", "noscript", "template", "head",
                                                    "textarea", "svg",   "iframe",   "title"};
constexpr std::array<std::string_view, 24> paragraphs = {
    "p",      "div",   "h1",    "h2",         "h3",  "h4",     "h5",      "h6",
    "ul",     "ol",    "table", "section",    "dl",  "hr",     "article", "header",
    "footer", "aside", "main",  "blockquote", "pre", "figure", "form",    "address"};
constexpr std::array<std::string_view, 8> lines = {"br", "li",      "tr",     "dt",
                                                   "dd", "caption", "option", "figcaption"};

template <std::size_t size>
bool is_one_of(std::array<std::string_view, size> const& list, std::string_view word) {
    return std::ranges::find(list, word) != list.end();
}

std::optional<char32_t> numbered(std::string_view digits) {
    bool const is_hex = digits.starts_with('x') || digits.starts_with('X');
    if (is_hex) digits.remove_prefix(1);
    if (digits.empty() || digits.size() > 7) return {};
    char32_t value = 0;
    for (char const c : lower_ascii(digits)) {
        bool const is_decimal = c >= '0' && c <= '9';
        if (!is_decimal && !(is_hex && c >= 'a' && c <= 'f')) return {};
        value = value * (is_hex ? 16 : 10) + static_cast<char32_t>(is_decimal ? c - '0' : c - 'a' + 10);
    }
    bool const is_letter = value >= 0x20 && value <= 0x10FFFF && !(value >= 0x7F && value < 0xA0) &&
                           !(value >= 0xD800 && value <= 0xDFFF);
    return is_letter || value == '\n' || value == '\t' ? value : char32_t{0xFFFD};
}
std::optional<char32_t> letter_of(std::string_view entity) {
    if (entity.starts_with('#')) return numbered(entity.substr(1));
    for (auto const& [name, letter] : other_names)
        if (name == entity) return letter;
    auto const found = std::ranges::find(latin_names, entity);
    if (found == latin_names.end()) return {};
    return 0xA0 + static_cast<char32_t>(found - latin_names.begin());
}

class Converter {
public:
    explicit Converter(std::string_view html, bool with_tags = true) : html_(html), with_tags_(with_tags) {}
    std::string text() {
        while (at_ < html_.size()) {
            char const c = html_[at_];
            if (c == '<' && with_tags_ && begins_tag()) {
                tag();
            } else if (c == '&') {
                entity();
            } else {
                plain(c);
                ++at_;
            }
        }
        return std::move(out_);
    }

private:
    [[nodiscard]] bool begins_tag() const {
        char const next = at_ + 1 < html_.size() ? html_[at_ + 1] : ' ';
        return (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '/' || next == '!' ||
               next == '?';
    }
    void separate() {
        if (!out_.empty() && breaks_ > 0) out_.append(static_cast<std::size_t>(breaks_), '\n');
        if (!out_.empty() && breaks_ == 0 && has_space_) out_.push_back(' ');
        breaks_ = 0;
        has_space_ = false;
        if (is_item_) out_ += "- ";
        is_item_ = false;
    }
    void plain(char c) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f') {
            has_space_ = true;
        } else if (byte >= 0x20 && byte != 0x7F) {
            separate();
            out_.push_back(c);
        }
    }
    void entity() {
        std::size_t const end = html_.substr(at_, 12).find(';');
        auto const letter =
            end == std::string_view::npos ? std::nullopt : letter_of(html_.substr(at_ + 1, end - 1));
        if (!letter) {
            plain(html_[at_++]);
            return;
        }
        at_ += end + 1;
        if (*letter == 0xA0 || *letter == ' ' || *letter == '\n' || *letter == '\t') {
            has_space_ = true;
        } else if (*letter != 0xAD) {
            separate();
            append_utf8(out_, *letter);
        }
    }
    void line_break(int size) {
        breaks_ = std::max(breaks_, size);
        has_space_ = false;
    }
    // Past the end of the tag; quotes hide a '>'.
    void past_tag() {
        char quote = 0;
        for (; at_ < html_.size(); ++at_) {
            char const c = html_[at_];
            if (quote != 0) {
                if (c == quote) quote = 0;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '>') {
                ++at_;
                return;
            }
        }
    }
    void past(std::string_view mark) {
        std::size_t const end = html_.find(mark, at_);
        at_ = end == std::string_view::npos ? html_.size() : end + mark.size();
    }
    void past_element(std::string_view name) {
        std::string const mark = "</" + std::string(name);
        while (at_ < html_.size()) {
            past("</");
            if (lower_ascii(html_.substr(at_, name.size())) == name) break;
        }
        past_tag();
    }
    void tag() {
        if (html_.substr(at_).starts_with("<!--")) return past("-->");
        if (html_.substr(at_).starts_with("<![CDATA[")) return past("]]>");
        std::size_t begin = at_ + 1;
        bool const is_end = html_[begin] == '/';
        if (is_end) ++begin;
        std::size_t end = begin;
        auto const is_name = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        };
        while (end < html_.size() && is_name(html_[end]) && end - begin < 16) ++end;
        std::string const name = lower_ascii(html_.substr(begin, end - begin));
        at_ = end;
        bool const is_hidden = !is_end && is_one_of(hidden, name);
        past_tag();
        if (is_hidden) return past_element(name);
        if (is_one_of(paragraphs, name)) line_break(2);
        if (is_one_of(lines, name)) {
            // Two <br> make a paragraph.
            line_break(name == "br" && breaks_ > 0 ? 2 : 1);
        }
        if (name == "li" && !is_end) is_item_ = true;
        if (name == "td" || name == "th") has_space_ = true;
    }

    std::string_view html_;
    bool with_tags_;
    std::size_t at_ = 0;
    std::string out_;
    int breaks_ = 0;
    bool has_space_ = false;
    bool is_item_ = false;
};

bool has_markup(std::string_view text) {
    for (std::size_t at = text.find_first_of("<&"); at != std::string_view::npos;
         at = text.find_first_of("<&", at + 1)) {
        char const next = at + 1 < text.size() ? text[at + 1] : ' ';
        bool const is_letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
        if (text[at] == '<' && (is_letter || next == '/' || next == '!')) return true;
        if (text[at] == '&' && (is_letter || next == '#') &&
            text.substr(at, 12).find(';') != std::string_view::npos)
            return true;
    }
    return false;
}

std::string tidy_lines(std::string_view text) {
    std::string out;
    std::size_t breaks = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        char const c = text[at];
        auto const byte = static_cast<unsigned char>(c);
        if (c == '\n' || (c == '\r' && text.substr(at, 2) != "\r\n")) {
            ++breaks;
            while (!out.empty() && out.back() == ' ') out.pop_back();
        } else if (byte >= 0x20 && byte != 0x7F) {
            if (c == ' ' && (breaks > 0 || out.empty())) continue;
            if (!out.empty()) out.append(std::min<std::size_t>(breaks, 2), '\n');
            breaks = 0;
            out.push_back(c);
        } else if (c == '\t' && !out.empty() && breaks == 0) {
            out.push_back(' ');
        }
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

}  // namespace

std::string text_from_html(std::string_view html) {
    return has_markup(html) ? Converter(html).text() : tidy_lines(html);
}

std::string line_from_html(std::string_view text) { return Converter(text, false).text(); }

std::string html_from_text(std::string_view text) {
    std::string out;
    auto const append = [&](std::string_view line) {
        for (char const c : line) {
            if (c == '&') {
                out += "&amp;";
            } else if (c == '<') {
                out += "&lt;";
            } else if (c == '>') {
                out += "&gt;";
            } else {
                out.push_back(c);
            }
        }
    };
    while (!text.empty()) {
        std::size_t const end = std::min(text.find("\n\n"), text.size());
        std::string_view paragraph = text.substr(0, end);
        text.remove_prefix(std::min(end + 2, text.size()));
        out += "<p>";
        while (!paragraph.empty()) {
            std::size_t const line = std::min(paragraph.find('\n'), paragraph.size());
            append(paragraph.substr(0, line));
            if (line < paragraph.size()) out += "<br>";
            paragraph.remove_prefix(std::min(line + 1, paragraph.size()));
        }
        out += "</p>";
    }
    return out;
}

}  // namespace allroads::feeds
