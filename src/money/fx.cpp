#include "money/money.h"

#include <algorithm>

namespace allroads {
namespace {

// One currency against the base: numerator / denominator of it for one unit of the base.
struct Leg {
    Decimal numerator;
    Decimal denominator;
    Day day;
    std::string_view source;
};

// An override read from `from` to `to`, whichever way round it was said.
std::optional<Exchange> said(std::span<Exchange const> overrides, Currency from, Currency to) {
    for (Exchange const& given : overrides) {
        if (given.from == from && given.to == to) return given;
        if (given.from == to && given.to == from) {
            return Exchange{from, to, given.denominator, given.numerator, given.day, given.source};
        }
    }
    return {};
}

// The row of `currency` on `day`, or the nearest earlier one that is not too old.
FxRow const* newest(std::span<FxRow const> rows, Currency currency, Day day, int age_days_max) {
    auto const after =
        std::ranges::upper_bound(rows, std::pair(currency.index(), day.number()), {},
                                 [](FxRow const& row) { return std::pair(row.currency, row.day); });
    if (after == rows.begin()) return nullptr;
    FxRow const& row = *std::prev(after);
    bool const is_usable =
        row.currency == currency.index() && day.number() - row.day <= age_days_max && row.coefficient > 0;
    return is_usable ? &row : nullptr;
}

class Legs {
public:
    Legs(FxTable const& table, Day day, int age_days_max)
        : table_(table), day_(day), age_days_max_(age_days_max) {}

    [[nodiscard]] std::optional<Leg> published(Currency currency) const {
        if (currency == table_.base) return Leg{Decimal(1), Decimal(1), day_, table_.source};
        if (auto const given = said(table_.overrides, table_.base, currency)) {
            return Leg{given->numerator, given->denominator, given->day, given->source};
        }
        FxRow const* row = newest(table_.rows, currency, day_, age_days_max_);
        if (row == nullptr) return {};
        return Leg{Decimal::of(row->coefficient, row->scale), Decimal(1), Day::from_number(row->day),
                   table_.source};
    }

    // The publishers of the large currencies leave many out (the ECB has no KES, NGN, PKR): those are reached
    // through an override against one that is published.
    [[nodiscard]] Result<std::optional<Leg>> reached(Currency currency) const {
        if (auto const leg = published(currency)) return leg;
        for (Exchange const& given : table_.overrides) {
            if (given.from != currency && given.to != currency) continue;
            Currency const other = given.from == currency ? given.to : given.from;
            auto const first = published(other);
            if (!first) continue;
            Exchange const last = *said({&given, 1}, other, currency);
            return Leg{TRY(product(first->numerator, last.numerator)),
                       TRY(product(first->denominator, last.denominator)), std::min(first->day, last.day),
                       last.source};
        }
        return std::optional<Leg>();
    }

private:
    FxTable const& table_;
    Day day_;
    int age_days_max_;
};

}  // namespace

Result<Exchange> FxTable::rate(Currency from, Currency to, Day day, int age_days_max) const {
    if (from == to) return Exchange{from, to, Decimal(1), Decimal(1), day, source};
    if (auto const given = said(overrides, from, to)) return *given;
    Legs const legs(*this, day, age_days_max);
    auto const out = TRY(legs.reached(from));
    auto const in = TRY(legs.reached(to));
    if (!out || !in) {
        if (otherwise != nullptr) {
            auto behind = *otherwise;
            behind.overrides = overrides;
            return behind.rate(from, to, day, age_days_max);
        }
        return refuse(Code::no_exchange_rate, "",
                      "the books have no rate of " + std::string((out ? to : from).text()) + " for " +
                          day.text() + " or the " + std::to_string(age_days_max) + " days before");
    }
    bool const is_overridden = out->source.data() != source.data();
    return Exchange{from,
                    to,
                    TRY(product(in->numerator, out->denominator)),
                    TRY(product(in->denominator, out->numerator)),
                    std::min(out->day, in->day),
                    is_overridden ? out->source : in->source};
}

}  // namespace allroads
