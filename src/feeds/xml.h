#pragma once
// XML from outside, as a tree: small enough, without a document type, so without entities of its own.

#include "base/base.h"

#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace allroads::feeds {

// `text` is UTF-8; `what` names it in refusals.
[[nodiscard]] Result<void> load_xml(pugi::xml_document& to, std::string_view text, std::string_view what);
// The name without its prefix.
[[nodiscard]] std::string_view local_name(pugi::xml_node const& node);
[[nodiscard]] pugi::xml_node child_named(pugi::xml_node const& parent, std::string_view local);
void append_xml(std::string& out, std::string_view text);  // & < > " escaped; control characters left out

}  // namespace allroads::feeds
