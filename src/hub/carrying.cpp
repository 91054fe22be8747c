#include "hub/carrying.h"

#include "wire/wire.h"

#include <algorithm>
#include <cctype>

namespace allroads::hub {
namespace {

using deal::Kind;
using deal::Role;

// Owners of the other side: what lies at banks, with wallets, with the card processor, in boxes of cash.
std::string owner_of(pay::Way way) { return "way-" + std::string(pay::text_of(way)); }

// The name of a bank or trustee as the ledger takes it; two names never become one.
std::string custodian_of(deal::Deal const& deal) {
    if (!deal.is_agreed() || deal.terms().custody == deal::Custody::hub) return std::string(ledger::the_hub);
    auto const& name = deal.terms().custodian;
    std::string slug = deal.terms().custody == deal::Custody::bank ? "bank-" : "trustee-";
    constexpr std::size_t slug_max = 44;
    for (char const c : name) {
        if (slug.size() == slug_max) break;
        bool const is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (is_plain || slug.back() != '-') slug += is_plain ? c : '-';
    }
    return slug + "-" + hexadecimal(digest_of({name})).substr(0, 12);
}

std::string owner_of(deal::Account const& account) {
    switch (account.holder) {
        case deal::Holder::buyer:
        case deal::Holder::member: return owner_of_account(account.id);
        case deal::Holder::seller: return owner_of_shop(account.id);
        case deal::Holder::deal: return owner_of_deal(deal::DealId(account.id));
        case deal::Holder::hub: return std::string(ledger::the_hub);
    }
    return {};
}

// What the hub stands for in a deal, or holds without knowing whose it is, is kept by deal: its own account
// may be below zero, and an operator sees which deal costs what.
ledger::AccountKey key_of(deal::Account const& account, Currency currency, deal::Deal const& deal,
                          pay::Way way) {
    ledger::AccountKey key{owner_of(account), ledger::Purpose::funds, currency, custodian_of(deal)};
    switch (account.purpose) {
        case deal::Purpose::funds: key.purpose = ledger::Purpose::funds; break;
        case deal::Purpose::held: key.purpose = ledger::Purpose::held; break;
        case deal::Purpose::payable: key.purpose = ledger::Purpose::payable; break;
        case deal::Purpose::fee: key.purpose = ledger::Purpose::fee; break;
        case deal::Purpose::conversion: key.purpose = ledger::Purpose::conversion; break;
        case deal::Purpose::rounding: key.purpose = ledger::Purpose::rounding; break;
        case deal::Purpose::payout: key.purpose = ledger::Purpose::payout; break;
        case deal::Purpose::outside:
            key.owner = owner_of(way);
            key.purpose = ledger::Purpose::outside;
            break;
        case deal::Purpose::suspense:
            key.owner = owner_of_deal(deal.id);
            key.purpose = ledger::Purpose::own;
            break;
    }
    return key;
}

using Legs = std::vector<ledger::Leg>;

bool clashes(Legs const& legs, ledger::AccountKey const& account, bool is_giving) {
    auto const there = std::ranges::find(legs, account, &ledger::Leg::account);
    return there != legs.end() && (there->amount.minor() < 0) != is_giving;
}
void add(Legs& legs, ledger::AccountKey const& account, std::int64_t minor) {
    auto const there = std::ranges::find(legs, account, &ledger::Leg::account);
    if (there == legs.end()) {
        legs.push_back({account, Money(minor, account.currency)});
        return;
    }
    there->amount = Money(there->amount.minor() + minor, account.currency);
}

std::optional<ledger::Conversion> conversion_of(deal::Event const& event, deal::Deal const& deal,
                                                Legs const& legs) {
    std::optional<Money> given, got;
    for (auto const& leg : legs) {
        if (leg.account.purpose != ledger::Purpose::conversion) continue;
        if (leg.amount.minor() > 0) given = leg.amount;
        if (leg.amount.minor() < 0) got = Money(-leg.amount.minor(), leg.amount.currency());
    }
    if (!given || !got || !event.pay_to) return std::nullopt;
    auto const& rate = event.pay_to->rate ? event.pay_to->rate : deal.terms().rate;
    allroads::check(rate.has_value());
    return ledger::Conversion{*given, *got, rate->numerator, rate->denominator, Round::half_even};
}

std::string facts_of(std::vector<deal::Fact> const& facts) {
    std::string text;
    {
        wire::Writer w(text);
        w.open('{');
        for (auto const& one : facts) w.text(one.key, one.value);
        w.close('}');
    }
    return text;
}

bool is_agreed_now(deal::Deal const* before, deal::Deal const& deal) {
    return deal.is_agreed() && (before == nullptr || !before->is_agreed());
}

bool is_paid_by_reference(deal::Deal const& deal) {
    if (!deal.is_agreed()) return false;
    bool const came_paid = deal.past.size() > 1 && deal.past[1].key == paid_with_order;
    return !came_paid || std::ranges::any_of(deal.terms().milestones, [](deal::Milestone const& one) {
        return one.due != deal::Point::accepted;
    });
}

// A row for each of one to four notices.
std::string const& notices_text(std::size_t rows) {
    static std::array<std::string, 4> const texts = [] {
        constexpr std::string_view row = "(?, ?, ?, ?, ?, ?, ?, ?)";
        std::array<std::string, 4> made;
        std::string text = "INSERT INTO deal_notice (hub, id, account, deal, key, facts, made, told) VALUES ";
        for (auto& one : made) {
            one = text.append(row);
            text += ", ";
        }
        return made;
    }();
    return texts.at(rows - 1);
}

}  // namespace

std::string payer_reference(deal::Deal const& deal) {
    if (!is_paid_by_reference(deal)) return {};
    // The 80 bits of an id that cannot be guessed, in letters that are not mistaken for one another.
    std::string body = deal.id.text().substr(10);
    std::ranges::transform(body, body.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    auto const reference = pay::Reference::of(body);
    allroads::check(reference.has_value());
    return reference->text();
}

ledger::AccountKey outside_of(pay::Way way, Currency currency) {
    return {owner_of(way), ledger::Purpose::outside, currency};
}
ledger::AccountKey own_account(ledger::Purpose purpose, Currency currency) {
    return {std::string(ledger::the_hub), purpose, currency};
}

std::string owner_of_deal(deal::DealId const& id) { return "deal-" + id.text(); }
std::string owner_of_account(db::IdBytes const& id) { return "account-" + db::id_text(id); }
std::string owner_of_shop(db::IdBytes const& id) { return "shop-" + db::id_text(id); }

std::string word_of(std::string_view text) {
    if (text.size() <= deal::word_bytes_max && is_clean(text)) return std::string(text);
    return "sha256-" + hexadecimal(digest_of({text}));
}

Result<std::string> text_of(pay::Destination const& to) {
    std::string text(pay::text_of(to.way));
    for (auto const* part : {&to.account, &to.bank, &to.name}) {
        if (part->find('|') != std::string::npos || !is_clean(*part))
            return refuse(Code::bad_value, "to", "expected text without | and control characters");
        text += "|" + *part;
    }
    if (text.size() > deal::word_bytes_max)
        return refuse(Code::too_long, "to", "account, bank and name have together at most 190 bytes");
    return text;
}

Result<pay::Destination> parse_destination(std::string_view text) {
    std::array<std::string, 4> parts;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto const end = std::min(text.find('|'), text.size());
        parts.at(i) = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    auto const way = TRY(pay::parse_way(parts[0]));
    return pay::Destination{way, parts[1], parts[2], parts[3]};
}

// ---- one event --------------------------------------------------------------------------------------------

Result<void> Hub::Carrying::begin(deal::Happened const& happened,
                                  std::span<shop::ProductId const> uncounted) {
    return carry_out(nullptr, happened, pay::Way::bank, uncounted);
}

Result<deal::Outcome> Hub::Carrying::step(deal::DealId const& id, deal::Event const& event, pay::Way way) {
    auto const deal = TRY(deal::deal_by_id(write_, house_.self, id));
    auto outcome = TRY(deal::step(deal, event));
    if (outcome.is_again) return outcome;
    auto happened = deal::happened(event, std::move(outcome));
    TRY_VOID(carry_out(&deal, happened, way));
    return std::move(happened.all.front().outcome);
}

Result<bool> Hub::Carrying::try_step(deal::DealId const& id, deal::Event const& event, pay::Way way) {
    auto const deal = TRY(deal::deal_by_id(write_, house_.self, id));
    auto outcome = deal::step(deal, event);
    if (!outcome) return false;
    if (!outcome->is_again) TRY_VOID(carry_out(&deal, deal::happened(event, std::move(*outcome)), way));
    return true;
}

Result<void> Hub::Carrying::carry_out(deal::Deal const* before, deal::Happened const& happened, pay::Way way,
                                      std::span<shop::ProductId const> uncounted) {
    auto const& self = house_.self;
    auto const& deal = happened.deal();
    TRY_VOID(before != nullptr ? deal::change(write_, self, happened) : deal::add(write_, self, happened));
    bool const reserves = TRY(reserve_stock(happened, uncounted));
    for (auto const& one : happened.all) {
        if (!reserves) TRY_VOID(move_stock(one));
    }
    if (is_agreed_now(before, deal) && is_paid_by_reference(deal)) {
        TRY_VOID(write_.put("INSERT INTO deal_reference (hub, reference, deal) VALUES (?, ?, ?)", self,
                            payer_reference(deal), deal.id));
    }
    for (auto const& one : happened.all) TRY_VOID(order_transfers(one.outcome));
    TRY_VOID(tell(happened));
    for (auto const& one : happened.all) gather(one.event, one.outcome, way);
    return happened.all.back().event.kind == Kind::accept ? end_others(happened.all.back().outcome)
                                                          : Result<void>();
}

// Products that went live before stock was counted are counted from their first order on. Whether there are
// such.
Result<bool> Hub::Carrying::count_stock(std::span<shop::ProductId const> uncounted) {
    bool is_counted_now = false;
    for (auto const& id : uncounted) {
        auto const listing = shop::listing(write_, house_.self, id, shop::Which::live);
        if (!listing) continue;
        auto const product = TRY(house_.catalogue->product(*listing));
        if (product->supply != shop::Supply::counted) continue;
        TRY_VOID(house_.tell_stock(write_, id, nullptr, *product));
        is_counted_now = true;
    }
    return is_counted_now;
}

// What becomes reserved by these events: for good where it is paid for by them too. False where nothing does.
Result<bool> Hub::Carrying::reserve_stock(deal::Happened const& happened,
                                          std::span<shop::ProductId const> uncounted) {
    auto const reserving = std::ranges::find(happened.all, deal::Stock::reserve,
                                             [](deal::Happening const& one) { return one.outcome.stock; });
    if (reserving == happened.all.end()) return false;
    auto const& outcome = reserving->outcome;
    std::vector<deal::Wanted> wanted;
    for (auto const& line : outcome.deal.terms().lines) {
        if (std::ranges::find(uncounted, line.product) == uncounted.end())
            wanted.push_back({line.product, line.quantity});
    }
    auto const lapses = std::ranges::find(outcome.deadlines, Kind::payment_lapses, &deal::Deadline::then);
    allroads::check(lapses != outcome.deadlines.end());
    bool const is_kept = std::any_of(reserving, happened.all.end(), [](deal::Happening const& one) {
        return one.outcome.stock == deal::Stock::keep;
    });
    auto const until = is_kept ? std::nullopt : std::optional(lapses->at);
    auto const& id = outcome.deal.id;
    auto const without = TRY(deal::reserve(write_, house_.self, id, wanted, until, at_));
    if (!without.empty() && TRY(count_stock(without)))
        (void)TRY(deal::reserve(write_, house_.self, id, wanted, until, at_));
    return true;
}

Result<void> Hub::Carrying::move_stock(deal::Happening const& happening) {
    auto const& deal = happening.outcome.deal;
    auto const& self = house_.self;
    switch (happening.outcome.stock) {
        case deal::Stock::unchanged:
        case deal::Stock::reserve: return {};
        case deal::Stock::keep: return deal::keep(write_, self, deal.id, at_);
        case deal::Stock::give_up: return deal::give_up(write_, self, deal.id);
        case deal::Stock::take: {
            std::vector<deal::Wanted> taken;
            auto const& lines = deal.terms().lines;
            for (std::size_t i = 0; i < lines.size(); ++i)
                taken.push_back({lines[i].product, happening.event.quantities[i]});
            return deal::take(write_, self, deal.id, taken);
        }
    }
    return {};
}

// One entry of the ledger; further ones, linked to it, where an account first gets and then gives, so that a
// statement shows both.
void Hub::Carrying::gather(deal::Event const& event, deal::Outcome const& outcome, pay::Way way) {
    auto const& deal = outcome.deal;
    std::vector<Legs> groups;
    for (auto const& posting : outcome.postings) {
        auto const currency = posting.amount.currency();
        auto const from = key_of(posting.from, currency, deal, way);
        auto const to = key_of(posting.to, currency, deal, way);
        if (groups.empty() || clashes(groups.back(), from, true) || clashes(groups.back(), to, false))
            groups.emplace_back();
        add(groups.back(), from, -posting.amount.minor());
        add(groups.back(), to, posting.amount.minor());
    }
    constexpr std::size_t enough = 32;
    auto const key = "deal:" + deal.id.text() + ":" + hexadecimal(digest_of({event.key})).substr(0, enough);
    for (std::size_t i = 0; i < groups.size(); ++i) {
        auto const conversion = conversion_of(event, deal, groups[i]);
        auto entry = ledger::transfer(key + (i == 0 ? "" : ":" + std::to_string(i)),
                                      "deal." + std::string(deal::text_of(event.kind)), std::move(groups[i]));
        entry.note = word_of(event.reference);
        entry.conversion = conversion;
        entries_.push_back(std::move(entry));
    }
}

Result<void> Hub::Carrying::keep_notices(deal::Happened const& happened, db::IdBytes const& owner) {
    struct Said {
        db::IdBytes id, to;
        std::string_view key;
        std::string facts;
        bool is_to_hub;
    };
    std::vector<Said> all;
    for (auto const& happening : happened.all) {
        for (auto const& one : happening.outcome.messages) {
            auto const to = one.to == Role::seller ? owner
                            : one.to == Role::hub  ? house_.self.bytes()
                                                   : one.id;
            all.push_back({house_.ids.next(at_), to, one.key, facts_of(one.facts), one.to == Role::hub});
        }
    }
    constexpr std::size_t at_once = 4;
    auto const& deal = happened.deal().id;
    for (std::size_t from = 0; from < all.size(); from += at_once) {
        auto const some = std::span(all).subspan(from, std::min(at_once, all.size() - from));
        std::vector<db::Arg> args;
        args.reserve(8 * some.size());
        for (auto const& one : some) {
            for (auto const& arg : {db::Arg(house_.self), db::Arg(one.id), db::Arg(one.to), db::Arg(deal),
                                    db::Arg(one.key), db::Arg(one.facts),
                                    db::Arg(at_.time_since_epoch().count()), db::Arg(one.is_to_hub ? 1 : 0)})
                args.push_back(arg);
        }
        TRY_VOID(write_.put_all(notices_text(some.size()), args));
    }
    return {};
}

Result<void> Hub::Carrying::tell(deal::Happened const& happened) {
    auto const& deal = happened.deal();
    auto const owner = TRY(house_.owner_of(write_, shop::ShopId(deal.seller)));
    TRY_VOID(keep_notices(happened, owner));
    std::vector<std::string> facts;
    for (auto const& one : happened.all) {
        facts.push_back("{\"deal\":\"" + deal.id.text() + "\",\"event\":\"" +
                        std::string(deal::text_of(one.event.kind)) + "\",\"state\":\"" +
                        std::string(deal::text_of(one.outcome.state)) + "\"}");
    }
    return owner == deal.buyer ? house_.tell_both(write_, owner, db::IdBytes{}, "deal.changed", facts)
                               : house_.tell_both(write_, owner, deal.buyer, "deal.changed", facts);
}

// Each attempt of a transfer is a payout of its own, known by a name that no other has.
Result<void> Hub::Carrying::order_transfers(deal::Outcome const& outcome) {
    auto const& deal = outcome.deal;
    for (auto const number : outcome.transfers) {
        auto const& one = deal.transfers[static_cast<std::size_t>(number)];
        auto const to = TRY(parse_destination(one.destination));
        auto const key = db::id_text(house_.ids.next(at_));
        auto const payout = TRY(house_.desk->order_payout(
            write_, {.key = key, .amount = one.amount, .to = to, .words = "Allroads " + deal.id.text()},
            at_));
        if (payout.transfers.size() != 1)
            return refuse(Code::bad_value, "to", "takes less at a time than was asked for");
        (void)TRY(
            write_.run("INSERT INTO deal_payout (hub, payout, deal, number, attempt) VALUES (?, ?, ?, ?, ?)",
                       house_.self, key, deal.id, number, one.attempt));
    }
    return {};
}

// The other shops that were asked for the same.
Result<void> Hub::Carrying::end_others(deal::Outcome const& outcome) {
    auto const& deal = outcome.deal;
    if (!deal.request || !deal.request->shared) return {};
    for (auto const& id : TRY(deal::deals_of_request(write_, house_.self, *deal.request->shared))) {
        if (id == deal.id) continue;
        deal::Event event;
        event.kind = Kind::chosen_elsewhere;
        event.key = "hub:chosen-elsewhere";
        event.by = {Role::hub, house_.self.bytes(), {}};
        event.at = at_;
        (void)TRY(try_step(id, event, pay::Way::bank));
    }
    return {};
}

// ---- money ------------------------------------------------------------------------------------------------

Result<Seen> Hub::Carrying::to_deal(pay::Payment const& payment, deal::DealId const& id) {
    bool const is_paid = payment.turn == pay::Turn::paid;
    deal::Event event;
    event.kind = is_paid ? Kind::money_arrived : Kind::charge_back;
    event.key = "hub:" + std::string(pay::text_of(payment.turn)) + ":" +
                hexadecimal(digest_of({pay::text_of(payment.way), payment.outside_id}));
    event.by = {Role::hub, house_.self.bytes(), {}};
    event.at = at_;
    event.amount = payment.amount;
    event.reference = word_of(payment.outside_id);
    if (!is_paid) event.why = payment.turn == pay::Turn::disputed ? "disputed" : "taken-back";
    if (!TRY(try_step(id, event, payment.way))) return keep_aside(payment);
    // Who takes a card payment back later names that payment alone.
    if (is_paid && payment.way == pay::Way::card)
        (void)TRY(
            write_.run("INSERT INTO deal_reference (hub, reference, deal) VALUES (?, ?, ?) ON CONFLICT "
                       "(hub, reference) DO NOTHING",
                       house_.self, payment.outside_id, id));
    return Seen{payment, Became::to_deal, id};
}

// The deal that a payment names, or that the card payment was for which it takes back: else it would leave
// the hub's own money, and the deal's once more as soon as somebody tells it there.
Result<std::optional<deal::DealId>> Hub::Carrying::deal_of(pay::Payment const& payment) {
    if (payment.reference) return house_.deal_of(write_, *payment.reference);
    bool const names_payment = payment.way == pay::Way::card && payment.turn != pay::Turn::paid;
    if (!names_payment || payment.account.empty()) return std::optional<deal::DealId>();
    auto const row = TRY(write_.first("SELECT deal FROM deal_reference WHERE hub = ? AND reference = ?",
                                      house_.self, "payment:" + payment.account));
    return row ? std::optional(row->id<deal::Deal>(0)) : std::nullopt;
}

// Into suspense, or, where it left, out of the hub's own.
Result<Seen> Hub::Carrying::keep_aside(pay::Payment const& payment) {
    auto const currency = payment.amount.currency();
    auto const minor = payment.amount.minor();
    bool const came = payment.turn == pay::Turn::paid || payment.turn == pay::Turn::came_back;
    auto const way = outside_of(payment.way, currency);
    auto const ours = own_account(came ? ledger::Purpose::suspense : ledger::Purpose::own, currency);
    auto const digest = hexadecimal(digest_of({pay::text_of(payment.way), payment.outside_id}));
    auto entry = ledger::transfer(
        "pay:" + std::string(pay::text_of(payment.turn)) + ":" + digest.substr(0, 32),
        came ? "pay.unknown" : "pay.unknown-out", came ? way : ours, came ? ours : way, minor);
    entry.note = word_of(payment.outside_id);
    if (came)
        (void)TRY(write_.run(
            "INSERT INTO money_aside (hub, entry, way, turn, outside_id, said, payer, account, minor, "
            "currency, doubt, made, state, payout) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL)",
            house_.self, entry.key, static_cast<int>(payment.way), static_cast<int>(payment.turn),
            payment.outside_id, payment.said, payment.payer, payment.account, minor, currency.text(),
            payment.doubt, at_.time_since_epoch().count()));
    entries_.push_back(std::move(entry));
    return Seen{payment, Became::kept, {}};
}

Result<Seen> Hub::Carrying::came_back(pay::Payment const& payment) {
    std::optional<deal::DealId> id;
    deal::Event event;
    {
        auto const row =
            TRY(write_.first("SELECT deal, number, attempt FROM deal_payout WHERE hub = ? AND payout = ?",
                             house_.self, payment.order));
        if (row) {
            id = row->id<deal::Deal>(0);
            event.number = static_cast<std::int32_t>(row->integer(1));
            event.attempt = static_cast<std::int32_t>(row->integer(2));
        }
    }
    if (!id) return withdrawal_came_back(payment);
    auto const deal = TRY(deal::deal_by_id(write_, house_.self, *id));
    auto const& transfer = deal.transfers[static_cast<std::size_t>(*event.number)];
    if (transfer.amount != payment.amount) return keep_aside(payment);
    event.kind = Kind::transfer_returned;
    event.key = "hub:returned:" + std::to_string(*event.number) + ":" + std::to_string(*event.attempt);
    event.by = {Role::hub, house_.self.bytes(), {}};
    event.at = at_;
    event.reference = word_of(payment.outside_id);
    if (!TRY(try_step(*id, event, payment.way))) return keep_aside(payment);
    return Seen{payment, Became::to_deal, id};
}

Result<Seen> Hub::Carrying::take(pay::Payment const& payment) {
    switch (payment.turn) {
        case pay::Turn::paid:
        case pay::Turn::taken_back:
        case pay::Turn::refunded:
        case pay::Turn::disputed: {
            if (!payment.doubt.empty()) return keep_aside(payment);
            auto const id = TRY(deal_of(payment));
            return id ? to_deal(payment, *id) : keep_aside(payment);
        }
        case pay::Turn::came_back: return came_back(payment);
        case pay::Turn::paid_out: {
            auto const row = TRY(write_.first("SELECT deal FROM deal_payout WHERE hub = ? AND payout = ?",
                                              house_.self, payment.order));
            // Ours is posted by what became of it; where the bank booked something else, a person looks.
            if (row) return Seen{payment, Became::left, row->id<deal::Deal>(0)};
            if (TRY(is_withdrawal(payment.order))) return Seen{payment, Became::left, {}};
            return keep_aside(payment);
        }
    }
    return Seen{payment, Became::left, {}};
}

Result<void> Hub::Carrying::hear_of(pay::Payout const& payout) {
    auto const& transfer = payout.transfers.front();
    bool const is_done = transfer.stage == pay::Stage::done;
    if (!is_done && transfer.stage != pay::Stage::failed) return {};
    std::optional<deal::DealId> id;
    deal::Event event;
    {
        auto const row =
            TRY(write_.first("SELECT deal, number, attempt FROM deal_payout WHERE hub = ? AND payout = ?",
                             house_.self, payout.order.key));
        if (!row) return hear_of_aside(payout);
        id = row->id<deal::Deal>(0);
        event.number = static_cast<std::int32_t>(row->integer(1));
        event.attempt = static_cast<std::int32_t>(row->integer(2));
    }
    event.kind = is_done ? Kind::transfer_done : Kind::transfer_failed;
    event.key = std::string("hub:") + (is_done ? "done:" : "failed:") + std::to_string(*event.number) + ":" +
                std::to_string(*event.attempt);
    event.by = {Role::hub, house_.self.bytes(), {}};
    event.at = at_;
    if (is_done) {
        event.reference = word_of(transfer.outside_id);
    } else {
        event.why = "failed";
        event.note = word_of(transfer.reason);
    }
    (void)TRY(step(*id, event, payout.order.to.way));
    return {};
}

// What was sent back out of suspense has left, or waits there again.
Result<void> Hub::Carrying::hear_of_aside(pay::Payout const& payout) {
    auto const& transfer = payout.transfers.front();
    bool const is_done = transfer.stage == pay::Stage::done;
    auto const changed = TRY(write_.run(
        is_done
            ? "UPDATE money_aside SET state = 3 WHERE hub = ? AND payout = ? AND state = 2"
            : "UPDATE money_aside SET state = 0, payout = NULL WHERE hub = ? AND payout = ? AND state = 2",
        house_.self, payout.order.key));
    if (changed != 1) return hear_of_withdrawal(payout);
    auto const currency = payout.order.amount.currency();
    auto entry = ledger::transfer((is_done ? "aside-done:" : "aside-failed:") + payout.order.key,
                                  is_done ? "suspense.sent" : "suspense.failed",
                                  own_account(ledger::Purpose::payout, currency),
                                  is_done ? outside_of(payout.order.to.way, currency)
                                          : own_account(ledger::Purpose::suspense, currency),
                                  payout.order.amount.minor());
    entry.note = word_of(is_done ? transfer.outside_id : transfer.reason);
    entries_.push_back(std::move(entry));
    return {};
}

Result<void> Hub::Carrying::post() {
    if (entries_.empty()) return {};
    (void)TRY(ledger::Ledger(house_.self).post(write_, at_, entries_));
    return {};
}

}  // namespace allroads::hub
