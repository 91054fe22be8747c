#include "feeds/feeds.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace allroads::feeds {

namespace {

constexpr std::array<std::string_view, field_count> field_names = {
    "sku",       "texts",       "category",  "photos",     "tiers",       "unit",
    "supply",    "stock",       "lead_days", "hs",         "hs_permille", "hs_by",
    "origin",    "dossier",     "proofs",    "ships_from", "terms",       "terms_place",
    "net_grams", "gross_grams", "carton",    "materials",  "certificates"};
constexpr std::array<std::string_view, 7> kind_names = {
    "detect", "own-csv", "own-xlsx", "shopify", "woocommerce", "merchant-xml", "merchant-tsv"};
constexpr std::array<std::string_view, 3> severity_names = {"note", "warning", "error"};

bool same_texts(std::vector<shop::Text> const& a, std::vector<shop::Text> const& b) {
    return std::ranges::equal(a, b, [](shop::Text const& x, shop::Text const& y) {
        return x.language == y.language && x.title == y.title && x.description == y.description;
    });
}
bool same_photos(std::vector<shop::Photo> const& a, std::vector<shop::Photo> const& b) {
    return std::ranges::equal(a, b, [](shop::Photo const& x, shop::Photo const& y) {
        return x.digest == y.digest && x.alt == y.alt && x.width == y.width && x.height == y.height;
    });
}
bool same_tiers(std::vector<shop::Tier> const& a, std::vector<shop::Tier> const& b) {
    return std::ranges::equal(a, b, [](shop::Tier const& x, shop::Tier const& y) {
        return x.from == y.from && x.price == y.price;
    });
}
bool same_carton(std::optional<shop::Carton> const& a, std::optional<shop::Carton> const& b) {
    if (!a || !b) return a.has_value() == b.has_value();
    return a->units == b->units && a->length_mm == b->length_mm && a->width_mm == b->width_mm &&
           a->height_mm == b->height_mm && a->gross_grams == b->gross_grams;
}

}  // namespace

std::string_view text_of(Field field) { return field_names[static_cast<std::size_t>(field)]; }
std::string_view text_of(Kind kind) { return kind_names[static_cast<std::size_t>(kind)]; }
std::string_view text_of(Severity severity) { return severity_names[static_cast<std::size_t>(severity)]; }

Result<Kind> parse_kind(std::string_view text) {
    auto const found = std::ranges::find(kind_names, text);
    if (found != kind_names.end()) return static_cast<Kind>(found - kind_names.begin());
    std::string all;
    for (auto const name : kind_names) all += (all.empty() ? "" : ", ") + std::string(name);
    return refuse(Code::bad_value, "kind", "expected one of " + all);
}

bool is_same(shop::Product const& a, shop::Product const& b, Field field) {
    switch (field) {
        case Field::sku: return a.sku == b.sku;
        case Field::texts: return same_texts(a.texts, b.texts);
        case Field::category: return a.category == b.category;
        case Field::photos: return same_photos(a.photos, b.photos);
        case Field::tiers: return same_tiers(a.tiers, b.tiers);
        case Field::unit: return a.unit == b.unit;
        case Field::supply: return a.supply == b.supply;
        case Field::stock: return a.stock == b.stock;
        case Field::lead_days: return a.lead_days == b.lead_days;
        case Field::hs: return a.hs == b.hs;
        case Field::hs_permille: return a.hs_permille == b.hs_permille;
        case Field::hs_by: return a.hs_by == b.hs_by;
        case Field::origin: return a.origin == b.origin;
        case Field::dossier: return a.dossier == b.dossier;
        case Field::proofs: return a.proofs == b.proofs;
        case Field::ships_from: return a.ships_from == b.ships_from;
        case Field::terms: return a.terms == b.terms;
        case Field::terms_place: return a.terms_place == b.terms_place;
        case Field::net_grams: return a.net_grams == b.net_grams;
        case Field::gross_grams: return a.gross_grams == b.gross_grams;
        case Field::carton: return same_carton(a.carton, b.carton);
        case Field::materials: return a.materials == b.materials;
        case Field::certificates: return a.certificates == b.certificates;
    }
    bug(std::source_location::current());
}

std::vector<Difference> difference(std::span<shop::Product const> existing, std::span<Item const> imported) {
    std::unordered_map<std::string_view, std::size_t> by_sku;
    for (std::size_t at = 0; at < existing.size(); ++at)
        if (!existing[at].sku.empty()) by_sku.emplace(existing[at].sku, at);
    std::vector<bool> is_met(existing.size());
    std::vector<Difference> out;
    for (std::size_t at = 0; at < imported.size(); ++at) {
        auto const& product = imported[at].product;
        Difference one{.change = Change::added, .sku = product.sku, .imported = at};
        auto const found = by_sku.find(product.sku);
        if (found != by_sku.end() && !is_met[found->second]) {
            is_met[found->second] = true;
            one.existing = found->second;
            for (std::size_t field = 0; field < field_count; ++field)
                if (!is_same(existing[found->second], product, static_cast<Field>(field)))
                    one.fields.push_back(static_cast<Field>(field));
            one.change = one.fields.empty() ? Change::unchanged : Change::changed;
        }
        out.push_back(std::move(one));
    }
    for (std::size_t at = 0; at < existing.size(); ++at)
        if (!is_met[at]) out.push_back({.change = Change::missing, .sku = existing[at].sku, .existing = at});
    return out;
}

}  // namespace allroads::feeds
