#include "photo/photo.h"

#include "photo/files.h"
#include "photo/header.h"
#include "photo/pixels.h"

#include <algorithm>
#include <array>
#include <span>

namespace allroads::photo {

namespace {

constexpr FormatFacts format_table[formats] = {
    {"jpeg", ".jpg", "image/jpeg"}, {"webp", ".webp", "image/webp"}, {"avif", ".avif", "image/avif"}};

constexpr int kept_quality = 85;
constexpr int kept_quality_webp = 90;
constexpr std::size_t kept_lossless_bytes_max = 4'000'000;

// From the best that is worth its bytes to what still shows what it is. Each codec counts in its own way.
constexpr std::size_t steps = 8;
constexpr std::array<std::array<int, steps>, formats> quality = {{
    {78, 70, 60, 50, 40, 30, 20, 10},  // JPEG
    {76, 68, 58, 46, 34, 22, 12, 2},   // WebP
    {52, 46, 40, 33, 26, 19, 12, 5},   // AVIF
}};

// The whole as the hub keeps it.
Result<Kept> kept_of(Pixels const& pixels) {
    Kept kept{.width = pixels.width, .height = pixels.height};
    if (pixels.bands == 3) {
        kept.bytes = TRY(encoded(pixels, Format::jpeg, kept_quality));
    } else {
        kept.format = Format::webp;
        kept.bytes = TRY(encoded(pixels, Format::webp, lossless));
        // A photo that was cut out of its background: lines and letters are not what makes it large.
        if (kept.bytes.size() > kept_lossless_bytes_max)
            kept.bytes = TRY(encoded(pixels, Format::webp, kept_quality_webp));
    }
    kept.digest = sha256_hex(kept.bytes);
    return kept;
}

// The best step that fits; more bytes at a lower step do not happen by more than a few, which the last look
// at the size catches. Nothing where even the last step is too large.
Result<std::optional<std::string>> best_within(Pixels const& pixels, Format format, std::size_t bytes_max) {
    auto const& of_format = quality[static_cast<std::size_t>(format)];
    auto best = TRY(encoded(pixels, format, of_format.front()));
    if (best.size() <= bytes_max) return best;
    std::optional<std::string> found;
    std::size_t low = 1;
    for (std::size_t high = steps; low < high;) {
        auto const middle = (low + high) / 2;
        auto bytes = TRY(encoded(pixels, format, of_format[middle]));
        if (bytes.size() <= bytes_max) {
            found = std::move(bytes);
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return found;
}

}  // namespace

FormatFacts const& facts_of(Format format) {
    auto const at = static_cast<std::size_t>(format);
    check(at < formats);
    return format_table[at];
}

Result<Format> format_of(std::string_view name_or_extension) {
    for (std::size_t n = 0; n < formats; ++n)
        if (name_or_extension == format_table[n].name || name_or_extension == format_table[n].extension)
            return static_cast<Format>(n);
    return refuse(Code::bad_value, "format", "a picture is jpeg, webp or avif");
}

bool is_digest(std::string_view text) {
    return text.size() == 64 &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Result<Kept> normalise(std::string_view hostile) {
    auto const header = TRY(read_header(hostile));
    auto const turn = TRY(Turn::wait());
    return kept_of(TRY(decoded(hostile, header, {kept_side_max, kept_side_max})));
}

Result<Kept> draw_our_own_svg(std::string_view trusted) {
    if (trusted.size() > svg_bytes_max) return refuse(Code::too_long, "svg", "the drawing is too long");
    auto const turn = TRY(Turn::wait());
    return kept_of(TRY(drawn(trusted, {kept_side_max, kept_side_max})));
}

Result<std::string> variant(std::string_view kept, std::int32_t width, Format format) {
    auto const* const wanted = std::ranges::find(widths, width, &Width::pixels);
    if (wanted == std::end(widths))
        return refuse(Code::bad_value, "width", "a picture is 320, 640 or 1280 wide");
    auto const header = TRY(read_header(kept));
    auto const turn = TRY(Turn::wait());
    auto pixels = TRY(decoded(kept, header, {width, 2 * width}));
    for (;;) {
        if (auto found = TRY(best_within(pixels, format, wanted->bytes_max))) return std::move(*found);
        // Noise, of the highest and narrowest kind. A quarter less of each side, until it fits.
        Box const smaller{std::max(1, pixels.width * 3 / 4), std::max(1, pixels.height * 3 / 4)};
        if (smaller.width == 1 && smaller.height == 1)
            return refuse(Code::unavailable, "photo", "no smaller picture can be made");
        pixels = TRY(shrunk(pixels, smaller));
    }
}

}  // namespace allroads::photo
