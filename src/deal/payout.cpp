// What is payable leaves the hub: perhaps turned into another currency, perhaps in several transfers, each of
// which arrives once, fails, is tried again, or comes back.
#include "deal/hidden.h"

#include <algorithm>

namespace allroads::deal {
namespace {

constexpr std::int32_t attempts_max = 50;

// The rate that was agreed on while it holds; else the one that is given.
Result<FixedRate> rate_for(Pass const& pass, Currency from, PayTo const& to) {
    auto const& agreed = pass.deal.terms().rate;
    bool const holds = agreed && agreed->to == to.currency && pass.now < agreed->until;
    if (holds) {
        if (to.rate && *to.rate != *agreed)
            return refuse(Code::conflict, "pay_to.rate", "the rate of the terms still holds");
        return *agreed;
    }
    if (!to.rate)
        return refuse(Code::field_missing, "pay_to.rate", "the terms have no rate that holds; name one");
    if (to.rate->to != to.currency)
        return refuse(Code::bad_currency, "pay_to.rate.to", "is not the currency of the payout");
    TRY_VOID(rate_is_right(*to.rate, from, "pay_to.rate"));
    if (to.rate->until <= pass.now)
        return refuse(Code::bad_value, "pay_to.rate.until", "that rate holds no more");
    return *to.rate;
}

Result<Money> turned(Pass& pass, Money const& amount, PayTo const& to) {
    if (to.currency == amount.currency()) {
        if (to.rate) return refuse(Code::bad_value, "pay_to.rate", "nothing is to be converted");
        return amount;
    }
    auto const rate = TRY(rate_for(pass, amount.currency(), to));
    Exchange const exchange{amount.currency(), rate.to, rate.numerator, rate.denominator, Day::first(), {}};
    pass.fact("rate", TRY(exchange.per_unit(10)).brief());
    return convert(amount, exchange, Round::half_even);
}

// As few transfers as the most of one allows.
Result<std::vector<Money>> parts_of(Money const& whole, std::optional<Money> const& most) {
    if (!most) return std::vector{whole};
    if (most->currency() != whole.currency())
        return refuse(Code::bad_currency, "pay_to.most", "is not in the currency of the payout");
    if (most->minor() <= 0) return refuse(Code::bad_value, "pay_to.most", "expected more than nothing");
    if ((whole.minor() - 1) / most->minor() >= static_cast<std::int64_t>(transfers_max))
        return refuse(Code::bad_value, "pay_to.most",
                      "would take more than " + std::to_string(transfers_max) + " transfers");
    std::vector<Money> parts;
    for (auto left = whole.minor(); left > 0; left -= parts.back().minor())
        parts.emplace_back(std::min(left, most->minor()), whole.currency());
    return parts;
}

Result<Transfer*> transfer_of(Pass& pass) {
    auto const number = *pass.event.number;
    auto& all = pass.deal.transfers;
    if (number < 0 || static_cast<std::size_t>(number) >= all.size())
        return refuse(Code::not_found, "number", "there is no such transfer; the first is 0");
    auto& one = all[static_cast<std::size_t>(number)];
    auto const attempt = pass.event.attempt.value_or(1);
    if (attempt < 1 || attempt > one.attempt)
        return refuse(Code::not_found, "attempt", "that attempt was not made");
    pass.fact("number", std::to_string(number));
    pass.fact("amount", one.amount);
    return &one;
}

bool has(std::vector<std::int32_t> const& all, std::int32_t one) {
    return std::ranges::find(all, one) != all.end();
}

Account account_of(Deal const& deal, Transfer const& one, Purpose purpose) {
    return of_payee(deal, deal.payees[static_cast<std::size_t>(one.payee)], purpose);
}

// Nothing held and nothing to come: the deal closes, or opens again when money came back.
void rest(Deal& deal) {
    if (deal.state == State::released || deal.state == State::closed) deal.state = resting(deal);
}

}  // namespace

Progress progress_of(Transfer const& one) {
    if (one.arrived.size() > one.returned.size()) return Progress::done;
    bool const is_over = has(one.failed, one.attempt) || has(one.returned, one.attempt);
    return is_over ? Progress::failed : Progress::under_way;
}

Result<void> pay_out(Pass& pass) {
    auto& deal = pass.deal;
    auto const& to = *pass.event.pay_to;
    bool const is_member = pass.event.by.role == Role::member;
    auto const payee = std::ranges::find_if(deal.payees, [&](Payee const& one) {
        return one.is_member == is_member && one.id == pass.event.by.id;
    });
    if (payee == deal.payees.end())
        return refuse(Code::not_allowed, "by.role", "the members of the group are paid, each its share");
    if (payee->payable.minor() == 0) return not_now(deal, "kind", "nothing is payable to you");
    auto const amount = payee->payable;
    auto const whole = TRY(turned(pass, amount, to));
    if (whole.minor() <= 0)
        return refuse(Code::bad_value, "pay_to.currency", "would be nothing in that currency");
    auto const parts = TRY(parts_of(whole, to.most));
    if (deal.transfers.size() + parts.size() > transfers_of_deal_max)
        return not_now(deal, "kind", "there are as many transfers as there may be");
    auto source = of_payee(deal, *payee, Purpose::payable);
    if (whole.currency() != amount.currency()) {
        pass.post(source, of_hub(Purpose::conversion), amount, "conversion");
        source = of_hub(Purpose::conversion);
    }
    for (auto const& part : parts) {
        pass.post(source, of_payee(deal, *payee, Purpose::payout), part, "payout");
        pass.transfers.push_back(static_cast<std::int32_t>(deal.transfers.size()));
        deal.transfers.push_back({static_cast<std::int32_t>(payee - deal.payees.begin()),
                                  part,
                                  to.destination,
                                  Progress::under_way,
                                  1,
                                  {},
                                  {},
                                  {},
                                  {}});
    }
    payee->payable = Money::zero(amount.currency());
    payee->sent = TRY(sum(payee->sent, amount));
    pass.fact("amount", whole);
    pass.fact("transfers", std::to_string(parts.size()));
    return {};
}

Result<void> transfer_done(Pass& pass) {
    auto& deal = pass.deal;
    auto* const one = TRY(transfer_of(pass));
    auto const attempt = *pass.event.attempt;
    if (has(one->arrived, attempt)) {
        pass.is_nothing = true;
        return {};
    }
    // An attempt that was given up arrived after all, and so did the one after it: the hub has paid twice.
    bool const is_twice = one->progress == Progress::done;
    auto const from = is_twice ? of_hub(Purpose::suspense) : account_of(deal, *one, Purpose::payout);
    pass.post(from, account_of(deal, *one, Purpose::outside), one->amount,
              is_twice ? "paid-twice" : "payout");
    if (is_twice) pass.fact("paid_twice", one->amount);
    one->arrived.push_back(attempt);
    one->progress = progress_of(*one);
    one->reference = pass.event.reference;
    rest(deal);
    return {};
}

Result<void> transfer_failed(Pass& pass) {
    auto* const one = TRY(transfer_of(pass));
    auto const attempt = *pass.event.attempt;
    if (has(one->failed, attempt) || has(one->returned, attempt)) {
        pass.is_nothing = true;
        return {};
    }
    if (has(one->arrived, attempt))
        return not_now(pass.deal, "attempt",
                       "that attempt arrived; if it came back, tell it as transfer-returned");
    one->failed.push_back(attempt);
    one->progress = progress_of(*one);
    pass.fact("why", pass.event.why);
    return {};
}

Result<void> transfer_retry(Pass& pass) {
    auto& all = pass.deal.transfers;
    auto const number = *pass.event.number;
    if (number < 0 || static_cast<std::size_t>(number) >= all.size())
        return refuse(Code::not_found, "number", "there is no such transfer; the first is 0");
    auto& one = all[static_cast<std::size_t>(number)];
    if (one.progress != Progress::failed)
        return not_now(pass.deal, "number",
                       "that transfer is " + std::string(text_of(one.progress)) + ", not failed");
    if (one.attempt >= attempts_max) return not_now(pass.deal, "number", "was tried too often");
    ++one.attempt;
    one.progress = progress_of(one);
    if (!pass.event.reference.empty()) one.destination = pass.event.reference;
    pass.transfers.push_back(number);
    pass.fact("number", std::to_string(number));
    pass.fact("amount", one.amount);
    return {};
}

Result<void> transfer_returned(Pass& pass) {
    auto& deal = pass.deal;
    auto* const one = TRY(transfer_of(pass));
    auto const attempt = *pass.event.attempt;
    if (has(one->returned, attempt)) {
        pass.is_nothing = true;
        return {};
    }
    if (!has(one->arrived, attempt)) return not_now(deal, "attempt", "that attempt has not arrived");
    bool const was_twice = one->arrived.size() - one->returned.size() > 1;
    auto const to = was_twice ? of_hub(Purpose::suspense) : account_of(deal, *one, Purpose::payout);
    pass.post(account_of(deal, *one, Purpose::outside), to, one->amount, "payout-returned");
    one->returned.push_back(attempt);
    one->progress = progress_of(*one);
    pass.fact("why", pass.event.why);
    rest(deal);
    return {};
}

}  // namespace allroads::deal
