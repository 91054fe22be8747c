#pragma once
// What an opened index holds.

#include "classify/index.h"

namespace allroads::classify {

struct Index::Hidden {
    View view;
    std::string name;
};

}  // namespace allroads::classify
