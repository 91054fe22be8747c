#include "shop/shop.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <filesystem>

namespace {

using namespace allroads;
using namespace allroads::shop;

constexpr std::string_view basket = R"({
  "sku": "B-1", "texts": [{"language": "sw", "title": "Kiondo", "description": "Kikapu cha mkonge"},
                          {"language": "en", "title": "Sisal basket"}],
  "category": "baskets", "tiers": [{"from": "10", "price": "4.50", "currency": "USD"},
                                   {"from": "100.0", "price": "4.10", "currency": "USD"}],
  "unit": "pcs", "supply": "made-to-order", "lead_days": 21, "hs": "4602.19", "hs_permille": 900,
  "hs_by": "seller", "origin": "KE", "dossier": {"materials": [], "wholly_obtained": true},
  "proofs": ["AGOA"], "terms": "FCA", "terms_place": "Kisumu", "net_grams": 350, "gross_grams": 420})";

Product read(std::string_view document) {
    auto product = parse_product(document);
    REQUIRE_MESSAGE(product, (product ? std::string() : product.error().sentence()));
    return *product;
}

std::string refused(std::string_view document) {
    auto const product = parse_product(document);
    return product ? "accepted" : product.error().sentence();
}

std::string with(std::string_view from, std::string_view to) {
    std::string text(basket);
    auto const at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

class Records {
public:
    Records() {
        auto name = (std::filesystem::temp_directory_path() / "allroads-shop-XXXXXX").string();
        allroads::check(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        db.emplace(*db::Db::open((folder_ / "hub.db").string()));
        allroads::check(db::migrate(*db, migrations()).has_value());
    }
    Records(Records const&) = delete;
    Records& operator=(Records const&) = delete;
    ~Records() {
        db.reset();
        std::error_code none;
        std::filesystem::remove_all(folder_, none);
    }
    std::optional<db::Db> db;

private:
    std::filesystem::path folder_;
};

db::IdBytes bytes_of(unsigned char number) {
    db::IdBytes bytes{};
    bytes[15] = number;
    return bytes;
}
db::HubId const hub{bytes_of(1)};
ShopId const shop_id{bytes_of(2)};
ProductId const product_id{bytes_of(3)};
db::Moment at(std::int64_t number) { return db::Moment(std::chrono::milliseconds(number)); }

Result<void> open_shop(Records& records, Keys const& keys) {
    return records.db->write([&](db::Write& w) -> Result<void> {
        return add_shop(w, hub,
                        {.id = shop_id,
                         .slug = "kisumu",
                         .owner = bytes_of(9),
                         .changed = at(1),
                         .document = R"({"slug":"kisumu"})",
                         .open_key = keys.open,
                         .sealed_key = "sealed"});
    });
}

Result<std::int64_t> save(Records& records, Keys const& keys, std::int64_t expected,
                          std::string_view document, ProductId const& id = product_id,
                          std::string_view sku = "B-1") {
    auto const signature = sign(signed_words(shop_id, id, expected + 1, document), keys.secret);
    return records.db->write([&](db::Write& w) -> Result<std::int64_t> {
        auto const added = add_version(w, hub,
                                       {.product = id,
                                        .shop = shop_id,
                                        .expected = expected,
                                        .sku = sku,
                                        .document = document,
                                        .signature = signature,
                                        .by = bytes_of(9),
                                        .now = at(10 + expected),
                                        .goes_live = true});
        if (!added) return std::unexpected(added.error());
        auto const now_is = standing(w, hub, id);
        bool const is_told = now_is && now_is->state == State::live && now_is->newest == added->version &&
                             now_is->live_version == added->version && now_is->changed == added->changed;
        allroads::check(is_told);
        return added->version;
    });
}

}  // namespace

TEST_CASE("a document is written as it was read") {
    auto const product = read(basket);
    auto const document = document_of(product);
    CHECK(document_of(read(document)) == document);
    CHECK(product.tiers[1].from == Decimal(100));
    CHECK(product.hs->text() == "460219");
    CHECK(product.ships_from == *Country::parse("KE"));
    CHECK(text_in(product, "sw").title == "Kiondo");
    CHECK(text_in(product, "fr").title == "Sisal basket");
    CHECK(may_go_live(product));
}

TEST_CASE("what a document lacks or says wrongly is named") {
    CHECK(refused("{}").starts_with("field-missing: texts"));
    CHECK(refused(with("\"KE\"", "\"QQ\"")).starts_with("bad-country: origin"));
    CHECK(refused(with("\"4.50\"", "4.5")).starts_with("amount-not-decimal: tiers[0].price"));
    CHECK(refused(with("\"4.50\"", "\"4.505\"")).starts_with("amount-too-precise: tiers[0].price"));
    CHECK(refused(with("\"100.0\"", "\"10\"")).starts_with("bad-quantity: tiers[1].from"));
    CHECK(refused(with("\"baskets\"", "\"nonsense\"")).starts_with("bad-value: category"));
    CHECK(refused(with("\"sku\"", "\"skew\"")).starts_with("field-unknown: skew"));
    CHECK(refused(with("\"lead_days\": 21", "\"lead_days\": 21, \"lead_days\": 22")).starts_with("bad-json"));
    CHECK(refused(with("\"4602.19\"", "\"4602\"")).starts_with("bad-goods-code: hs"));
    CHECK(refused(std::string(document_bytes_max + 1, ' ')).starts_with("too-long"));
    CHECK(may_go_live(read(with("\"gross_grams\": 420", "\"gross_grams\": 0"))).has_value());
    CHECK(may_go_live(read(with("\"lead_days\": 21", "\"lead_days\": 0"))).error().field() == "lead_days");
}

TEST_CASE("prices by quantity, and nothing below the smallest order") {
    auto const product = read(basket);
    CHECK_FALSE(unit_price(product, Decimal(9)));
    CHECK(unit_price(product, Decimal(10))->text() == "4.50");
    CHECK(unit_price(product, Decimal(99))->text() == "4.50");
    CHECK(unit_price(product, Decimal(100))->text() == "4.10");
}

TEST_CASE("sending is priced by the first lane that serves the door, by begun half kilograms") {
    auto const shop = parse_shop(R"({"slug":"abc","name":"A","country":"KE","currency":"USD","lanes":[
        {"to":["DE"],"road":"post","base":"5.00","per_kg":"7.01","currency":"USD","days_min":5,"days_max":9,
         "grams_max":2000},
        {"to":[],"road":"express","base":"30.00","per_kg":"10.00","currency":"USD","days_min":2,
         "days_max":4}]})");
    REQUIRE_MESSAGE(shop, (shop ? std::string() : shop.error().sentence()));
    auto const germany = *Country::parse("DE");
    CHECK(sending(*shop, germany, 1)->price.text() == "8.51");  // 5.00 + 3.505, up
    CHECK(sending(*shop, germany, 500)->price.text() == "8.51");
    CHECK(sending(*shop, germany, 501)->price.text() == "12.02");
    CHECK(sending(*shop, germany, 2001)->price.text() == "55.00");
    CHECK(sending(*shop, *Country::parse("FR"), 100)->lane->road == freight::Road::express);
    CHECK(document_of(*parse_shop(document_of(*shop))) == document_of(*shop));
}

TEST_CASE("a signature holds for its words alone") {
    auto const keys = make_keys();
    auto const words = signed_words(shop_id, product_id, 3, basket);
    auto const signature = sign(words, keys.secret);
    CHECK(is_signed(words, signature, keys.open));
    CHECK_FALSE(is_signed(signed_words(shop_id, product_id, 4, basket), signature, keys.open));
    CHECK_FALSE(is_signed(words, signature, make_keys().open));
    CHECK_FALSE(is_signed(words, "short", keys.open));
}

TEST_CASE("versions stay what they were") {
    Records records;
    auto const keys = make_keys();
    REQUIRE(open_shop(records, keys));
    auto const first = document_of(read(basket));
    auto const second = document_of(read(with("\"4.10\"", "\"4.00\"")));
    REQUIRE(save(records, keys, 0, first) == 1);
    REQUIRE(save(records, keys, 1, second) == 2);
    auto asked = *records.db->read();
    CHECK(listing_of_version(asked, hub, product_id, 1)->document == first);
    CHECK(listing(asked, hub, product_id, Which::live)->document == second);
    CHECK(versions_of(asked, hub, product_id, 10)->size() == 2);
    CHECK(listings_of(asked, hub, shop_id, Which::live, std::nullopt, 10)->size() == 1);
    CHECK(shop::check(asked, hub)->empty());
    // Who saw an older version must look again.
    CHECK(save(records, keys, 1, first).error().code() == Code::conflict);
    // The number of one product is no other's.
    CHECK(save(records, keys, 0, first, ProductId(bytes_of(4))).error().field() == "sku");
    REQUIRE(records.db->write(
        [&](db::Write& w) { return set_state(w, hub, product_id, State::withdrawn, at(90)); }));
    auto later = *records.db->read();
    CHECK(listings_of(later, hub, shop_id, Which::live, std::nullopt, 10)->empty());
    CHECK(listing(later, hub, product_id, Which::live)->state == State::withdrawn);
    std::size_t changed = 0;
    auto const none = [](ProductId const&, State, db::Moment) { return false; };
    REQUIRE(listings_since(later, hub, Which::live, at(50), none, [&](Listing const&) { ++changed; }));
    CHECK(changed == 1);
    auto const all = [](ProductId const& id, State, db::Moment) { return id == product_id; };
    REQUIRE(listings_since(later, hub, Which::live, at(50), all, [&](Listing const&) { ++changed; }));
    CHECK(changed == 1);
}

TEST_CASE("a listing that another hand changed is found") {
    Records records;
    auto const keys = make_keys();
    REQUIRE(open_shop(records, keys));
    REQUIRE(save(records, make_keys(), 0, document_of(read(basket))) == 1);
    auto asked = *records.db->read();
    CHECK(shop::check(asked, hub)->size() == 1);
}

TEST_CASE("an address is one shop's") {
    Records records;
    REQUIRE(open_shop(records, make_keys()));
    CHECK(open_shop(records, make_keys()).error().code() == Code::conflict);
    auto asked = *records.db->read();
    CHECK(shop_by_slug(asked, hub, "kisumu")->id == shop_id);
    CHECK(shop_by_slug(asked, hub, "' OR 1=1").error().code() == Code::not_found);
}

TEST_CASE("any text in any place is read back as it was") {
    CHECK(rc::check([](std::string const& title, std::uint16_t grams, bool is_counted) {
        auto product = read(basket);
        product.texts[0].title = is_clean(title) && !title.empty() ? title.substr(0, 100) : "x";
        if (!is_clean(product.texts[0].title)) product.texts[0].title = "cut within a letter";
        product.net_grams = grams;
        product.supply = is_counted ? Supply::counted : Supply::unlimited;
        product.stock = is_counted ? std::optional(Decimal(grams)) : std::nullopt;
        auto const document = document_of(product);
        auto const again = parse_product(document);
        RC_ASSERT(again.has_value());
        RC_ASSERT(again->texts[0].title == product.texts[0].title);
        RC_ASSERT(document_of(*again) == document);
    }));
}
