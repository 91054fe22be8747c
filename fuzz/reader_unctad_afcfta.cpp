#include "reader_target.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    return allroads::books::read_for_fuzzer(allroads::books::read_unctad_afcfta, "GHA_to_NGA.json", data,
                                            size);
}
