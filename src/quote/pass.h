#pragma once
// One pass over one request (ARCHITECTURE.md, "One request, one pass"): each step is filled once and only
// read later.
//
//   Consignment  what is sent and what it is worth where it crosses the border
//   Candidates   which measures speak of each line, and what they still ask for
//   Options      every lawful way to import, each with its charges
//
// All working memory comes from one buffer on the stack (`Arena`), so an ordinary request allocates nothing.

#include "quote/quote.h"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace allroads::quote {

// The working memory of one pass: handed out in order from one buffer, then from larger pieces of the heap,
// and given back as a whole. Nothing virtual, so that handing out is a few instructions.
class Arena {
public:
    explicit Arena(std::span<std::byte> first) : at_(first.data()), left_(first.size()) {}
    Arena(Arena const&) = delete;
    Arena& operator=(Arena const&) = delete;
    [[nodiscard]] void* take(std::size_t bytes) {
        auto const whole = (bytes + alignment - 1) & ~(alignment - 1);
        if (whole > left_) grow(whole);
        left_ -= whole;
        return std::exchange(at_, at_ + whole);
    }

private:
    static constexpr std::size_t alignment = alignof(std::max_align_t);
    static constexpr std::size_t piece_bytes = 64U * 1024;
    void grow(std::size_t bytes);
    std::byte* at_;  // at a multiple of `alignment`
    std::size_t left_;
    std::vector<std::unique_ptr<std::byte[]>> more_;
};
template <class T>
struct FromArena {
    using value_type = T;
    Arena* arena;
    FromArena(Arena& from)
        : arena(&from) {}  // NOLINT(google-explicit-constructor): a list is made of its arena
    template <class Other>
    FromArena(FromArena<Other> const& other) : arena(other.arena) {}  // NOLINT(google-explicit-constructor)
    [[nodiscard]] T* allocate(std::size_t count) { return static_cast<T*>(arena->take(count * sizeof(T))); }
    void deallocate(T*, std::size_t) noexcept {}
    friend bool operator==(FromArena const&, FromArena const&) = default;
};
template <class T>
using List = std::vector<T, FromArena<T>>;
inline constexpr std::size_t pass_bytes = 12U * 1024;  // enough for most requests of a few lines

// The market's rules merged: what the country's own pack does not say, its union's says.
struct Rules {
    tariff::Schedule const* basis_from = nullptr;  // who says the customs basis
    tariff::Schedule const* vat_from = nullptr;    // who says the VAT base
    tariff::Basis basis = tariff::Basis::unset;
    std::optional<Currency> currency;
    Round round = Round::half_up;
    Decimal amount_step;       // 0: the minor unit
    bool step_on_sum = false;  // the step cuts the sum of a tax over all lines
    Decimal value_step;        // 0: none
    Round value_round = Round::down;
    Decimal vat_uplift;  // percent
    tariff::Terms vat_base = 0;
};
[[nodiscard]] Rules rules_of(Market const& market);

// The code under which goods are declared in that market: the longer one of a word `line:US:4602198000` among
// the proofs, where just one such word lies under the code given; else the code itself.
[[nodiscard]] GoodsCode declared_code(GoodsCode code, std::span<std::string const> proofs,
                                      Market const& market);

// Where each line of goods stands in each schedule of a market: the node of the longest known code. Looked up
// once, before anything else, so that the rules there are on their way from memory meanwhile.
class Places {
public:
    Places(Request const& request, Market const& market, Arena& memory);
    [[nodiscard]] tariff::Node const& at(std::size_t line, std::size_t schedule) const {
        return *nodes_[line * schedules_ + schedule];
    }

private:
    std::size_t schedules_;
    List<tariff::Node const*> nodes_;
};

// Amounts of one line in the market's currency.
struct LineValue {
    Country origin;
    Money goods;
    Money freight;
    Money insurance;
    Money costs_before;
    Money costs_after;
    Money customs_value;
    Decimal weight = {};  // kilograms, where freight is shared by it
};
// A cost that arises by some ways only.
struct SchemeCost {
    std::string_view scheme;
    Money amount;
};
struct Consignment {
    explicit Consignment(Currency market_currency, Arena& memory)
        : arena(memory),
          lines(memory),
          quantities(memory),
          codes(memory),
          scheme_costs(memory),
          goods(Money::zero(market_currency)),
          freight(goods),
          insurance(goods),
          costs_before(goods),
          costs_after(goods),
          customs_value(goods) {}
    Arena& arena;
    List<LineValue> lines;
    List<List<Quantity>> quantities;     // of each line
    List<List<std::string_view>> codes;  // additional codes of each line
    List<SchemeCost> scheme_costs;
    Money goods, freight, insurance, costs_before, costs_after, customs_value;
    Money value_uncut = Money::zero(goods.currency());  // the customs value before it is made a multiple
    std::optional<Decimal> gross_kg;
};
// Converts, apportions, applies what the law says of values that are not known, and adds up; writes
// chargeable weight, warnings and notes to the quote. Refused: a field that cannot be converted or is too
// large.
[[nodiscard]] Result<void> weigh(Request const& request, Books const& books, Market const& market,
                                 Rules const& rules, FxTable const& fx, Consignment& goods, Quote& quote);
// The total of the cheapest rate table, in its currency; nothing, and why in `quote.unknown`, where no table
// answers. Fills carriage, advice, chargeable weight and what is to be said of them.
[[nodiscard]] Result<std::optional<Money>> estimated_freight(Request const& request, Books const& books,
                                                             FxTable const& fx, Consignment const& goods,
                                                             Quote& quote);
// Rates this old are still better than none; they are used with a warning.
inline constexpr int rate_age_max = 400;

// Under which tax schemes something counts.
inline constexpr std::int16_t any_scheme = -1;
inline constexpr std::int16_t no_scheme = 0;  // n: the n-th of Candidates::schemes

// A measure that speaks of a line. `missing` proofs and facts are in Candidates::missing.
struct Candidate {
    tariff::Schedule const* schedule = nullptr;
    tariff::Measure const* measure = nullptr;
    std::uint32_t missing_first = 0;
    std::uint16_t missing_count = 0;
    bool unsettled = false;  // nobody here can say whether it applies
    std::int16_t scheme = any_scheme;
    bool holds_below = false;  // for every line under a code that is too short
    [[nodiscard]] tariff::Kind kind() const { return measure->kind; }
    [[nodiscard]] std::string_view program() const {
        return schedule->text(schedule->programs[measure->program].code);
    }
    [[nodiscard]] std::string_view program_name() const {
        return schedule->text(schedule->programs[measure->program].name);
    }
};
struct Candidates {
    explicit Candidates(Arena& memory)
        : all(memory), ranges(memory), missing(memory), schemes(memory), charged_below(memory) {}
    List<Candidate> all;
    List<Range> ranges;  // of each line, in `all`
    List<std::string_view> missing;
    // The schemes this consignment may use, where the asker left the choice open.
    struct Scheme {
        std::string_view code;
        std::string_view name;
    };
    List<Scheme> schemes;
    // Lines whose code is too short, and under which some national line bears a charge besides the duty.
    List<std::int32_t> charged_below;
    std::string_view lapsed_program;  // a preference that would have been there before its agreement ended
    std::string_view lapsed_name;
    std::optional<Day> lapsed_on;
    [[nodiscard]] std::span<Candidate const> of(std::size_t line) const {
        return std::span(all).subspan(ranges[line].first, ranges[line].count);
    }
};
// Whether the conditions of a valuation rule or scheme hold for the consignment as a whole.
[[nodiscard]] bool hold_for_all(Request const& request, tariff::Schedule const& schedule, std::uint32_t first,
                                std::uint32_t count, Consignment const& goods, FxTable const& fx,
                                Currency market_currency);
void find_candidates(Request const& request, Market const& market, Places const& places,
                     Consignment const& goods, FxTable const& fx, Currency market_currency, Candidates& found,
                     Quote& quote);

// The market's own way to count, and the rates to its currency.
struct Border {
    Books const* books;
    Market const& market;
    Rules rules;
    FxTable fx;
};
[[nodiscard]] Result<Border> border_of(Request const& request, Books const& books);

// Judges the dossiers of the request by every agreement of the books, before anything is asked of the tariff.
[[nodiscard]] Result<void> judge_origins(Request const& request, Books const& books, FxTable const& fx,
                                         Consignment const& goods, Quote& quote);
// What the agreement behind a preference says of a line; null where there is no dossier or no such agreement.
[[nodiscard]] OriginVerdict const* origin_of(Quote const& quote, std::size_t line,
                                             tariff::Schedule const& schedule, std::string_view program);
// What of its ways each verdict opens, and what that is worth.
void weigh_origins(Quote& quote);

// Fills options, charges and everything that is said of the chosen one. `origins`, where wanted, gets the
// measure behind each charge of the quote, nothing for a duty that is not known.
[[nodiscard]] Result<void> price_options(Request const& request, Market const& market, Rules const& rules,
                                         FxTable const& fx, Consignment const& goods,
                                         Candidates const& candidates, Arena& memory, Quote& quote,
                                         std::vector<Candidate const*>* origins = nullptr);

// What the conditions of papers are held to: the same as those of measures.
struct Conditions {
    Request const& request;
    Market const& market;
    Places const& places;
    Consignment const& goods;
    FxTable const& fx;
    Currency home;
    Candidates& found;
    Quote& quote;
    // Nothing where a proof or fact that nobody gave would settle it.
    [[nodiscard]] std::optional<bool> hold(std::size_t line, tariff::Schedule const& schedule,
                                           tariff::Condition const& condition) const;
};
// Fills documents and needs, and puts what keeps goods out before all other warnings. `dispatch` may be null.
void find_papers(Conditions const& conditions, Market const* dispatch, Arena& memory);

}  // namespace allroads::quote
