#pragma once
// How requests are read out of JSON: each value with the path of its field in the refusal. Not for use
// outside contract.

#include "base/base.h"
#include "goods/goods.h"
#include "money/money.h"
#include "origin/origin.h"

#include <boost/json.hpp>

#include <string>
#include <string_view>

namespace allroads::contract {

namespace json = boost::json;

inline constexpr std::size_t text_max = 2000;

inline std::string_view view(json::string const& text) { return {text.data(), text.size()}; }

inline std::string_view kind_words(json::value const& value) {
    switch (value.kind()) {
        case json::kind::null: return "null";
        case json::kind::bool_: return "true or false";
        case json::kind::array: return "a list";
        case json::kind::object: return "an object";
        case json::kind::string: return "text";
        default: return "a number";
    }
}

inline std::unexpected<Error> expected(std::string_view field, std::string_view what,
                                       json::value const& value) {
    return refuse(Code::bad_value, field,
                  "expected " + std::string(what) + ", found " + std::string(kind_words(value)));
}

inline Result<std::string_view> text(json::value const& value, std::string_view field) {
    if (!value.is_string()) return expected(field, "text", value);
    auto const words = view(value.get_string());
    if (words.size() > text_max) return refuse(Code::too_long, field, "expected at most 2000 bytes of text");
    if (!is_clean(words)) return refuse(Code::bad_value, field, "expected text without control characters");
    return words;
}

// Text in plain decimals, or a whole JSON number.
inline Result<Decimal> decimal(json::value const& value, std::string_view field) {
    if (value.is_int64()) return Decimal(value.get_int64());
    if (value.is_uint64()) return Decimal::of(static_cast<Int128>(value.get_uint64()), 0);
    if (value.is_double()) {
        return refuse(Code::amount_not_decimal, field,
                      "a JSON number with a fraction or exponent has already been "
                      "rounded; write it as text, such as \"2400.10\"");
    }
    if (!value.is_string()) return expected(field, "a decimal as text", value);
    auto const words = TRY(text(value, field));
    auto parsed = Decimal::parse(plain_digits(words));
    if (!parsed) return std::unexpected(Error(parsed.error().code(), field, parsed.error().detail()));
    return *parsed;
}

// A weight, a quantity or an amount of money: never below zero.
inline Result<Decimal> amount(json::value const& value, std::string_view field, Code below) {
    auto const number = TRY(decimal(value, field));
    if (number.is_negative()) return refuse(below, field, number.text() + " is below zero");
    return number;
}

inline Result<bool> truth(json::value const& value, std::string_view field) {
    if (!value.is_bool()) return expected(field, "true or false", value);
    return value.get_bool();
}

// Runs a parser of the domain on a text field and puts the field's name on its refusal.
template <class Parse>
auto parsed(json::value const& value, std::string_view field, Parse parse)
    -> decltype(parse(std::string_view())) {
    auto result = parse(TRY(text(value, field)));
    if (!result) return std::unexpected(Error(result.error().code(), field, result.error().detail()));
    return result;
}

// Calls `read(key, value)` for the fields of an object; what it does not know is refused.
template <class Read>
Result<void> fields(json::value const& value, std::string_view field, Read read) {
    if (!value.is_object()) return expected(field, "an object", value);
    for (auto const& pair : value.get_object()) {
        auto const key = std::string_view(pair.key().data(), pair.key().size());
        Result<bool> const known = read(key, pair.value());
        if (!known) return std::unexpected(field.empty() ? known.error() : known.error().within(field));
        if (!*known) {
            auto const path = field.empty() ? excerpt(key) : std::string(field) + "." + excerpt(key);
            return refuse(Code::field_unknown, path, "the contract has no field of this name");
        }
    }
    return {};
}

// Calls `read(element)` for the elements of a list, of which there are at most `max`.
template <class Read>
Result<void> elements(json::value const& value, std::string_view field, std::size_t max, Read read) {
    if (!value.is_array()) return expected(field, "a list", value);
    auto const& list = value.get_array();
    if (list.size() > max)
        return refuse(Code::too_long, field, "expected at most " + std::to_string(max) + " entries");
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (Result<void> const done = read(list[i]); !done) {
            return std::unexpected(done.error().within(std::string(field) + "[" + std::to_string(i) + "]"));
        }
    }
    return {};
}

inline Result<std::string> name(json::value const& value, std::string_view field) {
    auto const words = TRY(text(value, field));
    if (words.empty()) return refuse(Code::bad_value, field, "expected a name");
    return std::string(words);
}

// A dossier of docs/origin.md without code and country, which those of the goods are.
[[nodiscard]] Result<origin::Dossier> read_dossier(json::value const& value, GoodsCode hs, Country made_in);

}  // namespace allroads::contract
