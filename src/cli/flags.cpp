#include "cli/flags.h"

#include <array>

namespace allroads::cli {

namespace {

namespace json = boost::json;

std::string_view without(std::string_view text, std::string_view unit) {
    text = trim(text);
    if (text.ends_with(unit)) text.remove_suffix(unit.size());
    return trim(text);
}

Result<json::object> package(std::string const& text) {
    static constexpr std::array<std::string_view, 4> names = {"count", "length_cm", "width_cm", "height_cm"};
    json::object made;
    auto const sign = text.find_first_of(":@");
    auto const weight =
        sign == std::string::npos ? std::string_view() : std::string_view(text).substr(sign + 1);
    auto rest = without(std::string_view(text).substr(0, sign), "cm");
    if (sign == std::string::npos && rest.ends_with("kg")) {
        made["gross_kg"] = without(rest, "kg");
        return made;
    }
    for (auto const name : names) {
        auto const end = rest.find('x');
        if (!rest.empty()) made[name] = trim(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    if (!rest.empty()) {
        return refuse(Code::bad_value, "package",
                      "“" + excerpt(text) + "”: expected COUNTxLENGTHxWIDTHxHEIGHTcm@KGkg");
    }
    if (!weight.empty()) made["gross_kg"] = without(weight, "kg");
    return made;
}

}  // namespace

Result<Pair> pair(std::string const& text, std::string_view flag) {
    auto const sign = text.find('=');
    if (sign == std::string::npos || sign == 0) {
        return refuse(Code::bad_value, flag, "“" + excerpt(text) + "”: expected NAME=VALUE");
    }
    return Pair{text.substr(0, sign), text.substr(sign + 1)};
}

void put(json::object& object, std::string_view key, std::string const& value) {
    if (!value.empty()) object[key] = value;
}

Result<void> put_packages(std::vector<std::string> const& texts, json::object& request) {
    for (auto const& text : texts) {
        if (!request.contains("packages")) request["packages"] = json::array();
        request["packages"].as_array().push_back(TRY(package(text)));
    }
    return {};
}

Result<void> put_rates(std::vector<std::string> const& texts, json::object& request) {
    for (auto const& rate : texts) {
        auto const said = TRY(pair(rate, "fx"));
        if (!request.contains("fx")) request["fx"] = json::object();
        request["fx"].as_object()[said.key] = said.value;
    }
    return {};
}

}  // namespace allroads::cli
