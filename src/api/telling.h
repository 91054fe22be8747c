#pragma once
// What several verbs write alike. Not for use outside api.

#include "hub/hub.h"
#include "wire/wire.h"

namespace allroads::api {

// "2026-11-26T04:25:00.123Z"
[[nodiscard]] inline std::string text_of(db::Moment moment) { return hub::moment_text(moment); }
// "720.00 USD", as in the documents of deals; read back never below zero.
[[nodiscard]] std::string text_of(Money const& amount);
[[nodiscard]] Result<Money> money_in(wire::json::value const& value, std::string_view field);
[[nodiscard]] Result<db::Moment> moment_in(wire::json::value const& value, std::string_view field);
// To where money goes.
[[nodiscard]] Result<pay::Destination> destination_in(wire::json::value const& value, std::string_view field);
// Members of an object.
inline void money(wire::Writer& w, std::string_view name, Money const& amount) {
    w.text(name, text_of(amount));
}
inline void moment(wire::Writer& w, std::string_view name, std::optional<db::Moment> const& at) {
    if (at) w.text(name, text_of(*at));
}
inline void words(wire::Writer& w, std::string_view name, std::string_view text) {
    if (!text.empty()) w.text(name, text);
}
inline void truth(wire::Writer& w, std::string_view name, bool is) {
    w.key(name);
    w.raw(is ? "true" : "false");
}
template <class List, class Write>
void list(wire::Writer& w, std::string_view name, List const& all, Write write) {
    w.key(name);
    w.open('[');
    for (auto const& one : all) write(one);
    w.close(']');
}

void write_shop(wire::Writer& w, shop::KeptShop const& kept);
// A product with its ids, version, signature and document; `delivered` may be null.
void write_product(wire::Writer& w, hub::Shown const& shown);
// What it costs at the door that was asked about.
void write_delivered(wire::Writer& w, hub::Delivered const& delivered);

// Fields `read` knows, of a JSON body.
template <class Read>
Result<void> body_fields(std::string_view body, Read read, std::size_t bytes_max = 64U * 1024) {
    auto const tree = TRY(wire::parse(body, bytes_max));
    return wire::fields(tree, "", read);
}

// A way of paying that this hub does not have is a wrong value of who asks, not a gap in the program.
template <class T>
Result<T> offered(Result<T> result, Code otherwise = Code::bad_value) {
    if (result || result.error().code() != Code::not_supported) return result;
    auto const field = result.error().field();
    return refuse(otherwise, field.empty() ? "way" : field, result.error().detail());
}

}  // namespace allroads::api
