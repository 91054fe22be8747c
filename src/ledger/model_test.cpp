// Random calls held against a simple model, with writes that fail on the way; many at once; changed rows that
// a check must find; hledger as a second opinion.

#include "ledger/ledger.h"

#include "db/places_in_test.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>

namespace {

using namespace allroads;
using namespace allroads::ledger;
using db::in_test::Folder;
using db::in_test::Postgres;
using std::chrono::milliseconds;

Moment const start_of_time = Moment(milliseconds(1'790'000'000'000));

// Thousands of commits whose being on a disk proves nothing here: files lie in memory where they can. The
// promises about disks are those of db, and tested there.
bool const is_in_memory = [] {
    std::error_code none;
    return std::filesystem::is_directory("/dev/shm", none) && ::setenv("TMPDIR", "/dev/shm", 0) == 0;
}();

bool is_long() { return std::getenv("ALLROADS_LONG") != nullptr; }

// ---- a model
// ------------------------------------------------------------------------------------------------

// Whole numbers that choose what happens next; anything is a step.
using Step = std::array<std::uint16_t, 6>;

struct ModelHold {
    std::size_t account = 0;
    std::int64_t remaining = 0;
    std::optional<Moment> until;
};

// Twelve accounts in three purses; those of one purse can give to each other.
class Model {
public:
    Model(db::Db& db, db::Faults& faults, HubId const& hub) : db_(db), faults_(faults), ledger_(hub) {
        struct Purse {
            Currency currency;
            std::string custodian;
        };
        for (auto const& purse :
             {Purse{currency::USD, "hub"}, Purse{currency::KES, "hub"}, Purse{currency::USD, "trustee"}}) {
            for (auto const purpose : {Purpose::outside, Purpose::funds, Purpose::payable, Purpose::fee}) {
                keys_.push_back({"party", purpose, purse.currency, purse.custodian});
                least_.push_back(purpose == Purpose::funds || purpose == Purpose::payable);
            }
        }
        total_.resize(keys_.size());
        reserved_.resize(keys_.size());
    }

    // What is wrong after the step; empty where all agree.
    std::string step(Step const& s) {
        now_ += milliseconds(s[5] % 50);
        auto const key = "k" + std::to_string(++count_);
        auto const from = s[1] % keys_.size();
        auto const to = other_of(from, s[2]);
        std::int64_t const minor = 1 + s[3] % 500;
        switch (s[0] % 10) {
            case 0:
            case 1: return move({transfer(key, "move", keys_[from], keys_[to], minor)}, {{from, to, minor}});
            case 2: return linked(key, from, to, minor, s);
            case 3:
                return reserve(key, from, minor,
                               s[4] % 2 == 0 ? std::optional(now_ + milliseconds(s[4])) : std::nullopt);
            case 4: return part(key, s, minor);
            case 5: return end(void_hold(key, "void", hold_at(s[1])), hold_at(s[1]));
            case 6: return end(expire(hold_at(s[1])), hold_at(s[1]));
            case 7: return again(s);
            case 8: return failing(key, from, to, minor, s);
            default: return changed(key, minor, s);
        }
    }

    std::string check_all() {
        auto read = *db_.read();
        auto const wrong = ledger_.check(read);
        if (!wrong) return wrong.error().sentence();
        return wrong->empty() ? "" : wrong->front();
    }
    [[nodiscard]] std::size_t posted() const { return numbers_.size(); }

private:
    struct Move {
        std::size_t from, to;
        std::int64_t minor;
    };

    [[nodiscard]] std::size_t other_of(std::size_t account, std::size_t choice) const {
        auto const purse = account / 4 * 4;
        return purse + (account - purse + 1 + choice % 3) % 4;
    }
    [[nodiscard]] std::string hold_at(std::size_t choice) const {
        return hold_names_.empty() ? "none" : hold_names_[choice % hold_names_.size()];
    }
    [[nodiscard]] bool may_give(std::size_t account, std::int64_t minor) const {
        return !least_[account] || total_[account] - reserved_[account] - minor >= 0;
    }

    Result<std::vector<Posted>> post(std::vector<Entry> const& entries) {
        return db_.write([&](db::Write& write) { return ledger_.post(write, now_, entries); },
                         db::Meeting::waits);
    }

    // Posts, and holds the outcome against what was foreseen.
    std::string posting(std::vector<Entry> const& entries, bool is_good) {
        auto const done = post(entries);
        if (done.has_value() != is_good)
            return done ? "posted what cannot be" : "refused what can be: " + done.error().sentence();
        if (done) {
            for (std::size_t i = 0; i < entries.size(); ++i) {
                numbers_.push_back((*done)[i].number);
                entries_.push_back(entries[i]);
                if ((*done)[i].is_repeat) return "a new entry is told to be a repeat";
                if ((*done)[i].number != static_cast<std::int64_t>(numbers_.size()))
                    return "a gap in the numbers";
            }
        }
        return compare();
    }

    std::string move(std::vector<Entry> const& entries, std::vector<Move> const& moves) {
        auto const total = total_;
        bool is_good = true;
        for (auto const& one : moves) {
            is_good = is_good && may_give(one.from, one.minor);
            total_[one.from] -= one.minor;
            total_[one.to] += one.minor;
        }
        if (!is_good) total_ = total;
        return posting(entries, is_good);
    }

    std::string linked(std::string const& key, std::size_t from, std::size_t to, std::int64_t minor,
                       Step const& s) {
        auto const third = other_of(to, s[4]);
        std::int64_t const more = 1 + s[4] % 700;
        return move({transfer(key, "first", keys_[from], keys_[to], minor),
                     transfer(key + "b", "second", keys_[to], keys_[third], more)},
                    {{from, to, minor}, {to, third, more}});
    }

    std::string reserve(std::string const& key, std::size_t account, std::int64_t minor,
                        std::optional<Moment> until) {
        if (until && *until <= now_) until = now_ + milliseconds(1);
        bool const is_good = may_give(account, minor);
        if (is_good) {
            reserved_[account] += minor;
            holds_[key] = {account, minor, until};
            hold_names_.push_back(key);
        }
        return posting({hold(key, "reserve", keys_[account], minor, until)}, is_good);
    }

    std::string part(std::string const& key, Step const& s, std::int64_t minor) {
        auto const name = hold_at(s[1]);
        auto const found = holds_.find(name);
        auto const from = found == holds_.end() ? 0 : found->second.account;
        auto const one = other_of(from, s[2]);
        auto const two = other_of(from, s[2] + 1U);
        std::vector<Leg> legs{{keys_[one], Money(minor, keys_[one].currency)}};
        std::int64_t const second = s[4] % 100;
        if (second > 0) legs.push_back({keys_[two], Money(second, keys_[two].currency)});
        bool const is_good = found != holds_.end() && found->second.remaining >= minor + second &&
                             (!found->second.until || now_ < *found->second.until);
        if (is_good) {
            found->second.remaining -= minor + second;
            reserved_[from] -= minor + second;
            total_[from] -= minor + second;
            total_[one] += minor;
            total_[two] += second;
            if (found->second.remaining == 0) holds_.erase(found);
        }
        return posting({release(key, "release", name, legs)}, is_good);
    }

    std::string end(Entry const& entry, std::string const& name) {
        auto const found = holds_.find(name);
        if (entry.act == Act::expire && expired_.contains(name)) return again_as(entry);
        bool const is_good = found != holds_.end() && (entry.act == Act::void_ ||
                                                       (found->second.until && now_ >= *found->second.until));
        if (is_good) {
            reserved_[found->second.account] -= found->second.remaining;
            holds_.erase(found);
            if (entry.act == Act::expire) expired_.insert(name);
        }
        return posting({entry}, is_good);
    }

    std::string again_as(Entry const& entry) {
        auto const done = post({entry});
        if (!done) return "a repeat is refused: " + done.error().sentence();
        if (!done->at(0).is_repeat) return "a repeat is posted anew";
        return compare();
    }

    // An entry that was posted long ago, as it was or with another content.
    std::string again(Step const& s) {
        if (entries_.empty()) return "";
        auto const which = s[1] % entries_.size();
        auto entry = entries_[which];
        if (s[2] % 3 == 0) {
            entry.note = "other";
            auto const done = post({entry});
            if (done || done.error().code() != Code::conflict) return "other content under an old key";
            return compare();
        }
        auto const done = post({entry});
        if (!done) return "a repeat is refused: " + done.error().sentence();
        if (done->at(0).number != numbers_[which]) return "a repeat has another number";
        return again_as(entry);
    }

    // The n-th write fails: nothing of it is kept, and asked again it is done.
    std::string failing(std::string const& key, std::size_t from, std::size_t to, std::int64_t minor,
                        Step const& s) {
        std::vector<Entry> const entries{transfer(key, "failing", keys_[from], keys_[to], minor)};
        bool const is_good = may_give(from, minor);
        auto& fault = s[4] % 4 == 0 ? faults_.commit : faults_.change;
        fault = s[4] % 4 == 0 ? 1 : 1 + s[2] % 4;
        auto const done = post(entries);
        fault = 0;
        if (done) return "a write failed and was told to be done";
        if (auto wrong = compare(); !wrong.empty()) return "after a failed write: " + wrong;
        if (is_good) {
            total_[from] -= minor;
            total_[to] += minor;
        }
        return posting(entries, is_good);
    }

    // Between the purses of dollars and of shillings.
    std::string changed(std::string const& key, std::int64_t minor, Step const& s) {
        Exchange const rate{currency::USD, currency::KES, *Decimal::parse("129.505"),
                            Decimal(1),    Day::first(),  {}};
        auto const round = static_cast<Round>(s[2] % 7);
        auto const from = s[1] % 4U;
        auto const to = 4 + s[4] % 4U;
        auto const entry =
            convert(key, "convert", keys_[from], keys_[to], Money(minor, currency::USD), rate, round);
        if (!entry) return entry.error().sentence();
        bool const is_good = may_give(from, minor);
        if (is_good) {
            total_[from] -= minor;
            total_[to] += entry->conversion->got.minor();
        }
        return posting({*entry}, is_good);
    }

    std::string compare() {
        auto read = *db_.read();
        auto const rows = ledger_.accounts(read, {.rows = 100});
        if (!rows) return rows.error().sentence();
        std::map<AccountKey, Balance> is;
        std::map<std::pair<std::string, Currency>, std::int64_t> sums;
        for (auto const& row : *rows) {
            is.emplace(row.key, row.balance);
            sums[{row.key.custodian, row.key.currency}] += row.balance.total.minor();
            if (row.bounds.least && row.balance.free().minor() < *row.bounds.least)
                return row.key.text() + " is below what it may be";
        }
        for (auto const& [whose, sum] : sums) {
            if (sum != 0)
                return "the sum of " + std::string(whose.second.text()) + " at " + whose.first +
                       " is not zero";
        }
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            auto const found = is.find(keys_[i]);
            auto const total = found == is.end() ? 0 : found->second.total.minor();
            auto const reserved = found == is.end() ? 0 : found->second.reserved.minor();
            if (total != total_[i] || reserved != reserved_[i])
                return keys_[i].text() + " holds " + std::to_string(total) + " and not " +
                       std::to_string(total_[i]);
        }
        return "";
    }

    db::Db& db_;
    db::Faults& faults_;
    Ledger ledger_;
    Moment now_ = start_of_time;
    std::vector<AccountKey> keys_;
    std::vector<bool> least_;
    std::vector<std::int64_t> total_, reserved_;
    std::map<std::string, ModelHold> holds_;
    std::vector<std::string> hold_names_;
    std::set<std::string> expired_;
    std::vector<Entry> entries_;
    std::vector<std::int64_t> numbers_;
    std::size_t count_ = 0;
};

HubId new_hub() {
    static unsigned count = 0;
    ++count;
    return HubId(db::IdBytes{1, static_cast<unsigned char>(count >> 8U), static_cast<unsigned char>(count)});
}

db::Db opened(std::string const& where, db::Faults& faults) {
    auto opened = *db::Db::open(where, {.limits = {}, .may_create = true, .faults = &faults});
    REQUIRE(db::migrate(opened, migrations()));
    return opened;
}

void walk(std::string const& where, int steps) {
    db::Faults faults;
    auto db = opened(where, faults);
    Model model(db, faults, new_hub());
    std::minstd_rand random(20'261'126);
    for (int n = 0; n < steps; ++n) {
        Step step{};
        for (auto& one : step) one = static_cast<std::uint16_t>(random() >> 8U);
        auto const wrong = model.step(step);
        REQUIRE_MESSAGE(wrong.empty(), "step ", n, ": ", wrong);
    }
    CHECK(model.check_all() == "");
    CHECK(model.posted() > static_cast<std::size_t>(steps) / 4);
}

std::vector<std::string> places(Folder const& folder) {
    std::vector<std::string> all{(folder.path / "hub.db").string()};
    if (auto* const server = Postgres::server(false)) all.push_back(server->fresh());
    return all;
}

AccountKey usd(std::string owner, Purpose purpose) {
    return {std::move(owner), purpose, currency::USD, "hub"};
}

Signer signer() {
    REQUIRE(sodium_init() >= 0);
    std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> open{};
    std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret{};
    crypto_sign_keypair(open.data(), secret.data());
    return {std::string(open.begin(), open.end()), [secret](std::string_view words) {
                std::array<unsigned char, crypto_sign_BYTES> signature{};
                std::vector<unsigned char> const bytes(words.begin(), words.end());
                crypto_sign_detached(signature.data(), nullptr, bytes.data(), bytes.size(), secret.data());
                return std::string(signature.begin(), signature.end());
            }};
}

}  // namespace

TEST_CASE("whatever is asked, in whatever order, the ledger and a simple model agree") {
    Folder folder;
    db::Faults faults;
    auto db = opened((folder.path / "hub.db").string(), faults);
    CHECK(rc::check("on SQLite", [&](std::vector<Step> const& steps) {
        Model model(db, faults, new_hub());
        for (auto const& step : steps) {
            auto const wrong = model.step(step);
            if (!wrong.empty()) RC_FAIL(wrong);
        }
        RC_ASSERT(model.check_all().empty());
    }));
}

TEST_CASE("a long walk, on both databases, with writes that fail") {
    Folder folder;
    for (auto const& where : places(folder)) {
        auto const is_file = where.starts_with("/");
        walk(where, is_long() ? 100'000 : is_file ? 3'000 : 400);
    }
}

TEST_CASE("five units and many who want one at once: five get it") {
    Folder folder;
    for (auto const& where : places(folder)) {
        for (auto const meeting : {db::Meeting::waits, db::Meeting::starts_again}) {
            db::Faults faults;
            auto db = opened(where, faults);
            auto const hub = new_hub();
            Ledger const ledger(hub);
            auto const bank = usd("bank", Purpose::outside);
            auto const stock = usd("stock", Purpose::funds);
            REQUIRE(db.write([&](db::Write& write) {
                return ledger.post(write, start_of_time, transfer("in", "in", bank, stock, 5));
            }));
            std::atomic<int> got{0}, repeats{0}, failed{0};
            std::vector<std::thread> all;
            for (int n = 0; n < 12; ++n) {
                all.emplace_back([&, n] {
                    // Each asks twice with one key; three share an account that nobody has opened yet.
                    auto const entry = transfer("buyer-" + std::to_string(n), "sold", stock,
                                                usd("buyer-" + std::to_string(n / 3), Purpose::held), 1);
                    for (int time = 0; time < 2; ++time) {
                        auto const done = db.write(
                            [&](db::Write& write) { return ledger.post(write, start_of_time, entry); },
                            meeting);
                        if (done) ++(done->is_repeat ? repeats : got);
                        if (!done && done.error().code() != Code::not_enough) ++failed;
                    }
                });
            }
            for (auto& one : all) one.join();
            CHECK(got == 5);
            CHECK(repeats == 5);
            CHECK(failed == 0);
            auto read = *db.read();
            CHECK(ledger.balance(read, stock)->total.minor() == 0);
            CHECK(ledger.head(read)->number == 6);
            CHECK(ledger.check(read)->empty());
        }
    }
}

TEST_CASE("many who post the same key at once post it once") {
    Folder folder;
    for (auto const& where : places(folder)) {
        db::Faults faults;
        auto db = opened(where, faults);
        auto const hub = new_hub();
        Ledger const ledger(hub);
        std::atomic<int> anew{0}, repeats{0};
        std::vector<std::thread> all;
        for (int n = 0; n < 8; ++n) {
            all.emplace_back([&] {
                auto const done = db.write(
                    [&](db::Write& write) {
                        return ledger.post(write, start_of_time,
                                           transfer("one", "in", usd("bank", Purpose::outside),
                                                    usd("a", Purpose::funds), 5));
                    },
                    db::Meeting::waits);
                if (done) ++(done->is_repeat ? repeats : anew);
                if (!done) MESSAGE(done.error().sentence());
            });
        }
        for (auto& one : all) one.join();
        CHECK(anew == 1);
        CHECK(repeats == 7);
        auto read = *db.read();
        CHECK(ledger.balance(read, usd("a", Purpose::funds))->total.minor() == 5);
        CHECK(ledger.check(read)->empty());
    }
}

namespace {

// A ledger with something of everything.
void fill(db::Db& db, Ledger const& ledger, Signer const& by) {
    auto const bank = usd("bank", Purpose::outside);
    auto const buyer = usd("buyer", Purpose::funds);
    auto const seller = usd("seller", Purpose::payable);
    AccountKey const kes{"seller", Purpose::payable, currency::KES, "hub"};
    AccountKey const jpy{"seller", Purpose::payable, *Currency::parse("JPY"), "hub"};
    Exchange const to_kes{currency::USD, currency::KES, *Decimal::parse("129.505"),
                          Decimal(1),    Day::first(),  {}};
    Exchange const to_jpy{currency::USD, jpy.currency, *Decimal::parse("147.33"),
                          Decimal(1),    Day::first(), {}};
    auto noted = transfer("in", "paid-in", bank, buyer, 2'400'00);
    noted.note = "=1+1; \"deposit\", 30 % | réf";
    std::vector<Entry> const entries{
        noted,
        hold("order", "order.hold", buyer, 2'000'00, start_of_time + milliseconds(5)),
        release("r", "order.part", "order",
                {{seller, Money(700'01, currency::USD)},
                 {usd("hub", Purpose::fee), Money(14'00, currency::USD)}}),
        *convert("c", "converted", seller, kes, Money(33'33, currency::USD), to_kes, Round::down),
        *convert("j", "converted", seller, jpy, Money(10'01, currency::USD), to_jpy, Round::up),
        bound("b", "limit", bank, {.least = -10'000'00, .most = 0})};
    auto const post = [&](Moment at, std::span<Entry const> all) {
        auto const done = db.write([&](db::Write& write) { return ledger.post(write, at, all); });
        REQUIRE_MESSAGE(done, (done ? std::string() : done.error().sentence()));
    };
    post(start_of_time, entries);
    REQUIRE(*db.write([&](db::Write& write) { return ledger.seal(write, start_of_time, by); }));
    post(start_of_time + milliseconds(5),
         std::array{expire("order"), transfer("x", "other", buyer, seller, 1)});
}

}  // namespace

TEST_CASE("the head is signed once a day, and the signature holds it") {
    Folder folder;
    for (auto const& where : places(folder)) {
        db::Faults faults;
        auto db = opened(where, faults);
        auto const hub = new_hub();
        Ledger const ledger(hub);
        auto const by = signer();
        auto const seal = [&](Moment at) {
            return *db.write([&](db::Write& write) { return ledger.seal(write, at, by); });
        };
        CHECK_FALSE(seal(start_of_time));
        fill(db, ledger, by);
        auto read = *db.read();
        CHECK_FALSE(*ledger.is_seal_due(read, start_of_time + std::chrono::hours(1)));
        CHECK(*ledger.is_seal_due(read, start_of_time + std::chrono::hours(24)));
        auto const second = seal(start_of_time + std::chrono::hours(24));
        REQUIRE(second);
        CHECK(is_sound(hub, *second));
        CHECK_FALSE(seal(start_of_time + std::chrono::hours(48)));
        auto changed = *second;
        changed.head.digest[0] = static_cast<char>(changed.head.digest[0] ^ 1);
        CHECK_FALSE(is_sound(hub, changed));
        changed = *second;
        ++changed.head.number;
        CHECK_FALSE(is_sound(hub, changed));
        auto again = *db.read();
        CHECK(ledger.seals(again, 0, 10)->size() == 2);
        CHECK(ledger.check(again, std::array{by.open_key})->empty());
        CHECK(ledger.check(again, std::array{signer().open_key})->size() == 2);
        CHECK(ledger.check(again)->empty());
    }
}

TEST_CASE("whatever row is changed, a check says so") {
    for (std::string_view const change :
         {"UPDATE ledger_entry SET at = at + 1 WHERE number = 3",
          "UPDATE ledger_entry SET name = 'zz' WHERE number = 1",
          "UPDATE ledger_entry SET number = 99 WHERE number = 5",
          "UPDATE ledger_entry SET body = (SELECT body FROM ledger_entry WHERE number = 1) WHERE number = 8",
          "DELETE FROM ledger_entry WHERE number = 4",
          "DELETE FROM ledger_entry WHERE number = 8",
          "UPDATE ledger_entry SET digest = (SELECT digest FROM ledger_entry WHERE number = 1) WHERE number "
          "= 2",
          "UPDATE ledger_head SET number = number + 1",
          "UPDATE ledger_head SET at = at + 1",
          "UPDATE ledger_head SET accounts = accounts + 1",
          "UPDATE ledger_head SET digest = (SELECT digest FROM ledger_entry WHERE number = 1)",
          "UPDATE ledger_account SET owner = 'mallory' WHERE owner = 'seller' AND currency = 'KES'",
          "UPDATE ledger_account SET custodian = 'elsewhere' WHERE account = 1",
          "UPDATE ledger_balance SET total = total + 1 WHERE account = 2",
          "UPDATE ledger_balance SET reserved = reserved + 1 WHERE account = 2",
          "UPDATE ledger_balance SET least = -5 WHERE account = 2",
          "DELETE FROM ledger_balance WHERE account = 3",
          "UPDATE ledger_leg SET minor = minor + 1 WHERE account = 2 AND number = 1",
          "UPDATE ledger_leg SET before = before + 1 WHERE account = 2 AND number = 1",
          "UPDATE ledger_leg SET place = place + 1 WHERE account = 2 AND number = 1",
          "UPDATE ledger_balance SET lines = lines + 1 WHERE account = 2",
          "UPDATE ledger_balance SET last = last + 1 WHERE account = 2",
          "INSERT INTO ledger_mark SELECT hub, account, number FROM ledger_leg WHERE account = 2 AND number "
          "= 1",
          "UPDATE ledger_leg SET after = after + 1 WHERE account = 2 AND number = 1",
          "DELETE FROM ledger_leg WHERE account = 3 AND number = 3",
          "UPDATE ledger_hold SET remaining = 1 WHERE name = 'order'",
          "UPDATE ledger_hold SET state = 0",
          "DELETE FROM ledger_hold",
          "UPDATE ledger_seal SET at = at + 1",
          "UPDATE ledger_seal SET number = 4",
          "UPDATE ledger_seal SET signature = digest"}) {
        Folder folder;
        db::Faults faults;
        auto db = opened((folder.path / "hub.db").string(), faults);
        auto const hub = new_hub();
        Ledger const ledger(hub);
        fill(db, ledger, signer());
        auto const findings = [&] {
            auto read = *db.read();
            return *ledger.check(read);
        };
        REQUIRE(findings().empty());
        auto const done = db.write([&](db::Write& write) { return write.run(change); });
        REQUIRE_MESSAGE(done, change);
        REQUIRE_MESSAGE(*done > 0, change);
        CHECK_MESSAGE(!findings().empty(), change);
    }
}

namespace {

// Answers of a program, or nothing where it is not there.
std::optional<std::string> said_by(std::string const& command) {
    auto* const pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return std::nullopt;
    std::string out;
    std::array<char, 4096> some{};
    while (auto const size = std::fread(some.data(), 1, some.size(), pipe)) out.append(some.data(), size);
    return ::pclose(pipe) == 0 ? std::optional(out) : std::nullopt;
}

}  // namespace

TEST_CASE("hledger reads the journal and comes to the same balances") {
    Folder folder;
    db::Faults faults;
    auto db = opened((folder.path / "hub.db").string(), faults);
    Ledger const ledger(new_hub());
    fill(db, ledger, signer());
    auto read = *db.read();
    auto const file = folder.path / "ledger.journal";
    {
        std::ofstream out(file, std::ios::binary);
        REQUIRE(ledger.write_out(read, Format::hledger, [&](std::string_view piece) -> Result<void> {
            out << piece;
            return {};
        }));
    }
    if (!said_by("hledger --version 2>/dev/null")) {
        MESSAGE("skipped: hledger is not installed");
        return;
    }
    auto const said =
        said_by("LC_ALL=C.UTF-8 hledger -f " + file.string() + " balance --flat --no-total -O csv");
    REQUIRE(said);
    // "account","balance"
    std::map<std::string, std::string> theirs, ours;
    std::size_t from = said->find('\n') + 1;
    for (auto end = said->find('\n', from); end != std::string::npos;
         from = end + 1, end = said->find('\n', from)) {
        auto const line = said->substr(from, end - from);
        auto const middle = line.find("\",\"");
        REQUIRE(middle != std::string::npos);
        theirs[line.substr(1, middle - 1)] = line.substr(middle + 3, line.size() - middle - 4);
    }
    auto const rows = *ledger.accounts(read, {});
    for (auto const& row : rows) {
        auto const minor = row.balance.total.minor();
        if (minor == 0) continue;
        auto const is_outside = row.key.purpose == Purpose::outside;
        auto const root = is_outside                        ? "assets:"
                          : row.key.purpose == Purpose::fee ? "revenues:"
                          : row.key.purpose == Purpose::conversion || row.key.purpose == Purpose::rounding
                              ? "equity:"
                              : "liabilities:";
        auto& mine = ours[root + std::string(text_of(row.key.purpose)) + ":" + row.key.custodian + ":" +
                          row.key.owner];
        auto const text = Money(-minor, row.key.currency).text() + " " + std::string(row.key.currency.text());
        mine = mine.empty() ? text : mine + ", " + text;
    }
    // Of several currencies in one account hledger says them in the order of their letters.
    CHECK(theirs.size() == ours.size());
    for (auto const& [name, amounts] : ours) {
        auto const sorted = [](std::string text) {
            std::set<std::string> parts;
            for (std::size_t at = 0; at <= text.size();) {
                auto const end = std::min(text.find(", ", at), text.size());
                parts.insert(text.substr(at, end - at));
                at = end + 2;
            }
            return parts;
        };
        CHECK_MESSAGE(sorted(theirs[name]) == sorted(amounts), name, ": ", theirs[name], " and ", amounts);
    }
}

TEST_CASE("the table and the JSON hold every leg, and no formula") {
    Folder folder;
    db::Faults faults;
    auto db = opened((folder.path / "hub.db").string(), faults);
    Ledger const ledger(new_hub());
    fill(db, ledger, signer());
    auto read = *db.read();
    auto const written = [&](Format format) {
        std::string out;
        REQUIRE(ledger.write_out(read, format, [&](std::string_view piece) -> Result<void> {
            out += piece;
            return {};
        }));
        return out;
    };
    auto const table = written(Format::csv);
    CHECK(table.starts_with(
        "number,at,key,kind,note,act,hold,owner,purpose,currency,custodian,amount,reserved,digest\r\n"
        "1,2026-09-21T14:13:20.000Z,in,paid-in,\"'=1+1; \"\"deposit\"\", 30 % | réf\",transfer,,bank,"
        "outside,"
        "USD,hub,-2400.00,,"));
    CHECK(table.find(",order.hold,,hold,,buyer,funds,USD,hub,,2000.00,") != std::string::npos);
    CHECK(table.find(",order.part,,release,order,buyer,funds,USD,hub,-714.01,,") != std::string::npos);
    CHECK(table.find(",order.part,,release,order,buyer,funds,USD,hub,,-714.01,") != std::string::npos);
    auto const json = written(Format::json);
    CHECK(json.find(R"("from":"USD","given":"33.33","to":"KES","got":"4316.40","numerator":"129.505")") !=
          std::string::npos);
    CHECK(json.find(R"("least":"-10000.00","most":"0.00")") != std::string::npos);
    CHECK(json.ends_with("}\n]}\n"));
}
