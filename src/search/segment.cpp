// A segment as it lies in memory or in a file: its tables are found, held to each other and asked.

#include "search/segment.h"

#include "search/words.h"

#include <algorithm>
#include <cstring>

namespace allroads::search {
namespace {

constexpr std::string_view damaged = "the saved index is damaged; it can be made again from the records";

std::unexpected<Error> refuse_damaged(std::string_view what) {
    return refuse(Code::db_damaged, what, damaged);
}

// Hands out the tables one after another; each begins at a multiple of eight.
class Tables {
public:
    explicit Tables(std::span<std::byte const> bytes) : bytes_(bytes) {}
    template <class T>
    std::span<T const> take(std::uint64_t count) {
        auto const size = (static_cast<Int128>(count) * Int128{sizeof(T)} + 7) / 8 * 8;
        if (size > static_cast<Int128>(bytes_.size())) {
            is_short_ = true;
            return {};
        }
        auto const* first = reinterpret_cast<T const*>(bytes_.data());
        bytes_ = bytes_.subspan(static_cast<std::size_t>(size));
        return {first, static_cast<std::size_t>(count)};
    }
    std::string_view text(std::uint64_t count) {
        auto const letters = take<char>(count);
        return {letters.data(), letters.size()};
    }
    [[nodiscard]] bool is_exact() const { return !is_short_ && bytes_.empty(); }

private:
    std::span<std::byte const> bytes_;
    bool is_short_ = false;
};

bool ascend(std::span<std::uint32_t const> places, std::uint64_t end) {
    return !places.empty() && places.front() == 0 && places.back() == end && std::ranges::is_sorted(places);
}
template <class T>
bool all_below(std::span<T const> numbers, std::uint64_t end) {
    T most = 0;
    for (auto const number : numbers) most = std::max(most, number);
    return numbers.empty() || most < end;
}

}  // namespace

std::uint64_t checksum_of(std::span<std::byte const> bytes) {
    // Four independent lanes, so that memory is the limit; each word changes its lane for good, since
    // multiplying by an odd number loses nothing.
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15ULL;
    std::array<std::uint64_t, 4> lanes = {1, 2, 3, 4};
    std::size_t at = 0;
    for (; at + 32 <= bytes.size(); at += 32) {
        std::array<std::uint64_t, 4> words;
        std::memcpy(words.data(), bytes.data() + at, 32);
        for (std::size_t i = 0; i < 4; ++i) {
            lanes[i] = std::rotl((lanes[i] ^ words[i]) * odd, 29);
        }
    }
    std::uint64_t sum = bytes.size() * odd;
    for (; at < bytes.size(); ++at) sum = std::rotl((sum ^ static_cast<std::uint64_t>(bytes[at])) * odd, 29);
    for (auto const lane : lanes) sum = std::rotl((sum ^ lane) * odd, 29) + lane;
    return sum;
}

Result<std::shared_ptr<Segment const>> Segment::open(std::span<std::byte const> bytes,
                                                     std::shared_ptr<void const> owner, bool is_trusted) {
    Header header;
    if (bytes.size() < sizeof(header)) return refuse_damaged("header");
    std::memcpy(&header, bytes.data(), sizeof(header));
    if (header.magic != segment_magic) return refuse_damaged("header");
    if (header.version != segment_version) {
        return refuse(Code::db_version, "header", "the saved index is of another version of the program");
    }
    if (header.bytes != bytes.size()) return refuse_damaged("header");
    auto const rest = bytes.subspan(sizeof(header));
    auto const& n = header.counts;
    if (n.entries > segment_entries_max || n.terms >= UINT32_MAX || n.postings >= UINT32_MAX ||
        n.values >= UINT32_MAX || n.buckets >= UINT32_MAX || n.grams >= UINT32_MAX) {
        return refuse_damaged("header");
    }
    auto made = std::make_shared<Segment>();
    auto& s = *made;
    Tables tables(rest);
    s.ids = tables.take<Key>(n.entries);
    s.made = tables.take<std::int64_t>(n.entries);
    s.rows = tables.take<Row>(n.entries);
    s.weights = tables.take<Weights>(n.entries);
    s.profile_of = tables.take<std::uint32_t>(n.entries);
    s.title_words = tables.take<std::uint8_t>(n.entries);
    s.tiers = tables.take<TierRow>(n.tiers);
    s.profiles = tables.take<Profile>(n.profiles);
    s.profile_values = tables.take<std::uint32_t>(n.profile_values);
    s.kinds = tables.take<KindRow>(n.kinds);
    s.kind_proofs = tables.take<std::uint32_t>(n.kind_proofs);
    s.value_at_ = tables.take<std::uint32_t>(n.values + 1);
    s.value_text_ = tables.text(n.value_bytes);
    s.term_at_ = tables.take<std::uint32_t>(n.terms + 1);
    s.posting_at_ = tables.take<std::uint32_t>(n.terms + 1);
    s.term_text_ = tables.text(n.term_bytes);
    s.postings = tables.take<std::uint32_t>(n.postings);
    s.bucket_at_ = tables.take<std::uint32_t>(n.buckets + 1);
    s.grams_ = tables.take<std::uint32_t>(n.grams);
    s.stamp = tables.text(n.stamp_bytes);
    s.bytes = bytes;
    s.owner_ = std::move(owner);
    if (!tables.is_exact()) return refuse_damaged("tables");
    if (!is_trusted) {
        if (header.checksum != checksum_of(bytes.subspan(checksum_from))) return refuse_damaged("checksum");
        if (!s.holds()) return refuse_damaged("tables");
    }
    return made;
}

bool Segment::holds() const {
    if (!ascend(value_at_, value_text_.size()) || !entries_hold()) return false;
    for (auto const& profile : profiles) {
        auto const count = std::uint64_t{profile.materials} + profile.certificates;
        if (profile.category >= values() || profile.first + count > profile_values.size() ||
            !Country::is_in_use(profile.origin)) {
            return false;
        }
    }
    for (auto const& kind : kinds) {
        if (std::uint64_t{kind.first} + kind.proofs > kind_proofs.size() || kind.proofs > keys_max ||
            !Country::is_in_use(kind.origin) || !Country::is_in_use(kind.from) ||
            kind.unit >= all_units().size() || !GoodsCode::is_key(kind.hs) ||
            !Currency::parse({kind.currency.data(), kind.currency.size()})) {
            return false;
        }
    }
    return all_below(profile_values, values()) && all_below(kind_proofs, values()) && terms_hold();
}

bool Segment::entries_hold() const {
    for (std::size_t i = 0; i < ids.size(); ++i) {
        auto const& row = rows[i];
        if (i > 0 && !(ids[i - 1] < ids[i])) return false;
        if (row.kind >= kinds.size() || row.shop >= shops_max || row.price < 0 || row.smallest == 0 ||
            std::uint64_t{row.tiers} + row.tier_count > tiers.size()) {
            return false;
        }
    }
    for (auto const& tier : tiers) {
        if (tier.price < 0) return false;
    }
    return all_below(profile_of, profiles.size());
}

bool Segment::terms_hold() const {
    if (!ascend(term_at_, term_text_.size()) || !ascend(posting_at_, postings.size())) return false;
    for (std::uint32_t t = 0; t < terms(); ++t) {
        if (term(t).empty() || term(t).size() > term_bytes_max) return false;
        if (t > 0 && !(term(t - 1) < term(t))) return false;
        auto const places = postings_of(t, t + 1);
        if (places.empty() || (places.back() >> posting_bits) >= size()) return false;
        for (std::size_t i = 1; i < places.size(); ++i) {
            if (places[i - 1] >> posting_bits >= places[i] >> posting_bits) return false;
        }
    }
    bool const is_power = bucket_at_.size() > 1 && std::has_single_bit(bucket_at_.size() - 1);
    return is_power && ascend(bucket_at_, grams_.size()) && all_below(grams_, terms());
}

std::optional<std::uint32_t> Segment::find_term(std::string_view text) const {
    auto const first = terms_from(text).first;
    if (first < terms() && term(first) == text) return first;
    return std::nullopt;
}

std::pair<std::uint32_t, std::uint32_t> Segment::terms_from(std::string_view prefix) const {
    auto const edge = [&](auto const& is_before) {
        std::uint32_t low = 0;
        auto high = terms();
        while (low < high) {
            auto const middle = low + (high - low) / 2;
            if (is_before(term(middle))) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    };
    return {edge([&](std::string_view t) { return t < prefix; }),
            edge([&](std::string_view t) { return t.substr(0, prefix.size()) <= prefix; })};
}

std::optional<std::uint32_t> Segment::find_id(Key const& id) const {
    auto const at = std::ranges::lower_bound(ids, id);
    if (at == ids.end() || *at != id) return std::nullopt;
    return static_cast<std::uint32_t>(at - ids.begin());
}

void Segment::alike(std::u32string_view word, int errors,
                    std::function<void(std::uint32_t, int)> const& found) const {
    std::vector<std::uint32_t> hashes;
    trigrams(word, hashes);
    auto const mask = static_cast<std::uint32_t>(bucket_at_.size() - 2);
    auto const needed = std::max<std::ptrdiff_t>(std::ssize(hashes) - std::ptrdiff_t{4} * errors, 1);
    std::vector<std::uint8_t> shared(terms());
    std::vector<std::uint32_t> candidates;
    for (auto const hash : hashes) {
        auto const bucket = hash & mask;
        for (auto const t : grams_.subspan(bucket_at_[bucket], bucket_at_[bucket + 1] - bucket_at_[bucket])) {
            if (shared[t] < UINT8_MAX && ++shared[t] == needed) candidates.push_back(t);
        }
    }
    for (auto const t : candidates) {
        auto const letters = characters(term(t));
        auto const errors_there = distance(word, letters, errors);
        if (errors_there <= errors && is_spelled(letters)) found(t, errors_there);
    }
}

}  // namespace allroads::search
