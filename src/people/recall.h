#pragma once
// What was read a moment ago of rows that every request asks for and that seldom change: who stands behind a
// token or a key. A write of this program forgets everything at once, before anybody is told that it was
// done; what another program wrote is seen within `recalled_for`. Bounded: full, it forgets.

#include "db/db.h"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace allroads::people {

inline constexpr std::chrono::milliseconds recalled_for{1'000};
inline constexpr std::size_t recalled_max = 4'096;

template <class Value, class Clock = std::chrono::steady_clock>
class Recall {
public:
    // What was found within the last second; nothing is read for it.
    [[nodiscard]] std::optional<Value> find(std::string_view key) {
        auto const now = Clock::now();
        std::lock_guard const held(lock_);
        return find(key, now);
    }
    // What `read` finds, or found within the last second. What is not there is looked for each time.
    template <class Read>
    [[nodiscard]] Result<std::optional<Value>> look(db::Db& db, std::string_view key, Read&& read) {
        std::uint64_t writes = 0;
        auto const now = Clock::now();
        {
            std::lock_guard const held(lock_);
            if (auto known = find(key, now)) return known;
            writes = writes_;
        }
        auto reading = TRY(db.read());
        std::optional<Value> found = TRY(read(reading));
        if (found) keep(writes, key, {*found, now});
        return found;
    }
    [[nodiscard]] std::size_t size() {
        std::lock_guard const held(lock_);
        return all_.size();
    }
    void forget() {
        std::lock_guard const held(lock_);
        ++writes_;
        all_.clear();
    }

private:
    struct Kept {
        Value value;
        typename Clock::time_point at;
    };
    [[nodiscard]] std::optional<Value> find(std::string_view key, typename Clock::time_point now) const {
        auto const there = all_.find(std::string(key));
        bool const is_good = there != all_.end() && now < there->second.at + recalled_for;
        return is_good ? std::optional(there->second.value) : std::nullopt;
    }
    // What was changed since `writes` were counted is not kept as if it were new.
    void keep(std::uint64_t writes, std::string_view key, Kept kept) {
        std::lock_guard const held(lock_);
        if (writes != writes_) return;
        if (all_.size() >= recalled_max) all_.clear();
        all_.insert_or_assign(std::string(key), std::move(kept));
    }
    std::mutex lock_;
    std::unordered_map<std::string, Kept> all_;
    std::uint64_t writes_ = 0;
};

}  // namespace allroads::people
