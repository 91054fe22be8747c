#pragma once
// Text becomes words that can be compared: folded, cut at what is no letter, stemmed by the language; with
// the place of each in its phrase, because "handle of a bag" is not a bag.

#include "classify/classify.h"

#include <array>

struct sb_stemmer;

namespace allroads::classify {

inline constexpr std::size_t word_bytes_max = 96;  // a longer run of letters is no word

// One word of a phrase.
struct Word {
    std::string text;        // folded, not stemmed
    bool is_cut = false;     // a piece of a run of Chinese characters
    bool in_front = false;   // stands before the first comma, bracket or preposition
    bool is_head = false;    // the noun that the rest of the phrase describes, as far as its place tells
    bool is_joined = false;  // was written together with the next one by a hyphen
    bool is_later = false;   // stands behind the first sentence
};
// The words of a text in order. `language` says where the head stands; where it is not known, English.
[[nodiscard]] std::vector<Word> words_of(std::string_view text, Language language);
// The language whose script or small words the text shows, if any.
[[nodiscard]] std::optional<Language> language_of(std::string_view text);
// Whether it is one of the small words that every description has.
[[nodiscard]] bool is_small(std::string_view word);
// What a text says of the goods, and what it says they are not ("excluding …", "other than …", "not …").
struct Said {
    std::string goods;
    std::string excluded;
};
[[nodiscard]] Said said(std::string_view text);
// A long description without the sentences that speak of law and procedure, which every ruling repeats.
[[nodiscard]] std::string description_of(std::string_view text);

// Stemmers are made when their language is first asked for. Not for several threads.
class Stems {
public:
    Stems() = default;
    Stems(Stems const&) = delete;
    Stems& operator=(Stems const&) = delete;
    ~Stems();
    [[nodiscard]] std::string stem(std::string_view word, Language language);

private:
    std::array<sb_stemmer*, languages> made_{};
};

}  // namespace allroads::classify
