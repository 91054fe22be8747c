// What is kept about somebody: told, given as a copy, and taken out when they leave.
#include "web/forms.h"

namespace allroads::web {
namespace {

Result<net::Response> privacy(Visit& visit) {
    Page page;
    return answer(visit, "privacy", page);
}

// With the password, since who finds a phone that is signed in must not carry everything away.
net::Response copy_page(Visit& visit, Problems problems) {
    return my_form(visit,
                   {.title = std::string(visit.say("Take a copy of what is kept about you")),
                    .leads = {std::string(visit.say("A file that programs read, with everything but secrets: "
                                                    "your account, shops and goods, and what you did."))},
                    .links = {{"/privacy", std::string(visit.say("What is kept about you"))}}},
                   nullptr, std::move(problems), [&](Sheet& sheet) {
                       sheet.add(password_field(visit, "password", visit.say("Your password"), false));
                       sheet.button({"copy", std::string(visit.say("Take the copy"))});
                   });
}

Result<net::Response> copy(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    return copy_page(visit, {});
}

Result<net::Response> copied(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    if (auto const proved = prove(visit, form.value("password")); !proved) {
        if (is_for_error_page(proved.error())) return std::unexpected(proved.error());
        return copy_page(visit, {{"password", proof_words(visit, proved.error())}});
    }
    auto kept = TRY(visit.site.hub.kept_about(visit.caller));
    return net::Response{
        .type = "application/json",
        .body = std::move(kept),
        .headers = {{"Content-Disposition", "attachment; filename=\"allroads-account.json\""}}};
}

net::Response leave_page(Visit& visit, Problems problems) {
    auto const lead = std::string(
        visit.say("Your goods are no longer shown, your name and contacts are taken out, and you are signed "
                  "out everywhere. This cannot be undone."));
    return my_form(
        visit,
        {.title = std::string(visit.say("End my account")),
         .leads = {lead},
         .links = {{"/me/copy", std::string(visit.say("Take a copy of what is kept about you"))}}},
        nullptr, std::move(problems), [&](Sheet& sheet) {
            sheet.add(password_field(visit, "password", visit.say("Your password"), false));
            sheet.button({"leave", std::string(visit.say("End it for good")), Button::Look::danger});
        });
}

Result<net::Response> leave(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    return leave_page(visit, {});
}

Result<net::Response> left(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    if (auto const proved = prove(visit, form.value("password")); !proved) {
        if (is_for_error_page(proved.error())) return std::unexpected(proved.error());
        return leave_page(visit, {{"password", proof_words(visit, proved.error())}});
    }
    TRY_VOID(visit.site.hub.leave(visit.caller));
    forget_session(visit);
    return net::redirect("/privacy");
}

}  // namespace

std::vector<net::Route> leaving_pages(Site& site) {
    std::vector<net::Route> routes;
    auto const add = [&](std::string_view method, std::string_view pattern, PageHandler handler) {
        routes.push_back(page_route(site, method, pattern, std::move(handler), 16U * 1024));
    };
    add("GET", "/privacy", privacy);
    add("GET", "/me/copy", copy);
    add("POST", "/me/copy", copied);
    add("GET", "/me/leave", leave);
    add("POST", "/me/leave", left);
    return routes;
}

}  // namespace allroads::web
