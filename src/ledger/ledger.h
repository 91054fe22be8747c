#pragma once
// ledger: whose money is where, and how it came there. Double entry in many currencies, never rewritten.
//
// Promises: an entry moves whole minor units between accounts so that they sum to zero for each currency and
// each custodian; what is posted in one call is posted together or not at all; nothing posted is ever changed
// or deleted. Entries are numbered without a gap and each is chained to the one before it by a digest.
// Balances, holds and lines are derived from the entries in the same transaction, and `check` derives them
// again from nothing. The room does not know what an order is: owners are short texts that callers choose.
// It reads no clock: every moment is an argument. docs/ledger.md says how it is meant to be used.

#include "db/db.h"
#include "money/money.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::ledger {

using db::HubId;
using db::Moment;

// Table steps of this room, in order; the hub numbers them among those of all rooms.
[[nodiscard]] std::span<db::Migration const> migrations();

// ---- accounts ---------------------------------------------------------------------------------------------

// What money of an account is meant for. A positive balance is what the hub or its custodian owes the owner;
// `outside` accounts mirror banks, cash boxes and trustees and are negative by what lies there.
enum class Purpose : std::uint8_t {
    funds,       // a party's own, free to be used
    held,        // set aside for something, such as an order
    payable,     // owed to a party, not yet sent
    fee,         // what the hub earned
    tax,         // collected for an authority
    conversion,  // stands between two currencies
    rounding,    // what roundings left over
    payout,      // on its way out
    suspense,    // came in, nobody knows yet for whom
    outside,     // the other side: a bank account, a box of cash, a wallet, a trustee
    own,         // the hub's own means
};
inline constexpr std::size_t purpose_count = 11;
[[nodiscard]] std::string_view text_of(Purpose purpose);  // "funds" …
[[nodiscard]] Result<Purpose> parse_purpose(std::string_view text);

inline constexpr std::string_view the_hub = "hub";  // as an owner and as a custodian

// Which account: these four together. Owner and custodian are 1 to 64 letters, digits and . _ - / @ +, and
// begin with a letter or digit.
struct AccountKey {
    std::string owner;
    Purpose purpose = Purpose::funds;
    Currency currency = currency::USD;
    std::string custodian = std::string(the_hub);  // who holds the money: the hub, a named bank, a trustee
    // "order-7:held:USD:hub"; read with the custodian left out it is the hub.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] static Result<AccountKey> parse(std::string_view text);
    friend auto operator<=>(AccountKey const&, AccountKey const&) = default;
};

// What a balance may not leave; a move towards the permitted side is always allowed. `least` counts what is
// free: the balance without what is reserved by holds.
struct Bounds {
    std::optional<std::int64_t> least = std::nullopt;
    std::optional<std::int64_t> most = std::nullopt;
    friend bool operator==(Bounds const&, Bounds const&) = default;
};
// An account is opened by the first entry that names it, with these: nothing below zero for funds, held,
// payable, tax, payout and suspense; no bounds for the others.
[[nodiscard]] Bounds bounds_of(Purpose purpose);

struct Balance {
    Money total;
    Money reserved;  // by open holds
    [[nodiscard]] Money free() const { return Money(total.minor() - reserved.minor(), total.currency()); }
};

// ---- entries ----------------------------------------------------------------------------------------------

// Above zero: the account gets it; below: it gives.
struct Leg {
    AccountKey account;
    Money amount;
};

// A conversion as an entry states it: `given` times the rate is `got`, rounded so.
struct Conversion {
    Money given;
    Money got;
    Decimal numerator;    // units of got.currency()
    Decimal denominator;  // for units of given.currency()
    Round round = Round::down;
};

enum class Act : std::uint8_t {
    transfer,  // moves money
    hold,      // reserves some of an account, so that nothing else can take it
    release,   // moves some or all of what a hold reserved to other accounts
    void_,     // ends a hold; what was left of it is free again
    expire,    // the same, because its moment has come
    bound,     // sets the bounds of an account
};
[[nodiscard]] std::string_view text_of(Act act);

// Made by the functions below. An entry with a key that was posted before is not posted again: the same
// content is answered with the first entry, other content is refused (conflict).
struct Entry {
    Act act = Act::transfer;
    std::string key;                   // 1 to 80 letters, digits and . _ - / @ + :, unique in the hub
    std::string kind;                  // what it is, a word of a-z 0-9 . -: "deal.deposit-paid"
    std::string note = {};             // for people who read statements; at most 200 bytes of text
    std::vector<Leg> legs = {};        // see act
    std::string hold = {};             // key of the entry that reserved
    std::optional<Moment> until = {};  // of a hold: from then on it can only expire
    std::optional<Conversion> conversion = {};
    Bounds bounds = {};
};

// Two legs or more that sum to zero for each currency and custodian; an account stands in one leg only.
[[nodiscard]] Entry transfer(std::string key, std::string kind, std::vector<Leg> legs);
// Moves one amount from an account to another of the same currency and custodian.
[[nodiscard]] Entry transfer(std::string key, std::string kind, AccountKey from, AccountKey to,
                             std::int64_t minor);
[[nodiscard]] Entry hold(std::string key, std::string kind, AccountKey account, std::int64_t minor,
                         std::optional<Moment> until = {});
// To one account or several, each amount above zero; what is not released stays reserved.
[[nodiscard]] Entry release(std::string key, std::string kind, std::string hold, std::vector<Leg> to);
[[nodiscard]] Entry void_hold(std::string key, std::string kind, std::string hold);
// Refused before the moment of the hold. The key follows from the hold, so that it happens once.
[[nodiscard]] Entry expire(std::string const& hold);
[[nodiscard]] Entry bound(std::string key, std::string kind, AccountKey account, Bounds bounds);

// From `from` to `to`, which differ in currency: the conversion accounts of the custodian take `given` and
// give what the rate makes of it, rounded half-even; `to` gets what it makes rounded as `round` says; the
// difference, at most one minor unit, is left to the rounding account of the hub, which may also give it.
[[nodiscard]] Result<Entry> convert(std::string key, std::string kind, AccountKey from, AccountKey to,
                                    Money given, Exchange const& rate, Round round);

struct Posted {
    std::int64_t number = 0;  // 1, 2, 3 …
    Moment at;                // never before that of the entry before it
    bool is_repeat = false;   // it was posted before
};

inline constexpr std::size_t legs_max = 256;
inline constexpr std::size_t entries_max = 10'000;  // of one call

// ---- what is asked ----------------------------------------------------------------------------------------

struct AccountRow {
    std::int64_t number = 0;
    AccountKey key;
    Balance balance;
    Bounds bounds;
};
// By owner, or all; in the order of their opening.
struct AccountQuestion {
    std::string owner = {};
    std::int64_t after = 0;  // number of the last row of the page before
    std::size_t rows = 100;
};

enum class HoldState : std::uint8_t { open, spent, voided, expired };
struct Hold {
    AccountKey account;
    Money amount;     // at first
    Money remaining;  // what is still reserved
    std::optional<Moment> until;
    HoldState state = HoldState::open;
};

struct EntryRow {
    std::int64_t number = 0;
    Moment at;
    std::string digest;         // 32 bytes
    Entry entry;                // as it was posted
    std::vector<Leg> moved;     // what it moved, with the account that a release took from
    std::vector<Leg> reserved;  // above zero: by a hold; below: what is reserved no more
};

// One entry as it touched one account.
struct Line {
    std::int64_t number = 0;
    Moment at;
    std::string key, kind, note;
    Money amount;
    Money after;
};
// Moments from `from` on and before `to`.
struct StatementQuestion {
    AccountKey account;
    std::optional<Moment> from = {}, to = {};
    std::int64_t after = 0;  // number of the last line of the page before
    std::size_t rows = 100;
};
struct Statement {
    Money opening, closing;   // of the period, whatever the page
    std::vector<Line> lines;  // oldest first
    std::int64_t next = 0;    // `after` of the next page; 0 where there is none
};

struct TrialRow {
    Purpose purpose = Purpose::funds;
    Currency currency = currency::USD;
    std::string custodian;
    std::int64_t accounts = 0;
    Decimal total;  // in major units; the sum of many accounts may be beyond Money
};
struct Trial {
    std::int64_t number = 0;  // of the last entry that counts
    std::vector<TrialRow> rows;
    bool is_balanced = true;  // the rows of each currency and custodian sum to zero
};

struct Head {
    std::int64_t number = 0;  // 0 where nothing was posted
    std::string digest;       // 32 bytes
    Moment at;
};

// The head, signed. The words are those of `seal_words`.
struct Seal {
    Head head;
    Moment at;
    std::string open_key;   // Ed25519, 32 bytes
    std::string signature;  // 64 bytes
};
struct Signer {
    std::string open_key;
    std::function<std::string(std::string_view words)> sign;
};
// "2026-11-26T07:30:00.125Z"; a day alone is its beginning.
[[nodiscard]] std::string text_of(Moment at);
[[nodiscard]] Result<Moment> parse_moment(std::string_view text);

[[nodiscard]] std::string seal_words(HubId const& hub, Head const& head, Moment at);
[[nodiscard]] bool is_sound(HubId const& hub, Seal const& seal);

enum class Format : std::uint8_t { csv, json, hledger };
[[nodiscard]] Result<Format> parse_format(std::string_view text);
using Sink = std::function<Result<void>(std::string_view)>;

inline constexpr std::size_t page_rows_max = 1000;

// ---- the ledger -------------------------------------------------------------------------------------------

// Of one hub. Holds nothing but its id; any thread. Refusals name fields as "entries[0].legs[1].amount".
class Ledger {
public:
    explicit Ledger(HubId const& hub) : hub_(hub) {}

    // All of them or none, in their order; each is held to what the ones before it left. Refuses with
    // not_enough what an account does not have free, with conflict what is beyond another bound, a key used
    // for something else, or a hold that has ended. Where it refuses for such a reason it has written
    // nothing, and the transaction may go on. On PostgreSQL it locks the accounts in their order, then the
    // head of the chain until the commit: post last in a transaction, and prefer Db::write with
    // Meeting::waits.
    [[nodiscard]] Result<std::vector<Posted>> post(db::Write& write, Moment at,
                                                   std::span<Entry const> entries) const;
    [[nodiscard]] Result<Posted> post(db::Write& write, Moment at, Entry const& entry) const;
    // Expires at most `most` holds whose moment has come; says how many.
    [[nodiscard]] Result<std::size_t> expire_due(db::Write& write, Moment at, std::size_t most = 1000) const;

    // Zero for an account that was never used.
    [[nodiscard]] Result<Balance> balance(db::Asked& asked, AccountKey const& account) const;
    [[nodiscard]] Result<std::vector<AccountRow>> accounts(db::Asked& asked,
                                                           AccountQuestion const& question) const;
    [[nodiscard]] Result<Hold> hold_of(db::Asked& asked, std::string_view key) const;
    [[nodiscard]] Result<EntryRow> entry(db::Asked& asked, std::int64_t number) const;
    [[nodiscard]] Result<EntryRow> entry_of_key(db::Asked& asked, std::string_view key) const;
    [[nodiscard]] Result<Statement> statement(db::Asked& asked, StatementQuestion const& question) const;
    // Now, or as it was before a moment.
    [[nodiscard]] Result<Trial> trial(db::Asked& asked, std::optional<Moment> before = {}) const;
    [[nodiscard]] Result<Head> head(db::Asked& asked) const;

    // Signs the head; nothing where no entry came since the last seal.
    [[nodiscard]] Result<std::optional<Seal>> seal(db::Write& write, Moment at, Signer const& signer) const;
    // Whether entries came since the last seal and that is of an earlier day (UTC).
    [[nodiscard]] Result<bool> is_seal_due(db::Asked& asked, Moment at) const;
    [[nodiscard]] Result<std::vector<Seal>> seals(db::Asked& asked, std::int64_t after_number,
                                                  std::size_t rows) const;

    // Recomputes every digest, sum, balance, line and hold from the entries, and every seal; what is wrong,
    // in sentences, at most 100. Empty is sound. Seals of other
    // keys than `open_keys` are wrong too, unless that is empty: who can write to the data can sign with a
    // key of his own.
    [[nodiscard]] Result<std::vector<std::string>> check(db::Asked& asked,
                                                         std::span<std::string const> open_keys = {}) const;
    // Everything, in the order of the numbers, handed to `sink` in pieces.
    [[nodiscard]] Result<void> write_out(db::Asked& asked, Format format, Sink const& sink) const;

private:
    HubId hub_;
};

}  // namespace allroads::ledger
