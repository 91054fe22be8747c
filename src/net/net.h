#pragma once
// net: HTTP/1.1 over TCP and TLS, as server and as client. It knows sockets, limits and bytes; no trade.
//
// Promises: a handler is a plain function and sees only whole requests that were read within their limits,
// whose path and query were decoded once. Every limit has a name below; what goes over one is refused with a
// problem document (RFC 9457) and counted. What a handler throws is never shown to the caller. One thread
// does all reading and writing, `workers` threads run the handlers.

#include "base/base.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace allroads::net {

using Milliseconds = std::chrono::milliseconds;

struct Pair {
    std::string name;
    std::string value;
    friend bool operator==(Pair const&, Pair const&) = default;
};
// The value of the first pair of that name; nothing where there is none.
[[nodiscard]] std::optional<std::string_view> value_of(std::vector<Pair> const& pairs, std::string_view name);

// ---- what comes and what goes -----------------------------------------------------------------------------

struct Request {
    std::string method = "GET";
    std::string target = "/";        // as it was sent, percent-encoded
    std::string path = "/";          // decoded once, dot segments resolved, UTF-8 without control characters
    std::string host = {};           // as the caller names us, with its port; of Config::origin where given
    std::vector<Pair> query = {};    // decoded, in order
    std::vector<Pair> headers = {};  // names in lower case
    std::vector<Pair> cookies = {};
    std::vector<Pair> parameters = {};  // what stood where the route's pattern has {name}
    std::string body = {};
    std::string peer = {};  // numeric address of the other end: "203.0.113.7"
    bool is_tls = false;    // or the public address is https
    // When the caller stops waiting; a handler that works in steps may look.
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();

    [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;  // "" if absent
    [[nodiscard]] std::string_view parameter(std::string_view name) const;          // "" if absent
    [[nodiscard]] std::string origin() const;  // "https://hub.example": what links to us begin with
};

enum class Effort : std::uint8_t { quick, best };
// Bytes that are answered many times: compressed and named once, shared by every answer.
class Asset {
public:
    // `type` is the Content-Type. Compresses where the type is worth it: as well as can be, or as a single
    // answer would be.
    [[nodiscard]] static std::shared_ptr<Asset const> of(std::string body, std::string type,
                                                         Effort effort = Effort::best);

    std::string type;
    std::string plain, gzip, brotli;  // the latter two are empty where they would not be smaller
    std::string etag;
};

enum class Cache : std::uint8_t {
    never,       // no-store: answers about somebody. The default
    revalidate,  // no-cache with an ETag: asked again each time, answered 304 while it is the same
    shared,      // public for `cache_seconds`, with an ETag
};

struct Response {
    int status = 200;
    std::string type = "text/plain; charset=utf-8";
    std::string body = "";
    std::vector<Pair> headers = {};  // these win over the headers that net adds by itself
    Cache cache = Cache::never;
    int cache_seconds = 3600;
    // Off for an answer that holds both a secret and something the caller chose (compression tells their
    // likeness by its length).
    bool may_compress = true;
    std::shared_ptr<Asset const> asset = {};  // instead of type and body
};

// Answers that are the same for everybody who asks the same, kept while nothing changes: what is asked for a
// second time is compressed once, and answered from memory from then on. Whoever makes the key puts
// everything into it that the answer depends on. Any thread may ask.
class KeptAnswers {
public:
    explicit KeptAnswers(std::size_t bytes_max = 32U * 1024 * 1024) : bytes_max_(bytes_max) {}
    // Null: make it, and hand it to `offer`.
    [[nodiscard]] std::shared_ptr<Asset const> find(std::string const& key);
    // Keeps its body where it was asked for before.
    void offer(std::string const& key, Response const& answer);

private:
    struct Kept {
        std::shared_ptr<Asset const> asset;  // null: asked for once
        std::list<std::string>::iterator place;
    };
    static constexpr std::size_t keys_max = 20'000;
    void drop_oldest();
    std::size_t bytes_max_;
    std::mutex lock_;
    std::unordered_map<std::string, Kept> kept_;
    std::list<std::string> order_;  // the oldest first
    std::size_t bytes_ = 0;
};

// A problem document of RFC 9457 with the status, name and sentence of the code.
[[nodiscard]] Response problem(Error const& error);
[[nodiscard]] Response problem(Code code, std::string_view detail = "");
[[nodiscard]] Response redirect(std::string_view to, int status = 303);

// `text` with everything but unreserved characters percent-encoded, for a path segment or a query value.
[[nodiscard]] std::string percent_encoded(std::string_view text);

// ---- forms ------------------------------------------------------------------------------------------------

inline constexpr std::size_t form_fields_max = 500;
inline constexpr std::size_t form_name_bytes_max = 200;
// What a page's form sends, application/x-www-form-urlencoded or multipart/form-data (RFC 7578).
struct FormFile {
    std::string field;
    std::string name;  // as the sender's machine calls it: for people to read, never a path
    std::string type;
    std::string_view bytes;  // within the body of the request
};
struct Form {
    std::vector<Pair> fields = {};     // in order; UTF-8 without control characters but line ends and tabs
    std::vector<FormFile> files = {};  // without those where nothing was chosen
    [[nodiscard]] std::string_view value(std::string_view name) const;  // "" if absent
};
// Refused: `bad-http` (malformed, another type), `too-long` (more than form_fields_max).
[[nodiscard]] Result<Form> form_of(Request const& request);

// ---- cookies and pages of other sites ---------------------------------------------------------------------

struct Cookie {
    std::string name, value;
    std::optional<std::chrono::seconds> lasts = {};  // nothing: until the browser is closed; 0: forget it
    std::string path = "/";
    bool is_strict = false;    // SameSite=Strict instead of Lax
    bool is_secure = true;     // off only for a hub without TLS
    bool is_readable = false;  // by scripts: without HttpOnly
};
// Of a cookie that only we may set: with the prefix __Host- where the line is encrypted, so that neither a
// neighbour's domain nor an unencrypted page can put another in its place.
[[nodiscard]] std::string own_cookie_name(Request const& request, std::string_view name);
[[nodiscard]] std::string_view own_cookie(Request const& request, std::string_view name);  // "" if absent
// The Set-Cookie header. Refuses names and values that could become something else in a header.
[[nodiscard]] Result<Pair> set_cookie(Cookie const& cookie);

// Whether a request that changes something may be believed to come from our own pages or from no browser at
// all: safe methods, Sec-Fetch-Site same-origin or none, or an Origin that names the host it was sent to.
// Requests without either header pass only when they bring no cookie, which is what forgery lives on.
[[nodiscard]] bool is_from_own_pages(Request const& request);

// ---- limits -----------------------------------------------------------------------------------------------

struct Limits {
    std::size_t header_bytes = 16 * 1024;                 // request line and fields: 431
    std::size_t header_fields = 100;                      // 431
    std::size_t target_bytes = 8 * 1024;                  // 414
    std::size_t query_fields = 200;                       // 414
    std::size_t body_bytes = 1024 * 1024;                 // 413; a route may set its own
    std::size_t body_bytes_together = 256 * 1024 * 1024;  // of all requests that are being read: 503
    std::size_t connections = 10'000;                     // 503
    std::size_t connections_of_address = 200;             // 429; an IPv6 network of 64 bits is one address
    std::size_t requests_waiting = 1'000;                 // for a worker: 503
    std::size_t requests_of_connection = 100'000;         // then it is closed in good order
    Milliseconds head{10'000};     // from its first byte (or the connection's) to the end of the header: 408
    Milliseconds body{60'000};     // from the end of the header to the end of the body: 408
    Milliseconds idle{75'000};     // between two requests: closed
    Milliseconds handler{30'000};  // waiting and running: 503; a route may set its own
    Milliseconds stall{30'000};    // nothing of the answer is taken: closed
    Milliseconds linger{1'000};    // for the other end to close too, when we do
    // What a slow but steady line is given beyond `body` and `stall`: a second for each of so many bytes.
    std::size_t slowest_bytes_a_second = 1024;
};

// ---- server -----------------------------------------------------------------------------------------------

using Handler = std::function<Response(Request const&)>;

// An answer that comes later, by any thread: a worker that waited for a disk could do nothing else. Given
// once; where every copy is gone without, the caller is told of an incident.
class Later {
public:
    class Place {
    public:
        virtual ~Place() = default;
        virtual void give(Handler const& make) = 0;
    };
    explicit Later(std::shared_ptr<Place> place) : place_(std::move(place)) {}
    // `make` is asked at once, or never where nobody waits any more; what it throws is an incident.
    void give(Handler const& make) const { place_->give(make); }

private:
    std::shared_ptr<Place> place_;
};

struct Route {
    std::string method;   // "GET" answers HEAD too
    std::string pattern;  // "/api/v1/products/{id}", "/pages/{file...}": the last may hold slashes
    Handler handler;
    std::optional<std::size_t> body_bytes = {};   // instead of Limits::body_bytes
    std::optional<Milliseconds> time_limit = {};  // instead of Limits::handler
    bool own_pages_only = false;                  // refuse with 403 what is not is_from_own_pages
    bool at_once = false;  // on the I/O thread: only for answers from memory, within microseconds
    // Asked on the I/O thread first: an answer within microseconds, or nothing; then `handler` is asked by a
    // worker. To hand a request to a worker and back costs more than such an answer.
    std::function<std::optional<Response>(Request const&)> quick = {};
    // Instead of `handler`: asked by a worker, which goes on to other requests when it returns. The request
    // stays until the answer was given.
    std::function<void(Request const&, Later)> later = {};
};
// A route for each file below `folder`, read now; later no request touches the disk. `prefix` is "/pages/".
[[nodiscard]] Result<std::vector<Route>> routes_of_folder(std::string const& folder, std::string_view prefix,
                                                          std::size_t bytes_at_most = 64 * 1024 * 1024);

struct Tls {
    std::string certificate_file;  // PEM, the chain
    std::string key_file;          // PEM
};

enum class Audience : std::uint8_t { nobody, loopback, everybody };

struct Config {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;                    // 0: any free one
    std::optional<int> inherited_socket = {};  // listening already: what drops nothing at a restart
    bool shares_port = false;                  // SO_REUSEPORT
    std::optional<Tls> tls = {};
    std::size_t workers = 0;  // 0: one a core
    Limits limits = {};
    // Names we answer to (421 otherwise); empty: any. Where there are some, localhost and numeric addresses
    // are answered too: nobody can make a browser take those for another site's (DNS rebinding).
    std::vector<std::string> hosts = {};
    // "https://hub.example" where a proxy takes TLS off: Request::host and is_tls are those of it, whatever
    // the proxy says in headers, and answers carry HSTS. Its name is among `hosts` then.
    std::string origin = {};
    // Content-Security-Policy of every answer that brings none of its own.
    std::string content_security_policy =
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    std::size_t compress_from_bytes = 1024;
    // One line a request, without a newline, on the I/O thread. No cookie, no authorization, no body.
    std::function<void(std::string_view line)> access_log = {};
    // Query values of these names are not written to the log.
    std::vector<std::string> hidden_query = {"token",   "key",     "api_key",   "password", "code",
                                             "secret",  "session", "signature", "email",    "access_token",
                                             "contact", "pin",     "form",      "totp",     "recovery"};
    // What a handler threw, beside the number that the caller was given. Called on a worker.
    std::function<void(std::string_view incident, std::string_view what)> on_incident = {};
    std::function<bool()> is_ready = {};  // what /readyz asks besides; called on the I/O thread
    Audience metrics = Audience::loopback;
};

// A running server; destroying it stops it at once. /healthz, /readyz and /metrics are its own routes.
class Server {
public:
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] int listening_socket() const;  // to hand down to the process that takes over
    // Limits::connections, or fewer where the system grants this process fewer open files.
    [[nodiscard]] std::size_t connections_max() const;
    [[nodiscard]] std::string metrics() const;  // what /metrics answers
    // /readyz answers 503 from now on, so that a balancer turns away; everything else goes on.
    void retire();
    // Stops accepting, finishes what runs and what was begun, closes what is idle. True if all ended within
    // `grace`; the rest is cut off. A second call does nothing.
    bool stop(Milliseconds grace = Milliseconds(10'000));

    Server(Server&&) noexcept;
    Server& operator=(Server&&) noexcept;
    ~Server();

    class Loop;  // behind the door
    explicit Server(std::unique_ptr<Loop> loop);

private:
    std::unique_ptr<Loop> loop_;
};

// Refuses patterns that are malformed or given twice, an address that cannot be listened on, a certificate
// that cannot be read. Raises the soft limit of open files as far as the connections need it.
[[nodiscard]] Result<Server> serve(Config config, std::vector<Route> routes);

// ---- client -----------------------------------------------------------------------------------------------

enum class Reach : std::uint8_t {
    open_internet,  // refuses loopback, private, link-local and reserved addresses, whatever the name says
    loopback,       // refuses everything else
    anywhere,
};

struct Fetch {
    std::string url;  // http:// or https://
    std::string method = "GET";
    std::vector<Pair> headers = {};
    std::string body = "";
    Reach reach = Reach::open_internet;
    Milliseconds time_limit{10'000};  // for everything together
    std::size_t body_bytes = 4 * 1024 * 1024;
    std::size_t header_bytes = 32 * 1024;
    std::string trust_file = "";  // PEM of authorities instead of the system's
};

// Asks once: follows no redirect, keeps no connection, sends nothing twice. Certificates are verified against
// the name of the URL. The address that was checked is the address that is connected to.
[[nodiscard]] Result<Response> fetch(Fetch const& request);
// Whether a numeric address is one of the public internet.
[[nodiscard]] bool is_public_address(std::string_view address);

}  // namespace allroads::net
