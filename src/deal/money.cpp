// Money that comes in, is held, becomes the seller's, or goes back.
#include "deal/hidden.h"

#include <algorithm>

namespace allroads::deal {
namespace {

Result<void> add(Money& to, Money amount) {
    to = TRY(sum(to, amount));
    return {};
}
Result<void> subtract(Money& from, Money amount) {
    from = TRY(difference(from, amount));
    allroads::check(from.minor() >= 0);
    return {};
}

// So much of what each payee has by `of`, together `amount`; nobody gives more than there is.
Result<std::vector<Money>> in_proportion(Deal const& deal, Money const& amount, Money Payee::* of) {
    std::vector<Decimal> weights;
    for (auto const& one : deal.payees) weights.emplace_back((one.*of).minor());
    return split(amount, weights);
}

Money all_of(Deal const& deal, Money Payee::* of) {
    auto all = Money::zero(deal.terms().total.currency());
    for (auto const& one : deal.payees) all = Money(all.minor() + (one.*of).minor(), all.currency());
    return all;
}

bool can_be_paid(State state) { return state >= State::agreed && state <= State::delivered; }
bool is_holding(State state) { return state >= State::agreed && state <= State::escalated; }

bool is_too_late(Pass const& pass) {
    auto const& deal = pass.deal;
    return deal.state == State::agreed && after(*deal.agreed_at, deal.terms().days.pay) <= pass.now;
}

// Takes from what is payable as much as there is; the rest stays in `left`.
Result<void> take_from_payable(Pass& pass, Money& left) {
    auto& deal = pass.deal;
    auto const part = std::min(left, all_payable(deal));
    if (part.minor() == 0) return {};
    auto const parts = TRY(in_proportion(deal, part, &Payee::payable));
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto& payee = deal.payees[i];
        pass.post(of_payee(deal, payee, Purpose::payable), outside_of_buyer(deal), parts[i], "charge-back");
        TRY_VOID(subtract(payee.payable, parts[i]));
        TRY_VOID(add(payee.charged_back, parts[i]));
    }
    TRY_VOID(add(deal.sums->charged_back_payable, part));
    return subtract(left, part);
}

// What came again of what was taken from those who were to be paid.
Result<void> return_to_payable(Pass& pass, Money& left) {
    auto& deal = pass.deal;
    auto const part = std::min(left, all_of(deal, &Payee::charged_back));
    if (part.minor() == 0) return {};
    auto const parts = TRY(in_proportion(deal, part, &Payee::charged_back));
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto& payee = deal.payees[i];
        pass.post(outside_of_buyer(deal), of_payee(deal, payee, Purpose::payable), parts[i],
                  "charge-back-reversed");
        TRY_VOID(add(payee.payable, parts[i]));
        TRY_VOID(subtract(payee.charged_back, parts[i]));
    }
    TRY_VOID(subtract(deal.sums->charged_back_payable, part));
    return subtract(left, part);
}

void begin_if_funded(Pass& pass) {
    auto& deal = pass.deal;
    if (deal.state != State::agreed || paid(deal) < due_by(deal, Point::accepted)) return;
    deal.state = State::making;
    deal.funded_at = pass.now;
    pass.stock = Stock::keep;
}

// What came again of what was taken from the money held: held once more, unless it was paid anew meanwhile.
Result<void> return_to_held(Pass& pass, Money amount) {
    auto& deal = pass.deal;
    auto& sums = *deal.sums;
    if (amount.minor() == 0) return {};
    if (!is_holding(deal.state)) {
        pass.post(outside_of_buyer(deal), of_hub(Purpose::suspense), amount, "charge-back-reversed");
        return add(sums.suspended, amount);
    }
    auto const missing = std::min(amount, due_later(deal));
    auto const paid_anew = TRY(difference(amount, missing));
    TRY_VOID(subtract(sums.charged_back_held, amount));
    pass.post(outside_of_buyer(deal), funds_of_buyer(deal), paid_anew, "charge-back-reversed");
    TRY_VOID(subtract(sums.received, paid_anew));
    pass.post(outside_of_buyer(deal), held_of(deal), missing, "charge-back-reversed");
    TRY_VOID(add(sums.held, missing));
    begin_if_funded(pass);
    return let_go_reached(pass);
}

}  // namespace

// ---- accounts and sums ------------------------------------------------------------------------------------

Account funds_of_buyer(Deal const& deal) { return {Holder::buyer, deal.buyer, Purpose::funds}; }
Account held_of(Deal const& deal) { return {Holder::deal, deal.id.bytes(), Purpose::held}; }
Account of_payee(Deal const&, Payee const& payee, Purpose purpose) {
    return {payee.is_member ? Holder::member : Holder::seller, payee.id, purpose};
}
Account of_hub(Purpose purpose) { return {Holder::hub, {}, purpose}; }
Account outside_of_buyer(Deal const& deal) { return {Holder::buyer, deal.buyer, Purpose::outside}; }

void Pass::post(Account const& from, Account const& to, Money const& amount, std::string_view why) {
    allroads::check(amount.minor() >= 0);
    if (amount.minor() > 0) postings.push_back({from, to, amount, why});
}
std::string Pass::text_of_money(Money const& money) {
    return money.text() + " " + std::string(money.currency().text());
}

Terms const& Deal::terms() const {
    allroads::check(is_agreed());
    return offers[static_cast<std::size_t>(agreed)].terms;
}

Money paid(Deal const& deal) {
    return Money(deal.sums->received.minor() - deal.sums->charged_back_held.minor(),
                 deal.sums->received.currency());
}
Money due_by(Deal const& deal, Point point) {
    auto all = Money::zero(deal.terms().total.currency());
    for (std::size_t i = 0; i < deal.dues.size(); ++i) {
        if (deal.terms().milestones[i].due <= point)
            all = Money(all.minor() + deal.dues[i].amount.minor(), all.currency());
    }
    return all;
}
bool is_paid_up(Deal const& deal) { return deal.is_agreed() && due_later(deal).minor() == 0; }
Point reached(Deal const& deal) {
    switch (deal.state) {
        case State::made: return Point::made;
        case State::sent: return is_all_sent(deal) ? Point::handed_over : Point::made;
        case State::delivered: return Point::handed_over;
        default: return Point::accepted;
    }
}
bool is_all_sent(Deal const& deal) {
    return std::ranges::all_of(left_to_send(deal), [](Decimal const& left) { return left.is_zero(); });
}
Moment after(Moment moment, std::int32_t days) { return moment + std::chrono::days(days); }
Money all_payable(Deal const& deal) { return all_of(deal, &Payee::payable); }

Money due_now(Deal const& deal) {
    if (!can_be_paid(deal.state)) return Money::zero(deal.terms().total.currency());
    auto const owed = due_by(deal, reached(deal)).minor() - paid(deal).minor();
    return Money(std::max<std::int64_t>(owed, 0), deal.terms().total.currency());
}
Money due_later(Deal const& deal) {
    auto const& total = deal.terms().total;
    return Money(std::max<std::int64_t>(total.minor() - paid(deal).minor(), 0), total.currency());
}
std::vector<Decimal> left_to_send(Deal const& deal) {
    std::vector<Decimal> left;
    for (std::size_t i = 0; i < deal.terms().lines.size(); ++i) {
        auto rest = deal.terms().lines[i].quantity;
        for (auto const& one : deal.shipments) {
            auto const less = difference(rest, one.quantities[i]);
            allroads::check(less.has_value());
            rest = *less;
        }
        left.push_back(rest);
    }
    return left;
}

State resting(Deal const& deal) {
    allroads::check(deal.sums->held.minor() == 0);
    bool const is_under_way = std::ranges::any_of(
        deal.transfers, [](Transfer const& one) { return one.progress != Progress::done; });
    if (is_under_way || all_payable(deal).minor() > 0) return State::released;
    return deal.sums->released.minor() == 0 ? State::refunded : State::closed;
}

Result<Money> amount_of(Pass const& pass, std::int64_t least, Money const& most, std::string_view what) {
    auto const& amount = *pass.event.amount;
    if (amount.currency() != most.currency())
        return refuse(Code::bad_currency, "amount", "the deal is in " + std::string(most.currency().text()));
    if (amount.minor() < least) return refuse(Code::bad_value, "amount", "expected more");
    if (amount > most)
        return not_now(pass.deal, "amount",
                       std::string(what) + " is " + Pass::text_of_money(most) + ", expected at most that");
    return amount;
}

// ---- what moves money -------------------------------------------------------------------------------------

Result<void> put_in(Pass& pass, Money amount, std::string_view why) {
    auto& deal = pass.deal;
    pass.post(funds_of_buyer(deal), held_of(deal), amount, why);
    TRY_VOID(add(deal.sums->received, amount));
    TRY_VOID(add(deal.sums->held, amount));
    begin_if_funded(pass);
    pass.fact("amount", amount);
    pass.fact("held", deal.sums->held);
    pass.fact("due", due_later(deal));
    return let_go_reached(pass);
}

Result<void> give_back(Pass& pass, Money amount, std::string_view why) {
    auto& deal = pass.deal;
    pass.post(held_of(deal), funds_of_buyer(deal), amount, why);
    TRY_VOID(subtract(deal.sums->held, amount));
    return add(deal.sums->refunded, amount);
}

Result<void> let_go(Pass& pass, Money amount, std::string_view why) {
    auto& deal = pass.deal;
    auto& sums = *deal.sums;
    if (amount.minor() == 0) return {};
    TRY_VOID(add(sums.released, amount));
    auto const fee = TRY(difference(TRY(fee_of(deal.terms().fee, sums.released)), sums.fee));
    auto const rest = TRY(difference(amount, fee));
    allroads::check(fee.minor() >= 0 && rest.minor() >= 0);
    pass.post(held_of(deal), of_hub(Purpose::fee), fee, "fee");
    std::vector<Decimal> weights;
    for (auto const& one : deal.payees) weights.push_back(one.weight);
    auto const parts = TRY(split(rest, weights));
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto& payee = deal.payees[i];
        pass.post(held_of(deal), of_payee(deal, payee, Purpose::payable), parts[i], why);
        TRY_VOID(add(payee.share, parts[i]));
        TRY_VOID(add(payee.payable, parts[i]));
    }
    TRY_VOID(add(sums.fee, fee));
    TRY_VOID(subtract(sums.held, amount));
    pass.fact("released", amount);
    pass.fact("fee", fee);
    return {};
}

Result<void> let_go_reached(Pass& pass) {
    auto& deal = pass.deal;
    auto const point = reached(deal);
    std::int64_t needed = 0;
    for (std::size_t i = 0; i < deal.dues.size(); ++i) {
        auto& due = deal.dues[i];
        needed += due.amount.minor();
        if (due.is_released || deal.terms().milestones[i].release > point) continue;
        if (point == Point::accepted || paid(deal).minor() < needed) continue;
        due.is_released = true;
        TRY_VOID(let_go(pass, std::min(due.amount, deal.sums->held), "milestone"));
    }
    return {};
}

// ---- effects ----------------------------------------------------------------------------------------------

Result<void> pay(Pass& pass) {
    auto const& deal = pass.deal;
    if (is_too_late(pass)) return not_now(deal, "at", "the days to pay are over");
    auto const amount = TRY(amount_of(pass, 1, due_later(deal), "what is still to be paid"));
    auto const then = paid(deal).minor() + amount.minor();
    std::int64_t end = 0;
    std::string ends;
    bool fits = false;
    for (auto const& due : deal.dues) {
        end += due.amount.minor();
        fits = fits || then == end;
        if (auto const open = end - paid(deal).minor(); open > 0)
            ends += (ends.empty() ? "" : " or ") + Pass::text_of_money(Money(open, amount.currency()));
    }
    if (!fits) return not_now(deal, "amount", "expected " + ends);
    return put_in(pass, amount, "paid");
}

Result<void> money_arrived(Pass& pass) {
    auto const& deal = pass.deal;
    auto const& amount = *pass.event.amount;
    if (amount.minor() <= 0) return refuse(Code::bad_value, "amount", "expected more than nothing");
    pass.post(outside_of_buyer(deal), funds_of_buyer(deal), amount, "arrived");
    pass.fact("arrived", amount);
    pass.fact("reference", pass.event.reference);
    bool const is_for_deal =
        can_be_paid(deal.state) && !is_too_late(pass) && amount.currency() == deal.terms().total.currency();
    if (!is_for_deal) return {};
    auto const part = std::min(amount, due_later(deal));
    return part.minor() == 0 ? Result<void>() : put_in(pass, part, "paid");
}

Result<void> payment_lapses(Pass& pass) {
    auto& deal = pass.deal;
    pass.fact("refund", deal.sums->held);
    TRY_VOID(give_back(pass, deal.sums->held, "lapsed"));
    deal.state = State::lapsed;
    return {};
}

Result<void> release(Pass& pass) {
    auto& deal = pass.deal;
    auto const held = deal.sums->held;
    auto const amount = pass.event.amount ? TRY(amount_of(pass, 1, held, "what is held")) : held;
    if (!pass.event.amount && !is_paid_up(deal))
        return not_now(deal, "amount",
                       Pass::text_of_money(due_later(deal)) + " is still to be paid; name a part to release");
    TRY_VOID(let_go(pass, amount, "released"));
    if (amount == held && is_paid_up(deal)) deal.state = resting(deal);
    return {};
}

Result<void> refund(Pass& pass) {
    auto& deal = pass.deal;
    pass.fact("refund", *pass.event.amount);
    if (deal.state != State::released) {
        auto const held = deal.sums->held;
        auto const amount = TRY(amount_of(pass, 1, held, "what is held"));
        TRY_VOID(give_back(pass, amount, "refund"));
        if (amount == held) deal.state = resting(deal);
        return {};
    }
    auto& payee = deal.payees.front();
    if (payee.is_member)
        return refuse(Code::not_allowed, "by.role", "what is payable belongs to the members of the group");
    auto const amount = TRY(amount_of(pass, 1, payee.payable, "what is payable"));
    pass.post(of_payee(deal, payee, Purpose::payable), funds_of_buyer(deal), amount, "refund");
    TRY_VOID(subtract(payee.payable, amount));
    TRY_VOID(add(deal.sums->given_back, amount));
    deal.state = resting(deal);
    return {};
}

Result<void> charge_back(Pass& pass) {
    auto& deal = pass.deal;
    if (!deal.is_agreed()) return not_now(deal, "kind", "nothing was ever paid");
    auto const all = Money(INT64_MAX, deal.terms().total.currency());
    auto left = TRY(amount_of(pass, 1, all, "the most"));
    pass.fact("amount", left);
    auto& sums = *deal.sums;
    auto const was = deal.state;
    auto const from_held = std::min(left, sums.held);
    pass.post(held_of(deal), outside_of_buyer(deal), from_held, "charge-back");
    TRY_VOID(subtract(sums.held, from_held));
    TRY_VOID(add(sums.charged_back_held, from_held));
    TRY_VOID(subtract(left, from_held));
    if (was == State::released || (was > State::agreed && was <= State::escalated))
        TRY_VOID(take_from_payable(pass, left));
    pass.post(of_hub(Purpose::suspense), outside_of_buyer(deal), left, "charge-back");
    TRY_VOID(add(sums.charged_back_hub, left));
    if (was == State::released) deal.state = resting(deal);
    if (was == State::agreed || was > State::escalated) return {};
    if (!deal.dispute)
        deal.dispute = Dispute{.by = Role::buyer, .why = "charge-back", .opened = pass.now, .before = was};
    if (!deal.dispute->escalated) deal.dispute->escalated = pass.now;
    deal.state = State::escalated;
    return {};
}

Result<void> charge_back_reversed(Pass& pass) {
    auto& deal = pass.deal;
    if (!deal.is_agreed()) return not_now(deal, "kind", "nothing was ever paid");
    auto& sums = *deal.sums;
    auto const open_held = TRY(difference(sums.charged_back_held, sums.suspended));
    auto all = TRY(sum(open_held, TRY(sum(sums.charged_back_payable, sums.charged_back_hub))));
    auto left = TRY(amount_of(pass, 1, all, "what the bank took"));
    pass.fact("amount", left);
    auto const for_hub = std::min(left, sums.charged_back_hub);
    pass.post(outside_of_buyer(deal), of_hub(Purpose::suspense), for_hub, "charge-back-reversed");
    TRY_VOID(subtract(sums.charged_back_hub, for_hub));
    TRY_VOID(subtract(left, for_hub));
    TRY_VOID(return_to_payable(pass, left));
    TRY_VOID(return_to_held(pass, left));
    if (deal.state == State::closed || deal.state == State::released) deal.state = resting(deal);
    return {};
}

// ---- soundness --------------------------------------------------------------------------------------------

std::vector<std::string> unsound(Deal const& deal) {
    std::vector<std::string> wrong;
    auto const claim = [&](bool is_right, std::string_view words) {
        if (!is_right) wrong.emplace_back(words);
    };
    if (!deal.is_agreed()) {
        claim(!deal.sums && deal.dues.empty() && deal.payees.empty() && deal.transfers.empty(),
              "money without terms");
        return wrong;
    }
    auto const& s = *deal.sums;
    for (auto const* one : {&s.received, &s.held, &s.released, &s.fee, &s.refunded, &s.given_back,
                            &s.charged_back_held, &s.charged_back_payable, &s.charged_back_hub, &s.suspended})
        claim(one->minor() >= 0, "a sum is below zero");
    Int128 const received = s.received.minor();
    claim(received ==
              Int128{s.held.minor()} + s.released.minor() + s.refunded.minor() + s.charged_back_held.minor(),
          "what was received is not what is held, released, refunded and charged back");
    Int128 shares = 0, gone = 0, payable = 0, taken = 0;
    for (auto const& one : deal.payees) {
        claim(one.payable.minor() >= 0 && one.sent.minor() >= 0 && one.charged_back.minor() >= 0,
              "a payee's sum is below zero");
        shares += one.share.minor();
        payable += one.payable.minor();
        gone += one.sent.minor();
        taken += one.charged_back.minor();
    }
    claim(s.released.minor() == shares + s.fee.minor(), "what was released is not shares and fee");
    claim(shares == payable + gone + taken + s.given_back.minor(), "shares are not where they went");
    claim(taken == s.charged_back_payable.minor(), "what the bank took is not what payees miss");
    auto const fee = fee_of(deal.terms().fee, s.released);
    claim(fee && *fee == s.fee, "the fee is not that of what was released");
    claim(paid(deal) <= deal.terms().total, "more was paid than the total");
    if (deal.state == State::released || is_end(deal.state))
        claim(s.held.minor() == 0, "something is held although the deal is over");
    if (is_end(deal.state)) {
        claim(payable == 0, "something is payable although the deal has ended");
        claim(std::ranges::all_of(deal.transfers,
                                  [](Transfer const& one) { return one.progress == Progress::done; }),
              "a transfer is open although the deal has ended");
    }
    return wrong;
}

}  // namespace allroads::deal
