// What a verdict says, in words and as JSON (docs/origin.md).

#include "contract/verdict.h"

#include "contract/filled.h"

#include <algorithm>
#include <array>

namespace allroads::contract {

namespace {

using origin::Dossier;
using origin::Outcome;
using origin::Verdict;

struct Sentence {
    std::string_view code;
    std::string_view passes;
    std::string_view fails;
    std::string_view unknown;
};
// What a step found; {1} is a process, a text or a kind of proof, {m} the material, {have} and {limit}
// shares.
constexpr std::array sentences = {
    Sentence{"wholly-obtained", "It is wholly obtained.",
             "It is not wholly obtained: it has materials from elsewhere.",
             "Whether it is wholly obtained is not known."},
    Sentence{"cumulated", "{m} counts as originating.", "", ""},
    Sentence{"worked-in-the-zone",
             "The working of {m} counts as if it had been done where the product is made.", "", ""},
    Sentence{"goes-with-it", "{m} goes with the product: a change of heading does not look at it.", "", ""},
    Sentence{"does-not-count", "{m} does not count: it is no part of the product.", "", ""},
    Sentence{"set", "Of the set no more than {limit} % of its price is from elsewhere.",
             "Of the set more than {limit} % of its price is from elsewhere.",
             "Whether the goods of the set from elsewhere are within the share that the agreement allows is "
             "not known."},
    Sentence{"set-of-originating", "Every good of the set originates.", "", ""},
    Sentence{"code-became-many", "Its code was part of several in HS {1}, which agree.",
             "Its code was part of several in HS {1}, which agree.",
             "Its code was part of several in HS {1}, in which the rules are written; they do not agree."},
    Sentence{"edition-unbridged", "", "",
             "The rules are written in codes of HS {1}, which the books cannot compare with those of 2022."},
    Sentence{"not-wholly-obtained", "", "{m} is not wholly obtained.", ""},
    Sentence{"does-not-change", "", "{m} stands under the same part of the tariff as the product.", ""},
    Sentence{"changes",
             "Every material from elsewhere stands under another part of the tariff than the product.", "",
             ""},
    Sentence{"allowed", "No material is one that the rule does not allow.", "", ""},
    Sentence{"any-working", "The rule asks for no more than that.", "", ""},
    Sentence{"excepted", "", "{m} is of a code that the rule excepts.", ""},
    Sentence{"barred", "", "{m} is a material that the rule does not allow.", ""},
    Sentence{"within-limit", "Materials from elsewhere are {have} % of the price; {limit} % are allowed.", "",
             ""},
    Sentence{"above-limit", "", "Materials from elsewhere are {have} % of the price; {limit} % are allowed.",
             ""},
    Sentence{"enough-content", "Originating materials are {have} % of the price; {limit} % are asked for.",
             "", ""},
    Sentence{"too-little-content", "",
             "Originating materials are {have} % of the price; {limit} % are asked for.", ""},
    Sentence{"more-than-originating", "", "Materials from elsewhere are worth more than originating ones.",
             "Whether materials from elsewhere are worth more than originating ones is not known."},
    Sentence{"process", "", "The rule asks for this working: {1}.",
             "Whether this working was done is not told: {1}."},
    Sentence{"must-be-read", "", "", "A person must read this: “{1}”"},
    Sentence{"no-rule", "", "", "The books hold no product rule for this code."},
    Sentence{"tolerated", "What does not change is within the tolerance of {limit} %.", "", ""},
    Sentence{"working", "It is more than a simple operation.",
             "Simple operations such as packing never give origin.",
             "Whether more than simple operations were done is not known."},
    Sentence{"drawback", "Duty on its materials is not paid back.",
             "Duty on its materials was paid back, which the agreement forbids.",
             "Whether duty on its materials is paid back is not known, or whether the agreement minds."},
    Sentence{"route", "It goes there unchanged.", "", "How it goes there is not known."},
    Sentence{"worked-on-the-way", "", "It was opened, worked or released on the way.", ""},
    Sentence{"proof", "Proof: {1}.", "", "Proof that would do: {1}."},
};
constexpr std::array<std::pair<std::string_view, std::string_view>, 22> questions = {
    {{"materials",
      "what it is made of: each material with its code, where it comes from and what it is worth"},
     {"direct-costs", "the direct costs of making it: wages, tools, research, inspection"},
     {"provision", "what the agreement says of such goods; the books do not hold that"},
     {"hs-edition", "which of the codes of HS {1} it had"},
     {"ex-works-price", "the ex-works price of the product"},
     {"fob-price", "the FOB price of the product"},
     {"net-cost", "the net cost of the product"},
     {"net-weight", "the net weight of the product"},
     {"hs", "the customs code of {m}, with more digits"},
     {"origin", "where {m} comes from"},
     {"proof-of-material", "whether you hold a proof that {m} originates there"},
     {"value", "what {m} is worth"},
     {"weight", "what {m} weighs"},
     {"wholly-obtained", "whether {m} is wholly obtained"},
     {"process", "whether this was done: {1}"},
     {"part", "which goods these are: “{1}”, or other"},
     {"working", "what was done to make it, besides packing and sorting"},
     {"drawback", "whether duty on its materials was or will be paid back"},
     {"route", "the way it goes, and what happens there"},
     {"reading", "what a person makes of this rule: “{1}”"},
     {"tolerance", "whether the agreement tolerates what does not change; the books do not hold that"},
     {"rule", "the product rule, which the books do not hold"}}};

std::string told(std::string_view words, Dossier const& dossier, std::int32_t material, std::string_view said,
                 std::optional<Decimal> const& have, std::optional<Decimal> const& limit) {
    return filled(words, [&](std::string& out, std::string_view name) {
        if (name == "1") out += said;
        if (name == "have" && have) out += have->brief();
        if (name == "limit" && limit) out += limit->brief();
        if (name != "m") return;
        if (material == origin::no_material) {
            out += "the product";
            return;
        }
        auto const& one = dossier.materials[static_cast<std::size_t>(material)];
        out += "“" + one.name + "”";
        if (one.origin) out += " from " + std::string(one.origin->name());
    });
}
// A question about several materials at once.
std::string question(std::string_view fact, std::string_view names, std::string_view said) {
    auto const found = std::ranges::find(questions, fact, [](auto const& pair) { return pair.first; });
    if (found == questions.end()) return std::string(fact);
    return filled(found->second, [&](std::string& out, std::string_view name) {
        if (name == "1") out += said;
        if (name == "m") out += names;
    });
}

void write_found(Writer& w, Dossier const& dossier, origin::Found const& found) {
    w.open('{');
    w.text("step", origin::text_of(found.step));
    w.text("outcome", origin::text_of(found.outcome));
    w.text("code", found.code);
    w.text("message", sentence_of(found, dossier));
    if (found.material != origin::no_material) w.number("material", found.material + 1);
    if (found.have) w.decimal("have_percent", *found.have);
    if (found.limit) w.decimal("limit_percent", *found.limit);
    if (!found.words.empty()) w.text("words", found.words);
    if (found.proof != nullptr) {
        w.text("who", found.proof->who);
        if (found.proof->value_max) {
            w.decimal("value_max", *found.proof->value_max);
            w.text("currency", found.proof->currency->text());
        }
    }
    w.text("law", found.law);
    w.close('}');
}

}  // namespace

std::string_view answer_of(Outcome outcome) {
    return outcome == Outcome::passes ? "yes" : outcome == Outcome::fails ? "no" : "unknown";
}

std::string name_of(origin::ProofRule const& proof) {
    auto name = proof.kind;
    if (!proof.who.empty()) name += ", by " + (proof.who == "anyone" ? "anyone" : "the " + proof.who);
    if (proof.value_max)
        name += ", up to " + proof.value_max->brief() + " " + std::string(proof.currency->text());
    return name;
}

std::string statement_of(origin::StatementForm::Wording const& wording, Filling const& filling) {
    constexpr std::string_view line = "____________";
    auto const is_filled = [&](std::string_view name) {
        auto const found = filling.find(name);
        return found != filling.end() && !found->second.empty();
    };
    auto text = wording.text;
    for (auto const& piece : wording.leave_out) {
        auto const open = piece.find('{');
        auto const close = piece.find('}', open);
        auto const at = text.find(piece);
        if (open == std::string::npos || close == std::string::npos || at == std::string::npos) continue;
        if (!is_filled(std::string_view(piece).substr(open + 1, close - open - 1)))
            text.erase(at, piece.size());
    }
    return filled(text, [&](std::string& out, std::string_view name) {
        out += is_filled(name) ? std::string_view(filling.find(name)->second) : line;
    });
}

std::string sentence_of(origin::Found const& found, Dossier const& dossier) {
    auto const said = found.proof == nullptr ? std::string(found.words) : name_of(*found.proof);
    for (auto const& sentence : sentences) {
        if (sentence.code != found.code) continue;
        auto const words = found.outcome == Outcome::passes  ? sentence.passes
                           : found.outcome == Outcome::fails ? sentence.fails
                                                             : sentence.unknown;
        return told(words, dossier, found.material, said, found.have, found.limit);
    }
    return std::string(found.code);
}

std::string sentence_of(origin::Missing const& missing, Dossier const& dossier) {
    for (auto const& [fact, words] : questions) {
        if (fact == missing.fact) return told(words, dossier, missing.material, missing.words, {}, {});
    }
    return std::string(missing.fact);
}

namespace {

// How readily a shop can answer, and how much hangs on it; what no shop can answer comes last.
struct Asked {
    std::string_view fact;
    bool is_for_an_expert;
};
constexpr std::array<Asked, 22> order = {{{"wholly-obtained", false},
                                          {"materials", false},
                                          {"working", false},
                                          {"origin", false},
                                          {"hs", false},
                                          {"process", false},
                                          {"part", false},
                                          {"ex-works-price", false},
                                          {"fob-price", false},
                                          {"net-cost", false},
                                          {"direct-costs", false},
                                          {"value", false},
                                          {"net-weight", false},
                                          {"weight", false},
                                          {"proof-of-material", false},
                                          {"route", false},
                                          {"drawback", false},
                                          {"hs-edition", true},
                                          {"provision", true},
                                          {"tolerance", true},
                                          {"rule", true},
                                          {"reading", true}}};

std::size_t rank_of(std::string_view fact) {
    return static_cast<std::size_t>(std::ranges::find(order, fact, &Asked::fact) - order.begin());
}
bool is_for_an_expert(std::string_view fact) {
    auto const rank = rank_of(fact);
    return rank >= order.size() || order[rank].is_for_an_expert;
}
// The names of several materials in one question: “yarn”, “buttons” and 3 more.
std::string names_of(Dossier const& dossier, std::vector<std::int32_t> const& places) {
    constexpr std::size_t named_max = 4;
    std::string names;
    for (std::size_t i = 0; i < std::min(places.size(), named_max); ++i)
        names += (i == 0 ? "“" : ", “") + dossier.materials[static_cast<std::size_t>(places[i])].name + "”";
    if (places.size() > named_max) names += " and " + std::to_string(places.size() - named_max) + " more";
    return names;
}

}  // namespace

std::vector<Question> questions_of(Dossier const& dossier, std::span<Verdict const* const> verdicts) {
    struct Group {
        origin::Missing const* first;
        std::vector<std::int32_t> places;
    };
    std::vector<Group> groups;
    for (auto const* verdict : verdicts) {
        for (auto const& missing : verdict->missing) {
            bool const is_many = missing.material != origin::no_material;
            auto group = std::ranges::find_if(groups, [&](Group const& other) {
                return other.first->fact == missing.fact &&
                       (is_many ? !other.places.empty() : *other.first == missing);
            });
            if (group == groups.end()) group = groups.insert(groups.end(), Group{&missing, {}});
            if (is_many && std::ranges::find(group->places, missing.material) == group->places.end())
                group->places.push_back(missing.material);
        }
    }
    std::ranges::stable_sort(groups, {}, [](Group const& group) { return rank_of(group.first->fact); });
    std::vector<Question> asked;
    for (auto const& group : groups) {
        auto const& missing = *group.first;
        auto words = group.places.size() < 2
                         ? sentence_of(missing, dossier)
                         : question(missing.fact, names_of(dossier, group.places), missing.words);
        asked.push_back({missing.fact, std::move(words), group.places, is_for_an_expert(missing.fact)});
    }
    return asked;
}

namespace {

void write_questions(Writer& w, Dossier const& dossier, Verdict const& verdict) {
    auto const* one = &verdict;
    std::size_t count = 0;
    w.key("questions");
    w.open('[');
    for (auto const& question : questions_of(dossier, std::span(&one, 1))) {
        if (question.is_for_an_expert || ++count > questions_max) continue;
        w.open('{');
        w.text("fact", question.fact);
        w.text("message", question.message);
        if (!question.materials.empty()) {
            w.key("materials");
            w.open('[');
            for (auto const place : question.materials) w.raw(std::to_string(place + 1));
            w.close(']');
        }
        w.close('}');
    }
    w.close(']');
}

}  // namespace

namespace {

// Whether the importer may claim by what he knows, without a paper of the exporter.
std::string_view importers_knowledge(origin::Agreement const& agreement) {
    if (agreement.proofs.empty()) return "unknown";
    bool const may = std::ranges::any_of(agreement.proofs, [](origin::ProofRule const& proof) {
        return proof.kind == "importers-knowledge" || proof.who == "importer";
    });
    return may ? "yes" : "no";
}

}  // namespace

void write_verdict(Writer& w, Dossier const& dossier, origin::Agreement const& agreement,
                   Verdict const& verdict, std::optional<origin::Change> const& nearest) {
    w.text("agreement", agreement.code);
    w.text("name", agreement.name);
    w.text("qualifies", answer_of(verdict.qualifies));
    w.text("proof", answer_of(verdict.proof));
    w.text("importers_knowledge", importers_knowledge(agreement));
    if (verdict.rule != nullptr) {
        w.key("rule");
        w.open('{');
        w.text("text", origin::print(verdict.rule->rule.view()));
        if (!verdict.rule->part.empty()) w.text("part", verdict.rule->part);
        w.text("law", verdict.rule->law);
        w.close('}');
    }
    w.key("steps");
    w.open('[');
    for (auto const& found : verdict.found) write_found(w, dossier, found);
    w.close(']');
    w.key("missing");
    w.open('[');
    for (auto const& missing : verdict.missing) {
        w.open('{');
        w.text("fact", missing.fact);
        if (missing.material != origin::no_material) w.number("material", missing.material + 1);
        w.text("message", sentence_of(missing, dossier));
        w.close('}');
    }
    w.close(']');
    write_questions(w, dossier, verdict);
    if (nearest) {
        w.key("would_qualify_if_originating");
        w.open('[');
        for (auto const i : nearest->materials) w.text(dossier.materials[i].name);
        w.close(']');
        if (nearest->have) w.decimal("would_have_percent", *nearest->have);
        if (nearest->limit) w.decimal("would_be_limit_percent", *nearest->limit);
    }
    w.key("source");
    w.open('{');
    w.text("title", agreement.law);
    w.text("url", agreement.url);
    w.text("confidence", agreement.confidence);
    w.close('}');
}

void append_verdict(std::string& out, OriginAnswer const& answer, origin::Agreement const& agreement,
                    Verdict const& verdict, std::optional<origin::Change> const& nearest) {
    Writer w(out);
    w.open('{');
    if (!answer.request.id.empty()) w.text("id", answer.request.id);
    w.text("edition", answer.edition);
    if (answer.is_unbuilt) {
        w.key("unbuilt");
        w.raw("true");
    }
    w.day("date", answer.request.date);
    write_verdict(w, answer.request.dossier, agreement, verdict, nearest);
    w.text("needed", answer.is_needed == origin::Known::yes  ? "yes"
                     : answer.is_needed == origin::Known::no ? "no"
                                                             : "unknown");
    if (answer.worth) {
        w.key("worth");
        w.open('{');
        w.text("amount", answer.worth->text());
        w.text("currency", answer.worth->currency().text());
        w.close('}');
    }
    if (!answer.asked.empty()) {
        w.key("asked");
        w.raw(answer.asked);
    }
    w.close('}');
}

}  // namespace allroads::contract
