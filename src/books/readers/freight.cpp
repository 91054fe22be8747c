// Rate tables of carriers and forwarders, in the sheet of docs/freight.md.

#include "books/freight_sheet.h"

#include <algorithm>

namespace allroads::books {

namespace {

// Each file is a pack named after it, and importing it again replaces that one.
std::string pack_name(std::filesystem::path const& file) {
    std::string name = "freight-";
    for (char const c : file.stem().string()) {
        bool const is_plain =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        name += is_plain ? c : '-';
    }
    return name.substr(0, 100);
}

}  // namespace

Result<void> read_freight(Input& input, ReaderOptions const& options, PackWriter& out) {
    auto const name = pack_name(input.file());
    if (!TRY(input.next_member())) return refuse(Code::bad_file, "file", "it is empty");
    std::string newest;
    std::string titles;
    SheetListener const listener{
        [&](FreightSheet const& sheet) -> Result<void> {
            out.count_record();
            out.freight(sheet);
            newest = std::max(newest, sheet.checked_on->text());
            titles += (titles.empty() ? "" : ", ") + sheet.name;
            if (sheet.standing == freight::Standing::example) {
                out.note("table " + sheet.name + " is an example: its prices are invented");
            }
            return {};
        },
        [&](std::uint64_t line, std::string reason) { out.refuse(line, std::move(reason)); }};
    do {
        TRY_VOID(read_sheet(input, listener));
    } while (TRY(input.next_member()));
    out.set("pack", name);
    out.set("series", name);
    out.set("dated", options.dated ? options.dated->text() : newest);
    if (out.value("title").empty()) out.set("title", "Rate tables " + excerpt(titles, 100));
    return {};
}

}  // namespace allroads::books
