#include "quote/pass.h"

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
        auto const exchange = fx_.rate(from, to_, day_);
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
        auto& quantities = goods.quantities.emplace_back();
        quantities.reserve(item.supplementary.size() + 3);
        if (item.quantity) quantities.push_back({*item.quantity, item.unit.value_or(unit::piece), {}});
        if (item.net_kg) quantities.push_back({*item.net_kg, unit::kilogram, {}});
        if (item.gross_kg) quantities.push_back({*item.gross_kg, unit::kilogram, "gross weight"});
        for (auto const& more : item.supplementary) quantities.push_back(more);
        auto& codes = goods.codes.emplace_back();
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

// Shares `whole` among the lines by the value of their goods; equally where all are worth nothing.
template <class Put>
Result<void> apportion(Money const& whole, Consignment& goods, Put put) {
    if (goods.lines.size() == 1) {
        put(goods.lines[0], whole);
        return {};
    }
    if (whole.minor() == 0) return {};
    std::vector<Decimal> weights;
    weights.reserve(goods.lines.size());
    for (auto const& line : goods.lines) {
        weights.push_back(goods.goods.minor() == 0 ? Decimal(1) : Decimal(line.goods.minor()));
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
        goods.lines.push_back({item.origin.value_or(request.from), *price, none, none, none, none, none});
        goods.goods = TRY(sum(goods.goods, *price));
    }
    return {};
}

Result<void> add_costs(Request const& request, Consignment& goods, Converter& converter, Currency otherwise) {
    for (std::size_t i = 0; i < request.costs.size(); ++i) {
        auto const& cost = request.costs[i];
        auto const amount = converter.money(cost.amount, cost.currency.value_or(otherwise), "currency");
        if (!amount) return std::unexpected(amount.error().within("costs[" + std::to_string(i) + "]"));
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
    if (legs.minor() == 0) return {};
    if (legs > goods.goods) {
        return refuse(Code::bad_value, "freight",
                      "freight and insurance are more than the price that includes them");
    }
    auto const all = goods.goods;
    TRY_VOID(apportion(legs, goods, [](LineValue& line, Money const& part) {
        line.goods = Money(line.goods.minor() - part.minor(), part.currency());
    }));
    goods.goods = TRY(difference(all, legs));
    return {};
}

Result<void> customs_values(Request const& request, Rules const& rules, Consignment& goods, Quote& quote) {
    auto const held = included_in(request.terms);
    bool const freight_unknown = held.freight && request.freight.how == FreightTerms::How::none;
    // A price that includes freight nobody named cannot be brought back to FOB.
    if (freight_unknown && rules.basis != tariff::Basis::cif)
        quote.warnings.push_back(finding("freight-not-named"));
    auto total = Money::zero(goods.goods.currency());
    for (auto& line : goods.lines) {
        auto value = TRY(sum(line.goods, line.costs_before));
        if (rules.basis == tariff::Basis::cif || rules.basis == tariff::Basis::cfr)
            value = TRY(sum(value, line.freight));
        if (rules.basis == tariff::Basis::cif) value = TRY(sum(value, line.insurance));
        if (!rules.value_step.is_zero()) {
            auto const steps = TRY(quotient(value.amount(), rules.value_step, 0, Round::down));
            value = TRY(Money::rounded(TRY(product(steps, rules.value_step)), value.currency(), Round::down));
        }
        line.customs_value = value;
        total = TRY(sum(total, value));
    }
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
        if (rules.amount_step.is_zero()) rules.amount_step = from_small(p.amount_step, p.amount_step_scale);
        if (rules.value_step.is_zero()) rules.value_step = from_small(p.value_step, p.value_step_scale);
        if (rules.vat_uplift.is_zero()) rules.vat_uplift = from_small(p.vat_uplift, p.vat_uplift_scale);
        if (rules.vat_base == 0 && p.vat_base != 0) {
            rules.vat_base = p.vat_base;
            rules.vat_from = schedule;
        }
    }
    return rules;
}

Result<void> weigh(Request const& request, Rules const& rules, FxTable const& fx, Consignment& goods,
                   Quote& quote) {
    auto const home = goods.goods.currency();
    auto const otherwise = request.currency.value_or(home);
    Converter converter(fx, home, request.date, quote);
    goods.lines.reserve(request.goods.size());
    goods.quantities.reserve(request.goods.size());
    goods.codes.reserve(request.goods.size());
    list_quantities(request, goods);
    TRY_VOID(sum_gross(request, goods));
    TRY_VOID(add_goods(request, goods, converter, otherwise));
    goods.freight = TRY(freight_of(request, goods, converter, otherwise, quote));
    auto insured =
        TRY(sum(goods.goods, included_in(request.terms).freight ? Money::zero(home) : goods.freight));
    goods.insurance = TRY(insurance_of(request, insured, converter, otherwise));
    TRY_VOID(take_out_legs(request, goods));
    TRY_VOID(add_costs(request, goods, converter, otherwise));
    TRY_VOID(
        apportion(goods.freight, goods, [](LineValue& line, Money const& part) { line.freight = part; }));
    TRY_VOID(
        apportion(goods.insurance, goods, [](LineValue& line, Money const& part) { line.insurance = part; }));
    TRY_VOID(
        apportion(goods.costs_before, goods, [](LineValue& l, Money const& part) { l.costs_before = part; }));
    TRY_VOID(
        apportion(goods.costs_after, goods, [](LineValue& l, Money const& part) { l.costs_after = part; }));
    return customs_values(request, rules, goods, quote);
}

}  // namespace allroads::quote
