#pragma once
// One SQL text for both databases: what differs is rewritten once, when a statement is prepared.

#include "base/base.h"

#include <string>
#include <string_view>

namespace allroads::db {

// ? and $n become ?n; FOR UPDATE is left out.
[[nodiscard]] std::string for_sqlite(std::string_view sql);
// ? and $n become $n; INTEGER becomes BIGINT, BLOB becomes BYTEA. In CREATE TABLE and ALTER TABLE, TEXT is
// compared by bytes as SQLite does, and STRICT and WITHOUT ROWID are left out. Only words in capitals are
// meant; literals, names in quotes and comments stay as they are.
[[nodiscard]] std::string for_postgres(std::string_view sql);
// Whether both databases can hold it as text: UTF-8 as Unicode defines it, without NUL.
[[nodiscard]] bool is_storable(std::string_view text);

}  // namespace allroads::db
