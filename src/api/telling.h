#pragma once
// What several verbs write alike. Not for use outside api.

#include "hub/hub.h"
#include "wire/wire.h"

namespace allroads::api {

// "2026-11-26T04:25:00.123Z"
[[nodiscard]] inline std::string text_of(db::Moment moment) { return hub::moment_text(moment); }
void write_shop(wire::Writer& w, shop::KeptShop const& kept);
// A product with its ids, version, signature and document; `delivered` may be null.
void write_product(wire::Writer& w, hub::Shown const& shown);
// What it costs at the door that was asked about.
void write_delivered(wire::Writer& w, hub::Delivered const& delivered);

// Fields `read` knows, of a JSON body.
template <class Read>
Result<void> body_fields(std::string_view body, Read read) {
    constexpr std::size_t bytes_max = 64U * 1024;
    auto const tree = TRY(wire::parse(body, bytes_max));
    return wire::fields(tree, "", read);
}

}  // namespace allroads::api
