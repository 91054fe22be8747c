#pragma once
// One end of a connection: a non-blocking socket with or without TLS in front. Waiting is the caller's.

#include "net/net.h"

#include <span>

struct ssl_st;
struct ssl_ctx_st;

namespace allroads::net {

// The certificate and key of a server, TLS 1.2 and later.
class TlsContext {
public:
    [[nodiscard]] static Result<TlsContext> of(Tls const& files);
    [[nodiscard]] ssl_ctx_st* raw() const { return raw_.get(); }

private:
    explicit TlsContext(ssl_ctx_st* raw);
    std::shared_ptr<ssl_ctx_st> raw_;
};

// What became of an attempt.
struct Moved {
    enum class State : std::uint8_t { some, wants_read, wants_write, ended };
    State state = State::ended;
    std::size_t bytes = 0;
};

// Reads and writes on a socket it does not own. SIGPIPE must be blocked on the calling thread.
class Channel {
public:
    Channel(int socket, TlsContext const* tls);
    ~Channel();
    Channel(Channel const&) = delete;
    Channel& operator=(Channel const&) = delete;

    [[nodiscard]] bool is_tls() const { return ssl_ != nullptr; }
    [[nodiscard]] Moved handshake();  // `some` when it is done
    [[nodiscard]] Moved read(std::span<char> to);
    [[nodiscard]] Moved write(std::string_view first, std::string_view second);  // one call for both
    [[nodiscard]] bool has_more() const;  // decrypted already, so that no poll would tell
    void say_goodbye();                   // close_notify, then no more writing

private:
    [[nodiscard]] Moved moved(int result) const;
    int socket_;
    ssl_st* ssl_ = nullptr;
};

}  // namespace allroads::net
