#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/random.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "net/connection.h"
#include "net/descriptors.h"
#include "net/metrics.h"
#include "net/routes.h"
#include "net/workers.h"

namespace allroads::net {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using Failure = boost::system::error_code;
using Held = std::shared_ptr<Connection>;

constexpr std::size_t scratch_bytes = 64 * 1024;
constexpr std::size_t joined_bytes = 16 * 1024;     // smaller bodies are written together with their heads
constexpr std::size_t pipelined_bytes = 64 * 1024;  // of answers, before they must be taken
constexpr std::size_t kept_bytes = 1024;            // of buffers that an idle connection keeps
constexpr std::size_t drained_bytes = 1024 * 1024;  // read and forgotten before we close
constexpr int told_at_once = 100;                   // that no descriptor is left, before others have a turn
constexpr Milliseconds tick_shortest{5}, tick_longest{250};

// How often deadlines are looked at: an eighth of the shortest of them.
Milliseconds tick_of(Limits const& limits) {
    auto const shortest =
        std::min({limits.head, limits.body, limits.idle, limits.handler, limits.stall, limits.linger});
    return std::clamp(shortest / 8, tick_shortest, tick_longest);
}

Milliseconds time_for(std::size_t bytes, Limits const& limits) {
    return Milliseconds(bytes * 1000 / std::max<std::size_t>(limits.slowest_bytes_a_second, 1));
}

std::string incident_number() {
    std::array<unsigned char, 8> bytes{};
    check(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    std::string out;
    for (auto const byte : bytes) out.append({"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]});
    return out;
}

asio::ip::address plain_address(asio::ip::address const& address) {
    if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
}

// One subscriber has a whole IPv6 network of 64 bits.
std::string counted_as(asio::ip::address const& address) {
    if (address.is_v4()) return address.to_string();
    auto const bytes = address.to_v6().to_bytes();
    return std::string(bytes.begin(), bytes.begin() + 8);
}

Limit limit_of(Code code) {
    switch (code) {
        case Code::head_too_large: return Limit::header;
        case Code::address_too_long: return Limit::target;
        case Code::too_long: return Limit::body;
        default: return Limit::malformed;
    }
}

// Whether a Host header names one of these, or us by number or as localhost. HTTP/1.0 may name nobody.
bool is_one_of(std::vector<std::string> const& hosts, std::string_view host) {
    if (std::size_t const colon = host.rfind(':'); colon != host.npos && host.find(']', colon) == host.npos)
        host = host.substr(0, colon);
    if (host.empty() || is_same_text(host, "localhost")) return true;
    if (std::ranges::any_of(hosts, [&](auto const& one) { return is_same_text(one, host); })) return true;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    Failure failed;
    (void)asio::ip::make_address(std::string(host), failed);
    return !failed;
}

// What /healthz, /readyz and /metrics answer from; outlives neither the loop nor its routes.
struct Probe {
    std::atomic<bool> is_retired = false;
    std::function<bool()> is_ready;
    Audience audience = Audience::nobody;
    std::unique_ptr<Metrics> metrics;
};

bool is_loopback(std::string const& peer) {
    Failure failed;
    auto const address = asio::ip::make_address(peer, failed);
    return !failed && address.is_loopback();
}

void add_probes(std::vector<Route>& routes, std::shared_ptr<Probe> const& probe) {
    auto const add = [&](char const* pattern, Handler handler) {
        routes.push_back(
            {.method = "GET", .pattern = pattern, .handler = std::move(handler), .at_once = true});
    };
    add("/healthz", [](Request const&) { return Response{.body = "ok\n"}; });
    add("/readyz", [probe](Request const&) {
        bool const is_ready = !probe->is_retired && (!probe->is_ready || probe->is_ready());
        return is_ready ? Response{.body = "ready\n"} : problem(Code::busy, "not ready");
    });
    if (probe->audience == Audience::nobody) return;
    add("/metrics", [probe](Request const& request) {
        // Behind a proxy on this machine everybody is loopback; most of them tell that they are one.
        bool const is_passed_on = std::ranges::any_of(request.headers, [](Pair const& header) {
            return header.name == "x-forwarded-for" || header.name == "forwarded" || header.name == "via" ||
                   header.name == "x-real-ip";
        });
        bool const is_told =
            probe->audience == Audience::everybody || (is_loopback(request.peer) && !is_passed_on);
        if (!is_told) return problem(Code::not_found);
        return Response{.type = "text/plain; version=0.0.4; charset=utf-8", .body = probe->metrics->text()};
    });
}

// One line: when, who, what, how it ended. Names in `hidden` lose their values.
std::string log_line(Exchange const* exchange, std::string const& peer, Answer const& answer,
                     std::chrono::microseconds took, std::vector<std::string> const& hidden) {
    auto const is_hidden = [&](std::string_view name) {
        return std::ranges::any_of(hidden, [&](auto const& one) { return is_same_text(one, name); });
    };
    std::array<char, 32> time{};
    std::time_t const now = std::time(nullptr);
    std::tm day{};
    gmtime_r(&now, &day);
    std::string line(time.data(), std::strftime(time.data(), time.size(), "%Y-%m-%dT%H:%M:%SZ", &day));
    line.append(" ").append(peer).append(" ");
    std::string_view route = "-";
    if (exchange && !exchange->request.method.empty()) {
        Request const& request = exchange->request;
        if (exchange->route) route = exchange->route->pattern;
        bool const keeps_secret = std::ranges::any_of(request.parameters, is_hidden, &Pair::name);
        std::string_view const path = std::string_view(request.target).substr(0, request.target.find('?'));
        line.append(request.method).append(" ").append(keeps_secret ? route : path);
        char before = '?';
        for (auto const& [name, value] : request.query) {
            line.append(1, before).append(percent_encoded(name)).append("=");
            line += is_hidden(name) ? "***" : percent_encoded(value);
            before = '&';
        }
    } else {
        line += "- -";
    }
    line.append(" ").append(std::to_string(answer.status));
    line.append(" ").append(std::to_string(answer.bytes().size()));
    line.append(" ").append(std::to_string(took.count())).append("us ").append(route);
    // The worker of an abandoned request may be writing there.
    if (exchange && !exchange->is_abandoned && !exchange->incident.empty())
        line.append(" incident ").append(exchange->incident);
    return line;
}

}  // namespace

class Server::Loop {
public:
    Loop(Config config, RouteTable table, std::optional<TlsContext> tls, std::shared_ptr<Probe> probe);
    ~Loop();
    [[nodiscard]] Result<void> listen();
    void start();
    bool stop(Milliseconds grace);

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] int listening_socket() { return acceptor_.native_handle(); }
    [[nodiscard]] std::size_t connections_max() const { return limits_.connections; }
    [[nodiscard]] Probe& probe() { return *probe_; }

private:
    // accepting
    void accept();
    void accepted(tcp::socket socket);
    void turn_away(tcp::socket socket, Code code, Limit limit);
    void turn_away_without_room();
    // reading
    void want_read(Held const& c);
    void readable(Held const& c, std::string_view got);
    void shake_hands(Held const& c);
    void take(Held const& c, std::string_view bytes);
    std::size_t advance(Held const& c, std::string_view data);
    std::size_t read_heads(Held const& c, std::string_view data);
    void begin(Held const& c, std::string_view head);
    [[nodiscard]] std::optional<Code> objection(Connection const& c, RouteTable::Match const& match) const;
    void begin_body(Held const& c);
    std::size_t read_body(Held const& c, std::string_view data);
    [[nodiscard]] bool count_body(Connection& c);
    void forget_body(Connection& c);
    // answering
    void dispatch(Held const& c);
    // Whether there is an answer now: a handler always has one, what is quick may have none.
    template <class Asked>
    bool run(Exchange& exchange, Asked const& handler);
    class Place;  // of an answer that comes later
    void ask_for_later(Held c, std::shared_ptr<Exchange> exchange);
    void give_back(Held c, std::shared_ptr<Exchange> exchange);
    void take_back();
    void refuse_request(Held const& c, Code code, std::string_view detail, std::optional<Limit> limit);
    void put(Held const& c, Response response);
    void put(Held const& c, Answer answer);
    void settle(Held const& c);
    [[nodiscard]] bool flush(Held const& c);  // false while something waits, or when it closed
    void want_write(Held const& c);
    // ending
    void say_goodbye(Held const& c);
    void close(Held const& c);
    void tick();
    void overdue(Held const& c);
    void wind_down();
    void note_if_empty();

    Config config_;
    Limits const& limits_;
    RouteTable table_;
    std::optional<TlsContext> tls_;
    AnswerStyle style_;
    std::string public_host_;  // of Config::origin
    std::shared_ptr<Probe> probe_;
    asio::io_context io_{1};
    tcp::acceptor acceptor_{io_};
    asio::steady_timer timer_{io_};
    std::uint16_t port_ = 0;
    bool is_accepting_ = false;
    bool is_stopping_ = false;
    Clock::time_point now_ = Clock::now();  // of the bytes that are being worked on
    std::unordered_set<Held> connections_;
    std::unordered_map<std::string, std::size_t> of_address_;
    std::size_t waiting_ = 0;
    std::size_t body_bytes_ = 0;
    SpareDescriptor spare_;
    std::vector<char> scratch_ = std::vector<char>(scratch_bytes);

    std::mutex mutex_;  // of what follows
    std::vector<std::pair<Held, std::shared_ptr<Exchange>>> done_;
    std::size_t places_ = 0;  // of answers that come later
    std::condition_variable no_places_;
    std::condition_variable empty_;
    bool is_empty_ = false;
    std::once_flag stopped_;
    bool ended_in_time_ = true;

    std::thread thread_;
    std::unique_ptr<Workers> workers_;  // last: what they hold goes before the rest
};

Server::Loop::Loop(Config config, RouteTable table, std::optional<TlsContext> tls,
                   std::shared_ptr<Probe> probe)
    : config_(std::move(config)),
      limits_(config_.limits),
      table_(std::move(table)),
      tls_(std::move(tls)),
      style_(config_),
      public_host_(config_.origin.empty() ? std::string() : parsed_url(config_.origin)->authority),
      probe_(std::move(probe)) {}

Server::Loop::~Loop() {
    if (thread_.joinable()) stop(Milliseconds(0));
    workers_.reset();
    std::unique_lock held(mutex_);
    no_places_.wait(held, [this] { return places_ == 0; });
}

Result<void> Server::Loop::listen() {
    Failure failed;
    auto const wrong = [&](std::string_view what) {
        return refuse(Code::unavailable, "address", std::string(what) + ": " + failed.message());
    };
    if (config_.inherited_socket) {
        sockaddr_storage name{};
        socklen_t size = sizeof name;
        bool const is_known =
            getsockname(*config_.inherited_socket, reinterpret_cast<sockaddr*>(&name), &size) == 0;
        acceptor_.assign(name.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), *config_.inherited_socket,
                         failed);
        if (!is_known || failed) return wrong("the inherited socket is none");
    } else {
        auto const address = asio::ip::make_address(config_.address, failed);
        if (failed) return refuse(Code::bad_value, "address", "not a numeric address");
        tcp::endpoint const endpoint(address, config_.port);
        if (acceptor_.open(endpoint.protocol(), failed)) return wrong("cannot open a socket");
        acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
        int const on = 1;
        if (config_.shares_port)
            setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
        if (acceptor_.bind(endpoint, failed)) return wrong("cannot bind");
        if (acceptor_.listen(tcp::acceptor::max_listen_connections, failed)) return wrong("cannot listen");
    }
    acceptor_.non_blocking(true, failed);
    port_ = acceptor_.local_endpoint(failed).port();
    if (failed) return wrong("cannot listen");
    return {};
}

void Server::Loop::start() {
    std::size_t const cores = std::max(1U, std::thread::hardware_concurrency());
    workers_ = std::make_unique<Workers>(config_.workers > 0 ? config_.workers : cores);
    accept();
    tick();
    thread_ = std::thread([this] {
        sigset_t all;  // signals are for the threads of the program; SIGPIPE would end it
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, nullptr);
        auto const keeps_running = asio::make_work_guard(io_);
        while (!io_.stopped()) {
            try {
                io_.run();
            } catch (std::exception const& thrown) {  // a mistake of ours must not end the others' requests
                if (config_.on_incident) config_.on_incident(incident_number(), thrown.what());
            }
        }
    });
}

// ---- accepting --------------------------------------------------------------------------------------------

void Server::Loop::accept() {
    is_accepting_ = true;
    acceptor_.async_accept([this](Failure failed, tcp::socket socket) {
        is_accepting_ = false;
        now_ = Clock::now();
        if (!failed) accepted(std::move(socket));
        if (!acceptor_.is_open() || is_stopping_) return;
        if (failed == asio::error::no_descriptors) turn_away_without_room();
        // Anything else that fails: the next tick tries again.
        if (!failed || failed == asio::error::connection_aborted) accept();
    });
}

void Server::Loop::accepted(tcp::socket socket) {
    Failure failed;
    auto const endpoint = socket.remote_endpoint(failed);
    if (failed) return;
    auto const address = plain_address(endpoint.address());
    std::string key = counted_as(address);
    if (connections_.size() >= limits_.connections)
        return turn_away(std::move(socket), Code::busy, Limit::connections);
    auto& count = of_address_[key];
    if (count >= limits_.connections_of_address)
        return turn_away(std::move(socket), Code::too_many, Limit::connections_of_address);
    ++count;
    socket.non_blocking(true, failed);
    int const on = 1;
    setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    auto const c = std::make_shared<Connection>(std::move(socket), tls_ ? &*tls_ : nullptr);
    c->peer = address.to_string();
    c->address = std::move(key);
    c->phase = tls_ ? Phase::handshake : Phase::head;
    c->deadline = now_ + limits_.head;
    connections_.insert(c);
    probe_->metrics->connections(connections_.size());
    want_read(c);
}

// Something else of the program holds what our own limit left free: those who wait are told rather than left.
void Server::Loop::turn_away_without_room() {
    Failure failed;
    spare_.give();
    for (int told = 0; told < told_at_once && !failed; ++told) {
        tcp::socket socket(io_);
        if (!acceptor_.accept(socket, failed)) turn_away(std::move(socket), Code::busy, Limit::connections);
    }
    spare_.take();
}

// One answer without waiting for anything; a caller behind TLS is told nothing.
void Server::Loop::turn_away(tcp::socket socket, Code code, Limit limit) {
    probe_->metrics->refused(limit);
    if (tls_) return;
    Answer const answer = rendered(problem(code), nullptr, style_, false);
    // Unread bytes would make the kernel reset the connection and lose the answer.
    (void)::recv(socket.native_handle(), scratch_.data(), scratch_.size(), MSG_DONTWAIT);
    (void)Channel(socket.native_handle(), nullptr).write(answer.head, answer.body);
    ::shutdown(socket.native_handle(), SHUT_WR);
}

// ---- reading ----------------------------------------------------------------------------------------------

void Server::Loop::want_read(Held const& c) {
    if (c->is_reading || c->phase == Phase::closed) return;
    c->is_reading = true;
    if (c->channel.has_more()) {
        asio::post(io_, [this, c] {
            c->is_reading = false;
            readable(c, "");
        });
    } else if (c->channel.is_tls()) {
        c->socket.async_wait(tcp::socket::wait_read, [this, c](Failure failed) {
            c->is_reading = false;
            if (failed)
                close(c);
            else
                readable(c, "");
        });
    } else {
        c->socket.async_read_some(asio::buffer(c->arrived), [this, c](Failure failed, std::size_t bytes) {
            c->is_reading = false;
            if (failed)
                close(c);
            else
                readable(c, {c->arrived.data(), bytes});
        });
    }
}

void Server::Loop::shake_hands(Held const& c) {
    Moved const moved = c->channel.handshake();
    if (moved.state == Moved::State::ended)
        close(c);
    else if (moved.state == Moved::State::wants_write)
        want_write(c);
    else if (moved.state == Moved::State::wants_read)
        want_read(c);
    else {
        c->phase = Phase::head;
        readable(c, "");
    }
}

// `got` are bytes that were read already; more are asked for where they may be at hand.
void Server::Loop::readable(Held const& c, std::string_view got) {
    if (c->phase == Phase::closed) return;
    now_ = Clock::now();
    if (c->phase == Phase::handshake) return shake_hands(c);
    bool may_have_more = got.empty() || got.size() == c->arrived.size();
    if (!got.empty()) take(c, got);
    // One busy connection must not keep the others waiting: a few rounds at most.
    for (int round = 0; may_have_more && round < 8; ++round) {
        bool const reads = c->phase == Phase::head || c->phase == Phase::body || c->phase == Phase::draining;
        if (!reads || c->is_interrupted) break;
        Moved const moved = c->channel.read(scratch_);
        if (moved.state == Moved::State::ended) {
            if (c->out.empty()) return close(c);
            c->closes = true;  // who says no more may still listen
            c->phase = Phase::writing;
            c->deadline = now_ + limits_.stall;
        }
        if (moved.state != Moved::State::some) break;
        take(c, {scratch_.data(), moved.bytes});
        may_have_more = moved.bytes == scratch_.size() || c->channel.has_more();
    }
    settle(c);
}

void Server::Loop::take(Held const& c, std::string_view bytes) {
    if (c->phase == Phase::draining) {
        c->body_bytes_at_most += bytes.size();
        if (c->body_bytes_at_most > drained_bytes) close(c);
        return;
    }
    if (c->in.empty()) {
        std::size_t const used = advance(c, bytes);
        c->in.assign(bytes.substr(used));
    } else {
        c->in.append(bytes);
        c->in.erase(0, advance(c, c->in));
    }
}

// Works through `data` as far as it goes; says how much of it was used.
std::size_t Server::Loop::advance(Held const& c, std::string_view data) {
    std::size_t used = 0;
    bool is_going = true;
    while (is_going && used < data.size() && c->out.size() < pipelined_bytes) {
        std::string_view const rest = data.substr(used);
        std::size_t step = 0;
        if (c->phase == Phase::head) step = read_heads(c, rest);
        if (c->phase == Phase::body && step == 0) step = read_body(c, rest);
        used += step;
        is_going = step > 0;
    }
    if (c->phase == Phase::writing && c->closes) used = data.size();  // nobody will read the rest
    bool const is_partial = c->phase == Phase::head && c->out.size() < pipelined_bytes;
    c->is_interrupted = used < data.size() && !is_partial;
    return used;
}

std::size_t Server::Loop::read_heads(Held const& c, std::string_view data) {
    if (!c->has_begun) {
        c->has_begun = true;
        c->deadline = now_ + limits_.head;
    }
    if (!c->has_skipped && data.starts_with("\r\n")) {
        c->has_skipped = true;
        c->scanner.reset();
        return 2;
    }
    auto const length = c->scanner.scan(data, limits_);
    if (!length) {
        refuse_request(c, length.error().code, length.error().detail, limit_of(length.error().code));
        return data.size();
    }
    if (!*length) return 0;
    c->scanner.reset();
    c->has_begun = c->has_skipped = false;
    begin(c, data.substr(0, **length));
    return **length;
}

void Server::Loop::begin(Held const& c, std::string_view head) {
    auto const exchange = c->exchange = std::make_shared<Exchange>();
    Request& request = exchange->request;
    request.method.clear();
    exchange->begun = now_;
    exchange->route_index = table_.routes().size();
    auto const framing = read_head(head, limits_, request);
    if (!framing)
        return refuse_request(c, framing.error().code, framing.error().detail,
                              limit_of(framing.error().code));
    c->framing = *framing;
    request.peer = c->peer;
    request.is_tls = c->channel.is_tls() || style_.has_tls;
    c->is_for_us = config_.hosts.empty() || is_one_of(config_.hosts, request.host);
    if (!public_host_.empty()) request.host = public_host_;
    bool const is_last = ++c->requests >= limits_.requests_of_connection;
    c->closes = !framing->keeps_alive || is_stopping_ || is_last;
    exchange->keeps_alive = !c->closes;
    auto const match = table_.find(request);
    exchange->route = match.route;
    if (match.route) exchange->route_index = match.index;
    bool const has_body = framing->is_chunked || framing->content_length.value_or(0) > 0;
    if (auto const code = objection(*c, match)) {
        if (has_body) return refuse_request(c, *code, "", std::nullopt);
        Response response = problem(*code);
        if (*code == Code::method_not_allowed) response.headers.push_back({"Allow", match.allowed});
        return put(c, std::move(response));
    }
    c->body_bytes_at_most = limits_.body_bytes;
    if (match.route && match.route->body_bytes) c->body_bytes_at_most = *match.route->body_bytes;
    if (framing->content_length.value_or(0) > c->body_bytes_at_most)
        return refuse_request(c, Code::too_long, "the body is longer than the limit", Limit::body);
    if (has_body) return begin_body(c);
    if (match.route) return dispatch(c);
    std::string const allowed = match.allowed.empty() ? "GET, HEAD, POST, OPTIONS" : match.allowed;
    put(c, Response{.status = 204, .headers = {{"Allow", allowed}}});  // OPTIONS
}

// Why a request cannot be answered, seen from its head alone.
std::optional<Code> Server::Loop::objection(Connection const& c, RouteTable::Match const& match) const {
    Request const& request = c.exchange->request;
    if (!c.is_for_us) return Code::wrong_host;
    if (request.method == "OPTIONS" && (request.path == "*" || !match.allowed.empty())) return std::nullopt;
    if (!match.route) return match.allowed.empty() ? Code::not_found : Code::method_not_allowed;
    if (match.route->own_pages_only && !is_from_own_pages(request)) return Code::other_site;
    return std::nullopt;
}

void Server::Loop::begin_body(Held const& c) {
    if (!c->exchange->route) return refuse_request(c, Code::bad_http, "OPTIONS has no body", std::nullopt);
    c->phase = Phase::body;
    c->deadline = now_ + limits_.body;
    c->chunks = ChunkReader();
    if (c->framing.expects_continue && !c->framing.is_http_1_0) c->out += "HTTP/1.1 100 Continue\r\n\r\n";
}

std::size_t Server::Loop::read_body(Held const& c, std::string_view data) {
    std::string& body = c->exchange->request.body;
    std::size_t used = 0;
    bool is_whole = false;
    if (c->framing.is_chunked) {
        auto const read = c->chunks.read(data, c->body_bytes_at_most, body);
        if (!read) {
            refuse_request(c, read.error().code, read.error().detail, limit_of(read.error().code));
            return data.size();
        }
        used = *read;
        is_whole = c->chunks.is_done();
    } else {
        used = std::min(data.size(), static_cast<std::size_t>(*c->framing.content_length) - body.size());
        body.append(data.substr(0, used));
        is_whole = body.size() == *c->framing.content_length;
    }
    if (!count_body(*c)) {
        refuse_request(c, Code::busy, "too many bodies at a time", Limit::body_together);
        return data.size();
    }
    // Who is slow but steady is given the time that the slowest line we serve would take.
    c->deadline = c->exchange->begun + limits_.body + time_for(body.size(), limits_);
    if (is_whole) dispatch(c);
    return used;
}

bool Server::Loop::count_body(Connection& c) {
    std::size_t const bytes = c.exchange->request.body.size();
    body_bytes_ += bytes - c.body_bytes_counted;
    c.body_bytes_counted = bytes;
    return body_bytes_ <= limits_.body_bytes_together;
}

void Server::Loop::forget_body(Connection& c) {
    body_bytes_ -= c.body_bytes_counted;
    c.body_bytes_counted = 0;
}

// ---- answering --------------------------------------------------------------------------------------------

void Server::Loop::dispatch(Held const& c) {
    auto const exchange = c->exchange;
    Milliseconds const allowed = exchange->route->time_limit.value_or(limits_.handler);
    exchange->request.deadline = now_ + allowed;
    if (exchange->route->at_once) {
        (void)run(*exchange, exchange->route->handler);
        return put(c, std::move(exchange->answer));
    }
    if (exchange->route->quick && run(*exchange, exchange->route->quick))
        return put(c, std::move(exchange->answer));
    if (waiting_ >= limits_.requests_waiting) {
        probe_->metrics->refused(Limit::requests_waiting);
        return put(c, problem(Code::busy));
    }
    c->phase = Phase::busy;
    c->deadline = exchange->request.deadline;
    ++waiting_;
    workers_->give([this, c, exchange]() mutable {
        if (exchange->route->later) return ask_for_later(std::move(c), std::move(exchange));
        if (!exchange->is_abandoned) (void)run(*exchange, exchange->route->handler);
        give_back(std::move(c), std::move(exchange));
    });
}

class Server::Loop::Place final : public Later::Place {
public:
    Place(Loop& loop, Held c, std::shared_ptr<Exchange> exchange)
        : loop_(loop), c_(std::move(c)), exchange_(std::move(exchange)) {
        std::lock_guard const lock(loop_.mutex_);
        ++loop_.places_;
    }
    Place(Place const&) = delete;
    Place& operator=(Place const&) = delete;
    ~Place() override {
        give([](Request const&) -> Response { throw Bug("nobody gave the answer"); });
        std::lock_guard const lock(loop_.mutex_);
        if (--loop_.places_ == 0) loop_.no_places_.notify_all();
    }

    void give(Handler const& make) override {
        if (is_given_.exchange(true)) return;
        if (!exchange_->is_abandoned) (void)loop_.run(*exchange_, make);
        loop_.give_back(std::move(c_), std::move(exchange_));
    }

private:
    Loop& loop_;
    Held c_;
    std::shared_ptr<Exchange> exchange_;
    std::atomic<bool> is_given_ = false;
};

void Server::Loop::ask_for_later(Held c, std::shared_ptr<Exchange> exchange) {
    auto const place = std::make_shared<Place>(*this, std::move(c), exchange);
    try {
        if (!exchange->is_abandoned) exchange->route->later(exchange->request, Later(place));
    } catch (...) {
        place->give([thrown = std::current_exception()](Request const&) -> Response {
            std::rethrow_exception(thrown);
        });
    }
}

// Whatever a handler throws becomes a number that only our own log explains.
template <class Asked>
bool Server::Loop::run(Exchange& exchange, Asked const& handler) {
    std::string what = "not an exception of the standard library";
    try {
        std::optional<Response> response = handler(exchange.request);
        if (!response) return false;
        exchange.answer = rendered(std::move(*response), &exchange.request, style_, exchange.keeps_alive);
        return true;
    } catch (std::exception const& thrown) {
        what = thrown.what();
    } catch (...) {  // the sentence above says it
    }
    exchange.incident = incident_number();
    if (config_.on_incident) config_.on_incident(exchange.incident, what);
    exchange.answer = rendered(problem(Code::internal, "incident " + exchange.incident), &exchange.request,
                               style_, exchange.keeps_alive);
    return true;
}

void Server::Loop::give_back(Held c, std::shared_ptr<Exchange> exchange) {
    bool is_first = false;
    {
        std::lock_guard const lock(mutex_);
        is_first = done_.empty();
        done_.emplace_back(std::move(c), std::move(exchange));
    }
    if (is_first) asio::post(io_, [this] { take_back(); });
}

void Server::Loop::take_back() {
    now_ = Clock::now();
    decltype(done_) done;
    {
        std::lock_guard const lock(mutex_);
        done.swap(done_);
    }
    waiting_ -= done.size();
    for (auto const& [c, exchange] : done) {
        if (c->phase != Phase::busy || c->exchange != exchange) continue;  // it came too late
        put(c, std::move(exchange->answer));
        settle(c);
    }
}

// The last answer of a connection: what follows in it cannot be trusted to be a request.
void Server::Loop::refuse_request(Held const& c, Code code, std::string_view detail,
                                  std::optional<Limit> limit) {
    if (limit) probe_->metrics->refused(*limit);
    c->closes = true;
    Request const* request = c->exchange ? &c->exchange->request : nullptr;
    put(c, rendered(problem(code, detail), request, style_, false));
}

void Server::Loop::put(Held const& c, Response response) {
    put(c, rendered(std::move(response), &c->exchange->request, style_, !c->closes));
}

void Server::Loop::put(Held const& c, Answer answer) {
    auto const exchange = std::move(c->exchange);
    c->exchange = nullptr;
    auto const took = std::chrono::duration_cast<std::chrono::microseconds>(
        exchange ? Clock::now() - exchange->begun : Clock::duration::zero());
    probe_->metrics->answered(exchange ? exchange->route_index : table_.routes().size(), answer.status, took);
    probe_->metrics->waiting(waiting_);
    if (config_.access_log)
        config_.access_log(log_line(exchange.get(), c->peer, answer, took, config_.hidden_query));
    forget_body(*c);
    c->out += answer.head;
    std::size_t const bytes = answer.bytes().size();
    if (bytes <= joined_bytes) {
        c->out += answer.bytes();
    } else {
        c->asset = answer.asset;
        c->large = std::move(answer.body);
        c->rest = c->asset ? answer.shared : std::string_view(c->large);
    }
    c->closes |= is_stopping_;
    c->phase = c->closes || !c->rest.empty() ? Phase::writing : Phase::head;
    c->deadline = now_ + limits_.idle;
    if (c->phase == Phase::writing) c->deadline = now_ + limits_.stall + time_for(bytes, limits_);
}

// After anything was put or read: writes, goes on with what is at hand, and asks for more.
void Server::Loop::settle(Held const& c) {
    while (true) {
        if (c->phase == Phase::closed || !flush(c)) return;
        if (c->phase == Phase::writing) {
            if (c->closes) return say_goodbye(c);
            c->phase = Phase::head;
            c->deadline = now_ + limits_.idle;
        }
        bool const goes_on = c->is_interrupted && (c->phase == Phase::head || c->phase == Phase::body);
        if (!goes_on) break;
        c->is_interrupted = false;
        take(c, "");
    }
    if (c->phase == Phase::busy) return;
    if (c->phase == Phase::head && c->in.empty() && c->in.capacity() > kept_bytes) std::string().swap(c->in);
    want_read(c);
}

bool Server::Loop::flush(Held const& c) {
    while (c->out_at < c->out.size() || !c->rest.empty()) {
        std::string_view const first = std::string_view(c->out).substr(c->out_at);
        Moved const moved = c->channel.write(first, c->rest);
        if (moved.state == Moved::State::ended) {
            close(c);
            return false;
        }
        if (moved.state != Moved::State::some) {
            if (c->stall_deadline == Clock::time_point::max()) c->stall_deadline = now_ + limits_.stall;
            if (moved.state == Moved::State::wants_write)
                want_write(c);
            else
                want_read(c);
            return false;
        }
        c->stall_deadline = Clock::time_point::max();
        std::size_t const of_first = std::min(moved.bytes, first.size());
        c->out_at += of_first;
        c->rest.remove_prefix(moved.bytes - of_first);
    }
    c->stall_deadline = Clock::time_point::max();
    c->out_at = 0;
    c->out.clear();
    if (c->out.capacity() > joined_bytes || (c->phase == Phase::head && c->out.capacity() > kept_bytes))
        std::string().swap(c->out);
    if (!c->large.empty()) std::string().swap(c->large);
    c->asset = nullptr;
    return true;
}

void Server::Loop::want_write(Held const& c) {
    if (c->is_writing) return;
    c->is_writing = true;
    c->socket.async_wait(tcp::socket::wait_write, [this, c](Failure failed) {
        c->is_writing = false;
        if (c->phase == Phase::closed) return;
        now_ = Clock::now();
        if (failed)
            close(c);
        else if (c->phase == Phase::handshake)
            shake_hands(c);
        else
            settle(c);
    });
}

// ---- ending -----------------------------------------------------------------------------------------------

// Closing while bytes come would reset the connection and lose the answer; so we wait for the other end.
void Server::Loop::say_goodbye(Held const& c) {
    c->phase = Phase::draining;
    c->deadline = now_ + limits_.linger;
    c->body_bytes_at_most = 0;  // from here on: bytes forgotten
    c->in.clear();
    c->is_interrupted = false;
    c->channel.say_goodbye();
    want_read(c);
}

void Server::Loop::close(Held const& c) {
    if (c->phase == Phase::closed) return;
    c->phase = Phase::closed;
    Held const keeps = c;  // `c` may live in the set
    if (keeps->exchange) keeps->exchange->is_abandoned = true;
    forget_body(*keeps);
    Failure ignored;
    keeps->socket.close(ignored);
    if (auto const found = of_address_.find(keeps->address); found != of_address_.end())
        if (--found->second == 0) of_address_.erase(found);
    connections_.erase(keeps);
    probe_->metrics->connections(connections_.size());
    note_if_empty();
}

void Server::Loop::note_if_empty() {
    if (!is_stopping_ || !connections_.empty()) return;
    std::lock_guard const lock(mutex_);
    is_empty_ = true;
    empty_.notify_all();
}

void Server::Loop::tick() {
    now_ = Clock::now();
    std::vector<Held> late;
    for (auto const& c : connections_)
        if (std::min(c->deadline, c->stall_deadline) <= now_) late.push_back(c);
    for (auto const& c : late) overdue(c);
    if (!is_accepting_ && !is_stopping_ && acceptor_.is_open()) accept();
    timer_.expires_after(tick_of(limits_));
    timer_.async_wait([this](Failure failed) {
        if (!failed) tick();
    });
}

void Server::Loop::overdue(Held const& c) {
    bool const stalls = c->stall_deadline <= now_;
    if (stalls || c->phase == Phase::writing) {
        probe_->metrics->refused(Limit::stall_time);
        return close(c);
    }
    switch (c->phase) {
        case Phase::head:
            if (!c->has_begun) return c->requests > 0 ? say_goodbye(c) : close(c);
            refuse_request(c, Code::too_slow, "the header did not arrive in time", Limit::head_time);
            return settle(c);
        case Phase::body:
            refuse_request(c, Code::too_slow, "the body did not arrive in time", Limit::body_time);
            return settle(c);
        case Phase::busy:
            c->exchange->is_abandoned = true;
            probe_->metrics->refused(Limit::handler_time);
            c->closes = true;
            put(c, problem(Code::busy, "the answer took too long"));
            return settle(c);
        case Phase::handshake:
        case Phase::writing:
        case Phase::draining:
        case Phase::closed: return close(c);
    }
}

// On the I/O thread: no new connections, and none is kept beyond what it has begun.
void Server::Loop::wind_down() {
    now_ = Clock::now();
    probe_->is_retired = true;
    Failure failed;
    while (acceptor_.is_open()) {  // what the kernel has accepted for us already
        tcp::socket socket(io_);
        if (acceptor_.accept(socket, failed)) break;
        accepted(std::move(socket));
    }
    is_stopping_ = true;
    acceptor_.close(failed);
    std::vector<Held> const all(connections_.begin(), connections_.end());
    for (auto const& c : all) {
        if (c->phase != Phase::head || c->has_begun) continue;
        // Who has just connected is about to ask; who was answered before may ask again elsewhere.
        if (c->requests > 0)
            say_goodbye(c);
        else
            c->deadline = std::min(c->deadline, now_ + limits_.linger);
    }
    note_if_empty();
}

bool Server::Loop::stop(Milliseconds grace) {
    std::call_once(stopped_, [&] {
        asio::post(io_, [this] { wind_down(); });
        {
            std::unique_lock lock(mutex_);
            ended_in_time_ = empty_.wait_for(lock, grace, [this] { return is_empty_; });
        }
        io_.stop();
        thread_.join();
        for (auto const& c : std::vector<Held>(connections_.begin(), connections_.end())) close(c);
    });
    return ended_in_time_;
}

// ---- the door ---------------------------------------------------------------------------------------------

Server::Server(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;
Server::~Server() = default;

std::uint16_t Server::port() const { return loop_->port(); }
int Server::listening_socket() const { return loop_->listening_socket(); }
std::size_t Server::connections_max() const { return loop_->connections_max(); }
std::string Server::metrics() const { return loop_->probe().metrics->text(); }
void Server::retire() { loop_->probe().is_retired = true; }
bool Server::stop(Milliseconds grace) { return loop_->stop(grace); }

Result<Server> serve(Config config, std::vector<Route> routes) {
    if (!config.origin.empty()) {
        auto const url = parsed_url(config.origin);
        if (!url || url->target != "/" || config.origin.ends_with('/'))
            return refuse(Code::bad_value, "origin", "expected https://name or http://name, with no path");
        config.hosts.push_back(url->host);
    }
    if (!is_field_value(config.content_security_policy))
        return refuse(Code::bad_value, "content_security_policy", "holds a control character");
    config.limits.connections = room_for_connections(config.limits.connections);
    auto const probe = std::make_shared<Probe>();
    probe->is_ready = config.is_ready;
    probe->audience = config.metrics;
    add_probes(routes, probe);
    probe->metrics = std::make_unique<Metrics>(routes);
    RouteTable table = TRY(RouteTable::of(std::move(routes)));
    std::optional<TlsContext> tls;
    if (config.tls) tls = TRY(TlsContext::of(*config.tls));
    auto loop = std::make_unique<Server::Loop>(std::move(config), std::move(table), std::move(tls), probe);
    TRY_VOID(loop->listen());
    loop->start();
    return Server(std::move(loop));
}

}  // namespace allroads::net
