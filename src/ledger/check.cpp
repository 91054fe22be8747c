// Everything once more from nothing: the entries are walked from the first, and what stands in the other
// tables is held against what comes of them.
#include "ledger/reading.h"
#include "ledger/shape.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>

namespace allroads::ledger {
namespace {

constexpr std::size_t wrong_max = 100;
constexpr std::size_t at_once = 1000;

using LineKey = std::array<unsigned char, crypto_shorthash_KEYBYTES>;

// Lines of an account in their order, as one number; the key is drawn anew for each check.
struct LineMark {
    std::uint64_t mark = 0;
    std::int64_t lines = 0, last = 0;  // how many there were, and the number of the last
    void add(LineKey const& key, std::int64_t number, std::int64_t minor, std::int64_t after) {
        add(key, number, minor, after, last, lines + 1);
    }
    void add(LineKey const& key, std::int64_t number, std::int64_t minor, std::int64_t after,
             std::int64_t before, std::int64_t place) {
        std::array<std::uint64_t, 6> const all{mark,
                                               static_cast<std::uint64_t>(number),
                                               static_cast<std::uint64_t>(minor),
                                               static_cast<std::uint64_t>(after),
                                               static_cast<std::uint64_t>(before),
                                               static_cast<std::uint64_t>(place)};
        ++lines;
        last = number;
        std::array<unsigned char, sizeof all> bytes{};
        std::memcpy(bytes.data(), all.data(), sizeof all);
        std::array<unsigned char, sizeof mark> out{};
        crypto_shorthash(out.data(), bytes.data(), bytes.size(), key.data());
        std::memcpy(&mark, out.data(), sizeof mark);
    }
};

struct Account {
    AccountKey key;
    std::int64_t total = 0, reserved = 0;
    Bounds bounds;
    LineMark lines = {};
};

struct HoldMade {
    std::int64_t account = 0, minor = 0, remaining = 0, until = never;
    HoldState state = HoldState::open;
    bool is_seen = false;
};

class Walk {
public:
    Walk(db::Asked& asked, HubId const& hub, std::span<std::string const> open_keys)
        : asked_(asked), hub_(hub), open_keys_(open_keys) {
        crypto_shorthash_keygen(line_key_.data());
    }

    Result<std::vector<std::string>> run() {
        TRY_VOID(read_seals());
        TRY_VOID(walk_entries());
        TRY_VOID(compare_head());
        TRY_VOID(compare_accounts());
        TRY_VOID(compare_lines());
        TRY_VOID(compare_marks());
        TRY_VOID(compare_holds());
        for (auto const& [number, seal] : seals_)
            tell("seal of entry " + std::to_string(number), "there is no such entry");
        return std::move(wrong_);
    }

private:
    void tell(std::string const& what, std::string_view is) {
        if (wrong_.size() < wrong_max) wrong_.push_back("ledger: " + what + ": " + std::string(is));
    }
    [[nodiscard]] bool is_full() const { return wrong_.size() >= wrong_max; }

    Result<void> read_seals() {
        Ledger const ledger(hub_);
        for (std::int64_t last = 0;;) {
            auto const page = TRY(ledger.seals(asked_, last, at_once));
            for (auto const& seal : page) {
                if (!is_sound(hub_, seal))
                    tell("seal of entry " + std::to_string(seal.head.number), "its signature is not sound");
                if (!open_keys_.empty() && std::ranges::find(open_keys_, seal.open_key) == open_keys_.end())
                    tell("seal of entry " + std::to_string(seal.head.number), "it is not signed by this hub");
                last = seal.head.number;
                seals_.emplace(last, seal);
            }
            if (page.size() < at_once) return {};
        }
    }

    // ---- the entries

    Result<void> walk_entries() {
        for (;;) {
            auto const page = TRY(entries_after(asked_, hub_, last_, at_once));
            for (auto const& stored : page) {
                if (is_full()) return {};
                walk_entry(stored);
            }
            if (page.size() < at_once) return {};
        }
    }

    void walk_entry(StoredEntry const& stored) {
        auto const name = "entry " + std::to_string(stored.number);
        if (stored.number != last_ + 1)
            tell("entries " + std::to_string(last_ + 1) + " to " + std::to_string(stored.number - 1),
                 "missing");
        else if (view(chained(hub_, before_, stored.number, stored.at, stored.name, stored.body)) !=
                 stored.digest)
            tell(name, "it is not what was written");
        if (stored.at < at_) tell(name, "its moment is before that of the entry before it");
        if (auto const seal = seals_.find(stored.number); seal != seals_.end()) {
            if (seal->second.head.digest != stored.digest || number_of(seal->second.head.at) != stored.at)
                tell(name, "it is not the one that was signed");
            seals_.erase(seal);
        }
        last_ = stored.number;
        at_ = stored.at;
        before_ = stored.digest;
        auto const body = read_body(stored.body);
        if (!body) return tell(name, body.error().detail());
        if (auto const applied = apply(stored, *body); !applied) tell(name, applied.error().detail());
    }

    static std::unexpected<Error> not_so(std::string_view what) { return refuse(Code::db_damaged, "", what); }

    Result<Account*> account(std::int64_t number) {
        if (number < 1 || number > static_cast<std::int64_t>(accounts_.size()))
            return not_so("it names account " + std::to_string(number) + ", which was not opened");
        return &accounts_[static_cast<std::size_t>(number) - 1];
    }

    Result<void> apply(StoredEntry const& stored, Body const& body) {
        for (auto const& one : body.opened) {
            if (one.account != static_cast<std::int64_t>(accounts_.size()) + 1)
                return not_so("it opens account " + std::to_string(one.account) + " out of turn");
            accounts_.push_back({.key = one.key, .bounds = one.bounds});
        }
        TRY_VOID(check_asked(stored, body));
        switch (body.act) {
            case Act::transfer: return move(stored.number, body.legs, true);
            case Act::hold: return begin_hold(stored.name, body);
            case Act::bound: TRY(account(body.legs[0].account))->bounds = body.bounds; return {};
            default: return end_hold(stored, body);
        }
    }

    // What it says of itself: signs, sums, the rate of a conversion.
    Result<void> check_asked(StoredEntry const& stored, Body const& body) {
        Entry entry{.act = body.act,
                    .key = stored.name,
                    .kind = body.kind,
                    .note = body.note,
                    .hold = body.hold,
                    .until = body.until,
                    .conversion = body.conversion,
                    .bounds = body.bounds};
        std::vector<std::int64_t> named;
        for (auto const& leg : body.legs) {
            auto const& key = TRY(account(leg.account))->key;
            entry.legs.push_back({key, Money(leg.minor, key.currency)});
            named.push_back(leg.account);
        }
        std::ranges::sort(named);
        if (std::ranges::adjacent_find(named) != named.end()) return not_so("an account stands in two legs");
        return check_shape(0, entry);
    }

    Result<void> move(std::int64_t number, std::vector<StoredLeg> const& legs, bool is_bounded) {
        for (auto const& leg : legs) {
            auto& at = *TRY(account(leg.account));
            if (__builtin_add_overflow(at.total, leg.minor, &at.total)) return not_so("a balance overflows");
            at.lines.add(line_key_, number, leg.minor, at.total);
            if (at.lines.lines % lines_of_mark == 0) marked_.emplace_back(leg.account, number);
            if (is_bounded && leg.minor < 0 && at.bounds.least &&
                Int128{at.total} - at.reserved < *at.bounds.least)
                return not_so("it takes more than " + at.key.text() + " had");
            if (leg.minor > 0 && at.bounds.most && at.total > *at.bounds.most)
                return not_so("it gives more than " + at.key.text() + " may hold");
        }
        return {};
    }

    Result<void> begin_hold(std::string const& name, Body const& body) {
        auto const& leg = body.legs[0];
        auto& at = *TRY(account(leg.account));
        if (__builtin_add_overflow(at.reserved, leg.minor, &at.reserved)) return not_so("a hold overflows");
        if (at.bounds.least && Int128{at.total} - at.reserved < *at.bounds.least)
            return not_so("it reserves more than " + at.key.text() + " had");
        holds_[name] = {.account = leg.account,
                        .minor = leg.minor,
                        .remaining = leg.minor,
                        .until = body.until ? number_of(*body.until) : never};
        return {};
    }

    Result<void> end_hold(StoredEntry const& stored, Body const& body) {
        auto const found = holds_.find(body.hold);
        if (found == holds_.end() || found->second.state != HoldState::open)
            return not_so("it ends the hold " + body.hold + ", which is not open");
        auto& hold = found->second;
        if (body.source.account != hold.account) return not_so("it takes from another account than was held");
        auto const minor = body.source.minor;
        if (minor < 0 || minor > hold.remaining) return not_so("it takes more than was held");
        hold.remaining -= minor;
        TRY(account(hold.account))->reserved -= minor;
        if (body.act != Act::release) {
            if (hold.remaining != 0) return not_so("it ends a hold of which something is left");
            if (body.act == Act::expire && stored.at < hold.until)
                return not_so("the hold expires too early");
            hold.state = body.act == Act::void_ ? HoldState::voided : HoldState::expired;
            return {};
        }
        if (hold.remaining == 0) hold.state = HoldState::spent;
        Int128 sum = 0;
        for (auto const& leg : body.legs) {
            auto const& from = TRY(account(hold.account))->key;
            auto const& to = TRY(account(leg.account))->key;
            if (to.currency != from.currency || to.custodian != from.custodian)
                return not_so("it is released in another currency or custody");
            sum += leg.minor;
        }
        if (sum != minor) return not_so("what it releases is not what it takes");
        TRY_VOID(move(stored.number, {{hold.account, -minor}}, false));
        return move(stored.number, body.legs, true);
    }

    // ---- what stands beside them

    Result<void> compare_head() {
        auto const row =
            TRY(asked_.first("SELECT number, digest, at, accounts FROM ledger_head WHERE hub = ?", hub_));
        if (is_full() || (!row && last_ == 0)) return {};
        auto const number = row ? row->integer(0) : 0;
        if (number != last_) {
            tell("the last entry is " + std::to_string(last_),
                 "the last one written was " + std::to_string(number));
        } else if (row->blob(1) != before_ || row->integer(2) != at_ ||
                   row->integer(3) != static_cast<std::int64_t>(accounts_.size())) {
            tell("its head", "it is not what the last entry left");
        }
        return {};
    }

    Result<void> compare_accounts() {
        std::int64_t last = 0;
        for (std::size_t count = at_once; count == at_once && !is_full();) {
            auto rows = TRY(asked_.rows(
                "SELECT a.account, a.owner, a.purpose, a.currency, a.custodian, b.total, b.reserved, "
                "b.least, "
                "b.most, b.lines, b.last FROM ledger_account a LEFT JOIN ledger_balance b ON b.hub = a.hub "
                "AND "
                "b.account = a.account WHERE a.hub = ? AND a.account > ? ORDER BY a.account LIMIT ?",
                hub_, last, at_once));
            for (count = 0; TRY(rows.next()); ++count) {
                auto const number = rows.integer(0);
                if (number != last + 1) tell("account " + std::to_string(last + 1), "it is missing");
                last = number;
                compare_account(number, rows);
            }
        }
        if (!is_full() && last < static_cast<std::int64_t>(accounts_.size()))
            tell("account " + std::to_string(last + 1), "it is missing");
        return {};
    }

    void compare_account(std::int64_t number, db::Rows const& rows) {
        auto const name = "account " + std::to_string(number);
        auto const found = account(number);
        if (!found) return tell(name, "no entry opened it");
        auto const& is = **found;
        auto const key = key_of(rows, 1);
        if (!key || *key != is.key)
            return tell(name, "it is not the one that was opened as " + is.key.text());
        if (rows.is_null(5)) return tell(name, "it has no balance");
        auto const differs = [&](std::string_view what, std::int64_t stands, std::int64_t comes) {
            if (stands == comes) return;
            tell(name + " (" + is.key.text() + ")",
                 std::string(what) + " is " + amount_text(is.key.currency, stands) + "; its entries make " +
                     amount_text(is.key.currency, comes));
        };
        differs("its balance", rows.integer(5), is.total);
        differs("what is reserved", rows.integer(6), is.reserved);
        if (rows.integer(9) != is.lines.lines || rows.integer(10) != is.lines.last)
            tell(name + " (" + is.key.text() + ")", "it names another last line than its entries make");
        if (bounds_from(rows.integer(7), rows.integer(8)) != is.bounds)
            tell(name + " (" + is.key.text() + ")", "its bounds are not those that were set");
    }

    Result<void> compare_lines() {
        std::vector<LineMark> marks(accounts_.size());
        std::int64_t account = 0, number = 0;
        for (std::size_t count = at_once; count == at_once && !is_full();) {
            auto rows = TRY(asked_.rows(
                "SELECT account, number, minor, after, before, place FROM ledger_leg WHERE hub = ? AND "
                "(number, account) > (?, ?) ORDER BY number, account LIMIT ?",
                hub_, number, account, at_once));
            for (count = 0; TRY(rows.next()); ++count) {
                account = rows.integer(0);
                number = rows.integer(1);
                if (account < 1 || account > static_cast<std::int64_t>(marks.size())) {
                    tell("a line of account " + std::to_string(account), "no entry opened it");
                    continue;
                }
                auto& at = marks[static_cast<std::size_t>(account) - 1];
                at.add(line_key_, number, rows.integer(2), rows.integer(3), rows.integer(4), rows.integer(5));
            }
        }
        for (std::size_t i = 0; i < marks.size() && !is_full(); ++i) {
            if (marks[i].mark != accounts_[i].lines.mark)
                tell("account " + std::to_string(i + 1) + " (" + accounts_[i].key.text() + ")",
                     "its lines are not those of the entries");
        }
        return {};
    }

    Result<void> compare_marks() {
        std::ranges::sort(marked_);
        auto expected = marked_.begin();
        std::pair<std::int64_t, std::int64_t> last{};
        for (std::size_t count = at_once; count == at_once;) {
            auto rows = TRY(
                asked_.rows("SELECT account, number FROM ledger_mark WHERE hub = ? AND (account, number) > "
                            "(?, ?) ORDER BY account, number LIMIT ?",
                            hub_, last.first, last.second, at_once));
            for (count = 0; TRY(rows.next()); ++count) {
                last = {rows.integer(0), rows.integer(1)};
                if (expected == marked_.end() || *expected != last) {
                    tell("its marks", "they are not at every " + std::to_string(lines_of_mark) +
                                          "th line of each account");
                    return {};
                }
                ++expected;
            }
        }
        if (expected != marked_.end()) tell("its marks", "some are missing");
        return {};
    }

    Result<void> compare_holds() {
        std::string last;
        for (std::size_t count = at_once; count == at_once && !is_full();) {
            auto rows =
                TRY(asked_.rows("SELECT name, account, minor, remaining, until, state FROM ledger_hold "
                                "WHERE hub = ? AND name > ? ORDER BY name LIMIT ?",
                                hub_, last, at_once));
            for (count = 0; TRY(rows.next()); ++count) {
                last = std::string(rows.text(0));
                auto const found = holds_.find(last);
                if (found == holds_.end()) {
                    tell("hold " + last, "no entry made it");
                    continue;
                }
                auto& is = found->second;
                is.is_seen = true;
                if (rows.integer(1) != is.account || rows.integer(2) != is.minor ||
                    rows.integer(3) != is.remaining || rows.integer(4) != is.until ||
                    rows.integer(5) != static_cast<std::int64_t>(is.state))
                    tell("hold " + last, "it is not what its entries make of it");
            }
        }
        for (auto const& [name, hold] : holds_) {
            if (!hold.is_seen && !is_full()) tell("hold " + name, "it is missing");
        }
        return {};
    }

    db::Asked& asked_;
    HubId const& hub_;
    std::span<std::string const> open_keys_;
    LineKey line_key_{};
    std::vector<std::string> wrong_;
    std::unordered_map<std::int64_t, Seal> seals_;
    std::vector<Account> accounts_;
    std::vector<std::pair<std::int64_t, std::int64_t>> marked_;  // account and number of each 64th line
    std::unordered_map<std::string, HoldMade> holds_;
    std::int64_t last_ = 0, at_ = 0;
    std::string before_ = std::string(view(no_entry));
};

}  // namespace

Result<std::vector<std::string>> Ledger::check(db::Asked& asked,
                                               std::span<std::string const> open_keys) const {
    allroads::check(sodium_init() >= 0);
    return Walk(asked, hub_, open_keys).run();
}

}  // namespace allroads::ledger
