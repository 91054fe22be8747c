#pragma once
// What stands in a TOML file of a pack, by key. Not for use outside books.

#include "base/base.h"

#include <toml++/toml.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::books {

// Refused (`bad-pack`): names the file and the line.
inline std::unexpected<Error> bad_toml(std::string_view name, toml::parse_error const& error) {
    return refuse(Code::bad_pack, "",
                  std::string(name) + ": line " + std::to_string(error.source().begin.line) + ": " +
                      std::string(error.description()));
}
inline Result<toml::table> toml_of(std::filesystem::path const& file) {
    try {
        return toml::parse_file(file.string());
    } catch (toml::parse_error const& error) {
        return bad_toml(file.parent_path().filename().string() + "/" + file.filename().string(), error);
    }
}
// The same of a text; `name` stands for the file.
inline Result<toml::table> toml_in(std::string_view text, std::string_view name) {
    try {
        return toml::parse(text);
    } catch (toml::parse_error const& error) {
        return bad_toml(name, error);
    }
}

// The text of a key; a day and a whole number as they are written. Empty where it is not there.
inline std::string word(toml::table const& table, std::string_view key) {
    auto const* node = table.get(key);
    if (node == nullptr) return {};
    if (auto const text = node->value<std::string>()) return *text;
    if (auto const day = node->value<toml::date>()) {
        auto const two = [](unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); };
        return std::to_string(day->year) + "-" + two(day->month) + "-" + two(day->day);
    }
    if (auto const whole = node->value<std::int64_t>()) return std::to_string(*whole);
    return {};
}

inline std::vector<std::string> words(toml::table const& table, std::string_view key) {
    std::vector<std::string> all;
    if (auto const* array = table.get_as<toml::array>(key)) {
        for (auto const& item : *array) {
            if (auto const text = item.value<std::string>()) all.push_back(*text);
        }
    }
    return all;
}

// Calls `each` for the tables of `[[key]]`.
template <class Each>
void tables_of(toml::table const& table, std::string_view key, Each each) {
    if (auto const* array = table.get_as<toml::array>(key)) {
        for (auto const& item : *array) {
            if (auto const* one = item.as_table()) each(*one);
        }
    }
}

}  // namespace allroads::books
