#pragma once
// Words that are spelt otherwise than the tables have them.

#include "classify/index.h"
#include "classify/words.h"

namespace allroads::classify {

struct Correction {
    std::uint32_t term = 0;
    float trust = 1;
};
// Terms that differ by one letter (two in long words), or the known words that a long one is put together
// from. The surest first, at most three; none where nothing is near.
[[nodiscard]] std::vector<Correction> corrections(View const& view, Stems& stems, std::string_view word);
// A bit for each letter of the word, for a quick look which words cannot be near.
[[nodiscard]] std::uint64_t letters_of(std::string_view word);
[[nodiscard]] std::uint32_t characters_of(std::string_view word);

}  // namespace allroads::classify
