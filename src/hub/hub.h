#pragma once
// hub: what may be asked, by whom, and in which transaction: one class, one method a verb.
//
// Promises: every permission is decided here, once, for every face alike. A verb that changes something is
// one transaction; what it answers is on the disk. One request sees one edition of the books. Refusals name
// the field and say what was expected; nothing of a stranger's is told, not even that it is there.

#include "base/base.h"
#include "books/books.h"
#include "classify/classify.h"
#include "contract/contract.h"
#include "db/db.h"
#include "feeds/feeds.h"
#include "hub/deals.h"
#include "hub/trade.h"
#include "ledger/ledger.h"
#include "origin/origin.h"
#include "people/people.h"
#include "photo/photo.h"
#include "quote/quote.h"
#include "search/search.h"
#include "shop/shop.h"

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::hub {

// ---- answers that several rooms make together; pure functions of question and books -----------------------

// What one agreement makes of a dossier.
struct Judged {
    origin::Agreement const* agreement = nullptr;
    origin::Verdict verdict;
    std::optional<origin::Change> nearest = {};  // where it fails
    std::optional<Money> worth = {};             // what the preference saves on this consignment
};
// Asks the agreement that is named, else all between both countries that day, and hands each to `each` while
// the dossier holds its worth in that agreement's currencies. `is_needed` is `no` where the ordinary duty is
// 0 already. Refused: `not-found`.
[[nodiscard]] Result<void> judge_all(contract::OriginRequest& request, books::Edition const& edition,
                                     books::Shelf const& shelf,
                                     std::function<void(origin::Known is_needed, Judged const&)> const& each);

// Whose national lines a proposal of codes for that destination is made of.
[[nodiscard]] std::vector<std::string> markets_for(Country to, books::Edition const& edition);

// SHA-256 of the parts, each with its length before it, so that no two lists of parts are alike.
[[nodiscard]] std::string digest_of(std::initializer_list<std::string_view> parts);
[[nodiscard]] std::string hexadecimal(std::string_view bytes);  // lower case

// ---- who asks ---------------------------------------------------------------------------------------------

// What a request brings along to say who it is.
struct Credentials {
    std::string_view token = {};  // of a session, or a key "ark_…"; empty: a visitor
    std::string_view address = {};
};
// Who asks, as the hub found it. Made by Hub::caller alone.
struct Caller {
    std::string address = {};
    std::optional<people::AccountId> account = {};
    std::optional<people::SessionId> session = {};
    std::optional<people::KeyId> key = {};
    people::Roles roles = {};
    std::vector<std::string> scopes = {};  // of a key
    std::string name = {}, language = {};
    db::Moment proved{};                        // when a secret was last shown
    std::optional<std::string> new_token = {};  // to be kept in the place of the one that was brought
    // A member who consented: `scopes` is then what to, until when, and their name.
    std::optional<people::AccountId> acting_for = {};
    db::Moment acting_until{};
    std::string acting_name = {};
    [[nodiscard]] bool is_signed_in() const { return account.has_value(); }
};

// What a clerk may be let do, each the scope that a key would need for it.
inline constexpr std::array<std::string_view, 4> consent_purposes{"products:write", "shops:write",
                                                                  "deals:write", "money:write"};
struct WantedConsent {
    std::string_view contact;  // of the member
    std::string_view pin;      // as the member typed it
    std::vector<std::string> purposes = {};
    people::Millis life = people::consent_life;
};
// One that stands, with the names of both.
struct Consent {
    people::ConsentFacts facts;
    std::string member, clerk;
};
// What a clerk did for a member.
struct Help {
    people::TrailRow row;
    std::string member, clerk;
};
struct HelpPage {
    std::vector<Help> rows;  // newest first
    std::string next = {};   // empty: the last page
};

// ---- products at a door -----------------------------------------------------------------------------------

// A product as it is shown: one version, with its shop.
struct Shown {
    shop::ProductId id;
    shop::ShopId shop_id;
    std::shared_ptr<shop::Shop const> shop;
    std::shared_ptr<shop::Product const> product;
    shop::State state = shop::State::live;
    std::int64_t version = 0, newest = 0, live_version = 0;
    db::Moment changed{};
    std::string signature;  // of the shop, over shop::signed_words
};
// What a product costs at a door. The seller's sending price takes it from the workshop to the door, so that
// the price of the goods is taken as it stands there, whatever Incoterms rule it is meant for.
struct Delivered {
    quote::Request request;
    std::shared_ptr<books::Edition const> books;  // the quote's views point into it
    quote::Quote quote;
    Decimal quantity;  // that was priced: at least the smallest order
    Money unit_price;
    std::optional<shop::Sending> sending = {};  // nothing: the shop names no price for sending it there
};

struct Pricing {
    quote::Door door;
    std::optional<Decimal> quantity = {};   // the smallest order where not given
    std::optional<Currency> currency = {};  // of the answer; that of the door where not given
    bool explain = false;
};

// ---- the hub ----------------------------------------------------------------------------------------------

// Where everything lies.
struct Config {
    std::filesystem::path data;
    std::string database = {};               // a file or postgresql://…; empty: hub.db in `data`
    std::filesystem::path starter = {};      // the edition that ships
    std::function<db::Moment()> clock = {};  // for tests; empty: the machine's
    people::Options people = {};
    Dealing dealing = {};
    // Told when a mistake of ours broke what nobody waits for; empty: standard error.
    std::function<void(std::string_view)> log = {};
    db::Faults* faults = nullptr;  // for tests; outlives the hub
};

// How full the hub is.
struct About {
    std::string name;
    bool is_demo = false;
    std::size_t products = 0;
    std::size_t shops = 0;
};

struct SavedProduct {
    shop::ProductId id;
    std::int64_t version = 0;
};
struct ProductChange {
    shop::ShopId shop;
    std::optional<shop::ProductId> product = {};  // none: a new one
    std::int64_t expected = 0;                    // the newest version that the caller saw
    std::string_view document;                    // of shop::parse_product
    bool goes_live = false;
};
struct ImportRequest {
    shop::ShopId shop;
    feeds::Kind kind = feeds::Kind::detect;
    std::vector<feeds::File> files;
    bool is_dry_run = true;
    bool goes_live = false;  // what may go live does; else drafts
};
struct ImportAnswer {
    feeds::Import import;
    std::vector<feeds::Difference> differences;
    std::size_t saved = 0, unchanged = 0, refused = 0;
};
// Texts for people, on their way to a gateway.
struct Message {
    db::Id<Message> id;
    std::string to, text;
    db::Moment made{};
};

// ---- telling programs what has changed: Standard Webhooks 1.0
// -----------------------------------------------

struct Webhook;
using WebhookId = db::Id<Webhook>;
inline constexpr std::array<std::string_view, 5> webhook_events{
    "product.published", "product.changed", "product.withdrawn", "shop.changed", "deal.changed"};
struct Webhook {
    WebhookId id;
    std::string url;
    std::vector<std::string> events = {};
    db::Moment made{};
    bool is_asleep = false;  // it failed for five days, or answered 410: nothing is sent until it is tested
    std::optional<db::Moment> failing_since = {};
};
struct MadeWebhook {
    Webhook webhook;
    std::string secret = {};  // "whsec_…": shown once
};
struct Delivery {
    db::Id<Delivery> id;
    std::string event;
    db::Moment made{};
    std::string_view state = {};         // "waiting", "delivered", "failed"
    std::optional<db::Moment> due = {};  // while it waits
    std::int64_t tries = 0;
    int status = 0;  // of the last answer; 0: there was none
    std::string excerpt = {};
    std::optional<db::Moment> tried = {};
};
// One that is to be sent now, with its three headers.
struct DueDelivery {
    db::Id<Delivery> id;
    std::string url, body;
    std::string message, timestamp, signature;
};
// The header webhook-signature. `secret` is the bytes behind "whsec_".
[[nodiscard]] std::string webhook_signature(std::string_view secret, std::string_view id,
                                            std::int64_t timestamp, std::string_view body);
// "2026-11-26T04:25:00.123Z"
[[nodiscard]] std::string moment_text(db::Moment moment);

class Hub {
public:
    // Refused: what db::Db::open and db::migrate refuse.
    [[nodiscard]] static Result<std::unique_ptr<Hub>> open(Config config);
    Hub(Hub const&) = delete;
    Hub& operator=(Hub const&) = delete;
    ~Hub();
    class Carrying;  // not for use outside hub

    [[nodiscard]] db::Moment now() const;
    [[nodiscard]] Day today() const;
    [[nodiscard]] About about() const;
    // Counts on with every change that everybody can see; the same number means the same shops and products.
    [[nodiscard]] std::uint64_t changes() const;

    // -- the books of this moment: an edition that takes their place later does not disturb who holds them.
    // Refused: `no-books`.
    [[nodiscard]] Result<std::shared_ptr<books::Edition const>> books() const;
    [[nodiscard]] Result<std::shared_ptr<books::Words const>> words() const;

    // -- who asks. Refused: `signed-out` for a token that is no more; `too-many`.
    [[nodiscard]] Result<Caller> caller(Credentials const& credentials, people::Often often);
    // The same, where memory tells who it is; nothing where `caller` must look, and then it counts nothing.
    [[nodiscard]] std::optional<Result<Caller>> caller_at_hand(Credentials const& credentials,
                                                               people::Often often);
    // Whether the records lie in a file of this machine, so that a few of them are read within microseconds.
    [[nodiscard]] bool is_near() const;

    // -- a clerk acts for a member, whose PIN is consent
    // Refused: `wrong-secret` alike for a contact that nobody has, a member without a PIN, and a wrong PIN.
    [[nodiscard]] Result<people::AccountId> consent(Caller const& clerk, WantedConsent const& wanted);
    // The same person acting for a member, in what stands of the member's consent.
    [[nodiscard]] Result<Caller> acting_for(Caller const& clerk, people::AccountId member);
    // What stands now: of a clerk's members, or of one's own clerks.
    [[nodiscard]] Result<std::vector<Consent>> consents_had(Caller const& clerk);
    [[nodiscard]] Result<std::vector<Consent>> consents_given(Caller const& member);
    [[nodiscard]] Result<void> withdraw_consent(Caller const& member, people::ConsentId id);
    // What was done: by a clerk for members, or for oneself.
    [[nodiscard]] Result<HelpPage> help_given(Caller const& clerk, std::string_view after, std::size_t rows);
    [[nodiscard]] Result<HelpPage> help_had(Caller const& member, std::string_view after, std::size_t rows);

    // -- accounts
    // Sends a code to the contact; alike for all.
    // In the language of the account, where there is one, else in `language`.
    [[nodiscard]] Result<void> send_code(Caller const& caller, people::Purpose purpose,
                                         std::string_view contact, std::string_view language = {});
    struct SignUp {
        std::string_view contact, name, language, password, code, agent;
    };
    [[nodiscard]] Result<people::SignedIn> sign_up(Caller const& caller, SignUp const& wanted);
    [[nodiscard]] Result<people::SignedIn> sign_in(Caller const& caller, std::string_view contact,
                                                   std::string_view password, std::string_view agent);
    [[nodiscard]] Result<people::SignedIn> second_factor(Caller const& caller, std::string_view token,
                                                         std::string_view code);
    [[nodiscard]] Result<void> sign_out(Caller const& caller);
    [[nodiscard]] Result<void> reset_password(Caller const& caller, std::string_view contact,
                                              std::string_view code, std::string_view new_password);
    [[nodiscard]] Result<people::AccountFacts> account(Caller const& caller);
    // Everything else about oneself: sessions, keys, the second factor. The account is the caller's own.
    [[nodiscard]] people::People& people();
    [[nodiscard]] people::Act act_of(Caller const& caller) const;

    // -- for operators
    [[nodiscard]] Result<std::vector<people::AccountFacts>> accounts(Caller const& caller,
                                                                     std::optional<people::AccountId> after,
                                                                     std::size_t rows);
    [[nodiscard]] Result<void> grant(Caller const& caller, people::AccountId account, people::Role role,
                                     bool is_given);
    [[nodiscard]] Result<people::TrailPage> trail(Caller const& caller,
                                                  people::TrailQuestion const& question);

    // -- shops
    [[nodiscard]] Result<shop::ShopId> make_shop(Caller const& caller, std::string_view document);
    [[nodiscard]] Result<std::int64_t> change_shop(Caller const& caller, shop::ShopId shop,
                                                   std::int64_t expected, std::string_view document);
    [[nodiscard]] Result<shop::KeptShop> shop(shop::ShopId id);
    [[nodiscard]] Result<shop::KeptShop> shop_of(std::string_view slug);
    [[nodiscard]] Result<std::vector<shop::KeptShop>> shops(std::optional<shop::ShopId> const& after,
                                                            std::size_t rows);
    [[nodiscard]] Result<std::vector<shop::KeptShop>> my_shops(Caller const& caller);
    [[nodiscard]] bool may_keep(Caller const& caller, shop::KeptShop const& shop) const;

    // -- products
    // Everybody sees what is live or withdrawn; its keeper also drafts (`newest`).
    [[nodiscard]] Result<Shown> product(Caller const& caller, shop::ProductId id, shop::Which which);
    [[nodiscard]] Result<Shown> product_version(Caller const& caller, shop::ProductId id,
                                                std::int64_t version);
    [[nodiscard]] Result<std::vector<Shown>> products_of(Caller const& caller, shop::ShopId shop,
                                                         shop::Which which,
                                                         std::optional<shop::ProductId> const& after,
                                                         std::size_t rows);
    [[nodiscard]] Result<SavedProduct> save_product(Caller const& caller, ProductChange const& change);
    [[nodiscard]] Result<void> set_state(Caller const& caller, shop::ProductId id, shop::State state);
    [[nodiscard]] Result<std::vector<shop::VersionAbout>> versions(Caller const& caller, shop::ProductId id);
    [[nodiscard]] Result<ImportAnswer> import(Caller const& caller, ImportRequest const& request);
    // `page_prefix`: the absolute address before a product's id.
    [[nodiscard]] Result<feeds::Written> exported(Caller const& caller, shop::ShopId shop, feeds::Kind kind,
                                                  std::string_view origin_address);

    // -- what it costs, and finding it
    [[nodiscard]] Result<Delivered> delivered(Shown const& shown, Pricing const& pricing) const;
    struct Found {
        search::Answer answer;
        std::vector<Shown> products;  // one for each hit
    };
    [[nodiscard]] Result<Found> find(search::Query const& query);

    // A product of a list that no search made, priced alike; nothing where no price can be given there.
    [[nodiscard]] std::optional<search::Hit> hit_of(Shown const& shown, quote::Door const& door) const;

    // -- photos
    [[nodiscard]] Result<std::string> begin_upload(Caller const& caller, std::int64_t bytes,
                                                   std::optional<std::string_view> sha256);
    [[nodiscard]] Result<photo::Uploads::Appended> append_upload(Caller const& caller, std::string_view id,
                                                                 std::int64_t offset, std::string_view bytes);
    [[nodiscard]] Result<photo::Uploads::State> upload(Caller const& caller, std::string_view id);
    // The picture as it is kept from now on; to be named in a product's document.
    [[nodiscard]] Result<shop::Photo> finish_upload(Caller const& caller, std::string_view id);
    [[nodiscard]] Result<shop::Photo> keep_photo(Caller const& caller, std::string_view bytes);
    // Perhaps in another format, while the one that was asked for is being made: photo::Album::show.
    [[nodiscard]] Result<photo::Album::Shown> picture(std::string_view digest, std::int32_t width,
                                                      photo::Format format);

    // -- webhooks of the caller
    // Of `events` none means all. Refused: `bad-value`, `conflict` (there are ten).
    [[nodiscard]] Result<MadeWebhook> make_webhook(Caller const& caller, std::string_view url,
                                                   std::span<std::string const> events);
    [[nodiscard]] Result<std::vector<Webhook>> webhooks(Caller const& caller);
    [[nodiscard]] Result<void> end_webhook(Caller const& caller, WebhookId id);
    // Sends an event "webhook.test"; wakes a webhook that sleeps.
    [[nodiscard]] Result<Delivery> test_webhook(Caller const& caller, WebhookId id);
    // Newest first, older than `before`. Kept for 30 days.
    [[nodiscard]] Result<std::vector<Delivery>> deliveries(Caller const& caller, WebhookId id,
                                                           std::optional<db::Id<Delivery>> const& before,
                                                           std::size_t rows);
    // For who sends: at most one of each webhook, which is the sender's for a minute, or until its end is
    // told. `status` 0: there was no answer, and `answer` says why.
    [[nodiscard]] Result<std::vector<DueDelivery>> due_deliveries(db::Moment at, std::size_t most);
    [[nodiscard]] Result<void> delivery_ended(db::Id<Delivery> id, int status, std::string_view answer);
    // For tests: addresses with http:// too.
    void let_webhooks_be_plain();

    // The words for a people::Notice, in a language; empty for none. Nobody is told until there are some.
    // Before anybody else uses the hub.
    using NoticeWords = std::function<std::string(std::string_view language, std::string_view verb)>;
    void tell_in(NoticeWords words);
    // The words for a Notice about a deal, as a telephone takes them, and for a one-time code; where they are
    // empty, or none are given, plain English.
    using DealWords = std::function<std::string(std::string_view language, std::string_view key,
                                                std::string_view facts, std::string_view order)>;
    using CodeWords = std::function<std::string(std::string_view language, std::string_view digits)>;
    void tell_deals_in(DealWords words);
    void tell_codes_in(CodeWords words);

    // A copy of what is kept about who asks, as JSON.
    [[nodiscard]] Result<std::string> kept_about(Caller const& caller);
    // Ends the account of who asks: products are withdrawn, personal fields blanked, programs told no more.
    [[nodiscard]] Result<void> leave(Caller const& caller);

    // -- messages for a gateway: taken in their order; gone once they are confirmed
    [[nodiscard]] Result<std::vector<Message>> messages(std::size_t rows);
    [[nodiscard]] Result<void> sent(db::Id<Message> id);

    // -- requests that come with a key of their own, so that asking twice is doing once. Between `begin_once`
    // and `end_once` the work is done; where it is refused, `drop_once` lets the key be used again.
    struct Once {
        std::string asker, name;
        std::string digest;  // of what is asked: the same name for something else is refused (`conflict`)
    };
    struct Answered {
        int status = 200;
        std::string answer;
    };
    // The answer that was given; nothing where the work is still to be done. Refused: `outcome-unknown` while
    // another is at it, or where it ended without a word.
    [[nodiscard]] Result<std::optional<Answered>> begin_once(Once const& once);
    [[nodiscard]] Result<void> end_once(Once const& once, Answered const& answered);
    [[nodiscard]] Result<void> drop_once(Once const& once);

    // What the operator has settled (trade.json).
    [[nodiscard]] Dealing const& dealing() const;

    // -- orders
    // Refused: `bad-value` (several currencies, another shop's), `field-missing` (no price for sending),
    // `bad-quantity` (below the smallest order), what `delivered` refuses.
    [[nodiscard]] Result<Quoted> terms_of(Basket const& basket);
    // What goods of these terms cost at a door, with the prices and the sending that they name. The terms are
    // as they are given, but for the delivered price; without books, or a customs code, there is none.
    [[nodiscard]] Result<Quoted> priced(deal::Terms const& terms, quote::Door const& door);
    // Refused: `conflict` where the terms are no longer those that were seen, or the stock is not there.
    [[nodiscard]] Result<deal::Deal> place_order(Caller const& caller, Order const& order);
    // The same for who does not wait until it is on the disk. `then` is called once, by any thread, also by
    // this one before it returns; asking it for the outcome may throw what writing threw.
    using ThenPlaced = std::function<void(std::function<Result<deal::Deal>()> const& outcome)>;
    void place_order_later(Caller const& caller, Order const& order, ThenPlaced then);
    // A deal with each of the shops; the first offer that is accepted ends the others.
    [[nodiscard]] Result<std::vector<deal::DealId>> ask_for_offers(Caller const& caller,
                                                                   Question const& question);
    // Refused: `not-found` for strangers, `not-allowed`, and what deal::step refuses.
    [[nodiscard]] Result<deal::Outcome> act(Caller const& caller, deal::DealId id, Deed const& deed);
    [[nodiscard]] Result<DealView> deal(Caller const& caller, deal::DealId id);
    // Of the caller as buyer, or of one of his shops; the newest first.
    [[nodiscard]] Result<std::vector<DealView>> my_orders(Caller const& caller,
                                                          std::optional<deal::DealId> const& after,
                                                          std::size_t rows);
    [[nodiscard]] Result<std::vector<DealView>> orders_of(Caller const& caller, shop::ShopId shop,
                                                          std::optional<deal::DealId> const& after,
                                                          std::size_t rows);
    // The events of a deal as documents, first to last.
    [[nodiscard]] Result<std::vector<std::string>> deal_events(Caller const& caller, deal::DealId id);
    // What the caller was told, newest first, older than `before`.
    [[nodiscard]] Result<std::vector<Notice>> notices(Caller const& caller,
                                                      std::optional<db::Id<Notice>> const& before,
                                                      std::size_t rows);
    // What can still be ordered; nothing where it is not counted.
    [[nodiscard]] Result<std::optional<Decimal>> available(shop::ProductId product);
    // Refused: `conflict` where nothing is payable to the caller, `no-exchange-rate`.
    [[nodiscard]] Result<PayoutQuote> payout_quote(Caller const& caller, deal::DealId id, Currency to);
    // A photo (JPEG, PNG, WebP) or PDF for a dispute; shown to nobody before its digest, which is the
    // answer, stands in an event (Deed::file). Refused: `bad-file`, `too-long`, `not-enough` (there are
    // many), `conflict` where no evidence is taken now.
    [[nodiscard]] Result<std::string> keep_file(Caller const& caller, deal::DealId id,
                                                std::string_view bytes);
    // For the sides of the deal, its mediator and operators; for others `not-found`.
    [[nodiscard]] Result<DealFile> file_of(Caller const& caller, deal::DealId id, std::string_view digest);
    // What verifies that the hub saw a buyer agree: Ed25519 over deal::signed_words.
    [[nodiscard]] std::string attest_key() const;

    // -- money that comes and goes
    [[nodiscard]] std::vector<pay::Way> ways() const;
    [[nodiscard]] Result<pay::Instructions> instructions(Caller const& caller, deal::DealId id, pay::Way way);
    // For operators: a bank's statement (camt.053).
    [[nodiscard]] Result<StatementImport> import_statement(Caller const& caller, std::string_view xml,
                                                           bool is_dry_run);
    // A wallet's or a card processor's own message; what proves it is in it. Refused ones are in the trail.
    [[nodiscard]] Result<MoneySeen> hear(pay::Way way, pay::Incoming const& incoming,
                                         std::string_view address);
    // For clerks. Taken back by another clerk than the one who took it.
    [[nodiscard]] Result<pay::Receipt> take_cash(Caller const& caller, CashPayment const& cash);
    [[nodiscard]] Result<pay::Receipt> void_cash(Caller const& caller, std::int64_t receipt,
                                                 std::string_view reason);
    // For clerks: what is due under a reference, and a receipt.
    [[nodiscard]] Result<Owed> owed(Caller const& caller, std::string_view reference);
    [[nodiscard]] Result<pay::Receipt> receipt(Caller const& caller, std::int64_t number);
    // For operators: payments whose owner nobody knows, the oldest first; given to the deal they were meant
    // for, or sent back. Without `to` they went back by another way (a card processor, the bank itself), and
    // what left by it is no longer the hub's loss.
    [[nodiscard]] Result<std::vector<Aside>> suspense(Caller const& caller, std::string_view after,
                                                      std::size_t rows);
    [[nodiscard]] Result<Aside> in_suspense(Caller const& caller, std::string_view entry);
    [[nodiscard]] Result<deal::DealId> assign(Caller const& caller, std::string_view entry,
                                              std::string_view reference);
    [[nodiscard]] Result<void> send_back(Caller const& caller, std::string_view entry,
                                         std::optional<pay::Destination> const& to);
    // For operators: deals in dispute, the oldest first.
    [[nodiscard]] Result<std::vector<DealView>> disputes(Caller const& caller,
                                                         std::optional<deal::DealId> const& after,
                                                         std::size_t rows);
    // For who sends: requests to the outside, and what came of them.
    [[nodiscard]] Result<std::vector<pay::Outgoing>> outgoing(std::int64_t most);
    [[nodiscard]] Result<void> answered(pay::Outgoing const& outgoing, pay::Answer const& answer);
    // For operators: those who wait for a file or a person; the file for the bank (they are handed over with
    // it); what a person knows of a transfer.
    [[nodiscard]] Result<std::vector<pay::Payout>> payouts_by_hand(Caller const& caller, pay::Way way,
                                                                   std::int64_t most);
    // Handed to the bank with a file, and not settled yet.
    [[nodiscard]] Result<std::vector<pay::Payout>> payouts_with_bank(Caller const& caller, std::int64_t most);
    [[nodiscard]] Result<std::string> payout_file(Caller const& caller, pay::BankAccount const& from,
                                                  std::int64_t most);
    [[nodiscard]] Result<void> settle_payout(Caller const& caller, std::string_view key, bool is_done,
                                             std::string_view outside_id, std::string_view reason);

    // What the caller holds here, sent to him; at once no longer his to spend, and his again where it fails
    // or comes back. The same key again is the same one, as it stands then. Refused: `not-enough`,
    // `bad-value` (more than goes there at a time, a destination that cannot be), `not-supported`.
    [[nodiscard]] Result<Withdrawn> withdraw(Caller const& caller, Withdrawal const& wanted);
    // Those of the caller, the newest first, older than `before`.
    [[nodiscard]] Result<std::vector<Withdrawn>> withdrawals(Caller const& caller,
                                                             std::optional<db::Id<Withdrawn>> const& before,
                                                             std::size_t rows);

    // -- accounts of money. An owner is "account-…" (the caller's own where empty), "shop-…" or "deal-…";
    // strangers are told `not-found`. Operators see all.
    [[nodiscard]] Result<std::vector<ledger::AccountRow>> money_of(Caller const& caller,
                                                                   std::string_view owner, std::int64_t after,
                                                                   std::size_t rows);
    [[nodiscard]] Result<ledger::Statement> statement(Caller const& caller,
                                                      ledger::StatementQuestion const& question);
    [[nodiscard]] Result<ledger::Trial> trial(Caller const& caller, std::optional<db::Moment> before);

    // Deadlines that have passed, reservations that lapsed, texts for gateways: what the housekeeper does.
    // One that breaks us (`Bug`) is told to `Config::log` and passed over for an hour; the others are done.
    Result<LookedAfter> look_after_deals();

    // Whose money is where. `read` is for those who only ask.
    [[nodiscard]] ledger::Ledger ledger() const;
    [[nodiscard]] Result<db::Read> read();
    // What verifies the seals of the ledger: Ed25519, made from the hub's own key.
    [[nodiscard]] std::string ledger_key() const;

    // Reads everything that is kept and says what is wrong.
    [[nodiscard]] Result<std::vector<std::string>> check();
    // Writes what makes the next start quick. Also done while it runs and at the end.
    [[nodiscard]] Result<void> save_index();

    // For the demonstration: a picture that ships, and the account that keeps its shops.
    [[nodiscard]] Result<shop::Photo> keep_drawing(photo::Kept const& drawing);
    [[nodiscard]] Result<Caller> demo_seller();

    // For the command line, which stands where the data lies: the machine's keeper may do everything.
    [[nodiscard]] Caller keeper() const;

    // -- a file that is looked at first and read for good later, so that nobody sends it twice. It waits as
    // long as an upload does. Refused: `too-long` above photo::upload_bytes_max, `not-found` for another's.
    [[nodiscard]] Result<std::string> set_aside(Caller const& caller, std::string_view bytes);
    [[nodiscard]] Result<std::string> aside(Caller const& caller, std::string_view id);
    [[nodiscard]] Result<void> drop_aside(Caller const& caller, std::string_view id);

    // Whether the caller may look after the hub. Refused: `signed-out`, `not-allowed`.
    [[nodiscard]] Result<void> must_operate(Caller const& caller) const;
    // For operators: an account, and that of a contact; nothing where there is none.
    [[nodiscard]] Result<people::AccountFacts> account_of(Caller const& caller, people::AccountId id);
    [[nodiscard]] Result<std::optional<people::AccountFacts>> account_of(Caller const& caller,
                                                                         std::string_view contact);

private:
    struct Hidden;
    class Intake;
    explicit Hub(std::unique_ptr<Hidden> hidden);
    std::unique_ptr<Hidden> hidden_;
};

}  // namespace allroads::hub
