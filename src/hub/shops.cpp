// Shops and products: keeping, showing, finding and pricing them.
#include "hub/hidden.h"

#include <algorithm>

namespace allroads::hub {
namespace {

// What one account may have kept. A photo of a phone comes to some half a megabyte.
constexpr std::int64_t photos_of_account_max = 5'000;
constexpr std::int64_t photo_bytes_of_account_max = 2'000'000'000;

constexpr std::size_t shops_of_account_max = 20;

std::string purpose_of(shop::ShopId const& id) { return "shop-key:" + id.text(); }

// Of one's own, what is not for everybody. Who may write it is shown what was written.
Result<void> may_read(Caller const& caller) {
    if (has_scope(caller, "products:read") || has_scope(caller, "products:write")) return {};
    return refuse(Code::not_allowed, "", "the key lacks the scope products:read");
}

// Within the caller's transaction. Refused: `not-enough` where the account would have more than one may.
Result<void> count_photo(db::Write& write, db::HubId const& hub, people::AccountId const& account,
                         photo::Kept const& kept, db::Moment now) {
    auto const bytes = static_cast<std::int64_t>(kept.bytes.size());
    auto const added =
        TRY(write.run("INSERT INTO photo_kept (hub, account, digest, bytes, made) VALUES (?, ?, ?, ?, ?) "
                      "ON CONFLICT DO NOTHING",
                      hub, account, kept.digest, bytes, now.time_since_epoch().count()));
    if (added == 0) return {};
    auto const sums = TRY(
        write.one("SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM photo_kept WHERE hub = ? AND account = ?",
                  hub, account));
    bool const is_within =
        sums.integer(0) <= photos_of_account_max && sums.integer(1) <= photo_bytes_of_account_max;
    if (!is_within)
        return refuse(Code::not_enough, "photos", "this account has kept as many photos as it may");
    return {};
}

}  // namespace

// ---- shops ------------------------------------------------------------------------------------------------

Result<shop::ShopId> Hub::make_shop(Caller const& caller, std::string_view document) {
    if (!caller.account) return refuse(Code::signed_out, "", "sign in to open a shop");
    TRY_VOID(must_have_scope(caller, "shops:write"));
    auto const parsed = TRY(shop::parse_shop(document));
    auto const owner = caller.acting_for ? *caller.acting_for : *caller.account;
    auto const id = hidden_->ids.next<shop::Shop>(now());
    auto const keys = shop::make_keys();
    auto kept = shop::KeptShop{.id = id,
                               .slug = parsed.slug,
                               .owner = owner.bytes(),
                               .changed = now(),
                               .document = shop::document_of(parsed),
                               .open_key = keys.open,
                               .sealed_key = hidden_->key->seal(purpose_of(id), keys.secret)};
    people::Entry const entry{.verb = "shop.make", .subject_kind = "shop", .subject = id.text()};
    TRY_VOID(hidden_->change(caller, entry, [&](db::Write& write) -> Result<void> {
        auto const mine = TRY(shop::shops_of(write, hidden_->self, owner.bytes()));
        if (mine.size() >= shops_of_account_max)
            return refuse(Code::too_many, "", "an account keeps at most 20 shops");
        return shop::add_shop(write, hidden_->self, kept);
    }));
    if (caller.acting_for || !caller.roles.has(people::Role::seller))
        TRY_VOID(hidden_->people->grant(owner, people::Role::seller, hidden_->act_of(caller)));
    TRY_VOID(hidden_->catalogue->put(kept));
    return id;
}

Result<std::int64_t> Hub::change_shop(Caller const& caller, shop::ShopId id, std::int64_t expected,
                                      std::string_view document) {
    auto kept = TRY(this->shop(id));
    TRY_VOID(hidden_->must_keep(caller, kept, "shops:write"));
    auto const parsed = TRY(shop::parse_shop(document));
    kept.slug = parsed.slug;
    kept.document = shop::document_of(parsed);
    kept.version = expected;
    kept.changed = now();
    people::Entry const entry{.verb = "shop.change", .subject_kind = "shop", .subject = id.text()};
    auto const version = TRY(hidden_->change(caller, entry, [&](db::Write& write) -> Result<std::int64_t> {
        auto const made = TRY(shop::change_shop(write, hidden_->self, kept));
        auto const data = "{\"shop\":\"" + id.text() + "\",\"version\":" + std::to_string(made) + "}";
        TRY_VOID(hidden_->tell(write, kept.owner, "shop.changed", data));
        return made;
    }));
    TRY_VOID(hidden_->catalogue->put(kept));
    return version;
}

Result<shop::KeptShop> Hub::shop(shop::ShopId id) {
    auto read = TRY(hidden_->data->read());
    return shop::shop_by_id(read, hidden_->self, id);
}

Result<shop::KeptShop> Hub::shop_of(std::string_view slug) {
    auto read = TRY(hidden_->data->read());
    return shop::shop_by_slug(read, hidden_->self, slug);
}

Result<std::vector<shop::KeptShop>> Hub::shops(std::optional<shop::ShopId> const& after, std::size_t rows) {
    auto read = TRY(hidden_->data->read());
    return shop::shops_after(read, hidden_->self, after, rows);
}

Result<std::vector<shop::KeptShop>> Hub::my_shops(Caller const& caller) {
    if (!caller.account) return refuse(Code::signed_out, "", "sign in first");
    auto const owner = caller.acting_for ? *caller.acting_for : *caller.account;
    auto read = TRY(hidden_->data->read());
    return shop::shops_of(read, hidden_->self, owner.bytes());
}

// ---- products ---------------------------------------------------------------------------------------------

Result<Shown> Hub::Hidden::shown(shop::Listing const& listing) {
    auto const open = catalogue->shop(listing.shop);
    if (!open) return refuse(Code::not_found, "shop", "there is no such shop");
    // Before the value is put together: what stands in braces before a TRY that fails would never be given
    // back.
    auto product = TRY(catalogue->product(listing));
    return Shown{.id = listing.id,
                 .shop_id = listing.shop,
                 .shop = open->shop,
                 .product = std::move(product),
                 .state = listing.state,
                 .version = listing.version,
                 .newest = listing.newest,
                 .live_version = listing.live_version,
                 .changed = listing.changed,
                 .signature = listing.signature};
}

Result<Shown> Hub::product(Caller const& caller, shop::ProductId id, shop::Which which) {
    auto read = TRY(hidden_->data->read());
    auto const listing = TRY(shop::listing(read, hidden_->self, id, which));
    bool const is_public = which == shop::Which::live && listing.state != shop::State::draft;
    if (!is_public) {
        auto const keeper = TRY(shop::shop_by_id(read, hidden_->self, listing.shop));
        // A stranger is not even told that it is there.
        if (!hidden_->may_keep(caller, keeper))
            return refuse(Code::not_found, "product", "there is no such product");
        TRY_VOID(may_read(caller));
    }
    return hidden_->shown(listing);
}

Result<Shown> Hub::product_version(Caller const& caller, shop::ProductId id, std::int64_t version) {
    auto read = TRY(hidden_->data->read());
    auto const listing = TRY(shop::listing_of_version(read, hidden_->self, id, version));
    if (version != listing.live_version || listing.state == shop::State::draft) {
        auto const keeper = TRY(shop::shop_by_id(read, hidden_->self, listing.shop));
        if (!hidden_->may_keep(caller, keeper))
            return refuse(Code::not_found, "version", "there is no such version of this product");
        TRY_VOID(may_read(caller));
    }
    return hidden_->shown(listing);
}

Result<std::vector<Shown>> Hub::products_of(Caller const& caller, shop::ShopId id, shop::Which which,
                                            std::optional<shop::ProductId> const& after, std::size_t rows) {
    auto read = TRY(hidden_->data->read());
    if (which == shop::Which::newest) {
        auto const keeper = TRY(shop::shop_by_id(read, hidden_->self, id));
        TRY_VOID(hidden_->must_keep(caller, keeper, "products:read"));
    }
    std::vector<Shown> all;
    for (auto const& one : TRY(shop::listings_of(read, hidden_->self, id, which, after, rows)))
        all.push_back(TRY(hidden_->shown(one)));
    return all;
}

Result<std::string> Hub::Hidden::opened_key(shop::KeptShop const& shop) const {
    return key->open(purpose_of(shop.id), shop.sealed_key);
}

// Puts what everybody sees of products into the index, or takes it out.
void Hub::Hidden::index(std::span<shop::ProductId const> products) {
    auto read = data->read();
    if (!read) return;  // the housekeeper catches up with it
    std::vector<shop::Listing> listings;
    for (auto const& id : products) {
        auto listing = shop::listing(*read, self, id, shop::Which::live);
        if (listing) listings.push_back(std::move(*listing));
    }
    auto const books = edition.held();
    auto const shelf = books ? books->shelf() : Result<books::Shelf const*>(nullptr);
    (void)catalogue->put(listings, shelf ? *shelf : nullptr);
}

void Hub::Hidden::index(std::span<Fresh const> fresh) {
    auto const books = edition.held();
    auto const shelf = books ? books->shelf() : Result<books::Shelf const*>(nullptr);
    std::vector<Catalogue::Offered> same;
    std::vector<shop::ProductId> others;
    {
        auto read = data->read();
        if (!read) return;  // the housekeeper catches up with it
        for (auto const& one : fresh) {
            auto const now_is = shop::standing(*read, self, one.id);
            bool const is_same = now_is && now_is->state == shop::State::live &&
                                 now_is->live_version == one.added.version &&
                                 now_is->changed == one.added.changed;
            if (is_same) {
                same.push_back({one.id, one.shop, one.added.changed, one.product});
            } else {
                others.push_back(one.id);
            }
        }
    }
    (void)catalogue->put(same, shelf ? *shelf : nullptr);
    if (!others.empty()) index(others);
}

Result<void> Hub::Hidden::may_name_broker(Caller const& caller, ProductChange const& change,
                                          shop::Product const& product) {
    bool const is_expert =
        caller.roles.has(people::Role::broker) || caller.roles.has(people::Role::operator_);
    if (product.hs_by != "broker" || is_expert) return {};
    if (change.product) {
        auto read = TRY(data->read());
        auto const listing = TRY(shop::listing(read, self, *change.product, shop::Which::newest));
        auto const before = TRY(catalogue->product(listing));
        if (before->hs_by == "broker" && before->hs == product.hs) return {};
    }
    return refuse(Code::bad_value, "hs_by", "only a broker says that a broker chose the code");
}

Result<Hub::Hidden::Ready> Hub::Hidden::ready(Caller const& caller, shop::KeptShop const& keeper,
                                              std::string_view secret, ProductChange const& change,
                                              shop::Product const& product, Photos& photos) {
    TRY_VOID(may_name_broker(caller, change, product));
    // A dossier that nobody can read would leave the product without a price at every door.
    if (!product.dossier.empty() && product.hs) {
        auto const dossier = contract::parse_dossier(product.dossier, *product.hs, product.origin);
        if (!dossier) return std::unexpected(dossier.error().within("dossier"));
    }
    for (auto const& photo : product.photos) {
        if (photos.contains(photo.digest)) continue;
        if (!album->kept(photo.digest))
            return refuse(Code::not_found, "photos", "there is no picture " + photo.digest);
        photos.insert(photo.digest);
    }
    if (change.goes_live) TRY_VOID(shop::may_go_live(product));
    Ready version{.id = change.product ? *change.product : ids.next<shop::Product>(now()),
                  .expected = change.expected,
                  .document = shop::document_of(product),
                  .signature = {},
                  .goes_live = change.goes_live,
                  .product = &product};
    version.signature =
        shop::sign(shop::signed_words(keeper.id, version.id, change.expected + 1, version.document), secret);
    return version;
}

Result<shop::AddedVersion> Hub::Hidden::keep(db::Write& write, Caller const& caller,
                                             shop::KeptShop const& keeper, Ready const& version) {
    shop::Standing before;
    std::shared_ptr<shop::Product const> read;
    auto const* live = version.before;
    if (version.expected != 0) {
        before = TRY(shop::standing(write, self, version.id));
        if (before.live_version == 0) {
            live = nullptr;
        } else if (version.goes_live && (live == nullptr || before.live_version != version.expected)) {
            read = TRY(catalogue->product(TRY(shop::listing(write, self, version.id, shop::Which::live))));
            live = read.get();
        }
    }
    auto const made = TRY(shop::add_version(write, self,
                                            {.product = version.id,
                                             .shop = keeper.id,
                                             .expected = version.expected,
                                             .sku = version.product->sku,
                                             .document = version.document,
                                             .signature = version.signature,
                                             .by = caller.account ? caller.account->bytes() : keeper.owner,
                                             .now = now(),
                                             .goes_live = version.goes_live}));
    if (version.aside) {
        (void)TRY(
            write.run("INSERT INTO product_aside (hub, product, kind, document) VALUES (?, ?, 0, ?) ON "
                      "CONFLICT (hub, product, kind) DO UPDATE SET document = excluded.document",
                      self, version.id, *version.aside));
    }
    if (version.goes_live) TRY_VOID(tell_stock(write, version.id, live, *version.product));
    TRY_VOID(tell_of(write, keeper, version.id, before.state,
                     {.state = version.goes_live ? shop::State::live : before.state,
                      .newest = made.version,
                      .live_version = version.goes_live ? made.version : before.live_version}));
    return made;
}

people::Entry Hub::Hidden::noted(Ready const& version) {
    return {.verb = version.goes_live ? "product.publish" : "product.save",
            .subject_kind = "product",
            .subject = version.id.text()};
}

Result<SavedProduct> Hub::save_product(Caller const& caller, ProductChange const& change) {
    auto const keeper = TRY(this->shop(change.shop));
    TRY_VOID(hidden_->must_keep(caller, keeper, "products:write"));
    auto const product = TRY(shop::parse_product(change.document));
    auto const secret = TRY(hidden_->opened_key(keeper));
    Hidden::Photos photos;
    auto const version = TRY(hidden_->ready(caller, keeper, secret, change, product, photos));
    auto const made = TRY(hidden_->change(caller, Hidden::noted(version), [&](db::Write& write) {
        return hidden_->keep(write, caller, keeper, version);
    }));
    if (change.goes_live) hidden_->index({&version.id, 1});
    return SavedProduct{version.id, made.version};
}

Result<void> Hub::set_state(Caller const& caller, shop::ProductId id, shop::State state) {
    auto read = TRY(hidden_->data->read());
    auto const listing = TRY(shop::listing(read, hidden_->self, id, shop::Which::newest));
    auto const keeper = TRY(shop::shop_by_id(read, hidden_->self, listing.shop));
    if (!hidden_->may_keep(caller, keeper))
        return refuse(Code::not_found, "product", "there is no such product");
    TRY_VOID(hidden_->must_keep(caller, keeper, "products:write"));
    if (state == shop::State::live) TRY_VOID(shop::may_go_live(*TRY(hidden_->catalogue->product(listing))));
    people::Entry const entry{.verb = "product.state",
                              .subject_kind = "product",
                              .subject = id.text(),
                              .details = {{"state", std::string(shop::text_of(state))}}};
    TRY_VOID(hidden_->change(caller, entry, [&](db::Write& write) -> Result<void> {
        auto const before = TRY(shop::listing(write, hidden_->self, id, shop::Which::newest));
        if (state == shop::State::live) {
            std::shared_ptr<shop::Product const> live;
            if (before.live_version > 0)
                live = TRY(hidden_->catalogue->product(
                    TRY(shop::listing(write, hidden_->self, id, shop::Which::live))));
            TRY_VOID(hidden_->tell_stock(write, id, live.get(), *TRY(hidden_->catalogue->product(before))));
        }
        TRY_VOID(shop::set_state(write, hidden_->self, id, state, now()));
        bool const is_same =
            before.state == state && (state != shop::State::live || before.live_version == before.newest);
        if (is_same) return {};
        auto const now_is = TRY(shop::standing(write, hidden_->self, id));
        return hidden_->tell_of(write, keeper, id, before.state, now_is);
    }));
    hidden_->index({&id, 1});
    return {};
}

Result<std::vector<shop::VersionAbout>> Hub::versions(Caller const& caller, shop::ProductId id) {
    auto read = TRY(hidden_->data->read());
    auto const listing = TRY(shop::listing(read, hidden_->self, id, shop::Which::newest));
    auto const keeper = TRY(shop::shop_by_id(read, hidden_->self, listing.shop));
    if (!hidden_->may_keep(caller, keeper))
        return refuse(Code::not_found, "product", "there is no such product");
    TRY_VOID(must_have_scope(caller, "products:read"));
    constexpr std::size_t rows = 200;
    return shop::versions_of(read, hidden_->self, id, rows);
}

// ---- what it costs, and finding it ------------------------------------------------------------------------

Result<std::int64_t> grams_of(shop::Product const& product, Decimal const& quantity) {
    auto const each = product.gross_grams > 0 ? product.gross_grams : product.net_grams;
    auto const grams = TRY(allroads::product(Decimal(each), quantity)).rounded(0, Round::up);
    bool const is_told = each > 0 && grams.scale() == 0 && grams.coefficient() <= Int128{INT64_MAX};
    return is_told ? static_cast<std::int64_t>(grams.coefficient()) : 0;
}

Result<quote::Item> item_of(shop::Product const& product, Decimal const& quantity, std::string line) {
    auto const unit = *shop::unit_price(product, quantity);
    auto const goods = TRY(allroads::product(unit.amount(), quantity));
    auto const kilograms = [&](std::int64_t each) -> Result<std::optional<Decimal>> {
        if (each == 0) return std::optional<Decimal>();
        return std::optional(TRY(allroads::product(Decimal::of(each, 3), quantity)));
    };
    auto const net = TRY(kilograms(product.net_grams));
    auto const gross = TRY(kilograms(product.gross_grams));
    quote::Item item;
    item.line = std::move(line);
    item.description = shop::text_in(product, "en").title;
    item.hs = *product.hs;
    item.origin = product.origin;
    item.quantity = quantity;
    item.unit = product.unit;
    item.price = goods.rounded(unit.currency().minor_digits(), Round::half_up);
    item.price_currency = unit.currency();
    item.net_kg = net;
    item.gross_kg = gross;
    if (!product.dossier.empty()) {
        item.dossier = std::make_shared<origin::Dossier const>(
            TRY(contract::parse_dossier(product.dossier, *product.hs, product.origin)));
    }
    return item;
}

Result<Delivered> Hub::delivered(Shown const& shown, Pricing const& pricing) const {
    auto const& product = *shown.product;
    if (!product.hs) return refuse(Code::field_missing, "hs", "this product has no customs code yet");
    if (product.tiers.empty()) return refuse(Code::field_missing, "tiers", "this product has no price yet");
    auto const smallest = product.tiers.front().from;
    auto const quantity = pricing.quantity && *pricing.quantity > smallest ? *pricing.quantity : smallest;
    auto const unit = *shop::unit_price(product, quantity);
    auto const grams = TRY(grams_of(product, quantity));
    auto item = TRY(item_of(product, quantity, "1"));
    auto held = TRY(books());
    Delivered out{.request = {.from = product.ships_from,
                              .to = pricing.door.to,
                              .to_region = pricing.door.to_region,
                              .date = pricing.door.date,
                              .known_on = pricing.door.known_on,
                              .road = pricing.door.road,
                              .buyer = pricing.door.buyer,
                              .explain = pricing.explain},
                  .books = std::move(held),
                  .quote = {},
                  .quantity = quantity,
                  .unit_price = unit};
    out.request.goods.push_back(std::move(item));
    out.request.proofs = product.proofs;
    out.request.currency = pricing.currency;
    if (grams > 0) out.sending = shop::sending(*shown.shop, pricing.door.to, grams);
    if (out.sending) {
        out.request.freight = {.how = quote::FreightTerms::How::amount,
                               .amount = out.sending->price.amount(),
                               .currency = out.sending->price.currency()};
    }
    quote::price(out.request, *out.books, out.quote);
    if (!out.quote.errors.empty()) return std::unexpected(std::move(out.quote.errors.front()));
    return out;
}

Result<Hub::Found> Hub::find(search::Query const& query) {
    Found found{.answer = TRY(hidden_->catalogue->index().find(query, TRY(books()))), .products = {}};
    auto read = TRY(hidden_->data->read());
    std::erase_if(found.answer.hits, [&](search::Hit const& hit) {
        auto const listing = shop::listing(read, hidden_->self, shop::ProductId(hit.id), shop::Which::live);
        auto shown = listing ? hidden_->shown(*listing)
                             : Result<Shown>(std::unexpected(Error(Code::not_found, "", "")));
        // Withdrawn between the index and the records: it is no hit any more.
        if (!shown || shown->state != shop::State::live) return true;
        found.products.push_back(std::move(*shown));
        return false;
    });
    return found;
}

std::optional<search::Hit> Hub::hit_of(Shown const& shown, quote::Door const& door) const {
    auto const priced = delivered(shown, {.door = door});
    if (!priced || !priced->quote.landed_total) return std::nullopt;
    auto const thousandths = allroads::product(priced->quantity, Decimal(1000));
    if (!thousandths) return std::nullopt;
    search::Hit hit{.id = shown.id.bytes()};
    hit.quantity = static_cast<std::int64_t>(thousandths->rounded(0, Round::up).coefficient());
    if (priced->sending) {
        hit.freight = priced->sending->price;
        hit.days_min = priced->sending->lane->days_min;
        hit.days_max = priced->sending->lane->days_max;
    }
    hit.landed = priced->quote.landed_total;
    hit.is_complete = priced->sending && priced->quote.status == quote::Status::complete;
    return hit;
}

// ---- photos -----------------------------------------------------------------------------------------------

// Who sends photos, as their uploads are known by.
Result<std::string> Hub::Hidden::uploader(Caller const& caller) const {
    if (!caller.account) return refuse(Code::signed_out, "", "sign in to send photos");
    TRY_VOID(must_have_scope(caller, "products:write"));
    return caller.account->text();
}

Result<std::string> Hub::begin_upload(Caller const& caller, std::int64_t bytes,
                                      std::optional<std::string_view> sha256) {
    auto const owner = TRY(hidden_->uploader(caller));
    TRY_VOID(hidden_->may_write_now(caller));
    return hidden_->uploads->begin(owner, bytes, sha256, std::chrono::floor<std::chrono::seconds>(now()));
}

Result<photo::Uploads::Appended> Hub::append_upload(Caller const& caller, std::string_view id,
                                                    std::int64_t offset, std::string_view bytes) {
    return hidden_->uploads->append(id, TRY(hidden_->uploader(caller)), offset, bytes,
                                    std::chrono::floor<std::chrono::seconds>(now()));
}

Result<photo::Uploads::State> Hub::upload(Caller const& caller, std::string_view id) {
    return hidden_->uploads->state(id, TRY(hidden_->uploader(caller)),
                                   std::chrono::floor<std::chrono::seconds>(now()));
}

Result<shop::Photo> Hub::finish_upload(Caller const& caller, std::string_view id) {
    auto const owner = TRY(hidden_->uploader(caller));
    auto const bytes =
        TRY(hidden_->uploads->finish(id, owner, std::chrono::floor<std::chrono::seconds>(now())));
    auto kept = TRY(keep_photo(caller, bytes));
    TRY_VOID(hidden_->uploads->forget(id, owner));
    return kept;
}

Result<shop::Photo> Hub::keep_photo(Caller const& caller, std::string_view bytes) {
    bool const is_keeper = !caller.account && caller.roles.has(people::Role::operator_);
    if (!is_keeper) (void)TRY(hidden_->uploader(caller));
    TRY_VOID(hidden_->may_write_now(caller));
    auto const kept = TRY(photo::normalise(bytes));
    // Counted before the file is there: a crash in between costs its owner a little room, never the disk.
    if (caller.account) {
        TRY_VOID(hidden_->data->write([&](db::Write& write) {
            return count_photo(write, hidden_->self, *caller.account, kept, now());
        }));
    }
    TRY_VOID(hidden_->album->put(kept));
    hidden_->album->prepare(kept.digest);
    return shop::Photo{.digest = kept.digest, .alt = {}, .width = kept.width, .height = kept.height};
}

Result<shop::Photo> Hub::keep_drawing(photo::Kept const& drawing) {
    TRY_VOID(hidden_->album->put(drawing));
    return shop::Photo{.digest = drawing.digest, .alt = {}, .width = drawing.width, .height = drawing.height};
}

// Without a password and with an address that no mail reaches: nobody can sign in to it.
Result<Caller> Hub::demo_seller() {
    auto const contact = TRY(people::Contact::parse("demonstration@allroads.invalid"));
    auto caller = keeper();
    caller.roles = caller.roles.with(people::Role::seller);
    if (auto const there = TRY(hidden_->people->find(contact))) {
        caller.account = *there;
    } else {
        caller.account = TRY(hidden_->people->sign_up(
            {.contact = contact, .name = "Demonstration", .language = "en"}, hidden_->act_of(caller)));
    }
    return caller;
}

Result<photo::Album::Shown> Hub::picture(std::string_view digest, std::int32_t width, photo::Format format) {
    return hidden_->album->show(digest, width, format);
}

}  // namespace allroads::hub
