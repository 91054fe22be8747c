#include "money/money.h"

#include <algorithm>

namespace allroads {

namespace {

Decimal units_of(FxRow const& row) { return Decimal::of(row.coefficient, row.scale); }

// The row of `currency` on `day` or the nearest earlier one.
FxRow const* newest(std::span<FxRow const> rows, Currency currency, Day day) {
    auto const after = std::ranges::upper_bound(rows, std::pair(currency.index(), day.number()), {},
                                                [](FxRow const& row) { return std::pair(row.currency, row.day); });
    if (after == rows.begin()) return nullptr;
    auto const& row = *std::prev(after);
    return row.currency == currency.index() ? &row : nullptr;
}

}  // namespace

Result<Exchange> FxTable::rate(Currency from, Currency to, Day day, int age_days_max) const {
    Decimal const one(1);
    if (from == to) return Exchange{from, to, one, one, day, source};
    for (auto const& said : overrides) {
        if (said.from == from && said.to == to) return said;
        if (said.from == to && said.to == from) {
            return Exchange{from, to, said.denominator, said.numerator, said.day, said.source};
        }
    }
    auto const missing = [&](Currency which) {
        return refuse(Code::no_exchange_rate, "", "the books have no rate of " + std::string(which.text()) +
                      " for " + day.text() + " or the " + std::to_string(age_days_max) + " days before");
    };
    // from → base → to, as one fraction: units(to) / units(from).
    Exchange made{from, to, one, one, day, source};
    for (auto const currency : {from, to}) {
        if (currency == base) continue;
        auto const* row = newest(rows, currency, day);
        if (row == nullptr || day.number() - row->day > age_days_max) return missing(currency);
        (currency == to ? made.numerator : made.denominator) = units_of(*row);
        made.day = std::min(made.day, Day::from_number(row->day));
    }
    return made;
}

}  // namespace allroads
