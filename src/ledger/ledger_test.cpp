// One list of scenarios, run on SQLite and on PostgreSQL; time goes in steps.

#include "ledger/ledger.h"

#include "db/places_in_test.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <thread>

namespace {

using namespace allroads;
using namespace allroads::ledger;
using db::in_test::Folder;
using db::in_test::Postgres;
using std::chrono::hours;
using std::chrono::milliseconds;

HubId const hub(db::IdBytes{7});
HubId const other_hub(db::IdBytes{8});
Moment const start_of_time = Moment(milliseconds(1'790'000'000'000));  // 2026-09-21

AccountKey usd(std::string owner, Purpose purpose, std::string custodian = "hub") {
    return {std::move(owner), purpose, currency::USD, std::move(custodian)};
}
AccountKey const bank = usd("bank", Purpose::outside);
AccountKey const buyer = usd("buyer", Purpose::funds);
AccountKey const seller = usd("seller", Purpose::payable);
AccountKey const fee = usd("hub", Purpose::fee);

struct World {
    db::Faults faults = {};
    db::Db db;
    Ledger ledger{hub};
    Moment now = start_of_time;

    explicit World(std::string const& where)
        : db(*db::Db::open(where, {.limits = {}, .may_create = true, .faults = &faults})) {
        REQUIRE(db::migrate(db, migrations()));
    }

    Result<std::vector<Posted>> post(std::vector<Entry> const& entries, Moment at) {
        return db.write([&](db::Write& write) { return ledger.post(write, at, entries); },
                        db::Meeting::waits);
    }
    Result<std::vector<Posted>> post(std::vector<Entry> const& entries) { return post(entries, now); }
    Result<std::vector<Posted>> post(Entry const& entry) { return post(std::vector{entry}); }
    // What refused it, or "posted".
    std::string said(Entry const& entry) {
        auto const posted = post(entry);
        return posted ? "posted" : posted.error().sentence();
    }
    std::string field(Entry const& entry) {
        auto const posted = post(entry);
        return posted ? "posted" : std::string(posted.error().field());
    }
    Balance balance(AccountKey const& account) {
        auto read = *db.read();
        return *ledger.balance(read, account);
    }
    std::int64_t total(AccountKey const& account) { return balance(account).total.minor(); }
    std::int64_t free(AccountKey const& account) { return balance(account).free().minor(); }
    std::int64_t run(std::string_view sql) {
        return *db.write([&](db::Write& write) { return write.run(sql); });
    }
    std::vector<std::string> wrong() {
        auto read = *db.read();
        auto const found = ledger.check(read);
        REQUIRE_MESSAGE(found, (found ? std::string() : found.error().sentence()));
        return *found;
    }
    std::string written(Format format) {
        auto read = *db.read();
        std::string out;
        auto const done = ledger.write_out(read, format, [&](std::string_view piece) -> Result<void> {
            out += piece;
            return {};
        });
        REQUIRE_MESSAGE(done, (done ? std::string() : done.error().sentence()));
        return out;
    }
};

void on_both(std::function<void(World&)> const& scenario) {
    {
        Folder folder;
        World world((folder.path / "hub.db").string());
        scenario(world);
    }
    auto* const server = Postgres::server(false);
    if (server == nullptr) return;
    World world(server->fresh());
    scenario(world);
}

Entry paid_in(std::string key, std::int64_t minor) {
    return transfer(std::move(key), "paid-in", bank, buyer, minor);
}

}  // namespace

TEST_CASE("money comes in, is moved, and every balance says so") {
    on_both([](World& world) {
        auto const first = world.post(paid_in("in-1", 100'00));
        REQUIRE_MESSAGE(first, (first ? std::string() : first.error().sentence()));
        CHECK(first->at(0).number == 1);
        CHECK(first->at(0).at == world.now);
        CHECK_FALSE(first->at(0).is_repeat);
        auto const second = world.post({transfer("order-1", "order.paid",
                                                 {{buyer, Money(-30'00, currency::USD)},
                                                  {seller, Money(29'40, currency::USD)},
                                                  {fee, Money(60, currency::USD)}})});
        REQUIRE(second);
        CHECK(second->at(0).number == 2);
        CHECK(world.total(bank) == -100'00);
        CHECK(world.total(buyer) == 70'00);
        CHECK(world.total(seller) == 29'40);
        CHECK(world.total(fee) == 60);
        CHECK(world.total(usd("nobody", Purpose::funds)) == 0);
        auto read = *world.db.read();
        CHECK(world.ledger.accounts(read, {.owner = "buyer"})->at(0).balance.total.minor() == 70'00);
        CHECK(world.ledger.accounts(read, {.owner = "buyer", .after = 99})->empty());
        CHECK(world.ledger.accounts(read, {.after = 1, .rows = 2})->size() == 2);
    });
}

TEST_CASE("what an account does not have it cannot give, and nothing of the call is kept") {
    on_both([](World& world) {
        REQUIRE(world.post(paid_in("in-1", 10'00)));
        auto const refused = world.post({transfer("a", "order.paid", buyer, seller, 6'00),
                                         transfer("b", "order.paid", buyer, seller, 4'01)});
        REQUIRE_FALSE(refused);
        CHECK(
            refused.error().sentence() ==
            "not-enough: entries[1].legs[0].amount: buyer:funds:USD:hub has 4.00 USD free; 4.01 USD is asked "
            "for");
        CHECK(world.total(buyer) == 10'00);
        CHECK(world.total(seller) == 0);
        REQUIRE(world.post({transfer("a", "order.paid", buyer, seller, 6'00),
                            transfer("b", "order.paid", buyer, seller, 4'00)}));
        CHECK(world.total(buyer) == 0);
    });
}

TEST_CASE("a key makes posting twice posting once") {
    on_both([](World& world) {
        REQUIRE(world.post(paid_in("in-1", 10'00)));
        auto const later = world.post({paid_in("in-1", 10'00)}, world.now + hours(5));
        REQUIRE(later);
        CHECK(later->at(0).number == 1);
        CHECK(later->at(0).at == world.now);
        CHECK(later->at(0).is_repeat);
        CHECK(world.total(buyer) == 10'00);
        CHECK(world.said(paid_in("in-1", 10'01)) ==
              "conflict: entries[0].key: “in-1” was the key of an entry of other content");
        auto noted = paid_in("in-1", 10'00);
        noted.note = "other";
        CHECK(world.field(noted) == "entries[0].key");
        CHECK(world.field(transfer("in-1", "paid-in", bank, usd("nobody", Purpose::funds), 10'00)) ==
              "entries[0].key");
        // Within one call.
        auto const both = world.post({paid_in("in-2", 5'00), paid_in("in-2", 5'00)});
        REQUIRE(both);
        CHECK(both->at(1).number == both->at(0).number);
        CHECK(both->at(1).is_repeat);
        CHECK(world.total(buyer) == 15'00);
        CHECK_FALSE(world.post({paid_in("in-3", 5'00), paid_in("in-3", 6'00)}));
        // A repeat beside what is new.
        auto const mixed = world.post({paid_in("in-1", 10'00), paid_in("in-4", 1'00)});
        REQUIRE(mixed);
        CHECK(mixed->at(0).number == 1);
        CHECK(mixed->at(1).number == 3);
        CHECK(world.wrong().empty());
    });
}

TEST_CASE("what can never be posted is refused by its field, and nothing is written") {
    on_both([](World& world) {
        auto const amount = [](std::int64_t minor) { return Money(minor, currency::USD); };
        auto const entry = [](std::vector<Leg> legs) { return transfer("k", "kind", std::move(legs)); };
        CHECK(world.field(entry({{bank, amount(-1)}})) == "entries[0].legs");
        CHECK(world.field(entry({{bank, amount(-2)}, {buyer, amount(1)}})) == "entries[0].legs");
        CHECK(world.field(entry({{bank, amount(-1)}, {buyer, amount(1)}, {fee, amount(0)}})) ==
              "entries[0].legs[2].amount");
        CHECK(world.field(entry({{bank, amount(-1)}, {buyer, amount(2)}, {bank, amount(-1)}})) ==
              "entries[0].legs");
        CHECK(world.field(entry({{bank, amount(1)}, {bank, amount(-1)}})) == "entries[0].legs");
        // One custodian's money cannot become another's without passing outside.
        CHECK(
            world.field(entry({{bank, amount(-1)}, {usd("buyer", Purpose::funds, "trustee"), amount(1)}})) ==
            "entries[0].legs");
        CHECK(world.field(entry({{bank, Money(-1, currency::KES)}, {buyer, amount(1)}})) ==
              "entries[0].legs[0].amount");
        CHECK(world.field(entry({{usd("a b", Purpose::funds), amount(-1)}, {buyer, amount(1)}})) ==
              "entries[0].legs[0].account.owner");
        CHECK(world.field(entry({{usd("a", Purpose::outside, ""), amount(-1)}, {buyer, amount(1)}})) ==
              "entries[0].legs[0].account.custodian");
        CHECK(world.field(transfer("", "kind", bank, buyer, 1)) == "entries[0].key");
        CHECK(world.field(transfer("a key", "kind", bank, buyer, 1)) == "entries[0].key");
        CHECK(world.field(transfer("expire:h", "kind", bank, buyer, 1)) == "entries[0].key");
        CHECK(world.field(transfer("k", "Kind", bank, buyer, 1)) == "entries[0].kind");
        CHECK(world.field(transfer("k", "kind", bank, buyer, 0)) == "entries[0].legs[0].amount");
        CHECK(world.field(transfer("k", "kind", bank, buyer, INT64_MIN)) == "entries[0].legs[0].amount");
        CHECK(world.field(hold("k", "kind", buyer, 1, world.now)) == "entries[0].until");
        auto noted = transfer("k", "kind", bank, buyer, 1);
        noted.note = "a\nb";
        CHECK(world.field(noted) == "entries[0].note");
        CHECK(world.field(release("k", "kind", "no-such", {{seller, amount(1)}})) == "entries[0].hold");
        CHECK_FALSE(world.post({transfer("k", "kind", bank, buyer, 1)}, Moment(milliseconds(-1))));
        auto read = *world.db.read();
        CHECK(world.ledger.head(read)->number == 0);
        CHECK(world.ledger.accounts(read, {})->empty());
    });
}

TEST_CASE("what is beyond 64 bits is refused, not wrapped") {
    on_both([](World& world) {
        auto const much = INT64_MAX;
        REQUIRE(world.post(transfer("a", "paid-in", bank, buyer, much)));
        CHECK(world.said(transfer("b", "paid-in", bank, buyer, 1))
                  .starts_with("amount-too-large: entries[0].leg"));
        CHECK(world.total(buyer) == much);
        REQUIRE(world.post(hold("h", "reserve", buyer, much)));
        CHECK(world.said(hold("h2", "reserve", bank, much)) == "posted");
        CHECK(world.said(hold("h3", "reserve", bank, 1)).starts_with("amount-too-large: entries[0].legs[0]"));
        // Sums of a call are not wrapped either.
        auto const sum = [&](std::int64_t last) {
            return transfer("s", "kind",
                            {{usd("x", Purpose::outside), Money(INT64_MAX, currency::USD)},
                             {usd("y", Purpose::outside), Money(INT64_MAX, currency::USD)},
                             {usd("z", Purpose::outside), Money(last, currency::USD)}});
        };
        CHECK(world.field(sum(2)) == "entries[0].legs");
        CHECK(world.wrong().empty());
        auto read = *world.db.read();
        CHECK(world.ledger.trial(read)->is_balanced);
    });
}

TEST_CASE("a hold reserves, is released in parts, and the rest is free again") {
    on_both([](World& world) {
        REQUIRE(world.post(paid_in("in", 100'00)));
        REQUIRE(world.post(hold("order-1", "order.hold", buyer, 80'00, world.now + hours(24))));
        CHECK(world.total(buyer) == 100'00);
        CHECK(world.free(buyer) == 20'00);
        CHECK(world.said(transfer("t", "spend", buyer, seller, 20'01)).starts_with("not-enough: "));
        auto const part = [](std::int64_t to_seller, std::int64_t to_hub) {
            return std::vector<Leg>{{seller, Money(to_seller, currency::USD)},
                                    {fee, Money(to_hub, currency::USD)}};
        };
        REQUIRE(world.post(release("r1", "order.part", "order-1", part(29'40, 60))));
        CHECK(world.total(buyer) == 70'00);
        CHECK(world.free(buyer) == 20'00);
        CHECK(world.total(seller) == 29'40);
        CHECK(world.total(fee) == 60);
        // More than is left; into other custody; back to where it came from.
        CHECK(world.field(release("r2", "x", "order-1", part(50'00, 1))) == "entries[0].legs");
        CHECK(world.field(release("r2", "x", "order-1",
                                  {{usd("s", Purpose::payable, "trustee"), Money(1, currency::USD)}})) ==
              "entries[0].legs[0].account");
        CHECK(world.field(release("r2", "x", "order-1", {{buyer, Money(1, currency::USD)}})) ==
              "entries[0].legs[0].account");
        CHECK(world.post(release("r1", "order.part", "order-1", part(29'40, 60)))->at(0).is_repeat);
        REQUIRE(world.post(void_hold("v", "order.cancelled", "order-1")));
        CHECK(world.free(buyer) == 70'00);
        CHECK(world.post(void_hold("v", "order.cancelled", "order-1"))->at(0).is_repeat);
        CHECK(world.said(release("r3", "x", "order-1", part(1, 1))) ==
              "conflict: entries[0].hold: order-1 is voided already");
        CHECK(world.said(void_hold("v2", "x", "order-1")) ==
              "conflict: entries[0].hold: order-1 is voided already");
        auto read = *world.db.read();
        auto const is = *world.ledger.hold_of(read, "order-1");
        CHECK(is.state == HoldState::voided);
        CHECK(is.amount.minor() == 80'00);
        CHECK(is.remaining.minor() == 0);
        CHECK(is.account == buyer);
        CHECK(world.wrong().empty());
    });
}

TEST_CASE("a hold ends at its moment, and not before") {
    on_both([](World& world) {
        REQUIRE(world.post(paid_in("in", 100'00)));
        auto const end = world.now + hours(1);
        REQUIRE(world.post({hold("a", "reserve", buyer, 10'00, end), hold("b", "reserve", buyer, 20'00, end),
                            hold("c", "reserve", buyer, 5'00), hold("d", "reserve", buyer, 1'00, end)}));
        CHECK(world.field(expire("a")) == "entries[0].hold");
        REQUIRE(world.post(release("d-out", "x", "d", {{seller, Money(1'00, currency::USD)}})));
        auto const due = [&](Moment at) {
            return *world.db.write([&](db::Write& write) { return world.ledger.expire_due(write, at); });
        };
        CHECK(due(end - milliseconds(1)) == 0);
        world.now = end;
        CHECK(world.said(release("r", "x", "a", {{seller, Money(1, currency::USD)}})) ==
              "conflict: entries[0].hold: the moment of a is over");
        CHECK(due(end) == 2);
        CHECK(due(end + hours(99)) == 0);
        CHECK(world.free(buyer) == 94'00);  // c stays; d was released
        CHECK(world.post(expire("b"))->at(0).is_repeat);
        CHECK(world.post(hold("b", "reserve", buyer, 20'00, end))->at(0).is_repeat);
        auto read = *world.db.read();
        CHECK(world.ledger.hold_of(read, "a")->state == HoldState::expired);
        CHECK(world.ledger.hold_of(read, "d")->state == HoldState::spent);
        CHECK(world.wrong().empty());
    });
}

TEST_CASE("entries that are linked see what those before them left") {
    on_both([](World& world) {
        // In, reserved, released and out again, in one call.
        auto const all = world.post({paid_in("in", 10'00), hold("h", "reserve", buyer, 10'00),
                                     release("r", "release", "h", {{seller, Money(10'00, currency::USD)}}),
                                     transfer("out", "paid-out", seller, bank, 10'00)});
        REQUIRE_MESSAGE(all, (all ? std::string() : all.error().sentence()));
        CHECK(all->at(3).number == 4);
        for (auto const& key : {bank, buyer, seller}) CHECK(world.total(key) == 0);
        CHECK(world.wrong().empty());
    });
}

TEST_CASE("bounds can be set, hold from then on, and a refusal leaves the transaction whole") {
    on_both([](World& world) {
        REQUIRE(world.post({bound("b", "limit", bank, {.least = -50'00}), paid_in("in-1", 50'00)}));
        CHECK(world.said(paid_in("in-2", 1)).starts_with("not-enough: "));
        REQUIRE(world.post(bound("b2", "limit", buyer, {.least = 0, .most = 60'00})));
        REQUIRE(world.post(bound("b3", "limit", bank, {})));
        REQUIRE(world.post(paid_in("in-3", 10'00)));
        CHECK(world.said(paid_in("in-4", 1)) ==
              "conflict: entries[0].legs[1].amount: buyer:funds:USD:hub may hold at most 60.00 USD");
        // Below what it may be after the bounds were raised: it may get more, and give nothing.
        REQUIRE(world.post(bound("b4", "limit", buyer, {.least = 100'00})));
        CHECK(world.field(transfer("t", "x", buyer, seller, 1)) == "entries[0].legs[0].amount");
        REQUIRE(world.post(paid_in("in-5", 1)));
        auto const done = world.db.write([&](db::Write& write) -> Result<std::int64_t> {
            auto const refused = world.ledger.post(write, world.now, transfer("t", "x", buyer, seller, 1));
            CHECK_FALSE(refused);
            auto const posted = TRY(world.ledger.post(write, world.now, transfer("u", "x", bank, seller, 7)));
            return posted.number;
        });
        REQUIRE(done);
        CHECK(world.total(seller) == 7);
        CHECK(world.wrong().empty());
    });
}

TEST_CASE("money changes its currency at a stated rate, and what rounding leaves has its place") {
    on_both([](World& world) {
        AccountKey const kes{"seller", Purpose::payable, currency::KES};
        REQUIRE(world.post(transfer("in", "paid-in", bank, seller, 1'000'00)));
        Exchange const rate{currency::USD,
                            currency::KES,
                            *Decimal::parse("129.505"),
                            *Decimal::parse("1"),
                            *Day::parse("2026-09-21"),
                            "test"};
        auto const entry =
            *convert("c", "payout.converted", seller, kes, Money(33, currency::USD), rate, Round::down);
        REQUIRE_MESSAGE(world.post(entry), world.said(entry));
        // 0.33 · 129.505 = 42.73665: the seller gets 42.73, the nearest is 42.74.
        CHECK(world.total(kes) == 42'73);
        CHECK(world.total({"hub", Purpose::conversion, currency::KES}) == -42'74);
        CHECK(world.total({"hub", Purpose::rounding, currency::KES}) == 1);
        CHECK(world.total(usd("hub", Purpose::conversion)) == 33);
        CHECK(world.total(seller) == 999'67);
        // Another amount than the rate makes.
        auto wrong =
            *convert("d", "payout.converted", seller, kes, Money(33, currency::USD), rate, Round::down);
        wrong.conversion->numerator = *Decimal::parse("130");
        CHECK(world.field(wrong) == "entries[0].conversion");
        CHECK_FALSE(convert("e", "x", seller, kes, Money(0, currency::USD), rate, Round::down));
        CHECK_FALSE(convert("e", "x", kes, seller, Money(1, currency::KES), rate, Round::down));
        auto read = *world.db.read();
        auto const stored = *world.ledger.entry_of_key(read, "c");
        REQUIRE(stored.entry.conversion);
        CHECK(stored.entry.conversion->numerator.text() == "129.505");
        CHECK(stored.entry.conversion->got == Money(42'73, currency::KES));
        CHECK(world.wrong().empty());
    });
}

TEST_CASE("a statement shows an account between two moments, page by page") {
    on_both([](World& world) {
        for (int day = 0; day < 10; ++day) {
            world.now = start_of_time + hours(24 * day);
            REQUIRE(world.post({paid_in("in-" + std::to_string(day), 100 + day),
                                transfer("x-" + std::to_string(day), "other", bank, seller, 1)}));
        }
        auto read = *world.db.read();
        auto const asked = [&](StatementQuestion question) {
            question.account = buyer;
            return *world.ledger.statement(read, question);
        };
        auto const all = asked({});
        CHECK(all.lines.size() == 10);
        CHECK(all.opening.minor() == 0);
        CHECK(all.closing.minor() == 1045);
        CHECK(all.next == 0);
        auto const some = asked({.account = buyer,
                                 .from = start_of_time + hours(24 * 3),
                                 .to = start_of_time + hours(24 * 6),
                                 .rows = 2});
        CHECK(some.opening.minor() == 303);
        CHECK(some.closing.minor() == 615);
        REQUIRE(some.lines.size() == 2);
        CHECK(some.lines[0].key == "in-3");
        CHECK(some.lines[0].kind == "paid-in");
        CHECK(some.lines[0].amount.minor() == 103);
        CHECK(some.lines[0].after.minor() == 406);
        CHECK(some.lines[0].at == start_of_time + hours(24 * 3));
        REQUIRE(some.next != 0);
        auto const rest = asked({.account = buyer,
                                 .from = start_of_time + hours(24 * 3),
                                 .to = start_of_time + hours(24 * 6),
                                 .after = some.next,
                                 .rows = 2});
        REQUIRE(rest.lines.size() == 1);
        CHECK(rest.lines[0].key == "in-5");
        CHECK(rest.next == 0);
        auto const none =
            asked({.account = buyer, .from = start_of_time + hours(24 * 6), .to = start_of_time});
        CHECK(none.lines.empty());
        CHECK(none.opening == none.closing);
        CHECK(asked({.account = buyer, .to = start_of_time}).lines.empty());
    });
}

TEST_CASE("an account of many lines is read from anywhere, beside others, as it was written") {
    on_both([](World& world) {
        // Lines of two buyers in an order that follows no pattern; many more than stand between two marks.
        auto const other = usd("other", Purpose::funds);
        std::vector<Line> expected;
        std::vector<Entry> entries;
        std::minstd_rand random(7);
        std::int64_t held = 0;
        for (int n = 1; n <= 400; ++n) {
            bool const is_ours = random() % 3 != 0;
            auto key = "in-" + std::to_string(n);
            entries.push_back(transfer(key, "paid-in", bank, is_ours ? buyer : other, n));
            if (!is_ours) continue;
            held += n;
            expected.push_back(
                {n, {}, key, "paid-in", {}, Money(n, currency::USD), Money(held, currency::USD)});
        }
        for (std::size_t i = 0; i < entries.size(); i += 50) {
            world.now = start_of_time + hours(static_cast<int>(i));
            REQUIRE(world.post({entries.begin() + static_cast<std::ptrdiff_t>(i),
                                entries.begin() + static_cast<std::ptrdiff_t>(i + 50)}));
        }
        CHECK(world.wrong().empty());
        auto read = *world.db.read();
        for (std::size_t const rows : {1U, 7U, 64U, 65U, 1000U}) {
            std::vector<std::int64_t> numbers;
            for (std::int64_t after = 0;;) {
                auto const page =
                    *world.ledger.statement(read, {.account = buyer, .after = after, .rows = rows});
                for (auto const& line : page.lines) {
                    auto const& is = expected.at(numbers.size());
                    CHECK(std::tuple(line.number, line.key, line.amount, line.after) ==
                          std::tuple(is.number, is.key, is.amount, is.after));
                    numbers.push_back(line.number);
                }
                after = page.next;
                if (after == 0) break;
            }
            CHECK(numbers.size() == expected.size());
        }
        for (int hour = 0; hour <= 400; hour += 50) {
            auto const until = start_of_time + hours(hour);
            auto const part = *world.ledger.statement(read, {.account = buyer, .to = until, .rows = 1000});
            auto const count =
                std::ranges::count_if(expected, [&](Line const& one) { return one.number <= hour; });
            CHECK(part.lines.size() == static_cast<std::size_t>(count));
            auto const closing =
                count == 0 ? 0 : expected.at(static_cast<std::size_t>(count) - 1).after.minor();
            CHECK(part.closing.minor() == closing);
            auto const trial = *world.ledger.trial(read, until);
            CHECK(trial.is_balanced);
            CHECK(trial.rows.empty() == (hour == 0));
        }
    });
}

TEST_CASE("lines that were kept in the order of accounts are taken over as they are") {
    Folder folder;
    World from((folder.path / "new.db").string());
    std::vector<Entry> entries;
    for (int n = 1; n <= 200; ++n) entries.push_back(paid_in("in-" + std::to_string(n), n));
    REQUIRE(from.post(entries));
    REQUIRE(from.post(hold("held", "hold", buyer, 5)));
    auto old = *db::Db::open((folder.path / "old.db").string());
    REQUIRE(db::migrate(old, migrations().first(1)));
    auto const copy = [&](std::string_view select, std::string_view insert, std::size_t columns) {
        auto read = *from.db.read();
        auto rows = *read.rows(select);
        while (*rows.next()) {
            std::vector<std::string> texts;
            std::vector<db::Arg> args;
            texts.reserve(columns);
            for (std::size_t i = 0; i < columns; ++i) {
                auto const kind = rows.kind(i);
                if (kind == db::Kind::integer) {
                    args.emplace_back(rows.integer(i));
                } else if (kind == db::Kind::text) {
                    args.emplace_back(texts.emplace_back(rows.text(i)));
                } else {
                    args.emplace_back(db::Blob{texts.emplace_back(rows.blob(i))});
                }
            }
            REQUIRE(old.write([&](db::Write& write) { return write.change(insert, args); }));
        }
    };
    copy("SELECT * FROM ledger_head", "INSERT INTO ledger_head VALUES (?, ?, ?, ?, ?)", 5);
    copy("SELECT * FROM ledger_entry", "INSERT INTO ledger_entry VALUES (?, ?, ?, ?, ?, ?)", 6);
    copy("SELECT * FROM ledger_account", "INSERT INTO ledger_account VALUES (?, ?, ?, ?, ?, ?)", 6);
    copy("SELECT * FROM ledger_hold", "INSERT INTO ledger_hold VALUES (?, ?, ?, ?, ?, ?, ?)", 7);
    copy("SELECT hub, account, total, reserved, least, most FROM ledger_balance",
         "INSERT INTO ledger_balance VALUES (?, ?, ?, ?, ?, ?)", 6);
    copy("SELECT hub, account, number, minor, after FROM ledger_leg",
         "INSERT INTO ledger_line VALUES (?, ?, ?, ?, ?)", 5);
    REQUIRE(db::migrate(old, migrations()));
    auto read = *old.read();
    CHECK(Ledger(hub).check(read)->empty());
    CHECK(Ledger(hub).statement(read, {.account = buyer, .rows = 1000})->lines.size() == 200);
}

TEST_CASE("the trial balance of any moment is what it was then") {
    on_both([](World& world) {
        AccountKey const kes_bank{"bank", Purpose::outside, currency::KES, "trustee"};
        AccountKey const kes_funds{"buyer", Purpose::funds, currency::KES, "trustee"};
        REQUIRE(world.post(paid_in("a", 5'00)));
        auto const then = world.now + hours(1);
        world.now = then;
        REQUIRE(world.post(
            {transfer("b", "x", buyer, seller, 2'00), transfer("c", "x", kes_bank, kes_funds, 7)}));
        auto read = *world.db.read();
        auto const rows = [&](std::optional<Moment> before) {
            auto const trial = *world.ledger.trial(read, before);
            CHECK(trial.is_balanced);
            std::map<std::string, std::string> all;
            for (auto const& row : trial.rows)
                all[row.custodian + " " + std::string(row.currency.text()) + " " +
                    std::string(text_of(row.purpose))] = row.total.text();
            return all;
        };
        CHECK(rows({}) == std::map<std::string, std::string>{{"hub USD outside", "-5.00"},
                                                             {"hub USD funds", "3.00"},
                                                             {"hub USD payable", "2.00"},
                                                             {"trustee KES outside", "-0.07"},
                                                             {"trustee KES funds", "0.07"}});
        CHECK(rows(then) ==
              std::map<std::string, std::string>{{"hub USD outside", "-5.00"}, {"hub USD funds", "5.00"}});
        CHECK(rows(start_of_time).empty());
    });
}

TEST_CASE("moments never go back, and hubs do not meet") {
    on_both([](World& world) {
        REQUIRE(world.post(paid_in("a", 1)));
        auto const earlier = world.post({paid_in("b", 1)}, world.now - hours(2));
        REQUIRE(earlier);
        CHECK(earlier->at(0).at == world.now);
        Ledger const other(other_hub);
        auto const posted =
            world.db.write([&](db::Write& write) { return other.post(write, world.now, paid_in("a", 700)); });
        REQUIRE(posted);
        CHECK(posted->number == 1);
        CHECK(world.total(buyer) == 2);
        auto read = *world.db.read();
        CHECK(other.balance(read, buyer)->total.minor() == 700);
        CHECK(other.check(read)->empty());
        CHECK(world.wrong().empty());
    });
}

TEST_CASE("moments are read and written") {
    CHECK(ledger::text_of(start_of_time) == "2026-09-21T14:13:20.000Z");
    for (auto const* text : {"2026-09-21T14:13:20.000Z", "2026-09-21T14:13:20Z", "2026-09-21T14:13:20"})
        CHECK(*parse_moment(text) == start_of_time);
    CHECK(ledger::text_of(*parse_moment("2026-09-21")) == "2026-09-21T00:00:00.000Z");
    CHECK(ledger::text_of(*parse_moment("2026-09-21T07:30")) == "2026-09-21T07:30:00.000Z");
    for (auto const* text :
         {"", "2026-09-31", "2026-09-21T", "2026-09-21T24:00", "2026-09-21T1:00", "2026-09-21 10:00",
          "2026-09-21T10", "2026-09-21T10:00:00.1", "2026-09-21T10:00:00.000Zx", "1969-12-31"})
        CHECK_MESSAGE(!parse_moment(text), text);
    CHECK(AccountKey::parse("buyer:funds:USD")->text() == "buyer:funds:USD:hub");
    CHECK(*AccountKey::parse("buyer:funds:usd:trustee") == usd("buyer", Purpose::funds, "trustee"));
    for (auto const* text : {"", "buyer", "buyer:funds", "buyer:loot:USD", "buyer:funds:XYZ", ":funds:USD",
                             "buyer:funds:USD:", "buyer:funds:USD:hub:x"})
        CHECK_MESSAGE(!AccountKey::parse(text), text);
}
