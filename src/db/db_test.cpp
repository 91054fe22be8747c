// One list of scenarios, run on SQLite and on PostgreSQL.

#include "db/db.h"

#include "db/dialect.h"
#include "db/places_in_test.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <barrier>
#include <future>
#include <map>
#include <set>

namespace {

using namespace allroads;
using namespace allroads::db;
using in_test::Folder;
using in_test::Postgres;
namespace fs = std::filesystem;

constexpr std::array<Migration, 3> steps{{
    {1, "things",
     "CREATE TABLE thing (hub BLOB NOT NULL, id BLOB NOT NULL, name TEXT, amount INTEGER NOT NULL, "
     "photo BLOB, PRIMARY KEY (hub, id)) STRICT, WITHOUT ROWID;\n"
     "CREATE UNIQUE INDEX thing_by_name ON thing (hub, name);"},
    {2, "parts",
     "CREATE TABLE part (hub BLOB NOT NULL, id BLOB NOT NULL, thing BLOB NOT NULL, count INTEGER NOT NULL "
     "CHECK (count > 0), PRIMARY KEY (hub, id), FOREIGN KEY (hub, thing) REFERENCES thing (hub, id)) "
     "STRICT;"},
    {3, "notes", "ALTER TABLE part ADD COLUMN note TEXT; -- an INTEGER in a comment stays"},
}};

struct Thing;
Id<Thing> id_of(std::uint64_t number) {
    IdBytes bytes{};
    for (std::size_t i = 16; number != 0; number >>= 8) bytes[--i] = static_cast<unsigned char>(number);
    return Id<Thing>(bytes);
}
auto const hub = id_of(7);
constexpr auto insert = "INSERT INTO thing (hub, id, name, amount) VALUES (?, ?, ?, ?)";

// A place to open again and again.
struct Where {
    std::string url;
    std::string name;
};

// Runs `scenario` on a new, migrated SQLite file and, where it is installed, on a new PostgreSQL database.
void everywhere(std::function<void(Where const&)> const& scenario, std::size_t steps_done = steps.size()) {
    auto const run = [&](Where const& where) {
        INFO(where.name);
        {
            auto db = Db::open(where.url);
            REQUIRE_MESSAGE(db, db.error().sentence());
            REQUIRE(migrate(*db, std::span(steps).first(steps_done)));
        }
        scenario(where);
    };
    Folder const folder;
    run({(folder.path / "hub.db").string(), "sqlite"});
    if (auto* const server = Postgres::server()) run({server->fresh(), "postgres"});
}

Result<std::int64_t> number(Db& db, std::string_view sql) {
    auto read = TRY(db.read());
    return TRY(read.one(sql)).integer(0);
}
std::int64_t count(Db& db) { return *number(db, "SELECT count(*) FROM thing"); }

Result<void> put(Db& db, std::uint64_t id, std::int64_t amount) {
    return db.write([&](Write& w) -> Result<void> {
        (void)TRY(w.run(insert, hub, id_of(id), std::to_string(id), amount));
        return {};
    });
}

}  // namespace

TEST_CASE("what was acknowledged is read, with its types") {
    everywhere([](Where const& where) {
        auto db = *Db::open(where.url);
        std::string const photo("\0\xFF\x01'\\", 5);
        auto const changed = db.write([&](Write& w) {
            return w.run("INSERT INTO thing (hub, id, name, amount, photo) VALUES ($1, $2, $4, $3, $5)", hub,
                         id_of(1), std::int64_t{-9'007'199'254'740'993}, "Đà Nẵng '?' $1", Blob{photo});
        });
        REQUIRE_MESSAGE(changed, changed.error().sentence());
        CHECK(*changed == 1);
        REQUIRE(db.write([&](Write& w) { return w.run(insert, hub, id_of(2), nullptr, 0); }));
        auto read = *db.read();
        {
            auto rows =
                *read.rows("SELECT id, name, amount, photo, '?' FROM thing WHERE hub = ? ORDER BY id", hub);
            REQUIRE(*rows.next());
            CHECK(rows.columns() == 5);
            CHECK(rows.id<Thing>(0) == id_of(1));
            CHECK(rows.text(1) == "Đà Nẵng '?' $1");
            CHECK(rows.integer(2) == -9'007'199'254'740'993);
            CHECK(rows.blob(3) == photo);
            CHECK(rows.text(4) == "?");
            CHECK_THROWS_AS((void)rows.integer(1), Bug);
            REQUIRE(*rows.next());
            CHECK(rows.is_null(1));
            CHECK(rows.is_null(3));
            CHECK_FALSE(*rows.next());
        }
        CHECK(read.one("SELECT 1 FROM thing WHERE hub = ? AND id = ?", hub, id_of(3)).error().code() ==
              Code::not_found);
        CHECK_FALSE(read.first("SELECT 1 FROM thing WHERE hub = ? AND id = ?", hub, id_of(3))->has_value());
        CHECK(read.one("SELECT ? + 1", std::int64_t{9'000'000'000'000'000'000})->integer(0) ==
              9'000'000'000'000'000'001);
        CHECK(read.one("SELECT sum(amount) FROM thing")->integer(0) == -9'007'199'254'740'993);
        CHECK(read.one("SELECT count(*) FROM thing WHERE name = ?", std::optional<std::string>("2"))
                  ->integer(0) == 0);
        // The same text twice at the same time.
        auto one = *read.rows("SELECT amount FROM thing ORDER BY id");
        REQUIRE(*one.next());
        auto other = *read.rows("SELECT amount FROM thing ORDER BY id");
        REQUIRE(*other.next());
        REQUIRE(*one.next());
        CHECK(one.integer(0) == 0);
        CHECK(other.integer(0) == -9'007'199'254'740'993);
    });
}

TEST_CASE("text is compared by bytes and must be UTF-8") {
    everywhere([](Where const& where) {
        auto db = *Db::open(where.url);
        for (auto const* name : {"b", "B", "é", "a", "Z"}) {
            REQUIRE(db.write([&](Write& w) {
                return w.run(insert, hub, id_of(static_cast<unsigned char>(name[0])), name, 1);
            }));
        }
        {
            auto read = *db.read();
            auto rows = *read.rows("SELECT name FROM thing ORDER BY name");
            std::string all;
            while (*rows.next()) all += rows.text(0);
            CHECK(all == "BZabé");
        }
        for (std::string const& bad :
             {std::string("a\0b", 3), std::string("\xC3"), std::string("\xED\xA0\x80"),
              std::string("\xF5\x80\x80\x80"), std::string("\xC0\xAF")}) {
            auto const refused = db.write([&](Write& w) { return w.run(insert, hub, id_of(900), bad, 1); });
            REQUIRE_FALSE(refused);
            CHECK(refused.error().code() == Code::bad_value);
        }
        CHECK(is_storable("aé€𝄞"));
        auto const large = std::string(17'000'000, 'x');
        auto const refused = db.write([&](Write& w) { return w.run(insert, hub, id_of(901), large, 1); });
        CHECK(refused.error().code() == Code::too_long);
        CHECK(count(db) == 5);
    });
}

TEST_CASE("a Read sees one state from its first statement to its end") {
    everywhere([](Where const& where) {
        auto db = *Db::open(where.url);
        REQUIRE(put(db, 1, 10));
        {
            auto read = *db.read();
            CHECK(read.one("SELECT count(*) FROM thing")->integer(0) == 1);
            REQUIRE(put(db, 2, 20));
            REQUIRE(db.write([&](Write& w) { return w.run("UPDATE thing SET amount = 99"); }));
            CHECK(read.one("SELECT count(*) FROM thing")->integer(0) == 1);
            CHECK(read.one("SELECT amount FROM thing")->integer(0) == 10);
            CHECK(count(db) == 2);
        }
        CHECK(count(db) == 2);
        auto read = *db.read();
        CHECK_THROWS_AS((void)read.rows("DELETE FROM thing")->next(), Bug);
    });
}

TEST_CASE("what is refused leaves nothing") {
    everywhere([](Where const& where) {
        auto db = *Db::open(where.url);
        REQUIRE(put(db, 1, 10));
        auto const refusing = db.write([&](Write& w) -> Result<int> {
            (void)TRY(w.run(insert, hub, id_of(2), "2", 1));
            return refuse(Code::prohibited, "goods", "not there");
        });
        CHECK(refusing.error().code() == Code::prohibited);
        CHECK(refusing.error().field() == "goods");
        auto const twice = db.write([&](Write& w) -> Result<int> {
            (void)TRY(w.run(insert, hub, id_of(3), "3", 1));
            (void)TRY(w.run(insert, hub, id_of(4), "1", 1));  // the name is taken
            return 1;
        });
        CHECK(twice.error().code() == Code::conflict);
        auto const swallowed = db.write([&](Write& w) -> Result<int> {
            (void)TRY(w.run(insert, hub, id_of(5), "5", 1));
            (void)w.run(insert, hub, id_of(1), "6", 1);  // fails, and nobody looks
            auto const after = w.run(insert, hub, id_of(7), "7", 1);
            return after ? 1 : 2;
        });
        CHECK(swallowed.error().code() == Code::conflict);
        auto const orphan = db.write([&](Write& w) {
            return w.run("INSERT INTO part (hub, id, thing, count) VALUES (?, ?, ?, ?)", hub, id_of(1),
                         id_of(77), 1);
        });
        CHECK(orphan.error().code() == Code::conflict);
        CHECK_THROWS_AS((void)db.write([&](Write& w) -> Result<int> {
            (void)TRY(w.run(insert, hub, id_of(8), "8", 1));
            throw Bug("ours");
        }),
                        Bug);
        CHECK_THROWS_AS((void)db.write([&](Write& w) { return w.run("INSERT INTO nowhere VALUES (1)"); }),
                        Bug);
        CHECK(count(db) == 1);
        REQUIRE(put(db, 9, 10));  // and the database goes on
        CHECK(count(db) == 2);
        CHECK(db.counts().writes == 2);
    });
}

TEST_CASE("what is put is there when the write is answered, and what is wrong with it refuses the write") {
    everywhere([](Where const& where) {
        auto db = *Db::open(where.url);
        // More than are sent at once, with questions in between that see what was put.
        constexpr std::uint64_t many = 250;
        auto const done = db.write([&](Write& w) -> Result<std::int64_t> {
            for (std::uint64_t id = 1; id <= many; ++id) {
                TRY_VOID(w.put(insert, hub, id_of(id), std::to_string(id), 1));
                if (id % 100 == 0)
                    CHECK(TRY(w.one("SELECT count(*) FROM thing WHERE hub = ?", hub)).integer(0) ==
                          static_cast<std::int64_t>(id));
            }
            return 7;
        });
        REQUIRE(done);
        CHECK(*done == 7);
        CHECK(count(db) == static_cast<std::int64_t>(many));
        // The last thing of a write: nothing follows that could say so but the commit.
        auto const twice = db.write([&](Write& w) -> Result<void> {
            TRY_VOID(w.put(insert, hub, id_of(many + 1), "new", 1));
            return w.put(insert, hub, id_of(1), "again", 1);
        });
        REQUIRE_FALSE(twice);
        CHECK(twice.error().code() == Code::conflict);
        // Followed by a question, whether or not anybody looks at its answer.
        auto const looked_away = db.write([&](Write& w) -> Result<void> {
            (void)w.put(insert, hub, id_of(1), "again", 1);
            (void)w.first("SELECT 1 FROM thing WHERE hub = ?", hub);
            return {};
        });
        REQUIRE_FALSE(looked_away);
        CHECK(looked_away.error().code() == Code::conflict);
        auto const refused = db.write([&](Write& w) -> Result<void> {
            TRY_VOID(w.put(insert, hub, id_of(many + 2), "refused", 1));
            return refuse(Code::prohibited, "", "this one not");
        });
        CHECK(refused.error().code() == Code::prohibited);
        CHECK(count(db) == static_cast<std::int64_t>(many));
        REQUIRE(put(db, many + 3, 1));  // and the connection goes on
    });
}

TEST_CASE("writes that take their turn, many at once, each see the one before") {
    everywhere([](Where const& where) {
        auto db = *Db::open(where.url);
        REQUIRE(put(db, 1, 0));
        constexpr int threads = 12, writes = 20;
        std::atomic<int> failed{0};
        std::vector<std::thread> all;
        for (int t = 0; t < threads; ++t) {
            all.emplace_back([&] {
                for (int n = 0; n < writes; ++n) {
                    auto const done = db.write(
                        [&](Write& w) -> Result<void> {
                            w.take_turn();
                            auto const before =
                                TRY(w.one("SELECT amount FROM thing WHERE hub = ? AND id = ? FOR UPDATE", hub,
                                          id_of(1)))
                                    .integer(0);
                            return w.put("UPDATE thing SET amount = ? WHERE hub = ? AND id = ?", before + 1,
                                         hub, id_of(1));
                        },
                        Meeting::waits);
                    if (!done) ++failed;
                }
            });
        }
        for (auto& one : all) one.join();
        CHECK(failed == 0);
        auto read = *db.read();
        CHECK(read.one("SELECT amount FROM thing WHERE hub = ? AND id = ?", hub, id_of(1))->integer(0) ==
              threads * writes);
    });
}

TEST_CASE("eight threads write five hundred times each: all is there, none twice, neighbours unhurt") {
    constexpr std::uint64_t threads = 8, writes = 500;
    everywhere([](Where const& where) {
        auto db = *Db::open(where.url);
        std::atomic<int> failed{0}, refused{0};
        std::vector<std::thread> all;
        for (std::uint64_t t = 0; t < threads; ++t) {
            all.emplace_back([&, t] {
                for (std::uint64_t n = 0; n < writes; ++n) {
                    auto const id = t * writes + n + 1;
                    auto const done = db.write([&](Write& w) -> Result<void> {
                        (void)TRY(w.run(insert, hub, id_of(id), std::to_string(id), 1));
                        if (n % 10 == 3) return refuse(Code::prohibited, "", "this one not");
                        return {};
                    });
                    if (n % 10 == 3) {
                        if (!done && done.error().code() == Code::prohibited) ++refused;
                    } else if (!done) {
                        ++failed;
                    }
                }
            });
        }
        for (auto& one : all) one.join();
        CHECK(failed == 0);
        CHECK(refused == threads * writes / 10);
        CHECK(count(db) == threads * writes * 9 / 10);
        CHECK(db.counts().writes == threads * writes * 9 / 10);
        auto read = *db.read();
        CHECK(read.one("SELECT count(DISTINCT name) FROM thing")->integer(0) == threads * writes * 9 / 10);
        if (db.dialect() == Dialect::sqlite) CHECK(db.counts().commits < db.counts().writes);
    });
}

TEST_CASE("who does not wait for a write is told once of each, whether it was kept, refused or threw") {
    static constexpr int writes = 400;
    everywhere([](Where const& where) {
        std::mutex lock;
        std::map<int, std::string> told;
        std::atomic<int> twice{0}, not_there{0};
        {
            auto db = *Db::open(where.url);
            for (int n = 0; n < writes; ++n) {
                db.write_later(
                    [n](Write& w) -> Result<int> {
                        auto const id = static_cast<std::uint64_t>(n) + 1;
                        (void)TRY(w.run(insert, hub, id_of(id), std::to_string(id), 1));
                        if (n % 10 == 3) return refuse(Code::prohibited, "", "this one not");
                        if (n % 10 == 7) throw std::runtime_error("seven");
                        return n;
                    },
                    [&, n](Became<Result<int>> became) {
                        std::string word;
                        try {
                            auto const answer = became.take();
                            word = answer ? std::to_string(*answer)
                                          : std::string(facts_of(answer.error().code()).name);
                        } catch (std::runtime_error const& thrown) {
                            word = thrown.what();
                        }
                        std::lock_guard const held(lock);
                        if (!told.emplace(n, word).second) ++twice;
                    });
            }
        }  // closing waits for them
        CHECK(twice == 0);
        REQUIRE(told.size() == writes);
        for (auto const& [n, word] : told)
            CHECK(word == (n % 10 == 3   ? facts_of(Code::prohibited).name
                           : n % 10 == 7 ? std::string_view("seven")
                                         : std::string_view(std::to_string(n))));
        auto db = *Db::open(where.url);
        CHECK(count(db) == writes * 8 / 10);
    });
}

TEST_CASE("what nobody waits for is refused like what somebody waits for") {
    everywhere([](Where const& where) {
        Faults faults;
        auto db = *Db::open(where.url, {.limits = {}, .may_create = true, .faults = &faults});
        auto const one = [&](std::uint64_t id) {
            std::promise<Result<void>> outcome;
            db.write_later(
                [id](Write& w) -> Result<void> {
                    (void)TRY(w.run(insert, hub, id_of(id), std::to_string(id), 1));
                    return {};
                },
                [&](Became<Result<void>> became) { outcome.set_value(became.take()); });
            return outcome.get_future().get();
        };
        CHECK(one(1));
        faults.commit = 1;
        CHECK(one(2).error().code() == Code::unavailable);
        faults.change = 1;
        CHECK_FALSE(one(3));
        CHECK(one(1).error().code() == Code::conflict);
        CHECK(one(4));
        CHECK(count(db) == 2);
    });
}

TEST_CASE("writes that meet are run again until each has seen the other") {
    everywhere([](Where const& where) {
        auto db = *Db::open(where.url);
        REQUIRE(put(db, 1, 0));
        std::atomic<int> failed{0};
        std::barrier start(4);
        std::vector<std::thread> all;
        for (int t = 0; t < 4; ++t) {
            all.emplace_back([&] {
                start.arrive_and_wait();
                for (int n = 0; n < 25; ++n) {
                    auto const done = db.write([&](Write& w) -> Result<std::int64_t> {
                        auto const now =
                            TRY(w.one("SELECT amount FROM thing WHERE hub = ? AND id = ?", hub, id_of(1)))
                                .integer(0);
                        return w.run("UPDATE thing SET amount = ? WHERE hub = ? AND id = ?", now + 1, hub,
                                     id_of(1));
                    });
                    if (!done) ++failed;
                }
            });
        }
        for (auto& one : all) one.join();
        CHECK(failed == 0);
        CHECK(*number(db, "SELECT amount FROM thing") == 100);
        if (db.dialect() == Dialect::postgres) CHECK(db.counts().retries > 0);
    });
}

TEST_CASE("the n-th change or commit fails: nothing is half-written") {
    everywhere([](Where const& where) {
        Faults faults;
        auto db = *Db::open(where.url, {.limits = {}, .faults = &faults});
        REQUIRE(put(db, 1, 1000));
        REQUIRE(put(db, 2, 0));
        std::int64_t moved = 0;
        auto const move = [&](std::uint64_t log) {
            return db.write([&](Write& w) -> Result<void> {
                (void)TRY(w.run("UPDATE thing SET amount = amount - 1 WHERE id = ?", id_of(1)));
                (void)TRY(w.run("UPDATE thing SET amount = amount + 1 WHERE id = ?", id_of(2)));
                (void)TRY(w.run("INSERT INTO part (hub, id, thing, count) VALUES (?, ?, ?, ?)", hub,
                                id_of(log), id_of(1), 1));
                return {};
            });
        };
        auto const is_whole = [&] {
            return *number(db, "SELECT amount FROM thing ORDER BY id LIMIT 1") == 1000 - moved &&
                   *number(db, "SELECT sum(amount) FROM thing") == 1000 &&
                   *number(db, "SELECT count(*) FROM part") == moved;
        };
        for (std::int64_t n = 1; n <= 9; ++n) {
            faults.change = n;
            int failed = 0;
            for (std::uint64_t k = 0; k < 4; ++k) {
                auto const done = move(std::uint64_t(n) * 100 + k);
                if (done) {
                    ++moved;
                } else {
                    CHECK(done.error().code() == Code::unavailable);
                    ++failed;
                }
                CHECK(is_whole());
            }
            CHECK(failed == 1);
        }
        for (std::int64_t n = 1; n <= 3; ++n) {
            faults.commit = n;
            for (std::int64_t k = 1; k <= 3; ++k) {
                auto const done = move(std::uint64_t(n) * 100 + std::uint64_t(k) + 50);
                CHECK(done.has_value() == (k != n));
                if (done) ++moved;
                CHECK(is_whole());
            }
        }
        CHECK(moved == 33);
    });
}

TEST_CASE("migrations go forward, once, and refuse what they do not know") {
    everywhere(
        [](Where const& where) {
            auto db = *Db::open(where.url);
            REQUIRE(put(db, 1, 5));
            auto const done = migrate(db, steps);
            REQUIRE_MESSAGE(done, done.error().sentence());
            CHECK(done->from == 1);
            CHECK(done->to == 3);
            CHECK(done->backup.empty() == (db.dialect() == Dialect::postgres));
            CHECK(migrate(db, steps)->from == 3);
            CHECK(count(db) == 1);
            if (!done->backup.empty()) {  // the state before
                auto before = *Db::open(done->backup.string());
                CHECK(count(before) == 1);
                CHECK(migrate(before, std::span(steps).first(1))->from == 1);
            }
            auto const older = migrate(db, std::span(steps).first(2));
            CHECK(older.error().code() == Code::db_version);
            auto changed = steps;
            changed[1].sql = "CREATE TABLE other (hub BLOB NOT NULL PRIMARY KEY) STRICT;";
            CHECK(migrate(db, changed).error().code() == Code::db_version);
            // One that fails leaves nothing of itself, nor of those before it.
            std::vector<Migration> more(steps.begin(), steps.end());
            more.push_back({4, "good", "CREATE TABLE good (hub BLOB NOT NULL PRIMARY KEY) STRICT;"});
            more.push_back(
                {5, "bad", "INSERT INTO thing (hub, id, name, amount) VALUES (NULL, NULL, NULL, 1);"});
            CHECK(migrate(db, more).error().code() == Code::conflict);
            CHECK(migrate(db, steps)->from == 3);
            more.pop_back();
            more[3].sql = "CREATE TABLE good (id BLOB NOT NULL PRIMARY KEY, hub BLOB) STRICT;";
            CHECK_THROWS_AS((void)migrate(db, more), Bug);
            CHECK(migrate(db, steps)->from == 3);
            CHECK(check_all(db)->empty());
        },
        1);
}

TEST_CASE("two that open and migrate at once") {
    auto const together = [](std::string const& url) {
        constexpr int openers = 4;
        std::barrier start(openers);
        std::array<std::string, openers> said;
        std::atomic<int> first{0};
        std::vector<std::thread> all;
        for (std::size_t t = 0; t < openers; ++t) {
            all.emplace_back([&, t] {
                start.arrive_and_wait();
                auto db = Db::open(url);
                if (!db) {
                    said[t] = db.error().sentence();
                    return;
                }
                auto const done = migrate(*db, steps);
                if (!done) {
                    said[t] = done.error().sentence();
                } else if (done->from == 0) {
                    ++first;
                }
            });
        }
        for (auto& one : all) one.join();
        for (auto const& one : said) CHECK(one.empty());
        for (auto const& one : said) INFO(one);
        CHECK(first == 1);
    };
    for (int round = 0; round < 5; ++round) {
        Folder const folder;
        together((folder.path / "hub.db").string());
    }
    if (auto* const server = Postgres::server()) together(server->fresh());
}

TEST_CASE("a backup taken while others write is one state, and is restored") {
    everywhere([](Where const& where) {
        Folder const folder;
        std::string const photo("\0\x80", 2);
        auto const copy = folder.path / "copy.db";
        std::int64_t acknowledged = 0;
        {
            auto db = *Db::open(where.url);
            std::atomic<bool> is_over{false};
            std::atomic<std::int64_t> pairs{0};
            std::thread writer([&] {
                for (std::uint64_t n = 1; !is_over || pairs < 30; n += 2) {
                    auto const done = db.write([&](Write& w) -> Result<void> {
                        (void)TRY(w.run(insert, hub, id_of(n), nullptr, 1));
                        (void)TRY(w.run("INSERT INTO thing VALUES (?, ?, ?, ?, ?)", hub, id_of(n + 1),
                                        std::to_string(n), -1, Blob{photo}));
                        (void)TRY(w.run("INSERT INTO part (hub, id, thing, count) VALUES (?, ?, ?, 1)", hub,
                                        id_of(n), id_of(n)));
                        return {};
                    });
                    if (done) ++pairs;
                }
            });
            while (pairs < 10) std::this_thread::yield();
            acknowledged = pairs;
            auto const copied = backup(db, copy);
            is_over = true;
            writer.join();
            REQUIRE_MESSAGE(copied, copied.error().sentence());
            CHECK(copied->tables == 3);
            CHECK(copied->rows >= 33);
            CHECK(backup(db, copy).error().code() == Code::conflict);
        }
        auto const is_one_state = [&](std::string const& url) {
            auto db = *Db::open(url);
            auto const things = count(db);
            CHECK(things % 2 == 0);
            CHECK(things / 2 >= acknowledged);
            CHECK(*number(db, "SELECT sum(amount) FROM thing") == 0);
            CHECK(*number(db, "SELECT count(*) FROM part") == things / 2);
            CHECK(check_all(db)->empty());
            CHECK(migrate(db, steps)->from == 3);
            auto read = *db.read();
            CHECK(read.one("SELECT photo FROM thing WHERE id = ?", id_of(2))->blob(0) == photo);
            return things;
        };
        auto const things = is_one_state(copy.string());
        auto const to = (folder.path / "new" / "hub.db").string();
        REQUIRE(restore(copy, to));
        CHECK(is_one_state(to) == things);
        if (auto* const server = Postgres::server()) {  // also from one database to the other
            auto const empty = server->fresh();
            auto const restored = restore(copy, empty);
            REQUIRE_MESSAGE(restored, restored.error().sentence());
            CHECK(is_one_state(empty) == things);
            CHECK(restore(copy, empty).error().code() == Code::conflict);
        }
    });
}

TEST_CASE("a writing process is killed twenty times: every acknowledged row is there") {
    constexpr int rounds = 20;
    everywhere([](Where const& where) {
        std::set<std::uint64_t> acknowledged;
        for (int round = 0; round < rounds; ++round) {
            int ends[2];
            REQUIRE(::pipe(ends) == 0);
            auto const child = ::fork();
            REQUIRE(child >= 0);
            if (child == 0) {
                auto db = Db::open(where.url);
                if (!db) ::_exit(1);
                std::vector<std::thread> all;
                for (std::uint64_t t = 0; t < 4; ++t) {
                    all.emplace_back([&, t] {
                        for (std::uint64_t n = 0;; ++n) {
                            auto const id = (std::uint64_t(round) * 4 + t) * 1'000'000 + n + 1;
                            auto const done = db->write([&](Write& w) -> Result<void> {
                                (void)TRY(w.run(insert, hub, id_of(id), std::to_string(id), 1));
                                (void)TRY(
                                    w.run("INSERT INTO part (hub, id, thing, count) VALUES (?, ?, ?, 1)", hub,
                                          id_of(id), id_of(id)));
                                return {};
                            });
                            if (!done || ::write(ends[1], &id, sizeof id) != sizeof id) ::_exit(2);
                        }
                    });
                }
                for (auto& one : all) one.join();
                ::_exit(3);
            }
            ::close(ends[1]);
            std::uint64_t id = 0;
            int seen = 0;
            while (::read(ends[0], &id, sizeof id) == sizeof id) {
                acknowledged.insert(id);
                if (++seen == 7 + round * 3) ::kill(child, SIGKILL);
            }
            ::close(ends[0]);
            int status = 0;
            ::waitpid(child, &status, 0);
            REQUIRE(WIFSIGNALED(status));
        }
        auto db = *Db::open(where.url);
        std::size_t missing = 0;
        auto read = *db.read();
        for (auto const id : acknowledged) {
            auto const both = read.first(
                "SELECT 1 FROM thing t JOIN part p ON p.hub = t.hub AND p.thing = t.id "
                "WHERE t.hub = ? AND t.id = ?",
                hub, id_of(id));
            if (!both || !*both) ++missing;
        }
        CHECK(missing == 0);
        CHECK(acknowledged.size() >= rounds * 7);
        CHECK(read.one("SELECT count(*) FROM thing")->integer(0) ==
              read.one("SELECT count(*) FROM part")->integer(0));
        CHECK(check_all(db)->empty());
    });
}

TEST_CASE("any list of writes leaves what a map would hold") {
    everywhere([](Where const& where) {
        auto db = *Db::open(where.url);
        std::uint64_t space = 100;  // each list under a hub of its own
        bool const holds = rc::check(where.name, [&] {
            auto const own = id_of(++space);
            std::map<std::uint64_t, std::int64_t> model;
            auto const writes = *rc::gen::container<std::vector<std::vector<std::pair<int, std::int64_t>>>>(
                rc::gen::container<std::vector<std::pair<int, std::int64_t>>>(
                    rc::gen::pair(rc::gen::inRange(0, 60), rc::gen::arbitrary<std::int64_t>())));
            for (auto const& write : writes) {
                auto next = model;
                bool is_refused = false;
                // Below 20 insert, below 40 put, below 57 delete, from there refuse.
                for (auto const& [what, amount] : write) {
                    auto const key = std::uint64_t(what % 20);
                    if (what < 20) {
                        if (next.contains(key)) is_refused = true;
                        next.emplace(key, amount);
                    } else if (what < 40) {
                        next[key] = amount;
                    } else if (what < 57) {
                        next.erase(key);
                    } else {
                        is_refused = true;
                    }
                    if (is_refused) break;
                }
                auto const done = db.write([&](Write& w) -> Result<void> {
                    for (auto const& [what, amount] : write) {
                        auto const key = id_of(std::uint64_t(what % 20));
                        if (what < 20) {
                            (void)TRY(w.run(insert, own, key, nullptr, amount));
                        } else if (what < 40) {
                            (void)TRY(
                                w.run("INSERT INTO thing (hub, id, amount) VALUES (?, ?, ?) ON CONFLICT "
                                      "(hub, id) DO UPDATE SET amount = excluded.amount",
                                      own, key, amount));
                        } else if (what < 57) {
                            (void)TRY(w.run("DELETE FROM thing WHERE hub = ? AND id = ?", own, key));
                        } else {
                            return refuse(Code::prohibited, "", "");
                        }
                    }
                    return {};
                });
                RC_ASSERT(done.has_value() == !is_refused);
                if (!is_refused) model = next;
            }
            std::map<std::uint64_t, std::int64_t> stored;
            auto read = *db.read();
            auto rows = *read.rows("SELECT id, amount FROM thing WHERE hub = ?", own);
            while (*rows.next()) stored[rows.id_bytes(0)[15]] = rows.integer(1);
            RC_ASSERT(stored == model);
        });
        CHECK(holds);
    });
}

TEST_CASE("limits refuse") {
    everywhere([](Where const& where) {
        Limits limits;
        limits.connections_max = 2;
        limits.wait_max = std::chrono::milliseconds(1);
        limits.statements_max = 3;
        auto db = *Db::open(where.url, {.limits = limits});
        auto one = *db.read();
        {
            auto other = *db.read();
            CHECK(db.read().error().code() == Code::unavailable);
            for (int n = 0; n < 20; ++n) {  // more texts than are kept
                CHECK(other.one("SELECT " + std::to_string(n) + " + ?", 1)->integer(0) == n + 1);
            }
        }
        CHECK(db.read());
    });
}

TEST_CASE("ids sort by time, never repeat, and are read back from both forms") {
    Ids ids;
    std::chrono::sys_time<std::chrono::milliseconds> const now{std::chrono::milliseconds(1'770'000'000'000)};
    auto last = ids.next<Thing>(now);
    for (int n = 0; n < 20'000; ++n) {
        auto const next = ids.next<Thing>(now + std::chrono::milliseconds(n % 7 == 0 ? -n : n / 5));
        CHECK(last < next);
        if (n % 500 == 0) {
            CHECK(last.text() < next.text());
            CHECK(next.text().size() == 26);
            CHECK(*Id<Thing>::parse(next.text()) == next);
            CHECK(*Id<Thing>::parse(id_hex(next.bytes())) == next);
        }
        last = next;
    }
    IdBytes ones;
    ones.fill(0xFF);
    CHECK(id_text(ones) == "7zzzzzzzzzzzzzzzzzzzzzzzzz");
    CHECK(*id_parse("7ZZZZZZZZZZZZZZZZZZZZZZZZZ") == ones);
    CHECK(*id_parse("oooooooooooooooooooooooooI") == id_of(1).bytes());
    for (auto const* bad : {"", "8zzzzzzzzzzzzzzzzzzzzzzzzz", "7zzzzzzzzzzzzzzzzzzzzzzzzu", "0123",
                            "g0000000000000000000000000000000"}) {
        CHECK_FALSE(id_parse(bad));
    }
    // Eight makers at once.
    std::array<std::vector<IdBytes>, 8> made;
    std::vector<std::thread> all;
    for (auto& mine : made) {
        all.emplace_back([&] {
            for (int n = 0; n < 1000; ++n) mine.push_back(ids.next(now));
        });
    }
    for (auto& one : all) one.join();
    std::set<IdBytes> distinct;
    for (auto const& mine : made) distinct.insert(mine.begin(), mine.end());
    CHECK(distinct.size() == 8000);
}

TEST_CASE("one text for both databases") {
    CHECK(for_sqlite("a = $2 AND b = $1 -- $3 ?\n") == "a = ?2 AND b = ?1 -- $3 ?\n");
    CHECK(for_sqlite("SELECT a FROM b ORDER BY c FOR UPDATE") == "SELECT a FROM b ORDER BY c ");
    CHECK(for_sqlite("UPDATE a SET b = 'FOR UPDATE'") == "UPDATE a SET b = 'FOR UPDATE'");
    CHECK(for_postgres("SELECT a FROM b FOR UPDATE") == "SELECT a FROM b FOR UPDATE");
    CHECK(for_sqlite("'?' \"?\" ? /* ? */ ?") == "'?' \"?\" ?1 /* ? */ ?2");
    CHECK(for_postgres("SELECT CAST(? AS INTEGER), 'it''s ?', $2") ==
          "SELECT CAST($1 AS BIGINT), 'it''s ?', $2");
    CHECK(
        for_postgres("CREATE TABLE t (a TEXT, b BLOB, INTEGERS INTEGER) STRICT, WITHOUT ROWID;SELECT TEXT") ==
        "CREATE TABLE t (a TEXT COLLATE \"C\", b BYTEA, INTEGERS BIGINT)  ;SELECT TEXT");
    CHECK(for_postgres("CREATE TABLE t (a TEXT) WITHOUT ROWID, STRICT") ==
          "CREATE TABLE t (a TEXT COLLATE \"C\")  ");
}
