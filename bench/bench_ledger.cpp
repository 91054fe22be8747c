// What posting costs: transfers that are on the disk before they are answered, beside the rate at which this
// disk syncs a file in the same run; many accounts, and ten that everybody pays into. Where other work shares
// the machine only the processor's time can be compared, so that is printed too.
//
// ALLROADS_BENCH_FOLDER names a disk, else the folder for temporary files. ALLROADS_BENCH_URL is an empty
// PostgreSQL database. ALLROADS_BENCH_COUNT is how many transfers each line posts (100000).

#include "ledger/ledger.h"
#include "measuring.h"

#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

namespace {

using namespace allroads;
using namespace allroads::bench;
using namespace allroads::ledger;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t accounts = 10'000;
constexpr std::int64_t hot_accounts = 10;
Moment const now = Moment(std::chrono::milliseconds(1'790'000'000'000));
HubId const hub(db::IdBytes{7});

fs::path folder() {
    static fs::path const made = [] {
        auto const* named = std::getenv("ALLROADS_BENCH_FOLDER");
        auto const within = named != nullptr ? fs::path(named) : fs::temp_directory_path();
        auto name = (within / "bench-ledger-XXXXXX").string();
        check(::mkdtemp(name.data()) != nullptr);
        return fs::path(name);
    }();
    return made;
}

AccountKey party(std::int64_t number) {
    return {"party-" + std::to_string(number), Purpose::own, currency::USD, std::string(the_hub)};
}

struct Load {
    char const* name;
    std::int64_t writers;
    std::int64_t batch;  // transfers of one write
    bool is_hot;         // half of the legs fall on ten accounts
};

void post_many(db::Db& db, Load const& load, std::int64_t run, std::int64_t writer, std::int64_t count) {
    Ledger const ledger(hub);
    std::minstd_rand random(static_cast<unsigned>(run * 100 + writer + 1));
    auto const any = [&](std::int64_t most) { return static_cast<std::int64_t>(random()) % most; };
    for (std::int64_t done = 0; done < count; done += load.batch) {
        std::vector<Entry> batch;
        for (std::int64_t n = 0; n < load.batch; ++n) {
            auto const from = hot_accounts + any(accounts - hot_accounts);
            auto to = load.is_hot ? any(hot_accounts) : hot_accounts + any(accounts - hot_accounts);
            if (to == from) to = 0;
            auto key = "order-" + std::to_string(run) + "-" + std::to_string(writer) + "-" +
                       std::to_string(done + n) + ".paid";
            batch.push_back(transfer(std::move(key), "order.paid", party(from), party(to), 1 + any(10'000)));
        }
        auto const posted =
            db.write([&](db::Write& write) { return ledger.post(write, now, batch); }, db::Meeting::waits);
        if (!posted) std::fprintf(stderr, "%s\n", posted.error().sentence().c_str());
        check(posted.has_value());
    }
}

void run(db::Db& db, Load const& load, std::int64_t number, std::int64_t count) {
    auto const syncs = syncs_a_second(folder());
    auto const before = db.counts();
    auto const processor = processor_ns();
    auto const start = Clock::now();
    std::vector<std::thread> all;
    for (std::int64_t writer = 0; writer < load.writers; ++writer) {
        all.emplace_back([&, writer] { post_many(db, load, number, writer, count / load.writers); });
    }
    for (auto& one : all) one.join();
    auto const ns = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
    auto const used = processor_ns() - processor;
    auto const after = db.counts();
    auto const posted = count / load.writers * load.writers;
    std::printf(
        "%-34s %8ld transfers/s  %6ld ns of processor each  %6ld commits/s  %4ld retries  "
        "%6ld fdatasync/s\n",
        load.name, long(posted * 1'000'000'000 / ns), long(used / posted),
        long(static_cast<std::int64_t>(after.commits - before.commits) * 1'000'000'000 / ns),
        long(after.retries - before.retries), long(syncs));
    std::fflush(stdout);
}

}  // namespace

int main() {
    auto const* url = std::getenv("ALLROADS_BENCH_URL");
    auto const count = whole_number("ALLROADS_BENCH_COUNT", 100'000);
    {
        auto db = *db::Db::open(url != nullptr ? std::string(url) : (folder() / "hub.db").string());
        check(db::migrate(db, migrations()).has_value());
        Ledger const ledger(hub);
        // Opens all accounts, a thousand in each write.
        for (std::int64_t first = 0; first < accounts; first += 1000) {
            std::vector<Entry> opening;
            for (auto n = first; n < first + 1000; ++n)
                opening.push_back(bound("open-" + std::to_string(n), "open", party(n), {}));
            check(db.write([&](db::Write& write) { return ledger.post(write, now, opening); }).has_value());
        }
        std::int64_t number = 0;
        std::vector<Load> const loads{
            {"1000 a write, 1 writer", 1, 1000, false},  {"1000 a write, 1 writer, 10 hot", 1, 1000, true},
            {"1000 a write, 4 writers", 4, 1000, false}, {"1000 a write, 4 writers, 10 hot", 4, 1000, true},
            {"100 a write, 16 writers", 16, 100, false}, {"100 a write, 16 writers, 10 hot", 16, 100, true}};
        for (auto const& load : loads) run(db, load, ++number, count);
        run(db, {"1 a write, 64 writers", 64, 1, false}, ++number, count / 10);
        run(db, {"1 a write, 64 writers, 10 hot", 64, 1, true}, ++number, count / 10);
        auto read = *db.read();
        auto const start = Clock::now();
        auto const wrong = *ledger.check(read);
        for (auto const& one : wrong) std::printf("%s\n", one.c_str());
        auto const ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
        auto const entries = ledger.head(read)->number;
        std::printf("check of %ld entries: %ld ms, %ld findings\n", long(entries), long(ms),
                    long(wrong.size()));
        std::error_code none;
        if (url == nullptr)
            std::printf("%ld bytes of the file for each entry\n",
                        long(static_cast<std::int64_t>(fs::file_size(folder() / "hub.db", none)) / entries));
    }
    std::error_code none;
    fs::remove_all(folder(), none);
    return 0;
}
