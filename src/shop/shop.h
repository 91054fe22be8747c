#pragma once
// shop: what sellers offer: shops, their products in versions, and what the seller asks for sending them.
//
// Promises: a version of a product never changes once it is stored, so that what was agreed on stays what it
// was. A listing is one JSON document that is written the same way each time: it is what the database keeps,
// what the API shows and what the shop signs (Ed25519), so that anybody may check it anywhere. Malformed
// documents are refused with the path of their field. Nothing here knows who asks.

#include "base/base.h"
#include "db/db.h"
#include "freight/freight.h"
#include "goods/goods.h"
#include "money/money.h"
#include "quote/quote.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::shop {

struct Shop;
struct Product;
using ShopId = db::Id<Shop>;
using ProductId = db::Id<Product>;

// Limits of one document; more is refused (`too-long`).
inline constexpr std::size_t document_bytes_max = 64U * 1024;
inline constexpr std::size_t title_bytes_max = 300;
inline constexpr std::size_t description_bytes_max = 12'000;
inline constexpr std::size_t texts_max = 16;
inline constexpr std::size_t photos_max = 12;
inline constexpr std::size_t tiers_max = 10;
inline constexpr std::size_t words_max = 20;  // of materials, certificates, proofs
inline constexpr std::size_t lanes_max = 60;

// ---- products ---------------------------------------------------------------------------------------------

struct Text {
    std::string language;  // BCP 47, lower case: "en", "sw", "zh"
    std::string title;
    std::string description = {};  // plain text, paragraphs by empty lines
};
struct Photo {
    std::string digest;    // SHA-256 of the picture as it is kept, 64 hexadecimal digits
    std::string alt = {};  // what it shows, for those who do not see it
    std::int32_t width = 0, height = 0;
};
struct Tier {
    Decimal from;  // smallest quantity, in the product's unit
    Money price;   // of one unit
};
enum class Supply : std::uint8_t {
    counted,        // `stock` units are there
    made_to_order,  // made within `lead_days`
    unlimited,
};
// How several units are packed.
struct Carton {
    Decimal units;
    std::int32_t length_mm = 0, width_mm = 0, height_mm = 0;
    std::int64_t gross_grams = 0;
};
enum class State : std::uint8_t {
    draft,      // its keepers alone see it
    live,       // everybody finds it
    withdrawn,  // found no more; who has its address may still read it
};
[[nodiscard]] std::string_view text_of(State state);
[[nodiscard]] std::string_view text_of(Supply supply);

struct Product {
    std::string sku = {};       // the seller's own number; unique in a shop, may be empty
    std::vector<Text> texts;    // the first is in the seller's own language
    std::string category = {};  // a key of categories(): "baskets"
    std::vector<Photo> photos = {};
    std::vector<Tier> tiers;  // of one currency, ascending; the first gives the smallest order
    Unit unit;
    Supply supply = Supply::made_to_order;
    std::optional<Decimal> stock = {};     // where counted
    std::int32_t lead_days = 0;            // until it can be handed over
    std::optional<GoodsCode> hs = {};      // 6 to 12 digits
    std::int32_t hs_permille = 0;          // how far it may be believed; 1000: a person who knows chose it
    std::string hs_by = {};                // "seller", "classifier", "broker"
    Country origin;                        // where it was made
    std::string dossier = {};              // how it was made, the JSON of docs/origin.md; empty: not told
    std::vector<std::string> proofs = {};  // proofs of origin the seller can give: "AGOA", "EU-EBA"
    Country ships_from;
    quote::Incoterm terms = quote::Incoterm::FCA;
    std::string terms_place = {};  // where the price holds: "Kisumu"
    std::int64_t net_grams = 0;    // of one unit; 0: not told
    std::int64_t gross_grams = 0;  // packed for sending
    std::optional<Carton> carton = {};
    std::vector<std::string> materials = {};     // keys: "sisal", "cotton"
    std::vector<std::string> certificates = {};  // keys: "fair-trade", "organic"
};
// Reads and writes the document of a product. What was written is read back as the same, and written again
// as the same bytes.
[[nodiscard]] Result<Product> parse_product(std::string_view json);
[[nodiscard]] std::string document_of(Product const& product);
// Whether everything is there that a buyer must be told; refuses with the first field that is missing.
[[nodiscard]] Result<void> may_go_live(Product const& product);
// The text in that language; else English; else the seller's own.
[[nodiscard]] Text const& text_in(Product const& product, std::string_view language);
// The price of one unit for that quantity; nothing below the smallest order.
[[nodiscard]] std::optional<Money> unit_price(Product const& product, Decimal const& quantity);

// The keys of kinds of goods by which visitors browse, materials and certificates that are known, with their
// English names. Sorted by key.
struct Named {
    std::string_view key;
    std::string_view name;
};
[[nodiscard]] std::span<Named const> categories();
[[nodiscard]] std::span<Named const> materials();
[[nodiscard]] std::span<Named const> certificates();

// ---- shops ------------------------------------------------------------------------------------------------

// What the seller asks for sending a parcel. The first that serves the destination counts.
struct Lane {
    std::vector<Country> to;  // empty: everywhere
    freight::Road road = freight::Road::post;
    Money base;    // of a parcel
    Money per_kg;  // of each begun half kilogram, half of this
    std::int32_t days_min = 0, days_max = 0;
    std::int64_t grams_max = 0;  // heavier ones are not sent by it; 0: no limit
};
struct Shop {
    std::string slug;  // in addresses: "kisumu-baskets"; a-z, 0-9 and -
    std::string name;
    std::vector<Text> texts = {};  // title: what it calls itself there; description: about it
    Country country;
    std::string place = {};
    Currency currency;
    std::vector<Lane> lanes = {};
    std::vector<Photo> photos = {};
    State state = State::live;
};
[[nodiscard]] Result<Shop> parse_shop(std::string_view json);
[[nodiscard]] std::string document_of(Shop const& shop);
struct Sending {
    Lane const* lane = nullptr;
    Money price;
};
// Nothing where the shop does not send there, or not so much.
[[nodiscard]] std::optional<Sending> sending(Shop const& shop, Country to, std::int64_t gross_grams);

}  // namespace allroads::shop
