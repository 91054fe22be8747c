#include "photo/header.h"

#include "photo/photo.h"

#include <optional>
#include <string>

namespace allroads::photo {

namespace {

// Numbers out of bytes; 0 beyond the end, which no picture has as its size.
std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
}
std::uint32_t big16(std::string_view bytes, std::size_t at) {
    return (byte_at(bytes, at) << 8U) | byte_at(bytes, at + 1);
}
std::uint32_t big32(std::string_view bytes, std::size_t at) {
    return (big16(bytes, at) << 16U) | big16(bytes, at + 2);
}
std::uint32_t little16(std::string_view bytes, std::size_t at) {
    return byte_at(bytes, at) | (byte_at(bytes, at + 1) << 8U);
}
std::uint32_t little24(std::string_view bytes, std::size_t at) {
    return little16(bytes, at) | (byte_at(bytes, at + 2) << 16U);
}

// What the bytes say, before it is held to the limits.
struct Said {
    Kind kind;
    std::uint32_t width;
    std::uint32_t height;
    bool is_read_whole;
};

std::unexpected<Error> bad(std::string_view detail) { return refuse(Code::bad_value, "photo", detail); }

// Each scan of a progressive picture goes over all of it; a file can ask for thousands.
bool has_many_scans(std::string_view bytes) {
    std::size_t scans = 0;
    for (auto at = bytes.find("\xFF\xDA"); at != std::string_view::npos; at = bytes.find("\xFF\xDA", at + 2))
        ++scans;
    return scans > jpeg_scans_max;
}

// Walks the segments before the first scan. ITU-T T.81, annex B.
Result<Said> jpeg(std::string_view bytes) {
    for (std::size_t at = 2; at + 4 <= bytes.size();) {
        if (byte_at(bytes, at) != 0xFF) return bad("a damaged JPEG: a marker is missing");
        auto const marker = byte_at(bytes, at + 1);
        if (marker == 0xFF) {  // fill byte
            ++at;
            continue;
        }
        auto const length = big16(bytes, at + 2);
        bool const is_frame =
            marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (is_frame) {
            if (marker > 0xC2) return bad("a JPEG of a kind no camera writes (lossless or arithmetic)");
            if (byte_at(bytes, at + 4) != 8) return bad("a JPEG of more than 8 bits a colour");
            auto const colours = byte_at(bytes, at + 9);
            if (colours != 1 && colours != 3 && colours != 4)
                return bad("a JPEG of an odd number of colours");
            if (has_many_scans(bytes)) return bad("a JPEG of too many scans");
            return Said{Kind::jpeg, big16(bytes, at + 7), big16(bytes, at + 5), marker == 0xC2};
        }
        bool const is_lone = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7);
        if (marker == 0xDA || marker == 0xD9 || marker == 0 || (!is_lone && length < 2)) break;
        at += is_lone ? 2 : 2 + length;
    }
    return bad("a damaged JPEG: it does not say its size");
}

Result<Said> png(std::string_view bytes) {
    if (bytes.size() < 33 || bytes.substr(12, 4) != "IHDR") return bad("a damaged PNG");
    return Said{Kind::png, big32(bytes, 16), big32(bytes, 20), byte_at(bytes, 28) != 0};
}

// RFC 9649. A picture in the extended form says its size in VP8X.
Result<Said> webp(std::string_view bytes) {
    auto const form = bytes.substr(12, 4);
    if (bytes.size() < 30) return bad("a damaged WebP");
    if (form == "VP8X") {
        constexpr std::uint32_t moves = 2;
        if ((byte_at(bytes, 20) & moves) != 0) return bad("a moving WebP; send a still picture");
        return Said{Kind::webp, little24(bytes, 24) + 1, little24(bytes, 27) + 1, true};
    }
    if (form == "VP8L") {
        auto const packed = little24(bytes, 21) | (byte_at(bytes, 24) << 24U);
        return Said{Kind::webp, (packed & 0x3FFFU) + 1, ((packed >> 14U) & 0x3FFFU) + 1, true};
    }
    if (form == "VP8 ")
        return Said{Kind::webp, little16(bytes, 26) & 0x3FFFU, little16(bytes, 28) & 0x3FFFU, true};
    return bad("a damaged WebP");
}

Result<Said> said_by(std::string_view bytes) {
    if (bytes.starts_with("\xFF\xD8\xFF")) return jpeg(bytes);
    if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return png(bytes);
    if (bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP") return webp(bytes);
    if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a"))
        return Said{Kind::gif, little16(bytes, 6), little16(bytes, 8), true};
    if (bytes.substr(4, 4) == "ftyp")
        return bad(
            "a HEIC or AVIF picture; send JPEG, which the phone makes if asked for \"most compatible\"");
    return bad("not a JPEG, PNG, WebP or GIF picture");
}

}  // namespace

Result<Header> read_header(std::string_view bytes) {
    if (bytes.size() > upload_bytes_max)
        return refuse(Code::too_long, "photo",
                      "the file has " + std::to_string(bytes.size()) + " bytes; at most " +
                          std::to_string(upload_bytes_max));
    if (bytes.size() < 12) return bad("not a JPEG, PNG, WebP or GIF picture");
    auto const said = TRY(said_by(bytes));
    if (said.width == 0 || said.height == 0) return bad("a picture without width or height");
    auto const pixels = static_cast<std::int64_t>(said.width) * said.height;
    auto const most = said.is_read_whole ? pixels_max_whole : pixels_max;
    if (said.width > side_max || said.height > side_max || pixels > most)
        return refuse(Code::too_long, "photo",
                      "the picture is " + std::to_string(said.width) + " x " + std::to_string(said.height) +
                          " pixels; of this kind at most " + std::to_string(most) + " in all and " +
                          std::to_string(side_max) + " a side");
    return Header{said.kind, static_cast<std::int32_t>(said.width), static_cast<std::int32_t>(said.height),
                  said.is_read_whole};
}

}  // namespace allroads::photo
