#pragma once
// photo: what a shop's picture becomes, where it is kept, and how it arrives over a bad line.
//
// Promises: a picture is hostile until it was drawn anew. What is kept holds pixels and nothing else: no
// place, no camera, no thumbnail, no colour profile (its colours are sRGB), no byte of the file that came.
// Memory and work are bounded before the first pixel is read. A file is there whole or not at all, whatever
// moment the program ends at; what was acknowledged is on the disk. Any thread may call anything here.

#include "base/base.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::photo {

// ---- limits -----------------------------------------------------------------------------------------------

inline constexpr std::size_t upload_bytes_max = 12'000'000;
inline constexpr std::int64_t pixels_max = 50'000'000;        // of pictures that are read line by line
inline constexpr std::int64_t pixels_max_whole = 25'000'000;  // of those that must lie in memory whole
inline constexpr std::int32_t side_max = 30'000;
inline constexpr std::size_t jpeg_scans_max = 40;  // a progressive picture has about ten
inline constexpr std::int32_t kept_side_max = 2048;
inline constexpr std::size_t decoders_max = 2;  // at work at one time; others wait
inline constexpr std::size_t waiting_max = 64;  // more are refused (`busy`)
inline constexpr int showing_max = 6;  // that `Album::show` makes while somebody waits; beyond it, none
inline constexpr std::size_t later_max =
    2'000;  // variants that wait to be made; more wait to be asked for again
inline constexpr std::size_t svg_bytes_max = 256'000;

inline constexpr std::size_t owner_bytes_max = 200;
inline constexpr std::size_t uploads_of_owner_max = 20;
inline constexpr std::size_t uploads_max = 2'000;
inline constexpr std::int64_t uploads_bytes_max = 2'000'000'000;
inline constexpr std::chrono::seconds upload_life = std::chrono::days(7);
inline constexpr std::chrono::seconds empty_upload_life = std::chrono::hours(1);

// ---- pictures ---------------------------------------------------------------------------------------------

enum class Format : std::uint8_t { jpeg, webp, avif };
inline constexpr std::size_t formats = 3;
struct FormatFacts {
    std::string_view name;        // "jpeg"
    std::string_view extension;   // ".jpg"
    std::string_view media_type;  // "image/jpeg"
};
[[nodiscard]] FormatFacts const& facts_of(Format format);
[[nodiscard]] Result<Format> format_of(std::string_view name_or_extension);

// A picture as the hub keeps it: upright, sRGB, its longest side at most kept_side_max.
struct Kept {
    std::string bytes = {};
    std::string digest = {};       // SHA-256 of `bytes`, 64 hexadecimal digits in lower case
    Format format = Format::jpeg;  // WebP where something shows through, JPEG otherwise
    std::int32_t width = 0;
    std::int32_t height = 0;
};

// The bytes somebody sent: JPEG, PNG, WebP or the first frame of a GIF; told by their content. Anything else,
// and whatever is damaged or cut short, is refused (`bad-value`, `too-long`) with the field "photo".
[[nodiscard]] Result<Kept> normalise(std::string_view hostile);

// Widths a page may ask for, and how many bytes each may have, whatever the picture.
struct Width {
    std::int32_t pixels;
    std::size_t bytes_max;
};
inline constexpr Width widths[] = {{320, 20'000}, {640, 80'000}, {1280, 250'000}};

// A kept picture made smaller: at most `width` wide and twice as high, never larger than it is. Quality is
// lowered until the bytes are few enough. What shows through becomes white in JPEG.
[[nodiscard]] Result<std::string> variant(std::string_view kept, std::int32_t width, Format format);

// Draws an SVG text that WE wrote (pictures of the demonstration shops). Never hand it anything that came
// from outside: an SVG may hold a bomb, and no limit of `normalise` applies while it is drawn.
[[nodiscard]] Result<Kept> draw_our_own_svg(std::string_view trusted);

[[nodiscard]] bool is_digest(std::string_view text);  // 64 of 0-9 a-f

// ---- the album --------------------------------------------------------------------------------------------

// Kept pictures in a folder, by their digest: <folder>/ab/ab12….jpg, and beside each its variants as they
// were first asked for. Several processes may use one folder.
class Album {
public:
    struct Found {
        std::string bytes = {};
        Format format = Format::jpeg;
    };
    struct Shown {
        std::string bytes = {};
        Format format = Format::jpeg;
        bool is_asked_for = false;  // false: what was asked for is still to be made
    };
    struct Checked {
        std::int64_t kept = 0;                  // pictures looked at
        std::int64_t dropped = 0;               // variants without a picture, removed
        std::vector<std::string> damaged = {};  // digests whose file holds something else
    };
    struct Copied {
        std::int64_t copied = 0;
        std::int64_t present = 0;  // were there already
    };

    [[nodiscard]] static Result<Album> open(std::filesystem::path const& folder);  // made if need be

    // The digest. To put the same picture again changes nothing; a damaged file is mended by it.
    [[nodiscard]] Result<void> put(Kept const& picture);
    [[nodiscard]] Result<Found> kept(std::string_view digest) const;
    // Made when first asked for, once, however many ask meanwhile.
    [[nodiscard]] Result<std::string> get(std::string_view digest, std::int32_t width, Format format);
    // What can be shown now: the variant, or, while a thread of the album's own makes it, a JPEG as wide,
    // which is made in a twentieth of the time; where too many wait for even that, another width or the
    // picture as it is kept. Whoever looks at a page sees a picture, however many do.
    [[nodiscard]] Result<Shown> show(std::string_view digest, std::int32_t width, Format format);
    // Makes what pages ask for first, at leisure.
    void prepare(std::string_view digest);
    void wait_until_made();                   // all that `show` and `prepare` have begun; for tests
    [[nodiscard]] std::int64_t made() const;  // variants, since it was opened; for counters
    // The picture and its variants are gone from the disk afterwards; nothing to do is no failure.
    [[nodiscard]] Result<void> forget(std::string_view digest);
    [[nodiscard]] Result<Checked> check();
    // What the album `folder` lacks of the kept pictures, by hard links where it can. Variants are made
    // again.
    [[nodiscard]] Result<Copied> copy_to(std::filesystem::path const& folder) const;

private:
    struct Making;
    struct Shared;
    explicit Album(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
    std::shared_ptr<Shared> shared_;
};

// ---- uploads on a bad line --------------------------------------------------------------------------------

// Bytes that arrive in pieces, over hours or days. Several processes may use one folder. docs/photos.md says
// how this becomes HTTP. Somebody else's upload is `not-found`.
class Uploads {
public:
    using Time = std::chrono::sys_seconds;
    struct State {
        std::int64_t offset = 0;  // how many bytes are here, on the disk
        std::int64_t total = 0;
        Time ends = {};  // it is dropped then
    };
    struct Appended {
        std::int64_t offset = 0;  // where the next piece begins
        bool is_taken = false;    // false: the piece began beyond `offset`; nothing was changed
    };

    [[nodiscard]] static Result<Uploads> open(std::filesystem::path const& folder);

    // The id. `sha256` is what the whole will have, as 64 hexadecimal digits, if the sender knows it.
    [[nodiscard]] Result<std::string> begin(std::string_view owner, std::int64_t total,
                                            std::optional<std::string_view> sha256, Time now);
    // Bytes that are here already may be sent again, if they are the same (else `conflict`).
    [[nodiscard]] Result<Appended> append(std::string_view id, std::string_view owner, std::int64_t offset,
                                          std::string_view bytes, Time now);
    [[nodiscard]] Result<State> state(std::string_view id, std::string_view owner, Time now) const;
    // All bytes, once all are here (else `conflict`). They stay until `forget`, so that whoever fails between
    // here and the album asks again. Bytes of another digest than was promised are refused and dropped.
    [[nodiscard]] Result<std::string> finish(std::string_view id, std::string_view owner, Time now);
    [[nodiscard]] Result<void> forget(std::string_view id, std::string_view owner);
    // Drops what is over its time and what a crash left; how many.
    [[nodiscard]] Result<std::int64_t> expire(Time now);

private:
    struct Shared;
    explicit Uploads(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
    std::shared_ptr<Shared> shared_;
};

}  // namespace allroads::photo
