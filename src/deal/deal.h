#pragma once
// deal: the life of an order between one buyer and one seller, from the first question to the last payout.
//
// Promises: one table (`table()`) says which event is possible in which state, who may bring it, what it
// needs, what money moves and what the others are told; `step` does nothing that the table does not say.
// `begin` and `step` are pure: values in, values out, the moment is in the event. An event that comes twice
// has one effect. What the buyer paid is always held, released, given back or taken as the hub's fee, to the
// minor unit (`is_sound`). Who may act for a party is asked elsewhere; that the actor is this deal's buyer,
// seller, member or mediator is asked here. Keeping deals and reserving stock is at the end.

#include "base/base.h"
#include "db/db.h"
#include "goods/goods.h"
#include "money/money.h"
#include "quote/quote.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::shop {
struct Shop;
struct Product;
}  // namespace allroads::shop

namespace allroads::deal {

struct Deal;
using DealId = db::Id<Deal>;
using ShopId = db::Id<shop::Shop>;
using ProductId = db::Id<shop::Product>;
using Moment = db::Moment;

// Limits of one deal; more is refused (`too-long`, `too-many`).
inline constexpr std::size_t event_bytes_max = 96U * 1024;
inline constexpr std::size_t document_bytes_max = 4U * 1024 * 1024;
inline constexpr std::size_t lines_max = 50;
inline constexpr std::size_t members_max = 60;
inline constexpr std::size_t milestones_max = 6;
inline constexpr std::size_t taxes_max = 20;
inline constexpr std::size_t offers_max = 30;
inline constexpr std::size_t shipments_max = 40;
inline constexpr std::size_t evidence_max = 60;
inline constexpr std::size_t transfers_max = 60;  // of one payout
inline constexpr std::size_t transfers_of_deal_max = 2'000;
inline constexpr std::size_t note_bytes_max = 2'000;
inline constexpr std::size_t title_bytes_max = 300;
inline constexpr std::size_t word_bytes_max = 200;  // references, names, keys
inline constexpr std::int32_t said_max = 200;  // offers, evidence, parts of each side; never what ends a deal
inline constexpr std::size_t past_max = 20'000;
inline constexpr std::size_t events_max = 4'000;  // what money did is recorded beyond it

// ---- who, where, what -------------------------------------------------------------------------------------

enum class Role : std::uint8_t {
    buyer,
    seller,    // the shop
    member,    // of the seller's group, paid by its share
    clerk,     // takes cash at a counter; a clerk who acts for a party acts in that party's role (`via`)
    mediator,  // the one the terms name
    hub,       // its operator, its adapters of payment and carriers
    time,      // a deadline that passed
};
[[nodiscard]] std::string_view text_of(Role role);
[[nodiscard]] Result<Role> parse_role(std::string_view text);

struct Actor {
    Role role = Role::time;
    db::IdBytes id{};                     // account, shop or member; nothing for time
    std::optional<db::IdBytes> via = {};  // the clerk through whom that party acts
    friend bool operator==(Actor const&, Actor const&) = default;
};

enum class State : std::uint8_t {
    asked,      // the buyer asked for a quotation
    offered,    // an offer or a counter-offer stands
    agreed,     // both signed; the first payment is awaited
    making,     // the first payment is held
    made,       // ready; what is due before sending is awaited
    sent,       // something was handed over
    delivered,  // all of it arrived; the buyer looks at it
    disputed,   // the parties talk, evidence is gathered
    escalated,  // the mediator decides
    released,   // the money is the seller's; payouts are awaited or under way
    closed,     // paid out; nothing is held
    refunded,   // everything went back to the buyer
    cancelled,  // ended before anything was sent; what was paid went back
    declined,   // one side did not want it
    lapsed,     // nobody acted in time
};
inline constexpr std::size_t states = 15;
[[nodiscard]] std::string_view text_of(State state);
[[nodiscard]] Result<State> parse_state(std::string_view text);
[[nodiscard]] bool is_end(State state);  // from where only money of before can still move

enum class Kind : std::uint8_t {
    ask,
    order,
    offer,
    counter,
    accept,
    decline,
    chosen_elsewhere,
    request_lapses,
    offer_lapses,
    pay,
    money_arrived,
    payment_lapses,
    cancel,
    made,
    hand_over,
    track,
    deliver,
    delivery_assumed,
    release,
    release_due,
    refund,
    dispute,
    answer,
    evidence,
    propose,
    agree,
    withdraw,
    escalate,
    answer_late,
    escalation_due,
    decide,
    name_mediator,
    pay_out,
    transfer_done,
    transfer_failed,
    transfer_retry,
    transfer_returned,
    charge_back,
    charge_back_reversed,
};
inline constexpr std::size_t kinds = 39;
[[nodiscard]] std::string_view text_of(Kind kind);  // "money-arrived"
[[nodiscard]] Result<Kind> parse_kind(std::string_view text);

// ---- terms: fixed at acceptance ---------------------------------------------------------------------------

struct Line {
    ProductId product;
    std::int64_t version = 0;  // of the listing that was agreed on
    std::string title = {};    // as the buyer saw it
    Decimal quantity;
    Unit unit;
    Decimal tier_from;  // the price tier that was used
    Money unit_price;
    Money amount;  // quantity · unit price, half up
    friend bool operator==(Line const&, Line const&) = default;
};
// When a part of the price must be there, and when it becomes the seller's.
enum class Point : std::uint8_t { accepted, made, handed_over, delivered };
struct Milestone {
    std::string key = {};              // "deposit", "balance"
    Decimal percent;                   // all together 100
    Point due = Point::accepted;       // accepted, made or handed-over, never earlier than the one before
    Point release = Point::delivered;  // made, handed-over or delivered
    friend bool operator==(Milestone const&, Milestone const&) = default;
};
enum class Custody : std::uint8_t { hub, bank, trustee };
// Of what is released: `percent` of it, at least `minimum`, never more than there is. What is given back
// bears none.
struct Fee {
    Decimal percent;  // 0 to 50
    Money minimum;
    Round round = Round::half_up;
    friend bool operator==(Fee const&, Fee const&) = default;
};
struct Tax {
    std::string key = {};      // "import-duty", "import-vat"
    Role payer = Role::buyer;  // buyer or seller
    friend bool operator==(Tax const&, Tax const&) = default;
};
// The delivered price that was shown, and by which edition of the books it was reckoned.
struct Shown {
    std::string edition = {};
    Day day = Day::first();
    Money delivered;
    std::string digest = {};  // of the quote's document
    friend bool operator==(Shown const&, Shown const&) = default;
};
// `numerator` units of `to` for `denominator` units of the deal's currency.
struct FixedRate {
    Currency to;
    Decimal numerator;
    Decimal denominator;
    std::string source = {};
    Moment until{};  // holds for conversions before this moment
    friend bool operator==(FixedRate const&, FixedRate const&) = default;
};
struct Days {
    std::int32_t pay = 7;       // for the first payment, from acceptance; then the deal lapses
    std::int32_t make = 0;      // from the first payment; later the buyer may cancel. 0: no such right
    std::int32_t deliver = 30;  // from the last handing over; then it counts as delivered
    std::int32_t inspect = 3;   // from delivery; then the money is released
    std::int32_t answer = 3;    // to a dispute; then it is escalated
    std::int32_t escalate = 7;  // from the opening of a dispute
    std::int32_t decide = 14;   // for the mediator; then the hub may name another
    friend bool operator==(Days const&, Days const&) = default;
};
struct Mediator {
    db::IdBytes id{};
    std::string name = {};
    friend bool operator==(Mediator const&, Mediator const&) = default;
};
struct Member {
    db::IdBytes id{};
    std::string name = {};
    Decimal weight;  // of what is the seller's
    friend bool operator==(Member const&, Member const&) = default;
};
struct Terms {
    std::vector<Line> lines;
    Money sending;  // what the seller asks for it; of the same currency
    Money total;    // of lines and sending
    quote::Incoterm incoterm = quote::Incoterm::FCA;
    std::string place = {};
    Country from;
    Country to;
    std::vector<Tax> taxes = {};
    std::optional<Shown> shown = {};
    std::optional<FixedRate> rate = {};
    std::vector<Milestone> milestones;
    Custody custody = Custody::hub;
    std::string custodian = {};  // the name of bank or trustee
    Fee fee;
    Days days = {};
    std::optional<Mediator> mediator = {};  // none: the hub's operator decides
    std::vector<Member> members = {};       // none: the seller alone
    friend bool operator==(Terms const&, Terms const&) = default;
};
// The document that both sides sign; written the same way each time. What was written is read back as the
// same and written again as the same bytes.
[[nodiscard]] Result<Terms> parse_terms(std::string_view json);
[[nodiscard]] std::string document_of(Terms const& terms);
// Whether sums, shares and limits are right; refused with the first field that is not.
[[nodiscard]] Result<void> may_be_agreed(Terms const& terms);
// What is signed of terms in a deal.
[[nodiscard]] std::string signed_words(DealId const& deal, std::string_view terms_document);
// What is due at each milestone; sums to the total.
[[nodiscard]] Result<std::vector<Money>> milestone_amounts(Terms const& terms);
// The fee of all that was released so far. A release takes what this grows by, so that parts bear together
// what the whole bears.
[[nodiscard]] Result<Money> fee_of(Fee const& fee, Money const& released);

// ---- events -----------------------------------------------------------------------------------------------

// Something wished for in a request; a product, or words for what any shop may offer.
struct Wish {
    std::optional<ProductId> product = {};
    std::string words = {};
    Decimal quantity;
    Unit unit;
    friend bool operator==(Wish const&, Wish const&) = default;
};
struct Request {
    std::optional<db::IdBytes> shared = {};  // the same for all shops asked; one of them is chosen
    std::string language = {};               // of the words
    std::vector<Wish> wishes;
    std::string note = {};
    Country to;
    friend bool operator==(Request const&, Request const&) = default;
};
// Where a payout goes, and what it becomes on the way.
struct PayTo {
    std::string destination = {};  // as the adapter names it
    Currency currency;
    std::optional<FixedRate> rate = {};  // where the terms have none that still holds
    std::optional<Money> most = {};      // of one transfer
    friend bool operator==(PayTo const&, PayTo const&) = default;
};

// What happened, as it is told to the deal. Which fields a kind of event needs stands in docs/deals.md;
// others must be empty.
struct Event {
    Kind kind = Kind::ask;
    std::string key = {};  // the same for the same event told twice; 1 to 200 bytes
    Actor by = {};
    Moment at{};
    std::optional<db::IdBytes> buyer = {};     // ask, order: whose deal it is
    std::optional<db::IdBytes> seller = {};    // ask, order, where the actor is the buyer
    std::optional<Request> request = {};       // ask
    std::optional<Terms> terms = {};           // order, offer, counter
    std::optional<Moment> until = {};          // ask, offer, counter: how long it holds
    std::string document = {};                 // accept: the terms' document as the signer saw it
    std::string signature = {};                // order, offer, counter, accept: over signed_words
    std::optional<std::int32_t> number = {};   // of an offer, a shipment, a transfer
    std::optional<std::int32_t> attempt = {};  // transfers
    std::optional<Money> amount = {};
    std::vector<Decimal> quantities = {};  // hand_over: of each line
    std::string reference = {};        // of a payment, a shipment, a proof, a piece of evidence (its digest)
    std::string why = {};              // a key: "not-arrived", "damaged"
    std::string note = {};             // the party's own words
    std::optional<PayTo> pay_to = {};  // pay_out
    std::optional<Mediator> mediator = {};  // name_mediator
    friend bool operator==(Event const&, Event const&) = default;
};
[[nodiscard]] Result<Event> parse_event(std::string_view json);
[[nodiscard]] std::string document_of(Event const& event);

// ---- the deal ---------------------------------------------------------------------------------------------

struct Offer {
    Role by = Role::seller;
    Terms terms;
    Moment at{};
    Moment until{};
    std::string signature = {};
    friend bool operator==(Offer const&, Offer const&) = default;
};
struct Due {
    Money amount;
    bool is_released = false;  // its point was reached
    friend bool operator==(Due const&, Due const&) = default;
};
// Everything in the deal's currency. received = held + released + refunded + charged back from what was held.
struct Sums {
    Money received;  // of the buyer's money, put to this deal
    Money held;
    Money released;  // fee and payable together
    Money fee;
    Money refunded;              // out of what was held
    Money given_back;            // out of what was payable already
    Money charged_back_held;     // taken back by the buyer's bank: out of what was held
    Money charged_back_payable;  // … out of what was payable
    Money charged_back_hub;      // … what neither had: the hub stands for it
    Money suspended;             // came again once the deal had ended: a person decides whose it is
    friend bool operator==(Sums const&, Sums const&) = default;
};
struct Payee {
    db::IdBytes id{};
    bool is_member = false;
    Decimal weight;
    Money share;         // all that ever became payable
    Money payable;       // of it, what was not yet sent on its way
    Money charged_back;  // taken from it by the buyer's bank
    Money sent;          // put on its way by payouts
    friend bool operator==(Payee const&, Payee const&) = default;
};
struct Shipment {
    std::vector<Decimal> quantities;
    Moment at{};
    std::string reference = {};
    std::int32_t reports = 0;  // how many events of the carrier
    std::string last = {};     // the last of them
    std::string proof = {};
    std::optional<Moment> delivered = {};
    friend bool operator==(Shipment const&, Shipment const&) = default;
};
struct Evidence {
    Role by = Role::buyer;
    Moment at{};
    std::string reference = {};
    std::string note = {};
    friend bool operator==(Evidence const&, Evidence const&) = default;
};
struct Proposal {
    Role by = Role::buyer;
    Money refund;
    friend bool operator==(Proposal const&, Proposal const&) = default;
};
struct Dispute {
    Role by = Role::buyer;
    std::string why = {};
    Moment opened{};
    State before = State::delivered;  // where the deal goes on if it is withdrawn
    std::optional<Moment> answered = {};
    std::optional<Moment> escalated = {};
    std::optional<Proposal> proposal = {};
    std::vector<Evidence> evidence = {};
    friend bool operator==(Dispute const&, Dispute const&) = default;
};
enum class Progress : std::uint8_t { under_way, done, failed };
[[nodiscard]] std::string_view text_of(Progress progress);
struct Transfer {
    std::int32_t payee = 0;
    Money amount;
    std::string destination = {};
    Progress progress = Progress::under_way;
    std::int32_t attempt = 1;
    std::vector<std::int32_t> arrived = {}, returned = {}, failed = {};  // which attempts
    std::string reference = {};
    friend bool operator==(Transfer const&, Transfer const&) = default;
};
// An event that had its effect.
struct Past {
    std::string key;
    std::uint64_t print = 0;  // of the event without its moment
    Kind kind = Kind::ask;
    State after = State::asked;
    friend bool operator==(Past const&, Past const&) = default;
};
struct Deal {
    DealId id;
    db::IdBytes buyer{};
    db::IdBytes seller{};
    State state = State::asked;
    Moment opened{};
    Moment changed{};
    std::optional<Request> request = {};
    std::optional<Moment> asked_until = {};
    std::vector<Offer> offers = {};
    std::int32_t agreed = -1;           // which offer
    std::string agreed_signature = {};  // of the other side
    std::optional<Mediator> mediator = {};
    std::optional<Moment> agreed_at = {}, funded_at = {}, sent_at = {}, delivered_at = {};
    std::vector<Due> dues = {};
    std::optional<Sums> sums = {};
    std::vector<Payee> payees = {};
    std::vector<Shipment> shipments = {};
    std::optional<Dispute> dispute = {};
    std::int32_t disputes = 0;
    std::vector<Transfer> transfers = {};
    std::int32_t said_by_buyer = 0, said_by_seller = 0;  // of what is limited (said_max)
    std::vector<Past> past = {};
    friend bool operator==(Deal const&, Deal const&) = default;

    [[nodiscard]] bool is_agreed() const { return agreed >= 0; }
    [[nodiscard]] Terms const& terms() const;  // once agreed
};
[[nodiscard]] Result<Deal> parse_deal(std::string_view json);
[[nodiscard]] std::string document_of(Deal const& deal);
// What is wrong in its sums, in sentences; empty is sound.
[[nodiscard]] std::vector<std::string> unsound(Deal const& deal);
// What the buyer of an agreed deal still has to pay: by now, and in all.
[[nodiscard]] Money due_now(Deal const& deal);
[[nodiscard]] Money due_later(Deal const& deal);
// What of each line was not handed over yet.
[[nodiscard]] std::vector<Decimal> left_to_send(Deal const& deal);

// ---- steps ------------------------------------------------------------------------------------------------

// In the ledger's terms. `outside` is the world: money that enters or leaves.
enum class Purpose : std::uint8_t {
    funds,
    held,
    payable,
    fee,
    conversion,
    rounding,
    payout,
    outside,
    suspense
};
[[nodiscard]] std::string_view text_of(Purpose purpose);
enum class Holder : std::uint8_t { buyer, seller, member, deal, hub };
[[nodiscard]] std::string_view text_of(Holder holder);
struct Account {
    Holder holder = Holder::hub;
    db::IdBytes id{};  // nothing for the hub
    Purpose purpose = Purpose::funds;
    friend auto operator<=>(Account const&, Account const&) = default;
};
// `amount`, above zero, leaves one account for another. Postings of an outcome are one entry, in their order.
struct Posting {
    Account from;
    Account to;
    Money amount;
    std::string_view why;  // a key: "deposit", "fee"
    friend bool operator==(Posting const&, Posting const&) = default;
};
struct Fact {
    std::string_view key;
    std::string value;
    friend bool operator==(Fact const&, Fact const&) = default;
};
// To be said to a party in its language: a key and the facts of the sentence.
struct Message {
    Role to = Role::buyer;
    db::IdBytes id{};
    std::string_view key;
    std::vector<Fact> facts = {};
    friend bool operator==(Message const&, Message const&) = default;
};
// When that moment has come, the event `then` by Role::time is possible.
struct Deadline {
    Moment at{};
    Kind then = Kind::offer_lapses;
    friend bool operator==(Deadline const&, Deadline const&) = default;
};
// What happens to the reserved stock.
enum class Stock : std::uint8_t {
    unchanged,
    reserve,  // until the time to pay is over
    keep,     // paid for: no longer lapses
    give_up,
    take,  // what was handed over leaves the stock (event.quantities)
};
struct Outcome {
    Deal deal;
    bool is_again = false;  // the event was told before: nothing moves and nobody is told; `state` is as then
    State state = State::asked;  // after the event
    std::vector<Posting> postings = {};
    std::vector<Message> messages = {};
    std::vector<Deadline> deadlines = {};      // all that are now running, the nearest first
    std::vector<std::int32_t> transfers = {};  // which transfers are to be sent on their way
    Stock stock = Stock::unchanged;
};
// A new deal by `ask` or `order`.
[[nodiscard]] Result<Outcome> begin(DealId const& id, Event const& event);
// Refused: `conflict` (not in this state; a key used for something else; altered terms; not the sums that are
// due), `not-allowed` (not this actor), `bad-value`, `field-missing`. The detail names the state, what is
// possible in it and who may do it.
[[nodiscard]] Result<Outcome> step(Deal const& deal, Event const& event);
[[nodiscard]] std::vector<Deadline> deadlines_of(Deal const& deal);
// What this actor may do now, for buttons: events whose row allows state and role.
[[nodiscard]] std::vector<Kind> possible(Deal const& deal, Actor const& actor);

// ---- the table --------------------------------------------------------------------------------------------

struct Move {
    Holder from;
    Purpose from_purpose;
    Holder to;
    Purpose to_purpose;
};
struct Row {
    Kind event = Kind::ask;
    std::vector<State> from;  // none: there is no deal yet
    std::vector<State> to;    // one of these
    bool may_stay = false;    // or the state it had
    std::vector<Role> who;
    std::string_view needs;   // in plain words
    std::vector<Move> posts;  // no other money moves; the seller stands for the members too
    std::string_view tells;   // key of the message; empty: nobody
    std::vector<Role> told;   // nobody else; never the one who acted
};
[[nodiscard]] std::span<Row const> table();
// The table as Markdown and a diagram (Mermaid): what stands between the marks in docs/deals.md.
[[nodiscard]] std::string table_as_markdown();

// ---- keeping them -----------------------------------------------------------------------------------------

// The tables of this room, for db::migrate; numbers are given by who puts the rooms together.
[[nodiscard]] std::span<db::Migration const> migrations();

// Events of one deal that are kept together, one after the other, and the texts that are kept of them. Made
// before the transaction begins, since others wait for it.
struct Happening {
    Event event;
    Outcome outcome;
    std::string document = {};  // of the event
};
struct Happened {
    std::vector<Happening> all;
    std::string document;  // of the deal after the last
    [[nodiscard]] Deal const& deal() const { return all.back().outcome.deal; }
};
[[nodiscard]] Happened happened(std::vector<Happening> all);  // at least one
[[nodiscard]] Happened happened(Event event, Outcome outcome);

// Stores a deal that `begin` began, and its events. Refused: `conflict` (there is such a deal).
[[nodiscard]] Result<void> add(db::Write& write, db::HubId const& hub, Happened const& happened);
// Stores what `step` answered, and the events. Refused: `conflict` where another event came in between; read
// the deal again and step again. Nothing is written of outcomes that are `is_again`.
[[nodiscard]] Result<void> change(db::Write& write, db::HubId const& hub, Happened const& happened);
// Refused: `not-found`.
[[nodiscard]] Result<Deal> deal_by_id(db::Asked& asked, db::HubId const& hub, DealId const& id);
// After `after`, at most `most`, the newest first.
enum class Side : std::uint8_t { buyer, seller };
[[nodiscard]] Result<std::vector<Deal>> deals_of(db::Asked& asked, db::HubId const& hub, Side side,
                                                 db::IdBytes const& party, std::optional<DealId> const& after,
                                                 std::size_t most);
// Disputed or escalated, the oldest deals first.
[[nodiscard]] Result<std::vector<Deal>> in_dispute(db::Asked& asked, db::HubId const& hub,
                                                   std::optional<DealId> const& after, std::size_t most);
// Of one request to several shops.
[[nodiscard]] Result<std::vector<DealId>> deals_of_request(db::Asked& asked, db::HubId const& hub,
                                                           db::IdBytes const& shared);
// Whose nearest deadline has passed, the longest waiting first.
[[nodiscard]] Result<std::vector<DealId>> overdue(db::Asked& asked, db::HubId const& hub, Moment now,
                                                  std::size_t most);
// The events of a deal, first to last, as documents.
[[nodiscard]] Result<std::vector<std::string>> events_of(db::Asked& asked, db::HubId const& hub,
                                                         DealId const& id);
// Takes every deal through its events again and compares; sentences of what is wrong.
[[nodiscard]] Result<std::vector<std::string>> check(db::Asked& asked, db::HubId const& hub);

// ---- stock ------------------------------------------------------------------------------------------------

// Stock of counted products, and what deals have reserved of it. A reservation that lapsed no longer counts,
// also before it is swept away. Quantities have at most three decimals.
struct Wanted {
    ProductId product;
    Decimal quantity;
};
// What the seller says is there, what is reserved included. Refused: `conflict` where more is sold already.
[[nodiscard]] Result<void> set_stock(db::Write& write, db::HubId const& hub, ProductId const& product,
                                     Decimal const& on_hand);
// No longer counted: made to order, withdrawn.
[[nodiscard]] Result<void> forget_stock(db::Write& write, db::HubId const& hub, ProductId const& product);
// All or none, for the same product once; without `until` for as long as the deal lives. Answers the products
// whose stock is not counted: nothing is reserved of them. Refused: `conflict`, the field names which one,
// the detail how much is left.
[[nodiscard]] Result<std::vector<ProductId>> reserve(db::Write& write, db::HubId const& hub,
                                                     DealId const& deal, std::span<Wanted const> wanted,
                                                     std::optional<Moment> until, Moment now);
// Paid for: lapses no more. Refused: `conflict` where it lapsed and was given to others.
[[nodiscard]] Result<void> keep(db::Write& write, db::HubId const& hub, DealId const& deal, Moment now);
[[nodiscard]] Result<void> give_up(db::Write& write, db::HubId const& hub, DealId const& deal);
// Handed over: leaves the stock and the reservation.
[[nodiscard]] Result<void> take(db::Write& write, db::HubId const& hub, DealId const& deal,
                                std::span<Wanted const> taken);
// Sweeps away lapsed reservations of at most `most` products; of how many.
[[nodiscard]] Result<std::int64_t> sweep(db::Write& write, db::HubId const& hub, Moment now,
                                         std::size_t most);
// What can still be reserved; nothing where it is not counted.
[[nodiscard]] Result<std::optional<Decimal>> available(db::Asked& asked, db::HubId const& hub,
                                                       ProductId const& product, Moment now);

}  // namespace allroads::deal
