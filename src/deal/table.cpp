// The table: which event is possible when, by whom, what it needs, what it moves and who is told.
// docs/deals.md shows it; `step` does nothing else.
#include "deal/hidden.h"
#include "deal/names.h"

namespace allroads::deal {
namespace {

using enum State;
using enum Role;
using H = Holder;
using P = Purpose;

constexpr Move arrives{H::buyer, P::outside, H::buyer, P::funds};
constexpr Move pays_in{H::buyer, P::funds, H::deal, P::held};
constexpr Move goes_back{H::deal, P::held, H::buyer, P::funds};
constexpr Move takes_fee{H::deal, P::held, H::hub, P::fee};
constexpr Move becomes_payable{H::deal, P::held, H::seller, P::payable};
constexpr Move seller_gives_back{H::seller, P::payable, H::buyer, P::funds};
constexpr Move sets_out{H::seller, P::payable, H::seller, P::payout};
constexpr Move to_conversion{H::seller, P::payable, H::hub, P::conversion};
constexpr Move from_conversion{H::hub, P::conversion, H::seller, P::payout};
constexpr Move leaves{H::seller, P::payout, H::seller, P::outside};
constexpr Move comes_back{H::seller, P::outside, H::seller, P::payout};
constexpr Move paid_twice{H::hub, P::suspense, H::seller, P::outside};
constexpr Move second_comes_back{H::seller, P::outside, H::hub, P::suspense};
constexpr Move bank_takes_held{H::deal, P::held, H::buyer, P::outside};
constexpr Move bank_takes_payable{H::seller, P::payable, H::buyer, P::outside};
constexpr Move bank_takes_from_hub{H::hub, P::suspense, H::buyer, P::outside};
constexpr Move bank_gives_held{H::buyer, P::outside, H::deal, P::held};
constexpr Move bank_gives_payable{H::buyer, P::outside, H::seller, P::payable};
constexpr Move bank_gives_hub{H::buyer, P::outside, H::hub, P::suspense};

std::vector<State> const paying_states{making, made, sent, delivered};
std::vector<State> const ends{closed, refunded, cancelled, declined, lapsed};
std::vector<State> const after_payable{made, sent, delivered, disputed, escalated, released};

// clang-format off: a row of the table stays together.
std::vector<Row> rows_of_talk() {
    return {
        {Kind::ask, {}, {asked}, false, {buyer}, "a shop, what is wished for, until when", {},
         "deal-asked", {seller}},
        {Kind::order, {}, {agreed}, false, {buyer}, "terms made of live listings, signed", {},
         "deal-ordered", {seller}},
        {Kind::offer, {asked, offered}, {offered}, false, {seller}, "terms, signed, until when", {},
         "deal-offered", {buyer}},
        {Kind::counter, {offered}, {offered}, false, {buyer}, "other terms, signed, until when", {},
         "deal-countered", {seller}},
        {Kind::accept, {offered}, {agreed}, false, {buyer, seller},
         "the other side's latest offer, still holding; signed to the letter", {}, "deal-agreed",
         {buyer, seller}},
        {Kind::decline, {asked, offered}, {declined}, false, {buyer, seller}, "nothing", {},
         "deal-declined", {buyer, seller}},
        {Kind::chosen_elsewhere, {asked, offered}, {declined}, false, {hub},
         "another shop's offer for the same request was accepted", {}, "deal-chosen-elsewhere",
         {seller}},
        {Kind::request_lapses, {asked}, {lapsed}, false, {time}, "the request's time is over", {},
         "deal-request-lapsed", {buyer, seller}},
        {Kind::offer_lapses, {offered}, {asked, lapsed}, false, {time},
         "the offer's time is over; the request may still stand", {}, "deal-offer-lapsed", {buyer,
         seller}},
        {Kind::cancel, {agreed}, {cancelled}, false, {buyer, seller}, "nothing", {goes_back},
         "deal-cancelled", {buyer, seller}},
        {Kind::cancel, {making, made}, {refunded, released, closed}, false, {seller}, "nothing",
         {goes_back}, "deal-cancelled", {buyer}},
        {Kind::cancel, {making}, {refunded}, false, {buyer}, "the days to make it are over",
         {goes_back}, "deal-cancelled", {seller}},
    };
}

std::vector<Row> rows_of_payment() {
    std::vector<State> const elsewhere{asked,  offered,  disputed,  escalated, released,
                                       closed, refunded, cancelled, declined,  lapsed};
    return {
        {Kind::pay, {agreed}, {making}, true, {buyer},
         "up to the end of a milestone, from the buyer's funds", {pays_in}, "deal-paid", {seller}},
        {Kind::pay, paying_states, {}, true, {buyer},
         "up to the end of a milestone, from the buyer's funds", {pays_in, takes_fee,
         becomes_payable}, "deal-paid", {seller}},
        {Kind::money_arrived, {agreed}, {making}, true, {hub, clerk},
         "nothing; what is too much stays the buyer's", {arrives, pays_in}, "deal-money-arrived",
         {buyer, seller}},
        {Kind::money_arrived, paying_states, {}, true, {hub, clerk},
         "nothing; what is too much stays the buyer's", {arrives, pays_in, takes_fee,
         becomes_payable}, "deal-money-arrived", {buyer, seller}},
        {Kind::money_arrived, elsewhere, {}, true, {hub, clerk},
         "nothing; all of it stays the buyer's", {arrives}, "deal-money-kept-for-you", {buyer}},
        {Kind::payment_lapses, {agreed}, {lapsed}, false, {time}, "the days to pay are over",
         {goes_back}, "deal-payment-lapsed", {buyer, seller}},
    };
}

std::vector<Row> rows_of_goods() {
    return {
        {Kind::made, {making}, {made}, false, {seller}, "nothing", {takes_fee, becomes_payable},
         "deal-made", {buyer}},
        {Kind::hand_over, {making, made, sent}, {sent}, false, {seller},
         "what is due before sending was paid; how much of each line", {takes_fee, becomes_payable},
         "deal-handed-over", {buyer}},
        {Kind::track, {sent}, {}, true, {seller, hub},
         "a shipment on its way, what the carrier says", {}, "deal-tracked", {buyer}},
        {Kind::deliver, {sent}, {delivered}, true, {buyer, seller, hub, clerk},
         "a shipment on its way; a proof from all but the buyer", {}, "deal-delivered", {buyer,
         seller}},
        {Kind::delivery_assumed, {sent}, {delivered}, false, {time},
         "all was sent and paid; the days to deliver are over", {}, "deal-delivery-assumed", {buyer,
         seller}},
        {Kind::release, {sent, delivered}, {released, closed, refunded}, true, {buyer},
         "a part of what is held, or all once everything was paid", {takes_fee, becomes_payable},
         "deal-released", {seller, member}},
        {Kind::release_due, {delivered}, {released, closed, refunded}, false, {time},
         "everything was paid; the days to look at it are over", {takes_fee, becomes_payable},
         "deal-released", {buyer, seller, member}},
        {Kind::refund, {making, made, sent, delivered, disputed, escalated}, {refunded, released,
         closed}, true, {seller}, "at most what is held; all of it ends the deal", {goes_back},
         "deal-refunded", {buyer}},
        {Kind::refund, {released}, {closed}, true, {seller},
         "at most what is payable; not in a group, whose shares are its members'",
         {seller_gives_back}, "deal-refunded", {buyer}},
    };
}

std::vector<Row> rows_of_disputes() {
    std::vector<State> const over{released, refunded, closed};
    std::vector<Move> const both{goes_back, takes_fee, becomes_payable};
    std::vector<State> const open{disputed, escalated};
    return {
        {Kind::dispute, {making, made, sent, delivered}, {disputed}, false, {buyer, seller},
         "why; at most twenty in a deal", {}, "deal-disputed", {buyer, seller}},
        {Kind::answer, {disputed}, {}, true, {buyer, seller}, "by the other side, once", {},
         "deal-answered", {buyer, seller}},
        {Kind::evidence, open, {}, true, {buyer, seller}, "words, or the digest of a file", {},
         "deal-evidence", {buyer, seller, mediator}},
        {Kind::propose, open, {}, true, {buyer, seller}, "how much of what is held goes back", {},
         "deal-proposed", {buyer, seller}},
        {Kind::agree, open, over, false, {buyer, seller},
         "the other side's proposal, the same amount", both, "deal-settled", {buyer, seller, member,
         mediator}},
        {Kind::withdraw, open, {making, made, sent, delivered}, false, {buyer, seller},
         "by the side that opened it; days to deliver or look at it begin again", {},
         "deal-withdrawn", {buyer, seller, mediator}},
        {Kind::escalate, {disputed}, {escalated}, false, {buyer, seller}, "it was answered", {},
         "deal-escalated", {buyer, seller, mediator}},
        {Kind::answer_late, {disputed}, {escalated}, false, {time}, "no answer in the days for it",
         {}, "deal-escalated", {buyer, seller, mediator}},
        {Kind::escalation_due, {disputed}, {escalated}, false, {time},
         "not settled in the days for it", {}, "deal-escalated", {buyer, seller, mediator}},
        {Kind::decide, {escalated}, over, false, {mediator, hub},
         "how much of what is held goes back; by the hub only where no mediator is named", both,
         "deal-decided", {buyer, seller, member}},
        {Kind::name_mediator, {escalated}, {}, true, {hub},
         "there is none, or the days to decide are over", {}, "deal-mediator-named", {buyer, seller,
         mediator}},
    };
}

std::vector<Row> rows_of_payouts() {
    std::vector<State> with_closed = after_payable;
    with_closed.push_back(closed);
    return {
        {Kind::pay_out, after_payable, {}, true, {seller, member},
         "all that is payable to that one; where to; a rate where the terms' no longer holds",
         {sets_out, to_conversion, from_conversion}, "deal-payout-begun", {seller, member}},
        {Kind::transfer_done, with_closed, {closed}, true, {hub, clerk},
         "which transfer, which attempt", {leaves, paid_twice}, "deal-payout-arrived", {seller,
         member, hub}},
        {Kind::transfer_failed, with_closed, {}, true, {hub}, "an attempt that has not arrived", {},
         "deal-payout-failed", {seller, member, hub}},
        {Kind::transfer_retry, after_payable, {}, true, {hub}, "a transfer that failed", {},
         "deal-payout-again", {seller, member}},
        {Kind::transfer_returned, with_closed, {released}, true, {hub},
         "an attempt that had arrived", {comes_back, second_comes_back}, "deal-payout-returned",
         {seller, member, hub}},
    };
}

std::vector<Row> rows_of_charge_backs() {
    return {
        {Kind::charge_back, {agreed}, {}, true, {hub}, "what the buyer's bank took",
         {bank_takes_held, bank_takes_from_hub}, "deal-charged-back", {buyer, seller, hub}},
        {Kind::charge_back, {making, made, sent, delivered, disputed, escalated}, {escalated},
         false, {hub}, "what the buyer's bank took; a mediator looks at the rest", {bank_takes_held,
         bank_takes_payable, bank_takes_from_hub}, "deal-charged-back", {buyer, seller, member,
         mediator, hub}},
        {Kind::charge_back, {released}, {closed}, true, {hub}, "what the buyer's bank took",
         {bank_takes_payable, bank_takes_from_hub}, "deal-charged-back", {buyer, seller, member,
         hub}},
        {Kind::charge_back, {closed, refunded, cancelled, lapsed}, {}, true, {hub},
         "what the buyer's bank took", {bank_takes_from_hub}, "deal-charged-back", {buyer, seller,
         member, hub}},
        {Kind::charge_back_reversed, {agreed}, {making}, true, {hub},
         "at most what was taken; what was paid anew goes to the buyer", {bank_gives_hub,
         bank_gives_held, arrives}, "deal-charge-back-reversed", {buyer, seller, hub}},
        {Kind::charge_back_reversed, {making, made, sent, delivered, disputed, escalated}, {}, true,
         {hub}, "at most what was taken; what was paid anew goes to the buyer", {bank_gives_hub,
         bank_gives_payable, bank_gives_held, arrives, takes_fee, becomes_payable},
         "deal-charge-back-reversed", {buyer, seller, member, hub}},
        {Kind::charge_back_reversed, {released, closed, refunded, cancelled, lapsed}, {released},
         true, {hub}, "at most what was taken", {bank_gives_hub, bank_gives_payable},
         "deal-charge-back-reversed", {buyer, seller, member, hub}},
    };
}

// clang-format on

}  // namespace

std::span<Row const> table() {
    static std::vector<Row> const rows = [] {
        std::vector<Row> all;
        for (auto const& part : {rows_of_talk(), rows_of_payment(), rows_of_goods(), rows_of_disputes(),
                                 rows_of_payouts(), rows_of_charge_backs()})
            all.insert(all.end(), part.begin(), part.end());
        return all;
    }();
    return rows;
}

Effect effect_of(Kind kind) {
    switch (kind) {
        case Kind::ask: return ask;
        case Kind::order: return order;
        case Kind::offer:
        case Kind::counter: return offer;
        case Kind::accept: return accept;
        case Kind::decline:
        case Kind::chosen_elsewhere: return decline;
        case Kind::request_lapses: return request_lapses;
        case Kind::offer_lapses: return offer_lapses;
        case Kind::pay: return pay;
        case Kind::money_arrived: return money_arrived;
        case Kind::payment_lapses: return payment_lapses;
        case Kind::cancel: return cancel;
        case Kind::made: return ready;
        case Kind::hand_over: return hand_over;
        case Kind::track: return track;
        case Kind::deliver: return deliver;
        case Kind::delivery_assumed: return delivery_assumed;
        case Kind::release:
        case Kind::release_due: return release;
        case Kind::refund: return refund;
        case Kind::dispute: return dispute;
        case Kind::answer: return answer;
        case Kind::evidence: return evidence;
        case Kind::propose: return propose;
        case Kind::agree: return agree;
        case Kind::withdraw: return withdraw;
        case Kind::escalate:
        case Kind::answer_late:
        case Kind::escalation_due: return escalate;
        case Kind::decide: return decide;
        case Kind::name_mediator: return name_mediator;
        case Kind::pay_out: return pay_out;
        case Kind::transfer_done: return transfer_done;
        case Kind::transfer_failed: return transfer_failed;
        case Kind::transfer_retry: return transfer_retry;
        case Kind::transfer_returned: return transfer_returned;
        case Kind::charge_back: return charge_back;
        case Kind::charge_back_reversed: return charge_back_reversed;
    }
    allroads::check(false);
    return nullptr;
}

}  // namespace allroads::deal
