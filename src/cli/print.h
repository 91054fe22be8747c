#pragma once
// Answers as people read them on a terminal: plain columns, no colours, no more than about 110 characters
// wide.

#include "quote/quote.h"

#include <string>

namespace allroads::cli {

[[nodiscard]] std::string table(quote::Request const& request, quote::Quote const& quote);
[[nodiscard]] std::string table(quote::CarriageRequest const& request, quote::Carriage const& carriage);

}  // namespace allroads::cli
