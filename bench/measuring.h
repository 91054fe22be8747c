#pragma once
// What several benchmarks measure beside themselves, in the same run: how often the disk syncs, and what the
// processor gave this program.

#include "base/base.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace allroads::bench {

inline std::int64_t whole_number(char const* name, std::int64_t otherwise) {
    auto const* said = std::getenv(name);
    return said == nullptr ? otherwise : std::atoll(said);
}

// Pages written over those of a file, each on the disk before the next, for a second.
inline std::int64_t syncs_a_second(std::filesystem::path const& folder) {
    using Clock = std::chrono::steady_clock;
    constexpr std::int64_t log_pages = 1000;
    auto const file = folder / "raw";
    auto const handle = ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    check(handle >= 0);
    std::string const page(4096, 'x');
    for (std::int64_t n = 0; n < log_pages; ++n)
        check(::write(handle, page.data(), page.size()) == static_cast<ssize_t>(page.size()));
    check(::fsync(handle) == 0);
    std::int64_t done = 0;
    auto const start = Clock::now();
    while (Clock::now() - start < std::chrono::seconds(1)) {
        check(::pwrite(handle, page.data(), page.size(), done % log_pages * 4096) == 4096);
        check(::fdatasync(handle) == 0);
        ++done;
    }
    ::close(handle);
    return done;
}

// Of all threads, since the program began.
inline std::int64_t processor_ns() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1'000'000'000 +
           (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000;
}

}  // namespace allroads::bench
