#include "books/pack.h"

#include <archive.h>
#include <archive_entry.h>

namespace allroads::books {

namespace {

constexpr std::size_t read_bytes = 1U << 16;

struct CloseArchive {
    void operator()(archive* opened) const { archive_read_free(opened); }
};

// The name a member has without the compression around it.
std::string without_packing(std::string name) {
    for (std::string_view const ending : {".gz", ".xz"}) {
        if (name.size() > ending.size() && name.ends_with(ending)) name.resize(name.size() - ending.size());
    }
    return name;
}

}  // namespace

struct Input::Hidden {
    std::filesystem::path file;
    std::unique_ptr<archive, CloseArchive> opened;
    std::uint64_t packed_bytes = 0;    // of the file as it lies there
    std::uint64_t unpacked_bytes = 0;  // of all members so far
    std::uint64_t member_bytes = 0;
    std::size_t members = 0;
    std::string member;
    bool in_member = false;
    std::string_view left;  // of the block that libarchive lent us
    std::string pending;    // a line that began in an earlier block

    [[nodiscard]] std::unexpected<Error> bad(std::string_view what) const {
        return refuse(Code::bad_file, "", file.filename().string() + ": " + std::string(what));
    }
    [[nodiscard]] std::unexpected<Error> broken() const {
        auto const* said = archive_error_string(opened.get());
        return bad(said != nullptr ? excerpt(said, 200) : "cannot be unpacked");
    }
    [[nodiscard]] Result<void> count(std::size_t bytes);
    [[nodiscard]] Result<bool> fill();
    static std::unique_ptr<Hidden> make(std::filesystem::path file, std::uint64_t packed_bytes);
};

std::unique_ptr<Input::Hidden> Input::Hidden::make(std::filesystem::path file, std::uint64_t packed_bytes) {
    auto hidden = std::make_unique<Hidden>();
    hidden->file = std::move(file);
    hidden->packed_bytes = packed_bytes;
    hidden->opened.reset(archive_read_new());
    check(hidden->opened != nullptr);
    auto* const a = hidden->opened.get();
    // Only what libarchive unpacks itself: "filter_all" would start outside programs.
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_xz(a);
    archive_read_support_format_zip(a);
    archive_read_support_format_tar(a);
    archive_read_support_format_raw(a);
    archive_read_support_format_empty(a);
    return hidden;
}

Result<void> Input::Hidden::count(std::size_t bytes) {
    member_bytes += bytes;
    unpacked_bytes += bytes;
    auto const by_ratio = std::max(ratio_free_bytes, packed_bytes * ratio_max);
    if (member_bytes > member_bytes_max || unpacked_bytes > by_ratio) {
        return refuse(Code::too_long, "",
                      file.filename().string() + " unpacks to more than a tariff file would");
    }
    return {};
}

// The next block into `left`; false at the end of the member.
Result<bool> Input::Hidden::fill() {
    if (!in_member) return false;
    while (true) {
        void const* bytes = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        auto const status = archive_read_data_block(opened.get(), &bytes, &size, &offset);
        if (status == ARCHIVE_EOF) {
            in_member = false;
            return false;
        }
        if (status != ARCHIVE_OK) return broken();
        if (static_cast<std::uint64_t>(offset) != member_bytes) return bad("has holes");
        TRY_VOID(count(size));
        if (size == 0) continue;
        left = {static_cast<char const*>(bytes), size};
        return true;
    }
}

Input::Input(std::unique_ptr<Hidden> hidden) : hidden_(std::move(hidden)) {}
Input::Input(Input&&) noexcept = default;
Input& Input::operator=(Input&&) noexcept = default;
Input::~Input() = default;

Result<Input> Input::open(std::filesystem::path const& file) {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(file, failed)) {
        return refuse(Code::not_found, "file", file.string() + " is not a file that can be read");
    }
    auto const size = std::filesystem::file_size(file, failed);
    if (failed) return refuse(Code::not_found, "file", "cannot open " + file.string());
    auto hidden = Hidden::make(file, size);
    if (archive_read_open_filename(hidden->opened.get(), file.c_str(), read_bytes) != ARCHIVE_OK) {
        return hidden->broken();
    }
    return Input(std::move(hidden));
}

Result<Input> Input::from_memory(std::string_view name, std::string_view bytes) {
    auto hidden = Hidden::make(std::filesystem::path(name), bytes.size());
    // The bytes are lent for reading only; libarchive's older signature takes a pointer to const since 3.3.
    if (archive_read_open_memory(hidden->opened.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
        return hidden->broken();
    }
    return Input(std::move(hidden));
}

Result<bool> Input::next_member() {
    auto& h = *hidden_;
    h.left = {};
    h.pending.clear();
    h.in_member = false;
    while (true) {
        archive_entry* entry = nullptr;
        auto const status = archive_read_next_header(h.opened.get(), &entry);
        if (status == ARCHIVE_EOF) return false;
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return h.broken();
        if (++h.members > members_max) return h.bad("has more members than a tariff file would");
        bool const is_raw = archive_format(h.opened.get()) == ARCHIVE_FORMAT_RAW;
        if (!is_raw && archive_entry_filetype(entry) != AE_IFREG) continue;
        if (archive_entry_is_encrypted(entry) != 0) return h.bad("is encrypted");
        auto const* name = archive_entry_pathname(entry);
        h.member =
            is_raw || name == nullptr ? without_packing(h.file.filename().string()) : std::string(name);
        h.member_bytes = 0;
        h.in_member = true;
        return true;
    }
}

std::string_view Input::member() const { return hidden_->member; }
std::filesystem::path const& Input::file() const { return hidden_->file; }

Result<std::string_view> Input::block() {
    auto& h = *hidden_;
    if (h.left.empty() && !TRY(h.fill())) return std::string_view();
    auto const all = h.left;
    h.left = {};
    return all;
}

Result<std::optional<std::string_view>> Input::line(std::size_t limit) {
    auto& h = *hidden_;
    h.pending.clear();
    auto const too_long = [&] {
        return refuse(Code::too_long, "", "a line is longer than " + std::to_string(limit) + " bytes");
    };
    bool begun = false;
    while (true) {
        if (h.left.empty() && !TRY(h.fill())) {
            if (!begun) return std::nullopt;
            return std::string_view(h.pending);
        }
        auto const end = h.left.find('\n');
        auto piece = h.left.substr(0, end);
        if (h.pending.size() + piece.size() > limit) return too_long();
        bool const whole = end != std::string_view::npos;
        h.left.remove_prefix(whole ? end + 1 : piece.size());
        if (whole && !begun) {
            if (piece.ends_with('\r')) piece.remove_suffix(1);
            return piece;
        }
        h.pending.append(piece);
        begun = true;
        if (!whole) continue;
        if (h.pending.ends_with('\r')) h.pending.pop_back();
        return std::string_view(h.pending);
    }
}

Result<std::string> Input::rest(std::size_t limit) {
    std::string all;
    while (true) {
        auto const next = TRY(block());
        if (next.empty()) return all;
        if (all.size() + next.size() > limit) {
            return refuse(Code::too_long, "",
                          std::string(member()) + " is longer than " + std::to_string(limit) + " bytes");
        }
        all.append(next);
    }
}

}  // namespace allroads::books
