#include "contract/contract.h"
#include "contract/filled.h"
#include "contract/reading.h"
#include "contract/writer.h"

#include <algorithm>
#include <array>

namespace allroads::contract {

namespace {

using origin::Dossier;
using origin::Known;
using origin::Outcome;
using origin::Step;
using origin::Verdict;

constexpr std::size_t processes_max = 50;
constexpr std::size_t legs_max = 20;

Result<Known> known(json::value const& value, std::string_view field) {
    return TRY(truth(value, field)) ? Known::yes : Known::no;
}

Result<void> read_material(json::value const& value, origin::Material& material) {
    return fields(value, "", [&](std::string_view key, json::value const& v) -> Result<bool> {
        if (key == "name") {
            material.name = TRY(text(v, key));
        } else if (key == "hs") {
            material.hs = TRY(parsed(v, key, GoodsCode::parse));
        } else if (key == "origin") {
            material.origin = TRY(parsed(v, key, Country::parse));
        } else if (key == "value") {
            material.value = TRY(amount(v, key, Code::bad_value));
        } else if (key == "weight_kg") {
            material.weight_kg = TRY(amount(v, key, Code::bad_quantity));
        } else if (key == "proof") {
            material.has_proof = TRY(known(v, key));
        } else if (key == "wholly_obtained") {
            material.wholly_obtained = TRY(known(v, key));
        } else {
            return false;
        }
        return true;
    });
}

Result<void> read_leg(json::value const& value, std::vector<origin::Leg>& route) {
    static constexpr std::array<std::string_view, 5> names = {"passed", "stored", "repacked", "worked",
                                                              "entered"};
    std::optional<Country> country;
    auto what = origin::Transit::untold;
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& v) -> Result<bool> {
        if (key == "country") {
            country = TRY(parsed(v, key, Country::parse));
        } else if (key == "what") {
            auto const word = TRY(text(v, key));
            auto const found = std::ranges::find(names, word);
            if (found == names.end())
                return refuse(Code::bad_value, key,
                              excerpt(word) + " is not passed, stored, repacked, worked or entered");
            what = static_cast<origin::Transit>(found - names.begin());
        } else {
            return false;
        }
        return true;
    }));
    if (!country) return refuse(Code::field_missing, "country", "a leg of the route names its country");
    route.push_back({*country, what});
    return {};
}

// What is said of the product itself.
Result<bool> read_product(std::string_view key, json::value const& v, Dossier& dossier) {
    std::optional<Decimal>* const amount_place = key == "ex_works"            ? &dossier.ex_works
                                                 : key == "fob"               ? &dossier.fob
                                                 : key == "net_cost"          ? &dossier.net_cost
                                                 : key == "net_kg"            ? &dossier.net_kg
                                                 : key == "consignment_value" ? &dossier.consignment_value
                                                                              : nullptr;
    if (amount_place != nullptr) {
        *amount_place = TRY(amount(v, key, Code::bad_value));
    } else if (key == "currency") {
        dossier.currency = TRY(parsed(v, key, Currency::parse));
    } else if (key == "part") {
        dossier.part = TRY(text(v, key));
    } else if (key == "wholly_obtained") {
        dossier.wholly_obtained = TRY(known(v, key));
    } else if (key == "only_simple") {
        dossier.only_simple = TRY(known(v, key));
    } else if (key == "drawback") {
        dossier.drawback = TRY(known(v, key));
    } else if (key == "all_processes_told") {
        dossier.all_processes_told = TRY(truth(v, key));
    } else {
        return false;
    }
    return true;
}
Result<void> read_words(json::value const& value, std::string_view key, std::vector<std::string>& words) {
    return elements(value, key, processes_max, [&](json::value const& one) -> Result<void> {
        words.emplace_back(TRY(text(one, "")));
        return {};
    });
}
Result<bool> read_lists(std::string_view key, json::value const& v, Dossier& dossier) {
    if (key == "materials") {
        TRY_VOID(elements(v, key, origin::materials_max, [&](json::value const& one) {
            return read_material(one, dossier.materials.emplace_back());
        }));
    } else if (key == "route") {
        dossier.route.emplace();
        TRY_VOID(elements(v, key, legs_max,
                          [&](json::value const& leg) { return read_leg(leg, *dossier.route); }));
    } else if (key == "processes") {
        TRY_VOID(read_words(v, key, dossier.processes));
    } else if (key == "proofs") {
        TRY_VOID(read_words(v, key, dossier.proofs));
    } else {
        return false;
    }
    return true;
}

Result<OriginRequest> read_origin(json::value const& value, Day today) {
    if (!value.is_object()) return expected("", "an object", value);
    auto const& object = value.get_object();
    for (std::string_view const required : {"hs", "made_in", "to"}) {
        if (!object.contains(required))
            return refuse(Code::field_missing, required, "this field is required");
    }
    OriginRequest request{
        .dossier = {.hs = TRY(parsed(object.at("hs"), "hs", GoodsCode::parse)),
                    .made_in = TRY(parsed(object.at("made_in"), "made_in", Country::parse))},
        .to = TRY(parsed(object.at("to"), "to", Country::parse)),
        .date = today,
    };
    TRY_VOID(fields(value, "", [&](std::string_view key, json::value const& v) -> Result<bool> {
        if (key == "hs" || key == "made_in" || key == "to") return true;
        if (key == "id") {
            request.id = TRY(text(v, key));
        } else if (key == "agreement") {
            request.agreement = TRY(text(v, key));
        } else if (key == "date") {
            request.date = TRY(parsed(v, key, Day::parse));
        } else {
            return TRY(read_product(key, v, request.dossier)) || TRY(read_lists(key, v, request.dossier));
        }
        return true;
    }));
    for (std::size_t i = 0; i < request.dossier.materials.size(); ++i) {
        auto& material = request.dossier.materials[i];
        if (material.name.empty()) material.name = "material " + std::to_string(i + 1);
    }
    TRY_VOID(origin::check_dossier(request.dossier));
    return request;
}

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
constexpr std::array<std::pair<std::string_view, std::string_view>, 18> questions = {
    {{"ex-works-price", "the ex-works price of the product"},
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
        bool const is_named = material != origin::no_material;
        out +=
            is_named ? "“" + dossier.materials[static_cast<std::size_t>(material)].name + "”" : "the product";
    });
}

std::string_view answer_of(Outcome outcome) {
    return outcome == Outcome::passes ? "yes" : outcome == Outcome::fails ? "no" : "unknown";
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
    w.text("law", found.law);
    w.close('}');
}

}  // namespace

std::string sentence_of(origin::Found const& found, Dossier const& dossier) {
    for (auto const& sentence : sentences) {
        if (sentence.code != found.code) continue;
        auto const words = found.outcome == Outcome::passes  ? sentence.passes
                           : found.outcome == Outcome::fails ? sentence.fails
                                                             : sentence.unknown;
        return told(words, dossier, found.material, found.words, found.have, found.limit);
    }
    return std::string(found.code);
}

std::string sentence_of(origin::Missing const& missing, Dossier const& dossier) {
    for (auto const& [fact, words] : questions) {
        if (fact == missing.fact) return told(words, dossier, missing.material, missing.words, {}, {});
    }
    return std::string(missing.fact);
}

Result<OriginRequest> Codec::origin(std::string_view text, Day today) {
    if (text.size() > request_bytes_max) return refuse(Code::too_long, "", "a dossier has at most 256 KiB");
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = request_depth_max;
    auto const value = json::parse({text.data(), text.size()}, error, {}, options);
    if (error) return refuse(Code::bad_json, "", error.message());
    return read_origin(value, today);
}

void append_verdict(std::string& out, Dossier const& dossier, origin::Agreement const& agreement,
                    Verdict const& verdict, std::optional<origin::Change> const& nearest) {
    Writer w(out);
    w.open('{');
    w.text("agreement", agreement.code);
    w.text("name", agreement.name);
    w.text("qualifies", answer_of(verdict.qualifies));
    w.text("proof", answer_of(verdict.proof));
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
    if (nearest) {
        w.key("would_qualify_if_originating");
        w.open('[');
        for (auto const i : nearest->materials) w.text(dossier.materials[i].name);
        w.close(']');
    }
    w.close('}');
}

}  // namespace allroads::contract
