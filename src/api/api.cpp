#include "api/api.h"

#include "api/docs.h"
#include "api/verb.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <mutex>

namespace allroads::api {
namespace {

constexpr std::string_view session_cookie = "session";
constexpr std::size_t once_bytes_max = 200;

struct Token {
    std::string_view text;
    bool is_cookie = false;
};
Result<Token> token_of(net::Request const& http) {
    if (auto const given = http.header("authorization"); !given.empty()) {
        constexpr std::string_view bearer = "Bearer ";
        if (!given.starts_with(bearer))
            return refuse(Code::signed_out, "authorization", "expected Bearer and a key or a token");
        return Token{given.substr(bearer.size())};
    }
    auto const cookie = net::own_cookie(http, session_cookie);
    return cookie.empty() ? Token{} : Token{cookie, true};
}

// A clerk names the member for whom he asks. He does no more than a key could, and what of it the member
// allows the hub decides, and writes down.
Result<hub::Caller> acting(hub::Hub& hub, Verb const& verb, hub::Caller caller, std::string_view named) {
    auto const member = people::AccountId::parse(named);
    if (!member) return refuse(Code::bad_value, "acting-for", "expected the id of an account");
    if (verb.scope.empty() && !verb.is_for_everybody)
        return refuse(Code::not_allowed, "acting-for", "nobody does this for a member");
    return hub.acting_for(caller, *member);
}

Result<hub::Caller> admitted(Verb const& verb, hub::Caller caller) {
    if (verb.is_for_everybody) return caller;
    if (!caller.is_signed_in()) return refuse(Code::signed_out, "authorization", "sign in, or bring a key");
    // A key does what its scopes name and nothing else: sessions, keys and their like have none.
    if (caller.key && verb.scope.empty())
        return refuse(Code::not_allowed, "authorization", "this is not for keys: sign in");
    bool const has_scope = !caller.key || verb.scope.empty() ||
                           std::ranges::find(caller.scopes, verb.scope) != caller.scopes.end();
    if (!has_scope)
        return refuse(Code::not_allowed, "authorization",
                      "the key lacks the scope " + std::string(verb.scope));
    return caller;
}

Result<hub::Caller> caller_of(hub::Hub& hub, Verb const& verb, net::Request const& http) {
    if (verb.proves_itself)
        return hub.caller({.token = {}, .address = http.peer}, people::Often::api_address);
    auto const token = TRY(token_of(http));
    // Only a browser sends cookies by itself, also for pages of others.
    if (token.is_cookie && verb.method != "GET" && !net::is_from_own_pages(http))
        return refuse(Code::other_site, "", "");
    auto caller = TRY(hub.caller({.token = token.text, .address = http.peer}, people::Often::api_address));
    if (auto const member = http.header("acting-for"); !member.empty() && !verb.is_for_everybody)
        return acting(hub, verb, std::move(caller), member);
    return admitted(verb, std::move(caller));
}

// The same, where memory tells who it is.
std::optional<Result<hub::Caller>> caller_at_hand(hub::Hub& hub, Verb const& verb, net::Request const& http) {
    auto const token = token_of(http);
    bool const is_plain =
        token && !token->is_cookie && !verb.proves_itself && http.header("acting-for").empty();
    if (!is_plain) return std::nullopt;
    auto caller =
        hub.caller_at_hand({.token = token->text, .address = http.peer}, people::Often::api_address);
    if (!caller || !*caller) return caller;
    return admitted(verb, std::move(**caller));
}

// The key of a write that may be sent again, if it brings one.
Result<std::optional<hub::Hub::Once>> once_of(hub::Caller const& caller, Verb const& verb,
                                              net::Request const& http) {
    auto const name = http.header("idempotency-key");
    if (name.empty() || !takes_once(verb)) return std::optional<hub::Hub::Once>();
    bool const is_plain = std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
    if (name.size() > once_bytes_max || !is_plain)
        return refuse(Code::bad_value, "idempotency-key", "expected at most 200 plain characters");
    if (verb.has_own_key) return std::optional<hub::Hub::Once>();
    auto const digest = hub::digest_of({http.method, http.target, http.body, http.header("acting-for")});
    return std::optional(
        hub::Hub::Once{.asker = caller.account->text(), .name = std::string(name), .digest = digest});
}

// A browser that is led here shows nothing of it as a page, whatever somebody wrote into it.
void attach(net::Response& response) {
    bool const is_named = std::ranges::any_of(
        response.headers, [](net::Pair const& one) { return one.name == "Content-Disposition"; });
    if (!is_named) response.headers.push_back({"Content-Disposition", "attachment; filename=\"api.json\""});
}

net::Response response_of(Reply&& reply) {
    net::Response response{.status = reply.status,
                           .type = reply.type,
                           .body = std::move(reply.body),
                           .headers = std::move(reply.headers)};
    attach(response);
    return response;
}

Result<Reply> done(hub::Hub& hub, Verb const& verb, net::Request const& http, hub::Caller const& caller) {
    auto const once = TRY(once_of(caller, verb, http));
    if (once) {
        if (auto before = TRY(hub.begin_once(*once))) {
            Reply again{.body = std::move(before->answer),
                        .status = before->status,
                        .headers = {{"Idempotent-Replayed", "true"}}};
            if (!verb.gives_files.empty()) again.type = verb.gives_files.front();
            return again;
        }
    }
    auto reply = verb.answer({.http = http, .hub = hub, .caller = caller});
    if (!once) return reply;
    if (reply) {
        TRY_VOID(hub.end_once(*once, {.status = reply->status, .answer = reply->body}));
    } else if (reply.error().code() != Code::outcome_unknown) {
        TRY_VOID(hub.drop_once(*once));
    }
    return reply;
}

// The one number in what people and hub say to who asks too often: in how many seconds they may again.
std::string_view wait_in(std::string_view detail) {
    auto const begin = std::min(detail.find_first_of("0123456789"), detail.size());
    auto const end = std::min(detail.find_first_not_of("0123456789", begin), detail.size());
    return detail.substr(begin, end - begin);
}

net::Response refused(Error const& error) {
    auto response = net::problem(error);
    attach(response);
    if (error.code() == Code::too_many) {
        auto const wait = wait_in(error.detail());
        for (auto& header : response.headers) {
            if (header.name == "Retry-After" && !wait.empty()) header.value = wait;
        }
    }
    return response;
}

// Two readers could take either for what was meant; only a list may name its parameter again.
Result<void> must_stand_once(Verb const& verb, net::Request const& http) {
    for (auto pair = http.query.begin(); pair != http.query.end(); ++pair) {
        bool const is_again = std::any_of(http.query.begin(), pair,
                                          [&](net::Pair const& before) { return before.name == pair->name; });
        bool const is_list = is_again && std::ranges::any_of(verb.parameters, [&](Parameter const& one) {
                                 return one.is_list && one.in == "query" && one.name == pair->name;
                             });
        if (is_again && !is_list) return refuse(Code::bad_value, excerpt(pair->name), "given more than once");
    }
    return {};
}

bool is_of_visitor(net::Request const& http) {
    auto const token = token_of(http);
    return token && token->text.empty();
}

// Everything that an answer depends on which every visitor gets alike; empty where it must be made anew.
std::string key_of(hub::Hub& hub, Verb const& verb, net::Request const& http) {
    constexpr std::size_t target_max = 500;
    bool const is_same_for_all = verb.method == "GET" && verb.is_for_everybody &&
                                 http.target.size() <= target_max && is_of_visitor(http);
    auto const books = hub.books();
    if (!is_same_for_all || !books) return {};
    return std::to_string(hub.changes()) + ' ' + std::string((*books)->name()) + ' ' + hub.today().text() +
           ' ' + http.host + ' ' + http.target;
}

// Every answer and every refusal of a verb leaves through here.
net::Response answered(hub::Hub& hub, net::KeptAnswers& kept, Verb const& verb, net::Request const& http,
                       Result<hub::Caller> const& caller) {
    if (!caller) return refused(caller.error());
    if (auto const once = must_stand_once(verb, http); !once) return refused(once.error());
    auto const key = key_of(hub, verb, http);
    auto reply = done(hub, verb, http, *caller);
    if (!reply) return refused(reply.error());
    bool const is_kept = !key.empty() && reply->status == 200 && reply->headers.empty();
    auto response = response_of(std::move(*reply));
    if (is_kept) {
        response.cache = net::Cache::revalidate;
        kept.offer(key, response);
    }
    return response;
}

net::Response response_to(Result<Reply>&& reply) {
    return reply ? response_of(std::move(*reply)) : refused(reply.error());
}

// The same where the answer waits for a disk.
void answer_later(hub::Hub& hub, Verb const& verb, net::Request const& http, net::Later const& later) {
    auto const refuse_with = [&](Error const& error) {
        later.give([&](net::Request const&) { return refused(error); });
    };
    auto const caller = caller_of(hub, verb, http);
    if (!caller) return refuse_with(caller.error());
    if (auto const once = must_stand_once(verb, http); !once) return refuse_with(once.error());
    if (auto const key = once_of(*caller, verb, http); !key) return refuse_with(key.error());
    verb.answer_later({.http = http, .hub = hub, .caller = *caller}, [later](auto const& outcome) {
        later.give([&](net::Request const&) { return response_to(outcome()); });
    });
}

// From memory, or not at all. A kept answer counts among the requests of its address like any other.
std::optional<net::Response> quickly(hub::Hub& hub, net::KeptAnswers& kept, Verb const& verb,
                                     net::Request const& http) {
    bool const is_quick = http.body.size() < verb.quick_bytes && (!verb.reads_records || hub.is_near());
    if (is_quick) {
        auto const caller = caller_at_hand(hub, verb, http);
        return caller ? std::optional(answered(hub, kept, verb, http, *caller)) : std::nullopt;
    }
    auto const key = key_of(hub, verb, http);
    auto asset = key.empty() ? nullptr : kept.find(key);
    if (!asset) return std::nullopt;
    auto const caller = caller_of(hub, verb, http);
    if (!caller) return refused(caller.error());
    net::Response response{.cache = net::Cache::revalidate, .asset = std::move(asset)};
    attach(response);
    return response;
}

}  // namespace

bool takes_once(Verb const& verb) {
    return verb.method != "GET" && !verb.is_for_everybody && !verb.is_secret;
}

std::string_view query_of(Asked const& asked, std::string_view name) {
    return net::value_of(asked.http.query, name).value_or(std::string_view());
}

Result<PageAsked> page_of(Asked const& asked) {
    PageAsked page{.after = query_of(asked, "after")};
    auto const text = query_of(asked, "rows");
    if (text.empty()) return page;
    auto const [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), page.rows);
    if (wrong != std::errc() || end != text.data() + text.size() || page.rows < 1 || page.rows > rows_max)
        return refuse(Code::bad_value, "rows", "expected a whole number from 1 to 100");
    return page;
}

Result<std::string> own_key_of(Asked const& asked, std::string_view given) {
    constexpr std::size_t bytes_max = 100;
    auto const key = given.empty() ? asked.http.header("idempotency-key") : given;
    if (key.empty()) return refuse(Code::field_missing, "key", "name it, or bring an Idempotency-Key");
    if (key.size() <= bytes_max) return std::string(key);
    if (!given.empty()) return refuse(Code::bad_value, "key", "expected at most 100 bytes of text");
    return "sha256 " + hub::hexadecimal(hub::digest_of({key}));
}

Result<std::string_view> json_body(Asked const& asked) {
    auto const type = asked.http.header("content-type");
    auto const kind = trim(type.substr(0, type.find(';')));
    if (kind.empty() || kind == "application/json") return std::string_view(asked.http.body);
    return refuse(Code::bad_value, "content-type", "expected application/json");
}

std::vector<Verb const*> all_verbs() {
    std::vector<Verb const*> all;
    for (auto const part : {price_verbs(), account_verbs(), shop_verbs(), product_verbs(), moving_verbs(),
                            deal_verbs(), money_verbs(), webhook_verbs()}) {
        for (auto const& verb : part) all.push_back(&verb);
    }
    return all;
}

std::vector<net::Route> routes(hub::Hub& hub) {
    std::vector<net::Route> all;
    auto const kept = std::make_shared<net::KeptAnswers>(16U * 1024 * 1024);
    for (auto const* verb : all_verbs()) {
        net::Route route{.method = std::string(verb->method),
                         .pattern = std::string(verb->pattern),
                         .handler = {},
                         .body_bytes = verb->body_bytes};
        if (verb->answer_later != nullptr) {
            check(verb->has_own_key);
            route.later = [&hub, verb](net::Request const& http, net::Later const& later) {
                answer_later(hub, *verb, http, later);
            };
        } else {
            route.handler = [&hub, kept, verb](net::Request const& http) {
                return answered(hub, *kept, *verb, http, caller_of(hub, *verb, http));
            };
            route.quick = [&hub, kept, verb](net::Request const& http) {
                return quickly(hub, *kept, *verb, http);
            };
        }
        all.push_back(std::move(route));
    }
    // Made when first asked for: pressing them small takes longer than the hub has to start.
    struct Document {
        std::once_flag once;
        std::shared_ptr<net::Asset const> asset;
    };
    auto const add = [&](std::string pattern, std::string (*make)(), std::string type) {
        auto const document = std::make_shared<Document>();
        all.push_back({.method = "GET",
                       .pattern = std::move(pattern),
                       .handler = [document, make, type = std::move(type)](net::Request const&) {
                           std::call_once(document->once,
                                          [&] { document->asset = net::Asset::of(make(), type); });
                           return net::Response{.cache = net::Cache::revalidate, .asset = document->asset};
                       }});
    };
    add("/api/openapi.json", openapi, "application/json");
    add("/api/docs", documentation, "text/html; charset=utf-8");
    add("/api/docs.css", documentation_style, "text/css; charset=utf-8");
    // Else a page would answer a program.
    all.push_back({.method = "GET", .pattern = "/api/{rest...}", .handler = [](net::Request const&) {
                       return net::problem(Code::not_found, "the API has no such address");
                   }});
    return all;
}

}  // namespace allroads::api
