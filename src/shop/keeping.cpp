// The tables of shops and products.
#include "shop/shop.h"

#include <array>

namespace allroads::shop {
namespace {

constexpr std::array<db::Migration, 1> steps{{
    {1, "shops and products",
     "CREATE TABLE shop (hub BLOB NOT NULL, id BLOB NOT NULL, slug TEXT NOT NULL, owner BLOB NOT NULL, "
     "state INTEGER NOT NULL, version INTEGER NOT NULL, changed INTEGER NOT NULL, document TEXT NOT NULL, "
     "open_key BLOB NOT NULL, sealed_key BLOB NOT NULL, PRIMARY KEY (hub, id)) STRICT, WITHOUT ROWID;\n"
     "CREATE UNIQUE INDEX shop_by_slug ON shop (hub, slug);\n"
     "CREATE INDEX shop_by_owner ON shop (hub, owner);\n"
     "CREATE TABLE product (hub BLOB NOT NULL, id BLOB NOT NULL, shop BLOB NOT NULL, sku TEXT, "
     "state INTEGER NOT NULL, newest INTEGER NOT NULL, live_version INTEGER NOT NULL, changed INTEGER NOT "
     "NULL, PRIMARY KEY (hub, id), FOREIGN KEY (hub, shop) REFERENCES shop (hub, id)) STRICT, WITHOUT "
     "ROWID;\n"
     "CREATE INDEX product_by_shop ON product (hub, shop, id);\n"
     "CREATE UNIQUE INDEX product_by_sku ON product (hub, shop, sku);\n"
     "CREATE INDEX product_by_change ON product (hub, changed);\n"
     "CREATE TABLE product_version (hub BLOB NOT NULL, product BLOB NOT NULL, version INTEGER NOT NULL, "
     "made INTEGER NOT NULL, made_by BLOB NOT NULL, document TEXT NOT NULL, signature BLOB NOT NULL, "
     "PRIMARY KEY (hub, product, version), FOREIGN KEY (hub, product) REFERENCES product (hub, id)) STRICT;"},
}};

std::int64_t number(db::Moment moment) { return moment.time_since_epoch().count(); }
db::Moment moment(std::int64_t number) { return db::Moment(std::chrono::milliseconds(number)); }
State state_of(std::int64_t number) {
    allroads::check(number >= 0 && number <= 2);
    return static_cast<State>(number);
}
std::optional<std::string_view> or_null(std::string_view text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

constexpr std::string_view shop_columns =
    "id, slug, owner, state, version, changed, document, open_key, sealed_key";

KeptShop shop_in(db::Rows const& row) {
    return {row.id<Shop>(0),          std::string(row.text(1)), row.id_bytes(2),
            state_of(row.integer(3)), row.integer(4),           moment(row.integer(5)),
            std::string(row.text(6)), std::string(row.blob(7)), std::string(row.blob(8))};
}

Listing listing_in(db::Rows const& row) {
    return {row.id<Product>(0),     row.id<Shop>(1),          state_of(row.integer(2)),
            row.integer(3),         row.integer(4),           row.integer(5),
            moment(row.integer(6)), std::string(row.text(7)), std::string(row.blob(8))};
}

// One statement for each shape, so that its text never holds a value.
constexpr std::string_view listing_head =
    "SELECT p.id, p.shop, p.state, v.version, p.newest, p.live_version, p.changed, v.document, v.signature "
    "FROM product p JOIN product_version v ON v.hub = p.hub AND v.product = p.id AND v.version = ";

std::string statement(Which which, std::string_view where) {
    return std::string(listing_head) + (which == Which::live ? "p.live_version" : "p.newest") +
           std::string(where);
}

template <class... Args>
Result<std::vector<KeptShop>> shops_where(db::Asked& asked, std::string_view where, Args const&... args) {
    auto rows = TRY(asked.rows(
        "SELECT " + std::string(shop_columns) + " FROM shop WHERE " + std::string(where), args...));
    std::vector<KeptShop> shops;
    while (TRY(rows.next())) shops.push_back(shop_in(rows));
    return shops;
}

Result<KeptShop> only(Result<std::vector<KeptShop>> found) {
    auto shops = TRY(std::move(found));
    if (shops.empty()) return refuse(Code::not_found, "shop", "there is no shop of that name");
    return std::move(shops.front());
}

Result<db::Moment> insert_product(db::Write& write, db::HubId const& hub, NewVersion const& given) {
    auto const state = given.goes_live ? State::live : State::draft;
    (void)TRY(
        write.run("INSERT INTO product (hub, id, shop, sku, state, newest, live_version, changed) "
                  "VALUES (?, ?, ?, ?, ?, 1, ?, ?)",
                  hub, given.product, given.shop, or_null(given.sku), static_cast<int>(state),
                  given.goes_live, number(given.now)));
    return given.now;
}

Result<db::Moment> count_on(db::Write& write, db::HubId const& hub, NewVersion const& given) {
    constexpr std::string_view stays =
        "UPDATE product SET newest = newest + 1, sku = ?, changed = CASE WHEN ? > changed THEN ? ELSE "
        "changed + 1 END WHERE hub = ? AND id = ? AND shop = ? AND newest = ? RETURNING changed";
    constexpr std::string_view goes_live =
        "UPDATE product SET newest = newest + 1, live_version = newest + 1, state = 1, sku = ?, changed = "
        "CASE WHEN ? > changed THEN ? ELSE changed + 1 END WHERE hub = ? AND id = ? AND shop = ? AND newest "
        "= ? RETURNING changed";
    static_assert(static_cast<int>(State::live) == 1);
    auto const changed =
        TRY(write.first(given.goes_live ? goes_live : stays, or_null(given.sku), number(given.now),
                        number(given.now), hub, given.product, given.shop, given.expected));
    if (changed) return moment(changed->integer(0));
    return refuse(Code::conflict, "version", "the product was changed in the meantime; look at it again");
}

}  // namespace

std::span<db::Migration const> migrations() { return steps; }

Result<void> add_shop(db::Write& write, db::HubId const& hub, KeptShop const& shop) {
    auto const taken =
        TRY(write.first("SELECT id FROM shop WHERE hub = ? AND slug = ?", hub, shop.slug)).has_value();
    if (taken) return refuse(Code::conflict, "slug", "another shop is found under that address");
    (void)TRY(
        write.run("INSERT INTO shop (hub, id, slug, owner, state, version, changed, document, "
                  "open_key, sealed_key) VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?)",
                  hub, shop.id, shop.slug, shop.owner, static_cast<int>(shop.state), number(shop.changed),
                  shop.document, db::Blob{shop.open_key}, db::Blob{shop.sealed_key}));
    return {};
}

Result<std::int64_t> change_shop(db::Write& write, db::HubId const& hub, KeptShop const& shop) {
    auto const other = TRY(write.first("SELECT id FROM shop WHERE hub = ? AND slug = ? AND id <> ?", hub,
                                       shop.slug, shop.id))
                           .has_value();
    if (other) return refuse(Code::conflict, "slug", "another shop is found under that address");
    auto const changed =
        TRY(write.run("UPDATE shop SET slug = ?, state = ?, version = version + 1, changed = ?, document = ? "
                      "WHERE hub = ? AND id = ? AND version = ?",
                      shop.slug, static_cast<int>(shop.state), number(shop.changed), shop.document, hub,
                      shop.id, shop.version));
    if (changed == 1) return shop.version + 1;
    return refuse(Code::conflict, "version", "the shop was changed in the meantime; look at it again");
}

Result<KeptShop> shop_by_id(db::Asked& asked, db::HubId const& hub, ShopId const& id) {
    return only(shops_where(asked, "hub = ? AND id = ?", hub, id));
}
Result<KeptShop> shop_by_slug(db::Asked& asked, db::HubId const& hub, std::string_view slug) {
    return only(shops_where(asked, "hub = ? AND slug = ?", hub, slug));
}
Result<std::vector<KeptShop>> shops_of(db::Asked& asked, db::HubId const& hub, db::IdBytes const& owner) {
    return shops_where(asked, "hub = ? AND owner = ? ORDER BY id", hub, owner);
}
Result<std::vector<KeptShop>> shops_after(db::Asked& asked, db::HubId const& hub,
                                          std::optional<ShopId> const& after, std::size_t most) {
    auto const from = after ? after->bytes() : db::IdBytes{};
    return shops_where(asked, "hub = ? AND id > ? ORDER BY id LIMIT ?", hub, from, most);
}

Result<AddedVersion> add_version(db::Write& write, db::HubId const& hub, NewVersion const& given) {
    if (auto const holder = TRY(product_by_sku(write, hub, given.shop, given.sku));
        holder && *holder != given.product)
        return refuse(Code::conflict, "sku", "another product of this shop has that number");
    auto const changed =
        TRY(given.expected == 0 ? insert_product(write, hub, given) : count_on(write, hub, given));
    auto const version = given.expected + 1;
    (void)TRY(write.run(
        "INSERT INTO product_version (hub, product, version, made, made_by, document, "
        "signature) VALUES (?, ?, ?, ?, ?, ?, ?)",
        hub, given.product, version, number(given.now), given.by, given.document, db::Blob{given.signature}));
    return AddedVersion{version, changed};
}

Result<void> set_state(db::Write& write, db::HubId const& hub, ProductId const& product, State state,
                       db::Moment now) {
    // What everybody saw last stays known, for those who come with the address of a withdrawn product.
    constexpr std::string_view to_live =
        "UPDATE product SET state = ?, changed = CASE WHEN ? > changed THEN ? ELSE changed + 1 END, "
        "live_version = "
        "newest WHERE hub = ? AND id = ?";
    constexpr std::string_view other =
        "UPDATE product SET state = ?, changed = CASE WHEN ? > changed THEN ? ELSE changed + 1 END WHERE hub "
        "= ? "
        "AND id = ?";
    auto const words = state == State::live ? to_live : other;
    auto const changed =
        TRY(write.run(words, static_cast<int>(state), number(now), number(now), hub, product));
    if (changed == 1) return {};
    return refuse(Code::not_found, "product", "there is no such product");
}

Result<Standing> standing(db::Asked& asked, db::HubId const& hub, ProductId const& product) {
    auto const row = TRY(asked.first(
        "SELECT state, newest, live_version, changed FROM product WHERE hub = ? AND id = ?", hub, product));
    if (!row) return refuse(Code::not_found, "product", "there is no such product");
    return Standing{state_of(row->integer(0)), row->integer(1), row->integer(2), moment(row->integer(3))};
}

Result<Listing> listing(db::Asked& asked, db::HubId const& hub, ProductId const& product, Which which) {
    auto const row = TRY(asked.first(statement(which, " WHERE p.hub = ? AND p.id = ?"), hub, product));
    if (!row) return refuse(Code::not_found, "product", "there is no such product");
    return listing_in(*row);
}

Result<std::int64_t> live_version(db::Asked& asked, db::HubId const& hub, ProductId const& product) {
    auto const row = TRY(
        asked.first("SELECT live_version FROM product WHERE hub = ? AND id = ? AND state = 1", hub, product));
    return row ? row->integer(0) : 0;
}

Result<Listing> listing_of_version(db::Asked& asked, db::HubId const& hub, ProductId const& product,
                                   std::int64_t version) {
    auto const row =
        TRY(asked.first(std::string(listing_head) + "? WHERE p.hub = ? AND p.id = ?", version, hub, product));
    if (!row) return refuse(Code::not_found, "version", "there is no such version of this product");
    return listing_in(*row);
}

Result<std::optional<ProductId>> product_by_sku(db::Asked& asked, db::HubId const& hub, ShopId const& shop,
                                                std::string_view sku) {
    if (sku.empty()) return std::optional<ProductId>();
    auto const row =
        TRY(asked.first("SELECT id FROM product WHERE hub = ? AND shop = ? AND sku = ?", hub, shop, sku));
    if (!row) return std::optional<ProductId>();
    return std::optional(row->id<Product>(0));
}

Result<std::vector<Listing>> listings_of(db::Asked& asked, db::HubId const& hub, ShopId const& shop,
                                         Which which, std::optional<ProductId> const& after,
                                         std::size_t most) {
    auto const from = after ? after->bytes() : db::IdBytes{};
    auto const where =
        which == Which::live
            ? " WHERE p.hub = ? AND p.shop = ? AND p.id > ? AND p.state = 1 ORDER BY p.id LIMIT ?"
            : " WHERE p.hub = ? AND p.shop = ? AND p.id > ? ORDER BY p.id LIMIT ?";
    auto rows = TRY(asked.rows(statement(which, where), hub, shop, from, most));
    std::vector<Listing> listings;
    while (TRY(rows.next())) listings.push_back(listing_in(rows));
    return listings;
}

Result<void> listings_since(db::Asked& asked, db::HubId const& hub, Which which, db::Moment since,
                            std::function<bool(ProductId const&, State, db::Moment)> const& is_known,
                            std::function<void(Listing const&)> const& each) {
    // In pages: an answer of PostgreSQL lies in memory as a whole before its first row.
    constexpr std::size_t page = 2000;
    auto at = number(since);
    auto after = db::IdBytes{};
    while (true) {
        std::vector<ProductId> wanted;
        std::size_t found = 0;
        {
            auto rows =
                TRY(asked.rows("SELECT id, changed, state FROM product WHERE hub = ? AND (changed, id) > (?, "
                               "?) ORDER BY changed, "
                               "id LIMIT ?",
                               hub, at, after, page));
            for (; TRY(rows.next()); ++found) {
                at = rows.integer(1);
                after = rows.id_bytes(0);
                if (!is_known(ProductId(after), state_of(rows.integer(2)), moment(at)))
                    wanted.emplace_back(after);
            }
        }
        for (auto const& product : wanted) {
            auto const row =
                TRY(asked.first(statement(which, " WHERE p.hub = ? AND p.id = ?"), hub, product));
            if (row) each(listing_in(*row));
        }
        if (found < page) return {};
    }
}

Result<std::vector<VersionAbout>> versions_of(db::Asked& asked, db::HubId const& hub,
                                              ProductId const& product, std::size_t most) {
    auto rows =
        TRY(asked.rows("SELECT version, made, made_by FROM product_version WHERE hub = ? AND product "
                       "= ? ORDER BY version DESC LIMIT ?",
                       hub, product, most));
    std::vector<VersionAbout> versions;
    while (TRY(rows.next())) versions.push_back({rows.integer(0), moment(rows.integer(1)), rows.id_bytes(2)});
    return versions;
}

Result<std::vector<std::string>> check(db::Asked& asked, db::HubId const& hub) {
    std::vector<std::string> wrong;
    auto rows =
        TRY(asked.rows("SELECT p.id, p.shop, v.version, v.document, v.signature, s.open_key FROM "
                       "product_version v JOIN product p ON p.hub = v.hub AND p.id = v.product JOIN "
                       "shop s ON s.hub = p.hub AND s.id = p.shop WHERE v.hub = ? ORDER BY p.id",
                       hub));
    while (TRY(rows.next())) {
        auto const product = rows.id<Product>(0);
        auto const version = rows.integer(2);
        auto const name = "product " + product.text() + ", version " + std::to_string(version);
        auto const document = std::string(rows.text(3));
        auto const words = signed_words(rows.id<Shop>(1), product, version, document);
        if (!is_signed(words, rows.blob(4), rows.blob(5)))
            wrong.push_back(name + ": its signature is not the shop's");
        auto const read = parse_product(document);
        if (!read) {
            wrong.push_back(name + ": " + read.error().sentence());
        } else if (document_of(*read) != document) {
            wrong.push_back(name + ": its document is not in its own form");
        }
    }
    return wrong;
}

}  // namespace allroads::shop
