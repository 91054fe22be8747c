#include "web/marks.h"

#include <algorithm>
#include <set>

namespace allroads::web {
namespace {

constexpr int depth_max = 8;  // of includes

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char letter) {
        return (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '_';
    });
}

// Whether ctemplate may see what stands between two pairs of braces. Whatever else it understands could turn
// escaping off, or read files.
bool is_marker(std::string_view inside) {
    if (inside.starts_with('#') || inside.starts_with('/')) return is_name(inside.substr(1));
    std::size_t const colon = inside.find(':');
    std::string_view const name = inside.substr(0, colon);
    if (!is_name(name)) return false;
    bool const is_markup = Name::of(name).is_for_markup();
    std::string_view const modifier = colon == std::string_view::npos ? "" : inside.substr(colon);
    return modifier == ":none" ? is_markup : !is_markup && (modifier.empty() || modifier == ":p");
}

std::unexpected<Error> bad(std::string_view field, std::string_view why) {
    return refuse(Code::bad_file, std::string(field), std::string(why));
}

std::string without_indentation(std::string_view text) {
    std::string lines;
    while (!text.empty()) {
        std::size_t const end = text.find('\n');
        std::string_view const line = trim(text.substr(0, end));
        if (!line.empty()) (lines += line) += '\n';
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return lines;
}

Result<void> append_whole(Files const& files, std::string_view name, int depth, std::string& to) {
    auto const file = files.find(name);
    if (file == files.end()) return bad(name, "there is no such template");
    if (depth > depth_max) return bad(name, "templates include each other too deeply");
    std::string_view rest = file->second;
    while (true) {
        std::size_t const open = rest.find("{{");
        to += rest.substr(0, open);
        if (open == std::string_view::npos) return {};
        std::size_t const close = rest.find("}}", open);
        if (close == std::string_view::npos) return bad(name, "braces are not closed");
        std::string_view const inside = rest.substr(open + 2, close - open - 2);
        if (inside.starts_with('>')) {
            TRY_VOID(append_whole(files, std::string(inside.substr(1)) + ".tpl", depth + 1, to));
        } else if (!inside.starts_with('!')) {
            if (!is_marker(inside)) return bad(name, "{{" + excerpt(inside) + "}} is no marker");
            ((to += "{{") += inside) += "}}";
        }
        rest.remove_prefix(close + 2);
    }
}

// The names in braces of a text that is to be translated; anything else in braces is refused.
Result<std::set<std::string, std::less<>>> names_in(std::string_view text) {
    std::set<std::string, std::less<>> names;
    for (std::size_t at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at)) {
        std::size_t const close = text.find("}}", at);
        std::string_view const name = text.substr(at + 2, close - at - 2);
        if (close == std::string_view::npos || !is_name(name) || Name::of(name).is_for_markup())
            return bad("text", "only names may stand in its braces: " + excerpt(text));
        names.insert(std::string(name));
        at = close + 2;
    }
    return names;
}

Mark mark_of(std::string_view inside) {
    std::size_t const bar = inside.find('|');
    if (bar == std::string_view::npos) return {"", std::string(inside)};
    return {std::string(inside.substr(0, bar)), std::string(inside.substr(bar + 1))};
}

// Where in HTML we are: within a tag, or within an element that holds text only.
class Where {
public:
    void pass(std::string_view text) {
        for (std::size_t at = 0; at < text.size(); ++at) step(text, at);
    }
    [[nodiscard]] bool may_hold_elements() const {
        return !is_in_tag_ && element_ != "title" && element_ != "option" && element_ != "textarea";
    }

private:
    void step(std::string_view text, std::size_t at) {
        char const letter = text[at];
        if (!is_in_tag_) {
            if (letter != '<') return;
            is_in_tag_ = true;
            std::size_t const end = text.find_first_of(" >/\n{", at + 1);
            element_ = text.substr(at + 1, end - at - 1);  // "" for a closing tag
        } else if (quote_ != 0) {
            if (letter == quote_) quote_ = 0;
        } else if (letter == '"' || letter == '\'') {
            quote_ = letter;
        } else if (letter == '>') {
            is_in_tag_ = false;
        }
    }
    bool is_in_tag_ = false;
    char quote_ = 0;
    std::string element_;
};

// The translation as it stands in the template: text escaped, names kept.
std::string placed(std::string_view text, bool isolates) {
    std::string to;
    while (true) {
        std::size_t const open = text.find("{{");
        to += escaped(text.substr(0, open));
        if (open == std::string_view::npos) return to;
        std::size_t const close = text.find("}}", open) + 2;
        if (isolates) to += "<bdi>";
        to += text.substr(open, close - open);
        if (isolates) to += "</bdi>";
        text.remove_prefix(close);
    }
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string to;
    to.reserve(text.size() + 8);
    for (char const letter : text) {
        switch (letter) {
            case '&': to += "&amp;"; break;
            case '<': to += "&lt;"; break;
            case '>': to += "&gt;"; break;
            case '"': to += "&quot;"; break;
            case '\'': to += "&#39;"; break;
            default: to += letter;
        }
    }
    return to;
}

Result<std::string> whole(Files const& files, std::string_view name) {
    std::string text;
    TRY_VOID(append_whole(files, name, 0, text));
    return without_indentation(text);
}

Result<std::vector<Mark>> marks_of(std::string_view whole) {
    std::vector<Mark> marks;
    for (std::size_t at = whole.find("[["); at != std::string_view::npos; at = whole.find("[[", at)) {
        std::size_t const close = whole.find("]]", at);
        if (close == std::string_view::npos) return bad("text", "brackets are not closed");
        marks.push_back(mark_of(whole.substr(at + 2, close - at - 2)));
        TRY_VOID(names_in(marks.back().text));
        at = close + 2;
    }
    return marks;
}

Result<std::string> in_language(std::string_view whole, Language const& language,
                                Translate const& translate) {
    std::string to;
    Where where;
    while (true) {
        std::size_t const open = whole.find("[[");
        to += whole.substr(0, open);
        where.pass(whole.substr(0, open));
        if (open == std::string_view::npos) return to;
        std::size_t const close = whole.find("]]", open);
        if (close == std::string_view::npos) return bad("text", "brackets are not closed");
        Mark const mark = mark_of(whole.substr(open + 2, close - open - 2));
        auto const allowed = TRY(names_in(mark.text));
        std::string const said = translate(language.code, mark.context, mark.text);
        for (std::string const& name : TRY(names_in(said))) {
            if (!allowed.contains(name))
                return bad("text", language.code + " names {{" + excerpt(name) + "}}: " + excerpt(mark.text));
        }
        to += placed(said, where.may_hold_elements());
        whole.remove_prefix(close + 2);
    }
}

}  // namespace allroads::web
