#include "feeds/table.h"

#include <algorithm>
#include <array>

namespace allroads::feeds {

std::string place(std::string_view file, std::size_t row, std::size_t column) {
    std::string where(excerpt(file, 80));
    where += ", row " + std::to_string(row);
    if (column != 0) where += ", column " + std::to_string(column);
    return where;
}

// ---- reading ----------------------------------------------------------------------------------------------

std::unexpected<Error> CsvReader::refused(Code code, std::size_t column, std::string_view why) const {
    return refuse(code, place(file_, row_, column + 1), why);
}

Result<std::string_view> CsvReader::quoted(std::size_t column) {
    std::size_t const begin = ++at_;
    std::string* unescaped = nullptr;
    std::size_t from = begin;
    while (true) {
        std::size_t const quote = text_.find('"', at_);
        if (quote == std::string_view::npos)
            return refused(Code::bad_file, column,
                           "a quote is opened here and never closed: was the file cut?");
        if (quote - begin > cell_bytes_max)
            return refused(Code::too_long, column, "a field of more than a megabyte: a quote is missing?");
        at_ = quote + 1;
        if (at_ >= text_.size() || text_[at_] != '"') break;
        if (unescaped == nullptr) unescaped = &owned_->emplace_back();
        unescaped->append(text_.substr(from, at_ - from));
        from = ++at_;
    }
    std::string_view const rest = text_.substr(from, at_ - 1 - from);
    if (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '\n' && text_[at_] != '\r')
        return refused(Code::bad_file, column, "something follows the closing quote of a field");
    if (unescaped == nullptr) return rest;
    unescaped->append(rest);
    return std::string_view(*unescaped);
}

Result<std::string_view> CsvReader::field(std::size_t column) {
    if (at_ < text_.size() && text_[at_] == '"') return quoted(column);
    std::size_t const begin = at_;
    while (at_ < text_.size()) {
        char const c = text_[at_];
        if (c == delimiter_ || c == '\n' || c == '\r') break;
        if (c == '"' && delimiter_ != '\t')
            return refused(Code::bad_file, column,
                           "a quote stands inside a field that does not begin with one");
        ++at_;
    }
    if (at_ - begin > cell_bytes_max)
        return refused(Code::too_long, column, "a field of more than a megabyte");
    return text_.substr(begin, at_ - begin);
}

Result<bool> CsvReader::next(std::vector<std::string_view>& cells) {
    cells.clear();
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) {
        at_ += text_.substr(at_, 2) == "\r\n" ? 2U : 1U;
        ++row_;
    }
    if (at_ >= text_.size()) return false;
    ++row_;
    std::size_t const begin = at_;
    while (true) {
        if (cells.size() == columns_max)
            return refused(Code::too_long, columns_max, "a row has at most 1,000 columns");
        cells.push_back(TRY(field(cells.size())));
        if (at_ - begin > record_bytes_max)
            return refused(Code::too_long, cells.size() - 1, "a row of more than four megabytes");
        if (at_ >= text_.size()) return true;
        if (text_[at_] != delimiter_) break;
        ++at_;
    }
    at_ += text_.substr(at_, 2) == "\r\n" ? 2U : 1U;
    return true;
}

namespace {

// The delimiter whose reading of the first row has the most columns that some kind knows.
char delimiter_of(std::string_view text, HeaderScore score) {
    char best = ',';
    std::size_t best_score = 0;
    for (char const delimiter : {',', ';', '\t'}) {
        std::deque<std::string> owned;
        std::vector<std::string_view> header;
        CsvReader reader(text, delimiter, "", owned);
        auto const read = reader.next(header);
        if (!read || !*read) continue;
        std::size_t const found = score(header);
        if (found > best_score) {
            best = delimiter;
            best_score = found;
        }
    }
    return best;
}

Result<void> read_rows(CsvReader& reader, std::string_view file, Table& table) {
    std::vector<std::string_view> cells;
    std::size_t const width = table.columns->size();
    while (TRY(reader.next(cells))) {
        while (cells.size() > width && cells.back().empty()) cells.pop_back();
        if (cells.size() > width)
            return refuse(Code::bad_file, place(file, reader.row(), cells.size()),
                          "the row has more fields than the header: fields have slipped");
        if (std::ranges::all_of(cells, [](std::string_view cell) { return cell.empty(); })) continue;
        if (table.rows.size() == rows_max)
            return refuse(Code::too_long, place(file, reader.row()), "a file has at most 100,000 rows");
        if ((table.rows.size() + 1) * width > cells_max)
            return refuse(Code::too_long, place(file, reader.row()), "a file has at most 5,000,000 cells");
        if (cells.size() < width) table.short_rows.emplace_back(reader.row(), cells.size());
        cells.resize(width);
        for (std::string_view& cell : cells) cell = unguarded(cell);
        table.rows.push_back({reader.row(), cells});
    }
    return {};
}

constexpr std::string_view dangerous = "=+-@\t\r\n";
// ＝ ＋ － ＠: full-width forms that some spreadsheets take for the same.
constexpr std::array<std::string_view, 4> dangerous_wide = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D",
                                                            "\xEF\xBC\xA0"};
bool begins_dangerously(std::string_view text) {
    if (text.empty()) return false;
    if (dangerous.find(text.front()) != std::string_view::npos) return true;
    return std::ranges::any_of(dangerous_wide, [&](std::string_view sign) { return text.starts_with(sign); });
}
bool is_plain_number(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    bool after_digit = false;
    for (char const c : text) {
        bool const is_digit = c >= '0' && c <= '9';
        if (!is_digit && !(after_digit && (c == '.' || c == ','))) return false;
        after_digit = is_digit;
    }
    return after_digit;
}
std::string_view without_apostrophes(std::string_view text) {
    std::size_t const at = text.find_first_not_of('\'');
    return at == std::string_view::npos ? std::string_view{} : text.substr(at);
}

}  // namespace

Result<Table> read_csv(File const& file, HeaderScore score) {
    auto text = TRY(decoded(file.bytes, file.name));
    Table table;
    table.was_windows_1252 = text.was_windows_1252;
    std::string const& kept = table.owned.emplace_back(std::move(text.text));
    table.delimiter = delimiter_of(kept, score);
    CsvReader reader(kept, table.delimiter, file.name, table.owned);
    std::vector<std::string_view> header;
    if (!TRY(reader.next(header))) return refuse(Code::bad_file, file.name, "the file is empty");
    while (!header.empty() && header.back().empty()) header.pop_back();
    std::vector<std::string> columns;
    for (std::string_view const cell : header) columns.emplace_back(trim(unguarded(cell)));
    table.columns = std::make_shared<std::vector<std::string> const>(std::move(columns));
    TRY_VOID(read_rows(reader, file.name, table));
    return table;
}

// ---- writing ----------------------------------------------------------------------------------------------

// With n apostrophes before a dangerous sign it is written with n + 1, and read with one taken off: so what
// was written is read back whatever it was. Plain numbers, also negative ones, are left alone: they are no
// formula, and a sum over them must work.
std::string guarded(std::string_view cell) {
    if (begins_dangerously(without_apostrophes(cell)) && !is_plain_number(cell))
        return "'" + std::string(cell);
    return std::string(cell);
}
std::string_view unguarded(std::string_view cell) {
    if (cell.starts_with('\'') && begins_dangerously(without_apostrophes(cell))) return cell.substr(1);
    return cell;
}

void append_csv(std::string& out, std::string_view cell, char delimiter) {
    bool must_quote = false;
    for (char const c : cell) must_quote |= c == delimiter || c == '"' || c == '\n' || c == '\r';
    if (!must_quote) {
        out.append(cell);
        return;
    }
    out.push_back('"');
    for (char const c : cell) {
        if (c == '"') out.push_back('"');
        out.push_back(c);
    }
    out.push_back('"');
}

std::string csv_of(Grid const& grid, char delimiter, bool with_mark) {
    std::string out;
    if (with_mark) out += "\xEF\xBB\xBF";
    auto const append_row = [&](std::span<std::string const> cells) {
        for (std::size_t at = 0; at < cells.size(); ++at) {
            if (at != 0) out.push_back(delimiter);
            append_csv(out, guarded(cells[at]), delimiter);
        }
        out += "\r\n";
    };
    append_row(grid.columns);
    for (auto const& row : grid.rows) append_row(row);
    return out;
}

}  // namespace allroads::feeds
