#pragma once
// What stands in a cell: numbers as people of many countries write them, weights, lists, texts.

#include "base/base.h"
#include "goods/goods.h"
#include "money/money.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::feeds {

// "12,50", "1.234,50", "1 234.5", "12,34,567.00", "١٢٫٥٠". `point` is the decimal sign that this file is
// known to use: with it "1.234" has three decimals; against it, "1.234" may be a thousand and is refused.
[[nodiscard]] Result<Decimal> read_number(std::string_view text, char point);
// The decimal sign that this number cannot be read without; nothing where it could be read both ways.
[[nodiscard]] std::optional<char> point_of(std::string_view text);
// The sign that numbers of that language usually have.
[[nodiscard]] char usual_point(std::string_view language);

// A whole number of grams; `is_exact` is false where it was rounded (half up).
struct Grams {
    std::int64_t grams = 0;
    bool is_exact = true;
};
[[nodiscard]] Result<Grams> grams_of(Decimal const& amount, Unit unit);
// A unit of weight: kg, g, lb, lbs, oz and what tariffs call them, and كجم, 千克, 公斤, किग्रा.
[[nodiscard]] Result<Unit> weight_unit(std::string_view text);
// "3.5 kg"
[[nodiscard]] Result<Grams> read_weight(std::string_view text, char point);

// Words of one cell: "cotton; sisal". A word may hold anything: `;` and `\` have a `\` before them.
[[nodiscard]] std::string joined(std::vector<std::string> const& words);
[[nodiscard]] std::vector<std::string> parted(std::string_view cell);

// Text without markup: paragraphs by empty lines, list items by "- ". Scripts and styles are dropped,
// entities become what they stand for.
[[nodiscard]] std::string text_from_html(std::string_view html);
// One line whose entities are read, but no tags: titles.
[[nodiscard]] std::string line_from_html(std::string_view text);
[[nodiscard]] std::string html_from_text(std::string_view text);

[[nodiscard]] bool is_web_address(std::string_view text);
// Lower-case letters, digits and single hyphens: what may stand in an address.
[[nodiscard]] std::string slug_of(std::string_view text);
[[nodiscard]] std::string lower_ascii(std::string_view text);
// Of a name in any language: ISO 3166 codes, and English names as this hub has them.
[[nodiscard]] Result<Country> read_country(std::string_view text);
// "true", "yes", "1" and so on; nothing where it is neither.
[[nodiscard]] std::optional<bool> read_truth(std::string_view text);

}  // namespace allroads::feeds
