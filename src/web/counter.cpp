// The clerk's counter: cash for an order, receipts and their voiding, payouts in cash; and the words around
// codes.
#include "web/report.h"

#include <algorithm>

namespace allroads::web {
namespace {

constexpr std::int64_t payouts_on_page = 50;

std::string counter_place(pay::Cash::Counter const& one) {
    return one.place.empty() ? one.name : one.name + ", " + one.place;
}

std::vector<pay::Cash::Counter> counters_of(Visit const& visit) {
    for (auto const& one : visit.site.hub.dealing().ways) {
        auto const* const cash = dynamic_cast<pay::Cash const*>(one.get());
        if (cash != nullptr) return {cash->counters().begin(), cash->counters().end()};
    }
    return {};
}

// Shown again with what is wrong beside its field; refusals that no other input would mend have their page.
Result<net::Response> again(Visit& visit, Error const& error,
                            std::function<Result<net::Response>(Problems)> const& show) {
    bool const is_fields = error.code() == Code::not_found && !error.field().empty();
    if (is_for_error_page(error) && !is_fields) return std::unexpected(error);
    return show({problem_of(visit, error)});
}

// ---- taking cash ------------------------------------------------------------------------------------------

Result<net::Response> cash_form(Visit& visit, net::Form const* sent, Problems problems) {
    auto const counters = counters_of(visit);
    Report report{.title = std::string(visit.say("Take cash for an order"))};
    report.links = {{"/counter", std::string(visit.say("At the counter"))}};
    if (counters.empty()) {
        report.leads = {std::string(visit.say("This hub takes no cash: its operator has named no counter."))};
        return report_answer(visit, For::clerks, report);
    }
    report.leads = {
        std::string(visit.say("The payer brings the reference of the order. Count the money, write the sum, "
                              "and look at the next page "
                              "before you take it."))};
    auto const status = problems.empty() ? 200 : 422;
    Sheet sheet(visit, sent, std::move(problems));
    sheet.keep(numbers_field, visit.language());
    sheet.add({.name = "reference",
               .label = std::string(visit.say("Reference of the order")),
               .help = std::string(visit.say("It begins with RF; blanks do not matter.")),
               .autocomplete = "off",
               .length_max = 40,
               .is_required = true});
    sheet.add({.name = "amount",
               .label = std::string(visit.say("How much, in the currency of the order")),
               .keyboard = "decimal",
               .autocomplete = "off",
               .length_max = 40,
               .is_required = true,
               .is_short = true});
    sheet.add({.name = "payer",
               .label = std::string(visit.say("Who pays")),
               .autocomplete = "off",
               .length_max = 140,
               .is_in_any_language = true});
    std::vector<Option> options;
    for (auto const& one : counters) options.push_back({one.name, counter_place(one)});
    sheet.add({.name = "counter",
               .label = std::string(visit.say("At which counter")),
               .control = Control::choose,
               .options = std::move(options)});
    sheet.sends_to("/counter/cash");
    sheet.button({"look", std::string(visit.say("Go on"))});
    return report_answer(visit, For::clerks, report, &sheet, status);
}

struct Counted {
    hub::CashPayment cash;
    hub::Owed owed;
};
// What was typed, as far as it can be; the problems are told otherwise.
Result<std::optional<Counted>> counted(Visit& visit, Typed& typed) {
    auto const owed = visit.site.hub.owed(visit.caller, typed.text("reference"));
    if (!owed) {
        if (owed.error().field() != "reference") return std::unexpected(owed.error());
        typed.wrong("reference", owed.error().code() == Code::not_found
                                     ? visit.say("No order is paid by this reference.")
                                     : visit.say("This is not a reference: look at each letter again."));
        return std::optional<Counted>();
    }
    auto const amount = typed.money("amount", owed->now.currency());
    if (typed.text("amount").empty() || (amount && amount->minor() == 0))
        typed.wrong("amount", visit.say("Write how much it is."));
    auto const counter = typed.text("counter");
    auto const known = counters_of(visit);
    if (std::ranges::find(known, counter, &pay::Cash::Counter::name) == known.end())
        typed.wrong("counter", visit.say("Choose a counter."));
    if (!typed.problems().empty()) return std::optional<Counted>();
    auto const key = typed.text("key");
    return std::optional(Counted{{.key = key.empty() ? fresh_name() : std::string(key),
                                  .counter = std::string(counter),
                                  .reference = std::string(typed.text("reference")),
                                  .amount = *amount,
                                  .payer = std::string(typed.text("payer"))},
                                 *owed});
}

Result<net::Response> cash_looked_at(Visit& visit, net::Form const& form, Counted const& one,
                                     Problems problems) {
    auto const& [cash, owed] = one;
    Report report{.title = std::string(visit.say("Look before you take it"))};
    Block part;
    part.facts = {{std::string(visit.say("Order at")), owed.shop},
                  {std::string(visit.say("To be paid now")), amount_text(visit, owed.now)},
                  {std::string(visit.say("To be paid in all")), amount_text(visit, owed.later)},
                  {std::string(visit.say("You take")), amount_text(visit, cash.amount)},
                  {std::string(visit.say("Who pays")), cash.payer},
                  {std::string(visit.say("Reference of the order")), cash.reference}};
    report.parts.push_back(std::move(part));
    if (cash.amount > owed.later)
        report.warned.emplace_back(visit.say(
            "This is more than is to be paid. What is too much stays the buyer's, in their account."));
    auto const status = problems.empty() ? 200 : 422;
    Sheet sheet(visit, &form, std::move(problems));
    for (auto const* const name : {"reference", "amount", "payer", "counter"})
        sheet.keep(name, trim(form.value(name)));
    sheet.keep(numbers_field, form.value(numbers_field));
    sheet.keep("key", cash.key);
    sheet.sends_to("/counter/cash");
    sheet.button({"take", locale::fill(visit.say("I have counted {{AMOUNT}}: make the receipt"),
                                       {{"AMOUNT", amount_text(visit, cash.amount)}})});
    report.links = {{"/counter/cash", std::string(visit.say("No, begin again"))}};
    return report_answer(visit, For::clerks, report, &sheet, status);
}

Result<net::Response> cash(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    return cash_form(visit, nullptr, {});
}

Result<net::Response> cash_sent(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    Typed typed(visit, form);
    auto const one = TRY(counted(visit, typed));
    if (!one) return cash_form(visit, &form, typed.problems());
    if (form.value("do") != "take") return cash_looked_at(visit, form, *one, {});
    auto const taken = visit.site.hub.take_cash(visit.caller, one->cash);
    if (taken) return net::redirect("/counter/receipts/" + pay::receipt_text(taken->number) + "?done=taken");
    return again(visit, taken.error(),
                 [&](Problems problems) { return cash_looked_at(visit, form, *one, std::move(problems)); });
}

// ---- receipts ---------------------------------------------------------------------------------------------

std::string receipt_address(std::int64_t number) { return "/counter/receipts/" + pay::receipt_text(number); }

Block receipt_part(Visit const& visit, pay::Receipt const& receipt) {
    Block part;
    part.facts = {{std::string(visit.say("Receipt")), pay::receipt_text(receipt.number)},
                  {std::string(visit.say("Amount")), amount_text(visit, receipt.taken.amount)},
                  {std::string(visit.say("Paid by")), receipt.taken.payer},
                  {std::string(visit.say("Reference of the order")), receipt.taken.reference.spaced()},
                  {std::string(visit.say("Taken at")), receipt.taken.counter},
                  {std::string(visit.say("When")), moment_text(visit, receipt.moment)}};
    std::erase_if(part.facts, [](auto const& fact) { return fact.second.empty(); });
    if (receipt.voided) {
        part.facts.emplace_back(visit.say("Voided"), moment_text(visit, *receipt.voided));
        part.facts.emplace_back(visit.say("Why"), receipt.void_reason);
    }
    return part;
}

Result<net::Response> receipt_page(Visit& visit, pay::Receipt const& receipt, net::Form const* sent,
                                   Problems problems) {
    Report report{.title = locale::fill(visit.say("Receipt {{NUMBER}}"),
                                        {{"NUMBER", pay::receipt_text(receipt.number)}})};
    if (visit.query("done") == "taken")
        report.done.emplace_back(
            visit.say("The money is recorded. Print this page and give it to the payer."));
    if (visit.query("done") == "void") report.done.emplace_back(visit.say("The receipt is void."));
    if (receipt.voided) report.warned.emplace_back(visit.say("This receipt is void."));
    report.parts.push_back(receipt_part(visit, receipt));
    report.links = {{"/counter/cash", std::string(visit.say("Take cash for an order"))}};
    bool const is_own = receipt.taken.clerk == visit.caller.account->text();
    auto const status = problems.empty() ? 200 : 422;
    Sheet sheet(visit, sent, std::move(problems));
    sheet.heading(
        visit.say("Void this receipt"),
        visit.say("The money goes back to the payer now, out of your box. The order counts it as taken "
                  "back."));
    sheet.add({.name = "reason",
               .label = std::string(visit.say("Why")),
               .autocomplete = "off",
               .length_max = 140,
               .is_required = true,
               .is_in_any_language = true});
    sheet.add({.name = "sure",
               .label = std::string(visit.say("I have given the money back.")),
               .control = Control::tick,
               .value = "yes"});
    sheet.sends_to(receipt_address(receipt.number));
    sheet.button({"void", std::string(visit.say("Void this receipt")), Button::Look::danger});
    bool const may_void = !is_own && !receipt.voided;
    if (is_own && !receipt.voided)
        report.leads.emplace_back(visit.say("Another clerk than you can void it."));
    return report_answer(visit, For::clerks, report, may_void ? &sheet : nullptr, status);
}

Result<pay::Receipt> receipt_in_path(Visit& visit) {
    auto const number = pay::parse_receipt(visit.http.parameter("number"));
    if (!number) return refuse(Code::not_found, "receipt", "there is no such receipt");
    return visit.site.hub.receipt(visit.caller, *number);
}

Result<net::Response> receipt(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const found = TRY(receipt_in_path(visit));
    return receipt_page(visit, found, nullptr, {});
}

Result<net::Response> receipt_voided(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    auto const found = TRY(receipt_in_path(visit));
    Typed typed(visit, form);
    if (typed.text("reason").empty()) typed.wrong("reason", visit.say("Write why."));
    if (form.value("sure") != "yes")
        typed.wrong("sure", visit.say("Give the money back first, then say so here."));
    if (!typed.problems().empty()) return receipt_page(visit, found, &form, typed.problems());
    auto const done = visit.site.hub.void_cash(visit.caller, found.number, typed.text("reason"));
    if (done) return net::redirect(receipt_address(found.number) + "?done=void");
    return again(visit, done.error(),
                 [&](Problems problems) { return receipt_page(visit, found, &form, std::move(problems)); });
}

Result<net::Response> receipt_asked(Visit& visit, net::Form const* sent, Problems problems) {
    return my_form(visit,
                   {.title = std::string(visit.say("Find a receipt, or void one")),
                    .links = {{"/counter", std::string(visit.say("At the counter"))}},
                    .here = Here::counter},
                   sent, std::move(problems), [&](Sheet& sheet) {
                       sheet.add({.name = "number",
                                  .label = std::string(visit.say("Number of the receipt")),
                                  .help = std::string(visit.say("Such as 00000042-15.")),
                                  .autocomplete = "off",
                                  .length_max = 20,
                                  .is_required = true,
                                  .is_short = true});
                       sheet.sends_to("/counter/receipt");
                       sheet.button({"find", std::string(visit.say("Find it"))});
                   });
}

Result<net::Response> receipt_wanted(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    return receipt_asked(visit, nullptr, {});
}

Result<net::Response> receipt_found(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    auto const number = pay::parse_receipt(trim(form.value("number")));
    auto const there = number ? visit.site.hub.receipt(visit.caller, *number)
                              : Result<pay::Receipt>(std::unexpected(number.error()));
    if (there) return net::redirect(receipt_address(there->number));
    if (there.error().code() == Code::not_allowed || there.error().code() == Code::signed_out)
        return std::unexpected(there.error());
    return receipt_asked(visit, &form,
                         {{"number", std::string(visit.say("There is no receipt of that number."))}});
}

// ---- payouts in cash --------------------------------------------------------------------------------------

Result<net::Response> payouts(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const all = TRY(visit.site.hub.payouts_by_hand(visit.caller, pay::Way::cash, payouts_on_page));
    Report report{.title = std::string(visit.say("Hand out a payout in cash"))};
    if (visit.query("done") == "settled") report.done.emplace_back(visit.say("It is recorded."));
    Block part{.title = std::string(visit.say("Waiting to be handed out"))};
    if (all.empty()) part.text = visit.say("Nothing waits.");
    Table table{.columns = {{std::string(visit.say("For whom"))},
                            {std::string(visit.say("Amount")), {}, true},
                            {std::string(visit.say("Since"))}}};
    for (auto const& one : all) {
        table.rows.push_back({{one.order.to.name, "/counter/payouts/" + for_address(one.order.key)},
                              {amount_text(visit, one.order.amount), {}, true},
                              {moment_text(visit, one.made)}});
    }
    if (!all.empty()) part.table = std::move(table);
    report.parts.push_back(std::move(part));
    report.links = {{"/counter", std::string(visit.say("At the counter"))}};
    return report_answer(visit, For::clerks, report);
}

Result<pay::Payout> payout_in_path(Visit& visit) {
    auto const key = visit.http.parameter("key");
    auto const all = TRY(visit.site.hub.payouts_by_hand(visit.caller, pay::Way::cash, 1'000));
    auto const there =
        std::ranges::find_if(all, [&](pay::Payout const& one) { return one.order.key == key; });
    if (there == all.end()) return refuse(Code::not_found, "payout", "no such payout waits here");
    return *there;
}

Result<net::Response> payout_page(Visit& visit, pay::Payout const& one, net::Form const* sent,
                                  Problems problems) {
    Report report{.title = locale::fill(visit.say("Hand out {{AMOUNT}}"),
                                        {{"AMOUNT", amount_text(visit, one.order.amount)}})};
    report.leads.emplace_back(
        visit.say("Let the receiver show who they are, count the money together, and say so here."));
    Block part;
    part.facts = {{std::string(visit.say("For whom")), one.order.to.name},
                  {std::string(visit.say("Known by")), one.order.to.account},
                  {std::string(visit.say("Amount")), amount_text(visit, one.order.amount)}};
    std::erase_if(part.facts, [](auto const& fact) { return fact.second.empty(); });
    report.parts.push_back(std::move(part));
    auto const status = problems.empty() ? 200 : 422;
    Sheet sheet(visit, sent, std::move(problems));
    sheet.add({.name = "paper",
               .label = std::string(visit.say("Number of the paper the receiver signed")),
               .autocomplete = "off",
               .length_max = 60,
               .is_required = true});
    sheet.add({.name = "sure",
               .label = std::string(visit.say("The receiver has the money.")),
               .control = Control::tick,
               .value = "yes"});
    sheet.button({"done", std::string(visit.say("It was handed out"))});
    report.links = {{"/counter/payouts", std::string(visit.say("Back to the list"))}};
    return report_answer(visit, For::clerks, report, &sheet, status);
}

Result<net::Response> payout(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const one = TRY(payout_in_path(visit));
    return payout_page(visit, one, nullptr, {});
}

Result<net::Response> payout_made(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    auto const one = TRY(payout_in_path(visit));
    Typed typed(visit, form);
    if (typed.text("paper").empty()) typed.wrong("paper", visit.say("Write the number of the paper."));
    if (form.value("sure") != "yes") typed.wrong("sure", visit.say("Hand it out first, then say so here."));
    if (!typed.problems().empty()) return payout_page(visit, one, &form, typed.problems());
    auto const done =
        visit.site.hub.settle_payout(visit.caller, one.order.key, true, typed.text("paper"), "");
    if (done) return net::redirect("/counter/payouts?done=settled");
    return again(visit, done.error(),
                 [&](Problems problems) { return payout_page(visit, one, &form, std::move(problems)); });
}

}  // namespace

std::string code_words(Site const& site, std::string_view language, std::string_view digits) {
    auto const known = locale::Language::parse(language).value_or(locale::Language::english());
    return locale::fill(
        site.tongues.in(known).say("Allroads: {{CODE}} is your code. It holds for 10 minutes. "
                                   "Tell it to nobody."),
        {{"CODE", digits}});
}

std::vector<net::Route> cash_pages(Site& site) {
    std::vector<net::Route> routes;
    auto const add = [&](std::string_view method, std::string_view pattern, PageHandler handler) {
        routes.push_back(page_route(site, method, pattern, std::move(handler), 16U * 1024));
    };
    add("GET", "/counter/cash", cash);
    add("POST", "/counter/cash", cash_sent);
    add("GET", "/counter/receipt", receipt_wanted);
    add("POST", "/counter/receipt", receipt_found);
    add("GET", "/counter/receipts/{number}", receipt);
    add("POST", "/counter/receipts/{number}", receipt_voided);
    add("GET", "/counter/payouts", payouts);
    add("GET", "/counter/payouts/{key}", payout);
    add("POST", "/counter/payouts/{key}", payout_made);
    return routes;
}

}  // namespace allroads::web
