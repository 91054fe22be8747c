// Any bytes as a picture somebody sent: refused, or kept within the limits and readable again. The bytes that
// tell kinds apart are given by the first one, so that every decoder is reached.

#include "photo/photo.h"

#include "photo/header.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace {

using namespace allroads;
using namespace allroads::photo;

// Large pictures are slow and teach nothing that small ones do not.
constexpr std::int64_t pixels_worth_decoding = 100'000;

void check_kept(Kept const& kept) {
    check(kept.width >= 1 && kept.width <= kept_side_max && kept.height >= 1 && kept.height <= kept_side_max);
    check(is_digest(kept.digest));
    auto const header = read_header(kept.bytes);
    check(header && header->width == kept.width && header->height == kept.height);
    check(kept.bytes.find(std::string_view("Exif\0", 5)) == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace std::string_view_literals;
    if (size == 0) return 0;
    static constexpr std::string_view beginnings[] = {"\xFF\xD8\xFF"sv, "\x89PNG\r\n\x1A\n"sv,
                                                      "RIFF\x40\0\0\0WEBPVP8"sv, "GIF89a"sv, ""sv};
    std::string bytes(beginnings[data[0] % std::size(beginnings)]);
    bytes.append(reinterpret_cast<char const*>(data) + 1, size - 1);
    auto const header = read_header(bytes);
    if (header && std::int64_t{header->width} * header->height > pixels_worth_decoding) return 0;
    auto const kept = normalise(bytes);
    check(!kept || header);
    if (!kept) return 0;
    check_kept(*kept);
    if ((data[0] & 0x80U) == 0) return 0;
    auto const small = variant(kept->bytes, 320, (data[0] & 0x40U) != 0 ? Format::jpeg : Format::webp);
    check(small && small->size() <= widths[0].bytes_max);
    return 0;
}
