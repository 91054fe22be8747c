// Until both have signed, and when one of them wants no more.
#include "deal/hidden.h"

namespace allroads::deal {
namespace {

// How long an offer or a request may hold.
constexpr std::int32_t holds_days_max = 400;

Result<void> holds_a_while(Pass const& pass) {
    if (*pass.event.until <= pass.now) return refuse(Code::bad_value, "until", "that time is over");
    if (*pass.event.until > after(pass.now, holds_days_max))
        return refuse(Code::bad_value, "until",
                      "is more than " + std::to_string(holds_days_max) + " days away");
    return {};
}

Result<void> fix_terms(Pass& pass, std::string_view other_signature) {
    auto& deal = pass.deal;
    deal.agreed = static_cast<std::int32_t>(deal.offers.size()) - 1;
    deal.agreed_signature = other_signature;
    deal.agreed_at = pass.now;
    deal.state = State::agreed;
    auto const& terms = deal.terms();
    deal.mediator = terms.mediator;
    auto const nothing = Money::zero(terms.total.currency());
    deal.sums =
        Sums{nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing};
    for (auto const& amount : TRY(milestone_amounts(terms))) deal.dues.push_back({amount});
    auto const add = [&](db::IdBytes const& id, bool is_member, Decimal const& weight) {
        deal.payees.push_back({id, is_member, weight, nothing, nothing, nothing, nothing});
    };
    for (auto const& member : terms.members) add(member.id, true, member.weight);
    if (terms.members.empty()) add(deal.seller, false, Decimal(1));
    pass.stock = Stock::reserve;
    pass.fact("total", terms.total);
    pass.fact("due", due_now(deal));
    return {};
}

}  // namespace

Result<void> ask(Pass& pass) {
    TRY_VOID(holds_a_while(pass));
    TRY_VOID(request_is_right(*pass.event.request));
    pass.deal.request = pass.event.request;
    pass.deal.asked_until = pass.event.until;
    pass.deal.state = State::asked;
    return {};
}

Result<void> order(Pass& pass) {
    if (auto const right = may_be_agreed(*pass.event.terms); !right)
        return std::unexpected(right.error().within("terms"));
    pass.deal.offers.push_back({Role::buyer, *pass.event.terms, pass.now, pass.now, pass.event.signature});
    return fix_terms(pass, {});
}

Result<void> offer(Pass& pass) {
    auto& deal = pass.deal;
    TRY_VOID(holds_a_while(pass));
    if (auto const right = may_be_agreed(*pass.event.terms); !right)
        return std::unexpected(right.error().within("terms"));
    if (deal.offers.size() >= offers_max)
        return not_now(deal, "kind", "there have been as many offers as there may be; accept or decline");
    deal.offers.push_back(
        {pass.event.by.role, *pass.event.terms, pass.now, *pass.event.until, pass.event.signature});
    deal.state = State::offered;
    pass.fact("number", std::to_string(deal.offers.size() - 1));
    pass.fact("total", pass.event.terms->total);
    return {};
}

Result<void> accept(Pass& pass) {
    auto const& standing = pass.deal.offers.back();
    auto const number = static_cast<std::int32_t>(pass.deal.offers.size()) - 1;
    if (*pass.event.number != number)
        return not_now(pass.deal, "number", "the offer that stands is number " + std::to_string(number));
    if (standing.by == pass.event.by.role)
        return refuse(Code::not_allowed, "by.role", "your own offer is for the other side to accept");
    if (standing.until <= pass.now) return not_now(pass.deal, "at", "the offer's time is over");
    if (pass.event.document != document_of(standing.terms))
        return refuse(Code::conflict, "document", "what was signed is not what was offered");
    return fix_terms(pass, pass.event.signature);
}

Result<void> decline(Pass& pass) {
    pass.deal.state = State::declined;
    pass.fact("why", pass.event.why);
    return {};
}

Result<void> request_lapses(Pass& pass) {
    pass.deal.state = State::lapsed;
    return {};
}

Result<void> offer_lapses(Pass& pass) {
    auto const& until = pass.deal.asked_until;
    pass.deal.state = until && *until > pass.now ? State::asked : State::lapsed;
    return {};
}

Result<void> cancel(Pass& pass) {
    auto& deal = pass.deal;
    auto const was = deal.state;
    if (was == State::making && pass.event.by.role == Role::buyer) {
        auto const days = deal.terms().days.make;
        if (days == 0 || after(*deal.funded_at, days) > pass.now)
            return not_now(deal, "at",
                           "it is being made and the days for it are not over; ask the seller, or open a "
                           "dispute");
    }
    pass.fact("refund", deal.sums->held);
    pass.fact("why", pass.event.why);
    TRY_VOID(give_back(pass, deal.sums->held, "cancelled"));
    deal.state = was == State::agreed ? State::cancelled : resting(deal);
    return {};
}

}  // namespace allroads::deal
