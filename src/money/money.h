#pragma once
// money: exact decimals, money, currencies, rates, and the three ways money changes: share, convert, split.
//
// Promises: no binary fraction anywhere. Money is a whole number of minor units of one currency. Every
// rounding is named at the call. What does not fit is refused (`amount-too-large`); nothing wraps.

#include "base/base.h"

#include <span>
#include <vector>

namespace allroads {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

enum class Round : std::uint8_t {
    half_up,    // ties away from zero: the ordinary customs rule
    half_even,  // ties to the even neighbour
    half_down,  // ties towards zero
    up,         // away from zero
    down,       // towards zero: cut off
    ceiling,    // towards plus infinity
    floor,      // towards minus infinity
};
[[nodiscard]] Result<Round> parse_round(std::string_view text);  // "half-up" …
[[nodiscard]] std::string_view text_of(Round round);

// coefficient · 10^-scale with up to 38 significant digits. Sums and products are exact or refused.
// Two decimals of the same value are equal whatever their scale (2.50 == 2.5).
class Decimal {
public:
    static constexpr int scale_max = 30;
    static constexpr Int128 coefficient_max =
        Int128{10'000'000'000'000'000'000ULL} * 10'000'000'000'000'000'000ULL - 1;

    constexpr Decimal() = default;  // zero
    constexpr explicit Decimal(std::int64_t whole) : coefficient_(whole) {}
    // At most 38 digits and a scale of 0 to scale_max; checked.
    [[nodiscard]] static constexpr Decimal of(Int128 coefficient, int scale) {
        check(scale >= 0 && scale <= scale_max && coefficient <= coefficient_max &&
              coefficient >= -coefficient_max);
        return Decimal(coefficient, scale);
    }
    // "-12.50", "0.3464", "7". No exponent, no grouping, no leading '+', at least one digit, at most 30
    // digits in all and 18 after the point (the bound for text from outside).
    [[nodiscard]] static Result<Decimal> parse(std::string_view text);

    [[nodiscard]] constexpr Int128 coefficient() const { return coefficient_; }
    [[nodiscard]] constexpr int scale() const { return scale_; }
    [[nodiscard]] constexpr bool is_zero() const { return coefficient_ == 0; }
    [[nodiscard]] constexpr bool is_negative() const { return coefficient_ < 0; }
    [[nodiscard]] std::string text() const;        // as many decimals as the scale: "2.50"
    [[nodiscard]] std::string brief() const;       // without trailing zeros: "2.5"
    static constexpr std::size_t text_bytes = 48;  // more than any text() takes
    char* write_to(char* to) const;                // text() there, without a temporary; gives its end

    [[nodiscard]] Decimal rounded(int places,
                                  Round round) const;  // places >= 0; unchanged if scale <= places
    [[nodiscard]] Decimal stripped() const;            // without trailing zeros
    [[nodiscard]] Decimal negated() const;

    friend std::strong_ordering operator<=>(Decimal const& a, Decimal const& b);
    friend bool operator==(Decimal const& a, Decimal const& b);

private:
    constexpr Decimal(Int128 coefficient, int scale)
        : coefficient_(coefficient), scale_(static_cast<std::int8_t>(scale)) {}
    Int128 coefficient_ = 0;
    std::int8_t scale_ = 0;
};
[[nodiscard]] Result<Decimal> sum(Decimal const& a, Decimal const& b);
[[nodiscard]] Result<Decimal> difference(Decimal const& a, Decimal const& b);
[[nodiscard]] Result<Decimal> product(Decimal const& a, Decimal const& b);
// a / b rounded to `places` decimals; b must not be zero (refused).
[[nodiscard]] Result<Decimal> quotient(Decimal const& a, Decimal const& b, int places, Round round);
// a · b / c rounded once, at the end, with a full-width product in between.
[[nodiscard]] Result<Decimal> product_quotient(Decimal const& a, Decimal const& b, Decimal const& c,
                                               int places, Round round);

// A currency of ISO 4217. Two bytes; its letters are its identity.
class Currency {
public:
    [[nodiscard]] static Result<Currency> parse(std::string_view text);  // three letters, any case, in use
    [[nodiscard]] static Currency from_index(std::uint16_t index);
    [[nodiscard]] constexpr std::uint16_t index() const {
        return index_;
    }  // place in the table, stable in a build
    [[nodiscard]] std::string_view text() const;  // "KES"
    [[nodiscard]] std::string_view name() const;  // "Kenyan shilling"
    [[nodiscard]] int minor_digits() const;       // ISO 4217 minor unit: JPY 0, USD 2, KWD 3, UYW 4
    friend constexpr auto operator<=>(Currency, Currency) = default;

private:
    friend class CurrencyTable;
    constexpr explicit Currency(std::uint16_t index) : index_(index) {}
    std::uint16_t index_;
};
[[nodiscard]] std::span<Currency const> all_currencies();
namespace currency {  // the few that engines and tests name
extern Currency const USD, EUR, GBP, JPY, KES;
}

// A whole number of minor units. Adding two currencies is a bug of the caller and is checked.
class Money {
public:
    constexpr Money(std::int64_t minor, Currency currency) : minor_(minor), currency_(currency) {}
    [[nodiscard]] static constexpr Money zero(Currency currency) { return Money(0, currency); }
    // Refuses more decimals than the currency has (`amount-too-precise`), even zeros beyond them are allowed.
    [[nodiscard]] static Result<Money> exact(Decimal const& amount, Currency currency);
    [[nodiscard]] static Result<Money> rounded(Decimal const& amount, Currency currency, Round round);
    [[nodiscard]] constexpr std::int64_t minor() const { return minor_; }
    [[nodiscard]] constexpr Currency currency() const { return currency_; }
    [[nodiscard]] Decimal amount() const;    // in major units, scale = minor digits
    [[nodiscard]] std::string text() const;  // "2400.00"
    char* write_to(char* to) const;          // as that of Decimal
    friend constexpr bool operator==(Money const&, Money const&) = default;
    friend std::strong_ordering operator<=>(Money const& a, Money const& b);  // checks the currency

private:
    std::int64_t minor_;
    Currency currency_;
};
[[nodiscard]] std::unexpected<Error> refuse_size(Currency currency);  // `amount-too-large`
[[nodiscard]] inline Result<Money> sum(Money const& a, Money const& b) {
    check(a.currency() == b.currency());
    std::int64_t total = 0;
    bool const wraps = __builtin_add_overflow(a.minor(), b.minor(), &total);
    if (wraps || total == INT64_MIN) [[unlikely]]
        return refuse_size(a.currency());
    return Money(total, a.currency());
}
[[nodiscard]] inline Result<Money> difference(Money const& a, Money const& b) {
    check(a.currency() == b.currency());
    std::int64_t rest = 0;
    bool const wraps = __builtin_sub_overflow(a.minor(), b.minor(), &rest);
    if (wraps || rest == INT64_MIN) [[unlikely]]
        return refuse_size(a.currency());
    return Money(rest, a.currency());
}

// A fraction of one, kept as the law writes it in hundredths: 4.5 % is Decimal 4.5.
class Rate {
public:
    [[nodiscard]] static constexpr Rate percent(Decimal const& percent) { return Rate(percent); }
    [[nodiscard]] constexpr Decimal const& in_percent() const { return percent_; }
    [[nodiscard]] std::string text() const;  // "4.5%"
    friend bool operator==(Rate const&, Rate const&) = default;

private:
    constexpr explicit Rate(Decimal const& percent) : percent_(percent) {}
    Decimal percent_;
};

// base · rate, rounded to the minor unit.
[[nodiscard]] Result<Money> share(Money const& base, Rate const& rate, Round round);
// The multiple of `step` (above zero, in major units) next to an amount, as `round` says; to the minor unit
// where the step is finer than that.
[[nodiscard]] Result<Money> to_multiple(Decimal const& amount, Decimal const& step, Currency currency,
                                        Round round);

// `numerator` units of `to` for `denominator` units of `from`: kept as a fraction so that a cross rate is
// exact.
struct Exchange {
    Currency from;
    Currency to;
    Decimal numerator;
    Decimal denominator;
    Day day;                                                   // of the rate
    std::string_view source;                                   // who published it; lives as long as the table
    [[nodiscard]] Result<Decimal> per_unit(int places) const;  // for showing: rounded half-even
};
[[nodiscard]] Result<Money> convert(Money const& amount, Exchange const& exchange, Round round);
// The same for an amount that is not yet rounded; keeps `places` decimals.
[[nodiscard]] Result<Decimal> convert(Decimal const& amount, Exchange const& exchange, int places,
                                      Round round);

// Parts in proportion to `weights` (each >= 0, not all zero) that sum to `whole` to the last minor unit: the
// largest remainders get the units that are left, the earlier part first where they tie.
[[nodiscard]] Result<std::vector<Money>> split(Money const& whole, std::span<Decimal const> weights);

// One published rate: `units` of `currency` for one unit of the publisher's base currency.
struct FxRow {
    std::int32_t day;  // Day::number
    std::uint16_t currency;
    std::uint16_t source;  // of use to the books alone; FxTable::source names the publisher
    std::int64_t coefficient;
    std::int32_t scale;
    std::int32_t reserved;
};
// Loaded rates of one publisher against one base (ECB: EUR), sorted by (currency, day).
struct FxTable {
    Currency base;
    std::string_view source;
    std::span<FxRow const> rows;
    // Looked at first, in both directions; their day is taken as it is. One that ties a currency to the base
    // stands for the published rate; one that ties an unpublished currency to a published one makes it
    // reachable.
    std::span<Exchange const> overrides = {};
    // Asked for what this table does not have: market rates behind the customs rates of a country.
    FxTable const* otherwise = nullptr;
    // A rate that is older counts as stale; publishers who speak once a month have more.
    int fresh_days = 10;
    // The rate of `day`, or the nearest earlier one at most `age_days_max` days older. A cross rate goes over
    // the base and is as old as the older of its two halves.
    [[nodiscard]] Result<Exchange> rate(Currency from, Currency to, Day day, int age_days_max = 10) const;
};

}  // namespace allroads
