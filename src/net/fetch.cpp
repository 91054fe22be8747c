#include <openssl/ssl.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "net/message.h"

namespace allroads::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using Failure = boost::system::error_code;

struct Block {
    std::array<unsigned char, 4> bytes;
    unsigned bits;
};
// IANA IPv4 Special-Purpose Address Registry (RFC 6890 and successors), multicast and class E.
constexpr std::array blocks_of_4{
    Block{{0, 0, 0, 0}, 8},      Block{{10, 0, 0, 0}, 8},     Block{{100, 64, 0, 0}, 10},
    Block{{127, 0, 0, 0}, 8},    Block{{169, 254, 0, 0}, 16}, Block{{172, 16, 0, 0}, 12},
    Block{{192, 0, 0, 0}, 24},   Block{{192, 0, 2, 0}, 24},   Block{{192, 88, 99, 0}, 24},
    Block{{192, 168, 0, 0}, 16}, Block{{198, 18, 0, 0}, 15},  Block{{198, 51, 100, 0}, 24},
    Block{{203, 0, 113, 0}, 24}, Block{{224, 0, 0, 0}, 4},    Block{{240, 0, 0, 0}, 4},
};

bool is_public_4(asio::ip::address_v4 const& address) {
    return std::ranges::none_of(blocks_of_4, [&](Block const& block) {
        unsigned const prefix = asio::ip::address_v4(block.bytes).to_uint();
        return (address.to_uint() ^ prefix) >> (32 - block.bits) == 0;
    });
}

bool is_public_6(asio::ip::address_v6 const& address) {
    auto const b = address.to_bytes();
    auto const inner = [&](std::size_t at) {
        return is_public_4(asio::ip::address_v4({b[at], b[at + 1], b[at + 2], b[at + 3]}));
    };
    if (address.is_v4_mapped()) return inner(12);
    // Only 2000::/3 is handed out as global unicast (IANA IPv6 Address Space); NAT64 wraps IPv4.
    if (b[0] == 0 && b[1] == 0x64 && b[2] == 0xFF && b[3] == 0x9B)
        return std::all_of(b.begin() + 4, b.begin() + 12, [](auto byte) { return byte == 0; }) && inner(12);
    if ((b[0] & 0xE0) != 0x20) return false;
    if (b[0] == 0x20 && b[1] == 0x02) return inner(2);              // 6to4
    if (b[0] == 0x20 && b[1] == 0x01 && b[2] < 0x02) return false;  // 2001::/23: protocols, Teredo
    if (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0D && b[3] == 0xB8) return false;  // documentation
    return !(b[0] == 0x3F && b[1] == 0xFF && b[2] < 0x10);  // 3fff::/20, documentation
}

bool is_public(asio::ip::address const& address) {
    return address.is_v4() ? is_public_4(address.to_v4()) : is_public_6(address.to_v6());
}

bool is_reachable(asio::ip::address const& address, Reach reach) {
    bool const is_mapped = address.is_v6() && address.to_v6().is_v4_mapped();
    switch (reach) {
        case Reach::open_internet: return is_public(address);
        case Reach::loopback: return !is_mapped && address.is_loopback();
        case Reach::anywhere: return true;
    }
    return false;
}

// One question on its way: resolve, connect, shake hands, write, read. Each step starts the next; whatever
// fails ends the chain with `failure`. Everything happens inside of run().
class Asking {
public:
    Asking(Fetch const& fetch, Url const& url, asio::ssl::context* tls)
        : fetch_(fetch), url_(url), resolver_(io_) {
        if (tls)
            secure_.emplace(io_, *tls);
        else
            plain_.emplace(io_);
        parser_.body_limit(fetch.body_bytes);
        parser_.header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(fetch.header_bytes, 1 << 20)));
        if (fetch.method == "HEAD") parser_.skip(true);
    }

    Result<Response> run() {
        resolve();
        io_.run_for(fetch_.time_limit);
        if (!is_over_) return refuse(Code::unavailable, "url", "no answer within the time limit");
        if (failure_) return std::unexpected(*failure_);
        return response();
    }

private:
    tcp::socket& socket() { return secure_ ? beast::get_lowest_layer(*secure_).socket() : plain_->socket(); }

    void fail(Code code, std::string_view why, Failure failed = {}) {
        is_over_ = true;
        std::string words(why);
        if (failed) words += ": " + failed.message();
        failure_.emplace(code, "url", words);
    }

    void resolve() {
        resolver_.async_resolve(
            url_.host, url_.port, [this](Failure failed, tcp::resolver::results_type found) {
                if (failed) return fail(Code::unavailable, "the name is not known", failed);
                std::vector<tcp::endpoint> endpoints;
                for (auto const& one : found) endpoints.push_back(one.endpoint());
                // A name with one address inside and one outside is a trick: refused whole.
                for (auto const& one : endpoints)
                    if (!is_reachable(one.address(), fetch_.reach))
                        return fail(Code::bad_value,
                                    "the address may not be asked: " + one.address().to_string());
                connect(std::move(endpoints));
            });
    }

    void connect(std::vector<tcp::endpoint> endpoints) {
        endpoints_ = std::move(endpoints);
        asio::async_connect(socket(), endpoints_, [this](Failure failed, tcp::endpoint const&) {
            if (failed) return fail(Code::unavailable, "cannot connect", failed);
            if (secure_)
                shake_hands();
            else
                write(*plain_);
        });
    }

    void shake_hands() {
        secure_->async_handshake(asio::ssl::stream_base::client, [this](Failure failed) {
            if (failed) return fail(Code::unavailable, "the certificate or its name is not trusted", failed);
            write(*secure_);
        });
    }

    template <class Stream>
    void write(Stream& stream) {
        message_.method_string(fetch_.method);
        message_.target(url_.target);
        message_.version(11);
        message_.set(http::field::host, url_.authority);
        message_.set(http::field::user_agent, "Allroads");
        message_.set(http::field::connection, "close");
        for (auto const& [name, value] : fetch_.headers) message_.set(name, value);
        message_.body() = fetch_.body;
        if (!fetch_.body.empty() || fetch_.method == "POST" || fetch_.method == "PUT")
            message_.prepare_payload();
        http::async_write(stream, message_, [this, &stream](Failure failed, std::size_t) {
            // A server may refuse before it has read all; what it said counts.
            if (failed && failed != asio::error::broken_pipe && failed != asio::error::connection_reset)
                return fail(Code::unavailable, "cannot send", failed);
            read(stream);
        });
    }

    template <class Stream>
    void read(Stream& stream) {
        http::async_read(stream, buffer_, parser_, [this](Failure failed, std::size_t) {
            is_over_ = true;
            if (failed == http::error::body_limit || failed == http::error::header_limit ||
                failed == http::error::buffer_overflow)
                return fail(Code::too_long, "the answer is longer than the limit");
            if (failed) return fail(Code::unavailable, "the answer is not whole", failed);
        });
    }

    Response response() {
        auto message = parser_.release();
        Response out{
            .status = static_cast<int>(message.result_int()), .type = "", .body = std::move(message.body())};
        for (auto const& field : message) {
            std::string name(field.name_string());
            for (char& c : name)
                if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
            if (name == "content-type") out.type = field.value();
            out.headers.push_back({std::move(name), std::string(field.value())});
        }
        return out;
    }

    Fetch const& fetch_;
    Url const& url_;
    asio::io_context io_{1};
    tcp::resolver resolver_;
    std::vector<tcp::endpoint> endpoints_;
    std::optional<beast::tcp_stream> plain_;
    std::optional<beast::ssl_stream<beast::tcp_stream>> secure_;

public:
    [[nodiscard]] SSL* ssl() { return secure_->native_handle(); }

private:
    http::request<http::string_body> message_;
    http::response_parser<http::string_body> parser_;
    beast::flat_buffer buffer_;
    std::optional<Error> failure_;
    bool is_over_ = false;
};

Result<void> judged(Fetch const& fetch) {
    if (!is_token(fetch.method) || fetch.method == "CONNECT")
        return refuse(Code::bad_value, "method", "not a method that can be fetched with");
    for (auto const& [name, value] : fetch.headers) {
        if (!is_token(name) || !is_field_value(value))
            return refuse(Code::bad_value, "headers", "a header holds a control character");
        if (is_same_text(name, "content-length") || is_same_text(name, "transfer-encoding"))
            return refuse(Code::bad_value, "headers", name + " is counted, not given");
    }
    return {};
}

Result<void> trust(asio::ssl::context& tls, std::string const& trust_file) {
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    Failure failed;
    if (trust_file.empty())
        tls.set_default_verify_paths(failed);
    else
        tls.load_verify_file(trust_file, failed);
    if (failed)
        return refuse(Code::bad_file, "trust_file", "cannot read the authorities: " + failed.message());
    tls.set_verify_mode(asio::ssl::verify_peer);
    return {};
}

}  // namespace

bool is_public_address(std::string_view address) {
    Failure failed;
    auto const parsed = asio::ip::make_address(std::string(address), failed);
    return !failed && is_public(parsed);
}

Result<Response> fetch(Fetch const& request) try {
    auto const url = parsed_url(request.url);
    if (!url) return refuse(Code::bad_value, "url", "not an http or https address");
    TRY_VOID(judged(request));
    if (!url->is_tls) return Asking(request, *url, nullptr).run();
    asio::ssl::context tls(asio::ssl::context::tls_client);
    TRY_VOID(trust(tls, request.trust_file));
    Asking asking(request, *url, &tls);
    // The certificate must be for the name of the URL, or for the numeric address that stands there.
    Failure not_numeric;
    asio::ip::make_address(url->host, not_numeric);
    bool is_set = false;
    if (not_numeric) {
        is_set = SSL_set1_host(asking.ssl(), url->host.c_str()) == 1 &&
                 // The macro of this name casts in the old style.
                 SSL_ctrl(asking.ssl(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                          const_cast<char*>(url->host.c_str())) == 1;
    } else {
        is_set = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(asking.ssl()), url->host.c_str()) == 1;
    }
    if (!is_set) return refuse(Code::bad_value, "url", "the name cannot be verified");
    return asking.run();
} catch (boost::system::system_error const& thrown) {  // of the libraries; they stop here
    return refuse(Code::unavailable, "url", thrown.what());
}

}  // namespace allroads::net
