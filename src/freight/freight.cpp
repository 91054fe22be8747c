#include "freight/freight.h"

#include <algorithm>
#include <array>

namespace allroads::freight {

namespace {

constexpr std::array<std::string_view, 6> road_names = {"post", "express", "air", "sea", "road", "rail"};
constexpr int weight_places = 6;

}  // namespace

Result<Road> parse_road(std::string_view text) {
    auto const found = std::ranges::find(road_names, text);
    if (found == road_names.end()) {
        return refuse(Code::bad_value, "road",
                      excerpt(text) + " is not post, express, air, sea, road or rail");
    }
    return static_cast<Road>(found - road_names.begin());
}

std::string_view text_of(Road road) { return road_names[static_cast<std::size_t>(road)]; }

Decimal default_divisor(Road road) { return Decimal(road == Road::express ? 5000 : 6000); }

Result<std::optional<Weight>> chargeable_weight(std::span<Parcel const> parcels,
                                                std::optional<Decimal> const& gross_kg,
                                                Decimal const& divisor) {
    Decimal gross;
    Decimal volume;
    bool weighed = !parcels.empty();
    for (auto const& parcel : parcels) {
        Decimal const count(parcel.count);
        if (parcel.gross_kg) {
            gross = TRY(sum(gross, TRY(product(count, *parcel.gross_kg))));
        } else {
            weighed = false;
        }
        if (parcel.length_cm && parcel.width_cm && parcel.height_cm) {
            auto const one =
                TRY(product(TRY(product(*parcel.length_cm, *parcel.width_cm)), *parcel.height_cm));
            volume = TRY(sum(volume, TRY(product(count, one))));
        }
    }
    // What the goods lines weigh stands in where a parcel was not weighed; the heavier statement wins
    // otherwise.
    if (gross_kg && (!weighed || *gross_kg > gross)) {
        gross = *gross_kg;
        weighed = true;
    }
    if (!weighed && volume.is_zero()) return std::optional<Weight>();
    auto const by_volume =
        volume.is_zero() ? volume : TRY(quotient(volume, divisor, weight_places, Round::half_up));
    if (!weighed && by_volume.is_zero()) return std::optional<Weight>();
    if (by_volume > gross) return std::optional(Weight{by_volume.stripped(), true});
    return std::optional(Weight{gross.rounded(weight_places, Round::half_up).stripped(), false});
}

}  // namespace allroads::freight
