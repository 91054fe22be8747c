// A whole catalogue priced at once says what each offer's own pass says, at every kind of border.

#include "books/books.h"
#include "quote/quote.h"

#include <doctest/doctest.h>
#include <unistd.h>
#include <cstdlib>
#include <filesystem>
#include <random>

namespace {

using namespace allroads;
namespace fs = std::filesystem;

std::shared_ptr<books::Edition const> shipped() {
    static auto const edition = [] {
        auto const folder = fs::temp_directory_path() / ("allroads-rank-" + std::to_string(::getpid()));
        auto const file = folder / "edition.books";
        char const* source = std::getenv("ALLROADS_SOURCE");
        REQUIRE(source != nullptr);
        REQUIRE(books::build({{fs::path(source) / "packs"}, file}).has_value());
        auto opened = books::open(file);
        REQUIRE(opened.has_value());
        fs::remove_all(folder);  // an open edition keeps its pages
        return *opened;
    }();
    return edition;
}

quote::Request request_for(quote::OfferKind const& kind, quote::Offer const& offer, quote::Door const& door,
                           Currency currency) {
    quote::Request request{.from = kind.from,
                           .to = door.to,
                           .date = door.date,
                           .known_on = door.known_on,
                           .road = door.road,
                           .buyer = door.buyer};
    request.proofs = kind.proofs;
    auto& item = request.goods.emplace_back();
    item.line = "1";
    item.hs = kind.hs;
    item.origin = kind.origin;
    item.price = Money(offer.price, currency).amount();
    item.price_currency = currency;
    request.freight.how = quote::FreightTerms::How::amount;
    request.freight.amount = Money(offer.freight, currency).amount();
    request.freight.currency = currency;
    return request;
}

std::vector<quote::OfferKind> kinds_of_goods() {
    std::vector<quote::OfferKind> kinds;
    for (auto const* code : {"46021918", "460219", "09011100", "610910", "62052000", "420221", "94036000",
                             "330499", "711311", "95030000", "220870", "970121"}) {
        for (auto const* origin : {"KE", "CN", "CA", "DE", "ZA", "IN"}) {
            auto const country = *Country::parse(origin);
            kinds.push_back({*GoodsCode::parse(code), country, country, {}});
            kinds.push_back({*GoodsCode::parse(code), country, country, {"AGOA", "EBA", "USMCA", "EU-KE"}});
        }
    }
    return kinds;
}

void compare(quote::Door const& door, Currency currency, std::uint32_t seed) {
    auto const edition = shipped();
    auto const kinds = kinds_of_goods();
    auto const plans = quote::prepare(kinds, currency, door, *edition);
    CAPTURE(door.to.text());
    REQUIRE(plans.has_value());
    std::mt19937 random(seed);
    std::vector<quote::Offer> offers;
    for (int i = 0; i < 1500; ++i) {
        // Small parcels, ordinary ones and cargo, so that every threshold is passed.
        auto const scale = std::int64_t{1} << (random() % 26);
        offers.push_back({static_cast<std::uint32_t>(random() % kinds.size()), 0,
                          static_cast<std::int64_t>(random()) % (scale + 1),
                          static_cast<std::int64_t>(random() % 3) * 777});
    }
    auto const ranked = quote::price_all(*plans, offers, offers.size());
    std::size_t answered = 0;
    for (auto const& offer : offers) {
        answered += quote::price(request_for(kinds[offer.kind], offer, door, currency), *edition)
                        .landed_total.has_value();
    }
    CHECK(ranked.size() == answered);
    for (std::size_t i = 0; i < ranked.size(); ++i) {
        auto const& offer = offers[ranked[i].offer];
        auto const answer = quote::price(request_for(kinds[offer.kind], offer, door, currency), *edition);
        CAPTURE(kinds[offer.kind].hs.text());
        CAPTURE(kinds[offer.kind].origin.text());
        CAPTURE(offer.price);
        CHECK(answer.landed_total->minor() == ranked[i].landed);
        CHECK((answer.status == quote::Status::complete) == ranked[i].is_complete);
        if (i > 0) CHECK(!(ranked[i] < ranked[i - 1]));
    }
}

}  // namespace

TEST_CASE("price_all agrees with price to the minor unit") {
    auto const day = *Day::of(2026, 11, 25);
    auto const door = [&](char const* to, Day on) {
        return quote::Door{.to = *Country::parse(to), .date = on, .known_on = day};
    };
    compare(door("US", day), *Currency::parse("USD"), 1);
    compare(door("US", *Day::of(2026, 3, 15)), *Currency::parse("USD"), 2);
    compare(door("DE", day), *Currency::parse("EUR"), 3);
    compare(door("DE", *Day::of(2026, 6, 30)), *Currency::parse("EUR"), 4);
    compare(door("GB", day), *Currency::parse("GBP"), 5);
    compare(door("IN", day), *Currency::parse("INR"), 6);
    compare(door("JP", day), *Currency::parse("JPY"), 7);
    compare(door("ZA", day), *Currency::parse("ZAR"), 8);
    compare(door("AU", day), *Currency::parse("AUD"), 9);
}

TEST_CASE("only the best are kept, in the same order") {
    auto const day = *Day::of(2026, 3, 15);
    quote::Door const door{.to = *Country::parse("US"), .date = day, .known_on = day};
    auto const kinds = kinds_of_goods();
    auto const plans = quote::prepare(kinds, *Currency::parse("USD"), door, *shipped());
    REQUIRE(plans.has_value());
    CHECK(plans->simple() > kinds.size() / 2);
    std::vector<quote::Offer> offers;
    for (std::uint32_t i = 0; i < 5000; ++i)
        offers.push_back({i % static_cast<std::uint32_t>(kinds.size()), 0, 100 + (i * 7919) % 100000, 500});
    auto const all = quote::price_all(*plans, offers, offers.size());
    auto const half = static_cast<std::uint32_t>(offers.size() / 2);
    std::vector<std::vector<quote::Ranked>> parts;
    parts.push_back(quote::price_all(*plans, std::span(offers).first(half), 50));
    parts.push_back(quote::price_all(*plans, std::span(offers).subspan(half), 50, half));
    auto const best = quote::best_of(parts, 50);
    REQUIRE(best.size() == 50);
    for (std::size_t i = 0; i < best.size(); ++i) {
        CHECK(best[i].offer == all[i].offer);
        CHECK(best[i].landed == all[i].landed);
    }
}
