#include "books/freight_builder.h"

#include <algorithm>

namespace allroads::books {

namespace {

using Bits = std::array<std::uint64_t, freight::country_words>;
static_assert(sizeof(Bits) == sizeof(tariff::CountrySet));

void put(Bits& bits, std::uint16_t index) { bits[index / 64] |= std::uint64_t{1} << (index % 64); }
bool has(Bits const& bits, std::uint16_t index) { return ((bits[index / 64] >> (index % 64)) & 1U) != 0; }

Bits everybody() {
    Bits bits = {};
    for (std::uint16_t i = 0; i < country_indexes; ++i) {
        if (Country::is_in_use(i)) put(bits, i);
    }
    return bits;
}

// Countries and groups by spaces, or *.
Result<Bits> countries(std::string_view names, Groups const& groups, std::string_view where) {
    if (names == "*") return everybody();
    Bits bits = {};
    while (!(names = trim(names)).empty()) {
        auto const name = names.substr(0, names.find(' '));
        names.remove_prefix(name.size());
        if (auto const country = Country::parse(name)) {
            put(bits, country->index());
        } else if (auto const group = groups.find(std::string(name)); group != groups.end()) {
            for (std::size_t i = 0; i < bits.size(); ++i) bits[i] |= group->second.bits[i];
        } else {
            return refuse(Code::bad_country, where,
                          excerpt(name) + " is neither a country nor a group of these packs");
        }
    }
    return bits;
}

}  // namespace

freight::Words FreightBuilder::word(std::string_view text) {
    auto const added = pool_.add(text);
    return {added.at, added.size};
}

Result<void> FreightBuilder::add(FreightSheet const& sheet, Groups const& groups) {
    freight::TableRow row;
    row.name = word(sheet.name);
    row.carrier = word(sheet.carrier);
    row.title = word(sheet.title);
    row.source = word(sheet.source);
    row.url = word(sheet.url);
    row.from = TRY(countries(sheet.from, groups, "from"));
    row.road = *sheet.road;
    row.bill = sheet.bill;
    row.standing = *sheet.standing;
    row.currency = sheet.currency->index();
    row.valid_from = sheet.valid_from.number();
    row.valid_to = sheet.valid_to.number();
    row.checked_on = sheet.checked_on->number();
    row.divisor = sheet.divisor;
    row.max_parcel_kg = sheet.max_parcel_kg;
    row.max_total_kg = sheet.max_total_kg;
    row.max_length_cm = sheet.max_length_cm;
    row.max_girth_cm = sheet.max_girth_cm;
    row.round_kg = sheet.round_kg;
    for (auto const& [name, other] : tables_) {
        if (name == sheet.name && other.valid_from == row.valid_from) {
            return refuse(Code::bad_value, "", "another table has the same name and the same first day");
        }
    }
    TRY_VOID(put_zones(sheet, groups, row));
    TRY_VOID(put_surcharges(sheet, groups, row));
    tables_.push_back({sheet.name, row});
    return {};
}

Result<void> FreightBuilder::put_zones(FreightSheet const& sheet, Groups const& groups,
                                       freight::TableRow& row) {
    row.zone_first = static_cast<std::uint32_t>(zones_.size());
    row.zone_count = static_cast<std::uint32_t>(sheet.zones.size());
    std::uint8_t elsewhere = 0;
    std::uint8_t number = 0;
    for (auto const& zone : sheet.zones) {
        zones_.push_back({word(zone.name), static_cast<std::uint32_t>(prices_.size()),
                          static_cast<std::uint32_t>(zone.prices.size()), zone.days_min, zone.days_max});
        prices_.insert(prices_.end(), zone.prices.begin(), zone.prices.end());
        ++number;
        if (zone.countries == "*") {
            elsewhere = number;
            continue;
        }
        auto const bits = TRY(countries(zone.countries, groups, zone.name));
        for (std::uint16_t i = 0; i < country_indexes; ++i) {
            if (!has(bits, i)) continue;
            if (row.zone_of[i] != 0 && row.zone_of[i] != number) {
                return refuse(Code::bad_value, zone.name,
                              std::string(Country::from_index(i).text()) + " stands in two zones");
            }
            row.zone_of[i] = number;
        }
    }
    auto const all = everybody();
    for (std::uint16_t i = 0; i < country_indexes; ++i) {
        if (row.zone_of[i] == 0 && has(all, i)) row.zone_of[i] = elsewhere;
    }
    return {};
}

Result<void> FreightBuilder::put_surcharges(FreightSheet const& sheet, Groups const& groups,
                                            freight::TableRow& row) {
    row.surcharge_first = static_cast<std::uint32_t>(surcharges_.size());
    row.surcharge_count = static_cast<std::uint32_t>(sheet.surcharges.size());
    for (auto const& more : sheet.surcharges) {
        freight::SurchargeRow made;
        made.name = word(more.name);
        made.kind = more.kind;
        made.is_remote = more.is_remote ? 1 : 0;
        made.amount = more.amount;
        made.minimum = more.minimum;
        if (!more.countries.empty()) made.countries = TRY(countries(more.countries, groups, more.name));
        surcharges_.push_back(made);
    }
    return {};
}

Result<Segment> FreightBuilder::finish() {
    std::ranges::sort(tables_, [](Named const& a, Named const& b) {
        return a.name != b.name ? a.name < b.name : a.row.valid_from < b.row.valid_from;
    });
    std::vector<freight::TableRow> rows;
    for (std::size_t i = 0; i < tables_.size(); ++i) {
        auto row = tables_[i].row;
        if (i + 1 < tables_.size() && tables_[i + 1].name == tables_[i].name) {
            row.valid_to = std::min(row.valid_to, tables_[i + 1].row.valid_from - 1);
        }
        rows.push_back(row);
    }
    check(freight::is_sound({rows, zones_, prices_, surcharges_, pool_.bytes()}));
    SegmentWriter writer;
    writer.table(Table::freight_tables, rows);
    writer.table(Table::freight_zones, zones_);
    writer.table(Table::freight_prices, prices_);
    writer.table(Table::freight_surcharges, surcharges_);
    writer.pool(pool_.bytes());
    Segment segment;
    segment.entry.kind = SegmentKind::freight;
    segment.bytes = writer.finish();
    return segment;
}

}  // namespace allroads::books
