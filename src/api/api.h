#pragma once
// api: the hub over HTTP as JSON: one table of verbs, from which the routes and the OpenAPI document are
// made.
//
// Promises: every amount travels as text; every refusal is a problem document (RFC 9457) that names the
// field; what is not in the table is not answered, and the table says what each verb takes and gives. A write
// may be asked twice with one Idempotency-Key and happens once.

#include "hub/hub.h"
#include "net/net.h"

#include <string>
#include <vector>

namespace allroads::api {

// /api/v1/…, /api/openapi.json, /api/docs. The hub outlives the routes.
[[nodiscard]] std::vector<net::Route> routes(hub::Hub& hub);

// OpenAPI 3.1 of the same table.
[[nodiscard]] std::string openapi();

}  // namespace allroads::api
