#pragma once
// words: how texts of any language become the terms that are compared (behind search's door).
//
// Promises: the same text gives the same terms in an entry and in a question. Terms are folded, at most
// term_bytes_max bytes, never empty.

#include "base/base.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::search {

inline constexpr std::size_t term_bytes_max = 48;

struct Word {
    std::string text;
    bool is_han = false;  // of a script without spaces whose parts are words themselves: Han and kana
};
// The words of a text in their order. Where `pairs` is given, it gets every two neighbours of a run of Han
// and kana, so that a question which cuts the run elsewhere still finds it.
void split(std::string_view text, std::vector<Word>& words, std::vector<std::string>* pairs = nullptr);
// The pairs within one such word; nothing for a word of one character.
[[nodiscard]] std::vector<std::string> pairs_of(std::string_view word);

// Singular forms the word may be the plural of, by the plain rules of that language; none for languages whose
// plurals are not made by an s. An unknown language has the rule that all of them share.
[[nodiscard]] std::vector<std::string> singulars(std::string_view word, std::string_view language);
[[nodiscard]] bool has_plural_s(std::string_view language);

// Characters of a term; terms are UTF-8.
[[nodiscard]] std::u32string characters(std::string_view term);
// Letters, marks and nothing else, of a script that is written with letters: what spelling errors occur in.
[[nodiscard]] bool is_spelled(std::u32string_view word);
// Insertions, deletions, replacements and swaps of neighbours between both, or `most` + 1 where there are
// more.
[[nodiscard]] int distance(std::u32string_view a, std::u32string_view b, int most);
// How many errors are looked for in a word of so many characters.
[[nodiscard]] constexpr int errors_in(std::size_t characters) {
    return characters >= 8 ? 2 : characters >= 4 ? 1 : 0;
}
// Hashes of every three neighbours, two blanks before and behind. Each error changes at most four.
void trigrams(std::u32string_view word, std::vector<std::uint32_t>& hashes);

}  // namespace allroads::search
