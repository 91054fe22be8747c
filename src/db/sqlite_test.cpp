// What only a file can suffer: damage, a disk that fails, a restore cut short.

#include "db/db.h"

#include "db/places_in_test.h"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <algorithm>
#include <cstring>
#include <fstream>

namespace {

using namespace allroads;
using namespace allroads::db;
using in_test::Folder;
namespace fs = std::filesystem;

constexpr std::array<Migration, 1> steps{
    {{1, "rows",
      "CREATE TABLE line (hub INTEGER NOT NULL, id INTEGER NOT NULL, words TEXT NOT NULL, "
      "PRIMARY KEY (hub, id)) STRICT, WITHOUT ROWID; CREATE INDEX line_words ON line (hub, words);"}}};

Result<void> put_pair(Db& db, std::int64_t id) {
    return db.write([&](Write& w) -> Result<void> {
        std::string const words(300, static_cast<char>('a' + id % 26));
        (void)TRY(w.run("INSERT INTO line (hub, id, words) VALUES (1, ?, ?)", 2 * id, words));
        (void)TRY(w.run("INSERT INTO line (hub, id, words) VALUES (1, ?, ?)", 2 * id + 1, words));
        return {};
    });
}

Result<Db> migrated(fs::path const& file, Options const& options = {}) {
    auto db = TRY(Db::open(file.string(), options));
    (void)TRY(migrate(db, steps));
    return db;
}

std::int64_t number(Db& db, std::string_view sql) {
    auto read = *db.read();
    return read.one(sql)->integer(0);
}

// ---- a disk that fails at the n-th write or sync, once or from then on --------------------------------

struct Disk {
    std::atomic<int> until_failure{0};
    bool stays_broken = false;
    std::atomic<bool> is_broken{false};
    sqlite3_vfs* system = nullptr;
    // SQLite has one set of methods for the data and another for files beside it.
    struct Pair {
        sqlite3_io_methods const* real = nullptr;
        sqlite3_io_methods failing{};
    };
    std::array<Pair, 8> methods;
};
Disk disk;

bool fails_now() {
    if (disk.is_broken) return true;
    if (disk.until_failure.load() <= 0 || disk.until_failure.fetch_sub(1) != 1) return false;
    disk.is_broken = disk.stays_broken;
    return true;
}

sqlite3_io_methods const& real_of(sqlite3_file* file) {
    for (auto const& pair : disk.methods) {
        if (&pair.failing == file->pMethods) return *pair.real;
    }
    throw Bug("a file that was not opened here");
}

int failing_write(sqlite3_file* file, void const* bytes, int count, sqlite3_int64 place) {
    if (!fails_now()) return real_of(file).xWrite(file, bytes, count, place);
    real_of(file).xWrite(file, bytes, count / 2, place);  // torn
    return SQLITE_IOERR_WRITE;
}
int failing_sync(sqlite3_file* file, int flags) {
    return fails_now() ? SQLITE_IOERR_FSYNC : real_of(file).xSync(file, flags);
}
int failing_open(sqlite3_vfs*, char const* name, sqlite3_file* file, int flags, int* out) {
    auto const code = disk.system->xOpen(disk.system, name, file, flags, out);
    if (code != SQLITE_OK || file->pMethods == nullptr) return code;
    for (auto& pair : disk.methods) {
        if (pair.real != nullptr && pair.real != file->pMethods) continue;
        if (pair.real == nullptr) {
            pair = {file->pMethods, *file->pMethods};
            pair.failing.xWrite = failing_write;
            pair.failing.xSync = failing_sync;
        }
        file->pMethods = &pair.failing;
        return code;
    }
    throw Bug("more kinds of files than are foreseen");
}

class FailingDisk {
public:
    FailingDisk() {
        disk.system = sqlite3_vfs_find(nullptr);
        vfs_ = *disk.system;
        vfs_.zName = "failing";
        vfs_.xOpen = failing_open;
        sqlite3_vfs_register(&vfs_, 1);
    }
    FailingDisk(FailingDisk const&) = delete;
    FailingDisk& operator=(FailingDisk const&) = delete;
    ~FailingDisk() {
        sqlite3_vfs_unregister(&vfs_);
        sqlite3_vfs_register(disk.system, 1);
        disk.until_failure = 0;
        disk.is_broken = false;
    }

private:
    sqlite3_vfs vfs_{};
};

struct Seen {
    int acknowledged = 0, refused = 0, unknown = 0;
};

// Ten writes on a disk that fails at its n-th write or sync; then the file is opened on a sound one.
Seen after_failure(int n, bool stays_broken) {
    Folder const folder;
    auto const file = folder.path / "hub.db";
    std::vector<std::int64_t> kept;
    Seen seen;
    {
        FailingDisk const failing;
        disk.stays_broken = stays_broken;
        Limits limits;
        limits.wait_max = std::chrono::milliseconds(50);
        auto db = migrated(file, {.limits = limits});
        REQUIRE(db);
        disk.until_failure = n;
        for (std::int64_t id = 0; id < 10; ++id) {
            auto const done = put_pair(*db, id);
            if (done) {
                kept.push_back(id);
                ++seen.acknowledged;
            } else if (done.error().code() == Code::outcome_unknown) {
                ++seen.unknown;
            } else {
                ++seen.refused;
            }
        }
        disk.until_failure = 0;
    }
    auto db = migrated(file);
    REQUIRE_MESSAGE(db, db.error().sentence());
    CHECK(check_all(*db)->empty());
    for (auto const id : kept) {
        auto read = *db->read();
        CHECK(read.one("SELECT count(*) FROM line WHERE id / 2 = ?", id)->integer(0) == 2);
    }
    CHECK(number(*db,
                 "SELECT count(*) FROM (SELECT id / 2 FROM line GROUP BY id / 2 HAVING count(*) <> 2)") == 0);
    REQUIRE(put_pair(*db, 50));
    return seen;
}

}  // namespace

TEST_CASE("a disk that fails at any moment: nothing acknowledged is lost, nothing is half there") {
    Seen all;
    for (bool const stays_broken : {false, true}) {
        for (int n = 1; n <= 40; ++n) {
            INFO("failure " << n << (stays_broken ? ", and all after it" : ", once"));
            auto const seen = after_failure(n, stays_broken);
            all.acknowledged += seen.acknowledged;
            all.refused += seen.refused;
            all.unknown += seen.unknown;
        }
    }
    CHECK(all.acknowledged > 100);
    CHECK(all.refused > 10);
    CHECK(all.unknown > 10);
}

TEST_CASE("after a commit that the disk refused, nothing more is taken until the data is opened again") {
    Folder const folder;
    FailingDisk const failing;
    disk.stays_broken = false;
    auto db = *migrated(folder.path / "hub.db");
    REQUIRE(put_pair(db, 1));
    disk.until_failure = 1;
    CHECK(put_pair(db, 2).error().code() == Code::outcome_unknown);
    CHECK(put_pair(db, 3).error().code() == Code::unavailable);
    CHECK(number(db, "SELECT count(*) FROM line WHERE id / 2 = 1") == 2);  // reading goes on
    CHECK(number(db, "SELECT count(*) FROM line WHERE id / 2 = 3") == 0);
}

TEST_CASE("check finds a damaged page, a backup of it is refused, and a restore brings the data back") {
    Folder const folder;
    auto const file = folder.path / "hub.db";
    auto const copy = folder.path / "copy.db";
    {
        auto db = *migrated(file);
        for (std::int64_t id = 0; id < 200; ++id) REQUIRE(put_pair(db, id));
        CHECK(check_all(db)->empty());
        REQUIRE(backup(db, copy));
        CHECK(restore(copy, file.string()).error().code() == Code::unavailable);  // in use
    }
    auto const pages = fs::file_size(file) / 4096;
    REQUIRE(pages > 20);
    {
        std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
        bytes.seekp(static_cast<std::streamoff>(pages / 2 * 4096));
        bytes << std::string(2000, '\x55');
    }
    {
        auto db = Db::open(file.string());
        REQUIRE(db);
        auto const found = check_all(*db);
        REQUIRE(found);
        CHECK_FALSE(found->empty());
        auto const refused = backup(*db, folder.path / "bad.db");
        CHECK(refused.error().code() == Code::db_damaged);
        CHECK_FALSE(fs::exists(folder.path / "bad.db"));
        CHECK_FALSE(fs::exists(folder.path / "bad.db.part"));
    }
    auto const damaged_size = fs::file_size(file);
    auto const restored = restore(copy, file.string());
    REQUIRE_MESSAGE(restored, restored.error().sentence());
    CHECK(restored->rows == 401);
    CHECK(fs::file_size(fs::path(file) += ".before-restore") == damaged_size);
    {
        auto db = *migrated(file);
        CHECK(check_all(db)->empty());
        CHECK(number(db, "SELECT count(*) FROM line") == 400);
        REQUIRE(put_pair(db, 900));
    }
    REQUIRE(restore(copy, file.string()));  // the first one that was kept stays
    CHECK(fs::exists(fs::path(file) += ".before-restore-2"));
    CHECK(fs::file_size(fs::path(file) += ".before-restore") == damaged_size);
}

TEST_CASE("what is no data file is refused and left as it is") {
    Folder const folder;
    auto const file = folder.path / "hub.db";
    CHECK(Db::open(file.string(), {.limits = {}, .may_create = false}).error().code() == Code::no_db);
    CHECK(restore(folder.path / "none.db", file.string()).error().code() == Code::no_db);
    CHECK_FALSE(fs::exists(file));
    std::ofstream(file) << std::string(5000, 'x');
    CHECK(Db::open(file.string()).error().code() == Code::db_damaged);
    CHECK(restore(file, (folder.path / "new.db").string()).error().code() == Code::db_damaged);
    CHECK_FALSE(fs::exists(folder.path / "new.db"));
    CHECK(fs::file_size(file) == 5000);
    // A database of another program.
    auto const other = folder.path / "other.db";
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(other.c_str(), &handle) == SQLITE_OK);
    REQUIRE(sqlite3_exec(handle, "CREATE TABLE t (x)", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
    CHECK(Db::open(other.string()).error().code() == Code::bad_file);
    CHECK(restore(other, file.string()).error().code() == Code::bad_file);
    CHECK(fs::file_size(file) == 5000);
    // A restore that was cut short between its two renames.
    auto const cut = folder.path / "cut.db";
    std::ofstream(fs::path(cut) += ".restoring") << "x";
    CHECK(Db::open(cut.string()).error().code() == Code::no_db);
    CHECK_FALSE(fs::exists(cut));
}

TEST_CASE("writes beyond the queue are refused at once") {
    Folder const folder;
    Limits limits;
    limits.writes_waiting_max = 2;
    limits.group_max = 2;
    auto db = *migrated(folder.path / "hub.db", {.limits = limits});
    std::mutex gate;
    gate.lock();  // holds the writer within its first write
    std::atomic<bool> is_held{false};
    std::atomic<int> refused{0}, kept{0};
    std::vector<std::thread> all;
    all.emplace_back([&] {
        auto const done = db.write([&](Write& w) -> Result<std::int64_t> {
            is_held = true;
            std::lock_guard const waits(gate);
            return w.run("INSERT INTO line (hub, id, words) VALUES (1, 1, 'first')");
        });
        if (done) ++kept;
    });
    while (!is_held) std::this_thread::yield();
    for (std::int64_t n = 0; n < 6; ++n) {
        all.emplace_back([&, n] {
            auto const done = put_pair(db, 10 + n);
            if (done) ++kept;
            if (!done && done.error().code() == Code::unavailable) ++refused;
        });
    }
    while (refused < 4) std::this_thread::yield();
    gate.unlock();
    for (auto& one : all) one.join();
    CHECK(kept == 3);
    CHECK(refused == 4);
    CHECK(number(db, "SELECT count(*) FROM line") == 5);
}

TEST_CASE("an index that leads to a few rows is taken, although every row is of one hub") {
    Folder folder;
    auto db = *Db::open((folder.path / "hub.db").string());
    constexpr std::array steps{Migration{
        1, "stock kept for deals",
        "CREATE TABLE kept (hub BLOB NOT NULL, product BLOB NOT NULL, deal BLOB NOT NULL, units INTEGER NOT "
        "NULL, PRIMARY KEY (hub, product, deal)) STRICT, WITHOUT ROWID;\n"
        "CREATE INDEX kept_by_deal ON kept (hub, deal, product)"}};
    REQUIRE(migrate(db, steps));
    auto read = *db.read();
    auto plan = *read.rows(
        "EXPLAIN QUERY PLAN SELECT product, units FROM kept WHERE hub = ? AND deal = ? ORDER BY product",
        Blob{"h"}, Blob{"d"});
    REQUIRE(*plan.next());
    CHECK(plan.text(3).find("kept_by_deal (hub=? AND deal=?)") != std::string_view::npos);
}
