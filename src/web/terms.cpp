// The terms of an order in plain words: what, for how much, when it is paid and when it is the seller's, who
// holds the money, and what happens when something goes wrong.
#include "web/deals.h"

#include <algorithm>

namespace allroads::web {
namespace {

using locale::to_say;

std::string_view due_words(deal::Point point) {
    switch (point) {
        case deal::Point::accepted: return to_say("at once");
        case deal::Point::made: return to_say("when the goods are ready, before they are sent");
        case deal::Point::handed_over:
        case deal::Point::delivered: break;
    }
    return to_say("when the goods are with the carrier");
}

std::string_view release_words(deal::Point point) {
    switch (point) {
        case deal::Point::made: return to_say("when the goods are ready");
        case deal::Point::handed_over: return to_say("when the goods are with the carrier");
        default: break;
    }
    return to_say("after delivery");
}

void set_milestones(Page& page, Visit const& visit, deal::Terms const& terms) {
    auto const amounts = deal::milestone_amounts(terms);
    if (!amounts) return;
    for (std::size_t i = 0; i < amounts->size(); ++i) {
        auto const& one = terms.milestones[i];
        auto& row = page.add("MILESTONES");
        row.set("PART_AMOUNT", visit.tongue.money((*amounts)[i]));
        row.set("PART_PERCENT", visit.tongue.percent(one.percent));
        row.set("PART_DUE", visit.say(due_words(one.due)));
        row.set("PART_RELEASE", visit.say(release_words(one.release)));
    }
}

void set_fee(Page& page, Visit const& visit, deal::Terms const& terms) {
    if (terms.fee.percent.is_zero() && terms.fee.minimum.minor() == 0) return;
    auto& fee = page.add("TERMS_FEE");
    fee.set("FEE_PERCENT", visit.tongue.percent(terms.fee.percent));
    fee.set("FEE_MINIMUM", visit.tongue.money(terms.fee.minimum));
}

void set_rate(Page& page, Visit const& visit, deal::Terms const& terms) {
    if (!terms.rate) return;
    Exchange const exchange{terms.total.currency(),  terms.rate->to, terms.rate->numerator,
                            terms.rate->denominator, Day::first(),   {}};
    auto const each = exchange.per_unit(6);
    if (!each) return;
    auto& rate = page.add("TERMS_RATE");
    rate.set("RATE_FROM", terms.total.currency().text());
    rate.set("RATE_TO", visit.tongue.number(each->stripped()) + " " + std::string(terms.rate->to.text()));
    rate.set("RATE_UNTIL", moment_text(visit, terms.rate->until));
}

}  // namespace

std::string days_in_words(Visit const& visit, std::int32_t days) {
    return visit.tongue.say_many("{1} day", "{1} days", std::int64_t{days});
}

std::string terms_of_trade(Visit const& visit, deal::Terms const& terms) {
    auto place = terms.place;
    // A place that is the country itself is told in the reader's language.
    if (place == terms.to.name()) place = visit.tongue.country_name(terms.to);
    return locale::isolated(std::string(quote::text_of(terms.incoterm)) +
                            (place.empty() ? "" : " " + place)) +
           ": " + std::string(visit.say(terms_words(terms.incoterm)));
}

std::string holder_words(Visit const& visit, deal::Terms const& terms) {
    switch (terms.custody) {
        case deal::Custody::hub: return std::string(visit.say("This hub holds the money for both sides."));
        case deal::Custody::bank:
            return locale::fill(visit.say("A bank holds the money for both sides: {{NAME}}."),
                                {{"NAME", locale::isolated(terms.custodian)}});
        case deal::Custody::trustee: break;
    }
    return locale::fill(visit.say("A trustee holds the money for both sides: {{NAME}}."),
                        {{"NAME", locale::isolated(terms.custodian)}});
}

void set_terms(Page& page, Visit const& visit, deal::Terms const& terms) {
    for (auto const& line : terms.lines) {
        auto& row = page.add("TERMS_LINES");
        row.set("LINE_TITLE", line.title);
        row.set("LINE_QUANTITY", quantity_text(visit, line.quantity, line.unit));
        row.set("LINE_EACH", visit.tongue.money(line.unit_price));
        row.set("LINE_AMOUNT", visit.tongue.money(line.amount));
    }
    page.set("TERMS_SENDING", visit.tongue.money(terms.sending));
    page.set("TERMS_TOTAL", visit.tongue.money(terms.total));
    page.set("TERMS_RULE", terms_of_trade(visit, terms));
    page.set("TERMS_FROM", visit.tongue.country_name(terms.from));
    page.set("TERMS_TO", visit.tongue.country_name(terms.to));
    page.set("TERMS_HOLDER", holder_words(visit, terms));
    set_milestones(page, visit, terms);
    page.set("DAYS_PAY", days_in_words(visit, terms.days.pay));
    page.set("DAYS_DELIVER", days_in_words(visit, terms.days.deliver));
    page.set("DAYS_INSPECT", days_in_words(visit, terms.days.inspect));
    page.set("DAYS_ANSWER", days_in_words(visit, terms.days.answer));
    page.set("DAYS_ESCALATE", days_in_words(visit, terms.days.escalate));
    if (terms.days.make > 0) page.add("TERMS_MAKE").set("DAYS_MAKE", days_in_words(visit, terms.days.make));
    if (terms.mediator) {
        page.add("TERMS_MEDIATOR").set("MEDIATOR_NAME", terms.mediator->name);
    } else {
        page.show("TERMS_HUB_DECIDES");
    }
    if (terms.shown) {
        auto& shown = page.add("TERMS_SHOWN");
        shown.set("SHOWN_PRICE", visit.tongue.money(terms.shown->delivered));
        shown.set("SHOWN_DAY", visit.tongue.date(terms.shown->day));
    }
    set_fee(page, visit, terms);
    set_rate(page, visit, terms);
}

std::vector<Option> plan_options(Visit const& visit, std::string_view chosen) {
    std::vector<Option> options;
    for (auto const& plan : visit.site.hub.dealing().plans) {
        std::string words;
        for (auto const& one : plan.milestones) {
            words +=
                (words.empty() ? "" : "; ") + locale::fill(visit.say("{{PERCENT}} {{WHEN}}"),
                                                           {{"PERCENT", visit.tongue.percent(one.percent)},
                                                            {"WHEN", visit.say(due_words(one.due))}});
        }
        bool const is_chosen = chosen.empty() ? options.empty() : chosen == plan.key;
        options.push_back({plan.key, std::move(words), is_chosen});
    }
    return options;
}

std::optional<deal::FixedRate> rate_to(Visit const& visit, Country seller_in, deal::Terms const& terms,
                                       Currency to) {
    auto const now = visit.site.hub.now();
    if (terms.rate && terms.rate->to == to && now < terms.rate->until) return terms.rate;
    for (auto const& one : visit.site.hub.dealing().rates) {
        if (one.seller_in != seller_in || one.from != terms.total.currency() || one.to != to) continue;
        return deal::FixedRate{one.to, one.numerator, one.denominator, one.source,
                               now + std::chrono::days(one.days)};
    }
    return std::nullopt;
}

std::optional<Money> own_money_for(Visit const& visit, Money const& due, deal::Terms const& terms) {
    if (due.minor() <= 0) return std::nullopt;
    auto const accounts = visit.site.hub.money_of(visit.caller, "", 0, ledger::page_rows_max);
    if (!accounts) return std::nullopt;
    // Of banks and trustees the ledger names one for each name they have; a hub has one.
    constexpr std::string_view holders[] = {ledger::the_hub, "bank-", "trustee-"};
    auto const holder = holders[static_cast<std::size_t>(terms.custody)];
    for (auto const& one : *accounts) {
        bool const is_there = terms.custody == deal::Custody::hub ? one.key.custodian == holder
                                                                  : one.key.custodian.starts_with(holder);
        if (is_there && one.key.purpose == ledger::Purpose::funds && one.key.currency == due.currency() &&
            one.balance.free().minor() >= due.minor())
            return one.balance.free();
    }
    return std::nullopt;
}

Problem deal_problem(Visit const& visit, Error const& error) {
    struct Words {
        Code code;
        std::string_view field, words;
    };
    static constexpr Words all[] = {
        {Code::conflict, "seen",
         to_say("The price or the terms have changed since you saw them. This is how "
                "they are now; nothing was ordered yet.")},
        {Code::not_allowed, "shop", to_say("This is your own shop.")},
        {Code::field_missing, "door.to",
         to_say("The shop names no price for sending it there. Ask it for an offer.")},
        {Code::bad_currency, "door.to",
         to_say("The shop sends there at a price in another currency. Ask it for an offer.")},
        {Code::no_exchange_rate, "pay_to.currency", to_say("This hub does not turn it into that currency.")},
        {Code::conflict, "document", to_say("What you accepted is not what was offered. Look at it again.")},
        {Code::conflict, "comes_to",
         to_say("What it comes to has changed since you saw it. Nothing was paid out; look at the figures "
                "again.")},
        {Code::not_enough, "pays_from_funds",
         to_say("Your money here is less than is due now. Nothing was ordered yet: order without it, and pay "
                "in another way.")},
        {Code::not_enough, "", to_say("There is not so much money.")},
        {Code::conflict, "key", to_say("This form was used already. Open the page again.")},
        {Code::conflict, "amount", to_say("This amount is not possible now. Look at the sums again.")},
        {Code::conflict, "at", to_say("The time for this is over, or has not come yet.")},
    };
    for (auto const& one : all)
        if (one.code == error.code() && (one.field.empty() || one.field == error.field()))
            return {"", std::string(visit.say(one.words))};
    auto const field = error.field();
    if (error.code() == Code::conflict && field.ends_with(".quantity"))
        return {"", std::string(visit.say("The shop does not have so many any more."))};
    if (error.code() == Code::bad_quantity && field.ends_with(".quantity"))
        return {"", std::string(visit.say("Fewer are not sold than the smallest order."))};
    if (error.code() == Code::conflict)
        return {"",
                std::string(visit.say("The order has moved on meanwhile, so this is not possible now. Look "
                                      "at it again."))};
    auto problem = problem_of(visit, error);
    if (field.starts_with("to.")) problem.field = field.substr(3);
    if (field == "pay_to.currency") problem.field = "currency";
    if (field.starts_with("quantities["))
        problem.field = "quantity-" + std::string(field.substr(11, field.find(']') - 11));
    return problem;
}

}  // namespace allroads::web
