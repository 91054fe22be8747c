#include "serve/serve.h"

#include "api/api.h"
#include "net/net.h"
#include "serve/sending.h"
#include "serve/telling.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

namespace allroads::serve {

namespace {

// A program that takes over finds the listening socket and where to say that it is ready in its environment.
constexpr char const* socket_variable = "ALLROADS_SOCKET";
constexpr char const* ready_variable = "ALLROADS_READY";
// For tests: webhooks are told on this machine, and nowhere else.
constexpr char const* loopback_variable = "ALLROADS_WEBHOOKS_TO_LOOPBACK";
constexpr auto const* database_variable = "ALLROADS_DATABASE";
constexpr int first_passed_socket = 3;  // of socket activation (sd_listen_fds)

std::optional<int> number_in(char const* variable) {
    auto const* text = std::getenv(variable);
    if (text == nullptr) return std::nullopt;
    int number = -1;
    auto const all = std::string_view(text);
    auto const [end, wrong] = std::from_chars(all.data(), all.data() + all.size(), number);
    if (wrong != std::errc() || end != all.data() + all.size() || number < 0) return std::nullopt;
    return number;
}

std::optional<int> passed_socket() {
    if (auto const socket = number_in(socket_variable)) return socket;
    if (number_in("LISTEN_PID") == ::getpid() && number_in("LISTEN_FDS").value_or(0) >= 1)
        return first_passed_socket;
    return std::nullopt;
}

void say_ready() {
    auto const pipe = number_in(ready_variable);
    if (!pipe) return;
    [[maybe_unused]] auto const said = ::write(*pipe, "r", 1);
    ::close(*pipe);
    ::unsetenv(ready_variable);
}

// Starts the program that is now at our place with the same words and our socket; true once it is ready.
bool is_taken_over(int socket, std::vector<std::string> const& words) {
    int ends[2];
    if (::pipe(ends) != 0) return false;
    auto const child = ::fork();
    if (child < 0) return false;
    if (child == 0) {
        ::close(ends[0]);
        auto const heir = ::dup(socket);  // a copy, so that it is not closed with the others
        ::setenv(socket_variable, std::to_string(heir).c_str(), 1);
        ::setenv(ready_variable, std::to_string(ends[1]).c_str(), 1);
        std::vector<char*> arguments;
        for (auto const& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        ::execv("/proc/self/exe", arguments.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    char letter = 0;
    bool const is_ready = ::read(ends[0], &letter, 1) == 1;  // the end of the pipe: it went away
    ::close(ends[0]);
    if (!is_ready) ::waitpid(child, nullptr, WNOHANG);
    return is_ready;
}

std::vector<std::string> own_words() {
    std::vector<std::string> words;
    if (std::FILE* file = std::fopen("/proc/self/cmdline", "rb")) {
        std::string word;
        for (int letter = std::fgetc(file); letter != EOF; letter = std::fgetc(file)) {
            if (letter != 0) {
                word += static_cast<char>(letter);
            } else {
                words.push_back(std::move(word));
                word.clear();
            }
        }
        std::fclose(file);
    }
    return words;
}

// Signals come to the thread that waits for them and to no other.
sigset_t awaited() {
    sigset_t set;
    ::sigemptyset(&set);
    for (int const one : {SIGINT, SIGTERM, SIGUSR2}) ::sigaddset(&set, one);
    return set;
}

// More than cores: a worker that makes a picture or waits for the disk must not keep the others waiting.
// Who writes waits for the disk most of the time, and those who wait together share a commit.
std::size_t default_workers() {
    constexpr std::size_t least = 32;
    return std::max(least, 2 * std::size_t{std::thread::hardware_concurrency()} + 8);
}

net::Config config_of(Options const& options) {
    net::Config config{.address = options.address,
                       .port = options.port,
                       .inherited_socket = passed_socket(),
                       .workers = options.workers != 0 ? options.workers : default_workers(),
                       .hosts = options.hosts,
                       .origin = options.origin};
    // Never any name: a page of elsewhere could be given our address by its own name server, and links would
    // be built from whatever a caller writes.
    config.hosts.emplace_back("localhost");
    if (!options.certificate.empty()) config.tls = net::Tls{options.certificate, options.key};
    if (!options.is_quiet) {
        config.access_log = [](std::string_view line) {
            std::fwrite(line.data(), 1, line.size(), stderr);
            std::fputc('\n', stderr);
        };
    }
    config.on_incident = [](std::string_view incident, std::string_view what) {
        auto const line = "incident " + std::string(incident) + ": " + std::string(what) + "\n";
        std::fputs(line.c_str(), stderr);
    };
    return config;
}

bool names_password(std::string_view address) {
    auto const scheme = address.find("://");
    if (scheme == std::string_view::npos) return false;
    auto const rest = address.substr(scheme + 3);
    auto const authority = rest.substr(0, rest.find_first_of("/?"));
    auto const at = authority.rfind('@');
    bool const is_with_user = at != std::string_view::npos && authority.substr(0, at).contains(':');
    return is_with_user || rest.contains("password=");
}

// The words of a program are read by everybody on the machine, its environment by its owner alone.
Result<std::string> database_of(Options const& options) {
    auto const& asked = options.hub.database;
    if (asked.empty()) {
        auto const* const told = std::getenv(database_variable);
        return std::string(told != nullptr ? told : "");
    }
    if (names_password(asked)) {
        return refuse(Code::bad_value, "database",
                      "a password in the command line is read by everybody on the machine: put the address "
                      "into $ALLROADS_DATABASE, or the password into the file that $PGPASSFILE names");
    }
    return asked;
}

std::string address_of(Options const& options, std::uint16_t port) {
    auto const* scheme = options.certificate.empty() ? "http://" : "https://";
    auto const& host = options.address == "127.0.0.1" ? "localhost" : options.address;
    return scheme + host + ":" + std::to_string(port) + "/";
}

// Disputes would be handed to nobody.
Result<void> mediator_is_known(hub::Hub& hub) {
    auto const& mediator = hub.dealing().mediator;
    if (!mediator) return {};
    auto const there = hub.account_of(hub.keeper(), people::AccountId(mediator->id));
    if (there) return {};
    return refuse(there.error().code(), "trade.mediator.account", "there is no such account");
}

}  // namespace

Result<void> until_told(Options const& options) {
    auto const signals = awaited();
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    auto house = options.hub;
    house.database = TRY(database_of(options));
    if (options.is_unlimited) house.people.rates = people::no_rates();
    auto const trade = TRY(hub::trade_of(house.data, options.trade));
    house.dealing = trade.dealing;
    auto const hub = TRY(hub::Hub::open(std::move(house)));
    TRY_VOID(mediator_is_known(*hub));
    auto config = config_of(options);
    config.is_ready = [&hub] { return hub->books().has_value(); };
    // Held by the words too: the hub's housekeeper speaks until the hub ends, which is after everything here.
    std::shared_ptr<web::Site> const site = TRY(web::open(*hub, options.places));
    hub->tell_in([site](std::string_view language, std::string_view verb) {
        return web::notice_words(*site, language, verb);
    });
    hub->tell_deals_in([site](std::string_view language, std::string_view key, std::string_view facts,
                              std::string_view order) {
        return web::deal_notice_words(*site, language, key, facts, order);
    });
    hub->tell_codes_in([site](std::string_view language, std::string_view digits) {
        return web::code_words(*site, language, digits);
    });
    auto routes = api::routes(*hub);
    for (auto& route : web::routes(*site)) routes.push_back(std::move(route));
    auto const wanted = config.limits.connections;
    auto server = TRY(net::serve(std::move(config), std::move(routes)));
    if (server.connections_max() < wanted) {
        std::fprintf(stderr, "at most %zu connections at once: the system grants no more open files\n",
                     server.connections_max());
    }
    std::printf("%s\n", address_of(options, server.port()).c_str());
    std::fflush(stdout);
    say_ready();
    bool const is_test = std::getenv(loopback_variable) != nullptr;
    if (is_test) hub->let_webhooks_be_plain();
    Teller const teller(*hub, is_test ? net::Reach::loopback : net::Reach::open_internet);
    Sender const sender(*hub, trade.gates);
    while (true) {
        int signal = 0;
        if (::sigwait(&signals, &signal) != 0) continue;
        if (signal == SIGUSR2 && !is_taken_over(server.listening_socket(), own_words())) {
            std::fputs("the new program did not start; this one goes on\n", stderr);
            continue;
        }
        if (!server.stop()) std::fputs("some requests did not end in time and were cut off\n", stderr);
        return {};
    }
}

}  // namespace allroads::serve
