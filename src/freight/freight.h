#pragma once
// freight: what is weighed, what a carrier bills for it by its rate table, and which packing is cheaper.
//
// Promises: pure and exact. The chargeable weight is the greater of gross weight and volume / divisor
// (IATA TACT rule 3.9: 6000 cm3/kg by air; express carriers publish 5000; by sea a cubic metre counts as a
// tonne). A table answers only for what lies within it: beyond its limits there is no offer and the limit is
// named. An amount is rounded half-up to the minor unit where a rate was multiplied, and nowhere else.

#include "base/base.h"
#include "money/money.h"

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace allroads::freight {

enum class Road : std::uint8_t { post, express, air, sea, road, rail };
[[nodiscard]] Result<Road> parse_road(std::string_view text);
[[nodiscard]] std::string_view text_of(Road road);

// `count` parcels alike; sizes in centimetres and gross kilograms of each one.
struct Parcel {
    std::int64_t count = 1;
    std::optional<Decimal> length_cm;
    std::optional<Decimal> width_cm;
    std::optional<Decimal> height_cm;
    std::optional<Decimal> gross_kg;
};

struct Weight {
    Decimal chargeable_kg;
    bool by_volume = false;  // volume / divisor was the greater
};
// Centimetres cubed of one kilogram: 5000 express, 6000 otherwise.
[[nodiscard]] Decimal default_divisor(Road road);
// Nothing if neither the parcels nor `gross_kg` say how heavy the consignment is. Volume counts where all
// three sides are given. Exact to 6 decimals, rounded half-up.
[[nodiscard]] Result<std::optional<Weight>> chargeable_weight(std::span<Parcel const> parcels,
                                                              std::optional<Decimal> const& gross_kg,
                                                              Decimal const& divisor);

// ---- rate tables: rows without pointers, as an edition of the books holds them
// ------------------------------

// Weights (kg), lengths (cm), divisors (cm3/kg), percentages and amounts are whole millionths in the rows.
inline constexpr std::int64_t millionths = 1'000'000;
inline constexpr std::int64_t weight_max = 1'000'000 * millionths;         // a thousand tonnes
inline constexpr std::int64_t amount_max = 1'000'000'000 * millionths;     // in major units of a currency
inline constexpr std::size_t surcharges_max = 8;                           // of one table
inline constexpr std::size_t zones_max = 250;                              // of one table
inline constexpr std::size_t prices_max = 2000;                            // of one zone
inline constexpr std::size_t country_words = (country_indexes + 63) / 64;  // of a set of countries

// A piece of the pool of words.
struct Words {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
};
// What is weighed for the price: all parcels together, or each for itself (posts).
enum class Bill : std::uint8_t { consignment, parcel };
[[nodiscard]] Result<Bill> parse_bill(std::string_view text);
[[nodiscard]] std::string_view text_of(Bill bill);
// How sure the prices are: `official` from the carrier itself, `secondary` somebody else's copy, `assumed`
// carried over, `example` invented to show how a table looks.
enum class Standing : std::uint8_t { official, secondary, assumed, example };
[[nodiscard]] Result<Standing> parse_standing(std::string_view text);
[[nodiscard]] std::string_view text_of(Standing standing);

enum class PriceKind : std::uint32_t {
    up_to,  // `amount` for a chargeable weight up to `kg`, included
    each,   // beyond the last `up_to`: `amount` more for each further `kg` begun
    per,    // beyond the last `up_to`, from `kg` on: `amount` for each `per_kg` kilograms of the whole weight
    minimum,  // never less than `amount`
};
// The rows of one zone stand in the order of PriceKind, weights of a kind ascending.
struct PriceRow {
    PriceKind kind = PriceKind::up_to;
    std::uint32_t per_kg = 1;  // 1, or 1000 where the price is for a tonne or cubic metre (W/M)
    std::int64_t kg = 0;
    std::int64_t amount = 0;
};
struct ZoneRow {
    Words name;
    std::uint32_t price_first = 0;
    std::uint32_t price_count = 0;
    std::int32_t days_min = -1;  // in transit; -1: not said
    std::int32_t days_max = -1;
};
enum class SurchargeKind : std::uint32_t {
    percent,       // of the base price
    per_kg,        // for each chargeable kilogram
    per_gross_kg,  // for each kilogram of gross weight
    per_parcel,
    consignment,  // once
};
[[nodiscard]] Result<SurchargeKind> parse_surcharge(std::string_view text);
[[nodiscard]] std::string_view text_of(SurchargeKind kind);
struct SurchargeRow {
    Words name;
    SurchargeKind kind = SurchargeKind::percent;
    std::uint32_t is_remote = 0;  // 1: only for a place the asker says is remote
    std::int64_t amount = 0;      // or per cent
    std::int64_t minimum = 0;
    std::array<std::uint64_t, country_words> countries = {};  // of destination; none: all
};
struct TableRow {
    Words name, carrier, title, source, url;
    std::array<std::uint64_t, country_words> from = {};  // countries of dispatch
    std::array<std::uint8_t, country_indexes> zone_of =
        {};  // by country of destination: zone + 1; 0: not served
    Road road = Road::express;
    Bill bill = Bill::consignment;
    Standing standing = Standing::official;
    std::uint8_t reserved = 0;
    std::uint16_t currency = 0;
    std::uint16_t reserved_too = 0;
    std::uint32_t zone_first = 0;
    std::uint32_t zone_count = 0;
    std::uint32_t surcharge_first = 0;
    std::uint32_t surcharge_count = 0;
    std::int32_t valid_from = 0;  // Day::number, both days included
    std::int32_t valid_to = 0;
    std::int32_t checked_on = 0;
    std::int64_t divisor = 0;        // 0: volume does not count
    std::int64_t max_parcel_kg = 0;  // gross, of the heaviest parcel; 0: no limit, here and below
    std::int64_t max_total_kg = 0;   // chargeable, of the consignment
    std::int64_t max_length_cm = 0;  // of the longest side
    std::int64_t max_girth_cm = 0;   // longest side plus twice the two others
    std::int64_t round_kg = 0;       // chargeable weight goes up to a multiple of it; 0: stays
};
// All tables of an edition. Views; they live as long as the edition does.
struct Tables {
    std::span<TableRow const> tables;
    std::span<ZoneRow const> zones;
    std::span<PriceRow const> prices;
    std::span<SurchargeRow const> surcharges;
    std::string_view pool;
    [[nodiscard]] std::string_view text(Words words) const { return pool.substr(words.at, words.size); }
};
// Whether every index points into its table, every number is within the bounds above and prices stand in
// their order, so that whoever reads the tables need not look again.
[[nodiscard]] bool is_sound(Tables const& tables);

// ---- what carriage costs ----------------------------------------------------------------------------------

struct Shipment {
    std::span<Parcel const> parcels;
    // Of all goods. Stands in where parcels are not given or not weighed; of a consignment billed as a whole
    // the heavier statement counts.
    std::optional<Decimal> gross_kg = {};
    bool is_remote = false;  // the door lies where the carrier charges for remoteness
};
struct Lane {
    Country from;
    Country to;
    Day day;
    std::optional<Road> road = {};  // all roads where not given
    std::string_view table = {};    // only the table of this name
};
struct Surcharged {
    std::string_view name;
    std::int64_t minor = 0;  // minor units of the offer's currency
};
// What one table asks. Views point into the tables.
struct Offer {
    std::uint32_t table = 0;  // index into Tables::tables
    std::uint32_t zone = 0;   // index into Tables::zones
    Road road = Road::express;
    Standing standing = Standing::official;
    std::string_view name, carrier, title, source, url;
    Day valid_from;
    Day valid_to;
    Day checked_on;
    Decimal chargeable_kg;     // of all that is billed
    bool by_volume = false;    // volume / divisor was the greater, at least for one parcel
    bool is_measured = false;  // false: sides are missing, so that volume may cost more than is said here
    Money base;
    Money total;  // base and surcharges
    std::array<Surcharged, surcharges_max> surcharges = {};
    std::size_t surcharge_count = 0;
    std::int32_t days_min = -1;  // -1: not said
    std::int32_t days_max = -1;
    std::optional<Money> converted = {};  // in the currency in which offers were sorted
};
enum class Why : std::uint8_t {
    weight_missing,    // of `parcel`, or of everything
    parcel_too_heavy,  // `found` and `limit` in kg
    too_heavy,         // the consignment
    too_long,          // `found` and `limit` in cm
    girth_too_large,
    beyond_steps,  // the zone has no price for so much; `limit` is its heaviest step
    too_large,     // beyond what can be computed exactly
};
[[nodiscard]] std::string_view text_of(Why why);
// A table that serves the lane that day and still makes no offer.
struct Rejection {
    std::string_view name = {}, carrier = {};
    Road road = Road::express;
    Why why = Why::weight_missing;
    std::int32_t parcel = -1;  // index into Shipment::parcels; -1: all together
    Decimal found = {};
    Decimal limit = {};
};
// A parcel in millionths; working memory of an estimate.
struct Load {
    std::int64_t count = 1;
    std::optional<std::int64_t> gross_kg = {};
    std::array<std::int64_t, 3> sides_cm = {};  // longest first; all 0: not measured
};
struct Estimate {
    std::vector<Offer> offers;
    std::vector<Rejection> rejections;
    std::vector<Load> loads;  // of the last shipment
    void clear();             // keeps the memory
};
// Offers in the order of the tables. Refused: `amount-too-large`, naming the parcel. Cost: tables, and for
// those of the lane parcels × steps of the zone; allocates only to let `out` grow.
[[nodiscard]] Result<void> estimate(Shipment const& shipment, Lane const& lane, Tables const& tables,
                                    Estimate& out);
// Cheapest first, compared in `currency` by the rates of `day`, rounded half-up; what cannot be converted
// stands last, in the order of the tables.
void sort_by_price(std::vector<Offer>& offers, Currency currency, FxTable const& fx, Day day);

// ---- which packing is cheaper -----------------------------------------------------------------------------

enum class AdviceCode : std::uint8_t {
    shrink_parcel,    // volume `now` cm3, at `better` the weight governs: the longest side comes to `side_cm`
    just_above_step,  // `now` kg are billed; at `better` kg a step less
    bill_as_heavier,  // `now` kg at their rate cost more than `better` kg at the rate of the next break
    merge_parcels,    // `pieces` parcels of this line in one, stacked on their largest face; all in one where
                      // `parcel` is -1
    split_parcel,     // each parcel of this line in `pieces` of equal weight, cut across the longest side
};
[[nodiscard]] std::string_view text_of(AdviceCode code);
struct Advice {
    AdviceCode code = AdviceCode::shrink_parcel;
    std::int32_t parcel = -1;  // index into Shipment::parcels; -1: the consignment
    Decimal now = {};
    Decimal better = {};
    Decimal side_cm = {};
    std::int64_t pieces = 0;
    Money saving;  // of the offer's total, all surcharges counted
};
inline constexpr std::size_t advice_max = 20;
// What a step may be missed by to be worth a word: a tenth of its weight.
inline constexpr std::int64_t just_above_parts = 10;
// Where another packing makes `offer` cheaper: each one change, worked out by the same table, the largest
// saving first. `shipment` and `lane` are those the offer was made for. Savings do not add up: a change that
// is made changes the others.
[[nodiscard]] std::vector<Advice> advice(Shipment const& shipment, Lane const& lane, Tables const& tables,
                                         Offer const& offer);

}  // namespace allroads::freight
