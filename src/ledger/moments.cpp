// Moments as text: UTC, to the millisecond.
#include "ledger/body.h"

#include <array>
#include <charconv>

namespace allroads::ledger {
namespace {

constexpr std::int64_t day_milliseconds = 86'400'000;

std::string padded(std::int64_t number, std::size_t digits) {
    auto text = std::to_string(number);
    return std::string(digits - std::min(digits, text.size()), '0') + text;
}

}  // namespace

std::string text_of(Moment at) {
    auto const number = number_of(at);
    auto const day = Day::from_number(static_cast<std::int32_t>(number / day_milliseconds));
    auto const rest = number % day_milliseconds;
    return day.text() + "T" + padded(rest / 3'600'000, 2) + ":" + padded(rest / 60'000 % 60, 2) + ":" +
           padded(rest / 1000 % 60, 2) + "." + padded(rest % 1000, 3) + "Z";
}

// 2026-11-26, 2026-11-26T07:30, 2026-11-26T07:30:00, 2026-11-26T07:30:00.125, each with or without Z.
Result<Moment> parse_moment(std::string_view text) {
    auto const refused = [&] {
        return refuse(Code::bad_date, "at",
                      "“" + excerpt(text) + "”: expected a day or a moment such as 2026-11-26T07:30:00Z");
    };
    auto const day = TRY(Day::parse(text.substr(0, 10)));
    auto number = std::int64_t{day.number()} * day_milliseconds;
    auto rest = text.size() > 10 ? text.substr(10) : std::string_view();
    if (!rest.empty() && rest.back() == 'Z') rest.remove_suffix(1);
    struct Part {
        char mark;
        std::size_t digits;
        std::int64_t most, each;
    };
    constexpr std::array<Part, 4> parts{
        {{'T', 2, 23, 3'600'000}, {':', 2, 59, 60'000}, {':', 2, 59, 1000}, {'.', 3, 999, 1}}};
    std::size_t count = 0;
    for (auto const& part : parts) {
        if (rest.empty() && count != 1) break;
        if (rest.size() <= part.digits || rest[0] != part.mark) return refused();
        std::int64_t value = 0;
        auto const* const begin = rest.data() + 1;
        auto const [end, error] = std::from_chars(begin, begin + part.digits, value);
        if (error != std::errc() || end != begin + part.digits || *begin == '-' || value > part.most)
            return refused();
        number += value * part.each;
        rest.remove_prefix(1 + part.digits);
        ++count;
    }
    if (!rest.empty()) return refused();
    if (number < 0 || number > moment_max)
        return refuse(Code::bad_date, "at", "expected a moment from 1970 to 2199");
    return moment_of(number);
}

}  // namespace allroads::ledger
