// Spreadsheets: the archive, its parts, its cells.

#include "feeds/table.h"
#include "feeds_target.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace allroads;
    std::string_view const bytes(static_cast<char const*>(static_cast<void const*>(data)), size);
    auto const table = feeds::read_xlsx({"file", bytes});
    if (table)
        for (auto const& row : table->rows) check(row.cells.size() == table->columns->size());
    (void)feeds::shown_number(bytes.substr(0, 80));
    return 0;
}
