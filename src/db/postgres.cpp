#include "db/dialect.h"
#include "db/engine.h"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <mutex>
#include <random>
#include <thread>

namespace allroads::db {

namespace {

// Types of PostgreSQL by their numbers (src/include/catalog/pg_type.dat); they never change.
constexpr Oid type_bool = 16, type_bytea = 17, type_char = 18, type_name = 19, type_int8 = 20, type_int2 = 21,
              type_int4 = 23, type_text = 25, type_oid = 26, type_unknown = 705, type_bpchar = 1042,
              type_varchar = 1043, type_numeric = 1700;
constexpr int binary = 1;
constexpr auto connect_seconds_max = "5";
// "Allroads" in the numbers of advisory locks: one program at a time changes the shape of the data.
constexpr std::string_view take_shape_lock = "SELECT pg_advisory_xact_lock(4714825190183953779)";
constexpr auto begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr auto begin_write = "BEGIN ISOLATION LEVEL SERIALIZABLE";
constexpr auto begin_waiting = "BEGIN ISOLATION LEVEL READ COMMITTED";

struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

std::int64_t whole_number(std::string_view text) {
    std::int64_t number = 0;
    auto const read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
        throw Bug("a fraction, or beyond 64 bits, where there are none: " + std::string(text));
    }
    return number;
}

class PostgresConnection final : public Connection {
public:
    static Result<std::unique_ptr<Connection>> open(std::string const& url, Options const& options) {
        // What the URL says later overrides the time-out.
        std::array<char const*, 4> const keys{"connect_timeout", "client_encoding", "dbname", nullptr};
        std::array<char const*, 4> const values{connect_seconds_max, "UTF8", url.c_str(), nullptr};
        auto made =
            std::make_unique<PostgresConnection>(PQconnectdbParams(keys.data(), values.data(), 1), options);
        if (!made->is_alive()) {
            return refuse(Code::unavailable, "", trim(PQerrorMessage(made->handle_)));
        }
        PQsetNoticeProcessor(made->handle_, [](void*, char const*) {}, nullptr);
        // A server may be set to answer commits before they are on its disk; then we ask for more.
        TRY_VOID(made->script(
            "SET bytea_output = 'hex'; SET standard_conforming_strings = on; SET statement_timeout = " +
            std::to_string(options.limits.statement_max.count()) +
            "; SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') = 'off'"));
        return made;
    }

    PostgresConnection(PGconn* handle, Options const& options) : Connection(options), handle_(handle) {}
    ~PostgresConnection() override {
        is_closing_ = true;
        forget_statements();
        PQfinish(handle_);
    }

    Result<std::unique_ptr<Statement>> prepare(std::string_view sql) override;

    Result<void> script(std::string_view sql) override {
        TRY_VOID(settle());
        auto const text = std::string(sql);
        Answer const answer(PQexec(handle_, text.c_str()));
        return judged(answer.get(), sql.substr(0, 200));
    }

    // Without arguments and answer, together with what follows.
    Result<void> script_later(char const* sql) {
        return send_later(sql, [&] {
            return PQsendQueryParams(handle_, sql, 0, nullptr, nullptr, nullptr, nullptr, 0) == 1;
        });
    }
    // Sent now; its answer is read before the next use.
    Result<void> script_unheard(char const* sql) {
        TRY_VOID(script_later(sql));
        is_synced_ = PQpipelineSync(handle_) == 1;
        return is_synced_ ? Result<void>() : judged(nullptr, sql);
    }
    // Whether the server is still there, as far as can be told without asking it: one that was started again
    // has closed what was open.
    [[nodiscard]] bool is_open() {
        return PQconsumeInput(handle_) == 1 && PQstatus(handle_) == CONNECTION_OK;
    }

    // Whatever came of what was sent: nothing of it stays.
    void rollback() {
        (void)settle();
        if (is_alive()) Answer const answer(PQexec(handle_, "ROLLBACK"));
    }

    [[nodiscard]] bool is_alive() const override { return !is_stale_ && PQstatus(handle_) == CONNECTION_OK; }
    [[nodiscard]] bool loads_whole_answers() const override { return true; }
    [[nodiscard]] bool is_closing() const { return is_closing_; }
    [[nodiscard]] bool met_others() const { return met_others_; }
    void begun_anew() {
        begun();
        met_others_ = false;
    }
    [[nodiscard]] PGconn* handle() const { return handle_; }

    // ---- what is sent without waiting (libpq's pipeline mode)

    // Sends with `send`; its answer is read by settle.
    Result<void> send_later(std::string const& sql, std::function<bool()> const& send) {
        constexpr std::size_t sent_max = 100;
        if (sent_.size() >= sent_max) TRY_VOID(settle());
        bool const is_sent = (!sent_.empty() || PQenterPipelineMode(handle_) == 1) && send();
        if (!is_sent) return judged(nullptr, sql);
        sent_.push_back(sql);
        return {};
    }
    // Reads the answers to what was sent; refuses with the first that is none of success.
    Result<void> settle() { return settle(nullptr); }
    // The same; the answer to what was sent last is handed out instead of judged.
    Result<void> settle(Answer* last) {
        if (sent_.empty()) return {};
        auto const sent = std::exchange(sent_, {});
        Result<void> outcome;
        bool is_right = std::exchange(is_synced_, false) || PQpipelineSync(handle_) == 1;
        for (std::size_t i = 0; is_right && i < sent.size(); ++i) {
            Answer answer(PQgetResult(handle_));
            is_right = answer != nullptr;
            if (!is_right) break;
            Answer const end(PQgetResult(handle_));
            is_right = end == nullptr;
            bool const is_for_caller = last != nullptr && i + 1 == sent.size();
            // What follows a failure is not done, and is no failure of its own.
            if (outcome && !is_for_caller) outcome = judged(answer.get(), sent[i]);
            if (is_for_caller) *last = std::move(answer);
        }
        if (is_right) {
            Answer const end(PQgetResult(handle_));
            is_right = PQresultStatus(end.get()) == PGRES_PIPELINE_SYNC && PQexitPipelineMode(handle_) == 1;
        }
        if (!is_right) {
            is_stale_ = true;
            if (outcome) outcome = judged(nullptr, "the connection to the database");
        }
        return outcome;
    }
    [[nodiscard]] bool has_sent() const { return !sent_.empty(); }

    // ---- turns

    void use_turns(std::timed_mutex& turns) { turns_ = &turns; }
    void take_turn() override {
        if (turn_.owns_lock() || turns_ == nullptr) return;
        // One that waits for a row of another who waits here would wait for ever; the database finds out,
        // once the other waits there.
        constexpr std::chrono::milliseconds wait_max(200);
        turn_ = std::unique_lock(*turns_, wait_max);
    }
    void end_turn() {
        if (turn_.owns_lock()) turn_.unlock();
    }
    [[nodiscard]] std::string new_name() { return "s" + std::to_string(++names_); }

    // Whether the answer is one of success; remembers what a whole transaction must know.
    Result<void> judged(PGresult const* answer, std::string_view sql) {
        auto const status = PQresultStatus(answer);
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
        auto const* const field = answer == nullptr ? nullptr : PQresultErrorField(answer, PG_DIAG_SQLSTATE);
        std::string_view const state = field == nullptr ? "08006" : field;
        auto const words = std::string(sql) + ": " + std::string(trim(PQerrorMessage(handle_)));
        auto error = error_of(state, words);
        doom(error);
        return std::unexpected(std::move(error));
    }

private:
    Error error_of(std::string_view state, std::string const& words) {
        auto const kind = state.substr(0, 2);
        if (kind == "40") {  // serialization_failure, deadlock_detected
            met_others_ = true;
            return Error(Code::unavailable, "", words);
        }
        if (state == "0A000" && words.find("cached plan") != std::string::npos) {
            // The tables changed under a prepared statement: a new connection knows them as they are.
            met_others_ = is_stale_ = true;
            return Error(Code::unavailable, "", words);
        }
        if (kind == "23") return Error(Code::conflict, "", words);
        if (kind == "22") return Error(Code::bad_value, "", words);
        if (kind == "54") return Error(Code::too_long, "", words);
        if (kind == "XX" || state == "58P01") return Error(Code::db_damaged, "", words);
        if (kind == "08" || kind == "53" || kind == "55" || kind == "57" || kind == "58") {
            return Error(Code::unavailable, "", words);
        }
        if (kind == "28" || kind == "3D") return Error(Code::unavailable, "", words);
        throw Bug(words);
    }

    PGconn* handle_;
    std::vector<std::string> sent_;  // whose answers were not read yet
    bool is_synced_ = false;         // the server was told that it may answer them
    std::timed_mutex* turns_ = nullptr;
    std::unique_lock<std::timed_mutex> turn_;
    std::uint64_t names_ = 0;
    bool met_others_ = false;
    bool is_stale_ = false;
    bool is_closing_ = false;
};

class PostgresStatement final : public Statement {
public:
    PostgresStatement(PostgresConnection& connection, std::string sql)
        : connection_(connection), sql_(std::move(sql)) {}
    ~PostgresStatement() override {
        if (connection_.is_closing() || !connection_.is_alive()) return;
        (void)connection_.settle();  // what failed of it dooms the transaction
        for (auto const& one : prepared_) {
            Answer const answer(PQexec(connection_.handle(), ("DEALLOCATE " + one.name).c_str()));
        }
    }

    Result<void> start(std::span<Arg const> args, bool) override {
        auto const& name = *TRY(name_for(TRY(types_of(args))));
        Sent const sent(args);
        if (connection_.has_sent()) {
            TRY_VOID(send(name, sent));
            TRY_VOID(connection_.settle(&answer_));
        } else {
            answer_.reset(PQexecPrepared(connection_.handle(), name.c_str(), sent.count(), sent.values.data(),
                                         sent.lengths.data(), sent.formats.data(), 0));
        }
        TRY_VOID(connection_.judged(answer_.get(), sql_));
        row_ = -1;
        return {};
    }

    Result<void> put(std::span<Arg const> args) override {
        auto const& name = *TRY(name_for(TRY(types_of(args))));
        return send(name, Sent(args));
    }

    Result<bool> next() override {
        if (answer_ == nullptr) return false;
        blobs_.clear();
        if (++row_ < PQntuples(answer_.get())) return true;
        std::string_view const count = PQcmdTuples(answer_.get());
        changed_ = count.empty() ? 0 : whole_number(count);
        return false;
    }

    std::size_t columns() const override {
        return answer_ == nullptr ? 0 : static_cast<std::size_t>(PQnfields(answer_.get()));
    }

    Cell cell(std::size_t column) const override {
        check(answer_ != nullptr && row_ >= 0 && row_ < PQntuples(answer_.get()) && column < columns());
        auto const at = static_cast<int>(column);
        if (PQgetisnull(answer_.get(), row_, at) != 0) return {};
        std::string_view const text(PQgetvalue(answer_.get(), row_, at),
                                    static_cast<std::size_t>(PQgetlength(answer_.get(), row_, at)));
        switch (PQftype(answer_.get(), at)) {
            case type_bool: return {Kind::integer, text == "t" ? 1 : 0, {}};
            case type_int2:
            case type_int4:
            case type_int8:
            case type_oid:
            case type_numeric: return {Kind::integer, whole_number(text), {}};
            case type_char:
            case type_name:
            case type_text:
            case type_unknown:
            case type_bpchar:
            case type_varchar: return {Kind::text, 0, text};
            case type_bytea: return {Kind::blob, 0, blob(column, text)};
            default: throw Bug("a column of a type that both databases do not share: " + sql_);
        }
    }

    std::int64_t changed() const override { return changed_; }
    void finish() override { answer_.reset(); }

private:
    struct Prepared {
        std::vector<Oid> types;
        std::string name;
    };

    static Oid type_of(Kind kind) {
        switch (kind) {
            case Kind::integer: return type_int8;
            case Kind::text: return type_text;
            case Kind::blob: return type_bytea;
            case Kind::null: break;
        }
        return 0;  // whatever the statement wants there
    }

    static Result<std::vector<Oid>> types_of(std::span<Arg const> args) {
        std::vector<Oid> types;
        types.reserve(args.size());
        for (auto const& arg : args) {
            if (arg.kind() == Kind::text && !is_storable(arg.bytes()))
                return refuse(Code::bad_value, "", "text that is not UTF-8");
            types.push_back(type_of(arg.kind()));
        }
        return types;
    }

    // Prepared once for each mix of types: the server would guess narrower ones (`? + 1` is 32 bits).
    Result<std::string const*> name_for(std::vector<Oid> const& types) {
        for (auto const& one : prepared_) {
            if (one.types == types) return &one.name;
        }
        TRY_VOID(connection_.settle());
        auto name = connection_.new_name();
        Answer const answer(PQprepare(connection_.handle(), name.c_str(), sql_.c_str(),
                                      static_cast<int>(types.size()), types.data()));
        TRY_VOID(connection_.judged(answer.get(), sql_));
        prepared_.push_back({types, std::move(name)});
        return &prepared_.back().name;
    }

    // Arguments as libpq takes them.
    struct Sent {
        explicit Sent(std::span<Arg const> args)
            : numbers(args.size()),
              values(args.size(), nullptr),
              lengths(args.size(), 0),
              formats(args.size(), binary) {
            for (std::size_t i = 0; i < args.size(); ++i) {
                if (args[i].kind() == Kind::null) continue;
                if (args[i].kind() == Kind::integer) {
                    auto number = static_cast<std::uint64_t>(args[i].integer());
                    for (std::size_t at = 8; at-- > 0; number >>= 8)
                        numbers[i][at] = static_cast<char>(number);
                    values[i] = numbers[i].data();
                    lengths[i] = 8;
                } else {
                    values[i] = args[i].bytes().empty() ? "" : args[i].bytes().data();
                    lengths[i] = static_cast<int>(args[i].bytes().size());
                }
            }
        }
        [[nodiscard]] int count() const { return static_cast<int>(values.size()); }

        std::vector<std::array<char, 8>> numbers;
        std::vector<char const*> values;
        std::vector<int> lengths;
        std::vector<int> formats;
    };
    Result<void> send(std::string const& name, Sent const& sent) {
        return connection_.send_later(sql_, [&] {
            return PQsendQueryPrepared(connection_.handle(), name.c_str(), sent.count(), sent.values.data(),
                                       sent.lengths.data(), sent.formats.data(), 0) == 1;
        });
    }

    // "\x0aff…" as bytes, kept until the next row.
    std::string_view blob(std::size_t column, std::string_view hex) const {
        if (blobs_.size() <= column) blobs_.resize(columns());
        auto& bytes = blobs_[column];
        if (!bytes) {
            check(hex.starts_with("\\x") && hex.size() % 2 == 0);
            bytes.emplace();
            auto const digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
            for (std::size_t i = 2; i < hex.size(); i += 2) {
                bytes->push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
            }
        }
        return *bytes;
    }

    PostgresConnection& connection_;
    std::string sql_;
    std::vector<Prepared> prepared_;
    Answer answer_;
    int row_ = -1;
    std::int64_t changed_ = 0;
    mutable std::vector<std::optional<std::string>> blobs_;
};

Result<std::unique_ptr<Statement>> PostgresConnection::prepare(std::string_view sql) {
    return std::make_unique<PostgresStatement>(*this, for_postgres(sql));
}

Result<std::vector<std::string>> column_of(Connection& connection, std::string_view sql) {
    std::vector<std::string> all;
    auto rows = TRY(connection.start(sql, {}));
    while (TRY(rows.next())) all.emplace_back(rows.text(0));
    return all;
}

// Longer after each meeting, and never as long as the other waits.
void wait_a_little(int tries) {
    thread_local std::minstd_rand random{std::random_device{}()};
    auto const most = std::min(1 << std::min(tries, 6), 50);
    std::this_thread::sleep_for(
        std::chrono::microseconds(std::uniform_int_distribution<int>(0, most * 1000)(random)));
}

// Where many commit at once, none of them waits for the disk while it holds rows: each is committed without,
// and then one commit more, which does wait, brings the log of all of them to the disk (and to a standby that
// is waited for). Nobody is told of a write before that. A server that falls and rises forgets what was not
// on its disk, and breaks every connection: so that commit must be made by a connection that was open before.
class Flusher {
public:
    static constexpr auto logs_something = "SELECT pg_logical_emit_message(true, 'allroads', '')";
    static constexpr auto may_log =
        "SELECT has_function_privilege('pg_logical_emit_message(boolean, text, text)', 'execute')";
    using Opener = std::function<Result<std::unique_ptr<Connection>>()>;
    using Number = std::uint64_t;  // of a connection; 0: none
    explicit Flusher(Opener opener) : opener_(std::move(opener)) {}
    Flusher(Flusher const&) = delete;
    Flusher& operator=(Flusher const&) = delete;
    ~Flusher() {
        {
            std::lock_guard const held(lock_);
            is_over_ = true;
        }
        work_.notify_one();
        if (thread_.joinable()) thread_.join();
    }

    // The connection that would flush what is committed from now on. Where there is none yet, one is opened
    // meanwhile for those who come later.
    [[nodiscard]] Number ready() {
        std::lock_guard const held(lock_);
        if (open_ != 0) return open_;
        if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
        is_wanted_ = true;
        work_.notify_one();
        return 0;
    }

    // Waits until what was committed is on the disk; `by`: what was ready before the commit was sent.
    // Refused: `outcome-unknown`.
    [[nodiscard]] Result<void> flush(Number by) {
        Ticket ticket{.by = by};
        std::unique_lock held(lock_);
        waiting_.push_back(&ticket);
        work_.notify_one();
        ticket.done.wait(held, [&] { return ticket.is_done; });
        if (ticket.is_kept) return {};
        return refuse(Code::outcome_unknown, "", "the database went away before the commit was on its disk");
    }

private:
    struct Ticket {
        Number by = 0;
        bool is_done = false, is_kept = false;
        std::condition_variable done = {};
    };

    // A commit that writes nothing would wait for nothing.
    bool bring_to_disk() {
        try {
            return connection_ != nullptr && connection_->script(logs_something).has_value();
        } catch (Bug const&) {
            // Nobody above could catch it; those who wait are told that the outcome is not known.
            return false;
        }
    }

    void open(std::unique_lock<std::mutex>& held) {
        is_wanted_ = false;
        held.unlock();
        connection_.reset();
        if (auto opened = opener_()) connection_ = std::move(*opened);
        held.lock();
        if (connection_ != nullptr) open_ = ++opened_;
    }

    void serve() {
        for (std::unique_lock held(lock_);;) {
            work_.wait(held, [&] { return !waiting_.empty() || is_wanted_ || is_over_; });
            if (!waiting_.empty()) {
                auto const those = std::exchange(waiting_, {});
                auto const by = open_;
                held.unlock();
                bool const is_kept = by != 0 && bring_to_disk();
                held.lock();
                if (!is_kept) open_ = 0;
                for (auto* one : those) {
                    one->is_done = true;
                    one->is_kept = is_kept && one->by == by;
                    one->done.notify_one();
                }
            } else if (is_over_) {
                return;
            } else if (open_ == 0) {
                open(held);
            } else {
                is_wanted_ = false;
            }
        }
    }

    Opener opener_;
    std::unique_ptr<Connection> connection_;  // of the thread
    std::mutex lock_;
    std::condition_variable work_;
    std::vector<Ticket*> waiting_;
    Number open_ = 0, opened_ = 0;
    bool is_wanted_ = false;
    bool is_over_ = false;
    std::thread thread_;
};

class PostgresEngine final : public Engine {
public:
    PostgresEngine(std::string const& url, Options const& options)
        : Engine(options),
          pool_(options, [url, options] { return PostgresConnection::open(url, options); }),
          flusher_([url, options] { return PostgresConnection::open(url, options); }) {}

    Dialect dialect() const override { return Dialect::postgres; }
    std::string shape(std::string_view sql) const override { return for_postgres(sql); }

    Result<std::vector<std::string>> tables(Connection& connection) override {
        return column_of(connection,
                         "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
                         "AND relnamespace = current_schema()::regnamespace ORDER BY oid");
    }

    Result<std::vector<std::string>> misshapen(Connection& connection) override {
        return column_of(connection,
                         "SELECT c.relname || ': the primary key does not begin with hub' FROM pg_class c "
                         "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace "
                         "AND c.relname <> 'allroads_steps' AND NOT EXISTS (SELECT 1 FROM pg_index i "
                         "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] "
                         "WHERE i.indrelid = c.oid AND i.indisprimary AND a.attname = 'hub')");
    }

    // Before it is used: what this account of the database may do.
    Result<void> look_around() {
        Read read(*this, TRY(begin_read()));
        auto const row = TRY(read.one("SHOW server_encoding"));
        if (row.text(0) != "UTF8")
            return refuse(Code::bad_value, "", "the database must be made with encoding UTF8");
        may_flush_later_ = TRY(read.one(Flusher::may_log)).integer(0) == 1;
        return {};
    }

    Result<std::unique_ptr<Connection>> begin_read() override { return begin(db::begin_read); }

    void end_read(std::unique_ptr<Connection> connection) override {
        check_no_rows(*connection);
        auto& one = static_cast<PostgresConnection&>(*connection);
        // Nothing was changed: nobody waits for its end.
        if (!one.settle() || !one.is_alive() || !one.script_unheard("COMMIT"))
            return pool_.drop(std::move(connection));
        pool_.give(std::move(connection));
    }

    Result<void> write(Body const& body, Meeting meeting) override {
        auto const begin = meeting == Meeting::waits ? begin_waiting : begin_write;
        return until_alone(begin, [&](Connection& connection) { return run(body, connection); });
    }

    Result<void> reshape(std::function<Result<void>(Connection&)> const& body) override {
        // Read committed: what others changed while this one waited for the lock must be seen.
        return until_alone("BEGIN ISOLATION LEVEL READ COMMITTED",
                           [&](Connection& connection) -> Result<void> {
                               TRY_VOID(connection.script(take_shape_lock));
                               TRY_VOID(body(connection));
                               if (connection.doomed()) return std::unexpected(*connection.doomed());
                               return {};
                           });
    }

    Result<Copied> backup(std::filesystem::path const& file) override;
    Result<std::vector<std::string>> check_all() override;

private:
    static void check_no_rows(Connection const& connection) noexcept {
        check(connection.busy_statements() == 0);
    }

    // A connection within a transaction. The server may have been started again since the others were opened.
    Result<std::unique_ptr<Connection>> begin(char const* sql) {
        for (int tries = 0;; ++tries) {
            auto taken = TRY(pool_.take());
            auto& one = static_cast<PostgresConnection&>(*taken);
            one.begun_anew();
            // What was sent at the end of its last use is heard first; a failure of it is nobody's any more.
            bool const is_there = one.is_open() && one.settle() && one.is_alive();
            one.begun_anew();
            auto const begun = is_there
                                   ? one.script_later(sql)
                                   : Result<void>(refuse(Code::unavailable, "", "the database went away"));
            if (begun) return taken;
            pool_.drop(std::move(taken));
            pool_.drop_idle();
            if (tries == 1) return std::unexpected(begun.error());
        }
    }

    enum class Verdict : std::uint8_t { done, again, over };

    // Runs `body` in a transaction, and again when another one came between.
    Result<void> until_alone(char const* sql, std::function<Result<void>(Connection&)> const& body) {
        struct Counted {
            explicit Counted(std::atomic<int>& all) : count(all) { ++count; }
            Counted(Counted const&) = delete;
            Counted& operator=(Counted const&) = delete;
            ~Counted() { --count; }
            std::atomic<int>& count;
        };
        Counted const counted(writing_);
        for (int tries = 1;; ++tries) {
            auto taken = TRY(begin(sql));
            Result<void> outcome;
            Flusher::Number flusher = 0;
            auto verdict = Verdict::over;
            auto& one = static_cast<PostgresConnection&>(*taken);
            one.use_turns(turns_);
            try {
                verdict = once(one, body, outcome, flusher);
            } catch (...) {
                one.end_turn();
                pool_.drop(std::move(taken));  // the server rolls back what a closed connection began
                throw;
            }
            one.end_turn();
            pool_.give(std::move(taken));
            if (verdict == Verdict::done) {
                if (flusher != 0) TRY_VOID(flusher_.flush(flusher));
                ++writes_, ++commits_;
                return {};
            }
            if (verdict == Verdict::over) return outcome;
            if (tries >= options_.limits.tries_max) {
                return refuse(Code::unavailable, "", "others change the same rows all the time; try again");
            }
            ++retries_;
            wait_a_little(tries);
        }
    }

    // Together with what was sent before it.
    static Result<void> commit(PostgresConnection& one, Answer& answer, bool flushes_later) {
        constexpr auto text = "COMMIT";
        if (flushes_later) TRY_VOID(one.script_later("SET LOCAL synchronous_commit TO off"));
        if (one.has_sent()) {
            TRY_VOID(one.send_later(text, [&] {
                return PQsendQueryParams(one.handle(), text, 0, nullptr, nullptr, nullptr, nullptr, 0) == 1;
            }));
            TRY_VOID(one.settle(&answer));
        } else {
            answer.reset(PQexec(one.handle(), text));
        }
        return one.judged(answer.get(), text);
    }

    Verdict once(PostgresConnection& one, std::function<Result<void>(Connection&)> const& body,
                 Result<void>& outcome, Flusher::Number& flusher) {
        outcome = body(one);
        bool const is_again = one.met_others() || !one.is_alive();
        if (outcome && !is_again && commit_fails()) {
            outcome = refuse(Code::unavailable, "", "a fault that a test asked for");
        }
        if (!outcome || is_again) {
            one.rollback();
            return is_again ? Verdict::again : Verdict::over;
        }
        Answer answer;
        flusher = may_flush_later_ && writing_ > 1 ? flusher_.ready() : 0;
        outcome = commit(one, answer, flusher != 0);
        if (!one.is_alive()) {
            outcome = refuse(Code::outcome_unknown, "", "the database went away during the commit");
            return Verdict::over;
        }
        if (!outcome) {
            // What was sent before it failed, and the commit was not tried.
            if (answer != nullptr && PQresultStatus(answer.get()) == PGRES_PIPELINE_ABORTED) one.rollback();
            return one.met_others() ? Verdict::again : Verdict::over;
        }
        // A transaction that had failed answers COMMIT with success and this word.
        check(std::string_view(PQcmdStatus(answer.get())) == "COMMIT");
        return Verdict::done;
    }

    Pool pool_;
    std::timed_mutex turns_;
    std::atomic<int> writing_ = 0;
    bool may_flush_later_ = false;
    Flusher flusher_;
};

// The steps are walked again in a SQLite file, then every row of one snapshot is copied.
Result<Copied> PostgresEngine::backup(std::filesystem::path const& file) {
    std::error_code none;
    if (std::filesystem::exists(file, none)) {
        return refuse(Code::conflict, "", file.string() + " is there already");
    }
    auto const beside = [&](std::string_view ending) { return std::filesystem::path(file) += ending; };
    auto const remove_draft = [&] {
        for (auto const* ending : {".draft", ".draft-wal", ".draft-shm", ".draft-lock"}) {
            std::filesystem::remove(beside(ending), none);
        }
    };
    remove_draft();
    auto from = TRY(begin_read());
    auto const fill = [&]() -> Result<Copied> {
        auto draft = TRY(open_sqlite(beside(".draft"), {}));
        auto const steps = TRY(steps_of(*this, *from));
        auto const order = TRY(tables(*from));
        TRY_VOID(draft->reshape([&](Connection& to) -> Result<void> {
            TRY_VOID(to.script(draft->shape(steps_table)));
            for (auto const& step : steps) TRY_VOID(to.script(draft->shape(step.sql)));
            (void)TRY(copy_rows(*from, to, order));
            return {};
        }));
        return draft->backup(file);
    };
    auto copied = fill();
    end_read(std::move(from));
    remove_draft();
    return copied;
}

Result<std::vector<std::string>> PostgresEngine::check_all() {
    std::vector<std::string> found;
    for (std::string_view const setting : {"fsync", "full_page_writes"}) {
        Read read(*this, TRY(begin_read()));
        auto const row = TRY(read.one("SELECT current_setting(?)", setting));
        if (row.text(0) != "on") {
            found.push_back(std::string(setting) + " is off: a power cut can lose what was acknowledged");
        }
    }
    std::vector<std::string> names;
    {
        Read read(*this, TRY(begin_read()));
        auto rows =
            TRY(read.rows("SELECT relname FROM pg_class WHERE relkind = 'r' "
                          "AND relnamespace = current_schema()::regnamespace ORDER BY oid"));
        while (TRY(rows.next())) names.emplace_back(rows.text(0));
    }
    for (auto const& name : names) {
        Read read(*this, TRY(begin_read()));
        // Touches every byte of every row; the server compares checksums where it was made with them.
        auto const row = read.one("SELECT sum(length(t::text)) FROM \"" + name + "\" t");
        if (!row) found.push_back(name + ": " + std::string(row.error().detail()));
    }
    auto connection = TRY(begin_read());
    if (auto const steps = steps_of(*this, *connection); !steps) {
        found.emplace_back(steps.error().detail());
    } else {
        for (auto& one : TRY(misshapen(*connection))) found.push_back(std::move(one));
    }
    end_read(std::move(connection));
    return found;
}

}  // namespace

Result<std::unique_ptr<Engine>> open_postgres(std::string const& url, Options const& options) {
    auto engine = std::make_unique<PostgresEngine>(url, options);
    TRY_VOID(engine->look_around());
    return engine;
}

}  // namespace allroads::db
