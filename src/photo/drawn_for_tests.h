#pragma once
// Pictures that the tests of photo make for themselves, byte by byte.

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace allroads::photo::tests {

inline std::string big(std::uint32_t number, int bytes = 4) {
    std::string text;
    for (int n = bytes - 1; n >= 0; --n) text += static_cast<char>((number >> (8 * n)) & 255U);
    return text;
}

inline std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t crc = 0xFFFFFFFF;
    for (char const c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int n = 0; n < 8; ++n) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~crc;
}

inline std::string chunk(std::string_view name, std::string_view data) {
    auto const body = std::string(name) + std::string(data);
    return big(static_cast<std::uint32_t>(data.size())) + body + big(crc32(body));
}

// zlib without compression.
inline std::string stored(std::string_view bytes) {
    std::uint32_t a = 1;
    std::uint32_t b = 0;
    for (char const c : bytes) {
        a = (a + static_cast<unsigned char>(c)) % 65521;
        b = (b + a) % 65521;
    }
    std::string out = "\x78\x01";
    while (true) {
        auto const piece = bytes.substr(0, 65535);
        bytes.remove_prefix(piece.size());
        auto const size = static_cast<std::uint32_t>(piece.size());
        out += bytes.empty() ? '\x01' : '\0';
        for (auto const n : {size, ~size}) {
            out += static_cast<char>(n & 255U);
            out += static_cast<char>((n >> 8U) & 255U);
        }
        out += piece;
        if (bytes.empty()) return out + big((b << 16U) | a);
    }
}

using Pixel = std::array<unsigned char, 4>;
using Painter = std::function<Pixel(int x, int y)>;

// Of `channels` 1 (grey), 2 (grey and alpha), 3 (colours) or 4 (colours and alpha), 8 or 16 bits each.
inline std::string png(int width, int height, int channels, Painter const& paint, int bits = 8,
                       std::string_view extra_chunks = "") {
    std::string raw;
    for (int y = 0; y < height; ++y) {
        raw += '\0';
        for (int x = 0; x < width; ++x) {
            auto const pixel = paint(x, y);
            for (int c = 0; c < channels; ++c) {
                auto const value = pixel[static_cast<std::size_t>(channels == 2 && c == 1 ? 3 : c)];
                raw += static_cast<char>(value);
                if (bits == 16) raw += static_cast<char>(value);
            }
        }
    }
    static constexpr int colour_type[] = {0, 0, 4, 2, 6};
    auto const head = big(static_cast<std::uint32_t>(width)) + big(static_cast<std::uint32_t>(height)) +
                      static_cast<char>(bits) + static_cast<char>(colour_type[channels]) + big(0, 3);
    return "\x89PNG\r\n\x1A\n" + chunk("IHDR", head) + std::string(extra_chunks) +
           chunk("IDAT", stored(raw)) + chunk("IEND", "");
}

// The same noise each time: no codec finds anything to leave out.
inline Painter noise() {
    return [state = std::uint32_t{2463534242}](int, int) mutable {
        state ^= state << 13U;
        state ^= state >> 17U;
        state ^= state << 5U;
        return Pixel{static_cast<unsigned char>(state), static_cast<unsigned char>(state >> 8U),
                     static_cast<unsigned char>(state >> 16U), static_cast<unsigned char>(state >> 24U)};
    };
}

// Red left, blue right, the upper half lighter.
inline Painter halves(int width, int height) {
    return [=](int x, int y) -> Pixel {
        auto const light = static_cast<unsigned char>(y < height / 2 ? 120 : 0);
        if (x < width / 2) return {230, light, light, 255};
        return {light, light, 230, 255};
    };
}

// EXIF with an orientation and a place: 1° 17' S 36° 49' E, taken with a camera of the name "Spy".
inline std::string exif(int orientation) {
    auto const entry = [](std::uint32_t tag, std::uint32_t type, std::uint32_t count,
                          std::string const& value) {
        return big(tag, 2) + big(type, 2) + big(count) + value;
    };
    auto const degrees = [](std::uint32_t d, std::uint32_t m) {
        return big(d) + big(1) + big(m) + big(1) + big(0) + big(1);
    };
    // Offsets are counted from "MM". The first directory: 3 entries, at 8; the second, GPS: 4 entries, at 50.
    std::string tiff = std::string("MM\0\x2A", 4) + big(8) + big(3, 2);
    tiff += entry(0x010F, 2, 4, std::string("Spy\0", 4));
    tiff += entry(0x0112, 3, 1, big(static_cast<std::uint32_t>(orientation), 2) + big(0, 2));
    tiff += entry(0x8825, 4, 1, big(50)) + big(0);
    tiff += big(4, 2) + entry(1, 2, 2, std::string("S\0\0\0", 4)) + entry(2, 5, 3, big(104));
    tiff += entry(3, 2, 2, std::string("E\0\0\0", 4)) + entry(4, 5, 3, big(128)) + big(0);
    return std::string("Exif\0\0", 6) + tiff + degrees(1, 17) + degrees(36, 49);
}

// A segment put right behind the beginning of a JPEG.
inline std::string with_segment(std::string_view jpeg, unsigned char marker, std::string_view data) {
    return std::string(jpeg.substr(0, 2)) + "\xFF" + static_cast<char>(marker) +
           big(static_cast<std::uint32_t>(data.size() + 2), 2) + std::string(data) +
           std::string(jpeg.substr(2));
}

}  // namespace allroads::photo::tests
