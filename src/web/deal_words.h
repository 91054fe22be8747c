#pragma once
// What parties of deals are told, in the reader's language: sentences made of a key and facts, for pages and
// for gateways alike. Not for use outside web.

#include "web/site.h"

#include <string>
#include <string_view>

namespace allroads::web {

// What a hub::Notice says, in one or two sentences without the name of the order.
[[nodiscard]] std::string deal_words(locale::Tongue const& tongue, std::string_view key,
                                     std::string_view facts_json);
// An amount as facts and instructions write it ("2400.00 USD"); nothing where it is none.
[[nodiscard]] std::optional<Money> money_of_fact(std::string_view text);

}  // namespace allroads::web
