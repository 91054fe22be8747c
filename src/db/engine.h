#pragma once
// What both databases are behind the door: connections with their prepared statements, and an engine that
// hands them out, groups writes and commits them.

#include "db/db.h"

#include <condition_variable>
#include <string>
#include <unordered_map>

namespace allroads::db {

struct Cell {
    Kind kind = Kind::null;
    std::int64_t integer = 0;
    std::string_view bytes;
};

// A prepared statement and, between start and finish, its answers.
class Statement {
public:
    Statement() = default;
    Statement(Statement const&) = delete;
    Statement& operator=(Statement const&) = delete;
    virtual ~Statement() = default;
    // `is_brief`: the arguments live until the last answer was read.
    [[nodiscard]] virtual Result<void> start(std::span<Arg const> args, bool is_brief) = 0;
    // Done now, or with what follows.
    [[nodiscard]] virtual Result<void> put(std::span<Arg const> args) {
        TRY_VOID(start(args, true));
        while (TRY(next())) {}
        return {};
    }
    [[nodiscard]] virtual Result<bool> next() = 0;
    [[nodiscard]] virtual std::size_t columns() const = 0;
    [[nodiscard]] virtual Cell cell(std::size_t column) const = 0;
    [[nodiscard]] virtual std::int64_t changed() const = 0;  // rows, after the last row was read
    virtual void finish() = 0;

    bool is_busy = false;
    bool is_kept = false;
    std::uint64_t used = 0;
};

// One thread at a time.
class Connection {
public:
    explicit Connection(Options const& options) : options_(options) {}
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;
    virtual ~Connection() = default;

    [[nodiscard]] virtual Result<std::unique_ptr<Statement>> prepare(std::string_view sql) = 0;
    // Statements by semicolons, without arguments and answers.
    [[nodiscard]] virtual Result<void> script(std::string_view sql) = 0;
    [[nodiscard]] virtual bool is_alive() const { return true; }
    // Whether an answer is in memory as a whole before its first row can be read.
    [[nodiscard]] virtual bool loads_whole_answers() const { return false; }

    // A statement from those that are kept, or a new one.
    [[nodiscard]] Result<Statement*> take(std::string_view sql);
    void give_back(Statement& statement);
    [[nodiscard]] Result<Rows> start(std::string_view sql, std::span<Arg const> args);
    [[nodiscard]] Result<std::int64_t> change(std::string_view sql, std::span<Arg const> args);
    [[nodiscard]] Result<void> put(std::string_view sql, std::span<Arg const> args);
    virtual void take_turn() {}

    // The first failure of this transaction; it answers everything after it.
    void doom(Error const& error) {
        if (!doom_) doom_ = error;
    }
    [[nodiscard]] std::optional<Error> const& doomed() const { return doom_; }
    void begun() { doom_.reset(); }
    [[nodiscard]] int busy_statements() const { return busy_; }
    [[nodiscard]] Options const& options() const { return options_; }

protected:
    // Derived connections call it before they close.
    void forget_statements() { kept_.clear(), loose_.clear(); }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    void keep_fewer();
    [[nodiscard]] Result<void> may_change();

    Options options_;
    std::unordered_map<std::string, std::unique_ptr<Statement>, Hash, std::equal_to<>> kept_;
    std::vector<std::unique_ptr<Statement>> loose_;  // a second one of the same text, in use at the same time
    std::optional<Error> doom_;
    std::uint64_t uses_ = 0;
    int busy_ = 0;
};

// Connections that wait to be used. More are opened until there are `max`, then callers wait.
class Pool {
public:
    using Opener = std::function<Result<std::unique_ptr<Connection>>()>;
    Pool(Options const& options, Opener opener) : options_(options), opener_(std::move(opener)) {}
    [[nodiscard]] Result<std::unique_ptr<Connection>> take();
    void give(std::unique_ptr<Connection> connection);  // one that is not alive is closed
    void drop(std::unique_ptr<Connection> connection);
    void drop_idle();

private:
    Options options_;
    Opener opener_;
    std::mutex lock_;
    std::condition_variable freed_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::size_t open_ = 0;
};

using Body = std::function<Result<void>(Write&)>;
// Hears once what became of a write; else of what it threw.
using Then = std::function<void(Result<void> done, std::exception_ptr thrown)>;

class Engine {
public:
    explicit Engine(Options const& options) : options_(options) {}
    Engine(Engine const&) = delete;
    Engine& operator=(Engine const&) = delete;
    virtual ~Engine() = default;
    [[nodiscard]] virtual Dialect dialect() const = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<Connection>> begin_read() = 0;
    virtual void end_read(std::unique_ptr<Connection> connection) = 0;
    [[nodiscard]] virtual Result<void> write(Body const& body, Meeting meeting) = 0;
    // The same for who does not wait: `then` is called by any thread, also by this one before it returns.
    virtual void write_later(Body body, Then then, Meeting meeting);
    // The same, alone and under the lock of migrations; `script` may change tables.
    [[nodiscard]] virtual Result<void> reshape(std::function<Result<void>(Connection&)> const& body) = 0;
    // Statements of a migration, in the words of this database.
    [[nodiscard]] virtual std::string shape(std::string_view sql) const = 0;
    [[nodiscard]] virtual Result<std::vector<std::string>> tables(Connection& connection) = 0;
    // What tables the house forbids: a primary key that does not begin with `hub`, one that is not STRICT.
    [[nodiscard]] virtual Result<std::vector<std::string>> misshapen(Connection& connection) = 0;
    // After steps were applied, in their transaction: what the planner of statements should know of tables.
    [[nodiscard]] virtual Result<void> advise(Connection&) { return {}; }
    [[nodiscard]] virtual Result<Copied> backup(std::filesystem::path const& file) = 0;
    [[nodiscard]] virtual Result<std::vector<std::string>> check_all() = 0;
    [[nodiscard]] virtual std::filesystem::path file() const { return {}; }

    [[nodiscard]] Options const& options() const { return options_; }
    [[nodiscard]] Counts counts() const { return {writes_, commits_, retries_}; }

protected:
    // Whether the fault that was asked for falls on this commit.
    [[nodiscard]] bool commit_fails() const;
    // Runs `body`, whose statements may have failed without its saying so, or which may throw.
    [[nodiscard]] static Result<void> run(Body const& body, Connection& connection);

    Options options_;
    std::atomic<std::uint64_t> writes_{0}, commits_{0}, retries_{0};
};

// Counts down to the fault that was asked for.
[[nodiscard]] bool falls_now(std::atomic<std::int64_t>& countdown);

[[nodiscard]] Result<std::unique_ptr<Engine>> open_sqlite(std::filesystem::path const& file,
                                                          Options const& options);
[[nodiscard]] Result<std::unique_ptr<Engine>> open_postgres(std::string const& url, Options const& options);
[[nodiscard]] Result<Copied> restore_file(std::filesystem::path const& from, std::filesystem::path const& to);

// The table of the steps that were applied. Its text is kept so that a copy can be made in the other
// database.
inline constexpr std::string_view steps_table =
    "CREATE TABLE IF NOT EXISTS allroads_steps (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
    "sql TEXT NOT NULL) STRICT;";
inline constexpr std::string_view steps_name = "allroads_steps";
// Whether the table of steps is there.
[[nodiscard]] Result<bool> has_steps(Engine& engine, Connection& connection);
// What the steps say of themselves, in order; refuses where numbers have a gap.
struct Step {
    std::int64_t number;
    std::string name, sql;
};
[[nodiscard]] Result<std::vector<Step>> steps_of(Engine& engine, Connection& connection);
// Every row of `from` into the empty tables of `to`, table by table in `order`.
[[nodiscard]] Result<Copied> copy_rows(Connection& from, Connection& to, std::span<std::string const> order);

}  // namespace allroads::db
