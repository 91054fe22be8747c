#pragma once
// What events of deals bring about, in one transaction: the deal itself, its stock, what parties are told,
// payouts that are ordered, and, last of all, the ledger. Not for use outside hub.

#include "hub/hidden.h"

namespace allroads::hub {

class Hub::Carrying {
public:
    Carrying(Hub::Hidden& house, db::Write& write, deal::Moment at) : house_(house), write_(write), at_(at) {}

    [[nodiscard]] db::Write& write() { return write_; }
    [[nodiscard]] deal::Moment at() const { return at_; }
    // A deal that begins with these events. `uncounted`: those of its products that have no stock.
    [[nodiscard]] Result<void> begin(deal::Happened const& happened,
                                     std::span<shop::ProductId const> uncounted = {});
    // One more event of a deal. `way`: through which door money of it comes or goes.
    [[nodiscard]] Result<deal::Outcome> step(deal::DealId const& id, deal::Event const& event,
                                             pay::Way way = pay::Way::bank);
    // What a payment means: told to its deal, or kept in suspense.
    [[nodiscard]] Result<Seen> take(pay::Payment const& payment);
    // What became of a payout of ours, told to its deal.
    [[nodiscard]] Result<void> hear_of(pay::Payout const& payout);
    // One more entry, linked to the others.
    void gather(ledger::Entry entry) { entries_.push_back(std::move(entry)); }
    // Posts what was gathered. Nothing may follow.
    [[nodiscard]] Result<void> post();

private:
    // `before`: as it was until then; nothing where it begins.
    [[nodiscard]] Result<void> carry_out(deal::Deal const* before, deal::Happened const& happened,
                                         pay::Way way, std::span<shop::ProductId const> uncounted = {});
    [[nodiscard]] Result<bool> count_stock(std::span<shop::ProductId const> uncounted);
    [[nodiscard]] Result<bool> reserve_stock(deal::Happened const& happened,
                                             std::span<shop::ProductId const> uncounted);
    [[nodiscard]] Result<void> move_stock(deal::Happening const& happening);
    void gather(deal::Event const& event, deal::Outcome const& outcome, pay::Way way);
    [[nodiscard]] Result<void> tell(deal::Happened const& happened);
    [[nodiscard]] Result<void> keep_notices(deal::Happened const& happened, db::IdBytes const& owner);
    [[nodiscard]] Result<void> order_transfers(deal::Outcome const& outcome);
    [[nodiscard]] Result<void> end_others(deal::Outcome const& outcome);
    [[nodiscard]] Result<Seen> to_deal(pay::Payment const& payment, deal::DealId const& id);
    [[nodiscard]] Result<std::optional<deal::DealId>> deal_of(pay::Payment const& payment);
    [[nodiscard]] Result<Seen> keep_aside(pay::Payment const& payment);
    [[nodiscard]] Result<void> hear_of_aside(pay::Payout const& payout);
    [[nodiscard]] Result<Seen> came_back(pay::Payment const& payment);
    [[nodiscard]] Result<void> hear_of_withdrawal(pay::Payout const& payout);
    [[nodiscard]] Result<Seen> withdrawal_came_back(pay::Payment const& payment);
    [[nodiscard]] Result<bool> is_withdrawal(std::string_view payout);
    // A step that a fact from outside asks for: where the deal refuses it, nothing, and a person must look.
    [[nodiscard]] Result<bool> try_step(deal::DealId const& id, deal::Event const& event, pay::Way way);

    Hub::Hidden& house_;
    db::Write& write_;
    deal::Moment at_;
    std::vector<ledger::Entry> entries_;
};

inline constexpr std::string_view met_another = "version";  // deal::change: another event came in between

template <class Body>
auto Hub::Hidden::carried(db::Write& write, Body& body) -> std::invoke_result_t<Body&, Carrying&> {
    Carrying carrying(*this, write, now());
    auto answer = body(carrying);
    if (!answer) return answer;
    if (auto const posted = carrying.post(); !posted) return std::unexpected(posted.error());
    return answer;
}

// Runs `body(Carrying&) -> Result<T>` in a transaction that ends with the ledger; again where another event
// of a deal came in between.
template <class Body>
auto Hub::Hidden::carry(Body&& body, db::Meeting meeting) {
    constexpr int tries_max = 40;
    for (int tries = 1;; ++tries) {
        auto done = data->write(
            [&](db::Write& write) -> std::invoke_result_t<Body&, Carrying&> { return carried(write, body); },
            meeting);
        bool const met =
            !done && done.error().code() == Code::conflict && done.error().field() == met_another;
        if (!met || tries == tries_max) return done;
    }
}

// The same for what begins a deal, so that nothing can come in between, and for who does not wait.
template <class Body, class Then>
void Hub::Hidden::carry_later(Body body, Then then) {
    data->write_later(
        [this, body = std::move(body)](db::Write& write) -> std::invoke_result_t<Body&, Carrying&> {
            return carried(write, body);
        },
        std::move(then), db::Meeting::waits);
}

// The key of the payment that comes with an order.
inline constexpr std::string_view paid_with_order = "with-order:pay";
// Of what buyers had sent out and has not ended, what the ledger does not have on its way; in sentences.
[[nodiscard]] Result<std::vector<std::string>> check_withdrawals(db::Asked& asked, db::HubId const& hub);
// "mobile|+254712345678||Wanjiru", as a deal remembers where money goes; and back.
[[nodiscard]] Result<std::string> text_of(pay::Destination const& to);
[[nodiscard]] Result<pay::Destination> parse_destination(std::string_view text);
// Of everything in the ledger that is this deal's.
[[nodiscard]] std::string owner_of_deal(deal::DealId const& id);
[[nodiscard]] std::string owner_of_account(db::IdBytes const& id);
[[nodiscard]] std::string owner_of_shop(db::IdBytes const& id);
// What lies outside: at banks, with wallets, with the card processor, in boxes of cash.
[[nodiscard]] ledger::AccountKey outside_of(pay::Way way, Currency currency);
[[nodiscard]] ledger::AccountKey own_account(ledger::Purpose purpose, Currency currency);
// Text that may stand in an event; its digest where it may not.
[[nodiscard]] std::string word_of(std::string_view text);

}  // namespace allroads::hub
