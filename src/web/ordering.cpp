// From a product to an order: the basket, and the page on which everything is seen before it is ordered.
#include "web/deals.h"

#include <algorithm>

namespace allroads::web {
namespace {

using locale::to_say;

constexpr std::string_view basket_cookie = "basket";
constexpr std::size_t basket_lines_max = 20;
constexpr std::chrono::seconds basket_lasts = std::chrono::days(30);
constexpr std::size_t checkout_bytes_max = 512U * 1024;  // the terms come back with the form

// ---- the basket, kept by the visitor's browser: products and quantities, nothing else ---------------------

struct Chosen {
    shop::ProductId product;
    Decimal quantity;
};

bool is_quantity(Decimal const& quantity) {
    return !quantity.is_negative() && !quantity.is_zero() && quantity.scale() <= 3 &&
           quantity <= Decimal(1'000'000'000);
}

// "<id>*2.5!<id>*10"; what cannot be read is left out, since anybody may write a cookie.
std::vector<Chosen> basket_of(Visit const& visit) {
    std::vector<Chosen> basket;
    auto text = net::own_cookie(visit.http, basket_cookie);
    while (!text.empty() && basket.size() < basket_lines_max) {
        auto const end = std::min(text.find('!'), text.size());
        auto const line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        auto const star = line.find('*');
        if (star == std::string_view::npos) continue;
        auto const id = shop::ProductId::parse(line.substr(0, star));
        auto const quantity = Decimal::parse(line.substr(star + 1));
        if (!id || !quantity || !is_quantity(*quantity)) continue;
        if (std::ranges::find(basket, *id, &Chosen::product) == basket.end())
            basket.push_back({*id, *quantity});
    }
    return basket;
}

void keep_basket(Visit& visit, std::vector<Chosen> const& basket) {
    std::string text;
    for (auto const& one : basket)
        text += (text.empty() ? "" : "!") + one.product.text() + "*" + one.quantity.brief();
    auto cookie = net::set_cookie({.name = net::own_cookie_name(visit.http, basket_cookie),
                                   .value = text,
                                   .lasts = text.empty() ? std::chrono::seconds(0) : basket_lasts,
                                   .is_secure = visit.http.is_tls});
    if (cookie) visit.headers.push_back(std::move(*cookie));
}

// What of one shop is in the basket, as it is offered now.
struct Part {
    hub::Shown shown;
    Decimal quantity;
};
struct Counter {
    std::shared_ptr<shop::Shop const> shop;
    shop::ShopId id;
    std::vector<Part> parts = {};
};
// Products that are no longer offered are left out.
std::vector<Counter> counters_of(Visit const& visit) {
    std::vector<Counter> counters;
    for (auto const& one : basket_of(visit)) {
        auto shown = visit.site.hub.product(visit.caller, one.product, shop::Which::live);
        if (!shown || shown->state != shop::State::live) continue;
        auto found = std::ranges::find(counters, shown->shop_id, &Counter::id);
        if (found == counters.end()) {
            counters.push_back({shown->shop, shown->shop_id});
            found = counters.end() - 1;
        }
        found->parts.push_back({std::move(*shown), one.quantity});
    }
    return counters;
}

std::optional<Money> goods_price(Part const& part) {
    auto const each = shop::unit_price(*part.shown.product, part.quantity);
    if (!each) return std::nullopt;
    auto const exact = product(part.quantity, each->amount());
    if (!exact) return std::nullopt;
    auto const all = Money::rounded(*exact, each->currency(), Round::half_up);
    return all ? std::optional(*all) : std::nullopt;
}

std::string smallest_words(Visit const& visit, shop::Product const& product) {
    return locale::fill(visit.say("The smallest order is {{QUANTITY}}."),
                        {{"QUANTITY", quantity_text(visit, product.tiers.front().from, product.unit)}});
}

void add_basket_line(Page& section, Visit const& visit, Part const& part) {
    auto const& product = *part.shown.product;
    auto const& text = shop::text_in(product, visit.language());
    auto& row = section.add("BASKET_LINES");
    row.set("LINE_URL", address_of(part.shown));
    row.set("LINE_TITLE", text.title);
    row.set("LINE_LANG", text.language);
    row.set("LINE_ID", part.shown.id.text());
    row.set("LINE_QUANTITY", visit.tongue.number(part.quantity));
    row.set("LINE_UNIT", visit.say(product.unit.name()));
    row.set("LINE_NUMBERS", visit.language());
    if (product.photos.empty())
        row.show("LINE_NO_PICTURE");
    else
        row.add("LINE_PICTURE").set("PICTURE_URL", picture_address(product.photos.front().digest, 320));
    if (auto const price = goods_price(part)) {
        row.add("LINE_PRICED").set("LINE_AMOUNT", visit.tongue.money(*price));
    } else {
        row.add("LINE_PROBLEM").set("PROBLEM_TEXT", smallest_words(visit, product));
    }
}

net::Response basket_page(Visit& visit, std::string_view problem = {}) {
    Page page;
    auto const counters = counters_of(visit);
    if (!problem.empty()) page.add("WARNED").set("TOLD_TEXT", problem);
    if (visit.query("done") == "added") page.add("DONE").set("TOLD_TEXT", visit.say("It is in the basket."));
    if (visit.query("done") == "full")
        page.add("WARNED").set("TOLD_TEXT",
                               visit.say("A basket holds 20 different goods. Order some first."));
    if (counters.empty()) page.show("BASKET_EMPTY");
    if (counters.size() > 1) page.show("SEVERAL_SHOPS");
    for (auto const& counter : counters) {
        auto& section = page.add("BASKETS");
        section.set("SHOP_NAME", counter.shop->name);
        section.set("SHOP_URL", "/shops/" + counter.shop->slug);
        section.set("SHOP_WHERE", where_of(visit, *counter.shop));
        section.set("CHECKOUT_URL", "/checkout/" + counter.shop->slug);
        section.set("ASK_URL", "/ask?basket=" + counter.shop->slug);
        for (auto const& part : counter.parts) add_basket_line(section, visit, part);
    }
    auto response = answer(visit, "basket", page);
    response.cache = net::Cache::never;
    return response;
}

Result<net::Response> basket(Visit& visit) { return basket_page(visit); }

std::optional<Decimal> quantity_typed(Visit const& visit, net::Form const& form) {
    Typed typed(visit, form);
    auto const number = typed.number("quantity", Decimal::of(1, 3), Decimal(1'000'000'000));
    return number && is_quantity(number->stripped()) ? std::optional(number->stripped()) : std::nullopt;
}

// It changes nothing but a cookie of who asks, so it needs no secret: that it comes from a page of ours was
// looked at before.
Result<net::Response> basket_changed(Visit& visit) {
    auto const form = TRY(net::form_of(visit.http));
    auto const id = shop::ProductId::parse(form.value("product"));
    if (!id) return refuse(Code::not_found, "product", "there is no such product");
    auto kept = basket_of(visit);
    auto const there = std::ranges::find(kept, *id, &Chosen::product);
    if (form.value("do") == "remove") {
        if (there != kept.end()) kept.erase(there);
        keep_basket(visit, kept);
        return net::redirect("/basket");
    }
    auto const shown = TRY(visit.site.hub.product(visit.caller, *id, shop::Which::live));
    auto const quantity = quantity_typed(visit, form);
    bool const is_enough = quantity && shop::unit_price(*shown.product, *quantity);
    if (!is_enough) {
        if (form.value("do") == "change") return basket_page(visit, smallest_words(visit, *shown.product));
        // The product's page says what is wrong beside what was typed.
        return net::redirect(address_of(shown) + "?quantity=" +
                             net::percent_encoded(std::string(form.value("quantity")).substr(0, 20)));
    }
    if (form.value("do") == "ask")
        return net::redirect("/ask?product=" + id->text() + "&quantity=" + quantity->brief());
    if (there != kept.end()) {
        there->quantity = *quantity;
    } else if (kept.size() == basket_lines_max) {
        return net::redirect("/basket?done=full");
    } else {
        kept.push_back({*id, *quantity});
    }
    keep_basket(visit, kept);
    if (form.value("do") == "order") return net::redirect("/checkout/" + shown.shop->slug);
    return net::redirect("/basket?done=added");
}

// ---- the checkout -----------------------------------------------------------------------------------------

Result<Counter> counter_of(Visit const& visit, std::string_view slug) {
    for (auto& counter : counters_of(visit))
        if (counter.shop->slug == slug) return std::move(counter);
    return refuse(Code::not_found, "basket", "nothing of this shop is in the basket");
}

hub::Basket basket_for(Visit const& visit, Counter const& counter, std::string_view plan) {
    hub::Basket basket{.shop = counter.id, .lines = {}, .door = *visit.quote_door()};
    for (auto const& part : counter.parts) basket.lines.push_back({part.shown.id, part.quantity});
    basket.plan = plan;
    basket.language = visit.language();
    return basket;
}

// The delivered price of everything together, on the slip that a product has.
void set_whole_price(Page& page, Visit const& visit, Counter const& counter, hub::Quoted const& quoted) {
    if (!quoted.books) {
        page.show("NOT_RECKONED");
        return;
    }
    auto const& first = counter.parts.front();
    // How long it is under way depends on the lane, which the terms do not name: only the way is told.
    shop::Lane const lane{.to = {},
                          .road = quoted.request.road,
                          .base = quoted.terms.sending,
                          .per_kg = Money::zero(quoted.terms.sending.currency())};
    hub::Delivered const delivered{.request = quoted.request,
                                   .books = quoted.books,
                                   .quote = quoted.quote,
                                   .quantity = Decimal(1),
                                   .unit_price = quoted.terms.total,
                                   .sending = shop::Sending{&lane, quoted.terms.sending}};
    auto& slip = page.add("SLIP");
    set_slip(slip, visit, first.shown, delivered);
    slip.set("SLIP_FOR", locale::fill(visit.say("All goods of this order, to {{COUNTRY}}"),
                                      {{"COUNTRY", visit.tongue.country_name(quoted.terms.to)}}));
}

// What is owed where the goods arrive, which the shop does not get.
void set_border(Page& page, Visit const& visit, hub::Quoted const& quoted) {
    if (!quoted.books) return;
    auto const country = visit.tongue.country_name(quoted.terms.to);
    auto& border = page.add("BORDER");
    border.set("BORDER_COUNTRY", country);
    hub::Delivered const delivered{.request = quoted.request,
                                   .books = quoted.books,
                                   .quote = quoted.quote,
                                   .quantity = Decimal(1),
                                   .unit_price = quoted.terms.total};
    bool is_any = false;
    for (auto const& part : parts_of(visit, delivered)) {
        if (part.kind == PartKind::goods || part.kind == PartKind::freight) continue;
        auto& row = border.add("BORDER_PARTS");
        row.set("PART_NAME", part.name);
        row.set("PART_AMOUNT", part.amount_text);
        is_any = true;
    }
    if (!is_any) border.show("BORDER_NOTHING");
}

std::optional<Money> due_at_once(deal::Terms const& terms) {
    auto const parts = deal::milestone_amounts(terms);
    if (!parts) return std::nullopt;
    auto now = Money::zero(terms.total.currency());
    for (std::size_t i = 0; i < parts->size(); ++i)
        if (terms.milestones[i].due == deal::Point::accepted)
            now = Money(now.minor() + (*parts)[i].minor(), now.currency());
    return now;
}

void set_order_lines(Page& page, Visit const& visit, Counter const& counter, hub::Quoted const& quoted) {
    page.set("SHOP_NAME", counter.shop->name);
    page.set("SHOP_URL", "/shops/" + counter.shop->slug);
    page.set("SHOP_WHERE", where_of(visit, *counter.shop));
    set_terms(page, visit, quoted.terms);
    auto const now = due_at_once(quoted.terms);
    if (!now) return;
    page.set("PAY_NOW", visit.tongue.money(*now));
    if (*now != quoted.terms.total)
        page.add("PAY_LATER")
            .set("LATER_AMOUNT",
                 visit.tongue.money(Money(quoted.terms.total.minor() - now->minor(), now->currency())));
}

void set_plans(Page& page, Visit const& visit, std::string_view chosen) {
    auto const options = plan_options(visit, chosen);
    if (options.size() < 2) return;
    auto& plans = page.add("PLANS");
    for (auto const& option : options) {
        auto& one = plans.add("PLAN_LIST");
        one.set("PLAN_KEY", option.value);
        one.set("PLAN_NAME", option.name);
        if (option.is_chosen) one.show("PLAN_CHOSEN");
    }
}

// To pay what is due now from one's own money here, where it is enough for it. True where it is offered.
bool add_own_money(Sheet& sheet, Visit const& visit, hub::Quoted const& quoted) {
    auto const due = due_at_once(quoted.terms);
    auto const free = due ? own_money_for(visit, *due, quoted.terms) : std::nullopt;
    if (!free) return false;
    sheet.add({.name = "own_money",
               .label = locale::fill(
                   visit.say("Pay the {{AMOUNT}} due now from my money here, of which {{FREE}} is free."),
                   {{"AMOUNT", visit.tongue.money(*due)}, {"FREE", visit.tongue.money(*free)}}),
               .control = Control::tick,
               .value = "yes"});
    return true;
}

void set_order_form(Page& order, Visit const& visit, Counter const& counter, hub::Quoted const& quoted,
                    std::string_view plan, net::Form const* sent, Problems problems) {
    auto& page = order.add("ORDER_FORM");
    Sheet sheet(visit, sent, std::move(problems));
    sheet.add({.name = "note",
               .label = std::string(visit.say("Where it is to be delivered")),
               .control = Control::area,
               .help = std::string(visit.say("Name, street, town and phone number for the carrier. Below it, "
                                             "what the shop should know.")),
               .autocomplete = "street-address",
               .length_max = 2000,
               .is_required = true});
    page.show(add_own_money(sheet, visit, quoted) ? Name("ORDER_MAY_PAY") : Name("ORDER_PAYS_LATER"));
    sheet.keep("plan", plan);
    sheet.keep("seen", quoted.document);
    sheet.keep("key", sent != nullptr && !sent->value("key").empty() ? sent->value("key") : fresh_name());
    sheet.sends_to("/checkout/" + counter.shop->slug);
    sheet.button({"order", std::string(visit.say("Order with obligation to pay"))});
    sheet.show(page);
}

// The errors of a form stand before everything else.
void set_errors(Page& page, Problems const& problems, std::string_view field) {
    if (problems.empty()) return;
    auto& errors = page.add("ERRORS");
    for (auto const& problem : problems) {
        auto& one = errors.add("ERROR_LIST");
        one.set("ERROR_TEXT", problem.text);
        if (problem.field == field && !field.empty()) {
            one.add("ERROR_AT").set("ERROR_FIELD", problem.field);
        } else {
            one.show("ERROR_WHOLE");
        }
    }
}

Result<net::Response> checkout_page(Visit& visit, net::Form const* sent, Problems problems,
                                    int status = 200) {
    auto const counter = counter_of(visit, visit.http.parameter("slug"));
    if (!counter) return net::redirect("/basket");
    if (!problems.empty() && status == 200) status = 422;
    Page page;
    set_crumbs(page, {{"/", "Allroads"}, {"/basket", std::string(visit.say("Basket"))}}, counter->shop->name);
    auto const here = "/checkout/" + counter->shop->slug;
    page.set("CHECKOUT_URL", here);
    page.set("SHOP_NAME", counter->shop->name);
    auto const respond = [&](int with) {
        auto response = answer(visit, "checkout", page, with);
        response.cache = net::Cache::never;
        return response;
    };
    if (!visit.door) {
        set_door_form(page.add("NO_DOOR_YET"), visit, here);
        return respond(status);
    }
    auto const plan = sent != nullptr ? sent->value("plan") : visit.query("plan");
    auto const quoted = visit.site.hub.terms_of(basket_for(visit, *counter, plan));
    if (!quoted) {
        auto problem = deal_problem(visit, quoted.error());
        page.add("CANNOT").set("CANNOT_TEXT", problem.text);
        page.set("ASK_URL", "/ask?basket=" + counter->shop->slug);
        return respond(status == 200 ? 200 : status);
    }
    auto& order = page.add("CAN");
    set_order_lines(order, visit, *counter, *quoted);
    set_whole_price(order, visit, *counter, *quoted);
    set_border(order, visit, *quoted);
    set_plans(order, visit, plan);
    set_errors(page, problems, "note");
    if (visit.caller.is_signed_in()) {
        set_order_form(order, visit, *counter, *quoted, plan, sent, std::move(problems));
    } else {
        auto& outside = order.add("SIGN_IN_FIRST");
        outside.set("ORDER_SIGN_IN_URL", "/sign-in?back=" + net::percent_encoded(here));
        outside.set("ORDER_SIGN_UP_URL", "/sign-up?back=" + net::percent_encoded(here));
    }
    return respond(status);
}

Result<net::Response> checkout(Visit& visit) { return checkout_page(visit, nullptr, {}); }

bool is_paid_from_own(net::Form const& form) { return form.value("own_money") == "yes"; }

// The same form sent once more, when the basket is empty already: the order that it made.
Result<net::Response> ordered_before(Visit& visit, net::Form const& form) {
    auto const kept = TRY(visit.site.hub.shop_of(visit.http.parameter("slug")));
    auto const today = visit.site.hub.today();
    hub::Basket const nothing{.shop = kept.id,
                              .lines = {},
                              .door = {.to = *Country::parse("DE"), .date = today, .known_on = today}};
    auto const placed =
        visit.site.hub.place_order(visit.caller, {.key = std::string(form.value("key")),
                                                  .basket = nothing,
                                                  .seen = std::string(form.value("seen")),
                                                  .note = std::string(trim(form.value("note"))),
                                                  .pays_from_funds = is_paid_from_own(form)});
    return net::redirect(placed ? order_address(placed->id) : "/basket");
}

Result<net::Response> ordered(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    Typed typed(visit, form);
    auto const counter = counter_of(visit, visit.http.parameter("slug"));
    if (!counter) return ordered_before(visit, form);
    if (!visit.door) return checkout_page(visit, &form, {});
    auto const note = std::string(typed.text("note"));
    if (note.empty()) typed.wrong("note", visit.say("Write where it is to be delivered."));
    if (note.size() > deal::note_bytes_max) typed.wrong("note", visit.say("This is longer than fits here."));
    if (!typed.problems().empty()) return checkout_page(visit, &form, typed.problems());
    auto const placed =
        visit.site.hub.place_order(visit.caller, {.key = std::string(form.value("key")),
                                                  .basket = basket_for(visit, *counter, form.value("plan")),
                                                  .seen = std::string(form.value("seen")),
                                                  .note = note,
                                                  .pays_from_funds = is_paid_from_own(form)});
    if (!placed) {
        if (is_for_error_page(placed.error()) && placed.error().field() != "shop")
            return std::unexpected(placed.error());
        return checkout_page(visit, &form, {deal_problem(visit, placed.error())},
                             facts_of(placed.error().code()).http_status);
    }
    auto rest = basket_of(visit);
    std::erase_if(rest, [&](Chosen const& one) {
        return std::ranges::any_of(counter->parts,
                                   [&](Part const& part) { return part.shown.id == one.product; });
    });
    keep_basket(visit, rest);
    return net::redirect(order_address(placed->id) + "?done=ordered");
}

}  // namespace

std::vector<net::Route> ordering_pages(Site& site) {
    Routes routes;
    auto const add = [&](std::string_view method, std::string_view pattern, PageHandler handler) {
        routes.push_back(page_route(site, method, pattern, std::move(handler), checkout_bytes_max));
    };
    add("GET", "/basket", basket);
    add("POST", "/basket", basket_changed);
    add("GET", "/checkout/{slug}", checkout);
    add("POST", "/checkout/{slug}", ordered);
    add_deed_pages(site, routes);
    add_offer_pages(site, routes);
    add_money_pages(site, routes);
    add_withdrawal_pages(site, routes);
    return routes;
}

}  // namespace allroads::web
