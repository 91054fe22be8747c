#pragma once
// What the files of this room share: one event on its way through a deal.

#include "deal/deal.h"

namespace allroads::deal {

Result<void> is_word(std::string_view text, std::string const& field, std::size_t bytes_max);
Result<void> is_key(std::string_view text, std::string const& field);
Result<void> mediator_is_right(Mediator const& mediator, std::string const& field);
Result<void> rate_is_right(FixedRate const& rate, Currency from, std::string const& field);
Result<void> request_is_right(Request const& request);

// The fields that an event may have, beside kind, key, actor and moment.
enum class Field : std::uint8_t {
    seller,
    request,
    terms,
    until,
    document,
    signature,
    number,
    attempt,
    amount,
    quantities,
    reference,
    why,
    note,
    pay_to,
    mediator,
};
struct FieldsOf {
    std::vector<Field> needed;
    std::vector<Field> may;
};
std::string_view text_of(Field field);
FieldsOf const& fields_of(Kind kind);
// Whether an event has the fields of its kind, within their limits.
Result<void> event_is_right(Event const& event);
// Of an event without its moment.
std::uint64_t print_of(Event const& event);

// The deal as it becomes. Effects change it; whoever called them holds the change to the row.
struct Pass {
    Deal deal;
    Event const& event;
    Moment now;
    bool is_nothing = false;  // told before in other words: no effect
    std::vector<Posting> postings = {};
    std::vector<Fact> facts = {};
    std::vector<std::int32_t> transfers = {};
    Stock stock = Stock::unchanged;

    void post(Account const& from, Account const& to, Money const& amount, std::string_view why);
    void fact(std::string_view key, std::string value) { facts.push_back({key, std::move(value)}); }
    void fact(std::string_view key, Money const& money) { fact(key, text_of_money(money)); }
    static std::string text_of_money(Money const& money);
};

// Accounts of a deal.
Account funds_of_buyer(Deal const& deal);
Account held_of(Deal const& deal);
Account of_payee(Deal const& deal, Payee const& payee, Purpose purpose);
Account of_hub(Purpose purpose);
Account outside_of_buyer(Deal const& deal);

// What the buyer paid and was not taken back by a bank; what must be there by a point.
Money paid(Deal const& deal);
Money due_by(Deal const& deal, Point point);
bool is_paid_up(Deal const& deal);
Point reached(Deal const& deal);
bool is_all_sent(Deal const& deal);
Moment after(Moment moment, std::int32_t days);
Money all_payable(Deal const& deal);

// Money that moves. Each keeps the sums of the deal; by value, since an amount may be one of those sums.
Result<void> put_in(Pass& pass, Money amount, std::string_view why);
Result<void> give_back(Pass& pass, Money amount, std::string_view why);
Result<void> let_go(Pass& pass, Money amount, std::string_view why);
// Releases what is due for it at points that were reached.
Result<void> let_go_reached(Pass& pass);
// Where a deal rests of which nothing is held any more.
State resting(Deal const& deal);
// What attempts say of a transfer; an older one may arrive after a later one was made.
Progress progress_of(Transfer const& one);
// An amount of the event: of the deal's currency, from `least` to `most`.
Result<Money> amount_of(Pass const& pass, std::int64_t least, Money const& most, std::string_view what);

std::unexpected<Error> not_now(Deal const& deal, std::string_view field, std::string const& detail);

using Effect = Result<void> (*)(Pass&);
Effect effect_of(Kind kind);

// talk.cpp
Result<void> ask(Pass& pass);
Result<void> order(Pass& pass);
Result<void> offer(Pass& pass);
Result<void> accept(Pass& pass);
Result<void> decline(Pass& pass);
Result<void> request_lapses(Pass& pass);
Result<void> offer_lapses(Pass& pass);
Result<void> cancel(Pass& pass);
// goods.cpp
Result<void> ready(Pass& pass);
Result<void> hand_over(Pass& pass);
Result<void> track(Pass& pass);
Result<void> deliver(Pass& pass);
Result<void> delivery_assumed(Pass& pass);
// money.cpp
Result<void> pay(Pass& pass);
Result<void> money_arrived(Pass& pass);
Result<void> payment_lapses(Pass& pass);
Result<void> release(Pass& pass);
Result<void> refund(Pass& pass);
Result<void> charge_back(Pass& pass);
Result<void> charge_back_reversed(Pass& pass);
// dispute.cpp
Result<void> dispute(Pass& pass);
Result<void> answer(Pass& pass);
Result<void> evidence(Pass& pass);
Result<void> propose(Pass& pass);
Result<void> agree(Pass& pass);
Result<void> withdraw(Pass& pass);
Result<void> escalate(Pass& pass);
Result<void> decide(Pass& pass);
Result<void> name_mediator(Pass& pass);
// payout.cpp
Result<void> pay_out(Pass& pass);
Result<void> transfer_done(Pass& pass);
Result<void> transfer_failed(Pass& pass);
Result<void> transfer_retry(Pass& pass);
Result<void> transfer_returned(Pass& pass);

}  // namespace allroads::deal
