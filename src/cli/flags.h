#pragma once
// Flags that several commands share, as parts of a request of the contract.

#include "base/base.h"

#include <boost/json.hpp>
#include <string>
#include <vector>

namespace allroads::cli {

struct Pair {
    std::string key;
    std::string value;
};
// "NAME=VALUE".
[[nodiscard]] Result<Pair> pair(std::string const& text, std::string_view flag);
// Nothing where `value` is empty.
void put(boost::json::object& object, std::string_view key, std::string const& value);
// "2x40x30x20cm@5kg": two parcels of 40 × 30 × 20 cm and 5 kg each; cm and kg may be left out, and a colon
// stands for @. "5kg" alone is one parcel of unknown size.
[[nodiscard]] Result<void> put_packages(std::vector<std::string> const& texts, boost::json::object& request);
// "USD/EUR=0.8696".
[[nodiscard]] Result<void> put_rates(std::vector<std::string> const& texts, boost::json::object& request);

}  // namespace allroads::cli
