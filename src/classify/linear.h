#pragma once
// What each word says of each heading, and of each leaf within its heading, learned against all others: of
// two headings that share a word, the one that is meant by it gains.

#include "classify/index.h"

namespace allroads::classify {

// The pairs of a term, headings (marked by `heading_bit`) and leaves; `first` has one entry more than there
// are terms.
struct Linear {
    std::vector<std::uint32_t> first;
    std::vector<PairRow> pairs;
};
// Without the phrases that are left out, so that these can be judged by the others.
[[nodiscard]] Linear learned_linear(View const& view, LeftOut const& left_out);
[[nodiscard]] std::span<PairRow const> pairs_of(std::span<std::uint32_t const> first,
                                                std::span<PairRow const> pairs, std::uint32_t term);

}  // namespace allroads::classify
