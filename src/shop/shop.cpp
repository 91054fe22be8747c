#include "shop/shop.h"

#include <algorithm>

namespace allroads::shop {
namespace {

constexpr std::int64_t step_grams = 500;  // sending is priced by begun half kilograms

std::unexpected<Error> missing(std::string_view field, std::string_view what) {
    return refuse(Code::field_missing, field, what);
}

}  // namespace

Result<void> may_go_live(Product const& p) {
    if (p.category.empty()) return missing("category", "what kind of goods is it?");
    if (p.tiers.empty()) return missing("tiers", "what does it cost?");
    if (p.tiers.front().price.minor() <= 0)
        return refuse(Code::bad_value, "tiers[0].price", "expected a price above zero");
    if (!p.hs) return missing("hs", "without a customs code no delivered price can be told");
    if (p.gross_grams <= 0 && p.net_grams <= 0)
        return missing("gross_grams", "without a weight no price of sending can be told");
    if (p.supply == Supply::made_to_order && p.lead_days <= 0)
        return missing("lead_days", "how many days does making it take?");
    return {};
}

Text const& text_in(Product const& product, std::string_view language) {
    allroads::check(!product.texts.empty());
    auto const in = [&](std::string_view wanted) {
        return std::ranges::find_if(
            product.texts, [&](Text const& text) { return text.language == wanted && !text.title.empty(); });
    };
    for (auto const wanted : {language, std::string_view("en")}) {
        if (auto const found = in(wanted); found != product.texts.end()) return *found;
    }
    return product.texts.front();
}

std::optional<Money> unit_price(Product const& product, Decimal const& quantity) {
    std::optional<Money> price;
    for (auto const& tier : product.tiers) {
        if (tier.from > quantity) break;
        price = tier.price;
    }
    return price;
}

std::optional<Sending> sending(Shop const& shop, Country to, std::int64_t gross_grams) {
    for (auto const& lane : shop.lanes) {
        if (!lane.to.empty() && std::ranges::find(lane.to, to) == lane.to.end()) continue;
        if (lane.grams_max != 0 && gross_grams > lane.grams_max) continue;
        auto const steps = Int128{(gross_grams + step_grams - 1) / step_grams};
        auto const half = Int128{lane.per_kg.minor() + lane.per_kg.minor() % 2} / 2;
        auto const total = Int128{lane.base.minor()} + steps * half;
        if (total > Int128{INT64_MAX}) return std::nullopt;
        return Sending{&lane, Money(static_cast<std::int64_t>(total), lane.base.currency())};
    }
    return std::nullopt;
}

}  // namespace allroads::shop
