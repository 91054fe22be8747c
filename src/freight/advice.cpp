#include "freight/pricing.h"

#include <algorithm>

namespace allroads::freight {

namespace {

constexpr std::int64_t pieces_max = 10;               // into which one parcel is thought to be split
constexpr std::int64_t millimetre = millionths / 10;  // in millionths of a centimetre

// Stacked on their largest face.
Load stacked(Load const& load, std::int64_t pieces) {
    Load made = load;
    made.count = 1;
    if (load.gross_kg) made.gross_kg = *load.gross_kg * pieces;
    made.sides_cm[2] *= pieces;
    std::ranges::sort(made.sides_cm, std::greater<>());
    return made;
}

Load cut(Load const& load, std::int64_t pieces) {
    Load made = load;
    made.count = load.count * pieces;
    if (load.gross_kg) made.gross_kg = (*load.gross_kg + pieces - 1) / pieces;
    made.sides_cm[0] = (load.sides_cm[0] + pieces - 1) / pieces;
    std::ranges::sort(made.sides_cm, std::greater<>());
    return made;
}

// The heaviest weight below `kg` that costs a step less; nothing where no flat step lies below.
std::optional<std::int64_t> step_below(std::span<PriceRow const> prices, std::int64_t kg) {
    std::optional<std::int64_t> below;
    for (auto const& price : prices) {
        if (price.kind == PriceKind::up_to && price.kg < kg) below = price.kg;
        if (price.kind == PriceKind::up_to && price.kg >= kg) return below;
        if (price.kind == PriceKind::each) {
            auto const reached = below.value_or(0);
            auto const steps = (kg - reached + price.kg - 1) / price.kg;
            if (steps > 1) below = reached + (steps - 1) * price.kg;
        }
        if (price.kind == PriceKind::per && price.kg <= kg) return std::nullopt;  // by weight, without steps
    }
    return below;
}

class Adviser {
public:
    Adviser(Tables const& tables, Offer const& offer, Consigned const& consigned)
        : t_(tables),
          table_(tables.tables[offer.table]),
          zone_(tables.zones[offer.zone]),
          offer_(offer),
          consigned_(consigned),
          loads_(consigned.loads.begin(), consigned.loads.end()) {}

    std::vector<Advice> run() {
        for (std::size_t i = 0; i < loads_.size(); ++i) {
            if (loads_[i].count == 0) continue;
            shrink(i);
            merge_line(i);
            split(i);
            if (table_.bill == Bill::parcel) step_of_parcel(i);
        }
        merge_all();
        if (table_.bill == Bill::consignment) weights_of_consignment();
        std::ranges::stable_sort(
            found_, [](Advice const& a, Advice const& b) { return a.saving.minor() > b.saving.minor(); });
        if (found_.size() > advice_max) found_.erase(found_.begin() + advice_max, found_.end());
        return std::move(found_);
    }

private:
    [[nodiscard]] static std::int32_t name(std::size_t parcel) { return static_cast<std::int32_t>(parcel); }
    // What is saved by sending `loads` instead; nothing where it is not cheaper or not taken.
    [[nodiscard]] std::optional<Money> saving(std::span<Load const> loads) const {
        auto changed = consigned_;
        changed.loads = loads;
        return less(price_of(t_, table_, zone_, changed));
    }
    [[nodiscard]] std::optional<Money> less(std::expected<Priced, Rejection> const& priced) const {
        if (!priced || priced->total >= offer_.total) return std::nullopt;
        return Money(offer_.total.minor() - priced->total.minor(), offer_.total.currency());
    }
    void tell(Advice advice, std::optional<Money> const& saved) {
        if (!saved) return;
        advice.saving = *saved;
        found_.push_back(advice);
    }
    [[nodiscard]] Advice blank(AdviceCode code, std::int32_t parcel) const {
        return {.code = code, .parcel = parcel, .saving = Money::zero(offer_.total.currency())};
    }

    // How much smaller each parcel of the line must be for its weight, or that of the whole, to govern.
    void shrink(std::size_t i) {
        auto const& load = loads_[i];
        auto const by_volume = volume_weight(table_, load);
        if (table_.divisor == 0 || !load.gross_kg || !by_volume || *by_volume <= *load.gross_kg) return;
        auto wanted = *load.gross_kg;
        if (table_.bill == Bill::consignment) {
            // The other parcels may be dense enough to carry a part of the air in this one.
            auto const spare = surplus_volume_kg() / load.count;
            wanted = std::max(wanted, *by_volume - spare - 1);
            if (spare <= 0) return;
        }
        auto const face = UInt128(static_cast<std::uint64_t>(load.sides_cm[1])) *
                          UInt128(static_cast<std::uint64_t>(load.sides_cm[2]));
        auto const volume = UInt128(static_cast<std::uint64_t>(wanted)) *
                            UInt128(static_cast<std::uint64_t>(table_.divisor)) * UInt128{millionths};
        if (face == 0) return;
        auto const side = static_cast<std::int64_t>(volume / face) / millimetre * millimetre;
        if (side == 0) return;
        auto advice = blank(AdviceCode::shrink_parcel, name(i));
        advice.now = decimal_of(static_cast<std::int64_t>(volume_of(load)));
        auto loads = loads_;
        loads[i].sides_cm[0] = side;
        advice.side_cm = decimal_of(side);
        advice.better = decimal_of(static_cast<std::int64_t>(volume_of(loads[i])));
        std::ranges::sort(loads[i].sides_cm, std::greater<>());
        tell(advice, saving(loads));
    }
    // Volume weight of the consignment beyond its gross weight.
    [[nodiscard]] std::int64_t surplus_volume_kg() const {
        Int128 surplus = 0;
        for (auto const& load : loads_) {
            auto const by_volume = volume_weight(table_, load);
            surplus += Int128{by_volume ? *by_volume : 0} * load.count;
            surplus -= Int128{load.gross_kg.value_or(0)} * load.count;
        }
        return static_cast<std::int64_t>(std::clamp<Int128>(surplus, 0, weight_max));
    }

    void merge_line(std::size_t i) {
        auto const& load = loads_[i];
        if (load.count < 2 || !load.gross_kg) return;
        auto advice = blank(AdviceCode::merge_parcels, name(i));
        std::optional<Money> best;
        for (std::int64_t pieces = 2; pieces <= std::min(load.count, pieces_max); ++pieces) {
            auto loads = loads_;
            loads[i] = stacked(load, pieces);
            loads[i].count = load.count / pieces;
            if (auto const rest = load.count % pieces; rest != 0) loads.push_back(stacked(load, rest));
            auto const saved = saving(loads);
            if (!saved || (best && saved->minor() <= best->minor())) continue;
            best = saved;
            advice.pieces = pieces;
        }
        tell(advice, best);
    }
    void merge_all() {
        std::int64_t pieces = 0;
        Load one{1, 0, {}};
        bool is_measured = true;
        for (auto const& load : loads_) {
            if (!load.gross_kg || load.count > pieces_max) return;
            if (load.count == 0) continue;
            pieces += load.count;
            *one.gross_kg += *load.gross_kg * load.count;
            is_measured = is_measured && load.sides_cm[2] != 0;
            one.sides_cm = {std::max(one.sides_cm[0], load.sides_cm[0]),
                            std::max(one.sides_cm[1], load.sides_cm[1]),
                            one.sides_cm[2] + load.sides_cm[2] * load.count};
        }
        if (loads_.size() < 2 || pieces < 2 || pieces > pieces_max) return;
        if (!is_measured) one.sides_cm = {};
        std::ranges::sort(one.sides_cm, std::greater<>());
        auto advice = blank(AdviceCode::merge_parcels, -1);
        advice.pieces = pieces;
        tell(advice, saving({&one, 1}));
    }
    void split(std::size_t i) {
        auto const& load = loads_[i];
        if (!load.gross_kg || *load.gross_kg == 0) return;
        auto advice = blank(AdviceCode::split_parcel, name(i));
        std::optional<Money> best;
        for (std::int64_t pieces = 2; pieces <= pieces_max; ++pieces) {
            auto loads = loads_;
            loads[i] = cut(load, pieces);
            auto const saved = saving(loads);
            if (!saved || (best && saved->minor() <= best->minor())) continue;
            best = saved;
            advice.pieces = pieces;
        }
        tell(advice, best);
    }

    void step_of_parcel(std::size_t i) {
        auto const& load = loads_[i];
        auto const by_volume = volume_weight(table_, load);
        if (!load.gross_kg || !by_volume) return;
        auto const kg = rounded_up(table_, std::max(*load.gross_kg, *by_volume));
        auto const below = step_below(prices_of(t_, zone_), kg);
        if (!below || (kg - *below) * just_above_parts > *below) return;
        auto loads = loads_;
        loads[i].gross_kg = std::min(*load.gross_kg, *below);
        if (*by_volume > *below) {
            // As much smaller as it takes, whichever side gives way.
            loads[i].sides_cm[0] = static_cast<std::int64_t>(Int128{load.sides_cm[0]} * *below / *by_volume);
            std::ranges::sort(loads[i].sides_cm, std::greater<>());
        }
        auto advice = blank(AdviceCode::just_above_step, name(i));
        advice.now = decimal_of(kg);
        advice.better = decimal_of(*below);
        tell(advice, saving(loads));
    }
    void weights_of_consignment() {
        auto const priced = price_of(t_, table_, zone_, consigned_);
        if (!priced) return;
        auto const kg = priced->chargeable_kg;
        auto const at = [&](std::int64_t other) {
            return less(price_of(t_, table_, zone_, consigned_, other));
        };
        auto const below = step_below(prices_of(t_, zone_), kg);
        if (below && (kg - *below) * just_above_parts <= *below) {
            auto advice = blank(AdviceCode::just_above_step, -1);
            advice.now = decimal_of(kg);
            advice.better = decimal_of(*below);
            tell(advice, at(*below));
        }
        auto heavier = blank(AdviceCode::bill_as_heavier, -1);
        heavier.now = decimal_of(kg);
        std::optional<Money> best;
        for (auto const& price : prices_of(t_, zone_)) {
            if (price.kind != PriceKind::per || price.kg <= kg) continue;
            auto const saved = at(price.kg);
            if (!saved || (best && saved->minor() <= best->minor())) continue;
            best = saved;
            heavier.better = decimal_of(price.kg);
        }
        tell(heavier, best);
    }

    Tables const& t_;
    TableRow const& table_;
    ZoneRow const& zone_;
    Offer const& offer_;
    Consigned const& consigned_;
    std::vector<Load> loads_;
    std::vector<Advice> found_;
};

}  // namespace

std::vector<Advice> advice(Shipment const& shipment, Lane const& lane, Tables const& tables,
                           Offer const& offer) {
    std::vector<Load> loads;
    auto const gross = put_gross(shipment);
    if (!gross || !put_loads(shipment, loads)) return {};
    Consigned const consigned{loads, *gross, shipment.is_remote, lane.to};
    return Adviser(tables, offer, consigned).run();
}

}  // namespace allroads::freight
