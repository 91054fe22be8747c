// How entries are made by those who post them.
#include "ledger/body.h"

namespace allroads::ledger {

Entry transfer(std::string key, std::string kind, std::vector<Leg> legs) {
    return {.act = Act::transfer, .key = std::move(key), .kind = std::move(kind), .legs = std::move(legs)};
}

Entry transfer(std::string key, std::string kind, AccountKey from, AccountKey to, std::int64_t minor) {
    auto const some = minor > 0 ? minor : 0;  // which is refused when it is posted
    auto const given = Money(-some, from.currency);
    auto const got = Money(some, to.currency);
    std::vector<Leg> legs;
    legs.push_back({std::move(from), given});
    legs.push_back({std::move(to), got});
    return transfer(std::move(key), std::move(kind), std::move(legs));
}

Entry hold(std::string key, std::string kind, AccountKey account, std::int64_t minor,
           std::optional<Moment> until) {
    auto const amount = Money(minor, account.currency);
    Entry entry{.act = Act::hold, .key = std::move(key), .kind = std::move(kind), .until = until};
    entry.legs.push_back({std::move(account), amount});
    return entry;
}

Entry release(std::string key, std::string kind, std::string hold, std::vector<Leg> to) {
    return {.act = Act::release,
            .key = std::move(key),
            .kind = std::move(kind),
            .legs = std::move(to),
            .hold = std::move(hold)};
}

Entry void_hold(std::string key, std::string kind, std::string hold) {
    return {.act = Act::void_, .key = std::move(key), .kind = std::move(kind), .hold = std::move(hold)};
}

Entry expire(std::string const& hold) {
    return {
        .act = Act::expire, .key = std::string(expire_prefix) + hold, .kind = "hold.expired", .hold = hold};
}

Entry bound(std::string key, std::string kind, AccountKey account, Bounds bounds) {
    auto const none = Money::zero(account.currency);
    Entry entry{.act = Act::bound, .key = std::move(key), .kind = std::move(kind), .bounds = bounds};
    entry.legs.push_back({std::move(account), none});
    return entry;
}

Result<Entry> convert(std::string key, std::string kind, AccountKey from, AccountKey to, Money given,
                      Exchange const& rate, Round round) {
    if (from.currency != given.currency() || rate.from != from.currency || rate.to != to.currency ||
        rate.from == rate.to)
        return refuse(Code::bad_currency, "rate",
                      "the rate is not one between the currencies of the accounts");
    if (from.custodian != to.custodian)
        return refuse(Code::bad_value, "to", "both accounts are held by one custodian");
    if (given.minor() <= 0) return refuse(Code::bad_value, "given", "expected an amount above zero");
    auto const got = TRY(allroads::convert(given, rate, round));
    auto const nearest = TRY(allroads::convert(given, rate, Round::half_even));
    if (got.minor() <= 0)
        return refuse(Code::bad_value, "given",
                      "so little makes nothing in " + std::string(to.currency.text()));
    auto const between = [&](Purpose purpose, Currency currency) {
        return AccountKey{std::string(the_hub), purpose, currency, from.custodian};
    };
    auto const rest = nearest.minor() - got.minor();
    std::vector<Leg> legs;
    legs.push_back({from, Money(-given.minor(), from.currency)});
    legs.push_back({between(Purpose::conversion, from.currency), given});
    if (nearest.minor() != 0)
        legs.push_back({between(Purpose::conversion, to.currency), Money(-nearest.minor(), to.currency)});
    legs.push_back({to, got});
    if (rest != 0) legs.push_back({between(Purpose::rounding, to.currency), Money(rest, to.currency)});
    auto entry = transfer(std::move(key), std::move(kind), std::move(legs));
    entry.conversion = Conversion{given, got, rate.numerator, rate.denominator, round};
    return entry;
}

}  // namespace allroads::ledger
