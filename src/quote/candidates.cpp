#include "quote/pass.h"

#include <algorithm>

namespace allroads::quote {

namespace {

using tariff::Comparison;
using tariff::Condition;
using tariff::ConditionKind;
using tariff::Kind;
using tariff::Measure;
using tariff::Node;
using tariff::Schedule;

constexpr std::string_view no_scheme_word = "none";
constexpr std::size_t candidates_usual = 12;  // of a line; more grow the list

// Three-valued: a condition holds, does not, wants a paper or fact the asker may still bring, or is nobody's
// to say.
enum class Holds : std::uint8_t { yes, no, missing, unsettled };

bool compare(Decimal const& have, Comparison how, Decimal const& limit) {
    switch (how) {
        case Comparison::equal: return have == limit;
        case Comparison::at_most: return have <= limit;
        case Comparison::below: return have < limit;
        case Comparison::at_least: return have >= limit;
        case Comparison::above: return have > limit;
    }
    return false;
}

class Finder {
public:
    Finder(Request const& request, Market const& market, Consignment const& goods, FxTable const& fx,
           Currency home, Candidates& found, Quote& quote)
        : request_(request),
          market_(market),
          goods_(goods),
          fx_(fx),
          home_(home),
          found_(found),
          quote_(quote) {}

    void run() {
        found_.ranges.reserve(request_.goods.size());
        found_.all.reserve(candidates_usual * request_.goods.size());
        list_schemes();
        for (std::size_t line = 0; line < request_.goods.size(); ++line) {
            Range range{static_cast<std::uint32_t>(found_.all.size()), 0};
            line_first_ = found_.all.size();
            for (auto const* schedule : market_.all()) find_line(line, *schedule);
            check_depth(line);
            range.count = static_cast<std::uint32_t>(found_.all.size()) - range.first;
            found_.ranges.push_back(range);
        }
    }

    [[nodiscard]] bool hold_for_all(Schedule const& schedule, std::uint32_t first,
                                    std::uint32_t count) const {
        return std::ranges::all_of(schedule.conditions.subspan(first, count),
                                   [&](Condition const& c) { return holds(0, schedule, c) == Holds::yes; });
    }

private:
    void list_schemes() {
        if (!request_.tax_scheme.empty()) return;
        auto const day = request_.date.number();
        for (auto const* schedule : market_.all()) {
            for (auto const& scheme : schedule->schemes) {
                if (day < scheme.valid_from || day > scheme.valid_to) continue;
                if (!hold_for_all(*schedule, scheme.conditions, scheme.condition_count)) continue;
                auto const code = schedule->text(scheme.code);
                if (scheme_named(code) != any_scheme) continue;
                found_.schemes.push_back({code, schedule->text(scheme.name)});
            }
        }
    }
    // Its place among the offered ones, from 1.
    [[nodiscard]] std::int16_t scheme_named(std::string_view code) const {
        for (std::size_t i = 0; i < found_.schemes.size(); ++i) {
            if (found_.schemes[i].code == code) return static_cast<std::int16_t>(i + 1);
        }
        return any_scheme;
    }

    // Walks from the longest known prefix up to "every good"; the first measure of a kind and program wins.
    void find_line(std::size_t line, Schedule const& schedule) {
        auto const schedule_first = found_.all.size();
        auto const* node = &schedule.deepest(request_.goods[line].hs);
        while (true) {
            for (auto const& measure : schedule.at(*node)) look(line, schedule, measure, schedule_first);
            if (node == &schedule.nodes[0]) break;
            node = &schedule.parent(*node);
        }
    }

    void look(std::size_t line, Schedule const& schedule, Measure const& measure,
              std::size_t schedule_first) {
        auto const day = request_.date.number();
        auto const known = request_.known_on.number();
        // One branch for four comparisons: most rows of "every good" are of other days, and a sign bit is
        // cheaper than four guesses. Days stay far within 32 bits, so no difference wraps.
        auto const outside = (day - measure.valid_from) | (measure.valid_to - day) |
                             (known - measure.known_from) | (measure.known_to - known);
        if (outside < 0) return;
        if (!schedule.is_for(measure, goods_.lines[line].origin)) return;
        for (auto i = schedule_first; i < found_.all.size(); ++i) {
            auto const& other = *found_.all[i].measure;
            if (other.kind == measure.kind && other.program == measure.program &&
                found_.all[i].scheme == any_scheme) {
                return;
            }
        }
        if (measure.kind == Kind::vat && schedule_first != line_first_ && has_vat(schedule_first)) return;
        auto const& program = schedule.programs[measure.program];
        if (day < program.valid_from || day > program.valid_to) {
            if (day > program.valid_to && tariff::is_base_duty(measure.kind)) lapsed(schedule, program);
            return;
        }
        consider(line, schedule, measure, schedule_first);
    }

    // A country's own VAT stands in for what its union says of VAT.
    [[nodiscard]] bool has_vat(std::size_t schedule_first) const {
        for (auto i = line_first_; i < schedule_first; ++i) {
            if (found_.all[i].kind() == Kind::vat) return true;
        }
        return false;
    }

    // Of several that have ended the one that ended last is told.
    void lapsed(Schedule const& schedule, tariff::ProgramRow const& program) {
        if (found_.lapsed_on && found_.lapsed_on->number() >= program.valid_to) return;
        found_.lapsed_program = schedule.text(program.code);
        found_.lapsed_name = schedule.text(program.name);
        found_.lapsed_on = Day::from_number(program.valid_to);
    }

    void consider(std::size_t line, Schedule const& schedule, Measure const& measure,
                  std::size_t schedule_first) {
        Candidate candidate{&schedule, &measure, static_cast<std::uint32_t>(found_.missing.size()),
                            0,         false,    any_scheme};
        for (auto const& condition :
             schedule.conditions.subspan(measure.conditions, measure.condition_count)) {
            switch (considered(line, schedule, condition, candidate)) {
                case Holds::yes: break;
                case Holds::no:
                    found_.missing.resize(candidate.missing_first);
                    tell_step("left-out", line, schedule, measure, schedule.text(condition.text));
                    return;
                case Holds::missing:
                    found_.missing.push_back(schedule.text(
                        condition.kind == ConditionKind::fact ? condition.key : condition.text));
                    break;
                case Holds::unsettled: candidate.unsettled = true; break;
            }
        }
        // Of two rows for one scheme the more exact came first.
        for (auto i = schedule_first; candidate.scheme != any_scheme && i < found_.all.size(); ++i) {
            auto const& other = found_.all[i];
            if (other.measure->kind == measure.kind && other.measure->program == measure.program &&
                other.scheme == candidate.scheme) {
                found_.missing.resize(candidate.missing_first);
                return;
            }
        }
        candidate.missing_count = static_cast<std::uint16_t>(found_.missing.size() - candidate.missing_first);
        // Only a way to pay less waits for a paper. A charge that depends on a fact nobody gave stays,
        // unsettled; a lower tax that needs a fact is not given away without it.
        if (candidate.missing_count != 0 && !tariff::is_base_duty(measure.kind)) {
            found_.missing.resize(candidate.missing_first);
            candidate.missing_count = 0;
            if (measure.kind == Kind::vat || measure.kind == Kind::fee || measure.kind == Kind::handling) {
                tell_step("left-out", line, schedule, measure, "a fact that was not given");
                return;
            }
            candidate.unsettled = true;
        }
        auto const* expression = schedule.expression(measure.base);
        tell_step("measure", line, schedule, measure,
                  expression == nullptr ? std::string_view() : schedule.text(expression->text));
        // Its charge will read these rows, which lie anywhere in the edition: they are on their way
        // meanwhile.
        __builtin_prefetch(&schedule.sources[measure.source]);
        __builtin_prefetch(&schedule.duties[measure.duty]);
        found_.all.push_back(candidate);
    }

    void tell_step(std::string_view what, std::size_t line, Schedule const& schedule, Measure const& measure,
                   std::string_view because) {
        if (!request_.explain) return;
        quote_.steps.push_back({what, static_cast<std::int32_t>(line), measure.kind,
                                schedule.text(schedule.programs[measure.program].code),
                                schedule.duty(measure).text, because, measure.digits, measure.step});
    }

    // A condition may also say under which scheme a measure counts, or lead to a quota.
    Holds considered(std::size_t line, Schedule const& schedule, Condition const& condition,
                     Candidate& candidate) {
        if (condition.kind == ConditionKind::quota) return quota_holds(line, schedule, condition);
        if (condition.kind != ConditionKind::scheme || !request_.tax_scheme.empty())
            return holds(line, schedule, condition);
        auto const code = schedule.text(condition.text);
        candidate.scheme = code == no_scheme_word ? no_scheme : scheme_named(code);
        return candidate.scheme == any_scheme ? Holds::no : Holds::yes;
    }

    // A quota is never promised: who does not say that he has a part of it is told what is left.
    Holds quota_holds(std::size_t line, Schedule const& schedule, Condition const& condition) {
        auto const named = schedule.text(condition.text);  // "quota:051104"
        bool const is_held = std::ranges::find(request_.proofs, named) != request_.proofs.end();
        auto const order = named.substr(std::min(named.find(':') + 1, named.size()));
        auto const day = request_.date.number();
        for (auto const& row : schedule.quotas) {
            if (schedule.text(row.order) != order || day < row.valid_from || day > row.valid_to) continue;
            bool const is_open =
                row.state == tariff::QuotaState::open || row.state == tariff::QuotaState::critical;
            Finding note;
            note.code = is_open ? "quota-balance" : "quota-closed";
            note.line = static_cast<std::int32_t>(line);
            note.first = order;
            note.second =
                is_open && row.balance >= 0 ? Unit::from_index(row.unit).name() : tariff::text_of(row.state);
            if (row.as_of > Day::first().number()) note.day = Day::from_number(row.as_of);
            if (row.balance >= 0) note.number = Decimal::of(row.balance, row.scale).stripped();
            if (is_open && row.balance < 0) note.code = "quota-open";
            quote_.notes.push_back(note);
            if (row.state == tariff::QuotaState::critical) say_warning("quota-critical", line, order);
            if (!is_open) return Holds::no;
            return is_held ? Holds::yes : Holds::missing;
        }
        Finding note;
        note.code = "quota-unpublished";
        note.line = static_cast<std::int32_t>(line);
        note.first = order;
        quote_.notes.push_back(note);
        return is_held ? Holds::yes : Holds::missing;
    }
    void say_warning(std::string_view code, std::size_t line, std::string_view first) {
        Finding warning;
        warning.code = code;
        warning.line = static_cast<std::int32_t>(line);
        warning.first = first;
        quote_.warnings.push_back(warning);
    }

    Holds holds(std::size_t line, Schedule const& schedule, Condition const& condition) const {
        auto const text = schedule.text(condition.text);
        auto const is = [](bool yes) { return yes ? Holds::yes : Holds::no; };
        switch (condition.kind) {
            case ConditionKind::proof:
                return std::ranges::find(request_.proofs, text) != request_.proofs.end() ? Holds::yes
                                                                                         : Holds::missing;
            case ConditionKind::road: return is(freight::text_of(request_.road) == text);
            case ConditionKind::buyer:
                return is((request_.buyer == Buyer::consumer ? "consumer" : "business") == text);
            case ConditionKind::scheme:
                return is(request_.tax_scheme == text ||
                          (request_.tax_scheme.empty() && text == no_scheme_word));
            case ConditionKind::region: return is(request_.to_region == text);
            case ConditionKind::value: return value_holds(condition, goods_.goods.amount());
            case ConditionKind::customs_value: return value_holds(condition, goods_.value_uncut.amount());
            case ConditionKind::quantity: return quantity_holds(line, condition);
            case ConditionKind::unit_value: return unit_value_holds(line, condition);
            case ConditionKind::quota: return Holds::unsettled;
            case ConditionKind::weight:
                if (!goods_.gross_kg) return Holds::unsettled;
                return is(compare(*goods_.gross_kg, condition.comparison, limit_of(condition)));
            case ConditionKind::fact: return fact_holds(line, schedule.text(condition.key), text);
            case ConditionKind::additional_code: {
                auto const& codes = request_.goods[line].additional_codes;
                return is(std::ranges::find(codes, text) != codes.end());
            }
            case ConditionKind::ask: return ask_holds(line, text);
        }
        return Holds::unsettled;
    }
    static Decimal limit_of(Condition const& condition) {
        return Decimal::of(condition.amount, condition.scale);
    }

    // The amount of a condition in the market's currency; nothing without a rate.
    std::optional<Decimal> limit_at_home(Condition const& condition) const {
        auto const limit = limit_of(condition);
        auto const currency = Currency::from_index(condition.currency);
        if (currency == home_) return limit;
        auto const exchange = fx_.rate(currency, home_, request_.date, rate_age_max);
        if (!exchange) return std::nullopt;
        auto const converted = convert(limit, *exchange, 6, Round::half_even);
        return converted ? std::optional(*converted) : std::nullopt;
    }
    Holds value_holds(Condition const& condition, Decimal const& value) const {
        auto const limit = limit_at_home(condition);
        if (!limit) return Holds::unsettled;
        return compare(value, condition.comparison, *limit) ? Holds::yes : Holds::no;
    }
    [[nodiscard]] std::optional<Decimal> quantity_of(std::size_t line, Unit wanted) const {
        for (auto const& known : goods_.quantities[line]) {
            if (!known.of.empty() || known.unit.dimension() != wanted.dimension()) continue;
            if (known.unit == wanted) return known.amount;
            if (auto const converted = convert(known, wanted)) return converted->amount;
        }
        return std::nullopt;
    }
    Holds quantity_holds(std::size_t line, Condition const& condition) const {
        auto const known = quantity_of(line, Unit::from_index(condition.unit));
        if (!known) return Holds::unsettled;
        return compare(*known, condition.comparison, limit_of(condition)) ? Holds::yes : Holds::no;
    }
    // Compared as value against limit times quantity, so that nothing is divided.
    Holds unit_value_holds(std::size_t line, Condition const& condition) const {
        auto const known = quantity_of(line, Unit::from_index(condition.unit));
        auto const limit = limit_at_home(condition);
        if (!known || !limit) return Holds::unsettled;
        auto const whole = product(*limit, *known);
        if (!whole) return Holds::unsettled;
        return compare(goods_.lines[line].customs_value.amount(), condition.comparison, *whole) ? Holds::yes
                                                                                                : Holds::no;
    }
    Holds fact_holds(std::size_t line, std::string_view key, std::string_view value) const {
        for (auto const& fact : request_.goods[line].facts) {
            if (fact.key == key) return fact.value == value ? Holds::yes : Holds::no;
        }
        return Holds::missing;
    }
    // `ask=9903.88.03`: only the asker can say whether the provision covers the goods, as a fact of that
    // name.
    Holds ask_holds(std::size_t line, std::string_view provision) const {
        for (auto const& fact : request_.goods[line].facts) {
            if (fact.key == provision) return fact.value == "false" ? Holds::no : Holds::yes;
        }
        return Holds::unsettled;
    }

    // A code that is too short for one answer, or that the tariff does not have, is said with the codes there
    // are.
    void check_depth(std::size_t line) {
        for (auto const* schedule : market_.all()) {
            if (!has_base_duty(*schedule)) continue;
            auto const code = request_.goods[line].hs;
            auto const below = under(*schedule, code);
            std::size_t choices = 0;
            bool same = true;
            Measure const* one = nullptr;
            for (auto const& node : below) {
                auto const* measure = add_choice(line, *schedule, node);
                if (measure == nullptr) continue;
                ++choices;
                same = same && (one == nullptr || one->duty == measure->duty);
                one = measure;
            }
            auto const& deepest = schedule->deepest(code);
            if (choices > 1 && same && !has_ordinary()) {
                // Whichever line it is, the duty is the same: that is an answer.
                found_.all.push_back(
                    {schedule, one, static_cast<std::uint32_t>(found_.missing.size()), 0, false, any_scheme});
                Finding warning;
                warning.code = "code-short";
                warning.line = static_cast<std::int32_t>(line);
                quote_.warnings.push_back(warning);
            } else if (choices > 0) {
                say_unknown("code-incomplete", line);
            } else if (schedule->profile->complete != 0 && below.empty() && deepest.key != code.key() &&
                       !covers(*schedule, deepest)) {
                say_unknown("code-not-in-tariff", line);
            }
        }
    }
    // A published line that may be declared covers longer statistical codes that the books do not list.
    static bool covers(Schedule const& schedule, Node const& node) {
        return (node.key & 15U) >= 8 && &node != &schedule.nodes[0];
    }
    static bool has_base_duty(Schedule const& schedule) { return schedule.profile->part_of.size == 0; }

    // The nodes strictly under a code, whether or not the code itself is one.
    static std::span<Node const> under(Schedule const& schedule, GoodsCode code) {
        auto const& deepest = schedule.deepest(code);
        if (deepest.key == code.key()) {
            auto const at = static_cast<std::size_t>(&deepest - schedule.nodes.data());
            return schedule.nodes.subspan(at + 1, deepest.end - at - 1);
        }
        // Not a node: what follows its place begins with it, as long as it does.
        auto const begin = std::ranges::upper_bound(schedule.nodes, code.key(), {}, &Node::key);
        auto end = begin;
        while (end != schedule.nodes.end() && GoodsCode::from_key(end->key).is_under(code)) ++end;
        return {begin, end};
    }

    [[nodiscard]] bool has_ordinary() const {
        return std::any_of(
            found_.all.begin() + static_cast<std::ptrdiff_t>(line_first_), found_.all.end(),
            [](Candidate const& candidate) { return candidate.kind() == Kind::third_country; });
    }

    // The ordinary duty of a node that day, put on the list of choices; nothing if it has none.
    Measure const* add_choice(std::size_t line, Schedule const& schedule, Node const& node) {
        auto const day = request_.date.number();
        auto const known = request_.known_on.number();
        for (auto const& measure : schedule.at(node)) {
            bool const speaks = measure.kind == Kind::third_country && day >= measure.valid_from &&
                                day <= measure.valid_to && known >= measure.known_from &&
                                known <= measure.known_to &&
                                schedule.is_for(measure, goods_.lines[line].origin);
            if (!speaks) continue;
            if (quote_.choices.size() < choices_max * (line + 1)) {
                quote_.choices.push_back({static_cast<std::int32_t>(line), GoodsCode::from_key(node.key),
                                          schedule.text(node.text), schedule.duty(measure).text});
            }
            return &measure;
        }
        return nullptr;
    }
    void say_unknown(std::string_view code, std::size_t line) {
        Finding finding;
        finding.code = code;
        finding.line = static_cast<std::int32_t>(line);
        quote_.unknown.push_back(finding);
    }

    Request const& request_;
    Market const& market_;
    Consignment const& goods_;
    FxTable const& fx_;
    Currency home_;
    Candidates& found_;
    Quote& quote_;
    std::size_t line_first_ = 0;
    friend struct allroads::quote::Conditions;
};

}  // namespace

bool hold_for_all(Request const& request, tariff::Schedule const& schedule, std::uint32_t first,
                  std::uint32_t count, Consignment const& goods, FxTable const& fx,
                  Currency market_currency) {
    if (count == 0) return true;
    Market const none;
    Candidates unused(std::pmr::get_default_resource());
    Quote untold;
    return Finder(request, none, goods, fx, market_currency, unused, untold)
        .hold_for_all(schedule, first, count);
}

void find_candidates(Request const& request, Market const& market, Consignment const& goods,
                     FxTable const& fx, Currency market_currency, Candidates& found, Quote& quote) {
    Finder(request, market, goods, fx, market_currency, found, quote).run();
}

std::optional<bool> Conditions::hold(std::size_t line, Schedule const& schedule,
                                     Condition const& condition) const {
    auto const held = Finder(request, market, goods, fx, home, found, quote).holds(line, schedule, condition);
    if (held == Holds::missing || held == Holds::unsettled) return std::nullopt;
    return held == Holds::yes;
}

}  // namespace allroads::quote
