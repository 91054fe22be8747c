// How long a file of products takes to come into a hub: looked at, saved and published, looked at again when
// nothing has changed, saved with other prices. Each product has texts of some 400 letters in two languages,
// a dossier, counted stock and a customs code. Beside it, in the same run: the reading of the file alone, and
// how often this disk syncs a file.
//
//   bench_import [rows]
//
// ALLROADS_BENCH_FOLDER names a disk, else the folder for temporary files; ALLROADS_BENCH_URL is an empty
// PostgreSQL database.

#include "hub/hub.h"
#include "measuring.h"

#include <stdlib.h>

#include <charconv>
#include <cstdio>
#include <cstring>

namespace {

using namespace allroads;
using namespace allroads::bench;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

template <class T>
T must(Result<T> result) {
    if (!result) std::fprintf(stderr, "%s\n", result.error().sentence().c_str());
    check(result.has_value());
    return std::move(*result);
}

std::string text_from(char const* name, std::string otherwise) {
    auto const* said = std::getenv(name);
    return said == nullptr ? std::move(otherwise) : std::string(said);
}

constexpr std::array<std::string_view, 18> words = {"sisal", "basket", "bowl",  "tray",   "lamp",  "rug",
                                                    "scarf", "bead",   "ring",  "carved", "woven", "dyed",
                                                    "red",   "blue",   "green", "round",  "oval",  "large"};

std::string title_of(std::size_t number) {
    std::string title;
    for (std::size_t const step : {3U, 5U, 11U})
        title += std::string(words[(number * step + number / 7) % words.size()]) + " ";
    return title + std::to_string(number);
}

feeds::Defaults defaults() { return {currency::USD, "en", *Country::parse("KE"), unit::piece}; }

// Rows of our own kind of file.
std::string file_of(std::size_t rows, std::int64_t cents) {
    auto const kenya = *Country::parse("KE");
    std::vector<shop::Product> products;
    for (std::size_t number = 0; number < rows; ++number) {
        shop::Product p{
            .texts =
                {{"sw", title_of(number),
                  "Bakuli la duara lenye kipenyo cha sentimita 25 na kina cha sentimita 9, kwa matunda au "
                  "mkate. Pete za rangi ya hudhurungi na asili.\n\nKatani ni nyuzi za majani ya mkonge "
                  "unaolimwa Kenya. Majani hukwanguliwa, hukaushwa juani, hutiwa rangi katika maji "
                  "yanayochemka, kisha hushonwa kuzunguka kiini cha nyasi kavu."},
                 {"en", "Coiled sisal bowl, 25 cm",
                  "A round bowl, 25 cm across and 9 cm deep, for fruit or bread. Rings of brown and "
                  "undyed fibre run around the wall.\n\nSisal is the leaf fibre of an agave grown in "
                  "Kenya. It is scraped, dried in the sun, dyed in boiling water and stitched over a "
                  "core of dry grass, so the wall stays stiff."}},
            .tiers = {{Decimal(10), Money(cents, currency::USD)},
                      {Decimal(50), Money(cents - 75, currency::USD)}},
            .unit = unit::piece,
            .supply = shop::Supply::counted,
            .origin = kenya,
            .ships_from = kenya};
        p.sku = "L-" + std::to_string(number);
        p.category = "baskets";
        p.stock = Decimal(100);
        p.lead_days = 3;
        p.hs = *GoodsCode::parse("460219");
        p.hs_permille = 950;
        p.hs_by = "seller";
        p.dossier = R"({"ex_works":"8.93","fob":"9.50","currency":"USD","net_kg":"0.26","materials":[)"
                    R"({"name":"sisal fibre, not spun","hs":"530500","origin":"KE","value":"1.71",)"
                    R"("weight_kg":"0.234","wholly_obtained":true,"proof":true},)"
                    R"({"name":"dyes","hs":"320417","origin":"IN","value":"0.29","weight_kg":"0.003"}]})";
        p.proofs = {"AGOA"};
        p.net_grams = 260;
        p.gross_grams = 340;
        p.materials = {"sisal"};
        products.push_back(std::move(p));
    }
    std::vector<feeds::Outgoing> outgoing;
    for (auto const& product : products)
        outgoing.push_back({.product = &product, .aside = nullptr, .page = {}, .pictures = {}});
    auto written = must(feeds::write(feeds::Kind::own_csv, outgoing,
                                     {.defaults = defaults(), .shop_name = "Baskets", .shop_page = {}}));
    return std::move(written.files.front().bytes);
}

struct Spent {
    double wall = 0, processor = 0;
};
template <class Work>
Spent spent(Work const& work) {
    auto const begun = Clock::now();
    auto const used = processor_ns();
    work();
    return {std::chrono::duration<double>(Clock::now() - begun).count(),
            static_cast<double>(processor_ns() - used) / 1e9};
}

void print(char const* what, Spent const& spent, std::size_t rows) {
    std::printf("%-34s %7.3f s   processor %7.3f s   %8.0f rows a second\n", what, spent.wall,
                spent.processor, static_cast<double>(rows) / spent.wall);
    std::fflush(stdout);
}

void import(hub::Hub& hub, shop::ShopId shop, std::string const& bytes, bool is_dry_run, std::size_t saved) {
    auto const answer = must(hub.import(hub.keeper(), {.shop = shop,
                                                       .kind = feeds::Kind::own_csv,
                                                       .files = {{"products.csv", bytes}},
                                                       .is_dry_run = is_dry_run,
                                                       .goes_live = true}));
    check(answer.saved == saved && answer.refused == 0);
}

void measure(fs::path const& folder, std::size_t rows) {
    std::printf("syncs a second: %lld\n", static_cast<long long>(syncs_a_second(folder)));
    hub::Config config{.data = folder, .database = text_from("ALLROADS_BENCH_URL", "")};
    config.starter = text_from("ALLROADS_BENCH_EDITION", ALLROADS_EDITION);
    auto const hub = must(hub::Hub::open(std::move(config)));
    auto const shop =
        must(hub->make_shop(must(hub->demo_seller()), R"({"slug":"baskets","name":"Baskets","country":"KE",)"
                                                      R"("place":"Kisumu","currency":"USD"})"));
    auto const bytes = file_of(rows, 950);
    auto const dearer = file_of(rows, 990);
    std::printf("%zu rows, %.1f MB\n", rows, static_cast<double>(bytes.size()) / 1e6);
    std::vector<feeds::File> const files{{"products.csv", bytes}};
    print("the file read alone",
          spent([&] { check(feeds::read(feeds::Kind::own_csv, files, defaults())->items.size() == rows); }),
          rows);
    print("looked at", spent([&] { import(*hub, shop, bytes, true, 0); }), rows);
    print("saved and published", spent([&] { import(*hub, shop, bytes, false, rows); }), rows);
    print("the same again", spent([&] { import(*hub, shop, bytes, false, 0); }), rows);
    print("other prices, saved and published", spent([&] { import(*hub, shop, dearer, false, rows); }), rows);
    search::Query const query{.words = "sisal bowl"};
    check(must(hub->find(query)).answer.total == rows);
    check(must(hub->check()).empty());
}

}  // namespace

int main(int count, char** given) {
    std::size_t rows = 10'000;
    if (count > 1) (void)std::from_chars(given[1], given[1] + std::strlen(given[1]), rows);
    auto name =
        (fs::path(text_from("ALLROADS_BENCH_FOLDER", fs::temp_directory_path())) / "allroads-import-XXXXXX")
            .string();
    check(::mkdtemp(name.data()) != nullptr);
    measure(name, rows);
    std::error_code none;
    fs::remove_all(name, none);
    return 0;
}
