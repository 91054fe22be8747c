// A sheet of rates: whatever comes, each line is read or refused with its number, and a table that was read
// is written so that it reads the same.

#include "books/freight_sheet.h"
#include "reader_target.h"

namespace {

using namespace allroads;

std::string written(std::string_view bytes) {
    std::string out;
    auto input = books::Input::from_memory("table.csv", bytes);
    if (!input || !input->next_member().value_or(false)) return out;
    books::SheetListener const listener{[&](books::FreightSheet const& sheet) -> Result<void> {
                                            books::append_sheet(out, sheet);
                                            return {};
                                        },
                                        [](std::uint64_t, std::string const&) {}};
    (void)books::read_sheet(*input, listener);
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const once = written({reinterpret_cast<char const*>(data), size});
    check(written(once) == once);
    return books::read_for_fuzzer(books::read_freight, "table.csv", data, size);
}
