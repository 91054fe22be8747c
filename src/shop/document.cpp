// Documents of products and shops, both ways. The order of fields is fixed: it is what is signed.
#include "shop/shop.h"
#include "wire/wire.h"

#include <algorithm>
#include <array>

namespace allroads::shop {
namespace {

namespace json = wire::json;
using wire::elements;
using wire::expected;
using wire::fields;
using wire::Writer;

constexpr std::array<std::string_view, 3> state_names{"draft", "live", "withdrawn"};
constexpr std::array<std::string_view, 3> supply_names{"counted", "made-to-order", "unlimited"};
constexpr std::int64_t grams_max = 100'000'000;  // a hundred tonnes
constexpr std::int64_t millimetres_max = 100'000;
constexpr std::int64_t days_max = 1'000;
constexpr std::int64_t pixels_max = 100'000;
constexpr std::size_t dossier_depth = 12;

// ---- words that both documents use ------------------------------------------------------------------------

bool is_key(std::string_view text) {
    return !text.empty() && text.size() <= 40 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

Result<std::string> key_in(json::value const& value, std::string_view field) {
    auto const text = TRY(wire::text(value, field));
    if (!is_key(text)) return refuse(Code::bad_value, field, "expected a key of a-z, 0-9 and -");
    return std::string(text);
}

// One of a list that is known; a word nobody knows could not be found or translated.
Result<std::string> known_key(json::value const& value, std::string_view field,
                              std::span<Named const> known) {
    auto key = TRY(key_in(value, field));
    if (std::ranges::find(known, key, &Named::key) == known.end())
        return refuse(Code::bad_value, field, "\"" + key + "\" is none of the known keys");
    return key;
}

// A word of papers: agreements, kinds of proof ("AGOA", "EU-EBA").
Result<std::string> proof_in(json::value const& value, std::string_view field) {
    auto const text = TRY(wire::text(value, field));
    bool const is_word = !text.empty() && text.size() <= 40 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == ':' || c == '_';
    });
    if (!is_word) return refuse(Code::bad_value, field, "expected the code of an agreement or proof");
    return std::string(text);
}

template <class Read>
Result<std::vector<std::string>> words_in(json::value const& value, std::string_view field, Read read) {
    std::vector<std::string> words;
    TRY_VOID(elements(value, field, words_max, [&](json::value const& one) -> Result<void> {
        words.push_back(TRY(read(one, "")));
        return {};
    }));
    return words;
}

Result<std::string> words_of(json::value const& value, std::string_view field, std::size_t bytes_max) {
    return std::string(TRY(wire::text(value, field, bytes_max)));
}

Result<Text> text_entry(json::value const& value) {
    Text text;
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& one) -> Result<bool> {
        if (key == "language") {
            text.language = TRY(key_in(one, key));
        } else if (key == "title") {
            text.title = TRY(words_of(one, key, title_bytes_max));
        } else if (key == "description") {
            text.description = TRY(words_of(one, key, description_bytes_max));
        } else {
            return false;
        }
        return true;
    }));
    if (text.language.empty()) return refuse(Code::field_missing, "language", "which language is this?");
    return text;
}

Result<std::vector<Text>> texts_in(json::value const& value, std::string_view field) {
    std::vector<Text> texts;
    TRY_VOID(elements(value, field, texts_max, [&](json::value const& one) -> Result<void> {
        auto text = TRY(text_entry(one));
        if (std::ranges::find(texts, text.language, &Text::language) != texts.end())
            return refuse(Code::bad_value, "language", "there is a text in that language already");
        texts.push_back(std::move(text));
        return {};
    }));
    return texts;
}

bool is_digest(std::string_view text) {
    return text.size() == 64 &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Result<Photo> photo_entry(json::value const& value) {
    Photo photo;
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& one) -> Result<bool> {
        if (key == "digest") {
            photo.digest = TRY(words_of(one, key, 64));
            if (!is_digest(photo.digest))
                return refuse(Code::bad_value, key, "expected 64 hexadecimal digits");
        } else if (key == "alt") {
            photo.alt = TRY(words_of(one, key, title_bytes_max));
        } else if (key == "width") {
            photo.width = static_cast<std::int32_t>(TRY(wire::whole(one, key, 0, pixels_max)));
        } else if (key == "height") {
            photo.height = static_cast<std::int32_t>(TRY(wire::whole(one, key, 0, pixels_max)));
        } else {
            return false;
        }
        return true;
    }));
    if (photo.digest.empty()) return refuse(Code::field_missing, "digest", "which picture is it?");
    return photo;
}

Result<std::vector<Photo>> photos_in(json::value const& value, std::string_view field) {
    std::vector<Photo> photos;
    TRY_VOID(elements(value, field, photos_max, [&](json::value const& one) -> Result<void> {
        photos.push_back(TRY(photo_entry(one)));
        return {};
    }));
    return photos;
}

// An amount and its currency stand beside each other in one object; the currency may come later.
Result<Money> money_of(std::optional<Decimal> const& amount, std::optional<Currency> const& currency,
                       std::string_view field) {
    if (!amount) return refuse(Code::field_missing, field, "how much is it?");
    if (!currency) return refuse(Code::field_missing, "currency", "of which currency is the amount?");
    auto money = Money::exact(*amount, *currency);
    if (!money) return std::unexpected(Error(money.error().code(), field, money.error().detail()));
    return *money;
}

Result<Decimal> positive(json::value const& value, std::string_view field) {
    auto const number = TRY(wire::amount(value, field, Code::bad_quantity));
    if (number.is_zero()) return refuse(Code::bad_quantity, field, "expected more than nothing");
    return number;
}

void write_texts(Writer& w, std::vector<Text> const& texts) {
    w.key("texts");
    w.open('[');
    for (auto const& text : texts) {
        w.open('{');
        w.text("language", text.language);
        w.text("title", text.title);
        if (!text.description.empty()) w.text("description", text.description);
        w.close('}');
    }
    w.close(']');
}

void write_photos(Writer& w, std::vector<Photo> const& photos) {
    if (photos.empty()) return;
    w.key("photos");
    w.open('[');
    for (auto const& photo : photos) {
        w.open('{');
        w.text("digest", photo.digest);
        if (!photo.alt.empty()) w.text("alt", photo.alt);
        w.number("width", photo.width);
        w.number("height", photo.height);
        w.close('}');
    }
    w.close(']');
}

void write_words(Writer& w, std::string_view name, std::vector<std::string> const& words) {
    if (words.empty()) return;
    w.key(name);
    w.open('[');
    for (auto const& word : words) w.text(word);
    w.close(']');
}

template <std::size_t size>
Result<std::size_t> place_of(std::array<std::string_view, size> const& names, json::value const& value,
                             std::string_view field) {
    auto const text = TRY(wire::text(value, field));
    auto const found = std::ranges::find(names, text);
    if (found == names.end()) {
        std::string all;
        for (auto const name : names) all += (all.empty() ? "" : ", ") + std::string(name);
        return refuse(Code::bad_value, field, "expected one of " + all);
    }
    return static_cast<std::size_t>(found - names.begin());
}

// ---- products ---------------------------------------------------------------------------------------------

Result<Tier> tier_entry(json::value const& value) {
    std::optional<Decimal> from;
    std::optional<Decimal> price;
    std::optional<Currency> currency;
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& one) -> Result<bool> {
        if (key == "from") {
            from = TRY(positive(one, key));
        } else if (key == "price") {
            price = TRY(wire::amount(one, key, Code::bad_value));
        } else if (key == "currency") {
            currency = TRY(wire::parsed(one, key, Currency::parse));
        } else {
            return false;
        }
        return true;
    }));
    if (!from) return refuse(Code::field_missing, "from", "from which quantity does this price hold?");
    return Tier{*from, TRY(money_of(price, currency, "price"))};
}

Result<std::vector<Tier>> tiers_in(json::value const& value, std::string_view field) {
    std::vector<Tier> tiers;
    TRY_VOID(elements(value, field, tiers_max, [&](json::value const& one) -> Result<void> {
        auto tier = TRY(tier_entry(one));
        if (!tiers.empty() && tier.price.currency() != tiers.front().price.currency())
            return refuse(Code::bad_currency, "currency", "all prices of a product are of one currency");
        if (!tiers.empty() && tier.from <= tiers.back().from)
            return refuse(Code::bad_quantity, "from", "expected more than in the price before");
        tiers.push_back(std::move(tier));
        return {};
    }));
    return tiers;
}

Result<Carton> carton_in(json::value const& value, std::string_view field) {
    Carton carton;
    TRY_VOID(fields(value, field, [&](std::string_view key, json::value const& one) -> Result<bool> {
        auto const side = [&]() -> Result<std::int32_t> {
            return static_cast<std::int32_t>(TRY(wire::whole(one, key, 0, millimetres_max)));
        };
        if (key == "units") {
            carton.units = TRY(positive(one, key));
        } else if (key == "length_mm") {
            carton.length_mm = TRY(side());
        } else if (key == "width_mm") {
            carton.width_mm = TRY(side());
        } else if (key == "height_mm") {
            carton.height_mm = TRY(side());
        } else if (key == "gross_grams") {
            carton.gross_grams = TRY(wire::whole(one, key, 0, grams_max));
        } else {
            return false;
        }
        return true;
    }));
    if (carton.units.is_zero())
        return refuse(Code::field_missing, std::string(field) + ".units", "how many are in a carton?");
    return carton;
}

// What stands in a country's place until it is told; a document without it is refused.
Country nowhere() { return *Country::parse("AQ"); }

// Everything of a product while it is read: what has no empty value waits here until it is told.
struct Draft {
    Product product{
        .texts = {}, .tiers = {}, .unit = unit::piece, .origin = nowhere(), .ships_from = nowhere()};
    bool has_origin = false, has_ships_from = false;
};

Result<bool> read_making(Draft& draft, std::string_view key, json::value const& value) {
    auto& p = draft.product;
    if (key == "hs") {
        auto const code = TRY(wire::parsed(value, key, GoodsCode::parse));
        if (code.size() < 6) return refuse(Code::bad_code, key, "expected at least six digits");
        p.hs = code;
    } else if (key == "hs_permille") {
        p.hs_permille = static_cast<std::int32_t>(TRY(wire::whole(value, key, 0, 1000)));
    } else if (key == "hs_by") {
        p.hs_by = TRY(key_in(value, key));
    } else if (key == "origin") {
        p.origin = TRY(wire::parsed(value, key, Country::parse));
        draft.has_origin = true;
    } else if (key == "dossier") {
        if (!value.is_object()) return expected(key, "an object", value);
        p.dossier = json::serialize(value);
    } else if (key == "proofs") {
        p.proofs = TRY(words_in(value, key, proof_in));
    } else if (key == "materials") {
        p.materials = TRY(words_in(value, key, [](json::value const& v, std::string_view f) {
            return known_key(v, f, materials());
        }));
    } else if (key == "certificates") {
        p.certificates = TRY(words_in(value, key, [](json::value const& v, std::string_view f) {
            return known_key(v, f, certificates());
        }));
    } else {
        return false;
    }
    return true;
}

Result<bool> read_sending(Draft& draft, std::string_view key, json::value const& value) {
    auto& p = draft.product;
    if (key == "ships_from") {
        p.ships_from = TRY(wire::parsed(value, key, Country::parse));
        draft.has_ships_from = true;
    } else if (key == "terms") {
        p.terms = TRY(wire::parsed(value, key, quote::parse_incoterm));
    } else if (key == "terms_place") {
        p.terms_place = TRY(words_of(value, key, title_bytes_max));
    } else if (key == "net_grams") {
        p.net_grams = TRY(wire::whole(value, key, 0, grams_max));
    } else if (key == "gross_grams") {
        p.gross_grams = TRY(wire::whole(value, key, 0, grams_max));
    } else if (key == "carton") {
        p.carton = TRY(carton_in(value, key));
    } else {
        return false;
    }
    return true;
}

Result<bool> read_offer(Draft& draft, std::string_view key, json::value const& value) {
    auto& p = draft.product;
    if (key == "sku") {
        p.sku = TRY(words_of(value, key, 80));
    } else if (key == "texts") {
        p.texts = TRY(texts_in(value, key));
    } else if (key == "category") {
        p.category = TRY(known_key(value, key, categories()));
    } else if (key == "photos") {
        p.photos = TRY(photos_in(value, key));
    } else if (key == "tiers") {
        p.tiers = TRY(tiers_in(value, key));
    } else if (key == "unit") {
        p.unit = TRY(wire::parsed(value, key, Unit::parse));
    } else if (key == "supply") {
        p.supply = static_cast<Supply>(TRY(place_of(supply_names, value, key)));
    } else if (key == "stock") {
        p.stock = TRY(wire::amount(value, key, Code::bad_quantity));
    } else if (key == "lead_days") {
        p.lead_days = static_cast<std::int32_t>(TRY(wire::whole(value, key, 0, days_max)));
    } else {
        return false;
    }
    return true;
}

void write_offer(Writer& w, Product const& p) {
    if (!p.sku.empty()) w.text("sku", p.sku);
    write_texts(w, p.texts);
    if (!p.category.empty()) w.text("category", p.category);
    write_photos(w, p.photos);
    w.key("tiers");
    w.open('[');
    for (auto const& tier : p.tiers) {
        w.open('{');
        w.decimal("from", tier.from.stripped());
        w.money("price", tier.price);
        w.text("currency", tier.price.currency().text());
        w.close('}');
    }
    w.close(']');
    w.text("unit", p.unit.text());
    w.text("supply", text_of(p.supply));
    if (p.stock) w.decimal("stock", p.stock->stripped());
    w.number("lead_days", p.lead_days);
}

void write_making(Writer& w, Product const& p) {
    if (p.hs) {
        w.text("hs", p.hs->text());
        w.number("hs_permille", p.hs_permille);
        if (!p.hs_by.empty()) w.text("hs_by", p.hs_by);
    }
    w.text("origin", p.origin.text());
    if (!p.dossier.empty()) {
        w.key("dossier");
        w.raw(p.dossier);
    }
    write_words(w, "proofs", p.proofs);
}

void write_sending(Writer& w, Product const& p) {
    w.text("ships_from", p.ships_from.text());
    w.text("terms", quote::text_of(p.terms));
    if (!p.terms_place.empty()) w.text("terms_place", p.terms_place);
    if (p.net_grams != 0) w.number("net_grams", p.net_grams);
    if (p.gross_grams != 0) w.number("gross_grams", p.gross_grams);
    if (p.carton) {
        w.key("carton");
        w.open('{');
        w.decimal("units", p.carton->units.stripped());
        w.number("length_mm", p.carton->length_mm);
        w.number("width_mm", p.carton->width_mm);
        w.number("height_mm", p.carton->height_mm);
        w.number("gross_grams", p.carton->gross_grams);
        w.close('}');
    }
    write_words(w, "materials", p.materials);
    write_words(w, "certificates", p.certificates);
}

// ---- shops ------------------------------------------------------------------------------------------------

Result<Lane> lane_entry(json::value const& value) {
    std::optional<Decimal> base, per_kg;
    std::optional<Currency> currency;
    Lane lane{.to = {}, .base = Money::zero(currency::USD), .per_kg = Money::zero(currency::USD)};
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& one) -> Result<bool> {
        if (key == "to") {
            TRY_VOID(elements(one, key, country_indexes, [&](json::value const& country) -> Result<void> {
                lane.to.push_back(TRY(wire::parsed(country, "", Country::parse)));
                return {};
            }));
        } else if (key == "road") {
            lane.road = TRY(wire::parsed(one, key, freight::parse_road));
        } else if (key == "base") {
            base = TRY(wire::amount(one, key, Code::bad_value));
        } else if (key == "per_kg") {
            per_kg = TRY(wire::amount(one, key, Code::bad_value));
        } else if (key == "currency") {
            currency = TRY(wire::parsed(one, key, Currency::parse));
        } else if (key == "days_min") {
            lane.days_min = static_cast<std::int32_t>(TRY(wire::whole(one, key, 0, days_max)));
        } else if (key == "days_max") {
            lane.days_max = static_cast<std::int32_t>(TRY(wire::whole(one, key, 0, days_max)));
        } else if (key == "grams_max") {
            lane.grams_max = TRY(wire::whole(one, key, 0, grams_max));
        } else {
            return false;
        }
        return true;
    }));
    lane.base = TRY(money_of(base, currency, "base"));
    lane.per_kg = TRY(money_of(per_kg, currency, "per_kg"));
    if (lane.days_max < lane.days_min)
        return refuse(Code::bad_value, "days_max", "expected no fewer days than days_min");
    return lane;
}

Result<std::string> slug_in(json::value const& value, std::string_view field) {
    auto slug = TRY(key_in(value, field));
    if (slug.size() < 3 || slug.front() == '-' || slug.back() == '-')
        return refuse(Code::bad_value, field, "expected three letters at least, and no - at its ends");
    return slug;
}

void write_lanes(Writer& w, std::vector<Lane> const& lanes) {
    if (lanes.empty()) return;
    w.key("lanes");
    w.open('[');
    for (auto const& lane : lanes) {
        w.open('{');
        w.key("to");
        w.open('[');
        for (auto const country : lane.to) w.text(country.text());
        w.close(']');
        w.text("road", freight::text_of(lane.road));
        w.money("base", lane.base);
        w.money("per_kg", lane.per_kg);
        w.text("currency", lane.base.currency().text());
        w.number("days_min", lane.days_min);
        w.number("days_max", lane.days_max);
        if (lane.grams_max != 0) w.number("grams_max", lane.grams_max);
        w.close('}');
    }
    w.close(']');
}

}  // namespace

std::string_view text_of(State state) { return state_names[static_cast<std::size_t>(state)]; }
std::string_view text_of(Supply supply) { return supply_names[static_cast<std::size_t>(supply)]; }

Result<State> parse_state(std::string_view text) {
    auto const found = std::ranges::find(state_names, text);
    if (found == state_names.end())
        return refuse(Code::bad_value, "state", "expected draft, live or withdrawn");
    return static_cast<State>(found - state_names.begin());
}

Result<Product> parse_product(std::string_view document) {
    auto const value = TRY(wire::parse(document, document_bytes_max, dossier_depth));
    Draft draft;
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& one) -> Result<bool> {
        if (TRY(read_offer(draft, key, one))) return true;
        if (TRY(read_making(draft, key, one))) return true;
        return read_sending(draft, key, one);
    }));
    if (draft.product.texts.empty())
        return refuse(Code::field_missing, "texts", "a product needs a title in one language at least");
    if (draft.product.texts.front().title.empty())
        return refuse(Code::field_missing, "texts[0].title", "what is it called?");
    if (!draft.has_origin) return refuse(Code::field_missing, "origin", "where was it made?");
    if (!draft.has_ships_from) draft.product.ships_from = draft.product.origin;
    if (draft.product.supply == Supply::counted && !draft.product.stock)
        return refuse(Code::field_missing, "stock", "how many are there?");
    return std::move(draft.product);
}

std::string document_of(Product const& product) {
    std::string out;
    {
        Writer w(out);
        w.open('{');
        write_offer(w, product);
        write_making(w, product);
        write_sending(w, product);
        w.close('}');
    }
    return out;
}

Result<Shop> parse_shop(std::string_view document) {
    auto const value = TRY(wire::parse(document, document_bytes_max));
    Shop shop{.slug = {}, .name = {}, .country = nowhere(), .currency = currency::USD};
    bool has_country = false, has_currency = false;
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& one) -> Result<bool> {
        if (key == "slug") {
            shop.slug = TRY(slug_in(one, key));
        } else if (key == "name") {
            shop.name = TRY(words_of(one, key, title_bytes_max));
        } else if (key == "texts") {
            shop.texts = TRY(texts_in(one, key));
        } else if (key == "country") {
            shop.country = TRY(wire::parsed(one, key, Country::parse));
            has_country = true;
        } else if (key == "place") {
            shop.place = TRY(words_of(one, key, title_bytes_max));
        } else if (key == "currency") {
            shop.currency = TRY(wire::parsed(one, key, Currency::parse));
            has_currency = true;
        } else if (key == "lanes") {
            TRY_VOID(elements(one, key, lanes_max, [&](json::value const& lane) -> Result<void> {
                shop.lanes.push_back(TRY(lane_entry(lane)));
                return {};
            }));
        } else if (key == "photos") {
            shop.photos = TRY(photos_in(one, key));
        } else {
            return false;
        }
        return true;
    }));
    if (shop.slug.empty()) return refuse(Code::field_missing, "slug", "under which address is it found?");
    if (shop.name.empty()) return refuse(Code::field_missing, "name", "what is the shop called?");
    if (!has_country) return refuse(Code::field_missing, "country", "where is the shop?");
    if (!has_currency) return refuse(Code::field_missing, "currency", "in what does it reckon?");
    return shop;
}

std::string document_of(Shop const& shop) {
    std::string out;
    {
        Writer w(out);
        w.open('{');
        w.text("slug", shop.slug);
        w.text("name", shop.name);
        if (!shop.texts.empty()) write_texts(w, shop.texts);
        w.text("country", shop.country.text());
        if (!shop.place.empty()) w.text("place", shop.place);
        w.text("currency", shop.currency.text());
        write_lanes(w, shop.lanes);
        write_photos(w, shop.photos);
        w.close('}');
    }
    return out;
}

}  // namespace allroads::shop
