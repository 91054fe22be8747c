#pragma once
// A file mapped read-only.

#include "base/base.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <filesystem>

namespace allroads::books {

// A file mapped read-only, or bytes of somebody else.
class Pages {
public:
    Pages() = default;
    explicit Pages(std::string_view bytes) : bytes_(bytes) {}
    Pages(Pages const&) = delete;
    Pages& operator=(Pages const&) = delete;
    Pages(Pages&& other) noexcept : bytes_(other.bytes_), mapped_(std::exchange(other.mapped_, nullptr)) {}
    Pages& operator=(Pages&&) = delete;
    ~Pages() {
        if (mapped_ != nullptr) ::munmap(mapped_, bytes_.size());
    }
    static Result<Pages> map(std::filesystem::path const& file) {
        int const handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
        if (handle < 0) {
            return refuse(Code::no_books, "",
                          "there is no edition at " + file.string() + "; `allroads books build` makes one");
        }
        struct stat facts = {};
        bool const known = ::fstat(handle, &facts) == 0 && S_ISREG(facts.st_mode);
        auto const size = known ? static_cast<std::size_t>(facts.st_size) : 0;
        void* const place = size == 0 ? MAP_FAILED : ::mmap(nullptr, size, PROT_READ, MAP_SHARED, handle, 0);
        ::close(handle);
        if (place == MAP_FAILED)
            return refuse(Code::edition_corrupt, "", file.string() + " is empty or not a file");
        Pages pages(std::string_view(static_cast<char const*>(place), size));
        pages.mapped_ = place;
        return pages;
    }
    [[nodiscard]] std::string_view bytes() const { return bytes_; }

private:
    std::string_view bytes_;
    void* mapped_ = nullptr;
};

}  // namespace allroads::books
