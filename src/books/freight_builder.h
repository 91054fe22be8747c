#pragma once
// Rate tables from all packs become one segment of an edition: rows without pointers (freight::Tables).

#include "books/edition.h"
#include "books/freight_sheet.h"
#include "books/schedule_builder.h"

#include <vector>

namespace allroads::books {

class FreightBuilder {
public:
    // Refused: a country or group that nobody knows, a country in two zones, a table of the same name and
    // first day.
    [[nodiscard]] Result<void> add(FreightSheet const& sheet, Groups const& groups);
    [[nodiscard]] std::uint64_t table_count() const { return tables_.size(); }
    // Of two tables of one name the one that begins later ends the earlier.
    [[nodiscard]] Result<Segment> finish();

private:
    [[nodiscard]] Result<void> put_zones(FreightSheet const& sheet, Groups const& groups,
                                         freight::TableRow& row);
    [[nodiscard]] Result<void> put_surcharges(FreightSheet const& sheet, Groups const& groups,
                                              freight::TableRow& row);
    [[nodiscard]] freight::Words word(std::string_view text);

    struct Named {
        std::string name;
        freight::TableRow row;
    };
    std::vector<Named> tables_;
    std::vector<freight::ZoneRow> zones_;
    std::vector<freight::PriceRow> prices_;
    std::vector<freight::SurchargeRow> surcharges_;
    Pool pool_;
};

}  // namespace allroads::books
