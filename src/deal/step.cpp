// One event: its row of the table is found, its actor looked at, its effect run, and what it did is held to
// the row.
#include "deal/hidden.h"

#include <algorithm>
#include <array>

namespace allroads::deal {
namespace {

bool has(std::vector<State> const& all, State one) { return std::ranges::find(all, one) != all.end(); }
bool has(std::vector<Role> const& all, Role one) { return std::ranges::find(all, one) != all.end(); }

std::string list_of(std::vector<Role> const& roles) {
    std::string words;
    for (auto const role : roles) words += (words.empty() ? "" : ", ") + std::string(text_of(role));
    return words;
}

// "the deal is agreed; deliver is possible when it is sent; now possible: pay (buyer), …".
std::string what_is_possible(State state, Kind asked) {
    std::string when;
    std::string now;
    for (auto const& row : table()) {
        if (row.event == asked) {
            for (auto const from : row.from) when += (when.empty() ? "" : ", ") + std::string(text_of(from));
        }
        bool const is_told_by_machine = has(row.who, Role::time) || row.who == std::vector{Role::hub};
        if (has(row.from, state) && !is_told_by_machine) {
            now +=
                (now.empty() ? "" : "; ") + std::string(text_of(row.event)) + " (" + list_of(row.who) + ")";
        }
    }
    std::string words = "the deal is " + std::string(text_of(state)) + "; " + std::string(text_of(asked));
    words += when.empty() ? " begins a deal" : " is possible when it is " + when;
    return words + "; now possible: " + (now.empty() ? "nothing" : now);
}

// Whether the actor is who the role says in this deal.
bool is_of_deal(Deal const& deal, Actor const& by) {
    auto const nobody = db::IdBytes{};
    switch (by.role) {
        case Role::buyer: return by.id == deal.buyer;
        case Role::seller: return by.id == deal.seller;
        case Role::member:
            return std::ranges::any_of(deal.payees,
                                       [&](Payee const& one) { return one.is_member && one.id == by.id; });
        case Role::mediator: return deal.mediator && by.id == deal.mediator->id;
        case Role::clerk:
        case Role::hub: return by.id != nobody && !by.via;
        case Role::time: return by.id == nobody && !by.via;
    }
    return false;
}

Result<Row const*> row_of(std::optional<State> state, Event const& event) {
    std::vector<Role> who;
    for (auto const& row : table()) {
        if (row.event != event.kind || (state ? !has(row.from, *state) : !row.from.empty())) continue;
        if (has(row.who, event.by.role)) return &row;
        who.insert(who.end(), row.who.begin(), row.who.end());
    }
    if (who.empty() && state) return refuse(Code::conflict, "kind", what_is_possible(*state, event.kind));
    if (who.empty()) return refuse(Code::conflict, "kind", "a deal begins with ask or order");
    return refuse(Code::not_allowed, "by.role",
                  std::string(text_of(event.kind)) + (state ? " while " + std::string(text_of(*state)) : "") +
                      " is for: " + list_of(who));
}

Result<void> time_has_come(Deal const& deal, Event const& event) {
    for (auto const& one : deadlines_of(deal)) {
        if (one.then != event.kind) continue;
        if (one.at <= event.at) return {};
        return refuse(Code::conflict, "at", "that time has not come yet");
    }
    return refuse(Code::conflict, "kind",
                  "no such deadline is running while the deal is " + std::string(text_of(deal.state)));
}

// What the parties may do again and again is bounded for each side, so that nobody fills the record; what
// moves a deal on to its end is not.
Result<void> count_what_is_said(Deal& deal, Event const& event) {
    switch (event.kind) {
        case Kind::offer:
        case Kind::counter:
        case Kind::track:
        case Kind::evidence:
        case Kind::propose:
        case Kind::refund:
        case Kind::dispute: break;
        case Kind::release:
            if (!event.amount) return {};
            break;
        default: return {};
    }
    auto& said = event.by.role == Role::buyer ? deal.said_by_buyer : deal.said_by_seller;
    if (event.by.role == Role::hub) return {};
    if (said >= said_max)
        return refuse(Code::conflict, "kind", "this side has said as much as a deal can hold");
    ++said;
    return {};
}

bool is_about_money(Kind kind) { return kind == Kind::money_arrived || kind >= Kind::transfer_done; }

bool is_allowed(Posting const& posting, Row const& row) {
    auto const of = [](Holder holder) { return holder == Holder::member ? Holder::seller : holder; };
    return std::ranges::any_of(row.posts, [&](Move const& move) {
        return move.from == of(posting.from.holder) && move.from_purpose == posting.from.purpose &&
               move.to == of(posting.to.holder) && move.to_purpose == posting.to.purpose;
    });
}

void tell(Outcome& outcome, Row const& row, Pass const& pass) {
    auto const& deal = outcome.deal;
    auto const add = [&](Role role, db::IdBytes const& id) {
        if (role == pass.event.by.role && (id == pass.event.by.id || role == Role::hub)) return;
        outcome.messages.push_back({role, id, row.tells, pass.facts});
    };
    for (auto const role : row.told) {
        switch (role) {
            case Role::buyer: add(role, deal.buyer); break;
            case Role::seller: add(role, deal.seller); break;
            case Role::mediator:
                if (deal.mediator) add(role, deal.mediator->id);
                break;
            case Role::member:
                for (auto const& one : deal.payees)
                    if (one.is_member) add(role, one.id);
                break;
            case Role::hub:
            case Role::clerk:
            case Role::time: add(role, {}); break;
        }
    }
}

// Money still moves while the deal rests; what is reserved for it is free once it does.
bool is_over(State state) { return is_end(state) || state == State::released; }

Outcome told_again(Deal const& deal, State state) {
    return {.deal = deal, .is_again = true, .state = state, .deadlines = deadlines_of(deal)};
}

Result<Outcome> run(Pass pass, Row const& row, std::optional<State> before) {
    TRY_VOID(effect_of(pass.event.kind)(pass));
    if (pass.is_nothing) return told_again(pass.deal, pass.deal.state);
    auto& deal = pass.deal;
    allroads::check(has(row.to, deal.state) || (row.may_stay && before == deal.state));
    for (auto const& posting : pass.postings) allroads::check(is_allowed(posting, row));
    deal.past.push_back({pass.event.key, print_of(pass.event), pass.event.kind, deal.state});
    deal.changed = pass.now;
    allroads::check(unsound(deal).empty());
    if (before && !is_over(*before) && is_over(deal.state) && deal.is_agreed()) pass.stock = Stock::give_up;
    Outcome outcome{.deal = deal, .state = deal.state};
    pass.fact("deal", deal.id.text());
    pass.fact("state", std::string(text_of(deal.state)));
    tell(outcome, row, pass);
    outcome.postings = std::move(pass.postings);
    outcome.transfers = std::move(pass.transfers);
    outcome.stock = pass.stock;
    outcome.deadlines = deadlines_of(outcome.deal);
    return outcome;
}

}  // namespace

std::unexpected<Error> not_now(Deal const& deal, std::string_view field, std::string const& detail) {
    return refuse(Code::conflict, field, "the deal is " + std::string(text_of(deal.state)) + "; " + detail);
}

Result<Outcome> begin(DealId const& id, Event const& event) {
    TRY_VOID(event_is_right(event));
    auto const* row = TRY(row_of(std::nullopt, event));
    Deal fresh{.id = id};
    fresh.buyer = event.by.id;
    fresh.seller = *event.seller;
    fresh.opened = event.at;
    fresh.changed = event.at;
    if (event.by.id == db::IdBytes{} || fresh.seller == db::IdBytes{})
        return refuse(Code::bad_value, "by.id", "expected the ids of buyer and seller");
    return run(Pass{.deal = std::move(fresh), .event = event, .now = event.at}, *row, std::nullopt);
}

Result<Outcome> step(Deal const& deal, Event const& event) {
    TRY_VOID(event_is_right(event));
    auto const told = std::ranges::find(deal.past, event.key, &Past::key);
    if (told != deal.past.end()) {
        if (told->kind == event.kind && told->print == print_of(event)) return told_again(deal, told->after);
        return refuse(Code::conflict, "key", "was used for something else in this deal");
    }
    auto const* row = TRY(row_of(deal.state, event));
    if (!is_of_deal(deal, event.by))
        return refuse(Code::not_allowed, "by.id",
                      "is not the " + std::string(text_of(event.by.role)) + " of this deal");
    if (event.by.role == Role::time) TRY_VOID(time_has_come(deal, event));
    if (deal.past.size() >= past_max || (deal.past.size() >= events_max && !is_about_money(event.kind)))
        return refuse(Code::conflict, "kind", "the deal has more events than one can have");
    Pass pass{.deal = deal, .event = event, .now = std::max(event.at, deal.changed)};
    TRY_VOID(count_what_is_said(pass.deal, event));
    return run(std::move(pass), *row, deal.state);
}

std::vector<Deadline> deadlines_of(Deal const& deal) {
    std::vector<Deadline> all;
    auto const& days = deal.is_agreed() ? deal.terms().days : Days{};
    auto const add = [&](std::optional<Moment> from, std::int32_t after_days, Kind then) {
        if (from) all.push_back({after(*from, after_days), then});
    };
    switch (deal.state) {
        case State::asked: add(deal.asked_until, 0, Kind::request_lapses); break;
        case State::offered: add(deal.offers.back().until, 0, Kind::offer_lapses); break;
        case State::agreed: add(deal.agreed_at, days.pay, Kind::payment_lapses); break;
        case State::sent:
            if (is_all_sent(deal) && is_paid_up(deal))
                add(deal.sent_at, days.deliver, Kind::delivery_assumed);
            break;
        case State::delivered:
            if (is_paid_up(deal)) add(deal.delivered_at, days.inspect, Kind::release_due);
            break;
        case State::disputed:
            if (!deal.dispute->answered) add(deal.dispute->opened, days.answer, Kind::answer_late);
            add(deal.dispute->opened, days.escalate, Kind::escalation_due);
            break;
        default: break;
    }
    std::ranges::stable_sort(all, {}, &Deadline::at);
    return all;
}

std::vector<Kind> possible(Deal const& deal, Actor const& actor) {
    std::vector<Kind> all;
    if (!is_of_deal(deal, actor)) return all;
    auto const mine = actor.role;
    for (auto const& row : table()) {
        if (!has(row.from, deal.state) || !has(row.who, mine)) continue;
        bool fits = true;
        switch (row.event) {
            case Kind::accept: fits = deal.offers.back().by != mine; break;
            case Kind::answer: fits = deal.dispute->by != mine && !deal.dispute->answered; break;
            case Kind::escalate: fits = deal.dispute->answered.has_value(); break;
            case Kind::withdraw: fits = deal.dispute->by == mine; break;
            case Kind::agree: fits = deal.dispute->proposal && deal.dispute->proposal->by != mine; break;
            case Kind::decide: fits = mine == Role::mediator || !deal.mediator; break;
            case Kind::pay: fits = !is_paid_up(deal); break;
            case Kind::hand_over: fits = !is_all_sent(deal); break;
            case Kind::pay_out:
                fits = std::ranges::any_of(deal.payees, [&](Payee const& one) {
                    return one.id == actor.id && one.payable.minor() > 0;
                });
                break;
            default: break;
        }
        if (fits && std::ranges::find(all, row.event) == all.end()) all.push_back(row.event);
    }
    return all;
}

}  // namespace allroads::deal
