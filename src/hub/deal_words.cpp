// What parties of deals are told by a gateway: in the words that faces give, else in plain English; as a
// telephone takes it.
#include "hub/carrying.h"

#include "locale/locale.h"
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

constexpr std::size_t letters_of_order = 6;
std::string order_of(deal::DealId const& deal) {
    auto const id = deal.text();
    return id.substr(id.size() - letters_of_order);
}

// Signs that only a screen needs, and that make a message take twice the room.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> plainer{{
    {"\u00a0", " "},
    {"\u202f", " "},
    {"\u2066", ""},
    {"\u2067", ""},
    {"\u2068", ""},
    {"\u2069", ""},
    {"\u2018", "'"},
    {"\u2019", "'"},
    {"\u201c", "\""},
    {"\u201d", "\""},
    {"\u2013", "-"},
    {"\u2026", "..."},
}};

// Without them where it then is of the letters that all telephones share; else as it is: in a text that is
// written from right to left they keep numbers where they belong.
std::string for_telephones(std::string const& text) {
    auto plain = text;
    for (auto const& [sign, instead] : plainer) {
        for (auto at = plain.find(sign); at != std::string::npos; at = plain.find(sign, at + instead.size()))
            plain.replace(at, sign.size(), instead);
    }
    auto const count = locale::sms_count(plain);
    return count && !count->is_ucs2 ? plain : text;
}

// Whether it goes out in so few parts that somebody reads it.
bool is_short(std::string_view text) {
    constexpr std::size_t parts_at_most = 3;
    auto const count = locale::sms_count(text);
    return count && count->parts >= 1 && count->parts <= parts_at_most;
}

}  // namespace

std::string Hub::Hidden::message_of(std::string_view language, std::string_view event,
                                    deal::DealId const& deal, std::string_view facts) {
    DealWords given;
    {
        std::lock_guard const held(words_lock);
        given = deal_words;
    }
    auto const order = order_of(deal);
    auto const said = [&](std::string_view what, std::string_view with) {
        return given ? for_telephones(given(language, what, with, order)) : std::string();
    };
    auto text = said(event, facts);
    if (text.empty()) text = for_telephones(deal_sentence(event, deal, facts));
    if (is_short(text)) return text;
    // Nothing is cut off a sentence: the short form says that there is something to read.
    text = said("", "{}");
    return is_short(text) ? text : deal_sentence("", deal, "{}");
}

std::string deal_sentence(std::string_view key, deal::DealId const& deal, std::string_view facts) {
    std::string text = "Allroads, order " + order_of(deal) + ": ";
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
