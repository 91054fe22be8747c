#pragma once
// One pass over one request (ARCHITECTURE.md, "One request, one pass"): each step is filled once and only
// read later.
//
//   Consignment  what is sent and what it is worth where it crosses the border
//   Candidates   which measures speak of each line, and what they still ask for
//   Options      every lawful way to import, each with its charges
//
// All working memory comes from one buffer on the stack (`Memory`), so an ordinary request allocates nothing.

#include "quote/quote.h"

#include <array>
#include <cstddef>
#include <memory_resource>

namespace allroads::quote {

// The market's rules merged: what the country's own pack does not say, its union's says.
struct Rules {
    tariff::Schedule const* basis_from = nullptr;  // who says the customs basis
    tariff::Schedule const* vat_from = nullptr;    // who says the VAT base
    tariff::Basis basis = tariff::Basis::unset;
    std::optional<Currency> currency;
    Round round = Round::half_up;
    Decimal amount_step;  // 0: the minor unit
    Decimal value_step;   // 0: none
    Round value_round = Round::down;
    Decimal vat_uplift;  // percent
    tariff::Terms vat_base = 0;
};
[[nodiscard]] Rules rules_of(Market const& market);

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
    explicit Consignment(Currency market_currency, std::pmr::memory_resource* memory)
        : lines(memory),
          quantities(memory),
          codes(memory),
          scheme_costs(memory),
          goods(Money::zero(market_currency)),
          freight(goods),
          insurance(goods),
          costs_before(goods),
          costs_after(goods),
          customs_value(goods) {}
    std::pmr::vector<LineValue> lines;
    std::pmr::vector<std::pmr::vector<Quantity>> quantities;     // of each line
    std::pmr::vector<std::pmr::vector<std::string_view>> codes;  // additional codes of each line
    std::pmr::vector<SchemeCost> scheme_costs;
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
    [[nodiscard]] tariff::Kind kind() const { return measure->kind; }
    [[nodiscard]] std::string_view program() const {
        return schedule->text(schedule->programs[measure->program].code);
    }
    [[nodiscard]] std::string_view program_name() const {
        return schedule->text(schedule->programs[measure->program].name);
    }
};
struct Candidates {
    explicit Candidates(std::pmr::memory_resource* memory)
        : all(memory), ranges(memory), missing(memory), schemes(memory) {}
    std::pmr::vector<Candidate> all;
    std::pmr::vector<Range> ranges;  // of each line, in `all`
    std::pmr::vector<std::string_view> missing;
    // The schemes this consignment may use, where the asker left the choice open.
    struct Scheme {
        std::string_view code;
        std::string_view name;
    };
    std::pmr::vector<Scheme> schemes;
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
void find_candidates(Request const& request, Market const& market, Consignment const& goods,
                     FxTable const& fx, Currency market_currency, Candidates& found, Quote& quote);

// The market's own way to count, and the rates to its currency.
struct Border {
    Books const* books;
    Market const& market;
    Rules rules;
    FxTable fx;
};
[[nodiscard]] Result<Border> border_of(Request const& request, Books const& books);

// Fills options, charges and everything that is said of the chosen one. `origins`, where wanted, gets the
// measure behind each charge of the quote, nothing for a duty that is not known.
[[nodiscard]] Result<void> price_options(Request const& request, Market const& market, Rules const& rules,
                                         FxTable const& fx, Consignment const& goods,
                                         Candidates const& candidates, std::pmr::memory_resource* memory,
                                         Quote& quote, std::vector<Candidate const*>* origins = nullptr);

// What the conditions of papers are held to: the same as those of measures.
struct Conditions {
    Request const& request;
    Market const& market;
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
void find_papers(Conditions const& conditions, Market const* dispatch);

}  // namespace allroads::quote
