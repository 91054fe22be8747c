#include "api/api.h"

#include "api/verb.h"

namespace allroads::api {
namespace {

// Every answer and every refusal of a verb leaves through here.
net::Response answered(hub::Hub& hub, Verb const& verb, net::Request const& http) {
    auto reply = verb.answer({.http = http, .hub = hub});
    if (!reply) return net::problem(reply.error());
    return {.status = reply->status,
            .type = "application/json",
            .body = std::move(reply->body),
            .headers = std::move(reply->headers)};
}

}  // namespace

Result<std::string_view> json_body(Asked const& asked) {
    auto const type = asked.http.header("content-type");
    auto const kind = trim(type.substr(0, type.find(';')));
    if (kind.empty() || kind == "application/json") return std::string_view(asked.http.body);
    return refuse(Code::bad_value, "content-type", "expected application/json");
}

std::vector<Verb const*> all_verbs() {
    std::vector<Verb const*> all;
    for (auto const part : {price_verbs()}) {
        for (auto const& verb : part) all.push_back(&verb);
    }
    return all;
}

std::vector<net::Route> routes(hub::Hub& hub) {
    std::vector<net::Route> all;
    for (auto const* verb : all_verbs()) {
        all.push_back(
            {.method = std::string(verb->method),
             .pattern = std::string(verb->pattern),
             .handler = [&hub, verb](net::Request const& http) { return answered(hub, *verb, http); },
             .body_bytes = verb->body_bytes});
    }
    auto const document = net::Asset::of(openapi(), "application/json");
    all.push_back(
        {.method = "GET", .pattern = "/api/openapi.json", .handler = [document](net::Request const&) {
             return net::Response{.cache = net::Cache::revalidate, .asset = document};
         }});
    return all;
}

}  // namespace allroads::api
