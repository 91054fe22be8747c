#include "photo/pixels.h"

#include <vips/vips.h>
#include <algorithm>
#include <cstring>
#include <span>

namespace allroads::photo {

namespace {

struct Unref {
    void operator()(VipsImage* image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

std::unexpected<Error> bad_picture() {
    vips_error_clear();
    return refuse(Code::bad_value, "photo", "the picture cannot be read: it is damaged or cut short");
}

// libvips reads a hundred kinds of files, some through libraries that were never meant for hostile ones. Only
// those named here can be opened in this process, whoever asks.
constexpr char const* loaders[] = {"VipsForeignLoadJpegBuffer", "VipsForeignLoadPngBuffer",
                                   "VipsForeignLoadWebpBuffer", "VipsForeignLoadNsgifBuffer"};

void say_nothing(char const*, GLogLevelFlags, char const*, void*) {}

bool start() {
    if (VIPS_INIT("allroads") != 0) return false;
    // Our own threads are the concurrency; a cache of operations would hold pictures that are done with.
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (auto const* loader : loaders) vips_operation_block_set(loader, FALSE);
    // Damaged pictures are refused; a line about each in the log would let strangers fill it.
    g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING, say_nothing, nullptr);
    return true;
}

// On first use, so that a hub without pictures does not carry the library in memory.
Result<void> ready() {
    static bool const is_started = start();
    if (!is_started) return refuse(Code::unavailable, "photo", "libvips does not start");
    // What libvips keeps for a thread goes with the thread.
    struct Leaving {
        ~Leaving() { vips_thread_shutdown(); }
    };
    static thread_local Leaving const leaving;
    static_cast<void>(leaving);
    return {};
}

// libvips takes buffers as void* and does not write to them.
void* unsigned_bytes(std::string_view bytes) {
    return const_cast<void*>(static_cast<void const*>(bytes.data()));
}

// JPEG can be decoded at a half, a quarter or an eighth for a fraction of the work. The box must stay filled.
int shrink_on_load(Header const& header, Box box) {
    int shrink = 8;
    auto const larger = std::max(header.width, header.height) / std::max(box.width, box.height);
    while (shrink > 1 && larger < shrink) shrink /= 2;
    return shrink;
}

Image opened(std::string_view bytes, Header const& header, int shrink) {
    VipsImage* image = nullptr;
    auto* const data = unsigned_bytes(bytes);
    int failed = -1;
    switch (header.kind) {
        case Kind::jpeg:
            failed = vips_jpegload_buffer(data, bytes.size(), &image, "shrink", shrink, "access",
                                          VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, nullptr);
            break;
        case Kind::png:
            failed = vips_pngload_buffer(data, bytes.size(), &image, "access", VIPS_ACCESS_SEQUENTIAL,
                                         "fail_on", VIPS_FAIL_ON_TRUNCATED, nullptr);
            break;
        case Kind::webp:
            failed = vips_webpload_buffer(data, bytes.size(), &image, "access", VIPS_ACCESS_SEQUENTIAL,
                                          "fail_on", VIPS_FAIL_ON_TRUNCATED, nullptr);
            break;
        case Kind::gif:
            failed = vips_gifload_buffer(data, bytes.size(), &image, "access", VIPS_ACCESS_SEQUENTIAL,
                                         "fail_on", VIPS_FAIL_ON_TRUNCATED, nullptr);
            break;
    }
    return Image(failed == 0 ? image : nullptr);
}

// Turned by EXIF, to sRGB by its profile, into the box. Whatever is so already is not touched, so that its
// colours stay exactly what they are.
Result<Image> upright(Image const& image, Box box) {
    bool const has_profile = vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) != 0 ||
                             vips_image_get_interpretation(image.get()) == VIPS_INTERPRETATION_CMYK;
    bool const fits =
        vips_image_get_width(image.get()) <= box.width && vips_image_get_height(image.get()) <= box.height;
    VipsImage* out = nullptr;
    if (fits && !has_profile && vips_image_get_orientation(image.get()) == 1) {
        if (vips_copy(image.get(), &out, nullptr) != 0) return bad_picture();
        return Image(out);
    }
    // Colours go by way of the profile only where there is one: the way rounds.
    auto const* const profile = has_profile ? "export_profile" : nullptr;
    if (vips_thumbnail_image(image.get(), &out, box.width, "height", box.height, "size", VIPS_SIZE_DOWN,
                             profile, "srgb", nullptr) != 0)
        return bad_picture();
    return Image(out);
}

// The same with 8 bits and three or four bands.
Result<Image> fitted(Image const& image, Box box) {
    auto const small = TRY(upright(image, box));
    VipsImage* out = nullptr;
    if (vips_colourspace(small.get(), &out, VIPS_INTERPRETATION_sRGB, nullptr) != 0) return bad_picture();
    Image const coloured(out);
    if (vips_cast_uchar(coloured.get(), &out, nullptr) != 0) return bad_picture();
    Image bytes(out);
    auto const bands = vips_image_get_bands(bytes.get());
    if (bands < 3) return bad_picture();
    if (bands <= 4) return bytes;
    if (vips_extract_band(bytes.get(), &out, 0, "n", 4, nullptr) != 0) return bad_picture();
    return Image(out);
}

bool is_opaque(std::span<unsigned char const> rgba) {
    for (std::size_t at = 3; at < rgba.size(); at += 4)
        if (rgba[at] != 255) return false;
    return true;
}

// Pixels without the fourth band, which says nothing.
void drop_alpha(Pixels& pixels) {
    auto const count = static_cast<std::size_t>(pixels.width) * static_cast<std::size_t>(pixels.height);
    auto* const memory = pixels.memory.get();
    for (std::size_t n = 0; n < count; ++n) std::memmove(memory + 3 * n, memory + 4 * n, 3);
    pixels.bands = 3;
}

// Runs the whole pipeline: only now the file is decoded.
Result<Pixels> computed(Image const& image) {
    std::size_t size = 0;
    auto* const memory = static_cast<unsigned char*>(vips_image_write_to_memory(image.get(), &size));
    if (memory == nullptr) return bad_picture();
    Pixels pixels{std::unique_ptr<unsigned char, Pixels::Free>(memory), vips_image_get_width(image.get()),
                  vips_image_get_height(image.get()), vips_image_get_bands(image.get())};
    check(size == static_cast<std::size_t>(pixels.width) * static_cast<std::size_t>(pixels.height) *
                      static_cast<std::size_t>(pixels.bands));
    if (pixels.bands == 4 && is_opaque({memory, size})) drop_alpha(pixels);
    return pixels;
}

// A view of `pixels`, which must live longer.
Image image_of(Pixels const& pixels) {
    auto const size = static_cast<std::size_t>(pixels.width) * static_cast<std::size_t>(pixels.height) *
                      static_cast<std::size_t>(pixels.bands);
    Image view(vips_image_new_from_memory(pixels.memory.get(), size, pixels.width, pixels.height,
                                          pixels.bands, VIPS_FORMAT_UCHAR));
    check(view != nullptr);
    VipsImage* named = nullptr;
    check(vips_copy(view.get(), &named, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr) == 0);
    return Image(named);
}

// How much work is spent on a smaller file; measured in bench/bench_photo.cpp.
constexpr int avif_effort = 2;
constexpr int webp_effort = 4;

int save(VipsImage* image, Format format, int quality, void** data, std::size_t* size) {
    switch (format) {
        case Format::jpeg:
            // Progressive: a slow line shows all of it early, and it is smaller.
            return vips_jpegsave_buffer(image, data, size, "Q", quality, "strip", TRUE, "optimize_coding",
                                        TRUE, "interlace", TRUE, nullptr);
        case Format::webp:
            if (quality == lossless)
                return vips_webpsave_buffer(image, data, size, "lossless", TRUE, "strip", TRUE, "effort",
                                            webp_effort, nullptr);
            return vips_webpsave_buffer(image, data, size, "Q", quality, "strip", TRUE, "effort", webp_effort,
                                        nullptr);
        case Format::avif:
            return vips_heifsave_buffer(image, data, size, "Q", quality, "strip", TRUE, "compression",
                                        VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "effort", avif_effort, nullptr);
    }
    return -1;
}

std::size_t little32(std::string_view bytes) {
    std::size_t number = 0;
    for (std::size_t n = 4; n-- > 0;) number = (number << 8U) | static_cast<unsigned char>(bytes[n]);
    return number;
}

// libvips writes EXIF of its own into WebP, also where it was told to strip. Only chunks of pixels stay
// (RFC 9649), and the head that an alpha channel asks for, which then says that nothing else is there.
std::string only_pixels(std::string_view webp) {
    constexpr std::size_t head = 12;
    constexpr char alpha = 0x10;
    std::string out(webp.substr(0, head));
    for (auto rest = webp.substr(head); rest.size() >= 8;) {
        auto const size =
            std::min(rest.size(), 8 + little32(rest.substr(4)) + (little32(rest.substr(4)) & 1U));
        auto const name = rest.substr(0, 4);
        if (name == "VP8 " || name == "VP8L" || name == "ALPH") out += rest.substr(0, size);
        if (name == "VP8X" && size > 8) {
            out += rest.substr(0, size);
            out[head + 8] = static_cast<char>(out[head + 8] & alpha);
        }
        rest.remove_prefix(size);
    }
    auto size = out.size() - 8;
    for (std::size_t n = 4; n < 8; ++n, size >>= 8U) out[n] = static_cast<char>(size & 255U);
    return out;
}

}  // namespace

void Pixels::Free::operator()(unsigned char* memory) const { g_free(memory); }

Result<Pixels> decoded(std::string_view bytes, Header const& header, Box box) {
    TRY_VOID(ready());
    auto const shrink = header.kind == Kind::jpeg ? shrink_on_load(header, box) : 1;
    auto const image = opened(bytes, header, shrink);
    if (!image) return bad_picture();
    // The decoder must see the size that was held to the limits.
    auto const fits = [shrink](int seen, std::int32_t said) {
        return seen >= said / shrink && seen <= said / shrink + 1;
    };
    if (!fits(vips_image_get_width(image.get()), header.width) ||
        !fits(vips_image_get_height(image.get()), header.height))
        return bad_picture();
    return computed(TRY(fitted(image, box)));
}

Result<Pixels> drawn(std::string_view trusted_svg, Box box) {
    TRY_VOID(ready());
    // `decoded` names its loader, so this opens no way for what strangers send.
    static bool const is_open = (vips_operation_block_set("VipsForeignLoadSvgBuffer", FALSE), true);
    check(is_open);
    VipsImage* out = nullptr;
    if (vips_svgload_buffer(unsigned_bytes(trusted_svg), trusted_svg.size(), &out, nullptr) != 0)
        return bad_picture();
    Image const image(out);
    auto const width = vips_image_get_width(out);
    auto const height = vips_image_get_height(out);
    if (width > side_max || height > side_max || std::int64_t{width} * height > pixels_max_whole)
        return refuse(Code::too_long, "svg", "the drawing is larger than a photo may be");
    return computed(TRY(fitted(image, box)));
}

Result<Pixels> shrunk(Pixels const& pixels, Box box) {
    TRY_VOID(ready());
    auto const image = image_of(pixels);
    return computed(TRY(fitted(image, box)));
}

Result<std::string> encoded(Pixels const& pixels, Format format, int quality) {
    TRY_VOID(ready());
    auto image = image_of(pixels);
    VipsImage* out = nullptr;
    if (format == Format::jpeg && pixels.bands == 4) {
        auto* const white = vips_array_double_newv(1, 255.0);
        bool const failed = vips_flatten(image.get(), &out, "background", white, nullptr) != 0;
        vips_area_unref(VIPS_AREA(white));
        if (failed) return bad_picture();
        image.reset(out);
    }
    void* data = nullptr;
    std::size_t size = 0;
    if (save(image.get(), format, quality, &data, &size) != 0) {
        vips_error_clear();
        return refuse(Code::unavailable, "photo", "libvips cannot write this kind of picture here");
    }
    std::string bytes(static_cast<char const*>(data), size);
    g_free(data);
    if (format == Format::webp) return only_pixels(bytes);
    return bytes;
}

}  // namespace allroads::photo

// The only name of this module that others see.
extern "C" __attribute__((visibility("default"))) allroads::photo::PixelTools const* allroads_pixel_tools() {
    using namespace allroads::photo;
    static constexpr PixelTools tools{.decoded = decoded,
                                      .drawn = drawn,
                                      .shrunk = shrunk,
                                      .encoded = encoded,
                                      .free = [](unsigned char* memory) { Pixels::Free()(memory); }};
    return &tools;
}
