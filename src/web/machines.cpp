// Pages for machines that look for pages: robots.txt, and sitemaps (sitemaps.org, protocol 0.9).
#include "web/site.h"

#include <algorithm>

namespace allroads::web {
namespace {

constexpr std::size_t rows_at_once = 500;  // of one reading of the records
constexpr std::size_t shops_max = 10'000;  // of the index
constexpr std::size_t goods_max = 5'000;   // of one shop; the pages of the shop lead to the others
constexpr int sitemap_cache_seconds = 3600;

net::Response text_answer(std::string_view type, std::string body) {
    return {.type = std::string(type) + "; charset=utf-8",
            .body = std::move(body),
            .cache = net::Cache::shared,
            .cache_seconds = sitemap_cache_seconds,
            .may_compress = true};
}

// Searches with words have no end; what they find stands under the kinds of goods as well.
net::Response robots(net::Request const& http) {
    return text_answer("text/plain",
                       "User-agent: *\n"
                       "Disallow: /search?q=\n"
                       "Disallow: /door?\n"
                       "Disallow: /me\n"
                       "Disallow: /my\n"
                       "Disallow: /operate\n"
                       "Allow: /\n"
                       "Sitemap: " +
                           http.origin() + "/sitemap.xml\n");
}

// The index: a sitemap for each shop, and one for the pages of the hub itself.
Result<net::Response> index(hub::Hub& hub, net::Request const& http) {
    auto const root = http.origin();
    std::string xml =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n";
    auto const add = [&](std::string_view path) {
        xml += "<sitemap><loc>" + root + std::string(path) + "</loc></sitemap>\n";
    };
    add("/sitemap-pages.xml");
    std::optional<shop::ShopId> after;
    for (std::size_t told = 0; told < shops_max;) {
        auto const shops = TRY(hub.shops(after, rows_at_once));
        for (auto const& shop : shops) add("/shops/" + shop.slug + "/sitemap.xml");
        told += shops.size();
        if (shops.size() < rows_at_once) break;
        after = shops.back().id;
    }
    xml += "</sitemapindex>\n";
    return text_answer("application/xml", std::move(xml));
}

Result<net::Response> listed(std::vector<feeds::Page> const& pages, std::string_view root) {
    auto files = TRY(feeds::sitemap(pages, std::string(root) + "/"));
    return text_answer("application/xml", std::move(files.front().bytes));
}

Result<net::Response> own_pages(net::Request const& http) {
    auto const root = http.origin();
    std::vector<feeds::Page> pages;
    for (auto const* path : {"/", "/search", "/reckoning"}) pages.push_back({.address = root + path});
    return listed(pages, root);
}

Result<net::Response> shop_pages(hub::Hub& hub, net::Request const& http) {
    auto const visitor = TRY(hub.caller({.token = {}, .address = http.peer}, people::Often::page_address));
    auto const shop = TRY(hub.shop_of(http.parameter("slug")));
    auto const root = http.origin();
    std::vector<feeds::Page> pages{{.address = root + "/shops/" + shop.slug}};
    std::optional<shop::ProductId> after;
    while (pages.size() <= goods_max) {
        auto const goods = TRY(hub.products_of(visitor, shop.id, shop::Which::live, after, rows_at_once));
        for (auto const& one : goods) {
            if (one.state == shop::State::live)
                pages.push_back({.address = root + "/goods/" + one.id.text()});
        }
        if (goods.size() < rows_at_once) break;
        after = goods.back().id;
    }
    return listed(pages, root);
}

}  // namespace

std::vector<net::Route> machine_pages(Site& site) {
    std::vector<net::Route> routes;
    auto const add = [&](std::string pattern, auto answer_of) {
        routes.push_back({.method = "GET",
                          .pattern = std::move(pattern),
                          .handler = [answer_of = std::move(answer_of)](net::Request const& http) {
                              auto answer = answer_of(http);
                              return answer ? std::move(*answer) : net::problem(answer.error());
                          }});
    };
    auto& hub = site.hub;
    add("/robots.txt", [](net::Request const& http) -> Result<net::Response> { return robots(http); });
    add("/sitemap.xml", [&hub](net::Request const& http) { return index(hub, http); });
    add("/sitemap-pages.xml", [](net::Request const& http) { return own_pages(http); });
    add("/shops/{slug}/sitemap.xml", [&hub](net::Request const& http) { return shop_pages(hub, http); });
    return routes;
}

}  // namespace allroads::web
