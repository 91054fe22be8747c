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

// Shares of a whole in per cent; nothing where there is too little to say.
struct Figures {
    std::optional<std::uint64_t> outside;            // codes where the Harmonized System has no heading
    std::optional<std::uint64_t> gapless;            // subheadings numbered next to the one before
    std::optional<std::uint64_t> largest_chapter;    // lines of the largest chapter, of a chapter's mean
    std::optional<std::uint64_t> undivided;          // subheadings that have exactly one national line
    std::optional<std::uint64_t> distinct_texts;     // texts that differ from all others
    std::optional<std::uint64_t> one_duty_chapters;  // chapters with one duty for all their lines
    std::optional<std::uint64_t> divided_by_duty;    // subheadings of several duties where these differ
    std::optional<std::uint64_t> commonest_duty;     // lines that pay it
};

class Traits {
public:
    // One line of the nomenclature, in file order.
    void line(GoodsCode code, std::string_view text);
    // An ordinary duty of a code, as it is written, in file order.
    void base_duty(GoodsCode code, std::string_view duty);

    // The sign by which the lines look made up, in a sentence with its figures; nothing if they do not. Fewer
    // than `lines_min` lines are too few to judge.
    static constexpr std::uint64_t lines_min = 300;
    [[nodiscard]] std::optional<std::string> looks_invented() const;
    [[nodiscard]] Figures figures() const;

private:
    // How many of the texts are distinct, from a fixed sample of hashes.
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
    // The subheading whose lines are being counted; the next one ends it.
    struct Subheading {
        std::uint64_t key = 0;
        std::uint64_t count = 0;  // of national lines, or of duties
        std::uint64_t first_duty = 0;
        bool differ = false;
    };
    void end_lines();
    void end_duties();

    std::array<Chapter, 100> chapters_{};
    std::uint64_t lines_ = 0;
    std::uint64_t outside_ = 0;
    std::string outside_example_;
    std::uint64_t neighbours_ = 0;  // pairs of following subheadings within one heading
    std::uint64_t next_by_one_ = 0;
    std::uint64_t with_lines_ = 0;  // subheadings that have national lines
    std::uint64_t with_one_line_ = 0;
    std::uint64_t with_duties_ = 0;  // subheadings that have several duties
    std::uint64_t with_differing_ = 0;
    Subheading of_lines_;
    Subheading of_duties_;
    Distinct texts_;
    std::unordered_map<std::uint64_t, std::uint64_t> duties_;  // hash: count; at most duties_max
    static constexpr std::size_t duties_max = 1024;
    std::uint64_t duty_count_ = 0;
    std::string one_duty_;  // the first duty, for the sentence
};

}  // namespace allroads::books
