#include "quote/pass.h"

#include <algorithm>

namespace allroads::quote {

namespace {

// The dossier of a line as it is judged: what the request says of the goods is true of it, and the worth of
// the consignment, which proofs have limits for, is known in every currency that a limit is in.
origin::Dossier dossier_of(Request const& request, Item const& item, FxTable const& fx,
                           Consignment const& goods, std::span<origin::Agreement const* const> agreements) {
    auto dossier = *item.dossier;
    dossier.hs = item.hs;
    dossier.made_in = item.origin.value_or(request.from);
    if (dossier.consignment_value && dossier.currency) {
        dossier.consignment_in.push_back({*dossier.consignment_value, *dossier.currency});
    } else {
        dossier.consignment_in.push_back({goods.goods.amount(), goods.goods.currency()});
    }
    auto const known = dossier.consignment_in.front();
    for (auto const* agreement : agreements) {
        for (auto const& proof : agreement->proofs) {
            bool const is_there =
                !proof.currency || std::ranges::any_of(dossier.consignment_in, [&](auto const& in) {
                    return in.currency == *proof.currency;
                });
            if (is_there) continue;
            auto const exchange = fx.rate(known.currency, *proof.currency, request.date, rate_age_max);
            if (!exchange) continue;
            auto const exact = convert(known.amount, *exchange, 2, Round::half_up);
            if (exact) dossier.consignment_in.push_back({*exact, *proof.currency});
        }
    }
    return dossier;
}

}  // namespace

Result<void> judge_origins(Request const& request, Books const& books, FxTable const& fx,
                           Consignment const& goods, Quote& quote) {
    for (std::size_t line = 0; line < request.goods.size(); ++line) {
        auto const& item = request.goods[line];
        if (!item.dossier) continue;
        auto const made_in = item.origin.value_or(request.from);
        auto const agreements = TRY(books.agreements(made_in, request.to, request.date));
        auto const dossier = dossier_of(request, item, fx, goods, agreements);
        for (auto const* agreement : agreements) {
            auto made = std::make_shared<OriginVerdict>(
                OriginVerdict{static_cast<std::int32_t>(line), agreement, dossier, {}, {}});
            origin::judge(made->dossier, *agreement, made->verdict);
            if (made->verdict.qualifies == origin::Outcome::fails)
                made->nearest = origin::nearest_way(made->dossier, *agreement);
            quote.origins.push_back(std::move(made));
        }
    }
    return {};
}

namespace {

// "GB:KE-EPA": whether the tariff of a market calls a preference so; an empty market is any.
bool is_called(origin::Agreement const& agreement, std::string_view market, std::string_view program) {
    return agreement.code == program || std::ranges::any_of(agreement.programs, [&](std::string_view name) {
               auto const colon = name.find(':');
               return colon != std::string_view::npos && name.substr(colon + 1) == program &&
                      (market.empty() || name.substr(0, colon) == market);
           });
}

}  // namespace

bool is_way_of(origin::Agreement const& agreement, Option const& option) {
    return is_called(agreement, {}, option.id);
}

OriginVerdict const* origin_of(Quote const& quote, std::size_t line, tariff::Schedule const& schedule,
                               std::string_view program) {
    auto const market = schedule.text(schedule.profile->code);
    for (auto const& told : quote.origins) {
        bool const is_meant =
            told->line == static_cast<std::int32_t>(line) && is_called(*told->agreement, market, program);
        if (is_meant) return told.get();
    }
    return nullptr;
}

void weigh_origins(Quote& quote) {
    if (quote.origins.empty()) return;
    Option const* ordinary = nullptr;
    for (auto const& option : quote.options) {
        if (option.id == "third-country" && option.scheme.empty()) ordinary = &option;
    }
    for (auto& told : quote.origins) {
        for (auto const& option : quote.options) {
            if (!is_way_of(*told->agreement, option) || !told->option.empty()) continue;
            told->option = option.id;
            if (ordinary == nullptr || !ordinary->complete || !option.complete) continue;
            if (auto const saved = difference(ordinary->landed_total, option.landed_total))
                told->worth = *saved;
        }
    }
}

}  // namespace allroads::quote
