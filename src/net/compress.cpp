#include "net/compress.h"

#include <brotli/encode.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "net/message.h"

namespace allroads::net {
namespace {

constexpr int gzip_window = 15 + 16;  // 16 asks zlib for the wrapper of gzip
constexpr int gzip_memory = 8;

std::string_view stripped(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

// "q=0", "q=0.0", "q=0.000": not wanted.
bool is_unwanted(std::string_view weight) {
    weight = stripped(weight);
    if (!weight.starts_with("q=") && !weight.starts_with("Q=")) return false;
    weight.remove_prefix(2);
    return !weight.empty() && weight.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

std::string gzip(std::string_view body, int level) {
    if (body.size() > std::numeric_limits<uInt>::max() / 2) return "";
    z_stream stream{};
    if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window, gzip_memory, Z_DEFAULT_STRATEGY) != Z_OK)
        return "";
    std::string out(deflateBound(&stream, static_cast<uLong>(body.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream.avail_in = static_cast<uInt>(body.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    bool const is_whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    out.resize(is_whole ? stream.total_out : 0);
    deflateEnd(&stream);
    return out;
}

std::string brotli(std::string_view body, int quality) {
    std::size_t size = BrotliEncoderMaxCompressedSize(body.size());
    if (size == 0) return "";
    std::string out(size, '\0');
    auto const* in = reinterpret_cast<std::uint8_t const*>(body.data());
    auto* to = reinterpret_cast<std::uint8_t*>(out.data());
    bool const is_whole = BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, body.size(),
                                                in, &size, to) == BROTLI_TRUE;
    out.resize(is_whole ? size : 0);
    return out;
}

Coding accepted_coding(std::string_view header) {
    bool has_brotli = false, has_gzip = false;
    while (!header.empty()) {
        std::size_t const comma = header.find(',');
        std::string_view const item = header.substr(0, comma);
        header = comma == std::string_view::npos ? "" : header.substr(comma + 1);
        std::size_t const semicolon = item.find(';');
        std::string_view const name = stripped(item.substr(0, semicolon));
        if (semicolon != std::string_view::npos && is_unwanted(item.substr(semicolon + 1))) continue;
        has_brotli |= is_same_text(name, "br");
        has_gzip |= is_same_text(name, "gzip");
    }
    return has_brotli ? Coding::brotli : has_gzip ? Coding::gzip : Coding::plain;
}

bool is_compressible(std::string_view type) {
    type = stripped(type.substr(0, type.find(';')));
    return type.starts_with("text/") || type.ends_with("json") || type.ends_with("xml") ||
           type.ends_with("javascript") || type == "application/wasm" || type == "image/x-icon";
}

}  // namespace allroads::net
