#include "reader_target.h"

// The first byte chooses between the two forms of this source.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace allroads::books;
    if (size == 0) return 0;
    return read_for_fuzzer(read_eu_cn8, data[0] == 'c' ? "tables.csv" : "tariff.json", data + 1, size - 1,
                           "GB");
}
