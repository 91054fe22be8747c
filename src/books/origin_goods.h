#pragma once
// Goods that rules of origin name by word, as codes of the Harmonized System 2022, and sentences that are
// read as a whole because only the goods of their row tell what they mean. "Manufacture from yarn" allows
// yarn and whatever comes before it and says nothing of goods of another nature (introductory notes 3.2, 3.5
// and 6 of the agreements that speak so): its answer is `not(...)` of what comes after. It promises an answer
// only where the codes can tell; goods that share a code with others are left to a person. Only the readers
// of origin_prose use it.

#include "books/origin_prose.h"
#include "books/origin_words.h"

#include <optional>
#include <string>
#include <string_view>

namespace allroads::books::prose {

// "ingots or other primary forms of heading 7206 or 7218"; every code must be known with these words.
[[nodiscard]] std::optional<Codes> named_codes(Cursor& at);

// What manufacture from materials of these codes forbids: goods of the same nature that come after them.
// Nothing where the order of working is not known.
[[nodiscard]] std::optional<Codes> later_than(Codes const& allowed);

// The same of textiles: "yarn", "natural fibres, or chemical materials or textile pulp", for textile
// products.
struct Later {
    Codes forbidden;
    Codes unclear;  // raw or already prepared for spinning: the code does not say
};
[[nodiscard]] std::optional<Later> later_than_textiles(Cursor& at, Goods const& goods);

// Whether they are goods of section XI.
[[nodiscard]] bool is_textile(Goods const& goods);

// "unprinted fabric", "non-twisted yarns" and the like, of which a value is limited.
[[nodiscard]] std::optional<Codes> fabric_of(Cursor& at);

// "mustard flour or meal or prepared mustard": what the rule of these goods lets one use besides.
[[nodiscard]] std::optional<Codes> free_goods(Cursor& at, Goods const& goods);

// The rule of a whole sentence about such goods.
[[nodiscard]] std::optional<std::string_view> sentence_rule(Cursor at, Goods const& goods);

}  // namespace allroads::books::prose
