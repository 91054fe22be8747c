// Asking shops for an offer, making one, and looking at all of them side by side.
#include "web/deals.h"

#include <algorithm>

namespace allroads::web {
namespace {

using deal::Kind;
using deal::Role;
using locale::to_say;

constexpr std::size_t shops_asked_max = 20;
constexpr std::size_t wish_rows = 3;
constexpr std::size_t offer_rows_max = 10;
constexpr std::size_t goods_to_choose_max = 100;
constexpr std::size_t offer_bytes_max = 256U * 1024;

std::string numbered(std::string_view name, std::size_t i) {
    return std::string(name) + "-" + std::to_string(i);
}

struct UnitName {
    std::string_view code, name;
};
constexpr UnitName unit_names[] = {
    {"C62", to_say("pieces")},    {"PR", to_say("pairs")},   {"DZN", to_say("dozens")},
    {"KGM", to_say("kilograms")}, {"LTR", to_say("litres")}, {"MTR", to_say("metres")},
};

// The end of a day that somebody typed; nothing where it is none, or over.
std::optional<deal::Moment> until_of(Visit const& visit, Typed& typed) {
    auto const day = Day::parse(typed.text("until"));
    if (!day) {
        typed.wrong("until", visit.say("Write a day as 2026-03-15."));
        return std::nullopt;
    }
    auto const ends = deal::Moment(std::chrono::days(day->number() + 1));
    auto const now = visit.site.hub.now();
    if (ends <= now || ends > now + std::chrono::days(365)) {
        typed.wrong("until", visit.say("Write a day within the next year."));
        return std::nullopt;
    }
    return ends;
}

void add_until(Sheet& sheet, Visit const& visit, std::string_view label, int days) {
    auto const day = Day::from_number(visit.site.hub.today().number() + days);
    sheet.add({.name = "until",
               .label = std::string(label),
               .value = day.text(),
               .help = std::string(visit.say("A day, written as 2026-03-15.")),
               .keyboard = "numeric",
               .autocomplete = "off",
               .length_max = 10,
               .is_required = true,
               .is_short = true});
}

// ---- asking -----------------------------------------------------------------------------------------------

struct Asked {
    shop::ShopId id;
    std::string name;
};
struct Wanted {
    hub::Shown shown;
    Decimal quantity;
};

// Shops that are named or whose goods match the words; none twice.
std::vector<Asked> shops_for(Visit const& visit, std::string_view words) {
    std::vector<Asked> shops;
    auto const found = visit.site.hub.find({.words = std::string(words.substr(0, 200)),
                                            .language = std::string(visit.language()),
                                            .page = 60,
                                            .with_counts = false});
    if (!found) return shops;
    for (auto const& one : found->products) {
        if (std::ranges::find(shops, one.shop_id, &Asked::id) == shops.end())
            shops.push_back({one.shop_id, one.shop->name + ", " + where_of(visit, *one.shop)});
        if (shops.size() == shops_asked_max) break;
    }
    return shops;
}

std::optional<Wanted> product_asked(Visit const& visit, std::string_view id_text, std::string_view quantity) {
    auto const id = shop::ProductId::parse(id_text);
    if (!id) return std::nullopt;
    auto shown = visit.site.hub.product(visit.caller, *id, shop::Which::live);
    if (!shown || shown->state != shop::State::live) return std::nullopt;
    auto const number = Decimal::parse(quantity);
    bool const is_right = number && *number > Decimal(0) && *number <= Decimal(1'000'000'000);
    auto const smallest = shown->product->tiers.front().from;
    return Wanted{std::move(*shown), is_right ? *number : smallest};
}

// What the form is about: a product, a shop, or words that find shops.
struct Question {
    std::optional<Wanted> wanted = {};
    std::optional<Asked> shop = {};
    std::string slug = {}, words = {};
    std::vector<Asked> shops = {};
};

Question question_of(Visit const& visit, net::Form const* sent) {
    // A form that comes back brings along what it was about.
    auto const asked = [&](std::string_view name) {
        return sent != nullptr ? sent->value(name) : visit.query(name);
    };
    Question question;
    question.wanted = product_asked(visit, asked("product"), asked("quantity"));
    auto slug = asked("shop");
    if (slug.empty()) slug = asked("basket");
    if (question.wanted) slug = question.wanted->shown.shop->slug;
    if (auto const kept = visit.site.hub.shop_of(slug); kept && !slug.empty()) {
        if (auto const shop = shop::parse_shop(kept->document)) {
            question.shop = Asked{kept->id, shop->name + ", " + where_of(visit, *shop)};
            question.slug = slug;
        }
    }
    question.words = asked("q");
    if (question.wanted && question.words.empty())
        question.words = shop::text_in(*question.wanted->shown.product, visit.language()).title;
    if (question.shop) question.shops.push_back(*question.shop);
    if (question.words.empty()) return question;
    for (auto& one : shops_for(visit, question.words)) {
        bool const is_new = std::ranges::find(question.shops, one.id, &Asked::id) == question.shops.end();
        if (is_new && question.shops.size() < shops_asked_max) question.shops.push_back(std::move(one));
    }
    return question;
}

void add_wish_fields(Sheet& sheet, Visit const& visit, Question const& question) {
    if (question.wanted) {
        auto const& product = *question.wanted->shown.product;
        sheet.heading(shop::text_in(product, visit.language()).title);
        sheet.keep("product", question.wanted->shown.id.text());
        sheet.add({.name = "quantity",
                   .label = std::string(visit.say("How many")) + " (" +
                            std::string(visit.say(product.unit.name())) + ")",
                   .value = visit.tongue.number(question.wanted->quantity),
                   .keyboard = "decimal",
                   .autocomplete = "off",
                   .length_max = 16,
                   .is_required = true,
                   .is_short = true});
    }
    for (std::size_t i = 0; i < wish_rows; ++i) {
        sheet.heading(i == 0 && !question.wanted ? visit.say("What you want")
                                                 : visit.say("And besides, if you like"));
        sheet.add({.name = numbered("words", i),
                   .label = std::string(visit.say("In your words")),
                   .value = i == 0 && !question.wanted ? question.words : std::string(),
                   .autocomplete = "off",
                   .length_max = 300,
                   .is_in_any_language = true});
        sheet.add({.name = numbered("many", i),
                   .label = std::string(visit.say("How many")),
                   .keyboard = "decimal",
                   .autocomplete = "off",
                   .length_max = 16,
                   .is_short = true});
        std::vector<Option> units;
        for (auto const& unit : unit_names)
            units.push_back({std::string(unit.code), std::string(visit.say(unit.name)), units.empty()});
        sheet.add({.name = numbered("unit", i),
                   .label = std::string(visit.say("Counted in")),
                   .control = Control::choose,
                   .options = std::move(units),
                   .is_short = true});
    }
}

net::Response ask_page(Visit& visit, net::Form const* sent, Problems problems) {
    auto const status = problems.empty() ? 200 : 422;
    auto const question = question_of(visit, sent);
    Page page;
    page.set("ASK_WORDS", question.words);
    page.set("CHECK_URL", "/ask");
    if (question.shops.empty()) page.show("NO_SHOPS_FOUND");
    Sheet sheet(visit, sent, std::move(problems));
    if (!question.shops.empty()) {
        add_wish_fields(sheet, visit, question);
        sheet.heading(visit.say("Whom you ask"));
        std::vector<Option> shops;
        for (auto const& one : question.shops) {
            bool const is_chosen = question.shop ? one.id == question.shop->id : true;
            shops.push_back({one.id.text(), one.name, is_chosen});
        }
        sheet.add(
            {.name = "shops",
             .label = std::string(visit.say("Shops")),
             .control = Control::ticks,
             .help = std::string(visit.say("Each makes you an offer of its own; you take one or none.")),
             .options = std::move(shops)});
        sheet.heading(visit.say("Where to, and until when"));
        sheet.add(
            {.name = "to",
             .label = std::string(visit.say("Deliver to")),
             .control = Control::choose,
             .options = country_options(visit, visit.door ? std::optional(visit.door->to) : std::nullopt),
             .autocomplete = "country"});
        add_until(sheet, visit, visit.say("The offer is to be here until"), 7);
        sheet.add({.name = "note",
                   .label = std::string(visit.say("What else they should know")),
                   .control = Control::area,
                   .length_max = 2000});
        sheet.keep("key", sent != nullptr && !sent->value("key").empty() ? sent->value("key") : fresh_name());
        sheet.keep(numbers_field, visit.language());
        sheet.keep("q", question.words);
        sheet.keep("shop", question.slug);
        sheet.sends_to("/ask");
        sheet.button({"ask", std::string(visit.say("Ask for an offer"))});
        sheet.show(page.add("ASK_FORM"));
        set_mine(page, visit, Here::orders);
    }
    auto response = answer(visit, "ask", page, status);
    response.cache = net::Cache::never;
    return response;
}

Result<net::Response> ask(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    return ask_page(visit, nullptr, {});
}

void read_wishes(Visit const& visit, Typed& typed, deal::Request& request) {
    if (auto const id = shop::ProductId::parse(typed.text("product"))) {
        auto const shown = visit.site.hub.product(visit.caller, *id, shop::Which::live);
        auto const quantity = typed.number("quantity", Decimal::of(1, 3), Decimal(1'000'000'000));
        if (!quantity && typed.text("quantity").empty())
            typed.wrong("quantity", visit.say("Write a number above zero, such as 10."));
        if (shown && quantity)
            request.wishes.push_back({*id, {}, quantity->stripped(), shown->product->unit});
    }
    for (std::size_t i = 0; i < wish_rows; ++i) {
        auto const words = typed.text(numbered("words", i));
        if (words.empty()) continue;
        auto const many = typed.number(numbered("many", i), Decimal::of(1, 3), Decimal(1'000'000'000));
        if (!many && typed.text(numbered("many", i)).empty())
            typed.wrong(numbered("many", i), visit.say("Write a number above zero, such as 10."));
        auto const unit = Unit::parse(typed.text(numbered("unit", i)));
        if (words.size() > deal::title_bytes_max)
            typed.wrong(numbered("words", i), visit.say("This is longer than fits here."));
        if (many && unit) request.wishes.push_back({{}, std::string(words), many->stripped(), *unit});
    }
    if (request.wishes.empty() && typed.problems().empty())
        typed.wrong("words-0", visit.say("Say what you want."));
}

Result<net::Response> ask_sent(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    Typed typed(visit, form);
    hub::Question question{.key = std::string(form.value("key")),
                           .shops = {},
                           .request = {.language = std::string(visit.language()),
                                       .wishes = {},
                                       .note = std::string(typed.text("note")),
                                       .to = *Country::parse("DE")}};
    for (auto const& text : typed.all("shops")) {
        auto const id = shop::ShopId::parse(text);
        if (id && std::ranges::find(question.shops, *id) == question.shops.end())
            question.shops.push_back(*id);
    }
    if (question.shops.empty()) typed.wrong("shops", visit.say("Choose at least one shop."));
    if (question.shops.size() > shops_asked_max)
        typed.wrong("shops", visit.say("At most 20 shops are asked at once."));
    if (auto const to = typed.country("to")) question.request.to = *to;
    if (auto const until = until_of(visit, typed)) question.until = *until;
    if (question.request.note.size() > deal::note_bytes_max)
        typed.wrong("note", visit.say("This is longer than fits here."));
    read_wishes(visit, typed, question.request);
    if (!typed.problems().empty()) return ask_page(visit, &form, typed.problems());
    auto const asked = visit.site.hub.ask_for_offers(visit.caller, question);
    if (asked)
        return net::redirect(
            (asked->size() > 1 ? request_address(asked->back()) : order_address(asked->back())) +
            "?done=asked");
    if (is_for_error_page(asked.error()) && asked.error().code() != Code::not_allowed)
        return std::unexpected(asked.error());
    auto problem = deal_problem(visit, asked.error());
    if (asked.error().code() == Code::not_allowed && asked.error().field().starts_with("shops"))
        problem = {"shops", std::string(visit.say("This is your own shop."))};
    return ask_page(visit, &form, {std::move(problem)});
}

// ---- side by side -----------------------------------------------------------------------------------------

// What these terms cost at the reader's door, where that is where they go.
void set_delivered(Page& row, Visit const& visit, deal::Terms const& terms) {
    auto const door = visit.quote_door();
    if (!door || door->to != terms.to) {
        row.show("NO_DELIVERED");
        return;
    }
    auto const priced = visit.site.hub.priced(terms, *door);
    if (priced && priced->terms.shown) {
        row.add("DELIVERED").set("DELIVERED_PRICE", visit.tongue.money(priced->terms.shown->delivered));
    } else if (priced && priced->books && priced->quote.landed_total) {
        auto& least = row.add("DELIVERED_LEAST");
        least.set("DELIVERED_PRICE", visit.tongue.money(*priced->quote.landed_total));
        set_unknowns(least, visit, priced->quote, true);
    } else {
        row.show("NO_DELIVERED");
    }
}

void add_offer_row(Page& page, Visit const& visit, hub::DealView const& view) {
    auto const& deal = view.deal;
    auto& row = page.add("OFFERS");
    row.set("OFFER_URL", order_address(deal.id));
    row.set("OFFER_SHOP", shop_name_of(visit, deal));
    row.set("OFFER_STATE", visit.say(state_words(deal.state)));
    if (deal.offers.empty()) {
        row.show("NO_OFFER");
        return;
    }
    auto const& offer =
        deal.is_agreed() ? deal.offers[static_cast<std::size_t>(deal.agreed)] : deal.offers.back();
    auto& made = row.add("OFFER");
    made.set("OFFER_TOTAL", visit.tongue.money(offer.terms.total));
    made.set("OFFER_RULE", terms_of_trade(visit, offer.terms));
    for (auto const& line : offer.terms.lines) {
        auto& one = made.add("OFFER_LINES");
        one.set("LINE_TITLE", line.title);
        one.set("LINE_QUANTITY", quantity_text(visit, line.quantity, line.unit));
        one.set("LINE_AMOUNT", visit.tongue.money(line.amount));
    }
    set_delivered(made, visit, offer.terms);
    if (!deal.is_agreed()) made.add("OFFER_UNTIL").set("UNTIL_TEXT", moment_text(visit, offer.until));
    if (may_do(view, Kind::accept))
        row.add("MAY_ACCEPT").set("ACCEPT_URL", order_address(deal.id) + "/accept");
    if (may_do(view, Kind::counter))
        row.add("MAY_COUNTER").set("COUNTER_URL", order_address(deal.id) + "/counter");
    if (may_do(view, Kind::decline))
        row.add("MAY_DECLINE").set("DECLINE_URL", order_address(deal.id) + "/decline");
}

Result<net::Response> request_shown(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const id = deal::DealId::parse(visit.http.parameter("id"));
    if (!id) return refuse(Code::not_found, "deal", "there is no such request");
    auto const view = TRY(visit.site.hub.deal(visit.caller, *id));
    if (looks_as(view) != Role::buyer || !view.deal.request)
        return refuse(Code::not_found, "deal", "there is no such request");
    auto const& shared = view.deal.request->shared;
    Page page;
    set_mine(page, visit, Here::orders);
    if (visit.query("done") == "asked")
        page.add("DONE").set("TOLD_TEXT",
                             visit.say("They are asked. Their offers will stand here side by side."));
    page.set("REQUEST_NOTE_TEXT", view.deal.request->note);
    if (view.deal.asked_until) page.set("REQUEST_UNTIL", moment_text(visit, *view.deal.asked_until));
    // Deals of one request are made in one moment, so they stand together in the list, whichever was named.
    auto bound = id->bytes();
    for (std::size_t i = 6; i < bound.size(); ++i) bound[i] = 0xFF;
    for (std::size_t i = 6; i-- > 4 && ++bound[i] == 0;) {}
    std::vector<hub::DealView> views;
    if (shared) views = TRY(visit.site.hub.my_orders(visit.caller, deal::DealId(bound), 3 * shops_asked_max));
    std::erase_if(views, [&](hub::DealView const& one) {
        return !one.deal.request || one.deal.request->shared != shared;
    });
    if (views.empty()) views.push_back(view);
    // Offers first, the cheapest of one currency before dearer ones.
    std::ranges::stable_sort(views, [](hub::DealView const& a, hub::DealView const& b) {
        auto const& x = a.deal.offers;
        auto const& y = b.deal.offers;
        if (x.empty() || y.empty()) return !x.empty() && y.empty();
        auto const& p = x.back().terms.total;
        auto const& q = y.back().terms.total;
        return p.currency() == q.currency() && p.minor() < q.minor();
    });
    for (auto const& one : views) add_offer_row(page, visit, one);
    return answer(visit, "request", page);
}

// ---- making an offer --------------------------------------------------------------------------------------

// What may stand in an offer: live goods of the shop, and what stood in the offer before, which need not be
// on offer for everybody.
struct Choice {
    deal::ProductId id;
    std::int64_t version = 0;
    std::string title;
    Unit unit;
    Country ships_from;
};
struct Making {
    hub::DealView view;
    Kind kind;
    shop::KeptShop kept;
    shop::Shop shop;
    std::vector<hub::Shown> goods;
    std::vector<Choice> choices = {};
};

void fill_choices(Visit const& visit, Making& making) {
    for (auto const& one : making.goods)
        making.choices.push_back({one.id, one.version, shop::text_in(*one.product, visit.language()).title,
                                  one.product->unit, one.product->ships_from});
    if (making.view.deal.offers.empty()) return;
    auto const& before = making.view.deal.offers.back().terms;
    for (auto const& line : before.lines) {
        if (std::ranges::find(making.choices, line.product, &Choice::id) == making.choices.end())
            making.choices.push_back({line.product, line.version, line.title, line.unit, before.from});
    }
}

Result<Making> making_of(Visit const& visit, Kind kind) {
    TRY_VOID(must_be_person(visit));
    auto const id = deal::DealId::parse(visit.http.parameter("id"));
    if (!id) return refuse(Code::not_found, "deal", "there is no such order");
    auto view = TRY(visit.site.hub.deal(visit.caller, *id));
    auto kept = TRY(visit.site.hub.shop(shop::ShopId(view.deal.seller)));
    auto shop = TRY(shop::parse_shop(kept.document));
    auto goods = TRY(visit.site.hub.products_of(visit.caller, kept.id, shop::Which::live, std::nullopt,
                                                goods_to_choose_max));
    std::erase_if(goods, [](hub::Shown const& one) { return one.state != shop::State::live; });
    Making making{std::move(view), kind, std::move(kept), std::move(shop), std::move(goods)};
    fill_choices(visit, making);
    return making;
}

// A row whose goods are in no list: a wish in words, answered in words.
constexpr std::string_view own_goods = "own";
struct Row {
    std::string product, quantity, price;
    std::string words = {};  // of the wish
    Unit unit = unit::piece;
};
std::vector<Row> rows_of(Visit const& visit, Making const& making) {
    std::vector<Row> rows;
    auto const& deal = making.view.deal;
    if (!deal.offers.empty()) {
        for (auto const& line : deal.offers.back().terms.lines)
            rows.push_back(
                {line.product.text(), visit.tongue.number(line.quantity),
                 visit.tongue.number(line.unit_price.amount(), line.unit_price.currency().minor_digits())});
    } else if (deal.request) {
        for (auto const& wish : deal.request->wishes) {
            Row row{.product = {}, .quantity = visit.tongue.number(wish.quantity), .price = {}};
            row.unit = wish.unit;
            row.words = wish.words;
            if (!wish.product) row.product = own_goods;
            auto const there = std::ranges::find_if(
                making.goods, [&](hub::Shown const& one) { return wish.product == one.id; });
            if (there != making.goods.end()) {
                row.product = there->id.text();
                auto const each = shop::unit_price(*there->product, wish.quantity);
                if (each) row.price = visit.tongue.number(each->amount(), each->currency().minor_digits());
            }
            rows.push_back(std::move(row));
        }
    }
    if (rows.size() > offer_rows_max) rows.resize(offer_rows_max);
    if (rows.size() < offer_rows_max) rows.emplace_back();
    return rows;
}

Currency currency_of(Making const& making) {
    auto const& deal = making.view.deal;
    if (!deal.offers.empty()) return deal.offers.back().terms.total.currency();
    for (auto const& one : making.goods)
        if (!one.product->tiers.empty()) return one.product->tiers.front().price.currency();
    return making.shop.currency;
}

// Who keeps the shop may answer in words; the other side speaks of what was offered.
void add_own_goods(Sheet& sheet, Visit const& visit, std::size_t i, Row const& row) {
    sheet.add({.name = numbered("title", i),
               .label = std::string(visit.say("What it is, where it is not in the list")),
               .value = row.words,
               .autocomplete = "off",
               .length_max = 300,
               .is_in_any_language = true});
    std::vector<Option> units;
    for (auto const& one : unit_names) {
        auto const unit = Unit::parse(one.code);  // its code here may be another of the same meaning
        units.push_back({std::string(one.code), std::string(visit.say(one.name)),
                         unit && unit->text() == row.unit.text()});
    }
    if (std::ranges::none_of(units, &Option::is_chosen))
        units.push_back({std::string(row.unit.text()), std::string(visit.say(row.unit.name())), true});
    sheet.add({.name = numbered("unit", i),
               .label = std::string(visit.say("Counted in")),
               .control = Control::choose,
               .help = std::string(visit.say("Goods of the list are counted as they are sold.")),
               .options = std::move(units),
               .is_short = true});
}

void add_goods_rows(Sheet& sheet, Visit const& visit, Making const& making, Currency currency) {
    auto const rows = rows_of(visit, making);
    bool const is_sellers = making.kind == Kind::offer;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const& row = rows[i];
        auto const wished = row.words.empty() ? std::string()
                                              : locale::fill(visit.say("Wished for: {{WORDS}}"),
                                                             {{"WORDS", locale::isolated(row.words)}});
        sheet.heading(
            locale::fill(visit.say("Goods {{NUMBER}}"),
                         {{"NUMBER", visit.tongue.number(Decimal(static_cast<std::int64_t>(i + 1)))}}),
            wished);
        std::vector<Option> options{{"", std::string(visit.say("None")), row.product.empty()}};
        for (auto const& one : making.choices) {
            auto const id = one.id.text();
            options.push_back(
                {id, one.title + " (" + std::string(visit.say(one.unit.name())) + ")", id == row.product});
        }
        if (is_sellers)
            options.push_back({std::string(own_goods),
                               std::string(visit.say("Not in this list: as it is written below")),
                               row.product == own_goods});
        sheet.add({.name = numbered("product", i),
                   .label = std::string(visit.say("Which product of the shop")),
                   .control = Control::choose,
                   .options = std::move(options)});
        if (is_sellers) add_own_goods(sheet, visit, i, row);
        auto const number = [&](std::string_view name, std::string const& label, std::string const& value) {
            sheet.add({.name = numbered(name, i),
                       .label = label,
                       .value = value,
                       .keyboard = "decimal",
                       .autocomplete = "off",
                       .length_max = 20,
                       .is_short = true});
        };
        number("many", std::string(visit.say("How many")), row.quantity);
        number("price", std::string(visit.say("Price of each")) + " (" + std::string(currency.text()) + ")",
               row.price);
    }
}

constexpr quote::Incoterm rules[] = {quote::Incoterm::DAP, quote::Incoterm::DDP, quote::Incoterm::FCA,
                                     quote::Incoterm::EXW};
constexpr std::string_view rule_texts[] = {
    to_say("the seller brings the goods to that place; the buyer pays duty and tax"),
    to_say("the seller brings the goods to that place, duty and tax paid"),
    to_say("the seller clears the goods for export and hands them to the carrier there"),
    to_say("the buyer fetches the goods at the seller's works"),
};

void add_terms_rows(Sheet& sheet, Visit const& visit, Making const& making, Currency currency) {
    auto const& deal = making.view.deal;
    auto const* const before = deal.offers.empty() ? nullptr : &deal.offers.back().terms;
    sheet.heading(visit.say("Sending and paying"));
    sheet.add(
        {.name = "sending",
         .label = std::string(visit.say("Price of sending everything")) + " (" +
                  std::string(currency.text()) + ")",
         .value =
             before != nullptr ? visit.tongue.number(before->sending.amount(), currency.minor_digits()) : "",
         .help =
             std::string(visit.say("0 where it is in the price of the goods, or the buyer fetches them.")),
         .keyboard = "decimal",
         .autocomplete = "off",
         .length_max = 20,
         .is_required = true,
         .is_short = true});
    std::vector<Option> options;
    for (std::size_t i = 0; i < std::size(rules); ++i) {
        auto const code = std::string(quote::text_of(rules[i]));
        options.push_back({code, code + ": " + std::string(visit.say(rule_texts[i])),
                           before != nullptr ? before->incoterm == rules[i] : i == 0});
    }
    sheet.add({.name = "rule",
               .label = std::string(visit.say("Who brings the goods how far (Incoterms 2020)")),
               .control = Control::choose,
               .options = std::move(options)});
    sheet.add({.name = "place",
               .label = std::string(visit.say("Named place")),
               .value = before != nullptr
                            ? before->place
                            : std::string(deal.request ? deal.request->to.name() : std::string_view()),
               .autocomplete = "off",
               .length_max = 100,
               .is_in_any_language = true});
    if (auto plans = plan_options(visit, {}); plans.size() > 1)
        sheet.add({.name = "plan",
                   .label = std::string(visit.say("When it is paid")),
                   .control = Control::choose,
                   .options = std::move(plans)});
    add_until(sheet, visit, visit.say("The offer holds until"), 14);
    sheet.add({.name = "note",
               .label = std::string(visit.say("Words for the other side")),
               .control = Control::area,
               .length_max = 2000});
}

net::Response offer_page(Visit& visit, Making const& making, net::Form const* sent, Problems problems) {
    auto const status = problems.empty() ? 200 : 422;
    auto const currency = currency_of(making);
    Sheet sheet(visit, sent, std::move(problems));
    add_goods_rows(sheet, visit, making, currency);
    add_terms_rows(sheet, visit, making, currency);
    sheet.keep("key", sent != nullptr && !sent->value("key").empty() ? sent->value("key") : fresh_name());
    sheet.keep(numbers_field, visit.language());
    sheet.button({"offer", std::string(visit.say("Sign and send the offer"))});
    FormPage about{
        .title = std::string(visit.say(deed_words(making.kind))),
        .links = {{order_address(making.view.deal.id), std::string(visit.say("Back to the order"))}},
        .here = looks_as(making.view) == Role::buyer ? Here::orders : Here::shops};
    about.leads.push_back(
        locale::fill(visit.say("Order {{NAME}}"), {{"NAME", order_name(making.view.deal.id)}}));
    if (making.choices.empty() && making.kind != Kind::offer)
        about.warned.emplace_back(visit.say("The shop has no goods on offer. An offer needs at least one."));
    Page page;
    return form_answer(visit, about, sheet, page, status);
}

// Goods of an offer that are none of the shop's list yet: a draft is made of them, which only the shop sees.
struct OwnGoods {
    std::size_t row = 0, line = 0;
};
struct Goods {
    std::vector<deal::Line> lines = {};
    std::vector<OwnGoods> own = {};
};

// What a row names: one of the list, or, without an id yet, what is written in it.
std::optional<Choice> chosen_in(Visit const& visit, Typed& typed, Making const& making, std::size_t i) {
    auto const chosen = typed.text(numbered("product", i));
    if (chosen != own_goods || making.kind != Kind::offer) {
        auto const there =
            std::ranges::find_if(making.choices, [&](Choice const& one) { return one.id.text() == chosen; });
        if (there != making.choices.end()) return *there;
        typed.wrong(numbered("product", i), visit.say("Choose one of these."));
        return std::nullopt;
    }
    auto const title = typed.text(numbered("title", i));
    auto const unit = Unit::parse(typed.text(numbered("unit", i)));
    if (title.empty()) typed.wrong(numbered("title", i), visit.say("Say what it is."));
    if (title.size() > deal::title_bytes_max)
        typed.wrong(numbered("title", i), visit.say("This is longer than fits here."));
    if (!unit) typed.wrong(numbered("unit", i), visit.say("Choose one of these."));
    if (title.empty() || title.size() > deal::title_bytes_max || !unit) return std::nullopt;
    return Choice{deal::ProductId(db::IdBytes{}), 0, std::string(title), *unit, making.shop.country};
}

void read_line(Visit const& visit, Typed& typed, Making const& making, Currency currency, std::size_t i,
               Goods& goods) {
    if (typed.text(numbered("product", i)).empty()) {
        // What costs something and is nothing would be left out in silence.
        if (!typed.text(numbered("price", i)).empty())
            typed.wrong(numbered("product", i), visit.say("Say which goods this price is for."));
        return;
    }
    auto const what = chosen_in(visit, typed, making, i);
    auto const many = typed.number(numbered("many", i), Decimal::of(1, 3), Decimal(1'000'000'000));
    auto const each = typed.money(numbered("price", i), currency);
    if (!many && typed.text(numbered("many", i)).empty())
        typed.wrong(numbered("many", i), visit.say("Write a number above zero, such as 10."));
    if (!each && typed.text(numbered("price", i)).empty())
        typed.wrong(numbered("price", i), visit.say("Write what each costs."));
    if (!what || !many || !each) return;
    auto const exact = product(*many, each->amount());
    auto const amount = exact ? Money::rounded(*exact, currency, Round::half_up)
                              : Result<Money>(std::unexpected(exact.error()));
    if (!amount) {
        typed.wrong(numbered("price", i), visit.say("The number is too large."));
        return;
    }
    if (what->version == 0) goods.own.push_back({i, goods.lines.size()});
    goods.lines.push_back({.product = what->id,
                           .version = what->version,
                           .title = what->title,
                           .quantity = many->stripped(),
                           .unit = what->unit,
                           .tier_from = Decimal(0),
                           .unit_price = *each,
                           .amount = *amount});
}

// The draft that this row of this form made before, if it was sent twice.
std::optional<hub::Shown> draft_of(Visit const& visit, Making const& making, std::string_view sku) {
    constexpr std::size_t rows = 100, pages_max = 50;
    std::optional<shop::ProductId> after;
    for (std::size_t page = 0; page < pages_max; ++page) {
        auto const some =
            visit.site.hub.products_of(visit.caller, making.kept.id, shop::Which::newest, after, rows);
        if (!some) return std::nullopt;
        for (auto const& one : *some)
            if (one.product->sku == sku) return one;
        if (some->size() < rows) return std::nullopt;
        after = some->back().id;
    }
    return std::nullopt;
}

// A line is signed with the product and version that it speaks of, so goods in words become a draft first.
Result<void> make_drafts(Visit const& visit, Making const& making, std::string_view key, Goods const& goods,
                         deal::Terms& terms) {
    constexpr std::size_t enough = 16;
    auto& hub = visit.site.hub;
    for (auto const& one : goods.own) {
        auto& line = terms.lines[one.line];
        auto const mark = hub::hexadecimal(hub::digest_of({making.view.deal.id.text(), key}));
        shop::Product draft{.sku = "offer-" + mark.substr(0, enough) + "-" + std::to_string(one.row + 1),
                            .texts = {{.language = std::string(visit.language()), .title = line.title}},
                            .tiers = {{Decimal(1), line.unit_price}},
                            .unit = line.unit,
                            .origin = making.shop.country,
                            .ships_from = making.shop.country};
        auto const document = shop::document_of(draft);
        hub::ProductChange change{.shop = making.kept.id, .document = document};
        auto saved = hub.save_product(visit.caller, change);
        if (!saved && saved.error().code() == Code::conflict) {
            if (auto const before = draft_of(visit, making, draft.sku)) {
                change.product = before->id;
                change.expected = before->newest;
                saved = hub.save_product(visit.caller, change);
            }
        }
        if (!saved)
            return std::unexpected(
                Error(saved.error().code(), numbered("title", one.row), saved.error().detail()));
        line.product = saved->id;
        line.version = saved->version;
    }
    return {};
}

std::vector<deal::Milestone> plan_named(Visit const& visit, std::string_view key) {
    auto const& plans = visit.site.hub.dealing().plans;
    auto const there = std::ranges::find(plans, key, &hub::Plan::key);
    if (there != plans.end()) return there->milestones;
    if (!plans.empty()) return plans.front().milestones;
    return {{"payment", Decimal(100), deal::Point::accepted, deal::Point::delivered}};
}

Country from_of(Making const& making, std::vector<deal::Line> const& lines) {
    for (auto const& one : making.choices)
        if (!lines.empty() && one.id == lines.front().product) return one.ships_from;
    return making.shop.country;
}

std::optional<deal::Terms> read_terms(Visit const& visit, Typed& typed, Making const& making, Goods& goods) {
    auto const currency = currency_of(making);
    for (std::size_t i = 0; i < offer_rows_max; ++i) read_line(visit, typed, making, currency, i, goods);
    auto const& lines = goods.lines;
    if (lines.empty() && typed.problems().empty())
        typed.wrong("product-0", visit.say("Choose at least one product."));
    auto const sending = typed.money("sending", currency);
    if (!sending && typed.text("sending").empty())
        typed.wrong("sending", visit.say("Write an amount; 0 where there is none."));
    auto rule = quote::Incoterm::DAP;
    for (auto const one : rules)
        if (typed.text("rule") == quote::text_of(one)) rule = one;
    if (!typed.problems().empty()) return std::nullopt;
    auto total = *sending;
    for (auto const& line : lines) {
        auto const more = sum(total, line.amount);
        if (!more) {
            typed.wrong("", visit.say("The number is too large."));
            return std::nullopt;
        }
        total = *more;
    }
    auto const& deal = making.view.deal;
    auto const to = !deal.offers.empty() ? deal.offers.back().terms.to
                    : deal.request       ? deal.request->to
                                         : making.shop.country;
    auto const payer = rule == quote::Incoterm::DDP ? Role::seller : Role::buyer;
    auto const from = from_of(making, lines);
    deal::Terms terms{.lines = lines,
                      .sending = *sending,
                      .total = total,
                      .incoterm = rule,
                      .place = std::string(typed.text("place")),
                      .from = from,
                      .to = to,
                      .taxes = {{"import-duty", payer}, {"import-vat", payer}},
                      .milestones = plan_named(visit, typed.text("plan")),
                      .fee = {Decimal(0), Money::zero(currency), Round::half_up}};
    for (auto const& one : visit.site.hub.dealing().rates)
        if (!terms.rate && one.seller_in == making.shop.country && one.from == currency)
            terms.rate = rate_to(visit, making.shop.country, terms, one.to);
    return terms;
}

Result<net::Response> offer_shown(Visit& visit, Kind kind) {
    auto const making = TRY(making_of(visit, kind));
    if (!may_do(making.view, kind)) return net::redirect(order_address(making.view.deal.id));
    return offer_page(visit, making, nullptr, {});
}

Result<net::Response> offer_sent(Visit& visit, Kind kind) {
    auto const making = TRY(making_of(visit, kind));
    auto const form = TRY(sent_form(visit));
    auto const id = making.view.deal.id;
    if (!may_do(making.view, kind)) return net::redirect(order_address(id));
    Typed typed(visit, form);
    auto const until = until_of(visit, typed);
    Goods goods;
    auto terms = read_terms(visit, typed, making, goods);
    auto const note = typed.text("note");
    if (note.size() > deal::note_bytes_max) typed.wrong("note", visit.say("This is longer than fits here."));
    if (!typed.problems().empty() || !terms || !until)
        return offer_page(visit, making, &form, typed.problems());
    if (auto const made = make_drafts(visit, making, form.value("key"), goods, *terms); !made) {
        if (made.error().code() == Code::signed_out) return std::unexpected(made.error());
        return offer_page(visit, making, &form, {problem_of(visit, made.error())});
    }
    hub::Deed deed{.as = kind == Kind::offer ? Role::seller : Role::buyer};
    deed.event.kind = kind;
    deed.event.key = form.value("key");
    deed.event.terms = std::move(*terms);
    deed.event.until = *until;
    deed.event.note = note;
    auto const done = visit.site.hub.act(visit.caller, id, deed);
    if (done) return net::redirect(order_address(id) + "?done=" + std::string(deal::text_of(kind)));
    if (is_for_error_page(done.error())) return std::unexpected(done.error());
    return offer_page(visit, making, &form, {deal_problem(visit, done.error())});
}

}  // namespace

void add_offer_pages(Site& site, Routes& routes) {
    auto const add = [&](std::string_view method, std::string_view pattern, PageHandler handler) {
        routes.push_back(page_route(site, method, pattern, std::move(handler), offer_bytes_max));
    };
    add("GET", "/ask", ask);
    add("POST", "/ask", ask_sent);
    add("GET", "/requests/{id}", request_shown);
    add("GET", "/orders/{id}/offer", [](Visit& visit) { return offer_shown(visit, Kind::offer); });
    add("POST", "/orders/{id}/offer", [](Visit& visit) { return offer_sent(visit, Kind::offer); });
    add("GET", "/orders/{id}/counter", [](Visit& visit) { return offer_shown(visit, Kind::counter); });
    add("POST", "/orders/{id}/counter", [](Visit& visit) { return offer_sent(visit, Kind::counter); });
}

}  // namespace allroads::web
