// Random lives of deals beside a model that knows them in plain numbers only: the same events are possible,
// the same states follow, and the accounts that the postings make are the model's.
#include "deal/deal.h"

#include "deal/samples_in_test.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

namespace {

using namespace allroads;
using namespace allroads::deal;
using namespace allroads::deal::in_test;
using S = State;
using K = Kind;

struct Way {
    std::int64_t amount = 0;
    std::set<int> arrived = {}, returned = {}, failed = {};
    int attempt = 1;
    [[nodiscard]] bool is_done() const { return arrived.size() > returned.size(); }
    [[nodiscard]] bool is_failed() const {
        return !is_done() && (failed.contains(attempt) || returned.contains(attempt));
    }
};

// Amounts in minor units, moments in days. One payee.
struct Model {
    S state = S::agreed;
    std::int64_t total = 0, deposit = 0, percent = 0, minimum = 0;
    bool early_release = false;  // the deposit is the seller's once it is made
    std::int64_t received = 0, held = 0, released = 0, refunded = 0, payable = 0, given = 0, sent = 0;
    std::int64_t from_held = 0, from_payable = 0, from_hub = 0, suspended = 0;
    std::int64_t agreed_at = 0, sent_at = 0, delivered_at = 0, opened = 0, escalated = 0;
    bool deposit_gone = false, answered = false;
    int left = 10, disputes = 0, said_by_buyer = 0, said_by_seller = 0;
    std::vector<bool> shipments = {};  // delivered?
    Role opener = Role::buyer, proposer = Role::buyer;
    std::optional<std::int64_t> proposed = {};
    S before = S::making;
    std::vector<Way> ways = {};

    [[nodiscard]] std::int64_t paid() const { return received - from_held; }
    [[nodiscard]] std::int64_t open() const { return std::max<std::int64_t>(total - paid(), 0); }
    [[nodiscard]] std::int64_t fee() const {
        return std::min(released, std::max((released * percent + 50) / 100, minimum));
    }
    void let_go(std::int64_t amount) {
        auto const fee_before = fee();
        released += amount;
        held -= amount;
        payable += amount - (fee() - fee_before);
    }
    void after_made() {
        bool const is_reached = state == S::made || state == S::sent || state == S::delivered;
        if (!early_release || deposit_gone || !is_reached || paid() < deposit) return;
        deposit_gone = true;
        let_go(std::min(deposit, held));
    }
    void rest() {
        bool const is_open = std::ranges::any_of(ways, [](Way const& one) { return !one.is_done(); });
        state = is_open || payable > 0 ? S::released : released == 0 ? S::refunded : S::closed;
    }
    void put(std::int64_t amount) {
        received += amount;
        held += amount;
        if (state == S::agreed && paid() >= deposit) state = S::making;
        after_made();
    }
    void give_back(std::int64_t amount) {
        held -= amount;
        refunded += amount;
    }
    void divide(std::int64_t back) {
        give_back(back);
        let_go(held);
        rest();
    }
    [[nodiscard]] bool in(std::initializer_list<S> all) const {
        return std::ranges::find(all, state) != all.end();
    }
    [[nodiscard]] bool in_hand() const { return in({S::making, S::made, S::sent, S::delivered}); }
    [[nodiscard]] bool is_open_dispute() const { return in({S::disputed, S::escalated}); }

    enum class Answer : std::uint8_t { refused, done, nothing };
    using enum Answer;

    Answer takes(Event const& e, std::int64_t day) {
        auto const amount = e.amount ? e.amount->minor() : 0;
        auto const role = e.by.role;
        if (e.kind >= K::pay_out) return moves_money(e, amount);
        if (e.kind >= K::dispute) return disputes_it(e, amount, role, day);
        if (e.kind >= K::made && e.kind != K::release && e.kind != K::release_due && e.kind != K::refund)
            return sends(e, day);
        switch (e.kind) {
            case K::pay:
                if (!(state == S::agreed || in_hand()) || (state == S::agreed && day >= agreed_at + 7))
                    return refused;
                if (amount < 1 || amount > open()) return refused;
                if (paid() + amount != deposit && paid() + amount != total) return refused;
                put(amount);
                return done;
            case K::money_arrived:
                if (amount < 1) return refused;
                if (in_hand() || (state == S::agreed && day < agreed_at + 7)) put(std::min(amount, open()));
                return done;
            case K::payment_lapses:
                if (state != S::agreed || day < agreed_at + 7) return refused;
                give_back(held);
                state = S::lapsed;
                return done;
            case K::cancel:
                if (state == S::agreed) {
                    give_back(held);
                    state = S::cancelled;
                    return done;
                }
                if (role != Role::seller || !in({S::making, S::made})) return refused;
                give_back(held);
                rest();
                return done;
            case K::release:
                if (!in({S::sent, S::delivered})) return refused;
                if (e.amount && (amount < 1 || amount > held || said_by_buyer >= said_max)) return refused;
                if (!e.amount && open() > 0) return refused;
                if (e.amount) ++said_by_buyer;
                let_go(e.amount ? amount : held);
                if (held == 0 && open() == 0) rest();
                return done;
            case K::release_due:
                if (state != S::delivered || open() > 0 || day < delivered_at + 3) return refused;
                let_go(held);
                rest();
                return done;
            case K::refund: {
                bool const is_late = state == S::released;
                if (!in_hand() && !is_open_dispute() && !is_late) return refused;
                if (amount < 1 || amount > (is_late ? payable : held) || said_by_seller >= said_max)
                    return refused;
                ++said_by_seller;
                if (is_late) {
                    payable -= amount;
                    given += amount;
                    rest();
                    return done;
                }
                give_back(amount);
                if (held == 0) rest();
                return done;
            }
            default: return refused;
        }
    }

    Answer sends(Event const& e, std::int64_t day) {
        switch (e.kind) {
            case K::made:
                if (state != S::making) return refused;
                state = S::made;
                after_made();
                return done;
            case K::hand_over: {
                auto const many = static_cast<int>(e.quantities[0].coefficient());
                if (!in({S::making, S::made, S::sent}) || paid() < total || many < 1 || many > left)
                    return refused;
                left -= many;
                shipments.push_back(false);
                state = S::sent;
                sent_at = day;
                after_made();
                return done;
            }
            case K::deliver: {
                auto const place = static_cast<std::size_t>(*e.number);
                if (state != S::sent || place >= shipments.size() || shipments[place]) return refused;
                shipments[place] = true;
                if (left == 0 && std::ranges::find(shipments, false) == shipments.end()) {
                    state = S::delivered;
                    delivered_at = day;
                }
                return done;
            }
            case K::delivery_assumed:
                if (state != S::sent || left > 0 || open() > 0 || day < sent_at + 30) return refused;
                shipments.assign(shipments.size(), true);
                state = S::delivered;
                delivered_at = day;
                return done;
            default: return refused;
        }
    }

    Answer disputes_it(Event const& e, std::int64_t amount, Role role, std::int64_t day) {
        if (e.kind == K::dispute) {
            auto& said = role == Role::buyer ? said_by_buyer : said_by_seller;
            if (!in_hand() || disputes >= 20 || said >= said_max) return refused;
            ++said;
            ++disputes;
            before = state;
            opener = role;
            opened = day;
            answered = false;
            proposed.reset();
            state = S::disputed;
            return done;
        }
        if (!is_open_dispute()) return refused;
        switch (e.kind) {
            case K::answer:
                if (state != S::disputed || role == opener || answered) return refused;
                answered = true;
                return done;
            case K::propose: {
                auto& said = role == Role::buyer ? said_by_buyer : said_by_seller;
                if (amount > held || said >= said_max) return refused;
                ++said;
                proposer = role;
                proposed = amount;
                return done;
            }
            case K::agree:
                if (!proposed || proposer == role || amount != *proposed || amount > held) return refused;
                divide(amount);
                return done;
            case K::withdraw:
                if (role != opener) return refused;
                state = before;
                sent_at = delivered_at = day;
                return done;
            case K::escalate:
                if (state != S::disputed || !answered) return refused;
                state = S::escalated;
                return done;
            case K::answer_late:
                if (state != S::disputed || answered || day < opened + 3) return refused;
                state = S::escalated;
                return done;
            case K::escalation_due:
                if (state != S::disputed || day < opened + 7) return refused;
                state = S::escalated;
                return done;
            case K::decide:
                if (state != S::escalated || amount > held) return refused;
                divide(amount);
                return done;
            default: return refused;
        }
    }

    Answer moves_money(Event const& e, std::int64_t amount) {
        if (e.kind == K::charge_back) return takes_back(amount);
        if (e.kind == K::charge_back_reversed) return brings_back(amount);
        bool const can_pay_out = in({S::made, S::sent, S::delivered, S::disputed, S::escalated, S::released});
        if (e.kind == K::pay_out) {
            if (!can_pay_out || payable == 0) return refused;
            auto const most = e.pay_to->most->minor();
            if ((payable + most - 1) / most > 60) return refused;
            sent += payable;
            for (; payable > 0; payable -= ways.back().amount) ways.push_back({std::min(payable, most)});
            return done;
        }
        auto const place = static_cast<std::size_t>(*e.number);
        if ((!can_pay_out && state != S::closed) || place >= ways.size()) return refused;
        auto& way = ways[place];
        if (e.kind == K::transfer_retry) {
            if (state == S::closed || !way.is_failed()) return refused;
            ++way.attempt;
            return done;
        }
        auto const attempt = *e.attempt;
        if (attempt < 1 || attempt > way.attempt) return refused;
        if (e.kind == K::transfer_done) {
            if (!way.arrived.insert(attempt).second) return nothing;
        } else if (e.kind == K::transfer_failed) {
            if (way.failed.contains(attempt) || way.returned.contains(attempt)) return nothing;
            if (way.arrived.contains(attempt)) return refused;
            way.failed.insert(attempt);
        } else {
            if (way.returned.contains(attempt)) return nothing;
            if (!way.arrived.contains(attempt)) return refused;
            way.returned.insert(attempt);
        }
        if (in({S::released, S::closed}) && e.kind != K::transfer_failed) rest();
        return done;
    }

    Answer takes_back(std::int64_t amount) {
        if (amount < 1) return refused;
        auto const was = state;
        auto const first = std::min(amount, held);
        held -= first;
        from_held += first;
        auto const second =
            state == S::released || in_hand() || is_open_dispute() ? std::min(amount - first, payable) : 0;
        payable -= second;
        from_payable += second;
        from_hub += amount - first - second;
        if (state == S::released) rest();
        if (in_hand()) {
            before = was;
            opener = Role::buyer;
            answered = false;
            proposed.reset();
            state = S::escalated;
        }
        if (state == S::disputed) state = S::escalated;
        return done;
    }

    Answer brings_back(std::int64_t amount) {
        if (amount < 1 || amount > from_hub + from_payable + from_held - suspended) return refused;
        auto const first = std::min(amount, from_hub);
        from_hub -= first;
        auto const second = std::min(amount - first, from_payable);
        from_payable -= second;
        payable += second;
        auto const third = amount - first - second;
        if (state == S::agreed || in_hand() || is_open_dispute()) {
            auto const missing = std::min(third, open());
            from_held -= third;
            received -= third - missing;
            held += missing;
            if (state == S::agreed && paid() >= deposit) state = S::making;
            after_made();
        } else {
            suspended += third;
        }
        if (in({S::released, S::closed})) rest();
        return done;
    }
};

// ---- random lives -----------------------------------------------------------------------------------------

struct Pair {
    Deal deal{.id = deal_id};
    Model model;
    std::int64_t day = 0;
    std::map<Account, std::int64_t> balances;
    std::vector<Event> told;
};

class Fate {
public:
    explicit Fate(std::uint64_t seed) : random_(seed) {}
    std::int64_t below(std::int64_t end) {
        return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(end));
    }
    Pair born() {
        auto agreed = terms();
        Pair pair;
        auto& m = pair.model;
        agreed.rate.reset();
        agreed.lines.pop_back();
        auto const price = 20 + below(100'000);
        agreed.lines[0] = {ProductId(id(50)), 1,          "",         Decimal(10),
                           unit::piece,       Decimal(1), usd(price), usd(price * 10)};
        agreed.sending = usd(below(300));
        agreed.total = usd(price * 10 + agreed.sending.minor());
        auto const share = 5 + below(90);
        m.early_release = below(2) == 1;
        agreed.milestones = {
            {"deposit", Decimal(share), Point::accepted, m.early_release ? Point::made : Point::delivered},
            {"balance", Decimal(100 - share), Point::made, Point::delivered}};
        m.percent = below(51);
        m.minimum = below(2) == 0 ? 0 : below(500);
        agreed.fee = {Decimal(m.percent), usd(m.minimum), Round::half_up};
        auto const outcome = begin(deal_id, ordered(agreed));
        REQUIRE_MESSAGE(outcome, outcome.error().sentence());
        pair.deal = outcome->deal;
        m.total = agreed.total.minor();
        m.deposit = pair.deal.dues[0].amount.minor();
        CHECK(pair.deal.dues[1].amount.minor() == m.total - m.deposit);
        return pair;
    }
    Event next(Pair const& pair) {
        if (!pair.told.empty() && below(12) == 0) {
            auto again =
                pair.told[static_cast<std::size_t>(below(static_cast<std::int64_t>(pair.told.size())))];
            again.at = at_day(pair.day);
            return again;
        }
        auto const kind = usual(pair.model.state);
        auto made = event(kind, who(kind), at_day(pair.day));
        fill(made, pair.model);
        return made;
    }

private:
    // What is likely in that state, so that lives go on; sometimes anything.
    K usual(S state) {
        static std::map<S, std::vector<K>> const likely{
            {S::agreed, {K::pay, K::pay, K::money_arrived, K::money_arrived, K::cancel, K::payment_lapses}},
            {S::making, {K::made, K::made, K::hand_over, K::pay, K::money_arrived, K::dispute, K::refund}},
            {S::made, {K::pay, K::pay, K::money_arrived, K::hand_over, K::hand_over, K::pay_out, K::dispute}},
            {S::sent,
             {K::hand_over, K::hand_over, K::deliver, K::deliver, K::deliver, K::release, K::refund,
              K::delivery_assumed, K::charge_back, K::dispute}},
            {S::delivered,
             {K::release, K::release_due, K::release_due, K::dispute, K::refund, K::charge_back}},
            {S::disputed,
             {K::answer, K::propose, K::agree, K::withdraw, K::escalate, K::answer_late, K::escalation_due,
              K::charge_back_reversed}},
            {S::escalated, {K::decide, K::propose, K::agree, K::withdraw, K::charge_back_reversed}},
            {S::released,
             {K::pay_out, K::pay_out, K::transfer_done, K::transfer_done, K::transfer_done,
              K::transfer_failed, K::transfer_retry, K::transfer_retry, K::transfer_returned, K::refund,
              K::charge_back, K::charge_back_reversed}}};
        auto const found = likely.find(state);
        if (found == likely.end() || below(6) == 0) {
            auto const first = static_cast<std::int64_t>(K::pay);
            auto const kind = static_cast<K>(first + below(static_cast<std::int64_t>(kinds) - first));
            return kind == K::track || kind == K::evidence || kind == K::name_mediator ? K::pay : kind;
        }
        return found
            ->second[static_cast<std::size_t>(below(static_cast<std::int64_t>(found->second.size())))];
    }
    Actor who(K kind) {
        switch (kind) {
            case K::pay:
            case K::release: return buying();
            case K::made:
            case K::hand_over:
            case K::refund:
            case K::pay_out: return selling();
            case K::payment_lapses:
            case K::delivery_assumed:
            case K::release_due:
            case K::answer_late:
            case K::escalation_due: return time_passing();
            case K::decide: return {Role::mediator, mediator};
            case K::cancel:
            case K::dispute:
            case K::answer:
            case K::propose:
            case K::agree:
            case K::withdraw:
            case K::escalate: return below(2) == 0 ? buying() : selling();
            default: return the_hub();
        }
    }
    std::int64_t some_amount(Model const& m) {
        std::array<std::int64_t, 9> const all{
            m.deposit - m.paid(), m.open(), m.held, m.held / 2, m.payable, m.proposed.value_or(0), m.total,
            below(m.total + 10),  1};
        return std::max<std::int64_t>(all[static_cast<std::size_t>(below(9))], 0);
    }
    void fill(Event& e, Model const& m) {
        auto const amount = usd(some_amount(m));
        auto const ways = static_cast<std::int64_t>(m.ways.size());
        switch (e.kind) {
            case K::pay:
            case K::refund:
            case K::propose:
            case K::decide: e.amount = amount; break;
            case K::agree: e.amount = below(4) == 0 ? amount : usd(m.proposed.value_or(0)); break;
            case K::release:
                if (below(3) != 0) e.amount = amount;
                break;
            case K::money_arrived:
            case K::charge_back:
            case K::charge_back_reversed:
                e.amount = amount;
                e.reference = "r";
                break;
            case K::hand_over: e.quantities = {Decimal(below(3) == 0 ? below(12) : m.left)}; break;
            case K::dispute: e.why = "damaged"; break;
            case K::deliver:
                e.number =
                    static_cast<std::int32_t>(below(static_cast<std::int64_t>(m.shipments.size()) + 1));
                e.reference = "proof";
                break;
            case K::pay_out:
                e.pay_to = PayTo{"account", currency::USD, {}, usd(m.payable / (1 + below(5)) + 1)};
                break;
            case K::transfer_done:
            case K::transfer_failed:
            case K::transfer_returned:
            case K::transfer_retry: {
                auto const number = below(ways + 1);
                e.number = static_cast<std::int32_t>(number);
                if (e.kind == K::transfer_retry) break;
                auto const attempts = number < ways ? m.ways[static_cast<std::size_t>(number)].attempt : 1;
                e.attempt = static_cast<std::int32_t>(1 + below(attempts + (below(9) == 0 ? 1 : 0)));
                break;
            }
            default: break;
        }
    }
    std::mt19937_64 random_;
};

void same(Pair const& pair) {
    auto const& [deal, m, day, balances, told] = pair;
    auto const at = [&](Account const& account) {
        auto const found = balances.find(account);
        return found == balances.end() ? 0 : found->second;
    };
    auto const& s = *deal.sums;
    REQUIRE(text_of(deal.state) == text_of(m.state));
    REQUIRE(s.held.minor() == m.held);
    REQUIRE(at({Holder::deal, deal.id.bytes(), Purpose::held}) == m.held);
    REQUIRE(m.held >= 0);
    REQUIRE(at({Holder::hub, {}, Purpose::fee}) == m.fee());
    REQUIRE(at({Holder::seller, shop_id, Purpose::payable}) == m.payable);
    REQUIRE(m.payable >= 0);
    std::int64_t under_way = 0, twice = 0;
    for (auto const& way : m.ways) {
        auto const here = static_cast<std::int64_t>(way.arrived.size() - way.returned.size());
        if (here == 0) under_way += way.amount;
        if (here > 1) twice += way.amount * (here - 1);
    }
    REQUIRE(at({Holder::seller, shop_id, Purpose::payout}) == under_way);
    REQUIRE(at({Holder::hub, {}, Purpose::suspense}) == m.suspended - m.from_hub - twice);
    std::int64_t all = 0;
    for (auto const& [account, balance] : balances) all += balance;
    REQUIRE(all == 0);
    if (m.in({S::released, S::closed, S::refunded, S::cancelled, S::lapsed})) REQUIRE(m.held == 0);
    if (is_end(m.state)) REQUIRE(m.payable + under_way == 0);
}

void lives_on(Pair& pair, Fate& fate) {
    if (fate.below(3) == 0) pair.day += fate.below(9);
    auto const event = fate.next(pair);
    auto const was_told = std::ranges::find(pair.told, event.key, &Event::key) != pair.told.end();
    auto const answer = was_told ? Model::Answer::nothing : pair.model.takes(event, pair.day);
    auto const outcome = step(pair.deal, event);
    INFO(std::string(text_of(event.kind)), " by ", std::string(text_of(event.by.role)), " while ",
         std::string(text_of(pair.deal.state)), ": ", outcome ? "done" : outcome.error().sentence());
    REQUIRE(outcome.has_value() == (answer != Model::Answer::refused));
    if (!outcome) return;
    REQUIRE(outcome->is_again == (answer == Model::Answer::nothing));
    if (outcome->is_again) {
        REQUIRE(outcome->postings.empty());
        REQUIRE(outcome->deal == pair.deal);
        return;
    }
    for (auto const& one : outcome->postings) {
        pair.balances[one.from] -= one.amount.minor();
        pair.balances[one.to] += one.amount.minor();
    }
    pair.deal = outcome->deal;
    pair.told.push_back(event);
    same(pair);
}

}  // namespace

TEST_CASE("random events on many deals: the states, sums and accounts of the model") {
    bool const is_long = std::getenv("ALLROADS_LONG") != nullptr;
    std::size_t const deals = is_long ? 1'000 : 100, events = is_long ? 100'000 : 6'000;
    Fate fate(20'261'126);
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < deals; ++i) pairs.push_back(fate.born());
    std::map<State, int> reached;
    for (std::size_t i = 0; i < events; ++i) {
        auto& pair = pairs[static_cast<std::size_t>(fate.below(static_cast<std::int64_t>(deals)))];
        if (is_end(pair.deal.state) && fate.below(4) == 0) pair = fate.born();  // a further deal
        lives_on(pair, fate);
        ++reached[pair.deal.state];
    }
    // The sequences are no comfort if they never get anywhere.
    for (auto const state : {S::making, S::sent, S::delivered, S::escalated, S::released, S::closed,
                             S::refunded, S::cancelled, S::lapsed})
        CHECK_MESSAGE(reached[state] > 0, std::string(text_of(state)));
    for (auto const& pair : pairs) {
        auto const document = document_of(pair.deal);
        auto const again = parse_deal(document);
        REQUIRE_MESSAGE(again, again.error().sentence());
        CHECK(*again == pair.deal);
        CHECK(document_of(*again) == document);
    }
}

TEST_CASE("any life is the same when its document is read between two steps, and its events are replayed") {
    CHECK(rc::check([](std::uint64_t seed) {
        Fate fate(seed);
        auto pair = fate.born();
        for (int i = 0; i < 25; ++i) {
            lives_on(pair, fate);
            auto const again = parse_deal(document_of(pair.deal));
            RC_ASSERT(again.has_value());
            RC_ASSERT(*again == pair.deal);
            pair.deal = *again;
        }
        for (auto const& event : pair.told) {
            auto const read = parse_event(document_of(event));
            RC_ASSERT(read.has_value());
            RC_ASSERT(*read == event);
        }
    }));
}
