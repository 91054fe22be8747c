#include "feeds/xml.h"

#include "feeds/feeds.h"

#include <algorithm>

namespace allroads::feeds {

Result<void> load_xml(pugi::xml_document& to, std::string_view text, std::string_view what) {
    // A node takes about a hundred bytes however short it is written, so what could become one is counted.
    auto const marks = std::ranges::count_if(text, [](char c) { return c == '<' || c == '='; });
    if (static_cast<std::size_t>(marks) > xml_marks_max)
        return refuse(Code::too_long, what, "the XML has more elements than the limit");
    // A document type may define entities that grow without bound or name files; feeds have none.
    if (text.find("<!DOCTYPE") != std::string_view::npos || text.find("<!ENTITY") != std::string_view::npos)
        return refuse(Code::bad_file, what, "the XML has a document type, which a feed does not need");
    auto const read = to.load_buffer(text.data(), text.size(),
                                     pugi::parse_default | pugi::parse_ws_pcdata_single, pugi::encoding_utf8);
    if (read) return {};
    auto const before = text.substr(0, std::min(static_cast<std::size_t>(read.offset), text.size()));
    auto const line = 1 + std::ranges::count(before, '\n');
    return refuse(Code::bad_file, std::string(what) + ", line " + std::to_string(line),
                  std::string("the XML is not well-formed: ") + read.description());
}

std::string_view local_name(pugi::xml_node const& node) {
    std::string_view const name = node.name();
    std::size_t const colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child_named(pugi::xml_node const& parent, std::string_view local) {
    for (pugi::xml_node const& child : parent.children())
        if (local_name(child) == local) return child;
    return {};
}

void append_xml(std::string& out, std::string_view text) {
    for (char const c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\r': out += "&#13;"; break;
            default:
                if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out.push_back(c);
        }
    }
}

}  // namespace allroads::feeds
