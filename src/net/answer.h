#pragma once
// A Response into the bytes that go over the wire: status line, headers that protect, length, coding, ETag.

#include "net/net.h"

namespace allroads::net {

// What of the Config every answer repeats, rendered once.
class AnswerStyle {
public:
    explicit AnswerStyle(Config const& config);
    std::string policy;  // the value of Content-Security-Policy
    bool has_tls;
    std::size_t compress_from_bytes;
    std::string protection;  // all headers that protect, as they are sent when a handler names none of them
};

struct Answer {
    int status = 0;
    std::string head;                    // with the empty line
    std::string body;                    // or …
    std::shared_ptr<Asset const> asset;  // … what `shared` looks into
    std::string_view shared;
    [[nodiscard]] std::string_view bytes() const { return asset ? shared : std::string_view(body); }
};

// `request` is nothing where none could be read. Response headers that could become something else
// (line breaks, names that are not tokens) are our mistake: Bug.
[[nodiscard]] Answer rendered(Response response, Request const* request, AnswerStyle const& style,
                              bool keeps_alive);

}  // namespace allroads::net
