#include "web/deals.h"

#include "web/deal_words.h"

#include <algorithm>

namespace allroads::web {
namespace {

using deal::Kind;
using deal::Role;
using deal::State;
using locale::to_say;

constexpr std::size_t rows_on_page = 30;
constexpr std::size_t name_letters = 6;

std::string money(Visit const& visit, Money const& amount) { return visit.tongue.money(amount); }

bool has_role(hub::DealView const& view, Role role) {
    return std::ranges::any_of(view.standings, [&](hub::Standing const& one) { return one.by.role == role; });
}

// ---- what happens next ------------------------------------------------------------------------------------

Next next_of_talk(Visit const& visit, deal::Deal const& deal, bool is_buyer) {
    if (deal.state == State::asked) {
        return {std::string(is_buyer ? visit.say("The shop is to make you an offer.")
                                     : visit.say("The buyer waits for your offer.")),
                !is_buyer, deal.asked_until};
    }
    auto const& offer = deal.offers.back();
    bool const is_mine = (offer.by == Role::buyer) != is_buyer;
    if (is_mine) {
        return {std::string(visit.say("The other side has made an offer. Accept it, answer with another, or "
                                      "decline.")),
                true, offer.until};
    }
    return {std::string(visit.say("Your offer waits for an answer.")), false, offer.until};
}

// "Pay 720.00 now", where something is due.
std::optional<Next> next_payment(Visit const& visit, deal::Deal const& deal, bool is_buyer) {
    auto const due = deal::due_now(deal);
    if (due.minor() == 0) return std::nullopt;
    auto const text = is_buyer ? visit.say("Pay {{AMOUNT}} now. It is held until the goods are with you.")
                               : visit.say("The buyer is to pay {{AMOUNT}}. It is then held for you.");
    return Next{locale::fill(text, {{"AMOUNT", money(visit, due)}}), is_buyer};
}

Next next_of_goods(Visit const& visit, deal::Deal const& deal, bool is_buyer) {
    auto const deadlines = deal::deadlines_of(deal);
    auto const by = deadlines.empty() ? std::nullopt : std::optional(deadlines.front().at);
    if (auto next = next_payment(visit, deal, is_buyer)) {
        if (deal.state == State::agreed) next->by = by;
        return *next;
    }
    switch (deal.state) {
        case State::making:
            return {std::string(is_buyer ? visit.say("The shop makes the goods ready.")
                                         : visit.say("The first payment is held. Make the goods ready, then "
                                                     "say so or hand them over.")),
                    !is_buyer};
        case State::made:
            return {std::string(is_buyer ? visit.say("The goods are ready. The shop hands them over next.")
                                         : visit.say("Hand the goods to the carrier and say so here.")),
                    !is_buyer};
        case State::sent:
            return {std::string(is_buyer ? visit.say("The goods are on their way. Say so when they are here.")
                                         : visit.say("The goods are on their way. When they are there, the "
                                                     "buyer says so, or you show a proof.")),
                    is_buyer, by};
        case State::delivered:
            return {std::string(is_buyer ? visit.say("Look at the goods. Release the money, or say what is "
                                                     "wrong; after this time it is released by itself.")
                                         : visit.say("The buyer looks at the goods. After this time the "
                                                     "money is yours.")),
                    is_buyer, by};
        default: break;
    }
    return {};
}

Next next_of_dispute(Visit const& visit, hub::DealView const& view, Role role) {
    auto const& deal = view.deal;
    auto const deadlines = deal::deadlines_of(deal);
    auto const by = deadlines.empty() ? std::nullopt : std::optional(deadlines.front().at);
    if (deal.state == State::escalated) {
        bool const is_mine = may_do(view, Kind::decide);
        return {std::string(is_mine ? visit.say("Decide how much of what is held goes back to the buyer.")
                                    : visit.say("The mediator decides. You may still agree with the other "
                                                "side.")),
                is_mine};
    }
    bool const is_to_answer = deal.dispute->by != role && !deal.dispute->answered;
    if (is_to_answer)
        return {std::string(visit.say("The other side says that something is wrong. Answer.")), true, by};
    return {std::string(visit.say("Talk about what is wrong. If you find no way, the mediator decides.")),
            true, by};
}

Next next_of_end(Visit const& visit, deal::Deal const& deal, bool is_buyer, bool may_be_paid) {
    switch (deal.state) {
        case State::released:
            if (may_be_paid)
                return {std::string(visit.say("The money is yours. Say where it is to be sent.")), true};
            return {std::string(is_buyer ? visit.say("Everything is done for you. The shop is being paid.")
                                         : visit.say("The money is released and on its way.")),
                    false};
        case State::closed: return {std::string(visit.say("Everything is done and paid.")), false};
        case State::refunded:
            return {std::string(visit.say("What was paid went back to the buyer. Nothing is held.")), false};
        case State::cancelled: return {std::string(visit.say("The order was cancelled.")), false};
        case State::declined: return {std::string(visit.say("One side did not want it.")), false};
        case State::lapsed: return {std::string(visit.say("Nobody acted in time, so it has ended.")), false};
        default: break;
    }
    return {};
}

// ---- lists ------------------------------------------------------------------------------------------------

std::string title_of(Visit const& visit, deal::Deal const& deal) {
    if (!deal.offers.empty()) {
        auto const& lines = deal.is_agreed() ? deal.terms().lines : deal.offers.back().terms.lines;
        auto title = lines.front().title;
        if (lines.size() > 1) {
            title += " " + visit.tongue.say_many("and {1} more kind of goods", "and {1} more kinds of goods",
                                                 static_cast<std::int64_t>(lines.size()) - 1);
        }
        return title;
    }
    if (deal.request && !deal.request->wishes.empty()) {
        auto const& wish = deal.request->wishes.front();
        if (!wish.words.empty()) return excerpt(wish.words, 120);
        if (wish.product) {
            auto const shown = visit.site.hub.product(visit.caller, *wish.product, shop::Which::live);
            if (shown) return shop::text_in(*shown->product, visit.language()).title;
        }
    }
    return std::string(visit.say("Request"));
}

Name look_of(State state) {
    switch (state) {
        case State::disputed:
        case State::escalated: return "STATE_BAD";
        case State::released:
        case State::closed: return "STATE_GOOD";
        case State::refunded:
        case State::cancelled:
        case State::declined:
        case State::lapsed: return "STATE_OVER";
        default: return "STATE_OPEN";
    }
}

void add_order(Page& page, Visit const& visit, hub::DealView const& view, bool with_shop) {
    auto const& deal = view.deal;
    auto& row = page.add("ORDERS");
    row.set("ORDER_URL", order_address(deal.id));
    row.set("ORDER_NAME", order_name(deal.id));
    row.set("ORDER_TITLE", title_of(visit, deal));
    row.set("ORDER_DAY", moment_text(visit, deal.opened));
    row.set("ORDER_STATE", visit.say(state_words(deal.state)));
    row.show(look_of(deal.state));
    if (with_shop) row.add("ORDER_SHOP").set("SHOP_NAME", shop_name_of(visit, deal));
    if (!deal.offers.empty()) {
        auto const& terms = deal.is_agreed() ? deal.terms() : deal.offers.back().terms;
        row.add("ORDER_PRICE").set("PRICE_TEXT", money(visit, terms.total));
    }
    auto const next = next_of(visit, view);
    row.set("ORDER_NEXT", next.words);
    if (next.is_mine) row.show("ORDER_MINE");
    if (next.by) row.add("ORDER_BY").set("BY_TEXT", moment_text(visit, *next.by));
}

void set_orders(Page& page, Visit const& visit, std::vector<hub::DealView> const& views, bool with_shop) {
    if (views.empty()) {
        page.show("NO_ORDERS");
        return;
    }
    auto& list = page.add("HAS_ORDERS");
    for (auto const& view : views) add_order(list, visit, view, with_shop);
    if (views.size() == rows_on_page)
        list.add("MORE").set("MORE_URL", visit.here_with("after", views.back().deal.id.text()));
}

std::optional<deal::DealId> after_of(Visit const& visit) {
    auto const after = deal::DealId::parse(visit.query("after"));
    return after ? std::optional(*after) : std::nullopt;
}

Result<net::Response> my_orders(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const views = TRY(visit.site.hub.my_orders(visit.caller, after_of(visit), rows_on_page));
    Page page;
    set_mine(page, visit, Here::orders);
    page.set("ORDERS_TITLE", visit.say("My orders"));
    page.show("AS_BUYER");
    set_orders(page, visit, views, true);
    return answer(visit, "orders", page);
}

Result<net::Response> shop_orders(Visit& visit) {
    auto const mine = TRY(my_shop(visit, visit.http.parameter("slug")));
    auto const views =
        TRY(visit.site.hub.orders_of(visit.caller, mine.kept.id, after_of(visit), rows_on_page));
    Page page;
    set_mine(page, visit, Here::shops);
    set_shop_nav(page, visit, mine, AtShop::orders);
    page.set("ORDERS_TITLE", visit.say("Orders of the shop"));
    page.show("AS_SELLER");
    set_orders(page, visit, views, false);
    return answer(visit, "orders", page);
}

// ---- one order --------------------------------------------------------------------------------------------

struct Step {
    std::string_view words;
    std::optional<deal::Moment> at = {};
    bool is_done = false;
};

bool happened(deal::Deal const& deal, Kind kind) {
    return std::ranges::find(deal.past, kind, &deal::Past::kind) != deal.past.end();
}

// Where the order stands among the steps that every order takes.
void set_timeline(Page& page, Visit const& visit, deal::Deal const& deal) {
    bool const was_made = happened(deal, Kind::made) || deal.sent_at.has_value();
    bool const is_released = deal.state == State::released || deal.state == State::closed;
    std::vector<Step> steps{{to_say("Agreed"), deal.agreed_at, deal.agreed_at.has_value()},
                            {to_say("First payment held"), deal.funded_at, deal.funded_at.has_value()},
                            {to_say("Ready to send"), {}, was_made},
                            {to_say("Handed over"), deal.sent_at, deal.sent_at.has_value()},
                            {to_say("Arrived"), deal.delivered_at, deal.delivered_at.has_value()},
                            {to_say("Released"), {}, is_released},
                            {to_say("Paid out"), {}, deal.state == State::closed}};
    if (deal.request || !deal.is_agreed())
        steps.insert(steps.begin(), {to_say("Asked"), deal.opened, deal.request.has_value()});
    bool const is_ended = deal::is_end(deal.state) && deal.state != State::closed;
    bool is_now = !is_ended;
    auto& line = page.add("TIMELINE");
    for (auto const& step : steps) {
        auto& one = line.add("STEP_LIST");
        one.set("STEP_NAME", visit.say(step.words));
        if (step.is_done) {
            one.show("STEP_DONE");
        } else if (is_now) {
            one.show("STEP_NOW");
            is_now = false;
        }
        if (step.at) one.add("STEP_AT").set("AT_TEXT", moment_text(visit, *step.at));
    }
}

void add_sum(Page& page, Visit const& visit, std::string_view name, Money const& amount,
             bool always = false) {
    if (amount.minor() == 0 && !always) return;
    auto& row = page.add("SUMS");
    row.set("SUM_NAME", name);
    row.set("SUM_AMOUNT", money(visit, amount));
}

void set_sums(Page& page, Visit const& visit, hub::DealView const& view) {
    auto const& deal = view.deal;
    if (!deal.sums) return;
    auto const& sums = *deal.sums;
    auto const currency = deal.terms().total.currency();
    auto& section = page.add("MONEY");
    section.set("HOLDER_TEXT", holder_words(visit, deal.terms()));
    add_sum(section, visit, visit.say("Agreed in all"), deal.terms().total, true);
    add_sum(section, visit, visit.say("Paid by the buyer"),
            Money(sums.received.minor() - sums.charged_back_held.minor(), currency), true);
    add_sum(section, visit, visit.say("Held now"), sums.held, true);
    add_sum(section, visit, visit.say("Released"), sums.released);
    add_sum(section, visit, visit.say("Of it the hub's fee"), sums.fee);
    add_sum(section, visit, visit.say("Gone back to the buyer"),
            Money(sums.refunded.minor() + sums.given_back.minor(), currency));
    add_sum(section, visit, visit.say("Taken back by the buyer's bank"),
            Money(sums.charged_back_held.minor() + sums.charged_back_payable.minor() +
                      sums.charged_back_hub.minor(),
                  currency));
    if (!has_role(view, Role::seller) && !has_role(view, Role::member)) return;
    auto payable = Money::zero(currency), sent = Money::zero(currency);
    for (auto const& one : deal.payees) {
        payable = Money(payable.minor() + one.payable.minor(), currency);
        sent = Money(sent.minor() + one.sent.minor(), currency);
    }
    add_sum(section, visit, visit.say("Yours, to be paid out"), payable);
    add_sum(section, visit, visit.say("Put on its way to you"), sent);
}

// ---- how to pay -------------------------------------------------------------------------------------------

struct Named {
    std::string_view key, words;
};
constexpr Named pay_names[] = {
    {"name", to_say("Whose account")},
    {"account", to_say("Account number (IBAN)")},
    {"bank", to_say("Bank (BIC)")},
    {"amount", to_say("Amount")},
    {"reference", to_say("Reference")},
    {"number", to_say("Number to pay to")},
    {"words", to_say("What it is for")},
    {"counter", to_say("Counter")},
    {"most at once", to_say("At most in one payment")},
};
constexpr std::string_view way_names[] = {to_say("By bank transfer"), to_say("By mobile money"),
                                          to_say("By card"), to_say("In cash at a counter")};

std::string_view words_for(std::span<Named const> names, std::string_view key) {
    auto const found = std::ranges::find(names, key, &Named::key);
    return found == names.end() ? key : found->words;
}

void set_ways(Page& page, Visit const& visit, hub::DealView const& view) {
    auto const& deal = view.deal;
    bool const is_open = deal.is_agreed() && deal.state >= State::agreed && deal.state <= State::delivered &&
                         deal::due_later(deal).minor() > 0;
    if (!is_open || !has_role(view, Role::buyer)) return;
    auto const now = deal::due_now(deal);
    auto& section = page.add("HOW_TO_PAY");
    section.set("DUE_TEXT",
                locale::fill(now.minor() > 0 ? visit.say("To be paid now: {{AMOUNT}}")
                                             : visit.say("To be paid later: {{AMOUNT}}"),
                             {{"AMOUNT", money(visit, now.minor() > 0 ? now : deal::due_later(deal))}}));
    bool is_any = false;
    for (auto const way : visit.site.hub.ways()) {
        auto const told = visit.site.hub.instructions(visit.caller, deal.id, way);
        if (!told) continue;
        is_any = true;
        auto& one = section.add("WAYS");
        one.set("WAY_NAME", visit.say(way_names[static_cast<std::size_t>(way)]));
        for (auto const& line : told->lines) {
            auto& row = one.add("WAY_LINES");
            row.set("WAY_LABEL", visit.say(words_for(pay_names, line.name)));
            row.set("WAY_VALUE", line.value);
        }
    }
    if (!is_any) {
        section.show("NO_WAYS");
        section.set("REFERENCE_TEXT", view.reference);
    }
}

// ---- what was said and done -------------------------------------------------------------------------------

constexpr Named event_names[] = {
    {"ask", to_say("asked for an offer")},
    {"order", to_say("ordered")},
    {"offer", to_say("made an offer")},
    {"counter", to_say("answered with other terms")},
    {"accept", to_say("accepted the offer")},
    {"decline", to_say("declined")},
    {"chosen-elsewhere", to_say("another shop's offer was chosen")},
    {"request-lapses", to_say("the time for an offer was over")},
    {"offer-lapses", to_say("the time of the offer was over")},
    {"pay", to_say("paid from money at this hub")},
    {"money-arrived", to_say("a payment arrived")},
    {"payment-lapses", to_say("the time to pay was over")},
    {"cancel", to_say("cancelled")},
    {"made", to_say("said that the goods are ready")},
    {"hand-over", to_say("handed goods to the carrier")},
    {"track", to_say("news from the carrier")},
    {"deliver", to_say("said that goods were delivered")},
    {"delivery-assumed", to_say("the goods counted as delivered")},
    {"release", to_say("released money to the seller")},
    {"release-due", to_say("the money was released, the time to look at the goods being over")},
    {"refund", to_say("gave money back")},
    {"dispute", to_say("opened a dispute")},
    {"answer", to_say("answered")},
    {"evidence", to_say("showed evidence")},
    {"propose", to_say("proposed how much goes back")},
    {"agree", to_say("agreed to the proposal")},
    {"withdraw", to_say("took the dispute back")},
    {"escalate", to_say("handed the dispute to the mediator")},
    {"answer-late", to_say("there was no answer in time: the mediator decides")},
    {"escalation-due", to_say("no way was found in time: the mediator decides")},
    {"decide", to_say("decided the dispute")},
    {"name-mediator", to_say("named a mediator")},
    {"pay-out", to_say("had money paid out")},
    {"transfer-done", to_say("a payment to the seller arrived")},
    {"transfer-failed", to_say("a payment to the seller failed")},
    {"transfer-retry", to_say("a payment to the seller was tried again")},
    {"transfer-returned", to_say("a payment to the seller came back")},
    {"charge-back", to_say("the buyer's bank took money back")},
    {"charge-back-reversed", to_say("money taken back by the buyer's bank came again")},
};
constexpr std::string_view role_names[] = {to_say("Buyer"), to_say("Seller"),   to_say("Member"),
                                           to_say("Clerk"), to_say("Mediator"), to_say("Hub"),
                                           to_say("Time")};
constexpr Named reasons[] = {
    {"not-arrived", to_say("The goods did not arrive")},
    {"damaged", to_say("Goods are damaged")},
    {"not-as-described", to_say("Goods are not as they were described")},
    {"too-few", to_say("Goods are missing")},
    {"not-paid", to_say("The other side does not do its part")},
    {"other", to_say("Something else")},
    {"charge-back", to_say("The buyer's bank took money back")},
};

// Where a proof can be seen: words, or a file that lies with the order.
void set_proof(Page& row, deal::DealId const& id, std::string_view reference, Name words, Name file) {
    if (reference.starts_with(hub::file_mark)) {
        auto const digest = reference.substr(hub::file_mark.size());
        auto& shown = row.add(file);
        shown.set("FILE_URL", order_address(id) + "/files/" + std::string(digest));
        shown.set("FILE_DIGEST", digest);
    } else if (!reference.empty()) {
        row.add(words).set("REFERENCE_TEXT", reference);
    }
}

void set_history(Page& page, Visit const& visit, hub::DealView const& view) {
    auto const events = visit.site.hub.deal_events(visit.caller, view.deal.id);
    if (!events) return;
    auto& section = page.add("HISTORY");
    for (auto document = events->rbegin(); document != events->rend(); ++document) {
        auto const event = deal::parse_event(*document);
        if (!event) continue;
        auto& row = section.add("EVENTS");
        row.set("EVENT_WHO", visit.say(role_names[static_cast<std::size_t>(event->by.role)]));
        row.set("EVENT_WORDS", visit.say(words_for(event_names, deal::text_of(event->kind))));
        row.set("EVENT_AT", moment_text(visit, event->at));
        if (event->amount) row.add("EVENT_AMOUNT").set("AMOUNT_TEXT", money(visit, *event->amount));
        if (event->terms) row.add("EVENT_AMOUNT").set("AMOUNT_TEXT", money(visit, event->terms->total));
        if (!event->why.empty())
            row.add("EVENT_WHY").set("WHY_TEXT", visit.say(words_for(reasons, event->why)));
        set_proof(row, view.deal.id, event->reference, "EVENT_REFERENCE", "EVENT_FILE");
        for (auto const& paragraph : paragraphs_of(event->note))
            row.add("EVENT_NOTE").set("NOTE_TEXT", paragraph);
    }
}

void set_request(Page& page, Visit const& visit, deal::Deal const& deal) {
    if (!deal.request) return;
    auto& section = page.add("REQUEST");
    section.set("REQUEST_TO", visit.tongue.country_name(deal.request->to));
    section.set("REQUEST_LANG", deal.request->language.empty() ? "en" : deal.request->language);
    for (auto const& wish : deal.request->wishes) {
        auto& row = section.add("WISHES");
        row.set("WISH_QUANTITY", quantity_text(visit, wish.quantity, wish.unit));
        row.set("WISH_WORDS", wish.words);
        if (!wish.product) continue;
        auto const shown = visit.site.hub.product(visit.caller, *wish.product, shop::Which::live);
        if (!shown) continue;
        auto const& text = shop::text_in(*shown->product, visit.language());
        auto& product = row.add("WISH_PRODUCT");
        product.set("PRODUCT_URL", address_of(*shown));
        product.set("PRODUCT_TITLE", text.title);
        product.set("PRODUCT_LANG", text.language);
    }
    for (auto const& paragraph : paragraphs_of(deal.request->note))
        section.add("REQUEST_NOTE").set("NOTE_TEXT", paragraph);
}

void set_shipments(Page& page, Visit const& visit, deal::Deal const& deal) {
    if (deal.shipments.empty()) return;
    auto& section = page.add("SHIPMENTS");
    auto const& lines = deal.terms().lines;
    for (auto const& shipment : deal.shipments) {
        auto& row = section.add("SHIPMENT_LIST");
        row.set("SHIPMENT_AT", moment_text(visit, shipment.at));
        for (std::size_t i = 0; i < std::min(lines.size(), shipment.quantities.size()); ++i) {
            if (shipment.quantities[i].is_zero()) continue;
            auto& goods = row.add("SHIPPED");
            goods.set("SHIPPED_QUANTITY", quantity_text(visit, shipment.quantities[i], lines[i].unit));
            goods.set("SHIPPED_TITLE", lines[i].title);
        }
        if (!shipment.reference.empty()) row.add("TRACKING").set("TRACKING_TEXT", shipment.reference);
        if (!shipment.last.empty()) row.add("LAST_REPORT").set("REPORT_TEXT", shipment.last);
        if (!shipment.proof.empty()) row.add("PROOF").set("PROOF_TEXT", shipment.proof);
        if (shipment.delivered) row.add("ARRIVED").set("ARRIVED_AT", moment_text(visit, *shipment.delivered));
    }
}

void set_dispute(Page& page, Visit const& visit, deal::Deal const& deal) {
    if (!deal.dispute) return;
    auto const& dispute = *deal.dispute;
    auto& section = page.add("DISPUTE");
    section.set("DISPUTE_BY", visit.say(role_names[static_cast<std::size_t>(dispute.by)]));
    section.set("DISPUTE_WHY", visit.say(words_for(reasons, dispute.why)));
    section.set("DISPUTE_AT", moment_text(visit, dispute.opened));
    for (auto const& evidence : dispute.evidence) {
        auto& row = section.add("EVIDENCE_LIST");
        row.set("EVIDENCE_BY", visit.say(role_names[static_cast<std::size_t>(evidence.by)]));
        row.set("EVIDENCE_AT", moment_text(visit, evidence.at));
        for (auto const& paragraph : paragraphs_of(evidence.note))
            row.add("EVIDENCE_NOTE").set("NOTE_TEXT", paragraph);
        set_proof(row, deal.id, evidence.reference, "EVIDENCE_REFERENCE", "EVIDENCE_FILE");
    }
    if (dispute.proposal) {
        auto& proposal = section.add("PROPOSAL");
        proposal.set("PROPOSAL_BY", visit.say(role_names[static_cast<std::size_t>(dispute.proposal->by)]));
        proposal.set("PROPOSAL_AMOUNT", money(visit, dispute.proposal->refund));
    }
    if (deal.mediator) section.add("MEDIATOR").set("MEDIATOR_NAME", deal.mediator->name);
}

// Money on its way to who looks; others are not told where it goes.
void set_transfers(Page& page, Visit const& visit, hub::DealView const& view) {
    Page* section = nullptr;
    for (auto const& one : view.deal.transfers) {
        auto const& payee = view.deal.payees[static_cast<std::size_t>(one.payee)];
        bool const is_mine = std::ranges::any_of(
            view.standings, [&](hub::Standing const& standing) { return standing.by.id == payee.id; });
        if (!is_mine) continue;
        if (section == nullptr) section = &page.add("TRANSFERS");
        auto& row = section->add("TRANSFER_LIST");
        row.set("TRANSFER_AMOUNT", money(visit, one.amount));
        auto to = one.destination;
        std::ranges::replace(to, '|', ' ');
        row.set("TRANSFER_TO", trim(to));
        row.show(one.progress == deal::Progress::done     ? Name("TRANSFER_DONE")
                 : one.progress == deal::Progress::failed ? Name("TRANSFER_FAILED")
                                                          : Name("TRANSFER_UNDER_WAY"));
    }
}

void set_signatures(Page& page, Visit const& visit, deal::Deal const& deal) {
    if (!deal.is_agreed()) return;
    auto const& offer = deal.offers[static_cast<std::size_t>(deal.agreed)];
    auto& section = page.add("SIGNED");
    section.set("SIGNED_AT", moment_text(visit, *deal.agreed_at));
    if (deal.agreed_signature.empty()) {
        // An order from a basket: the shop's signed listing is its offer.
        section.show("SIGNED_BY_LISTING");
    } else {
        section.show("SIGNED_BY_BOTH");
    }
    section.set("SIGNED_FIRST", visit.say(role_names[static_cast<std::size_t>(offer.by)]));
    section.set("TERMS_URL", order_address(deal.id) + "/terms");
}

// Whether the buyer has what is due among his own money here; without it, paying is done in the ways above.
bool can_pay_from_own(Visit const& visit, deal::Deal const& deal) {
    auto const now = deal::due_now(deal);
    return own_money_for(visit, now.minor() > 0 ? now : deal::due_later(deal), deal.terms()).has_value();
}

// What the reader may do now, the most likely first; what ends things looks dangerous.
void set_deeds(Page& page, Visit const& visit, hub::DealView const& view) {
    std::vector<Kind> all;
    for (auto const& standing : view.standings) {
        for (auto const kind : standing.possible) {
            bool const is_hubs = standing.by.role == Role::hub && kind != Kind::decide;
            if (is_hubs || deed_words(kind).empty()) continue;
            if (kind == Kind::pay && !can_pay_from_own(visit, view.deal)) continue;
            if (std::ranges::find(all, kind) == all.end()) all.push_back(kind);
        }
    }
    bool const is_to_pay = has_role(view, Role::buyer) && view.deal.is_agreed() &&
                           view.deal.state >= State::agreed && view.deal.state <= State::delivered &&
                           deal::due_now(view.deal).minor() > 0;
    if (all.empty() && !is_to_pay) return;
    auto const is_grave = [](Kind kind) {
        return kind == Kind::cancel || kind == Kind::decline || kind == Kind::dispute ||
               kind == Kind::refund || kind == Kind::withdraw || kind == Kind::escalate;
    };
    std::ranges::stable_sort(all, [&](Kind a, Kind b) { return is_grave(a) < is_grave(b); });
    auto& section = page.add("DEEDS");
    bool is_first = next_of(visit, view).is_mine;
    if (is_to_pay) {
        auto& one = section.add("DEED_LIST");
        one.set("DEED_URL", "#pay-h");
        one.set("DEED_TEXT", visit.say("How to pay"));
        is_first = false;
    }
    for (auto const kind : all) {
        auto& one = section.add("DEED_LIST");
        one.set("DEED_URL", order_address(view.deal.id) + "/" + std::string(deal::text_of(kind)));
        one.set("DEED_TEXT", visit.say(deed_words(kind)));
        if (is_grave(kind)) {
            one.show("DEED_GRAVE");
        } else if (!is_first) {
            one.show("DEED_PLAIN");
        }
        is_first = false;
    }
}

Result<hub::DealView> view_of(Visit const& visit) {
    TRY_VOID(must_be_person(visit));
    auto const id = deal::DealId::parse(visit.http.parameter("id"));
    if (!id) return refuse(Code::not_found, "deal", "there is no such order");
    return visit.site.hub.deal(visit.caller, *id);
}

void set_head(Page& page, Visit const& visit, hub::DealView const& view) {
    auto const& deal = view.deal;
    page.set("ORDER_NAME", order_name(deal.id));
    page.set("ORDER_TITLE", title_of(visit, deal));
    page.set("ORDER_STATE", visit.say(state_words(deal.state)));
    page.show(look_of(deal.state));
    page.set("SHOP_NAME", shop_name_of(visit, deal));
    auto const next = next_of(visit, view);
    page.set("NEXT_TEXT", next.words);
    page.show(next.is_mine ? Name("NEXT_MINE") : Name("NEXT_THEIRS"));
    if (next.by) page.add("NEXT_BY").set("BY_TEXT", moment_text(visit, *next.by));
}

Result<net::Response> order_shown(Visit& visit) {
    auto const view = TRY(view_of(visit));
    auto const& deal = view.deal;
    Page page;
    set_mine(page, visit, looks_as(view) == Role::buyer ? Here::orders : Here::shops);
    set_head(page, visit, view);
    if (visit.query("done") == "ordered") {
        page.add("DONE").set("TOLD_TEXT",
                             visit.say("It is ordered. What happens next stands here, at any time."));
    } else if (!visit.query("done").empty()) {
        page.add("DONE").set("TOLD_TEXT", visit.say("It is done, and the other side is told."));
    }
    set_timeline(page, visit, deal);
    set_sums(page, visit, view);
    set_ways(page, visit, view);
    set_deeds(page, visit, view);
    set_request(page, visit, deal);
    if (deal.request && deal.request->shared && has_role(view, Role::buyer))
        page.add("OTHERS").set("OTHERS_URL", request_address(deal.id));
    set_dispute(page, visit, deal);
    set_shipments(page, visit, deal);
    set_transfers(page, visit, view);
    if (!deal.offers.empty()) {
        auto& section = page.add("TERMS");
        section.show(deal.is_agreed() ? Name("TERMS_AGREED") : Name("TERMS_OFFERED"));
        set_terms(section, visit, deal.is_agreed() ? deal.terms() : deal.offers.back().terms);
        set_signatures(section, visit, deal);
    }
    set_history(page, visit, view);
    return answer(visit, "order", page);
}

// The very bytes that were signed, for who wants to verify the signatures.
Result<net::Response> terms_document(Visit& visit) {
    auto const view = TRY(view_of(visit));
    if (!view.deal.is_agreed()) return refuse(Code::not_found, "terms", "nothing is agreed yet");
    return net::Response{.type = "application/json",
                         .body = deal::document_of(view.deal.terms()),
                         .headers = {{"Content-Disposition", "attachment; filename=\"terms.json\""}}};
}

// A picture was drawn anew by us and may be looked at; a paper is as it came, and is only handed over.
Result<net::Response> file_shown(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const id = deal::DealId::parse(visit.http.parameter("id"));
    if (!id) return refuse(Code::not_found, "deal", "there is no such order");
    auto file = TRY(visit.site.hub.file_of(visit.caller, *id, visit.http.parameter("file")));
    bool const is_paper = file.type == "application/pdf";
    auto const name = "evidence-" + file.digest.substr(0, 8) +
                      (is_paper                    ? ".pdf"
                       : file.type == "image/webp" ? ".webp"
                                                   : ".jpg");
    return net::Response{
        .type = std::move(file.type),
        .body = std::move(file.bytes),
        .headers = {{"Content-Disposition",
                     (is_paper ? "attachment; filename=\"" : "inline; filename=\"") + name + "\""}},
        .cache = net::Cache::never};
}

}  // namespace

std::string order_address(deal::DealId const& id) { return "/orders/" + id.text(); }
std::string order_name(deal::DealId const& id) {
    auto const text = id.text();
    return text.substr(text.size() - name_letters);
}
std::string request_address(deal::DealId const& id) { return "/requests/" + id.text(); }

deal::Role looks_as(hub::DealView const& view) {
    for (auto const role : {Role::buyer, Role::seller, Role::member, Role::mediator})
        if (has_role(view, role)) return role;
    return Role::hub;
}

bool may_do(hub::DealView const& view, deal::Kind kind) {
    return std::ranges::any_of(view.standings, [&](hub::Standing const& one) {
        return std::ranges::find(one.possible, kind) != one.possible.end();
    });
}

Next next_of(Visit const& visit, hub::DealView const& view) {
    auto const& deal = view.deal;
    auto const role = looks_as(view);
    bool const is_buyer = role == Role::buyer;
    switch (deal.state) {
        case State::asked:
        case State::offered: return next_of_talk(visit, deal, is_buyer);
        case State::agreed:
        case State::making:
        case State::made:
        case State::sent:
        case State::delivered: return next_of_goods(visit, deal, is_buyer);
        case State::disputed:
        case State::escalated: return next_of_dispute(visit, view, role);
        default: return next_of_end(visit, deal, is_buyer, may_do(view, Kind::pay_out));
    }
}

std::string_view state_words(deal::State state) {
    switch (state) {
        case State::asked: return to_say("Asked");
        case State::offered: return to_say("Offer made");
        case State::agreed: return to_say("To be paid");
        case State::making: return to_say("Being made");
        case State::made: return to_say("Ready to send");
        case State::sent: return to_say("On its way");
        case State::delivered: return to_say("Arrived");
        case State::disputed: return to_say("In dispute");
        case State::escalated: return to_say("With the mediator");
        case State::released: return to_say("Released");
        case State::closed: return to_say("Done");
        case State::refunded: return to_say("Money given back");
        case State::cancelled: return to_say("Cancelled");
        case State::declined: return to_say("Declined");
        case State::lapsed: return to_say("Lapsed");
    }
    return {};
}

std::string_view event_words(std::string_view kind) { return words_for(event_names, kind); }

namespace {

// What is no event of an order: money that its owner had sent out.
std::string_view money_words(std::string_view kind) {
    if (kind == "money.out") return to_say("On its way to you");
    if (kind == "money.out-done") return to_say("paid out");
    if (kind == "money.out-failed") return to_say("It failed: the money is yours here again.");
    if (kind == "money.out-back") return to_say("It came back: the money is yours here again.");
    return {};
}

}  // namespace

std::string line_words(Visit const& visit, ledger::Line const& line) {
    constexpr std::string_view of_deal = "deal.";
    auto const kind = std::string_view(line.kind);
    if (auto const own = money_words(kind); !own.empty()) return std::string(visit.say(own));
    if (!kind.starts_with(of_deal)) return line.kind;
    return std::string(visit.say(event_words(kind.substr(of_deal.size()))));
}

std::string shop_name_of(Visit const& visit, deal::Deal const& deal) {
    auto const kept = visit.site.hub.shop(shop::ShopId(deal.seller));
    if (!kept) return {};
    auto const shop = shop::parse_shop(kept->document);
    return shop ? shop->name : std::string();
}

Result<Country> shop_country_of(Visit const& visit, deal::Deal const& deal) {
    auto const kept = TRY(visit.site.hub.shop(shop::ShopId(deal.seller)));
    return TRY(shop::parse_shop(kept.document)).country;
}

std::vector<net::Route> deal_pages(Site& site) {
    Routes routes;
    auto const add = [&](std::string_view method, std::string_view pattern, PageHandler handler) {
        routes.push_back(page_route(site, method, pattern, std::move(handler)));
    };
    add("GET", "/orders", my_orders);
    add("GET", "/orders/{id}", order_shown);
    add("GET", "/orders/{id}/terms", terms_document);
    add("GET", "/orders/{id}/files/{file}", file_shown);
    add("GET", "/my/shops/{slug}/orders", shop_orders);
    return routes;
}

}  // namespace allroads::web
