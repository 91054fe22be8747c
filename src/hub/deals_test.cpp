#include "hub/hub.h"

#include "db/places_in_test.h"
#include "pay/simulators_in_test.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

namespace {

using namespace allroads;
using namespace allroads::hub;
using deal::Kind;
using deal::Role;
using deal::State;
namespace fs = std::filesystem;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

constexpr std::string_view shop_document =
    R"({"slug":"test-baskets","name":"Test Baskets","country":"KE","place":"Kisumu",)"
    R"("currency":"USD",)"
    R"("lanes":[{"to":["DE","US"],"road":"post","base":"150.00","per_kg":"0.00","currency":"USD",)"
    R"("days_min":10,"days_max":25}]})";

std::string product_document(std::string_view sku, std::string_view supply, std::string_view price = "4.50") {
    return R"({"sku":")" + std::string(sku) +
           R"(","texts":[{"language":"en","title":"Sisal bread basket"}],"category":"baskets","tiers":[)" +
           R"({"from":"1","price":")" + std::string(price) + R"(","currency":"USD"}],"unit":"H87",)" +
           std::string(supply) +
           R"(,"hs":"460219","hs_permille":900,"hs_by":"seller",)"
           R"("origin":"KE","ships_from":"KE","terms":"FCA","net_grams":350,"gross_grams":420,)"
           R"("materials":["sisal"]})";
}
constexpr std::string_view made_to_order = R"("supply":"made-to-order","lead_days":21)";
constexpr std::string_view five_there = R"("supply":"counted","stock":"5")";

Money usd(std::int64_t cents) { return Money(cents, currency::USD); }

// A hub that takes 2 %, knows a deposit, turns dollars into shillings, and pays by every way.
class House {
public:
    explicit House(std::string database = {}) : database_(std::move(database)) {
        auto name = (fs::temp_directory_path() / "allroads-deals-XXXXXX").string();
        allroads::check(::mkdtemp(name.data()) != nullptr);
        folder = name;
        auto const number = [](std::string_view text) { return *Decimal::parse(text); };
        using deal::Point;
        dealing.fees = {{Decimal(2), usd(0), Round::half_up}};
        dealing.plans = {{"all", {{"payment", Decimal(100), Point::accepted, Point::delivered}}},
                         {"deposit-30",
                          {{"deposit", Decimal(30), Point::accepted, Point::delivered},
                           {"balance", Decimal(70), Point::made, Point::delivered}}}};
        dealing.rates = {
            {*Country::parse("KE"), currency::USD, currency::KES, number("129.50"), Decimal(1), "agreed"}};
        dealing.ways = {std::make_shared<pay::Bank>(std::vector<pay::BankAccount>{
                            {currency::USD, "DE89370400440532013000", "COBADEFFXXX", "Allroads"}}),
                        std::make_shared<pay::MobileMoney>(
                            pay::WalletTerms{.cap = Money(25'000'000, currency::KES),
                                             .least = Money(1'000, currency::KES),
                                             .till = "247247",
                                             .name = "Allroads",
                                             .callback_address = "https://hub.example.org/money/mobile",
                                             .callback_secret = "a secret of thirty-two bytes or more"}),
                        std::make_shared<pay::Card>(pay::CardTerms{.secrets = {"whsec_one"}}),
                        std::make_shared<pay::Cash>(std::vector<pay::Cash::Counter>{{"Kisumu", "Market"}})};
        open();
        buyer = someone("+254712345671", "Buyer");
        seller = someone("+254712345672", "Seller");
        shop = *hub->make_shop(seller, shop_document);
    }
    House(House const&) = delete;
    House& operator=(House const&) = delete;
    ~House() {
        hub.reset();
        std::error_code none;
        fs::remove_all(folder, none);
    }
    void open() {
        hub.reset();
        Config config{.data = folder,
                      .database = database_,
                      .clock = [this] { return db::Moment(std::chrono::milliseconds(now_.load())); },
                      .dealing = dealing,
                      .log =
                          [this](std::string_view line) {
                              std::lock_guard const held(logging);
                              logged.emplace_back(line);
                          },
                      .faults = &faults};
        config.people.hashing = {.passes = 1, .memory_bytes = 64 * 1024, .at_once = 2, .waiting_max = 6};
        config.people.rates = people::no_rates();
        auto opened = Hub::open(std::move(config));
        REQUIRE_MESSAGE(opened, (opened ? std::string() : opened.error().sentence()));
        hub = std::move(*opened);
    }
    db::Moment now() const { return db::Moment(std::chrono::milliseconds(now_.load())); }
    void wait(std::chrono::milliseconds time) { now_ += time.count(); }

    Caller someone(std::string const& contact, std::string const& name) {
        auto const visitor = *hub->caller({.address = "192.0.2.7"}, people::Often::page_address);
        auto const made = hub->sign_up(visitor, {.contact = contact,
                                                 .name = name,
                                                 .language = "sw",
                                                 .password = "korongo nne majini",
                                                 .code = {},
                                                 .agent = "test"});
        REQUIRE_MESSAGE(made, (made ? std::string() : made.error().sentence()));
        token = made->token;
        return again();
    }
    // The last who signed up, with the roles of now.
    Caller again() {
        return *hub->caller({.token = token, .address = "192.0.2.7"}, people::Often::page_address);
    }
    Caller clerk(std::string const& contact) {
        auto const one = someone(contact, "Clerk");
        REQUIRE(hub->grant(hub->keeper(), *one.account, people::Role::clerk, true));
        return again();
    }
    shop::ProductId listed(std::string_view sku, std::string_view supply) {
        auto const saved = hub->save_product(
            seller, {.shop = shop, .document = product_document(sku, supply), .goes_live = true});
        REQUIRE_MESSAGE(saved, (saved ? std::string() : saved.error().sentence()));
        return saved->id;
    }
    Basket basket(shop::ProductId product, std::int64_t quantity, std::string plan = {}) {
        return {.shop = shop,
                .lines = {{product, Decimal(quantity)}},
                .door = {.to = *Country::parse("DE"),
                         .date = hub->today(),
                         .known_on = hub->today(),
                         .road = freight::Road::post},
                .plan = std::move(plan)};
    }
    Result<deal::Deal> order(Caller const& who, Basket const& wanted, std::string key) {
        auto const quoted = hub->terms_of(wanted);
        if (!quoted) return std::unexpected(quoted.error());
        return hub->place_order(who, {.key = std::move(key), .basket = wanted, .seen = quoted->document});
    }
    Deed deed(Kind kind) {
        Deed one;
        one.event.kind = kind;
        one.event.key = "k" + std::to_string(++count_);
        return one;
    }
    State act(Caller const& who, deal::DealId const& id, Deed const& one) {
        auto const done = hub->act(who, id, one);
        REQUIRE_MESSAGE(done, (done ? std::string() : done.error().sentence()));
        return done->state;
    }
    Money balance(std::string const& account, std::string_view currency_text = {}) {
        auto key = *ledger::AccountKey::parse(account);
        (void)currency_text;
        auto read = *hub->read();
        return hub->ledger().balance(read, key)->total;
    }
    std::string reference(deal::DealId const& id) { return hub->deal(buyer, id)->reference; }
    MoneySeen card(pay::in_test::Processor::Event const& event) {
        auto const heard = hub->hear(pay::Way::card, event.incoming(), "192.0.2.9");
        REQUIRE_MESSAGE(heard, (heard ? std::string() : heard.error().sentence()));
        return *heard;
    }
    void check_sound() {
        auto const wrong = hub->check();
        REQUIRE(wrong);
        for (auto const& one : *wrong)
            if (!one.starts_with("fsync is off")) FAIL_CHECK(one);
    }
    // Bounces between the hub and the wallet until nothing is to be sent.
    void send_all(pay::in_test::Provider& provider, int rounds) {
        for (int i = 0; i < rounds; ++i) {
            auto const waiting = *hub->outgoing(100);
            for (auto const& one : waiting) REQUIRE(hub->answered(one, provider.send(one.request, now())));
            for (auto const& told : provider.callbacks(now())) (void)hear(told);
            wait(hours(1));
        }
    }
    Result<MoneySeen> hear(pay::in_test::Provider::Callback const& told) {
        auto const path = told.url.substr(std::string_view("https://hub.example.org/money/mobile").size());
        pay::Incoming const incoming{
            .path = path, .fields = {{"X-CorrelationID", told.correlation}}, .body = told.body};
        return hub->hear(pay::Way::mobile, incoming, "192.0.2.9");
    }

    fs::path folder;
    Dealing dealing;
    db::Faults faults;
    std::unique_ptr<Hub> hub;
    std::string token;
    Caller buyer, seller;
    shop::ShopId shop{db::IdBytes{}};
    pay::in_test::Processor processor{"whsec_one", true};
    std::mutex logging;
    std::vector<std::string> logged;

private:
    std::string database_;
    std::atomic<std::int64_t> now_{
        db::Moment(std::chrono::sys_days(std::chrono::year(2026) / 3 / 15)).time_since_epoch().count()};
    int count_ = 0;
};

void on_both(std::function<void(House&)> const& scenario) {
    {
        House house;
        scenario(house);
    }
    auto* const server = db::in_test::Postgres::server(false);
    if (server == nullptr) return;
    House house(server->fresh());
    scenario(house);
}

// Ordered, paid by card, ready, and sent.
deal::DealId sent(House& house, shop::ProductId product, std::int64_t quantity) {
    auto const order = house.order(house.buyer, house.basket(product, quantity), "sent");
    REQUIRE(order);
    auto const total = order->terms().total.minor();
    (void)house.card(
        house.processor.succeeded("pi_sent", total, "usd", house.reference(order->id), house.now()));
    auto hand_over = house.deed(Kind::hand_over);
    hand_over.event.quantities = {Decimal(quantity)};
    CHECK(house.act(house.seller, order->id, hand_over) == State::sent);
    return order->id;
}

void deposit_by_bank(House& house, deal::DealId const& id) {
    auto& hub = *house.hub;
    // The deposit comes by bank, in a statement that is looked at first and read twice.
    auto const told = hub.instructions(house.buyer, id, pay::Way::bank);
    REQUIRE(told);
    auto const reference = house.reference(id);
    pay::Statement statement{.id = "S1", .account = "DE89370400440532013000", .currency = currency::USD};
    statement.bookings.push_back({.amount = usd(72'000),
                                  .day = hub.today(),
                                  .bank_reference = "B1",
                                  .details = {{.amount = usd(72'000), .structured = reference}}});
    statement.bookings.push_back(
        {.amount = usd(1'000), .day = hub.today(), .bank_reference = "B2", .words = "who knows"});
    auto const xml = pay::in_test::statement_xml(std::span(&statement, 1), 8);
    CHECK(hub.import_statement(house.buyer, xml, true).error().code() == Code::not_allowed);
    auto const dry = hub.import_statement(hub.keeper(), xml, true);
    REQUIRE_MESSAGE(dry, (dry ? std::string() : dry.error().sentence()));
    REQUIRE(dry->matched.size() == 2);
    CHECK(dry->matched[0].match == pay::Match::part);
    CHECK(dry->matched[1].match == pay::Match::unknown);
    CHECK(hub.deal(house.buyer, id)->deal.state == State::agreed);
    auto const real = hub.import_statement(hub.keeper(), xml, false);
    REQUIRE_MESSAGE(real, (real ? std::string() : real.error().sentence()));
    REQUIRE(real->done.seen.size() == 2);
    CHECK(real->done.seen[0].became == Became::to_deal);
    CHECK(real->done.seen[1].became == Became::kept);
    CHECK(hub.import_statement(hub.keeper(), xml, false)->done.known == 2);
    CHECK(hub.deal(house.buyer, id)->deal.state == State::making);
    auto const deal_account = "deal-" + id.text();
    CHECK(house.balance(deal_account + ":held:USD") == usd(72'000));
    CHECK(house.balance("hub:suspense:USD") == usd(1'000));
    house.check_sound();
}

void paid_out(House& house, deal::DealId const& id) {
    auto& hub = *house.hub;
    auto const shop_account = "shop-" + house.shop.text();
    // Into a wallet that takes 250,000.00 a transfer; the first answer is lost.
    auto pay_out = house.deed(Kind::pay_out);
    pay_out.event.pay_to = deal::PayTo{.currency = currency::KES};
    pay_out.to = pay::Destination{.way = pay::Way::mobile, .account = "+254712345672", .name = "Seller"};
    pay_out.comes_to = Money(29'887'305, currency::KES);
    auto const begun = hub.act(house.seller, id, pay_out);
    REQUIRE_MESSAGE(begun, (begun ? std::string() : begun.error().sentence()));
    CHECK(hub.act(house.seller, id, pay_out)->is_again);
    REQUIRE(begun->deal.transfers.size() == 2);
    CHECK(begun->deal.transfers[0].amount.text() == "250000.00");
    CHECK(begun->deal.transfers[1].amount.text() == "48873.05");
    CHECK(house.balance(shop_account + ":payout:KES").text() == "298873.05");
    pay::in_test::Provider provider(1, {.callback_doubled = 100});
    provider.weather().answer_lost = 100;
    auto const first = hub.outgoing(1);
    REQUIRE(first->size() == 1);
    REQUIRE(hub.answered(first->front(), provider.send(first->front().request, house.now())));
    provider.weather().answer_lost = 0;
    house.send_all(provider, 40);
    CHECK(provider.moved.size() == 2);
    CHECK(hub.deal(house.seller, id)->deal.state == State::closed);
    CHECK(house.balance(shop_account + ":payout:KES").minor() == 0);
    CHECK(house.balance("way-mobile:outside:KES").text() == "298873.05");
    CHECK(house.balance(shop_account + ":payable:USD") == usd(0));
}

}  // namespace

TEST_CASE(
    "2,400.00 USD, deposit and balance, 45.00 back, 2 % for the hub, the rest as shillings: to the cent") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const product = house.listed("B-1", made_to_order);
        auto const basket = house.basket(product, 500, "deposit-30");
        auto const quoted = hub.terms_of(basket);
        REQUIRE_MESSAGE(quoted, (quoted ? std::string() : quoted.error().sentence()));
        CHECK(quoted->terms.total == usd(240'000));
        Order const wanted{.key = "first", .basket = basket, .seen = quoted->document};
        auto const order = hub.place_order(house.buyer, wanted);
        REQUIRE_MESSAGE(order, (order ? std::string() : order.error().sentence()));
        auto const id = order->id;
        CHECK(hub.place_order(house.buyer, wanted)->id == id);
        CHECK(hub.my_orders(house.buyer, {}, 10)->size() == 1);
        CHECK(order->agreed_signature.empty());
        // What the buyer agreed to was seen by the hub, and anybody can verify it.
        std::string signature;
        for (std::size_t i = 0; i < 128; i += 2)
            signature += static_cast<char>(std::stoi(order->offers[0].signature.substr(i, 2), nullptr, 16));
        CHECK(shop::is_signed(deal::signed_words(id, quoted->document), signature, hub.attest_key()));

        deposit_by_bank(house, id);
        auto const reference = house.reference(id);
        auto const deal_account = "deal-" + id.text();
        // The balance by card, told three times; a forged one has no effect and is noted.
        CHECK(house.act(house.seller, id, house.deed(Kind::made)) == State::made);
        auto const paid = house.processor.succeeded("pi_1", 168'000, "usd", reference, house.now());
        CHECK(house.card(paid).seen.size() == 1);
        CHECK(house.card(paid).known == 1);
        auto forged = house.processor.succeeded("pi_2", 168'000, "usd", reference, house.now());
        forged.body.replace(forged.body.find("168000"), 6, "868000");
        CHECK(hub.hear(pay::Way::card, forged.incoming(), "192.0.2.9").error().code() == Code::not_allowed);
        CHECK(hub.trail(hub.keeper(), {.verb = "money.forged"})->rows.size() == 1);
        CHECK(house.balance(deal_account + ":held:USD") == usd(240'000));

        auto hand_over = house.deed(Kind::hand_over);
        hand_over.event.quantities = {Decimal(500)};
        CHECK(house.act(house.seller, id, hand_over) == State::sent);
        auto deliver = house.deed(Kind::deliver);
        deliver.event.number = 0;
        CHECK(house.act(house.buyer, id, deliver) == State::delivered);
        auto refund = house.deed(Kind::refund);
        refund.event.amount = usd(4'500);
        CHECK(house.act(house.seller, id, refund) == State::delivered);
        // The same once more is nothing more.
        CHECK(hub.act(house.seller, id, refund)->is_again);
        CHECK(house.act(house.buyer, id, house.deed(Kind::release)) == State::released);
        auto const shop_account = "shop-" + house.shop.text();
        CHECK(house.balance(deal_account + ":held:USD") == usd(0));
        CHECK(house.balance("hub:fee:USD") == usd(4'710));
        CHECK(house.balance(shop_account + ":payable:USD") == usd(230'790));
        CHECK(house.balance("account-" + house.buyer.account->text() + ":funds:USD") == usd(4'500));

        paid_out(house, id);
        // Each side reads its own, strangers nothing.
        auto const funds =
            *ledger::AccountKey::parse("account-" + house.buyer.account->text() + ":funds:USD");
        CHECK(hub.statement(house.buyer, {.account = funds})->closing == usd(4'500));
        CHECK(hub.statement(house.seller, {.account = funds}).error().code() == Code::not_found);
        CHECK(hub.trial(hub.keeper(), {})->is_balanced);
        CHECK(hub.trial(house.seller, {}).error().code() == Code::not_allowed);
        REQUIRE(hub.look_after_deals());
        CHECK_FALSE(hub.notices(house.buyer, {}, 100)->empty());
        CHECK_FALSE(hub.messages(100)->empty());
        house.check_sound();
    });
}

TEST_CASE("five units and thirty simultaneous buyers: five are sold") {
    on_both([](House& house) {
        auto const product = house.listed("B-5", five_there);
        auto const basket = house.basket(product, 1);
        auto const quoted = house.hub->terms_of(basket);
        REQUIRE_MESSAGE(quoted, (quoted ? std::string() : quoted.error().sentence()));
        std::vector<Caller> buyers;
        for (int i = 0; i < 30; ++i)
            buyers.push_back(house.someone("buyer" + std::to_string(i) + "@example.org", "Buyer"));
        std::atomic<int> sold = 0, too_late = 0;
        std::vector<std::string> others(buyers.size());
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < buyers.size(); ++i) {
                threads.emplace_back([&, i] {
                    auto const placed = house.hub->place_order(
                        buyers[i], {.key = "one", .basket = basket, .seen = quoted->document});
                    if (placed)
                        ++sold;
                    else if (placed.error().code() == Code::conflict)
                        ++too_late;
                    else
                        others[i] = placed.error().sentence();
                });
            }
        }
        CHECK(sold == 5);
        CHECK(too_late == 25);
        for (auto const& one : others) CHECK(one.empty());
        CHECK(house.hub->available(product)->value() == Decimal(0));
        // Nobody pays: after the days for it they are free again, and the housekeeper ends the deals.
        house.wait(days(8));
        REQUIRE(house.hub->look_after_deals());
        CHECK(house.hub->available(product)->value() == Decimal(5));
        house.check_sound();
    });
}

TEST_CASE("a mediator decides a dispute, and the money follows") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const mediator = house.someone("mediator@example.org", "Mediator");
        auto const stranger = house.someone("stranger@example.org", "Stranger");
        auto const id = sent(house, house.listed("B-1", made_to_order), 100);
        auto open = house.deed(Kind::dispute);
        open.event.why = "damaged";
        CHECK(hub.act(stranger, id, open).error().code() == Code::not_found);
        CHECK(hub.trail(hub.keeper(), {.verb = "deal.refused"})->rows.size() == 1);
        CHECK(house.act(house.buyer, id, open) == State::disputed);
        CHECK(house.act(house.seller, id, house.deed(Kind::answer)) == State::disputed);
        CHECK(house.act(house.buyer, id, house.deed(Kind::escalate)) == State::escalated);
        auto name = house.deed(Kind::name_mediator);
        name.event.mediator = deal::Mediator{mediator.account->bytes(), "Mediator"};
        CHECK(hub.act(house.seller, id, name).error().code() == Code::not_allowed);
        CHECK(house.act(hub.keeper(), id, name) == State::escalated);
        auto decide = house.deed(Kind::decide);
        decide.event.amount = usd(20'000);
        CHECK(hub.act(house.buyer, id, decide).error().code() == Code::not_allowed);
        CHECK(house.act(mediator, id, decide) == State::released);
        // 600.00: 200.00 back, 2 % of 400.00 for the hub.
        CHECK(house.balance("account-" + house.buyer.account->text() + ":funds:USD") == usd(20'000));
        CHECK(house.balance("hub:fee:USD") == usd(800));
        CHECK(house.balance("shop-" + house.shop.text() + ":payable:USD") == usd(39'200));
        house.check_sound();
    });
}

TEST_CASE("whichever write fails, nothing stays half-written") {
    on_both([](House& house) {
        auto const product = house.listed("B-1", five_there);
        auto const basket = house.basket(product, 1);
        int failed = 0;
        for (std::int64_t n = 1; n <= 14; ++n) {
            auto const key = "n" + std::to_string(n);
            house.faults.change = n;
            auto order = house.order(house.buyer, basket, key);
            if (!order) {
                ++failed;
                house.faults.change = 0;
                order = house.order(house.buyer, basket, key);
            }
            house.faults.change = 0;
            REQUIRE_MESSAGE(order, (order ? std::string() : order.error().sentence()));
            auto const total = order->terms().total.minor();
            auto const paid =
                house.processor.succeeded("pi_" + key, total, "usd", house.reference(order->id), house.now());
            house.faults.change = n;
            auto heard = house.hub->hear(pay::Way::card, paid.incoming(), "192.0.2.9");
            if (!heard) {
                ++failed;
                house.faults.change = 0;
                heard = house.hub->hear(pay::Way::card, paid.incoming(), "192.0.2.9");
            }
            house.faults.change = 0;
            REQUIRE(heard);
            CHECK(house.hub->deal(house.buyer, order->id)->deal.state == State::making);
            CHECK(house.act(house.seller, order->id, house.deed(Kind::cancel)) == State::refunded);
            house.check_sound();
        }
        CHECK(failed > 10);
        CHECK(house.hub->available(product)->value() == Decimal(5));
    });
}

TEST_CASE("a price that has changed, another's order, a clerk, and cash with a receipt") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const product = house.listed("B-1", made_to_order);
        auto const basket = house.basket(product, 100);
        auto const quoted = *hub.terms_of(basket);
        REQUIRE(hub.save_product(house.seller, {.shop = house.shop,
                                                .product = product,
                                                .expected = 1,
                                                .document = product_document("B-1", made_to_order, "4.60"),
                                                .goes_live = true}));
        Order const stale{.key = "stale", .basket = basket, .seen = quoted.document};
        CHECK(hub.place_order(house.buyer, stale).error().code() == Code::conflict);
        CHECK(hub.place_order(house.seller, stale).error().code() == Code::not_allowed);
        auto const order = house.order(house.buyer, basket, "fresh");
        REQUIRE(order);
        auto const stranger = house.someone("stranger@example.org", "Stranger");
        CHECK(hub.deal(stranger, order->id).error().code() == Code::not_found);
        CHECK(hub.deal(house.seller, order->id)->standings.front().by.role == Role::seller);
        // From an empty account nobody pays.
        auto pay = house.deed(Kind::pay);
        pay.event.amount = order->terms().total;
        CHECK(hub.act(house.buyer, order->id, pay).error().code() == Code::not_enough);
        CHECK(hub.deal(house.buyer, order->id)->deal.state == State::agreed);
        CashPayment const cash{.key = "form-1",
                               .counter = "Kisumu",
                               .reference = house.reference(order->id),
                               .amount = order->terms().total,
                               .payer = "Buyer"};
        CHECK(hub.take_cash(house.buyer, cash).error().code() == Code::not_allowed);
        auto const clerk = house.clerk("clerk@example.org");
        auto const taken = hub.take_cash(clerk, cash);
        REQUIRE_MESSAGE(taken, (taken ? std::string() : taken.error().sentence()));
        CHECK(hub.take_cash(clerk, cash)->number == taken->number);
        CHECK(hub.deal(house.buyer, order->id)->deal.state == State::making);
        CHECK(house.balance("way-cash:outside:USD") == usd(-order->terms().total.minor()));
        CHECK(hub.void_cash(clerk, taken->number, "a mistake").error().code() != Code::unavailable);
        auto const other = house.clerk("clerk2@example.org");
        auto const voided = hub.void_cash(other, taken->number, "counted wrongly");
        REQUIRE_MESSAGE(voided, (voided ? std::string() : voided.error().sentence()));
        CHECK(house.balance("way-cash:outside:USD") == usd(0));
        CHECK(hub.deal(house.buyer, order->id)->deal.state == State::escalated);
        house.check_sound();
    });
}

TEST_CASE("asked of two shops, offered, countered, accepted by one: the other is told") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const product = house.listed("B-1", made_to_order);
        auto const rival = house.someone("rival@example.org", "Rival");
        auto document = std::string(shop_document);
        document.replace(document.find("test-baskets"), 12, "rival-basket");
        auto const other = *hub.make_shop(rival, document);
        deal::Request request{.wishes = {}, .to = *Country::parse("DE")};
        request.wishes.push_back({product, "", Decimal(100), unit::piece});
        Question const question{
            .key = "ask", .shops = {house.shop, other}, .request = request, .until = house.now() + days(10)};
        auto const asked = hub.ask_for_offers(house.buyer, question);
        REQUIRE_MESSAGE(asked, (asked ? std::string() : asked.error().sentence()));
        CHECK(*hub.ask_for_offers(house.buyer, question) == *asked);
        auto const id = asked->front();
        auto offer = house.deed(Kind::offer);
        offer.event.terms = hub.terms_of(house.basket(product, 100))->terms;
        offer.event.terms->sending = usd(10'000);
        offer.event.terms->total = usd(55'000);
        offer.event.terms->fee.percent = Decimal(0);
        offer.event.until = house.now() + days(3);
        CHECK(house.act(house.seller, id, offer) == State::offered);
        auto const standing = hub.deal(house.buyer, id)->deal.offers.back();
        CHECK(standing.terms.fee.percent == Decimal(2));
        CHECK(hub.act(rival, asked->back(), offer).error().code() == Code::not_found);
        auto accept = house.deed(Kind::accept);
        accept.event.number = 0;
        accept.event.document = deal::document_of(offer.event.terms.value());
        CHECK(hub.act(house.buyer, id, accept).error().code() == Code::conflict);
        accept.event.document = deal::document_of(standing.terms);
        CHECK(house.act(house.buyer, id, accept) == State::agreed);
        CHECK(hub.deal(rival, asked->back())->deal.state == State::declined);
        CHECK_FALSE(house.reference(id).empty());
        house.check_sound();
    });
}

namespace {

// Agreed on after an offer: one piece at that price, paid in thirds where they are something.
deal::DealId agreed_at(House& house, shop::ProductId product, Money const& price,
                       std::vector<deal::Member> members = {}) {
    auto& hub = *house.hub;
    deal::Request request{.wishes = {}, .to = *Country::parse("DE")};
    request.wishes.push_back({product, "", Decimal(1), unit::piece});
    auto const key = house.deed(Kind::ask).event.key;
    auto const asked = hub.ask_for_offers(
        house.buyer,
        {.key = key, .shops = {house.shop}, .request = request, .until = house.now() + days(10)});
    REQUIRE_MESSAGE(asked, (asked ? std::string() : asked.error().sentence()));
    auto const id = asked->front();
    auto terms = hub.terms_of(house.basket(product, 1))->terms;
    terms.lines[0].unit_price = terms.lines[0].amount = terms.total = price;
    terms.sending = Money::zero(price.currency());
    terms.rate.reset();
    terms.shown.reset();
    auto const third = *Decimal::parse("33.33");
    using deal::Point;
    terms.milestones = {{"first", third, Point::accepted, Point::delivered},
                        {"second", third, Point::made, Point::delivered},
                        {"third", *Decimal::parse("33.34"), Point::handed_over, Point::delivered}};
    // No part may be nothing.
    if (price.minor() < 3) terms.milestones = {{"payment", Decimal(100), Point::accepted, Point::delivered}};
    terms.members = std::move(members);
    auto offer = house.deed(Kind::offer);
    offer.event.terms = terms;
    offer.event.until = house.now() + days(3);
    CHECK(house.act(house.seller, id, offer) == State::offered);
    auto accept = house.deed(Kind::accept);
    accept.event.number = 0;
    accept.event.document = deal::document_of(hub.deal(house.buyer, id)->deal.offers.back().terms);
    CHECK(house.act(house.buyer, id, accept) == State::agreed);
    return id;
}

void arrived(House& house, deal::DealId const& id) {
    auto hand_over = house.deed(Kind::hand_over);
    hand_over.event.quantities = {Decimal(1)};
    CHECK(house.act(house.seller, id, hand_over) == State::sent);
    auto deliver = house.deed(Kind::deliver);
    deliver.event.number = 0;
    CHECK(house.act(house.buyer, id, deliver) == State::delivered);
}

std::int64_t minor_of(std::vector<deal::Due> const& dues) {
    std::int64_t sum = 0;
    for (auto const& one : dues) sum += one.amount.minor();
    return sum;
}

}  // namespace

TEST_CASE("dues, fees and shares sum in JPY, KWD and KES, down to the smallest unit over three") {
    on_both([](House& house) {
        auto const percent = *Decimal::parse("2.5");
        std::array const currencies{*Currency::parse("JPY"), *Currency::parse("KWD"), currency::KES};
        for (auto const one : currencies)
            house.dealing.fees.push_back({percent, Money::zero(one), Round::half_up});
        house.open();
        auto& hub = *house.hub;
        auto const product = house.listed("B-1", made_to_order);
        std::vector<deal::Member> members;
        for (auto const* const name : {"a", "b", "c"})
            members.push_back(
                {house.someone(std::string(name) + "@example.org", name).account->bytes(), name, Decimal(1)});
        for (auto const money : currencies) {
            auto const code = std::string(money.text());
            auto const lower = code == "JPY" ? "jpy" : code == "KWD" ? "kwd" : "kes";
            std::int64_t all = 0, fees = 0;
            for (std::int64_t const total : {1, 2, 3, 10, 19, 20, 100, 101, 99'999, 1'234'567}) {
                INFO(code, " ", total);
                auto const id = agreed_at(house, product, Money(total, money), members);
                CHECK(minor_of(hub.deal(house.buyer, id)->deal.dues) == total);
                auto const intent = "pi_" + code + std::to_string(total);
                (void)house.card(
                    house.processor.succeeded(intent, total, lower, house.reference(id), house.now()));
                arrived(house, id);
                for (auto const part : {total / 3, total / 7}) {
                    if (part == 0) continue;
                    auto release = house.deed(Kind::release);
                    release.event.amount = Money(part, money);
                    CHECK(house.act(house.buyer, id, release) == State::delivered);
                }
                auto const done = hub.act(house.buyer, id, house.deed(Kind::release));
                REQUIRE_MESSAGE(done, (done ? std::string() : done.error().sentence()));
                auto const& deal = done->deal;
                std::int64_t shares = 0;
                for (auto const& one : deal.payees) shares += one.share.minor();
                // The same as of one release: 2.5 %, halves up.
                auto const fee = (total * 25 + 500) / 1000;
                CHECK(deal.sums->fee.minor() == fee);
                CHECK(shares + fee == total);
                CHECK(house.balance("deal-" + id.text() + ":held:" + code).minor() == 0);
                all += shares;
                fees += fee;
            }
            CHECK(house.balance("hub:fee:" + code).minor() == fees);
            std::int64_t payable = 0;
            for (auto const& one : members)
                payable += house.balance("account-" + db::id_text(one.id) + ":payable:" + code).minor();
            CHECK(payable == all);
        }
        house.check_sound();
    });
}

TEST_CASE(
    "the most that a deal may be is held and released; what cannot be counted is refused and changes "
    "nothing") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const product = house.listed("B-1", made_to_order);
        // What a basket comes to is refused, not cut, where it does not fit.
        for (std::string_view const many : {"99999999999999999", "1000000000000000000000"}) {
            auto basket = house.basket(product, 1);
            basket.lines[0].quantity = *Decimal::parse(many);
            auto const quoted = hub.terms_of(basket);
            REQUIRE_FALSE(quoted);
            CHECK(quoted.error().code() != Code::unavailable);
        }
        auto const most = usd(1'000'000'000'000'000);
        auto more = hub.terms_of(house.basket(product, 1))->terms;
        more.lines[0].unit_price = more.lines[0].amount = more.total = usd(most.minor() + 1);
        more.sending = usd(0);
        CHECK(deal::may_be_agreed(more).error().code() == Code::amount_too_large);
        auto const id = agreed_at(house, product, most);
        CHECK(minor_of(hub.deal(house.buyer, id)->deal.dues) == most.minor());
        auto const booked = [&](std::string const& name, Money const& amount) {
            pay::Statement statement{
                .id = name, .account = "DE89370400440532013000", .currency = currency::USD};
            statement.bookings.push_back(
                {.amount = amount,
                 .day = hub.today(),
                 .bank_reference = name,
                 .details = {{.amount = amount, .structured = house.reference(id)}}});
            auto const xml = pay::in_test::statement_xml(std::span(&statement, 1), 8);
            return hub.import_statement(hub.keeper(), xml, false);
        };
        // The largest amount that a statement can say, until the bank's side of the book is full.
        auto const largest = usd(999'999'999'999'999'999);
        for (int i = 1; i <= 9; ++i) {
            auto const paid = booked("S" + std::to_string(i), largest);
            REQUIRE_MESSAGE(paid, (paid ? std::string() : paid.error().sentence()));
        }
        CHECK(house.balance("deal-" + id.text() + ":held:USD") == most);
        auto const outside = house.balance("way-bank:outside:USD").minor();
        CHECK(outside == -9 * largest.minor());
        auto const over = booked("S10", largest);
        REQUIRE_FALSE(over);
        CHECK(over.error().code() == Code::amount_too_large);
        CHECK(house.balance("way-bank:outside:USD").minor() == outside);
        CHECK(hub.deal(house.buyer, id)->deal.state == State::making);
        house.check_sound();
        arrived(house, id);
        CHECK(house.act(house.buyer, id, house.deed(Kind::release)) == State::released);
        auto const fee = house.balance("hub:fee:USD").minor();
        CHECK(fee == most.minor() / 50);
        auto const payable = "shop-" + house.shop.text() + ":payable:USD";
        CHECK(house.balance(payable).minor() == most.minor() - fee);
        // No wallet takes that, in however many transfers.
        auto pay_out = house.deed(Kind::pay_out);
        pay_out.event.pay_to = deal::PayTo{.currency = currency::KES};
        pay_out.to = pay::Destination{.way = pay::Way::mobile, .account = "+254712345672", .name = "Seller"};
        if (auto const quote = hub.payout_quote(house.seller, id, currency::KES))
            pay_out.comes_to = quote->comes_to;
        CHECK(hub.act(house.seller, id, pay_out).error().code() == Code::amount_too_large);
        CHECK(house.balance(payable).minor() == most.minor() - fee);
        house.check_sound();
    });
}

TEST_CASE("an order that is paid from the buyer's money here: both or neither, and once") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const counted = house.listed("B-5", five_there);
        auto const made = house.listed("B-6", made_to_order);
        auto const ask = [&](shop::ProductId product, std::string key, bool pays) {
            auto const wanted = house.basket(product, 2);
            auto const quoted = hub.terms_of(wanted);
            REQUIRE(quoted);
            return hub.place_order(house.buyer, {.key = std::move(key),
                                                 .basket = wanted,
                                                 .seen = quoted->document,
                                                 .note = {},
                                                 .pays_from_funds = pays});
        };
        auto const too_poor = ask(counted, "poor", true);
        REQUIRE_FALSE(too_poor);
        CHECK(too_poor.error().code() == Code::not_enough);
        CHECK(too_poor.error().field() == "pays_from_funds");
        CHECK(hub.my_orders(house.buyer, {}, 10)->empty());
        CHECK(hub.available(counted)->value() == Decimal(5));
        // What is paid beyond a price stays the buyer's.
        auto const first = ask(made, "first", false);
        REQUIRE(first);
        auto const price = first->terms().total.minor();
        (void)house.card(
            house.processor.succeeded("pi_1", 4 * price, "usd", house.reference(first->id), house.now()));
        auto const funds = "account-" + house.buyer.account->text() + ":funds:USD";
        CHECK(house.balance(funds) == usd(3 * price));
        auto const second = ask(counted, "second", true);
        REQUIRE_MESSAGE(second, (second ? std::string() : second.error().sentence()));
        CHECK(second->state == State::making);
        auto const paid = second->terms().total.minor();
        CHECK(house.balance(funds) == usd(3 * price - paid));
        CHECK(house.balance("deal-" + second->id.text() + ":held:USD") == usd(paid));
        CHECK(hub.deal(house.buyer, second->id)->reference.empty());
        CHECK(hub.available(counted)->value() == Decimal(3));
        // Told again it is the same, and nothing is paid twice; another order has not its key.
        CHECK(ask(counted, "second", true)->id == second->id);
        CHECK(ask(counted, "second", false).error().code() == Code::conflict);
        CHECK(house.balance(funds) == usd(3 * price - paid));
        house.wait(hours(24 * 40));
        REQUIRE(hub.look_after_deals());
        CHECK(hub.available(counted)->value() == Decimal(3));  // paid for: it does not lapse
        CHECK(house.act(house.seller, second->id, house.deed(Kind::cancel)) == State::refunded);
        CHECK(house.balance(funds) == usd(3 * price));
        house.check_sound();
    });
}

TEST_CASE("a card dispute names its payment alone, and is counted once, in the deal") {
    on_both([](House& house) {
        auto const id = sent(house, house.listed("B-1", made_to_order), 100);
        auto const dispute = [&](std::string const& name, std::string const& intent) {
            return house.card(house.processor.event(
                "charge.dispute.created",
                "\"id\":\"" + name + "\",\"payment_intent\":\"" + intent +
                    "\",\"amount\":60000,\"currency\":\"usd\",\"reason\":\"fraudulent\"",
                house.now()));
        };
        CHECK(dispute("dp_1", "pi_sent").seen.front().became == Became::to_deal);
        CHECK(dispute("dp_1", "pi_sent").known == 1);
        CHECK(house.hub->deal(house.buyer, id)->deal.state == State::escalated);
        CHECK(house.balance("way-card:outside:USD") == usd(0));
        CHECK(house.balance("deal-" + id.text() + ":held:USD") == usd(0));
        CHECK(house.balance("hub:own:USD") == usd(0));
        CHECK(house.reference(id).starts_with("RF"));
        // Of a payment that was never seen: the hub stands for it until a person knows whose it is.
        CHECK(dispute("dp_2", "pi_unknown").seen.front().became == Became::kept);
        CHECK(house.balance("hub:own:USD") == usd(-60'000));
        house.check_sound();
    });
}

TEST_CASE("days that the operator has settled hold, also where days for answers are others than usual") {
    House house;
    house.dealing.days = {
        .pay = 2, .make = 9, .deliver = 12, .inspect = 5, .answer = 4, .escalate = 8, .decide = 6};
    house.open();
    auto const order = house.order(house.buyer, house.basket(house.listed("B-1", made_to_order), 10), "one");
    REQUIRE(order);
    CHECK(order->terms().days == house.dealing.days);
    house.wait(days(2));
    REQUIRE(house.hub->look_after_deals());
    CHECK(house.hub->deal(house.buyer, order->id)->deal.state == State::lapsed);
}

TEST_CASE("what was sold is handed over, whatever the seller says of its stock meanwhile") {
    on_both([](House& house) {
        auto const product = house.listed("B-5", five_there);
        auto const says = [&](std::int64_t version, std::string_view supply) {
            return house.hub->save_product(house.seller, {.shop = house.shop,
                                                          .product = product,
                                                          .expected = version,
                                                          .document = product_document("B-5", supply),
                                                          .goes_live = true});
        };
        auto const id = [&] {
            auto const order = house.order(house.buyer, house.basket(product, 3), "three");
            REQUIRE(order);
            (void)house.card(house.processor.succeeded("pi_3", order->terms().total.minor(), "usd",
                                                       house.reference(order->id), house.now()));
            return order->id;
        }();
        CHECK(house.hub->available(product)->value() == Decimal(2));
        REQUIRE(says(1, made_to_order));
        REQUIRE(says(2, five_there));
        CHECK(house.hub->available(product)->value() == Decimal(5));
        auto hand_over = house.deed(Kind::hand_over);
        hand_over.event.quantities = {Decimal(3)};
        CHECK(house.act(house.seller, id, hand_over) == State::sent);
        CHECK(house.hub->available(product)->value() == Decimal(5));
        house.check_sound();
    });
}

TEST_CASE("many at once in few deals: what was told arrived once, nothing is lost, nobody is turned away") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const product = house.listed("B-1", made_to_order);
        std::vector<deal::Deal> orders;
        for (int i = 0; i < 3; ++i)
            orders.push_back(
                *house.order(house.buyer, house.basket(product, 100, "deposit-30"), "o" + std::to_string(i)));
        std::vector<std::string> references;
        for (auto const& one : orders) references.push_back(house.reference(one.id));
        std::mutex lock;
        std::set<std::string> told;
        std::vector<std::string> unheard_of;
        constexpr int rounds = 25;
        auto const works = [&](std::size_t thread) {
            pay::in_test::Processor processor("whsec_one", true);
            for (int n = 0; n < rounds; ++n) {
                auto const& order = orders[(thread + static_cast<std::size_t>(n)) % orders.size()];
                auto const note = [&](auto const& done) {
                    bool const is_usual = done || done.error().code() == Code::conflict ||
                                          done.error().code() == Code::not_enough;
                    if (is_usual) return;
                    std::lock_guard const held(lock);
                    unheard_of.push_back(done.error().sentence());
                };
                // Each payment is told by two threads at about the same time.
                auto const intent = "pi_" + std::to_string(thread / 2) + "_" + std::to_string(n);
                auto const& reference =
                    references[(thread / 2 + static_cast<std::size_t>(n)) % references.size()];
                auto const event = processor.succeeded(intent, 1'000, "usd", reference, house.now());
                auto const heard = hub.hear(pay::Way::card, event.incoming(), "192.0.2.9");
                note(heard);
                if (heard) {
                    std::lock_guard const held(lock);
                    told.insert(intent);
                }
                Deed deed;
                deed.event.key = "t" + std::to_string(thread) + "-" + std::to_string(n);
                deed.event.kind = n % 3 == 0 ? Kind::refund : n % 3 == 1 ? Kind::dispute : Kind::withdraw;
                if (deed.event.kind == Kind::refund) deed.event.amount = usd(300);
                if (deed.event.kind == Kind::dispute) deed.event.why = "damaged";
                note(hub.act(house.seller, order.id, deed));
                note(hub.look_after_deals());
            }
        };
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < 6; ++i) threads.emplace_back([&works, i] { works(i); });
        }
        for (auto const& one : unheard_of) CHECK(one.empty());
        CHECK(told.size() == 3 * rounds);
        auto const all = static_cast<std::int64_t>(told.size()) * 1'000;
        CHECK(house.balance("way-card:outside:USD") == usd(-all));
        CHECK(hub.trial(hub.keeper(), {})->is_balanced);
        house.check_sound();
    });
}

TEST_CASE("a clerk trades for a member by consent alone, and says where money goes by another") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const product = house.listed("B-1", made_to_order);
        auto const order = house.order(house.buyer, house.basket(product, 100), "own");
        REQUIRE(order);
        auto const clerk = house.clerk("clerk@example.org");
        auto const refusals = [&](std::string_view verb) {
            return hub.trail(hub.keeper(), {.verb = std::string(verb)})->rows.size();
        };
        CHECK(hub.acting_for(clerk, *house.buyer.account).error().code() == Code::not_allowed);
        CHECK(refusals("consent.missing") == 1);

        constexpr std::string_view pin = "482915";
        REQUIRE(hub.people().set_pin(*house.buyer.account, pin, hub.act_of(house.buyer)));
        WantedConsent wanted{.contact = "+254712345671", .pin = pin, .purposes = {"shops:write"}};
        REQUIRE(hub.consent(clerk, wanted));
        auto acting = *hub.acting_for(clerk, *house.buyer.account);
        auto const basket = house.basket(product, 50);
        CHECK(house.order(acting, basket, "for").error().code() == Code::not_allowed);
        deal::Request request{.wishes = {}, .to = *Country::parse("DE")};
        request.wishes.push_back({product, "", Decimal(100), unit::piece});
        Question const question{
            .key = "ask", .shops = {house.shop}, .request = request, .until = house.now() + days(10)};
        CHECK(hub.ask_for_offers(acting, question).error().code() == Code::not_allowed);
        auto const cancel = house.deed(Kind::cancel);
        CHECK(hub.act(acting, order->id, cancel).error().code() == Code::not_allowed);
        CHECK(refusals("deal.refused") == 3);
        CHECK(hub.deal(acting, order->id).error().code() == Code::not_allowed);

        wanted.purposes = {"deals:write"};
        REQUIRE(hub.consent(clerk, wanted));
        acting = *hub.acting_for(clerk, *house.buyer.account);
        auto const bought = house.order(acting, basket, "for");
        REQUIRE_MESSAGE(bought, (bought ? std::string() : bought.error().sentence()));
        CHECK(bought->buyer == house.buyer.account->bytes());
        REQUIRE(hub.ask_for_offers(acting, question));
        CHECK(house.act(acting, order->id, cancel) == State::cancelled);
        auto const events = *hub.deal_events(house.buyer, order->id);
        CHECK(events.back().find(clerk.account->text()) != std::string::npos);
        CHECK(hub.my_orders(acting, std::nullopt, 10)->size() == 3);
        CHECK(hub.money_of(acting, "", 0, 10).error().code() == Code::not_allowed);
        auto pay_out = house.deed(Kind::pay_out);
        pay_out.to = pay::Destination{.way = pay::Way::cash, .name = "Clerk"};
        pay_out.event.pay_to = deal::PayTo{.currency = currency::USD};
        CHECK(hub.act(acting, bought->id, pay_out).error().detail().find("money:write") !=
              std::string_view::npos);

        wanted.purposes = {"money:write"};
        REQUIRE(hub.consent(clerk, wanted));
        acting = *hub.acting_for(clerk, *house.buyer.account);
        CHECK(hub.money_of(acting, "", 0, 10)->empty());
        house.check_sound();
    });
}

TEST_CASE("where a payout goes is its receiver's to know, and an acceptance that is brought again is noted") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const id = sent(house, house.listed("B-1", made_to_order), 100);
        auto deliver = house.deed(Kind::deliver);
        deliver.event.number = 0;
        CHECK(house.act(house.buyer, id, deliver) == State::delivered);
        CHECK(house.act(house.buyer, id, house.deed(Kind::release)) == State::released);
        auto pay_out = house.deed(Kind::pay_out);
        pay_out.to = pay::Destination{.way = pay::Way::cash, .name = "Wanjiru"};
        pay_out.event.pay_to = deal::PayTo{.currency = currency::USD};
        REQUIRE(hub.act(house.seller, id, pay_out));
        auto const knows = [&](Caller const& who) {
            auto const of_order = hub.deal(who, id)->deal.transfers.front().destination;
            auto const events = *hub.deal_events(who, id);
            bool const of_events = std::ranges::any_of(
                events, [](std::string const& one) { return one.find("Wanjiru") != std::string::npos; });
            CHECK((of_order.find("Wanjiru") != std::string::npos) == of_events);
            return of_events;
        };
        CHECK(knows(house.seller));
        CHECK(knows(hub.keeper()));
        CHECK_FALSE(knows(house.buyer));
        auto again = house.deed(Kind::accept);
        again.event.number = 0;
        again.event.document = deal::document_of(hub.deal(house.buyer, id)->deal.terms());
        auto const before = hub.trail(hub.keeper(), {.verb = "deal.refused"})->rows.size();
        CHECK(hub.act(house.seller, id, again).error().code() == Code::conflict);
        CHECK(hub.trail(hub.keeper(), {.verb = "deal.refused"})->rows.size() == before + 1);
    });
}

TEST_CASE("what waits in suspense is given to its deal once, or goes back by a payout that may fail") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const product = house.listed("S-1", made_to_order);
        auto const order = house.order(house.buyer, house.basket(product, 100), "meant");
        REQUIRE_MESSAGE(order, (order ? std::string() : order.error().sentence()));
        auto const total = order->terms().total;
        pay::Statement statement{.id = "S9", .account = "DE89370400440532013000", .currency = currency::USD};
        for (auto const* const id : {"U1", "U2", "U3"})
            statement.bookings.push_back(
                {.amount = total, .day = hub.today(), .bank_reference = id, .words = "no reference"});
        auto const xml = pay::in_test::statement_xml(std::span(&statement, 1), 8);
        REQUIRE(hub.import_statement(hub.keeper(), xml, false));
        CHECK(hub.suspense(house.buyer, "", 10).error().code() == Code::not_allowed);
        auto const waiting = *hub.suspense(hub.keeper(), "", 10);
        REQUIRE(waiting.size() == 3);
        CHECK(waiting[0].payment.amount == total);
        CHECK(waiting[0].payment.said == "no reference");
        auto const reference = house.reference(order->id);
        CHECK(hub.assign(house.buyer, waiting[0].entry, reference).error().code() == Code::not_allowed);
        CHECK(hub.assign(hub.keeper(), waiting[0].entry, "RF00").error().field() == "reference");
        auto const given = hub.assign(hub.keeper(), waiting[0].entry, reference);
        REQUIRE_MESSAGE(given, (given ? std::string() : given.error().sentence()));
        CHECK(hub.deal(house.buyer, order->id)->deal.state == State::making);
        CHECK(house.balance("deal-" + order->id.text() + ":held:USD") == total);
        CHECK(hub.assign(hub.keeper(), waiting[0].entry, reference).error().code() == Code::conflict);
        pay::Destination const wrong{.way = pay::Way::bank, .account = "DE00", .name = "Payer"};
        CHECK(!hub.send_back(hub.keeper(), waiting[1].entry, wrong));
        pay::Destination const to{
            .way = pay::Way::bank, .account = "DE36000000000000000000", .name = "Payer"};
        REQUIRE(hub.send_back(hub.keeper(), waiting[1].entry, to));
        CHECK(hub.send_back(hub.keeper(), waiting[1].entry, to).error().code() == Code::conflict);
        CHECK(house.balance("hub:payout:USD") == total);
        auto key = hub.payouts_by_hand(hub.keeper(), pay::Way::bank, 10)->front().order.key;
        REQUIRE(hub.settle_payout(hub.keeper(), key, false, "", "the account is closed"));
        CHECK(house.balance("hub:payout:USD") == usd(0));
        REQUIRE(hub.suspense(hub.keeper(), "", 10)->size() == 2);
        REQUIRE(hub.send_back(hub.keeper(), waiting[1].entry, to));
        key = hub.payouts_by_hand(hub.keeper(), pay::Way::bank, 10)->front().order.key;
        REQUIRE(hub.settle_payout(hub.keeper(), key, true, "B-back", ""));
        CHECK(house.balance("hub:payout:USD") == usd(0));
        REQUIRE(hub.send_back(hub.keeper(), waiting[2].entry, std::nullopt));
        CHECK(hub.suspense(hub.keeper(), "", 10)->empty());
        CHECK(house.balance("hub:suspense:USD") == usd(0));
        CHECK(house.balance("hub:own:USD") == total);
        CHECK(house.balance("way-bank:outside:USD") == usd(-2 * total.minor()));
        CHECK(hub.trail(hub.keeper(), {.verb = "money.return"})->rows.size() == 3);
        house.check_sound();
    });
}

namespace {

// What an order cost, and 50.00 beyond it, come back to the buyer.
Money got_back(House& house) {
    auto const product = house.listed("W-1", made_to_order);
    auto const order = house.order(house.buyer, house.basket(product, 100), "one");
    REQUIRE_MESSAGE(order, (order ? std::string() : order.error().sentence()));
    auto const all = usd(order->terms().total.minor() + 5'000);
    (void)house.card(
        house.processor.succeeded("pi_1", all.minor(), "usd", house.reference(order->id), house.now()));
    CHECK(house.act(house.seller, order->id, house.deed(Kind::cancel)) == State::refunded);
    REQUIRE(house.balance("account-" + house.buyer.account->text() + ":funds:USD") == all);
    return all;
}
pay::Destination const home{.way = pay::Way::bank, .account = "DE36000000000000000000", .name = "Buyer"};

}  // namespace

TEST_CASE("a buyer has sent out no more than he has, and only what is right") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const all = got_back(house);
        auto const owner = "account-" + house.buyer.account->text();
        Withdrawal const wanted{.key = "home", .amount = all, .to = home};
        CHECK(hub.withdraw(Caller{}, wanted).error().code() == Code::signed_out);
        CHECK(hub.withdraw(house.seller, wanted).error().code() == Code::not_enough);
        auto wrong = wanted;
        wrong.amount = usd(all.minor() + 1);
        CHECK(hub.withdraw(house.buyer, wrong).error().code() == Code::not_enough);
        wrong.amount = usd(0);
        CHECK(hub.withdraw(house.buyer, wrong).error().field() == "amount");
        wrong = wanted;
        wrong.to.account = "DE00";
        CHECK_FALSE(hub.withdraw(house.buyer, wrong));
        wrong = wanted;
        wrong.custodian = "trustee-of-others";
        CHECK(hub.withdraw(house.buyer, wrong).error().code() == Code::not_enough);
        for (auto const* const name : {"", "a:b", "হাব"}) {
            wrong.custodian = name;
            CHECK(hub.withdraw(house.buyer, wrong).error().field() == "custodian");
        }
        wrong = wanted;
        wrong.to.way = pay::Way::card;
        CHECK(hub.withdraw(house.buyer, wrong).error().field() == "to.way");
        wrong = wanted;
        wrong.to = {.way = pay::Way::mobile, .account = "+254712345671", .name = "Buyer"};
        CHECK_FALSE(hub.withdraw(house.buyer, wrong));  // a wallet of shillings
        wrong = wanted;
        wrong.key.clear();
        CHECK(hub.withdraw(house.buyer, wrong).error().field() == "key");
        CHECK(hub.withdrawals(house.buyer, {}, 10)->empty());
        CHECK(house.balance(owner + ":funds:USD") == all);
        house.check_sound();
    });
}

TEST_CASE("a check tells where the ledger has less on its way than was sent out") {
    House house;
    auto const all = got_back(house);
    REQUIRE(house.hub->withdraw(house.buyer, {.key = "home", .amount = all, .to = home}));
    house.check_sound();
    {
        auto data = db::Db::open((house.folder / "hub.db").string());
        REQUIRE(data);
        REQUIRE(data->write(
            [](db::Write& write) { return write.run("UPDATE money_out SET minor = minor + 1"); }));
    }
    auto const wrong = house.hub->check();
    REQUIRE(wrong);
    CHECK(std::ranges::any_of(*wrong,
                              [](std::string const& one) { return one.ends_with("than was sent out"); }));
}

TEST_CASE("a buyer's money is sent out once, and is his again where that fails or comes back") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const all = got_back(house);
        auto const owner = "account-" + house.buyer.account->text();
        Withdrawal const wanted{.key = "home", .amount = all, .to = home};
        auto const sent = hub.withdraw(house.buyer, wanted);
        REQUIRE_MESSAGE(sent, (sent ? std::string() : sent.error().sentence()));
        CHECK(sent->state == OnItsWay::going);
        CHECK(hub.withdraw(house.buyer, wanted)->id == sent->id);  // told again it is the same
        auto wrong = wanted;
        wrong.amount = usd(1);
        CHECK(hub.withdraw(house.buyer, wrong).error().code() == Code::conflict);
        CHECK(house.balance(owner + ":funds:USD") == usd(0));
        CHECK(house.balance(owner + ":payout:USD") == all);
        CHECK(hub.withdrawals(house.seller, {}, 10)->empty());
        auto key = hub.payouts_by_hand(hub.keeper(), pay::Way::bank, 10)->front().order.key;
        REQUIRE(hub.settle_payout(hub.keeper(), key, false, "", "the account is closed"));
        CHECK(house.balance(owner + ":funds:USD") == all);
        auto const failed = hub.withdrawals(house.buyer, {}, 10);
        REQUIRE(failed->size() == 1);
        CHECK(failed->front().state == OnItsWay::failed);
        CHECK(failed->front().reason == "the account is closed");
        auto again = wanted;
        again.key = "home, again";
        REQUIRE(hub.withdraw(house.buyer, again));
        key = hub.payouts_by_hand(hub.keeper(), pay::Way::bank, 10)->front().order.key;
        REQUIRE(hub.settle_payout(hub.keeper(), key, true, "B-1", ""));
        REQUIRE_FALSE(hub.settle_payout(hub.keeper(), key, false, "", "no"));
        CHECK(house.balance(owner + ":payout:USD") == usd(0));
        CHECK(house.balance("way-bank:outside:USD") == all);
        CHECK(house.balance(owner + ":funds:USD") == usd(0));
        auto const both = hub.withdrawals(house.buyer, {}, 10);
        REQUIRE(both->size() == 2);
        CHECK(both->front().state == OnItsWay::done);
        CHECK(both->front().outside_id == "B-1");
        CHECK(hub.withdrawals(house.buyer, both->front().id, 10)->front().id == failed->front().id);
        // The bank brings it back: the statement names our order.
        pay::Statement statement{.id = "S1", .account = "DE89370400440532013000", .currency = currency::USD};
        statement.bookings.push_back({.amount = all,
                                      .day = hub.today(),
                                      .bank_reference = "R-1",
                                      .details = {{.amount = all, .end_to_end = key, .is_return = true}}});
        auto const xml = pay::in_test::statement_xml(std::span(&statement, 1), 8);
        auto const read = hub.import_statement(hub.keeper(), xml, false);
        REQUIRE_MESSAGE(read, (read ? std::string() : read.error().sentence()));
        REQUIRE(read->done.seen.size() == 1);
        CHECK(read->done.seen.front().became == Became::to_owner);
        CHECK(house.balance(owner + ":funds:USD") == all);
        CHECK(house.balance("way-bank:outside:USD") == usd(0));
        CHECK(hub.withdrawals(house.buyer, {}, 1)->front().state == OnItsWay::came_back);
        CHECK(hub.suspense(hub.keeper(), "", 10)->empty());
        CHECK(hub.trail(hub.keeper(), {.verb = "money.withdraw"})->rows.size() == 2);
        house.check_sound();
    });
}

TEST_CASE("a notice becomes a message in the words that faces give, short, or the short form") {
    House house;
    auto& hub = *house.hub;
    std::string const long_words(900, 'x');
    hub.tell_deals_in([&](std::string_view language, std::string_view key, std::string_view,
                          std::string_view order) -> std::string {
        if (key.empty()) return std::string(language) + " look at " + std::string(order);
        return key == "deal-ordered" ? long_words : "\u2068120.00\u00a0USD\u2069 yes";
    });
    auto const product = house.listed("M-1", made_to_order);
    auto const order = house.order(house.buyer, house.basket(product, 100), "told");
    REQUIRE(order);
    (void)hub.look_after_deals();
    auto const messages = *hub.messages(100);
    auto const id = order->id.text();
    bool const is_short = std::ranges::any_of(
        messages, [&](Message const& one) { return one.text == "sw look at " + id.substr(id.size() - 6); });
    CHECK(is_short);
    for (auto const& one : messages) CHECK(one.text != long_words);
}

TEST_CASE("a deadline or a notice that breaks us is told and passed over, and the others are done") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const product = house.listed("B-1", made_to_order);
        std::vector<deal::DealId> orders;
        for (auto const* const key : {"one", "two", "three"})
            orders.push_back(house.order(house.buyer, house.basket(product, 5), key)->id);
        auto const lapsed = [&] {
            return std::ranges::count_if(orders, [&](deal::DealId const& id) {
                return hub.deal(house.buyer, id)->deal.state == State::lapsed;
            });
        };
        std::atomic<bool> are_words_broken{true};
        hub.tell_deals_in([&](std::string_view, std::string_view key, std::string_view,
                              std::string_view order) -> std::string {
            bool const is_it = key == "deal-payment-lapsed" && orders[1].text().ends_with(order);
            if (is_it && are_words_broken) throw std::runtime_error("near +254712345671");
            return std::string(key) + " " + std::string(order);
        });
        auto const told = [&] {
            return std::ranges::count_if(*hub.messages(200), [](Message const& one) {
                return one.text.starts_with("deal-payment-lapsed");
            });
        };
        // Whichever comes first, the housekeeper or this test, breaks at what it writes first.
        house.faults.change = -1;
        house.wait(days(30));
        int rounds = 0;
        while ((lapsed() < 2 || told() < 2) && ++rounds < 1000) REQUIRE(hub.look_after_deals());
        CHECK(lapsed() == 2);
        house.wait(hours(2));
        while ((lapsed() < 3 || told() < 4) && ++rounds < 2000) REQUIRE(hub.look_after_deals());
        CHECK(lapsed() == 3);
        CHECK(told() == 4);
        are_words_broken = false;
        house.wait(hours(2));
        while (told() < 6 && ++rounds < 3000) REQUIRE(hub.look_after_deals());
        CHECK(told() == 6);
        std::lock_guard const held(house.logging);
        auto const count = [&](std::string_view begin) {
            return std::ranges::count_if(house.logged,
                                         [&](std::string const& line) { return line.starts_with(begin); });
        };
        CHECK(count("housekeeping of order \u2026") == 1);
        CHECK(count("housekeeping of notice \u2026") >= 2);
        CHECK(house.logged.front().find("src/db/db.cpp") != std::string::npos);
        for (auto const& line : house.logged) {
            CHECK(line.find("254712") == std::string::npos);
            for (auto const& id : orders) CHECK(line.find(id.text()) == std::string::npos);
        }
        house.check_sound();
    });
}

TEST_CASE("a payout is what its receiver saw, or it is none") {
    on_both([](House& house) {
        auto const product = house.listed("B-1", made_to_order);
        auto const id = sent(house, product, 500);
        auto deliver = house.deed(Kind::deliver);
        deliver.event.number = 0;
        CHECK(house.act(house.buyer, id, deliver) == State::delivered);
        CHECK(house.act(house.buyer, id, house.deed(Kind::release)) == State::released);
        auto const seen = house.hub->payout_quote(house.seller, id, currency::KES);
        REQUIRE_MESSAGE(seen, (seen ? std::string() : seen.error().sentence()));
        CHECK(seen->payable == usd(235'200));
        CHECK(seen->comes_to.text() == "304584.00");
        CHECK(seen->is_agreed);
        CHECK(house.hub->payout_quote(house.buyer, id, currency::KES).error().code() == Code::conflict);
        CHECK(house.hub->payout_quote(house.seller, id, currency::JPY).error().code() ==
              Code::no_exchange_rate);
        auto const plain = house.hub->payout_quote(house.seller, id, currency::USD);
        CHECK(plain->comes_to == usd(235'200));
        CHECK_FALSE(plain->rate);

        auto pay_out = house.deed(Kind::pay_out);
        pay_out.event.pay_to = deal::PayTo{.currency = currency::KES};
        pay_out.to = pay::Destination{.way = pay::Way::cash, .name = "Wanjiru"};
        auto const refused = [&](Code code, std::string_view field) {
            auto const done = house.hub->act(house.seller, id, pay_out);
            REQUIRE_FALSE(done);
            CHECK(done.error().code() == code);
            CHECK(done.error().field() == field);
        };
        refused(Code::field_missing, "comes_to");
        for (auto const& wrong :
             {Money(30'458'401, currency::KES), Money(30'458'399, currency::KES), usd(235'200)}) {
            pay_out.comes_to = wrong;
            refused(Code::conflict, "comes_to");
        }
        // The agreed rate is over, and the hub's is another now.
        house.dealing.rates.front().numerator = *Decimal::parse("128.00");
        house.open();
        house.wait(days(60));
        pay_out.comes_to = seen->comes_to;
        refused(Code::conflict, "comes_to");
        CHECK(house.balance("shop-" + house.shop.text() + ":payable:USD") == usd(235'200));
        auto const now = house.hub->payout_quote(house.seller, id, currency::KES);
        CHECK(now->comes_to.text() == "301056.00");
        CHECK_FALSE(now->is_agreed);
        pay_out.comes_to = now->comes_to;
        auto const done = house.hub->act(house.seller, id, pay_out);
        REQUIRE_MESSAGE(done, (done ? std::string() : done.error().sentence()));
        CHECK(done->deal.transfers.front().amount == now->comes_to);
        CHECK(house.hub->act(house.seller, id, pay_out)->is_again);
        house.check_sound();
    });
}

TEST_CASE("a charge-back says by which way the money left") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const product = house.listed("B-1", made_to_order);
        auto const id = sent(house, product, 100);  // 600.00 USD, paid by card
        auto const outside = [&](std::string_view way) {
            return house.balance("way-" + std::string(way) + ":outside:USD").minor();
        };
        CHECK(outside("card") == -60'000);
        auto const take = [&](Kind kind, std::optional<pay::Way> way, std::int64_t cents) {
            auto deed = house.deed(kind);
            deed.event.amount = usd(cents);
            deed.event.reference = "CB " + deed.event.key;
            deed.way = way;
            (void)house.act(hub.keeper(), id, deed);
        };
        take(Kind::charge_back, pay::Way::card, 10'000);
        CHECK(outside("card") == -50'000);
        take(Kind::charge_back, pay::Way::mobile, 2'000);
        CHECK(outside("mobile") == 2'000);
        take(Kind::charge_back, std::nullopt, 3'000);
        CHECK(outside("bank") == 3'000);
        take(Kind::charge_back_reversed, pay::Way::card, 10'000);
        CHECK(outside("card") == -60'000);
        auto made = house.deed(Kind::track);
        made.way = pay::Way::card;
        CHECK(hub.act(house.seller, id, made).error().code() == Code::field_unknown);
        house.check_sound();
    });
}

namespace {

std::string const paper = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

std::string a_photo() {
    auto const drawn =
        photo::draw_our_own_svg(R"(<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40">)"
                                R"(<rect width="60" height="40" fill="#c0a060"/></svg>)");
    REQUIRE(drawn);
    return drawn->bytes;
}

deal::DealId in_dispute(House& house) {
    auto const id = sent(house, house.listed("B-1", made_to_order), 100);
    CHECK(house.hub->keep_file(house.buyer, id, a_photo()).error().code() == Code::conflict);  // none yet
    auto dispute = house.deed(Kind::dispute);
    dispute.event.why = "damaged";
    dispute.event.note = "two are broken";
    CHECK(house.act(house.buyer, id, dispute) == State::disputed);
    return id;
}

}  // namespace

TEST_CASE("files for a dispute are photos and sound papers, by their content, and not many") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const id = in_dispute(house);
        auto const photo = a_photo();
        auto const code = [&](std::string_view bytes) {
            auto const kept = hub.keep_file(house.seller, id, bytes);
            return kept ? std::optional<Code>() : std::optional(kept.error().code());
        };
        CHECK(code("") == Code::field_missing);
        for (std::string const& wrong :
             {std::string("hello"), std::string("<svg/>"), paper.substr(0, 30),
              std::string("%PDF-1.4\n<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>\n%%EOF"),
              photo.substr(0, photo.size() / 2), "GIF89a" + std::string(40, 'x')})
            CHECK(code(wrong) == Code::bad_file);
        CHECK(code(paper + std::string(file_bytes_max, ' ')) == Code::too_long);
        // What a camera writes beside the picture is not kept.
        auto noted = photo;
        noted.insert(2, std::string("\xFF\xFE\x00\x10", 4) + "taken at home.");
        auto const picture = hub.keep_file(house.seller, id, noted);
        REQUIRE_MESSAGE(picture, (picture ? std::string() : picture.error().sentence()));
        CHECK(hub.file_of(house.seller, id, *picture)->bytes.find("at home") == std::string::npos);
        auto const other = hub.keep_file(house.seller, id, paper);
        CHECK(*hub.keep_file(house.seller, id, paper) == *other);
        for (int i = 2; i < 20; ++i) CHECK_FALSE(code(paper + "% " + std::to_string(i) + "\n%%EOF"));
        CHECK(code(paper + "% one more\n%%EOF") == Code::not_enough);
        CHECK_FALSE(code(paper));  // it is there already
        house.check_sound();
    });
}

TEST_CASE("a file in a dispute is seen by its sides and who decides, and its digest stands in the event") {
    on_both([](House& house) {
        auto& hub = *house.hub;
        auto const id = in_dispute(house);
        auto const clerk = house.clerk("+254712345675");
        auto const stranger = house.someone("+254712345676", "Stranger");
        for (auto const& who : {stranger, clerk})
            CHECK(hub.keep_file(who, id, paper).error().code() == Code::not_found);
        auto const picture = hub.keep_file(house.buyer, id, a_photo());
        REQUIRE(picture);
        CHECK(hub.file_of(house.seller, id, *picture).error().code() == Code::not_found);  // not shown yet
        auto show = house.deed(Kind::evidence);
        show.event.note = "as it came";
        show.file = *picture;
        auto typed = show;
        typed.file.clear();
        typed.event.reference = "sha256-" + *picture;
        CHECK(hub.act(house.buyer, id, typed).error().code() == Code::bad_value);
        typed = show;
        typed.file = std::string(64, '0');
        CHECK(hub.act(house.buyer, id, typed).error().code() == Code::not_found);
        auto const shown = hub.act(house.buyer, id, show);
        REQUIRE(shown);
        CHECK(shown->deal.dispute->evidence.back().reference == "sha256-" + *picture);
        CHECK(hub.act(house.buyer, id, show)->is_again);
        for (auto const& who : {house.buyer, house.seller, hub.keeper()}) {
            auto const seen = hub.file_of(who, id, *picture);
            REQUIRE(seen);
            CHECK(seen->type == "image/jpeg");
        }
        for (auto const& who : {stranger, clerk})
            CHECK(hub.file_of(who, id, *picture).error().code() == Code::not_found);
        CHECK(hub.deal_events(house.seller, id)->back().find("sha256-" + *picture) != std::string::npos);
        auto const other = hub.keep_file(house.seller, id, paper);
        REQUIRE(other);
        show = house.deed(Kind::evidence);
        show.file = *other;
        REQUIRE(hub.act(house.seller, id, show));
        CHECK(hub.file_of(house.buyer, id, *other)->bytes == paper);
        CHECK(hub.file_of(house.buyer, id, *other)->type == "application/pdf");
        auto misused = house.deed(Kind::answer);
        misused.event.note = "no";
        misused.file = *other;
        CHECK(hub.act(house.seller, id, misused).error().code() == Code::field_unknown);
        house.check_sound();
    });
}
