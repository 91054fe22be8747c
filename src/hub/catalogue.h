#pragma once
// The shops and offers that are live, in memory: parsed shops by id, and the index that finds offers. Not for
// use outside hub.

#include "hub/hub.h"

#include <atomic>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace allroads::hub {

// A shop as everybody sees it, under the number by which the index knows it.
struct OpenShop {
    shop::ShopId id;
    std::uint32_t number = 0;
    std::shared_ptr<shop::Shop const> shop;
};

class Catalogue {
public:
    explicit Catalogue(std::filesystem::path snapshot) : snapshot_(std::move(snapshot)) {}

    // Reads the shops, then the snapshot and what changed since; without one, everything.
    [[nodiscard]] Result<void> load(db::Db& data, db::HubId const& hub, books::Shelf const* shelf);
    // Takes over what changed since it was last asked, also by the hand of other programs. Costs a walk over
    // the changes of the last minutes.
    [[nodiscard]] Result<void> catch_up(db::Db& data, db::HubId const& hub, books::Shelf const* shelf);
    // Writes the snapshot where anything changed since the last.
    [[nodiscard]] Result<void> save(db::Moment now);

    [[nodiscard]] Result<void> put(shop::KeptShop const& kept);
    // Many at once cost hardly more than one.
    [[nodiscard]] Result<void> put(std::span<shop::Listing const> listings, books::Shelf const* shelf);
    // What everybody sees of a product, with the moment of its last change.
    struct Offered {
        shop::ProductId id;
        shop::ShopId shop;
        db::Moment changed{};
        shop::Product const* product = nullptr;
    };
    [[nodiscard]] Result<void> put(std::span<Offered const> offers, books::Shelf const* shelf);
    [[nodiscard]] std::optional<OpenShop> shop(shop::ShopId const& id) const;
    [[nodiscard]] std::size_t shops() const;
    [[nodiscard]] std::uint64_t changes() const { return changes_.load(); }
    [[nodiscard]] search::Index& index() { return index_; }
    [[nodiscard]] search::Index const& index() const { return index_; }

    // The product of a version; parsed once and kept while it is asked for.
    [[nodiscard]] Result<std::shared_ptr<shop::Product const>> product(shop::Listing const& listing);
    // The same, where it is kept and nothing need be read for it.
    struct Known {
        shop::ShopId shop;
        std::shared_ptr<shop::Product const> product;
    };
    [[nodiscard]] std::optional<Known> known(shop::ProductId const& id, std::int64_t version) const;

private:
    [[nodiscard]] Result<std::optional<search::Entry>> entry_of(shop::Listing const& listing,
                                                                books::Shelf const* shelf);
    [[nodiscard]] Result<std::optional<search::Entry>> entry_of(Offered const& offered,
                                                                books::Shelf const* shelf) const;
    [[nodiscard]] Result<void> put(std::span<search::Entry const> entries, std::span<search::Key const> gone);
    [[nodiscard]] std::optional<std::uint32_t> number_of(shop::ShopId const& id) const;

    std::filesystem::path snapshot_;
    search::Index index_;
    mutable std::shared_mutex lock_;
    std::map<shop::ShopId, OpenShop> shops_;
    std::mutex walking_;   // of catch_up and save
    db::Moment walked_{};  // the newest change that catch_up met
    db::Moment from_{};    // from where it walks next
    db::Moment saved_{};   // from where the next start walks
    bool is_changed_ = false;
    std::atomic<std::uint64_t> changes_ = 0;

    struct Parsed {
        std::int64_t version = 0;
        Known known;
    };
    static constexpr std::size_t parsed_max = 20'000;
    std::map<shop::ProductId, Parsed> parsed_;
};

}  // namespace allroads::hub
