#pragma once
// The documentation page and its style sheet. Not for use outside api.

#include <string>
#include <string_view>

namespace allroads::api {

[[nodiscard]] std::string documentation();
[[nodiscard]] std::string_view documentation_style();

}  // namespace allroads::api
