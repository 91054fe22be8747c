// Money: whose it is, how it comes in and goes out, and what wallets and card processors tell.
#include "api/telling.h"
#include "api/verb.h"

#include <array>
#include <charconv>

namespace allroads::api {
namespace {

namespace json = wire::json;
using wire::Writer;

constexpr std::size_t statement_bytes_max = 32'000'000;
constexpr std::size_t told_bytes_max = 1024U * 1024;  // by a wallet or card processor
constexpr std::int64_t payouts_max = 1000;            // in one file

// Texts of a body; each verb names those it takes, and for each where it goes.
struct Place {
    std::string_view name;
    std::string* to;
    bool is_needed = true;
};
Result<bool> read_text(std::span<Place const> places, std::string_view name, json::value const& value) {
    for (auto const& one : places) {
        if (one.name != name) continue;
        *one.to = TRY(wire::text(value, name, 200));
        return true;
    }
    return false;
}
Result<void> must_be_there(std::span<Place const> places) {
    for (auto const& one : places) {
        if (one.is_needed && one.to->empty())
            return refuse(Code::field_missing, one.name, "this field is required");
    }
    return {};
}

// ---- accounts ---------------------------------------------------------------------------------------------

Result<std::int64_t> number_of(std::string_view text, std::string_view field) {
    std::int64_t number = 0;
    if (text.empty()) return number;
    auto const [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (wrong != std::errc() || end != text.data() + text.size() || number < 0)
        return refuse(Code::bad_value, field, "expected the `next` of the page before");
    return number;
}

Result<Reply> accounts_told(Asked const& asked) {
    auto const page = TRY(page_of(asked));
    auto const after = TRY(number_of(page.after, "after"));
    auto const all = TRY(asked.hub.money_of(asked.caller, query_of(asked, "owner"), after, page.rows));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        list(w, "accounts", all, [&](ledger::AccountRow const& one) {
            w.open('{');
            w.text("account", one.key.text());
            w.text("owner", one.key.owner);
            w.text("purpose", ledger::text_of(one.key.purpose));
            w.text("currency", one.key.currency.text());
            w.text("custodian", one.key.custodian);
            w.money("balance", one.balance.total);
            w.money("reserved", one.balance.reserved);
            w.money("free", one.balance.free());
            w.close('}');
        });
        if (all.size() == page.rows) w.text("next", std::to_string(all.back().number));
        w.close('}');
    }
    return reply;
}

Result<std::optional<db::Moment>> moment_asked(Asked const& asked, std::string_view name) {
    auto const text = query_of(asked, name);
    if (text.empty()) return std::optional<db::Moment>();
    auto const at = ledger::parse_moment(text);
    if (!at) return std::unexpected(Error(at.error().code(), name, at.error().detail()));
    return std::optional(*at);
}

Result<Reply> statement_told(Asked const& asked) {
    auto const page = TRY(page_of(asked));
    auto const account = ledger::AccountKey::parse(query_of(asked, "account"));
    if (!account) return std::unexpected(Error(account.error().code(), "account", account.error().detail()));
    auto const from = TRY(moment_asked(asked, "from"));
    auto const to = TRY(moment_asked(asked, "to"));
    auto const after = TRY(number_of(page.after, "after"));
    auto const told = TRY(asked.hub.statement(
        asked.caller, {.account = *account, .from = from, .to = to, .after = after, .rows = page.rows}));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.text("account", account->text());
        w.text("currency", account->currency.text());
        w.money("opening", told.opening);
        w.money("closing", told.closing);
        list(w, "lines", told.lines, [&](ledger::Line const& one) {
            w.open('{');
            w.number("number", one.number);
            w.text("at", text_of(one.at));
            w.text("kind", one.kind);
            w.text("key", one.key);
            words(w, "note", one.note);
            w.money("amount", one.amount);
            w.money("after", one.after);
            w.close('}');
        });
        if (told.next > 0) w.text("next", std::to_string(told.next));
        w.close('}');
    }
    return reply;
}

Result<Reply> trial_told(Asked const& asked) {
    auto const told = TRY(asked.hub.trial(asked.caller, TRY(moment_asked(asked, "before"))));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.number("entries", told.number);
        truth(w, "balanced", told.is_balanced);
        list(w, "rows", told.rows, [&](ledger::TrialRow const& one) {
            w.open('{');
            w.text("purpose", ledger::text_of(one.purpose));
            w.text("currency", one.currency.text());
            w.text("custodian", one.custodian);
            w.number("accounts", one.accounts);
            w.decimal("total", one.total);
            w.close('}');
        });
        w.close('}');
    }
    return reply;
}

// ---- at a counter -----------------------------------------------------------------------------------------

Reply told(pay::Receipt const& receipt, int status) {
    Reply reply{.status = status};
    {
        Writer w(reply.body);
        w.open('{');
        w.text("number", pay::receipt_text(receipt.number));
        w.text("counter", receipt.taken.counter);
        w.text("reference", receipt.taken.reference.spaced());
        money(w, "amount", receipt.taken.amount);
        words(w, "payer", receipt.taken.payer);
        w.text("taken", text_of(receipt.moment));
        if (receipt.voided) {
            w.text("voided", text_of(*receipt.voided));
            w.text("reason", receipt.void_reason);
        }
        w.close('}');
    }
    return reply;
}

Result<Reply> cash_taken(Asked const& asked) {
    std::string key, counter, reference, payer;
    std::array const places{Place{"key", &key, false}, Place{"counter", &counter},
                            Place{"reference", &reference}, Place{"payer", &payer, false}};
    std::optional<Money> amount;
    TRY_VOID(body_fields(TRY(json_body(asked)),
                         [&](std::string_view name, json::value const& value) -> Result<bool> {
                             if (name != "amount") return read_text(places, name, value);
                             amount = TRY(money_in(value, name));
                             return true;
                         }));
    TRY_VOID(must_be_there(places));
    if (!amount) return refuse(Code::field_missing, "amount", "how much was taken?");
    auto name = TRY(own_key_of(asked, key));
    auto const receipt = TRY(offered(asked.hub.take_cash(asked.caller, {.key = std::move(name),
                                                                        .counter = std::move(counter),
                                                                        .reference = std::move(reference),
                                                                        .amount = *amount,
                                                                        .payer = std::move(payer)})));
    return told(receipt, 201);
}

Result<Reply> receipt_told(Asked const& asked) {
    auto const number = pay::parse_receipt(asked.http.parameter("number"));
    if (!number) return refuse(Code::not_found, "number", "there is no such receipt");
    return told(TRY(asked.hub.receipt(asked.caller, *number)), 200);
}

Result<Reply> owed_told(Asked const& asked) {
    auto const owed = TRY(asked.hub.owed(asked.caller, query_of(asked, "reference")));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.text("order", owed.deal.text());
        w.text("shop", owed.shop);
        money(w, "now", owed.now);
        money(w, "in_all", owed.later);
        w.close('}');
    }
    return reply;
}

Result<Reply> cash_voided(Asked const& asked) {
    auto const number = pay::parse_receipt(asked.http.parameter("number"));
    if (!number) return refuse(Code::not_found, "number", "there is no such receipt");
    std::string reason;
    std::array const places{Place{"reason", &reason}};
    TRY_VOID(body_fields(TRY(json_body(asked)), [&](std::string_view name, json::value const& value) {
        return read_text(places, name, value);
    }));
    TRY_VOID(must_be_there(places));
    return told(TRY(asked.hub.void_cash(asked.caller, *number, reason)), 200);
}

// ---- at the bank ------------------------------------------------------------------------------------------

void write_payment(Writer& w, pay::Matched const& one) {
    w.open('{');
    w.text("id", one.payment.outside_id);
    w.text("turn", pay::text_of(one.payment.turn));
    w.text("match", pay::text_of(one.match));
    money(w, "amount", one.payment.amount);
    if (one.open) money(w, "open", *one.open);
    if (one.payment.reference) w.text("reference", one.payment.reference->text());
    words(w, "said", one.payment.said);
    words(w, "payer", one.payment.payer);
    words(w, "doubt", one.payment.doubt);
    w.close('}');
}

Result<Reply> statement_imported(Asked const& asked) {
    auto const save = query_of(asked, "save");
    if (!save.empty() && save != "true" && save != "false")
        return refuse(Code::bad_value, "save", "expected true or false");
    bool const is_dry_run = save != "true";
    auto const done = TRY(offered(asked.hub.import_statement(asked.caller, asked.http.body, is_dry_run)));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        truth(w, "dry_run", is_dry_run);
        list(w, "payments", done.matched, [&](pay::Matched const& one) { write_payment(w, one); });
        list(w, "became", done.done.seen, [&](hub::Seen const& one) {
            w.open('{');
            w.text("id", one.payment.outside_id);
            w.text("became", hub::text_of(one.became));
            if (one.deal) w.text("order", one.deal->text());
            w.close('}');
        });
        w.number("known", done.done.known);
        w.number("payouts", done.done.payouts);
        w.close('}');
    }
    return reply;
}

void write_to(Writer& w, pay::Destination const& to) {
    w.key("to");
    w.open('{');
    w.text("way", pay::text_of(to.way));
    words(w, "account", to.account);
    words(w, "bank", to.bank);
    words(w, "name", to.name);
    w.close('}');
}

void write_payout(Writer& w, pay::Payout const& payout) {
    w.open('{');
    w.text("key", payout.order.key);
    money(w, "amount", payout.order.amount);
    write_to(w, payout.order.to);
    words(w, "words", payout.order.words);
    w.text("made", text_of(payout.made));
    list(w, "transfers", payout.transfers, [&](pay::Transfer const& one) {
        w.open('{');
        w.number("number", one.number);
        money(w, "amount", one.amount);
        w.text("stage", pay::text_of(one.stage));
        words(w, "reason", one.reason);
        w.close('}');
    });
    w.close('}');
}

Reply told(std::vector<pay::Payout> const& all) {
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        list(w, "payouts", all, [&](pay::Payout const& one) { write_payout(w, one); });
        w.close('}');
    }
    return reply;
}

Result<Reply> payouts_told(Asked const& asked) {
    auto const page = TRY(page_of(asked));
    auto const way = pay::parse_way(query_of(asked, "way"));
    if (!way) return std::unexpected(way.error().within("way"));
    return told(
        TRY(offered(asked.hub.payouts_by_hand(asked.caller, *way, static_cast<std::int64_t>(page.rows)))));
}

Result<Reply> payouts_with_bank_told(Asked const& asked) {
    auto const page = TRY(page_of(asked));
    return told(
        TRY(offered(asked.hub.payouts_with_bank(asked.caller, static_cast<std::int64_t>(page.rows)))));
}

Result<Reply> payout_file_made(Asked const& asked) {
    std::string account, bank, name;
    std::array const places{Place{"account", &account}, Place{"bank", &bank, false}, Place{"name", &name}};
    std::optional<Currency> currency;
    TRY_VOID(body_fields(TRY(json_body(asked)),
                         [&](std::string_view key, json::value const& value) -> Result<bool> {
                             if (key != "currency") return read_text(places, key, value);
                             currency = TRY(wire::parsed(value, key, Currency::parse));
                             return true;
                         }));
    TRY_VOID(must_be_there(places));
    if (!currency) return refuse(Code::field_missing, "currency", "in which the account is held");
    auto file = TRY(offered(asked.hub.payout_file(asked.caller,
                                                  {.currency = *currency,
                                                   .account = std::move(account),
                                                   .bank = std::move(bank),
                                                   .name = std::move(name)},
                                                  payouts_max)));
    return Reply{.body = std::move(file),
                 .status = 201,
                 .headers = {{"Content-Disposition", "attachment; filename=\"payouts.xml\""}},
                 .type = "application/xml"};
}

Result<Reply> payout_settled(Asked const& asked) {
    std::string outside_id, reason;
    std::array const places{Place{"outside_id", &outside_id, false}, Place{"reason", &reason, false}};
    std::optional<bool> is_done;
    TRY_VOID(body_fields(TRY(json_body(asked)),
                         [&](std::string_view key, json::value const& value) -> Result<bool> {
                             if (key != "done") return read_text(places, key, value);
                             is_done = TRY(wire::truth(value, key));
                             return true;
                         }));
    if (!is_done) return refuse(Code::field_missing, "done", "did it move, or certainly not?");
    TRY_VOID(offered(
        asked.hub.settle_payout(asked.caller, asked.http.parameter("key"), *is_done, outside_id, reason)));
    return Reply{.status = 204};
}

// ---- payments whose owner nobody knows --------------------------------------------------------------------

void write_aside(Writer& w, hub::Aside const& one) {
    w.open('{');
    w.text("entry", one.entry);
    w.text("way", pay::text_of(one.payment.way));
    w.text("turn", pay::text_of(one.payment.turn));
    w.text("id", one.payment.outside_id);
    money(w, "amount", one.payment.amount);
    words(w, "said", one.payment.said);
    words(w, "payer", one.payment.payer);
    words(w, "account", one.payment.account);
    words(w, "doubt", one.payment.doubt);
    w.text("made", text_of(one.made));
    words(w, "payout", one.payout);
    w.close('}');
}

Result<Reply> suspense_told(Asked const& asked) {
    auto const page = TRY(page_of(asked));
    auto const all = TRY(asked.hub.suspense(asked.caller, page.after, page.rows));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        list(w, "payments", all, [&](hub::Aside const& one) { write_aside(w, one); });
        if (all.size() == page.rows) w.text("next", all.back().entry);
        w.close('}');
    }
    return reply;
}

Result<Reply> aside_told(Asked const& asked) {
    auto const one = TRY(asked.hub.in_suspense(asked.caller, asked.http.parameter("entry")));
    Reply reply;
    {
        Writer w(reply.body);
        write_aside(w, one);
    }
    return reply;
}

Result<Reply> aside_assigned(Asked const& asked) {
    std::string reference;
    std::array const places{Place{"reference", &reference}};
    TRY_VOID(body_fields(TRY(json_body(asked)), [&](std::string_view name, json::value const& value) {
        return read_text(places, name, value);
    }));
    TRY_VOID(must_be_there(places));
    auto const deal = TRY(asked.hub.assign(asked.caller, asked.http.parameter("entry"), reference));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.text("order", deal.text());
        w.close('}');
    }
    return reply;
}

// What is sent back goes somewhere, or went back without us: one of both is said, never left out.
Result<Reply> aside_sent_back(Asked const& asked) {
    std::optional<pay::Destination> to;
    bool is_back = false;
    TRY_VOID(body_fields(TRY(json_body(asked)),
                         [&](std::string_view name, json::value const& value) -> Result<bool> {
                             if (name == "to") {
                                 to = TRY(destination_in(value, name));
                             } else if (name == "went_back") {
                                 is_back = TRY(wire::truth(value, name));
                             } else {
                                 return false;
                             }
                             return true;
                         }));
    if (!to && !is_back) return refuse(Code::field_missing, "to", "where does it go?");
    if (to && is_back) return refuse(Code::bad_value, "went_back", "did it go back already, or shall it?");
    TRY_VOID(offered(asked.hub.send_back(asked.caller, asked.http.parameter("entry"), to)));
    return Reply{.status = 204};
}

// ---- a buyer's money, sent to him -------------------------------------------------------------------------

void write_withdrawn(Writer& w, hub::Withdrawn const& one) {
    w.open('{');
    w.text("id", one.id.text());
    money(w, "amount", one.amount);
    w.text("custodian", one.custodian);
    write_to(w, one.to);
    w.text("state", hub::text_of(one.state));
    w.text("made", text_of(one.made));
    if (one.ended) w.text("ended", text_of(*one.ended));
    words(w, "outside_id", one.outside_id);
    words(w, "reason", one.reason);
    w.close('}');
}

Result<Reply> withdrawn(Asked const& asked) {
    std::string key;
    std::optional<Money> amount;
    std::optional<pay::Destination> to;
    std::string custodian(ledger::the_hub);
    TRY_VOID(body_fields(TRY(json_body(asked)),
                         [&](std::string_view name, json::value const& value) -> Result<bool> {
                             if (name == "key") {
                                 key = TRY(wire::text(value, name));
                             } else if (name == "amount") {
                                 amount = TRY(money_in(value, name));
                             } else if (name == "to") {
                                 to = TRY(destination_in(value, name));
                             } else if (name == "custodian") {
                                 custodian = TRY(wire::text(value, name, 60));
                             } else {
                                 return false;
                             }
                             return true;
                         }));
    if (!amount) return refuse(Code::field_missing, "amount", "how much?");
    if (!to) return refuse(Code::field_missing, "to", "where does it go?");
    auto name = TRY(own_key_of(asked, key));
    auto const done = TRY(offered(asked.hub.withdraw(asked.caller, {.key = std::move(name),
                                                                    .amount = *amount,
                                                                    .to = std::move(*to),
                                                                    .custodian = std::move(custodian)})));
    Reply reply{.status = 201};
    {
        Writer w(reply.body);
        write_withdrawn(w, done);
    }
    return reply;
}

Result<Reply> withdrawals_told(Asked const& asked) {
    auto const page = TRY(page_of(asked));
    std::optional<db::Id<hub::Withdrawn>> before;
    if (!page.after.empty()) {
        auto const id = db::Id<hub::Withdrawn>::parse(page.after);
        if (!id) return refuse(Code::bad_value, "after", "expected the `next` of the page before");
        before = *id;
    }
    auto const all = TRY(asked.hub.withdrawals(asked.caller, before, page.rows));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        list(w, "withdrawals", all, [&](hub::Withdrawn const& one) { write_withdrawn(w, one); });
        if (all.size() == page.rows) w.text("next", all.back().id.text());
        w.close('}');
    }
    return reply;
}

// ---- what others tell -------------------------------------------------------------------------------------

// Everything as it came: what proves it is in a header, or in the address that was given for it alone.
Result<Reply> heard(Asked const& asked, pay::Way way, std::string path) {
    pay::Incoming incoming{.path = std::move(path), .fields = {}, .body = asked.http.body};
    for (auto const& one : asked.http.headers) incoming.fields.push_back({one.name, one.value});
    (void)TRY(offered(asked.hub.hear(way, incoming, asked.http.peer), Code::not_found));
    return Reply{.status = 204};
}
Result<Reply> wallet_heard(Asked const& asked) {
    return heard(
        asked, pay::Way::mobile,
        "/" + std::string(asked.http.parameter("about")) + "/" + std::string(asked.http.parameter("proof")));
}
Result<Reply> card_heard(Asked const& asked) { return heard(asked, pay::Way::card, {}); }

// ---- the table --------------------------------------------------------------------------------------------

constexpr std::string_view word_schema = R"({"type":"string","maxLength":200})";
constexpr std::string_view way_schema = R"({"type":"string","enum":["bank","mobile","cash"]})";
constexpr Parameter rows{.name = "rows",
                         .in = "query",
                         .schema = R"({"type":"integer","minimum":1,"maximum":100})",
                         .about = "On a page; 20 where not given"};
constexpr Parameter after{
    .name = "after", .in = "query", .schema = word_schema, .about = "`next` of the page before"};
constexpr Parameter period(std::string_view name, std::string_view about) {
    return {.name = name, .in = "query", .schema = word_schema, .about = about};
}
constexpr std::array accounts_parameters{
    Parameter{.name = "owner",
              .in = "query",
              .schema = word_schema,
              .about = "`account-…`, `shop-…` or `deal-…` with an id; your own account where not given"},
    rows, after};
constexpr std::array statement_parameters{
    Parameter{.name = "account",
              .in = "query",
              .schema = word_schema,
              .about = "As the accounts are named: owner, purpose, currency, custodian",
              .example = R"("shop-01m8x9k3v2q4w6e8r0t2y4p6s8:payable:USD:hub")",
              .is_required = true},
    period("from", "A day, or a moment as RFC 3339 writes it in UTC: of it and later"),
    period("to", "Before it"), rows, after};
constexpr std::array trial_parameters{period("before", "As it was before that moment; now where not given")};
constexpr std::array receipt_parameters{
    Parameter{.name = "number",
              .in = "path",
              .schema = R"({"type":"string","pattern":"^[0-9]{8}-[0-9]{2}$"})",
              .about = "Of the receipt, with its check digits",
              .is_required = true}};
constexpr std::array import_parameters{Parameter{.name = "save",
                                                 .in = "query",
                                                 .schema = R"({"type":"boolean"})",
                                                 .about = "Takes it in; else it is only looked at"}};
constexpr std::array payouts_parameters{
    Parameter{
        .name = "way", .in = "query", .schema = way_schema, .about = "By which they go", .is_required = true},
    rows};
constexpr std::array payout_parameters{
    Parameter{.name = "key",
              .in = "path",
              .schema = R"({"type":"string","pattern":"^[A-Za-z0-9.-]{1,30}$"})",
              .about = "Of the payout",
              .is_required = true}};
constexpr std::array owed_parameters{Parameter{.name = "reference",
                                               .in = "query",
                                               .schema = R"({"type":"string","maxLength":60})",
                                               .about = "As it is copied; blanks and small letters too",
                                               .example = R"("RF18 5390 0754 7034")",
                                               .is_required = true}};
constexpr std::array rows_parameters{rows};
constexpr std::array page_parameters{rows, after};
constexpr std::array entry_parameters{
    Parameter{.name = "entry",
              .in = "path",
              .schema = R"({"type":"string","pattern":"^[a-z0-9:-]{1,100}$"})",
              .about = "Its key in the ledger, as the list of suspense tells it",
              .is_required = true}};
constexpr std::array callback_parameters{
    Parameter{.name = "about",
              .in = "path",
              .schema = R"({"type":"string","pattern":"^[A-Za-z0-9-]{1,60}$"})",
              .about = "A transfer, or `in` for payments",
              .is_required = true},
    Parameter{.name = "proof",
              .in = "path",
              .schema = R"({"type":"string","pattern":"^[0-9a-f]{64}$"})",
              .about = "What nobody can guess",
              .is_required = true}};

constexpr std::array refused_withdrawals{Code::not_allowed,  Code::not_found, Code::not_enough,
                                         Code::conflict,     Code::bad_value, Code::field_missing,
                                         Code::not_supported};
constexpr std::array not_mine{Code::not_found, Code::bad_value};
constexpr std::array not_theirs{Code::not_allowed, Code::not_found, Code::conflict, Code::bad_value,
                                Code::field_missing};
constexpr std::array forged{Code::not_allowed, Code::not_found, Code::bad_json, Code::bad_value,
                            Code::field_missing};
constexpr std::array<std::string_view, 1> xml{"application/xml"};

constexpr std::string_view tag = "Money";
constexpr std::string_view others_tag = "What wallets and card processors send";
constexpr std::string_view about_callbacks =
    "For the provider of mobile money alone, at the address that it was given for this transfer, or for "
    "payments to "
    "the till. Answers 204 once it is taken in, also when it was taken in before.";
constexpr std::array verbs{
    Verb{.method = "GET",
         .pattern = "/api/v1/money/accounts",
         .id = "moneyAccounts",
         .tag = tag,
         .summary = "Accounts of money and what is in them: yours, of a shop of yours, of an order",
         .about = "What is another's is `not-found`.",
         .parameters = accounts_parameters,
         .gives = "MoneyAccounts",
         .refusals = not_mine,
         .answer = accounts_told,
         .scope = "money:read"},
    Verb{.method = "GET",
         .pattern = "/api/v1/money/statement",
         .id = "moneyStatement",
         .tag = tag,
         .summary = "What moved in an account in a period, oldest first",
         .about = "`opening` and `closing` are those of the period, whatever the page.",
         .parameters = statement_parameters,
         .gives = "MoneyStatement",
         .refusals = not_mine,
         .answer = statement_told,
         .scope = "money:read"},
    Verb{.method = "POST",
         .pattern = "/api/v1/money/withdrawals",
         .id = "withdraw",
         .tag = tag,
         .summary = "Sends money that is yours here to your bank account, your wallet, or a counter",
         .about =
             "What was paid beyond a price, and what came back from orders. At once it is no longer yours to "
             "spend here; where it fails or comes back it is again. The same `key` again is the same one, as "
             "it stands then. `not-enough` where you have less; `bad-value` names the most that goes to a "
             "wallet at a time.",
         .takes = "NewWithdrawal",
         .example =
             R"({"key":"home","amount":"45.00 USD","to":{"way":"bank","account":"DE89370400440532013000",)"
             R"("name":"Asha"}})",
         .gives = "Withdrawal",
         .status = 201,
         .refusals = refused_withdrawals,
         .answer = withdrawn,
         .scope = "money:write",
         .has_own_key = true},
    Verb{.method = "GET",
         .pattern = "/api/v1/money/withdrawals",
         .id = "withdrawals",
         .tag = tag,
         .summary = "What you had sent out, the newest first, and what became of it",
         .about = "",
         .parameters = page_parameters,
         .gives = "Withdrawals",
         .refusals = not_mine,
         .answer = withdrawals_told,
         .scope = "money:read"},
    Verb{.method = "GET",
         .pattern = "/api/v1/money/trial",
         .id = "trialBalance",
         .tag = tag,
         .summary = "For operators: the sums of all accounts, now or before a moment",
         .about = "",
         .parameters = trial_parameters,
         .gives = "TrialBalance",
         .refusals = not_theirs,
         .answer = trial_told,
         .is_for_people = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/money/cash",
         .id = "takeCash",
         .tag = tag,
         .summary = "For clerks: cash was taken for an order; gives the receipt",
         .about = "The same `key` again is the same receipt.",
         .takes = "CashTaken",
         .example = R"({"key":"form 12","counter":"Kisumu","reference":"RF18 5390 0754 7034",)"
                    R"("amount":"720.00 USD","payer":"Asha"})",
         .gives = "Receipt",
         .status = 201,
         .refusals = not_theirs,
         .answer = cash_taken,
         .is_for_people = true,
         .has_own_key = true},
    Verb{.method = "GET",
         .pattern = "/api/v1/money/owed",
         .id = "owed",
         .tag = tag,
         .summary = "For clerks: what is to be paid under a reference, at once and in all",
         .about = "Nothing, once the order is paid or over. Counts among the clerk's writes, so that "
                  "references are not tried one after the other.",
         .parameters = owed_parameters,
         .gives = "Owed",
         .refusals = not_theirs,
         .answer = owed_told,
         .is_for_people = true},
    Verb{.method = "GET",
         .pattern = "/api/v1/money/cash/{number}",
         .id = "receipt",
         .tag = tag,
         .summary = "For clerks: a receipt, and whether it was voided",
         .about = "",
         .parameters = receipt_parameters,
         .gives = "Receipt",
         .refusals = not_theirs,
         .answer = receipt_told,
         .is_for_people = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/money/cash/{number}/void",
         .id = "voidCash",
         .tag = tag,
         .summary = "For clerks: a receipt of another clerk is voided, once, with a reason",
         .about = "",
         .parameters = receipt_parameters,
         .takes = "VoidReason",
         .example = R"({"reason":"counted wrongly"})",
         .gives = "Receipt",
         .refusals = not_theirs,
         .answer = cash_voided,
         .is_for_people = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/money/statements",
         .id = "importStatement",
         .tag = tag,
         .summary = "For operators: a bank's statement (camt.053 of ISO 20022)",
         .about =
             "Tells what each payment matches. With `save=true` it is taken in: payments whose reference is "
             "known reach their orders, others wait in suspense. Twice the same has no second effect.",
         .parameters = import_parameters,
         .takes = "Bytes",
         .gives = "ImportedStatement",
         .refusals = not_theirs,
         .answer = statement_imported,
         .is_for_people = true,
         .body_type = "application/xml",
         .body_bytes = statement_bytes_max + 1024},
    Verb{.method = "GET",
         .pattern = "/api/v1/money/payouts",
         .id = "payouts",
         .tag = tag,
         .summary =
             "For operators, of cash for clerks too: payouts that wait for a file or a person, oldest first",
         .about = "",
         .parameters = payouts_parameters,
         .gives = "Payouts",
         .refusals = not_theirs,
         .answer = payouts_told,
         .is_for_people = true},
    Verb{
        .method = "GET",
        .pattern = "/api/v1/money/payouts/with-bank",
        .id = "payoutsWithBank",
        .tag = tag,
        .summary = "For operators: payouts that were handed to the bank with a file, and are not settled yet",
        .about = "A statement of the bank settles them; where the file was lost, settle each as not done, "
                 "and it can be paid out anew.",
        .parameters = rows_parameters,
        .gives = "Payouts",
        .refusals = not_theirs,
        .answer = payouts_with_bank_told,
        .is_for_people = true},
    Verb{
        .method = "POST",
        .pattern = "/api/v1/money/payout-files",
        .id = "makePayoutFile",
        .tag = tag,
        .summary = "For operators: the file of waiting payouts for the bank (pain.001.001.09)",
        .about =
            "Names the account of the hub that pays. What is in the file counts as handed to the bank: bring "
            "an Idempotency-Key, so that a lost answer gives the same file again.",
        .takes = "PayingAccount",
        .example =
            R"({"currency":"USD","account":"DE89370400440532013000","bank":"COBADEFFXXX","name":"Allroads"})",
        .gives_files = xml,
        .status = 201,
        .refusals = not_theirs,
        .answer = payout_file_made,
        .is_for_people = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/money/payouts/{key}/settle",
         .id = "settlePayout",
         .tag = tag,
         .summary = "For operators, of cash for clerks too: what became of a payout, as a person knows it",
         .about = "",
         .parameters = payout_parameters,
         .takes = "Settlement",
         .example = R"({"done":true,"outside_id":"box 3, receipt 7"})",
         .status = 204,
         .refusals = not_theirs,
         .answer = payout_settled,
         .is_for_people = true},
    Verb{.method = "GET",
         .pattern = "/api/v1/money/suspense",
         .id = "suspense",
         .tag = tag,
         .summary = "For operators: payments that came, and nobody knows for which order",
         .about = "`doubt` says why a person must look. What has a `payout` is on its way back.",
         .parameters = page_parameters,
         .gives = "Suspense",
         .refusals = not_theirs,
         .answer = suspense_told,
         .is_for_people = true},
    Verb{.method = "GET",
         .pattern = "/api/v1/money/suspense/{entry}",
         .id = "inSuspense",
         .tag = tag,
         .summary = "For operators: one of them, also when it is settled",
         .about = "",
         .parameters = entry_parameters,
         .gives = "PaymentAside",
         .refusals = not_theirs,
         .answer = aside_told,
         .is_for_people = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/money/suspense/{entry}/assign",
         .id = "assign",
         .tag = tag,
         .summary = "For operators: gives such a payment to the order it was meant for",
         .about = "As if it had come with that reference. `conflict` where it was settled already, or is on "
                  "its way back.",
         .parameters = entry_parameters,
         .takes = "MeantFor",
         .example = R"({"reference":"RF18 5390 0754 7034"})",
         .gives = "AssignedTo",
         .refusals = not_theirs,
         .answer = aside_assigned,
         .is_for_people = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/money/suspense/{entry}/send-back",
         .id = "sendBack",
         .tag = tag,
         .summary = "For operators: sends such a payment back, or says that it went back without us",
         .about = "With `to` it becomes a payout, and waits in suspense again where that fails. With "
                  "`went_back` it is only recorded: the bank or the processor of the card gave it back. "
                  "`conflict` where it was settled already.",
         .parameters = entry_parameters,
         .takes = "SentBack",
         .example = R"({"to":{"way":"bank","account":"DE89370400440532013000","name":"Asha"}})",
         .status = 204,
         .refusals = not_theirs,
         .answer = aside_sent_back,
         .is_for_people = true},
    Verb{.method = "PUT",
         .pattern = "/api/v1/hear/mobile/{about}/{proof}",
         .id = "hearWallet",
         .tag = others_tag,
         .summary = "A callback of a GSMA Mobile Money API",
         .about = about_callbacks,
         .parameters = callback_parameters,
         .takes = "ToldByOthers",
         .status = 204,
         .refusals = forged,
         .answer = wallet_heard,
         .is_for_everybody = true,
         .proves_itself = true,
         .body_bytes = told_bytes_max},
    Verb{.method = "POST",
         .pattern = "/api/v1/hear/mobile/{about}/{proof}",
         .id = "hearWalletPosted",
         .tag = others_tag,
         .summary = "The same from providers that post",
         .about = about_callbacks,
         .parameters = callback_parameters,
         .takes = "ToldByOthers",
         .status = 204,
         .refusals = forged,
         .answer = wallet_heard,
         .is_for_everybody = true,
         .proves_itself = true,
         .body_bytes = told_bytes_max},
    Verb{.method = "POST",
         .pattern = "/api/v1/hear/card",
         .id = "hearCard",
         .tag = others_tag,
         .summary = "An event of a card processor, signed as Stripe signs (Stripe-Signature)",
         .about = "Answers 204 once it is taken in, also when it was taken in before; 403 where the "
                  "signature is not "
                  "right, which the trail keeps.",
         .takes = "ToldByOthers",
         .status = 204,
         .refusals = forged,
         .answer = card_heard,
         .is_for_everybody = true,
         .proves_itself = true,
         .body_bytes = told_bytes_max},
};

}  // namespace

std::span<Verb const> money_verbs() { return verbs; }

}  // namespace allroads::api
