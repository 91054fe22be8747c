// Official wording of rules of origin: whatever comes, the answer is one rule with closed quotes and
// brackets, without control characters, and not many times longer than the text.

#include "books/origin_prose.h"

#include "base/base.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace allroads;

void examine(std::string_view rule, std::size_t bytes) {
    bool quoted = false;
    std::int64_t open = 0;
    for (std::size_t i = 0; i < rule.size(); ++i) {
        char const sign = rule[i];
        check(static_cast<std::uint8_t>(sign) >= 0x20);
        if (quoted && sign == '\\')
            ++i;
        else if (sign == '"')
            quoted = !quoted;
        else if (!quoted)
            open += sign == '(' ? 1 : sign == ')' ? -1 : 0;
        check(open >= 0);
    }
    check(!rule.empty() && !quoted && open == 0);
    check(rule.size() <= 128 * (bytes + 32));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view text(reinterpret_cast<char const*>(data), size);
    // The last byte picks the goods: some sentences mean something of certain goods only.
    static constexpr std::array<books::Goods, 8> all_goods = {{
        {"", ""},
        {"5007", ""},
        {"6213-6214", "Handkerchiefs \u25B8 Embroidered"},
        {"7106", ""},
        {"8302", "Other mountings, fittings and similar articles suitable for buildings"},
        {"1504", "Solid fractions"},
        {"-", "\u25B8"},
        {"4407-44", "x"},
    }};
    auto const& goods = all_goods.at(size == 0 ? 0 : data[size - 1] % all_goods.size());
    examine(books::rule_from_prose(text, goods), size);
    std::vector<std::string> rows;
    // A zero byte parts the rows of one product.
    while (!text.empty() && rows.size() < 64) {
        std::size_t const end = std::min(text.find('\0'), text.size());
        rows.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    examine(books::rule_from_alternatives(rows, goods), size);
    return 0;
}
