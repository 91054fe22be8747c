// What an entry must be by itself, before anything is asked of the data.
#include "ledger/shape.h"

#include <algorithm>

namespace allroads::ledger {
namespace {

constexpr std::size_t note_bytes_max = 200;
constexpr std::size_t key_bytes_max = 80;
constexpr std::size_t kind_bytes_max = 40;

Result<void> check_leg(std::size_t n, std::size_t place, Leg const& leg) {
    if (leg.account.currency != leg.amount.currency())
        return refuse_entry(Code::bad_value, n, leg_field(place, "amount"),
                            "its currency is not the account's");
    if (leg.amount.minor() == INT64_MIN)
        return refuse_entry(Code::amount_too_large, n, leg_field(place, "amount"), "beyond what is counted");
    auto const named = check_account(leg.account, leg_field(place, "account"));
    if (!named) return std::unexpected(named.error().within("entries[" + std::to_string(n) + "]"));
    return {};
}

// Zero for each currency and each custodian, so that what a custodian holds is what is owed there.
Result<void> check_sums(std::size_t n, std::vector<Leg> const& legs) {
    struct Sum {
        AccountKey const* like;
        Int128 minor;
    };
    std::vector<Sum> sums;
    for (auto const& leg : legs) {
        auto const same = std::ranges::find_if(sums, [&](Sum const& sum) {
            return sum.like->currency == leg.account.currency && sum.like->custodian == leg.account.custodian;
        });
        if (same == sums.end()) {
            sums.push_back({&leg.account, leg.amount.minor()});
        } else {
            same->minor += leg.amount.minor();
        }
    }
    for (auto const& sum : sums) {
        if (sum.minor == 0) continue;
        return refuse_entry(Code::bad_value, n, "legs",
                            "the legs in " + std::string(sum.like->currency.text()) + " held by " +
                                sum.like->custodian + " sum to " +
                                amount_text(sum.like->currency, sum.minor) + ", not to zero");
    }
    return {};
}

Int128 sum_of(std::vector<Leg> const& legs, Purpose purpose, Currency currency) {
    Int128 sum = 0;
    for (auto const& leg : legs) {
        if (leg.account.purpose == purpose && leg.account.currency == currency) sum += leg.amount.minor();
    }
    return sum;
}

Result<void> check_conversion(std::size_t n, Entry const& entry) {
    auto const& said = *entry.conversion;
    auto const field = [&](std::string_view detail) {
        return refuse_entry(Code::bad_value, n, "conversion", detail);
    };
    if (said.given.currency() == said.got.currency() || said.given.minor() <= 0 || said.got.minor() <= 0)
        return field("two amounts above zero of two currencies");
    if (said.numerator.is_negative() || said.numerator.is_zero() || said.denominator.is_negative() ||
        said.denominator.is_zero())
        return field("the rate must be above zero");
    for (auto const* part : {&said.numerator, &said.denominator}) {
        if (!Decimal::parse(part->text())) return field("the rate has more digits than can be kept");
    }
    Exchange const rate{said.given.currency(), said.got.currency(), said.numerator,
                        said.denominator,      Day::first(),        {}};
    auto const got = TRY(convert(said.given, rate, said.round));
    auto const nearest = TRY(convert(said.given, rate, Round::half_even));
    if (got != said.got) return field("the rate makes " + got.text() + " of it, not " + said.got.text());
    if (sum_of(entry.legs, Purpose::conversion, said.given.currency()) != said.given.minor() ||
        sum_of(entry.legs, Purpose::conversion, said.got.currency()) != -nearest.minor() ||
        sum_of(entry.legs, Purpose::rounding, said.got.currency()) != nearest.minor() - got.minor())
        return field("the legs of the conversion and rounding accounts are not what the rate makes");
    return {};
}

// How many legs each act has, and which signs.
Result<void> check_legs(std::size_t n, Entry const& entry) {
    auto const count = entry.legs.size();
    auto const is_one = entry.act == Act::hold || entry.act == Act::bound;
    auto const least = entry.act == Act::transfer ? 2U : is_one || entry.act == Act::release ? 1U : 0U;
    auto const most = is_one ? 1U : least == 0 ? 0U : legs_max;
    if (count < least || count > most)
        return refuse_entry(count > legs_max ? Code::too_long : Code::bad_value, n, "legs",
                            "a " + std::string(text_of(entry.act)) + " has " + std::to_string(least) +
                                (most == least ? "" : " to " + std::to_string(most)) + " legs");
    for (std::size_t i = 0; i < count; ++i) {
        TRY_VOID(check_leg(n, i, entry.legs[i]));
        auto const minor = entry.legs[i].amount.minor();
        bool const is_fit = entry.act == Act::transfer ? minor != 0
                            : entry.act == Act::bound  ? minor == 0
                                                       : minor > 0;
        if (!is_fit)
            return refuse_entry(Code::bad_value, n, leg_field(i, "amount"),
                                entry.act == Act::transfer ? "an amount of zero moves nothing"
                                                           : "expected an amount above zero");
    }
    return {};
}

}  // namespace

std::string amount_text(Currency currency, Int128 minor) {
    if (minor > INT64_MAX || minor < -INT64_MAX) return "more than can be counted";
    auto const money = Money(static_cast<std::int64_t>(minor), currency);
    return money.text() + " " + std::string(currency.text());
}

std::string leg_field(std::size_t leg, std::string_view name) {
    return "legs[" + std::to_string(leg) + "]." + std::string(name);
}

Result<void> check_shape(std::size_t n, Entry const& entry) {
    if (!is_name(entry.key, key_marks, key_bytes_max))
        return refuse_entry(Code::bad_value, n, "key", "expected 1 to 80 letters, digits and . _ - / @ + :");
    // Such keys would stand in the way of what ends a hold.
    if (entry.key.starts_with(expire_prefix) != (entry.act == Act::expire) ||
        (entry.act == Act::expire && entry.key.substr(expire_prefix.size()) != entry.hold))
        return refuse_entry(Code::bad_value, n, "key", "keys that begin so belong to holds that expire");
    if (!is_name(entry.kind, ".-", kind_bytes_max) ||
        std::ranges::any_of(entry.kind, [](char c) { return c >= 'A' && c <= 'Z'; }))
        return refuse_entry(Code::bad_value, n, "kind", "expected a word of 1 to 40 a-z 0-9 . -");
    if (entry.note.size() > note_bytes_max || !is_clean(entry.note) ||
        entry.note.find_first_of("\r\n\t") != std::string::npos)
        return refuse_entry(Code::too_long, n, "note", "expected a line of at most 200 bytes of text");
    bool const ends_hold = entry.act == Act::release || entry.act == Act::void_ || entry.act == Act::expire;
    if (ends_hold ? !is_name(entry.hold, key_marks, key_bytes_max) : !entry.hold.empty())
        return refuse_entry(Code::bad_value, n, "hold", "expected the key of a hold, for what ends one");
    // Room for the key of what expires it.
    if (entry.act == Act::hold && entry.key.size() + expire_prefix.size() > key_bytes_max)
        return refuse_entry(Code::too_long, n, "key", "the key of a hold has at most 73 bytes");
    if (entry.until &&
        (entry.act != Act::hold || number_of(*entry.until) < 0 || number_of(*entry.until) > moment_max))
        return refuse_entry(Code::bad_value, n, "until", "expected a moment from 1970 to 2199, for a hold");
    TRY_VOID(check_legs(n, entry));
    if (entry.act == Act::transfer) TRY_VOID(check_sums(n, entry.legs));
    if (entry.conversion) {
        if (entry.act != Act::transfer)
            return refuse_entry(Code::bad_value, n, "conversion", "only a transfer converts");
        TRY_VOID(check_conversion(n, entry));
    }
    auto const& bounds = entry.bounds;
    if ((bounds != Bounds() && entry.act != Act::bound) ||
        (bounds.least && bounds.most && *bounds.least > *bounds.most))
        return refuse_entry(Code::bad_value, n, "bounds", "expected the least before the most, for a bound");
    return {};
}

}  // namespace allroads::ledger
