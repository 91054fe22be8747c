#pragma once
// The headers of WooCommerce's product CSV in the languages its exporter writes. A table: one line a header.

#include "feeds/reading.h"

namespace allroads::feeds::woo {

enum Slot : std::uint8_t {
    id,
    type,
    sku,
    name,
    short_description,
    description,
    in_stock,
    stock,
    weight,
    sale_price,
    regular_price,
    images,
    parent,
    hs,
    origin,
    categories,
    attribute_name,
    attribute_value
};
struct Header {
    std::string_view language;
    std::string_view text;  // %d stands for a number; a unit in brackets is left out
    Slot slot;
};
[[nodiscard]] std::span<Header const> headers();

}  // namespace allroads::feeds::woo
