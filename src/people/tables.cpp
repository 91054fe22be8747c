// The tables of the room, and what its files share.

#include "people/state.h"

#include <sodium.h>

#include <algorithm>

namespace allroads::people {
namespace {

constexpr std::array<db::Migration, 2> steps{{{0, "people", R"(
CREATE TABLE account (hub BLOB NOT NULL, id BLOB NOT NULL, name TEXT NOT NULL, language TEXT NOT NULL,
  password TEXT, roles INTEGER NOT NULL, made INTEGER NOT NULL, deleted INTEGER,
  PRIMARY KEY (hub, id)) STRICT, WITHOUT ROWID;
CREATE TABLE contact (hub BLOB NOT NULL, address TEXT NOT NULL, account BLOB NOT NULL, verified INTEGER,
  PRIMARY KEY (hub, address), FOREIGN KEY (hub, account) REFERENCES account (hub, id)) STRICT, WITHOUT ROWID;
CREATE INDEX contact_by_account ON contact (hub, account);
CREATE TABLE one_time_code (hub BLOB NOT NULL, purpose INTEGER NOT NULL, address TEXT NOT NULL,
  mark BLOB NOT NULL, tries INTEGER NOT NULL, good_until INTEGER NOT NULL,
  PRIMARY KEY (hub, purpose, address)) STRICT, WITHOUT ROWID;
CREATE TABLE session (hub BLOB NOT NULL, id BLOB NOT NULL, account BLOB NOT NULL, agent TEXT NOT NULL,
  address TEXT NOT NULL, made INTEGER NOT NULL, seen INTEGER NOT NULL, proved INTEGER NOT NULL,
  waits INTEGER NOT NULL, used INTEGER NOT NULL, used_at INTEGER NOT NULL, newest INTEGER NOT NULL,
  newest_at INTEGER NOT NULL, ended INTEGER, why TEXT,
  PRIMARY KEY (hub, id), FOREIGN KEY (hub, account) REFERENCES account (hub, id)) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_account ON session (hub, account);
CREATE TABLE session_token (hub BLOB NOT NULL, digest BLOB NOT NULL, session BLOB NOT NULL,
  serial INTEGER NOT NULL,
  PRIMARY KEY (hub, digest), FOREIGN KEY (hub, session) REFERENCES session (hub, id)) STRICT, WITHOUT ROWID;
CREATE INDEX session_token_by_session ON session_token (hub, session);
CREATE TABLE totp (hub BLOB NOT NULL, account BLOB NOT NULL, secret BLOB NOT NULL, confirmed INTEGER,
  last_step INTEGER NOT NULL,
  PRIMARY KEY (hub, account), FOREIGN KEY (hub, account) REFERENCES account (hub, id)) STRICT, WITHOUT ROWID;
CREATE TABLE recovery_code (hub BLOB NOT NULL, account BLOB NOT NULL, mark BLOB NOT NULL,
  PRIMARY KEY (hub, account, mark), FOREIGN KEY (hub, account) REFERENCES account (hub, id))
  STRICT, WITHOUT ROWID;
CREATE TABLE api_key (hub BLOB NOT NULL, id BLOB NOT NULL, account BLOB NOT NULL, name TEXT NOT NULL,
  digest BLOB NOT NULL, scopes TEXT NOT NULL, made INTEGER NOT NULL, good_until INTEGER NOT NULL,
  used INTEGER, ended INTEGER,
  PRIMARY KEY (hub, id), FOREIGN KEY (hub, account) REFERENCES account (hub, id)) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_by_account ON api_key (hub, account);
CREATE TABLE role_grant (hub BLOB NOT NULL, account BLOB NOT NULL, role INTEGER NOT NULL,
  given INTEGER NOT NULL, given_by BLOB,
  PRIMARY KEY (hub, account, role), FOREIGN KEY (hub, account) REFERENCES account (hub, id))
  STRICT, WITHOUT ROWID;
CREATE TABLE member_group (hub BLOB NOT NULL, id BLOB NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL,
  made INTEGER NOT NULL, PRIMARY KEY (hub, id)) STRICT, WITHOUT ROWID;
CREATE TABLE group_member (hub BLOB NOT NULL, grouped BLOB NOT NULL, account BLOB NOT NULL,
  standing INTEGER NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (hub, grouped, account), FOREIGN KEY (hub, grouped) REFERENCES member_group (hub, id),
  FOREIGN KEY (hub, account) REFERENCES account (hub, id)) STRICT, WITHOUT ROWID;
CREATE INDEX group_member_by_account ON group_member (hub, account);
CREATE TABLE pin (hub BLOB NOT NULL, account BLOB NOT NULL, hash TEXT NOT NULL, wrong INTEGER NOT NULL,
  pauses INTEGER NOT NULL, paused_until INTEGER NOT NULL,
  PRIMARY KEY (hub, account), FOREIGN KEY (hub, account) REFERENCES account (hub, id)) STRICT, WITHOUT ROWID;
CREATE TABLE consent (hub BLOB NOT NULL, id BLOB NOT NULL, member BLOB NOT NULL, clerk BLOB NOT NULL,
  purpose TEXT NOT NULL, made INTEGER NOT NULL, good_until INTEGER NOT NULL, withdrawn INTEGER,
  PRIMARY KEY (hub, id), FOREIGN KEY (hub, member) REFERENCES account (hub, id),
  FOREIGN KEY (hub, clerk) REFERENCES account (hub, id)) STRICT, WITHOUT ROWID;
CREATE INDEX consent_by_member ON consent (hub, member, clerk, purpose);
CREATE TABLE trail (hub BLOB NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, account BLOB,
  acting_for BLOB, session BLOB, api_key BLOB, verb TEXT NOT NULL, subject_kind TEXT NOT NULL,
  subject TEXT NOT NULL, outcome INTEGER NOT NULL, address TEXT NOT NULL, details TEXT NOT NULL,
  digest BLOB NOT NULL, PRIMARY KEY (hub, number)) STRICT, WITHOUT ROWID;
CREATE INDEX trail_by_time ON trail (hub, at, number);
CREATE INDEX trail_by_account ON trail (hub, account, at, number);
CREATE INDEX trail_by_verb ON trail (hub, verb, at, number);
CREATE TABLE trail_head (hub BLOB NOT NULL PRIMARY KEY, number INTEGER NOT NULL, digest BLOB NOT NULL)
  STRICT, WITHOUT ROWID;
)"},
                                              {0, "help", R"(
CREATE INDEX trail_by_member ON trail (hub, acting_for, at, number) WHERE acting_for IS NOT NULL;
CREATE INDEX consent_by_clerk ON consent (hub, clerk, good_until);
)"}}};

constexpr std::array<std::string_view, role_count> role_names{"buyer", "seller", "member",
                                                              "clerk", "broker", "operator"};

}  // namespace

std::span<db::Migration const> migrations() { return steps; }

std::string_view text_of(Role role) { return role_names.at(static_cast<std::size_t>(role)); }

Result<Role> parse_role(std::string_view text) {
    auto const* const found = std::ranges::find(role_names, text);
    if (found == role_names.end())
        return refuse(Code::bad_value, "role", "a role is buyer, seller, member, clerk, broker or operator");
    return static_cast<Role>(found - role_names.begin());
}

bool is_word(std::string_view text, std::string_view marks) {
    if (text.empty() || text.size() > word_bytes_max || text[0] < 'a' || text[0] > 'z') return false;
    return std::ranges::all_of(text, [&](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
               marks.find(letter) != std::string_view::npos;
    });
}

Result<std::string> checked_name(std::string_view name) {
    auto const text = trim(name);
    if (text.empty()) return refuse(Code::field_missing, "name", "a name is needed");
    if (text.size() > name_bytes_max) return refuse(Code::too_long, "name", "a name has at most 200 bytes");
    if (!is_clean(text) || text.find_first_of("\r\n\t") != std::string_view::npos)
        return refuse(Code::bad_value, "name", "a name is one line of text");
    return std::string(text);
}

// ---- the state --------------------------------------------------------------------------------------------

Result<void> People::State::allow(Often kind, std::string_view whose, Moment now) {
    auto const allowance = rates.allow(kind, whose, now);
    if (allowance) return {};
    auto const seconds = (allowance.retry_after.count() + 999) / 1000;
    return refuse(Code::too_many, "", "try again in " + std::to_string(seconds) + " seconds");
}

Result<void> People::State::allow_address(Often kind, Act const& act) {
    if (act.address.empty()) return {};
    return allow(kind, address_key(act.address), act.now);
}

Result<void> People::State::must_live(db::Asked& asked, AccountId id) {
    auto const row =
        TRY(asked.first("SELECT 1 FROM account WHERE hub = ? AND id = ? AND deleted IS NULL", hub, id));
    if (!row) return refuse(Code::not_found, "account", "there is no such account");
    return {};
}

Result<void> People::State::tell(db::Write& write, AccountId id, std::string_view verb) {
    if (!teller) return {};
    Notice notice{.account = id, .language = {}, .contacts = {}, .verb = verb};
    {
        auto const row = TRY(write.one("SELECT language FROM account WHERE hub = ? AND id = ?", hub, id));
        notice.language = std::string(row.text(0));
    }
    {
        auto rows = TRY(write.rows(
            "SELECT address FROM contact WHERE hub = ? AND account = ? AND verified IS NOT NULL", hub, id));
        while (TRY(rows.next())) {
            auto contact = TRY(Contact::parse(rows.text(0)));
            notice.contacts.push_back(std::move(contact));
        }
    }
    return teller(write, notice);
}

Digest People::State::code_mark(Purpose purpose, Contact const& contact, std::string_view digits) const {
    std::string text(1, static_cast<char>('0' + static_cast<int>(purpose)));
    text += contact.text();
    text += '\n';
    text += digits;
    return key->mark("code", text);
}

Result<bool> People::State::take_code(db::Write& write, Purpose purpose, Contact const& contact,
                                      std::string_view code, Moment now) {
    auto const number = static_cast<int>(purpose);
    bool is_right = false;
    {
        auto const row =
            TRY(write.first("SELECT mark, tries, good_until FROM one_time_code "
                            "WHERE hub = ? AND purpose = ? AND address = ?",
                            hub, number, contact.text()));
        if (!row) return false;
        bool const stands = row->integer(1) < code_tries_max && number_of(now) < row->integer(2);
        is_right = stands && same(code_mark(purpose, contact, typed_digits(code)), row->blob(0));
    }
    if (is_right) {
        TRY(write.run("DELETE FROM one_time_code WHERE hub = ? AND purpose = ? AND address = ?", hub, number,
                      contact.text()));
    } else {
        TRY(write.run(
            "UPDATE one_time_code SET tries = tries + 1 WHERE hub = ? AND purpose = ? AND address = ?", hub,
            number, contact.text()));
    }
    return is_right;
}

Result<void> People::State::give_contact(db::Write& write, AccountId id, Contact const& contact,
                                         std::optional<Moment> verified) {
    bool must_move = false;
    if (auto const row = TRY(write.first(
            "SELECT account, verified FROM contact WHERE hub = ? AND address = ?", hub, contact.text()))) {
        bool const is_own = row->id<Account>(0) == id;
        must_move = is_own || (verified && row->is_null(1));
        if (!must_move) return refuse(Code::conflict, "contact", "there is an account with it already");
    }
    if (must_move) TRY(write.run("DELETE FROM contact WHERE hub = ? AND address = ?", hub, contact.text()));
    auto const verified_at = verified ? std::optional(number_of(*verified)) : std::nullopt;
    TRY(write.run("INSERT INTO contact (hub, address, account, verified) VALUES (?, ?, ?, ?)", hub,
                  contact.text(), id, verified_at));
    return {};
}

// ---- opening ----------------------------------------------------------------------------------------------

People::People(std::unique_ptr<State> state) : state_(std::move(state)) {}
People::People(People&&) noexcept = default;
People& People::operator=(People&&) noexcept = default;
People::~People() = default;

Result<People> People::open(db::Db& db, HubId hub, HubKey const& key, Options const& options) {
    check(sodium_init() >= 0);
    auto state = std::make_unique<State>(db, hub, key, options);
    state->nobodys_hash = state->gate.of_nobody();
    return People(std::move(state));
}

RateLimits& People::rates() { return state_->rates; }

void People::tell_by(Tell tell) { state_->teller = std::move(tell); }

void People::look_at_nothing(std::string_view secret) {
    (void)state_->gate.is_right(state_->nobodys_hash, secret);
}

Result<std::int64_t> People::sweep(Moment now) {
    auto& s = *state_;
    auto const long_ago = number_of(now - ended_kept);
    auto const idle = number_of(now - session_idle - ended_kept);
    auto const begun = number_of(now - session_absolute - ended_kept);
    return s.write([&](db::Write& write) -> Result<std::int64_t> {
        std::int64_t gone = 0;
        gone +=
            TRY(write.run("DELETE FROM session_token WHERE hub = ? AND session IN (SELECT id FROM session "
                          "WHERE hub = ? AND (ended < ? OR seen < ? OR made < ?))",
                          s.hub, s.hub, long_ago, idle, begun));
        gone += TRY(write.run("DELETE FROM session WHERE hub = ? AND (ended < ? OR seen < ? OR made < ?)",
                              s.hub, long_ago, idle, begun));
        gone += TRY(
            write.run("DELETE FROM one_time_code WHERE hub = ? AND good_until < ?", s.hub, number_of(now)));
        return gone;
    });
}

}  // namespace allroads::people
