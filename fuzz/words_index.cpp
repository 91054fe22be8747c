// Bytes as compiled words: refused, or every question to them is answered.

#include "classify/classify.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace allroads;
    // Where a file is mapped it begins on a page; so do these bytes on a boundary of eight.
    std::vector<std::uint64_t> room(size / 8 + 1);
    if (size != 0) std::memcpy(room.data(), data, size);
    auto const index = classify::Index::open({reinterpret_cast<char const*>(room.data()), size});
    if (!index) return 0;
    classify::Question question;
    question.words = "sisal basket coffee bag yarn";
    question.markets = {"US"};
    auto const answer = classify::classify(*index, question);
    check(answer.has_value());
    return 0;
}
