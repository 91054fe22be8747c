#pragma once
// What several answers write alike. Not for use outside contract.

#include "freight/freight.h"
#include "wire/wire.h"

namespace allroads::contract {

using wire::Writer;

// `freight_offers`, `freight_refusals` and `advice` of an answer.
void write_carriage(Writer& w, freight::Estimate const& estimate, std::vector<freight::Advice> const& advice);

}  // namespace allroads::contract
