#include "web/web.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace allroads::web {
namespace {

constexpr std::size_t asset_bytes_max = 256U * 1024;
constexpr int year_seconds = 365 * 24 * 3600;
constexpr int hour_seconds = 3600;

std::string_view type_of(std::string_view suffix) {
    if (suffix == ".css") return "text/css; charset=utf-8";
    if (suffix == ".js") return "text/javascript; charset=utf-8";
    return suffix == ".svg" ? "image/svg+xml" : "";
}

// Style sheets without comments and indentation; nobody reads them there. No string of ours holds "/*".
std::string without_comments(std::string_view text) {
    std::string to;
    while (true) {
        std::size_t const open = text.find("/*");
        to += text.substr(0, open);
        if (open == std::string_view::npos) break;
        std::size_t const close = text.find("*/", open + 2);
        text.remove_prefix(close == std::string_view::npos ? text.size() : close + 2);
    }
    std::string lines;
    for (std::string_view rest = to; !rest.empty();) {
        std::size_t const end = rest.find('\n');
        std::string_view const line = trim(rest.substr(0, end));
        if (!line.empty()) (lines += line) += '\n';
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    }
    return lines;
}

// Pressing takes a tenth of a second, which a start does not wait for.
using Slot = std::atomic<std::shared_ptr<net::Asset const>>;

net::Route route_of(std::string const& name, std::shared_ptr<Slot> slot, std::string version) {
    auto answer = [slot = std::move(slot), version = std::move(version)](net::Request const& request) {
        net::Response response;
        response.asset = slot->load();
        response.cache = net::Cache::shared;
        bool const is_named = net::value_of(request.query, "v") == std::optional<std::string_view>(version);
        response.cache_seconds = is_named ? year_seconds : hour_seconds;
        return response;
    };
    return {.method = "GET",
            .pattern = "/assets/" + name,
            .handler = std::move(answer),
            .body_bytes = {},
            .time_limit = {},
            .own_pages_only = false,
            .at_once = true};
}

}  // namespace

Result<Assets> assets(std::string const& folder) {
    Assets assets;
    std::vector<std::shared_ptr<Slot>> slots;
    std::error_code error;
    for (auto const& entry : std::filesystem::directory_iterator(folder, error)) {
        std::string_view const type = type_of(entry.path().extension().string());
        if (type.empty()) continue;
        std::string const name = entry.path().filename().string();
        std::ifstream file(entry.path(), std::ios::binary);
        std::string text(std::istreambuf_iterator<char>(file), {});
        if (!file || text.size() > asset_bytes_max)
            return refuse(Code::bad_file, name, "it cannot be read, or is too long");
        if (name.ends_with(".css")) text = without_comments(text);
        auto asset = net::Asset::of(std::move(text), std::string(type), net::Effort::quick);
        std::string version;
        for (char const letter : asset->etag) {
            if (version.size() < 16 && ((letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z')))
                version += letter;
        }
        if (name == "style.css") assets.style_url = "/assets/style.css?v=" + version;
        slots.push_back(std::make_shared<Slot>(std::move(asset)));
        assets.routes.push_back(route_of(name, slots.back(), std::move(version)));
    }
    if (error || assets.style_url.empty())
        return refuse(Code::not_found, "pages", folder + " holds no style.css");
    assets.polish = [slots = std::move(slots)] {
        for (auto const& slot : slots) {
            auto const quick = slot->load();
            slot->store(net::Asset::of(quick->plain, quick->type));
        }
    };
    return assets;
}

}  // namespace allroads::web
