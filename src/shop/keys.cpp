// Signatures of listings.
#include "shop/shop.h"

#include <sodium.h>

namespace allroads::shop {
namespace {

unsigned char* bytes(std::string& text) {
    return static_cast<unsigned char*>(static_cast<void*>(text.data()));
}
unsigned char const* bytes(std::string_view text) {
    return static_cast<unsigned char const*>(static_cast<void const*>(text.data()));
}

void begin() { allroads::check(sodium_init() >= 0); }

}  // namespace

Keys make_keys() {
    begin();
    Keys keys{std::string(crypto_sign_PUBLICKEYBYTES, '\0'), std::string(crypto_sign_SECRETKEYBYTES, '\0')};
    allroads::check(crypto_sign_keypair(bytes(keys.open), bytes(keys.secret)) == 0);
    return keys;
}

std::string signed_words(ShopId const& shop, ProductId const& product, std::int64_t version,
                         std::string_view document) {
    std::string words = "allroads listing 1\n";
    words += shop.text() + "\n" + product.text() + "\n" + std::to_string(version) + "\n";
    words += document;
    return words;
}

std::string sign(std::string_view words, std::string_view secret) {
    begin();
    allroads::check(secret.size() == crypto_sign_SECRETKEYBYTES);
    std::string signature(crypto_sign_BYTES, '\0');
    allroads::check(
        crypto_sign_detached(bytes(signature), nullptr, bytes(words), words.size(), bytes(secret)) == 0);
    return signature;
}

bool is_signed(std::string_view words, std::string_view signature, std::string_view open) {
    begin();
    return signature.size() == crypto_sign_BYTES && open.size() == crypto_sign_PUBLICKEYBYTES &&
           crypto_sign_verify_detached(bytes(signature), bytes(words), words.size(), bytes(open)) == 0;
}

}  // namespace allroads::shop
