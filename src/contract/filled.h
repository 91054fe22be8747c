#pragma once
// Sentences with names in braces, filled in.

#include <string>
#include <string_view>

namespace allroads::contract {

// `words` with what `put(out, name)` writes in place of each {name}.
template <class Put>
std::string filled(std::string_view words, Put put) {
    std::string out;
    while (true) {
        auto const open = words.find('{');
        out += words.substr(0, open);
        if (open == std::string_view::npos) return out;
        auto const close = words.find('}', open);
        if (close == std::string_view::npos)
            return out += words.substr(open);  // no name: it stays as it stands
        put(out, words.substr(open + 1, close - open - 1));
        words.remove_prefix(close + 1);
    }
}

}  // namespace allroads::contract
