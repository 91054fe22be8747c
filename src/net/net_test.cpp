#include "net/net.h"

#include <arpa/inet.h>
#include <brotli/decode.h>
#include <doctest/doctest.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

namespace {

using namespace allroads;
using namespace allroads::net;
using namespace std::chrono_literals;

// ---- a client that sends what it is told ------------------------------------------------------------------

struct Got {
    int status = 0;
    std::string head, body;
    [[nodiscard]] std::string header(std::string const& name) const {
        std::size_t const at = head.find("\r\n" + name + ": ");
        if (at == std::string::npos) return "";
        std::size_t const begin = at + name.size() + 4;
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }
};

class Client {
public:
    explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        timeval const patience{10, 0};
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        int const on = 1;
        setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        is_connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    }
    Client(Client&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)), is_connected_(other.is_connected_) {}
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;
    Client& operator=(Client&&) = delete;
    ~Client() {
        if (socket_ >= 0) ::close(socket_);
    }

    [[nodiscard]] bool is_connected() const { return is_connected_; }
    bool send(std::string_view bytes) const {
        return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(bytes.size());
    }
    // One answer; status 0 where the connection ended first.
    Got answer(bool is_bodiless = false) {
        Got got;
        std::size_t end = 0;
        while ((end = in_.find("\r\n\r\n")) == std::string::npos)
            if (!more()) return got;
        got.head = in_.substr(0, end + 2);
        got.status = std::stoi(got.head.substr(9, 3));
        in_.erase(0, end + 4);
        std::string const length = got.header("Content-Length");
        std::size_t const wanted = is_bodiless || length.empty() ? 0 : std::stoul(length);
        while (in_.size() < wanted)
            if (!more()) return {};
        got.body = in_.substr(0, wanted);
        in_.erase(0, wanted);
        return got;
    }
    Got ask(std::string_view bytes, bool is_bodiless = false) {
        send(bytes);
        return answer(is_bodiless);
    }
    // Whether the other end has closed, and nothing more came before.
    bool is_at_end() { return in_.empty() && !more(); }
    [[nodiscard]] int raw() const { return socket_; }

private:
    bool more() {
        char bytes[65536];
        ssize_t const got = ::recv(socket_, bytes, sizeof bytes, 0);
        if (got <= 0) return false;
        in_.append(bytes, static_cast<std::size_t>(got));
        return true;
    }
    int socket_;
    bool is_connected_ = false;
    std::string in_;
};

std::string get(std::string_view target, std::string_view fields = "") {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(fields) + "\r\n";
}
std::string post(std::string_view target, std::string_view body, std::string_view fields = "") {
    return "POST " + std::string(target) +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(fields) + "\r\n" + std::string(body);
}

// A gate that a handler waits at until the test opens it.
class Gate {
public:
    void wait() {
        std::unique_lock lock(mutex_);
        ++inside_;
        changed_.notify_all();
        changed_.wait_for(lock, 10s, [this] { return is_open_; });
    }
    void open() {
        std::lock_guard const lock(mutex_);
        is_open_ = true;
        changed_.notify_all();
    }
    bool has_inside(int count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 10s, [&] { return inside_ >= count; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int inside_ = 0;
    bool is_open_ = false;
};

std::string large_text() {
    std::string text;
    for (int i = 0; text.size() < 300'000; ++i)
        text += "line " + std::to_string(i * 7919) + " of a long text\n";
    return text;
}

std::vector<Route> routes() {
    return {
        {"GET", "/hello", [](Request const&) { return Response{.body = "hello"}; }},
        {"GET", "/quick", [](Request const&) { return Response{.body = "quick"}; }, {}, {}, false, true},
        {"GET", "/items/{id}",
         [](Request const& r) { return Response{.body = r.path + "|" + std::string(r.parameter("id"))}; }},
        {"POST", "/echo", [](Request const& r) { return Response{.body = r.body}; }},
        {"POST", "/small", [](Request const& r) { return Response{.body = r.body}; }, 10},
        {"POST", "/own", [](Request const&) { return Response{.body = "changed"}; }, {}, {}, true},
        {"GET", "/large",
         [](Request const&) { return Response{.body = large_text(), .cache = Cache::revalidate}; }},
        {"GET", "/throws",
         [](Request const&) -> Response { throw std::runtime_error("the password is swordfish"); }},
        {"GET", "/splits",
         [](Request const&) { return Response{.headers = {{"X", "a\r\nSet-Cookie: evil=1"}}}; }},
        {"GET", "/who", [](Request const& r) { return Response{.body = r.peer}; }},
    };
}

Limits quick_limits() {
    Limits limits;
    limits.linger = 50ms;
    return limits;
}

Server started(Config config = {.limits = quick_limits()}, std::vector<Route> wanted = routes()) {
    auto server = serve(std::move(config), std::move(wanted));
    REQUIRE(server.has_value());
    return std::move(*server);
}

std::size_t counted(Server const& server, std::string const& line_begin) {
    std::string const text = server.metrics();
    std::size_t const at = text.find("\n" + line_begin);
    REQUIRE(at != std::string::npos);
    return std::stoul(text.substr(at + 1 + line_begin.size()));
}

// ---- the wire ---------------------------------------------------------------------------------------------

TEST_CASE("keep-alive: many answers on one connection, with the headers that protect") {
    auto server = started();
    Client client(server.port());
    for (int i = 0; i < 50; ++i) {
        auto const got = client.ask(get(i % 2 ? "/hello" : "/quick"));
        REQUIRE(got.status == 200);
        CHECK(got.body == (i % 2 ? "hello" : "quick"));
    }
    auto const got = client.ask(get("/hello"));
    CHECK(got.header("Content-Security-Policy").find("frame-ancestors 'none'") != std::string::npos);
    CHECK(got.header("Content-Security-Policy").find("unsafe") == std::string::npos);
    CHECK(got.header("X-Content-Type-Options") == "nosniff");
    CHECK(got.header("Referrer-Policy") == "same-origin");
    CHECK(got.header("Cache-Control") == "no-store");
    CHECK(got.header("Strict-Transport-Security").empty());  // means nothing without TLS
    CHECK(got.header("Date").ends_with("GMT"));
    CHECK(client.ask(get("/who")).body == "127.0.0.1");
    auto const last = client.ask(get("/hello", "Connection: close\r\n"));
    CHECK(last.header("Connection") == "close");
    CHECK(client.is_at_end());
}

TEST_CASE("pipelining: answers come in the order of the questions, from workers and at once") {
    auto server = started();
    Client client(server.port());
    std::string bytes;
    for (int i = 0; i < 40; ++i) {
        bytes += get("/items/" + std::to_string(i));
        bytes += get("/quick");
        bytes += post("/echo", "body " + std::to_string(i));
    }
    REQUIRE(client.send(bytes));
    for (int i = 0; i < 40; ++i) {
        auto const number = std::to_string(i);
        CHECK(client.answer().body == "/items/" + number + "|" + number);
        CHECK(client.answer().body == "quick");
        CHECK(client.answer().body == "body " + number);
    }
}

TEST_CASE("what is quick is answered where it is read, and the rest by a worker") {
    auto const reader = std::make_shared<std::atomic<std::thread::id>>();
    Route route{.method = "GET", .pattern = "/number/{n}", .handler = [reader](Request const& request) {
                    bool const is_elsewhere = reader->load() != std::this_thread::get_id();
                    return Response{.body = std::string(is_elsewhere ? "worker " : "reader ") +
                                            std::string(request.parameter("n"))};
                }};
    route.quick = [reader](Request const& request) -> std::optional<Response> {
        reader->store(std::this_thread::get_id());
        auto const number = request.parameter("n");
        if (number == "7") throw std::runtime_error("seven");
        if (number.size() % 2 == 0) return std::nullopt;
        return Response{.body = "quick " + std::string(number)};
    };
    auto server = serve({.port = 0}, {route});
    REQUIRE(server);
    auto const ask = [&](std::string const& path) {
        return fetch(
            {.url = "http://localhost:" + std::to_string(server->port()) + path, .reach = Reach::loopback});
    };
    CHECK(ask("/number/1")->body == "quick 1");
    CHECK(ask("/number/22")->body == "worker 22");
    CHECK(ask("/number/7")->status == 500);
    CHECK(ask("/number/333")->body == "quick 333");
}

TEST_CASE("an answer may come later, from any thread; one that never comes is an incident") {
    std::mutex lock;
    std::vector<std::pair<std::string, Later>> waiting;
    std::atomic<int> incidents{0};
    Route route{.method = "GET", .pattern = "/later/{n}", .handler = {}};
    route.later = [&](Request const& request, Later const& later) {
        std::string const number(request.parameter("n"));
        if (number == "throws") throw std::runtime_error("before it was asked for");
        if (number == "lost") return;
        if (number == "now") return later.give([](Request const&) { return Response{.body = "now"}; });
        std::lock_guard const held(lock);
        waiting.emplace_back(number, later);
    };
    Config config{.port = 0, .workers = 1};
    config.on_incident = [&](std::string_view, std::string_view) { ++incidents; };
    auto server = serve(std::move(config), {route});
    REQUIRE(server);
    Client now(server->port());
    CHECK(now.ask(get("/later/now")).body == "now");
    CHECK(now.ask(get("/later/throws")).status == 500);
    CHECK(now.ask(get("/later/lost")).status == 500);
    CHECK(incidents == 2);
    // One worker, and all of them wait at the same time.
    std::vector<std::unique_ptr<Client>> clients;
    for (int n = 0; n < 5; ++n) {
        clients.push_back(std::make_unique<Client>(server->port()));
        clients.back()->send(get("/later/" + std::to_string(n)));
    }
    for (bool are_all = false; !are_all; std::this_thread::sleep_for(Milliseconds(1))) {
        std::lock_guard const held(lock);
        are_all = waiting.size() == clients.size();
    }
    CHECK(now.ask(get("/later/now")).body == "now");
    std::thread([&] {
        for (auto const& [number, later] : waiting) {
            later.give([&](Request const& request) -> Response {
                CHECK(request.parameter("n") == number);
                if (number == "3") throw std::runtime_error("three");
                return {.body = "later " + number};
            });
            later.give([](Request const&) { return Response{.body = "again"}; });
        }
    }).join();
    for (int n = 0; n < 5; ++n) {
        auto const answer = clients[static_cast<std::size_t>(n)]->answer();
        CHECK(answer.status == (n == 3 ? 500 : 200));
        if (n != 3) CHECK(answer.body == "later " + std::to_string(n));
    }
    CHECK(incidents == 3);
    // A server that ends waits for those who still hold an answer.
    waiting.clear();
    Client last(server->port());
    last.send(get("/later/9"));
    for (bool is_there = false; !is_there; std::this_thread::sleep_for(Milliseconds(1))) {
        std::lock_guard const held(lock);
        is_there = !waiting.empty();
    }
    std::thread giving([&] {
        auto const later = std::exchange(waiting, {}).front().second;
        std::this_thread::sleep_for(Milliseconds(20));
        later.give([](Request const&) { return Response{.body = "too late"}; });
    });
    { auto const ending = std::move(*server); }
    giving.join();
}

TEST_CASE("answers are kept that were asked for twice, by all that they depend on") {
    KeptAnswers kept(2000);
    Response const page{.type = "text/html; charset=utf-8", .body = std::string(1500, 'x')};
    CHECK(kept.find("a") == nullptr);
    kept.offer("a", page);
    CHECK(kept.find("a") == nullptr);
    kept.offer("a", page);
    REQUIRE(kept.find("a") != nullptr);
    CHECK(kept.find("a")->plain == page.body);
    CHECK(kept.find("b") == nullptr);
    for (int i = 0; i < 2; ++i) kept.offer("b", page);  // more than there is room for: the oldest goes
    CHECK(kept.find("b") != nullptr);
    CHECK(kept.find("a") == nullptr);
}

TEST_CASE("requests that come byte by byte are read like others") {
    auto server = started();
    Client client(server.port());
    std::string const bytes = "\r\n" + post("/echo", "split") +
                              "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: 1\r\n\r\n";
    for (char c : bytes) client.send({&c, 1});
    CHECK(client.answer().body == "split");
    CHECK(client.answer().body == "abcde");
}

TEST_CASE("who stops speaking is still answered") {
    auto server = started();
    for (char const* path : {"/quick", "/hello"})
        for (std::size_t const bytes : {100U, 1024U, 2048U}) {  // around what one read takes
            Client client(server.port());
            std::string const bare = get(path, "X: \r\n");
            client.send(get(path, "X: " + std::string(bytes - bare.size(), 'x') + "\r\n"));
            ::shutdown(client.raw(), SHUT_WR);
            CHECK(client.answer().status == 200);
            CHECK(client.is_at_end());
        }
}

TEST_CASE("bodies: chunked or counted, large, after 100 Continue") {
    auto server = started();
    Client client(server.port());
    std::string const body = large_text();
    CHECK(client.ask(post("/echo", body)).body == body);
    std::string chunked = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    char size[20];
    for (std::size_t at = 0; at < body.size(); at += 10'000) {
        auto const piece = body.substr(at, 10'000);
        std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
        chunked += size + piece + "\r\n";
    }
    CHECK(client.ask(chunked + "0\r\n\r\n").body == body);
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    CHECK(client.answer().status == 100);
    CHECK(client.ask("ok").body == "ok");
}

TEST_CASE("what could be understood in two ways ends the connection") {
    auto server = started();
    char const* const smuggled[] = {
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\nGET / "
        "HTTP/1.1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /hello HTTP/1.1\nHost: a\n\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nX: 1\r\n folded\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n",
        "GET /hello HTTP/1.1\r\n\r\n",
        "GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%2e%2e/etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a%2f..%2fb HTTP/1.1\r\nHost: a\r\n\r\n",
        "\x16\x03\x01\x02\x01",  // TLS, where none is spoken
    };
    for (char const* bytes : smuggled) {
        CAPTURE(bytes);
        Client client(server.port());
        auto const got = client.ask(bytes);
        CHECK(got.status == 400);
        CHECK(got.header("Content-Type") == "application/problem+json");
        CHECK(got.body.find("\"code\":\"bad-http\"") != std::string::npos);
        CHECK(client.is_at_end());
    }
    Client client(server.port());
    CHECK(client.ask(std::string("GET /hello HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 38)).status == 400);
    CHECK(counted(server, "allroads_http_refused_total{limit=\"malformed\"} ") == std::size(smuggled) + 1);
}

// ---- limits -----------------------------------------------------------------------------------------------

TEST_CASE("what is too large is refused, with the name of the limit in the counters") {
    auto limits = quick_limits();
    limits.header_bytes = 1000;
    limits.target_bytes = 500;
    limits.body_bytes = 1000;
    limits.body_bytes_together = 800;
    auto server = started({.limits = limits});
    auto const status = [&](std::string const& bytes) {
        Client client(server.port());
        int const got = client.ask(bytes).status;
        CHECK(client.is_at_end());
        return got;
    };
    CHECK(status(get("/hello", "X: " + std::string(2000, 'x') + "\r\n")) == 431);
    CHECK(status(get("/" + std::string(600, 'x'))) == 414);
    CHECK(status(post("/echo", std::string(1001, 'x'))) == 413);
    CHECK(status(post("/small", std::string(11, 'x'))) == 413);
    CHECK(status("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n") == 413);
    CHECK(status("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000000\r\n\r\n") == 413);
    CHECK(status(post("/echo", std::string(900, 'x'))) == 503);
    Client client(server.port());
    CHECK(client.ask(post("/echo", std::string(700, 'x'))).status == 200);
    CHECK(client.ask(post("/small", std::string(10, 'x'))).status == 200);
    CHECK(counted(server, "allroads_http_refused_total{limit=\"body\"} ") == 4);
    CHECK(counted(server, "allroads_http_refused_total{limit=\"body_together\"} ") == 1);
    CHECK(counted(server, "allroads_http_refused_total{limit=\"header\"} ") == 1);
    CHECK(counted(server, "allroads_http_refused_total{limit=\"target\"} ") == 1);
}

TEST_CASE("who is slow is cut off: in the header, in the body, idle, and when taking the answer") {
    auto limits = quick_limits();
    limits.head = limits.body = limits.idle = 60ms;
    limits.stall = 100ms;
    auto server = started({.limits = limits});
    Client head(server.port()), body(server.port()), idle(server.port()), silent(server.port()),
        taking(server.port());
    head.send("GET /hello HT");
    body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    std::string many;
    for (int i = 0; i < 100; ++i) many += get("/large");
    taking.send(many);  // 30 MB that nobody reads
    CHECK(idle.ask(get("/hello")).status == 200);
    auto const late = head.answer();
    CHECK(late.status == 408);
    CHECK(late.body.find("too-slow") != std::string::npos);
    CHECK(head.is_at_end());
    CHECK(body.answer().status == 408);
    CHECK(body.is_at_end());
    CHECK(idle.is_at_end());    // without a word: it owed nothing
    CHECK(silent.is_at_end());  // likewise
    for (int i = 0; i < 500 && counted(server, "allroads_http_refused_total{limit=\"stall_time\"} ") < 1; ++i)
        std::this_thread::sleep_for(10ms);
    CHECK(counted(server, "allroads_http_refused_total{limit=\"stall_time\"} ") == 1);
    CHECK(counted(server, "allroads_http_refused_total{limit=\"head_time\"} ") == 1);
    CHECK(counted(server, "allroads_http_refused_total{limit=\"body_time\"} ") == 1);
}

TEST_CASE("a handler that takes too long: 503, and its answer is thrown away") {
    Gate gate;
    auto limits = quick_limits();
    auto wanted = routes();
    wanted.push_back(
        {"GET", "/slow", [&](Request const&) { return gate.wait(), Response{.body = "late"}; }, {}, 50ms});
    auto server = started({.workers = 2, .limits = limits}, wanted);
    Client client(server.port());
    auto const got = client.ask(get("/slow"));
    CHECK(got.status == 503);
    CHECK(got.header("Retry-After") == "5");
    CHECK(client.is_at_end());
    gate.open();
    CHECK(Client(server.port()).ask(get("/hello")).body == "hello");
}

TEST_CASE("too many: connections, connections of one address, requests that wait") {
    auto limits = quick_limits();
    SUBCASE("connections") {
        limits.connections = 2;
        auto server = started({.limits = limits});
        Client one(server.port()), two(server.port());
        CHECK(one.ask(get("/hello")).status == 200);
        CHECK(two.ask(get("/hello")).status == 200);
        Client three(server.port());
        auto const got = three.answer();
        CHECK(got.status == 503);
        CHECK_FALSE(got.header("Retry-After").empty());
        CHECK(counted(server, "allroads_http_refused_total{limit=\"connections\"} ") == 1);
    }
    SUBCASE("of one address") {
        limits.connections_of_address = 2;
        auto server = started({.limits = limits});
        Client one(server.port());
        CHECK(one.ask(get("/hello")).status == 200);
        {
            Client two(server.port());
            CHECK(two.ask(get("/hello")).status == 200);
            Client three(server.port());
            auto const got = three.answer();
            CHECK(got.status == 429);
            CHECK_FALSE(got.header("Retry-After").empty());
        }
        // Who has left makes room; the server needs a moment to see it.
        int status = 0;
        for (int i = 0; i < 500 && status != 200; ++i)
            status = Client(server.port()).ask(get("/hello")).status;
        CHECK(status == 200);
    }
    SUBCASE("waiting") {
        Gate gate;
        limits.requests_waiting = 2;
        auto wanted = routes();
        wanted.push_back(
            {"GET", "/slow", [&](Request const&) { return gate.wait(), Response{.body = "done"}; }});
        auto server = started({.workers = 2, .limits = limits}, wanted);
        Client one(server.port()), two(server.port()), three(server.port());
        one.send(get("/slow"));
        two.send(get("/slow"));
        REQUIRE(gate.has_inside(2));
        CHECK(three.ask(get("/hello")).status == 503);
        CHECK(three.ask(get("/quick")).status == 200);  // needs no worker
        gate.open();
        CHECK(one.answer().body == "done");
        CHECK(two.answer().body == "done");
        CHECK(three.ask(get("/hello")).status == 200);
    }
}

TEST_CASE("two thousand idle connections, and one that asks") {
    rlimit files{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &files) == 0);
    files.rlim_cur = std::max<rlim_t>(files.rlim_cur, std::min<rlim_t>(files.rlim_max, 8192));
    setrlimit(RLIMIT_NOFILE, &files);
    std::size_t const count = files.rlim_cur >= 4200 ? 2000 : (files.rlim_cur - 100) / 2;
    auto limits = quick_limits();
    limits.connections_of_address = 5000;
    auto server = started({.limits = limits});
    std::vector<Client> clients;
    clients.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        clients.emplace_back(server.port());
        REQUIRE(clients.back().is_connected());
        REQUIRE(clients.back().ask(get("/quick")).status == 200);
    }
    CHECK(counted(server, "allroads_http_connections ") == count);
    for (std::size_t i = 0; i < count; i += 97) CHECK(clients[i].ask(get("/hello")).body == "hello");
}

// ---- HTTP -------------------------------------------------------------------------------------------------

std::string unzipped(std::string const& bytes) {
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
    std::string out(1'000'000, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return out;
}

std::string unbrotlied(std::string const& bytes) {
    std::string out(1'000'000, '\0');
    std::size_t size = out.size();
    auto const* in = reinterpret_cast<std::uint8_t const*>(bytes.data());
    auto const result =
        BrotliDecoderDecompress(bytes.size(), in, &size, reinterpret_cast<std::uint8_t*>(out.data()));
    CHECK(result == BROTLI_DECODER_RESULT_SUCCESS);
    out.resize(size);
    return out;
}

TEST_CASE("codings, HEAD and 304 of dynamic answers") {
    auto server = started();
    Client client(server.port());
    auto const plain = client.ask(get("/large"));
    CHECK(plain.body == large_text());
    CHECK(plain.header("Vary") == "Accept-Encoding");
    CHECK(plain.header("Cache-Control") == "no-cache");
    auto const zipped = client.ask(get("/large", "Accept-Encoding: gzip, br;q=0\r\n"));
    CHECK(zipped.header("Content-Encoding") == "gzip");
    CHECK(zipped.body.size() < plain.body.size() / 3);
    CHECK(unzipped(zipped.body) == plain.body);
    auto const br = client.ask(get("/large", "Accept-Encoding: gzip, br\r\n"));
    CHECK(br.header("Content-Encoding") == "br");
    CHECK(unbrotlied(br.body) == plain.body);
    CHECK(client.ask(get("/hello", "Accept-Encoding: gzip\r\n"))
              .header("Content-Encoding")
              .empty());  // too small

    std::string const etag = plain.header("ETag");
    REQUIRE_FALSE(etag.empty());
    CHECK(br.header("ETag") == etag);
    for (std::string const& tags : {etag, "\"x\", " + etag, etag.substr(2), std::string("*")}) {
        auto const same = client.ask(get("/large", "If-None-Match: " + tags + "\r\n"), true);
        CHECK(same.status == 304);
        CHECK(same.header("ETag") == etag);
        CHECK(same.header("Content-Length").empty());
    }
    CHECK(client.ask(get("/large", "If-None-Match: \"x\"\r\n")).status == 200);

    auto const head = client.ask("HEAD /large HTTP/1.1\r\nHost: a\r\n\r\n", true);
    CHECK(head.status == 200);
    CHECK(head.header("Content-Length") == std::to_string(plain.body.size()));
    CHECK(head.header("ETag") == etag);
    CHECK(client.ask(get("/hello")).body == "hello");  // no body of HEAD lies between
}

TEST_CASE("files of a folder: compressed once, named, and nothing beside them") {
    auto const folder = std::filesystem::temp_directory_path() / ("allroads_net_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder / "css");
    std::ofstream(folder / "css/site.css") << std::string(5000, 'a');
    std::ofstream(folder / ".secret") << "hidden";
    std::filesystem::create_symlink("/etc/passwd", folder / "link.txt");
    auto files = routes_of_folder(folder.string(), "/pages/");
    REQUIRE(files.has_value());
    CHECK(files->size() == 1);
    CHECK_FALSE(routes_of_folder(folder.string(), "/pages/", 4999).has_value());
    CHECK_FALSE(routes_of_folder((folder / "none").string(), "/pages/").has_value());
    auto server = started({.limits = quick_limits()}, std::move(*files));
    std::filesystem::remove_all(folder);
    Client client(server.port());
    auto const got = client.ask(get("/pages/css/site.css", "Accept-Encoding: br\r\n"));
    CHECK(got.header("Content-Type") == "text/css; charset=utf-8");
    CHECK(unbrotlied(got.body) == std::string(5000, 'a'));
    CHECK(client.ask(get("/pages/css/site.css", "If-None-Match: " + got.header("ETag") + "\r\n"), true)
              .status == 304);
    CHECK(client.ask(get("/pages/css/../css/site.css")).body.size() == 5000);
    CHECK(client.ask(get("/pages/.secret")).status == 404);
    CHECK(client.ask(get("/pages/link.txt")).status == 404);
}

TEST_CASE("methods that an address does not know, names that are not ours, pages of others") {
    auto server = started({.limits = quick_limits(), .hosts = {"localhost", "hub.example"}});
    Client client(server.port());
    auto const wrong = client.ask("DELETE /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(wrong.status == 405);
    CHECK(wrong.header("Allow") == "GET, HEAD, OPTIONS");
    auto const options = client.ask("OPTIONS /echo HTTP/1.1\r\nHost: localhost\r\n\r\n", true);
    CHECK(options.status == 204);
    CHECK(options.header("Allow") == "POST, OPTIONS");
    CHECK(client.ask("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", true).status == 204);
    CHECK(client.ask(get("/nothing")).status == 404);
    CHECK(client.ask("GET /hello HTTP/1.1\r\nHost: HUB.example:8080\r\n\r\n").status == 200);
    CHECK(client.ask("GET /hello HTTP/1.1\r\nHost: evil.example\r\n\r\n").status == 421);
    CHECK(client.ask(post("/own", "", "Cookie: sid=1\r\nOrigin: https://evil.example\r\n")).status == 403);
    CHECK(client.ask(post("/own", "", "Cookie: sid=1\r\nOrigin: https://localhost\r\n")).status == 200);
    CHECK(client.ask("GET /hello HTTP/1.0\r\nHost: localhost\r\n\r\n").header("Connection") == "close");
    CHECK(client.is_at_end());
}

TEST_CASE("what a handler throws stays here, under a number") {
    std::mutex mutex;
    std::string number, what;
    Config config{.limits = quick_limits()};
    config.on_incident = [&](std::string_view incident, std::string_view thrown) {
        std::lock_guard const lock(mutex);
        number = incident;
        what = thrown;
    };
    auto server = started(config);
    Client client(server.port());
    auto const got = client.ask(get("/throws"));
    CHECK(got.status == 500);
    CHECK((got.head + got.body).find("swordfish") == std::string::npos);
    std::lock_guard const lock(mutex);
    CHECK(what == "the password is swordfish");
    CHECK(number.size() == 16);
    CHECK(got.body.find(number) != std::string::npos);
}

TEST_CASE("a header that a handler was tricked into never reaches the wire") {
    auto server = started();
    Client client(server.port());
    auto const got = client.ask(get("/splits"));
    CHECK(got.status == 500);
    CHECK(got.head.find("evil") == std::string::npos);
    CHECK(client.ask(get("/hello")).status == 200);
}

TEST_CASE("the log has a line a request and keeps secrets out") {
    std::mutex mutex;
    std::vector<std::string> lines;
    Config config{.limits = quick_limits()};
    config.access_log = [&](std::string_view line) {
        std::lock_guard const lock(mutex);
        lines.emplace_back(line);
    };
    auto wanted = routes();
    wanted.push_back({"GET", "/reset/{token}", [](Request const&) { return Response(); }});
    {
        auto server = started(config, wanted);
        Client client(server.port());
        client.ask(get("/hello?q=coffee%20beans&Token=s3cret&t%6Fken=s3cret",
                       "Cookie: sid=s3cret\r\nAuthorization: s3cret\r\n"));
        client.ask(get("/reset/s3cret"));
        client.ask("GET /hello HTTP/1.1\r\ns3cret\r\n\r\n");
        server.stop(1000ms);
    }
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].find(" 127.0.0.1 GET /hello?q=coffee%20beans&Token=***&token=*** 200 5 ") !=
          std::string::npos);
    CHECK(lines[1].find(" GET /reset/{token} 200 ") != std::string::npos);
    CHECK(lines[2].find(" 400 ") != std::string::npos);
    for (auto const& line : lines) CHECK(line.find("s3cret") == std::string::npos);
}

TEST_CASE("health, readiness and counters") {
    std::atomic<bool> is_ready = false;
    Config config{.limits = quick_limits()};
    config.is_ready = [&] { return is_ready.load(); };
    auto server = started(config);
    Client client(server.port());
    CHECK(client.ask(get("/healthz")).status == 200);
    CHECK(client.ask(get("/readyz")).status == 503);
    is_ready = true;
    CHECK(client.ask(get("/readyz")).status == 200);
    server.retire();
    CHECK(client.ask(get("/readyz")).status == 503);
    CHECK(client.ask(get("/items/7")).status == 200);
    auto const metrics = client.ask(get("/metrics"));
    CHECK(metrics.body.find("allroads_http_requests_total{route=\"GET /items/{id}\",status=\"200\"} 1") !=
          std::string::npos);
    CHECK(metrics.body.find("allroads_http_request_seconds_count{route=\"GET /items/{id}\"} 1") !=
          std::string::npos);
    CHECK(counted(server, "allroads_http_connections ") == 1);
    auto quiet = started({.limits = quick_limits(), .metrics = Audience::nobody});
    CHECK(Client(quiet.port()).ask(get("/metrics")).status == 404);
}

// ---- workers, ends and beginnings -------------------------------------------------------------------------

TEST_CASE("handlers run side by side, and all answers reach who asked") {
    Gate gate;
    auto wanted = routes();
    wanted.push_back({"GET", "/meet", [&](Request const&) { return gate.wait(), Response{.body = "met"}; }});
    auto server = started({.workers = 4, .limits = quick_limits()}, wanted);
    std::vector<Client> meeting;
    for (int i = 0; i < 4; ++i) {
        meeting.emplace_back(server.port());
        meeting.back().send(get("/meet"));
    }
    CHECK(gate.has_inside(4));  // all four at a time, or none would come
    gate.open();
    for (auto& client : meeting) CHECK(client.answer().body == "met");

    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            Client client(server.port());
            for (int i = 0; i < 200; ++i) {
                auto const id = std::to_string(t * 1000 + i);
                right += client.ask(get("/items/" + id)).body == "/items/" + id + "|" + id;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(right == 1600);
}

TEST_CASE("a graceful stop finishes what runs and what was begun, and closes what is idle") {
    Gate gate;
    auto wanted = routes();
    wanted.push_back(
        {"GET", "/slow", [&](Request const&) { return gate.wait(), Response{.body = "finished"}; }});
    auto server = started({.workers = 2, .limits = quick_limits()}, wanted);
    Client running(server.port()), begun(server.port()), idle(server.port());
    CHECK(idle.ask(get("/hello")).status == 200);
    running.send(get("/slow"));
    begun.send("GET /hello HT");
    REQUIRE(gate.has_inside(1));
    bool in_time = false;
    std::thread stopping([&] { in_time = server.stop(10s); });
    CHECK(idle.is_at_end());
    CHECK_FALSE(Client(server.port()).is_connected());
    begun.send("TP/1.1\r\nHost: a\r\n\r\n");
    auto const last = begun.answer();
    CHECK(last.body == "hello");
    CHECK(last.header("Connection") == "close");
    gate.open();
    CHECK(running.answer().body == "finished");
    stopping.join();
    CHECK(in_time);
    CHECK(server.stop(1ms));  // again: nothing
}

TEST_CASE("a stop whose time is over cuts off, and says so") {
    Gate gate;
    auto wanted = routes();
    wanted.push_back({"GET", "/slow", [&](Request const&) { return gate.wait(), Response(); }});
    auto server = started({.workers = 1, .limits = quick_limits()}, wanted);
    Client running(server.port());
    running.send(get("/slow"));
    REQUIRE(gate.has_inside(1));
    CHECK_FALSE(server.stop(20ms));
    CHECK(running.is_at_end());
    gate.open();
}

TEST_CASE("a restart that hands its socket down drops no request") {
    auto const named = [](std::string name) {
        return std::vector<Route>{
            {"GET", "/name", [name](Request const&) { return Response{.body = name}; }}};
    };
    auto old = started({.limits = quick_limits()}, named("old"));
    std::uint16_t const port = old.port();
    std::atomic<bool> is_over = false;
    std::atomic<int> from_old = 0, from_new = 0, lost = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&] {
            while (!is_over) {
                auto const got = Client(port).ask(get("/name", "Connection: close\r\n"));
                (got.body == "old" ? from_old : got.body == "new" ? from_new : lost) += 1;
            }
        });
    while (from_old < 50) std::this_thread::yield();
    auto next =
        started({.inherited_socket = ::dup(old.listening_socket()), .limits = quick_limits()}, named("new"));
    CHECK(next.port() == port);
    CHECK(old.stop(5s));
    int const after = from_new;
    while (from_new < after + 50 && lost == 0) std::this_thread::yield();
    is_over = true;
    for (auto& thread : threads) thread.join();
    CHECK(lost == 0);
    CHECK(from_new >= 50);
}

TEST_CASE("two servers may share a port, if both say so") {
    auto one = started({.shares_port = true, .limits = quick_limits()});
    auto two = serve({.port = one.port(), .shares_port = true, .limits = quick_limits()}, routes());
    CHECK(two.has_value());
    CHECK_FALSE(serve({.port = one.port()}, routes()).has_value());
    CHECK_FALSE(serve({.address = "localhost"}, routes()).has_value());
    CHECK_FALSE(serve({.inherited_socket = 9999}, routes()).has_value());
    CHECK_FALSE(serve({}, {{"GET", "/healthz", [](Request const&) { return Response(); }}}).has_value());
    CHECK_FALSE(serve({.tls = Tls{"/nowhere", "/nowhere"}}, {}).has_value());
}

// ---- TLS and fetch ----------------------------------------------------------------------------------------

// A certificate for localhost and 127.0.0.1 that signs itself, in two files of its own folder.
struct Certificate {
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("allroads_tls_" + std::to_string(getpid()));
    Tls tls{(folder / "cert.pem").string(), (folder / "key.pem").string()};

    Certificate() {
        std::filesystem::create_directories(folder);
        EVP_PKEY* const key = EVP_EC_gen("P-256");
        X509* const cert = X509_new();
        X509_set_version(cert, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
        X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
        X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
        X509_set_pubkey(cert, key);
        auto* const name = X509_get_subject_name(cert);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<unsigned char const*>("test"),
                                   -1, -1, 0);
        X509_set_issuer_name(cert, name);
        add(cert, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
        add(cert, NID_basic_constraints, "critical,CA:TRUE");
        X509_sign(cert, key, EVP_sha256());
        FILE* file = std::fopen(tls.certificate_file.c_str(), "w");
        PEM_write_X509(file, cert);
        std::fclose(file);
        file = std::fopen(tls.key_file.c_str(), "w");
        PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(file);
        X509_free(cert);
        EVP_PKEY_free(key);
    }
    ~Certificate() { std::filesystem::remove_all(folder); }
    static void add(X509* cert, int what, char const* value) {
        X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value);
        X509_add_ext(cert, extension, -1);
        X509_EXTENSION_free(extension);
    }
};

TEST_CASE("TLS: the same server behind a certificate, asked by the client that verifies it") {
    Certificate const certificate;
    auto limits = quick_limits();
    limits.head = 200ms;
    auto server = started({.tls = certificate.tls, .limits = limits});
    auto const base = "https://127.0.0.1:" + std::to_string(server.port());
    Fetch ask{
        .url = base + "/hello", .reach = Reach::loopback, .trust_file = certificate.tls.certificate_file};
    auto const got = fetch(ask);
    REQUIRE(got.has_value());
    CHECK(got->body == "hello");
    CHECK(value_of(got->headers, "strict-transport-security") == "max-age=31536000");
    ask.url = base + "/large";
    CHECK(fetch(ask)->body == large_text());
    ask.url = base + "/echo";
    ask.method = "POST";
    ask.body = large_text();
    CHECK(fetch(ask)->body == large_text());

    ask.trust_file.clear();  // the system does not know this certificate
    CHECK(fetch(ask).error().code() == Code::unavailable);
    ask.trust_file = certificate.tls.certificate_file;
    ask.url = "https://127.0.0.2:" + std::to_string(server.port()) + "/hello";
    CHECK_FALSE(fetch(ask).has_value());

    Client plain(server.port());  // no TLS: no answer
    CHECK(plain.ask(get("/hello")).status == 0);
    Client silent(server.port());
    CHECK(silent.is_at_end());  // cut off while the handshake is awaited
}

TEST_CASE("a name that the certificate does not have is not trusted") {
    Certificate const certificate;
    auto server = serve({.address = "127.0.0.2", .tls = certificate.tls, .limits = quick_limits()}, routes());
    REQUIRE(server.has_value());
    auto const got = fetch({.url = "https://127.0.0.2:" + std::to_string(server->port()) + "/hello",
                            .reach = Reach::loopback,
                            .trust_file = certificate.tls.certificate_file});
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().detail().find("not trusted") != std::string_view::npos);
}

TEST_CASE("fetch: what it brings, and where it does not go") {
    Gate gate;
    auto wanted = routes();
    wanted.push_back({"GET", "/slow", [&](Request const&) { return gate.wait(), Response(); }});
    auto server = started({.workers = 2, .limits = quick_limits()}, wanted);
    auto const base = "http://127.0.0.1:" + std::to_string(server.port());
    auto const got = fetch({.url = base + "/items/7", .reach = Reach::loopback});
    REQUIRE(got.has_value());
    CHECK(got->status == 200);
    CHECK(got->body == "/items/7|7");
    CHECK(got->type == "text/plain; charset=utf-8");
    CHECK(fetch({.url = base + "/nothing", .reach = Reach::anywhere})->status == 404);
    CHECK(fetch({.url = base + "/hello", .method = "HEAD", .reach = Reach::loopback})->body.empty());
    CHECK(fetch({.url = base + "/echo", .method = "POST", .body = "x", .reach = Reach::loopback})->body ==
          "x");

    CHECK(fetch({.url = base + "/hello"}).error().code() == Code::bad_value);  // not of the open internet
    CHECK(fetch({.url = "http://0x7f.1:" + std::to_string(server.port()) + "/"}).error().code() ==
          Code::bad_value);
    CHECK(fetch({.url = "http://9.9.9.9/", .reach = Reach::loopback}).error().code() == Code::bad_value);
    CHECK(fetch({.url = "file:///etc/passwd", .reach = Reach::anywhere}).error().code() == Code::bad_value);
    CHECK(fetch({.url = base + "/", .headers = {{"X", "a\r\nb"}}, .reach = Reach::loopback}).error().code() ==
          Code::bad_value);
    CHECK(fetch({.url = base + "/large", .reach = Reach::loopback, .body_bytes = 1000}).error().code() ==
          Code::too_long);
    CHECK(fetch({.url = base + "/hello", .reach = Reach::loopback, .header_bytes = 50}).error().code() ==
          Code::too_long);
    CHECK(fetch({.url = base + "/slow", .reach = Reach::loopback, .time_limit = 50ms}).error().code() ==
          Code::unavailable);
    gate.open();
    std::uint16_t const port = server.port();
    server.stop(1s);
    CHECK(fetch({.url = "http://127.0.0.1:" + std::to_string(port) + "/", .reach = Reach::loopback})
              .error()
              .code() == Code::unavailable);
}

}  // namespace
