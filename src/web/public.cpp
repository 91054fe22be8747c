// What everybody sees: home, the door, search, a product, a shop, how we reckon, pictures.
#include "web/forms.h"
#include "web/showing.h"

#include <algorithm>
#include <charconv>

namespace allroads::web {
namespace {

using locale::to_say;

std::string origin_of(Visit const& visit) { return visit.http.origin(); }

constexpr std::int32_t list_width = 320;
constexpr std::int32_t product_width = 640;
constexpr std::size_t hits_on_page = 20;
constexpr std::size_t hits_at_home = 8;

// ---- home -------------------------------------------------------------------------------------------------

Result<net::Response> home(Visit& visit) {
    Page page;
    search::Query query{.order = search::Order::newest, .door = visit.quote_door(), .page = hits_at_home};
    auto const found = TRY(visit.site.hub.find(query));
    for (auto const& count : found.answer.counts.categories) {
        auto& kind = page.add("KINDS");
        kind.set("KIND_URL", "/search?category=" + net::percent_encoded(count.value));
        kind.set("KIND_NAME", name_of_key(visit, shop::categories(), count.value));
        kind.set("KIND_COUNT", visit.tongue.number(Decimal(std::int64_t{count.count})));
    }
    if (!found.products.empty()) {
        auto& hits = page.add("HAS_HITS");
        for (std::size_t i = 0; i < found.products.size(); ++i)
            add_hit(hits, visit, found.products[i], visit.door ? &found.answer.hits[i] : nullptr, false);
    }
    set_example(page, visit, found.products);
    set_short_door_form(page, visit, "/search");
    return answer(visit, "home", page);
}

// ---- the door ---------------------------------------------------------------------------------------------

// Only a path of this hub: anything else could lead a visitor away.
std::string own_path(std::string_view text) { return path_within(text, "/"); }

Result<net::Response> door(Visit& visit) {
    Page page;
    set_door_form(page, visit, own_path(visit.query("back")));
    return answer(visit, "door", page);
}

Result<net::Response> door_chosen(Visit& visit) {
    auto const form = TRY(net::form_of(visit.http));
    auto const back = own_path(form.value("back"));
    if (form.value("to") == "other") {
        auto const buyer = form.value("buyer") == "business" ? "&buyer=business" : "";
        return net::redirect("/door?back=" + net::percent_encoded(back) + buyer);
    }
    auto const to = Country::parse(form.value("to"));
    if (!to) {
        Page page;
        page.add("DOOR_PROBLEM").set("PROBLEM_TEXT", visit.say("Choose the country to deliver to."));
        set_door_form(page, visit, back);
        return answer(visit, "door", page, 422);
    }
    ChosenDoor const chosen{*to, form.value("buyer") != "business"};
    constexpr std::chrono::seconds lasts = std::chrono::days(365);
    if (auto cookie = net::set_cookie({.name = net::own_cookie_name(visit.http, "door"),
                                       .value = text_of(chosen),
                                       .lasts = lasts,
                                       .is_secure = visit.http.is_tls}))
        visit.headers.push_back(std::move(*cookie));
    return net::redirect(back);
}

// ---- search -----------------------------------------------------------------------------------------------

struct OrderName {
    std::string_view value;
    std::string_view name;
    search::Order order;
};
constexpr OrderName orders[] = {
    {"delivered", to_say("Delivered price"), search::Order::delivered},
    {"relevance", to_say("Best match"), search::Order::relevance},
    {"newest", to_say("Newest"), search::Order::newest},
    {"lead-time", to_say("Soonest ready"), search::Order::lead_time},
    {"smallest-order", to_say("Smallest order"), search::Order::smallest_order},
};

// Without an order in the address: by what it costs, as soon as that can be told.
OrderName const& order_of(Visit const& visit) {
    auto const asked = visit.query("order");
    auto const otherwise = visit.door ? std::string_view("delivered") : std::string_view("relevance");
    for (auto const wanted : {asked, otherwise}) {
        for (auto const& one : orders) {
            if (one.value == wanted && (visit.door || one.order != search::Order::delivered)) return one;
        }
    }
    return orders[1];
}

std::vector<std::string> values_of(Visit const& visit, std::string_view name) {
    std::vector<std::string> values;
    for (auto const& pair : visit.http.query) {
        if (pair.name == name && !pair.value.empty()) values.push_back(pair.value);
    }
    return values;
}

// A number as people type it; nothing where it is none.
std::optional<Decimal> quantity_in(Visit const& visit) {
    auto const text = visit.query("quantity");
    if (text.empty()) return std::nullopt;
    auto const number = visit.tongue.read_number(text);
    if (!number || number->is_negative() || number->is_zero() || *number > Decimal(1'000'000'000))
        return std::nullopt;
    return number->rounded(3, Round::up);
}

search::Query query_of(Visit const& visit) {
    search::Query query{.words = std::string(visit.query("q")),
                        .language = std::string(visit.language()),
                        .wanted = {.categories = values_of(visit, "category"),
                                   .materials = values_of(visit, "material"),
                                   .certificates = values_of(visit, "certificate")},
                        .order = order_of(visit).order,
                        .door = visit.quote_door(),
                        .page = hits_on_page,
                        .cursor = std::string(visit.query("after"))};
    for (auto const& origin : values_of(visit, "origin")) {
        if (auto const country = Country::parse(origin)) query.wanted.origins.push_back(*country);
    }
    if (auto const quantity = quantity_in(visit)) {
        auto const thousandths = product(*quantity, Decimal(1000));
        if (thousandths)
            query.quantity = static_cast<std::int64_t>(thousandths->rounded(0, Round::up).coefficient());
    }
    return query;
}

struct FacetShown {
    std::string_view field, name;
    std::vector<search::Count> const& counts;
    std::vector<std::string> chosen;
    std::function<std::string(std::string_view)> name_of;
};

void add_facet(Page& page, Visit const& visit, FacetShown const& facet) {
    if (facet.counts.empty()) return;
    auto& section = page.add("FACETS");
    section.set("FACET_NAME", visit.say(facet.name));
    constexpr std::size_t shown_max = 12;
    std::size_t number = 0;
    for (auto const& count : facet.counts) {
        bool const is_chosen = std::ranges::find(facet.chosen, count.value) != facet.chosen.end();
        if (number++ >= shown_max && !is_chosen) continue;
        auto& choice = section.add("FACET_CHOICES");
        choice.set("CHOICE_ID", "f-" + std::string(facet.field) + "-" + std::to_string(number));
        choice.set("CHOICE_FIELD", facet.field);
        choice.set("CHOICE_VALUE", count.value);
        choice.set("CHOICE_NAME", facet.name_of(count.value));
        choice.set("CHOICE_COUNT", visit.tongue.number(Decimal(std::int64_t{count.count})));
        if (is_chosen) choice.show("CHOICE_CHOSEN");
    }
}

void add_facets(Page& page, Visit const& visit, search::Answer const& answer) {
    auto const named = [&](std::span<shop::Named const> known) {
        return [&visit, known](std::string_view key) { return name_of_key(visit, known, key); };
    };
    auto const country = [&visit](std::string_view code) {
        auto const parsed = Country::parse(code);
        return parsed ? std::string(visit.tongue.country_name(*parsed)) : std::string(code);
    };
    FacetShown const facets[] = {
        {"category", to_say("Kind of goods"), answer.counts.categories, values_of(visit, "category"),
         named(shop::categories())},
        {"origin", to_say("Made in"), answer.counts.origins, values_of(visit, "origin"), country},
        {"material", to_say("Material"), answer.counts.materials, values_of(visit, "material"),
         named(shop::materials())},
        {"certificate", to_say("Certificate"), answer.counts.certificates, values_of(visit, "certificate"),
         named(shop::certificates())},
    };
    bool is_filtered = false;
    for (auto const& facet : facets) {
        add_facet(page, visit, facet);
        is_filtered = is_filtered || !facet.chosen.empty();
    }
    if (is_filtered)
        page.add("FILTERED").set("CLEAR_URL", "/search?q=" + net::percent_encoded(visit.query("q")));
}

std::string heading_of(Visit const& visit, search::Answer const& answer) {
    auto const total = static_cast<std::int64_t>(answer.total);
    auto const words = visit.query("q");
    auto const goods = visit.tongue.say_many("{1} good", "{1} goods", total);
    if (words.empty()) return goods;
    return locale::fill(visit.say("{{GOODS}} for “{{WORDS}}”"),
                        {{"GOODS", goods}, {"WORDS", excerpt(words, 80)}});
}

void set_order(Page& page, Visit const& visit, OrderName const& order) {
    for (auto const& one : orders) {
        if (one.order == search::Order::delivered && !visit.door) continue;
        auto& option = page.add("ORDERS");
        option.set("ORDER_VALUE", one.value);
        option.set("ORDER_NAME", visit.say(one.name));
        if (one.order == order.order) option.show("ORDER_CHOSEN");
    }
    if (order.order == search::Order::delivered) {
        page.add("SEARCH_ORDER")
            .set("ORDER_TEXT",
                 visit.say("Cheapest at your door first; what is not completely priced stands last."));
    }
}

// All goods and each kind of goods may stand in search engines; words, filters and later pages may not.
void set_listed(Page& page, Visit const& visit) {
    auto const is_free = [](net::Pair const& one) {
        return one.name == "lang" || one.name == "category" || one.value.empty();
    };
    auto const categories = values_of(visit, "category");
    if (categories.size() > 1 || !std::ranges::all_of(visit.http.query, is_free)) {
        page.show("SEARCH_UNLISTED");
        return;
    }
    page.add("SEARCH_LISTED")
        .set("SEARCH_CANONICAL",
             origin_of(visit) + "/search" +
                 (categories.empty() ? "" : "?category=" + net::percent_encoded(categories.front())));
}

Result<net::Response> search_shown(Visit& visit) {
    auto query = query_of(visit);
    auto const* order = &order_of(visit);
    auto asked = visit.site.hub.find(query);
    // Of a country without rules here goods are shown all the same, each told to have no price there.
    if (!asked && asked.error().code() == Code::no_market && query.order == search::Order::delivered) {
        order = &orders[1];
        query.order = order->order;
        asked = visit.site.hub.find(query);
    }
    if (!asked) return std::unexpected(asked.error());
    auto const& found = *asked;
    auto const& hits = found.answer;
    Page page;
    page.set("SEARCH_HEADING", heading_of(visit, hits));
    set_listed(page, visit);
    set_order(page, visit, *order);
    if (!hits.did_you_mean.empty()) {
        auto& section = page.add("SUGGESTED");
        section.set("SUGGESTED_URL", "/search?q=" + net::percent_encoded(hits.did_you_mean));
        section.set("SUGGESTED_QUERY", hits.did_you_mean);
    }
    auto const quantity = quantity_in(visit);
    page.set("QUANTITY", quantity ? quantity->brief() : std::string());
    std::size_t incomplete = 0;
    for (auto const& hit : hits.hits) incomplete += visit.door && !hit.is_complete ? 1U : 0U;
    if (incomplete > 0 && incomplete < hits.hits.size()) {
        page.add("INCOMPLETE")
            .set("INCOMPLETE_TEXT",
                 visit.tongue.say_many("{1} of the goods on this page is not completely priced.",
                                       "{1} of the goods on this page are not completely priced.",
                                       static_cast<std::int64_t>(incomplete)));
    }
    if (found.products.empty()) {
        page.show("EMPTY");
    } else {
        auto& list = page.add("HAS_HITS");
        for (std::size_t i = 0; i < found.products.size(); ++i)
            add_hit(list, visit, found.products[i], visit.door ? &hits.hits[i] : nullptr, i < 2);
    }
    add_facets(page, visit, hits);
    if (!hits.next.empty()) {
        auto& paging = page.add("PAGING");
        paging.add("PAGING_AFTER").set("AFTER_URL", visit.here_with("after", hits.next));
    }
    return answer(visit, "search", page);
}

// ---- a product --------------------------------------------------------------------------------------------

void add_fact(Page& page, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    auto& fact = page.add("FACTS");
    fact.set("FACT_NAME", name);
    fact.set("FACT_VALUE", value);
}

std::string names_of(Visit const& visit, std::span<shop::Named const> known,
                     std::vector<std::string> const& keys) {
    std::string text;
    for (auto const& key : keys) text += (text.empty() ? "" : ", ") + name_of_key(visit, known, key);
    return text;
}

void set_facts(Page& page, Visit const& visit, hub::Shown const& shown) {
    auto const& product = *shown.product;
    if (product.hs) {
        auto& fact = page.add("FACTS");
        fact.set("FACT_NAME", visit.say("Customs code"));
        fact.set("FACT_VALUE", product.hs->dotted());
        // A seller may be right about the code and still has not asked customs.
        fact.show(product.hs_by == "broker" ? Name("FACT_SURE") : Name("FACT_UNSURE"));
    }
    add_fact(page, visit.say("Made in"), visit.tongue.country_name(product.origin));
    add_fact(page, visit.say("Sent from"), visit.tongue.country_name(product.ships_from));
    add_fact(page, visit.say("Materials"), names_of(visit, shop::materials(), product.materials));
    add_fact(page, visit.say("Certificates"), names_of(visit, shop::certificates(), product.certificates));
    add_fact(page, visit.say("Ready"), ready_text(visit, product));
    auto const weight = [&](std::string_view name, std::int64_t grams) {
        if (grams > 0) {
            add_fact(
                page, name,
                visit.tongue.quantity({.amount = Decimal::of(grams, 3).stripped(), .unit = unit::kilogram}));
        }
    };
    weight(visit.say("Weight"), product.net_grams);
    weight(visit.say("Weight, packed"), product.gross_grams);
    add_fact(page, visit.say("Seller's number"), product.sku);
}

void set_tiers(Page& page, Visit const& visit, shop::Product const& product, Decimal const& quantity) {
    auto& section = page.add("TIERS");
    auto const chosen = shop::unit_price(product, quantity);
    bool is_marked = false;
    for (auto const& tier : product.tiers) {
        auto& row = section.add("TIER_LIST");
        row.set("TIER_FROM", locale::fill(visit.say("from {{QUANTITY}}"),
                                          {{"QUANTITY", quantity_text(visit, tier.from, product.unit)}}));
        row.set("TIER_PRICE", visit.tongue.money(tier.price));
        if (!is_marked && chosen && *chosen == tier.price) {
            row.show("TIER_CHOSEN");
            is_marked = true;
        }
    }
    section.set("PRICE_TERMS", std::string(quote::text_of(product.terms)) +
                                   (product.terms_place.empty() ? "" : " " + product.terms_place));
    section.set("PRICE_TERMS_WORDS", visit.say(terms_words(product.terms)));
}

void set_texts(Page& page, Visit const& visit, shop::Product const& product, shop::Text const& text) {
    page.set("PRODUCT_TITLE", text.title);
    page.set("PRODUCT_LANG", text.language);
    page.set("PRODUCT_SUMMARY", summary_of(text.description.empty() ? text.title : text.description));
    for (auto const& paragraph : paragraphs_of(text.description))
        page.add("PARAGRAPHS").set("PARAGRAPH_TEXT", paragraph);
    Page* others = nullptr;
    for (auto const& other : product.texts) {
        if (other.language == text.language) continue;
        if (others == nullptr) others = &page.add("OTHER_TEXTS");
        auto& one = others->add("TEXT_LIST");
        one.set("TEXT_URL", visit.here_with("text", other.language));
        one.set("TEXT_LANG", other.language);
        auto const known = locale::Language::parse(other.language);
        one.set("TEXT_NAME", known ? known->own_name() : std::string_view(other.language));
    }
}

shop::Text const& text_asked(Visit const& visit, shop::Product const& product) {
    auto const asked = visit.query("text");
    auto const found = std::ranges::find(product.texts, asked, &shop::Text::language);
    return !asked.empty() && found != product.texts.end() ? *found : shop::text_in(product, visit.language());
}

void set_quantity(Page& page, Visit const& visit, hub::Shown const& shown, Decimal const& quantity) {
    auto const& product = *shown.product;
    auto const smallest = product.tiers.front().from;
    page.set("QUANTITY", quantity.brief());
    page.set("QUANTITY_UNIT", visit.say(product.unit.name()));
    page.set("QUANTITY_MINIMUM", locale::fill(visit.say("The smallest order is {{QUANTITY}}."),
                                              {{"QUANTITY", quantity_text(visit, smallest, product.unit)}}));
    page.set("REPRICE_URL", address_of(shown));
    bool const is_typed = !visit.query("quantity").empty();
    auto const asked = quantity_in(visit);
    if (is_typed && !asked)
        page.add("QUANTITY_PROBLEM").set("QUANTITY_PROBLEM_TEXT", visit.say("This is no number of goods."));
    if (asked && *asked < smallest) {
        page.add("QUANTITY_PROBLEM")
            .set("QUANTITY_PROBLEM_TEXT",
                 visit.say("Fewer are not sold; the price is for the smallest order."));
    }
}

Result<net::Response> product_shown(Visit& visit) {
    auto const id = shop::ProductId::parse(visit.http.parameter("id"));
    if (!id) return refuse(Code::not_found, "product", "there is no such product");
    auto const shown = TRY(visit.site.hub.product(visit.caller, *id, shop::Which::live));
    auto const& product = *shown.product;
    auto const& text = text_asked(visit, product);
    Page page;
    set_crumbs(
        page,
        {{"/", "Allroads"},
         {"/search?category=" + product.category, name_of_key(visit, shop::categories(), product.category)}},
        text.title);
    set_texts(page, visit, product, text);
    auto const canonical = origin_of(visit) + address_of(shown);
    page.set("PRODUCT_CANONICAL", canonical);
    if (shown.state == shop::State::withdrawn) page.show("PRODUCT_WITHDRAWN");
    if (shown.state == shop::State::live) {
        auto& order = page.add("PRODUCT_TO_ORDER");
        order.set("PRODUCT_ID", shown.id.text());
        order.set("PRODUCT_NUMBERS", visit.language());
    }
    add_photos(page, product, product_width);
    page.set("SHOP_URL", "/shops/" + shown.shop->slug);
    page.set("SHOP_NAME", shown.shop->name);
    page.set("SHOP_WHERE", where_of(visit, *shown.shop));
    auto const smallest = product.tiers.front().from;
    auto const quantity = std::max(quantity_in(visit).value_or(smallest), smallest);
    set_quantity(page, visit, shown, quantity);
    set_tiers(page, visit, product, quantity);
    if (auto const door = visit.quote_door()) {
        auto const delivered = visit.site.hub.delivered(shown, {.door = *door, .quantity = quantity});
        auto& slip = page.add("SLIP");
        if (delivered) {
            set_slip(slip, visit, shown, *delivered);
            set_papers(page, visit, *delivered);
        } else {
            slip.show("SLIP_REFUSED");
            slip.add("UNKNOWNS").add("UNKNOWN_LIST").set("UNKNOWN_TEXT", words_of(visit, delivered.error()));
        }
    } else {
        set_short_door_form(page.add("NO_SLIP"), visit, visit.here_with("lang", ""));
    }
    set_facts(page, visit, shown);
    std::vector<std::string> pictures;
    for (auto const& photo : product.photos)
        pictures.push_back(origin_of(visit) + "/photos/" + photo.digest + "-1280.jpg");
    auto const shop_page = origin_of(visit) + "/shops/" + shown.shop->slug;
    if (auto const data = feeds::json_ld(
            product, visit.language(),
            {.page = canonical, .pictures = pictures, .shop_name = shown.shop->name, .shop_page = shop_page}))
        page.set("PRODUCT_DATA_JSON", json_in_page(*data));
    return answer(visit, "product", page);
}

// ---- a shop -----------------------------------------------------------------------------------------------

void set_lanes(Page& page, Visit const& visit, shop::Shop const& shop) {
    if (visit.door) {
        auto const serves = [&](shop::Lane const& lane) {
            return lane.to.empty() || std::ranges::find(lane.to, visit.door->to) != lane.to.end();
        };
        auto const name = shop.lanes.empty()                        ? Name("SHOP_SENDING_UNKNOWN")
                          : std::ranges::any_of(shop.lanes, serves) ? Name("SHOP_SENDS_HERE")
                                                                    : Name("SHOP_SENDS_NOT_HERE");
        page.add(name).set("DOOR_COUNTRY", visit.tongue.country_name(visit.door->to));
    }
    if (shop.lanes.empty()) return;
    auto& section = page.add("LANES");
    for (auto const& lane : shop.lanes) {
        auto& row = section.add("LANE_LIST");
        std::string to;
        constexpr std::size_t named_max = 6;
        for (std::size_t i = 0; i < std::min(lane.to.size(), named_max); ++i)
            to += (to.empty() ? "" : ", ") + std::string(visit.tongue.country_name(lane.to[i]));
        if (lane.to.size() > named_max) to += " …";
        row.set("LANE_TO", to.empty() ? std::string(visit.say("everywhere")) : to);
        row.set("LANE_ROAD", visit.say(road_words(lane.road)));
        row.set("LANE_PRICE", locale::fill(visit.say("{{BASE}} and {{PER_KG}} a kilogram"),
                                           {{"BASE", visit.tongue.money(lane.base)},
                                            {"PER_KG", visit.tongue.money(lane.per_kg)}}));
        row.set("LANE_DAYS", visit.tongue.number(Decimal(lane.days_min)) + "–" +
                                 visit.tongue.number(Decimal(lane.days_max)));
    }
}

std::string fingerprint_of(std::string_view key) {
    std::string text;
    for (char const letter : key.substr(0, 8)) {
        auto const byte = static_cast<unsigned char>(letter);
        if (!text.empty()) text += ' ';
        text += "0123456789abcdef"[byte >> 4U];
        text += "0123456789abcdef"[byte & 15U];
    }
    return text;
}

Result<net::Response> shop_shown(Visit& visit) {
    auto const kept = TRY(visit.site.hub.shop_of(visit.http.parameter("slug")));
    auto const shop = TRY(shop::parse_shop(kept.document));
    Page page;
    set_crumbs(page, {{"/", "Allroads"}}, shop.name);
    page.set("SHOP_NAME", shop.name);
    page.set("SHOP_WHERE", where_of(visit, shop));
    page.set("SHOP_CANONICAL", origin_of(visit) + "/shops/" + shop.slug);
    auto text = std::ranges::find(shop.texts, visit.language(), &shop::Text::language);
    if (text == shop.texts.end()) text = std::ranges::find(shop.texts, "en", &shop::Text::language);
    if (text == shop.texts.end()) text = shop.texts.begin();
    if (text != shop.texts.end()) {
        page.set("SHOP_LANG", text->language);
        for (auto const& paragraph : paragraphs_of(text->description))
            page.add("SHOP_PARAGRAPHS").set("PARAGRAPH_TEXT", paragraph);
    }
    page.set("SHOP_SUMMARY", summary_of(text == shop.texts.end() ? shop.name : text->description));
    page.add("SHOP_KEY").set("KEY_FINGERPRINT", fingerprint_of(kept.open_key));
    std::optional<shop::ProductId> after;
    if (auto const asked = shop::ProductId::parse(visit.query("after"))) after = *asked;
    auto const products =
        TRY(visit.site.hub.products_of(visit.caller, kept.id, shop::Which::live, after, hits_on_page));
    page.set("SHOP_HEADING", visit.say("Goods of this shop"));
    if (products.empty()) {
        page.show("EMPTY");
    } else {
        auto& list = page.add("HAS_HITS");
        for (auto const& one : products) {
            auto const hit = visit.door ? visit.site.hub.hit_of(one, *visit.quote_door()) : std::nullopt;
            add_hit(list, visit, one, hit ? &*hit : nullptr);
        }
        if (products.size() == hits_on_page) {
            page.add("PAGING")
                .add("PAGING_AFTER")
                .set("AFTER_URL", visit.here_with("after", products.back().id.text()));
        }
    }
    set_lanes(page, visit, shop);
    return answer(visit, "shop", page);
}

Result<net::Response> reckoning(Visit& visit) {
    Page page;
    auto const books = visit.site.hub.books();
    if (books) {
        page.set("MARKETS_TEXT",
                 visit.tongue.say_many("The books hold rules of {1} market.",
                                       "The books hold rules of {1} markets.",
                                       static_cast<std::int64_t>((*books)->markets().size())));
    }
    return answer(visit, "reckoning", page);
}

Result<net::Response> not_found(Visit&) { return refuse(Code::not_found, "", ""); }

// ---- pictures ---------------------------------------------------------------------------------------------

// "<digest>-320.webp"; names tell what they hold, so they are kept for a year, but for what stands in for it.
net::Response picture(hub::Hub& hub, net::Request const& http) {
    auto const name = http.parameter("file");
    auto const dash = name.rfind('-');
    auto const dot = name.rfind('.');
    if (dash == std::string_view::npos || dot == std::string_view::npos || dot < dash)
        return net::problem(Code::not_found);
    auto const format = photo::format_of(name.substr(dot));
    auto const size = name.substr(dash + 1, dot - dash - 1);
    std::int32_t width = 0;
    auto const [end, wrong] = std::from_chars(size.data(), size.data() + size.size(), width);
    bool const is_offered =
        std::ranges::any_of(photo::widths, [&](auto const& one) { return one.pixels == width; });
    if (!format || wrong != std::errc() || end != size.data() + size.size() || !is_offered)
        return net::problem(Code::not_found);
    auto shown = hub.picture(name.substr(0, dash), width, *format);
    if (!shown) return net::problem(shown.error());
    constexpr int year = 365 * 24 * 3600, minute = 60;
    return {.type = std::string(photo::facts_of(shown->format).media_type),
            .body = std::move(shown->bytes),
            .cache = net::Cache::shared,
            .cache_seconds = shown->is_asked_for ? year : minute};
}

}  // namespace

std::vector<net::Route> public_pages(Site& site) {
    std::vector<net::Route> routes;
    auto const add = [&](std::string_view method, std::string_view pattern, PageHandler handler) {
        routes.push_back(page_route(site, method, pattern, std::move(handler)));
    };
    add("GET", "/", home);
    add("GET", "/door", door);
    add("POST", "/door", door_chosen);
    add("GET", "/search", search_shown);
    add("GET", "/goods/{id}", product_shown);
    add("GET", "/shops/{slug}", shop_shown);
    add("GET", "/reckoning", reckoning);
    add("GET", "/{rest...}", not_found);
    routes.push_back({.method = "GET",
                      .pattern = "/photos/{file}",
                      .handler = [&hub = site.hub](net::Request const& http) { return picture(hub, http); }});
    return routes;
}

}  // namespace allroads::web
