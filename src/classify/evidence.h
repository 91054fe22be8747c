#pragma once
// What the words of a question say of the leaves of the tree: phrases that are like it, words that are said
// of them, and how both combine into one score.

#include "classify/index.h"
#include "classify/words.h"

namespace allroads::classify {

// A word of the question as the tables know it.
struct Asked {
    struct Way {
        std::uint32_t term = 0;
        float trust = 1;  // below 1 for a stem of another language, or a corrected spelling
    };
    std::string word;
    std::vector<Way> ways;
    float weight = 1;  // by its place: what the goods are counts for more than what they are for
    bool is_head = false;
    bool is_front = false;  // names the goods, as far as its place tells
    bool is_corrected = false;
    [[nodiscard]] bool is_known() const { return !ways.empty(); }
};
struct Reading {
    std::vector<Asked> words;
    std::uint32_t same = 0;  // fingerprint, as of phrases
    std::optional<Language> language;
    float known_share = 0;  // of the weight of all words
    bool is_cut = false;    // there are more words than are read
};
[[nodiscard]] Reading read(View const& view, std::string_view text, std::optional<Language> language);
// The terms of a phrase as they are compiled; the same words always make the same.
struct Compiled {
    std::vector<std::string> terms;
    std::ptrdiff_t head = -1;
};
[[nodiscard]] Compiled compiled(std::string_view text, Language language, Stems& stems);
[[nodiscard]] std::uint32_t fingerprint(std::vector<std::string> terms);

struct Candidate {
    std::uint32_t leaf = 0;
    std::array<float, features> feature{};
    float score = 0;
    float share = 0;  // of all candidates' probability, before calibration
    std::uint32_t best_phrase = none;
};
struct Evidence {
    std::vector<Candidate> candidates;  // by score, best first
};
inline constexpr std::size_t candidates_max = 160;
[[nodiscard]] Evidence gather(View const& view, Reading const& reading, LeftOut const& left_out = {});
void score(ModelRow const& model, Evidence& evidence);
// The score of features that are standardised; `inner` is left with what the hidden units answered.
[[nodiscard]] float scored(ModelRow const& model, std::array<float, features> const& x,
                           std::array<float, hidden_units>& inner);
[[nodiscard]] std::array<float, features> standardised(ModelRow const& model, Candidate const& candidate);

}  // namespace allroads::classify
