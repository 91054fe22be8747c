#pragma once
// Words as points in a small space, learned so that words of like goods lie near each other: what brings
// "galvanised" to "plated with zinc" where no phrase holds both. The tree is walked from the chapter down.

#include "classify/index.h"

namespace allroads::classify {

inline constexpr std::size_t dimensions = 32;
using Point = std::array<float, dimensions>;

// The four tables of the space.
struct Sense {
    std::vector<float> terms, chapters, headings, leaves;
};
// Without the phrases that are left out, so that these can be judged by the others.
[[nodiscard]] Sense learned_sense(View const& view, LeftOut const& left_out);

// Natural logarithms of the share of each chapter, and of each heading among all; of the leaves of one
// heading.
struct SenseShares {
    std::vector<float> chapters, headings;
};
[[nodiscard]] SenseShares shares(View const& view, Point const& point);
[[nodiscard]] std::vector<float> leaf_shares(View const& view, Point const& point, std::uint32_t heading);

}  // namespace allroads::classify
