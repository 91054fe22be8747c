#include "photo/files.h"
#include "photo/photo.h"

#include <sys/resource.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <deque>
#include <set>
#include <system_error>
#include <thread>

namespace allroads::photo {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t file_bytes_max = 32'000'000;  // above whatever a kept picture can be
constexpr std::string_view parts_name = "parts";
constexpr Format kept_formats[] = {Format::jpeg, Format::webp};

std::unexpected<Error> no_picture() { return refuse(Code::not_found, "photo", "there is no such picture"); }

Result<void> must_be_offered(std::string_view digest, std::int32_t width) {
    if (!is_digest(digest)) return no_picture();
    if (std::ranges::find(widths, width, &Width::pixels) == std::end(widths))
        return refuse(Code::bad_value, "width", "a picture is 320, 640 or 1280 wide");
    return {};
}

fs::path folder_of(fs::path const& root, std::string_view digest) { return root / digest.substr(0, 2); }

fs::path kept_file(fs::path const& root, std::string_view digest, Format format) {
    return folder_of(root, digest) / (std::string(digest) + std::string(facts_of(format).extension));
}

fs::path variant_file(fs::path const& root, std::string_view digest, std::int32_t width, Format format) {
    return folder_of(root, digest) /
           (std::string(digest) + "." + std::to_string(width) + std::string(facts_of(format).extension));
}

// Nothing where there is none.
std::optional<Format> kept_format(fs::path const& root, std::string_view digest) {
    for (auto const format : kept_formats)
        if (::access(kept_file(root, digest, format).c_str(), F_OK) == 0) return format;
    return std::nullopt;
}

// What the name of a file of the album means.
struct Named {
    std::string digest;
    bool is_kept;
    Format format;
};
std::optional<Named> named(fs::path const& file) {
    auto const name = file.filename().string();
    auto const digest = name.substr(0, 64);
    if (!is_digest(digest)) return std::nullopt;
    auto const rest = std::string_view(name).substr(64);
    for (auto const format : kept_formats)
        if (rest == facts_of(format).extension) return Named{digest, true, format};
    for (auto const& width : widths)
        for (std::size_t n = 0; n < formats; ++n) {
            auto const format = static_cast<Format>(n);
            if (rest == "." + std::to_string(width.pixels) + std::string(facts_of(format).extension))
                return Named{digest, false, format};
        }
    return std::nullopt;
}

// Calls `visit(file)` for each file of the 256 folders; stops at the first refusal.
template <class Visit>
Result<void> walk(fs::path const& root, Visit const& visit) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (char const high : digits) {
        for (char const low : digits) {
            std::error_code failed;
            auto const folder = root / std::string{high, low};
            fs::directory_iterator entries(folder, failed);
            if (failed == std::errc::no_such_file_or_directory) continue;
            // A list first: what is removed meanwhile must not disturb the walk.
            std::vector<fs::path> files;
            for (; !failed && entries != fs::directory_iterator(); entries.increment(failed))
                files.push_back(entries->path());
            if (failed) {
                errno = failed.value();
                return disk_failure("listing", folder);
            }
            std::ranges::sort(files);
            for (auto const& file : files) TRY_VOID(visit(file));
        }
    }
    return {};
}

Result<void> remove_variants(fs::path const& root, std::string_view digest) {
    for (auto const& width : widths)
        for (std::size_t n = 0; n < formats; ++n)
            static_cast<void>(
                TRY(remove_file(variant_file(root, digest, width.pixels, static_cast<Format>(n)))));
    return {};
}

}  // namespace

// A variant on its way. Whoever finds it waits for the one who makes it.
struct Album::Making {
    std::optional<Result<std::string>> made;
};

struct Album::Shared {
    fs::path root;
    std::mutex lock;
    std::condition_variable is_made;
    std::map<fs::path, std::shared_ptr<Making>> makings;
    std::atomic<std::int64_t> made = 0;
    std::atomic<int> shown_at_once = 0;

    // What the thread is to make, each once; the last to be declared, so that it ends before the rest does.
    struct Wanted {
        std::string digest;
        std::int32_t width = 0;
        Format format = Format::jpeg;
        auto operator<=>(Wanted const&) const = default;
    };
    std::mutex later_lock;
    std::condition_variable_any later_changed;
    std::deque<Wanted> later;
    std::set<Wanted> later_known;  // in `later`, or being made
    std::jthread maker;

    [[nodiscard]] fs::path parts() const { return root / parts_name; }

    // Makes it and keeps it. A full disk keeps nobody from seeing the picture: it is made again next time.
    [[nodiscard]] Result<std::string> make(std::string_view digest, std::int32_t width, Format format,
                                           fs::path const& file) {
        auto const format_kept = kept_format(root, digest);
        if (!format_kept) return no_picture();
        auto const whole = TRY(read_file(kept_file(root, digest, *format_kept), file_bytes_max));
        auto bytes = TRY(variant(whole, width, format));
        ++made;
        static_cast<void>(write_whole(parts(), file, bytes));
        // Forgotten meanwhile: then nothing of it may stay behind.
        if (!kept_format(root, digest)) {
            static_cast<void>(TRY(remove_file(file)));
            return no_picture();
        }
        return bytes;
    }

    [[nodiscard]] Result<std::string> get(std::string_view digest, std::int32_t width, Format format);
    void want(Wanted wanted);
    void make_later(std::stop_token const& stop);
};

Result<Album> Album::open(fs::path const& folder) {
    auto shared = std::make_shared<Shared>();
    shared->root = folder;
    TRY_VOID(make_folder(folder));
    TRY_VOID(make_folder(shared->parts()));
    static_cast<void>(TRY(sweep(shared->parts())));
    return Album(std::move(shared));
}

Result<void> Album::put(Kept const& picture) {
    if (!is_digest(picture.digest) || sha256_hex(picture.bytes) != picture.digest ||
        std::ranges::find(kept_formats, picture.format) == std::end(kept_formats))
        return refuse(Code::bad_value, "photo", "the picture and its digest differ");
    auto const file = kept_file(shared_->root, picture.digest, picture.format);
    if (auto const present = read_file(file, file_bytes_max); present && *present == picture.bytes)
        // Whoever wrote it may have ended before its name was on the disk.
        return sync_folder(file.parent_path());
    TRY_VOID(make_folder(file.parent_path()));
    return write_whole(shared_->parts(), file, picture.bytes);
}

Result<Album::Found> Album::kept(std::string_view digest) const {
    if (!is_digest(digest)) return no_picture();
    for (auto const format : kept_formats) {
        auto bytes = read_file(kept_file(shared_->root, digest, format), file_bytes_max);
        if (bytes) return Found{std::move(*bytes), format};
        if (bytes.error().code() != Code::not_found) return std::unexpected(std::move(bytes).error());
    }
    return no_picture();
}

Result<std::string> Album::Shared::get(std::string_view digest, std::int32_t width, Format format) {
    auto const file = variant_file(root, digest, width, format);
    auto ready = read_file(file, file_bytes_max);
    if (ready || ready.error().code() != Code::not_found) return ready;

    std::unique_lock held(lock);
    auto const found = makings.find(file);
    if (found != makings.end()) {
        auto const making = found->second;
        is_made.wait(held, [&making] { return making->made.has_value(); });
        return *making->made;
    }
    auto const mine = std::make_shared<Making>();
    makings.emplace(file, mine);
    held.unlock();
    auto const settle = [&](Result<std::string> const& settled) {
        {
            std::lock_guard const again(lock);
            mine->made = settled;
            makings.erase(file);
        }
        is_made.notify_all();
        return settled;
    };
    try {
        // It may have been finished between the look at the disk and the look at the list.
        ready = read_file(file, file_bytes_max);
        if (!ready && ready.error().code() == Code::not_found) ready = make(digest, width, format, file);
        return settle(ready);
    } catch (...) {  // nobody may wait for ever
        static_cast<void>(settle(refuse(Code::internal, "photo", "a smaller picture was not made")));
        throw;
    }
}

// Starts the thread with the first thing that it is to do: most processes that open an album never need it.
void Album::Shared::want(Wanted wanted) {
    std::lock_guard const held(later_lock);
    if (later.size() >= later_max || !later_known.insert(wanted).second) return;
    later.push_back(std::move(wanted));
    later_changed.notify_all();
    if (!maker.joinable()) maker = std::jthread([this](std::stop_token const& stop) { make_later(stop); });
}

void Album::Shared::make_later(std::stop_token const& stop) {
    // Behind everything that somebody waits for.
    static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 15));
    std::unique_lock held(later_lock);
    while (later_changed.wait(held, stop, [this] { return !later.empty(); }) && !stop.stop_requested()) {
        auto const wanted = std::move(later.front());
        later.pop_front();
        held.unlock();
        try {
            // What cannot be made is asked for again; until then the JPEG is shown.
            static_cast<void>(get(wanted.digest, wanted.width, wanted.format));
        } catch (std::exception const&) {}
        held.lock();
        later_known.erase(wanted);
        later_changed.notify_all();
    }
}

Result<std::string> Album::get(std::string_view digest, std::int32_t width, Format format) {
    TRY_VOID(must_be_offered(digest, width));
    return shared_->get(digest, width, format);
}

Result<Album::Shown> Album::show(std::string_view digest, std::int32_t width, Format format) {
    TRY_VOID(must_be_offered(digest, width));
    auto const& root = shared_->root;
    auto const on_disk = [&](std::int32_t pixels, Format kind) {
        return read_file(variant_file(root, digest, pixels, kind), file_bytes_max);
    };
    if (auto ready = on_disk(width, format)) return Shown{std::move(*ready), format, true};
    if (!kept_format(root, digest)) return no_picture();
    bool const is_jpeg = format == Format::jpeg;
    if (!is_jpeg) {
        shared_->want({std::string(digest), width, format});
        if (auto ready = on_disk(width, Format::jpeg)) return Shown{std::move(*ready), Format::jpeg, false};
    }
    struct Counted {
        std::atomic<int>& count;
        bool const is_free = count.fetch_add(1) < showing_max;
        ~Counted() { --count; }
    } const counted{shared_->shown_at_once};
    if (counted.is_free) {
        auto bytes = shared_->get(digest, width, Format::jpeg);
        if (bytes) return Shown{std::move(*bytes), Format::jpeg, is_jpeg};
        if (bytes.error().code() != Code::busy) return std::unexpected(std::move(bytes).error());
    }
    shared_->want({std::string(digest), width, Format::jpeg});
    for (auto const& other : widths)
        if (auto ready = on_disk(other.pixels, Format::jpeg))
            return Shown{std::move(*ready), Format::jpeg, false};
    auto whole = TRY(kept(digest));
    return Shown{std::move(whole.bytes), whole.format, false};
}

void Album::prepare(std::string_view digest) {
    if (!is_digest(digest)) return;
    for (auto const format : {Format::jpeg, Format::avif})
        for (auto const& width : widths) shared_->want({std::string(digest), width.pixels, format});
}

void Album::wait_until_made() {
    std::unique_lock held(shared_->later_lock);
    shared_->later_changed.wait(held, [this] { return shared_->later_known.empty(); });
}

std::int64_t Album::made() const { return shared_->made; }

Result<void> Album::forget(std::string_view digest) {
    if (!is_digest(digest)) return no_picture();
    auto const& root = shared_->root;
    // The picture goes before its last variants: who makes one now sees that the picture is gone, and removes
    // it.
    TRY_VOID(remove_variants(root, digest));
    for (auto const format : kept_formats)
        static_cast<void>(TRY(remove_file(kept_file(root, digest, format))));
    TRY_VOID(remove_variants(root, digest));
    if (::access(folder_of(root, digest).c_str(), F_OK) != 0) return {};
    return sync_folder(folder_of(root, digest));
}

Result<Album::Checked> Album::check() {
    Checked checked;
    static_cast<void>(TRY(sweep(shared_->parts())));
    TRY_VOID(walk(shared_->root, [&](fs::path const& file) -> Result<void> {
        auto const name = named(file);
        if (!name) return {};  // not ours; left alone
        if (!name->is_kept) {
            if (!kept_format(shared_->root, name->digest)) checked.dropped += TRY(remove_file(file)) ? 1 : 0;
            return {};
        }
        auto const bytes = read_file(file, file_bytes_max);
        if (!bytes && bytes.error().code() == Code::not_found) return {};  // forgotten meanwhile
        ++checked.kept;
        bool const is_whole = bytes && sha256_hex(*bytes) == name->digest &&
                              name->digest.starts_with(file.parent_path().filename().string());
        if (!is_whole) checked.damaged.push_back(name->digest);
        return {};
    }));
    return checked;
}

Result<Album::Copied> Album::copy_to(fs::path const& folder) const {
    Copied copied;
    auto const parts = folder / parts_name;
    TRY_VOID(make_folder(folder));
    TRY_VOID(make_folder(parts));
    fs::path unsynced;
    TRY_VOID(walk(shared_->root, [&](fs::path const& file) -> Result<void> {
        auto const name = named(file);
        if (!name || !name->is_kept) return {};
        auto const target = kept_file(folder, name->digest, name->format);
        if (!unsynced.empty() && unsynced != target.parent_path()) TRY_VOID(sync_folder(unsynced));
        unsynced = target.parent_path();
        TRY_VOID(make_folder(unsynced));
        // No file of an album is ever changed, only replaced, so that a second name for it is a copy.
        if (::link(file.c_str(), target.c_str()) == 0) {
            ++copied.copied;
        } else if (errno == EEXIST) {
            ++copied.present;
        } else if (auto const bytes = read_file(file, file_bytes_max); bytes) {
            TRY_VOID(write_whole(parts, target, *bytes));
            ++copied.copied;
        } else if (bytes.error().code() != Code::not_found) {
            return std::unexpected(bytes.error());
        }
        return {};
    }));
    if (!unsynced.empty()) TRY_VOID(sync_folder(unsynced));
    return copied;
}

}  // namespace allroads::photo
