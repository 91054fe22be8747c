#include "books/freight_sheet.h"
#include "books/pack.h"
#include "books/pack_folder.h"
#include "books/plausible.h"

#include <algorithm>

namespace allroads::books {

namespace {

constexpr std::uint64_t shrink_percent_max = 5;

Result<Reader const*> reader_named(std::string_view source) {
    for (auto const& reader : readers()) {
        if (reader.source == source) return &reader;
    }
    std::string known;
    for (auto const& reader : readers()) known += (known.empty() ? "" : ", ") + std::string(reader.source);
    return refuse(Code::not_found, "source",
                  excerpt(source) + " is not a source this hub reads; there are " + known);
}

std::uint64_t size_of(ImportReport const& report) {
    return report.measures + report.lines + report.rates + report.phrases + report.freight_prices;
}

// What the newest pack of the same series holds, to compare with.
Result<std::optional<std::pair<std::string, std::uint64_t>>> loaded_before(std::filesystem::path const& packs,
                                                                           std::string const& series) {
    std::optional<std::pair<std::string, std::uint64_t>> found;
    std::string newest;
    for (auto const& pack : TRY(packs_under(packs))) {
        if (pack.series != series || pack.dated < newest) continue;
        std::uint64_t count = 0;
        auto const one = [&](auto const&) -> Result<void> {
            ++count;
            return {};
        };
        TRY_VOID(pack.measures(one));
        TRY_VOID(pack.lines(one));
        TRY_VOID(pack.rates(one));
        TRY_VOID(pack.phrases(one));
        TRY_VOID(pack.freight([&](FreightSheet const& sheet) -> Result<void> {
            count += sheet.price_count();
            return {};
        }));
        newest = pack.dated;
        found = {pack.name, count};
    }
    return found;
}

Result<void> check_shrinking(ImportReport const& report, std::filesystem::path const& packs,
                             std::string const& series) {
    auto const before = TRY(loaded_before(packs, series));
    if (!before) return {};
    auto const now = size_of(report);
    if (now * 100 >= before->second * (100 - shrink_percent_max)) return {};
    return refuse(Code::file_shrank, "file",
                  "it gives " + std::to_string(now) + " lines; the pack " + before->first +
                      " that is loaded has " + std::to_string(before->second) +
                      ". If that is right, say --accept");
}

std::string or_else(std::string const& text, std::string_view otherwise) {
    return text.empty() ? std::string(otherwise) : text;
}

// "us-hts-US-2026-06-08": a pack is named by what it is and its day, so that importing it again replaces it.
std::string pack_name(PackWriter const& writer, Reader const& reader) {
    auto const said = writer.value("pack");
    if (!said.empty()) return said;
    auto name = std::string(reader.source);
    for (auto const* key : {"market", "dated"}) {
        if (auto const value = writer.value(key); !value.empty()) name += "-" + value;
    }
    return name;
}

Result<void> read_files(ImportRequest const& request, Reader const& reader, PackWriter& writer) {
    std::string names;
    std::string sums;
    for (auto const& file : request.files) {
        auto input = TRY(Input::open(file));
        names += (names.empty() ? "" : ", ") + file.filename().string();
        sums += (sums.empty() ? "" : " ") + TRY(sha256_of(file));
        TRY_VOID(reader.read(input, {request.market, request.dated}, writer));
    }
    writer.report().file = names;
    writer.report().sha256 = sums;
    return {};
}

void set_keys(ImportRequest const& request, Reader const& reader, PackWriter& writer) {
    auto& report = writer.report();
    auto const market =
        or_else(writer.value("market"), request.market.empty() ? reader.market : request.market);
    if (writer.value("dated").empty() && request.dated) writer.set("dated", request.dated->text());
    writer.set("market", market);
    writer.set("source", std::string(reader.source));
    writer.set("title", or_else(writer.value("title"), reader.about));
    writer.set("series", or_else(writer.value("series"), std::string(reader.source) + "/" + market));
    writer.set("file", report.file);
    writer.set("sha256", report.sha256);
    report.source = reader.source;
    report.market = market;
    report.dated = writer.value("dated");
    report.pack = pack_name(writer, reader);
}

}  // namespace

std::vector<SourceAbout> sources() {
    std::vector<SourceAbout> all;
    for (auto const& reader : readers()) all.push_back({reader.source, reader.about});
    return all;
}

Result<ImportReport> import_files(ImportRequest const& request) {
    auto const& reader = *TRY(reader_named(request.source));
    if (request.files.empty()) return refuse(Code::field_missing, "file", "name at least one file to import");
    auto const packs = request.data / "packs";
    // The name of the pack is known only when the file was read, so the folder is named on commit.
    auto writer = TRY(PackWriter::create(packs / ("." + request.source), request.dry_run));
    TRY_VOID(read_files(request, reader, writer));
    set_keys(request, reader, writer);
    auto const& report = writer.report();
    if (size_of(report) == 0) {
        return refuse(Code::bad_file, "file",
                      "nothing in " + report.file + " could be read as " + request.source +
                          (report.refused.empty() ? "" : "; first: " + report.refused.front().reason));
    }
    if (!request.accept) {
        TRY_VOID(check_shrinking(report, packs, writer.value("series")));
        if (auto const why = writer.traits().looks_invented()) {
            return refuse(Code::file_invented, "file", *why + ". If that is right, say --accept");
        }
    }
    if (!request.dry_run) TRY_VOID(writer.commit(packs / report.pack));
    return report;
}

}  // namespace allroads::books
