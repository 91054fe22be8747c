#pragma once
// How a hub trades, as its operator writes it down: trade.json (docs/trade.md). Part of hub.h.

#include "hub/deals.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::hub {

// What the settings name and do not hold themselves.
struct TradeSource {
    // The bytes of a file beside the settings; of what others may read it is refused.
    std::function<Result<std::string>(std::string_view file)> file;
    std::function<Result<std::string>(std::string_view name)> environment;
    bool may_hold_secrets = false;  // nobody but its owner reads the settings: a secret may stand in them
    bool may_be_plain = false;      // for tests: addresses of this machine with http://
};
// Where requests of a channel go (pay::Outgoing::channel).
struct Gate {
    std::string channel;
    std::string address;           // "https://wallet.example/v1.2", without a slash at its end
    std::string credentials = {};  // a file of lines "Name: value", read again for each request; empty: none
};
struct Trade {
    Dealing dealing = {};
    std::vector<Gate> gates = {};
    // All that holds, what was left out too, in the form of the file; secrets that stood in it are left out.
    std::string shown = {};
};
inline constexpr std::size_t trade_bytes_max = 256U * 1024;
inline constexpr std::size_t secret_bytes_max = 4096;

// Refused by the path of the field: what deal and pay would refuse later, twice the same, unknown fields.
[[nodiscard]] Result<Trade> parse_trade(std::string_view json, TradeSource const& source);
// The settings of a data folder: `file`, or trade.json in it; where that is not there, those without any.
[[nodiscard]] Result<Trade> trade_of(std::filesystem::path const& data,
                                     std::filesystem::path const& file = {});
// The lines of a file of credentials, for the head of a request.
[[nodiscard]] Result<std::vector<pay::Field>> parse_credentials(std::string_view text);
[[nodiscard]] Result<std::vector<pay::Field>> credentials_in(std::filesystem::path const& file);

}  // namespace allroads::hub
