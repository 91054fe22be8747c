#pragma once
// What contract reads besides the wire's values. Not for use outside contract.

#include "origin/origin.h"
#include "wire/wire.h"

namespace allroads::contract {

using namespace wire;

// A dossier of docs/origin.md without code and country, which those of the goods are.
[[nodiscard]] Result<origin::Dossier> read_dossier(json::value const& value, GoodsCode hs, Country made_in);

}  // namespace allroads::contract
