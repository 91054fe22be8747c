// Documents of shops and products: whatever comes is refused with a sentence, or is read, written and read
// again as the same bytes.

#include "shop/shop.h"
#include "wire/wire.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace allroads;
    std::string_view const bytes(static_cast<char const*>(static_cast<void const*>(data)), size);
    (void)wire::parse(bytes, shop::document_bytes_max);
    if (auto const product = shop::parse_product(bytes)) {
        auto const document = shop::document_of(*product);
        auto const again = shop::parse_product(document);
        check(again.has_value() && shop::document_of(*again) == document);
        (void)shop::may_go_live(*product);
        (void)shop::text_in(*product, "sw");
    }
    if (auto const shop = shop::parse_shop(bytes)) {
        auto const document = shop::document_of(*shop);
        auto const again = shop::parse_shop(document);
        check(again.has_value() && shop::document_of(*again) == document);
        (void)shop::sending(*shop, shop->country, 700);
    }
    return 0;
}
