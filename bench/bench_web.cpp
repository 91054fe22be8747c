// How long a page takes from values to HTML: a product with its breakdown, charges, laws and papers, and a
// list of twenty hits; with and without filling the values. The row `copied` copies the bytes of the product
// page, as a floor; the ratio between rows of one run is the figure. The goal is 60 us for the product page.
//
//   bench_web --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true

#include "web/web.h"

#include <benchmark/benchmark.h>

namespace {

using namespace allroads;
using namespace allroads::web;

Pages const& pages() {
    static Pages const loaded =
        Pages::load(
            ALLROADS_PAGES, {{"en", false}},
            [](auto, auto, std::string_view text) { return std::string(text); }, "/assets/style.css?v=0")
            .value();
    return loaded;
}

std::vector<Part> parts() {
    auto const amount = [](char const* text) { return std::optional(Decimal::parse(text).value()); };
    return {{PartKind::goods, "Goods", "€35.00", amount("35.00")},
            {PartKind::freight, "Freight", "€14.50", amount("14.50")},
            {PartKind::duty, "Duty", "€3.00", amount("3.00")},
            {PartKind::taxes, "Taxes", "€9.98", amount("9.98")}};
}

void add_frame(Page& page) {
    page.set("QUERY", "").set("DOOR_URL", "/door?back=%2F").set("LANGUAGE_NAME", "English");
    page.add("DOOR").set("DOOR_COUNTRY", "Germany").show("DOOR_HOME");
    page.add("SIGNED_OUT").set("SIGN_IN_URL", "/sign-in");
    for (char const* const code : {"fr", "es", "pt", "ar", "sw", "ur", "zh", "hi", "bn"}) {
        page.add("LANGUAGES")
            .set("LANGUAGE_CODE", code)
            .set("LANGUAGE_OWN_NAME", code)
            .set("LANGUAGE_URL", "/?lang=fr");
    }
    page.add("BOOKS").set("BOOKS_EDITION", "2f289e81c58c302f").set("BOOKS_DAY", "25 November 2026");
}

void add_charges(Page& slip) {
    for (char const* const name : {"Third-country duty", "Duty on parcels", "VAT"}) {
        Page& charge = slip.add("CHARGES");
        charge.set("CHARGE_NAME", name)
            .set("CHARGE_WORDS", "Three euros for each kind of goods in a parcel that a private person buys.")
            .set("CHARGE_AMOUNT", "€3.00")
            .show("SURE_SECONDARY");
        charge.add("CHARGE_SUM").set("CHARGE_RATE", "3.7 %").set("CHARGE_BASE", "€49.50");
        charge.add("CHARGE_LAW")
            .set("LAW_URL", "https://eur-lex.europa.eu/eli/reg/2026/382/oj")
            .set("LAW_TITLE", "EUR 3 for each tariff item of a parcel to a consumer, until 30 June 2028")
            .set("LAW_REF", "Regulation (EU) 2026/382; Implementing Regulation (EU) 2026/1200")
            .set("LAW_DAYS", "since 1 July 2026, until 30 June 2028")
            .set("LAW_CHECKED", "25 November 2026");
    }
}

void add_slip(Page& page) {
    Page& slip = page.add("SLIP");
    slip.set("SLIP_FOR", "1 piece to Germany, home, by post").set("SLIP_PRICE", "€62.48");
    slip.set("SLIP_DAY", "26 November 2026").show("SLIP_COMPLETE");
    slip.add("SLIP_BAR")
        .set("SLIP_BAR_SVG", stacked_bar(parts(), Direction::left_to_right, "Price in parts"));
    for (Part const& part : parts()) {
        slip.add("PARTS")
            .set("PART_KEY_SVG", key_of_part(part.kind))
            .set("PART_NAME", part.name)
            .set("PART_AMOUNT", part.amount_text);
    }
    slip.add("SAVINGS")
        .add("SAVING_LIST")
        .set("SAVING_NAME", "EU-Kenya Economic Partnership Agreement")
        .set("SAVING_AMOUNT", "€3.57")
        .set("SAVING_PRICE", "€58.91")
        .set("SAVING_PROOF", "The seller must give an origin declaration on the invoice.");
    add_charges(slip);
}

void add_papers(Page& papers) {
    papers.set("PAPERS_COUNTRY", "Germany");
    for (int i = 0; i != 6; ++i) {
        Page& paper = papers.add("PAPERS");
        paper.set("PAPER_NAME", "Postal customs form CN 22 or CN 23")
            .set("PAPER_PURPOSE",
                 "Declares content, value, origin and weight on the parcel; its data go ahead.");
        paper.add("PAPER_ISSUER").set("ISSUER_NAME", "The seller, at the post office");
        paper.add("PAPER_LAW")
            .set("LAW_URL", "https://www.upu.int/")
            .set("LAW_TITLE", "Universal Postal Convention; Regulation (EU) No 952/2013, article 163");
    }
}

Page product() {
    Page page;
    add_frame(page);
    for (auto const name : {Name("PRODUCT_TITLE"), Name("CRUMB_HERE")})
        page.set(name, "Oval market basket, sisal and leather");
    page.set("PRODUCT_LANG", "en").set("PRODUCT_SUMMARY", "Hand-woven sisal basket with leather handles.");
    page.set("PRODUCT_CANONICAL", "https://hub.example/goods/01J1").set("SHOP_URL", "/shops/kisumu-weavers");
    page.set("SHOP_NAME", "Kisumu Weavers")
        .set("SHOP_WHERE", "Kisumu, Kenya")
        .set("REPRICE_URL", "/goods/01J1");
    page.set("QUANTITY", "1")
        .set("QUANTITY_UNIT", "pieces")
        .set("QUANTITY_MINIMUM", "The smallest order is 1.");
    page.set("PRICE_TERMS", "FCA Kisumu").set("PRICE_TERMS_WORDS", "the seller packs it and clears it");
    page.set("PRODUCT_DATA_JSON", json_in_page(R"({"@type":"Product","name":"Oval market basket"})"));
    page.add("CRUMBS").set("CRUMB_URL", "/").set("CRUMB_NAME", "Allroads");
    for (int i = 0; i != 3; ++i) {
        page.add("PHOTOS")
            .set("PHOTO_URL", "/photos/1-1280.jpg")
            .set("PHOTO_AVIF", "/photos/1-640.avif")
            .set("PHOTO_WEBP", "/photos/1-640.webp")
            .set("PHOTO_JPEG", "/photos/1-640.jpg")
            .set("PHOTO_ALT", "An oval basket of undyed sisal")
            .set("PHOTO_WIDTH", "640")
            .set("PHOTO_HEIGHT", "480");
        page.add("PARAGRAPHS")
            .set("PARAGRAPH_TEXT",
                 "Woven by hand from sisal that is grown, stripped and dried on the shore of "
                 "the lake. Handles of vegetable-tanned cow leather, riveted and sewn.");
    }
    Page& tiers = page.add("TIERS");
    for (int i = 0; i != 3; ++i)
        tiers.add("TIER_LIST").set("TIER_FROM", "from 10").set("TIER_PRICE", "€31.50");
    for (int i = 0; i != 8; ++i) page.add("FACTS").set("FACT_NAME", "Made in").set("FACT_VALUE", "Kenya");
    add_slip(page);
    add_papers(page.add("PAPERS_IN"));
    return page;
}

Page hits() {
    Page page;
    add_frame(page);
    page.set("SEARCH_HEADING", "48 goods for “basket”").set("QUANTITY", "");
    Page& found = page.add("HAS_HITS");
    for (int i = 0; i != 20; ++i) {
        Page& hit = found.add("HITS");
        hit.set("HIT_URL", "/goods/01J1").set("HIT_TITLE", "Round bread basket of elephant grass");
        hit.set("HIT_LANG", "en").set("HIT_SHOP", "Bolga Straw Works").set("HIT_SHOP_URL", "/shops/bolga");
        hit.set("HIT_ORIGIN", "Ghana").set("HIT_PRICE", "€83.54").set("HIT_QUANTITY", "4 pieces");
        hit.set("HIT_LEAD", "in stock: 120").set("HIT_MINIMUM", "from 4 pieces").show("HIT_COMPLETE");
        hit.add("HIT_EACH").set("HIT_EACH_PRICE", "€20.89");
        hit.add("HIT_BAR").set("HIT_BAR_SVG",
                               stacked_bar(parts(), Direction::left_to_right, "Price in parts"));
        hit.add("HIT_PHOTO")
            .set("PHOTO_AVIF", "/photos/1-320.avif")
            .set("PHOTO_WEBP", "/photos/1-320.webp")
            .set("PHOTO_JPEG", "/photos/1-320.jpg")
            .set("PHOTO_ALT", "")
            .set("PHOTO_WIDTH", "320")
            .set("PHOTO_HEIGHT", "320");
    }
    return page;
}

void copied(benchmark::State& state) {
    std::string const page = pages().render("product", "en", product());
    for (auto _ : state) {
        std::string copy = page;
        benchmark::DoNotOptimize(copy.data());
    }
    state.counters["bytes"] = static_cast<double>(page.size());
}
void product_filled(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(product());
}
void product_rendered(benchmark::State& state) {
    Page const page = product();
    for (auto _ : state) benchmark::DoNotOptimize(pages().render("product", "en", page));
}
void product_filled_and_rendered(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(pages().render("product", "en", product()));
}
void twenty_hits_filled_and_rendered(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(pages().render("search", "en", hits()));
}
void one_bar(benchmark::State& state) {
    auto const drawn = parts();
    for (auto _ : state) benchmark::DoNotOptimize(stacked_bar(drawn, Direction::left_to_right, "Price"));
}
BENCHMARK(copied);
BENCHMARK(product_filled);
BENCHMARK(product_rendered);
BENCHMARK(product_filled_and_rendered);
BENCHMARK(twenty_hits_filled_and_rendered);
BENCHMARK(one_bar);

}  // namespace

BENCHMARK_MAIN();
