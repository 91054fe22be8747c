// The first byte chooses between the tariff and the schedules of its agreements.

#include "reader_target.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace allroads::books;
    if (size == 0) return 0;
    auto const* const name = data[0] == 'a' ? "tariff-schedules-fta.json" : "tariff-schedule3.json";
    return read_for_fuzzer(read_au_schedule, name, data + 1, size - 1);
}
