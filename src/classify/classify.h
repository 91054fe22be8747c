#pragma once
// classify: from everyday words to customs codes: how goods are called in many tongues, where their names stand
// in the tree of the Harmonized System, how far that may be believed, and which question would settle it.
//
// Promises: pure functions of what was compiled and of the question. An answer never hides its doubt: every
// candidate carries the share of like answers that were right, and nothing is settled below a stated bound.
// Unknown words are named. Nothing here knows duties, files, JSON, or who asks.

#include "base/base.h"
#include "goods/goods.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace allroads::classify {

// ---- what is compiled
// --------------------------------------------------------------------------------------------------------

// The languages whose words are held; `home` is a trade word that several tongues share.
enum class Language : std::uint8_t { en, fr, es, pt, ar, sw, zh, hi, bn, ur, vi, de, id, home };
inline constexpr std::size_t languages = 14;
[[nodiscard]] std::optional<Language> parse_language(std::string_view text);
[[nodiscard]] std::string_view text_of(Language language);

// Where a phrase comes from: it says how far its code may be believed, and is named in the reasons.
enum class Source : std::uint8_t {
    synonym,    // packs/words
    reference,  // trade words an authority points to a code
    learned,    // a choice of a user of this hub
    hs_text,    // the text of the Harmonized System
    line_text,  // the text of a national line
};
inline constexpr std::size_t sources = 5;
[[nodiscard]] std::string_view text_of(Source source);

struct Phrase {
    std::string text;
    Language language = Language::en;
    Source source = Source::synonym;
    std::vector<GoodsCode> codes;  // HS: 4 or 6 digits; what is longer is cut
};
// A node of the tree of the Harmonized System, or a national line under it.
struct NodeText {
    std::string market;  // "HS" or whose line it is
    GoodsCode code;
    std::string text;
    std::string group;  // headings without a code that stand between it and the code above, by " > "
    bool is_declarable = false;
};
// One value of a facet: how it is recognised in words and in texts of the tree, and how it is asked for.
struct FacetValue {
    std::string facet;     // "material"
    std::string value;     // "plaited-vegetable"
    std::string question;  // of the facet: "What is it made of?"
    std::string answer;    // of the value: "plaited from whole plant material"
    std::vector<std::string> words;
};
// Goods of these codes have (or, of several values of one facet, may have) this value.
struct FacetOf {
    GoodsCode code;
    std::string facet;
    std::string value;
};
// A note of the Harmonized System that puts goods out of a chapter or heading, or into it.
struct Note {
    GoodsCode code;              // chapter or heading it stands at
    bool excludes = true;
    std::vector<GoodsCode> to;   // where the goods go
    std::vector<std::string> words;  // goods that it speaks of; empty: it is always shown
    std::string text;
    std::string source;          // "HS 2022, note 1(b) to chapter 46"
};
inline constexpr std::size_t learned_bytes_max = 400;  // of a description that becomes a synonym
struct Knowledge {
    std::vector<Phrase> phrases;
    std::vector<NodeText> nodes;
    std::vector<FacetValue> facets;
    std::vector<FacetOf> facet_of;
    std::vector<Note> notes;
    std::string name;  // of the edition of words
};

}  // namespace allroads::classify
