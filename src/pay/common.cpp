// Names, digests, moments: what the parts of pay share.
#include "pay/hidden.h"

#include <sodium.h>
#include <algorithm>
#include <array>

namespace allroads::pay {
namespace {

constexpr std::array<std::string_view, 4> ways{"bank", "mobile", "card", "cash"};
constexpr std::array<std::string_view, 6> turns{"paid",     "taken-back", "refunded",
                                                "disputed", "paid-out",   "came-back"};
constexpr std::array<std::string_view, 8> stages{"waiting", "asked",  "unclear",   "pending",
                                                 "done",    "failed", "cancelled", "stuck"};
constexpr std::array<std::string_view, 8> matches{"whole",     "part",           "too-much",     "unknown",
                                                  "duplicate", "other-currency", "not-incoming", "in-doubt"};

unsigned char const* bytes_of(std::string_view text) {
    return static_cast<unsigned char const*>(static_cast<void const*>(text.data()));
}
template <std::size_t N>
std::string hex_of(std::array<unsigned char, N> const& bytes) {
    std::string out;
    for (auto const byte : bytes) {
        out.push_back("0123456789abcdef"[byte >> 4U]);
        out.push_back("0123456789abcdef"[byte & 15U]);
    }
    return out;
}

// Digits of a number within bounds, moved past; -1 where there are none such.
int digits(std::string_view& text, std::size_t count, int most) {
    if (text.size() < count) return -1;
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        number = number * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return number <= most ? number : -1;
}
bool passed(std::string_view& text, char wanted) {
    if (!text.starts_with(wanted)) return false;
    text.remove_prefix(1);
    return true;
}
// Minutes east of Greenwich; nothing where it is no offset. No offset at all is taken as Greenwich.
std::optional<int> offset(std::string_view text) {
    if (text.empty() || text == "Z" || text == "z") return 0;
    int const sign = text.front() == '-' ? -1 : text.front() == '+' ? 1 : 0;
    text.remove_prefix(1);
    int const hour = digits(text, 2, 23);
    bool const has_colon = passed(text, ':');
    int const minute = digits(text, 2, 59);
    if (sign == 0 || hour < 0 || minute < 0 || !text.empty() || !has_colon) return std::nullopt;
    return sign * (hour * 60 + minute);
}

}  // namespace

std::string_view text_of(Way way) { return ways.at(static_cast<std::size_t>(way)); }
std::string_view text_of(Turn turn) { return turns.at(static_cast<std::size_t>(turn)); }
std::string_view text_of(Stage stage) { return stages.at(static_cast<std::size_t>(stage)); }
std::string_view text_of(Match match) { return matches.at(static_cast<std::size_t>(match)); }

Result<Way> parse_way(std::string_view text) {
    auto const found = std::ranges::find(ways, text);
    if (found == ways.end()) return refuse(Code::bad_value, "way", "expected bank, mobile, card or cash");
    return static_cast<Way>(found - ways.begin());
}

std::string_view Incoming::field(std::string_view name) const {
    auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    for (auto const& one : fields)
        if (std::ranges::equal(one.name, name, {}, lower, lower)) return one.value;
    return {};
}

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    crypto_hash_sha256(digest.data(), bytes_of(bytes), bytes.size());
    return hex_of(digest);
}

std::string hmac_sha256_hex(std::string_view secret, std::string_view bytes) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(secret), secret.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(bytes), bytes.size());
    std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mark{};
    crypto_auth_hmacsha256_final(&state, mark.data());
    return hex_of(mark);
}

bool is_equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string moment_text(Moment moment) {
    auto const whole = std::chrono::floor<std::chrono::days>(moment);
    auto rest = (moment - whole).count();
    auto const two = [](std::int64_t number, std::size_t width) {
        auto text = std::to_string(number);
        return std::string(width - std::min(width, text.size()), '0') + text;
    };
    auto const day = Day::from_number(static_cast<std::int32_t>(whole.time_since_epoch().count()));
    return day.text() + "T" + two(rest / 3'600'000, 2) + ":" + two(rest / 60'000 % 60, 2) + ":" +
           two(rest / 1000 % 60, 2) + "." + two(rest % 1000, 3) + "Z";
}

std::optional<Moment> parse_moment(std::string_view text) {
    text = trim(text);
    auto const day = Day::parse(text.substr(0, std::min<std::size_t>(10, text.size())));
    if (!day || text.size() < 19) return std::nullopt;
    text.remove_prefix(10);
    if (!passed(text, 'T')) return std::nullopt;
    int const hour = digits(text, 2, 23);
    bool const first = passed(text, ':');
    int const minute = digits(text, 2, 59);
    bool const second = passed(text, ':');
    int const seconds = digits(text, 2, 60);
    if (hour < 0 || minute < 0 || seconds < 0 || !first || !second) return std::nullopt;
    int millis = 0;
    if (passed(text, '.')) {
        int place = 100;
        if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
        while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
            millis += (text.front() - '0') * place;
            place /= 10;
            text.remove_prefix(1);
        }
    }
    auto const east = offset(text);
    if (!east) return std::nullopt;
    return moment_of(
        (std::int64_t{day->number()} * 86'400 + hour * 3600 + minute * 60 + seconds - *east * 60) * 1000 +
        millis);
}

std::string shown(std::string_view text, std::size_t bytes) {
    std::string out = plain_digits(text.substr(0, 4 * bytes));
    for (char& c : out)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7F') c = ' ';
    out = excerpt(trim(out), bytes);
    return is_clean(out) ? out : std::string();
}

std::size_t characters_in(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace allroads::pay
