#pragma once
// pay: how money comes in and goes out: what payers are told, what banks, wallets, card processors and clerks
// say was paid, and what is asked of them in return. All adapters are optional; none is needed to trade.
//
// Promises: no network and no clock in here. A request to the outside is a value in the outbox, written in
// the caller's transaction and sent by who asks `take_due`; answers and callbacks are bytes handed in. What
// moves money is never sent again before its state was asked: each transfer happens exactly once, whatever is
// lost, doubled, late or out of order. What was taken in once has no second effect. Nothing is posted here:
// the caller is given what was seen, and posts it in the same transaction.

#include "base/base.h"
#include "db/db.h"
#include "money/money.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::pay {

using db::HubId;
using db::Moment;
using Millis = std::chrono::milliseconds;

enum class Way : std::uint8_t { bank, mobile, card, cash };
[[nodiscard]] std::string_view text_of(Way way);  // "bank"
[[nodiscard]] Result<Way> parse_way(std::string_view text);

// ---- references and account numbers -----------------------------------------------------------------------

// What a payer writes so that a payment finds its order: the structured creditor reference of ISO 11649,
// "RF", two check digits (ISO 7064, MOD 97-10) and up to 21 letters and digits. A wrong digit or letter,
// or two neighbours of one kind exchanged, are found; a letter for a digit in 96 of 97 cases.
class Reference {
public:
    static constexpr std::size_t body_max = 21;
    // As people copy it: any case, blanks and hyphens between; the check digits must be right.
    [[nodiscard]] static Result<Reference> parse(std::string_view text);
    [[nodiscard]] static Result<Reference> of(std::string_view body);  // 1 to 21 letters and digits
    // The first that stands in running text with right check digits; nothing where two different ones do.
    [[nodiscard]] static std::optional<Reference> within(std::string_view text);
    [[nodiscard]] std::string const& text() const { return text_; }  // "RF18539007547034"
    [[nodiscard]] std::string spaced() const;                        // "RF18 5390 0754 7034"
    [[nodiscard]] std::string_view body() const { return std::string_view(text_).substr(4); }
    friend auto operator<=>(Reference const&, Reference const&) = default;

private:
    explicit Reference(std::string text) : text_(std::move(text)) {}
    std::string text_;
};
// An international account number (ISO 13616) in its electronic form; its check digits must be right.
[[nodiscard]] Result<std::string> parse_iban(std::string_view text);
// A business identifier code (ISO 9362) of 8 or 11 characters.
[[nodiscard]] Result<std::string> parse_bic(std::string_view text);

// ---- what passes through the face -------------------------------------------------------------------------

// What somebody is to pay.
struct Due {
    Reference reference;
    Money amount;
    std::string words = {};  // what it is for; shown, never matched
};
// What a payer is told: names that a face translates ("account", "bank", "reference", "amount", "name",
// "number", "words") and values as they are to be copied.
struct Line {
    std::string name;
    std::string value;
    friend bool operator==(Line const&, Line const&) = default;
};
struct Instructions {
    Way way = Way::bank;
    std::vector<Line> lines = {};
};

enum class Turn : std::uint8_t {
    paid,        // money came to us
    taken_back,  // money that had come to us was booked back, or a receipt was voided
    refunded,    // the processor gave money back to the payer
    disputed,    // the payer's bank asks for it; the processor holds it
    paid_out,    // money left us, and the other side has booked it
    came_back,   // money that had left us came back
};
[[nodiscard]] std::string_view text_of(Turn turn);

// A payment that was seen. The amount is above zero; `turn` says which way.
struct Payment {
    Way way = Way::bank;
    Turn turn = Turn::paid;
    std::string outside_id = {};  // of the other side, or made of what it says: the same each time it says it
    std::optional<Reference> reference = {};
    std::string said = {};  // the reference or words as they were written, cut to 140 characters
    Money amount = Money::zero(currency::USD);
    std::string payer = {};
    std::string account = {};  // of the payer, where it is told
    Moment moment = {};        // as the other side says
    std::string order = {};    // key of our payout, for paid_out and came_back
    std::string doubt = {};    // why a person must look, in plain words; empty is none
    friend bool operator==(Payment const&, Payment const&) = default;
};

// Where a payout goes.
struct Destination {
    Way way = Way::mobile;
    std::string account = {};  // bank: IBAN, or a number of the bank's own; mobile: +254712345678
    std::string bank = {};     // bank: BIC; needed beside an account that is no IBAN
    std::string name = {};
    friend bool operator==(Destination const&, Destination const&) = default;
};
struct PayoutOrder {
    std::string key;  // the caller's: asking twice orders once; 1 to 30 of A-Z a-z 0-9 . -
    Money amount;
    Destination to;
    std::string words = {};  // for the receiver's statement
};

enum class Stage : std::uint8_t {
    waiting,    // its turn has not come: the one before it is not done, or no file or person took it yet
    asked,      // sent or about to be; no answer yet
    unclear,    // the answer was lost; its state is being asked
    pending,    // the other side has taken it and will say more
    done,       // moved, and will not be moved again
    failed,     // certainly not moved
    cancelled,  // never sent, since one before it failed
    stuck,      // nobody could tell for as long as it was asked; a person must look
};
[[nodiscard]] std::string_view text_of(Stage stage);

struct Transfer {
    std::string payout = {};  // key of its order
    std::int64_t number = 0;  // from 1
    Money amount = Money::zero(currency::USD);
    Stage stage = Stage::waiting;
    std::string correlation = {};  // UUID: the same in every request about this transfer
    std::string asked_at = {};     // path under which the other side told to ask for it
    std::string outside_id = {};   // its reference of the finished transfer
    std::int64_t sendings = 0;     // how often the request to move was handed out
    std::int64_t askings = 0;      // how often its state was asked since it last changed
    std::string reason = {};       // of a failure, in the words of the other side
    bool is_contradicted = false;  // it said both done and failed; the first stands, a person must look
};
struct Payout {
    PayoutOrder order;
    std::vector<Transfer> transfers;
    Moment made = {};
    [[nodiscard]] Money sum_of(Stage stage) const;
    [[nodiscard]] bool is_over() const;  // every transfer is done, failed or cancelled
    [[nodiscard]] bool is_done() const;  // every transfer is done
    [[nodiscard]] bool needs_person() const;
};

// A request to the outside, without the address and the credentials of who is asked: the sender has those.
struct Field {
    std::string name;
    std::string value;
    friend bool operator==(Field const&, Field const&) = default;
};
struct Request {
    std::string method = "POST";
    std::string path = {};  // after the address of the channel: "/transactions"
    std::vector<Field> fields = {};
    std::string body = {};
    friend bool operator==(Request const&, Request const&) = default;
};
// What came of it. Status 0: no answer, and it is not known whether the request arrived.
struct Answer {
    int status = 0;
    std::string body = {};
};
// What others bring: a webhook, a callback, a statement. Names of fields in any case.
struct Incoming {
    std::string path = {};  // what stands behind the address that was given to them
    std::vector<Field> fields = {};
    std::string_view body;
    [[nodiscard]] std::string_view field(std::string_view name) const;  // empty where there is none
};

// What the other side said of a transfer.
struct Told {
    enum class What : std::uint8_t {
        nothing,
        pending,
        done,
        failed,
        unknown_there,
        ask_there,
        contradiction
    };
    What what = What::nothing;    // nothing: lost, or not to be understood
    std::string at = {};          // ask_there, pending: where to ask next
    std::string outside_id = {};  // done
    std::string reason = {};      // failed
};
struct CallbackOf {
    std::string correlation;
    Told told;
    std::optional<Decimal> amount = {};  // as it says; another than ours is a contradiction
    std::string currency = {};
};

// ---- the face ---------------------------------------------------------------------------------------------

// One way of paying. What it cannot do it refuses with not_supported.
class Adapter {
public:
    Adapter() = default;
    Adapter(Adapter const&) = delete;
    Adapter& operator=(Adapter const&) = delete;
    virtual ~Adapter() = default;

    [[nodiscard]] virtual Way way() const = 0;
    [[nodiscard]] virtual Result<Instructions> instructions(Due const& due) const;
    // Payments in what was brought; refused where it is not proven to come from the other side.
    [[nodiscard]] virtual Result<std::vector<Payment>> seen(Incoming const& incoming, Moment now) const;
    // The fewest transfers that pay an order; refuses a destination that cannot be.
    [[nodiscard]] virtual Result<std::vector<Money>> parts(PayoutOrder const& order) const;
    // Moves money; asks what became of it.
    [[nodiscard]] virtual Result<Request> move(PayoutOrder const& order, Transfer const& transfer,
                                               Moment now) const;
    [[nodiscard]] virtual Result<Request> ask(Transfer const& transfer) const;
    [[nodiscard]] virtual Told told_of_move(Transfer const& transfer, Answer const& answer) const;
    [[nodiscard]] virtual Told told_of_ask(Transfer const& transfer, Answer const& answer) const;
    // The transfer a callback is about; nothing where it is about none.
    [[nodiscard]] virtual Result<std::optional<CallbackOf>> callback(Incoming const& incoming) const;
};

// What became of one piece of what was brought.
struct Heard {
    std::vector<Payment> payments = {};     // not taken in before: to be posted now, in this transaction
    std::vector<std::string> payouts = {};  // keys of those whose transfers changed
    std::int64_t known = 0;                 // taken in before: no effect
};

// ---- outbox and inbox -------------------------------------------------------------------------------------

struct OutgoingOf;
using OutgoingId = db::Id<OutgoingOf>;

enum class Repeat : std::uint8_t {
    safe,      // sent again by stated pauses until it is answered; the receiver knows the key
    ask_first  // handed out once; whoever put it decides what then
};
struct Outgoing {
    OutgoingId id;
    std::string key;      // unique in the hub; for `safe`, the receiver's key too
    std::string channel;  // "mobile", "sms", …: who sends it, with which credentials
    Repeat repeat = Repeat::safe;
    Request request;
    std::int64_t tries = 0;  // those before this one
};
// Pauses before the second try, the third …; after the last it has failed, and stays to be looked at.
[[nodiscard]] std::span<Millis const> pauses();
inline constexpr Millis lease{60'000};  // much longer than a sender waits for an answer

// Puts a request into the outbox, once a key: false where the very same is there already, `conflict` where
// another is.
Result<bool> put(db::Write& write, HubId const& hub, OutgoingId const& id, std::string_view key,
                 std::string_view channel, Request const& request, Repeat repeat, Moment due);
// What is to be sent by now, the oldest first; only looked at.
[[nodiscard]] Result<std::vector<Outgoing>> due(db::Asked& asked, HubId const& hub, Moment now,
                                                std::int64_t most);
// The same, handed out: not given again for `lease`.
[[nodiscard]] Result<std::vector<Outgoing>> take(db::Write& write, HubId const& hub, Moment now,
                                                 std::int64_t most);
// It was answered: no more is sent. False where it was over already.
Result<bool> mark_answered(db::Write& write, HubId const& hub, OutgoingId const& id, int status, Moment now);
// It was not: sent again after the next pause, or failed (`ask_first`: at once).
Result<bool> mark_unanswered(db::Write& write, HubId const& hub, OutgoingId const& id, int status,
                             Moment now);
// Takes in an id of the outside; false where it was taken in before.
Result<bool> take_in(db::Write& write, HubId const& hub, std::string_view source, std::string_view outside_id,
                     Moment now);
[[nodiscard]] Result<bool> is_taken(db::Asked& asked, HubId const& hub, std::string_view source,
                                    std::string_view outside_id);
// Forgets requests that are over, and ids that were taken in, before a moment; says how many.
Result<std::int64_t> forget_before(db::Write& write, HubId const& hub, Moment outgoing, Moment taken);

// The tables of this room, for db::migrate; numbers are given by who puts the rooms together.
[[nodiscard]] std::span<db::Migration const> migrations();

// ---- the desk ---------------------------------------------------------------------------------------------

// The adapters of a hub behind one face. The adapters and ids outlive it. Any thread.
class Desk {
public:
    Desk(HubId const& hub, db::Ids& ids, std::vector<Adapter const*> adapters)
        : hub_(hub), ids_(&ids), adapters_(std::move(adapters)) {}

    [[nodiscard]] std::vector<Way> ways() const;
    [[nodiscard]] Result<Adapter const*> adapter(Way way) const;  // refused where there is none
    [[nodiscard]] Result<Instructions> instructions(Way way, Due const& due) const;
    // A webhook, a callback or a statement. Whatever is refused has no effect at all.
    [[nodiscard]] Result<Heard> hear(db::Write& write, Way way, Incoming const& incoming, Moment now) const;

    // Orders a payout: its transfers, and the first request in the outbox. The same key with the same order
    // gives the payout as it stands; with another, `conflict`.
    [[nodiscard]] Result<Payout> order_payout(db::Write& write, PayoutOrder const& order, Moment now) const;
    [[nodiscard]] Result<Payout> payout(db::Asked& asked, std::string_view key) const;
    // Those that wait for a file or for a person (bank, cash; mobile: where nobody could tell what became of
    // them), the oldest first.
    [[nodiscard]] Result<std::vector<Payout>> by_hand(db::Asked& asked, Way way, std::int64_t most) const;
    // Those that were handed to the bank and of which nobody has said yet what became of them, the oldest
    // first.
    [[nodiscard]] Result<std::vector<Payout>> with_bank(db::Asked& asked, std::int64_t most) const;
    // Those were handed to the bank, or a person says what became of a transfer that is stuck or by hand.
    Result<Payout> handed_over(db::Write& write, std::string_view key, Moment now) const;
    Result<Payout> settle(db::Write& write, std::string_view key, std::int64_t number, bool is_done,
                          std::string_view outside_id, std::string_view reason, Moment now) const;
    // Asks again for a transfer that is stuck.
    Result<Payout> ask_again(db::Write& write, std::string_view key, std::int64_t number, Moment now) const;

    // What is to be sent now. A request that moves money and whose sender never came back is not given again:
    // its state is asked instead.
    [[nodiscard]] Result<std::vector<Outgoing>> take_due(db::Write& write, Moment now,
                                                         std::int64_t most) const;
    // What came of it; gives the payout it was about, if its transfers changed.
    Result<std::optional<Payout>> answered(db::Write& write, Outgoing const& outgoing, Answer const& answer,
                                           Moment now) const;

private:
    Result<std::vector<Payout>> in_stage(db::Asked& asked, Way way, Stage stage, std::int64_t most) const;
    Result<bool> step(db::Write& write, PayoutOrder const& order, Transfer& transfer, Told const& told,
                      Moment now, bool may_send) const;
    Result<bool> settle_booked(db::Write& write, Payment const& payment, Moment now) const;
    Result<void> send(db::Write& write, PayoutOrder const& order, Transfer& transfer, bool is_asking,
                      Moment now, Millis wait) const;
    Result<void> begin_next(db::Write& write, PayoutOrder const& order, Moment now) const;
    Result<void> lost(db::Write& write, Outgoing const& outgoing, Moment now) const;
    HubId hub_;
    db::Ids* ids_;
    std::vector<Adapter const*> adapters_;
};

// The fewest parts of at most `cap` that sum to `whole`, each at least `least`; the first are full, the
// last ones give to the very last where that alone would be below `least`. Refused: what cannot be cut so, or
// into more than `parts_max`.
inline constexpr std::size_t parts_max = 200;
[[nodiscard]] Result<std::vector<Money>> fewest_parts(Money const& whole, Money const& cap,
                                                      Money const& least);

// ---- bank: transfers by hand, statements, files -----------------------------------------------------------

struct BankAccount {
    Currency currency;         // the one it is held in
    std::string account = {};  // IBAN, or a number of the bank's own
    std::string bank = {};     // BIC
    std::string name = {};     // whose it is
};

struct BookingDetail {
    std::optional<Money> amount = {};
    std::string bank_reference = {}, end_to_end = {}, transaction = {};  // empty: not given
    std::string payer = {}, payer_account = {};
    std::string structured = {};    // a creditor's reference, as it was written
    std::string unstructured = {};  // lines of free text, one after the other
    bool is_return = false;         // of an earlier transfer
};
struct Booking {
    Money amount;
    bool is_credit = true;     // which way it goes, a reversal too
    bool is_reversal = false;  // takes an earlier booking back
    Day day = Day::first();
    std::string bank_reference = {};
    std::string words = {};
    std::vector<BookingDetail> details = {};
};
// A statement of one account in one currency.
struct Statement {
    std::string id = {};
    std::string account = {};
    std::optional<Currency> currency = {};
    std::optional<Money> opening = {}, closing = {};
    std::vector<Booking> bookings = {};
    std::int64_t not_booked = 0;       // entries that are announced or for information only: left out
    std::optional<bool> adds_up = {};  // opening and bookings give closing; nothing where one is not told
};
struct StatementLimits {
    std::size_t bytes = 32'000'000;
    std::size_t bookings = 100'000;  // with their details
};
// camt.053 (ISO 20022), versions 02 to 13, read as a stream. Document types and entities are refused.
[[nodiscard]] Result<std::vector<Statement>> read_statements(std::string_view xml,
                                                             StatementLimits const& limits = {});
// Each booking as payments: one for each of its details, where they sum to it; else one, in doubt.
[[nodiscard]] std::vector<Payment> payments_of(Statement const& statement);

enum class Match : std::uint8_t {
    whole,
    part,
    too_much,
    unknown,         // no reference, or one nobody waits for
    duplicate,       // taken in before
    other_currency,  // the reference is known, and the order in another currency
    not_incoming,    // taken back, paid out, come back: not matched with what is due
    in_doubt         // the statement contradicts itself there
};
[[nodiscard]] std::string_view text_of(Match match);
struct Matched {
    Payment payment;
    Match match = Match::unknown;
    std::optional<Money> open = {};  // what was still due before this payment
};
// What is still due under a reference; nothing where nobody waits for it. Payments of one call count.
using OpenBy = std::function<std::optional<Money>(Reference const&)>;
using TakenBy = std::function<bool(std::string_view outside_id)>;
[[nodiscard]] std::vector<Matched> match(std::span<Payment const> payments, OpenBy const& open,
                                         TakenBy const& taken);

// A file of payouts for the bank: pain.001.001.09 (ISO 20022). Nothing is cut: what does not fit is refused.
struct PayoutFile {
    std::string id = {};  // 1 to 35; the bank refuses one it has had
    Moment made = {};
    std::string initiator = {};
    Day execute_on = Day::first();
};
[[nodiscard]] Result<std::string> payout_file(PayoutFile const& file, BankAccount const& from,
                                              std::span<PayoutOrder const> orders);

class Bank : public Adapter {
public:
    explicit Bank(std::vector<BankAccount> accounts) : accounts_(std::move(accounts)) {}
    [[nodiscard]] Way way() const override { return Way::bank; }
    [[nodiscard]] Result<Instructions> instructions(Due const& due) const override;
    // Of a statement of our accounts; those of others are refused.
    [[nodiscard]] Result<std::vector<Payment>> seen(Incoming const& incoming, Moment now) const override;
    [[nodiscard]] Result<std::vector<Money>> parts(PayoutOrder const& order) const override;
    [[nodiscard]] std::span<BankAccount const> accounts() const { return accounts_; }

private:
    std::vector<BankAccount> accounts_;
};

// ---- mobile money: the shape of the GSMA Mobile Money API 1.2 ---------------------------------------------

struct WalletTerms {
    Money cap;                          // the most of one transfer
    Money least;                        // the least
    std::string till = {};              // where payers pay to: a number of the provider
    std::string name = {};              // whose it is
    std::string callback_address = {};  // https://… of ours; what is told there goes to `hear`
    std::string callback_secret = {};   // makes the addresses that nobody can guess; 32 bytes or more
};
class MobileMoney : public Adapter {
public:
    explicit MobileMoney(WalletTerms terms) : terms_(std::move(terms)) {}
    [[nodiscard]] Way way() const override { return Way::mobile; }
    [[nodiscard]] Result<Instructions> instructions(Due const& due) const override;
    [[nodiscard]] Result<std::vector<Payment>> seen(Incoming const& incoming, Moment now) const override;
    [[nodiscard]] Result<std::vector<Money>> parts(PayoutOrder const& order) const override;
    [[nodiscard]] Result<Request> move(PayoutOrder const& order, Transfer const& transfer,
                                       Moment now) const override;
    [[nodiscard]] Result<Request> ask(Transfer const& transfer) const override;
    [[nodiscard]] Told told_of_move(Transfer const& transfer, Answer const& answer) const override;
    [[nodiscard]] Told told_of_ask(Transfer const& transfer, Answer const& answer) const override;
    [[nodiscard]] Result<std::optional<CallbackOf>> callback(Incoming const& incoming) const override;
    // The address given to the provider for news of a transfer, and for payments to the till ("in").
    [[nodiscard]] std::string callback_path(std::string_view about) const;

private:
    WalletTerms terms_;
};

// ---- card: webhooks of a processor, signed as Stripe does -------------------------------------------------

struct CardTerms {
    std::vector<std::string> secrets = {};  // the present one, and the one before while it is replaced
    std::chrono::seconds tolerance{300};    // how old or how far ahead a signature may be
    bool is_live = true;                    // events of the other mode are refused
};
// Whether a header "t=…,v1=…" signs a body; `not_allowed` where it does not.
[[nodiscard]] Result<void> check_signature(std::string_view header, std::string_view body,
                                           CardTerms const& terms, Moment now);
[[nodiscard]] std::string signature_header(std::string_view secret, std::int64_t seconds,
                                           std::string_view body);
class Card : public Adapter {
public:
    explicit Card(CardTerms terms) : terms_(std::move(terms)) {}
    [[nodiscard]] Way way() const override { return Way::card; }
    [[nodiscard]] Result<Instructions> instructions(Due const& due) const override;
    // Events of other kinds give none. The reference stands in the metadata of the payment.
    [[nodiscard]] Result<std::vector<Payment>> seen(Incoming const& incoming, Moment now) const override;

private:
    CardTerms terms_;
};

// ---- cash at a counter ------------------------------------------------------------------------------------

// The number of a receipt: eight digits in the order they were given out, without a gap, and two check digits
// (ISO 7064, MOD 97-10).
[[nodiscard]] std::string receipt_text(std::int64_t number);  // "00000042-15"
[[nodiscard]] Result<std::int64_t> parse_receipt(std::string_view text);

struct CashTaken {
    std::string key;      // the clerk's form: handed in twice, taken once
    std::string counter;  // where
    std::string clerk;    // who; compared, never shown to payers
    Reference reference;
    Money amount;
    std::string payer = {};
};
struct Receipt {
    std::int64_t number = 0;
    CashTaken taken;
    Moment moment = {};
    std::optional<Moment> voided = {};
    std::string voided_by = {}, void_reason = {};
    [[nodiscard]] Payment payment() const;     // as it was taken
    [[nodiscard]] Payment taken_back() const;  // of a voided one
};
struct Taken {
    Receipt receipt;
    bool is_new = true;  // else it was taken before, and there is nothing to post
};
Result<Taken> take_cash(db::Write& write, HubId const& hub, CashTaken const& cash, Moment now);
// By another clerk than the one who took it, once, with a reason.
Result<Receipt> void_receipt(db::Write& write, HubId const& hub, std::int64_t number, std::string_view clerk,
                             std::string_view reason, Moment now);
[[nodiscard]] Result<Receipt> receipt(db::Asked& asked, HubId const& hub, std::int64_t number);
class Cash : public Adapter {
public:
    struct Counter {
        std::string name = {};
        std::string place = {};
    };
    explicit Cash(std::vector<Counter> counters) : counters_(std::move(counters)) {}
    [[nodiscard]] Way way() const override { return Way::cash; }
    [[nodiscard]] Result<Instructions> instructions(Due const& due) const override;
    [[nodiscard]] Result<std::vector<Money>> parts(PayoutOrder const& order) const override;
    [[nodiscard]] std::span<Counter const> counters() const { return counters_; }

private:
    std::vector<Counter> counters_;
};

}  // namespace allroads::pay
