#pragma once
// classify: from everyday words to customs codes: how goods are called in many tongues, where their names
// stand in the tree of the Harmonized System, how far that may be believed, and which question would settle
// it.
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
// ----------------------------------------------------------------------------------------------------

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
    bool is_hint = false;  // words that lead to the line; its text is not known
};
// One value of a facet: how it is recognised in words and in texts of the tree, and how it is asked for.
struct FacetValue {
    std::string facet;     // "material"
    std::string value;     // "plaited-vegetable"
    std::string question;  // of the facet: "What is it made of?"
    std::string answer;    // of the value: "plaited from whole plant material"
    std::vector<std::string> words;
    bool decides = false;  // a note makes it decisive: worth asking wherever the words leave it open
};
// Goods of these codes have (or, of several values of one facet, may have) this value.
struct FacetOf {
    GoodsCode code;
    std::string facet;
    std::string value;
};
// A note of the Harmonized System that puts goods out of a chapter or heading, or into it.
struct Note {
    GoodsCode code;  // chapter or heading it stands at
    bool excludes = true;
    std::vector<GoodsCode> to;       // where the goods go
    std::vector<std::string> words;  // goods that it speaks of; empty: it is always shown
    std::string text;
    std::string source;  // "HS 2022, note 1(b) to chapter 46"
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

// ---- compiling and opening
// ----------------------------------------------------------------------------------------------------

inline constexpr std::string_view index_version = "allroads words 3";
// The tables as bytes, with weights learned from the phrases. The same knowledge makes the same bytes. Cost:
// some seconds for a hundred thousand phrases.
[[nodiscard]] std::string compile(Knowledge const& knowledge);

struct IndexAbout {
    std::string_view name;
    std::uint64_t phrases = 0;
    std::uint64_t subheadings = 0;
    std::uint64_t lines = 0;
    bool has_texts = false;  // texts of the Harmonized System are in it; else only what packs name is known
};
class Index {
public:
    // Over bytes that outlive the index. Every number in them is checked here, once: refused
    // (`edition-corrupt`, `edition-version`).
    [[nodiscard]] static Result<Index> open(std::string_view bytes);
    Index(Index&&) noexcept;
    Index& operator=(Index&&) noexcept;
    ~Index();
    [[nodiscard]] IndexAbout about() const;
    struct Hidden;
    [[nodiscard]] Hidden const& hidden() const { return *hidden_; }

private:
    explicit Index(std::unique_ptr<Hidden> hidden);
    std::unique_ptr<Hidden> hidden_;
};

// ---- the question
// ----------------------------------------------------------------------------------------------------

inline constexpr std::size_t words_bytes_max = 16U << 10;
inline constexpr std::size_t answers_max = 20;
inline constexpr std::size_t proposals_max = 10;
struct Given {
    std::string facet;  // "material"; "line" or "hs" where a code itself was chosen
    std::string value;
};
struct Question {
    std::string words;
    std::optional<Language> language = {};
    std::vector<std::string> markets = {};  // whose lines are wanted, the first that has some is taken: "US"
    std::vector<Given> given = {};          // answers to earlier questions
    std::optional<GoodsCode> earlier = {};  // an earlier choice: what lies far from it is told
    std::int32_t accept_permille = 900;     // below it nothing is settled
};

// ---- the answer
// ----------------------------------------------------------------------------------------------------
// Views point into the index; an answer lives no longer than it.

struct Step {
    GoodsCode code;
    std::string_view text;   // of the tree; where it has none, the hub's own words
    std::string_view group;  // headings without a code above a national line
    bool is_own_words = false;
};
struct Reason {
    std::string words;        // of the question, as they were typed
    std::string_view phrase;  // what they are like
    Source source = Source::synonym;
    Language language = Language::en;
};
struct NoteShown {
    GoodsCode code;
    bool excludes = true;
    bool is_met = false;  // the words of the question speak of these goods
    std::string_view text;
    std::string_view source;
    std::vector<GoodsCode> to;
};
struct Proposal {
    GoodsCode code;  // the longest that is known: a national line, or the subheading
    GoodsCode hs;    // its six digits (four where no more is known)
    bool is_line = false;
    std::int32_t permille = 0;          // how many of a thousand like answers are right: the code
    std::int32_t hs_permille = 0;       // its subheading
    std::int32_t heading_permille = 0;  // its heading
    std::vector<Step> path;
    std::vector<Reason> reasons;
    std::vector<NoteShown> notes;
};
struct Choice {
    std::string_view value;  // what `Given` takes; where codes are chosen from, `code` is
    std::string_view text;
    std::string_view group;
    std::vector<std::uint32_t> proposals;  // those that stay with this answer
    std::int32_t permille = 0;             // how likely it is, as far as is known
    std::optional<GoodsCode> code = {};
};
struct Ask {
    std::string_view facet;
    std::string_view question;  // empty where the codes themselves are to be chosen from
    std::vector<Choice> choices;
};
enum class Standing : std::uint8_t {
    settled,  // the first proposal reaches the bound
    open,     // a person must choose or answer
    nothing,  // no word is known
};
[[nodiscard]] std::string_view text_of(Standing standing);
struct Answer {
    Standing standing = Standing::nothing;
    std::optional<Language> language;
    std::string_view market;  // whose lines are proposed; empty where there are none
    std::vector<Proposal> proposals;
    std::optional<Ask> ask;
    std::vector<Given> taken;                                       // facets that the words themselves answer
    std::vector<std::string> unknown_words;                         // of the question
    std::vector<std::pair<std::string, std::string_view>> read_as;  // a word, and the one it is taken for
    bool has_texts = false;
    bool is_cut = false;       // a long text was not read to its end
    bool departs = false;      // the first proposal lies in another heading than the earlier choice
    std::string_view edition;  // of the words
};
// Refused: `field-missing` (no words), `too-long`, `bad-value` (not text; a facet or value that there is none
// of).
[[nodiscard]] Result<Answer> classify(Index const& index, Question const& question);

}  // namespace allroads::classify
