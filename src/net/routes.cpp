#include "net/routes.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "net/message.h"

namespace allroads::net {
namespace {

constexpr std::size_t segments_at_most = 32;  // bounds how deep a walk goes

struct Ending {
    std::string_view suffix, type;
};
constexpr std::array endings{
    Ending{".html", "text/html; charset=utf-8"},
    Ending{".css", "text/css; charset=utf-8"},
    Ending{".js", "text/javascript; charset=utf-8"},
    Ending{".json", "application/json"},
    Ending{".svg", "image/svg+xml"},
    Ending{".txt", "text/plain; charset=utf-8"},
    Ending{".xml", "application/xml"},
    Ending{".webmanifest", "application/manifest+json"},
    Ending{".png", "image/png"},
    Ending{".jpg", "image/jpeg"},
    Ending{".webp", "image/webp"},
    Ending{".avif", "image/avif"},
    Ending{".ico", "image/x-icon"},
    Ending{".woff2", "font/woff2"},
    Ending{".pdf", "application/pdf"},
};

std::string_view type_of(std::string_view file) {
    auto const found =
        std::ranges::find_if(endings, [&](Ending const& e) { return file.ends_with(e.suffix); });
    return found == endings.end() ? "application/octet-stream" : found->type;
}

bool is_parameter(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}
bool is_rest(std::string_view segment) { return is_parameter(segment) && segment.ends_with("...}"); }

std::string parameter_name(std::string_view segment) {
    return std::string(segment.substr(1, segment.size() - (is_rest(segment) ? 5 : 2)));
}

}  // namespace

Result<RouteTable> RouteTable::of(std::vector<Route> routes) {
    RouteTable table;
    table.routes_ = std::move(routes);
    table.nodes_.emplace_back();
    for (std::size_t index = 0; index < table.routes_.size(); ++index)
        if (auto error = table.add(index)) return std::unexpected(std::move(*error));
    return table;
}

std::size_t RouteTable::node_below(std::size_t node, std::string_view segment) {
    std::size_t const fresh = nodes_.size();
    std::size_t below = fresh;
    if (is_rest(segment))
        below = *(nodes_[node].rest = nodes_[node].rest.value_or(fresh));
    else if (is_parameter(segment))
        below = *(nodes_[node].any = nodes_[node].any.value_or(fresh));
    else
        below = nodes_[node].literal.try_emplace(std::string(segment), fresh).first->second;
    if (below == fresh) nodes_.emplace_back();
    return below;
}

std::optional<Error> RouteTable::add(std::size_t index) {
    Route const& route = routes_[index];
    auto const wrong = [&](std::string_view why) {
        return Error(Code::bad_value, "routes", route.method + " " + route.pattern + ": " + std::string(why));
    };
    if (!is_token(route.method) || (!route.handler && !route.later))
        return wrong("a route has a method and a handler");
    if (route.pattern.empty() || route.pattern.front() != '/') return wrong("a pattern begins with /");
    std::size_t node = 0, count = 0;
    std::vector<std::string> names;
    std::string_view rest = std::string_view(route.pattern).substr(1);
    for (bool is_last = false; !is_last;) {
        std::size_t const slash = rest.find('/');
        is_last = slash == std::string_view::npos;
        std::string_view const segment = rest.substr(0, slash);
        if (!is_last) rest.remove_prefix(slash + 1);
        if (segment.empty() && !is_last) return wrong("an empty segment can never be asked for");
        if (++count > segments_at_most) return wrong("too many segments");
        if (is_rest(segment) && !is_last) return wrong("{name...} stands last");
        if (!is_parameter(segment) && segment.find_first_of("{}") != std::string_view::npos)
            return wrong("a parameter is a whole segment, {name}");
        if (is_parameter(segment)) names.push_back(parameter_name(segment));
        node = node_below(node, segment);
    }
    for (std::size_t const other : nodes_[node].routes)
        if (routes_[other].method == route.method) return wrong("stands twice");
    nodes_[node].routes.push_back(index);
    names_.push_back(std::move(names));
    return std::nullopt;
}

std::optional<std::size_t> RouteTable::walk(std::size_t node, std::string_view path,
                                            std::vector<std::string_view>& values) const {
    Node const& here = nodes_[node];
    std::size_t const slash = path.find('/');
    std::string_view const segment = path.substr(0, slash);
    auto const go = [&](std::size_t below) -> std::optional<std::size_t> {
        if (slash != std::string_view::npos) return walk(below, path.substr(slash + 1), values);
        return nodes_[below].routes.empty() ? std::nullopt : std::optional(below);
    };
    if (auto const found = here.literal.find(segment); found != here.literal.end())
        if (auto const end = go(found->second)) return end;
    if (here.any && !segment.empty()) {
        values.push_back(segment);
        if (auto const end = go(*here.any)) return end;
        values.pop_back();
    }
    if (!here.rest || path.empty()) return std::nullopt;
    values.push_back(path);
    return here.rest;
}

RouteTable::Match RouteTable::find(Request& request) const {
    Match match;
    std::string_view const path = request.path;
    if (path.empty() || path.front() != '/') return match;
    std::vector<std::string_view> values;
    auto const node = walk(0, path.substr(1), values);
    if (!node) return match;
    std::string_view const wanted = request.method == "HEAD" ? "GET" : std::string_view(request.method);
    for (std::size_t const index : nodes_[*node].routes) {
        Route const& route = routes_[index];
        if (route.method == wanted || (request.method == "HEAD" && route.method == "HEAD")) {
            match.route = &route;
            match.index = index;
        }
        match.allowed += route.method + (route.method == "GET" ? ", HEAD, " : ", ");
    }
    match.allowed += "OPTIONS";
    if (match.route)
        for (std::size_t i = 0; i < values.size(); ++i)
            request.parameters.push_back({names_[match.index][i], std::string(values[i])});
    return match;
}

Result<std::vector<Route>> routes_of_folder(std::string const& folder, std::string_view prefix,
                                            std::size_t bytes_at_most) {
    namespace fs = std::filesystem;
    std::vector<Route> routes;
    std::error_code failed;
    std::size_t bytes = 0;
    for (fs::recursive_directory_iterator entry(folder, failed), end; !failed && entry != end;
         entry.increment(failed)) {
        // What a link points to may lie outside of the folder; names that begin with a dot are not for
        // readers.
        bool const is_hidden = entry->path().filename().string().starts_with('.');
        if (is_hidden && entry->is_directory()) entry.disable_recursion_pending();
        if (is_hidden || entry->is_symlink() || !entry->is_regular_file()) continue;
        std::string const name = entry->path().lexically_relative(folder).generic_string();
        bytes += entry->file_size();
        if (bytes > bytes_at_most)
            return refuse(Code::too_long, folder, "the files are more than fit in memory");
        std::ifstream in(entry->path(), std::ios::binary);
        std::string body{std::istreambuf_iterator<char>(in), {}};
        if (in.bad()) return refuse(Code::unavailable, folder, "cannot read " + name);
        auto const asset = Asset::of(std::move(body), std::string(type_of(name)));
        routes.push_back(
            {.method = "GET",
             .pattern = std::string(prefix) + name,
             .handler =
                 [asset](Request const&) { return Response{.cache = Cache::revalidate, .asset = asset}; },
             .at_once = true});
    }
    if (failed) return refuse(Code::unavailable, folder, failed.message());
    return routes;
}

}  // namespace allroads::net
