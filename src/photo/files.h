#pragma once
// Files that are there whole or not at all, and their digests. Behind the door of photo.

#include "base/base.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace allroads::photo {

// An open file of the operating system, closed at the end.
class Handle {
public:
    Handle() = default;
    explicit Handle(int number) : number_(number) {}
    Handle(Handle&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Handle(Handle const&) = delete;
    Handle& operator=(Handle const&) = delete;
    ~Handle();
    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] explicit operator bool() const { return number_ >= 0; }

private:
    int number_ = -1;
};

// `unavailable`, with what the operating system says.
[[nodiscard]] std::unexpected<Error> disk_failure(std::string_view doing, std::filesystem::path const& file);

[[nodiscard]] std::string sha256_hex(std::string_view bytes);
[[nodiscard]] std::string random_hex(std::size_t bytes);

// An ordinary file, not through a link; `not-found` where there is none, `too-long` above `bytes_max`.
[[nodiscard]] Result<std::string> read_file(std::filesystem::path const& file, std::size_t bytes_max);
[[nodiscard]] Result<void> write_at(Handle const& file, std::int64_t offset, std::string_view bytes,
                                    std::filesystem::path const& name);
[[nodiscard]] Result<void> sync_data(Handle const& file, std::filesystem::path const& name);
[[nodiscard]] Result<void> sync_folder(std::filesystem::path const& folder);
// Makes the folder if it is not there, lasting.
[[nodiscard]] Result<void> make_folder(std::filesystem::path const& folder);

// Writes a file of the folder `parts`, brings it to the disk and renames it to `file`, whose folder exists
// and lies in the same file system.
[[nodiscard]] Result<void> write_whole(std::filesystem::path const& parts, std::filesystem::path const& file,
                                       std::string_view bytes);
// Removes what writers that are no more left in `parts`; those at work hold a lock on theirs.
[[nodiscard]] Result<std::int64_t> sweep(std::filesystem::path const& parts);
// Whether something was there to remove.
[[nodiscard]] Result<bool> remove_file(std::filesystem::path const& file);

}  // namespace allroads::photo
