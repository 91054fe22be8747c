#pragma once
// serve: the faces of the hub put together into one server, and how it starts, stops and hands over.
//
// Promises: SIGTERM and SIGINT finish what runs, then end. SIGUSR2 starts the program that is now at our
// place with the same words and the same socket, and ends when that one is ready, so that no request is lost.
// A socket that a supervisor passes (LISTEN_FDS) is taken.

#include "base/base.h"
#include "hub/hub.h"
#include "web/web.h"

#include <cstdint>
#include <string>
#include <vector>

namespace allroads::serve {

struct Options {
    hub::Config hub;
    std::string trade = {};  // file of hub::trade_of; empty: trade.json in the data folder, if there is one
    web::Places places;
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;               // 0: any free one
    std::string certificate = {}, key = {};  // PEM files; empty: without TLS
    std::size_t workers = 0;                 // 0: one a core
    bool is_unlimited = false;               // without limits of rates
    // Names we answer to besides localhost, numeric addresses and that of `origin`.
    std::vector<std::string> hosts = {};
    // "https://hub.example": how the world reaches us where a proxy takes TLS off. Links, cookies and HSTS go
    // by it; nothing that a proxy writes into headers is believed.
    std::string origin = {};
    bool is_quiet = false;  // no line a request on standard error
};
// Returns when a signal has ended it. Call it before any thread is started.
[[nodiscard]] Result<void> until_told(Options const& options);

}  // namespace allroads::serve
