#pragma once
// books: what the world has decreed, from official files and packs to one immutable edition that engines
// read.
//
// Promises: an import or a build that fails leaves what was there untouched. An edition is one file, mapped
// read-only: opening costs the same whatever its size, because each market's pages are checked (XXH3) when
// they are first asked for. Who holds an edition keeps it, also after a newer one took its place. Open
// editions may be shared by threads.

#include "base/base.h"
#include "classify/classify.h"
#include "goods/goods.h"
#include "origin/origin.h"
#include "quote/quote.h"
#include "tariff/tariff.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace allroads::books {

// ---- import: an official file becomes a pack
// ------------------------------------------------------------------------

struct Refused {
    std::uint64_t line = 0;  // line, row or record number as the format counts them, from 1
    std::string reason;
};

// Counts and refusals of one import. Only the first `refused_max` refusals are kept with their words.
struct ImportReport {
    static constexpr std::size_t refused_max = 200;
    std::string source;  // "us-hts"
    std::string market;  // "US"
    std::string pack;    // name of the pack folder
    std::string file;    // file name without its folder
    std::string sha256;
    std::string dated;          // ISO day of the publication
    std::uint64_t records = 0;  // rows of the file
    std::uint64_t measures = 0;
    std::uint64_t lines = 0;
    std::uint64_t rates = 0;    // exchange rates
    std::uint64_t phrases = 0;  // words of the trade
    std::uint64_t freight_tables = 0;
    std::uint64_t freight_prices = 0;  // of all zones of these tables
    std::uint64_t unreadable = 0;      // measures whose duty text is kept but not understood
    std::uint64_t refused_count = 0;
    std::vector<Refused> refused;
    std::vector<std::string> notes;  // what a user should know: "revision 10 of 2026, dated 2026-06-08"
};
struct ImportRequest {
    std::string source;
    std::vector<std::filesystem::path> files;
    std::string market;  // empty: the reader's own
    std::optional<Day> dated;
    std::filesystem::path data;  // packs go to data/packs/
    bool dry_run = false;
    bool accept = false;  // also when the file shrank or looks invented
};
struct SourceAbout {
    std::string_view source;
    std::string_view about;
};
[[nodiscard]] std::vector<SourceAbout> sources();
// Refused: `not-found` (no such source or file), `bad-file`, `file-shrank` (over 5 % fewer lines than the
// pack loaded before), `file-invented`. Nothing is written then.
[[nodiscard]] Result<ImportReport> import_files(ImportRequest const& request);

// ---- build: packs become an edition
// ---------------------------------------------------------------------------------

struct BuildRequest {
    std::vector<std::filesystem::path> pack_folders;  // each holds packs; also data/packs/
    std::filesystem::path output;                     // the edition file
    std::vector<std::filesystem::path> origin_roots =
        {};  // folders that OriginTexts::add is asked of, in order
};
struct BuildReport {
    std::string edition;  // its name: a fingerprint of what went in
    std::uint64_t packs = 0;
    std::uint64_t markets = 0;
    std::uint64_t measures = 0;
    std::uint64_t lines = 0;
    std::uint64_t rates = 0;
    std::uint64_t documents = 0;
    std::uint64_t freight_tables = 0;
    std::uint64_t agreements = 0;
    std::uint64_t bytes = 0;
    std::vector<std::string> warnings;
};
// Written beside `output` and renamed over it: a reader that is running keeps the old edition.
[[nodiscard]] Result<BuildReport> build(BuildRequest const& request);
[[nodiscard]] std::filesystem::path edition_in(std::filesystem::path const& data);

// ---- agreements ----

// An agreement as its files say it (docs/origin-agreements.md): provisions, and the sheet of its product
// rules.
struct AgreementText {
    std::string name;  // of the file without its ending, for messages
    std::string toml;
    std::string sheet;  // may be empty
};
// What the books say of origin, as text: `allroads books build` keeps it in the edition.
struct OriginTexts {
    std::vector<AgreementText> agreements;  // by name
    std::vector<AgreementText> statements;  // docs/origin-statements.md; no sheets
    std::string correlations;               // edition,hs2022,hs
    // Those of `root`/agreements, statements and hs-editions/correlations.csv. Of one name the later takes
    // the place of the earlier, provisions and rules each by itself. Refused: `bad-file`, a file that is too
    // large.
    [[nodiscard]] Result<void> add(std::filesystem::path const& root);
};
// The same, read: an agreement's provisions at the first question, its product rules when it is first meant.
// May be shared by threads. What it gives lives as long as it does.
class Shelf {
public:
    explicit Shelf(OriginTexts texts);
    Shelf(Shelf const&) = delete;
    Shelf& operator=(Shelf const&) = delete;
    ~Shelf();
    // Refused (`bad-pack`): names the file, the key or the line, and what was expected.
    [[nodiscard]] Result<std::vector<origin::Agreement const*>> all() const;
    [[nodiscard]] Result<std::vector<origin::Agreement const*>> between(Country made_in, Country to,
                                                                        Day day) const;
    [[nodiscard]] Result<origin::Agreement const*> named(std::string_view code) const;  // null: none
    [[nodiscard]] Result<std::span<origin::StatementForm const>> statements() const;
    [[nodiscard]] OriginTexts const& texts() const { return texts_; }

private:
    struct Hidden;
    OriginTexts texts_;
    std::unique_ptr<Hidden> hidden_;
};

// ---- an edition
// -----------------------------------------------------------------------------------------------------

struct PackAbout {
    std::string_view name, title, source, market, file, sha256, dated, checked_on;
    std::uint64_t measures = 0;
    std::uint64_t lines = 0;
    std::uint64_t rates = 0;
    std::uint64_t documents = 0;
    std::uint64_t freight_tables = 0;
    bool starter = false;
};
class Edition : public quote::Books {
public:
    [[nodiscard]] virtual std::vector<PackAbout> packs() const = 0;
    [[nodiscard]] virtual std::vector<std::string_view> markets() const = 0;  // codes, sorted
    [[nodiscard]] virtual Result<tariff::Schedule const*> schedule(std::string_view market) const = 0;
    [[nodiscard]] virtual Result<void> check_all() const = 0;  // every page
    // What it says of origin. Refused: `edition-corrupt`.
    [[nodiscard]] virtual Result<Shelf const*> shelf() const = 0;
};
// Refused: `no-books`, `edition-corrupt`, `edition-version`.
[[nodiscard]] Result<std::shared_ptr<Edition const>> open(std::filesystem::path const& file);
// The same over bytes that outlive the edition, for tests and fuzzing.
[[nodiscard]] Result<std::shared_ptr<Edition const>> open_bytes(std::string_view bytes);

// What changed between two editions, one line a change: "- US 46021918 third-country 4.5% …".
struct Change {
    bool added = false;
    std::string market;
    std::string measure;
};
[[nodiscard]] Result<std::vector<Change>> difference(Edition const& before, Edition const& after);
// One measure as a line for people and for `difference`.
[[nodiscard]] std::string describe(tariff::Schedule const& schedule, tariff::Node const& node,
                                   tariff::Measure const& measure);
// The same of a rule of papers.
[[nodiscard]] std::string describe(tariff::Schedule const& schedule, tariff::Node const& node,
                                   tariff::Paper const& paper);

// ---- words: what goods are called (docs/classify.md)
// --------------------------------------------------------------------------------------------------------

struct WordsRequest {
    std::vector<std::filesystem::path> pack_folders;  // each holds packs and a folder `words`
    std::filesystem::path choices;                    // what was chosen; may be absent
    std::filesystem::path output;                     // the file of compiled words
};
struct WordsReport {
    std::string edition;  // a fingerprint of what went in
    std::uint64_t phrases = 0;
    std::uint64_t subheadings = 0;
    std::uint64_t lines = 0;
    std::uint64_t choices_refused = 0;  // lines of `choices` that could not be read
    std::uint64_t bytes = 0;
    bool is_unchanged = false;  // what is at `output` was compiled from the same
    bool has_texts = false;
};
// Everything that goods are called, as it stands in the packs.
[[nodiscard]] Result<classify::Knowledge> knowledge(WordsRequest const& request, WordsReport& report);
// Compiles it. Takes some seconds, so nothing is done where `output` already is of the same words.
[[nodiscard]] Result<WordsReport> build_words(WordsRequest const& request);
[[nodiscard]] std::filesystem::path words_of(
    std::filesystem::path const& edition);  // beside it: edition.words
[[nodiscard]] std::filesystem::path choices_in(std::filesystem::path const& data);

// Compiled words, mapped read-only. Refused: `no-books`, `edition-corrupt`, `edition-version`.
class Words {
public:
    [[nodiscard]] static Result<Words> open(std::filesystem::path const& file);
    Words(Words&&) noexcept;
    ~Words();
    [[nodiscard]] classify::Index const& index() const;

private:
    struct Hidden;
    explicit Words(std::unique_ptr<Hidden> hidden);
    std::unique_ptr<Hidden> hidden_;
};

// A decision of a person, kept with its reason: it teaches the hub's own words at the next build.
struct Chosen {
    std::string words;
    std::string language;
    std::string code;
    std::string who;
    std::string when;  // ISO day
    std::string why;
    std::string edition;  // of the words that were asked
    std::vector<classify::Given> given;
};
// Appends one line. Refused: `field-missing`, `too-long`, `bad-goods-code`, `unavailable`.
[[nodiscard]] Result<void> keep(Chosen const& chosen, std::filesystem::path const& file);

// What became of the product rules of one agreement in an import.
struct OriginRulesReport {
    std::string agreement;         // its code; empty where no agreement of the books names this file
    std::string source;            // "uk/kenya"
    std::uint64_t products = 0;    // ranges of codes
    std::uint64_t understood = 0;  // of these wholly
    std::uint64_t partly = 0;      // some of it a person must read
};
// Reads the product rules of the origin files of the UK tariff (an archive with …/rule_sets/<scheme>.json)
// and writes <code>.csv to `data`/agreements, for every agreement of `folders` that names
// the file
// (`rules_from`). Refused: `not-found`, `bad-file`; nothing is written then.
[[nodiscard]] Result<std::vector<OriginRulesReport>> import_origin_rules(
    std::filesystem::path const& file, std::span<std::filesystem::path const> folders,
    std::filesystem::path const& data);

}  // namespace allroads::books
