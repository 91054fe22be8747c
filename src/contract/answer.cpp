#include "contract/contract.h"
#include "contract/verdict.h"
#include "contract/writer.h"

#include <algorithm>

namespace allroads::contract {

namespace {

using quote::Charge;
using quote::Finding;
using quote::Option;
using quote::Quote;
using quote::Request;

void write_error(Writer& w, Error const& error) {
    auto const& facts = facts_of(error.code());
    w.open('{');
    w.text("code", facts.name);
    if (!error.field().empty()) w.text("field", error.field());
    w.text("message", error.detail().empty() ? facts.sentence : error.detail());
    w.close('}');
}

void write_source(Writer& w, quote::Source const& source) {
    w.key("source");
    w.open('{');
    w.text("title", source.title);
    w.text("ref", source.ref);
    w.text("url", source.url);
    if (source.valid_from != Day::first()) w.day("valid_from", source.valid_from);
    if (source.valid_to != Day::last()) w.day("valid_to", source.valid_to);
    if (source.checked_on) w.day("checked_on", *source.checked_on);
    w.close('}');
}

// `kind` of the contract: every way to the base duty is a duty.
std::string_view contract_kind(tariff::Kind kind) {
    return tariff::is_base_duty(kind) ? std::string_view("duty") : tariff::text_of(kind);
}

void write_charge(Writer& w, Request const& request, Charge const& charge) {
    w.open('{');
    if (charge.line != quote::whole_consignment) {
        w.text("line", request.goods[static_cast<std::size_t>(charge.line)].line);
    }
    w.text("kind", contract_kind(charge.kind));
    if (tariff::is_base_duty(charge.kind)) w.text("way", tariff::text_of(charge.kind));
    if (auto const program = charge.program(); !program.empty()) w.text("program", program);
    w.text("name", name_of(charge));
    w.money("base", charge.base);
    w.text("rate", charge.rate());
    if (charge.known) {
        w.money("amount", charge.amount);
    } else {
        w.key("amount");
        w.raw("null");
    }
    if (!charge.suppressed_by.empty())
        w.text(charge.is_waived ? "waived_by" : "suppressed_by", charge.suppressed_by);
    if (!charge.known) w.text("unknown", charge.why);
    write_source(w, quote::source_of(charge));
    w.text("confidence", tariff::text_of(charge.confidence));
    w.close('}');
}

// The same charge by another way reads the same.
bool is_same(Charge const& a, Charge const& b) {
    return a.measure == b.measure && a.schedule == b.schedule && a.line == b.line && a.kind == b.kind &&
           a.known == b.known && a.base == b.base && a.amount == b.amount && a.why == b.why &&
           a.suppressed_by == b.suppressed_by;
}

// Writes the charges of all ways. Most are the same by every way and stand at nearly the same place in each,
// so what was written for the first way is copied.
class Charges {
public:
    Charges(Writer& w, Request const& request, Quote const& quote)
        : w_(w), request_(request), quote_(quote), first_(quote.options.front()) {
        written_.reserve(first_.charges.count);
    }

    void write(Option const& option) {
        w_.key("charges");
        w_.open('[');
        for (std::uint32_t i = 0; i < option.charges.count; ++i) {
            auto const& charge = quote_.charges[option.charges.first + i];
            auto const from = w_.place();
            if (auto const* twin = twin_of(charge, i)) {
                w_.again(twin->from, twin->to);
            } else {
                write_charge(w_, request_, charge);
            }
            if (&option == &first_ && i == written_.size()) written_.push_back({from, w_.place()});
        }
        w_.close(']');
    }

private:
    struct Written {
        std::size_t from;
        std::size_t to;
    };
    [[nodiscard]] Written const* twin_of(Charge const& charge, std::uint32_t place) const {
        auto const begin = place == 0 ? 0 : place - 1;
        for (auto i = begin; i < std::min<std::size_t>(place + 2, written_.size()); ++i) {
            if (is_same(charge, quote_.charges[first_.charges.first + i])) return &written_[i];
        }
        return nullptr;
    }
    Writer& w_;
    Request const& request_;
    Quote const& quote_;
    Option const& first_;
    std::vector<Written> written_;  // of the first way
};

void write_proofs(Writer& w, std::string_view name, Quote const& quote, quote::Range range) {
    w.key(name);
    w.open('[');
    for (std::size_t i = 0; i < range.count; ++i) w.text(quote.proofs[range.first + i]);
    w.close(']');
}

void write_option(Writer& w, Charges& charges, Quote const& quote, Option const& option) {
    w.open('{');
    w.text("id", id_of(option));
    w.text("name", name_of(option));
    if (!option.scheme.empty()) w.text("scheme", option.scheme);
    write_proofs(w, "proofs_needed", quote, option.proofs_needed);
    write_proofs(w, "proofs_missing", quote, option.proofs_missing);
    if (option.is_judged) w.text("origin", answer_of(option.qualifies));
    w.key("complete");
    w.raw(option.complete ? "true" : "false");
    w.money("taxes", option.taxes);
    w.money("costs", option.costs);
    w.money("landed_total", option.landed_total);
    charges.write(option);
    w.close('}');
}

void write_findings(Writer& w, std::string_view name, Request const& request,
                    std::vector<Finding> const& findings) {
    w.key(name);
    w.open('[');
    for (auto const& finding : findings) {
        w.open('{');
        w.text("code", finding.code);
        if (finding.line != quote::whole_consignment) {
            w.text("line", request.goods[static_cast<std::size_t>(finding.line)].line);
        }
        w.text("message", sentence_of(finding));
        if (finding.day) w.day("date", *finding.day);
        if (finding.number) w.decimal("value", *finding.number);
        w.close('}');
    }
    w.close(']');
}

void write_needs(Writer& w, Request const& request, Quote const& quote, quote::Document const& document) {
    auto const list = [&](std::string_view name, bool all) {
        w.key(name);
        w.open('[');
        for (auto const& need : quote.needs) {
            if (need.document != document.id || (!all && need.certain)) continue;
            w.text(request.goods[static_cast<std::size_t>(need.line)].line);
        }
        w.close(']');
    };
    list("lines", true);
    bool const some_maybe =
        document.certain && std::ranges::any_of(quote.needs, [&](quote::Need const& need) {
            return need.document == document.id && !need.certain;
        });
    if (some_maybe) list("lines_maybe", false);
}

void write_document(Writer& w, Request const& request, Quote const& quote, quote::Document const& document) {
    auto const& paper = *document.paper;
    w.open('{');
    w.text("code", document.text(paper.code));
    w.text("kind", tariff::text_of(paper.kind));
    w.text("side", tariff::text_of(paper.side));
    w.text("name", document.text(paper.name));
    w.text("purpose", document.text(paper.purpose));
    w.text("issuer", document.text(paper.issuer));
    if (paper.days.size != 0) w.text("days", document.text(paper.days));
    if (paper.has_cost != 0) {
        w.key("cost");
        w.open('{');
        w.decimal("amount", Decimal::of(paper.cost, paper.cost_scale));
        w.text("currency", Currency::from_index(paper.cost_currency).text());
        w.close('}');
    }
    w.text("needed", document.certain ? "certain" : "maybe");
    if (!document.certain) w.text("settled_by", document.settled_by);
    write_needs(w, request, quote, document);
    write_source(w, source_of(document));
    w.text("confidence", tariff::text_of(paper.confidence));
    w.close('}');
}

void write_documents(Writer& w, Request const& request, Quote const& quote) {
    w.key("documents");
    w.open('[');
    for (auto const& document : quote.documents) write_document(w, request, quote, document);
    w.close(']');
}

void write_preference(Writer& w, Quote const& quote) {
    w.key("preference");
    w.open('{');
    w.text("state", text_of(quote.preference));
    if (!quote.preference_program.empty()) w.text("program", quote.preference_program);
    if (!quote.preference_proof.empty()) w.text("proof", quote.preference_proof);
    if (quote.preference_saves) w.money("saves", *quote.preference_saves);
    w.close('}');
}

// What each agreement makes of the dossiers; nothing where there is none.
void write_origins(Writer& w, Request const& request, Quote const& quote) {
    if (quote.origins.empty()) return;
    w.key("origin");
    w.open('[');
    for (auto const& told : quote.origins) {
        w.open('{');
        w.text("line", request.goods[static_cast<std::size_t>(told->line)].line);
        if (!told->option.empty()) w.text("option", told->option);
        if (told->worth) w.money("worth", *told->worth);
        write_verdict(w, told->dossier, *told->agreement, told->verdict, told->nearest);
        w.close('}');
    }
    w.close(']');
}

void write_refunds(Writer& w, Quote const& quote) {
    w.key("refunds");
    w.open('[');
    for (auto const& refund : quote.refunds) {
        w.open('{');
        w.text("program", refund.program);
        w.text("name", refund.name.empty() ? refund.program : refund.name);
        w.money("amount", refund.amount);
        w.day("claim_by", refund.claim_by);
        w.text("ref", refund.ref);
        w.text("url", refund.url);
        w.close('}');
    }
    w.close(']');
}

void write_steps(Writer& w, Request const& request, Quote const& quote) {
    if (!request.explain) return;
    w.key("steps");
    w.open('[');
    for (auto const& step : quote.steps) {
        w.open('{');
        w.text("what", step.what);
        w.text("line", request.goods[static_cast<std::size_t>(step.line)].line);
        w.text("kind", tariff::text_of(step.kind));
        if (!step.program.empty()) w.text("program", step.program);
        w.text("duty", step.duty);
        if (!step.because.empty()) w.text("because", step.because);
        w.number("digits", step.digits);
        w.number("step", step.place);
        w.close('}');
    }
    w.close(']');
}

void write_choices(Writer& w, Request const& request, Quote const& quote) {
    if (quote.choices.empty()) return;
    w.key("choices");
    w.open('[');
    for (auto const& choice : quote.choices) {
        w.open('{');
        w.text("line", request.goods[static_cast<std::size_t>(choice.line)].line);
        w.text("hs", choice.code.text());
        w.text("text", choice.text);
        w.text("duty", choice.duty);
        w.close('}');
    }
    w.close(']');
}

void write_values(Writer& w, Request const& request, Quote const& quote) {
    w.text("currency", quote.currency->text());
    w.money("goods_value", *quote.goods_value);
    w.money("customs_value", *quote.customs_value);
    w.money("freight", *quote.freight);
    w.money("insurance", *quote.insurance);
    w.money("costs", *quote.costs);
    if (quote.chargeable_kg) w.decimal("chargeable_kg", *quote.chargeable_kg);
    using How = quote::FreightTerms::How;
    if (request.freight.how == How::table || request.freight.how == How::estimate) {
        write_carriage(w, quote.carriage, quote.advice);
    }
    w.text("customs_basis", quote::text_of(quote.customs_basis));
    w.key("customs_basis_source");
    w.open('{');
    w.text("ref", quote.basis_law);
    w.text("url", quote.basis_url);
    w.close('}');
}

void write_priced(Writer& w, Request const& request, Quote const& quote) {
    write_values(w, request, quote);
    Charges charges(w, request, quote);
    w.key("options");
    w.open('[');
    for (auto const& option : quote.options) write_option(w, charges, quote, option);
    w.close(']');
    auto const& chosen = quote.options[static_cast<std::size_t>(quote.chosen)];
    w.text("chosen", id_of(chosen));
    charges.write(chosen);
    w.money("taxes", *quote.taxes);
    w.money("landed_total", *quote.landed_total);
    if (quote.seller_gets) w.money("seller_gets", *quote.seller_gets);
    if (quote.per_unit) w.money("per_unit", *quote.per_unit);
    write_preference(w, quote);
    write_origins(w, request, quote);
    write_choices(w, request, quote);
    write_refunds(w, quote);
    write_findings(w, "unknown", request, quote.unknown);
    write_findings(w, "warnings", request, quote.warnings);
    write_findings(w, "notes", request, quote.notes);
    write_steps(w, request, quote);
    write_documents(w, request, quote);
}

}  // namespace

void append_answer(std::string& out, Request const& request, Quote const& quote) {
    Writer w(out);
    w.open('{');
    w.text("id", request.id);
    w.text("status", text_of(quote.status));
    w.day("date", request.date);
    w.text("edition", quote.edition);
    if (quote.errors.empty()) {
        write_priced(w, request, quote);
    } else {
        w.key("errors");
        w.open('[');
        for (auto const& error : quote.errors) write_error(w, error);
        w.close(']');
    }
    w.close('}');
}

void append_refusal(std::string& out, std::string_view id, Error const& error) {
    Writer w(out);
    w.open('{');
    w.text("id", id);
    w.text("status", "refused");
    w.key("errors");
    w.open('[');
    write_error(w, error);
    w.close(']');
    w.close('}');
}

}  // namespace allroads::contract
