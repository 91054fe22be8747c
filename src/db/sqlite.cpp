#include "db/dialect.h"
#include "db/engine.h"
#include "db/gathering.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <thread>

namespace allroads::db {

namespace {

namespace fs = std::filesystem;

constexpr int application = 0x416C7264;  // "Alrd" in the header of the file: that it is ours
constexpr int findings_max = 100;
constexpr int statement_bytes_max = 1'000'000;
// A page that changes often is then written over in the log many times before it is written to its place.
constexpr int log_pages_kept = 4096;
constexpr int log_pages_max = 65'536;        // then the writer itself copies it
constexpr auto log_bytes_kept = "67108864";  // the write-ahead log is cut to this after a long reader

Error error_of(sqlite3* handle, std::string_view what) {
    auto const code = sqlite3_extended_errcode(handle);
    auto const words = std::string(what) + ": " + sqlite3_errmsg(handle);
    switch (code & 0xFF) {
        case SQLITE_CONSTRAINT: return Error(Code::conflict, "", words);
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return Error(Code::db_damaged, "", words);
        case SQLITE_TOOBIG: return Error(Code::too_long, "", words);
        case SQLITE_ERROR:
            if (words.find("integer overflow") != std::string::npos) return Error(Code::bad_value, "", words);
            [[fallthrough]];
        case SQLITE_MISUSE:
        case SQLITE_RANGE:
        case SQLITE_READONLY: throw Bug(words);
        default: return Error(Code::unavailable, "", words);
    }
}

class SqliteStatement final : public Statement {
public:
    SqliteStatement(sqlite3* handle, sqlite3_stmt* statement) : handle_(handle), statement_(statement) {}
    ~SqliteStatement() override { sqlite3_finalize(statement_); }

    Result<void> start(std::span<Arg const> args, bool is_brief) override {
        // Else SQLite copies: answers are read after the arguments are gone.
        life_ = is_brief ? SQLITE_STATIC : SQLITE_TRANSIENT;
        if (static_cast<int>(args.size()) != sqlite3_bind_parameter_count(statement_)) {
            throw Bug("as many arguments as placeholders: " + std::string(sqlite3_sql(statement_)));
        }
        for (std::size_t i = 0; i < args.size(); ++i) TRY_VOID(bind(static_cast<int>(i) + 1, args[i]));
        is_done_ = false;
        return {};
    }

    Result<bool> next() override {
        if (is_done_) return false;
        auto const code = sqlite3_step(statement_);
        if (code == SQLITE_ROW) return true;
        is_done_ = true;
        if (code == SQLITE_DONE) {
            changed_ = sqlite3_stmt_readonly(statement_) != 0 ? 0 : sqlite3_changes64(handle_);
            sqlite3_reset(statement_);
            return false;
        }
        return std::unexpected(error_of(handle_, sqlite3_sql(statement_)));
    }

    std::size_t columns() const override {
        return static_cast<std::size_t>(sqlite3_column_count(statement_));
    }

    Cell cell(std::size_t column) const override {
        check(!is_done_ && column < columns());
        auto const at = static_cast<int>(column);
        switch (sqlite3_column_type(statement_, at)) {
            case SQLITE_INTEGER: return {Kind::integer, sqlite3_column_int64(statement_, at), {}};
            case SQLITE_TEXT: return {Kind::text, 0, bytes(sqlite3_column_text(statement_, at), at)};
            case SQLITE_BLOB: return {Kind::blob, 0, bytes(sqlite3_column_blob(statement_, at), at)};
            case SQLITE_NULL: return {};
            default: throw Bug("a fraction, where there are none: " + std::string(sqlite3_sql(statement_)));
        }
    }

    std::int64_t changed() const override { return changed_; }

    void finish() override {
        sqlite3_reset(statement_);
        if (has_bytes_) sqlite3_clear_bindings(statement_);
        has_bytes_ = false;
        is_done_ = true;
    }

private:
    std::string_view bytes(void const* data, int column) const {
        return {static_cast<char const*>(data),
                static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }

    Result<void> bind(int place, Arg const& arg) {
        int code = SQLITE_OK;
        auto const data = arg.bytes().data() == nullptr ? std::string_view("") : arg.bytes();
        switch (arg.kind()) {
            case Kind::null: code = sqlite3_bind_null(statement_, place); break;
            case Kind::integer: code = sqlite3_bind_int64(statement_, place, arg.integer()); break;
            case Kind::text:
                if (!is_storable(data)) return refuse(Code::bad_value, "", "text that is not UTF-8");
                code = sqlite3_bind_text64(statement_, place, data.data(), data.size(), life_, SQLITE_UTF8);
                has_bytes_ = true;
                break;
            case Kind::blob:
                code = sqlite3_bind_blob64(statement_, place, data.data(), data.size(), life_);
                has_bytes_ = true;
                break;
        }
        if (code != SQLITE_OK) return std::unexpected(error_of(handle_, sqlite3_sql(statement_)));
        return {};
    }

    sqlite3* handle_;
    sqlite3_stmt* statement_;
    std::int64_t changed_ = 0;
    sqlite3_destructor_type life_ = nullptr;
    bool is_done_ = true;
    bool has_bytes_ = false;
};

class SqliteConnection final : public Connection {
public:
    // `flags` and `files` (a file system; null: the usual one) of sqlite3_open_v2.
    static Result<std::unique_ptr<SqliteConnection>> open(fs::path const& file, int flags,
                                                          Options const& options,
                                                          char const* files = nullptr) {
        sqlite3* handle = nullptr;
        auto const code = sqlite3_open_v2(file.c_str(), &handle,
                                          flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, files);
        auto made = std::make_unique<SqliteConnection>(handle, options);
        if (code != SQLITE_OK) return std::unexpected(error_of(handle, file.string()));
        auto const& limits = options.limits;
        sqlite3_busy_timeout(handle, static_cast<int>(limits.wait_max.count()));
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, static_cast<int>(limits.row_bytes_max));
        sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, statement_bytes_max);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);  // "x" is a name, never a text
        sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
        TRY_VOID(made->script(
            std::string("PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; "
                        "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -") +
            std::to_string(limits.page_bytes_max / 1024)));
        return made;
    }

    SqliteConnection(sqlite3* handle, Options const& options) : Connection(options), handle_(handle) {}
    ~SqliteConnection() override {
        forget_statements();
        sqlite3_close_v2(handle_);
    }

    Result<std::unique_ptr<Statement>> prepare(std::string_view sql) override {
        auto const text = for_sqlite(sql);
        sqlite3_stmt* statement = nullptr;
        char const* rest = nullptr;
        auto const code = sqlite3_prepare_v3(handle_, text.c_str(), static_cast<int>(text.size()),
                                             SQLITE_PREPARE_PERSISTENT, &statement, &rest);
        auto made = std::make_unique<SqliteStatement>(handle_, statement);
        if (code != SQLITE_OK) return std::unexpected(error_of(handle_, sql));
        if (statement == nullptr || !trim(rest).empty()) throw Bug("one statement: " + std::string(sql));
        return made;
    }

    Result<void> script(std::string_view sql) override {
        auto const text = std::string(sql);
        if (sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
        auto error = error_of(handle_, sql.substr(0, 200));
        doom(error);
        return std::unexpected(std::move(error));
    }

    // The one number that a pragma or a count answers.
    Result<std::int64_t> number(std::string_view sql) {
        begun();
        auto rows = TRY(start(sql, {}));
        if (!TRY(rows.next())) return refuse(Code::db_damaged, "", std::string(sql) + " answers nothing");
        return rows.integer(0);
    }

    // Statements around every write; whatever they say is an answer, for there is nobody above to catch.
    Result<void> step(std::string_view sql) {
        try {
            auto* const statement = TRY(take(sql));
            Rows rows(*this, *statement);
            TRY_VOID(statement->start({}, true));
            (void)TRY(statement->next());
            return {};
        } catch (Bug const& error) {
            return refuse(Code::unavailable, "", error.what());
        }
    }

    // How many pages the log held after the last commit of this connection, which must never make a
    // checkpoint by itself.
    void watch_log() {
        sqlite3_wal_hook(
            handle_,
            [](void* pages, sqlite3*, char const*, int count) {
                *static_cast<int*>(pages) = count;
                return SQLITE_OK;
            },
            &log_pages_);
    }
    [[nodiscard]] int log_pages() const { return log_pages_; }
    // Into the data file, as far as no reader needs the log; whatever it says, the log stays whole.
    void checkpoint() {
        (void)sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        log_pages_ = 0;
    }

    [[nodiscard]] bool is_in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
    [[nodiscard]] int last_code() const { return sqlite3_errcode(handle_) & 0xFF; }
    [[nodiscard]] sqlite3* handle() const { return handle_; }

private:
    sqlite3* handle_;
    int log_pages_ = 0;
};

Result<std::vector<std::string>> column_of(Connection& connection, std::string_view sql) {
    std::vector<std::string> all;
    auto rows = TRY(connection.start(sql, {}));
    while (TRY(rows.next())) all.emplace_back(rows.text(0));
    return all;
}

Result<std::vector<std::string>> tables_of(Connection& connection) {
    return column_of(connection,
                     "SELECT s.name FROM sqlite_schema s JOIN pragma_table_list t ON t.name = s.name "
                     "WHERE t.schema = 'main' AND t.type = 'table' AND s.type = 'table' "
                     "AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY s.rowid");
}

Result<std::vector<std::string>> misshapen_of(Connection& connection) {
    return column_of(
        connection,
        "SELECT t.name || ': the table is not STRICT, or its primary key does not begin with hub' "
        "FROM pragma_table_list t WHERE t.schema = 'main' AND t.type = 'table' "
        "AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name <> 'allroads_steps' AND (t.strict = 0 OR "
        "NOT "
        "EXISTS (SELECT 1 FROM pragma_table_info(t.name) c WHERE c.pk = 1 AND c.name = 'hub'))");
}

// What is wrong with a file, of which `connection` must have read nothing yet.
Result<std::vector<std::string>> findings_of(Connection& connection) {
    connection.begun();
    auto sound = column_of(connection, "PRAGMA integrity_check(" + std::to_string(findings_max) + ")");
    if (!sound && sound.error().code() != Code::db_damaged) return sound;
    if (!sound) return std::vector{std::string(sound.error().detail())};
    if (*sound == std::vector<std::string>{"ok"}) sound->clear();
    connection.begun();
    auto lost = connection.start("PRAGMA foreign_key_check", {});
    while (lost && sound->size() < findings_max) {
        auto const more = lost->next();
        if (!more) return std::unexpected(more.error());
        if (!*more) break;
        sound->push_back(std::string(lost->text(0)) + ": a row names one of " + std::string(lost->text(2)) +
                         " that is not there");
    }
    return sound;
}

// How many rows of a large table stand behind the first columns of an index: all behind `hub`, one behind all
// of a unique one, evenly fewer in between.
std::string shape_text(std::int64_t columns, bool is_unique, bool is_partial) {
    std::int64_t const digits = is_partial ? 4 : 6;
    auto const power = [](std::int64_t exponent) {
        std::int64_t number = 1;
        for (; exponent > 0; --exponent) number *= 10;
        return number;
    };
    auto all = std::to_string(power(digits));
    for (std::int64_t i = 1; i <= columns; ++i) {
        auto const rows = power(columns == 1 ? 0 : digits * (columns - i) / (columns - 1));
        all += " " + std::to_string(std::max(rows, std::int64_t{is_unique ? 1 : 10}));
    }
    return all;
}

// Without numbers SQLite takes `hub`, with which every index begins, for something that tells rows apart, and
// reads a whole table where an index would lead to three rows. Numbers of real data would change plans under
// way, so these are made up, and the same for every table.
Result<void> state_shapes(Connection& connection) {
    struct Index {
        std::string table, name;
        std::int64_t columns = 0;
        bool is_unique = false, is_partial = false;
    };
    std::vector<Index> all;
    {
        auto rows = TRY(connection.start(
            "SELECT t.name, CASE WHEN i.origin = 'pk' AND t.wr = 1 THEN t.name ELSE i.name END, (SELECT "
            "count(*) FROM pragma_index_info(i.name)), i.\"unique\", i.partial FROM pragma_table_list t JOIN "
            "pragma_index_list(t.name) i WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE "
            "'sqlite\\_%' ESCAPE '\\'",
            {}));
        while (TRY(rows.next()))
            all.push_back({std::string(rows.text(0)), std::string(rows.text(1)), rows.integer(2),
                           rows.integer(3) != 0, rows.integer(4) != 0});
    }
    TRY_VOID(connection.script("ANALYZE allroads_steps; DELETE FROM sqlite_stat1"));
    for (auto const& one : all) {
        auto const shape = shape_text(one.columns, one.is_unique, one.is_partial);
        auto rows = TRY(connection.start("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)",
                                         std::array{Arg(one.table), Arg(one.name), Arg(shape)}));
        while (TRY(rows.next())) {}
    }
    // Read again, here and by who opens the file later.
    return connection.script("ANALYZE sqlite_schema");
}

void sync_folder(fs::path const& file) {
    auto const folder = file.parent_path().empty() ? fs::path(".") : file.parent_path();
    auto const handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0) return;
    ::fsync(handle);
    ::close(handle);
}

fs::path beside(fs::path file, std::string_view ending) { return file += ending; }

Result<void> renamed(fs::path const& from, fs::path const& to) {
    std::error_code failed;
    fs::rename(from, to, failed);
    if (failed) return refuse(Code::unavailable, "", to.string() + ": " + failed.message());
    return {};
}

Result<Copied> counted(SqliteConnection& connection, fs::path const& file) {
    Copied copied;
    for (auto const& table : TRY(tables_of(connection))) {
        ++copied.tables;
        copied.rows +=
            static_cast<std::uint64_t>(TRY(connection.number("SELECT count(*) FROM \"" + table + "\"")));
    }
    std::error_code failed;
    copied.bytes = fs::file_size(file, failed);
    return copied;
}

// One state of `from` as the file `to`, complete, synced and checked. What fails leaves no file.
Result<Copied> copy_pages(SqliteConnection& from, fs::path const& to, Options const& options) {
    auto const fill = [&]() -> Result<Copied> {
        auto target = TRY(SqliteConnection::open(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, options));
        auto* const copying = sqlite3_backup_init(target->handle(), "main", from.handle(), "main");
        if (copying == nullptr) return std::unexpected(error_of(target->handle(), to.string()));
        sqlite3_backup_step(copying, -1);  // all pages in one read transaction: nobody waits, nothing tears
        if (sqlite3_backup_finish(copying) != SQLITE_OK) {
            return std::unexpected(error_of(target->handle(), to.string()));
        }
        TRY_VOID(target->script("PRAGMA journal_mode = DELETE"));  // one file, nothing beside it
        for (auto const& finding : TRY(findings_of(*target))) return refuse(Code::db_damaged, "", finding);
        if (TRY(target->number("PRAGMA application_id")) != application) {
            return refuse(Code::bad_file, "", "this is no data of Allroads");
        }
        return counted(*target, to);
    };
    std::error_code none;
    fs::remove(to, none);
    auto done = fill();
    if (!done) fs::remove(to, none);
    return done;
}

// A file beside the data that programs hold while they use it, so that a restore knows.
class UseLock {
public:
    UseLock() = default;
    UseLock(UseLock&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
    UseLock& operator=(UseLock&&) = delete;
    UseLock(UseLock const&) = delete;
    UseLock& operator=(UseLock const&) = delete;
    ~UseLock() {
        if (handle_ >= 0) ::close(handle_);
    }
    // LOCK_SH to use, LOCK_EX to replace.
    static Result<UseLock> take(fs::path const& file, int kind) {
        UseLock lock;
        lock.handle_ = ::open(beside(file, "-lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (lock.handle_ < 0) {
            return refuse(Code::unavailable, "", beside(file, "-lock").string() + " cannot be made");
        }
        if (::flock(lock.handle_, kind | LOCK_NB) != 0) {
            return refuse(Code::unavailable, "",
                          kind == LOCK_EX ? "a program has the data open; stop it first"
                                          : "the data is being restored");
        }
        return lock;
    }

private:
    int handle_ = -1;
};

// ---- the engine -------------------------------------------------------------------------------------------

using Shaping = std::function<Result<void>(Connection&)>;

// A write that waits: on the stack of the thread that waits for it, or, where nobody does, by itself.
struct Job {
    Body const* body = nullptr;
    Shaping const* shaping = nullptr;  // instead of a body
    Body own_body = {};
    Then then = {};
    Result<void> outcome;
    std::exception_ptr thrown;
    bool is_done = false;
    std::condition_variable done;
};

class SqliteEngine final : public Engine {
public:
    SqliteEngine(fs::path file, Options const& options, UseLock lock,
                 std::unique_ptr<SqliteConnection> writer)
        : Engine(options),
          file_(std::move(file)),
          use_(std::move(lock)),
          writer_(std::move(writer)),
          readers_(options,
                   [this]() -> Result<std::unique_ptr<Connection>> {
                       return TRY(SqliteConnection::open(file_, SQLITE_OPEN_READONLY, options_));
                   }),
          thread_([this] { serve(); }),
          syncing_([this] { sync_groups(); }),
          copying_([this] { copy_logs(); }) {}

    ~SqliteEngine() override {
        {
            std::lock_guard const held(lock_);
            is_closing_ = true;
        }
        work_.notify_one();
        thread_.join();
        {
            std::lock_guard const held(lock_);
            is_written_ = true;
        }
        to_sync_.notify_one();
        to_copy_.notify_one();
        syncing_.join();
        copying_.join();
        readers_.drop_idle();  // before the writer, which empties the log as the last that closes
    }

    Dialect dialect() const override { return Dialect::sqlite; }
    fs::path file() const override { return file_; }
    std::string shape(std::string_view sql) const override { return for_sqlite(sql); }
    Result<std::vector<std::string>> tables(Connection& connection) override { return tables_of(connection); }
    Result<std::vector<std::string>> misshapen(Connection& connection) override {
        return misshapen_of(connection);
    }

    Result<std::unique_ptr<Connection>> begin_read() override {
        auto taken = TRY(readers_.take());
        taken->begun();
        if (auto begun = static_cast<SqliteConnection&>(*taken).step("BEGIN"); !begun) {
            readers_.drop(std::move(taken));
            return std::unexpected(begun.error());
        }
        return taken;
    }

    void end_read(std::unique_ptr<Connection> connection) override {
        check_no_rows(*connection);
        auto& one = static_cast<SqliteConnection&>(*connection);
        // An error may have ended the transaction already.
        bool const is_ended = !one.is_in_transaction() || one.step("COMMIT").has_value();
        if (!is_ended) return readers_.drop(std::move(connection));
        readers_.give(std::move(connection));
    }

    Result<void> write(Body const& body, Meeting) override {
        Job job;
        job.body = &body;
        return wait_for(job);
    }
    void write_later(Body body, Then then, Meeting) override {
        auto job = std::make_unique<Job>();
        job->own_body = std::move(body);
        job->body = &job->own_body;
        job->then = std::move(then);
        std::unique_lock held(lock_);
        if (auto const queued = queue(*job); !queued) {
            held.unlock();
            return job->then(queued, nullptr);
        }
        (void)job.release();  // told and given back by `tell`
    }
    Result<void> reshape(Shaping const& shaping) override {
        Job job;
        job.shaping = &shaping;
        return wait_for(job);
    }

    Result<void> advise(Connection& connection) override { return state_shapes(connection); }

    Result<Copied> backup(fs::path const& file) override {
        std::error_code failed;
        if (fs::exists(file, failed)) return refuse(Code::conflict, "", file.string() + " is there already");
        auto source = TRY(SqliteConnection::open(file_, SQLITE_OPEN_READONLY, options_));
        auto const part = beside(file, ".part");
        auto const copied = TRY(copy_pages(*source, part, options_));
        TRY_VOID(renamed(part, file));
        sync_folder(file);
        return copied;
    }

    Result<std::vector<std::string>> check_all() override {
        auto connection = TRY(SqliteConnection::open(file_, SQLITE_OPEN_READONLY, options_));
        auto found = TRY(findings_of(*connection));
        if (!found.empty()) return found;
        connection->begun();
        if (auto steps = steps_of(*this, *connection); !steps) found.emplace_back(steps.error().detail());
        connection->begun();
        for (auto& one : TRY(misshapen_of(*connection))) found.push_back(std::move(one));
        return found;
    }

private:
    // A destructor may be what calls: there is nobody to throw to.
    static void check_no_rows(Connection const& connection) noexcept {
        check(connection.busy_statements() == 0);
    }

    Result<void> wait_for(Job& job) {
        check(std::this_thread::get_id() !=
              thread_.get_id());  // a write within a write would wait for itself
        std::unique_lock held(lock_);
        TRY_VOID(queue(job));
        job.done.wait(held, [&] { return job.is_done; });
        if (job.thrown) std::rethrow_exception(job.thrown);
        return std::move(job.outcome);
    }

    // Under the lock.
    Result<void> queue(Job& job) {
        if (is_broken_) return refuse(Code::unavailable, "", broken);
        if (waiting_.size() >= options_.limits.writes_waiting_max)
            return refuse(Code::unavailable, "", "too many writes are waiting");
        waiting_.push_back(&job);
        if (waiting_.size() == 1) work_.notify_one();
        return {};
    }

    // The next write of a group; null where the group is to be committed. While the group before it is on its
    // way to the disk, more are waited for: there is nothing to be gained by a commit.
    Job* waiting_write() {
        std::unique_lock held(lock_);
        work_.wait(held, [&] { return !waiting_.empty() || unsynced_.empty() || is_closing_; });
        if (waiting_.empty() || waiting_.front()->shaping != nullptr) return nullptr;
        auto* const job = waiting_.front();
        waiting_.pop_front();
        return job;
    }

    // The thread of the writer.
    void serve() {
        for (std::unique_lock held(lock_);;) {
            work_.wait(held, [&] { return !waiting_.empty() || is_closing_; });
            if (waiting_.empty()) return;
            auto* const first = waiting_.front();
            waiting_.pop_front();
            held.unlock();
            if (first->shaping != nullptr) {
                std::vector<Job*> const one{first};
                commit_alone(*first);
                answer(one);
            } else {
                serve_group(first);
            }
            held.lock();
        }
    }

    // Takes what waits, and what comes meanwhile, into one transaction. A savepoint copies every page that a
    // write touches, and is needed only by who refuses after it changed something: then everything is
    // undone, and what the others did is done again with savepoints.
    void serve_group(Job* first) {
        std::vector<Job*> group;
        auto begun = begin();
        bool is_whole = begun.has_value();
        bool is_careful = false;
        for (auto* job = first; job != nullptr; job = waiting_write()) {
            group.push_back(job);
            if (!begun) {
                job->outcome = std::unexpected(begun.error());
            } else if (is_careful) {
                run_at_savepoint(*job);
            } else if (!run_bare(*job)) {
                is_careful = true;
                rollback();
                begun = begin();
                for (auto* const one : group) {
                    if (!one->outcome || one->thrown) continue;  // of which nothing is left, as it should be
                    if (!begun) {
                        one->outcome = std::unexpected(begun.error());
                    } else if (writer_->is_in_transaction()) {
                        run_at_savepoint(*one);
                    }
                }
            }
            is_whole = begun && writer_->is_in_transaction();
            if (!is_whole || group.size() >= options_.limits.group_max) break;
        }
        if (begun) {
            bool const is_alone = group.size() == 1;
            auto const committed =
                !is_whole  ? Result<void>(refuse(Code::unavailable, "", "the transaction was lost"))
                : is_alone ? commit()
                           : commit_and_sync_later();
            if (!committed) settle(group, committed.error(), !is_whole);
            if (committed && !is_alone) return hand_over(std::move(group));
        }
        answer(group);
        keep_log_short();
    }

    // ---- the log is synced by a thread of its own, while the next group is written

    Result<void> commit_and_sync_later() {
        SyncsLater const later;
        return commit();
    }

    void hand_over(std::vector<Job*> group) {
        {
            std::lock_guard const held(lock_);
            unsynced_.push_back(std::move(group));
        }
        to_sync_.notify_one();
        keep_log_short();
    }

    // A long log is copied into the data file by a thread of its own, which keeps no writer waiting; then the
    // writer copies the little that came meanwhile, and the log begins anew.
    void keep_log_short() {
        auto const pages = writer_->log_pages();
        if (pages < log_pages_kept) return;
        bool is_for_writer = false;
        {
            std::lock_guard const held(lock_);
            if (is_copying_ || is_broken_) return;  // what may not be on the disk is not copied
            // A reader of an old state may hold up the log: tried again when it is longer by as much.
            bool const is_due = pages >= copied_at_ + log_pages_kept || pages < copied_at_;
            if (!is_copied_ && !is_due) return;
            is_for_writer = is_copied_ || pages > log_pages_max;
            is_copying_ = !is_for_writer;
            is_copied_ = false;
            if (is_for_writer) copied_at_ = pages;
        }
        if (is_for_writer) return writer_->checkpoint();
        to_copy_.notify_one();
    }

    void copy_logs() {
        std::unique_ptr<SqliteConnection> connection;
        for (std::unique_lock held(lock_);;) {
            to_copy_.wait(held, [&] { return is_copying_ || is_written_; });
            if (is_written_) return;
            held.unlock();
            if (connection == nullptr) {
                if (auto opened = SqliteConnection::open(file_, SQLITE_OPEN_READWRITE, options_))
                    connection = std::move(*opened);
            }
            if (connection != nullptr) connection->checkpoint();
            held.lock();
            is_copying_ = false;
            is_copied_ = true;
        }
    }

    // The thread of the syncs: answers groups once they are on the disk.
    void sync_groups() {
        std::optional<LogSync> log;
        for (std::unique_lock held(lock_);;) {
            to_sync_.wait(held, [&] { return !unsynced_.empty() || is_written_; });
            if (unsynced_.empty()) return;
            auto const count = unsynced_.size();
            bool is_synced = !is_broken_;
            held.unlock();
            if (is_synced && !log) {
                if (auto opened = LogSync::open(file_)) log.emplace(std::move(*opened));
            }
            is_synced = is_synced && log && log->sync();
            held.lock();
            // After a failed sync the kernel may have dropped the pages and call them clean; the next sync
            // would succeed and prove nothing. Only opening again shows what is on the disk.
            if (!is_synced) is_broken_ = true;
            std::vector<std::vector<Job*>> const groups(
                std::make_move_iterator(unsynced_.begin()),
                std::make_move_iterator(unsynced_.begin() + static_cast<std::ptrdiff_t>(count)));
            unsynced_.erase(unsynced_.begin(), unsynced_.begin() + static_cast<std::ptrdiff_t>(count));
            Untold untold;
            for (auto const& group : groups) {
                for (auto* job : group) {
                    if (!is_synced && job->outcome && !job->thrown)
                        job->outcome = refuse(Code::outcome_unknown, "", broken);
                }
                answer_held(group, untold);
            }
            if (unsynced_.empty()) work_.notify_one();
            held.unlock();
            tell(untold);
            held.lock();
        }
    }

    // The commit of a group failed: unless the disk is in doubt, each is tried by itself, so that none
    // suffers from another.
    void settle(std::vector<Job*> const& group, Error const& why, bool is_lost) {
        for (auto* job : group) {
            if (!job->outcome || job->thrown) continue;
            if (is_broken() || (group.size() == 1 && !is_lost)) {
                job->outcome = std::unexpected(why);
            } else {
                commit_alone(*job);
            }
        }
    }

    Result<void> begin() {
        if (is_broken()) return refuse(Code::unavailable, "", broken);
        writer_->begun();
        return writer_->step("BEGIN IMMEDIATE");
    }

    Result<void> commit() {
        Result<void> done;
        if (commit_fails()) {
            done = refuse(Code::unavailable, "", "a fault that a test asked for");
        } else {
            done = writer_->step("COMMIT");
            if (!done && writer_->last_code() == SQLITE_IOERR) {
                // After a failed sync the kernel may have dropped the pages and call them clean; the next
                // sync would succeed and prove nothing. Only opening again shows what is on the disk.
                std::lock_guard const held(lock_);
                is_broken_ = true;
                done = refuse(Code::outcome_unknown, "", broken);
            }
        }
        if (!done) rollback();
        return done;
    }

    void rollback() {
        if (writer_->is_in_transaction()) (void)writer_->step("ROLLBACK");
    }

    void run_job(Job& job) {
        try {
            if (job.shaping != nullptr) {
                writer_->begun();
                job.outcome = (*job.shaping)(*writer_);
                if (job.outcome && writer_->doomed()) job.outcome = std::unexpected(*writer_->doomed());
            } else {
                job.outcome = run(*job.body, *writer_);
            }
        } catch (...) {
            job.thrown = std::current_exception();
        }
    }

    // False where it changed something and refused.
    bool run_bare(Job& job) {
        auto const before = sqlite3_total_changes64(writer_->handle());
        run_job(job);
        bool const is_kept = job.outcome && !job.thrown;
        return is_kept ||
               (writer_->is_in_transaction() && sqlite3_total_changes64(writer_->handle()) == before);
    }

    void run_at_savepoint(Job& job) {
        if (auto const begun = writer_->step("SAVEPOINT one"); !begun) {
            job.outcome = std::unexpected(begun.error());
            return;
        }
        run_job(job);
        if (!writer_->is_in_transaction()) return;
        if (!job.outcome || job.thrown) (void)writer_->step("ROLLBACK TO one");
        (void)writer_->step("RELEASE one");
    }

    void commit_alone(Job& job) {
        if (auto const begun = begin(); !begun) {
            job.outcome = std::unexpected(begun.error());
            return;
        }
        run_job(job);
        if (!job.outcome || job.thrown) return rollback();
        if (!writer_->is_in_transaction()) {
            job.outcome = refuse(Code::unavailable, "", "the transaction was lost");
        } else if (auto const committed = commit(); !committed) {
            job.outcome = std::unexpected(committed.error());
        }
    }

    using Untold = std::vector<std::unique_ptr<Job>>;

    void answer(std::vector<Job*> const& group) {
        Untold untold;
        {
            std::lock_guard const held(lock_);
            answer_held(group, untold);
        }
        tell(untold);
    }
    // Whoever waits wakes; of whom nobody waits for is told without the lock.
    void answer_held(std::vector<Job*> const& group, Untold& untold) {
        std::uint64_t kept = 0;
        for (auto* job : group) {
            if (job->outcome && !job->thrown) ++kept;
            if (job->then) {
                untold.emplace_back(job);
                continue;
            }
            job->is_done = true;
            job->done.notify_one();  // under the lock: the job is gone once its owner can wake
        }
        writes_ += kept;
        if (kept != 0) ++commits_;
    }

    static void tell(Untold& untold) {
        for (auto& job : untold) job->then(std::move(job->outcome), std::move(job->thrown));
    }

    bool is_broken() {
        std::lock_guard const held(lock_);
        return is_broken_;
    }

    static constexpr std::string_view broken =
        "the disk failed to keep a commit; start again to see what is kept";

    fs::path file_;
    UseLock use_;
    std::unique_ptr<SqliteConnection> writer_;
    Pool readers_;
    std::mutex lock_;
    std::condition_variable work_;
    std::deque<Job*> waiting_;
    std::condition_variable to_sync_;
    std::vector<std::vector<Job*>>
        unsynced_;  // groups that are committed and not yet known to be on the disk
    std::condition_variable to_copy_;
    bool is_copying_ = false;  // the log, by the thread for it
    bool is_copied_ = false;   // by it, and the writer has not ended it yet
    int copied_at_ = 0;        // how long the log was then
    bool is_closing_ = false;
    bool is_written_ = false;  // no group follows
    bool is_broken_ = false;
    std::thread thread_;  // last, with the next two: they use what stands above
    std::thread syncing_;
    std::thread copying_;
};

// Makes the file ours, or refuses one that is not.
Result<void> prepare_file(SqliteConnection& writer) {
    TRY_VOID(writer.script("BEGIN IMMEDIATE"));
    auto const mark = TRY(writer.number("PRAGMA application_id"));
    auto const tables = TRY(writer.number("SELECT count(*) FROM sqlite_schema"));
    if (mark == 0 && tables == 0) {
        TRY_VOID(writer.script("PRAGMA application_id = " + std::to_string(application)));
    } else if (mark != application) {
        return refuse(Code::bad_file, "", "this is no data of Allroads");
    }
    return writer.script("COMMIT");
}

// Two programs that make the file at the same time: SQLite does not wait for its change of journal.
Result<void> set_journal(SqliteConnection& writer, std::chrono::milliseconds wait_max) {
    auto const end = std::chrono::steady_clock::now() + wait_max;
    for (;;) {
        writer.begun();
        auto const set = writer.script("PRAGMA journal_mode = WAL");
        if (set || writer.last_code() != SQLITE_BUSY || std::chrono::steady_clock::now() > end) return set;
        std::this_thread::yield();
    }
}

}  // namespace

Result<std::unique_ptr<Engine>> open_sqlite(fs::path const& file, Options const& options) {
    std::error_code none;
    if (!fs::exists(file, none)) {
        if (fs::exists(beside(file, ".restoring"), none)) {
            return refuse(Code::no_db, "", "a restore was cut short; run it again");
        }
        if (!options.may_create) return refuse(Code::no_db, "", "there is no file " + file.string());
        if (!file.parent_path().empty()) fs::create_directories(file.parent_path(), none);
    }
    auto lock = TRY(UseLock::take(file, LOCK_SH));
    auto writer = TRY(
        SqliteConnection::open(file, SQLITE_OPEN_READWRITE | (options.may_create ? SQLITE_OPEN_CREATE : 0),
                               options, gathering_files()));
    TRY_VOID(prepare_file(*writer));
    TRY_VOID(set_journal(*writer, options.limits.wait_max));
    TRY_VOID(writer->script(std::string("PRAGMA journal_size_limit = ") + log_bytes_kept +
                            "; PRAGMA cache_size = -" +
                            std::to_string(options.limits.writer_bytes_max / 1024)));
    writer->watch_log();
    writer->begun();
    return std::make_unique<SqliteEngine>(file, options, std::move(lock), std::move(writer));
}

Result<Copied> restore_file(fs::path const& from, fs::path const& to) {
    std::error_code none;
    if (!to.parent_path().empty()) fs::create_directories(to.parent_path(), none);
    auto const lock = TRY(UseLock::take(to, LOCK_EX));
    auto const part = beside(to, ".restoring");
    auto source = TRY(SqliteConnection::open(from, SQLITE_OPEN_READONLY, {}));
    auto const copied = TRY(copy_pages(*source, part, {}));
    if (fs::exists(to, none)) {
        // Empties the log into the old file, so that it is whole by itself; one that is damaged is kept as it
        // is.
        if (auto old = SqliteConnection::open(to, SQLITE_OPEN_READWRITE, {}); old) {
            (void)(*old)->script("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }
    auto kept = beside(to, ".before-restore");
    for (int n = 2; fs::exists(kept, none); ++n) kept = beside(to, ".before-restore-" + std::to_string(n));
    for (std::string_view const ending : {"", "-wal"}) {
        if (fs::exists(beside(to, ending), none)) TRY_VOID(renamed(beside(to, ending), beside(kept, ending)));
    }
    fs::remove(beside(to, "-shm"), none);
    TRY_VOID(renamed(part, to));
    sync_folder(to);
    return copied;
}

}  // namespace allroads::db
