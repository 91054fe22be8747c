#pragma once
// Where SQLite writes its log in many small pieces, one piece; and the sync of the log by another thread than
// the one that writes. Not for use outside db.

#include "base/base.h"

#include <filesystem>
#include <memory>

namespace allroads::db {

// The name of a file system for sqlite3_open_v2 that is the usual one, but for the write-ahead log: SQLite
// writes each page of a commit and the head of that page by themselves, and they go to the disk together when
// the log is synced. Only for connections with synchronous = FULL, which sync the log with every commit,
// before others are told of it; what is not synced yet is nobody's to read but the writer's own. Made known
// to SQLite by the first call; any thread.
[[nodiscard]] char const* gathering_files();

// While it lives, this thread's syncs of a log only hand over what was gathered; who makes it syncs the log
// by LogSync before anybody is told that a commit is kept. Not to be held over a checkpoint, which relies on
// the log. The beginning of a log is synced all the same: pages of the log before must not seem to belong to
// it.
class SyncsLater {
public:
    SyncsLater();
    SyncsLater(SyncsLater const&) = delete;
    SyncsLater& operator=(SyncsLater const&) = delete;
    ~SyncsLater();
};

// The log beside a data file, opened once more to be synced.
class LogSync {
public:
    // The log must be there. Refused: `unavailable`.
    [[nodiscard]] static Result<LogSync> open(std::filesystem::path const& data);
    LogSync(LogSync&&) noexcept;
    LogSync& operator=(LogSync&&) noexcept;
    ~LogSync();
    // Whether everything that was handed over before is on the disk. What failed once may not be tried again:
    // the kernel may have dropped the pages.
    [[nodiscard]] bool sync();

private:
    struct File;
    explicit LogSync(std::unique_ptr<File> file);
    std::unique_ptr<File> file_;
};

}  // namespace allroads::db
