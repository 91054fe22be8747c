// Signing in, and who stands behind a token.
//
// The tokens of a session have numbers. One is good while none with a higher number was used, and
// `token_grace` beyond that, for requests that were under way. So an answer with a new token may be lost as
// often as a bad line likes: the old one serves until the new one arrives. But once the new one was used, who
// comes with the old one is not who holds the new one, and the session ends for both.

#include "people/state.h"

#include <algorithm>

namespace allroads::people {
namespace {

constexpr std::int64_t unanswered_max = 3;  // new tokens in a row that were handed out and never used

using Found = FoundSession;

constexpr std::string_view by_token =
    "SELECT s.id, s.account, t.serial, s.made, s.seen, s.proved, s.waits, s.used, s.used_at, s.newest, "
    "s.newest_at, s.ended, a.roles, a.name, a.language, a.deleted FROM session_token t "
    "JOIN session s ON s.hub = t.hub AND s.id = t.session "
    "JOIN account a ON a.hub = s.hub AND a.id = s.account WHERE t.hub = ? AND t.digest = ?";

Result<std::optional<Found>> by_digest(db::Asked& asked, HubId hub, Digest const& token) {
    auto const row = TRY(asked.first(by_token, hub, blob(token)));
    if (!row) return std::optional<Found>();
    return std::optional(Found{.session = row->id<Session>(0),
                               .account = row->id<Account>(1),
                               .serial = row->integer(2),
                               .made = row->integer(3),
                               .seen = row->integer(4),
                               .proved = row->integer(5),
                               .waits = row->integer(6),
                               .used = row->integer(7),
                               .used_at = row->integer(8),
                               .newest = row->integer(9),
                               .newest_at = row->integer(10),
                               .is_over = !row->is_null(11) || !row->is_null(15),
                               .roles = Roles(row->integer(12)),
                               .name = std::string(row->text(13)),
                               .language = std::string(row->text(14))});
}

Visit visit_of(Found const& found) {
    return {.account = found.account,
            .session = found.session,
            .roles = found.roles,
            .name = found.name,
            .language = found.language,
            .proved = moment_of(found.proved)};
}

struct Verdict {
    bool is_over = false;      // ended, too old, or its account is gone
    bool is_replayed = false;  // a token that was given up long ago
    bool must_use = false;     // the first time that this token comes
    bool must_see = false;
    bool must_change = false;
    [[nodiscard]] bool must_write() const { return must_use || must_see || must_change; }
};

Verdict judged(Found const& found, Moment moment) {
    auto const now = number_of(moment);
    Verdict out;
    auto const life = found.waits != 0 ? session_waits : session_absolute;
    out.is_over =
        found.is_over || now >= found.made + life.count() || now >= found.seen + session_idle.count();
    if (out.is_over) return out;
    out.is_replayed = found.serial < found.used && now >= found.used_at + token_grace.count();
    if (out.is_replayed || found.serial < found.used) return out;
    out.must_use = found.serial > found.used;
    out.must_see = now >= found.seen + seen_every.count();
    auto const unanswered = found.newest - found.serial;
    auto const pause = unanswered > 0 && unanswered < unanswered_max ? token_grace : token_age;
    out.must_change = found.waits == 0 && now >= found.newest_at + pause.count();
    return out;
}

std::unexpected<Error> signed_out() {
    return refuse(Code::signed_out, "", "there is no such session, or it has ended");
}

Result<void> add_token(db::Write& write, HubId hub, SessionId session, std::string_view token,
                       std::int64_t serial) {
    TRY(write.run("INSERT INTO session_token (hub, digest, session, serial) VALUES (?, ?, ?, ?)", hub,
                  blob(digest(token)), session, serial));
    return {};
}

// Writes what is due; the new token, where one was handed out.
Result<bool> keep(db::Write& write, HubId hub, Found const& found, Verdict const& verdict,
                  std::string_view new_text, Moment moment) {
    auto const now = number_of(moment);
    auto const serial = found.newest + (verdict.must_change ? 1 : 0);
    TRY(
        write.run("UPDATE session SET seen = ?, used = ?, used_at = ?, newest = ?, newest_at = ? "
                  "WHERE hub = ? AND id = ?",
                  std::max(found.seen, now), found.serial, verdict.must_use ? now : found.used_at, serial,
                  verdict.must_change ? now : found.newest_at, hub, found.session));
    if (verdict.must_change) TRY_VOID(add_token(write, hub, found.session, new_text, serial));
    return verdict.must_change;
}

std::string agent_excerpt(std::string_view agent) { return excerpt(agent.substr(0, 1000), 160); }

// Room for one more: those seen longest ago are ended.
Result<void> make_room(db::Write& write, HubId hub, AccountId account, Moment now) {
    std::vector<SessionId> beyond;
    {
        auto rows =
            TRY(write.rows("SELECT id FROM session WHERE hub = ? AND account = ? AND ended IS NULL "
                           "ORDER BY seen DESC, id DESC",
                           hub, account));
        for (std::size_t at = 0; TRY(rows.next()); ++at) {
            if (at + 1 >= sessions_max) beyond.push_back(rows.id<Session>(0));
        }
    }
    for (auto const& id : beyond) {
        TRY(write.run("DELETE FROM session_token WHERE hub = ? AND session = ?", hub, id));
        TRY(write.run("UPDATE session SET ended = ?, why = 'room' WHERE hub = ? AND id = ?", number_of(now),
                      hub, id));
    }
    return {};
}

}  // namespace

Result<std::int64_t> People::State::end_sessions(db::Write& write, AccountId id,
                                                 std::optional<SessionId> kept, std::string_view why,
                                                 Moment now) {
    auto const but = kept.value_or(SessionId(db::IdBytes{}));
    TRY(
        write.run("DELETE FROM session_token WHERE hub = ? AND session IN (SELECT id FROM session WHERE "
                  "hub = ? AND account = ? AND id <> ?)",
                  hub, hub, id, but));
    return write.run(
        "UPDATE session SET ended = ?, why = ? WHERE hub = ? AND account = ? AND id <> ? AND "
        "ended IS NULL",
        number_of(now), why, hub, id, but);
}

// ---- signing in -------------------------------------------------------------------------------------------

namespace {

struct Known {
    std::optional<AccountId> account = {};
    std::optional<std::string> hash = {};
    bool has_second_factor = false;
};

Result<Known> known(db::Asked& asked, HubId hub, Contact const& contact) {
    Known out;
    auto const row = TRY(asked.first(
        "SELECT a.id, a.password, (SELECT count(*) FROM totp t WHERE t.hub = a.hub AND t.account = a.id AND "
        "t.confirmed IS NOT NULL) FROM contact c JOIN account a ON a.hub = c.hub AND a.id = c.account "
        "WHERE c.hub = ? AND c.address = ? AND a.deleted IS NULL",
        hub, contact.text()));
    if (!row) return out;
    out.account = row->id<Account>(0);
    if (!row->is_null(1)) out.hash = std::string(row->text(1));
    out.has_second_factor = row->integer(2) != 0;
    return out;
}

std::unexpected<Error> not_known() {
    return refuse(Code::wrong_secret, "password", "the contact and the password do not belong together");
}

}  // namespace

Result<SignedIn> People::sign_in(Contact const& contact, std::string_view password, std::string_view agent,
                                 Act const& act) {
    auto& s = *state_;
    TRY_VOID(s.allow_address(Often::sign_in_address, act));
    TRY_VOID(s.allow(Often::sign_in_contact, contact.text(), act.now));
    Known whose;
    {
        auto read = TRY(s.db->read());
        whose = TRY(known(read, s.hub, contact));
    }
    bool const may_be = password.size() <= password_bytes_max && whose.hash.has_value();
    auto const tried = password.substr(0, std::min(password.size(), password_bytes_max));
    bool const is_right = TRY(s.gate.is_right(whose.hash.value_or(s.nobodys_hash), tried)) && may_be;
    Act by = act;
    by.account = whose.account;
    if (!is_right) {
        TRY(s.write([&](db::Write& write) {
            return s.record(write, by, {.verb = "session.begin", .outcome = Outcome::refused});
        }));
        return not_known();
    }
    std::optional<std::string> stronger;
    if (s.gate.is_weaker(*whose.hash)) stronger = TRY(s.gate.hash(password));
    SignedIn in{.account = *whose.account, .session = s.ids.next<Session>(act.now), .token = new_token()};
    auto const now = number_of(act.now);
    TRY_VOID(s.write([&](db::Write& write) -> Result<void> {
        auto const again = TRY(known(write, s.hub, contact));
        if (again.account != whose.account || again.hash != whose.hash) return not_known();
        in.waits = again.has_second_factor;
        if (stronger)
            TRY(write.run("UPDATE account SET password = ? WHERE hub = ? AND id = ?", *stronger, s.hub,
                          in.account));
        TRY_VOID(make_room(write, s.hub, in.account, act.now));
        TRY(write.run(
            "INSERT INTO session (hub, id, account, agent, address, made, seen, proved, waits, used, "
            "used_at, newest, newest_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, 1, ?)",
            s.hub, in.session, in.account, agent_excerpt(agent), shortened_address(act.address), now, now,
            now, in.waits, now, now));
        TRY_VOID(add_token(write, s.hub, in.session, in.token, 1));
        by.session = in.session;
        TRY(s.record(write, by,
                     {.verb = "session.begin",
                      .subject_kind = "session",
                      .subject = in.session.text(),
                      .details = {{"waits", in.waits ? "yes" : "no"}}}));
        return {};
    }));
    return in;
}

Result<void> People::prove(Visit const& visit, std::string_view password, Act const& act) {
    auto& s = *state_;
    TRY_VOID(s.allow(Often::sign_in_contact, visit.account.text(), act.now));
    std::optional<std::string> hash;
    {
        auto read = TRY(s.db->read());
        auto const row =
            TRY(read.first("SELECT password FROM account WHERE hub = ? AND id = ?", s.hub, visit.account));
        if (row && !row->is_null(0)) hash = std::string(row->text(0));
    }
    bool const may_be = hash && password.size() <= password_bytes_max;
    auto const tried = password.substr(0, std::min(password.size(), password_bytes_max));
    bool const is_right = TRY(s.gate.is_right(hash.value_or(s.nobodys_hash), tried)) && may_be;
    TRY_VOID(s.write([&](db::Write& write) -> Result<void> {
        if (is_right) {
            auto const changed = TRY(write.run(
                "UPDATE session SET proved = ? WHERE hub = ? AND id = ? AND account = ? AND ended IS NULL",
                number_of(act.now), s.hub, visit.session, visit.account));
            if (changed != 1) return signed_out();
        }
        TRY(s.record(write, act,
                     {.verb = "session.prove",
                      .subject_kind = "session",
                      .subject = visit.session.text(),
                      .outcome = is_right ? Outcome::done : Outcome::refused}));
        return {};
    }));
    if (!is_right) return refuse(Code::wrong_secret, "password", "the password is not right");
    return {};
}

// ---- who stands behind a token ----------------------------------------------------------------------------

Result<Visit> People::visit(std::string_view token, Act const& act) {
    auto& s = *state_;
    if (!is_token(token)) return signed_out();
    auto const mark = digest(token);
    auto found = TRY(s.sessions.look(*s.db, blob(mark).bytes,
                                     [&](db::Asked& asked) { return by_digest(asked, s.hub, mark); }));
    if (!found) return signed_out();
    auto const verdict = judged(*found, act.now);
    if (verdict.is_over) return signed_out();
    if (verdict.is_replayed) {
        // Whether or not it can be written now, this request is nobody's.
        (void)s.write([&](db::Write& write) -> Result<void> {
            auto const again = TRY(by_digest(write, s.hub, mark));
            if (!again || !judged(*again, act.now).is_replayed) return {};
            TRY(write.run("DELETE FROM session_token WHERE hub = ? AND session = ?", s.hub, again->session));
            TRY(write.run("UPDATE session SET ended = ?, why = 'replayed' WHERE hub = ? AND id = ?",
                          number_of(act.now), s.hub, again->session));
            TRY(s.record(write, {.now = act.now, .address = act.address},
                         {.verb = "session.replayed",
                          .subject_kind = "session",
                          .subject = again->session.text(),
                          .outcome = Outcome::refused}));
            return {};
        });
        return signed_out();
    }
    if (found->waits != 0)
        return refuse(Code::signed_out, "second-factor", "the code of the authenticator is still missing");
    auto visit = visit_of(*found);
    if (!verdict.must_write()) return visit;
    auto text = new_token();
    // What cannot be written now is due again with the next request: the visitor need not notice.
    auto const kept = s.write([&](db::Write& write) -> Result<bool> {
        auto const again = TRY(by_digest(write, s.hub, mark));
        if (!again) return false;
        auto const still = judged(*again, act.now);
        if (still.is_over || still.is_replayed || !still.must_write()) return false;
        return keep(write, s.hub, *again, still, text, act.now);
    });
    if (kept && *kept) visit.new_token = std::move(text);
    return visit;
}

std::optional<Visit> People::visit_at_hand(std::string_view token, Moment now) {
    if (!is_token(token)) return std::nullopt;
    auto const found = state_->sessions.find(blob(digest(token)).bytes);
    if (!found || found->waits != 0) return std::nullopt;
    auto const verdict = judged(*found, now);
    bool const is_plain = !verdict.is_over && !verdict.is_replayed && !verdict.must_write();
    return is_plain ? std::optional(visit_of(*found)) : std::nullopt;
}

Result<std::vector<SessionFacts>> People::sessions(AccountId id, Moment now) {
    auto& s = *state_;
    auto read = TRY(s.db->read());
    auto const moment = number_of(now);
    auto rows =
        TRY(read.rows("SELECT id, agent, address, made, seen, waits FROM session WHERE hub = ? AND "
                      "account = ? AND ended IS NULL AND seen > ? AND made > ? AND "
                      "(waits = 0 OR made > ?) ORDER BY seen DESC, id DESC LIMIT ?",
                      s.hub, id, moment - session_idle.count(), moment - session_absolute.count(),
                      moment - session_waits.count(), sessions_max));
    std::vector<SessionFacts> all;
    while (TRY(rows.next()))
        all.push_back({.id = rows.id<Session>(0),
                       .agent = std::string(rows.text(1)),
                       .address = std::string(rows.text(2)),
                       .made = moment_of(rows.integer(3)),
                       .seen = moment_of(rows.integer(4)),
                       .waits = rows.integer(5) != 0});
    return all;
}

Result<void> People::end_session(AccountId id, SessionId session, Act const& act) {
    auto& s = *state_;
    return s.write([&](db::Write& write) -> Result<void> {
        auto const changed =
            TRY(write.run("UPDATE session SET ended = ?, why = 'asked' WHERE hub = ? AND "
                          "id = ? AND account = ? AND ended IS NULL",
                          number_of(act.now), s.hub, session, id));
        if (changed != 1) return refuse(Code::not_found, "session", "there is no such session");
        TRY(write.run("DELETE FROM session_token WHERE hub = ? AND session = ?", s.hub, session));
        TRY(s.record(write, act,
                     {.verb = "session.end", .subject_kind = "session", .subject = session.text()}));
        return {};
    });
}

Result<std::int64_t> People::end_sessions(AccountId id, std::optional<SessionId> kept, Act const& act) {
    auto& s = *state_;
    return s.write([&](db::Write& write) -> Result<std::int64_t> {
        auto const count = TRY(s.end_sessions(write, id, kept, "asked", act.now));
        TRY(s.record(write, act,
                     {.verb = "session.end-all",
                      .subject_kind = "account",
                      .subject = id.text(),
                      .details = {{"sessions", std::to_string(count)}}}));
        return count;
    });
}

std::string People::form_secret(SessionId session) const {
    return hex(blob(state_->key->mark("form", session.text())).bytes.substr(0, 16));
}

bool People::is_form_secret(SessionId session, std::string_view text) const {
    return same(form_secret(session), text);
}

// ---- the second factor ------------------------------------------------------------------------------------

namespace {

std::string sealed_for(AccountId id) { return "totp " + id.text(); }

// As printed: "k7f2-9qmd-3xwt", 12 letters of 5 bits.
std::string new_recovery_code() {
    auto const letters = base32(random_bytes(8));
    std::string out;
    for (std::size_t i = 0; i < 12; ++i) {
        if (i == 4 || i == 8) out += '-';
        char const letter = letters[i];
        out += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
    return out;
}

Digest recovery_mark(HubKey const& key, AccountId id, std::string_view code) {
    std::string text = id.text() + '\n';
    for (char const letter : code) {
        if (letter == '-' || letter == ' ') continue;
        text += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
    return key.mark("recovery", text);
}

enum class Factor : std::uint8_t { wrong, digits, recovery, again };

// Six digits or a recovery code; if right they are used up. `again`: they were, and are refused.
Result<Factor> take_factor(db::Write& write, HubId hub, HubKey const& key, AccountId id,
                           std::string_view code, Moment now) {
    auto const digits = typed_digits(code);
    if (digits.size() != 6) {
        if (code.size() > 40) return Factor::wrong;
        auto const used =
            TRY(write.run("DELETE FROM recovery_code WHERE hub = ? AND account = ? AND mark = ?", hub, id,
                          blob(recovery_mark(key, id, code))));
        return used == 1 ? Factor::recovery : Factor::wrong;
    }
    std::optional<std::int64_t> step;
    {
        auto const row =
            TRY(write.first("SELECT secret, last_step FROM totp WHERE hub = ? AND account = ? AND "
                            "confirmed IS NOT NULL",
                            hub, id));
        if (!row) return Factor::wrong;
        auto const secret = TRY(key.open(sealed_for(id), row->blob(0)));
        step = totp_step(secret, digits, row->integer(1), now);
        if (!step && totp_step(secret, digits, 0, now)) return Factor::again;
    }
    if (!step) return Factor::wrong;
    TRY(write.run("UPDATE totp SET last_step = ? WHERE hub = ? AND account = ?", *step, hub, id));
    return Factor::digits;
}

}  // namespace

Result<Enrolment> People::enrol(AccountId id, Act const& act) {
    auto& s = *state_;
    auto const secret = random_bytes(totp_secret_bytes);
    auto const sealed = s.key->seal(sealed_for(id), secret);
    TRY_VOID(s.write([&](db::Write& write) -> Result<void> {
        TRY_VOID(s.must_live(write, id));
        auto const changed = TRY(
            write.run("INSERT INTO totp (hub, account, secret, last_step) VALUES (?, ?, ?, 0) ON CONFLICT "
                      "(hub, account) DO UPDATE SET secret = excluded.secret, last_step = 0 WHERE "
                      "totp.confirmed IS NULL",
                      s.hub, id, db::Blob{sealed}));
        if (changed != 1)
            return refuse(Code::conflict, "second-factor", "there is a second factor already; drop it first");
        TRY(s.record(write, act,
                     {.verb = "second-factor.enrol", .subject_kind = "account", .subject = id.text()}));
        return {};
    }));
    auto const text = base32(secret);
    std::string issuer;
    for (char const letter : s.options.issuer)
        issuer += (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ? letter : '-';
    auto uri =
        "otpauth://totp/" + issuer + ":" + id.text().substr(20) + "?secret=" + text + "&issuer=" + issuer;
    return Enrolment{.secret = text, .uri = std::move(uri)};
}

Result<std::vector<std::string>> People::confirm(AccountId id, std::string_view code, Act const& act) {
    auto& s = *state_;
    TRY_VOID(s.allow(Often::second_factor, id.text(), act.now));
    std::vector<std::string> codes;
    while (codes.size() < recovery_codes) codes.push_back(new_recovery_code());
    auto const done = TRY(s.write([&](db::Write& write) -> Result<bool> {
        std::optional<std::int64_t> step;
        {
            auto const row =
                TRY(write.first("SELECT secret, last_step FROM totp WHERE hub = ? AND account = ? "
                                "AND confirmed IS NULL",
                                s.hub, id));
            if (!row) return refuse(Code::not_found, "second-factor", "there is none to be confirmed");
            step = totp_step(TRY(s.key->open(sealed_for(id), row->blob(0))), typed_digits(code),
                             row->integer(1), act.now);
        }
        if (!step) return false;
        TRY(write.run("UPDATE totp SET confirmed = ?, last_step = ? WHERE hub = ? AND account = ?",
                      number_of(act.now), *step, s.hub, id));
        TRY(write.run("DELETE FROM recovery_code WHERE hub = ? AND account = ?", s.hub, id));
        for (auto const& recovery : codes)
            TRY(write.run("INSERT INTO recovery_code (hub, account, mark) VALUES (?, ?, ?)", s.hub, id,
                          blob(recovery_mark(*s.key, id, recovery))));
        // Sessions that began with the password alone end.
        TRY(s.end_sessions(write, id, act.session, "second-factor", act.now));
        TRY(s.record(write, act,
                     {.verb = "second-factor.confirm", .subject_kind = "account", .subject = id.text()}));
        TRY_VOID(s.tell(write, id, "second-factor.confirm"));
        return true;
    }));
    if (!done) return refuse(Code::wrong_secret, "code", "the code is not right; is the clock of the phone?");
    return codes;
}

Result<void> People::drop_second_factor(AccountId id, Act const& act) {
    auto& s = *state_;
    return s.write([&](db::Write& write) -> Result<void> {
        auto const changed = TRY(write.run("DELETE FROM totp WHERE hub = ? AND account = ?", s.hub, id));
        if (changed != 1) return refuse(Code::not_found, "second-factor", "there is none");
        TRY(write.run("DELETE FROM recovery_code WHERE hub = ? AND account = ?", s.hub, id));
        TRY(s.record(write, act,
                     {.verb = "second-factor.drop", .subject_kind = "account", .subject = id.text()}));
        return s.tell(write, id, "second-factor.drop");
    });
}

Result<SignedIn> People::second_factor(std::string_view token, std::string_view code, Act const& act) {
    auto& s = *state_;
    if (!is_token(token)) return signed_out();
    auto const mark = digest(token);
    std::optional<Found> found;
    {
        auto read = TRY(s.db->read());
        found = TRY(by_digest(read, s.hub, mark));
    }
    if (!found || found->waits == 0 || judged(*found, act.now).is_over) return signed_out();
    TRY_VOID(s.allow(Often::second_factor, found->account.text(), act.now));
    SignedIn in{.account = found->account, .session = found->session, .token = new_token()};
    auto const now = number_of(act.now);
    auto const done = TRY(s.write([&](db::Write& write) -> Result<bool> {
        auto const again = TRY(by_digest(write, s.hub, mark));
        if (!again || again->waits == 0 || judged(*again, act.now).is_over) return signed_out();
        auto const factor = TRY(take_factor(write, s.hub, *s.key, again->account, code, act.now));
        bool const is_right = factor == Factor::digits || factor == Factor::recovery;
        Act by = act;
        by.account = again->account;
        by.session = again->session;
        TRY(s.record(write, by,
                     {.verb = "session.second-factor",
                      .subject_kind = "session",
                      .subject = again->session.text(),
                      .outcome = is_right ? Outcome::done : Outcome::refused}));
        if (factor == Factor::recovery) TRY_VOID(s.tell(write, again->account, "second-factor.recovery"));
        if (factor == Factor::again) TRY_VOID(s.tell(write, again->account, "second-factor.again"));
        if (!is_right) return false;
        // What the token may do has grown: one that was seen before must not grow with it.
        TRY(write.run("DELETE FROM session_token WHERE hub = ? AND session = ?", s.hub, again->session));
        TRY(write.run(
            "UPDATE session SET waits = 0, proved = ?, seen = ?, used = 2, used_at = ?, newest = 2, "
            "newest_at = ? WHERE hub = ? AND id = ?",
            now, now, now, now, s.hub, again->session));
        TRY_VOID(add_token(write, s.hub, again->session, in.token, 2));
        return true;
    }));
    if (!done) return refuse(Code::wrong_secret, "code", "the code is not right, or it was used already");
    return in;
}

}  // namespace allroads::people
