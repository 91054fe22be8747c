// Posting: what is asked is held against what stands, in memory; then written, the head of the chain last.
#include "ledger/rows.h"
#include "ledger/shape.h"

#include <sodium.h>

#include <algorithm>
#include <deque>
#include <unordered_map>

namespace allroads::ledger {
namespace {

struct Account {
    AccountKey const* key = nullptr;
    std::int64_t number = 0;  // 0: not opened yet
    std::int64_t total = 0, reserved = 0;
    std::int64_t lines = 0, last = 0;  // how many lines it has, and the number of the last
    Bounds bounds;
    bool is_new = false;
    bool is_changed = false;
};

struct HoldRow {
    std::size_t account = 0;
    std::int64_t minor = 0, remaining = 0;
    std::int64_t until = never;
    HoldState state = HoldState::open;
    bool is_there = false;  // was found, or made in this call
    bool is_changed = false;
};

struct LineRow {
    std::size_t account = 0;
    std::int64_t minor = 0, after = 0;
};

// An entry that will be written. Accounts are places in the list of those that the call names.
struct Pending {
    std::size_t entry = 0;
    Body body;
    std::vector<LineRow> lines = {};
    std::vector<std::size_t> opens = {};
    std::string bytes = {};
    Digest digest = {};
};

struct Stored {
    std::int64_t number = 0, at = 0;
    std::string body;
};

struct KeyHash {
    std::size_t operator()(AccountKey const* key) const {
        auto const text = std::hash<std::string_view>();
        auto const kind = static_cast<std::size_t>(key->purpose) * 1000U + key->currency.index();
        return (text(key->owner) * 31U + kind) * 31U + text(key->custodian);
    }
};
struct KeySame {
    bool operator()(AccountKey const* a, AccountKey const* b) const { return *a == *b; }
};

// ---- one call ---------------------------------------------------------------------------------------------

class Posting {
public:
    Posting(db::Write& write, HubId const& hub, Moment at, std::span<Entry const> entries)
        : write_(write), hub_(hub), at_(number_of(at)), entries_(entries) {}

    Result<std::vector<Posted>> run() {
        if (entries_.size() > entries_max)
            return refuse(Code::too_long, "entries", "at most 10000 entries are posted at once");
        if (at_ < 0 || at_ > moment_max) return refuse(Code::bad_date, "at", "a moment from 1970 to 2199");
        for (std::size_t n = 0; n < entries_.size(); ++n) TRY_VOID(check_shape(n, entries_[n]));
        TRY_VOID(find_accounts());
        TRY_VOID(find_hold_accounts());
        TRY_VOID(lock_accounts());
        TRY_VOID(read_holds());
        TRY_VOID(find_repeats());
        TRY_VOID(find_accounts_of_repeats());
        answers_.resize(entries_.size());
        TRY_VOID(apply_all());
        if (!pending_.empty()) {
            auto const posted = write_all();
            if (!posted) return std::unexpected(posted.error());
        }
        return std::move(answers_);
    }

private:
    // ---- what stands

    std::size_t place_of(AccountKey const& key) {
        auto const [found, is_new] = places_.try_emplace(&key, accounts_.size());
        if (is_new) accounts_.push_back({.key = &key, .bounds = bounds_of(key.purpose)});
        return found->second;
    }

    Result<void> find_accounts() {
        places_.reserve(entries_.size() * 2);
        for (auto const& entry : entries_) {
            for (auto const& leg : entry.legs) leg_places_.push_back(place_of(leg.account));
        }
        std::vector<std::size_t> all(accounts_.size());
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
        accounts_seen_ = INT64_MAX;
        TRY_VOID(find_numbers(all));
        if (accounts_seen_ == INT64_MAX) accounts_seen_ = 0;
        return {};
    }

    // Gives the accounts their numbers, where they were opened; with how many there were at that moment, so
    // that as many later means that none was opened meanwhile.
    Result<void> find_numbers(std::span<std::size_t const> wanted) {
        static Chunked const texts(
            "SELECT -1 AS place, accounts AS account FROM ledger_head WHERE hub = ? UNION ALL ",
            "SELECT ? AS place, account FROM ledger_account WHERE hub = ? AND owner = ? "
            "AND purpose = ? AND currency = ? AND custodian = ?",
            "", " UNION ALL ");
        return texts.each(wanted.size(),
                          [&](std::string_view text, std::size_t from, std::size_t count) -> Result<void> {
                              std::vector<db::Arg> args;
                              args.reserve(count * 6 + 1);
                              args.emplace_back(hub_);
                              for (std::size_t i = from; i < from + count; ++i) {
                                  auto const& key = *accounts_[wanted[i]].key;
                                  args.emplace_back(wanted[i]);
                                  args.emplace_back(hub_);
                                  args.emplace_back(key.owner);
                                  args.emplace_back(static_cast<int>(key.purpose));
                                  args.emplace_back(key.currency.text());
                                  args.emplace_back(key.custodian);
                              }
                              auto rows = TRY(write_.start(text, args));
                              while (TRY(rows.next())) {
                                  auto const place = rows.integer(0);
                                  if (place < 0) accounts_seen_ = std::min(accounts_seen_, rows.integer(1));
                                  if (place >= 0)
                                      accounts_[static_cast<std::size_t>(place)].number = rows.integer(1);
                              }
                              return {};
                          });
    }

    // The accounts of holds that this call ends; they may be named by nothing else. Read again once locked.
    Result<void> find_hold_accounts() {
        for (auto const& entry : entries_) {
            if (!entry.hold.empty()) holds_.try_emplace(entry.hold);
        }
        for (auto& [name, hold] : holds_) {
            auto const row =
                TRY(write_.first("SELECT a.owner, a.purpose, a.currency, a.custodian, a.account "
                                 "FROM ledger_hold h JOIN ledger_account a ON a.hub = h.hub AND "
                                 "a.account = h.account WHERE h.hub = ? AND h.name = ?",
                                 hub_, name));
            if (!row) continue;
            auto const currency = TRY(Currency::parse(row->text(2)));
            own_keys_.push_back({std::string(row->text(0)), static_cast<Purpose>(row->integer(1)), currency,
                                 std::string(row->text(3))});
            hold.account = place_of(own_keys_.back());
            accounts_[hold.account].number = row->integer(4);
            hold.is_there = true;
        }
        return {};
    }

    // In the order of their numbers, so that no two calls wait for each other.
    Result<void> lock_accounts() {
        std::vector<std::size_t> known;
        for (std::size_t i = 0; i < accounts_.size(); ++i) {
            if (accounts_[i].number != 0) known.push_back(i);
        }
        return lock(std::move(known));
    }

    Result<void> lock(std::vector<std::size_t> known) {
        static Chunked const texts(
            "SELECT account, total, reserved, least, most, lines, last FROM ledger_balance WHERE hub = ? AND "
            "account IN (",
            "?", ") ORDER BY account FOR UPDATE");
        std::ranges::sort(known, {}, [&](std::size_t i) { return accounts_[i].number; });
        return texts.each(
            known.size(), [&](std::string_view text, std::size_t from, std::size_t count) -> Result<void> {
                std::vector<db::Arg> args{hub_};
                for (std::size_t i = from; i < from + count; ++i)
                    args.emplace_back(accounts_[known[i]].number);
                auto rows = TRY(write_.start(text, args));
                auto i = from;
                for (; TRY(rows.next()) && i < from + count; ++i) {
                    auto& account = accounts_[known[i]];
                    if (account.number != rows.integer(0)) break;
                    account.total = rows.integer(1);
                    account.reserved = rows.integer(2);
                    account.bounds = bounds_from(rows.integer(3), rows.integer(4));
                    account.lines = rows.integer(5);
                    account.last = rows.integer(6);
                }
                if (i != from + count)
                    return refuse(Code::db_damaged, "", "an account of the ledger has no balance");
                return {};
            });
    }

    // What is asked of a hold is decided once its account is locked.
    Result<void> read_holds() {
        for (auto& [name, hold] : holds_) {
            if (!hold.is_there) continue;
            auto const row =
                TRY(write_.one("SELECT minor, remaining, until, state FROM ledger_hold "
                               "WHERE hub = ? AND name = ?",
                               hub_, name));
            hold.minor = row.integer(0);
            hold.remaining = row.integer(1);
            hold.until = row.integer(2);
            hold.state = static_cast<HoldState>(row.integer(3));
        }
        return {};
    }

    // One look-up for each key: of `name IN (…)` SQLite, which knows all rows to be of one hub, makes a walk
    // over the whole table.
    Result<void> find_repeats() {
        static Chunked const texts(
            "", "SELECT name, number, at, body FROM ledger_entry WHERE hub = ? AND name = ?", "",
            " UNION ALL ");
        return texts.each(entries_.size(),
                          [&](std::string_view text, std::size_t from, std::size_t count) -> Result<void> {
                              std::vector<db::Arg> args;
                              args.reserve(count * 2);
                              for (std::size_t i = from; i < from + count; ++i) {
                                  args.emplace_back(hub_);
                                  args.emplace_back(entries_[i].key);
                              }
                              auto rows = TRY(write_.start(text, args));
                              while (TRY(rows.next())) {
                                  stored_[std::string(rows.text(0))] = {rows.integer(1), rows.integer(2),
                                                                        std::string(rows.blob(3))};
                              }
                              return {};
                          });
    }

    // Who posted a key between the two looks opened its accounts too: without their numbers the same entry
    // would seem another. In the order in which nobody else waits for them, but for who does the same.
    Result<void> find_accounts_of_repeats() {
        if (stored_.empty()) return {};
        std::vector<std::size_t> fresh;
        for (std::size_t i = 0; i < accounts_.size(); ++i) {
            if (accounts_[i].number == 0) fresh.push_back(i);
        }
        if (fresh.empty()) return {};
        TRY_VOID(find_numbers(fresh));
        std::erase_if(fresh, [&](std::size_t i) { return accounts_[i].number == 0; });
        return lock(std::move(fresh));
    }

    // ---- what is asked, held against it

    Result<void> apply_all() {
        pending_.clear();
        same_as_.clear();
        std::unordered_map<std::string_view, std::size_t> here;
        std::size_t leg = 0;
        for (std::size_t n = 0; n < entries_.size(); ++n) {
            auto const& entry = entries_[n];
            Pending next{.entry = n, .body = asked(entry, leg)};
            leg += entry.legs.size();
            if (auto const stored = stored_.find(entry.key); stored != stored_.end()) {
                TRY_VOID(repeat(n, next.body, stored->second));
                continue;
            }
            auto const [first, is_new] = here.try_emplace(entry.key, pending_.size());
            if (!is_new) {
                if (asked_bytes(pending_[first->second].body) != asked_bytes(next.body)) return other(n);
                same_as_[n] = first->second;
                continue;
            }
            TRY_VOID(apply(n, entry, next));
            pending_.push_back(std::move(next));
        }
        return {};
    }

    [[nodiscard]] Body asked(Entry const& entry, std::size_t leg) const {
        Body body{.act = entry.act,
                  .kind = entry.kind,
                  .note = entry.note,
                  .hold = entry.hold,
                  .until = entry.until,
                  .legs = {},
                  .conversion = entry.conversion,
                  .bounds = entry.bounds,
                  .source = {},
                  .opened = {}};
        body.legs.reserve(entry.legs.size());
        for (auto const& one : entry.legs) {
            body.legs.push_back({static_cast<std::int64_t>(leg_places_[leg++]), one.amount.minor()});
        }
        return body;
    }

    std::unexpected<Error> other(std::size_t n) const {
        return refuse_entry(Code::conflict, n, "key",
                            "“" + entries_[n].key + "” was the key of an entry of other content");
    }

    Result<void> repeat(std::size_t n, Body body, Stored const& stored) {
        for (auto& leg : body.legs) leg.account = accounts_[static_cast<std::size_t>(leg.account)].number;
        auto const size = TRY(asked_size(stored.body));
        if (asked_bytes(body) != std::string_view(stored.body).substr(0, size)) return other(n);
        answers_[n] = {stored.number, moment_of(stored.at), true};
        return {};
    }

    Result<void> apply(std::size_t n, Entry const& entry, Pending& next) {
        TRY_VOID(check_places(n, next.body));
        switch (entry.act) {
            case Act::transfer: return apply_legs(n, next);
            case Act::hold: return apply_hold(n, entry, next);
            case Act::bound: {
                auto& account = touched(static_cast<std::size_t>(next.body.legs[0].account), next);
                account.bounds = entry.bounds;
                return {};
            }
            default: return apply_end(n, entry, next);
        }
    }

    // An account that stood in two legs would have two lines of one number.
    Result<void> check_places(std::size_t n, Body const& body) const {
        auto const& legs = body.legs;
        std::vector<std::int64_t> all;
        if (legs.size() == 2 ? legs[0].account != legs[1].account : legs.size() < 2) return {};
        for (auto const& leg : legs) all.push_back(leg.account);
        std::ranges::sort(all);
        auto const twice = std::ranges::adjacent_find(all);
        if (twice == all.end()) return {};
        return refuse_entry(Code::bad_value, n, "legs",
                            accounts_[static_cast<std::size_t>(*twice)].key->text() + " stands in two legs");
    }

    Account& touched(std::size_t place, Pending& next) {
        auto& account = accounts_[place];
        account.is_changed = true;
        if (account.number == 0 && !account.is_new) {
            account.is_new = true;
            next.opens.push_back(place);
        }
        return account;
    }

    Result<void> add(std::size_t n, std::string_view field, std::size_t place, std::int64_t minor,
                     bool is_bounded, Pending& next) {
        auto& account = touched(place, next);
        auto const currency = account.key->currency;
        std::int64_t total = 0;
        if (__builtin_add_overflow(account.total, minor, &total) || total == INT64_MIN)
            return refuse_entry(Code::amount_too_large, n, field,
                                account.key->text() + " would hold more than can be counted");
        auto const& bounds = account.bounds;
        if (is_bounded && minor < 0 && bounds.least && Int128{total} - account.reserved < *bounds.least)
            return short_of(n, field, account, minor);
        if (minor > 0 && bounds.most && total > *bounds.most)
            return refuse_entry(
                Code::conflict, n, field,
                account.key->text() + " may hold at most " + amount_text(currency, *bounds.most));
        account.total = total;
        next.lines.push_back({place, minor, total});
        return {};
    }

    static std::unexpected<Error> short_of(std::size_t n, std::string_view field, Account const& account,
                                           std::int64_t minor) {
        auto const currency = account.key->currency;
        auto const free = Int128{account.total} - account.reserved - *account.bounds.least;
        return refuse_entry(Code::not_enough, n, field,
                            account.key->text() + " has " + amount_text(currency, free > 0 ? free : 0) +
                                " free; " + amount_text(currency, minor < 0 ? -Int128{minor} : minor) +
                                " is asked for");
    }

    Result<void> apply_legs(std::size_t n, Pending& next) {
        for (std::size_t i = 0; i < next.body.legs.size(); ++i) {
            auto const& leg = next.body.legs[i];
            TRY_VOID(
                add(n, leg_field(i, "amount"), static_cast<std::size_t>(leg.account), leg.minor, true, next));
        }
        return {};
    }

    Result<void> apply_hold(std::size_t n, Entry const& entry, Pending& next) {
        auto const place = static_cast<std::size_t>(next.body.legs[0].account);
        auto const minor = next.body.legs[0].minor;
        if (entry.until && number_of(*entry.until) <= at_)
            return refuse_entry(Code::bad_value, n, "until", "expected a moment to come");
        auto& account = touched(place, next);
        std::int64_t reserved = 0;
        if (__builtin_add_overflow(account.reserved, minor, &reserved))
            return refuse_entry(Code::amount_too_large, n, "legs[0].amount", "more than can be counted");
        if (account.bounds.least && Int128{account.total} - reserved < *account.bounds.least)
            return short_of(n, "legs[0].amount", account, minor);
        account.reserved = reserved;
        holds_[entry.key] = {.account = place,
                             .minor = minor,
                             .remaining = minor,
                             .until = entry.until ? number_of(*entry.until) : never,
                             .state = HoldState::open,
                             .is_there = true,
                             .is_changed = true};
        return {};
    }

    // Releases, voids, expires.
    Result<void> apply_end(std::size_t n, Entry const& entry, Pending& next) {
        auto& hold = holds_[entry.hold];
        if (!hold.is_there) return refuse_entry(Code::not_found, n, "hold", "there is no hold " + entry.hold);
        if (hold.state != HoldState::open) {
            constexpr std::array<std::string_view, 4> states{"open", "spent", "voided", "expired"};
            return refuse_entry(Code::conflict, n, "hold",
                                entry.hold + " is " +
                                    std::string(states.at(static_cast<std::size_t>(hold.state))) +
                                    " already");
        }
        bool const is_due = at_ >= hold.until;
        if (entry.act == Act::expire && !is_due)
            return refuse_entry(Code::conflict, n, "hold", "the moment of " + entry.hold + " has not come");
        if (entry.act == Act::release && is_due)
            return refuse_entry(Code::conflict, n, "hold", "the moment of " + entry.hold + " is over");
        hold.is_changed = true;
        if (entry.act == Act::release) return apply_release(n, entry, hold, next);
        next.body.source = {static_cast<std::int64_t>(hold.account), hold.remaining};
        touched(hold.account, next).reserved -= hold.remaining;
        hold.remaining = 0;
        hold.state = entry.act == Act::void_ ? HoldState::voided : HoldState::expired;
        return {};
    }

    Result<void> apply_release(std::size_t n, Entry const& entry, HoldRow& hold, Pending& next) {
        auto const& source = *accounts_[hold.account].key;
        Int128 sum = 0;
        for (std::size_t i = 0; i < entry.legs.size(); ++i) {
            auto const& to = entry.legs[i].account;
            if (to.currency != source.currency || to.custodian != source.custodian)
                return refuse_entry(
                    Code::bad_value, n, leg_field(i, "account"),
                    "a hold of " + source.text() + " is released in its currency and custody");
            if (to == source)
                return refuse_entry(Code::bad_value, n, leg_field(i, "account"),
                                    "what goes back to the account is voided, not released");
            sum += entry.legs[i].amount.minor();
        }
        if (sum > hold.remaining)
            return refuse_entry(Code::not_enough, n, "legs",
                                entry.hold + " has " + amount_text(source.currency, hold.remaining) +
                                    " left; " + amount_text(source.currency, sum) + " is asked for");
        auto const minor = static_cast<std::int64_t>(sum);
        next.body.source = {static_cast<std::int64_t>(hold.account), minor};
        accounts_[hold.account].reserved -= minor;
        hold.remaining -= minor;
        if (hold.remaining == 0) hold.state = HoldState::spent;
        // It was free when it was reserved, whatever the bounds say now.
        TRY_VOID(add(n, "legs", hold.account, -minor, false, next));
        return apply_legs(n, next);
    }

    // ---- what is written

    struct Chain {
        std::int64_t number = 0, at = 0, accounts = 0;
        std::string digest;
    };

    // Its lock is held from here to the commit.
    Result<Chain> take_head() {
        write_.take_turn();
        constexpr std::string_view text =
            "SELECT number, digest, at, accounts FROM ledger_head WHERE hub = ? FOR UPDATE";
        auto row = TRY(write_.first(text, hub_));
        if (!row) {
            (void)TRY(write_.run(
                "INSERT INTO ledger_head (hub, number, digest, at, accounts) VALUES (?, 0, ?, 0, 0) "
                "ON CONFLICT (hub) DO NOTHING",
                hub_, db::Blob{view(no_entry)}));
            row.emplace(TRY(write_.one(text, hub_)));
        }
        return Chain{row->integer(0), row->integer(2), row->integer(3), std::string(row->blob(1))};
    }

    // Accounts that another call opened while this one waited for the head, perhaps with the same keys: all
    // is worked out again.
    Result<void> look_again(Chain const& chain) {
        if (chain.accounts == accounts_seen_) return {};
        std::vector<std::size_t> fresh;
        for (std::size_t i = 0; i < accounts_.size(); ++i) {
            if (accounts_[i].is_new) fresh.push_back(i);
        }
        if (fresh.empty()) return {};
        TRY_VOID(find_numbers(fresh));
        if (std::ranges::none_of(fresh, [&](std::size_t i) { return accounts_[i].number != 0; })) return {};
        for (auto& account : accounts_) {
            account = {
                .key = account.key, .number = account.number, .bounds = bounds_of(account.key->purpose)};
        }
        for (auto& [name, hold] : holds_) hold.is_there = hold.is_changed = false;
        TRY_VOID(find_hold_accounts());
        TRY_VOID(lock_accounts());
        TRY_VOID(read_holds());
        TRY_VOID(find_repeats());
        return apply_all();
    }

    Result<void> write_all() {
        auto chain = TRY(take_head());
        auto const looked = look_again(chain);
        if (!looked || pending_.empty()) return looked;
        chain.at = std::max(chain.at, at_);
        number_all(chain);
        TRY_VOID(write_entries(chain));
        TRY_VOID(write_accounts());
        TRY_VOID(write_holds());
        return write_.put("UPDATE ledger_head SET number = ?, digest = ?, at = ?, accounts = ? WHERE hub = ?",
                          numbers_last_, db::Blob{view(pending_.back().digest)}, chain.at, chain.accounts,
                          hub_);
    }

    void number_all(Chain& chain) {
        auto number = chain.number;
        std::string_view before = chain.digest;
        for (auto& one : pending_) {
            for (auto const place : one.opens) {
                auto& account = accounts_[place];
                account.number = ++chain.accounts;
                one.body.opened.push_back({account.number, *account.key, bounds_of(account.key->purpose)});
            }
            for (auto& leg : one.body.legs)
                leg.account = accounts_[static_cast<std::size_t>(leg.account)].number;
            auto const ends_hold = !one.body.hold.empty();
            if (ends_hold)
                one.body.source.account = accounts_[static_cast<std::size_t>(one.body.source.account)].number;
            one.bytes = bytes_of(one.body);
            auto const& entry = entries_[one.entry];
            one.digest = chained(hub_, before, ++number, chain.at, entry.key, one.bytes);
            before = view(one.digest);
            answers_[one.entry] = {number, moment_of(chain.at), false};
        }
        for (auto const& [n, first] : same_as_) {
            answers_[n] = answers_[pending_[first].entry];
            answers_[n].is_repeat = true;
        }
        numbers_last_ = number;
    }

    Result<void> write_entries(Chain const& chain) {
        static Chunked const entry_texts(
            "INSERT INTO ledger_entry (hub, number, at, name, body, digest) VALUES ", "(?, ?, ?, ?, ?, ?)");
        static Chunked const line_texts(
            "INSERT INTO ledger_leg (hub, number, account, minor, after, before, place) VALUES ",
            "(?, ?, ?, ?, ?, ?, ?)");
        static Chunked const mark_texts("INSERT INTO ledger_mark (hub, account, number) VALUES ",
                                        "(?, ?, ?)");
        RowsToWrite rows(6);
        rows.reserve(pending_.size());
        RowsToWrite line_rows(7);
        line_rows.reserve(pending_.size() * 2);
        RowsToWrite marks(3);
        for (auto const& one : pending_) {
            auto const number = answers_[one.entry].number;
            rows.add(hub_, number, chain.at, entries_[one.entry].key, db::Blob{one.bytes},
                     db::Blob{view(one.digest)});
            for (auto const& line : one.lines) {
                auto& account = accounts_[line.account];
                ++account.lines;
                line_rows.add(hub_, number, account.number, line.minor, line.after, account.last,
                              account.lines);
                account.last = number;
                if (account.lines % lines_of_mark == 0) marks.add(hub_, account.number, number);
            }
        }
        TRY_VOID(rows.write(write_, entry_texts));
        TRY_VOID(line_rows.write(write_, line_texts));
        return marks.write(write_, mark_texts);
    }

    Result<void> write_accounts() {
        static Chunked const account_texts(
            "INSERT INTO ledger_account (hub, account, owner, purpose, currency, custodian) VALUES ",
            "(?, ?, ?, ?, ?, ?)");
        static Chunked const balance_texts(
            "INSERT INTO ledger_balance (hub, account, total, reserved, least, most, lines, last) VALUES ",
            "(?, ?, ?, ?, ?, ?, ?, ?)",
            " ON CONFLICT (hub, account) DO UPDATE SET total = excluded.total, reserved = excluded.reserved, "
            "least = excluded.least, most = excluded.most, lines = excluded.lines, last = excluded.last");
        RowsToWrite opened(6);
        RowsToWrite balances(8);
        for (auto const& account : accounts_) {
            if (account.is_new)
                opened.add(hub_, account.number, account.key->owner, static_cast<int>(account.key->purpose),
                           account.key->currency.text(), account.key->custodian);
            if (account.is_changed)
                balances.add(hub_, account.number, account.total, account.reserved,
                             account.bounds.least.value_or(no_least), account.bounds.most.value_or(no_most),
                             account.lines, account.last);
        }
        TRY_VOID(opened.write(write_, account_texts));
        return balances.write(write_, balance_texts);
    }

    Result<void> write_holds() {
        for (auto const& [name, hold] : holds_) {
            if (!hold.is_changed) continue;
            (void)TRY(
                write_.run("INSERT INTO ledger_hold (hub, name, account, minor, remaining, until, state) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hub, name) DO UPDATE SET "
                           "remaining = excluded.remaining, state = excluded.state",
                           hub_, name, accounts_[hold.account].number, hold.minor, hold.remaining, hold.until,
                           static_cast<int>(hold.state)));
        }
        return {};
    }

    db::Write& write_;
    HubId const& hub_;
    std::int64_t at_;
    std::span<Entry const> entries_;
    std::vector<Account> accounts_;
    std::unordered_map<AccountKey const*, std::size_t, KeyHash, KeySame> places_;
    std::deque<AccountKey> own_keys_;
    std::vector<std::size_t> leg_places_;  // of all legs of all entries, in their order
    std::unordered_map<std::string, HoldRow> holds_;
    std::unordered_map<std::string, Stored> stored_;
    std::unordered_map<std::size_t, std::size_t> same_as_;  // entries that repeat one of this call
    std::vector<Pending> pending_;
    std::vector<Posted> answers_;
    std::int64_t numbers_last_ = 0;
    std::int64_t accounts_seen_ = 0;  // how many there were when this call looked
};

}  // namespace

Result<std::vector<Posted>> Ledger::post(db::Write& write, Moment at, std::span<Entry const> entries) const {
    allroads::check(sodium_init() >= 0);
    return Posting(write, hub_, at, entries).run();
}

Result<Posted> Ledger::post(db::Write& write, Moment at, Entry const& entry) const {
    auto const posted = TRY(post(write, at, std::span(&entry, 1)));
    return posted[0];
}

Result<std::size_t> Ledger::expire_due(db::Write& write, Moment at, std::size_t most) const {
    std::vector<Entry> due;
    {
        auto rows =
            TRY(write.rows("SELECT name FROM ledger_hold WHERE hub = ? AND state = 0 AND until <= ? "
                           "ORDER BY until, name LIMIT ?",
                           hub_, number_of(at), std::min(most, entries_max)));
        while (TRY(rows.next())) due.push_back(expire(std::string(rows.text(0))));
    }
    if (due.empty()) return std::size_t{0};
    if (auto const all = post(write, at, due)) return due.size();
    // Another call ended one of them meanwhile: the others one by one.
    std::size_t done = 0;
    for (auto const& one : due) {
        auto const posted = post(write, at, one);
        if (!posted && posted.error().code() != Code::conflict) return std::unexpected(posted.error());
        if (posted) ++done;
    }
    return done;
}

}  // namespace allroads::ledger
