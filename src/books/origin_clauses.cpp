#include "books/origin_clauses.h"

#include "books/origin_goods.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace allroads::books::prose {

Term term(std::string text, bool alternatives) { return {std::move(text), alternatives}; }
Term term(Change change) { return {"", false, std::move(change)}; }

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

namespace {

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

}  // namespace

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

namespace {

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

}  // namespace

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

namespace {

// Introductory notes of the agreement with India, (f); the shares stand there and not in the rule.
Term standard_content() {
    return one_of(
        {"RVC 40% EXW build-down", "RVC 45% FOB build-down", "RVC 35% EXW build-up", "RVC 35% FOB build-up"});
}

}  // namespace

bool no_more_than(Cursor& at) {
    return at.eat("does|do|may|must|shall|should not exceed") || at.eat("cannot exceed");
}

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

namespace {

bool used(Cursor& at) {
    at.eat("[are]");
    at.eat("[used]");
    if (at.sees("in [the] production|manufacture")) {
        at.eat("in [the] production|manufacture");
        at.eat("of the product|good");
    }
    return true;
}

}  // namespace

namespace {

// "the value of the unprinted fabric used does not exceed 47.5% of the ex-works price"
std::optional<Term> fabric_value(Cursor& at) {
    Cursor trial = at;
    if (!trial.eat("the [total|maximum] value of [all] [the] [non-originating]")) return std::nullopt;
    auto scope = trial.eat("unprinted goods of") ? codes(trial) : fabric_of(trial);
    if (!scope) return std::nullopt;
    trial.eat("[used]");
    if (!no_more_than(trial)) return std::nullopt;
    auto limit = limits(trial, *scope);
    if (limit) at.move_to(trial.at());
    return limit;
}

}  // namespace

std::optional<Term> value_condition(Cursor& at) {
    Cursor trial = at;
    trial.eat("within the above limit [,]");
    if (auto found = fabric_value(trial)) {
        at.move_to(trial.at());
        return found;
    }
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

namespace {

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

}  // namespace

std::optional<std::string> change_word(Cursor& at) {
    if (at.eat("chapter|chapters")) return "CC";
    if (at.eat("heading|headings")) return "CTH";
    if (at.eat("subheading|subheadings|sub-heading")) return "CTSH";
    return std::nullopt;
}

bool that_of_the_product(Cursor& at) {
    return at.eat("that [heading] of the [final] product|good|products|goods");
}

namespace {

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

}  // namespace

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

namespace {

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

}  // namespace

namespace {

// "the product is both cut (or knit to shape) and sewn or otherwise assembled in the territory of a Party"
std::optional<Term> assembled_condition(Cursor& at) {
    if (!at.eat("the product|good is both cut ( or knit to shape ) and sewn or otherwise assembled in the "
                "territory of a|the party"))
        return std::nullopt;
    return term("(process(cutting) | process(knitting-to-shape)) & (process(sewing) | process(assembly))");
}

}  // namespace

std::optional<Term> condition(Cursor& at) {
    static constexpr std::array<std::optional<Term> (*)(Cursor&), 9> forms = {
        value_condition,   use_condition,  weight_condition, change_condition,    obtained_condition,
        content_condition, share_sentence, content_sentence, assembled_condition,
    };
    for (auto const form : forms)
        if (auto found = form(at)) return found;
    return std::nullopt;
}

}  // namespace allroads::books::prose
