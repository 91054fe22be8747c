// For operators: users and their roles, the books and their age, and the trail of what was done.
#include "web/report.h"

#include <algorithm>

namespace allroads::web {
namespace {

using locale::to_say;

constexpr std::size_t rows_on_page = 50;
constexpr int old_days = 180;  // tariffs and taxes change twice a year in most countries

struct RoleName {
    people::Role role;
    std::string_view name, words;
};
constexpr RoleName roles[] = {
    {people::Role::buyer, to_say("buyer"), to_say("buys")},
    {people::Role::seller, to_say("seller"), to_say("keeps shops")},
    {people::Role::member, to_say("member"), to_say("belongs to a cooperative or chamber")},
    {people::Role::clerk, to_say("clerk"), to_say("acts for members who consent")},
    {people::Role::broker, to_say("broker"), to_say("knows customs codes and papers")},
    {people::Role::operator_, to_say("operator"), to_say("looks after the hub, and may change everything")},
};

enum class At : std::uint8_t { users, books, trail };
void set_nav(Page& page, Visit const& visit, At at) {
    set_mine(page, visit, Here::operating);
    auto& nav = page.add("OPERATE_NAV");
    nav.show(at == At::users ? Name("AT_USERS") : at == At::books ? Name("AT_BOOKS") : Name("AT_TRAIL"));
}

// ---- users ------------------------------------------------------------------------------------------------

std::string user_address(people::AccountId id) { return "/operate/users/" + id.text(); }

void add_user(Page& page, Visit const& visit, people::AccountFacts const& user, bool is_veiled) {
    auto& one = page.add("USER_LIST");
    one.set("USER_URL", user_address(user.id));
    one.set("USER_NAME", user.name.empty() ? user.id.text() : user.name);
    std::string contacts;
    for (auto const& contact : user.contacts) {
        contacts +=
            (contacts.empty() ? "" : ", ") + (is_veiled ? contact.contact.veiled() : contact.contact.text());
    }
    one.set("USER_CONTACT", contacts);
    one.set("USER_SINCE", moment_text(visit, user.made));
    if (user.deleted) one.show("USER_GONE");
    for (auto const& role : roles) {
        if (user.roles.has(role.role)) one.add("ROLES").set("ROLE_NAME", visit.say(role.name));
    }
}

Result<net::Response> users(Visit& visit) {
    auto& hub = visit.site.hub;
    Page page;
    set_nav(page, visit, At::users);
    auto const contact = visit.query("contact");
    page.set("CONTACT", contact);
    if (!trim(contact).empty()) {
        auto const found = hub.account_of(visit.caller, trim(contact));
        if (!found) {
            if (is_for_error_page(found.error())) return std::unexpected(found.error());
            page.add("PROBLEM").set("PROBLEM_TEXT", words_of(visit, found.error()));
            return answer(visit, "users", page, 422);
        }
        if (*found) {
            add_user(page.add("USERS"), visit, **found, false);
        } else {
            page.show("SEARCH_EMPTY");
        }
        return answer(visit, "users", page);
    }
    std::optional<people::AccountId> after;
    if (auto const text = visit.query("after"); !text.empty()) after = TRY(people::AccountId::parse(text));
    auto const all = TRY(hub.accounts(visit.caller, after, rows_on_page));
    auto& list = page.add("USERS");
    for (auto const& one : all) add_user(list, visit, one, true);
    if (all.size() == rows_on_page)
        list.add("MORE").set("MORE_URL", visit.here_with("after", all.back().id.text()));
    return answer(visit, "users", page);
}

Result<people::AccountFacts> user_in_path(Visit& visit) {
    auto const id = people::AccountId::parse(visit.http.parameter("id"));
    if (!id) return refuse(Code::not_found, "account", "there is no such account");
    return visit.site.hub.account_of(visit.caller, *id);
}

void add_roles(Page& page, Visit const& visit, people::AccountFacts const& account) {
    for (auto const& role : roles) {
        auto& one = page.add("ROLES");
        one.set("ROLE_KEY", people::text_of(role.role));
        one.set("ROLE_NAME", visit.say(role.name));
        one.set("ROLE_WORDS", visit.say(role.words));
        // Who takes it from themselves by mistake could leave the hub without any.
        bool const is_own = role.role == people::Role::operator_ && visit.caller.account == account.id;
        one.show(is_own                         ? Name("ROLE_FIXED")
                 : account.roles.has(role.role) ? Name("ROLE_GIVEN")
                                                : Name("ROLE_OPEN"));
    }
}

Result<net::Response> user(Visit& visit) {
    auto const account = TRY(user_in_path(visit));
    Page page;
    set_nav(page, visit, At::users);
    page.set("USER_NAME", account.name.empty() ? account.id.text() : account.name);
    auto const language = locale::Language::parse(account.language);
    page.set("USER_LANGUAGE", language ? language->own_name() : std::string_view(account.language));
    page.set("USER_SINCE", moment_text(visit, account.made));
    page.set("USER_URL", user_address(account.id));
    page.set("TRAIL_URL", "/operate/trail?account=" + account.id.text());
    page.set("FORM_SECRET", form_secret(visit));
    for (auto const& one : account.contacts) {
        auto& contact = page.add("CONTACTS");
        contact.set("CONTACT_TEXT", one.contact.text());
        if (one.verified) contact.show("CONTACT_VERIFIED");
    }
    page.show(account.has_second_factor ? Name("HAS_SECOND") : Name("NO_SECOND"));
    if (visit.query("done") == "role") page.add("DONE").set("TOLD_TEXT", visit.say("It is kept."));
    add_roles(page, visit, account);
    return answer(visit, "user", page);
}

Result<net::Response> user_changed(Visit& visit) {
    auto const form = TRY(sent_form(visit));
    auto const account = TRY(user_in_path(visit));
    auto const role = TRY(people::parse_role(form.value("role")));
    bool const is_given = form.value("do") == "give";
    if (!is_given && role == people::Role::operator_ && visit.caller.account == account.id)
        return refuse(Code::not_allowed, "role", "another operator takes this role from you");
    if (is_given != account.roles.has(role))
        TRY_VOID(visit.site.hub.grant(visit.caller, account.id, role, is_given));
    return net::redirect(user_address(account.id) + "?done=role");
}

// ---- books ------------------------------------------------------------------------------------------------

struct PackRow {
    std::string name, title;
    std::optional<Day> day;
    std::int64_t measures = 0;
};

Result<net::Response> books(Visit& visit) {
    Page page;
    set_nav(page, visit, At::books);
    auto const held = visit.site.hub.books();
    if (!held) {
        page.show("NO_BOOKS");
        return answer(visit, "books", page);
    }
    std::vector<PackRow> rows;
    for (auto const& pack : (*held)->packs()) {
        auto const when = pack.dated.empty() ? pack.checked_on : pack.dated;
        auto const day = Day::parse(when);
        rows.push_back({std::string(pack.name), std::string(pack.title),
                        day ? std::optional(*day) : std::nullopt, static_cast<std::int64_t>(pack.measures)});
    }
    std::ranges::stable_sort(rows, {},
                             [](PackRow const& one) { return one.day ? one.day->number() : INT32_MIN; });
    page.set("BOOKS_NAME", (*held)->name());
    page.set("BOOKS_SUMS",
             visit.tongue.say_many("{1} pack", "{1} packs", static_cast<std::int64_t>(rows.size())));
    auto const today = visit.site.hub.today();
    std::int64_t old = 0;
    for (auto const& row : rows) {
        auto& one = page.add("PACKS");
        one.set("PACK_NAME", row.name);
        one.set("PACK_TITLE", row.title);
        one.set("PACK_MEASURES", visit.tongue.number(Decimal(row.measures)));
        if (!row.day) {
            one.show("PACK_UNDATED");
            ++old;
            continue;
        }
        one.set("PACK_DAY", visit.tongue.date(*row.day));
        auto const age = today.number() - row.day->number();
        one.set("PACK_AGE", visit.tongue.number(Decimal(std::int64_t{age})));
        if (age > old_days) {
            one.show("PACK_OLD");
            ++old;
        }
    }
    if (old > 0) {
        page.add("OLD").set(
            "OLD_TEXT",
            visit.tongue.say_many("{1} pack is older than half a year: look for a newer one.",
                                  "{1} packs are older than half a year: look for newer ones.", old));
    }
    return answer(visit, "books", page);
}

// ---- the trail --------------------------------------------------------------------------------------------

std::optional<people::Moment> start_of(Day day) { return people::Moment(std::chrono::days(day.number())); }

// The question of the form; problems name the fields that could not be read.
people::TrailQuestion question_of(Visit& visit, Problems& problems) {
    people::TrailQuestion question{.after = std::string(visit.query("after")), .rows = rows_on_page};
    auto const contact = trim(visit.query("contact"));
    if (!contact.empty()) {
        auto const account = visit.site.hub.account_of(visit.caller, contact);
        if (!account) {
            problems.push_back({"contact", words_of(visit, account.error())});
        } else if (!*account) {
            problems.push_back({"contact", std::string(visit.say("Nobody has an account with it."))});
        } else {
            question.account = (*account)->id;
        }
    }
    if (auto const id = people::AccountId::parse(visit.query("account")); id && contact.empty())
        question.account = *id;
    question.verb = excerpt(trim(visit.query("verb")), 64);
    if (question.account && !question.verb.empty())
        problems.push_back({"verb", std::string(visit.say("Ask by whom or what, not both at once."))});
    auto const day = [&](std::string_view field, int more) -> std::optional<people::Moment> {
        auto const text = trim(visit.query(field));
        if (text.empty()) return std::nullopt;
        auto const parsed = Day::parse(plain_digits(text));
        if (parsed) return start_of(parsed->plus(more));
        problems.push_back({std::string(field), std::string(visit.say("Write a day as 2026-03-15."))});
        return std::nullopt;
    };
    question.from = day("from", 0);
    question.until = day("until", 1);
    return question;
}

void add_row(Page& page, Visit const& visit, people::TrailRow const& row) {
    auto& one = page.add("ROWS");
    one.set("ROW_NUMBER", visit.tongue.number(Decimal(row.number)));
    one.set("ROW_AT", moment_text(visit, row.at));
    if (row.account) {
        auto& who = one.add("ROW_WHO");
        who.set("WHO_URL", user_address(*row.account));
        auto const id = row.account->text();
        who.set("WHO_TEXT", "…" + id.substr(id.size() - 6));
    }
    one.set("ROW_VERB", row.verb);
    auto const subject =
        row.subject.size() > 8 ? "…" + row.subject.substr(row.subject.size() - 6) : row.subject;
    one.set("ROW_SUBJECT", row.subject_kind + " " + subject);
    if (row.outcome == people::Outcome::refused) one.show("ROW_REFUSED");
    one.set("ROW_ADDRESS", row.address);
    one.set("ROW_DETAILS", row.details == "{}" ? std::string() : excerpt(row.details, 300));
}

Result<net::Response> trail(Visit& visit) {
    Problems problems;
    auto const question = question_of(visit, problems);
    Page page;
    set_nav(page, visit, At::trail);
    page.set("CONTACT", visit.query("contact"));
    page.set("VERB", visit.query("verb"));
    page.set("FROM", visit.query("from"));
    page.set("UNTIL", visit.query("until"));
    if (!problems.empty()) {
        auto& errors = page.add("ERRORS");
        for (auto const& problem : problems) {
            auto& one = errors.add("ERROR_LIST");
            one.set("ERROR_TEXT", problem.text);
            one.add("ERROR_AT").set("ERROR_FIELD", problem.field);
        }
        return answer(visit, "trail", page, 422);
    }
    auto const found = TRY(visit.site.hub.trail(visit.caller, question));
    if (found.rows.empty()) {
        page.show("NO_ROWS");
    } else {
        auto& list = page.add("HAS_ROWS");
        for (auto const& row : found.rows) add_row(list, visit, row);
        if (!found.next.empty()) list.add("MORE").set("MORE_URL", visit.here_with("after", found.next));
    }
    return answer(visit, "trail", page);
}

}  // namespace

std::vector<net::Route> operator_pages(Site& site) {
    std::vector<net::Route> routes;
    auto const add = [&](std::string_view method, std::string_view pattern, PageHandler handler) {
        routes.push_back(page_route(site, method, pattern, for_operators(std::move(handler)), 16U * 1024));
    };
    add("GET", "/operate", [](Visit&) -> Result<net::Response> { return net::redirect("/operate/users"); });
    add("GET", "/operate/users", users);
    add("GET", "/operate/users/{id}", user);
    add("POST", "/operate/users/{id}", user_changed);
    add("GET", "/operate/books", books);
    add("GET", "/operate/trail", trail);
    for (auto& route : money_pages(site)) routes.push_back(std::move(route));
    return routes;
}

}  // namespace allroads::web
