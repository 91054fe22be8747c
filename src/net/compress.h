#pragma once
// gzip and brotli of whole answers, and which of them a caller takes.

#include <cstdint>
#include <string>
#include <string_view>

namespace allroads::net {

enum class Coding : std::uint8_t { plain, gzip, brotli };

// Empty where compression fails, which callers treat as "not smaller".
[[nodiscard]] std::string gzip(std::string_view body, int level);      // 1 … 9
[[nodiscard]] std::string brotli(std::string_view body, int quality);  // 0 … 11

// The best coding of an Accept-Encoding header: brotli before gzip before none, "q=0" excludes.
[[nodiscard]] Coding accepted_coding(std::string_view header);
// Whether bodies of this Content-Type shrink.
[[nodiscard]] bool is_compressible(std::string_view type);

}  // namespace allroads::net
