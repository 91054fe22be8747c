// How long a text is as a short message: the default alphabet of GSM and its extension table (3GPP TS 23.038,
// 6.2.1), or UCS-2, which networks carry as UTF-16.
#include "locale/facts.h"
#include "locale/locale.h"

#include <algorithm>

namespace allroads::locale {
namespace {

// In the order of the table, without the escape at 0x1B.
constexpr std::u32string_view basic =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    U"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
static_assert(basic.size() == 127);
constexpr std::u32string_view extended = U"\f^{}\\[~]|€";

constexpr std::size_t gsm_alone = 160, gsm_of_several = 153;
constexpr std::size_t ucs2_alone = 70, ucs2_of_several = 67;
constexpr std::size_t bytes_max = 200'000;

// Units of GSM-7; nothing where it has no such character.
std::size_t gsm_units(char32_t character) {
    if (basic.find(character) != std::u32string_view::npos) return 1;
    return extended.find(character) != std::u32string_view::npos ? 2 : 0;
}
std::size_t utf16_units(char32_t character) { return character > 0xFFFF ? 2 : 1; }

struct Sized {
    std::string_view bytes;
    std::size_t units;
};
struct Measured {
    SmsCount count;
    std::vector<Sized> characters;
};

Result<Measured> measured(std::string_view text) {
    if (text.size() > bytes_max) return refuse(Code::too_long, "text", "expected less than 200,000 bytes");
    if (!is_clean(text))
        return refuse(Code::bad_value, "text", "expected well-formed UTF-8 without control characters");
    Measured all;
    std::vector<char32_t> read;
    for (std::size_t at = 0; at < text.size();) {
        auto const start = at;
        auto const character = static_cast<char32_t>(next_character(text, at));
        auto const bytes = text.substr(start, at - start);
        auto& forcing = all.count.forcing;
        all.characters.push_back({bytes, gsm_units(character)});
        read.push_back(character);
        if (all.characters.back().units != 0) continue;
        all.count.is_ucs2 = true;
        if (std::ranges::find(forcing, bytes) == forcing.end()) forcing.emplace_back(bytes);
    }
    for (std::size_t i = 0; i < read.size(); ++i) {
        auto& one = all.characters[i];
        if (all.count.is_ucs2) one.units = utf16_units(read[i]);
        all.count.units += one.units;
    }
    return all;
}

// The last byte of each part, one behind.
std::vector<std::size_t> ends(Measured& all) {
    auto& count = all.count;
    auto const alone = count.is_ucs2 ? ucs2_alone : gsm_alone;
    auto const most = count.units <= alone ? alone : count.is_ucs2 ? ucs2_of_several : gsm_of_several;
    std::vector<std::size_t> found;
    std::size_t bytes = 0, units = 0;
    for (auto const& one : all.characters) {
        if (units + one.units > most) {
            found.push_back(bytes);
            units = 0;
        }
        units += one.units;
        bytes += one.bytes.size();
    }
    if (bytes > 0) found.push_back(bytes);
    count.parts = found.size();
    count.room_left = most - units;
    return found;
}

}  // namespace

Result<SmsCount> sms_count(std::string_view text) {
    auto all = TRY(measured(text));
    (void)ends(all);
    return std::move(all.count);
}

Result<std::vector<std::string>> sms_parts(std::string_view text, std::size_t parts_max) {
    auto all = TRY(measured(text));
    auto const places = ends(all);
    if (places.size() > std::min(parts_max, sms_parts_max))
        return refuse(Code::too_long, "text",
                      "needs " + std::to_string(places.size()) + " messages; expected at most " +
                          std::to_string(std::min(parts_max, sms_parts_max)));
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (auto const to : places) {
        parts.emplace_back(text.substr(from, to - from));
        from = to;
    }
    return parts;
}

}  // namespace allroads::locale
