#include "quote/pass.h"

#include <algorithm>
#include <tuple>

namespace allroads::quote {

namespace {

constexpr int rate_places = 8;  // decimals of an exchange rate where it is shown

Decimal from_small(std::int64_t coefficient, int scale) { return Decimal::of(coefficient, scale); }

struct Included {
    bool freight;
    bool insurance;
};
// Incoterms 2020: what the seller's price already pays for on the way to the border.
Included included_in(Incoterm terms) {
    switch (terms) {
        case Incoterm::CFR:
        case Incoterm::CPT: return {true, false};
        case Incoterm::CIF:
        case Incoterm::CIP:
        case Incoterm::DAP:
        case Incoterm::DPU:
        case Incoterm::DDP: return {true, true};
        default: return {false, false};
    }
}

// The goods on their way to one currency: converts, and notes each rate it used once.
class Converter {
public:
    Converter(FxTable const& fx, Currency to, Day day, Quote& quote)
        : fx_(fx), to_(to), day_(day), quote_(quote) {}
    Result<Money> money(Decimal const& amount, Currency from, std::string_view field) {
        if (from == to_) return Money::rounded(amount, to_, Round::half_up);
        auto const exchange = fx_.rate(from, to_, day_, rate_age_max);
        if (!exchange) return std::unexpected(exchange.error().within(field));
        note(*exchange);
        return Money::rounded(TRY(convert(amount, *exchange, 12, Round::half_even)), to_, Round::half_up);
    }

private:
    void note(Exchange const& exchange) {
        Finding finding;
        finding.code = "exchange-rate";
        finding.first = exchange.from.text();
        finding.second = exchange.to.text();
        finding.day = exchange.day;
        for (auto const& said : quote_.notes) {
            if (said == finding) return;
        }
        if (auto const rate = exchange.per_unit(rate_places)) finding.number = rate->stripped();
        quote_.notes.push_back(finding);
        if (day_.number() - exchange.day.number() <= fx_.fresh_days) return;
        finding.code = "stale-rates";
        quote_.warnings.push_back(finding);
    }
    FxTable const& fx_;
    Currency to_;
    Day day_;
    Quote& quote_;
};

Finding finding(std::string_view code) {
    Finding made;
    made.code = code;
    return made;
}

// What is known of how much there is of each line.
void list_quantities(Request const& request, Consignment& goods) {
    for (auto const& item : request.goods) {
        auto& quantities = goods.quantities.emplace_back(goods.arena);
        quantities.reserve(item.supplementary.size() + 3);
        if (item.quantity) quantities.push_back({*item.quantity, item.unit.value_or(unit::piece), {}});
        if (item.net_kg) quantities.push_back({*item.net_kg, unit::kilogram, {}});
        if (item.gross_kg) quantities.push_back({*item.gross_kg, unit::kilogram, "gross weight"});
        for (auto const& more : item.supplementary) quantities.push_back(more);
        auto& codes = goods.codes.emplace_back(goods.arena);
        for (auto const& code : item.additional_codes) codes.push_back(code);
    }
}

Result<void> sum_gross(Request const& request, Consignment& goods) {
    Decimal gross;
    for (auto const& item : request.goods) {
        if (!item.gross_kg) return {};
        gross = TRY(sum(gross, *item.gross_kg));
    }
    goods.gross_kg = gross;
    return {};
}

Result<Money> freight_of(Request const& request, Consignment const& goods, Converter& converter,
                         Currency otherwise, Quote& quote) {
    auto const& said = request.freight;
    auto const divisor = said.divisor.value_or(freight::default_divisor(request.road));
    auto const weight = TRY(freight::chargeable_weight(request.packages, goods.gross_kg, divisor));
    if (weight) {
        quote.chargeable_kg = weight->chargeable_kg;
        if (weight->by_volume) {
            auto warning = finding("volumetric-weight");
            warning.number = weight->chargeable_kg;
            quote.warnings.push_back(warning);
        }
    }
    switch (said.how) {
        case FreightTerms::How::none:
            if (!included_in(request.terms).freight) quote.warnings.push_back(finding("freight-missing"));
            return Money::zero(goods.goods.currency());
        case FreightTerms::How::amount:
            return converter.money(said.amount, said.currency.value_or(otherwise), "freight.currency");
        case FreightTerms::How::table:
        case FreightTerms::How::estimate:
        case FreightTerms::How::per_kg: break;
    }
    if (!weight) {
        return refuse(Code::field_missing, "packages",
                      "freight by the kilogram needs packages with their weight, or "
                      "gross_kg of every line");
    }
    auto const total = TRY(product(said.amount, weight->chargeable_kg));
    return converter.money(total, said.currency.value_or(otherwise), "freight.currency");
}

bool is_estimated(FreightTerms const& said) {
    return said.how == FreightTerms::How::table || said.how == FreightTerms::How::estimate;
}

// 110 % of CIF is insured by trade custom (Institute Cargo Clauses): premium = rate · 1.1 · (goods + freight
// + premium).
Result<Money> insurance_of(Request const& request, Money const& before, Converter& converter,
                           Currency otherwise) {
    auto const& said = request.insurance;
    switch (said.how) {
        case InsuranceTerms::How::none: return Money::zero(before.currency());
        case InsuranceTerms::How::amount:
            return converter.money(said.amount, said.currency.value_or(otherwise), "insurance.currency");
        case InsuranceTerms::How::percent_of_110_cif: break;
    }
    auto const part = TRY(product(said.amount, Decimal::of(11, 3)));  // percent · 1.1 / 100
    auto const rest = TRY(difference(Decimal(1), part));
    if (rest.coefficient() <= 0) {
        return refuse(Code::bad_value, "insurance.percent_of_110_cif", "expected a percentage well below 90");
    }
    auto const premium =
        TRY(product_quotient(before.amount(), part, rest, before.currency().minor_digits(), Round::half_up));
    return Money::rounded(premium, before.currency(), Round::half_up);
}

// Shares `whole` among the lines by the value of their goods, or by weight; equally where all are worth
// nothing.
template <class Put>
Result<void> apportion(Money const& whole, Consignment& goods, Put put, ShareBy by = ShareBy::value) {
    if (goods.lines.size() == 1) {
        put(goods.lines[0], whole);
        return {};
    }
    if (whole.minor() == 0) return {};
    std::vector<Decimal> weights;
    weights.reserve(goods.lines.size());
    for (auto const& line : goods.lines) {
        auto const by_value = goods.goods.minor() == 0 ? Decimal(1) : Decimal(line.goods.minor());
        weights.push_back(by == ShareBy::weight ? line.weight : by_value);
    }
    auto const parts = TRY(split(whole, weights));
    for (std::size_t i = 0; i < parts.size(); ++i) put(goods.lines[i], parts[i]);
    return {};
}

Result<void> add_goods(Request const& request, Consignment& goods, Converter& converter, Currency otherwise) {
    for (std::size_t i = 0; i < request.goods.size(); ++i) {
        auto const& item = request.goods[i];
        auto const price =
            converter.money(item.price, item.price_currency.value_or(otherwise), "price_currency");
        if (!price) return std::unexpected(price.error().within("goods[" + std::to_string(i) + "]"));
        auto const none = Money::zero(price->currency());
        goods.lines.push_back({item.origin.value_or(request.from), *price, none, none, none, none, none, {}});
        goods.goods = TRY(sum(goods.goods, *price));
        if (request.share_by == ShareBy::value) continue;
        auto const& weight = item.gross_kg ? item.gross_kg : item.net_kg;
        if (!weight || weight->is_zero()) {
            return refuse(Code::field_missing, "goods[" + std::to_string(i) + "].gross_kg",
                          "freight shared by weight needs the weight of every line");
        }
        goods.lines.back().weight = *weight;
    }
    return {};
}

// Takes an amount that the prices hold out of them, so that it is counted once.
Result<void> take_out(Money const& amount, std::string_view field, Consignment& goods) {
    if (amount.minor() == 0) return {};
    if (amount > goods.goods) {
        return refuse(Code::bad_value, field,
                      "it is more than the price of the goods (" + goods.goods.text() + " " +
                          std::string(goods.goods.currency().text()) + ") that holds it");
    }
    auto const rest = TRY(difference(goods.goods, amount));
    TRY_VOID(apportion(amount, goods, [](LineValue& line, Money const& part) {
        line.goods = Money(line.goods.minor() - part.minor(), part.currency());
    }));
    goods.goods = rest;
    return {};
}

Result<void> add_costs(Request const& request, Consignment& goods, Converter& converter, Currency otherwise) {
    for (std::size_t i = 0; i < request.costs.size(); ++i) {
        auto const& cost = request.costs[i];
        auto const amount = converter.money(cost.amount, cost.currency.value_or(otherwise), "currency");
        if (!amount) return std::unexpected(amount.error().within("costs[" + std::to_string(i) + "]"));
        if (cost.is_included) TRY_VOID(take_out(*amount, "costs[" + std::to_string(i) + "].amount", goods));
        if (!cost.scheme.empty() && cost.after_import) {
            goods.scheme_costs.push_back({cost.scheme, *amount});
            continue;
        }
        auto& total = cost.after_import ? goods.costs_after : goods.costs_before;
        total = TRY(sum(total, *amount));
    }
    return {};
}

// Takes freight and insurance that the price holds out of the goods, so that each leg is counted once.
Result<void> take_out_legs(Request const& request, Consignment& goods) {
    auto const held = included_in(request.terms);
    auto legs = Money::zero(goods.goods.currency());
    if (held.freight) legs = TRY(sum(legs, goods.freight));
    if (held.insurance) legs = TRY(sum(legs, goods.insurance));
    return take_out(legs, "freight", goods);
}

// What a valuation rule is worked out of: the consignment as it stands.
class Known final : public tariff::Levied {
public:
    Known(Consignment const& goods, Money const& freight, Money const& insurance)
        : goods_(goods), freight_(freight), insurance_(insurance) {}
    Decimal amount(tariff::Terms terms) const override {
        using tariff::Term;
        std::int64_t total = 0;
        auto const add = [&](Term term, Money const& money) {
            total += tariff::has(terms, term) ? money.minor() : 0;
        };
        add(Term::goods, goods_.goods);
        add(Term::freight, freight_);
        add(Term::insurance, insurance_);
        add(Term::costs_before, goods_.costs_before);
        add(Term::costs_after, goods_.costs_after);
        // Before landing charges: what the papers make of it.
        for (auto const* part : {&goods_.goods, &freight_, &insurance_, &goods_.costs_before})
            add(Term::customs_value, *part);
        return Money(total, goods_.goods.currency()).amount();
    }
    Decimal charged(std::string_view) const override { return {}; }
    std::optional<Decimal> fact(std::string_view) const override { return std::nullopt; }

private:
    Consignment const& goods_;
    Money const& freight_;
    Money const& insurance_;
};

// What counts as freight and insurance for customs, and what the law adds; not what is paid for carriage.
struct Valued {
    Money freight;
    Money insurance;
    Money landing;
};
class Valuation {
public:
    Valuation(Request const& request, Market const& market, FxTable const& fx, Consignment const& goods,
              Quote& quote)
        : request_(request),
          market_(market),
          fx_(fx),
          goods_(goods),
          quote_(quote),
          valued_{goods.freight, goods.insurance, Money::zero(goods.goods.currency())} {}

    Result<Valued> run() {
        auto const held = included_in(request_.terms);
        bool const no_freight = request_.freight.how == FreightTerms::How::none && !held.freight;
        bool const no_insurance = request_.insurance.how == InsuranceTerms::How::none && !held.insurance;
        using enum tariff::ValuationKind;
        if (no_freight) TRY_VOID(apply(freight_default, [&](Money const& m) { valued_.freight = m; }));
        TRY_VOID(apply(freight_max, [&](Money const& m) {
            if (m < valued_.freight) valued_.freight = m;
        }));
        if (no_insurance) TRY_VOID(apply(insurance_default, [&](Money const& m) { valued_.insurance = m; }));
        TRY_VOID(apply(landing, [&](Money const& m) { valued_.landing = m; }));
        return valued_;
    }

private:
    // The first rule of a kind whose days and conditions hold.
    template <class Put>
    Result<void> apply(tariff::ValuationKind kind, Put put) {
        auto const home = goods_.goods.currency();
        auto const day = request_.date.number();
        for (auto const* schedule : market_.all()) {
            for (auto const& rule : schedule->valuations) {
                if (rule.kind != kind || day < rule.valid_from || day > rule.valid_to) continue;
                if (!hold_for_all(request_, *schedule, rule.conditions, rule.condition_count, goods_, fx_,
                                  home))
                    continue;
                auto const before = std::tuple(valued_.freight.minor(), valued_.insurance.minor());
                auto const exact = worked_out(*schedule, rule);
                if (!exact) {
                    say_unknown(*schedule, rule);
                    return {};
                }
                auto const amount = TRY(Money::rounded(*exact, home, Round::half_up));
                put(amount);
                bool const changed = kind != tariff::ValuationKind::freight_max ||
                                     before != std::tuple(valued_.freight.minor(), valued_.insurance.minor());
                if (changed) tell(*schedule, rule, amount);
                return {};
            }
        }
        return {};
    }
    // Nothing where the rule cannot be worked out: it divides by nothing, or asks for what no consignment
    // has.
    [[nodiscard]] std::optional<Decimal> worked_out(tariff::Schedule const& schedule,
                                                    tariff::ValuationRow const& rule) const {
        Known const known(goods_, valued_.freight, valued_.insurance);
        auto const* base = schedule.expression(rule.base);
        if (base == nullptr) return known.amount(rule.base);
        auto const outcome = tariff::evaluate_base(schedule, *base, known, std::nullopt);
        return outcome.known ? std::optional(outcome.amount) : std::nullopt;
    }
    // A part of the customs value that is not known, so the answer is partial: never 0 in silence.
    void say_unknown(tariff::Schedule const& schedule, tariff::ValuationRow const& rule) {
        auto unknown = finding("valuation-unknown");
        unknown.first = tariff::text_of(rule.kind);
        unknown.second = schedule.text(rule.ref);
        quote_.unknown.push_back(unknown);
    }
    void tell(tariff::Schedule const& schedule, tariff::ValuationRow const& rule, Money const& amount) {
        auto note = finding("valuation-rule");
        note.first = tariff::text_of(rule.kind);
        note.second = schedule.text(rule.ref);
        note.number = amount.amount();
        note.currency = amount.currency();
        quote_.notes.push_back(note);
    }

    Request const& request_;
    Market const& market_;
    FxTable const& fx_;
    Consignment const& goods_;
    Quote& quote_;
    Valued valued_;
};

// Says which cost was missing where the rule of delivery and the basis of the law differ by it.
void tell_missing_legs(Request const& request, Rules const& rules, Consignment const& goods, Quote& quote) {
    auto const held = included_in(request.terms);
    bool const is_cif = rules.basis == tariff::Basis::cif;
    bool const from_works = request.terms == Incoterm::EXW || request.terms == Incoterm::FCA;
    if (from_works && rules.basis != tariff::Basis::exw && goods.costs_before.minor() == 0)
        quote.warnings.push_back(finding("pre-carriage-missing"));
    if (is_cif && !held.insurance && request.insurance.how == InsuranceTerms::How::none)
        quote.notes.push_back(finding("insurance-missing"));
    // A price that includes freight nobody named cannot be brought back to FOB.
    if (held.freight && request.freight.how == FreightTerms::How::none && !is_cif)
        quote.warnings.push_back(finding("freight-not-named"));
    bool const to_the_door = request.terms == Incoterm::DAP || request.terms == Incoterm::DPU;
    bool const names_inland =
        std::ranges::any_of(request.costs, [](Cost const& cost) { return cost.is_included; });
    if (to_the_door && !names_inland) quote.notes.push_back(finding("inland-not-named"));
}

Result<Money> stepped(Money const& value, Rules const& rules) {
    return to_multiple(value.amount(), rules.value_step, value.currency(), rules.value_round);
}

// Makes the values multiples of the law's step. Lines of one code and origin are one item of the declaration
// (for the United States 19 CFR 159.3(a)): their sum is made one, and each line gets what it moves that sum
// by.
Result<void> step_values(Request const& request, Rules const& rules, Consignment& goods) {
    List<Money> exact(goods.arena);
    for (auto const& line : goods.lines) exact.push_back(line.customs_value);
    for (std::size_t i = 0; i < goods.lines.size(); ++i) {
        auto& line = goods.lines[i];
        auto before = Money::zero(exact[i].currency());
        auto stepped_before = before;
        for (std::size_t j = 0; j < i; ++j) {
            if (request.goods[j].hs != request.goods[i].hs || goods.lines[j].origin != line.origin) continue;
            before = TRY(sum(before, exact[j]));
            stepped_before = TRY(sum(stepped_before, goods.lines[j].customs_value));
        }
        line.customs_value = TRY(difference(TRY(stepped(TRY(sum(before, exact[i])), rules)), stepped_before));
    }
    return {};
}

Result<void> customs_values(Request const& request, Rules const& rules, Valued const& valued,
                            Consignment& goods) {
    bool const with_freight = rules.basis == tariff::Basis::cif || rules.basis == tariff::Basis::cfr;
    auto extra = valued.landing;
    if (with_freight) extra = TRY(sum(extra, valued.freight));
    if (rules.basis == tariff::Basis::cif) extra = TRY(sum(extra, valued.insurance));
    // What counts is what is paid in the ordinary case, and then each line's own share is at hand.
    bool const as_paid =
        valued.landing.minor() == 0 && valued.freight == goods.freight && valued.insurance == goods.insurance;
    auto total = Money::zero(goods.goods.currency());
    for (auto& line : goods.lines) {
        line.customs_value = TRY(sum(line.goods, line.costs_before));
        if (!as_paid) continue;
        if (with_freight) line.customs_value = TRY(sum(line.customs_value, line.freight));
        if (rules.basis == tariff::Basis::cif)
            line.customs_value = TRY(sum(line.customs_value, line.insurance));
    }
    if (!as_paid) {
        TRY_VOID(apportion(extra, goods, [](LineValue& line, Money const& part) {
            line.customs_value = Money(line.customs_value.minor() + part.minor(), part.currency());
        }));
    }
    for (auto& line : goods.lines) goods.value_uncut = TRY(sum(goods.value_uncut, line.customs_value));
    if (!rules.value_step.is_zero()) TRY_VOID(step_values(request, rules, goods));
    for (auto const& line : goods.lines) total = TRY(sum(total, line.customs_value));
    goods.customs_value = total;
    return {};
}

}  // namespace

Rules rules_of(Market const& market) {
    Rules rules;
    for (auto const* schedule : market.all()) {
        auto const& p = *schedule->profile;
        if (rules.basis == tariff::Basis::unset && p.basis != tariff::Basis::unset) {
            rules.basis = p.basis;
            rules.basis_from = schedule;
            rules.round = p.round;
        }
        if (!rules.currency && p.has_currency != 0) rules.currency = Currency::from_index(p.currency);
        if (rules.amount_step.is_zero()) {
            rules.amount_step = from_small(p.amount_step, p.amount_step_scale);
            rules.step_on_sum = p.step_on_sum != 0;
        }
        if (rules.value_step.is_zero()) {
            rules.value_step = from_small(p.value_step, p.value_step_scale);
            rules.value_round = p.value_round;
        }
        if (rules.vat_uplift.is_zero()) rules.vat_uplift = from_small(p.vat_uplift, p.vat_uplift_scale);
        if (rules.vat_base == 0 && p.vat_base != 0) {
            rules.vat_base = p.vat_base;
            rules.vat_from = schedule;
        }
    }
    return rules;
}

Result<void> weigh(Request const& request, Books const& books, Market const& market, Rules const& rules,
                   FxTable const& fx, Consignment& goods, Quote& quote) {
    auto const home = goods.goods.currency();
    auto const otherwise = request.currency.value_or(home);
    Converter converter(fx, home, request.date, quote);
    goods.lines.reserve(request.goods.size());
    goods.quantities.reserve(request.goods.size());
    goods.codes.reserve(request.goods.size());
    list_quantities(request, goods);
    TRY_VOID(sum_gross(request, goods));
    TRY_VOID(add_goods(request, goods, converter, otherwise));
    if (request.discount) {
        auto const off = TRY(converter.money(*request.discount, otherwise, "discount"));
        TRY_VOID(take_out(off, "discount", goods));
    }
    if (is_estimated(request.freight)) {
        if (auto const asked = TRY(estimated_freight(request, books, fx, goods, quote))) {
            goods.freight = TRY(converter.money(asked->amount(), asked->currency(), "freight"));
        }
    } else {
        goods.freight = TRY(freight_of(request, goods, converter, otherwise, quote));
    }
    auto insured =
        TRY(sum(goods.goods, included_in(request.terms).freight ? Money::zero(home) : goods.freight));
    goods.insurance = TRY(insurance_of(request, insured, converter, otherwise));
    TRY_VOID(take_out_legs(request, goods));
    TRY_VOID(add_costs(request, goods, converter, otherwise));
    auto const by = request.share_by;
    TRY_VOID(
        apportion(goods.freight, goods, [](LineValue& line, Money const& part) { line.freight = part; }, by));
    TRY_VOID(
        apportion(goods.insurance, goods, [](LineValue& line, Money const& part) { line.insurance = part; }));
    TRY_VOID(apportion(
        goods.costs_before, goods, [](LineValue& l, Money const& part) { l.costs_before = part; }, by));
    TRY_VOID(apportion(
        goods.costs_after, goods, [](LineValue& l, Money const& part) { l.costs_after = part; }, by));
    if (by == ShareBy::weight && goods.lines.size() > 1) quote.notes.push_back(finding("shared-by-weight"));
    tell_missing_legs(request, rules, goods, quote);
    auto const valued = TRY(Valuation(request, market, fx, goods, quote).run());
    return customs_values(request, rules, valued, goods);
}

}  // namespace allroads::quote
