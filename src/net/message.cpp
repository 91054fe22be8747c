#include "net/message.h"

#include <algorithm>
#include <array>

namespace allroads::net {
namespace {

constexpr std::size_t method_bytes = 20;
constexpr std::size_t chunk_digits = 8;         // four gigabytes; the limit of the body is below
constexpr std::size_t beside_bytes = 4 * 1024;  // extensions and trailers of a chunked body

constexpr std::array<bool, 256> table_of(std::string_view others) {
    std::array<bool, 256> table{};
    for (unsigned c = 0; c < 256; ++c)
        table[c] = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    for (char c : others) table[static_cast<unsigned char>(c)] = true;
    return table;
}
constexpr auto token_bytes = table_of("!#$%&'*+-.^_`|~");
constexpr auto unreserved_bytes = table_of("-._~");
constexpr auto host_bytes = table_of("-._:[]");

bool all_in(std::array<bool, 256> const& table, std::string_view text) {
    return std::ranges::all_of(text, [&](char c) { return table[static_cast<unsigned char>(c)]; });
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_text(char c) { return c == '\t' || (c >= ' ' && c < 0x7F); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string_view stripped(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// Percent-encoding undone once; nothing where it is malformed.
std::optional<std::string> decoded(std::string_view raw, bool plus_is_blank) {
    std::string out;
    out.reserve(raw.size());
    for (std::size_t at = 0; at < raw.size(); ++at) {
        if (raw[at] == '%') {
            if (raw.size() - at < 3) return std::nullopt;
            int const high = hex_value(raw[at + 1]), low = hex_value(raw[at + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            at += 2;
        } else {
            out += plus_is_blank && raw[at] == '+' ? ' ' : raw[at];
        }
    }
    return out;
}

std::unexpected<Refusal> bad(std::string_view detail, Code code = Code::bad_http) {
    return std::unexpected(Refusal{code, detail});
}

// What the fields of one head say together.
struct Fields {
    Framing framing;
    bool has_host = false;
    bool has_transfer_encoding = false;
    bool asks_close = false;
};

std::optional<Refusal> note_length(std::string_view value, Fields& fields) {
    if (fields.framing.content_length) return Refusal{Code::bad_http, "Content-Length stands twice"};
    if (value.empty() || value.size() > 18 || !std::ranges::all_of(value, is_digit))
        return Refusal{Code::bad_http, "Content-Length is not a number"};
    std::uint64_t length = 0;
    for (char c : value) length = length * 10 + static_cast<unsigned>(c - '0');
    fields.framing.content_length = length;
    return std::nullopt;
}

// What a field means for where the request ends and for the connection.
std::optional<Refusal> note_field(std::string_view name, std::string_view value, Request& request,
                                  Fields& fields) {
    if (name == "host") {
        if (fields.has_host) return Refusal{Code::bad_http, "Host stands twice"};
        if (!all_in(host_bytes, value)) return Refusal{Code::bad_http, "Host is not a name with a port"};
        fields.has_host = true;
        if (request.host.empty()) request.host = value;
    } else if (name == "content-length") {
        return note_length(value, fields);
    } else if (name == "transfer-encoding") {
        if (fields.has_transfer_encoding) return Refusal{Code::bad_http, "Transfer-Encoding stands twice"};
        fields.has_transfer_encoding = true;
        if (!is_same_text(value, "chunked"))
            return Refusal{Code::not_supported, "the only Transfer-Encoding known here is chunked"};
        fields.framing.is_chunked = true;
    } else if (name == "connection") {
        fields.asks_close |= is_listed(value, "close");
    } else if (name == "expect") {
        if (!is_same_text(value, "100-continue"))
            return Refusal{Code::expectation_failed, "the only expectation known here is 100-continue"};
        fields.framing.expects_continue = true;
    } else if (name == "cookie") {
        auto more = cookie_pairs(value);
        std::ranges::move(more, std::back_inserter(request.cookies));
    }
    return std::nullopt;
}

std::optional<Refusal> read_field(std::string_view line, Request& request, Fields& fields) {
    if (line.front() == ' ' || line.front() == '\t')
        return Refusal{Code::bad_http, "a header field goes on in the next line"};
    std::size_t const colon = line.find(':');
    if (colon == std::string_view::npos) return Refusal{Code::bad_http, "a header field has no colon"};
    std::string_view const name = line.substr(0, colon);
    std::string_view const value = stripped(line.substr(colon + 1));
    if (!is_token(name)) return Refusal{Code::bad_http, "the name of a header field is not a token"};
    if (!is_field_value(value)) return Refusal{Code::bad_http, "a header field holds a control character"};
    std::string small(name);
    for (char& c : small) c = lower(c);
    if (auto refusal = note_field(small, value, request, fields)) return refusal;
    request.headers.push_back({std::move(small), std::string(value)});
    return std::nullopt;
}

// Absolute form, as proxies send it: what it names counts instead of Host (RFC 9112, 3.2.2).
std::optional<Refusal> read_target(std::string_view target, Limits const& limits, Request& request) {
    if (target == "*" && request.method == "OPTIONS") {
        request.path = "*";
        return std::nullopt;
    }
    if (target.front() != '/') {
        auto const url = parsed_url(target);
        if (!url) return Refusal{Code::bad_http, "the request target is not a path"};
        request.host = url->authority;
        std::size_t const slash = target.find('/', target.find("//") + 2);
        target = slash == std::string_view::npos ? "/" : target.substr(slash);
    }
    std::size_t const question = target.find('?');
    auto path = normal_path(target.substr(0, question));
    if (!path) return Refusal{Code::bad_http, "the path is malformed, ambiguous or leaves the root"};
    request.path = std::move(*path);
    request.query.clear();
    if (question == std::string_view::npos) return std::nullopt;
    std::string_view const raw = target.substr(question + 1);
    if (static_cast<std::size_t>(std::ranges::count(raw, '&')) >= limits.query_fields)
        return Refusal{Code::address_too_long, "the query has too many fields"};
    auto query = query_pairs(raw, limits.query_fields);
    if (!query) return Refusal{Code::bad_http, "the query is malformed"};
    request.query = std::move(*query);
    return std::nullopt;
}

std::optional<Refusal> read_request_line(std::string_view line, Limits const& limits, Request& request,
                                         Framing& framing) {
    std::size_t const first = line.find(' ');
    std::size_t const last = line.rfind(' ');
    if (first == std::string_view::npos || first == last || first + 1 == last)
        return Refusal{Code::bad_http, "the request line is not method, target, version"};
    std::string_view const method = line.substr(0, first);
    std::string_view const target = line.substr(first + 1, last - first - 1);
    std::string_view const version = line.substr(last + 1);
    if (method.size() > method_bytes || !is_token(method))
        return Refusal{Code::bad_http, "the method is not a token"};
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        if (version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
            version[6] == '.' && is_digit(version[7]))
            return Refusal{Code::http_version, "this server speaks HTTP/1.1"};
        return Refusal{Code::bad_http, "the request line does not end with a version"};
    }
    framing.is_http_1_0 = version == "HTTP/1.0";
    if (target.size() > limits.target_bytes)
        return Refusal{Code::address_too_long, "the address is too long"};
    bool const is_visible = std::ranges::all_of(
        target, [](char c) { return c > ' ' && c < 0x7F && c != '#' && c != '\\' && c != '"'; });
    if (!is_visible) return Refusal{Code::bad_http, "the request target holds a character it may not"};
    request.method = method;
    request.target = target;
    return read_target(target, limits, request);
}

}  // namespace

std::expected<std::optional<std::size_t>, Refusal> HeadScanner::scan(std::string_view bytes,
                                                                     Limits const& limits) {
    std::size_t const end = std::min(bytes.size(), limits.header_bytes);
    for (; at_ < end; ++at_) {
        auto const c = static_cast<unsigned char>(bytes[at_]);
        if (c >= ' ' && c != 0x7F) [[likely]]
            continue;
        if (c == '\n') {
            if (at_ == 0 || bytes[at_ - 1] != '\r') return bad("a line ends without CR");
            if (at_ >= 3 && bytes[at_ - 2] == '\n') return std::optional(++at_);
        } else if (c == '\r') {
            if (at_ + 1 == bytes.size()) return std::optional<std::size_t>();  // judged with the next byte
            if (bytes[at_ + 1] != '\n') return bad("a CR without LF");
        } else if (c != '\t') {
            return bad("a control character");
        }
    }
    if (bytes.size() > limits.header_bytes) return bad("", Code::head_too_large);
    return std::optional<std::size_t>();
}

std::expected<Framing, Refusal> read_head(std::string_view head, Limits const& limits, Request& request) {
    Fields fields;
    std::size_t end = head.find("\r\n");
    if (end == std::string_view::npos || !head.ends_with("\r\n\r\n")) return bad("the head has no end");
    if (auto refusal = read_request_line(head.substr(0, end), limits, request, fields.framing))
        return std::unexpected(*refusal);
    std::size_t count = 0;
    for (std::size_t at = end + 2;; at = end + 2) {
        end = head.find("\r\n", at);
        if (end == at) break;
        if (++count > limits.header_fields) return bad("too many header fields", Code::head_too_large);
        if (auto refusal = read_field(head.substr(at, end - at), request, fields))
            return std::unexpected(*refusal);
    }
    if (end + 2 != head.size()) return bad("something follows the end of the head");
    Framing& framing = fields.framing;
    if (framing.is_chunked && framing.content_length)
        return bad("Content-Length and Transfer-Encoding stand together");
    if (framing.is_http_1_0 && framing.is_chunked) return bad("HTTP/1.0 knows no Transfer-Encoding");
    if (!framing.is_http_1_0 && !fields.has_host) return bad("Host is missing");
    framing.keeps_alive = !fields.asks_close && !framing.is_http_1_0;
    return framing;
}

std::optional<Refusal> ChunkReader::step(char c, std::size_t room) {
    constexpr Refusal malformed{Code::bad_http, "a chunk is malformed"};
    if (state_ == State::extension || state_ == State::trailer || state_ == State::trailer_value ||
        state_ == State::line)
        if (++beside_ > beside_bytes)
            return Refusal{Code::head_too_large, "extensions or trailers are too long"};
    switch (state_) {
        case State::size:
            if (int const digit = hex_value(c); digit >= 0) {
                if (++digits_ > chunk_digits) return malformed;
                left_ = left_ * 16 + static_cast<unsigned>(digit);
                return std::nullopt;
            }
            if (digits_ == 0 || (c != '\r' && c != ';')) return malformed;
            if (left_ > room) return Refusal{Code::too_long, "the body is longer than the limit"};
            state_ = c == ';' ? State::extension : State::size_lf;
            return std::nullopt;
        case State::extension:
            if (c == '\r')
                state_ = State::size_lf;
            else if (!is_text(c))
                return malformed;
            return std::nullopt;
        case State::size_lf:
            if (c != '\n') return malformed;
            state_ = left_ > 0 ? State::data : State::line;
            return std::nullopt;
        case State::data_cr:
            if (c != '\r') return malformed;
            state_ = State::data_lf;
            return std::nullopt;
        case State::data_lf:
            if (c != '\n') return malformed;
            state_ = State::size;
            digits_ = 0;
            return std::nullopt;
        case State::line:  // a trailer begins, or the body ends
            if (c == '\r')
                state_ = State::end_lf;
            else if (token_bytes[static_cast<unsigned char>(c)])
                state_ = State::trailer;
            else
                return malformed;
            return std::nullopt;
        case State::trailer:
            if (c == ':')
                state_ = State::trailer_value;
            else if (!token_bytes[static_cast<unsigned char>(c)])
                return malformed;
            return std::nullopt;
        case State::trailer_value:
            if (c == '\r')
                state_ = State::trailer_lf;
            else if (!is_text(c) && static_cast<unsigned char>(c) < 0x80)
                return malformed;
            return std::nullopt;
        case State::trailer_lf:
            if (c != '\n') return malformed;
            state_ = State::line;
            return std::nullopt;
        case State::end_lf:
            if (c != '\n') return malformed;
            state_ = State::done;
            return std::nullopt;
        case State::data:
        case State::done: break;
    }
    check(false);
    return malformed;
}

std::expected<std::size_t, Refusal> ChunkReader::read(std::string_view bytes, std::size_t body_bytes,
                                                      std::string& body) {
    std::size_t at = 0;
    while (at < bytes.size() && state_ != State::done) {
        if (state_ == State::data) {
            auto const some = std::min<std::uint64_t>(left_, bytes.size() - at);
            body.append(bytes.substr(at, some));
            at += some;
            left_ -= some;
            if (left_ == 0) state_ = State::data_cr;
        } else if (auto refusal = step(bytes[at++], body_bytes - body.size())) {
            return std::unexpected(*refusal);
        }
    }
    return at;
}

std::optional<std::string> normal_path(std::string_view raw) {
    auto const path = decoded(raw, false);
    if (!path || path->empty() || path->front() != '/' || !is_clean(*path)) return std::nullopt;
    if (path->find_first_of("\\\r\n\t") != std::string::npos) return std::nullopt;
    // An encoded slash would be a separator to one reader and a letter to the next.
    if (std::ranges::count(*path, '/') != std::ranges::count(raw, '/')) return std::nullopt;
    std::string out;
    std::string_view rest = std::string_view(*path).substr(1);
    for (bool is_last = false; !is_last;) {
        std::size_t const slash = rest.find('/');
        is_last = slash == std::string_view::npos;
        std::string_view const segment = rest.substr(0, slash);
        if (!is_last) rest.remove_prefix(slash + 1);
        if (segment == "..") {
            if (out.empty()) return std::nullopt;
            out.resize(out.rfind('/'));
            if (is_last) out += '/';
        } else if (segment == "." || segment.empty()) {
            if (is_last) out += '/';
        } else {
            out.append("/").append(segment);
        }
    }
    return out;
}

std::optional<std::vector<Pair>> query_pairs(std::string_view raw, std::size_t fields_at_most) {
    std::vector<Pair> pairs;
    while (!raw.empty()) {
        std::size_t const end = raw.find('&');
        std::string_view const field = raw.substr(0, end);
        raw = end == std::string_view::npos ? "" : raw.substr(end + 1);
        if (field.empty()) continue;
        std::size_t const equals = field.find('=');
        auto name = decoded(field.substr(0, equals), true);
        auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                      : decoded(field.substr(equals + 1), true);
        if (!name || !value || !is_clean(*name) || !is_clean(*value)) return std::nullopt;
        if (pairs.size() == fields_at_most) return std::nullopt;
        pairs.push_back({std::move(*name), std::move(*value)});
    }
    return pairs;
}

std::vector<Pair> cookie_pairs(std::string_view header) {
    std::vector<Pair> pairs;
    while (!header.empty()) {
        std::size_t const end = header.find(';');
        std::string_view const field = stripped(header.substr(0, end));
        header = end == std::string_view::npos ? "" : header.substr(end + 1);
        std::size_t const equals = field.find('=');
        if (equals == std::string_view::npos || !is_token(field.substr(0, equals))) continue;
        std::string_view value = field.substr(equals + 1);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        pairs.push_back({std::string(field.substr(0, equals)), std::string(value)});
    }
    return pairs;
}

std::optional<Url> parsed_url(std::string_view text) {
    Url url;
    if (text.starts_with("https://"))
        url.is_tls = true;
    else if (!text.starts_with("http://"))
        return std::nullopt;
    text.remove_prefix(url.is_tls ? 8 : 7);
    bool const is_visible = std::ranges::all_of(
        text, [](char c) { return c > ' ' && c < 0x7F && c != '#' && c != '\\' && c != '"'; });
    if (!is_visible) return std::nullopt;
    std::size_t const end = std::min(text.find_first_of("/?"), text.size());
    std::string_view authority = text.substr(0, end);
    if (authority.empty() || !all_in(host_bytes, authority))
        return std::nullopt;  // a user name would hold '@'
    url.authority = authority;
    url.target = text.substr(end);
    if (url.target.empty() || url.target.front() == '?') url.target.insert(0, "/");
    url.port = url.is_tls ? "443" : "80";
    std::string_view host = authority;
    std::size_t const bracket = host.front() == '[' ? host.find(']') : 0;
    if (bracket == std::string_view::npos) return std::nullopt;
    if (std::size_t const colon = host.find(':', bracket); colon != std::string_view::npos) {
        url.port = host.substr(colon + 1);
        if (url.port.empty() || url.port.size() > 5 || !std::ranges::all_of(url.port, is_digit))
            return std::nullopt;
        host = host.substr(0, colon);
    }
    if (bracket > 0) {
        if (host.back() != ']') return std::nullopt;
        host = host.substr(1, host.size() - 2);
    } else if (host.find_first_of("[]") != std::string_view::npos) {
        return std::nullopt;
    }
    if (host.empty()) return std::nullopt;
    url.host = host;
    return url;
}

bool is_token(std::string_view text) { return !text.empty() && all_in(token_bytes, text); }

bool is_field_value(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return c == '\t' || (byte >= ' ' && byte != 0x7F);
    });
}

bool is_same_text(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool is_listed(std::string_view list, std::string_view token) {
    while (!list.empty()) {
        std::size_t const comma = list.find(',');
        if (is_same_text(stripped(list.substr(0, comma)), token)) return true;
        list = comma == std::string_view::npos ? "" : list.substr(comma + 1);
    }
    return false;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (char c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (unreserved_bytes[byte])
            out += c;
        else
            out.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return out;
}

std::optional<std::string_view> value_of(std::vector<Pair> const& pairs, std::string_view name) {
    auto const found = std::ranges::find(pairs, name, &Pair::name);
    if (found == pairs.end()) return std::nullopt;
    return found->value;
}

std::string_view Request::header(std::string_view lower_case_name) const {
    return value_of(headers, lower_case_name).value_or("");
}

std::string Request::origin() const { return (is_tls ? "https://" : "http://") + host; }

std::string_view Request::parameter(std::string_view name) const {
    return value_of(parameters, name).value_or("");
}

}  // namespace allroads::net
