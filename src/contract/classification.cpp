#include "contract/contract.h"
#include "contract/writer.h"

namespace allroads::contract {

namespace {

using classify::Ask;
using classify::NoteShown;
using classify::Proposal;

// 873 of a thousand as 0.873: exact, and read as a number.
void share(Writer& w, std::string_view name, std::int32_t permille) {
    char const digits[] = {
        static_cast<char>('0' + permille / 1000 % 10), '.', static_cast<char>('0' + permille / 100 % 10),
        static_cast<char>('0' + permille / 10 % 10), static_cast<char>('0' + permille % 10)};
    w.key(name);
    w.raw(std::string_view(digits, sizeof digits));
}
void truth(Writer& w, std::string_view name, bool value) {
    w.key(name);
    w.raw(value ? "true" : "false");
}

void write_cost(Writer& w, ProposalCost const& cost) {
    w.key("pays");
    w.open('{');
    truth(w, "known", cost.unknown.empty());
    w.key("rates");
    w.open('[');
    for (auto const& rate : cost.rates) w.text(rate);
    w.close(']');
    if (cost.duty) w.money("duty", *cost.duty);
    if (cost.landed) {
        w.money("landed", *cost.landed);
        w.text("currency", cost.landed->currency().text());
    }
    if (!cost.unknown.empty()) w.text("unknown", cost.unknown);
    w.close('}');
}

void write_note(Writer& w, NoteShown const& note) {
    w.open('{');
    w.text("at", note.code.text());
    w.text("effect", note.excludes ? "excludes" : "includes");
    truth(w, "met", note.is_met);
    w.text("text", note.text);
    w.text("source", note.source);
    w.key("to");
    w.open('[');
    for (auto const to : note.to) w.text(to.text());
    w.close(']');
    w.close('}');
}

void write_proposal(Writer& w, Proposal const& one, ProposalCost const* cost) {
    w.open('{');
    w.text("code", one.code.text());
    w.text("hs", one.hs.text());
    truth(w, "national", one.is_line);
    share(w, "confidence", one.permille);
    share(w, "hs_confidence", one.hs_permille);
    share(w, "heading_confidence", one.heading_permille);
    w.key("path");
    w.open('[');
    for (auto const& step : one.path) {
        w.open('{');
        w.text("code", step.code.text());
        w.text("text", step.text);
        if (!step.group.empty()) w.text("group", step.group);
        if (step.is_own_words) truth(w, "own_words", true);
        w.close('}');
    }
    w.close(']');
    w.key("because");
    w.open('[');
    for (auto const& reason : one.reasons) {
        w.open('{');
        w.text("words", reason.words);
        w.text("like", reason.phrase);
        w.text("source", classify::text_of(reason.source));
        w.text("lang", classify::text_of(reason.language));
        w.close('}');
    }
    w.close(']');
    w.key("notes");
    w.open('[');
    for (auto const& note : one.notes) write_note(w, note);
    w.close(']');
    if (cost != nullptr) write_cost(w, *cost);
    w.close('}');
}

// What an answer would mean in money: the least and the most that the codes it leaves would pay.
void write_choice_costs(Writer& w, classify::Choice const& choice, std::span<ProposalCost const> costs) {
    std::optional<Money> least;
    std::optional<Money> most;
    bool all_known = !choice.proposals.empty();
    for (auto const p : choice.proposals) {
        auto const& landed = costs[p].landed;
        if (!landed) {
            all_known = false;
            continue;
        }
        if (!least || landed->minor() < least->minor()) least = landed;
        if (!most || landed->minor() > most->minor()) most = landed;
    }
    if (least) {
        w.money("landed_min", *least);
        w.money("landed_max", *most);
        w.text("currency", least->currency().text());
    }
    truth(w, "all_known", all_known);
}

void write_ask(Writer& w, Ask const& ask, classify::Answer const& answer,
               std::span<ProposalCost const> costs) {
    w.key("ask");
    w.open('{');
    w.text("facet", ask.facet);
    w.text("question", ask.question.empty() ? "Which of these is it?" : ask.question);
    w.key("answers");
    w.open('[');
    for (auto const& choice : ask.choices) {
        w.open('{');
        auto const value = choice.code ? choice.code->text() : std::string(choice.value);
        w.text("answer", std::string(ask.facet) + "=" + value);
        w.text("text", choice.text);
        if (!choice.group.empty()) w.text("group", choice.group);
        share(w, "confidence", choice.permille);
        w.key("codes");
        w.open('[');
        for (auto const p : choice.proposals) w.text(answer.proposals[p].code.text());
        w.close(']');
        if (!costs.empty()) write_choice_costs(w, choice, costs);
        w.close('}');
    }
    w.close(']');
    w.close('}');
}

}  // namespace

ProposalCost cost_of(quote::Request const& request, quote::Quote const& quote) {
    ProposalCost out;
    if (!quote.errors.empty()) {
        out.unknown = quote.errors.front().sentence();
        return out;
    }
    if (quote.chosen < 0) {
        out.unknown =
            quote.unknown.empty() ? "the books know no way to import it" : sentence_of(quote.unknown.front());
        return out;
    }
    auto const& option = quote.options[static_cast<std::size_t>(quote.chosen)];
    std::optional<Money> duty = Money(0, *quote.currency);
    for (std::size_t i = 0; i < option.charges.count; ++i) {
        auto const& charge = quote.charges[option.charges.first + i];
        if (charge.kind > tariff::Kind::safeguard || !charge.suppressed_by.empty()) continue;
        if (!charge.rate().empty()) out.rates.push_back(name_of(charge) + " " + std::string(charge.rate()));
        if (!charge.known) {
            if (out.unknown.empty())
                out.unknown =
                    name_of(charge) +
                    (charge.needs.empty() ? " is not known" : " needs " + std::string(charge.needs));
            duty.reset();
        } else if (duty) {
            duty = Money(duty->minor() + charge.amount.minor(), duty->currency());
        }
    }
    out.duty = duty;
    if (option.complete) {
        out.landed = option.landed_total;
    } else if (out.unknown.empty()) {
        out.unknown = quote.unknown.empty() ? "a charge is not known" : sentence_of(quote.unknown.front());
    }
    (void)request;
    return out;
}

void append_classification(std::string& out, classify::Question const& question,
                           classify::Answer const& answer, std::span<ProposalCost const> costs) {
    Writer w(out);
    w.open('{');
    w.text("status", classify::text_of(answer.standing));
    w.text("words", question.words);
    if (answer.language) w.text("lang", classify::text_of(*answer.language));
    if (!answer.market.empty()) w.text("market", answer.market);
    share(w, "accept_from", question.accept_permille);
    w.text("words_edition", answer.edition);
    truth(w, "official_texts", answer.has_texts);
    if (answer.is_cut) truth(w, "cut", true);
    if (question.earlier) truth(w, "departs_from_earlier", answer.departs);
    w.key("read_as");
    w.open('[');
    for (auto const& [word, taken] : answer.read_as) {
        w.open('{');
        w.text("word", word);
        w.text("as", taken);
        w.close('}');
    }
    w.close(']');
    w.key("unknown_words");
    w.open('[');
    for (auto const& word : answer.unknown_words) w.text(word);
    w.close(']');
    w.key("understood");
    w.open('[');
    for (auto const& one : answer.taken) w.text(one.facet + "=" + one.value);
    w.close(']');
    w.key("candidates");
    w.open('[');
    for (std::size_t i = 0; i < answer.proposals.size(); ++i)
        write_proposal(w, answer.proposals[i], costs.empty() ? nullptr : &costs[i]);
    w.close(']');
    if (answer.ask) write_ask(w, *answer.ask, answer, costs);
    w.close('}');
}

}  // namespace allroads::contract
