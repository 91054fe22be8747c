#pragma once
// What the codes and duties of a pack look like as a whole, and whether a customs office could have written
// them.
//
// Memory is bounded: counters by chapter and small sketches, never the lines themselves. How it is judged,
// with the figures of real tariffs beside each limit, stands in docs/books.md.

#include "base/base.h"
#include "goods/goods.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace allroads::books {

class Traits {
public:
    // One line of the nomenclature, or the code of an ordinary duty where a file has no nomenclature; in file
    // order.
    void line(GoodsCode code, std::string_view text);
    // An ordinary duty of a code, as it is written.
    void base_duty(GoodsCode code, std::string_view duty);

    // The sign by which the lines look made up, in a sentence with its figures; nothing if they do not. Fewer
    // than `lines_min` lines are too few to judge.
    static constexpr std::uint64_t lines_min = 300;
    [[nodiscard]] std::optional<std::string> looks_invented() const;

private:
    // The share of texts that are distinct, from a fixed sample of hashes.
    class Distinct {
    public:
        void add(std::uint64_t hash);
        [[nodiscard]] std::uint64_t seen() const { return seen_; }
        [[nodiscard]] std::uint64_t distinct() const { return kept_.size() * rate_; }

    private:
        static constexpr std::size_t kept_max = 4096;
        std::unordered_set<std::uint64_t> kept_;
        std::uint64_t rate_ = 1;  // one hash of so many is looked at; a power of two
        std::uint64_t seen_ = 0;
    };
    struct Chapter {
        std::uint64_t lines = 0;
        std::uint64_t duties = 0;
        std::uint64_t first_duty = 0;  // hash
        bool one_duty = true;
    };
    [[nodiscard]] std::optional<std::string> outside_hs() const;
    [[nodiscard]] std::optional<std::string> too_even() const;
    [[nodiscard]] std::optional<std::string> too_regular() const;
    [[nodiscard]] std::optional<std::string> too_plain() const;
    void end_subheading();

    std::array<Chapter, 100> chapters_{};
    std::uint64_t lines_ = 0;
    std::uint64_t outside_ = 0;  // chapter or heading that the HS has never had
    std::string outside_example_;
    std::uint64_t neighbours_ = 0;                 // pairs of following subheadings within one heading
    std::uint64_t next_by_one_ = 0;                // of those, numbered without a gap
    std::uint64_t subheadings_ = 0;                // six-digit codes with national lines
    std::array<std::uint64_t, 16> by_children_{};  // of those, by how many national lines they have
    std::uint64_t subheading_ = 0;                 // key of the one being counted
    std::uint64_t children_ = 0;
    Distinct texts_;
    std::unordered_map<std::uint64_t, std::uint64_t> duties_;  // hash: count; at most duties_max
    static constexpr std::size_t duties_max = 1024;
    std::uint64_t duty_count_ = 0;
    std::string one_duty_;  // the first duty, for the sentence
};

}  // namespace allroads::books
