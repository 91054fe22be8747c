#pragma once
// What one table asks for some loads: the one way a price comes about, for offers and for advice alike.

#include "freight/freight.h"

namespace allroads::freight {

struct Consigned {
    std::span<Load const> loads;
    std::optional<std::int64_t> gross_kg;  // of all goods, millionths
    bool is_remote = false;
    Country to;
};
struct Priced {
    std::int64_t chargeable_kg = 0;  // millionths, rounded up as the table says
    std::int64_t gross_kg = 0;
    std::int64_t parcels = 0;
    bool by_volume = false;
    bool is_measured = true;
    Money base;
    Money total;
    std::array<Surcharged, surcharges_max> surcharges = {};
    std::size_t surcharge_count = 0;
};
// Refused: why there is no price, without the table's name.
[[nodiscard]] std::expected<Priced, Rejection> price_of(Tables const& tables, TableRow const& table,
                                                        ZoneRow const& zone, Consigned const& consigned);
// The same for a chargeable weight that somebody agreed with the carrier.
[[nodiscard]] std::expected<Priced, Rejection> price_of(Tables const& tables, TableRow const& table,
                                                        ZoneRow const& zone, Consigned const& consigned,
                                                        std::int64_t chargeable_kg);
// Volume weight of one load in millionths of a kilogram, rounded half-up; 0 where volume does not count.
[[nodiscard]] std::expected<std::int64_t, Rejection> volume_weight(TableRow const& table, Load const& load);
// Volume in millionths of cm3, cut off.
[[nodiscard]] UInt128 volume_of(Load const& load);
// `shipment` in millionths. Refused: `amount-too-large`.
[[nodiscard]] Result<void> put_loads(Shipment const& shipment, std::vector<Load>& loads);
[[nodiscard]] Result<std::optional<std::int64_t>> put_gross(Shipment const& shipment);
[[nodiscard]] std::span<PriceRow const> prices_of(Tables const& tables, ZoneRow const& zone);
[[nodiscard]] std::int64_t rounded_up(TableRow const& table, std::int64_t kg);
[[nodiscard]] inline Decimal decimal_of(std::int64_t in_millionths) {
    return Decimal::of(in_millionths, 6).stripped();
}

}  // namespace allroads::freight
