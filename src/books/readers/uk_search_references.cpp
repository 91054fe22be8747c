// The trade words of the UK tariff: one JSON object whose keys are words ("curling tongs, electric") and
// whose values are the codes of ten digits that the search of the tariff leads them to.

#include "books/pack.h"

#include <boost/json.hpp>

namespace allroads::books {

namespace {
constexpr std::size_t bytes_max = 32U << 20;
}

Result<void> read_uk_search_references(Input& input, ReaderOptions const& options, PackWriter& out) {
    if (!TRY(input.next_member())) return refuse(Code::bad_file, "file", "it is empty");
    auto const text = TRY(input.rest(bytes_max));
    boost::system::error_code wrong;
    boost::json::parse_options strict;
    strict.max_depth = 4;
    auto const value = boost::json::parse(text, wrong, {}, strict);
    if (wrong || !value.is_object()) {
        return refuse(Code::bad_file, "file", "it is not one JSON object of words and codes");
    }
    std::uint64_t record = 0;
    for (auto const& [words, code] : value.get_object()) {
        out.count_record();
        ++record;
        if (!code.is_string()) {
            out.refuse(record, "the value of “" + excerpt(words) + "” is not a code written as text");
            continue;
        }
        if (!is_clean(words)) {
            out.refuse(record, "the words are not clean text");
            continue;
        }
        out.phrase({std::string(code.get_string()), "en", std::string(trim(std::string_view(words)))},
                   record);
    }
    out.set("market", options.market.empty() ? "GB" : options.market);
    out.set("title", "Search references of the UK tariff");
    if (options.dated) out.set("dated", options.dated->text());
    return {};
}

}  // namespace allroads::books
