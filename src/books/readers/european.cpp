#include "books/readers/european.h"

#include <algorithm>
#include <array>

namespace allroads::books {

namespace {

// What a measure is called: two measures of one kind and name replace each other from longer to shorter code.
enum class Naming : std::uint8_t { ordinary, area, order_number, law, code, end_use };

struct TypeUse {
    std::string_view type;
    std::string_view kind;
    Naming naming;
    bool end_use = false;  // only under an authorisation for end use
};

// Measure types of TARIC 3 and the national ones of the UK. 105 is a duty that only a holder of an
// authorisation pays, so it is a way to pay less and not the ordinary duty.
constexpr std::array<TypeUse, 29> type_uses = {{
    {"103", "third-country", Naming::ordinary},
    {"105", "suspension", Naming::end_use, true},
    {"106", "preference", Naming::area},
    {"112", "suspension", Naming::law},
    {"115", "suspension", Naming::end_use, true},
    {"117", "suspension", Naming::end_use, true},
    {"119", "suspension", Naming::law},
    {"122", "quota", Naming::order_number},
    {"123", "quota", Naming::order_number, true},
    {"141", "preference", Naming::area},
    {"142", "preference", Naming::area},
    {"143", "quota", Naming::order_number},
    {"145", "preference", Naming::area, true},
    {"146", "quota", Naming::order_number, true},
    {"147", "quota", Naming::order_number},
    {"305", "vat", Naming::ordinary},
    {"VTA", "vat", Naming::ordinary},
    {"VTE", "vat", Naming::ordinary},
    {"VTR", "vat", Naming::ordinary},
    {"VTS", "vat", Naming::ordinary},
    {"VTZ", "vat", Naming::ordinary},
    {"306", "excise", Naming::code},
    {"551", "antidumping", Naming::law},
    {"552", "antidumping", Naming::law},
    {"553", "countervailing", Naming::law},
    {"554", "countervailing", Naming::law},
    {"695", "surcharge", Naming::law},
    {"696", "safeguard", Naming::law},
    {"690", "safeguard", Naming::law},
}};

TypeUse const* use_of(std::string_view type) {
    auto const* const found = std::ranges::find(type_uses, type, &TypeUse::type);
    return found == type_uses.end() ? nullptr : found;
}

// Document of the authorisation for end use.
constexpr std::string_view end_use_document = "N990";

std::string program_of(EuropeanMeasure const& measure, TypeUse const& use) {
    switch (use.naming) {
        case Naming::ordinary: return {};
        case Naming::area: return measure.market + "-" + measure.area + (use.end_use ? "-end-use" : "");
        case Naming::order_number:
            return measure.order_number.empty() ? measure.market + "-" + measure.area : measure.order_number;
        case Naming::law: return measure.legal.substr(0, measure.legal.find(' '));
        case Naming::code: return measure.additional_code;
        case Naming::end_use: return "end-use";
    }
    return {};
}

// Serbia stands in TARIC as XS since it parted from Montenegro.
std::string iso_country(std::string_view area) {
    auto const country = Country::parse(area == "XS" ? std::string_view("RS") : area);
    return country ? std::string(country->text()) : std::string();
}

bool is_everybody(std::string_view area) { return area == "1011" || area == "1008"; }

void append_word(std::string& words, std::string_view word, std::string_view between) {
    if (word.empty()) return;
    if (!words.empty()) words += between;
    words += word;
}

// Areas that are no country of ISO 3166 (stores of ships, Ceuta, the EU beside its members) have no place in
// a list.
std::string country_list(std::vector<std::string> const& areas) {
    std::vector<std::string> all;
    for (auto const& area : areas) {
        if (auto country = iso_country(area); !country.empty()) all.push_back(std::move(country));
    }
    std::ranges::sort(all);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    std::string words;
    for (auto const& country : all) append_word(words, country, " ");
    return words;
}

Result<std::string> origins_of(EuropeanMeasure const& measure) {
    if (is_everybody(measure.area)) return std::string();
    if (auto country = iso_country(measure.area); !country.empty()) return country;
    auto words = country_list(measure.members);
    if (!words.empty()) return words;
    auto const area = excerpt(measure.area, 20);
    if (area.empty()) return refuse(Code::bad_value, "origins", "no geographical area is given");
    if (area.size() == 2)
        return refuse(Code::bad_value, "origins", "area " + area + " is no country of ISO 3166");
    return refuse(Code::bad_value, "origins", "the file does not say which countries belong to area " + area);
}

std::string conditions_of(EuropeanMeasure const& measure, TypeUse const& use, std::string const& program) {
    std::string words;
    auto documents = measure.documents;
    if (use.end_use) {
        append_word(words, "proof=" + std::string(end_use_document), ";");
        std::erase_if(documents, [](auto const& d) { return d == end_use_document || d == "C990"; });
    }
    bool const claimed = use.kind == "preference" || use.kind == "quota";
    // A proof of origin (U…, N…) is the claim itself. Of several documents any one will do, which the claim
    // to the agreement stands for; a declaration (Y…) or certificate stands beside the claim.
    auto const* const only = documents.size() == 1 ? &documents.front() : nullptr;
    bool const is_proof = only != nullptr && (only->starts_with('U') || only->starts_with('N'));
    bool const by_quota = use.naming == Naming::order_number && !measure.order_number.empty();
    if (by_quota) append_word(words, "quota=" + program, ";");
    if (claimed && !is_proof && !by_quota) append_word(words, "proof=" + program, ";");
    if (claimed && only != nullptr) append_word(words, "proof=" + *only, ";");
    bool const by_code = use.naming != Naming::area && !measure.additional_code.empty();
    if (by_code) append_word(words, "additional-code=" + measure.additional_code, ";");
    return words;
}

}  // namespace

std::string_view kind_of_type(std::string_view type) {
    auto const* const use = use_of(type);
    return use == nullptr ? std::string_view() : use->kind;
}

Result<MeasureLine> measure_line(EuropeanMeasure const& measure) {
    auto const* const use = use_of(measure.type);
    if (use == nullptr)
        return refuse(Code::bad_value, "kind", "kind not yet used: " + excerpt(measure.type, 20));
    MeasureLine line;
    line.market = measure.market;
    line.hs = without_trailing_zeros(measure.hs);
    line.kind = use->kind;
    line.origins = TRY(origins_of(measure));
    line.excluded = country_list(measure.excluded);
    line.program = program_of(measure, *use);
    line.conditions = conditions_of(measure, *use, line.program);
    line.duty = measure.duty;
    line.valid_from = measure.valid_from;
    line.valid_to = measure.valid_to;
    line.legal = measure.legal;
    return line;
}

std::string tally_words(std::string_view what, Tally const& tally) {
    static constexpr std::size_t named_max = 40;
    std::vector<std::pair<std::string_view, std::uint64_t>> all(tally.begin(), tally.end());
    std::ranges::stable_sort(all, std::ranges::greater(),
                             &std::pair<std::string_view, std::uint64_t>::second);
    std::string words(what);
    for (std::size_t i = 0; i < all.size() && i < named_max; ++i) {
        words +=
            (i == 0 ? ": " : ", ") + std::string(all[i].first) + " (" + std::to_string(all[i].second) + ")";
    }
    if (all.size() > named_max) words += " and " + std::to_string(all.size() - named_max) + " more";
    return words;
}

std::string without_trailing_zeros(std::string_view code) {
    while (code.size() > 4 && code.size() % 2 == 0 && code.ends_with("00")) code.remove_suffix(2);
    if (code.size() == 4 && code.ends_with("00")) code.remove_suffix(2);
    return std::string(code);
}

std::string iso_day(std::string_view text) {
    if (text.size() > 10 && text[10] == 'T') return std::string(text.substr(0, 10));
    if (text.size() == 10 && text[2] == '/' && text[5] == '/') {
        return std::string(text.substr(6)) + "-" + std::string(text.substr(3, 2)) + "-" +
               std::string(text.substr(0, 2));
    }
    return std::string(text);
}

std::string components_text(std::vector<EuropeanComponent> parts) {
    std::ranges::stable_sort(parts, {}, &EuropeanComponent::expression);
    std::vector<tariff::Component> components;
    for (auto const& p : parts)
        components.push_back({p.expression, p.amount, p.currency, p.unit, p.qualifier});
    return pack_text(tariff::from_components(components));
}

std::string pack_text(tariff::DutyText const& duty) {
    auto const text = duty.text();
    if (!duty.is_readable()) return std::string(text);
    auto const again = tariff::DutyText::parse(text, tariff::Dialect::plain);
    return again == duty ? std::string(text) : tariff::print(duty.view());
}

}  // namespace allroads::books
