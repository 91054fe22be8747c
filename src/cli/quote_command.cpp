#include "books/books.h"
#include "cli/cli.h"
#include "cli/flags.h"
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
        bool const before = said.value.ends_with(":before");
        if (before) said.value.resize(said.value.size() - 7);
        auto const amount = TRY(priced(said.value, "cost"));
        if (!request.contains("costs")) request["costs"] = json::array();
        request["costs"].as_array().push_back(json::object{{"name", said.key},
                                                           {"amount", amount.amount},
                                                           {"currency", amount.currency},
                                                           {"after_import", !before}});
    }
    return {};
}

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
    put(request, "tax_scheme", flags.tax_scheme);
    put(request, "currency", flags.currency);
    request["goods"] = json::array{TRY(item_of(flags))};
    TRY_VOID(put_transport(flags, request));
    if (!flags.proofs.empty()) request["proofs"] = json::array(flags.proofs.begin(), flags.proofs.end());
    TRY_VOID(put_rates(flags.fx, request));
    return json::serialize(request);
}

// Lines of a stream, each bounded: what is longer is passed over to its end and told of, without being kept.
class Lines {
public:
    explicit Lines(std::FILE* file) : file_(file), buffer_(1U << 20) {}
    enum class Got : std::uint8_t { line, too_long, end };
    Got next(std::string& line, std::uint64_t& size) {
        line.clear();
        size = 0;
        while (true) {
            if (at_ == filled_) {
                filled_ = std::fread(buffer_.data(), 1, buffer_.size(), file_);
                at_ = 0;
                if (filled_ == 0) return size == 0 ? Got::end : got(size);
            }
            auto const rest = std::string_view(buffer_.data() + at_, filled_ - at_);
            auto const end = rest.find('\n');
            auto const part = rest.substr(0, end);
            size += part.size();
            if (size <= contract::request_bytes_max) line += part;
            at_ += part.size() + (end == std::string_view::npos ? 0 : 1);
            if (end != std::string_view::npos) return got(size);
        }
    }

private:
    static Got got(std::uint64_t size) {
        return size > contract::request_bytes_max ? Got::too_long : Got::line;
    }
    std::FILE* file_;
    std::vector<char> buffer_;
    std::size_t at_ = 0;
    std::size_t filled_ = 0;
};

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

Result<void> run_batch(std::FILE* in, books::Edition const& edition, Day day) {
    constexpr std::size_t flush_at = 256U * 1024;
    contract::Codec codec;
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
    contract::Codec codec;
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
    auto const done = run_batch(in, **edition, *when);
    if (in != stdin) std::fclose(in);
    return done ? 0 : tell(done.error());
}

}  // namespace allroads::cli
