// Accounts, sessions and keys.
#include "api/telling.h"
#include "api/verb.h"
#include "locale/locale.h"

#include <algorithm>
#include <array>

namespace allroads::api {
namespace {

namespace json = wire::json;
using wire::Writer;

struct Credentials {
    std::string contact, name, language, password, code, token, purpose;
};

// Texts of a body; each verb names those it takes.
Result<Credentials> credentials_of(Asked const& asked, std::initializer_list<std::string_view> taken,
                                   std::initializer_list<std::string_view> required) {
    Credentials read;
    auto const place = [&](std::string_view key) -> std::string* {
        if (std::ranges::find(taken, key) == taken.end()) return nullptr;
        return key == "contact"    ? &read.contact
               : key == "name"     ? &read.name
               : key == "language" ? &read.language
               : key == "password" ? &read.password
               : key == "code"     ? &read.code
               : key == "token"    ? &read.token
                                   : &read.purpose;
    };
    TRY_VOID(body_fields(TRY(json_body(asked)),
                         [&](std::string_view key, json::value const& value) -> Result<bool> {
                             auto* const to = place(key);
                             if (to == nullptr) return false;
                             *to = TRY(wire::text(value, key));
                             return true;
                         }));
    for (auto const key : required) {
        if (place(key)->empty()) return refuse(Code::field_missing, key, "this field is required");
    }
    return read;
}

Reply signed_in(people::SignedIn const& session, int status) {
    Reply reply{.status = status};
    {
        Writer w(reply.body);
        w.open('{');
        w.text("account", session.account.text());
        w.text("session", session.session.text());
        w.text("token", session.token);
        w.key("second_factor_needed");
        w.raw(session.waits ? "true" : "false");
        w.close('}');
    }
    return reply;
}

std::string_view agent_of(Asked const& asked) { return asked.http.header("user-agent"); }

Result<Reply> code_sent(Asked const& asked) {
    auto const given = TRY(credentials_of(asked, {"contact", "purpose"}, {"contact", "purpose"}));
    if (given.purpose != "sign-up" && given.purpose != "reset")
        return refuse(Code::bad_value, "purpose", "expected sign-up or reset");
    auto const purpose = given.purpose == "reset" ? people::Purpose::reset : people::Purpose::sign_up;
    // As the programs of people say it: in English to who does not.
    auto const language = locale::negotiate(asked.http.header("accept-language"));
    TRY_VOID(asked.hub.send_code(asked.caller, purpose, given.contact, language.tag()));
    return Reply{.body = "{\"sent\":true}", .status = 202};
}

Result<Reply> account_made(Asked const& asked) {
    auto const given = TRY(credentials_of(asked, {"contact", "name", "language", "password", "code"},
                                          {"contact", "name", "password"}));
    return signed_in(
        TRY(asked.hub.sign_up(asked.caller, {.contact = given.contact,
                                             .name = given.name,
                                             .language = given.language.empty() ? "en" : given.language,
                                             .password = given.password,
                                             .code = given.code,
                                             .agent = agent_of(asked)})),
        201);
}

Result<Reply> session_made(Asked const& asked) {
    auto const given = TRY(credentials_of(asked, {"contact", "password"}, {"contact", "password"}));
    return signed_in(TRY(asked.hub.sign_in(asked.caller, given.contact, given.password, agent_of(asked))),
                     201);
}

Result<Reply> second_factor_given(Asked const& asked) {
    auto const given = TRY(credentials_of(asked, {"token", "code"}, {"token", "code"}));
    return signed_in(TRY(asked.hub.second_factor(asked.caller, given.token, given.code)), 201);
}

Result<Reply> signed_out(Asked const& asked) {
    TRY_VOID(asked.hub.sign_out(asked.caller));
    return Reply{.status = 204};
}

Result<Reply> password_reset(Asked const& asked) {
    auto const given =
        TRY(credentials_of(asked, {"contact", "code", "password"}, {"contact", "code", "password"}));
    TRY_VOID(asked.hub.reset_password(asked.caller, given.contact, given.code, given.password));
    return Reply{.status = 204};
}

Result<Reply> account_told(Asked const& asked) {
    auto const account = TRY(asked.hub.account(asked.caller));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.text("id", account.id.text());
        w.text("name", account.name);
        w.text("language", account.language);
        w.text("made", text_of(account.made));
        w.key("roles");
        w.open('[');
        for (auto const role : {people::Role::buyer, people::Role::seller, people::Role::member,
                                people::Role::clerk, people::Role::broker, people::Role::operator_}) {
            if (account.roles.has(role)) w.text(people::text_of(role));
        }
        w.close(']');
        w.key("contacts");
        w.open('[');
        for (auto const& one : account.contacts) {
            w.open('{');
            w.text("contact", one.contact.text());
            w.key("verified");
            w.raw(one.verified ? "true" : "false");
            w.close('}');
        }
        w.close(']');
        w.key("second_factor");
        w.raw(account.has_second_factor ? "true" : "false");
        w.close('}');
    }
    return reply;
}

Result<Reply> sessions_told(Asked const& asked) {
    auto const account = TRY(asked.hub.account(asked.caller));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.key("sessions");
        w.open('[');
        for (auto const& one : TRY(asked.hub.people().sessions(account.id, asked.hub.now()))) {
            w.open('{');
            w.text("id", one.id.text());
            w.text("agent", one.agent);
            w.text("address", one.address);
            w.text("made", text_of(one.made));
            w.text("seen", text_of(one.seen));
            w.key("current");
            w.raw(asked.caller.session == one.id ? "true" : "false");
            w.close('}');
        }
        w.close(']');
        w.close('}');
    }
    return reply;
}

Result<Reply> session_ended(Asked const& asked) {
    auto const account = TRY(asked.hub.account(asked.caller));
    auto const session = TRY(id_of<people::Session>(asked));
    TRY_VOID(asked.hub.people().end_session(account.id, session, asked.hub.act_of(asked.caller)));
    return Reply{.status = 204};
}

// ---- keys of programs

constexpr std::array<std::string_view, 8> scopes{"products:read", "products:write", "shops:write",
                                                 "webhooks:write", "deals:read",     "deals:write",
                                                 "money:read",    "money:write"};

Result<Reply> key_made(Asked const& asked) {
    people::NewKey wanted;
    TRY_VOID(body_fields(
        TRY(json_body(asked)), [&](std::string_view key, json::value const& value) -> Result<bool> {
            if (key == "name") {
                wanted.name = TRY(wire::name(value, key));
            } else if (key == "days") {
                wanted.life = std::chrono::days(TRY(wire::whole(value, key, 1, 730)));
            } else if (key == "scopes") {
                TRY_VOID(
                    wire::elements(value, key, scopes.size(), [&](json::value const& one) -> Result<void> {
                        auto const scope = TRY(wire::text(one, ""));
                        if (std::ranges::find(scopes, scope) == scopes.end())
                            return refuse(Code::bad_value, "", "there is no scope " + excerpt(scope));
                        wanted.scopes.emplace_back(scope);
                        return {};
                    }));
            } else {
                return false;
            }
            return true;
        }));
    if (wanted.name.empty()) return refuse(Code::field_missing, "name", "what is the key for?");
    auto const made =
        TRY(asked.hub.people().make_key(*asked.caller.account, wanted, asked.hub.act_of(asked.caller)));
    Reply reply{.status = 201};
    {
        Writer w(reply.body);
        w.open('{');
        w.text("id", made.id.text());
        w.text("key", made.text);
        w.close('}');
    }
    return reply;
}

Result<Reply> keys_told(Asked const& asked) {
    auto const account = TRY(asked.hub.account(asked.caller));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.key("keys");
        w.open('[');
        for (auto const& one : TRY(asked.hub.people().keys(account.id))) {
            w.open('{');
            w.text("id", one.id.text());
            w.text("name", one.name);
            w.key("scopes");
            w.open('[');
            for (auto const& scope : one.scopes) w.text(scope);
            w.close(']');
            w.text("made", text_of(one.made));
            w.text("until", text_of(one.until));
            if (one.used) w.text("used", text_of(*one.used));
            if (one.ended) w.text("ended", text_of(*one.ended));
            w.close('}');
        }
        w.close(']');
        w.close('}');
    }
    return reply;
}

Result<Reply> key_ended(Asked const& asked) {
    auto const key = TRY(id_of<people::ApiKey>(asked));
    TRY_VOID(asked.hub.people().end_key(*asked.caller.account, key, asked.hub.act_of(asked.caller)));
    return Reply{.status = 204};
}

constexpr std::string_view id_schema = R"({"type":"string","pattern":"^[0-9a-z]{26}$"})";
constexpr std::array session_parameters{Parameter{
    .name = "id", .in = "path", .schema = id_schema, .about = "Of the session", .is_required = true}};
constexpr std::array key_parameters{
    Parameter{.name = "id", .in = "path", .schema = id_schema, .about = "Of the key", .is_required = true}};
constexpr std::array secrets{Code::wrong_secret, Code::too_many, Code::busy, Code::conflict};
constexpr std::array gone{Code::not_found};

constexpr std::string_view tag = "Accounts";
constexpr std::array verbs{
    Verb{.method = "POST",
         .pattern = "/api/v1/codes",
         .id = "sendCode",
         .tag = tag,
         .summary = "Sends a one-time code to a phone or an address",
         .about =
             "To prove it when an account is made, or to set a new password. The answer is the same whether "
             "there is such an account or not.",
         .takes = "CodeRequest",
         .example = R"({"contact":"+254712345678","purpose":"sign-up"})",
         .gives = "Sent",
         .status = 202,
         .refusals = secrets,
         .answer = code_sent,
         .is_for_everybody = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/accounts",
         .id = "makeAccount",
         .tag = tag,
         .summary = "Makes an account and signs it in",
         .about = "Without a code the contact stays unverified.",
         .takes = "NewAccount",
         .example = R"({"contact":"+254712345678","name":"Wanjiru","language":"sw",)"
                    R"("password":"korongo nne majini"})",
         .gives = "SignedIn",
         .status = 201,
         .refusals = secrets,
         .answer = account_made,
         .is_for_everybody = true,
         .is_secret = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/sessions",
         .id = "signIn",
         .tag = tag,
         .summary = "Signs in: a token for the header Authorization: Bearer",
         .about = "",
         .takes = "SignIn",
         .example = R"({"contact":"+254712345678","password":"korongo nne majini"})",
         .gives = "SignedIn",
         .status = 201,
         .refusals = secrets,
         .answer = session_made,
         .is_for_everybody = true,
         .is_secret = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/sessions/second-factor",
         .id = "secondFactor",
         .tag = tag,
         .summary = "The six digits of the authenticator, or a recovery code",
         .about = "",
         .takes = "SecondFactor",
         .gives = "SignedIn",
         .status = 201,
         .refusals = secrets,
         .answer = second_factor_given,
         .is_for_everybody = true,
         .is_secret = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/passwords",
         .id = "resetPassword",
         .tag = tag,
         .summary = "Sets a new password with a code that was sent",
         .about = "Every session of the account ends.",
         .takes = "Reset",
         .status = 204,
         .refusals = secrets,
         .answer = password_reset,
         .is_for_everybody = true},
    Verb{.method = "GET",
         .pattern = "/api/v1/account",
         .id = "account",
         .tag = tag,
         .summary = "Who you are here",
         .about = "",
         .gives = "Account",
         .answer = account_told},
    Verb{.method = "GET",
         .pattern = "/api/v1/sessions",
         .id = "sessions",
         .tag = tag,
         .summary = "Where you are signed in",
         .about = "",
         .gives = "Sessions",
         .answer = sessions_told,
         .is_for_people = true},
    Verb{.method = "DELETE",
         .pattern = "/api/v1/sessions/current",
         .id = "signOut",
         .tag = tag,
         .summary = "Signs out",
         .about = "",
         .status = 204,
         .answer = signed_out,
         .is_for_people = true},
    Verb{.method = "DELETE",
         .pattern = "/api/v1/sessions/{id}",
         .id = "endSession",
         .tag = tag,
         .summary = "Signs out elsewhere",
         .about = "",
         .parameters = session_parameters,
         .status = 204,
         .refusals = gone,
         .answer = session_ended,
         .is_for_people = true},
    Verb{.method = "POST",
         .pattern = "/api/v1/keys",
         .id = "makeKey",
         .tag = tag,
         .summary = "Makes a key for a program; it is shown once",
         .about = "A key makes no key: who holds one cannot outlive its end.",
         .takes = "NewKey",
         .example = R"({"name":"our shop","scopes":["products:read","products:write"],"days":365})",
         .gives = "MadeKey",
         .status = 201,
         .answer = key_made,
         .is_for_people = true,
         .is_secret = true},
    Verb{.method = "GET",
         .pattern = "/api/v1/keys",
         .id = "keys",
         .tag = tag,
         .summary = "Your keys, without their secrets",
         .about = "",
         .gives = "Keys",
         .answer = keys_told,
         .is_for_people = true},
    Verb{.method = "DELETE",
         .pattern = "/api/v1/keys/{id}",
         .id = "endKey",
         .tag = tag,
         .summary = "Ends a key",
         .about = "",
         .parameters = key_parameters,
         .status = 204,
         .refusals = gone,
         .answer = key_ended,
         .is_for_people = true},
};

}  // namespace

std::span<Verb const> account_verbs() { return verbs; }

}  // namespace allroads::api
