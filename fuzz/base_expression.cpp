// The column `conditions` of a pack, with the bases in it: whatever is written is understood, or refused with
// words.

#include "books/conditions.h"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace allroads;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    if (auto const words = tariff::parse_base(text)) {
        check(!words->empty() && words->size() <= tariff::base_steps_max);
        // Every operation finds its two operands, and one amount is left.
        std::size_t depth = 0;
        for (auto const& word : *words) {
            bool const takes = word.op >= tariff::BaseOp::add;
            check(!takes || depth >= 2);
            depth = takes ? depth - 1 : depth + 1;
        }
        check(depth == 1);
    } else {
        check(!words.error().detail().empty());
    }
    auto rest = text;
    while (auto const part = books::next_part(rest)) {
        if (auto const said = books::parse_condition(*part); !said) check(!said.error().detail().empty());
    }
    return 0;
}
