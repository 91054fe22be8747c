// What records cost: a point select by a cached statement within one read transaction, and writes that are on
// the disk before they are answered, beside the rate at which this disk syncs a file at all.

#include "db/db.h"

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <thread>

namespace {

using namespace allroads;
using namespace allroads::db;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t rows = 100'000;
constexpr std::int64_t log_pages = 1000;
constexpr std::array<Migration, 1> steps{{{1, "deals",
                                           "CREATE TABLE deal (hub BLOB NOT NULL, id INTEGER NOT NULL, state "
                                           "TEXT NOT NULL, cents INTEGER NOT NULL, "
                                           "PRIMARY KEY (hub, id)) STRICT, WITHOUT ROWID;"}}};
IdBytes const hub{7};

// ALLROADS_BENCH_FOLDER names a disk; else the folder for temporary files. ALLROADS_BENCH_URL is a database.
fs::path folder() {
    static fs::path const made = [] {
        auto const* named = std::getenv("ALLROADS_BENCH_FOLDER");
        auto name =
            ((named != nullptr ? fs::path(named) : fs::temp_directory_path()) / "bench-db-XXXXXX").string();
        check(::mkdtemp(name.data()) != nullptr);
        return fs::path(name);
    }();
    return made;
}

Db& filled() {
    static Db db = [] {
        auto const* url = std::getenv("ALLROADS_BENCH_URL");
        auto opened = *Db::open(url != nullptr ? std::string(url) : (folder() / "hub.db").string());
        check(migrate(opened, steps).has_value());
        auto const done = opened.write([](Write& w) -> Result<void> {
            (void)TRY(w.run("DELETE FROM deal"));
            for (std::int64_t id = 0; id < rows; ++id) {
                (void)TRY(
                    w.run("INSERT INTO deal (hub, id, state, cents) VALUES (?, ?, 'open', ?)", hub, id, id));
            }
            return {};
        });
        check(done.has_value());
        return opened;
    }();
    return db;
}

constexpr auto point = "SELECT state, cents FROM deal WHERE hub = ? AND id = ?";

void point_select(benchmark::State& state) {
    auto read = *filled().read();
    std::int64_t id = 0;
    std::int64_t sum = 0;
    for (auto _ : state) {
        id = (id + 7919) % rows;
        sum += read.one(point, hub, id)->integer(1);
    }
    benchmark::DoNotOptimize(sum);
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(point_select);

// The same by the library alone: what the layer costs is the difference.
void point_select_of_sqlite3(benchmark::State& state) {
    (void)filled();
    sqlite3* handle = nullptr;
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_open_v2((folder() / "hub.db").c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
                          nullptr) == SQLITE_OK);
    if (sqlite3_prepare_v2(handle, point, -1, &statement, nullptr) != SQLITE_OK) {
        sqlite3_close(handle);
        return state.SkipWithError("the database is no file");
    }
    sqlite3_exec(handle, "PRAGMA cache_size = -7812", nullptr, nullptr, nullptr);
    sqlite3_exec(handle, "BEGIN", nullptr, nullptr, nullptr);
    std::int64_t id = 0;
    std::int64_t sum = 0;
    for (auto _ : state) {
        id = (id + 7919) % rows;
        sqlite3_bind_blob(statement, 1, hub.data(), static_cast<int>(hub.size()), SQLITE_STATIC);
        sqlite3_bind_int64(statement, 2, id);
        check(sqlite3_step(statement) == SQLITE_ROW);
        sum += sqlite3_column_int64(statement, 1);
        sqlite3_reset(statement);
    }
    benchmark::DoNotOptimize(sum);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(point_select_of_sqlite3);

void read_transaction_of_one_select(benchmark::State& state) {
    std::int64_t id = 0;
    for (auto _ : state) {
        id = (id + 7919) % rows;
        auto read = *filled().read();
        benchmark::DoNotOptimize(read.one(point, hub, id)->integer(1));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(read_transaction_of_one_select);

// Pages written over those of a file, as the log of SQLite is once it has grown, each on the disk before the
// next, for two seconds: what no database can beat one by one.
std::int64_t syncs_a_second() {
    auto const file = folder() / "raw";
    auto const handle = ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    check(handle >= 0);
    std::string const page(4096, 'x');
    for (std::int64_t n = 0; n < log_pages; ++n) {
        check(::write(handle, page.data(), page.size()) == static_cast<ssize_t>(page.size()));
    }
    check(::fsync(handle) == 0);
    std::int64_t done = 0;
    auto const start = Clock::now();
    while (Clock::now() - start < std::chrono::seconds(2)) {
        check(::pwrite(handle, page.data(), page.size(), done % log_pages * 4096) == 4096);
        check(::fdatasync(handle) == 0);
        ++done;
    }
    ::close(handle);
    return done / 2;
}

void acknowledged_writes(benchmark::State& state) {
    auto& db = filled();
    auto const writers = state.range(0);
    constexpr std::int64_t each = 500;
    for (auto _ : state) {
        state.PauseTiming();
        auto const raw = syncs_a_second();
        auto const before = db.counts();
        state.ResumeTiming();
        auto const start = Clock::now();
        std::vector<std::thread> all;
        for (std::int64_t w = 0; w < writers; ++w) {
            all.emplace_back([&, w] {
                for (std::int64_t n = 0; n < each; ++n) {
                    auto const done = db.write([&](Write& write) {
                        return write.run("UPDATE deal SET cents = cents + 1 WHERE hub = ? AND id = ?", hub,
                                         (w * each + n) * 7 % rows);
                    });
                    check(done.has_value());
                }
            });
        }
        for (auto& one : all) one.join();
        auto const ns = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
        auto const rate = writers * each * 1'000'000'000 / ns;
        auto const after = db.counts();
        auto const commits = static_cast<std::int64_t>(after.commits - before.commits);
        std::array<char, 200> label{};
        std::snprintf(label.data(), label.size(),
                      "%ld writes/s, %ld fdatasync/s, ratio %ld.%02ld, %ld.%ld writes a commit", long(rate),
                      long(raw), long(rate / raw), long(rate * 100 / raw % 100),
                      long(writers * each / commits), long(writers * each * 10 / commits % 10));
        state.SetLabel(label.data());
    }
    state.SetItemsProcessed(state.iterations() * writers * each);
}
BENCHMARK(acknowledged_writes)->Arg(1)->Arg(16)->Iterations(1)->Repetitions(3)->UseRealTime();

}  // namespace

int main(int count, char** words) {
    benchmark::Initialize(&count, words);
    benchmark::RunSpecifiedBenchmarks();
    std::error_code none;
    fs::remove_all(folder(), none);
    return 0;
}
