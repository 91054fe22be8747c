#include "classify/doubt.h"

#include <algorithm>
#include <cmath>

namespace allroads::classify {

std::array<float, calibration_features> doubt_facts(View const& view, Reading const& reading,
                                                    std::size_t words, std::span<Candidate const> candidates,
                                                    std::size_t level) {
    if (candidates.empty()) return {};
    auto const group = [&](Candidate const& c) {
        auto const& leaf = view.leaves[c.leaf];
        return level == 0 ? leaf.chapter : level == 1 ? leaf.heading : c.leaf;
    };
    float share = 0;
    float next = 0;
    for (auto const& c : candidates) {
        if (group(c) == group(candidates.front())) share += c.share;
    }
    for (auto const& c : candidates) {
        if (group(c) != group(candidates.front())) {
            next = c.share;
            break;
        }
    }
    auto const bounded = std::clamp(share, 0.002F, 0.998F);
    auto const& best = candidates.front().feature;
    auto const like = std::max({best[0], best[1], best[24]});
    return {1.0F,
            std::log(bounded / (1 - bounded)),
            reading.known_share,
            std::log1p(static_cast<float>(words)) - 1.5F,
            like,
            candidates.front().share - next};
}

float confidence(ModelRow const& model, std::array<float, calibration_features> const& facts,
                 std::size_t level) {
    float value = 0;
    for (std::size_t i = 0; i < calibration_features; ++i) value += model.calibration[level][i] * facts[i];
    return std::clamp(1.0F / (1.0F + std::exp(-value)), 0.01F, 0.99F);
}

}  // namespace allroads::classify
