#pragma once
// Working that rules of origin name: which words mean which process of docs/origin-rules.md, and how "or",
// "accompanied by" and "in each case" join them. What the list does not know is quoted beside the rest.
// Only the readers of origin_prose use it.

#include "books/origin_words.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::books::prose {

// One way of working: named processes, and words about them that have no name.
struct Way {
    std::vector<std::string> names;
    std::vector<std::string> words;
};
using Ways = std::vector<Way>;
[[nodiscard]] std::string text_of(Way const& way);

// Chains of processes, any of which is enough; nothing if no process is known. `chains` is how many there
// were.
[[nodiscard]] std::optional<Ways> ways_of(std::string_view plain, Cursor& at, std::size_t& chains);

}  // namespace allroads::books::prose
