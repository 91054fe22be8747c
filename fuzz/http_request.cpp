// What comes over a connection: the head, its path, query and cookies, the body in chunks, the route.
// Whatever comes is refused or read. What is read keeps to what the door promises, does not depend on how the
// bytes were split, and Beast's parser, written by others, reads the same.

#include "base/base.h"
#include "net/compress.h"
#include "net/message.h"
#include "net/routes.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstddef>
#include <cstdint>

namespace {

using namespace allroads;
using namespace allroads::net;
namespace http = boost::beast::http;

constexpr std::size_t body_bytes = 1000;

struct Read {
    Request request;
    Framing framing;
    std::size_t used = 0;
};

// The first request of `text`, handed over in pieces of `step` bytes; nothing where it is refused or not
// whole.
std::optional<Read> first_request(std::string_view text, std::size_t step) {
    Limits limits;
    limits.header_bytes = 2000;
    HeadScanner scanner;
    std::optional<std::size_t> length;
    for (std::size_t have = std::min(step, text.size()); !length; have = std::min(have + step, text.size())) {
        auto const found = scanner.scan(text.substr(0, have), limits);
        if (!found) return std::nullopt;
        length = *found;
        if (!length && have == text.size()) return std::nullopt;
    }
    Read read;
    auto const framing = read_head(text.substr(0, *length), limits, read.request);
    if (!framing) return std::nullopt;
    read.framing = *framing;
    read.used = *length;
    std::string& body = read.request.body;
    if (framing->is_chunked) {
        ChunkReader chunks;
        while (!chunks.is_done()) {
            auto const piece = text.substr(read.used, step);
            if (piece.empty()) return std::nullopt;
            auto const used = chunks.read(piece, body_bytes, body);
            if (!used) return std::nullopt;
            check(*used == piece.size() || chunks.is_done());
            read.used += *used;
        }
    } else if (auto const counted = framing->content_length) {
        if (*counted > body_bytes || *counted > text.size() - read.used) return std::nullopt;
        body = text.substr(read.used, *counted);
        read.used += *counted;
    }
    check(body.size() <= body_bytes);
    return read;
}

void hold_to_promises(Request const& request) {
    check(request.path == "*" || request.path.starts_with('/'));
    check(is_clean(request.path) && request.path.find_first_of("\\\r\n\t") == std::string::npos);
    check(request.path.find("//") == std::string::npos && request.path.find("/../") == std::string::npos);
    check(!request.path.ends_with("/..") && !request.path.ends_with("/."));
    for (auto const& [name, value] : request.query) check(is_clean(name) && is_clean(value));
    for (auto const& [name, value] : request.headers) check(is_token(name) && is_field_value(value));
    // What was decoded and is encoded again is the same path: nothing is decoded twice.
    std::string again;
    for (char c : request.path) again += c == '/' ? "/" : percent_encoded({&c, 1});
    check(request.path == "*" || normal_path(again) == request.path);
}

void hold_to_beast(std::string_view text, Read const& read) {
    http::request_parser<http::string_body> parser;
    parser.eager(true);
    boost::system::error_code failed;
    std::size_t used = 0;
    while (used < read.used && !parser.is_done() && !failed)
        used += parser.put(boost::asio::buffer(text.data() + used, read.used - used), failed);
    // We pass over extensions and trailers of chunks and unknown words of Connection unread; Beast refuses
    // some of them, and who refuses is not misled.
    if (failed && (read.framing.is_chunked || failed == http::error::bad_value)) return;
    check(!failed && parser.is_done() && used == read.used);
    check(parser.get().method_string() == read.request.method);
    check(parser.get().target() == read.request.target);
    check(parser.get().body() == read.request.body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static auto const table =
        *RouteTable::of({{"GET", "/", [](Request const&) { return Response(); }},
                         {"POST", "/a/{x}", [](Request const&) { return Response(); }},
                         {"GET", "/a/{x}/b", [](Request const&) { return Response(); }},
                         {"GET", "/a/{rest...}", [](Request const&) { return Response(); }}});
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    (void)accepted_coding(text);
    if (auto const url = parsed_url(text)) check(!url->host.empty() && url->target.starts_with('/'));
    auto read = first_request(text, std::max<std::size_t>(size, 1));
    auto const slowly = first_request(text, 1);
    check(read.has_value() == slowly.has_value());
    if (!read) return 0;
    check(read->request.body == slowly->request.body && read->used == slowly->used);
    hold_to_promises(read->request);
    hold_to_beast(text, *read);
    auto const match = table.find(read->request);
    check(!match.route || !match.allowed.empty());
    (void)is_from_own_pages(read->request);
    return 0;
}
