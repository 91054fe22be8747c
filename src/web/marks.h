#pragma once
// From the text of a template as it lies in the folder to the text that ctemplate compiles for one language.

#include "base/base.h"
#include "web/pages.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::web {

using Files = std::map<std::string, std::string, std::less<>>;  // "home.tpl" and what it holds

// `text` with everything that means something to HTML written so that it means itself, in quotes too.
[[nodiscard]] std::string escaped(std::string_view text);

// The template with its comments gone, the templates it includes put in, and lines without indentation.
// Refuses includes that are not there or go round in a circle, and markers other than {{NAME}}, {{NAME:p}},
// {{NAME_SVG:none}}, {{#NAME}} and {{/NAME}}.
[[nodiscard]] Result<std::string> whole(Files const& files, std::string_view name);

// [[text]] and [[context|text]] in a template, in their order.
[[nodiscard]] Result<std::vector<Mark>> marks_of(std::string_view whole);

// The template with its marks in that language: escaped, and what they name isolated by <bdi> wherever an
// element may stand. Refuses a translation that names what the text does not name.
[[nodiscard]] Result<std::string> in_language(std::string_view whole, Language const& language,
                                              Translate const& translate);

}  // namespace allroads::web
