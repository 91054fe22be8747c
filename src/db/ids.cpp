#include "db/db.h"

#include <sys/random.h>

#include <algorithm>
#include <bit>

namespace allroads::db {

namespace {

constexpr std::string_view base32 = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::string_view base16 = "0123456789abcdef";
constexpr std::size_t base32_length = 26;  // 130 bits; the first letter is 0 to 7
constexpr std::size_t base16_length = 32;
constexpr int time_bytes = 6;

__extension__ using Wide = unsigned __int128;

Wide number_of(IdBytes const& bytes) {
    Wide number = 0;
    for (auto const byte : bytes) number = number << 8 | byte;
    return number;
}

IdBytes bytes_of(Wide number) {
    IdBytes bytes{};
    for (std::size_t i = bytes.size(); i-- > 0; number >>= 8) bytes[i] = static_cast<unsigned char>(number);
    return bytes;
}

std::string letters_of(Wide number, std::size_t length, unsigned bits, std::string_view alphabet) {
    std::string text(length, '0');
    for (std::size_t i = length; i-- > 0; number >>= bits) {
        text[i] = alphabet[static_cast<std::size_t>(number & ((1U << bits) - 1U))];
    }
    return text;
}

char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

char plain(char letter) {
    auto const small = lower(letter);
    if (small == 'i' || small == 'l') return '1';
    return small == 'o' ? '0' : small;
}

void fill_randomly(void* to, std::size_t count) {
    // Never short below 256 bytes once the kernel has its first entropy (getrandom(2)).
    check(::getrandom(to, count, 0) == static_cast<ssize_t>(count));
}

}  // namespace

std::string id_text(IdBytes const& bytes) { return letters_of(number_of(bytes), base32_length, 5, base32); }
std::string id_hex(IdBytes const& bytes) { return letters_of(number_of(bytes), base16_length, 4, base16); }

Result<IdBytes> id_parse(std::string_view text) {
    bool const is_hex = text.size() == base16_length;
    if (!is_hex && text.size() != base32_length) {
        return refuse(Code::bad_value, "",
                      "an id has 26 letters and digits, or 32 of base 16: " + excerpt(text));
    }
    Wide number = 0;
    for (auto const letter : text) {
        auto const value = is_hex ? base16.find(lower(letter)) : base32.find(plain(letter));
        if (value == std::string_view::npos)
            return refuse(Code::bad_value, "", "this is no id: " + excerpt(text));
        number = number << (is_hex ? 4 : 5) | value;
    }
    // 26 letters hold two bits more than an id has.
    if (!is_hex && base32.find(plain(text.front())) > 7) {
        return refuse(Code::bad_value, "", "this is no id: " + excerpt(text));
    }
    return bytes_of(number);
}

// The system is asked for many at a time: each call of it costs more than an id.
void Ids::draw(unsigned char* bytes, std::size_t count) {
    if (drawn_.size() - next_drawn_ < count) {
        fill_randomly(drawn_.data(), drawn_.size());
        next_drawn_ = 0;
    }
    std::copy_n(drawn_.begin() + static_cast<std::ptrdiff_t>(next_drawn_), count, bytes);
    next_drawn_ += count;
}

IdBytes Ids::next(std::chrono::sys_time<std::chrono::milliseconds> now) {
    std::lock_guard const held(lock_);
    auto const since = now.time_since_epoch().count();
    check(since >= 0);
    auto time = bytes_of(static_cast<Wide>(since) << 80);
    if (!std::lexicographical_compare(last_.begin(), last_.begin() + time_bytes, time.begin(),
                                      time.begin() + time_bytes)) {
        // The same millisecond, or a clock that went back: a step that nobody can guess, so that neighbours
        // of a known id stay unknown. 80 bits hold 2^48 steps of 2^32 in one millisecond.
        std::array<unsigned char, 4> step{};
        draw(step.data(), step.size());
        last_ = bytes_of(number_of(last_) + 1 + std::bit_cast<std::uint32_t>(step));
        return last_;
    }
    draw(time.data() + time_bytes, time.size() - time_bytes);
    time[time_bytes] &= 0x7F;  // room above for the steps
    last_ = time;
    return last_;
}

}  // namespace allroads::db
