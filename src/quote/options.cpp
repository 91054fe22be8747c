#include "quote/pass.h"

#include <algorithm>

namespace allroads::quote {

namespace {

using tariff::Kind;
using tariff::Measure;
using tariff::Term;
using tariff::Terms;

constexpr std::string_view third_country_id = "third-country";
constexpr std::string_view mixed_id = "mixed";
constexpr std::int32_t stale_after_days = 400;
constexpr std::int64_t amount_max = 1'000'000'000'000'000'000;  // minor units

// One way to import: the base duty of each line is that of this kind and program where the line has it.
struct Way {
    std::string_view id;
    std::string_view name;
    Kind kind = Kind::third_country;
    bool mixed = false;  // each line by its cheapest claimable way
};

// What has been charged on one line so far, by kind, in minor units; what a later base is made of.
struct Charged {
    std::int64_t duty = 0;
    std::int64_t surcharge = 0;
    std::int64_t excise = 0;
    std::int64_t fee = 0;
    std::int64_t vat = 0;
    bool unknown = false;  // something before this is unknown, so what stands on it is too
};

struct Active {
    Candidate const* candidate;
    std::string_view suppressed_by;
};

// A charge that every way shares, and where it stands in Quote::charges.
struct Worked {
    Candidate const* candidate;
    std::int32_t line;
    std::uint32_t charge;
};

class Pricer {
public:
    Pricer(Request const& request, Market const& market, Rules const& rules, FxTable const& fx,
           Consignment const& goods, Candidates const& candidates, std::pmr::memory_resource* memory,
           Quote& quote)
        : request_(request),
          market_(market),
          rules_(rules),
          fx_(fx),
          goods_(goods),
          candidates_(candidates),
          home_(goods.goods.currency()),
          charged_(goods.lines.size(), memory),
          active_(memory),
          worked_(memory),
          ways_(memory),
          bases_(goods.lines.size(), nullptr, memory),
          quote_(quote) {}

    Result<void> run() {
        active_.reserve(candidates_.all.size() + 1);
        worked_.reserve(candidates_.all.size() + 1);
        list_ways();
        prefetch_trees();
        for (auto const& way : ways_) TRY_VOID(price_way(way));
        // Ties stay in the order of listing; a stable sort would ask for memory.
        std::ranges::sort(quote_.options, [](Option const& a, Option const& b) {
            if (a.complete != b.complete) return a.complete;
            auto const order = a.landed_total <=> b.landed_total;
            return order != 0 ? order < 0 : a.charges.first < b.charges.first;
        });
        choose();
        return {};
    }

private:
    // ---- which ways there are

    void list_ways() {
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
    }

    // The second step of the way to a duty: its row has arrived, its tree and words are next.
    void prefetch_trees() const {
        for (auto const& candidate : candidates_.all) {
            auto const& schedule = *candidate.schedule;
            auto const& row = schedule.duties[candidate.measure->duty];
            __builtin_prefetch(schedule.duty_nodes.data() + row.node);
        }
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
            if (candidate.kind() != Kind::third_country) continue;
            if (found == nullptr || candidate.measure->program == 0) found = &candidate;
        }
        return found;
    }
    [[nodiscard]] Candidate const* base_of(std::size_t line, Way const& way) const {
        if (way.mixed) return cheapest(line);
        if (way.kind != Kind::third_country) {
            for (auto const& candidate : candidates_.of(line)) {
                if (is_way(candidate, way)) return &candidate;
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
                candidate.unsettled)
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
        Option option{way.id,
                      way.name,
                      true,
                      {static_cast<std::uint32_t>(quote_.charges.size()), 0},
                      {static_cast<std::uint32_t>(quote_.proofs.size()), 0},
                      {},
                      Money::zero(home_),
                      Money::zero(home_)};
        std::ranges::fill(charged_, Charged());
        for (std::size_t line = 0; line < goods_.lines.size(); ++line) {
            bases_[line] = base_of(line, way);
            TRY_VOID(charge_line(line, Kind::surcharge, Kind::fee));
        }
        TRY_VOID(charge_consignment());
        for (std::size_t line = 0; line < goods_.lines.size(); ++line) {
            list_active(line);
            TRY_VOID(charge_active(line, Kind::vat, Kind::handling));
        }
        list_proofs(option);
        option.charges.count = static_cast<std::uint32_t>(quote_.charges.size()) - option.charges.first;
        auto taxes = Money::zero(home_);
        for (auto const& charge : charges_of(option)) {
            taxes = TRY(sum(taxes, charge.amount));
            option.complete = option.complete && charge.known;
        }
        option.taxes = taxes;
        option.landed_total = TRY(sum(TRY(sum(TRY(sum(goods_.goods, goods_.freight)), goods_.insurance)),
                                      TRY(sum(taxes, TRY(sum(goods_.costs_before, goods_.costs_after))))));
        quote_.options.push_back(option);
        return {};
    }
    [[nodiscard]] std::span<Charge const> charges_of(Option const& option) const {
        return std::span(quote_.charges).subspan(option.charges.first, option.charges.count);
    }

    // The measures that count for a line under the way at hand, and which of them another one suppresses.
    void list_active(std::size_t line) {
        active_.clear();
        if (bases_[line] != nullptr) active_.push_back({bases_[line], {}});
        for (auto const& candidate : candidates_.of(line)) {
            if (!tariff::is_base_duty(candidate.kind())) active_.push_back({&candidate, {}});
        }
        for (auto const& by : active_) {
            auto const& measure = *by.candidate->measure;
            auto const& schedule = *by.candidate->schedule;
            for (auto const& stack : schedule.stacks.subspan(measure.stack, measure.stack_count)) {
                auto const target = schedule.text(schedule.programs[stack.program].code);
                for (auto& other : active_) {
                    bool const base_meant = target.empty() && other.candidate->kind() == Kind::third_country;
                    bool const meant = target.empty() ? base_meant : other.candidate->program() == target;
                    if (&other != &by && meant && other.suppressed_by.empty()) {
                        other.suppressed_by = name_of(*by.candidate);
                    }
                }
            }
        }
    }
    [[nodiscard]] static std::string_view name_of(Candidate const& candidate) {
        auto const program = candidate.program();
        return program.empty() ? tariff::text_of(candidate.kind()) : program;
    }

    Result<void> charge_line(std::size_t line, Kind first, Kind last) {
        list_active(line);
        if (bases_[line] == nullptr || is_open_code(line)) {
            charge_unknown_duty(line);
        } else {
            TRY_VOID(charge(line, active_[0]));
        }
        return charge_active(line, first, last);
    }
    Result<void> charge_active(std::size_t line, Kind first, Kind last) {
        for (auto kind = static_cast<int>(first); kind <= static_cast<int>(last); ++kind) {
            for (auto const& active : active_) {
                if (static_cast<int>(active.candidate->kind()) != kind) continue;
                if (is_of_consignment(*active.candidate)) continue;
                TRY_VOID(charge(line, active));
            }
        }
        return {};
    }
    // A fee for every good is a fee for the entry: charged once, on the sum of all lines.
    [[nodiscard]] static bool is_of_consignment(Candidate const& candidate) {
        return candidate.measure->digits == 0 &&
               (candidate.kind() == Kind::fee || candidate.kind() == Kind::handling);
    }
    [[nodiscard]] bool is_open_code(std::size_t line) const {
        return std::ranges::any_of(quote_.unknown, [&](Finding const& finding) {
            return finding.line == static_cast<std::int32_t>(line) && finding.code.starts_with("code-");
        });
    }

    Result<void> charge_consignment() {
        // The first line's candidates hold every measure for all goods; the list of fees is the same for each
        // line.
        list_active(0);
        for (auto kind : {Kind::fee, Kind::handling}) {
            for (auto const& active : active_) {
                if (active.candidate->kind() == kind && is_of_consignment(*active.candidate)) {
                    TRY_VOID(charge(whole_consignment, active));
                }
            }
        }
        return {};
    }

    // ---- one charge

    [[nodiscard]] std::int64_t term_sum(std::size_t line, Terms terms) const {
        auto const& value = goods_.lines[line];
        auto const& so_far = charged_[line];
        std::int64_t total = 0;
        auto const add = [&](Term term, std::int64_t amount) {
            total += tariff::has(terms, term) ? amount : 0;
        };
        add(Term::customs_value, value.customs_value.minor());
        add(Term::goods, value.goods.minor());
        add(Term::freight, value.freight.minor());
        add(Term::insurance, value.insurance.minor());
        add(Term::costs_before, value.costs_before.minor());
        add(Term::costs_after, value.costs_after.minor());
        add(Term::duty, so_far.duty);
        add(Term::surcharge, so_far.surcharge);
        add(Term::excise, so_far.excise);
        add(Term::fee, so_far.fee);
        add(Term::vat, so_far.vat);
        return total;
    }
    [[nodiscard]] static bool stands_on_charges(Terms terms) {
        return tariff::has(terms, Term::duty) || tariff::has(terms, Term::surcharge) ||
               tariff::has(terms, Term::excise) || tariff::has(terms, Term::fee) ||
               tariff::has(terms, Term::vat);
    }
    [[nodiscard]] Terms terms_of(Measure const& measure) const {
        if (measure.base != 0) return measure.base;
        auto const value = static_cast<Terms>(Term::customs_value);
        return measure.kind == Kind::vat && rules_.vat_base != 0 ? rules_.vat_base : value;
    }

    struct Base {
        Money amount;
        bool known;
    };
    Result<Base> base_for(std::int32_t line, Measure const& measure) const {
        auto const terms = terms_of(measure);
        bool known = true;
        __extension__ __int128 total = 0;
        auto const add = [&](std::size_t i) {
            total += term_sum(i, terms);
            known = known && !(stands_on_charges(terms) && charged_[i].unknown);
        };
        if (line == whole_consignment) {
            for (std::size_t i = 0; i < goods_.lines.size(); ++i) add(i);
        } else {
            add(static_cast<std::size_t>(line));
        }
        if (total > amount_max || total < -amount_max) {
            return refuse(Code::amount_too_large, "goods", "the sum of all lines is beyond 18 digits");
        }
        Money amount(static_cast<std::int64_t>(total), home_);
        if (measure.kind == Kind::vat && !rules_.vat_uplift.is_zero() && line != whole_consignment) {
            auto const& value = goods_.lines[static_cast<std::size_t>(line)].customs_value;
            amount = TRY(sum(amount, TRY(share(value, Rate::percent(rules_.vat_uplift), rules_.round))));
        }
        return Base{amount, known};
    }

    [[nodiscard]] tariff::Outcome evaluate(std::size_t line, Candidate const& candidate,
                                           Money const& base) const {
        tariff::Assessable on{base.amount(), home_, {}, {}};
        on.quantities = goods_.quantities[line];
        on.additional_codes = goods_.codes[line];
        on.fx = &fx_;
        on.day = request_.date;
        return tariff::evaluate(candidate.schedule->duty(*candidate.measure), on);
    }

    Result<void> charge(std::int32_t line, Active const& active) {
        return charge(line, active, line == whole_consignment ? 0U : static_cast<std::size_t>(line));
    }
    Result<void> charge(std::size_t line, Active const& active) {
        return charge(static_cast<std::int32_t>(line), active, line);
    }
    Result<void> charge(std::int32_t line, Active const& active, std::size_t quantities_of) {
        auto const& candidate = *active.candidate;
        // A charge on the customs value alone is the same by every way: it is worked out once.
        bool const is_same = active.suppressed_by.empty() && !stands_on_charges(terms_of(*candidate.measure));
        if (is_same) {
            for (auto const& worked : worked_) {
                if (worked.candidate != &candidate || worked.line != line) continue;
                auto const copy = quote_.charges[worked.charge];
                add(line, copy);
                return {};
            }
            worked_.push_back({&candidate, line, static_cast<std::uint32_t>(quote_.charges.size())});
        }
        auto const base = TRY(base_for(line, *candidate.measure));
        auto made = blank(line, candidate, base.amount);
        if (!active.suppressed_by.empty()) {
            made.suppressed_by = active.suppressed_by;
        } else if (candidate.unsettled) {
            made.known = false;
            made.why = "condition-unsettled";
        } else if (!base.known) {
            made.known = false;
            made.why = "base-unknown";
        } else {
            auto const outcome = evaluate(quantities_of, candidate, base.amount);
            if (outcome.known) {
                made.amount = TRY(rounded(outcome.amount));
            } else {
                made.known = false;
                made.why = outcome.need ? "needs-quantity" : outcome.why;
                if (outcome.need) made.needs = outcome.need->what;
            }
        }
        add(line, made);
        return {};
    }
    // Rounded once, to the minor unit or the market's step.
    Result<Money> rounded(Decimal const& amount) const {
        if (rules_.amount_step.is_zero()) return Money::rounded(amount, home_, rules_.round);
        auto const steps = TRY(quotient(amount, rules_.amount_step, 0, rules_.round));
        return Money::rounded(TRY(product(steps, rules_.amount_step)), home_, rules_.round);
    }
    Charge blank(std::int32_t line, Candidate const& candidate, Money const& base) const {
        auto const& schedule = *candidate.schedule;
        auto const& measure = *candidate.measure;
        auto const& source = schedule.sources[measure.source];
        Charge made{line,
                    measure.kind,
                    true,
                    measure.confidence,
                    candidate.program(),
                    candidate.program_name(),
                    base,
                    Money::zero(home_),
                    schedule.duty(measure).text,
                    {},
                    {},
                    {},
                    {}};
        made.source.title = schedule.text(source.title);
        made.source.ref = schedule.text(source.ref);
        made.source.url = schedule.text(source.url);
        made.source.valid_from = Day::from_number(measure.valid_from);
        made.source.valid_to = Day::from_number(measure.valid_to);
        if (source.checked_on > Day::first().number())
            made.source.checked_on = Day::from_number(source.checked_on);
        return made;
    }
    void charge_unknown_duty(std::size_t line) {
        auto const& value = goods_.lines[line].customs_value;
        Charge made{static_cast<std::int32_t>(line),
                    Kind::third_country,
                    false,
                    tariff::Confidence::official,
                    {},
                    {},
                    value,
                    Money::zero(home_),
                    {},
                    {},
                    {},
                    {},
                    {}};
        made.why = is_open_code(line) ? "code-open" : "no-rule";
        add(made.line, made);
    }
    void add(std::int32_t line, Charge const& made) {
        quote_.charges.push_back(made);
        if (line == whole_consignment) return;
        auto& so_far = charged_[static_cast<std::size_t>(line)];
        so_far.unknown = so_far.unknown || !made.known;
        auto const minor = made.amount.minor();
        switch (made.kind) {
            case Kind::third_country:
            case Kind::preference:
            case Kind::suspension:
            case Kind::quota: so_far.duty += minor; break;
            case Kind::excise: so_far.excise += minor; break;
            case Kind::fee:
            case Kind::handling: so_far.fee += minor; break;
            case Kind::vat: so_far.vat += minor; break;
            default: so_far.surcharge += minor;
        }
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
        say_unknown(chosen);
        say_warnings(chosen);
        judge_preference(chosen);
        quote_.status = quote_.unknown.empty() ? Status::complete : Status::partial;
    }
    void say_unknown(Option const& chosen) {
        for (auto const& charge : charges_of(chosen)) {
            if (charge.known || charge.why == "code-open") continue;
            Finding finding;
            finding.code = charge.why;
            finding.line = charge.line;
            finding.first = charge.why == "needs-quantity"
                                ? charge.needs
                                : (charge.rate.empty() ? charge.program : charge.rate);
            finding.second = charge.program.empty() ? tariff::text_of(charge.kind) : charge.program;
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
            bool const cheaper = option.complete && option.proofs_missing.count != 0 &&
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
    [[nodiscard]] bool is_free(Option const& option) const {
        return std::ranges::all_of(charges_of(option), [](Charge const& charge) {
            return !tariff::is_base_duty(charge.kind) || (charge.known && charge.amount.minor() == 0);
        });
    }

    Request const& request_;
    Market const& market_;
    Rules const& rules_;
    FxTable const& fx_;
    Consignment const& goods_;
    Candidates const& candidates_;
    Currency home_;
    std::pmr::vector<Charged> charged_;
    std::pmr::vector<Active> active_;
    std::pmr::vector<Worked> worked_;
    std::pmr::vector<Way> ways_;
    std::pmr::vector<Candidate const*> bases_;
    Quote& quote_;
};

}  // namespace

Result<void> price_options(Request const& request, Market const& market, Rules const& rules,
                           FxTable const& fx, Consignment const& goods, Candidates const& candidates,
                           std::pmr::memory_resource* memory, Quote& quote) {
    return Pricer(request, market, rules, fx, goods, candidates, memory, quote).run();
}

}  // namespace allroads::quote
