#include "money/money.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace allroads {

namespace {

Result<Money> of_minor(Int128 minor, Currency currency) {
    if (minor > std::numeric_limits<std::int64_t>::max() || minor < -std::numeric_limits<std::int64_t>::max()) {
        return refuse(Code::amount_too_large, "", "the amount is beyond 18 digits of " + std::string(currency.text()));
    }
    return Money(static_cast<std::int64_t>(minor), currency);
}

constexpr std::int64_t small_powers[] = {1, 10, 100, 1000, 10000};

// The minor units of an amount that has at most as many decimals as the currency.
Result<Money> of_short(Decimal const& amount, Currency currency) {
    auto const up = currency.minor_digits() - amount.scale();
    Int128 minor = 0;
    if (__builtin_mul_overflow(amount.coefficient(), static_cast<Int128>(small_powers[up]), &minor)) {
        return refuse(Code::amount_too_large, "", "the amount is beyond 18 digits of " + std::string(currency.text()));
    }
    return of_minor(minor, currency);
}

}  // namespace

Result<Money> Money::exact(Decimal const& amount, Currency currency) {
    auto const digits = currency.minor_digits();
    auto const shorter = amount.scale() > digits ? amount.rounded(digits, Round::down) : amount;
    if (amount.scale() > digits && shorter != amount) {
        return refuse(Code::amount_too_precise, "", amount.text() + " has more decimals than " +
                      std::string(currency.text()) + ", which has " + std::to_string(digits));
    }
    return of_short(shorter, currency);
}

Result<Money> Money::rounded(Decimal const& amount, Currency currency, Round round) {
    return of_short(amount.rounded(currency.minor_digits(), round), currency);
}

Decimal Money::amount() const { return Decimal::of(minor_, currency_.minor_digits()); }

void Money::append_to(std::string& out) const { amount().append_to(out); }

std::string Money::text() const { return amount().text(); }

std::strong_ordering operator<=>(Money const& a, Money const& b) {
    check(a.currency_ == b.currency_);
    return a.minor_ <=> b.minor_;
}

Result<Money> sum(Money const& a, Money const& b) {
    check(a.currency() == b.currency());
    return of_minor(static_cast<Int128>(a.minor()) + b.minor(), a.currency());
}

Result<Money> difference(Money const& a, Money const& b) {
    check(a.currency() == b.currency());
    return of_minor(static_cast<Int128>(a.minor()) - b.minor(), a.currency());
}

std::string Rate::text() const { return percent_.brief() + "%"; }

Result<Money> share(Money const& base, Rate const& rate, Round round) {
    auto const& percent = rate.in_percent();
    auto const amount = TRY(product_quotient(base.amount(), percent, Decimal(100), base.currency().minor_digits(), round));
    return of_short(amount, base.currency());
}

Result<Decimal> Exchange::per_unit(int places) const {
    return quotient(numerator, denominator, places, Round::half_even);
}

Result<Money> convert(Money const& amount, Exchange const& exchange, Round round) {
    check(amount.currency() == exchange.from);
    auto const digits = exchange.to.minor_digits();
    auto const turned = TRY(product_quotient(amount.amount(), exchange.numerator, exchange.denominator, digits, round));
    return of_short(turned, exchange.to);
}

Result<Decimal> convert(Decimal const& amount, Exchange const& exchange, int places, Round round) {
    return product_quotient(amount, exchange.numerator, exchange.denominator, places, round);
}

Result<std::vector<Money>> split(Money const& whole, std::span<Decimal const> weights) {
    Decimal total;
    for (auto const& weight : weights) {
        if (weight.is_negative()) return refuse(Code::bad_value, "weights", "a weight is below zero");
        total = TRY(sum(total, weight));
    }
    if (total.is_zero()) return refuse(Code::bad_value, "weights", "all weights are zero");
    auto const size = whole.minor() < 0 ? Decimal::of(-static_cast<Int128>(whole.minor()), 0) : Decimal(whole.minor());
    struct Part {
        Int128 floor;
        Decimal remainder;  // of the exact share, times the total of the weights
    };
    std::vector<Part> parts;
    Int128 given = 0;
    for (auto const& weight : weights) {
        auto const floor = TRY(product_quotient(size, weight, total, 0, Round::down));
        auto const left = TRY(difference(TRY(product(size, weight)), TRY(product(floor, total))));
        parts.push_back({floor.coefficient(), left});
        given += floor.coefficient();
    }
    std::vector<std::size_t> order(parts.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, [&](auto a, auto b) { return parts[a].remainder > parts[b].remainder; });
    auto const left_over = static_cast<std::size_t>(size.coefficient() - given);
    check(left_over <= parts.size());
    for (std::size_t i = 0; i < left_over; ++i) ++parts[order[i]].floor;
    std::vector<Money> out;
    for (auto const& part : parts) {
        auto const minor = static_cast<std::int64_t>(part.floor);
        out.emplace_back(whole.minor() < 0 ? -minor : minor, whole.currency());
    }
    return out;
}

}  // namespace allroads
