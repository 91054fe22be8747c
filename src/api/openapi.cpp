// The OpenAPI document of the table of verbs.
#include "api/api.h"
#include "api/verb.h"
#include "wire/wire.h"

#include <map>

namespace allroads::api {
namespace {

using wire::Writer;

void write_reference(Writer& w, std::string_view schema) {
    w.open('{');
    w.text("$ref", "#/components/schemas/" + std::string(schema));
    w.close('}');
}

void write_content(Writer& w, std::string_view type, std::string_view schema, std::string_view example) {
    w.key("content");
    w.open('{');
    w.key(type);
    w.open('{');
    w.key("schema");
    write_reference(w, schema);
    if (!example.empty()) {
        w.key("example");
        w.raw(example);
    }
    w.close('}');
    w.close('}');
}

// A write that may be asked twice.
constexpr Parameter once{.name = "Idempotency-Key",
                         .in = "header",
                         .schema = R"({"type":"string","pattern":"^[ -~]{1,200}$"})",
                         .about =
                             "Your name for this write: sent again with it, it is done once and its "
                             "first answer comes back. Kept for two days"};

constexpr Parameter own_once{.name = "Idempotency-Key",
                             .in = "header",
                             .schema = R"({"type":"string","pattern":"^[ -~]{1,200}$"})",
                             .about =
                                 "Stands for `key` where the body names none: with it again it is done once, "
                                 "for as long as the order is kept"};
// For clerks.
constexpr Parameter acting_for{.name = "Acting-For",
                               .in = "header",
                               .schema = R"({"$ref":"#/components/schemas/Id"})",
                               .about =
                                   "Account of a member whose consent the clerk who asks has: it is done for "
                                   "that member"};

void write_parameters(Writer& w, Verb const& verb) {
    std::vector<Parameter> all(verb.parameters.begin(), verb.parameters.end());
    if (takes_once(verb)) all.push_back(verb.has_own_key ? own_once : once);
    if (!verb.scope.empty()) all.push_back(acting_for);
    if (all.empty()) return;
    w.key("parameters");
    w.open('[');
    for (auto const& one : all) {
        w.open('{');
        w.text("name", one.name);
        w.text("in", one.in);
        w.text("description", one.about);
        w.key("required");
        w.raw(one.is_required || one.in == "path" ? "true" : "false");
        w.key("schema");
        w.raw(one.schema);
        if (!one.example.empty()) {
            w.key("example");
            w.raw(one.example);
        }
        w.close('}');
    }
    w.close(']');
}

// Refusals of one status share an entry, which names their codes.
void write_responses(Writer& w, Verb const& verb) {
    std::map<int, std::string> refusals;
    auto const add = [&](Code code) {
        auto const& facts = facts_of(code);
        auto& text = refusals[facts.http_status];
        text += (text.empty() ? "" : "; ") + std::string(facts.name) + ": " + std::string(facts.sentence);
    };
    for (auto const code : verb.refusals) add(code);
    w.key("responses");
    w.open('{');
    w.key(std::to_string(verb.status));
    w.open('{');
    w.text("description", verb.summary);
    if (!verb.gives.empty()) write_content(w, "application/json", verb.gives, {});
    if (!verb.gives_files.empty()) {
        w.key("content");
        w.open('{');
        for (auto const type : verb.gives_files) {
            w.key(type);
            w.raw("{}");
        }
        w.close('}');
    }
    w.close('}');
    for (auto const& [status, text] : refusals) {
        w.key(std::to_string(status));
        w.open('{');
        w.text("description", text);
        write_content(w, "application/problem+json", "Problem", {});
        w.close('}');
    }
    w.key("default");
    w.open('{');
    w.text("description", "Any other refusal");
    write_content(w, "application/problem+json", "Problem", {});
    w.close('}');
    w.close('}');
}

// Whoever is signed in may; of keys, those with the scope. Visitors: nothing is needed.
void write_security(Writer& w, Verb const& verb) {
    w.key("security");
    w.open('[');
    if (!verb.is_for_everybody) {
        w.open('{');
        w.key("bearer");
        w.open('[');
        if (!verb.scope.empty()) w.text(verb.scope);
        w.close(']');
        w.close('}');
    }
    w.close(']');
}

void write_verb(Writer& w, Verb const& verb) {
    std::string method;
    for (char const letter : verb.method) method += static_cast<char>(letter | 0x20);
    w.key(method);
    w.open('{');
    w.text("operationId", verb.id);
    w.key("tags");
    w.open('[');
    w.text(verb.tag);
    w.close(']');
    w.text("summary", verb.summary);
    if (!verb.about.empty()) w.text("description", verb.about);
    write_security(w, verb);
    write_parameters(w, verb);
    if (!verb.takes.empty()) {
        w.key("requestBody");
        w.open('{');
        w.key("required");
        w.raw("true");
        write_content(w, verb.body_type, verb.takes, verb.example);
        w.close('}');
    }
    write_responses(w, verb);
    w.close('}');
}

}  // namespace

std::string openapi() {
    // Verbs of one address stand together.
    std::map<std::string_view, std::vector<Verb const*>> by_pattern;
    for (auto const& verb : all_verbs()) by_pattern[verb->pattern].push_back(verb);
    std::string out;
    {
        Writer w(out);
        w.open('{');
        w.text("openapi", "3.1.0");
        w.key("info");
        w.open('{');
        w.text("title", "Allroads");
        w.text("version", "1");
        w.text(
            "description",
            "What goods cost at any door in the world, on a day, and why. Amounts, rates and quantities are "
            "text in plain decimals. Refusals are problem documents (RFC 9457).");
        w.close('}');
        w.key("paths");
        w.open('{');
        for (auto const& [pattern, verbs] : by_pattern) {
            w.key(pattern);
            w.open('{');
            for (auto const* verb : verbs) write_verb(w, *verb);
            w.close('}');
        }
        w.close('}');
        w.key("components");
        w.open('{');
        w.key("securitySchemes");
        w.raw(R"({"bearer":{"type":"http","scheme":"bearer",)"
              R"("description":"The token of a session, or a key"}})");
        w.key("schemas");
        w.raw(schemas());
        w.close('}');
        w.close('}');
    }
    return out;
}

}  // namespace allroads::api
