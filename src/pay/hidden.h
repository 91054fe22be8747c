#pragma once
// What the parts of pay share.

#include "pay/pay.h"
#include "wire/wire.h"

#include <string>
#include <string_view>

namespace allroads::pay {

[[nodiscard]] inline std::int64_t number_of(Moment moment) { return moment.time_since_epoch().count(); }
[[nodiscard]] inline Moment moment_of(std::int64_t number) { return Moment(Millis(number)); }

// SHA-256 and HMAC-SHA256 as digits of base 16; a comparison that takes as long wherever they differ.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);
[[nodiscard]] std::string hmac_sha256_hex(std::string_view secret, std::string_view bytes);
[[nodiscard]] bool is_equal_in_constant_time(std::string_view a, std::string_view b);

// "2026-11-26T07:30:00.000Z"; and read back with or without fraction and offset, as RFC 3339 has it.
[[nodiscard]] std::string moment_text(Moment moment);
[[nodiscard]] std::optional<Moment> parse_moment(std::string_view text);

// Clean text of others for a row or a page, cut to so many bytes at a character: no controls, no line ends.
[[nodiscard]] std::string shown(std::string_view text, std::size_t bytes);
// How many characters (code points) well-formed UTF-8 has.
[[nodiscard]] std::size_t characters_in(std::string_view text);

}  // namespace allroads::pay
