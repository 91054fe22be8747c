// The file of the hub's key, and what is sealed and marked with it.

#include "people/people.h"

#include "people/secrets.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace allroads::people {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view opening = "allroads hub key 1\n";
constexpr std::size_t file_bytes = opening.size() + 64 + 1;

class File {
public:
    explicit File(int number) : number_(number) {}
    File(File const&) = delete;
    File& operator=(File const&) = delete;
    ~File() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

std::unexpected<Error> no_file(fs::path const& path) {
    return refuse(Code::unavailable, "hub.key", path.filename().string() + ": " + std::strerror(errno));
}

Result<HubKey> read_key(int number) {
    struct stat facts{};
    if (::fstat(number, &facts) != 0 || !S_ISREG(facts.st_mode))
        return refuse(Code::bad_file, "hub.key", "it is no ordinary file");
    if ((facts.st_mode & 077U) != 0)
        return refuse(Code::bad_file, "hub.key",
                      "others may read it; make it readable to its owner alone (0600)");
    std::array<char, file_bytes + 1> text{};
    auto const size = ::read(number, text.data(), text.size());
    auto const whole = std::string_view(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    std::array<unsigned char, 32> bytes{};
    std::size_t count = 0;
    bool const is_key = whole.size() == file_bytes && whole.starts_with(opening) && whole.back() == '\n' &&
                        sodium_hex2bin(bytes.data(), bytes.size(), text.data() + opening.size(), 64, nullptr,
                                       &count, nullptr) == 0 &&
                        count == bytes.size();
    sodium_memzero(text.data(), text.size());
    if (!is_key) return refuse(Code::bad_file, "hub.key", "it does not hold the key of a hub");
    HubKey key{std::span<unsigned char const, 32>(bytes)};
    sodium_memzero(bytes.data(), bytes.size());
    return key;
}

// Written beside it and then given its name, which fails where there is one: never half a key, and never two.
Result<void> make_key(fs::path const& path) {
    auto beside = path;
    beside += "." + hex(random_bytes(8));
    auto secret = random_bytes(32);
    auto text = std::string(opening) + hex(secret) + "\n";
    sodium_memzero(secret.data(), secret.size());
    bool is_written = false;
    {
        File const file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (file.number() < 0) return no_file(path);
        is_written = ::write(file.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                     ::fsync(file.number()) == 0;
    }
    sodium_memzero(text.data(), text.size());
    bool const is_named = is_written && (::link(beside.c_str(), path.c_str()) == 0 || errno == EEXIST);
    int const why = errno;
    ::unlink(beside.c_str());
    errno = why;
    if (!is_named) return no_file(path);
    auto const folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    File const holder(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (holder.number() < 0 || ::fsync(holder.number()) != 0) return no_file(path);
    return {};
}

}  // namespace

Result<HubKey> HubKey::open_or_make(fs::path const& path) {
    check(sodium_init() >= 0);
    for (int tries = 0; tries < 2; ++tries) {
        File const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        if (file.number() >= 0) return read_key(file.number());
        if (errno != ENOENT) return no_file(path);
        TRY_VOID(make_key(path));
    }
    return no_file(path);
}

void HubKey::Wipe::operator()(unsigned char* bytes) const { sodium_free(bytes); }

HubKey::HubKey(std::span<unsigned char const, 32> bytes) {
    check(sodium_init() >= 0);
    bytes_.reset(static_cast<unsigned char*>(sodium_malloc(bytes.size())));
    if (bytes_ == nullptr) throw std::bad_alloc();
    std::copy(bytes.begin(), bytes.end(), bytes_.get());
}

std::array<unsigned char, 32> HubKey::derived(std::string_view purpose) const {
    std::array<unsigned char, 32> out{};
    auto const* const text = static_cast<unsigned char const*>(static_cast<void const*>(purpose.data()));
    crypto_generichash(out.data(), out.size(), text, purpose.size(), bytes_.get(), 32);
    return out;
}

std::string HubKey::seal(std::string_view purpose, std::string_view plain) const {
    auto key = derived("seal " + std::string(purpose));
    std::string out = random_bytes(crypto_secretbox_NONCEBYTES);
    out.resize(out.size() + crypto_secretbox_MACBYTES + plain.size());
    auto* const to = static_cast<unsigned char*>(static_cast<void*>(out.data()));
    crypto_secretbox_easy(to + crypto_secretbox_NONCEBYTES,
                          static_cast<unsigned char const*>(static_cast<void const*>(plain.data())),
                          plain.size(), to, key.data());
    sodium_memzero(key.data(), key.size());
    return out;
}

Result<std::string> HubKey::open(std::string_view purpose, std::string_view sealed) const {
    constexpr std::size_t around = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    bool is_open = sealed.size() >= around;
    std::string out(is_open ? sealed.size() - around : 0, '\0');
    if (is_open) {
        auto key = derived("seal " + std::string(purpose));
        auto const* const from = static_cast<unsigned char const*>(static_cast<void const*>(sealed.data()));
        is_open =
            crypto_secretbox_open_easy(static_cast<unsigned char*>(static_cast<void*>(out.data())),
                                       from + crypto_secretbox_NONCEBYTES,
                                       sealed.size() - crypto_secretbox_NONCEBYTES, from, key.data()) == 0;
        sodium_memzero(key.data(), key.size());
    }
    if (!is_open) return refuse(Code::db_damaged, "hub.key", "what was sealed does not open with this key");
    return out;
}

std::array<unsigned char, 32> HubKey::mark(std::string_view purpose, std::string_view text) const {
    auto key = derived("mark " + std::string(purpose));
    std::array<unsigned char, 32> out{};
    crypto_auth_hmacsha256(out.data(),
                           static_cast<unsigned char const*>(static_cast<void const*>(text.data())),
                           text.size(), key.data());
    sodium_memzero(key.data(), key.size());
    return out;
}

}  // namespace allroads::people
