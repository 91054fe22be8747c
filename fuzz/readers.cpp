// Every reader of official files: us_hts, uk_commodity, eu_cn8, taric_xml, au_schedule, unctad_afcfta,
// hs_texts, uk_search_references, ecb_fx, measures, freight. The first byte chooses which; whatever the file,
// reading ends with a report or a refusal.

#include "books/pack.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace allroads;
    if (size == 0) return 0;
    auto const all = books::readers();
    auto const& reader = all[data[0] % all.size()];
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
    auto input = books::Input::from_memory("hts_2026_rev_10_to_NGA", bytes);
    if (!input) return 0;
    auto writer = books::PackWriter::create("unused", true);
    check(writer.has_value());
    (void)reader.read(*input, {std::string("GB"), Day::of(2026, 1, 1)}, *writer);
    check(writer->report().refused.size() <= books::ImportReport::refused_max);
    return 0;
}
