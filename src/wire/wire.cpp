#include "wire/wire.h"

#include <algorithm>

namespace allroads::wire {
namespace {

// Boost.JSON keeps the last of two fields of one name and counts them once, so the names are looked for in
// the bytes: their number must be that of the tree.
std::size_t fields_in(json::value const& value) {
    std::size_t count = 0;
    if (value.is_object()) {
        for (auto const& pair : value.get_object()) count += 1 + fields_in(pair.value());
    } else if (value.is_array()) {
        for (auto const& element : value.get_array()) count += fields_in(element);
    }
    return count;
}

// Colons outside of texts: one for each field of a well-formed document.
std::size_t colons_in(std::string_view document) {
    std::size_t count = 0;
    bool is_text = false;
    for (std::size_t i = 0; i < document.size(); ++i) {
        char const letter = document[i];
        if (is_text && letter == '\\') {
            ++i;
        } else if (letter == '"') {
            is_text = !is_text;
        } else if (letter == ':' && !is_text) {
            ++count;
        }
    }
    return count;
}

}  // namespace

Result<json::value> parse(std::string_view document, std::size_t bytes_max, std::size_t depth) {
    if (document.size() > bytes_max) {
        return refuse(Code::too_long, "",
                      "expected a document of at most " + std::to_string(bytes_max) + " bytes");
    }
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = depth;
    auto value = json::parse({document.data(), document.size()}, error, {}, options);
    if (error) return refuse(Code::bad_json, "", error.message());
    if (fields_in(value) != colons_in(document))
        return refuse(Code::bad_json, "", "a field stands twice in one object");
    return value;
}

}  // namespace allroads::wire
