#pragma once
// Sends what webhooks are to be told. Not for use outside serve.

#include "hub/hub.h"
#include "net/net.h"

#include <stop_token>
#include <thread>
#include <vector>

namespace allroads::serve {

// A few threads that look once a second what is due, until it is destroyed; a program that does not answer
// keeps only one of them waiting. The hub outlives it.
class Teller {
public:
    Teller(hub::Hub& hub, net::Reach reach);

private:
    std::vector<std::jthread> threads_;
};

}  // namespace allroads::serve
