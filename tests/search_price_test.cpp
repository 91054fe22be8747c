// The order by delivered price, held to quote::price offer by offer: currencies, tiers, lanes, weights, the
// unknown.

#include "books/books.h"
#include "quote/quote.h"
#include "search/search.h"

#include <doctest/doctest.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <thread>

namespace {

using namespace allroads;
namespace fs = std::filesystem;

std::shared_ptr<books::Edition const> shipped() {
    static auto const edition = [] {
        if (char const* file = std::getenv("ALLROADS_BOOKS")) {
            auto opened = books::open(file);
            REQUIRE(opened.has_value());
            return *opened;
        }
        auto const folder = fs::temp_directory_path() / ("allroads-search-" + std::to_string(::getpid()));
        auto const file = folder / "edition.books";
        char const* source = std::getenv("ALLROADS_SOURCE");
        REQUIRE(source != nullptr);
        REQUIRE(books::build({{fs::path(source) / "packs"}, file}).has_value());
        auto opened = books::open(file);
        REQUIRE(opened.has_value());
        fs::remove_all(folder);
        return *opened;
    }();
    return edition;
}

Day const day = *Day::of(2026, 11, 25);
quote::Door door_to(char const* to) { return {.to = *Country::parse(to), .date = day, .known_on = day}; }

search::Key key(std::uint32_t number) {
    search::Key id{};
    auto const mixed = number * 2654435761U;
    for (std::size_t i = 0; i < 4; ++i) id[i] = static_cast<unsigned char>(mixed >> (8 * i));
    return id;
}

search::Entry random_entry(std::mt19937& random, std::uint32_t number) {
    auto const pick = [&](auto... values) {
        std::array const all{values...};
        return all[random() % all.size()];
    };
    search::Entry entry{.id = key(number),
                        .texts = {{"en", number % 2 == 0 ? "basket" : "tray", ""}},
                        .origin = *Country::parse(pick("KE", "CN", "CA", "IN", "ZA")),
                        .ships_from = *Country::parse(pick("KE", "CN", "IN")),
                        .currency = *Currency::parse(pick("USD", "KES", "EUR", "JPY"))};
    if (random() % 10 != 0) {
        // Of the last four the EU and the United Kingdom, or the United States, charge by weight.
        entry.hs = *GoodsCode::parse(pick("46021918", "460219", "610910", "62052000", "090111", "220870",
                                          "150920", "19059010", "080212", "040900"));
    }
    if (random() % 3 == 0) entry.proofs = {"AGOA", "EBA"};
    std::int64_t const price = 1 + static_cast<std::int64_t>(random() % (1U << (random() % 20)));
    entry.tiers = {{1000, price}};
    if (random() % 2 == 0) entry.tiers.push_back({5500, price - price / 10});
    entry.smallest_order = random() % 4 == 0 ? 12'000 : 1000;
    entry.gross_grams = random() % 8 == 0 ? 0 : static_cast<std::int64_t>(random() % 3000);
    entry.net_grams = random() % 3 == 0 ? 0 : static_cast<std::int64_t>(random() % 2500);
    entry.unit = pick(unit::piece, unit::kilogram, unit::litre);
    entry.shop = static_cast<std::uint32_t>(random() % 5);
    return entry;
}

void set_shops(search::Index& index) {
    auto const set = [&](std::uint32_t shop, search::Sending sending) {
        REQUIRE(index.sending(shop, std::move(sending)).has_value());
    };
    std::vector const west = {*Country::parse("US"), *Country::parse("DE")};
    set(0, {currency::USD, {{west, 700, 350, 20'000, 3, 9}, {{}, 1500, 800, 0, 5, 20}}});
    set(1, {*Currency::parse("KES"), {{{}, 90'000, 12'345, 0, 4, 8}}});
    set(2, {currency::EUR, {{{*Country::parse("FR")}, 100, 1, 0, 1, 2}}});  // sends nowhere else
    set(3, {currency::USD, {{{}, 1200, 0, 0, 7, 30}}});                     // whatever it weighs
}

// What sending comes to, worked out without the index.
std::optional<Money> freight_of(search::Entry const& entry, std::int64_t quantity, quote::Door const& door) {
    auto const unit_grams = entry.gross_grams > 0 ? entry.gross_grams : entry.net_grams;
    auto const grams = (unit_grams * quantity + 999) / 1000;
    auto const halves = (grams + 499) / 500;
    auto const in_currency = [&](Money const& money) -> std::optional<Money> {
        if (money.currency() == entry.currency) return money;
        for (auto const& table : shipped()->fx()) {
            if (auto const rate = table.rate(money.currency(), entry.currency, door.date)) {
                return *convert(money, *rate, Round::half_up);
            }
        }
        return std::nullopt;
    };
    bool const is_west = door.to.text() == "US" || door.to.text() == "DE";
    switch (entry.shop) {
        case 0:
            if (grams == 0) return std::nullopt;
            if (is_west && grams <= 20'000) return in_currency(Money(700 + 350 * halves, currency::USD));
            return in_currency(Money(1500 + 800 * halves, currency::USD));
        case 1:
            if (grams == 0) return std::nullopt;
            return in_currency(Money(90'000 + 12'345 * halves, *Currency::parse("KES")));
        case 3: return in_currency(Money(1200, currency::USD));
        default: return std::nullopt;
    }
}

struct Expected {
    int of = 4;
    std::int64_t landed = 0;
    search::Key id = {};
    std::optional<Money> freight = {};
    std::int64_t quantity = 0;
    [[nodiscard]] auto place() const { return std::tuple(of, landed, id); }
};

Expected expected_of(search::Entry const& entry, std::int64_t asked, quote::Door const& door) {
    Expected one;
    one.id = entry.id;
    one.quantity = std::max(asked, entry.smallest_order);
    auto unit = entry.tiers[0].price;
    for (auto const& tier : entry.tiers) {
        if (tier.from <= one.quantity) unit = tier.price;
    }
    auto const exact = product(Money(unit, entry.currency).amount(), Decimal::of(one.quantity, 3)).value();
    auto const price = *Money::rounded(exact, entry.currency, Round::half_up);
    one.freight = freight_of(entry, one.quantity, door);
    if (!entry.hs) return one;
    quote::Request request{.from = entry.ships_from,
                           .to = door.to,
                           .date = door.date,
                           .known_on = door.known_on,
                           .road = door.road,
                           .buyer = door.buyer};
    request.proofs = entry.proofs;
    auto& item = request.goods.emplace_back();
    item.line = "1";
    item.hs = *entry.hs;
    item.origin = entry.origin;
    item.price = price.amount();
    item.price_currency = entry.currency;
    auto const quantity = Decimal::of(one.quantity, 3);
    item.quantity = quantity;
    item.unit = entry.unit;
    if (entry.net_grams > 0) item.net_kg = product(Decimal::of(entry.net_grams, 3), quantity).value();
    if (entry.gross_grams > 0) item.gross_kg = product(Decimal::of(entry.gross_grams, 3), quantity).value();
    request.freight.how = quote::FreightTerms::How::amount;
    request.freight.amount = one.freight ? one.freight->amount() : Money(0, entry.currency).amount();
    request.freight.currency = entry.currency;
    auto const quote = quote::price(request, *shipped());
    if (!quote.landed_total) return one;
    one.landed = quote.landed_total->minor();
    one.of = (quote.status == quote::Status::complete ? 0 : 1) + (one.freight ? 0 : 2);
    return one;
}

void compare(search::Index const& index, std::map<search::Key, search::Entry> const& entries, char const* to,
             std::int64_t quantity, std::size_t page) {
    CAPTURE(to);
    CAPTURE(quantity);
    auto const door = door_to(to);
    std::vector<Expected> expected;
    for (auto const& [id, entry] : entries) {
        if (entry.texts[0].title == "basket") expected.push_back(expected_of(entry, quantity, door));
    }
    std::ranges::sort(expected, {}, &Expected::place);
    search::Query query{.words = "basket", .order = search::Order::delivered, .door = door};
    query.quantity = quantity;
    query.page = page;
    std::size_t at = 0;
    while (true) {
        auto const answer = index.find(query, shipped());
        REQUIRE(answer.has_value());
        CHECK(answer->total == expected.size());
        for (auto const& hit : answer->hits) {
            REQUIRE(at < expected.size());
            auto const& one = expected[at];
            CAPTURE(at);
            REQUIRE(hit.id == one.id);
            CHECK(hit.quantity == one.quantity);
            CHECK(hit.landed.has_value() == (one.of != 4));
            if (hit.landed) CHECK(hit.landed->minor() == one.landed);
            CHECK(hit.is_complete == (one.of == 0));
            if (one.of != 4) CHECK(hit.freight == one.freight);
            ++at;
        }
        if (answer->next.empty()) break;
        query.cursor = answer->next;
    }
    CHECK(at == expected.size());
    // Between two prices; the same figures again from the page that is ordered by something else.
    auto const complete = std::ranges::count(expected, 0, &Expected::of);
    if (complete < 4) return;
    search::Query limited{.words = "basket", .order = search::Order::newest, .door = door};
    limited.quantity = quantity;
    limited.page = search::page_max;
    limited.landed_min = expected[static_cast<std::size_t>(complete / 4)].landed;
    limited.landed_max = expected[static_cast<std::size_t>(complete / 2)].landed;
    auto const within = std::ranges::count_if(expected, [&](Expected const& one) {
        return one.of == 0 && one.landed >= *limited.landed_min && one.landed <= *limited.landed_max;
    });
    auto const answer = index.find(limited, shipped());
    REQUIRE(answer.has_value());
    CHECK(answer->total == static_cast<std::size_t>(within));
    for (auto const& hit : answer->hits) {
        auto const one = expected_of(entries.at(hit.id), quantity, door);
        CHECK(hit.landed->minor() == one.landed);
        CHECK(hit.is_complete);
    }
}

}  // namespace

TEST_CASE("the order by delivered price is that of quote::price, in every currency") {
    std::mt19937 random(7);
    search::Index index;
    set_shops(index);
    std::map<search::Key, search::Entry> entries;
    for (std::uint32_t batch = 0; batch < 6; ++batch) {
        std::vector<search::Entry> all;
        for (std::uint32_t i = 0; i < 150; ++i) all.push_back(random_entry(random, (batch * 100) + i));
        REQUIRE(index.put(all).has_value());
        for (auto const& entry : all) entries.insert_or_assign(entry.id, entry);
    }
    std::vector<search::Key> gone;
    for (std::uint32_t i = 0; i < 60; ++i) gone.push_back(key(i * 7));
    index.remove(gone);
    for (auto const& id : gone) entries.erase(id);
    compare(index, entries, "US", 1000, 7);
    compare(index, entries, "DE", 6000, 100);
    compare(index, entries, "GB", 1500, 33);
    index.merge();
    compare(index, entries, "JP", 1000, 50);
    compare(index, entries, "US", 25'000, 100);
    compare(index, entries, "ZA", 1000, 100);
}

TEST_CASE("what is charged by weight is known in a list where the weight is told") {
    search::Index index;
    set_shops(index);
    std::mt19937 random(11);
    auto nuts = random_entry(random, 2);
    nuts.hs = *GoodsCode::parse("080212");  // 0.24 USD a kilogram into the United States
    nuts.origin = nuts.ships_from = *Country::parse("TN");
    nuts.currency = currency::USD;
    nuts.tiers = {{1000, 900}};
    nuts.smallest_order = 1000;
    nuts.proofs = {};
    nuts.shop = 3;
    nuts.unit = unit::piece;
    nuts.net_grams = 0;
    nuts.gross_grams = 1200;
    auto told = nuts;
    told.id = key(4);
    told.net_grams = 920;
    auto in_kilograms = nuts;
    in_kilograms.id = key(6);
    in_kilograms.unit = unit::kilogram;
    REQUIRE(index.put(std::vector{nuts, told, in_kilograms}).has_value());
    search::Query query{.words = "basket", .door = door_to("US")};
    auto const landed = [&](search::Entry const& entry, bool is_complete) -> std::int64_t {
        std::int64_t found = 0;
        for (auto const order : {search::Order::newest, search::Order::delivered, search::Order::newest}) {
            query.order = order;
            auto const answer = index.find(query, shipped());
            REQUIRE(answer.has_value());
            for (auto const& hit : answer->hits) {
                if (hit.id != entry.id) continue;
                CHECK(hit.is_complete == is_complete);
                CHECK((found == 0 || found == hit.landed->minor()));  // before and after plans are made
                found = hit.landed->minor();
            }
        }
        return found;
    };
    auto const without = landed(nuts, false);
    CHECK(landed(told, true) - without == 22);
    CHECK(landed(in_kilograms, true) - without == 24);
    query.landed_max = without + 23;
    query.order = search::Order::newest;
    CHECK(index.find(query, shipped())->total == 1);
}

TEST_CASE("a door without rules is refused where prices count, and told where they do not") {
    search::Index index;
    std::mt19937 random(3);
    REQUIRE(index.put(std::vector{random_entry(random, 2)}).has_value());
    std::optional<Country> without;
    for (std::uint16_t i = 0; i < country_indexes && !without; ++i) {
        if (Country::is_in_use(i) && !shipped()->market(Country::from_index(i))) {
            without = Country::from_index(i);
        }
    }
    REQUIRE(without.has_value());
    search::Query query{.words = "basket", .door = quote::Door{.to = *without, .date = day, .known_on = day}};
    auto const answer = index.find(query, shipped());
    REQUIRE(answer.has_value());
    CHECK(answer->total == 1);
    CHECK(answer->unpriced->code() == Code::no_market);
    query.order = search::Order::delivered;
    CHECK(index.find(query, shipped()).error().code() == Code::no_market);
}

TEST_CASE("plans are made once for many who ask, and follow what is added") {
    search::Index index;
    set_shops(index);
    std::mt19937 random(9);
    std::map<search::Key, search::Entry> entries;
    for (std::uint32_t i = 0; i < 300; ++i) {
        auto entry = random_entry(random, i);
        REQUIRE(index.put(std::vector{entry}).has_value());
        entries.insert_or_assign(entry.id, entry);
    }
    search::Query query{.words = "basket", .order = search::Order::delivered, .door = door_to("US")};
    auto const first = index.find(query, shipped());
    REQUIRE(first.has_value());
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            search::Query mine = query;
            if (t % 2 == 1) mine.door = door_to("DE");
            auto const answer = index.find(mine, shipped());
            if (!answer || answer->total != first->total) ++wrong;
            if (t % 2 == 0 && answer && answer->hits[0].id != first->hits[0].id) ++wrong;
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
    auto cheap = random_entry(random, 1000);
    cheap.hs = *GoodsCode::parse("701090");  // a kind that nobody had
    cheap.shop = 3;
    cheap.currency = currency::USD;
    cheap.tiers = {{1000, 1}};
    cheap.smallest_order = 1000;
    REQUIRE(index.put(std::vector{cheap}).has_value());
    entries.insert_or_assign(cheap.id, cheap);
    compare(index, entries, "US", 1000, 20);
    REQUIRE(index.prepare(door_to("US"), shipped()).has_value());
    compare(index, entries, "US", 1000, 20);
}
