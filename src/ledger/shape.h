#pragma once
// What an entry must be by itself, and the words of refusals.

#include "ledger/body.h"

namespace allroads::ledger {

// Refuses by field what can never be posted, whatever the accounts hold.
[[nodiscard]] Result<void> check_shape(std::size_t n, Entry const& entry);
// "legs[1].amount".
[[nodiscard]] std::string leg_field(std::size_t leg, std::string_view name);
// "12.00 USD", also beyond what Money can be.
[[nodiscard]] std::string amount_text(Currency currency, Int128 minor);

}  // namespace allroads::ledger
