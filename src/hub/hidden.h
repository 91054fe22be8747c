#pragma once
// What a hub holds. Not for use outside hub.

#include "hub/catalogue.h"
#include "hub/hub.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace allroads::hub {

// What a file is known by: a newer one in its place is another.
struct Stamp {
    std::filesystem::file_time_type time{};
    std::uintmax_t size = 0;
    friend bool operator==(Stamp const&, Stamp const&) = default;
};
[[nodiscard]] Stamp stamp_of(std::filesystem::path const& file);

// A file of the books, opened again when another takes its place. Who holds the old one keeps it.
template <class Opened>
class Newest {
public:
    using Open = std::function<Result<std::shared_ptr<Opened const>>()>;
    Newest(std::filesystem::path file, Open open) : file_(std::move(file)), open_(std::move(open)) {}
    // Looks whether there is another now; whether it is held. A file that cannot be opened leaves the one
    // that is.
    bool look() {
        std::lock_guard const held(looking_);
        auto const stamp = stamp_of(file_);
        if (held_.load() != nullptr && stamp == stamp_) return false;
        stamp_ = stamp;
        auto opened = open_();
        if (!opened) return false;
        held_.store(std::move(*opened));
        return true;
    }
    [[nodiscard]] std::shared_ptr<Opened const> held() const { return held_.load(); }

private:
    std::filesystem::path file_;
    Open open_;
    std::mutex looking_;
    Stamp stamp_;
    std::atomic<std::shared_ptr<Opened const>> held_;
};

// What broke us a while ago, by its name: told once an hour, and where it is one of many passed over until
// then.
class Broken {
public:
    [[nodiscard]] bool is_known(std::string const& name, db::Moment now);
    [[nodiscard]] std::size_t size();
    void note(std::string const& name, db::Moment now);

private:
    std::mutex lock_;
    std::map<std::string, db::Moment> until_;
};

// A version of a product, and its shop.
struct Listed {
    shop::ProductId id;
    std::int64_t version = 0;
    shop::ShopId shop_id;
    std::shared_ptr<shop::Shop const> shop;
    std::shared_ptr<shop::Product const> product;
};

struct Hub::Hidden {
    explicit Hidden(Config given);
    Config config;
    Newest<books::Edition> edition;
    Newest<books::Words> words;
    std::optional<db::Db> data = {};
    db::HubId self{db::IdBytes{}};
    std::optional<people::HubKey> key = {};
    std::optional<people::People> people = {};
    db::Ids ids = {};
    std::optional<Catalogue> catalogue = {};
    std::optional<photo::Album> album = {};
    std::optional<photo::Uploads> uploads = {};
    NoticeWords notice_words = {};
    std::mutex words_lock = {};
    DealWords deal_words = {};  // both under `words_lock`: the housekeeper tells already
    CodeWords code_words = {};
    std::optional<pay::Desk> desk = {};
    std::atomic<bool> is_demo = false;
    std::atomic<bool> webhooks_may_be_plain = false;
    Broken broken = {};
    std::mutex lock = {};
    std::condition_variable_any wake = {};
    std::jthread housekeeper = {};  // last: it ends before what it looks after

    [[nodiscard]] db::Moment now() const;
    [[nodiscard]] Result<void> open_data();
    [[nodiscard]] Result<void> find_self();
    void look_for_demo();
    void keep_house(std::stop_token const& stopping);
    void keep_each_hour();
    // What nobody waits for, so that nobody would be told of a mistake of ours in it: it ends this piece of
    // work alone, and is written down, without what anybody entrusted to us.
    void unharmed(std::string const& name, std::function<void()> const& work);

    // A change of a caller, with its row in the trail, in one transaction.
    template <class Body>
    auto change(Caller const& caller, people::Entry const& entry, Body&& body) {
        auto const act = act_of(caller);
        return data->write([&](db::Write& write) -> std::invoke_result_t<Body&, db::Write&> {
            auto done = body(write);
            if (!done) return done;
            auto const kept = people->record(write, act, entry);
            if (!kept) return std::unexpected(kept.error());
            return done;
        });
    }
    [[nodiscard]] people::Act act_of(Caller const& caller) const;
    [[nodiscard]] bool may_keep(Caller const& caller, shop::KeptShop const& shop) const;
    // Refused: `signed-out` for a visitor, `not-allowed` for anybody else who may not.
    [[nodiscard]] Result<void> must_keep(Caller const& caller, shop::KeptShop const& shop,
                                         std::string_view scope);
    // Refused: `too-many` for an account that writes too often.
    [[nodiscard]] Result<void> may_write_now(Caller const& caller);
    [[nodiscard]] Result<std::string> uploader(Caller const& caller) const;
    [[nodiscard]] Result<void> must_be_operator(Caller const& caller) const;
    [[nodiscard]] Result<Shown> shown(shop::Listing const& listing);
    [[nodiscard]] Result<Listed> listed(shop::Listing const& listing);
    // What is live now of a product: its text is read only where it is not at hand. Nothing where nothing is.
    [[nodiscard]] Result<std::optional<Listed>> offered(db::Asked& asked, shop::ProductId const& id);
    [[nodiscard]] Result<std::string> opened_key(shop::KeptShop const& shop) const;
    // A version that is ready to be kept: checked and signed. The products outlive it.
    struct Ready {
        shop::ProductId id;
        std::int64_t expected = 0;
        std::string document, signature;
        bool goes_live = false;
        shop::Product const* product = nullptr;
        shop::Product const* before = nullptr;  // the version `expected`, where it is at hand
        std::optional<std::string> aside = {};  // of the file it came from
    };
    // `photos`: those that are known to be there; grows.
    using Photos = std::set<std::string, std::less<>>;
    [[nodiscard]] Result<Ready> ready(Caller const& caller, shop::KeptShop const& keeper,
                                      std::string_view secret, ProductChange const& change,
                                      shop::Product const& product, Photos& photos);
    // That a broker chose the code says a broker, or the version before of the same code. Refused:
    // `bad-value`.
    [[nodiscard]] Result<void> may_name_broker(Caller const& caller, ProductChange const& change,
                                               shop::Product const& product);
    // Within the caller's transaction; `noted` is for the trail, in the same one.
    [[nodiscard]] Result<shop::AddedVersion> keep(db::Write& write, Caller const& caller,
                                                  shop::KeptShop const& keeper, Ready const& version);
    [[nodiscard]] static people::Entry noted(Ready const& version);
    // Events for the webhooks of an account, written with the change that they tell of.
    [[nodiscard]] Result<db::IdBytes> teller(Caller const& caller);
    [[nodiscard]] Result<void> must_be_own(db::Asked& asked, db::IdBytes const& owner, WebhookId const& id);
    [[nodiscard]] Result<db::Id<Delivery>> add_delivery(db::Write& write, WebhookId const& webhook,
                                                        std::string_view event, std::string_view facts);
    [[nodiscard]] Result<void> tell(db::Write& write, db::IdBytes const& owner, std::string_view event,
                                    std::string_view facts);
    // The same to two at once, of several events.
    [[nodiscard]] Result<void> tell_both(db::Write& write, db::IdBytes const& one, db::IdBytes const& other,
                                         std::string_view event, std::span<std::string const> facts);
    [[nodiscard]] Result<void> deliver(db::Write& write, db::Rows rows, std::string_view event,
                                       std::span<std::string const> facts);
    // Of a product after its change; `before` is its state until then.
    [[nodiscard]] Result<void> tell_of(db::Write& write, shop::KeptShop const& keeper,
                                       shop::ProductId const& id, shop::State before,
                                       shop::Standing const& now_is);
    [[nodiscard]] Result<void> put_to_sleep(db::Write& write, WebhookId const& webhook, db::Moment at);
    void forget_deliveries();
    // Ed25519 keys of the hub, made from its own key for one purpose each.
    [[nodiscard]] ledger::Signer signer(std::string_view purpose) const;
    // Made once, when the data is opened: that takes as long as signing.
    ledger::Signer seal_signer = {}, attest_signer = {};
    // Once a day, where entries came.
    void seal_ledger();
    // -- orders and money
    // Where a version goes live, what it says of the stock counts if it says something new.
    [[nodiscard]] Result<void> tell_stock(db::Write& write, shop::ProductId const& id,
                                          shop::Product const* before, shop::Product const& now_is);
    // Whose shop it is, which never changes: read once, then known.
    [[nodiscard]] Result<db::IdBytes> owner_of(db::Asked& asked, shop::ShopId const& shop);
    [[nodiscard]] Result<db::IdBytes> owner_of(shop::ShopId const& shop);
    [[nodiscard]] std::optional<db::IdBytes> known_owner_of(shop::ShopId const& shop);
    std::mutex owners_lock = {};
    std::map<shop::ShopId, db::IdBytes> owners = {};
    // On which sides of a deal the caller stands; none for strangers.
    [[nodiscard]] std::vector<deal::Actor> sides_of(Caller const& caller, deal::Deal const& deal,
                                                    db::IdBytes const& owner) const;
    [[nodiscard]] Result<DealView> view(db::Asked& asked, Caller const& caller, deal::Deal deal);
    // The account a caller trades for. Refused: `signed-out`, `not-allowed`.
    [[nodiscard]] Result<people::AccountId> trader(Caller const& caller, std::string_view scope) const;
    [[nodiscard]] Result<void> must_be_clerk(Caller const& caller) const;
    [[nodiscard]] Result<void> check_lines(deal::ShopId const& shop, deal::Terms const& terms);
    [[nodiscard]] Result<void> fill_terms(deal::Terms& terms) const;
    // Terms as they were quoted, and what they were made of.
    struct Bargain {
        deal::Terms terms;
        std::string document;
        std::vector<shop::ProductId> uncounted;
        std::shared_ptr<books::Edition const> books = {};
        std::shared_ptr<shop::Shop const> shop = {};
        std::chrono::sys_days day = {};
    };
    // Who orders has just looked at the terms: they are not worked out again.
    std::mutex lately_lock = {};
    std::unordered_map<std::string, std::shared_ptr<Bargain const>> lately = {};  // by digest of the basket
    std::size_t lately_bytes = 0;
    [[nodiscard]] Result<std::shared_ptr<Bargain const>> bargain_on(Hub& hub, Basket const& basket);
    void keep_lately(Basket const& basket, Quoted const& quoted, std::shared_ptr<shop::Shop const> shop);
    // What an order is, before it is kept.
    [[nodiscard]] Result<deal::Happened> ordered(Caller const& caller, deal::DealId const& id,
                                                 Order const& order, Bargain const& bargain) const;
    // An order, before it is kept: with the refusal where the basket cannot be ordered, since the same order
    // may be there already.
    struct Placing {
        people::AccountId account;
        deal::DealId id;
        std::string key, digest;
        deal::Terms seen;
        std::shared_ptr<Bargain const> bargain;
        Result<deal::Happened> ordered;
    };
    [[nodiscard]] Result<Placing> placing(Hub& hub, Caller const& caller, Order const& order);
    [[nodiscard]] Result<deal::Deal> place(Carrying& carrying, Placing const& placing) const;
    // Signed by the hub for what a buyer did here; hexadecimal.
    [[nodiscard]] std::string attested(deal::DealId const& deal, std::string_view document) const;
    // Of the shop for its seller, of the hub for what a buyer did here; hexadecimal.
    [[nodiscard]] Result<std::string> signature(deal::DealId const& deal, deal::Role by,
                                                shop::KeptShop const& keeper,
                                                std::string_view document) const;
    [[nodiscard]] Result<PayoutQuote> payout_quote(deal::Deal const& deal, shop::KeptShop const& keeper,
                                                   db::IdBytes const& payee, deal::Moment at,
                                                   Currency to) const;
    [[nodiscard]] Result<void> fill_payout(deal::Deal const& deal, shop::KeptShop const& keeper,
                                           deal::Event& event, Deed const& deed) const;
    // The file that an event shows, named in it; from then on the other side sees it.
    [[nodiscard]] Result<void> fill_evidence(deal::Event& event, Deed const& deed) const;
    [[nodiscard]] Result<void> show_file(db::Write& write, deal::DealId const& deal, std::string_view digest);
    [[nodiscard]] Result<std::vector<std::string>> check_files(db::Asked& asked);
    [[nodiscard]] Result<std::optional<deal::DealId>> deal_of(db::Asked& asked,
                                                              pay::Reference const& reference);
    // Written down where a clerk was refused what he does for a member; the same error.
    [[nodiscard]] std::unexpected<Error> noted(Caller const& caller, std::string_view subject_kind,
                                               std::string const& subject, Error const& error);
    [[nodiscard]] Result<void> may_see_money(db::Asked& asked, Caller const& caller, std::string_view owner);
    void note_refusal(people::Act const& act, std::string_view verb, std::string_view subject_kind,
                      std::string const& subject, Error const& error);
    Result<LookedAfter> look_after_deals();
    [[nodiscard]] Result<bool> take_deadline(deal::DealId const& id);
    [[nodiscard]] Result<void> tell_waiting(db::Id<Notice> const& id, people::AccountId const& account,
                                            deal::DealId const& deal, std::string_view event,
                                            std::string_view facts_told);
    [[nodiscard]] Result<Aside> aside_of(db::Asked& asked, std::string_view entry);
    // What a gateway is given for a notice: at most three parts.
    [[nodiscard]] std::string message_of(std::string_view language, std::string_view key,
                                         deal::DealId const& deal, std::string_view facts);
    // Whether the ledger holds for each deal what the deal says.
    [[nodiscard]] Result<std::vector<std::string>> check_held(db::Asked& asked);
    // See carrying.h.
    template <class Body>
    auto carry(Body&& body, db::Meeting meeting);
    template <class Body>
    auto carried(db::Write& write, Body& body) -> std::invoke_result_t<Body&, Carrying&>;
    template <class Body, class Then>
    void carry_later(Body body, Then then);
    void index(std::span<shop::ProductId const> products);
    // What was kept a moment ago, without reading it again where it is still what everybody sees.
    struct Fresh {
        shop::ProductId id;
        shop::ShopId shop;
        shop::AddedVersion added;
        shop::Product const* product = nullptr;
    };
    void index(std::span<Fresh const> fresh);
    [[nodiscard]] Result<void> send(db::Write& write, std::string_view to, std::string_view text);
};

// The scope a key needs for a verb; who signed in has all.
[[nodiscard]] bool has_scope(Caller const& caller, std::string_view scope);
[[nodiscard]] Result<void> must_have_scope(Caller const& caller, std::string_view scope);

// A line of a question about prices: so much of a product, at its price for that quantity; it has a code and
// a price. What it weighs packed; 0 where that is not told.
[[nodiscard]] Result<quote::Item> item_of(shop::Product const& product, Decimal const& quantity,
                                          std::string line);
[[nodiscard]] Result<std::int64_t> grams_of(shop::Product const& product, Decimal const& quantity);

// The steps of all rooms, numbered.
[[nodiscard]] std::vector<db::Migration> all_migrations();

}  // namespace allroads::hub
