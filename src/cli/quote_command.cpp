#include "books/books.h"
#include "cli/cli.h"
#include "cli/flags.h"
#include "cli/lines.h"
#include "cli/print.h"
#include "contract/contract.h"
#include "quote/quote.h"

#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>

namespace allroads::cli {

namespace {

namespace json = boost::json;

// "2400USD", "2400 USD", "2400.50eur": an amount and its currency.
struct Priced {
    std::string amount;
    std::string currency;
};
Result<Priced> priced(std::string_view text, std::string_view flag) {
    auto const plain = plain_digits(text);
    auto const all = trim(plain);
    auto const letters = all.find_first_not_of("0123456789.,-");
    if (letters == std::string_view::npos) {
        return refuse(Code::bad_currency, flag,
                      "“" + excerpt(text) + "” has no currency; write it like 2400USD");
    }
    return Priced{std::string(trim(all.substr(0, letters))), std::string(trim(all.substr(letters)))};
}

// A file that is there is read; anything else is the id of a dossier that is kept.
Result<json::value> dossier_of(std::string const& named) {
    std::ifstream in(named, std::ios::binary);
    if (!in) return json::value(named);
    std::string const text((std::istreambuf_iterator<char>(in)), {});
    boost::system::error_code failed;
    auto value = json::parse(text, failed);
    if (failed) return refuse(Code::bad_json, "dossier", failed.message());
    return value;
}

Result<json::object> item_of(QuoteFlags const& flags) {
    json::object item;
    put(item, "hs", flags.hs);
    put(item, "description", flags.description);
    put(item, "origin", flags.origin);
    put(item, "quantity", flags.quantity);
    put(item, "unit", flags.unit);
    put(item, "net_kg", flags.net_kg);
    put(item, "gross_kg", flags.gross_kg);
    if (!flags.price.empty()) {
        auto const price = TRY(priced(flags.price, "price"));
        item["price"] = price.amount;
        item["price_currency"] = price.currency;
    }
    if (!flags.dossier.empty()) item["dossier"] = TRY(dossier_of(flags.dossier));
    for (auto const& fact : flags.facts) {
        auto const said = TRY(pair(fact, "fact"));
        if (!item.contains("facts")) item["facts"] = json::object();
        item["facts"].as_object()[said.key] = said.value;
    }
    for (auto const& more : flags.supplementary) {
        auto const said = TRY(pair(more, "supplementary"));
        if (!item.contains("supplementary")) item["supplementary"] = json::object();
        item["supplementary"].as_object()[said.key] = said.value;
    }
    if (!flags.additional_codes.empty())
        item["additional_codes"] = json::array(flags.additional_codes.begin(), flags.additional_codes.end());
    return item;
}

Result<void> put_transport(QuoteFlags const& flags, json::object& request) {
    if (flags.estimate_freight || !flags.freight_table.empty()) {
        json::object freight;
        if (flags.estimate_freight) freight["estimate"] = true;
        put(freight, "table", flags.freight_table);
        put(freight, "amount", flags.freight);  // refused with what is wrong: one way at a time
        if (flags.remote) freight["remote"] = true;
        request["freight"] = freight;
    } else if (!flags.freight.empty() || !flags.freight_per_kg.empty()) {
        bool const by_kg = flags.freight.empty();
        auto const said = TRY(priced(by_kg ? flags.freight_per_kg : flags.freight, "freight"));
        json::object freight{{by_kg ? "per_kg" : "amount", said.amount}, {"currency", said.currency}};
        put(freight, "divisor", flags.divisor);
        request["freight"] = freight;
    }
    if (!flags.insurance.empty()) {
        auto const said = TRY(priced(flags.insurance, "insurance"));
        request["insurance"] = {{"amount", said.amount}, {"currency", said.currency}};
    } else if (!flags.insured_percent.empty()) {
        request["insurance"] = {{"percent_of_110_cif", flags.insured_percent}};
    }
    TRY_VOID(put_packages(flags.packages, request));
    for (auto const& text : flags.costs) {
        auto said = TRY(pair(text, "cost"));
        auto const is_marked = [&](std::string_view mark) {
            bool const marked = said.value.ends_with(mark);
            if (marked) said.value.resize(said.value.size() - mark.size());
            return marked;
        };
        bool const before = is_marked(":before");
        bool const is_included = is_marked(":included");
        auto const amount = TRY(priced(said.value, "cost"));
        if (!request.contains("costs")) request["costs"] = json::array();
        request["costs"].as_array().push_back(json::object{{"name", said.key},
                                                           {"amount", amount.amount},
                                                           {"currency", amount.currency},
                                                           {"after_import", !before},
                                                           {"included", is_included}});
    }
    return {};
}

void answer_line(contract::Codec& codec, books::Edition const& edition, std::string_view line, Day day,
                 quote::Quote& quote, std::string& out) {
    auto const request = codec.request(line, day);
    if (!request) {
        contract::append_refusal(out, codec.last_id(), request.error());
    } else {
        quote::price(*request, edition, quote);
        contract::append_answer(out, *request, quote);
    }
    out += '\n';
}

Result<void> run_batch(std::FILE* in, Places const& places, books::Edition const& edition, Day day) {
    constexpr std::size_t flush_at = 256U * 1024;
    contract::Codec codec(dossiers_in(places));
    quote::Quote quote;
    Lines lines(in);
    std::string line;
    std::string out;
    std::uint64_t size = 0;
    while (true) {
        auto const got = lines.next(line, size);
        if (got == Lines::Got::too_long) {
            contract::append_refusal(
                out, "",
                Error(Code::too_long, "",
                      "this line has " + std::to_string(size) + " bytes; a request has at most " +
                          std::to_string(contract::request_bytes_max)));
            out += '\n';
        } else if (got == Lines::Got::line && !trim(line).empty()) {
            answer_line(codec, edition, line, day, quote, out);
        }
        if (out.size() < flush_at && got != Lines::Got::end) continue;
        if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size() || std::fflush(stdout) != 0) {
            return refuse(Code::unavailable, "", "the answers could not be written");
        }
        out.clear();
        if (got == Lines::Got::end) return {};
    }
}

Result<void> answer_one(Places const& places, QuoteFlags const& flags) {
    auto const text = TRY(request_text(flags));
    contract::Codec codec(dossiers_in(places));
    auto const request = TRY(codec.request(text, TRY(Day::parse(today()))));
    auto const edition = TRY(open_books(places));
    auto const quote = quote::price(request, *edition);
    if (flags.json) {
        std::string out;
        contract::append_answer(out, request, quote);
        std::printf("%s\n", out.c_str());
    } else if (quote.errors.empty()) {
        std::fputs(table(request, quote).c_str(), stdout);
    }
    if (!quote.errors.empty()) return std::unexpected(quote.errors.front());
    return {};
}

}  // namespace

// The flags as a request of the contract, so that both are held to the same rules.
Result<std::string> request_text(QuoteFlags const& flags) {
    json::object request;
    put(request, "from", flags.from);
    put(request, "to", flags.to);
    put(request, "to_region", flags.to_region);
    put(request, "date", flags.date);
    put(request, "known_on", flags.known_on);
    put(request, "road", flags.road);
    put(request, "buyer", flags.buyer);
    put(request, "terms", flags.terms);
    put(request, "discount", flags.discount);
    if (flags.explain) request["explain"] = true;
    put(request, "tax_scheme", flags.tax_scheme);
    put(request, "currency", flags.currency);
    request["goods"] = json::array{TRY(item_of(flags))};
    TRY_VOID(put_transport(flags, request));
    if (!flags.proofs.empty()) request["proofs"] = json::array(flags.proofs.begin(), flags.proofs.end());
    TRY_VOID(put_rates(flags.fx, request));
    return json::serialize(request);
}

std::string today() {
    auto const now = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    return Day::from_number(static_cast<std::int32_t>(now.time_since_epoch().count())).text();
}

int tell(Error const& error) {
    std::fprintf(stderr, "allroads: %s\n", error.sentence().c_str());
    return facts_of(error.code()).exit_status;
}

int quote_one(Places const& places, QuoteFlags const& flags) {
    auto const done = answer_one(places, flags);
    return done ? 0 : tell(done.error());
}

int quote_batch(Places const& places, std::string const& file, std::string const& day) {
    auto const when = Day::parse(day.empty() ? today() : day);
    if (!when) return tell(when.error().within("on"));
    auto const edition = open_books(places);
    if (!edition) return tell(edition.error());
    std::FILE* in = file == "-" ? stdin : std::fopen(file.c_str(), "rb");
    if (in == nullptr) return tell(Error(Code::not_found, "batch", "there is no file " + file));
    auto const done = run_batch(in, places, **edition, *when);
    if (in != stdin) std::fclose(in);
    return done ? 0 : tell(done.error());
}

}  // namespace allroads::cli
