#pragma once
// Bytes into a request: strict where lenience would let two readers of one connection disagree (request
// smuggling). Nothing here does I/O; fuzz/http_request.cpp runs all of it, and compares with Beast's parser.

#include "net/net.h"

namespace allroads::net {

// What the head of a request says, beside the Request that it fills.
struct Framing {
    std::optional<std::uint64_t> content_length;
    bool is_chunked = false;
    bool keeps_alive = true;
    bool expects_continue = false;
    bool is_http_1_0 = false;
};

struct Refusal {
    Code code;
    std::string_view detail;  // of static storage
};

// Looks for the end of a head in bytes that arrive piece by piece, each looked at once.
class HeadScanner {
public:
    // The length of the head including its empty line; nothing while it is not whole. Refuses as soon as a
    // byte is seen that no head may hold.
    [[nodiscard]] std::expected<std::optional<std::size_t>, Refusal> scan(std::string_view bytes,
                                                                          Limits const& limits);
    void reset() { at_ = 0; }

private:
    std::size_t at_ = 0;
};

// `head` ends with its empty line. Fills everything of `request` but body, parameters, peer and deadline.
[[nodiscard]] std::expected<Framing, Refusal> read_head(std::string_view head, Limits const& limits,
                                                        Request& request);

// Takes a chunked body apart.
class ChunkReader {
public:
    // Appends to `body` what `bytes` bring and says how many of them were used; all of them unless the body
    // has ended. Refuses a body longer than `body_bytes`.
    [[nodiscard]] std::expected<std::size_t, Refusal> read(std::string_view bytes, std::size_t body_bytes,
                                                           std::string& body);
    [[nodiscard]] bool is_done() const { return state_ == State::done; }

private:
    enum class State : std::uint8_t {
        size,
        extension,
        size_lf,
        data,
        data_cr,
        data_lf,
        line,
        trailer,
        trailer_value,
        end_lf,
        trailer_lf,
        done
    };
    [[nodiscard]] std::optional<Refusal> step(char c, std::size_t room);
    State state_ = State::size;
    std::uint64_t left_ = 0;
    std::size_t digits_ = 0;
    std::size_t beside_ = 0;  // bytes of extensions and trailers
};

// A path as sent (without query) decoded once and normalised; nothing where it is malformed, ambiguous
// (an encoded slash, a backslash) or climbs above the root.
[[nodiscard]] std::optional<std::string> normal_path(std::string_view raw);
// nothing where it is malformed; "+" is a blank.
[[nodiscard]] std::optional<std::vector<Pair>> query_pairs(std::string_view raw, std::size_t fields_at_most);
[[nodiscard]] std::vector<Pair> cookie_pairs(std::string_view header);

struct Url {
    bool is_tls = false;
    std::string host;       // without brackets
    std::string port;       // digits
    std::string target;     // path and query, at least "/"
    std::string authority;  // as the Host header has it
};
[[nodiscard]] std::optional<Url> parsed_url(std::string_view text);

[[nodiscard]] bool is_token(std::string_view text);                       // RFC 9110
[[nodiscard]] bool is_field_value(std::string_view text);                 // no control characters
[[nodiscard]] bool is_same_text(std::string_view a, std::string_view b);  // ASCII, whatever the case
// Whether a comma-separated list of tokens holds this one.
[[nodiscard]] bool is_listed(std::string_view list, std::string_view token);

}  // namespace allroads::net
