#pragma once
// What a People holds, and what several of its files ask of it. Nothing here is thread-bound: the database,
// the gate and the rates have locks of their own.

#include "people/people.h"
#include "people/recall.h"
#include "people/secrets.h"

namespace allroads::people {

[[nodiscard]] inline std::int64_t number_of(Moment moment) { return moment.time_since_epoch().count(); }
[[nodiscard]] inline Moment moment_of(std::int64_t number) { return Moment(Millis(number)); }
[[nodiscard]] inline std::optional<Moment> moment_of(db::Rows const& row, std::size_t column) {
    if (row.is_null(column)) return std::nullopt;
    return moment_of(row.integer(column));
}
template <class Of>
[[nodiscard]] std::optional<db::Id<Of>> id_of(db::Rows const& row, std::size_t column) {
    if (row.is_null(column)) return std::nullopt;
    return row.id<Of>(column);
}
// Words of a-z, 0-9 and `marks`, beginning with a letter: scopes, purposes, verbs.
[[nodiscard]] bool is_word(std::string_view text, std::string_view marks);
[[nodiscard]] Result<std::string> checked_name(std::string_view name);
[[nodiscard]] inline std::size_t page_of(std::size_t rows) {
    return rows < 1 ? 1 : rows > page_rows_max ? page_rows_max : rows;
}

// A session as its token finds it, and a key of a program.
struct FoundSession {
    SessionId session;
    AccountId account;
    std::int64_t serial, made, seen, proved, waits, used, used_at, newest, newest_at;
    bool is_over;
    Roles roles;
    std::string name, language;
};
struct FoundKey {
    Digest secret{};
    std::int64_t until;
    std::optional<std::int64_t> used;
    bool is_over;
    AccountId account;
    Roles roles;
    std::string language;
    std::vector<std::string> scopes;
};

struct People::State {
    State(db::Db& where, HubId own, HubKey const& secret, Options chosen)
        : db(&where),
          hub(own),
          key(&secret),
          options(std::move(chosen)),
          gate(options.hashing),
          rates(options.rates) {}

    db::Db* db;
    HubId hub;
    HubKey const* key;
    Options options;
    db::Ids ids;
    Gate gate;
    RateLimits rates;
    Tell teller = {};
    Recall<FoundSession> sessions;  // by the digest of a token
    Recall<FoundKey> keys;          // by id
    std::string nobodys_hash;       // looked at where there is no account, so that it takes as long

    // Every change of people goes through here, so that nothing is recalled as it was before, whatever
    // became of it: kept, refused, thrown, or not known.
    template <class Body>
    auto write(Body&& body) {
        struct Forgetting {
            explicit Forgetting(State& state) : all(state) {}
            Forgetting(Forgetting const&) = delete;
            Forgetting& operator=(Forgetting const&) = delete;
            ~Forgetting() {
                all.sessions.forget();
                all.keys.forget();
            }
            State& all;
        };
        Forgetting const forgetting(*this);
        return db->write(std::forward<Body>(body));
    }
    // Refuses with too_many, and says how long to wait.
    [[nodiscard]] Result<void> allow(Often kind, std::string_view whose, Moment now);
    // The same for the address of the act, where it has one.
    [[nodiscard]] Result<void> allow_address(Often kind, Act const& act);
    [[nodiscard]] Result<std::int64_t> record(db::Write& write, Act const& act, Entry const& entry);
    [[nodiscard]] Result<std::int64_t> record(db::Write& write, Act const& act,
                                              std::span<Entry const> entries);
    // Refuses with not_found where there is no such account, or no more.
    [[nodiscard]] Result<void> must_live(db::Asked& asked, AccountId id);
    // Tells the owner, by all contacts that were verified.
    [[nodiscard]] Result<void> tell(db::Write& write, AccountId id, std::string_view verb);
    // Whether the code is right; then it is used up. A wrong one counts, so the transaction must be kept.
    [[nodiscard]] Result<bool> take_code(db::Write& write, Purpose purpose, Contact const& contact,
                                         std::string_view code, Moment now);
    [[nodiscard]] Digest code_mark(Purpose purpose, Contact const& contact, std::string_view digits) const;
    // Gives the contact to the account; whose it was keeps it only if it was verified.
    [[nodiscard]] Result<void> give_contact(db::Write& write, AccountId id, Contact const& contact,
                                            std::optional<Moment> verified);
    [[nodiscard]] Result<std::int64_t> end_sessions(db::Write& write, AccountId id,
                                                    std::optional<SessionId> keep, std::string_view why,
                                                    Moment now);
};

}  // namespace allroads::people
