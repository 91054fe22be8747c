// Texts for people on their way to a gateway of SMS or e-mail: seen, taken, and crossed off.
#include "hub/hub.h"

#include "cli/cli.h"

#include <fmt/format.h>
#include <boost/json.hpp>
#include <cstdio>

namespace allroads::cli {

namespace {

namespace json = boost::json;

constexpr std::int64_t rows_max = 1'000;

Result<void> ask(Places const& places, MessageFlags const& flags, MessageVerb verb) {
    if (flags.rows < 1 || flags.rows > rows_max) return refuse(Code::bad_value, "rows", "expected 1 to 1000");
    auto trade = TRY(hub::trade_of(places.data));
    auto const hub = TRY(hub::Hub::open(
        {.data = places.data, .starter = places.starter, .dealing = std::move(trade.dealing)}));
    if (verb == MessageVerb::done) {
        for (auto const& text : flags.ids) {
            auto const id = db::Id<hub::Message>::parse(text);
            if (!id) return std::unexpected(id.error().within("id"));
            TRY_VOID(hub->sent(*id));
        }
        return {};
    }
    for (auto const& one : TRY(hub->messages(static_cast<std::size_t>(flags.rows)))) {
        auto const line = json::serialize(json::object{{"id", one.id.text()},
                                                       {"to", one.to},
                                                       {"text", one.text},
                                                       {"made", hub::moment_text(one.made)}}) +
                          "\n";
        bool const is_out =
            std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fflush(stdout) == 0;
        if (!is_out) return refuse(Code::unavailable, "", "standard output cannot be written");
        if (verb == MessageVerb::take) TRY_VOID(hub->sent(one.id));
    }
    return {};
}

}  // namespace

int messages_asked(Places const& places, MessageFlags const& flags, MessageVerb verb) {
    auto const done = ask(places, flags, verb);
    return done ? 0 : tell(done.error());
}

}  // namespace allroads::cli
