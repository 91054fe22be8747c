#pragma once
// The edition file. Little-endian, 64-byte aligned, no pointers, so that it is used where it is mapped.
//
//   Header        magic, version, sizes, name, fingerprint of the tables of currencies and units, checksum
//   SegmentEntry  one for each market, for the exchange rates, for freight, for origin and for the list of
//   packs, with its own checksum segments      each begins with SegmentHeader: where its tables lie, relative
//   to the segment
//
// The header and the directory are checked when the file is opened; a segment when it is first used.

#include "books/books.h"
#include "freight/freight.h"
#include "tariff/tariff.h"

#include <array>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

namespace allroads::books {

inline constexpr std::array<char, 8> edition_magic = {'A', 'L', 'L', 'R', 'O', 'A', 'D', 'S'};
inline constexpr std::uint32_t edition_version = 5;
inline constexpr std::size_t alignment = 64;
inline constexpr std::uint32_t segments_max = 1024;

enum class SegmentKind : std::uint32_t { market = 1, exchange = 2, packs = 3, freight = 4, origin = 5 };

struct Header {
    std::array<char, 8> magic = edition_magic;
    std::uint32_t version = edition_version;
    std::uint32_t segment_count = 0;
    std::uint64_t file_size = 0;
    std::uint64_t tables = 0;  // fingerprint of currency and unit indexes, which editions hold as numbers
    std::array<char, 24> name = {};
    std::uint64_t checksum = 0;  // of this header with 0 here, then of the directory
};
static_assert(sizeof(Header) == 64);

struct SegmentEntry {
    SegmentKind kind = SegmentKind::market;
    std::uint32_t rank = 0;  // order among segments of a kind
    std::array<char, 16> code = {};
    std::uint64_t at = 0;
    std::uint64_t size = 0;
    std::uint64_t checksum = 0;
    tariff::CountrySet members;  // of a market: whose border it is
};

// Tables of a segment, in this order.
enum class Table : std::uint32_t {
    profile,
    nodes,
    slots,
    measures,
    duties,
    duty_nodes,
    conditions,
    stacks,
    sources,
    programs,
    sets,
    gaps,
    pool,
    fx_rows,
    packs,
    bases,
    base_steps,
    quotas,
    schemes,
    refunds,
    valuations,
    agricultural,
    papers,
    freight_tables,
    freight_zones,
    freight_prices,
    freight_surcharges,
    waivers,
    packings,
    texts,
};
inline constexpr std::size_t tables = 30;
struct TablePlace {
    std::uint64_t at = 0;     // from the start of the segment
    std::uint64_t count = 0;  // rows
};
struct SegmentHeader {
    std::array<TablePlace, tables> places;
    std::uint32_t sizes_present = 0;
    std::uint32_t base_currency = 0;  // of exchange rates
    tariff::Words source;             // of exchange rates
};

struct PackRow {
    tariff::Words name, title, source, market, file, sha256, dated, checked_on;
    std::uint64_t measures = 0;
    std::uint64_t lines = 0;
    std::uint64_t rates = 0;
    std::uint64_t documents = 0;
    std::uint64_t freight_tables = 0;
    std::uint32_t starter = 0;
    std::uint32_t reserved = 0;
};

// A text about origin: what it is (TextKind), its name and what it says.
enum class TextKind : std::uint32_t { agreement, statement, correlations };
struct TextRow {
    TextKind kind = TextKind::agreement;
    tariff::Words name, toml, sheet;
};

// The bytes of one segment while it is being made.
class SegmentWriter {
public:
    SegmentWriter() : bytes_(sizeof(SegmentHeader), '\0') {}
    SegmentHeader header;

    template <class Row>
    void table(Table table, std::vector<Row> const& rows) {
        // Without padding, so that the same packs make the same bytes.
        static_assert(std::is_trivially_copyable_v<Row> && std::has_unique_object_representations_v<Row>);
        append(table, reinterpret_cast<char const*>(rows.data()), rows.size() * sizeof(Row), rows.size());
    }
    void pool(std::string const& words) { append(Table::pool, words.data(), words.size(), words.size()); }
    [[nodiscard]] std::string finish();

private:
    void append(Table table, char const* data, std::size_t size, std::size_t count);
    std::string bytes_;
};

// Words kept once.
class Pool {
public:
    [[nodiscard]] tariff::Words add(std::string_view text);
    [[nodiscard]] std::string const& bytes() const { return bytes_; }

private:
    std::string bytes_;
    std::unordered_map<std::string, tariff::Words> known_;
};

struct Segment {
    SegmentEntry entry;
    std::string bytes;
};
// The whole file. `name` is cut to 23 bytes.
[[nodiscard]] std::string edition_bytes(std::vector<Segment> const& segments, std::string_view name);
[[nodiscard]] std::uint64_t checksum_of(std::string_view bytes);
[[nodiscard]] std::uint64_t table_fingerprint();

}  // namespace allroads::books
