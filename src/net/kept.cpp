#include "net/net.h"

namespace allroads::net {
namespace {

std::size_t bytes_of(Asset const& asset) {
    return asset.plain.size() + asset.gzip.size() + asset.brotli.size();
}

}  // namespace

std::shared_ptr<Asset const> KeptAnswers::find(std::string const& key) {
    std::lock_guard const held(lock_);
    auto const found = kept_.find(key);
    return found == kept_.end() ? nullptr : found->second.asset;
}

void KeptAnswers::offer(std::string const& key, Response const& answer) {
    {
        std::lock_guard const held(lock_);
        auto const [place, is_new] = kept_.try_emplace(key);
        if (is_new) {
            place->second.place = order_.insert(order_.end(), key);
            if (kept_.size() > keys_max) drop_oldest();
            return;
        }
        if (place->second.asset) return;
    }
    // Outside the lock: compressing takes a millisecond. Two may do it at once; the second is thrown away.
    auto made = Asset::of(answer.body, answer.type, Effort::quick);
    std::lock_guard const held(lock_);
    auto const found = kept_.find(key);
    if (found == kept_.end() || found->second.asset) return;
    bytes_ += bytes_of(*made);
    found->second.asset = std::move(made);
    while (bytes_ > bytes_max_ && !order_.empty()) drop_oldest();
}

void KeptAnswers::drop_oldest() {
    auto const oldest = kept_.find(order_.front());
    if (oldest->second.asset) bytes_ -= bytes_of(*oldest->second.asset);
    kept_.erase(oldest);
    order_.pop_front();
}

}  // namespace allroads::net
