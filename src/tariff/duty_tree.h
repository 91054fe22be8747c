#pragma once
// Building duty trees: the only hands that touch the inside of a DutyText. Trees are arrays in prefix order.

#include "tariff/tariff.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::tariff {

// Limits of one duty. They keep the canonical print of every readable text under the limit of what is read,
// so that a print can always be read again.
inline constexpr std::size_t duty_bytes_max = 4096;
inline constexpr std::size_t duty_nodes_max = 48;
inline constexpr std::size_t duty_words_max = 1200;
inline constexpr std::size_t duty_depth_max = 24;
inline constexpr std::size_t unreadable_bytes_max = 500;

using Tree = std::vector<DutyNode>;

// Collects the words of one duty and makes its nodes.
class DutyBuilder {
public:
    [[nodiscard]] Tree leaf(DutyKind kind, std::string_view words = {});
    // A node whose amount is `amount`; nothing where the amount does not fit a node.
    [[nodiscard]] std::optional<Tree> amount(DutyKind kind, Decimal const& amount, std::int64_t per = 1);
    [[nodiscard]] static Tree join(DutyKind kind, std::initializer_list<Tree const*> children);
    // `left` with `right` as one more operand where `left` is already such a node and may grow; else a new
    // node.
    [[nodiscard]] static Tree append(DutyKind kind, Tree left, Tree const& right, bool may_grow);
    void put_words(DutyNode& node, std::string_view words);
    [[nodiscard]] std::string_view words_of(DutyNode const& node) const;

    // Ends the building. A tree beyond the limits becomes unreadable.
    [[nodiscard]] DutyText finish(std::string_view text, Tree tree) const;
    [[nodiscard]] static DutyText unreadable(std::string_view text);

private:
    std::string words_;
};

// The words of a node, or nothing where the array is not sound.
[[nodiscard]] std::string_view words_in(DutyView const& duty, DutyNode const& node);
// Whether both trees say the same; where their words lie does not matter.
[[nodiscard]] bool same_tree(DutyView const& a, DutyView const& b);
}  // namespace allroads::tariff
