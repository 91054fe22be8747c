#pragma once
// Where SQLite writes its log in many small pieces, one piece. Not for use outside db.

namespace allroads::db {

// The name of a file system for sqlite3_open_v2 that is the usual one, but for the write-ahead log: SQLite
// writes each page of a commit and the head of that page by themselves, and they go to the disk together when
// the log is synced. Only for connections with synchronous = FULL, which sync the log with every commit,
// before others are told of it; what is not synced yet is nobody's to read but the writer's own. Made known
// to SQLite by the first call; any thread.
[[nodiscard]] char const* gathering_files();

}  // namespace allroads::db
