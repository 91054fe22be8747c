#include "tariff/duty_tree.h"
#include "tariff/duty_words.h"

namespace allroads::tariff {
namespace {

// Places kept where a division or a conversion has no end.
constexpr int places_kept = 12;

// One step of the walk. 16-byte answers would not do: a missing fact travels up with it.
struct Step {
    bool known = false;
    Decimal amount;
    std::optional<Need> need;
    std::string_view why;
};

class Evaluation {
public:
    Evaluation(DutyView const& duty, Assessable const& goods) : duty_(duty), goods_(goods) {}

    Step node(std::size_t at) {
        DutyNode const& here = duty_.nodes[at];
        switch (here.kind) {
            case DutyKind::free:
            case DutyKind::nil:
            case DutyKind::unit_only: return amount(Decimal());
            case DutyKind::percent: return percentage(here);
            case DutyKind::specific: return specific(here);
            case DutyKind::fixed: return in_currency(Decimal::of(here.amount, here.scale), here.currency);
            case DutyKind::agricultural: return agricultural(here);
            case DutyKind::entry_price: return unknown("entry-price");
            case DutyKind::per_strength: return per_strength(here);
            case DutyKind::applicable: return applicable(here);
            case DutyKind::sum: return sum_of(at);
            case DutyKind::difference: return difference_of(at);
            case DutyKind::larger:
            case DutyKind::smaller: return chosen(at);
            case DutyKind::see: return unknown("see");
            case DutyKind::by_day: return by_day(at);
            case DutyKind::period: return node(at + 1);
            case DutyKind::unreadable: break;
        }
        return unknown("unreadable");
    }
    [[nodiscard]] bool used_exchange() const { return used_exchange_; }

private:
    static Step amount(Decimal const& value) { return {true, value, {}, {}}; }
    static Step amount(Result<Decimal> const& value) { return value ? amount(*value) : unknown("too-large"); }
    static Step unknown(std::string_view why) { return {false, {}, {}, why}; }
    static Step missing(Need const& need) { return {false, {}, need, {}}; }

    // a · b / divisor: exact where the divisor is a power of ten, else rounded once.
    static Result<Decimal> ratio(Decimal const& a, Decimal const& b, std::int64_t divisor, int extra_scale) {
        int scale = extra_scale;
        while (divisor >= 10 && divisor % 10 == 0) {
            divisor /= 10;
            ++scale;
        }
        if (divisor != 1) {
            Decimal const below = Decimal::of(b.coefficient(), b.scale() + scale);
            return product_quotient(a, below, Decimal(divisor), places_kept, Round::half_even);
        }
        return product(a, Decimal::of(b.coefficient(), b.scale() + scale));
    }

    Step percentage(DutyNode const& here) {
        Decimal const* base = &goods_.value;
        if (here.words_size != 0) {
            std::string_view const words = words_in(duty_, here);
            base = nullptr;
            for (PartValue const& part : goods_.part_values) {
                if (same_words(part.of, words)) base = &part.value;
            }
            if (base == nullptr) return missing({words, unit::piece, false});
        }
        return amount(ratio(*base, Decimal::of(here.amount, here.scale), here.per, 2));
    }

    Step in_currency(Decimal const& value, std::uint16_t currency) {
        if (currency == goods_.currency.index() || value.is_zero()) return amount(value);
        if (goods_.fx == nullptr) return unknown("exchange");
        auto const exchange = goods_.fx->rate(Currency::from_index(currency), goods_.currency, goods_.day);
        if (!exchange) return unknown("exchange");
        used_exchange_ = true;
        return amount(convert(value, *exchange, places_kept, Round::half_even));
    }

    [[nodiscard]] Quantity const* quantity(Dimension dimension, std::uint16_t wanted,
                                           std::string_view of) const {
        Quantity const* found = nullptr;
        for (Quantity const& known : goods_.quantities) {
            if (known.unit.dimension() != dimension || !same_words(known.of, of)) continue;
            if (dimension == Dimension::other && known.unit.index() != wanted) continue;
            if (known.unit.index() == wanted) return &known;
            if (found == nullptr) found = &known;
        }
        return found;
    }
    [[nodiscard]] std::optional<Result<Decimal>> amount_of(Unit wanted, std::string_view of) const {
        Quantity const* known = quantity(wanted.dimension(), wanted.index(), of);
        if (known == nullptr) return {};
        if (known->unit == wanted) return Result<Decimal>(known->amount);
        auto const converted = convert(*known, wanted);
        if (!converted) return Result<Decimal>(std::unexpected(converted.error()));
        return Result<Decimal>(converted->amount);
    }
    // Litres of pure alcohol, from litres and % vol where they are not given.
    [[nodiscard]] std::optional<Result<Decimal>> pure_alcohol() const {
        if (auto given = amount_of(unit::litre_of_pure_alcohol, {})) return given;
        auto const litres = amount_of(unit::litre, {});
        Quantity const* strength = quantity(Dimension::alcohol_strength, 0, {});
        if (!litres || !*litres || strength == nullptr) return {};
        return ratio(**litres, strength->amount, strength->unit.denominator(), 2);
    }

    Step charged(DutyNode const& here, Result<Decimal> const& quantity_known) {
        if (!quantity_known) return unknown("too-large");
        auto const money = ratio(*quantity_known, Decimal::of(here.amount, here.scale), here.per, 0);
        if (!money) return unknown("too-large");
        return in_currency(*money, here.currency);
    }
    Step specific(DutyNode const& here) {
        Unit const wanted = Unit::from_index(here.unit);
        std::string_view const of = words_in(duty_, here);
        if (auto const known = amount_of(wanted, of)) return charged(here, *known);
        if (of.empty() && wanted.dimension() == Dimension::alcohol_volume) {
            if (auto const litres = pure_alcohol(); litres && *litres) {
                auto const worked_out = convert({**litres, unit::litre_of_pure_alcohol}, wanted);
                if (!worked_out) return unknown("too-large");
                return charged(here, worked_out->amount);
            }
        }
        return missing({of.empty() ? wanted.name() : of, wanted});
    }
    // One hectolitre at 1 % vol holds one litre of pure alcohol.
    Step per_strength(DutyNode const& here) {
        auto const litres = pure_alcohol();
        if (!litres) return missing({unit::litre_of_pure_alcohol.name(), unit::litre_of_pure_alcohol});
        return charged(here, *litres);
    }

    Step agricultural(DutyNode const& here) {
        std::string_view const name = words_in(duty_, here);
        for (AgriculturalAmount const& known : goods_.agricultural) {
            if (known.name != name) continue;
            auto const weight = amount_of(unit::kilogram, {});
            if (!weight) return missing({unit::kilogram.name(), unit::kilogram});
            if (!*weight) return unknown("too-large");
            auto const money = ratio(**weight, known.amount, 100, 0);
            if (!money) return unknown("too-large");
            return in_currency(*money, known.currency.index());
        }
        return unknown("meursing");
    }

    Step applicable(DutyNode const& here) {
        if (here.words_size != 0) return missing({words_in(duty_, here), unit::piece, false});
        if (!goods_.applicable) return unknown("applicable");
        return amount(*goods_.applicable);
    }

    Step sum_of(std::size_t at) {
        std::size_t const end = at + duty_.nodes[at].size;
        Decimal total;
        for (std::size_t child = at + 1; child < end; child += duty_.nodes[child].size) {
            Step const step = node(child);
            if (!step.known) return step;
            auto const added = sum(total, step.amount);
            if (!added) return unknown("too-large");
            total = *added;
        }
        return amount(total);
    }
    Step difference_of(std::size_t at) {
        std::size_t const end = at + duty_.nodes[at].size;
        Step left = at + 1 < end ? node(at + 1) : unknown("unreadable");
        // Nothing taken from nothing leaves nothing, whatever the rest may be.
        if (!left.known || left.amount.is_zero()) return left;
        for (std::size_t child = at + 1 + duty_.nodes[at + 1].size; child < end;
             child += duty_.nodes[child].size) {
            Step const step = node(child);
            if (!step.known) return step;
            auto const rest = difference(left.amount, step.amount);
            if (!rest) return unknown("too-large");
            left.amount = *rest;
        }
        return amount(left.amount.is_negative() ? Decimal() : left.amount);
    }

    Step chosen(std::size_t at) {
        bool const is_larger = duty_.nodes[at].kind == DutyKind::larger;
        std::size_t const end = at + duty_.nodes[at].size;
        Step best = unknown("unreadable");
        for (std::size_t child = at + 1; child < end; child += duty_.nodes[child].size) {
            Step const step = node(child);
            if (step.known && !is_larger && step.amount.is_zero()) return step;  // nothing is smaller
            if (child == at + 1) {
                best = step;
            } else if (best.known && (!step.known || (step.amount > best.amount) == is_larger)) {
                best = step;
            }
        }
        return best;
    }

    [[nodiscard]] bool holds(DutyNode const& period) const {
        if (period.scale != 1) {
            return period.amount <= goods_.day.number() && goods_.day.number() <= period.per;
        }
        int const month = goods_.day.month();
        bool const within_year = period.amount <= period.per;
        bool const after_first = period.amount <= month;
        bool const before_last = month <= period.per;
        return within_year ? after_first && before_last : after_first || before_last;
    }
    // A published month that two seasons share settles nothing, unless both charge the same.
    Step by_day(std::size_t at) {
        std::size_t const end = at + duty_.nodes[at].size;
        Step found = unknown("period");
        bool any = false;
        for (std::size_t child = at + 1; child < end; child += duty_.nodes[child].size) {
            if (!holds(duty_.nodes[child])) continue;
            Step const step = node(child);
            if (any && (!found.known || !step.known || found.amount != step.amount)) return unknown("period");
            found = step;
            any = true;
        }
        return found;
    }

    DutyView const& duty_;
    Assessable const& goods_;
    bool used_exchange_ = false;
};

}  // namespace

Outcome evaluate(DutyView const& duty, Assessable const& goods) {
    Outcome outcome;
    if (!is_sound(duty)) {
        outcome.why = "unreadable";
        return outcome;
    }
    Evaluation evaluation(duty, goods);
    Step const step = evaluation.node(0);
    outcome.known = step.known;
    outcome.used_exchange = evaluation.used_exchange();
    if (step.known) outcome.amount = step.amount;
    outcome.need = step.need;
    outcome.why = step.why;
    return outcome;
}

}  // namespace allroads::tariff
