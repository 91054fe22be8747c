// A buyer's own money, sent to a bank account, a wallet or a counter; and what became of what was sent.
#include "web/deals.h"
#include "web/report.h"

#include <algorithm>

namespace allroads::web {
namespace {

using locale::to_say;

constexpr std::size_t rows_on_page = 50;
constexpr std::string_view address = "/me/money/out";

std::string_view state_words(hub::OnItsWay state) {
    switch (state) {
        case hub::OnItsWay::going: return to_say("On its way to you");
        case hub::OnItsWay::done: return to_say("paid out");
        case hub::OnItsWay::failed: return to_say("It failed: the money is yours here again.");
        case hub::OnItsWay::came_back: return to_say("It came back: the money is yours here again.");
    }
    return {};
}

std::string place_words(Visit const& visit, pay::Destination const& to) {
    return to.account.empty() ? way_words(visit, to.way) : to.account;
}

// Accounts from which something can be sent, and how much.
Result<std::vector<ledger::AccountRow>> sources(Visit const& visit) {
    auto rows = TRY(visit.site.hub.money_of(visit.caller, "", 0, ledger::page_rows_max));
    std::erase_if(rows, [](ledger::AccountRow const& one) {
        return one.key.purpose != ledger::Purpose::funds || one.balance.free().minor() <= 0;
    });
    return rows;
}

Block sent_before(Visit const& visit, std::vector<hub::Withdrawn> const& all) {
    Block block{.title = std::string(visit.say("What was sent to you"))};
    Table table{.columns = {{std::string(visit.say("Since"))},
                            {std::string(visit.say("Amount")), {}, true},
                            {std::string(visit.say("Account (IBAN) or mobile number"))},
                            {std::string(visit.say("State"))}}};
    for (auto const& one : all) {
        auto state = std::string(visit.say(state_words(one.state)));
        if (!one.reason.empty()) state += " " + locale::isolated(excerpt(one.reason, 80));
        table.rows.push_back({{moment_text(visit, one.made)},
                              {amount_text(visit, one.amount), {}, true},
                              {place_words(visit, one.to)},
                              {std::move(state)}});
    }
    block.table = std::move(table);
    return block;
}

void add_fields(Sheet& sheet, Visit const& visit, std::vector<ledger::AccountRow> const& from) {
    std::vector<Option> sources;
    for (auto const& one : from) sources.push_back({one.key.text(), amount_text(visit, one.balance.free())});
    sheet.add({.name = "from",
               .label = std::string(visit.say("From which money?")),
               .control = Control::choose,
               .options = std::move(sources)});
    sheet.add({.name = "amount",
               .label = std::string(visit.say("Amount")),
               .autocomplete = "off",
               .length_max = 30,
               .is_short = true});
    add_place_fields(sheet, visit);
}

Result<net::Response> page_of(Visit& visit, net::Form const* sent, Problems problems) {
    std::optional<db::Id<hub::Withdrawn>> before;
    if (auto const id = db::Id<hub::Withdrawn>::parse(visit.query("before"))) before = *id;
    auto const from = TRY(sources(visit));
    auto const all = TRY(visit.site.hub.withdrawals(visit.caller, before, rows_on_page));
    Report report{.title = std::string(visit.say("Have my money sent to me"))};
    if (visit.query("done") == "sent") report.done.emplace_back(visit.say("It is on its way."));
    if (from.empty()) report.leads.emplace_back(visit.say("There is no money here that could be sent."));
    if (!all.empty()) report.parts.push_back(sent_before(visit, all));
    if (all.size() == rows_on_page) report.more = visit.here_with("before", all.back().id.text());
    report.links = {{"/me/money", std::string(visit.say("My money"))}};
    if (from.empty()) return report_answer(visit, For::owners, report);
    auto const status = problems.empty() ? 200 : 422;
    Sheet sheet(visit, sent, std::move(problems));
    add_fields(sheet, visit, from);
    sheet.keep("key", sent != nullptr && !sent->value("key").empty() ? sent->value("key") : fresh_name());
    sheet.keep(numbers_field, visit.language());
    sheet.sends_to(address);
    sheet.button({"look", std::string(visit.say("Go on"))});
    return report_answer(visit, For::owners, report, &sheet, status);
}

// The last look: how much goes where, and one button.
Result<net::Response> sure_page(Visit& visit, net::Form const& form, hub::Withdrawal const& wanted) {
    Report report{.title = std::string(visit.say("Look before you do it"))};
    report.leads.push_back(locale::fill(visit.say("{{AMOUNT}} is paid to {{NAME}}, {{ACCOUNT}}."),
                                        {{"AMOUNT", amount_text(visit, wanted.amount)},
                                         {"NAME", locale::isolated(wanted.to.name)},
                                         {"ACCOUNT", locale::isolated(place_words(visit, wanted.to))}}));
    Sheet sheet(visit, &form, {});
    for (auto const* const name : {"key", "from", "amount", "way", "account", "bank", "name"})
        sheet.keep(name, trim(form.value(name)));
    sheet.keep(numbers_field, form.value(numbers_field));
    sheet.sends_to(address);
    sheet.button({"confirm", std::string(visit.say("Yes, do it"))});
    sheet.button({"change", std::string(visit.say("Change it")), Button::Look::plain});
    return report_answer(visit, For::owners, report, &sheet);
}

Result<net::Response> asked(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    return page_of(visit, nullptr, {});
}

std::optional<hub::Withdrawal> wanted_in(Visit const& visit, Typed& typed,
                                         std::vector<ledger::AccountRow> const& from) {
    auto const chosen = std::ranges::find_if(
        from, [&](ledger::AccountRow const& one) { return one.key.text() == typed.text("from"); });
    auto const way = pay::parse_way(typed.text("way"));
    if (!way) typed.wrong("way", visit.say("Choose one."));
    if (way && *way != pay::Way::cash && typed.text("account").empty())
        typed.wrong("account", visit.say("Write where it goes."));
    if (typed.text("name").empty()) typed.wrong("name", visit.say("Write a name."));
    if (chosen == from.end()) {
        typed.wrong("from", visit.say("Choose one."));
        return std::nullopt;
    }
    auto const amount = typed.money("amount", chosen->key.currency);
    auto const free = chosen->balance.free();
    if (amount && (amount->minor() <= 0 || amount->minor() > free.minor()))
        typed.wrong("amount",
                    locale::fill(visit.say("At most {{AMOUNT}}."), {{"AMOUNT", amount_text(visit, free)}}));
    if (!amount || !typed.problems().empty()) return std::nullopt;
    return hub::Withdrawal{.key = std::string(typed.text("key")),
                           .amount = *amount,
                           .to = {.way = *way,
                                  .account = std::string(typed.text("account")),
                                  .bank = std::string(typed.text("bank")),
                                  .name = std::string(typed.text("name"))},
                           .custodian = chosen->key.custodian};
}

Result<net::Response> sent(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    auto const from = TRY(sources(visit));
    Typed typed(visit, form);
    auto const wanted = wanted_in(visit, typed, from);
    if (!wanted || form.value("do") == "change") return page_of(visit, &form, typed.problems());
    if (form.value("do") != "confirm") return sure_page(visit, form, *wanted);
    auto const done = visit.site.hub.withdraw(visit.caller, *wanted);
    if (done) return net::redirect(std::string(address) + "?done=sent");
    auto const& error = done.error();
    if (is_for_error_page(error)) return std::unexpected(error);
    constexpr std::string_view of_destination = "to.";
    auto const field = error.field().starts_with(of_destination)
                           ? std::string(error.field().substr(of_destination.size()))
                           : std::string(error.field() == "to" ? "account" : "amount");
    return page_of(visit, &form, {{field, words_of(visit, error)}});
}

}  // namespace

void add_withdrawal_pages(Site& site, Routes& routes) {
    routes.push_back(page_route(site, "GET", address, asked));
    routes.push_back(page_route(site, "POST", address, sent, 16U * 1024));
}

}  // namespace allroads::web
