#include "feeds/table.h"
#include "feeds/xml.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <functional>
#include <map>

namespace allroads::feeds {

namespace {

// ---- the archive ------------------------------------------------------------------------------------------

struct ArchiveCloser {
    void operator()(archive* a) const { archive_read_free(a); }
};
using Parts = std::map<std::string, std::string, std::less<>>;

Result<std::string> unpacked(archive* a, std::size_t& budget, std::string_view file) {
    std::string out;
    while (true) {
        void const* block = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        int const status = archive_read_data_block(a, &block, &size, &offset);
        if (status == ARCHIVE_EOF) return out;
        if (status != ARCHIVE_OK)
            return refuse(Code::bad_file, file, "the spreadsheet is damaged or was cut");
        if (size > budget) return refuse(Code::too_long, file, "unpacked, the spreadsheet is too large");
        budget -= size;
        out.append(static_cast<char const*>(block), size);
    }
}

// The parts of the archive that `wanted` names, unpacked within `budget` bytes.
Result<Parts> parts_of(File const& file, std::function<bool(std::string_view)> const& wanted,
                       std::size_t& budget) {
    std::unique_ptr<archive, ArchiveCloser> const a(archive_read_new());
    // By its directory at the end: an archive that was cut has none.
    archive_read_support_format_zip_seekable(a.get());
    if (archive_read_open_memory(a.get(), file.bytes.data(), file.bytes.size()) != ARCHIVE_OK)
        return refuse(Code::bad_file, file.name, "the file is no spreadsheet (XLSX)");
    Parts parts;
    for (std::size_t count = 0;; ++count) {
        archive_entry* entry = nullptr;
        int const status = archive_read_next_header(a.get(), &entry);
        if (status == ARCHIVE_EOF) return parts;
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            return refuse(Code::bad_file, file.name, "the spreadsheet is damaged or was cut");
        if (count == archive_entries_max)
            return refuse(Code::too_long, file.name, "the archive has too many parts");
        char const* const path = archive_entry_pathname(entry);
        if (path == nullptr || !wanted(path)) continue;
        if (archive_entry_is_encrypted(entry) != 0)
            return refuse(Code::bad_file, file.name, "the spreadsheet is locked with a password");
        if (!parts.emplace(path, TRY(unpacked(a.get(), budget, file.name))).second)
            return refuse(Code::bad_file, file.name, "the archive has two parts of one name");
    }
}

// ---- where the first sheet is -----------------------------------------------------------------------------

Result<std::string> first_sheet(Parts const& parts, std::string_view file) {
    auto const workbook = parts.find("xl/workbook.xml");
    auto const relations = parts.find("xl/_rels/workbook.xml.rels");
    if (workbook == parts.end() || relations == parts.end())
        return refuse(Code::bad_file, file, "the archive holds no workbook: it is no spreadsheet (XLSX)");
    pugi::xml_document book;
    TRY_VOID(load_xml(book, workbook->second, file));
    pugi::xml_node const sheet = child_named(child_named(child_named(book, "workbook"), "sheets"), "sheet");
    std::string_view id;
    for (pugi::xml_attribute const& attribute : sheet.attributes()) {
        std::string_view const name = attribute.name();
        if (name.ends_with(":id")) id = attribute.value();
    }
    pugi::xml_document links;
    TRY_VOID(load_xml(links, relations->second, file));
    for (pugi::xml_node const& link : child_named(links, "Relationships").children()) {
        if (link.attribute("Id").value() != id || id.empty()) continue;
        std::string_view const target = link.attribute("Target").value();
        return target.starts_with('/') ? std::string(target.substr(1)) : "xl/" + std::string(target);
    }
    return refuse(Code::bad_file, file, "the workbook names no sheet");
}

// ---- cells ------------------------------------------------------------------------------------------------

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}
// Whether "_x" and four hexadecimal digits stand there.
bool may_begin_escape(std::string_view text) {
    return text.size() >= 6 && text.starts_with("_x") &&
           std::ranges::all_of(text.substr(2, 4), [](char c) { return hex_value(c) >= 0; });
}
// "_x000D_" stands for a character that XML cannot carry (ECMA-376, ST_Xstring).
std::string without_escapes(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        char32_t letter = 0;
        if (at + 6 < text.size() && text[at + 6] == '_' && may_begin_escape(text.substr(at))) {
            for (char const c : text.substr(at + 2, 4))
                letter = letter << 4U | static_cast<char32_t>(hex_value(c));
            if (letter >= 0xD800 && letter <= 0xDFFF) letter = 0;
        }
        if (letter == 0) {
            out.push_back(text[at]);
            continue;
        }
        append_utf8(out, letter);
        at += 6;
    }
    return out;
}

// The text of <si> or <is>: one <t>, or runs of them; readings (<rPh>) are no part of it.
std::string text_in(pugi::xml_node const& node) {
    std::string out;
    for (pugi::xml_node const& child : node.children()) {
        if (local_name(child) == "t") out += child.child_value();
        if (local_name(child) == "r") out += child_named(child, "t").child_value();
    }
    return without_escapes(out);
}

struct SheetReader {
    std::string_view file;
    Table& table;
    std::vector<std::string_view> shared = {};

    Result<void> read_shared(std::string const& text) {
        pugi::xml_document document;
        TRY_VOID(load_xml(document, text, file));
        for (pugi::xml_node const& item : child_named(document, "sst").children())
            if (local_name(item) == "si") shared.push_back(table.owned.emplace_back(text_in(item)));
        return {};
    }

    Result<std::string_view> value(pugi::xml_node const& cell, std::size_t row, std::size_t column) {
        std::string_view const type = cell.attribute("t").value();
        if (type == "inlineStr")
            return std::string_view(table.owned.emplace_back(text_in(child_named(cell, "is"))));
        std::string_view const stored = child_named(cell, "v").child_value();
        if (type == "s") {
            std::size_t index = 0;
            for (char const c : stored) {
                if (c < '0' || c > '9' || index > shared.size()) index = SIZE_MAX / 16;
                index = index * 10 + static_cast<std::size_t>(c - '0');
            }
            if (stored.empty() || index >= shared.size())
                return refuse(Code::bad_file, place(file, row, column + 1),
                              "the cell names a text that is not there");
            return shared[index];
        }
        if (type == "str") return std::string_view(table.owned.emplace_back(without_escapes(stored)));
        if (type == "b") return std::string_view(stored == "1" ? "TRUE" : "FALSE");
        if (type == "e")
            return refuse(Code::bad_file, place(file, row, column + 1),
                          "the cell holds an error of a formula: " + excerpt(stored));
        auto shown = shown_number(stored);
        return std::string_view(table.owned.emplace_back(shown ? std::move(*shown) : std::string(stored)));
    }

    // "BC12" is column 54; without a name it is the next one.
    Result<std::size_t> column_of(pugi::xml_node const& cell, std::size_t next, std::size_t row) const {
        std::string_view const name = cell.attribute("r").value();
        std::size_t column = 0;
        for (char const c : name) {
            if (c < 'A' || c > 'Z' || column > columns_max) break;
            column = column * 26 + static_cast<std::size_t>(c - 'A' + 1);
        }
        if (column == 0) column = next + 1;
        if (column > columns_max)
            return refuse(Code::too_long, place(file, row), "a row has at most 1,000 columns");
        if (column <= next)
            return refuse(Code::bad_file, place(file, row), "the cells of a row are out of order");
        return column - 1;
    }

    Result<std::vector<std::string_view>> cells_of(pugi::xml_node const& row, std::size_t number) {
        std::vector<std::string_view> cells;
        for (pugi::xml_node const& cell : row.children()) {
            if (local_name(cell) != "c") continue;
            std::size_t const column = TRY(column_of(cell, cells.size(), number));
            cells.resize(column + 1);
            cells[column] = TRY(value(cell, number, column));
            if (cells[column].size() > cell_bytes_max)
                return refuse(Code::too_long, place(file, number, column + 1),
                              "a cell of more than a megabyte");
        }
        while (!cells.empty() && cells.back().empty()) cells.pop_back();
        return cells;
    }

    Result<void> add(std::vector<std::string_view> cells, std::uint32_t number) {
        if (!table.columns) {
            std::vector<std::string> columns;
            for (std::string_view const cell : cells) columns.emplace_back(trim(cell));
            table.columns = std::make_shared<std::vector<std::string> const>(std::move(columns));
            return {};
        }
        std::size_t const width = table.columns->size();
        if (cells.size() > width)
            return refuse(Code::bad_file, place(file, number, cells.size()),
                          "the row is wider than the header");
        if (table.rows.size() == rows_max || (table.rows.size() + 1) * width > cells_max)
            return refuse(Code::too_long, place(file, number),
                          "a file has at most 100,000 rows and 5,000,000 cells");
        cells.resize(width);
        table.rows.push_back({number, std::move(cells)});
        return {};
    }

    Result<void> read(std::string const& text) {
        pugi::xml_document document;
        TRY_VOID(load_xml(document, text, file));
        std::uint32_t number = 0;
        for (pugi::xml_node const& row :
             child_named(child_named(document, "worksheet"), "sheetData").children()) {
            if (local_name(row) != "row") continue;
            unsigned const named = row.attribute("r").as_uint(number + 1);
            if (named <= number || named > 1'048'576)
                return refuse(Code::bad_file, place(file, number), "the rows of the sheet are out of order");
            number = named;
            auto cells = TRY(cells_of(row, number));
            if (!cells.empty()) TRY_VOID(add(std::move(cells), number));
        }
        if (!table.columns) return refuse(Code::bad_file, file, "the first sheet is empty");
        return {};
    }
};

// ---- numbers ----------------------------------------------------------------------------------------------

struct Digits {
    std::string digits;  // without leading zeros
    int exponent = 0;    // the value is 0.digits · 10^exponent
};
std::optional<Digits> digits_of(std::string_view text) {
    Digits out;
    bool after_point = false;
    bool any = false;
    std::size_t at = 0;
    for (; at < text.size() && text[at] != 'E' && text[at] != 'e'; ++at) {
        char const c = text[at];
        if (c == '.' && !after_point) {
            after_point = true;
        } else if (c >= '0' && c <= '9') {
            any = true;
            if (c != '0' || !out.digits.empty()) {
                out.digits.push_back(c);
                if (!after_point) ++out.exponent;
            } else if (after_point) {
                --out.exponent;
            }
        } else {
            return {};
        }
    }
    if (!any || text.size() > 64) return {};
    if (at == text.size()) return out;
    std::string_view power = text.substr(at + 1);
    bool const is_negative = power.starts_with('-');
    if (is_negative || power.starts_with('+')) power.remove_prefix(1);
    if (power.empty() || power.size() > 3) return {};
    int value = 0;
    for (char const c : power) {
        if (c < '0' || c > '9') return {};
        value = value * 10 + (c - '0');
    }
    out.exponent += is_negative ? -value : value;
    return out;
}
// To 15 digits, half up, without trailing zeros.
void round_digits(Digits& number) {
    constexpr std::size_t shown = 15;
    if (number.digits.size() > shown) {
        bool up = number.digits[shown] >= '5';
        number.digits.resize(shown);
        for (std::size_t at = shown; up && at-- > 0;) {
            up = number.digits[at] == '9';
            number.digits[at] = up ? '0' : static_cast<char>(number.digits[at] + 1);
        }
        if (up) {
            number.digits.insert(0, "1");
            ++number.exponent;
        }
    }
    while (!number.digits.empty() && number.digits.back() == '0') number.digits.pop_back();
}

}  // namespace

std::optional<std::string> shown_number(std::string_view stored) {
    bool const is_negative = stored.starts_with('-');
    if (is_negative) stored.remove_prefix(1);
    auto number = digits_of(stored);
    if (!number) return {};
    round_digits(*number);
    if (number->digits.empty()) return "0";
    if (number->exponent > 30 || number->exponent < -18) return {};
    std::string out = is_negative ? "-" : "";
    if (number->exponent <= 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-number->exponent), '0');
        return out + number->digits;
    }
    auto const whole = static_cast<std::size_t>(number->exponent);
    if (number->digits.size() <= whole)
        return out + number->digits + std::string(whole - number->digits.size(), '0');
    return out + number->digits.substr(0, whole) + "." + number->digits.substr(whole);
}

bool is_zip(std::string_view bytes) { return bytes.starts_with("PK\x03\x04"); }

Result<Table> read_xlsx(File const& file) {
    if (file.bytes.size() > file_bytes_max)
        return refuse(Code::too_long, file.name, "a file has at most 64 megabytes");
    std::size_t budget = unpacked_bytes_max;
    auto const frame = TRY(parts_of(
        file,
        [](std::string_view name) {
            return name == "xl/workbook.xml" || name == "xl/_rels/workbook.xml.rels";
        },
        budget));
    std::string const sheet = TRY(first_sheet(frame, file.name));
    auto const parts = TRY(parts_of(
        file, [&](std::string_view name) { return name == sheet || name == "xl/sharedStrings.xml"; },
        budget));
    auto const found = parts.find(sheet);
    if (found == parts.end())
        return refuse(Code::bad_file, file.name, "the first sheet is not in the archive");
    Table table;
    table.is_spreadsheet = true;
    SheetReader reader{file.name, table};
    auto const shared = parts.find("xl/sharedStrings.xml");
    if (shared != parts.end()) TRY_VOID(reader.read_shared(shared->second));
    TRY_VOID(reader.read(found->second));
    return table;
}

// ---- writing ----------------------------------------------------------------------------------------------

namespace {

// libxlsxwriter writes to a name only: this is one in memory.
class MemoryFile {
public:
    MemoryFile() : descriptor_(memfd_create("sheet", MFD_CLOEXEC)) {}
    MemoryFile(MemoryFile const&) = delete;
    MemoryFile& operator=(MemoryFile const&) = delete;
    ~MemoryFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
    [[nodiscard]] std::string name() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
    [[nodiscard]] std::optional<std::string> bytes() const {
        off_t const size = ::lseek(descriptor_, 0, SEEK_END);
        if (size <= 0) return {};
        std::string out(static_cast<std::size_t>(size), '\0');
        std::size_t done = 0;
        while (done < out.size()) {
            ssize_t const got =
                ::pread(descriptor_, out.data() + done, out.size() - done, static_cast<off_t>(done));
            if (got <= 0) return {};
            done += static_cast<std::size_t>(got);
        }
        return out;
    }

private:
    int descriptor_;
};

constexpr std::size_t excel_letters_max = 32'767;  // of one cell
std::size_t letters_at_most(std::string_view text) {
    std::size_t letters = 0;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        letters += (byte & 0xC0U) != 0x80 ? 1U : 0U;
        letters += byte >= 0xF0 ? 1U : 0U;  // two units of UTF-16
    }
    return letters;
}

// The library escapes control characters, yet not what only looks like an escape: a text that says "_x000D_"
// would be read as a line end. Its "_" is written as one ("_x005F_"), also where the second "_" is still
// missing, for the escape of a control character may follow and bring it.
std::string with_escapes(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (may_begin_escape(text.substr(at)))
            out += "_x005F_";
        else
            out.push_back(text[at]);
    }
    return out;
}

Result<void> write_cell(lxw_worksheet* sheet, std::size_t row, std::size_t at, std::string_view column,
                        std::string_view cell, lxw_format* format) {
    auto const where = [&] { return excerpt(column) + ", row " + std::to_string(row + 1); };
    if (!is_utf8(cell) || cell.find('\0') != std::string_view::npos)
        return refuse(Code::bad_value, where(), "the text is not UTF-8");
    std::string const text = with_escapes(cell);
    if (letters_at_most(text) > excel_letters_max)
        return refuse(Code::too_long, where(),
                      "a cell of a spreadsheet holds at most 32,767 letters; use CSV");
    lxw_error const status = worksheet_write_string(sheet, static_cast<lxw_row_t>(row),
                                                    static_cast<lxw_col_t>(at), text.c_str(), format);
    if (status != LXW_NO_ERROR) return refuse(Code::too_long, where(), lxw_strerror(status));
    return {};
}

struct BookFreer {
    void operator()(lxw_workbook* book) const { lxw_workbook_free(book); }
};

}  // namespace

Result<std::string> xlsx_of(Grid const& grid) {
    MemoryFile const memory;
    if (!memory.is_open()) return refuse(Code::unavailable, "", "no memory for the spreadsheet");
    std::unique_ptr<lxw_workbook, BookFreer> book(workbook_new(memory.name().c_str()));
    if (book == nullptr) return refuse(Code::unavailable, "", "the spreadsheet cannot be begun");
    lxw_doc_properties properties{};
    properties.created = 946'684'800;  // a fixed day, so that the same products are the same bytes
    workbook_set_properties(book.get(), &properties);
    lxw_worksheet* const sheet = workbook_add_worksheet(book.get(), "Products");
    lxw_format* const bold = workbook_add_format(book.get());
    format_set_bold(bold);
    worksheet_freeze_panes(sheet, 1, 0);
    for (std::size_t at = 0; at < grid.columns.size(); ++at)
        TRY_VOID(write_cell(sheet, 0, at, grid.columns[at], grid.columns[at], bold));
    for (std::size_t row = 0; row < grid.rows.size(); ++row) {
        auto const& cells = grid.rows[row];
        for (std::size_t at = 0; at < cells.size(); ++at)
            if (!cells[at].empty())
                TRY_VOID(write_cell(sheet, row + 1, at, grid.columns[at], cells[at], nullptr));
    }
    lxw_error const status = workbook_close(book.release());  // it frees the book
    if (status != LXW_NO_ERROR) return refuse(Code::unavailable, "", lxw_strerror(status));
    auto bytes = memory.bytes();
    if (!bytes) return refuse(Code::unavailable, "", "the spreadsheet cannot be read back");
    return std::move(*bytes);
}

}  // namespace allroads::feeds
