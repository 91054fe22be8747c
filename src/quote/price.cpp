#include "quote/pass.h"

#include <algorithm>

namespace allroads::quote {

namespace {

Result<void> check_request(Request const& request) {
    if (request.goods.empty())
        return refuse(Code::field_missing, "goods", "a quote needs at least one line of goods");
    if (request.goods.size() > goods_max)
        return refuse(Code::too_long, "goods", "at most 200 lines in one request");
    return {};
}

// Turns every amount of the answer into the currency that was asked for. Charges are rounded by the law of
// the market first; this second rounding is only for showing, and the sums are sums of what is shown.
class Translation {
public:
    Translation(Exchange const& exchange, Quote& quote) : exchange_(exchange), quote_(quote) {}
    Result<void> run() {
        for (auto* amount : {&quote_.goods_value, &quote_.customs_value, &quote_.freight, &quote_.insurance,
                             &quote_.costs, &quote_.seller_gets}) {
            if (*amount) *amount = TRY(money(**amount));
        }
        for (auto& charge : quote_.charges) {
            charge.base = TRY(money(charge.base));
            charge.amount = TRY(money(charge.amount));
        }
        auto const before = TRY(sum(TRY(sum(*quote_.goods_value, *quote_.freight)), *quote_.insurance));
        for (auto& refund : quote_.refunds) refund.amount = TRY(money(refund.amount));
        for (auto& option : quote_.options) {
            auto taxes = Money::zero(exchange_.to);
            for (std::size_t i = 0; i < option.charges.count; ++i) {
                taxes = TRY(sum(taxes, quote_.charges[option.charges.first + i].amount));
            }
            option.taxes = taxes;
            option.costs = TRY(money(option.costs));
            option.landed_total = TRY(sum(TRY(sum(before, option.costs)), taxes));
        }
        auto const& chosen = quote_.options[static_cast<std::size_t>(quote_.chosen)];
        quote_.taxes = chosen.taxes;
        quote_.costs = chosen.costs;
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

// The rates of the country's customs before those of the market.
FxTable rates_for(Request const& request, Books const& books) {
    auto const tables = books.fx();
    auto const* customs = books.customs_fx(request.to);
    FxTable fx{currency::EUR, {}, {}, {}};
    if (!tables.empty()) fx = tables.front();
    if (customs != nullptr) {
        fx = *customs;
        fx.otherwise = tables.empty() ? nullptr : &tables.front();
    }
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
                                                 quote.insurance->minor() + option.costs.minor());
    }
}

Result<void> answer(Request const& request, Border const& border, Quote& quote) {
    auto const& [books, market, rules, fx] = border;
    auto const home = *rules.currency;
    alignas(std::max_align_t) std::array<std::byte, pass_bytes> bytes;
    Arena memory(bytes);
    quote.customs_basis = rules.basis;
    quote.basis_law = rules.basis_from->text(rules.basis_from->profile->basis_law);
    quote.basis_url = rules.basis_from->text(rules.basis_from->profile->basis_url);

    Places const places(request, market, memory);
    Consignment goods(home, memory);
    TRY_VOID(weigh(request, *books, market, rules, fx, goods, quote));
    TRY_VOID(judge_origins(request, *books, fx, goods, quote));
    Candidates candidates(memory);
    find_candidates(request, market, places, goods, fx, home, candidates, quote);
    TRY_VOID(price_options(request, market, rules, fx, goods, candidates, memory, quote));
    find_papers({request, market, places, goods, fx, home, candidates, quote},
                TRY(books->dispatch(request.from)), memory);

    quote.currency = home;
    quote.goods_value = goods.goods;
    quote.customs_value = goods.customs_value;
    quote.freight = goods.freight;
    quote.insurance = goods.insurance;
    quote.costs = quote.options[static_cast<std::size_t>(quote.chosen)].costs;
    auto const wanted = request.currency.value_or(home);
    if (wanted != home) {
        auto const exchange = fx.rate(home, wanted, request.date, rate_age_max);
        if (!exchange) return std::unexpected(exchange.error().within("currency"));
        TRY_VOID(Translation(*exchange, quote).run());
        quote.currency = wanted;
    }
    TRY_VOID(per_unit(request, quote));
    weigh_origins(quote);
    check_sums(quote);
    return {};
}

// What the same goods would cost in another pack, where the nomenclature puts that under another subheading:
// tea in packs of more than 3 kg. Told where both answers are complete and the other is cheaper.
class OtherPacks {
public:
    OtherPacks(Request const& request, Border const& border, Quote& quote)
        : request_(request), border_(border), quote_(quote) {}
    void run() {
        if (quote_.unknown.empty()) {
            for (std::size_t line = 0; line < request_.goods.size(); ++line) look(line);
        }
    }

private:
    void look(std::size_t line) {
        constexpr int subheading = 6;
        if (request_.goods[line].hs.size() < subheading) return;
        auto const key = request_.goods[line].hs.prefix(subheading).key();
        for (auto const* schedule : border_.market.all()) {
            for (auto const& row :
                 std::ranges::equal_range(schedule->packings, key, {}, &tariff::PackingRow::hs))
                compare(line, *schedule, row);
        }
    }
    void compare(std::size_t line, tariff::Schedule const& schedule, tariff::PackingRow const& row) {
        auto trial = request_;
        trial.explain = false;
        trial.goods[line].hs = GoodsCode::from_key(row.instead);
        Quote other;
        if (!answer(trial, border_, other) || !other.unknown.empty()) return;
        if (other.currency != quote_.currency || *other.landed_total >= *quote_.landed_total) return;
        auto const saving = difference(*quote_.landed_total, *other.landed_total);
        if (!saving) return;
        Finding note;
        note.code = "cheaper-packing";
        note.line = static_cast<std::int32_t>(line);
        note.first = schedule.text(row.how);
        note.second = schedule.text(row.code);
        note.number = saving->amount();
        note.currency = saving->currency();
        quote_.notes.push_back(note);
    }

    Request const& request_;
    Border const& border_;
    Quote& quote_;
};

// A price that already holds duty and tax is taken apart backwards: the price of the goods at the seller's
// border that, with all its legs and charges, lands at exactly what the buyer pays. Charges grow with the
// value, but jump where a threshold is passed, so the answer is the greatest price that does not land above.
class Backwards {
public:
    Backwards(Request const& request, Border const& border) : border_(border), trial_(request) {}

    Result<void> run(Quote& quote) {
        auto const home = *border_.rules.currency;
        auto const paid = TRY(prices_at_home());
        trial_.terms = Incoterm::FOB;
        trial_.currency = home;
        std::int64_t low = 0;
        std::int64_t high = paid;
        if (!TRY(lands_within(high, paid, quote))) {
            while (high - low > 1) {
                auto const middle = low + (high - low) / 2;
                (TRY(lands_within(middle, paid, quote)) ? low : high) = middle;
            }
            high = low;
        }
        if (!TRY(lands_within(high, paid, quote))) {
            return refuse(Code::bad_value, "goods",
                          "freight, costs and taxes are more than the price that is to hold them (DDP)");
        }
        return tell(high, paid, quote);
    }
    [[nodiscard]] std::shared_ptr<Request const> request(std::optional<Currency> wanted) {
        trial_.currency = wanted;
        return std::make_shared<Request const>(std::move(trial_));
    }

private:
    // The prices of the lines in the market's currency; what the buyer pays is their sum.
    Result<std::int64_t> prices_at_home() {
        auto const home = *border_.rules.currency;
        auto const otherwise = trial_.currency.value_or(home);
        std::int64_t total = 0;
        for (auto& item : trial_.goods) {
            auto const from = item.price_currency.value_or(otherwise);
            auto const exchange = border_.fx.rate(from, home, trial_.date, rate_age_max);
            if (!exchange) return std::unexpected(exchange.error().within("price_currency"));
            auto const exact = TRY(convert(item.price, *exchange, 12, Round::half_even));
            auto const money = TRY(Money::rounded(exact, home, Round::half_up));
            weights_.emplace_back(money.minor());
            total += money.minor();
            item.price_currency = home;
        }
        if (trial_.discount) {
            auto const exchange = border_.fx.rate(otherwise, home, trial_.date, rate_age_max);
            if (!exchange) return std::unexpected(exchange.error().within("discount"));
            auto const exact = TRY(convert(*trial_.discount, *exchange, 12, Round::half_even));
            total -= TRY(Money::rounded(exact, home, Round::half_up)).minor();
            trial_.discount.reset();
        }
        // Other amounts that said no currency meant that of the answer.
        for (auto* said : {&trial_.freight.currency, &trial_.insurance.currency}) {
            if (!*said) *said = otherwise;
        }
        for (auto& cost : trial_.costs) {
            if (!cost.currency) cost.currency = otherwise;
        }
        return total;
    }
    Result<bool> lands_within(std::int64_t goods, std::int64_t paid, Quote& quote) {
        auto const whole = Money(goods, *border_.rules.currency);
        auto const parts =
            goods == 0 ? std::vector<Money>(weights_.size(), whole) : TRY(split(whole, weights_));
        for (std::size_t i = 0; i < parts.size(); ++i) trial_.goods[i].price = parts[i].amount();
        quote.clear();
        TRY_VOID(answer(trial_, border_, quote));
        return quote.landed_total->minor() <= paid;
    }
    Result<void> tell(std::int64_t goods, std::int64_t paid, Quote& quote) {
        auto const home = *border_.rules.currency;
        quote.seller_gets = Money(goods, home);
        auto const rest = paid - quote.landed_total->minor();
        if (rest == 0) return {};
        Finding warning;
        warning.code = "ddp-remainder";
        warning.number = Money(rest, home).amount();
        warning.currency = home;
        quote.warnings.push_back(warning);
        return {};
    }

    Border const& border_;
    Request trial_;
    std::vector<Decimal> weights_;
};

Result<void> answer_backwards(Request const& request, Border const& border, Quote& quote) {
    Backwards solver(request, border);
    TRY_VOID(solver.run(quote));
    // Once more in the currency asked for, with a request that lives as long as the answer.
    auto const gets = quote.seller_gets;
    auto warnings = quote.warnings;
    quote.clear();
    auto const solved = solver.request(request.currency);
    TRY_VOID(answer(*solved, border, quote));
    quote.solved = solved;
    quote.seller_gets = quote.goods_value;
    if (!gets) return {};
    for (auto const& warning : warnings) {
        if (warning.code == "ddp-remainder") quote.warnings.push_back(warning);
    }
    return {};
}

// The request with the national lines that its proofs name for this market; null where they name none.
std::shared_ptr<Request const> with_declared_codes(Request const& request, Market const& market) {
    std::shared_ptr<Request> made;
    for (std::size_t line = 0; line < request.goods.size(); ++line) {
        auto const code = declared_code(request.goods[line].hs, request.proofs, market);
        if (code == request.goods[line].hs) continue;
        if (!made) made = std::make_shared<Request>(request);
        made->goods[line].hs = code;
    }
    return made;
}

Result<void> answer_asked(Request const& request, Border const& border, Quote& quote) {
    if (request.terms == Incoterm::DDP) return answer_backwards(request, border, quote);
    TRY_VOID(answer(request, border, quote));
    OtherPacks(request, border, quote).run();
    return {};
}

Result<void> answer(Request const& request, Books const& books, Quote& quote) {
    quote.edition = books.name();
    TRY_VOID(check_request(request));
    auto const border = TRY(border_of(request, books));
    auto const declared = with_declared_codes(request, border.market);
    if (!declared) return answer_asked(request, border, quote);
    TRY_VOID(answer_asked(*declared, border, quote));
    // Views of the answer may point into both.
    using Both = std::pair<std::shared_ptr<Request const>, std::shared_ptr<Request const>>;
    auto const both = std::make_shared<Both>(declared, quote.solved);
    quote.solved = {both, both->second ? both->second.get() : both->first.get()};
    return {};
}

}  // namespace

GoodsCode declared_code(GoodsCode code, std::span<std::string const> proofs, Market const& market) {
    constexpr std::string_view kind = "line:";
    auto found = code;
    for (std::string_view word : proofs) {
        if (!word.starts_with(kind)) continue;
        word.remove_prefix(kind.size());
        auto const colon = word.find(':');
        if (colon == std::string_view::npos) continue;
        bool const is_here = std::ranges::any_of(market.all(), [&](tariff::Schedule const* schedule) {
            return schedule->text(schedule->profile->code) == word.substr(0, colon);
        });
        auto const named = is_here ? GoodsCode::parse(word.substr(colon + 1)) : Result<GoodsCode>(code);
        if (!named || *named == code || !named->is_under(code) || *named == found) continue;
        if (found != code) return code;  // two of them: which of the goods is meant is not said
        found = *named;
    }
    return found;
}

Result<Border> border_of(Request const& request, Books const& books) {
    auto const& market = *TRY(books.market(request.to));
    auto const rules = rules_of(market);
    if (rules.basis == tariff::Basis::unset || !rules.currency) {
        return refuse(
            Code::no_market, "to",
            "the books do not say how " + std::string(request.to.name()) + " values goods for customs");
    }
    return Border{&books, market, rules, rates_for(request, books)};
}

void price(Request const& request, Books const& books, Quote& quote) {
    quote.clear();
    auto const done = answer(request, books, quote);
    quote.edition = books.name();
    if (!done) {
        quote.clear();
        quote.edition = books.name();
        quote.errors.push_back(done.error());
    }
}

Quote price(Request const& request, Books const& books) {
    Quote quote;
    price(request, books, quote);
    return quote;
}

}  // namespace allroads::quote
