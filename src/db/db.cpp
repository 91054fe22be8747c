#include "db/db.h"

#include "db/engine.h"

#include <algorithm>

namespace allroads::db {

// ---- statements and rows ----------------------------------------------------------------------------------

Result<Statement*> Connection::take(std::string_view sql) {
    auto const found = kept_.find(sql);
    Statement* statement = found == kept_.end() ? nullptr : found->second.get();
    if (statement == nullptr || statement->is_busy) {
        auto made = TRY(prepare(sql));
        bool const is_kept = statement == nullptr;
        statement = made.get();
        statement->is_kept = is_kept;
        if (is_kept) {
            keep_fewer();
            kept_.emplace(std::string(sql), std::move(made));
        } else {
            loose_.push_back(std::move(made));
        }
    }
    statement->is_busy = true;
    statement->used = ++uses_;
    ++busy_;
    return statement;
}

void Connection::give_back(Statement& statement) {
    statement.finish();
    statement.is_busy = false;
    --busy_;
    if (!statement.is_kept) {
        std::erase_if(loose_, [&](auto const& one) { return one.get() == &statement; });
    }
}

// Lets the statement go whose last use is the longest ago.
void Connection::keep_fewer() {
    while (kept_.size() >= std::max<std::size_t>(options_.limits.statements_max, 1)) {
        auto oldest = kept_.end();
        for (auto at = kept_.begin(); at != kept_.end(); ++at) {
            if (at->second->is_busy) continue;
            if (oldest == kept_.end() || at->second->used < oldest->second->used) oldest = at;
        }
        if (oldest == kept_.end()) return;
        kept_.erase(oldest);
    }
}

Result<Rows> Connection::start(std::string_view sql, std::span<Arg const> args) {
    if (doom_) return std::unexpected(*doom_);
    auto taken = take(sql);
    if (!taken) {
        doom(taken.error());
        return std::unexpected(std::move(taken).error());
    }
    Rows rows(*this, **taken);
    std::size_t bytes = 0;
    for (auto const& arg : args) bytes += arg.bytes().size();
    if (bytes > options_.limits.row_bytes_max) {
        auto refused = refuse(Code::too_long, "", "more bytes than one statement may be given");
        doom(refused.error());
        return refused;
    }
    if (auto started = (*taken)->start(args, false); !started) {
        doom(started.error());
        return std::unexpected(std::move(started).error());
    }
    return rows;
}

Result<void> Connection::may_change() {
    if (options_.faults != nullptr && options_.faults->change.load() < 0)
        check(options_.faults->change.fetch_add(1) != -1);
    if (options_.faults != nullptr && falls_now(options_.faults->change)) {
        auto refused = refuse(Code::unavailable, "", "a fault that a test asked for");
        if (!doom_) doom(refused.error());
        return refused;
    }
    if (doom_) return std::unexpected(*doom_);
    return {};
}

Result<std::int64_t> Connection::change(std::string_view sql, std::span<Arg const> args) {
    TRY_VOID(may_change());
    auto* const statement = TRY(take(sql));
    Rows rows(*this, *statement);
    auto done = statement->start(args, true);
    while (done) {
        auto const more = rows.next();
        if (!more) {
            done = std::unexpected(more.error());
        } else if (!*more) {
            return statement->changed();
        }
    }
    doom(done.error());
    return std::unexpected(std::move(done).error());
}

Result<void> Connection::put(std::string_view sql, std::span<Arg const> args) {
    TRY_VOID(may_change());
    auto* const statement = TRY(take(sql));
    Rows const rows(*this, *statement);
    auto done = statement->put(args);
    if (!done) doom(done.error());
    return done;
}

Rows::~Rows() {
    if (statement_ != nullptr) connection_->give_back(*statement_);
}

Result<bool> Rows::next() {
    auto more = statement_->next();
    if (!more) connection_->doom(more.error());
    return more;
}

std::size_t Rows::columns() const { return statement_->columns(); }
Kind Rows::kind(std::size_t column) const { return statement_->cell(column).kind; }

std::int64_t Rows::integer(std::size_t column) const {
    auto const cell = statement_->cell(column);
    check(cell.kind == Kind::integer);
    return cell.integer;
}

std::string_view Rows::text(std::size_t column) const {
    auto const cell = statement_->cell(column);
    check(cell.kind == Kind::text);
    return cell.bytes;
}

std::string_view Rows::blob(std::size_t column) const {
    auto const cell = statement_->cell(column);
    check(cell.kind == Kind::blob);
    return cell.bytes;
}

IdBytes Rows::id_bytes(std::size_t column) const {
    auto const bytes = blob(column);
    IdBytes id{};
    check(bytes.size() == id.size());
    std::ranges::transform(bytes, id.begin(), [](char c) { return static_cast<unsigned char>(c); });
    return id;
}

Result<Rows> Asked::start(std::string_view sql, std::span<Arg const> args) {
    return connection_->start(sql, args);
}
Result<std::int64_t> Write::change(std::string_view sql, std::span<Arg const> args) {
    return connection_->change(sql, args);
}

Result<void> Write::put_all(std::string_view sql, std::span<Arg const> args) {
    return connection_->put(sql, args);
}
void Write::take_turn() { connection_->take_turn(); }

Read::Read(Engine& engine, std::unique_ptr<Connection> connection)
    : Asked(connection.get()), engine_(&engine), held_(std::move(connection)) {}
Read::Read(Read&& other) noexcept
    : Asked(std::exchange(other.connection_, nullptr)),
      engine_(other.engine_),
      held_(std::move(other.held_)) {}
Read::~Read() {
    if (held_) engine_->end_read(std::move(held_));
}

// ---- connections and engines ------------------------------------------------------------------------------

Result<std::unique_ptr<Connection>> Pool::take() {
    std::unique_lock held(lock_);
    auto const is_free = [&] { return !idle_.empty() || open_ < options_.limits.connections_max; };
    if (!freed_.wait_for(held, options_.limits.wait_max, is_free)) {
        return refuse(Code::unavailable, "", "every connection to the data is in use");
    }
    if (!idle_.empty()) {
        auto taken = std::move(idle_.back());  // the one used last: its pages are the warmest
        idle_.pop_back();
        return taken;
    }
    ++open_;
    held.unlock();
    auto opened = opener_();
    if (!opened) {
        held.lock();
        --open_;
        freed_.notify_one();
    }
    return opened;
}

void Pool::give(std::unique_ptr<Connection> connection) {
    if (!connection->is_alive()) return drop(std::move(connection));
    std::lock_guard const held(lock_);
    idle_.push_back(std::move(connection));
    freed_.notify_one();
}

void Pool::drop(std::unique_ptr<Connection> connection) {
    connection.reset();
    std::lock_guard const held(lock_);
    --open_;
    freed_.notify_one();
}

void Pool::drop_idle() {
    std::vector<std::unique_ptr<Connection>> gone;
    std::lock_guard const held(lock_);
    open_ -= idle_.size();
    gone.swap(idle_);
}

bool falls_now(std::atomic<std::int64_t>& countdown) {
    return countdown.load() > 0 && countdown.fetch_sub(1) == 1;
}

bool Engine::commit_fails() const { return options_.faults != nullptr && falls_now(options_.faults->commit); }

Result<void> Engine::run(Body const& body, Connection& connection) {
    connection.begun();
    Write write(connection);
    auto done = body(write);
    check(connection.busy_statements() == 0);  // rows outlive the write they came from
    if (done && connection.doomed()) return std::unexpected(*connection.doomed());
    return done;
}

void Engine::write_later(Body body, Then then, Meeting meeting) {
    Result<void> done;
    std::exception_ptr thrown;
    try {
        done = write(body, meeting);
    } catch (...) {
        thrown = std::current_exception();
    }
    then(std::move(done), thrown);
}

// ---- the door ---------------------------------------------------------------------------------------------

Db::Db(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
Db::Db(Db&&) noexcept = default;
Db& Db::operator=(Db&&) noexcept = default;
Db::~Db() = default;

namespace {
bool is_postgres(std::string_view where) {
    return where.starts_with("postgres://") || where.starts_with("postgresql://");
}
}  // namespace

Result<Db> Db::open(std::string const& where, Options const& options) {
    return Db(TRY(is_postgres(where) ? open_postgres(where, options) : open_sqlite(where, options)));
}

Result<Read> Db::read() { return Read(*engine_, TRY(engine_->begin_read())); }
Result<void> Db::write_whole(Body const& body, Meeting meeting) { return engine_->write(body, meeting); }
void Db::write_whole_later(Body body, Then then, Meeting meeting) {
    engine_->write_later(std::move(body), std::move(then), meeting);
}
Dialect Db::dialect() const { return engine_->dialect(); }
Counts Db::counts() const { return engine_->counts(); }

Result<Copied> backup(Db& db, std::filesystem::path const& file) { return db.engine().backup(file); }

// ---- migrations -------------------------------------------------------------------------------------------

Result<bool> has_steps(Engine& engine, Connection& connection) {
    auto const all = TRY(engine.tables(connection));
    return std::ranges::find(all, steps_name) != all.end();
}

Result<std::vector<Step>> steps_of(Engine& engine, Connection& connection) {
    std::vector<Step> steps;
    if (!TRY(has_steps(engine, connection))) return steps;
    auto rows = TRY(connection.start("SELECT number, name, sql FROM allroads_steps ORDER BY number", {}));
    while (TRY(rows.next())) {
        steps.push_back({rows.integer(0), std::string(rows.text(1)), std::string(rows.text(2))});
        if (steps.back().number != static_cast<std::int64_t>(steps.size())) {
            return refuse(Code::db_damaged, "", "the steps by which the data was made have a gap");
        }
    }
    return steps;
}

namespace {

// Refuses data that this program does not know.
Result<void> known(std::span<Step const> steps, std::span<Migration const> migrations) {
    for (auto const& step : steps) {
        auto const index = static_cast<std::size_t>(step.number - 1);
        if (index >= migrations.size()) {
            return refuse(Code::db_version, "",
                          "the data has step " + std::to_string(step.number) + " (" + step.name +
                              "), this program knows " + std::to_string(migrations.size()));
        }
        if (step.sql != migrations[index].sql) {
            return refuse(Code::db_version, "",
                          "step " + std::to_string(step.number) + " (" + step.name +
                              ") was applied with another text than this program has");
        }
    }
    return {};
}

Result<void> apply(Engine& engine, Connection& connection, Migration const& migration) {
    TRY_VOID(connection.script(engine.shape(migration.sql)));
    std::array<Arg, 3> const args{Arg(migration.number), Arg(migration.name), Arg(migration.sql)};
    (void)TRY(connection.change("INSERT INTO allroads_steps (number, name, sql) VALUES (?, ?, ?)", args));
    return {};
}

}  // namespace

Result<Migrated> migrate(Db& db, std::span<Migration const> migrations) {
    for (std::size_t i = 0; i < migrations.size(); ++i) {
        check(migrations[i].number == static_cast<std::int64_t>(i) + 1);
    }
    auto& engine = db.engine();
    Migrated report;
    TRY_VOID(engine.reshape([&](Connection& connection) -> Result<void> {
        report = {};
        auto const steps = TRY(steps_of(engine, connection));
        TRY_VOID(known(steps, migrations));
        report.from = static_cast<std::int64_t>(steps.size());
        report.to = static_cast<std::int64_t>(migrations.size());
        if (report.from == report.to) return {};
        if (report.from > 0 && !engine.file().empty()) {
            // Others still read; nobody writes while this transaction is open, so the copy is the last state.
            report.backup = engine.file();
            report.backup += ".before-step-" + std::to_string(report.from + 1);
            std::error_code none;
            std::filesystem::remove(report.backup, none);  // of an attempt that did not end
            (void)TRY(engine.backup(report.backup));
        }
        TRY_VOID(connection.script(engine.shape(steps_table)));
        for (auto const& migration : migrations.subspan(steps.size())) {
            TRY_VOID(apply(engine, connection, migration));
        }
        for (auto const& what : TRY(engine.misshapen(connection))) {
            throw Bug("migrations: " + what);
        }
        return engine.advise(connection);
    }));
    return report;
}

// ---- copies between the databases -------------------------------------------------------------------------

namespace {

constexpr std::size_t columns_max = 1000;
constexpr int portion_rows = 1000;

std::string insert_text(std::string const& table, std::size_t columns) {
    std::string sql = "INSERT INTO \"" + table + "\" VALUES (";
    for (std::size_t i = 0; i < columns; ++i) sql += i == 0 ? "?" : ", ?";
    return sql + ")";
}

Arg as_arg(Rows const& rows, std::size_t column) {
    switch (rows.kind(column)) {
        case Kind::integer: return rows.integer(column);
        case Kind::text: return rows.text(column);
        case Kind::blob: return Blob{rows.blob(column)};
        case Kind::null: break;
    }
    return nullptr;
}

Result<void> copy_answers(Connection& from, Connection& to, std::string const& table, std::string const& sql,
                          Copied& copied) {
    auto rows = TRY(from.start(sql, {}));
    auto const columns = rows.columns();
    check(columns <= columns_max);
    auto const insert = insert_text(table, columns);
    std::vector<Arg> args(columns, nullptr);
    while (TRY(rows.next())) {
        for (std::size_t i = 0; i < columns; ++i) args[i] = as_arg(rows, i);
        (void)TRY(to.change(insert, args));
        ++copied.rows;
    }
    return {};
}

}  // namespace

Result<Copied> copy_rows(Connection& from, Connection& to, std::span<std::string const> order) {
    Copied copied;
    for (auto const& table : order) {
        auto sql = "SELECT * FROM \"" + table + "\"";
        if (from.loads_whole_answers()) {  // by portions; each table has its own cursor, and so its own
                                           // statement
            auto const cursor = "allroads_copy_" + std::to_string(copied.tables);
            TRY_VOID(from.script("DECLARE " + cursor + " CURSOR FOR " + sql));
            sql = "FETCH " + std::to_string(portion_rows) + " FROM " + cursor;
        }
        ++copied.tables;
        for (std::uint64_t last = 0;; last = copied.rows) {
            TRY_VOID(copy_answers(from, to, table, sql, copied));
            if (copied.rows == last || !from.loads_whole_answers()) break;
        }
    }
    return copied;
}

namespace {

// An empty PostgreSQL database is given the steps of the copy, then its rows.
Result<Copied> restore_database(std::filesystem::path const& file, std::string const& where) {
    auto source = TRY(Db::open(file.string(), {.limits = {}, .may_create = false}));
    for (auto const& finding : TRY(check_all(source))) return refuse(Code::db_damaged, "", finding);
    auto target = TRY(Db::open(where));
    Copied copied;
    auto from = TRY(source.engine().begin_read());
    auto const steps = TRY(steps_of(source.engine(), *from));
    auto const order = TRY(source.engine().tables(*from));
    auto const done = target.engine().reshape([&](Connection& to) -> Result<void> {
        if (!TRY(target.engine().tables(to)).empty()) {
            return refuse(Code::conflict, "", "the database is not empty; restore into a new one");
        }
        TRY_VOID(to.script(target.engine().shape(steps_table)));
        for (auto const& step : steps) TRY_VOID(to.script(target.engine().shape(step.sql)));
        copied = TRY(copy_rows(*from, to, order));
        return {};
    });
    source.engine().end_read(std::move(from));
    if (!done) return std::unexpected(done.error());
    return copied;
}

}  // namespace

Result<Copied> restore(std::filesystem::path const& file, std::string const& where) {
    std::error_code none;
    if (!std::filesystem::exists(file, none)) {
        return refuse(Code::no_db, "", "there is no file " + file.string());
    }
    return is_postgres(where) ? restore_database(file, where) : restore_file(file, where);
}

Result<std::vector<std::string>> check_all(Db& db) { return db.engine().check_all(); }

}  // namespace allroads::db
