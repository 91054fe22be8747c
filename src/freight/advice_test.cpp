#include <rapidcheck.h>

#include "freight/table_in_test.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::freight;

namespace {

std::vector<Advice> advised(TablesInTest const& tables, std::vector<Parcel> const& parcels) {
    Estimate out;
    REQUIRE(estimate({parcels}, lane_in_test(), tables.view(), out));
    REQUIRE(out.offers.size() == 1);
    return advice({parcels}, lane_in_test(), tables.view(), out.offers[0]);
}
std::optional<Advice> one(std::vector<Advice> const& all, AdviceCode code) {
    for (auto const& advice : all) {
        if (advice.code == code) return advice;
    }
    return std::nullopt;
}
Money total(TablesInTest const& tables, std::vector<Parcel> const& parcels) {
    Estimate out;
    REQUIRE(estimate({parcels}, lane_in_test(), tables.view(), out));
    REQUIRE(out.offers.size() == 1);
    return out.offers[0].total;
}

}  // namespace

TEST_CASE("advice: a carton that loses to volume is told how far to shrink") {
    TablesInTest air;
    air.air();
    std::vector<Parcel> parcels = {parcel_in_test(2, "80x50x60", "20")};
    auto const shrink = one(advised(air, parcels), AdviceCode::shrink_parcel);
    REQUIRE(shrink);
    CHECK(shrink->now == Decimal(240000));
    // 20 kg · 6000 = 120000 cm3: with 60 x 50 the longest side is 40.
    CHECK(shrink->side_cm == Decimal(40));
    CHECK(shrink->better == Decimal(120000));
    auto const before = total(air, parcels);
    parcels[0].length_cm = Decimal(40);
    CHECK(shrink->saving == difference(before, total(air, parcels)).value());
    CHECK_FALSE(one(advised(air, parcels), AdviceCode::shrink_parcel));
}

TEST_CASE("advice: just above a step") {
    TablesInTest post;
    post.post();
    auto const above = one(advised(post, {parcel_in_test(3, "", "1.05")}), AdviceCode::just_above_step);
    REQUIRE(above);
    CHECK(above->now.text() == "1.05");
    CHECK(above->better == Decimal(1));
    CHECK(above->saving.text() == "75.00");
    CHECK_FALSE(one(advised(post, {parcel_in_test(1, "", "1.2")}), AdviceCode::just_above_step));
    CHECK_FALSE(one(advised(post, {parcel_in_test(1, "", "1")}), AdviceCode::just_above_step));
}

TEST_CASE("advice: a break of the rate is cheaper to be billed at") {
    TablesInTest air;
    air.air();
    // 40 kg: 160 + 32 + 10 = 202; as 45 kg: 135 + 27 + 10 = 172.
    auto const heavier = one(advised(air, {parcel_in_test(1, "", "40")}), AdviceCode::bill_as_heavier);
    REQUIRE(heavier);
    CHECK(heavier->better == Decimal(45));
    CHECK(heavier->saving.text() == "30.00");
    CHECK_FALSE(one(advised(air, {parcel_in_test(1, "", "30")}), AdviceCode::bill_as_heavier));
}

TEST_CASE("advice: parcels are merged where steps are wide, and split where they are steep") {
    TablesInTest post;
    post.post();
    // Two of 0.3 kg cost 10 each; one of 0.6 kg costs 15.
    auto const merge = one(advised(post, {parcel_in_test(2, "20x20x5", "0.3")}), AdviceCode::merge_parcels);
    REQUIRE(merge);
    CHECK(merge->pieces == 2);
    CHECK(merge->saving.text() == "5.00");
    // One of 2 kg costs 40; two of 1 kg cost 15 each.
    auto const split = one(advised(post, {parcel_in_test(1, "", "2")}), AdviceCode::split_parcel);
    REQUIRE(split);
    CHECK(split->pieces == 2);
    CHECK(split->saving.text() == "10.00");
    auto const lines = advised(post, {parcel_in_test(1, "", "0.2"), parcel_in_test(1, "", "0.2")});
    auto const all = one(lines, AdviceCode::merge_parcels);
    REQUIRE(all);
    CHECK(all->parcel == -1);
    CHECK(all->saving.text() == "10.00");
}

TEST_CASE("advice: nobody is told to pack beyond the limits") {
    TablesInTest post;
    post.table("post", Road::post, Bill::parcel).max_length_cm = millionths_in_test("50");
    post.price(PriceKind::up_to, "10", "20");
    CHECK(advised(post, {parcel_in_test(2, "50x30x30", "1")}).empty());
    CHECK(one(advised(post, {parcel_in_test(2, "50x30x25", "1")}), AdviceCode::merge_parcels));
}

TEST_CASE("advice: law: what is advised saves something, and less than all") {
    CHECK(rc::check("savings", [] {
        TablesInTest tables;
        if (*rc::gen::inRange(0, 2) == 0) {
            tables.post();
        } else {
            tables.air();
        }
        std::vector<Parcel> parcels(*rc::gen::inRange<std::size_t>(1, 4));
        for (auto& parcel : parcels) {
            parcel.count = *rc::gen::inRange(1, 5);
            parcel.gross_kg = Decimal::of(*rc::gen::inRange(1, 20'000), 3);
            parcel.length_cm = Decimal(*rc::gen::inRange(1, 90));
            parcel.width_cm = Decimal(*rc::gen::inRange(1, 90));
            parcel.height_cm = Decimal(*rc::gen::inRange(1, 90));
        }
        auto const before = total(tables, parcels);
        for (auto const& advice : advised(tables, parcels)) {
            RC_ASSERT(advice.saving.minor() > 0);
            RC_ASSERT(advice.saving < before);
        }
    }));
}
