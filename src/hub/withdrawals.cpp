// What a buyer's money here becomes when he wants it back: sent to a bank account, a wallet or a counter.
#include "hub/carrying.h"

#include <algorithm>

namespace allroads::hub {
namespace {

constexpr std::size_t page_rows_max = 200;
constexpr std::size_t key_bytes_max = 100;
constexpr std::string_view columns =
    "SELECT id, minor, currency, custodian, destination, state, made, ended, outside_id, reason FROM "
    "money_out ";

Result<Withdrawn> withdrawn_in(db::Rows const& row) {
    auto const currency = TRY(Currency::parse(row.text(2)));
    auto to = TRY(parse_destination(row.text(4)));
    auto const moment = [](std::int64_t number) { return db::Moment(std::chrono::milliseconds(number)); };
    return Withdrawn{.id = row.id<Withdrawn>(0),
                     .amount = Money(row.integer(1), currency),
                     .custodian = std::string(row.text(3)),
                     .to = std::move(to),
                     .state = static_cast<OnItsWay>(row.integer(5)),
                     .made = moment(row.integer(6)),
                     .ended = row.is_null(7) ? std::nullopt : std::optional(moment(row.integer(7))),
                     .outside_id = std::string(row.text(8)),
                     .reason = std::string(row.text(9))};
}

// Where it lies before it is sent, on its way, and where it went.
struct Places {
    ledger::AccountKey funds, in_flight, outside;
};
Places places_of(db::IdBytes const& account, Currency currency, std::string const& custodian, pay::Way way) {
    auto const owner = owner_of_account(account);
    auto outside = outside_of(way, currency);
    outside.custodian = custodian;
    return {{owner, ledger::Purpose::funds, currency, custodian},
            {owner, ledger::Purpose::payout, currency, custodian},
            std::move(outside)};
}

struct Sent {
    db::IdBytes account;
    Money amount;
    Places places;
    OnItsWay state;
};
Result<std::optional<Sent>> sent_by(db::Asked& asked, db::HubId const& hub, std::string_view payout) {
    auto const row = TRY(asked.first(
        "SELECT account, minor, currency, custodian, destination, state FROM money_out WHERE hub = ? AND "
        "payout = ?",
        hub, payout));
    if (!row) return std::optional<Sent>();
    auto const account = row->id_bytes(0);
    auto const currency = TRY(Currency::parse(row->text(2)));
    auto const to = TRY(parse_destination(row->text(4)));
    return std::optional(Sent{account, Money(row->integer(1), currency),
                              places_of(account, currency, std::string(row->text(3)), to.way),
                              static_cast<OnItsWay>(row->integer(5))});
}

Result<bool> ends(db::Write& write, db::HubId const& hub, std::string_view payout, OnItsWay from, OnItsWay to,
                  std::string_view outside_id, std::string_view reason, db::Moment at) {
    auto const changed = TRY(write.run(
        "UPDATE money_out SET state = ?, ended = ?, outside_id = ?, reason = ? WHERE hub = ? AND payout = ? "
        "AND state = ?",
        static_cast<int>(to), at.time_since_epoch().count(), outside_id, reason, hub, payout,
        static_cast<int>(from)));
    return changed == 1;
}

Result<void> must_be_right(Withdrawal const& wanted) {
    if (wanted.key.empty()) return refuse(Code::field_missing, "key", "the same key for the same request");
    if (wanted.key.size() > key_bytes_max || !is_clean(wanted.key))
        return refuse(Code::bad_value, "key", "expected at most 100 bytes of text");
    if (wanted.amount.minor() <= 0) return refuse(Code::bad_value, "amount", "expected more than nothing");
    return {};
}

// One transfer: who asks for more is told how much goes at a time.
Result<void> must_be_one(pay::Desk const& desk, pay::PayoutOrder const& order) {
    auto const adapter = desk.adapter(order.to.way);
    auto const parts =
        adapter ? (*adapter)->parts(order) : Result<std::vector<Money>>(std::unexpected(adapter.error()));
    if (!parts) {
        auto const& error = parts.error();
        return std::unexpected(error.field() == "way" ? error.within("to") : error);
    }
    if (parts->size() == 1) return {};
    auto const& most = std::ranges::max(*parts, {}, &Money::minor);
    return refuse(Code::bad_value, "amount", "at most " + most.text() + " goes there at a time");
}

}  // namespace

std::string_view text_of(OnItsWay state) {
    switch (state) {
        case OnItsWay::going: return "going";
        case OnItsWay::done: return "done";
        case OnItsWay::failed: return "failed";
        case OnItsWay::came_back: return "came-back";
    }
    return {};
}

Result<Withdrawn> Hub::withdraw(Caller const& caller, Withdrawal const& wanted) {
    auto& house = *hidden_;
    auto const trading = house.trader(caller, "money:write");
    if (!trading) return house.noted(caller, "amount", wanted.amount.text(), trading.error());
    auto const account = *trading;
    TRY_VOID(house.may_write_now(caller));
    TRY_VOID(must_be_right(wanted));
    auto const destination = TRY(hub::text_of(wanted.to));
    auto const id = house.ids.next<Withdrawn>(now());
    auto const payout = db::id_text(house.ids.next(now()));
    pay::PayoutOrder const order{
        .key = payout, .amount = wanted.amount, .to = wanted.to, .words = "Allroads " + id.text()};
    TRY_VOID(must_be_one(*house.desk, order));
    auto const digest = digest_of({wanted.amount.text(), wanted.custodian, destination});
    auto const act = house.act_of(caller);
    auto done = house.carry(
        [&](Carrying& carrying) -> Result<Withdrawn> {
            auto& write = carrying.write();
            auto const at = carrying.at().time_since_epoch().count();
            auto const taken = TRY(write.run(
                "INSERT INTO money_out (hub, id, account, name, payout, minor, currency, custodian, "
                "destination, state, made, ended, outside_id, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, "
                "0, ?, NULL, '', '') ON CONFLICT (hub, account, name) DO NOTHING",
                house.self, id, account, wanted.key, payout, wanted.amount.minor(),
                wanted.amount.currency().text(), wanted.custodian, destination, at));
            auto const row =
                TRY(write.one(std::string(columns) + "WHERE hub = ? AND account = ? AND name = ?", house.self,
                              account, wanted.key));
            auto const said = TRY(withdrawn_in(row));
            if (taken == 0) {
                bool const is_same = said.amount == wanted.amount && said.to == wanted.to &&
                                     said.custodian == wanted.custodian;
                if (is_same) return said;
                return refuse(Code::conflict, "key", "this key was used for something else");
            }
            auto const ordered = house.desk->order_payout(write, order, carrying.at());
            if (!ordered) return std::unexpected(ordered.error());
            auto const places =
                places_of(account.bytes(), wanted.amount.currency(), wanted.custodian, wanted.to.way);
            carrying.gather(ledger::transfer("out:" + payout, "money.out", places.funds, places.in_flight,
                                             wanted.amount.minor()));
            (void)TRY(house.people->record(write, act,
                                           {.verb = "money.withdraw",
                                            .subject_kind = "payout",
                                            .subject = payout,
                                            .details = {{"amount", wanted.amount.text()}}}));
            return said;
        },
        db::Meeting::starts_again);
    if (done) return done;
    auto const& error = done.error();
    if (error.code() == Code::not_enough)
        return refuse(Code::not_enough, "amount", "your money here is less than that");
    // The ledger says what a name may be, of the leg of an entry that nobody outside knows of.
    if (error.field().ends_with(".custodian")) return refuse(error.code(), "custodian", error.detail());
    return done;
}

Result<std::vector<Withdrawn>> Hub::withdrawals(Caller const& caller,
                                                std::optional<db::Id<Withdrawn>> const& before,
                                                std::size_t rows) {
    auto const account = TRY(hidden_->trader(caller, "money:read"));
    db::IdBytes last{};
    last.fill(0xFF);
    if (before) last = before->bytes();
    auto read = TRY(hidden_->data->read());
    auto found = TRY(
        read.rows(std::string(columns) + "WHERE hub = ? AND account = ? AND id < ? ORDER BY id DESC LIMIT ?",
                  hidden_->self, account, last, std::min(rows, page_rows_max)));
    std::vector<Withdrawn> all;
    while (TRY(found.next())) all.push_back(TRY(withdrawn_in(found)));
    return all;
}

// ---- what became of it ------------------------------------------------------------------------------------

Result<void> Hub::Carrying::hear_of_withdrawal(pay::Payout const& payout) {
    auto const& key = payout.order.key;
    auto const& transfer = payout.transfers.front();
    bool const is_done = transfer.stage == pay::Stage::done;
    auto const sent = TRY(sent_by(write_, house_.self, key));
    if (!sent) return {};
    auto const to = is_done ? OnItsWay::done : OnItsWay::failed;
    auto const outside_id = is_done ? word_of(transfer.outside_id) : std::string();
    auto const reason = is_done ? std::string() : word_of(transfer.reason);
    if (!TRY(ends(write_, house_.self, key, OnItsWay::going, to, outside_id, reason, at_))) return {};
    auto const& places = sent->places;
    auto entry = ledger::transfer((is_done ? "out-done:" : "out-failed:") + key,
                                  is_done ? "money.out-done" : "money.out-failed", places.in_flight,
                                  is_done ? places.outside : places.funds, sent->amount.minor());
    entry.note = is_done ? outside_id : reason;
    entries_.push_back(std::move(entry));
    return {};
}

// It is his again, as it was before. What does not fit what was sent waits for a person.
Result<Seen> Hub::Carrying::withdrawal_came_back(pay::Payment const& payment) {
    auto const sent = TRY(sent_by(write_, house_.self, payment.order));
    bool const is_that = sent && sent->state == OnItsWay::done && sent->amount == payment.amount;
    if (!is_that) return keep_aside(payment);
    auto const note = word_of(payment.outside_id);
    if (!TRY(ends(write_, house_.self, payment.order, OnItsWay::done, OnItsWay::came_back, note, "", at_)))
        return keep_aside(payment);
    auto entry = ledger::transfer("out-back:" + payment.order, "money.out-back", sent->places.outside,
                                  sent->places.funds, sent->amount.minor());
    entry.note = note;
    entries_.push_back(std::move(entry));
    return Seen{payment, Became::to_owner, {}};
}

Result<std::vector<std::string>> check_withdrawals(db::Asked& asked, db::HubId const& hub) {
    struct Going {
        ledger::AccountKey account;
        std::int64_t minor = 0;
    };
    std::vector<Going> all;
    {
        auto rows =
            TRY(asked.rows("SELECT account, currency, custodian, SUM(minor) FROM money_out WHERE hub = ? AND "
                           "state = 0 GROUP "
                           "BY account, currency, custodian",
                           hub));
        while (TRY(rows.next())) {
            auto const currency = TRY(Currency::parse(rows.text(1)));
            auto const places =
                places_of(rows.id_bytes(0), currency, std::string(rows.text(2)), pay::Way::bank);
            all.push_back({places.in_flight, rows.integer(3)});
        }
    }
    std::vector<std::string> wrong;
    for (auto const& one : all) {
        // Shares of groups are on their way in the same account.
        auto const balance = ledger::Ledger(hub).balance(asked, one.account);
        if (!balance || balance->total.minor() < one.minor)
            wrong.push_back(one.account.text() + ": less is on its way than was sent out");
    }
    return wrong;
}

Result<bool> Hub::Carrying::is_withdrawal(std::string_view payout) {
    return TRY(sent_by(write_, house_.self, payout)).has_value();
}

}  // namespace allroads::hub
