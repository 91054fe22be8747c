#include "books/edition.h"

#include <xxhash.h>
#include <algorithm>
#include <cstring>

namespace allroads::books {

namespace {

std::size_t aligned(std::size_t size) { return (size + alignment - 1) / alignment * alignment; }

}  // namespace

std::uint64_t checksum_of(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

std::uint64_t table_fingerprint() {
    std::string all;
    for (auto const currency : all_currencies()) {
        all += currency.text();
        all += static_cast<char>('0' + currency.minor_digits());
    }
    for (auto const unit : all_units()) {
        all += ' ';
        all += unit.text();
    }
    return checksum_of(all);
}

void SegmentWriter::append(Table table, char const* data, std::size_t size, std::size_t count) {
    bytes_.resize(aligned(bytes_.size()), '\0');
    header.places[static_cast<std::size_t>(table)] = {bytes_.size(), count};
    if (size != 0) bytes_.append(data, size);
}

std::string SegmentWriter::finish() {
    std::memcpy(bytes_.data(), &header, sizeof header);
    bytes_.resize(aligned(bytes_.size()), '\0');
    return std::move(bytes_);
}

tariff::Words Pool::add(std::string_view text) {
    if (text.empty()) return {};
    auto const [place, is_new] = known_.try_emplace(std::string(text));
    if (is_new) {
        place->second = {static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(text.size())};
        bytes_ += text;
    }
    return place->second;
}

std::string edition_bytes(std::vector<Segment> const& segments, std::string_view name) {
    Header header;
    header.segment_count = static_cast<std::uint32_t>(segments.size());
    header.tables = table_fingerprint();
    std::memcpy(header.name.data(), name.data(), std::min(name.size(), header.name.size() - 1));
    std::vector<SegmentEntry> directory;
    auto at = aligned(sizeof header + segments.size() * sizeof(SegmentEntry));
    for (auto const& segment : segments) {
        auto entry = segment.entry;
        entry.at = at;
        entry.size = segment.bytes.size();
        entry.checksum = checksum_of(segment.bytes);
        at += aligned(segment.bytes.size());
        directory.push_back(entry);
    }
    header.file_size = at;
    std::string file(reinterpret_cast<char const*>(&header), sizeof header);
    if (!directory.empty()) {
        file.append(reinterpret_cast<char const*>(directory.data()), directory.size() * sizeof(SegmentEntry));
    }
    header.checksum = checksum_of(file);
    std::memcpy(file.data(), &header, sizeof header);
    file.reserve(at);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        file.resize(directory[i].at, '\0');
        file += segments[i].bytes;
    }
    file.resize(at, '\0');
    return file;
}

}  // namespace allroads::books
