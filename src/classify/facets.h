#pragma once
// What sets goods apart besides their names: of what, by which way, for whom. What the words say of it, what
// was answered, and what is still worth asking.

#include "classify/evidence.h"

namespace allroads::classify {

struct Weighed {
    std::uint32_t leaf = 0;
    float share = 0;
};
class Facets {
public:
    explicit Facets(View const& view) : view_(view) {}
    // Refused (`bad-value`): a facet or value that there is none of, or no code where one is chosen.
    [[nodiscard]] Result<void> give(std::span<Given const> given);
    void recognise(Reading const& reading);  // values that the words name
    [[nodiscard]] std::span<std::uint32_t const> recognised() const { return recognised_; }
    // By how much what was answered speaks for, or against, a leaf.
    [[nodiscard]] float fit(std::uint32_t leaf) const;
    // Of how many facets the words say what fits the leaf, and of how many something else.
    struct Told {
        float fits = 0;
        float conflicts = 0;
    };
    [[nodiscard]] Told told(std::uint32_t leaf) const;
    // Whether goods of the leaf may have the value: it is named for them, or nothing is said of its facet.
    [[nodiscard]] bool allows(std::uint32_t leaf, std::uint32_t value) const;
    [[nodiscard]] bool names(std::uint32_t leaf, std::uint32_t value) const;
    // How much of all shares lies with leaves that the value is named for.
    [[nodiscard]] float likely(std::uint32_t value, std::span<Weighed const> all) const;
    // The facet whose answer takes away the most doubt; none where no answer takes away enough.
    [[nodiscard]] std::optional<std::uint32_t> best(std::span<Weighed const> all) const;

private:
    [[nodiscard]] bool speaks_of(std::uint32_t leaf, std::uint32_t facet) const;
    [[nodiscard]] bool is_settled(std::uint32_t facet) const;
    [[nodiscard]] float gain(std::uint32_t facet, std::span<Weighed const> all) const;

    View const& view_;
    std::vector<std::uint32_t> given_;
    std::vector<std::uint32_t> recognised_;
};

}  // namespace allroads::classify
