#include "quote/pass.h"

#include <algorithm>
#include <array>
#include <bit>

namespace allroads::quote {

namespace {

using tariff::Kind;
using tariff::Measure;
using tariff::Term;
using tariff::Terms;

constexpr std::string_view third_country_id = "third-country";
constexpr std::string_view mixed_id = "mixed";
constexpr std::int32_t stale_after_days = 400;
constexpr std::size_t ways_usual = 6;                           // more grow the list
constexpr std::int64_t amount_max = 1'000'000'000'000'000'000;  // minor units

// One way to import: the base duty of each line is that of this kind and program where the line has it.
struct Way {
    std::string_view id;
    std::string_view name;
    Kind kind = Kind::third_country;
    bool mixed = false;  // each line by its cheapest claimable way
    std::int16_t scheme = no_scheme;
};

// Whether a sum of minor units is an amount.
bool fits(Int128 minor) { return minor <= amount_max && minor >= -amount_max; }
std::unexpected<Error> too_large() {
    return refuse(Code::amount_too_large, "goods", "the sum of all lines is beyond 18 digits");
}

// The amounts of one line that a base may be made of, in minor units: what it is worth, and what has been
// charged on it so far. Each at the bit of its Term.
struct Charged {
    std::array<std::int64_t, 11> minor = {};
    bool unknown = false;  // something before this is unknown, so what stands on it is too
    bool has_unknown_duty = false;

    [[nodiscard]] static std::size_t place(Term term) {
        return static_cast<std::size_t>(std::countr_zero(static_cast<Terms>(term)));
    }
    void set(Term term, Money const& money) { minor[place(term)] = money.minor(); }
    [[nodiscard]] Int128 sum(Terms terms) const {
        Int128 total = 0;
        for (unsigned left = terms; left != 0; left &= left - 1)
            total += minor[static_cast<std::size_t>(std::countr_zero(left))];
        return total;
    }
};
// Of a line before anything is charged.
Charged uncharged(LineValue const& value) {
    Charged made;
    made.set(Term::customs_value, value.customs_value);
    made.set(Term::goods, value.goods);
    made.set(Term::freight, value.freight);
    made.set(Term::insurance, value.insurance);
    made.set(Term::costs_before, value.costs_before);
    made.set(Term::costs_after, value.costs_after);
    return made;
}
// Which amount a charge adds to.
constexpr std::array<Term, tariff::kinds> term_of_kind = {
    Term::duty,      Term::duty,      Term::duty,   Term::duty, Term::surcharge, Term::surcharge,
    Term::surcharge, Term::surcharge, Term::excise, Term::fee,  Term::vat,       Term::fee};
constexpr Term term_of(Kind kind) { return term_of_kind[static_cast<std::size_t>(kind)]; }

// What every way asks of a candidate, worked out once.
struct Facts {
    std::uint16_t place = 0;         // in the order of levy: by step, then kind
    bool is_of_consignment = false;  // charged once, on the sum of all lines
    bool builds_on_duty = false;     // "the duty provided in the applicable subheading + …"
    bool differs_by_way = false;     // the same charge by another way could be another amount
    std::uint32_t worked = 0;  // where the charge that every way shares stands in Quote::charges, plus one
};

struct Active {
    Candidate const* candidate;
    Facts* facts;
    std::string_view suppressed_by;
    bool is_charged = false;
};

// A waiver that holds, and when in the order of levy it is asked.
struct Waiver {
    tariff::Schedule const* schedule;
    tariff::WaiverRow const* row;
    std::int64_t limit;  // minor units
    int step;
};
constexpr std::uint8_t step_end = 255;  // after every charge
constexpr int step_done = 1000;

// Amounts that a base may name, of one line or of the whole consignment.
template <class Sum, class Charged_, class Fact_>
class Amounts final : public tariff::Levied {
public:
    Amounts(Sum sum, Charged_ charged, Fact_ fact)
        : sum_(std::move(sum)), charged_(std::move(charged)), fact_(std::move(fact)) {}
    Decimal amount(Terms terms) const override { return sum_(terms); }
    Decimal charged(std::string_view program) const override { return charged_(program); }
    std::optional<Decimal> fact(std::string_view name) const override { return fact_(name); }

private:
    Sum sum_;
    Charged_ charged_;
    Fact_ fact_;
};

class Pricer {
public:
    Pricer(Request const& request, Market const& market, Rules const& rules, FxTable const& fx,
           Consignment const& goods, Candidates const& candidates, Arena& memory, Quote& quote,
           std::vector<Candidate const*>* origins)
        : request_(request),
          market_(market),
          rules_(rules),
          fx_(fx),
          goods_(goods),
          candidates_(candidates),
          home_(goods.goods.currency()),
          charged_(goods.lines.size(), memory),
          facts_(candidates.all.size(), memory),
          ways_(memory),
          waivers_(memory),
          bases_(goods.lines.size(), nullptr, memory),
          actives_(goods.lines.size(), List<Active>(memory), memory),
          quote_(quote),
          origins_(origins) {}

    Result<void> run() {
        has_schemes_ = std::ranges::any_of(
            candidates_.all, [](Candidate const& candidate) { return candidate.scheme != any_scheme; });
        list_ways();
        list_facts();
        list_waivers();
        is_shared_ = waivers_.empty() && !has_sums_to_cut();
        for (auto const& way : ways_) TRY_VOID(price_way(way));
        // Ties stay in the order of listing; a stable sort would ask for memory.
        std::ranges::sort(quote_.options, [](Option const& a, Option const& b) {
            // Of two that are not complete the one with less unknown comes first: what is missing only looks
            // cheap.
            if (a.unknown_count != b.unknown_count) return a.unknown_count < b.unknown_count;
            auto const order = a.landed_total <=> b.landed_total;
            return order != 0 ? order < 0 : a.charges.first < b.charges.first;
        });
        choose();
        return {};
    }

private:
    // ---- which ways there are

    void list_ways() {
        ways_.reserve(ways_usual);
        ways_.push_back({third_country_id, {}, Kind::third_country, false});
        for (auto const& candidate : candidates_.all) {
            if (!tariff::is_base_duty(candidate.kind()) || candidate.kind() == Kind::third_country) continue;
            auto const program = candidate.program();
            auto const id = program.empty() ? tariff::text_of(candidate.kind()) : program;
            bool const known = std::ranges::any_of(
                ways_, [&](Way const& way) { return way.id == id && way.kind == candidate.kind(); });
            if (!known && ways_.size() + 1 < options_max) {
                ways_.push_back({id, candidate.program_name(), candidate.kind(), false});
            }
        }
        if (goods_.lines.size() > 1 && ways_.size() > 2)
            ways_.push_back({mixed_id, {}, Kind::third_country, true});
        // Each of them under each scheme.
        auto const plain = ways_.size();
        for (std::size_t scheme = 1; scheme <= candidates_.schemes.size(); ++scheme) {
            for (std::size_t i = 0; i < plain && ways_.size() < options_max; ++i) {
                auto way = ways_[i];
                way.scheme = static_cast<std::int16_t>(scheme);
                ways_.push_back(way);
            }
        }
    }
    // Whether a candidate counts under the scheme at hand. What is said for a scheme stands in for what is
    // said for all.
    [[nodiscard]] bool counts(std::size_t line, Candidate const& candidate) const {
        if (candidate.scheme != any_scheme) return candidate.scheme == scheme_;
        if (!has_schemes_) return true;
        return std::ranges::none_of(candidates_.of(line), [&](Candidate const& other) {
            return other.scheme == scheme_ && other.kind() == candidate.kind() &&
                   other.schedule == candidate.schedule &&
                   other.measure->program == candidate.measure->program;
        });
    }

    void list_facts() {
        // The second step of the way to a duty: its row has arrived, its tree is next.
        for (auto const& candidate : candidates_.all) {
            auto const& schedule = *candidate.schedule;
            auto const& row = schedule.duties[candidate.measure->duty];
            __builtin_prefetch(schedule.duty_nodes.data() + row.node);
        }
        for (std::size_t i = 0; i < candidates_.all.size(); ++i) {
            auto const& candidate = candidates_.all[i];
            auto const& measure = *candidate.measure;
            facts_[i].place = static_cast<std::uint16_t>(unsigned{measure.step} << 8U |
                                                         static_cast<unsigned>(measure.kind));
            facts_[i].is_of_consignment = is_of_consignment(measure);
            facts_[i].builds_on_duty = builds_on_duty(candidate);
            facts_[i].differs_by_way = facts_[i].builds_on_duty || stands_on_charges(candidate);
        }
    }
    [[nodiscard]] Facts& facts_of(Candidate const& candidate) {
        return facts_[static_cast<std::size_t>(&candidate - candidates_.all.data())];
    }
    [[nodiscard]] Facts const& facts_of(Candidate const& candidate) const {
        return facts_[static_cast<std::size_t>(&candidate - candidates_.all.data())];
    }

    [[nodiscard]] static bool is_way(Candidate const& candidate, Way const& way) {
        auto const program = candidate.program();
        return candidate.kind() == way.kind &&
               (program.empty() ? tariff::text_of(way.kind) : program) == way.id;
    }
    // The ordinary duty of a line; a national provision of the same kind for these origins stands in for it.
    [[nodiscard]] Candidate const* ordinary(std::size_t line) const {
        Candidate const* found = nullptr;
        for (auto const& candidate : candidates_.of(line)) {
            if (candidate.kind() != Kind::third_country || !counts(line, candidate)) continue;
            if (found == nullptr || candidate.measure->program == 0) found = &candidate;
        }
        return found;
    }
    [[nodiscard]] Candidate const* base_of(std::size_t line, Way const& way) const {
        if (way.mixed) return cheapest(line);
        if (way.kind != Kind::third_country) {
            for (auto const& candidate : candidates_.of(line)) {
                if (is_way(candidate, way) && counts(line, candidate)) return &candidate;
            }
        }
        return ordinary(line);
    }
    // Of the ways a line may be imported with the proofs at hand, the one with the least duty.
    [[nodiscard]] Candidate const* cheapest(std::size_t line) const {
        auto const* best = ordinary(line);
        std::optional<Decimal> least;
        if (best != nullptr) least = duty_amount(line, *best);
        for (auto const& candidate : candidates_.of(line)) {
            if (!tariff::is_base_duty(candidate.kind()) || candidate.missing_count != 0 ||
                candidate.unsettled || !counts(line, candidate))
                continue;
            auto const amount = duty_amount(line, candidate);
            if (!amount || (least && *amount >= *least)) continue;
            least = amount;
            best = &candidate;
        }
        return best;
    }
    [[nodiscard]] std::optional<Decimal> duty_amount(std::size_t line, Candidate const& candidate) const {
        auto const outcome = evaluate(line, candidate, goods_.lines[line].customs_value);
        return outcome.known ? std::optional(outcome.amount) : std::nullopt;
    }

    // ---- one way

    Result<void> price_way(Way const& way) {
        option_first_ = static_cast<std::uint32_t>(quote_.charges.size());
        scheme_ = way.scheme;
        for (std::size_t line = 0; line < goods_.lines.size(); ++line) {
            charged_[line] = uncharged(goods_.lines[line]);
            bases_[line] = base_of(line, way);
            list_active(line);
        }
        if (has_no_more_than(way)) return {};
        TRY_VOID(charge_all());
        auto const costs = TRY(costs_of(way.scheme)).minor();
        auto& option = quote_.options.emplace_back(Option{.id = way.id,
                                                          .name = way.name,
                                                          .charges = {option_first_, 0},
                                                          .proofs_needed = {},
                                                          .proofs_missing = {},
                                                          .taxes = Money::zero(home_),
                                                          .costs = Money(costs, home_),
                                                          .landed_total = Money::zero(home_)});
        if (way.scheme > no_scheme) {
            auto const& scheme = candidates_.schemes[static_cast<std::size_t>(way.scheme - 1)];
            option.scheme = scheme.code;
            option.scheme_name = scheme.name;
        }
        list_proofs(option);
        judge(option);
        option.charges.count = static_cast<std::uint32_t>(quote_.charges.size()) - option.charges.first;
        Int128 taxes = 0;
        for (auto const& charge : charges_of(option)) {
            taxes += charge.amount.minor();
            option.unknown_count += charge.known ? 0U : 1U;
        }
        option.complete = option.unknown_count == 0;
        Int128 const landed =
            taxes + goods_.goods.minor() + goods_.freight.minor() + goods_.insurance.minor() + costs;
        if (!fits(taxes) || !fits(landed)) return too_large();
        option.taxes = Money(static_cast<std::int64_t>(taxes), home_);
        option.landed_total = Money(static_cast<std::int64_t>(landed), home_);
        return {};
    }
    [[nodiscard]] Result<Money> costs_of(std::int16_t scheme) const {
        auto total = TRY(sum(goods_.costs_before, goods_.costs_after));
        auto const code = scheme > no_scheme ? candidates_.schemes[static_cast<std::size_t>(scheme - 1)].code
                          : request_.tax_scheme.empty() ? std::string_view("none")
                                                        : std::string_view(request_.tax_scheme);
        for (auto const& cost : goods_.scheme_costs) {
            if (cost.scheme == code) total = TRY(sum(total, cost.amount));
        }
        return total;
    }
    // A preference that gives nothing under a scheme, or without the one it is tied to, is no way of its own.
    [[nodiscard]] bool has_no_more_than(Way const& way) const {
        if (way.mixed) return false;
        bool const is_ordinary = way.kind == Kind::third_country;
        if (is_ordinary && way.scheme == no_scheme) return false;
        for (std::size_t line = 0; line < bases_.size(); ++line) {
            auto const* base = bases_[line];
            // The ordinary way under a scheme that leaves a line without a duty is not one either.
            if (is_ordinary && base == nullptr) return true;
            if (!is_ordinary && base != nullptr && base != ordinary(line)) return false;
        }
        return !is_ordinary;
    }
    [[nodiscard]] std::span<Charge const> charges_of(Option const& option) const {
        return std::span(quote_.charges).subspan(option.charges.first, option.charges.count);
    }

    // The measures that count for a line under the way at hand, in the order of levy, and which of them
    // another one suppresses.
    void list_active(std::size_t line) {
        auto& active = actives_[line];
        active.clear();
        active.reserve(candidates_.of(line).size() + 1);
        if (bases_[line] != nullptr) active.push_back({bases_[line], &facts_of(*bases_[line]), {}});
        bool any_stack = bases_[line] != nullptr && bases_[line]->measure->stack_count != 0;
        for (auto const& candidate : candidates_.of(line)) {
            if (tariff::is_base_duty(candidate.kind()) || !counts(line, candidate)) continue;
            active.push_back({&candidate, &facts_of(candidate), {}});
            any_stack = any_stack || candidate.measure->stack_count != 0;
        }
        if (any_stack) suppress(active);
        in_order(active);
    }
    // Whether a relation speaks of a candidate: of the ordinary duty, or of a program by its code.
    [[nodiscard]] static bool is_meant(tariff::Stack const& stack, tariff::Schedule const& schedule,
                                       Candidate const& other) {
        if (stack.program == 0) return other.kind() == Kind::third_country;
        if (other.schedule == &schedule) return other.measure->program == stack.program;
        return other.program() == schedule.text(schedule.programs[stack.program].code);
    }
    static void suppress(std::span<Active> active) {
        for (auto const& by : active) {
            // What is displaced displaces nothing: the base duty, which stands first, has spoken by then.
            if (!by.suppressed_by.empty()) continue;
            auto const& measure = *by.candidate->measure;
            auto const& schedule = *by.candidate->schedule;
            for (auto const& stack : schedule.stacks.subspan(measure.stack, measure.stack_count)) {
                for (auto& other : active) {
                    if (&other != &by && other.suppressed_by.empty() &&
                        is_meant(stack, schedule, *other.candidate)) {
                        other.suppressed_by = name_of(*by.candidate);
                    }
                }
            }
        }
    }
    // By step, then kind, then as found. There are few, and they are nearly in order: an insertion sort,
    // which asks for no memory.
    static void in_order(std::span<Active> active) {
        for (std::size_t i = 1; i < active.size(); ++i) {
            for (auto j = i; j > 0 && active[j].facts->place < active[j - 1].facts->place; --j)
                std::swap(active[j], active[j - 1]);
        }
    }
    [[nodiscard]] static std::string_view name_of(Candidate const& candidate) {
        auto const program = candidate.program();
        return program.empty() ? tariff::text_of(candidate.kind()) : program;
    }

    // Everything that is levied, in its order: what is charged on the consignment waits for what comes before
    // it on each line, and counts among what later charges of the lines stand on.
    Result<void> charge_all() {
        for (auto& waiver : waivers_) waiver.step = after(waiver.row->terms);
        // The first line's measures hold every one for all goods; they are the same for each line.
        for (auto& active : actives_[0]) {
            if (!active.facts->is_of_consignment) continue;
            auto const step = active.candidate->measure->step;
            TRY_VOID(waive_before(step));
            TRY_VOID(charge_lines(step));
            TRY_VOID(charge(whole_consignment, active));
        }
        TRY_VOID(waive_before(step_end));
        TRY_VOID(charge_lines(step_end));
        return has_sums_to_cut() ? cut_sums() : Result<void>();
    }
    Result<void> charge_lines(std::uint8_t step) {
        for (std::size_t line = 0; line < goods_.lines.size(); ++line) TRY_VOID(charge_line(line, step));
        return {};
    }

    // ---- what is not collected, and what is cut off sums

    // Waivers of that day whose conditions hold, by law; each is asked by every way.
    void list_waivers() {
        auto const day = request_.date.number();
        for (auto const* schedule : market_.all()) {
            for (auto const& row : schedule->waivers) {
                if (day < row.valid_from || day > row.valid_to) continue;
                if (!hold_for_all(request_, *schedule, row.conditions, row.condition_count, goods_, fx_,
                                  home_))
                    continue;
                if (auto const limit = at_home(row)) waivers_.push_back({schedule, &row, *limit, 0});
            }
        }
    }
    // The limit in minor units of the market; nothing where there is no rate, and then nothing is waived.
    [[nodiscard]] std::optional<std::int64_t> at_home(tariff::WaiverRow const& row) const {
        auto limit = Decimal::of(row.up_to, row.scale);
        if (auto const currency = Currency::from_index(row.currency); currency != home_) {
            auto const exchange = fx_.rate(currency, home_, request_.date, rate_age_max);
            if (!exchange) return std::nullopt;
            auto const turned = convert(limit, *exchange, home_.minor_digits(), Round::half_even);
            if (!turned) return std::nullopt;
            limit = *turned;
        }
        auto const money = Money::rounded(limit, home_, Round::down);
        return money ? std::optional(money->minor()) : std::nullopt;
    }
    // The step at which all charges of these terms have been levied.
    [[nodiscard]] std::uint8_t after(Terms terms) const {
        std::uint8_t last = 0;
        for (auto const& active : actives_) {
            for (auto const& one : active) {
                if (tariff::has(terms, term_of(one.candidate->kind())))
                    last = std::max(last, one.candidate->measure->step);
            }
        }
        return static_cast<std::uint8_t>(std::min<int>(last + 1, step_end));
    }
    Result<void> waive_before(std::uint8_t step) {
        if (waivers_.empty()) return {};
        for (int at = 0; at <= step; ++at) {
            for (auto const& waiver : waivers_) {
                if (waiver.step != at) continue;
                TRY_VOID(charge_lines(static_cast<std::uint8_t>(at)));
                TRY_VOID(waive(waiver));
            }
        }
        for (auto& waiver : waivers_) {
            if (waiver.step <= step) waiver.step = step_done;
        }
        return {};
    }
    // Where what is charged comes to no more than the limit, nothing of it is collected. Where a part of it
    // is not known, nobody can say.
    Result<void> waive(Waiver const& waiver) {
        Int128 total = 0;
        auto const charges = std::span(quote_.charges).subspan(option_first_);
        for (auto const& made : charges) {
            if (!tariff::has(waiver.row->terms, term_of(made.kind))) continue;
            if (!made.known) return {};
            total += made.amount.minor();
        }
        if (total == 0 || total > waiver.limit) return {};
        for (auto& made : charges) {
            if (!tariff::has(waiver.row->terms, term_of(made.kind)) || made.amount.minor() == 0) continue;
            TRY_VOID(count_parts(made, -counted(made.amount)));
            made.amount = Money::zero(home_);
            made.suppressed_by = waiver.schedule->text(waiver.row->name);
            made.is_waived = true;
        }
        return {};
    }
    // Whether the law's step cuts the sum of a tax over the lines, and there are several.
    [[nodiscard]] bool has_sums_to_cut() const { return rules_.step_on_sum && goods_.lines.size() > 1; }
    // What the sum of a tax over all lines is above the step is taken off its last lines.
    Result<void> cut_sums() {
        auto const charges = std::span(quote_.charges).subspan(option_first_);
        for (std::size_t i = 0; i < charges.size(); ++i) {
            bool const is_first =
                std::none_of(charges.begin(), charges.begin() + static_cast<std::ptrdiff_t>(i),
                             [&](Charge const& one) { return is_same_tax(one, charges[i]); });
            if (!is_first) continue;
            Int128 total = 0;
            for (auto const& one : charges) total += is_same_tax(one, charges[i]) ? one.amount.minor() : 0;
            if (!fits(total)) return too_large();
            auto const whole = Money(static_cast<std::int64_t>(total), home_);
            auto left =
                TRY(difference(whole,
                               TRY(to_multiple(whole.amount(), rules_.amount_step, home_, rules_.round))))
                    .minor();
            for (auto j = charges.size(); j-- > 0 && left != 0;) {
                auto& one = charges[j];
                if (!is_same_tax(one, charges[i])) continue;
                auto const off = std::min(left, one.amount.minor());
                one.amount = Money(one.amount.minor() - off, home_);
                left -= off;
            }
        }
        return {};
    }
    // Every way to the base duty is one tax; of the others each program is.
    [[nodiscard]] static bool is_same_tax(Charge const& a, Charge const& b) {
        if (tariff::is_base_duty(a.kind) || tariff::is_base_duty(b.kind))
            return tariff::is_base_duty(a.kind) && tariff::is_base_duty(b.kind);
        return a.kind == b.kind && a.program() == b.program();
    }
    // What of a charge later ones stand on: where the step cuts sums, each line gives its own part cut.
    [[nodiscard]] std::int64_t counted(Money const& amount) const {
        if (!has_sums_to_cut()) return amount.minor();
        auto const cut = to_multiple(amount.amount(), rules_.amount_step, home_, Round::down);
        return cut ? cut->minor() : amount.minor();
    }
    // What is levied on a line before `step` and has not been yet.
    Result<void> charge_line(std::size_t line, std::uint8_t step) {
        if (is_duty_open(line) && !charged_[line].has_unknown_duty) {
            // Where another charge stands in for the ordinary duty, nobody needs to know that.
            if (!is_replaced(line)) charge_unknown_duty(line);
            charged_[line].has_unknown_duty = true;
        }
        for (auto& active : actives_[line]) {
            auto const& candidate = *active.candidate;
            if (candidate.measure->step >= step && step != step_end) break;
            if (active.is_charged || active.facts->is_of_consignment) continue;
            active.is_charged = true;
            if (charged_[line].has_unknown_duty && tariff::is_base_duty(candidate.kind())) continue;
            if (candidate.measure->per == tariff::Per::item && is_charged_with_item(line, active)) continue;
            TRY_VOID(charge(static_cast<std::int32_t>(line), active));
        }
        return {};
    }
    // A fee for every good is a fee for the entry: charged once, on the sum of all lines.
    [[nodiscard]] static bool is_of_consignment(Measure const& measure) {
        if (measure.per != tariff::Per::usual) return measure.per == tariff::Per::consignment;
        return measure.digits == 0 && (measure.kind == Kind::fee || measure.kind == Kind::handling);
    }
    // Goods of one subheading and origin are one item.
    [[nodiscard]] bool is_same_item(std::size_t a, std::size_t b) const {
        return request_.goods[a].hs.prefix(6) == request_.goods[b].hs.prefix(6) &&
               goods_.lines[a].origin == goods_.lines[b].origin;
    }
    [[nodiscard]] bool is_charged_with_item(std::size_t line, Active const& active) const {
        for (std::size_t i = 0; i < line; ++i) {
            if (!is_same_item(i, line)) continue;
            for (auto const& other : actives_[i]) {
                if (other.candidate->measure == active.candidate->measure &&
                    other.suppressed_by.empty() == active.suppressed_by.empty()) {
                    return true;
                }
            }
        }
        return false;
    }
    [[nodiscard]] bool is_replaced(std::size_t line) const {
        return std::ranges::any_of(actives_[line], [](Active const& active) {
            auto const& measure = *active.candidate->measure;
            auto const& schedule = *active.candidate->schedule;
            if (!active.suppressed_by.empty() || active.candidate->unsettled) return false;
            return std::ranges::any_of(
                schedule.stacks.subspan(measure.stack, measure.stack_count), [&](tariff::Stack const& stack) {
                    return stack.relation == tariff::Relation::replaces && stack.program == 0;
                });
        });
    }
    [[nodiscard]] bool is_duty_open(std::size_t line) const {
        auto const* base = bases_[line];
        return base == nullptr || (!base->holds_below && is_open_code(line));
    }
    [[nodiscard]] bool is_open_code(std::size_t line) const {
        return std::ranges::any_of(quote_.unknown, [&](Finding const& finding) {
            return finding.line == static_cast<std::int32_t>(line) && finding.code.starts_with("code-");
        });
    }

    // ---- one charge

    [[nodiscard]] static bool stands_on_charges(Terms terms) { return (terms & tariff::charge_terms) != 0; }
    [[nodiscard]] bool stands_on_charges(Candidate const& candidate) const {
        if (auto const* row = candidate.schedule->expression(candidate.measure->base))
            return stands_on_charges(row->terms) || row->is_on_programs != 0;
        return stands_on_charges(terms_of(*candidate.measure));
    }
    [[nodiscard]] static bool builds_on_duty(Candidate const& candidate) {
        auto const& schedule = *candidate.schedule;
        auto const& row = schedule.duties[candidate.measure->duty];
        return std::ranges::any_of(
            schedule.duty_nodes.subspan(row.node, row.node_count),
            [](tariff::DutyNode const& node) { return node.kind == tariff::DutyKind::applicable; });
    }
    [[nodiscard]] Terms terms_of(Measure const& measure) const {
        if (measure.base != 0) return measure.base;
        auto const value = static_cast<Terms>(Term::customs_value);
        return measure.kind == Kind::vat && rules_.vat_base != 0 ? rules_.vat_base : value;
    }

    struct Base {
        Money amount;
        bool known = true;
        std::string_view needs = {};  // the fact it waits for
    };
    // Calls `each` for the lines a charge is levied on.
    template <class Each>
    void for_lines(std::int32_t line, Candidate const& candidate, Each each) const {
        if (line == whole_consignment) {
            for (std::size_t i = 0; i < goods_.lines.size(); ++i) each(i);
            return;
        }
        auto const one = static_cast<std::size_t>(line);
        each(one);
        if (candidate.measure->per != tariff::Per::item) return;
        for (auto i = one + 1; i < goods_.lines.size(); ++i) {
            if (is_same_item(one, i)) each(i);
        }
    }
    Result<Base> base_for(std::int32_t line, Candidate const& candidate) const {
        auto const& measure = *candidate.measure;
        if (auto const* row = candidate.schedule->expression(measure.base))
            return expressed_base(line, candidate, *row);
        auto const terms = terms_of(measure);
        bool known = true;
        Int128 total = 0;
        for_lines(line, candidate, [&](std::size_t i) {
            total += charged_[i].sum(terms);
            known = known && !(stands_on_charges(terms) && charged_[i].unknown);
        });
        if (!fits(total)) return too_large();
        Money amount(static_cast<std::int64_t>(total), home_);
        if (measure.kind == Kind::vat && !rules_.vat_uplift.is_zero() && measure.base == 0 &&
            line != whole_consignment) {
            auto const& value = goods_.lines[static_cast<std::size_t>(line)].customs_value;
            amount = TRY(sum(amount, TRY(share(value, Rate::percent(rules_.vat_uplift), rules_.round))));
        }
        return Base{amount, known, {}};
    }
    // A base that its pack writes as an expression; rounded to the minor unit, because it is shown.
    Result<Base> expressed_base(std::int32_t line, Candidate const& candidate,
                                tariff::BaseRow const& row) const {
        bool known = true;
        bool const on_charges = stands_on_charges(row.terms) || row.is_on_programs != 0;
        for_lines(line, candidate,
                  [&](std::size_t i) { known = known && !(on_charges && charged_[i].unknown); });
        if (!known) return Base{Money::zero(home_), false, {}};
        auto const amount_of = [&](Int128 minor) { return Decimal::of(minor, home_.minor_digits()); };
        auto const sum = [&](Terms terms) {
            Int128 total = 0;
            for_lines(line, candidate, [&](std::size_t i) { total += charged_[i].sum(terms); });
            return amount_of(total);
        };
        auto const charged = [&](std::string_view program) {
            Int128 total = 0;
            for (auto i = option_first_; i < quote_.charges.size(); ++i) {
                auto const& made = quote_.charges[i];
                for_lines(line, candidate, [&](std::size_t l) {
                    if (made.program() == program && made.line == static_cast<std::int32_t>(l))
                        total += counted(made.amount);
                });
            }
            return amount_of(total);
        };
        auto const fact = [&](std::string_view name) -> std::optional<Decimal> {
            std::optional<Decimal> total;
            bool all = true;
            for_lines(line, candidate, [&](std::size_t i) {
                auto const given = money_fact(i, name);
                all = all && given.has_value();
                if (!given) return;
                auto const more = allroads::sum(total.value_or(Decimal()), *given);
                if (more) total = *more;
            });
            return all ? total : std::nullopt;
        };
        auto const duty = candidate.schedule->duty(*candidate.measure);
        auto const outcome = tariff::evaluate_base(*candidate.schedule, row, Amounts(sum, charged, fact),
                                                   tariff::plain_rate(duty));
        if (!outcome.known)
            return Base{Money::zero(home_), false, outcome.need ? outcome.need->what : std::string_view()};
        return Base{TRY(Money::rounded(outcome.amount, home_, Round::half_up)), true, {}};
    }
    // A fact of the line that is an amount of money in the market's currency.
    [[nodiscard]] std::optional<Decimal> money_fact(std::size_t line, std::string_view name) const {
        for (auto const& fact : request_.goods[line].facts) {
            if (fact.key != name) continue;
            auto const amount = Decimal::parse(fact.value);
            return amount && !amount->is_negative() ? std::optional(*amount) : std::nullopt;
        }
        return std::nullopt;
    }

    [[nodiscard]] tariff::Outcome evaluate(std::size_t line, Candidate const& candidate,
                                           Money const& base) const {
        tariff::Assessable on{base.amount(), home_, {}, {}};
        on.quantities = goods_.quantities[line];
        on.additional_codes = goods_.codes[line];
        on.fx = &fx_;
        on.day = request_.date;
        std::vector<tariff::PartValue> parts;
        std::vector<tariff::AgriculturalAmount> agricultural;
        if (!request_.goods[line].facts.empty()) {
            for (auto const& fact : request_.goods[line].facts) {
                if (auto const amount = money_fact(line, fact.key)) parts.push_back({fact.key, *amount});
            }
            on.part_values = parts;
        }
        if (!goods_.codes[line].empty()) {
            list_agricultural(line, *candidate.schedule, agricultural);
            on.agricultural = agricultural;
        }
        if (facts_of(candidate).builds_on_duty && bases_[line] != nullptr && bases_[line] != &candidate)
            on.applicable = duty_amount(line, *bases_[line]);
        return tariff::evaluate(candidate.schedule->duty(*candidate.measure), on);
    }
    // What the Meursing code of a line settles that day.
    void list_agricultural(std::size_t line, tariff::Schedule const& schedule,
                           std::vector<tariff::AgriculturalAmount>& amounts) const {
        auto const day = request_.date.number();
        for (auto const code : goods_.codes[line]) {
            auto const number = Decimal::parse(code);
            if (!number || number->scale() != 0) continue;
            for (auto const& row : schedule.agricultural) {
                if (Decimal(row.code) != *number || day < row.valid_from || day > row.valid_to) continue;
                amounts.push_back({tariff::agricultural_components[row.component],
                                   Decimal::of(row.amount, row.scale), Currency::from_index(row.currency)});
            }
        }
    }

    Result<void> charge(std::int32_t line, Active const& active) {
        auto const& candidate = *active.candidate;
        auto const quantities_of = line == whole_consignment ? 0U : static_cast<std::size_t>(line);
        // A charge on the customs value alone is the same by every way: it is worked out once.
        auto& facts = *active.facts;
        if (active.suppressed_by.empty() && !facts.differs_by_way && is_shared_) {
            if (facts.worked != 0) {
                quote_.charges.push_back(quote_.charges[facts.worked - 1]);
                return count(candidate);
            }
            facts.worked = static_cast<std::uint32_t>(quote_.charges.size()) + 1;
        }
        auto const base = TRY(base_for(line, candidate));
        auto const& measure = *candidate.measure;
        // Made where it stays: a charge that is moved as a whole right after its parts were written waits for
        // them.
        auto& made =
            quote_.charges.emplace_back(line, measure.kind, true, measure.confidence, candidate.schedule,
                                        &measure, Money(base.amount.minor(), home_), Money::zero(home_));
        if (!active.suppressed_by.empty()) {
            made.suppressed_by = active.suppressed_by;
        } else if (candidate.unsettled) {
            made.known = false;
            made.why = "condition-unsettled";
        } else if (!base.known) {
            made.known = false;
            made.why = base.needs.empty() ? "base-unknown" : "needs-quantity";
            made.needs = base.needs;
        } else {
            TRY_VOID(work_out(quantities_of, candidate, made));
        }
        return count(candidate);
    }
    Result<void> work_out(std::size_t quantities_of, Candidate const& candidate, Charge& made) const {
        auto const& row = candidate.schedule->duties[candidate.measure->duty];
        auto const& node = candidate.schedule->duty_nodes[row.node];
        // Most duties are free or a plain percentage of the base, which asks for nothing else.
        if (row.node_count == 1 && node.kind == tariff::DutyKind::free) return {};
        bool const is_plain = row.node_count == 1 && node.kind == tariff::DutyKind::percent &&
                              node.per == 1 && node.words_size == 0 && !is_stepped();
        if (is_plain) {
            auto const part =
                share(made.base, Rate::percent(Decimal::of(node.amount, node.scale)), rules_.round);
            if (!part) return std::unexpected(part.error());
            made.amount = Money(part->minor(), home_);
            return {};
        }
        auto const outcome = evaluate(quantities_of, candidate, made.base);
        if (outcome.known) {
            made.amount = TRY(rounded(outcome.amount));
        } else {
            made.known = false;
            made.why = outcome.need ? "needs-quantity" : outcome.why;
            if (outcome.need) made.needs = outcome.need->what;
        }
        return {};
    }
    [[nodiscard]] bool is_stepped() const { return !rules_.amount_step.is_zero() && !has_sums_to_cut(); }
    // Rounded once, to the minor unit or the market's step.
    Result<Money> rounded(Decimal const& amount) const {
        if (!is_stepped()) return Money::rounded(amount, home_, rules_.round);
        return to_multiple(amount, rules_.amount_step, home_, rules_.round);
    }
    void charge_unknown_duty(std::size_t line) {
        auto const& value = goods_.lines[line].customs_value;
        Charge made{.line = static_cast<std::int32_t>(line),
                    .known = false,
                    .base = value,
                    .amount = Money::zero(home_)};
        made.why = is_open_code(line) ? "code-open" : "no-rule";
        quote_.charges.push_back(made);
        if (origins_ != nullptr) origins_->push_back(nullptr);
        charged_[line].unknown = true;
    }
    // Counts the charge that was made last among what later ones may stand on.
    Result<void> count(Candidate const& origin) {
        if (origins_ != nullptr) origins_->push_back(&origin);
        auto const& made = quote_.charges.back();
        if (!made.known) set_unknown(made.line);
        return made.amount.minor() == 0 ? Result<void>() : count_parts(made, counted(made.amount));
    }
    void set_unknown(std::int32_t line) {
        for (std::size_t i = 0; i < charged_.size(); ++i) {
            if (line == whole_consignment || i == static_cast<std::size_t>(line)) charged_[i].unknown = true;
        }
    }
    Result<void> count_parts(Charge const& made, std::int64_t minor) {
        if (made.line != whole_consignment) return count_on(static_cast<std::size_t>(made.line), made, minor);
        // Shared by customs value, so that a later charge of a line may stand on its part.
        auto const whole = goods_.customs_value.minor();
        auto left = minor;
        for (std::size_t i = 0; i < charged_.size(); ++i) {
            auto const part = static_cast<Int128>(minor) * goods_.lines[i].customs_value.minor();
            auto const mine = i + 1 == charged_.size() ? left
                              : whole == 0             ? 0
                                                       : static_cast<std::int64_t>(part / whole);
            left -= mine;
            TRY_VOID(count_on(i, made, mine));
        }
        return {};
    }
    Result<void> count_on(std::size_t line, Charge const& made, std::int64_t minor) {
        auto& total = charged_[line].minor[Charged::place(term_of(made.kind))];
        if (__builtin_add_overflow(total, minor, &total)) return too_large();
        return {};
    }

    // ---- proofs, and the choice among options

    void list_proofs(Option& option) {
        option.proofs_needed.first = static_cast<std::uint32_t>(quote_.proofs.size());
        for (auto const* base : bases_) {
            if (base == nullptr) continue;
            auto const& s = *base->schedule;
            for (auto const& c :
                 s.conditions.subspan(base->measure->conditions, base->measure->condition_count)) {
                if (c.kind == tariff::ConditionKind::proof) add_proof(option.proofs_needed, s.text(c.text));
            }
        }
        option.proofs_missing.first = static_cast<std::uint32_t>(quote_.proofs.size());
        for (auto const* base : bases_) {
            if (base == nullptr) continue;
            for (std::size_t i = 0; i < base->missing_count; ++i) {
                add_proof(option.proofs_missing, candidates_.missing[base->missing_first + i]);
            }
        }
    }
    // Whether the dossiers of all lines that enter by it say that they qualify.
    void judge(Option& option) const {
        using origin::Outcome;
        if (quote_.origins.empty()) return;
        for (std::size_t line = 0; line < bases_.size(); ++line) {
            auto const* base = bases_[line];
            auto const* told =
                base == nullptr ? nullptr : origin_of(quote_, line, *base->schedule, base->program());
            if (told == nullptr) continue;
            option.is_judged = true;
            auto const one = told->verdict.qualifies;
            if (one == Outcome::fails || option.qualifies == Outcome::passes) option.qualifies = one;
        }
    }
    void add_proof(Range& range, std::string_view proof) {
        for (std::size_t i = 0; i < range.count; ++i) {
            if (quote_.proofs[range.first + i] == proof) return;
        }
        quote_.proofs.push_back(proof);
        ++range.count;
    }

    void choose() {
        for (std::size_t i = 0; i < quote_.options.size() && quote_.chosen < 0; ++i) {
            if (quote_.options[i].proofs_missing.count == 0) quote_.chosen = static_cast<std::int32_t>(i);
        }
        check(quote_.chosen >= 0);  // the third-country way asks for no proof
        auto const& chosen = quote_.options[static_cast<std::size_t>(quote_.chosen)];
        quote_.taxes = chosen.taxes;
        quote_.landed_total = chosen.landed_total;
        tell_refunds(chosen);
        settle_codes(chosen);
        say_unknown(chosen);
        say_waived(chosen);
        say_warnings(chosen);
        judge_preference(chosen);
        quote_.status = quote_.unknown.empty() ? Status::complete : Status::partial;
    }
    // Where the chosen way costs the same whichever line under a short code the goods are, that is an answer.
    void settle_codes(Option const& chosen) {
        auto const is_settled = [&](Finding const& finding) {
            return finding.code == "code-incomplete" &&
                   std::ranges::find(candidates_.charged_below, finding.line) ==
                       candidates_.charged_below.end() &&
                   std::ranges::none_of(charges_of(chosen), [&](Charge const& charge) {
                       return charge.line == finding.line && charge.why == "code-open";
                   });
        };
        for (auto const& finding : quote_.unknown) {
            if (!is_settled(finding)) continue;
            auto& warning = quote_.warnings.emplace_back(finding);
            warning.code = "code-short";
        }
        std::erase_if(quote_.unknown, is_settled);
    }
    // A preference that lapsed and was restored backwards: who paid meanwhile gets it back.
    void tell_refunds(Option const& chosen) {
        auto const day = request_.date.number();
        for (auto const* schedule : market_.all()) {
            for (auto const& row : schedule->refunds) {
                if (day < row.entered_from || day > row.entered_to ||
                    request_.known_on.number() < row.known_from) {
                    continue;
                }
                auto const program = schedule->text(schedule->programs[row.program].code);
                tell_refund(chosen, *schedule, row, program);
            }
        }
    }
    void tell_refund(Option const& chosen, tariff::Schedule const& schedule, tariff::RefundRow const& row,
                     std::string_view program) {
        Option const* ordinary_way = nullptr;
        Option const* restored = nullptr;
        for (auto const& option : quote_.options) {
            if (option.scheme != chosen.scheme) continue;
            if (option.id == third_country_id) ordinary_way = &option;
            if (option.id == program) restored = &option;
        }
        if (ordinary_way == nullptr || restored == nullptr || !restored->complete ||
            !ordinary_way->complete || restored->taxes >= ordinary_way->taxes) {
            return;
        }
        auto const amount = difference(ordinary_way->taxes, restored->taxes);
        if (!amount) return;
        quote_.refunds.push_back({program, restored->name, *amount, Day::from_number(row.claim_by),
                                  schedule.text(row.ref), schedule.text(row.url)});
    }

    void say_unknown(Option const& chosen) {
        for (auto const& charge : charges_of(chosen)) {
            if (charge.known || charge.why == "code-open") continue;
            auto const program = charge.program();
            auto const rate = charge.rate();
            Finding finding;
            finding.code = charge.why;
            finding.line = charge.line;
            finding.first = charge.why == "needs-quantity" ? charge.needs : (rate.empty() ? program : rate);
            finding.second = program.empty() ? tariff::text_of(charge.kind) : program;
            quote_.unknown.push_back(finding);
        }
        for (auto const* schedule : market_.all()) {
            for (auto const& gap : schedule->gaps) {
                if (request_.date.number() < gap.from || request_.date.number() > gap.to) continue;
                Finding finding;
                finding.code = schedule->text(gap.code);
                finding.first = schedule->text(gap.text);
                quote_.unknown.push_back(finding);
            }
        }
    }
    // Each waiver that spared the chosen way something, with its law.
    void say_waived(Option const& chosen) {
        for (auto const& waiver : waivers_) {
            auto const name = waiver.schedule->text(waiver.row->name);
            bool const spared = std::ranges::any_of(charges_of(chosen), [&](Charge const& charge) {
                return charge.is_waived && charge.suppressed_by == name;
            });
            if (!spared) continue;
            Finding note;
            note.code = "waived";
            note.first = name;
            note.second = waiver.schedule->text(waiver.row->ref);
            quote_.notes.push_back(note);
        }
    }
    void say_warnings(Option const& chosen) {
        bool assumed = false;
        for (auto const& charge : charges_of(chosen)) {
            assumed = assumed || charge.confidence == tariff::Confidence::assumed;
        }
        if (assumed) warn("assumed-rate");
        for (auto const* schedule : market_.all()) {
            auto const& p = *schedule->profile;
            if (p.rules_end != 0 && request_.date.number() > p.rules_end) {
                warn("rules-end", schedule->text(p.name), Day::from_number(p.rules_end));
            }
            if (p.checked_on > 0 && request_.date.number() - p.checked_on > stale_after_days) {
                warn("stale-rules", schedule->text(p.name), Day::from_number(p.checked_on));
            }
            auto const formal = Decimal::of(p.formal_above, p.formal_scale);
            bool const same = p.formal_above != 0 && Currency::from_index(p.formal_currency) == home_;
            if (same && goods_.goods.amount() > formal) {
                Finding finding;
                finding.code = "formal-entry";
                finding.number = formal;
                finding.currency = home_;
                quote_.warnings.push_back(finding);
            }
        }
    }
    void warn(std::string_view code, std::string_view first = {}, std::optional<Day> day = {}) {
        Finding finding;
        finding.code = code;
        finding.first = first;
        finding.day = day;
        quote_.warnings.push_back(finding);
    }

    void judge_preference(Option const& chosen) {
        Option const* ordinary_way = nullptr;
        Option const* best_unclaimed = nullptr;
        for (auto const& option : quote_.options) {
            if (option.id == third_country_id) ordinary_way = &option;
            bool const is_barred = option.is_judged && option.qualifies == origin::Outcome::fails;
            bool const cheaper = option.complete && option.proofs_missing.count != 0 && !is_barred &&
                                 (!chosen.complete || option.landed_total < chosen.landed_total);
            if (cheaper && best_unclaimed == nullptr) best_unclaimed = &option;
        }
        if (chosen.id != third_country_id) {
            quote_.preference = Preference::claimed;
            tell_preference(chosen, *ordinary_way, chosen);
        } else if (is_free(*ordinary_way) && best_unclaimed == nullptr) {
            quote_.preference = Preference::not_needed;
        } else if (best_unclaimed != nullptr) {
            quote_.preference = Preference::available;
            tell_preference(*best_unclaimed, chosen, *best_unclaimed);
        } else if (!candidates_.lapsed_program.empty()) {
            quote_.preference = Preference::lapsed;
            quote_.preference_program = candidates_.lapsed_program;
            Finding finding;
            finding.code = "preference-lapsed";
            finding.first =
                candidates_.lapsed_name.empty() ? candidates_.lapsed_program : candidates_.lapsed_name;
            finding.day = candidates_.lapsed_on;
            quote_.notes.push_back(finding);
        }
    }
    void tell_preference(Option const& with, Option const& dearer, Option const& cheaper) {
        quote_.preference_program = with.id;
        if (with.proofs_needed.count != 0) quote_.preference_proof = quote_.proofs[with.proofs_needed.first];
        if (!dearer.complete || !cheaper.complete) return;
        if (auto const saved = difference(dearer.landed_total, cheaper.landed_total))
            quote_.preference_saves = *saved;
    }
    // The ordinary duty is charged, and is 0; not because something stands in its place.
    [[nodiscard]] bool is_free(Option const& option) const {
        bool any = false;
        for (auto const& charge : charges_of(option)) {
            if (!tariff::is_base_duty(charge.kind)) continue;
            bool const is_replaced = !charge.suppressed_by.empty() && !charge.is_waived;
            if (!charge.known || charge.amount.minor() != 0 || is_replaced) return false;
            any = true;
        }
        return any;
    }

    Request const& request_;
    Market const& market_;
    Rules const& rules_;
    FxTable const& fx_;
    Consignment const& goods_;
    Candidates const& candidates_;
    Currency home_;
    List<Charged> charged_;
    List<Facts> facts_;  // of each candidate
    List<Way> ways_;
    List<Waiver> waivers_;
    List<Candidate const*> bases_;
    List<List<Active>> actives_;      // of each line under the way at hand
    std::uint32_t option_first_ = 0;  // its first charge
    std::int16_t scheme_ = no_scheme;
    bool has_schemes_ = false;  // some candidate counts under one only
    bool is_shared_ = true;     // a charge that does not differ by way is worked out once
    Quote& quote_;
    std::vector<Candidate const*>* origins_;
};

}  // namespace

std::string_view Charge::program() const {
    return measure == nullptr ? std::string_view()
                              : schedule->text(schedule->programs[measure->program].code);
}
std::string_view Charge::name() const {
    return measure == nullptr ? std::string_view()
                              : schedule->text(schedule->programs[measure->program].name);
}
std::string_view Charge::rate() const {
    return measure == nullptr ? std::string_view() : schedule->text(schedule->duties[measure->duty].text);
}

Result<void> price_options(Request const& request, Market const& market, Rules const& rules,
                           FxTable const& fx, Consignment const& goods, Candidates const& candidates,
                           Arena& memory, Quote& quote, std::vector<Candidate const*>* origins) {
    return Pricer(request, market, rules, fx, goods, candidates, memory, quote, origins).run();
}

}  // namespace allroads::quote
