#include "quote/pass.h"

#include <algorithm>

namespace allroads::quote {

namespace {

Finding finding(std::string_view code, std::string_view first = {}, std::string_view second = {}) {
    Finding made;
    made.code = code;
    made.first = first;
    made.second = second;
    return made;
}

// In the order of freight::Why.
constexpr std::array<std::string_view, 7> codes = {
    "freight-weight-missing",  "freight-parcel-too-heavy", "freight-too-heavy", "freight-too-long",
    "freight-girth-too-large", "freight-beyond-steps",     "freight-too-large"};

Finding finding(freight::Rejection const& rejection) {
    auto made = finding(codes[static_cast<std::size_t>(rejection.why)], rejection.name, rejection.carrier);
    if (rejection.why == freight::Why::weight_missing) {
        if (rejection.parcel < 0) made.code = "freight-unweighed";
        made.number = Decimal(rejection.parcel + 1);
    } else {
        made.number = rejection.limit;
    }
    return made;
}

// What is to be said of the offer that counts.
void tell(freight::Offer const& offer, Quote& quote) {
    quote.chargeable_kg = offer.chargeable_kg;
    if (offer.by_volume) {
        quote.warnings.push_back(finding("volumetric-weight"));
        quote.warnings.back().number = offer.chargeable_kg;
    }
    if (!offer.is_measured) quote.warnings.push_back(finding("freight-not-measured", offer.name));
    if (offer.standing == freight::Standing::example) {
        quote.warnings.push_back(finding("freight-example", offer.name));
    }
    if (offer.standing == freight::Standing::assumed) {
        quote.warnings.push_back(finding("freight-assumed", offer.name));
    }
    quote.notes.push_back(finding("freight-table", offer.name, offer.carrier));
    quote.notes.back().day = offer.checked_on;
}

Result<freight::Tables> tables_with(Books const& books, std::string_view table) {
    auto const tables = TRY(books.freight());
    bool const is_there =
        table.empty() || std::ranges::any_of(tables.tables, [&](freight::TableRow const& row) {
            return tables.text(row.name) == table;
        });
    if (is_there) return tables;
    return refuse(Code::not_found, "table",
                  "the books have no rate table called " + excerpt(table) +
                      "; `allroads books list` names "
                      "the packs that have some");
}

// A table of another road would bring its price without the rules of its road.
Result<void> check_road(Request const& request, freight::Tables const& tables) {
    if (request.freight.table.empty()) return {};
    std::string_view other;
    for (auto const& row : tables.tables) {
        if (tables.text(row.name) != request.freight.table) continue;
        if (row.road == request.road) return {};
        other = freight::text_of(row.road);
    }
    return refuse(Code::bad_value, "freight.table",
                  excerpt(request.freight.table) + " goes by " + std::string(other) + "; say road " +
                      std::string(other) + ", for some rules depend on it");
}

}  // namespace

Result<std::optional<Money>> estimated_freight(Request const& request, Books const& books, FxTable const& fx,
                                               Consignment const& goods, Quote& quote) {
    auto const& said = request.freight;
    auto const tables = tables_with(books, said.table);
    if (!tables) return std::unexpected(tables.error().within("freight"));
    TRY_VOID(check_road(request, *tables));
    freight::Shipment const shipment{request.packages, goods.gross_kg, said.is_remote};
    freight::Lane const lane{request.from, request.to, request.date, request.road, said.table};
    auto& estimate = quote.carriage;
    TRY_VOID(freight::estimate(shipment, lane, *tables, estimate));
    auto& told = estimate.offers.empty() ? quote.unknown : quote.notes;
    for (auto const& rejection : estimate.rejections) told.push_back(finding(rejection));
    if (estimate.offers.empty()) {
        if (estimate.rejections.empty()) {
            quote.unknown.push_back(finding("freight-no-table", request.from.name(), request.to.name()));
        }
        quote.unknown.push_back(finding("freight-unknown"));
        return std::optional<Money>();
    }
    freight::sort_by_price(estimate.offers, goods.goods.currency(), fx, request.date);
    auto const& cheapest = estimate.offers.front();
    tell(cheapest, quote);
    quote.advice = freight::advice(shipment, lane, *tables, cheapest);
    return std::optional(cheapest.total);
}

Result<Carriage> carriage(CarriageRequest const& request, Books const& books) {
    auto const tables = TRY(tables_with(books, request.table));
    freight::Shipment const shipment{request.packages, request.gross_kg, request.is_remote};
    freight::Lane const lane{request.from, request.to, request.date, request.road, request.table};
    Carriage found;
    found.edition = books.name();
    TRY_VOID(freight::estimate(shipment, lane, tables, found.estimate));
    auto& offers = found.estimate.offers;
    if (offers.empty()) return found;
    auto const rates = books.fx();
    FxTable fx = rates.empty() ? FxTable{currency::EUR, {}, {}, {}} : rates.front();
    fx.overrides = request.fx;
    freight::sort_by_price(offers, request.currency.value_or(offers.front().total.currency()), fx,
                           request.date);
    found.advice = freight::advice(shipment, lane, tables, offers.front());
    return found;
}

}  // namespace allroads::quote
