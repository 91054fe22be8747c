#include "cli/cli.h"
#include "cli/flags.h"
#include "cli/print.h"
#include "contract/contract.h"
#include "quote/quote.h"

#include <cstdio>

namespace allroads::cli {

namespace {

namespace json = boost::json;

Result<std::string> request_text(FreightFlags const& flags) {
    json::object request;
    put(request, "from", flags.from);
    put(request, "to", flags.to);
    put(request, "date", flags.date);
    put(request, "road", flags.road);
    put(request, "table", flags.table);
    put(request, "gross_kg", flags.gross_kg);
    put(request, "currency", flags.currency);
    if (flags.remote) request["remote"] = true;
    TRY_VOID(put_packages(flags.packages, request));
    TRY_VOID(put_rates(flags.fx, request));
    return json::serialize(request);
}

Result<void> compare(Places const& places, FreightFlags const& flags) {
    contract::Codec codec;
    auto const request = TRY(codec.carriage(TRY(request_text(flags)), TRY(Day::parse(today()))));
    auto const edition = TRY(open_books(places));
    auto const carriage = TRY(quote::carriage(request, *edition));
    std::string out;
    if (flags.json) {
        contract::append_carriage(out, request, carriage);
        out += '\n';
    } else {
        out = table(request, carriage);
    }
    std::fputs(out.c_str(), stdout);
    return {};
}

}  // namespace

int freight_compared(Places const& places, FreightFlags const& flags) {
    auto const done = compare(places, flags);
    return done ? 0 : tell(done.error());
}

}  // namespace allroads::cli
