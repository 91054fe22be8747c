// Orders: what may be agreed on, who may do what in a deal, and who is told.
#include "hub/carrying.h"

#include "wire/wire.h"

#include <algorithm>

namespace allroads::hub {
namespace {

using deal::Kind;
using deal::Role;

constexpr std::size_t shops_asked_max = 20;
constexpr std::size_t key_bytes_max = 100;

Result<void> check_key(std::string_view key) {
    if (key.empty()) return refuse(Code::field_missing, "key", "the same key for the same request");
    if (key.size() > key_bytes_max || !is_clean(key))
        return refuse(Code::bad_value, "key", "expected at most 100 bytes of text");
    return {};
}

std::vector<deal::Milestone> all_at_once() {
    return {{"payment", Decimal(100), deal::Point::accepted, deal::Point::delivered}};
}

Result<std::vector<deal::Milestone>> plan_of(Dealing const& dealing, std::string_view key) {
    if (key.empty()) return dealing.plans.empty() ? all_at_once() : dealing.plans.front().milestones;
    auto const there = std::ranges::find(dealing.plans, key, &Plan::key);
    if (there == dealing.plans.end())
        return refuse(Code::bad_value, "plan", "this hub has no plan of payment of that name");
    return there->milestones;
}

deal::Fee fee_of(Dealing const& dealing, Currency currency) {
    for (auto const& one : dealing.fees)
        if (one.minimum.currency() == currency) return one;
    return {Decimal(0), Money::zero(currency), Round::half_up};
}

std::optional<deal::FixedRate> rate_of(Dealing const& dealing, Country seller_in, Currency from,
                                       std::optional<Currency> to, deal::Moment now) {
    for (auto const& one : dealing.rates) {
        if (one.seller_in != seller_in || one.from != from || (to && *to != one.to)) continue;
        // Whole days, so that a price that is looked at twice a day has the same terms.
        auto const until = std::chrono::floor<std::chrono::days>(now) + std::chrono::days(one.days + 1);
        return deal::FixedRate{one.to, one.numerator, one.denominator, one.source, until};
    }
    return std::nullopt;
}

// One line of a basket as it would be agreed on, with what it needs for its price at the door.
struct Ready {
    Listed listed;
    deal::Line line;
};

Result<Ready> ready(Listed listed, BasketLine const& wanted, std::string_view language) {
    auto const& product = *listed.product;
    auto const unit = shop::unit_price(product, wanted.quantity);
    if (!unit)
        return refuse(Code::bad_quantity, "quantity",
                      product.tiers.empty() ? std::string("it has no price yet")
                                            : "the smallest order is " + product.tiers.front().from.brief());
    auto const exact = TRY(allroads::product(wanted.quantity, unit->amount()));
    auto const amount = TRY(Money::rounded(exact, unit->currency(), Round::half_up));
    auto from = product.tiers.front().from;
    for (auto const& tier : product.tiers)
        if (tier.from <= wanted.quantity) from = tier.from;
    deal::Line line{.product = listed.id,
                    .version = listed.version,
                    .title = shop::text_in(product, language.empty() ? "en" : language).title,
                    .quantity = wanted.quantity,
                    .unit = product.unit,
                    .tier_from = from,
                    .unit_price = *unit,
                    .amount = amount};
    return Ready{std::move(listed), std::move(line)};
}

// Whether both can be in one order.
Result<void> goes_with(Ready const& one, Ready const& first, std::string const& field) {
    if (one.line.unit_price.currency() != first.line.unit_price.currency())
        return refuse(Code::bad_currency, field, "an order has one currency; order them apart");
    if (one.listed.product->ships_from != first.listed.product->ships_from)
        return refuse(Code::bad_value, field, "it is sent from another country; order them apart");
    return {};
}

// What holds of all goods together: a proof counts only where each of them has it.
void keep_common(std::vector<std::string>& proofs, std::vector<std::string> const& of_another) {
    std::erase_if(proofs, [&](std::string const& one) {
        return std::ranges::find(of_another, one) == of_another.end();
    });
}

// Where the terms are those that were seen: the same day by day, whatever edition said so.
bool is_same_bargain(deal::Terms seen, deal::Terms const& now) {
    if (seen.shown && now.shown && seen.shown->delivered == now.shown->delivered) seen.shown = now.shown;
    if (seen.rate && now.rate) seen.rate->until = now.rate->until;
    return seen == now;
}

bool is_for_callers(Kind kind, Role role) {
    switch (kind) {
        case Kind::ask:
        case Kind::order:
        case Kind::chosen_elsewhere:
        case Kind::money_arrived:
        case Kind::transfer_done:
        case Kind::transfer_failed:
        case Kind::transfer_returned: return false;
        case Kind::track:
        case Kind::deliver:
        case Kind::decide:
        case Kind::name_mediator:
        case Kind::transfer_retry:
        case Kind::charge_back:
        case Kind::charge_back_reversed: return true;
        default: return role != Role::hub;
    }
}

// To where money goes is said by who may trade and may move money: a clerk whom a member lets trade, or a
// program of a shop, sends nobody's money to an account of his own.
bool says_where_money_goes(Kind kind) { return kind == Kind::pay_out || kind == Kind::transfer_retry; }

// What only its receiver and the hub are to know: account numbers and phone numbers.
bool may_see_payee(std::vector<deal::Actor> const& sides, db::IdBytes const& payee) {
    return std::ranges::any_of(
        sides, [&](deal::Actor const& one) { return one.role == Role::hub || one.id == payee; });
}
void hide_payees(deal::Deal& deal, std::vector<deal::Actor> const& sides) {
    for (auto& one : deal.transfers) {
        if (may_see_payee(sides, deal.payees.at(static_cast<std::size_t>(one.payee)).id)) continue;
        one.destination.clear();
        one.reference.clear();
    }
}

}  // namespace

// ---- who --------------------------------------------------------------------------------------------------

Result<people::AccountId> Hub::Hidden::trader(Caller const& caller, std::string_view scope) const {
    if (!caller.account) return refuse(Code::signed_out, "", "sign in to trade");
    TRY_VOID(must_have_scope(caller, scope));
    return caller.acting_for ? *caller.acting_for : *caller.account;
}

std::unexpected<Error> Hub::Hidden::noted(Caller const& caller, std::string_view subject_kind,
                                          std::string const& subject, Error const& error) {
    if (caller.acting_for) note_refusal(act_of(caller), "deal.refused", subject_kind, subject, error);
    return std::unexpected(error);
}

std::optional<db::IdBytes> Hub::Hidden::known_owner_of(shop::ShopId const& shop) {
    std::lock_guard const held(owners_lock);
    auto const known = owners.find(shop);
    return known == owners.end() ? std::nullopt : std::optional(known->second);
}

Result<db::IdBytes> Hub::Hidden::owner_of(shop::ShopId const& shop) {
    if (auto const known = known_owner_of(shop)) return *known;
    auto read = TRY(data->read());
    return owner_of(read, shop);
}

Result<db::IdBytes> Hub::Hidden::owner_of(db::Asked& asked, shop::ShopId const& shop) {
    if (auto const known = known_owner_of(shop)) return *known;
    auto const owner = TRY(shop::shop_by_id(asked, self, shop)).owner;
    std::lock_guard const held(owners_lock);
    owners.insert_or_assign(shop, owner);
    return owner;
}

std::vector<deal::Actor> Hub::Hidden::sides_of(Caller const& caller, deal::Deal const& deal,
                                               db::IdBytes const& owner) const {
    std::vector<deal::Actor> sides;
    bool const may_act = caller.account && (!caller.acting_for || has_scope(caller, "deals:write"));
    if (may_act) {
        auto const who = (caller.acting_for ? *caller.acting_for : *caller.account).bytes();
        auto const via = caller.acting_for ? std::optional(caller.account->bytes()) : std::nullopt;
        if (who == deal.buyer) sides.push_back({Role::buyer, who, via});
        if (who == owner) sides.push_back({Role::seller, deal.seller, via});
        for (auto const& one : deal.payees)
            if (one.is_member && one.id == who) sides.push_back({Role::member, who, via});
        if (deal.mediator && deal.mediator->id == who && !via) sides.push_back({Role::mediator, who, {}});
    }
    if (caller.roles.has(people::Role::operator_) && !caller.key && !caller.acting_for)
        sides.push_back({Role::hub, caller.account ? caller.account->bytes() : self.bytes(), {}});
    return sides;
}

void Hub::Hidden::note_refusal(people::Act const& act, std::string_view verb, std::string_view subject_kind,
                               std::string const& subject, Error const& error) {
    people::Entry const entry{.verb = verb,
                              .subject_kind = subject_kind,
                              .subject = subject,
                              .outcome = people::Outcome::refused,
                              .details = {{"why", std::string(facts_of(error.code()).name)}}};
    // What is refused stays refused, whether it could be noted or not.
    (void)data->write([&](db::Write& write) { return people->record(write, act, entry); });
}

// ---- stock ------------------------------------------------------------------------------------------------

Result<void> Hub::Hidden::tell_stock(db::Write& write, shop::ProductId const& id, shop::Product const* before,
                                     shop::Product const& now_is) {
    bool const is_counted = now_is.supply == shop::Supply::counted && now_is.stock;
    if (!is_counted) return deal::forget_stock(write, self, id);
    // The same number again, beside another title say, is not news: what was sold since then stays sold.
    bool const is_news =
        before == nullptr || before->supply != now_is.supply || before->stock != now_is.stock;
    bool const is_known = TRY(deal::available(write, self, id, now())).has_value();
    if (!is_news && is_known) return {};
    auto const set = deal::set_stock(write, self, id, *now_is.stock);
    return set ? set : std::unexpected(set.error().within("stock"));
}

Result<std::optional<Decimal>> Hub::available(shop::ProductId product) {
    auto read = TRY(hidden_->data->read());
    return deal::available(read, hidden_->self, product, now());
}

// ---- terms ------------------------------------------------------------------------------------------------

Result<Listed> Hub::Hidden::listed(shop::Listing const& listing) {
    auto const open = catalogue->shop(listing.shop);
    if (!open) return refuse(Code::not_found, "shop", "there is no such shop");
    auto product = TRY(catalogue->product(listing));
    return Listed{listing.id, listing.version, listing.shop, open->shop, std::move(product)};
}

Result<std::optional<Listed>> Hub::Hidden::offered(db::Asked& asked, shop::ProductId const& id) {
    auto const version = TRY(shop::live_version(asked, self, id));
    if (version == 0) return std::optional<Listed>();
    auto known = catalogue->known(id, version);
    auto const open = known ? catalogue->shop(known->shop) : std::nullopt;
    if (open) return std::optional(Listed{id, version, known->shop, open->shop, std::move(known->product)});
    auto const listing = TRY(shop::listing_of_version(asked, self, id, version));
    return std::optional(TRY(listed(listing)));
}

namespace {

// The delivered price of a whole basket.
Result<void> price(Quoted& quoted, std::span<Ready const> lines, quote::Door const& door,
                   Money const& sending, std::shared_ptr<books::Edition const> books) {
    bool const is_coded =
        std::ranges::all_of(lines, [](Ready const& one) { return one.listed.product->hs.has_value(); });
    if (!is_coded) return {};
    quoted.books = std::move(books);
    auto& request = quoted.request;
    request.from = lines.front().listed.product->ships_from;
    request.to = door.to;
    request.to_region = door.to_region;
    request.date = door.date;
    request.known_on = door.known_on;
    request.road = door.road;
    request.buyer = door.buyer;
    request.proofs = lines.front().listed.product->proofs;
    request.goods.clear();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto const& one = lines[i];
        request.goods.push_back(TRY(item_of(*one.listed.product, one.line.quantity, std::to_string(i + 1))));
        keep_common(request.proofs, one.listed.product->proofs);
    }
    request.freight = {
        .how = quote::FreightTerms::How::amount, .amount = sending.amount(), .currency = sending.currency()};
    auto const& quote = quoted.quote;
    quote::price(request, *quoted.books, quoted.quote);
    contract::append_answer(quoted.answer, request, quote);
    // A sum that leaves out what is unknown is nothing anybody may rely on.
    if (quote.status == quote::Status::complete && quote.landed_total) {
        quoted.terms.shown = deal::Shown{std::string(quoted.books->name()), door.date, *quote.landed_total,
                                         hexadecimal(digest_of({quoted.answer}))};
    }
    return {};
}

// Of everything that a basket asks: no two are alike.
std::string basket_digest(Basket const& basket) {
    auto const& door = basket.door;
    std::string lines;
    for (auto const& one : basket.lines) lines += one.product.text() + one.quantity.text() + ' ';
    return digest_of({basket.shop.text(), lines, door.to.text(), door.to_region, door.date.text(),
                      door.known_on.text(), std::to_string(static_cast<int>(door.road)),
                      std::to_string(static_cast<int>(door.buyer)), basket.plan, basket.language});
}

}  // namespace

// What was shown a moment ago and would be worked out alike now, so far as memory tells: the books, the shop
// and the day. Whether the offers are still live, and their stock, is seen where the order is kept.
Result<std::shared_ptr<Hub::Hidden::Bargain const>> Hub::Hidden::bargain_on(Hub& hub, Basket const& basket) {
    std::shared_ptr<Bargain const> found;
    {
        std::lock_guard const held(lately_lock);
        if (auto const there = lately.find(basket_digest(basket)); there != lately.end())
            found = there->second;
    }
    auto const open = catalogue->shop(basket.shop);
    bool const is_same = found && open && open->shop == found->shop && found->books == edition.held() &&
                         found->day == std::chrono::floor<std::chrono::days>(now());
    if (is_same) return found;
    auto const quoted = TRY(hub.terms_of(basket));
    return std::make_shared<Bargain const>(Bargain{quoted.terms, quoted.document, quoted.uncounted});
}

void Hub::Hidden::keep_lately(Basket const& basket, Quoted const& quoted,
                              std::shared_ptr<shop::Shop const> shop) {
    // Everybody may look at terms, of fifty lines too. Full: everything goes.
    constexpr std::size_t bytes_max = 4'000'000;
    constexpr std::size_t others = 1'000;  // beside the document, and as much again as that for the terms
    auto const bytes = 2 * quoted.document.size() + others;
    auto kept = std::make_shared<Bargain const>(Bargain{quoted.terms, quoted.document, quoted.uncounted,
                                                        quoted.books, std::move(shop),
                                                        std::chrono::floor<std::chrono::days>(now())});
    auto digest = basket_digest(basket);
    std::lock_guard const held(lately_lock);
    if (lately_bytes + bytes > bytes_max) {
        lately.clear();
        lately_bytes = 0;
    }
    // One that takes the place of another is counted with it: rather too much than too little.
    lately_bytes += bytes;
    lately.insert_or_assign(std::move(digest), std::move(kept));
}

Result<Quoted> Hub::terms_of(Basket const& basket) {
    auto const& dealing = hidden_->config.dealing;
    if (basket.lines.empty()) return refuse(Code::field_missing, "lines", "the basket is empty");
    if (basket.lines.size() > deal::lines_max) return refuse(Code::too_long, "lines", "at most 50 lines");
    std::vector<Ready> lines;
    std::vector<shop::ProductId> uncounted;
    std::int64_t grams = 0;
    bool is_weighed = true;
    {
        auto read = TRY(hidden_->data->read());
        for (std::size_t i = 0; i < basket.lines.size(); ++i) {
            auto const& wanted = basket.lines[i];
            auto const field = "lines[" + std::to_string(i) + "]";
            auto listed = TRY(hidden_->offered(read, wanted.product));
            if (!listed || listed->shop_id != basket.shop)
                return refuse(Code::not_found, field + ".product", "the shop offers no such product now");
            auto one = ready(std::move(*listed), wanted, basket.language);
            if (!one) return std::unexpected(one.error().within(field));
            auto const& product = *one->listed.product;
            TRY_VOID(goes_with(*one, lines.empty() ? *one : lines.front(), field));
            bool const is_counted = product.supply == shop::Supply::counted;
            auto const left = is_counted ? TRY(deal::available(read, hidden_->self, wanted.product, now()))
                                         : std::optional<Decimal>();
            if (left && *left < wanted.quantity)
                return refuse(Code::conflict, field + ".quantity", "there are " + left->brief() + " left");
            auto const weight = TRY(grams_of(product, wanted.quantity));
            is_weighed = is_weighed && weight > 0 && !__builtin_add_overflow(grams, weight, &grams);
            if (!is_counted) uncounted.push_back(wanted.product);
            lines.push_back(std::move(*one));
        }
    }
    auto const& shop = *lines.front().listed.shop;
    auto const currency = lines.front().line.unit_price.currency();
    auto const sending = is_weighed ? shop::sending(shop, basket.door.to, grams) : std::nullopt;
    if (!sending)
        return refuse(Code::field_missing, "door.to", "the shop names no price for sending it there; ask it");
    if (sending->price.currency() != currency)
        return refuse(Code::bad_currency, "door.to", "the shop sends at a price in another currency; ask it");
    auto total = sending->price;
    for (auto const& one : lines) total = TRY(sum(total, one.line.amount));
    auto milestones = TRY(plan_of(dealing, basket.plan));
    deal::Terms terms{.lines = {},
                      .sending = sending->price,
                      .total = total,
                      .incoterm = quote::Incoterm::DAP,
                      .place = std::string(basket.door.to.name()),
                      .from = lines.front().listed.product->ships_from,
                      .to = basket.door.to,
                      .taxes = {{"import-duty", Role::buyer}, {"import-vat", Role::buyer}},
                      .milestones = std::move(milestones),
                      .fee = fee_of(dealing, currency)};
    for (auto const& one : lines) terms.lines.push_back(one.line);
    terms.rate = rate_of(dealing, shop.country, currency, std::nullopt, now());
    TRY_VOID(hidden_->fill_terms(terms));
    auto const terms_from = terms.from;
    Quoted quoted{.terms = std::move(terms),
                  .document = {},
                  .request = {.from = terms_from,
                              .to = basket.door.to,
                              .date = basket.door.date,
                              .known_on = basket.door.known_on},
                  .books = {},
                  .quote = {}};
    if (auto held = books()) TRY_VOID(price(quoted, lines, basket.door, sending->price, std::move(*held)));
    quoted.uncounted = std::move(uncounted);
    if (auto const right = deal::may_be_agreed(quoted.terms); !right) return std::unexpected(right.error());
    quoted.document = deal::document_of(quoted.terms);
    hidden_->keep_lately(basket, quoted, lines.front().listed.shop);
    return quoted;
}

Result<Quoted> Hub::priced(deal::Terms const& terms, quote::Door const& door) {
    std::vector<Ready> lines;
    {
        auto read = TRY(hidden_->data->read());
        for (auto const& line : terms.lines) {
            auto const listing =
                TRY(shop::listing_of_version(read, hidden_->self, line.product, line.version));
            auto listed = TRY(hidden_->listed(listing));
            auto product = *listed.product;
            product.tiers = {{Decimal(0), line.unit_price}};
            listed.product = std::make_shared<shop::Product const>(std::move(product));
            lines.push_back({std::move(listed), line});
        }
    }
    Quoted quoted{
        .terms = terms,
        .document = {},
        .request = {.from = terms.from, .to = door.to, .date = door.date, .known_on = door.known_on},
        .books = {},
        .quote = {}};
    quoted.terms.shown.reset();
    auto held = books();
    if (held && !lines.empty()) TRY_VOID(price(quoted, lines, door, terms.sending, std::move(*held)));
    quoted.document = deal::document_of(quoted.terms);
    return quoted;
}

Result<void> Hub::Hidden::fill_terms(deal::Terms& terms) const {
    auto const& dealing = config.dealing;
    // Before single days are set, or nobody's would be the usual ones any more.
    if (terms.days == deal::Days{}) terms.days = dealing.days;
    terms.fee = fee_of(dealing, terms.total.currency());
    terms.custody = dealing.custody;
    terms.custodian = dealing.custodian;
    terms.days.answer = dealing.days.answer;
    terms.days.escalate = dealing.days.escalate;
    terms.days.decide = dealing.days.decide;
    if (!terms.mediator) terms.mediator = dealing.mediator;
    return {};
}

Result<void> Hub::Hidden::check_lines(deal::ShopId const& shop, deal::Terms const& terms) {
    auto read = TRY(data->read());
    for (std::size_t i = 0; i < terms.lines.size(); ++i) {
        auto const& line = terms.lines[i];
        auto const listing = shop::listing_of_version(read, self, line.product, line.version);
        if (!listing || listing->shop != shop)
            return refuse(Code::not_found, "terms.lines[" + std::to_string(i) + "].product",
                          "the shop has no such product of that version");
    }
    return {};
}

std::string Hub::Hidden::attested(deal::DealId const& deal, std::string_view document) const {
    return hexadecimal(attest_signer.sign(deal::signed_words(deal, document)));
}

Result<std::string> Hub::Hidden::signature(deal::DealId const& deal, Role by, shop::KeptShop const& keeper,
                                           std::string_view document) const {
    auto const text = deal::signed_words(deal, document);
    if (by == Role::buyer) return attested(deal, document);
    return hexadecimal(shop::sign(text, TRY(opened_key(keeper))));
}

std::string Hub::attest_key() const { return hidden_->attest_signer.open_key; }

// ---- beginning --------------------------------------------------------------------------------------------

namespace {

// The deals that this key began before; nothing where it is new, and then it is taken.
Result<std::optional<std::vector<deal::DealId>>> begun_before(db::Write& write, db::HubId const& hub,
                                                              people::AccountId const& account,
                                                              std::string_view key, std::string_view digest,
                                                              std::span<deal::DealId const> ids) {
    std::string bytes;
    for (auto const& one : ids) bytes.append(one.bytes().begin(), one.bytes().end());
    auto const taken = TRY(write.run(
        "INSERT INTO deal_once (hub, account, name, digest, deals) VALUES (?, ?, ?, ?, ?) ON CONFLICT (hub, "
        "account, name) DO NOTHING",
        hub, account, key, db::Blob{digest}, db::Blob{bytes}));
    std::optional<std::vector<deal::DealId>> before;
    if (taken == 1) return before;
    auto const row = TRY(write.one(
        "SELECT digest, deals FROM deal_once WHERE hub = ? AND account = ? AND name = ?", hub, account, key));
    if (row.blob(0) != digest) return refuse(Code::conflict, "key", "this key was used for something else");
    before.emplace();
    auto const there = row.blob(1);
    constexpr std::size_t size = std::tuple_size_v<db::IdBytes>;
    for (std::size_t at = 0; at + size <= there.size(); at += size) {
        db::IdBytes id{};
        std::ranges::copy(there.substr(at, size), id.begin());
        before->push_back(deal::DealId(id));
    }
    return before;
}

// The terms are made of what is offered at this moment, not of what was a moment ago.
Result<void> must_be_live(db::Asked& asked, db::HubId const& hub, deal::Terms const& terms) {
    for (std::size_t i = 0; i < terms.lines.size(); ++i) {
        auto const& line = terms.lines[i];
        if (TRY(shop::live_version(asked, hub, line.product)) != line.version)
            return refuse(Code::conflict, "lines[" + std::to_string(i) + "]",
                          "the offer has changed meanwhile; look at it again");
    }
    return {};
}

}  // namespace

// The order, and the payment of what is due at once where the buyer's money here pays for it.
Result<deal::Happened> Hub::Hidden::ordered(Caller const& caller, deal::DealId const& id, Order const& order,
                                            Bargain const& bargain) const {
    auto const account = TRY(trader(caller, "deals:write"));
    deal::Event event;
    event.kind = Kind::order;
    event.key = "buyer:" + order.key;
    event.by = {Role::buyer, account.bytes(),
                caller.acting_for ? std::optional(caller.account->bytes()) : std::nullopt};
    event.at = now();
    event.seller = order.basket.shop.bytes();
    event.note = order.note;
    event.terms = bargain.terms;
    event.signature = attested(id, bargain.document);
    auto outcome = TRY(deal::begin(id, event));
    std::vector<deal::Happening> all;
    auto const due = deal::due_now(outcome.deal);
    if (!order.pays_from_funds || due.minor() == 0)
        return deal::happened(std::move(event), std::move(outcome));
    deal::Event pay;
    pay.kind = Kind::pay;
    pay.key = paid_with_order;
    pay.by = event.by;
    pay.at = event.at;
    pay.amount = due;
    auto paid = TRY(deal::step(outcome.deal, pay));
    all.push_back({std::move(event), std::move(outcome)});
    all.push_back({std::move(pay), std::move(paid)});
    return deal::happened(std::move(all));
}

// Everything of an order that needs no lock is done before others have to wait for it.
Result<Hub::Hidden::Placing> Hub::Hidden::placing(Hub& hub, Caller const& caller, Order const& order) {
    auto const trading = trader(caller, "deals:write");
    if (!trading) return noted(caller, "shop", order.basket.shop.text(), trading.error());
    TRY_VOID(may_write_now(caller));
    TRY_VOID(check_key(order.key));
    if (TRY(owner_of(order.basket.shop)) == trading->bytes())
        return refuse(Code::not_allowed, "shop", "nobody orders from a shop of his own");
    auto seen = deal::parse_terms(order.seen);
    if (!seen) return std::unexpected(seen.error().within("seen"));
    auto const id = ids.next<deal::Deal>(now());
    auto const bargain = bargain_on(hub, order.basket);
    auto ordered = bargain ? this->ordered(caller, id, order, **bargain)
                           : Result<deal::Happened>(std::unexpected(bargain.error()));
    return Placing{.account = *trading,
                   .id = id,
                   .key = order.key,
                   .digest = digest_of({order.pays_from_funds ? "paid order" : "order",
                                        order.basket.shop.text(), order.seen, order.note}),
                   .seen = std::move(*seen),
                   .bargain = bargain ? *bargain : nullptr,
                   .ordered = std::move(ordered)};
}

Result<deal::Deal> Hub::Hidden::place(Carrying& carrying, Placing const& placing) const {
    auto& write = carrying.write();
    auto const before = TRY(
        begun_before(write, self, placing.account, placing.key, placing.digest, std::span(&placing.id, 1)));
    // What was ordered stands, also where it could not be ordered again.
    if (before) return deal::deal_by_id(write, self, before->front());
    if (!placing.ordered) return std::unexpected(placing.ordered.error());
    auto const& bargain = *placing.bargain;
    if (!is_same_bargain(placing.seen, bargain.terms))
        return refuse(Code::conflict, "seen",
                      "the price or the terms are no longer those that were shown; look again");
    TRY_VOID(must_be_live(write, self, bargain.terms));
    TRY_VOID(carrying.begin(*placing.ordered, bargain.uncounted));
    return placing.ordered->deal();
}

namespace {
Result<deal::Deal> as_placed(Result<deal::Deal> done) {
    if (!done && done.error().code() == Code::not_enough)
        return refuse(Code::not_enough, "pays_from_funds", "your money here is less than is due now");
    return done;
}
}  // namespace

Result<deal::Deal> Hub::place_order(Caller const& caller, Order const& order) {
    auto& house = *hidden_;
    auto const placing = TRY(house.placing(*this, caller, order));
    return as_placed(
        house.carry([&](Carrying& carrying) { return house.place(carrying, placing); }, db::Meeting::waits));
}

void Hub::place_order_later(Caller const& caller, Order const& order, ThenPlaced then) {
    auto& house = *hidden_;
    auto placed = house.placing(*this, caller, order);
    if (!placed) return then([&]() -> Result<deal::Deal> { return std::unexpected(placed.error()); });
    house.carry_later([&house, placing = std::make_shared<Hidden::Placing const>(std::move(*placed))](
                          Carrying& carrying) { return house.place(carrying, *placing); },
                      [then = std::move(then)](db::Became<Result<deal::Deal>> became) {
                          then([&] { return as_placed(became.take()); });
                      });
}

Result<std::vector<deal::DealId>> Hub::ask_for_offers(Caller const& caller, Question const& question) {
    auto& house = *hidden_;
    if (question.shops.empty()) return refuse(Code::field_missing, "shops", "who is asked?");
    auto const trading = house.trader(caller, "deals:write");
    if (!trading) return house.noted(caller, "shop", question.shops.front().text(), trading.error());
    auto const account = *trading;
    TRY_VOID(house.may_write_now(caller));
    TRY_VOID(check_key(question.key));
    if (question.shops.size() > shops_asked_max) return refuse(Code::too_many, "shops", "at most 20 shops");
    std::vector<deal::DealId> ids;
    std::vector<deal::Event> events;
    auto const shared = house.ids.next(now());
    for (std::size_t i = 0; i < question.shops.size(); ++i) {
        auto const field = "shops[" + std::to_string(i) + "]";
        auto const keeper = TRY(this->shop(question.shops[i]));
        if (keeper.owner == account.bytes())
            return refuse(Code::not_allowed, field, "nobody asks a shop of his own");
        if (std::ranges::count(question.shops, question.shops[i]) != 1)
            return refuse(Code::bad_value, field, "stands twice among the shops");
        auto& event = events.emplace_back();
        event.kind = Kind::ask;
        event.key = "buyer:" + question.key;
        event.by = {Role::buyer, account.bytes(),
                    caller.acting_for ? std::optional(caller.account->bytes()) : std::nullopt};
        event.at = now();
        event.seller = keeper.id.bytes();
        event.request = question.request;
        event.request->shared = question.shops.size() > 1 ? std::optional(shared) : std::nullopt;
        event.until = question.until;
        ids.push_back(house.ids.next<deal::Deal>(now()));
    }
    auto same = events.front();
    same.at = {};
    same.request->shared.reset();
    std::string shops;
    for (auto const& one : question.shops) shops += one.text();
    auto const digest = digest_of({"ask", shops, deal::document_of(same)});
    std::vector<deal::Happened> asks;
    for (std::size_t i = 0; i < ids.size(); ++i)
        asks.push_back(deal::happened(events[i], TRY(deal::begin(ids[i], events[i]))));
    return house.carry(
        [&](Carrying& carrying) -> Result<std::vector<deal::DealId>> {
            auto const before =
                TRY(begun_before(carrying.write(), house.self, account, question.key, digest, ids));
            if (before) return *before;
            for (auto const& one : asks) TRY_VOID(carrying.begin(one));
            return ids;
        },
        db::Meeting::waits);
}

// ---- acting -----------------------------------------------------------------------------------------------

Result<PayoutQuote> Hub::Hidden::payout_quote(deal::Deal const& deal, shop::KeptShop const& keeper,
                                              db::IdBytes const& payee, deal::Moment at, Currency to) const {
    auto const there = std::ranges::find_if(
        deal.payees, [&](deal::Payee const& one) { return one.id == payee && one.payable.minor() > 0; });
    if (there == deal.payees.end()) return refuse(Code::conflict, "kind", "nothing is payable to you");
    PayoutQuote quote{.payable = there->payable, .comes_to = there->payable};
    auto const own = quote.payable.currency();
    if (to == own) return quote;
    quote.rate = deal.terms().rate;
    quote.is_agreed = quote.rate && quote.rate->to == to && at < quote.rate->until;
    if (!quote.is_agreed) {
        auto const country = TRY(shop::parse_shop(keeper.document)).country;
        quote.rate = rate_of(config.dealing, country, own, to, at);
    }
    if (!quote.rate)
        return refuse(Code::no_exchange_rate, "pay_to.currency", "this hub does not convert to it");
    Exchange const exchange{own, quote.rate->to, quote.rate->numerator, quote.rate->denominator, Day::first(),
                            {}};
    quote.comes_to = TRY(convert(quote.payable, exchange, Round::half_even));
    if (quote.comes_to.minor() <= 0)
        return refuse(Code::bad_value, "pay_to.currency", "would be nothing in it");
    return quote;
}

Result<PayoutQuote> Hub::payout_quote(Caller const& caller, deal::DealId id, Currency to) {
    auto const seen = TRY(deal(caller, id));
    auto const keeper = TRY(this->shop(shop::ShopId(seen.deal.seller)));
    for (auto const& one : seen.standings) {
        auto quote = hidden_->payout_quote(seen.deal, keeper, one.by.id, now(), to);
        if (quote || quote.error().code() != Code::conflict) return quote;
    }
    return refuse(Code::conflict, "kind", "nothing is payable to you");
}

Result<void> Hub::Hidden::fill_payout(deal::Deal const& deal, shop::KeptShop const& keeper,
                                      deal::Event& event, Deed const& deed) const {
    if (!deed.to) return refuse(Code::field_missing, "to", "where does it go?");
    if (!event.pay_to) return refuse(Code::field_missing, "pay_to.currency", "in which currency?");
    auto const& to = *deed.to;
    auto& pay_to = *event.pay_to;
    pay_to.destination = TRY(hub::text_of(to));
    pay_to.most.reset();
    pay_to.rate.reset();
    auto const quote = TRY(payout_quote(deal, keeper, event.by.id, event.at, pay_to.currency));
    if (quote.rate && !deed.comes_to)
        return refuse(Code::field_missing, "comes_to", "what did you see it come to?");
    if (deed.comes_to && *deed.comes_to != quote.comes_to)
        return refuse(Code::conflict, "comes_to", "it comes to another amount now; look again");
    if (quote.rate && !quote.is_agreed) pay_to.rate = quote.rate;
    auto const& whole = quote.comes_to;
    auto const* const adapter = TRY(desk->adapter(to.way));
    auto const parts_of = [&](Money const& amount) {
        return adapter->parts(
            {.key = "x", .amount = amount, .to = to, .words = "Allroads " + deal.id.text()});
    };
    auto const parts = TRY(parts_of(whole));
    if (parts.size() == 1) return {};
    // Full ones first; where the last would be too little for the adapter, all alike.
    auto const count = static_cast<std::int64_t>(parts.size());
    auto const full = std::ranges::max(parts, {}, &Money::minor).minor();
    auto const last = whole.minor() - full * (count - 1);
    bool const fits = last > 0 && parts_of(Money(last, whole.currency())).has_value();
    pay_to.most = Money(fits ? full : (whole.minor() + count - 1) / count, whole.currency());
    return {};
}

Result<deal::Outcome> Hub::act(Caller const& caller, deal::DealId id, Deed const& deed) {
    auto& house = *hidden_;
    auto const act = house.act_of(caller);
    if (!caller.is_signed_in() && !caller.roles.has(people::Role::operator_))
        return refuse(Code::signed_out, "", "sign in to trade");
    auto may = must_have_scope(caller, "deals:write");
    if (may && says_where_money_goes(deed.event.kind)) may = must_have_scope(caller, "money:write");
    if (!may) return house.noted(caller, "deal", id.text(), may.error());
    TRY_VOID(house.may_write_now(caller));
    TRY_VOID(check_key(deed.event.key));
    auto read = std::optional(TRY(house.data->read()));
    auto const found = deal::deal_by_id(*read, house.self, id);
    if (!found) return std::unexpected(found.error());
    auto const& deal = *found;
    auto const keeper = TRY(shop::shop_by_id(*read, house.self, shop::ShopId(deal.seller)));
    read.reset();
    auto const kind = deed.event.kind;
    auto sides = house.sides_of(caller, deal, keeper.owner);
    auto const refused = [&](Error error) -> std::unexpected<Error> {
        house.note_refusal(act, "deal.refused", "deal", id.text(), error);
        return std::unexpected(std::move(error));
    };
    if (sides.empty()) return refused(Error(Code::not_found, "deal", "there is no such deal"));
    if (deed.as) std::erase_if(sides, [&](deal::Actor const& one) { return one.role != *deed.as; });
    if (sides.empty()) return refused(Error(Code::not_allowed, "as", "you are not on that side of the deal"));
    auto by = sides.front();
    for (auto const& one : sides) {
        auto const can = deal::possible(deal, one);
        if (std::ranges::find(can, kind) == can.end()) continue;
        by = one;
        break;
    }
    if (!is_for_callers(kind, by.role))
        return refused(Error(Code::not_allowed, "kind", "nobody says this himself; the hub finds it"));
    auto event = deed.event;
    event.by = by;
    event.at = now();
    event.key = std::string(deal::text_of(by.role)) + ":" + deed.event.key;
    event.signature.clear();
    auto const past = std::ranges::find(deal.past, event.key, &deal::Past::key);
    if (kind == Kind::pay_out && past != deal.past.end() && past->kind == kind)
        return deal::Outcome{.deal = deal, .is_again = true, .state = past->after};
    bool const is_offer = kind == Kind::offer || kind == Kind::counter;
    if (is_offer && event.terms) {
        TRY_VOID(house.fill_terms(*event.terms));
        TRY_VOID(house.check_lines(shop::ShopId(deal.seller), *event.terms));
        event.signature = TRY(house.signature(id, by.role, keeper, deal::document_of(*event.terms)));
    }
    if (kind == Kind::accept) event.signature = TRY(house.signature(id, by.role, keeper, event.document));
    if (kind == Kind::pay_out) TRY_VOID(house.fill_payout(deal, keeper, event, deed));
    TRY_VOID(house.fill_evidence(event, deed));
    bool const is_back = kind == Kind::charge_back || kind == Kind::charge_back_reversed;
    if (deed.way && !is_back) return refuse(Code::field_unknown, "way", "of a charge-back alone");
    if (kind == Kind::transfer_retry && deed.to) event.reference = TRY(hub::text_of(*deed.to));
    bool const orders = kind == Kind::pay_out || kind == Kind::transfer_retry;
    auto done = house.carry(
        [&](Carrying& carrying) -> Result<deal::Outcome> {
            if (!deed.file.empty()) TRY_VOID(house.show_file(carrying.write(), id, deed.file));
            return carrying.step(id, event, deed.way.value_or(pay::Way::bank));
        },
        orders ? db::Meeting::starts_again : db::Meeting::waits);
    // An acceptance that is brought again, or of other words than were offered, is no slip of the finger.
    bool const is_told = !done && (done.error().code() == Code::not_allowed ||
                                   (done.error().code() == Code::conflict && event.kind == Kind::accept));
    if (is_told) return refused(done.error());
    return done;
}

// ---- looking ----------------------------------------------------------------------------------------------

Result<DealView> Hub::Hidden::view(db::Asked& asked, Caller const& caller, deal::Deal deal) {
    auto const owner = TRY(owner_of(asked, shop::ShopId(deal.seller)));
    auto reference = payer_reference(deal);
    auto const sides = sides_of(caller, deal, owner);
    hide_payees(deal, sides);
    std::vector<Standing> standings;
    for (auto const& by : sides) {
        Standing one{by, deal::possible(deal, by)};
        std::erase_if(one.possible, [&](Kind kind) { return !is_for_callers(kind, by.role); });
        standings.push_back(std::move(one));
    }
    return DealView{std::move(deal), std::move(reference), std::move(standings)};
}

Result<DealView> Hub::deal(Caller const& caller, deal::DealId id) {
    if (!caller.is_signed_in() && !caller.roles.has(people::Role::operator_))
        return refuse(Code::signed_out, "", "sign in to see your orders");
    TRY_VOID(must_have_scope(caller, "deals:read"));
    auto read = TRY(hidden_->data->read());
    auto seen = TRY(hidden_->view(read, caller, TRY(deal::deal_by_id(read, hidden_->self, id))));
    if (seen.standings.empty()) return refuse(Code::not_found, "deal", "there is no such deal");
    return seen;
}

Result<std::vector<DealView>> Hub::my_orders(Caller const& caller, std::optional<deal::DealId> const& after,
                                             std::size_t rows) {
    auto const account = TRY(hidden_->trader(caller, "deals:read"));
    auto read = TRY(hidden_->data->read());
    std::vector<DealView> views;
    for (auto& one :
         TRY(deal::deals_of(read, hidden_->self, deal::Side::buyer, account.bytes(), after, rows)))
        views.push_back(TRY(hidden_->view(read, caller, std::move(one))));
    return views;
}

Result<std::vector<DealView>> Hub::orders_of(Caller const& caller, shop::ShopId shop,
                                             std::optional<deal::DealId> const& after, std::size_t rows) {
    auto const account = TRY(hidden_->trader(caller, "deals:read"));
    auto read = TRY(hidden_->data->read());
    auto const keeper = TRY(shop::shop_by_id(read, hidden_->self, shop));
    if (keeper.owner != account.bytes()) return refuse(Code::not_allowed, "", "this shop is another's");
    std::vector<DealView> views;
    for (auto& one : TRY(deal::deals_of(read, hidden_->self, deal::Side::seller, shop.bytes(), after, rows)))
        views.push_back(TRY(hidden_->view(read, caller, std::move(one))));
    return views;
}

Result<std::vector<std::string>> Hub::deal_events(Caller const& caller, deal::DealId id) {
    auto const seen = TRY(deal(caller, id));
    std::vector<deal::Actor> sides;
    for (auto const& one : seen.standings) sides.push_back(one.by);
    auto read = TRY(hidden_->data->read());
    auto events = TRY(deal::events_of(read, hidden_->self, id));
    for (auto& one : events) {
        bool const names_payee = std::ranges::any_of(
            std::array{Kind::pay_out, Kind::transfer_retry, Kind::transfer_done}, [&](Kind kind) {
                return one.starts_with(R"({"kind":")" + std::string(deal::text_of(kind)) + '"');
            });
        if (!names_payee) continue;
        auto event = TRY(deal::parse_event(one));
        auto payee = event.by.id;
        if (event.number && static_cast<std::size_t>(*event.number) < seen.deal.transfers.size())
            payee = seen.deal.payees
                        .at(static_cast<std::size_t>(
                            seen.deal.transfers.at(static_cast<std::size_t>(*event.number)).payee))
                        .id;
        if (may_see_payee(sides, payee)) continue;
        if (event.pay_to) event.pay_to->destination.clear();
        event.reference.clear();
        one = deal::document_of(event);
    }
    return events;
}

Result<std::vector<Notice>> Hub::notices(Caller const& caller, std::optional<db::Id<Notice>> const& before,
                                         std::size_t rows) {
    auto const account = TRY(hidden_->trader(caller, "deals:read"));
    db::IdBytes last{};
    last.fill(0xFF);
    if (before) last = before->bytes();
    auto read = TRY(hidden_->data->read());
    auto found =
        TRY(read.rows("SELECT id, deal, key, facts, made FROM deal_notice WHERE hub = ? AND account "
                      "= ? AND id < ? ORDER BY id DESC LIMIT ?",
                      hidden_->self, account, last, rows));
    std::vector<Notice> all;
    while (TRY(found.next())) {
        all.push_back({found.id<Notice>(0), found.id<deal::Deal>(1), std::string(found.text(2)),
                       std::string(found.text(3)), db::Moment(std::chrono::milliseconds(found.integer(4)))});
    }
    return all;
}

}  // namespace allroads::hub
