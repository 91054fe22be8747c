// Orders: the terms of a basket, ordering, asking for offers, and what is done in a deal.
#include "api/telling.h"
#include "api/verb.h"

#include <array>
#include <charconv>

namespace allroads::api {
namespace {

namespace json = wire::json;
using wire::Writer;

constexpr std::size_t body_bytes_max = 256U * 1024;  // a document of terms stands in it as text
constexpr std::size_t wishes_max = deal::lines_max;

// ---- what is asked ----------------------------------------------------------------------------------------

template <class Of>
Result<db::Id<Of>> id_in(json::value const& value, std::string_view field) {
    return wire::parsed(value, field, db::Id<Of>::parse);
}

Result<Decimal> quantity_in(json::value const& value, std::string_view field) {
    auto const number = TRY(wire::amount(value, field, Code::bad_quantity));
    if (number.is_zero() || number > Decimal(1'000'000'000))
        return refuse(Code::bad_quantity, field, "expected more than nothing, at most 1000000000");
    return number;
}

Result<hub::BasketLine> line_in(json::value const& value, std::string_view field) {
    std::optional<shop::ProductId> product;
    std::optional<Decimal> quantity;
    TRY_VOID(wire::fields(value, field, [&](std::string_view key, json::value const& one) -> Result<bool> {
        if (key == "product") {
            product = TRY(id_in<shop::Product>(one, key));
        } else if (key == "quantity") {
            quantity = TRY(quantity_in(one, key));
        } else {
            return false;
        }
        return true;
    }));
    if (!product) return refuse(Code::field_missing, "product", "which?");
    if (!quantity) return refuse(Code::field_missing, "quantity", "how much of it?");
    return hub::BasketLine{*product, *quantity};
}

Result<quote::Buyer> buyer_in(json::value const& value, std::string_view field) {
    auto const text = TRY(wire::text(value, field));
    if (text == "business") return quote::Buyer::business;
    if (text == "consumer") return quote::Buyer::consumer;
    return refuse(Code::bad_value, field, "expected consumer or business");
}

Result<hub::Basket> basket_in(hub::Hub const& hub, json::value const& value, std::string_view field) {
    std::optional<shop::ShopId> shop;
    std::optional<Country> to;
    std::vector<hub::BasketLine> lines;
    std::string region, plan, language;
    auto buyer = quote::Buyer::consumer;
    auto road = freight::Road::express;
    auto const read = [&](std::string_view key, json::value const& one) -> Result<bool> {
        if (key == "shop") {
            shop = TRY(id_in<shop::Shop>(one, key));
        } else if (key == "lines") {
            TRY_VOID(wire::elements(one, key, deal::lines_max, [&](json::value const& each) -> Result<void> {
                lines.push_back(TRY(line_in(each, "")));
                return {};
            }));
        } else if (key == "to") {
            to = TRY(wire::parsed(one, key, Country::parse));
        } else if (key == "region") {
            region = TRY(wire::text(one, key, 100));
        } else if (key == "buyer") {
            buyer = TRY(buyer_in(one, key));
        } else if (key == "road") {
            road = TRY(wire::parsed(one, key, freight::parse_road));
        } else if (key == "plan") {
            plan = TRY(wire::text(one, key, 100));
        } else if (key == "language") {
            language = TRY(wire::text(one, key, 40));
        } else {
            return false;
        }
        return true;
    };
    TRY_VOID(wire::fields(value, field, read));
    auto const missing = [&](std::string_view name, std::string_view question) -> std::unexpected<Error> {
        Error error(Code::field_missing, name, question);
        return std::unexpected(field.empty() ? std::move(error) : error.within(field));
    };
    if (!shop) return missing("shop", "whose goods are they?");
    if (!to) return missing("to", "to which country?");
    if (lines.empty()) return missing("lines", "the basket is empty");
    return hub::Basket{.shop = *shop,
                       .lines = std::move(lines),
                       .door = {.to = *to,
                                .date = hub.today(),
                                .known_on = hub.today(),
                                .to_region = std::move(region),
                                .road = road,
                                .buyer = buyer},
                       .plan = std::move(plan),
                       .language = std::move(language)};
}

Result<deal::Wish> wish_in(json::value const& value, std::string_view field) {
    std::optional<deal::ProductId> product;
    std::optional<Decimal> quantity;
    auto unit = unit::piece;
    std::string said;
    TRY_VOID(wire::fields(value, field, [&](std::string_view key, json::value const& one) -> Result<bool> {
        if (key == "product") {
            product = TRY(id_in<shop::Product>(one, key));
        } else if (key == "words") {
            said = TRY(wire::text(one, key, deal::note_bytes_max));
        } else if (key == "quantity") {
            quantity = TRY(quantity_in(one, key));
        } else if (key == "unit") {
            unit = TRY(wire::parsed(one, key, Unit::parse));
        } else {
            return false;
        }
        return true;
    }));
    if (!quantity) return refuse(Code::field_missing, "quantity", "how much of it?");
    if (!product && said.empty()) return refuse(Code::field_missing, "words", "expected a product or words");
    return deal::Wish{product, std::move(said), *quantity, unit};
}

// ---- terms ------------------------------------------------------------------------------------------------

void write_ways(Writer& w, hub::Hub const& hub) {
    list(w, "ways", hub.ways(), [&](pay::Way way) { w.text(pay::text_of(way)); });
    list(w, "plans", hub.dealing().plans, [&](hub::Plan const& plan) { w.text(plan.key); });
}

// What is due when, and in whose hands it is until it is released.
Result<void> write_dues(Writer& w, deal::Terms const& terms) {
    auto const amounts = TRY(deal::milestone_amounts(terms));
    w.key("dues");
    w.open('[');
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        w.open('{');
        w.text("key", terms.milestones.at(i).key);
        money(w, "amount", amounts[i]);
        w.close('}');
    }
    w.close(']');
    return {};
}

Result<Reply> terms_told(Asked const& asked) {
    auto const tree = TRY(wire::parse(TRY(json_body(asked)), body_bytes_max));
    auto const basket = TRY(basket_in(asked.hub, tree, ""));
    auto const quoted = TRY(asked.hub.terms_of(basket));
    Reply reply;
    auto const written = [&]() -> Result<void> {
        Writer w(reply.body);
        w.open('{');
        w.text("document", quoted.document);
        w.key("terms");
        w.raw(quoted.document);
        TRY_VOID(write_dues(w, quoted.terms));
        write_ways(w, asked.hub);
        if (!quoted.answer.empty()) {
            w.key("quote");
            w.raw(quoted.answer);
        }
        w.close('}');
        return {};
    }();
    TRY_VOID(written);
    return reply;
}

Result<Reply> trade_told(Asked const& asked) {
    auto const& dealing = asked.hub.dealing();
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        write_ways(w, asked.hub);
        w.text("custody", dealing.custody == deal::Custody::hub    ? "hub"
                          : dealing.custody == deal::Custody::bank ? "bank"
                                                                   : "trustee");
        words(w, "custodian", dealing.custodian);
        if (dealing.mediator) words(w, "mediator", dealing.mediator->name);
        list(w, "fees", dealing.fees, [&](deal::Fee const& fee) {
            w.open('{');
            w.decimal("percent", fee.percent.stripped());
            money(w, "minimum", fee.minimum);
            w.close('}');
        });
        w.text("attest_key", hub::hexadecimal(asked.hub.attest_key()));
        w.text("ledger_key", hub::hexadecimal(asked.hub.ledger_key()));
        w.close('}');
    }
    return reply;
}

Result<Reply> stock_told(Asked const& asked) {
    auto const id = TRY(id_of<shop::Product>(asked));
    (void)TRY(asked.hub.product(asked.caller, id, shop::Which::live));
    auto const left = TRY(asked.hub.available(id));
    // Of this moment: not to be kept with what changes with listings alone.
    Reply reply{.headers = {{"Cache-Control", "no-store"}}};
    {
        Writer w(reply.body);
        w.open('{');
        truth(w, "counted", left.has_value());
        if (left) w.decimal("available", left->stripped());
        w.close('}');
    }
    return reply;
}

// ---- a deal, in short -------------------------------------------------------------------------------------

void write_sums_in_short(Writer& w, deal::Deal const& deal) {
    if (!deal.is_agreed()) return;
    words(w, "reference", hub::payer_reference(deal));
    money(w, "total", deal.terms().total);
    if (!deal.sums) return;
    money(w, "held", deal.sums->held);
    money(w, "due_now", deal::due_now(deal));
    money(w, "due_later", deal::due_later(deal));
}

void write_head(Writer& w, deal::Deal const& deal) {
    w.text("id", deal.id.text());
    w.text("buyer", db::id_text(deal.buyer));
    w.text("shop", db::id_text(deal.seller));
    w.text("state", deal::text_of(deal.state));
    w.text("opened", text_of(deal.opened));
    w.text("changed", text_of(deal.changed));
    write_sums_in_short(w, deal);
}

void write_standings(Writer& w, std::vector<hub::Standing> const& standings) {
    list(w, "standings", standings, [&](hub::Standing const& one) {
        w.open('{');
        w.text("as", deal::text_of(one.by.role));
        list(w, "possible", one.possible, [&](deal::Kind kind) { w.text(deal::text_of(kind)); });
        w.close('}');
    });
}

Reply in_short(deal::Deal const& deal, int status) {
    Reply reply{.status = status};
    {
        Writer w(reply.body);
        w.open('{');
        write_head(w, deal);
        w.close('}');
    }
    return reply;
}

Reply page(std::vector<hub::DealView> const& all, std::size_t rows) {
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        list(w, "orders", all, [&](hub::DealView const& one) {
            w.open('{');
            write_head(w, one.deal);
            write_standings(w, one.standings);
            w.close('}');
        });
        if (all.size() == rows) w.text("next", all.back().deal.id.text());
        w.close('}');
    }
    return reply;
}

// ---- beginning --------------------------------------------------------------------------------------------

Result<hub::Order> order_in(Asked const& asked) {
    std::string key, seen, note;
    bool pays_from_funds = false;
    std::optional<hub::Basket> basket;
    auto const read = [&](std::string_view name, json::value const& value) -> Result<bool> {
        if (name == "key") {
            key = TRY(wire::text(value, name));
        } else if (name == "basket") {
            basket = TRY(basket_in(asked.hub, value, name));
        } else if (name == "seen") {
            seen = TRY(wire::text(value, name, deal::event_bytes_max));
        } else if (name == "note") {
            note = TRY(wire::text(value, name, deal::note_bytes_max));
        } else if (name == "pays_from_funds") {
            pays_from_funds = TRY(wire::truth(value, name));
        } else {
            return false;
        }
        return true;
    };
    TRY_VOID(body_fields(TRY(json_body(asked)), read, body_bytes_max));
    if (!basket) return refuse(Code::field_missing, "basket", "what is ordered?");
    if (seen.empty())
        return refuse(Code::field_missing, "seen", "the `document` of the terms as you saw them");
    auto name = TRY(own_key_of(asked, key));
    return hub::Order{.key = std::move(name),
                      .basket = std::move(*basket),
                      .seen = std::move(seen),
                      .note = std::move(note),
                      .pays_from_funds = pays_from_funds};
}

void place_order(Asked const& asked, Verb::Told told) {
    auto const order = order_in(asked);
    if (!order) return told([&]() -> Result<Reply> { return std::unexpected(order.error()); });
    asked.hub.place_order_later(asked.caller, *order, [told = std::move(told)](auto const& outcome) {
        told([&]() -> Result<Reply> { return in_short(TRY(outcome()), 201); });
    });
}

struct WantedOffers {
    std::string key = {};
    std::vector<shop::ShopId> shops = {};
    std::vector<deal::Wish> wishes = {};
    std::string language = {}, note = {};
    std::optional<Country> to = {};
    std::optional<db::Moment> until = {};
};

Result<bool> read_wanted(WantedOffers& wanted, std::string_view name, json::value const& value) {
    constexpr std::size_t shops_max = 20;
    if (name == "key") {
        wanted.key = TRY(wire::text(value, name));
    } else if (name == "shops") {
        TRY_VOID(wire::elements(value, name, shops_max, [&](json::value const& one) -> Result<void> {
            wanted.shops.push_back(TRY(id_in<shop::Shop>(one, "")));
            return {};
        }));
    } else if (name == "wishes") {
        TRY_VOID(wire::elements(value, name, wishes_max, [&](json::value const& one) -> Result<void> {
            wanted.wishes.push_back(TRY(wish_in(one, "")));
            return {};
        }));
    } else if (name == "language") {
        wanted.language = TRY(wire::text(value, name, 40));
    } else if (name == "note") {
        wanted.note = TRY(wire::text(value, name, deal::note_bytes_max));
    } else if (name == "to") {
        wanted.to = TRY(wire::parsed(value, name, Country::parse));
    } else if (name == "until") {
        wanted.until = TRY(moment_in(value, name));
    } else {
        return false;
    }
    return true;
}

Result<Reply> offers_asked(Asked const& asked) {
    WantedOffers wanted;
    TRY_VOID(body_fields(
        TRY(json_body(asked)),
        [&](std::string_view name, json::value const& value) { return read_wanted(wanted, name, value); },
        body_bytes_max));
    if (wanted.wishes.empty()) return refuse(Code::field_missing, "wishes", "what is wished for?");
    if (!wanted.to) return refuse(Code::field_missing, "to", "to which country?");
    if (!wanted.until) return refuse(Code::field_missing, "until", "until when shall shops answer?");
    auto name = TRY(own_key_of(asked, wanted.key));
    deal::Request request{.language = std::move(wanted.language),
                          .wishes = std::move(wanted.wishes),
                          .note = std::move(wanted.note),
                          .to = *wanted.to};
    auto const deals = TRY(asked.hub.ask_for_offers(asked.caller, {.key = std::move(name),
                                                                   .shops = std::move(wanted.shops),
                                                                   .request = std::move(request),
                                                                   .until = *wanted.until}));
    Reply reply{.status = 201};
    {
        Writer w(reply.body);
        w.open('{');
        list(w, "orders", deals, [&](deal::DealId const& one) { w.text(one.text()); });
        w.close('}');
    }
    return reply;
}

// ---- looking ----------------------------------------------------------------------------------------------

Result<Reply> my_orders_told(Asked const& asked) {
    auto const wanted = TRY(page_of(asked));
    auto const after = TRY(after_of<deal::Deal>(wanted));
    return page(TRY(asked.hub.my_orders(asked.caller, after, wanted.rows)), wanted.rows);
}

Result<Reply> disputes_told(Asked const& asked) {
    auto const wanted = TRY(page_of(asked));
    auto const after = TRY(after_of<deal::Deal>(wanted));
    return page(TRY(asked.hub.disputes(asked.caller, after, wanted.rows)), wanted.rows);
}

Result<Reply> orders_of_shop(Asked const& asked) {
    auto const wanted = TRY(page_of(asked));
    auto const after = TRY(after_of<deal::Deal>(wanted));
    auto const shop = TRY(id_of<shop::Shop>(asked));
    return page(TRY(asked.hub.orders_of(asked.caller, shop, after, wanted.rows)), wanted.rows);
}

void write_request(Writer& w, deal::Request const& request) {
    w.key("request");
    w.open('{');
    words(w, "language", request.language);
    list(w, "wishes", request.wishes, [&](deal::Wish const& one) {
        w.open('{');
        if (one.product) w.text("product", one.product->text());
        words(w, "words", one.words);
        w.decimal("quantity", one.quantity.stripped());
        w.text("unit", one.unit.text());
        w.close('}');
    });
    words(w, "note", request.note);
    w.text("to", request.to.text());
    w.close('}');
}

// The document of an offer is what its acceptance signs, to the letter.
void write_offers(Writer& w, deal::Deal const& deal) {
    std::int64_t number = 0;
    list(w, "offers", deal.offers, [&](deal::Offer const& one) {
        auto const document = deal::document_of(one.terms);
        w.open('{');
        w.number("number", number++);
        w.text("by", deal::text_of(one.by));
        w.text("at", text_of(one.at));
        w.text("until", text_of(one.until));
        w.text("document", document);
        w.key("terms");
        w.raw(document);
        w.text("signature", one.signature);
        w.close('}');
    });
    if (!deal.is_agreed()) return;
    w.number("agreed", deal.agreed);
    moment(w, "agreed_at", deal.agreed_at);
    words(w, "agreed_signature", deal.agreed_signature);
}

void write_sums(Writer& w, deal::Deal const& deal) {
    if (deal.is_agreed()) {
        std::size_t i = 0;
        list(w, "dues", deal.dues, [&](deal::Due const& one) {
            w.open('{');
            w.text("key", deal.terms().milestones.at(i++).key);
            money(w, "amount", one.amount);
            truth(w, "released", one.is_released);
            w.close('}');
        });
        list(w, "left_to_send", deal::left_to_send(deal), [&](Decimal const& one) { w.text(one.brief()); });
    }
    if (deal.sums) {
        auto const& all = *deal.sums;
        w.key("sums");
        w.open('{');
        money(w, "received", all.received);
        money(w, "held", all.held);
        money(w, "released", all.released);
        money(w, "fee", all.fee);
        money(w, "refunded", all.refunded);
        money(w, "given_back", all.given_back);
        money(w, "charged_back_held", all.charged_back_held);
        money(w, "charged_back_payable", all.charged_back_payable);
        money(w, "charged_back_hub", all.charged_back_hub);
        money(w, "suspended", all.suspended);
        w.close('}');
    }
    list(w, "payees", deal.payees, [&](deal::Payee const& one) {
        w.open('{');
        w.text("id", db::id_text(one.id));
        truth(w, "member", one.is_member);
        money(w, "share", one.share);
        money(w, "payable", one.payable);
        money(w, "charged_back", one.charged_back);
        money(w, "sent", one.sent);
        w.close('}');
    });
}

void write_goods(Writer& w, deal::Deal const& deal) {
    std::int64_t number = 0;
    list(w, "shipments", deal.shipments, [&](deal::Shipment const& one) {
        w.open('{');
        w.number("number", number++);
        list(w, "quantities", one.quantities, [&](Decimal const& each) { w.text(each.brief()); });
        w.text("at", text_of(one.at));
        words(w, "reference", one.reference);
        words(w, "last", one.last);
        words(w, "proof", one.proof);
        moment(w, "delivered", one.delivered);
        w.close('}');
    });
    number = 0;
    list(w, "transfers", deal.transfers, [&](deal::Transfer const& one) {
        w.open('{');
        w.number("number", number++);
        w.number("payee", one.payee);
        money(w, "amount", one.amount);
        words(w, "destination", one.destination);
        w.text("progress", deal::text_of(one.progress));
        w.number("attempt", one.attempt);
        words(w, "reference", one.reference);
        w.close('}');
    });
}

void write_dispute(Writer& w, deal::Dispute const& dispute) {
    w.key("dispute");
    w.open('{');
    w.text("by", deal::text_of(dispute.by));
    w.text("why", dispute.why);
    w.text("opened", text_of(dispute.opened));
    w.text("before", deal::text_of(dispute.before));
    moment(w, "answered", dispute.answered);
    moment(w, "escalated", dispute.escalated);
    if (dispute.proposal) {
        w.key("proposal");
        w.open('{');
        w.text("by", deal::text_of(dispute.proposal->by));
        money(w, "refund", dispute.proposal->refund);
        w.close('}');
    }
    list(w, "evidence", dispute.evidence, [&](deal::Evidence const& one) {
        w.open('{');
        w.text("by", deal::text_of(one.by));
        w.text("at", text_of(one.at));
        words(w, "reference", one.reference);
        if (one.reference.starts_with(hub::file_mark))
            w.text("file", std::string_view(one.reference).substr(hub::file_mark.size()));
        words(w, "note", one.note);
        w.close('}');
    });
    w.close('}');
}

Result<Reply> order_told(Asked const& asked) {
    auto const seen = TRY(asked.hub.deal(asked.caller, TRY(id_of<deal::Deal>(asked))));
    auto const& deal = seen.deal;
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        write_head(w, deal);
        if (deal.request) write_request(w, *deal.request);
        moment(w, "asked_until", deal.asked_until);
        write_offers(w, deal);
        if (deal.mediator) {
            w.key("mediator");
            w.open('{');
            w.text("id", db::id_text(deal.mediator->id));
            words(w, "name", deal.mediator->name);
            w.close('}');
        }
        write_sums(w, deal);
        write_goods(w, deal);
        if (deal.dispute) write_dispute(w, *deal.dispute);
        list(w, "deadlines", deal::deadlines_of(deal), [&](deal::Deadline const& one) {
            w.open('{');
            w.text("at", text_of(one.at));
            w.text("then", deal::text_of(one.then));
            w.close('}');
        });
        write_standings(w, seen.standings);
        w.close('}');
    }
    return reply;
}

// How many events come before a page of them.
Result<std::size_t> place_of(PageAsked const& page) {
    std::size_t place = 0;
    if (page.after.empty()) return place;
    auto const [end, wrong] =
        std::from_chars(page.after.data(), page.after.data() + page.after.size(), place);
    if (wrong != std::errc() || end != page.after.data() + page.after.size())
        return refuse(Code::bad_value, "after", "expected the `next` of the page before");
    return place;
}

Result<Reply> events_told(Asked const& asked) {
    auto const wanted = TRY(page_of(asked));
    auto const from = TRY(place_of(wanted));
    auto const events = TRY(asked.hub.deal_events(asked.caller, TRY(id_of<deal::Deal>(asked))));
    auto const to = std::min(events.size(), std::min(from, events.size()) + wanted.rows);
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.key("events");
        w.open('[');
        for (auto i = from; i < to; ++i) w.raw(events[i]);
        w.close(']');
        if (to < events.size()) w.text("next", std::to_string(to));
        w.close('}');
    }
    return reply;
}

Result<Reply> notices_told(Asked const& asked) {
    auto const wanted = TRY(page_of(asked));
    auto const all = TRY(asked.hub.notices(asked.caller, TRY(after_of<hub::Notice>(wanted)), wanted.rows));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        list(w, "notices", all, [&](hub::Notice const& one) {
            w.open('{');
            w.text("id", one.id.text());
            w.text("order", one.deal.text());
            w.text("key", one.key);
            w.key("facts");
            w.raw(one.facts);
            w.text("text", hub::deal_sentence(one.key, one.deal, one.facts));
            w.text("made", text_of(one.made));
            w.close('}');
        });
        if (all.size() == wanted.rows) w.text("next", all.back().id.text());
        w.close('}');
    }
    return reply;
}

// ---- acting -----------------------------------------------------------------------------------------------

Result<deal::Mediator> mediator_in(json::value const& value, std::string_view field) {
    deal::Mediator one;
    TRY_VOID(wire::fields(value, field, [&](std::string_view key, json::value const& each) -> Result<bool> {
        if (key == "id") {
            one.id = TRY(wire::parsed(each, key, db::id_parse));
        } else if (key == "name") {
            one.name = TRY(wire::text(each, key, deal::word_bytes_max));
        } else {
            return false;
        }
        return true;
    }));
    if (one.id == db::IdBytes{}) return refuse(Code::field_missing, "mediator.id", "which account?");
    return one;
}

Result<deal::Terms> terms_in(json::value const& value, std::string_view field) {
    if (!value.is_object()) return wire::expected(field, "an object", value);
    auto terms = deal::parse_terms(json::serialize(value));
    if (!terms) return std::unexpected(terms.error().within(field));
    return terms;
}

Result<std::int32_t> number_in(json::value const& value, std::string_view field) {
    return static_cast<std::int32_t>(TRY(wire::whole(value, field, 0, INT32_MAX)));
}

// What belongs to which kind of deed, and what it needs, is the deal's to say.
Result<bool> read_words(deal::Event& event, std::string_view name, json::value const& value) {
    if (name == "reference") {
        event.reference = TRY(wire::text(value, name, deal::word_bytes_max));
    } else if (name == "why") {
        event.why = TRY(wire::text(value, name, deal::word_bytes_max));
    } else if (name == "note") {
        event.note = TRY(wire::text(value, name, deal::note_bytes_max));
    } else if (name == "document") {
        event.document = TRY(wire::text(value, name, deal::event_bytes_max));
    } else if (name == "number") {
        event.number = TRY(number_in(value, name));
    } else if (name == "amount") {
        event.amount = TRY(money_in(value, name));
    } else if (name == "until") {
        event.until = TRY(moment_in(value, name));
    } else if (name == "quantities") {
        TRY_VOID(wire::elements(value, name, deal::lines_max, [&](json::value const& one) -> Result<void> {
            event.quantities.push_back(TRY(wire::amount(one, "", Code::bad_quantity)));
            return {};
        }));
    } else {
        return false;
    }
    return true;
}

Result<Reply> deed_done(Asked const& asked) {
    auto const id = TRY(id_of<deal::Deal>(asked));
    hub::Deed deed;
    auto& event = deed.event;
    bool has_kind = false;
    auto const read = [&](std::string_view name, json::value const& value) -> Result<bool> {
        if (name == "kind") {
            event.kind = TRY(wire::parsed(value, name, deal::parse_kind));
            has_kind = true;
        } else if (name == "key") {
            event.key = TRY(wire::text(value, name));
        } else if (name == "as") {
            deed.as = TRY(wire::parsed(value, name, deal::parse_role));
        } else if (name == "terms") {
            event.terms = TRY(terms_in(value, name));
        } else if (name == "to") {
            deed.to = TRY(destination_in(value, name));
        } else if (name == "comes_to") {
            deed.comes_to = TRY(money_in(value, name));
        } else if (name == "way") {
            deed.way = TRY(wire::parsed(value, name, pay::parse_way));
        } else if (name == "file") {
            deed.file = TRY(wire::text(value, name, 64));
        } else if (name == "currency") {
            event.pay_to = deal::PayTo{.currency = TRY(wire::parsed(value, name, Currency::parse))};
        } else if (name == "mediator") {
            event.mediator = TRY(mediator_in(value, name));
        } else {
            return read_words(event, name, value);
        }
        return true;
    };
    TRY_VOID(body_fields(TRY(json_body(asked)), read, body_bytes_max));
    if (!has_kind) return refuse(Code::field_missing, "kind", "what is done?");
    event.key = TRY(own_key_of(asked, event.key));
    auto const done = TRY(offered(asked.hub.act(asked.caller, id, deed)));
    auto reply = in_short(done.deal, 201);
    if (done.is_again) reply.headers.push_back({"Idempotent-Replayed", "true"});
    return reply;
}

Result<Reply> payout_quoted(Asked const& asked) {
    auto const id = TRY(id_of<deal::Deal>(asked));
    auto const currency = Currency::parse(query_of(asked, "currency"));
    if (!currency) return std::unexpected(currency.error().within("currency"));
    auto const quote = TRY(asked.hub.payout_quote(asked.caller, id, *currency));
    Reply reply{.headers = {{"Cache-Control", "no-store"}}};
    {
        Writer w(reply.body);
        w.open('{');
        money(w, "payable", quote.payable);
        money(w, "comes_to", quote.comes_to);
        if (quote.rate) {
            w.key("rate");
            w.open('{');
            w.text("to", quote.rate->to.text());
            w.decimal("numerator", quote.rate->numerator.stripped());
            w.decimal("denominator", quote.rate->denominator.stripped());
            words(w, "source", quote.rate->source);
            w.number("until", quote.rate->until.time_since_epoch().count());
            w.close('}');
            truth(w, "agreed", quote.is_agreed);
        }
        w.close('}');
    }
    return reply;
}

// ---- files in disputes ------------------------------------------------------------------------------------

Result<Reply> file_kept(Asked const& asked) {
    auto const id = TRY(id_of<deal::Deal>(asked));
    auto const digest = TRY(asked.hub.keep_file(asked.caller, id, asked.http.body));
    Reply reply{.status = 201};
    {
        Writer w(reply.body);
        w.open('{');
        w.text("file", digest);
        w.close('}');
    }
    return reply;
}

Result<Reply> file_shown(Asked const& asked) {
    auto const id = TRY(id_of<deal::Deal>(asked));
    auto file = TRY(asked.hub.file_of(asked.caller, id, asked.http.parameter("file")));
    return Reply{.body = std::move(file.bytes),
                 .headers = {{"Content-Disposition", "attachment; filename=\"evidence\""},
                             {"Cache-Control", "no-store"}},
                 .type = std::move(file.type)};
}

Result<Reply> instructions_told(Asked const& asked) {
    auto const id = TRY(id_of<deal::Deal>(asked));
    auto const way = pay::parse_way(query_of(asked, "way"));
    if (!way) return std::unexpected(way.error().within("way"));
    auto const told = TRY(offered(asked.hub.instructions(asked.caller, id, *way)));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.text("way", pay::text_of(told.way));
        list(w, "lines", told.lines, [&](pay::Line const& one) {
            w.open('{');
            w.text("name", one.name);
            w.text("value", one.value);
            w.close('}');
        });
        w.close('}');
    }
    return reply;
}

// ---- the table --------------------------------------------------------------------------------------------

constexpr std::string_view id_schema = R"({"$ref":"#/components/schemas/Id"})";
constexpr std::string_view rows_schema = R"({"type":"integer","minimum":1,"maximum":100})";
constexpr Parameter order_id{
    .name = "id", .in = "path", .schema = id_schema, .about = "Of the order", .is_required = true};
constexpr Parameter shop_id{
    .name = "id", .in = "path", .schema = id_schema, .about = "Of the shop", .is_required = true};
constexpr Parameter product_id{
    .name = "id", .in = "path", .schema = id_schema, .about = "Of the product", .is_required = true};
constexpr Parameter rows{
    .name = "rows", .in = "query", .schema = rows_schema, .about = "On a page; 20 where not given"};
constexpr Parameter after{.name = "after",
                          .in = "query",
                          .schema = R"({"type":"string","maxLength":200})",
                          .about = "`next` of the page before"};
constexpr std::array order_parameters{order_id};
constexpr std::array product_parameters{product_id};
constexpr std::array page_parameters{rows, after};
constexpr std::array shop_page_parameters{shop_id, rows, after};
constexpr std::array order_page_parameters{order_id, rows, after};
constexpr std::array way_parameters{
    order_id, Parameter{.name = "way",
                        .in = "query",
                        .schema = R"({"type":"string","enum":["bank","mobile","card","cash"]})",
                        .about = "Of those that the hub has",
                        .example = R"("bank")",
                        .is_required = true}};

constexpr std::array currency_parameters{
    order_id, Parameter{.name = "currency",
                        .in = "query",
                        .schema = R"({"$ref":"#/components/schemas/CurrencyCode"})",
                        .about = "In which it shall be paid out",
                        .example = R"("KES")",
                        .is_required = true}};
constexpr std::array file_parameters{order_id,
                                     Parameter{.name = "file",
                                               .in = "path",
                                               .schema = R"({"type":"string","pattern":"^[0-9a-f]{64}$"})",
                                               .about = "SHA-256 of the file, as its event names it",
                                               .is_required = true}};
constexpr std::array<std::string_view, 3> file_types{"image/jpeg", "image/webp", "application/pdf"};
constexpr std::size_t file_body_bytes = hub::file_bytes_max + 1024;

constexpr std::array refused_baskets{Code::not_found,     Code::conflict,     Code::bad_quantity,
                                     Code::field_missing, Code::bad_currency, Code::bad_value};
constexpr std::array refused_deeds{Code::not_found,     Code::not_allowed,   Code::conflict, Code::not_enough,
                                   Code::field_missing, Code::field_unknown, Code::bad_value};
constexpr std::array refused_files{Code::not_found, Code::conflict,   Code::bad_file,   Code::field_missing,
                                   Code::too_long,  Code::not_enough, Code::not_allowed};
constexpr std::array not_payable{Code::not_found, Code::conflict, Code::no_exchange_rate, Code::bad_currency,
                                 Code::bad_value};
constexpr std::array lost{Code::not_found};
constexpr std::array not_mine{Code::not_found, Code::not_allowed};
constexpr std::array operators_alone{Code::not_allowed, Code::bad_value};
constexpr std::array not_to_pay{Code::not_found, Code::not_allowed, Code::conflict, Code::bad_value};

constexpr std::string_view example_basket =
    R"({"shop":"01m8x9k3v2q4w6e8r0t2y4p6s8",)"
    R"("lines":[{"product":"01m8x9k3v2q4w6e8r0t2y4p6s9","quantity":"20"}],)"
    R"("to":"DE","road":"post","buyer":"business"})";
constexpr std::string_view example_order =
    R"({"key":"basket 17","basket":{"shop":"01m8x9k3v2q4w6e8r0t2y4p6s8",)"
    R"("lines":[{"product":"01m8x9k3v2q4w6e8r0t2y4p6s9","quantity":"20"}],"to":"DE","road":"post",)"
    R"("buyer":"business"},"seen":"the `document` that the terms came with"})";
constexpr std::string_view example_question =
    R"({"key":"question 5","shops":["01m8x9k3v2q4w6e8r0t2y4p6s8"],)"
    R"("wishes":[{"words":"Bread baskets of sisal, 30 cm","quantity":"100","unit":"H87"}],"language":"en",)"
    R"("to":"DE","until":"2030-01-31T12:00:00Z"})";

constexpr std::string_view tag = "Orders";
constexpr std::array verbs{
    Verb{.method = "GET",
         .pattern = "/api/v1/trade",
         .id = "trade",
         .tag = tag,
         .summary = "How this hub trades: ways and plans of paying, fees, who holds money, and keys",
         .about =
             "`attest_key` verifies (Ed25519) that the hub saw a buyer agree, `ledger_key` the seals of its "
             "books; both in hexadecimal.",
         .gives = "Trade",
         .answer = trade_told,
         .is_for_everybody = true},
    Verb{.method = "GET",
         .pattern = "/api/v1/products/{id}/stock",
         .id = "stock",
         .tag = tag,
         .summary = "What can still be ordered of a product at this moment",
         .about = "Not counted is what is made to order.",
         .parameters = product_parameters,
         .gives = "Stock",
         .refusals = lost,
         .answer = stock_told,
         .is_for_everybody = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/orders/terms",
         .id = "orderTerms",
         .tag = tag,
         .summary = "The terms of a basket: the whole delivered price, what is due when, who holds it",
         .about = "Nothing is reserved by asking. `document` is what an order signs: send it back as `seen`. "
                  "`quote` tells each charge at the door; where one of them is not known, the terms name no "
                  "delivered price.",
         .takes = "Basket",
         .example = example_basket,
         .gives = "QuotedTerms",
         .refusals = refused_baskets,
         .answer = terms_told,
         .is_for_everybody = true,
         .quick_bytes = 512,
         .reads_records = true},
    Verb{
        .method = "POST",
        .pattern = "/api/v1/orders",
        .id = "placeOrder",
        .tag = tag,
        .summary = "Orders a basket on the terms that were seen",
        .about =
            "Signed for the buyer by the hub; stock is reserved until the first payment is due. With "
            "`pays_from_funds` what is due at once is paid from the buyer's money here in the same step, or "
            "nothing is ordered (`not-enough`). `conflict` where the terms are no longer those, or the stock "
            "is gone. The same `key` again is the same order, as it stands then.",
        .takes = "NewOrder",
        .example = example_order,
        .gives = "OrderInShort",
        .status = 201,
        .refusals = refused_baskets,
        .answer_later = place_order,
        .scope = "deals:write",
        .has_own_key = true,
        .body_bytes = body_bytes_max},
    Verb{.method = "POST",
         .pattern = "/api/v1/quotations",
         .id = "askForOffers",
         .tag = tag,
         .summary = "Asks one to twenty shops for offers",
         .about = "An order begins with each of them; the first offer that is accepted ends the others.",
         .takes = "NewQuestion",
         .example = example_question,
         .gives = "BegunOrders",
         .status = 201,
         .refusals = refused_deeds,
         .answer = offers_asked,
         .scope = "deals:write",
         .has_own_key = true},
    Verb{.method = "GET",
         .pattern = "/api/v1/orders",
         .id = "orders",
         .tag = tag,
         .summary = "Your orders as a buyer, newest first",
         .about = "",
         .parameters = page_parameters,
         .gives = "Orders",
         .answer = my_orders_told,
         .scope = "deals:read"},
    Verb{.method = "GET",
         .pattern = "/api/v1/shops/{id}/orders",
         .id = "ordersOfShop",
         .tag = tag,
         .summary = "The orders of a shop of yours, newest first",
         .about = "",
         .parameters = shop_page_parameters,
         .gives = "Orders",
         .refusals = not_mine,
         .answer = orders_of_shop,
         .scope = "deals:read"},
    Verb{.method = "GET",
         .pattern = "/api/v1/disputes",
         .id = "disputes",
         .tag = tag,
         .summary = "For operators: orders in dispute, the oldest first",
         .about =
             "`state` tells those that the mediator decides now (`escalated`); where an order names none, "
             "an operator does.",
         .parameters = page_parameters,
         .gives = "Orders",
         .refusals = operators_alone,
         .answer = disputes_told,
         .is_for_people = true},
    Verb{.method = "GET",
         .pattern = "/api/v1/orders/{id}",
         .id = "order",
         .tag = tag,
         .summary = "An order: terms, money, goods, deadlines, and what you may do now",
         .about =
             "For its buyer, its seller, members who share it, its mediator and operators; for others it is "
             "`not-found`. Where a payout goes is told to its receiver alone.",
         .parameters = order_parameters,
         .gives = "Order",
         .refusals = lost,
         .answer = order_told,
         .scope = "deals:read"},
    Verb{.method = "GET",
         .pattern = "/api/v1/orders/{id}/events",
         .id = "orderEvents",
         .tag = tag,
         .summary = "Everything that happened in an order, first to last, as it is kept",
         .about = "Moments in these documents are milliseconds since 1970.",
         .parameters = order_page_parameters,
         .gives = "Events",
         .refusals = lost,
         .answer = events_told,
         .scope = "deals:read"},
    Verb{
        .method = "POST",
        .pattern = "/api/v1/orders/{id}/events",
        .id = "act",
        .tag = tag,
        .summary =
            "Does something in an order: offers, accepts, hands over, releases, disputes, has paid out …",
        .about =
            "Which `kind` is possible when, and the fields that it needs, are in docs/deals.md; `standings` "
            "of the order names those that you may do now. An acceptance brings the offer's `number` and its "
            "`document` to the letter; an offer brings `terms` and `until`. A payout brings `to`, `currency` "
            "and, where it is turned into another, what you saw it come to (`comes_to` of the quote of a "
            "payout): `conflict` where that is another amount now. A key then needs the scope `money:write` "
            "too. Evidence may name a `file` that was sent before. An operator who tells of a charge-back "
            "names the `way` by which the money left. The same `key` again changes nothing; the header "
            "Idempotent-Replayed says so.",
        .parameters = order_parameters,
        .takes = "Deed",
        .example = R"({"kind":"hand-over","key":"box 1","quantities":["20"],"reference":"RR123456785KE"})",
        .gives = "OrderInShort",
        .status = 201,
        .refusals = refused_deeds,
        .answer = deed_done,
        .scope = "deals:write",
        .has_own_key = true,
        .body_bytes = body_bytes_max},
    Verb{.method = "GET",
         .pattern = "/api/v1/orders/{id}/instructions",
         .id = "instructions",
         .tag = tag,
         .summary = "How the buyer pays what is due: lines to copy, with the reference",
         .about = "",
         .parameters = way_parameters,
         .gives = "Instructions",
         .refusals = not_to_pay,
         .answer = instructions_told,
         .scope = "deals:read"},
    Verb{.method = "GET",
         .pattern = "/api/v1/orders/{id}/payout",
         .id = "payoutQuote",
         .tag = tag,
         .summary = "What a payout to you would come to in a currency, at this moment",
         .about =
             "Send `comes_to` back with the payout: what you saw is what is paid, or nothing is. The rate "
             "is the agreed one while it holds (`agreed`), then that of the hub.",
         .parameters = currency_parameters,
         .gives = "PayoutQuote",
         .refusals = not_payable,
         .answer = payout_quoted,
         .scope = "deals:read"},
    Verb{.method = "POST",
         .pattern = "/api/v1/orders/{id}/files",
         .id = "sendFile",
         .tag = tag,
         .summary = "A file for a dispute: a photo or a paper",
         .about = "JPEG, PNG, WebP or PDF, at most 8 MB; told by their content. Of a photo nothing but the "
                  "picture is kept, a PDF as it is. The other side sees it once an event of the kind "
                  "`evidence` names it as its `file`; else it is forgotten within three days.",
         .parameters = order_parameters,
         .takes = "Bytes",
         .gives = "SentFile",
         .status = 201,
         .refusals = refused_files,
         .answer = file_kept,
         .scope = "deals:write",
         .body_type = "application/octet-stream",
         .body_bytes = file_body_bytes},
    Verb{.method = "GET",
         .pattern = "/api/v1/orders/{id}/files/{file}",
         .id = "shownFile",
         .tag = tag,
         .summary = "A file that was shown in a dispute",
         .about = "For the sides of the order, its mediator and operators; for others it is `not-found`.",
         .parameters = file_parameters,
         .gives_files = file_types,
         .refusals = lost,
         .answer = file_shown,
         .scope = "deals:read"},
    Verb{.method = "GET",
         .pattern = "/api/v1/notices",
         .id = "notices",
         .tag = tag,
         .summary = "What you were told about your orders, newest first",
         .about =
             "`key` and `facts` for sentences of your own; `text` is ours, in English, as short as an SMS.",
         .parameters = page_parameters,
         .gives = "Notices",
         .answer = notices_told,
         .scope = "deals:read"},
};

}  // namespace

std::span<Verb const> deal_verbs() { return verbs; }

}  // namespace allroads::api
