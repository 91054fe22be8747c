#include "books/readers/us_provision.h"

#include <array>
#include <charconv>
#include <vector>

namespace allroads::books {

namespace {

std::vector<Country> every_country() {
    std::vector<Country> all;
    for (char first = 'A'; first <= 'Z'; ++first) {
        for (char second = 'A'; second <= 'Z'; ++second) {
            if (auto const country = Country::parse(std::string{first, second})) all.push_back(*country);
        }
    }
    return all;
}

// As the schedule calls countries whose short name in ISO 3166 is another.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> other_names = {
    {{"Korea", "KR"},
     {"South Korea", "KR"},
     {"Russia", "RU"},
     {"Russian Federation", "RU"},
     {"Vietnam", "VN"},
     {"Taiwan", "TW"}}};

bool is_named(std::string_view text, std::string_view name) {
    if (!text.starts_with(name)) return false;
    auto const rest = text.substr(name.size());
    if (rest.empty()) return true;
    // "China and Hong Kong", "China or Macau", "Korea that are …": not one country, or not all of its goods.
    if (rest.front() != ',' && rest.front() != '.' && rest.front() != ';') {
        return rest.starts_with(" as provided") || rest.starts_with(" (");
    }
    return !rest.starts_with(", and ") && !rest.starts_with(", or ") && !rest.starts_with(", other than");
}

std::optional<int> number(std::string_view text) {
    int value = 0;
    auto const read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

// "June 15, 2024" at the beginning of `text`.
std::optional<Day> american_day(std::string_view text) {
    static constexpr std::array<std::string_view, 12> months = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"};
    for (std::size_t month = 0; month < months.size(); ++month) {
        if (!text.starts_with(months[month])) continue;
        auto const rest = trim(text.substr(months[month].size()));
        auto const comma = rest.find(',');
        if (comma == std::string_view::npos) return std::nullopt;
        auto const day = number(rest.substr(0, comma));
        auto const year = number(trim(rest.substr(comma + 1)).substr(0, 4));
        if (!day || !year) return std::nullopt;
        return Day::of(*year, static_cast<int>(month) + 1, *day);
    }
    return std::nullopt;
}

}  // namespace

std::optional<Country> plain_origin(std::string_view description) {
    static std::vector<Country> const all = every_country();
    static constexpr std::array<std::string_view, 3> heads = {
        "rticles the product of ", "rticles that are the product of ", "rticles that are products of "};
    for (auto const head : heads) {
        auto const at = description.find(head);
        if (at == std::string_view::npos) continue;
        // A second mention may name another origin.
        if (description.find(head, at + 1) != std::string_view::npos) return std::nullopt;
        auto name = description.substr(at + head.size());
        if (name.starts_with("the ")) name.remove_prefix(4);
        for (auto const& [other, code] : other_names) {
            if (is_named(name, other)) return *Country::parse(code);
        }
        for (auto const country : all) {
            if (is_named(name, country.name())) return country;
        }
    }
    return std::nullopt;
}

EntryDays entry_days(std::string_view description) {
    static constexpr std::string_view since = "on or after ";
    static constexpr std::string_view until = "through ";
    EntryDays days;
    auto const entries = description.find("ffective with respect to entries");
    if (entries == std::string_view::npos) return days;
    auto text = description.substr(entries);
    // The days stand before the goods are named.
    text = text.substr(0, text.find("rticles"));
    if (auto const at = text.find(since); at != std::string_view::npos) {
        days.from = american_day(text.substr(at + since.size()));
    }
    if (auto const at = text.find(until); at != std::string_view::npos) {
        days.to = american_day(text.substr(at + until.size()));
    }
    return days;
}

std::optional<std::string> addition(std::string_view rate) {
    // The schedule prints "in the applicable", "inthe applicable", "+ 25%", "+25%", "plus 25%".
    static constexpr std::array<std::string_view, 2> heads = {
        "The duty provided in the applicable subheading", "The duty provided inthe applicable subheading"};
    for (auto const head : heads) {
        if (!rate.starts_with(head)) continue;
        auto rest = trim(rate.substr(head.size()));
        if (rest.starts_with("+")) {
            rest.remove_prefix(1);
        } else if (rest.starts_with("plus ")) {
            rest.remove_prefix(5);
        } else {
            return std::nullopt;
        }
        rest = trim(rest);
        if (rest.starts_with("a duty of ")) rest = trim(rest.substr(10));
        if (!rest.empty()) return std::string(rest);
    }
    return std::nullopt;
}

}  // namespace allroads::books
