// A deal as one document: what the database keeps and what a deal is read from again.
#include "deal/hidden.h"
#include "deal/reading.h"

#include <algorithm>
#include <charconv>

namespace allroads::deal {
namespace reading {
namespace {

constexpr std::size_t print_digits = 16;

Result<std::uint64_t> print(json::value const& value, std::string_view field) {
    auto const text = TRY(wire::text(value, field, print_digits));
    std::uint64_t number = 0;
    auto const read = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    bool const is_plain =
        std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (text.size() != print_digits || read.ec != std::errc() || !is_plain)
        return refuse(Code::bad_value, field, "expected sixteen hexadecimal digits");
    return number;
}
std::string print_text(std::uint64_t number) {
    std::string text(print_digits, '0');
    for (std::size_t i = print_digits; i > 0; number >>= 4) text[--i] = "0123456789abcdef"[number & 15U];
    return text;
}

Result<bool> yes(json::value const& value, std::string_view field) { return wire::truth(value, field); }

Result<Offer> offer(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"by", "terms", "at", "until", "signature"}));
    auto const by = TRY(o.need("by", one_of<Role>(names::roles)));
    auto agreed = TRY(o.need("terms", terms));
    auto const at = TRY(o.need("at", moment));
    auto const until = TRY(o.need("until", moment));
    auto signature = TRY(o.need("signature", word));
    return Offer{by, std::move(agreed), at, until, std::move(signature)};
}

Result<Due> due(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"amount", "is_released"}));
    auto const amount = TRY(o.need("amount", money));
    return Due{amount, TRY(o.need("is_released", yes))};
}

constexpr std::array<std::string_view, 10> sum_names{
    "received",         "held",       "released",          "fee",
    "refunded",         "given_back", "charged_back_held", "charged_back_payable",
    "charged_back_hub", "suspended"};
constexpr std::array<Money Sums::*, 10> sum_places{
    &Sums::received,         &Sums::held,       &Sums::released,          &Sums::fee,
    &Sums::refunded,         &Sums::given_back, &Sums::charged_back_held, &Sums::charged_back_payable,
    &Sums::charged_back_hub, &Sums::suspended};

Result<Sums> sums(json::value const& value, std::string_view field) {
    auto const o =
        TRY(Object::of(value, field,
                       {"received", "held", "released", "fee", "refunded", "given_back", "charged_back_held",
                        "charged_back_payable", "charged_back_hub", "suspended"}));
    auto const first = TRY(o.need(sum_names.front(), money));
    Sums all{first, first, first, first, first, first, first, first, first, first};
    for (std::size_t i = 1; i < sum_names.size(); ++i) all.*sum_places[i] = TRY(o.need(sum_names[i], money));
    return all;
}

Result<Payee> payee(json::value const& value, std::string_view field) {
    auto const o = TRY(
        Object::of(value, field, {"id", "is_member", "weight", "share", "payable", "charged_back", "sent"}));
    auto const who = TRY(o.need("id", id));
    auto const is_member = TRY(o.need("is_member", yes));
    auto const weight = TRY(o.need("weight", quantity));
    auto const share_of_it = TRY(o.need("share", money));
    auto const payable = TRY(o.need("payable", money));
    auto const charged_back = TRY(o.need("charged_back", money));
    auto const sent = TRY(o.need("sent", money));
    return Payee{who, is_member, weight, share_of_it, payable, charged_back, sent};
}

Result<Shipment> shipment(json::value const& value, std::string_view field) {
    auto const o = TRY(
        Object::of(value, field, {"quantities", "at", "reference", "reports", "last", "proof", "delivered"}));
    Shipment one;
    one.quantities = TRY(o.list("quantities", lines_max, quantity));
    one.at = TRY(o.need("at", moment));
    one.reference = TRY(o.may_or("reference", word, std::string()));
    one.reports = TRY(o.need("reports", small));
    one.last = TRY(o.may_or("last", word, std::string()));
    one.proof = TRY(o.may_or("proof", word, std::string()));
    one.delivered = TRY(o.may("delivered", moment));
    return one;
}

Result<Evidence> evidence(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"by", "at", "reference", "note"}));
    Evidence one;
    one.by = TRY(o.need("by", one_of<Role>(names::roles)));
    one.at = TRY(o.need("at", moment));
    one.reference = TRY(o.may_or("reference", word, std::string()));
    one.note = TRY(o.may_or("note", note, std::string()));
    return one;
}

Result<Proposal> proposal(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"by", "refund"}));
    auto const by = TRY(o.need("by", one_of<Role>(names::roles)));
    auto const refund = TRY(o.need("refund", money));
    return Proposal{by, refund};
}

Result<Dispute> dispute(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(
        value, field, {"by", "why", "opened", "before", "answered", "escalated", "proposal", "evidence"}));
    Dispute one;
    one.by = TRY(o.need("by", one_of<Role>(names::roles)));
    one.why = TRY(o.need("why", word));
    one.opened = TRY(o.need("opened", moment));
    one.before = TRY(o.need("before", one_of<State>(names::states)));
    one.answered = TRY(o.may("answered", moment));
    one.escalated = TRY(o.may("escalated", moment));
    one.proposal = TRY(o.may("proposal", reading::proposal));
    one.evidence = TRY(o.list("evidence", evidence_max, reading::evidence));
    return one;
}

constexpr std::size_t attempts_max = 100;

Result<Transfer> transfer(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field,
                                  {"payee", "amount", "destination", "progress", "attempt", "arrived",
                                   "returned", "failed", "reference"}));
    auto const whose = TRY(o.need("payee", small));
    auto const amount = TRY(o.need("amount", money));
    Transfer one{whose, amount};
    one.destination = TRY(o.need("destination", word));
    one.progress = TRY(o.need("progress", one_of<Progress>(names::progresses)));
    one.attempt = TRY(o.need("attempt", small));
    one.arrived = TRY(o.list("arrived", attempts_max, small));
    one.returned = TRY(o.list("returned", attempts_max, small));
    one.failed = TRY(o.list("failed", attempts_max, small));
    one.reference = TRY(o.may_or("reference", word, std::string()));
    return one;
}

Result<Past> past(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"key", "print", "kind", "after"}));
    Past one;
    one.key = TRY(o.need("key", word));
    one.print = TRY(o.need("print", print));
    one.kind = TRY(o.need("kind", one_of<Kind>(names::kinds)));
    one.after = TRY(o.need("after", one_of<State>(names::states)));
    return one;
}

// ---- writing ----------------------------------------------------------------------------------------------

void write_numbers(Writer& w, std::string_view name, std::vector<std::int32_t> const& all) {
    write_list(w, name, all, [&](std::int32_t one) { w.raw(std::to_string(one)); });
}

void write_sums(Writer& w, Sums const& sums) {
    w.key("sums");
    w.open('{');
    for (std::size_t i = 0; i < sum_names.size(); ++i) write(w, sum_names[i], sums.*sum_places[i]);
    w.close('}');
}

void write_money(Writer& w, Deal const& deal) {
    write_list(w, "dues", deal.dues, [&](Due const& one) {
        w.open('{');
        write(w, "amount", one.amount);
        w.key("is_released");
        w.raw(one.is_released ? "true" : "false");
        w.close('}');
    });
    if (deal.sums) write_sums(w, *deal.sums);
    write_list(w, "payees", deal.payees, [&](Payee const& one) {
        w.open('{');
        write(w, "id", one.id);
        w.key("is_member");
        w.raw(one.is_member ? "true" : "false");
        write(w, "weight", one.weight);
        write(w, "share", one.share);
        write(w, "payable", one.payable);
        write(w, "charged_back", one.charged_back);
        write(w, "sent", one.sent);
        w.close('}');
    });
    write_list(w, "transfers", deal.transfers, [&](Transfer const& one) {
        w.open('{');
        w.number("payee", one.payee);
        write(w, "amount", one.amount);
        w.text("destination", one.destination);
        w.text("progress", text_of(one.progress));
        w.number("attempt", one.attempt);
        write_numbers(w, "arrived", one.arrived);
        write_numbers(w, "returned", one.returned);
        write_numbers(w, "failed", one.failed);
        write_words(w, "reference", one.reference);
        w.close('}');
    });
}

void write_dispute(Writer& w, Dispute const& one) {
    w.key("dispute");
    w.open('{');
    w.text("by", text_of(one.by));
    w.text("why", one.why);
    write(w, "opened", one.opened);
    w.text("before", text_of(one.before));
    write(w, "answered", one.answered);
    write(w, "escalated", one.escalated);
    if (one.proposal) {
        w.key("proposal");
        w.open('{');
        w.text("by", text_of(one.proposal->by));
        write(w, "refund", one.proposal->refund);
        w.close('}');
    }
    write_list(w, "evidence", one.evidence, [&](Evidence const& piece) {
        w.open('{');
        w.text("by", text_of(piece.by));
        write(w, "at", piece.at);
        write_words(w, "reference", piece.reference);
        write_words(w, "note", piece.note);
        w.close('}');
    });
    w.close('}');
}

void write_talk(Writer& w, Deal const& deal) {
    if (deal.request) {
        w.key("request");
        write_request(w, *deal.request);
    }
    write(w, "asked_until", deal.asked_until);
    write_list(w, "offers", deal.offers, [&](Offer const& one) {
        w.open('{');
        w.text("by", text_of(one.by));
        w.key("terms");
        write_terms(w, one.terms);
        write(w, "at", one.at);
        write(w, "until", one.until);
        w.text("signature", one.signature);
        w.close('}');
    });
    w.number("agreed", deal.agreed);
    write_words(w, "agreed_signature", deal.agreed_signature);
    if (deal.mediator) {
        w.key("mediator");
        write_mediator(w, *deal.mediator);
    }
    write(w, "agreed_at", deal.agreed_at);
    write(w, "funded_at", deal.funded_at);
    write(w, "sent_at", deal.sent_at);
    write(w, "delivered_at", deal.delivered_at);
}

void write_deal(Writer& w, Deal const& deal) {
    w.open('{');
    write(w, "id", deal.id.bytes());
    write(w, "buyer", deal.buyer);
    write(w, "seller", deal.seller);
    w.text("state", text_of(deal.state));
    write(w, "opened", deal.opened);
    write(w, "changed", deal.changed);
    write_talk(w, deal);
    write_money(w, deal);
    write_list(w, "shipments", deal.shipments, [&](Shipment const& one) {
        w.open('{');
        write_list(w, "quantities", one.quantities, [&](Decimal const& many) { w.text(many.brief()); });
        write(w, "at", one.at);
        write_words(w, "reference", one.reference);
        w.number("reports", one.reports);
        write_words(w, "last", one.last);
        write_words(w, "proof", one.proof);
        write(w, "delivered", one.delivered);
        w.close('}');
    });
    if (deal.dispute) write_dispute(w, *deal.dispute);
    w.number("disputes", deal.disputes);
    w.number("said_by_buyer", deal.said_by_buyer);
    w.number("said_by_seller", deal.said_by_seller);
    write_list(w, "past", deal.past, [&](Past const& one) {
        w.open('{');
        w.text("key", one.key);
        w.text("print", print_text(one.print));
        w.text("kind", text_of(one.kind));
        w.text("after", text_of(one.after));
        w.close('}');
    });
    w.close('}');
}

// ---- reading it again -------------------------------------------------------------------------------------

Result<void> read_talk(Object const& o, Deal& deal) {
    deal.request = TRY(o.may("request", request));
    deal.asked_until = TRY(o.may("asked_until", moment));
    deal.offers = TRY(o.list("offers", offers_max, offer));
    deal.agreed = TRY(o.need("agreed", small));
    deal.agreed_signature = TRY(o.may_or("agreed_signature", word, std::string()));
    deal.mediator = TRY(o.may("mediator", mediator));
    deal.agreed_at = TRY(o.may("agreed_at", moment));
    deal.funded_at = TRY(o.may("funded_at", moment));
    deal.sent_at = TRY(o.may("sent_at", moment));
    deal.delivered_at = TRY(o.may("delivered_at", moment));
    return {};
}

Result<Deal> deal(json::value const& value) {
    auto const o = TRY(Object::of(value, "",
                                  {"id",
                                   "buyer",
                                   "seller",
                                   "state",
                                   "opened",
                                   "changed",
                                   "request",
                                   "asked_until",
                                   "offers",
                                   "agreed",
                                   "agreed_signature",
                                   "mediator",
                                   "agreed_at",
                                   "funded_at",
                                   "sent_at",
                                   "delivered_at",
                                   "dues",
                                   "sums",
                                   "payees",
                                   "transfers",
                                   "shipments",
                                   "dispute",
                                   "disputes",
                                   "said_by_buyer",
                                   "said_by_seller",
                                   "past"}));
    auto const name = TRY(o.need("id", id));
    Deal all{.id = DealId(name)};
    all.buyer = TRY(o.need("buyer", id));
    all.seller = TRY(o.need("seller", id));
    all.state = TRY(o.need("state", one_of<State>(names::states)));
    all.opened = TRY(o.need("opened", moment));
    all.changed = TRY(o.need("changed", moment));
    TRY_VOID(read_talk(o, all));
    all.dues = TRY(o.list("dues", milestones_max, due));
    all.sums = TRY(o.may("sums", sums));
    all.payees = TRY(o.list("payees", members_max, payee));
    all.transfers = TRY(o.list("transfers", transfers_of_deal_max, transfer));
    all.shipments = TRY(o.list("shipments", shipments_max, shipment));
    all.dispute = TRY(o.may("dispute", dispute));
    all.disputes = TRY(o.need("disputes", small));
    all.said_by_buyer = TRY(o.need("said_by_buyer", small));
    all.said_by_seller = TRY(o.need("said_by_seller", small));
    all.past = TRY(o.list("past", past_max, past));
    return all;
}

// ---- what must fit for the rest of the room to work on it -------------------------------------------------

bool is_open(State state) { return state == State::disputed || state == State::escalated; }

bool are_of(Currency currency, Deal const& deal) {
    bool fits = true;
    for (auto const place : sum_places) fits = fits && ((*deal.sums).*place).currency() == currency;
    for (auto const& one : deal.dues) fits = fits && one.amount.currency() == currency;
    for (auto const& one : deal.payees) {
        for (auto const& amount : {one.share, one.payable, one.charged_back, one.sent})
            fits = fits && amount.currency() == currency;
    }
    if (deal.dispute && deal.dispute->proposal)
        fits = fits && deal.dispute->proposal->refund.currency() == currency;
    return fits;
}

bool are_shipments_possible(Deal const& deal) {
    auto const& lines = deal.terms().lines;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto left = lines[i].quantity;
        for (auto const& one : deal.shipments) {
            if (one.quantities.size() != lines.size()) return false;
            auto const less = difference(left, one.quantities[i]);
            if (!less || less->is_negative()) return false;
            left = *less;
        }
    }
    return true;
}

// Payees are those of the terms; nobody is paid by another weight than what was agreed on.
bool are_payees_of(Terms const& terms, Deal const& deal) {
    if (terms.members.empty()) {
        auto const fits = [&](Payee const& one) {
            return !one.is_member && one.id == deal.seller && one.weight == Decimal(1);
        };
        return deal.payees.size() == 1 && fits(deal.payees.front());
    }
    return std::ranges::equal(deal.payees, terms.members, [](Payee const& one, Member const& member) {
        return one.is_member && one.id == member.id && one.weight == member.weight;
    });
}

// Attempts are numbered from one; each arrives, fails and comes back at most once, and only what arrived
// comes back.
bool are_attempts_possible(Transfer const& one) {
    auto const is_list = [&](std::vector<std::int32_t> const& all) {
        return std::ranges::all_of(all, [&](std::int32_t attempt) {
            return attempt >= 1 && attempt <= one.attempt && std::ranges::count(all, attempt) == 1;
        });
    };
    auto const arrived = [&](std::int32_t attempt) {
        return std::ranges::find(one.arrived, attempt) != one.arrived.end();
    };
    return one.attempt >= 1 && is_list(one.arrived) && is_list(one.failed) && is_list(one.returned) &&
           std::ranges::all_of(one.returned, arrived) && one.progress == progress_of(one);
}

// What is only released after goods were on their way, and where a deal rests of which nothing is held.
bool does_money_fit_the_state(Deal const& deal) {
    auto const s = deal.state;
    auto const before = deal.dispute ? deal.dispute->before : s;
    bool const is_early = s == State::agreed || s == State::making || s == State::cancelled ||
                          s == State::lapsed || (is_open(s) && before == State::making);
    bool const is_released = deal.sums->released.minor() > 0;
    if (is_early && is_released) return false;
    if (!is_released && !deal.transfers.empty()) return false;
    bool const is_at_rest = s == State::released || s == State::closed || s == State::refunded;
    return !is_at_rest || resting(deal) == s;
}

bool has_what_its_state_needs(Deal const& deal) {
    auto const s = deal.state;
    bool const is_before = s == State::asked || s == State::offered || s == State::declined;
    if (s == State::asked && !(deal.request && deal.asked_until)) return false;
    if (s == State::offered && deal.offers.empty()) return false;
    if (is_before) return !deal.is_agreed();
    if (!deal.is_agreed()) return s == State::lapsed;
    if (!deal.agreed_at) return false;
    if (is_open(s) && !deal.dispute) return false;
    if (s == State::escalated && !deal.dispute->escalated) return false;
    auto const before = deal.dispute ? deal.dispute->before : State::making;
    if (before < State::making || before > State::delivered) return false;
    // A dispute that is withdrawn brings the state before it back.
    auto const was = is_open(s) ? before : s;
    if (was == State::making && !deal.funded_at) return false;
    if (was == State::sent && !deal.sent_at) return false;
    if (was == State::delivered && !deal.delivered_at) return false;
    return true;
}

Result<void> hangs_together(Deal const& deal) {
    auto const wrong = [](std::string_view field) {
        return refuse(Code::bad_value, field, "does not fit the rest of the deal");
    };
    if (deal.agreed < -1 || deal.agreed >= static_cast<std::int32_t>(deal.offers.size()))
        return wrong("agreed");
    if (!has_what_its_state_needs(deal)) return wrong("state");
    if (deal.past.empty()) return wrong("past");
    for (std::size_t i = 0; i < deal.offers.size(); ++i) {
        if (auto const right = may_be_agreed(deal.offers[i].terms); !right)
            return std::unexpected(right.error().within("offers[" + std::to_string(i) + "].terms"));
    }
    if (deal.is_agreed()) {
        auto const& terms = deal.terms();
        if (!deal.sums) return wrong("sums");
        if (deal.dues.size() != terms.milestones.size()) return wrong("dues");
        if (!are_payees_of(terms, deal)) return wrong("payees");
        if (!are_of(terms.total.currency(), deal)) return wrong("sums");
        if (!are_shipments_possible(deal)) return wrong("shipments");
        std::int64_t all = 0;
        for (auto const& one : deal.dues)
            if (__builtin_add_overflow(all, one.amount.minor(), &all)) return wrong("dues");
        if (all != terms.total.minor()) return wrong("dues");
    } else if (!deal.shipments.empty()) {
        return wrong("shipments");
    }
    for (auto const& one : deal.transfers) {
        if (one.payee < 0 || one.payee >= static_cast<std::int32_t>(deal.payees.size()) ||
            !are_attempts_possible(one))
            return wrong("transfers");
    }
    if (auto const faults = unsound(deal); !faults.empty())
        return refuse(Code::bad_value, "sums", faults.front());
    if (deal.is_agreed() && !does_money_fit_the_state(deal)) return wrong("state");
    return {};
}

}  // namespace
}  // namespace reading

Result<Deal> parse_deal(std::string_view json) {
    auto const value = TRY(wire::parse(json, document_bytes_max));
    auto deal = TRY(reading::deal(value));
    TRY_VOID(reading::hangs_together(deal));
    return deal;
}

std::string document_of(Deal const& deal) {
    std::string out;
    {
        reading::Writer w(out);
        reading::write_deal(w, deal);
    }
    return out;
}

}  // namespace allroads::deal
