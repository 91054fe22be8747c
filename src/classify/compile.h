#pragma once
// The steps of compiling: tables from knowledge, then weights learned from the phrases themselves.

#include "classify/index.h"

namespace allroads::classify {

// Everything but the model.
[[nodiscard]] Tables tables_of(Knowledge const& knowledge);
// Weights of the features and the calibration, learned by judging every phrase (a fixed sample of them) by
// the others. The same tables always make the same model.
[[nodiscard]] ModelRow trained(View const& view);

}  // namespace allroads::classify
