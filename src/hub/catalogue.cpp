#include "hub/catalogue.h"

#include <algorithm>
#include <charconv>

namespace allroads::hub {
namespace {

constexpr std::int64_t thousand = 1000;
// Clocks of writers may differ, and a change is stamped before it is committed: what came so long before the
// newest change is walked again.
constexpr std::chrono::milliseconds overlap = std::chrono::minutes(2);

// Whole thousandths, up: who orders less than a smallest order is told so, never the other way round.
Result<std::int64_t> thousandths(Decimal const& quantity) {
    auto const cut = quantity.rounded(3, Round::up);
    auto value = cut.coefficient();
    for (int scale = cut.scale(); scale < 3; ++scale) value *= 10;
    if (value > Int128{INT64_MAX}) return refuse(Code::bad_quantity, "tiers", "the quantity is too large");
    return static_cast<std::int64_t>(value);
}

search::Sending sending_of(shop::Shop const& shop) {
    search::Sending sending{.currency = shop.currency};
    for (auto const& lane : shop.lanes) {
        sending.currency = lane.base.currency();
        sending.lanes.push_back({.to = lane.to,
                                 .base = lane.base.minor(),
                                 .half_kilo = (lane.per_kg.minor() + 1) / 2,
                                 .grams_max = lane.grams_max,
                                 .days_min = lane.days_min,
                                 .days_max = lane.days_max});
    }
    return sending;
}

bool is_denied(shop::Product const& product, origin::Agreement const& agreement) {
    auto const dossier = contract::parse_dossier(product.dossier, *product.hs, product.origin);
    return dossier && origin::judge(*dossier, agreement).qualifies == origin::Outcome::fails;
}

// The proofs that the seller names, without those which the product's own dossier contradicts.
std::vector<std::string> proofs_of(shop::Product const& product, books::Shelf const* shelf) {
    bool const is_judged = !product.proofs.empty() && !product.dossier.empty() && product.hs;
    if (!is_judged || shelf == nullptr) return product.proofs;
    std::vector<std::string> proofs;
    for (auto const& proof : product.proofs) {
        auto const agreement = shelf->named(proof);
        bool const is_known = agreement && *agreement != nullptr;
        if (!is_known || !is_denied(product, **agreement)) proofs.push_back(proof);
    }
    return proofs;
}

}  // namespace

Result<void> Catalogue::put(shop::KeptShop const& kept) {
    auto parsed = TRY(shop::parse_shop(kept.document));
    auto const shared = std::make_shared<shop::Shop const>(std::move(parsed));
    std::unique_lock const held(lock_);
    auto const number = static_cast<std::uint32_t>(shops_.size());
    auto [place, is_new] = shops_.try_emplace(kept.id, OpenShop{kept.id, number, shared});
    place->second.shop = shared;
    auto const done = index_.sending(place->second.number, sending_of(*shared));
    ++changes_;
    return done;
}

std::optional<OpenShop> Catalogue::shop(shop::ShopId const& id) const {
    std::shared_lock const held(lock_);
    auto const found = shops_.find(id);
    if (found == shops_.end()) return std::nullopt;
    return found->second;
}

std::size_t Catalogue::shops() const {
    std::shared_lock const held(lock_);
    return shops_.size();
}

std::optional<std::uint32_t> Catalogue::number_of(shop::ShopId const& id) const {
    auto const found = shop(id);
    return found ? std::optional(found->number) : std::nullopt;
}

Result<std::optional<search::Entry>> Catalogue::entry_of(shop::Listing const& listing,
                                                         books::Shelf const* shelf) {
    if (listing.state != shop::State::live) return std::optional<search::Entry>();
    auto const product = TRY(this->product(listing));
    return entry_of({listing.id, listing.shop, listing.changed, product.get()}, shelf);
}

Result<std::optional<search::Entry>> Catalogue::entry_of(Offered const& offered,
                                                         books::Shelf const* shelf) const {
    auto const& product = *offered.product;
    auto const number = number_of(offered.shop);
    if (!number || product.tiers.empty()) return std::optional<search::Entry>();
    search::Entry entry{.id = offered.id.bytes(),
                        .texts = {},
                        .category = product.category,
                        .materials = product.materials,
                        .certificates = product.certificates,
                        .proofs = proofs_of(product, shelf),
                        .hs = product.hs,
                        .origin = product.origin,
                        .ships_from = product.ships_from,
                        .currency = product.tiers.front().price.currency(),
                        .lead_days = product.supply == shop::Supply::made_to_order ? product.lead_days : 0,
                        .unit = product.unit,
                        .net_grams = product.net_grams,
                        .gross_grams = product.gross_grams,
                        .shop = *number,
                        .made = offered.changed.time_since_epoch().count()};
    for (auto const& text : product.texts)
        entry.texts.push_back({text.language, text.title, text.description});
    for (auto const& tier : product.tiers)
        entry.tiers.push_back({TRY(thousandths(tier.from)), tier.price.minor()});
    entry.smallest_order = std::max<std::int64_t>(entry.tiers.front().from, 1);
    return std::optional(std::move(entry));
}

Result<void> Catalogue::put(std::span<search::Entry const> entries, std::span<search::Key const> gone) {
    TRY_VOID(index_.put(entries));
    if (!gone.empty()) index_.remove(gone);
    std::unique_lock const held(lock_);
    is_changed_ = true;
    ++changes_;
    return {};
}

Result<void> Catalogue::put(std::span<shop::Listing const> listings, books::Shelf const* shelf) {
    std::vector<search::Entry> entries;
    std::vector<search::Key> gone;
    for (auto const& listing : listings) {
        auto entry = TRY(entry_of(listing, shelf));
        if (entry) {
            entries.push_back(std::move(*entry));
        } else {
            gone.push_back(listing.id.bytes());
        }
    }
    return put(entries, gone);
}

Result<void> Catalogue::put(std::span<Offered const> offers, books::Shelf const* shelf) {
    std::vector<search::Entry> entries;
    std::vector<search::Key> gone;
    for (auto const& offered : offers) {
        auto entry = TRY(entry_of(offered, shelf));
        if (entry) {
            entries.push_back(std::move(*entry));
        } else {
            gone.push_back(offered.id.bytes());
        }
    }
    return put(entries, gone);
}

Result<void> Catalogue::load(db::Db& data, db::HubId const& hub, books::Shelf const* shelf) {
    if (auto opened = search::Index::open(snapshot_)) {
        std::int64_t stamp = 0;
        auto const& text = opened->stamp;
        auto const [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), stamp);
        if (wrong == std::errc() && end == text.data() + text.size()) {
            index_ = std::move(opened->index);
            from_ = db::Moment(std::chrono::milliseconds(stamp));
            saved_ = from_;
        }
    }
    {
        auto read = TRY(data.read());
        // In the order of their ids, which is that of their making: a shop keeps its number as long as none
        // before it goes, and none ever does.
        std::optional<shop::ShopId> after;
        while (true) {
            constexpr std::size_t page = 1000;
            auto const shops = TRY(shop::shops_after(read, hub, after, page));
            for (auto const& one : shops) TRY_VOID(put(one));
            if (shops.size() < page) break;
            after = shops.back().id;
        }
    }
    return catch_up(data, hub, shelf);
}

Result<void> Catalogue::catch_up(db::Db& data, db::HubId const& hub, books::Shelf const* shelf) {
    std::lock_guard const alone(walking_);
    constexpr std::size_t batch = 1000;
    std::vector<search::Entry> entries;
    std::vector<search::Key> gone;
    std::optional<Error> failed;
    auto const flush = [&] {
        if (auto done = index_.put(entries); !done && !failed) failed = done.error();
        index_.remove(gone);
        bool const is_new = !entries.empty() || !gone.empty();
        entries.clear();
        gone.clear();
        if (!is_new) return;
        std::unique_lock const held(lock_);
        is_changed_ = true;
        ++changes_;
    };
    auto walked = from_;
    // Most of what is walked is known: to read it again would be most of a start.
    auto const is_known = [&](shop::ProductId const& id, shop::State state, db::Moment changed) {
        walked = std::max(walked, changed);
        auto const made = index_.made(id.bytes());
        return state == shop::State::live ? made == changed.time_since_epoch().count() : !made;
    };
    auto read = TRY(data.read());
    TRY_VOID(
        shop::listings_since(read, hub, shop::Which::live, from_, is_known, [&](shop::Listing const& one) {
            if (!number_of(one.shop)) {  // opened by another program meanwhile
                auto const opened = shop::shop_by_id(read, hub, one.shop);
                if (opened) (void)put(*opened);
            }
            auto entry = entry_of(one, shelf);
            if (entry && *entry) {
                entries.push_back(std::move(**entry));
            } else if (index_.made(one.id.bytes())) {
                gone.push_back(one.id.bytes());
            }
            if (entries.size() + gone.size() >= batch) flush();
        }));
    flush();
    if (failed) return std::unexpected(*std::move(failed));
    from_ = std::max(from_, walked - overlap);
    walked_ = std::max(walked_, walked);
    return {};
}

Result<void> Catalogue::save(db::Moment now) {
    std::lock_guard const alone(walking_);
    // Long after the newest change nothing older can still come, and the next start has nothing to walk
    // again.
    auto const from = now - walked_ > overlap ? walked_ : from_;
    {
        std::unique_lock const held(lock_);
        if (!is_changed_ && from == saved_) return {};
        is_changed_ = false;
    }
    saved_ = from;
    return index_.save(snapshot_, std::to_string(from.time_since_epoch().count()));
}

std::optional<Catalogue::Known> Catalogue::known(shop::ProductId const& id, std::int64_t version) const {
    std::shared_lock const held(lock_);
    auto const found = parsed_.find(id);
    bool const is_it = found != parsed_.end() && found->second.version == version;
    return is_it ? std::optional(found->second.known) : std::nullopt;
}

Result<std::shared_ptr<shop::Product const>> Catalogue::product(shop::Listing const& listing) {
    if (auto const found = known(listing.id, listing.version)) return found->product;
    auto parsed = TRY(shop::parse_product(listing.document));
    auto shared = std::make_shared<shop::Product const>(std::move(parsed));
    std::unique_lock const held(lock_);
    // Full: everything goes, and what is asked for comes back. Rare, and cheaper than keeping an order.
    if (parsed_.size() >= parsed_max) parsed_.clear();
    parsed_.insert_or_assign(listing.id, Parsed{listing.version, {listing.shop, shared}});
    return shared;
}

}  // namespace allroads::hub
