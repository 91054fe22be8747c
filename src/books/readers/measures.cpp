// The table that people write themselves: one measure a line, in the columns of docs/quote.md.

#include "books/pack.h"

#include <algorithm>
#include <array>
#include <deque>

namespace allroads::books {

namespace {

constexpr std::size_t line_bytes_max = 64U << 10;
constexpr std::size_t record_lines_max = 100;  // a field in quotes may hold line ends, but not a whole table

struct Column {
    std::string_view name;
    std::string MeasureLine::* place;
    bool required = false;
};
constexpr std::array<Column, 17> columns = {{
    {"market", &MeasureLine::market, true},
    {"hs", &MeasureLine::hs},
    {"kind", &MeasureLine::kind, true},
    {"program", &MeasureLine::program},
    {"origins", &MeasureLine::origins},
    {"excluded", &MeasureLine::excluded},
    {"duty", &MeasureLine::duty, true},
    {"valid_from", &MeasureLine::valid_from},
    {"valid_to", &MeasureLine::valid_to},
    {"known_from", &MeasureLine::known_from},
    {"conditions", &MeasureLine::conditions},
    {"stack", &MeasureLine::stack},
    {"legal", &MeasureLine::legal, true},
    {"title", &MeasureLine::title},
    {"url", &MeasureLine::url},
    {"checked_on", &MeasureLine::checked_on},
    {"confidence", &MeasureLine::confidence, true},
}};

// The lines of a file with their numbers. Lines that were looked at as part of a record can be given back.
class Lines {
public:
    explicit Lines(Input& input) : input_(input) {}

    // The line `ahead` places behind the next one; nothing beyond the end of the file.
    Result<std::string const*> peek(std::size_t ahead) {
        while (waiting_.size() <= ahead) {
            auto line = input_.line(line_bytes_max);
            if (!line)
                return std::unexpected(
                    line.error().within("line " + std::to_string(next_ + waiting_.size())));
            if (!*line) return nullptr;
            auto text = **line;
            if (next_ + waiting_.size() == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
            waiting_.emplace_back(text);
        }
        return &waiting_[ahead];
    }
    void drop(std::size_t count) {
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
        next_ += count;
    }
    [[nodiscard]] std::uint64_t number() const { return next_; }

private:
    Input& input_;
    std::deque<std::string> waiting_;
    std::uint64_t next_ = 1;
};

bool is_open(std::string_view record) { return std::ranges::count(record, '"') % 2 != 0; }

// The fields of the record that begins at the next line, and over how many lines it goes; no lines if there
// is none. A record over several lines must have `width` fields: a stray quote is then one bad line, and
// those behind it are read for themselves.
struct Record {
    std::size_t lines = 0;
    bool is_good = false;
};
Result<Record> take_record(Lines& lines, std::size_t width, std::vector<std::string>& fields) {
    auto const* const first = TRY(lines.peek(0));
    if (first == nullptr) return Record{};
    if (split_csv(*first, fields)) return Record{1, true};
    if (!is_open(*first)) return Record{1, false};
    std::string record = *first;
    for (std::size_t ahead = 1; ahead < record_lines_max && record.size() <= line_bytes_max; ++ahead) {
        auto const* const more = TRY(lines.peek(ahead));
        if (more == nullptr) break;
        record += '\n';
        record += *more;
        if (is_open(record)) continue;
        if (split_csv(record, fields) && fields.size() == width) return Record{ahead + 1, true};
        break;
    }
    return Record{1, false};
}

using Places = std::vector<std::string MeasureLine::*>;

Result<Places> read_header(Lines& lines) {
    std::vector<std::string> names;
    auto const record = TRY(take_record(lines, columns.size(), names));
    if (!record.is_good)
        return refuse(Code::bad_file, "line 1",
                      "a header line was expected: " + std::string(measures_header));
    lines.drop(record.lines);
    Places places;
    for (auto const& name : names) {
        auto const* const column = std::ranges::find(columns, trim(name), &Column::name);
        if (column == columns.end()) {
            return refuse(
                Code::bad_file, "line 1",
                "no column is called " + excerpt(name) + "; the columns are " + std::string(measures_header));
        }
        if (std::ranges::find(places, column->place) != places.end()) {
            return refuse(Code::bad_file, "line 1",
                          "the column " + std::string(column->name) + " stands there twice");
        }
        places.push_back(column->place);
    }
    for (auto const& column : columns) {
        if (column.required && std::ranges::find(places, column.place) == places.end()) {
            return refuse(Code::bad_file, "line 1", "the column " + std::string(column.name) + " is missing");
        }
    }
    return places;
}

// A table of one's own is added to what is there: each file is a pack named after it, and importing it again
// replaces that one.
std::string pack_name(std::filesystem::path const& file) {
    std::string name = "measures-";
    for (char const c : file.stem().string()) {
        bool const plain =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        name += plain ? c : '-';
    }
    return name.substr(0, 100);
}

class MeasureTable {
public:
    MeasureTable(Input& input, PackWriter& out, std::string market)
        : lines_(input), out_(out), market_(std::move(market)) {}

    Result<void> read() {
        places_ = TRY(read_header(lines_));
        std::vector<std::string> fields;
        while (true) {
            auto const record = TRY(take_record(lines_, places_.size(), fields));
            if (record.lines == 0) return {};
            auto const number = lines_.number();
            if (auto const* const line = TRY(lines_.peek(0)); trim(*line).empty()) {
                lines_.drop(1);
                continue;
            }
            lines_.drop(record.lines);
            out_.count_record();
            if (record.is_good) {
                take(fields, number);
            } else {
                out_.refuse(number, "a quote is not closed, or something follows a closing quote");
            }
        }
    }
    [[nodiscard]] std::string const& only_market() const { return only_market_; }
    [[nodiscard]] std::string const& newest() const { return newest_; }

private:
    void take(std::vector<std::string> const& fields, std::uint64_t number) {
        if (fields.size() != places_.size()) {
            out_.refuse(number, std::to_string(fields.size()) + " fields where the header has " +
                                    std::to_string(places_.size()));
            return;
        }
        MeasureLine line;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (!is_clean(fields[i])) {
                auto const* const column = std::ranges::find(columns, places_[i], &Column::place);
                out_.refuse(number, std::string(column->name) + ": not UTF-8, or with control characters");
                return;
            }
            line.*places_[i] = trim(fields[i]);
        }
        if (line.market.empty()) line.market = market_;
        if (!is_first_ && line.market != only_market_) only_market_.clear();
        if (is_first_) only_market_ = line.market;
        is_first_ = false;
        if (auto const day = Day::parse(line.checked_on)) newest_ = std::max(newest_, day->text());
        out_.measure(line, number);
    }

    Lines lines_;
    PackWriter& out_;
    std::string market_;
    Places places_;
    std::string only_market_;  // empty where the lines are of several
    std::string newest_;       // day on which a line was last checked
    bool is_first_ = true;
};

}  // namespace

Result<void> read_measures(Input& input, ReaderOptions const& options, PackWriter& out) {
    auto const name = pack_name(input.file());
    if (!TRY(input.next_member())) return refuse(Code::bad_file, "file", "it is empty");
    do {
        MeasureTable table(input, out, options.market);
        TRY_VOID(table.read());
        if (out.value("market").empty()) out.set("market", table.only_market());
        if (out.value("dated").empty())
            out.set("dated", options.dated ? options.dated->text() : table.newest());
    } while (TRY(input.next_member()));
    out.set("pack", name);
    out.set("series", name);
    if (out.value("title").empty()) out.set("title", "Measures of " + input.file().filename().string());
    return {};
}

}  // namespace allroads::books
