// What people type as numbers and amounts. A number is read by the rule of the language; where it does not
// fit that rule, by the other one if it can mean nothing else; otherwise not at all.

#include "locale/hidden.h"

#include <unicode/uchar.h>

#include <algorithm>

namespace allroads::locale {
namespace {

constexpr std::size_t number_bytes_max = 200;

// The signs of a number as one letter each: digits 0-9, '.' and ',' whose meaning the language decides, and
// four whose meaning is known:
constexpr char is_decimal = 'D';  // U+066B
constexpr char is_group = 'G';    // U+066C
constexpr char is_blank = ' ';
constexpr char is_apostrophe = '\'';

char sign_of(std::int32_t character) {
    switch (character) {
        case '.':
        case 0xFF0E: return '.';
        case ',':
        case 0x060C:
        case 0xFF0C: return ',';
        case 0x066B: return is_decimal;
        case 0x066C: return is_group;
        case '\'':
        case 0x2019: return is_apostrophe;
        default: return is_space(character) ? is_blank : '\0';
    }
}

bool is_minus(std::int32_t character) {
    return character == '-' || character == 0x2212 || character == 0xFF0D;
}

std::unexpected<Error> refuse_number(std::string_view text, std::string_view why) {
    return refuse(Code::amount_not_decimal, "", "“" + excerpt(text) + "” " + std::string(why));
}

struct Signs {
    std::string letters;
    bool is_negative = false;
    std::int32_t zero = '0';  // of the script whose digits they are
};

Result<Signs> signs_of(std::string_view text) {
    Signs signs;
    std::optional<std::int32_t> zero;
    bool has_minus = false;
    for (std::size_t at = 0; at < text.size();) {
        auto const character = next_character(text, at);
        if (is_invisible(character)) continue;
        auto const digit = character < 0 ? -1 : u_charDigitValue(character);
        if (digit >= 0) {
            if (zero.value_or(character - digit) != character - digit)
                return refuse_number(text, "has digits of two scripts");
            zero = character - digit;
            signs.letters += static_cast<char>('0' + digit);
        } else if (is_minus(character) && signs.letters.find_first_not_of(is_blank) == std::string::npos &&
                   !has_minus) {
            has_minus = true;
        } else if (char const sign = character < 0 ? '\0' : sign_of(character)) {
            signs.letters += sign;
        } else {
            return refuse_number(text, "is not a number");
        }
    }
    while (signs.letters.starts_with(is_blank)) signs.letters.erase(0, 1);
    while (signs.letters.ends_with(is_blank)) signs.letters.pop_back();
    if (!zero) return refuse_number(text, "is not a number");
    signs.is_negative = has_minus;
    signs.zero = *zero;
    return signs;
}

struct Reading {
    std::string whole;     // digits
    std::string decimals;  // digits
    char group = '\0';
    std::size_t groups = 0;  // how often the sign of grouping stands
};

bool is_all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "1,234,567" or, by lakhs, "12,34,567"; one kind of sign, and no zero in front.
bool read_whole(std::string_view text, Reading& reading) {
    auto const sign = text.find_first_not_of("0123456789");
    if (sign == std::string_view::npos) {
        reading.whole = text;
        return true;
    }
    reading.group = text[sign];
    if (reading.group == is_decimal || sign == 0 || sign > 3 || text[0] == '0') return false;
    reading.whole = text.substr(0, sign);
    std::size_t middle = 0;  // digits of the groups between the first and the last
    for (auto rest = text.substr(sign + 1);;) {
        auto const next = rest.find(reading.group);
        auto const group = rest.substr(0, next);
        if (!is_all_digits(group)) return false;
        reading.whole += group;
        ++reading.groups;
        if (next == std::string_view::npos) return group.size() == 3 && (middle != 2 || sign <= 2);
        if ((group.size() != 2 && group.size() != 3) || (middle != 0 && middle != group.size())) return false;
        middle = group.size();
        rest = rest.substr(next + 1);
    }
}

// With that sign, or U+066B, as decimal and every other one as grouping.
std::optional<Reading> read_with(std::string_view letters, char decimal) {
    auto const is_sign = [&](char c) { return c == decimal || c == is_decimal; };
    auto const at = static_cast<std::size_t>(std::ranges::find_if(letters, is_sign) - letters.begin());
    Reading reading;
    if (at < letters.size()) {
        reading.decimals = letters.substr(at + 1);
        if (reading.decimals.empty() || !is_all_digits(reading.decimals)) return std::nullopt;
    }
    if (!read_whole(letters.substr(0, at), reading)) return std::nullopt;
    if (reading.whole.empty()) reading.whole = "0";  // ".5"
    return reading;
}

struct Habit {
    char decimal;           // '.', ',' or, with Arabic digits, U+066B
    std::string own_group;  // signs that group although they stand once and without decimals
};

// By the language's rule.
std::optional<Reading> read_by_habit(std::string_view letters, Habit const& habit) {
    auto const reading = read_with(letters, habit.decimal);
    if (!reading) return std::nullopt;
    bool const is_plain = reading->group == '\0' || habit.own_group.find(reading->group) != std::string::npos;
    return is_plain || reading->groups > 1 || !reading->decimals.empty() ? reading : std::nullopt;
}

// With the signs the other way round, where that alone makes sense.
std::optional<Reading> read_otherwise(std::string_view letters, char decimal) {
    auto const reading = read_with(letters, decimal);
    if (!reading) return std::nullopt;
    bool const is_sure = reading->decimals.empty() ? reading->groups > 1
                                                   : reading->decimals.size() <= 2 || reading->whole == "0";
    return is_sure ? reading : std::nullopt;
}

std::optional<Reading> read(std::string_view letters, Habit const& habit) {
    if (auto const reading = read_by_habit(letters, habit)) return reading;
    for (char const decimal : {'.', ','})
        if (decimal != habit.decimal)
            if (auto const reading = read_otherwise(letters, decimal)) return reading;
    return std::nullopt;
}

Habit habit_of(Shape const& latin, std::int32_t zero) {
    std::string const always = {is_blank, is_apostrophe, is_group};
    // Beside Arabic digits a comma may be either sign, whatever the language does beside Latin ones.
    if (zero == 0x0660 || zero == 0x06F0) return {is_decimal, always};
    return {latin.decimal_sign == "," ? ',' : '.',
            latin.group_sign == "," || latin.group_sign == "." ? always + latin.group_sign : always};
}

// ---- amounts of money -------------------------------------------------------------------------------------

// An amount and what stands around it: "KES 1,200" is "KES" and "1,200".
struct Labelled {
    std::string number;
    std::string before, after;  // folded
};

Result<Labelled> labelled(std::string_view text) {
    std::size_t first = text.size(), last = 0;
    for (std::size_t at = 0; at < text.size();) {
        auto const from = at;
        auto const character = next_character(text, at);
        if (character >= 0 && u_charDigitValue(character) >= 0) {
            first = std::min(first, from);
            last = at;
        }
    }
    if (last == 0) return refuse_number(text, "is not an amount");
    std::string before;
    int minuses = 0;
    for (std::size_t at = 0; at < first;) {
        auto const from = at;
        if (is_minus(next_character(text, at)))
            ++minuses;
        else
            before += text.substr(from, at - from);
    }
    if (minuses > 1) return refuse_number(text, "is not an amount");
    Labelled result{(minuses == 1 ? "-" : "") + std::string(text.substr(first, last - first)),
                    folded_symbol(before), folded_symbol(text.substr(last))};
    // "500/=" and "500/-": and nothing more, as people write in East Africa and South Asia.
    if (result.after == "/=" || result.after == "/-") result.after.clear();
    return result;
}

// The currency that a code or symbol means; among several the expected one.
Result<Currency> currency_of(std::string const& label, Currencies const& known,
                             std::optional<Currency> expected) {
    if (label.size() == 3)
        if (auto const code = Currency::parse(label)) return *code;
    auto const search = [&](std::string_view symbol) {
        return std::ranges::equal_range(known.symbols, symbol, {}, &Symbol::folded);
    };
    auto found = search(label);
    if (found.empty() && label.ends_with('.')) found = search(label.substr(0, label.size() - 1));  // "Rs."
    if (found.empty()) return refuse(Code::bad_currency, "", "“" + excerpt(label) + "” is not a currency");
    for (auto const& symbol : found)
        if (symbol.currency == expected) return symbol.currency;
    if (found.size() > 1)
        return refuse(Code::bad_currency, "",
                      "“" + excerpt(label) +
                          "” is the sign of several currencies; write the code of three "
                          "letters, such as " +
                          std::string(found.front().currency.text()));
    return found.front().currency;
}

}  // namespace

Result<Decimal> Tongue::read_number(std::string_view text) const {
    if (text.size() > number_bytes_max) return refuse(Code::too_long, "", "a number has at most 200 bytes");
    auto const signs = TRY(signs_of(text));
    auto const habit = habit_of(all_->script(language_, Digits::latin).number, signs.zero);
    auto const reading = read(signs.letters, habit);
    if (!reading) {
        return refuse_number(text, "can be read in more than one way, or in none; write it like " +
                                       number(Decimal::of(1'234'567, 2)));
    }
    std::string plain = signs.is_negative ? "-" : "";
    plain += reading->whole;
    if (!reading->decimals.empty()) plain += "." + reading->decimals;
    return Decimal::parse(plain);
}

Result<Money> Tongue::read_money(std::string_view text, std::optional<Currency> expected) const {
    if (text.size() > number_bytes_max) return refuse(Code::too_long, "", "an amount has at most 200 bytes");
    auto const parts = TRY(labelled(text));
    auto const& known = all_->currencies(language_);
    auto currency = expected;
    for (auto const& label : {parts.before, parts.after}) {
        if (label.empty()) continue;
        auto const named = TRY(currency_of(label, known, currency));
        if (currency && named != *currency) {
            return refuse(Code::bad_currency, "",
                          "the amount is in " + std::string(named.text()) + ", where " +
                              std::string(currency->text()) + " is expected");
        }
        currency = named;
    }
    if (!currency) return refuse(Code::bad_currency, "", "“" + excerpt(text) + "” names no currency");
    auto const amount = TRY(read_number(parts.number));
    return Money::exact(amount, *currency);
}

}  // namespace allroads::locale
