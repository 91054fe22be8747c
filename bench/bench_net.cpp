// How many small answers a core gives on connections that stay open: this server, from a worker and at once,
// beside a bare epoll loop that looks for the end of the head and answers the same bytes. Time is the CPU
// time of everything but the asking thread; the ratio between rows of one run is the figure.
//
//   bench_net --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true

#include "net/net.h"

#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <thread>
#include <unordered_map>

namespace {

using namespace allroads;
using namespace allroads::net;

constexpr std::size_t connections = 64;
constexpr std::string_view tail = "Host: localhost\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n";

double cpu_seconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

int connected(std::uint16_t port) {
    int const socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
    int const on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
}

// The least that answers: reads, finds the empty line, writes what it was given.
class BareLoop {
public:
    explicit BareLoop(std::string answer) : answer_(std::move(answer)) {
        listening_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        check(::bind(listening_, reinterpret_cast<sockaddr*>(&at), size) == 0 &&
              ::listen(listening_, 128) == 0);
        getsockname(listening_, reinterpret_cast<sockaddr*>(&at), &size);
        port_ = ntohs(at.sin_port);
        epoll_ = epoll_create1(0);
        stop_ = eventfd(0, 0);
        watch(listening_);
        watch(stop_);
        thread_ = std::thread([this] { run(); });
    }
    ~BareLoop() {
        eventfd_write(stop_, 1);
        thread_.join();
        for (auto const& [socket, bytes] : in_) ::close(socket);
        for (int const one : {listening_, stop_, epoll_}) ::close(one);
    }
    BareLoop(BareLoop const&) = delete;
    BareLoop& operator=(BareLoop const&) = delete;
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    void watch(int socket) const {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = socket;
        epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
    }
    void run() {
        std::array<epoll_event, 64> events{};
        while (true) {
            int const count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < count; ++i) {
                int const socket = events[static_cast<std::size_t>(i)].data.fd;
                if (socket == stop_) return;
                if (socket == listening_) {
                    int const fresh = accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK);
                    int const on = 1;
                    setsockopt(fresh, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                    in_[fresh];
                    watch(fresh);
                } else {
                    serve(socket);
                }
            }
        }
    }
    void serve(int socket) {
        char bytes[4096];
        ssize_t const got = ::recv(socket, bytes, sizeof bytes, 0);
        if (got <= 0) {
            ::close(socket);
            in_.erase(socket);
            return;
        }
        std::string& in = in_[socket];
        in.append(bytes, static_cast<std::size_t>(got));
        for (std::size_t end = 0; (end = in.find("\r\n\r\n")) != std::string::npos; in.erase(0, end + 4))
            check(::send(socket, answer_.data(), answer_.size(), MSG_NOSIGNAL) ==
                  static_cast<ssize_t>(answer_.size()));
    }

    std::string answer_;
    int listening_ = -1, epoll_ = -1, stop_ = -1;
    std::uint16_t port_ = 0;
    std::unordered_map<int, std::string> in_;
    std::thread thread_;
};

std::string read_answer(int socket, std::size_t size) {
    std::string out(size, '\0');
    std::size_t have = 0;
    while (have < size) {
        ssize_t const got = ::recv(socket, out.data() + have, size - have, 0);
        check(got > 0);
        have += static_cast<std::size_t>(got);
    }
    return out;
}

// Asks on all connections, then reads all answers, again and again.
void ask(benchmark::State& state, std::uint16_t port, std::string const& question, std::size_t answer_bytes) {
    std::vector<int> sockets;
    for (std::size_t i = 0; i < connections; ++i) sockets.push_back(connected(port));
    double const all = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID), mine = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
    std::size_t requests = 0;
    double before = all - mine;
    for (auto _ : state) {
        for (int round = 0; round < 50; ++round) {
            for (int const socket : sockets)
                check(::send(socket, question.data(), question.size(), 0) ==
                      static_cast<ssize_t>(question.size()));
            for (int const socket : sockets) read_answer(socket, answer_bytes);
            requests += sockets.size();
        }
        double const now = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
        state.SetIterationTime(now - before);
        before = now;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(requests));
    for (int const socket : sockets) ::close(socket);
}

Server hello_server() {
    auto const hello = [](Request const&) { return Response{.body = "{\"hello\":\"world\"}\n"}; };
    return std::move(
        *serve({.workers = 1}, {{"GET", "/worker", hello}, {"GET", "/at_once", hello, {}, {}, false, true}}));
}

std::string question(std::string_view path) {
    return "GET " + std::string(path) + " HTTP/1.1\r\n" + std::string(tail);
}

// The bytes that the server answers; they have one length whatever the day.
std::string answer_of(std::uint16_t port) {
    int const socket = connected(port);
    std::string const text = question("/worker");
    check(::send(socket, text.data(), text.size(), 0) > 0);
    std::string out;
    while (!out.ends_with("}\n")) out += read_answer(socket, 1);
    ::close(socket);
    return out;
}

void bare_epoll(benchmark::State& state) {
    auto const server = hello_server();
    std::string const answer = answer_of(server.port());
    BareLoop const loop(answer);
    ask(state, loop.port(), question("/worker"), answer.size());
}
BENCHMARK(bare_epoll)->UseManualTime();

void at_once(benchmark::State& state) {
    auto const server = hello_server();
    ask(state, server.port(), question("/at_once"), answer_of(server.port()).size());
}
BENCHMARK(at_once)->UseManualTime();

void from_a_worker(benchmark::State& state) {
    auto const server = hello_server();
    ask(state, server.port(), question("/worker"), answer_of(server.port()).size());
}
BENCHMARK(from_a_worker)->UseManualTime();

}  // namespace
