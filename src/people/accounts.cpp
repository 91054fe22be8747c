// Accounts: made, found, changed, blanked; one-time codes that show who holds a contact.

#include "people/state.h"

#include <algorithm>

namespace allroads::people {
namespace {

Result<void> check_language(std::string_view language) {
    auto rest = language;
    for (std::size_t part = 0;; ++part) {
        auto const dash = rest.find('-');
        auto const piece = rest.substr(0, dash);
        bool const is_piece = piece.size() <= 8 && piece.size() >= (part == 0 ? 2U : 1U) &&
                              std::ranges::all_of(piece, [&](char c) {
                                  return (c >= 'a' && c <= 'z') || (part > 0 && c >= '0' && c <= '9');
                              });
        if (!is_piece || language.size() > 35)
            return refuse(Code::bad_value, "language", "a language is written en, sw or zh-hant");
        if (dash == std::string_view::npos) return {};
        rest.remove_prefix(dash + 1);
    }
}

constexpr std::string_view account_columns =
    "SELECT a.id, a.name, a.language, a.roles, a.made, a.deleted, "
    "CASE WHEN a.password IS NULL THEN 0 ELSE 1 END, "
    "(SELECT count(*) FROM totp t WHERE t.hub = a.hub AND t.account = a.id AND t.confirmed IS NOT NULL), "
    "(SELECT count(*) FROM pin p WHERE p.hub = a.hub AND p.account = a.id) FROM account a ";

AccountFacts facts_of_row(db::Rows const& row) {
    return {.id = row.id<Account>(0),
            .name = std::string(row.text(1)),
            .language = std::string(row.text(2)),
            .roles = Roles(row.integer(3)),
            .made = moment_of(row.integer(4)),
            .deleted = !row.is_null(5),
            .has_password = row.integer(6) != 0,
            .has_second_factor = row.integer(7) != 0,
            .has_pin = row.integer(8) != 0};
}

Result<void> add_contacts(db::Asked& asked, HubId hub, AccountFacts& facts) {
    auto rows =
        TRY(asked.rows("SELECT address, verified FROM contact WHERE hub = ? AND account = ? "
                       "ORDER BY address",
                       hub, facts.id));
    while (TRY(rows.next()))
        facts.contacts.push_back({TRY(Contact::parse(rows.text(0))), moment_of(rows, 1)});
    return {};
}

std::string_view text_of(Purpose purpose) {
    switch (purpose) {
        case Purpose::sign_up: return "sign-up";
        case Purpose::reset: return "reset";
        case Purpose::contact: return "contact";
    }
    return "";
}

constexpr std::string_view wrong_code = "the code is not right, or it has run out; ask for another";

}  // namespace

// ---- making and finding -----------------------------------------------------------------------------------

Result<AccountId> People::sign_up(NewAccount const& account, Act const& act) {
    auto& s = *state_;
    auto const name = TRY(checked_name(account.name));
    TRY_VOID(check_language(account.language));
    std::optional<std::string> hash;
    if (!account.password.empty())
        TRY_VOID(check_password(account.password, name, account.contact.text(), "password"));
    TRY_VOID(s.allow_address(Often::sign_up_address, act));
    if (!account.password.empty()) hash = TRY(s.gate.hash(account.password));
    auto const id = s.ids.next<Account>(act.now);
    auto const done = TRY(s.write([&](db::Write& write) -> Result<bool> {
        std::optional<Moment> verified;
        if (!account.code.empty()) {
            if (!TRY(s.take_code(write, Purpose::sign_up, account.contact, account.code, act.now)))
                return false;
            verified = act.now;
        }
        TRY(
            write.run("INSERT INTO account (hub, id, name, language, password, roles, made) "
                      "VALUES (?, ?, ?, ?, ?, 0, ?)",
                      s.hub, id, name, account.language, hash, number_of(act.now)));
        TRY_VOID(s.give_contact(write, id, account.contact, verified));
        Act by = act;
        if (!by.account) by.account = id;
        TRY(s.record(write, by,
                     {.verb = "account.sign-up",
                      .subject_kind = "account",
                      .subject = id.text(),
                      .details = {{"verified", verified ? "yes" : "no"}}}));
        return true;
    }));
    if (!done) return refuse(Code::wrong_secret, "code", wrong_code);
    return id;
}

Result<AccountFacts> People::account(AccountId id) {
    auto& s = *state_;
    auto read = TRY(s.db->read());
    static std::string const sql = std::string(account_columns) + "WHERE a.hub = ? AND a.id = ?";
    auto const row = TRY(read.first(sql, s.hub, id));
    if (!row) return refuse(Code::not_found, "account", "there is no such account");
    auto facts = facts_of_row(*row);
    TRY_VOID(add_contacts(read, s.hub, facts));
    return facts;
}

Result<std::optional<AccountId>> People::find(Contact const& contact) {
    auto read = TRY(state_->db->read());
    auto const row = TRY(
        read.first("SELECT account FROM contact WHERE hub = ? AND address = ?", state_->hub, contact.text()));
    if (!row) return std::optional<AccountId>();
    return std::optional(row->id<Account>(0));
}

Result<std::vector<AccountFacts>> People::accounts(std::optional<AccountId> after, std::size_t rows) {
    auto& s = *state_;
    auto read = TRY(s.db->read());
    static std::string const sql =
        std::string(account_columns) + "WHERE a.hub = ? AND a.id > ? ORDER BY a.id LIMIT ?";
    std::vector<AccountFacts> all;
    {
        auto found = TRY(read.rows(sql, s.hub, after.value_or(AccountId(db::IdBytes{})), page_of(rows)));
        while (TRY(found.next())) all.push_back(facts_of_row(found));
    }
    for (auto& facts : all) TRY_VOID(add_contacts(read, s.hub, facts));
    return all;
}

// ---- changing ---------------------------------------------------------------------------------------------

Result<void> People::rename(AccountId id, std::string_view name, std::string_view language, Act const& act) {
    auto& s = *state_;
    auto const text = TRY(checked_name(name));
    TRY_VOID(check_language(language));
    return s.write([&](db::Write& write) -> Result<void> {
        TRY_VOID(s.must_live(write, id));
        TRY(write.run("UPDATE account SET name = ?, language = ? WHERE hub = ? AND id = ?", text, language,
                      s.hub, id));
        TRY(s.record(write, act,
                     {.verb = "account.rename", .subject_kind = "account", .subject = id.text()}));
        return {};
    });
}

Result<void> People::set_contact(AccountId id, Contact const& contact, std::string_view code,
                                 Act const& act) {
    auto& s = *state_;
    auto const done = TRY(s.write([&](db::Write& write) -> Result<bool> {
        TRY_VOID(s.must_live(write, id));
        if (!TRY(s.take_code(write, Purpose::contact, contact, code, act.now))) return false;
        std::vector<std::string> old;
        {
            auto rows =
                TRY(write.rows("SELECT address FROM contact WHERE hub = ? AND account = ?", s.hub, id));
            while (TRY(rows.next())) {
                bool const is_phone = rows.text(0).starts_with('+');
                if (is_phone == (contact.kind() == Contact::Kind::phone)) old.emplace_back(rows.text(0));
            }
        }
        TRY_VOID(s.tell(write, id, "account.contact"));
        for (auto const& address : old)
            TRY(write.run("DELETE FROM contact WHERE hub = ? AND address = ?", s.hub, address));
        TRY_VOID(s.give_contact(write, id, contact, act.now));
        TRY(s.record(write, act,
                     {.verb = "account.contact",
                      .subject_kind = "account",
                      .subject = id.text(),
                      .details = {{"kind", contact.kind() == Contact::Kind::phone ? "phone" : "email"}}}));
        return true;
    }));
    if (!done) return refuse(Code::wrong_secret, "code", wrong_code);
    return {};
}

Result<void> People::change_password(AccountId id, std::string_view old_password,
                                     std::string_view new_password, Act const& act) {
    auto& s = *state_;
    TRY_VOID(s.allow(Often::sign_in_contact, id.text(), act.now));
    auto const facts = TRY(account(id));
    for (auto const& known : facts.contacts)
        TRY_VOID(check_password(new_password, facts.name, known.contact.text(), "new_password"));
    TRY_VOID(check_password(new_password, facts.name, "", "new_password"));
    std::string old_hash;
    {
        auto read = TRY(s.db->read());
        auto const row = TRY(read.one("SELECT password FROM account WHERE hub = ? AND id = ?", s.hub, id));
        old_hash = row.is_null(0) ? s.nobodys_hash : std::string(row.text(0));
    }
    if (old_password.size() > password_bytes_max || !TRY(s.gate.is_right(old_hash, old_password)))
        return refuse(Code::wrong_secret, "old_password", "the old password is not right");
    auto const hash = TRY(s.gate.hash(new_password));
    return s.write([&](db::Write& write) -> Result<void> {
        // Not where it was changed meanwhile.
        auto const changed =
            TRY(write.run("UPDATE account SET password = ? WHERE hub = ? AND id = ? AND password = ? AND "
                          "deleted IS NULL",
                          hash, s.hub, id, old_hash));
        if (changed != 1) return refuse(Code::wrong_secret, "old_password", "the old password is not right");
        TRY(s.end_sessions(write, id, act.session, "password", act.now));
        TRY(s.record(write, act,
                     {.verb = "account.password", .subject_kind = "account", .subject = id.text()}));
        return s.tell(write, id, "account.password");
    });
}

Result<void> People::remove(AccountId id, Act const& act) {
    auto& s = *state_;
    auto const now = number_of(act.now);
    return s.write([&](db::Write& write) -> Result<void> {
        TRY_VOID(s.must_live(write, id));
        std::vector<std::string> addresses;
        {
            auto rows =
                TRY(write.rows("SELECT address FROM contact WHERE hub = ? AND account = ?", s.hub, id));
            while (TRY(rows.next())) addresses.emplace_back(rows.text(0));
        }
        for (auto const& address : addresses)
            TRY(write.run("DELETE FROM one_time_code WHERE hub = ? AND address = ?", s.hub, address));
        TRY(s.end_sessions(write, id, std::nullopt, "removed", act.now));
        TRY(write.run("UPDATE session SET agent = '', address = '' WHERE hub = ? AND account = ?", s.hub,
                      id));
        TRY(write.run(
            "UPDATE api_key SET name = '', ended = COALESCE(ended, ?) WHERE hub = ? AND account = ?", now,
            s.hub, id));
        TRY(
            write.run("UPDATE consent SET withdrawn = ? WHERE hub = ? AND (member = ? OR clerk = ?) AND "
                      "withdrawn IS NULL AND good_until > ?",
                      now, s.hub, id, id, now));
        for (std::string_view const sql : {"DELETE FROM contact WHERE hub = ? AND account = ?",
                                           "DELETE FROM totp WHERE hub = ? AND account = ?",
                                           "DELETE FROM recovery_code WHERE hub = ? AND account = ?",
                                           "DELETE FROM pin WHERE hub = ? AND account = ?",
                                           "DELETE FROM role_grant WHERE hub = ? AND account = ?",
                                           "DELETE FROM group_member WHERE hub = ? AND account = ?"})
            TRY(write.run(sql, s.hub, id));
        TRY(
            write.run("UPDATE account SET name = '', language = '', password = NULL, roles = 0, deleted = ? "
                      "WHERE hub = ? AND id = ?",
                      now, s.hub, id));
        TRY(s.record(write, act,
                     {.verb = "account.remove", .subject_kind = "account", .subject = id.text()}));
        return {};
    });
}

// ---- one-time codes ---------------------------------------------------------------------------------------

Result<MadeCode> People::make_code(Purpose purpose, Contact const& contact, Act const& act) {
    auto& s = *state_;
    TRY_VOID(s.allow_address(Often::code_address, act));
    TRY_VOID(s.allow(Often::code_contact, contact.text(), act.now));
    MadeCode made{.digits = random_digits(8)};
    auto const mark = s.code_mark(purpose, contact, made.digits);
    made.account = TRY(s.write([&](db::Write& write) -> Result<std::optional<AccountId>> {
        std::optional<AccountId> whose;
        if (auto const row = TRY(write.first("SELECT account FROM contact WHERE hub = ? AND address = ?",
                                             s.hub, contact.text())))
            whose = row->id<Account>(0);
        TRY(write.run(
            "INSERT INTO one_time_code (hub, purpose, address, mark, tries, good_until) "
            "VALUES (?, ?, ?, ?, 0, ?) ON CONFLICT (hub, purpose, address) DO UPDATE SET "
            "mark = excluded.mark, tries = 0, good_until = excluded.good_until",
            s.hub, static_cast<int>(purpose), contact.text(), blob(mark), number_of(act.now + code_life)));
        TRY(s.record(write, act,
                     {.verb = "contact.ask",
                      .subject_kind = "account",
                      .subject = whose ? whose->text() : "",
                      .details = {{"purpose", std::string(text_of(purpose))}}}));
        return whose;
    }));
    return made;
}

Result<AccountId> People::reset_password(Contact const& contact, std::string_view code,
                                         std::string_view new_password, Act const& act) {
    auto& s = *state_;
    TRY_VOID(s.allow_address(Often::sign_in_address, act));
    // Also with the name, but only once the code has shown who asks.
    TRY_VOID(check_password(new_password, "", contact.text(), "new_password"));
    auto const hash = TRY(s.gate.hash(new_password));
    auto const whose = TRY(s.write([&](db::Write& write) -> Result<std::optional<AccountId>> {
        if (!TRY(s.take_code(write, Purpose::reset, contact, code, act.now)))
            return std::optional<AccountId>();
        std::optional<AccountId> id;
        std::string name;
        if (auto const row =
                TRY(write.first("SELECT a.id, a.name FROM contact c JOIN account a ON a.hub = c.hub AND "
                                "a.id = c.account WHERE c.hub = ? AND c.address = ?",
                                s.hub, contact.text()))) {
            id = row->id<Account>(0);
            name = std::string(row->text(1));
        }
        if (!id) return id;
        TRY_VOID(check_password(new_password, name, "", "new_password"));
        TRY(write.run("UPDATE account SET password = ? WHERE hub = ? AND id = ?", hash, s.hub, *id));
        TRY(write.run("UPDATE contact SET verified = ? WHERE hub = ? AND address = ?", number_of(act.now),
                      s.hub, contact.text()));
        TRY(s.end_sessions(write, *id, std::nullopt, "password", act.now));
        Act by = act;
        if (!by.account) by.account = id;
        TRY(s.record(write, by, {.verb = "account.reset", .subject_kind = "account", .subject = id->text()}));
        TRY_VOID(s.tell(write, *id, "account.reset"));
        return id;
    }));
    if (!whose) return refuse(Code::wrong_secret, "code", wrong_code);
    return *whose;
}

}  // namespace allroads::people
