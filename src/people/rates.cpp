// Token buckets in whole numbers, in a table that does not grow.

#include "people/people.h"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <mutex>

namespace allroads::people {
namespace {

constexpr std::size_t ways = 4;

Rate const& rate_of(Rates const& rates, Often kind) {
    switch (kind) {
        case Often::sign_in_contact: return rates.sign_in_contact;
        case Often::sign_in_address: return rates.sign_in_address;
        case Often::sign_up_address: return rates.sign_up_address;
        case Often::code_contact: return rates.code_contact;
        case Often::code_address: return rates.code_address;
        case Often::second_factor: return rates.second_factor;
        case Often::page_address: return rates.page_address;
        case Often::api_address: return rates.api_address;
        case Often::api_key: return rates.api_key;
        case Often::write_account: return rates.write_account;
    }
    check(false);
    return rates.page_address;
}

// What is in a bucket is counted in parts of which one request takes `per` milliseconds' worth: then each
// millisecond brings `count` parts, and nothing is ever rounded.
struct Measures {
    std::int64_t full, cost, each_ms;
    explicit Measures(Rate const& rate)
        : full(rate.burst * rate.per.count()), cost(rate.per.count()), each_ms(rate.count) {}

    [[nodiscard]] std::int64_t after(std::int64_t level, std::int64_t elapsed_ms) const {
        if (elapsed_ms <= 0) return level;  // the clock went back: nothing is given for it
        if (elapsed_ms >= (full - level) / each_ms + 1) return full;
        return std::min(full, level + elapsed_ms * each_ms);
    }
};

}  // namespace

struct RateLimits::Table {
    struct Bucket {
        std::uint64_t key = 0;  // 0: free
        std::int64_t at_and_kind = 0;
        std::int64_t level = 0;
    };
    static constexpr std::int64_t kinds_room = 16;

    Rates rates;
    std::array<unsigned char, crypto_shorthash_KEYBYTES> secret{};
    std::vector<Bucket> buckets;
    std::mutex lock;

    [[nodiscard]] Measures measures(Bucket const& bucket) const {
        return Measures(rate_of(rates, static_cast<Often>(bucket.at_and_kind % kinds_room)));
    }
    // How full it would be by now, in thousandths; a free one is fullest of all.
    [[nodiscard]] std::int64_t fullness(Bucket const& bucket, std::int64_t now) const {
        if (bucket.key == 0) return 1001;
        auto const by = measures(bucket);
        return by.after(bucket.level, now - bucket.at_and_kind / kinds_room) / ((by.full + 999) / 1000);
    }
    // Its bucket, or the one that makes room for it, filled.
    Bucket& bucket(std::uint64_t key, Often kind, std::int64_t now) {
        auto const sets = buckets.size() / ways;
        auto* const first = &buckets[(key % sets) * ways];
        auto* const last = first + ways;
        auto* const found = std::find_if(first, last, [&](Bucket const& b) { return b.key == key; });
        if (found != last) return *found;
        auto& room = *std::max_element(first, last, [&](Bucket const& a, Bucket const& b) {
            return fullness(a, now) < fullness(b, now);
        });
        room = {key, now * kinds_room + static_cast<std::int64_t>(kind), Measures(rate_of(rates, kind)).full};
        return room;
    }
};

RateLimits::RateLimits(Rates const& rates) : table_(std::make_unique<Table>()) {
    check(sodium_init() >= 0 && rates.buckets_max >= ways && rates.buckets_max <= 1U << 24);
    for (std::size_t kind = 0; kind < often_kinds; ++kind) {
        auto const& rate = rate_of(rates, static_cast<Often>(kind));
        check(rate.burst > 0 && rate.burst <= 1'000'000 && rate.count > 0 && rate.count <= 1'000'000 &&
              rate.per.count() > 0 && rate.per <= std::chrono::days(30));
    }
    table_->rates = rates;
    table_->buckets.resize(rates.buckets_max / ways * ways);
    crypto_shorthash_keygen(table_->secret.data());
}
RateLimits::~RateLimits() = default;

Allowance RateLimits::allow(Often kind, std::string_view key, Moment now) {
    static_assert(sizeof(Table::Bucket) == 24);
    std::array<unsigned char, crypto_shorthash_BYTES> hash{};
    std::string marked(1, static_cast<char>(kind));
    marked += key;
    crypto_shorthash(hash.data(), reinterpret_cast<unsigned char const*>(marked.data()), marked.size(),
                     table_->secret.data());
    auto const number = std::max<std::uint64_t>(std::bit_cast<std::uint64_t>(hash), 1);
    auto const moment = std::max<std::int64_t>(now.time_since_epoch().count(), 0);
    Measures const by(rate_of(table_->rates, kind));

    std::scoped_lock const held(table_->lock);
    auto& bucket = table_->bucket(number, kind, moment);
    auto const at = bucket.at_and_kind / Table::kinds_room;
    bucket.level = by.after(bucket.level, moment - at);
    bucket.at_and_kind = std::max(at, moment) * Table::kinds_room + static_cast<std::int64_t>(kind);
    if (bucket.level >= by.cost) {
        bucket.level -= by.cost;
        return {};
    }
    return {false, Millis((by.cost - bucket.level + by.each_ms - 1) / by.each_ms +
                          std::max<std::int64_t>(at - moment, 0))};
}

Rates no_rates() {
    constexpr Rate all{1'000'000, 1'000'000, Millis{1}};
    return {all, all, all, all, all, all, all, all, all, all};
}

}  // namespace allroads::people
