#pragma once
// Official wording of product-specific rules of origin, read as text of docs/origin-rules.md. It knows how
// agreements speak; it promises never to say more than they do: what it does not understand stands in the
// answer as `read "..."`, beside the rest or instead of all of it, and no condition is dropped.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace allroads::books {

// What a rule is for, as far as it is known: codes ("4012", "5004-5005") and which goods of them.
struct Goods {
    std::string_view codes;
    std::string_view part;
};

// A longer text is no rule; its answer is one `read` that says so.
inline constexpr std::size_t rule_prose_bytes_max = std::size_t{32} << 10;

// The official wording of one product-specific rule (markdown as the UK Trade Tariff publishes it) as text of
// docs/origin-rules.md. What is not understood becomes `read "..."` with its words: markdown, links, entities
// and tags removed, white space collapsed. A text that cannot be split safely is one `read` as a whole.
//
// "Materials used" within a limit of value means materials without origin, as all agreements with that
// wording define it. A regional value content whose base is not named is measured against the price free on
// board. `product`: the codes of the goods that the rule is for ("4012", "5004-5005"), as far as they are
// known; some words mean something only of certain goods ("manufacture from yarn").
[[nodiscard]] std::string rule_from_prose(std::string_view markdown, Goods const& goods = {});

// The rows of one product joined as alternatives: any of them is enough. Rows that only go on with the row
// before them ("b) 40% under the build-down method", "However, ...", "Except that of the product") are read
// together with it; "Followed in both cases by ..." is asked for beside all rows before it.
//
// The Tariff marks a row that is an alternative with the operator "or". Rows without an operator behind
// another row are the same in most agreements (all but the last of a list of alternatives have none; New
// Zealand has none at all), or, in the Trans-Pacific agreement, stand for other goods of the same code, which
// their own words say
// ("A change to any other good of ...") and which stay in the answer as `read`.
[[nodiscard]] std::string rule_from_alternatives(std::span<std::string const> markdown,
                                                 Goods const& goods = {});

}  // namespace allroads::books
