// Cash at a counter: each taking is a receipt with the next number; taken back by a second clerk.
#include "pay/hidden.h"

namespace allroads::pay {
namespace {

constexpr std::string_view receipt_columns =
    "SELECT number, name, counter, clerk, reference, minor, currency, payer, taken, voided, voided_by, "
    "reason FROM "
    "pay_receipt ";

Result<Receipt> receipt_in(db::Rows const& row) {
    auto const currency = TRY(Currency::parse(row.text(6)));
    auto const reference = TRY(Reference::parse(row.text(4)));
    Receipt one{.number = row.integer(0),
                .taken = {.key = std::string(row.text(1)),
                          .counter = std::string(row.text(2)),
                          .clerk = std::string(row.text(3)),
                          .reference = reference,
                          .amount = Money(row.integer(5), currency),
                          .payer = std::string(row.text(7))},
                .moment = moment_of(row.integer(8))};
    if (!row.is_null(9)) one.voided = moment_of(row.integer(9));
    one.voided_by = row.text(10);
    one.void_reason = row.text(11);
    return one;
}

Result<void> check_words(std::string_view field, std::string_view words, bool must_be) {
    if (must_be && trim(words).empty()) return refuse(Code::field_missing, field, "expected some words");
    if (characters_in(words) > 140) return refuse(Code::too_long, field, "expected at most 140 characters");
    if (!is_clean(words) || words.find_first_of("\r\n\t") != std::string_view::npos)
        return refuse(Code::bad_value, field, "expected one line without control characters");
    return {};
}

}  // namespace

Payment Receipt::payment() const {
    Payment seen{.way = Way::cash, .turn = Turn::paid, .outside_id = "receipt:" + receipt_text(number)};
    seen.reference = taken.reference;
    seen.said = taken.reference.text();
    seen.amount = taken.amount;
    seen.payer = taken.payer;
    seen.moment = moment;
    return seen;
}

Payment Receipt::taken_back() const {
    check(voided.has_value());
    auto back = payment();
    back.turn = Turn::taken_back;
    back.outside_id = "void:" + receipt_text(number);
    back.moment = *voided;
    return back;
}

Result<Taken> take_cash(db::Write& write, HubId const& hub, CashTaken const& cash, Moment now) {
    if (cash.key.empty() || cash.key.size() > 200)
        return refuse(Code::bad_value, "key", "expected 1 to 200 bytes");
    if (cash.amount.minor() <= 0) return refuse(Code::bad_value, "amount", "expected an amount above zero");
    TRY_VOID(check_words("key", cash.key, true));
    TRY_VOID(check_words("counter", cash.counter, true));
    TRY_VOID(check_words("clerk", cash.clerk, true));
    TRY_VOID(check_words("payer", cash.payer, false));
    {
        auto const row =
            TRY(write.first(std::string(receipt_columns) + "WHERE hub = ? AND name = ?", hub, cash.key));
        if (row) {
            auto const old = TRY(receipt_in(*row));
            bool const is_same = old.taken.reference == cash.reference && old.taken.amount == cash.amount &&
                                 old.taken.clerk == cash.clerk && old.taken.counter == cash.counter;
            if (!is_same) return refuse(Code::conflict, "key", "another receipt was made of this form");
            return Taken{.receipt = old, .is_new = false};
        }
    }
    std::int64_t number = 0;
    {
        // One row that all change: who meets another there is run again, and no number is left out.
        auto const last =
            TRY(write.one("INSERT INTO pay_counter (hub, name, last) VALUES (?, 'receipt', 1) ON "
                          "CONFLICT (hub, name) DO UPDATE SET last = pay_counter.last + 1 "
                          "RETURNING last",
                          hub));
        number = last.integer(0);
    }
    if (number > 99'999'999) return refuse(Code::not_supported, "receipt", "all numbers are given out");
    (void)TRY(
        write.run("INSERT INTO pay_receipt (hub, number, name, counter, clerk, reference, minor, currency, "
                  "payer, taken, voided, voided_by, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, '', "
                  "'')",
                  hub, number, cash.key, cash.counter, cash.clerk, cash.reference.text(), cash.amount.minor(),
                  cash.amount.currency().text(), cash.payer, number_of(now)));
    return Taken{.receipt = TRY(receipt(write, hub, number)), .is_new = true};
}

Result<Receipt> receipt(db::Asked& asked, HubId const& hub, std::int64_t number) {
    auto const row =
        TRY(asked.first(std::string(receipt_columns) + "WHERE hub = ? AND number = ?", hub, number));
    if (!row) return refuse(Code::not_found, "receipt", "there is no such receipt");
    return receipt_in(*row);
}

Result<Receipt> void_receipt(db::Write& write, HubId const& hub, std::int64_t number, std::string_view clerk,
                             std::string_view reason, Moment now) {
    auto const old = TRY(receipt(write, hub, number));
    TRY_VOID(check_words("clerk", clerk, true));
    TRY_VOID(check_words("reason", reason, true));
    if (clerk == old.taken.clerk)
        return refuse(Code::not_allowed, "clerk",
                      "another clerk than the one who took it must void a receipt");
    if (old.voided) return refuse(Code::conflict, "receipt", "this receipt was voided before");
    (void)TRY(
        write.run("UPDATE pay_receipt SET voided = ?, voided_by = ?, reason = ? WHERE hub = ? AND number = ?",
                  number_of(now), clerk, reason, hub, number));
    return receipt(write, hub, number);
}

Result<Instructions> Cash::instructions(Due const& due) const {
    if (counters_.empty()) return refuse(Code::not_supported, "way", "there is no counter");
    Instructions told{.way = Way::cash, .lines = {}};
    for (auto const& one : counters_) told.lines.push_back({"counter", one.name + ", " + one.place});
    told.lines.push_back({"amount", due.amount.text() + " " + std::string(due.amount.currency().text())});
    told.lines.push_back({"reference", due.reference.spaced()});
    if (!due.words.empty()) told.lines.push_back({"words", due.words});
    return told;
}

Result<std::vector<Money>> Cash::parts(PayoutOrder const& order) const {
    if (order.to.name.empty())
        return refuse(Code::field_missing, "to.name", "expected who fetches the money");
    return std::vector<Money>{order.amount};
}

}  // namespace allroads::pay
