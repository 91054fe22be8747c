#pragma once
// Programs that end in the middle: a child process of a test, killed at whatever moment it has reached.

#include <sys/wait.h>
#include <unistd.h>
#include "base/base.h"

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace allroads::photo::tests {

// A folder of its own, gone at the end.
class Folder {
public:
    Folder() {
        auto pattern = (std::filesystem::temp_directory_path() / "photo-test-XXXXXX").string();
        check(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    [[nodiscard]] std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

using Report = std::function<void(std::uint64_t)>;

// Runs `work` in a child and kills it after the report of that number; what it reported, also meanwhile.
inline std::vector<std::uint64_t> killed_after(std::size_t reports,
                                               std::function<void(Report const&)> const& work) {
    int ends[2];
    check(::pipe(ends) == 0);
    auto const child = ::fork();
    check(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        work([&ends](std::uint64_t number) {
            if (::write(ends[1], &number, sizeof number) != sizeof number) ::_exit(2);
        });
        ::_exit(0);
    }
    ::close(ends[1]);
    std::vector<std::uint64_t> heard;
    std::uint64_t number = 0;
    while (::read(ends[0], &number, sizeof number) == sizeof number) {
        heard.push_back(number);
        if (heard.size() == reports) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    check(::waitpid(child, &status, 0) == child);
    return heard;
}

// The exit status of `work` in a child.
inline int status_of(std::function<int()> const& work) {
    auto const child = ::fork();
    check(child >= 0);
    if (child == 0) ::_exit(work());
    int status = 0;
    check(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

inline std::size_t files_in(std::filesystem::path const& folder) {
    std::size_t count = 0;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) ++count;
    return count;
}

}  // namespace allroads::photo::tests
