#pragma once
// db: what users do, remembered: one face over a SQLite file and a PostgreSQL database.
//
// Promises: a write is whole or not at all, and is answered only once it is on the disk. A Read sees one
// state of the data from its first statement to its end. The same SQL and the same types (integer, text,
// blob, null; no fractions) mean the same on both. Refusals are Results; SQL that cannot be is our mistake
// and throws Bug. Everything has a limit, and the limit has a name.

#include "base/base.h"

#include <array>
#include <atomic>
#include <chrono>
#include <compare>
#include <concepts>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace allroads::db {

class Connection;
class Engine;
class Statement;

// ---- ids --------------------------------------------------------------------------------------------------

using IdBytes = std::array<unsigned char, 16>;

// 26 letters of Crockford's base 32, lower case, in the order of the bytes; 32 of base 16.
[[nodiscard]] std::string id_text(IdBytes const& bytes);
[[nodiscard]] std::string id_hex(IdBytes const& bytes);
// Reads both forms, in either case; i and l are 1, o is 0, as in handwriting.
[[nodiscard]] Result<IdBytes> id_parse(std::string_view text);

// A name for one thing of a kind: 128 bits, of which 48 are the millisecond of its making and 80 cannot be
// guessed. Ids sort by time, so that new rows lie together; they may be shown, and tell only when.
template <class Of>
class Id {
public:
    [[nodiscard]] static Result<Id> parse(std::string_view text) { return Id(TRY(id_parse(text))); }
    constexpr explicit Id(IdBytes const& bytes) : bytes_(bytes) {}
    [[nodiscard]] constexpr IdBytes const& bytes() const { return bytes_; }
    [[nodiscard]] std::string text() const { return id_text(bytes_); }
    friend constexpr auto operator<=>(Id const&, Id const&) = default;

private:
    IdBytes bytes_;
};

// Whose rows they are: the first column of every primary key. One database may hold several hubs.
struct HubOf;
using HubId = Id<HubOf>;
using Moment = std::chrono::sys_time<std::chrono::milliseconds>;

// Makes ids; any thread. Each is greater than the one before it, also when the clock goes back.
class Ids {
public:
    [[nodiscard]] IdBytes next(std::chrono::sys_time<std::chrono::milliseconds> now);
    template <class Of>
    [[nodiscard]] Id<Of> next(std::chrono::sys_time<std::chrono::milliseconds> now) {
        return Id<Of>(next(now));
    }

private:
    void draw(unsigned char* bytes, std::size_t count);
    std::mutex lock_;
    IdBytes last_{};
    std::array<unsigned char, 512> drawn_{};  // by chance, and not used yet from `next_drawn_` on
    std::size_t next_drawn_ = 512;
};

// ---- values -----------------------------------------------------------------------------------------------

// Bytes that are no text.
struct Blob {
    std::string_view bytes;
};

enum class Kind : std::uint8_t { null, integer, text, blob };

// What stands for a placeholder. Only looked at during the call it is handed to. Text is UTF-8 without NUL;
// anything else is refused on both databases.
// NOLINTBEGIN(google-explicit-constructor): so that values can be written where they are meant.
class Arg {
public:
    constexpr Arg(std::nullptr_t) {}
    constexpr Arg(std::nullopt_t) {}
    template <std::integral T>
    constexpr Arg(T value) : kind_(Kind::integer), integer_(static_cast<std::int64_t>(value)) {
        check(std::in_range<std::int64_t>(
            static_cast<std::conditional_t<std::is_same_v<T, bool>, int, T>>(value)));
    }
    constexpr Arg(std::string_view text) : kind_(Kind::text), bytes_(text) {}
    constexpr Arg(char const* text) : Arg(std::string_view(text)) {}
    Arg(std::string const& text) : Arg(std::string_view(text)) {}
    constexpr Arg(Blob blob) : kind_(Kind::blob), bytes_(blob.bytes) {}
    Arg(IdBytes const& id)
        : kind_(Kind::blob),
          bytes_(static_cast<char const*>(static_cast<void const*>(id.data())), id.size()) {}
    template <class Of>
    Arg(Id<Of> const& id) : Arg(id.bytes()) {}
    template <class T>
    constexpr Arg(std::optional<T> const& value) : Arg(value ? Arg(*value) : Arg(nullptr)) {}

    [[nodiscard]] constexpr Kind kind() const { return kind_; }
    [[nodiscard]] constexpr std::int64_t integer() const { return integer_; }
    [[nodiscard]] constexpr std::string_view bytes() const { return bytes_; }

private:
    Kind kind_ = Kind::null;
    std::int64_t integer_ = 0;
    std::string_view bytes_;
};
// NOLINTEND(google-explicit-constructor)

// Answers of a statement, one row after the other. Lives no longer than the Read or Write it came from. What
// a column gives is valid until the next row. To ask a column for what it does not hold is a Bug.
class Rows {
public:
    Rows(Connection& connection, Statement& statement) : connection_(&connection), statement_(&statement) {}
    Rows(Rows&& other) noexcept
        : connection_(other.connection_), statement_(std::exchange(other.statement_, nullptr)) {}
    Rows& operator=(Rows&&) = delete;
    Rows(Rows const&) = delete;
    Rows& operator=(Rows const&) = delete;
    ~Rows();

    // Moves to the next row, the first included; false after the last.
    [[nodiscard]] Result<bool> next();
    [[nodiscard]] std::size_t columns() const;
    [[nodiscard]] Kind kind(std::size_t column) const;
    [[nodiscard]] bool is_null(std::size_t column) const { return kind(column) == Kind::null; }
    [[nodiscard]] std::int64_t integer(std::size_t column) const;
    [[nodiscard]] std::string_view text(std::size_t column) const;
    [[nodiscard]] std::string_view blob(std::size_t column) const;
    [[nodiscard]] IdBytes id_bytes(std::size_t column) const;
    template <class Of>
    [[nodiscard]] Id<Of> id(std::size_t column) const {
        return Id<Of>(id_bytes(column));
    }

private:
    Connection* connection_;
    Statement* statement_;
};

// ---- reading and writing ----------------------------------------------------------------------------------

// What both Read and Write can be asked. FOR UPDATE after a SELECT locks its rows until the end of a write on
// PostgreSQL, and is left out on SQLite, which has one writer. Placeholders are ? in their order, or $1, $2 …
// Statements are
// prepared once for each connection and kept by their text, so the text must not hold values. Once a
// statement has failed, the transaction answers with the same error to the end: there is no going on
// half-way.
class Asked {
public:
    template <class... Args>
    [[nodiscard]] Result<Rows> rows(std::string_view sql, Args const&... args) {
        std::array<Arg, sizeof...(Args)> const all{Arg(args)...};
        return start(sql, all);
    }
    // The first row, already moved to; nothing where there is none.
    template <class... Args>
    [[nodiscard]] Result<std::optional<Rows>> first(std::string_view sql, Args const&... args) {
        auto found = TRY(rows(sql, args...));
        if (!TRY(found.next())) return std::optional<Rows>();
        return std::optional<Rows>(std::move(found));
    }
    // The same; refuses with not_found where there is none.
    template <class... Args>
    [[nodiscard]] Result<Rows> one(std::string_view sql, Args const&... args) {
        auto found = TRY(rows(sql, args...));
        if (!TRY(found.next())) return refuse(Code::not_found, "", "there is no such row");
        return found;
    }
    [[nodiscard]] Result<Rows> start(std::string_view sql, std::span<Arg const> args);

protected:
    explicit Asked(Connection* connection) : connection_(connection) {}
    Connection* connection_;
};

// One state of the data, on the caller's thread. Keep it for a request, not for longer: the files grow while
// an old state is held.
class Read : public Asked {
public:
    Read(Engine& engine, std::unique_ptr<Connection> connection);
    Read(Read&& other) noexcept;
    Read& operator=(Read&&) = delete;
    Read(Read const&) = delete;
    Read& operator=(Read const&) = delete;
    ~Read();

private:
    Engine* engine_;
    std::unique_ptr<Connection> held_;
};

// A transaction that changes something; handed to the closure of Db::write.
class Write : public Asked {
public:
    explicit Write(Connection& connection) : Asked(&connection) {}
    // Changes rows, and says how many.
    template <class... Args>
    Result<std::int64_t> run(std::string_view sql, Args const&... args) {
        std::array<Arg, sizeof...(Args)> const all{Arg(args)...};
        return change(sql, all);
    }
    [[nodiscard]] Result<std::int64_t> change(std::string_view sql, std::span<Arg const> args);
    // Changes rows of which nobody asks how many. The database may be told of it together with what follows;
    // then that says what was wrong with it.
    template <class... Args>
    [[nodiscard]] Result<void> put(std::string_view sql, Args const&... args) {
        std::array<Arg, sizeof...(Args)> const all{Arg(args)...};
        return put_all(sql, all);
    }
    [[nodiscard]] Result<void> put_all(std::string_view sql, std::span<Arg const> args);
    // From here to its end, one write of this program at a time: before a row is locked that nearly every
    // write changes, and nothing but such rows follows. They wait here, since a crowd that waits for a lock
    // costs a database more than what it waits for.
    void take_turn();
};

// ---- the database -----------------------------------------------------------------------------------------

struct Limits {
    std::size_t writes_waiting_max = 4096;      // more are refused with unavailable
    std::size_t group_max = 256;                // writes of one commit (SQLite)
    std::size_t statements_max = 256;           // prepared statements kept by each connection
    std::size_t connections_max = 32;           // readers (SQLite), readers and writers (PostgreSQL)
    std::size_t row_bytes_max = 16'000'000;     // one value, and the arguments of one statement together
    std::size_t page_bytes_max = 8'000'000;     // pages kept by each connection, as they are read (SQLite)
    std::size_t writer_bytes_max = 32'000'000;  // the same of the one that writes
    std::chrono::milliseconds wait_max{5'000};  // for a connection, and for another process that writes
    std::chrono::milliseconds statement_max{30'000};  // one statement (PostgreSQL)
    int tries_max = 60;                               // of a write that meets others (PostgreSQL)
};

// Failures on demand, for tests: 0 is never, 1 the next, 2 the one after it.
struct Faults {
    std::atomic<std::int64_t> change{0};  // the n-th Write::run from now fails; -n: breaks us
    std::atomic<std::int64_t> commit{0};  // the n-th commit from now fails before it is done
};

struct Options {
    Limits limits;
    bool may_create = true;    // a SQLite file that is not there yet
    Faults* faults = nullptr;  // outlives the Db
};

// Since opening. `writes` were acknowledged, by `commits` of which each may hold many; `retries` were begun
// again because they met others.
struct Counts {
    std::uint64_t writes = 0, commits = 0, retries = 0;
};

enum class Dialect : std::uint8_t { sqlite, postgres };

// What a write does where others change the rows it reads. Its body may be run again either way.
enum class Meeting : std::uint8_t {
    starts_again,  // PostgreSQL: SERIALIZABLE; whatever it read is as if it were alone
    waits,         // PostgreSQL: READ COMMITTED; only for bodies that lock what they decide by (FOR UPDATE)
};

// What became of a write that nobody waited for.
template <class Answer>
class Became {
public:
    Became(std::optional<Answer> answer, Result<void> done, std::exception_ptr thrown)
        : answer_(std::move(answer)), done_(std::move(done)), thrown_(std::move(thrown)) {}
    // What `Db::write` would have answered, or thrown.
    [[nodiscard]] Answer take() {
        if (thrown_) std::rethrow_exception(thrown_);
        if (!done_) return std::unexpected(std::move(done_).error());
        return std::move(*answer_);
    }

private:
    std::optional<Answer> answer_;
    Result<void> done_;
    std::exception_ptr thrown_;
};

// Any thread may use it. Closing waits for the writes that are waiting.
class Db {
public:
    // A path is a SQLite file; postgres://… or postgresql://… is a database whose tables are ours alone.
    [[nodiscard]] static Result<Db> open(std::string const& where, Options const& options = {});
    explicit Db(std::unique_ptr<Engine> engine);
    Db(Db&&) noexcept;
    Db& operator=(Db&&) noexcept;
    ~Db();

    [[nodiscard]] Result<Read> read();

    // Runs `body(Write&) -> Result<T>` in a transaction and answers what it answers, once that is on the
    // disk. If it refuses, or throws, nothing of it is kept. `body` may be run more than once and, with
    // SQLite, on the thread of the writer: it must do nothing but read, write and answer. It must not call
    // the Db.
    template <class Body>
    [[nodiscard]] auto write(Body&& body, Meeting meeting = Meeting::starts_again)
        -> std::invoke_result_t<Body&, Write&> {
        std::optional<std::invoke_result_t<Body&, Write&>> answer;
        auto done = write_whole(
            [&](Write& write) -> Result<void> {
                answer.emplace(body(write));
                if (!*answer) return std::unexpected(answer->error());
                return {};
            },
            meeting);
        if (!done) return std::unexpected(std::move(done).error());
        return std::move(*answer);
    }

    // The same for who does not wait: `then(Became<Result<T>>)` is called once it is on the disk, or was
    // refused: by another thread, or (PostgreSQL, or refused at once) by this one before it returns. It must
    // be brief, must not throw, and must not call the Db.
    template <class Body, class Then>
    void write_later(Body body, Then then, Meeting meeting = Meeting::starts_again) {
        using Answer = std::invoke_result_t<Body&, Write&>;
        auto const kept = std::make_shared<std::optional<Answer>>();
        write_whole_later(
            [kept, body = std::move(body)](Write& write) mutable -> Result<void> {
                auto& answer = kept->emplace(body(write));
                if (!answer) return std::unexpected(answer.error());
                return {};
            },
            [kept, then = std::move(then)](Result<void> done, std::exception_ptr thrown) mutable {
                then(Became<Answer>(std::move(*kept), std::move(done), std::move(thrown)));
            },
            meeting);
    }

    [[nodiscard]] Dialect dialect() const;
    [[nodiscard]] Counts counts() const;
    [[nodiscard]] Engine& engine() { return *engine_; }

private:
    [[nodiscard]] Result<void> write_whole(std::function<Result<void>(Write&)> const& body, Meeting meeting);
    void write_whole_later(std::function<Result<void>(Write&)> body,
                           std::function<void(Result<void>, std::exception_ptr)> then, Meeting meeting);
    std::unique_ptr<Engine> engine_;
};

// ---- the shape of the data, copies, health ----------------------------------------------------------------

// A step forward; there are none back. Statements by semicolons, in SQLite's words: INTEGER (64 bits), TEXT
// (by bytes) and BLOB, tables STRICT; PostgreSQL is given its own. Every primary key begins with `hub`.
struct Migration {
    std::int64_t number = 0;  // 1, 2, 3 … without a gap
    std::string_view name;
    std::string_view sql;
};
struct Migrated {
    std::int64_t from = 0, to = 0;
    std::filesystem::path backup;  // taken before an existing SQLite file was changed; else empty
};
// All steps that are missing, in one transaction, one process at a time. Refuses with db_version data that
// has steps this program does not know, or a step whose text is another than the one that was applied.
[[nodiscard]] Result<Migrated> migrate(Db& db, std::span<Migration const> migrations);

struct Copied {
    std::uint64_t tables = 0, rows = 0, bytes = 0;
};
// A whole, consistent copy as a SQLite file, while others read and write; for PostgreSQL too. The file must
// not exist; it appears only when it is complete, on the disk, and checked.
[[nodiscard]] Result<Copied> backup(Db& db, std::filesystem::path const& file);
// Puts a copy in the place of a data file (which is kept beside it, ending in .before-restore) or into an
// empty PostgreSQL database, after it was checked. No program may have the data file open.
[[nodiscard]] Result<Copied> restore(std::filesystem::path const& file, std::string const& where);
// Reads everything; what is wrong, in sentences. Empty is sound.
[[nodiscard]] Result<std::vector<std::string>> check_all(Db& db);

}  // namespace allroads::db
