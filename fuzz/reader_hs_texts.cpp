// The first byte chooses between the table, the lists of UN Comtrade and national lines.

#include "reader_target.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace allroads::books;
    if (size == 0) return 0;
    auto const* const name = data[0] == 'c'   ? "comtrade_classificationH6.json"
                             : data[0] == 'n' ? "lines.json"
                                              : "harmonized-system-2022-en.csv";
    return read_for_fuzzer(read_hs_texts, name, data + 1, size - 1);
}
