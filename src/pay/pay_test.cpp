// Payouts, outbox and receipts: one list of scenarios, run on SQLite and on PostgreSQL. Time goes in steps.

#include "pay/pay.h"

#include "db/places_in_test.h"
#include "pay/simulators_in_test.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdlib>

namespace {

using namespace allroads;
using namespace allroads::pay;
using db::in_test::Folder;
using db::in_test::Postgres;
using in_test::Dice;
using in_test::Provider;
using in_test::Weather;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

HubId const hub(db::IdBytes{7});
Money kes(std::int64_t minor) { return {minor, currency::KES}; }
std::string const callbacks_at = "https://hub.example/pay/mobile";

WalletTerms wallet() {
    return {.cap = kes(25'000'000),
            .least = kes(1000),
            .till = "555123",
            .name = "Soko Pamoja",
            .callback_address = callbacks_at,
            .callback_secret = std::string(32, 's')};
}
CardTerms card_terms() { return {.secrets = {"whsec_one"}, .tolerance = seconds(300), .is_live = true}; }
constexpr std::string_view our_iban = "DE89370400440532013000";

struct World {
    std::string url;
    db::Faults faults = {};
    db::Db db;
    db::Ids ids;
    MobileMoney mobile{wallet()};
    Card card{card_terms()};
    Bank bank{{{.currency = currency::EUR,
                .account = std::string(our_iban),
                .bank = "COBADEFFXXX",
                .name = "Hub"}}};
    Cash cash{{{.name = "Gikomba", .place = "stall 14"}}};
    Desk desk{hub, ids, {&mobile, &card, &bank, &cash}};
    Moment now = Moment(Millis(1'790'000'000'000));

    explicit World(std::string const& where)
        : url(where), db(*db::Db::open(where, {.limits = {}, .may_create = true, .faults = &faults})) {
        REQUIRE(db::migrate(db, migrations()));
    }
    template <class Body>
    auto write(Body body) {
        return db.write([&](db::Write& write) { return body(write); });
    }
    Payout payout(std::string const& key) {
        auto read = *db.read();
        return *desk.payout(read, key);
    }
    Result<Payout> order(PayoutOrder const& order) {
        return write([&](db::Write& to) { return desk.order_payout(to, order, now); });
    }
    std::vector<Outgoing> take_due() {
        return *write([&](db::Write& to) { return desk.take_due(to, now, 100); });
    }
    std::optional<Payout> answered(Outgoing const& one, Answer const& answer) {
        return *write([&](db::Write& to) { return desk.answered(to, one, answer, now); });
    }
    Result<Heard> hear(Way way, Incoming const& incoming) {
        return write([&](db::Write& to) { return desk.hear(to, way, incoming, now); });
    }
    Result<Heard> hear(Provider::Callback const& told) {
        return hear(Way::mobile, {.path = told.url.substr(callbacks_at.size()),
                                  .fields = {{"X-CorrelationID", told.correlation}},
                                  .body = told.body});
    }
    // Until it is asked for again.
    db::Read& reading() {
        held.reset();
        held.emplace(*db.read());
        return *held;
    }
    std::optional<db::Read> held = {};
    std::int64_t count(std::string_view sql) {
        auto read = *db.read();
        return read.one(sql)->integer(0);
    }
};

PayoutOrder order_of(std::string key, Money const& amount) {
    return {.key = std::move(key),
            .amount = amount,
            .to = {.way = Way::mobile, .account = "+254712345678", .bank = {}, .name = "Amina Otieno"},
            .words = "Order 4711"};
}

template <class Scenario>
void everywhere(Scenario scenario) {
    Folder folder;
    SUBCASE("SQLite") {
        World world((folder.path / "pay.db").string());
        scenario(world);
    }
    SUBCASE("PostgreSQL") {
        auto* const server = Postgres::server(false);
        if (server == nullptr) return;
        World world(server->fresh());
        scenario(world);
    }
}

// Sends what is due until nothing is left or `until`; what is sent may be forgotten by a sender that dies.
void run(World& world, Provider& provider, Dice& dice, int dies, Moment until) {
    auto const began = world.now;
    while (world.now < until) {
        for (auto const& one : world.take_due()) {
            if (dice.falls(dies)) continue;  // before it sent
            auto const answer = provider.send(one.request, world.now);
            if (dice.falls(dies)) continue;  // before it said what came of it
            (void)world.answered(one, answer);
            if (dice.falls(dies)) (void)world.answered(one, answer);  // and once more
        }
        for (auto const& told : provider.callbacks(world.now)) REQUIRE(world.hear(told));
        bool const is_early = world.now < began + hours(30);
        world.now += minutes(1 + dice.below(is_early ? 60 : 900));
    }
}

// What must hold whatever happened: each transfer moved at most once, and exactly where we say it is done.
void check_moved(World& world, Provider const& provider, std::vector<std::string> const& keys) {
    std::map<std::string, int> times;
    for (auto const& one : provider.moved) ++times[one.correlation];
    for (auto const& [correlation, count] : times) CHECK(count == 1);
    for (auto const& key : keys) {
        auto const payout = world.payout(key);
        CAPTURE(key);
        auto total = Money::zero(payout.order.amount.currency());
        for (auto const& one : payout.transfers) {
            CAPTURE(text_of(one.stage));
            total = *sum(total, one.amount);
            bool const has_moved = times.contains(one.correlation);
            if (one.stage == Stage::done) CHECK(has_moved);
            if (one.stage == Stage::failed || one.stage == Stage::cancelled || one.stage == Stage::waiting)
                CHECK_FALSE(has_moved);
            CHECK_FALSE(one.is_contradicted);
        }
        CHECK(total == payout.order.amount);
    }
    for (auto const& one : provider.moved) CHECK(one.currency == "KES");
}

}  // namespace

TEST_CASE(
    "the worked example: converted at 129.50, a cap of 250,000.00, the first answer lost, webhooks "
    "replayed") {
    everywhere([](World& world) {
        // 2,400.00 USD less a refund of 45.00, less a fee of 2 % of the rest.
        Money const rest(235'500, currency::USD);
        auto const fee = *share(rest, Rate::percent(Decimal(2)), Round::half_even);
        auto const seller = *difference(rest, fee);
        CHECK(seller.text() == "2307.90");
        Exchange const exchange{.from = currency::USD,
                                .to = currency::KES,
                                .numerator = *Decimal::parse("129.50"),
                                .denominator = Decimal(1),
                                .day = *Day::parse("2026-11-26"),
                                .source = "the deal"};
        auto const amount = *convert(seller, exchange, Round::half_even);
        CHECK(amount.text() == "298873.05");
        auto const order = order_of("deal-4711.1", amount);
        REQUIRE(world.order(order));
        CHECK(world.payout("deal-4711.1").transfers.size() == 2);
        Provider provider(1, {.request_lost = 0});

        // The first transfer arrives, its answer does not.
        auto sent = world.take_due();
        REQUIRE(sent.size() == 1);
        CHECK(sent[0].repeat == Repeat::ask_first);
        (void)provider.send(sent[0].request, world.now);
        CHECK(world.take_due().empty());
        (void)world.answered(sent[0], Answer{});
        CHECK(world.payout("deal-4711.1").transfers[0].stage == Stage::unclear);

        // It is not sent again: its state is asked.
        world.now += seconds(6);
        sent = world.take_due();
        REQUIRE(sent.size() == 1);
        CHECK(sent[0].request.method == "GET");
        Dice dice(2);
        for (auto const& one : sent) (void)world.answered(one, provider.send(one.request, world.now));
        std::vector<Provider::Callback> all;
        auto const until = world.now + hours(48);
        while (world.now < until) {
            for (auto const& one : world.take_due())
                (void)world.answered(one, provider.send(one.request, world.now));
            for (auto const& told : provider.callbacks(world.now)) all.push_back(told);
            // Every webhook that ever came, again and again.
            for (auto const& told : all) REQUIRE(world.hear(told));
            world.now += minutes(30);
        }
        auto const payout = world.payout("deal-4711.1");
        CHECK(payout.is_done());
        CHECK(payout.sum_of(Stage::done) == amount);
        REQUIRE(provider.moved.size() == 2);
        CHECK(provider.moved[0].amount == "250000.00");
        CHECK(provider.moved[1].amount == "48873.05");
        CHECK(provider.moved[0].account == "+254712345678");
        CHECK(std::ranges::count(provider.received, "POST", &Request::method) == 2);
        check_moved(world, provider, {"deal-4711.1"});

        // Ordered again: the same payout. Another under the same key: refused.
        CHECK(world.order(order)->is_done());
        CHECK(world.take_due().empty());
        CHECK(world.order(order_of("deal-4711.1", kes(1000))).error().code() == Code::conflict);
        auto elsewhere = order;
        elsewhere.to.account = "+254712345679";
        CHECK(world.order(elsewhere).error().code() == Code::conflict);
    });
}

TEST_CASE("exactly once in any weather") {
    bool const is_long = std::getenv("ALLROADS_LONG") != nullptr;
    everywhere([&](World& world) {
        int const worlds = world.url.starts_with("postgres") ? (is_long ? 100 : 6) : (is_long ? 2000 : 60);
        int done = 0, failed = 0, stuck = 0, unclear = 0;
        for (int seed = 0; seed < worlds; ++seed) {
            CAPTURE(seed);
            Dice dice(static_cast<std::uint64_t>(seed) * 1000 + 17);
            auto const chance = [&](int most) { return dice.below(most + 1); };
            Weather const weather{.request_lost = chance(50),
                                  .request_late = chance(30),
                                  .request_doubled = chance(30),
                                  .answer_lost = chance(60),
                                  .gateway_error = chance(20),
                                  .callback_lost = chance(60),
                                  .callback_doubled = chance(80),
                                  .refused = seed % 3 == 0 ? 10 : 0,
                                  .fails = seed % 4 == 0 ? 15 : 0,
                                  .at_once = chance(50)};
            Provider provider(static_cast<std::uint64_t>(seed), weather, seed % 2 == 0);
            std::vector<std::string> keys;
            for (int i = 0; i < 3; ++i) {
                keys.push_back("p" + std::to_string(seed) + "." + std::to_string(i));
                auto const amount = kes(1000 + static_cast<std::int64_t>(dice.next() % 90'000'000));
                auto const ordered = world.order(order_of(keys.back(), amount));
                REQUIRE_MESSAGE(ordered, ordered.error().sentence());
            }
            run(world, provider, dice, 10, world.now + hours(24 * 40));
            provider.weather() = {};
            check_moved(world, provider, keys);
            for (auto const& key : keys) {
                auto const payout = world.payout(key);
                CHECK((payout.is_over() || payout.needs_person()));
                for (auto const& one : payout.transfers) {
                    done += one.stage == Stage::done ? 1 : 0;
                    failed += one.stage == Stage::failed ? 1 : 0;
                    stuck += one.stage == Stage::stuck ? 1 : 0;
                    unclear += one.stage == Stage::unclear || one.stage == Stage::pending ? 1 : 0;
                }
            }
        }
        MESSAGE(done << " done, " << failed << " failed, " << stuck << " stuck");
        CHECK(done > worlds * 3);
        CHECK(failed > 0);
        CHECK(unclear == 0);
    });
}

TEST_CASE("a stuck transfer: asked again, or decided by a person, never sent again") {
    everywhere([](World& world) {
        REQUIRE(world.order(order_of("a", kes(30'000'000))));
        Provider provider(3, {.answer_lost = 100, .callback_lost = 100});
        Dice dice(4);
        run(world, provider, dice, 0, world.now + hours(24 * 30));
        auto payout = world.payout("a");
        CHECK(payout.transfers[0].stage == Stage::stuck);
        CHECK(payout.transfers[1].stage == Stage::waiting);
        CHECK(payout.needs_person());
        provider.weather() = {};
        // Only a stuck one.
        auto const wrong = world.write(
            [&](db::Write& to) { return world.desk.settle(to, "a", 2, true, "", "", world.now); });
        CHECK(wrong.error().code() == Code::conflict);
        REQUIRE(world.write([&](db::Write& to) { return world.desk.ask_again(to, "a", 1, world.now); }));
        run(world, provider, dice, 0, world.now + hours(24 * 10));
        CHECK(world.payout("a").is_done());
        check_moved(world, provider, {"a"});
    });
}

TEST_CASE("a provider that does not know a transfer any more is not paid twice") {
    everywhere([](World& world) {
        REQUIRE(world.order(order_of("a", kes(100'000))));
        auto sent = world.take_due();
        (void)world.answered(sent[0], {202, R"({"status":"pending","serverCorrelationId":"S1"})"});
        std::string const unknown = R"({"errorCategory":"identification","errorCode":"resourceNotFound"})";
        int asked = 0;
        for (int i = 0; i < 500; ++i) {
            for (auto const& one : world.take_due()) {
                CHECK(one.request.method == "GET");
                ++asked;
                (void)world.answered(one, {404, unknown});
            }
            world.now += hours(2);
        }
        CHECK(asked == 12);
        CHECK(world.payout("a").transfers[0].stage == Stage::stuck);
        REQUIRE(world.write([&](db::Write& to) {
            return world.desk.settle(to, "a", 1, false, "", "provider's letter", world.now);
        }));
        CHECK(world.payout("a").transfers[0].stage == Stage::failed);
        CHECK(world.payout("a").transfers[0].reason == "provider's letter");
    });
}

TEST_CASE("callbacks: forged, about others, of another amount, contradicting") {
    everywhere([](World& world) {
        REQUIRE(world.order(order_of("a", kes(100'000))));
        auto sent = world.take_due();
        auto const correlation = world.payout("a").transfers[0].correlation;
        auto const path = world.mobile.callback_path(correlation);
        auto const told = [](std::string_view status, std::string_view amount) {
            return "{\"transactionReference\":\"T1\",\"transactionStatus\":\"" + std::string(status) +
                   "\",\"amount\":\"" + std::string(amount) + "\",\"currency\":\"KES\"}";
        };
        auto const good = told("completed", "1000.00");
        auto forged = path;
        forged.back() = forged.back() == '0' ? '1' : '0';
        CHECK(world.hear(Way::mobile, {.path = forged, .fields = {}, .body = good}).error().code() ==
              Code::not_allowed);
        CHECK(world.hear(Way::mobile, {.path = "/in/" + std::string(64, 'a'), .fields = {}, .body = good})
                  .error()
                  .code() == Code::not_allowed);
        CHECK(world.hear(Way::mobile, {.path = path, .fields = {{"x-correlationid", "other"}}, .body = good})
                  .error()
                  .code() == Code::bad_value);
        CHECK(world.payout("a").transfers[0].stage == Stage::asked);
        // The token of one transfer is none for another.
        REQUIRE(world.order(order_of("b", kes(100'000))));
        (void)world.take_due();
        auto const other = world.payout("b").transfers[0].correlation;
        auto const mixed = "/" + other + path.substr(path.rfind('/'));
        CHECK(world.hear(Way::mobile, {.path = mixed, .fields = {}, .body = good}).error().code() ==
              Code::not_allowed);
        // Of another amount: a person must look, and nothing more is sent.
        auto const wrong = told("completed", "10.00");
        REQUIRE(world.hear(Way::mobile,
                           {.path = world.mobile.callback_path(other), .fields = {}, .body = wrong}));
        CHECK(world.payout("b").transfers[0].stage == Stage::stuck);
        CHECK(world.payout("b").transfers[0].is_contradicted);

        REQUIRE(world.hear(Way::mobile, {.path = path, .fields = {}, .body = good})->payouts.size() == 1);
        CHECK(world.payout("a").is_done());
        CHECK(world.payout("a").transfers[0].outside_id == "T1");
        CHECK(world.hear(Way::mobile, {.path = path, .fields = {}, .body = good})->payouts.empty());
        // Late news changes nothing; a contradiction is kept for a person.
        auto const pending = told("pending", "1000.00");
        REQUIRE(world.hear(Way::mobile, {.path = path, .fields = {}, .body = pending}));
        CHECK_FALSE(world.payout("a").needs_person());
        auto const failed = told("failed", "1000.00");
        REQUIRE(world.hear(Way::mobile, {.path = path, .fields = {}, .body = failed}));
        CHECK(world.payout("a").is_done());
        CHECK(world.payout("a").needs_person());
        // The answer that was on its way finds it done.
        (void)world.answered(sent[0], {});
        CHECK(world.payout("a").is_done());
        CHECK(world.take_due().empty());
    });
}

TEST_CASE("what is due again is withdrawn when a callback says it is done") {
    everywhere([](World& world) {
        REQUIRE(world.order(order_of("a", kes(100'000))));
        std::string const unknown = R"({"errorCategory":"identification","errorCode":"resourceNotFound"})";
        (void)world.answered(world.take_due().at(0), {});
        for (int i = 0; i < 2; ++i) {
            world.now += hours(1);
            (void)world.answered(world.take_due().at(0), {404, unknown});
        }
        // Unknown twice: it waits to be sent again, with the same correlation id.
        auto const transfer = world.payout("a").transfers[0];
        CHECK(transfer.stage == Stage::asked);
        CHECK(transfer.sendings == 2);
        std::string const body = R"({"transactionReference":"T1","transactionStatus":"completed"})";
        REQUIRE(world.hear(
            Way::mobile,
            {.path = world.mobile.callback_path(transfer.correlation), .fields = {}, .body = body}));
        world.now += hours(1);
        CHECK(world.take_due().empty());
        CHECK(world.payout("a").is_done());
    });
}

TEST_CASE("a refusal of the first request is believed, of a second it is not") {
    everywhere([](World& world) {
        std::string const full = R"({"errorCategory":"businessRule","errorCode":"accountMaxTotalValue"})";
        REQUIRE(world.order(order_of("a", kes(60'000'000))));
        (void)world.answered(world.take_due().at(0), {400, full});
        auto const payout = world.payout("a");
        CHECK(payout.transfers[0].stage == Stage::failed);
        CHECK(payout.transfers[1].stage == Stage::cancelled);
        CHECK(payout.is_over());
        CHECK(payout.sum_of(Stage::done).minor() == 0);

        std::string const unknown = R"({"errorCategory":"identification","errorCode":"resourceNotFound"})";
        REQUIRE(world.order(order_of("b", kes(100'000))));
        (void)world.answered(world.take_due().at(0), {});
        for (int i = 0; i < 2; ++i) {
            world.now += hours(1);
            (void)world.answered(world.take_due().at(0), {404, unknown});
        }
        world.now += hours(1);
        auto const again = world.take_due().at(0);
        CHECK(again.request.method == "POST");
        (void)world.answered(again, {400, full});
        CHECK(world.payout("b").transfers[0].stage == Stage::unclear);
        // Nor is it ever a refusal that the provider has the transfer already, or that it has no time.
        REQUIRE(world.order(order_of("c", kes(100'000))));
        REQUIRE(world.order(order_of("d", kes(100'000))));
        std::string const twice = R"({"errorCategory":"businessRule","errorCode":"duplicateRequest"})";
        for (auto const& one : world.take_due()) {
            bool const is_c = one.key.starts_with("payout:c:");
            (void)world.answered(one, is_c ? Answer{409, twice} : Answer{503, full});
        }
        CHECK(world.payout("c").transfers[0].stage == Stage::unclear);
        CHECK(world.payout("d").transfers[0].stage == Stage::unclear);
    });
}

TEST_CASE("orders that cannot be are refused by their field") {
    everywhere([](World& world) {
        auto const refused = [&](PayoutOrder const& order) {
            auto const done = world.order(order);
            REQUIRE_FALSE(done);
            return std::string(done.error().field());
        };
        CHECK(refused(order_of("", kes(1000))) == "key");
        CHECK(refused(order_of("a:b", kes(1000))) == "key");
        CHECK(refused(order_of(std::string(31, 'a'), kes(1000))) == "key");
        CHECK(refused(order_of("a", kes(0))) == "amount");
        CHECK(refused(order_of("a", kes(-5))) == "amount");
        CHECK(refused(order_of("a", kes(999))) == "amount");
        CHECK(refused(order_of("a", kes(INT64_MAX))) == "amount");
        CHECK(refused(order_of("a", Money(1000, currency::USD))) == "amount");
        auto order = order_of("a", kes(1000));
        for (auto const* account : {"", "0712345678", "+25471234567x", "+0712345678", "+2547123456789012"}) {
            order.to.account = account;
            CHECK(refused(order) == "to.account");
        }
        order = order_of("a", kes(1000));
        order.words = "one\ntwo";
        CHECK(refused(order) == "words");
        order = order_of("a", kes(1000));
        order.to.way = Way::card;
        CHECK(refused(order) == "way");
        CHECK(world.count("SELECT COUNT(*) FROM pay_outgoing") == 0);
        CHECK(world.count("SELECT COUNT(*) FROM pay_transfer") == 0);
    });
}

TEST_CASE("a write that fails leaves nothing, and the next try does it") {
    everywhere([](World& world) {
        for (std::int64_t n = 1;; ++n) {
            world.faults.change = n;
            auto const ordered = world.order(order_of("a", kes(60'000'000)));
            if (ordered) {
                CHECK(
                    n ==
                    7);  // a payout, three transfers, a request, its transfer kept; then none is left to fail
                break;
            }
            CHECK(world.count("SELECT COUNT(*) FROM pay_outgoing") == 0);
            CHECK(world.count("SELECT COUNT(*) FROM pay_payout") == 0);
        }
        world.faults.change = 0;
        CHECK(world.take_due().size() == 1);
    });
}

// ---- outbox -----------------------------------------------------------------------------------------------

TEST_CASE("the outbox: once a key, at least once sent, with pauses, then failed") {
    everywhere([](World& world) {
        Request const text{
            .method = "POST", .path = "/sms", .fields = {{"To", "+254712345678"}}, .body = "Habari \"🐟\"\n"};
        auto const put_it = [&](std::string_view key, Request const& request) {
            return world.write([&](db::Write& to) {
                return put(to, hub, world.ids.next<OutgoingOf>(world.now), key, "sms", request, Repeat::safe,
                           world.now);
            });
        };
        CHECK(*put_it("sms:1", text));
        CHECK_FALSE(*put_it("sms:1", text));
        auto other = text;
        other.body = "Kwaheri";
        CHECK(put_it("sms:1", other).error().code() == Code::conflict);
        CHECK(put_it("", text).error().code() == Code::bad_value);
        // With the caller's transaction it stays or goes.
        auto const undone = world.write([&](db::Write& to) -> Result<bool> {
            (void)TRY(put(to, hub, world.ids.next<OutgoingOf>(world.now), "sms:2", "sms", text, Repeat::safe,
                          world.now));
            return refuse(Code::conflict, "", "the deal was closed meanwhile");
        });
        CHECK_FALSE(undone);
        CHECK(due(world.reading(), hub, world.now, 10)->size() == 1);
        CHECK(due(world.reading(), HubId(db::IdBytes{8}), world.now, 10)->empty());

        std::vector<Millis> waits{Millis(0)};
        waits.insert(waits.end(), pauses().begin(), pauses().end());
        std::int64_t tries = 0;
        for (auto const wait : waits) {
            if (wait > Millis(0)) {
                world.now += wait - Millis(1);
                CHECK(world.take_due().empty());
                world.now += Millis(1);
            }
            auto const given = world.take_due();
            REQUIRE(given.size() == 1);
            CHECK(given[0].request == text);
            CHECK(given[0].tries == tries++);
            (void)world.answered(given[0], {503, ""});
        }
        world.now += hours(1000);
        CHECK(world.take_due().empty());
        CHECK(world.count("SELECT state FROM pay_outgoing") == 2);
        CHECK(world.count("SELECT status FROM pay_outgoing") == 503);

        // A sender that dies: given again once the lease is over. What was answered is not given again.
        CHECK(*put_it("sms:3", text));
        CHECK(world.take_due().size() == 1);
        CHECK(world.take_due().empty());
        world.now += lease;
        auto const again = world.take_due();
        REQUIRE(again.size() == 1);
        CHECK(again[0].tries == 1);
        (void)world.answered(again[0], {200, "ok"});
        world.now += hours(1000);
        CHECK(world.take_due().empty());
        CHECK_FALSE(
            *world.write([&](db::Write& to) { return mark_unanswered(to, hub, again[0].id, 0, world.now); }));
        auto const forgotten = world.write(
            [&](db::Write& to) { return forget_before(to, hub, world.now + hours(1), world.now); });
        CHECK(*forgotten == 1);  // what was answered; what failed stays to be looked at
    });
}

TEST_CASE("the inbox: an id of the outside is taken in once") {
    everywhere([](World& world) {
        CHECK(*world.write([&](db::Write& to) { return take_in(to, hub, "card", "evt_1", world.now); }));
        CHECK_FALSE(
            *world.write([&](db::Write& to) { return take_in(to, hub, "card", "evt_1", world.now); }));
        CHECK(*world.write([&](db::Write& to) { return take_in(to, hub, "bank", "evt_1", world.now); }));
        CHECK(*is_taken(world.reading(), hub, "card", "evt_1"));
        CHECK_FALSE(*is_taken(world.reading(), HubId(db::IdBytes{8}), "card", "evt_1"));
        auto const forgotten = world.write([&](db::Write& to) {
            return forget_before(to, hub, world.now + hours(1), world.now + hours(1));
        });
        CHECK(*forgotten == 2);
    });
}

TEST_CASE("thirty at once hand in the same webhook: one effect") {
    everywhere([](World& world) {
        in_test::Processor stripe("whsec_one", true);
        auto const event = stripe.succeeded("pi_1", 123'45, "usd", "RF18539007547034", world.now);
        std::vector<std::thread> all;
        std::atomic<int> effects = 0, known = 0;
        for (int i = 0; i < 30; ++i)
            all.emplace_back([&] {
                auto const heard = world.hear(Way::card, event.incoming());
                if (!heard) return;
                effects += static_cast<int>(heard->payments.size());
                known += static_cast<int>(heard->known);
            });
        for (auto& one : all) one.join();
        CHECK(effects == 1);
        CHECK(known == 29);
    });
}

// ---- cards ------------------------------------------------------------------------------------------------

TEST_CASE("card events: paid, refunded, disputed, replayed") {
    everywhere([](World& world) {
        in_test::Processor stripe("whsec_one", true);
        auto const paid = stripe.succeeded("pi_1", 2400'00, "usd", "RF18 5390 0754 7034", world.now);
        auto const heard = *world.hear(Way::card, paid.incoming());
        REQUIRE(heard.payments.size() == 1);
        auto const& one = heard.payments[0];
        CHECK(one.turn == Turn::paid);
        CHECK(one.amount == Money(240'000, currency::USD));
        CHECK(one.reference->text() == "RF18539007547034");
        CHECK(one.outside_id == "payment:pi_1");
        CHECK(one.moment == world.now);
        CHECK(world.hear(Way::card, paid.incoming())->payments.empty());
        // Another event about the same payment has no second effect.
        auto const twice = stripe.succeeded("pi_1", 2400'00, "usd", "RF18 5390 0754 7034", world.now);
        CHECK(world.hear(Way::card, twice.incoming())->known == 1);

        // Two refunds, the later told first: each with its own part.
        auto const first = stripe.refunded("ch_1", 0, 45'00, "usd", "RF18539007547034", world.now);
        auto const second = stripe.refunded("ch_1", 45'00, 50'00, "usd", "RF18539007547034", world.now);
        CHECK(world.hear(Way::card, second.incoming())->payments.at(0).amount.minor() == 500);
        CHECK(world.hear(Way::card, first.incoming())->payments.at(0).amount.minor() == 4500);
        CHECK(world.hear(Way::card, first.incoming())->payments.empty());
        auto const whole = stripe.event("charge.refunded",
                                        R"("id":"ch_2","amount_refunded":100,"currency":"usd")", world.now);
        CHECK(world.hear(Way::card, whole.incoming()).error().code() == Code::field_missing);
        auto const dispute =
            world.hear(Way::card, stripe.disputed("dp_1", 2400'00, "usd", world.now).incoming());
        CHECK(dispute->payments.at(0).turn == Turn::disputed);
        auto const other = stripe.event("customer.created", R"("id":"cus_1")", world.now);
        CHECK(world.hear(Way::card, other.incoming())->payments.empty());
    });
}

TEST_CASE("card amounts are those of the processor's smallest unit") {
    Card const card(card_terms());
    in_test::Processor stripe("whsec_one", true);
    Moment const now(Millis(1'790'000'000'000));
    auto const seen = [&](std::int64_t units, std::string_view unit) {
        auto const event = stripe.succeeded("pi_1", units, unit, "", now);
        auto const found = card.seen(event.incoming(), now);
        return found ? found->at(0).amount.text() : std::string(facts_of(found.error().code()).name);
    };
    CHECK(seen(500, "jpy") == "500");
    CHECK(seen(500, "kes") == "5.00");
    CHECK(seen(5120, "kwd") == "5.120");
    CHECK(seen(500, "isk") == "5");
    CHECK(seen(501, "isk") == "amount-too-precise");
    CHECK(seen(500, "mga") == "500.00");
    CHECK(seen(500, "ugx") == "not-supported");
    CHECK(seen(0, "usd") == "bad-value");
    CHECK(seen(500, "xxz") == "bad-currency");
}

TEST_CASE("a card event that is not signed is refused") {
    Card const card(
        CardTerms{.secrets = {"whsec_new", "whsec_one"}, .tolerance = seconds(300), .is_live = true});
    in_test::Processor stripe("whsec_one", true);
    Moment const now(Millis(1'790'000'000'000));
    auto event = stripe.succeeded("pi_1", 100, "usd", "", now);
    auto const code = [&](in_test::Processor::Event const& one, Moment at) {
        auto const seen = card.seen(one.incoming(), at);
        return seen ? std::string("good") : std::string(facts_of(seen.error().code()).name);
    };
    CHECK(code(event, now) == "good");  // by the secret that is being replaced
    CHECK(code(event, now + seconds(300)) == "good");
    CHECK(code(event, now + seconds(301)) == "not-allowed");
    CHECK(code(event, now - seconds(300)) == "good");
    CHECK(code(event, now - seconds(301)) == "not-allowed");
    auto changed = event;
    changed.body.replace(changed.body.find("100"), 3, "900");
    CHECK(code(changed, now) == "not-allowed");
    auto const header = event.fields[0].value;
    for (std::string const& forged :
         {std::string(), std::string("t=1"), "v1=" + header.substr(header.find("v1=") + 3),
          header.substr(0, header.size() - 1), header + "0", "t=0," + header, std::string("t=x,v1=00"),
          std::string(5000, 'a')}) {
        event.fields[0].value = forged;
        CHECK(code(event, now) == "not-allowed");
    }
    // Several signatures, of which one fits; schemes that are not ours are passed over.
    event.fields[0].value =
        header.substr(0, header.find(',')) + ",v0=abc,v1=00" + header.substr(header.find(','));
    CHECK(code(event, now) == "good");
    in_test::Processor test_mode("whsec_one", false);
    CHECK(code(test_mode.succeeded("pi_1", 100, "usd", "", now), now) == "not-allowed");
    in_test::Processor stranger("whsec_other", true);
    CHECK(code(stranger.succeeded("pi_1", 100, "usd", "", now), now) == "not-allowed");
    // HMAC-SHA256 by another program: printf '1790000000.{}' | openssl dgst -sha256 -hmac whsec_one
    CHECK(signature_header("whsec_one", 1'790'000'000, "{}") ==
          "t=1790000000,v1=bf12d04d928ca59a711d38171f277543df149808ade704d16dd5d5a5a19b6108");
}

// ---- paying in by phone, cash -----------------------------------------------------------------------------

TEST_CASE("payments to the till") {
    everywhere([](World& world) {
        auto const path = world.mobile.callback_path("in");
        auto const body = in_test::till_payment("MP26XYZ", "2500.00", "KES", "rf18 5390 0754 7034");
        Incoming const incoming{.path = path, .fields = {}, .body = body};
        auto const heard = *world.hear(Way::mobile, incoming);
        REQUIRE(heard.payments.size() == 1);
        CHECK(heard.payments[0].amount == kes(250'000));
        CHECK(heard.payments[0].reference->text() == "RF18539007547034");
        CHECK(heard.payments[0].account == "+254712345678");
        CHECK(heard.payments[0].moment == Moment(Millis(1'795'669'200'000)));
        CHECK(world.hear(Way::mobile, incoming)->known == 1);
        for (auto const* amount : {"2500.001", "-1.00", "0", "1e3", ""}) {
            auto const bad = in_test::till_payment("MP26XYA", amount, "KES", "x");
            CHECK_FALSE(world.hear(Way::mobile, {.path = path, .fields = {}, .body = bad}));
        }
        auto const due = *world.desk.instructions(
            Way::mobile,
            {.reference = *Reference::of("4711"), .amount = kes(40'000'000), .words = "Order 4711"});
        CHECK(due.lines.at(0) == Line{"number", "555123"});
        CHECK(due.lines.back() == Line{"most at once", "250000.00"});
    });
}

TEST_CASE("cash: receipts without a gap, voided by a second clerk") {
    everywhere([](World& world) {
        auto const take = [&](std::string key, std::string clerk, Money amount) {
            return world.write([&](db::Write& to) {
                return take_cash(to, hub,
                                 {.key = std::move(key),
                                  .counter = "Gikomba",
                                  .clerk = std::move(clerk),
                                  .reference = *Reference::of("4711"),
                                  .amount = amount,
                                  .payer = "Juma"},
                                 world.now);
            });
        };
        auto const one = *take("form-1", "clerk-a", kes(50'000));
        CHECK(one.is_new);
        CHECK(one.receipt.number == 1);
        CHECK(one.receipt.payment().amount == kes(50'000));
        CHECK(one.receipt.payment().outside_id == "receipt:" + receipt_text(1));
        CHECK_FALSE(take("form-1", "clerk-a", kes(50'000))->is_new);
        CHECK(take("form-1", "clerk-a", kes(50'001)).error().code() == Code::conflict);
        CHECK(take("form-2", "clerk-a", kes(0)).error().field() == "amount");
        CHECK(take("form-2", "", kes(1)).error().field() == "clerk");
        CHECK(take("form-2", "clerk-b", kes(1))->receipt.number == 2);
        auto const voided = [&](std::string_view clerk, std::string_view reason) {
            return world.write(
                [&](db::Write& to) { return void_receipt(to, hub, 1, clerk, reason, world.now + hours(1)); });
        };
        CHECK(voided("clerk-a", "wrong amount").error().code() == Code::not_allowed);
        CHECK(voided("clerk-b", " ").error().field() == "reason");
        auto const back = *voided("clerk-b", "wrong amount");
        CHECK(back.taken_back().turn == Turn::taken_back);
        CHECK(back.taken_back().moment == world.now + hours(1));
        CHECK(voided("clerk-b", "again").error().code() == Code::conflict);
        CHECK(receipt(world.reading(), hub, 3).error().code() == Code::not_found);
        // Many at once: each number once, none left out.
        std::vector<std::thread> all;
        for (int i = 0; i < 8; ++i)
            all.emplace_back([&, i] {
                for (int k = 0; k < 5; ++k) CHECK(take("t" + std::to_string(i * 10 + k), "clerk-a", kes(1)));
            });
        for (auto& thread : all) thread.join();
        CHECK(world.count("SELECT COUNT(*) FROM pay_receipt") == 42);
        CHECK(world.count("SELECT MAX(number) FROM pay_receipt") == 42);
    });
}

TEST_CASE("numbers of receipts: a wrong digit or two exchanged are found") {
    for (std::int64_t const number : {1LL, 42LL, 12'345'678LL, 99'999'999LL}) {
        auto const text = receipt_text(number);
        CHECK(*parse_receipt(text) == number);
        CHECK(*parse_receipt(text.substr(0, 8) + text.substr(9)) == number);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '-') continue;
            for (char c = '0'; c <= '9'; ++c) {
                auto wrong = text;
                wrong[i] = c;
                if (wrong != text) CHECK_FALSE(parse_receipt(wrong));
            }
            if (i + 1 < text.size() && text[i] != text[i + 1] && text[i + 1] != '-') {
                auto wrong = text;
                std::swap(wrong[i], wrong[i + 1]);
                CHECK_FALSE(parse_receipt(wrong));
            }
        }
    }
    for (auto const* text : {"", "1", "00000001", "0000000A-15", "123456789-12"})
        CHECK_FALSE(parse_receipt(text));
}

// ---- splitting --------------------------------------------------------------------------------------------

TEST_CASE("law: the fewest parts sum to the whole, each within bounds") {
    CHECK(rc::check("parts", [] {
        auto const cap = *rc::gen::inRange<std::int64_t>(1, 1000);
        auto const least = *rc::gen::inRange<std::int64_t>(1, cap + 1);
        auto const whole = *rc::gen::inRange<std::int64_t>(1, 20'000);
        auto const parts = fewest_parts(kes(whole), kes(cap), kes(least));
        // By trying: the smallest number of parts that can hold it.
        std::int64_t count = (whole + cap - 1) / cap;
        bool const can = count * least <= whole && count <= static_cast<std::int64_t>(parts_max);
        RC_ASSERT(parts.has_value() == can);
        if (!can) return;
        RC_ASSERT(std::ssize(*parts) == count);
        std::int64_t total = 0;
        for (auto const& one : *parts) {
            total += one.minor();
            RC_ASSERT(one.minor() <= cap);
            RC_ASSERT(one.minor() >= least);
        }
        RC_ASSERT(total == whole);
    }));
    CHECK(fewest_parts(kes(INT64_MAX), kes(1), kes(1)).error().code() == Code::amount_too_large);
    CHECK(fewest_parts(kes(25'000'001), kes(25'000'000), kes(1000))->back() == kes(1000));
    CHECK(fewest_parts(kes(5), Money(5, currency::USD), Money(1, currency::USD)).error().code() ==
          Code::bad_currency);
}
