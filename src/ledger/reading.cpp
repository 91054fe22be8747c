// What can be asked: balances, accounts, entries, statements, trial balances.
#include "ledger/reading.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace allroads::ledger {
namespace {

std::int64_t page_of(std::size_t rows) {
    return static_cast<std::int64_t>(std::clamp(rows, std::size_t{1}, page_rows_max));
}

Result<std::optional<std::int64_t>> number_of_account(db::Asked& asked, HubId const& hub,
                                                      AccountKey const& key) {
    TRY_VOID(check_account(key, "account"));
    auto const row =
        TRY(asked.first("SELECT account FROM ledger_account WHERE hub = ? AND owner = ? AND purpose = ? AND "
                        "currency = ? AND custodian = ?",
                        hub, key.owner, static_cast<int>(key.purpose), key.currency.text(), key.custodian));
    if (!row) return std::optional<std::int64_t>();
    return std::optional(row->integer(0));
}

// The last entry before a moment. Moments never go back from one entry to the next, so it is found by
// halving.
Result<std::int64_t> last_before(db::Asked& asked, HubId const& hub, Moment moment) {
    std::int64_t low = 0;  // before it, or none
    std::int64_t high = 1;
    {
        auto const head = TRY(asked.first("SELECT number FROM ledger_head WHERE hub = ?", hub));
        if (head) high = head->integer(0) + 1;
    }
    while (high - low > 1) {
        auto const middle = low + (high - low) / 2;
        auto const row =
            TRY(asked.first("SELECT at FROM ledger_entry WHERE hub = ? AND number = ?", hub, middle));
        if (!row) return refuse(Code::db_damaged, "", "an entry of the ledger is missing");
        (row->integer(0) < number_of(moment) ? low : high) = middle;
    }
    return low;
}

// The line of an account at or after `number` from which steps back reach it soon: the next that is marked,
// else the last; 0 where there is none at or after it.
Result<std::int64_t> line_from(db::Asked& asked, HubId const& hub, std::int64_t account,
                               std::int64_t number) {
    {
        auto const mark =
            TRY(asked.first("SELECT number FROM ledger_mark WHERE hub = ? AND account = ? AND number >= ? "
                            "ORDER BY number LIMIT 1",
                            hub, account, number));
        if (mark) return mark->integer(0);
    }
    auto const row =
        TRY(asked.one("SELECT last FROM ledger_balance WHERE hub = ? AND account = ?", hub, account));
    return row.integer(0) >= number ? row.integer(0) : 0;
}

struct Step {
    std::int64_t after = 0, before = 0;
};
Result<Step> step_at(db::Asked& asked, HubId const& hub, std::int64_t account, std::int64_t number) {
    auto const row =
        TRY(asked.first("SELECT after, before FROM ledger_leg WHERE hub = ? AND number = ? AND account = ?",
                        hub, number, account));
    if (!row) return refuse(Code::db_damaged, "", "a line of the ledger is missing");
    if (row->integer(1) >= number)
        return refuse(Code::db_damaged, "", "a line of the ledger is not in order");
    return Step{row->integer(0), row->integer(1)};
}

// What an account held after entry `number`; nothing where it had no line by then.
Result<std::optional<std::int64_t>> held_after(db::Asked& asked, HubId const& hub, std::int64_t account,
                                               std::int64_t number) {
    auto at = TRY(line_from(asked, hub, account, number));
    if (at == 0) {
        auto const row = TRY(
            asked.one("SELECT total, last FROM ledger_balance WHERE hub = ? AND account = ?", hub, account));
        return row.integer(1) == 0 ? std::nullopt : std::optional(row.integer(0));
    }
    while (at > number) at = TRY(step_at(asked, hub, account, at)).before;
    if (at == 0) return std::optional<std::int64_t>();
    return std::optional(TRY(step_at(asked, hub, account, at)).after);
}

// The lines of an account after `after` and up to `end`, oldest first: at least `most` of them, or all.
Result<std::vector<Line>> lines_between(db::Asked& asked, HubId const& hub, std::int64_t account,
                                        Currency currency, std::int64_t after, std::int64_t end,
                                        std::size_t most) {
    std::vector<Line> lines;
    while (lines.size() < most && after < end) {
        auto const from = TRY(line_from(asked, hub, account, after + 1));
        if (from == 0) return lines;
        std::vector<Line> steps;
        for (auto at = from; at > after;) {
            auto const row =
                TRY(asked.first("SELECT l.minor, l.after, l.before, e.at, e.name, e.body FROM ledger_leg l "
                                "JOIN ledger_entry e ON e.hub = l.hub AND e.number = l.number WHERE l.hub = "
                                "? AND l.number = ? AND l.account = ?",
                                hub, at, account));
            if (!row || row->integer(2) >= at)
                return refuse(Code::db_damaged, "", "a line of the ledger is missing");
            auto body = TRY(read_body(row->blob(5)));
            if (at <= end)
                steps.push_back({.number = at,
                                 .at = moment_of(row->integer(3)),
                                 .key = std::string(row->text(4)),
                                 .kind = std::move(body.kind),
                                 .note = std::move(body.note),
                                 .amount = Money(row->integer(0), currency),
                                 .after = Money(row->integer(1), currency)});
            at = row->integer(2);
        }
        lines.insert(lines.end(), std::make_move_iterator(steps.rbegin()),
                     std::make_move_iterator(steps.rend()));
        after = from;
    }
    return lines;
}

Result<EntryRow> one_row(Result<StoredEntry> stored, db::Asked& asked, HubId const& hub) {
    KnownAccounts accounts(asked, hub);
    return row_of(TRY(std::move(stored)), accounts);
}

StoredEntry stored_of(db::Rows const& rows) {
    return {rows.integer(0), rows.integer(1), std::string(rows.text(2)), std::string(rows.blob(3)),
            std::string(rows.blob(4))};
}

}  // namespace

Result<AccountKey> key_of(db::Rows const& rows, std::size_t first) {
    auto const purpose = rows.integer(first + 1);
    if (purpose < 0 || static_cast<std::size_t>(purpose) >= purpose_count)
        return refuse(Code::db_damaged, "", "an account of the ledger has a purpose that does not exist");
    auto const currency = TRY(Currency::parse(rows.text(first + 2)));
    return AccountKey{std::string(rows.text(first)), static_cast<Purpose>(purpose), currency,
                      std::string(rows.text(first + 3))};
}

Result<AccountKey const*> KnownAccounts::of(std::int64_t number) {
    if (auto const found = known_.find(number); found != known_.end()) return &found->second;
    auto const row = TRY(asked_.first(
        "SELECT owner, purpose, currency, custodian FROM ledger_account WHERE hub = ? AND account = ?", hub_,
        number));
    if (!row) return refuse(Code::db_damaged, "", "account " + std::to_string(number) + " is missing");
    if (known_.size() >= most) known_.clear();
    auto key = TRY(key_of(*row, 0));
    return &known_.emplace(number, std::move(key)).first->second;
}

Result<std::vector<StoredEntry>> entries_after(db::Asked& asked, HubId const& hub, std::int64_t after,
                                               std::size_t most) {
    std::vector<StoredEntry> all;
    auto rows =
        TRY(asked.rows("SELECT number, at, name, body, digest FROM ledger_entry WHERE hub = ? AND "
                       "number > ? ORDER BY number LIMIT ?",
                       hub, after, most));
    while (TRY(rows.next())) all.push_back(stored_of(rows));
    return all;
}

Result<EntryRow> row_of(StoredEntry stored, KnownAccounts& accounts) {
    auto body = TRY(read_body(stored.body));
    auto const moved = moved_by(body);
    auto const reserved = reserved_by(body);
    EntryRow row{.number = stored.number,
                 .at = moment_of(stored.at),
                 .digest = std::move(stored.digest),
                 .entry = {.act = body.act,
                           .key = std::move(stored.name),
                           .kind = std::move(body.kind),
                           .note = std::move(body.note),
                           .hold = std::move(body.hold),
                           .until = body.until,
                           .conversion = body.conversion,
                           .bounds = body.bounds},
                 .moved = {},
                 .reserved = {}};
    auto const legs = [&](std::vector<StoredLeg> const& from, std::vector<Leg>& to) -> Result<void> {
        for (auto const& leg : from) {
            auto const& key = *TRY(accounts.of(leg.account));
            to.push_back({key, Money(leg.minor, key.currency)});
        }
        return {};
    };
    TRY_VOID(legs(body.legs, row.entry.legs));
    TRY_VOID(legs(moved, row.moved));
    TRY_VOID(legs(reserved, row.reserved));
    return row;
}

// ---- balances and accounts --------------------------------------------------------------------------------

Result<Balance> Ledger::balance(db::Asked& asked, AccountKey const& account) const {
    auto const zero = Money::zero(account.currency);
    auto const number = TRY(number_of_account(asked, hub_, account));
    if (!number) return Balance{zero, zero};
    auto const row = TRY(
        asked.one("SELECT total, reserved FROM ledger_balance WHERE hub = ? AND account = ?", hub_, *number));
    return Balance{Money(row.integer(0), account.currency), Money(row.integer(1), account.currency)};
}

Result<std::vector<AccountRow>> Ledger::accounts(db::Asked& asked, AccountQuestion const& question) const {
    std::string sql =
        "SELECT a.account, a.owner, a.purpose, a.currency, a.custodian, b.total, b.reserved, b.least, b.most "
        "FROM ledger_account a JOIN ledger_balance b ON b.hub = a.hub AND b.account = a.account "
        "WHERE a.hub = ?";
    std::vector<db::Arg> args{hub_};
    // The signs keep SQLite from walking over the accounts of everybody instead of the owner's few.
    if (!question.owner.empty()) {
        sql += " AND a.owner = ? AND +a.account > ? ORDER BY +a.account LIMIT ?";
        args.emplace_back(question.owner);
    } else {
        sql += " AND a.account > ? ORDER BY a.account LIMIT ?";
    }
    args.emplace_back(question.after);
    args.emplace_back(page_of(question.rows));
    std::vector<AccountRow> all;
    auto rows = TRY(asked.start(sql, args));
    while (TRY(rows.next())) {
        auto key = TRY(key_of(rows, 1));
        auto const currency = key.currency;
        all.push_back({rows.integer(0),
                       std::move(key),
                       {Money(rows.integer(5), currency), Money(rows.integer(6), currency)},
                       bounds_from(rows.integer(7), rows.integer(8))});
    }
    return all;
}

Result<Hold> Ledger::hold_of(db::Asked& asked, std::string_view key) const {
    auto const row =
        TRY(asked.first("SELECT h.minor, h.remaining, h.until, h.state, a.owner, a.purpose, a.currency, "
                        "a.custodian FROM ledger_hold h JOIN ledger_account a ON a.hub = h.hub AND "
                        "a.account = h.account WHERE h.hub = ? AND h.name = ?",
                        hub_, key));
    if (!row) return refuse(Code::not_found, "hold", "there is no hold " + excerpt(key));
    auto account = TRY(key_of(*row, 4));
    auto const currency = account.currency;
    Hold hold{.account = std::move(account),
              .amount = Money(row->integer(0), currency),
              .remaining = Money(row->integer(1), currency),
              .until = {},
              .state = static_cast<HoldState>(row->integer(3))};
    if (row->integer(2) != never) hold.until = moment_of(row->integer(2));
    return hold;
}

// ---- entries ----------------------------------------------------------------------------------------------

Result<EntryRow> Ledger::entry(db::Asked& asked, std::int64_t number) const {
    auto const stored = [&]() -> Result<StoredEntry> {
        auto const row = TRY(asked.first(
            "SELECT number, at, name, body, digest FROM ledger_entry WHERE hub = ? AND number = ?", hub_,
            number));
        if (!row) return refuse(Code::not_found, "number", "there is no entry " + std::to_string(number));
        return stored_of(*row);
    };
    return one_row(stored(), asked, hub_);
}

Result<EntryRow> Ledger::entry_of_key(db::Asked& asked, std::string_view key) const {
    auto const stored = [&]() -> Result<StoredEntry> {
        auto const row = TRY(asked.first(
            "SELECT number, at, name, body, digest FROM ledger_entry WHERE hub = ? AND name = ?", hub_, key));
        if (!row) return refuse(Code::not_found, "key", "there is no entry with the key " + excerpt(key));
        return stored_of(*row);
    };
    return one_row(stored(), asked, hub_);
}

Result<Head> Ledger::head(db::Asked& asked) const {
    auto const row = TRY(asked.first("SELECT number, digest, at FROM ledger_head WHERE hub = ?", hub_));
    if (!row) return Head{0, std::string(view(no_entry)), moment_of(0)};
    return Head{row->integer(0), std::string(row->blob(1)), moment_of(row->integer(2))};
}

// ---- statements -------------------------------------------------------------------------------------------

Result<Statement> Ledger::statement(db::Asked& asked, StatementQuestion const& question) const {
    auto const currency = question.account.currency;
    Statement statement{
        .opening = Money::zero(currency), .closing = Money::zero(currency), .lines = {}, .next = 0};
    auto const account = TRY(number_of_account(asked, hub_, question.account));
    if (!account) return statement;
    auto const begin = question.from ? TRY(last_before(asked, hub_, *question.from)) : 0;
    auto const end = question.to ? TRY(last_before(asked, hub_, *question.to)) : INT64_MAX;
    auto const held = [&](std::int64_t number) -> Result<Money> {
        return Money(TRY(held_after(asked, hub_, *account, number)).value_or(0), currency);
    };
    statement.opening = TRY(held(begin));
    // A period that ends before it begins is empty.
    statement.closing = end <= begin ? statement.opening : TRY(held(end));
    auto const most = static_cast<std::size_t>(page_of(question.rows));
    statement.lines =
        TRY(lines_between(asked, hub_, *account, currency, std::max(begin, question.after), end, most + 1));
    if (statement.lines.size() > most) {
        statement.lines.erase(statement.lines.begin() + static_cast<std::ptrdiff_t>(most),
                              statement.lines.end());
        statement.next = statement.lines.back().number;
    }
    return statement;
}

namespace {

// An account as it stands, and the number of its last line.
struct Standing {
    std::int64_t account = 0;
    AccountKey key;
    std::int64_t total = 0, last = 0;
};
Result<std::vector<Standing>> standings_after(db::Asked& asked, HubId const& hub, std::int64_t account) {
    auto rows =
        TRY(asked.rows("SELECT a.account, a.owner, a.purpose, a.currency, a.custodian, b.total, b.last FROM "
                       "ledger_account a JOIN ledger_balance b ON b.hub = a.hub AND b.account = a.account "
                       "WHERE a.hub = ? AND a.account > ? ORDER BY a.account LIMIT ?",
                       hub, account, page_rows_max));
    std::vector<Standing> all;
    while (TRY(rows.next())) {
        auto key = TRY(key_of(rows, 1));
        all.push_back({rows.integer(0), std::move(key), rows.integer(5), rows.integer(6)});
    }
    return all;
}

}  // namespace

Result<Trial> Ledger::trial(db::Asked& asked, std::optional<Moment> before) const {
    struct Sum {
        std::int64_t accounts = 0;
        Int128 minor = 0;
    };
    Trial trial;
    trial.number = before ? TRY(last_before(asked, hub_, *before)) : TRY(head(asked)).number;
    std::map<std::tuple<std::string, Currency, Purpose>, Sum> sums;
    std::int64_t last = 0;
    for (std::size_t count = page_rows_max; count == page_rows_max;) {
        auto const page = TRY(standings_after(asked, hub_, last));
        count = 0;
        for (auto const& one : page) {
            ++count;
            last = one.account;
            if (one.last == 0) continue;
            auto held = std::optional(one.total);
            if (one.last > trial.number) held = TRY(held_after(asked, hub_, one.account, trial.number));
            if (!held) continue;
            auto& sum = sums[{one.key.custodian, one.key.currency, one.key.purpose}];
            ++sum.accounts;
            sum.minor += *held;
        }
    }
    std::map<std::pair<std::string, Currency>, Int128> all;
    for (auto const& [key, sum] : sums) {
        auto const& [custodian, currency, purpose] = key;
        all[{custodian, currency}] += sum.minor;
        trial.rows.push_back(
            {purpose, currency, custodian, sum.accounts, Decimal::of(sum.minor, currency.minor_digits())});
    }
    trial.is_balanced = std::ranges::all_of(all, [](auto const& one) { return one.second == 0; });
    return trial;
}

}  // namespace allroads::ledger
