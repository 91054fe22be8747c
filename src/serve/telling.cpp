#include "serve/telling.h"

#include "serve/unharmed.h"

#include <condition_variable>
#include <mutex>

namespace allroads::serve {
namespace {

constexpr std::size_t senders = 4;
constexpr std::size_t answer_bytes = 16U * 1024;
constexpr net::Milliseconds patience{10'000};

void tell(hub::Hub& hub, hub::DueDelivery const& due, net::Reach reach) {
    auto const answer = net::fetch({.url = due.url,
                                    .method = "POST",
                                    .headers = {{"Content-Type", "application/json"},
                                                {"webhook-id", due.message},
                                                {"webhook-timestamp", due.timestamp},
                                                {"webhook-signature", due.signature}},
                                    .body = due.body,
                                    .reach = reach,
                                    .time_limit = patience,
                                    .body_bytes = answer_bytes});
    // Where the end cannot be written (the webhook is gone, or the disk is full) it is due again when the
    // lease runs out: at least once is what is promised.
    if (answer) {
        (void)hub.delivery_ended(due.id, answer->status, answer->body);
    } else {
        (void)hub.delivery_ended(due.id, 0, answer.error().detail());
    }
}

void keep_telling(std::stop_token const& stopping, hub::Hub& hub, net::Reach reach) {
    std::mutex lock;
    std::condition_variable_any wake;
    std::unique_lock held(lock);
    while (!stopping.stop_requested()) {
        bool has_told = false;
        bool const is_well = unharmed("telling webhooks", [&] {
            auto const due = hub.due_deliveries(hub.now(), 1);
            if (!due || due->empty()) return;
            for (auto const& one : *due) tell(hub, one, reach);
            has_told = true;
        });
        if (has_told) continue;
        auto const pause = is_well ? std::chrono::seconds(1) : std::chrono::seconds(60);
        wake.wait_for(held, stopping, pause, [] { return false; });
    }
}

}  // namespace

Teller::Teller(hub::Hub& hub, net::Reach reach) {
    for (std::size_t i = 0; i < senders; ++i) {
        threads_.emplace_back(
            [&hub, reach](std::stop_token const& stopping) { keep_telling(stopping, hub, reach); });
    }
}

}  // namespace allroads::serve
