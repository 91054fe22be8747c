#include "freight/pricing.h"

#include <algorithm>

namespace allroads::freight {

namespace {

bool serves(Tables const& tables, TableRow const& table, Lane const& lane) {
    auto const day = lane.day.number();
    auto const from = lane.from.index();
    return (!lane.road || table.road == *lane.road) && day >= table.valid_from && day <= table.valid_to &&
           ((table.from[from / 64] >> (from % 64)) & 1U) != 0 && table.zone_of[lane.to.index()] != 0 &&
           (lane.table.empty() || tables.text(table.name) == lane.table);
}

Offer offer_of(Tables const& tables, std::uint32_t index, std::uint32_t zone, Priced const& priced) {
    auto const& table = tables.tables[index];
    return {.table = index,
            .zone = zone,
            .road = table.road,
            .standing = table.standing,
            .name = tables.text(table.name),
            .carrier = tables.text(table.carrier),
            .title = tables.text(table.title),
            .source = tables.text(table.source),
            .url = tables.text(table.url),
            .valid_from = Day::from_number(table.valid_from),
            .valid_to = Day::from_number(table.valid_to),
            .checked_on = Day::from_number(table.checked_on),
            .chargeable_kg = decimal_of(priced.chargeable_kg),
            .by_volume = priced.by_volume,
            .is_measured = priced.is_measured,
            .base = priced.base,
            .total = priced.total,
            .surcharges = priced.surcharges,
            .surcharge_count = priced.surcharge_count,
            .days_min = tables.zones[zone].days_min,
            .days_max = tables.zones[zone].days_max};
}

}  // namespace

void Estimate::clear() {
    offers.clear();
    rejections.clear();
    loads.clear();
}

Result<void> estimate(Shipment const& shipment, Lane const& lane, Tables const& tables, Estimate& out) {
    out.clear();
    TRY_VOID(put_loads(shipment, out.loads));
    Consigned const consigned{out.loads, TRY(put_gross(shipment)), shipment.is_remote, lane.to};
    for (std::uint32_t i = 0; i < tables.tables.size(); ++i) {
        auto const& table = tables.tables[i];
        if (!serves(tables, table, lane)) continue;
        auto const zone = table.zone_first + table.zone_of[lane.to.index()] - 1;
        auto priced = price_of(tables, table, tables.zones[zone], consigned);
        if (priced) {
            out.offers.push_back(offer_of(tables, i, zone, *priced));
            continue;
        }
        auto& rejection = out.rejections.emplace_back(priced.error());
        rejection.name = tables.text(table.name);
        rejection.carrier = tables.text(table.carrier);
        rejection.road = table.road;
    }
    return {};
}

void sort_by_price(std::vector<Offer>& offers, Currency currency, FxTable const& fx, Day day) {
    for (auto& offer : offers) {
        offer.converted.reset();
        if (offer.total.currency() == currency) {
            offer.converted = offer.total;
        } else if (auto const exchange = fx.rate(offer.total.currency(), currency, day)) {
            if (auto const amount = convert(offer.total, *exchange, Round::half_up))
                offer.converted = *amount;
        }
    }
    // Not std::stable_sort, which allocates: the index of the table breaks ties.
    std::ranges::sort(offers, [](Offer const& a, Offer const& b) {
        if (a.converted.has_value() != b.converted.has_value()) return a.converted.has_value();
        if (a.converted && a.converted->minor() != b.converted->minor()) {
            return a.converted->minor() < b.converted->minor();
        }
        return a.table < b.table;
    });
}

}  // namespace allroads::freight
