// Telephone numbers and e-mail addresses, read strictly.

#include "people/people.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace allroads::people {
namespace {

constexpr std::size_t contact_bytes_max = 400;  // as typed, with spaces and digits of other scripts
constexpr std::size_t phone_digits_min = 7;     // +683 and four digits: Niue
constexpr std::size_t phone_digits_max = 15;    // E.164

constexpr bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
constexpr bool is_lower(char letter) { return letter >= 'a' && letter <= 'z'; }

// Country codes of ITU-T E.164 in use (list of assigned codes, annex to Operational Bulletin 1114), without
// those of satellites and networks. Two digits: all of that beginning; three digits: by their first two.
constexpr std::string_view two_digits =
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 "
    "82 "
    "84 86 90 91 92 93 94 95 98";
constexpr std::string_view three_digits =
    "211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 "
    "241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 "
    "268 269 290 291 297 298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 "
    "380 381 382 383 385 386 387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 "
    "595 596 597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 "
    "850 852 853 855 856 880 886 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 992 993 "
    "994 995 996 998";

bool is_listed(std::string_view list, std::string_view code) {
    for (std::size_t at = 0; at + code.size() <= list.size(); at += code.size() + 1) {
        if (list.substr(at, code.size()) == code) return true;
    }
    return false;
}

bool has_country(std::string_view digits) {
    if (digits[0] == '1' || digits[0] == '7') return true;  // North America; Russia and Kazakhstan
    return is_listed(two_digits, digits.substr(0, 2)) || is_listed(three_digits, digits.substr(0, 3));
}

// Marks that keep a number from being turned round in a right-to-left text are no part of it; plain_digits
// has taken them out.
Result<std::string> phone(std::string_view plain) {
    std::string text = "+";
    for (char const letter : plain.substr(1)) {
        if (is_digit(letter)) {
            text += letter;
        } else if (letter != ' ' && letter != '-' && letter != '.' && letter != '(' && letter != ')') {
            return refuse(Code::bad_value, "contact", "a telephone number has digits, and no letters");
        }
    }
    auto const digits = std::string_view(text).substr(1);
    if (plain.find("(0)") != std::string_view::npos)
        return refuse(Code::bad_value, "contact", "leave out the (0): it is not dialled from abroad");
    if (digits.size() < phone_digits_min || digits.size() > phone_digits_max)
        return refuse(Code::bad_value, "contact", "a telephone number has 7 to 15 digits with its country");
    if (!has_country(digits))
        return refuse(Code::bad_value, "contact", "after + comes the code of a country: +254 for Kenya");
    return text;
}

bool is_local(std::string_view local) {
    constexpr std::string_view marks = "!#$%&'*+-/=?^_`{|}~.";
    if (local.empty() || local.size() > 64 || local.front() == '.' || local.back() == '.') return false;
    if (local.find("..") != std::string_view::npos) return false;
    return std::ranges::all_of(local, [&](char letter) {
        return is_lower(letter) || is_digit(letter) || marks.find(letter) != std::string_view::npos;
    });
}

bool is_domain(std::string_view domain) {
    std::size_t labels = 0;
    std::string_view last;
    while (true) {
        auto const dot = domain.find('.');
        last = domain.substr(0, dot);
        ++labels;
        bool const is_label = !last.empty() && last.size() <= 63 && last.front() != '-' &&
                              last.back() != '-' && std::ranges::all_of(last, [](char letter) {
                                  return is_lower(letter) || is_digit(letter) || letter == '-';
                              });
        if (!is_label) return false;
        if (dot == std::string_view::npos) break;
        domain.remove_prefix(dot + 1);
    }
    return labels >= 2 && last.size() >= 2 && !std::ranges::all_of(last, is_digit);
}

Result<std::string> email(std::string_view given) {
    std::string text(given);
    for (char& letter : text) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    if (text.size() > email_bytes_max)
        return refuse(Code::too_long, "contact", "an e-mail address has at most 254 characters");
    auto const at = text.find('@');
    auto const whole = std::string_view(text);
    if (!is_local(whole.substr(0, at)) || !is_domain(whole.substr(at + 1)))
        return refuse(Code::bad_value, "contact", "an e-mail address is written name@example.org");
    return text;
}

}  // namespace

Result<Contact> Contact::parse(std::string_view text) {
    if (text.size() > contact_bytes_max)
        return refuse(Code::too_long, "contact", "a telephone number or an e-mail address is shorter");
    auto const given = trim(text);
    if (given.find('@') != std::string_view::npos) return Contact(TRY(email(given)));
    std::string plain = plain_digits(given);
    // The plus of East Asian keyboards.
    constexpr std::string_view wide_plus = "\uFF0B";
    if (plain.starts_with(wide_plus)) plain.replace(0, wide_plus.size(), "+");
    auto const number = trim(plain);
    if (number.empty())
        return refuse(Code::field_missing, "contact", "a telephone number or an e-mail address is needed");
    if (number.front() != '+')
        return refuse(
            Code::bad_value, "contact",
            "a telephone number begins with + and the code of its country; an e-mail address has an @");
    return Contact(TRY(phone(number)));
}

std::string Contact::veiled() const {
    constexpr std::string_view veil = "\u2022\u2022\u2022";
    if (kind() == Kind::email) return text_.substr(0, 1) + std::string(veil) + text_.substr(text_.find('@'));
    return text_.substr(0, 5) + std::string(veil) + text_.substr(text_.size() - 2);
}

// ---- addresses of machines --------------------------------------------------------------------------------

namespace {

struct Place {
    bool is_v4 = false;
    std::array<unsigned char, 16> bytes{};  // the first four of IPv4
};

std::optional<Place> place(std::string_view address) {
    if (address.empty() || address.size() > 60) return std::nullopt;
    std::string text(address.substr(0, address.find('%')));  // the zone of a link-local address
    Place out;
    if (::inet_pton(AF_INET, text.c_str(), out.bytes.data()) == 1) {
        out.is_v4 = true;
        return out;
    }
    if (::inet_pton(AF_INET6, text.c_str(), out.bytes.data()) != 1) return std::nullopt;
    constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (std::equal(mapped.begin(), mapped.end(), out.bytes.begin())) {
        std::copy(out.bytes.begin() + 12, out.bytes.end(), out.bytes.begin());
        out.is_v4 = true;
    }
    return out;
}

// The first `kept` bytes of it, with its length behind a stroke.
std::string cut(Place where, std::size_t kept) {
    std::fill(where.bytes.begin() + static_cast<std::ptrdiff_t>(kept), where.bytes.end(),
              static_cast<unsigned char>(0));
    std::array<char, INET6_ADDRSTRLEN> text{};
    auto const family = where.is_v4 ? AF_INET : AF_INET6;
    check(::inet_ntop(family, where.bytes.data(), text.data(), text.size()) != nullptr);
    std::string out(text.data());
    return kept == 4 && where.is_v4 ? out : out + "/" + std::to_string(kept * 8);
}

}  // namespace

std::string address_key(std::string_view address) {
    auto const where = place(address);
    if (!where) return "?";
    return cut(*where, where->is_v4 ? 4 : 8);
}

std::string shortened_address(std::string_view address) {
    auto const where = place(address);
    if (!where) return "";
    return cut(*where, where->is_v4 ? 3 : 6);
}

}  // namespace allroads::people
