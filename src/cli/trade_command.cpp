// How the hub trades, as its operator wrote it down: what holds, and whether a file could hold.
#include "hub/hub.h"

#include "cli/cli.h"

#include <fmt/format.h>

namespace allroads::cli {

namespace {

// JSON as people read it: a line for each value, deeper ones further in. The text is one of our own.
std::string laid_out(std::string_view json) {
    constexpr std::size_t step = 2;
    std::string out;
    std::size_t depth = 0;
    bool is_in_text = false, is_escaped = false;
    // In ASCII both closing brackets are two behind their opening ones.
    auto const line = [&] { out += "\n" + std::string(step * depth, ' '); };
    for (std::size_t i = 0; i < json.size(); ++i) {
        char const c = json[i];
        if (is_in_text) {
            out += c;
            is_in_text = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
            continue;
        }
        bool const is_empty = (c == '{' || c == '[') && i + 1 < json.size() && json[i + 1] == c + 2;
        if (is_empty) {
            out += {c, json[++i]};
        } else if (c == '{' || c == '[') {
            out += c;
            ++depth;
            line();
        } else if (c == '}' || c == ']') {
            --depth;
            line();
            out += c;
        } else {
            out += c;
            if (c == ',') line();
            if (c == ':') out += ' ';
            is_in_text = c == '"';
        }
    }
    return out + "\n";
}

Result<void> show(Places const& places, std::string const& file, bool is_check) {
    auto const trade = TRY(hub::trade_of(places.data, file));
    auto const& dealing = trade.dealing;
    if (!is_check) {
        fmt::print("{}", laid_out(trade.shown));
        return {};
    }
    std::string ways;
    for (auto const& one : dealing.ways)
        ways += (ways.empty() ? "" : ", ") + std::string(pay::text_of(one->way()));
    fmt::print("{}: {} fees, {} plans of payment, {} rates; paid by: {}\n", file, dealing.fees.size(),
               dealing.plans.size(), dealing.rates.size(), ways.empty() ? "nothing yet" : ways);
    return {};
}

}  // namespace

int trade_shown(Places const& places, std::string const& file, bool is_check) {
    auto const done = show(places, file, is_check);
    return done ? 0 : tell(done.error());
}

}  // namespace allroads::cli
