// What clerks and operators look at and settle: what is due, receipts, disputes, and payments whose owner
// nobody knows.
#include "hub/carrying.h"

namespace allroads::hub {
namespace {

using deal::Kind;
using deal::Role;

enum class State : std::uint8_t { waits = 0, assigned = 1, going_back = 2, went_back = 3 };

constexpr std::size_t page_rows_max = 200;
constexpr std::string_view columns =
    "SELECT entry, way, turn, outside_id, said, payer, account, minor, currency, doubt, made, payout FROM "
    "money_aside ";

Result<Aside> aside_in(db::Rows const& row) {
    auto const currency = TRY(Currency::parse(row.text(8)));
    db::Moment const made{std::chrono::milliseconds(row.integer(10))};
    Aside one{.entry = std::string(row.text(0)), .payment = {}, .made = made};
    one.payment.way = static_cast<pay::Way>(row.integer(1));
    one.payment.turn = static_cast<pay::Turn>(row.integer(2));
    one.payment.outside_id = row.text(3);
    one.payment.said = row.text(4);
    one.payment.payer = row.text(5);
    one.payment.account = row.text(6);
    one.payment.amount = Money(row.integer(7), currency);
    one.payment.doubt = row.text(9);
    one.payment.moment = made;
    if (!row.is_null(11)) one.payout = row.text(11);
    return one;
}

// Only one that waits may be settled, and by one who comes first.
Result<void> settle(db::Write& write, db::HubId const& hub, std::string_view entry, State state,
                    std::optional<std::string> const& payout) {
    auto const changed = TRY(
        write.run("UPDATE money_aside SET state = ?, payout = ? WHERE hub = ? AND entry = ? AND state = 0",
                  static_cast<int>(state), payout, hub, entry));
    if (changed == 1) return {};
    return refuse(Code::conflict, "entry", "it was settled already, or is on its way back");
}

people::Entry entry_of(std::string_view verb, Aside const& one, std::string_view outcome) {
    return {.verb = verb,
            .subject_kind = "entry",
            .subject = one.entry,
            .details = {{"outcome", std::string(outcome)}}};
}

}  // namespace

Result<Owed> Hub::owed(Caller const& caller, std::string_view reference) {
    auto& house = *hidden_;
    TRY_VOID(house.must_be_clerk(caller));
    TRY_VOID(house.may_write_now(caller));  // references are not to be guessed one after the other
    auto const parsed = pay::Reference::parse(reference);
    if (!parsed) return std::unexpected(parsed.error());
    auto read = TRY(house.data->read());
    auto const id = TRY(house.deal_of(read, *parsed));
    if (!id) return refuse(Code::not_found, "reference", "no order is paid by it");
    auto const deal = TRY(deal::deal_by_id(read, house.self, *id));
    auto const kept = TRY(shop::shop_by_id(read, house.self, shop::ShopId(deal.seller)));
    auto const shop = TRY(shop::parse_shop(kept.document));
    bool const is_paid = deal.state >= deal::State::agreed && deal.state <= deal::State::delivered;
    auto const none = Money::zero(deal.terms().total.currency());
    return Owed{*id, is_paid ? deal::due_now(deal) : none, is_paid ? deal::due_later(deal) : none, shop.name};
}

Result<pay::Receipt> Hub::receipt(Caller const& caller, std::int64_t number) {
    TRY_VOID(hidden_->must_be_clerk(caller));
    auto read = TRY(hidden_->data->read());
    return pay::receipt(read, hidden_->self, number);
}

Result<std::vector<DealView>> Hub::disputes(Caller const& caller, std::optional<deal::DealId> const& after,
                                            std::size_t rows) {
    auto& house = *hidden_;
    TRY_VOID(house.must_be_operator(caller));
    auto read = TRY(house.data->read());
    std::vector<DealView> all;
    for (auto& one : TRY(deal::in_dispute(read, house.self, after, std::min(rows, page_rows_max))))
        all.push_back(TRY(house.view(read, caller, std::move(one))));
    return all;
}

Result<std::vector<Aside>> Hub::suspense(Caller const& caller, std::string_view after, std::size_t rows) {
    TRY_VOID(hidden_->must_be_operator(caller));
    auto read = TRY(hidden_->data->read());
    auto found = TRY(read.rows(
        std::string(columns) + "WHERE hub = ? AND state IN (0, 2) AND entry > ? ORDER BY entry LIMIT ?",
        hidden_->self, after, std::min(rows, page_rows_max)));
    std::vector<Aside> all;
    while (TRY(found.next())) all.push_back(TRY(aside_in(found)));
    return all;
}

Result<Aside> Hub::Hidden::aside_of(db::Asked& asked, std::string_view entry) {
    auto const row = TRY(asked.first(std::string(columns) + "WHERE hub = ? AND entry = ?", self, entry));
    if (!row) return refuse(Code::not_found, "entry", "nothing of that name is in suspense");
    return aside_in(*row);
}

Result<Aside> Hub::in_suspense(Caller const& caller, std::string_view entry) {
    TRY_VOID(hidden_->must_be_operator(caller));
    auto read = TRY(hidden_->data->read());
    return hidden_->aside_of(read, entry);
}

// As if it had never been unknown: it leaves by the way it came, and comes again for the deal. Where a
// trustee holds the money of that deal, it is there that it comes.
Result<deal::DealId> Hub::assign(Caller const& caller, std::string_view entry, std::string_view reference) {
    auto& house = *hidden_;
    TRY_VOID(house.must_be_operator(caller));
    auto const parsed = pay::Reference::parse(reference);
    if (!parsed) return std::unexpected(parsed.error());
    auto const act = house.act_of(caller);
    return house.carry(
        [&](Carrying& carrying) -> Result<deal::DealId> {
            auto& write = carrying.write();
            auto const one = TRY(house.aside_of(write, entry));
            auto const id = TRY(house.deal_of(write, *parsed));
            if (!id) return refuse(Code::not_found, "reference", "no order is paid by it");
            TRY_VOID(settle(write, house.self, entry, State::assigned, std::nullopt));
            auto const currency = one.payment.amount.currency();
            auto back = ledger::transfer("aside:" + one.entry, "suspense.assigned",
                                         own_account(ledger::Purpose::suspense, currency),
                                         outside_of(one.payment.way, currency), one.payment.amount.minor());
            back.note = id->text();
            carrying.gather(std::move(back));
            deal::Event event;
            event.kind = Kind::money_arrived;
            event.key = "hub:assigned:" + one.entry;
            event.by = {Role::hub, house.self.bytes(), {}};
            event.at = carrying.at();
            event.amount = one.payment.amount;
            event.reference = word_of(one.payment.outside_id);
            (void)TRY(carrying.step(*id, event, one.payment.way));
            (void)TRY(house.people->record(write, act, entry_of("money.assign", one, id->text())));
            return *id;
        },
        db::Meeting::starts_again);
}

Result<void> Hub::send_back(Caller const& caller, std::string_view entry,
                            std::optional<pay::Destination> const& to) {
    auto& house = *hidden_;
    TRY_VOID(house.must_be_operator(caller));
    auto const act = house.act_of(caller);
    return house.carry(
        [&](Carrying& carrying) -> Result<void> {
            auto& write = carrying.write();
            auto const one = TRY(house.aside_of(write, entry));
            auto const amount = one.payment.amount;
            auto const waits = own_account(ledger::Purpose::suspense, amount.currency());
            if (!to) {
                TRY_VOID(settle(write, house.self, entry, State::went_back, std::nullopt));
                carrying.gather(ledger::transfer("aside:" + one.entry, "suspense.covered", waits,
                                                 own_account(ledger::Purpose::own, amount.currency()),
                                                 amount.minor()));
                (void)TRY(house.people->record(write, act, entry_of("money.return", one, "elsewhere")));
                return {};
            }
            auto const key = db::id_text(house.ids.next(carrying.at()));
            TRY_VOID(settle(write, house.self, entry, State::going_back, key));
            auto const payout = house.desk->order_payout(
                write, {.key = key, .amount = amount, .to = *to, .words = "Allroads: sent back"},
                carrying.at());
            if (!payout) return std::unexpected(payout.error());
            if (payout->transfers.size() != 1)
                return refuse(Code::bad_value, "to", "takes less at a time than is to go back");
            carrying.gather(ledger::transfer("aside-back:" + key, "suspense.back", waits,
                                             own_account(ledger::Purpose::payout, amount.currency()),
                                             amount.minor()));
            (void)TRY(house.people->record(write, act, entry_of("money.return", one, key)));
            return {};
        },
        db::Meeting::starts_again);
}

}  // namespace allroads::hub
