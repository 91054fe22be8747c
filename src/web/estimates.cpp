// What a seller asks before listing: which customs code, and what it would cost in many countries.
#include "web/bars.h"
#include "web/selling.h"

#include <algorithm>

namespace allroads::web {
namespace {

using locale::to_say;

constexpr std::string_view answer_prefix = "a.";  // of query fields: "a.material=sisal"
// Of codes that are seldom right nobody reads ten: the best are shown, and never more than these.
constexpr std::size_t proposals_shown_max = 5;
constexpr std::size_t seldom_shown_max = 3;
constexpr int seldom_permille = 50;  // below that a proposal is told to be seldom right

// ---- what is my customs code? -----------------------------------------------------------------------------

struct CodeAsked {
    classify::Question question;
    std::vector<net::Pair> answers;  // as they stand in the address
};

CodeAsked asked_in(Visit const& visit, std::vector<net::Pair> const& pairs, shop::Product const& product) {
    CodeAsked asked;
    auto const words = net::value_of(pairs, "words");
    auto const& text = product.texts.front();
    asked.question.words = words ? excerpt(*words, 2000) : text.title;
    asked.question.language =
        classify::parse_language(words ? visit.language() : std::string_view(text.language));
    for (auto const& pair : pairs) {
        if (!pair.name.starts_with(answer_prefix) || asked.answers.size() == classify::answers_max) continue;
        asked.answers.push_back(pair);
        asked.question.given.push_back({pair.name.substr(answer_prefix.size()), pair.value});
    }
    return asked;
}

void add_notes(Page& page, classify::Proposal const& proposal) {
    Page* section = nullptr;
    for (auto const& note : proposal.notes) {
        if (section == nullptr) section = &page.add("NOTES");
        auto& one = section->add("NOTE_LIST");
        one.set("NOTE_TEXT", note.text);
        one.set("NOTE_SOURCE", note.source);
        if (note.is_met) one.show("NOTE_MET");
    }
}

void add_proposal(Page& page, Visit const& visit, classify::Proposal const& proposal) {
    auto& one = page.add("PROPOSAL_LIST");
    one.set("PROPOSAL_CODE", proposal.hs.dotted());
    one.set("PROPOSAL_VALUE", proposal.hs.text());
    one.set("PROPOSAL_TITLE", proposal.path.empty() ? std::string_view() : proposal.path.back().text);
    auto const in_ten = std::clamp((proposal.hs_permille + 50) / 100, 0, 10);
    one.set("PROPOSAL_DOUBT", in_ten >= 10 ? std::string(visit.say("nearly always right"))
                              : in_ten == 0
                                  ? std::string(visit.say("seldom right"))
                                  : locale::fill(visit.say("right in about {{NUMBER}} of 10 cases"),
                                                 {{"NUMBER", visit.tongue.number(Decimal(in_ten))}}));
    one.show(proposal.hs_permille >= 900   ? Name("DOUBT_SMALL")
             : proposal.hs_permille >= 500 ? Name("DOUBT_SOME")
                                           : Name("DOUBT_LARGE"));
    for (auto const& step : proposal.path) {
        auto& row = one.add("STEPS");
        row.set("STEP_CODE", step.code.dotted());
        row.set("STEP_TEXT", step.text);
    }
    add_notes(one, proposal);
}

void add_question(Page& page, Visit const& visit, classify::Ask const& ask) {
    auto& section = page.add("QUESTION");
    section.set("QUESTION_TEXT", ask.question.empty() ? visit.say("Which of these is it?") : ask.question);
    for (auto const& choice : ask.choices) {
        auto& one = section.add("CHOICES");
        one.set("CHOICE_NAME", std::string(answer_prefix) + std::string(ask.facet));
        one.set("CHOICE_VALUE",
                choice.value.empty() && choice.code ? choice.code->text() : std::string(choice.value));
        one.set("CHOICE_TEXT", choice.text);
        if (!choice.group.empty()) one.add("CHOICE_GROUP").set("GROUP_TEXT", choice.group);
    }
}

void set_answer(Page& page, Visit const& visit, classify::Answer const& answer) {
    if (!answer.unknown_words.empty()) {
        std::string text;
        for (auto const& word : answer.unknown_words) text += (text.empty() ? "" : ", ") + word;
        page.add("UNKNOWN_WORDS").set("UNKNOWN_TEXT", excerpt(text, 300));
    }
    if (answer.ask && !answer.ask->choices.empty()) add_question(page, visit, *answer.ask);
    Page* section = nullptr;
    std::size_t shown = 0;
    for (auto const& proposal : answer.proposals) {
        if (proposal.hs.size() < 6) continue;  // a heading is no code that a product may have
        if (shown == proposals_shown_max) break;
        if (proposal.hs_permille < seldom_permille && shown >= seldom_shown_max) continue;
        if (section == nullptr) section = &page.add("PROPOSALS");
        add_proposal(*section, visit, proposal);
        ++shown;
    }
    if (answer.proposals.empty()) page.show("NOTHING");
}

void set_goods(Page& page, Visit const& visit, MyGoods const& goods) {
    set_mine(page, visit, Here::shops);
    auto const& text = shop::text_in(*goods.shown.product, visit.language());
    page.set("GOODS_TITLE", text.title);
    page.set("GOODS_LANG", text.language);
    page.set("GOODS_EDIT_URL", my_goods_address(goods.shown.id));
}

Result<net::Response> code(Visit& visit) {
    auto const goods = TRY(my_goods(visit));
    auto const asked = asked_in(visit, visit.http.query, *goods.shown.product);
    Page page;
    set_goods(page, visit, goods);
    page.set("CODE_URL", my_goods_address(goods.shown.id) + "/code");
    page.set("WORDS", asked.question.words);
    page.set("FORM_SECRET", form_secret(visit));
    for (auto const& pair : asked.answers) {
        auto& one = page.add("ANSWERS");
        one.set("ANSWER_NAME", pair.name);
        one.set("ANSWER_VALUE", pair.value);
    }
    auto const words = visit.site.hub.words();
    if (!words) {
        page.show("NO_BOOKS");
        return answer(visit, "code", page);
    }
    // Views of the answer point into the words, which `words` holds until the page is made.
    auto const found = classify::classify((*words)->index(), asked.question);
    if (!found) {
        auto& errors = page.add("ERRORS").add("ERROR_LIST");
        errors.add("ERROR_AT").set("ERROR_FIELD", "words");
        errors.set("ERROR_TEXT", found.error().code() == Code::field_missing
                                     ? std::string(visit.say("Write what it is."))
                                     : words_of(visit, found.error()));
        return answer(visit, "code", page, 422);
    }
    set_answer(page, visit, *found);
    return answer(visit, "code", page);
}

// How sure the code is, is worked out again: what a form says of it could be anything.
Result<net::Response> code_taken(Visit& visit) {
    auto const goods = TRY(my_goods(visit));
    auto const form = TRY(sent_form(visit));
    auto const chosen = TRY(GoodsCode::parse(form.value("code")));
    auto const words = TRY(visit.site.hub.words());
    auto const asked = asked_in(visit, form.fields, *goods.shown.product);
    auto const found = TRY(classify::classify(words->index(), asked.question));
    auto const proposal = std::ranges::find(found.proposals, chosen, &classify::Proposal::hs);
    if (proposal == found.proposals.end() || chosen.size() < 6)
        return refuse(Code::not_found, "code", "this code is not proposed for these words");
    auto product = *goods.shown.product;
    product.hs = chosen;
    product.hs_permille =
        std::clamp(proposal->hs_permille, 0, 989);  // a proposal is never a person who knows
    product.hs_by = "classifier";
    auto const saved =
        TRY(visit.site.hub.save_product(visit.caller, {.shop = goods.mine.kept.id,
                                                       .product = goods.shown.id,
                                                       .expected = goods.shown.newest,
                                                       .document = shop::document_of(product)}));
    return net::redirect(my_goods_address(saved.id) + "?done=code#hs");
}

// ---- what would it cost? ----------------------------------------------------------------------------------

// The seller's own country comes first.
std::vector<Country> doors_for(shop::Shop const& shop) {
    std::vector<Country> all{shop.country};
    auto const doors = large_markets();
    for (auto const country : doors) {
        if (country != shop.country && all.size() < doors.size()) all.push_back(country);
    }
    return all;
}

std::string part_text(Visit const& visit, std::vector<Part> const& parts,
                      std::initializer_list<PartKind> kinds, Currency currency) {
    Decimal total(0);
    bool is_there = false;
    for (auto const& part : parts) {
        if (std::ranges::find(kinds, part.kind) == kinds.end()) continue;
        if (!part.amount) return std::string(visit.say("not known"));
        auto const more = sum(total, *part.amount);
        if (!more) return std::string(visit.say("not known"));
        total = *more;
        is_there = true;
    }
    auto const money = Money::rounded(total, currency, Round::half_up);
    return is_there && money ? visit.tongue.money(*money) : "–";
}

struct Priced {
    Country to;
    Result<hub::Delivered> delivered;
};

CountryBar bar_of(Visit const& visit, Priced const& priced) {
    CountryBar bar{.country = std::string(visit.tongue.country_name(priced.to))};
    if (!priced.delivered || !priced.delivered->quote.landed_total) {
        bar.amount_text = visit.say("not known");
        bar.is_complete = false;
        return bar;
    }
    auto const& delivered = *priced.delivered;
    auto const& total = *delivered.quote.landed_total;
    bar.is_complete = delivered.sending && delivered.quote.status == quote::Status::complete;
    bar.delivered = total.amount();
    bar.parts = parts_of(visit, delivered);
    bar.amount_text = bar.is_complete ? visit.tongue.money(total)
                                      : locale::fill(visit.say("at least {{PRICE}}"),
                                                     {{"PRICE", visit.tongue.money(total)}});
    return bar;
}

void add_row(Page& page, Visit const& visit, Priced const& priced, CountryBar const& bar) {
    auto& row = page.add("ROWS");
    row.set("ROW_COUNTRY", bar.country);
    if (!bar.delivered) {
        auto& none = row.add("ROW_NONE");
        none.set("ROW_WHY", priced.delivered ? visit.say("not known")
                            : priced.delivered.error().code() == Code::no_market
                                ? visit.say("no rules are held for it")
                            : priced.delivered.error().code() == Code::no_exchange_rate
                                ? visit.say("no exchange rate is held")
                                : visit.say("not known"));
        return;
    }
    auto const& total = *priced.delivered->quote.landed_total;
    row.show(bar.is_complete ? Name("ROW_COMPLETE") : Name("ROW_PARTIAL"));
    row.set("ROW_PRICE", visit.tongue.money(total));
    auto const currency = total.currency();
    row.set("ROW_GOODS", part_text(visit, bar.parts, {PartKind::goods}, currency));
    row.set("ROW_FREIGHT", part_text(visit, bar.parts, {PartKind::freight}, currency));
    row.set("ROW_DUTY", part_text(visit, bar.parts, {PartKind::duty}, currency));
    row.set("ROW_TAXES", part_text(visit, bar.parts, {PartKind::taxes, PartKind::fees}, currency));
}

void set_prices(Page& page, Visit& visit, MyGoods const& goods, bool is_home) {
    auto const& product = *goods.shown.product;
    auto const currency = product.tiers.front().price.currency();
    auto const today = visit.site.hub.today();
    auto& section = page.add("PRICES");
    section.set("OTHER_URL", visit.here_with("buyer", is_home ? "business" : ""));
    section.set("OTHER_TEXT",
                is_home ? visit.say("Show what a business pays") : visit.say("Show what a home pays"));
    section.set("PRICES_DAY", visit.tongue.date(today, locale::Length::full));
    std::vector<CountryBar> bars;
    std::vector<Priced> all;
    for (auto const country : doors_for(goods.mine.shop)) {
        hub::Pricing pricing{.door = {.to = country,
                                      .date = today,
                                      .known_on = today,
                                      .road = freight::Road::post,
                                      .buyer = is_home ? quote::Buyer::consumer : quote::Buyer::business},
                             .currency = currency};
        all.push_back({country, visit.site.hub.delivered(goods.shown, pricing)});
        bars.push_back(bar_of(visit, all.back()));
        add_row(section, visit, all.back(), bars.back());
    }
    section.set("COUNTRIES_SVG",
                country_bars(bars, visit.direction(), visit.say("Delivered price by country")));
    constexpr std::pair<PartKind, std::string_view> keys[] = {
        {PartKind::goods, to_say("Goods")}, {PartKind::freight, to_say("Freight")},
        {PartKind::duty, to_say("Duty")},   {PartKind::taxes, to_say("Taxes")},
        {PartKind::fees, to_say("Fees")},   {PartKind::unknown, to_say("Not known")},
    };
    for (auto const& [kind, name] : keys) {
        auto& key = section.add("KEYS");
        key.set("KEY_SVG", key_of_part(kind));
        key.set("KEY_NAME", visit.say(name));
    }
}

Result<net::Response> countries(Visit& visit) {
    auto const goods = TRY(my_goods(visit));
    auto const& product = *goods.shown.product;
    bool const is_home = visit.query("buyer") != "business";
    Page page;
    set_goods(page, visit, goods);
    auto const smallest = product.tiers.empty() ? Decimal(1) : product.tiers.front().from;
    auto const words =
        is_home ? visit.say("{{QUANTITY}}, sent to a home") : visit.say("{{QUANTITY}}, sent to a business");
    page.set("COUNTRIES_FOR",
             locale::fill(words, {{"QUANTITY", quantity_text(visit, smallest, product.unit)}}));
    if (goods.mine.shop.lanes.empty())
        page.add("NO_LANES").set("SENDING_URL", my_shop_address(goods.mine.shop) + "/sending");
    if (!product.hs || product.tiers.empty()) {
        page.add("NO_PRICES")
            .set("NO_PRICES_TEXT", product.hs
                                       ? visit.say("Write what it costs.")
                                       : visit.say("Without a customs code no delivered price can be told."));
    } else {
        set_prices(page, visit, goods, is_home);
    }
    return answer(visit, "my-countries", page);
}

}  // namespace

void add_estimate_pages(Site& site, Routes& routes) {
    auto const add = [&](std::string_view method, std::string_view pattern, PageHandler handler) {
        routes.push_back(page_route(site, method, pattern, std::move(handler)));
    };
    add("GET", "/my/goods/{id}/code", code);
    add("POST", "/my/goods/{id}/code", code_taken);
    add("GET", "/my/goods/{id}/countries", countries);
}

}  // namespace allroads::web
