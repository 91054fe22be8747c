#pragma once
// search: finds offers by words of any language and ranks them by what they cost delivered at a door
// (docs/search.md).
//
// Promises: what was put or removed counts for the next question. The answer depends on the entries, the
// shops, the books and the question alone, not on the order in which entries came or on merges: whatever
// ties stands by id. A delivered price is what `quote::price` answers, to the minor unit; what is not known
// is told and stands last. Questions of many threads run at the same time and never wait for those who write.
// Refusals name the field.

#include "base/base.h"
#include "goods/goods.h"
#include "money/money.h"
#include "quote/quote.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::search {

using Key = std::array<unsigned char, 16>;  // of a product, given by the caller, never reused

// ---- what goes in -----------------------------------------------------------------------------------------

// Limits of an entry; more is refused (`too-long`).
inline constexpr std::size_t texts_max = 16;
inline constexpr std::size_t title_bytes_max = 300;
inline constexpr std::size_t description_bytes_max = 12'000;
inline constexpr std::size_t key_bytes_max = 60;  // of a category, a material, a certificate, a proof
inline constexpr std::size_t keys_max = 20;       // of each of them in an entry
inline constexpr std::size_t tiers_max = 10;
inline constexpr std::size_t lanes_max = 60;
inline constexpr std::uint32_t shops_max = 1'000'000;  // shop numbers stay below

struct Text {
    std::string language = {};  // "en", "sw", "zh"
    std::string title = {};
    std::string description = {};
};
// The price of one unit from that quantity on.
struct Tier {
    std::int64_t from = 1000;  // thousandths of the product's unit
    std::int64_t price = 0;    // minor units of the entry's currency
};
struct Entry {
    Key id;
    std::vector<Text> texts;
    std::string category = {};
    std::vector<std::string> materials = {};
    std::vector<std::string> certificates = {};
    std::vector<std::string> proofs = {};  // of origin, that the seller can give
    std::optional<GoodsCode> hs = {};      // without one no delivered price is known
    Country origin;
    Country ships_from;
    Currency currency;
    std::vector<Tier> tiers = {};        // ascending, at least one
    std::int64_t smallest_order = 1000;  // thousandths
    std::int32_t lead_days = 0;
    Unit unit = unit::piece;       // by which it is counted
    std::int64_t net_grams = 0;    // of one unit; 0: not told
    std::int64_t gross_grams = 0;  // the same, packed; where it is not told a parcel is as heavy as the goods
    std::uint32_t shop = 0;        // a number by which the caller knows the shop
    std::int64_t made = 0;         // the moment it was first shown, in any unit that grows
    bool is_live = true;           // others are not kept
};

// What a shop asks for sending a parcel. The first lane that serves the destination and takes the weight
// counts.
struct Lane {
    std::vector<Country> to = {};  // empty: everywhere
    std::int64_t base = 0;         // minor units of the shop's currency, for a parcel
    std::int64_t half_kilo = 0;    // and for each begun half kilogram
    std::int64_t grams_max = 0;    // 0: no limit
    std::int32_t days_min = 0;
    std::int32_t days_max = 0;
};
struct Sending {
    Currency currency;
    std::vector<Lane> lanes = {};
};
struct ShopSending {
    std::uint32_t shop = 0;
    Sending sending;
};

// ---- the question -----------------------------------------------------------------------------------------

inline constexpr std::size_t words_bytes_max = 1000;
inline constexpr std::size_t words_max = 16;
inline constexpr std::size_t wanted_max = 50;  // values of one facet
inline constexpr std::size_t page_max = 100;
inline constexpr std::size_t ranks_max = 10'000;     // by delivered price pages reach that far
inline constexpr std::size_t facet_values_max = 60;  // counted of each facet, the most frequent

enum class Order : std::uint8_t { relevance, delivered, newest, lead_time, smallest_order };
struct Wanted {  // any of the values; empty: all
    std::vector<std::string> categories = {};
    std::vector<std::string> materials = {};
    std::vector<std::string> certificates = {};
    std::vector<Country> origins = {};
};
struct Query {
    std::string words = {};
    std::string language = {};  // of the words, where known: how plurals are made there
    bool is_typing = false;     // the last word may go on
    Wanted wanted = {};
    std::optional<std::int64_t> smallest_order_max = {};  // thousandths
    std::optional<std::int32_t> lead_days_max = {};
    // Minor units of the door's currency. Offers whose delivered price is not known in full are left out.
    std::optional<std::int64_t> landed_min = {};
    std::optional<std::int64_t> landed_max = {};
    Order order = Order::relevance;
    std::optional<quote::Door> door = {};
    std::int64_t quantity = 1000;  // thousandths; where a product has a larger smallest order, that is priced
    std::size_t page = 20;
    std::string cursor = {};  // Answer::next of the page before
    bool with_counts = true;
};

// ---- the answer -------------------------------------------------------------------------------------------

struct Hit {
    Key id = {};
    std::uint32_t shop = 0;
    std::int64_t quantity = 0;          // that was priced, thousandths
    std::optional<Money> goods = {};    // price of that quantity, in the entry's currency
    std::optional<Money> freight = {};  // in the same; nothing: the shop names no price for sending it there
    std::optional<Money> landed = {};   // in the door's currency; without freight where that is unknown
    bool is_complete = false;           // freight and every charge of `landed` are known
    std::int32_t days_min = 0;          // on the way
    std::int32_t days_max = 0;
    std::int32_t score = 0;
};
struct Count {
    std::string value;
    std::uint32_t count = 0;
};
// How many offers each value would leave, with all that is wanted of other facets; the most frequent first.
struct Counts {
    std::vector<Count> categories = {};
    std::vector<Count> materials = {};
    std::vector<Count> certificates = {};
    std::vector<Count> origins = {};
};
struct Answer {
    std::vector<Hit> hits = {};
    std::size_t total = 0;
    Counts counts = {};
    std::uint32_t words_asked = 0;
    std::uint32_t words_matched = 0;        // fewer: nothing has all words, these have that many of them
    std::string did_you_mean = {};          // the words as they were corrected; empty: they stand as written
    std::string next = {};                  // empty: that was the last page
    std::optional<Currency> currency = {};  // of the door
    std::optional<Error> unpriced = {};     // why nothing is priced at that door
};

// ---- the index --------------------------------------------------------------------------------------------

class Index {
public:
    Index();
    Index(Index const&) = delete;
    Index& operator=(Index const&) = delete;
    Index(Index&&) noexcept;
    Index& operator=(Index&&) noexcept;
    ~Index();

    // Adds or replaces; all or none. Of several with one id the last counts; one that is not live is removed.
    // Refused: `too-long`, `field-missing`, `bad-value`, `bad-quantity`, with "[3].tiers" as the field.
    [[nodiscard]] Result<void> put(std::span<Entry const> entries);
    void remove(std::span<Key const> ids);
    // What sending costs from these shops; it is no part of a saved file. Many at once cost hardly more than
    // one. Refused: `too-long`, `bad-value`, with "[3].lanes[0]" as the field.
    [[nodiscard]] Result<void> sending(std::span<ShopSending const> shops);
    [[nodiscard]] Result<void> sending(std::uint32_t shop, Sending sending);

    // Refused: `too-long`, `bad-value`, `field-missing` (a door), and by delivered price what `quote::price`
    // refuses of a door. The books stay alive as long as a plan made of them is kept.
    [[nodiscard]] Result<Answer> find(Query const& query, std::shared_ptr<quote::Books const> books) const;
    // Works out what a door charges on everything here, so that the first question need not.
    [[nodiscard]] Result<void> prepare(quote::Door const& door,
                                       std::shared_ptr<quote::Books const> books) const;

    // Makes one piece of many, without those removed. Takes long; questions, put and remove go on meanwhile.
    void merge();
    // `Entry::made` of what is here under that id; nothing where it is not here.
    [[nodiscard]] std::optional<std::int64_t> made(Key const& id) const;
    struct Size {
        std::size_t entries = 0;
        std::size_t removed = 0;  // still taking room
        std::size_t pieces = 0;
        std::size_t terms = 0;
        std::size_t kinds = 0;  // of goods, as the border sees them
        std::size_t bytes = 0;
    };
    [[nodiscard]] Size size() const;

    // Merges, then writes beside the file and renames. `stamp`: what the caller needs to know which changes
    // came later. Refused: `unavailable`, `too-long` (a stamp over 1,000 bytes).
    [[nodiscard]] Result<void> save(std::filesystem::path const& file, std::string_view stamp);
    struct Opened;
    // Refused: `not-found`, `data-damaged`, `data-version`.
    [[nodiscard]] static Result<Opened> open(std::filesystem::path const& file);
    // The same of bytes that are copied, for tests and fuzzing.
    [[nodiscard]] static Result<Opened> open_bytes(std::string_view bytes);

private:
    struct Hidden;
    explicit Index(std::unique_ptr<Hidden> hidden);
    std::unique_ptr<Hidden> hidden_;
};
struct Index::Opened {
    Index index;
    std::string stamp;
};

}  // namespace allroads::search
