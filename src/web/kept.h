#pragma once
// Pages that visitors without a session asked for, kept while nothing changes. Not for use outside web.

#include "net/net.h"

#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace allroads::web {

// What was asked for a second time is compressed once and answered from memory from then on. Whoever makes
// the key puts everything into it that the page depends on. Any thread may ask.
class KeptPages {
public:
    explicit KeptPages(std::size_t bytes_max = 32U * 1024 * 1024) : bytes_max_(bytes_max) {}
    // Null: make it, and hand it to `offer`.
    [[nodiscard]] std::shared_ptr<net::Asset const> find(std::string const& key);
    // Keeps it where it was asked for before.
    void offer(std::string const& key, net::Response const& page);

private:
    struct Kept {
        std::shared_ptr<net::Asset const> page;  // null: asked for once
        std::list<std::string>::iterator place;
    };
    static constexpr std::size_t keys_max = 20'000;
    void drop_oldest();
    std::size_t bytes_max_;
    std::mutex lock_;
    std::unordered_map<std::string, Kept> kept_;
    std::list<std::string> order_;  // the oldest first
    std::size_t bytes_ = 0;
};

}  // namespace allroads::web
