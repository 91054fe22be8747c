#include "quote/pass.h"

#include <algorithm>

namespace allroads::quote {

namespace {

constexpr std::size_t stack_bytes = 12U * 1024;

Result<void> check_request(Request const& request) {
    if (request.goods.empty())
        return refuse(Code::field_missing, "goods", "a quote needs at least one line of goods");
    if (request.goods.size() > goods_max)
        return refuse(Code::too_long, "goods", "at most 200 lines in one request");
    if (request.terms == Incoterm::DDP) {
        return refuse(Code::bad_value, "terms",
                      "a price that already holds duty and tax (DDP) cannot be taken apart yet; "
                      "give the price at another rule, such as DAP");
    }
    return {};
}

// Turns every amount of the answer into the currency that was asked for. Charges are rounded by the law of
// the market first; this second rounding is only for showing, and the sums are sums of what is shown.
class Translation {
public:
    Translation(Exchange const& exchange, Quote& quote) : exchange_(exchange), quote_(quote) {}
    Result<void> run() {
        for (auto* amount : {&quote_.goods_value, &quote_.customs_value, &quote_.freight, &quote_.insurance,
                             &quote_.costs}) {
            if (*amount) *amount = TRY(money(**amount));
        }
        for (auto& charge : quote_.charges) {
            charge.base = TRY(money(charge.base));
            charge.amount = TRY(money(charge.amount));
        }
        auto const before = TRY(
            sum(TRY(sum(*quote_.goods_value, *quote_.freight)), TRY(sum(*quote_.insurance, *quote_.costs))));
        for (auto& option : quote_.options) {
            auto taxes = Money::zero(exchange_.to);
            for (std::size_t i = 0; i < option.charges.count; ++i) {
                taxes = TRY(sum(taxes, quote_.charges[option.charges.first + i].amount));
            }
            option.taxes = taxes;
            option.landed_total = TRY(sum(before, taxes));
        }
        auto const& chosen = quote_.options[static_cast<std::size_t>(quote_.chosen)];
        quote_.taxes = chosen.taxes;
        quote_.landed_total = chosen.landed_total;
        if (quote_.preference_saves) quote_.preference_saves = TRY(money(*quote_.preference_saves));
        return {};
    }

private:
    Result<Money> money(Money const& amount) const { return convert(amount, exchange_, Round::half_even); }
    Exchange const& exchange_;
    Quote& quote_;
};

Result<void> per_unit(Request const& request, Quote& quote) {
    Decimal count;
    std::optional<Unit> counted;
    for (auto const& item : request.goods) {
        auto const unit = item.unit.value_or(unit::piece);
        if (!item.quantity || (counted && *counted != unit)) return {};
        counted = unit;
        count = TRY(sum(count, *item.quantity));
    }
    if (count.is_zero()) return {};
    auto const& total = *quote.landed_total;
    auto const one = TRY(quotient(total.amount(), count, total.currency().minor_digits(), Round::half_up));
    quote.per_unit = TRY(Money::rounded(one, total.currency(), Round::half_up));
    return {};
}

FxTable rates_for(Request const& request, Books const& books) {
    auto const tables = books.fx();
    FxTable fx = tables.empty() ? FxTable{currency::EUR, {}, {}, {}} : tables.front();
    fx.overrides = request.fx;
    return fx;
}

// Every total is what its parts add up to; anything else would be our mistake.
void check_sums(Quote const& quote) {
    for (auto const& option : quote.options) {
        std::int64_t taxes = 0;
        for (std::size_t i = 0; i < option.charges.count; ++i) {
            taxes += quote.charges[option.charges.first + i].amount.minor();
        }
        check(taxes == option.taxes.minor());
        check(option.landed_total.minor() == taxes + quote.goods_value->minor() + quote.freight->minor() +
                                                 quote.insurance->minor() + quote.costs->minor());
    }
}

Result<void> answer(Request const& request, Books const& books, Quote& quote) {
    quote.edition = books.name();
    TRY_VOID(check_request(request));
    auto const& market = *TRY(books.market(request.to));
    auto const rules = rules_of(market);
    if (rules.basis == tariff::Basis::unset || !rules.currency) {
        return refuse(
            Code::no_market, "to",
            "the books do not say how " + std::string(request.to.name()) + " values goods for customs");
    }
    auto const home = *rules.currency;
    auto const fx = rates_for(request, books);
    std::array<std::byte, stack_bytes> bytes;
    std::pmr::monotonic_buffer_resource memory(bytes.data(), bytes.size());
    quote.customs_basis = rules.basis;
    quote.basis_law = rules.basis_from->text(rules.basis_from->profile->basis_law);
    quote.basis_url = rules.basis_from->text(rules.basis_from->profile->basis_url);

    Consignment goods(home, &memory);
    TRY_VOID(weigh(request, rules, fx, goods, quote));
    Candidates candidates(&memory);
    find_candidates(request, market, goods, fx, home, candidates, quote);
    TRY_VOID(price_options(request, market, rules, fx, goods, candidates, &memory, quote));

    quote.currency = home;
    quote.goods_value = goods.goods;
    quote.customs_value = goods.customs_value;
    quote.freight = goods.freight;
    quote.insurance = goods.insurance;
    quote.costs = TRY(sum(goods.costs_before, goods.costs_after));
    auto const wanted = request.currency.value_or(home);
    if (wanted != home) {
        auto const exchange = fx.rate(home, wanted, request.date);
        if (!exchange) return std::unexpected(exchange.error().within("currency"));
        TRY_VOID(Translation(*exchange, quote).run());
        quote.currency = wanted;
    }
    TRY_VOID(per_unit(request, quote));
    check_sums(quote);
    return {};
}

}  // namespace

void price(Request const& request, Books const& books, Quote& quote) {
    quote.clear();
    if (auto const done = answer(request, books, quote); !done) {
        auto const edition = quote.edition;
        quote.clear();
        quote.edition = edition;
        quote.errors.push_back(done.error());
    }
}

Quote price(Request const& request, Books const& books) {
    Quote quote;
    price(request, books, quote);
    return quote;
}

}  // namespace allroads::quote
