// The documentation page of the same table: one HTML file without script, with a style sheet of its own.
#include "api/docs.h"

#include "api/verb.h"
#include "wire/wire.h"

#include <algorithm>
#include <array>
#include <map>

namespace allroads::api {
namespace {

namespace json = wire::json;

std::string escaped(std::string_view text) {
    std::string out;
    for (char const c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}
std::string code(std::string_view text) { return "<code>" + escaped(text) + "</code>"; }

// Of texts in the table: what stands between backticks is code.
std::string prose(std::string_view text) {
    std::string out;
    bool is_code = false;
    auto rest = escaped(text);
    for (auto at = rest.find('`'); at != std::string::npos; at = rest.find('`')) {
        out += rest.substr(0, at) + (is_code ? "</code>" : "<code>");
        is_code = !is_code;
        rest.erase(0, at + 1);
    }
    return out + rest;
}

// The head of the table is repeated for who hears it: each cell names its column.
std::string table(std::initializer_list<std::string_view> heads, std::string const& rows) {
    std::string out = "<table><thead><tr>";
    for (auto const head : heads) out += "<th scope=\"col\">" + escaped(head) + "</th>";
    return out + "</tr></thead><tbody>" + rows + "</tbody></table>\n";
}
std::string row(std::initializer_list<std::string> cells) {
    std::string out = "<tr>";
    bool is_first = true;
    for (auto const& cell : cells) {
        out += is_first ? "<th scope=\"row\">" + cell + "</th>" : "<td>" + cell + "</td>";
        is_first = false;
    }
    return out + "</tr>\n";
}

// ---- schemas ----------------------------------------------------------------------------------------------

std::string_view text_in(json::object const& schema, std::string_view name) {
    auto const* value = schema.if_contains(name);
    return value != nullptr && value->is_string() ? wire::view(value->get_string()) : std::string_view();
}

std::string link_to(std::string_view schema) {
    return "<a href=\"#schema-" + std::string(schema) + "\">" + std::string(schema) + "</a>";
}

std::string kind_of(json::object const& schema);
std::string fields_of(json::object const& schema);

// "12 to 300", "at most 300", of whichever bounds there are.
std::string bounds(json::object const& schema, std::string_view least, std::string_view most,
                   std::string_view what) {
    auto const number = [&](std::string_view name) {
        auto const* value = schema.if_contains(name);
        return value == nullptr || !value->is_int64() ? std::string() : std::to_string(value->get_int64());
    };
    auto const from = number(least), to = number(most);
    if (from.empty() && to.empty()) return {};
    if (from.empty()) return ", at most " + to + std::string(what);
    if (to.empty()) return ", at least " + from + std::string(what);
    return ", " + from + " to " + to + std::string(what);
}

std::string list_of(json::array const& values, std::string_view between) {
    std::string out;
    for (auto const& one : values) {
        if (!out.empty()) out += between;
        out += one.is_object()   ? kind_of(one.get_object())
               : one.is_string() ? code(wire::view(one.get_string()))
                                 : std::string("null");
    }
    return out;
}

std::string kind_of(json::object const& schema) {
    if (auto const reference = text_in(schema, "$ref"); !reference.empty())
        return link_to(reference.substr(reference.rfind('/') + 1));
    for (auto const choice : {"oneOf", "anyOf"}) {
        if (auto const* ways = schema.if_contains(choice)) return list_of(ways->as_array(), " or ");
    }
    if (auto const* values = schema.if_contains("enum")) return "one of " + list_of(values->as_array(), ", ");
    auto const type = text_in(schema, "type");
    if (type == "array") {
        auto const* items = schema.if_contains("items");
        return "list of " + (items == nullptr ? std::string("anything") : kind_of(items->as_object())) +
               bounds(schema, "minItems", "maxItems", " entries");
    }
    if (type == "object") {
        auto const nested = fields_of(schema);
        return nested.empty() ? std::string("object") : "object:" + nested;
    }
    if (type == "integer") return "whole number" + bounds(schema, "minimum", "maximum", "");
    if (type == "boolean") return "true or false";
    if (type != "string") return type.empty() ? std::string("anything") : escaped(type);
    auto const pattern = text_in(schema, "pattern");
    return "text" + bounds(schema, "minLength", "maxLength", " characters") +
           (pattern.empty() ? std::string() : ", " + code(pattern));
}

std::string fields_of(json::object const& schema) {
    auto const* properties = schema.if_contains("properties");
    if (properties == nullptr) return {};
    auto const* required = schema.if_contains("required");
    std::string out = "<ul>";
    for (auto const& pair : properties->as_object()) {
        auto const name = std::string_view(pair.key().data(), pair.key().size());
        auto const& field = pair.value().as_object();
        bool const is_needed =
            required != nullptr && std::ranges::any_of(required->as_array(), [&](auto& one) {
                return wire::view(one.as_string()) == name;
            });
        out += "<li>" + (is_needed ? "<b>" + code(name) + "</b>" : code(name)) + " " + kind_of(field);
        if (auto const about = text_in(field, "description"); !about.empty()) out += " — " + prose(about);
        out += "</li>\n";
    }
    return out + "</ul>\n";
}

std::string schema_sections() {
    constexpr std::size_t bytes_max = 1024U * 1024;
    constexpr std::size_t depth = 32;
    auto const tree = wire::parse(schemas(), bytes_max, depth);
    allroads::check(tree.has_value());
    std::string out;
    for (auto const& pair : tree->as_object()) {
        auto const name = std::string(pair.key().data(), pair.key().size());
        auto const& schema = pair.value().as_object();
        out += "<section id=\"schema-" + name + "\"><h3>" + name + "</h3>\n";
        if (auto const about = text_in(schema, "description"); !about.empty())
            out += "<p>" + prose(about) + "</p>\n";
        auto const fields = fields_of(schema);
        out += (fields.empty() ? "<p>" + kind_of(schema) + "</p>\n" : fields) + "</section>\n";
    }
    return out;
}

// ---- verbs ------------------------------------------------------------------------------------------------

std::string kind_in(Parameter const& one) {
    auto const tree = wire::parse(one.schema, one.schema.size());
    allroads::check(tree.has_value());
    return kind_of(tree->as_object());
}

// A line for a shell: what is JSON stands between single quotes.
std::string curl_of(Verb const& verb) {
    std::string line = "curl";
    if (verb.method != "GET") line += " -X " + std::string(verb.method);
    std::string address(verb.pattern);
    for (auto at = address.find('{'); at != std::string::npos; at = address.find('{'))
        address.replace(at, address.find('}') - at + 1, "$ID");
    char mark = '?';
    for (auto const& one : verb.parameters) {
        if (one.in != "query" || (one.example.empty() && !one.is_required)) continue;
        auto value = one.example.empty() ? "1" : std::string(one.example);
        std::erase(value, '"');
        address += mark + std::string(one.name) + "=" + value;
        mark = '&';
    }
    line += " \"$HUB" + address + "\"";
    if (!verb.is_for_everybody) line += " \\\n  -H \"Authorization: Bearer $TOKEN\"";
    if (verb.takes.empty()) return line;
    line += " \\\n  -H 'Content-Type: " + std::string(verb.body_type) + "'";
    if (verb.body_type != "application/json") return line + " \\\n  --data-binary @FILE";
    std::string body(verb.example.empty() ? std::string_view("{…}") : verb.example);
    for (auto at = body.find('\''); at != std::string::npos; at = body.find('\'', at + 4))
        body.replace(at, 1, "'\\''");
    return line + " \\\n  -d '" + body + "'";
}

std::string who_may(Verb const& verb) {
    if (verb.is_for_everybody) return "Everybody may ask; no token is needed.";
    if (verb.is_for_people) return "Whoever is signed in; no key.";
    if (verb.scope.empty()) return "Whoever is signed in, and any key.";
    return "Whoever is signed in, and keys with the scope " + code(verb.scope) + ".";
}

std::string parameters_of(Verb const& verb) {
    std::string rows;
    for (auto const& one : verb.parameters) {
        auto const need = one.is_required || one.in == "path" ? std::string("yes") : std::string("no");
        rows += row({code(one.name), escaped(one.in), kind_in(one), prose(one.about), need});
    }
    if (takes_once(verb)) {
        rows += row({code("Idempotency-Key"), "header", "text, at most 200 characters",
                     "<a href=\"#once\">Once</a>", "no"});
    }
    return rows.empty() ? rows : table({"Name", "In", "What", "About", "Needed"}, rows);
}

std::string answers_of(Verb const& verb) {
    auto out = "<p>Answers " + code(std::to_string(verb.status));
    if (!verb.gives.empty()) out += " with " + link_to(verb.gives);
    for (std::size_t i = 0; i < verb.gives_files.size(); ++i)
        out += (i == 0 ? " with a file: " : ", ") + code(verb.gives_files[i]);
    if (verb.gives.empty() && verb.gives_files.empty()) out += " without a body";
    if (!verb.refusals.empty()) {
        out += ". Refuses among others with ";
        bool is_first = true;
        for (auto const refusal : verb.refusals) {
            out += is_first ? "" : ", ";
            is_first = false;
            auto const name = std::string(facts_of(refusal).name);
            out += "<a href=\"#error-" + name + "\">" + name + "</a>";
        }
    }
    return out + ".</p>\n";
}

std::string section_of(Verb const& verb) {
    auto out = "<section id=\"" + std::string(verb.id) + "\"><h3>" + escaped(verb.summary) + "</h3>\n";
    out += "<p class=\"verb\"><b>" + std::string(verb.method) + "</b> " + code(verb.pattern) + "</p>\n";
    if (!verb.about.empty()) out += "<p>" + prose(verb.about) + "</p>\n";
    out += "<p>" + who_may(verb) + "</p>\n" + parameters_of(verb);
    if (!verb.takes.empty()) out += "<p>Takes " + link_to(verb.takes) + ".</p>\n";
    out += answers_of(verb);
    return out + "<pre><code>" + escaped(curl_of(verb)) + "</code></pre></section>\n";
}

// ---- the page ---------------------------------------------------------------------------------------------

constexpr std::string_view head = R"html(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Allroads API</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="description" content="Every verb of the API of this hub, with examples.">
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/api/docs.css"></head><body>
<a class="skip" href="#main">To the verbs</a>
<header><h1>Allroads API</h1>
<p>What goods cost at any door in the world, on a day, and why. JSON over HTTP; the same as
<a href="/api/openapi.json">OpenAPI 3.1</a>. <a href="/">The hub itself</a></p></header>
)html";

constexpr std::string_view ground = R"html(<section id="begin"><h2>Before the first request</h2>
<p>The lines below take two variables of a shell: <code>HUB</code> is the address of this hub, such as
<code>https://hub.example</code>, and <code>TOKEN</code> is what <a href="#signIn">signing in</a> answers,
or a
<a href="#makeKey">key</a>. <code>$ID</code> is what an earlier answer called <code>id</code>.</p>
<ul>
<li>Amounts, rates and quantities are text in plain decimals: <code>"2400.10"</code>. A JSON number with a
fraction
is refused, because something has already rounded it.</li>
<li>A field that is not known is refused by its name. So is a document with two fields of one name.</li>
<li>Times are RFC 3339 in UTC, days are ISO 8601, countries ISO 3166-1, currencies ISO 4217.</li>
<li>What is not known stands under <code>unknown</code> and is kept out of totals; it is never counted as
0.</li>
</ul></section>
<section id="once"><h2>Once</h2>
<p>On a bad line an answer is lost more often than a request. Give each write a name of your own in the
header
<code>Idempotency-Key</code> (at most 200 plain characters) and send it again with the same one: it is
done once, and the
first answer comes back with <code>Idempotent-Replayed: true</code>. The same key for another request is
refused
(<code>conflict</code>). A refused write may be mended and sent with the same key. Keys are kept for two
days. Where
the answer is <code>outcome-unknown</code>, look whether it was done.</p></section>
<section id="pages"><h2>Pages</h2>
<p>Lists take <code>rows</code> (1 to 100) and <code>after</code>. While an answer holds <code>next</code>
there may be
more: ask again with <code>after</code> set to it.</p></section>
<section id="about-versions"><h2>Versions</h2>
<p>Shops and products count their versions. A change names the newest one you saw; where another came in
between it
is refused (<code>conflict</code>) and nothing is lost.</p></section>
<section id="often"><h2>How often</h2>
<p>From one address 600 requests at once and 50 a second after that; the same for a key; 120 writes at
once and one a
second after that for an account. Beyond: <code>too-many</code>, with the seconds to wait in
<code>Retry-After</code>.</p></section>
<section id="about-webhooks"><h2>Being told</h2>
<p>A <a href="#makeWebhook">webhook</a> is told what changes in your shops, signed as
<a href="https://www.standardwebhooks.com">Standard Webhooks</a> 1.0 says: compute HMAC-SHA256 of
<code>webhook-id</code>, a stop, <code>webhook-timestamp</code>, a stop and the body as it came, with the
bytes that stand
in base64 behind <code>whsec_</code>; compare its base64 with what follows <code>v1,</code> in
<code>webhook-signature</code>. Refuse a timestamp more than five minutes away from your clock, and a
<code>webhook-id</code> that you have had: then nobody can send you an old message again. Any status from
200 to 299 is taken as
received; otherwise it is sent again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24
h.</p></section>
)html";

constexpr std::string_view style =
    R"css(:root{color-scheme:light dark;--ground:#f2f5f4;--sheet:#fff;--ink:#12211f;
--soft:#42524d;--line:#d3dbd8;--link:#0a574d;--focus:#1a4fd0}
@media(prefers-color-scheme:dark){:root{--ground:#0e1514;--sheet:#17211f;--ink:#eaf0ee;--soft:#b3c2bd;
--line:#31403c;
--link:#86d6c6;--focus:#9db8ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,sans-serif;
overflow-wrap:anywhere}
header,nav,main{max-width:60rem;margin:0 auto;padding:1rem}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.skip{position:absolute;left:-99rem}
.skip:focus{position:static}
h1,h2,h3{line-height:1.25;text-wrap:balance}
h2{margin:2.5rem 0 .5rem;border-bottom:2px solid var(--line)}
h3{margin:0 0 .5rem}
nav ul{columns:16rem;padding:0;list-style:none}
nav li{margin:.25rem 0;break-inside:avoid}
section section{background:var(--sheet);border:1px solid var(--line);border-radius:.5rem;padding:1rem;
margin:1rem 0}
.verb b{margin-inline-end:.5rem}
code{font:.9em/1.5 ui-monospace,monospace}
pre{white-space:pre-wrap;background:var(--ground);border:1px solid var(--line);border-radius:.5rem;
padding:.75rem;
margin:.75rem 0 0}
table{width:100%;border-collapse:collapse;margin:.75rem 0}
th,td{text-align:start;vertical-align:top;padding:.4rem .5rem .4rem 0;border-bottom:1px solid var(--line);
font-weight:400}
thead th{color:var(--soft);font-weight:600}
li ul{padding-inline-start:1rem}
@media(max-width:40rem){thead{position:absolute;left:-99rem}tr{display:block;padding:.4rem 0;
border-bottom:1px solid var(--line)}th,td{display:inline;border:0;padding:0}}
)css";

struct Named {
    std::string_view name;
    int status;
    std::string_view sentence;
};
#define ALLROADS_NAMED(id, name, status, exit, sentence) Named{name, status, sentence},
constexpr std::array codes{HUB_CODES(ALLROADS_NAMED)};
#undef ALLROADS_NAMED

std::string error_section() {
    std::string rows;
    for (auto const& one : codes) {
        auto const name = std::string(one.name);
        rows += row({"<code id=\"error-" + name + "\">" + name + "</code>", std::to_string(one.status),
                     escaped(one.sentence)});
    }
    return "<section id=\"errors\"><h2>Refusals</h2>\n<p>Problem documents (RFC 9457): " +
           link_to("Problem") +
           ". Decide by <code>code</code>, never by the words; <code>field</code> names what was "
           "refused.</p>\n" +
           table({"Code", "Status", "Means"}, rows) + "</section>\n";
}

}  // namespace

std::string documentation() {
    std::vector<std::string_view> tags;
    for (auto const* verb : all_verbs()) {
        if (std::ranges::find(tags, verb->tag) == tags.end()) tags.push_back(verb->tag);
    }
    std::string contents, sections;
    for (auto const tag : tags) {
        auto const title = escaped(tag);
        contents += "<h2>" + title + "</h2><ul>\n";
        sections += "<section><h2>" + title + "</h2>\n";
        for (auto const* verb : all_verbs()) {
            if (verb->tag != tag) continue;
            contents +=
                "<li><a href=\"#" + std::string(verb->id) + "\">" + escaped(verb->summary) + "</a></li>\n";
            sections += section_of(*verb);
        }
        contents += "</ul>\n";
        sections += "</section>\n";
    }
    return std::string(head) + "<nav aria-label=\"Contents\">" + contents +
           "<ul><li><a href=\"#errors\">Refusals</a></li><li><a "
           "href=\"#schemas\">Documents</a></li></ul></nav>\n"
           "<main id=\"main\">" +
           std::string(ground) + sections + error_section() +
           "<section id=\"schemas\"><h2>Documents</h2>\n<p>What is bold must be there.</p>\n" +
           schema_sections() + "</section></main></body></html>\n";
}

std::string documentation_style() { return std::string(style); }

}  // namespace allroads::api
