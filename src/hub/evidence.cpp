// Files that are shown in a dispute: what is taken in, and who sees it.
#include "hub/hidden.h"

#include <sodium.h>

#include <algorithm>

namespace allroads::hub {
namespace {

using deal::Kind;

constexpr std::string_view pdf = "application/pdf";

std::string sha256(std::string_view bytes) {
    std::string digest(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(static_cast<unsigned char*>(static_cast<void*>(digest.data())),
                       static_cast<unsigned char const*>(static_cast<void const*>(bytes.data())),
                       bytes.size());
    return hexadecimal(digest);
}

// By what it begins with, not by what it is called.
bool is_photo(std::string_view bytes) {
    return bytes.starts_with("\xFF\xD8\xFF") || bytes.starts_with("\x89PNG\r\n\x1A\n") ||
           (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP"));
}

// What runs, or opens something else, when somebody looks: no paper needs it. Such words may also hide in
// compressed parts, so a file is never shown within a page of ours.
Result<void> check_pdf(std::string_view bytes) {
    constexpr std::size_t tail = 1024;
    auto const end = bytes.substr(bytes.size() - std::min(bytes.size(), tail));
    bool const is_whole = (bytes.starts_with("%PDF-1.") || bytes.starts_with("%PDF-2.")) &&
                          end.find("%%EOF") != std::string_view::npos;
    if (!is_whole) return refuse(Code::bad_file, "file", "expected a photo (JPEG, PNG, WebP) or a whole PDF");
    for (auto const* const word : {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/RichMedia", "/XFA"})
        if (bytes.find(word) != std::string_view::npos)
            return refuse(Code::bad_file, "file", "a PDF that runs something or holds other files");
    return {};
}

Result<DealFile> read_file(std::string_view bytes, db::Moment now) {
    if (bytes.empty()) return refuse(Code::field_missing, "file", "which file?");
    if (bytes.size() > file_bytes_max) return refuse(Code::too_long, "file", "at most 8,000,000 bytes");
    if (!is_photo(bytes)) {
        TRY_VOID(check_pdf(bytes));
        return DealFile{sha256(bytes), std::string(pdf), std::string(bytes), now};
    }
    auto kept = photo::normalise(bytes);
    if (!kept) {
        auto const code = kept.error().code() == Code::bad_value ? Code::bad_file : kept.error().code();
        return refuse(code, "file", kept.error().detail());
    }
    return DealFile{std::move(kept->digest), std::string(photo::facts_of(kept->format).media_type),
                    std::move(kept->bytes), now};
}

bool takes_evidence(deal::Deal const& deal, std::vector<deal::Actor> const& sides) {
    return std::ranges::any_of(sides, [&](deal::Actor const& one) {
        auto const can = deal::possible(deal, one);
        return std::ranges::find(can, Kind::evidence) != can.end();
    });
}

}  // namespace

Result<std::string> Hub::keep_file(Caller const& caller, deal::DealId id, std::string_view bytes) {
    auto& house = *hidden_;
    auto const trading = house.trader(caller, "deals:write");
    if (!trading) return house.noted(caller, "deal", id.text(), trading.error());
    TRY_VOID(house.may_write_now(caller));
    {
        auto read = TRY(house.data->read());
        auto const deal = TRY(deal::deal_by_id(read, house.self, id));
        auto const owner = TRY(shop::shop_by_id(read, house.self, shop::ShopId(deal.seller))).owner;
        auto const sides = house.sides_of(caller, deal, owner);
        if (sides.empty()) return refuse(Code::not_found, "deal", "there is no such deal");
        if (!takes_evidence(deal, sides))
            return refuse(Code::conflict, "kind", "no evidence is taken from you in it now");
    }
    auto const file = TRY(read_file(bytes, now()));
    return house.data->write([&](db::Write& write) -> Result<std::string> {
        std::int64_t files = 0, together = 0;
        {
            auto const row =
                TRY(write.one("SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM deal_file WHERE hub = ? AND "
                              "deal = ? AND digest "
                              "<> ?",
                              house.self, id, file.digest));
            files = row.integer(0);
            together = row.integer(1);
        }
        auto const size = static_cast<std::int64_t>(file.bytes.size());
        bool const has_room = files < static_cast<std::int64_t>(files_of_deal_max) &&
                              together + size <= static_cast<std::int64_t>(files_of_deal_bytes);
        if (!has_room)
            return refuse(Code::not_enough, "file", "an order has at most 20 files, 40 MB together");
        (void)TRY(
            write.run("INSERT INTO deal_file (hub, deal, digest, account, type, bytes, made, shown, content) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT (hub, deal, digest) DO NOTHING",
                      house.self, id, file.digest, *trading, file.type, size,
                      file.made.time_since_epoch().count(), db::Blob{file.bytes}));
        return file.digest;
    });
}

Result<DealFile> Hub::file_of(Caller const& caller, deal::DealId id, std::string_view digest) {
    auto const seen = TRY(deal(caller, id));
    auto const account = caller.acting_for ? caller.acting_for : caller.account;
    auto read = TRY(hidden_->data->read());
    auto const row = TRY(read.first(
        "SELECT type, content, made, shown, account FROM deal_file WHERE hub = ? AND deal = ? AND digest = ?",
        hidden_->self, seen.deal.id, digest));
    bool const is_own = row && account && row->id_bytes(4) == account->bytes();
    if (!row || (row->integer(3) == 0 && !is_own))
        return refuse(Code::not_found, "file", "no such file was shown");
    return DealFile{std::string(digest), std::string(row->text(0)), std::string(row->blob(1)),
                    db::Moment(std::chrono::milliseconds(row->integer(2)))};
}

Result<void> Hub::Hidden::fill_evidence(deal::Event& event, Deed const& deed) const {
    bool const is_said =
        event.kind == Kind::dispute || event.kind == Kind::answer || event.kind == Kind::evidence;
    if (is_said && event.reference.starts_with(file_mark))
        return refuse(Code::bad_value, "reference", "send the file, and name it as `file`");
    if (deed.file.empty()) return {};
    if (event.kind != Kind::evidence) return refuse(Code::field_unknown, "file", "of evidence alone");
    if (!photo::is_digest(deed.file)) return refuse(Code::bad_value, "file", "expected a SHA-256");
    if (!event.reference.empty())
        return refuse(Code::bad_value, "reference", "a file stands in its place; say it in the note");
    event.reference = std::string(file_mark) + deed.file;
    return {};
}

Result<void> Hub::Hidden::show_file(db::Write& write, deal::DealId const& deal, std::string_view digest) {
    auto const shown = TRY(write.run(
        "UPDATE deal_file SET shown = 1 WHERE hub = ? AND deal = ? AND digest = ?", self, deal, digest));
    return shown == 1 ? Result<void>()
                      : refuse(Code::not_found, "file", "no such file was sent for this order");
}

// One at a time: all together may be more than fits into memory.
Result<std::vector<std::string>> Hub::Hidden::check_files(db::Asked& asked) {
    struct Kept {
        deal::DealId deal;
        std::string digest;
    };
    std::vector<Kept> all;
    {
        auto rows = TRY(asked.rows("SELECT deal, digest FROM deal_file WHERE hub = ?", self));
        while (TRY(rows.next())) all.push_back({rows.id<deal::Deal>(0), std::string(rows.text(1))});
    }
    std::vector<std::string> wrong;
    for (auto const& one : all) {
        auto const row =
            TRY(asked.one("SELECT content FROM deal_file WHERE hub = ? AND deal = ? AND digest = ?", self,
                          one.deal, one.digest));
        if (sha256(row.blob(0)) != one.digest)
            wrong.push_back("file " + one.digest + " of deal " + one.deal.text() +
                            ": it holds something else");
    }
    return wrong;
}

}  // namespace allroads::hub
