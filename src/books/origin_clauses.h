#pragma once
// Conditions of rules of origin as agreements word them, and what their answers are made of: shares of a
// price, value contents, weights, changes of tariff classification, materials that are wholly obtained. Each
// reader takes one condition off the words at hand, or leaves them as they are; none drops a word it did not
// understand. Only the readers of origin_prose use it.

#include "books/origin_words.h"

#include <optional>
#include <string>
#include <vector>

namespace allroads::books::prose {

// ---- the answer

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

[[nodiscard]] Term term(std::string text, bool alternatives = false);
[[nodiscard]] Term term(Change change);

// All of the terms hold.
using Rule = std::vector<Term>;

[[nodiscard]] std::string text_of(Rule const& rule);
void append(Rule& rule, Rule more);

// Alternatives, each once.
[[nodiscard]] std::string joined(std::vector<std::string> alternatives);
[[nodiscard]] Term one_of(std::vector<std::string> const& alternatives);

// ---- parts of a condition

[[nodiscard]] bool no_more_than(Cursor& at);
// "50% of the ex-works price or 45% of the free on board value" as limits of the materials of the codes.
[[nodiscard]] std::optional<Term> limits(Cursor& at, Codes const& codes);
// "the same heading as the product", "this heading" as the change that such materials lack.
[[nodiscard]] std::optional<std::string> same_place(Cursor& at);
// "heading" is CTH.
[[nodiscard]] std::optional<std::string> change_word(Cursor& at);
[[nodiscard]] bool that_of_the_product(Cursor& at);

// ---- conditions

// The methods of a value content, any of which will do.
[[nodiscard]] std::optional<Term> contents(Cursor& at);
// "there is a regional value content of not less than: a) ..."
[[nodiscard]] std::optional<Term> content_condition(Cursor& at);
// "the value of all the materials of heading 8431 used does not exceed 10% of the ex-works price"
[[nodiscard]] std::optional<Term> value_condition(Cursor& at);
// Whatever can stand after "in which", "provided that" or in a list.
[[nodiscard]] std::optional<Term> condition(Cursor& at);

}  // namespace allroads::books::prose
