#include <rapidcheck.h>

#include "freight/table_in_test.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace allroads;
using namespace allroads::freight;

namespace {

Estimate asked(TablesInTest const& tables, std::vector<Parcel> const& parcels,
               Lane const& lane = lane_in_test(), std::optional<Decimal> gross = std::nullopt,
               bool is_remote = false) {
    Estimate out;
    CHECK(is_sound(tables.view()));
    REQUIRE(estimate({parcels, gross, is_remote}, lane, tables.view(), out));
    return out;
}
// Total of the only offer; what is in the way where there is none.
std::string total(TablesInTest const& tables, std::vector<Parcel> const& parcels) {
    auto const out = asked(tables, parcels);
    if (out.offers.empty()) return out.rejections.empty() ? "" : std::string(text_of(out.rejections[0].why));
    return out.offers[0].total.text();
}
std::string post_price(std::string_view kg) {
    TablesInTest tables;
    tables.post();
    return total(tables, {parcel_in_test(1, "", kg)});
}

template <class Property>
bool law(std::string const& name, Property property) {
    return rc::check(name, property);
}
rc::Gen<std::vector<Parcel>> any_parcels() {
    return rc::gen::exec([] {
        std::vector<Parcel> parcels(*rc::gen::inRange<std::size_t>(1, 5));
        for (auto& parcel : parcels) {
            parcel.count = *rc::gen::inRange(1, 4);
            parcel.gross_kg = Decimal::of(*rc::gen::inRange(1, 9'000), 3);
            if (*rc::gen::inRange(0, 4) == 0) continue;
            parcel.length_cm = Decimal::of(*rc::gen::inRange(10, 1'200), 1);
            parcel.width_cm = Decimal::of(*rc::gen::inRange(10, 800), 1);
            parcel.height_cm = Decimal::of(*rc::gen::inRange(10, 800), 1);
        }
        return parcels;
    });
}
TablesInTest all_three() {
    TablesInTest tables;
    tables.post();
    tables.air();
    tables.sea();
    return tables;
}

}  // namespace

TEST_CASE("estimate: a step holds up to its weight, included") {
    CHECK(post_price("0.5") == "10.00");
    CHECK(post_price("0.500001") == "15.00");
    CHECK(post_price("1") == "15.00");
    CHECK(post_price("2") == "40.00");
    CHECK(post_price("2.000001") == "46.00");
    CHECK(post_price("3") == "46.00");
    CHECK(post_price("3.5") == "52.00");
    CHECK(post_price("20") == "148.00");
    CHECK(post_price("20.001") == "parcel-too-heavy");
}

TEST_CASE("estimate: a post bills each parcel, a forwarder all together") {
    TablesInTest post;
    post.post();
    CHECK(total(post, {parcel_in_test(2, "", "0.6")}) == "30.00");
    TablesInTest air;
    air.air();
    // 40 kg · 4 = 160; fuel 32; security 40 · 0.15 = 6, at least 10.
    auto const out = asked(air, {parcel_in_test(2, "", "20")});
    REQUIRE(out.offers.size() == 1);
    auto const& offer = out.offers[0];
    CHECK(offer.base.text() == "160.00");
    CHECK(offer.surcharge_count == 2);
    CHECK(offer.surcharges[0].minor == 3200);
    CHECK(offer.surcharges[1].minor == 1000);
    CHECK(offer.total.text() == "202.00");
    CHECK(offer.days_min == 3);
    CHECK(offer.days_max == 5);
    CHECK_FALSE(offer.is_measured);
    CHECK(asked(air, {parcel_in_test(2, "", "20")}, lane_in_test(), {}, true).offers[0].total.text() ==
          "227.00");
}

TEST_CASE("estimate: volume, rounding up, breaks and the minimum") {
    TablesInTest air;
    air.air();
    // 50 · 40 · 40 / 6000 = 13.333333 kg, billed as 13.5.
    auto const bulky = asked(air, {parcel_in_test(1, "50x40x40", "5")}).offers.at(0);
    CHECK(bulky.by_volume);
    CHECK(bulky.is_measured);
    CHECK(bulky.chargeable_kg.text() == "13.5");
    CHECK(bulky.base.text() == "60.00");
    auto const dense = asked(air, {parcel_in_test(1, "50x40x40", "45")}).offers.at(0);
    CHECK_FALSE(dense.by_volume);
    CHECK(dense.base.text() == "135.00");
    CHECK(asked(air, {parcel_in_test(1, "", "44.6")}).offers.at(0).base.text() == "135.00");
    CHECK(asked(air, {parcel_in_test(1, "", "44.5")}).offers.at(0).base.text() == "178.00");
}

TEST_CASE("estimate: by sea a cubic metre counts as a tonne") {
    TablesInTest sea;
    sea.sea();
    CHECK(total(sea, {parcel_in_test(2, "100x100x100", "300")}) == "110.00");
    CHECK(total(sea, {parcel_in_test(2, "100x100x100", "1500")}) == "165.00");
    CHECK(total(sea, {parcel_in_test(1, "30x30x30", "10")}) == "55.00");
}

TEST_CASE("estimate: what is missing is named, and never counted as nothing") {
    auto const tables = all_three();
    auto const out = asked(tables, {parcel_in_test(1, "30x30x30", "4"), parcel_in_test(2, "30x30x30", "")});
    CHECK(out.offers.empty());
    REQUIRE(out.rejections.size() == 3);
    CHECK(out.rejections[0].why == Why::weight_missing);
    CHECK(out.rejections[0].parcel == 1);
    // The weight of the goods stands in for a consignment, not for a parcel.
    auto const known = asked(tables, {parcel_in_test(2, "30x30x30", "")}, lane_in_test(), Decimal(8));
    CHECK(known.offers.size() == 2);
    CHECK(known.rejections.at(0).name == "post");
    // Without parcels the goods travel in one.
    CHECK(asked(tables, {}, lane_in_test(), Decimal(1)).offers.at(0).total.text() == "15.00");
    CHECK(asked(tables, {}).rejections.at(0).parcel == -1);
}

TEST_CASE("estimate: beyond a limit there is no offer, and the limit is named") {
    TablesInTest tables;
    tables.table("express", Road::express, Bill::parcel).max_length_cm = millionths_in_test("120");
    tables.price(PriceKind::up_to, "30", "99");
    auto const heavy = asked(tables, {parcel_in_test(1, "", "30.1")}).rejections.at(0);
    CHECK(heavy.why == Why::beyond_steps);
    CHECK(heavy.limit == Decimal(30));
    CHECK(heavy.found.text() == "30.1");
    auto const tall = asked(tables, {parcel_in_test(1, "20x20x121", "3")}).rejections.at(0);
    CHECK(tall.why == Why::too_long);
    CHECK(tall.found == Decimal(121));
}

TEST_CASE("estimate: only tables of the lane, the day and the road answer") {
    auto const tables = all_three();
    std::vector<Parcel> const parcels = {parcel_in_test(1, "30x30x30", "4")};
    auto lane = lane_in_test();
    CHECK(asked(tables, parcels, lane).offers.size() == 3);
    CHECK(asked(tables, parcels, lane_in_test(Road::sea)).offers.size() == 1);
    lane.table = "air";
    CHECK(asked(tables, parcels, lane).offers.at(0).name == "air");
    lane = lane_in_test();
    lane.day = Day::of(2027, 1, 1).value();
    CHECK(asked(tables, parcels, lane).offers.empty());
    lane = lane_in_test();
    lane.to = country_in_test("FR");
    CHECK(asked(tables, parcels, lane).offers.empty());
    lane = lane_in_test();
    lane.from = country_in_test("FR");
    CHECK(asked(tables, parcels, lane).offers.empty());
}

TEST_CASE("estimate: offers are sorted by price in one currency") {
    auto tables = all_three();
    tables.table("euro", Road::express, Bill::parcel).currency = currency::EUR.index();
    tables.price(PriceKind::up_to, "30", "40");
    auto out = asked(tables, {parcel_in_test(1, "30x30x30", "2")});
    FxRow const row{Day::of(2026, 6, 1)->number(), currency::USD.index(), 0, 2, 0, 0};
    FxTable const fx{currency::EUR, "test", {&row, 1}, {}};
    sort_by_price(out.offers, currency::USD, fx, lane_in_test().day);
    REQUIRE(out.offers.size() == 4);
    CHECK(out.offers[0].name == "post");
    CHECK(out.offers[1].name == "sea");
    CHECK(out.offers[2].name == "euro");
    CHECK(out.offers[2].converted->text() == "80.00");
    FxTable const none{currency::EUR, "test", {}, {}};
    sort_by_price(out.offers, currency::USD, none, lane_in_test().day);
    CHECK(out.offers.back().name == "euro");
    CHECK_FALSE(out.offers.back().converted);
}

TEST_CASE("estimate: numbers beyond all measure are refused, not wrapped") {
    auto const tables = all_three();
    Estimate out;
    std::vector<Parcel> const parcels = {parcel_in_test(1, "", "123456789012")};
    auto const done = estimate({parcels}, lane_in_test(), tables.view(), out);
    REQUIRE_FALSE(done);
    CHECK(done.error().field() == "packages[0].gross_kg");
    std::vector<Parcel> const many(400, parcel_in_test(1'000'000, "9000x9000x9000", "900000"));
    REQUIRE(estimate({many}, lane_in_test(Road::air), tables.view(), out));
    CHECK(out.rejections.at(0).why == Why::too_large);
}

TEST_CASE("estimate: laws") {
    auto const tables = all_three();
    CHECK(law("the total is the sum of its parts", [&] {
        for (auto const& offer : asked(tables, *any_parcels()).offers) {
            auto sum = offer.base.minor();
            for (std::size_t i = 0; i < offer.surcharge_count; ++i) sum += offer.surcharges[i].minor;
            RC_ASSERT(sum == offer.total.minor());
        }
    }));
    CHECK(law("the order of parcels does not matter", [&] {
        auto parcels = *any_parcels();
        auto const before = asked(tables, parcels);
        std::ranges::reverse(parcels);
        auto const after = asked(tables, parcels);
        RC_ASSERT(before.offers.size() == after.offers.size());
        for (std::size_t i = 0; i < before.offers.size(); ++i) {
            RC_ASSERT(before.offers[i].total == after.offers[i].total);
            RC_ASSERT(before.offers[i].chargeable_kg == after.offers[i].chargeable_kg);
        }
    }));
    CHECK(law("parcels alike can be counted or listed", [&] {
        auto parcels = *any_parcels();
        auto const counted = asked(tables, parcels);
        std::vector<Parcel> listed;
        for (auto const& parcel : parcels) {
            for (std::int64_t i = 0; i < parcel.count; ++i) listed.push_back(parcel), listed.back().count = 1;
        }
        auto const one_by_one = asked(tables, listed);
        RC_ASSERT(counted.offers.size() == one_by_one.offers.size());
        for (std::size_t i = 0; i < counted.offers.size(); ++i) {
            RC_ASSERT(counted.offers[i].total == one_by_one.offers[i].total);
        }
    }));
    CHECK(law("where prices rise with the weight, more never costs less", [&] {
        TablesInTest rising;
        rising.post();
        rising.sea();
        auto parcels = *any_parcels();
        auto const light = asked(rising, parcels);
        auto& heavier = parcels[*rc::gen::inRange<std::size_t>(0, parcels.size())];
        heavier.gross_kg = sum(*heavier.gross_kg, Decimal::of(*rc::gen::inRange(0, 3'000), 3)).value();
        auto const heavy = asked(rising, parcels);
        RC_ASSERT(light.offers.size() == heavy.offers.size());
        for (std::size_t i = 0; i < light.offers.size(); ++i) {
            RC_ASSERT(light.offers[i].total <= heavy.offers[i].total);
        }
    }));
}

TEST_CASE("tables: what points nowhere or stands out of order is not sound") {
    TablesInTest good;
    good.post();
    CHECK(is_sound(good.view()));
    TablesInTest order;
    order.table("x", Road::post, Bill::parcel);
    order.price(PriceKind::up_to, "2", "10").price(PriceKind::up_to, "1", "5");
    CHECK_FALSE(is_sound(order.view()));
    TablesInTest step;
    step.table("x", Road::post, Bill::parcel);
    step.price(PriceKind::each, "0", "10");
    CHECK_FALSE(is_sound(step.view()));
    TablesInTest zone;
    zone.table("x", Road::post, Bill::parcel).zone_of[0] = 2;
    zone.price(PriceKind::up_to, "1", "10");
    CHECK_FALSE(is_sound(zone.view()));
    TablesInTest empty;
    empty.table("x", Road::post, Bill::parcel);
    CHECK_FALSE(is_sound(empty.view()));
}
