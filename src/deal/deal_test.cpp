#include "deal/deal.h"

#include "deal/samples_in_test.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

namespace {

using namespace allroads;
using namespace allroads::deal;
using namespace allroads::deal::in_test;

// A deal and what its postings made of the accounts.
struct Life {
    Deal deal{.id = deal_id};
    std::map<std::pair<Account, std::uint16_t>, std::int64_t> balances;
    std::vector<Message> told;

    void take(Outcome const& outcome) {
        deal = outcome.deal;
        told = outcome.messages;
        for (auto const& one : outcome.postings) {
            REQUIRE(one.amount.minor() > 0);
            balances[{one.from, one.amount.currency().index()}] -= one.amount.minor();
            balances[{one.to, one.amount.currency().index()}] += one.amount.minor();
        }
    }
    Outcome does(Event const& event) {
        auto outcome = step(deal, event);
        REQUIRE_MESSAGE(outcome, outcome.error().sentence());
        take(*outcome);
        return *outcome;
    }
    std::string refused(Event const& event) const {
        auto const outcome = step(deal, event);
        return outcome ? "accepted" : outcome.error().sentence();
    }
    std::int64_t balance(Account const& account, Currency currency = currency::USD) {
        return balances[{account, currency.index()}];
    }
};

Life begun(Terms const& agreed = terms()) {
    Life life;
    auto const outcome = begin(deal_id, ordered(agreed));
    REQUIRE_MESSAGE(outcome, outcome.error().sentence());
    CHECK(outcome->stock == Stock::reserve);
    life.take(*outcome);
    return life;
}

Event paying(std::int64_t cents, Moment at) { return with(event(Kind::pay, buying(), at), usd(cents)); }
Event arriving(std::int64_t cents, Moment at) {
    auto made = with(event(Kind::money_arrived, the_hub(), at), usd(cents));
    made.reference = "bank-" + made.key;
    return made;
}
Event handing_over(std::vector<Decimal> quantities, Moment at) {
    auto made = event(Kind::hand_over, selling(), at);
    made.quantities = std::move(quantities);
    return made;
}
Event about(Kind kind, Actor by, Moment at, std::int32_t number, std::int32_t attempt = 0) {
    auto made = event(kind, by, at);
    made.number = number;
    if (attempt > 0) made.attempt = attempt;
    return made;
}
Event disputing(Moment at) {
    auto made = event(Kind::dispute, buying(), at);
    made.why = "damaged";
    return made;
}

Life delivered_all(Terms const& agreed = terms()) {
    auto life = begun(agreed);
    life.does(arriving(72'000, at_day(1)));
    life.does(event(Kind::made, selling(), at_day(10)));
    life.does(arriving(168'000, at_day(11)));
    life.does(handing_over({Decimal(500), number("12.5")}, at_day(12)));
    life.does(about(Kind::deliver, buying(), at_day(30), 0));
    REQUIRE(life.deal.state == State::delivered);
    return life;
}

Account held() { return {Holder::deal, deal_id.bytes(), Purpose::held}; }
Account fees() { return {Holder::hub, {}, Purpose::fee}; }
Account of_seller(Purpose purpose) { return {Holder::seller, shop_id, purpose}; }
Account of_buyer(Purpose purpose) { return {Holder::buyer, buyer, purpose}; }

}  // namespace

TEST_CASE("the worked example, to the cent: each transfer exactly once, nothing is held at the end") {
    auto life = delivered_all();
    CHECK(life.balance(held()) == 240'000);
    life.does(disputing(at_day(31)));
    auto answer = event(Kind::answer, selling(), at_day(32));
    answer.note = "three baskets were crushed";
    life.does(answer);
    life.does(with(event(Kind::propose, selling(), at_day(32)), usd(4'500)));
    auto const agreed = life.does(with(event(Kind::agree, buying(), at_day(33)), usd(4'500)));
    CHECK(agreed.state == State::released);
    CHECK(life.balance(held()) == 0);
    CHECK(life.balance(of_buyer(Purpose::funds)) == 4'500);
    CHECK(life.balance(fees()) == 4'710);
    CHECK(life.balance(of_seller(Purpose::payable)) == 230'790);

    auto payout = event(Kind::pay_out, selling(), at_day(34));
    payout.pay_to = PayTo{"254700000000", currency::KES, {}, Money(25'000'000, currency::KES)};
    auto const begun_payout = life.does(payout);
    CHECK(begun_payout.transfers == std::vector<std::int32_t>{0, 1});
    REQUIRE(life.deal.transfers.size() == 2);
    CHECK(life.deal.transfers[0].amount.text() == "250000.00");
    CHECK(life.deal.transfers[1].amount.text() == "48873.05");
    CHECK(life.balance({Holder::hub, {}, Purpose::conversion}) == 230'790);

    // The answer to the first is lost, so it is asked again; the second arrives first; each is told twice.
    auto const second = about(Kind::transfer_done, the_hub(), at_day(34), 1, 1);
    auto const first = about(Kind::transfer_done, the_hub(), at_day(35), 0, 1);
    life.does(second);
    life.does(first);
    CHECK(life.deal.state == State::closed);
    for (auto const& told :
         {first, second, about(Kind::transfer_done, the_hub(), at_day(36), 0, 1), second}) {
        auto const again = life.does(told);
        CHECK(again.is_again);
        CHECK(again.postings.empty());
        CHECK(again.messages.empty());
    }
    auto const kes = currency::KES;
    CHECK(life.balance(of_seller(Purpose::outside), kes) == 29'887'305);
    CHECK(life.balance(of_seller(Purpose::payout), kes) == 0);
    CHECK(life.balance({Holder::hub, {}, Purpose::conversion}, kes) == -29'887'305);
    CHECK(life.balance(held()) == 0);
    CHECK(life.balance(of_seller(Purpose::payable)) == 0);
    CHECK(life.balance(of_buyer(Purpose::outside)) == -240'000);
}

TEST_CASE("a fee is never taken twice: parts bear together what the whole bears") {
    CHECK(rc::check([](std::uint32_t minimum, std::vector<std::uint16_t> parts) {
        Fee const fee{Decimal(static_cast<std::int64_t>(minimum % 51)), usd(minimum % 700), Round::half_even};
        std::int64_t released = 0;
        std::int64_t taken = 0;
        for (auto const part : parts) {
            auto const more = fee_of(fee, usd(released + part))->minor() - taken;
            RC_ASSERT(more >= 0);
            RC_ASSERT(more <= part);
            released += part;
            taken += more;
        }
        RC_ASSERT(taken == fee_of(fee, usd(released))->minor());
    }));
}

TEST_CASE("a partial release takes its share; shares of members sum") {
    auto agreed = terms();
    agreed.members = {{id(20), "A", Decimal(1)}, {id(21), "B", Decimal(1)}, {id(22), "C", Decimal(1)}};
    auto life = delivered_all(agreed);
    life.does(with(event(Kind::release, buying(), at_day(31)), usd(1)));
    CHECK(life.balance(fees()) == 1);  // the minimum is more than the part
    life.does(with(event(Kind::release, buying(), at_day(31)), usd(100'000)));
    CHECK(life.balance(fees()) == 2'000);
    auto const rest = life.does(event(Kind::release, buying(), at_day(31)));
    CHECK(rest.state == State::released);
    CHECK(life.balance(fees()) == 4'800);
    std::int64_t shares = 0;
    for (unsigned char i = 20; i < 23; ++i) shares += life.balance({Holder::member, id(i), Purpose::payable});
    CHECK(shares == 235'200);
    auto mine = event(Kind::pay_out, {Role::member, id(21)}, at_day(32));
    mine.pay_to = PayTo{"account", currency::USD};
    life.does(mine);
    CHECK(life.deal.transfers.size() == 1);
    auto not_mine = event(Kind::pay_out, selling(), at_day(32));
    not_mine.pay_to = mine.pay_to;
    CHECK(life.refused(not_mine).starts_with("not-allowed: by.role"));
}

TEST_CASE("who may not, and what is not possible now") {
    auto life = begun();
    auto const stranger = event(Kind::cancel, {Role::seller, id(77)}, at_day(1));
    CHECK(life.refused(stranger) == "not-allowed: by.id: is not the seller of this deal");
    CHECK(life.refused(event(Kind::made, selling(), at_day(1))) ==
          "conflict: kind: the deal is agreed; made is possible when it is making; now possible: cancel "
          "(buyer, seller); pay (buyer); money-arrived (hub, clerk)");
    CHECK(life.refused(event(Kind::payment_lapses, time_passing(), at_day(6)))
              .starts_with("conflict: at: that time has not come"));
    CHECK(life.refused(event(Kind::payment_lapses, buying(), at_day(8))) ==
          "not-allowed: by.role: payment-lapses while agreed is for: time");
    CHECK(life.refused(paying(1, at_day(1))) ==
          "conflict: amount: the deal is agreed; expected 720.00 USD or 2400.00 USD");
    CHECK(life.refused(with(event(Kind::pay, buying(), at_day(1)), Money(72'000, currency::EUR)))
              .starts_with("bad-currency: amount"));
    auto const paid = paying(72'000, at_day(1));
    life.does(paid);
    auto other = paid;
    other.amount = usd(168'000);
    CHECK(life.refused(other).starts_with("conflict: key"));
    auto later = paid;
    later.at = at_day(3);
    CHECK(life.does(later).is_again);
    life.does(event(Kind::made, selling(), at_day(2)));
    CHECK(life.refused(handing_over({Decimal(1), Decimal(0)}, at_day(3))) ==
          "conflict: kind: the deal is made; before it is sent the buyer pays 1680.00 USD more");
    CHECK(life.refused(with(event(Kind::refund, selling(), at_day(3)), usd(72'001)))
              .starts_with("conflict: amount"));
}

TEST_CASE("asked, offered, countered, accepted: a signed term altered is refused") {
    auto ask = event(Kind::ask, buying(), at_day(0));
    ask.seller = shop_id;
    ask.until = at_day(10);
    ask.request = Request{.wishes = {{{}, "vikapu vya mkonge", Decimal(500), unit::piece}},
                          .to = *Country::parse("DE")};
    Life life;
    life.take(*begin(deal_id, ask));
    auto const offering = [&](Kind kind, Actor by, std::int64_t day) {
        auto made = event(kind, by, at_day(day));
        made.terms = terms();
        made.until = at_day(day + 3);
        made.signature = "s";
        return made;
    };
    life.does(offering(Kind::offer, selling(), 1));
    auto counter = offering(Kind::counter, buying(), 2);
    counter.terms->days.inspect = 10;
    life.does(counter);
    auto accept = event(Kind::accept, selling(), at_day(3));
    accept.number = 1;
    accept.signature = "t";
    accept.document = document_of(terms());
    CHECK(life.refused(accept) == "conflict: document: what was signed is not what was offered");
    accept.document = document_of(*counter.terms);
    auto own = accept;
    own.by = buying();
    CHECK(life.refused(own).starts_with("not-allowed: by.role"));
    auto old = accept;
    old.number = 0;
    CHECK(life.refused(old).starts_with("conflict: number"));
    auto late = accept;
    late.at = at_day(5);
    CHECK(life.refused(late).starts_with("conflict: at"));
    life.does(accept);
    CHECK(life.deal.state == State::agreed);
    CHECK(life.deal.terms() == *counter.terms);
    CHECK(life.does(accept).is_again);
}

TEST_CASE("time: payment lapses, delivery counts, money is released, a dispute is escalated and decided") {
    auto life = begun();
    life.does(arriving(70'000, at_day(1)));
    CHECK(life.deal.state == State::agreed);
    auto lapsed = life;
    CHECK(lapsed.does(event(Kind::payment_lapses, time_passing(), at_day(7))).stock == Stock::give_up);
    CHECK(lapsed.balance(of_buyer(Purpose::funds)) == 70'000);
    lapsed.does(arriving(2'000, at_day(8)));  // too late: it stays the buyer's
    CHECK(lapsed.balance(of_buyer(Purpose::funds)) == 72'000);
    CHECK(lapsed.deal.state == State::lapsed);

    life.does(arriving(171'000, at_day(2)));  // too much: 10.00 stay the buyer's
    CHECK(life.balance(of_buyer(Purpose::funds)) == 1'000);
    life.does(handing_over({Decimal(500), Decimal(0)}, at_day(3)));
    CHECK(life.refused(event(Kind::delivery_assumed, time_passing(), at_day(90))).starts_with("conflict"));
    life.does(handing_over({Decimal(0), number("12.5")}, at_day(5)));
    CHECK(deadlines_of(life.deal).front() == Deadline{at_day(35), Kind::delivery_assumed});
    life.does(event(Kind::delivery_assumed, time_passing(), at_day(35)));
    auto calm = life;
    calm.does(event(Kind::release_due, time_passing(), at_day(38)));
    CHECK(calm.balance(of_seller(Purpose::payable)) == 235'200);

    life.does(disputing(at_day(36)));
    life.does(event(Kind::answer_late, time_passing(), at_day(39)));
    CHECK(life.deal.state == State::escalated);
    CHECK(life.refused(with(event(Kind::decide, the_hub(), at_day(40)), usd(0)))
              .starts_with("not-allowed: by.role"));
    life.does(with(event(Kind::decide, {Role::mediator, mediator}, at_day(40)), usd(240'000)));
    CHECK(life.deal.state == State::refunded);
    CHECK(life.balance(held()) == 0);
    CHECK(life.balance(fees()) == 0);
}

TEST_CASE("a transfer that failed and arrived after all is known to have been paid twice") {
    auto life = delivered_all();
    life.does(event(Kind::release, buying(), at_day(31)));
    auto payout = event(Kind::pay_out, selling(), at_day(32));
    payout.pay_to = PayTo{"account", currency::USD};
    life.does(payout);
    life.does(about(Kind::transfer_failed, the_hub(), at_day(33), 0, 1));
    life.does(about(Kind::transfer_retry, the_hub(), at_day(34), 0));
    life.does(about(Kind::transfer_done, the_hub(), at_day(35), 0, 1));
    CHECK(life.deal.state == State::closed);
    life.does(about(Kind::transfer_done, the_hub(), at_day(36), 0, 2));
    Account const suspense{Holder::hub, {}, Purpose::suspense};
    CHECK(life.balance(suspense) == -235'200);
    CHECK(life.balance(of_seller(Purpose::payout)) == 0);
    life.does(about(Kind::transfer_returned, the_hub(), at_day(37), 0, 2));
    CHECK(life.balance(suspense) == 0);
    CHECK(life.deal.state == State::closed);
    // The buyer's bank takes it all back: nobody has it any more but the hub.
    auto taken = with(event(Kind::charge_back, the_hub(), at_day(60)), usd(240'000));
    taken.reference = "case";
    life.does(taken);
    CHECK(life.balance(suspense) == -240'000);
    auto reversed = with(event(Kind::charge_back_reversed, the_hub(), at_day(70)), usd(240'000));
    reversed.reference = "case";
    life.does(reversed);
    CHECK(life.balance(suspense) == 0);
}

TEST_CASE("terms that do not hold together are refused by field") {
    auto const refused = [](auto change) {
        auto made = terms();
        change(made);
        auto const right = may_be_agreed(made);
        return right ? std::string("accepted") : std::string(right.error().field());
    };
    CHECK(refused([](Terms&) {}) == "accepted");
    CHECK(refused([](Terms& t) { t.total = usd(240'001); }) == "total");
    CHECK(refused([](Terms& t) { t.lines[1].amount = usd(20'001); }) == "lines[1].amount");
    CHECK(refused([](Terms& t) { t.lines[0].tier_from = Decimal(501); }) == "lines[0].tier_from");
    CHECK(refused([](Terms& t) { t.milestones[0].percent = Decimal(31); }) == "milestones");
    CHECK(refused([](Terms& t) { t.milestones[1].due = Point::delivered; }) == "milestones[1].due");
    CHECK(refused([](Terms& t) { t.fee.percent = Decimal(51); }) == "fee.percent");
    CHECK(refused([](Terms& t) { t.custody = Custody::bank; }) == "custodian");
    CHECK(refused([](Terms& t) { t.days.answer = 8; }) == "days.answer");
    CHECK(refused([](Terms& t) { t.members = {{id(1), "", Decimal(1)}, {id(1), "", Decimal(1)}}; }) ==
          "members[0].id");
    CHECK(refused([](Terms& t) { t.taxes[1].key = "import-duty"; }) == "taxes[0].key");
}

TEST_CASE("documents are read back as the same and written as the same bytes") {
    auto const document = document_of(terms());
    auto const again = parse_terms(document);
    REQUIRE_MESSAGE(again, again.error().sentence());
    CHECK(*again == terms());
    CHECK(document_of(*again) == document);
    auto const order = ordered(terms());
    auto const event_again = parse_event(document_of(order));
    REQUIRE_MESSAGE(event_again, event_again.error().sentence());
    CHECK(*event_again == order);
    CHECK(parse_terms("{}").error().field() == "total");
    CHECK(parse_deal("{}").error().code() == Code::field_missing);
}

TEST_CASE("a document whose parts do not fit each other is refused, before an event can break on it") {
    auto const refused = [](Deal deal, auto change) {
        REQUIRE(parse_deal(document_of(deal)).has_value());
        change(deal);
        auto const again = parse_deal(document_of(deal));
        return again ? std::string("accepted") : std::string(again.error().field());
    };
    auto const sent = delivered_all().deal;
    CHECK(refused(sent, [](Deal& d) { d.offers[0].terms.fee.minimum = Money(1, currency::KES); }) ==
          "offers[0].terms.fee.minimum");
    CHECK(refused(sent, [](Deal& d) { d.offers[0].terms.rate->denominator = Decimal(0); }) ==
          "offers[0].terms.rate.denominator");
    CHECK(refused(sent, [](Deal& d) { d.payees[0].weight = Decimal(2); }) == "payees");
    CHECK(refused(sent, [](Deal& d) { d.payees[0].id = buyer; }) == "payees");
    CHECK(refused(sent, [](Deal& d) { d.state = State::released; }) == "sums");
    auto life = delivered_all();
    life.does(disputing(at_day(31)));
    CHECK(refused(life.deal, [](Deal& d) { d.delivered_at.reset(); }) == "state");
    life.does(event(Kind::withdraw, buying(), at_day(31)));
    life.does(event(Kind::release, buying(), at_day(32)));
    CHECK(refused(life.deal, [](Deal& d) { d.state = State::making; }) == "state");
    auto payout = event(Kind::pay_out, selling(), at_day(34));
    payout.pay_to = PayTo{"254700000000", currency::USD};
    life.does(payout);
    CHECK(refused(life.deal, [](Deal& d) { d.state = State::closed; }) == "sums");
    CHECK(refused(life.deal, [](Deal& d) { d.transfers[0].progress = Progress::done; }) == "transfers");
    CHECK(refused(life.deal, [](Deal& d) { d.transfers[0].failed = {2}; }) == "transfers");
    life.does(about(Kind::transfer_done, the_hub(), at_day(34), 0, 1));
    CHECK(refused(life.deal, [](Deal& d) { d.transfers[0].returned = {2}; }) == "transfers");
    CHECK(refused(life.deal, [](Deal& d) { d.state = State::refunded; }) == "state");
    CHECK(refused(life.deal, [](Deal& d) { d.state = State::cancelled; }) == "state");
}

TEST_CASE("a part so fine that the rest of the line cannot be written is refused") {
    auto agreed = terms();
    agreed.lines[1].quantity = number("100000000000000000000000000000");
    agreed.lines[1].unit_price = agreed.lines[1].amount = usd(0);
    agreed.lines[0].amount = usd(225'000);
    agreed.lines[0].unit_price = usd(450);
    auto life = begun(agreed);
    life.does(arriving(240'000, at_day(1)));
    CHECK(life.refused(handing_over({Decimal(500), number("0.000000000000000001")}, at_day(2)))
              .find("fewer decimals") != std::string::npos);
    life.does(handing_over({Decimal(500), agreed.lines[1].quantity}, at_day(2)));
    CHECK(parse_deal(document_of(life.deal)).has_value());
}

TEST_CASE("docs/deals.md shows the table as it is; UPDATE_DOCS=1 writes it") {
    auto const* const source = std::getenv("ALLROADS_SOURCE");
    auto const path = std::string(source != nullptr ? source : ".") + "/docs/deals.md";
    std::ifstream file(path);
    REQUIRE(file);
    std::stringstream all;
    all << file.rdbuf();
    auto page = all.str();
    constexpr std::string_view begins = "<!-- made by test_deal: begin -->\n", ends = "<!-- end -->";
    auto const from = page.find(begins);
    auto const to = page.find(ends);
    REQUIRE(from != std::string::npos);
    REQUIRE(to != std::string::npos);
    auto const shown = page.substr(from + begins.size(), to - from - begins.size());
    if (std::getenv("UPDATE_DOCS") != nullptr && shown != table_as_markdown()) {
        page.replace(from + begins.size(), shown.size(), table_as_markdown());
        std::ofstream(path) << page;
        MESSAGE("docs/deals.md was written anew");
        return;
    }
    CHECK_MESSAGE(shown == table_as_markdown(), "docs/deals.md is stale: UPDATE_DOCS=1 test_deal");
}
