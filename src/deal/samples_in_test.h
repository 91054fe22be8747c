#pragma once
// A deal to test with: 2,400.00 USD, 30 % deposit, two lines, sending.

#include "deal/deal.h"

namespace allroads::deal::in_test {

inline db::IdBytes id(unsigned char number) {
    db::IdBytes bytes{};
    bytes[15] = number;
    return bytes;
}
inline db::IdBytes const buyer = id(1), shop_id = id(2), mediator = id(3), hub_id = id(4), clerk = id(5);
inline Moment at_day(std::int64_t day, std::int64_t seconds = 0) {
    return Moment(std::chrono::days(20'000 + day) + std::chrono::seconds(seconds));
}
inline Money usd(std::int64_t cents) { return Money(cents, currency::USD); }
inline Decimal number(std::string_view text) { return *Decimal::parse(text); }

inline Terms terms() {
    Terms made{.lines = {},
               .sending = usd(15'000),
               .total = usd(240'000),
               .from = *Country::parse("KE"),
               .to = *Country::parse("DE"),
               .milestones = {},
               .fee = {Decimal(2), usd(100), Round::half_up}};
    made.lines.push_back({ProductId(id(50)), 3, "Kikapu \"kiondo\"", Decimal(500), unit::piece, Decimal(100),
                          usd(410), usd(205'000)});
    made.lines.push_back(
        {ProductId(id(51)), 1, "Mkeka", number("12.5"), unit::piece, Decimal(10), usd(1'600), usd(20'000)});
    made.place = "Mombasa";
    made.taxes = {{"import-duty", Role::buyer}, {"import-vat", Role::buyer}};
    made.shown = Shown{"2026-11-20", *Day::parse("2026-11-25"), Money(265'000, currency::EUR), "ab12"};
    made.rate = FixedRate{currency::KES, number("129.50"), Decimal(1), "agreed", at_day(100)};
    made.milestones = {{"deposit", Decimal(30), Point::accepted, Point::delivered},
                       {"balance", Decimal(70), Point::made, Point::delivered}};
    made.mediator = Mediator{mediator, "Chamber of commerce"};
    return made;
}

inline Actor buying() { return {Role::buyer, buyer}; }
inline Actor selling() { return {Role::seller, shop_id}; }
inline Actor the_hub() { return {Role::hub, hub_id}; }
inline Actor time_passing() { return {}; }

// An event with a key of its own.
inline Event event(Kind kind, Actor by, Moment at) {
    static int count = 0;
    Event made;
    made.kind = kind;
    made.key = "k" + std::to_string(++count);
    made.by = by;
    made.at = at;
    return made;
}
inline Event with(Event made, Money const& amount) {
    made.amount = amount;
    return made;
}

inline Event ordered(Terms const& agreed, Moment at = at_day(0)) {
    auto made = event(Kind::order, buying(), at);
    made.seller = shop_id;
    made.terms = agreed;
    made.signature = "signed-by-buyer";
    return made;
}
inline DealId const deal_id{id(9)};

}  // namespace allroads::deal::in_test
