#include "web/kept.h"

namespace allroads::web {
namespace {

std::size_t bytes_of(net::Asset const& page) {
    return page.plain.size() + page.gzip.size() + page.brotli.size();
}

}  // namespace

std::shared_ptr<net::Asset const> KeptPages::find(std::string const& key) {
    std::lock_guard const held(lock_);
    auto const found = kept_.find(key);
    return found == kept_.end() ? nullptr : found->second.page;
}

void KeptPages::offer(std::string const& key, net::Response const& page) {
    {
        std::lock_guard const held(lock_);
        auto const [place, is_new] = kept_.try_emplace(key);
        if (is_new) {
            place->second.place = order_.insert(order_.end(), key);
            if (kept_.size() > keys_max) drop_oldest();
            return;
        }
        if (place->second.page) return;
    }
    // Outside the lock: compressing takes a millisecond. Two may do it at once; the second is thrown away.
    auto made = net::Asset::of(page.body, page.type, net::Effort::quick);
    std::lock_guard const held(lock_);
    auto const found = kept_.find(key);
    if (found == kept_.end() || found->second.page) return;
    bytes_ += bytes_of(*made);
    found->second.page = std::move(made);
    while (bytes_ > bytes_max_ && !order_.empty()) drop_oldest();
}

void KeptPages::drop_oldest() {
    auto const oldest = kept_.find(order_.front());
    if (oldest->second.page) bytes_ -= bytes_of(*oldest->second.page);
    kept_.erase(oldest);
    order_.pop_front();
}

}  // namespace allroads::web
