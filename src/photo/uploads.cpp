#include "photo/files.h"
#include "photo/photo.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>

// An upload is two files: <id>.data, the bytes, and <id>.facts, a few lines of text. It exists while its
// facts do. Of the data, as many bytes count as the first line of the facts says; that number is written
// after the bytes are on the disk, and acknowledged after it is there itself. What lies behind it was never
// acknowledged.

namespace allroads::photo {

namespace fs = std::filesystem;

namespace {

using Time = Uploads::Time;

constexpr std::size_t id_letters = 32;
constexpr std::size_t number_letters = 20;
constexpr std::size_t facts_bytes = 200;
constexpr std::string_view parts_name = "parts";

// Lines of fixed width, so that the offset can be written over in place: 21 bytes of one sector.
struct Facts {
    std::int64_t offset = 0;
    std::int64_t total = 0;
    Time begun = {};
    std::string owner;   // the digest of it: whose upload it is need not lie about
    std::string sha256;  // or "-"

    [[nodiscard]] Time ends() const { return begun + (offset == 0 ? empty_upload_life : upload_life); }
};

std::string number_text(std::int64_t number) {
    auto const digits = std::to_string(number);
    return std::string(number_letters - digits.size(), '0') + digits + "\n";
}

std::string facts_text(Facts const& facts) {
    return number_text(facts.offset) + number_text(facts.total) +
           number_text(facts.begun.time_since_epoch().count()) + facts.owner + "\n" + facts.sha256 + "\n";
}

// Nothing where the text is not one of ours.
std::optional<Facts> facts_from(std::string_view text) {
    std::array<std::string_view, 5> lines;
    for (auto& line : lines) {
        auto const end = text.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        line = text.substr(0, end);
        text.remove_prefix(end + 1);
    }
    std::array<std::int64_t, 3> numbers{};
    for (std::size_t n = 0; n < numbers.size(); ++n) {
        auto const* const end = lines[n].data() + lines[n].size();
        auto const read = std::from_chars(lines[n].data(), end, numbers[n]);
        if (lines[n].size() != number_letters || read.ptr != end || numbers[n] < 0) return std::nullopt;
    }
    bool const is_sane =
        text.empty() && numbers[0] <= numbers[1] && std::cmp_less_equal(numbers[1], upload_bytes_max) &&
        numbers[2] < std::int64_t{1} << 40 && is_digest(lines[3]) && (lines[4] == "-" || is_digest(lines[4]));
    if (!is_sane) return std::nullopt;
    return Facts{numbers[0], numbers[1], Time(std::chrono::seconds(numbers[2])), std::string(lines[3]),
                 std::string(lines[4])};
}

bool is_id(std::string_view text) {
    return text.size() == id_letters &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::unexpected<Error> no_upload() { return refuse(Code::not_found, "upload", "there is no such upload"); }

Result<std::string> owner_digest(std::string_view owner) {
    if (owner.empty() || owner.size() > owner_bytes_max)
        return refuse(Code::bad_value, "owner", "an owner is named by 1 to 200 bytes");
    return sha256_hex(owner);
}

// The facts of one upload, locked until the end of this: one piece at a time, in all processes.
struct Locked {
    Handle handle = {};
    Facts facts = {};
};

}  // namespace

struct Uploads::Shared {
    fs::path root;
    std::atomic<std::int64_t> stored = 0;  // bytes of all uploads, as counted last and added to since

    [[nodiscard]] fs::path parts() const { return root / parts_name; }
    [[nodiscard]] fs::path data(std::string_view id) const { return root / (std::string(id) + ".data"); }
    [[nodiscard]] fs::path facts(std::string_view id) const { return root / (std::string(id) + ".facts"); }

    [[nodiscard]] Result<Locked> locked(std::string_view id) const {
        if (!is_id(id)) return no_upload();
        auto const file = facts(id);
        Locked found{.handle = Handle(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW))};
        if (!found.handle)
            return errno == ENOENT ? Result<Locked>(no_upload()) : disk_failure("opening", file);
        while (::flock(found.handle.number(), LOCK_EX) != 0)
            if (errno != EINTR) return disk_failure("locking", file);
        // It may have been removed while we waited.
        if (::access(file.c_str(), F_OK) != 0) return no_upload();
        auto const text = TRY(read_file(file, facts_bytes));
        auto read = facts_from(text);
        if (!read) return no_upload();
        found.facts = std::move(*read);
        return found;
    }

    // The upload of this owner, if its time is not over.
    [[nodiscard]] Result<Locked> owned(std::string_view id, std::string_view owner, Time now) const {
        auto const whose = TRY(owner_digest(owner));
        auto found = TRY(locked(id));
        if (found.facts.owner != whose || now >= found.facts.ends()) return no_upload();
        return found;
    }

    // The data last: without its facts it is swept.
    [[nodiscard]] Result<void> remove(std::string_view id) {
        static_cast<void>(TRY(remove_file(facts(id))));
        static_cast<void>(TRY(remove_file(data(id))));
        return sync_folder(root);
    }

    [[nodiscard]] Result<std::vector<std::string>> ids(std::string_view extension) const {
        std::vector<std::string> found;
        std::error_code failed;
        fs::directory_iterator entries(root, failed);
        for (; !failed && entries != fs::directory_iterator(); entries.increment(failed))
            if (auto const& file = entries->path();
                file.extension() == extension && is_id(file.stem().string()))
                found.push_back(file.stem().string());
        if (failed) {
            errno = failed.value();
            return disk_failure("listing", root);
        }
        return found;
    }

    struct Counted {
        std::size_t all = 0;
        std::size_t of_owner = 0;
        std::int64_t bytes = 0;
    };
    [[nodiscard]] Result<Counted> count(std::string_view whose) const {
        Counted counted;
        for (auto const& id : TRY(ids(".facts"))) {
            auto const text = read_file(facts(id), facts_bytes);
            auto const read = text ? facts_from(*text) : std::nullopt;
            if (!read) continue;
            ++counted.all;
            counted.bytes += read->offset;
            if (read->owner == whose) ++counted.of_owner;
        }
        return counted;
    }

    // One at a time in all processes, so that two do not both find the last free place.
    [[nodiscard]] Result<Handle> gate() const {
        auto const file = root / "lock";
        Handle handle(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
        if (!handle || ::flock(handle.number(), LOCK_EX) != 0) return disk_failure("locking", file);
        return handle;
    }
};

Result<Uploads> Uploads::open(fs::path const& folder) {
    auto shared = std::make_shared<Shared>();
    shared->root = folder;
    TRY_VOID(make_folder(folder));
    TRY_VOID(make_folder(shared->parts()));
    static_cast<void>(TRY(sweep(shared->parts())));
    shared->stored = TRY(shared->count("")).bytes;
    return Uploads(std::move(shared));
}

Result<std::string> Uploads::begin(std::string_view owner, std::int64_t total,
                                   std::optional<std::string_view> sha256, Time now) {
    auto const whose = TRY(owner_digest(owner));
    if (total < 1) return refuse(Code::bad_value, "total", "an upload has at least one byte");
    if (std::cmp_greater(total, upload_bytes_max))
        return refuse(Code::too_long, "total",
                      "at most " + std::to_string(upload_bytes_max) + " bytes; make the picture smaller");
    if (sha256 && !is_digest(*sha256))
        return refuse(Code::bad_value, "sha256", "a digest is 64 hexadecimal digits in lower case");
    check(now.time_since_epoch().count() >= 0);

    auto const gate = TRY(shared_->gate());
    auto const counted = TRY(shared_->count(whose));
    shared_->stored = counted.bytes;
    if (counted.of_owner >= uploads_of_owner_max)
        return refuse(Code::too_many, "upload", "finish or give up one of the 20 uploads that are under way");
    if (counted.all >= uploads_max || counted.bytes + total > uploads_bytes_max)
        return refuse(Code::busy, "upload", "too many uploads are under way");

    auto id = random_hex(id_letters / 2);
    auto const data = shared_->data(id);
    Handle const out(::open(data.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!out) return disk_failure("making", data);
    Facts const facts{0, total, now, whose, std::string(sha256.value_or("-"))};
    TRY_VOID(write_whole(shared_->parts(), shared_->facts(id), facts_text(facts)));
    return id;
}

Result<Uploads::Appended> Uploads::append(std::string_view id, std::string_view owner, std::int64_t offset,
                                          std::string_view bytes, Time now) {
    auto const upload = TRY(shared_->owned(id, owner, now));
    auto const here = upload.facts.offset;
    if (offset < 0 || offset > here) return Appended{here, false};
    if (std::cmp_greater(bytes.size(), upload.facts.total - offset))
        return refuse(Code::too_long, "upload",
                      "more bytes than the " + std::to_string(upload.facts.total) + " that were announced");
    auto const data = shared_->data(id);
    Handle const file(::open(data.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (!file) return disk_failure("opening", data);

    auto const again = bytes.substr(0, static_cast<std::size_t>(here - offset));
    std::string stored(again.size(), '\0');
    for (std::size_t have = 0; have < stored.size();) {
        auto const got = ::pread(file.number(), stored.data() + have, stored.size() - have,
                                 offset + static_cast<std::int64_t>(have));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return disk_failure("reading", data);
        have += static_cast<std::size_t>(got);
    }
    if (stored != again)
        return refuse(Code::conflict, "upload", "these bytes differ from those that came before them");
    bytes.remove_prefix(again.size());
    if (bytes.empty()) return Appended{here, true};

    auto const added = static_cast<std::int64_t>(bytes.size());
    if (shared_->stored.fetch_add(added) + added > uploads_bytes_max) {
        shared_->stored -= added;
        return refuse(Code::busy, "upload", "too many uploads are under way");
    }
    TRY_VOID(write_at(file, here, bytes, data));
    TRY_VOID(sync_data(file, data));
    TRY_VOID(write_at(upload.handle, 0, number_text(here + added), shared_->facts(id)));
    TRY_VOID(sync_data(upload.handle, shared_->facts(id)));
    return Appended{here + added, true};
}

Result<Uploads::State> Uploads::state(std::string_view id, std::string_view owner, Time now) const {
    auto const upload = TRY(shared_->owned(id, owner, now));
    return State{upload.facts.offset, upload.facts.total, upload.facts.ends()};
}

Result<std::string> Uploads::finish(std::string_view id, std::string_view owner, Time now) {
    auto const upload = TRY(shared_->owned(id, owner, now));
    auto const& facts = upload.facts;
    if (facts.offset != facts.total)
        return refuse(
            Code::conflict, "upload",
            "there are " + std::to_string(facts.offset) + " of " + std::to_string(facts.total) + " bytes");
    auto bytes = TRY(read_file(shared_->data(id), upload_bytes_max));
    // Behind the offset may lie what was sent and not acknowledged; here nothing can.
    if (std::cmp_not_equal(bytes.size(), facts.total))
        return refuse(Code::unavailable, "upload", "the stored file is not as long as it was");
    if (facts.sha256 != "-" && sha256_hex(bytes) != facts.sha256) {
        TRY_VOID(shared_->remove(id));
        return refuse(Code::bad_value, "sha256",
                      "the bytes have another digest than was promised; begin again");
    }
    return bytes;
}

Result<void> Uploads::forget(std::string_view id, std::string_view owner) {
    auto const whose = TRY(owner_digest(owner));
    auto const upload = TRY(shared_->locked(id));
    if (upload.facts.owner != whose) return no_upload();
    TRY_VOID(shared_->remove(id));
    shared_->stored -= upload.facts.offset;
    return {};
}

Result<std::int64_t> Uploads::expire(Time now) {
    std::int64_t dropped = 0;
    auto const gate = TRY(shared_->gate());  // nobody is between making data and making its facts
    static_cast<void>(TRY(sweep(shared_->parts())));
    for (auto const& id : TRY(shared_->ids(".facts"))) {
        auto const upload = shared_->locked(id);
        if (upload && now < upload->facts.ends()) continue;
        // Unreadable facts are of no upload; another failure is the disk's.
        if (!upload && upload.error().code() != Code::not_found) return std::unexpected(upload.error());
        TRY_VOID(shared_->remove(id));
        ++dropped;
    }
    for (auto const& id : TRY(shared_->ids(".data"))) {
        if (::access(shared_->facts(id).c_str(), F_OK) == 0) continue;
        dropped += TRY(remove_file(shared_->data(id))) ? 1 : 0;
    }
    shared_->stored = TRY(shared_->count("")).bytes;
    return dropped;
}

}  // namespace allroads::photo
