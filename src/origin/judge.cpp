#include "origin/origin.h"

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

CodeRange range_of(GoodsCode code) {
    auto const first = code.key() >> 16U;
    auto const free = static_cast<unsigned>(GoodsCode::digits_max - code.size()) * 4U;
    return {first, first | ((std::uint64_t{1} << free) - 1U)};
}
bool holds(CodeRange const& outer, CodeRange const& inner) {
    return outer.first <= inner.first && inner.last <= outer.last;
}
bool touches(CodeRange const& a, CodeRange const& b) { return a.first <= b.last && b.first <= a.last; }
// Whether a code stands in one of the ranges; a short code may stand in some of its lines only.
Known stands_in(std::optional<GoodsCode> const& code, std::span<CodeRange const> ranges) {
    if (!code) return Known::unknown;
    auto const own = range_of(*code);
    bool maybe = false;
    for (auto const& range : ranges) {
        if (holds(range, own)) return Known::yes;
        maybe = maybe || touches(range, own);
    }
    return maybe ? Known::unknown : Known::no;
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
        : dossier_(dossier), agreement_(agreement), verdict_(verdict) {}

    void run() {
        verdict_.clear();
        origins_.reserve(dossier_.materials.size());
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
        origins_.clear();
        for (auto const& material : dossier_.materials) origins_.push_back(origin_of(material, no_material));
        for (auto const i : originating) origins_[i] = Known::yes;
        return working();
    }
    [[nodiscard]] bool may_originate(std::size_t i) const { return origins_[i] != Known::yes; }

private:
    // ---- wholly obtained, cumulation

    Outcome goods() {
        for (std::size_t i = 0; i < dossier_.materials.size(); ++i)
            origins_.push_back(origin_of(dossier_.materials[i], static_cast<std::int32_t>(i)));
        if (dossier_.wholly_obtained == Known::yes && std::ranges::all_of(origins_, is_yes)) {
            find({Step::wholly_obtained,
                  Outcome::passes,
                  "wholly-obtained",
                  no_material,
                  {},
                  {},
                  {},
                  agreement_.wholly_obtained_law});
            return Outcome::passes;
        }
        auto const outcome = working();
        bool const may_be_obtained = dossier_.wholly_obtained != Known::no && !has_foreign();
        if (outcome != Outcome::fails || !may_be_obtained) return outcome;
        // It fails as worked goods, and may still be wholly obtained.
        if (dossier_.wholly_obtained == Known::unknown) miss({"wholly-obtained"});
        for (std::size_t i = 0; i < origins_.size(); ++i) {
            if (origins_[i] == Known::unknown) miss_status(i, false);
        }
        return Outcome::unknown;
    }
    static bool is_yes(Known known) { return known == Known::yes; }
    [[nodiscard]] bool has_foreign() const {
        return std::ranges::find(origins_, Known::no) != origins_.end();
    }

    // Whether a material counts as originating: it does where the agreement cumulates with its country and
    // the proof of it is at hand.
    Known origin_of(Material const& material, std::int32_t place) {
        if (!material.origin) return Known::unknown;
        auto best = Known::no;
        for (auto const& cumulation : agreement_.cumulation) {
            if (std::ranges::find(cumulation.with, *material.origin) == cumulation.with.end()) continue;
            auto const one = cumulated(material, cumulation);
            if (one == Known::no) continue;
            if (one == Known::yes || best == Known::no) best = one;
            if (one != Known::yes) continue;
            if (place != no_material)
                find({Step::cumulation, Outcome::passes, "cumulated", place, {}, {}, {}, cumulation.law});
            return Known::yes;
        }
        return best;
    }
    static Known cumulated(Material const& material, Cumulation const& cumulation) {
        bool const is_proved = material.has_proof == Known::yes || material.wholly_obtained == Known::yes;
        if (is_proved) return cumulation.needs.empty() ? Known::yes : Known::unknown;
        return material.has_proof == Known::no ? Known::no : Known::unknown;
    }

    // ---- the product rule

    [[nodiscard]] static std::uint64_t width(ProductRule const& rule) {
        return rule.codes.last - rule.codes.first;
    }
    template <class Each>
    void for_rules(Each each) const {
        auto const own = range_of(dossier_.hs);
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
    Outcome working() {
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
        if (!tolerance->needs.empty()) {
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
    // Where no tolerance is held there may be one: what any could rescue does not fail yet.
    Outcome untold_tolerance(Outcome plain) {
        if (plain != Outcome::fails) return plain;
        auto const mark = marks();
        static Share const any{.percent = Decimal(1'000'000'000), .of = Basis::exw};
        auto const at_best = walked(any.percent, &any);
        undo(mark);
        if (at_best == Outcome::fails) return plain;
        miss({"tolerance"});
        return Outcome::unknown;
    }
    [[nodiscard]] Share const* tolerance_of() const {
        for (auto const& share : agreement_.tolerances) {
            bool const is_meant = share.only.empty() || stands_in(dossier_.hs, share.only) == Known::yes;
            if (is_meant && stands_in(dossier_.hs, share.except) == Known::no) return &share;
        }
        return nullptr;
    }
    Outcome walked(std::optional<Decimal> const& tolerance, Share const* share = nullptr) {
        tolerance_ = tolerance;
        tolerance_of_ = share == nullptr ? Basis::unset : share->of;
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
        auto const end = at + view_.nodes[at].size;
        for (auto child = at + 1; child < end; child += view_.nodes[child].size) {
            auto const mark = marks();
            auto const one = node(child);
            if (one == Outcome::passes) {
                keep_after(mark, before);
                return one;
            }
            if (one == Outcome::unknown) outcome = Outcome::unknown;
        }
        return outcome;
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
        for (std::size_t i = 0; i < origins_.size(); ++i) {
            if (outcome == Outcome::fails || origins_[i] != Known::unknown) continue;
            outcome = Outcome::unknown;
            miss_status(i, false);
        }
        return found(outcome, "wholly-obtained");
    }
    Outcome obtained(RuleNode const& here) {
        auto outcome = Outcome::passes;
        for (std::size_t i = 0; i < dossier_.materials.size(); ++i) {
            auto const& material = dossier_.materials[i];
            auto const in = stands_in(material.hs, ranges(here.codes));
            if (in == Known::no) continue;
            auto one = origins_[i] == Known::no ? Outcome::fails : of(material.wholly_obtained);
            if (one != Outcome::passes && in == Known::unknown) one = Outcome::unknown;
            if (one == Outcome::unknown) miss({in == Known::unknown ? "hs" : "wholly-obtained", place(i)});
            if (one == Outcome::fails) found(one, "not-wholly-obtained", place(i));
            outcome = both(outcome, one);
        }
        return outcome;
    }

    // How far a material offends against a tariff shift.
    enum class Shift : std::uint8_t { changes, same, excepted, untold };
    [[nodiscard]] Shift shift(RuleNode const& here, Material const& material) const {
        if (!material.hs || dossier_.hs.size() < here.digits) return Shift::untold;
        auto const excepted = stands_in(material.hs, ranges(here.except));
        if (excepted == Known::yes) return Shift::excepted;
        auto const also = stands_in(material.hs, ranges(here.also));
        if (also == Known::yes) return excepted == Known::no ? Shift::changes : Shift::untold;
        auto const own = range_of(dossier_.hs.prefix(here.digits));
        auto const other = range_of(*material.hs);
        if (!touches(own, other)) return excepted == Known::no ? Shift::changes : Shift::untold;
        if (holds(own, other)) return also == Known::no ? Shift::same : Shift::untold;
        return Shift::untold;
    }
    Outcome change(RuleNode const& here) {
        Between all;
        bool any_excepted = false;
        for (std::size_t i = 0; i < dossier_.materials.size(); ++i) {
            auto const& material = dossier_.materials[i];
            if (origins_[i] == Known::yes) continue;
            auto const how = shift(here, material);
            if (how == Shift::changes) continue;
            bool const is_certain = how != Shift::untold && origins_[i] == Known::no;
            add_part(all, material.value, is_certain);
            any_excepted = any_excepted || how == Shift::excepted;
            if (is_certain) {
                found(Outcome::fails, how == Shift::same ? "does-not-change" : "excepted", place(i));
            } else {
                miss_status(i, how == Shift::untold);
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
        if (tolerance_) outcome = better(outcome, forgiven(here, all));
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
        for (std::size_t i = 0; i < dossier_.materials.size(); ++i) {
            auto const& material = dossier_.materials[i];
            if (origins_[i] == Known::yes || shift(here, material) == Shift::changes) continue;
            if (has_share && !material.value) miss({"value", place(i)});
        }
    }
    Outcome forgiven(RuleNode const& here, Between const& all) {
        if (tolerance_of_ != Basis::weight)
            return at_most(all, *tolerance_, price(tolerance_of_), fact_of(tolerance_of_), {});
        // Of textiles: what the offending materials weigh.
        Between sum;
        for (std::size_t i = 0; i < dossier_.materials.size(); ++i) {
            auto const& material = dossier_.materials[i];
            if (origins_[i] == Known::yes) continue;
            auto const how = shift(here, material);
            if (how == Shift::changes) continue;
            add_part(sum, material.weight_kg, how != Shift::untold && origins_[i] == Known::no);
            if (!material.weight_kg) miss({"weight", place(i)});
        }
        return at_most(sum, *tolerance_, dossier_.net_kg, "net-weight", {});
    }
    // `not` and `only`: one material that offends is one too many.
    Outcome barred(RuleNode const& here) {
        auto outcome = Outcome::passes;
        for (std::size_t i = 0; i < dossier_.materials.size(); ++i) {
            if (origins_[i] == Known::yes) continue;
            auto in = stands_in(dossier_.materials[i].hs, ranges(here.codes));
            if (here.kind == RuleKind::only && in != Known::unknown)
                in = in == Known::yes ? Known::no : Known::yes;
            if (in == Known::no) continue;
            bool const is_certain = in == Known::yes && origins_[i] == Known::no;
            if (is_certain) {
                outcome = found(Outcome::fails, "barred", place(i));
            } else {
                miss_status(i, in == Known::unknown);
                outcome = both(outcome, Outcome::unknown);
            }
        }
        return outcome == Outcome::passes ? found(outcome, "allowed") : outcome;
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
        for (std::size_t i = 0; i < dossier_.materials.size(); ++i) {
            auto const& material = dossier_.materials[i];
            auto const in = in_codes(here.codes, material);
            if (origins_[i] == Known::yes || in == Known::no) continue;
            add_part(sum, material.weight_kg, in == Known::yes && origins_[i] == Known::no);
            if (!material.weight_kg) miss({"weight", place(i)});
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

    [[nodiscard]] Known in_codes(Part codes, Material const& material) const {
        return codes.count == 0 ? Known::yes : stands_in(material.hs, ranges(codes));
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
        for (std::size_t i = 0; i < dossier_.materials.size(); ++i) {
            auto const in = in_codes(codes, dossier_.materials[i]);
            if (origins_[i] == Known::yes || in == Known::no) continue;
            add_part(sum, dossier_.materials[i].value, in == Known::yes && origins_[i] == Known::no);
        }
        return sum;
    }
    [[nodiscard]] Between originating() const {
        Between sum;
        for (std::size_t i = 0; i < dossier_.materials.size(); ++i) {
            if (origins_[i] != Known::no)
                add_part(sum, dossier_.materials[i].value, origins_[i] == Known::yes);
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

    Outcome insufficient() {
        constexpr std::array<std::string_view, 10> simple = {"packing", "sorting",    "washing", "labelling",
                                                             "cutting", "sharpening", "mixing",  "painting",
                                                             "ironing", "peeling"};
        bool const does_more = std::ranges::any_of(dossier_.processes, [&](std::string const& name) {
            return std::ranges::find(simple, name) == simple.end();
        });
        auto outcome = does_more ? Outcome::passes : Outcome::unknown;
        if (!does_more && dossier_.only_simple != Known::unknown)
            outcome = dossier_.only_simple == Known::yes ? Outcome::fails : Outcome::passes;
        // What is wholly obtained needs no working; where it may be, nothing is lost yet.
        bool const may_be_obtained = dossier_.wholly_obtained != Known::no && !has_foreign();
        if (outcome == Outcome::fails && may_be_obtained) outcome = Outcome::unknown;
        if (dossier_.wholly_obtained == Known::yes && std::ranges::all_of(origins_, is_yes))
            outcome = Outcome::passes;
        if (outcome == Outcome::unknown) miss({"working"});
        find({Step::insufficient, outcome, "working", no_material, {}, {}, {}, agreement_.insufficient_law});
        return outcome;
    }
    Outcome drawback() {
        auto outcome = Outcome::unknown;
        if (agreement_.drawback_prohibited == false || std::ranges::all_of(origins_, is_yes)) {
            outcome = Outcome::passes;
        } else if (agreement_.drawback_prohibited) {
            outcome = dossier_.drawback == Known::no ? Outcome::passes : Outcome::unknown;
            if (dossier_.drawback == Known::yes && has_foreign()) outcome = Outcome::fails;
        } else if (dossier_.drawback == Known::no) {
            outcome = Outcome::passes;
        }
        if (outcome == Outcome::unknown) miss({"drawback"});
        find({Step::drawback, outcome, "drawback", no_material, {}, {}, {}, agreement_.drawback_law});
        return outcome;
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
            if (fits == Known::no) continue;
            find({Step::proof, outcome, "proof", no_material, {}, {}, rule.kind, rule.law});
            if (outcome == Outcome::passes) return outcome;
        }
        return Outcome::unknown;
    }
    // Whether the consignment is small enough for a proof; where it is in another currency nobody says here.
    [[nodiscard]] Known within(ProofRule const& rule) const {
        if (!rule.value_max) return Known::yes;
        if (!dossier_.consignment_value || !dossier_.currency || dossier_.currency != rule.currency)
            return Known::unknown;
        return *dossier_.consignment_value <= *rule.value_max ? Known::yes : Known::no;
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
                   other.have == one.have && other.limit == one.limit;
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
    void miss_status(std::size_t i, bool by_code) {
        auto const& material = dossier_.materials[i];
        if (by_code) miss({"hs", place(i)});
        if (origins_[i] == Known::unknown)
            miss({material.origin ? std::string_view("proof-of-material") : "origin", place(i)});
    }
    void miss_values(Part codes, bool of_all) {
        for (std::size_t i = 0; i < dossier_.materials.size(); ++i) {
            auto const& material = dossier_.materials[i];
            auto const in = in_codes(codes, material);
            if (in == Known::no || (!of_all && origins_[i] == Known::yes)) continue;
            if (in == Known::unknown) miss({"hs", place(i)});
            if (origins_[i] == Known::unknown) miss_status(i, false);
            if (!material.value) miss({"value", place(i)});
        }
    }

    Dossier const& dossier_;
    Agreement const& agreement_;
    Verdict& verdict_;
    std::vector<Known> origins_;  // of each material, after cumulation
    RuleView view_;
    std::string_view law_;
    std::optional<Decimal> tolerance_;
    Basis tolerance_of_ = Basis::unset;
};

}  // namespace

std::string_view text_of(Outcome outcome) {
    constexpr std::array<std::string_view, 3> names = {"fails", "passes", "unknown"};
    return names[static_cast<std::size_t>(outcome)];
}

std::string_view text_of(Step step) {
    constexpr std::array<std::string_view, 8> names = {"wholly-obtained", "cumulation",   "product-rule",
                                                       "tolerance",       "insufficient", "drawback",
                                                       "transport",       "proof"};
    return names[static_cast<std::size_t>(step)];
}

void Verdict::clear() {
    qualifies = proof = Outcome::unknown;
    found.clear();
    missing.clear();
    rule = nullptr;
}

Result<void> check_dossier(Dossier const& dossier) {
    auto const below = [](std::optional<Decimal> const& amount) { return amount && amount->is_negative(); };
    if (dossier.materials.size() > materials_max)
        return refuse(Code::too_long, "materials", "at most 200 materials");
    for (auto const& [field, amount] :
         {std::pair{"ex_works", &dossier.ex_works}, std::pair{"fob", &dossier.fob},
          std::pair{"net_cost", &dossier.net_cost}, std::pair{"net_kg", &dossier.net_kg},
          std::pair{"consignment_value", &dossier.consignment_value}}) {
        if (below(*amount)) return refuse(Code::bad_value, field, (*amount)->text() + " is below zero");
    }
    if (dossier.hs.size() < 6) return refuse(Code::bad_code, "hs", "expected 6 to 12 digits");
    for (std::size_t i = 0; i < dossier.materials.size(); ++i) {
        auto const& material = dossier.materials[i];
        auto const within = "materials[" + std::to_string(i) + "]";
        if (below(material.value)) return refuse(Code::bad_value, within + ".value", "it is below zero");
        if (below(material.weight_kg))
            return refuse(Code::bad_value, within + ".weight_kg", "it is below zero");
        if (material.hs && material.hs->size() < 2)
            return refuse(Code::bad_code, within + ".hs", "expected 2 to 12 digits");
    }
    return {};
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
        if (judge.goods_if(these) == Outcome::passes) best = Change{these, value};
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
