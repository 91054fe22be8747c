// The settings of trade: refused, or as they are shown, and shown the same when read again.

#include "hub/hub.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace allroads;
    std::string_view const text(static_cast<char const*>(static_cast<void const*>(data)), size);
    hub::TradeSource source;
    source.file = [](std::string_view) -> Result<std::string> { return "Name: " + std::string(40, 's'); };
    source.environment = [](std::string_view) -> Result<std::string> { return std::string(40, 's'); };
    if (auto const trade = hub::parse_trade(text, source)) {
        check(trade->shown.find("ssssssss") == std::string::npos || text.find("ssssssss") != text.npos);
        auto const again = hub::parse_trade(trade->shown, source);
        check(again && again->shown == trade->shown);
    }
    (void)hub::parse_credentials(text);
    return 0;
}
