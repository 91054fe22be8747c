// What parties of deals are told by a gateway, in plain English. Faces say the same keys in all languages.
#include "hub/carrying.h"

#include "wire/wire.h"

#include <algorithm>
#include <array>
#include <utility>

namespace allroads::hub {
namespace {

// {amount} and the like stand for facts; a sentence in which one is missing leaves that clause out: clauses
// are parted by |.
constexpr std::array<std::pair<std::string_view, std::string_view>, 36> sentences{{
    {"deal-asked", "A buyer asks you for an offer."},
    {"deal-ordered", "You have an order| of {total}|; {due} is awaited before you begin|."},
    {"deal-offered", "You have an offer| of {total}."},
    {"deal-countered", "The buyer proposes other terms|: {total}."},
    {"deal-agreed", "Both sides have agreed| on {total}|; {due} is to be paid now|."},
    {"deal-declined", "It was declined."},
    {"deal-chosen-elsewhere", "The buyer chose another shop's offer."},
    {"deal-request-lapsed", "The time for an offer is over."},
    {"deal-offer-lapsed", "The time of the offer is over."},
    {"deal-cancelled", "It was cancelled|; {refund} goes back to the buyer|."},
    {"deal-paid", "{amount} was paid| and {held} is held|."},
    {"deal-money-arrived", "{arrived} has arrived|; {held} is held|, {due} is still to be paid|."},
    {"deal-money-kept-for-you", "{arrived} has arrived and is yours; it was not due for this order."},
    {"deal-payment-lapsed", "It was not paid in time and has ended|; {refund} goes back|."},
    {"deal-made", "The goods are ready|; {due} is to be paid before they are sent|."},
    {"deal-handed-over", "Goods were handed to the carrier|, {reference}|."},
    {"deal-tracked", "The carrier says: {report}."},
    {"deal-delivered", "Goods were delivered|; the buyer has {days} days to look at them|."},
    {"deal-delivery-assumed", "The goods count as delivered|; the buyer has {days} days to object|."},
    {"deal-released", "{released} was released to the seller|, the hub's fee is {fee}|."},
    {"deal-refunded", "{refund} goes back to the buyer."},
    {"deal-disputed", "The other side has opened a dispute. Please answer."},
    {"deal-answered", "The other side has answered in the dispute."},
    {"deal-evidence", "There is new evidence in the dispute."},
    {"deal-proposed", "The other side proposes how to settle the dispute."},
    {"deal-settled", "The dispute is settled."},
    {"deal-withdrawn", "The dispute was withdrawn."},
    {"deal-escalated", "The mediator decides the dispute now."},
    {"deal-decided", "The dispute was decided."},
    {"deal-mediator-named", "A mediator was named."},
    {"deal-payout-begun", "{amount} is on its way to you."},
    {"deal-payout-arrived", "{amount} was paid to you."},
    {"deal-payout-failed", "{amount} could not be paid to you; the hub looks into it."},
    {"deal-payout-again", "{amount} is on its way to you again."},
    {"deal-payout-returned", "{amount} came back; the hub looks into it."},
    {"deal-charged-back", "The buyer's bank has taken money back|: {amount}|."},
}};

constexpr std::size_t facts_bytes_max = 64U * 1024;

// Facts as they were written: a flat object of texts.
std::optional<std::string> fact(std::string_view facts, std::string_view name) {
    auto const value = wire::parse(facts, facts_bytes_max, 2);
    if (!value || !value->is_object()) return std::nullopt;
    auto const* const found = value->as_object().if_contains(name);
    if (found == nullptr || !found->is_string()) return std::nullopt;
    return std::string(found->as_string());
}

// A clause with its facts; nothing where one is missing.
std::optional<std::string> filled(std::string_view clause, std::string_view facts) {
    std::string text;
    while (!clause.empty()) {
        auto const from = std::min(clause.find('{'), clause.size());
        text += clause.substr(0, from);
        clause.remove_prefix(from);
        if (clause.empty()) break;
        auto const end = clause.find('}');
        auto const value = fact(facts, clause.substr(1, end - 1));
        if (!value || value->empty()) return std::nullopt;
        text += *value;
        clause.remove_prefix(end + 1);
    }
    return text;
}

}  // namespace

std::string deal_sentence(std::string_view key, deal::DealId const& deal, std::string_view facts) {
    constexpr std::size_t last_letters = 6;
    auto const id = deal.text();
    std::string text = "Allroads, order " + id.substr(id.size() - last_letters) + ": ";
    auto const there =
        std::ranges::find(sentences, key, &std::pair<std::string_view, std::string_view>::first);
    if (there == sentences.end()) return text + "something happened; please look.";
    for (auto rest = there->second; !rest.empty();) {
        auto const end = std::min(rest.find('|'), rest.size());
        if (auto const clause = filled(rest.substr(0, end), facts)) text += *clause;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (text.back() != '.') text += '.';
    return text;
}

}  // namespace allroads::hub
