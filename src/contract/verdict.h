#pragma once
// How a verdict is written. Not for use outside contract.

#include "contract/contract.h"
#include "contract/writer.h"

namespace allroads::contract {

[[nodiscard]] std::string_view answer_of(origin::Outcome outcome);  // "yes", "no", "unknown"
// The members of a verdict, into an object that is open.
void write_verdict(Writer& w, origin::Dossier const& dossier, origin::Agreement const& agreement,
                   origin::Verdict const& verdict, std::optional<origin::Change> const& nearest);

}  // namespace allroads::contract
