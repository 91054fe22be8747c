#pragma once
// match: which entries the words of a question mean, and how well (behind search's door).
//
// Promises: the same entries give the same matches and scores, however they are spread over pieces.

#include "search/state.h"

namespace allroads::search {

struct Matches {  // in one piece; numbers ascend
    std::vector<std::uint32_t> numbers;
    std::vector<std::uint16_t> scores;  // as many, or none where no words were asked
};
struct Matched {
    std::vector<Matches> of_pieces;
    std::uint32_t asked = 0;    // words
    std::uint32_t matched = 0;  // that each of these has
    std::string corrected;      // the words as they were looked for; empty: as written
};
// Refused: `too-long`, `bad-value`.
[[nodiscard]] Result<Matched> match(State const& state, Query const& query);

}  // namespace allroads::search
