#pragma once
// An entry as the bytes that are stored, chained and never changed. First what was asked, then what came of
// it; a key that comes again is compared by the first part.

#include "ledger/ledger.h"

#include <array>

namespace allroads::ledger {

using Digest = std::array<unsigned char, 32>;

struct StoredLeg {
    std::int64_t account = 0;
    std::int64_t minor = 0;
};
// An account as the entry that opened it says.
struct Opened {
    std::int64_t account = 0;
    AccountKey key;
    Bounds bounds;
};
struct Body {
    Act act = Act::transfer;
    std::string kind, note, hold;
    std::optional<Moment> until;
    std::vector<StoredLeg> legs;
    std::optional<Conversion> conversion;
    Bounds bounds;
    // What came of it.
    StoredLeg source;  // of a hold that was released (what left it), voided or expired (what is free again)
    std::vector<Opened> opened;
};

[[nodiscard]] std::string asked_bytes(Body const& body);
[[nodiscard]] std::string bytes_of(Body const& body);
// Refuses with db_damaged what `bytes_of` would not write.
[[nodiscard]] Result<Body> read_body(std::string_view bytes);
// How many of the bytes are what was asked.
[[nodiscard]] Result<std::size_t> asked_size(std::string_view bytes);

// What an entry moved: its legs, with the account that a release took from.
[[nodiscard]] std::vector<StoredLeg> moved_by(Body const& body);
// How it changed what is reserved: by a hold more, by what ends one less.
[[nodiscard]] std::vector<StoredLeg> reserved_by(Body const& body);

inline constexpr Digest no_entry{};  // before the first
[[nodiscard]] Digest chained(HubId const& hub, std::string_view before, std::int64_t number, std::int64_t at,
                             std::string_view key, std::string_view body);
[[nodiscard]] inline std::string_view view(Digest const& digest) {
    return {static_cast<char const*>(static_cast<void const*>(digest.data())), digest.size()};
}

[[nodiscard]] inline std::int64_t number_of(Moment at) { return at.time_since_epoch().count(); }
[[nodiscard]] inline Moment moment_of(std::int64_t number) {
    return Moment(std::chrono::milliseconds(number));
}
// 1970 to 2199, in milliseconds: what a moment of the ledger may be.
inline constexpr std::int64_t moment_max = 7'258'118'400'000;

// What stands in columns for what is not there.
inline constexpr std::int64_t lines_of_mark = 64;  // every so many lines of an account one is marked
inline constexpr std::int64_t never = INT64_MAX, no_least = INT64_MIN, no_most = INT64_MAX;
[[nodiscard]] inline Bounds bounds_from(std::int64_t least, std::int64_t most) {
    Bounds bounds;
    if (least != no_least) bounds.least = least;
    if (most != no_most) bounds.most = most;
    return bounds;
}
inline constexpr std::string_view expire_prefix = "expire:";

[[nodiscard]] bool is_name(std::string_view text, std::string_view marks, std::size_t most);
inline constexpr std::string_view name_marks = "._-/@+";
inline constexpr std::string_view key_marks = "._-/@+:";
[[nodiscard]] std::string hex(std::string_view bytes);  // lower case
[[nodiscard]] Result<void> check_account(AccountKey const& key, std::string_view field);
[[nodiscard]] std::unexpected<Error> refuse_entry(Code code, std::size_t entry, std::string_view field,
                                                  std::string_view detail);

}  // namespace allroads::ledger
