#pragma once
// state: everything a question sees, held by shared_ptr and never changed (behind search's door).
//
// Promises: a writer makes a new State that shares what stays; who asks keeps the one it began with.

#include "search/segment.h"

namespace allroads::search {

// Kinds of goods of one currency; the unit in which a door is priced, so that a question pays only for what
// it meets. A block grows until it is full; the kinds in it never change.
struct KindBlock {
    Currency currency;
    std::vector<quote::OfferKind> kinds;
};
inline constexpr std::uint32_t kinds_in_block = 512;
inline constexpr std::uint32_t unpriced = UINT32_MAX;  // a kind without a code

struct Piece {
    std::shared_ptr<Segment const> segment;
    std::shared_ptr<Bits const> removed;  // null: nothing
    std::uint32_t removed_count = 0;
    std::shared_ptr<std::vector<std::uint32_t> const>
        kinds;  // of the segment's: block · kinds_in_block + place
    [[nodiscard]] bool lives(std::uint32_t number) const {
        return removed == nullptr || !has(*removed, number);
    }
    [[nodiscard]] std::uint32_t living() const { return segment->size() - removed_count; }
};
struct Shops {
    std::vector<std::shared_ptr<Sending const>> of;  // by number; null: not told
    std::uint64_t version = 0;
};
struct State {
    std::vector<Piece> pieces;
    std::vector<std::shared_ptr<KindBlock const>> blocks;
    std::shared_ptr<Shops const> shops = std::make_shared<Shops>();
};

}  // namespace allroads::search
