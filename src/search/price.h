#pragma once
// price: what entries cost delivered at a door (behind search's door).
//
// Promises: a door's plans are made once, however many ask at the same time, and only for the kinds of goods
// that questions meet. What is priced is what `quote::price` answers, to the minor unit.

#include "search/match.h"

#include <atomic>
#include <mutex>

namespace allroads::search {

// What sending costs to one country, by shop.
class Lanes {
public:
    Lanes(Shops const& shops, Country to, Day day, std::vector<Currency> const& currencies,
          quote::Books const& books);
    struct Freight {
        std::int64_t minor = 0;  // of the offer's currency
        std::int32_t days_min = 0;
        std::int32_t days_max = 0;
    };
    // Nothing where the shop does not send that much there, where the weight is not told and counts, or where
    // no rate leads to the offer's currency. Rounded half up, once, where currencies differ.
    [[nodiscard]] std::optional<Freight> freight(std::uint32_t shop, std::uint64_t unit_grams,
                                                 std::uint64_t quantity, Currency currency) const;

private:
    struct LaneRow {
        std::int64_t base, half_kilo;
        std::uint64_t grams_max;
        std::int32_t days_min, days_max;
    };
    struct ShopRow {
        std::uint32_t first = 0;
        std::uint16_t count = 0;
        std::uint16_t currency = 0;
    };
    struct RateRow {
        std::uint16_t from, to;
        Exchange exchange;
        // The same between minor units, where that fits machine words; else 0.
        std::int64_t numerator, denominator;
    };
    [[nodiscard]] static RateRow rate_row(Exchange const& exchange);
    [[nodiscard]] std::optional<std::int64_t> converted(std::int64_t minor, std::uint16_t from,
                                                        std::uint16_t to) const;
    std::vector<LaneRow> lanes_;
    std::vector<ShopRow> shops_;
    std::vector<RateRow> rates_;
};

class DoorPlans {
public:
    DoorPlans(quote::Door door, std::shared_ptr<quote::Books const> books)
        : door_(std::move(door)), books_(std::move(books)) {}
    struct Made {
        explicit Made(std::size_t count) : kinds(count) {}
        std::size_t kinds;
        std::once_flag once;
        std::atomic<bool> is_ready = false;
        std::optional<quote::Plans> plans;  // else:
        std::optional<Error> refused;
    };
    [[nodiscard]] std::shared_ptr<Made const> plan(State const& state, std::uint32_t block);
    // The same where it stands already; else null.
    [[nodiscard]] std::shared_ptr<Made const> ready(State const& state, std::uint32_t block);
    [[nodiscard]] std::shared_ptr<Lanes const> lanes(State const& state);
    [[nodiscard]] quote::Door const& door() const { return door_; }
    [[nodiscard]] quote::Books const& books() const { return *books_; }
    [[nodiscard]] bool is_of(quote::Door const& door, quote::Books const& books) const;
    [[nodiscard]] std::size_t kinds();

private:
    quote::Door door_;
    std::shared_ptr<quote::Books const> books_;
    std::mutex mutex_;  // for finding, not for making
    std::vector<std::shared_ptr<Made>> made_;
    std::shared_ptr<Lanes const> lanes_;
    std::uint64_t lanes_version_ = 0;
    std::size_t lanes_blocks_ = 0;
};

// The doors that were asked of last.
class Doors {
public:
    [[nodiscard]] std::shared_ptr<DoorPlans> of(quote::Door const& door,
                                                std::shared_ptr<quote::Books const> const& books);

private:
    std::mutex mutex_;
    std::vector<std::shared_ptr<DoorPlans>> last_;  // the latest first
};
inline constexpr std::size_t doors_max = 16;
inline constexpr std::size_t planned_kinds_max = 40'000;  // of all doors; the latest door is always kept

// Where an entry stands by its delivered price.
struct Standing {
    enum Class : std::uint8_t { complete, incomplete, no_freight, no_freight_incomplete, unpriced };
    Class of = unpriced;
    std::int64_t landed = 0;
    std::uint32_t piece = 0;
    std::uint32_t number = 0;
    Key id = {};
    [[nodiscard]] auto place() const { return std::tuple(of, landed, id); }
    friend bool operator<(Standing const& a, Standing const& b) { return a.place() < b.place(); }
};

class Pricer {
public:
    Pricer(State const& state, std::shared_ptr<DoorPlans> door, std::int64_t quantity)
        : state_(state), door_(std::move(door)), lanes_(door_->lanes(state)), quantity_(quantity) {}

    // The first `count` of them in order. Refused: what the door refuses of everything.
    [[nodiscard]] Result<std::vector<Standing>> best(std::vector<Matches> const& found, std::size_t count);
    // Leaves only what is known in full to land within the limits, and gives what each lands at.
    [[nodiscard]] Result<std::vector<std::vector<std::int64_t>>> limit(std::vector<Matches>& found,
                                                                       std::optional<std::int64_t> least,
                                                                       std::optional<std::int64_t> most);
    // Everything that is told of one entry.
    void tell(std::uint32_t piece, std::uint32_t number, Hit& hit);

private:
    struct Offered {
        std::uint32_t kind = search::unpriced;
        std::int64_t quantity = 0;
        std::int64_t price = 0;
        std::optional<Lanes::Freight> freight;
    };
    struct Bucket {
        std::vector<quote::Offer> offers;
        std::vector<std::uint32_t> places;  // in Matches::numbers
    };
    // With what its price and weight come to; no kind where it cannot be priced.
    [[nodiscard]] Offered offered(Piece const& piece, std::uint32_t number) const;
    // Sorts a part of the matches of a piece by the block that prices them.
    void fill(Piece const& piece, std::span<std::uint32_t const> numbers, std::size_t first,
              bool with_freight, std::vector<std::uint32_t>* without);
    // Asks each block of the buckets filled, then empties them.
    // They hold places in `numbers`.
    template <class Take>
    [[nodiscard]] Result<void> ask(Piece const& piece, std::span<std::uint32_t const> numbers,
                                   std::size_t best, Take const& take);
    [[nodiscard]] quote::HowMuch how_much(Piece const& piece, std::uint32_t number) const;
    [[nodiscard]] std::int64_t bound() const { return bound_; }
    void keep(Standing standing, std::size_t count);
    struct Part {
        std::uint32_t piece;
        std::size_t first, size;  // of Matches::numbers
    };
    // Keeps the best of every second part that has a known freight; notes the others.
    [[nodiscard]] Result<void> rank(std::vector<Matches> const& found, std::span<Part const> parts,
                                    std::size_t from, std::size_t step, std::size_t count);
    [[nodiscard]] Result<void> rank_on_two(std::vector<Matches> const& found, std::span<Part const> parts,
                                           std::size_t count);
    [[nodiscard]] Result<void> rank_without(std::vector<Matches> const& found, std::size_t count);
    void add_unpriced(std::vector<Matches> const& found, std::size_t count);

    State const& state_;
    std::shared_ptr<DoorPlans> door_;
    std::shared_ptr<Lanes const> lanes_;
    std::int64_t quantity_;
    std::vector<Bucket> buckets_;
    std::vector<Standing> heap_;
    std::vector<std::vector<std::uint32_t>> without_;  // freight, by piece: places in Matches::numbers
    std::int64_t bound_ = INT64_MAX;
};

}  // namespace allroads::search
