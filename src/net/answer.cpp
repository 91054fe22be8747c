#include "net/answer.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "net/compress.h"
#include "net/message.h"

namespace allroads::net {
namespace {

constexpr int gzip_best = 9, gzip_quick = 5;
constexpr int brotli_best = 11, brotli_good = 9, brotli_quick = 4;
constexpr std::size_t brotli_best_bytes = 1024 * 1024;  // the best level takes a second for each megabyte

std::string_view reason_of(int status) {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 301: return "Moved Permanently";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 307: return "Temporary Redirect";
        case 308: return "Permanent Redirect";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 421: return "Misdirected Request";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        default: return "Status";
    }
}

// Weak, because the same bytes go out plain, as gzip and as brotli.
std::string etag_of(std::string_view body) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<unsigned char const*>(body.data()), body.size(), digest.data());
    std::string out = "W/\"";
    for (std::size_t i = 0; i < 16; ++i)
        out.append({"0123456789abcdef"[digest[i] >> 4], "0123456789abcdef"[digest[i] & 15]});
    return out + '"';
}

// Weak comparison of RFC 9110, 8.8.3.2, against a list or "*".
bool is_known(std::string_view if_none_match, std::string_view etag) {
    auto const opaque = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
    while (!if_none_match.empty()) {
        std::size_t const comma = if_none_match.find(',');
        std::string_view one = if_none_match.substr(0, comma);
        if_none_match = comma == std::string_view::npos ? "" : if_none_match.substr(comma + 1);
        while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
        while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
        if (one == "*" || opaque(one) == opaque(etag)) return true;
    }
    return false;
}

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

// IMF-fixdate of RFC 9110; made once a second on each thread.
std::string const& date_line() {
    thread_local std::time_t last = 0;
    thread_local std::string line;
    std::time_t const now = std::time(nullptr);
    if (now == last) return line;
    last = now;
    std::tm day{};
    gmtime_r(&now, &day);
    std::array<char, 64> text{};
    // The C locale: nobody in this program calls setlocale.
    std::size_t const size =
        std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &day);
    return line.assign(text.data(), size);
}

bool has_header(Response const& response, std::string_view name) {
    return std::ranges::any_of(response.headers, [&](Pair const& p) { return is_same_text(p.name, name); });
}

constexpr std::array<std::string_view, 5> protecting{"content-security-policy", "x-content-type-options",
                                                     "referrer-policy", "strict-transport-security",
                                                     "cross-origin-opener-policy"};

void append_protection(std::string& out, Response const& response, AnswerStyle const& style) {
    bool const has_own =
        std::ranges::any_of(protecting, [&](auto name) { return has_header(response, name); });
    if (!has_own) {
        out += style.protection;
        return;
    }
    auto const add = [&](std::string_view name, std::string_view value) {
        if (!has_header(response, name)) append_header(out, name, value);
    };
    add("Content-Security-Policy", style.policy);
    add("X-Content-Type-Options", "nosniff");
    add("Referrer-Policy", "same-origin");
    add("Cross-Origin-Opener-Policy", "same-origin");
    if (style.has_tls) add("Strict-Transport-Security", "max-age=31536000");
}

void append_own_headers(std::string& out, Response const& response) {
    for (auto const& [name, value] : response.headers) {
        // What decides where an answer ends is net's to say.
        bool const is_framing = is_same_text(name, "content-length") ||
                                is_same_text(name, "transfer-encoding") || is_same_text(name, "connection");
        check(is_token(name) && is_field_value(value) && !is_framing);
        append_header(out, name, value);
    }
}

void append_cache(std::string& out, Response const& response, std::string_view etag) {
    if (!has_header(response, "cache-control")) {
        if (response.cache == Cache::never) out += "Cache-Control: no-store\r\n";
        if (response.cache == Cache::revalidate) out += "Cache-Control: no-cache\r\n";
        if (response.cache == Cache::shared)
            append_header(out, "Cache-Control", "public, max-age=" + std::to_string(response.cache_seconds));
    }
    if (!etag.empty() && !has_header(response, "etag")) append_header(out, "ETag", etag);
}

// Picks or makes the coded body; says which coding it is in.
Coding compress(Answer& answer, Response const& response, Request const* request, AnswerStyle const& style) {
    if (!request || !response.may_compress) return Coding::plain;
    Coding const coding = accepted_coding(request->header("accept-encoding"));
    if (coding == Coding::plain) return coding;
    if (answer.asset) {
        std::string const& coded = coding == Coding::brotli ? answer.asset->brotli : answer.asset->gzip;
        if (coded.empty()) return Coding::plain;
        answer.shared = coded;
        return coding;
    }
    if (answer.body.size() < style.compress_from_bytes) return Coding::plain;
    std::string coded =
        coding == Coding::brotli ? brotli(answer.body, brotli_quick) : gzip(answer.body, gzip_quick);
    if (coded.empty() || coded.size() >= answer.body.size()) return Coding::plain;
    answer.body = std::move(coded);
    return coding;
}

std::string json_text(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\')
            out.append({'\\', c});
        else if (static_cast<unsigned char>(c) < ' ')
            out.append("\\u00").append({"0123456789abcdef"[c >> 4], "0123456789abcdef"[c & 15]});
        else
            out += c;
    }
    return out + '"';
}

}  // namespace

AnswerStyle::AnswerStyle(Config const& config)
    : policy(config.content_security_policy),
      has_tls(config.tls.has_value() || config.origin.starts_with("https://")),
      compress_from_bytes(config.compress_from_bytes) {
    append_header(protection, "Content-Security-Policy", policy);
    append_header(protection, "X-Content-Type-Options", "nosniff");
    append_header(protection, "Referrer-Policy", "same-origin");
    append_header(protection, "Cross-Origin-Opener-Policy", "same-origin");
    if (has_tls) append_header(protection, "Strict-Transport-Security", "max-age=31536000");
}

std::shared_ptr<Asset const> Asset::of(std::string body, std::string type, Effort effort) {
    auto asset = std::make_shared<Asset>();
    asset->etag = etag_of(body);
    if (is_compressible(type)) {
        bool const is_quick = effort == Effort::quick;
        asset->gzip = net::gzip(body, is_quick ? gzip_quick : gzip_best);
        asset->brotli = net::brotli(body, is_quick                          ? brotli_quick
                                          : body.size() > brotli_best_bytes ? brotli_good
                                                                            : brotli_best);
        if (asset->gzip.size() >= body.size()) asset->gzip.clear();
        if (asset->brotli.size() >= body.size()) asset->brotli.clear();
    }
    asset->plain = std::move(body);
    asset->type = std::move(type);
    return asset;
}

Answer rendered(Response response, Request const* request, AnswerStyle const& style, bool keeps_alive) {
    Answer answer;
    answer.asset = response.asset;
    if (answer.asset)
        answer.shared = answer.asset->plain;
    else
        answer.body = std::move(response.body);
    std::string_view const type = answer.asset ? answer.asset->type : response.type;
    check(response.status >= 200 && response.status <= 999 && is_field_value(type));
    bool const is_read = request && (request->method == "GET" || request->method == "HEAD");
    std::string etag;
    if (is_read && response.status == 200 && response.cache != Cache::never) {
        auto const own = std::ranges::find_if(response.headers,
                                              [](Pair const& p) { return is_same_text(p.name, "etag"); });
        etag = own != response.headers.end() ? own->value
               : answer.asset                ? answer.asset->etag
                                             : etag_of(answer.body);
        if (is_known(request->header("if-none-match"), etag)) response.status = 304;
    }
    bool const is_bodiless = response.status == 204 || response.status == 304;
    bool const may_vary = response.may_compress && is_compressible(type) && !is_bodiless;
    Coding const coding = may_vary ? compress(answer, response, request, style) : Coding::plain;

    std::string& head = answer.head;
    head.reserve(640);
    head += "HTTP/1.1 ";
    append_number(head, static_cast<std::size_t>(response.status));
    head.append(" ").append(reason_of(response.status)).append("\r\n").append(date_line());
    if (!is_bodiless) {
        if (!type.empty()) append_header(head, "Content-Type", type);
        head += "Content-Length: ";
        append_number(head, answer.bytes().size());
        head += "\r\n";
    }
    if (coding != Coding::plain)
        append_header(head, "Content-Encoding", coding == Coding::gzip ? "gzip" : "br");
    // A 304 repeats what the 200 said of caches.
    if (response.may_compress && is_compressible(type) && response.cache != Cache::never)
        append_header(head, "Vary", "Accept-Encoding");
    append_cache(head, response, etag);
    append_protection(head, response, style);
    append_own_headers(head, response);
    if (!keeps_alive) head += "Connection: close\r\n";
    head += "\r\n";
    answer.status = response.status;
    if (is_bodiless || (request && request->method == "HEAD")) {
        answer.body.clear();
        answer.asset = nullptr;
    }
    return answer;
}

Response problem(Error const& error) {
    CodeFacts const& facts = facts_of(error.code());
    Response response{.status = facts.http_status, .type = "application/problem+json", .body = ""};
    response.body = "{\"type\":\"about:blank\",\"status\":" + std::to_string(facts.http_status) +
                    ",\"code\":" + json_text(facts.name) + ",\"title\":" + json_text(facts.sentence);
    if (!error.detail().empty()) response.body += ",\"detail\":" + json_text(error.detail());
    if (!error.field().empty()) response.body += ",\"field\":" + json_text(error.field());
    response.body += "}\n";
    if (facts.http_status == 503) response.headers.push_back({"Retry-After", "5"});
    if (facts.http_status == 429) response.headers.push_back({"Retry-After", "10"});
    return response;
}

Response problem(Code code, std::string_view detail) { return problem(Error(code, "", detail)); }

// What is beyond ASCII is percent-encoded: a header has no letters of other kinds.
Response redirect(std::string_view to, int status) {
    std::string location;
    for (char const c : to) {
        if (static_cast<unsigned char>(c) < 0x80)
            location += c;
        else
            location += percent_encoded(std::string_view(&c, 1));
    }
    return Response{.status = status, .body = "", .headers = {{"Location", std::move(location)}}};
}

std::string own_cookie_name(Request const& request, std::string_view name) {
    return (request.is_tls ? "__Host-" : "") + std::string(name);
}

std::string_view own_cookie(Request const& request, std::string_view name) {
    return value_of(request.cookies, own_cookie_name(request, name)).value_or(std::string_view());
}

Result<Pair> set_cookie(Cookie const& cookie) {
    auto const is_plain = [](std::string_view text) {
        return std::ranges::all_of(text, [](char c) {
            return c > ' ' && c < 0x7F && c != '"' && c != ',' && c != ';' && c != '\\';
        });
    };
    if (!is_token(cookie.name)) return refuse(Code::bad_value, "name", "the name of a cookie is a token");
    if (!is_plain(cookie.value))
        return refuse(Code::bad_value, "value", "encode the value of the cookie first");
    if (!is_plain(cookie.path) || !cookie.path.starts_with('/'))
        return refuse(Code::bad_value, "path", "the path of a cookie begins with /");
    std::string value = cookie.name + "=" + cookie.value + "; Path=" + cookie.path;
    if (cookie.lasts) value += "; Max-Age=" + std::to_string(cookie.lasts->count());
    value += cookie.is_strict ? "; SameSite=Strict" : "; SameSite=Lax";
    if (cookie.is_secure) value += "; Secure";
    if (!cookie.is_readable) value += "; HttpOnly";
    return Pair{"Set-Cookie", std::move(value)};
}

bool is_from_own_pages(Request const& request) {
    if (request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS") return true;
    if (auto const site = request.header("sec-fetch-site"); !site.empty())
        return site == "same-origin" || site == "none";
    if (auto const origin = request.header("origin"); !origin.empty()) {
        if (request.is_tls && !origin.starts_with("https://")) return false;
        std::size_t const slashes = origin.find("://");
        return slashes != std::string_view::npos && is_same_text(origin.substr(slashes + 3), request.host);
    }
    return request.cookies.empty();
}

}  // namespace allroads::net
