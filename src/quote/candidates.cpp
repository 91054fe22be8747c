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
        for (std::size_t line = 0; line < request_.goods.size(); ++line) {
            Range range{static_cast<std::uint32_t>(found_.all.size()), 0};
            line_first_ = found_.all.size();
            for (auto const* schedule : market_.all()) find_line(line, *schedule);
            check_depth(line);
            range.count = static_cast<std::uint32_t>(found_.all.size()) - range.first;
            found_.ranges.push_back(range);
        }
    }

private:
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
        if (day < measure.valid_from || day > measure.valid_to || known < measure.known_from ||
            known > measure.known_to) {
            return;
        }
        if (!schedule.is_for(measure, goods_.lines[line].origin)) return;
        for (auto i = schedule_first; i < found_.all.size(); ++i) {
            auto const& other = *found_.all[i].measure;
            if (other.kind == measure.kind && other.program == measure.program) return;
        }
        if (measure.kind == Kind::vat && schedule_first != line_first_ && has_vat(schedule_first)) return;
        auto const& program = schedule.programs[measure.program];
        if (day < program.valid_from || day > program.valid_to) {
            if (day > program.valid_to && tariff::is_base_duty(measure.kind)) lapsed(schedule, program);
            return;
        }
        consider(line, schedule, measure);
    }

    // A country's own VAT stands in for what its union says of VAT.
    [[nodiscard]] bool has_vat(std::size_t schedule_first) const {
        for (auto i = line_first_; i < schedule_first; ++i) {
            if (found_.all[i].kind() == Kind::vat) return true;
        }
        return false;
    }

    void lapsed(Schedule const& schedule, tariff::ProgramRow const& program) {
        found_.lapsed_program = schedule.text(program.code);
        found_.lapsed_name = schedule.text(program.name);
        found_.lapsed_on = Day::from_number(program.valid_to);
    }

    void consider(std::size_t line, Schedule const& schedule, Measure const& measure) {
        Candidate candidate{&schedule, &measure, static_cast<std::uint32_t>(found_.missing.size()), 0, false};
        for (auto const& condition :
             schedule.conditions.subspan(measure.conditions, measure.condition_count)) {
            switch (holds(line, schedule, condition)) {
                case Holds::yes: break;
                case Holds::no: found_.missing.resize(candidate.missing_first); return;
                case Holds::missing:
                    found_.missing.push_back(schedule.text(
                        condition.kind == ConditionKind::fact ? condition.key : condition.text));
                    break;
                case Holds::unsettled: candidate.unsettled = true; break;
            }
        }
        candidate.missing_count = static_cast<std::uint16_t>(found_.missing.size() - candidate.missing_first);
        // Only a way to pay less waits for a paper. A charge that depends on a fact nobody gave stays,
        // unsettled; a lower tax that needs a fact is not given away without it.
        if (candidate.missing_count != 0 && !tariff::is_base_duty(measure.kind)) {
            found_.missing.resize(candidate.missing_first);
            candidate.missing_count = 0;
            if (measure.kind == Kind::vat || measure.kind == Kind::fee || measure.kind == Kind::handling)
                return;
            candidate.unsettled = true;
        }
        // Its charge will read these rows, which lie anywhere in the edition: they are on their way
        // meanwhile.
        __builtin_prefetch(&schedule.sources[measure.source]);
        __builtin_prefetch(&schedule.duties[measure.duty]);
        found_.all.push_back(candidate);
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
            case ConditionKind::scheme: return is(request_.tax_scheme == text);
            case ConditionKind::region: return is(request_.to_region == text);
            case ConditionKind::value: return value_holds(condition);
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

    Holds value_holds(Condition const& condition) const {
        auto limit = limit_of(condition);
        auto const currency = Currency::from_index(condition.currency);
        if (currency != home_) {
            auto const exchange = fx_.rate(currency, home_, request_.date);
            if (!exchange) return Holds::unsettled;
            auto const converted = convert(limit, *exchange, 6, Round::half_even);
            if (!converted) return Holds::unsettled;
            limit = *converted;
        }
        return compare(goods_.goods.amount(), condition.comparison, limit) ? Holds::yes : Holds::no;
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
                    {schedule, one, static_cast<std::uint32_t>(found_.missing.size()), 0, false});
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
};

}  // namespace

void find_candidates(Request const& request, Market const& market, Consignment const& goods,
                     FxTable const& fx, Currency market_currency, Candidates& found, Quote& quote) {
    Finder(request, market, goods, fx, market_currency, found, quote).run();
}

}  // namespace allroads::quote
