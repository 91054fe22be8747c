// References and numbers with check digits: ISO 11649 (creditor reference), ISO 13616 (IBAN), both by MOD
// 97-10 of ISO 7064; ISO 9362 (BIC).
#include "pay/pay.h"

#include <algorithm>
#include <array>

namespace allroads::pay {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }
bool is_either(char c) { return is_digit(c) || is_letter(c); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// The rest of the digits by 97, with A as 10 … Z as 35.
int mod_97(std::string_view letters, int rest = 0) {
    for (char const c : letters)
        rest = is_digit(c) ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
    return rest;
}
std::string two_digits(int number) {
    return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
}
// What makes the whole leave 1; 02 to 98.
std::string check_digits(std::string_view body, std::string_view prefix) {
    return two_digits(98 - mod_97("00", mod_97(prefix, mod_97(body))));
}
// Whether the first four, put behind the rest, leave 1. ISO 7064 makes 02 to 98 only: 00, 01 and 99 would
// leave the same rest as 97, 98 and 02.
bool holds(std::string_view text) {
    auto const digits = text.substr(2, 2);
    if (digits == "00" || digits == "01" || digits == "99") return false;
    return mod_97(text.substr(0, 4), mod_97(text.substr(4))) == 1;
}

// Without what people write between: blanks, hyphens. Nothing where anything else is in it, or too much.
std::optional<std::string> compact(std::string_view text, std::size_t most) {
    if (text.size() > 4 * most) return std::nullopt;
    std::string out;
    for (char const c : text) {
        if (c == ' ' || c == '-') continue;
        if (!is_either(upper(c)) || out.size() == most) return std::nullopt;
        out.push_back(upper(c));
    }
    return out;
}

constexpr std::size_t reference_max = 4 + Reference::body_max;
bool is_reference(std::string_view text) {
    return text.size() > 4 && text.size() <= reference_max && text.starts_with("RF") && is_digit(text[2]) &&
           is_digit(text[3]) && std::ranges::all_of(text, is_either) && holds(text);
}

// The longest right reference that begins at `from`. A blank or a hyphen may stand between its characters,
// and what comes behind its end must not be more letters or digits without a gap.
std::string reference_at(std::string_view text, std::size_t from, std::size_t& end) {
    std::string found, letters;
    for (std::size_t i = from; i < text.size() && letters.size() < reference_max; ++i) {
        char const c = upper(text[i]);
        if (c == ' ' || c == '-') {
            // Written in one, and right: what comes behind it is another word.
            if (!found.empty() && found.size() == i - from) return found;
            if (i > from && (text[i - 1] == ' ' || text[i - 1] == '-')) break;
            continue;
        }
        if (!is_either(c)) break;
        letters.push_back(c);
        bool const ends_here = i + 1 == text.size() || !is_either(upper(text[i + 1]));
        if (ends_here && is_reference(letters)) {
            found = letters;
            end = i + 1;
        }
    }
    return found;
}

}  // namespace

Result<Reference> Reference::parse(std::string_view text) {
    auto letters = compact(plain_digits(excerpt(text, 200)), reference_max);
    if (!letters || letters->size() < 5 || !letters->starts_with("RF") || !is_digit((*letters)[2]) ||
        !is_digit((*letters)[3]))
        return refuse(Code::bad_value, "reference",
                      "expected RF, two check digits and up to 21 letters and digits");
    if (!holds(*letters))
        return refuse(Code::bad_value, "reference",
                      "the check digits do not fit: a character is wrong or two are exchanged");
    return Reference(std::move(*letters));
}

Result<Reference> Reference::of(std::string_view body) {
    auto letters = compact(body, body_max);
    if (!letters || letters->empty())
        return refuse(Code::bad_value, "reference", "expected 1 to 21 letters and digits");
    return Reference("RF" + check_digits(*letters, "RF") + *letters);
}

std::optional<Reference> Reference::within(std::string_view text) {
    std::optional<Reference> found;
    auto const plain = plain_digits(text.substr(0, 20'000));
    std::string_view const words = plain;
    for (std::size_t i = 0; i + 5 <= words.size();) {
        bool const may_begin = upper(words[i]) == 'R' && (i == 0 || !is_either(upper(words[i - 1])));
        std::size_t end = i + 1;
        auto const letters = may_begin ? reference_at(words, i, end) : std::string();
        i = end;
        if (letters.empty()) continue;
        if (found && found->text_ != letters) return std::nullopt;
        found = Reference(letters);
    }
    return found;
}

std::string Reference::spaced() const {
    std::string out;
    for (std::size_t i = 0; i < text_.size(); ++i) {
        if (i > 0 && i % 4 == 0) out.push_back(' ');
        out.push_back(text_[i]);
    }
    return out;
}

Result<std::string> parse_iban(std::string_view text) {
    auto letters = compact(text, 34);
    if (!letters || letters->size() < 15 || !is_letter((*letters)[0]) || !is_letter((*letters)[1]) ||
        !is_digit((*letters)[2]) || !is_digit((*letters)[3]))
        return refuse(Code::bad_value, "account",
                      "expected an IBAN: two letters, two check digits, 11 to 30 letters and digits");
    if (!Country::parse(letters->substr(0, 2)))
        return refuse(Code::bad_value, "account", "an IBAN begins with a country");
    if (!holds(*letters))
        return refuse(Code::bad_value, "account", "the check digits of the IBAN do not fit");
    return std::move(*letters);
}

Result<std::string> parse_bic(std::string_view text) {
    auto letters = compact(text, 11);
    if (!letters || (letters->size() != 8 && letters->size() != 11) || !is_letter((*letters)[4]) ||
        !is_letter((*letters)[5]) || !Country::parse(letters->substr(4, 2)))
        return refuse(Code::bad_value, "bank", "expected a BIC of 8 or 11 characters");
    return std::move(*letters);
}

// ---- receipts ---------------------------------------------------------------------------------------------

namespace {
constexpr std::int64_t receipts_max = 99'999'999;
constexpr std::size_t receipt_digits = 8;
}  // namespace

std::string receipt_text(std::int64_t number) {
    check(number >= 1 && number <= receipts_max);
    auto digits = std::to_string(number);
    digits.insert(0, receipt_digits - digits.size(), '0');
    return digits + "-" + check_digits(digits, "");
}

Result<std::int64_t> parse_receipt(std::string_view text) {
    auto const digits = compact(plain_digits(excerpt(text, 80)), receipt_digits + 2);
    if (!digits || digits->size() != receipt_digits + 2 || !std::ranges::all_of(*digits, is_digit))
        return refuse(Code::bad_value, "receipt", "a receipt has eight digits and two check digits");
    auto const body = std::string_view(*digits).substr(0, receipt_digits);
    std::int64_t number = 0;
    for (char const c : body) number = number * 10 + (c - '0');
    if (number == 0 || check_digits(body, "") != digits->substr(receipt_digits))
        return refuse(Code::bad_value, "receipt", "the check digits of the receipt do not fit");
    return number;
}

}  // namespace allroads::pay
