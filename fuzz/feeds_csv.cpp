// Tables of every kind as CSV, and asides.

#include "feeds_target.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace allroads;
    std::string_view const bytes(static_cast<char const*>(static_cast<void const*>(data)), size);
    if (bytes.starts_with('{')) {
        feeds::Defaults const defaults{currency::USD, "en", *Country::parse("KE"), unit::piece};
        if (auto const aside = feeds::parse_aside(bytes, defaults))
            check(feeds::parse_aside(feeds::document_of(*aside), defaults).has_value());
        return 0;
    }
    return feeds::read_and_write(bytes);
}
