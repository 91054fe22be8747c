// Roles, groups, and the consent of a member to what a clerk does.

#include "people/state.h"

#include <algorithm>

namespace allroads::people {
namespace {

// The roles of an account stand in its row too, so that a look at a session is one select.
Result<void> set_role(db::Write& write, HubId hub, AccountId id, Role role, bool has) {
    std::int64_t bits = 0;
    {
        auto const row = TRY(write.one("SELECT roles FROM account WHERE hub = ? AND id = ?", hub, id));
        bits = row.integer(0);
    }
    auto const roles = has ? Roles(bits).with(role) : Roles(bits).without(role);
    TRY(write.run("UPDATE account SET roles = ? WHERE hub = ? AND id = ?", roles.bits(), hub, id));
    return {};
}

std::string_view text_of(Standing standing) {
    switch (standing) {
        case Standing::member: return "member";
        case Standing::clerk: return "clerk";
        case Standing::head: return "head";
    }
    return "";
}

}  // namespace

Result<void> People::grant(AccountId id, Role role, Act const& act) {
    auto& s = *state_;
    return s.write([&](db::Write& write) -> Result<void> {
        TRY_VOID(s.must_live(write, id));
        auto const added =
            TRY(write.run("INSERT INTO role_grant (hub, account, role, given, given_by) VALUES "
                          "(?, ?, ?, ?, ?) ON CONFLICT (hub, account, role) DO NOTHING",
                          s.hub, id, static_cast<int>(role), number_of(act.now), act.account));
        if (added == 0) return {};  // has it already
        TRY_VOID(set_role(write, s.hub, id, role, true));
        TRY(s.record(write, act,
                     {.verb = "role.grant",
                      .subject_kind = "account",
                      .subject = id.text(),
                      .details = {{"role", std::string(text_of(role))}}}));
        return {};
    });
}

Result<void> People::withdraw(AccountId id, Role role, Act const& act) {
    auto& s = *state_;
    return s.write([&](db::Write& write) -> Result<void> {
        auto const gone = TRY(write.run("DELETE FROM role_grant WHERE hub = ? AND account = ? AND role = ?",
                                        s.hub, id, static_cast<int>(role)));
        if (gone != 1) return refuse(Code::not_found, "role", "the account does not have this role");
        TRY_VOID(set_role(write, s.hub, id, role, false));
        TRY(s.record(write, act,
                     {.verb = "role.withdraw",
                      .subject_kind = "account",
                      .subject = id.text(),
                      .details = {{"role", std::string(text_of(role))}}}));
        return {};
    });
}

Result<std::vector<RoleGrant>> People::grants(AccountId id) {
    auto& s = *state_;
    auto read = TRY(s.db->read());
    auto rows =
        TRY(read.rows("SELECT role, given, given_by FROM role_grant WHERE hub = ? AND account = ? "
                      "ORDER BY role",
                      s.hub, id));
    std::vector<RoleGrant> all;
    while (TRY(rows.next()))
        all.push_back(
            {static_cast<Role>(rows.integer(0)), moment_of(rows.integer(1)), id_of<Account>(rows, 2)});
    return all;
}

// ---- groups -----------------------------------------------------------------------------------------------

Result<GroupId> People::make_group(std::string_view name, GroupKind kind, Act const& act) {
    auto& s = *state_;
    auto const text = TRY(checked_name(name));
    auto const id = s.ids.next<Group>(act.now);
    TRY_VOID(s.write([&](db::Write& write) -> Result<void> {
        TRY(write.run("INSERT INTO member_group (hub, id, name, kind, made) VALUES (?, ?, ?, ?, ?)", s.hub,
                      id, text, static_cast<int>(kind), number_of(act.now)));
        TRY(s.record(write, act, {.verb = "group.make", .subject_kind = "group", .subject = id.text()}));
        return {};
    }));
    return id;
}

Result<void> People::join(GroupId group, AccountId id, Standing standing, Act const& act) {
    auto& s = *state_;
    return s.write([&](db::Write& write) -> Result<void> {
        TRY_VOID(s.must_live(write, id));
        if (!TRY(write.first("SELECT 1 FROM member_group WHERE hub = ? AND id = ?", s.hub, group)))
            return refuse(Code::not_found, "group", "there is no such group");
        TRY(write.run(
            "INSERT INTO group_member (hub, grouped, account, standing, since) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (hub, grouped, account) DO UPDATE SET standing = excluded.standing",
            s.hub, group, id, static_cast<int>(standing), number_of(act.now)));
        TRY(s.record(write, act,
                     {.verb = "group.join",
                      .subject_kind = "group",
                      .subject = group.text(),
                      .details = {{"account", id.text()}, {"standing", std::string(text_of(standing))}}}));
        return {};
    });
}

Result<void> People::leave(GroupId group, AccountId id, Act const& act) {
    auto& s = *state_;
    return s.write([&](db::Write& write) -> Result<void> {
        auto const gone = TRY(write.run(
            "DELETE FROM group_member WHERE hub = ? AND grouped = ? AND account = ?", s.hub, group, id));
        if (gone != 1) return refuse(Code::not_found, "account", "the account is not of this group");
        TRY(s.record(write, act,
                     {.verb = "group.leave",
                      .subject_kind = "group",
                      .subject = group.text(),
                      .details = {{"account", id.text()}}}));
        return {};
    });
}

Result<std::vector<GroupFacts>> People::groups_of(AccountId id) {
    auto& s = *state_;
    auto read = TRY(s.db->read());
    auto rows =
        TRY(read.rows("SELECT g.id, g.name, g.kind, m.standing FROM group_member m JOIN member_group g "
                      "ON g.hub = m.hub AND g.id = m.grouped WHERE m.hub = ? AND m.account = ? "
                      "ORDER BY g.id LIMIT ?",
                      s.hub, id, page_rows_max));
    std::vector<GroupFacts> all;
    while (TRY(rows.next()))
        all.push_back({rows.id<Group>(0), std::string(rows.text(1)), static_cast<GroupKind>(rows.integer(2)),
                       static_cast<Standing>(rows.integer(3))});
    return all;
}

Result<std::vector<MemberFacts>> People::members(GroupId group, std::optional<AccountId> after,
                                                 std::size_t rows) {
    auto& s = *state_;
    auto read = TRY(s.db->read());
    auto found =
        TRY(read.rows("SELECT a.id, a.name, m.standing, m.since FROM group_member m JOIN account a ON "
                      "a.hub = m.hub AND a.id = m.account WHERE m.hub = ? AND m.grouped = ? AND "
                      "m.account > ? ORDER BY m.account LIMIT ?",
                      s.hub, group, after.value_or(AccountId(db::IdBytes{})), page_of(rows)));
    std::vector<MemberFacts> all;
    while (TRY(found.next()))
        all.push_back({found.id<Account>(0), std::string(found.text(1)),
                       static_cast<Standing>(found.integer(2)), moment_of(found.integer(3))});
    return all;
}

// ---- consent ----------------------------------------------------------------------------------------------

namespace {

// A million PINs are soon tried by who has the data: so the hash is of the PIN marked with the hub's key.
std::string pin_text(HubKey const& key, AccountId id, std::string_view pin) {
    return hex(blob(key.mark("pin", id.text() + "\n" + std::string(pin))).bytes);
}

// Counts a try before the PIN is looked at, so that many at once are counted too. Its hash.
Result<std::string> begin_try(db::Write& write, HubId hub, AccountId member, Moment moment) {
    auto const now = number_of(moment);
    auto const row =
        TRY(write.first("SELECT hash, wrong, pauses, paused_until FROM pin WHERE hub = ? AND "
                        "account = ?",
                        hub, member));
    if (!row) return refuse(Code::not_found, "pin", "the member has no PIN yet");
    if (now < row->integer(3)) {
        auto const minutes = (row->integer(3) - now + 59'999) / 60'000;
        return refuse(Code::too_many, "pin",
                      "too many wrong PINs; try again in " + std::to_string(minutes) + " minutes");
    }
    std::string hash(row->text(0));
    auto wrong = row->integer(1) + 1;
    auto pauses = row->integer(2);
    std::int64_t until = 0;
    if (wrong >= pin_tries_max) {
        auto const pause =
            std::min(pin_pause.count() << std::min<std::int64_t>(pauses, 10), pin_pause_max.count());
        until = now + pause;
        wrong = 0;
        ++pauses;
    }
    TRY(write.run("UPDATE pin SET wrong = ?, pauses = ?, paused_until = ? WHERE hub = ? AND account = ?",
                  wrong, pauses, until, hub, member));
    return hash;
}

}  // namespace

Result<void> People::set_pin(AccountId id, std::string_view pin, Act const& act) {
    auto& s = *state_;
    auto const digits = typed_digits(pin);
    TRY_VOID(check_pin(digits));
    auto const hash = TRY(s.gate.hash(pin_text(*s.key, id, digits)));
    return s.write([&](db::Write& write) -> Result<void> {
        TRY_VOID(s.must_live(write, id));
        TRY(
            write.run("INSERT INTO pin (hub, account, hash, wrong, pauses, paused_until) VALUES "
                      "(?, ?, ?, 0, 0, 0) ON CONFLICT (hub, account) DO UPDATE SET hash = excluded.hash, "
                      "wrong = 0, pauses = 0, paused_until = 0",
                      s.hub, id, hash));
        TRY(s.record(write, act, {.verb = "pin.set", .subject_kind = "account", .subject = id.text()}));
        return s.tell(write, id, "pin.set");
    });
}

Result<ConsentId> People::consent(NewConsent const& wanted, std::string_view pin, Act const& act) {
    auto& s = *state_;
    if (!is_word(wanted.purpose, ".-_:"))
        return refuse(Code::bad_value, "purpose", "a purpose is a word: listing.edit");
    if (wanted.life <= Millis(0) || wanted.life > consent_life_max)
        return refuse(Code::bad_value, "life", "consent lasts for 8 hours at most");
    if (wanted.member == wanted.clerk)
        return refuse(Code::bad_value, "clerk", "nobody consents to what they do themselves");
    auto const digits = typed_digits(pin);
    auto const hash = TRY(s.write([&](db::Write& write) -> Result<std::string> {
        TRY_VOID(s.must_live(write, wanted.member));
        TRY_VOID(s.must_live(write, wanted.clerk));
        return begin_try(write, s.hub, wanted.member, act.now);
    }));
    bool const is_right = TRY(s.gate.is_right(hash, pin_text(*s.key, wanted.member, digits)));
    auto const id = s.ids.next<Consent>(act.now);
    TRY_VOID(s.write([&](db::Write& write) -> Result<void> {
        if (is_right) {
            auto const forgotten =
                TRY(write.run("UPDATE pin SET wrong = 0, pauses = 0, paused_until = 0 WHERE "
                              "hub = ? AND account = ? AND hash = ?",
                              s.hub, wanted.member, hash));
            if (forgotten != 1) return refuse(Code::conflict, "pin", "the PIN was changed meanwhile");
            TRY_VOID(s.must_live(write, wanted.clerk));
            TRY(
                write.run("INSERT INTO consent (hub, id, member, clerk, purpose, made, good_until) VALUES "
                          "(?, ?, ?, ?, ?, ?, ?)",
                          s.hub, id, wanted.member, wanted.clerk, wanted.purpose, number_of(act.now),
                          number_of(act.now + wanted.life)));
        }
        Act by = act;
        by.acting_for = wanted.member;
        TRY(s.record(write, by,
                     {.verb = "consent.give",
                      .subject_kind = is_right ? "consent" : "account",
                      .subject = is_right ? id.text() : wanted.member.text(),
                      .outcome = is_right ? Outcome::done : Outcome::refused,
                      .details = {{"clerk", wanted.clerk.text()}, {"purpose", wanted.purpose}}}));
        if (is_right) TRY_VOID(s.tell(write, wanted.member, "consent.give"));
        return {};
    }));
    if (!is_right) return refuse(Code::wrong_secret, "pin", "the PIN is not right");
    return id;
}

Result<std::optional<ConsentId>> People::standing_consent(db::Asked& asked, AccountId member, AccountId clerk,
                                                          std::string_view purpose, Moment now) {
    auto const row =
        TRY(asked.first("SELECT id FROM consent WHERE hub = ? AND member = ? AND clerk = ? AND "
                        "purpose = ? AND withdrawn IS NULL AND made <= ? AND good_until > ? "
                        "ORDER BY good_until DESC LIMIT 1",
                        state_->hub, member, clerk, purpose, number_of(now), number_of(now)));
    if (!row) return std::optional<ConsentId>();
    return std::optional(row->id<Consent>(0));
}

namespace {

Result<std::vector<ConsentFacts>> consents_in(db::Rows rows) {
    std::vector<ConsentFacts> all;
    while (TRY(rows.next()))
        all.push_back({rows.id<Consent>(0), rows.id<Account>(1), rows.id<Account>(2),
                       std::string(rows.text(3)), moment_of(rows.integer(4)), moment_of(rows.integer(5)),
                       moment_of(rows, 6)});
    return all;
}

}  // namespace

Result<std::vector<ConsentFacts>> People::consents(AccountId member) {
    auto& s = *state_;
    auto read = TRY(s.db->read());
    return consents_in(
        TRY(read.rows("SELECT id, member, clerk, purpose, made, good_until, withdrawn FROM consent "
                      "WHERE hub = ? AND member = ? ORDER BY id DESC LIMIT ?",
                      s.hub, member, page_rows_max)));
}

Result<std::vector<ConsentFacts>> People::consents_of_clerk(AccountId clerk, Moment now) {
    auto& s = *state_;
    auto read = TRY(s.db->read());
    return consents_in(
        TRY(read.rows("SELECT id, member, clerk, purpose, made, good_until, withdrawn FROM consent "
                      "WHERE hub = ? AND clerk = ? AND good_until > ? AND withdrawn IS NULL "
                      "ORDER BY id DESC LIMIT ?",
                      s.hub, clerk, number_of(now), page_rows_max)));
}

Result<void> People::withdraw_consent(AccountId member, ConsentId consent, Act const& act) {
    auto& s = *state_;
    return s.write([&](db::Write& write) -> Result<void> {
        auto const changed =
            TRY(write.run("UPDATE consent SET withdrawn = ? WHERE hub = ? AND id = ? AND "
                          "member = ? AND withdrawn IS NULL",
                          number_of(act.now), s.hub, consent, member));
        if (changed != 1) return refuse(Code::not_found, "consent", "there is no such consent");
        TRY(s.record(write, act,
                     {.verb = "consent.withdraw", .subject_kind = "consent", .subject = consent.text()}));
        return {};
    });
}

}  // namespace allroads::people
