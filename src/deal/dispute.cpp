// When the parties do not agree: they talk in public, then one person decides about what is held.
#include "deal/hidden.h"

#include <algorithm>

namespace allroads::deal {
namespace {

constexpr std::int32_t disputes_max = 20;

Result<void> put_evidence(Pass& pass) {
    auto const& event = pass.event;
    auto& all = pass.deal.dispute->evidence;
    if (event.reference.empty() && event.note.empty()) return {};
    auto const said = std::ranges::count(all, event.by.role, &Evidence::by);
    if (static_cast<std::size_t>(said) >= evidence_max / 2)
        return not_now(pass.deal, "kind", "this side has shown as much as a dispute can hold");
    all.push_back({event.by.role, pass.now, event.reference, event.note});
    pass.fact("reference", event.reference);
    pass.fact("note", event.note);
    return {};
}

// What is held goes back in that part; the rest is the seller's.
Result<void> divide_held(Pass& pass, Money const& back, std::string_view why) {
    auto& deal = pass.deal;
    pass.fact("refund", back);
    TRY_VOID(give_back(pass, back, why));
    TRY_VOID(let_go(pass, deal.sums->held, why));
    deal.state = resting(deal);
    return {};
}

}  // namespace

Result<void> dispute(Pass& pass) {
    auto& deal = pass.deal;
    if (deal.disputes >= disputes_max)
        return not_now(deal, "kind", "there have been as many disputes as there may be");
    ++deal.disputes;
    deal.dispute =
        Dispute{.by = pass.event.by.role, .why = pass.event.why, .opened = pass.now, .before = deal.state};
    deal.state = State::disputed;
    pass.fact("why", pass.event.why);
    pass.fact("answer_days", std::to_string(deal.terms().days.answer));
    return put_evidence(pass);
}

Result<void> answer(Pass& pass) {
    auto& open = *pass.deal.dispute;
    if (open.by == pass.event.by.role)
        return refuse(Code::not_allowed, "by.role", "the other side answers; show evidence instead");
    if (open.answered) return not_now(pass.deal, "kind", "it was answered already; show evidence instead");
    open.answered = pass.now;
    return put_evidence(pass);
}

Result<void> evidence(Pass& pass) {
    if (pass.event.reference.empty() && pass.event.note.empty())
        return refuse(Code::field_missing, "note", "expected words, or the digest of a file");
    return put_evidence(pass);
}

Result<void> propose(Pass& pass) {
    auto const amount = TRY(amount_of(pass, 0, pass.deal.sums->held, "what is held"));
    pass.deal.dispute->proposal = Proposal{pass.event.by.role, amount};
    pass.fact("refund", amount);
    pass.fact("note", pass.event.note);
    return {};
}

Result<void> agree(Pass& pass) {
    auto const& proposal = pass.deal.dispute->proposal;
    if (!proposal) return not_now(pass.deal, "kind", "nothing was proposed");
    if (proposal->by == pass.event.by.role)
        return refuse(Code::not_allowed, "by.role", "your own proposal is for the other side to agree to");
    auto const amount = TRY(amount_of(pass, 0, pass.deal.sums->held, "what is held"));
    if (amount != proposal->refund)
        return refuse(Code::conflict, "amount", "proposed is " + Pass::text_of_money(proposal->refund));
    return divide_held(pass, amount, "settled");
}

Result<void> withdraw(Pass& pass) {
    auto& deal = pass.deal;
    if (deal.dispute->by != pass.event.by.role)
        return refuse(Code::not_allowed, "by.role", "the side that opened it may withdraw it");
    // Whoever was kept from looking at the goods, or from sending, has the days for it once more.
    deal.state = deal.dispute->before;
    if (deal.sent_at) deal.sent_at = pass.now;
    if (deal.delivered_at) deal.delivered_at = pass.now;
    deal.dispute.reset();
    return {};
}

Result<void> escalate(Pass& pass) {
    auto& open = *pass.deal.dispute;
    if (pass.event.kind == Kind::escalate && !open.answered)
        return not_now(pass.deal, "kind", "the other side has not answered and still has days to do so");
    open.escalated = pass.now;
    pass.deal.state = State::escalated;
    pass.fact("decide_days", std::to_string(pass.deal.terms().days.decide));
    return {};
}

Result<void> decide(Pass& pass) {
    if (pass.event.by.role == Role::hub && pass.deal.mediator)
        return refuse(Code::not_allowed, "by.role", "the mediator who is named decides");
    auto const amount = TRY(amount_of(pass, 0, pass.deal.sums->held, "what is held"));
    pass.fact("why", pass.event.why);
    pass.fact("note", pass.event.note);
    return divide_held(pass, amount, "decided");
}

Result<void> name_mediator(Pass& pass) {
    auto& deal = pass.deal;
    auto const& given = *pass.event.mediator;
    TRY_VOID(mediator_is_right(given, "mediator"));
    if (given.id == deal.buyer || given.id == deal.seller)
        return refuse(Code::bad_value, "mediator.id", "a party cannot decide its own dispute");
    auto& since = deal.dispute->escalated;
    if (deal.mediator && after(*since, deal.terms().days.decide) > pass.now)
        return not_now(deal, "at", "the mediator still has days to decide");
    deal.mediator = given;
    since = pass.now;
    pass.fact("mediator", given.name);
    return {};
}

}  // namespace allroads::deal
