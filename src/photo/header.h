#pragma once
// The first look at a picture somebody sent, before any library sees it: what it is, how large it says to be,
// and how much memory it takes to read. Behind the door of photo.

#include "base/base.h"

#include <cstdint>
#include <string_view>

namespace allroads::photo {

enum class Kind : std::uint8_t { jpeg, png, webp, gif };

struct Header {
    Kind kind = Kind::jpeg;
    std::int32_t width = 0;
    std::int32_t height = 0;
    bool is_read_whole = false;  // its way of coding needs all of it in memory
};

// Holds the limits of the door; what it gives may be handed to a decoder.
[[nodiscard]] Result<Header> read_header(std::string_view bytes);

}  // namespace allroads::photo
