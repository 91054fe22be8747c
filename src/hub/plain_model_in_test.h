#pragma once
// Deals as plain numbers, for tests: written from docs/deals.md, without the room `deal`. What a party does
// is done or refused, and every cent that moves stands in one book beside it, by the names that the ledger
// uses.

#include "deal/deal.h"
#include "pay/pay.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::hub::in_test {

using deal::Kind;
using deal::Point;
using deal::Role;
using deal::State;

inline constexpr std::int64_t one_day = 86'400'000;  // moments here are milliseconds

// Whose money is where: "shop-…:payable:USD:hub".
class Book {
public:
    void move(std::string const& from, std::string const& to, std::int64_t amount) {
        if (amount == 0) return;
        balances[from] -= amount;
        balances[to] += amount;
        touched.insert(from);
        touched.insert(to);
    }
    [[nodiscard]] std::int64_t at(std::string const& account) const {
        auto const found = balances.find(account);
        return found == balances.end() ? 0 : found->second;
    }
    std::map<std::string, std::int64_t> balances;
    std::set<std::string> touched;
};

struct Rules {
    std::int64_t percent = 0, minimum = 0;  // of the fee
    deal::Days days = {};
};

struct Part {
    std::int64_t amount = 0;
    Point due = Point::accepted, release = Point::delivered;
    bool is_gone = false;
};
struct Leaving {
    std::string to, currency;  // `to`: no other payout has it
    pay::Way way = pay::Way::bank;
    std::int64_t amount = 0;
    int attempt = 1;
    std::set<int> arrived = {}, returned = {}, failed = {};
    [[nodiscard]] bool is_done() const { return arrived.size() > returned.size(); }
    [[nodiscard]] bool is_failed() const {
        return !is_done() && (failed.contains(attempt) || returned.contains(attempt));
    }
};

struct Plain {
    Book* book = nullptr;
    Rules const* rules = nullptr;
    std::string deal, buyer, shop;  // owners in the ledger
    std::string funds_currency = "USD";
    State state = State::asked;
    bool is_agreed = false, has_mediator = false;
    Role offered_by = Role::seller;
    std::int64_t asked_until = 0, offered_until = 0;
    std::vector<Part> parts = {};
    std::int64_t total = 0;
    std::int64_t received = 0, held = 0, released = 0, payable = 0;
    std::int64_t from_held = 0, from_payable = 0, from_hub = 0, suspended = 0;
    std::int64_t agreed_at = 0, funded_at = 0, sent_at = 0, delivered_at = 0, opened = 0, escalated = 0;
    std::int64_t left = 0;  // of its one line
    std::vector<bool> shipments = {};
    bool answered = false;
    int disputes = 0;
    Role opener = Role::buyer, proposer = Role::buyer;
    std::optional<std::int64_t> proposed = {};
    State before = State::making;
    std::vector<Leaving> leaving = {};

    [[nodiscard]] std::string usd(std::string const& owner, std::string_view purpose) const {
        return owner + ":" + std::string(purpose) + ":USD:hub";
    }
    [[nodiscard]] static std::string outside(pay::Way way, std::string const& currency) {
        return "way-" + std::string(pay::text_of(way)) + ":outside:" + currency + ":hub";
    }
    [[nodiscard]] std::int64_t paid() const { return received - from_held; }
    [[nodiscard]] std::int64_t open() const { return std::max<std::int64_t>(total - paid(), 0); }
    [[nodiscard]] std::int64_t due_by(Point point) const {
        std::int64_t all = 0;
        for (auto const& one : parts)
            if (one.due <= point) all += one.amount;
        return all;
    }
    [[nodiscard]] std::int64_t fee_of(std::int64_t amount) const {
        return std::min(amount, std::max((amount * rules->percent + 50) / 100, rules->minimum));
    }
    [[nodiscard]] bool in(std::initializer_list<State> all) const {
        return std::ranges::find(all, state) != all.end();
    }
    [[nodiscard]] bool in_hand() const {
        return in({State::making, State::made, State::sent, State::delivered});
    }
    [[nodiscard]] bool is_fought() const { return in({State::disputed, State::escalated}); }
    [[nodiscard]] bool is_over() const { return state >= State::released; }
    [[nodiscard]] bool is_delivered() const {
        return left == 0 && std::ranges::find(shipments, false) == shipments.end();
    }

    // ---- money within the deal ----------------------------------------------------------------------------

    void let_go(std::int64_t amount) {
        auto const fee = fee_of(released + amount) - fee_of(released);
        released += amount;
        held -= amount;
        payable += amount - fee;
        book->move(usd(deal, "held"), "hub:fee:USD:hub", fee);
        book->move(usd(deal, "held"), usd(shop, "payable"), amount - fee);
    }
    void let_go_reached() {
        auto point = Point::accepted;
        if (state == State::made || state == State::sent) point = Point::made;
        if ((state == State::sent && left == 0) || state == State::delivered) point = Point::handed_over;
        if (point == Point::accepted) return;
        std::int64_t needed = 0;
        for (auto& one : parts) {
            needed += one.amount;
            if (one.is_gone || one.release > point || paid() < needed) continue;
            one.is_gone = true;
            let_go(std::min(one.amount, held));
        }
    }
    void begin_if_funded(std::int64_t now) {
        if (state != State::agreed || paid() < due_by(Point::accepted)) return;
        state = State::making;
        funded_at = now;
    }
    void put(std::int64_t amount, std::int64_t now) {
        book->move(usd(buyer, "funds"), usd(deal, "held"), amount);
        received += amount;
        held += amount;
        begin_if_funded(now);
        let_go_reached();
    }
    void give_back(std::int64_t amount) {
        book->move(usd(deal, "held"), usd(buyer, "funds"), amount);
        held -= amount;
    }
    void rest() {
        bool const is_open = std::ranges::any_of(leaving, [](Leaving const& one) { return !one.is_done(); });
        state = is_open || payable > 0 ? State::released : released == 0 ? State::refunded : State::closed;
    }
    void divide(std::int64_t back) {
        give_back(back);
        let_go(held);
        rest();
    }

    // ---- what comes from outside --------------------------------------------------------------------------

    void arrives(pay::Way way, std::string const& currency, std::int64_t amount, std::int64_t now) {
        book->move(outside(way, currency), buyer + ":funds:" + currency + ":hub", amount);
        bool const can = state == State::agreed || in_hand();
        if (can && currency == "USD") put(std::min(amount, open()), now);
    }
    bool taken_back(pay::Way way, std::int64_t amount, std::int64_t now) {
        if (!is_agreed || amount < 1) return false;
        auto const away = outside(way, "USD");
        auto const first = std::min(amount, held);
        held -= first;
        from_held += first;
        book->move(usd(deal, "held"), away, first);
        bool const can = state == State::released || in_hand() || is_fought();
        auto const second = can ? std::min(amount - first, payable) : 0;
        payable -= second;
        from_payable += second;
        book->move(usd(shop, "payable"), away, second);
        from_hub += amount - first - second;
        book->move(usd(deal, "own"), away, amount - first - second);
        if (state == State::released) rest();
        if (in_hand()) {
            before = state;
            opener = Role::buyer;
            answered = false;
            proposed.reset();
            escalated = now;
            state = State::escalated;
        }
        if (state == State::disputed) {
            escalated = now;
            state = State::escalated;
        }
        return true;
    }
    bool brought_back(std::int64_t amount, std::int64_t now) {
        if (!is_agreed || amount < 1 || amount > from_hub + from_payable + from_held - suspended)
            return false;
        auto const away = outside(pay::Way::bank, "USD");
        auto const first = std::min(amount, from_hub);
        from_hub -= first;
        book->move(away, usd(deal, "own"), first);
        auto const second = std::min(amount - first, from_payable);
        from_payable -= second;
        payable += second;
        book->move(away, usd(shop, "payable"), second);
        auto const third = amount - first - second;
        if (state == State::agreed || in_hand() || is_fought()) {
            auto const missing = std::min(third, open());
            from_held -= third;
            received -= third - missing;
            held += missing;
            book->move(away, usd(buyer, "funds"), third - missing);
            book->move(away, usd(deal, "held"), missing);
            begin_if_funded(now);
            let_go_reached();
        } else {
            suspended += third;
            book->move(away, usd(deal, "own"), third);
        }
        if (in({State::released, State::closed})) rest();
        return true;
    }
    bool arrived(Leaving& one, int attempt) {
        bool const is_twice = one.is_done();
        if (!one.arrived.insert(attempt).second) return false;
        auto const away = outside(one.way, one.currency);
        auto const from = is_twice ? deal + ":own:" : shop + ":payout:";
        book->move(from + one.currency + ":hub", away, one.amount);
        if (in({State::released, State::closed})) rest();
        return true;
    }
    bool returned(Leaving& one, int attempt) {
        if (!one.arrived.contains(attempt) || one.returned.contains(attempt)) return false;
        bool const was_twice = one.arrived.size() - one.returned.size() > 1;
        one.returned.insert(attempt);
        auto const to = was_twice ? deal + ":own:" : shop + ":payout:";
        book->move(outside(one.way, one.currency), to + one.currency + ":hub", one.amount);
        if (in({State::released, State::closed})) rest();
        return true;
    }

    // ---- what time brings ---------------------------------------------------------------------------------

    // The next deadline: when, and what then.
    [[nodiscard]] std::optional<std::pair<std::int64_t, Kind>> deadline() const {
        auto const& days = rules->days;
        auto const after = [](std::int64_t from, std::int32_t many) { return from + many * one_day; };
        switch (state) {
            case State::asked: return std::pair{asked_until, Kind::request_lapses};
            case State::offered: return std::pair{offered_until, Kind::offer_lapses};
            case State::agreed: return std::pair{after(agreed_at, days.pay), Kind::payment_lapses};
            case State::sent:
                if (left > 0 || open() > 0) return std::nullopt;
                return std::pair{after(sent_at, days.deliver), Kind::delivery_assumed};
            case State::delivered:
                if (open() > 0) return std::nullopt;
                return std::pair{after(delivered_at, days.inspect), Kind::release_due};
            case State::disputed:
                if (!answered && days.answer <= days.escalate)
                    return std::pair{after(opened, days.answer), Kind::answer_late};
                return std::pair{after(opened, days.escalate), Kind::escalation_due};
            default: return std::nullopt;
        }
    }
    void time_brings(Kind kind, std::int64_t now) {
        switch (kind) {
            case Kind::request_lapses: state = State::lapsed; break;
            case Kind::offer_lapses: state = asked_until > now ? State::asked : State::lapsed; break;
            case Kind::payment_lapses:
                give_back(held);
                state = State::lapsed;
                break;
            case Kind::delivery_assumed:
                shipments.assign(shipments.size(), true);
                state = State::delivered;
                delivered_at = now;
                break;
            case Kind::release_due:
                let_go(held);
                rest();
                break;
            default:
                state = State::escalated;
                escalated = now;
                break;
        }
    }

    // ---- what parties do ----------------------------------------------------------------------------------

    bool takes(deal::Event const& e, Role role, std::int64_t now) {
        auto const amount = e.amount ? e.amount->minor() : 0;
        switch (e.kind) {
            case Kind::offer:
            case Kind::counter:
            case Kind::accept:
            case Kind::decline: return talks(e, role, now);
            case Kind::pay: {
                if (role != Role::buyer || (state != State::agreed && !in_hand())) return false;
                bool fits = false;
                std::int64_t end = 0;
                for (auto const& one : parts) fits = (end += one.amount) == paid() + amount || fits;
                if (amount < 1 || !fits || amount > book->at(usd(buyer, "funds"))) return false;
                put(amount, now);
                return true;
            }
            case Kind::cancel: return cancels(role, now);
            case Kind::made:
                if (role != Role::seller || state != State::making) return false;
                state = State::made;
                let_go_reached();
                return true;
            case Kind::hand_over: return hands_over(e, role, now);
            case Kind::deliver: return delivers(e, role, now);
            case Kind::release:
                if (role != Role::buyer || !in({State::sent, State::delivered})) return false;
                if (e.amount ? amount < 1 || amount > held : open() > 0) return false;
                let_go(e.amount ? amount : held);
                if (held == 0 && open() == 0) rest();
                return true;
            case Kind::refund: return refunds(role, amount);
            case Kind::charge_back: return role == Role::hub && taken_back(pay::Way::bank, amount, now);
            case Kind::charge_back_reversed: return role == Role::hub && brought_back(amount, now);
            case Kind::transfer_retry: {
                auto const place = static_cast<std::size_t>(e.number.value_or(0));
                bool const can = in({State::made, State::sent, State::delivered, State::disputed,
                                     State::escalated, State::released});
                if (role != Role::hub || !can || place >= leaving.size() || !leaving[place].is_failed())
                    return false;
                ++leaving[place].attempt;
                return true;
            }
            default: return fights(e, role, amount, now);
        }
    }

private:
    bool talks(deal::Event const& e, Role role, std::int64_t now) {
        auto const until = e.until ? e.until->time_since_epoch().count() : 0;
        if (e.kind == Kind::decline) {
            if (!in({State::asked, State::offered})) return false;
            state = State::declined;
            return true;
        }
        if (e.kind == Kind::accept) {
            if (state != State::offered || offered_by == role || offered_until <= now) return false;
            state = State::agreed;
            is_agreed = true;
            agreed_at = now;
            return true;
        }
        bool const is_theirs = e.kind == Kind::offer ? role == Role::seller : role == Role::buyer;
        bool const can = e.kind == Kind::offer ? in({State::asked, State::offered}) : in({State::offered});
        if (!is_theirs || !can || until <= now) return false;
        state = State::offered;
        offered_by = role;
        offered_until = until;
        return true;
    }
    bool cancels(Role role, std::int64_t now) {
        if (state == State::agreed) {
            give_back(held);
            state = State::cancelled;
            return true;
        }
        bool const is_late =
            state == State::making && rules->days.make > 0 && now >= funded_at + rules->days.make * one_day;
        bool const may = role == Role::seller ? in({State::making, State::made}) : is_late;
        if (!may) return false;
        give_back(held);
        rest();
        return true;
    }
    bool hands_over(deal::Event const& e, Role role, std::int64_t now) {
        auto const many = static_cast<std::int64_t>(e.quantities.at(0).coefficient());
        if (role != Role::seller || !in({State::making, State::made, State::sent})) return false;
        if (paid() < due_by(Point::made) || many < 1 || many > left) return false;
        if (shipments.size() >= deal::shipments_max) return false;
        left -= many;
        shipments.push_back(false);
        state = State::sent;
        sent_at = now;
        let_go_reached();
        return true;
    }
    bool delivers(deal::Event const& e, Role role, std::int64_t now) {
        auto const place = static_cast<std::size_t>(e.number.value_or(0));
        if (state != State::sent || place >= shipments.size() || shipments[place]) return false;
        if (role != Role::buyer && e.reference.empty()) return false;
        shipments[place] = true;
        if (is_delivered()) {
            state = State::delivered;
            delivered_at = now;
        }
        return true;
    }
    bool refunds(Role role, std::int64_t amount) {
        if (role != Role::seller || amount < 1) return false;
        if (state == State::released) {
            if (amount > payable) return false;
            payable -= amount;
            book->move(usd(shop, "payable"), usd(buyer, "funds"), amount);
            rest();
            return true;
        }
        if ((!in_hand() && !is_fought()) || amount > held) return false;
        give_back(amount);
        if (held == 0) rest();
        return true;
    }
    bool fights(deal::Event const& e, Role role, std::int64_t amount, std::int64_t now) {
        bool const is_party = role == Role::buyer || role == Role::seller;
        if (e.kind == Kind::dispute) {
            if (!is_party || !in_hand() || disputes >= 20) return false;
            ++disputes;
            before = state;
            opener = role;
            opened = now;
            answered = false;
            proposed.reset();
            state = State::disputed;
            return true;
        }
        if (!is_fought()) return false;
        switch (e.kind) {
            case Kind::evidence: return is_party;
            case Kind::answer:
                if (!is_party || state != State::disputed || role == opener || answered) return false;
                answered = true;
                return true;
            case Kind::propose:
                if (!is_party || amount > held) return false;
                proposer = role;
                proposed = amount;
                return true;
            case Kind::agree:
                if (!is_party || !proposed || proposer == role || amount != *proposed || amount > held)
                    return false;
                divide(amount);
                return true;
            case Kind::withdraw:
                if (role != opener) return false;
                state = before;
                sent_at = delivered_at = now;
                return true;
            case Kind::escalate:
                if (!is_party || state != State::disputed || !answered) return false;
                state = State::escalated;
                escalated = now;
                return true;
            case Kind::decide:
                if (state != State::escalated || amount > held) return false;
                if (role != (has_mediator ? Role::mediator : Role::hub)) return false;
                divide(amount);
                return true;
            case Kind::name_mediator:
                if (role != Role::hub || state != State::escalated) return false;
                if (has_mediator && now < escalated + rules->days.decide * one_day) return false;
                has_mediator = true;
                escalated = now;
                return true;
            default: return false;
        }
    }
};

}  // namespace allroads::hub::in_test
