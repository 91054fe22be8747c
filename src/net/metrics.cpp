#include "net/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>

namespace allroads::net {
namespace {

constexpr std::array<std::string_view, 12> limit_names{"connections",      "connections_of_address",
                                                       "requests_waiting", "header",
                                                       "target",           "body",
                                                       "body_together",    "head_time",
                                                       "body_time",        "handler_time",
                                                       "stall_time",       "malformed"};

prometheus::Histogram::BucketBoundaries bounds() {
    return {0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30};
}

}  // namespace

struct Metrics::Kept {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>* requests = nullptr;
    std::vector<prometheus::Histogram*> seconds;
    std::array<prometheus::Counter*, limit_names.size()> refused{};
    prometheus::Gauge* open = nullptr;
    prometheus::Gauge* waiting = nullptr;
    std::vector<std::string> routes;  // "GET /api/v1/products/{id}"
    std::map<std::pair<std::size_t, int>, prometheus::Counter*> by_status;
};

Metrics::Metrics(std::vector<Route> const& routes) : kept_(std::make_unique<Kept>()) {
    Kept& kept = *kept_;
    for (Route const& route : routes) kept.routes.push_back(route.method + " " + route.pattern);
    kept.routes.emplace_back("none");
    kept.requests = &prometheus::BuildCounter()
                         .Name("allroads_http_requests_total")
                         .Help("Requests answered, by route and status")
                         .Register(kept.registry);
    auto& seconds = prometheus::BuildHistogram()
                        .Name("allroads_http_request_seconds")
                        .Help("From the end of the header to the answer, by route")
                        .Register(kept.registry);
    for (auto const& route : kept.routes) kept.seconds.push_back(&seconds.Add({{"route", route}}, bounds()));
    auto& refused = prometheus::BuildCounter()
                        .Name("allroads_http_refused_total")
                        .Help("Turned away, by the limit that was reached")
                        .Register(kept.registry);
    for (std::size_t i = 0; i < limit_names.size(); ++i)
        kept.refused[i] = &refused.Add({{"limit", std::string(limit_names[i])}});
    auto const gauge = [&](char const* name, char const* help) {
        return &prometheus::BuildGauge().Name(name).Help(help).Register(kept.registry).Add({});
    };
    kept.open = gauge("allroads_http_connections", "Open connections");
    kept.waiting = gauge("allroads_http_requests_waiting", "Requests given to workers and not answered yet");
}

Metrics::~Metrics() = default;

void Metrics::answered(std::size_t route, int status, std::chrono::microseconds took) {
    auto& counter = kept_->by_status[{route, status}];
    if (!counter)
        counter =
            &kept_->requests->Add({{"route", kept_->routes[route]}, {"status", std::to_string(status)}});
    counter->Increment();
    constexpr std::int64_t microseconds_at_most = 2'000'000'000;
    auto const whole = static_cast<std::int32_t>(std::min<std::int64_t>(took.count(), microseconds_at_most));
    kept_->seconds[route]->Observe(whole / 1e6);
}

void Metrics::refused(Limit limit) { kept_->refused[static_cast<std::size_t>(limit)]->Increment(); }
void Metrics::connections(std::size_t open) { kept_->open->Set(static_cast<std::uint32_t>(open)); }
void Metrics::waiting(std::size_t requests) { kept_->waiting->Set(static_cast<std::uint32_t>(requests)); }

std::string Metrics::text() const {
    return prometheus::TextSerializer().Serialize(kept_->registry.Collect());
}

}  // namespace allroads::net
