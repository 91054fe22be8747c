#include "freight/pricing.h"

#include <algorithm>

namespace allroads::freight {

namespace {

constexpr std::int64_t side_max = 10'000 * millionths;  // a hundred metres
constexpr std::int64_t count_max = 1'000'000;           // of parcels alike
constexpr int places = 6;                               // of millionths

using Rejected = std::unexpected<Rejection>;

Rejected reject(Why why, std::int32_t parcel = -1) {
    return Rejected(Rejection{.why = why, .parcel = parcel});
}
Rejected reject(Why why, std::int32_t parcel, std::int64_t found, std::int64_t limit) {
    return Rejected(
        Rejection{.why = why, .parcel = parcel, .found = decimal_of(found), .limit = decimal_of(limit)});
}

// A number of the asker in millionths, rounded half-up.
Result<std::int64_t> in_millionths(Decimal const& number, std::int64_t most, std::string_view field) {
    if (number.is_negative() || number > Decimal::of(most, places)) {
        return refuse(Code::amount_too_large, field, number.text() + " is beyond what a carrier takes");
    }
    auto const whole = number.rounded(places, Round::half_up);
    auto scaled = static_cast<std::int64_t>(whole.coefficient());
    for (int scale = whole.scale(); scale < places; ++scale) scaled *= 10;
    return scaled;
}

std::optional<std::int64_t> sum_within(std::int64_t a, Int128 b) {
    auto const both = a + b;
    if (both > weight_max) return std::nullopt;
    return static_cast<std::int64_t>(both);
}

std::expected<Money, Rejection> money(Int128 amount, int scale, Currency currency) {
    if (amount > Decimal::coefficient_max) return reject(Why::too_large);
    auto const rounded = Money::rounded(Decimal::of(amount, scale), currency, Round::half_up);
    if (!rounded) return reject(Why::too_large);
    return *rounded;
}

std::expected<Money, Rejection> plus(Money const& a, Money const& b) {
    auto const both = sum(a, b);
    if (!both) return reject(Why::too_large);
    return *both;
}

std::expected<Money, Rejection> times(Money const& one, std::int64_t count) {
    std::int64_t minor = 0;
    if (__builtin_mul_overflow(one.minor(), count, &minor)) return reject(Why::too_large);
    return Money(minor, one.currency());
}

// The price of one zone for one chargeable weight. One walk over the steps.
std::expected<Money, Rejection> zone_price(std::span<PriceRow const> prices, Currency currency,
                                           std::int64_t kg, std::int32_t parcel) {
    PriceRow const* last = nullptr;  // heaviest flat step so far
    PriceRow const* each = nullptr;
    PriceRow const* per = nullptr;  // rate of the highest break that is reached
    std::int64_t minimum = 0;
    bool is_flat = false;
    for (auto const& price : prices) {
        switch (price.kind) {
            case PriceKind::up_to:
                if (is_flat) break;
                last = &price;
                is_flat = kg <= price.kg;
                break;
            case PriceKind::each: each = &price; break;
            case PriceKind::per:
                if (price.kg <= kg) per = &price;
                break;
            case PriceKind::minimum: minimum = price.amount; break;
        }
    }
    Int128 amount = 0;
    int scale = places;
    if (is_flat) {
        amount = last->amount;
    } else if (per != nullptr) {
        amount = Int128{per->amount} * kg;
        scale = per->per_kg == 1000 ? 2 * places + 3 : 2 * places;
    } else if (each != nullptr) {
        auto const reached = last == nullptr ? 0 : last->kg;
        auto const steps = (kg - reached + each->kg - 1) / each->kg;
        amount = (last == nullptr ? 0 : last->amount) + Int128{each->amount} * steps;
    } else {
        return reject(Why::beyond_steps, parcel, kg, last == nullptr ? 0 : last->kg);
    }
    auto const asked = TRY(money(amount, scale, currency));
    return std::max(asked, TRY(money(minimum, places, currency)));
}

std::expected<void, Rejection> check_limits(TableRow const& table, Load const& load, std::int32_t parcel) {
    if (table.max_parcel_kg != 0 && load.gross_kg && *load.gross_kg > table.max_parcel_kg) {
        return reject(Why::parcel_too_heavy, parcel, *load.gross_kg, table.max_parcel_kg);
    }
    auto const& sides = load.sides_cm;
    if (table.max_length_cm != 0 && sides[0] > table.max_length_cm) {
        return reject(Why::too_long, parcel, sides[0], table.max_length_cm);
    }
    auto const girth = sides[0] + 2 * (sides[1] + sides[2]);
    if (table.max_girth_cm != 0 && girth > table.max_girth_cm) {
        return reject(Why::girth_too_large, parcel, girth, table.max_girth_cm);
    }
    return {};
}

// Half-up; `volume` in 10^-18 cm3.
std::expected<std::int64_t, Rejection> weight_of_volume(TableRow const& table, UInt128 volume) {
    if (table.divisor == 0) return 0;
    auto const unit = UInt128(static_cast<std::uint64_t>(table.divisor)) * UInt128{millionths};
    auto const kg = volume / unit + (volume % unit >= (unit + 1) / 2 ? 1U : 0U);
    if (kg > UInt128{weight_max}) return reject(Why::too_large);
    return static_cast<std::int64_t>(kg);
}

UInt128 exact_volume(Load const& load) {
    auto const side = [&](std::size_t i) { return UInt128(static_cast<std::uint64_t>(load.sides_cm[i])); };
    return side(0) * side(1) * side(2);
}

bool adds_volume(UInt128& total, Load const& load) {
    UInt128 volume = 0;
    auto const count = UInt128(static_cast<std::uint64_t>(load.count));
    return !__builtin_mul_overflow(exact_volume(load), count, &volume) &&
           !__builtin_add_overflow(total, volume, &total);
}

// Adds up gross weight and number of parcels, and holds each parcel to the limits. The volume in 10^-18 cm3.
std::expected<UInt128, Rejection> gather(TableRow const& table, Consigned const& consigned, Priced& priced) {
    UInt128 volume = 0;
    std::optional<std::int32_t> unweighed;
    for (std::size_t i = 0; i < consigned.loads.size(); ++i) {
        auto const& load = consigned.loads[i];
        auto const parcel = static_cast<std::int32_t>(i);
        if (load.count == 0) continue;
        TRY_VOID(check_limits(table, load, parcel));
        if (table.divisor != 0 && load.sides_cm[2] == 0) priced.is_measured = false;
        if (!load.gross_kg && !unweighed) unweighed = parcel;
        auto const gross = sum_within(priced.gross_kg, Int128{load.gross_kg.value_or(0)} * load.count);
        if (!gross || !adds_volume(volume, load)) return reject(Why::too_large, parcel);
        priced.gross_kg = *gross;
        priced.parcels += load.count;
    }
    bool const is_whole = priced.parcels == 0;  // nobody said in how many parcels
    if (unweighed && (table.bill == Bill::parcel || !consigned.gross_kg)) {
        return reject(Why::weight_missing, *unweighed);
    }
    if (is_whole && !consigned.gross_kg) return reject(Why::weight_missing);
    if (is_whole) {
        TRY_VOID(check_limits(table, {1, consigned.gross_kg, {}}, -1));
        priced.parcels = 1;
        priced.is_measured = table.divisor == 0;
    }
    if (consigned.gross_kg && (table.bill == Bill::consignment || is_whole)) {
        priced.gross_kg = unweighed ? *consigned.gross_kg : std::max(priced.gross_kg, *consigned.gross_kg);
    }
    return volume;
}

struct Chargeable {
    std::int64_t kg = 0;
    bool by_volume = false;
};
Chargeable chargeable(TableRow const& table, std::int64_t gross_kg, std::int64_t by_volume) {
    return {rounded_up(table, std::max(gross_kg, by_volume)), by_volume > gross_kg};
}

// Each parcel by its own weight.
std::expected<void, Rejection> price_parcels(Tables const& tables, TableRow const& table, ZoneRow const& zone,
                                             Consigned const& consigned, Priced& priced) {
    auto const prices = prices_of(tables, zone);
    auto const currency = priced.base.currency();
    if (consigned.loads.empty() ||
        std::ranges::all_of(consigned.loads, [](Load const& l) { return l.count == 0; })) {
        priced.chargeable_kg = rounded_up(table, priced.gross_kg);
        priced.base = TRY(zone_price(prices, currency, priced.chargeable_kg, -1));
        return {};
    }
    for (std::size_t i = 0; i < consigned.loads.size(); ++i) {
        auto const& load = consigned.loads[i];
        if (load.count == 0) continue;
        auto const billed = chargeable(table, *load.gross_kg, TRY(volume_weight(table, load)));
        auto const one = TRY(zone_price(prices, currency, billed.kg, static_cast<std::int32_t>(i)));
        priced.base = TRY(plus(priced.base, TRY(times(one, load.count))));
        priced.by_volume = priced.by_volume || billed.by_volume;
        auto const all = sum_within(priced.chargeable_kg, Int128{billed.kg} * load.count);
        if (!all) return reject(Why::too_large, static_cast<std::int32_t>(i));
        priced.chargeable_kg = *all;
    }
    return {};
}

std::expected<Money, Rejection> surcharge(SurchargeRow const& row, Priced const& priced) {
    auto const currency = priced.base.currency();
    std::expected<Money, Rejection> asked = Money::zero(currency);
    switch (row.kind) {
        case SurchargeKind::percent: {
            auto const part = share(priced.base, Rate::percent(decimal_of(row.amount)), Round::half_up);
            asked = part ? std::expected<Money, Rejection>(*part) : reject(Why::too_large);
            break;
        }
        case SurchargeKind::per_kg:
            asked = money(Int128{row.amount} * priced.chargeable_kg, 2 * places, currency);
            break;
        case SurchargeKind::per_gross_kg:
            asked = money(Int128{row.amount} * priced.gross_kg, 2 * places, currency);
            break;
        case SurchargeKind::per_parcel:
            asked = money(Int128{row.amount} * priced.parcels, places, currency);
            break;
        case SurchargeKind::consignment: asked = money(row.amount, places, currency); break;
    }
    return std::max(TRY(std::move(asked)), TRY(money(row.minimum, places, currency)));
}

bool applies(SurchargeRow const& row, Consigned const& consigned) {
    if (row.is_remote != 0 && !consigned.is_remote) return false;
    auto const index = consigned.to.index();
    bool const is_everywhere =
        std::ranges::all_of(row.countries, [](std::uint64_t bits) { return bits == 0; });
    return is_everywhere || ((row.countries[index / 64] >> (index % 64)) & 1U) != 0;
}

std::expected<Priced, Rejection> with_surcharges(Tables const& tables, TableRow const& table,
                                                 Consigned const& consigned, Priced priced) {
    if (table.max_total_kg != 0 && priced.chargeable_kg > table.max_total_kg) {
        return reject(Why::too_heavy, -1, priced.chargeable_kg, table.max_total_kg);
    }
    priced.total = priced.base;
    for (auto const& row : tables.surcharges.subspan(table.surcharge_first, table.surcharge_count)) {
        if (!applies(row, consigned)) continue;
        auto const asked = TRY(surcharge(row, priced));
        priced.surcharges[priced.surcharge_count++] = {tables.text(row.name), asked.minor()};
        priced.total = TRY(plus(priced.total, asked));
    }
    return priced;
}

Priced nothing(TableRow const& table) {
    auto const none = Money::zero(Currency::from_index(table.currency));
    return Priced{.base = none, .total = none};
}

Result<Load> load_of(Parcel const& parcel, std::string const& field) {
    Load load;
    if (parcel.count < 0 || parcel.count > count_max) {
        return refuse(Code::amount_too_large, field + ".count", "expected up to a million parcels");
    }
    load.count = parcel.count;
    if (parcel.gross_kg)
        load.gross_kg = TRY(in_millionths(*parcel.gross_kg, weight_max, field + ".gross_kg"));
    if (parcel.length_cm && parcel.width_cm && parcel.height_cm) {
        load.sides_cm = {TRY(in_millionths(*parcel.length_cm, side_max, field + ".length_cm")),
                         TRY(in_millionths(*parcel.width_cm, side_max, field + ".width_cm")),
                         TRY(in_millionths(*parcel.height_cm, side_max, field + ".height_cm"))};
        std::ranges::sort(load.sides_cm, std::greater<>());
    }
    return load;
}

}  // namespace

std::span<PriceRow const> prices_of(Tables const& tables, ZoneRow const& zone) {
    return tables.prices.subspan(zone.price_first, zone.price_count);
}

std::int64_t rounded_up(TableRow const& table, std::int64_t kg) {
    if (table.round_kg == 0) return kg;
    return (kg + table.round_kg - 1) / table.round_kg * table.round_kg;
}

UInt128 volume_of(Load const& load) {
    return exact_volume(load) / (UInt128{millionths} * UInt128{millionths});
}

std::expected<std::int64_t, Rejection> volume_weight(TableRow const& table, Load const& load) {
    return weight_of_volume(table, exact_volume(load));
}

std::expected<Priced, Rejection> price_of(Tables const& tables, TableRow const& table, ZoneRow const& zone,
                                          Consigned const& consigned) {
    auto priced = nothing(table);
    auto const volume = TRY(gather(table, consigned, priced));
    if (table.bill == Bill::parcel) {
        TRY_VOID(price_parcels(tables, table, zone, consigned, priced));
    } else {
        auto const billed = chargeable(table, priced.gross_kg, TRY(weight_of_volume(table, volume)));
        priced.chargeable_kg = billed.kg;
        priced.by_volume = billed.by_volume;
        priced.base = TRY(zone_price(prices_of(tables, zone), priced.base.currency(), billed.kg, -1));
    }
    return with_surcharges(tables, table, consigned, priced);
}

std::expected<Priced, Rejection> price_of(Tables const& tables, TableRow const& table, ZoneRow const& zone,
                                          Consigned const& consigned, std::int64_t chargeable_kg) {
    auto priced = nothing(table);
    (void)TRY(gather(table, consigned, priced));
    priced.chargeable_kg = chargeable_kg;
    priced.base = TRY(zone_price(prices_of(tables, zone), priced.base.currency(), chargeable_kg, -1));
    return with_surcharges(tables, table, consigned, priced);
}

Result<void> put_loads(Shipment const& shipment, std::vector<Load>& loads) {
    loads.clear();
    for (std::size_t i = 0; i < shipment.parcels.size(); ++i) {
        loads.push_back(TRY(load_of(shipment.parcels[i], "packages[" + std::to_string(i) + "]")));
    }
    return {};
}

Result<std::optional<std::int64_t>> put_gross(Shipment const& shipment) {
    if (!shipment.gross_kg) return std::optional<std::int64_t>();
    return std::optional(TRY(in_millionths(*shipment.gross_kg, weight_max, "gross_kg")));
}

}  // namespace allroads::freight
