// Quotes, freight, classification, origin, the books: questions that anybody may ask and that change nothing.
#include "api/verb.h"
#include "contract/contract.h"
#include "wire/wire.h"

#include <array>

namespace allroads::api {
namespace {

namespace json = wire::json;
using wire::Writer;

// Memory that a worker uses again for each question.
struct Desk {
    contract::Codec codec;
    quote::Quote quote;
};
Desk& desk() {
    thread_local Desk kept;
    return kept;
}

Result<Reply> quoted(Asked const& asked) {
    auto const books = TRY(asked.hub.books());
    auto& [codec, quote] = desk();
    auto const request = TRY(codec.request(TRY(json_body(asked)), asked.hub.today()));
    quote::price(request, *books, quote);
    if (!quote.errors.empty()) {
        auto error = std::move(quote.errors.front());
        return std::unexpected(std::move(error));
    }
    Reply reply;
    contract::append_answer(reply.body, request, quote);
    return reply;
}

Result<Reply> carried(Asked const& asked) {
    auto const books = TRY(asked.hub.books());
    auto const request = TRY(desk().codec.carriage(TRY(json_body(asked)), asked.hub.today()));
    auto const carriage = TRY(quote::carriage(request, *books));
    Reply reply;
    contract::append_carriage(reply.body, request, carriage);
    return reply;
}

// ---- classification

struct ClassifyAsked {
    classify::Question question;
    std::optional<Country> to, from;
    std::optional<Decimal> price;
    std::optional<Currency> currency;
};

Result<bool> read_question(ClassifyAsked& out, std::string_view key, json::value const& value) {
    auto& question = out.question;
    if (key == "words") {
        question.words = TRY(wire::text(value, key, classify::words_bytes_max));
    } else if (key == "lang") {
        auto const text = TRY(wire::text(value, key));
        question.language = classify::parse_language(text);
        if (!question.language)
            return refuse(Code::bad_value, key, excerpt(text) + " is not a language that is held");
    } else if (key == "answers") {
        TRY_VOID(
            wire::fields(value, key, [&](std::string_view facet, json::value const& one) -> Result<bool> {
                if (question.given.size() == classify::answers_max)
                    return refuse(Code::too_long, "", "expected at most 20 answers");
                question.given.push_back({std::string(facet), std::string(TRY(wire::text(one, facet)))});
                return true;
            }));
    } else if (key == "earlier") {
        question.earlier = TRY(wire::parsed(value, key, GoodsCode::parse));
    } else if (key == "accept_percent") {
        question.accept_permille = static_cast<std::int32_t>(TRY(wire::whole(value, key, 1, 100)) * 10);
    } else if (key == "to") {
        out.to = TRY(wire::parsed(value, key, Country::parse));
    } else if (key == "from") {
        out.from = TRY(wire::parsed(value, key, Country::parse));
    } else if (key == "price") {
        out.price = TRY(wire::amount(value, key, Code::bad_value));
    } else if (key == "currency") {
        out.currency = TRY(wire::parsed(value, key, Currency::parse));
    } else {
        return false;
    }
    return true;
}

// What goods of one proposed code would pay; of a hundred where no price is told.
contract::ProposalCost cost(ClassifyAsked const& asked, quote::Books const& books, GoodsCode code,
                            Day today) {
    quote::Request request{.from = *asked.from, .to = *asked.to, .date = today, .known_on = today};
    auto& item = request.goods.emplace_back();
    item.line = "1";
    item.hs = code;
    item.price = asked.price.value_or(Decimal(100));
    item.price_currency = asked.currency.value_or(currency::USD);
    return contract::cost_of(request, quote::price(request, books));
}

Result<Reply> classified(Asked const& asked) {
    auto const words = TRY(asked.hub.words());
    auto const books = TRY(asked.hub.books());
    auto const tree = TRY(wire::parse(TRY(json_body(asked)), contract::request_bytes_max));
    ClassifyAsked wanted;
    TRY_VOID(wire::fields(tree, "", [&](std::string_view key, json::value const& value) {
        return read_question(wanted, key, value);
    }));
    if (wanted.to) wanted.question.markets = hub::markets_for(*wanted.to, *books);
    auto const answer = TRY(classify::classify(words->index(), wanted.question));
    std::vector<contract::ProposalCost> costs;
    if (wanted.to) {
        for (auto const& one : answer.proposals) {
            costs.push_back(
                wanted.from && one.hs.size() == 6
                    ? cost(wanted, *books, one.code, asked.hub.today())
                    : contract::ProposalCost{{}, {}, {}, "the duty depends on the country of dispatch"});
        }
    }
    Reply reply;
    contract::append_classification(reply.body, wanted.question, answer, costs);
    return reply;
}

// ---- origin

Result<Reply> judged(Asked const& asked) {
    auto const books = TRY(asked.hub.books());
    auto const* shelf = TRY(books->shelf());
    auto request = TRY(desk().codec.origin(TRY(json_body(asked)), asked.hub.today()));
    Reply reply{.body = "{\"verdicts\":["};
    bool is_first = true;
    TRY_VOID(hub::judge_all(request, *books, *shelf, [&](origin::Known is_needed, hub::Judged const& one) {
        if (!is_first) reply.body += ',';
        is_first = false;
        contract::append_verdict(
            reply.body,
            {.request = request, .edition = books->name(), .is_needed = is_needed, .worth = one.worth},
            *one.agreement, one.verdict, one.nearest);
    }));
    reply.body += "]}";
    return reply;
}

// ---- the books

Result<Reply> books_told(Asked const& asked) {
    auto const books = TRY(asked.hub.books());
    auto const today = asked.hub.today();
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.text("edition", books->name());
        w.key("packs");
        w.open('[');
        for (auto const& pack : books->packs()) {
            auto const when = pack.dated.empty() ? pack.checked_on : pack.dated;
            w.open('{');
            w.text("name", pack.name);
            w.text("title", pack.title);
            w.text("market", pack.market);
            w.text("dated", when);
            if (auto const since = Day::parse(when)) w.number("age_days", today.number() - since->number());
            w.number("measures", static_cast<std::int64_t>(pack.measures));
            w.number("lines", static_cast<std::int64_t>(pack.lines));
            w.close('}');
        }
        w.close(']');
        w.close('}');
    }
    return reply;
}

Result<Reply> countries_told(Asked const& asked) {
    auto const books = TRY(asked.hub.books());
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.key("countries");
        w.open('[');
        for (std::size_t i = 0; i < country_indexes; ++i) {
            auto const index = static_cast<std::uint16_t>(i);
            if (!Country::is_in_use(index)) continue;
            auto const country = Country::from_index(index);
            w.open('{');
            w.text("code", country.text());
            w.text("name", country.name());
            w.key("has_rules");
            w.raw(books->market(country) ? "true" : "false");
            w.close('}');
        }
        w.close(']');
        w.close('}');
    }
    return reply;
}

constexpr std::array quote_refusals{Code::no_market, Code::no_exchange_rate, Code::amount_not_decimal,
                                    Code::field_missing, Code::field_unknown};
constexpr std::array not_found{Code::not_found};

constexpr std::array verbs{
    Verb{.method = "POST",
         .pattern = "/api/v1/quotes",
         .id = "quote",
         .tag = "Prices",
         .summary = "What goods cost at a door, on a day, and why",
         .about =
             "Every lawful way to import them, charge by charge with the law behind each, cheapest first. "
             "What is not known is named and kept out of the totals.",
         .takes = "QuoteRequest",
         .example = R"({"from":"KE","to":"US","date":"2026-03-15","goods":[{"hs":"4602.19.18",)"
                    R"("price":"2400.00","price_currency":"USD","quantity":"250"}]})",
         .gives = "Quote",
         .refusals = quote_refusals,
         .answer = quoted,
         .is_for_everybody = true,
         .quick_bytes = 512},
    Verb{.method = "POST",
         .pattern = "/api/v1/carriage",
         .id = "carriage",
         .tag = "Prices",
         .summary = "What the roads cost for these parcels, compared",
         .about = "By the rate tables of the books, cheapest first, with packings that would be cheaper.",
         .takes = "CarriageRequest",
         .example = R"({"from":"VN","to":"DE","date":"2026-03-15","packages":[{"count":2,"length_cm":"40",)"
                    R"("width_cm":"30","height_cm":"20","gross_kg":"5"}]})",
         .gives = "Carriage",
         .refusals = not_found,
         .answer = carried,
         .is_for_everybody = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/classifications",
         .id = "classify",
         .tag = "Prices",
         .summary = "Which customs code goods have that are called so",
         .about =
             "Up to ten codes with how often such answers are right, what speaks for each, what it would "
             "pay, and the one question that separates them best.",
         .takes = "ClassificationRequest",
         .example = R"({"words":"coiled sisal bread basket","to":"US","from":"KE","price":"100.00",)"
                    R"("currency":"USD"})",
         .gives = "Classification",
         .refusals = {},
         .answer = classified,
         .is_for_everybody = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/origin/verdicts",
         .id = "judgeOrigin",
         .tag = "Prices",
         .summary = "Whether a product qualifies under the agreements between two countries",
         .about = "Three answers: yes, no, unknown with what is still to be told.",
         .takes = "Dossier",
         .example = R"({"hs":"610910","made_in":"BD","to":"GB","ex_works":"3.00","currency":"GBP",)"
                    R"("net_kg":"0.2","materials":[{"name":"knitted cotton fabric","hs":"600622",)"
                    R"("origin":"CN","value":"1.60","weight_kg":"0.19"}],)"
                    R"("processes":["cutting","making-up"],"all_processes_told":true,)"
                    R"("wholly_obtained":false,"drawback":false,"route":[]})",
         .gives = "Verdicts",
         .refusals = not_found,
         .answer = judged,
         .is_for_everybody = true},
    Verb{.method = "GET",
         .pattern = "/api/v1/books",
         .id = "books",
         .tag = "Prices",
         .summary = "From which rules the answers are made, and how old they are",
         .about = "",
         .gives = "Books",
         .answer = books_told,
         .is_for_everybody = true},
    Verb{.method = "GET",
         .pattern = "/api/v1/countries",
         .id = "countries",
         .tag = "Prices",
         .summary = "Countries and territories, and for which the books hold rules",
         .about = "",
         .gives = "Countries",
         .answer = countries_told,
         .is_for_everybody = true},
};

}  // namespace

std::span<Verb const> price_verbs() { return verbs; }

}  // namespace allroads::api
