// Webhooks: having one's own programs told.
#include "api/telling.h"
#include "api/verb.h"

#include <array>

namespace allroads::api {
namespace {

using wire::Writer;

void write_fields(Writer& w, hub::Webhook const& one) {
    w.text("id", one.id.text());
    w.text("url", one.url);
    w.key("events");
    w.open('[');
    for (auto const& event : one.events) w.text(event);
    w.close(']');
    w.text("state", one.is_asleep ? "asleep" : "awake");
    w.text("made", text_of(one.made));
    if (one.failing_since) w.text("failing_since", text_of(*one.failing_since));
}

void write_delivery(Writer& w, hub::Delivery const& one) {
    w.open('{');
    w.text("id", one.id.text());
    w.text("event", one.event);
    w.text("state", one.state);
    w.text("made", text_of(one.made));
    w.number("tries", one.tries);
    if (one.due) w.text("due", text_of(*one.due));
    if (one.tried) w.text("tried", text_of(*one.tried));
    if (one.status > 0) w.number("status", one.status);
    if (!one.excerpt.empty()) w.text("answer", one.excerpt);
    w.close('}');
}

Result<Reply> webhook_made(Asked const& asked) {
    std::string url;
    std::vector<std::string> events;
    TRY_VOID(body_fields(TRY(json_body(asked)),
                         [&](std::string_view key, wire::json::value const& value) -> Result<bool> {
                             if (key == "url") {
                                 url = TRY(wire::text(value, key));
                             } else if (key == "events") {
                                 TRY_VOID(wire::elements(value, key, hub::webhook_events.size(),
                                                         [&](wire::json::value const& one) -> Result<void> {
                                                             events.emplace_back(TRY(wire::text(one, "")));
                                                             return {};
                                                         }));
                             } else {
                                 return false;
                             }
                             return true;
                         }));
    if (url.empty()) return refuse(Code::field_missing, "url", "which address shall be told?");
    auto const made = TRY(asked.hub.make_webhook(asked.caller, url, events));
    Reply reply{.status = 201};
    {
        Writer w(reply.body);
        w.open('{');
        write_fields(w, made.webhook);
        w.text("secret", made.secret);
        w.close('}');
    }
    return reply;
}

Result<Reply> webhooks_told(Asked const& asked) {
    auto const webhooks = TRY(asked.hub.webhooks(asked.caller));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.key("webhooks");
        w.open('[');
        for (auto const& one : webhooks) {
            w.open('{');
            write_fields(w, one);
            w.close('}');
        }
        w.close(']');
        w.close('}');
    }
    return reply;
}

Result<Reply> webhook_ended(Asked const& asked) {
    TRY_VOID(asked.hub.end_webhook(asked.caller, TRY(id_of<hub::Webhook>(asked))));
    return Reply{.status = 204};
}

Result<Reply> webhook_tested(Asked const& asked) {
    auto const made = TRY(asked.hub.test_webhook(asked.caller, TRY(id_of<hub::Webhook>(asked))));
    Reply reply{.status = 202};
    {
        Writer w(reply.body);
        write_delivery(w, made);
    }
    return reply;
}

Result<Reply> deliveries_told(Asked const& asked) {
    auto const id = TRY(id_of<hub::Webhook>(asked));
    auto const page = TRY(page_of(asked));
    auto const deliveries =
        TRY(asked.hub.deliveries(asked.caller, id, TRY(after_of<hub::Delivery>(page)), page.rows));
    Reply reply;
    {
        Writer w(reply.body);
        w.open('{');
        w.key("deliveries");
        w.open('[');
        for (auto const& one : deliveries) write_delivery(w, one);
        w.close(']');
        if (deliveries.size() == page.rows) w.text("next", deliveries.back().id.text());
        w.close('}');
    }
    return reply;
}

constexpr Parameter id{.name = "id",
                       .in = "path",
                       .schema = R"({"type":"string","pattern":"^[0-9a-z]{26}$"})",
                       .about = "Of the webhook",
                       .is_required = true};
constexpr std::array id_parameters{id};
constexpr std::array list_parameters{
    id,
    Parameter{.name = "rows",
              .in = "query",
              .schema = R"({"type":"integer","minimum":1,"maximum":100,"default":20})",
              .about = "Of a page"},
    Parameter{.name = "after",
              .in = "query",
              .schema = R"({"type":"string","maxLength":200})",
              .about = "`next` of the page before"}};
constexpr std::array refused_urls{Code::bad_value, Code::field_missing, Code::too_long, Code::conflict,
                                  Code::not_allowed};
constexpr std::array gone{Code::not_found, Code::not_allowed};

constexpr std::string_view tag = "Webhooks";
constexpr std::string_view scope = "webhooks:write";
constexpr std::array verbs{
    Verb{.method = "POST",
         .pattern = "/api/v1/webhooks",
         .id = "makeWebhook",
         .tag = tag,
         .summary = "Has an address told what changes in your shops",
         .about =
             "Signed as Standard Webhooks 1.0 says. The secret is shown once. Without `events` all of them "
             "are told; an account keeps at most ten.",
         .takes = "NewWebhook",
         .example = R"({"url":"https://example.org/allroads","events":["product.published","shop.changed"]})",
         .gives = "MadeWebhook",
         .status = 201,
         .refusals = refused_urls,
         .answer = webhook_made,
         .scope = scope,
         .is_secret = true},
    Verb{.method = "GET",
         .pattern = "/api/v1/webhooks",
         .id = "webhooks",
         .tag = tag,
         .summary = "Your webhooks, without their secrets",
         .about = "",
         .gives = "Webhooks",
         .answer = webhooks_told,
         .scope = scope},
    Verb{.method = "DELETE",
         .pattern = "/api/v1/webhooks/{id}",
         .id = "endWebhook",
         .tag = tag,
         .summary = "Ends a webhook; what still waits for it is not sent",
         .about = "",
         .parameters = id_parameters,
         .status = 204,
         .refusals = gone,
         .answer = webhook_ended,
         .scope = scope},
    Verb{.method = "GET",
         .pattern = "/api/v1/webhooks/{id}/deliveries",
         .id = "deliveries",
         .tag = tag,
         .summary = "What a webhook was told, and what it answered; newest first",
         .about = "Kept for 30 days.",
         .parameters = list_parameters,
         .gives = "Deliveries",
         .refusals = gone,
         .answer = deliveries_told,
         .scope = scope},
    Verb{.method = "POST",
         .pattern = "/api/v1/webhooks/{id}/test",
         .id = "testWebhook",
         .tag = tag,
         .summary = "Sends an event of the type webhook.test",
         .about = "A webhook that sleeps wakes up.",
         .parameters = id_parameters,
         .gives = "Delivery",
         .status = 202,
         .refusals = gone,
         .answer = webhook_tested,
         .scope = scope},
};

}  // namespace

std::span<Verb const> webhook_verbs() { return verbs; }

}  // namespace allroads::api
