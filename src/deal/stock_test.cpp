// Keeping deals and reserving stock, on SQLite and on PostgreSQL.
#include "deal/deal.h"

#include "db/places_in_test.h"
#include "deal/samples_in_test.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <atomic>
#include <functional>
#include <thread>

namespace {

using namespace allroads;
using namespace allroads::deal;
using namespace allroads::deal::in_test;
using db::in_test::Folder;
using db::in_test::Postgres;

db::HubId const hub{id(7)};
ProductId const basket{id(50)}, mat{id(51)};

void everywhere(std::function<void(db::Db&)> const& scenario) {
    auto const run = [&](std::string const& where, std::string const& name) {
        INFO(name);
        auto opened = db::Db::open(where);
        REQUIRE_MESSAGE(opened, opened.error().sentence());
        REQUIRE(db::migrate(*opened, migrations()));
        scenario(*opened);
    };
    Folder const folder;
    run((folder.path / "hub.db").string(), "sqlite");
    if (auto* const server = Postgres::server(false)) run(server->fresh(), "postgres");
}

template <class Body>
std::string done(db::Db& data, Body body) {
    auto const answer = data.write([&](db::Write& w) -> Result<void> { return body(w); });
    return answer ? "" : answer.error().sentence();
}

std::string left(db::Db& data, ProductId const& product, Moment now) {
    auto read = *data.read();
    auto const answer = available(read, hub, product, now);
    REQUIRE_MESSAGE(answer, answer.error().sentence());
    return *answer ? (*answer)->brief() : "not counted";
}

Result<void> reserved(db::Write& write, DealId const& deal, std::span<Wanted const> wanted,
                      std::optional<Moment> until, Moment now) {
    (void)TRY(reserve(write, hub, deal, wanted, until, now));
    return {};
}

DealId deal_of(unsigned char number) { return DealId(id(number)); }

}  // namespace

TEST_CASE("five units and thirty simultaneous buyers sell exactly five") {
    everywhere([](db::Db& data) {
        CHECK(done(data, [](db::Write& w) { return set_stock(w, hub, basket, Decimal(5)); }).empty());
        CHECK(done(data, [](db::Write& w) { return set_stock(w, hub, mat, Decimal(40)); }).empty());
        std::atomic<int> sold = 0, refused = 0, failed = 0;
        std::vector<std::thread> buyers;
        for (unsigned char i = 0; i < 30; ++i) {
            buyers.emplace_back([&, i] {
                // Half of them name the products the other way round.
                std::vector<Wanted> wanted{{basket, Decimal(1)}, {mat, Decimal(1)}};
                if (i % 2 == 1) std::swap(wanted[0], wanted[1]);
                auto const buying_it = [&](db::Write& w) -> Result<void> {
                    auto const order = ordered(terms());
                    auto const outcome = TRY(begin(deal_of(static_cast<unsigned char>(100 + i)), order));
                    TRY_VOID(add(w, hub, happened(order, outcome)));
                    return reserved(w, outcome.deal.id, wanted, at_day(7), at_day(0));
                };
                // A server that is too busy says so and nothing is stored: it is asked again, as buyers do.
                auto answer = data.write(buying_it);
                for (int tries = 0; tries < 50 && !answer && answer.error().code() == Code::unavailable;
                     ++tries)
                    answer = data.write(buying_it);
                if (answer) {
                    ++sold;
                } else {
                    ++(answer.error().code() == Code::conflict ? refused : failed);
                }
            });
        }
        for (auto& one : buyers) one.join();
        CHECK(sold == 5);
        CHECK(refused == 25);
        CHECK(failed == 0);
        CHECK(left(data, basket, at_day(0)) == "0");
        CHECK(left(data, mat, at_day(0)) == "35");
        auto read = *data.read();
        CHECK(deals_of(read, hub, Side::buyer, buyer, {}, 100)->size() == 5);
        CHECK(check(read, hub)->empty());
    });
}

TEST_CASE("what lapsed can be sold again, what is paid cannot; what is handed over is gone") {
    everywhere([](db::Db& data) {
        auto const reserving = [&](unsigned char deal, std::int64_t many, std::int64_t until,
                                   std::int64_t now) {
            std::vector<Wanted> const wanted{{basket, Decimal(many)}};
            return done(data, [&](db::Write& w) {
                return reserved(w, deal_of(deal), wanted, at_day(until), at_day(now));
            });
        };
        CHECK(reserving(1, 9, 5, 0).empty());  // nothing is counted yet
        CHECK(left(data, basket, at_day(0)) == "not counted");
        CHECK(done(data, [](db::Write& w) { return set_stock(w, hub, basket, number("5.5")); }).empty());
        CHECK(reserving(1, 3, 5, 0).empty());
        CHECK(reserving(1, 3, 5, 0).empty());  // told again
        CHECK(left(data, basket, at_day(1)) == "2.5");
        CHECK(reserving(2, 3, 5, 1) == "conflict: lines[0]: of this 2.5 are left, 3 are wanted");
        CHECK(left(data, basket, at_day(5)) == "5.5");  // lapsed, though still written
        CHECK(reserving(2, 3, 9, 5).empty());
        CHECK(done(data, [](db::Write& w) { return keep(w, hub, deal_of(2), at_day(6)); }).empty());
        CHECK(left(data, basket, at_day(99)) == "2.5");
        CHECK(done(data, [](db::Write& w) {
                  return set_stock(w, hub, basket, Decimal(2));
              }).starts_with("conflict: stock"));
        std::vector<Wanted> const two{{basket, Decimal(2)}};
        CHECK(done(data, [&](db::Write& w) { return take(w, hub, deal_of(2), two); }).empty());
        CHECK(done(data, [&](db::Write& w) {
                  return take(w, hub, deal_of(2), two);
              }).starts_with("conflict: lines[0].quantity"));
        CHECK(left(data, basket, at_day(99)) == "2.5");
        // What was agreed on before it was counted is handed over all the same, and is none of it.
        CHECK(done(data, [&](db::Write& w) { return take(w, hub, deal_of(9), two); }).empty());
        CHECK(left(data, basket, at_day(99)) == "2.5");
        CHECK(done(data, [](db::Write& w) { return give_up(w, hub, deal_of(2)); }).empty());
        CHECK(left(data, basket, at_day(99)) == "3.5");
        CHECK(reserving(3, 1, 100, 99).empty());
        auto const kept_too_late = done(data, [](db::Write& w) -> Result<void> {
            auto const swept = TRY(sweep(w, hub, at_day(100), 10));
            CHECK(swept == 1);
            return keep(w, hub, deal_of(3), at_day(100));
        });
        CHECK(kept_too_late.empty());
        CHECK(reserving(4, 1, 100, 99).empty());
        CHECK(done(data, [](db::Write& w) {
                  return keep(w, hub, deal_of(4), at_day(100));
              }).starts_with("conflict: product"));
    });
}

TEST_CASE("deals are kept with their events, and another's change in between is refused") {
    everywhere([](db::Db& data) {
        auto const order = ordered(terms());
        auto const first = *begin(deal_id, order);
        auto const adding = [&](db::Write& w) { return add(w, hub, happened(order, first)); };
        CHECK(done(data, adding).empty());
        CHECK(done(data, adding).starts_with("conflict: "));
        auto const pay = with(event(Kind::pay, buying(), at_day(1)), usd(72'000));
        auto const paid = *step(first.deal, pay);
        auto const cancel = event(Kind::cancel, selling(), at_day(1));
        auto const cancelled = *step(first.deal, cancel);
        CHECK(done(data, [&](db::Write& w) { return change(w, hub, happened(pay, paid)); }).empty());
        CHECK(done(data, [&](db::Write& w) {
                  return change(w, hub, happened(cancel, cancelled));
              }).starts_with("conflict: version"));
        auto const again = *step(paid.deal, pay);
        CHECK(done(data, [&](db::Write& w) { return change(w, hub, happened(pay, again)); }).empty());
        auto other = order;
        other.key = "another";
        auto const waiting = *begin(deal_of(10), other);
        CHECK(done(data, [&](db::Write& w) { return add(w, hub, happened(other, waiting)); }).empty());
        auto read = *data.read();
        CHECK(*deal_by_id(read, hub, deal_id) == paid.deal);
        CHECK(deal_by_id(read, hub, deal_of(11)).error().code() == Code::not_found);
        CHECK(events_of(read, hub, deal_id)->size() == 2);
        CHECK(overdue(read, hub, at_day(7), 10)->size() == 1);
        CHECK(overdue(read, hub, at_day(6), 10)->empty());
        CHECK(deals_of(read, hub, Side::seller, shop_id, deal_of(10), 10)->size() == 1);
        CHECK(check(read, hub)->empty());
    });
}

TEST_CASE("events that happen together are kept together, and what is reserved for good does not lapse") {
    everywhere([](db::Db& data) {
        auto const order = ordered(terms());
        auto const first = *begin(deal_id, order);
        auto const pay = with(event(Kind::pay, buying(), at_day(0)), usd(72'000));
        auto const paid = *step(first.deal, pay);
        auto const both = happened({{order, first}, {pay, paid}});
        CHECK(done(data, [&](db::Write& w) { return add(w, hub, both); }).empty());
        auto const ready = event(Kind::made, selling(), at_day(1));
        auto const made = *step(paid.deal, ready);
        CHECK(done(data, [&](db::Write& w) { return change(w, hub, happened(ready, made)); }).empty());
        std::vector<Wanted> const two{{basket, Decimal(2)}};
        CHECK(done(data, [](db::Write& w) { return set_stock(w, hub, basket, Decimal(5)); }).empty());
        CHECK(done(data, [&](db::Write& w) { return reserved(w, deal_id, two, {}, at_day(0)); }).empty());
        CHECK(done(data, [&](db::Write& w) { return reserved(w, deal_id, two, {}, at_day(0)); }).empty());
        CHECK(left(data, basket, at_day(300)) == "3");
        auto read = *data.read();
        CHECK(*deal_by_id(read, hub, deal_id) == made.deal);
        CHECK(events_of(read, hub, deal_id)->size() == 3);
        CHECK(check(read, hub)->empty());
    });
}

TEST_CASE("a deal that was altered in the database is found") {
    everywhere([](db::Db& data) {
        auto const order = ordered(terms());
        auto const first = *begin(deal_id, order);
        CHECK(done(data, [&](db::Write& w) { return add(w, hub, happened(order, first)); }).empty());
        auto altered = first.deal;
        altered.said_by_buyer = 7;
        auto const written = done(data, [&](db::Write& w) -> Result<void> {
            (void)TRY(w.run("UPDATE deal SET document = ? WHERE hub = ?", document_of(altered), hub));
            return {};
        });
        CHECK(written.empty());
        auto read = *data.read();
        auto const wrong = check(read, hub);
        REQUIRE(wrong->size() == 1);
        CHECK(wrong->front().ends_with("is not what its events make of it"));
    });
}
