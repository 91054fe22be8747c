// How long 10,000 products take to be read from a file of each kind and to be written as one.
//
//   bench_feeds

#include "feeds/feeds.h"

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace allroads;
using namespace allroads::feeds;

constexpr std::size_t rows = 10'000;

Defaults defaults() { return {currency::USD, "en", *Country::parse("KE"), unit::piece}; }

std::vector<shop::Product> products() {
    std::vector<shop::Product> out;
    for (std::size_t at = 0; at < rows; ++at) {
        std::string const number = std::to_string(at);
        shop::Product p{
            .texts = {{"en", "Sisal basket " + number,
                       "Woven by hand from sisal, with a leather strap.\n\nSize " + number +
                           ", colours vary & fade."},
                      {"sw", "Kiondo " + number, "Kikapu cha mkonge."}},
            .tiers = {{Decimal(1), Money(2'400, currency::USD)}, {Decimal(10), Money(2'150, currency::USD)}},
            .unit = unit::piece,
            .supply = shop::Supply::counted,
            .origin = *Country::parse("KE"),
            .ships_from = *Country::parse("KE")};
        p.sku = "B-" + number;
        p.category = "baskets";
        p.stock = Decimal(static_cast<std::int64_t>(at % 50));
        p.hs = *GoodsCode::parse("46021990");
        p.hs_permille = 900;
        p.hs_by = "seller";
        p.gross_grams = 420;
        p.net_grams = 350;
        p.materials = {"cotton"};
        out.push_back(std::move(p));
    }
    return out;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void print(std::string_view kind, std::string_view what, double seconds, std::size_t bytes) {
    std::printf("%-13s %-6s %8.3f s %10.0f rows/s %8.1f MB\n", std::string(kind).c_str(),
                std::string(what).c_str(), seconds, static_cast<double>(rows) / seconds,
                static_cast<double>(bytes) / 1e6);
}

}  // namespace

int main() {
    auto const made = products();
    std::vector<std::string> const pictures = {"https://hub.example/1.jpg"};
    std::vector<Outgoing> outgoing;
    for (auto const& product : made)
        outgoing.push_back({&product, nullptr, "https://hub.example/p/1", pictures});
    Writing const writing{defaults(), "Kisumu", "https://hub.example/"};
    for (Kind const kind : {Kind::own_csv, Kind::own_xlsx, Kind::shopify, Kind::woocommerce,
                            Kind::merchant_xml, Kind::merchant_tsv}) {
        auto begin = std::chrono::steady_clock::now();
        auto const written = write(kind, outgoing, writing);
        check(written.has_value());
        std::size_t bytes = 0;
        std::vector<File> files;
        for (auto const& file : written->files) {
            bytes += file.bytes.size();
            files.push_back({file.name, file.bytes});
        }
        print(text_of(kind), "write", seconds_since(begin), bytes);
        begin = std::chrono::steady_clock::now();
        auto const back = feeds::read(kind, files, defaults());
        check(back.has_value() && back->items.size() == rows);
        print(text_of(kind), "read", seconds_since(begin), bytes);
        std::vector<Outgoing> again;
        for (Item const& item : back->items) again.push_back({&item.product, &item.aside});
        begin = std::chrono::steady_clock::now();
        check(write(kind, again, writing).has_value());
        print(text_of(kind), "again", seconds_since(begin), bytes);
    }
    return 0;
}
