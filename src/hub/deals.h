#pragma once
// Orders and money as the hub's door speaks of them: part of hub.h, on its own for its length.

#include "books/books.h"
#include "db/db.h"
#include "deal/deal.h"
#include "ledger/ledger.h"
#include "pay/pay.h"
#include "quote/quote.h"
#include "shop/shop.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::hub {

// ---- what an operator has settled -------------------------------------------------------------------------

// When a price is paid, by a name that buyers choose by.
struct Plan {
    std::string key;
    std::vector<deal::Milestone> milestones;
};
// At what the hub turns money for sellers of a country.
struct OwnRate {
    Country seller_in;
    Currency from;
    Currency to;
    Decimal numerator;
    Decimal denominator;
    std::string source = {};
    std::int32_t days = 30;  // how long a rate holds that was agreed on
};
struct Dealing {
    std::vector<deal::Fee> fees = {};  // at most one of a currency, that of its minimum; none: no fee
    std::vector<Plan> plans = {};      // the first is the usual one; none: all at acceptance
    deal::Days days = {};
    deal::Custody custody = deal::Custody::hub;
    std::string custodian = {};
    std::optional<deal::Mediator> mediator = {};
    std::vector<OwnRate> rates = {};
    std::vector<std::shared_ptr<pay::Adapter const>> ways = {};
};

// ---- orders -----------------------------------------------------------------------------------------------

struct BasketLine {
    shop::ProductId product;
    Decimal quantity;
};
struct Basket {
    shop::ShopId shop;
    std::vector<BasketLine> lines;
    quote::Door door;
    std::string plan = {};      // of Dealing::plans; empty: the usual one
    std::string language = {};  // of the titles
};
// Terms that may be ordered as they stand, and the delivered price they were shown with.
struct Quoted {
    deal::Terms terms;
    std::string document;  // of the terms
    quote::Request request;
    std::shared_ptr<books::Edition const> books;  // the quote's views point into it
    quote::Quote quote;
    std::string answer = {};  // the quote as the API answers it; empty where nothing could be priced
    std::vector<shop::ProductId> uncounted = {};  // of its products, those without a stock
};
struct Order {
    std::string key;  // the caller's: the same order twice is one
    Basket basket;
    std::string seen;  // document of the terms as the buyer saw them
    std::string note = {};
    // What is due at once is paid from the buyer's money at the hub, in the same transaction: all or nothing.
    bool pays_from_funds = false;
};
struct Question {
    std::string key;
    std::vector<shop::ShopId> shops;  // 1 to 20
    deal::Request request;            // `shared` is the hub's to fill
    deal::Moment until{};
};
// What somebody does in a deal. Of the event, `by`, `at`, `signature`, the rate and the parts of a payout are
// the hub's to fill; of terms that are offered, fee and custody are as the hub has them.
struct Deed {
    std::optional<deal::Role> as = {};  // for who has several
    deal::Event event = {};
    std::optional<pay::Destination> to = {};  // pay_out, transfer_retry
    // pay_out: what its receiver saw it come to, in the currency it is paid in. Needed where it is turned.
    std::optional<Money> comes_to = {};
    // charge_back, charge_back_reversed: by which the money left, or came again; a bank where not told.
    std::optional<pay::Way> way = {};
    std::string file = {};  // evidence: SHA-256 of one of Hub::keep_file, in hexadecimal
};
// What a payout comes to at this moment, for who may ask for it.
struct PayoutQuote {
    Money payable;
    Money comes_to;
    std::optional<deal::FixedRate> rate = {};  // by which it is turned
    bool is_agreed = false;                    // the rate stands in the terms
};
// A file that was shown in a dispute: a photo drawn anew, or a PDF as it came.
struct DealFile {
    std::string digest;
    std::string type;  // "image/jpeg", "image/webp", "application/pdf"
    std::string bytes;
    db::Moment made{};
};
inline constexpr std::size_t file_bytes_max = 8'000'000;        // as it comes
inline constexpr std::size_t files_of_deal_max = 20;            // in each deal
inline constexpr std::size_t files_of_deal_bytes = 40'000'000;  // together
inline constexpr std::string_view file_mark = "sha256-";        // before its digest in an event's reference
// A side of a deal that the caller stands on, and what he may do on it now.
struct Standing {
    deal::Actor by;
    std::vector<deal::Kind> possible = {};
};
struct DealView {
    deal::Deal deal;
    std::string reference = {};  // for payers; may be empty
    std::vector<Standing> standings = {};
};
// What a payer of a deal writes: the ISO 11649 form of the part of its id that cannot be guessed. Empty where
// nobody is to pay: before both agreed, and where all of it was paid with the order.
[[nodiscard]] std::string payer_reference(deal::Deal const& deal);
// Something a party was told about a deal.
struct Notice {
    db::Id<Notice> id;
    deal::DealId deal;
    std::string key;    // of the sentence
    std::string facts;  // a JSON object of texts
    db::Moment made{};
};
// A sentence of English for a gateway; faces have their own in all languages.
[[nodiscard]] std::string deal_sentence(std::string_view key, deal::DealId const& deal,
                                        std::string_view facts);

// ---- money ------------------------------------------------------------------------------------------------

// What became of a payment that was seen.
enum class Became : std::uint8_t {
    to_deal,   // told to its deal
    kept,      // in suspense: nobody knows yet for whom
    left,      // nothing was posted: a person must look
    to_owner,  // what an owner had sent out came back, and is his again
};
[[nodiscard]] std::string_view text_of(Became became);
struct Seen {
    pay::Payment payment;
    Became became = Became::left;
    std::optional<deal::DealId> deal = {};
};
struct MoneySeen {
    std::vector<Seen> seen = {};
    std::int64_t known = 0;    // taken in before: no effect
    std::int64_t payouts = 0;  // of ours that changed by it
};
struct StatementImport {
    std::vector<pay::Matched> matched;  // as it was before
    MoneySeen done = {};                // nothing in a dry run
};
struct CashPayment {
    std::string key;  // of the clerk's form
    std::string counter;
    std::string reference;
    Money amount;
    std::string payer = {};
};
// Money of a buyer that is sent out of the hub: what came back to him, or was paid beyond a price.
struct Withdrawal {
    std::string key;  // the same for the same request
    Money amount;
    pay::Destination to;
    std::string custodian = std::string(ledger::the_hub);  // who holds it, as his accounts say
};
enum class OnItsWay : std::uint8_t { going, done, failed, came_back };  // failed and came back: his again
[[nodiscard]] std::string_view text_of(OnItsWay state);
struct Withdrawn {
    db::Id<Withdrawn> id;
    Money amount;
    std::string custodian;
    pay::Destination to;
    OnItsWay state = OnItsWay::going;
    db::Moment made{};
    std::optional<db::Moment> ended = {};
    std::string outside_id = {}, reason = {};  // of the bank or the wallet; why it failed, in its words
};
// What is still to be paid under a reference: at once, and in all.
struct Owed {
    deal::DealId deal;
    Money now;
    Money later;
    std::string shop = {};
};
// A payment in suspense. `entry` is its key in the ledger.
struct Aside {
    std::string entry;
    pay::Payment payment;
    db::Moment made{};
    std::string payout = {};  // of ours that takes it back; empty: it waits
};
// What the housekeeper did.
struct LookedAfter {
    std::int64_t deadlines = 0, stock = 0, told = 0;
};

}  // namespace allroads::hub
