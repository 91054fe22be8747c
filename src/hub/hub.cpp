#include "hub/hub.h"

#include "hub/hidden.h"

#include <sodium.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <typeinfo>

namespace allroads::hub {
namespace {

namespace fs = std::filesystem;
using std::chrono::minutes;
using std::chrono::seconds;

// Steps of this room.
constexpr std::array own_steps{
    db::Migration{
        1, "the hub itself, messages, what imports left aside, requests that came with a key",
        "CREATE TABLE hub_self (hub BLOB NOT NULL PRIMARY KEY, made INTEGER NOT NULL) STRICT;\n"
        "CREATE TABLE message (hub BLOB NOT NULL, id BLOB NOT NULL, recipient TEXT NOT NULL, words "
        "TEXT NOT NULL, made INTEGER NOT NULL, PRIMARY KEY (hub, id)) STRICT;\n"
        "CREATE TABLE product_aside (hub BLOB NOT NULL, product BLOB NOT NULL, kind INTEGER NOT NULL, "
        "document TEXT NOT NULL, PRIMARY KEY (hub, product, kind)) STRICT;\n"
        "CREATE TABLE request_once (hub BLOB NOT NULL, asker TEXT NOT NULL, name TEXT NOT NULL, "
        "digest BLOB NOT NULL, status INTEGER NOT NULL, answer TEXT NOT NULL, made INTEGER NOT NULL, "
        "PRIMARY KEY (hub, asker, name)) STRICT;\n"
        "CREATE INDEX request_once_by_age ON request_once (hub, made);"},
    db::Migration{
        2, "webhooks and what they were told",
        "CREATE TABLE webhook (hub BLOB NOT NULL, id BLOB NOT NULL, owner BLOB NOT NULL, url TEXT NOT NULL, "
        "events TEXT NOT NULL, secret BLOB NOT NULL, made INTEGER NOT NULL, state INTEGER NOT NULL, "
        "failing_since INTEGER NOT NULL, paused INTEGER NOT NULL, leased INTEGER NOT NULL, "
        "waiting INTEGER NOT NULL, PRIMARY KEY (hub, id)) STRICT;\n"
        "CREATE INDEX webhook_by_owner ON webhook (hub, owner, id);\n"
        "CREATE TABLE delivery (hub BLOB NOT NULL, id BLOB NOT NULL, webhook BLOB NOT NULL, "
        "event TEXT NOT NULL, body TEXT NOT NULL, made INTEGER NOT NULL, due INTEGER NOT NULL, "
        "tries INTEGER NOT NULL, state INTEGER NOT NULL, status INTEGER NOT NULL, excerpt TEXT NOT NULL, "
        "tried INTEGER NOT NULL, PRIMARY KEY (hub, id)) STRICT;\n"
        "CREATE INDEX delivery_by_due ON delivery (hub, state, due);\n"
        "CREATE INDEX delivery_by_webhook ON delivery (hub, webhook, id);"},
    db::Migration{
        3, "deals: orders that came with a key, references of payers, payouts, what parties are told",
        "CREATE TABLE deal_once (hub BLOB NOT NULL, account BLOB NOT NULL, name TEXT NOT NULL, "
        "digest BLOB NOT NULL, deals BLOB NOT NULL, PRIMARY KEY (hub, account, name)) STRICT;\n"
        "CREATE TABLE deal_reference (hub BLOB NOT NULL, reference TEXT NOT NULL, deal BLOB NOT NULL, "
        "PRIMARY KEY (hub, reference)) STRICT;\n"
        "CREATE INDEX deal_reference_by_deal ON deal_reference (hub, deal);\n"
        "CREATE TABLE deal_payout (hub BLOB NOT NULL, payout TEXT NOT NULL, deal BLOB NOT NULL, "
        "number INTEGER NOT NULL, attempt INTEGER NOT NULL, PRIMARY KEY (hub, payout)) STRICT;\n"
        "CREATE UNIQUE INDEX deal_payout_once ON deal_payout (hub, deal, number, attempt);\n"
        "CREATE TABLE deal_notice (hub BLOB NOT NULL, id BLOB NOT NULL, account BLOB NOT NULL, "
        "deal BLOB NOT NULL, key TEXT NOT NULL, facts TEXT NOT NULL, made INTEGER NOT NULL, "
        "told INTEGER NOT NULL, PRIMARY KEY (hub, id)) STRICT;\n"
        "CREATE INDEX deal_notice_by_account ON deal_notice (hub, account, id);\n"
        "CREATE INDEX deal_notice_by_told ON deal_notice (hub, told, id);"},
    // The same in fewer trees: an order writes all of them. A reference is found by a deal without an index,
    // since it is made of the deal's id.
    db::Migration{
        4, "what orders write, in one tree each",
        "CREATE TABLE deal_key (hub BLOB NOT NULL, account BLOB NOT NULL, name TEXT NOT NULL, "
        "digest BLOB NOT NULL, deals BLOB NOT NULL, PRIMARY KEY (hub, account, name)) STRICT, WITHOUT "
        "ROWID;\n"
        "INSERT INTO deal_key (hub, account, name, digest, deals) SELECT hub, account, name, digest, deals "
        "FROM deal_once;\n"
        "DROP TABLE deal_once;\n"
        "ALTER TABLE deal_key RENAME TO deal_once;\n"
        "CREATE TABLE deal_payer (hub BLOB NOT NULL, reference TEXT NOT NULL, deal BLOB NOT NULL, "
        "PRIMARY KEY (hub, reference)) STRICT, WITHOUT ROWID;\n"
        "INSERT INTO deal_payer (hub, reference, deal) SELECT hub, reference, deal FROM deal_reference;\n"
        "DROP TABLE deal_reference;\n"
        "ALTER TABLE deal_payer RENAME TO deal_reference;\n"
        "CREATE TABLE notice (hub BLOB NOT NULL, account BLOB NOT NULL, id BLOB NOT NULL, "
        "deal BLOB NOT NULL, key TEXT NOT NULL, facts TEXT NOT NULL, made INTEGER NOT NULL, "
        "told INTEGER NOT NULL, PRIMARY KEY (hub, account, id)) STRICT, WITHOUT ROWID;\n"
        "INSERT INTO notice (hub, account, id, deal, key, facts, made, told) SELECT hub, account, id, deal, "
        "key, facts, made, told FROM deal_notice;\n"
        "DROP TABLE deal_notice;\n"
        "ALTER TABLE notice RENAME TO deal_notice;\n"
        "CREATE INDEX deal_notice_to_tell ON deal_notice (hub, id) WHERE told = 0;"},
    db::Migration{
        5, "payments that nobody knows the owner of",
        "CREATE TABLE money_aside (hub BLOB NOT NULL, entry TEXT NOT NULL, way INTEGER NOT NULL, "
        "turn INTEGER NOT NULL, outside_id TEXT NOT NULL, said TEXT NOT NULL, payer TEXT NOT NULL, "
        "account TEXT NOT NULL, minor INTEGER NOT NULL, currency TEXT NOT NULL, doubt TEXT NOT NULL, "
        "made INTEGER NOT NULL, state INTEGER NOT NULL, payout TEXT, PRIMARY KEY (hub, entry)) STRICT;\n"
        "CREATE INDEX money_aside_by_state ON money_aside (hub, state, entry);\n"
        "CREATE UNIQUE INDEX money_aside_by_payout ON money_aside (hub, payout);"},
    db::Migration{
        6, "photos that accounts have kept, which count against what one may have",
        "CREATE TABLE photo_kept (hub BLOB NOT NULL, account BLOB NOT NULL, digest TEXT NOT NULL, "
        "bytes INTEGER NOT NULL, made INTEGER NOT NULL, PRIMARY KEY (hub, account, digest)) STRICT;"},
    db::Migration{7, "files that are shown in disputes",
                  "CREATE TABLE deal_file (hub BLOB NOT NULL, deal BLOB NOT NULL, digest TEXT NOT NULL, "
                  "account BLOB NOT NULL, type TEXT NOT NULL, bytes INTEGER NOT NULL, made INTEGER NOT NULL, "
                  "shown INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (hub, deal, digest)) STRICT;\n"
                  "CREATE INDEX deal_file_not_shown ON deal_file (hub, made) WHERE shown = 0;"},
    db::Migration{8, "money that buyers have sent out",
                  "CREATE TABLE money_out (hub BLOB NOT NULL, id BLOB NOT NULL, account BLOB NOT NULL, "
                  "name TEXT NOT NULL, payout TEXT NOT NULL, minor INTEGER NOT NULL, currency TEXT NOT NULL, "
                  "custodian TEXT NOT NULL, destination TEXT NOT NULL, state INTEGER NOT NULL, "
                  "made INTEGER NOT NULL, ended INTEGER, outside_id TEXT NOT NULL, reason TEXT NOT NULL, "
                  "PRIMARY KEY (hub, id)) STRICT;\n"
                  "CREATE UNIQUE INDEX money_out_once ON money_out (hub, account, name);\n"
                  "CREATE UNIQUE INDEX money_out_by_payout ON money_out (hub, payout);\n"
                  "CREATE INDEX money_out_by_account ON money_out (hub, account, id);"},
};

std::string database_of(Config const& config) {
    return config.database.empty() ? (config.data / "hub.db").string() : config.database;
}

// Phone numbers and addresses of people are in it: others of this machine may not read it, nor what SQLite
// lays beside it. Where the database is no file of ours, nothing is there to change.
void keep_to_owner(std::string const& database) {
    for (auto const* const beside : {"", "-wal", "-shm"}) {
        std::error_code ignored;
        fs::permissions(database + beside, fs::perms::owner_read | fs::perms::owner_write, ignored);
    }
}

books::Shelf const* shelf_of(std::shared_ptr<books::Edition const> const& books) {
    if (books == nullptr) return nullptr;
    auto const shelf = books->shelf();
    return shelf ? *shelf : nullptr;
}

}  // namespace

Stamp stamp_of(fs::path const& file) {
    std::error_code none;
    Stamp stamp{fs::last_write_time(file, none), 0};
    stamp.size = fs::file_size(file, none);
    return none ? Stamp() : stamp;
}

// Numbers are given out once and never shift: what a room adds later stands at the end of this list, as a
// further line with its place among the room's own steps.
std::vector<db::Migration> all_migrations() {
    std::vector<db::Migration> all;
    auto const add = [&](std::span<db::Migration const> steps, std::size_t from, std::size_t count) {
        for (auto step : steps.subspan(from, count)) {
            step.number = static_cast<std::int64_t>(all.size()) + 1;
            all.push_back(step);
        }
    };
    add(people::migrations(), 0, 1);
    add(shop::migrations(), 0, 1);
    add(own_steps, 0, 1);
    add(own_steps, 1, 1);
    add(ledger::migrations(), 0, 1);
    add(people::migrations(), 1, 1);
    add(deal::migrations(), 0, 1);
    add(pay::migrations(), 0, 1);
    add(own_steps, 2, 1);
    add(ledger::migrations(), 1, 1);
    add(deal::migrations(), 1, 1);
    add(own_steps, 3, 1);
    add(deal::migrations(), 2, 1);
    add(own_steps, 4, 1);
    add(own_steps, 5, 1);
    add(own_steps, 6, 1);
    add(own_steps, 7, 1);
    allroads::check(all.size() == people::migrations().size() + shop::migrations().size() + own_steps.size() +
                                      ledger::migrations().size() + deal::migrations().size() +
                                      pay::migrations().size());
    return all;
}

Hub::Hidden::Hidden(Config given)
    : config(std::move(given)),
      edition(books::edition_in(config.data),
              [this]() -> Result<std::shared_ptr<books::Edition const>> {
                  auto opened = books::open(books::edition_in(config.data));
                  if (opened || opened.error().code() != Code::no_books || config.starter.empty())
                      return opened;
                  return books::open(config.starter);
              }),
      words(books::words_of(books::edition_in(config.data)),
            [this]() -> Result<std::shared_ptr<books::Words const>> {
                auto const own = books::words_of(books::edition_in(config.data));
                auto const& known = fs::exists(own) ? own : books::words_of(config.starter);
                return std::make_shared<books::Words const>(TRY(books::Words::open(known)));
            }) {}

db::Moment Hub::Hidden::now() const {
    if (config.clock) return config.clock();
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// Which hub of the database this is; the first start gives it an id.
Result<void> Hub::Hidden::find_self() {
    auto const made = ids.next(now());
    self = TRY(data->write([&](db::Write& write) -> Result<db::HubId> {
        if (auto const row = TRY(write.first("SELECT hub FROM hub_self LIMIT 1")))
            return row->id<db::HubOf>(0);
        (void)TRY(write.run("INSERT INTO hub_self (hub, made) VALUES (?, ?)", made,
                            now().time_since_epoch().count()));
        return db::HubId(made);
    }));
    return {};
}

Result<void> Hub::Hidden::open_data() {
    std::error_code failed;
    if (fs::create_directories(config.data, failed))
        fs::permissions(config.data, fs::perms::owner_all, failed);  // 0700
    if (failed) return refuse(Code::unavailable, "data", "cannot make " + config.data.string());
    db::Options options;
    options.faults = config.faults;
    data.emplace(TRY(db::Db::open(database_of(config), options)));
    keep_to_owner(database_of(config));
    (void)TRY(db::migrate(*data, all_migrations()));
    TRY_VOID(find_self());
    key.emplace(TRY(people::HubKey::open_or_make(config.data / "hub.key")));
    seal_signer = signer("ledger-seal");
    attest_signer = signer("deal-attest");
    people.emplace(TRY(people::People::open(*data, self, *key, config.people)));
    album.emplace(TRY(photo::Album::open(config.data / "photos")));
    uploads.emplace(TRY(photo::Uploads::open(config.data / "uploads")));
    catalogue.emplace(config.data / "search.index");
    std::vector<pay::Adapter const*> adapters;
    for (auto const& one : config.dealing.ways) adapters.push_back(one.get());
    desk.emplace(self, ids, std::move(adapters));
    auto const held = edition.held();
    return catalogue->load(*data, self, shelf_of(held));
}

void Hub::Hidden::look_for_demo() {
    std::error_code none;
    is_demo = fs::exists(config.data / "demonstration", none);
}

ledger::Signer Hub::Hidden::signer(std::string_view purpose) const {
    auto const seed = key->mark(purpose, self.text());
    static_assert(std::tuple_size_v<decltype(seed)> == crypto_sign_SEEDBYTES);
    std::string open(crypto_sign_PUBLICKEYBYTES, '\0');
    std::string secret(crypto_sign_SECRETKEYBYTES, '\0');
    auto const bytes = [](std::string& text) {
        return static_cast<unsigned char*>(static_cast<void*>(text.data()));
    };
    allroads::check(crypto_sign_seed_keypair(bytes(open), bytes(secret), seed.data()) == 0);
    return {open, [secret](std::string_view text) { return shop::sign(text, secret); }};
}

void Hub::Hidden::seal_ledger() {
    auto const at = now();
    auto const due = [&]() -> Result<bool> {
        auto read = TRY(data->read());
        return ledger::Ledger(self).is_seal_due(read, at);
    };
    auto const is_due = due();
    if (!is_due || !*is_due) return;
    // What fails is tried again an hour later.
    (void)data->write([&](db::Write& write) { return ledger::Ledger(self).seal(write, at, seal_signer); },
                      db::Meeting::waits);
}

// ---- what nobody waits for --------------------------------------------------------------------------------

bool Broken::is_known(std::string const& name, db::Moment now) {
    std::lock_guard const held(lock_);
    auto const there = until_.find(name);
    return there != until_.end() && now < there->second;
}

std::size_t Broken::size() {
    std::lock_guard const held(lock_);
    return until_.size();
}

void Broken::note(std::string const& name, db::Moment now) {
    std::lock_guard const held(lock_);
    std::erase_if(until_, [&](auto const& one) { return one.second <= now; });
    until_[name] = now + std::chrono::hours(1);
}

void Hub::Hidden::unharmed(std::string const& name, std::function<void()> const& work) {
    auto const at = now();
    std::string thrown;
    try {
        work();
        return;
    } catch (Bug const& bug) {
        thrown = bug.what();  // a place in the source
    } catch (std::exception const& other) {
        thrown = typeid(other).name();  // what a library says may name what it was given
    }
    if (broken.is_known(name, at)) return;
    broken.note(name, at);
    auto const line = "housekeeping of " + name + " was given up: " + thrown;
    if (config.log) return config.log(line);
    std::fputs((line + "\n").c_str(), stderr);
}

void Hub::Hidden::keep_each_hour() {
    (void)people->sweep(now());
    (void)uploads->expire(std::chrono::floor<seconds>(now()));
    forget_deliveries();
    auto const old = (now() - std::chrono::days(2)).time_since_epoch().count();
    (void)data->write([&](db::Write& write) -> Result<void> {
        (void)TRY(write.run("DELETE FROM request_once WHERE hub = ? AND made < ?", self, old));
        // What no gateway fetched is of no use to anybody by now.
        (void)TRY(write.run("DELETE FROM message WHERE hub = ? AND made < ?", self, old));
        (void)TRY(write.run("DELETE FROM deal_file WHERE hub = ? AND shown = 0 AND made < ?", self, old));
        return {};
    });
}

// Newer books, sessions that are over, deadlines, the index on the disk.
void Hub::Hidden::keep_house(std::stop_token const& stopping) {
    std::unique_lock held(lock);
    auto swept = std::chrono::steady_clock::now();
    auto saved = swept, freed = swept;
    std::optional<std::chrono::steady_clock::time_point> sealed;
    while (!stopping.stop_requested()) {
        unharmed("books", [&] {
            edition.look();
            if (words.held() != nullptr) words.look();
            look_for_demo();
        });
        unharmed("the index", [&] {
            auto const books = edition.held();
            (void)catalogue->catch_up(*data, self, shelf_of(books));
        });
        auto const at = std::chrono::steady_clock::now();
        if (at - swept >= minutes(60)) {
            swept = at;
            unharmed("what is over", [&] { keep_each_hour(); });
        }
        unharmed("orders", [&] { (void)look_after_deals(); });
        if (at - freed >= minutes(1)) {
            freed = at;
            // What a hold kept back is free again from its moment on.
            unharmed("holds", [&] {
                (void)data->write(
                    [&](db::Write& write) { return ledger::Ledger(self).expire_due(write, now()); },
                    db::Meeting::waits);
            });
        }
        if (!sealed || at - *sealed >= minutes(60)) {
            sealed = at;
            unharmed("seals", [&] { seal_ledger(); });
        }
        if (at - saved >= minutes(5)) {
            saved = at;
            unharmed("the index on the disk", [&] { (void)catalogue->save(now()); });
        }
        wake.wait_for(held, stopping, seconds(1), [] { return false; });
    }
}

Hub::Hub(std::unique_ptr<Hidden> hidden) : hidden_(std::move(hidden)) {}
Hub::~Hub() {
    hidden_->housekeeper = {};
    // Without it the next start reads more, and loses nothing.
    (void)save_index();
}

Result<std::unique_ptr<Hub>> Hub::open(Config config) {
    auto hidden = std::make_unique<Hidden>(std::move(config));
    hidden->edition.look();
    hidden->look_for_demo();
    TRY_VOID(hidden->open_data());
    auto* const house = hidden.get();
    house->housekeeper =
        std::jthread([house](std::stop_token const& stopping) { house->keep_house(stopping); });
    return std::unique_ptr<Hub>(new Hub(std::move(hidden)));
}

std::string moment_text(db::Moment moment) {
    auto const day = std::chrono::floor<std::chrono::days>(moment);
    std::chrono::year_month_day const date(day);
    std::chrono::hh_mm_ss const time(moment - day);
    char text[32];
    auto const size =
        std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                      static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
    return {text, static_cast<std::size_t>(size)};
}

db::Moment Hub::now() const { return hidden_->now(); }

Day Hub::today() const {
    auto const days = std::chrono::floor<std::chrono::days>(now()).time_since_epoch().count();
    return Day::from_number(static_cast<std::int32_t>(days));
}

About Hub::about() const {
    return {.name = "Allroads",
            .is_demo = hidden_->is_demo,
            .products = hidden_->catalogue->index().size().entries,
            .shops = hidden_->catalogue->shops()};
}

Dealing const& Hub::dealing() const { return hidden_->config.dealing; }

std::uint64_t Hub::changes() const { return hidden_->catalogue->changes(); }

Result<std::shared_ptr<books::Edition const>> Hub::books() const {
    auto held = hidden_->edition.held();
    if (held == nullptr) return refuse(Code::no_books, "", "`allroads books build` makes them");
    return held;
}

Result<std::shared_ptr<books::Words const>> Hub::words() const {
    // Opened when first asked for: they are the largest file, and many hubs are never asked for a code.
    auto held = hidden_->words.held();
    if (held == nullptr) {
        hidden_->words.look();
        held = hidden_->words.held();
    }
    if (held == nullptr)
        return refuse(Code::no_books, "", "`allroads books build` compiles the words of goods");
    return held;
}

Result<std::vector<std::string>> Hub::check() {
    auto wrong = TRY(db::check_all(*hidden_->data));
    auto const add = [&](std::vector<std::string> more) {
        for (auto& one : more) wrong.push_back(std::move(one));
    };
    auto read = TRY(hidden_->data->read());
    add(TRY(shop::check(read, hidden_->self)));
    add(TRY(hidden_->people->check_trail()));
    add(TRY(ledger().check(read, std::array{ledger_key()})));
    add(TRY(deal::check(read, hidden_->self)));
    add(TRY(hidden_->check_held(read)));
    add(TRY(hidden_->check_files(read)));
    auto const pictures = TRY(hidden_->album->check());
    for (auto const& digest : pictures.damaged)
        wrong.push_back("photo " + digest + ": its file holds something else");
    return wrong;
}

ledger::Ledger Hub::ledger() const { return ledger::Ledger(hidden_->self); }

Result<db::Read> Hub::read() { return hidden_->data->read(); }

std::string Hub::ledger_key() const { return hidden_->seal_signer.open_key; }

Result<void> Hub::save_index() {
    auto& house = *hidden_;
    auto const books = house.edition.held();
    TRY_VOID(house.catalogue->catch_up(*house.data, house.self, shelf_of(books)));
    return house.catalogue->save(now());
}

people::People& Hub::people() { return *hidden_->people; }

// For what somebody does about themselves: not for a member, even while they act for one.
people::Act Hub::act_of(Caller const& caller) const {
    auto act = hidden_->act_of(caller);
    act.acting_for.reset();
    return act;
}

}  // namespace allroads::hub
