#pragma once
// What the server counts, for /metrics. Counters are found once and kept, so counting is an atomic add.

#include "net/net.h"

#include <map>

namespace allroads::net {

// Why something was turned away; the label of allroads_http_refused_total.
enum class Limit : std::uint8_t {
    connections,
    connections_of_address,
    requests_waiting,
    header,
    target,
    body,
    body_together,
    head_time,
    body_time,
    handler_time,
    stall_time,
    malformed,
};

class Metrics {
public:
    explicit Metrics(std::vector<Route> const& routes);
    ~Metrics();
    Metrics(Metrics const&) = delete;
    Metrics& operator=(Metrics const&) = delete;

    // I/O thread only. `route` is an index of the routes, or their number where none was found.
    void answered(std::size_t route, int status, std::chrono::microseconds took);
    void refused(Limit limit);
    void connections(std::size_t open);
    void waiting(std::size_t requests);
    [[nodiscard]] std::string text() const;  // any thread

private:
    struct Kept;
    std::unique_ptr<Kept> kept_;
};

}  // namespace allroads::net
