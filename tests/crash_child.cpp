// A hub under load that somebody else kills: what crash_test.py and standby_test.py start.
//
//   crash_child load FOLDER DATABASE RUN THREADS [KEYS…]   orders and pays until it is killed; KEYS are
//   ordered first crash_child check FOLDER DATABASE                      reads everything and says what is
//   there
//
// Every second order is placed over HTTP, as a program does it; its answer comes from the thread that syncs.
// While it loads it says a line before an order and one after each answer: "begin KEY", "ordered KEY ID",
// "paid KEY ID", "refused KEY WHY". Lines are written whole, so that a kill cuts none in two.
#include "api/api.h"
#include "hub/hub.h"
#include "net/net.h"
#include "wire/wire.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <mutex>
#include <thread>

namespace {

using namespace allroads;
using namespace allroads::hub;

constexpr std::string_view secret = "whsec_one";
constexpr std::string_view password = "korongo nne majini";
constexpr int buyers = 8;
constexpr std::int64_t stock = 1'000'000;

void say(std::string line) {
    static std::mutex lock;
    line += '\n';
    std::lock_guard const held(lock);
    auto const written = ::write(1, line.data(), line.size());
    if (written != static_cast<ssize_t>(line.size())) ::_exit(3);  // nobody listens any more
}

template <class T>
T must(Result<T> done) {
    if (done) return std::move(*done);
    std::fprintf(stderr, "%s\n", done.error().sentence().c_str());
    std::exit(2);
}

Config config_of(std::string const& folder, std::string const& database) {
    Config config{.data = folder, .database = database == "-" ? std::string() : database};
    config.people.hashing = {.passes = 1, .memory_bytes = 64 * 1024, .at_once = 2, .waiting_max = 64};
    config.people.rates = people::no_rates();
    config.dealing.fees = {{Decimal(2), Money(50, currency::USD), Round::half_up}};
    config.dealing.ways = {std::make_shared<pay::Card>(pay::CardTerms{.secrets = {std::string(secret)}})};
    return config;
}

// Who trades: as the hub knows him, and by what he proves it.
struct Someone {
    Caller caller;
    std::string token;
};

Someone someone(Hub& hub, std::string const& name) {
    auto const contact = name + "@example.org";
    auto const visitor = must(hub.caller({.address = "192.0.2.7"}, people::Often::page_address));
    auto made = hub.sign_in(visitor, contact, password, "test");
    if (!made)
        made = hub.sign_up(visitor, {.contact = contact,
                                     .name = name,
                                     .language = "en",
                                     .password = password,
                                     .code = {},
                                     .agent = "test"});
    auto token = must(std::move(made)).token;
    auto caller = must(hub.caller({.token = token, .address = "192.0.2.7"}, people::Often::page_address));
    return {std::move(caller), std::move(token)};
}

struct Goods {
    shop::ShopId shop;
    shop::ProductId product;
};
// The same shop and product in every run.
Goods goods_of(Hub& hub) {
    auto const seller = someone(hub, "seller").caller;
    auto const mine = must(hub.my_shops(seller));
    auto const shop =
        mine.empty()
            ? must(hub.make_shop(
                  seller, R"({"slug":"test-baskets","name":"Test Baskets","country":"KE","place":"Kisumu",)"
                          R"("currency":"USD","lanes":[{"to":["DE"],"road":"post","base":"7.35",)"
                          R"("per_kg":"0.00","currency":"USD","days_min":10,"days_max":25}]})"))
            : mine.front().id;
    auto const there = must(hub.products_of(seller, shop, shop::Which::live, {}, 1));
    if (!there.empty()) return {shop, there.front().id};
    auto const document =
        R"({"sku":"B-1","texts":[{"language":"en","title":"Sisal bread basket"}],"category":"baskets",)"
        R"("tiers":[{"from":"1","price":"4.53","currency":"USD"}],"unit":"H87","supply":"counted",)"
        R"("stock":")" +
        std::to_string(stock) +
        R"(","hs":"460219","hs_permille":900,"hs_by":"seller","origin":"KE","ships_from":"KE",)"
        R"("terms":"FCA","net_grams":350,"gross_grams":420,"materials":["sisal"]})";
    return {shop, must(hub.save_product(seller, {.shop = shop, .document = document, .goes_live = true})).id};
}

// Keys are RUN-THREAD-NUMBER; which buyer and how many follow from them, so that the same key is the same
// order in every run.
std::size_t number_in(std::string_view key) {
    std::size_t all = 0;
    for (char const c : key) all = all * 31 + static_cast<unsigned char>(c);
    return all;
}

class Load {
public:
    Load(Hub& hub, Goods const& goods)
        : hub_(hub), goods_(goods), server_(must(net::serve({.port = 0, .workers = 4}, api::routes(hub)))) {
        for (int i = 0; i < buyers; ++i) buyers_.push_back(someone(hub, "buyer" + std::to_string(i)));
    }
    void order(std::string const& key) {
        // Who was refused waits a little, as a client does, or there would be a flood while a server is away.
        if (!try_order(key)) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }

private:
    bool try_order(std::string const& key) {
        auto const refused = [&](Error const& error) {
            say("refused " + key + " " + error.sentence());
            return false;
        };
        auto const mark = number_in(key);
        auto const& buyer = buyers_[mark % buyers_.size()];
        Basket const basket{.shop = goods_.shop,
                            .lines = {{goods_.product, Decimal(static_cast<std::int64_t>(1 + mark % 3))}},
                            .door = {.to = *Country::parse("DE"),
                                     .date = hub_.today(),
                                     .known_on = hub_.today(),
                                     .road = freight::Road::post}};
        say("begin " + key);
        auto const quoted = hub_.terms_of(basket);
        if (!quoted) return refused(quoted.error());
        auto const placed = mark % 2 == 0 ? placed_here(buyer, key, basket, quoted->document)
                                          : placed_over_http(buyer, key, basket, quoted->document);
        if (!placed) return refused(placed.error());
        say("ordered " + key + " " + placed->text());
        if (mark % 7 == 0) return true;  // some never pay
        auto const seen = hub_.deal(buyer.caller, *placed);
        if (!seen) return refused(seen.error());
        auto const event = paid_event(seen->deal, seen->reference);
        pay::Incoming const incoming{
            .path = "/", .fields = {{"Stripe-Signature", sign(event)}}, .body = event};
        auto const heard = hub_.hear(pay::Way::card, incoming, "192.0.2.9");
        if (!heard) return refused(heard.error());
        say("paid " + key + " " + placed->text());
        return true;
    }

    Result<deal::DealId> placed_here(Someone const& buyer, std::string const& key, Basket const& basket,
                                     std::string const& seen) {
        return TRY(hub_.place_order(buyer.caller, {.key = key, .basket = basket, .seen = seen})).id;
    }
    Result<deal::DealId> placed_over_http(Someone const& buyer, std::string const& key, Basket const& basket,
                                          std::string const& seen) {
        net::Fetch request{
            .url = "http://127.0.0.1:" + std::to_string(server_.port()) + "/api/v1/orders",
            .method = "POST",
            .headers = {{"Authorization", "Bearer " + buyer.token}, {"Content-Type", "application/json"}},
            .reach = net::Reach::loopback};
        {
            wire::Writer w(request.body);
            w.open('{');
            w.text("key", key);
            w.key("basket");
            w.open('{');
            w.text("shop", basket.shop.text());
            w.key("lines");
            w.open('[');
            w.open('{');
            w.text("product", basket.lines.front().product.text());
            w.text("quantity", basket.lines.front().quantity.brief());
            w.close('}');
            w.close(']');
            w.text("to", basket.door.to.text());
            w.text("road", "post");
            w.close('}');
            w.text("seen", seen);
            w.close('}');
        }
        auto const answer = TRY(net::fetch(request));
        if (answer.status != 201)
            return refuse(Code::unavailable, "", std::to_string(answer.status) + " " + answer.body);
        auto const body = TRY(wire::parse(answer.body, answer.body.size()));
        return deal::DealId::parse(body.as_object().at("id").as_string().c_str());
    }

    // As the card processor tells it, and signs it.
    static std::string paid_event(deal::Deal const& deal, std::string const& reference) {
        return R"({"id":"evt_)" + deal.id.text() +
               R"(","created":1774000000,"livemode":true,"type":"payment_intent.succeeded","data":{"object":)"
               R"({"id":"pi_)" +
               deal.id.text() + R"(","amount_received":)" + std::to_string(deal.terms().total.minor()) +
               R"(,"currency":"usd","metadata":{"reference":")" + reference + R"("}}}})";
    }
    [[nodiscard]] std::string sign(std::string const& event) const {
        auto const now = std::chrono::floor<std::chrono::seconds>(hub_.now()).time_since_epoch().count();
        return pay::signature_header(secret, now, event);
    }

    Hub& hub_;
    Goods goods_;
    std::vector<Someone> buyers_;
    net::Server server_;
};

int load(std::vector<std::string> const& words) {
    auto const hub = must(Hub::open(config_of(words[1], words[2])));
    auto const goods = goods_of(*hub);
    Load load(*hub, goods);
    say("ready");
    for (std::size_t i = 5; i < words.size(); ++i) load.order(words[i]);
    std::vector<std::jthread> threads;
    for (int t = 0; t < std::stoi(words[4]); ++t)
        threads.emplace_back([&, t] {
            for (int n = 0;; ++n) load.order(words[3] + "-" + std::to_string(t) + "-" + std::to_string(n));
        });
    return 0;
}

int check(std::vector<std::string> const& words) {
    auto const hub = must(Hub::open(config_of(words[1], words[2])));
    auto const goods = goods_of(*hub);
    for (auto const& one : must(hub->check())) say("wrong " + one);
    for (int i = 0; i < buyers; ++i) {
        auto const buyer = someone(*hub, "buyer" + std::to_string(i)).caller;
        std::optional<deal::DealId> after;
        while (true) {
            auto const some = must(hub->my_orders(buyer, after, 200));
            for (auto const& one : some) {
                auto const& deal = one.deal;
                after = deal.id;
                say("order " + deal.past.front().key.substr(std::string_view("buyer:").size()) + " " +
                    deal.id.text() + " " + std::string(deal::text_of(deal.state)) + " " +
                    std::to_string(deal.sums->held.minor()) + " " +
                    std::to_string(deal.terms().total.minor()) + " " +
                    deal.terms().lines.front().quantity.brief());
            }
            if (some.size() < 200) break;
        }
    }
    say("stock " + must(hub->available(goods.product)).value().brief() + " of " + std::to_string(stock));
    auto const trial = must(hub->trial(hub->keeper(), {}));
    say(std::string("trial ") + (trial.is_balanced ? "balanced" : "unbalanced"));
    for (auto const& row : trial.rows)
        say("sum " + std::string(ledger::text_of(row.purpose)) + " " + std::string(row.currency.text()) +
            " " + row.total.brief());
    say("end");
    return 0;
}

}  // namespace

int main(int count, char** words) {
    std::vector<std::string> const all(words + 1, words + count);
    if (all.size() >= 5 && all[0] == "load") return load(all);
    if (all.size() == 3 && all[0] == "check") return check(all);
    std::fputs("crash_child load FOLDER DATABASE RUN THREADS [KEYS…] | check FOLDER DATABASE\n", stderr);
    return 1;
}
