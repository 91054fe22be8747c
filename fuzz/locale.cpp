// What visitors send in words and numbers: a header Accept-Language, a tag, a number and an amount. Whatever
// is read is written so that it is read again as the same. The first byte chooses the language and its
// digits.

#include "locale/locale.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace {

using namespace allroads;
using namespace allroads::locale;

Tongues const& tongues() {
    static Tongues const made = Tongues::without_texts();
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view const text(reinterpret_cast<char const*>(data + 1), size - 1);
    auto const every = all_languages();
    auto const tongue = tongues().in(every[data[0] % every.size()], static_cast<Digits>(data[0] / 16 % 3));
    check(!negotiate(text, text.substr(0, 8)).tag().empty());
    if (auto const number = tongue.read_number(text)) {
        auto const again = tongue.read_number(tongue.number(*number));
        check(again.has_value() && *again == *number);
    }
    if (auto const money = tongue.read_money(text)) {
        auto const again = tongue.read_money(tongue.money(*money));
        check(again.has_value() && *again == *money);
    }
    check(tongue.say(text) == text);
    check(fill(text, {}) == text);
    check(isolated(isolated(text)) == isolated(text));
    check(tongue.compare(text, text) == 0);
    return 0;
}
