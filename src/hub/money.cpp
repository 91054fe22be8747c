// Money of deals: how it comes in, how it goes out, whose it is; and what the housekeeper does for deals.
#include "hub/carrying.h"

#include "wire/wire.h"

#include <algorithm>

namespace allroads::hub {
namespace {

using deal::Kind;
using deal::Role;

constexpr std::size_t statement_bytes_max = 32'000'000;

people::Entry entry_of(std::string_view verb, std::string_view kind, std::string subject,
                       people::Details details = {}) {
    return {.verb = verb, .subject_kind = kind, .subject = std::move(subject), .details = std::move(details)};
}

// What is still to be paid of a deal that can be paid.
Money open_of(deal::Deal const& deal) {
    if (!deal.is_agreed()) return Money::zero(currency::USD);
    bool const is_paid = deal.state >= deal::State::agreed && deal.state <= deal::State::delivered;
    return is_paid ? deal::due_later(deal) : Money::zero(deal.terms().total.currency());
}

}  // namespace

std::string_view text_of(Became became) {
    switch (became) {
        case Became::to_deal: return "to-deal";
        case Became::kept: return "kept";
        case Became::left: return "left";
        case Became::to_owner: return "to-owner";
    }
    return {};
}

// ---- references -------------------------------------------------------------------------------------------

Result<std::optional<deal::DealId>> Hub::Hidden::deal_of(db::Asked& asked, pay::Reference const& reference) {
    auto const row = TRY(asked.first("SELECT deal FROM deal_reference WHERE hub = ? AND reference = ?", self,
                                     reference.text()));
    return row ? std::optional(row->id<deal::Deal>(0)) : std::nullopt;
}

std::vector<pay::Way> Hub::ways() const { return hidden_->desk->ways(); }

Result<pay::Instructions> Hub::instructions(Caller const& caller, deal::DealId id, pay::Way way) {
    auto const seen = TRY(deal(caller, id));
    bool const is_buyer =
        std::ranges::any_of(seen.standings, [](Standing const& one) { return one.by.role == Role::buyer; });
    if (!is_buyer) return refuse(Code::not_allowed, "", "the buyer is told how to pay");
    auto const later = open_of(seen.deal);
    if (later.minor() == 0 || seen.reference.empty())
        return refuse(Code::conflict, "deal", "nothing is to be paid");
    auto const at_once = deal::due_now(seen.deal);
    return hidden_->desk->instructions(way, {.reference = TRY(pay::Reference::parse(seen.reference)),
                                             .amount = at_once.minor() > 0 ? at_once : later,
                                             .words = "Allroads " + id.text()});
}

// ---- money in ---------------------------------------------------------------------------------------------

namespace {

// Payments and payouts that were heard of, told to their deals.
Result<MoneySeen> carry_heard(Hub::Carrying& carrying, pay::Desk const& desk, pay::Heard const& heard) {
    MoneySeen done{.known = heard.known};
    for (auto const& key : heard.payouts) {
        TRY_VOID(carrying.hear_of(TRY(desk.payout(carrying.write(), key))));
        ++done.payouts;
    }
    for (auto const& one : heard.payments) {
        bool const is_settled = one.turn == pay::Turn::paid_out &&
                                std::ranges::find(heard.payouts, one.order) != heard.payouts.end();
        if (!is_settled) done.seen.push_back(TRY(carrying.take(one)));
    }
    return done;
}

}  // namespace

Result<StatementImport> Hub::import_statement(Caller const& caller, std::string_view xml, bool is_dry_run) {
    auto& house = *hidden_;
    TRY_VOID(house.must_be_operator(caller));
    if (xml.size() > statement_bytes_max) return refuse(Code::too_long, "file", "at most 32,000,000 bytes");
    auto const* const bank = TRY(house.desk->adapter(pay::Way::bank));
    pay::Incoming const incoming{.path = {}, .fields = {}, .body = xml};
    StatementImport done;
    {
        auto const payments = TRY(bank->seen(incoming, now()));
        auto read = TRY(house.data->read());
        std::optional<Error> failed;
        auto const open = [&](pay::Reference const& reference) -> std::optional<Money> {
            auto const id = house.deal_of(read, reference);
            if (!id) failed = id.error();
            if (!id || !*id) return std::nullopt;
            auto const deal = deal::deal_by_id(read, house.self, **id);
            if (!deal) failed = deal.error();
            return deal ? std::optional(open_of(*deal)) : std::nullopt;
        };
        auto const taken = [&](std::string_view outside_id) {
            auto const is = pay::is_taken(read, house.self, pay::text_of(pay::Way::bank), outside_id);
            if (!is) failed = is.error();
            return is && *is;
        };
        done.matched = pay::match(payments, open, taken);
        if (failed) return std::unexpected(std::move(*failed));
    }
    if (is_dry_run) return done;
    auto const act = house.act_of(caller);
    auto const entry = entry_of("money.statement", "file", hexadecimal(digest_of({xml})));
    done.done = TRY(house.carry(
        [&](Carrying& carrying) -> Result<MoneySeen> {
            auto const heard =
                TRY(house.desk->hear(carrying.write(), pay::Way::bank, incoming, carrying.at()));
            auto seen = TRY(carry_heard(carrying, *house.desk, heard));
            (void)TRY(house.people->record(carrying.write(), act, entry));
            return seen;
        },
        db::Meeting::starts_again));
    return done;
}

Result<MoneySeen> Hub::hear(pay::Way way, pay::Incoming const& incoming, std::string_view address) {
    auto& house = *hidden_;
    if (way != pay::Way::mobile && way != pay::Way::card)
        return refuse(Code::not_supported, "way", "statements and cash are brought by people");
    auto done = house.carry(
        [&](Carrying& carrying) -> Result<MoneySeen> {
            auto const heard = TRY(house.desk->hear(carrying.write(), way, incoming, carrying.at()));
            return carry_heard(carrying, *house.desk, heard);
        },
        // A card payment is decided by rows that are locked and by the deal's version; it waits for others.
        // What a wallet says of a payout is read before it is changed.
        way == pay::Way::card ? db::Meeting::waits : db::Meeting::starts_again);
    bool const is_forged = !done && done.error().code() == Code::not_allowed;
    // Not each of them: nobody fills the trail from one address.
    if (is_forged && house.people->rates().allow(people::Often::sign_in_address,
                                                 "forged " + people::address_key(address), now()))
        house.note_refusal({.now = now(), .address = std::string(address)}, "money.forged", "way",
                           std::string(pay::text_of(way)), done.error());
    return done;
}

Result<void> Hub::Hidden::must_be_clerk(Caller const& caller) const {
    if (!caller.account) return refuse(Code::signed_out, "", "clerks sign in first");
    if (!caller.session || !caller.roles.has(people::Role::clerk))
        return refuse(Code::not_allowed, "", "this is for clerks at a counter");
    return {};
}

Result<pay::Receipt> Hub::take_cash(Caller const& caller, CashPayment const& cash) {
    auto& house = *hidden_;
    TRY_VOID(house.must_be_clerk(caller));
    TRY_VOID(house.may_write_now(caller));
    (void)TRY(house.desk->adapter(pay::Way::cash));
    auto const reference = pay::Reference::parse(cash.reference);
    if (!reference) return std::unexpected(reference.error());
    auto const act = house.act_of(caller);
    return house.carry(
        [&](Carrying& carrying) -> Result<pay::Receipt> {
            auto& write = carrying.write();
            auto const id = TRY(house.deal_of(write, *reference));
            if (!id) return refuse(Code::not_found, "reference", "no order is paid by it");
            auto taken = TRY(pay::take_cash(write, house.self,
                                            {.key = cash.key,
                                             .counter = cash.counter,
                                             .clerk = caller.account->text(),
                                             .reference = *reference,
                                             .amount = cash.amount,
                                             .payer = cash.payer},
                                            carrying.at()));
            if (!taken.is_new) return std::move(taken.receipt);
            auto const number = pay::receipt_text(taken.receipt.number);
            deal::Event event;
            event.kind = Kind::money_arrived;
            event.key = "hub:cash:" + number;
            event.by = {Role::clerk, caller.account->bytes(), {}};
            event.at = carrying.at();
            event.amount = cash.amount;
            event.reference = number;
            (void)TRY(carrying.step(*id, event, pay::Way::cash));
            (void)TRY(house.people->record(write, act, entry_of("money.cash", "receipt", number)));
            return std::move(taken.receipt);
        },
        db::Meeting::starts_again);
}

Result<pay::Receipt> Hub::void_cash(Caller const& caller, std::int64_t receipt, std::string_view reason) {
    auto& house = *hidden_;
    TRY_VOID(house.must_be_clerk(caller));
    TRY_VOID(house.may_write_now(caller));
    auto const act = house.act_of(caller);
    return house.carry(
        [&](Carrying& carrying) -> Result<pay::Receipt> {
            auto& write = carrying.write();
            auto voided = TRY(
                pay::void_receipt(write, house.self, receipt, caller.account->text(), reason, carrying.at()));
            (void)TRY(carrying.take(voided.taken_back()));
            (void)TRY(house.people->record(
                write, act, entry_of("money.cash-void", "receipt", pay::receipt_text(receipt))));
            return voided;
        },
        db::Meeting::starts_again);
}

// ---- money out --------------------------------------------------------------------------------------------

Result<std::vector<pay::Outgoing>> Hub::outgoing(std::int64_t most) {
    auto& house = *hidden_;
    {
        auto read = TRY(house.data->read());
        if (TRY(pay::due(read, house.self, now(), 1)).empty()) return std::vector<pay::Outgoing>();
    }
    return house.data->write([&](db::Write& write) { return house.desk->take_due(write, now(), most); });
}

Result<void> Hub::answered(pay::Outgoing const& outgoing, pay::Answer const& answer) {
    auto& house = *hidden_;
    return house.carry(
        [&](Carrying& carrying) -> Result<void> {
            auto const payout = TRY(house.desk->answered(carrying.write(), outgoing, answer, carrying.at()));
            return payout ? carrying.hear_of(*payout) : Result<void>();
        },
        db::Meeting::starts_again);
}

Result<std::vector<pay::Payout>> Hub::payouts_by_hand(Caller const& caller, pay::Way way, std::int64_t most) {
    bool const is_clerks = way == pay::Way::cash && caller.roles.has(people::Role::clerk);
    TRY_VOID(is_clerks ? hidden_->must_be_clerk(caller) : hidden_->must_be_operator(caller));
    auto read = TRY(hidden_->data->read());
    return hidden_->desk->by_hand(read, way, most);
}

Result<std::vector<pay::Payout>> Hub::payouts_with_bank(Caller const& caller, std::int64_t most) {
    TRY_VOID(hidden_->must_be_operator(caller));
    auto read = TRY(hidden_->data->read());
    return hidden_->desk->with_bank(read, most);
}

Result<std::string> Hub::payout_file(Caller const& caller, pay::BankAccount const& from, std::int64_t most) {
    auto& house = *hidden_;
    TRY_VOID(house.must_be_operator(caller));
    auto const act = house.act_of(caller);
    auto const id = house.ids.next(now());
    return house.carry(
        [&](Carrying& carrying) -> Result<std::string> {
            auto& write = carrying.write();
            std::vector<pay::PayoutOrder> orders;
            for (auto const& one : TRY(house.desk->by_hand(write, pay::Way::bank, most)))
                if (one.order.amount.currency() == from.currency) orders.push_back(one.order);
            if (orders.empty()) return refuse(Code::not_found, "from", "nothing waits to be paid from it");
            auto file = TRY(pay::payout_file(
                {.id = db::id_text(id), .made = carrying.at(), .initiator = from.name, .execute_on = today()},
                from, orders));
            for (auto const& one : orders) (void)TRY(house.desk->handed_over(write, one.key, carrying.at()));
            (void)TRY(house.people->record(write, act,
                                           entry_of("money.payout-file", "file", db::id_text(id),
                                                    {{"payouts", std::to_string(orders.size())}})));
            return file;
        },
        db::Meeting::starts_again);
}

Result<void> Hub::settle_payout(Caller const& caller, std::string_view key, bool is_done,
                                std::string_view outside_id, std::string_view reason) {
    auto& house = *hidden_;
    if (!house.must_be_operator(caller)) TRY_VOID(house.must_be_clerk(caller));
    auto const act = house.act_of(caller);
    return house.carry(
        [&](Carrying& carrying) -> Result<void> {
            auto& write = carrying.write();
            auto const payout = TRY(house.desk->payout(write, key));
            // At a counter cash is handed out; what became of others is for operators to say.
            if (payout.order.to.way != pay::Way::cash) TRY_VOID(house.must_be_operator(caller));
            auto const settled =
                TRY(house.desk->settle(write, key, 1, is_done, outside_id, reason, carrying.at()));
            TRY_VOID(carrying.hear_of(settled));
            (void)TRY(house.people->record(write, act,
                                           entry_of("money.settle", "payout", std::string(key),
                                                    {{"outcome", is_done ? "done" : "failed"}})));
            return {};
        },
        db::Meeting::starts_again);
}

// ---- whose money is where ---------------------------------------------------------------------------------

Result<void> Hub::Hidden::may_see_money(db::Asked& asked, Caller const& caller, std::string_view owner) {
    auto const stranger = refuse(Code::not_found, "owner", "there is no such account");
    TRY_VOID(must_have_scope(caller, "money:read"));
    if (caller.roles.has(people::Role::operator_) && !caller.key) return {};
    auto const account = TRY(trader(caller, "money:read"));
    if (owner == owner_of_account(account.bytes())) return {};
    constexpr std::string_view of_shop = "shop-", of_deal = "deal-";
    if (owner.starts_with(of_shop)) {
        auto const id = db::id_parse(owner.substr(of_shop.size()));
        if (!id || owner != owner_of_shop(*id)) return stranger;
        auto const keeper = shop::shop_by_id(asked, self, shop::ShopId(*id));
        return keeper && keeper->owner == account.bytes() ? Result<void>() : stranger;
    }
    if (owner.starts_with(of_deal)) {
        auto const id = db::id_parse(owner.substr(of_deal.size()));
        if (!id || owner != owner_of_deal(deal::DealId(*id))) return stranger;
        auto deal = deal::deal_by_id(asked, self, deal::DealId(*id));
        if (!deal) return stranger;
        return TRY(view(asked, caller, std::move(*deal))).standings.empty() ? stranger : Result<void>();
    }
    return stranger;
}

Result<std::vector<ledger::AccountRow>> Hub::money_of(Caller const& caller, std::string_view owner,
                                                      std::int64_t after, std::size_t rows) {
    std::string whose(owner);
    if (owner.empty()) whose = owner_of_account(TRY(hidden_->trader(caller, "money:read")).bytes());
    auto read = TRY(hidden_->data->read());
    TRY_VOID(hidden_->may_see_money(read, caller, whose));
    return ledger().accounts(read, {.owner = whose, .after = after, .rows = rows});
}

Result<ledger::Statement> Hub::statement(Caller const& caller, ledger::StatementQuestion const& question) {
    auto read = TRY(hidden_->data->read());
    TRY_VOID(hidden_->may_see_money(read, caller, question.account.owner));
    return ledger().statement(read, question);
}

Result<ledger::Trial> Hub::trial(Caller const& caller, std::optional<db::Moment> before) {
    TRY_VOID(hidden_->must_be_operator(caller));
    auto read = TRY(hidden_->data->read());
    return ledger().trial(read, before);
}

Result<std::vector<std::string>> Hub::Hidden::check_held(db::Asked& asked) {
    std::vector<std::string> wrong;
    constexpr std::string_view of_deal = "deal-";
    constexpr std::size_t page = 1000;
    for (std::int64_t after = 0;;) {
        auto const rows = TRY(ledger::Ledger(self).accounts(asked, {.after = after, .rows = page}));
        for (auto const& row : rows) {
            after = row.number;
            auto const& account = row.key;
            if (account.purpose != ledger::Purpose::held || !account.owner.starts_with(of_deal)) continue;
            auto const id = db::id_parse(std::string_view(account.owner).substr(of_deal.size()));
            auto const deal = id ? deal::deal_by_id(asked, self, deal::DealId(*id))
                                 : Result<deal::Deal>(std::unexpected(id.error()));
            bool const is_same = deal && deal->sums && deal->sums->held == row.balance.total;
            if (!is_same)
                wrong.push_back(account.text() + ": the ledger holds another sum than the deal says");
        }
        if (rows.size() < page) break;
    }
    for (auto& one : TRY(check_withdrawals(asked, self))) wrong.push_back(std::move(one));
    return wrong;
}

// ---- what the housekeeper does ----------------------------------------------------------------------------

namespace {

struct Waiting {
    db::Id<Notice> id;
    people::AccountId account;
    deal::DealId deal;
    std::string key, facts;
};

Result<std::vector<Waiting>> not_yet_told(db::Asked& asked, db::HubId const& hub, std::size_t most) {
    auto rows =
        TRY(asked.rows("SELECT id, account, deal, key, facts FROM deal_notice WHERE hub = ? AND told = 0 "
                       "ORDER BY id LIMIT ?",
                       hub, most));
    std::vector<Waiting> all;
    while (TRY(rows.next())) {
        all.push_back({rows.id<Notice>(0), people::AccountId(rows.id_bytes(1)), rows.id<deal::Deal>(2),
                       std::string(rows.text(3)), std::string(rows.text(4))});
    }
    return all;
}

}  // namespace

Result<void> Hub::Hidden::tell_waiting(db::Id<Notice> const& id, people::AccountId const& account,
                                       deal::DealId const& deal, std::string_view event,
                                       std::string_view facts_told) {
    auto const facts = people->account(account);
    auto const text = message_of(facts ? facts->language : std::string(), event, deal, facts_told);
    return data->write([&](db::Write& write) -> Result<void> {
        auto const mine = TRY(
            write.run("UPDATE deal_notice SET told = 1 WHERE hub = ? AND account = ? AND id = ? AND told = 0",
                      self, account, id));
        if (mine != 1 || !facts || facts->contacts.empty()) return {};
        return send(write, facts->contacts.front().contact.text(), text);
    });
}

Result<LookedAfter> Hub::look_after_deals() { return hidden_->look_after_deals(); }

// Whether a deadline of the deal had passed, and its event was taken.
Result<bool> Hub::Hidden::take_deadline(deal::DealId const& id) {
    return carry(
        [&](Carrying& carrying) -> Result<bool> {
            auto const deal = TRY(deal::deal_by_id(carrying.write(), self, id));
            auto const running = deal::deadlines_of(deal);
            if (running.empty() || running.front().at > carrying.at()) return false;
            deal::Event event;
            event.kind = running.front().then;
            event.at = carrying.at();
            event.key = "time:" + std::string(deal::text_of(event.kind)) + ":" +
                        std::to_string(running.front().at.time_since_epoch().count());
            (void)TRY(carrying.step(id, event));
            return true;
        },
        db::Meeting::waits);
}

namespace {

// As people call it: no more of an id than what cannot be turned into a payer's reference.
template <class Of>
std::string called(std::string_view kind, db::Id<Of> const& id) {
    constexpr std::size_t enough = 6;
    auto const text = id.text();
    return std::string(kind) + " …" + text.substr(text.size() - enough);
}

}  // namespace

Result<LookedAfter> Hub::Hidden::look_after_deals() {
    constexpr std::size_t most = 200;
    LookedAfter done;
    std::vector<deal::DealId> late;
    std::vector<Waiting> waiting;
    {
        auto read = TRY(data->read());
        // Those that are passed over take nobody's place.
        late = TRY(deal::overdue(read, self, now(), most + broken.size()));
        waiting = TRY(not_yet_told(read, self, most + broken.size()));
    }
    for (auto const& id : late) {
        auto const name = called("order", id);
        if (broken.is_known(name, now())) continue;
        unharmed(name, [&] {
            // One that cannot be done now keeps no other from being done.
            auto const taken = take_deadline(id);
            if (taken && *taken) ++done.deadlines;
        });
    }
    if (!late.empty())
        done.stock =
            TRY(data->write([&](db::Write& write) { return deal::sweep(write, self, now(), most); }));
    for (auto const& one : waiting) {
        auto const name = called("notice", one.id);
        if (broken.is_known(name, now())) continue;
        Result<void> told;
        unharmed(name, [&] {
            told = tell_waiting(one.id, one.account, one.deal, one.key, one.facts);
            if (told) ++done.told;
        });
        if (!told) return std::unexpected(told.error());
    }
    return done;
}

}  // namespace allroads::hub
