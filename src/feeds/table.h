#pragma once
// A table of text as it came out of a file: what all kinds are read from.

#include "feeds/feeds.h"

#include <deque>

namespace allroads::feeds {

struct Table {
    struct Row {
        std::uint32_t number = 0;             // as a spreadsheet counts
        std::vector<std::string_view> cells;  // as many as columns
    };
    std::shared_ptr<std::vector<std::string> const> columns = {};
    std::vector<Row> rows = {};
    std::deque<std::string> owned = {};  // what the cells point at; elements do not move
    char delimiter = ',';
    bool is_spreadsheet = false;
    bool was_windows_1252 = false;
    std::vector<std::pair<std::uint32_t, std::size_t>> short_rows = {};  // row and how many cells it had
};

// "products.csv, row 12, column 3": what an Error names as its field.
[[nodiscard]] std::string place(std::string_view file, std::size_t row, std::size_t column = 0);

// ---- CSV --------------------------------------------------------------------------------------------------

// One record after another. A quoted field may hold delimiters, line ends and doubled quotes; anything
// between a closing quote and the next delimiter is refused, as is a quote inside an unquoted field (not
// where tabs delimit: there a quote may stand for inches). No field is copied unless it holds doubled quotes.
class CsvReader {
public:
    // `text` is UTF-8 without NUL and must outlive the views.
    CsvReader(std::string_view text, char delimiter, std::string_view file_name,
              std::deque<std::string>& owned)
        : text_(text), delimiter_(delimiter), file_(file_name), owned_(&owned) {}
    // False at the end. Empty lines are passed over, and counted.
    [[nodiscard]] Result<bool> next(std::vector<std::string_view>& cells);
    [[nodiscard]] std::uint32_t row() const { return row_; }  // of the record that was read last; from 1

private:
    [[nodiscard]] Result<std::string_view> field(std::size_t column);
    [[nodiscard]] Result<std::string_view> quoted(std::size_t column);
    [[nodiscard]] std::unexpected<Error> refused(Code code, std::size_t column, std::string_view why) const;
    std::string_view text_;
    std::size_t at_ = 0;
    char delimiter_;
    std::uint32_t row_ = 0;
    std::string_view file_;
    std::deque<std::string>* owned_;
};
// The bytes of a CSV file of any encoding and delimiter; `score` says how well a header fits some kind.
using HeaderScore = std::size_t (*)(std::span<std::string_view const> header);
[[nodiscard]] Result<Table> read_csv(File const& file, HeaderScore score);
// Quoted where it must be.
void append_csv(std::string& out, std::string_view cell, char delimiter);
// With an apostrophe before what a spreadsheet would take for a formula, and without it again.
[[nodiscard]] std::string guarded(std::string_view cell);
[[nodiscard]] std::string_view unguarded(std::string_view cell);
struct Grid {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
};
[[nodiscard]] std::string csv_of(Grid const& grid, char delimiter, bool with_mark);

// UTF-8 without a mark, of UTF-8, UTF-16 or (where it is neither) Windows-1252. Refuses NUL.
struct Decoded {
    std::string text;
    bool was_windows_1252 = false;
};
[[nodiscard]] Result<Decoded> decoded(std::string_view bytes, std::string_view file);
[[nodiscard]] bool is_utf8(std::string_view text);
void append_utf8(std::string& out, char32_t letter);

// ---- spreadsheets -----------------------------------------------------------------------------------------

[[nodiscard]] bool is_zip(std::string_view bytes);
[[nodiscard]] Result<Table> read_xlsx(File const& file);
// Every cell is text: 0012 and 12.10 stay what they are.
[[nodiscard]] Result<std::string> xlsx_of(Grid const& grid);
// A number as Excel stores it ("19.989999999999998", "1.2E-3"), as it shows it: 15 significant digits.
[[nodiscard]] std::optional<std::string> shown_number(std::string_view stored);

}  // namespace allroads::feeds
