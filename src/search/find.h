#pragma once
// find: one question, answered from one state (behind search's door).
//
// Promises: as the door says; takes no lock but those of the doors' plans.

#include "search/price.h"

namespace allroads::search {

[[nodiscard]] Result<Answer> find(State const& state, Doors& doors, Query const& query,
                                  std::shared_ptr<quote::Books const> const& books);

}  // namespace allroads::search
