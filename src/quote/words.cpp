#include "quote/quote.h"

#include <algorithm>
#include <array>

namespace allroads::quote {

namespace {

constexpr std::array<std::string_view, 11> incoterm_names = {"EXW", "FCA", "FAS", "FOB", "CFR", "CPT",
                                                             "CIF", "CIP", "DAP", "DPU", "DDP"};

}  // namespace

Result<Incoterm> parse_incoterm(std::string_view text) {
    auto const found = std::ranges::find(incoterm_names, text);
    if (found == incoterm_names.end()) {
        return refuse(Code::bad_value, "terms",
                      excerpt(text) +
                          " is not a rule of Incoterms 2020 (EXW, FCA, FAS, FOB, "
                          "CFR, CPT, CIF, CIP, DAP, DPU, DDP)");
    }
    return static_cast<Incoterm>(found - incoterm_names.begin());
}

std::string_view text_of(Incoterm terms) { return incoterm_names[static_cast<std::size_t>(terms)]; }

std::string_view text_of(Status status) {
    constexpr std::array<std::string_view, 3> names = {"complete", "partial", "refused"};
    return names[static_cast<std::size_t>(status)];
}

std::string_view text_of(Preference preference) {
    constexpr std::array<std::string_view, 5> names = {"none", "not-needed", "available", "claimed",
                                                       "lapsed"};
    return names[static_cast<std::size_t>(preference)];
}

std::string_view text_of(tariff::Basis basis) {
    constexpr std::array<std::string_view, 5> names = {"", "FOB", "CIF", "CFR", "EXW"};
    return names[static_cast<std::size_t>(basis)];
}

void Quote::clear() {
    status = Status::refused;
    errors.clear();
    currency.reset();
    goods_value.reset();
    customs_value.reset();
    freight.reset();
    insurance.reset();
    costs.reset();
    chargeable_kg.reset();
    carriage.clear();
    advice.clear();
    customs_basis = tariff::Basis::unset;
    basis_law = basis_url = {};
    options.clear();
    chosen = -1;
    charges.clear();
    proofs.clear();
    choices.clear();
    taxes.reset();
    landed_total.reset();
    per_unit.reset();
    preference = Preference::none;
    preference_program = preference_proof = {};
    preference_saves.reset();
    unknown.clear();
    warnings.clear();
    notes.clear();
    refunds.clear();
    origins.clear();
    steps.clear();
    seller_gets.reset();
    solved.reset();
    documents.clear();
    needs.clear();
    edition = {};
}

}  // namespace allroads::quote
