// One list of scenarios, run on SQLite and on PostgreSQL; time goes in steps.

#include "ledger/ledger.h"

#include "db/places_in_test.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <functional>

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
