// Bytes as a saved index, and any words to an index: refused, or answered within the limits.

#include "search/segment.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

using namespace allroads;
using namespace allroads::search;

Index const& known() {
    static auto const index = [] {
        Index made;
        std::vector<Entry> entries;
        for (auto const* title : {"sisal basket", "leather bags", "剑麻篮子", "سلة منسوجة", "ตะกร้าสาน"}) {
            Entry entry{.id = {},
                        .texts = {{"en", title, "made by hand"}},
                        .origin = *Country::parse("KE"),
                        .ships_from = *Country::parse("KE"),
                        .currency = currency::USD};
            entry.id[0] = static_cast<unsigned char>(entries.size());
            entry.tiers = {{1000, 500}};
            entries.push_back(entry);
        }
        check(made.put(entries).has_value());
        return made;
    }();
    return index;
}

void ask(Index const& index, Query const& query) {
    auto const answer = index.find(query, nullptr);
    if (!answer) return;
    check(answer->hits.size() <= query.page && answer->hits.size() <= answer->total);
    check(answer->words_matched <= answer->words_asked);
}

// With the checksum made right, so that the tables themselves are what is judged.
void open(std::uint8_t const* data, std::size_t size) {
    std::string bytes(reinterpret_cast<char const*>(data), size);
    Header header;
    if (size >= sizeof(header)) {
        std::memcpy(&header, bytes.data(), sizeof(header));
        header.magic = segment_magic;
        header.version = segment_version;
        header.bytes = size;
        std::memcpy(bytes.data(), &header, sizeof(header));
        auto const all = std::as_bytes(std::span(bytes));
        header.checksum = checksum_of(all.subspan(checksum_from));
        std::memcpy(bytes.data(), &header, sizeof(header));
    }
    auto opened = Index::open_bytes(bytes);
    if (!opened) return;
    ask(opened->index, {});
    ask(opened->index, {.words = "sisal basket"});
    ask(opened->index, {.words = "sisla"});
    opened->index.merge();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    if ((data[0] & 1U) != 0) {
        open(data + 1, size - 1);
        return 0;
    }
    Query query;
    query.is_typing = (data[0] & 2U) != 0;
    query.order = static_cast<Order>(data[0] >> 2U & 3U);
    if (query.order == Order::delivered) query.order = Order::newest;
    query.words.assign(reinterpret_cast<char const*>(data) + 1, size - 1);
    if ((data[0] & 16U) != 0) query.cursor = query.words;
    ask(known(), query);
    return 0;
}
