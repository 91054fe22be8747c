// For operators: whose money is where, statements of the bank, what waits in suspense, payouts, disputes.
#include "web/deals.h"
#include "web/report.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace allroads::web {
namespace {

using locale::to_say;

constexpr std::size_t rows_on_page = 50;
constexpr std::int64_t payouts_on_page = 200;
constexpr std::size_t matched_shown = 500;
constexpr std::size_t statement_bytes_max = 16'000'000;

struct Said {
    std::string_view key, words;
};
constexpr Said matches[] = {
    {"whole", to_say("pays the whole")},
    {"part", to_say("pays a part")},
    {"too-much", to_say("is too much")},
    {"unknown", to_say("nobody knows for whom")},
    {"duplicate", to_say("known already")},
    {"other-currency", to_say("in another currency than the order")},
    {"not-incoming", to_say("no payment to us")},
    {"in-doubt", to_say("the statement contradicts itself")},
};
constexpr Said outcomes[] = {
    {"to-deal", to_say("given to its order")},
    {"kept", to_say("waits in suspense")},
    {"left", to_say("nothing was posted: please look")},
    {"to-owner", to_say("came back, and is its owner's again")},
};
constexpr Said purposes[] = {
    {"funds", to_say("parties' own money")},
    {"held", to_say("held for orders")},
    {"payable", to_say("owed to sellers")},
    {"fee", to_say("fees of the hub")},
    {"tax", to_say("taxes collected")},
    {"conversion", to_say("between currencies")},
    {"rounding", to_say("left over by rounding")},
    {"payout", to_say("payouts on their way")},
    {"suspense", to_say("nobody knows yet whose")},
    {"outside", to_say("lies outside: banks, wallets, boxes of cash")},
    {"own", to_say("the hub's own")},
};
std::string said(Visit const& visit, std::span<Said const> all, std::string_view key) {
    auto const found = std::ranges::find(all, key, &Said::key);
    return found == all.end() ? std::string(key) : std::string(visit.say(found->words));
}

std::vector<std::pair<std::string, std::string>> links_of(Visit const& visit) {
    return {{"/operate/money", std::string(visit.say("Trial balance"))},
            {"/operate/money/import", std::string(visit.say("Take in a statement of the bank"))},
            {"/operate/money/suspense", std::string(visit.say("What waits in suspense"))},
            {"/operate/money/payouts", std::string(visit.say("Payouts by hand"))},
            {"/operate/money/disputes", std::string(visit.say("Disputes"))},
            {"/operate/money/account", std::string(visit.say("The statement of an account"))}};
}

// Refusals of what was typed stand at their field, also that something is not there.
Result<net::Response> again(Error const& error, Visit const& visit,
                            std::function<Result<net::Response>(Problems)> const& show) {
    bool const is_of_field = error.code() == Code::not_found && !error.field().empty();
    if (is_for_error_page(error) && !is_of_field) return std::unexpected(error);
    return show({problem_of(visit, error)});
}

// ---- trial balance ----------------------------------------------------------------------------------------

Block head_of(Visit& visit) {
    Block block{.title = std::string(visit.say("The ledger"))};
    auto& hub = visit.site.hub;
    auto read = hub.read();
    if (!read) return block;
    if (auto const head = hub.ledger().head(*read))
        block.facts.emplace_back(visit.say("Entries"), visit.tongue.number(Decimal(head->number)));
    return block;
}

Block trial_of(Visit const& visit, ledger::Trial const& trial) {
    Block block{.title = std::string(visit.say("Trial balance"))};
    if (trial.rows.empty()) {
        block.text = visit.say("Nothing has been posted.");
        return block;
    }
    block.text = trial.is_balanced
                     ? visit.say("Each currency sums to zero with each of those who hold it.")
                     : visit.say("IT DOES NOT SUM TO ZERO. Stop paying out and run a check of the ledger.");
    Table table{.columns = {{std::string(visit.say("Held by"))},
                            {std::string(visit.say("Currency"))},
                            {std::string(visit.say("What for"))},
                            {std::string(visit.say("Accounts")), {}, true},
                            {std::string(visit.say("Total")), {}, true}}};
    for (std::size_t i = 0; i < trial.rows.size(); ++i) {
        auto const& row = trial.rows[i];
        auto const currency = std::string(row.currency.text());
        table.rows.push_back({{row.custodian},
                              {currency},
                              {said(visit, purposes, ledger::text_of(row.purpose))},
                              {visit.tongue.number(Decimal(row.accounts)), {}, true},
                              {visit.tongue.number(row.total, row.currency.minor_digits()), {}, true}});
    }
    // What each currency sums to, with each of those who hold it.
    std::vector<std::pair<std::string, std::string>> done;
    for (auto const& row : trial.rows) {
        std::pair<std::string, std::string> const mark{row.custodian, std::string(row.currency.text())};
        if (std::ranges::find(done, mark) != done.end()) continue;
        done.push_back(mark);
        Result<Decimal> total = Decimal(0);
        for (auto const& one : trial.rows)
            if (total && one.custodian == mark.first && one.currency == row.currency)
                total = sum(*total, one.total);
        table.rows.push_back(
            {{mark.first},
             {mark.second},
             {std::string(visit.say("Sum"))},
             {},
             {total ? visit.tongue.number(*total, row.currency.minor_digits()) : std::string("?"),
              {},
              true}});
    }
    block.table = std::move(table);
    return block;
}

Result<net::Response> trial_page(Visit& visit, net::Form const* sent, Problems problems) {
    std::optional<db::Moment> before;
    if (auto const at = visit.query("at"); !at.empty() && problems.empty())
        before = TRY(ledger::parse_moment(at));
    auto const trial = TRY(visit.site.hub.trial(visit.caller, before));
    Report report{.title = std::string(visit.say("Money"))};
    report.parts = {trial_of(visit, trial), head_of(visit)};
    if (!trial.is_balanced) report.warned.emplace_back(report.parts.front().text);
    if (visit.query("done") == "sound")
        report.done.emplace_back(visit.say("Every digest, sum, balance, hold and seal is what it must be."));
    report.links = links_of(visit);
    auto const status = problems.empty() ? 200 : 422;
    Sheet sheet(visit, sent, std::move(problems));
    sheet.heading(visit.say("As it was"));
    sheet.add({.name = "at",
               .label = std::string(visit.say("Before which day or moment (UTC)")),
               .value = std::string(visit.query("at")),
               .help = std::string(visit.say("Such as 2026-11-26 or 2026-11-26T07:30. Empty: now.")),
               .autocomplete = "off",
               .length_max = 30,
               .is_short = true});
    sheet.sends_to("/operate/money");
    sheet.button({"show", std::string(visit.say("Show"))});
    sheet.button({"check", std::string(visit.say("Check the whole ledger now")), Button::Look::plain});
    return report_answer(visit, For::operators, report, &sheet, status);
}

Result<net::Response> money(Visit& visit) { return trial_page(visit, nullptr, {}); }

Result<net::Response> checked(Visit& visit) {
    auto& hub = visit.site.hub;
    auto read = TRY(hub.read());
    auto const found = TRY(hub.ledger().check(read, std::array{hub.ledger_key()}));
    if (found.empty()) return net::redirect("/operate/money?done=sound");
    Report report{.title = std::string(visit.say("The ledger is damaged"))};
    report.warned.emplace_back(
        visit.say("Stop paying out, keep a copy of everything, and look for the cause."));
    Table table{.columns = {{std::string(visit.say("What is wrong"))}}};
    for (auto const& one : found)
        if (table.rows.size() < matched_shown) table.rows.push_back({{excerpt(one, 300)}});
    report.parts.push_back({.title = std::string(visit.say("What is wrong")), .table = std::move(table)});
    report.links = links_of(visit);
    return report_answer(visit, For::operators, report);
}

Result<net::Response> money_asked(Visit& visit) {
    auto const form = TRY(sent_form(visit));
    if (form.value("do") == "check") return checked(visit);
    auto const at = plain_digits(trim(form.value("at")));
    if (at.empty()) return net::redirect("/operate/money");
    if (ledger::parse_moment(at)) return net::redirect("/operate/money?at=" + in_query(at));
    return trial_page(visit, &form,
                      {{"at", std::string(visit.say("Write a day as 2026-03-15, or a moment."))}});
}

// ---- the statement of an account --------------------------------------------------------------------------

Result<net::Response> account_form(Visit& visit, net::Form const* sent, Problems problems, Report report) {
    auto const status = problems.empty() ? 200 : 422;
    if (report.title.empty()) report.title = visit.say("The statement of an account");
    report.links = links_of(visit);
    Sheet sheet(visit, sent, std::move(problems));
    sheet.add(
        {.name = "account",
         .label = std::string(visit.say("Account")),
         .value = std::string(visit.query("account")),
         .help = std::string(visit.say("Its owner, purpose and currency, such as way-bank:outside:USD; or "
                                       "an owner alone, for a list of its accounts.")),
         .autocomplete = "off",
         .length_max = 200,
         .is_required = true});
    sheet.sends_to("/operate/money/account");
    sheet.button({"show", std::string(visit.say("Show"))});
    return report_answer(visit, For::operators, report, &sheet, status);
}

Block lines_of(Visit const& visit, ledger::Statement const& statement) {
    Block block{.title = std::string(visit.say("Entries"))};
    block.facts = {{std::string(visit.say("At first")), amount_text(visit, statement.opening)},
                   {std::string(visit.say("At last")), amount_text(visit, statement.closing)}};
    Table table{.columns = {{std::string(visit.say("When"))},
                            {std::string(visit.say("What"))},
                            {std::string(visit.say("Note"))},
                            {std::string(visit.say("Amount")), {}, true},
                            {std::string(visit.say("Then it held")), {}, true}}};
    for (auto const& line : statement.lines)
        table.rows.push_back({{moment_text(visit, line.at)},
                              {line_words(visit, line)},
                              {line.note},
                              {amount_text(visit, line.amount), {}, true},
                              {amount_text(visit, line.after), {}, true}});
    if (!statement.lines.empty()) block.table = std::move(table);
    return block;
}

// After which row the page begins.
Result<std::int64_t> after_number(Visit const& visit) {
    auto const text = visit.query("after");
    std::int64_t after = 0;
    if (text.empty()) return after;
    auto const [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), after);
    if (wrong != std::errc() || end != text.data() + text.size() || after < 0)
        return refuse(Code::bad_value, "after", "expected the number of a row");
    return after;
}

Result<net::Response> account(Visit& visit) {
    auto const wanted = visit.query("account");
    Report report;
    if (wanted.empty()) return account_form(visit, nullptr, {}, std::move(report));
    auto& hub = visit.site.hub;
    auto const after = TRY(after_number(visit));
    // Whatever is wrong, it is wrong with what was typed.
    auto const again = [&](Error const& error) -> Result<net::Response> {
        if (is_for_error_page(error) && error.code() != Code::not_found) return std::unexpected(error);
        return account_form(visit, nullptr, {{"account", words_of(visit, error)}}, {});
    };
    report.title = wanted;
    if (wanted.find(':') == std::string_view::npos) {
        auto const found = hub.money_of(visit.caller, wanted, after, rows_on_page);
        if (!found) return again(found.error());
        auto const& rows = *found;
        Table table{.columns = {{std::string(visit.say("Account"))},
                                {std::string(visit.say("Total")), {}, true},
                                {std::string(visit.say("Of it free")), {}, true}}};
        for (auto const& row : rows)
            table.rows.push_back(
                {{row.key.text(), "/operate/money/account?account=" + in_query(row.key.text())},
                 {amount_text(visit, row.balance.total), {}, true},
                 {amount_text(visit, row.balance.free()), {}, true}});
        Block block{.title = std::string(visit.say("Accounts"))};
        if (rows.empty())
            block.text = visit.say("This owner has no account.");
        else
            block.table = std::move(table);
        report.parts.push_back(std::move(block));
        if (rows.size() == rows_on_page)
            report.more = visit.here_with("after", std::to_string(rows.back().number));
        return account_form(visit, nullptr, {}, std::move(report));
    }
    auto const key = ledger::AccountKey::parse(wanted);
    if (!key)
        return account_form(visit, nullptr,
                            {{"account", std::string(visit.say("Write it as OWNER:PURPOSE:CURRENCY."))}}, {});
    auto const statement =
        hub.statement(visit.caller, {.account = *key, .after = after, .rows = rows_on_page});
    if (!statement) return again(statement.error());
    report.parts.push_back(lines_of(visit, *statement));
    if (statement->next != 0) report.more = visit.here_with("after", std::to_string(statement->next));
    return account_form(visit, nullptr, {}, std::move(report));
}

Result<net::Response> account_asked(Visit& visit) {
    auto const form = TRY(sent_form(visit));
    auto const text = trim(form.value("account"));
    if (!text.empty()) return net::redirect("/operate/money/account?account=" + in_query(text));
    return account_form(visit, &form, {{"account", std::string(visit.say("Write which account."))}}, {});
}

// ---- statements of the bank -------------------------------------------------------------------------------

Result<net::Response> import_page(Visit& visit, Problems problems) {
    Report report{.title = std::string(visit.say("Take in a statement of the bank"))};
    report.leads.emplace_back(visit.say(
        "A file in the format camt.053, as banks give it. First it is only looked at; nothing is "
        "posted before you say so on the next page. Taking in the same file twice changes nothing."));
    report.links = links_of(visit);
    auto const status = problems.empty() ? 200 : 422;
    Sheet sheet(visit, nullptr, std::move(problems));
    sheet.add({.name = "file",
               .label = std::string(visit.say("The file")),
               .control = Control::files,
               .help = std::string(visit.say("One file, at most 12 MB."))});
    sheet.sends_to("/operate/money/import");
    sheet.button({"look", std::string(visit.say("Look at it"))});
    return report_answer(visit, For::operators, report, &sheet, status);
}

Result<net::Response> import_form(Visit& visit) { return import_page(visit, {}); }

// What a statement holds; once it is taken in, what became of each payment.
Block matched_of(Visit const& visit, hub::StatementImport const& import, bool is_done) {
    Block block{.title = std::string(visit.say("Payments of the statement"))};
    block.text = visit.tongue.say_many("{1} payment", "{1} payments",
                                       static_cast<std::int64_t>(import.matched.size()));
    Table table{.columns = {{std::string(visit.say("From whom"))},
                            {std::string(visit.say("What they wrote"))},
                            {std::string(visit.say("Amount")), {}, true},
                            {std::string(visit.say("Was due")), {}, true},
                            {std::string(visit.say("What it is"))}}};
    if (is_done) table.columns.push_back({std::string(visit.say("What became of it"))});
    for (auto const& one : import.matched) {
        if (table.rows.size() == matched_shown) break;
        auto const& payment = one.payment;
        std::vector<Cell> row{{payment.payer},
                              {payment.said},
                              {amount_text(visit, payment.amount), {}, true},
                              {one.open ? amount_text(visit, *one.open) : std::string(), {}, true},
                              {said(visit, matches, pay::text_of(one.match))}};
        if (is_done) {
            auto const seen = std::ranges::find_if(import.done.seen, [&](hub::Seen const& each) {
                return each.payment.outside_id == payment.outside_id;
            });
            row.push_back({seen == import.done.seen.end()
                               ? std::string(visit.say("nothing: it was known"))
                               : said(visit, outcomes, hub::text_of(seen->became))});
        }
        table.rows.push_back(std::move(row));
    }
    if (!table.rows.empty()) block.table = std::move(table);
    return block;
}

std::string import_problem(Visit const& visit, Error const& error) {
    if (error.code() == Code::too_long)
        return std::string(visit.say("The file is too large. Ask the bank for a shorter time."));
    if (error.code() == Code::not_found)
        return std::string(visit.say("The file waited too long. Choose it again."));
    return locale::fill(visit.say("This file was not taken: {{WHY}}"), {{"WHY", words_of(visit, error)}});
}

Result<net::Response> imported(Visit& visit) {
    auto const form = TRY(sent_form(visit));
    auto& hub = visit.site.hub;
    bool const is_real = form.value("do") == "take";
    std::string id(form.value("kept"));
    if (!is_real) {
        auto const file = std::ranges::find(form.files, "file", &net::FormFile::field);
        if (file == form.files.end())
            return import_page(visit, {{"file", std::string(visit.say("Choose a file."))}});
        auto const kept = hub.set_aside(visit.caller, file->bytes);
        if (!kept) return import_page(visit, {{"file", import_problem(visit, kept.error())}});
        id = *kept;
    }
    auto const bytes = hub.aside(visit.caller, id);
    auto const done = bytes ? hub.import_statement(visit.caller, *bytes, !is_real)
                            : Result<hub::StatementImport>(std::unexpected(bytes.error()));
    if (!done || is_real) (void)hub.drop_aside(visit.caller, id);
    if (!done) {
        if (done.error().code() == Code::not_allowed || done.error().code() == Code::signed_out)
            return std::unexpected(done.error());
        return import_page(visit, {{"file", import_problem(visit, done.error())}});
    }
    Report report{.title = std::string(is_real ? visit.say("The statement is taken in")
                                               : visit.say("Look before you take it in"))};
    report.parts.push_back(matched_of(visit, *done, is_real));
    report.links = links_of(visit);
    if (is_real) return report_answer(visit, For::operators, report);
    Sheet sheet(visit, nullptr, {});
    sheet.keep("kept", id);
    sheet.sends_to("/operate/money/import");
    sheet.button({"take", std::string(visit.say("Take it in: payments go to their orders"))});
    return report_answer(visit, For::operators, report, &sheet);
}

// ---- suspense ---------------------------------------------------------------------------------------------

std::string aside_address(hub::Aside const& one) {
    return "/operate/money/settle?entry=" + in_query(one.entry);
}

Result<net::Response> suspense(Visit& visit) {
    auto const all = TRY(visit.site.hub.suspense(visit.caller, visit.query("after"), rows_on_page));
    Report report{.title = std::string(visit.say("What waits in suspense"))};
    report.leads.emplace_back(visit.say(
        "Money that came, and nobody knows for which order. Give it to the order it was meant for, or "
        "send it back."));
    if (visit.query("done") == "assigned") report.done.emplace_back(visit.say("It was given to its order."));
    if (visit.query("done") == "back") report.done.emplace_back(visit.say("It goes back."));
    if (visit.query("done") == "covered") report.done.emplace_back(visit.say("It is recorded."));
    Block block{.title = std::string(visit.say("Payments"))};
    if (all.empty()) block.text = visit.say("Nothing waits.");
    Table table{.columns = {{std::string(visit.say("From whom"))},
                            {std::string(visit.say("What they wrote"))},
                            {std::string(visit.say("By what"))},
                            {std::string(visit.say("Amount")), {}, true},
                            {std::string(visit.say("Since"))},
                            {std::string(visit.say("State"))}}};
    for (auto const& one : all) {
        bool const is_going = !one.payout.empty();
        auto const who = one.payment.payer.empty() ? one.payment.outside_id : one.payment.payer;
        table.rows.push_back({{excerpt(who, 60), is_going ? std::string() : aside_address(one)},
                              {one.payment.said},
                              {way_words(visit, one.payment.way)},
                              {amount_text(visit, one.payment.amount), {}, true},
                              {moment_text(visit, one.made)},
                              {std::string(is_going ? visit.say("on its way back") : visit.say("waits"))}});
    }
    if (!all.empty()) block.table = std::move(table);
    report.parts.push_back(std::move(block));
    if (all.size() == rows_on_page) report.more = visit.here_with("after", all.back().entry);
    report.links = links_of(visit);
    return report_answer(visit, For::operators, report);
}

Block aside_part(Visit const& visit, hub::Aside const& one) {
    Block block;
    block.facts = {{std::string(visit.say("Amount")), amount_text(visit, one.payment.amount)},
                   {std::string(visit.say("From whom")), one.payment.payer},
                   {std::string(visit.say("Account of the payer")), one.payment.account},
                   {std::string(visit.say("What they wrote")), one.payment.said},
                   {std::string(visit.say("By what")), way_words(visit, one.payment.way)},
                   {std::string(visit.say("Number of the other side")), one.payment.outside_id},
                   {std::string(visit.say("Since")), moment_text(visit, one.made)},
                   {std::string(visit.say("Why it waits")), one.payment.doubt}};
    std::erase_if(block.facts, [](auto const& fact) { return fact.second.empty(); });
    return block;
}

void add_ways_back(Sheet& sheet, Visit const& visit, hub::Aside const& one) {
    sheet.heading(visit.say("What is to be done"));
    sheet.add(
        {.name = "what",
         .label = std::string(visit.say("Choose one")),
         .control = Control::choose,
         .options = {{"assign", std::string(visit.say("Give it to an order"))},
                     {"back", std::string(visit.say("Send it back by a payout of ours"))},
                     {"covered", std::string(visit.say("It went back without us: by the bank, or by the "
                                                       "processor of the card"))}}});
    sheet.add({.name = "reference",
               .label = std::string(visit.say("Reference of the order")),
               .help = std::string(visit.say("To give it to an order.")),
               .autocomplete = "off",
               .length_max = 40});
    sheet.add(
        {.name = "way",
         .label = std::string(visit.say("By what it goes back")),
         .control = Control::choose,
         .options = {{"bank", way_words(visit, pay::Way::bank), one.payment.way == pay::Way::bank},
                     {"mobile", way_words(visit, pay::Way::mobile), one.payment.way == pay::Way::mobile}}});
    sheet.add({.name = "account",
               .label = std::string(visit.say("To which account or telephone number")),
               .value = one.payment.account,
               .autocomplete = "off",
               .length_max = 60});
    sheet.add({.name = "bank",
               .label = std::string(visit.say("BIC of the bank, where the account is no IBAN")),
               .autocomplete = "off",
               .length_max = 11,
               .is_short = true});
    sheet.add({.name = "name",
               .label = std::string(visit.say("Whose account it is")),
               .value = one.payment.payer,
               .autocomplete = "off",
               .length_max = 70,
               .is_in_any_language = true});
}

Result<net::Response> aside_page(Visit& visit, hub::Aside const& one, net::Form const* sent,
                                 Problems problems) {
    Report report{.title = std::string(visit.say("A payment in suspense"))};
    report.parts.push_back(aside_part(visit, one));
    report.links = links_of(visit);
    auto const status = problems.empty() ? 200 : 422;
    Sheet sheet(visit, sent, std::move(problems));
    add_ways_back(sheet, visit, one);
    sheet.keep("entry", one.entry);
    sheet.sends_to("/operate/money/settle");
    sheet.button({"look", std::string(visit.say("Go on"))});
    return report_answer(visit, For::operators, report, &sheet, status);
}

Result<net::Response> settle(Visit& visit) {
    auto const one = TRY(visit.site.hub.in_suspense(visit.caller, visit.query("entry")));
    return aside_page(visit, one, nullptr, {});
}

// The last look: what will be done, in words, and one button.
Result<net::Response> sure_page(Visit& visit, hub::Aside const& one, net::Form const& form) {
    auto const what = form.value("what");
    Report report{.title = std::string(visit.say("Look before you do it"))};
    report.parts.push_back(aside_part(visit, one));
    auto const amount = amount_text(visit, one.payment.amount);
    auto const words =
        what == "assign"
            ? locale::fill(visit.say("{{AMOUNT}} is given to the order with the reference {{REFERENCE}}."),
                           {{"AMOUNT", amount}, {"REFERENCE", trim(form.value("reference"))}})
        : what == "back"
            ? locale::fill(visit.say("{{AMOUNT}} is paid to {{NAME}}, {{ACCOUNT}}."),
                           {{"AMOUNT", amount},
                            {"NAME", trim(form.value("name"))},
                            {"ACCOUNT", trim(form.value("account"))}})
            : locale::fill(visit.say("{{AMOUNT}} counts as given back by another way than ours."),
                           {{"AMOUNT", amount}});
    report.leads.push_back(words);
    Sheet sheet(visit, &form, {});
    for (auto const* const name : {"entry", "what", "reference", "way", "account", "bank", "name"})
        sheet.keep(name, trim(form.value(name)));
    sheet.sends_to("/operate/money/settle");
    sheet.button({"do", std::string(visit.say("Yes, do it"))});
    report.links = {{aside_address(one), std::string(visit.say("No, go back"))}};
    return report_answer(visit, For::operators, report, &sheet);
}

Result<net::Response> settled(Visit& visit) {
    auto const form = TRY(sent_form(visit));
    auto& hub = visit.site.hub;
    auto const one = TRY(hub.in_suspense(visit.caller, form.value("entry")));
    auto const what = form.value("what");
    auto const show = [&](Problems problems) { return aside_page(visit, one, &form, std::move(problems)); };
    Typed typed(visit, form);
    if (what == "assign" && !pay::Reference::parse(typed.text("reference")))
        typed.wrong("reference", visit.say("This is not a reference: look at each letter again."));
    if (what == "back" && typed.text("account").empty())
        typed.wrong("account", visit.say("Write where it goes."));
    if (what == "back" && typed.text("name").empty()) typed.wrong("name", visit.say("Write a name."));
    auto const way = pay::parse_way(typed.text("way"));
    if (what == "back" && !way) typed.wrong("way", visit.say("Choose one."));
    if (what != "assign" && what != "back" && what != "covered")
        typed.wrong("what", visit.say("Choose one."));
    if (!typed.problems().empty()) return show(typed.problems());
    if (form.value("do") != "do") return sure_page(visit, one, form);
    if (what == "assign") {
        auto const done = hub.assign(visit.caller, one.entry, typed.text("reference"));
        if (done) return net::redirect("/operate/money/suspense?done=assigned");
        return again(done.error(), visit, show);
    }
    std::optional<pay::Destination> to;
    if (what == "back")
        to = pay::Destination{*way, std::string(typed.text("account")), std::string(typed.text("bank")),
                              std::string(typed.text("name"))};
    auto const done = hub.send_back(visit.caller, one.entry, to);
    if (done) return net::redirect(std::string("/operate/money/suspense?done=") + (to ? "back" : "covered"));
    auto const& error = done.error();
    constexpr std::string_view of_destination = "to.";
    if (error.field().starts_with(of_destination))
        return show({{std::string(error.field().substr(of_destination.size())), words_of(visit, error)}});
    return again(error, visit, show);
}

// ---- payouts ----------------------------------------------------------------------------------------------

std::vector<pay::BankAccount> own_accounts(Visit const& visit) {
    for (auto const& one : visit.site.hub.dealing().ways) {
        auto const* const bank = dynamic_cast<pay::Bank const*>(one.get());
        if (bank != nullptr) return {bank->accounts().begin(), bank->accounts().end()};
    }
    return {};
}

Block waiting_of(Visit const& visit, pay::Way way, std::vector<pay::Payout> const& all,
                 std::string_view title) {
    Block block{.title = std::string(title)};
    if (all.empty()) {
        block.text = visit.say("Nothing waits.");
        return block;
    }
    Table table{.columns = {{std::string(visit.say("For whom"))},
                            {std::string(visit.say("Account"))},
                            {std::string(visit.say("Amount")), {}, true},
                            {std::string(visit.say("Since"))}}};
    for (auto const& one : all)
        table.rows.push_back({{one.order.to.name.empty() ? one.order.key : one.order.to.name,
                               "/operate/money/payout?key=" + in_query(one.order.key) +
                                   "&way=" + std::string(pay::text_of(way))},
                              {one.order.to.account},
                              {amount_text(visit, one.order.amount), {}, true},
                              {moment_text(visit, one.made)}});
    block.table = std::move(table);
    return block;
}

Result<net::Response> payouts_page(Visit& visit, net::Form const* sent, Problems problems) {
    auto& hub = visit.site.hub;
    Report report{.title = std::string(visit.say("Payouts by hand"))};
    if (visit.query("done") == "settled") report.done.emplace_back(visit.say("It is recorded."));
    auto const bank = TRY(hub.payouts_by_hand(visit.caller, pay::Way::bank, payouts_on_page));
    auto const given = TRY(hub.payouts_with_bank(visit.caller, payouts_on_page));
    auto const cash = TRY(hub.payouts_by_hand(visit.caller, pay::Way::cash, payouts_on_page));
    auto const stuck = TRY(hub.payouts_by_hand(visit.caller, pay::Way::mobile, payouts_on_page));
    report.parts = {
        waiting_of(visit, pay::Way::bank, bank, visit.say("Wait for a file for the bank")),
        waiting_of(visit, pay::Way::bank, given, visit.say("Given to the bank, not yet settled")),
        waiting_of(visit, pay::Way::cash, cash, visit.say("Wait to be handed out in cash")),
        waiting_of(visit, pay::Way::mobile, stuck, visit.say("Nobody could tell what became of them"))};
    report.links = links_of(visit);
    auto const accounts = own_accounts(visit);
    bool const has_file = !accounts.empty() && !bank.empty();
    auto const status = problems.empty() ? 200 : 422;
    if (!has_file)  // without its form, what is wrong is said all the same
        for (auto const& one : problems) report.warned.push_back(one.text);
    Sheet sheet(visit, sent, std::move(problems));
    sheet.heading(
        visit.say("A file for the bank"),
        visit.say(
            "It holds the payouts that wait for a file and are in the currency of the account. They count "
            "as given to the bank then. If the file is lost, settle each of them as not paid."));
    std::vector<Option> options;
    for (std::size_t i = 0; i < accounts.size(); ++i)
        options.push_back(
            {std::to_string(i), accounts[i].account + " " + std::string(accounts[i].currency.text())});
    sheet.add({.name = "from",
               .label = std::string(visit.say("From which account")),
               .control = Control::choose,
               .options = std::move(options)});
    sheet.add({.name = "sure",
               .label = std::string(visit.say("I give this file to the bank.")),
               .control = Control::tick,
               .value = "yes"});
    sheet.sends_to("/operate/money/payouts");
    sheet.button({"file", std::string(visit.say("Make the file"))});
    return report_answer(visit, For::operators, report, has_file ? &sheet : nullptr, status);
}

Result<net::Response> payouts(Visit& visit) { return payouts_page(visit, nullptr, {}); }

Result<net::Response> payouts_filed(Visit& visit) {
    auto const form = TRY(sent_form(visit));
    auto const accounts = own_accounts(visit);
    auto const show = [&](Problems problems) { return payouts_page(visit, &form, std::move(problems)); };
    std::size_t chosen = accounts.size();
    for (std::size_t i = 0; i < accounts.size(); ++i)
        if (form.value("from") == std::to_string(i)) chosen = i;
    if (chosen == accounts.size()) return show({{"from", std::string(visit.say("Choose an account."))}});
    if (form.value("sure") != "yes")
        return show({{"sure", std::string(visit.say("Say that you give it to the bank."))}});
    auto file = visit.site.hub.payout_file(visit.caller, accounts[chosen], payouts_on_page);
    if (!file) return again(file.error(), visit, show);
    return net::Response{.type = "application/xml",
                         .body = std::move(*file),
                         .headers = {{"Content-Disposition", "attachment; filename=\"payouts.xml\""}}};
}

Result<net::Response> payout_page(Visit& visit, std::string_view key, net::Form const* sent,
                                  Problems problems) {
    Report report{.title = std::string(visit.say("What became of a payout"))};
    report.leads.emplace_back(visit.say(
        "Say only what you know: from the bank's statement, the wallet's own list, or the receiver. "
        "A payout that counts as failed is owed again, and can be sent a second time."));
    auto const status = problems.empty() ? 200 : 422;
    Sheet sheet(visit, sent, std::move(problems));
    sheet.add({.name = "key",
               .label = std::string(visit.say("Number of the payout")),
               .value = std::string(key),
               .autocomplete = "off",
               .length_max = 30,
               .is_required = true});
    sheet.add({.name = "outcome",
               .label = std::string(visit.say("What became of it?")),
               .control = Control::choose,
               .options = {{"done", std::string(visit.say("It was paid"))},
                           {"failed", std::string(visit.say("It certainly was not paid"))}}});
    sheet.add({.name = "outside",
               .label = std::string(visit.say("Number of the other side")),
               .help = std::string(visit.say("Of what was paid: from the statement or the signed paper.")),
               .autocomplete = "off",
               .length_max = 100});
    sheet.add({.name = "reason",
               .label = std::string(visit.say("Why it failed")),
               .autocomplete = "off",
               .length_max = 140,
               .is_in_any_language = true});
    sheet.add({.name = "sure",
               .label = std::string(visit.say("I have seen it myself.")),
               .control = Control::tick,
               .value = "yes"});
    sheet.sends_to("/operate/money/payout");
    sheet.button({"settle", std::string(visit.say("Record it"))});
    report.links = {{"/operate/money/payouts", std::string(visit.say("Back to the list"))}};
    return report_answer(visit, For::operators, report, &sheet, status);
}

Result<net::Response> payout(Visit& visit) { return payout_page(visit, visit.query("key"), nullptr, {}); }

Result<net::Response> payout_settled(Visit& visit) {
    auto const form = TRY(sent_form(visit));
    Typed typed(visit, form);
    auto const key = typed.text("key");
    bool const is_done = typed.text("outcome") == "done";
    if (!is_done && typed.text("outcome") != "failed") typed.wrong("outcome", visit.say("Choose one."));
    if (is_done && typed.text("outside").empty())
        typed.wrong("outside", visit.say("Write the number of the other side."));
    if (!is_done && typed.text("reason").empty()) typed.wrong("reason", visit.say("Write why."));
    if (form.value("sure") != "yes") typed.wrong("sure", visit.say("Say that you have seen it."));
    auto const show = [&](Problems problems) { return payout_page(visit, key, &form, std::move(problems)); };
    if (!typed.problems().empty()) return show(typed.problems());
    auto const done =
        visit.site.hub.settle_payout(visit.caller, key, is_done, typed.text("outside"), typed.text("reason"));
    if (done) return net::redirect("/operate/money/payouts?done=settled");
    return again(done.error(), visit, show);
}

// ---- disputes ---------------------------------------------------------------------------------------------

Result<net::Response> disputes(Visit& visit) {
    std::optional<deal::DealId> after;
    if (auto const text = visit.query("after"); !text.empty()) after = TRY(deal::DealId::parse(text));
    auto const all = TRY(visit.site.hub.disputes(visit.caller, after, rows_on_page));
    Report report{.title = std::string(visit.say("Disputes"))};
    report.leads.emplace_back(
        visit.say("The oldest orders first. Where no mediator is named, an operator decides."));
    Block block{.title = std::string(visit.say("Orders in dispute"))};
    if (all.empty()) block.text = visit.say("There is none.");
    Table table{.columns = {{std::string(visit.say("Order"))},
                            {std::string(visit.say("Held")), {}, true},
                            {std::string(visit.say("Since"))},
                            {std::string(visit.say("Who decides"))},
                            {std::string(visit.say("State"))}}};
    for (auto const& one : all) {
        auto const& deal = one.deal;
        auto const id = deal.id.text();
        auto const state = deal.state == deal::State::escalated ? visit.say("the mediator decides now")
                                                                : visit.say("the parties talk");
        table.rows.push_back({{"…" + id.substr(id.size() - 6), "/orders/" + id},
                              {deal.sums ? amount_text(visit, deal.sums->held) : std::string(), {}, true},
                              {deal.dispute ? moment_text(visit, deal.dispute->opened) : std::string()},
                              {deal.mediator ? deal.mediator->name : std::string(visit.say("an operator"))},
                              {std::string(state)}});
    }
    if (!all.empty()) block.table = std::move(table);
    report.parts.push_back(std::move(block));
    if (all.size() == rows_on_page) report.more = visit.here_with("after", all.back().deal.id.text());
    report.links = links_of(visit);
    return report_answer(visit, For::operators, report);
}

}  // namespace

std::vector<net::Route> money_pages(Site& site) {
    std::vector<net::Route> routes;
    auto const add = [&](std::string_view method, std::string_view pattern, PageHandler handler,
                         std::size_t bytes = 16U * 1024) {
        routes.push_back(page_route(site, method, pattern, for_operators(std::move(handler)), bytes));
    };
    add("GET", "/operate/money", money);
    add("POST", "/operate/money", money_asked);
    add("GET", "/operate/money/account", account);
    add("POST", "/operate/money/account", account_asked);
    add("GET", "/operate/money/import", import_form);
    add("POST", "/operate/money/import", imported, statement_bytes_max);
    add("GET", "/operate/money/suspense", suspense);
    add("GET", "/operate/money/settle", settle);
    add("POST", "/operate/money/settle", settled);
    add("GET", "/operate/money/payouts", payouts);
    add("POST", "/operate/money/payouts", payouts_filed);
    add("GET", "/operate/money/payout", payout);
    add("POST", "/operate/money/payout", payout_settled);
    add("GET", "/operate/money/disputes", disputes);
    return routes;
}

}  // namespace allroads::web
