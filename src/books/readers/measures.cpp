// Our own table of measures (docs/quote.md, "Rule packs and books"): what a local expert writes by hand.

#include "books/pack.h"

#include <algorithm>
#include <array>

namespace allroads::books {

namespace {

constexpr std::size_t line_bytes_max = 64U * 1024;

using Place = std::string MeasureLine::*;
struct Column {
    std::string_view name;
    Place place;
};
constexpr std::array<Column, 17> columns = {{{"market", &MeasureLine::market},
                                             {"hs", &MeasureLine::hs},
                                             {"kind", &MeasureLine::kind},
                                             {"program", &MeasureLine::program},
                                             {"origins", &MeasureLine::origins},
                                             {"excluded", &MeasureLine::excluded},
                                             {"duty", &MeasureLine::duty},
                                             {"valid_from", &MeasureLine::valid_from},
                                             {"valid_to", &MeasureLine::valid_to},
                                             {"known_from", &MeasureLine::known_from},
                                             {"conditions", &MeasureLine::conditions},
                                             {"stack", &MeasureLine::stack},
                                             {"legal", &MeasureLine::legal},
                                             {"title", &MeasureLine::title},
                                             {"url", &MeasureLine::url},
                                             {"checked_on", &MeasureLine::checked_on},
                                             {"confidence", &MeasureLine::confidence}}};

Result<std::vector<Place>> header_of(std::vector<std::string> const& fields) {
    std::vector<Place> places;
    for (auto const& field : fields) {
        auto const* column = std::ranges::find(columns, trim(field), &Column::name);
        if (column == columns.end()) {
            return refuse(Code::bad_file, "file", "no column is called " + excerpt(field) + "; expected " +
                          std::string(measures_header));
        }
        places.push_back(column->place);
    }
    for (auto const& column : columns) {
        bool const required = column.name == "market" || column.name == "kind" || column.name == "duty" ||
                              column.name == "legal" || column.name == "confidence";
        if (required && std::ranges::find(places, column.place) == places.end()) {
            return refuse(Code::bad_file, "file", "the column " + std::string(column.name) + " is missing");
        }
    }
    return places;
}

}  // namespace

Result<void> read_measures(Input& input, ReaderOptions const& options, PackWriter& out) {
    if (!TRY(input.next_member())) return refuse(Code::bad_file, "file", "it is empty");
    std::vector<std::string> fields;
    std::vector<Place> places;
    std::string checked;
    std::uint64_t number = 0;
    while (auto const line = TRY(input.line(line_bytes_max))) {
        ++number;
        auto text = *line;
        if (number == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
        if (trim(text).empty()) continue;
        if (!split_csv(text, fields)) {
            out.refuse(number, "a quote is not closed");
            continue;
        }
        if (places.empty()) {
            places = TRY(header_of(fields));
            continue;
        }
        out.count_record();
        if (fields.size() != places.size()) {
            out.refuse(number, "it has " + std::to_string(fields.size()) + " fields; the header has " +
                       std::to_string(places.size()));
            continue;
        }
        MeasureLine measure;
        for (std::size_t i = 0; i < fields.size(); ++i) measure.*places[i] = fields[i];
        if (measure.market.empty()) measure.market = options.market;
        checked = std::max(checked, measure.checked_on);
        out.measure(measure, number);
    }
    // A table of one's own is added to, not superseded: each file is a pack named after it.
    out.set("pack", "measures-" + input.file().stem().string());
    out.set("series", "measures/" + input.file().stem().string());
    out.set("title", "Measures of " + input.file().filename().string());
    if (!checked.empty()) out.set("dated", checked);
    return {};
}

}  // namespace allroads::books
