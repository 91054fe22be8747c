#include "photo/files.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace allroads::photo {

namespace fs = std::filesystem;

Handle::~Handle() {
    if (number_ >= 0) ::close(number_);
}

std::unexpected<Error> disk_failure(std::string_view doing, fs::path const& file) {
    auto const why = std::system_category().message(errno);
    return refuse(Code::unavailable, "photo",
                  std::string(doing) + " " + file.filename().string() + " failed: " + why);
}

namespace {

std::string hex(unsigned char const* bytes, std::size_t size) {
    std::string text(2 * size + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes, size);
    text.pop_back();
    return text;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, static_cast<unsigned char const*>(static_cast<void const*>(bytes.data())),
                       bytes.size());
    return hex(digest, sizeof digest);
}

std::string random_hex(std::size_t bytes) {
    check(bytes <= 32 && sodium_init() >= 0);
    unsigned char random[32];
    randombytes_buf(random, bytes);
    return hex(random, bytes);
}

Result<std::string> read_file(fs::path const& file, std::size_t bytes_max) {
    Handle const in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!in) {
        if (errno == ENOENT || errno == ELOOP || errno == ENOTDIR)
            return refuse(Code::not_found, "photo", "there is no such picture");
        return disk_failure("opening", file);
    }
    struct stat facts = {};
    if (::fstat(in.number(), &facts) != 0) return disk_failure("looking at", file);
    if (!S_ISREG(facts.st_mode)) return refuse(Code::not_found, "photo", "there is no such picture");
    if (std::cmp_greater(facts.st_size, bytes_max))
        return refuse(Code::too_long, "photo", "the stored file is larger than any we write");
    std::string bytes(static_cast<std::size_t>(facts.st_size), '\0');
    for (std::size_t have = 0; have < bytes.size();) {
        auto const got = ::read(in.number(), bytes.data() + have, bytes.size() - have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return disk_failure("reading", file);
        if (got == 0) bytes.resize(have);
        have += static_cast<std::size_t>(got);
    }
    return bytes;
}

Result<void> write_at(Handle const& file, std::int64_t offset, std::string_view bytes, fs::path const& name) {
    while (!bytes.empty()) {
        auto const done = ::pwrite(file.number(), bytes.data(), bytes.size(), offset);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return disk_failure("writing", name);
        bytes.remove_prefix(static_cast<std::size_t>(done));
        offset += done;
    }
    return {};
}

Result<void> sync_data(Handle const& file, fs::path const& name) {
    if (::fdatasync(file.number()) != 0) return disk_failure("bringing to the disk", name);
    return {};
}

Result<void> sync_folder(fs::path const& folder) {
    Handle const open(::open(folder.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
    if (!open || ::fsync(open.number()) != 0) return disk_failure("bringing to the disk", folder);
    return {};
}

Result<void> make_folder(fs::path const& folder) {
    std::error_code failed;
    bool const is_new = fs::create_directories(folder, failed);
    if (failed) {
        errno = failed.value();
        return disk_failure("making the folder", folder);
    }
    auto const above = folder.parent_path();
    if (is_new) TRY_VOID(sync_folder(above.empty() ? fs::path(".") : above));
    return {};
}

Result<void> write_whole(fs::path const& parts, fs::path const& file, std::string_view bytes) {
    auto const part = parts / (random_hex(16) + ".part");
    Handle const out(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!out) return disk_failure("making", part);
    // Whoever sweeps leaves locked files alone. One that is swept before the lock is held fails to be
    // renamed.
    ::flock(out.number(), LOCK_EX);
    auto written = write_at(out, 0, bytes, part);
    if (written && ::fsync(out.number()) != 0) written = disk_failure("bringing to the disk", part);
    if (written && ::rename(part.c_str(), file.c_str()) != 0) written = disk_failure("renaming", part);
    if (!written) {
        ::unlink(part.c_str());
        return written;
    }
    return sync_folder(file.parent_path());
}

Result<std::int64_t> sweep(fs::path const& parts) {
    std::int64_t swept = 0;
    std::error_code failed;
    for (auto const& entry : fs::directory_iterator(parts, failed)) {
        Handle const left(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        if (!left || ::flock(left.number(), LOCK_EX | LOCK_NB) != 0) continue;
        // Between the listing and the lock it may have become what it was written for.
        swept += TRY(remove_file(entry.path())) ? 1 : 0;
    }
    if (failed) {
        errno = failed.value();
        return disk_failure("listing", parts);
    }
    return swept;
}

Result<bool> remove_file(fs::path const& file) {
    if (::unlink(file.c_str()) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return disk_failure("removing", file);
}

}  // namespace allroads::photo
