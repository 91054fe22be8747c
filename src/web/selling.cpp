// A shop for its keeper: opening it, what it says of itself, what sending costs, and its goods.
#include "web/selling.h"

#include <algorithm>
#include <array>

namespace allroads::web {
namespace {

using locale::to_say;

constexpr std::size_t goods_on_page = 50;
constexpr std::string_view everywhere = "everywhere";

// ---- opening a shop, and what it says of itself -----------------------------------------------------------

// A name as an address: "Kisumu Baskets" is kisumu-baskets. Nothing where it has no Latin letters.
std::string slug_of(std::string_view name) {
    std::string slug;
    for (char const letter : folded(name)) {
        bool const is_plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
        if (is_plain) {
            slug += letter;
        } else if (!slug.empty() && slug.back() != '-') {
            slug += '-';
        }
        if (slug.size() == 40) break;
    }
    while (slug.ends_with('-')) slug.pop_back();
    return slug;
}

std::string suggested_slug(Visit const& visit, std::string_view name, Country country) {
    auto slug = slug_of(name);
    if (slug.size() < 3) {
        auto const id = visit.caller.account->text();
        auto const code = country.text();
        slug = "shop-" + folded(code) + "-" + id.substr(id.size() - 4);
    }
    auto free = slug;
    for (int number = 2; number < 10 && visit.site.hub.shop_of(free); ++number)
        free = slug.substr(0, 38) + "-" + std::to_string(number);
    return free;
}

void add_shop_fields(Sheet& sheet, Visit const& visit, shop::Shop const* shop) {
    auto const country = shop != nullptr ? std::optional(shop->country) : std::nullopt;
    sheet.heading("");
    sheet.add({.name = "name",
               .label = std::string(visit.say("Name of the shop")),
               .value = shop != nullptr ? shop->name : "",
               .autocomplete = "organization",
               .is_required = true,
               .is_in_any_language = true});
    sheet.add({.name = "country",
               .label = std::string(visit.say("Country you send from")),
               .control = Control::choose,
               .options = country_options(visit, country),
               .autocomplete = "country"});
    sheet.add({.name = "place",
               .label = std::string(visit.say("Town or village")),
               .value = shop != nullptr ? shop->place : "",
               .autocomplete = "address-level2",
               .is_in_any_language = true});
    sheet.add({.name = "currency",
               .label = std::string(visit.say("Currency you reckon in")),
               .control = Control::choose,
               .options = currency_options(visit, shop != nullptr ? shop->currency : currency::USD)});
    auto const text = shop != nullptr && !shop->texts.empty()
                          ? shop->texts.front()
                          : shop::Text{.language = std::string(visit.language()), .title = {}};
    sheet.add({.name = "about",
               .label = std::string(visit.say("About the shop")),
               .control = Control::area,
               .value = text.description,
               .help = std::string(
                   visit.say("Who makes the goods, and how. An empty line begins a new paragraph.")),
               .length_max = 10'000});
    sheet.add({.name = "language",
               .label = std::string(visit.say("This is written in")),
               .control = Control::choose,
               .options = language_options(visit, text.language)});
    sheet.add(
        {.name = "slug",
         .label = std::string(visit.say("Address of the shop here")),
         .value = shop != nullptr ? shop->slug : "",
         .help = std::string(visit.say("Letters a-z, digits and -. Left empty, it is made from the name.")),
         .length_max = 40});
}

// What was typed, over what there was.
std::optional<shop::Shop> read_shop(Visit const& visit, Typed& typed, shop::Shop const* before) {
    auto const country = typed.country("country");
    auto const currency = Currency::parse(typed.text("currency"));
    if (!currency) typed.wrong("currency", visit.say("Choose a currency."));
    if (typed.text("name").empty()) typed.wrong("name", visit.say("Write a name."));
    if (typed.text("name").size() > shop::title_bytes_max)
        typed.wrong("name", visit.say("The name is too long."));
    if (!typed.problems().empty()) return std::nullopt;
    shop::Shop shop{.slug = std::string(typed.text("slug")),
                    .name = std::string(typed.text("name")),
                    .country = *country,
                    .place = std::string(typed.text("place")),
                    .currency = *currency};
    if (before != nullptr) {
        shop.texts = before->texts;
        shop.lanes = before->lanes;
        shop.photos = before->photos;
    }
    auto const language = locale::Language::parse(typed.text("language")).value_or(visit.tongue.language());
    auto const about = std::string(typed.text("about"));
    std::erase_if(shop.texts, [&](shop::Text const& one) { return one.language == language.tag(); });
    if (!about.empty()) {
        shop.texts.insert(
            shop.texts.begin(),
            {.language = std::string(language.tag()), .title = shop.name, .description = about});
    }
    if (shop.slug.empty()) shop.slug = suggested_slug(visit, shop.name, shop.country);
    return shop;
}

net::Response shop_page(Visit& visit, Mine const* mine, net::Form const* sent, Problems problems,
                        int status = 200) {
    if (!problems.empty() && status == 200) status = 422;
    Sheet sheet(visit, sent, std::move(problems));
    add_shop_fields(sheet, visit, mine != nullptr ? &mine->shop : nullptr);
    Page page;
    FormPage about{
        .title = std::string(mine != nullptr ? visit.say("About the shop") : visit.say("Open a shop")),
        .here = Here::shops};
    if (mine != nullptr) {
        sheet.keep("version", std::to_string(mine->kept.version));
        sheet.button({"save", std::string(visit.say("Save"))});
        about.links = {{my_shop_address(mine->shop), std::string(visit.say("Back to the shop"))}};
    } else {
        sheet.button({"open", std::string(visit.say("Open the shop"))});
    }
    return form_answer(visit, about, sheet, page, status);
}

Result<net::Response> new_shop(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    return shop_page(visit, nullptr, nullptr, {});
}

Result<net::Response> shop_made(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    Typed typed(visit, form);
    auto const shop = read_shop(visit, typed, nullptr);
    if (!shop) return shop_page(visit, nullptr, &form, typed.problems());
    auto const made = visit.site.hub.make_shop(visit.caller, shop::document_of(*shop));
    if (made) return net::redirect(my_shop_address(*shop) + "?done=opened");
    if (is_for_error_page(made.error())) return std::unexpected(made.error());
    return shop_page(visit, nullptr, &form, {problem_of(visit, made.error())});
}

Result<net::Response> about_shop(Visit& visit) {
    auto const mine = TRY(my_shop(visit, visit.http.parameter("slug")));
    return shop_page(visit, &mine, nullptr, {});
}

std::int64_t version_in(net::Form const& form, Visit const& visit) {
    Typed typed(visit, form);
    return typed.whole("version", 0, INT32_MAX).value_or(0);
}

Result<net::Response> shop_changed(Visit& visit) {
    auto const mine = TRY(my_shop(visit, visit.http.parameter("slug")));
    auto const form = TRY(sent_form(visit));
    Typed typed(visit, form);
    auto const shop = read_shop(visit, typed, &mine.shop);
    if (!shop) return shop_page(visit, &mine, &form, typed.problems());
    auto const done = visit.site.hub.change_shop(visit.caller, mine.kept.id, version_in(form, visit),
                                                 shop::document_of(*shop));
    if (done) return net::redirect(my_shop_address(*shop) + "?done=saved");
    if (is_for_error_page(done.error())) return std::unexpected(done.error());
    auto problem = problem_of(visit, done.error());
    if (done.error().field() == "version")
        problem.text += " " + std::string(visit.say("Look at it, then save yours over it."));
    return shop_page(visit, &mine, &form, {std::move(problem)}, facts_of(done.error().code()).http_status);
}

// ---- what sending costs -----------------------------------------------------------------------------------

struct CountryGroup {
    std::string_view key, name, members;
};
constexpr CountryGroup groups[] = {
    {"eu", to_say("European Union"),
     "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"},
    {"efta-uk", to_say("United Kingdom, Switzerland, Norway, Iceland"), "CH GB IS LI NO"},
    {"north-america", to_say("United States and Canada"), "CA US"},
    {"east-africa", to_say("East Africa"), "BI CD KE RW SO SS TZ UG"},
    {"west-africa", to_say("West Africa"), "BF BJ CI CV GH GM GN GW LR ML MR NE NG SL SN TG"},
    {"southern-africa", to_say("Southern Africa"), "BW LS NA SZ ZA"},
    {"gulf", to_say("Gulf states"), "AE BH KW OM QA SA"},
    {"south-asia", to_say("South Asia"), "AF BD BT IN LK MV NP PK"},
    {"southeast-asia", to_say("Southeast Asia"), "BN ID KH LA MM MY PH SG TH TL VN"},
    {"east-asia", to_say("East Asia"), "CN HK JP KR MO TW"},
    {"oceania", to_say("Australia and New Zealand"), "AU NZ"},
};
constexpr std::string_view roads[] = {to_say("by post"), to_say("by express"), to_say("by air"),
                                      to_say("by sea"),  to_say("by road"),    to_say("by rail")};

std::string lane_to(Visit const& visit, shop::Lane const& lane) {
    if (lane.to.empty()) return std::string(visit.say("everywhere"));
    auto rest = lane.to;
    std::string text;
    auto const add = [&](std::string_view name) { text += (text.empty() ? "" : ", ") + std::string(name); };
    for (auto const& group : groups) {
        std::vector<Country> members;
        for (std::size_t at = 0; at < group.members.size(); at += 3)
            members.push_back(*Country::parse(group.members.substr(at, 2)));
        bool const is_whole = std::ranges::all_of(
            members, [&](Country one) { return std::ranges::find(rest, one) != rest.end(); });
        if (!is_whole) continue;
        add(visit.say(group.name));
        std::erase_if(rest, [&](Country one) { return std::ranges::find(members, one) != members.end(); });
    }
    constexpr std::size_t named_max = 8;
    for (std::size_t i = 0; i < std::min(rest.size(), named_max); ++i)
        add(visit.tongue.country_name(rest[i]));
    if (rest.size() > named_max) text += " …";
    return text;
}

std::string days_words(Visit const& visit, shop::Lane const& lane) {
    if (lane.days_max == 0) return std::string(visit.say("how long it takes is not said"));
    if (lane.days_min == lane.days_max) return visit.tongue.say_many("{1} day", "{1} days", lane.days_max);
    return locale::fill(visit.say("{{FROM}} to {{TO}} days"),
                        {{"FROM", visit.tongue.number(Decimal(lane.days_min))},
                         {"TO", visit.tongue.number(Decimal(lane.days_max))}});
}

void set_lanes(Page& page, Visit const& visit, Mine const& mine) {
    if (mine.shop.lanes.empty()) {
        page.show("NO_LANES");
        return;
    }
    auto& section = page.add("LANES");
    for (std::size_t i = 0; i < mine.shop.lanes.size(); ++i) {
        auto const& lane = mine.shop.lanes[i];
        auto& row = section.add("LANE_LIST");
        row.set("LANE_NUMBER", std::to_string(i));
        row.set("LANE_TO", lane_to(visit, lane));
        row.set("LANE_ROAD", visit.say(roads[static_cast<std::size_t>(lane.road)]));
        row.set("LANE_PRICE", locale::fill(visit.say("{{BASE}} and {{PER_KG}} a kilogram"),
                                           {{"BASE", visit.tongue.money(lane.base)},
                                            {"PER_KG", visit.tongue.money(lane.per_kg)}}));
        row.set("LANE_DAYS", days_words(visit, lane));
        if (lane.grams_max > 0) {
            auto const most = visit.tongue.quantity(
                {.amount = Decimal::of(lane.grams_max, 3).stripped(), .unit = unit::kilogram});
            row.add("LANE_UP_TO")
                .set("UP_TO_TEXT", locale::fill(visit.say("up to {{WEIGHT}}"), {{"WEIGHT", most}}));
        }
        row.set("LANE_URL", my_shop_address(mine.shop) + "/sending?lane=" + std::to_string(i));
    }
}

void add_destination_fields(Sheet& sheet, Visit const& visit, shop::Lane const* lane) {
    std::vector<Option> options{{std::string(everywhere), std::string(visit.say("Everywhere else")),
                                 lane != nullptr && lane->to.empty()}};
    for (auto const& group : groups)
        options.push_back({std::string(group.key), std::string(visit.say(group.name))});
    sheet.add({.name = "groups",
               .label = std::string(visit.say("Where to?")),
               .control = Control::ticks,
               .options = std::move(options)});
    auto countries = country_options(visit, std::nullopt);
    countries.erase(countries.begin());
    for (auto& one : countries) {
        auto const country = *Country::parse(one.value);
        one.is_chosen = lane != nullptr && std::ranges::find(lane->to, country) != lane->to.end();
    }
    sheet.add({.name = "countries",
               .label = std::string(visit.say("Single countries")),
               .control = Control::ticks,
               .options = std::move(countries),
               .is_folded = true});
}

void add_lane_fields(Sheet& sheet, Visit const& visit, Mine const& mine, shop::Lane const* lane) {
    sheet.heading("");
    add_destination_fields(sheet, visit, lane);
    std::vector<Option> options;
    for (std::size_t i = 0; i < std::size(roads); ++i) {
        auto const road = static_cast<freight::Road>(i);
        options.push_back({std::string(freight::text_of(road)), std::string(visit.say(roads[i])),
                           lane != nullptr ? lane->road == road : i == 0});
    }
    sheet.add({.name = "road",
               .label = std::string(visit.say("How?")),
               .control = Control::choose,
               .options = std::move(options)});
    auto const currency = lane != nullptr ? lane->base.currency() : mine.shop.currency;
    auto const amount = [&](std::string_view name, std::string_view label,
                            std::optional<Money> const& value) {
        sheet.add({.name = std::string(name),
                   .label = std::string(label) + " (" + std::string(currency.text()) + ")",
                   .value = value ? visit.tongue.number(value->amount(), currency.minor_digits()) : "",
                   .keyboard = "decimal",
                   .length_max = 20,
                   .is_required = true,
                   .is_short = true});
    };
    amount("base", visit.say("For each parcel"), lane != nullptr ? std::optional(lane->base) : std::nullopt);
    amount("per_kg", visit.say("And for each kilogram"),
           lane != nullptr ? std::optional(lane->per_kg) : std::nullopt);
    auto const number = [&](std::string_view name, std::string_view label, Decimal const& value) {
        sheet.add({.name = std::string(name),
                   .label = std::string(label),
                   .value = value.is_zero() ? "" : visit.tongue.number(value),
                   .keyboard = "decimal",
                   .length_max = 12,
                   .is_short = true});
    };
    number("days_min", visit.say("Days it takes at least"), Decimal(lane != nullptr ? lane->days_min : 0));
    number("days_max", visit.say("Days it takes at most"), Decimal(lane != nullptr ? lane->days_max : 0));
    number("kilograms", visit.say("Heaviest parcel in kilograms; empty: any weight"),
           Decimal::of(lane != nullptr ? lane->grams_max : 0, 3).stripped());
    sheet.keep(numbers_field, visit.language());
    sheet.keep("version", std::to_string(mine.kept.version));
}

// The line that is to be changed; none where a new one is to be added.
std::optional<std::size_t> lane_number(std::string_view text, shop::Shop const& shop) {
    std::optional<std::size_t> number;
    for (std::size_t i = 0; i < shop.lanes.size(); ++i) {
        if (text == std::to_string(i)) number = i;
    }
    return number;
}

net::Response sending_page(Visit& visit, Mine const& mine, net::Form const* sent, Problems problems,
                           int status = 200) {
    if (!problems.empty() && status == 200) status = 422;
    auto const number = lane_number(sent != nullptr ? sent->value("lane") : visit.query("lane"), mine.shop);
    auto const* lane = number ? &mine.shop.lanes[*number] : nullptr;
    Sheet sheet(visit, sent, std::move(problems));
    add_lane_fields(sheet, visit, mine, lane);
    if (number) sheet.keep("lane", std::to_string(*number));
    sheet.sends_to(my_shop_address(mine.shop) + "/sending");
    sheet.button({"save", std::string(visit.say("Save"))});
    Page page;
    set_mine(page, visit, Here::shops);
    set_shop_nav(page, visit, mine, AtShop::sending);
    page.set("SHOP_NAME", mine.shop.name);
    page.set("SHOP_VERSION", std::to_string(mine.kept.version));
    page.set("SENDING_ACTION", my_shop_address(mine.shop) + "/sending");
    page.set("LANE_HEADING", number ? visit.say("Change this line") : visit.say("Add a line"));
    set_lanes(page, visit, mine);
    if (visit.query("done") == "saved") page.add("DONE").set("TOLD_TEXT", visit.say("It is kept."));
    sheet.show(page);
    return answer(visit, "sending", page, status);
}

std::vector<Country> destinations_of(Typed const& typed) {
    std::vector<Country> to;
    auto const add = [&](std::string_view code) {
        auto const country = Country::parse(code);
        if (country && std::ranges::find(to, *country) == to.end()) to.push_back(*country);
    };
    for (auto const& key : typed.all("groups")) {
        auto const group = std::ranges::find(groups, std::string_view(key), &CountryGroup::key);
        if (group == std::end(groups)) continue;
        for (std::size_t at = 0; at < group->members.size(); at += 3) add(group->members.substr(at, 2));
    }
    for (auto const& code : typed.all("countries")) add(code);
    std::ranges::sort(to, {}, [](Country one) { return one.text(); });
    return to;
}

std::optional<shop::Lane> read_lane(Visit const& visit, Typed& typed, Currency currency) {
    constexpr std::int64_t days_max = 1000;
    auto to = destinations_of(typed);
    auto const chosen = typed.all("groups");
    bool const is_everywhere = std::ranges::find(chosen, everywhere) != chosen.end();
    if (is_everywhere) to.clear();
    if (to.empty() && !is_everywhere) typed.wrong("groups", visit.say("Say where this line leads."));
    auto const road = freight::parse_road(typed.text("road"));
    if (!road) typed.wrong("road", visit.say("Choose how it is sent."));
    auto const base = typed.money("base", currency);
    auto const per_kg = typed.money("per_kg", currency);
    if (typed.text("base").empty()) typed.wrong("base", visit.say("Write an amount; 0 where there is none."));
    if (typed.text("per_kg").empty())
        typed.wrong("per_kg", visit.say("Write an amount; 0 where there is none."));
    auto const least = typed.whole("days_min", 0, days_max);
    auto const most = typed.whole("days_max", 0, days_max);
    if (least.value_or(0) > most.value_or(least.value_or(0)))
        typed.wrong("days_max", visit.say("Write at least as many days as above."));
    auto const heaviest = typed.number("kilograms", Decimal::of(1, 3), Decimal(100'000));
    if (!typed.problems().empty()) return std::nullopt;
    auto const days = static_cast<std::int32_t>(least.value_or(most.value_or(0)));
    shop::Lane lane{.to = std::move(to),
                    .road = *road,
                    .base = *base,
                    .per_kg = *per_kg,
                    .days_min = days,
                    .days_max = static_cast<std::int32_t>(most.value_or(days))};
    if (heaviest) {
        auto const grams = product(*heaviest, Decimal(1000));
        if (grams) lane.grams_max = static_cast<std::int64_t>(grams->rounded(0, Round::down).coefficient());
    }
    return lane;
}

Result<net::Response> sending(Visit& visit) {
    auto const mine = TRY(my_shop(visit, visit.http.parameter("slug")));
    return sending_page(visit, mine, nullptr, {});
}

Result<net::Response> sending_changed(Visit& visit) {
    auto const mine = TRY(my_shop(visit, visit.http.parameter("slug")));
    auto const form = TRY(sent_form(visit));
    auto shop = mine.shop;
    auto const number = lane_number(form.value("lane"), shop);
    if (form.value("do") == "remove") {
        if (!number) return net::redirect(my_shop_address(shop) + "/sending");
        shop.lanes.erase(shop.lanes.begin() + static_cast<std::ptrdiff_t>(*number));
    } else {
        Typed typed(visit, form);
        if (!number && shop.lanes.size() >= shop::lanes_max)
            typed.wrong("", visit.say("There are 60 lines already; remove one first."));
        auto lane = read_lane(visit, typed, number ? shop.lanes[*number].base.currency() : shop.currency);
        if (!lane) return sending_page(visit, mine, &form, typed.problems());
        if (number) {
            shop.lanes[*number] = std::move(*lane);
        } else {
            shop.lanes.push_back(std::move(*lane));
        }
        // The first that fits counts, so what fits everywhere comes last.
        std::ranges::stable_partition(shop.lanes, [](shop::Lane const& one) { return !one.to.empty(); });
    }
    auto const done = visit.site.hub.change_shop(visit.caller, mine.kept.id, version_in(form, visit),
                                                 shop::document_of(shop));
    if (done) return net::redirect(my_shop_address(shop) + "/sending?done=saved");
    if (is_for_error_page(done.error())) return std::unexpected(done.error());
    auto problem = problem_of(visit, done.error());
    return sending_page(visit, mine, &form, {std::move(problem)}, facts_of(done.error().code()).http_status);
}

// ---- the goods --------------------------------------------------------------------------------------------

constexpr std::string_view done_words[][2] = {
    {"opened", to_say("The shop is open. Say what sending costs, and add your first product.")},
    {"saved", to_say("It is kept.")},
    {"withdrawn", to_say("It is withdrawn: nobody finds it any more.")},
    {"live", to_say("Everybody sees it now.")},
};

void add_goods(Page& page, Visit const& visit, hub::Shown const& shown) {
    auto const& product = *shown.product;
    auto const& text = shop::text_in(product, visit.language());
    auto& one = page.add("GOODS");
    one.set("GOODS_EDIT_URL", my_goods_address(shown.id));
    one.set("GOODS_TITLE", text.title);
    one.set("GOODS_LANG", text.language);
    if (product.photos.empty())
        one.show("GOODS_NO_PICTURE");
    else
        one.add("GOODS_PICTURE").set("PICTURE_URL", picture_address(product.photos.front().digest, 320));
    one.set("GOODS_PRICE", product.tiers.empty() ? std::string(visit.say("no price yet"))
                                                 : visit.tongue.money(product.tiers.front().price));
    one.set("GOODS_READY", ready_text(visit, product));
    one.show(shown.state == shop::State::live        ? Name("STATE_LIVE")
             : shown.state == shop::State::withdrawn ? Name("STATE_WITHDRAWN")
                                                     : Name("STATE_DRAFT"));
    if (shown.state == shop::State::live && shown.newest > shown.live_version) one.show("GOODS_NEWER");
    if (auto const may = shop::may_go_live(product); !may) {
        auto const field = form_field_of(may.error().field());
        one.add("GOODS_MISSING")
            .set("MISSING_TEXT", words_of(visit, Error(may.error().code(), field, may.error().detail())));
    }
}

Result<net::Response> goods(Visit& visit) {
    auto const mine = TRY(my_shop(visit, visit.http.parameter("slug")));
    std::optional<shop::ProductId> after;
    if (auto const text = visit.query("after"); !text.empty()) after = TRY(shop::ProductId::parse(text));
    auto const products = TRY(
        visit.site.hub.products_of(visit.caller, mine.kept.id, shop::Which::newest, after, goods_on_page));
    Page page;
    set_mine(page, visit, Here::shops);
    set_shop_nav(page, visit, mine, AtShop::goods);
    page.set("SHOP_NAME", mine.shop.name);
    page.set("NEW_URL", my_shop_address(mine.shop) + "/new");
    page.set("FORM_SECRET", form_secret(visit));
    if (mine.shop.lanes.empty())
        page.add("NO_LANES").set("SENDING_URL", my_shop_address(mine.shop) + "/sending");
    for (auto const& [key, words] : done_words) {
        if (visit.query("done") == key) page.add("DONE").set("TOLD_TEXT", visit.say(words));
    }
    if (products.empty()) {
        page.show("NO_GOODS");
    } else {
        auto& list = page.add("HAS_GOODS");
        for (auto const& one : products) add_goods(list, visit, one);
        if (products.size() == goods_on_page)
            list.add("MORE").set("MORE_URL", visit.here_with("after", products.back().id.text()));
    }
    return answer(visit, "my-goods", page);
}

Result<net::Response> shops(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const all = TRY(visit.site.hub.my_shops(visit.caller));
    if (all.size() == 1) return net::redirect("/my/shops/" + all.front().slug);
    Page page;
    set_mine(page, visit, Here::shops);
    if (all.empty()) {
        page.show("NO_SHOPS");
        return answer(visit, "my-shops", page);
    }
    auto& list = page.add("HAS_SHOPS");
    for (auto const& kept : all) {
        auto const shop = TRY(shop::parse_shop(kept.document));
        auto& one = list.add("SHOPS");
        one.set("SHOP_URL", my_shop_address(shop));
        one.set("SHOP_NAME", shop.name);
        one.set("SHOP_WHERE", where_of(visit, shop));
    }
    return answer(visit, "my-shops", page);
}

}  // namespace

Result<Mine> my_shop(Visit const& visit, std::string_view slug) {
    TRY_VOID(must_be_person(visit));
    auto kept = TRY(visit.site.hub.shop_of(slug));
    if (!visit.site.hub.may_keep(visit.caller, kept))
        return refuse(Code::not_found, "shop", "there is no such shop of yours");
    auto shop = TRY(shop::parse_shop(kept.document));
    return Mine{std::move(kept), std::move(shop)};
}

Result<MyGoods> my_goods(Visit const& visit, std::int64_t version) {
    TRY_VOID(must_be_person(visit));
    auto const id = shop::ProductId::parse(visit.http.parameter("id"));
    if (!id) return refuse(Code::not_found, "product", "there is no such product");
    auto& hub = visit.site.hub;
    // The newest first: it alone tells whether this product is the visitor's.
    auto shown = TRY(hub.product(visit.caller, *id, shop::Which::newest));
    auto mine = TRY(my_shop(visit, shown.shop->slug));
    if (version != 0 && version != shown.version)
        shown = TRY(hub.product_version(visit.caller, *id, version));
    return MyGoods{std::move(shown), std::move(mine)};
}

void set_shop_nav(Page& page, Visit const&, Mine const& mine, AtShop at) {
    auto& nav = page.add("SHOP_NAV");
    auto const address = my_shop_address(mine.shop);
    nav.set("GOODS_URL", address);
    nav.set("SENDING_URL", address + "/sending");
    nav.set("ABOUT_URL", address + "/about");
    nav.set("FILES_URL", address + "/files");
    nav.set("ORDERS_URL", address + "/orders");
    nav.set("MONEY_URL", address + "/money");
    nav.set("SHOP_PUBLIC_URL", "/shops/" + mine.shop.slug);
    nav.show(at == AtShop::goods     ? Name("AT_GOODS")
             : at == AtShop::orders  ? Name("AT_SHOP_ORDERS")
             : at == AtShop::money   ? Name("AT_SHOP_MONEY")
             : at == AtShop::about   ? Name("AT_ABOUT")
             : at == AtShop::sending ? Name("AT_SENDING")
                                     : Name("AT_FILES"));
}

std::string my_shop_address(shop::Shop const& shop) { return "/my/shops/" + shop.slug; }
std::string my_goods_address(shop::ProductId const& id) { return "/my/goods/" + id.text(); }

std::vector<net::Route> selling_pages(Site& site) {
    Routes routes;
    auto const add = [&](std::string_view method, std::string_view pattern, PageHandler handler) {
        routes.push_back(page_route(site, method, pattern, std::move(handler)));
    };
    add("GET", "/my", shops);
    add("GET", "/my/new-shop", new_shop);
    add("POST", "/my/new-shop", shop_made);
    add("GET", "/my/shops/{slug}", goods);
    add("GET", "/my/shops/{slug}/about", about_shop);
    add("POST", "/my/shops/{slug}/about", shop_changed);
    add("GET", "/my/shops/{slug}/sending", sending);
    add("POST", "/my/shops/{slug}/sending", sending_changed);
    add_goods_pages(site, routes);
    add_estimate_pages(site, routes);
    add_file_pages(site, routes);
    return routes;
}

}  // namespace allroads::web
