// What needs no database: contacts, codes by time, passwords, rates, addresses, the hub's key.

#include "people/people.h"

#include "db/places_in_test.h"
#include "people/secrets.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <rapidcheck.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

namespace {

using namespace allroads;
using namespace allroads::people;
using db::in_test::Folder;
namespace fs = std::filesystem;
using std::chrono::minutes;
using std::chrono::seconds;

Moment const start = Moment(Millis(1'790'000'000'000));

std::string parsed(std::string_view text) {
    auto const contact = Contact::parse(text);
    return contact ? contact->text() : std::string(facts_of(contact.error().code()).name);
}

}  // namespace

TEST_CASE("telephone numbers are those of E.164, however they are typed") {
    CHECK(parsed("+254712345678") == "+254712345678");
    CHECK(parsed("  +254 (712) 345-678 ") == "+254712345678");
    CHECK(parsed("\uFF0B86 138 0013 8000") == "+8613800138000");
    CHECK(parsed("+٢٥٤٧١٢٣٤٥٦٧٨") == "+254712345678");
    CHECK(parsed("+۹۲ ۳۰۰ ۱۲۳۴۵۶۷") == "+923001234567");
    CHECK(parsed("+९१ ९८७६५ ४३२१०") == "+919876543210");
    CHECK(parsed("\u200E+880 1712-345678\u202C") == "+8801712345678");
    CHECK(parsed("+6834002") == "+6834002");
    CHECK(parsed("+1 202 555 0100") == "+12025550100");
    for (auto const* bad :
         {"0712345678", "00254712345678", "+", "+254", "+0712345678", "+2547123456789012", "+254712x45678",
          "+999123456789", "+210123456789", "+44 (0)20 7946 0018", "+254+712345678", "254712345678",
          "+254712345678;1", "+254\n712345678", "+254712345678\xFF"}) {
        INFO(std::string(bad));
        CHECK(parsed(bad) == "bad-value");
    }
    CHECK(parsed("") == "field-missing");
    CHECK(parsed(" \u200B ") == "field-missing");
    CHECK(parsed(std::string(5000, '+')) == "too-long");
}

TEST_CASE("e-mail addresses are plain, and in lower case") {
    CHECK(parsed("Amina@Example.ORG") == "amina@example.org");
    CHECK(parsed("a.b+shop@mail.example.co.ke") == "a.b+shop@mail.example.co.ke");
    CHECK(parsed("x@xn--80ak6aa92e.com") == "x@xn--80ak6aa92e.com");
    for (auto const* bad : {"@example.org",
                            "a@",
                            "a@b",
                            "a@@example.org",
                            "a@b@example.org",
                            ".a@example.org",
                            "a.@example.org",
                            "a..b@example.org",
                            "a b@example.org",
                            "\"a\"@example.org",
                            "a@-example.org",
                            "a@example-.org",
                            "a@example..org",
                            "a@example.org.",
                            "a@1.2.3.4",
                            "a@[1.2.3.4]",
                            "a@exa_mple.org",
                            "ä@example.org",
                            "a@exämple.org",
                            "a@example.org\r\nBcc: x@y.zz",
                            "a\u200B@example.org",
                            "a@example.c"}) {
        INFO(std::string(bad));
        CHECK(parsed(bad) == "bad-value");
    }
    auto const longest = std::string(64, 'a') + "@" + std::string(63, 'b') + "." + std::string(63, 'c') +
                         "." + std::string(57, 'd') + ".zz";
    CHECK(longest.size() == 253);
    CHECK(parsed(longest) == longest);
    CHECK(parsed(std::string(64, 'a') + "@" + std::string(63, 'b') + "." + std::string(63, 'c') + "." +
                 std::string(60, 'd') + ".zz") == "too-long");
    CHECK(Contact::parse("amina@example.org")->veiled() == "a•••@example.org");
    CHECK(Contact::parse("+254712345678")->veiled() == "+2547•••78");
}

TEST_CASE("laws of contacts: what was read is read again as the same, and noise is never taken") {
    CHECK(rc::check("parse, print, parse", [] {
        auto const digits = *rc::gen::container<std::string>(
            *rc::gen::inRange<std::size_t>(5, 13), rc::gen::inRange('0', static_cast<char>('9' + 1)));
        auto const first = Contact::parse("+254" + digits);
        RC_ASSERT(first.has_value() == (digits.size() <= 12 && digits.size() >= 4));
        if (!first) return;
        RC_ASSERT(first->text() == "+254" + digits);
        RC_ASSERT(*Contact::parse(first->text()) == *first);
        RC_ASSERT(first->kind() == Contact::Kind::phone);
    }));
    CHECK(rc::check("any bytes are refused or read as what stays the same", [] {
        auto text = *rc::gen::container<std::string>(
            rc::gen::elementOf(std::string("+0123456789 ().-aZ@.\xD9\xA3\xE2\x80\x8F\xFF\x01", 30)));
        auto const first = Contact::parse(text);
        if (!first) return;
        auto const again = Contact::parse(first->text());
        RC_ASSERT(again.has_value());
        RC_ASSERT(again->text() == first->text());
        for (char const letter : first->text()) RC_ASSERT(letter > ' ' && letter < 0x7F);
    }));
}

TEST_CASE("codes by time are those of RFC 4226 and RFC 6238") {
    std::string const key = "12345678901234567890";
    constexpr std::array counts{"755224", "287082", "359152", "969429", "338314",
                                "254676", "287922", "162583", "399871", "520489"};
    for (std::size_t i = 0; i < counts.size(); ++i) CHECK(hotp(key, i, 6) == counts[i]);  // RFC 4226, app. D
    struct Row {
        std::int64_t second;
        char const* code;
    };
    for (auto const& row :
         {Row{59, "94287082"}, Row{1'111'111'109, "07081804"}, Row{1'111'111'111, "14050471"},
          Row{1'234'567'890, "89005924"}, Row{2'000'000'000, "69279037"},
          Row{20'000'000'000, "65353130"}})  // RFC 6238, app. B
        CHECK(hotp(key, static_cast<std::uint64_t>(row.second / 30), 8) == row.code);
    // A step early and a step late, never further, never twice.
    auto const at = [](std::int64_t second) { return Moment(seconds(second)); };
    CHECK(totp_step(key, "287082", 0, at(59)) == 1);
    CHECK(totp_step(key, "287082", 0, at(30 + 59)) == 1);
    CHECK(totp_step(key, "287082", 0, at(31)) == 1);
    CHECK_FALSE(totp_step(key, "287082", 0, at(90)));
    CHECK_FALSE(totp_step(key, "287082", 1, at(59)));
    CHECK_FALSE(totp_step(key, "287083", 0, at(59)));
    CHECK_FALSE(totp_step(key, "28708", 0, at(59)));
    CHECK_FALSE(totp_step(key, "", 0, at(59)));
    CHECK(base32("foobar") == "MZXW6YTBOI");  // RFC 4648
    CHECK(base32(key) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

TEST_CASE("passwords that are guessed first are refused") {
    auto const tried = [](std::string_view password) {
        auto const done = check_password(password, "Amina Otieno", "+254712345678", "password");
        return done ? "ok" : std::string(facts_of(done.error().code()).name);
    };
    for (auto const* good : {"korosho na pilipili", "xk2!vPq9", "سلة من القصب", "竹篮子竹篮子大小各一"})
        CHECK(tried(good) == "ok");
    for (auto const* bad :
         {"",          "short1",       "1234567",         "password",      "PassWord",     "password2024!",
          "sunshine",  "aaaaaaaa",     "abababab",        "12341234",      "abcdefgh",     "87654321",
          "11112222",  "amina otieno", "AMINA  OTIENO",   "+254712345678", "254712345678", "0712345678",
          "712345678", "qwertyuiop",   "tab\x01 in here", "not utf8 \xFF"}) {
        INFO(std::string(bad));
        CHECK(tried(bad) == "bad-value");
    }
    CHECK(tried(std::string("nul\0 in here", 12)) == "bad-value");
    CHECK(tried(std::string(129, 'x') + "y") == "too-long");
    CHECK(check_password("amina-k-1976", "", "amina-k-1976@example.org", "p").error().field() == "p");
    CHECK(check_pin("482915"));
    for (auto const* bad :
         {"", "12345", "1234567", "123456", "654321", "000000", "121212", "123123", "48291a"})
        CHECK_FALSE(check_pin(bad));
}

TEST_CASE("only so many passwords are looked at at a time") {
    Gate gate({.passes = 1, .memory_bytes = 8U << 20, .at_once = 1, .waiting_max = 1});
    std::atomic<int> right{0};
    std::atomic<int> busy{0};
    std::vector<std::thread> all;
    for (int i = 0; i < 12; ++i) {
        all.emplace_back([&] {
            auto const made = gate.hash("korosho na pilipili");
            if (made) {
                ++right;
            } else if (made.error().code() == Code::busy) {
                ++busy;
            }
        });
    }
    for (auto& each : all) each.join();
    CHECK(right + busy == 12);
    CHECK(right >= 2);
    // It opens again.
    auto const hash = *gate.hash("korosho na pilipili");
    CHECK(*gate.is_right(hash, "korosho na pilipili"));
    CHECK_FALSE(*gate.is_right(hash, "korosho na pilipili "));
    CHECK_FALSE(*gate.is_right("", ""));
    CHECK_FALSE(*gate.is_right("no hash", "x"));
    CHECK_FALSE(gate.is_weaker(hash));
    CHECK(Gate({.passes = 2, .memory_bytes = 8U << 20}).is_weaker(hash));
}

TEST_CASE("rates: a burst, then its rate, exactly") {
    Rates rates;
    rates.sign_in_contact = {3, 1, Millis(7)};
    rates.buckets_max = 64;
    RateLimits limits(rates);
    auto const allow = [&](std::string_view key, Millis later) {
        return limits.allow(Often::sign_in_contact, key, start + later);
    };
    for (int i = 0; i < 3; ++i) CHECK(allow("a", Millis(0)));
    auto const refused = allow("a", Millis(0));
    CHECK_FALSE(refused);
    CHECK(refused.retry_after == Millis(7));
    CHECK_FALSE(allow("a", Millis(6)));
    CHECK(allow("a", Millis(6)).retry_after == Millis(1));
    CHECK(allow("a", Millis(7)));
    CHECK_FALSE(allow("a", Millis(7)));
    CHECK_FALSE(allow("a", Millis(0)));  // a clock that goes back gives nothing
    CHECK(allow("b", Millis(7)));
    CHECK(limits.allow(Often::page_address, "a", start));  // another kind, another bucket
    for (int i = 0; i < 3; ++i) CHECK(allow("a", std::chrono::days(400)));
    CHECK_FALSE(allow("a", std::chrono::days(400)));
    // Who floods the table does not free who is held back.
    for (int i = 0; i < 100'000; ++i) (void)allow("flood" + std::to_string(i), std::chrono::days(400));
    CHECK_FALSE(allow("a", std::chrono::days(400)));
}

TEST_CASE("law of rates: in any stretch of time no more than the burst and what the rate gives") {
    CHECK(rc::check([] {
        Rates rates;
        Rate const rate{*rc::gen::inRange<std::int64_t>(1, 20), *rc::gen::inRange<std::int64_t>(1, 20),
                        Millis(*rc::gen::inRange<std::int64_t>(1, 50))};
        rates.api_key = rate;
        rates.buckets_max = 4;
        RateLimits limits(rates);
        std::int64_t allowed = 0;
        std::int64_t elapsed = 0;
        for (auto const step :
             *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 9))) {
            elapsed += step;
            auto const answer = limits.allow(Often::api_key, "k", start + Millis(elapsed));
            if (answer) ++allowed;
            // The bound as whole numbers: allowed ≤ burst + elapsed · count / per.
            RC_ASSERT((allowed - rate.burst) * rate.per.count() <= elapsed * rate.count);
            if (!answer) {
                RC_ASSERT(answer.retry_after.count() > 0);
                elapsed += answer.retry_after.count();
                RC_ASSERT(bool(limits.allow(Often::api_key, "k", start + Millis(elapsed))));
                ++allowed;
            }
        }
    }));
}

TEST_CASE("addresses: one household is one key, and the trail keeps the neighbourhood only") {
    CHECK(address_key("203.0.113.9") == "203.0.113.9");
    CHECK(address_key("::ffff:203.0.113.9") == "203.0.113.9");
    CHECK(address_key("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
    CHECK(address_key("2001:db8:1:2::9") == address_key("2001:0DB8:1:2:ffff::"));
    CHECK(address_key("fe80::1%eth0") == "fe80::/64");
    CHECK(address_key("no address") == "?");
    CHECK(address_key("") == "?");
    CHECK(address_key(std::string(1000, ':')) == "?");
    CHECK(shortened_address("203.0.113.9") == "203.0.113.0/24");
    CHECK(shortened_address("::ffff:203.0.113.9") == "203.0.113.0/24");
    CHECK(shortened_address("2001:db8:1:2:3:4:5:6") == "2001:db8:1::/48");
    CHECK(shortened_address("x") == "");
}

TEST_CASE("the key of the hub is made once, for its owner alone, and opens what it sealed") {
    Folder const folder;
    auto const file = folder.path / "hub.key";
    std::vector<std::string> marks(8);
    {
        std::vector<std::thread> all;
        for (auto& mark : marks)
            all.emplace_back(
                [&] { mark = std::string(blob(HubKey::open_or_make(file)->mark("m", "x")).bytes); });
        for (auto& each : all) each.join();
    }
    for (auto const& mark : marks) CHECK(mark == marks[0]);
    CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
    CHECK((fs::status(file).permissions() & fs::perms::all) ==
          (fs::perms::owner_read | fs::perms::owner_write));

    auto const key = *HubKey::open_or_make(file);
    auto const sealed = key.seal("totp 1", "what must be read again");
    CHECK(sealed != key.seal("totp 1", "what must be read again"));
    CHECK(*key.open("totp 1", sealed) == "what must be read again");
    CHECK(*key.open("empty", key.seal("empty", "")) == "");
    CHECK_FALSE(key.open("totp 2", sealed));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        CHECK_FALSE(key.open("totp 1", changed));
        CHECK_FALSE(key.open("totp 1", sealed.substr(0, i)));
    }
    CHECK(key.mark("a", "x") != key.mark("b", "x"));

    fs::permissions(file, fs::perms::group_read, fs::perm_options::add);
    CHECK(HubKey::open_or_make(file).error().code() == Code::bad_file);
    fs::permissions(file, fs::perms::group_read, fs::perm_options::remove);
    fs::create_symlink(file, folder.path / "link.key");
    CHECK_FALSE(HubKey::open_or_make(folder.path / "link.key"));
    fs::create_directory(folder.path / "folder.key");
    CHECK_FALSE(HubKey::open_or_make(folder.path / "folder.key"));
    CHECK_FALSE(HubKey::open_or_make(folder.path / "none" / "hub.key"));
    for (std::string const text : {"", "allroads hub key 1\n", "0123456789abcdef0123456789abcdef"}) {
        auto const bad = folder.path / "bad.key";
        { std::ofstream(bad) << text; }
        fs::permissions(bad, fs::perms::owner_read | fs::perms::owner_write);
        CHECK(HubKey::open_or_make(bad).error().code() == Code::bad_file);
    }
}
