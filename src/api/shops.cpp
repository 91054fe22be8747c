// Shops, their products, and finding them.
#include "api/telling.h"
#include "api/verb.h"

#include <array>
#include <charconv>

namespace allroads::api {
namespace {

using wire::Writer;

Result<std::int64_t> version_of(Asked const& asked) {
    auto const text = query_of(asked, "version");
    std::int64_t version = 0;
    auto const [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (text.empty() || wrong != std::errc() || end != text.data() + text.size() || version < 1)
        return refuse(Code::bad_value, "version", "expected the number of the newest version that you saw");
    return version;
}

Result<bool> truth_of(Asked const& asked, std::string_view name) {
    auto const text = query_of(asked, name);
    if (text.empty() || text == "false") return false;
    if (text == "true") return true;
    return refuse(Code::bad_value, name, "expected true or false");
}

// The door that is asked about: `to`, `region`, `buyer`, `road`, `date`.
Result<std::optional<hub::Pricing>> pricing_of(Asked const& asked) {
    auto const to = query_of(asked, "to");
    if (to.empty()) return std::optional<hub::Pricing>();
    auto const named = [&](std::string_view field, auto parse) -> decltype(parse(std::string_view())) {
        auto result = parse(query_of(asked, field));
        if (!result) return std::unexpected(Error(result.error().code(), field, result.error().detail()));
        return result;
    };
    hub::Pricing pricing{.door = {.to = TRY(named("to", Country::parse)),
                                  .date = asked.hub.today(),
                                  .known_on = asked.hub.today()}};
    if (!query_of(asked, "date").empty()) pricing.door.date = TRY(named("date", Day::parse));
    pricing.door.to_region = query_of(asked, "region");
    if (auto const road = query_of(asked, "road"); !road.empty())
        pricing.door.road = TRY(named("road", freight::parse_road));
    if (auto const buyer = query_of(asked, "buyer"); buyer == "business") {
        pricing.door.buyer = quote::Buyer::business;
    } else if (!buyer.empty() && buyer != "consumer") {
        return refuse(Code::bad_value, "buyer", "expected consumer or business");
    }
    if (auto const quantity = query_of(asked, "quantity"); !quantity.empty()) {
        auto const number =
            TRY(named("quantity", [](std::string_view text) { return Decimal::parse(plain_digits(text)); }));
        if (number.is_negative() || number.is_zero() || number > Decimal(1'000'000'000))
            return refuse(Code::bad_quantity, "quantity", "expected more than nothing, at most 1000000000");
        pricing.quantity = number;
    }
    if (auto const currency = query_of(asked, "currency"); !currency.empty())
        pricing.currency = TRY(named("currency", Currency::parse));
    return std::optional(std::move(pricing));
}

Result<Reply> shops_told(Asked const& asked) {
    auto const page = TRY(page_of(asked));
    auto const shops = TRY(asked.hub.shops(TRY(after_of<shop::Shop>(page)), page.rows));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.key("shops");
        w.open('[');
        for (auto const& one : shops) write_shop(w, one);
        w.close(']');
        if (shops.size() == page.rows) w.text("next", shops.back().id.text());
        w.close('}');
    }
    return reply;
}

Reply told(shop::KeptShop const& kept, int status = 200) {
    Reply reply{.status = status};
    {
        Writer w(reply.body);
        write_shop(w, kept);
    }
    return reply;
}

Result<Reply> shop_told(Asked const& asked) {
    return told(TRY(asked.hub.shop(TRY(id_of<shop::Shop>(asked)))));
}

Result<Reply> shop_made(Asked const& asked) {
    auto const id = TRY(asked.hub.make_shop(asked.caller, TRY(json_body(asked))));
    return told(TRY(asked.hub.shop(id)), 201);
}

Result<Reply> shop_changed(Asked const& asked) {
    auto const id = TRY(id_of<shop::Shop>(asked));
    (void)TRY(asked.hub.change_shop(asked.caller, id, TRY(version_of(asked)), TRY(json_body(asked))));
    return told(TRY(asked.hub.shop(id)));
}

// ---- products

Reply told(hub::Shown const& shown, hub::Delivered const* delivered, int status = 200) {
    Reply reply{.status = status};
    {
        Writer w(reply.body);
        w.open('{');
        write_product(w, shown);
        if (delivered != nullptr) write_delivered(w, *delivered);
        w.close('}');
    }
    return reply;
}

Result<Reply> product_told(Asked const& asked) {
    auto const id = TRY(id_of<shop::Product>(asked));
    auto const is_newest = TRY(truth_of(asked, "newest"));
    auto const which = is_newest ? shop::Which::newest : shop::Which::live;
    auto const shown = query_of(asked, "version").empty()
                           ? TRY(asked.hub.product(asked.caller, id, which))
                           : TRY(asked.hub.product_version(asked.caller, id, TRY(version_of(asked))));
    auto const pricing = TRY(pricing_of(asked));
    if (!pricing) return told(shown, nullptr);
    auto const delivered = TRY(asked.hub.delivered(shown, *pricing));
    return told(shown, &delivered);
}

Result<Reply> saved(Asked const& asked, hub::ProductChange const& change, int status) {
    auto const done = TRY(asked.hub.save_product(asked.caller, change));
    return told(TRY(asked.hub.product(asked.caller, done.id, shop::Which::newest)), nullptr, status);
}

Result<Reply> product_made(Asked const& asked) {
    auto const shop = TRY(id_of<shop::Shop>(asked));
    auto const document = TRY(json_body(asked));
    bool const goes_live = TRY(truth_of(asked, "publish"));
    return saved(asked, {.shop = shop, .document = document, .goes_live = goes_live}, 201);
}

Result<Reply> product_changed(Asked const& asked) {
    auto const id = TRY(id_of<shop::Product>(asked));
    auto const before = TRY(asked.hub.product(asked.caller, id, shop::Which::newest));
    auto const expected = TRY(version_of(asked));
    auto const document = TRY(json_body(asked));
    bool const goes_live = TRY(truth_of(asked, "publish"));
    return saved(asked,
                 {.shop = before.shop_id,
                  .product = id,
                  .expected = expected,
                  .document = document,
                  .goes_live = goes_live},
                 200);
}

Result<Reply> state_set(Asked const& asked) {
    auto const id = TRY(id_of<shop::Product>(asked));
    std::optional<shop::State> state;
    TRY_VOID(body_fields(TRY(json_body(asked)),
                         [&](std::string_view key, wire::json::value const& value) -> Result<bool> {
                             if (key != "state") return false;
                             state = TRY(wire::parsed(value, key, shop::parse_state));
                             return true;
                         }));
    if (!state) return refuse(Code::field_missing, "state", "draft, live or withdrawn");
    TRY_VOID(asked.hub.set_state(asked.caller, id, *state));
    return told(TRY(asked.hub.product(asked.caller, id, shop::Which::newest)), nullptr);
}

Result<Reply> versions_told(Asked const& asked) {
    auto const versions = TRY(asked.hub.versions(asked.caller, TRY(id_of<shop::Product>(asked))));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.key("versions");
        w.open('[');
        for (auto const& one : versions) {
            w.open('{');
            w.number("version", one.version);
            w.text("made", text_of(one.at));
            w.close('}');
        }
        w.close(']');
        w.close('}');
    }
    return reply;
}

Result<Reply> products_of_shop(Asked const& asked) {
    auto const page = TRY(page_of(asked));
    auto const after = TRY(after_of<shop::Product>(page));
    auto const which = TRY(truth_of(asked, "newest")) ? shop::Which::newest : shop::Which::live;
    auto const products =
        TRY(asked.hub.products_of(asked.caller, TRY(id_of<shop::Shop>(asked)), which, after, page.rows));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.key("products");
        w.open('[');
        for (auto const& one : products) {
            w.open('{');
            write_product(w, one);
            w.close('}');
        }
        w.close(']');
        if (products.size() == page.rows) w.text("next", products.back().id.text());
        w.close('}');
    }
    return reply;
}

// ---- finding

Result<search::Order> order_of(Asked const& asked) {
    using enum search::Order;
    auto const text = query_of(asked, "order");
    if (text.empty() || text == "relevance") return relevance;
    if (text == "delivered") return delivered;
    if (text == "newest") return newest;
    if (text == "lead-time") return lead_time;
    if (text == "smallest-order") return smallest_order;
    return refuse(Code::bad_value, "order",
                  "expected relevance, delivered, newest, lead-time or smallest-order");
}

// A facet may be given several times: any of its values is wanted.
std::vector<std::string> values_of(Asked const& asked, std::string_view name) {
    std::vector<std::string> values;
    for (auto const& pair : asked.http.query) {
        if (pair.name == name && !pair.value.empty()) values.push_back(pair.value);
    }
    return values;
}

Result<search::Query> query_in(Asked const& asked) {
    auto const page = TRY(page_of(asked));
    auto const order = TRY(order_of(asked));
    search::Query query{.words = std::string(query_of(asked, "q")),
                        .language = std::string(query_of(asked, "lang")),
                        .wanted = {.categories = values_of(asked, "category"),
                                   .materials = values_of(asked, "material"),
                                   .certificates = values_of(asked, "certificate")},
                        .order = order,
                        .page = page.rows,
                        .cursor = std::string(page.after)};
    for (auto const& origin : values_of(asked, "origin")) {
        auto const country = Country::parse(origin);
        if (!country) return std::unexpected(country.error().within("origin"));
        query.wanted.origins.push_back(*country);
    }
    auto const pricing = TRY(pricing_of(asked));
    if (!pricing) return query;
    query.door = pricing->door;
    if (pricing->quantity) {
        auto const thousandths = TRY(product(*pricing->quantity, Decimal(1000))).rounded(0, Round::up);
        query.quantity = static_cast<std::int64_t>(thousandths.coefficient());
    }
    return query;
}

void write_hit(Writer& w, search::Hit const& hit, hub::Shown const& shown) {
    w.open('{');
    write_product(w, shown);
    w.decimal("quantity", Decimal::of(hit.quantity, 3).stripped());
    if (hit.goods) {
        w.money("goods", *hit.goods);
        w.text("goods_currency", hit.goods->currency().text());
    }
    if (hit.freight) w.money("freight", *hit.freight);
    if (hit.landed) {
        w.money("landed", *hit.landed);
        w.text("landed_currency", hit.landed->currency().text());
    }
    w.key("complete");
    w.raw(hit.is_complete ? "true" : "false");
    w.key("freight_known");
    w.raw(hit.freight ? "true" : "false");
    w.number("days_min", hit.days_min);
    w.number("days_max", hit.days_max);
    w.close('}');
}

void write_counts(Writer& w, std::string_view name, std::vector<search::Count> const& counts) {
    w.key(name);
    w.open('[');
    for (auto const& one : counts) {
        w.open('{');
        w.text("value", one.value);
        w.number("count", one.count);
        w.close('}');
    }
    w.close(']');
}

// A refusal names the field as it stands in the address.
template <class T>
Result<T> renamed(Result<T> found) {
    if (found || (found.error().field() != "cursor" && found.error().field() != "words")) return found;
    auto const& error = found.error();
    return refuse(error.code(), error.field() == "cursor" ? "after" : "q", error.detail());
}

Result<Reply> found(Asked const& asked) {
    auto const found = TRY(renamed(asked.hub.find(TRY(query_in(asked)))));
    auto const& answer = found.answer;
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.number("total", static_cast<std::int64_t>(answer.total));
        w.number("words_asked", answer.words_asked);
        w.number("words_matched", answer.words_matched);
        if (!answer.did_you_mean.empty()) w.text("did_you_mean", answer.did_you_mean);
        if (answer.unpriced) w.text("unpriced", answer.unpriced->sentence());
        w.key("products");
        w.open('[');
        for (std::size_t i = 0; i < found.products.size(); ++i)
            write_hit(w, answer.hits[i], found.products[i]);
        w.close(']');
        w.key("facets");
        w.open('{');
        write_counts(w, "category", answer.counts.categories);
        write_counts(w, "material", answer.counts.materials);
        write_counts(w, "certificate", answer.counts.certificates);
        write_counts(w, "origin", answer.counts.origins);
        w.close('}');
        if (!answer.next.empty()) w.text("next", answer.next);
        w.close('}');
    }
    return reply;
}

// ---- the table

constexpr std::string_view id_schema = R"({"type":"string","pattern":"^[0-9a-z]{26}$"})";
constexpr std::string_view country_schema = R"({"$ref":"#/components/schemas/CountryCode"})";
constexpr std::string_view version_schema = R"({"type":"integer","minimum":1})";
constexpr std::string_view truth_schema = R"({"type":"boolean"})";
constexpr std::string_view text_schema = R"({"type":"string","maxLength":200})";
constexpr Parameter id{
    .name = "id", .in = "path", .schema = id_schema, .about = "Its id", .is_required = true};
constexpr Parameter rows{.name = "rows",
                         .in = "query",
                         .schema = R"({"type":"integer","minimum":1,"maximum":100,"default":20})",
                         .about = "Of a page"};
constexpr Parameter after{
    .name = "after", .in = "query", .schema = text_schema, .about = "`next` of the page before"};
constexpr Parameter version{.name = "version",
                            .in = "query",
                            .schema = version_schema,
                            .about = "The newest version that you saw: refused where another came in between",
                            .is_required = true};
constexpr Parameter publish{
    .name = "publish", .in = "query", .schema = truth_schema, .about = "Everybody sees it from now on"};
constexpr Parameter newest{.name = "newest",
                           .in = "query",
                           .schema = truth_schema,
                           .about = "The keeper's newest version instead of the live one"};
constexpr Parameter to{.name = "to",
                       .in = "query",
                       .schema = country_schema,
                       .about = "The door: what it costs delivered there is worked out",
                       .example = R"("DE")"};
constexpr Parameter region{
    .name = "region", .in = "query", .schema = text_schema, .about = "Of the door, such as GB-NIR"};
constexpr Parameter buyer{.name = "buyer",
                          .in = "query",
                          .schema = R"({"type":"string","enum":["consumer","business"]})",
                          .about = "Who stands at the door; a consumer where not given"};
constexpr Parameter road{.name = "road",
                         .in = "query",
                         .schema = R"({"type":"string","enum":["post","express","air","sea","road","rail"]})",
                         .about = "express where not given"};
constexpr Parameter date{.name = "date",
                         .in = "query",
                         .schema = R"({"$ref":"#/components/schemas/Day"})",
                         .about = "Of entry; today where not given"};
constexpr Parameter quantity{.name = "quantity",
                             .in = "query",
                             .schema = R"({"type":"string","pattern":"^[0-9]{1,9}(\\.[0-9]{1,3})?$"})",
                             .about = "The smallest order where not given or smaller"};
constexpr Parameter currency{.name = "currency",
                             .in = "query",
                             .schema = R"({"$ref":"#/components/schemas/CurrencyCode"})",
                             .about = "Of the answer; that of the door where not given"};
constexpr Parameter facet(std::string_view name) {
    return {.name = name,
            .in = "query",
            .schema = R"({"type":"array","items":{"type":"string","maxLength":60},"maxItems":50})",
            .about = "Any of these",
            .is_list = true};
}
constexpr std::array page_parameters{rows, after};
constexpr std::array id_parameters{id};
constexpr std::array change_parameters{id, version};
constexpr std::array make_parameters{id, publish};
constexpr std::array save_parameters{id, version, publish};
constexpr std::array list_parameters{id, rows, after, newest};
constexpr std::array product_parameters{
    id,
    newest,
    to,
    region,
    buyer,
    road,
    date,
    quantity,
    currency,
    Parameter{.name = "version", .in = "query", .schema = version_schema, .about = "An older version"}};
constexpr std::array find_parameters{
    Parameter{.name = "q",
              .in = "query",
              .schema = R"({"type":"string","maxLength":500})",
              .about = "Words in any language",
              .example = R"("basket")"},
    Parameter{.name = "lang", .in = "query", .schema = text_schema, .about = "Language of the words"},
    to,
    region,
    buyer,
    road,
    date,
    quantity,
    Parameter{
        .name = "order",
        .in = "query",
        .schema =
            R"({"type":"string","enum":["relevance","delivered","newest","lead-time","smallest-order"]})",
        .about = "delivered: by what it costs at the door"},
    facet("category"),
    facet("material"),
    facet("certificate"),
    facet("origin"),
    rows,
    after};

constexpr std::array kept{Code::not_found, Code::conflict, Code::not_allowed, Code::field_missing,
                          Code::bad_value};
constexpr std::array lost{Code::not_found, Code::no_market, Code::no_exchange_rate};

constexpr std::string_view example_shop =
    R"({"slug":"example-baskets","name":"Example Baskets","country":"KE","place":"Kisumu","currency":"USD",)"
    R"("lanes":[{"to":[],"road":"post","base":"8.00","per_kg":"14.00","currency":"USD","days_min":10,)"
    R"("days_max":25,"grams_max":20000}]})";
constexpr std::string_view example_product =
    R"({"sku":"B-1","texts":[{"language":"en","title":"Sisal bread basket"}],"category":"baskets",)"
    R"("tiers":[{"from":"10","price":"4.50","currency":"USD"}],"unit":"H87","supply":"made-to-order",)"
    R"("lead_days":21,"hs":"460219","hs_permille":900,"hs_by":"seller","origin":"KE","ships_from":"KE",)"
    R"("terms":"FCA","terms_place":"Kisumu","net_grams":350,"gross_grams":420,"materials":["sisal"]})";

constexpr std::array shop_table{
    Verb{.method = "GET",
         .pattern = "/api/v1/shops",
         .id = "shops",
         .tag = "Shops",
         .summary = "All shops of the hub",
         .about = "",
         .parameters = page_parameters,
         .gives = "Shops",
         .answer = shops_told,
         .is_for_everybody = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/shops",
         .id = "makeShop",
         .tag = "Shops",
         .summary = "Opens a shop",
         .about = "It gets keys of its own, by which its listings are signed.",
         .takes = "ShopDocument",
         .example = example_shop,
         .gives = "Shop",
         .status = 201,
         .refusals = kept,
         .answer = shop_made,
         .scope = "shops:write"},
    Verb{.method = "GET",
         .pattern = "/api/v1/shops/{id}",
         .id = "shop",
         .tag = "Shops",
         .summary = "A shop",
         .about = "",
         .parameters = id_parameters,
         .gives = "Shop",
         .refusals = lost,
         .answer = shop_told,
         .is_for_everybody = true},
    Verb{.method = "PUT",
         .pattern = "/api/v1/shops/{id}",
         .id = "changeShop",
         .tag = "Shops",
         .summary = "Changes a shop",
         .about = "",
         .parameters = change_parameters,
         .takes = "ShopDocument",
         .gives = "Shop",
         .refusals = kept,
         .answer = shop_changed,
         .scope = "shops:write"},
    Verb{.method = "GET",
         .pattern = "/api/v1/shops/{id}/products",
         .id = "productsOfShop",
         .tag = "Products",
         .summary = "The products of a shop",
         .about = "",
         .parameters = list_parameters,
         .gives = "Products",
         .refusals = lost,
         .answer = products_of_shop,
         .is_for_everybody = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/shops/{id}/products",
         .id = "makeProduct",
         .tag = "Products",
         .summary = "Adds a product, as a draft or for everybody",
         .about = "",
         .parameters = make_parameters,
         .takes = "ProductDocument",
         .example = example_product,
         .gives = "Product",
         .status = 201,
         .refusals = kept,
         .answer = product_made,
         .scope = "products:write"},
};

constexpr std::array product_table{
    Verb{.method = "GET",
         .pattern = "/api/v1/products",
         .id = "find",
         .tag = "Products",
         .summary = "Finds products, ranked by what they cost at a door",
         .about =
             "Words in any language, with small spelling errors. With `to` each product has its delivered "
             "price; what is not known is told, and stands last.",
         .parameters = find_parameters,
         .gives = "FoundProducts",
         .refusals = lost,
         .answer = found,
         .is_for_everybody = true},
    Verb{.method = "GET",
         .pattern = "/api/v1/products/{id}",
         .id = "product",
         .tag = "Products",
         .summary = "A product, and with `to` what it costs there and why",
         .about = "",
         .parameters = product_parameters,
         .gives = "Product",
         .refusals = lost,
         .answer = product_told,
         .is_for_everybody = true},
    Verb{.method = "PUT",
         .pattern = "/api/v1/products/{id}",
         .id = "changeProduct",
         .tag = "Products",
         .summary = "A further version of a product",
         .about = "What was agreed on an older version stays as it was.",
         .parameters = save_parameters,
         .takes = "ProductDocument",
         .gives = "Product",
         .refusals = kept,
         .answer = product_changed,
         .scope = "products:write"},
    Verb{.method = "PUT",
         .pattern = "/api/v1/products/{id}/state",
         .id = "setState",
         .tag = "Products",
         .summary = "Publishes a product, or withdraws it",
         .about = "",
         .parameters = id_parameters,
         .takes = "StateDocument",
         .example = R"({"state":"withdrawn"})",
         .gives = "Product",
         .refusals = kept,
         .answer = state_set,
         .scope = "products:write"},
    Verb{.method = "GET",
         .pattern = "/api/v1/products/{id}/versions",
         .id = "versions",
         .tag = "Products",
         .summary = "The versions of a product, newest first",
         .about = "",
         .parameters = id_parameters,
         .gives = "Versions",
         .refusals = lost,
         .answer = versions_told,
         .scope = "products:read"},
};

}  // namespace

std::span<Verb const> shop_verbs() { return shop_table; }
std::span<Verb const> product_verbs() { return product_table; }

}  // namespace allroads::api
