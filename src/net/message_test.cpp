#include "net/message.h"

#include <doctest/doctest.h>

#include "net/compress.h"
#include "net/routes.h"

namespace {

using namespace allroads;
using namespace allroads::net;

// What a whole head is read as; the code of the refusal otherwise.
std::expected<Request, Code> read(std::string_view head, Framing* framing = nullptr) {
    Limits const limits;
    HeadScanner scanner;
    auto const length = scanner.scan(head, limits);
    if (!length) return std::unexpected(length.error().code);
    REQUIRE(length->has_value());
    Request request;
    auto const read = read_head(head.substr(0, **length), limits, request);
    if (!read) return std::unexpected(read.error().code);
    if (framing) *framing = *read;
    return request;
}

std::expected<Request, Code> with(std::string_view fields) {
    return read("POST /x HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n");
}

Handler nothing() {
    return [](Request const&) { return Response(); };
}

TEST_CASE("a head is read whole: path, query, cookies, fields in lower case") {
    Framing framing;
    auto const request = read(
        "GET /a%20b/./c/../d?x=1&y=%C3%A9+z&x=2&flag HTTP/1.1\r\nHost: example.org:80\r\nX-One:  two \r\n"
        "Cookie: a=1; b=\"2\"; bad cookie; c=\r\nConnection: close\r\n\r\n",
        &framing);
    REQUIRE(request.has_value());
    CHECK(request->method == "GET");
    CHECK(request->path == "/a b/d");
    CHECK(request->host == "example.org:80");
    CHECK(request->query == std::vector<Pair>{{"x", "1"}, {"y", "é z"}, {"x", "2"}, {"flag", ""}});
    CHECK(request->cookies == std::vector<Pair>{{"a", "1"}, {"b", "2"}, {"c", ""}});
    CHECK(request->header("x-one") == "two");
    CHECK(request->header("absent").empty());
    CHECK_FALSE(framing.keeps_alive);
}

TEST_CASE("what two readers could understand in two ways is refused") {
    CHECK(with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n").error() == Code::bad_http);
    CHECK(with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n").error() == Code::bad_http);
    CHECK(with("Content-Length: 5\r\nContent-Length: 5\r\n").error() == Code::bad_http);
    CHECK(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n").error() == Code::bad_http);
    CHECK(with("Transfer-Encoding: gzip, chunked\r\n").error() == Code::not_supported);
    CHECK(with("Transfer-Encoding: xchunked\r\n").error() == Code::not_supported);
    for (char const* length : {"", "+5", "-1", "5,5", "0x5", "5 5", "1e2", "99999999999999999999"})
        CHECK(with("Content-Length: " + std::string(length) + "\r\n").error() == Code::bad_http);
    CHECK(with("A: 1\r\n folded\r\n").error() == Code::bad_http);
    CHECK(with("A: 1\r\n\tfolded\r\n").error() == Code::bad_http);
    CHECK(with("A : 1\r\n").error() == Code::bad_http);
    CHECK(with(": 1\r\n").error() == Code::bad_http);
    CHECK(with("no colon\r\n").error() == Code::bad_http);
    CHECK(with("A: 1\nB: 2\r\n").error() == Code::bad_http);
    CHECK(with("A: 1\rB: 2\r\n").error() == Code::bad_http);
    CHECK(with(std::string("A: 1") + '\0' + "2\r\n").error() == Code::bad_http);
    CHECK(with("A: 1\x7F\r\n").error() == Code::bad_http);
    CHECK(with("Host: b\r\n").error() == Code::bad_http);
    CHECK(with("Expect: miracles\r\n").error() == Code::expectation_failed);
    CHECK(read("GET / HTTP/1.1\r\n\r\n").error() == Code::bad_http);  // no Host
    CHECK(read("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n").error() == Code::bad_http);
    CHECK(read("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n").error() == Code::bad_http);
    CHECK(read("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n").error() == Code::bad_http);
    CHECK(with("Transfer-Encoding: Chunked\r\n").has_value());
    CHECK(with("Content-Length: 0\r\n").has_value());
}

TEST_CASE("the request line is method, target, version, one blank between them") {
    auto const line = [](std::string_view text) { return read(std::string(text) + "\r\nHost: a\r\n\r\n"); };
    CHECK(line("GET / HTTP/1.1").has_value());
    CHECK(line("GET  / HTTP/1.1").error() == Code::bad_http);
    CHECK(line("GET /").error() == Code::bad_http);
    CHECK(line("GET /a b HTTP/1.1").error() == Code::bad_http);
    CHECK(line("G\x01T / HTTP/1.1").error() == Code::bad_http);
    CHECK(line("GE(T / HTTP/1.1").error() == Code::bad_http);
    CHECK(line("GET / http/1.1").error() == Code::bad_http);
    CHECK(line("GET / HTTP/2.0").error() == Code::http_version);
    CHECK(line("GET /a#b HTTP/1.1").error() == Code::bad_http);
    CHECK(line("GET /\xC3\xA9 HTTP/1.1").error() == Code::bad_http);
    CHECK(line("GET relative HTTP/1.1").error() == Code::bad_http);
    CHECK(line("GET * HTTP/1.1").error() == Code::bad_http);
    CHECK(line("OPTIONS * HTTP/1.1")->path == "*");
    CHECK(line("GET /" + std::string(9000, 'a') + " HTTP/1.1").error() == Code::address_too_long);
    CHECK(line("GET /?" + std::string(300, '&') + " HTTP/1.1").error() == Code::address_too_long);
    auto const absolute = line("GET http://shop.example:8080/x?y=1 HTTP/1.1");
    REQUIRE(absolute.has_value());
    CHECK(absolute->path == "/x");
    CHECK(absolute->host == "shop.example:8080");  // wins over Host: RFC 9112, 3.2.2
}

TEST_CASE("paths are decoded once and cannot climb") {
    CHECK(normal_path("/") == "/");
    CHECK(normal_path("/a/b/") == "/a/b/");
    CHECK(normal_path("//a///b") == "/a/b");
    CHECK(normal_path("/a/../b") == "/b");
    CHECK(normal_path("/a/..") == "/");
    CHECK(normal_path("/a/b/.") == "/a/b/");
    CHECK(normal_path("/%61") == "/a");
    CHECK(normal_path("/%2561") == "/%61");  // once, not twice
    CHECK(normal_path("/%252e%252e/x") == "/%2e%2e/x");
    CHECK(normal_path("/%E0%A4%95") == "/क");
    for (char const* path :
         {"/..", "/../etc/passwd", "/a/../../b", "/%2e%2e/etc", "/a/%2E%2E/%2e./b", "/.%2e/"})
        CHECK_FALSE(normal_path(path).has_value());
    for (char const* path :
         {"", "a", "/a%2Fb", "/a%5Cb", "/a%00b", "/a%0Ab", "/%", "/%4", "/%zz", "/%FF", "/%C0%AF"})
        CHECK_FALSE(normal_path(path).has_value());
    CHECK_FALSE(query_pairs("a=%00", 10).has_value());
    CHECK_FALSE(query_pairs("a=%F", 10).has_value());
    CHECK_FALSE(query_pairs("a&b&c", 2).has_value());
    CHECK(percent_encoded("é /?") == "%C3%A9%20%2F%3F");
}

TEST_CASE("heads over the limits are refused before they are whole") {
    Limits limits;
    limits.header_bytes = 100;
    HeadScanner scanner;
    std::string const bytes = "GET / HTTP/1.1\r\nA: " + std::string(200, 'a');
    CHECK(scanner.scan(bytes, limits).error().code == Code::head_too_large);
    std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 100; ++i) many += "A: b\r\n";
    CHECK(read(many + "\r\n").error() == Code::head_too_large);
    HeadScanner early;  // a bare LF is told at once, not when the head is whole
    CHECK(early.scan("GET / HTTP/1.1\n", Limits()).error().code == Code::bad_http);
}

TEST_CASE("chunks: any split gives the same body; malformed ones are refused") {
    std::string const bytes =
        "4\r\nwiki\r\n5;name=\"x\"\r\npedia\r\nE\r\n in\r\n\r\nchunks.\r\n0\r\nT: 1\r\n\r\nGET";
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        ChunkReader reader;
        std::string body;
        std::size_t used = 0;
        for (std::size_t at = 0; at < bytes.size() && !reader.is_done(); at += size) {
            auto const step = reader.read(std::string_view(bytes).substr(at, size), 1000, body);
            REQUIRE(step.has_value());
            used += *step;
        }
        CHECK(reader.is_done());
        CHECK(body == "wikipedia in\r\n\r\nchunks.");
        CHECK(used == bytes.size() - 3);
    }
    auto const refused = [](std::string_view text, std::size_t limit = 1000) {
        ChunkReader reader;
        std::string body;
        auto const step = reader.read(text, limit, body);
        return step ? std::optional<Code>() : step.error().code;
    };
    for (char const* text : {"\r\n", "g\r\n", "-1\r\n", "0x4\r\n", " 4\r\n", "4 \r\n", "4\n",
                             "4\r\nwiki5\r\n", "4\rX", "4\r\nwiki\n", "123456789\r\n", "0\r\nA\x01\r\n",
                             "0\r\n\n", "0\r\n :\r\n", "0\r\nno colon\r\n", "0\r\nword\r\n", "4;\n"})
        CHECK(refused(text) == Code::bad_http);
    CHECK(refused("5\r\nhello\r\n", 4) == Code::too_long);
    CHECK(refused("3\r\nabc\r\n3\r\nabc\r\n", 5) == Code::too_long);
    CHECK(refused("4;" + std::string(5000, 'x')) == Code::head_too_large);
    CHECK_FALSE(refused("5\r\nhello\r\n", 5).has_value());
}

TEST_CASE("routes: literal before parameter before the rest, with a way back") {
    auto const table = RouteTable::of({{"GET", "/", nothing()},
                                       {"GET", "/a/b", nothing()},
                                       {"GET", "/a/{x}", nothing()},
                                       {"POST", "/a/{x}", nothing()},
                                       {"GET", "/a/{x}/c", nothing()},
                                       {"GET", "/a/b/{rest...}", nothing()},
                                       {"GET", "/t/", nothing()}});
    REQUIRE(table.has_value());
    auto const found = [&](char const* method, char const* path) -> std::string {
        Request request{.method = method, .path = path};
        auto const match = table->find(request);
        if (!match.route) return match.allowed;
        std::string out = match.route->pattern;
        for (auto const& [name, value] : request.parameters) out += " " + name + "=" + value;
        return out;
    };
    CHECK(found("GET", "/") == "/");
    CHECK(found("GET", "/a/b") == "/a/b");
    CHECK(found("HEAD", "/a/b") == "/a/b");
    CHECK(found("GET", "/a/z") == "/a/{x} x=z");
    CHECK(found("GET", "/a/b/c") == "/a/b/{rest...} rest=c");
    CHECK(found("GET", "/a/z/c") == "/a/{x}/c x=z");
    CHECK(found("GET", "/a/b/d/e") == "/a/b/{rest...} rest=d/e");
    CHECK(found("DELETE", "/a/z") == "GET, HEAD, POST, OPTIONS");
    CHECK(found("POST", "/a/b") == "GET, HEAD, OPTIONS");
    CHECK(found("GET", "/a/").empty());
    CHECK(found("GET", "/t/") == "/t/");
    CHECK(found("GET", "/t").empty());
    CHECK(found("GET", "*").empty());
    for (char const* pattern : {"", "a", "/a//b", "/a{x}", "/{x...}/b", "/{x"})
        CHECK_FALSE(RouteTable::of({{"GET", pattern, nothing()}}).has_value());
    CHECK_FALSE(RouteTable::of({{"GET", "/{a}", nothing()}, {"GET", "/{b}", nothing()}}).has_value());
    CHECK_FALSE(RouteTable::of({{"GET", "/", {}}}).has_value());
}

TEST_CASE("codings that a caller takes") {
    CHECK(accepted_coding("gzip, deflate, br") == Coding::brotli);
    CHECK(accepted_coding("gzip;q=1.0, br;q=0") == Coding::gzip);
    CHECK(accepted_coding("GZIP;q=0.000, br; q=0.0") == Coding::plain);
    CHECK(accepted_coding("identity") == Coding::plain);
    CHECK(is_compressible("text/html; charset=utf-8"));
    CHECK(is_compressible("application/problem+json"));
    CHECK_FALSE(is_compressible("image/png"));
}

TEST_CASE("cookies keep to what a header may hold; forged requests are known") {
    CHECK(set_cookie({.name = "sid", .value = "abc"})->value ==
          "sid=abc; Path=/; SameSite=Lax; Secure; HttpOnly");
    CHECK(
        set_cookie({.name = "s", .value = "", .lasts = std::chrono::seconds(0), .is_strict = true})->value ==
        "s=; Path=/; Max-Age=0; SameSite=Strict; Secure; HttpOnly");
    CHECK_FALSE(set_cookie({.name = "a b", .value = ""}).has_value());
    CHECK_FALSE(set_cookie({.name = "a", .value = "x; Domain=evil"}).has_value());
    CHECK_FALSE(set_cookie({.name = "a", .value = "x\r\ny"}).has_value());
    CHECK_FALSE(set_cookie({.name = "a", .value = "x", .path = "/; Secure"}).has_value());

    auto const asked = [](std::vector<Pair> headers, bool has_cookie = true, char const* method = "POST") {
        Request request{.method = method, .host = "hub.example", .headers = std::move(headers)};
        if (has_cookie) request.cookies = {{"sid", "1"}};
        return is_from_own_pages(request);
    };
    CHECK(asked({{"sec-fetch-site", "same-origin"}}));
    CHECK_FALSE(asked({{"sec-fetch-site", "cross-site"}}));
    CHECK_FALSE(asked({{"sec-fetch-site", "same-site"}}));
    CHECK(asked({{"origin", "https://hub.example"}}));
    CHECK_FALSE(asked({{"origin", "https://evil.example"}}));
    CHECK_FALSE(asked({{"origin", "null"}}));
    CHECK_FALSE(asked({}));
    CHECK(asked({}, false));
    CHECK(asked({{"sec-fetch-site", "cross-site"}}, true, "GET"));
}

TEST_CASE("addresses of the public internet, and those that only look like it") {
    for (char const* address : {"9.9.9.9", "172.32.0.1", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909"})
        CHECK(is_public_address(address));
    for (char const* address : {"127.0.0.1",
                                "10.1.2.3",
                                "172.31.255.255",
                                "192.168.1.1",
                                "169.254.169.254",
                                "100.64.0.1",
                                "0.0.0.0",
                                "255.255.255.255",
                                "224.0.0.1",
                                "::1",
                                "::",
                                "fe80::1",
                                "fd00::1",
                                "::ffff:127.0.0.1",
                                "::127.0.0.1",
                                "64:ff9b::7f00:1",
                                "64:ff9b:1::1",
                                "2002:7f00:1::",
                                "2001:db8::1",
                                "2001::1",
                                "ff02::1",
                                "no address"})
        CHECK_FALSE(is_public_address(address));
}

TEST_CASE("addresses as they are written") {
    auto const url = parsed_url("https://[2001:db8::1]:8443/a?b=c");
    REQUIRE(url.has_value());
    CHECK(url->host == "2001:db8::1");
    CHECK(url->port == "8443");
    CHECK(url->target == "/a?b=c");
    CHECK(parsed_url("http://a?x")->target == "/?x");
    CHECK(parsed_url("http://a")->port == "80");
    for (char const* text :
         {"", "ftp://a/", "http://", "http://user@a/", "http://a:b/", "http://a:/", "http://[::1/",
          "http://a b/", "http://[]/", "http://a]/", "http://a/\r\nX: y", "//a/", "http://:80/"})
        CHECK_FALSE(parsed_url(text).has_value());
}

}  // namespace
