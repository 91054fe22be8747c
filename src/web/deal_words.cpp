#include "web/deal_words.h"

#include "wire/wire.h"

#include <algorithm>
#include <array>

namespace allroads::web {
namespace {

using locale::to_say;

constexpr std::size_t facts_bytes_max = 64U * 1024;
constexpr std::size_t words_bytes_max = 60;  // of what somebody wrote: the rest of a short message is ours

// A sentence, and the facts that it cannot do without. Of those of a key the first whose facts are all there
// is said; an amount of nothing is not there.
struct Said {
    std::string_view key;
    std::array<std::string_view, 3> needs;
    std::string_view words;
};
constexpr Said sentences[] = {
    {"deal-asked", {}, to_say("A buyer asks you for an offer.")},
    {"deal-ordered",
     {"total", "due"},
     to_say("You have an order of {{TOTAL}}. Begin when {{DUE}} has arrived.")},
    {"deal-ordered", {"total"}, to_say("You have an order of {{TOTAL}}.")},
    {"deal-ordered", {}, to_say("You have an order.")},
    {"deal-offered", {"total"}, to_say("You have an offer of {{TOTAL}}.")},
    {"deal-offered", {}, to_say("You have an offer.")},
    {"deal-countered", {"total"}, to_say("The buyer proposes other terms: {{TOTAL}}.")},
    {"deal-countered", {}, to_say("The buyer proposes other terms.")},
    {"deal-agreed", {"total", "due"}, to_say("Both sides agreed on {{TOTAL}}. To be paid now: {{DUE}}.")},
    {"deal-agreed", {"total"}, to_say("Both sides agreed on {{TOTAL}}.")},
    {"deal-agreed", {}, to_say("Both sides have agreed.")},
    {"deal-declined", {}, to_say("The other side has declined.")},
    {"deal-chosen-elsewhere", {}, to_say("The buyer has chosen another shop's offer.")},
    {"deal-request-lapsed", {}, to_say("The time for an offer is over.")},
    {"deal-offer-lapsed", {}, to_say("The time of the offer is over.")},
    {"deal-cancelled", {"refund"}, to_say("The order was cancelled. {{REFUND}} goes back to the buyer.")},
    {"deal-cancelled", {}, to_say("The order was cancelled.")},
    {"deal-paid", {"amount", "held"}, to_say("The buyer paid {{AMOUNT}}. Held for this order: {{HELD}}.")},
    {"deal-paid", {"amount"}, to_say("The buyer paid {{AMOUNT}}.")},
    {"deal-paid", {}, to_say("The buyer has paid.")},
    {"deal-money-arrived",
     {"arrived", "held", "due"},
     to_say("{{ARRIVED}} has arrived. Held for this order: {{HELD}}. Still to be paid: {{DUE}}.")},
    {"deal-money-arrived",
     {"arrived", "held"},
     to_say("{{ARRIVED}} has arrived. Held for this order: {{HELD}}.")},
    {"deal-money-arrived", {"arrived"}, to_say("{{ARRIVED}} has arrived.")},
    {"deal-money-arrived", {}, to_say("A payment has arrived.")},
    {"deal-money-kept-for-you",
     {"arrived"},
     to_say("{{ARRIVED}} has arrived and is yours: it was not due for this order.")},
    {"deal-money-kept-for-you", {}, to_say("Money has arrived and is yours: it was not due for this order.")},
    {"deal-payment-lapsed",
     {"refund"},
     to_say("It was not paid in time and has ended. {{REFUND}} goes back to the buyer.")},
    {"deal-payment-lapsed", {}, to_say("It was not paid in time and has ended.")},
    {"deal-made", {"due"}, to_say("The goods are ready. To be paid before they are sent: {{DUE}}.")},
    {"deal-made", {}, to_say("The goods are ready.")},
    {"deal-handed-over",
     {"reference", "due"},
     to_say("Goods are on their way: {{REFERENCE}}. To be paid now: {{DUE}}.")},
    {"deal-handed-over", {"reference"}, to_say("Goods are on their way: {{REFERENCE}}.")},
    {"deal-handed-over", {"due"}, to_say("Goods are on their way. To be paid now: {{DUE}}.")},
    {"deal-handed-over", {}, to_say("Goods are on their way.")},
    {"deal-tracked", {"report"}, to_say("The carrier says: {{REPORT}}")},
    {"deal-tracked", {}, to_say("There is news of the goods on their way.")},
    {"deal-delivered", {"days"}, to_say("The goods are delivered. Time to look at them: {{DAYS}}.")},
    {"deal-delivered", {}, to_say("A part of the goods is delivered.")},
    {"deal-delivery-assumed",
     {"days"},
     to_say("The goods count as delivered. Time to say that something is wrong: {{DAYS}}.")},
    {"deal-delivery-assumed", {}, to_say("The goods count as delivered.")},
    {"deal-released",
     {"released", "fee"},
     to_say("{{RELEASED}} is released to the seller. Of it the hub's fee: {{FEE}}.")},
    {"deal-released", {"released"}, to_say("{{RELEASED}} is released to the seller.")},
    {"deal-released", {}, to_say("Money is released to the seller.")},
    {"deal-refunded", {"refund"}, to_say("{{REFUND}} goes back to the buyer.")},
    {"deal-refunded", {}, to_say("Money goes back to the buyer.")},
    {"deal-disputed",
     {"answer_days"},
     to_say("The other side says that something is wrong. Time to answer: {{ANSWER_DAYS}}.")},
    {"deal-disputed", {}, to_say("The other side says that something is wrong. Please answer.")},
    {"deal-answered", {}, to_say("The other side has answered in the dispute.")},
    {"deal-evidence", {}, to_say("There is new evidence in the dispute.")},
    {"deal-proposed",
     {"refund"},
     to_say("The other side proposes: {{REFUND}} goes back to the buyer, the rest to the seller.")},
    {"deal-proposed", {}, to_say("The other side proposes how to end the dispute.")},
    {"deal-settled",
     {"refund"},
     to_say("The dispute is settled: {{REFUND}} goes back to the buyer, the rest to the seller.")},
    {"deal-settled", {}, to_say("The dispute is settled.")},
    {"deal-withdrawn", {}, to_say("The dispute was taken back. The order goes on.")},
    {"deal-escalated",
     {"decide_days"},
     to_say("The mediator decides the dispute now. Time to decide: {{DECIDE_DAYS}}.")},
    {"deal-escalated", {}, to_say("The mediator decides the dispute now.")},
    {"deal-decided",
     {"refund"},
     to_say("The dispute is decided: {{REFUND}} goes back to the buyer, the rest to the seller.")},
    {"deal-decided", {}, to_say("The dispute is decided.")},
    {"deal-mediator-named", {"mediator"}, to_say("{{MEDIATOR}} decides the dispute now.")},
    {"deal-mediator-named", {}, to_say("Another mediator decides the dispute now.")},
    {"deal-payout-begun", {"amount"}, to_say("{{AMOUNT}} is on its way to you.")},
    {"deal-payout-begun", {}, to_say("Your money is on its way to you.")},
    {"deal-payout-arrived", {"amount"}, to_say("{{AMOUNT}} was paid to you.")},
    {"deal-payout-arrived", {}, to_say("You were paid.")},
    {"deal-payout-failed", {"amount"}, to_say("{{AMOUNT}} could not be paid to you. The hub looks into it.")},
    {"deal-payout-failed", {}, to_say("You could not be paid. The hub looks into it.")},
    {"deal-payout-again", {"amount"}, to_say("{{AMOUNT}} is on its way to you again.")},
    {"deal-payout-again", {}, to_say("Your money is on its way to you again.")},
    {"deal-payout-returned",
     {"amount"},
     to_say("{{AMOUNT}} that was paid to you came back. The hub looks into it.")},
    {"deal-payout-returned", {}, to_say("A payment to you came back. The hub looks into it.")},
    {"deal-charged-back", {"amount"}, to_say("The buyer's bank has taken {{AMOUNT}} back.")},
    {"deal-charged-back", {}, to_say("The buyer's bank has taken money back.")},
    {"deal-charge-back-reversed",
     {"amount"},
     to_say("{{AMOUNT}} that the buyer's bank had taken back has come again.")},
    {"deal-charge-back-reversed", {}, to_say("Money that the buyer's bank had taken back has come again.")},
};

// A fact as it is said; nothing where it is not there.
std::optional<std::string> said(locale::Tongue const& tongue, wire::json::object const& facts,
                                std::string_view name) {
    auto const* const found = facts.if_contains(name);
    if (found == nullptr || !found->is_string()) return std::nullopt;
    auto const text = wire::view(found->get_string());
    if (text.empty() || !is_clean(text)) return std::nullopt;
    if (name.ends_with("days")) {
        auto const days = Decimal::parse(text);
        if (!days || days->scale() > 0 || days->is_negative() || *days > Decimal(10'000)) return std::nullopt;
        return tongue.say_many("{1} day", "{1} days", static_cast<std::int64_t>(days->coefficient()));
    }
    if (name == "reference" || name == "report" || name == "mediator")
        return locale::isolated(excerpt(text, words_bytes_max));
    auto const amount = money_of_fact(text);
    if (!amount || amount->minor() == 0) return std::nullopt;
    return tongue.money(*amount);
}

std::string upper(std::string_view name) {
    std::string text(name);
    for (auto& letter : text)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    return text;
}

}  // namespace

std::optional<Money> money_of_fact(std::string_view text) {
    auto const blank = text.find(' ');
    if (blank == std::string_view::npos) return std::nullopt;
    auto const currency = Currency::parse(text.substr(blank + 1));
    if (!currency) return std::nullopt;
    auto const amount = Decimal::parse(text.substr(0, blank));
    if (!amount) return std::nullopt;
    auto const money = Money::exact(*amount, *currency);
    return money ? std::optional(*money) : std::nullopt;
}

std::string deal_words(locale::Tongue const& tongue, std::string_view key, std::string_view facts_json) {
    auto const read = wire::parse(facts_json, facts_bytes_max, 2);
    auto const facts = read && read->is_object() ? read->get_object() : wire::json::object();
    for (auto const& one : sentences) {
        if (one.key != key) continue;
        std::array<std::string, 3> names, values;
        bool is_told = true;
        for (std::size_t i = 0; i < one.needs.size() && is_told; ++i) {
            if (one.needs.at(i).empty()) continue;
            auto value = said(tongue, facts, one.needs.at(i));
            is_told = value.has_value();
            names.at(i) = upper(one.needs.at(i));
            if (value) values.at(i) = std::move(*value);
        }
        if (!is_told) continue;
        return locale::fill(tongue.say(one.words),
                            {{names[0], values[0]}, {names[1], values[1]}, {names[2], values[2]}});
    }
    return std::string(tongue.say("Something happened in this order. Please look."));
}

std::string deal_notice_words(Site const& site, std::string_view language, std::string_view key,
                              std::string_view facts_json, std::string_view deal_reference) {
    auto const known = locale::Language::parse(language).value_or(locale::Language::english());
    auto const tongue = site.tongues.in(known);
    auto const what = deal_words(tongue, key, facts_json);
    return locale::fill(tongue.say("Allroads, order {{ORDER}}: {{WHAT}}"),
                        {{"ORDER", deal_reference}, {"WHAT", what}});
}

}  // namespace allroads::web
