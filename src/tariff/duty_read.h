#pragma once
// Reading one duty sentence. docs/duty-texts.md gives the grammar.

#include "tariff/duty_tree.h"

#include <optional>
#include <string_view>

namespace allroads::tariff {

// The tree of a text that plain_words has cleaned, or nothing where not all of it is understood.
[[nodiscard]] std::optional<Tree> read_duty(DutyBuilder& builder, std::string_view plain, Dialect dialect);

}  // namespace allroads::tariff
