#include "feeds/values.h"

#include <algorithm>
#include <array>
#include <map>

namespace allroads::feeds {

namespace {

constexpr std::size_t number_bytes_max = 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A number taken apart: what stands before and after each of its signs.
struct Written {
    std::string digits;  // digits, '.' and ','; every other grouping sign is ' '
    bool is_negative = false;
    std::size_t dots = 0, commas = 0;
};
std::optional<Written> written(std::string_view text) {
    if (text.size() > number_bytes_max) return {};
    bool const is_ascii =
        std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    std::string const plain = is_ascii ? std::string(text) : plain_digits(text);
    std::string_view rest = trim(plain);
    Written out;
    out.is_negative = rest.starts_with('-');
    if (out.is_negative || rest.starts_with('+')) rest.remove_prefix(1);
    for (std::size_t at = 0; at < rest.size(); ++at) {
        char c = rest[at];
        if (rest.substr(at).starts_with("\xE2\x80\x99")) {  // ’ as the Swiss write thousands
            c = ' ';
            at += 2;
        }
        if (rest.substr(at).starts_with("\xD9\xAC")) {  // U+066C, the Arabic thousands separator
            c = ' ';
            at += 1;
        }
        if (c == '\'') c = ' ';
        if (!is_digit(c) && c != '.' && c != ',' && c != ' ') return {};
        out.dots += c == '.' ? 1U : 0U;
        out.commas += c == ',' ? 1U : 0U;
        out.digits.push_back(c);
    }
    if (std::ranges::none_of(out.digits, is_digit)) return {};
    return out;
}

// "1,234,567" and "12,34,567": the last group has three digits, those before it two or three.
bool is_grouped(std::string_view text) {
    std::size_t const last = text.find_last_of(" .,");
    if (last == std::string_view::npos) return true;
    if (text.size() - last - 1 != 3) return false;
    char const sign = text[last];
    std::string_view head = text.substr(0, last);
    while (true) {
        std::size_t const at = head.find_last_of(" .,");
        std::size_t const size = at == std::string_view::npos ? head.size() : head.size() - at - 1;
        if (at == std::string_view::npos) return size >= 1 && size <= 3;
        if (head[at] != sign || size < 2 || size > 3) return false;
        head = head.substr(0, at);
    }
}

std::unexpected<Error> no_number(std::string_view text) {
    return refuse(Code::amount_not_decimal, "",
                  "\"" + excerpt(text) + "\" is not a number in plain decimals");
}

// Where the decimal sign stands; npos where there is none; nothing where both readings are possible.
std::optional<std::size_t> point_place(Written const& number, std::optional<char> point) {
    std::string_view const digits = number.digits;
    if (number.dots + number.commas == 0) return std::string_view::npos;
    std::size_t const last = digits.find_last_of(".,");
    if (number.dots > 0 && number.commas > 0) return last;
    if (number.dots + number.commas > 1) return std::string_view::npos;
    if (point && digits[last] == *point) return last;
    std::string_view const before = digits.substr(0, last);
    bool const may_group = digits.size() - last - 1 == 3 && !before.empty() && before != "0" &&
                           before.size() <= 3 && before.find(' ') == std::string_view::npos;
    if (may_group) return {};
    return last;
}

}  // namespace

std::optional<char> point_of(std::string_view text) {
    auto const number = written(text);
    if (!number) return {};
    auto const place = point_place(*number, {});
    if (!place || *place == std::string_view::npos) return {};
    return number->digits[*place];
}

Result<Decimal> read_number(std::string_view text, char point) {
    auto const number = written(text);
    if (!number) return no_number(text);
    auto const place = point_place(*number, point);
    if (!place)
        return refuse(
            Code::amount_not_decimal, "",
            "\"" + excerpt(text) + "\" can be read as thousands or as decimals; write all decimals");
    std::string_view const digits = number->digits;
    std::string_view const whole = digits.substr(0, std::min(*place, digits.size()));
    std::string_view const part = *place == std::string_view::npos ? "" : digits.substr(*place + 1);
    if (!is_grouped(whole) || std::ranges::any_of(part, [](char c) { return !is_digit(c); }) ||
        (*place != std::string_view::npos && part.empty()))
        return no_number(text);
    std::string plain = number->is_negative ? "-" : "";
    std::size_t const start = plain.size();
    std::ranges::copy_if(whole, std::back_inserter(plain), is_digit);
    if (plain.size() == start) plain.push_back('0');
    if (!part.empty()) plain += "." + std::string(part);
    auto parsed = Decimal::parse(plain);
    if (!parsed) return no_number(text);
    return *parsed;
}

char usual_point(std::string_view language) {
    static constexpr std::array<std::string_view, 12> with_comma = {"fr", "es", "pt", "de", "id", "vi",
                                                                    "it", "nl", "ru", "tr", "pl", "uk"};
    return std::ranges::find(with_comma, language.substr(0, 2)) != with_comma.end() ? ',' : '.';
}

// ---- weights ----------------------------------------------------------------------------------------------

Result<Grams> grams_of(Decimal const& amount, Unit unit) {
    if (amount.is_negative()) return refuse(Code::bad_quantity, "", amount.text() + " is below zero");
    static Unit const gram = *Unit::parse("g");
    auto const exact = TRY(convert(Quantity{amount, unit}, gram)).amount;
    Decimal const whole = exact.rounded(0, Round::half_up);
    if (whole.coefficient() > 100'000'000)
        return refuse(Code::bad_quantity, "", "a weight of more than a hundred tonnes");
    return Grams{static_cast<std::int64_t>(whole.coefficient()), whole == exact};
}

Result<Unit> weight_unit(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> also = {{
        {"كجم", "kg"},
        {"كغ", "kg"},
        {"千克", "kg"},
        {"公斤", "kg"},
        {"किग्रा", "kg"},
        {"جم", "g"},
        {"克", "g"},
        {"ग्राम", "g"},
    }};
    std::string_view word = trim(text);
    for (auto const& [foreign, known] : also)
        if (word == foreign) word = known;
    auto const unit = TRY(Unit::parse(word));
    if (unit.dimension() != Dimension::mass)
        return refuse(Code::bad_unit, "", "\"" + excerpt(text) + "\" is no unit of weight");
    return unit;
}

Result<Grams> read_weight(std::string_view text, char point) {
    text = trim(text);
    std::size_t at = text.size();
    while (at > 0 && !is_digit(text[at - 1]) && static_cast<unsigned char>(text[at - 1]) < 0x80) --at;
    // "x kg" has no digit: the number is what comes before the last word, and is refused as one.
    if (at == 0) at = std::min(text.find(' '), text.size());
    auto const number = TRY(read_number(text.substr(0, at), point));
    return grams_of(number, TRY(weight_unit(text.substr(at))));
}

// ---- lists ------------------------------------------------------------------------------------------------

std::string joined(std::vector<std::string> const& words) {
    std::string out;
    for (std::string const& word : words) {
        if (!out.empty()) out += "; ";
        for (std::size_t at = 0; at < word.size(); ++at) {
            char const c = word[at];
            bool const is_edge = c == ' ' && (at == 0 || at + 1 == word.size());
            if (c == ';' || c == '\\' || is_edge) out.push_back('\\');
            out += c == '\n' ? std::string("\\n") : std::string(1, c);
        }
    }
    return out;
}

std::vector<std::string> parted(std::string_view cell) {
    std::vector<std::string> words;
    std::string word;
    std::size_t held = 0;  // up to here spaces are part of the word
    auto const end_word = [&] {
        while (word.size() > held && word.back() == ' ') word.pop_back();
        if (!word.empty()) words.push_back(std::move(word));
        word.clear();
        held = 0;
    };
    for (std::size_t at = 0; at < cell.size(); ++at) {
        char const c = cell[at];
        if (c == '\\' && at + 1 < cell.size()) {
            ++at;
            word.push_back(cell[at] == 'n' ? '\n' : cell[at]);
            held = word.size();
        } else if (c == ';') {
            end_word();
        } else if (c != ' ' || !word.empty()) {
            word.push_back(c);
        }
    }
    end_word();
    return words;
}

// ---- words ------------------------------------------------------------------------------------------------

std::string lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool is_web_address(std::string_view text) {
    std::string const start = lower_ascii(text.substr(0, 8));
    if (!start.starts_with("http://") && !start.starts_with("https://")) return false;
    if (text.size() > 2'048 || text.size() < 11) return false;
    return std::ranges::none_of(text, [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return byte <= 0x20 || byte == 0x7F || c == '<' || c == '>' || c == '"';
    });
}

std::string slug_of(std::string_view text) {
    std::string out;
    for (char const c : lower_ascii(text)) {
        bool const is_kept = is_digit(c) || (c >= 'a' && c <= 'z');
        if (is_kept) out.push_back(c);
        if (!is_kept && !out.empty() && out.back() != '-') out.push_back('-');
    }
    while (!out.empty() && out.back() == '-') out.pop_back();
    return out;
}

Result<Country> read_country(std::string_view text) {
    text = trim(text);
    if (auto const code = Country::parse(text)) return *code;
    static auto const names = [] {
        std::map<std::string, Country> all;
        for (std::uint16_t index = 0; index < country_indexes; ++index) {
            if (!Country::is_in_use(index)) continue;
            Country const country = Country::from_index(index);
            all.emplace(folded(country.name()), country);
        }
        return all;
    }();
    auto const found = names.find(folded(text.substr(0, 80)));
    if (found != names.end()) return found->second;
    return refuse(Code::bad_country, "", "\"" + excerpt(text) + "\" is no code of a country (two letters)");
}

std::optional<bool> read_truth(std::string_view text) {
    std::string const word = lower_ascii(trim(text));
    if (word == "1" || word == "true" || word == "yes" || word == "y") return true;
    if (word == "0" || word == "false" || word == "no" || word == "n") return false;
    return {};
}

}  // namespace allroads::feeds
