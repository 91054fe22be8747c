#pragma once
// Which route answers a path: a tree of segments. A literal segment wins over {name}, {name} over {name...}.

#include "net/net.h"

#include <map>

namespace allroads::net {

class RouteTable {
public:
    // Refuses malformed patterns and two routes of one method and pattern.
    [[nodiscard]] static Result<RouteTable> of(std::vector<Route> routes);

    struct Match {
        Route const* route = nullptr;  // of the asked method; GET also for HEAD
        std::size_t index = 0;         // of the route, in the order given
        std::string allowed;           // methods of the path, "GET, HEAD, OPTIONS"; empty: no such path
    };
    // Fills request.parameters where a route is found.
    [[nodiscard]] Match find(Request& request) const;
    [[nodiscard]] std::vector<Route> const& routes() const { return routes_; }

private:
    struct Node {
        std::map<std::string, std::size_t, std::less<>> literal;
        std::optional<std::size_t> any, rest;
        std::vector<std::size_t> routes;  // that end here
    };
    [[nodiscard]] std::optional<Error> add(std::size_t index);
    [[nodiscard]] std::size_t node_below(std::size_t node, std::string_view segment);
    // The node where `path`, after its first slash, ends; its parameters are pushed to `values`.
    [[nodiscard]] std::optional<std::size_t> walk(std::size_t node, std::string_view path,
                                                  std::vector<std::string_view>& values) const;
    std::vector<Route> routes_;
    std::vector<std::vector<std::string>> names_;  // of the parameters of each route
    std::vector<Node> nodes_;
};

}  // namespace allroads::net
