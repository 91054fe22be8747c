// Events: which fields each kind has, within which limits, and their documents.
#include "deal/hidden.h"
#include "deal/reading.h"

#include <algorithm>

namespace allroads::deal {
namespace {

using F = Field;
constexpr std::array<std::string_view, 15> field_names{
    "seller", "request",    "terms",     "until", "document", "signature", "number",  "attempt",
    "amount", "quantities", "reference", "why",   "note",     "pay_to",    "mediator"};

FieldsOf made_fields_of(Kind kind) {
    switch (kind) {
        case Kind::ask: return {{F::seller, F::request, F::until}, {}};
        case Kind::order: return {{F::seller, F::terms, F::signature}, {F::note}};
        case Kind::offer:
        case Kind::counter: return {{F::terms, F::until, F::signature}, {F::note}};
        case Kind::accept: return {{F::number, F::document, F::signature}, {}};
        case Kind::decline:
        case Kind::cancel: return {{}, {F::why, F::note}};
        case Kind::pay: return {{F::amount}, {}};
        case Kind::money_arrived: return {{F::amount, F::reference}, {F::note}};
        case Kind::made:
        case Kind::withdraw:
        case Kind::escalate: return {{}, {F::note}};
        case Kind::hand_over: return {{F::quantities}, {F::reference, F::note}};
        case Kind::track: return {{F::number, F::reference}, {F::note}};
        case Kind::deliver: return {{F::number}, {F::reference, F::note}};
        case Kind::release: return {{}, {F::amount, F::note}};
        case Kind::refund: return {{F::amount}, {F::why, F::note}};
        case Kind::dispute: return {{F::why}, {F::reference, F::note}};
        case Kind::answer:
        case Kind::evidence: return {{}, {F::reference, F::note}};
        case Kind::propose: return {{F::amount}, {F::note}};
        case Kind::agree: return {{F::amount}, {}};
        case Kind::decide: return {{F::amount}, {F::why, F::note}};
        case Kind::name_mediator: return {{F::mediator}, {}};
        case Kind::pay_out: return {{F::pay_to}, {}};
        case Kind::transfer_done: return {{F::number, F::attempt}, {F::reference}};
        case Kind::transfer_failed: return {{F::number, F::attempt}, {F::why, F::note}};
        case Kind::transfer_retry: return {{F::number}, {F::reference}};
        case Kind::transfer_returned: return {{F::number, F::attempt}, {F::reference, F::why}};
        case Kind::charge_back:
        case Kind::charge_back_reversed: return {{F::amount, F::reference}, {F::why}};
        case Kind::chosen_elsewhere:
        case Kind::request_lapses:
        case Kind::offer_lapses:
        case Kind::payment_lapses:
        case Kind::delivery_assumed:
        case Kind::release_due:
        case Kind::answer_late:
        case Kind::escalation_due: return {};
    }
    return {};
}

bool is_there(Event const& event, Field field) {
    switch (field) {
        case F::seller: return event.seller.has_value();
        case F::request: return event.request.has_value();
        case F::terms: return event.terms.has_value();
        case F::until: return event.until.has_value();
        case F::document: return !event.document.empty();
        case F::signature: return !event.signature.empty();
        case F::number: return event.number.has_value();
        case F::attempt: return event.attempt.has_value();
        case F::amount: return event.amount.has_value();
        case F::quantities: return !event.quantities.empty();
        case F::reference: return !event.reference.empty();
        case F::why: return !event.why.empty();
        case F::note: return !event.note.empty();
        case F::pay_to: return event.pay_to.has_value();
        case F::mediator: return event.mediator.has_value();
    }
    return false;
}

Result<void> is_within_limits(Event const& event) {
    if (event.key.empty()) return refuse(Code::field_missing, "key", "expected a key of the event");
    TRY_VOID(is_word(event.key, "key", word_bytes_max));
    TRY_VOID(is_word(event.document, "document", event_bytes_max));
    TRY_VOID(is_word(event.signature, "signature", word_bytes_max));
    TRY_VOID(is_word(event.reference, "reference", word_bytes_max));
    TRY_VOID(is_word(event.note, "note", note_bytes_max));
    if (!event.why.empty()) TRY_VOID(is_key(event.why, "why"));
    if (event.quantities.size() > lines_max)
        return refuse(Code::too_long, "quantities", "more than a deal has lines");
    if (event.amount && event.amount->minor() < 0)
        return refuse(Code::bad_value, "amount", "expected nothing below zero");
    if (event.pay_to) {
        TRY_VOID(is_word(event.pay_to->destination, "pay_to.destination", word_bytes_max));
        if (event.pay_to->destination.empty())
            return refuse(Code::field_missing, "pay_to.destination", "where does it go?");
    }
    return {};
}

}  // namespace

std::string_view text_of(Field field) { return field_names[static_cast<std::size_t>(field)]; }

FieldsOf const& fields_of(Kind kind) {
    static std::vector<FieldsOf> const all = [] {
        std::vector<FieldsOf> made;
        for (std::size_t i = 0; i < kinds; ++i) made.push_back(made_fields_of(static_cast<Kind>(i)));
        return made;
    }();
    return all[static_cast<std::size_t>(kind)];
}

Result<void> event_is_right(Event const& event) {
    TRY_VOID(is_within_limits(event));
    auto const& fields = fields_of(event.kind);
    for (std::size_t i = 0; i < field_names.size(); ++i) {
        auto const field = static_cast<Field>(i);
        bool const is_needed = std::ranges::find(fields.needed, field) != fields.needed.end();
        bool const is_known = is_needed || std::ranges::find(fields.may, field) != fields.may.end();
        if (is_needed && !is_there(event, field))
            return refuse(Code::field_missing, text_of(field),
                          std::string(text_of(event.kind)) + " needs this field");
        if (!is_known && is_there(event, field))
            return refuse(Code::field_unknown, text_of(field),
                          std::string(text_of(event.kind)) + " has no such field");
    }
    return {};
}

Result<void> request_is_right(Request const& request) {
    TRY_VOID(is_word(request.language, "request.language", 40));
    TRY_VOID(is_word(request.note, "request.note", note_bytes_max));
    if (request.wishes.empty()) return refuse(Code::field_missing, "request.wishes", "what is wished for?");
    if (request.wishes.size() > lines_max) return refuse(Code::too_long, "request.wishes", "too many");
    for (std::size_t i = 0; i < request.wishes.size(); ++i) {
        auto const& one = request.wishes[i];
        auto const field = "request.wishes[" + std::to_string(i) + "]";
        TRY_VOID(is_word(one.words, field + ".words", note_bytes_max));
        if (!one.product && one.words.empty())
            return refuse(Code::field_missing, field + ".words", "expected a product or words");
        if (one.quantity <= Decimal(0))
            return refuse(Code::bad_quantity, field + ".quantity", "expected more than nothing");
    }
    return {};
}

std::uint64_t print_of(Event const& event) {
    auto timeless = event;
    timeless.at = Moment{};
    std::uint64_t print = 14'695'981'039'346'656'037U;  // FNV-1a
    for (char const letter : document_of(timeless)) {
        print ^= static_cast<unsigned char>(letter);
        print *= 1'099'511'628'211U;
    }
    return print;
}

// ---- documents --------------------------------------------------------------------------------------------

namespace reading {
namespace {

Result<Wish> wish(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"product", "words", "quantity", "unit"}));
    auto const product = TRY(o.may("product", id));
    auto text = TRY(o.may_or("words", note, std::string()));
    auto const many = TRY(o.need("quantity", quantity));
    auto const unit = TRY(o.need("unit", parsed(Unit::parse)));
    Wish one{{}, std::move(text), many, unit};
    if (product) one.product = ProductId(*product);
    return one;
}

Result<Actor> actor(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"role", "id", "via"}));
    Actor one;
    one.role = TRY(o.need("role", one_of<Role>(names::roles)));
    one.id = TRY(o.may_or("id", id, db::IdBytes{}));
    one.via = TRY(o.may("via", id));
    return one;
}

Result<PayTo> pay_to(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"destination", "currency", "rate", "most"}));
    auto destination = TRY(o.need("destination", word));
    auto const currency = TRY(o.need("currency", parsed(Currency::parse)));
    auto const turned_at = TRY(o.may("rate", rate));
    auto const most = TRY(o.may("most", money));
    return PayTo{std::move(destination), currency, turned_at, most};
}

Result<Event> event(json::value const& value) {
    auto const o = TRY(Object::of(
        value, "",
        {"kind", "key", "by", "at", "seller", "request", "terms", "until", "document", "signature", "number",
         "attempt", "amount", "quantities", "reference", "why", "note", "pay_to", "mediator"}));
    Event one;
    one.kind = TRY(o.need("kind", one_of<Kind>(names::kinds)));
    one.key = TRY(o.need("key", word));
    one.by = TRY(o.need("by", actor));
    one.at = TRY(o.need("at", moment));
    one.seller = TRY(o.may("seller", id));
    one.request = TRY(o.may("request", reading::request));
    one.terms = TRY(o.may("terms", reading::terms));
    one.until = TRY(o.may("until", moment));
    one.document = TRY(o.may_or("document", words(event_bytes_max), std::string()));
    one.signature = TRY(o.may_or("signature", word, std::string()));
    one.number = TRY(o.may("number", small));
    one.attempt = TRY(o.may("attempt", small));
    one.amount = TRY(o.may("amount", money));
    one.quantities = TRY(o.list("quantities", lines_max, quantity));
    one.reference = TRY(o.may_or("reference", word, std::string()));
    one.why = TRY(o.may_or("why", word, std::string()));
    one.note = TRY(o.may_or("note", note, std::string()));
    one.pay_to = TRY(o.may("pay_to", pay_to));
    one.mediator = TRY(o.may("mediator", reading::mediator));
    return one;
}

void write_pay_to(Writer& w, PayTo const& to) {
    w.key("pay_to");
    w.open('{');
    w.text("destination", to.destination);
    w.text("currency", to.currency.text());
    if (to.rate) {
        w.key("rate");
        write_rate(w, *to.rate);
    }
    write(w, "most", to.most);
    w.close('}');
}

void write_head(Writer& w, Event const& event) {
    w.text("kind", text_of(event.kind));
    w.text("key", event.key);
    w.key("by");
    w.open('{');
    w.text("role", text_of(event.by.role));
    if (event.by.id != db::IdBytes{}) write(w, "id", event.by.id);
    write(w, "via", event.by.via);
    w.close('}');
    write(w, "at", event.at);
}

}  // namespace

Result<Request> request(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"shared", "language", "wishes", "note", "to"}));
    auto const to = TRY(o.need("to", parsed(Country::parse)));
    Request one{.wishes = {}, .to = to};
    one.shared = TRY(o.may("shared", id));
    one.language = TRY(o.may_or("language", word, std::string()));
    one.wishes = TRY(o.list("wishes", lines_max, wish));
    one.note = TRY(o.may_or("note", reading::note, std::string()));
    return one;
}
void write_request(Writer& w, Request const& request) {
    w.open('{');
    write(w, "shared", request.shared);
    write_words(w, "language", request.language);
    write_list(w, "wishes", request.wishes, [&](Wish const& one) {
        w.open('{');
        if (one.product) write(w, "product", one.product->bytes());
        write_words(w, "words", one.words);
        write(w, "quantity", one.quantity);
        w.text("unit", one.unit.text());
        w.close('}');
    });
    write_words(w, "note", request.note);
    w.text("to", request.to.text());
    w.close('}');
}

}  // namespace reading

Result<Event> parse_event(std::string_view json) {
    // The signed document stands in it once more, as text whose quotes are escaped.
    auto const value = TRY(wire::parse(json, 4 * event_bytes_max));
    auto event = TRY(reading::event(value));
    TRY_VOID(event_is_right(event));
    return event;
}

std::string document_of(Event const& event) {
    std::string out;
    {
        reading::Writer w(out);
        w.open('{');
        reading::write_head(w, event);
        reading::write(w, "seller", event.seller);
        if (event.request) {
            w.key("request");
            reading::write_request(w, *event.request);
        }
        if (event.terms) {
            w.key("terms");
            reading::write_terms(w, *event.terms);
        }
        reading::write(w, "until", event.until);
        reading::write_words(w, "document", event.document);
        reading::write_words(w, "signature", event.signature);
        if (event.number) w.number("number", *event.number);
        if (event.attempt) w.number("attempt", *event.attempt);
        reading::write(w, "amount", event.amount);
        reading::write_list(w, "quantities", event.quantities,
                            [&](Decimal const& one) { w.text(one.brief()); });
        reading::write_words(w, "reference", event.reference);
        reading::write_words(w, "why", event.why);
        reading::write_words(w, "note", event.note);
        if (event.pay_to) reading::write_pay_to(w, *event.pay_to);
        if (event.mediator) {
            w.key("mediator");
            reading::write_mediator(w, *event.mediator);
        }
        w.close('}');
    }
    return out;
}

}  // namespace allroads::deal
