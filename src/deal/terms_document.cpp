// Terms as the document that both sides sign. The order of fields is fixed.
#include "deal/hidden.h"
#include "deal/reading.h"

namespace allroads::deal {
namespace reading {
namespace {

Result<Line> line(json::value const& value, std::string_view field) {
    auto const o = TRY(
        Object::of(value, field,
                   {"product", "version", "title", "quantity", "unit", "tier_from", "unit_price", "amount"}));
    auto const product = TRY(o.need("product", id));
    auto const version = TRY(o.need("version", whole(1, INT32_MAX)));
    auto title = TRY(o.may_or("title", words(title_bytes_max), std::string()));
    auto const many = TRY(o.need("quantity", quantity));
    auto const unit = TRY(o.need("unit", parsed(Unit::parse)));
    auto const tier = TRY(o.need("tier_from", quantity));
    auto const price = TRY(o.need("unit_price", money));
    auto const amount = TRY(o.need("amount", money));
    return Line{ProductId(product), version, std::move(title), many, unit, tier, price, amount};
}

Result<Milestone> milestone(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"key", "percent", "due", "release"}));
    Milestone one;
    one.key = TRY(o.need("key", word));
    one.percent = TRY(o.need("percent", quantity));
    one.due = TRY(o.need("due", one_of<Point>(names::points)));
    one.release = TRY(o.need("release", one_of<Point>(names::points)));
    return one;
}

Result<Fee> fee(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"percent", "minimum", "round"}));
    auto const percent = TRY(o.need("percent", quantity));
    auto const minimum = TRY(o.need("minimum", money));
    auto const round = TRY(o.need("round", parsed(parse_round)));
    return Fee{percent, minimum, round};
}

Result<Days> days(json::value const& value, std::string_view field) {
    auto const o =
        TRY(Object::of(value, field, {"pay", "make", "deliver", "inspect", "answer", "escalate", "decide"}));
    Days all;
    all.pay = TRY(o.need("pay", small));
    all.make = TRY(o.need("make", small));
    all.deliver = TRY(o.need("deliver", small));
    all.inspect = TRY(o.need("inspect", small));
    all.answer = TRY(o.need("answer", small));
    all.escalate = TRY(o.need("escalate", small));
    all.decide = TRY(o.need("decide", small));
    return all;
}

Result<Tax> tax(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"key", "payer"}));
    Tax one;
    one.key = TRY(o.need("key", word));
    one.payer = TRY(o.need("payer", one_of<Role>(names::roles)));
    return one;
}

Result<Shown> shown(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"edition", "day", "delivered", "digest"}));
    auto edition = TRY(o.need("edition", word));
    auto const day = TRY(o.need("day", parsed(Day::parse)));
    auto const delivered = TRY(o.need("delivered", money));
    auto digest = TRY(o.may_or("digest", word, std::string()));
    return Shown{std::move(edition), day, delivered, std::move(digest)};
}

Result<Member> member(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"id", "name", "weight"}));
    Member one;
    one.id = TRY(o.need("id", id));
    one.name = TRY(o.may_or("name", word, std::string()));
    one.weight = TRY(o.need("weight", quantity));
    return one;
}

void write_line(Writer& w, Line const& one) {
    w.open('{');
    write(w, "product", one.product.bytes());
    w.number("version", one.version);
    write_words(w, "title", one.title);
    write(w, "quantity", one.quantity);
    w.text("unit", one.unit.text());
    write(w, "tier_from", one.tier_from);
    write(w, "unit_price", one.unit_price);
    write(w, "amount", one.amount);
    w.close('}');
}

void write_money_rules(Writer& w, Terms const& terms) {
    write_list(w, "milestones", terms.milestones, [&](Milestone const& one) {
        w.open('{');
        w.text("key", one.key);
        write(w, "percent", one.percent);
        w.text("due", names::points[static_cast<std::size_t>(one.due)]);
        w.text("release", names::points[static_cast<std::size_t>(one.release)]);
        w.close('}');
    });
    w.text("custody", names::custodies[static_cast<std::size_t>(terms.custody)]);
    write_words(w, "custodian", terms.custodian);
    w.key("fee");
    w.open('{');
    write(w, "percent", terms.fee.percent);
    write(w, "minimum", terms.fee.minimum);
    w.text("round", text_of(terms.fee.round));
    w.close('}');
    w.key("days");
    w.open('{');
    w.number("pay", terms.days.pay);
    w.number("make", terms.days.make);
    w.number("deliver", terms.days.deliver);
    w.number("inspect", terms.days.inspect);
    w.number("answer", terms.days.answer);
    w.number("escalate", terms.days.escalate);
    w.number("decide", terms.days.decide);
    w.close('}');
}

void write_world(Writer& w, Terms const& terms) {
    w.text("incoterm", quote::text_of(terms.incoterm));
    write_words(w, "place", terms.place);
    w.text("from", terms.from.text());
    w.text("to", terms.to.text());
    write_list(w, "taxes", terms.taxes, [&](Tax const& one) {
        w.open('{');
        w.text("key", one.key);
        w.text("payer", text_of(one.payer));
        w.close('}');
    });
    if (terms.shown) {
        w.key("shown");
        w.open('{');
        w.text("edition", terms.shown->edition);
        w.day("day", terms.shown->day);
        write(w, "delivered", terms.shown->delivered);
        write_words(w, "digest", terms.shown->digest);
        w.close('}');
    }
    if (terms.rate) {
        w.key("rate");
        write_rate(w, *terms.rate);
    }
}

}  // namespace

Result<FixedRate> rate(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"to", "numerator", "denominator", "source", "until"}));
    auto const to = TRY(o.need("to", parsed(Currency::parse)));
    auto const numerator = TRY(o.need("numerator", quantity));
    auto const denominator = TRY(o.need("denominator", quantity));
    auto source = TRY(o.may_or("source", word, std::string()));
    auto const until = TRY(o.need("until", moment));
    return FixedRate{to, numerator, denominator, std::move(source), until};
}
void write_rate(Writer& w, FixedRate const& rate) {
    w.open('{');
    w.text("to", rate.to.text());
    write(w, "numerator", rate.numerator);
    write(w, "denominator", rate.denominator);
    write_words(w, "source", rate.source);
    write(w, "until", rate.until);
    w.close('}');
}

Result<Mediator> mediator(json::value const& value, std::string_view field) {
    auto const o = TRY(Object::of(value, field, {"id", "name"}));
    Mediator one;
    one.id = TRY(o.need("id", id));
    one.name = TRY(o.may_or("name", word, std::string()));
    return one;
}
void write_mediator(Writer& w, Mediator const& mediator) {
    w.open('{');
    write(w, "id", mediator.id);
    write_words(w, "name", mediator.name);
    w.close('}');
}

Result<Terms> terms(json::value const& value, std::string_view field) {
    auto const o =
        TRY(Object::of(value, field,
                       {"lines", "sending", "total", "incoterm", "place", "from", "to", "taxes", "shown",
                        "rate", "milestones", "custody", "custodian", "fee", "days", "mediator", "members"}));
    auto const total = TRY(o.need("total", money));
    auto const sending = TRY(o.need("sending", money));
    auto const from = TRY(o.need("from", parsed(Country::parse)));
    auto const to = TRY(o.need("to", parsed(Country::parse)));
    auto const charge = TRY(o.need("fee", fee));
    Terms all{.lines = {},
              .sending = sending,
              .total = total,
              .from = from,
              .to = to,
              .milestones = {},
              .fee = charge};
    all.lines = TRY(o.list("lines", lines_max, line));
    all.incoterm = TRY(o.need("incoterm", parsed(quote::parse_incoterm)));
    all.place = TRY(o.may_or("place", word, std::string()));
    all.taxes = TRY(o.list("taxes", taxes_max, tax));
    all.shown = TRY(o.may("shown", reading::shown));
    all.rate = TRY(o.may("rate", reading::rate));
    all.milestones = TRY(o.list("milestones", milestones_max, milestone));
    all.custody = TRY(o.need("custody", one_of<Custody>(names::custodies)));
    all.custodian = TRY(o.may_or("custodian", word, std::string()));
    all.days = TRY(o.need("days", days));
    all.mediator = TRY(o.may("mediator", reading::mediator));
    all.members = TRY(o.list("members", members_max, member));
    if (auto const right = may_be_agreed(all); !right)
        return std::unexpected(field.empty() ? right.error() : right.error().within(field));
    return all;
}

void write_terms(Writer& w, Terms const& terms) {
    w.open('{');
    write_list(w, "lines", terms.lines, [&](Line const& one) { write_line(w, one); });
    write(w, "sending", terms.sending);
    write(w, "total", terms.total);
    write_world(w, terms);
    write_money_rules(w, terms);
    if (terms.mediator) {
        w.key("mediator");
        write_mediator(w, *terms.mediator);
    }
    write_list(w, "members", terms.members, [&](Member const& one) {
        w.open('{');
        write(w, "id", one.id);
        write_words(w, "name", one.name);
        write(w, "weight", one.weight);
        w.close('}');
    });
    w.close('}');
}

}  // namespace reading

Result<Terms> parse_terms(std::string_view json) {
    auto const value = TRY(wire::parse(json, event_bytes_max));
    return reading::terms(value, "");
}

std::string document_of(Terms const& terms) {
    std::string out;
    {
        reading::Writer w(out);
        reading::write_terms(w, terms);
    }
    return out;
}

}  // namespace allroads::deal
