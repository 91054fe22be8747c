// Copies of the data of a hub, and its health.
#include "db/db.h"

#include "cli/cli.h"
#include "photo/photo.h"

#include <fmt/format.h>
#include <cstdio>

namespace allroads::cli {

namespace {

std::filesystem::path data_file(Places const& places) { return places.data / "hub.db"; }

Result<db::Db> open_data(Places const& places) {
    auto opened = db::Db::open(data_file(places).string(), {.limits = {}, .may_create = false});
    if (opened || opened.error().code() != Code::no_db) return opened;
    return refuse(
        Code::no_db, "",
        fmt::format("{}; it is made when a hub first runs; --data or $ALLROADS_DATA name another folder",
                    opened.error().detail()));
}

void tell_copied(db::Copied const& copied, std::filesystem::path const& file) {
    std::fputs(fmt::format("{}: {} tables, {} rows, {} bytes, checked\n", file.string(), copied.tables,
                           copied.rows, copied.bytes)
                   .c_str(),
               stdout);
}

std::filesystem::path photos_beside(std::filesystem::path const& file) { return file.string() + ".photos"; }

// Pictures never change, so what is there already is left as it is.
Result<void> copy_photos(std::filesystem::path const& from, std::filesystem::path const& to) {
    std::error_code none;
    if (!std::filesystem::is_directory(from, none)) return {};
    auto const copied = TRY(TRY(photo::Album::open(from)).copy_to(to));
    fmt::print("{}: {} photos, {} of them were there\n", to.string(), copied.copied + copied.present,
               copied.present);
    return {};
}

// Records first: a picture that comes later is of no record in the copy.
Result<void> backup(Places const& places, std::filesystem::path const& file) {
    auto data = TRY(open_data(places));
    tell_copied(TRY(db::backup(data, file)), file);
    TRY_VOID(copy_photos(places.data / "photos", photos_beside(file)));
    fmt::print(stderr, "{} is not in it: keep a copy of it apart\n", (places.data / "hub.key").string());
    return {};
}

Result<void> restore(Places const& places, std::filesystem::path const& file) {
    auto const copied = TRY(db::restore(file, data_file(places).string()));
    tell_copied(copied, data_file(places));
    TRY_VOID(copy_photos(photos_beside(file), places.data / "photos"));
    // It may know of products that the copy does not have.
    std::error_code none;
    std::filesystem::remove(places.data / "search.index", none);
    return {};
}

int done_or_tell(Result<void> const& done) { return done ? 0 : tell(done.error()); }

}  // namespace

int data_copied(Places const& places, std::string const& file) { return done_or_tell(backup(places, file)); }
int data_restored(Places const& places, std::string const& file) {
    return done_or_tell(restore(places, file));
}

}  // namespace allroads::cli
