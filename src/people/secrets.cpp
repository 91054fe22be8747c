// Randomness, digests, codes by time, and how many hashes may be made at once.

#include "people/secrets.h"

#include "people/common_passwords.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>

namespace allroads::people {
namespace {

unsigned char const* bytes_of(std::string_view text) {
    return static_cast<unsigned char const*>(static_cast<void const*>(text.data()));
}
}  // namespace

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    randombytes_buf(out.data(), out.size());
    return out;
}

std::string random_digits(std::size_t count) {
    std::string out;
    while (out.size() < count) out += static_cast<char>('0' + randombytes_uniform(10));
    return out;
}

Digest digest(std::string_view bytes) {
    Digest out{};
    crypto_generichash(out.data(), out.size(), bytes_of(bytes), bytes.size(), nullptr, 0);
    return out;
}

bool same(std::string_view one, std::string_view other) {
    return one.size() == other.size() && sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}
bool same(Digest const& one, std::string_view other) { return same(blob(one).bytes, other); }

std::string hex(std::string_view bytes) {
    std::string out(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), bytes_of(bytes), bytes.size());
    out.pop_back();
    return out;
}

std::string base32(std::string_view bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string out;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (char const byte : bytes) {
        held = held << 8 | static_cast<unsigned char>(byte);
        for (bits += 8; bits >= 5; bits -= 5) out += letters[held >> (bits - 5) & 31U];
    }
    if (bits > 0) out += letters[held << (5 - bits) & 31U];
    return out;
}

std::string new_token() {
    auto const bytes = random_bytes(32);
    std::array<char, 44> text{};
    sodium_bin2base64(text.data(), text.size(), bytes_of(bytes), bytes.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return {text.data(), 43};
}

bool is_token(std::string_view text) {
    return text.size() == 43 && std::ranges::all_of(text, [](char letter) {
               return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                      (letter >= 'A' && letter <= 'Z') || letter == '-' || letter == '_';
           });
}

std::string typed_digits(std::string_view text) {
    if (text.size() > 200) return "";
    std::string out;
    for (char const letter : plain_digits(text)) {
        if (letter != ' ' && letter != '-') out += letter;
    }
    return out;
}

// ---- the second factor ------------------------------------------------------------------------------------

std::string hotp(std::string_view secret, std::uint64_t count, std::size_t digits) {
    check(digits >= 6 && digits <= 8);
    std::array<unsigned char, 8> message{};
    for (std::size_t i = 8; i > 0; count >>= 8) message[--i] = static_cast<unsigned char>(count & 0xFFU);
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    check(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), message.data(), message.size(),
               mac.data(), &size) != nullptr &&
          size == 20);
    // RFC 4226, 5.3: the last four bits say where the number stands.
    std::size_t const at = mac[19] & 0x0FU;
    std::uint32_t number = mac[at] & 0x7FU;
    for (std::size_t i = 1; i < 4; ++i) number = number << 8 | mac[at + i];
    std::string out(digits, '0');
    for (std::size_t i = digits; i > 0; number /= 10) out[--i] = static_cast<char>('0' + number % 10);
    return out;
}

std::optional<std::int64_t> totp_step(std::string_view secret, std::string_view code, std::int64_t last,
                                      Moment now) {
    auto const seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    if (code.size() != 6 || seconds < totp_step_seconds) return std::nullopt;
    auto const current = seconds / totp_step_seconds;
    std::optional<std::int64_t> found;
    for (auto step = current - 1; step <= current + 1; ++step) {
        bool const is_right = same(hotp(secret, static_cast<std::uint64_t>(step), 6), code);
        if (is_right && step > last && !found) found = step;
    }
    return found;
}

// ---- which passwords are refused --------------------------------------------------------------------------

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& letter : out) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    return out;
}

// One unit again and again ("abcabcab"), a run ("abcdefgh", "87654321"), or no more than two letters.
bool is_pattern(std::string_view text) {
    for (std::size_t unit = 1; unit <= text.size() / 2; ++unit) {
        if (text.substr(unit) == text.substr(0, text.size() - unit)) return true;
    }
    std::string letters(text);
    std::ranges::sort(letters);
    letters.erase(std::unique(letters.begin(), letters.end()), letters.end());
    if (letters.size() <= 2) return true;
    int const difference = text[1] - text[0];
    if (difference != 1 && difference != -1) return false;
    for (std::size_t i = 2; i < text.size(); ++i) {
        if (text[i] - text[i - 1] != difference) return false;
    }
    return true;
}

bool is_listed(std::string_view word) {
    if (word.size() < password_letters_min) return false;
    for (auto at = common_passwords.find(word); at != std::string_view::npos;
         at = common_passwords.find(word, at + 1)) {
        bool const begins = at == 0 || common_passwords[at - 1] == ' ';
        auto const end = at + word.size();
        if (begins && (end == common_passwords.size() || common_passwords[end] == ' ')) return true;
    }
    return false;
}

// Also with figures and marks behind it: "football2024!" is tried soon after "football".
bool is_common(std::string_view password) {
    if (is_listed(password)) return true;
    auto const end = password.find_last_not_of("0123456789!?.@#$*_-");
    return end != std::string_view::npos && is_listed(password.substr(0, end + 1));
}

std::size_t letters_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

}  // namespace

Result<void> check_password(std::string_view password, std::string_view name, std::string_view contact,
                            std::string_view field) {
    if (password.size() > password_bytes_max || letters_of(password) > password_letters_max)
        return refuse(Code::too_long, field, "a password has at most 128 letters");
    if (!is_clean(password) || password.find('\0') != std::string_view::npos)
        return refuse(Code::bad_value, field, "a password is text without control characters");
    if (letters_of(password) < password_letters_min)
        return refuse(Code::bad_value, field, "a password has at least 8 letters; several words are good");
    auto const word = lower(password);
    if (is_pattern(word) || is_common(word))
        return refuse(Code::bad_value, field, "this password is among those that are guessed first");
    auto const letters = [](std::string_view text) {
        auto out = folded(text);
        std::erase(out, ' ');
        return out;
    };
    auto const before_at = contact.substr(0, contact.find('@'));
    bool const is_phone =
        contact.starts_with('+') && word.size() >= password_letters_min &&
        std::ranges::all_of(word, [](char c) { return (c >= '0' && c <= '9') || c == '+'; }) &&
        contact.ends_with(word.starts_with('0') ? word.substr(1) : word);
    if (is_phone || (!name.empty() && letters(password) == letters(name)) ||
        (!contact.empty() && (word == contact || word == before_at)))
        return refuse(Code::bad_value, field, "a password must not be the name or the contact of its owner");
    return {};
}

Result<void> check_pin(std::string_view pin) {
    if (pin.size() != 6 || !std::ranges::all_of(pin, [](char c) { return c >= '0' && c <= '9'; }))
        return refuse(Code::bad_value, "pin", "a PIN has 6 digits");
    if (is_pattern(pin))
        return refuse(Code::bad_value, "pin", "this PIN is among those that are guessed first");
    return {};
}

// ---- the gate ---------------------------------------------------------------------------------------------

struct Gate::Inside {
    Hashing hashing;
    std::mutex lock;
    std::condition_variable left;
    std::size_t working = 0, waiting = 0;
};

// Held while a hash is made.
struct Gate::Pass {
    Inside* inside;
    static Result<Pass> enter(Inside& inside) {
        std::unique_lock held(inside.lock);
        if (inside.working >= inside.hashing.at_once) {
            if (inside.waiting >= inside.hashing.waiting_max)
                return refuse(Code::busy, "", "too many passwords are being looked at; try again");
            ++inside.waiting;
            inside.left.wait(held, [&] { return inside.working < inside.hashing.at_once; });
            --inside.waiting;
        }
        ++inside.working;
        return Pass(inside);
    }
    explicit Pass(Inside& in) : inside(&in) {}
    Pass(Pass&& other) noexcept : inside(std::exchange(other.inside, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    Pass(Pass const&) = delete;
    Pass& operator=(Pass const&) = delete;
    ~Pass() {
        if (inside == nullptr) return;
        {
            std::scoped_lock const held(inside->lock);
            --inside->working;
        }
        inside->left.notify_one();
    }
};

Gate::Gate(Hashing const& hashing) : inside_(std::make_unique<Inside>()) {
    check(hashing.at_once > 0 && hashing.passes >= crypto_pwhash_argon2id_OPSLIMIT_MIN &&
          hashing.memory_bytes >= crypto_pwhash_argon2id_MEMLIMIT_MIN);
    inside_->hashing = hashing;
}
Gate::~Gate() = default;

Result<std::string> Gate::hash(std::string_view password) {
    auto const pass = TRY(Pass::enter(*inside_));
    std::array<char, crypto_pwhash_STRBYTES> out{};
    if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), inside_->hashing.passes,
                              inside_->hashing.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return refuse(Code::busy, "", "there is no memory to look at passwords now");
    return std::string(out.data());
}

std::string Gate::of_nobody() const {
    auto const text = [](std::size_t count) {
        auto const bytes = random_bytes(count);
        std::string out(sodium_base64_ENCODED_LEN(count, sodium_base64_VARIANT_ORIGINAL_NO_PADDING), '\0');
        sodium_bin2base64(out.data(), out.size(),
                          static_cast<unsigned char const*>(static_cast<void const*>(bytes.data())), count,
                          sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
        out.pop_back();  // the NUL that ends it
        return out;
    };
    constexpr std::size_t salt_bytes = crypto_pwhash_argon2id_SALTBYTES;
    constexpr std::size_t hash_bytes = 32;  // of libsodium's own texts
    // RFC 9106 calls 0x13 the version; libsodium writes memory in KiB, and one lane.
    return "$argon2id$v=19$m=" + std::to_string(inside_->hashing.memory_bytes / 1024) +
           ",t=" + std::to_string(inside_->hashing.passes) + ",p=1$" + text(salt_bytes) + "$" +
           text(hash_bytes);
}

Result<bool> Gate::is_right(std::string const& hash, std::string_view password) {
    if (hash.size() >= crypto_pwhash_STRBYTES) return false;
    auto const pass = TRY(Pass::enter(*inside_));
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool Gate::is_weaker(std::string const& hash) const {
    return crypto_pwhash_str_needs_rehash(hash.c_str(), inside_->hashing.passes,
                                          inside_->hashing.memory_bytes) != 0;
}

}  // namespace allroads::people
