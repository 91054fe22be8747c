// What whole orders cost: the price at the door is worked out, the order is placed and on the disk, its
// payment is heard of from a card processor and held, on the disk again. At the hub's door, and over HTTP
// with three requests an order and one connection a buyer, on the same cores. Beside it, in the same run, how
// often this disk syncs a file.
//
// ALLROADS_BENCH_FOLDER names a disk, else the folder for temporary files. ALLROADS_BENCH_URL is an empty
// PostgreSQL database. ALLROADS_BENCH_COUNT is how many orders each line makes (20000),
// ALLROADS_BENCH_THREADS how many buyers order at once (64). ALLROADS_BENCH_EDITION is a file of books.

#include "api/api.h"
#include "hub/hub.h"
#include "measuring.h"
#include "net/net.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
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

// The terms are looked at, agreed on, and paid for.
void order(Market& market, std::size_t buyer, std::uint64_t number) {
    auto& hub = *market.hub;
    auto const wanted = basket(market, number * 2'654'435'761U >> 7U);
    auto const quoted = must(hub.terms_of(wanted));
    auto const placed = must(hub.place_order(
        market.buyers[buyer],
        {.key = "order-" + std::to_string(number), .basket = wanted, .seen = quoted.document}));
    auto const event = card_paid(hub, number, placed.terms().total.minor(), placed.id.text());
    pay::Incoming const incoming{
        .path = "/", .fields = {{"stripe-signature", event.signature}}, .body = event.body};
    auto const heard = must(hub.hear(pay::Way::card, incoming, "192.0.2.9"));
    check(heard.seen.size() == 1 && heard.seen.front().became == hub::Became::to_deal);
}

// A connection of one buyer, which is kept.
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
    }
    Line(Line const&) = delete;
    Line& operator=(Line const&) = delete;
    ~Line() { ::close(handle_); }

    // The body of the answer, which must have that status.
    std::string_view post(std::string_view path, std::string_view header, std::string_view body,
                          std::string_view status) {
        auto const request =
            "POST " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(header) +
            "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n\r\n" + std::string(body);
        check(::send(handle_, request.data(), request.size(), MSG_NOSIGNAL) ==
              static_cast<ssize_t>(request.size()));
        answer_.clear();
        std::size_t head = std::string::npos, whole = std::string::npos;
        while (answer_.size() < whole) {
            std::array<char, 16384> some{};
            auto const got = ::recv(handle_, some.data(), some.size(), 0);
            check(got > 0);
            answer_.append(some.data(), static_cast<std::size_t>(got));
            if (head == std::string::npos) head = answer_.find("\r\n\r\n");
            if (head == std::string::npos || whole != std::string::npos) continue;
            auto const length = answer_.find("Content-Length: ");
            whole = head + 4 + (length < head ? std::stoul(answer_.substr(length + 16)) : 0);
        }
        bool const is_right = std::string_view(answer_).substr(9, 3) == status;
        if (!is_right) std::fprintf(stderr, "%s\n", answer_.c_str());
        check(is_right);
        return std::string_view(answer_).substr(head + 4);
    }

private:
    int handle_;
    std::string answer_;
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

void order_over_http(Market& market, Line& line, std::size_t buyer, std::uint64_t number) {
    auto const wanted = basket(market, number * 2'654'435'761U >> 7U);
    auto const basket_json = R"({"shop":")" + wanted.shop.text() + R"(","lines":[{"product":")" +
                             wanted.lines.front().product.text() + R"(","quantity":")" +
                             wanted.lines.front().quantity.brief() + R"("}],"to":")" +
                             std::string(wanted.door.to.text()) + R"(","road":"post"})";
    auto const header = "Authorization: Bearer " + market.tokens[buyer];
    auto const seen = text_in(line.post("/api/v1/orders/terms", header, basket_json, "200"), "document");
    auto const placed = line.post("/api/v1/orders", header,
                                  R"({"key":"order-)" + std::to_string(number) + R"(","basket":)" +
                                      basket_json + R"(,"seen":")" + seen + "\"}",
                                  "201");
    auto const id = text_in(placed, "id");
    auto const event = card_paid(*market.hub, number, cents_of(seen), id);
    (void)line.post("/api/v1/hear/card", "Stripe-Signature: " + event.signature, event.body, "204");
}

// `port` 0: at the hub's door.
void run(Market& market, fs::path const& folder, std::int64_t count, std::int64_t first, std::uint16_t port) {
    auto const syncs = syncs_a_second(folder);
    auto const processor = processor_ns();
    auto const start = Clock::now();
    auto const threads = market.buyers.size();
    std::vector<std::vector<std::int64_t>> took(threads);
    std::vector<std::thread> all;
    for (std::size_t thread = 0; thread < threads; ++thread) {
        all.emplace_back([&, thread] {
            std::optional<Line> line;
            if (port != 0) line.emplace(port);
            for (auto n = static_cast<std::int64_t>(thread); n < count;
                 n += static_cast<std::int64_t>(threads)) {
                auto const begun = Clock::now();
                auto const number = static_cast<std::uint64_t>(first + n);
                line ? order_over_http(market, *line, thread, number) : order(market, thread, number);
                took[thread].push_back((Clock::now() - begun).count());
            }
        });
    }
    for (auto& one : all) one.join();
    auto const ns = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
    auto const used = processor_ns() - processor;
    std::vector<std::int64_t> times;
    for (auto const& one : took) times.insert(times.end(), one.begin(), one.end());
    std::ranges::sort(times);
    auto const at = [&](std::size_t permille) { return times[(times.size() - 1) * permille / 1000] / 1000; };
    std::printf(
        "%-12s %6ld orders/s placed and paid  %6ld us of processor each  p50 %6ld us  p99 %6ld us  "
        "%6ld fdatasync/s\n",
        port == 0 ? "at the hub" : "over HTTP", long(count * 1'000'000'000 / ns), long(used / count / 1000),
        long(at(500)), long(at(990)), long(syncs));
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
        config.workers = static_cast<std::size_t>(whole_number("ALLROADS_BENCH_WORKERS", 8));
        auto server = must(net::serve(std::move(config), api::routes(*made.hub)));
        for (std::int64_t line = 0; line < 4; ++line)
            run(made, folder, count, line * count, line % 2 == 0 ? std::uint16_t{0} : server.port());
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
