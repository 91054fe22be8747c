#include "serve/sending.h"

#include "serve/unharmed.h"

#include "net/net.h"

#include <condition_variable>
#include <cstdio>
#include <mutex>

namespace allroads::serve {
namespace {

constexpr std::size_t answer_bytes = 64U * 1024;
constexpr net::Milliseconds patience{20'000};  // much less than pay::lease

// The settings take http:// for this machine alone, and only in tests.
net::Reach reach_of(hub::Gate const& gate) {
    return gate.address.starts_with("https://") ? net::Reach::open_internet : net::Reach::loopback;
}

pay::Answer asked(hub::Gate const& gate, std::vector<pay::Field> const& credentials,
                  pay::Outgoing const& outgoing) {
    auto const& request = outgoing.request;
    std::vector<net::Pair> headers;
    for (auto const* const list : {&request.fields, &credentials})
        for (auto const& one : *list) headers.push_back({one.name, one.value});
    auto answer = net::fetch({.url = gate.address + request.path,
                              .method = request.method,
                              .headers = std::move(headers),
                              .body = request.body,
                              .reach = reach_of(gate),
                              .time_limit = patience,
                              .body_bytes = answer_bytes});
    // Nothing certain came of it, whatever went wrong: the other side may have had it.
    if (!answer) return {};
    return {answer->status, std::move(answer->body)};
}

// Whether anything was sent. What the hub cannot be told now (the disk is full) it asks the outside for when
// the lease runs out.
bool send_due(hub::Hub& hub, hub::Gate const& gate, std::vector<pay::Field> const& credentials) {
    auto const due = hub.outgoing(1);
    if (!due || due->empty()) return false;
    for (auto const& one : *due) {
        auto const answer = one.channel == gate.channel ? asked(gate, credentials, one) : pay::Answer{};
        (void)hub.answered(one, answer);
    }
    return true;
}

void keep_sending(std::stop_token const& stopping, hub::Hub& hub, hub::Gate const& gate) {
    std::mutex lock;
    std::condition_variable_any wake;
    std::unique_lock held(lock);
    bool is_said = false;
    while (!stopping.stop_requested()) {
        // Before anything is taken: what was taken counts as sent.
        auto const credentials = gate.credentials.empty()
                                     ? Result<std::vector<pay::Field>>(std::vector<pay::Field>())
                                     : hub::credentials_in(gate.credentials);
        if (!credentials && !is_said) {
            auto const line = "nothing is sent by " + gate.channel +
                              ": trade.mobile.credentials: " + std::string(credentials.error().detail()) +
                              "\n";
            std::fputs(line.c_str(), stderr);
        }
        is_said = !credentials;
        bool has_sent = false;
        bool const is_well = unharmed("sending by " + gate.channel,
                                      [&] { has_sent = credentials && send_due(hub, gate, *credentials); });
        if (has_sent) continue;
        auto const pause = is_well ? std::chrono::seconds(1) : std::chrono::seconds(60);
        wake.wait_for(held, stopping, pause, [] { return false; });
    }
}

}  // namespace

Sender::Sender(hub::Hub& hub, std::vector<hub::Gate> const& gates) {
    for (auto const& gate : gates) {
        threads_.emplace_back(
            [&hub, gate](std::stop_token const& stopping) { keep_sending(stopping, hub, gate); });
    }
}

}  // namespace allroads::serve
