#include "origin/uses.h"

#include <algorithm>
#include <array>

namespace allroads::origin {

namespace {

constexpr std::size_t pair_materials_max = 40;  // nearest_way looks at pairs among so many

Outcome both(Outcome a, Outcome b) {
    if (a == Outcome::fails || b == Outcome::fails) return Outcome::fails;
    return a == Outcome::passes && b == Outcome::passes ? Outcome::passes : Outcome::unknown;
}
Outcome of(Known known) {
    return known == Known::yes ? Outcome::passes : known == Known::no ? Outcome::fails : Outcome::unknown;
}

// A sum of which some parts are not known: it lies between both, or has no upper end.
struct Between {
    Decimal low;
    Decimal high;
    bool is_bounded = true;
    bool any_certain = false;
    bool any_possible = false;
};
// value × 100 against percent × whole; nothing where the numbers are too large to compare.
std::optional<std::strong_ordering> against(Decimal const& value, Decimal const& percent,
                                            Decimal const& whole) {
    auto const left = product(value, Decimal(100));
    auto const right = product(percent, whole);
    if (!left || !right) return std::nullopt;
    return *left <=> *right;
}

class Judge {
public:
    Judge(Dossier const& dossier, Agreement const& agreement, Verdict& verdict)
        : dossier_(dossier), agreement_(agreement), verdict_(verdict), uses_(dossier, agreement, verdict) {}

    void run() {
        verdict_.clear();
        uses_.gather(true);
        auto outcome = goods();
        outcome = both(outcome, insufficient());
        outcome = both(outcome, drawback());
        outcome = both(outcome, transport());
        verdict_.qualifies = outcome;
        verdict_.proof = proof();
        if (outcome != Outcome::unknown) verdict_.missing.clear();
    }
    // The product rule alone, with those materials taken as originating.
    Outcome goods_if(std::span<std::size_t const> originating) {
        verdict_.clear();
        uses_.gather(false);
        for (auto& use : uses_.all()) {
            bool const is_meant =
                use.place != no_material &&
                std::ranges::find(originating, static_cast<std::size_t>(use.place)) != originating.end();
            if (is_meant) use.origin = Known::yes;
        }
        return working();
    }
    [[nodiscard]] bool may_originate(std::size_t i) const {
        return std::ranges::any_of(
            uses_.all(), [&](Use const& use) { return use.place == place(i) && use.origin != Known::yes; });
    }

private:
    // ---- wholly obtained

    Outcome goods() {
        if (dossier_.wholly_obtained == Known::yes && is_all_originating()) {
            Found found{Step::wholly_obtained, Outcome::passes, "wholly-obtained"};
            found.law = agreement_.wholly_obtained_law;
            find(found);
            return Outcome::passes;
        }
        auto const outcome = working();
        bool const may_be_obtained = dossier_.wholly_obtained != Known::no && !has_foreign();
        if (outcome != Outcome::fails || !may_be_obtained) return outcome;
        // It fails as worked goods, and may still be wholly obtained.
        if (dossier_.wholly_obtained == Known::unknown) miss({"wholly-obtained"});
        for (auto const& use : uses_.all()) {
            if (use.origin == Known::unknown) miss_status(use, false);
        }
        return Outcome::unknown;
    }
    // Who says that the product is wholly obtained, and names no material, has told them all.
    [[nodiscard]] bool is_all_originating() const {
        return std::ranges::all_of(uses_.all(), [&](Use const& use) {
            return use.origin == Known::yes || (use.is_untold && dossier_.wholly_obtained == Known::yes);
        });
    }
    [[nodiscard]] bool has_foreign() const {
        return std::ranges::any_of(uses_.all(), [](Use const& use) { return use.origin == Known::no; });
    }

    // ---- the product rule

    [[nodiscard]] static std::uint64_t width(ProductRule const& rule) {
        return rule.codes.last - rule.codes.first;
    }
    template <class Each>
    void for_rules(Each each) const {
        auto const own = range_of(hs_);
        for (auto const& rule : agreement_.rules) {
            if (rule.codes.first > own.last) break;
            if (touches(rule.codes, own)) each(rule, holds(rule.codes, own));
        }
    }
    [[nodiscard]] ProductRule const* most_specific() const {
        ProductRule const* narrow = nullptr;
        for_rules([&](ProductRule const& rule, bool is_whole) {
            if (!is_whole || !rule.part.empty()) return;
            if (narrow == nullptr || width(rule) <= width(*narrow)) narrow = &rule;
        });
        return narrow;
    }
    // A set is judged by its goods, everything else by the rule of its code; where that code was part of
    // several in the edition that the rules are written in, by what these agree upon.
    Outcome working() {
        if (dossier_.is_set) return set();
        if (agreement_.hs_edition != "2022" && !agreement_.correlation) {
            miss({"hs-edition", no_material, agreement_.hs_edition});
            return found(Outcome::unknown, "edition-unbridged", no_material, agreement_.hs_edition);
        }
        if (!agreement_.correlation) return of_code(dossier_.hs);
        auto const codes = uses_.product_codes();
        if (codes.empty()) {
            miss({"hs-edition", no_material, agreement_.correlation->edition});
            return found(Outcome::unknown, "code-became-many", no_material, agreement_.correlation->edition);
        }
        std::optional<Outcome> common;
        bool agrees = true;
        for (auto const code : codes) {
            auto const one = of_code(code);
            agrees = agrees && (!common || *common == one);
            common = one;
        }
        if (codes.size() > 1)
            found(agrees ? *common : Outcome::unknown, "code-became-many", no_material,
                  agreement_.correlation->edition);
        if (agrees) return *common;
        miss({"hs-edition", no_material, agreement_.correlation->edition});
        return Outcome::unknown;
    }
    Outcome set() {
        law_ = {};
        if (is_all_originating()) return find_set(Outcome::passes, "set-of-originating");
        if (!agreement_.sets) {
            miss({"provision"});
            return find_set(Outcome::unknown, "set");
        }
        auto const& share = *agreement_.sets;
        auto const sum = non_originating({});
        auto const& whole = price(share.of);
        auto const outcome = at_most(sum, share.percent, whole, fact_of(share.of), {});
        if (outcome == Outcome::unknown) miss_values({}, false);
        return find_set(outcome, "set");
    }
    Outcome find_set(Outcome outcome, std::string_view code) {
        Found one{Step::beside, outcome, code};
        if (agreement_.sets) {
            one.law = agreement_.sets->law;
            one.limit = agreement_.sets->percent;
        }
        find(one);
        return outcome;
    }
    Outcome of_code(GoodsCode code) {
        hs_ = code;
        auto const* narrow = most_specific();
        bool is_split = false;
        for_rules([&](ProductRule const& rule, bool is_whole) {
            is_split = is_split || competes(rule, is_whole, narrow);
        });
        if (is_split) return split(narrow);
        return by_rule(narrow);
    }
    // Whether a rule may take the place of the one for all goods of the code: it speaks of a part of them, or
    // the code is too short to tell.
    [[nodiscard]] bool competes(ProductRule const& rule, bool is_whole, ProductRule const* narrow) const {
        if (&rule == narrow) return false;
        if (is_whole && rule.part.empty()) return false;
        return narrow == nullptr || width(rule) <= width(*narrow);
    }
    // Several rules may be meant. What they agree upon is an answer; else it must be told which goods these
    // are.
    Outcome split(ProductRule const* narrow) {
        std::optional<Outcome> common;
        bool agrees = true;
        ProductRule const* named = nullptr;
        for_rules([&](ProductRule const& rule, bool is_whole) {
            if (competes(rule, is_whole, narrow) && !rule.part.empty() && rule.part == dossier_.part)
                named = &rule;
        });
        if (named != nullptr) return by_rule(named);
        if (dossier_.part == "other" && narrow != nullptr) return by_rule(narrow);
        std::string_view words;
        bool is_short = false;
        auto const ask = [&](ProductRule const* rule) {
            auto const one = by_rule(rule);
            agrees = agrees && (!common || *common == one);
            common = one;
        };
        if (narrow != nullptr) ask(narrow);
        for_rules([&](ProductRule const& rule, bool is_whole) {
            if (!competes(rule, is_whole, narrow)) return;
            ask(&rule);
            if (words.empty()) words = rule.part;
            is_short = is_short || !is_whole;
        });
        if (agrees) return *common;
        miss(is_short ? Missing{"hs"} : Missing{"part", no_material, words});
        return Outcome::unknown;
    }
    Outcome by_rule(ProductRule const* rule) {
        verdict_.rule = rule;
        if (rule == nullptr) {
            find({Step::product_rule, Outcome::unknown, "no-rule"});
            miss({"rule"});
            return Outcome::unknown;
        }
        view_ = rule->rule.view();
        law_ = rule->law;
        auto const before = marks();
        auto const plain = walked(std::nullopt);
        auto const* tolerance = tolerance_of();
        if (plain == Outcome::passes) return plain;
        if (tolerance == nullptr) return agreement_.are_tolerances_told ? plain : untold_tolerance(plain);
        auto const mark = marks();
        auto const forgiving = walked(tolerance->percent, tolerance);
        if (forgiving == Outcome::unknown) return forgiving;
        undo(mark);
        if (forgiving == Outcome::fails) return plain;
        if (!tolerance->needs.empty() && is_asked(*tolerance)) {
            miss({"reading", no_material, tolerance->needs});
            return Outcome::unknown;
        }
        while (verdict_.missing.size() > before.missing) verdict_.missing.pop_back();
        find({Step::tolerance,
              Outcome::passes,
              "tolerated",
              no_material,
              {},
              tolerance->percent,
              {},
              tolerance->law});
        return Outcome::passes;
    }
    // A condition of the tolerance that speaks of certain materials is asked only where one of them is
    // forgiven.
    [[nodiscard]] bool is_asked(Share const& tolerance) const {
        return tolerance.needs_of.empty() || std::ranges::any_of(uses_.all(), [&](Use const& use) {
                   return use.is_forgiven && uses_.stands_in(use, tolerance.needs_of) != Known::no;
               });
    }
    // Where no tolerance is held there may be one: what any could rescue does not fail yet.
    Outcome untold_tolerance(Outcome plain) {
        if (plain != Outcome::fails) return plain;
        auto const mark = marks();
        static Share const any{.percent = Decimal(1'000'000'000), .of = Basis::exw, .covers = Covers::all};
        auto const at_best = walked(any.percent, &any);
        undo(mark);
        if (at_best == Outcome::fails) return plain;
        miss({"tolerance"});
        return Outcome::unknown;
    }
    [[nodiscard]] Share const* tolerance_of() const {
        for (auto const& share : agreement_.tolerances) {
            bool const is_meant = share.only.empty() || stands_in(range_of(hs_), share.only) == Known::yes;
            if (is_meant && stands_in(range_of(hs_), share.except) == Known::no) return &share;
        }
        return nullptr;
    }
    Outcome walked(std::optional<Decimal> const& tolerance, Share const* share = nullptr) {
        tolerance_ = tolerance;
        tolerance_of_ = share == nullptr ? Basis::unset : share->of;
        share_ = share;
        covers_ = share == nullptr ? Covers::untold : share->covers;
        for (auto& use : uses_.all()) use.is_forgiven = false;
        return node(0);
    }

    struct Marks {
        std::size_t found;
        std::size_t missing;
    };
    [[nodiscard]] Marks marks() const { return {verdict_.found.size(), verdict_.missing.size()}; }
    void undo(Marks const& to) {
        while (verdict_.found.size() > to.found) verdict_.found.pop_back();
        while (verdict_.missing.size() > to.missing) verdict_.missing.pop_back();
    }

    // Depth is bounded by the parser.
    Outcome node(std::size_t at) {
        auto const& here = view_.nodes[at];
        switch (here.kind) {
            case RuleKind::all: return all(at);
            case RuleKind::any: return any(at);
            case RuleKind::wholly_obtained: return here.codes.count == 0 ? obtained() : obtained(here);
            case RuleKind::any_working: return found(Outcome::passes, "any-working");
            case RuleKind::change: return change(here);
            case RuleKind::exclude:
            case RuleKind::only: return barred(here);
            case RuleKind::max_nom: return max_nom(here);
            case RuleKind::content: return content(here);
            case RuleKind::nom_le_om: return nom_le_om();
            case RuleKind::weight: return weight(here);
            case RuleKind::process: return process(here);
            case RuleKind::read: break;
        }
        miss({"reading", no_material, words(here.words)});
        return found(Outcome::unknown, "must-be-read", no_material, words(here.words));
    }
    Outcome all(std::size_t at) {
        auto outcome = Outcome::passes;
        auto const end = at + view_.nodes[at].size;
        for (auto child = at + 1; child < end; child += view_.nodes[child].size)
            outcome = both(outcome, node(child));
        return outcome;
    }
    Outcome any(std::size_t at) {
        auto outcome = Outcome::fails;
        auto const before = marks();
        auto const forgiven_before = all_forgiven();
        auto const end = at + view_.nodes[at].size;
        for (auto child = at + 1; child < end; child += view_.nodes[child].size) {
            auto const mark = marks();
            auto const one = node(child);
            if (one == Outcome::passes) {
                keep_after(mark, before);
                return one;
            }
            // What an alternative forgave that does not hold is not forgiven in the next.
            restore(forgiven_before);
            if (one == Outcome::unknown) outcome = Outcome::unknown;
        }
        return outcome;
    }
    [[nodiscard]] std::vector<bool> all_forgiven() const {
        std::vector<bool> all;
        if (!tolerance_) return all;
        for (auto const& use : uses_.all()) all.push_back(use.is_forgiven);
        return all;
    }
    void restore(std::vector<bool> const& all) {
        for (std::size_t i = 0; i < all.size(); ++i) uses_.all()[i].is_forgiven = all[i];
    }
    // What the alternatives before the one that holds had found is of no interest.
    void keep_after(Marks const& mark, Marks const& before) {
        auto& found = verdict_.found;
        found.erase(found.begin() + static_cast<std::ptrdiff_t>(before.found),
                    found.begin() + static_cast<std::ptrdiff_t>(mark.found));
        while (verdict_.missing.size() > before.missing) verdict_.missing.pop_back();
    }

    // ---- one condition

    Outcome obtained() {
        auto outcome = has_foreign() ? Outcome::fails : of(dossier_.wholly_obtained);
        if (outcome == Outcome::unknown) miss({"wholly-obtained"});
        // Who says so of goods with a material of unknown origin has still to tell of that.
        for (auto const& use : uses_.all()) {
            if (outcome == Outcome::fails || use.origin != Known::unknown) continue;
            outcome = Outcome::unknown;
            miss_status(use, false);
        }
        return found(outcome, "wholly-obtained");
    }
    Outcome obtained(RuleNode const& here) {
        auto outcome = Outcome::passes;
        for (auto const& use : uses_.all()) {
            auto const& material = *use.material;
            auto const in = uses_.stands_in(use, ranges(here.codes));
            if (in == Known::no) continue;
            auto one = use.origin == Known::no ? Outcome::fails : of(material.wholly_obtained);
            if (one != Outcome::passes && in == Known::unknown) one = Outcome::unknown;
            if (one == Outcome::unknown) miss_of(use, in == Known::unknown ? "hs" : "wholly-obtained");
            if (one == Outcome::fails) found(one, "not-wholly-obtained", use.place);
            outcome = both(outcome, one);
        }
        if (outcome != Outcome::fails) return outcome;
        return rescued([&](Use const& use) {
            auto const in = uses_.stands_in(use, ranges(here.codes));
            bool const is_obtained = use.material->wholly_obtained == Known::yes;
            return is_obtained ? Known::no : in;
        });
    }
    // What a condition bars for certain, once more with the tolerance where that covers more than a change of
    // heading; whether it does is not always told.
    template <class Offends>
    Outcome rescued(Offends const& offends) {
        if (!tolerance_ || covers_ == Covers::shift) return Outcome::fails;
        auto const outcome = forgiven(offends);
        if (outcome == Outcome::fails || covers_ == Covers::all) return outcome;
        miss({"tolerance"});
        return Outcome::unknown;
    }

    // How far a material offends against a tariff shift.
    enum class Shift : std::uint8_t { changes, same, excepted, untold };
    [[nodiscard]] Shift shift(RuleNode const& here, Use const& use) const {
        if (!use.shifts) return Shift::changes;
        if (use.code_count == 0 || hs_.size() < here.digits) return Shift::untold;
        auto const own = range_of(hs_.prefix(here.digits));
        auto const all = uses_.codes(use);
        auto const first = shift(here, own, all.front());
        bool const agree =
            std::ranges::all_of(all, [&](CodeRange const& code) { return shift(here, own, code) == first; });
        return agree ? first : Shift::untold;
    }
    [[nodiscard]] Shift shift(RuleNode const& here, CodeRange const& own, CodeRange const& code) const {
        // What is taken all the same is taken out of what is excepted, too.
        auto const also = stands_in(code, ranges(here.also));
        if (also == Known::yes) return Shift::changes;
        auto const excepted = stands_in(code, ranges(here.except));
        if (excepted == Known::yes) return also == Known::no ? Shift::excepted : Shift::untold;
        if (!touches(own, code)) return excepted == Known::no ? Shift::changes : Shift::untold;
        if (holds(own, code)) return also == Known::no ? Shift::same : Shift::untold;
        return Shift::untold;
    }
    Outcome change(RuleNode const& here) {
        Between all;
        bool any_excepted = false;
        for (auto const& use : uses_.all()) {
            auto const& material = *use.material;
            if (use.origin == Known::yes) continue;
            auto const how = shift(here, use);
            if (how == Shift::changes) continue;
            bool const is_certain = how != Shift::untold && use.origin == Known::no;
            add_part(all, material.value, is_certain);
            any_excepted = any_excepted || how == Shift::excepted;
            if (is_certain) {
                found(Outcome::fails, how == Shift::same ? "does-not-change" : "excepted", use.place);
            } else {
                miss_status(use, how == Shift::untold);
            }
        }
        if (!all.any_possible) return found(Outcome::passes, "changes");
        auto outcome = all.any_certain ? Outcome::fails : Outcome::unknown;
        // The rule's own share is for materials that stay where they are; the agreement's for all that
        // offend.
        if (here.percent != 0 && !any_excepted) {
            auto const percent = Decimal::of(here.percent, here.scale);
            outcome = better(outcome, at_most(all, percent, price(here.basis), fact_of(here.basis), {}));
        }
        if (tolerance_) {
            outcome = better(outcome, forgiven([&](Use const& use) {
                                 auto const how = shift(here, use);
                                 return how == Shift::changes  ? Known::no
                                        : how == Shift::untold ? Known::unknown
                                                               : Known::yes;
                             }));
        }
        if (outcome == Outcome::unknown) miss_offenders(here);
        return outcome;
    }
    static Outcome better(Outcome a, Outcome b) {
        if (a == Outcome::passes || b == Outcome::passes) return Outcome::passes;
        return a == Outcome::unknown || b == Outcome::unknown ? Outcome::unknown : Outcome::fails;
    }
    // What the materials that offend are worth decides whether a share forgives them.
    void miss_offenders(RuleNode const& here) {
        bool const has_share =
            here.percent != 0 || tolerance_of_ == Basis::exw || tolerance_of_ == Basis::fob;
        for (auto const& use : uses_.all()) {
            auto const& material = *use.material;
            if (use.origin == Known::yes || shift(here, use) == Shift::changes) continue;
            if (has_share && !material.value) miss_of(use, "value");
        }
    }
    // Whether all that offends here, with what was forgiven before, is within the tolerance.
    template <class Offends>
    Outcome forgiven(Offends const& offends) {
        bool const by_weight = tolerance_of_ == Basis::weight;
        Between sum;
        bool is_all = !uses_.all().empty();
        for (auto const& use : uses_.all()) {
            is_all = is_all && use.origin == Known::no;
            if (use.origin == Known::yes) continue;
            auto const does = use.is_forgiven ? Known::yes : offends(use);
            is_all = is_all && does == Known::yes && !use.is_untold;
            if (does == Known::no) continue;
            bool const is_beyond = does == Known::yes && use.origin == Known::no && share_ != nullptr &&
                                   uses_.stands_in(use, share_->never) == Known::yes;
            if (is_beyond) return Outcome::fails;
            auto const& part = by_weight ? use.material->weight_kg : use.material->value;
            add_part(sum, part, does == Known::yes && use.origin == Known::no);
            if (by_weight && !part) miss_of(use, "weight");
        }
        // Where everything the product is made of offends, that weighs as much as the product does.
        if (is_all && by_weight && !sum.is_bounded && *tolerance_ < Decimal(100)) return Outcome::fails;
        auto const outcome = at_most(sum, *tolerance_, price(tolerance_of_), fact_of(tolerance_of_), {});
        if (outcome != Outcome::passes) return outcome;
        for (auto& use : uses_.all())
            use.is_forgiven = use.is_forgiven || (use.origin != Known::yes && offends(use) != Known::no);
        return outcome;
    }
    // `not` and `only`: one material that offends is one too many.
    Outcome barred(RuleNode const& here) {
        auto outcome = Outcome::passes;
        for (auto const& use : uses_.all()) {
            if (use.origin == Known::yes) continue;
            auto in = uses_.stands_in(use, ranges(here.codes));
            if (here.kind == RuleKind::only && in != Known::unknown)
                in = in == Known::yes ? Known::no : Known::yes;
            if (in == Known::no) continue;
            bool const is_certain = in == Known::yes && use.origin == Known::no;
            if (is_certain) {
                outcome = found(Outcome::fails, "barred", use.place);
            } else {
                miss_status(use, in == Known::unknown);
                outcome = both(outcome, Outcome::unknown);
            }
        }
        if (outcome == Outcome::passes) return found(outcome, "allowed");
        if (outcome != Outcome::fails) return outcome;
        return rescued([&](Use const& use) {
            auto const in = uses_.stands_in(use, ranges(here.codes));
            if (here.kind != RuleKind::only || in == Known::unknown) return in;
            return in == Known::yes ? Known::no : Known::yes;
        });
    }

    Outcome max_nom(RuleNode const& here) {
        return at_most(non_originating(here.codes), Decimal::of(here.percent, here.scale), price(here.basis),
                       fact_of(here.basis), here.codes);
    }
    Outcome content(RuleNode const& here) {
        auto const percent = Decimal::of(here.percent, here.scale);
        auto const basis = here.method == Method::net_cost ? Basis::net_cost : here.basis;
        if (here.method == Method::build_up)
            return at_least(originating(), percent, price(basis), fact_of(basis));
        if (here.method == Method::direct_cost) {
            auto sum = originating();
            add_part(sum, dossier_.direct_costs, true);
            auto const outcome = at_least(sum, percent, price(basis), fact_of(basis));
            if (outcome == Outcome::unknown && !dossier_.direct_costs) miss({"direct-costs"});
            return outcome;
        }
        auto const rest = difference(Decimal(100), percent);
        return at_most(non_originating(here.codes), *rest, price(basis), fact_of(basis), here.codes);
    }
    Outcome nom_le_om() {
        auto const nom = non_originating({});
        auto const om = originating();
        if (nom.is_bounded && nom.high <= om.low) return Outcome::passes;
        if (om.is_bounded && nom.low > om.high) return found(Outcome::fails, "more-than-originating");
        miss_values({}, true);
        return found(Outcome::unknown, "more-than-originating");
    }
    Outcome weight(RuleNode const& here) {
        Between sum;
        for (auto const& use : uses_.all()) {
            auto const& material = *use.material;
            auto const in = in_codes(here.codes, use);
            if (use.origin == Known::yes || in == Known::no) continue;
            add_part(sum, material.weight_kg, in == Known::yes && use.origin == Known::no);
            if (!material.weight_kg) miss_of(use, "weight");
        }
        return at_most(sum, Decimal::of(here.percent, here.scale), dossier_.net_kg, "net-weight", here.codes);
    }
    Outcome process(RuleNode const& here) {
        auto outcome = Outcome::passes;
        for (auto rest = words(here.words); !rest.empty();) {
            auto const name = rest.substr(0, rest.find('+'));
            rest.remove_prefix(std::min(rest.size(), name.size() + 1));
            bool const is_done = std::ranges::find(dossier_.processes, name) != dossier_.processes.end();
            auto const one = is_done                       ? Outcome::passes
                             : dossier_.all_processes_told ? Outcome::fails
                                                           : Outcome::unknown;
            if (one == Outcome::unknown) miss({"process", no_material, name});
            if (one != Outcome::passes) found(one, "process", no_material, name);
            outcome = both(outcome, one);
        }
        return outcome;
    }

    // ---- sums and shares

    [[nodiscard]] Known in_codes(Part codes, Use const& use) const {
        return codes.count == 0 ? Known::yes : uses_.stands_in(use, ranges(codes));
    }
    static void add_part(Between& sum, std::optional<Decimal> const& part, bool is_certain) {
        sum.any_possible = true;
        sum.any_certain = sum.any_certain || is_certain;
        if (!part) {
            sum.is_bounded = false;
            return;
        }
        auto const high = allroads::sum(sum.high, *part);
        if (high) {
            sum.high = *high;
        } else {
            sum.is_bounded = false;
        }
        if (!is_certain) return;
        if (auto const low = allroads::sum(sum.low, *part)) sum.low = *low;
    }
    [[nodiscard]] Between non_originating(Part codes) const {
        Between sum;
        for (auto const& use : uses_.all()) {
            auto const in = in_codes(codes, use);
            if (use.origin == Known::yes || in == Known::no) continue;
            add_part(sum, use.material->value, in == Known::yes && use.origin == Known::no);
        }
        return sum;
    }
    [[nodiscard]] Between originating() const {
        Between sum;
        for (auto const& use : uses_.all()) {
            if (use.origin != Known::no) add_part(sum, use.material->value, use.origin == Known::yes);
        }
        return sum;
    }
    [[nodiscard]] std::optional<Decimal> const& price(Basis basis) const {
        switch (basis == Basis::unset ? agreement_.price_basis : basis) {
            case Basis::fob: return dossier_.fob;
            case Basis::net_cost: return dossier_.net_cost;
            case Basis::weight: return dossier_.net_kg;
            default: return dossier_.ex_works;
        }
    }
    [[nodiscard]] std::string_view fact_of(Basis basis) const {
        switch (basis == Basis::unset ? agreement_.price_basis : basis) {
            case Basis::fob: return "fob-price";
            case Basis::net_cost: return "net-cost";
            case Basis::weight: return "net-weight";
            default: return "ex-works-price";
        }
    }
    Outcome at_most(Between const& sum, Decimal const& percent, std::optional<Decimal> const& whole,
                    std::string_view fact, std::optional<Part> asked) {
        if (sum.is_bounded && sum.high.is_zero()) return Outcome::passes;
        if (!whole) {
            miss({fact});
            if (!sum.is_bounded && asked) miss_values(*asked, false);
            return Outcome::unknown;
        }
        auto const low = against(sum.low, percent, *whole);
        auto const high = against(sum.high, percent, *whole);
        if (sum.is_bounded && high && *high <= 0) {
            if (asked) find_share(Outcome::passes, "within-limit", sum.high, *whole, percent);
            return Outcome::passes;
        }
        if (low && *low > 0) {
            if (asked) find_share(Outcome::fails, "above-limit", sum.low, *whole, percent);
            return Outcome::fails;
        }
        if (asked) miss_values(*asked, false);
        return Outcome::unknown;
    }
    Outcome at_least(Between const& sum, Decimal const& percent, std::optional<Decimal> const& whole,
                     std::string_view fact) {
        if (!whole) {
            miss({fact});
            return Outcome::unknown;
        }
        auto const low = against(sum.low, percent, *whole);
        auto const high = against(sum.high, percent, *whole);
        if (low && *low >= 0) {
            find_share(Outcome::passes, "enough-content", sum.low, *whole, percent);
            return Outcome::passes;
        }
        if (sum.is_bounded && high && *high < 0) {
            find_share(Outcome::fails, "too-little-content", sum.high, *whole, percent);
            return Outcome::fails;
        }
        miss_values({}, true);
        return Outcome::unknown;
    }

    // ---- the general provisions

    // Whether an operation is in every list of those that never suffice, in some, or is more than simple.
    enum class Working : std::uint8_t { simple, doubtful, more };
    [[nodiscard]] Working working_of(std::string_view name) const {
        constexpr std::array<std::string_view, 6> simple = {"packing",   "sorting", "washing",
                                                            "labelling", "ironing", "peeling"};
        constexpr std::array<std::string_view, 4> doubtful = {"cutting", "sharpening", "mixing", "painting"};
        constexpr std::array<std::string_view, 4> simple_of_cereals = {"milling", "polishing", "grinding",
                                                                       "husking"};
        constexpr CodeRange cereals{0x10'0000'0000'00, 0x10'ffff'ffff'ff};
        bool const is_of_cereals = holds(cereals, range_of(dossier_.hs)) &&
                                   std::ranges::find(simple_of_cereals, name) != simple_of_cereals.end();
        if (is_of_cereals || std::ranges::find(simple, name) != simple.end()) return Working::simple;
        return std::ranges::find(doubtful, name) == doubtful.end() ? Working::more : Working::doubtful;
    }
    [[nodiscard]] Outcome enough_working() const {
        if (dossier_.only_simple == Known::yes) return Outcome::fails;
        auto most = Working::simple;
        for (auto const& name : dossier_.processes) most = std::max(most, working_of(name));
        if (most == Working::more || dossier_.only_simple == Known::no) return Outcome::passes;
        bool const is_all_simple =
            dossier_.all_processes_told && !dossier_.processes.empty() && most == Working::simple;
        return is_all_simple ? Outcome::fails : Outcome::unknown;
    }
    Outcome insufficient() {
        auto outcome = enough_working();
        // What is wholly obtained needs no working; where it may be, nothing is lost yet.
        bool const may_be_obtained = dossier_.wholly_obtained != Known::no && !has_foreign();
        if (outcome == Outcome::fails && may_be_obtained) outcome = Outcome::unknown;
        bool const is_obtained = dossier_.wholly_obtained == Known::yes && is_all_originating();
        // A set originates by its goods; that they were put together is no working of them.
        if (is_obtained || dossier_.is_set) outcome = Outcome::passes;
        if (outcome == Outcome::unknown) miss({"working"});
        find({Step::insufficient, outcome, "working", no_material, {}, {}, {}, agreement_.insufficient_law});
        return outcome;
    }
    Outcome drawback() {
        auto outcome = Outcome::unknown;
        if (agreement_.drawback_prohibited == false || is_all_originating()) {
            outcome = Outcome::passes;
        } else if (agreement_.drawback_prohibited) {
            outcome = dossier_.drawback == Known::no ? Outcome::passes : Outcome::unknown;
            if (dossier_.drawback == Known::yes && has_foreign()) outcome = drawn_back();
        } else if (dossier_.drawback == Known::no) {
            outcome = Outcome::passes;
        }
        bool const is_for_a_reader =
            agreement_.drawback_prohibited == true && dossier_.drawback == Known::yes && has_foreign();
        if (outcome == Outcome::unknown && !is_for_a_reader) miss({"drawback"});
        find({Step::drawback, outcome, "drawback", no_material, {}, {}, {}, agreement_.drawback_law});
        return outcome;
    }
    Outcome drawn_back() {
        if (agreement_.drawback_needs.empty()) return Outcome::fails;
        miss({"reading", no_material, agreement_.drawback_needs});
        return Outcome::unknown;
    }
    Outcome transport() {
        auto outcome = agreement_.transport == Transport::none ? Outcome::passes : Outcome::unknown;
        std::string_view code = "route";
        if (outcome != Outcome::passes && dossier_.route) {
            outcome = Outcome::passes;
            for (auto const& leg : *dossier_.route) {
                auto const one = on_the_way(leg);
                if (one == Outcome::fails) code = "worked-on-the-way";
                outcome = both(outcome, one);
            }
        }
        if (outcome == Outcome::unknown) miss({"route"});
        find({Step::transport, outcome, code, no_material, {}, {}, {}, agreement_.transport_law});
        return outcome;
    }
    // Goods that are opened, worked or released on the way are no longer those that were made. Kept under
    // customs control they are; where the rule is not known, only what did not stop surely is.
    [[nodiscard]] Outcome on_the_way(Leg const& leg) const {
        switch (leg.what) {
            case Transit::passed: return Outcome::passes;
            case Transit::stored:
                return agreement_.transport == Transport::unknown ? Outcome::unknown : Outcome::passes;
            // Rules of non-alteration let both be done under customs control; older ones do not say.
            case Transit::labelled:
            case Transit::split:
                return agreement_.transport == Transport::non_alteration ? Outcome::passes : Outcome::unknown;
            case Transit::bottled: return agreement_.may_be_bottled ? Outcome::passes : Outcome::fails;
            case Transit::repacked:
            case Transit::worked:
            case Transit::entered: return Outcome::fails;
            case Transit::untold: break;
        }
        return Outcome::unknown;
    }
    Outcome proof() {
        if (agreement_.proofs.empty()) return Outcome::unknown;
        for (auto const& rule : agreement_.proofs) {
            bool const is_held = std::ranges::find(dossier_.proofs, rule.kind) != dossier_.proofs.end();
            auto const fits = within(rule);
            auto const outcome = is_held && fits == Known::yes ? Outcome::passes : Outcome::unknown;
            bool const is_of_side =
                rule.made_in.empty() || std::ranges::count(rule.made_in, dossier_.made_in) != 0;
            if (fits == Known::no || !is_of_side) continue;
            Found found{Step::proof, outcome, "proof", no_material, {}, {}, rule.kind, rule.law};
            found.proof = &rule;
            find(found);
            if (outcome == Outcome::passes) return outcome;
        }
        return Outcome::unknown;
    }
    // Whether the consignment is small enough for a proof. The sums that countries set for a currency of
    // their own differ from the day's rate: near the limit nothing is said.
    [[nodiscard]] Known within(ProofRule const& rule) const {
        if (!rule.value_max) return Known::yes;
        if (dossier_.consignment_value && dossier_.currency == rule.currency)
            return *dossier_.consignment_value <= *rule.value_max ? Known::yes : Known::no;
        for (auto const& [amount, currency] : dossier_.consignment_in) {
            if (currency != rule.currency) continue;
            auto const limit = product(*rule.value_max, Decimal(100));
            auto const high = product(amount, Decimal(110));
            auto const low = product(amount, Decimal(90));
            if (limit && high && *high <= *limit) return Known::yes;
            if (limit && low && *low > *limit) return Known::no;
        }
        return Known::unknown;
    }

    // ---- telling

    static std::int32_t place(std::size_t i) { return static_cast<std::int32_t>(i); }
    [[nodiscard]] std::span<CodeRange const> ranges(Part part) const {
        return view_.ranges.subspan(part.first, part.count);
    }
    [[nodiscard]] std::string_view words(Part part) const {
        return view_.words.substr(part.first, part.count);
    }
    void find(Found const& one) {
        auto const is_same = [&](Found const& other) {
            return other.step == one.step && other.outcome == one.outcome && other.code == one.code &&
                   other.material == one.material && other.words == one.words && other.law == one.law &&
                   other.have == one.have && other.limit == one.limit && other.proof == one.proof;
        };
        // Alternatives that ask the same find the same; it is said once.
        if (std::ranges::none_of(verdict_.found, is_same)) verdict_.found.push_back(one);
    }
    Outcome found(Outcome outcome, std::string_view code, std::int32_t material = no_material,
                  std::string_view said = {}) {
        find({Step::product_rule, outcome, code, material, {}, {}, said, law_});
        return outcome;
    }
    void find_share(Outcome outcome, std::string_view code, Decimal const& part, Decimal const& whole,
                    Decimal const& percent) {
        std::optional<Decimal> have;
        if (auto const share = product_quotient(part, Decimal(100), whole, 2, Round::down)) have = *share;
        find({Step::product_rule, outcome, code, no_material, have, percent, {}, law_});
    }
    void miss(Missing const& one) {
        auto& missing = verdict_.missing;
        if (std::ranges::find(missing, one) == missing.end()) missing.push_back(one);
    }
    // What would settle whether a material offends: its code, or whether it originates.
    void miss_status(Use const& use, bool by_code) {
        if (by_code) miss_of(use, "hs");
        if (use.origin == Known::unknown && !use.is_in_doubt)
            miss_of(use, use.material->origin ? std::string_view("proof-of-material") : "origin");
    }
    // Of materials that nobody has told yet everything is missing, which is one thing to ask.
    void miss_of(Use const& use, std::string_view fact) {
        miss(use.is_untold ? Missing{"materials"} : Missing{fact, use.place});
    }
    void miss_values(Part codes, bool of_all) {
        for (auto const& use : uses_.all()) {
            auto const& material = *use.material;
            auto const in = in_codes(codes, use);
            if (in == Known::no || (!of_all && use.origin == Known::yes)) continue;
            if (in == Known::unknown) miss_of(use, "hs");
            if (use.origin == Known::unknown) miss_status(use, false);
            if (!material.value) miss_of(use, "value");
        }
    }

    Dossier const& dossier_;
    Agreement const& agreement_;
    Verdict& verdict_;
    Uses uses_;
    GoodsCode hs_;  // of the product, in the edition of the rules
    RuleView view_;
    std::string_view law_;
    std::optional<Decimal> tolerance_;
    Basis tolerance_of_ = Basis::unset;
    Covers covers_ = Covers::untold;
    Share const* share_ = nullptr;  // the tolerance of the walk at hand
};

}  // namespace

std::string_view text_of(Outcome outcome) {
    constexpr std::array<std::string_view, 3> names = {"fails", "passes", "unknown"};
    return names[static_cast<std::size_t>(outcome)];
}

std::string_view text_of(Step step) {
    constexpr std::array<std::string_view, 9> names = {"wholly-obtained", "cumulation",   "product-rule",
                                                       "tolerance",       "insufficient", "beside",
                                                       "drawback",        "transport",    "proof"};
    return names[static_cast<std::size_t>(step)];
}

void Verdict::clear() {
    qualifies = proof = Outcome::unknown;
    found.clear();
    missing.clear();
    rule = nullptr;
}

namespace {

Result<void> check_materials(std::vector<Material> const& materials, std::string const& within,
                             std::size_t depth, std::size_t& count) {
    if (depth > inputs_depth_max)
        return refuse(Code::too_long, within, "materials of materials are told three times at most");
    for (std::size_t i = 0; i < materials.size(); ++i) {
        auto const& material = materials[i];
        auto const here = within + "[" + std::to_string(i) + "]";
        if (++count > materials_max) return refuse(Code::too_long, within, "at most 200 materials");
        if (material.value && material.value->is_negative())
            return refuse(Code::bad_value, here + ".value", "it is below zero");
        if (material.weight_kg && material.weight_kg->is_negative())
            return refuse(Code::bad_value, here + ".weight_kg", "it is below zero");
        if (material.hs && material.hs->size() < 2)
            return refuse(Code::bad_code, here + ".hs", "expected 2 to 12 digits");
        TRY_VOID(check_materials(material.inputs, here + ".inputs", depth + 1, count));
    }
    return {};
}

}  // namespace

Result<void> check_dossier(Dossier const& dossier) {
    for (auto const& [field, amount] :
         {std::pair{"ex_works", &dossier.ex_works}, std::pair{"fob", &dossier.fob},
          std::pair{"net_cost", &dossier.net_cost}, std::pair{"direct_costs", &dossier.direct_costs},
          std::pair{"net_kg", &dossier.net_kg}, std::pair{"consignment_value", &dossier.consignment_value}}) {
        if (*amount && (*amount)->is_negative())
            return refuse(Code::bad_value, field, (*amount)->text() + " is below zero");
    }
    if (dossier.hs.size() < 6) return refuse(Code::bad_code, "hs", "expected 6 to 12 digits");
    std::size_t count = 0;
    return check_materials(dossier.materials, "materials", 0, count);
}

bool is_between(Agreement const& agreement, Country made_in, Country to, Day day) {
    if (day < agreement.valid_from || day > agreement.valid_to) return false;
    auto const& parties = agreement.parties;
    auto const side = [&](Country country) {
        return std::ranges::find_if(parties,
                                    [&](auto const& members) {
                                        return std::ranges::find(members, country) != members.end();
                                    }) -
               parties.begin();
    };
    auto const ends = static_cast<std::ptrdiff_t>(parties.size());
    auto const from_side = side(made_in);
    auto const to_side = side(to);
    if (from_side == ends || to_side == ends) return false;
    // Who gives a preference of its own accord stands first and enjoys none.
    if (agreement.is_unilateral) return to_side == 0 && from_side != 0;
    return from_side != to_side || (parties.size() == 1 && made_in != to);
}

void judge(Dossier const& dossier, Agreement const& agreement, Verdict& verdict) {
    Judge(dossier, agreement, verdict).run();
}

Verdict judge(Dossier const& dossier, Agreement const& agreement) {
    Verdict verdict;
    judge(dossier, agreement, verdict);
    return verdict;
}

std::optional<Change> nearest_way(Dossier const& dossier, Agreement const& agreement) {
    Verdict verdict;
    Judge judge(dossier, agreement, verdict);
    if (judge.goods_if({}) == Outcome::passes) return std::nullopt;
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < dossier.materials.size(); ++i) {
        if (judge.may_originate(i) && dossier.materials[i].value) open.push_back(i);
    }
    std::optional<Change> best;
    auto const look = [&](std::vector<std::size_t> const& these, Decimal const& value) {
        if (best && best->value <= value) return;
        if (judge.goods_if(these) != Outcome::passes) return;
        best = Change{these, value};
        for (auto const& found : verdict.found) {
            if (!found.have) continue;
            best->have = found.have;
            best->limit = found.limit;
        }
    };
    for (auto const i : open) look({i}, *dossier.materials[i].value);
    if (best || open.size() > pair_materials_max) return best;
    for (std::size_t a = 0; a < open.size(); ++a) {
        for (std::size_t b = a + 1; b < open.size(); ++b) {
            auto const value = sum(*dossier.materials[open[a]].value, *dossier.materials[open[b]].value);
            if (value) look({open[a], open[b]}, *value);
        }
    }
    return best;
}

}  // namespace allroads::origin
