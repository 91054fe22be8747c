#include "cli/print.h"

#include "contract/contract.h"
#include "freight/freight.h"

#include <fmt/format.h>
#include <algorithm>
#include <utility>

namespace allroads::cli {

namespace {

using quote::Charge;
using quote::Option;
using quote::Quote;
using quote::Request;

std::string line_name(Request const& request, std::int32_t line) {
    if (line == quote::whole_consignment || request.goods.size() == 1) return "";
    return "line " + request.goods[static_cast<std::size_t>(line)].line + ": ";
}

void head(std::string& out, Request const& request, Quote const& quote) {
    out += fmt::format("Delivered price, {} to {}, entered on {}\n", request.from.name(), request.to.name(),
                       request.date.text());
    for (auto const& item : request.goods) {
        out += fmt::format("  {}{}{}\n", item.hs.dotted(), item.description.empty() ? "" : "  ",
                           item.description);
    }
    out += '\n';
    auto const row = [&](std::string_view name, std::optional<Money> const& amount,
                         std::string_view more = {}) {
        if (amount) {
            out += fmt::format("  {:<34}{:>16} {}{}{}\n", name, amount->text(), amount->currency().text(),
                               more.empty() ? "" : "  ", more);
        }
    };
    row("goods", quote.goods_value);
    row("freight", quote.freight);
    row("insurance", quote.insurance);
    row(fmt::format("customs value ({})", quote::text_of(quote.customs_basis)), quote.customs_value,
        quote.basis_law);
    if (quote.costs && quote.costs->minor() != 0) row("other costs", quote.costs);
}

// Where a charge comes from, in one line: law, title, address, days, how sure.
std::string origin_of(quote::Source const& s, tariff::Confidence confidence) {
    std::string out(s.ref);
    if (!s.title.empty() && s.title != s.ref) out += (out.empty() ? "" : "; ") + std::string(s.title);
    if (!s.url.empty()) out += (out.empty() ? "" : "; ") + std::string(s.url);
    if (s.valid_from != Day::first()) out += "; since " + s.valid_from.text();
    if (s.valid_to != Day::last()) out += " until " + s.valid_to.text();
    if (s.checked_on) out += "; checked " + s.checked_on->text();
    return out + "; " + std::string(tariff::text_of(confidence));
}

void charges(std::string& out, Request const& request, Quote const& quote, Option const& option) {
    for (std::size_t i = 0; i < option.charges.count; ++i) {
        auto const& charge = quote.charges[option.charges.first + i];
        auto const name = line_name(request, charge.line) + contract::name_of(charge);
        auto const rate = charge.rate();
        auto const amount = charge.known ? charge.amount.text() : std::string("unknown");
        auto const note = charge.suppressed_by.empty()
                              ? ""
                              : fmt::format("  ({} {})", charge.is_waived ? "not collected:" : "replaced by",
                                            charge.suppressed_by);
        out += fmt::format("  {:<34}{:>16} {}  {} of {}{}\n", name, amount, charge.amount.currency().text(),
                           rate.empty() ? "no rate" : rate, charge.base.text(), note);
        if (auto const from = origin_of(quote::source_of(charge), charge.confidence);
            charge.known || !rate.empty())
            out += "      " + from + "\n";
    }
}

void ways(std::string& out, Quote const& quote) {
    if (quote.options.size() < 2) return;
    out += "\nWays to import, cheapest first:\n";
    for (std::size_t i = 0; i < quote.options.size(); ++i) {
        auto const& option = quote.options[i];
        std::string proofs;
        for (std::size_t p = 0; p < option.proofs_missing.count; ++p) {
            proofs += (proofs.empty() ? "  needs proof: " : ", ") +
                      std::string(quote.proofs[option.proofs_missing.first + p]);
        }
        out += fmt::format(
            "  {} {:<32}{:>16} {}{}{}\n", static_cast<std::int32_t>(i) == quote.chosen ? "*" : " ",
            contract::name_of(option), option.landed_total.text(), option.landed_total.currency().text(),
            proofs, option.complete ? "" : "  (not complete)");
    }
}

// What the agreements make of the dossiers: the answer, and what offends or is still to be told.
void origins(std::string& out, Request const& request, Quote const& quote) {
    using origin::Outcome;
    for (auto const& told : quote.origins) {
        auto const& verdict = told->verdict;
        auto const* answer = verdict.qualifies == Outcome::passes  ? "qualifies"
                             : verdict.qualifies == Outcome::fails ? "does not qualify"
                                                                   : "cannot be said yet";
        auto const line = request.goods[static_cast<std::size_t>(told->line)].line;
        auto const of_line = request.goods.size() > 1 ? "line " + line + ", " : std::string();
        out += fmt::format("\nOrigin, {}{}: {}", of_line, told->agreement->code, answer);
        if (told->worth)
            out += fmt::format("; it is worth {} {}", told->worth->text(), told->worth->currency().text());
        out += '\n';
        for (auto const& found : verdict.found) {
            bool const is_why = verdict.qualifies == Outcome::fails && found.outcome == Outcome::fails;
            if (is_why) out += "  " + contract::sentence_of(found, told->dossier) + '\n';
        }
        auto const* one = &verdict;
        std::size_t count = 0;
        for (auto const& question : contract::questions_of(told->dossier, std::span(&one, 1))) {
            if (++count <= contract::questions_max) out += "  to be told: " + question.message + '\n';
        }
    }
}

void preference(std::string& out, Quote const& quote) {
    auto const saves = quote.preference_saves
                           ? fmt::format(", which saves {} {}", quote.preference_saves->text(),
                                         quote.preference_saves->currency().text())
                           : "";
    switch (quote.preference) {
        case quote::Preference::none: break;
        case quote::Preference::not_needed:
            out += "\nNo preference is needed: the ordinary duty is already 0.\n";
            break;
        case quote::Preference::available:
            out += fmt::format("\nA preference is there for the asking: {}{} (proof: {}).\n",
                               quote.preference_program, saves, quote.preference_proof);
            break;
        case quote::Preference::claimed:
            out += fmt::format("\nClaimed: {}{}.\n", quote.preference_program, saves);
            break;
        case quote::Preference::lapsed:
            out += fmt::format("\n{} has lapsed.\n", quote.preference_program);
            break;
    }
}

void findings(std::string& out, Request const& request, std::string_view title,
              std::vector<quote::Finding> const& list) {
    for (auto const& finding : list) {
        out += fmt::format("  {:<9}{}{}\n", title, line_name(request, finding.line),
                           contract::sentence_of(finding));
    }
}

void refunds(std::string& out, Quote const& quote) {
    for (auto const& refund : quote.refunds) {
        out += fmt::format("\nMoney back: who paid the ordinary duty may claim {} {} ({}) until {}: {}.\n",
                           refund.amount.text(), refund.amount.currency().text(),
                           refund.name.empty() ? refund.program : refund.name, refund.claim_by.text(),
                           refund.ref);
    }
}

// The pass step by step: which rules were looked at, which were left out and why.
void steps(std::string& out, Request const& request, Quote const& quote) {
    if (!request.explain) return;
    out += "\nHow it was worked out, in the order of levy:\n";
    for (auto const& step : quote.steps) {
        bool const counts = step.what == "measure";
        auto const where =
            step.digits == 0 ? std::string("all goods") : fmt::format("{} digits", step.digits);
        out += fmt::format("  {}{:<10}{:<15}{:<12}{:<28}{:<10}{}{}\n", line_name(request, step.line),
                           counts ? "counts" : "left out", tariff::text_of(step.kind), step.program,
                           excerpt(step.duty, 26), where, counts ? "" : "because not ", step.because);
    }
}

std::string lines_named(Request const& request, Quote const& quote, quote::Document const& document) {
    if (request.goods.size() == 1) return "";
    std::string names;
    std::size_t count = 0;
    for (auto const& need : quote.needs) {
        if (need.document != document.id) continue;
        names += (++count == 1 ? "" : ", ") + request.goods[static_cast<std::size_t>(need.line)].line;
    }
    return count == request.goods.size() ? "" : " (line " + names + ")";
}

void paper(std::string& out, Request const& request, Quote const& quote, quote::Document const& document) {
    auto const& p = *document.paper;
    auto const word = [&](tariff::Words words) { return std::string(document.text(words)); };
    out += "  " + word(p.name) + lines_named(request, quote, document) + "\n";
    std::string more = word(p.purpose);
    auto const add = [&](std::string const& text) { more += (more.empty() ? "" : " ") + text; };
    if (!document.certain) add(fmt::format("Needed or not: tell “{}”.", document.settled_by));
    if (p.issuer.size != 0) add("From: " + word(p.issuer) + ".");
    if (p.days.size != 0) add("Days: " + word(p.days) + ".");
    if (p.has_cost != 0) {
        add(fmt::format("Costs about {} {}.", Decimal::of(p.cost, p.cost_scale).brief(),
                        Currency::from_index(p.cost_currency).text()));
    }
    if (!more.empty()) out += "      " + more + "\n";
    out += "      " + origin_of(quote::source_of(document), p.confidence) + "\n";
}

void papers(std::string& out, Request const& request, Quote const& quote) {
    auto const part = [&](std::string_view title, tariff::Side side, bool certain) {
        bool first = true;
        for (auto const& document : quote.documents) {
            if (document.paper->side != side || document.certain != certain) continue;
            if (std::exchange(first, false)) out += fmt::format("\n{}:\n", title);
            paper(out, request, quote, document);
        }
    };
    using tariff::Side;
    part(fmt::format("Papers on arrival, {}", request.to.name()), Side::destination, true);
    part("Papers on arrival, perhaps", Side::destination, false);
    part(fmt::format("Papers on leaving, {}", request.from.name()), Side::dispatch, true);
    part("Papers on leaving, perhaps", Side::dispatch, false);
}

std::string days_of(freight::Offer const& offer) {
    if (offer.days_min < 0) return "";
    if (offer.days_min == offer.days_max) return fmt::format("{} days", offer.days_min);
    return fmt::format("{}-{} days", offer.days_min, offer.days_max);
}

void offers(std::string& out, freight::Estimate const& estimate) {
    for (auto const& offer : estimate.offers) {
        bool const is_foreign = offer.converted && offer.converted->currency() != offer.total.currency();
        auto const there =
            is_foreign ? fmt::format(" = {} {}", offer.converted->text(), offer.converted->currency().text())
                       : std::string();
        out +=
            fmt::format("  {:<8}{:<28}{:>14} {}{}  {} kg{}  {}\n", freight::text_of(offer.road),
                        excerpt(offer.carrier, 26), offer.total.text(), offer.total.currency().text(), there,
                        offer.chargeable_kg.brief(), offer.by_volume ? " by volume" : "", days_of(offer));
        auto parts = "base " + offer.base.text();
        for (std::size_t i = 0; i < offer.surcharge_count; ++i) {
            auto const& more = offer.surcharges[i];
            parts += fmt::format(" + {} {}", more.name, Money(more.minor, offer.total.currency()).text());
        }
        out += fmt::format("          {}\n          {}; {}; checked {}; {}\n", parts, offer.name,
                           offer.source, offer.checked_on.text(), freight::text_of(offer.standing));
    }
    for (auto const& rejection : estimate.rejections) {
        out += fmt::format("  {:<8}{:<28}no offer: {} (table {})\n", freight::text_of(rejection.road),
                           excerpt(rejection.carrier, 26), contract::sentence_of(rejection), rejection.name);
    }
}

void advice(std::string& out, std::vector<freight::Advice> const& list) {
    for (auto const& one : list) {
        out += fmt::format("  advice   {} Saves {} {}.\n", contract::sentence_of(one), one.saving.text(),
                           one.saving.currency().text());
    }
}

void choices(std::string& out, Quote const& quote) {
    if (quote.choices.empty()) return;
    out += "\nLines to choose from:\n";
    for (auto const& choice : quote.choices) {
        out +=
            fmt::format("  {:<16}{:<22} {}\n", choice.code.dotted(), choice.duty, excerpt(choice.text, 64));
    }
}

}  // namespace

std::string table(Request const& request, Quote const& quote) {
    std::string out;
    head(out, request, quote);
    auto const& chosen = quote.options[static_cast<std::size_t>(quote.chosen)];
    charges(out, request, quote, chosen);
    auto const currency = quote.currency->text();
    out += fmt::format("  {:-<55}\n  {:<34}{:>16} {}{}\n", "", "delivered", quote.landed_total->text(),
                       currency, quote.status == quote::Status::complete ? "" : "  without what is unknown");
    if (quote.seller_gets)
        out += fmt::format("  {:<34}{:>16} {}\n", "left for the goods (seller)", quote.seller_gets->text(),
                           currency);
    if (quote.per_unit)
        out += fmt::format("  {:<34}{:>16} {}\n", "for each", quote.per_unit->text(), currency);
    ways(out, quote);
    preference(out, quote);
    origins(out, request, quote);
    refunds(out, quote);
    choices(out, quote);
    papers(out, request, quote);
    if (!quote.carriage.offers.empty()) {
        out += "\nCarriage, cheapest first:\n";
        offers(out, quote.carriage);
    }
    if (!(quote.unknown.empty() && quote.warnings.empty() && quote.notes.empty())) out += '\n';
    findings(out, request, "unknown", quote.unknown);
    findings(out, request, "warning", quote.warnings);
    findings(out, request, "note", quote.notes);
    steps(out, request, quote);
    advice(out, quote.advice);
    out += fmt::format("  {:<9}books {}\n", "from", quote.edition);
    return out;
}

std::string table(quote::CarriageRequest const& request, quote::Carriage const& carriage) {
    auto out = fmt::format("Carriage, {} to {}, on {}, cheapest first\n", request.from.name(),
                           request.to.name(), request.date.text());
    offers(out, carriage.estimate);
    for (auto const& offer : carriage.estimate.offers) {
        if (!offer.is_measured) {
            out += fmt::format("  warning  {}: sides of parcels are missing; by volume it may cost more.\n",
                               offer.name);
        }
        if (offer.standing == freight::Standing::example) {
            out += fmt::format("  warning  {} is an example: its prices are invented.\n", offer.name);
        }
    }
    if (carriage.estimate.offers.empty() && carriage.estimate.rejections.empty()) {
        out += "  no rate table of these books serves this lane that day (docs/freight.md)\n";
    }
    advice(out, carriage.advice);
    return out + fmt::format("  from     books {}\n", carriage.edition);
}

}  // namespace allroads::cli
