// documents.csv of a pack: whatever the bytes, each line is compiled or refused with its line and column.

#include "books/pack_folder.h"
#include "books/schedule_builder.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace allroads;
    auto input = books::Input::from_memory("documents.csv", {reinterpret_cast<char const*>(data), size});
    if (!input) return 0;
    books::Groups const groups;
    books::ScheduleBuilder made("KE", groups);
    auto const done = books::read_documents(
        std::move(*input), [&](books::DocumentLine const& line) { return made.add(line, {}, {}); });
    check(done || !done.error().sentence().empty());
    check(!made.finish().empty());
    return 0;
}
