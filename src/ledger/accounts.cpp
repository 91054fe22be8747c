// Names of accounts, what they may hold, and the tables.
#include "ledger/body.h"

#include <algorithm>

namespace allroads::ledger {
namespace {

// ledger_entry is the truth; everything else can be made again from it. A line (ledger_leg) is a leg as
// statements need it: with what the account held after it. No bound and no moment are the numbers farthest
// away, since a null in a statement for many rows would make PostgreSQL prepare it once for each mix.
constexpr std::array steps{
    db::Migration{
        1, "the ledger",
        "CREATE TABLE ledger_head (hub BLOB NOT NULL PRIMARY KEY, number INTEGER NOT NULL, "
        "digest BLOB NOT NULL, at INTEGER NOT NULL, accounts INTEGER NOT NULL) STRICT, WITHOUT ROWID;\n"
        "CREATE TABLE ledger_entry (hub BLOB NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, "
        "name TEXT NOT NULL, body BLOB NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (hub, number)) "
        "STRICT, WITHOUT ROWID;\n"
        "CREATE UNIQUE INDEX ledger_entry_once ON ledger_entry (hub, name);\n"
        "CREATE TABLE ledger_account (hub BLOB NOT NULL, account INTEGER NOT NULL, owner TEXT NOT NULL, "
        "purpose INTEGER NOT NULL, currency TEXT NOT NULL, custodian TEXT NOT NULL, "
        "PRIMARY KEY (hub, account)) STRICT, WITHOUT ROWID;\n"
        "CREATE UNIQUE INDEX ledger_account_once ON ledger_account (hub, owner, purpose, currency, "
        "custodian);\n"
        "CREATE TABLE ledger_balance (hub BLOB NOT NULL, account INTEGER NOT NULL, total INTEGER NOT NULL, "
        "reserved INTEGER NOT NULL, least INTEGER NOT NULL, most INTEGER NOT NULL, PRIMARY KEY (hub, "
        "account)) "
        "STRICT, WITHOUT ROWID;\n"
        "CREATE TABLE ledger_line (hub BLOB NOT NULL, account INTEGER NOT NULL, number INTEGER NOT NULL, "
        "minor INTEGER NOT NULL, after INTEGER NOT NULL, PRIMARY KEY (hub, account, number)) "
        "STRICT, WITHOUT ROWID;\n"
        "CREATE TABLE ledger_hold (hub BLOB NOT NULL, name TEXT NOT NULL, account INTEGER NOT NULL, "
        "minor INTEGER NOT NULL, remaining INTEGER NOT NULL, until INTEGER NOT NULL, state INTEGER NOT NULL, "
        "PRIMARY KEY (hub, name)) STRICT, WITHOUT ROWID;\n"
        "CREATE INDEX ledger_hold_due ON ledger_hold (hub, until) WHERE state = 0;\n"
        "CREATE TABLE ledger_seal (hub BLOB NOT NULL, number INTEGER NOT NULL, digest BLOB NOT NULL, "
        "entry_at INTEGER NOT NULL, at INTEGER NOT NULL, open_key BLOB NOT NULL, signature BLOB NOT NULL, "
        "PRIMARY KEY (hub, number)) STRICT, WITHOUT ROWID;"},
    // Lines one after the other as they come, not in the order of accounts: a thousand transfers between any
    // of ten thousand accounts would touch two thousand pages. Each names the line of its account before it,
    // and every 64th of an account is marked, so that a statement begins anywhere after 64 steps at most.
    db::Migration{
        2, "lines in the order of entries",
        "CREATE TABLE ledger_leg (hub BLOB NOT NULL, number INTEGER NOT NULL, account INTEGER NOT NULL, "
        "minor INTEGER NOT NULL, after INTEGER NOT NULL, before INTEGER NOT NULL, place INTEGER NOT NULL, "
        "PRIMARY KEY (hub, number, account)) STRICT, WITHOUT ROWID;\n"
        "INSERT INTO ledger_leg (hub, number, account, minor, after, before, place) SELECT hub, number, "
        "account, minor, after, COALESCE(LAG(number) OVER each, 0), ROW_NUMBER() OVER each FROM ledger_line "
        "WINDOW each AS (PARTITION BY hub, account ORDER BY number);\n"
        "CREATE TABLE ledger_mark (hub BLOB NOT NULL, account INTEGER NOT NULL, number INTEGER NOT NULL, "
        "PRIMARY KEY (hub, account, number)) STRICT, WITHOUT ROWID;\n"
        "INSERT INTO ledger_mark (hub, account, number) SELECT hub, account, number FROM ledger_leg WHERE "
        "place % 64 = 0;\n"
        "ALTER TABLE ledger_balance ADD COLUMN lines INTEGER NOT NULL DEFAULT 0;\n"
        "ALTER TABLE ledger_balance ADD COLUMN last INTEGER NOT NULL DEFAULT 0;\n"
        "UPDATE ledger_balance SET lines = (SELECT COUNT(*) FROM ledger_line l WHERE l.hub = "
        "ledger_balance.hub AND l.account = ledger_balance.account), last = COALESCE((SELECT MAX(number) "
        "FROM ledger_line l WHERE l.hub = ledger_balance.hub AND l.account = ledger_balance.account), 0);\n"
        "DROP TABLE ledger_line;"}};

constexpr std::array<std::string_view, purpose_count> purposes{"funds",    "held",       "payable",  "fee",
                                                               "tax",      "conversion", "rounding", "payout",
                                                               "suspense", "outside",    "own"};
constexpr std::array<std::string_view, 6> acts{"transfer", "hold", "release", "void", "expire", "bound"};

}  // namespace

std::span<db::Migration const> migrations() { return steps; }

std::string_view text_of(Purpose purpose) { return purposes.at(static_cast<std::size_t>(purpose)); }
std::string_view text_of(Act act) { return acts.at(static_cast<std::size_t>(act)); }

Result<Purpose> parse_purpose(std::string_view text) {
    auto const found = std::ranges::find(purposes, text);
    if (found == purposes.end())
        return refuse(Code::bad_value, "purpose", "“" + excerpt(text) + "” is no purpose of an account");
    return static_cast<Purpose>(found - purposes.begin());
}

std::string AccountKey::text() const {
    return owner + ":" + std::string(text_of(purpose)) + ":" + std::string(currency.text()) + ":" + custodian;
}

Result<AccountKey> AccountKey::parse(std::string_view text) {
    std::array<std::string_view, 4> parts{"", "", "", the_hub};
    auto rest = text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto const end = rest.find(':');
        parts.at(i) = rest.substr(0, end);
        if (end == std::string_view::npos) {
            rest = {};
            if (i < 2) return refuse(Code::bad_value, "account", "expected OWNER:PURPOSE:CURRENCY:CUSTODIAN");
            break;
        }
        if (i == parts.size() - 1)
            return refuse(Code::bad_value, "account", "expected OWNER:PURPOSE:CURRENCY:CUSTODIAN");
        rest = rest.substr(end + 1);
    }
    auto const purpose = TRY(parse_purpose(parts[1]));
    auto const currency = TRY(Currency::parse(parts[2]));
    AccountKey key{std::string(parts[0]), purpose, currency, std::string(parts[3])};
    TRY_VOID(check_account(key, "account"));
    return key;
}

Bounds bounds_of(Purpose purpose) {
    switch (purpose) {
        case Purpose::funds:
        case Purpose::held:
        case Purpose::payable:
        case Purpose::tax:
        case Purpose::payout:
        case Purpose::suspense: return {.least = 0};
        default: return {};
    }
}

}  // namespace allroads::ledger
