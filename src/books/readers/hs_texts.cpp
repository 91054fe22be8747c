// The texts of the Harmonized System: CSV section,hscode,description,parent,level.

#include "books/pack.h"

#include <algorithm>

namespace allroads::books {

Result<void> read_hs_texts(Input& input, ReaderOptions const& options, PackWriter& out) {
    if (!TRY(input.next_member())) return refuse(Code::bad_file, "file", "it is empty");
    std::vector<std::string> fields;
    std::ptrdiff_t code_at = -1;
    std::ptrdiff_t text_at = -1;
    std::uint64_t number = 0;
    std::size_t width = 0;
    while (auto const line = TRY(input.line())) {
        ++number;
        if (trim(*line).empty()) continue;
        if (!split_csv(*line, fields)) {
            out.refuse(number, "a quote is not closed");
            continue;
        }
        if (width == 0) {
            width = fields.size();
            auto const place = [&](std::string_view name) {
                auto const found = std::ranges::find(fields, name);
                return found == fields.end() ? -1 : found - fields.begin();
            };
            code_at = place("hscode");
            text_at = place("description");
            if (code_at < 0 || text_at < 0) {
                return refuse(Code::bad_file, "file",
                              "its first line names no columns hscode and description");
            }
            continue;
        }
        out.count_record();
        if (fields.size() != width) {
            out.refuse(number, "it has " + std::to_string(fields.size()) + " fields; the header has " +
                                   std::to_string(width));
            continue;
        }
        auto const& code = fields[static_cast<std::size_t>(code_at)];
        out.line({"HS", code, fields[static_cast<std::size_t>(text_at)], "", code.size() == 6}, number);
    }
    out.set("market", "HS");
    out.set("dated", options.dated ? options.dated->text() : "2022-01-01");
    out.set("title", "Harmonized System 2022, texts");
    return {};
}

}  // namespace allroads::books
