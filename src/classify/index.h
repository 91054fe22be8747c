#pragma once
// The compiled words as they lie in memory: flat tables without pointers, used where they are mapped.
//
// A leaf is a subheading of six digits. Phrases are sorted by the leaf they point to, so that what one word
// says of a leaf lies together.

#include "classify/classify.h"

namespace allroads::classify {

struct Text {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
};
struct Group {  // a chapter or heading
    std::uint64_t key = 0;
    Text text;
    std::uint32_t parent = 0;  // of a heading: its chapter
    std::uint32_t first = 0;   // of a chapter: its headings; of a heading: its leaves
    std::uint32_t count = 0;
    float mass = 0;  // of the words that phrases say of it
};
struct Leaf {
    std::uint64_t key = 0;
    Text text;
    std::uint32_t heading = 0;
    std::uint32_t chapter = 0;
    std::uint32_t is_rest = 0;  // "other": what no line beside it names
    float mass = 0;
};
inline constexpr std::uint32_t none = 0xFFFFFFFF;
inline constexpr std::uint32_t heading_bit = 0x80000000;
struct PhraseRow {
    Text text;
    std::uint32_t first_target = 0;
    std::uint16_t targets = 0;
    std::uint8_t source = 0;
    std::uint8_t language = 0;
    std::uint32_t head = none;  // term
    std::uint32_t same = 0;     // fingerprint of its words: phrases of one are the same
    std::uint32_t row = 0;      // what was written together: synonyms of one good; else as `same`
    float norm = 0;             // square root of the sum of squared weights of its words
};
struct TermRow {
    Text text;
    std::uint32_t first = 0;  // in postings
    std::uint32_t count = 0;
    float weight = 0;             // how few headings it is said of
    float share = 0;              // of all that is said
    std::uint32_t languages = 0;  // a bit for each
};
struct LineRow {
    std::uint64_t key = 0;
    Text text;
    Text group;
    std::uint32_t first_term = 0;
    std::uint16_t terms = 0;
    std::uint16_t market = 0;
    std::uint32_t is_declarable = 0;
    std::uint32_t is_rest = 0;
};
struct MarketRow {
    Text code;
    std::uint32_t first = 0;  // in lines
    std::uint32_t count = 0;
};
struct FacetRow {
    Text name;
    Text question;
    std::uint32_t first = 0;  // in facet_values
    std::uint32_t count = 0;
    std::uint32_t decides = 0;
};
struct FacetValueRow {
    Text name;
    Text answer;
    std::uint32_t facet = 0;
    std::uint32_t first_word = 0;
    std::uint32_t words = 0;
};
struct FacetWordRow {  // a word or several; all of them must be there
    std::uint32_t value = 0;
    std::uint32_t first_term = 0;
    std::uint32_t terms = 0;
};
struct FacetOfRow {
    std::uint64_t key = 0;  // sorted
    std::uint32_t value = 0;
    std::uint32_t reserved = 0;
};
struct NoteRow {
    std::uint64_t key = 0;  // sorted
    Text text;
    Text source;
    std::uint32_t first_to = 0;
    std::uint16_t tos = 0;
    std::uint16_t excludes = 0;
    std::uint32_t first_word = 0;  // in note_words
    std::uint32_t words = 0;
};

// What one word says of one leaf, or heading.
struct PairRow {
    std::uint32_t node = 0;
    float weight = 0;
};

inline constexpr std::size_t spell_sizes =
    41;  // characters of a word for which another spelling is looked for

inline constexpr std::size_t facet_words = 4;  // of 32 bits for a leaf, a bit for each value of a facet
inline constexpr std::size_t features = 48;
inline constexpr std::size_t hidden_units = 20;
inline constexpr std::size_t levels = 3;  // chapter, heading, subheading
inline constexpr std::size_t calibration_features = 6;
inline constexpr std::size_t calibration_steps = 16;
struct ModelRow {
    std::array<float, features> weights{};
    // What features mean together: a row for each feature, the last for none; a column for each unit.
    std::array<std::array<float, hidden_units>, features + 1> inner{};
    std::array<float, hidden_units> outer{};
    std::array<float, features> means{};
    std::array<float, features> scales{};
    float temperature = 1;
    std::array<std::array<float, calibration_features>, levels> calibration{};
    std::uint32_t learned_from = 0;  // phrases
    std::uint32_t has_texts = 0;     // texts of the Harmonized System were compiled in
};

// Phrases that are passed over: those of a fingerprint, of a row, of one part of all rows, or of a source.
struct LeftOut {
    std::optional<std::uint32_t> same = {};
    std::optional<std::uint32_t> row = {};
    std::optional<std::uint32_t> part = {};
    std::optional<Source> source = {};
    [[nodiscard]] bool holds(PhraseRow const& phrase) const {
        return (same && phrase.same == *same) || (row && phrase.row == *row) ||
               (part && part_of(phrase.row) == *part) ||
               (source && phrase.source == static_cast<std::uint8_t>(*source));
    }
    static constexpr std::uint32_t parts = 2;
    [[nodiscard]] static std::uint32_t part_of(std::uint32_t row) {
        return (row * 2654435761U >> 16U) % parts;
    }
};

// Every table: its type and its name.
#define CLASSIFY_TABLES(X)          \
    X(char, pool)                   \
    X(Group, chapters)              \
    X(Group, headings)              \
    X(Leaf, leaves)                 \
    X(PhraseRow, phrases)           \
    X(std::uint32_t, targets)       \
    X(TermRow, terms)               \
    X(std::uint32_t, postings)      \
    X(MarketRow, markets)           \
    X(LineRow, lines)               \
    X(std::uint32_t, line_terms)    \
    X(FacetRow, facets)             \
    X(FacetValueRow, facet_values)  \
    X(FacetWordRow, facet_words)    \
    X(std::uint32_t, facet_terms)   \
    X(FacetOfRow, facet_of)         \
    X(NoteRow, notes)               \
    X(std::uint64_t, note_to)       \
    X(FacetWordRow, note_words)     \
    X(std::uint32_t, leaf_facets)   \
    X(float, sense_terms)           \
    X(float, sense_chapters)        \
    X(float, sense_headings)        \
    X(float, sense_leaves)          \
    X(std::uint32_t, linear_first)  \
    X(PairRow, linear)              \
    X(std::uint32_t, spell_first)   \
    X(std::uint32_t, spell_terms)   \
    X(std::uint64_t, spell_letters) \
    X(ModelRow, model)

struct Tables {
#define X(type, name) std::vector<type> name;
    CLASSIFY_TABLES(X)
#undef X
};
struct View {
#define X(type, name) std::span<type const> name;
    CLASSIFY_TABLES(X)
#undef X
    [[nodiscard]] std::string_view text(Text text) const { return {pool.data() + text.at, text.size}; }
    // The term of that text; `none` if there is none. Terms are sorted.
    [[nodiscard]] std::uint32_t term(std::string_view text) const;
    // The leaf, or heading, of that code.
    [[nodiscard]] std::uint32_t leaf(GoodsCode code) const;
    [[nodiscard]] std::uint32_t heading(GoodsCode code) const;
};
[[nodiscard]] View view_of(Tables const& tables);
[[nodiscard]] std::string bytes_of(Tables const& tables, std::string_view name);

}  // namespace allroads::classify
