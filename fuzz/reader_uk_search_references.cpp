// One JSON object of words and codes.

#include "reader_target.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace allroads::books;
    return read_for_fuzzer(read_uk_search_references, "search_references.json", data, size);
}
