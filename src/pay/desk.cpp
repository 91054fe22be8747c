// Payouts, step by step. At most one request about a transfer waits in the outbox at a time; what moves money
// is handed out once, and whenever it is not known what became of it, its state is asked by its correlation
// id before anything is sent again.
#include "pay/hidden.h"

#include <sodium.h>
#include <algorithm>
#include <array>

namespace allroads::pay {
namespace {

constexpr std::size_t key_max = 30;
// Asked so often before a person must look: with the pauses of the outbox about nine days.
constexpr std::int64_t askings_max = 12;
constexpr std::int64_t sendings_max = 5;
// Asked so often, with the pauses between, before the same transfer is sent again because the other side does
// not know it: the lost request may still be on its way.
constexpr std::int64_t unknown_before_sending = 2;

Millis pause_of(std::int64_t askings) {
    auto const all = pauses();
    return all[std::min(static_cast<std::size_t>(askings), all.size() - 1)];
}

bool is_final(Stage stage) {
    return stage == Stage::done || stage == Stage::failed || stage == Stage::cancelled;
}

// RFC 9562, version 4.
std::string make_uuid() {
    std::array<unsigned char, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
        out.push_back("0123456789abcdef"[bytes[i] >> 4U]);
        out.push_back("0123456789abcdef"[bytes[i] & 15U]);
    }
    return out;
}

Result<void> check_order(PayoutOrder const& order) {
    bool const is_plain = std::ranges::all_of(order.key, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-';
    });
    if (order.key.empty() || order.key.size() > key_max || !is_plain)
        return refuse(Code::bad_value, "key", "expected 1 to 30 letters, digits, stops and hyphens");
    if (order.amount.minor() <= 0) return refuse(Code::bad_value, "amount", "expected an amount above zero");
    for (auto const& [name, words] : {std::pair{"to.name", &order.to.name}, {"words", &order.words}}) {
        if (characters_in(*words) > 140)
            return refuse(Code::too_long, name, "expected at most 140 characters");
        if (!is_clean(*words) || words->find_first_of("\r\n\t") != std::string::npos)
            return refuse(Code::bad_value, name, "expected one line without control characters");
    }
    return {};
}

// ---- rows -------------------------------------------------------------------------------------------------

constexpr std::string_view transfer_columns =
    "SELECT payout, number, minor, stage, correlation, asked_at, outside_id, sendings, askings, reason, "
    "contradicted FROM pay_transfer ";

Transfer transfer_in(db::Rows const& row, Currency currency) {
    return {.payout = std::string(row.text(0)),
            .number = row.integer(1),
            .amount = Money(row.integer(2), currency),
            .stage = static_cast<Stage>(row.integer(3)),
            .correlation = std::string(row.text(4)),
            .asked_at = std::string(row.text(5)),
            .outside_id = std::string(row.text(6)),
            .sendings = row.integer(7),
            .askings = row.integer(8),
            .reason = std::string(row.text(9)),
            .is_contradicted = row.integer(10) != 0};
}

Result<std::optional<Payout>> found(db::Asked& asked, HubId const& hub, std::string_view key) {
    std::optional<Payout> payout;
    {
        auto const row =
            TRY(asked.first("SELECT name, way, minor, currency, account, bank, receiver, words, made FROM "
                            "pay_payout WHERE hub = ? "
                            "AND name = ?",
                            hub, key));
        if (!row) return payout;
        auto const currency = TRY(Currency::parse(row->text(3)));
        payout = Payout{.order = {.key = std::string(row->text(0)),
                                  .amount = Money(row->integer(2), currency),
                                  .to = {.way = static_cast<Way>(row->integer(1)),
                                         .account = std::string(row->text(4)),
                                         .bank = std::string(row->text(5)),
                                         .name = std::string(row->text(6))},
                                  .words = std::string(row->text(7))},
                        .transfers = {},
                        .made = moment_of(row->integer(8))};
    }
    auto rows = TRY(
        asked.rows(std::string(transfer_columns) + "WHERE hub = ? AND payout = ? ORDER BY number", hub, key));
    while (TRY(rows.next())) payout->transfers.push_back(transfer_in(rows, payout->order.amount.currency()));
    return payout;
}

Result<void> keep(db::Write& write, HubId const& hub, Transfer const& transfer) {
    (void)TRY(write.run(
        "UPDATE pay_transfer SET stage = ?, asked_at = ?, outside_id = ?, sendings = ?, askings = "
        "?, reason = ?, contradicted = ? WHERE hub = ? AND payout = ? AND number = ?",
        static_cast<int>(transfer.stage), transfer.asked_at, transfer.outside_id, transfer.sendings,
        transfer.askings, transfer.reason, transfer.is_contradicted, hub, transfer.payout, transfer.number));
    return {};
}

Result<void> add(db::Write& write, HubId const& hub, Payout const& payout) {
    auto const& order = payout.order;
    (void)TRY(write.run(
        "INSERT INTO pay_payout (hub, name, way, minor, currency, account, bank, receiver, words, "
        "made) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        hub, order.key, static_cast<int>(order.to.way), order.amount.minor(), order.amount.currency().text(),
        order.to.account, order.to.bank, order.to.name, order.words, number_of(payout.made)));
    for (auto const& one : payout.transfers)
        (void)TRY(write.run(
            "INSERT INTO pay_transfer (hub, payout, number, minor, stage, correlation, asked_at, outside_id, "
            "sendings, askings, reason, contradicted, way) VALUES (?, ?, ?, ?, ?, ?, '', '', 0, 0, '', 0, ?)",
            hub, one.payout, one.number, one.amount.minor(), static_cast<int>(one.stage), one.correlation,
            static_cast<int>(order.to.way)));
    return {};
}

// ---- keys in the outbox -----------------------------------------------------------------------------------

// "payout:KEY:NUMBER:move:N" and "payout:KEY:NUMBER:ask:N".
struct About {
    std::string payout;
    std::int64_t number = 0;
    bool is_asking = false;
};
std::string outgoing_key(Transfer const& transfer, bool is_asking) {
    return "payout:" + transfer.payout + ":" + std::to_string(transfer.number) +
           (is_asking ? ":ask:" + std::to_string(transfer.askings)
                      : ":move:" + std::to_string(transfer.sendings));
}
std::optional<About> about_of(std::string_view key) {
    constexpr std::string_view mark = "payout:";
    if (!key.starts_with(mark)) return std::nullopt;
    key.remove_prefix(mark.size());
    auto const first = key.find(':'), second = key.find(':', first + 1);
    check(first != std::string_view::npos && second != std::string_view::npos);
    About about{.payout = std::string(key.substr(0, first)),
                .number = 0,
                .is_asking = key.substr(second).starts_with(":ask:")};
    for (char const c : key.substr(first + 1, second - first - 1))
        about.number = about.number * 10 + (c - '0');
    return about;
}

Transfer& the_one(Payout& payout, std::int64_t number) {
    check(number >= 1 && number <= std::ssize(payout.transfers));
    return payout.transfers[static_cast<std::size_t>(number - 1)];
}

}  // namespace

// ---- what a payout says -----------------------------------------------------------------------------------

Money Payout::sum_of(Stage stage) const {
    auto total = Money::zero(order.amount.currency());
    for (auto const& one : transfers) {
        if (one.stage != stage) continue;
        auto const more = sum(total, one.amount);
        check(more.has_value());  // parts of an amount that is one
        total = *more;
    }
    return total;
}
bool Payout::is_over() const {
    return std::ranges::all_of(transfers, [](Transfer const& one) { return is_final(one.stage); });
}
bool Payout::is_done() const {
    return std::ranges::all_of(transfers, [](Transfer const& one) { return one.stage == Stage::done; });
}
bool Payout::needs_person() const {
    return std::ranges::any_of(transfers, [](Transfer const& one) {
        return one.is_contradicted || one.stage == Stage::stuck || one.stage == Stage::failed;
    });
}

Result<std::vector<Money>> fewest_parts(Money const& whole, Money const& cap, Money const& least) {
    auto const currency = whole.currency();
    if (cap.currency() != currency || least.currency() != currency)
        return refuse(Code::bad_currency, "amount",
                      "transfers there are in " + std::string(cap.currency().text()));
    check(least.minor() >= 1 && cap >= least);
    if (whole < least) return refuse(Code::bad_value, "amount", "expected at least " + least.text());
    auto const count = (whole.minor() - 1) / cap.minor() + 1;
    if (count > static_cast<std::int64_t>(parts_max))
        return refuse(
            Code::amount_too_large, "amount",
            "more than " + std::to_string(parts_max) + " transfers of " + cap.text() + " would be needed");
    std::vector<std::int64_t> parts(static_cast<std::size_t>(count), cap.minor());
    parts.back() = whole.minor() - (count - 1) * cap.minor();
    auto missing = std::max<std::int64_t>(0, least.minor() - parts.back());
    for (auto at = parts.size() - 1; missing > 0 && at-- > 0;) {
        auto const given = std::min(missing, parts[at] - least.minor());
        parts[at] -= given;
        parts.back() += given;
        missing -= given;
    }
    if (missing > 0)
        return refuse(Code::bad_value, "amount",
                      "cannot be cut into transfers from " + least.text() + " to " + cap.text());
    std::vector<Money> all;
    for (auto const minor : parts) all.emplace_back(minor, currency);
    return all;
}

// ---- adapters ---------------------------------------------------------------------------------------------

namespace {
std::unexpected<Error> cannot(Adapter const& adapter, std::string_view what) {
    return refuse(Code::not_supported, "way",
                  "paying by " + std::string(text_of(adapter.way())) + " has no " + std::string(what));
}
}  // namespace
Result<Instructions> Adapter::instructions(Due const&) const { return cannot(*this, "instructions"); }
Result<std::vector<Payment>> Adapter::seen(Incoming const&, Moment) const {
    return cannot(*this, "messages");
}
Result<std::vector<Money>> Adapter::parts(PayoutOrder const&) const { return cannot(*this, "payouts"); }
Result<Request> Adapter::move(PayoutOrder const&, Transfer const&, Moment) const {
    return cannot(*this, "requests");
}
Result<Request> Adapter::ask(Transfer const&) const { return cannot(*this, "requests"); }
Told Adapter::told_of_move(Transfer const&, Answer const&) const { return {}; }
Told Adapter::told_of_ask(Transfer const&, Answer const&) const { return {}; }
Result<std::optional<CallbackOf>> Adapter::callback(Incoming const&) const { return std::nullopt; }

// ---- the desk ---------------------------------------------------------------------------------------------

std::vector<Way> Desk::ways() const {
    std::vector<Way> all;
    for (auto const* one : adapters_) all.push_back(one->way());
    return all;
}

Result<Adapter const*> Desk::adapter(Way way) const {
    for (auto const* one : adapters_)
        if (one->way() == way) return one;
    return refuse(Code::not_supported, "way", "this hub has no paying by " + std::string(text_of(way)));
}

Result<Instructions> Desk::instructions(Way way, Due const& due) const {
    if (due.amount.minor() <= 0) return refuse(Code::bad_value, "amount", "expected an amount above zero");
    return TRY(adapter(way))->instructions(due);
}

// Puts the next request about a transfer into the outbox. Its id is made of now, not of the moment it is due:
// ids that are ahead of the clock would push all later ones ahead too.
Result<void> Desk::send(db::Write& write, PayoutOrder const& order, Transfer& transfer, bool is_asking,
                        Moment now, Millis wait) const {
    auto const* const by = TRY(adapter(order.to.way));
    ++(is_asking ? transfer.askings : transfer.sendings);
    auto const request = TRY(is_asking ? by->ask(transfer) : by->move(order, transfer, now));
    bool const is_new =
        TRY(put(write, hub_, ids_->next<OutgoingOf>(now), outgoing_key(transfer, is_asking),
                text_of(by->way()), request, is_asking ? Repeat::safe : Repeat::ask_first, now + wait));
    check(is_new);
    return keep(write, hub_, transfer);
}

// After a transfer is done, the next one; after one has failed, none.
Result<void> Desk::begin_next(db::Write& write, PayoutOrder const& order, Moment now) const {
    if (order.to.way != Way::mobile) return {};  // the others go by file or by hand
    auto payout = TRY(found(write, hub_, order.key));
    check(payout.has_value());
    for (auto& one : payout->transfers) {
        if (one.stage == Stage::done) continue;
        if (one.stage != Stage::waiting) return {};
        one.stage = Stage::asked;
        return send(write, order, one, false, now, Millis(0));
    }
    return {};
}

// What was told changes a transfer that is not over yet; `may_send`: it was told by the request that waited
// in the outbox, so that the next one may take its place.
Result<bool> Desk::step(db::Write& write, PayoutOrder const& order, Transfer& transfer, Told const& told,
                        Moment now, bool may_send) const {
    using enum Told::What;
    if (is_final(transfer.stage) || transfer.stage == Stage::waiting) {
        bool const contradicts = told.what == contradiction ||
                                 (told.what == done && transfer.stage != Stage::done) ||
                                 (told.what == failed && transfer.stage == Stage::done);
        if (!contradicts || transfer.is_contradicted) return false;
        transfer.is_contradicted = true;
        TRY_VOID(keep(write, hub_, transfer));
        return true;
    }
    auto const before = transfer.stage;
    switch (told.what) {
        case done:
            transfer.stage = Stage::done;
            transfer.outside_id = told.outside_id;
            TRY_VOID(keep(write, hub_, transfer));
            TRY_VOID(begin_next(write, order, now));
            return true;
        case failed:
            transfer.stage = Stage::failed;
            transfer.reason = shown(told.reason, 200);
            TRY_VOID(keep(write, hub_, transfer));
            (void)TRY(write.run(
                "UPDATE pay_transfer SET stage = ? WHERE hub = ? AND payout = ? AND stage = ?",
                static_cast<int>(Stage::cancelled), hub_, order.key, static_cast<int>(Stage::waiting)));
            return true;
        case contradiction:
            transfer.stage = Stage::stuck;
            transfer.is_contradicted = true;
            transfer.reason = shown(told.reason, 200);
            TRY_VOID(keep(write, hub_, transfer));
            return true;
        case pending:
        case ask_there:
            if (!told.at.empty()) transfer.asked_at = told.at;
            if (told.what == pending) transfer.stage = Stage::pending;
            break;
        case unknown_there:
        case nothing:
            if (transfer.stage == Stage::asked) transfer.stage = Stage::unclear;
            break;
    }
    if (!may_send) {
        TRY_VOID(keep(write, hub_, transfer));
        return transfer.stage != before;
    }
    // Not where it had said before that it has the transfer: that it now does not know it is no reason to
    // pay.
    bool const is_lost = told.what == unknown_there && transfer.stage == Stage::unclear &&
                         transfer.askings >= unknown_before_sending * transfer.sendings;
    // Who has it asked again begins another round.
    bool const is_round_over =
        told.what != ask_there && transfer.askings > 0 && transfer.askings % askings_max == 0;
    bool const gives_up = is_lost ? transfer.sendings >= sendings_max : is_round_over;
    if (gives_up) {
        transfer.stage = Stage::stuck;
        TRY_VOID(keep(write, hub_, transfer));
    } else if (is_lost) {
        transfer.stage = Stage::asked;
        TRY_VOID(send(write, order, transfer, false, now, Millis(0)));
    } else {
        auto const wait = told.what == ask_there ? Millis(0) : pause_of(transfer.askings % askings_max);
        TRY_VOID(send(write, order, transfer, true, now, wait));
    }
    return true;
}

Result<Payout> Desk::order_payout(db::Write& write, PayoutOrder const& order, Moment now) const {
    TRY_VOID(check_order(order));
    if (auto there = TRY(found(write, hub_, order.key))) {
        auto const& old = there->order;
        if (old.amount != order.amount || old.to != order.to || old.words != order.words)
            return refuse(Code::conflict, "key", "another payout has this key");
        return std::move(*there);
    }
    auto const* const by = TRY(adapter(order.to.way));
    auto const parts = TRY(by->parts(order));
    Payout payout{.order = order, .transfers = {}, .made = now};
    auto total = Money::zero(order.amount.currency());
    for (auto const& part : parts) {
        total = TRY(sum(total, part));
        Transfer transfer;
        transfer.payout = order.key;
        transfer.number = std::ssize(payout.transfers) + 1;
        transfer.amount = part;
        transfer.correlation = make_uuid();
        payout.transfers.push_back(std::move(transfer));
    }
    check(total == order.amount);
    TRY_VOID(add(write, hub_, payout));
    TRY_VOID(begin_next(write, order, now));
    return this->payout(write, order.key);
}

Result<Payout> Desk::payout(db::Asked& asked, std::string_view key) const {
    auto there = TRY(found(asked, hub_, key));
    if (!there) return refuse(Code::not_found, "key", "there is no such payout");
    return std::move(*there);
}

Result<std::vector<Payout>> Desk::by_hand(db::Asked& asked, Way way, std::int64_t most) const {
    if (way == Way::card) return refuse(Code::not_supported, "way", "nothing is paid out by card");
    // Banks and counters wait for a person from the beginning; a wallet's transfer where nobody could tell.
    return in_stage(asked, way, way == Way::mobile ? Stage::stuck : Stage::waiting, most);
}

Result<std::vector<Payout>> Desk::with_bank(db::Asked& asked, std::int64_t most) const {
    return in_stage(asked, Way::bank, Stage::pending, most);
}

Result<std::vector<Payout>> Desk::in_stage(db::Asked& asked, Way way, Stage stage, std::int64_t most) const {
    std::vector<std::string> keys;
    {
        auto rows =
            TRY(asked.rows("SELECT t.payout FROM pay_transfer t JOIN pay_payout p ON p.hub = t.hub AND "
                           "p.name = t.payout WHERE "
                           "t.hub = ? AND t.way = ? AND t.stage = ? ORDER BY p.made, t.payout LIMIT ?",
                           hub_, static_cast<int>(way), static_cast<int>(stage), most));
        while (TRY(rows.next())) keys.emplace_back(rows.text(0));
    }
    std::vector<Payout> all;
    for (auto const& key : keys) all.push_back(TRY(payout(asked, key)));
    return all;
}

Result<Payout> Desk::handed_over(db::Write& write, std::string_view key, Moment) const {
    auto payout = TRY(this->payout(write, key));
    if (payout.order.to.way != Way::bank)
        return refuse(Code::not_supported, "way", "expected a payout by bank");
    for (auto& one : payout.transfers) {
        if (one.stage != Stage::waiting)
            return refuse(Code::conflict, "key", "this payout was handed to the bank before");
        one.stage = Stage::pending;
        ++one.sendings;
        TRY_VOID(keep(write, hub_, one));
    }
    return payout;
}

Result<Payout> Desk::settle(db::Write& write, std::string_view key, std::int64_t number, bool is_done,
                            std::string_view outside_id, std::string_view reason, Moment now) const {
    auto payout = TRY(this->payout(write, key));
    if (number < 1 || number > std::ssize(payout.transfers))
        return refuse(Code::not_found, "number", "the payout has no such transfer");
    auto& one = the_one(payout, number);
    bool const is_by_hand = payout.order.to.way == Way::bank || payout.order.to.way == Way::cash;
    bool const is_open = one.stage == Stage::waiting || one.stage == Stage::pending;
    if (one.stage != Stage::stuck && !(is_by_hand && is_open))
        return refuse(
            Code::conflict, "number",
            "this transfer is " + std::string(text_of(one.stage)) + "; nobody decides that by hand");
    one.stage = Stage::pending;
    Told const told{.what = is_done ? Told::What::done : Told::What::failed,
                    .at = {},
                    .outside_id = shown(outside_id, 100),
                    .reason = std::string(reason)};
    (void)TRY(step(write, payout.order, one, told, now, false));
    return this->payout(write, key);
}

Result<Payout> Desk::ask_again(db::Write& write, std::string_view key, std::int64_t number,
                               Moment now) const {
    auto payout = TRY(this->payout(write, key));
    if (number < 1 || number > std::ssize(payout.transfers))
        return refuse(Code::not_found, "number", "the payout has no such transfer");
    auto& one = the_one(payout, number);
    if (one.stage != Stage::stuck || payout.order.to.way != Way::mobile)
        return refuse(Code::conflict, "number", "only a transfer that is stuck is asked for again");
    // As one that was taken: whatever is told now, it is not sent again.
    one.stage = Stage::pending;
    TRY_VOID(send(write, payout.order, one, true, now, Millis(0)));
    return this->payout(write, key);
}

namespace {
// What a callback says, unless it speaks of another amount. That it failed may be said of a second request
// while the first has moved it: then it is asked.
Told as_it_fits(CallbackOf const& news, Transfer const& transfer) {
    if (news.told.what == Told::What::failed && transfer.sendings > 1) return {};
    bool const is_same_amount = !news.amount || *news.amount == transfer.amount.amount();
    bool const is_same_currency = news.currency.empty() || news.currency == transfer.amount.currency().text();
    if (is_same_amount && is_same_currency) return news.told;
    return {
        .what = Told::What::contradiction, .at = {}, .outside_id = {}, .reason = "another amount was moved"};
}
}  // namespace

// The sender of a request that moves money never said what came of it.
Result<void> Desk::lost(db::Write& write, Outgoing const& outgoing, Moment now) const {
    (void)TRY(answered(write, outgoing, Answer{}, now));
    return {};
}

Result<std::vector<Outgoing>> Desk::take_due(db::Write& write, Moment now, std::int64_t most) const {
    std::vector<Outgoing> given;
    for (auto& one : TRY(take(write, hub_, now, most))) {
        auto const about = about_of(one.key);
        if (!about) {
            bool const was_given = one.repeat == Repeat::ask_first && one.tries > 0;
            if (was_given) (void)TRY(mark_unanswered(write, hub_, one.id, 0, now));
            if (!was_given) given.push_back(std::move(one));
            continue;
        }
        auto payout = TRY(this->payout(write, about->payout));
        auto const stage = the_one(payout, about->number).stage;
        // Meanwhile a callback said what became of it, or nothing more is to be sent.
        bool const is_of_use = about->is_asking ? !is_final(stage) : stage == Stage::asked;
        if (!about->is_asking && one.tries > 0) {
            TRY_VOID(lost(write, one, now));
        } else if (is_of_use) {
            given.push_back(std::move(one));
        } else {
            // A callback may have said `pending` before a request was sent again: then it is asked for.
            bool const is_over = is_final(stage) || stage == Stage::stuck;
            if (is_over) (void)TRY(mark_answered(write, hub_, one.id, 0, now));
            if (!is_over) TRY_VOID(lost(write, one, now));
        }
    }
    return given;
}

Result<std::optional<Payout>> Desk::answered(db::Write& write, Outgoing const& outgoing, Answer const& answer,
                                             Moment now) const {
    auto const about = about_of(outgoing.key);
    bool const is_good = answer.status >= 200 && answer.status < 300;
    if (!about) {
        if (is_good) (void)TRY(mark_answered(write, hub_, outgoing.id, answer.status, now));
        if (!is_good) (void)TRY(mark_unanswered(write, hub_, outgoing.id, answer.status, now));
        return std::nullopt;
    }
    auto payout = TRY(this->payout(write, about->payout));
    auto& transfer = the_one(payout, about->number);
    auto const* const by = TRY(adapter(payout.order.to.way));
    auto const told =
        about->is_asking ? by->told_of_ask(transfer, answer) : by->told_of_move(transfer, answer);
    // Every request is over with what came of it: what follows is a request of its own.
    bool const was_waiting = TRY(mark_answered(write, hub_, outgoing.id, answer.status, now));
    if (!TRY(step(write, payout.order, transfer, told, now, was_waiting))) return std::nullopt;
    return TRY(this->payout(write, about->payout));
}

// ---- what is brought --------------------------------------------------------------------------------------

Result<bool> Desk::settle_booked(db::Write& write, Payment const& payment, Moment now) const {
    auto payout = TRY(found(write, hub_, payment.order));
    if (!payout || payout->order.to.way != payment.way || payout->transfers.size() != 1) return false;
    auto& one = payout->transfers.front();
    // Who debits our account may write what he wants: it must be ours to the cent, and handed over.
    if (one.stage != Stage::pending || one.amount != payment.amount) return false;
    Told const told{.what = Told::What::done, .at = {}, .outside_id = payment.outside_id, .reason = {}};
    return step(write, payout->order, one, told, now, false);
}

Result<Heard> Desk::hear(db::Write& write, Way way, Incoming const& incoming, Moment now) const {
    auto const* const by = TRY(adapter(way));
    Heard heard;
    if (auto const news = TRY(by->callback(incoming))) {
        std::string key;
        std::int64_t number = 0;
        {
            auto const row =
                TRY(write.first("SELECT payout, number FROM pay_transfer WHERE hub = ? AND correlation = ?",
                                hub_, news->correlation));
            if (!row) return refuse(Code::not_found, "X-CorrelationID", "there is no such transfer");
            key = row->text(0);
            number = row->integer(1);
        }
        auto payout = TRY(this->payout(write, key));
        auto& transfer = the_one(payout, number);
        auto const told = as_it_fits(*news, transfer);
        bool const changed = TRY(step(write, payout.order, transfer, told, now, false));
        if (changed) heard.payouts.push_back(key);
        if (!changed) ++heard.known;
        return heard;
    }
    for (auto& payment : TRY(by->seen(incoming, now))) {
        if (!TRY(take_in(write, hub_, text_of(way), payment.outside_id, now))) {
            ++heard.known;
            continue;
        }
        bool const is_ours =
            payment.turn == Turn::paid_out && !payment.order.empty() && payment.doubt.empty();
        if (is_ours && TRY(settle_booked(write, payment, now))) heard.payouts.push_back(payment.order);
        heard.payments.push_back(std::move(payment));
    }
    return heard;
}

}  // namespace allroads::pay
