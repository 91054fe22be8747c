// What terms must be before anybody may agree to them, and what follows from them.
#include "deal/hidden.h"

#include <algorithm>

namespace allroads::deal {
namespace {

constexpr std::int32_t days_max = 1'000;
constexpr std::int64_t total_max = 1'000'000'000'000'000;  // minor units: sums of a deal never come near 2^63

std::unexpected<Error> wrong(std::string const& field, std::string_view detail) {
    return refuse(Code::bad_value, field, detail);
}

Result<void> of_currency(Money const& money, Currency currency, std::string const& field) {
    if (money.currency() != currency)
        return refuse(Code::bad_currency, field, "everything of a deal is in one currency");
    if (money.minor() < 0) return wrong(field, "expected nothing below zero");
    if (money.minor() > total_max) return refuse(Code::amount_too_large, field, "beyond what a deal may be");
    return {};
}

Result<void> lines_are_right(Terms const& terms) {
    if (terms.lines.empty()) return refuse(Code::field_missing, "lines", "what is it about?");
    if (terms.lines.size() > lines_max) return refuse(Code::too_long, "lines", "too many lines");
    auto const currency = terms.total.currency();
    Money all = Money::zero(currency);
    for (std::size_t i = 0; i < terms.lines.size(); ++i) {
        auto const& line = terms.lines[i];
        auto const field = "lines[" + std::to_string(i) + "]";
        TRY_VOID(of_currency(line.unit_price, currency, field + ".unit_price"));
        TRY_VOID(of_currency(line.amount, currency, field + ".amount"));
        TRY_VOID(is_word(line.title, field + ".title", title_bytes_max));
        if (line.version < 1) return wrong(field + ".version", "expected the version of a listing");
        if (line.quantity <= Decimal(0)) return wrong(field + ".quantity", "expected more than nothing");
        if (line.tier_from.is_negative() || line.quantity < line.tier_from)
            return wrong(field + ".tier_from", "this price holds from a larger quantity");
        auto const exact = TRY(product(line.quantity, line.unit_price.amount()));
        if (TRY(Money::rounded(exact, currency, Round::half_up)) != line.amount)
            return wrong(field + ".amount", "is not the quantity times the price of a unit");
        all = TRY(sum(all, line.amount));
        TRY_VOID(of_currency(all, currency, "lines"));
    }
    if (TRY(sum(all, terms.sending)) != terms.total)
        return wrong("total", "is not the sum of the lines and of sending");
    return {};
}

Result<void> milestones_are_right(Terms const& terms) {
    auto const& all = terms.milestones;
    if (all.empty()) return refuse(Code::field_missing, "milestones", "when is it paid?");
    if (all.size() > milestones_max) return refuse(Code::too_long, "milestones", "too many milestones");
    if (all.front().due != Point::accepted)
        return wrong("milestones[0].due", "something must be due at acceptance");
    Decimal percent;
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const field = "milestones[" + std::to_string(i) + "]";
        auto const& one = all[i];
        TRY_VOID(is_key(one.key, field + ".key"));
        if (one.percent <= Decimal(0) || one.percent > Decimal(100))
            return wrong(field + ".percent", "expected more than 0, at most 100");
        percent = TRY(sum(percent, one.percent));
        if (one.due == Point::delivered)
            return wrong(field + ".due", "expected accepted, made or handed-over");
        if (i > 0 && one.due < all[i - 1].due) return wrong(field + ".due", "is due before the one before");
        if (one.release == Point::accepted || one.release < one.due)
            return wrong(field + ".release", "is released before it can be there");
    }
    if (percent != Decimal(100)) return wrong("milestones", "their percent must sum to 100");
    for (auto const& due : TRY(milestone_amounts(terms)))
        if (due.minor() == 0) return wrong("milestones", "a part of the price would be nothing");
    return {};
}

Result<void> fee_is_right(Terms const& terms) {
    TRY_VOID(of_currency(terms.fee.minimum, terms.total.currency(), "fee.minimum"));
    // Up to a half, the fee of a part is never more than the part, however it is rounded.
    if (terms.fee.percent.is_negative() || terms.fee.percent > Decimal(50))
        return wrong("fee.percent", "expected 0 to 50");
    return {};
}

Result<void> days_are_right(Days const& days) {
    auto const within = [](std::int32_t value, std::int32_t least, std::string const& field) -> Result<void> {
        if (value >= least && value <= days_max) return {};
        return wrong("days." + field,
                     "expected " + std::to_string(least) + " to " + std::to_string(days_max) + " days");
    };
    TRY_VOID(within(days.pay, 1, "pay"));
    TRY_VOID(within(days.make, 0, "make"));
    TRY_VOID(within(days.deliver, 1, "deliver"));
    TRY_VOID(within(days.inspect, 1, "inspect"));
    TRY_VOID(within(days.answer, 1, "answer"));
    TRY_VOID(within(days.escalate, 1, "escalate"));
    TRY_VOID(within(days.decide, 1, "decide"));
    if (days.answer > days.escalate) return wrong("days.answer", "is later than the escalation");
    return {};
}

Result<void> people_are_right(Terms const& terms) {
    if (terms.mediator) TRY_VOID(mediator_is_right(*terms.mediator, "mediator"));
    if (terms.members.size() > members_max) return refuse(Code::too_long, "members", "too many members");
    for (std::size_t i = 0; i < terms.members.size(); ++i) {
        auto const& one = terms.members[i];
        auto const field = "members[" + std::to_string(i) + "]";
        TRY_VOID(is_word(one.name, field + ".name", word_bytes_max));
        if (one.id == db::IdBytes{}) return wrong(field + ".id", "expected the id of an account");
        if (one.weight <= Decimal(0) || one.weight > Decimal(1'000'000) || one.weight.scale() > 6)
            return wrong(field + ".weight", "expected more than 0, at most 1000000, with six decimals");
        auto const same = std::ranges::count(terms.members, one.id, &Member::id);
        if (same != 1) return wrong(field + ".id", "stands twice among the members");
    }
    return {};
}

Result<void> rest_is_right(Terms const& terms) {
    TRY_VOID(is_word(terms.place, "place", word_bytes_max));
    TRY_VOID(is_word(terms.custodian, "custodian", word_bytes_max));
    if ((terms.custody == Custody::hub) != terms.custodian.empty())
        return wrong("custodian", "a bank or trustee is named, the hub is not");
    if (terms.taxes.size() > taxes_max) return refuse(Code::too_long, "taxes", "too many taxes");
    for (std::size_t i = 0; i < terms.taxes.size(); ++i) {
        auto const field = "taxes[" + std::to_string(i) + "]";
        TRY_VOID(is_key(terms.taxes[i].key, field + ".key"));
        if (terms.taxes[i].payer != Role::buyer && terms.taxes[i].payer != Role::seller)
            return wrong(field + ".payer", "expected buyer or seller");
        if (std::ranges::count(terms.taxes, terms.taxes[i].key, &Tax::key) != 1)
            return wrong(field + ".key", "stands twice among the taxes");
    }
    if (terms.shown) {
        TRY_VOID(is_word(terms.shown->edition, "shown.edition", word_bytes_max));
        TRY_VOID(is_word(terms.shown->digest, "shown.digest", word_bytes_max));
        if (terms.shown->edition.empty()) return wrong("shown.edition", "by which edition was it reckoned?");
        if (terms.shown->delivered.minor() < 0) return wrong("shown.delivered", "below zero");
    }
    if (terms.rate) TRY_VOID(rate_is_right(*terms.rate, terms.total.currency(), "rate"));
    return {};
}

}  // namespace

Result<void> is_word(std::string_view text, std::string const& field, std::size_t bytes_max) {
    if (text.size() > bytes_max)
        return refuse(Code::too_long, field, "expected at most " + std::to_string(bytes_max) + " bytes");
    if (!is_clean(text)) return wrong(field, "expected text without control characters");
    return {};
}

Result<void> is_key(std::string_view text, std::string const& field) {
    bool const is_right = !text.empty() && text.size() <= 40 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!is_right) return wrong(field, "expected a key of a-z, 0-9 and -");
    return {};
}

Result<void> mediator_is_right(Mediator const& mediator, std::string const& field) {
    if (mediator.id == db::IdBytes{}) return wrong(field + ".id", "expected the id of an account");
    return is_word(mediator.name, field + ".name", word_bytes_max);
}

Result<void> rate_is_right(FixedRate const& rate, Currency from, std::string const& field) {
    if (rate.to == from) return refuse(Code::bad_currency, field + ".to", "is the deal's own currency");
    if (rate.numerator <= Decimal(0)) return wrong(field + ".numerator", "expected more than zero");
    if (rate.denominator <= Decimal(0)) return wrong(field + ".denominator", "expected more than zero");
    return is_word(rate.source, field + ".source", word_bytes_max);
}

Result<void> may_be_agreed(Terms const& terms) {
    TRY_VOID(of_currency(terms.total, terms.total.currency(), "total"));
    TRY_VOID(of_currency(terms.sending, terms.total.currency(), "sending"));
    if (terms.total.minor() == 0) return wrong("total", "expected more than nothing");
    TRY_VOID(lines_are_right(terms));
    TRY_VOID(milestones_are_right(terms));
    TRY_VOID(fee_is_right(terms));
    TRY_VOID(days_are_right(terms.days));
    TRY_VOID(people_are_right(terms));
    return rest_is_right(terms);
}

std::string signed_words(DealId const& deal, std::string_view terms_document) {
    return "allroads deal 1\n" + deal.text() + "\n" + std::string(terms_document);
}

Result<std::vector<Money>> milestone_amounts(Terms const& terms) {
    std::vector<Decimal> weights;
    for (auto const& one : terms.milestones) weights.push_back(one.percent);
    return split(terms.total, weights);
}

Result<Money> fee_of(Fee const& fee, Money const& released) {
    auto const part = TRY(share(released, Rate::percent(fee.percent), fee.round));
    return std::min(released, std::max(part, fee.minimum));
}

}  // namespace allroads::deal
