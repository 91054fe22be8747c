#pragma once
// How far an answer may be believed: from the share the model gives it and what the words left open.

#include "classify/evidence.h"

namespace allroads::classify {

// What the calibration looks at for the first candidate at a level (0 chapter, 1 heading, 2 subheading).
// `candidates` are scored and sorted.
[[nodiscard]] std::array<float, calibration_features> doubt_facts(View const& view, Reading const& reading,
                                                                  std::size_t words,
                                                                  std::span<Candidate const> candidates,
                                                                  std::size_t level);
// The share of like answers that were right.
[[nodiscard]] float confidence(ModelRow const& model, std::array<float, calibration_features> const& facts,
                               std::size_t level);

}  // namespace allroads::classify
