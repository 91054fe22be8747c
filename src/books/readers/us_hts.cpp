// The Harmonized Tariff Schedule of the United States as the USITC publishes it: one JSON array of rows, each
// with an indent and three columns of rates. Rates stand at the row they were enacted for; longer codes under
// it inherit them.

#include "books/json_items.h"
#include "books/pack.h"
#include "books/readers/us_provision.h"
#include "tariff/tariff.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>

namespace allroads::books {

namespace {

constexpr std::string_view url = "https://hts.usitc.gov/";
// General Note 3(b); Belarus and Russia: Public Law 117-110.
constexpr std::string_view column_2_countries = "BY CU KP RU";
constexpr std::size_t references_max = 200'000;  // footnotes that name a chapter 99 heading
constexpr std::size_t headings_of_row_max = 100;
constexpr std::size_t depth_max = 32;
constexpr std::size_t group_words_max = 400;  // bytes of one heading without a code

struct Revision {
    std::string_view name;  // as in the file name
    std::string_view day;   // on which the USITC put it into force
};
// HTS change record, hts.usitc.gov.
constexpr Revision revisions[] = {
    {"2025_basic", "2025-01-01"},  {"2025_rev_1", "2025-01-27"},  {"2025_rev_2", "2025-02-01"},
    {"2025_rev_3", "2025-02-04"},  {"2025_rev_4", "2025-03-04"},  {"2025_rev_5", "2025-03-05"},
    {"2025_rev_6", "2025-03-12"},  {"2025_rev_7", "2025-04-02"},  {"2025_rev_8", "2025-04-03"},
    {"2025_rev_9", "2025-04-05"},  {"2025_rev_10", "2025-04-09"}, {"2025_rev_11", "2025-04-11"},
    {"2025_rev_12", "2025-04-14"}, {"2025_rev_13", "2025-04-22"}, {"2025_rev_14", "2025-05-02"},
    {"2025_rev_15", "2025-05-14"}, {"2025_rev_16", "2025-06-06"}, {"2025_rev_17", "2025-07-01"},
    {"2025_rev_18", "2025-08-07"}, {"2025_rev_19", "2025-08-12"}, {"2025_rev_20", "2025-08-20"},
    {"2025_rev_21", "2025-08-28"}, {"2025_rev_22", "2025-09-03"}, {"2025_rev_23", "2025-09-12"},
    {"2025_rev_24", "2025-09-19"}, {"2025_rev_25", "2025-09-26"}, {"2025_rev_26", "2025-10-06"},
    {"2025_rev_27", "2025-10-15"}, {"2025_rev_28", "2025-10-22"}, {"2025_rev_29", "2025-10-31"},
    {"2025_rev_30", "2025-11-05"}, {"2025_rev_31", "2025-11-12"}, {"2025_rev_32", "2025-12-05"},
    {"2026_basic", "2026-01-01"},  {"2026_rev_1", "2026-01-16"},  {"2026_rev_2", "2026-01-30"},
    {"2026_rev_3", "2026-02-12"},  {"2026_rev_4", "2026-02-24"},  {"2026_rev_5", "2026-04-06"},
    {"2026_rev_6", "2026-04-23"},  {"2026_rev_7", "2026-04-29"},  {"2026_rev_9", "2026-05-28"},
    {"2026_rev_10", "2026-06-08"},
};

// General Note 3(c): the symbols of the special column, the program each stands for, and who may claim it. A
// name that is not a country is a group of the US pack.
struct Symbol {
    std::string_view symbol;
    std::string_view program;
    std::string_view origins;
    bool no_processing_fee = false;  // 19 CFR 24.23(c); the fee is the program MPF of the US packs
};
constexpr Symbol symbols[] = {
    {"A", "GSP", "US-GSP"},
    {"A+", "GSP-LDC", "US-GSP-LDC"},
    {"A*", "GSP", "US-GSP"},
    {"AU", "AUSFTA", "AU", true},
    {"BH", "USBFTA", "BH", true},
    {"CA", "USMCA", "CA", true},
    {"CL", "USCFTA", "CL", true},
    {"CO", "COTPA", "CO", true},
    {"D", "AGOA", "US-AGOA"},
    {"E", "CBERA", "US-CBERA"},
    {"E*", "CBERA", "US-CBERA"},
    {"IL", "USILFTA", "IL", true},
    {"JO", "USJFTA", "JO"},
    {"JP", "USJTA", "JP"},
    {"KR", "KORUS", "KR", true},
    {"MA", "USMFTA", "MA"},
    {"MX", "USMCA", "MX", true},
    {"NP", "NPTPA", "NP"},
    {"OM", "USOFTA", "OM", true},
    {"P", "CAFTA-DR", "US-CAFTA-DR", true},
    {"P+", "CAFTA-DR", "US-CAFTA-DR", true},
    {"PA", "PATPA", "PA", true},
    {"PE", "PTPA", "PE", true},
    {"R", "CBTPA", "US-CBTPA"},
    {"S", "USMCA", "CA MX", true},
    {"S+", "USMCA", "CA MX", true},
    {"SG", "USSFTA", "SG", true},
};

// What a claim under the program displaces: the processing fee; the duties of section 122 and of section 301
// on forced labor (9903.03.07, .08, 9903.05.93 and .94 for goods of the USMCA, 9903.03.09 and 9903.05.95 for
// textiles of the CAFTA-DR); and for goods of the USMCA the duties of the
// emergency orders on Canada and Mexico and those of section 232 on parts of vehicles (9903.01.14 and .04,
// 9903.94.06, 9903.74.10), as the US packs name them.
std::string displaced(Symbol const& symbol, std::string_view code) {
    std::string out = symbol.no_processing_fee ? "excludes=MPF" : "";
    bool const is_textile = code >= "50" && code < "64";
    if (symbol.program == "USMCA" || (symbol.program == "CAFTA-DR" && is_textile)) {
        out += ";excludes=S122;excludes=S301-LABOR";
    }
    if (symbol.program == "USMCA") {
        out += ";excludes=IEEPA-CA;excludes=IEEPA-MX;excludes=S232-AUTO-PARTS;excludes=S232-TRUCK-PARTS";
    }
    return out;
}

std::string digits_of(std::string_view dotted) {
    std::string out;
    for (char const letter : dotted) {
        if (letter >= '0' && letter <= '9') out += letter;
    }
    return out;
}

struct Edition {
    std::string name;        // "2026 revision 10"
    std::string dated;       // of the revision
    std::string valid_from;  // 1 January of its year: the statutory columns change with the year
};
// From --dated, or from the name under which the USITC publishes: hts_2026_rev_10.json.
Result<Edition> edition_of(std::string const& file, ReaderOptions const& options) {
    Edition edition;
    for (auto const& revision : revisions) {
        auto const at = file.find(revision.name);
        // "2026_rev_1" is also the beginning of "2026_rev_10".
        bool const found = at != std::string::npos &&
                           (at + revision.name.size() >= file.size() ||
                            file[at + revision.name.size()] < '0' || file[at + revision.name.size()] > '9');
        if (found) {
            edition.name = revision.name;
            edition.dated = revision.day;
        }
    }
    if (options.dated) edition.dated = options.dated->text();
    if (edition.dated.empty()) {
        return refuse(Code::field_missing, "dated",
                      "the file's name does not say which revision it is; give the day it "
                      "was published with --dated YYYY-MM-DD");
    }
    std::ranges::replace(edition.name, '_', ' ');
    edition.valid_from = edition.dated.substr(0, 4) + "-01-01";
    return edition;
}

class Reading {
public:
    Reading(Edition edition, std::string market, PackWriter& out)
        : edition_(std::move(edition)), market_(std::move(market)), out_(out) {
        title_ = "Harmonized Tariff Schedule of the United States, " + edition_.name;
    }

    void row(boost::json::object const& row, std::uint64_t number) {
        out_.count_record();
        auto code = digits_of(text_of(row, "htsno"));
        // A legal line without statistical lines is printed with the suffix 00; its rate is enacted for eight
        // digits.
        if (code.size() == 10 && code.ends_with("00")) code.resize(8);
        int indent = 0;
        auto const written = text_of(row, "indent");
        std::from_chars(written.data(), written.data() + written.size(), indent);
        auto const level = static_cast<std::size_t>(std::clamp(indent, 0, static_cast<int>(depth_max) - 1));
        Rates const own{std::string(trim(text_of(row, "general"))),
                        std::string(trim(text_of(row, "special"))), std::string(trim(text_of(row, "other")))};
        // What a line is under the headings above it that have no code: "Baskets and bags > Wickerwork".
        auto const group = level == 0 ? std::string() : groups_[level - 1];
        groups_[level] = group;
        if (code.empty()) groups_[level] += (group.empty() ? "" : " > ") + words_of(row);
        auto const above = level == 0 ? Level() : levels_[level - 1];
        auto& here = levels_[level];
        here = above;
        if (!own.general.empty() || !own.other.empty()) here = {own, true, code.empty()};
        if (code.empty()) return;
        if (code.size() < 2 || code.size() > 12 || code.size() % 2 != 0) {
            out_.refuse(number,
                        "htsno: " + excerpt(text_of(row, "htsno")) + " is not a code of 2 to 12 digits");
            return;
        }
        write_line(row, code, group, number);
        if (code.starts_with("99")) {
            provision(row, code, own);
            return;
        }
        auto const headings = named_headings(row, number);
        bool const is_own = !own.general.empty() || !own.other.empty();
        if (is_own || (here.rated && here.from_group)) {
            write_rates(code, here.rates, headings, number);
            // Codes under this one find its rate by their prefix.
            here.from_group = false;
        }
        for (auto const& heading : headings) {
            if (!heading.on_top) continue;
            if (is_held(heading.code)) {
                ++held_;
            } else {
                keep({code, heading.code, "", number});
            }
        }
    }

    // Chapter 99 stands at the end of the file, so what refers to it is written when all is read.
    void finish() {
        std::uint64_t asked = 0;
        for (auto const& reference : references_) {
            auto const found = provisions_.find(reference.heading);
            auto const* provision = found == provisions_.end() ? nullptr : &found->second;
            if (!reference.column_2.empty()) {
                write_column_2(reference, provision);
            } else if (provision != nullptr) {
                asked += write_additional(reference, *provision) ? 0U : 1U;
            }
        }
        if (held_ != 0) {
            out_.note(std::to_string(held_) +
                      " footnotes name duties of section 301 on goods of China, which the pack us-301 holds "
                      "by day and with what is left out of them");
        }
        if (asked != 0) {
            out_.note(std::to_string(asked) +
                      " additional duties of chapter 99 do not say plainly which origins they "
                      "are for; quotes name them as unsettled");
        }
    }

private:
    struct Rates {
        std::string general, special, other;
    };
    struct Level {
        Rates rates;
        bool rated = false;
        bool from_group = false;  // the rates stand at a row without a code
    };
    // A heading of chapter 99.
    struct Provision {
        std::string rate;               // of column 1; empty where it has none
        std::string other;              // of column 2
        std::optional<Country> origin;  // where its words name one plainly
        EntryDays days;
        std::string dotted;
    };
    // A footnote that names such a heading.
    struct Named {
        std::string code;
        bool on_top;    // it stands at column 1
        bool column_2;  // it stands at column 2
    };
    struct Reference {
        std::string code;
        std::string heading;
        std::string
            column_2;  // the rate that the heading takes the place of; empty where it adds to column 1
        std::uint64_t record;
    };

    // The description without its last colon and without markup.
    static std::string words_of(boost::json::object const& row) {
        std::string out;
        bool is_markup = false;
        for (char const letter : trim(text_of(row, "description"))) {
            if (letter == '<') is_markup = true;
            if (!is_markup) out += letter;
            if (letter == '>') is_markup = false;
        }
        while (out.ends_with(':') || out.ends_with(' ')) out.pop_back();
        return excerpt(out, group_words_max);
    }

    void write_line(boost::json::object const& row, std::string const& code, std::string const& group,
                    std::uint64_t number) {
        std::string unit;
        if (auto const* units = array_of(row, "units")) {
            for (auto const& one : *units) {
                if (one.is_string()) unit += (unit.empty() ? "" : ", ") + std::string(one.get_string());
            }
        }
        out_.line({market_, code, std::string(trim(text_of(row, "description"))), unit, !unit.empty(), group},
                  number);
    }

    [[nodiscard]] MeasureLine blank(std::string const& code, std::string_view kind,
                                    std::string_view duty) const {
        MeasureLine line;
        line.market = market_;
        line.hs = code;
        line.kind = kind;
        line.duty = duty;
        line.valid_from = edition_.valid_from;
        line.known_from = edition_.dated;
        line.title = title_;
        line.url = url;
        line.checked_on = edition_.dated;
        line.confidence = "official";
        return line;
    }

    void write_rates(std::string const& code, Rates const& rates, std::vector<Named> const& headings,
                     std::uint64_t number) {
        auto const dotted = GoodsCode::parse(code)->dotted();
        if (!rates.general.empty()) {
            auto line = blank(code, "third-country", rates.general);
            line.excluded = column_2_countries;
            line.legal = "HTSUS " + dotted + ", column 1 general";
            out_.measure(line, number);
        }
        auto const raised = std::ranges::find(headings, true, &Named::column_2);
        if (!rates.other.empty() && raised != headings.end()) {
            keep({code, raised->code, rates.other, number});
        } else if (!rates.other.empty()) {
            column_2(code, rates.other, column_2_countries, "HTSUS " + dotted + ", column 2", number);
        }
        if (!rates.special.empty()) write_special(code, dotted, rates.special, number);
        if (rates.special.empty() && rates.general == "Free") write_fee_relief(code, dotted, number);
    }
    // The special column is empty where the duty is free to everybody; originating goods still save the fee.
    void write_fee_relief(std::string const& code, std::string const& dotted, std::uint64_t number) {
        for (std::string_view const wanted :
             {"AU", "BH", "CL", "CO", "IL", "KR", "OM", "P", "PA", "PE", "S", "SG"}) {
            auto const& symbol = *std::ranges::find(symbols, wanted, &Symbol::symbol);
            auto line = blank(code, "preference", "Free");
            line.program = symbol.program;
            line.origins = symbol.origins;
            line.conditions = "proof=" + std::string(symbol.program);
            line.stack = displaced(symbol, code);
            line.legal = "HTSUS " + dotted + ", column 1 general; 19 CFR 24.23(c)";
            out_.measure(line, number);
        }
    }
    void column_2(std::string const& code, std::string_view rate, std::string_view origins, std::string legal,
                  std::uint64_t number) {
        auto line = blank(code, "third-country", rate);
        line.program = "COLUMN2";
        line.origins = origins;
        line.legal = std::move(legal);
        out_.measure(line, number);
    }
    // Where a heading raises column 2 for one country, as 9903.90.08 does for Russia, its rate takes the
    // other's place.
    void write_column_2(Reference const& reference, Provision const* provision) {
        auto const dotted = GoodsCode::parse(reference.code)->dotted();
        std::string others(column_2_countries);
        if (provision != nullptr && provision->origin && !provision->other.empty()) {
            auto const raised = std::string(provision->origin->text());
            if (auto const at = others.find(raised); at != std::string::npos) others.erase(at, raised.size());
            column_2(reference.code, provision->other, raised,
                     "HTSUS " + provision->dotted + ", for " + dotted, reference.record);
        }
        column_2(reference.code, reference.column_2, trim(others), "HTSUS " + dotted + ", column 2",
                 reference.record);
    }

    void write_special(std::string const& code, std::string const& dotted, std::string const& text,
                       std::uint64_t number) {
        for (auto const& entry : tariff::parse_special(text)) {
            std::string written;  // a program is claimed once, whatever its symbols
            for (auto const& program : entry.programs) {
                auto const* symbol = std::ranges::find(symbols, std::string_view(program), &Symbol::symbol);
                if (symbol == std::end(symbols)) {
                    // B, C, K, L, N: products by use (automotive, aircraft, medicines, dyes), and programs
                    // that ended.
                    skip(program);
                    continue;
                }
                if (written.find(" " + std::string(symbol->program) + " ") != std::string::npos) continue;
                written += " " + std::string(symbol->program) + " ";
                auto line = blank(code, "preference", plain_text(entry.duty));
                line.program = symbol->program;
                line.origins = symbol->origins;
                line.conditions = "proof=" + std::string(symbol->program);
                line.stack = displaced(*symbol, code);
                line.legal = "HTSUS " + dotted + ", column 1 special (" + program + "); General Note 3(c)";
                // The countries that General Note 4(d) names for a line with A* are not in this file.
                if (program == "A*") line.conditions += ";fact.not_named_in_general_note_4d=true";
                out_.measure(line, number);
            }
        }
    }
    void skip(std::string const& program) {
        if (std::ranges::find(skipped_, program) != skipped_.end() || skipped_.size() >= depth_max) return;
        skipped_.push_back(program);
        out_.note("special column symbol " + excerpt(program) +
                  " is not a preference by origin and was left out");
    }

    void provision(boost::json::object const& row, std::string const& code, Rates const& own) {
        if (!code.starts_with("9903") || (own.general.empty() && own.other.empty())) return;
        auto const text = text_of(row, "description");
        provisions_[code] = {own.general, own.other, plain_origin(text), entry_days(text),
                             std::string(trim(text_of(row, "htsno")))};
    }
    // The footnotes do not say since when a line is listed, nor which goods of it: lists 1 to 4A and the
    // increases of 2024 are held in packs/us-301, which stays when the schedule is imported.
    static bool is_held(std::string_view heading) {
        return heading.starts_with("990388") || heading.starts_with("990391");
    }
    static bool has_column(boost::json::object const& note, std::string_view column) {
        auto const* columns = array_of(note, "columns");
        if (columns == nullptr) return false;
        return std::ranges::any_of(*columns, [&](boost::json::value const& one) {
            return one.is_string() && std::string_view(one.get_string()) == column;
        });
    }
    std::vector<Named> named_headings(boost::json::object const& row, std::uint64_t number) {
        std::vector<Named> named;
        auto const* notes = array_of(row, "footnotes");
        if (notes == nullptr) return named;
        for (auto const& note : *notes) {
            if (!note.is_object()) continue;
            auto const text = text_of(note.get_object(), "value");
            bool const other =
                has_column(note.get_object(), "other") && !has_column(note.get_object(), "general");
            for (auto at = text.find("9903."); at != std::string_view::npos;
                 at = text.find("9903.", at + 1)) {
                auto heading = digits_of(text.substr(at, 10));
                if (heading.size() != 8) continue;
                if (named.size() >= headings_of_row_max) {
                    out_.refuse(number, "footnotes: they name more than 100 headings of chapter 99");
                    return named;
                }
                named.push_back({std::move(heading), !other, other});
            }
        }
        return named;
    }
    void keep(Reference reference) {
        if (references_.size() < references_max) {
            references_.push_back(std::move(reference));
            return;
        }
        out_.refuse(reference.record, "footnotes: the file has more than 200000 references to chapter 99");
    }
    // False: which origins it is for is not plain.
    bool write_additional(Reference const& reference, Provision const& provision) {
        auto const more = addition(provision.rate);
        // An exclusion, or a rate that takes the place of another: no charge of its own.
        if (!more) return true;
        auto line = blank(reference.code, "surcharge", *more);
        if (provision.days.from) line.valid_from = std::max(line.valid_from, provision.days.from->text());
        if (provision.days.to) line.valid_to = provision.days.to->text();
        if (!line.valid_to.empty() && line.valid_to < line.valid_from) return true;  // it has ended
        line.program = provision.dotted;
        if (provision.origin) line.origins = provision.origin->text();
        line.legal = "HTSUS " + provision.dotted + ": " + provision.rate;
        // The file does not say since when a line stands under the provision; most do for years.
        line.confidence = "secondary";
        if (!provision.origin) line.conditions = "ask=" + provision.dotted;
        out_.measure(line, reference.record);
        return provision.origin.has_value();
    }

    Edition edition_;
    std::string market_;
    std::string title_;
    PackWriter& out_;
    std::array<Level, depth_max> levels_;
    std::array<std::string, depth_max> groups_;
    std::unordered_map<std::string, Provision> provisions_;
    std::vector<Reference> references_;
    std::vector<std::string> skipped_;
    std::uint64_t held_ = 0;
};

}  // namespace

Result<void> read_us_hts(Input& input, ReaderOptions const& options, PackWriter& out) {
    auto const edition = TRY(edition_of(input.file().filename().string(), options));
    if (!TRY(input.next_member())) return refuse(Code::bad_file, "file", "it is empty");
    out.set("dated", edition.dated);
    out.set("market", options.market.empty() ? "US" : options.market);
    out.set("title", "Harmonized Tariff Schedule of the United States");
    out.set("complete", "true");
    out.note(edition.name + ", in force from " + edition.dated + "; its statutory columns count from " +
             edition.valid_from);
    JsonItems items(input, {});
    Reading reading(edition, options.market.empty() ? "US" : options.market, out);
    while (auto const* item = TRY(items.next())) {
        if (!item->is_object() || !item->get_object().contains("htsno") ||
            !item->get_object().contains("indent")) {
            return refuse(
                Code::bad_file, "file",
                "row " + std::to_string(items.number()) +
                    " has no htsno and indent, so this is not the schedule as the USITC publishes it");
        }
        reading.row(item->get_object(), items.number());
    }
    reading.finish();
    return {};
}

}  // namespace allroads::books
