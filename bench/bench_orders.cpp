// What whole orders cost: the price at the door is worked out, the order is placed, paid, and its money held.
// Paid by card: the order is on the disk, then its payment is heard of from the processor and on the disk;
// over HTTP three requests. Paid from the buyer's money at the hub: together with the order; two requests. At
// the hub's door, and over HTTP with one connection a buyer, on the same cores as the server. Beside it, in
// the same run, how often this disk syncs a file.
//
// ALLROADS_BENCH_FOLDER names a disk, else the folder for temporary files. ALLROADS_BENCH_URL is an empty
// PostgreSQL database. ALLROADS_BENCH_COUNT is how many orders each line makes (20000),
// ALLROADS_BENCH_THREADS how many buyers order at once (64). ALLROADS_BENCH_EDITION is a file of books.
// ALLROADS_BENCH_WORKERS is the server's (32, as `allroads serve` has).
// ALLROADS_BENCH_PAYING=card or funds and ALLROADS_BENCH_FACE=hub or http leave the other out.

#include "api/api.h"
#include "hub/hub.h"
#include "measuring.h"
#include "net/net.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

namespace {

using namespace allroads;
using namespace allroads::bench;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t shops = 8;
constexpr std::size_t products = 25;  // of each shop

std::string text_from(char const* name, std::string otherwise) {
    auto const* said = std::getenv(name);
    return said == nullptr ? std::move(otherwise) : std::string(said);
}

template <class T>
T must(Result<T> result) {
    if (!result) std::fprintf(stderr, "%s\n", result.error().sentence().c_str());
    check(result.has_value());
    return std::move(*result);
}

std::string product_document(std::string_view sku, bool is_counted) {
    return R"({"sku":")" + std::string(sku) +
           R"(","texts":[{"language":"en","title":"Sisal bread basket"}],"category":"baskets","tiers":[)" +
           R"({"from":"1","price":"4.50","currency":"USD"}],"unit":"H87",)" +
           (is_counted ? R"("supply":"counted","stock":"100000000")"
                       : R"("supply":"made-to-order","lead_days":21)") +
           R"(,"hs":"460219","hs_permille":900,"hs_by":"seller",)"
           R"("origin":"KE","ships_from":"KE","terms":"FCA","net_grams":350,"gross_grams":420,)"
           R"("materials":["sisal"]})";
}

struct Market {
    std::unique_ptr<hub::Hub> hub;
    std::vector<hub::Caller> buyers;
    std::vector<std::string> tokens;  // of the buyers
    std::vector<shop::ShopId> shops;
    std::vector<shop::ProductId> products;
};

std::string signed_up(hub::Hub& hub, std::string const& contact) {
    auto const visitor = must(hub.caller({.address = "192.0.2.7"}, people::Often::page_address));
    return must(hub.sign_up(visitor, {.contact = contact,
                                      .name = "Trader",
                                      .language = "en",
                                      .password = "korongo nne majini",
                                      .code = {},
                                      .agent = "bench"}))
        .token;
}
hub::Caller caller_of(hub::Hub& hub, std::string const& token) {
    return must(hub.caller({.token = token, .address = "192.0.2.7"}, people::Often::page_address));
}

Market market(fs::path const& folder, std::string const& url, std::size_t buyers) {
    hub::Config config{
        .data = folder, .database = url, .starter = text_from("ALLROADS_BENCH_EDITION", ALLROADS_EDITION)};
    config.people.hashing = {.passes = 1, .memory_bytes = 64 * 1024, .at_once = 2, .waiting_max = 6};
    config.people.rates = people::no_rates();
    config.dealing.fees = {{Decimal(2), Money(50, currency::USD), Round::half_up}};
    config.dealing.ways = {std::make_shared<pay::Card>(pay::CardTerms{.secrets = {"whsec_one"}})};
    Market market{.hub = must(hub::Hub::open(std::move(config))),
                  .buyers = {},
                  .tokens = {},
                  .shops = {},
                  .products = {}};
    for (std::size_t i = 0; i < buyers; ++i) {
        market.tokens.push_back(signed_up(*market.hub, "+2547123" + std::to_string(10000 + i)));
        market.buyers.push_back(caller_of(*market.hub, market.tokens.back()));
    }
    for (std::size_t i = 0; i < shops; ++i) {
        auto const seller =
            caller_of(*market.hub, signed_up(*market.hub, "+2547124" + std::to_string(10000 + i)));
        market.shops.push_back(must(market.hub->make_shop(
            seller,
            R"({"slug":"baskets-)" + std::to_string(i) +
                R"(","name":"Baskets","country":"KE","place":"Kisumu","currency":"USD","lanes":[)" +
                R"({"to":["DE","US"],"road":"post","base":"15.00","per_kg":"0.00","currency":"USD",)" +
                R"("days_min":10,"days_max":25}]})")));
        for (std::size_t n = 0; n < products; ++n) {
            auto const document = product_document("basket-" + std::to_string(n), n % 2 == 0);
            market.products.push_back(
                must(market.hub->save_product(
                         seller, {.shop = market.shops.back(), .document = document, .goes_live = true}))
                    .id);
        }
    }
    return market;
}

hub::Basket basket(Market const& market, std::uint64_t chosen) {
    auto const product = chosen % market.products.size();
    hub::Basket made{
        .shop = market.shops[product / products],
        .lines = {{market.products[product], Decimal(static_cast<std::int64_t>(1 + chosen % 7))}},
        .door = {.to = *Country::parse(chosen % 3 == 0 ? "US" : "DE"),
                 .date = market.hub->today(),
                 .known_on = market.hub->today(),
                 .road = freight::Road::post}};
    return made;
}

// What a card processor sends when a payment succeeded, and its signature.
struct CardEvent {
    std::string body, signature;
};
CardEvent card_paid(hub::Hub const& hub, std::uint64_t number, std::int64_t cents, std::string_view deal) {
    std::string body(deal.substr(10));
    std::ranges::transform(body, body.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    auto const reference = must(pay::Reference::of(body)).text();
    auto const seconds = std::chrono::floor<std::chrono::seconds>(hub.now()).time_since_epoch().count();
    auto const name = std::to_string(number);
    CardEvent event{
        .body = R"({"id":"evt_)" + name + R"(","object":"event","created":)" + std::to_string(seconds) +
                R"(,"livemode":true,"type":"payment_intent.succeeded","data":{"object":{"id":"pi_)" + name +
                R"(","amount_received":)" + std::to_string(cents) +
                R"(,"currency":"usd","metadata":{"reference":")" + reference + R"("}}}})",
        .signature = {}};
    event.signature = pay::signature_header("whsec_one", seconds, event.body);
    return event;
}

enum class Paying : std::uint8_t { by_card, from_funds };

void pay_by_card(Market& market, std::uint64_t number, std::int64_t cents, std::string_view deal) {
    auto const event = card_paid(*market.hub, number, cents, deal);
    pay::Incoming const incoming{
        .path = "/", .fields = {{"stripe-signature", event.signature}}, .body = event.body};
    auto const heard = must(market.hub->hear(pay::Way::card, incoming, "192.0.2.9"));
    check(heard.seen.size() == 1 && heard.seen.front().became == hub::Became::to_deal);
}

// The terms are looked at, agreed on, and paid for. What a card pays beyond the price stays the buyer's.
void order(Market& market, std::size_t buyer, std::uint64_t number, Paying paying,
           std::int64_t cents_beyond = 0) {
    auto& hub = *market.hub;
    auto const wanted = basket(market, number * 2'654'435'761U >> 7U);
    auto const quoted = must(hub.terms_of(wanted));
    auto const placed =
        must(hub.place_order(market.buyers[buyer], {.key = "order-" + std::to_string(number),
                                                    .basket = wanted,
                                                    .seen = quoted.document,
                                                    .pays_from_funds = paying == Paying::from_funds}));
    if (paying == Paying::by_card)
        pay_by_card(market, number, placed.terms().total.minor() + cents_beyond, placed.id.text());
    else
        check(placed.state == deal::State::making);
}

// A connection of one buyer, which is kept. Nothing waits on it: many are looked after by one thread.
class Line {
public:
    explicit Line(std::uint16_t port) : handle_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        check(::connect(handle_, static_cast<sockaddr*>(static_cast<void*>(&to)), sizeof to) == 0);
        int const on = 1;
        check(::setsockopt(handle_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
        check(::fcntl(handle_, F_SETFL, O_NONBLOCK) == 0);
    }
    Line(Line const&) = delete;
    Line& operator=(Line const&) = delete;
    ~Line() { ::close(handle_); }

    [[nodiscard]] int handle() const { return handle_; }

    void post(std::string_view path, std::string_view header, std::string_view body) {
        auto const request =
            "POST " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(header) +
            "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n\r\n" + std::string(body);
        check(::send(handle_, request.data(), request.size(), MSG_NOSIGNAL) ==
              static_cast<ssize_t>(request.size()));
        answer_.clear();
        head_ = whole_ = std::string::npos;
    }
    // What came; true once the answer is whole.
    [[nodiscard]] bool is_answered() {
        std::array<char, 16384> some{};
        auto const got = ::recv(handle_, some.data(), some.size(), 0);
        check(got > 0);
        answer_.append(some.data(), static_cast<std::size_t>(got));
        if (head_ == std::string::npos) head_ = answer_.find("\r\n\r\n");
        if (head_ != std::string::npos && whole_ == std::string::npos) {
            auto const length = answer_.find("Content-Length: ");
            whole_ = head_ + 4 + (length < head_ ? std::stoul(answer_.substr(length + 16)) : 0);
        }
        return whole_ != std::string::npos && answer_.size() >= whole_;
    }
    // The body of the answer, which must have that status.
    [[nodiscard]] std::string_view body(std::string_view status) const {
        bool const is_right = std::string_view(answer_).substr(9, 3) == status;
        if (!is_right) std::fprintf(stderr, "%s\n", answer_.c_str());
        check(is_right);
        return std::string_view(answer_).substr(head_ + 4);
    }

private:
    int handle_;
    std::string answer_;
    std::size_t head_ = std::string::npos, whole_ = std::string::npos;
};

// The text of a field as it is escaped.
std::string text_in(std::string_view json, std::string_view name) {
    auto const mark = "\"" + std::string(name) + "\":\"";
    auto const begin = json.find(mark);
    check(begin != std::string_view::npos);
    auto end = begin + mark.size();
    while (json.at(end) != '"') end += json.at(end) == '\\' ? 2U : 1U;
    return std::string(json.substr(begin + mark.size(), end - begin - mark.size()));
}

// The total of terms that travel as a text within a text.
std::int64_t cents_of(std::string_view seen) {
    constexpr std::string_view mark = R"(\"total\":\")";
    auto const begin = seen.find(mark);
    check(begin != std::string_view::npos);
    std::int64_t cents = 0;
    for (auto const c : seen.substr(begin + mark.size())) {
        if (c == ' ') break;
        if (c != '.') cents = cents * 10 + (c - '0');
    }
    return cents;
}

// One buyer who orders again and again over HTTP: looks at the terms, agrees on them, and pays, by card in a
// third request or from his money at the hub with the order.
class Buyer {
public:
    Buyer(Market& market, std::size_t buyer, std::uint16_t port, Paying paying)
        : market_(market),
          line_(port),
          header_("Authorization: Bearer " + market.tokens[buyer]),
          paying_(paying) {}

    [[nodiscard]] int handle() const { return line_.handle(); }
    [[nodiscard]] Clock::time_point begun() const { return begun_; }

    void begin(std::uint64_t number) {
        begun_ = Clock::now();
        number_ = number;
        auto const wanted = basket(market_, number * 2'654'435'761U >> 7U);
        basket_ = R"({"shop":")" + wanted.shop.text() + R"(","lines":[{"product":")" +
                  wanted.lines.front().product.text() + R"(","quantity":")" +
                  wanted.lines.front().quantity.brief() + R"("}],"to":")" +
                  std::string(wanted.door.to.text()) + R"(","road":"post"})";
        stage_ = 0;
        line_.post("/api/v1/orders/terms", header_, basket_);
    }
    // Takes what came; true once the order is paid.
    [[nodiscard]] bool goes_on() {
        if (!line_.is_answered()) return false;
        ++stage_;
        if (stage_ == 1) {
            seen_ = text_in(line_.body("200"), "document");
            line_.post("/api/v1/orders", header_,
                       R"({"key":"order-)" + std::to_string(number_) + R"(","basket":)" + basket_ +
                           R"(,"seen":")" + seen_ + '"' +
                           (paying_ == Paying::from_funds ? R"(,"pays_from_funds":true})" : "}"));
            return false;
        }
        if (stage_ == 3) {
            (void)line_.body("204");
            return true;
        }
        auto const placed = line_.body("201");
        if (paying_ == Paying::from_funds) {
            check(text_in(placed, "state") == "making");
            return true;
        }
        auto const event = card_paid(*market_.hub, number_, cents_of(seen_), text_in(placed, "id"));
        line_.post("/api/v1/hear/card", "Stripe-Signature: " + event.signature, event.body);
        return false;
    }

private:
    Market& market_;
    Line line_;
    std::string header_;
    Paying paying_;
    std::string basket_, seen_;
    std::uint64_t number_ = 0;
    int stage_ = 0;
    Clock::time_point begun_{};
};

using Times = std::vector<std::int64_t>;

Times over_http(Market& market, std::int64_t count, std::int64_t first, std::uint16_t port, Paying paying) {
    Times times;
    auto const wait = ::epoll_create1(EPOLL_CLOEXEC);
    std::vector<std::unique_ptr<Buyer>> buyers;
    std::int64_t begun = 0;
    for (std::size_t i = 0; i < market.buyers.size() && begun < count; ++i) {
        buyers.push_back(std::make_unique<Buyer>(market, i, port, paying));
        epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
        check(::epoll_ctl(wait, EPOLL_CTL_ADD, buyers.back()->handle(), &event) == 0);
        buyers.back()->begin(static_cast<std::uint64_t>(first + begun++));
    }
    while (std::ssize(times) < count) {
        std::array<epoll_event, 64> events{};
        auto const ready = ::epoll_wait(wait, events.data(), std::ssize(events), 30'000);
        check(ready > 0);
        for (int i = 0; i < ready; ++i) {
            auto& buyer = *buyers[events.at(static_cast<std::size_t>(i)).data.u64];
            if (!buyer.goes_on()) continue;
            times.push_back((Clock::now() - buyer.begun()).count());
            if (begun < count) buyer.begin(static_cast<std::uint64_t>(first + begun++));
        }
    }
    ::close(wait);
    return times;
}

Times at_the_hub(Market& market, std::int64_t count, std::int64_t first, Paying paying) {
    auto const threads = market.buyers.size();
    std::vector<Times> took(threads);
    std::vector<std::thread> all;
    for (std::size_t thread = 0; thread < threads; ++thread) {
        all.emplace_back([&, thread] {
            for (auto n = static_cast<std::int64_t>(thread); n < count;
                 n += static_cast<std::int64_t>(threads)) {
                auto const begun = Clock::now();
                order(market, thread, static_cast<std::uint64_t>(first + n), paying);
                took[thread].push_back((Clock::now() - begun).count());
            }
        });
    }
    for (auto& one : all) one.join();
    Times times;
    for (auto const& one : took) times.insert(times.end(), one.begin(), one.end());
    return times;
}

// `port` 0: at the hub's door.
void run(Market& market, fs::path const& folder, std::int64_t count, std::int64_t first, std::uint16_t port,
         Paying paying) {
    auto const syncs = syncs_a_second(folder);
    auto const processor = processor_ns();
    auto const start = Clock::now();
    auto times =
        port == 0 ? at_the_hub(market, count, first, paying) : over_http(market, count, first, port, paying);
    auto const ns = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
    auto const used = processor_ns() - processor;
    std::ranges::sort(times);
    auto const at = [&](std::size_t permille) { return times[(times.size() - 1) * permille / 1000] / 1000; };
    std::printf(
        "%-10s paid %-10s %6ld orders/s  %6ld us of processor each  p50 %6ld us  p99 %6ld us  %6ld "
        "fdatasync/s\n",
        port == 0 ? "at the hub" : "over HTTP", paying == Paying::by_card ? "by card" : "from funds",
        long(count * 1'000'000'000 / ns), long(used / count / 1000), long(at(500)), long(at(990)),
        long(syncs));
    std::fflush(stdout);
}

}  // namespace

int main() {
    auto name = (fs::path(text_from("ALLROADS_BENCH_FOLDER", fs::temp_directory_path().string())) /
                 "bench-orders-XXXXXX")
                    .string();
    check(::mkdtemp(name.data()) != nullptr);
    fs::path const folder = name;
    {
        auto const buyers = static_cast<std::size_t>(whole_number("ALLROADS_BENCH_THREADS", 64));
        auto const count = whole_number("ALLROADS_BENCH_COUNT", 20'000);
        auto made = market(folder, text_from("ALLROADS_BENCH_URL", ""), buyers);
        net::Config config{.port = 0};
        config.workers = static_cast<std::size_t>(whole_number("ALLROADS_BENCH_WORKERS", 32));
        auto server = must(net::serve(std::move(config), api::routes(*made.hub)));
        auto const only = text_from("ALLROADS_BENCH_PAYING", ""), face = text_from("ALLROADS_BENCH_FACE", "");
        constexpr std::int64_t many_cents = 900'000'000'000;
        std::int64_t first = 0;
        for (std::size_t i = 0; i < buyers; ++i)
            order(made, i, static_cast<std::uint64_t>(first++), Paying::by_card, many_cents);
        for (int round = 0; round < 2; ++round) {
            for (auto const paying : {Paying::by_card, Paying::from_funds}) {
                if (only == (paying == Paying::by_card ? "funds" : "card")) continue;
                for (auto const port : {std::uint16_t{0}, server.port()}) {
                    if (face == (port == 0 ? "http" : "hub")) continue;
                    run(made, folder, count, first, port, paying);
                    first += count;
                }
            }
        }
        server.stop();
        auto const begun = Clock::now();
        auto const wrong = must(made.hub->check());
        for (auto const& one : wrong) std::printf("%s\n", one.c_str());
        std::printf("check of everything: %ld ms, %ld findings\n",
                    long(std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun).count()),
                    long(wrong.size()));
    }
    std::error_code none;
    fs::remove_all(folder, none);
    return 0;
}
