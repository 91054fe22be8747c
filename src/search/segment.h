#pragma once
// segment: an immutable piece of the index: some entries, sorted by id, and the terms that lead to them.
//
// Promises: one run of bytes, the same in memory and in a file; tables lie in the order of `Counts`, so that
// nothing in them points anywhere unchecked. `Segment::open` refuses whatever does not hold together, after
// which no reading of it can go astray.

#include "search/search.h"

#include <bit>
#include <cstddef>
#include <functional>
#include <map>

namespace allroads::search {

// Where a term stands in an entry. The lower four bits of a posting; above them the number of the entry.
inline constexpr std::uint32_t in_title = 1, in_keys = 2, in_description = 4;
inline constexpr std::uint32_t is_derived = 8;  // a singular, a pair of characters: not written so
inline constexpr std::uint32_t posting_bits = 4;
inline constexpr std::size_t segment_entries_max = std::size_t{1} << 28U;

struct Row {                 // what ranking reads of an entry
    std::int64_t price = 0;  // of one unit, first tier
    std::uint32_t kind = 0;  // in this segment
    std::uint32_t shop = 0;
    std::uint32_t smallest = 0;  // thousandths
    std::uint32_t grams = 0;     // of a unit in a parcel
    std::uint32_t tiers = 0;     // the others
    std::uint16_t lead_days = 0;
    std::uint8_t tier_count = 0;
    std::uint8_t reserved = 0;
};
static_assert(sizeof(Row) == 32);
// What facets ask of an entry; entries that are alike share one.
struct Profile {
    std::uint32_t category = 0;  // value
    std::uint32_t first = 0;     // in profile_values: materials, then certificates
    std::uint16_t origin = 0;    // Country::index
    std::uint16_t materials = 0;
    std::uint16_t certificates = 0;
    std::uint16_t reserved = 0;
};
static_assert(sizeof(Profile) == 16);
struct KindRow {
    std::uint64_t hs = 0;  // GoodsCode::key; 0: no code is known
    std::uint32_t first = 0;
    std::uint16_t proofs = 0;
    std::uint16_t unit = 0;  // Unit::index
    std::uint16_t origin = 0;
    std::uint16_t from = 0;
    std::array<char, 3> currency = {};
    std::uint8_t reserved = 0;
};
static_assert(sizeof(KindRow) == 24);
struct Weights {  // what pricing asks of few entries; 0: not told
    std::uint32_t net = 0;
    std::uint32_t gross = 0;
};
static_assert(sizeof(Weights) == 8);
struct TierRow {
    std::uint32_t from = 0;  // thousandths
    std::uint32_t reserved = 0;
    std::int64_t price = 0;
};
static_assert(sizeof(TierRow) == 16);

struct Counts64 {  // of the tables, in their order
    std::uint64_t entries = 0;
    std::uint64_t tiers = 0;
    std::uint64_t profiles = 0;
    std::uint64_t profile_values = 0;
    std::uint64_t kinds = 0;
    std::uint64_t kind_proofs = 0;
    std::uint64_t values = 0;
    std::uint64_t value_bytes = 0;
    std::uint64_t terms = 0;
    std::uint64_t term_bytes = 0;
    std::uint64_t postings = 0;
    std::uint64_t buckets = 0;  // of trigrams; a power of two
    std::uint64_t grams = 0;
    std::uint64_t stamp_bytes = 0;
};
struct Header {
    std::array<char, 8> magic = {};
    std::uint64_t version = 0;
    std::uint64_t checksum = 0;  // of everything that follows
    std::uint64_t bytes = 0;     // of the whole
    Counts64 counts = {};
};
inline constexpr std::array<char, 8> segment_magic = {'A', 'R', 's', 'e', 'a', 'r', 'c', 'h'};
inline constexpr std::uint64_t segment_version = 2;
inline constexpr std::size_t checksum_from = 24;
[[nodiscard]] std::uint64_t checksum_of(std::span<std::byte const> bytes);

class Segment {
public:
    // `bytes` begin at a multiple of eight and live as long as `owner`. Refused: `data-damaged`,
    // `data-version`. `is_trusted`: they were made here a moment ago.
    [[nodiscard]] static Result<std::shared_ptr<Segment const>> open(std::span<std::byte const> bytes,
                                                                     std::shared_ptr<void const> owner,
                                                                     bool is_trusted);

    std::span<Key const> ids;  // ascending
    std::span<std::int64_t const> made;
    std::span<Row const> rows;
    std::span<Weights const> weights;
    std::span<TierRow const> tiers;
    std::span<std::uint32_t const> profile_of;
    std::span<std::uint8_t const> title_words;  // of the shortest title
    std::span<Profile const> profiles;
    std::span<std::uint32_t const> profile_values;
    std::span<KindRow const> kinds;
    std::span<std::uint32_t const> kind_proofs;  // values
    std::span<std::uint32_t const> postings;
    std::string_view stamp;
    std::span<std::byte const> bytes;

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(ids.size()); }
    [[nodiscard]] std::uint32_t terms() const { return static_cast<std::uint32_t>(term_at_.size() - 1); }
    [[nodiscard]] std::string_view term(std::uint32_t number) const {
        return term_text_.substr(term_at_[number], term_at_[number + 1] - term_at_[number]);
    }
    // Of the terms `first` up to `last`, one after another.
    [[nodiscard]] std::span<std::uint32_t const> postings_of(std::uint32_t first, std::uint32_t last) const {
        return postings.subspan(posting_at_[first], posting_at_[last] - posting_at_[first]);
    }
    [[nodiscard]] std::string_view value(std::uint32_t number) const {
        return value_text_.substr(value_at_[number], value_at_[number + 1] - value_at_[number]);
    }
    [[nodiscard]] std::uint32_t values() const { return static_cast<std::uint32_t>(value_at_.size() - 1); }
    [[nodiscard]] std::optional<std::uint32_t> find_term(std::string_view text) const;
    // The terms that begin so: from the first up to the second.
    [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> terms_from(std::string_view prefix) const;
    [[nodiscard]] std::optional<std::uint32_t> find_id(Key const& id) const;
    // Terms that share enough trigrams with a word to be within so many errors of it, and how many they are.
    void alike(std::u32string_view word, int errors,
               std::function<void(std::uint32_t term, int distance)> const& found) const;

private:
    [[nodiscard]] bool holds() const;
    [[nodiscard]] bool entries_hold() const;
    [[nodiscard]] bool terms_hold() const;
    std::span<std::uint32_t const> term_at_;
    std::span<std::uint32_t const> posting_at_;
    std::span<std::uint32_t const> value_at_;
    std::span<std::uint32_t const> bucket_at_;
    std::span<std::uint32_t const> grams_;
    std::string_view term_text_;
    std::string_view value_text_;
    std::shared_ptr<void const> owner_;
};

using Bits = std::vector<std::uint64_t>;
[[nodiscard]] inline bool has(Bits const& bits, std::uint32_t number) {
    return ((bits[number / 64] >> (number % 64)) & 1U) != 0;
}

// Each once; the entries are within their limits.
[[nodiscard]] std::shared_ptr<Segment const> segment_of(std::vector<Entry const*> entries);
struct Part {
    std::shared_ptr<Segment const> segment;
    std::shared_ptr<Bits const> removed;  // may be null
};
// One segment of all that is left in these; no id is left in two of them.
[[nodiscard]] std::shared_ptr<Segment const> combined(std::span<Part const> parts, std::string_view stamp);

}  // namespace allroads::search
