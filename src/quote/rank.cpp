// A whole catalogue priced to one door. Offers of one kind (code, origin, dispatch, proofs) differ only in
// price and freight, so the pass is walked once for each kind and band of value, and what it charged is kept
// as a short program of whole numbers. Kinds whose charges are not that simple go through the pass offer by
// offer.

#include "quote/pass.h"

#include <algorithm>
#include <array>
#include <bit>

namespace allroads::quote {

namespace {

using tariff::Condition;
using tariff::ConditionKind;
using tariff::DutyKind;
using tariff::DutyNode;
using tariff::Term;
using tariff::Terms;

constexpr int terms_count = 11;
constexpr std::int64_t amount_max = 1'000'000'000'000;  // minor units; beyond, the pass itself is asked
constexpr std::size_t bands_max = 12;

constexpr int place_of(Term term) { return std::countr_zero(static_cast<Terms>(term)); }

// x / d for x below 2^63, by a multiplication; exact, because the estimate is corrected.
struct Divisor {
    std::uint64_t by = 1;
    std::uint64_t magic = ~std::uint64_t{0};
    static Divisor of(std::uint64_t d) { return {d, ~std::uint64_t{0} / d}; }
    [[nodiscard]] std::uint64_t quotient(std::uint64_t x, std::uint64_t& rest) const {
        __extension__ using Wide = unsigned __int128;
        auto q = static_cast<std::uint64_t>((static_cast<Wide>(x) * magic) >> 64U);
        rest = x - q * by;
        while (rest >= by) {
            ++q;
            rest -= by;
        }
        return q;
    }
    // Ties go up.
    [[nodiscard]] std::int64_t half_up(std::int64_t x) const {
        std::uint64_t rest = 0;
        auto const q = quotient(static_cast<std::uint64_t>(x), rest);
        return static_cast<std::int64_t>(q + (rest >= by - rest ? 1U : 0U));
    }
    [[nodiscard]] std::int64_t down(std::int64_t x) const {
        std::uint64_t rest = 0;
        return static_cast<std::int64_t>(quotient(static_cast<std::uint64_t>(x), rest));
    }
};

// One charge: base · coefficient / divisor, rounded, times step, held between least and most.
struct Levy {
    Terms terms = 0;
    std::uint8_t place = 0;  // which amount it adds to
    std::uint8_t is_down = 0;
    std::uint32_t reserved = 0;
    std::int64_t coefficient = 0;
    Divisor divisor;
    std::int64_t step = 1;
    std::int64_t least = 0;
    std::int64_t most = INT64_MAX;
};
struct PlanOption {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
};
// Offers of a value from `from` up to that of the next band.
struct Band {
    std::int64_t from = 0;
    std::uint32_t first = 0;  // option
    std::uint32_t count = 0;
    bool is_complete = true;  // every charge is known
};
struct Plan {
    bool is_simple = false;
    // Which of what an offer may tell makes a charge known that is not known without: bits by `told`.
    std::uint8_t asks = 0;
    std::uint32_t first_band = 0;
    std::uint32_t bands = 0;
};

}  // namespace

struct Plans::Hidden {
    Currency home;
    bool with_freight = false;
    Decimal numerator{1};  // of the exchange from the catalogue's currency
    Decimal denominator{1};
    std::int64_t value_step = 0;
    Divisor value_divisor;
    bool is_value_down = true;
    bool is_same_currency = true;
    Request question;
    Books const* books = nullptr;
    std::vector<Plan> plans;
    std::vector<Band> bands;
    std::vector<PlanOption> options;
    std::vector<Levy> levies;
    std::vector<OfferKind> kinds;
    Exchange exchange;
    Currency currency;

    Hidden(Request q, Currency from, Currency to, Exchange rate)
        : home(to), question(std::move(q)), exchange(rate), currency(from) {}
};

namespace {

// Turns the charges of one way into levies; nothing where one of them is more than a rate within bounds.
class Compiler {
public:
    Compiler(Rules const& rules, Currency home) : rules_(rules), home_(home) {}

    std::optional<Levy> levy(Candidate const& candidate, Charge const& charge) const {
        auto const& measure = *candidate.measure;
        if (measure.base != 0 && (measure.base & tariff::base_expression) != 0) return std::nullopt;
        bool const is_vat = measure.kind == tariff::Kind::vat;
        if (is_vat && measure.base == 0 && !rules_.vat_uplift.is_zero()) return std::nullopt;
        if (rules_.round != Round::half_up && rules_.round != Round::down) return std::nullopt;
        Levy made;
        made.terms = measure.base != 0                ? measure.base
                     : is_vat && rules_.vat_base != 0 ? rules_.vat_base
                                                      : static_cast<Terms>(Term::customs_value);
        made.place = static_cast<std::uint8_t>(place_of(term_of(charge.kind)));
        made.is_down = rules_.round == Round::down ? 1 : 0;
        auto const nodes = candidate.schedule->duty(measure).nodes;
        if (!read(nodes, 0, made)) return std::nullopt;
        if (!rules_.amount_step.is_zero()) {
            auto const step = Money::exact(rules_.amount_step, home_);
            if (!step || step->minor() <= 0) return std::nullopt;
            made.step = step->minor();
            if (made.least != 0 || made.most != INT64_MAX) return std::nullopt;
        }
        auto const divisor = static_cast<Int128>(made.divisor.by) * made.step;
        if (divisor > INT64_MAX / 2) return std::nullopt;
        made.divisor = Divisor::of(static_cast<std::uint64_t>(divisor));
        // The product of the largest base and the coefficient stays within a machine word.
        if (made.coefficient > INT64_MAX / (amount_max * 8)) return std::nullopt;
        return made;
    }

private:
    static Term term_of(tariff::Kind kind) {
        using tariff::Kind;
        if (tariff::is_base_duty(kind)) return Term::duty;
        switch (kind) {
            case Kind::excise: return Term::excise;
            case Kind::fee:
            case Kind::handling: return Term::fee;
            case Kind::vat: return Term::vat;
            default: return Term::surcharge;
        }
    }
    // An amount of the market's own currency in whole minor units.
    [[nodiscard]] std::optional<std::int64_t> fixed(DutyNode const& node) const {
        if (node.currency != home_.index()) return std::nullopt;
        auto const money = Money::exact(Decimal::of(node.amount, node.scale), home_);
        return money ? std::optional(money->minor()) : std::nullopt;
    }
    bool read(std::span<DutyNode const> nodes, std::size_t at, Levy& made) const {
        auto const& node = nodes[at];
        switch (node.kind) {
            case DutyKind::free: return true;
            case DutyKind::percent: {
                if (node.words_size != 0 || node.per <= 0 || node.amount < 0 || node.scale > 9) return false;
                std::int64_t divisor = 100;
                for (int i = 0; i < node.scale; ++i) divisor *= 10;
                if (node.per > INT64_MAX / divisor) return false;
                made.coefficient = node.amount;
                made.divisor.by = static_cast<std::uint64_t>(divisor * node.per);
                return true;
            }
            case DutyKind::fixed: {
                auto const amount = fixed(node);
                if (!amount) return false;
                made.least = made.most = *amount;
                return true;
            }
            case DutyKind::larger:
            case DutyKind::smaller: return bounded(nodes, at, made);
            default: return false;
        }
    }
    // A rate between fixed amounts: `A MIN least MAX most`.
    bool bounded(std::span<DutyNode const> nodes, std::size_t at, Levy& made) const {
        auto const& node = nodes[at];
        auto const left = at + 1;
        auto const right = left + nodes[left].size;
        if (right + nodes[right].size != at + node.size || nodes[right].kind != DutyKind::fixed) return false;
        auto const amount = fixed(nodes[right]);
        if (!amount || !read(nodes, left, made)) return false;
        if (node.kind == DutyKind::larger) {
            made.least = std::max(made.least, *amount);
            made.most = std::max(made.most, *amount);
        } else {
            made.most = std::min(made.most, *amount);
            made.least = std::min(made.least, *amount);
        }
        return true;
    }

    Rules const& rules_;
    Currency home_;
};

// The values of goods, in minor units of the market's currency, at which a condition turns.
class Thresholds {
public:
    Thresholds(Request const& question, FxTable const& fx, Currency home)
        : question_(question), fx_(fx), home_(home) {}
    // False: a condition of some measure of this kind depends on more than the value of the goods.
    bool collect(Market const& market, OfferKind const& kind, std::vector<std::int64_t>& turns) const {
        for (auto const* schedule : market.all()) {
            if (!schedule->valuations.empty()) return false;
            for (auto const& scheme : schedule->schemes) {
                if (!take(schedule->conditions.subspan(scheme.conditions, scheme.condition_count), turns))
                    return false;
            }
            auto const code = declared_code(kind.hs, kind.proofs, market);
            auto const* node = &schedule->deepest(code);
            while (true) {
                if (!take_at(*schedule, *node, kind, turns)) return false;
                if (node == &schedule->nodes[0]) break;
                node = &schedule->parent(*node);
            }
            // A duty that all lines under a short code have alike counts too.
            auto below = std::ranges::upper_bound(schedule->nodes, code.key(), {}, &tariff::Node::key);
            for (; below != schedule->nodes.end() && GoodsCode::from_key(below->key).is_under(code);
                 ++below) {
                if (!take_at(*schedule, *below, kind, turns, true)) return false;
            }
        }
        std::ranges::sort(turns);
        turns.erase(std::unique(turns.begin(), turns.end()), turns.end());
        return turns.size() <= bands_max;
    }

private:
    bool take_at(tariff::Schedule const& schedule, tariff::Node const& node, OfferKind const& kind,
                 std::vector<std::int64_t>& turns, bool only_duties = false) const {
        auto const day = question_.date.number();
        return std::ranges::all_of(schedule.at(node), [&](tariff::Measure const& m) {
            bool const speaks = day >= m.valid_from && day <= m.valid_to && schedule.is_for(m, kind.origin);
            if (!speaks || (only_duties && !tariff::is_base_duty(m.kind))) return true;
            return take(schedule.conditions.subspan(m.conditions, m.condition_count), turns);
        });
    }
    bool take(std::span<Condition const> conditions, std::vector<std::int64_t>& turns) const {
        for (auto const& condition : conditions) {
            switch (condition.kind) {
                case ConditionKind::value:
                    if (!turn(condition, turns)) return false;
                    break;
                case ConditionKind::weight:
                case ConditionKind::customs_value:
                case ConditionKind::quantity:
                case ConditionKind::unit_value: return false;
                default: break;
            }
        }
        return true;
    }
    bool turn(Condition const& condition, std::vector<std::int64_t>& turns) const {
        auto limit = Decimal::of(condition.amount, condition.scale);
        auto const currency = Currency::from_index(condition.currency);
        if (currency != home_) {
            auto const exchange = fx_.rate(currency, home_, question_.date, rate_age_max);
            if (!exchange) return false;
            auto const converted = convert(limit, *exchange, 6, Round::half_even);
            if (!converted) return false;
            limit = *converted;
        }
        using enum tariff::Comparison;
        // The first whole minor unit on the other side; an equality turns twice.
        bool const keeps = condition.comparison == at_most || condition.comparison == above;
        auto const whole = Money::rounded(limit, home_, keeps ? Round::floor : Round::ceiling);
        if (!whole) return false;
        turns.push_back(whole->minor() + (keeps ? 1 : 0));
        if (condition.comparison == equal) turns.push_back(whole->minor() + 1);
        return true;
    }
    Request const& question_;
    FxTable const& fx_;
    Currency home_;
};

}  // namespace

Plans::Plans(std::unique_ptr<Hidden> hidden) : hidden_(std::move(hidden)) {}
Plans::Plans(Plans&&) noexcept = default;
Plans& Plans::operator=(Plans&&) noexcept = default;
Plans::~Plans() = default;
std::size_t Plans::simple() const {
    return static_cast<std::size_t>(std::ranges::count(hidden_->plans, true, &Plan::is_simple));
}
Currency Plans::currency() const { return hidden_->home; }

namespace {

// What of a quantity is told, as a place of Plan::asks; the quantity itself always is.
unsigned told(HowMuch const& much) {
    return (much.net_grams > 0 ? 1U : 0U) | (much.gross_grams > 0 ? 2U : 0U);
}

std::ptrdiff_t charges_without_quantity(Quote const& quote) {
    return std::ranges::count_if(quote.charges,
                                 [](Charge const& one) { return !one.known && one.why == "needs-quantity"; });
}

// Whether a charge is known or not depends on what is told, not on how much that is.
std::uint8_t asks_of(Plans::Hidden const& h, Request const& band, Unit unit) {
    auto request = band;
    Quote quote;
    price(request, *h.books, quote);
    auto const without = charges_without_quantity(quote);
    std::uint8_t asks = 0;
    for (unsigned facts = 0; without > 0 && facts < 4; ++facts) {
        fill(request.goods[0], unit, {1000, facts & 1U, (facts >> 1U) & 1U});
        price(request, *h.books, quote);
        if (charges_without_quantity(quote) < without) asks |= static_cast<std::uint8_t>(1U << facts);
    }
    return asks;
}

// The claimable, complete ways of one band as levies; false where one cannot be said so.
bool compile_band(Plans::Hidden& h, Request const& request, Market const& market, Rules const& rules,
                  FxTable const& fx) {
    alignas(std::max_align_t) std::array<std::byte, pass_bytes> bytes;
    Arena memory(bytes);
    Quote quote;
    Consignment goods(h.home, memory);
    if (!weigh(request, *h.books, market, rules, fx, goods, quote)) return false;
    Candidates candidates(memory);
    Places const places(request, market, memory);
    find_candidates(request, market, places, goods, fx, h.home, candidates, quote);
    std::vector<Candidate const*> origins;
    if (!price_options(request, market, rules, fx, goods, candidates, memory, quote, &origins)) return false;
    if (origins.size() != quote.charges.size()) return false;
    Compiler const compiler(rules, h.home);
    // Of the ways that need no further paper those count with the least unknown; what is unknown in them is
    // left out of the sum, as the pass leaves it out.
    std::uint32_t unknown = UINT32_MAX;
    for (auto const& option : quote.options) {
        if (option.proofs_missing.count == 0) unknown = std::min(unknown, option.unknown_count);
    }
    bool const is_complete = unknown == 0 && quote.unknown.empty();
    auto const from = Money::exact(request.goods[0].price, h.home);
    check(from.has_value());
    Band band{from->minor(), static_cast<std::uint32_t>(h.options.size()), 0, is_complete};
    for (auto const& option : quote.options) {
        if (option.proofs_missing.count != 0 || option.unknown_count != unknown) continue;
        PlanOption made{static_cast<std::uint32_t>(h.levies.size()), 0};
        for (std::size_t i = option.charges.first; i < option.charges.first + option.charges.count; ++i) {
            if (!quote.charges[i].suppressed_by.empty() || !quote.charges[i].known) continue;
            auto const levy =
                origins[i] == nullptr ? std::nullopt : compiler.levy(*origins[i], quote.charges[i]);
            if (!levy) return false;
            if (levy->coefficient == 0 && levy->least == 0) continue;
            h.levies.push_back(*levy);
            ++made.count;
        }
        h.options.push_back(made);
        ++band.count;
    }
    if (band.count == 0) return false;
    h.bands.push_back(band);
    return true;
}

Plan compile_kind(Plans::Hidden& h, OfferKind const& kind, Market const& market, Rules const& rules,
                  FxTable const& fx) {
    Plan plan;
    plan.first_band = static_cast<std::uint32_t>(h.bands.size());
    std::vector<std::int64_t> turns = {0};
    if (!Thresholds(h.question, fx, h.home).collect(market, kind, turns)) return plan;
    auto request = h.question;
    request.from = kind.from;
    request.proofs = kind.proofs;
    request.currency = h.home;
    auto& item = request.goods.emplace_back();
    item.line = "1";
    item.hs = declared_code(kind.hs, kind.proofs, market);
    item.origin = kind.origin;
    item.price_currency = h.home;
    for (auto const turn : turns) {
        if (turn < 0) continue;
        item.price = Money(turn, h.home).amount();
        if (!compile_band(h, request, market, rules, fx)) return plan;
        if (!h.bands.back().is_complete) plan.asks |= asks_of(h, request, kind.unit);
    }
    plan.bands = static_cast<std::uint32_t>(h.bands.size()) - plan.first_band;
    plan.is_simple = true;
    return plan;
}

// Works an option's levies out; the taxes in minor units.
std::int64_t taxes_of(Plans::Hidden const& h, PlanOption const& option,
                      std::array<std::int64_t, terms_count>& amounts) {
    std::int64_t total = 0;
    for (auto const& levy : std::span(h.levies).subspan(option.first, option.count)) {
        std::int64_t base = 0;
        for (unsigned bits = levy.terms; bits != 0; bits &= bits - 1)
            base += amounts[static_cast<std::size_t>(std::countr_zero(bits))];
        auto const product = base * levy.coefficient;
        auto const share = levy.is_down != 0 ? levy.divisor.down(product) : levy.divisor.half_up(product);
        auto const amount = std::clamp(share * levy.step, levy.least, levy.most);
        amounts[levy.place] += amount;
        total += amount;
    }
    return total;
}

// The best of all so far, the worst of them first.
class Best {
public:
    explicit Best(std::size_t count) : count_(count) {}
    void offer(Ranked const& ranked) {
        if (count_ == 0) return;
        if (heap_.size() == count_) {
            if (!(ranked < heap_.front())) return;
            std::pop_heap(heap_.begin(), heap_.end());
            heap_.back() = ranked;
        } else {
            heap_.push_back(ranked);
        }
        std::push_heap(heap_.begin(), heap_.end());
    }
    // What an offer may cost at most to be among them; no bound while there is room.
    [[nodiscard]] std::int64_t bound() const {
        bool const is_full = heap_.size() == count_ && count_ != 0 && heap_.front().is_complete;
        return is_full ? heap_.front().landed : INT64_MAX;
    }
    [[nodiscard]] std::vector<Ranked> sorted() && {
        std::sort_heap(heap_.begin(), heap_.end());
        return std::move(heap_);
    }

private:
    std::size_t count_;
    std::vector<Ranked> heap_;
};

class Ranker {
public:
    Ranker(Plans::Hidden const& h, std::size_t best, std::int64_t at_most, Amounts const& amounts)
        : h_(h),
          amounts_(amounts),
          best_(best),
          at_most_(at_most),
          bound_(in_catalogue(at_most)),
          last_bound_(at_most),
          request_(h.question) {
        request_.goods.resize(1);
        request_.currency = h.home;
    }

    void run(std::span<Offer const> offers, std::size_t first) {
        for (std::size_t i = 0; i < offers.size(); ++i) {
            auto const& offer = offers[i];
            // Nothing lands below what is paid for goods and carriage, so most need no further look.
            if (offer.price > bound_ - std::max<std::int64_t>(offer.freight, 0)) continue;
            auto const number = static_cast<std::uint32_t>(first + i);
            auto const& plan = h_.plans[offer.kind];
            bool const is_small = offer.price >= 0 && offer.freight >= 0 && offer.price < amount_max &&
                                  offer.freight < amount_max;
            if (!plan.is_simple || !is_small || plan.asks != 0) {
                auto const much = amounts_ ? amounts_(static_cast<std::uint32_t>(i)) : HowMuch{};
                bool const is_asked = much.quantity != 0 && ((plan.asks >> told(much)) & 1U) != 0;
                if (!plan.is_simple || !is_small || is_asked) {
                    slowly(offer, number, much);
                    continue;
                }
            }
            keep(quickly(offer, plan, number));
        }
    }
    [[nodiscard]] Best&& best() && { return std::move(best_); }

private:
    void keep(Ranked const& ranked) {
        best_.offer(ranked);
        auto const bound = std::min(best_.bound(), at_most_);
        if (bound == last_bound_) return;
        last_bound_ = bound;
        bound_ = in_catalogue(bound);
    }
    // The bound in the catalogue's currency, on the safe side: two roundings of half a minor unit each.
    [[nodiscard]] std::int64_t in_catalogue(std::int64_t bound) const {
        if (h_.is_same_currency || bound == INT64_MAX) return bound;
        auto const back = product_quotient(Money(bound + 2, h_.home).amount(), h_.exchange.denominator,
                                           h_.exchange.numerator, 12, Round::up);
        auto const money = back ? Money::rounded(*back, h_.currency, Round::up)
                                : Result<Money>(std::unexpected(back.error()));
        return money ? money->minor() : INT64_MAX;
    }
    [[nodiscard]] std::int64_t at_home(std::int64_t minor) const {
        if (h_.is_same_currency || minor == 0) return minor;
        auto const exact = convert(Money(minor, h_.currency).amount(), h_.exchange, 12, Round::half_even);
        auto const money = exact ? Money::rounded(*exact, h_.home, Round::half_up)
                                 : Result<Money>(std::unexpected(exact.error()));
        return money ? money->minor() : amount_max;
    }
    [[nodiscard]] Ranked quickly(Offer const& offer, Plan const& plan, std::uint32_t number) const {
        auto const goods = at_home(offer.price);
        auto const freight = at_home(offer.freight);
        auto value = h_.with_freight ? goods + freight : goods;
        if (h_.value_step != 0) {
            auto const steps =
                h_.is_value_down ? h_.value_divisor.down(value) : h_.value_divisor.half_up(value);
            value = steps * h_.value_step;
        }
        auto band = plan.first_band + plan.bands - 1;
        while (band > plan.first_band && goods < h_.bands[band].from) --band;
        auto const& of_value = h_.bands[band];
        std::int64_t least = INT64_MAX;
        for (std::uint32_t i = 0; i < of_value.count; ++i) {
            std::array<std::int64_t, terms_count> amounts{};
            amounts[place_of(Term::customs_value)] = value;
            amounts[place_of(Term::goods)] = goods;
            amounts[place_of(Term::freight)] = freight;
            least = std::min(least, taxes_of(h_, h_.options[of_value.first + i], amounts));
        }
        return {number, of_value.is_complete, goods + freight + least};
    }
    void slowly(Offer const& offer, std::uint32_t number, HowMuch const& much) {
        auto const& kind = h_.kinds[offer.kind];
        request_.from = kind.from;
        request_.proofs = kind.proofs;
        auto& item = request_.goods[0];
        item.hs = kind.hs;
        item.origin = kind.origin;
        item.price = Money(offer.price, h_.currency).amount();
        item.price_currency = h_.currency;
        if (much.quantity != 0) fill(item, kind.unit, much);
        request_.freight.how = FreightTerms::How::amount;
        request_.freight.amount = Money(offer.freight, h_.currency).amount();
        request_.freight.currency = h_.currency;
        price(request_, *h_.books, quote_);
        if (!quote_.landed_total) return;  // refused: it cannot be sold there
        keep({number, quote_.status == Status::complete, quote_.landed_total->minor()});
    }

    Plans::Hidden const& h_;
    Amounts const& amounts_;
    Best best_;
    std::int64_t at_most_;
    std::int64_t bound_;
    std::int64_t last_bound_;
    Request request_;
    Quote quote_;
};

}  // namespace

void fill(Item& item, Unit unit, HowMuch const& much) {
    auto const quantity = Decimal::of(much.quantity, 3).stripped();
    auto const kilograms = [&](std::int64_t grams) -> std::optional<Decimal> {
        if (grams == 0) return std::nullopt;
        auto const all = product(Decimal::of(grams, 3), quantity);
        return all ? std::optional(*all) : std::nullopt;
    };
    item.quantity = quantity;
    item.unit = unit;
    item.net_kg = kilograms(much.net_grams);
    item.gross_kg = kilograms(much.gross_grams);
}

Result<Plans> prepare(std::span<OfferKind const> kinds, Currency currency, Door const& door,
                      Books const& books) {
    Request question{.from = door.to,
                     .to = door.to,
                     .to_region = door.to_region,
                     .date = door.date,
                     .known_on = door.known_on,
                     .road = door.road,
                     .buyer = door.buyer};
    question.freight.how = FreightTerms::How::amount;
    auto const border = TRY(border_of(question, books));
    auto const home = *border.rules.currency;
    auto const exchange = border.fx.rate(currency, home, door.date, rate_age_max);
    if (!exchange) return std::unexpected(exchange.error().within("currency"));
    auto h = std::make_unique<Plans::Hidden>(std::move(question), currency, home, *exchange);
    h->is_same_currency = currency == home;
    h->books = &books;
    h->kinds.assign(kinds.begin(), kinds.end());
    auto const basis = border.rules.basis;
    h->with_freight = basis == tariff::Basis::cif || basis == tariff::Basis::cfr;
    bool plain = true;
    if (!border.rules.value_step.is_zero()) {
        auto const step = Money::exact(border.rules.value_step, home);
        auto const round = border.rules.value_round;
        plain = step && step->minor() > 0 && (round == Round::down || round == Round::half_up);
        if (plain) {
            h->value_step = step->minor();
            h->value_divisor = Divisor::of(static_cast<std::uint64_t>(step->minor()));
            h->is_value_down = round == Round::down;
        }
    }
    // What is not collected depends on what it comes to: no sum of rates says that.
    for (auto const* schedule : border.market.all()) {
        plain = plain && std::ranges::none_of(schedule->waivers, [&](tariff::WaiverRow const& row) {
                    return row.valid_from <= door.date.number() && door.date.number() <= row.valid_to;
                });
    }
    h->plans.reserve(kinds.size());
    for (auto const& kind : kinds) {
        h->plans.push_back(plain ? compile_kind(*h, kind, border.market, border.rules, border.fx) : Plan());
    }
    return Plans(std::move(h));
}

std::vector<Ranked> price_all(Plans const& plans, std::span<Offer const> offers, std::size_t best,
                              std::uint32_t first, std::int64_t at_most, Amounts const& amounts) {
    auto const& h = *plans.hidden_;
    for (auto const& offer : offers) check(offer.kind < h.plans.size());
    Ranker ranker(h, best, at_most, amounts);
    ranker.run(offers, first);
    return std::move(ranker).best().sorted();
}

std::vector<Ranked> best_of(std::span<std::vector<Ranked> const> parts, std::size_t best) {
    std::vector<Ranked> all;
    for (auto const& part : parts) all.insert(all.end(), part.begin(), part.end());
    std::sort(all.begin(), all.end());
    if (all.size() > best) all.resize(best);
    return all;
}

}  // namespace allroads::quote
