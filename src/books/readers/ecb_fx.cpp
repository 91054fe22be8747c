// Reference rates of the European Central Bank: one line a day, one column a currency, N/A where there is
// none.

#include "books/pack.h"

#include <optional>

namespace allroads::books {

namespace {

constexpr std::size_t line_bytes_max = 16U << 10;
constexpr std::size_t currencies_max = 400;

// Currency columns in the order of the file; nothing for those that are passed over.
using Columns = std::vector<std::optional<Currency>>;

Result<Columns> read_header(Input& input, std::vector<std::string>& fields, PackWriter& out) {
    auto const line = TRY(input.line(line_bytes_max));
    auto text = line.value_or("");
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (!split_csv(text, fields) || fields.size() < 2 || trim(fields[0]) != "Date" ||
        fields.size() > currencies_max) {
        return refuse(Code::bad_file, "line 1",
                      "the columns Date and a currency each were expected, found " + excerpt(text));
    }
    Columns columns;
    std::string gone;
    for (std::size_t i = 1; i < fields.size(); ++i) {
        auto const name = trim(fields[i]);
        if (name.empty()) {
            columns.emplace_back();  // each line ends with a comma
            continue;
        }
        auto const currency = Currency::parse(name);
        if (currency) {
            columns.emplace_back(*currency);
            continue;
        }
        columns.emplace_back();
        out.refuse(1,
                   "column " + excerpt(name) + ": not a currency of ISO 4217 in use; its rates are left out");
        gone += (gone.empty() ? "" : ", ") + excerpt(name, 10);
    }
    if (!gone.empty()) out.note("currencies that are no more: " + gone);
    return columns;
}

class DayLine {
public:
    DayLine(Columns columns, PackWriter& out) : columns_(std::move(columns)), out_(out) {
        line_.base = "EUR";
    }

    void take(std::vector<std::string> const& fields, std::uint64_t number) {
        auto const day = Day::parse(trim(fields[0]));
        if (!day) {
            out_.refuse(number, "Date: " + std::string(day.error().detail()));
            return;
        }
        if (fields.size() != columns_.size() + 1) {
            out_.refuse(number, std::to_string(fields.size()) + " fields where the header has " +
                                    std::to_string(columns_.size() + 1));
            return;
        }
        line_.day = day->text();
        newest_ = std::max(newest_, line_.day);
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            auto const units = trim(fields[i + 1]);
            if (!columns_[i] || units.empty() || units == "N/A") continue;
            line_.currency = columns_[i]->text();
            line_.units = units;
            out_.fx(line_, number);
        }
    }
    [[nodiscard]] std::string const& newest() const { return newest_; }

private:
    Columns columns_;
    PackWriter& out_;
    FxLine line_;
    std::string newest_;
};

Result<void> read_table(Input& input, PackWriter& out) {
    std::vector<std::string> fields;
    DayLine days(TRY(read_header(input, fields, out)), out);
    for (std::uint64_t number = 2;; ++number) {
        auto const line = TRY(input.line(line_bytes_max));
        if (!line) break;
        if (trim(*line).empty()) continue;
        out.count_record();
        if (split_csv(*line, fields)) {
            days.take(fields, number);
        } else {
            out.refuse(number, "a quote is not closed, or something follows a closing quote");
        }
    }
    if (days.newest() > out.value("dated")) out.set("dated", days.newest());
    return {};
}

}  // namespace

Result<void> read_ecb_fx(Input& input, ReaderOptions const&, PackWriter& out) {
    if (!TRY(input.next_member())) return refuse(Code::bad_file, "file", "it is empty");
    do {
        TRY_VOID(read_table(input, out));
    } while (TRY(input.next_member()));
    out.set("title", "European Central Bank, euro foreign exchange reference rates");
    out.set("market", "EUR");
    return {};
}

}  // namespace allroads::books
