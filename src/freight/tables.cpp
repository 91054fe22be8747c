#include "freight/freight.h"

#include <algorithm>

namespace allroads::freight {

namespace {

constexpr std::array<std::string_view, 2> bill_names = {"consignment", "parcel"};
constexpr std::array<std::string_view, 4> standing_names = {"official", "secondary", "assumed", "example"};
constexpr std::array<std::string_view, 5> surcharge_names = {"percent", "per_kg", "per_gross_kg",
                                                             "per_parcel", "consignment"};
constexpr std::array<std::string_view, 7> why_names = {"weight-missing", "parcel-too-heavy", "too-heavy",
                                                       "too-long",       "girth-too-large",  "beyond-steps",
                                                       "too-large"};
constexpr std::array<std::string_view, 5> advice_names = {"shrink-parcel", "just-above-step",
                                                          "bill-as-heavier", "merge-parcels", "split-parcel"};

template <class Kind, std::size_t N>
Result<Kind> named(std::array<std::string_view, N> const& names, std::string_view text,
                   std::string_view field) {
    auto const found = std::ranges::find(names, text);
    if (found != names.end()) return static_cast<Kind>(found - names.begin());
    std::string known;
    for (auto const name : names) known += (known.empty() ? "" : ", ") + std::string(name);
    return refuse(Code::bad_value, field, excerpt(text) + " is not one of " + known);
}

template <class Kind, std::size_t N>
std::string_view name_of(std::array<std::string_view, N> const& names, Kind kind) {
    return names[static_cast<std::size_t>(kind)];
}

class Soundness {
public:
    explicit Soundness(Tables const& tables) : t_(tables) {}
    [[nodiscard]] bool holds() const {
        return std::ranges::all_of(t_.tables, [&](TableRow const& row) { return table(row); }) &&
               std::ranges::all_of(t_.zones, [&](ZoneRow const& row) { return zone(row); }) &&
               std::ranges::all_of(t_.surcharges, [&](SurchargeRow const& row) { return surcharge(row); });
    }

private:
    [[nodiscard]] bool in(Words words) const {
        return words.at <= t_.pool.size() && words.size <= t_.pool.size() - words.at;
    }
    template <class Rows>
    [[nodiscard]] static bool part(Rows const& rows, std::uint64_t first, std::uint64_t count) {
        return first <= rows.size() && count <= rows.size() - first;
    }
    [[nodiscard]] static bool within(std::int64_t number, std::int64_t most) {
        return number >= 0 && number <= most;
    }
    [[nodiscard]] static bool day(std::int32_t number) {
        return number >= Day::first().number() && number <= Day::last().number();
    }
    [[nodiscard]] bool table(TableRow const& row) const {
        bool const words = in(row.name) && in(row.carrier) && in(row.title) && in(row.source) && in(row.url);
        bool const kinds = row.road <= Road::rail && row.bill <= Bill::parcel &&
                           row.standing <= Standing::example && row.currency < all_currencies().size();
        bool const parts = part(t_.zones, row.zone_first, row.zone_count) && row.zone_count <= zones_max &&
                           part(t_.surcharges, row.surcharge_first, row.surcharge_count) &&
                           row.surcharge_count <= surcharges_max;
        bool const zones = std::ranges::all_of(
            row.zone_of, [&](std::uint8_t zone_number) { return zone_number <= row.zone_count; });
        bool const limits = within(row.divisor, weight_max) && within(row.max_parcel_kg, weight_max) &&
                            within(row.max_total_kg, weight_max) && within(row.max_length_cm, weight_max) &&
                            within(row.max_girth_cm, weight_max) && within(row.round_kg, weight_max);
        return words && kinds && parts && zones && limits && day(row.valid_from) && day(row.valid_to) &&
               day(row.checked_on);
    }
    [[nodiscard]] bool zone(ZoneRow const& row) const {
        if (!in(row.name) || !part(t_.prices, row.price_first, row.price_count)) return false;
        if (row.price_count == 0 || row.price_count > prices_max) return false;
        auto const prices = t_.prices.subspan(row.price_first, row.price_count);
        for (std::size_t i = 0; i < prices.size(); ++i) {
            if (!price(prices[i])) return false;
            if (i != 0 && !follows(prices[i - 1], prices[i])) return false;
        }
        return true;
    }
    [[nodiscard]] static bool price(PriceRow const& row) {
        bool const sizes = within(row.kg, weight_max) && within(row.amount, amount_max);
        bool const step = row.kind != PriceKind::each || row.kg > 0;
        return row.kind <= PriceKind::minimum && sizes && step && (row.per_kg == 1 || row.per_kg == 1000);
    }
    [[nodiscard]] static bool follows(PriceRow const& before, PriceRow const& row) {
        if (before.kind != row.kind) return before.kind < row.kind;
        bool const is_list = row.kind == PriceKind::up_to || row.kind == PriceKind::per;
        return is_list && before.kg < row.kg;
    }
    [[nodiscard]] bool surcharge(SurchargeRow const& row) const {
        return in(row.name) && row.kind <= SurchargeKind::consignment && row.is_remote <= 1 &&
               within(row.amount, amount_max) && within(row.minimum, amount_max);
    }
    Tables const& t_;
};

}  // namespace

Result<Bill> parse_bill(std::string_view text) { return named<Bill>(bill_names, text, "bill"); }
std::string_view text_of(Bill bill) { return name_of(bill_names, bill); }
Result<Standing> parse_standing(std::string_view text) {
    return named<Standing>(standing_names, text, "confidence");
}
std::string_view text_of(Standing standing) { return name_of(standing_names, standing); }
Result<SurchargeKind> parse_surcharge(std::string_view text) {
    return named<SurchargeKind>(surcharge_names, text, "surcharge");
}
std::string_view text_of(SurchargeKind kind) { return name_of(surcharge_names, kind); }
std::string_view text_of(Why why) { return name_of(why_names, why); }
std::string_view text_of(AdviceCode code) { return name_of(advice_names, code); }

bool is_sound(Tables const& tables) { return Soundness(tables).holds(); }

}  // namespace allroads::freight
