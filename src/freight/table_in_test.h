#pragma once
// For the tests of freight: rate tables written in a few lines.

#include "freight/freight.h"

#include <deque>
#include <string>

namespace allroads::freight {

inline Decimal number_in_test(std::string_view text) { return Decimal::parse(text).value(); }
inline Country country_in_test(std::string_view code) { return Country::parse(code).value(); }
inline std::int64_t millionths_in_test(std::string_view text) {
    auto const scaled = product(number_in_test(text), Decimal(millionths)).value();
    return static_cast<std::int64_t>(scaled.rounded(0, Round::half_up).coefficient());
}

// Tables from VN, in USD, valid in 2026; each has one zone, which is DE unless told.
class TablesInTest {
public:
    TableRow& table(std::string_view name, Road road, Bill bill) {
        auto const words = word(name);
        TableRow row;
        row.name = row.carrier = row.title = row.source = words;
        auto const from = country_in_test("VN").index();
        row.from[from / 64] |= std::uint64_t{1} << (from % 64);
        row.zone_of[country_in_test("DE").index()] = 1;
        row.road = road;
        row.bill = bill;
        row.currency = currency::USD.index();
        row.zone_first = static_cast<std::uint32_t>(zones_.size());
        row.zone_count = 1;
        row.surcharge_first = static_cast<std::uint32_t>(surcharges_.size());
        row.valid_from = Day::of(2026, 1, 1)->number();
        row.valid_to = Day::of(2026, 12, 31)->number();
        row.checked_on = row.valid_from;
        zones_.push_back({words, static_cast<std::uint32_t>(prices_.size()), 0, 3, 5});
        return tables_.emplace_back(row);
    }
    TablesInTest& price(PriceKind kind, std::string_view kg, std::string_view amount, std::uint32_t per = 1) {
        prices_.push_back({kind, per, millionths_in_test(kg), millionths_in_test(amount)});
        ++zones_.back().price_count;
        return *this;
    }
    TablesInTest& surcharge(std::string_view name, SurchargeKind kind, std::string_view amount,
                            std::string_view minimum = "0", bool is_remote = false) {
        surcharges_.push_back({word(name),
                               kind,
                               is_remote ? 1U : 0U,
                               millionths_in_test(amount),
                               millionths_in_test(minimum),
                               {}});
        ++tables_.back().surcharge_count;
        return *this;
    }
    [[nodiscard]] Tables view() const { return {tables_, zones_, prices_, surcharges_, pool_}; }

    // Flat steps for each parcel, then more for each further kilogram.
    void post() {
        auto& row = table("post", Road::post, Bill::parcel);
        row.max_parcel_kg = millionths_in_test("20");
        price(PriceKind::up_to, "0.5", "10").price(PriceKind::up_to, "1", "15");
        price(PriceKind::up_to, "2", "40").price(PriceKind::each, "1", "6");
    }
    // By the chargeable kilogram, with breaks and surcharges.
    void air() {
        auto& row = table("air", Road::air, Bill::consignment);
        row.divisor = millionths_in_test("6000");
        row.round_kg = millionths_in_test("0.5");
        price(PriceKind::per, "0", "4").price(PriceKind::per, "45", "3").price(PriceKind::per, "100", "2.5");
        price(PriceKind::minimum, "0", "60");
        surcharge("fuel", SurchargeKind::percent, "20")
            .surcharge("security", SurchargeKind::per_kg, "0.15", "10");
        surcharge("remote area", SurchargeKind::consignment, "25", "0", true);
    }
    // W/M: a tonne or a cubic metre, whichever is more.
    void sea() {
        table("sea", Road::sea, Bill::consignment).divisor = millionths_in_test("1000");
        price(PriceKind::per, "0", "55", 1000).price(PriceKind::minimum, "0", "55");
    }

private:
    Words word(std::string_view text) {
        Words const made{static_cast<std::uint32_t>(pool_.size()), static_cast<std::uint32_t>(text.size())};
        pool_ += text;
        return made;
    }
    std::vector<TableRow> tables_;
    std::vector<ZoneRow> zones_;
    std::vector<PriceRow> prices_;
    std::vector<SurchargeRow> surcharges_;
    std::string pool_;
};

inline Lane lane_in_test(std::optional<Road> road = std::nullopt) {
    return {country_in_test("VN"), country_in_test("DE"), Day::of(2026, 6, 1).value(), road, {}};
}
inline Parcel parcel_in_test(std::int64_t count, std::string_view sides, std::string_view kg) {
    Parcel made;
    made.count = count;
    if (!sides.empty()) {
        auto const first = sides.find('x');
        auto const second = sides.find('x', first + 1);
        made.length_cm = number_in_test(sides.substr(0, first));
        made.width_cm = number_in_test(sides.substr(first + 1, second - first - 1));
        made.height_cm = number_in_test(sides.substr(second + 1));
    }
    if (!kg.empty()) made.gross_kg = number_in_test(kg);
    return made;
}

}  // namespace allroads::freight
