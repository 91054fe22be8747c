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
          quote_(quote),
          day_(request.date.number()),
          known_(request.known_on.number()) {}

    void run(Places const& places) {
        found_.ranges.reserve(request_.goods.size());
        found_.all.reserve(candidates_usual * request_.goods.size());
        list_schemes();
        for (std::size_t line = 0; line < request_.goods.size(); ++line) {
            Range range{static_cast<std::uint32_t>(found_.all.size()), 0};
            line_first_ = found_.all.size();
            for (std::size_t i = 0; i < market_.schedule_count; ++i)
                find_line(line, *market_.schedules[i], places.at(line, i));
            for (std::size_t i = 0; i < market_.schedule_count; ++i)
                check_depth(line, *market_.schedules[i], places.at(line, i));
            if (is_too_short(line)) settle_ways(line, places);
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
    void find_line(std::size_t line, Schedule const& schedule, Node const& deepest) {
        auto const schedule_first = found_.all.size();
        seen_ = 0;
        auto const& root = schedule.nodes[0];
        for (auto const* node = &deepest; node != &root; node = &schedule.parent(*node)) {
            for (auto const& measure : schedule.at(*node)) {
                if (speaks(line, schedule, measure)) look(line, schedule, measure, schedule_first);
            }
        }
        auto const for_all = schedule.at(root);
        for (auto const place : schedule.every_good.on(day_)) {
            auto const& measure = for_all[place];
            if (speaks(line, schedule, measure)) look(line, schedule, measure, schedule_first);
        }
    }
    // Of the day asked for and what was known then, and of these goods' origin.
    [[nodiscard]] bool speaks(std::size_t line, Schedule const& schedule, Measure const& measure) const {
        // One branch for four comparisons, because a sign bit is cheaper than four guesses. Days stay far
        // within 32 bits, so no difference wraps.
        auto const outside = (day_ - measure.valid_from) | (measure.valid_to - day_) |
                             (known_ - measure.known_from) | (measure.known_to - known_);
        return outside >= 0 && schedule.is_for(measure, goods_.lines[line].origin);
    }

    void look(std::size_t line, Schedule const& schedule, Measure const& measure,
              std::size_t schedule_first) {
        if ((seen_ & mark_of(measure)) != 0 && is_answered(measure, schedule_first)) return;
        if (measure.kind == Kind::vat && schedule_first != line_first_ && has_vat(schedule_first)) return;
        auto const& program = schedule.programs[measure.program];
        if (day_ < program.valid_from || day_ > program.valid_to) {
            if (day_ > program.valid_to && tariff::is_base_duty(measure.kind)) lapsed(schedule, program);
            return;
        }
        consider(line, schedule, measure, schedule_first);
    }
    // One bit for a kind and program: where it is not set, none like it has been found, and nobody needs to
    // look.
    [[nodiscard]] static std::uint64_t mark_of(Measure const& measure) {
        return std::uint64_t{1} << ((measure.program * 5U + static_cast<unsigned>(measure.kind)) & 63U);
    }
    // A nearer row of its kind and program has spoken.
    [[nodiscard]] bool is_answered(Measure const& measure, std::size_t schedule_first) const {
        for (auto i = schedule_first; i < found_.all.size(); ++i) {
            auto const& other = *found_.all[i].measure;
            if (other.kind == measure.kind && other.program == measure.program &&
                found_.all[i].scheme == any_scheme) {
                return true;
            }
        }
        return false;
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
        origin_ =
            request_.goods[line].dossier && tariff::is_base_duty(measure.kind)
                ? origin_of(quote_, line, schedule, schedule.text(schedule.programs[measure.program].code))
                : nullptr;
        for (auto const& condition :
             schedule.conditions.subspan(measure.conditions, measure.condition_count)) {
            switch (considered(line, schedule, condition, candidate)) {
                case Holds::yes: break;
                case Holds::no:
                    forget_missing(candidate);
                    if (request_.explain)
                        tell_step("left-out", line, schedule, measure, schedule.text(condition.text));
                    return;
                case Holds::missing:
                    found_.missing.push_back(schedule.text(
                        condition.kind == ConditionKind::fact ? condition.key : condition.text));
                    break;
                case Holds::unsettled: candidate.unsettled = true; break;
            }
        }
        if (origin_ != nullptr) ask_origin(line, candidate);
        // Of two rows for one scheme the more exact came first.
        for (auto i = schedule_first; candidate.scheme != any_scheme && i < found_.all.size(); ++i) {
            auto const& other = found_.all[i];
            if (other.measure->kind == measure.kind && other.measure->program == measure.program &&
                other.scheme == candidate.scheme) {
                forget_missing(candidate);
                return;
            }
        }
        candidate.missing_count = static_cast<std::uint16_t>(found_.missing.size() - candidate.missing_first);
        // Only a way to pay less waits for a paper. A charge that depends on a fact nobody gave stays,
        // unsettled; a lower tax that needs a fact is not given away without it.
        if (candidate.missing_count != 0 && !tariff::is_base_duty(measure.kind)) {
            forget_missing(candidate);
            candidate.missing_count = 0;
            if (measure.kind == Kind::vat || measure.kind == Kind::fee || measure.kind == Kind::handling) {
                tell_step("left-out", line, schedule, measure, "a fact that was not given");
                return;
            }
            candidate.unsettled = true;
        }
        if (request_.explain) {
            auto const* expression = schedule.expression(measure.base);
            tell_step("measure", line, schedule, measure,
                      expression == nullptr ? std::string_view() : schedule.text(expression->text));
        }
        // Its charge will read this row, which lies anywhere in the edition: it is on its way meanwhile.
        __builtin_prefetch(&schedule.duties[measure.duty]);
        seen_ |= mark_of(measure);
        found_.all.push_back(candidate);
    }

    // Goods that do not qualify cannot come in by this way, whatever paper is at hand. Where the dossier does
    // not settle it, who holds the proof is believed, and told so.
    void ask_origin(std::size_t line, Candidate const& candidate) {
        using origin::Outcome;
        auto const& verdict = origin_->verdict;
        if (verdict.qualifies == Outcome::passes) return;
        if (verdict.qualifies == Outcome::fails) {
            found_.missing.push_back("origin");
            return;
        }
        bool const is_claimed = found_.missing.size() == candidate.missing_first;
        if (is_claimed) return say_warning("origin-unsettled", line, candidate.program());
        for (auto const& missing : verdict.missing) found_.missing.push_back(missing.fact);
    }
    void forget_missing(Candidate const& candidate) {
        while (found_.missing.size() > candidate.missing_first) found_.missing.pop_back();
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
        if (condition.kind == ConditionKind::proof && is_proved()) return Holds::yes;
        if (condition.kind != ConditionKind::scheme || !request_.tax_scheme.empty())
            return holds(line, schedule, condition);
        auto const code = schedule.text(condition.text);
        candidate.scheme = code == no_scheme_word ? no_scheme : scheme_named(code);
        return candidate.scheme == any_scheme ? Holds::no : Holds::yes;
    }

    [[nodiscard]] bool is_proved() const {
        using origin::Outcome;
        return origin_ != nullptr && origin_->verdict.qualifies == Outcome::passes &&
               origin_->verdict.proof == Outcome::passes;
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
    void check_depth(std::size_t line, Schedule const& schedule, Node const& deepest) {
        if (!has_base_duty(schedule)) return;
        auto const code = request_.goods[line].hs;
        auto const below = under(schedule, code, deepest);
        std::size_t choices = 0;
        bool same = true;
        Measure const* one = nullptr;
        for (auto const& node : below) {
            auto const* measure = add_choice(line, schedule, node);
            if (measure == nullptr) continue;
            ++choices;
            same = same && (one == nullptr || one->duty == measure->duty);
            one = measure;
        }
        auto const* ordinary = ordinary_duty();
        if (choices > 1 && same && ordinary == nullptr) {
            // Whichever line it is, the duty is the same: that is an answer.
            found_.all.push_back(
                {&schedule, one, static_cast<std::uint32_t>(found_.missing.size()), 0, false, any_scheme});
            say_warning("code-short", line, {});
        } else if (choices > 0 && same && ordinary != nullptr && ordinary->measure->duty == one->duty &&
                   ordinary->schedule == &schedule) {
            say_warning("code-short", line, {});  // the lines repeat what stands above them
        } else if (choices > 0) {
            say_unknown("code-incomplete", line);
        } else if (schedule.profile->complete != 0 && below.empty() && deepest.key != code.key() &&
                   !covers(schedule, deepest)) {
            say_unknown("code-not-in-tariff", line);
        }
    }
    // A published line that may be declared covers longer statistical codes that the books do not list.
    static bool covers(Schedule const& schedule, Node const& node) {
        return (node.key & 15U) >= 8 && &node != &schedule.nodes[0];
    }
    static bool has_base_duty(Schedule const& schedule) { return schedule.profile->part_of.size == 0; }

    // The nodes strictly under a code, whether or not the code itself is one.
    static std::span<Node const> under(Schedule const& schedule, GoodsCode code, Node const& deepest) {
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

    // The first that was found; where a program of its own is among several, none is taken for the others.
    [[nodiscard]] Candidate const* ordinary_duty() const {
        Candidate const* found = nullptr;
        for (auto i = line_first_; i < found_.all.size(); ++i) {
            auto const& candidate = found_.all[i];
            if (candidate.kind() != Kind::third_country) continue;
            if (found == nullptr || candidate.measure->program == 0) found = &candidate;
        }
        return found;
    }

    [[nodiscard]] bool is_too_short(std::size_t line) const {
        return std::ranges::any_of(quote_.unknown, [&](Finding const& finding) {
            return finding.code == "code-incomplete" && finding.line == static_cast<std::int32_t>(line);
        });
    }
    // One line under a short code, and what it says besides the ordinary duty.
    struct Below {
        Schedule const* schedule;
        Measure const* measure;
        bool is_ordinary;
    };
    // A way costs the same whichever line under a short code the goods are where its rule stands above all of
    // them (a preference for every good, a relief of small parcels) and none has one of its own, or where
    // every line has the same. No way is settled where some line bears a charge besides the duty.
    void settle_ways(std::size_t line, Places const& places) {
        List<Below> below(goods_.arena);
        for (std::size_t i = 0; i < market_.schedule_count; ++i) list_below(line, i, places, below);
        if (std::ranges::any_of(below,
                                [](Below const& one) { return !tariff::is_base_duty(one.measure->kind); })) {
            found_.charged_below.push_back(static_cast<std::int32_t>(line));
            return;
        }
        for (auto i = line_first_; i < found_.all.size(); ++i) {
            auto& way = found_.all[i];
            way.holds_below =
                way.kind() != Kind::third_country && tariff::is_base_duty(way.kind()) &&
                std::ranges::none_of(below, [&](Below const& one) {
                    return one.schedule == way.schedule && is_same_way(*one.measure, *way.measure);
                });
        }
        for (auto const& one : below) {
            if (one.is_ordinary || !is_on_every_line(one, below)) continue;
            auto const before = found_.all.size();
            seen_ = ~std::uint64_t{0};  // a nearer row for this way has spoken, or this one did
            look(line, *one.schedule, *one.measure, line_first_);
            if (found_.all.size() > before) found_.all.back().holds_below = true;
        }
    }
    void list_below(std::size_t line, std::size_t place, Places const& places, List<Below>& below) const {
        auto const& schedule = *market_.schedules[place];
        for (auto const& node : under(schedule, request_.goods[line].hs, places.at(line, place))) {
            bool has_ordinary = false;
            for (auto const& measure : schedule.at(node)) {
                if (!speaks(line, schedule, measure)) continue;
                bool const is_ordinary = measure.kind == Kind::third_country;
                if (is_ordinary && std::exchange(has_ordinary, true)) continue;
                below.push_back({&schedule, &measure, is_ordinary});
            }
        }
    }
    [[nodiscard]] static bool is_same_way(Measure const& a, Measure const& b) {
        return a.kind == b.kind && a.program == b.program;
    }
    // As many rows as lines with an ordinary duty, all alike: none is without it, none has two.
    [[nodiscard]] static bool is_on_every_line(Below const& rule, std::span<Below const> below) {
        std::size_t lines = 0;
        std::size_t rows = 0;
        for (auto const& one : below) {
            if (one.schedule != rule.schedule) continue;
            if (one.is_ordinary) ++lines;
            if (one.is_ordinary || !is_same_way(*one.measure, *rule.measure)) continue;
            if (!is_alike(*rule.schedule, *one.measure, *rule.measure)) return false;
            ++rows;
        }
        return lines > 0 && rows == lines;
    }
    [[nodiscard]] static bool is_alike(Schedule const& schedule, Measure const& a, Measure const& b) {
        auto const of = [&](Measure const& m) {
            return schedule.conditions.subspan(m.conditions, m.condition_count);
        };
        auto const excluded = [&](Measure const& m) {
            return schedule.stacks.subspan(m.stack, m.stack_count);
        };
        return a.duty == b.duty && a.base == b.base && a.digits == b.digits && a.step == b.step &&
               std::ranges::equal(of(a), of(b),
                                  [&](Condition const& x, Condition const& y) {
                                      return x.kind == y.kind && x.comparison == y.comparison &&
                                             x.currency == y.currency && x.scale == y.scale &&
                                             x.unit == y.unit && x.amount == y.amount &&
                                             schedule.text(x.key) == schedule.text(y.key) &&
                                             schedule.text(x.text) == schedule.text(y.text);
                                  }) &&
               std::ranges::equal(excluded(a), excluded(b),
                                  [](tariff::Stack const& x, tariff::Stack const& y) {
                                      return x.relation == y.relation && x.program == y.program;
                                  });
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
    std::int32_t day_;
    std::int32_t known_;
    std::size_t line_first_ = 0;
    OriginVerdict const* origin_ = nullptr;  // of the line, for the measure at hand
    std::uint64_t seen_ = 0;                 // marks of what was found in the schedule at hand
    friend struct allroads::quote::Conditions;
};

}  // namespace

bool hold_for_all(Request const& request, tariff::Schedule const& schedule, std::uint32_t first,
                  std::uint32_t count, Consignment const& goods, FxTable const& fx,
                  Currency market_currency) {
    if (count == 0) return true;
    Market const none;
    Arena memory({});
    Candidates unused(memory);
    Quote untold;
    return Finder(request, none, goods, fx, market_currency, unused, untold)
        .hold_for_all(schedule, first, count);
}

void find_candidates(Request const& request, Market const& market, Places const& places,
                     Consignment const& goods, FxTable const& fx, Currency market_currency, Candidates& found,
                     Quote& quote) {
    Finder(request, market, goods, fx, market_currency, found, quote).run(places);
}

void Arena::grow(std::size_t bytes) {
    auto const size = std::max(bytes, piece_bytes);
    at_ = more_.emplace_back(std::make_unique<std::byte[]>(size)).get();
    left_ = size;
}

Places::Places(Request const& request, Market const& market, Arena& memory)
    : schedules_(market.schedule_count), nodes_(memory) {
    constexpr std::size_t line_bytes = 64;
    constexpr std::size_t bytes_max = 1024;  // of one node; more would push out the rest
    nodes_.reserve(request.goods.size() * schedules_);
    for (auto const& item : request.goods) {
        for (auto const* schedule : market.all()) {
            auto const& node = schedule->deepest(item.hs);
            nodes_.push_back(&node);
            if (node.key == 0) continue;  // every good: a calendar says which rows
            auto const rows = std::as_bytes(schedule->at(node));
            for (std::size_t at = 0; at < std::min(rows.size(), bytes_max); at += line_bytes)
                __builtin_prefetch(rows.data() + at);
        }
    }
}

std::optional<bool> Conditions::hold(std::size_t line, Schedule const& schedule,
                                     Condition const& condition) const {
    auto const held = Finder(request, market, goods, fx, home, found, quote).holds(line, schedule, condition);
    if (held == Holds::missing || held == Holds::unsettled) return std::nullopt;
    return held == Holds::yes;
}

}  // namespace allroads::quote
