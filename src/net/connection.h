#pragma once
// One connection of the server and the request that it reads or waits for. Touched by the I/O thread only,
// but for the Exchange while a worker has it.

#include <array>
#include <boost/asio/ip/tcp.hpp>

#include "net/answer.h"
#include "net/message.h"
#include "net/tls.h"

namespace allroads::net {

using Clock = std::chrono::steady_clock;

// A request on its way through a handler, and its answer on the way back.
struct Exchange {
    Request request;
    Route const* route = nullptr;
    std::size_t route_index = 0;
    bool keeps_alive = true;
    Clock::time_point begun;
    std::atomic<bool> is_abandoned = false;  // nobody waits for the answer any more
    Answer answer;
    std::string incident;
};

enum class Phase : std::uint8_t {
    handshake,
    head,  // reading one, or idle before the first byte of it
    body,
    busy,      // a worker has the request
    writing,   // a large answer, or the last one
    draining,  // we said goodbye, the other end may still be speaking
    closed,
};

struct Connection {
    Connection(boost::asio::ip::tcp::socket accepted, TlsContext const* tls)
        : socket(std::move(accepted)), channel(socket.native_handle(), tls) {}

    boost::asio::ip::tcp::socket socket;
    Channel channel;
    std::string peer;
    std::string address;  // what connections are counted by

    Phase phase = Phase::head;
    Clock::time_point deadline;                                   // of the phase
    Clock::time_point stall_deadline = Clock::time_point::max();  // of what waits to be taken
    bool is_reading = false;
    bool is_writing = false;

    std::array<char, 1024> arrived;  // where a waiting read puts what comes
    std::string in;                  // bytes beyond what was understood so far
    bool is_interrupted = false;     // `in` may hold whole requests
    HeadScanner scanner;
    bool has_begun = false;    // the first byte of a head is here
    bool has_skipped = false;  // the one empty line that may stand before it
    std::size_t requests = 0;
    bool is_for_us = true;  // the last of them named us as we are called

    std::shared_ptr<Exchange> exchange;
    Framing framing;
    ChunkReader chunks;
    std::size_t body_bytes_at_most = 0;
    std::size_t body_bytes_counted = 0;  // within Limits::body_bytes_together

    std::string out;  // heads and small bodies
    std::size_t out_at = 0;
    std::string large;                   // one large body after `out`, or …
    std::shared_ptr<Asset const> asset;  // … one that is shared
    std::string_view rest;               // what of it is not written yet
    bool closes = false;                 // when all is written
};

}  // namespace allroads::net
