#include "base/base.h"

#include <algorithm>
#include <chrono>

namespace allroads {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr int year_first = 1900;
constexpr int year_last = 2199;

constexpr std::int32_t number_of(year_month_day const& date) {
    return static_cast<std::int32_t>(sys_days(date).time_since_epoch().count());
}
static_assert(number_of(year_month_day{std::chrono::year(1900), std::chrono::January, std::chrono::day(1)}) ==
              Day::first().number());
static_assert(number_of(year_month_day{std::chrono::year(2199), std::chrono::December,
                                       std::chrono::day(31)}) == Day::last().number());

year_month_day calendar_of(Day day) { return year_month_day(sys_days(std::chrono::days(day.number()))); }

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool has_form_of_a_date(std::string_view text) {
    if (text.size() != 10) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const is_dash = i == 4 || i == 7;
        if (is_dash ? text[i] != '-' : !is_digit(text[i])) return false;
    }
    return true;
}

int number_at(std::string_view text, std::size_t at, std::size_t size) {
    int number = 0;
    for (char const digit : text.substr(at, size)) number = number * 10 + (digit - '0');
    return number;
}

}  // namespace

Result<Day> Day::parse(std::string_view text) {
    if (!has_form_of_a_date(text)) {
        return refuse(Code::bad_date, "",
                      "\"" + excerpt(text) + "\" is not a date; expected year-month-day, like 2026-03-15");
    }
    int const year = number_at(text, 0, 4);
    if (year < year_first || year > year_last) {
        return refuse(Code::bad_date, "",
                      std::string(text) + " is out of range; expected a year from 1900 to 2199");
    }
    if (auto const day = of(year, number_at(text, 5, 2), number_at(text, 8, 2))) return *day;
    return refuse(
        Code::bad_date, "",
        std::string(text) + " is not a day of the calendar; expected a day that exists, like 2026-03-15");
}

std::optional<Day> Day::of(int year, int month, int day) {
    if (year < year_first || year > year_last || month < 1 || month > 12 || day < 1 || day > 31) return {};
    year_month_day const date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                              std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return {};
    return Day(number_of(date));
}

Day Day::from_number(std::int32_t days_since_1970) {
    check(days_since_1970 >= first().number() && days_since_1970 <= last().number());
    return Day(days_since_1970);
}

int Day::year() const { return static_cast<int>(calendar_of(*this).year()); }

int Day::month() const { return static_cast<int>(static_cast<unsigned>(calendar_of(*this).month())); }

int Day::day_of_month() const { return static_cast<int>(static_cast<unsigned>(calendar_of(*this).day())); }

Day Day::plus(int days) const {
    std::int64_t const number = std::int64_t{number_} + days;
    return Day(
        static_cast<std::int32_t>(std::clamp<std::int64_t>(number, first().number(), last().number())));
}

std::array<char, 10> Day::letters() const {
    year_month_day const date = calendar_of(*this);
    std::array<char, 10> made = {'0', '0', '0', '0', '-', '0', '0', '-', '0', '0'};
    auto const put = [&](std::size_t last, std::size_t first, unsigned number) {
        for (auto i = last + 1; i-- > first; number /= 10) made[i] = static_cast<char>('0' + number % 10);
    };
    put(3, 0, static_cast<unsigned>(static_cast<int>(date.year())));
    put(6, 5, static_cast<unsigned>(date.month()));
    put(9, 8, static_cast<unsigned>(date.day()));
    return made;
}

std::string Day::text() const {
    auto const made = letters();
    return {made.data(), made.size()};
}

}  // namespace allroads
