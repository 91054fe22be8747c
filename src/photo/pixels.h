#pragma once
// Pictures in memory, and everything that is done by libvips, which stands in a module of its own (vips/)
// that is loaded with the first picture. Behind the door of photo; no type of the library shows here.

#include "photo/header.h"
#include "photo/photo.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace allroads::photo {

// Upright, sRGB, 8 bits a colour, line by line without gaps: three bytes a pixel, or four where something
// shows through.
struct Pixels {
    struct Free {
        void operator()(unsigned char* pixels) const;
    };
    std::unique_ptr<unsigned char, Free> memory = {};
    std::int32_t width = 0;
    std::int32_t height = 0;
    std::int32_t bands = 3;
};

// Decodes what `header` describes and shrinks it, where it is larger, into the box.
struct Box {
    std::int32_t width = 0;
    std::int32_t height = 0;
};
[[nodiscard]] Result<Pixels> decoded(std::string_view bytes, Header const& header, Box box);
[[nodiscard]] Result<Pixels> drawn(std::string_view trusted_svg, Box box);
[[nodiscard]] Result<Pixels> shrunk(Pixels const& pixels, Box box);

// Nothing but the picture is written. Quality 1 to 100; `lossless` is for WebP alone.
inline constexpr int lossless = 0;
[[nodiscard]] Result<std::string> encoded(Pixels const& pixels, Format format, int quality);

// What the module offers: the functions above.
struct PixelTools {
    Result<Pixels> (*decoded)(std::string_view bytes, Header const& header, Box box);
    Result<Pixels> (*drawn)(std::string_view trusted_svg, Box box);
    Result<Pixels> (*shrunk)(Pixels const& pixels, Box box);
    Result<std::string> (*encoded)(Pixels const& pixels, Format format, int quality);
    void (*free)(unsigned char* memory);
};

// A place among those that may decode and encode now. Held while a picture is in memory.
class Turn {
public:
    [[nodiscard]] static Result<Turn> wait();
    Turn(Turn&& other) noexcept : holds_(std::exchange(other.holds_, false)) {}
    Turn(Turn const&) = delete;
    Turn& operator=(Turn const&) = delete;
    Turn& operator=(Turn&&) = delete;
    ~Turn();

private:
    Turn() = default;
    bool holds_ = true;
};

}  // namespace allroads::photo
