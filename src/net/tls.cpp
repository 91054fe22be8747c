#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <limits>

namespace allroads::net {
namespace {

int choose_http_1_1(SSL*, unsigned char const** out, unsigned char* out_size, unsigned char const* offered,
                    unsigned int size, void*) {
    static constexpr unsigned char wanted[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_size, wanted, sizeof wanted, offered, size) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

int capped(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

TlsContext::TlsContext(ssl_ctx_st* raw) : raw_(raw, SSL_CTX_free) {}

Result<TlsContext> TlsContext::of(Tls const& files) {
    TlsContext context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* raw = context.raw();
    check(raw != nullptr);
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    // An idle connection gives its buffers back; what could not be written may be asked again from elsewhere.
    SSL_CTX_set_mode(
        raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_alpn_select_cb(raw, choose_http_1_1, nullptr);
    if (SSL_CTX_use_certificate_chain_file(raw, files.certificate_file.c_str()) != 1)
        return refuse(Code::bad_file, "certificate_file",
                      "cannot read a certificate from " + files.certificate_file);
    if (SSL_CTX_use_PrivateKey_file(raw, files.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        return refuse(Code::bad_file, "key_file",
                      "cannot read the key of the certificate from " + files.key_file);
    if (SSL_CTX_check_private_key(raw) != 1)
        return refuse(Code::bad_file, "key_file", "the key is not that of the certificate");
    return context;
}

Channel::Channel(int socket, TlsContext const* tls) : socket_(socket) {
    if (!tls) return;
    ssl_ = SSL_new(tls->raw());
    check(ssl_ != nullptr && SSL_set_fd(ssl_, socket) == 1);
    SSL_set_accept_state(ssl_);
}

Channel::~Channel() { SSL_free(ssl_); }

Moved Channel::moved(int result) const {
    if (result > 0) return {Moved::State::some, static_cast<std::size_t>(result)};
    switch (SSL_get_error(ssl_, result)) {
        case SSL_ERROR_WANT_READ: return {Moved::State::wants_read, 0};
        case SSL_ERROR_WANT_WRITE: return {Moved::State::wants_write, 0};
        default: return {};
    }
}

Moved Channel::handshake() {
    ERR_clear_error();
    return moved(SSL_do_handshake(ssl_));
}

Moved Channel::read(std::span<char> to) {
    if (ssl_) {
        ERR_clear_error();
        return moved(SSL_read(ssl_, to.data(), capped(to.size())));
    }
    ssize_t const got = ::recv(socket_, to.data(), to.size(), MSG_DONTWAIT);
    if (got > 0) return {Moved::State::some, static_cast<std::size_t>(got)};
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return {Moved::State::wants_read, 0};
    return {};
}

Moved Channel::write(std::string_view first, std::string_view second) {
    if (ssl_) {
        ERR_clear_error();
        std::string_view const some = first.empty() ? second : first;
        return moved(SSL_write(ssl_, some.data(), capped(some.size())));
    }
    std::array<iovec, 2> parts{iovec{const_cast<char*>(first.data()), first.size()},
                               iovec{const_cast<char*>(second.data()), second.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    ssize_t const put = ::sendmsg(socket_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put >= 0) return {Moved::State::some, static_cast<std::size_t>(put)};
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {Moved::State::wants_write, 0};
    return {};
}

bool Channel::has_more() const { return ssl_ && SSL_pending(ssl_) > 0; }

void Channel::say_goodbye() {
    ERR_clear_error();
    if (ssl_ && SSL_is_init_finished(ssl_)) SSL_shutdown(ssl_);
    ERR_clear_error();
    ::shutdown(socket_, SHUT_WR);
}

}  // namespace allroads::net
