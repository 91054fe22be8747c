// Money of one's own: what is held, what may be paid out, every movement of an account; and what one was
// told.
#include "web/deal_words.h"
#include "web/deals.h"

#include <algorithm>

namespace allroads::web {
namespace {

using locale::to_say;

constexpr std::size_t lines_on_page = 100;
constexpr std::size_t notices_on_page = 30;
constexpr int period_days = 90;

std::string_view purpose_words(ledger::Purpose purpose) {
    switch (purpose) {
        case ledger::Purpose::funds: return to_say("Yours, free to be used");
        case ledger::Purpose::held: return to_say("Held for an order");
        case ledger::Purpose::payable: return to_say("Yours, to be paid out");
        case ledger::Purpose::payout: return to_say("On its way to you");
        case ledger::Purpose::suspense: return to_say("Not yet known whose it is");
        default: break;
    }
    return to_say("Other");
}

std::string custodian_words(Visit const& visit, std::string const& custodian) {
    if (custodian == ledger::the_hub) return std::string(visit.say("held by this hub"));
    auto const& dealing = visit.site.hub.dealing();
    bool const is_named =
        !dealing.custodian.empty() &&
        custodian.starts_with(dealing.custody == deal::Custody::bank ? "bank-" : "trustee-");
    return locale::fill(visit.say("held by {{NAME}}"),
                        {{"NAME", locale::isolated(is_named ? dealing.custodian : custodian)}});
}

void set_accounts(Page& page, Visit const& visit, std::vector<ledger::AccountRow> const& rows) {
    if (rows.empty()) {
        page.show("NO_MONEY");
        return;
    }
    auto& list = page.add("HAS_MONEY");
    for (auto const& row : rows) {
        auto& one = list.add("ACCOUNTS");
        one.set("ACCOUNT_WORDS", visit.say(purpose_words(row.key.purpose)));
        one.set("ACCOUNT_HOLDER", custodian_words(visit, row.key.custodian));
        one.set("ACCOUNT_AMOUNT", visit.tongue.money(row.balance.total));
        one.set("STATEMENT_URL", "/me/statement?account=" + net::percent_encoded(row.key.text()));
        if (row.balance.reserved.minor() != 0)
            one.add("ACCOUNT_RESERVED").set("RESERVED_AMOUNT", visit.tongue.money(row.balance.reserved));
    }
}

Result<net::Response> my_money(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const rows = TRY(visit.site.hub.money_of(visit.caller, "", 0, ledger::page_rows_max));
    Page page;
    set_mine(page, visit, Here::money);
    page.set("MONEY_TITLE", visit.say("My money"));
    page.show("MONEY_MINE");
    bool const has_own = std::ranges::any_of(rows, [](ledger::AccountRow const& one) {
        return one.key.purpose == ledger::Purpose::funds && one.balance.free().minor() > 0;
    });
    if (has_own) page.show("MONEY_OUT");
    set_accounts(page, visit, rows);
    return answer(visit, "money", page);
}

// Orders of which something may be paid out, so that nobody has to look for them.
void set_payable(Page& page, Visit const& visit, std::vector<hub::DealView> const& views) {
    Page* section = nullptr;
    for (auto const& view : views) {
        if (!may_do(view, deal::Kind::pay_out)) continue;
        if (section == nullptr) section = &page.add("PAYABLE");
        auto& row = section->add("PAYABLE_LIST");
        auto const& deal = view.deal;
        auto all = Money::zero(deal.terms().total.currency());
        for (auto const& payee : deal.payees)
            all = Money(all.minor() + payee.payable.minor(), all.currency());
        row.set("PAYABLE_AMOUNT", visit.tongue.money(all));
        row.set("ORDER_URL", order_address(deal.id));
        row.set("ORDER_NAME", order_name(deal.id));
        row.set("PAY_OUT_URL", order_address(deal.id) + "/pay-out");
    }
}

Result<net::Response> shop_money(Visit& visit) {
    auto const mine = TRY(my_shop(visit, visit.http.parameter("slug")));
    auto const rows =
        TRY(visit.site.hub.money_of(visit.caller, "shop-" + mine.kept.id.text(), 0, ledger::page_rows_max));
    constexpr std::size_t looked_at = 200;
    auto const views = TRY(visit.site.hub.orders_of(visit.caller, mine.kept.id, std::nullopt, looked_at));
    Page page;
    set_mine(page, visit, Here::shops);
    set_shop_nav(page, visit, mine, AtShop::money);
    page.set("MONEY_TITLE", visit.say("Money of the shop"));
    page.show("MONEY_OF_SHOP");
    set_accounts(page, visit, rows);
    set_payable(page, visit, views);
    return answer(visit, "money", page);
}

// ---- a statement ------------------------------------------------------------------------------------------

std::optional<db::Moment> begin_of(std::optional<Day> day, int later = 0) {
    if (!day) return std::nullopt;
    return db::Moment(std::chrono::days(day->number() + later));
}

void add_lines(Page& page, Visit const& visit, ledger::Statement const& statement) {
    constexpr std::string_view key_of_deal = "deal:";
    for (auto const& line : statement.lines) {
        auto& row = page.add("LINES");
        row.set("LINE_NUMBER", std::to_string(line.number));
        row.set("LINE_AT", moment_text(visit, line.at));
        // What arrived is put to its order in the same moment: twice the same event.
        bool const is_put = line.kind == "deal.money-arrived" && line.amount.minor() < 0;
        row.set("LINE_WORDS",
                is_put ? std::string(visit.say("held for the order")) : line_words(visit, line));
        if (line.key.starts_with(key_of_deal)) {
            auto const rest = std::string_view(line.key).substr(key_of_deal.size());
            if (auto const id = deal::DealId::parse(rest.substr(0, rest.find(':')))) {
                auto& order = row.add("LINE_ORDER");
                order.set("ORDER_URL", order_address(*id));
                order.set("ORDER_NAME", order_name(*id));
            }
        }
        if (!line.note.empty()) row.add("LINE_NOTE").set("NOTE_TEXT", excerpt(line.note, 80));
        row.set("LINE_AMOUNT", visit.tongue.money(line.amount));
        row.set("LINE_AFTER", visit.tongue.money(line.after));
    }
}

Result<net::Response> statement(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const account = ledger::AccountKey::parse(visit.query("account"));
    if (!account) return refuse(Code::not_found, "account", "there is no such account");
    auto const today = visit.site.hub.today();
    auto const typed_from = Day::parse(visit.query("from")), typed_to = Day::parse(visit.query("to"));
    auto const from = typed_from ? *typed_from : today.plus(-period_days);
    auto const to = typed_to ? *typed_to : today;
    std::int64_t after = 0;
    if (auto const number = Decimal::parse(visit.query("after"));
        number && number->scale() == 0 && !number->is_negative() && *number < Decimal(INT64_MAX))
        after = static_cast<std::int64_t>(number->coefficient());
    Page page;
    set_mine(page, visit, account->owner.starts_with("shop-") ? Here::shops : Here::money);
    page.set("ACCOUNT_WORDS", visit.say(purpose_words(account->purpose)));
    page.set("ACCOUNT_TEXT", account->text());
    page.set("ACCOUNT_HOLDER", custodian_words(visit, account->custodian));
    page.set("FROM_DAY", from.text());
    page.set("TO_DAY", to.text());
    page.set("PERIOD_TEXT", locale::fill(visit.say("{{FROM}} to {{TO}}"),
                                         {{"FROM", visit.tongue.date(from)}, {"TO", visit.tongue.date(to)}}));
    if (to < from) {
        page.add("WARNED").set("TOLD_TEXT", visit.say("The period ends before it begins."));
        return answer(visit, "statement", page, 422);
    }
    auto const told = TRY(visit.site.hub.statement(visit.caller, {.account = *account,
                                                                  .from = begin_of(from),
                                                                  .to = begin_of(to, 1),
                                                                  .after = after,
                                                                  .rows = lines_on_page}));
    auto& section = page.add("STATEMENT");
    section.set("OPENING", visit.tongue.money(told.opening));
    section.set("CLOSING", visit.tongue.money(told.closing));
    if (told.lines.empty()) section.show("NO_LINES");
    add_lines(section, visit, told);
    if (told.next != 0)
        section.add("MORE").set("MORE_URL", visit.here_with("after", std::to_string(told.next)));
    return answer(visit, "statement", page);
}

// ---- what one was told ------------------------------------------------------------------------------------

Result<net::Response> notices(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    std::optional<db::Id<hub::Notice>> before;
    if (auto const id = db::Id<hub::Notice>::parse(visit.query("before"))) before = *id;
    auto const all = TRY(visit.site.hub.notices(visit.caller, before, notices_on_page));
    Page page;
    set_mine(page, visit, Here::account);
    if (all.empty()) page.show("NO_NOTICES");
    auto* const list = all.empty() ? nullptr : &page.add("HAS_NOTICES");
    for (auto const& one : all) {
        auto& row = list->add("NOTICES");
        row.set("NOTICE_WORDS", deal_words(visit.tongue, one.key, one.facts));
        row.set("NOTICE_AT", moment_text(visit, one.made));
        row.set("ORDER_URL", order_address(one.deal));
        row.set("ORDER_NAME", order_name(one.deal));
    }
    if (all.size() == notices_on_page)
        list->add("MORE").set("MORE_URL", visit.here_with("before", all.back().id.text()));
    return answer(visit, "notices", page);
}

}  // namespace

void add_money_pages(Site& site, Routes& routes) {
    auto const add = [&](std::string_view pattern, PageHandler handler) {
        routes.push_back(page_route(site, "GET", pattern, std::move(handler)));
    };
    add("/me/money", my_money);
    add("/me/statement", statement);
    add("/me/notices", notices);
    add("/my/shops/{slug}/money", shop_money);
}

}  // namespace allroads::web
