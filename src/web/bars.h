#pragma once
// Amounts drawn as bars: SVG without styles or scripts, coloured by classes of the style sheet, each part
// with its words as a <title>. Widths are whole thousandths, worked out of exact decimals.

#include "money/money.h"
#include "web/page.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::web {

enum class Direction : std::uint8_t { left_to_right, right_to_left };
enum class PartKind : std::uint8_t { goods, freight, duty, taxes, fees, unknown };
[[nodiscard]] std::string_view text_of(PartKind kind);

struct Part {
    PartKind kind = PartKind::goods;
    std::string name = {};               // in the reader's language: "Freight"
    std::string amount_text = {};        // as it is written there: "€12.40"; of an unknown one: "not known"
    std::optional<Decimal> amount = {};  // nothing where it is not known; what is below zero is not drawn
};

// A part that is not nothing is at least so wide, taken from the widest, so that it can be seen. One that is
// not known takes `unknown_permille`, which says nothing about how much it is.
inline constexpr std::int32_t visible_permille = 6;
inline constexpr std::int32_t unknown_permille = 60;

// The widths of the parts in thousandths of the whole bar: largest remainders, sum 1000 where anything is
// drawn. Amounts are of one currency.
[[nodiscard]] std::vector<std::int32_t> widths(std::span<Part const> parts);

// The parts side by side from the beginning of a line. `label` is read to those who do not see.
[[nodiscard]] Markup stacked_bar(std::span<Part const> parts, Direction direction, std::string_view label);
// The little square that stands before the name of a part.
[[nodiscard]] Markup key_of_part(PartKind kind);

// What something costs delivered to one country.
struct CountryBar {
    std::string country = {};               // its name in the reader's language
    std::string amount_text = {};           // delivered: "€45.22"; or why there is none
    std::optional<Decimal> delivered = {};  // in a currency that all rows share
    bool is_complete = true;
    std::vector<Part> parts = {};  // in any currency of their own
};
// A row for each, in the given order: name, amount, and the bar, whose length goes by `delivered`.
[[nodiscard]] Markup country_bars(std::span<CountryBar const> countries, Direction direction,
                                  std::string_view label);

// JSON that we wrote, as data of a page that no script of it runs.
[[nodiscard]] Markup json_in_page(std::string_view json);

}  // namespace allroads::web
