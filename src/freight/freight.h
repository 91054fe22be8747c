#pragma once
// freight: what is weighed, and what a carrier bills for it.
//
// Promises: pure and exact. The chargeable weight is the greater of gross weight and volume / divisor, for
// the whole consignment (IATA TACT rule 3.9: 6000 cm3/kg by air; express carriers publish 5000).

#include "base/base.h"
#include "money/money.h"

#include <optional>
#include <span>
#include <string_view>

namespace allroads::freight {

enum class Road : std::uint8_t { post, express, air, sea, road, rail };
[[nodiscard]] Result<Road> parse_road(std::string_view text);
[[nodiscard]] std::string_view text_of(Road road);

// `count` parcels alike; sizes in centimetres and gross kilograms of each one.
struct Parcel {
    std::int64_t count = 1;
    std::optional<Decimal> length_cm;
    std::optional<Decimal> width_cm;
    std::optional<Decimal> height_cm;
    std::optional<Decimal> gross_kg;
};

struct Weight {
    Decimal chargeable_kg;
    bool by_volume = false;  // volume / divisor was the greater
};
// Centimetres cubed of one kilogram: 5000 express, 6000 otherwise.
[[nodiscard]] Decimal default_divisor(Road road);
// Nothing if neither the parcels nor `gross_kg` say how heavy the consignment is. Volume counts where all
// three sides are given. Exact to 6 decimals, rounded half-up.
[[nodiscard]] Result<std::optional<Weight>> chargeable_weight(std::span<Parcel const> parcels,
                                                              std::optional<Decimal> const& gross_kg,
                                                              Decimal const& divisor);

}  // namespace allroads::freight
