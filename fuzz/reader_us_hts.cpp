#include "reader_target.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    return allroads::books::read_for_fuzzer(allroads::books::read_us_hts, "hts_2026_rev_10.json", data, size);
}
