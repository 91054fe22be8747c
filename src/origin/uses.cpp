#include "origin/uses.h"

#include <algorithm>

namespace allroads::origin {

namespace {

constexpr unsigned six = 6;
constexpr int six_digits = 6;
constexpr CodeRange every_code{0, ~std::uint64_t{0} >> 16U};
Material const untold_materials = {};

// Six digits as a number.
std::uint32_t number_of(GoodsCode code) {
    std::uint32_t number = 0;
    for (unsigned i = 0; i < six; ++i)
        number = number * 10 + static_cast<std::uint32_t>((code.key() >> (60U - 4U * i)) & 15U);
    return number;
}
GoodsCode code_of(std::uint32_t number) {
    std::uint64_t key = 0;
    for (unsigned i = 0; i < six; ++i, number /= 10) key |= std::uint64_t{number % 10} << (40U + 4U * i);
    return GoodsCode::from_key(key | six);
}
// The rows of the codes from `first` to `last`.
std::span<Correlation::Pair const> rows_of(Correlation const& correlation, std::uint32_t first,
                                           std::uint32_t last) {
    auto const begin = std::ranges::lower_bound(correlation.pairs, first, {}, &Correlation::Pair::code_2022);
    auto const end =
        std::ranges::upper_bound(begin, correlation.pairs.end(), last, {}, &Correlation::Pair::code_2022);
    return {begin, end};
}

}  // namespace

CodeRange range_of(GoodsCode code) {
    auto const first = code.key() >> 16U;
    auto const free = static_cast<unsigned>(GoodsCode::digits_max - code.size()) * 4U;
    return {first, first | ((std::uint64_t{1} << free) - 1U)};
}

Known stands_in(CodeRange const& code, std::span<CodeRange const> ranges) {
    bool maybe = false;
    for (auto const& range : ranges) {
        if (holds(range, code)) return Known::yes;
        maybe = maybe || touches(range, code);
    }
    return maybe ? Known::unknown : Known::no;
}

Known Uses::stands_in(Use const& use, std::span<CodeRange const> ranges) const {
    if (use.code_count == 0) return Known::unknown;
    auto const own = codes(use);
    auto const first = origin::stands_in(own.front(), ranges);
    bool const agree = std::ranges::all_of(
        own, [&](CodeRange const& code) { return origin::stands_in(code, ranges) == first; });
    return agree ? first : Known::unknown;
}

void Uses::gather(bool tells) {
    tells_ = tells;
    uses_.clear();
    codes_.clear();
    uses_.reserve(dossier_.materials.size() + 1);
    codes_.reserve(dossier_.materials.size());
    for (std::size_t i = 0; i < dossier_.materials.size(); ++i)
        add(dossier_.materials[i], static_cast<std::int32_t>(i), 0);
    if (dossier_.are_materials_told) return;
    push(untold_materials, no_material).is_untold = true;
}

Use& Uses::push(Material const& material, std::int32_t place) {
    auto& use = uses_.emplace_back();
    use.material = &material;
    use.place = place;
    use.codes = static_cast<std::uint32_t>(codes_.size());
    if (material.hs) add_codes(*material.hs);
    use.code_count = static_cast<std::uint32_t>(codes_.size()) - use.codes;
    return use;
}

void Uses::add_codes(GoodsCode code) {
    if (!agreement_.correlation) {
        codes_.push_back(range_of(code));
        return;
    }
    auto const& correlation = *agreement_.correlation;
    auto const own = range_of(code);
    auto const first = number_of(code.size() > six_digits ? code.prefix(six_digits) : code);
    std::uint32_t width = 1;
    for (auto digits = code.size(); digits < six_digits; ++digits) width *= 10;
    auto const rows = rows_of(correlation, first, first + width - 1);
    bool const is_whole = code.size() >= six_digits;
    if (!is_whole || rows.empty()) codes_.push_back(own);
    for (auto const& row : rows) {
        auto const range = row.code == Correlation::any_code ? every_code : range_of(code_of(row.code));
        if (is_whole || !holds(own, range)) codes_.push_back(range);
    }
}

std::vector<GoodsCode> Uses::product_codes() const {
    if (!agreement_.correlation) return {dossier_.hs};
    auto const number = number_of(dossier_.hs);
    std::vector<GoodsCode> codes;
    for (auto const& row : rows_of(*agreement_.correlation, number, number)) {
        if (row.code == Correlation::any_code) return {};
        codes.push_back(code_of(row.code));
    }
    return codes.empty() ? std::vector{dossier_.hs} : codes;
}

void Uses::add(Material const& material, std::int32_t place, int depth) {
    if (material.role != Role::material) return add_beside(material, place);
    auto const origin = origin_of(material, place);
    auto const replaced = origin == Known::no ? is_replaced(material, place) : Known::no;
    if (replaced == Known::yes && depth < static_cast<int>(inputs_depth_max)) {
        for (auto const& input : material.inputs) add(input, place, depth + 1);
        return;
    }
    // Where its inputs might stand in its place, it is not certain that it offends.
    push(material, place).origin = replaced == Known::no ? origin : Known::unknown;
}

// Whether the working that made it counts as if it had been done where the product is made.
Known Uses::is_replaced(Material const& material, std::int32_t place) {
    if (material.inputs.empty() || !material.origin || material.has_proof == Known::no) {
        bool const is_here = material.origin == dossier_.made_in;
        return is_here && !material.inputs.empty() ? Known::yes : Known::no;
    }
    if (*material.origin == dossier_.made_in) return Known::yes;
    auto best = Known::no;
    for (auto const& cumulation : agreement_.cumulation) {
        bool const is_full = cumulation.kind == CumulationKind::full &&
                             std::ranges::find(cumulation.with, *material.origin) != cumulation.with.end();
        if (!is_full) continue;
        if (material.has_proof == Known::yes && cumulation.needs.empty()) {
            tell("worked-in-the-zone", Step::cumulation, place, cumulation.law);
            return Known::yes;
        }
        best = Known::unknown;
        if (!cumulation.needs.empty()) miss({"reading", place, cumulation.needs});
    }
    return best;
}
void Uses::tell(std::string_view code, Step step, std::int32_t place, std::string_view law) {
    auto const is_same = [&](Found const& other) {
        return other.code == code && other.material == place && other.law == law;
    };
    if (!tells_ || place == no_material || std::ranges::any_of(verdict_.found, is_same)) return;
    Found found{step, Outcome::passes, code, place};
    found.law = law;
    verdict_.found.push_back(found);
}

// Packing and accessories are left out of a change of heading and count in values; what only helps to make
// the product, or carries it, does not count. Where no law of that is held they count as far as anybody
// knows.
void Uses::add_beside(Material const& material, std::int32_t place) {
    auto const& beside = agreement_.beside;
    bool const is_part = material.role == Role::packing || material.role == Role::accessory;
    auto const& law = material.role == Role::packing             ? beside.packing_law
                      : material.role == Role::accessory         ? beside.accessories_law
                      : material.role == Role::transport_packing ? beside.transport_packing_law
                                                                 : beside.neutral_law;
    if (law.empty()) {
        miss({"provision", place});
        auto& use = push(material, place);
        use.is_in_doubt = true;
        if (origin_of(material, no_material) == Known::yes) use.origin = Known::yes;
        return;
    }
    tell(is_part ? "goes-with-it" : "does-not-count", Step::beside, place, law);
    if (!is_part) return;
    auto const origin = origin_of(material, place);
    auto& use = push(material, place);
    use.origin = origin;
    use.shifts = material.role == Role::packing && beside.packing_is_material;
}

// Whether a material counts as originating: made where the product is made, or where the agreement cumulates
// with, and with the proof of it at hand.
Known Uses::origin_of(Material const& material, std::int32_t place) {
    if (!material.origin) return Known::unknown;
    auto best = Known::no;
    for (auto const& cumulation : agreement_.cumulation) {
        if (std::ranges::find(cumulation.with, *material.origin) == cumulation.with.end()) continue;
        auto const one = cumulated(material, cumulation);
        if (one == Known::no) continue;
        if (one == Known::yes || best == Known::no) best = one;
        if (one != Known::yes) continue;
        tell("cumulated", Step::cumulation, place, cumulation.law);
        return Known::yes;
    }
    if (*material.origin != dossier_.made_in) return best;
    // Its own country's, whether or not a provision of cumulation names it.
    static Cumulation const own = {};
    auto const here = cumulated(material, own);
    return here == Known::yes || best == Known::no ? here : best;
}

Known Uses::cumulated(Material const& material, Cumulation const& cumulation) {
    bool const is_proved = material.has_proof == Known::yes || material.wholly_obtained == Known::yes;
    if (is_proved) return cumulation.needs.empty() ? Known::yes : Known::unknown;
    return material.has_proof == Known::no ? Known::no : Known::unknown;
}

void Uses::miss(Missing const& one) {
    if (std::ranges::find(verdict_.missing, one) == verdict_.missing.end()) verdict_.missing.push_back(one);
}

}  // namespace allroads::origin
