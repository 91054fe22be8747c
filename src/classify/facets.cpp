#include "classify/facets.h"

#include <algorithm>
#include <cmath>

namespace allroads::classify {

namespace {

constexpr float gain_min = 0.08F;  // bits
constexpr float decisive_bits = 0.4F;

// Unlikely candidates count for more than their share: a question is worth most where one overlooks
// something.
float open_share(float share) { return std::sqrt(share); }

float entropy(std::span<float const> shares) {
    float sum = 0;
    for (auto const one : shares) sum += one;
    if (sum <= 0) return 0;
    float bits = 0;
    for (auto const one : shares) {
        if (one > 0) bits -= one / sum * std::log2(one / sum);
    }
    return bits;
}

}  // namespace

Result<void> Facets::give(std::span<Given const> given) {
    for (auto const& one : given) {
        if (one.facet == "hs" || one.facet == "line") {
            if (auto const code = GoodsCode::parse(one.value); !code)
                return std::unexpected(code.error().within("answer"));
            continue;
        }
        auto const facet = std::ranges::find_if(
            view_.facets, [&](FacetRow const& row) { return view_.text(row.name) == one.facet; });
        if (facet == view_.facets.end())
            return refuse(Code::bad_value, "answer",
                          "there is no question called “" + excerpt(one.facet) + "”");
        auto value = facet->first;
        std::string known;
        for (; value < facet->first + facet->count; ++value) {
            auto const name = view_.text(view_.facet_values[value].name);
            if (name == one.value) break;
            known += (known.empty() ? "" : ", ") + std::string(name);
        }
        if (value == facet->first + facet->count) {
            return refuse(Code::bad_value, "answer",
                          one.facet + " is never “" + excerpt(one.value) + "”; it is one of " + known);
        }
        given_.push_back(value);
    }
    return {};
}

void Facets::recognise(Reading const& reading) {
    for (std::uint32_t v = 0; v < view_.facet_values.size(); ++v) {
        auto const& value = view_.facet_values[v];
        for (auto const& row : view_.facet_words.subspan(value.first_word, value.words)) {
            bool all = row.terms != 0;
            for (auto const term : view_.facet_terms.subspan(row.first_term, row.terms)) {
                all = all && std::ranges::any_of(reading.words, [&](Asked const& asked) {
                          return std::ranges::any_of(asked.ways, [&](Asked::Way const& way) {
                              return way.term == term && way.trust >= 0.8F;
                          });
                      });
            }
            if (!all) continue;
            recognised_.push_back(v);
            break;
        }
    }
}

bool Facets::names(std::uint32_t leaf, std::uint32_t value) const {
    if (leaf == none || value >= facet_words * 32) return false;
    return (view_.leaf_facets[leaf * facet_words + value / 32] >> (value % 32) & 1U) != 0;
}

bool Facets::speaks_of(std::uint32_t leaf, std::uint32_t facet) const {
    auto const& row = view_.facets[facet];
    for (auto v = row.first; v < row.first + row.count; ++v) {
        if (names(leaf, v)) return true;
    }
    return false;
}

bool Facets::allows(std::uint32_t leaf, std::uint32_t value) const {
    return names(leaf, value) || !speaks_of(leaf, view_.facet_values[value].facet);
}

float Facets::fit(std::uint32_t leaf) const {
    float fit = 1;
    for (auto const value : given_) {
        if (!allows(leaf, value)) return 0;
        if (names(leaf, value)) fit *= 1.5F;
    }
    return fit;
}

Facets::Told Facets::told(std::uint32_t leaf) const {
    Told out;
    // Of one facet, words may name several values (a cotton bag with leather straps): one that fits is
    // enough.
    for (std::size_t i = 0; i < recognised_.size(); ++i) {
        auto const facet = view_.facet_values[recognised_[i]].facet;
        auto const of = [&](std::uint32_t v) { return view_.facet_values[v].facet == facet; };
        if (std::any_of(recognised_.begin(), recognised_.begin() + static_cast<std::ptrdiff_t>(i), of))
            continue;
        if (!speaks_of(leaf, facet)) continue;
        bool const fits =
            std::ranges::any_of(recognised_, [&](std::uint32_t v) { return of(v) && names(leaf, v); });
        (fits ? out.fits : out.conflicts) += 1;
    }
    return out;
}

float Facets::likely(std::uint32_t value, std::span<Weighed const> all) const {
    float sum = 0;
    for (auto const& one : all) {
        if (names(one.leaf, value)) sum += one.share;
    }
    return sum;
}

bool Facets::is_settled(std::uint32_t facet) const {
    auto const of = [&](std::uint32_t v) { return view_.facet_values[v].facet == facet; };
    return std::ranges::any_of(given_, of) || std::ranges::count_if(recognised_, of) == 1;
}

float Facets::gain(std::uint32_t facet, std::span<Weighed const> all) const {
    auto const& row = view_.facets[facet];
    std::vector<float> shares;
    float sum = 0;
    for (auto const& one : all) {
        shares.push_back(open_share(one.share));
        sum += shares.back();
    }
    if (sum <= 0) return 0;
    float after = 0;
    float told = 0;
    for (auto v = row.first; v < row.first + row.count; ++v) {
        std::vector<float> left;
        float named = 0;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (names(all[i].leaf, v)) named += shares[i];
            left.push_back(allows(all[i].leaf, v) ? shares[i] : 0);
        }
        after += named * entropy(left);
        told += named;
    }
    if (told <= 0) return 0;
    // What a note makes decisive is worth knowing even where every candidate takes the same side.
    auto const bonus = row.decides != 0 && speaks_of(all.front().leaf, facet) ? decisive_bits : 0.0F;
    // Leaves of which nothing is said stay with every answer; what is said of the others decides.
    auto const spoken = std::min(1.0F, told / sum);
    return spoken * (entropy(shares) - after / told) + bonus;
}

std::optional<std::uint32_t> Facets::best(std::span<Weighed const> all) const {
    std::optional<std::uint32_t> best;
    float most = gain_min;
    for (std::uint32_t f = 0; f < view_.facets.size(); ++f) {
        if (is_settled(f)) continue;
        auto const bits = gain(f, all);
        if (bits <= most) continue;
        most = bits;
        best = f;
    }
    return best;
}

}  // namespace allroads::classify
