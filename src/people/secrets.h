#pragma once
// What is secret, behind the door of people: randomness, digests, and words to show them by. Nothing here
// keeps anything.

#include "people/people.h"

namespace allroads::people {

using Digest = std::array<unsigned char, 32>;

inline db::Blob blob(Digest const& digest) {
    return {{static_cast<char const*>(static_cast<void const*>(digest.data())), digest.size()}};
}

[[nodiscard]] std::string random_bytes(std::size_t count);
[[nodiscard]] std::string random_digits(std::size_t count);
// BLAKE2b-256: for what is too long to be guessed.
[[nodiscard]] Digest digest(std::string_view bytes);
// In a time that does not tell where they differ.
[[nodiscard]] bool same(std::string_view one, std::string_view other);
[[nodiscard]] bool same(Digest const& one, std::string_view other);
[[nodiscard]] std::string hex(std::string_view bytes);
// RFC 4648, upper case, without padding.
[[nodiscard]] std::string base32(std::string_view bytes);
// 43 letters that are safe in a cookie.
[[nodiscard]] std::string new_token();
[[nodiscard]] bool is_token(std::string_view text);
// The digits of a code as people type it: of any script, with spaces or hyphens between.
[[nodiscard]] std::string typed_digits(std::string_view text);

// ---- the second factor: RFC 4226 and RFC 6238 -------------------------------------------------------------

inline constexpr std::size_t totp_secret_bytes = 20;
inline constexpr std::int64_t totp_step_seconds = 30;
// `digits` digits for one count, by HMAC-SHA-1.
[[nodiscard]] std::string hotp(std::string_view secret, std::uint64_t count, std::size_t digits);
// The step in which the code is right: this one, the one before or after it; above `last`, so that none is
// used twice. Nothing where there is none.
[[nodiscard]] std::optional<std::int64_t> totp_step(std::string_view secret, std::string_view code,
                                                    std::int64_t last, Moment now);

// ---- passwords --------------------------------------------------------------------------------------------

// Refuses what is too short, too long, among the most common, or equal to what is known of its owner.
[[nodiscard]] Result<void> check_password(std::string_view password, std::string_view name,
                                          std::string_view contact, std::string_view field);
[[nodiscard]] Result<void> check_pin(std::string_view pin);

// At most so many hashes at a time, so that their memory is bounded. A few wait; more are refused.
class Gate {
public:
    explicit Gate(Hashing const& hashing);
    ~Gate();
    // Argon2id in its usual text, with its salt.
    [[nodiscard]] Result<std::string> hash(std::string_view password);
    [[nodiscard]] Result<bool> is_right(std::string const& hash, std::string_view password);
    // A hash as `hash` would make it, of no password at all: to look at it takes as long, and nothing is
    // right.
    [[nodiscard]] std::string of_nobody() const;
    // Whether it was made with less than is asked for now.
    [[nodiscard]] bool is_weaker(std::string const& hash) const;

private:
    struct Inside;
    struct Pass;
    std::unique_ptr<Inside> inside_;
};

}  // namespace allroads::people
