// Merchant feeds.

#include "feeds_target.h"

#include <string>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const bytes(static_cast<char const*>(static_cast<void const*>(data)), size);
    return allroads::feeds::read_and_write(bytes.starts_with('<') ? bytes : "<" + std::string(bytes));
}
