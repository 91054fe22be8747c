#include "classify/index.h"

#include <algorithm>
#include <cstring>

namespace allroads::classify {

View view_of(Tables const& tables) {
    View view;
#define X(type, name) view.name = tables.name;
    CLASSIFY_TABLES(X)
#undef X
    return view;
}

std::uint32_t View::term(std::string_view wanted) const {
    auto const found =
        std::ranges::lower_bound(terms, wanted, {}, [&](TermRow const& row) { return text(row.text); });
    if (found == terms.end() || text(found->text) != wanted) return none;
    return static_cast<std::uint32_t>(found - terms.begin());
}

std::uint32_t View::leaf(GoodsCode code) const {
    auto const found = std::ranges::lower_bound(leaves, code.key(), {}, &Leaf::key);
    if (found == leaves.end() || found->key != code.key()) return none;
    return static_cast<std::uint32_t>(found - leaves.begin());
}

std::uint32_t View::heading(GoodsCode code) const {
    auto const found = std::ranges::lower_bound(headings, code.key(), {}, &Group::key);
    if (found == headings.end() || found->key != code.key()) return none;
    return static_cast<std::uint32_t>(found - headings.begin());
}

}  // namespace allroads::classify
