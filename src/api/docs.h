#pragma once
// The documentation page and its style sheet. Not for use outside api.

#include <string>

namespace allroads::api {

[[nodiscard]] std::string documentation();
[[nodiscard]] std::string documentation_style();

}  // namespace allroads::api
