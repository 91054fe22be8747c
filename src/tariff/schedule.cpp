#include "tariff/tariff.h"

#include <algorithm>
#include <array>
#include <utility>

namespace allroads::tariff {

namespace {

constexpr std::array<std::string_view, kinds> kind_names = {
    "third-country",  "preference", "suspension", "quota", "surcharge", "antidumping",
    "countervailing", "safeguard",  "excise",     "fee",   "vat",       "handling"};
constexpr std::array<std::string_view, 3> confidence_names = {"official", "secondary", "assumed"};
constexpr std::array<std::pair<std::string_view, Term>, 11> term_names = {
    {{"customs-value", Term::customs_value},
     {"goods", Term::goods},
     {"freight", Term::freight},
     {"insurance", Term::insurance},
     {"duty", Term::duty},
     {"surcharge", Term::surcharge},
     {"excise", Term::excise},
     {"fee", Term::fee},
     {"vat", Term::vat},
     {"costs-before", Term::costs_before},
     {"costs-after", Term::costs_after}}};

}  // namespace

Result<Kind> parse_kind(std::string_view text) {
    for (std::size_t i = 0; i < kind_names.size(); ++i) {
        if (kind_names[i] == text) return static_cast<Kind>(i);
    }
    return refuse(Code::bad_value, "kind",
                  excerpt(text) +
                      " is not a kind of charge; expected third-country, preference, "
                      "suspension, quota, surcharge, antidumping, countervailing, safeguard, excise, fee, "
                      "vat or handling");
}

std::string_view text_of(Kind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

Result<Confidence> parse_confidence(std::string_view text) {
    for (std::size_t i = 0; i < confidence_names.size(); ++i) {
        if (confidence_names[i] == text) return static_cast<Confidence>(i);
    }
    return refuse(Code::bad_value, "confidence", excerpt(text) + " is not official, secondary or assumed");
}

std::string_view text_of(Confidence confidence) {
    return confidence_names[static_cast<std::size_t>(confidence)];
}

Result<Terms> parse_terms(std::string_view text) {
    Terms terms = 0;
    while (!text.empty()) {
        auto const plus = text.find('+');
        auto const word = trim(text.substr(0, plus));
        text = plus == std::string_view::npos ? std::string_view() : text.substr(plus + 1);
        Terms found = 0;
        for (auto const& [name, term] : term_names) {
            if (name == word) found = static_cast<Terms>(term);
        }
        if (found == 0) {
            return refuse(Code::bad_value, "base",
                          excerpt(word) +
                              " is not an amount a charge can be levied on; expected "
                              "customs-value, goods, freight, insurance, duty, surcharge, excise, fee, vat, "
                              "costs-before "
                              "or costs-after");
        }
        terms |= found;
    }
    return terms;
}

Result<QuotaState> parse_quota_state(std::string_view text) {
    for (int i = 0; i < quota_states; ++i) {
        if (text_of(static_cast<QuotaState>(i)) == text) return static_cast<QuotaState>(i);
    }
    return refuse(Code::bad_value, "state",
                  excerpt(text) + " is not open, critical, exhausted, suspended or blocked");
}

std::string_view text_of(QuotaState state) {
    constexpr std::array<std::string_view, quota_states> names = {"open", "critical", "exhausted",
                                                                  "suspended", "blocked"};
    return names[static_cast<std::size_t>(state)];
}

Result<ValuationKind> parse_valuation_kind(std::string_view text) {
    for (int i = 0; i < valuation_kinds; ++i) {
        if (text_of(static_cast<ValuationKind>(i)) == text) return static_cast<ValuationKind>(i);
    }
    return refuse(Code::bad_value, "what",
                  excerpt(text) + " is not freight-default, insurance-default, freight-max or landing");
}

std::string_view text_of(ValuationKind kind) {
    constexpr std::array<std::string_view, valuation_kinds> names = {"freight-default", "insurance-default",
                                                                     "freight-max", "landing"};
    return names[static_cast<std::size_t>(kind)];
}

std::uint64_t slot_hash(std::uint64_t key) {
    // The finaliser of splitmix64: every bit of the code reaches every bit of the slot.
    key ^= key >> 30U;
    key *= 0xbf58476d1ce4e5b9ULL;
    key ^= key >> 27U;
    key *= 0x94d049bb133111ebULL;
    return key ^ (key >> 31U);
}

Calendar::Calendar(std::span<Measure const> rows) {
    constexpr std::size_t places_max = 65536;
    std::vector<std::int32_t> days = {Day::first().number()};
    for (auto const& row : rows) {
        days.push_back(row.valid_from);
        if (row.valid_to < Day::last().number()) days.push_back(row.valid_to + 1);
    }
    std::ranges::sort(days);
    days.erase(std::unique(days.begin(), days.end()), days.end());
    bool const is_much = rows.size() * days.size() > places_max;
    if (is_much) days.resize(1);
    for (auto const day : days) {
        Era era{day, static_cast<std::uint32_t>(places_.size()), 0};
        for (std::uint32_t i = 0; i < rows.size(); ++i) {
            if (is_much || (rows[i].valid_from <= day && day <= rows[i].valid_to)) places_.push_back(i);
        }
        era.count = static_cast<std::uint32_t>(places_.size()) - era.first;
        eras_.push_back(era);
    }
}

std::span<std::uint32_t const> Calendar::on(std::int32_t day) const {
    auto const after = std::ranges::upper_bound(eras_, day, {}, &Era::from);
    if (after == eras_.begin()) return {};
    auto const& era = *std::prev(after);
    return std::span(places_).subspan(era.first, era.count);
}

void Schedule::prepare() {
    every_good = Calendar(at(nodes[0]));
    for (auto const& paper : papers) has_papers[static_cast<std::size_t>(paper.side)] = true;
}

DutyView Schedule::duty(Measure const& measure) const {
    auto const& row = duties[measure.duty];
    return {text(row.text), text(row.words), duty_nodes.subspan(row.node, row.node_count)};
}

std::span<Paper const> Schedule::papers_at(Node const& node) const {
    if (node.papers == 0) return {};
    auto const first = papers.begin() + (node.papers - 1);
    auto last = first;
    while (last != papers.end() && last->node == first->node) ++last;
    return {first, last};
}

Node const& Schedule::deepest(GoodsCode code) const {
    auto const mask = slots.size() - 1;
    for (int digits = code.size(); digits > 0; --digits) {
        if (((sizes_present >> static_cast<unsigned>(digits)) & 1U) == 0) continue;
        auto const key = code.prefix(digits).key();
        // Slot 0 stands for "nobody here": the root is never looked up. A full table cannot be written, so
        // this ends.
        for (auto slot = slot_hash(key) & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
            if (nodes[slots[slot]].key == key) return nodes[slots[slot]];
        }
    }
    return nodes[0];
}

}  // namespace allroads::tariff
