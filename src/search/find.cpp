// One question: what its words match, what its filters leave, how many each facet would leave, and the page
// that comes next in its order.

#include "search/find.h"

#include <algorithm>
#include <set>

namespace allroads::search {
namespace {

constexpr std::int64_t limit_max = 1'000'000'000'000'000;  // of a price at the door

// ---- what may be asked ------------------------------------------------------------------------------------

Result<void> may_ask(Query const& query, quote::Books const* books) {
    auto const& wanted = query.wanted;
    if (std::max({wanted.categories.size(), wanted.materials.size(), wanted.certificates.size(),
                  wanted.origins.size()}) > wanted_max) {
        return refuse(Code::too_long, "wanted", "at most 50 values of a facet may be wanted");
    }
    if (query.language.size() > key_bytes_max) return refuse(Code::too_long, "language", "not a language");
    if (query.page == 0 || query.page > page_max) {
        return refuse(Code::bad_value, "page", "a page has 1 to 100 hits");
    }
    if (query.quantity <= 0 || query.quantity > UINT32_MAX) {
        return refuse(Code::bad_quantity, "quantity", "a quantity is above zero and below 4,294,967");
    }
    auto const is_beyond = [](std::optional<std::int64_t> limit) {
        return limit && (*limit < 0 || *limit > limit_max);
    };
    if (is_beyond(query.landed_min)) return refuse(Code::bad_value, "landed_min", "no price");
    if (is_beyond(query.landed_max)) return refuse(Code::bad_value, "landed_max", "no price");
    bool const is_priced = query.order == Order::delivered || query.landed_min || query.landed_max;
    if (is_priced && !query.door) {
        return refuse(Code::field_missing, "door", "a delivered price is asked for, but not where");
    }
    check(!query.door || books != nullptr);
    return {};
}

// ---- pages ------------------------------------------------------------------------------------------------

class Fingerprint {
public:
    void add(std::string_view text) {
        add(text.size());
        for (char const c : text) mix(static_cast<unsigned char>(c));
    }
    template <std::integral T>
    void add(T number) {
        auto const bits = static_cast<std::uint64_t>(number);
        for (unsigned i = 0; i < 64; i += 8) mix(static_cast<std::uint8_t>(bits >> i));
    }
    template <class T>
    void add(std::optional<T> const& number) {
        add(number.has_value() ? 1 : 0);
        if (number) add(*number);
    }
    [[nodiscard]] std::uint64_t sum() const { return sum_; }

private:
    void mix(std::uint8_t byte) { sum_ = (sum_ ^ byte) * 0x100000001B3ULL; }
    std::uint64_t sum_ = 0xCBF29CE484222325ULL;
};

// Of everything but the page: a place in one answer is none in another.
std::uint64_t fingerprint_of(Query const& query) {
    Fingerprint print;
    print.add(query.words);
    print.add(query.language);
    print.add(query.is_typing ? 1 : 0);
    for (auto const* list : {&query.wanted.categories, &query.wanted.materials, &query.wanted.certificates}) {
        print.add(list->size());
        for (auto const& one : *list) print.add(one);
    }
    print.add(query.wanted.origins.size());
    for (auto const origin : query.wanted.origins) print.add(origin.index());
    print.add(query.smallest_order_max);
    print.add(query.lead_days_max);
    print.add(query.landed_min);
    print.add(query.landed_max);
    print.add(static_cast<int>(query.order));
    print.add(query.quantity);
    if (query.door) {
        print.add(query.door->to.index());
        print.add(query.door->to_region);
        print.add(query.door->date.number());
        print.add(query.door->known_on.number());
        print.add(static_cast<int>(query.door->road));
        print.add(static_cast<int>(query.door->buyer));
    }
    return print.sum();
}

// The last hit of the page before, by what orders it.
struct Cursor {
    std::uint64_t print = 0;
    std::uint64_t first = 0;   // class of a standing
    std::uint64_t second = 0;  // what orders, ascending
    std::uint64_t place = 0;   // hits before
    Key id = {};

    [[nodiscard]] std::string text() const {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string out;
        auto const add = [&](std::uint64_t byte) {
            out += digits[(byte >> 4U) & 15U];
            out += digits[byte & 15U];
        };
        for (auto const number : {print, first, second, place}) {
            for (unsigned i = 0; i < 64; i += 8) add(number >> i);
        }
        for (auto const byte : id) add(byte);
        return out;
    }
    static Result<Cursor> parse(std::string_view text, std::uint64_t print) {
        Cursor cursor;
        std::array<std::uint8_t, 48> bytes{};
        auto const digit = [](char c) -> unsigned {
            return c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                   : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a' + 10)
                                          : 16U;
        };
        bool is_good = text.size() == bytes.size() * 2;
        for (std::size_t i = 0; is_good && i < bytes.size(); ++i) {
            auto const high = digit(text[2 * i]);
            auto const low = digit(text[2 * i + 1]);
            is_good = high < 16 && low < 16;
            bytes[i] = static_cast<std::uint8_t>((high << 4U | low) & 0xFFU);
        }
        std::size_t at = 0;
        for (auto* number : {&cursor.print, &cursor.first, &cursor.second, &cursor.place}) {
            for (unsigned i = 0; i < 64; i += 8) *number |= std::uint64_t{bytes[at++]} << i;
        }
        for (auto& byte : cursor.id) byte = bytes[at++];
        if (!is_good || cursor.print != print || cursor.place > ranks_max * 1000) {
            return refuse(Code::bad_value, "cursor", "not the place of a page of this question");
        }
        return cursor;
    }
};

// Signed numbers so that they ascend as unsigned ones.
std::uint64_t ascending(std::int64_t number) {
    return static_cast<std::uint64_t>(number) ^ (std::uint64_t{1} << 63U);
}
std::int64_t number_of(std::uint64_t ascending) {
    return static_cast<std::int64_t>(ascending ^ (std::uint64_t{1} << 63U));
}

// ---- facets -----------------------------------------------------------------------------------------------

enum Facet : std::uint8_t { category = 1, material = 2, certificate = 4, origin = 8 };

class Facets {
public:
    explicit Facets(Wanted const& wanted) : wanted_(wanted) {
        is_open_ = wanted.categories.empty() && wanted.materials.empty() && wanted.certificates.empty() &&
                   wanted.origins.empty();
    }
    [[nodiscard]] bool is_open() const { return is_open_; }

    // By profile: the facets of which it has nothing that is wanted.
    [[nodiscard]] std::vector<std::uint8_t> missed(Segment const& segment) const {
        std::vector<std::uint8_t> missed(segment.profiles.size());
        if (is_open_) return missed;
        std::vector<std::uint8_t> wanted(segment.values());
        for (std::uint32_t v = 0; v < wanted.size(); ++v) {
            auto const is_in = [&](std::vector<std::string> const& list) {
                return std::ranges::find(list, segment.value(v)) != list.end();
            };
            wanted[v] = static_cast<std::uint8_t>((is_in(wanted_.categories) ? category : 0) |
                                                  (is_in(wanted_.materials) ? material : 0) |
                                                  (is_in(wanted_.certificates) ? certificate : 0));
        }
        for (std::size_t p = 0; p < missed.size(); ++p) {
            auto const& profile = segment.profiles[p];
            auto const values = segment.profile_values.subspan(
                profile.first, std::size_t{profile.materials} + profile.certificates);
            unsigned has = wanted[profile.category] & category;
            for (std::size_t i = 0; i < values.size(); ++i) {
                auto const facet = i < profile.materials ? material : certificate;
                has |= static_cast<unsigned>(wanted[values[i]] & facet);
            }
            auto const& origins = wanted_.origins;
            auto const is_origin = [&](Country country) { return country.index() == profile.origin; };
            if (std::ranges::any_of(origins, is_origin)) has |= origin;
            if (wanted_.categories.empty()) has |= category;
            if (wanted_.materials.empty()) has |= material;
            if (wanted_.certificates.empty()) has |= certificate;
            if (origins.empty()) has |= origin;
            missed[p] = static_cast<std::uint8_t>(15U & ~has);
        }
        return missed;
    }
    void count(Segment const& segment, std::vector<std::uint32_t> const& of_profiles,
               std::vector<std::uint8_t> const& missed) {
        std::vector<std::array<std::uint32_t, 3>> of_values(segment.values());
        std::vector<std::uint32_t> of_origins(country_indexes);
        for (std::size_t p = 0; p < of_profiles.size(); ++p) {
            auto const count = of_profiles[p];
            if (count == 0) continue;
            auto const is_counted = [&](Facet facet) { return (missed[p] | facet) == facet; };
            auto const& profile = segment.profiles[p];
            auto const values = segment.profile_values.subspan(
                profile.first, std::size_t{profile.materials} + profile.certificates);
            if (is_counted(category)) of_values[profile.category][0] += count;
            for (std::size_t i = 0; i < values.size(); ++i) {
                bool const is_material = i < profile.materials;
                if (is_counted(is_material ? material : certificate)) {
                    of_values[values[i]][is_material ? 1 : 2] += count;
                }
            }
            if (is_counted(origin)) of_origins[profile.origin] += count;
        }
        for (std::uint32_t v = 0; v < of_values.size(); ++v) {
            for (std::size_t i = 0; i < 3; ++i) {
                if (of_values[v][i] != 0) sums_[i][std::string(segment.value(v))] += of_values[v][i];
            }
        }
        for (std::uint16_t i = 0; i < of_origins.size(); ++i) {
            if (of_origins[i] != 0) sums_[3][std::string(Country::from_index(i).text())] += of_origins[i];
        }
    }
    [[nodiscard]] Counts counts() const {
        return {sorted(sums_[0]), sorted(sums_[1]), sorted(sums_[2]), sorted(sums_[3])};
    }

private:
    static std::vector<Count> sorted(std::map<std::string, std::uint32_t> const& sums) {
        std::vector<Count> counts;
        for (auto const& [value, count] : sums) {
            if (!value.empty()) counts.push_back({value, count});
        }
        std::ranges::stable_sort(counts, std::greater<>(), &Count::count);
        if (counts.size() > facet_values_max) counts.resize(facet_values_max);
        return counts;
    }
    Wanted const& wanted_;
    bool is_open_;
    std::array<std::map<std::string, std::uint32_t>, 4> sums_;
};

// ---- the question -----------------------------------------------------------------------------------------

struct Ranked {
    std::uint64_t order = 0;
    Key id = {};
    std::uint32_t piece = 0;
    std::uint32_t number = 0;
    std::uint16_t score = 0;
    friend bool operator<(Ranked const& a, Ranked const& b) {
        return a.order != b.order ? a.order < b.order : a.id < b.id;
    }
};

class Finder {
public:
    Finder(State const& state, Query const& query) : state_(state), query_(query), facets_(query.wanted) {}
    Result<Answer> answer(Doors& doors, std::shared_ptr<quote::Books const> const& books);

private:
    void leave_rows();
    void leave_profiles();
    Result<void> leave_prices();
    // Keeps those of the matches of a piece for which `stays(place)` says so.
    template <class Stays>
    void leave(std::size_t piece, Stays const& stays);
    [[nodiscard]] std::uint64_t order_of(std::uint32_t piece, std::size_t place) const;
    void page_by_order();
    Result<void> page_by_delivered();
    void add_hit(std::uint32_t piece, std::uint32_t number, std::uint16_t score);
    [[nodiscard]] std::uint16_t score_of(std::uint32_t piece, std::uint32_t number) const;

    State const& state_;
    Query const& query_;
    Facets facets_;
    std::vector<Matches> found_;
    std::vector<std::vector<std::int64_t>> landed_;  // where prices are limited
    std::optional<Pricer> pricer_;
    std::optional<Cursor> after_;
    std::uint64_t print_ = 0;
    Answer answer_;
};

template <class Stays>
void Finder::leave(std::size_t piece, Stays const& stays) {
    auto& matches = found_[piece];
    bool const is_priced = piece < landed_.size();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < matches.numbers.size(); ++i) {
        if (!stays(matches.numbers[i])) continue;
        matches.numbers[kept] = matches.numbers[i];
        if (!matches.scores.empty()) matches.scores[kept] = matches.scores[i];
        if (is_priced) landed_[piece][kept] = landed_[piece][i];
        ++kept;
    }
    matches.numbers.resize(kept);
    if (!matches.scores.empty()) matches.scores.resize(kept);
    if (is_priced) landed_[piece].resize(kept);
}

void Finder::leave_rows() {
    if (!query_.smallest_order_max && !query_.lead_days_max) return;
    auto const smallest = query_.smallest_order_max.value_or(INT64_MAX);
    auto const days = query_.lead_days_max.value_or(INT32_MAX);
    for (std::size_t p = 0; p < found_.size(); ++p) {
        auto const rows = state_.pieces[p].segment->rows;
        leave(p, [&](std::uint32_t number) {
            return rows[number].smallest <= smallest && rows[number].lead_days <= days;
        });
    }
}

Result<void> Finder::leave_prices() {
    if (!query_.landed_min && !query_.landed_max) return {};
    landed_ = TRY(pricer_->limit(found_, query_.landed_min, query_.landed_max));
    return {};
}

void Finder::leave_profiles() {
    if (!query_.with_counts && facets_.is_open()) return;
    for (std::size_t p = 0; p < found_.size(); ++p) {
        auto const& segment = *state_.pieces[p].segment;
        auto const missed = facets_.missed(segment);
        if (query_.with_counts) {
            std::vector<std::uint32_t> of_profiles(segment.profiles.size());
            for (auto const number : found_[p].numbers) ++of_profiles[segment.profile_of[number]];
            facets_.count(segment, of_profiles, missed);
        }
        if (facets_.is_open()) continue;
        leave(p, [&](std::uint32_t number) { return missed[segment.profile_of[number]] == 0; });
    }
    answer_.counts = facets_.counts();
}

std::uint64_t Finder::order_of(std::uint32_t piece, std::size_t place) const {
    auto const& segment = *state_.pieces[piece].segment;
    auto const& matches = found_[piece];
    auto const number = matches.numbers[place];
    switch (query_.order) {
        case Order::relevance: {
            if (matches.scores.empty()) return 0;
            return (std::uint64_t{UINT16_MAX} - matches.scores[place]) << 8U | segment.title_words[number];
        }
        case Order::delivered: return ascending(landed_[piece][place]);
        case Order::newest: return ~ascending(segment.made[number]);
        case Order::lead_time: return segment.rows[number].lead_days;
        case Order::smallest_order: return segment.rows[number].smallest;
    }
    return 0;
}

void Finder::page_by_order() {
    std::vector<Ranked> heap;  // the worst first
    auto const most = query_.page + 1;
    auto const after = after_ ? Ranked{after_->second, after_->id} : Ranked{};
    for (std::uint32_t p = 0; p < found_.size(); ++p) {
        auto const& segment = *state_.pieces[p].segment;
        for (std::size_t i = 0; i < found_[p].numbers.size(); ++i) {
            auto const order = order_of(p, i);
            if (heap.size() == most && order > heap.front().order) continue;
            auto const number = found_[p].numbers[i];
            Ranked const one{order, segment.ids[number], p, number,
                             found_[p].scores.empty() ? std::uint16_t{0} : found_[p].scores[i]};
            if (after_ && !(after < one)) continue;
            if (heap.size() == most) {
                if (!(one < heap.front())) continue;
                std::pop_heap(heap.begin(), heap.end());
                heap.pop_back();
            }
            heap.push_back(one);
            std::push_heap(heap.begin(), heap.end());
        }
    }
    std::sort(heap.begin(), heap.end());
    bool const is_more = heap.size() == most;
    if (is_more) heap.pop_back();
    for (auto const& one : heap) add_hit(one.piece, one.number, one.score);
    if (is_more) {
        answer_.next = Cursor{print_, 0, heap.back().order, 0, heap.back().id}.text();
    }
}

Result<void> Finder::page_by_delivered() {
    auto const before = after_ ? static_cast<std::size_t>(after_->place) : 0;
    if (before >= ranks_max) return refuse(Code::too_long, "cursor", "pages reach 10,000 hits; ask narrower");
    auto count = before + query_.page + 1;
    std::vector<Standing> ranked;
    while (true) {
        ranked = TRY(pricer_->best(found_, count));
        bool const is_all = ranked.size() < count;
        if (after_) {
            Standing const last{static_cast<Standing::Class>(after_->first), number_of(after_->second), 0, 0,
                                after_->id};
            std::erase_if(ranked, [&](Standing const& one) { return !(last < one); });
        }
        // Offers that came since the page before stand in front of its end: look further.
        if (is_all || ranked.size() > query_.page || count > 4 * ranks_max) break;
        count *= 2;
    }
    bool const is_more = ranked.size() > query_.page;
    if (is_more) ranked.resize(query_.page);
    for (auto const& one : ranked) add_hit(one.piece, one.number, score_of(one.piece, one.number));
    if (is_more && before + query_.page < ranks_max) {
        auto const& last = ranked.back();
        answer_.next = Cursor{print_, last.of, ascending(last.landed), before + query_.page, last.id}.text();
    }
    return {};
}

std::uint16_t Finder::score_of(std::uint32_t piece, std::uint32_t number) const {
    auto const& matches = found_[piece];
    if (matches.scores.empty()) return 0;
    auto const at = std::ranges::lower_bound(matches.numbers, number);
    return matches.scores[static_cast<std::size_t>(at - matches.numbers.begin())];
}

void Finder::add_hit(std::uint32_t piece, std::uint32_t number, std::uint16_t score) {
    auto const& segment = *state_.pieces[piece].segment;
    Hit hit;
    hit.id = segment.ids[number];
    hit.shop = segment.rows[number].shop;
    hit.score = score;
    if (pricer_) pricer_->tell(piece, number, hit);
    if (hit.landed) answer_.currency = hit.landed->currency();
    answer_.hits.push_back(std::move(hit));
}

Result<Answer> Finder::answer(Doors& doors, std::shared_ptr<quote::Books const> const& books) {
    TRY_VOID(may_ask(query_, books.get()));
    print_ = fingerprint_of(query_);
    if (!query_.cursor.empty()) after_ = TRY(Cursor::parse(query_.cursor, print_));
    bool const needs_prices = query_.order == Order::delivered || query_.landed_min || query_.landed_max;
    if (query_.door) {
        if (auto const market = books->market(query_.door->to); !market) {
            if (needs_prices) return std::unexpected(market.error().within("door"));
            answer_.unpriced = market.error();
        } else {
            pricer_.emplace(state_, doors.of(*query_.door, books), query_.quantity);
        }
    }
    auto matched = TRY(match(state_, query_));
    found_ = std::move(matched.of_pieces);
    answer_.words_asked = matched.asked;
    answer_.words_matched = matched.matched;
    answer_.did_you_mean = std::move(matched.corrected);
    leave_rows();
    TRY_VOID(leave_prices());
    leave_profiles();
    for (auto const& matches : found_) answer_.total += matches.numbers.size();
    if (query_.order == Order::delivered && landed_.empty()) {
        TRY_VOID(page_by_delivered());
    } else {
        page_by_order();
    }
    return std::move(answer_);
}

}  // namespace

Result<Answer> find(State const& state, Doors& doors, Query const& query,
                    std::shared_ptr<quote::Books const> const& books) {
    return Finder(state, query).answer(doors, books);
}

}  // namespace allroads::search
