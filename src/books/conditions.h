#pragma once
// What stands in the column `conditions` of a pack: conditions, and the manner in which a charge is levied.
// One grammar for those who write packs and for those who compile them.

#include "base/base.h"
#include "tariff/tariff.h"

#include <optional>
#include <string_view>

namespace allroads::books {

inline constexpr std::size_t conditions_max = 16;

// The next part of a list that semicolons separate, taken off `text`; nothing at its end.
[[nodiscard]] std::optional<std::string_view> next_part(std::string_view& text);

// One part of the column, "value<=150EUR" or "base=customs-value+duty".
struct ConditionPart {
    enum class What : std::uint8_t { condition, base, step, per } what = What::condition;
    tariff::Condition condition;  // without its words
    std::string_view key;         // of a fact
    std::string_view text;        // what is compared with; of a base its expression
    std::uint8_t step = 0;
    tariff::Per per = tariff::Per::usual;
};
// Refused (`bad-value` and the like, field "conditions"): says what was expected. A base is parsed too.
[[nodiscard]] Result<ConditionPart> parse_condition(std::string_view part);

}  // namespace allroads::books
