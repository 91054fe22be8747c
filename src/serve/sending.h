#pragma once
// Sends what the hub has to ask of the outside: payouts by mobile money. Not for use outside serve.

#include "hub/hub.h"

#include <stop_token>
#include <thread>
#include <vector>

namespace allroads::serve {

// A thread for each gate that looks once a second what is due, until it is destroyed. A request is handed out
// once; where its answer is lost the hub is told so, and asks what became of it. The hub outlives it.
class Sender {
public:
    Sender(hub::Hub& hub, std::vector<hub::Gate> const& gates);

private:
    std::vector<std::jthread> threads_;
};

}  // namespace allroads::serve
