// Many random lives of deals through the doors of a hub, beside the plain model: the same things are done and
// refused, the same states follow, and every account of the ledger is the model's, after every step; while
// writes fail, messages from outside come twice, late and out of order, and a wallet loses answers.
#include "hub/hub.h"

#include "db/places_in_test.h"
#include "hub/plain_model_in_test.h"
#include "pay/simulators_in_test.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

namespace {

using namespace allroads;
using namespace allroads::hub;
using namespace allroads::hub::in_test;
using pay::Way;
namespace fs = std::filesystem;

constexpr std::string_view wallet_address = "https://hub.example.org/money/mobile";

Money usd(std::int64_t cents) { return Money(cents, currency::USD); }
db::Moment moment_of(std::int64_t milliseconds) {
    return db::Moment(std::chrono::milliseconds(milliseconds));
}
std::string error_of(auto const& done) { return done ? std::string() : done.error().sentence(); }

std::string shop_document(std::string_view slug) {
    return R"({"slug":")" + std::string(slug) + R"(","name":"Baskets of )" + std::string(slug) +
           R"(","country":"KE","place":"Kisumu","currency":"USD","lanes":[{"to":["DE"],"road":"post",)"
           R"("base":"7.35","per_kg":"0.00","currency":"USD","days_min":10,"days_max":25}]})";
}
// `stock` below zero: made to order.
std::string product_document(std::string_view sku, std::int64_t stock) {
    auto const supply = stock < 0 ? std::string(R"("supply":"made-to-order","lead_days":21)")
                                  : R"("supply":"counted","stock":")" + std::to_string(stock) + "\"";
    return R"({"sku":")" + std::string(sku) +
           R"(","texts":[{"language":"en","title":"Sisal bread basket"}],"category":"baskets",)"
           R"("tiers":[{"from":"1","price":"4.53","currency":"USD"}],"unit":"H87",)" +
           supply +
           R"(,"hs":"460219","hs_permille":900,"hs_by":"seller","origin":"KE","ships_from":"KE",)"
           R"("terms":"FCA","net_grams":350,"gross_grams":420,"materials":["sisal"]})";
}

// What is on its way to the hub from outside.
struct Word {
    enum class What : std::uint8_t { card, till, card_refund, card_dispute, booked } what = What::card;
    std::optional<std::size_t> deal = {};  // none: nobody knows whose it is
    std::string id = {}, reference = {};
    std::int64_t amount = 0, before = 0;
    pay::Booking booking = {.amount = usd(1)};  // booked
    std::string payout = {};                    // booked: a payout of ours
    bool is_told = false;
};

struct Store {
    Caller seller;
    shop::ShopId shop;
    std::string owner;
    shop::ProductId made, counted;
};
// Counted goods of a store.
struct Shelf {
    std::int64_t version = 1, said = 0, on_hand = 0;
    bool is_counted = true;
    std::map<std::size_t, std::int64_t> reserved = {};  // by deal
    [[nodiscard]] std::int64_t left() const {
        auto all = on_hand;
        for (auto const& [deal, many] : reserved) all -= many;
        return all;
    }
};
struct Dealt {
    deal::DealId id;
    Plain plain;
    std::size_t buyer = 0, store = 0;
    std::string reference = {};
    bool is_counted = false;      // of the counted goods
    bool names_mediator = false;  // the terms that stand: as it was usual when they were made
    std::vector<std::pair<Role, Deed>> done = {};
    std::vector<std::string> intents = {};  // of cards, that arrived
    std::size_t rival = 0;                  // asked for the same; itself: none
};

class World {
public:
    World(std::string database, std::uint64_t seed, std::size_t deals_at_once, bool has_faults)
        : dice_(seed),
          provider_(seed, {.request_lost = 3,
                           .request_late = 3,
                           .request_doubled = 5,
                           .answer_lost = 15,
                           .gateway_error = 4,
                           .callback_lost = 10,
                           .callback_doubled = 40,
                           .refused = 3,
                           .fails = 6,
                           .at_once = 20}),
          database_(std::move(database)),
          at_once_(deals_at_once),
          has_faults_(has_faults) {
        auto name = (fs::temp_directory_path() / "allroads-model-XXXXXX").string();
        allroads::check(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        settle_dealing();
        open();
        for (int i = 0; i < 5; ++i) buyers_.push_back(someone("buyer" + std::to_string(i)));
        mediator_ = someone("mediator");
        for (auto const* const clerk : {"clerk0", "clerk1"}) {
            auto const one = someone(clerk);
            REQUIRE(hub_->grant(hub_->keeper(), *one.account, people::Role::clerk, true));
            clerks_.push_back(again());
        }
        for (auto const* const slug : {"first-shop", "other-shop"}) {
            auto const seller = someone(slug);
            auto const shop = hub_->make_shop(seller, shop_document(slug));
            REQUIRE_MESSAGE(shop, error_of(shop));
            shelves_.push_back({.said = 40, .on_hand = 40});
            stores_.push_back({seller, *shop, "shop-" + shop->text(), listed(seller, *shop, "B-1", -1),
                               listed(seller, *shop, "B-2", 40)});
        }
    }
    World(World const&) = delete;
    World& operator=(World const&) = delete;
    ~World() {
        hub_.reset();
        std::error_code none;
        fs::remove_all(folder_, none);
    }

    void lives(std::size_t events) {
        for (std::size_t i = 0; i < events; ++i) {
            if (i == events / 2) reopen();
            one_event();
            let_time_act();
            compare_touched();
            if (i % 1'000 == 999) compare_all();
        }
        bring_home();
        compare_all();
        is_sound();
        // Sequences that never get anywhere would show nothing.
        for (auto const state : {State::agreed, State::making, State::made, State::sent, State::delivered,
                                 State::escalated, State::released, State::closed, State::refunded,
                                 State::cancelled, State::lapsed, State::declined})
            CHECK_MESSAGE(reached_[state] > 0, std::string(deal::text_of(state)));
        for (auto const* const what : {"known", "again", "twice-ordered", "arrived"})
            CHECK_MESSAGE(counts_[what] > 0, std::string(what));
        // Rare: a short life may do without.
        for (auto const* const what : {"failed", "returned", "restocked"})
            if (events > 10'000) CHECK_MESSAGE(counts_[what] > 0, std::string(what));
        if (has_faults_) CHECK(counts_["faults"] > 20);
        std::string told = std::to_string(deals_.size()) + " deals, " + std::to_string(events) + " events";
        for (auto const& [what, many] : counts_) told += ", " + what + " " + std::to_string(many);
        MESSAGE(told);
    }

private:
    // ---- the house --------------------------------------------------------------------------------------

    void settle_dealing() {
        auto const plan = [](std::string key, std::vector<deal::Milestone> all) {
            return Plan{std::move(key), std::move(all)};
        };
        dealing_.fees = {{Decimal(3), usd(200), Round::half_up}};
        dealing_.plans = {plan("all", {{"payment", Decimal(100), Point::accepted, Point::delivered}}),
                          plan("deposit", {{"deposit", Decimal(30), Point::accepted, Point::delivered},
                                           {"balance", Decimal(70), Point::made, Point::delivered}}),
                          plan("early", {{"deposit", Decimal(33), Point::accepted, Point::made},
                                         {"second", Decimal(33), Point::made, Point::handed_over},
                                         {"rest", Decimal(34), Point::handed_over, Point::delivered}})};
        dealing_.days = {
            .pay = 6, .make = 9, .deliver = 20, .inspect = 4, .answer = 2, .escalate = 5, .decide = 8};
        rules_ = {.percent = 3, .minimum = 200, .days = dealing_.days};
        dealing_.rates = {
            {*Country::parse("KE"), currency::USD, currency::KES, *Decimal::parse("129.50"), Decimal(1)}};
        dealing_.ways = {std::make_shared<pay::Bank>(std::vector<pay::BankAccount>{bank_}), wallet_,
                         std::make_shared<pay::Card>(pay::CardTerms{.secrets = {"whsec_one"}}),
                         std::make_shared<pay::Cash>(std::vector<pay::Cash::Counter>{{"Kisumu", "Market"}})};
    }
    void open() {
        Config config{.data = folder_,
                      .database = database_,
                      .clock = [this] { return moment_of(now_.load()); },
                      .dealing = dealing_,
                      .faults = &faults_};
        config.people.hashing = {.passes = 1, .memory_bytes = 64 * 1024, .at_once = 2, .waiting_max = 6};
        config.people.rates = people::no_rates();
        auto opened = Hub::open(std::move(config));
        REQUIRE_MESSAGE(opened, error_of(opened));
        hub_ = std::move(*opened);
    }
    // Deals of from now on name a mediator.
    void reopen() {
        hub_.reset();
        dealing_.mediator = deal::Mediator{mediator_.account->bytes(), "Mediator"};
        open();
    }
    Caller someone(std::string const& name) {
        auto const visitor = *hub_->caller({.address = "192.0.2.7"}, people::Often::page_address);
        auto const made = hub_->sign_up(visitor, {.contact = name + "@example.org",
                                                  .name = name,
                                                  .language = "en",
                                                  .password = "korongo nne majini",
                                                  .code = {},
                                                  .agent = "test"});
        REQUIRE_MESSAGE(made, error_of(made));
        token_ = made->token;
        return again();
    }
    Caller again() {
        return *hub_->caller({.token = token_, .address = "192.0.2.7"}, people::Often::page_address);
    }
    shop::ProductId listed(Caller const& seller, shop::ShopId shop, std::string_view sku, std::int64_t many) {
        auto const document = product_document(sku, many);
        auto const saved =
            hub_->save_product(seller, {.shop = shop, .document = document, .goes_live = true});
        REQUIRE_MESSAGE(saved, error_of(saved));
        return saved->id;
    }
    std::int64_t below(std::int64_t end) {
        return static_cast<std::int64_t>(dice_.next() % static_cast<std::uint64_t>(end));
    }
    std::string fresh(std::string_view what) { return std::string(what) + std::to_string(++names_); }

    // What is asked, while now and then a write or a commit fails; then once more, as whoever asked would.
    template <class Ask>
    auto surely(Ask&& ask) {
        if (!has_faults_ || below(6) != 0) return ask();
        if (below(4) == 0)
            faults_.commit = 1;
        else
            faults_.change = 1 + below(14);
        auto first = ask();
        faults_.change = 0;
        faults_.commit = 0;
        if (first) return first;
        auto second = ask();
        if (second) ++counts_["faults"];
        return second;
    }

    // ---- one event ----------------------------------------------------------------------------------------

    void one_event() {
        if (below(5) == 0) now_ += below(8 * one_day / static_cast<std::int64_t>(at_once_) + 1);
        let_time_act();
        if (alive_.size() < at_once_ && below(2) == 0) {
            if (below(4) == 0) return ask_shops();
            return place();
        }
        auto const kind = below(20);
        if (kind < 4 || waiting_.size() > 2 * at_once_) return hear_one();
        if (kind < 6) return import_some();
        if (kind < 8) return pump();
        if (kind == 8) return by_hand();
        if (kind == 9 && below(8) == 0) return restock();
        if (deals_.empty()) return;
        auto const any = below(12) == 0 || alive_.empty();
        auto const i =
            any ? static_cast<std::size_t>(below(static_cast<std::int64_t>(deals_.size())))
                : alive_[static_cast<std::size_t>(below(static_cast<std::int64_t>(alive_.size())))];
        auto& dealt = deals_[i];
        if (!dealt.done.empty() && below(12) == 0) return tell_again(dealt);
        if (dealt.plain.is_agreed && below(dealt.plain.state == State::agreed ? 2 : 6) == 0) return pays(i);
        does_something(i);
    }

    Basket basket(std::size_t store, bool is_counted, std::int64_t many, std::string plan) {
        auto const& one = stores_[store];
        return {.shop = one.shop,
                .lines = {{is_counted ? one.counted : one.made, Decimal(many)}},
                .door = {.to = *Country::parse("DE"),
                         .date = hub_->today(),
                         .known_on = hub_->today(),
                         .road = freight::Road::post},
                .plan = std::move(plan)};
    }
    Plain born(deal::DealId const& id, std::size_t buyer, std::size_t store) {
        Plain plain;
        plain.book = &book_;
        plain.rules = &rules_;
        plain.deal = "deal-" + id.text();
        plain.buyer = "account-" + buyers_[buyer].account->text();
        plain.shop = stores_[store].owner;
        return plain;
    }
    // What was agreed on; the split of the price is held to its percents here.
    void agreed(std::size_t i, deal::Deal const& deal) {
        auto& dealt = deals_[i];
        auto& plain = dealt.plain;
        plain.is_agreed = true;
        plain.state = State::agreed;
        plain.agreed_at = now_;
        plain.has_mediator = dealt.names_mediator;
        plain.total = deal.terms().total.minor();
        plain.left = static_cast<std::int64_t>(deal.terms().lines[0].quantity.coefficient());
        CHECK(deal.terms().days == dealing_.days);
        std::int64_t sum = 0;
        for (std::size_t j = 0; j < deal.dues.size(); ++j) {
            auto const& milestone = deal.terms().milestones[j];
            auto const amount = deal.dues[j].amount.minor();
            auto const percent = static_cast<std::int64_t>(milestone.percent.coefficient());
            CHECK(std::abs(amount * 100 - plain.total * percent) <= 100);
            plain.parts.push_back({amount, milestone.due, milestone.release});
            sum += amount;
        }
        CHECK(sum == plain.total);
        if (dealt.is_counted && shelves_[dealt.store].is_counted)
            shelves_[dealt.store].reserved[i] = plain.left;
        auto const seen = hub_->deal(buyers_[dealt.buyer], dealt.id);
        REQUIRE(seen);
        dealt.reference = seen->reference;
        CHECK(!dealt.reference.empty());
    }
    void place() {
        auto const buyer = static_cast<std::size_t>(below(5)), store = static_cast<std::size_t>(below(2));
        bool const is_counted = below(2) == 0;
        auto const& shelf = shelves_[store];
        auto const many = is_counted ? 1 + below(6) : 1 + below(800);
        static constexpr std::array<std::string_view, 4> plans{"", "all", "deposit", "early"};
        auto const wanted =
            basket(store, is_counted, many, std::string(plans[static_cast<std::size_t>(below(4))]));
        auto const quoted = hub_->terms_of(wanted);
        bool const is_there = !is_counted || !shelf.is_counted || shelf.left() >= many;
        REQUIRE_MESSAGE(quoted.has_value() == is_there, error_of(quoted));
        if (!quoted) return;
        Order const order{.key = fresh("order-"), .basket = wanted, .seen = quoted->document};
        auto const placed = surely([&] { return hub_->place_order(buyers_[buyer], order); });
        REQUIRE_MESSAGE(placed, error_of(placed));
        if (below(4) == 0) {
            auto const twice = hub_->place_order(buyers_[buyer], order);
            REQUIRE_MESSAGE(twice, error_of(twice));
            CHECK(twice->id == placed->id);
            ++counts_["twice-ordered"];
        }
        auto const i = deals_.size();
        deals_.push_back({placed->id, born(placed->id, buyer, store), buyer, store});
        deals_[i].is_counted = is_counted;
        deals_[i].names_mediator = dealing_.mediator.has_value();
        deals_[i].rival = i;
        by_id_[placed->id.text()] = i;
        agreed(i, *placed);
        alive_.push_back(i);
        touched_.insert(i);
    }
    void ask_shops() {
        auto const buyer = static_cast<std::size_t>(below(5));
        deal::Request request{.wishes = {}, .to = *Country::parse("DE")};
        request.wishes.push_back({{}, "baskets", Decimal(100), unit::piece});
        Question const question{.key = fresh("ask-"),
                                .shops = {stores_[0].shop, stores_[1].shop},
                                .request = request,
                                .until = moment_of(now_ + one_day * (1 + below(9)))};
        auto const asked = surely([&] { return hub_->ask_for_offers(buyers_[buyer], question); });
        REQUIRE_MESSAGE(asked, error_of(asked));
        REQUIRE(asked->size() == 2);
        for (std::size_t store = 0; store < 2; ++store) {
            auto const i = deals_.size();
            deals_.push_back({(*asked)[store], born((*asked)[store], buyer, store), buyer, store});
            deals_[i].plain.asked_until = question.until.time_since_epoch().count();
            deals_[i].rival = store == 0 ? i + 1 : i - 1;
            by_id_[(*asked)[store].text()] = i;
            alive_.push_back(i);
            touched_.insert(i);
        }
    }

    // ---- what parties do ----------------------------------------------------------------------------------

    Caller caller_of(Dealt const& dealt, Role role) {
        switch (role) {
            case Role::buyer: return buyers_[dealt.buyer];
            case Role::seller: return stores_[dealt.store].seller;
            case Role::mediator: return mediator_;
            default: return hub_->keeper();
        }
    }
    Kind likely(State state) {
        using K = Kind;
        static std::map<State, std::vector<K>> const all{
            {State::asked, {K::offer, K::offer, K::offer, K::offer, K::offer, K::offer, K::decline}},
            {State::offered,
             {K::counter, K::offer, K::accept, K::accept, K::accept, K::accept, K::accept, K::decline}},
            {State::agreed,
             {K::pay, K::pay, K::pay, K::cancel, K::charge_back, K::made, K::charge_back_reversed}},
            {State::making,
             {K::made, K::made, K::made, K::made, K::hand_over, K::hand_over, K::hand_over, K::pay,
              K::dispute, K::refund, K::cancel}},
            {State::made, {K::pay, K::hand_over, K::hand_over, K::hand_over, K::pay_out, K::dispute}},
            {State::sent,
             {K::hand_over, K::hand_over, K::deliver, K::deliver, K::deliver, K::release, K::refund,
              K::charge_back, K::dispute, K::pay_out}},
            {State::delivered, {K::release, K::pay, K::dispute, K::refund, K::charge_back, K::pay_out}},
            {State::disputed,
             {K::answer, K::evidence, K::propose, K::agree, K::agree, K::withdraw, K::escalate,
              K::charge_back_reversed}},
            {State::escalated,
             {K::decide, K::decide, K::name_mediator, K::propose, K::agree, K::withdraw,
              K::charge_back_reversed}},
            {State::released,
             {K::pay_out, K::pay_out, K::pay_out, K::pay_out, K::transfer_retry, K::transfer_retry, K::refund,
              K::charge_back, K::charge_back_reversed}}};
        auto const found = all.find(state);
        if (found != all.end() && below(7) != 0) {
            auto const& some = found->second;
            return some[static_cast<std::size_t>(below(static_cast<std::int64_t>(some.size())))];
        }
        static constexpr std::array any{K::pay,
                                        K::cancel,
                                        K::made,
                                        K::hand_over,
                                        K::deliver,
                                        K::release,
                                        K::refund,
                                        K::dispute,
                                        K::answer,
                                        K::propose,
                                        K::agree,
                                        K::withdraw,
                                        K::escalate,
                                        K::decide,
                                        K::name_mediator,
                                        K::pay_out,
                                        K::transfer_retry,
                                        K::charge_back,
                                        K::charge_back_reversed,
                                        K::accept,
                                        K::decline};
        return any[static_cast<std::size_t>(below(std::ssize(any)))];
    }
    Role usual(Kind kind, Dealt const& dealt) {
        if (below(15) == 0) return below(2) == 0 ? Role::buyer : Role::seller;
        switch (kind) {
            case Kind::counter:
            case Kind::pay:
            case Kind::release: return Role::buyer;
            case Kind::offer:
            case Kind::made:
            case Kind::hand_over:
            case Kind::refund:
            case Kind::pay_out: return Role::seller;
            case Kind::name_mediator:
            case Kind::transfer_retry:
            case Kind::charge_back:
            case Kind::charge_back_reversed: return Role::hub;
            case Kind::decide: return dealt.plain.has_mediator ? Role::mediator : Role::hub;
            case Kind::deliver: return below(3) == 0 ? Role::hub : Role::buyer;
            case Kind::withdraw: return dealt.plain.opener;
            case Kind::accept: return dealt.plain.offered_by == Role::buyer ? Role::seller : Role::buyer;
            default: return below(2) == 0 ? Role::buyer : Role::seller;
        }
    }
    std::int64_t some_amount(Plain const& m) {
        std::array<std::int64_t, 9> const all{m.due_by(Point::accepted) - m.paid(),
                                              m.open(),
                                              m.held,
                                              m.held / 2,
                                              m.payable,
                                              m.proposed.value_or(0),
                                              m.total,
                                              1,
                                              below(m.total + 10)};
        return std::max<std::int64_t>(all[static_cast<std::size_t>(below(9))], 0);
    }
    void does_something(std::size_t i) {
        auto& dealt = deals_[i];
        auto const kind = likely(dealt.plain.state);
        auto const role = usual(kind, dealt);
        if (role == Role::mediator && !dealt.plain.has_mediator) return;
        if (kind == Kind::pay_out) return pays_out(i);
        Deed deed;
        deed.as = role;
        deed.event.kind = kind;
        deed.event.key = fresh("k");
        fill(deed.event, dealt);
        if (kind == Kind::offer || kind == Kind::counter) return offers(i, role, deed);
        if (kind == Kind::accept) return accepts(i, role, deed);
        auto const before = dealt.plain.left;
        bool const is_expected = dealt.plain.takes(deed.event, role, now_);
        auto const done = surely([&] { return hub_->act(caller_of(dealt, role), dealt.id, deed); });
        INFO(std::string(deal::text_of(kind)), " by ", std::string(deal::text_of(role)), " then ",
             std::string(deal::text_of(dealt.plain.state)), ": ", error_of(done));
        REQUIRE(done.has_value() == is_expected);
        touched_.insert(i);
        if (!done) {
            ++counts_["refused"];
            return;
        }
        CHECK_FALSE(done->is_again);
        REQUIRE(deal::text_of(done->state) == deal::text_of(dealt.plain.state));
        if (kind == Kind::hand_over) took(i, before - dealt.plain.left);
        dealt.done.emplace_back(role, deed);
    }
    void fill(deal::Event& e, Dealt const& dealt) {
        auto const& m = dealt.plain;
        auto const amount = usd(some_amount(m));
        switch (e.kind) {
            case Kind::pay:
            case Kind::refund:
            case Kind::propose:
            case Kind::decide: e.amount = amount; break;
            case Kind::agree: e.amount = below(4) == 0 ? amount : usd(m.proposed.value_or(0)); break;
            case Kind::release:
                if (below(3) != 0) e.amount = amount;
                break;
            case Kind::charge_back:
            case Kind::charge_back_reversed:
                e.amount = amount;
                e.reference = "letter of the bank";
                break;
            case Kind::hand_over: e.quantities = {Decimal(below(3) == 0 ? below(m.left + 3) : m.left)}; break;
            case Kind::dispute: e.why = "damaged"; break;
            case Kind::evidence: e.note = "look at the handle"; break;
            case Kind::deliver:
                e.number = static_cast<std::int32_t>(below(std::ssize(m.shipments) + 1));
                e.reference = "proof";
                break;
            case Kind::transfer_retry:
                e.number = static_cast<std::int32_t>(below(std::ssize(m.leaving) + 1));
                break;
            case Kind::name_mediator:
                e.mediator = deal::Mediator{mediator_.account->bytes(), "Mediator"};
                break;
            default: break;
        }
    }
    void offers(std::size_t i, Role role, Deed deed) {
        auto& dealt = deals_[i];
        auto quoted = hub_->terms_of(basket(dealt.store, false, 1 + below(400), "early"));
        REQUIRE_MESSAGE(quoted, error_of(quoted));
        deed.event.terms = std::move(quoted->terms);
        deed.event.until = moment_of(now_ + one_day / 2 + below(4 * one_day));
        bool const is_expected = dealt.plain.takes(deed.event, role, now_);
        auto const done = surely([&] { return hub_->act(caller_of(dealt, role), dealt.id, deed); });
        REQUIRE_MESSAGE(done.has_value() == is_expected, error_of(done));
        if (done) dealt.names_mediator = dealing_.mediator.has_value();
        touched_.insert(i);
    }
    void accepts(std::size_t i, Role role, Deed deed) {
        auto& dealt = deals_[i];
        auto const seen = hub_->deal(hub_->keeper(), dealt.id);
        REQUIRE(seen);
        if (seen->deal.offers.empty()) return;
        deed.event.number = static_cast<std::int32_t>(seen->deal.offers.size() - 1);
        deed.event.document = deal::document_of(seen->deal.offers.back().terms);
        bool const is_altered = below(6) == 0;
        if (is_altered) deed.event.document.replace(deed.event.document.find("DE"), 2, "US");
        bool const is_expected = !is_altered && dealt.plain.takes(deed.event, role, now_);
        auto const done = surely([&] { return hub_->act(caller_of(dealt, role), dealt.id, deed); });
        REQUIRE_MESSAGE(done.has_value() == is_expected, error_of(done));
        touched_.insert(i);
        if (!done) return;
        agreed(i, done->deal);
        dealt.done.emplace_back(role, deed);
        auto& rival = deals_[dealt.rival];
        touched_.insert(dealt.rival);
        if (dealt.rival != i && (rival.plain.state == State::asked || rival.plain.state == State::offered))
            rival.plain.state = State::declined;
    }
    // The very same once more is answered as before and moves nothing.
    void tell_again(Dealt& dealt) {
        auto const& [role, deed] = dealt.done[static_cast<std::size_t>(below(std::ssize(dealt.done)))];
        auto const done = hub_->act(caller_of(dealt, role), dealt.id, deed);
        REQUIRE_MESSAGE(done, error_of(done));
        CHECK(done->is_again);
        ++counts_["again"];
        touched_.insert(static_cast<std::size_t>(&dealt - deals_.data()));
    }
    void pays_out(std::size_t i) {
        auto& dealt = deals_[i];
        auto& m = dealt.plain;
        Deed deed;
        deed.as = Role::seller;
        deed.event.kind = Kind::pay_out;
        deed.event.key = fresh("out");
        auto const way = static_cast<Way>(std::array{0, 1, 1, 3}[static_cast<std::size_t>(below(4))]);
        bool const is_wallet = way == Way::mobile;
        auto const money = is_wallet ? currency::KES : currency::USD;
        deed.event.pay_to = deal::PayTo{.currency = money};
        auto const to = is_wallet ? "+2547" + std::to_string(10'000'000 + ++names_) : fresh("ACC-");
        deed.to = pay::Destination{.way = way, .account = to, .bank = {}, .name = to};
        if (way == Way::bank) deed.to->bank = "COBADEFFXXX";
        bool const can = m.in(
            {State::made, State::sent, State::delivered, State::disputed, State::escalated, State::released});
        // 129.50 for one, halves to the even one.
        auto const tenths = m.payable * 1295;
        auto whole = is_wallet ? tenths / 10 : m.payable;
        if (is_wallet && (tenths % 10 > 5 || (tenths % 10 == 5 && whole % 2 == 1))) ++whole;
        bool const is_expected = can && m.payable > 0 && (!is_wallet || whole >= 1'000);
        if (is_wallet) deed.comes_to = Money(whole, money);
        auto const done = surely([&] { return hub_->act(caller_of(dealt, Role::seller), dealt.id, deed); });
        INFO(std::string(deal::text_of(m.state)), " ", m.payable, " ", to, ": ", error_of(done));
        REQUIRE(done.has_value() == is_expected);
        touched_.insert(i);
        if (!done) return;
        std::int64_t sum = 0, parts = 0;
        for (auto j = m.leaving.size(); j < done->deal.transfers.size(); ++j, ++parts) {
            auto const& one = done->deal.transfers[j];
            CHECK((!is_wallet || (one.amount.minor() <= 25'000'000 && one.amount.minor() >= 1'000)));
            sum += one.amount.minor();
        }
        CHECK(sum == whole);
        CHECK(parts == (is_wallet ? (whole - 1) / 25'000'000 + 1 : 1));
        auto const code = std::string(money.text());
        if (is_wallet) {
            book_.move(m.usd(m.shop, "payable"), "hub:conversion:USD:hub", m.payable);
            book_.move("hub:conversion:KES:hub", m.shop + ":payout:KES:hub", whole);
        } else {
            book_.move(m.usd(m.shop, "payable"), m.shop + ":payout:USD:hub", whole);
        }
        for (auto j = m.leaving.size(); j < done->deal.transfers.size(); ++j)
            m.leaving.push_back({to, code, way, done->deal.transfers[j].amount.minor()});
        m.payable = 0;
        dealt.done.emplace_back(Role::seller, deed);
    }
    void took(std::size_t i, std::int64_t many) {
        auto& shelf = shelves_[deals_[i].store];
        auto const mine = shelf.reserved.find(i);
        if (mine == shelf.reserved.end()) return;
        shelf.on_hand -= many;
        mine->second -= many;
    }
    // The seller says another number, or that it is made to order, or counted again.
    void restock() {
        auto const store = static_cast<std::size_t>(below(2));
        auto& shelf = shelves_[store];
        auto const& of = stores_[store];
        auto const said = below(3) == 0 ? -1 : 20 + below(40);
        auto const promised = shelf.on_hand - shelf.left();
        bool const is_news = said != shelf.said;
        auto const saved = hub_->save_product(of.seller, {.shop = of.shop,
                                                          .product = of.counted,
                                                          .expected = shelf.version,
                                                          .document = product_document("B-2", said),
                                                          .goes_live = true});
        bool const is_expected = said < 0 || !is_news || !shelf.is_counted || said >= promised;
        REQUIRE_MESSAGE(saved.has_value() == is_expected, error_of(saved));
        if (!saved) return;
        shelf.version = saved->version;
        if (said < 0) shelf.reserved.clear();
        if (is_news && said >= 0) shelf.on_hand = said;
        shelf.said = said;
        shelf.is_counted = said >= 0;
        ++counts_["restocked"];
    }

    // ---- what comes from outside --------------------------------------------------------------------------

    void pays(std::size_t i) {
        auto& dealt = deals_[i];
        auto& m = dealt.plain;
        std::array<std::int64_t, 6> const some{
            m.due_by(Point::accepted) - m.paid(), m.open(),       m.open(),
            m.due_by(Point::made) - m.paid(),     m.open() + 700, 1 + below(m.total)};
        auto const amount = some[static_cast<std::size_t>(below(6))];
        if (amount < 1) return;
        Word word{.deal = below(25) == 0 ? std::nullopt : std::optional(i),
                  .reference = dealt.reference,
                  .amount = amount};
        if (!word.deal) word.reference = pay::Reference::of("NOBODY" + std::to_string(++names_))->text();
        switch (below(8)) {
            case 0:
            case 1:
            case 2:
                word.id = fresh("pi_");
                if (below(12) == 0) disputes(word);
                break;
            case 3:
                word.what = Word::What::till;
                word.id = fresh("TILL");
                break;
            case 4:
                if (!word.deal) return;
                return by_cash(i, amount);
            default:
                word.what = Word::What::booked;
                word.booking = booking(amount, true);
                word.booking.details[0].structured = word.reference;
                if (below(10) == 0) {
                    auto back = word;
                    back.booking = booking(amount, false);
                    back.booking.is_reversal = true;
                    back.booking.details[0].structured = word.reference;
                    waiting_.push_back(std::move(back));
                }
        }
        waiting_.push_back(std::move(word));
    }
    pay::Booking booking(std::int64_t amount, bool is_credit) {
        pay::Booking one{.amount = usd(amount), .is_credit = is_credit, .day = hub_->today()};
        one.bank_reference = fresh("B");
        one.details.push_back({.amount = usd(amount)});
        return one;
    }
    // The processor gives some of it back, or the payer's bank asks for all of it.
    void disputes(Word const& paid) {
        auto word = paid;
        word.what = below(2) == 0 ? Word::What::card_refund : Word::What::card_dispute;
        word.before = word.what == Word::What::card_refund ? paid.amount / 3 : 0;
        word.amount -= word.before;
        waiting_.push_back(std::move(word));
    }
    void by_cash(std::size_t i, std::int64_t amount) {
        auto& dealt = deals_[i];
        auto const& clerk = clerks_[static_cast<std::size_t>(below(2))];
        CashPayment const cash{
            .key = fresh("form-"), .counter = "Kisumu", .reference = dealt.reference, .amount = usd(amount)};
        auto const taken = surely([&] { return hub_->take_cash(clerk, cash); });
        REQUIRE_MESSAGE(taken, error_of(taken));
        CHECK(hub_->take_cash(clerk, cash)->number == taken->number);
        dealt.plain.arrives(Way::cash, "USD", amount, now_);
        touched_.insert(i);
        let_time_act();
        if (below(6) != 0) return;
        CHECK_FALSE(hub_->void_cash(clerk, taken->number, "the one who took it"));
        auto const& other = clerks_[&clerk == &clerks_[0] ? 1 : 0];
        auto const voided = surely([&] { return hub_->void_cash(other, taken->number, "counted wrongly"); });
        REQUIRE_MESSAGE(voided, error_of(voided));
        CHECK(dealt.plain.taken_back(Way::cash, amount, now_));
        CHECK_FALSE(hub_->void_cash(other, taken->number, "once more"));
    }
    // One message of those on their way, in any order, or one that was told before.
    void hear_one() {
        auto const is_heard = [](Word const& one) { return one.what != Word::What::booked; };
        auto* const word = some_word(is_heard);
        if (word == nullptr) return;
        auto const known = word->is_told;
        auto const heard = surely([&] { return hear(*word); });
        INFO(static_cast<int>(word->what), " ", word->id, " ", word->amount);
        REQUIRE_MESSAGE(heard, error_of(heard));
        CHECK(heard->known == (known ? 1 : 0));
        CHECK(heard->seen.size() == (known ? 0 : 1));
        if (known)
            ++counts_["known"];
        else
            told(*word);
    }
    Word* some_word(auto const& fits) {
        bool const is_old = below(5) == 0;
        auto& all = is_old ? past_ : waiting_;
        std::vector<std::size_t> some;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (fits(all[i])) some.push_back(i);
        if (some.empty()) return nullptr;
        auto const i = some[static_cast<std::size_t>(below(std::ssize(some)))];
        if (is_old) return &all[i];
        past_.push_back(std::move(all[i]));
        all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
        return &past_.back();
    }
    // A processor signs anew whatever it tells again, and makes another event of it.
    Result<MoneySeen> hear(Word const& word) {
        auto const at = moment_of(now_);
        if (word.what == Word::What::till) {
            auto const body =
                pay::in_test::till_payment(word.id, usd(word.amount).text(), "KES", word.reference);
            pay::Incoming const incoming{.path = wallet_->callback_path("in"), .fields = {}, .body = body};
            return hub_->hear(Way::mobile, incoming, "192.0.2.9");
        }
        auto event = processor_.succeeded(word.id, word.amount, "usd", word.reference, at);
        if (word.what == Word::What::card_refund)
            event = processor_.refunded("ch_" + word.id, word.before, word.before + word.amount, "usd",
                                        word.reference, at);
        if (word.what == Word::What::card_dispute)
            event = processor_.event("charge.dispute.created",
                                     "\"id\":\"dp_" + word.id + "\",\"payment_intent\":\"" + word.id +
                                         "\",\"amount\":" + std::to_string(word.amount) +
                                         ",\"currency\":\"usd\",\"reason\":\"fraudulent\"",
                                     at);
        return hub_->hear(Way::card, event.incoming(), "192.0.2.9");
    }
    // What that means, told for the first time.
    void told(Word& word) {
        word.is_told = true;
        using What = Word::What;
        bool const is_dispute = word.what == What::card_dispute;
        bool const is_back = is_dispute || word.what == What::card_refund ||
                             (word.what == What::booked && !word.booking.is_credit);
        auto const way = word.what == What::booked ? Way::bank
                         : word.what == What::till ? Way::mobile
                                                   : Way::card;
        auto const money = word.what == What::till ? std::string("KES") : std::string("USD");
        auto deal = word.deal;
        // A dispute names the payment alone: the deal is known where the payment was seen.
        if (is_dispute && deal &&
            std::ranges::find(deals_[*deal].intents, word.id) == deals_[*deal].intents.end())
            deal.reset();
        auto const away = Plain::outside(way, money);
        if (!deal) {
            if (is_back) book_.move("hub:own:" + money + ":hub", away, word.amount);
            if (!is_back) book_.move(away, "hub:suspense:" + money + ":hub", word.amount);
            return;
        }
        touched_.insert(*deal);
        auto& dealt = deals_[*deal];
        if (word.what == What::card) dealt.intents.push_back(word.id);
        if (is_back)
            CHECK(dealt.plain.taken_back(way, word.amount, now_));
        else
            dealt.plain.arrives(way, money, word.amount, now_);
    }
    // A statement of some bookings, of which some may have stood in an earlier one.
    void import_some() {
        pay::Statement statement{
            .id = fresh("S"), .account = bank_.account, .currency = currency::USD, .bookings = {}};
        std::vector<Word*> words;
        past_.reserve(past_.size() + 4);
        for (int i = 0; i < 4; ++i) {
            auto* const word = some_word([](Word const& one) { return one.what == Word::What::booked; });
            if (word == nullptr || std::ranges::find(words, word) != words.end()) continue;
            words.push_back(word);
            statement.bookings.push_back(word->booking);
        }
        if (words.empty()) return;
        auto const xml = pay::in_test::statement_xml(std::span(&statement, 1), below(2) == 0 ? 2 : 8);
        std::int64_t known = 0;
        for (auto const* const one : words) known += one->is_told ? 1 : 0;
        if (below(3) == 0) REQUIRE(hub_->import_statement(hub_->keeper(), xml, true));
        auto const done = surely([&] { return hub_->import_statement(hub_->keeper(), xml, false); });
        REQUIRE_MESSAGE(done, error_of(done));
        CHECK(done->done.known == known);
        counts_["known"] += static_cast<int>(known);
        // What left is known before what came back, wherever it stands in the statement.
        std::ranges::stable_partition(
            words, [](Word const* one) { return !one->payout.empty() && !one->booking.is_credit; });
        for (auto* const one : words) {
            if (one->is_told) continue;
            if (one->payout.empty())
                told(*one);
            else
                booked(*one);
        }
    }

    // ---- payouts ------------------------------------------------------------------------------------------

    // The wallet is asked and tells; what the deals then say is held to what it really moved.
    void pump() {
        auto const waiting = surely([&] { return hub_->outgoing(20); });
        REQUIRE_MESSAGE(waiting, error_of(waiting));
        std::set<std::size_t> changed;
        for (auto const& one : *waiting) {
            changed.insert(deal_of(one));
            auto const answer = provider_.send(one.request, moment_of(now_));
            if (below(20) == 0) continue;  // the sender dies before it tells
            auto const done = surely([&] { return hub_->answered(one, answer); });
            REQUIRE_MESSAGE(done, error_of(done));
        }
        for (auto const& one : provider_.callbacks(moment_of(now_))) {
            pay::Incoming const incoming{.path = one.url.substr(wallet_address.size()),
                                         .fields = {{"X-CorrelationID", one.correlation}},
                                         .body = one.body};
            auto const heard = surely([&] { return hub_->hear(Way::mobile, incoming, "192.0.2.9"); });
            REQUIRE_MESSAGE(heard, error_of(heard));
            changed.insert(of_correlation_.at(one.correlation));
        }
        for (auto const i : changed) look_at_wallet(i);
    }
    // Whose payout a request is about: its first one says so.
    std::size_t deal_of(pay::Outgoing const& one) {
        auto const payout = one.key.substr(0, one.key.find(':', std::string_view("payout:").size()));
        auto const said = one.request.body.find("Allroads ");
        if (said != std::string::npos) {
            auto const i = by_id_.at(one.request.body.substr(said + 9, 26));
            of_payout_[payout] = i;
            for (auto const& field : one.request.fields)
                if (field.name == "X-CorrelationID") of_correlation_[field.value] = i;
        }
        return of_payout_.at(payout);
    }
    void look_at_wallet(std::size_t i) {
        auto& m = deals_[i].plain;
        auto const seen = hub_->deal(hub_->keeper(), deals_[i].id);
        REQUIRE(seen);
        for (std::size_t j = 0; j < m.leaving.size(); ++j) {
            auto& one = m.leaving[j];
            auto const& theirs = seen->deal.transfers.at(j);
            if (one.way != Way::mobile) continue;
            for (auto const attempt : theirs.arrived) {
                if (one.arrived.contains(attempt)) continue;
                CHECK(m.arrived(one, attempt));
                ++counts_["arrived"];
                touched_.insert(i);
            }
            for (auto const attempt : theirs.failed)
                if (one.failed.insert(attempt).second) ++counts_["failed"];
        }
        std::map<std::string, std::int64_t> arrived;
        for (auto const& one : m.leaving)
            arrived[one.to] += one.amount * static_cast<std::int64_t>(one.arrived.size());
        for (auto const& [to, amount] : arrived)
            if (to.starts_with("+")) CHECK(amount <= moved_to(to));
    }
    std::int64_t moved_to(std::string const& account) {
        for (; moved_seen_ < provider_.moved.size(); ++moved_seen_) {
            auto const& one = provider_.moved[moved_seen_];
            moved_[one.account] += Money::exact(*Decimal::parse(one.amount), currency::KES)->minor();
        }
        return moved_[account];
    }
    struct Going {
        std::size_t deal, place;
        int attempt;
    };
    // Bank files and boxes of cash.
    void by_hand() {
        auto const way = below(2) == 0 ? Way::bank : Way::cash;
        auto const waiting = hub_->payouts_by_hand(way == Way::bank ? hub_->keeper() : clerks_[0], way, 100);
        REQUIRE_MESSAGE(waiting, error_of(waiting));
        if (waiting->empty()) return;
        for (auto const& one : *waiting) {
            auto const i = by_id_.at(one.order.words.substr(9));
            auto const& all = deals_[i].plain.leaving;
            auto const place = std::ranges::find(all, one.order.to.account, &Leaving::to);
            REQUIRE(place != all.end());
            Going const going{i, static_cast<std::size_t>(place - all.begin()), place->attempt};
            going_.insert_or_assign(one.order.key, going);
        }
        if (way == Way::cash || below(5) == 0) return settles(waiting->front().order.key, way);
        auto const file = surely([&] { return hub_->payout_file(hub_->keeper(), bank_, 100); });
        REQUIRE_MESSAGE(file, error_of(file));
        for (auto const& one : *waiting) {
            CHECK(file->find(one.order.key) != std::string::npos);
            Word word{.what = Word::What::booked, .amount = one.order.amount.minor()};
            word.payout = one.order.key;
            word.booking = booking(word.amount, false);
            word.booking.details[0].end_to_end = one.order.key;
            if (below(2) == 0) {
                auto back = word;
                back.booking = booking(word.amount, true);
                back.booking.details[0].end_to_end = one.order.key;
                back.booking.details[0].is_return = true;
                waiting_.push_back(std::move(back));
            }
            waiting_.push_back(std::move(word));
        }
    }
    void settles(std::string const& key, Way way) {
        bool const is_done = below(3) != 0;
        auto const who = way == Way::cash ? clerks_[0] : hub_->keeper();
        auto const done = surely([&] { return hub_->settle_payout(who, key, is_done, "by hand", "no"); });
        REQUIRE_MESSAGE(done, error_of(done));
        CHECK_FALSE(hub_->settle_payout(who, key, !is_done, "by hand", "no"));
        auto const& at = going_.at(key);
        auto& plain = deals_[at.deal].plain;
        auto& one = plain.leaving[at.place];
        touched_.insert(at.deal);
        if (is_done) CHECK(plain.arrived(one, at.attempt));
        if (!is_done) one.failed.insert(at.attempt);
        ++counts_[is_done ? "arrived" : "failed"];
    }
    // The bank has booked a payout, or it came back.
    void booked(Word& word) {
        word.is_told = true;
        auto const& at = going_.at(word.payout);
        auto& plain = deals_[at.deal].plain;
        auto& one = plain.leaving[at.place];
        touched_.insert(at.deal);
        if (!word.booking.is_credit) {
            if (plain.arrived(one, at.attempt)) ++counts_["arrived"];
            return;
        }
        if (plain.returned(one, at.attempt)) {
            ++counts_["returned"];
            return;
        }
        // Back before it was seen to leave: a person looks.
        book_.move(Plain::outside(Way::bank, "USD"), "hub:suspense:USD:hub", word.amount);
    }

    // ---- held to the model --------------------------------------------------------------------------------

    void let_time_act() {
        bool is_late = true;
        for (int rounds = 0; is_late; ++rounds) {
            REQUIRE(rounds < 50);
            is_late = false;
            std::vector<std::size_t> late;
            for (auto const i : alive_) {
                auto const next = deals_[i].plain.deadline();
                if (next && next->first <= now_) late.push_back(i);
            }
            if (late.empty()) break;
            is_late = true;
            auto const done = surely([&] { return hub_->look_after_deals(); });
            REQUIRE_MESSAGE(done, error_of(done));
            for (auto const i : late) {
                auto& plain = deals_[i].plain;
                plain.time_brings(plain.deadline()->second, now_);
                touched_.insert(i);
                ++counts_["deadlines"];
            }
            // Each call does so many; until all are done.
            for (int calls = 0; calls < 20 && hub_->look_after_deals()->deadlines > 0; ++calls) {}
        }
    }
    void compare(std::size_t i) {
        auto const& dealt = deals_[i];
        auto const& m = dealt.plain;
        auto const seen = hub_->deal(hub_->keeper(), dealt.id);
        REQUIRE_MESSAGE(seen, error_of(seen));
        auto const& deal = seen->deal;
        ++reached_[deal.state];
        REQUIRE(deal::text_of(deal.state) == deal::text_of(m.state));
        if (!m.is_agreed) return;
        REQUIRE(deal.sums->held.minor() == m.held);
        REQUIRE(deal.sums->received.minor() == m.received);
        REQUIRE(deal.sums->released.minor() == m.released);
        REQUIRE(deal.sums->fee.minor() == m.fee_of(m.released));
        REQUIRE(deal.payees[0].payable.minor() == m.payable);
        REQUIRE(deal.transfers.size() == m.leaving.size());
        for (std::size_t j = 0; j < m.leaving.size(); ++j) {
            INFO(m.leaving[j].to, " attempt ", m.leaving[j].attempt, " of ours, ", deal.transfers[j].attempt);
            REQUIRE((deal.transfers[j].progress == deal::Progress::done) == m.leaving[j].is_done());
        }
        REQUIRE(m.held >= 0);
        if (m.is_over()) REQUIRE(m.held == 0);
        if (m.is_over()) shelves_[dealt.store].reserved.erase(i);
    }
    // What was touched by the last event, in deals and in the ledger; every new entry names only such.
    void compare_touched() {
        for (auto const i : touched_) compare(i);
        touched_.clear();
        auto read = hub_->read();
        REQUIRE(read);
        auto const ledger = hub_->ledger();
        auto const head = ledger.head(*read)->number;
        for (auto number = head_ + 1; number <= head; ++number) {
            auto const row = ledger.entry(*read, number);
            REQUIRE(row);
            std::map<std::string, std::int64_t> sums;
            for (auto const& leg : row->moved) {
                sums[std::string(leg.account.currency.text())] += leg.amount.minor();
                CHECK_MESSAGE(book_.touched.contains(leg.account.text()), leg.account.text());
            }
            for (auto const& [currency, sum] : sums) REQUIRE(sum == 0);
        }
        head_ = head;
        for (auto const& account : book_.touched) same(*read, account);
        book_.touched.clear();
        if (deals_.size() < 300) REQUIRE(ledger.trial(*read)->is_balanced);
        for (std::size_t store = 0; store < 2; ++store) {
            auto const left = hub_->available(stores_[store].counted);
            REQUIRE(left);
            auto const& shelf = shelves_[store];
            REQUIRE(left->has_value() == shelf.is_counted);
            if (shelf.is_counted) REQUIRE(**left == Decimal(shelf.left()));
        }
        if (below(20) != 0) return;
        std::erase_if(alive_, [&](std::size_t i) {
            auto const state = deals_[i].plain.state;
            return state > State::released || (state == State::released && below(8) == 0);
        });
    }
    void same(db::Read& read, std::string const& account) {
        auto const key = ledger::AccountKey::parse(account);
        REQUIRE_MESSAGE(key, account);
        auto const balance = hub_->ledger().balance(read, *key);
        REQUIRE(balance);
        INFO(account);
        REQUIRE(balance->total.minor() == book_.at(account));
        auto const least = ledger::bounds_of(key->purpose).least;
        if (least) REQUIRE(balance->total.minor() >= *least);
        REQUIRE(balance->reserved.minor() == 0);  // the hub sets money aside in accounts, not by holds
    }
    // Every account of the ledger, and none besides.
    void compare_all() {
        auto read = hub_->read();
        REQUIRE(read);
        std::size_t accounts = 0;
        for (std::int64_t after = 0;;) {
            auto const rows = hub_->ledger().accounts(*read, {.after = after, .rows = 1'000});
            REQUIRE(rows);
            for (auto const& row : *rows) {
                after = row.number;
                ++accounts;
                INFO(row.key.text());
                REQUIRE(row.balance.total.minor() == book_.at(row.key.text()));
                if (row.bounds.least) REQUIRE(row.balance.total.minor() >= *row.bounds.least);
            }
            if (rows->size() < 1'000) break;
        }
        CHECK(accounts == book_.balances.size());
        REQUIRE(hub_->ledger().trial(*read)->is_balanced);
    }
    // Everything on its way arrives, and each transfer of the wallet was made as often as the deals say.
    void bring_home() {
        for (int rounds = 0; rounds < 60; ++rounds) {
            now_ += one_day / 2;
            let_time_act();
            pump();
            while (!waiting_.empty()) {
                hear_one();
                import_some();
                let_time_act();
                compare_touched();
            }
            let_time_act();
            compare_touched();
        }
        std::set<std::string> correlations;
        for (auto const& one : provider_.moved) CHECK(correlations.insert(one.correlation).second);
        std::map<std::string, std::int64_t> arrived, open;
        for (auto const& dealt : deals_) {
            for (auto const& one : dealt.plain.leaving) {
                if (one.way != Way::mobile) continue;
                arrived[one.to] += one.amount * static_cast<std::int64_t>(one.arrived.size());
                if (!one.is_done() && !one.is_failed()) open[one.to] += one.amount;
            }
        }
        for (auto const& [to, amount] : arrived) {
            if (open.contains(to)) ++counts_["stuck"];
            CHECK(amount <= moved_to(to));
            if (!open.contains(to)) CHECK(amount == moved_to(to));
        }
    }
    void is_sound() {
        auto const wrong = hub_->check();
        REQUIRE_MESSAGE(wrong, error_of(wrong));
        for (auto const& one : *wrong)
            if (!one.starts_with("fsync is off")) FAIL_CHECK(one);
    }

    pay::in_test::Dice dice_;
    pay::in_test::Provider provider_;
    pay::in_test::Processor processor_{"whsec_one", true};
    pay::BankAccount bank_{currency::USD, "DE89370400440532013000", "COBADEFFXXX", "Allroads"};
    std::shared_ptr<pay::MobileMoney> wallet_ = std::make_shared<pay::MobileMoney>(
        pay::WalletTerms{.cap = Money(25'000'000, currency::KES),
                         .least = Money(1'000, currency::KES),
                         .till = "247247",
                         .name = "Allroads",
                         .callback_address = std::string(wallet_address),
                         .callback_secret = "a secret of thirty-two bytes or more"});
    fs::path folder_;
    std::string database_, token_;
    std::size_t at_once_;
    bool has_faults_;
    db::Faults faults_;
    Dealing dealing_;
    Rules rules_;
    std::atomic<std::int64_t> now_{
        db::Moment(std::chrono::sys_days(std::chrono::year(2026) / 3 / 15)).time_since_epoch().count()};
    std::unique_ptr<Hub> hub_;
    std::vector<Caller> buyers_, clerks_;
    Caller mediator_;
    std::vector<Store> stores_;
    std::vector<Shelf> shelves_;
    std::vector<Dealt> deals_;
    std::vector<std::size_t> alive_;
    std::vector<Word> waiting_, past_;
    std::map<std::string, Going> going_;
    std::map<std::string, std::size_t> by_id_, of_payout_, of_correlation_;
    std::map<std::string, std::int64_t> moved_;
    std::size_t moved_seen_ = 0;
    Book book_;
    std::set<std::size_t> touched_;
    std::map<State, int> reached_;
    std::map<std::string, int> counts_;
    std::int64_t head_ = 0, names_ = 0;
};

bool is_long() { return std::getenv("ALLROADS_LONG") != nullptr; }

void lives_on(std::string database, std::uint64_t seed, bool has_faults) {
    std::size_t const deals = is_long() ? 1'000 : 40, events = is_long() ? 100'000 : 2'500;
    World world(std::move(database), seed, deals, has_faults);
    world.lives(has_faults && is_long() ? events / 5 : events);
}

}  // namespace

TEST_CASE("random lives of deals through the hub are those of the plain model, on SQLite") {
    lives_on({}, 20'261'126, false);
}
TEST_CASE("random lives of deals through the hub are those of the plain model, on PostgreSQL") {
    if (auto* const server = db::in_test::Postgres::server(false)) lives_on(server->fresh(), 7, false);
}
TEST_CASE("random lives of deals while writes and commits fail, on both") {
    lives_on({}, 3, true);
    if (auto* const server = db::in_test::Postgres::server(false)) lives_on(server->fresh(), 5, true);
}
