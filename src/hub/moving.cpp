// Products that come from other shop systems and go to them.
#include "hub/hidden.h"

#include <algorithm>
#include <future>

namespace allroads::hub {
namespace {

struct Existing {
    std::vector<shop::Listing> listings;
    std::vector<shop::Product> products;
};

Result<Existing> all_of(db::Asked& asked, db::HubId const& hub, shop::ShopId const& id) {
    constexpr std::size_t page = 1000;
    Existing all;
    std::optional<shop::ProductId> after;
    while (true) {
        auto some = TRY(shop::listings_of(asked, hub, id, shop::Which::newest, after, page));
        for (auto& one : some) {
            all.products.push_back(TRY(shop::parse_product(one.document)));
            after = one.id;
            all.listings.push_back(std::move(one));
        }
        if (some.size() < page) return all;
    }
}

feeds::Defaults defaults_of(shop::Shop const& shop) {
    auto const language = shop.texts.empty() ? std::string("en") : shop.texts.front().language;
    return {.currency = shop.currency, .language = language, .country = shop.country, .unit = unit::piece};
}

// Photos stay with the product where a file names none: files name addresses, the album keeps pictures.
void keep_photos(shop::Product& product, shop::Product const& before) {
    if (product.photos.empty()) product.photos = before.photos;
}

}  // namespace

// What an import saves, some hundreds in one transaction: one after the other each would wait for the disk.
// While those are written the next are made ready, and what was written before is put into the index.
class Hub::Intake {
public:
    Intake(Hidden& hidden, Caller const& caller, shop::KeptShop const& keeper, ImportAnswer& answer)
        : hidden_(hidden), caller_(caller), keeper_(keeper), answer_(answer) {}

    void add(Hidden::Ready version, feeds::Item const& item) {
        waiting_.push_back({std::move(version), &item, {}});
        constexpr std::size_t together = 500;
        if (waiting_.size() >= together) hand_over();
    }
    void refused(feeds::Item const& item, Error const& error) {
        ++answer_.refused;
        answer_.import.report.push_back({.severity = feeds::Severity::error,
                                         .file = item.file,
                                         .row = item.row,
                                         .column = std::string(error.field()),
                                         .code = facts_of(error.code()).name,
                                         .message = std::string(error.detail())});
    }
    // After it everything is written, told and found.
    void finish() {
        hand_over();
        take_back();
        if (indexing_.valid()) indexing_.get();
        if (!fresh_.empty()) hidden_.index(fresh_);
    }

private:
    struct Waiting {
        Hidden::Ready version;
        feeds::Item const* item;
        Result<shop::AddedVersion> kept;
    };

    void hand_over() {
        take_back();
        if (waiting_.empty()) return;
        writing_ = std::async(std::launch::async, [this, batch = std::exchange(waiting_, {})]() mutable {
            write(batch);
            return std::move(batch);
        });
    }
    void take_back() {
        if (!writing_.valid()) return;
        for (auto const& one : writing_.get()) {
            if (!one.kept) {
                refused(*one.item, one.kept.error());
                continue;
            }
            ++answer_.saved;
            if (one.version.goes_live)
                fresh_.push_back({one.version.id, keeper_.id, *one.kept, one.version.product});
        }
        using namespace std::chrono_literals;
        if (fresh_.empty()) return;
        if (indexing_.valid() && indexing_.wait_for(0s) != std::future_status::ready) return;
        if (indexing_.valid()) indexing_.get();
        indexing_ = std::async(std::launch::async,
                               [this, fresh = std::exchange(fresh_, {})] { hidden_.index(fresh); });
    }
    // All together; where one is refused, each by itself, so that it takes no other with it.
    void write(std::vector<Waiting>& batch) {
        auto const all = hidden_.data->write([&](db::Write& write) { return keep(write, batch); });
        if (all) return;
        for (auto& one : batch) {
            auto const kept =
                hidden_.data->write([&](db::Write& write) { return keep(write, std::span(&one, 1)); });
            if (!kept) one.kept = std::unexpected(kept.error());
        }
    }
    Result<void> keep(db::Write& write, std::span<Waiting> batch) {
        std::vector<people::Entry> entries;
        for (auto& one : batch) {
            one.kept = TRY(hidden_.keep(write, caller_, keeper_, one.version));
            entries.push_back(Hidden::noted(one.version));
        }
        (void)TRY(hidden_.people->record(write, hidden_.act_of(caller_), entries));
        return {};
    }

    Hidden& hidden_;
    Caller const& caller_;
    shop::KeptShop const& keeper_;
    ImportAnswer& answer_;
    std::vector<Waiting> waiting_;
    std::vector<Hidden::Fresh> fresh_;
    // Last: who throws waits for both.
    std::future<std::vector<Waiting>> writing_;
    std::future<void> indexing_;
};

Result<ImportAnswer> Hub::import(Caller const& caller, ImportRequest const& request) {
    auto const keeper = TRY(this->shop(request.shop));
    TRY_VOID(hidden_->must_keep(caller, keeper, "products:write"));
    auto const parsed = TRY(shop::parse_shop(keeper.document));
    auto const secret = TRY(hidden_->opened_key(keeper));
    auto imported = TRY(feeds::read(request.kind, request.files, defaults_of(parsed)));
    ImportAnswer answer{.import = std::move(imported), .differences = {}};
    auto const existing = [&]() -> Result<Existing> {
        auto read = TRY(hidden_->data->read());
        return all_of(read, hidden_->self, request.shop);
    }();
    if (!existing) return std::unexpected(existing.error());
    answer.differences = feeds::difference(existing->products, answer.import.items);
    Hidden::Photos photos;
    Intake intake(*hidden_, caller, keeper, answer);
    for (auto const& one : answer.differences) {
        if (one.change == feeds::Change::unchanged) ++answer.unchanged;
        if (!one.imported || one.change == feeds::Change::unchanged || request.is_dry_run) continue;
        auto& item = answer.import.items[*one.imported];
        ProductChange change{.shop = request.shop, .document = {}};
        shop::Product const* before = nullptr;
        if (one.existing) {
            before = &existing->products[*one.existing];
            keep_photos(item.product, *before);
            change.product = existing->listings[*one.existing].id;
            change.expected = existing->listings[*one.existing].newest;
        }
        change.goes_live = request.goes_live && shop::may_go_live(item.product).has_value();
        auto version = hidden_->ready(caller, keeper, secret, change, item.product, photos);
        if (!version) {
            intake.refused(item, version.error());
            continue;
        }
        version->before = before;
        version->aside = feeds::document_of(item.aside);
        intake.add(std::move(*version), item);
    }
    intake.finish();
    return answer;
}

Result<feeds::Written> Hub::exported(Caller const& caller, shop::ShopId id, feeds::Kind kind,
                                     std::string_view origin_address) {
    auto const keeper = TRY(this->shop(id));
    TRY_VOID(hidden_->must_keep(caller, keeper, "products:read"));
    auto const parsed = TRY(shop::parse_shop(keeper.document));
    auto read = TRY(hidden_->data->read());
    auto const existing = TRY(all_of(read, hidden_->self, id));
    auto const defaults = defaults_of(parsed);
    std::vector<std::optional<feeds::Aside>> asides(existing.products.size());
    std::vector<std::string> pages;
    std::vector<std::vector<std::string>> pictures(existing.products.size());
    for (std::size_t i = 0; i < existing.products.size(); ++i) {
        auto const& product = existing.listings[i].id;
        pages.push_back(std::string(origin_address) + "/goods/" + product.text());
        for (auto const& photo : existing.products[i].photos)
            pictures[i].push_back(std::string(origin_address) + "/photos/" + photo.digest + "-1280.jpg");
        auto const row =
            TRY(read.first("SELECT document FROM product_aside WHERE hub = ? AND product = ? AND kind = 0",
                           hidden_->self, product));
        if (!row) continue;
        if (auto aside = feeds::parse_aside(row->text(0), defaults)) asides[i] = std::move(*aside);
    }
    std::vector<feeds::Outgoing> outgoing;
    for (std::size_t i = 0; i < existing.products.size(); ++i) {
        outgoing.push_back({.product = &existing.products[i],
                            .aside = asides[i] ? &*asides[i] : nullptr,
                            .page = pages[i],
                            .pictures = pictures[i]});
    }
    return feeds::write(kind, outgoing,
                        {.defaults = defaults,
                         .shop_name = parsed.name,
                         .shop_page = std::string(origin_address) + "/shops/" + parsed.slug});
}

}  // namespace allroads::hub
