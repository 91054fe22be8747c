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

#include <functional>
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
[[nodiscard]] Result<State> parse_state(std::string_view text);

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
    Money per_kg;  // each begun half kilogram costs half of this, rounded up to a minor unit
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

// ---- keeping them -----------------------------------------------------------------------------------------

// The tables of this room, for db::migrate; numbers are given by who puts the rooms together.
[[nodiscard]] std::span<db::Migration const> migrations();

// Keys by which a shop signs its listings (Ed25519, RFC 8032). The secret is kept as its caller sealed it.
struct Keys {
    std::string open;    // 32 bytes
    std::string secret;  // 64 bytes; never stored as it is
};
[[nodiscard]] Keys make_keys();
// What is signed of a listing: its kind, ids, version and document.
[[nodiscard]] std::string signed_words(ShopId const& shop, ProductId const& product, std::int64_t version,
                                       std::string_view document);
[[nodiscard]] std::string sign(std::string_view words, std::string_view secret);
[[nodiscard]] bool is_signed(std::string_view words, std::string_view signature, std::string_view open);

struct KeptShop {
    ShopId id;
    std::string slug;
    db::IdBytes owner{};  // the account that keeps it
    State state = State::live;
    std::int64_t version = 1;
    db::Moment changed{};
    std::string document;
    std::string open_key;
    std::string sealed_key;
};
// Refused: `conflict` (another shop has that slug).
[[nodiscard]] Result<void> add_shop(db::Write& write, db::HubId const& hub, KeptShop const& shop);
// Its document, slug and state; the version counts on. Refused: `conflict` where `version` is not the stored
// one.
[[nodiscard]] Result<std::int64_t> change_shop(db::Write& write, db::HubId const& hub, KeptShop const& shop);
[[nodiscard]] Result<KeptShop> shop_by_id(db::Asked& asked, db::HubId const& hub, ShopId const& id);
[[nodiscard]] Result<KeptShop> shop_by_slug(db::Asked& asked, db::HubId const& hub, std::string_view slug);
[[nodiscard]] Result<std::vector<KeptShop>> shops_of(db::Asked& asked, db::HubId const& hub,
                                                     db::IdBytes const& owner);
// All, by id, after `after`; at most `most`.
[[nodiscard]] Result<std::vector<KeptShop>> shops_after(db::Asked& asked, db::HubId const& hub,
                                                        std::optional<ShopId> const& after, std::size_t most);

struct Listing {
    ProductId id;
    ShopId shop;
    State state = State::draft;
    std::int64_t version = 0;       // of this document
    std::int64_t newest = 0;        // a later one is a draft that the keeper works on
    std::int64_t live_version = 0;  // what everybody sees or saw last; 0: nothing yet
    db::Moment changed{};           // of the product, by any version
    std::string document;
    std::string signature;
};
// A further version. `expected` is the newest that the caller knows (0: a new product); refused with
// `conflict` where another came in between, or where the sku is another product's of this shop.
struct NewVersion {
    ProductId product;
    ShopId shop;
    std::int64_t expected = 0;
    std::string_view sku;
    std::string_view document;
    std::string_view signature;
    db::IdBytes by{};
    db::Moment now{};
    bool goes_live = false;
};
struct AddedVersion {
    std::int64_t version = 0;
    db::Moment changed{};  // of the product now
};
[[nodiscard]] Result<AddedVersion> add_version(db::Write& write, db::HubId const& hub,
                                               NewVersion const& given);
// Draft, live (its newest version) or withdrawn. Refused: `not-found`.
[[nodiscard]] Result<void> set_state(db::Write& write, db::HubId const& hub, ProductId const& product,
                                     State state, db::Moment now);
// Where a product is, without its document. Refused: `not-found`.
struct Standing {
    State state = State::draft;
    std::int64_t newest = 0, live_version = 0;
    db::Moment changed{};
};
[[nodiscard]] Result<Standing> standing(db::Asked& asked, db::HubId const& hub, ProductId const& product);
enum class Which : std::uint8_t { live, newest };
// Refused: `not-found`, also where nothing ever was live. Look at its state before it is shown to everybody.
[[nodiscard]] Result<Listing> listing(db::Asked& asked, db::HubId const& hub, ProductId const& product,
                                      Which which);
// The version that is live now; 0 where none is.
[[nodiscard]] Result<std::int64_t> live_version(db::Asked& asked, db::HubId const& hub,
                                                ProductId const& product);
[[nodiscard]] Result<Listing> listing_of_version(db::Asked& asked, db::HubId const& hub,
                                                 ProductId const& product, std::int64_t version);
[[nodiscard]] Result<std::optional<ProductId>> product_by_sku(db::Asked& asked, db::HubId const& hub,
                                                              ShopId const& shop, std::string_view sku);
// A shop's products by id, after `after`, at most `most`; of each its newest (or its live) version.
[[nodiscard]] Result<std::vector<Listing>> listings_of(db::Asked& asked, db::HubId const& hub,
                                                       ShopId const& shop, Which which,
                                                       std::optional<ProductId> const& after,
                                                       std::size_t most);
// Every product that changed since then, oldest change first, handed to `each` one after the other, unless
// `is_known` says of its id, its state and the moment of its last change (no two changes of a product have
// the same) that it need not be read.
[[nodiscard]] Result<void> listings_since(
    db::Asked& asked, db::HubId const& hub, Which which, db::Moment since,
    std::function<bool(ProductId const&, State, db::Moment)> const& is_known,
    std::function<void(Listing const&)> const& each);
// The versions of a product, newest first: number and moment.
struct VersionAbout {
    std::int64_t version = 0;
    db::Moment at{};
    db::IdBytes by{};
};
[[nodiscard]] Result<std::vector<VersionAbout>> versions_of(db::Asked& asked, db::HubId const& hub,
                                                            ProductId const& product, std::size_t most);
// Reads every listing and compares it with its signature and its document's own form; sentences of what is
// wrong.
[[nodiscard]] Result<std::vector<std::string>> check(db::Asked& asked, db::HubId const& hub);

}  // namespace allroads::shop
