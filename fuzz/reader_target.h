#pragma once
// What all fuzz targets of readers do: read the bytes as a file and write nothing. Whatever comes, the reader
// says what it read and refused, or refuses the file.

#include "books/pack.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace allroads::books {

inline int read_for_fuzzer(Read read, std::string_view name, std::uint8_t const* data, std::size_t size,
                           std::string market = "") {
    std::string_view const bytes(reinterpret_cast<char const*>(data), size);
    auto input = Input::from_memory(name, bytes);
    if (!input) return 0;
    auto out = PackWriter::create("pack", true);
    check(out.has_value());
    auto const done = read(*input, {std::move(market), Day::of(2026, 3, 15)}, *out);
    check(done || !done.error().sentence().empty());
    auto const& report = out->report();
    check(report.refused.size() <= ImportReport::refused_max &&
          report.refused.size() <= report.refused_count);
    return 0;
}

}  // namespace allroads::books
