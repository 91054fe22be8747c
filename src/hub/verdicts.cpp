// Verdicts on a dossier, with what the tariff says of the same goods.
#include "hub/hub.h"

#include <algorithm>

namespace allroads::hub {
namespace {

using origin::Agreement;
using origin::Outcome;

// Which agreements answer: the one that is named, else all between both countries that day.
Result<std::vector<Agreement const*>> asked(contract::OriginRequest const& request,
                                            books::Shelf const& shelf) {
    if (!request.agreement.empty()) {
        auto const* one = TRY(shelf.named(request.agreement));
        if (one == nullptr) {
            return refuse(Code::not_found, "agreement",
                          excerpt(request.agreement) + " is not in these books");
        }
        return std::vector{one};
    }
    auto all = TRY(shelf.between(request.dossier.made_in, request.to, request.date));
    if (!all.empty()) return all;
    return refuse(Code::not_found, "to",
                  "the books hold no agreement by which goods made in " +
                      std::string(request.dossier.made_in.name()) + " are favoured in " +
                      std::string(request.to.name()) + " that day");
}

// What the tariff says of the same goods: whether a preference is needed at all, and what each is worth.
class Tariff {
public:
    Tariff(contract::OriginRequest const& request, books::Edition const& edition) {
        auto const& dossier = request.dossier;
        quote::Request question{
            .from = dossier.made_in, .to = request.to, .date = request.date, .known_on = request.date};
        auto& item = question.goods.emplace_back();
        item.line = "1";
        item.hs = dossier.hs;
        item.net_kg = dossier.net_kg;
        auto const& price = dossier.consignment_value ? dossier.consignment_value
                            : dossier.fob             ? dossier.fob
                                                      : dossier.ex_works;
        is_priced_ = price && dossier.currency;
        item.price = is_priced_ ? *price : Decimal(100);
        if (is_priced_) item.price_currency = dossier.currency;
        question.currency = is_priced_ ? dossier.currency : std::nullopt;
        quote::price(question, edition, quote_);
        if (!quote_.errors.empty()) {  // without a rate to the dossier's currency
            question.currency.reset();
            quote::price(question, edition, quote_);
        }
    }
    [[nodiscard]] origin::Known is_needed() const {
        if (quote_.status != quote::Status::complete) return origin::Known::unknown;
        return quote_.preference == quote::Preference::not_needed ? origin::Known::no : origin::Known::yes;
    }
    [[nodiscard]] std::optional<Money> worth(Agreement const& agreement) const {
        if (!is_priced_) return std::nullopt;
        quote::Option const* ordinary = nullptr;
        quote::Option const* favoured = nullptr;
        for (auto const& option : quote_.options) {
            if (!option.scheme.empty() || !option.complete) continue;
            if (option.id == "third-country") ordinary = &option;
            if (quote::is_way_of(agreement, option)) favoured = favoured == nullptr ? &option : favoured;
        }
        if (ordinary == nullptr || favoured == nullptr) return std::nullopt;
        auto const saved = difference(ordinary->landed_total, favoured->landed_total);
        return saved ? std::optional(*saved) : std::nullopt;
    }

private:
    bool is_priced_ = false;
    quote::Quote quote_;
};

// The worth of the consignment in every currency that a proof has a limit in.
void convert_worth(contract::OriginRequest& request, books::Edition const& edition,
                   Agreement const& agreement) {
    auto& dossier = request.dossier;
    dossier.consignment_in.clear();
    if (!dossier.consignment_value || !dossier.currency || edition.fx().empty()) return;
    for (auto const& proof : agreement.proofs) {
        if (!proof.currency || *proof.currency == *dossier.currency) continue;
        auto const exchange =
            edition.fx().front().rate(*dossier.currency, *proof.currency, request.date, 400);
        if (!exchange) continue;
        if (auto const exact = convert(*dossier.consignment_value, *exchange, 2, Round::half_up))
            dossier.consignment_in.push_back({*exact, *proof.currency});
    }
}

}  // namespace

Result<void> judge_all(contract::OriginRequest& request, books::Edition const& edition,
                       books::Shelf const& shelf,
                       std::function<void(origin::Known, Judged const&)> const& each) {
    auto const all = TRY(asked(request, shelf));
    Tariff const tariff(request, edition);
    for (auto const* agreement : all) {
        convert_worth(request, edition, *agreement);
        Judged judged{.agreement = agreement, .verdict = origin::judge(request.dossier, *agreement)};
        if (judged.verdict.qualifies == Outcome::fails)
            judged.nearest = origin::nearest_way(request.dossier, *agreement);
        judged.worth = tariff.worth(*agreement);
        each(tariff.is_needed(), judged);
    }
    return {};
}

std::vector<std::string> markets_for(Country to, books::Edition const& edition) {
    std::vector<std::string> markets{std::string(to.text())};
    auto const market = edition.market(to);
    if (!market) return markets;  // its price is told to be unknown
    for (auto const* schedule : (*market)->all()) {
        markets.emplace_back(schedule->text(schedule->profile->code));
        markets.emplace_back(schedule->text(schedule->profile->part_of));
    }
    std::erase(markets, "");
    return markets;
}

}  // namespace allroads::hub
