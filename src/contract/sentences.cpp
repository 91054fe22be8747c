#include "contract/contract.h"
#include "contract/filled.h"

#include <array>

namespace allroads::contract {

namespace {

using quote::Finding;

// {1} and {2} are the finding's words, {day}, {number} and {currency} its facts.
struct Sentence {
    std::string_view code;
    std::string_view words;
};
constexpr std::array sentences = {
    Sentence{"freight-missing",
             "No freight was given, so it counts as 0; the delivered price is higher by what carriage "
             "costs, and so are the charges levied on it."},
    Sentence{"freight-not-named",
             "The price includes freight that was not named, so it could not be taken out of the "
             "customs value."},
    Sentence{"insurance-missing",
             "No insurance was given, so it counts as 0; customs may add it to the value."},
    Sentence{
        "pre-carriage-missing",
        "The price is at the seller's works: carriage to the port or airport and export clearance belong "
        "to the customs value and were not given, so they count as 0. Give them as a cost before import."},
    Sentence{"inland-not-named",
             "The price holds carriage behind the border; where it is named as an included cost it is taken "
             "out of the customs value."},
    Sentence{"shared-by-weight", "Freight and costs are shared among the lines by weight."},
    Sentence{"cheaper-packing",
             "{1} these goods fall under {2}, and would cost {number} {currency} less delivered."},
    Sentence{"waived", "Not collected: {1} ({2})."},
    Sentence{"valuation-rule", "For customs, {1} counts as {number} {currency} by {2}."},
    Sentence{"valuation-unknown",
             "The rule for {1} ({2}) cannot be worked out, so the customs value is without it."},
    Sentence{"stale-rates", "The newest rate of 1 {1} = {number} {2} is of {day}; it is used, but old."},
    Sentence{"quota-balance", "Quota {1}: {number} {2} were left on {day}. Nobody can promise a part of it."},
    Sentence{"quota-open", "Quota {1} is open; how much is left is not published here."},
    Sentence{"quota-closed", "Quota {1} is {2} as of {day}, so its duty cannot be had."},
    Sentence{"quota-unpublished",
             "Quota {1}: these books do not say whether any of it is left; ask the customs authority."},
    Sentence{"quota-critical", "Quota {1} is nearly used up: customs asks for security up to the full duty."},
    Sentence{"ddp-remainder",
             "No price of the goods lands at exactly what the buyer pays; {number} {currency} remain."},
    Sentence{"freight-table", "Freight by the rate table {1} of {2}, last checked on {day}."},
    Sentence{"freight-example", "The rate table {1} is an example: its prices are invented."},
    Sentence{"freight-assumed", "The prices of the rate table {1} are assumed; see its source."},
    Sentence{"freight-not-measured",
             "Sides of parcels are missing: by the table {1} volume counts too, and may cost more."},
    Sentence{"freight-no-table", "No rate table here goes from {1} to {2} by this road that day."},
    Sentence{"freight-unknown",
             "The freight is unknown and counts as 0; what is levied on it is too low by as much."},
    Sentence{"freight-unweighed", "{1} ({2}): neither the parcels nor the goods say what they weigh."},
    Sentence{"freight-weight-missing", "{1} ({2}): the weight of parcel {number} is missing."},
    Sentence{"freight-parcel-too-heavy", "{1} ({2}) takes no parcel above {number} kg."},
    Sentence{"freight-too-heavy", "{1} ({2}) takes no consignment above {number} kg."},
    Sentence{"freight-too-long", "{1} ({2}) takes no parcel with a side above {number} cm."},
    Sentence{"freight-girth-too-large", "{1} ({2}) takes no parcel above {number} cm of length and girth."},
    Sentence{"freight-beyond-steps", "{1} ({2}) has no price above {number} kg for this destination."},
    Sentence{"freight-too-large", "{1} ({2}): the parcels are beyond what can be computed."},
    Sentence{"volumetric-weight", "The parcels are bulky for their weight: the carrier bills {number} kg."},
    Sentence{"rules-end",
             "The additional duties of {1} are known up to {day} only; ask a broker what has come since."},
    Sentence{"stale-rules", "The rules of {1} were last checked on {day}."},
    Sentence{"formal-entry",
             "Above {number} {currency} a formal customs entry is required, usually through a broker."},
    Sentence{"assumed-rate",
             "At least one rate is assumed, not taken from an official source; see its source."},
    Sentence{"exchange-rate", "1 {1} = {number} {2}, rate of {day}."},
    Sentence{
        "origin-unsettled",
        "The proof for {1} is taken at your word: what the dossier tells does not settle whether the goods "
        "qualify."},
    Sentence{"preference-lapsed", "{1} ended on {day}, so its preference cannot be claimed for this day."},
    Sentence{"code-incomplete",
             "The customs code is too short for one answer: the lines under it pay different duties. "
             "Choose one of those listed."},
    Sentence{"code-short",
             "The customs code is short of a national line; all lines under it pay the same duty. The "
             "declaration will need the full code."},
    Sentence{"code-not-in-tariff", "The tariff of the destination has no such customs code."},
    Sentence{"no-rule", "The books hold no ordinary duty for this code, origin and day."},
    Sentence{"needs-quantity", "{2}: to work out this charge, tell: {1}."},
    Sentence{"unreadable", "{2}: the duty is written in a way that this hub cannot compute: “{1}”."},
    Sentence{"see", "{2}: another provision decides: “{1}”."},
    Sentence{"meursing",
             "{2}: “{1}” depends on the recipe; give the Meursing additional code (milk fat, milk "
             "protein, starch, sugar)."},
    Sentence{"entry-price", "{2}: “{1}” depends on the entry price of the consignment."},
    Sentence{"exchange", "{2}: “{1}” is in a currency for which there is no exchange rate that day."},
    Sentence{"applicable", "{2}: “{1}” builds on the duty of another provision."},
    Sentence{"condition-unsettled",
             "{2} ({1}): whether it applies to these goods must be settled; ask a broker."},
    Sentence{"prohibited", "May not be brought in: {1} ({2}). What is shown is what it would cost."},
    Sentence{"maybe-prohibited", "May be barred from coming in, depending on the goods: {1} ({2})."},
    Sentence{"export-prohibited", "May not leave the country of dispatch: {1} ({2})."},
    Sentence{"maybe-export-prohibited",
             "May be barred from leaving the country of dispatch, depending on the goods: {1} ({2})."},
    Sentence{"restricted-in-post", "May not travel by post: {1} ({2})."},
    Sentence{"maybe-restricted-in-post", "May not travel by post, depending on the goods: {1} ({2})."},
    Sentence{"restricted", "Restricted: {1} ({2})."},
    Sentence{"maybe-restricted", "May be restricted, depending on the goods: {1} ({2})."},
    Sentence{"base-unknown", "{2} ({1}): what it is levied on is not known yet."},
};

void append_fact(std::string& out, std::string_view name, Finding const& finding, Manner const& manner) {
    auto const add_name = [&](std::string_view text) {
        if (!text.empty()) out += manner.name(text);
    };
    if (name == "1") add_name(finding.first);
    if (name == "2") add_name(finding.second);
    if (name == "day" && finding.day) out += manner.day(*finding.day);
    if (name == "number" && finding.number)
        out += manner.number(finding.currency ? *finding.number : finding.number->stripped());
    if (name == "currency" && finding.currency) add_name(finding.currency->text());
}

std::string_view as_it_is(std::string_view text) { return text; }

Manner const& plain_english() {
    static Manner const manner{as_it_is, [](Day day) { return day.text(); },
                               [](Decimal const& number) { return number.text(); },
                               [](std::string_view name) { return std::string(name); }};
    return manner;
}

}  // namespace

std::string sentence_of(Finding const& finding) { return sentence_of(finding, plain_english()); }

std::string sentence_of(Finding const& finding, Manner const& manner) {
    std::string_view words;
    for (auto const& sentence : sentences) {
        if (sentence.code == finding.code) words = sentence.words;
    }
    // A code that a pack brings carries its own sentence.
    if (words.empty()) return std::string(finding.first.empty() ? finding.code : finding.first);
    return filled(manner.say(words),
                  [&](std::string& out, std::string_view name) { append_fact(out, name, finding, manner); });
}

std::string id_of(quote::Option const& option) {
    auto const id = std::string(option.id);
    return option.scheme.empty() ? id : id + "+" + std::string(option.scheme);
}

std::string name_of(quote::Option const& option) {
    auto const name = std::string(option.name.empty() ? option.id : option.name);
    if (option.scheme.empty()) return name;
    auto const scheme = std::string(option.scheme_name.empty() ? option.scheme : option.scheme_name);
    return option.id == "third-country" ? scheme : name + ", " + scheme;
}

namespace {

// What a charge is called where its law gives it no name of its own; rows as of `sentences`.
constexpr std::array kind_names = {
    Sentence{"third-country", "Third-country duty"},
    Sentence{"preference", "Preference"},
    Sentence{"suspension", "Suspension"},
    Sentence{"quota", "Quota"},
    Sentence{"surcharge", "Additional duty"},
    Sentence{"antidumping", "Anti-dumping duty"},
    Sentence{"countervailing", "Countervailing duty"},
    Sentence{"safeguard", "Safeguard duty"},
    Sentence{"excise", "Excise"},
    Sentence{"fee", "Fee"},
    Sentence{"vat", "VAT"},
    Sentence{"handling", "Handling"},
    Sentence{"duty-of", "Duty ({1})"},
};

std::string_view kind_name(std::string_view kind) {
    for (auto const& one : kind_names) {
        if (one.code == kind) return one.words;
    }
    return kind;
}

}  // namespace

std::string name_of(quote::Charge const& charge) { return name_of(charge, as_it_is); }

std::string name_of(quote::Charge const& charge, Say const& say) {
    using tariff::Kind;
    auto const program = charge.name().empty() ? charge.program() : charge.name();
    auto const kind = std::string(say(kind_name(tariff::text_of(charge.kind))));
    if (program.empty()) return charge.kind == Kind::quota ? kind + " " : kind;
    if (charge.kind == Kind::quota) return kind + " " + std::string(program);
    if (charge.kind != Kind::third_country) return std::string(program);
    return filled(say(kind_name("duty-of")), [&](std::string& out, std::string_view) { out += program; });
}

}  // namespace allroads::contract
