#include "books/pack.h"

#include <sodium.h>
#include <array>

namespace allroads::books {

Result<std::string> sha256_of(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return refuse(Code::not_found, "file", "cannot open " + file.string());
    check(sodium_init() >= 0);
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    std::array<char, 1U << 16> block;
    while (in) {
        in.read(block.data(), block.size());
        crypto_hash_sha256_update(&state, reinterpret_cast<unsigned char const*>(block.data()),
                                  static_cast<unsigned long long>(in.gcount()));
    }
    if (in.bad()) return refuse(Code::unavailable, "file", "cannot read " + file.string());
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest;
    crypto_hash_sha256_final(&state, digest.data());
    std::array<char, 2 * crypto_hash_sha256_BYTES + 1> text;
    sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
    return std::string(text.data());
}

}  // namespace allroads::books
