#pragma once
// The pack: a folder of plain files that a local expert reads and corrects, and what every reader writes.
//
//   pack.toml      who says so: title, market, source file, its date and SHA-256; market rules where the pack
//   has them measures.csv   the table of docs/quote.md, one measure a line lines.csv
//   market,hs,text,unit,declarable,group: the nomenclature fx.csv         base,currency,day,units: exchange
//   rates, units of `currency` for one of `base` phrases.csv    hs,language,text: words of the trade for
//   which an authority names a code agricultural.csv
//   market,code,component,amount,currency,valid_from,valid_to: Meursing amounts per 100 kg
//   quotas.csv     market,order,volume,balance,unit,state,as_of,valid_from,valid_to,legal,url
//   freight.csv    rate tables of carriers; a sheet of its own form (freight_sheet.h, docs/freight.md)
//
// All tables are UTF-8 CSV of RFC 4180 with a header line.

#include "base/base.h"
#include "books/books.h"
#include "books/plausible.h"
#include "goods/goods.h"
#include "money/money.h"
#include "tariff/tariff.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace allroads::books {

// One line of measures.csv. Texts are as written; `check_measure` says whether they can be compiled.
struct MeasureLine {
    std::string market;   // ISO country or the code of a customs union ("EU", "ECOWAS")
    std::string hs;       // 2 to 12 digits, or empty
    std::string kind;     // "third-country", "preference", "suspension", "quota", "surcharge", "vat", "fee" …
    std::string program;  // "AGOA"; empty for the ordinary duty
    std::string origins;  // countries or groups, by spaces; empty = all
    std::string excluded;
    std::string duty;        // as the law writes it
    std::string valid_from;  // ISO day or empty
    std::string valid_to;    // ISO day or empty; inclusive
    std::string known_from;  // ISO day or empty
    std::string conditions;  // "proof=AGOA;road=post"
    std::string stack;       // "excludes=S122"
    std::string legal;       // the law
    std::string title;       // of the source
    std::string url;
    std::string checked_on;  // ISO day
    std::string confidence;  // "official", "secondary", "assumed"
};
// One line of documents.csv: a paper, a marking or a duty to tell, or a rule that keeps goods out.
struct DocumentLine {
    std::string market;   // whose border asks: ISO country or the code of a customs union
    std::string side;     // "import", or "export": `market` is then where the goods leave
    std::string hs;       // 2 to 12 digits, or empty; at most 6 for export
    std::string origins;  // countries or groups, by spaces; empty = all
    std::string excluded;
    std::string code;  // "PHYTO"
    std::string kind;  // "document", "licence", "certificate" …
    std::string name;
    std::string purpose;
    std::string issuer;
    std::string days;        // usual number of days to obtain it, or words; empty = not known
    std::string cost;        // "25 EUR"; empty = not known
    std::string conditions;  // as of measures
    std::string valid_from;
    std::string valid_to;
    std::string known_from;
    std::string legal;  // the law; required
    std::string title;  // of the source
    std::string url;
    std::string checked_on;
    std::string confidence;
};
inline constexpr std::size_t document_code_max = 32;    // letters of a code
inline constexpr std::size_t phrase_bytes_max = 400;    // of the trade words for one code
inline constexpr std::size_t document_words_max = 600;  // bytes of one column
inline constexpr std::string_view measures_header =
    "market,hs,kind,program,origins,excluded,duty,valid_from,valid_to,known_from,conditions,stack,legal,"
    "title,url,"
    "checked_on,confidence";

struct NomenclatureLine {
    std::string market;
    std::string hs;
    std::string text;
    std::string unit;
    bool declarable = false;
    std::string group = {};  // headings without a code between this line and the code above it, by " > "
};

// One line of phrases.csv: words of the trade that an authority points to a code.
struct PhraseLine {
    std::string hs;        // several by spaces
    std::string language;  // "en"
    std::string text;
};

struct FxLine {
    std::string base;
    std::string currency;
    std::string day;
    std::string units;
};

// One line of quotas.csv: what an authority publishes of a quota in one period.
// Goods that fall under another subheading in another pack; market "*" is every one.
struct PackingLine {
    std::string market, hs, instead, how, legal, url;
};
struct QuotaLine {
    std::string market;
    std::string order;    // "051104"
    std::string volume;   // decimal or empty
    std::string balance;  // what is left on `as_of`; empty where it was not published
    std::string unit;
    std::string state;  // open, critical, exhausted, suspended, blocked
    std::string as_of;
    std::string valid_from;
    std::string valid_to;
    std::string legal;
    std::string url;
};

struct AgriculturalLine {
    std::string market;
    std::string code;       // Meursing additional code, four digits
    std::string component;  // "EA", "ADSZ", "ADFM", "EAR", "ADSZR", "ADFMR"
    std::string amount;
    std::string currency;
    std::string valid_from;
    std::string valid_to;
};

// ---- CSV
// --------------------------------------------------------------------------------------------------------

// Splits one CSV record into fields. `line` has no line end unless inside quotes. False: a quote is left open
// or something follows a closing quote.
[[nodiscard]] bool split_csv(std::string_view line, std::vector<std::string>& fields);
void append_csv(std::string& out, std::string_view field);  // quotes where needed
class Input;
struct FreightSheet;
// The next record, which may span lines inside quotes. False at the end; refused (`bad-file`) if a quote is
// left open.
[[nodiscard]] Result<bool> next_record(Input& input, std::vector<std::string>& fields);

// ---- what a reader reads from
// --------------------------------------------------------------------------------------

// Bytes of one official file, decompressed on the way (.gz, .xz, .zip, .tar by content, not by name). Reads
// in blocks; the SHA-256 is of the file as it lies on the disk. An archive is read as its members one after
// the other.
class Input {
public:
    [[nodiscard]] static Result<Input> open(std::filesystem::path const& file);
    // The same over bytes that outlive the input; `name` stands for the file name.
    [[nodiscard]] static Result<Input> from_memory(std::string_view name, std::string_view bytes);
    // What a file may become when it is unpacked: beyond this it is refused (`too-long`), because somebody
    // packed it to exhaust us. Real tariff files shrink by 10 to 60 times.
    static constexpr std::uint64_t member_bytes_max = std::uint64_t{2} << 30;
    static constexpr std::uint64_t ratio_max = 300;
    static constexpr std::uint64_t ratio_free_bytes = std::uint64_t{64}
                                                      << 20;  // the ratio is not looked at below
    static constexpr std::size_t members_max = 10000;

    Input(Input&&) noexcept;
    Input& operator=(Input&&) noexcept;
    ~Input();

    // The next member of an archive (a plain or .gz file has one, named as the file without .gz). False at
    // the end.
    [[nodiscard]] Result<bool> next_member();
    [[nodiscard]] std::string_view member() const;
    // The next block of the member; empty at its end. Valid until the next call.
    [[nodiscard]] Result<std::string_view> block();
    // The next line without its line end; nothing at the end. A line beyond `limit` bytes is refused
    // (`too-long`).
    [[nodiscard]] Result<std::optional<std::string_view>> line(std::size_t limit = 1U << 20);
    // The whole member, refused beyond `limit` bytes: for formats that are one small document.
    [[nodiscard]] Result<std::string> rest(std::size_t limit);
    [[nodiscard]] std::filesystem::path const& file() const;

private:
    struct Hidden;
    explicit Input(std::unique_ptr<Hidden> hidden);
    std::unique_ptr<Hidden> hidden_;
};
[[nodiscard]] Result<std::string> sha256_of(std::filesystem::path const& file);  // hexadecimal

// ---- what a reader writes to
// ---------------------------------------------------------------------------------------

// Where a reader puts what it finds. Everything goes to a folder beside the pack, which takes its place only
// on commit; on destruction without commit nothing is left.
class PackWriter {
public:
    // `folder` is the final place of the pack. With `dry_run` everything is checked and counted, nothing
    // written.
    [[nodiscard]] static Result<PackWriter> create(std::filesystem::path folder, bool dry_run);
    PackWriter(PackWriter&&) noexcept;
    PackWriter& operator=(PackWriter&&) noexcept;
    ~PackWriter();

    // A line that cannot be compiled is refused (counted in the report with `record`), not written.
    void measure(MeasureLine const& line, std::uint64_t record);
    void line(NomenclatureLine const& line, std::uint64_t record);
    void phrase(PhraseLine const& line, std::uint64_t record);
    void fx(FxLine const& line, std::uint64_t record);
    void agricultural(AgriculturalLine const& line, std::uint64_t record);
    void quota(QuotaLine const& line, std::uint64_t record);
    void freight(FreightSheet const& sheet);  // sound, as read_sheet gives it
    void refuse(std::uint64_t record, std::string reason);
    void count_record() { ++report_.records; }
    void note(std::string note) { report_.notes.push_back(std::move(note)); }

    // Keys of pack.toml that the reader knows: "title", "series", "market", "dated", "complete" …
    void set(std::string const& key, std::string value) { keys_[key] = std::move(value); }
    [[nodiscard]] std::string value(std::string const& key) const;
    [[nodiscard]] ImportReport const& report() const { return report_; }
    [[nodiscard]] ImportReport& report() { return report_; }
    // What the codes and duties look like as a whole, for `looks_invented`.
    [[nodiscard]] Traits const& traits() const { return traits_; }
    // Writes pack.toml from the keys and puts everything at `folder`, in place of what was there.
    [[nodiscard]] Result<void> commit(std::filesystem::path const& folder);
    [[nodiscard]] Result<void> commit();  // at the folder given to create()

private:
    struct Files;
    PackWriter();
    std::unique_ptr<Files> files_;
    ImportReport report_;
    Traits traits_;
    std::map<std::string, std::string> keys_;
};
// Why a measure cannot be compiled: names the column and what was expected. An unreadable duty is not a
// mistake.
[[nodiscard]] Result<void> check_measure(MeasureLine const& line);

// The text of a duty for measures.csv: as it was written where that reads the same without knowing whose
// dialect it is, else in the canonical form.
[[nodiscard]] std::string plain_text(tariff::DutyText const& duty);

// ---- readers
// --------------------------------------------------------------------------------------------------------

struct ReaderOptions {
    std::string market;        // --market; empty: the reader's own
    std::optional<Day> dated;  // --dated: day of the publication, where the file does not say
};
// Reads all of `input`. Errors are for files that are not of this source at all; single bad records are
// refused on the writer and reading goes on. Memory does not grow with the file.
using Read = Result<void> (*)(Input& input, ReaderOptions const& options, PackWriter& out);
struct Reader {
    std::string_view source;  // "us-hts"
    std::string_view market;  // default market; empty if the file or --market says
    std::string_view about;   // one line for --help
    Read read;
};
[[nodiscard]] std::span<Reader const> readers();

Result<void> read_us_hts(Input& input, ReaderOptions const& options, PackWriter& out);
Result<void> read_uk_commodity(Input& input, ReaderOptions const& options, PackWriter& out);
Result<void> read_eu_cn8(Input& input, ReaderOptions const& options, PackWriter& out);
Result<void> read_taric_xml(Input& input, ReaderOptions const& options, PackWriter& out);
Result<void> read_au_schedule(Input& input, ReaderOptions const& options, PackWriter& out);
Result<void> read_unctad_afcfta(Input& input, ReaderOptions const& options, PackWriter& out);
Result<void> read_hs_texts(Input& input, ReaderOptions const& options, PackWriter& out);
Result<void> read_uk_search_references(Input& input, ReaderOptions const& options, PackWriter& out);
Result<void> read_ecb_fx(Input& input, ReaderOptions const& options, PackWriter& out);
Result<void> read_measures(Input& input, ReaderOptions const& options, PackWriter& out);
Result<void> read_freight(Input& input, ReaderOptions const& options, PackWriter& out);

}  // namespace allroads::books
