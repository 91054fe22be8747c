// One list of scenarios, run on SQLite and on PostgreSQL; time goes in steps.

#include "people/people.h"

#include "db/places_in_test.h"
#include "people/recall.h"
#include "people/secrets.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <time.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <set>

namespace {

using namespace allroads;
using namespace allroads::people;
using db::in_test::Folder;
using db::in_test::Postgres;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

HubId const hub(db::IdBytes{7});
HubId const other_hub(db::IdBytes{8});
constexpr std::array<unsigned char, 32> key_bytes{1, 2, 3};
// Small, so that the tests are quick; the default is measured by bench_people.
constexpr Hashing quick{.passes = 1, .memory_bytes = 8192, .at_once = 2, .waiting_max = 6};
constexpr std::string_view good_word = "korosho na pilipili";
constexpr std::string_view other_word = "ndizi mbivu tamu";

struct World {
    std::string url;
    db::Faults faults = {};
    HubKey key{key_bytes};
    db::Db db;
    people::People people;
    Moment now = Moment(Millis(1'790'000'000'000));
    std::string address = "203.0.113.9";

    explicit World(std::string const& where, Options const& options = {.hashing = quick})
        : url(where),
          db(*db::Db::open(where, {.limits = {}, .may_create = true, .faults = &faults})),
          people(made(options)) {}
    people::People made(Options const& options) {
        std::vector<db::Migration> steps;
        for (auto const& step : migrations())
            steps.push_back({static_cast<std::int64_t>(steps.size()) + 1, step.name, step.sql});
        REQUIRE(db::migrate(db, steps));
        return *people::People::open(db, hub, key, options);
    }
    [[nodiscard]] Act act() const { return {.now = now, .address = address}; }
    [[nodiscard]] Act by(AccountId account) const {
        return {.now = now, .address = address, .account = account};
    }

    Contact phone(int number) const { return *Contact::parse("+25471200" + std::to_string(1000 + number)); }
    AccountId account(int number, std::string const& name = "Amina Otieno") {
        auto const made = people.sign_up(
            {.contact = phone(number), .name = name, .language = "sw", .password = good_word}, by_nobody());
        REQUIRE_MESSAGE(made, made.error().sentence());
        return *made;
    }
    [[nodiscard]] Act by_nobody() const { return {.now = now}; }
    SignedIn in(int number, std::string_view password = good_word) {
        auto const done = people.sign_in(phone(number), password, "Mozilla/5.0 (Android 9)", by_nobody());
        REQUIRE_MESSAGE(done, done.error().sentence());
        return *done;
    }
    std::int64_t number(std::string_view sql) {
        auto read = *db.read();
        return read.one(sql)->integer(0);
    }
    std::int64_t run(std::string_view sql) {
        return *db.write([&](db::Write& write) { return write.run(sql); });
    }
    // Every row of the room's tables, but those named.
    std::string everything(std::set<std::string_view> const& but = {}) {
        std::string all;
        auto read = *db.read();
        for (std::string_view const table :
             {"account", "contact", "one_time_code", "session", "session_token", "totp", "recovery_code",
              "api_key", "role_grant", "member_group", "group_member", "pin", "consent", "trail",
              "trail_head"}) {
            if (but.contains(table)) continue;
            std::set<std::string> lines;
            auto rows = *read.rows("SELECT * FROM " + std::string(table));
            while (*rows.next()) {
                std::string line(table);
                for (std::size_t i = 0; i < rows.columns(); ++i) {
                    line += '|';
                    if (rows.kind(i) == db::Kind::integer) line += std::to_string(rows.integer(i));
                    if (rows.kind(i) == db::Kind::text) line += rows.text(i);
                    if (rows.kind(i) == db::Kind::blob) line += hex(rows.blob(i));
                }
                lines.insert(line);
            }
            for (auto const& line : lines) all += line + "\n";
        }
        return all;
    }
};

void everywhere(std::function<void(World&)> const& scenario) {
    auto const run = [&](std::string const& where, char const* name) {
        INFO(name);
        World world(where);
        scenario(world);
        world.faults.change = 0;
        auto const wrong = world.people.check_trail();
        REQUIRE(wrong);
        CHECK_MESSAGE(wrong->empty(), wrong->front());
    };
    Folder const folder;
    run((folder.path / "hub.db").string(), "sqlite");
    if (auto* const server = Postgres::server(false)) run(server->fresh(), "postgres");
}

template <class T>
Code code_of(Result<T> const& result) {
    REQUIRE_FALSE(result);
    return result.error().code();
}

std::int64_t number_of_step(Moment now) {
    return std::chrono::floor<seconds>(now).time_since_epoch().count() / totp_step_seconds;
}

std::int64_t cpu_us() {
    timespec spent{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return static_cast<std::int64_t>(spent.tv_sec) * 1'000'000 + spent.tv_nsec / 1000;
}

}  // namespace

TEST_CASE("an account is made, found and signed into; nobody learns which exist") {
    everywhere([](World& w) {
        auto const amina = w.account(1);
        auto const facts = *w.people.account(amina);
        CHECK(facts.name == "Amina Otieno");
        CHECK(facts.language == "sw");
        CHECK(facts.has_password);
        CHECK_FALSE(facts.has_second_factor);
        REQUIRE(facts.contacts.size() == 1);
        CHECK(facts.contacts[0].contact == w.phone(1));
        CHECK_FALSE(facts.contacts[0].verified);
        CHECK(*w.people.find(w.phone(1)) == amina);
        CHECK_FALSE(*w.people.find(w.phone(2)));

        auto const in = w.in(1);
        CHECK(in.account == amina);
        auto const visit = *w.people.visit(in.token, w.act());
        CHECK(visit.account == amina);
        CHECK(visit.name == "Amina Otieno");
        CHECK(visit.language == "sw");
        CHECK_FALSE(visit.new_token);

        auto const unknown = w.people.sign_in(w.phone(2), good_word, "x", w.act()).error().sentence();
        CHECK(w.people.sign_in(w.phone(1), other_word, "x", w.act()).error().sentence() == unknown);
        CHECK(w.people.sign_in(w.phone(1), std::string(100'000, 'x'), "x", w.act()).error().sentence() ==
              unknown);
        CHECK(w.people.sign_in(w.phone(1), "", "x", w.act()).error().sentence() == unknown);
        CHECK(code_of(w.people.sign_up(
                  {.contact = w.phone(1), .name = "B", .language = "en", .password = other_word}, w.act())) ==
              Code::conflict);
        // What is refused is refused by its field.
        auto const refused = [&](NewAccount const& account) {
            return std::string(w.people.sign_up(account, w.act()).error().field());
        };
        CHECK(refused({.contact = w.phone(3), .name = " ", .language = "en"}) == "name");
        CHECK(refused({.contact = w.phone(3), .name = "a\nb", .language = "en"}) == "name");
        CHECK(refused({.contact = w.phone(3), .name = std::string(300, 'n'), .language = "en"}) == "name");
        for (auto const* language : {"", "e", "EN", "en_GB", "en-", "englishes", "en-GB", "1n"})
            CHECK(refused({.contact = w.phone(3), .name = "N", .language = language}) == "language");
        CHECK(refused({.contact = w.phone(3), .name = "N", .language = "en", .password = "password1"}) ==
              "password");
        CHECK(w.number("SELECT count(*) FROM account") == 1);
        // Another hub in the same data knows nobody of this one.
        auto const elsewhere = w.key.mark("x", "y");
        CHECK(elsewhere.size() == 32);
        auto stranger = *People::open(w.db, other_hub, w.key, {.hashing = quick});
        CHECK(code_of(stranger.visit(in.token, w.act())) == Code::signed_out);
        CHECK(code_of(stranger.account(amina)) == Code::not_found);
        CHECK(stranger.sign_in(w.phone(1), good_word, "x", w.act()).error().sentence() == unknown);
    });
}

TEST_CASE("an unknown account takes as long as a wrong password") {
    Folder const folder;
    World w((folder.path / "hub.db").string(),
            {.hashing = {.passes = 2, .memory_bytes = 8U << 20, .at_once = 1, .waiting_max = 1}});
    (void)w.account(1);
    auto const spent = [&](int number) {
        auto least = std::numeric_limits<std::int64_t>::max();
        for (int i = 0; i < 3; ++i) {
            auto const before = cpu_us();
            CHECK_FALSE(w.people.sign_in(w.phone(number), other_word, "x", w.by_nobody()));
            least = std::min(least, cpu_us() - before);
        }
        return least;
    };
    auto const known = spent(1);
    auto const unknown = spent(2);
    INFO(known << " us and " << unknown << " us");
    CHECK(unknown * 2 > known);
    CHECK(known * 2 > unknown);
}

TEST_CASE("a contact that was shown to be held is taken from who only named it") {
    everywhere([](World& w) {
        auto const squatter = w.account(1, "Squatter");
        auto const code = *w.people.make_code(Purpose::sign_up, w.phone(1), w.act());
        CHECK(code.account == squatter);
        CHECK(code.digits.size() == 8);
        NewAccount const wanted{.contact = w.phone(1),
                                .name = "Amina",
                                .language = "en",
                                .password = other_word,
                                .code = code.digits};
        auto wrong = wanted;
        wrong.code = code.digits == "00000000" ? "00000001" : "00000000";
        CHECK(code_of(w.people.sign_up(wrong, w.act())) == Code::wrong_secret);
        auto const amina = *w.people.sign_up(wanted, w.act());
        CHECK(w.people.account(amina)->contacts.at(0).verified == w.now);
        CHECK(w.people.account(squatter)->contacts.empty());
        CHECK(*w.people.find(w.phone(1)) == amina);
        CHECK(code_of(w.people.sign_up(wanted, w.act())) == Code::wrong_secret);  // once
        // And not from who was shown to hold it.
        auto again = wanted;
        auto const second = *w.people.make_code(Purpose::sign_up, w.phone(1), w.act());
        again.code = second.digits;
        CHECK(code_of(w.people.sign_up(again, w.act())) == Code::conflict);
        CHECK(*w.people.find(w.phone(1)) == amina);
    });
}

TEST_CASE("a one-time code: ten minutes, five tries, one purpose, one contact, once") {
    everywhere([](World& w) {
        auto const amina = w.account(1);
        auto const mail = *Contact::parse("amina@example.org");
        auto const set = [&](std::string_view code) {
            return w.people.set_contact(amina, mail, code, w.by(amina));
        };
        auto code = w.people.make_code(Purpose::contact, mail, w.act())->digits;
        CHECK(code_of(w.people.set_contact(amina, w.phone(2), code, w.by(amina))) == Code::wrong_secret);
        CHECK(code_of(w.people.reset_password(mail, code, other_word, w.act())) == Code::wrong_secret);
        w.now += code_life;
        CHECK(code_of(set(code)) == Code::wrong_secret);
        code = w.people.make_code(Purpose::contact, mail, w.act())->digits;
        std::string const wrong = code == "12345678" ? "12345679" : "12345678";
        for (int i = 0; i < 5; ++i) CHECK(code_of(set(wrong)) == Code::wrong_secret);
        CHECK(code_of(set(code)) == Code::wrong_secret);  // the sixth
        auto const old = code;
        code = w.people.make_code(Purpose::contact, mail, w.act())->digits;
        if (old != code) CHECK(code_of(set(old)) == Code::wrong_secret);
        for (auto const* bad : {"", "1", "' OR 1=1 --", "\xFF\xFF"})
            CHECK(code_of(set(bad)) == Code::wrong_secret);
        code = w.people.make_code(Purpose::contact, mail, w.act())->digits;
        CHECK(set(code.substr(0, 4) + " " + code.substr(4)));  // as people type
        CHECK(code_of(set(code)) == Code::wrong_secret);
        CHECK(w.people.account(amina)->contacts.size() == 2);
        CHECK(*w.people.find(mail) == amina);
        // Another e-mail takes the place of the first, the telephone stays.
        auto const mail2 = *Contact::parse("otieno@example.org");
        code = w.people.make_code(Purpose::contact, mail2, w.act())->digits;
        CHECK(w.people.set_contact(amina, mail2, code, w.by(amina)));
        CHECK_FALSE(*w.people.find(mail));
        CHECK(w.people.account(amina)->contacts.size() == 2);
        // Messages cost: five an hour for a contact.
        int made = 0;
        for (int i = 0; i < 20; ++i)
            made += w.people.make_code(Purpose::contact, w.phone(9), w.act()).has_value();
        CHECK(made == 5);
        CHECK(w.number("SELECT count(*) FROM one_time_code") == 1);
        w.now += hours(1);
        CHECK(*w.people.sweep(w.now) == 1);
    });
}

TEST_CASE("a session lives 30 days unseen and 180 in all, in a pocket without a line too") {
    everywhere([](World& w) {
        (void)w.account(1);
        auto token = w.in(1).token;
        auto const begun = w.now;
        // Seen is written every ten minutes at most.
        w.now += minutes(9);
        auto const before = w.db.counts().writes;
        for (int i = 0; i < 5; ++i) CHECK(w.people.visit(token, w.act()));
        CHECK(w.db.counts().writes == before);
        w.now += minutes(2);
        for (int i = 0; i < 5; ++i) CHECK(w.people.visit(token, w.act()));
        CHECK(w.db.counts().writes == before + 1);
        CHECK(w.people.sessions(**w.people.find(w.phone(1)), w.now)->at(0).seen == w.now);
        // Offline for days and days.
        std::set<std::string> tokens{token};
        for (int i = 0; i < 6; ++i) {
            w.now += days(29);
            auto const visit = w.people.visit(token, w.act());
            REQUIRE(visit);
            REQUIRE(visit->new_token);
            token = *visit->new_token;
            tokens.insert(token);
        }
        CHECK(tokens.size() == 7);
        w.now = begun + session_absolute - Millis(1);
        CHECK(w.people.visit(token, w.act()));
        w.now = begun + session_absolute;
        CHECK(code_of(w.people.visit(token, w.act())) == Code::signed_out);
        token = w.in(1).token;
        w.now += session_idle - Millis(1);
        token = *w.people.visit(token, w.act())->new_token;
        w.now += session_idle;
        CHECK(code_of(w.people.visit(token, w.act())) == Code::signed_out);
        CHECK(w.people.sessions(**w.people.find(w.phone(1)), w.now)->empty());
        w.now += session_absolute + ended_kept;
        CHECK(*w.people.sweep(w.now) > 0);
        CHECK(w.number("SELECT count(*) FROM session") == 0);
        CHECK(w.number("SELECT count(*) FROM session_token") == 0);
    });
}

TEST_CASE("who was known a moment ago is known from memory, until anything of people is changed") {
    everywhere([](World& w) {
        auto const id = w.account(1);
        auto const in = w.in(1);
        CHECK_FALSE(w.people.visit_at_hand(in.token, w.now));
        REQUIRE(w.people.visit(in.token, w.act()));
        auto const known = w.people.visit_at_hand(in.token, w.now);
        REQUIRE(known);
        CHECK(known->account == id);
        CHECK(known->session == in.session);
        CHECK(known->name == "Amina Otieno");
        CHECK_FALSE(known->roles.has(Role::clerk));
        CHECK_FALSE(w.people.visit_at_hand("made up", w.now));
        // Where something must be written, or is over, memory alone does not answer.
        CHECK_FALSE(w.people.visit_at_hand(in.token, w.now + minutes(11)));
        CHECK_FALSE(w.people.visit_at_hand(in.token, w.now + session_absolute));
        auto const key = w.people.make_key(id, {.name = "shop", .scopes = {"deals:read"}}, w.by(id));
        REQUIRE(key);
        CHECK_FALSE(w.people.visit_at_hand(in.token, w.now));
        REQUIRE(w.people.use_key(key->text, w.act()));  // writes that it was used
        REQUIRE(w.people.use_key(key->text, w.act()));
        REQUIRE(w.people.key_at_hand(key->text, w.now));
        CHECK(w.people.key_at_hand(key->text, w.now)->scopes == std::vector<std::string>{"deals:read"});
        auto other = key->text;
        other.back() = other.back() == 'a' ? 'b' : 'a';
        CHECK_FALSE(w.people.key_at_hand(other, w.now));
        REQUIRE(w.people.visit(in.token, w.act()));
        REQUIRE(w.people.grant(id, Role::clerk, w.by_nobody()));
        CHECK_FALSE(w.people.visit_at_hand(in.token, w.now));
        CHECK(w.people.visit(in.token, w.act())->roles.has(Role::clerk));
        REQUIRE(w.people.end_key(id, key->id, w.by(id)));
        CHECK_FALSE(w.people.key_at_hand(key->text, w.now));
        CHECK(code_of(w.people.use_key(key->text, w.act())) == Code::signed_out);
        REQUIRE(w.people.visit(in.token, w.act()));
        REQUIRE(w.people.end_session(id, in.session, w.by(id)));
        CHECK_FALSE(w.people.visit_at_hand(in.token, w.now));
        CHECK(code_of(w.people.visit(in.token, w.act())) == Code::signed_out);
    });
}

namespace {
struct HandClock {
    using time_point = std::chrono::steady_clock::time_point;
    static time_point now() { return moment; }
    static inline time_point moment = {};
};
}  // namespace

TEST_CASE("what another program changes is seen within a second, and a change meanwhile is not passed over") {
    everywhere([](World& w) {
        Recall<int, HandClock> recall;
        int rows = 1, looks = 0;
        auto const look = [&](std::string_view key) {
            return *recall.look(w.db, key, [&](db::Asked&) -> Result<std::optional<int>> {
                ++looks;
                return rows == 0 ? std::nullopt : std::optional(rows);
            });
        };
        CHECK(look("a") == 1);
        rows = 2;
        HandClock::moment += recalled_for - Millis(1);
        CHECK(look("a") == 1);
        CHECK(recall.find("a") == 1);
        HandClock::moment += Millis(1);
        CHECK_FALSE(recall.find("a"));
        CHECK(look("a") == 2);
        CHECK(looks == 2);
        rows = 0;
        CHECK_FALSE(look("b"));
        rows = 3;
        CHECK(look("b") == 3);  // what was not there is not remembered
        recall.forget();
        CHECK(look("a") == 3);
        // Changed after it was read and before it was kept.
        CHECK(*recall.look(w.db, "c", [&](db::Asked&) -> Result<std::optional<int>> {
            recall.forget();
            return std::optional(4);
        }) == 4);
        CHECK_FALSE(recall.find("c"));
        for (std::size_t n = 0; n < recalled_max + 9; ++n) (void)look(std::to_string(n));
        CHECK(recall.size() <= recalled_max);
    });
}

TEST_CASE("an answer that is lost signs nobody out; an old token that comes back ends the session") {
    everywhere([](World& w) {
        (void)w.account(1);
        auto const first = w.in(1).token;
        w.now += token_age;
        // Two requests at once: one new token.
        auto const one = *w.people.visit(first, w.act());
        auto const two = *w.people.visit(first, w.act());
        REQUIRE(one.new_token);
        CHECK_FALSE(two.new_token);
        // Both answers are lost, and the phone is away for a week.
        w.now += days(7);
        auto const again = *w.people.visit(first, w.act());
        REQUIRE(again.new_token);
        CHECK(*again.new_token != *one.new_token);
        // The late one is good as well, and so is the first, until the newest is used.
        CHECK(w.people.visit(*one.new_token, w.act()));
        CHECK(w.people.visit(*again.new_token, w.act()));
        w.now += token_grace - Millis(1);
        CHECK(w.people.visit(first, w.act()));  // was under way
        CHECK_FALSE(w.people.visit(first, w.act())->new_token);
        CHECK(w.people.visit(*again.new_token, w.act()));
        w.now += Millis(1);
        CHECK(code_of(w.people.visit(first, w.act())) == Code::signed_out);
        CHECK(code_of(w.people.visit(*again.new_token, w.act())) == Code::signed_out);
        auto const replayed = *w.people.trail({.verb = "session.replayed"});
        REQUIRE(replayed.rows.size() == 1);
        CHECK(replayed.rows[0].outcome == Outcome::refused);
        // Another session of the account was not touched.
        auto const other = w.in(1).token;
        CHECK(w.people.visit(other, w.act()));
    });
}

TEST_CASE("a line that never brings an answer gets few new tokens") {
    everywhere([](World& w) {
        (void)w.account(1);
        auto const token = w.in(1).token;
        std::string last;
        for (int i = 0; i < 3 * 24 * 4; ++i) {  // three days, every quarter of an hour
            w.now += minutes(15);
            auto const visit = w.people.visit(token, w.act());
            REQUIRE(visit);
            if (visit->new_token) last = *visit->new_token;
        }
        CHECK(w.number("SELECT count(*) FROM session_token") <= 8);
        CHECK(w.people.visit(last, w.act()));
    });
}

TEST_CASE("a write that fails during a visit is not felt, and nothing is half done") {
    everywhere([](World& w) {
        (void)w.account(1);
        auto const token = w.in(1).token;
        w.now += token_age;
        auto const before = w.everything();
        for (int n = 1; n <= 2; ++n) {
            w.faults.change = n;
            auto const visit = w.people.visit(token, w.act());
            REQUIRE(visit);
            CHECK_FALSE(visit->new_token);
            CHECK(w.everything() == before);
        }
        w.faults.commit = 1;
        CHECK_FALSE(w.people.visit(token, w.act())->new_token);
        CHECK(w.people.visit(token, w.act())->new_token);
    });
}

TEST_CASE("sessions are listed, ended one by one and all together, and bounded") {
    everywhere([](World& w) {
        auto const amina = w.account(1);
        auto const otieno = w.account(2, "Otieno");
        auto const mine = w.in(1);
        w.now += seconds(1);
        auto const phone =
            w.people.sign_in(w.phone(1), good_word, std::string(5000, 'M') + "\x01\xFF", w.act());
        REQUIRE(phone);
        auto const list = *w.people.sessions(amina, w.now);
        REQUIRE(list.size() == 2);
        CHECK(list[0].id == phone->session);
        CHECK(list[0].agent.size() <= 170);
        CHECK(list[0].address == "203.0.113.0/24");
        // Another's session is not to be ended.
        CHECK(code_of(w.people.end_session(otieno, mine.session, w.by(otieno))) == Code::not_found);
        CHECK(w.people.visit(mine.token, w.act()));
        CHECK(w.people.end_session(amina, mine.session, w.by(amina)));
        CHECK(code_of(w.people.end_session(amina, mine.session, w.by(amina))) == Code::not_found);
        CHECK(code_of(w.people.visit(mine.token, w.act())) == Code::signed_out);
        auto const third = w.in(1);
        CHECK(*w.people.end_sessions(amina, third.session, w.by(amina)) == 1);
        CHECK(code_of(w.people.visit(phone->token, w.act())) == Code::signed_out);
        CHECK(w.people.visit(third.token, w.act()));
        CHECK(*w.people.end_sessions(amina, std::nullopt, w.by(amina)) == 1);
        CHECK(code_of(w.people.visit(third.token, w.act())) == Code::signed_out);
        SignedIn const first = w.in(1);
        for (std::size_t i = 0; i < sessions_max; ++i) {
            w.now += minutes(2);
            (void)w.in(1);
        }
        CHECK(w.people.sessions(amina, w.now)->size() == sessions_max);
        CHECK(code_of(w.people.visit(first.token, w.act())) == Code::signed_out);
        // Forms know their session, and no other.
        auto const secret = w.people.form_secret(mine.session);
        CHECK(secret.size() == 32);
        CHECK(w.people.is_form_secret(mine.session, secret));
        CHECK_FALSE(w.people.is_form_secret(third.session, secret));
        CHECK_FALSE(w.people.is_form_secret(mine.session, ""));
    });
}

TEST_CASE("tokens and keys that were made up are nobody's") {
    everywhere([](World& w) {
        auto const amina = w.account(1);
        auto const token = w.in(1).token;
        auto const made = *w.people.make_key(amina, {.name = "till", .scopes = {"orders:read"}}, w.by(amina));
        std::vector<std::string> bad{"",
                                     "'",
                                     std::string(43, 'A'),
                                     std::string(1'000'000, 'x'),
                                     token + "A",
                                     token.substr(1),
                                     token.substr(0, 42) + "\xFF",
                                     "ark_",
                                     made.text + "a",
                                     made.text.substr(0, made.text.size() - 1),
                                     "ark_" + std::string(79, '_')};
        for (std::size_t i = 0; i < token.size(); i += 5) {
            auto changed = token;
            changed[i] = changed[i] == 'x' ? 'y' : 'x';
            bad.push_back(changed);
        }
        for (std::size_t i = 4; i < made.text.size(); i += 5) {
            auto changed = made.text;
            changed[i] = changed[i] == 'x' ? 'y' : 'x';
            bad.push_back(changed);
        }
        for (auto const& text : bad) {
            CHECK(code_of(w.people.visit(text, w.act())) == Code::signed_out);
            CHECK(code_of(w.people.use_key(text, w.act())) == Code::signed_out);
            CHECK(code_of(w.people.second_factor(text, "123456", w.act())) == Code::signed_out);
        }
        CHECK(w.people.visit(token, w.act()));
        CHECK(w.people.use_key(made.text, w.act()));
        // No secret stands in the data as it was given.
        auto const all = w.everything();
        for (auto const& secret : {token, made.text.substr(31), std::string(good_word)}) {
            CHECK(all.find(secret) == std::string::npos);
            CHECK(all.find(hex(secret)) == std::string::npos);
        }
    });
}

TEST_CASE("keys: scopes, an end, and when they were used") {
    everywhere([](World& w) {
        auto const amina = w.account(1);
        REQUIRE(w.people.grant(amina, Role::seller, w.act()));
        auto const made = *w.people.make_key(
            amina, {.name = "till", .scopes = {"products:write", "orders:read"}, .life = days(10)},
            w.by(amina));
        CHECK_FALSE(w.people.keys(amina)->at(0).used);
        auto const use = *w.people.use_key(made.text, w.act());
        CHECK(use.account == amina);
        CHECK(use.roles.has(Role::seller));
        CHECK(use.may("orders:read"));
        CHECK_FALSE(use.may("orders"));
        CHECK_FALSE(use.may("orders:read products:write"));
        CHECK(w.people.keys(amina)->at(0).used == w.now);
        w.now += days(10);
        CHECK(code_of(w.people.use_key(made.text, w.act())) == Code::signed_out);
        auto const second = *w.people.make_key(amina, {.name = "t", .scopes = {"a"}}, w.by(amina));
        CHECK(w.people.use_key(second.text, w.act()));
        CHECK(code_of(w.people.end_key(w.account(2), second.id, w.act())) == Code::not_found);
        CHECK(w.people.end_key(amina, second.id, w.by(amina)));
        CHECK(code_of(w.people.use_key(second.text, w.act())) == Code::signed_out);
        auto const field = [&](NewKey const& key) {
            return std::string(w.people.make_key(amina, key, w.by(amina)).error().field());
        };
        CHECK(field({.name = "", .scopes = {"a"}}) == "name");
        CHECK(field({.name = "n", .scopes = {}}) == "scopes");
        CHECK(field({.name = "n", .scopes = {"two words"}}) == "scopes");
        CHECK(field({.name = "n", .scopes = std::vector<std::string>(21, "a")}) == "scopes");
        CHECK(field({.name = "n", .scopes = {"a"}, .life = days(4000)}) == "life");
        CHECK(field({.name = "n", .scopes = {"a"}, .life = Millis(0)}) == "life");
    });
}

TEST_CASE("digits that come twice are told, and so is a recovery code; what others may not know is not") {
    everywhere([](World& w) {
        std::vector<std::string> told;
        w.people.tell_by([&](db::Write&, Notice const& notice) -> Result<void> {
            told.emplace_back(notice.verb);
            CHECK(notice.contacts.empty());  // none was confirmed
            return {};
        });
        auto const amina = w.account(1);
        auto const secret = [&] {
            (void)w.people.enrol(amina, w.by(amina));
            auto read = *w.db.read();
            return *w.key.open("totp " + amina.text(), read.one("SELECT secret FROM totp")->blob(0));
        }();
        auto const code = [&] { return hotp(secret, static_cast<std::uint64_t>(number_of_step(w.now)), 6); };
        auto const recovery = *w.people.confirm(amina, code(), w.by(amina));
        CHECK(told == std::vector<std::string>{"second-factor.confirm"});
        auto const in = w.in(1);
        CHECK(code_of(w.people.second_factor(in.token, code(), w.act())) == Code::wrong_secret);
        CHECK(told.back() == "second-factor.again");
        w.now += seconds(30);
        CHECK(code_of(w.people.second_factor(in.token, "12345", w.act())) == Code::wrong_secret);
        CHECK(told.size() == 2);  // a wrong one is a mistake of anybody's
        CHECK(w.people.second_factor(in.token, recovery[0], w.act()));
        CHECK(told.back() == "second-factor.recovery");
        CHECK(w.people.drop_second_factor(amina, w.by(amina)));
        CHECK(told.back() == "second-factor.drop");
        // What cannot be told is not done.
        w.people.tell_by(
            [](db::Write&, Notice const&) -> Result<void> { return refuse(Code::busy, "", ""); });
        CHECK(code_of(w.people.set_pin(amina, "482915", w.by(amina))) == Code::busy);
        CHECK_FALSE(w.people.account(amina)->has_pin);
    });
}

TEST_CASE("the second factor: enrolled, confirmed, asked for, never taken twice") {
    everywhere([](World& w) {
        auto const amina = w.account(1);
        auto const before = w.in(1);
        auto const enrolment = *w.people.enrol(amina, w.by(amina));
        CHECK(enrolment.secret.size() == 32);
        CHECK(enrolment.uri.find("secret=" + enrolment.secret) != std::string::npos);
        CHECK_FALSE(w.in(1).waits);  // not before it is confirmed
        // What the data keeps opens with the key of the hub for this account, and is the secret shown.
        std::string secret;
        {
            auto read = *w.db.read();
            auto const row = *read.one("SELECT secret FROM totp");
            secret = *w.key.open("totp " + amina.text(), row.blob(0));
        }
        CHECK(base32(secret) == enrolment.secret);
        auto const code = [&] { return hotp(secret, static_cast<std::uint64_t>(number_of_step(w.now)), 6); };
        std::string const wrong = code() == "000000" ? "000001" : "000000";
        CHECK(code_of(w.people.confirm(amina, wrong, w.by(amina))) == Code::wrong_secret);
        auto const recovery = *w.people.confirm(amina, code(), w.by(amina));
        CHECK(std::set<std::string>(recovery.begin(), recovery.end()).size() == recovery_codes);
        CHECK(w.people.account(amina)->has_second_factor);
        CHECK(code_of(w.people.visit(before.token, w.act())) == Code::signed_out);
        CHECK(code_of(w.people.enrol(amina, w.by(amina))) == Code::conflict);

        auto in = w.in(1);
        REQUIRE(in.waits);
        auto const waiting = w.people.visit(in.token, w.act());
        CHECK(code_of(waiting) == Code::signed_out);
        CHECK(waiting.error().field() == "second-factor");
        CHECK(code_of(w.people.second_factor(in.token, code(), w.act())) == Code::wrong_secret);  // was used
        w.now += seconds(30);
        CHECK(code_of(w.people.second_factor(in.token, wrong, w.act())) == Code::wrong_secret);
        auto const whole = *w.people.second_factor(in.token, code(), w.act());
        CHECK(whole.session == in.session);
        CHECK(w.people.visit(whole.token, w.act())->account == amina);
        CHECK(code_of(w.people.visit(in.token, w.act())) == Code::signed_out);
        CHECK(w.people.visit(whole.token, w.act()));  // that ended nothing

        // Too often is too often; later it works by a recovery code, once each.
        w.now += minutes(10);
        in = w.in(1);
        for (int i = 0; i < 5; ++i)
            CHECK(code_of(w.people.second_factor(in.token, wrong, w.act())) == Code::wrong_secret);
        CHECK(code_of(w.people.second_factor(in.token, code(), w.act())) == Code::too_many);
        w.now += minutes(5);
        CHECK(w.people.second_factor(in.token, recovery[3], w.act()));
        in = w.in(1);
        CHECK(code_of(w.people.second_factor(in.token, recovery[3], w.act())) == Code::wrong_secret);
        CHECK(code_of(w.people.second_factor(in.token, std::string(500, 'a'), w.act())) ==
              Code::wrong_secret);
        std::string loud;
        for (char const c : recovery[4]) loud += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        CHECK(w.people.second_factor(in.token, loud, w.act()));
        in = w.in(1);
        w.now += session_waits;
        CHECK(code_of(w.people.second_factor(in.token, code(), w.act())) == Code::signed_out);
        CHECK(w.people.drop_second_factor(amina, w.by(amina)));
        CHECK_FALSE(w.in(1).waits);
        CHECK(w.number("SELECT count(*) FROM recovery_code") == 0);
    });
}

TEST_CASE("passwords: changed, forgotten, asked for again, made stronger") {
    everywhere([](World& w) {
        auto const amina = w.account(1);
        auto const here = w.in(1);
        auto const there = w.in(1);
        Act by = w.by(amina);
        by.session = here.session;
        CHECK(code_of(w.people.change_password(amina, other_word, "maembe na papai", by)) ==
              Code::wrong_secret);
        CHECK(w.people.change_password(amina, good_word, "password1", by).error().field() == "new_password");
        CHECK(w.people.change_password(amina, good_word, "amina OTIENO", by).error().field() ==
              "new_password");
        CHECK(w.people.change_password(amina, good_word, other_word, by));
        CHECK(w.people.visit(here.token, w.act()));
        CHECK(code_of(w.people.visit(there.token, w.act())) == Code::signed_out);
        CHECK_FALSE(w.people.sign_in(w.phone(1), good_word, "x", w.act()));

        auto const visit = *w.people.visit(here.token, w.act());
        w.now += hours(1);
        CHECK(w.people.visit(here.token, w.act())->proved == visit.proved);
        CHECK(code_of(w.people.prove(visit, good_word, by)) == Code::wrong_secret);
        CHECK(w.people.prove(visit, other_word, w.by(amina)));
        CHECK(w.people.visit(here.token, w.act())->proved == w.now);

        auto const code = *w.people.make_code(Purpose::reset, w.phone(1), w.act());
        CHECK(code.account == amina);
        CHECK(w.people.reset_password(w.phone(1), code.digits, "password1", w.act()).error().field() ==
              "new_password");
        CHECK(*w.people.reset_password(w.phone(1), code.digits, good_word, w.act()) == amina);
        CHECK(code_of(w.people.reset_password(w.phone(1), code.digits, other_word, w.act())) ==
              Code::wrong_secret);
        CHECK(code_of(w.people.visit(here.token, w.act())) == Code::signed_out);
        CHECK(w.people.account(amina)->contacts.at(0).verified == w.now);
        (void)w.in(1);
        // Nobody's contact gets a code that opens nothing.
        auto const none = *w.people.make_code(Purpose::reset, w.phone(5), w.act());
        CHECK_FALSE(none.account);
        CHECK(code_of(w.people.reset_password(w.phone(5), none.digits, good_word, w.act())) ==
              Code::wrong_secret);

        // More is asked of hashes: the next sign-in makes it anew, the one after it does not.
        auto stronger = *People::open(w.db, hub, w.key, {.hashing = {.passes = 2, .memory_bytes = 16384}});
        auto const hash = [&] {
            auto read = *w.db.read();
            return std::string(read.one("SELECT password FROM account")->text(0));
        };
        auto const weak = hash();
        CHECK(weak.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        CHECK(stronger.sign_in(w.phone(1), good_word, "x", w.act()));
        auto const strong = hash();
        CHECK(strong.starts_with("$argon2id$v=19$m=16,t=2,p=1$"));
        CHECK(stronger.sign_in(w.phone(1), good_word, "x", w.act()));
        CHECK(hash() == strong);
    });
}

TEST_CASE("who tries too often is slowed, and let in again") {
    everywhere([](World& w) {
        (void)w.account(1);
        for (int i = 0; i < 10; ++i)
            CHECK(code_of(w.people.sign_in(w.phone(1), other_word, "x", w.act())) == Code::wrong_secret);
        auto const slowed = w.people.sign_in(w.phone(1), good_word, "x", w.act());
        CHECK(code_of(slowed) == Code::too_many);
        CHECK(slowed.error().detail() == "try again in 90 seconds");
        w.now += seconds(90);
        CHECK(w.people.sign_in(w.phone(1), good_word, "x", w.act()));
        // From one address to many accounts.
        int refused = 0;
        for (int i = 100; i < 200; ++i)
            refused += code_of(w.people.sign_in(w.phone(i), other_word, "x", w.act())) == Code::too_many;
        CHECK(refused >= 40);
        w.address = "203.0.114.9";
        CHECK(code_of(w.people.sign_in(w.phone(300), other_word, "x", w.act())) == Code::wrong_secret);
        auto const tries = *w.people.trail({.verb = "session.begin", .rows = 500});
        CHECK(tries.rows.size() > 50);
    });
}

TEST_CASE("roles are given and withdrawn; groups have members") {
    everywhere([](World& w) {
        auto const boss = w.account(1, "Operator");
        auto const amina = w.account(2);
        auto const token = w.in(2).token;
        CHECK(w.people.visit(token, w.act())->roles == Roles());
        CHECK(w.people.grant(amina, Role::seller, w.by(boss)));
        CHECK(w.people.grant(amina, Role::operator_, w.by(boss)));
        auto const rows = w.number("SELECT number FROM trail_head");
        CHECK(w.people.grant(amina, Role::seller, w.by(boss)));  // again: nothing happens
        CHECK(w.number("SELECT number FROM trail_head") == rows);
        CHECK(w.people.visit(token, w.act())->roles.has(Role::seller));
        auto const grants = *w.people.grants(amina);
        REQUIRE(grants.size() == 2);
        CHECK(grants[0].role == Role::seller);
        CHECK(grants[0].by == boss);
        CHECK(grants[0].given == w.now);
        CHECK(w.people.withdraw(amina, Role::seller, w.by(boss)));
        CHECK(code_of(w.people.withdraw(amina, Role::seller, w.by(boss))) == Code::not_found);
        CHECK(w.people.visit(token, w.act())->roles == Roles().with(Role::operator_));
        for (std::size_t i = 0; i < role_count; ++i)
            CHECK(*parse_role(text_of(static_cast<Role>(i))) == static_cast<Role>(i));
        CHECK_FALSE(parse_role("root"));
        AccountId const none(db::IdBytes{9});
        CHECK(code_of(w.people.grant(none, Role::seller, w.by(boss))) == Code::not_found);

        auto const group = *w.people.make_group("Kisumu weavers", GroupKind::cooperative, w.by(boss));
        CHECK(w.people.join(group, amina, Standing::member, w.by(boss)));
        CHECK(w.people.join(group, boss, Standing::head, w.by(boss)));
        CHECK(w.people.join(group, amina, Standing::clerk, w.by(boss)));
        CHECK(code_of(w.people.join(group, none, Standing::member, w.by(boss))) == Code::not_found);
        CHECK(code_of(w.people.join(GroupId(db::IdBytes{3}), amina, Standing::member, w.by(boss))) ==
              Code::not_found);
        auto const groups = *w.people.groups_of(amina);
        REQUIRE(groups.size() == 1);
        CHECK(groups[0].name == "Kisumu weavers");
        CHECK(groups[0].standing == Standing::clerk);
        auto const members = *w.people.members(group, std::nullopt, 1);
        REQUIRE(members.size() == 1);
        CHECK(members[0].account == boss);
        CHECK(w.people.members(group, members[0].account, 10)->at(0).account == amina);
        CHECK(w.people.leave(group, amina, w.by(boss)));
        CHECK(code_of(w.people.leave(group, amina, w.by(boss))) == Code::not_found);
        CHECK(w.people.groups_of(amina)->empty());

        auto const page = *w.people.accounts(std::nullopt, 1);
        REQUIRE(page.size() == 1);
        CHECK(page[0].id == boss);
        CHECK(page[0].contacts.size() == 1);
        CHECK(w.people.accounts(page[0].id, 50)->at(0).id == amina);
        CHECK(w.people.rename(amina, "Amina A. Otieno", "en", w.by(amina)));
        CHECK(w.people.visit(token, w.act())->name == "Amina A. Otieno");
    });
}

TEST_CASE("a clerk acts with the member's PIN: one purpose, a while, recorded, taken back") {
    everywhere([](World& w) {
        auto const member = w.account(1);
        auto const clerk = w.account(2, "Clerk");
        auto const stands = [&](std::string_view purpose) {
            auto read = *w.db.read();
            return *w.people.standing_consent(read, member, clerk, purpose, w.now);
        };
        NewConsent const wanted{.member = member, .clerk = clerk, .purpose = "listing.edit"};
        CHECK(code_of(w.people.consent(wanted, "482915", w.by(clerk))) == Code::not_found);
        CHECK(w.people.set_pin(member, "123456", w.by(member)).error().field() == "pin");
        CHECK(w.people.set_pin(member, "482 915", w.by(member)));
        CHECK_FALSE(stands("listing.edit"));
        auto const id = *w.people.consent(wanted, "٤٨٢٩١٥", w.by(clerk));
        CHECK(stands("listing.edit") == id);
        CHECK_FALSE(stands("listing.delete"));
        CHECK_FALSE([&] {
            auto read = *w.db.read();
            return *w.people.standing_consent(read, clerk, member, "listing.edit", w.now);
        }());
        // Asked within the caller's own transaction.
        CHECK(w.db.write([&](db::Write& write) -> Result<void> {
            if (!TRY(w.people.standing_consent(write, member, clerk, "listing.edit", w.now)))
                return refuse(Code::conflict, "", "");
            TRY(w.people.record(write, {.now = w.now, .account = clerk, .acting_for = member},
                                {.verb = "listing.edit", .subject_kind = "product", .subject = "p1"}));
            return {};
        }));
        w.now += consent_life - Millis(1);
        CHECK(stands("listing.edit"));
        w.now += Millis(1);
        CHECK_FALSE(stands("listing.edit"));
        auto const second = *w.people.consent(wanted, "482915", w.by(clerk));
        CHECK(code_of(w.people.withdraw_consent(clerk, second, w.by(clerk))) == Code::not_found);
        CHECK(w.people.withdraw_consent(member, second, w.by(member)));
        CHECK_FALSE(stands("listing.edit"));
        auto const list = *w.people.consents(member);
        REQUIRE(list.size() == 2);
        CHECK(list[0].withdrawn == w.now);
        CHECK_FALSE(list[1].withdrawn);

        auto const field = [&](NewConsent const& bad) {
            return std::string(w.people.consent(bad, "482915", w.by(clerk)).error().field());
        };
        CHECK(field({.member = member, .clerk = clerk, .purpose = "Two words"}) == "purpose");
        CHECK(field({.member = member, .clerk = clerk, .purpose = "a", .life = days(2)}) == "life");
        CHECK(field({.member = member, .clerk = member, .purpose = "a"}) == "clerk");
        // What was refused stands in the trail, for whom, and without the PIN.
        CHECK(code_of(w.people.consent(wanted, "111222", w.by(clerk))) == Code::wrong_secret);
        auto const row = w.people.trail({.verb = "consent.give"})->rows.at(0);
        CHECK(row.outcome == Outcome::refused);
        CHECK(row.account == clerk);
        CHECK(row.acting_for == member);
        CHECK(w.everything().find("111222") == std::string::npos);
    });
}

TEST_CASE("five wrong PINs pause, longer each time, and the right one forgets") {
    everywhere([](World& w) {
        auto const member = w.account(1);
        auto const clerk = w.account(2, "Clerk");
        REQUIRE(w.people.set_pin(member, "482915", w.by(member)));
        auto const tried = [&](std::string_view pin) {
            auto const done =
                w.people.consent({.member = member, .clerk = clerk, .purpose = "a"}, pin, w.by(clerk));
            return done ? std::string("ok") : std::string(facts_of(done.error().code()).name);
        };
        for (auto const pause :
             {minutes(15), minutes(30), minutes(60), minutes(120), minutes(240), minutes(240)}) {
            for (int i = 0; i < 5; ++i) CHECK(tried("900000") == "wrong-secret");
            CHECK(tried("482915") == "too-many");
            w.now += pause - Millis(1);
            CHECK(tried("482915") == "too-many");
            w.now += Millis(1);
        }
        for (int i = 0; i < 4; ++i) CHECK(tried("900000") == "wrong-secret");
        CHECK(tried("482915") == "ok");  // the fifth is right
        for (int i = 0; i < 5; ++i) CHECK(tried("900000") == "wrong-secret");
        w.now += pin_pause;
        CHECK(tried("482915") == "ok");
        for (auto const* bad : {"", "48291", "4829155", "' OR '1'='1", "\xFF"}) CHECK(tried(bad) != "ok");
    });
}

TEST_CASE("several rows of the trail at once are those that would have come one by one") {
    everywhere([](World& w) {
        auto const amina = w.account(1);
        std::vector<Entry> entries;
        for (int i = 0; i < 5; ++i)
            entries.push_back(
                {.verb = "product.save", .subject_kind = "product", .subject = std::to_string(i)});
        auto const before = w.people.trail_head()->number;
        auto const kept = [&](std::span<Entry const> some) {
            auto const last =
                w.db.write([&](db::Write& write) { return w.people.record(write, w.by(amina), some); });
            REQUIRE(last);
            return *last;
        };
        CHECK(kept(std::span(entries).first(3)) == before + 3);
        CHECK(kept(std::span(entries).subspan(3, 1)) == before + 4);
        CHECK(kept(std::span(entries).subspan(4)) == before + 5);
        auto const rows = w.people.trail({.verb = "product.save"})->rows;
        REQUIRE(rows.size() == 5);
        for (std::int64_t i = 0; i < 5; ++i) {
            auto const& row = rows[static_cast<std::size_t>(4 - i)];
            CHECK(row.number == before + 1 + i);
            CHECK(row.subject == std::to_string(i));
        }
        CHECK(w.people.check_trail()->empty());
        entries[4].details = {{"password", "x"}};
        CHECK_THROWS_AS((void)w.db.write([&](db::Write& write) {
            return w.people.record(write, w.by(amina), std::span<Entry const>(entries));
        }),
                        Bug);
        CHECK(w.people.trail_head()->number == before + 5);
    });
}

TEST_CASE("the trail is listed by who, what and when, page by page") {
    everywhere([](World& w) {
        auto const amina = w.account(1);
        auto const otieno = w.account(2, "Otieno");
        auto const begun = w.now;
        for (int i = 0; i < 25; ++i) {
            if (i % 3 == 0) w.now += minutes(1);  // several in one moment
            REQUIRE(w.db.write([&](db::Write& write) {
                return w.people.record(write, w.by(i % 2 == 0 ? amina : otieno),
                                       {.verb = i % 5 == 0 ? "product.publish" : "product.edit",
                                        .subject_kind = "product",
                                        .subject = std::to_string(i),
                                        .details = {{"note", "a \"quoted\" \\ line\n\x01 \xFF"}}});
            }));
        }
        auto const all_of = [&](TrailQuestion question) {
            std::vector<std::string> subjects;
            for (int pages = 0; pages < 50; ++pages) {
                auto const page = *w.people.trail(question);
                CHECK(page.rows.size() <= question.rows);
                for (auto const& row : page.rows) subjects.push_back(row.subject);
                if (page.next.empty()) break;
                question.after = page.next;
            }
            return subjects;
        };
        CHECK(all_of({.rows = 4}).size() == 27);
        CHECK(all_of({.account = amina, .rows = 4}).size() == 14);
        CHECK(all_of({.verb = "product.publish", .rows = 2}) ==
              std::vector<std::string>{"20", "15", "10", "5", "0"});
        CHECK(all_of({.from = begun + minutes(1), .until = begun + minutes(2), .rows = 2}) ==
              std::vector<std::string>{"2", "1", "0"});
        auto const row = w.people.trail({.rows = 1})->rows.at(0);
        CHECK(row.address == "203.0.113.0/24");
        CHECK(row.details == "{\"note\":\"a \\\"quoted\\\" \\\\ line\uFFFD\uFFFD \uFFFD\"}");
        for (auto const* bad : {"x", "1", "1.", ".1", "1.2.3", "99999999999999999999.1"})
            CHECK(w.people.trail({.after = bad}).error().field() == "after");
        CHECK_FALSE(w.people.trail({.account = amina, .verb = "a"}));
        CHECK_THROWS_AS((void)w.db.write([&](db::Write& write) {
            return w.people.record(write, w.act(), {.verb = "a", .details = {{"password", "x"}}});
        }),
                        Bug);
        CHECK_FALSE(w.db.write([&](db::Write& write) {
            return w.people.record(write, w.act(),
                                   {.verb = "a", .details = Details(20, {"note", std::string(290, 'x')})});
        }));
    });
}

TEST_CASE("a row of the trail that is changed, missing, put in or cut off is found") {
    Folder const folder;
    auto const tampered = [&](World& w, std::string_view sql) {
        for (int i = 0; i < 6; ++i) (void)w.account(i);
        REQUIRE(w.people.check_trail()->empty());
        CHECK(w.people.trail_head()->number == 6);
        CHECK(w.people.trail_head()->digest.size() == 64);
        CHECK(w.run(sql) >= 1);
        return *w.people.check_trail();
    };
    int count = 0;
    auto const on = [&](std::string_view sql) {
        World w((folder.path / ("hub" + std::to_string(++count) + ".db")).string());
        auto const wrong = tampered(w, sql);
        INFO(sql);
        REQUIRE_FALSE(wrong.empty());
        return wrong[0];
    };
    CHECK(on("UPDATE trail SET verb = 'account.remove' WHERE number = 3") ==
          "trail: row 3 is not what was written");
    CHECK(on("UPDATE trail SET at = at + 1 WHERE number = 6") == "trail: row 6 is not what was written");
    CHECK(on("UPDATE trail SET account = NULL WHERE number = 1") == "trail: row 1 is not what was written");
    CHECK(on("DELETE FROM trail WHERE number = 3") == "trail: rows 3 to 3 are missing");
    CHECK(on("DELETE FROM trail WHERE number < 3") == "trail: rows 1 to 2 are missing");
    CHECK(on("DELETE FROM trail WHERE number > 4") ==
          "trail: it ends with row 4; the last one written was 6");
    CHECK(
        on("INSERT INTO trail SELECT hub, 7, at, account, acting_for, session, api_key, verb, subject_kind, "
           "subject, outcome, address, details, digest FROM trail WHERE number = 6") ==
        "trail: row 7 is not what was written");
}

TEST_CASE("an account that is removed leaves its id and the trail, and nothing personal") {
    everywhere([](World& w) {
        auto const amina = w.account(1, "Wanjiku Kamau");
        auto const clerk = w.account(2, "Clerk");
        auto const in = w.in(1);
        auto const key = *w.people.make_key(amina, {.name = "Wanjiku's till", .scopes = {"a"}}, w.by(amina));
        auto const mail = *Contact::parse("wanjiku@example.org");
        auto const code = w.people.make_code(Purpose::contact, mail, w.act())->digits;
        REQUIRE(w.people.set_contact(amina, mail, code, w.by(amina)));
        REQUIRE(w.people.set_pin(amina, "482915", w.by(amina)));
        REQUIRE(w.people.consent({.member = amina, .clerk = clerk, .purpose = "a"}, "482915", w.by(clerk)));
        REQUIRE(w.people.grant(amina, Role::seller, w.act()));
        REQUIRE(w.people.enrol(amina, w.by(amina)));
        REQUIRE(w.people.join(*w.people.make_group("G", GroupKind::other, w.act()), amina, Standing::member,
                              w.act()));
        REQUIRE(w.people.make_code(Purpose::reset, w.phone(1), w.act()));
        auto const rows = w.people.trail_head()->number;
        REQUIRE(w.people.remove(amina, w.by(amina)));
        CHECK(w.people.trail_head()->number == rows + 1);
        CHECK(code_of(w.people.visit(in.token, w.act())) == Code::signed_out);
        CHECK(code_of(w.people.use_key(key.text, w.act())) == Code::signed_out);
        CHECK_FALSE(w.people.sign_in(w.phone(1), good_word, "x", w.act()));
        auto const facts = *w.people.account(amina);
        CHECK(facts.deleted);
        CHECK(facts.name.empty());
        CHECK(facts.contacts.empty());
        auto const all = w.everything();
        for (auto const* personal : {"Wanjiku", "wanjiku", "712001001"})
            CHECK(all.find(personal) == std::string::npos);
        {
            auto read = *w.db.read();
            CHECK_FALSE(*w.people.standing_consent(read, amina, clerk, "a", w.now));
        }
        CHECK(code_of(w.people.remove(amina, w.by(amina))) == Code::not_found);
        CHECK(code_of(w.people.grant(amina, Role::seller, w.act())) == Code::not_found);
        CHECK(code_of(w.people.set_pin(amina, "482915", w.act())) == Code::not_found);
        CHECK(w.people.account(w.account(1, "Another"))->name == "Another");  // the number is free again
    });
}

TEST_CASE("whatever write fails, nothing is half done") {
    everywhere([](World& w) {
        auto const amina = w.account(1);
        auto const clerk = w.account(2, "Clerk");
        REQUIRE(w.people.set_pin(amina, "482915", w.by(amina)));
        auto const group = *w.people.make_group("G", GroupKind::other, w.act());
        auto const mail = *Contact::parse("amina@example.org");
        std::string reset;
        std::string move;
        auto const ok = [](auto const& result) -> Result<void> {
            if (!result) return std::unexpected(result.error());
            return {};
        };
        std::vector<std::function<Result<void>()>> const acts{
            [&] {
                return ok(w.people.sign_up(
                    {.contact = w.phone(3), .name = "C", .language = "en", .password = good_word},
                    w.by_nobody()));
            },
            [&] { return ok(w.people.make_code(Purpose::sign_up, w.phone(4), w.by_nobody())); },
            [&] { return ok(w.people.set_contact(amina, mail, move, w.by(amina))); },
            [&] { return ok(w.people.reset_password(w.phone(1), reset, good_word, w.by_nobody())); },
            [&] { return ok(w.people.sign_in(w.phone(1), good_word, "x", w.by_nobody())); },
            [&] { return ok(w.people.make_key(amina, {.name = "k", .scopes = {"a"}}, w.by(amina))); },
            [&] { return ok(w.people.grant(amina, Role::clerk, w.by(clerk))); },
            [&] { return ok(w.people.withdraw(amina, Role::clerk, w.by(clerk))); },
            [&] { return ok(w.people.join(group, amina, Standing::member, w.by(clerk))); },
            [&] {
                return ok(w.people.consent({.member = amina, .clerk = clerk, .purpose = "a"}, "482915",
                                           w.by(clerk)));
            },
            [&] { return ok(w.people.enrol(amina, w.by(amina))); },
            [&] { return ok(w.people.end_sessions(amina, std::nullopt, w.by(amina))); },
            [&] { return ok(w.people.rename(amina, "D", "en", w.by(amina))); },
            [&] { return ok(w.people.remove(amina, w.by(amina))); },
        };
        std::set<std::string_view> const but{"pin"};  // a try is counted before it is looked at
        for (std::size_t i = 0; i < acts.size(); ++i) {
            INFO("act " << i);
            if (i == 2) {
                reset = w.people.make_code(Purpose::reset, w.phone(1), w.by_nobody())->digits;
                move = w.people.make_code(Purpose::contact, mail, w.by_nobody())->digits;
            }
            auto const before = w.everything(but);
            bool const needs_code = i == 2 || i == 3;
            if (!needs_code) w.now += minutes(20);  // no rate and no pause is met
            w.faults.commit = 1;
            CHECK_FALSE(acts[i]());
            w.faults.commit = 0;
            CHECK(w.everything(but) == before);
            int failed = 0;
            for (int n = 1; n < 60; ++n) {
                w.faults.change = n;
                bool const done = acts[i]().has_value();
                bool const met = w.faults.change <= 0;
                w.faults.change = 0;
                if (done) break;
                CHECK(met);
                ++failed;
                CHECK(w.everything(but) == before);
                if (!needs_code) w.now += minutes(20);
            }
            CHECK(failed >= 2);
            CHECK(w.everything(but) != before);
            CHECK(w.people.check_trail()->empty());
        }
    });
}

TEST_CASE("many at once: every act has its row, and the chain holds") {
    everywhere([](World& w) {
        std::vector<AccountId> accounts;
        for (int i = 0; i < 4; ++i) accounts.push_back(w.account(i));
        std::vector<std::thread> all;
        std::atomic<int> done{0};
        std::mutex lock;
        std::string refused;
        for (auto const& id : accounts) {
            all.emplace_back([&, id] {
                for (int i = 0; i < 10; ++i) {
                    auto const renamed = w.people.rename(id, "N" + std::to_string(i), "en", w.by(id));
                    if (renamed) {
                        ++done;
                    } else {
                        std::scoped_lock const held(lock);
                        refused = renamed.error().sentence();
                    }
                }
            });
        }
        for (auto& each : all) each.join();
        INFO(refused << " after tries: " << w.db.counts().retries);
        CHECK(done == 40);
        CHECK(w.people.trail_head()->number == 44);
    });
}
