#include "money/money.h"
#include "money/wide.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace allroads {

namespace {

Result<Money> of_minor(Int128 minor, Currency currency) {
    constexpr Int128 most = std::numeric_limits<std::int64_t>::max();
    if (minor > most || minor < -most) {
        return refuse_size(currency);
    }
    return Money(static_cast<std::int64_t>(minor), currency);
}

Decimal power_of_ten(int exponent) {
    Int128 power = 1;
    for (int i = 0; i < exponent; ++i) power *= 10;
    return Decimal::of(power, 0);
}

constexpr std::int64_t small_powers[] = {1, 10, 100, 1000, 10000};

// The minor units of an amount that has at most as many decimals as the currency.
Result<Money> of_short(Decimal const& amount, Currency currency) {
    auto const up = currency.minor_digits() - amount.scale();
    auto const coefficient = amount.coefficient();
    Int128 minor = 0;
    if (coefficient == static_cast<std::int64_t>(coefficient)) {
        // Two machine words never overflow their product.
        minor = coefficient * small_powers[up];
        return of_minor(minor, currency);
    }
    if (__builtin_mul_overflow(amount.coefficient(), static_cast<Int128>(small_powers[up]), &minor)) {
        return refuse_size(currency);
    }
    return of_minor(minor, currency);
}

// The share where everything fits into machine words, as nearly all do: a quote takes ten of them, and this
// is several times faster than the general way.
std::optional<Money> small_share(Money const& base, Decimal const& percent, Round round) {
    constexpr std::uint64_t divisors[] = {100, 1000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
    auto const scale = static_cast<std::size_t>(percent.scale());
    UInt128 const whole = magnitude(base.minor());
    UInt128 const rate = magnitude(percent.coefficient());
    if (scale >= std::size(divisors) || !fits_64(whole) || !fits_64(rate)) return {};
    UInt128 const exact = whole * rate;
    if (high_word(exact) != 0 || low_word(exact) >> 62U != 0) return {};
    std::uint64_t const divisor = divisors[scale];
    std::uint64_t const quotient = low_word(exact) / divisor;
    bool const is_negative = (base.minor() < 0) != percent.is_negative();
    auto const part = static_cast<std::int64_t>(
        round_quotient(quotient, {low_word(exact) % divisor, divisor}, is_negative, round));
    return Money(is_negative ? -part : part, base.currency());
}

// Weights as whole numbers in the same proportion, and their sum.
struct WholeWeights {
    std::vector<UInt128> weights;
    UInt128 total = 0;
};
Result<WholeWeights> whole_weights(std::span<Decimal const> weights) {
    int scale = 0;
    for (Decimal const& weight : weights) {
        if (weight.is_negative()) return refuse(Code::bad_value, "weights", "a weight is below zero");
        scale = std::max(scale, weight.stripped().scale());
    }
    WholeWeights made;
    made.weights.reserve(weights.size());
    Decimal total;
    for (Decimal const& weight : weights) {
        Decimal const share = weight.stripped();
        Decimal const whole =
            TRY(product(Decimal::of(share.coefficient(), 0), power_of_ten(scale - share.scale())));
        made.weights.push_back(magnitude(whole.coefficient()));
        total = TRY(sum(total, whole));
    }
    if (total.is_zero()) return refuse(Code::bad_value, "weights", "all weights are zero");
    made.total = magnitude(total.coefficient());
    return made;
}

}  // namespace

Result<Money> Money::exact(Decimal const& amount, Currency currency) {
    auto const digits = currency.minor_digits();
    auto const shorter = amount.scale() > digits ? amount.rounded(digits, Round::down) : amount;
    if (amount.scale() > digits && shorter != amount) {
        return refuse(Code::amount_too_precise, "",
                      amount.text() + " has more decimals than " + std::string(currency.text()) +
                          ", which has " + std::to_string(digits));
    }
    return of_short(shorter, currency);
}

Result<Money> Money::rounded(Decimal const& amount, Currency currency, Round round) {
    return of_short(amount.rounded(currency.minor_digits(), round), currency);
}

std::unexpected<Error> refuse_size(Currency currency) {
    return refuse(Code::amount_too_large, "",
                  "the amount is beyond 18 digits of " + std::string(currency.text()));
}

Result<Money> to_multiple(Decimal const& amount, Decimal const& step, Currency currency, Round round) {
    // What fits machine words at the scale of the amount, as nearly all does, needs one division.
    auto const up = amount.scale() - step.scale();
    if (up >= 0 && amount.scale() <= currency.minor_digits() && fits_64(magnitude(step.coefficient())) &&
        fits_64(magnitude(amount.coefficient()))) {
        auto const whole = low_word(magnitude(amount.coefficient()));
        auto const by = magnitude(step.coefficient()) * static_cast<UInt128>(small_powers[up]);
        if (by != 0 && fits_64(by)) {
            auto const divisor = low_word(by);
            auto const steps =
                round_quotient(whole / divisor, {whole % divisor, divisor}, amount.is_negative(), round);
            auto const made = static_cast<Int128>(steps) * static_cast<Int128>(divisor);
            return of_short(Decimal::of(amount.is_negative() ? -made : made, amount.scale()), currency);
        }
    }
    auto const steps = TRY(quotient(amount, step, 0, round));
    return Money::rounded(TRY(product(steps, step)), currency, round);
}

Decimal Money::amount() const { return Decimal::of(minor_, currency_.minor_digits()); }

char* Money::write_to(char* to) const { return amount().write_to(to); }

std::string Money::text() const { return amount().text(); }

std::strong_ordering operator<=>(Money const& a, Money const& b) {
    check(a.currency_ == b.currency_);
    return a.minor_ <=> b.minor_;
}

std::string Rate::text() const { return percent_.brief() + "%"; }

Result<Money> share(Money const& base, Rate const& rate, Round round) {
    auto const& percent = rate.in_percent();
    if (auto const part = small_share(base, percent, round)) return *part;
    int const digits = base.currency().minor_digits();
    auto const amount = TRY(product_quotient(base.amount(), percent, Decimal(100), digits, round));
    return of_short(amount, base.currency());
}

Result<Decimal> Exchange::per_unit(int places) const {
    return quotient(numerator, denominator, places, Round::half_even);
}

Result<Money> convert(Money const& amount, Exchange const& exchange, Round round) {
    check(amount.currency() == exchange.from);
    auto const digits = exchange.to.minor_digits();
    auto const turned = TRY(convert(amount.amount(), exchange, digits, round));
    return of_short(turned, exchange.to);
}

Result<Decimal> convert(Decimal const& amount, Exchange const& exchange, int places, Round round) {
    return product_quotient(amount, exchange.numerator, exchange.denominator, places, round);
}

Result<std::vector<Money>> split(Money const& whole, std::span<Decimal const> weights) {
    auto const shares = TRY(whole_weights(weights));
    UInt128 const size = magnitude(whole.minor());
    struct Part {
        UInt128 units;
        UInt128 remainder;  // of the exact share, times the total of the weights
    };
    std::vector<Part> parts;
    parts.reserve(weights.size());
    UInt128 left = size;
    for (UInt128 const weight : shares.weights) {
        Divided const cut = divide_wide(multiply_wide(size, weight), shares.total);
        parts.push_back({cut.quotient.low, cut.remainder});
        left -= cut.quotient.low;
    }
    std::vector<std::size_t> order(parts.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        return parts[a].remainder != parts[b].remainder ? parts[a].remainder > parts[b].remainder : a < b;
    });
    check(left <= parts.size());
    for (std::size_t i = 0; i < static_cast<std::size_t>(left); ++i) ++parts[order[i]].units;

    std::vector<Money> out;
    out.reserve(parts.size());
    for (Part const& part : parts) {
        auto const units = static_cast<Int128>(part.units);
        out.emplace_back(static_cast<std::int64_t>(whole.minor() < 0 ? -units : units), whole.currency());
    }
    return out;
}

}  // namespace allroads
