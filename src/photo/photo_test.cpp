#include "photo/photo.h"

#include "photo/drawn_for_tests.h"
#include "photo/files.h"
#include "photo/header.h"
#include "photo/pixels.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <sys/resource.h>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace allroads;
using namespace allroads::photo;
using namespace allroads::photo::tests;

Pixels seen(std::string_view bytes) {
    auto const header = *read_header(bytes);
    return *decoded(bytes, header, {header.width, header.height});
}

struct Colour {
    int red, green, blue, alpha;
};
Colour at(Pixels const& pixels, int x, int y) {
    auto const* const p = pixels.memory.get() + (y * pixels.width + x) * pixels.bands;
    return {p[0], p[1], p[2], pixels.bands == 4 ? p[3] : 255};
}
bool is_red(Colour const& c) { return c.red > 200 && c.blue < 160; }
bool is_blue(Colour const& c) { return c.blue > 200 && c.red < 160; }

void refused(std::string_view bytes, Code code, std::string_view detail) {
    auto const kept = normalise(bytes);
    REQUIRE_FALSE(kept);
    CHECK(kept.error().code() == code);
    CHECK(kept.error().field() == "photo");
    INFO(kept.error().sentence());
    CHECK(kept.error().detail().find(detail) != std::string_view::npos);
}

std::string jpeg_of(int width, int height) {
    return normalise(png(width, height, 3, halves(width, height)))->bytes;
}

long peak_kilobytes() {
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

// Says to be of that size and holds next to nothing.
std::string promising_png(std::uint32_t width, std::uint32_t height, char interlace = 0) {
    return "\x89PNG\r\n\x1A\n" +
           chunk("IHDR", big(width) + big(height) + std::string("\x08\x02\0\0", 4) + interlace) +
           chunk("IDAT", stored("")) + chunk("IEND", "");
}

std::string const gif(
    "GIF89a\x02\0\x02\0\x80\0\0\xFF\0\0\0\0\xFF,\0\0\0\0\x02\0\x02\0\0\x02\x03\x44\x02\x05\0;", 35);

}  // namespace

TEST_CASE("a picture without transparency becomes a JPEG") {
    auto const kept = normalise(png(300, 200, 3, halves(300, 200)));
    REQUIRE(kept);
    CHECK(kept->format == Format::jpeg);
    CHECK(kept->width == 300);
    CHECK(kept->height == 200);
    CHECK(kept->bytes.starts_with("\xFF\xD8\xFF"));
    CHECK(is_digest(kept->digest));
    CHECK(kept->digest == sha256_hex(kept->bytes));
    auto const pixels = seen(kept->bytes);
    CHECK(is_red(at(pixels, 20, 20)));
    CHECK(is_blue(at(pixels, 280, 180)));
    // The same picture has the same name.
    CHECK(normalise(png(300, 200, 3, halves(300, 200)))->digest == kept->digest);
}

TEST_CASE("the digest is SHA-256") {
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("grey, 16 bits, and an alpha channel that hides nothing") {
    for (int const bits : {8, 16}) {
        CAPTURE(bits);
        auto const grey = normalise(png(40, 30, 1, [](int, int) { return Pixel{128, 0, 0, 0}; }, bits));
        REQUIRE(grey);
        auto const colour = at(seen(grey->bytes), 20, 15);
        CHECK(std::abs(colour.red - 128) <= 2);
        CHECK(std::abs(colour.blue - 128) <= 2);
        auto const opaque = normalise(png(40, 30, 4, halves(40, 30), bits));
        REQUIRE(opaque);
        CHECK(opaque->format == Format::jpeg);
        CHECK(is_red(at(seen(opaque->bytes), 5, 25)));
    }
}

TEST_CASE("what shows through still does, without loss") {
    auto const glass = [](int x, int) {
        return Pixel{10, 200, 30, static_cast<unsigned char>(x < 20 ? 0 : 128)};
    };
    for (int const bits : {8, 16}) {
        CAPTURE(bits);
        auto const kept = normalise(png(40, 30, 4, glass, bits));
        REQUIRE(kept);
        CHECK(kept->format == Format::webp);
        auto const pixels = seen(kept->bytes);
        CHECK(pixels.bands == 4);
        CHECK(at(pixels, 5, 5).alpha == 0);
        auto const right = at(pixels, 30, 5);
        CHECK(std::abs(right.alpha - 128) <= 1);
        CHECK(std::abs(right.green - 200) <= 1);
        // JPEG cannot: it lies on white.
        auto const white = at(seen(*variant(kept->bytes, 320, Format::jpeg)), 5, 5);
        CHECK(white.red + white.green + white.blue > 3 * 245);
        CHECK(seen(*variant(kept->bytes, 320, Format::webp)).bands == 4);
    }
    auto const grey = normalise(png(40, 30, 2, [](int, int) { return Pixel{50, 0, 0, 100}; }));
    REQUIRE(grey);
    CHECK(at(seen(grey->bytes), 3, 3).alpha == 100);
    // A large one that is all noise may not fill the disk.
    auto const noisy = normalise(png(1500, 1000, 4, noise()));
    REQUIRE(noisy);
    CHECK(noisy->bytes.size() < 4'000'000);
}

TEST_CASE("every orientation of EXIF is turned upright") {
    auto const plain = jpeg_of(200, 100);
    // Into which corner the light red one, at first upper left, and the light blue one, upper right, come to
    // lie.
    enum Corner { upper_left, upper_right, lower_left, lower_right };
    struct Case {
        int orientation;
        Corner red, blue;
    };
    auto const corner = [](Pixels const& pixels, Corner which) {
        bool const is_right = which == upper_right || which == lower_right;
        bool const is_low = which == lower_left || which == lower_right;
        return at(pixels, pixels.width * (is_right ? 9 : 1) / 10, pixels.height * (is_low ? 9 : 1) / 10);
    };
    for (auto const& c : {Case{1, upper_left, upper_right}, Case{2, upper_right, upper_left},
                          Case{3, lower_right, lower_left}, Case{4, lower_left, lower_right},
                          Case{5, upper_left, lower_left}, Case{6, upper_right, lower_right},
                          Case{7, lower_right, upper_right}, Case{8, lower_left, upper_left}}) {
        CAPTURE(c.orientation);
        auto const kept = normalise(with_segment(plain, 0xE1, exif(c.orientation)));
        REQUIRE(kept);
        CHECK(kept->width == (c.orientation > 4 ? 100 : 200));
        CHECK(kept->height == (c.orientation > 4 ? 200 : 100));
        auto const pixels = seen(kept->bytes);
        auto const red = corner(pixels, c.red);
        auto const blue = corner(pixels, c.blue);
        CHECK(is_red(red));
        CHECK(red.green > 80);
        CHECK(is_blue(blue));
        CHECK(blue.green > 80);
    }
}

TEST_CASE("nothing but the picture is kept: no place, no camera, no words, no profile, no tail") {
    auto planted = with_segment(jpeg_of(400, 300), 0xE1, exif(1));
    planted =
        with_segment(planted, 0xE1,
                     std::string("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>exif:GPSLatitude=\"1,17S\"", 69));
    planted = with_segment(planted, 0xFE, "taken at my house");
    planted = with_segment(planted, 0xED, "Photoshop 3.0: Nairobi");
    planted += "<?php /* behind the end */";
    auto const png_planted =
        png(40, 30, 4, noise(), 8,
            chunk("eXIf", exif(1).substr(6)) + chunk("tEXt", std::string("Comment\0house", 13)));
    REQUIRE(planted.find("Exif") != std::string::npos);
    for (auto const& bytes : {planted, png_planted}) {
        auto const kept = normalise(bytes);
        REQUIRE(kept);
        std::vector<std::string> all = {kept->bytes};
        for (auto const& width : widths)
            for (auto const format : {Format::jpeg, Format::webp, Format::avif})
                all.push_back(*variant(kept->bytes, width.pixels, format));
        for (auto const& one : all)
            for (std::string const trace : {"Exif", "EXIF", "Spy", "GPS", "house", "xmp", "XMP", "Nairobi",
                                            "php", "ICC", "ICCP", "prof"})
                CHECK_MESSAGE(one.find(trace) == std::string::npos, trace);
    }
}

TEST_CASE("large pictures are kept at 2048 on the longer side") {
    auto const kept = normalise(png(3000, 100, 3, halves(3000, 100)));
    REQUIRE(kept);
    CHECK(kept->width == 2048);
    CHECK(kept->height == 68);
    CHECK(is_red(at(seen(kept->bytes), 100, 60)));
    auto const line = normalise(png(3000, 1, 3, halves(3000, 1)));
    REQUIRE(line);
    CHECK(line->height == 1);
}

TEST_CASE("a GIF gives its first frame, a WebP is read") {
    auto const kept = normalise(gif);
    REQUIRE(kept);
    CHECK(kept->width == 2);
    auto const webp = *variant(jpeg_of(500, 400), 320, Format::webp);
    REQUIRE(webp.starts_with("RIFF"));
    auto const again = normalise(webp);
    REQUIRE(again);
    CHECK(again->width == 320);
    CHECK(again->format == Format::jpeg);
}

TEST_CASE("other kinds of files are refused by their content") {
    refused("", Code::bad_value, "not a JPEG");
    refused("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'></svg>", Code::bad_value,
            "not a JPEG");
    refused("%PDF-1.4 and some more of it", Code::bad_value, "not a JPEG");
    refused("push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 0,0 'x'", Code::bad_value, "not a JPEG");
    refused(std::string("P6 1 1 255\nabc and a tail", 25), Code::bad_value, "not a JPEG");
    refused(std::string("II\x2A\0 tiff tiff tiff", 18), Code::bad_value, "not a JPEG");
    refused(*variant(jpeg_of(50, 50), 320, Format::avif), Code::bad_value, "HEIC or AVIF");
    refused("RIFF1234WEBPANIM....................", Code::bad_value, "damaged WebP");
    refused(std::string(upload_bytes_max + 1, 'x'), Code::too_long, "bytes");
}

TEST_CASE("a drawing of ours opens no way for drawings of others") {
    auto const ours = draw_our_own_svg(
        "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='200'>"
        "<rect width='300' height='200' fill='#e01010'/><circle cx='250' cy='100' r='40' "
        "fill='#1010e0'/></svg>");
    REQUIRE(ours);
    CHECK(ours->width == 300);
    CHECK(ours->format == Format::jpeg);
    CHECK(is_red(at(seen(ours->bytes), 20, 100)));
    CHECK(is_blue(at(seen(ours->bytes), 250, 100)));
    auto const clear =
        draw_our_own_svg("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'></svg>");
    REQUIRE(clear);
    CHECK(clear->format == Format::webp);
    refused("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'></svg>", Code::bad_value,
            "not a JPEG");
    CHECK_FALSE(
        draw_our_own_svg("<svg xmlns='http://www.w3.org/2000/svg' width='30000' height='30000'></svg>"));
    CHECK_FALSE(draw_our_own_svg("no drawing"));
}

TEST_CASE("bombs are refused by their header, in no time and no memory") {
    auto const before = peak_kilobytes();
    refused(promising_png(25'001, 2'000), Code::too_long, "25001 x 2000");
    refused(promising_png(30'001, 1), Code::too_long, "30001 x 1");
    refused(promising_png(0x7FFFFFFF, 0x7FFFFFFF), Code::too_long, "pixels");
    refused(promising_png(0xFFFFFFFF, 0xFFFFFFFF), Code::too_long, "pixels");
    refused(promising_png(0, 5), Code::bad_value, "without width");
    refused(promising_png(5'001, 5'000, 1), Code::too_long, "at most 25000000");  // interlaced
    auto jpeg = jpeg_of(64, 64);
    // The size stands behind the marker of the frame; ours are progressive.
    auto const frame = jpeg.find("\xFF\xC2");
    REQUIRE(frame != std::string::npos);
    auto bomb = jpeg;
    bomb.replace(frame + 5, 4, big(20'000, 2) + big(20'000, 2));
    refused(bomb, Code::too_long, "20000 x 20000");
    auto scans = jpeg;
    auto const scan = scans.find("\xFF\xDA");
    std::string many;
    for (int n = 0; n < 41; ++n) many += scans.substr(scan, scans.size() - 2 - scan);
    refused(scans.substr(0, scan) + many + "\xFF\xD9", Code::bad_value, "too many scans");
    CHECK(peak_kilobytes() - before < 20'000);
}

TEST_CASE("damaged and cut pictures are refused, never kept in part") {
    auto const whole = png(200, 150, 3, noise());
    auto const jpeg = normalise(whole)->bytes;
    auto const webp = *variant(jpeg, 320, Format::webp);
    for (auto const* const bytes : {&whole, &jpeg, &webp}) {
        for (auto const part : {3U, 10U, 30U, 60U, 90U}) {
            CAPTURE(part);
            CHECK_FALSE(normalise(std::string_view(*bytes).substr(0, bytes->size() * part / 100)));
        }
    }
    CHECK_FALSE(normalise(promising_png(100, 100)));
    // Says less in its header than it holds.
    auto lying = webp;
    lying.replace(26, 2, std::string("\x09\0", 2));
    CHECK_FALSE(normalise(lying));
}

TEST_CASE("any byte may be wrong") {
    std::vector<std::string> const seeds = {jpeg_of(60, 40), png(20, 20, 4, noise()), gif,
                                            *variant(jpeg_of(60, 40), 320, Format::webp)};
    CHECK(rc::check("refused or kept within the limits", [&seeds] {
        auto bytes = *rc::gen::elementOf(seeds);
        for (int n = *rc::gen::inRange(1, 6); n > 0; --n)
            bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
        auto const kept = normalise(bytes);
        if (!kept) return;
        RC_ASSERT(kept->width >= 1 && kept->width <= kept_side_max);
        RC_ASSERT(kept->height >= 1 && kept->height <= kept_side_max);
        RC_ASSERT(kept->digest == sha256_hex(kept->bytes));
    }));
}

TEST_CASE("variants keep to their bytes, also where all is noise") {
    struct Case {
        char const* name;
        std::string kept;
    };
    std::vector<Case> const cases = {
        {"noise", normalise(png(1400, 1100, 3, noise()))->bytes},
        {"high and narrow", normalise(png(330, 1700, 3, noise()))->bytes},
        {"noise to look through", normalise(png(700, 700, 4, noise()))->bytes},
    };
    for (auto const& c : cases) {
        CAPTURE(c.name);
        for (auto const& width : widths) {
            if (&c != &cases.front() && width.pixels > 320)
                continue;  // the hard limit is that of the smallest
            for (auto const format : {Format::jpeg, Format::webp, Format::avif}) {
                CAPTURE(facts_of(format).name);
                CAPTURE(width.pixels);
                auto const made = variant(c.kept, width.pixels, format);
                REQUIRE(made);
                CHECK(made->size() <= width.bytes_max);
                if (format == Format::avif) {
                    CHECK(made->substr(4, 8) == "ftypavif");
                } else {
                    auto const header = *read_header(*made);
                    CHECK(header.width <= width.pixels);
                    CHECK(header.height <= 2 * width.pixels);
                    CHECK(header.kind == (format == Format::jpeg ? Kind::jpeg : Kind::webp));
                }
            }
        }
    }
}

TEST_CASE("a variant has the width that was asked for, and is never larger than the picture") {
    auto const kept = jpeg_of(1000, 600);
    CHECK(read_header(*variant(kept, 320, Format::jpeg))->width == 320);
    CHECK(read_header(*variant(kept, 640, Format::webp))->width == 640);
    CHECK(read_header(*variant(kept, 640, Format::webp))->height == 384);
    CHECK(read_header(*variant(kept, 1280, Format::jpeg))->width == 1000);
    auto const pixels = seen(*variant(kept, 320, Format::jpeg));
    CHECK(is_red(at(pixels, 10, 180)));
    CHECK(is_blue(at(pixels, 310, 180)));
    CHECK(variant(kept, 321, Format::jpeg).error().field() == "width");
    CHECK(variant("nothing", 320, Format::jpeg).error().code() == Code::bad_value);
}

TEST_CASE("names of formats") {
    for (auto const format : {Format::jpeg, Format::webp, Format::avif}) {
        CHECK(*format_of(facts_of(format).name) == format);
        CHECK(*format_of(facts_of(format).extension) == format);
    }
    CHECK(format_of("png").error().field() == "format");
    CHECK_FALSE(is_digest(std::string(63, 'a')));
    CHECK_FALSE(is_digest(std::string(63, 'a') + "A"));
    CHECK(is_digest(std::string(63, 'a') + "0"));
}

TEST_CASE("many threads at a time get the same pictures") {
    auto const bytes = png(400, 300, 3, noise());
    auto const once = normalise(bytes)->digest;
    std::vector<std::thread> threads;
    std::vector<std::string> digests(6);
    for (auto& digest : digests)
        threads.emplace_back([&digest, &bytes] { digest = normalise(bytes)->digest; });
    for (auto& thread : threads) thread.join();
    for (auto const& digest : digests) CHECK(digest == once);
}
