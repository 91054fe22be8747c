// Signing up and in, and what is one's own: name, password, contacts, sessions, second factor, keys.
#include "web/forms.h"

#include <algorithm>

namespace allroads::web {
namespace {

using locale::to_say;

// The token between the password and the second factor; good for nothing else.
constexpr std::string_view waiting_cookie = "second";
constexpr std::string_view scopes[][2] = {
    {"products:read", to_say("Read products, also drafts")},
    {"products:write", to_say("Add and change products, publish and withdraw them")},
    {"shops:write", to_say("Open and change shops")},
    {"webhooks:write", to_say("Have messages about changes sent to an address")},
    {"deals:read", to_say("See your orders and those of your shops, and what you were told of them")},
    {"deals:write",
     to_say("Act in orders: order, make offers, pay from your money here, release it, give it back")},
    {"money:read", to_say("See your money here, and each of its movements")},
    {"money:write", to_say("Have money paid out, and say to where; only together with acting in orders")},
};

std::string_view agent_of(Visit const& visit) { return visit.http.header("user-agent"); }

std::string back_of(Visit const& visit, std::string_view otherwise) {
    auto const asked = visit.query("back");
    return asked.empty() ? std::string(otherwise) : path_within(asked, otherwise);
}

std::string with_back(std::string_view path, std::string_view back) {
    return std::string(path) + (back.empty() || back == "/" ? "" : "?back=" + net::percent_encoded(back));
}

void keep_waiting(Visit& visit, std::string_view token, std::chrono::seconds lasts) {
    auto cookie = net::set_cookie({.name = std::string(waiting_cookie),
                                   .value = std::string(token),
                                   .lasts = lasts,
                                   .is_strict = true,
                                   .is_secure = visit.http.is_tls});
    if (cookie) visit.headers.push_back(std::move(*cookie));
}

std::string sent_words(Visit const& visit, std::string_view contact) {
    return locale::fill(
        visit.say("A code of 8 digits is on its way to {{CONTACT}}. It holds for 10 minutes."),
        {{"CONTACT", locale::isolated(contact)}});
}

Field contact_field(Visit const& visit) {
    return {.name = "contact",
            .label = std::string(visit.say("Phone number or e-mail")),
            .control = Control::email,
            .help = std::string(visit.say("A number begins with + and the country: +254 712 345 678.")),
            .autocomplete = "username",
            .length_max = 254,
            .is_required = true};
}

}  // namespace

Field password_field(Visit const& visit, std::string name, std::string_view label, bool is_new) {
    return {.name = std::move(name),
            .label = std::string(label),
            .control = Control::password,
            .help = is_new ? std::string(visit.say("At least 8 letters; several words are good."))
                           : std::string(),
            .autocomplete = is_new ? "new-password" : "current-password",
            .length_max = 128,
            .is_required = true};
}

namespace {

Field code_field(Visit const& visit, std::string_view help, bool is_required) {
    return {.name = "code",
            .label = std::string(visit.say("Code")),
            .help = std::string(help),
            .keyboard = "numeric",
            .autocomplete = "one-time-code",
            .length_max = 40,
            .is_required = is_required,
            .is_short = true};
}

// ---- signing up -------------------------------------------------------------------------------------------

net::Response sign_up_page(Visit& visit, net::Form const* sent, Problems problems,
                           std::vector<std::string> done = {}) {
    auto const status = problems.empty() ? 200 : 422;
    Sheet sheet(visit, sent, std::move(problems));
    sheet.add({.name = "name",
               .label = std::string(visit.say("Your name")),
               .autocomplete = "name",
               .is_required = true,
               .is_in_any_language = true});
    sheet.add(contact_field(visit));
    sheet.add(password_field(visit, "password", visit.say("Password"), true));
    sheet.add(
        code_field(visit, visit.say("Only if one was sent to you; you can also confirm later."), false));
    sheet.button({"sign-up", std::string(visit.say("Make the account"))});
    sheet.button({"code", std::string(visit.say("Send me a code first")), Button::Look::plain});
    Page page;
    auto const back = back_of(visit, "/");
    return form_answer(
        visit,
        {.title = std::string(visit.say("Make an account")),
         .leads = {std::string(visit.say("With an account you can buy, and open a shop.")),
                   std::string(visit.say("By making an account you agree to what is kept about you."))},
         .done = std::move(done),
         .links = {{"/privacy", std::string(visit.say("What is kept about you"))},
                   {with_back("/sign-in", back), std::string(visit.say("I have an account: sign in"))}}},
        sheet, page, status);
}

Result<net::Response> sign_up(Visit& visit) { return sign_up_page(visit, nullptr, {}); }

Result<net::Response> signed_up(Visit& visit) {
    auto const form = TRY(net::form_of(visit.http));
    auto const contact = trim(form.value("contact"));
    auto const refused = [&](Error const& error) -> Result<net::Response> {
        if (is_for_error_page(error)) return std::unexpected(error);
        return sign_up_page(visit, &form, {problem_of(visit, error)});
    };
    if (form.value("do") == "code") {
        auto const sent =
            visit.site.hub.send_code(visit.caller, people::Purpose::sign_up, contact, visit.language());
        if (!sent) return refused(sent.error());
        return sign_up_page(visit, &form, {}, {sent_words(visit, contact)});
    }
    Typed typed(visit, form);
    if (typed.text("name").empty()) typed.wrong("name", visit.say("Write a name."));
    if (auto const parsed = people::Contact::parse(contact); !parsed)
        typed.wrong("contact", words_of(visit, parsed.error()));
    if (form.value("password").empty()) typed.wrong("password", visit.say("Write a password."));
    if (!typed.problems().empty()) return sign_up_page(visit, &form, typed.problems());
    auto const session = visit.site.hub.sign_up(visit.caller, {.contact = contact,
                                                               .name = typed.text("name"),
                                                               .language = visit.language(),
                                                               .password = form.value("password"),
                                                               .code = typed.text("code"),
                                                               .agent = agent_of(visit)});
    if (!session) return refused(session.error());
    set_session(visit, session->token);
    return net::redirect(back_of(visit, "/me?done=made"));
}

// ---- signing in -------------------------------------------------------------------------------------------

net::Response sign_in_page(Visit& visit, net::Form const* sent, Problems problems) {
    auto const status = problems.empty() ? 200 : 422;
    Sheet sheet(visit, sent, std::move(problems));
    sheet.add(contact_field(visit));
    sheet.add(password_field(visit, "password", visit.say("Password"), false));
    sheet.button({"sign-in", std::string(visit.say("Sign in"))});
    Page page;
    auto const back = back_of(visit, "/");
    FormPage about{.title = std::string(visit.say("Sign in")),
                   .links = {{with_back("/sign-up", back), std::string(visit.say("Make an account"))},
                             {"/forgotten", std::string(visit.say("I have forgotten my password"))}}};
    if (visit.query("done") == "reset")
        about.done.emplace_back(visit.say("The new password holds. Sign in with it."));
    if (back != "/" && status == 200) about.leads.emplace_back(visit.say("Sign in to go on."));
    return form_answer(visit, about, sheet, page, status);
}

Result<net::Response> sign_in(Visit& visit) { return sign_in_page(visit, nullptr, {}); }

Result<net::Response> signed_in(Visit& visit) {
    auto const form = TRY(net::form_of(visit.http));
    Typed typed(visit, form);
    if (typed.text("contact").empty())
        typed.wrong("contact", words_of(visit, Error(Code::field_missing, "contact", "")));
    if (form.value("password").empty()) typed.wrong("password", visit.say("Write a password."));
    if (!typed.problems().empty()) return sign_in_page(visit, &form, typed.problems());
    auto const session =
        visit.site.hub.sign_in(visit.caller, typed.text("contact"), form.value("password"), agent_of(visit));
    if (!session) {
        if (is_for_error_page(session.error())) return std::unexpected(session.error());
        return sign_in_page(visit, &form, {problem_of(visit, session.error())});
    }
    auto const back = back_of(visit, "/");
    if (session->waits) {
        keep_waiting(visit, session->token,
                     std::chrono::duration_cast<std::chrono::seconds>(people::session_waits));
        return net::redirect(with_back("/sign-in/second", back));
    }
    set_session(visit, session->token);
    return net::redirect(back);
}

net::Response second_page(Visit& visit, Problems problems) {
    auto const status = problems.empty() ? 200 : 422;
    Sheet sheet(visit, nullptr, std::move(problems));
    sheet.add(code_field(visit, visit.say("Six digits of your authenticator, or one of your recovery codes."),
                         true));
    sheet.button({"second", std::string(visit.say("Sign in"))});
    Page page;
    return form_answer(visit,
                       {.title = std::string(visit.say("The second factor")),
                        .links = {{"/sign-in", std::string(visit.say("Begin again"))}}},
                       sheet, page, status);
}

Result<net::Response> second(Visit& visit) {
    if (!net::value_of(visit.http.cookies, waiting_cookie)) return net::redirect("/sign-in");
    return second_page(visit, {});
}

Result<net::Response> second_given(Visit& visit) {
    auto const form = TRY(net::form_of(visit.http));
    auto const token = net::value_of(visit.http.cookies, waiting_cookie).value_or(std::string_view());
    if (token.empty()) return net::redirect("/sign-in");
    auto const session = visit.site.hub.second_factor(visit.caller, token, trim(form.value("code")));
    if (!session) {
        if (session.error().code() == Code::signed_out) return net::redirect("/sign-in");
        if (is_for_error_page(session.error())) return std::unexpected(session.error());
        return second_page(visit, {problem_of(visit, session.error())});
    }
    keep_waiting(visit, "", std::chrono::seconds(0));
    set_session(visit, session->token);
    return net::redirect(back_of(visit, "/"));
}

Result<net::Response> signed_out(Visit& visit) {
    (void)TRY(sent_form(visit));
    TRY_VOID(visit.site.hub.sign_out(visit.caller));
    forget_session(visit);
    return net::redirect("/");
}

// ---- a forgotten password ---------------------------------------------------------------------------------

net::Response forgotten_page(Visit& visit, net::Form const* sent, Problems problems, bool is_sent) {
    auto const status = problems.empty() ? 200 : 422;
    Sheet sheet(visit, sent, std::move(problems));
    sheet.add(contact_field(visit));
    FormPage about{.title = std::string(visit.say("A new password")),
                   .links = {{"/sign-in", std::string(visit.say("Sign in"))}}};
    if (is_sent) {
        sheet.add(code_field(visit, visit.say("The 8 digits that were sent to you."), true));
        sheet.add(password_field(visit, "password", visit.say("New password"), true));
        sheet.button({"set", std::string(visit.say("Set the new password"))});
        sheet.button({"code", std::string(visit.say("Send another code")), Button::Look::plain});
        if (status == 200) {
            about.done.emplace_back(
                visit.say("If there is an account with it, a code is on its way. It holds for 10 minutes."));
        }
    } else {
        about.leads.emplace_back(visit.say("We send you a code, and with it you set a new password."));
        sheet.button({"code", std::string(visit.say("Send me a code"))});
    }
    Page page;
    return form_answer(visit, about, sheet, page, status);
}

Result<net::Response> forgotten(Visit& visit) { return forgotten_page(visit, nullptr, {}, false); }

Result<net::Response> forgotten_sent(Visit& visit) {
    auto const form = TRY(net::form_of(visit.http));
    auto const contact = trim(form.value("contact"));
    bool const is_set = form.value("do") == "set";
    auto const done =
        is_set ? visit.site.hub.reset_password(visit.caller, contact, trim(form.value("code")),
                                               form.value("password"))
               : visit.site.hub.send_code(visit.caller, people::Purpose::reset, contact, visit.language());
    if (done && is_set) {
        if (visit.caller.is_signed_in()) forget_session(visit);
        return net::redirect("/sign-in?done=reset");
    }
    if (done) return forgotten_page(visit, &form, {}, true);
    if (is_for_error_page(done.error())) return std::unexpected(done.error());
    auto const field = done.error().field() == "new_password" ? "password" : done.error().field();
    return forgotten_page(visit, &form, {{std::string(field), words_of(visit, done.error())}}, is_set);
}

// ---- my account -------------------------------------------------------------------------------------------

constexpr std::string_view done_words[][2] = {
    {"made", to_say("Welcome. Your account is made.")},
    {"name", to_say("Name and language are kept.")},
    {"password", to_say("The new password holds. Everywhere else you are signed out.")},
    {"contact", to_say("It is confirmed.")},
    {"session", to_say("Signed out there.")},
    {"key", to_say("The key opens nothing any more.")},
    {"second", to_say("The second factor is on.")},
    {"no-second", to_say("The second factor is off.")},
    {"pin", to_say("The PIN is set.")},
};

void set_contacts(Page& page, people::AccountFacts const& account) {
    for (auto const& one : account.contacts) {
        auto& contact = page.add("CONTACTS");
        contact.set("CONTACT_TEXT", one.contact.text());
        if (one.verified) {
            contact.show("CONTACT_VERIFIED");
        } else {
            contact.add("CONTACT_OPEN")
                .set("VERIFY_URL", "/me/contact?contact=" + net::percent_encoded(one.contact.text()));
        }
    }
}

// The first that is found counts: most browsers also say that they are Chrome and Safari.
constexpr std::string_view browser_names[][2] = {
    {"SamsungBrowser/", "Samsung Internet"},
    {"UCBrowser/", "UC Browser"},
    {"Opera Mini", "Opera Mini"},
    {"OPR/", "Opera"},
    {"YaBrowser/", "Yandex"},
    {"Edg", "Edge"},
    {"FxiOS/", "Firefox"},
    {"Firefox/", "Firefox"},
    {"CriOS/", "Chrome"},
    {"Chrome/", "Chrome"},
    {"Safari/", "Safari"},
};
constexpr std::string_view system_names[][2] = {
    {"KAIOS", "KaiOS"},   {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},
    {"CrOS", "ChromeOS"}, {"Windows", "Windows"}, {"Mac OS", "Mac"},    {"Linux", "Linux"},
};

std::string_view name_in(std::string_view agent, std::span<std::string_view const[2]> names) {
    for (auto const& [sign, name] : names) {
        if (agent.contains(sign)) return name;
    }
    return {};
}

// "Chrome on Android": what a browser says of itself is a riddle to its owner.
std::string agent_words(Visit const& visit, std::string_view agent) {
    auto const browser = name_in(agent, browser_names);
    auto const system = name_in(agent, system_names);
    if (!browser.empty() && !system.empty()) {
        return locale::fill(visit.say("{{BROWSER}} on {{SYSTEM}}"),
                            {{"BROWSER", locale::isolated(browser)}, {"SYSTEM", locale::isolated(system)}});
    }
    if (!browser.empty() || !system.empty()) return std::string(browser.empty() ? system : browser);
    // Programs name themselves first: "curl/7.88.1".
    auto const name = excerpt(agent.substr(0, agent.find('/')), 40);
    return name.empty() ? std::string(visit.say("an unnamed program")) : name;
}

void set_sessions(Page& page, Visit const& visit, std::vector<people::SessionFacts> const& sessions) {
    for (auto const& one : sessions) {
        if (one.waits) continue;
        auto& session = page.add("SESSIONS");
        session.set("SESSION_ID", one.id.text());
        session.set("SESSION_AGENT", agent_words(visit, one.agent));
        session.set("SESSION_SEEN", moment_text(visit, one.seen));
        session.show(visit.caller.session == one.id ? Name("SESSION_HERE") : Name("SESSION_ELSEWHERE"));
    }
}

void set_keys(Page& page, Visit const& visit, std::vector<people::KeyFacts> const& keys) {
    if (keys.empty()) return;
    auto& section = page.add("KEYS");
    for (auto const& one : keys) {
        auto& key = section.add("KEY_LIST");
        key.set("KEY_ID", one.id.text());
        key.set("KEY_NAME", one.name);
        std::string may;
        for (auto const& scope : one.scopes) may += (may.empty() ? "" : ", ") + scope;
        key.set("KEY_SCOPES", may);
        key.set("KEY_UNTIL", moment_text(visit, one.until));
        if (one.used) {
            key.add("KEY_USED")
                .set("USED_TEXT", locale::fill(visit.say("last used {{MOMENT}}"),
                                               {{"MOMENT", moment_text(visit, *one.used)}}));
        }
        key.show(one.ended || one.until < visit.site.hub.now() ? Name("KEY_ENDED") : Name("KEY_STANDS"));
    }
}

Result<net::Response> me(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const account = TRY(visit.site.hub.account(visit.caller));
    auto& people = visit.site.hub.people();
    Page page;
    set_mine(page, visit, Here::account);
    page.set("ACCOUNT_NAME", account.name);
    auto const language = locale::Language::parse(account.language);
    page.set("ACCOUNT_LANGUAGE", language ? language->own_name() : std::string_view(account.language));
    page.set("FORM_SECRET", form_secret(visit));
    set_contacts(page, account);
    page.show(account.has_second_factor ? Name("HAS_SECOND") : Name("NO_SECOND"));
    page.show(account.has_pin ? Name("HAS_PIN") : Name("NO_PIN"));
    if (account.roles.has(people::Role::operator_) && !account.has_second_factor) page.show("SECOND_ASKED");
    set_sessions(page, visit, TRY(people.sessions(account.id, visit.site.hub.now())));
    set_keys(page, visit, TRY(people.keys(account.id)));
    for (auto const& [key, words] : done_words) {
        if (visit.query("done") == key) page.add("DONE").set("TOLD_TEXT", visit.say(words));
    }
    auto response = answer(visit, "account", page);
    return response;
}

}  // namespace

net::Response my_form(Visit& visit, FormPage about, net::Form const* sent, Problems problems,
                      Fill const& fill) {
    auto const status = problems.empty() ? 200 : 422;
    Sheet sheet(visit, sent, std::move(problems));
    fill(sheet);
    about.here = Here::account;
    about.links.emplace_back("/me", visit.say("Back to my account"));
    Page page;
    return form_answer(visit, about, sheet, page, status);
}

namespace {

net::Response name_page(Visit& visit, net::Form const* sent, Problems problems) {
    return my_form(visit, {.title = std::string(visit.say("Name and language"))}, sent, std::move(problems),
                   [&](Sheet& sheet) {
                       sheet.add({.name = "name",
                                  .label = std::string(visit.say("Your name")),
                                  .value = visit.caller.name,
                                  .autocomplete = "name",
                                  .is_required = true,
                                  .is_in_any_language = true});
                       sheet.add({.name = "language",
                                  .label = std::string(visit.say("Language")),
                                  .control = Control::choose,
                                  .options = language_options(visit, visit.caller.language)});
                       sheet.button({"save", std::string(visit.say("Save"))});
                   });
}

Result<net::Response> name(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    return name_page(visit, nullptr, {});
}

Result<net::Response> name_set(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    auto const language = locale::Language::parse(form.value("language")).value_or(visit.tongue.language());
    auto const done = visit.site.hub.people().rename(*visit.caller.account, trim(form.value("name")),
                                                     language.tag(), visit.site.hub.act_of(visit.caller));
    if (done) return net::redirect("/me?done=name&lang=" + std::string(language.tag()));
    if (is_for_error_page(done.error())) return std::unexpected(done.error());
    return name_page(visit, &form, {problem_of(visit, done.error())});
}

net::Response password_page(Visit& visit, Problems problems) {
    return my_form(visit, {.title = std::string(visit.say("Change the password"))}, nullptr,
                   std::move(problems), [&](Sheet& sheet) {
                       sheet.add(password_field(visit, "old_password", visit.say("Old password"), false));
                       sheet.add(password_field(visit, "new_password", visit.say("New password"), true));
                       sheet.button({"save", std::string(visit.say("Set the new password"))});
                   });
}

Result<net::Response> password(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    return password_page(visit, {});
}

Result<net::Response> password_set(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    auto const done = visit.site.hub.people().change_password(
        *visit.caller.account, form.value("old_password"), form.value("new_password"),
        visit.site.hub.act_of(visit.caller));
    if (done) return net::redirect("/me?done=password");
    if (is_for_error_page(done.error())) return std::unexpected(done.error());
    auto const field = done.error().field() == "password" ? "new_password" : done.error().field();
    return password_page(visit, {{std::string(field), words_of(visit, done.error())}});
}

net::Response contact_page(Visit& visit, net::Form const* sent, Problems problems,
                           std::vector<std::string> done = {}) {
    return my_form(
        visit,
        {.title = std::string(visit.say("Confirm a phone number or e-mail")),
         .leads = {std::string(visit.say("It takes the place of the one of its kind that you have now."))},
         .done = std::move(done)},
        sent, std::move(problems), [&](Sheet& sheet) {
            auto field = contact_field(visit);
            field.value = excerpt(visit.query("contact"), 254);
            sheet.add(std::move(field));
            sheet.add(code_field(visit, visit.say("The 8 digits that were sent to you."), false));
            sheet.button({"code", std::string(visit.say("Send me a code"))});
            sheet.button({"confirm", std::string(visit.say("Confirm with the code")), Button::Look::plain});
        });
}

Result<net::Response> contact(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    return contact_page(visit, nullptr, {});
}

Result<net::Response> contact_set(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    auto const given = people::Contact::parse(trim(form.value("contact")));
    auto& hub = visit.site.hub;
    bool const is_code = form.value("do") == "code" || trim(form.value("code")).empty();
    auto const done = !given ? Result<void>(std::unexpected(given.error()))
                      : is_code
                          ? hub.send_code(visit.caller, people::Purpose::contact, given->text())
                          : hub.people().set_contact(*visit.caller.account, *given, trim(form.value("code")),
                                                     hub.act_of(visit.caller));
    if (done && !is_code) return net::redirect("/me?done=contact");
    if (done) return contact_page(visit, &form, {}, {sent_words(visit, given->text())});
    if (is_for_error_page(done.error())) return std::unexpected(done.error());
    return contact_page(visit, &form, {problem_of(visit, done.error())});
}

Result<net::Response> session_ended(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    auto const id = people::SessionId::parse(form.value("session"));
    if (!id) return refuse(Code::not_found, "session", "there is no such session");
    auto const done =
        visit.site.hub.people().end_session(*visit.caller.account, *id, visit.site.hub.act_of(visit.caller));
    // Ended already: that is what was wanted.
    if (!done && done.error().code() != Code::not_found) return std::unexpected(done.error());
    return net::redirect("/me?done=session");
}

}  // namespace

Result<void> prove(Visit& visit, std::string_view password) {
    if (password.empty()) return refuse(Code::wrong_secret, "password", "");
    auto const& caller = visit.caller;
    return visit.site.hub.people().prove({.account = *caller.account,
                                          .session = *caller.session,
                                          .roles = caller.roles,
                                          .name = caller.name,
                                          .language = caller.language,
                                          .proved = caller.proved},
                                         password, visit.site.hub.act_of(caller));
}

std::string proof_words(Visit const& visit, Error const& error) {
    if (error.code() == Code::wrong_secret) return std::string(visit.say("The password is not right."));
    return words_of(visit, error);
}

namespace {

net::Response once_page(Visit& visit, std::string_view title, std::string_view lead,
                        std::vector<std::string> const& texts, std::string_view then) {
    Page page;
    set_mine(page, visit, Here::account);
    page.set("ONCE_TITLE", title);
    page.set("ONCE_LEAD", lead);
    for (auto const& text : texts) page.add("ONCE").set("ONCE_TEXT", text);
    page.set("ONCE_URL", then);
    auto response = answer(visit, "once", page);
    response.cache = net::Cache::never;
    return response;
}

// ---- keys of programs

net::Response key_page(Visit& visit, net::Form const* sent, Problems problems) {
    return my_form(visit, {.title = std::string(visit.say("Make a key"))}, sent, std::move(problems),
                   [&](Sheet& sheet) {
                       sheet.add({.name = "name",
                                  .label = std::string(visit.say("What is it for?")),
                                  .is_required = true,
                                  .is_in_any_language = true});
                       std::vector<Option> options;
                       for (auto const& [scope, words] : scopes)
                           options.push_back({std::string(scope), std::string(visit.say(words))});
                       sheet.add({.name = "scopes",
                                  .label = std::string(visit.say("What may it do?")),
                                  .control = Control::ticks,
                                  .options = std::move(options)});
                       sheet.add({.name = "days",
                                  .label = std::string(visit.say("How many days does it live?")),
                                  .value = "365",
                                  .keyboard = "numeric",
                                  .length_max = 4,
                                  .is_short = true});
                       sheet.add(password_field(visit, "password", visit.say("Your password"), false));
                       sheet.keep(numbers_field, visit.language());
                       sheet.button({"make", std::string(visit.say("Make the key"))});
                   });
}

Result<net::Response> key(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    return key_page(visit, nullptr, {});
}

Result<net::Response> key_made(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    Typed typed(visit, form);
    people::NewKey wanted{.name = std::string(typed.text("name")), .scopes = {}};
    if (wanted.name.empty()) typed.wrong("name", visit.say("Write a name."));
    for (auto const& scope : typed.all("scopes")) {
        bool const is_known = std::ranges::any_of(scopes, [&](auto const& one) { return one[0] == scope; });
        if (is_known && wanted.scopes.size() < std::size(scopes)) wanted.scopes.push_back(scope);
    }
    if (wanted.scopes.empty()) typed.wrong("scopes", visit.say("Say what the key may do."));
    wanted.life = std::chrono::days(typed.whole("days", 1, 730).value_or(365));
    if (typed.problems().empty()) {
        if (auto const proved = prove(visit, form.value("password")); !proved)
            typed.wrong("password", proof_words(visit, proved.error()));
    }
    if (!typed.problems().empty()) return key_page(visit, &form, typed.problems());
    auto const made =
        visit.site.hub.people().make_key(*visit.caller.account, wanted, visit.site.hub.act_of(visit.caller));
    if (!made) {
        if (is_for_error_page(made.error())) return std::unexpected(made.error());
        return key_page(visit, &form, {problem_of(visit, made.error())});
    }
    return once_page(visit, visit.say("Your key"),
                     visit.say("Copy it now: it is shown this once and never again. Who has it can do "
                               "everything that it may."),
                     {made->text}, "/me");
}

Result<net::Response> key_ended(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    auto const id = people::KeyId::parse(form.value("key"));
    if (!id) return refuse(Code::not_found, "key", "there is no such key");
    TRY_VOID(
        visit.site.hub.people().end_key(*visit.caller.account, *id, visit.site.hub.act_of(visit.caller)));
    return net::redirect("/me?done=key");
}

// ---- the second factor

std::string grouped(std::string_view secret) {
    std::string text;
    for (std::size_t i = 0; i < secret.size(); ++i) {
        if (i != 0 && i % 4 == 0) text += ' ';
        text += secret[i];
    }
    return text;
}

net::Response factor_page(Visit& visit, bool is_on, Problems problems) {
    auto const title =
        std::string(is_on ? visit.say("Turn the second factor off") : visit.say("Turn the second factor on"));
    auto const lead = std::string(
        is_on ? visit.say("From then on the password alone opens your account.")
              : visit.say("A program on your phone, an authenticator, shows six digits that change every "
                          "half minute. Signing in then takes both: password and digits."));
    return my_form(visit, {.title = title, .leads = {lead}}, nullptr, std::move(problems), [&](Sheet& sheet) {
        sheet.add(password_field(visit, "password", visit.say("Your password"), false));
        if (is_on) {
            sheet.button({"drop", std::string(visit.say("Turn it off")), Button::Look::danger});
        } else {
            sheet.button({"begin", std::string(visit.say("Begin"))});
        }
    });
}

net::Response enrol_page(Visit& visit, std::string const& secret, Problems problems) {
    auto const lead = locale::fill(
        visit.say(
            "Type this secret into your authenticator: {{SECRET}}. Then write the six digits it shows."),
        {{"SECRET", locale::isolated(grouped(secret))}});
    return my_form(visit, {.title = std::string(visit.say("Turn the second factor on")), .leads = {lead}},
                   nullptr, std::move(problems), [&](Sheet& sheet) {
                       sheet.keep("secret", secret);
                       sheet.add(code_field(visit, visit.say("Six digits of your authenticator."), true));
                       sheet.button({"confirm", std::string(visit.say("Turn it on"))});
                   });
}

Result<net::Response> factor(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const account = TRY(visit.site.hub.account(visit.caller));
    return factor_page(visit, account.has_second_factor, {});
}

Result<net::Response> factor_set(Visit& visit) {
    TRY_VOID(must_be_person(visit));
    auto const form = TRY(sent_form(visit));
    auto const account = TRY(visit.site.hub.account(visit.caller));
    auto& people = visit.site.hub.people();
    auto const act = visit.site.hub.act_of(visit.caller);
    if (form.value("do") == "confirm") {
        auto const codes = people.confirm(account.id, trim(form.value("code")), act);
        if (codes) {
            return once_page(visit, visit.say("Your recovery codes"),
                             visit.say("Write them down now: they are shown this once and never again. Each "
                                       "signs you in once when the phone is lost."),
                             *codes, "/me?done=second");
        }
        if (is_for_error_page(codes.error())) return std::unexpected(codes.error());
        return enrol_page(visit, excerpt(form.value("secret"), 64),
                          {{"code", words_of(visit, codes.error())}});
    }
    if (auto const proved = prove(visit, form.value("password")); !proved) {
        if (is_for_error_page(proved.error())) return std::unexpected(proved.error());
        return factor_page(visit, account.has_second_factor,
                           {{"password", proof_words(visit, proved.error())}});
    }
    if (account.has_second_factor) {
        TRY_VOID(people.drop_second_factor(account.id, act));
        return net::redirect("/me?done=no-second");
    }
    return enrol_page(visit, TRY(people.enrol(account.id, act)).secret, {});
}

}  // namespace

std::vector<net::Route> account_pages(Site& site) {
    std::vector<net::Route> routes;
    auto const add = [&](std::string_view method, std::string_view pattern, PageHandler handler) {
        routes.push_back(page_route(site, method, pattern, std::move(handler), 16U * 1024));
    };
    add("GET", "/sign-up", sign_up);
    add("POST", "/sign-up", signed_up);
    add("GET", "/sign-in", sign_in);
    add("POST", "/sign-in", signed_in);
    add("GET", "/sign-in/second", second);
    add("POST", "/sign-in/second", second_given);
    add("POST", "/sign-out", signed_out);
    add("GET", "/forgotten", forgotten);
    add("POST", "/forgotten", forgotten_sent);
    add("GET", "/me", me);
    add("GET", "/me/name", name);
    add("POST", "/me/name", name_set);
    add("GET", "/me/password", password);
    add("POST", "/me/password", password_set);
    add("GET", "/me/contact", contact);
    add("POST", "/me/contact", contact_set);
    add("POST", "/me/sessions", session_ended);
    add("GET", "/me/keys", key);
    add("POST", "/me/keys", key_made);
    add("POST", "/me/keys/end", key_ended);
    add("GET", "/me/second-factor", factor);
    add("POST", "/me/second-factor", factor_set);
    return routes;
}

}  // namespace allroads::web
