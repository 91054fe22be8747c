// Segments are made here: of entries, and of other segments without what was removed of them.

#include "search/segment.h"
#include "search/words.h"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <unordered_map>

namespace allroads::search {
namespace {

constexpr std::uint32_t none = UINT32_MAX;

// Everything of a segment, still growing.
struct Draft {
    std::vector<Key> ids;
    std::vector<std::int64_t> made;
    std::vector<Row> rows;
    std::vector<Weights> weights;
    std::vector<std::uint32_t> profile_of;
    std::vector<std::uint8_t> title_words;
    std::vector<TierRow> tiers;
    std::vector<Profile> profiles;
    std::vector<std::uint32_t> profile_values;
    std::vector<KindRow> kinds;
    std::vector<std::uint32_t> kind_proofs;
    std::vector<std::uint32_t> value_at = {0};
    std::string value_text;
    std::vector<std::uint32_t> term_at = {0};
    std::vector<std::uint32_t> posting_at = {0};
    std::string term_text;
    std::vector<std::uint32_t> postings;
    std::vector<std::uint32_t> bucket_at;
    std::vector<std::uint32_t> grams;

    std::unordered_map<std::string, std::uint32_t> value_numbers;
    std::map<std::tuple<std::uint32_t, std::uint16_t, std::vector<std::uint32_t>, std::vector<std::uint32_t>>,
             std::uint32_t>
        profile_numbers;
    std::map<std::tuple<std::array<char, 3>, std::uint64_t, std::uint16_t, std::uint16_t, std::uint16_t,
                        std::vector<std::uint32_t>>,
             std::uint32_t>
        kind_numbers;

    std::uint32_t value(std::string_view text);
    std::uint32_t profile(std::uint32_t category, std::uint16_t origin,
                          std::vector<std::uint32_t> const& materials,
                          std::vector<std::uint32_t> const& certificates);
    std::uint32_t kind(KindRow row, std::vector<std::uint32_t> const& proofs);
    // Kinds that the border treats alike come to stand together.
    void sort_kinds();
    void end_term(std::string_view text);
    void index_spelling();
    [[nodiscard]] std::shared_ptr<Segment const> flat(std::string_view stamp) const;
};

std::uint32_t Draft::value(std::string_view text) {
    auto const [at, is_new] =
        value_numbers.try_emplace(std::string(text), static_cast<std::uint32_t>(value_at.size() - 1));
    if (is_new) {
        value_text += text;
        value_at.push_back(static_cast<std::uint32_t>(value_text.size()));
    }
    return at->second;
}

std::uint32_t Draft::profile(std::uint32_t category, std::uint16_t origin,
                             std::vector<std::uint32_t> const& materials,
                             std::vector<std::uint32_t> const& certificates) {
    auto const [at, is_new] = profile_numbers.try_emplace({category, origin, materials, certificates},
                                                          static_cast<std::uint32_t>(profiles.size()));
    if (is_new) {
        profiles.push_back({category, static_cast<std::uint32_t>(profile_values.size()), origin,
                            static_cast<std::uint16_t>(materials.size()),
                            static_cast<std::uint16_t>(certificates.size()), 0});
        profile_values.insert(profile_values.end(), materials.begin(), materials.end());
        profile_values.insert(profile_values.end(), certificates.begin(), certificates.end());
    }
    return at->second;
}

std::uint32_t Draft::kind(KindRow row, std::vector<std::uint32_t> const& proofs) {
    auto const [at, is_new] =
        kind_numbers.try_emplace({row.currency, row.hs, row.origin, row.from, row.unit, proofs},
                                 static_cast<std::uint32_t>(kinds.size()));
    if (is_new) {
        row.first = static_cast<std::uint32_t>(kind_proofs.size());
        row.proofs = static_cast<std::uint16_t>(proofs.size());
        kind_proofs.insert(kind_proofs.end(), proofs.begin(), proofs.end());
        kinds.push_back(row);
    }
    return at->second;
}

void Draft::sort_kinds() {
    std::vector<std::uint32_t> order(kinds.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::uint32_t i) {
        auto const& kind = kinds[i];
        return std::tuple(kind.currency, kind.hs, kind.origin, kind.from, i);
    });
    std::vector<KindRow> sorted;
    std::vector<std::uint32_t> place(order.size());
    for (auto const old : order) {
        place[old] = static_cast<std::uint32_t>(sorted.size());
        sorted.push_back(kinds[old]);
    }
    kinds = std::move(sorted);
    for (auto& row : rows) row.kind = place[row.kind];
}

void Draft::end_term(std::string_view text) {
    term_text += text;
    term_at.push_back(static_cast<std::uint32_t>(term_text.size()));
    posting_at.push_back(static_cast<std::uint32_t>(postings.size()));
}

void Draft::index_spelling() {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> found;  // hash, term
    std::vector<std::uint32_t> hashes;
    for (std::uint32_t t = 0; t + 1 < term_at.size(); ++t) {
        auto const letters =
            characters(std::string_view(term_text).substr(term_at[t], term_at[t + 1] - term_at[t]));
        if (letters.size() < 3 || !is_spelled(letters)) continue;
        hashes.clear();
        trigrams(letters, hashes);
        for (auto const hash : hashes) found.emplace_back(hash, t);
    }
    auto const buckets = std::bit_ceil(std::clamp<std::size_t>(found.size() / 4, 16, 65'536));
    bucket_at.assign(buckets + 1, 0);
    auto const mask = static_cast<std::uint32_t>(buckets - 1);
    for (auto const& [hash, term] : found) ++bucket_at[(hash & mask) + 1];
    for (std::size_t i = 1; i < bucket_at.size(); ++i) bucket_at[i] += bucket_at[i - 1];
    auto place = bucket_at;
    grams.resize(found.size());
    for (auto const& [hash, term] : found) grams[place[hash & mask]++] = term;
}

// Puts the tables one after another in the order in which Segment::open takes them.
class Writer {
public:
    explicit Writer(std::size_t bytes) : bytes_((bytes + 7) / 8) {}
    void put(void const* from, std::size_t size) {
        if (size != 0) std::memcpy(data() + at_, from, size);
        at_ += (size + 7) / 8 * 8;
    }
    template <class T>
    void put(std::vector<T> const& table) {
        put(table.data(), table.size() * sizeof(T));
    }
    [[nodiscard]] std::byte* data() { return reinterpret_cast<std::byte*>(bytes_.data()); }
    [[nodiscard]] std::size_t size() const { return at_; }
    [[nodiscard]] std::vector<std::uint64_t>&& words() && { return std::move(bytes_); }

private:
    std::vector<std::uint64_t> bytes_;
    std::size_t at_ = 0;
};

std::shared_ptr<Segment const> Draft::flat(std::string_view stamp) const {
    Header header{segment_magic,
                  segment_version,
                  0,
                  0,
                  {ids.size(), tiers.size(), profiles.size(), profile_values.size(), kinds.size(),
                   kind_proofs.size(), value_at.size() - 1, value_text.size(), term_at.size() - 1,
                   term_text.size(), postings.size(), bucket_at.size() - 1, grams.size(), stamp.size()}};
    auto const room = [](auto const& table) { return (table.size() * sizeof(table[0]) + 7) / 8 * 8; };
    Writer out(sizeof(header) + room(ids) + room(made) + room(rows) + room(profile_of) + room(title_words) +
               room(weights) + room(tiers) + room(profiles) + room(profile_values) + room(kinds) +
               room(kind_proofs) + room(value_at) + room(value_text) + room(term_at) + room(posting_at) +
               room(term_text) + room(postings) + room(bucket_at) + room(grams) + room(stamp));
    out.put(&header, sizeof(header));
    out.put(ids);
    out.put(made);
    out.put(rows);
    out.put(weights);
    out.put(profile_of);
    out.put(title_words);
    out.put(tiers);
    out.put(profiles);
    out.put(profile_values);
    out.put(kinds);
    out.put(kind_proofs);
    out.put(value_at);
    out.put(value_text.data(), value_text.size());
    out.put(term_at);
    out.put(posting_at);
    out.put(term_text.data(), term_text.size());
    out.put(postings);
    out.put(bucket_at);
    out.put(grams);
    out.put(stamp.data(), stamp.size());
    header.bytes = out.size();
    auto const owner = std::make_shared<std::vector<std::uint64_t>>(std::move(out).words());
    std::span<std::byte> const bytes{reinterpret_cast<std::byte*>(owner->data()), header.bytes};
    std::memcpy(bytes.data(), &header, sizeof(header));
    header.checksum = checksum_of(bytes.subspan(checksum_from));
    std::memcpy(bytes.data(), &header, sizeof(header));
    auto segment = Segment::open(bytes, owner, true);
    check(segment.has_value());
    return *segment;
}

// ---- of entries -------------------------------------------------------------------------------------------

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

class Builder {
public:
    void add(Entry const& entry);
    [[nodiscard]] std::shared_ptr<Segment const> finish();

private:
    void add_row(Entry const& entry);
    void add_text(Text const& text);
    void add_keys(std::span<std::string const> keys);
    void term(std::string_view text, std::uint32_t where);
    std::vector<std::uint32_t> values_of(std::vector<std::string> keys);

    Draft draft_;
    std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> numbers_;
    std::vector<std::string const*> terms_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> found_;     // term, posting
    std::vector<std::pair<std::uint32_t, std::uint32_t>> of_entry_;  // term, where it stands
    std::vector<Word> words_;
    std::vector<std::string> pairs_;
};

void Builder::term(std::string_view text, std::uint32_t where) {
    auto at = numbers_.find(text);
    if (at == numbers_.end()) {
        at = numbers_.emplace(std::string(text), static_cast<std::uint32_t>(terms_.size())).first;
        terms_.push_back(&at->first);
    }
    of_entry_.emplace_back(at->second, where);
}

void Builder::add_text(Text const& text) {
    auto const take = [&](std::string_view from, std::uint32_t where) {
        words_.clear();
        pairs_.clear();
        split(from, words_, &pairs_);
        for (auto const& word : words_) {
            term(word.text, where);
            if (!has_plural_s(text.language)) continue;
            for (auto const& one : singulars(word.text, text.language)) term(one, where | is_derived);
        }
        for (auto const& pair : pairs_) term(pair, where | is_derived);
        return words_.size();
    };
    auto const words = take(text.title, in_title);
    if (words != 0) {
        auto& least = draft_.title_words.back();
        least = static_cast<std::uint8_t>(std::min<std::size_t>(least, words));
    }
    take(text.description, in_description);
}

void Builder::add_keys(std::span<std::string const> keys) {
    for (auto const& key : keys) {
        words_.clear();
        split(key, words_);
        for (auto const& word : words_) {
            term(word.text, in_keys);
            for (auto const& one : singulars(word.text, "en")) term(one, in_keys | is_derived);
        }
    }
}

std::vector<std::uint32_t> Builder::values_of(std::vector<std::string> keys) {
    std::ranges::sort(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    std::vector<std::uint32_t> values;
    for (auto const& key : keys) values.push_back(draft_.value(key));
    return values;
}

void Builder::add_row(Entry const& entry) {
    Row row;
    row.price = entry.tiers.front().price;
    row.shop = entry.shop;
    row.smallest = static_cast<std::uint32_t>(std::max(entry.smallest_order, entry.tiers.front().from));
    row.grams = static_cast<std::uint32_t>(entry.gross_grams > 0 ? entry.gross_grams : entry.net_grams);
    row.tiers = static_cast<std::uint32_t>(draft_.tiers.size());
    row.lead_days = static_cast<std::uint16_t>(entry.lead_days);
    row.tier_count = static_cast<std::uint8_t>(entry.tiers.size() - 1);
    for (auto const& tier : std::span(entry.tiers).subspan(1)) {
        draft_.tiers.push_back({static_cast<std::uint32_t>(tier.from), 0, tier.price});
    }
    KindRow kind;
    kind.hs = entry.hs ? entry.hs->key() : 0;
    kind.origin = entry.origin.index();
    kind.from = entry.ships_from.index();
    kind.unit = entry.unit.index();
    std::ranges::copy(entry.currency.text(), kind.currency.begin());
    row.kind = draft_.kind(kind, values_of(entry.proofs));
    draft_.rows.push_back(row);
    draft_.weights.push_back(
        {static_cast<std::uint32_t>(entry.net_grams), static_cast<std::uint32_t>(entry.gross_grams)});
    draft_.profile_of.push_back(draft_.profile(draft_.value(entry.category), entry.origin.index(),
                                               values_of(entry.materials), values_of(entry.certificates)));
}

void Builder::add(Entry const& entry) {
    auto const number = static_cast<std::uint32_t>(draft_.ids.size());
    draft_.ids.push_back(entry.id);
    draft_.made.push_back(entry.made);
    draft_.title_words.push_back(UINT8_MAX);
    add_row(entry);
    of_entry_.clear();
    for (auto const& text : entry.texts) add_text(text);
    add_keys({&entry.category, 1});
    add_keys(entry.materials);
    add_keys(entry.certificates);
    std::ranges::sort(of_entry_);
    for (std::size_t i = 0; i < of_entry_.size();) {
        auto const term = of_entry_[i].first;
        std::uint32_t where = 0;
        auto derived = is_derived;  // only where it is written nowhere
        for (; i < of_entry_.size() && of_entry_[i].first == term; ++i) {
            where |= of_entry_[i].second & ~is_derived;
            derived &= of_entry_[i].second;
        }
        found_.emplace_back(term, (number << posting_bits) | where | derived);
    }
}

std::shared_ptr<Segment const> Builder::finish() {
    std::vector<std::uint32_t> order(terms_.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) { return *terms_[a] < *terms_[b]; });
    std::vector<std::uint32_t> place(terms_.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
    std::vector<std::uint32_t> at(terms_.size() + 1);
    for (auto const& [term, posting] : found_) ++at[place[term] + 1];
    for (std::size_t i = 1; i < at.size(); ++i) at[i] += at[i - 1];
    // Entries came by ascending number, so each list comes out ascending.
    std::vector<std::uint32_t> lists(found_.size());
    auto next = at;
    for (auto const& [term, posting] : found_) lists[next[place[term]]++] = posting;
    found_ = {};
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        draft_.postings.insert(draft_.postings.end(), lists.begin() + at[i], lists.begin() + at[i + 1]);
        draft_.end_term(*terms_[order[i]]);
    }
    draft_.sort_kinds();
    draft_.index_spelling();
    return draft_.flat({});
}

// ---- of segments ------------------------------------------------------------------------------------------

class Combiner {
public:
    explicit Combiner(std::span<Part const> parts) : parts_(parts) {}
    [[nodiscard]] std::shared_ptr<Segment const> finish(std::string_view stamp) {
        take_entries();
        take_terms();
        draft_.sort_kinds();
        draft_.index_spelling();
        return draft_.flat(stamp);
    }

private:
    void take_entries();
    void take_terms();
    void take_entry(std::size_t part, std::uint32_t number);
    std::uint32_t value(std::size_t part, std::uint32_t number) {
        return draft_.value(parts_[part].segment->value(number));
    }

    std::span<Part const> parts_;
    Draft draft_;
    std::vector<std::vector<std::uint32_t>> places_;    // of each part's entries in the new one
    std::vector<std::vector<std::uint32_t>> profiles_;  // of each part's profiles
    std::vector<std::vector<std::uint32_t>> kinds_;
};

void Combiner::take_entry(std::size_t part, std::uint32_t number) {
    auto const& from = *parts_[part].segment;
    auto& profile = profiles_[part][from.profile_of[number]];
    if (profile == none) {
        auto const& old = from.profiles[from.profile_of[number]];
        std::vector<std::uint32_t> materials;
        std::vector<std::uint32_t> certificates;
        for (std::uint32_t i = 0; i < old.materials; ++i) {
            materials.push_back(value(part, from.profile_values[old.first + i]));
        }
        for (std::uint32_t i = 0; i < old.certificates; ++i) {
            certificates.push_back(value(part, from.profile_values[old.first + old.materials + i]));
        }
        profile = draft_.profile(value(part, old.category), old.origin, materials, certificates);
    }
    auto row = from.rows[number];
    auto& kind = kinds_[part][row.kind];
    if (kind == none) {
        auto const& old = from.kinds[row.kind];
        std::vector<std::uint32_t> proofs;
        for (std::uint32_t i = 0; i < old.proofs; ++i) {
            proofs.push_back(value(part, from.kind_proofs[old.first + i]));
        }
        kind = draft_.kind(old, proofs);
    }
    auto const tiers = from.tiers.subspan(row.tiers, row.tier_count);
    row.kind = kind;
    row.tiers = static_cast<std::uint32_t>(draft_.tiers.size());
    draft_.tiers.insert(draft_.tiers.end(), tiers.begin(), tiers.end());
    places_[part][number] = static_cast<std::uint32_t>(draft_.ids.size());
    draft_.ids.push_back(from.ids[number]);
    draft_.made.push_back(from.made[number]);
    draft_.rows.push_back(row);
    draft_.weights.push_back(from.weights[number]);
    draft_.profile_of.push_back(profile);
    draft_.title_words.push_back(from.title_words[number]);
}

void Combiner::take_entries() {
    struct Place {
        std::uint32_t part;
        std::uint32_t number;
    };
    std::vector<Place> order;
    for (std::uint32_t p = 0; p < parts_.size(); ++p) {
        auto const& segment = *parts_[p].segment;
        places_.emplace_back(segment.size(), none);
        profiles_.emplace_back(segment.profiles.size(), none);
        kinds_.emplace_back(segment.kinds.size(), none);
        for (std::uint32_t i = 0; i < segment.size(); ++i) {
            if (parts_[p].removed == nullptr || !has(*parts_[p].removed, i)) order.push_back({p, i});
        }
    }
    check(order.size() <= segment_entries_max);
    if (parts_.size() > 1) {
        std::ranges::sort(order, [&](Place const& a, Place const& b) {
            return parts_[a.part].segment->ids[a.number] < parts_[b.part].segment->ids[b.number];
        });
    }
    draft_.ids.reserve(order.size());
    draft_.made.reserve(order.size());
    draft_.rows.reserve(order.size());
    draft_.weights.reserve(order.size());
    draft_.profile_of.reserve(order.size());
    draft_.title_words.reserve(order.size());
    for (auto const& place : order) take_entry(place.part, place.number);
}

void Combiner::take_terms() {
    std::vector<std::uint32_t> at(parts_.size());
    std::size_t postings = 0;
    for (auto const& part : parts_) postings += part.segment->postings.size();
    draft_.postings.reserve(postings);
    while (true) {
        // Parts are few, so the least of their next terms is found by looking at all.
        std::optional<std::string_view> least;
        for (std::size_t p = 0; p < parts_.size(); ++p) {
            auto const& segment = *parts_[p].segment;
            if (at[p] < segment.terms() && (!least || segment.term(at[p]) < *least)) {
                least = segment.term(at[p]);
            }
        }
        if (!least) break;
        auto const first = static_cast<std::ptrdiff_t>(draft_.postings.size());
        std::size_t sources = 0;
        for (std::size_t p = 0; p < parts_.size(); ++p) {
            auto const& segment = *parts_[p].segment;
            if (at[p] >= segment.terms() || segment.term(at[p]) != *least) continue;
            for (auto const posting : segment.postings_of(at[p], at[p] + 1)) {
                auto const place = places_[p][posting >> posting_bits];
                if (place == none) continue;
                draft_.postings.push_back((place << posting_bits) | (posting & ((1U << posting_bits) - 1)));
            }
            ++at[p];
            ++sources;
        }
        if (std::ssize(draft_.postings) == first) continue;  // what had it was removed
        if (sources > 1) std::sort(draft_.postings.begin() + first, draft_.postings.end());
        draft_.end_term(*least);
    }
}

}  // namespace

std::shared_ptr<Segment const> segment_of(std::vector<Entry const*> entries) {
    std::ranges::sort(entries, {}, [](Entry const* entry) { return entry->id; });
    Builder builder;
    for (auto const* entry : entries) builder.add(*entry);
    return builder.finish();
}

std::shared_ptr<Segment const> combined(std::span<Part const> parts, std::string_view stamp) {
    return Combiner(parts).finish(stamp);
}

}  // namespace allroads::search
