#pragma once
// What the fuzz targets of feeds do with bytes: read them; whatever was read is written in the same kind, and
// what was written is read as the same products, and written again as the same bytes.

#include "feeds/feeds.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace allroads::feeds {

inline std::vector<Outgoing> outgoing(Import const& import) {
    std::vector<Outgoing> out;
    for (Item const& item : import.items) out.push_back({&item.product, &item.aside});
    return out;
}

inline int read_and_write(std::string_view bytes) {
    Defaults const defaults{currency::USD, "en", *Country::parse("KE"), unit::piece};
    std::vector<File> const files = {{"file", bytes}};
    auto const first = feeds::read(Kind::detect, files, defaults);
    if (!first) {
        check(!first.error().sentence().empty());
        return 0;
    }
    check(first->items.size() == first->counts.products && first->report.size() <= findings_max);
    auto const written = write(first->kind, outgoing(*first), {.defaults = defaults});
    if (!written || first->items.empty()) return 0;
    std::vector<File> again;
    for (auto const& file : written->files) again.push_back({file.name, file.bytes});
    auto const second = feeds::read(first->kind, again, defaults);
    check(second.has_value() && second->items.size() == first->items.size());
    for (std::size_t at = 0; at < first->items.size(); ++at)
        check(is_same(first->items[at].product, second->items[at].product, Field::tiers));
    return 0;
}

}  // namespace allroads::feeds
