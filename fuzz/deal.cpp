// Any bytes as terms, an event and a deal: refused, or printed and read again as the same; a deal that was
// read takes the event without harm.

#include "deal/deal.h"

#include <cstddef>
#include <cstdlib>

namespace {

using namespace allroads;
using namespace allroads::deal;

template <class Value, class Parse>
void comes_back(Value const& value, Parse parse) {
    auto const printed = document_of(value);
    auto const again = parse(printed);
    if (!again || !(*again == value) || document_of(*again) != printed) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    // An event and a deal stand in one input, a line break between them.
    auto const end = text.find('\n');
    auto const rest = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (auto const terms = parse_terms(text)) comes_back(*terms, parse_terms);
    auto const event = parse_event(text.substr(0, end));
    if (event) comes_back(*event, parse_event);
    auto const deal = parse_deal(rest);
    if (deal) {
        comes_back(*deal, parse_deal);
        static_cast<void>(deadlines_of(*deal));
        static_cast<void>(possible(*deal, {Role::buyer, deal->buyer}));
    }
    if (event && deal) {
        if (auto const outcome = step(*deal, *event); outcome && !unsound(outcome->deal).empty())
            std::abort();
    }
    return 0;
}
