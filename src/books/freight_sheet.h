#pragma once
// The sheet of rates: freight.csv of a pack, as a forwarder's clerk keeps it in a spreadsheet
// (docs/freight.md). The first cell of a line says what the line is; a line `table` begins the next table.

#include "books/pack.h"
#include "freight/freight.h"

#include <functional>
#include <string>
#include <vector>

namespace allroads::books {

// Countries are as written: ISO codes and names of groups by spaces, or * for all (of a zone: all others).
struct SheetZone {
    std::string name;
    std::string countries;
    std::int32_t days_min = -1;  // -1: not said
    std::int32_t days_max = -1;
    std::vector<freight::PriceRow> prices;  // in the order that freight::ZoneRow asks
};
struct SheetSurcharge {
    std::string name;
    freight::SurchargeKind kind = freight::SurchargeKind::percent;
    std::int64_t amount = 0;  // millionths, as in freight::SurchargeRow
    std::int64_t minimum = 0;
    bool is_remote = false;
    std::string countries;  // empty: all
};
// One table; numbers are millionths, as in freight::TableRow.
struct FreightSheet {
    std::string name, carrier, title, from, source, url;
    std::optional<freight::Road> road;
    freight::Bill bill = freight::Bill::consignment;
    std::optional<freight::Standing> standing;
    std::optional<Currency> currency;
    std::int64_t divisor = 0, max_parcel_kg = 0, max_total_kg = 0, max_length_cm = 0, max_girth_cm = 0,
                 round_kg = 0;
    Day valid_from = Day::first();
    Day valid_to = Day::last();
    std::optional<Day> checked_on;
    std::vector<SheetZone> zones;
    std::vector<SheetSurcharge> surcharges;
    std::uint64_t line = 0;  // where it begins

    [[nodiscard]] std::uint64_t price_count() const;
};

struct SheetListener {
    std::function<Result<void>(FreightSheet const&)> table;             // a sound one
    std::function<void(std::uint64_t line, std::string reason)> fault;  // what cannot be read, and why
};
// A table with a line that cannot be read is left out whole, for a price that is missing makes others wrong.
// Refused: what is no text, lines over 64 KiB, and whatever the listener refuses.
[[nodiscard]] Result<void> read_sheet(Input& input, SheetListener const& listener);
// The table as read_sheet reads it.
void append_sheet(std::string& out, FreightSheet const& sheet);

}  // namespace allroads::books
