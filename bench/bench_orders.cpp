// What whole orders cost at the hub's door, without HTTP: the price at the door is worked out, the order is
// placed and on the disk, its payment is heard of from a card processor and held, on the disk again. Beside
// it, in the same run, how often this disk syncs a file.
//
// ALLROADS_BENCH_FOLDER names a disk, else the folder for temporary files. ALLROADS_BENCH_URL is an empty
// PostgreSQL database. ALLROADS_BENCH_COUNT is how many orders each line makes (20000),
// ALLROADS_BENCH_THREADS how many buyers order at once (64). ALLROADS_BENCH_EDITION is a file of books.

#include "hub/hub.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace {

using namespace allroads;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t shops = 8;
constexpr std::size_t products = 25;  // of each shop
constexpr std::int64_t log_pages = 1000;

std::int64_t whole_number(char const* name, std::int64_t otherwise) {
    auto const* said = std::getenv(name);
    return said == nullptr ? otherwise : std::atoll(said);
}

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

std::int64_t syncs_a_second(fs::path const& folder) {
    auto const file = folder / "raw";
    auto const handle = ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    check(handle >= 0);
    std::string const page(4096, 'x');
    for (std::int64_t n = 0; n < log_pages; ++n)
        check(::write(handle, page.data(), page.size()) == static_cast<ssize_t>(page.size()));
    check(::fsync(handle) == 0);
    std::int64_t done = 0;
    auto const start = Clock::now();
    while (Clock::now() - start < std::chrono::seconds(1)) {
        check(::pwrite(handle, page.data(), page.size(), done % log_pages * 4096) == 4096);
        check(::fdatasync(handle) == 0);
        ++done;
    }
    ::close(handle);
    return done;
}

std::int64_t processor_ns() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1'000'000'000 +
           (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000;
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
    std::vector<shop::ShopId> shops;
    std::vector<shop::ProductId> products;
};

hub::Caller someone(hub::Hub& hub, std::string const& contact) {
    auto const visitor = must(hub.caller({.address = "192.0.2.7"}, people::Often::page_address));
    auto const made = must(hub.sign_up(visitor, {.contact = contact,
                                                 .name = "Trader",
                                                 .language = "en",
                                                 .password = "korongo nne majini",
                                                 .code = {},
                                                 .agent = "bench"}));
    return must(hub.caller({.token = made.token, .address = "192.0.2.7"}, people::Often::page_address));
}

Market market(fs::path const& folder, std::string const& url, std::size_t buyers) {
    hub::Config config{
        .data = folder, .database = url, .starter = text_from("ALLROADS_BENCH_EDITION", ALLROADS_EDITION)};
    config.people.hashing = {.passes = 1, .memory_bytes = 64 * 1024, .at_once = 2, .waiting_max = 6};
    config.people.rates = people::no_rates();
    config.dealing.fees = {{Decimal(2), Money(50, currency::USD), Round::half_up}};
    config.dealing.ways = {std::make_shared<pay::Card>(pay::CardTerms{.secrets = {"whsec_one"}})};
    Market market{.hub = must(hub::Hub::open(std::move(config))), .buyers = {}, .shops = {}, .products = {}};
    for (std::size_t i = 0; i < buyers; ++i)
        market.buyers.push_back(someone(*market.hub, "+2547123" + std::to_string(10000 + i)));
    for (std::size_t i = 0; i < shops; ++i) {
        auto const seller = someone(*market.hub, "+2547124" + std::to_string(10000 + i));
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

// What a card processor sends when a payment succeeded, signed.
hub::MoneySeen card_paid(hub::Hub& hub, std::uint64_t number, Money const& amount,
                         std::string const& reference) {
    auto const seconds = std::chrono::floor<std::chrono::seconds>(hub.now()).time_since_epoch().count();
    auto const name = std::to_string(number);
    std::string const body =
        "{\"id\":\"evt_" + name + "\",\"object\":\"event\",\"created\":" + std::to_string(seconds) +
        ",\"livemode\":true,\"type\":\"payment_intent.succeeded\",\"data\":{\"object\":{\"id\":\"pi_" + name +
        "\",\"amount_received\":" + std::to_string(amount.minor()) +
        ",\"currency\":\"usd\",\"metadata\":{\"reference\":\"" + reference + "\"}}}}";
    pay::Incoming const incoming{
        .path = "/",
        .fields = {{"stripe-signature", pay::signature_header("whsec_one", seconds, body)}},
        .body = body};
    return must(hub.hear(pay::Way::card, incoming, "192.0.2.9"));
}

// The terms are looked at, agreed on, and paid for.
void order(Market& market, std::size_t buyer, std::uint64_t number) {
    auto& hub = *market.hub;
    auto const wanted = basket(market, number * 2'654'435'761U >> 7U);
    auto const quoted = must(hub.terms_of(wanted));
    auto const placed = must(hub.place_order(
        market.buyers[buyer],
        {.key = "order-" + std::to_string(number), .basket = wanted, .seen = quoted.document}));
    auto body = placed.id.text().substr(10);
    std::ranges::transform(body, body.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    auto const heard = card_paid(hub, number, placed.terms().total, must(pay::Reference::of(body)).text());
    check(heard.seen.size() == 1 && heard.seen.front().became == hub::Became::to_deal);
}

void run(Market& market, fs::path const& folder, std::int64_t count, std::int64_t first) {
    auto const syncs = syncs_a_second(folder);
    auto const processor = processor_ns();
    auto const start = Clock::now();
    auto const threads = market.buyers.size();
    std::vector<std::vector<std::int64_t>> took(threads);
    std::vector<std::thread> all;
    for (std::size_t thread = 0; thread < threads; ++thread) {
        all.emplace_back([&, thread] {
            for (auto n = static_cast<std::int64_t>(thread); n < count;
                 n += static_cast<std::int64_t>(threads)) {
                auto const begun = Clock::now();
                order(market, thread, static_cast<std::uint64_t>(first + n));
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
        "%6ld orders/s placed and paid  %6ld us of processor each  p50 %6ld us  p99 %6ld us  "
        "%6ld fdatasync/s\n",
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
        for (std::int64_t line = 0; line < 3; ++line) run(made, folder, count, line * count);
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
