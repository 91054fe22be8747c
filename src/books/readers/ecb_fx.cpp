// Euro foreign exchange reference rates of the European Central Bank: one CSV line a day, one column a currency,
// units for one euro. Published as eurofxref-hist.zip.

#include "books/pack.h"

#include <set>

namespace allroads::books {

namespace {

struct Column {
    std::string currency;
    bool known = false;
};

std::vector<Column> columns_of(std::vector<std::string> const& header, PackWriter& out) {
    std::vector<Column> columns;
    for (std::size_t i = 1; i < header.size(); ++i) {
        auto const code = std::string(trim(header[i]));
        bool const known = Currency::parse(code).has_value();
        if (!known && !code.empty()) {
            out.refuse(1, "column " + excerpt(code) + " is not a currency of ISO 4217 in use; its days are left out");
        }
        columns.push_back({code, known});
    }
    return columns;
}

}  // namespace

Result<void> read_ecb_fx(Input& input, ReaderOptions const&, PackWriter& out) {
    if (!TRY(input.next_member())) return refuse(Code::bad_file, "file", "it is empty");
    std::vector<std::string> fields;
    std::vector<Column> columns;
    std::string newest;
    std::uint64_t number = 0;
    while (auto const line = TRY(input.line())) {
        ++number;
        if (trim(*line).empty()) continue;
        if (!split_csv(*line, fields)) {
            out.refuse(number, "a quote is not closed");
            continue;
        }
        if (columns.empty()) {
            if (trim(fields.front()) != "Date" || fields.size() < 2) {
                return refuse(Code::bad_file, "file", "its first line does not begin with Date and currencies, as the "
                              "ECB's history does");
            }
            columns = columns_of(fields, out);
            continue;
        }
        out.count_record();
        auto const day = std::string(trim(fields.front()));
        newest = std::max(newest, day);
        for (std::size_t i = 1; i < fields.size() && i <= columns.size(); ++i) {
            auto const units = trim(fields[i]);
            if (!columns[i - 1].known || units.empty() || units == "N/A") continue;
            out.fx({"EUR", columns[i - 1].currency, day, std::string(units)}, number);
        }
    }
    out.set("title", "European Central Bank, euro foreign exchange reference rates");
    out.set("market", "EUR");
    out.set("dated", newest);
    return {};
}

}  // namespace allroads::books
