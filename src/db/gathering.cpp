// A file system for SQLite that gathers what is written to the write-ahead log until it is synced.
#include "db/gathering.h"

#include <sqlite3.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::db {
namespace {

constexpr auto name = "allroads-gathering";
constexpr sqlite3_int64 head_bytes = 32;  // of a log (SQLite's file format, 4.1)
constexpr std::size_t gathered_max = 1'000'000;
constexpr std::size_t piece_max = 65'536;  // the usual system takes less than 131,072 bytes at a time

// What SQLite gives room for: this, and behind it the file of the usual system.
struct LogFile {
    sqlite3_file face;      // first: SQLite knows only this
    sqlite3_file* usual;    // behind this
    std::string* gathered;  // owned; not written yet
    sqlite3_int64 begin;    // where in the file it begins
    bool is_begun_anew;     // its head was written and not synced yet
};

thread_local int syncs_later = 0;
static_assert(alignof(LogFile) >= alignof(sqlite3_file) && sizeof(LogFile) % alignof(LogFile) == 0);

LogFile& log_of(sqlite3_file* file) { return *static_cast<LogFile*>(static_cast<void*>(file)); }
sqlite3_int64 end_of(LogFile const& log) {
    return log.begin + static_cast<sqlite3_int64>(log.gathered->size());
}

// What cannot be written is forgotten: SQLite is told, and takes the commit back.
int write_gathered(LogFile& log) {
    auto const& gathered = *log.gathered;
    int code = SQLITE_OK;
    for (std::size_t done = 0; done < gathered.size() && code == SQLITE_OK; done += piece_max) {
        auto const piece = std::string_view(gathered).substr(done, piece_max);
        code = log.usual->pMethods->xWrite(log.usual, piece.data(), static_cast<int>(piece.size()),
                                           log.begin + static_cast<sqlite3_int64>(done));
    }
    log.gathered->clear();
    return code;
}

// Written first, so that it sees what was gathered.
template <class Call>
int after_writing(sqlite3_file* file, Call call) {
    auto& log = log_of(file);
    auto const code = write_gathered(log);
    return code == SQLITE_OK ? call(log.usual) : code;
}

int close_log(sqlite3_file* file) {
    auto& log = log_of(file);
    auto const written = write_gathered(log);
    delete log.gathered;
    log.gathered = nullptr;
    auto const closed = log.usual->pMethods->xClose(log.usual);
    return written == SQLITE_OK ? closed : written;
}

int read_log(sqlite3_file* file, void* bytes, int size, sqlite3_int64 from) {
    auto& log = log_of(file);
    bool const meets = !log.gathered->empty() && from + size > log.begin && from < end_of(log);
    auto const code = meets ? write_gathered(log) : SQLITE_OK;
    return code == SQLITE_OK ? log.usual->pMethods->xRead(log.usual, bytes, size, from) : code;
}

int write_log(sqlite3_file* file, void const* bytes, int size, sqlite3_int64 from) {
    auto& log = log_of(file);
    bool const goes_on = !log.gathered->empty() && from == end_of(log) && log.gathered->size() < gathered_max;
    if (!goes_on) {
        if (auto const code = write_gathered(log); code != SQLITE_OK) return code;
        log.begin = from;
    }
    if (from < head_bytes) log.is_begun_anew = true;
    try {
        log.gathered->append(static_cast<char const*>(bytes), static_cast<std::size_t>(size));
    } catch (std::bad_alloc const&) {
        return SQLITE_IOERR_NOMEM;
    }
    return SQLITE_OK;
}

int truncate_log(sqlite3_file* file, sqlite3_int64 size) {
    return after_writing(file, [&](sqlite3_file* usual) { return usual->pMethods->xTruncate(usual, size); });
}
int sync_log(sqlite3_file* file, int flags) {
    auto& log = log_of(file);
    return after_writing(file, [&](sqlite3_file* usual) {
        if (syncs_later > 0 && !log.is_begun_anew) return SQLITE_OK;
        auto const code = usual->pMethods->xSync(usual, flags);
        if (code == SQLITE_OK) log.is_begun_anew = false;
        return code;
    });
}
int size_of_log(sqlite3_file* file, sqlite3_int64* size) {
    return after_writing(file, [&](sqlite3_file* usual) { return usual->pMethods->xFileSize(usual, size); });
}
int lock_log(sqlite3_file* file, int kind) {
    auto* const usual = log_of(file).usual;
    return usual->pMethods->xLock(usual, kind);
}
int unlock_log(sqlite3_file* file, int kind) {
    auto* const usual = log_of(file).usual;
    return usual->pMethods->xUnlock(usual, kind);
}
int is_log_reserved(sqlite3_file* file, int* is_reserved) {
    auto* const usual = log_of(file).usual;
    return usual->pMethods->xCheckReservedLock(usual, is_reserved);
}
int control_log(sqlite3_file* file, int what, void* with) {
    return after_writing(
        file, [&](sqlite3_file* usual) { return usual->pMethods->xFileControl(usual, what, with); });
}
int sector_of_log(sqlite3_file* file) {
    auto* const usual = log_of(file).usual;
    return usual->pMethods->xSectorSize(usual);
}
int traits_of_log(sqlite3_file* file) {
    auto* const usual = log_of(file).usual;
    return usual->pMethods->xDeviceCharacteristics(usual);
}

// Of the first version: maps of memory are for other files.
constexpr sqlite3_io_methods log_methods{.iVersion = 1,
                                         .xClose = close_log,
                                         .xRead = read_log,
                                         .xWrite = write_log,
                                         .xTruncate = truncate_log,
                                         .xSync = sync_log,
                                         .xFileSize = size_of_log,
                                         .xLock = lock_log,
                                         .xUnlock = unlock_log,
                                         .xCheckReservedLock = is_log_reserved,
                                         .xFileControl = control_log,
                                         .xSectorSize = sector_of_log,
                                         .xDeviceCharacteristics = traits_of_log,
                                         .xShmMap = nullptr,
                                         .xShmLock = nullptr,
                                         .xShmBarrier = nullptr,
                                         .xShmUnmap = nullptr,
                                         .xFetch = nullptr,
                                         .xUnfetch = nullptr};

// Asked anew each time: a test puts a disk that fails in its place.
sqlite3_vfs* usual_files() { return sqlite3_vfs_find(nullptr); }

int open_file(sqlite3_vfs*, char const* path, sqlite3_file* file, int flags, int* given) {
    auto* const usual = usual_files();
    if ((flags & SQLITE_OPEN_WAL) == 0) return usual->xOpen(usual, path, file, flags, given);
    auto& log = log_of(file);
    file->pMethods = nullptr;  // nothing to close where this fails
    auto gathered = std::make_unique<std::string>();
    log.usual = static_cast<sqlite3_file*>(static_cast<void*>(&log + 1));
    auto const code = usual->xOpen(usual, path, log.usual, flags, given);
    if (code != SQLITE_OK) {
        if (log.usual->pMethods != nullptr) (void)log.usual->pMethods->xClose(log.usual);
        return code;
    }
    log.begin = 0;
    log.is_begun_anew = true;  // who knows what it holds
    log.gathered = gathered.release();
    file->pMethods = &log_methods;
    return SQLITE_OK;
}

// The others are the usual ones; some of them look into the system that they are called with.
sqlite3_vfs gathering_from(sqlite3_vfs const& usual) {
    sqlite3_vfs made = usual;
    made.zName = name;
    made.pNext = nullptr;
    made.szOsFile = static_cast<int>(sizeof(LogFile)) + usual.szOsFile;
    made.xOpen = open_file;
    return made;
}

}  // namespace

char const* gathering_files() {
    static bool const is_known = [] {
        static sqlite3_vfs made = gathering_from(*usual_files());
        return sqlite3_vfs_register(&made, 0) == SQLITE_OK;
    }();
    check(is_known);
    return name;
}

SyncsLater::SyncsLater() { ++syncs_later; }
SyncsLater::~SyncsLater() { --syncs_later; }

// Room for a file of SQLite's, as large as the file system says.
struct LogSync::File {
    explicit File(std::string of) : path(std::move(of)) {
        bytes.resize((static_cast<std::size_t>(usual_files()->szOsFile) + sizeof(std::max_align_t) - 1) /
                     sizeof(std::max_align_t));
    }
    File(File const&) = delete;
    File& operator=(File const&) = delete;
    ~File() {
        if (face().pMethods != nullptr) face().pMethods->xClose(&face());
    }
    sqlite3_file& face() { return *static_cast<sqlite3_file*>(static_cast<void*>(bytes.data())); }

    std::string path;  // SQLite keeps a pointer to it
    std::vector<std::max_align_t> bytes;
};

LogSync::LogSync(std::unique_ptr<File> file) : file_(std::move(file)) {}
LogSync::LogSync(LogSync&&) noexcept = default;
LogSync& LogSync::operator=(LogSync&&) noexcept = default;
LogSync::~LogSync() = default;

Result<LogSync> LogSync::open(std::filesystem::path const& data) {
    // What SQLite hands a file system ends in two noughts more: lists of parameters may follow a name.
    auto file = std::make_unique<File>(data.string() + "-wal" + std::string(2, '\0'));
    auto* const usual = usual_files();
    int given = 0;
    auto const code = usual->xOpen(usual, file->path.c_str(), &file->face(),
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, &given);
    if (code != SQLITE_OK) return refuse(Code::unavailable, "", "the log of the data cannot be opened");
    return LogSync(std::move(file));
}

bool LogSync::sync() {
    return file_->face().pMethods->xSync(&file_->face(), SQLITE_SYNC_NORMAL) == SQLITE_OK;
}

}  // namespace allroads::db
