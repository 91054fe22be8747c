// The edition file: bytes of any kind are refused by open_bytes or by the first use of a market; what is
// accepted can be walked. Checksums are made right after the mutation, so that the fuzzer reaches what lies
// behind them.

#include "books/edition.h"
#include "freight/freight.h"
#include "quote/quote.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

namespace {

using namespace allroads;

// Puts sound checksums into the copy, wherever its header and directory can be understood.
void seal(char* bytes, std::size_t size) {
    books::Header header;
    if (size < sizeof header) return;
    std::memcpy(&header, bytes, sizeof header);
    header.magic = books::edition_magic;
    header.version = books::edition_version;
    header.file_size = size;
    header.tables = books::table_fingerprint();
    header.segment_count %= 8;
    auto const directory = sizeof header + header.segment_count * sizeof(books::SegmentEntry);
    if (directory > size) return;
    for (std::uint32_t i = 0; i < header.segment_count; ++i) {
        books::SegmentEntry entry;
        auto* const place = bytes + sizeof header + i * sizeof entry;
        std::memcpy(&entry, place, sizeof entry);
        if (entry.at <= size && entry.size <= size - entry.at) {
            entry.checksum = books::checksum_of({bytes + entry.at, entry.size});
        }
        std::memcpy(place, &entry, sizeof entry);
    }
    header.checksum = 0;
    std::memcpy(bytes, &header, sizeof header);
    header.checksum = books::checksum_of({bytes, directory});
    std::memcpy(bytes, &header, sizeof header);
}

void walk(tariff::Schedule const& schedule) {
    for (auto const& node : schedule.nodes) {
        for (auto const& measure : schedule.at(node)) {
            auto const line = books::describe(schedule, node, measure);
            check(!line.empty());
            Quantity const quantity{Decimal(3), unit::kilogram, {}};
            tariff::Assessable on{Decimal(100), currency::USD, {&quantity, 1}, {}};
            (void)tariff::evaluate(schedule.duty(measure), on);
        }
        for (auto const& paper : schedule.papers_at(node)) {
            auto const line = books::describe(schedule, node, paper);
            check(!line.empty());
            quote::Document const document{&schedule, &paper, 0, false, {}};
            (void)quote::source_of(document);
            for (auto const words : {paper.name, paper.purpose, paper.issuer, paper.days})
                (void)schedule.text(words);
            check(Decimal::of(paper.cost, paper.cost_scale).coefficient() >= 0);
        }
    }
}

// Every table is asked for a lane it serves, and for advice.
void walk(freight::Tables const& tables) {
    freight::Parcel parcel;
    parcel.count = 2;
    parcel.length_cm = parcel.width_cm = parcel.height_cm = Decimal(40);
    parcel.gross_kg = Decimal(7);
    freight::Shipment const shipment{{&parcel, 1}};
    freight::Estimate estimate;
    for (auto const& table : tables.tables) {
        for (std::uint16_t to = 0; to < country_indexes; ++to) {
            if (table.zone_of[to] == 0 || !Country::is_in_use(to)) continue;
            freight::Lane const lane{Country::parse("VN").value(), Country::from_index(to),
                                     Day::from_number(table.valid_from)};
            check(freight::estimate(shipment, lane, tables, estimate).has_value());
            for (auto const& offer : estimate.offers) {
                check(offer.total >= offer.base);
                (void)freight::advice(shipment, lane, tables, offer);
            }
            break;
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Aligned as a mapping is.
    auto const room = std::make_unique<std::byte[]>(size + 64);
    auto* const place =
        reinterpret_cast<char*>((reinterpret_cast<std::uintptr_t>(room.get()) + 63) / 64 * 64);
    std::memcpy(place, data, size);
    if (size > 0 && (data[size - 1] & 1U) != 0) seal(place, size);
    auto const edition = books::open_bytes({place, size});
    if (!edition) return 0;
    for (auto const market : (*edition)->markets()) {
        if (auto const schedule = (*edition)->schedule(market)) walk(**schedule);
    }
    if (auto const tables = (*edition)->freight()) walk(*tables);
    (void)(*edition)->packs();
    return 0;
}
