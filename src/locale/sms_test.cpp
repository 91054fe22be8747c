// Short messages: counted by the tables of 3GPP TS 23.038, in the languages of our sellers.

#include "locale/locale.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace {

using namespace allroads;
using locale::sms_count;
using locale::sms_parts;

std::string times(std::string_view text, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
}

void is(std::string const& text, bool is_ucs2, std::size_t units, std::size_t parts, std::size_t left) {
    CAPTURE(text);
    auto const count = *sms_count(text);
    CHECK(count.is_ucs2 == is_ucs2);
    CHECK(count.units == units);
    CHECK(count.parts == parts);
    CHECK(count.room_left == left);
    CHECK(sms_parts(text)->size() == parts);
}

}  // namespace

TEST_CASE("GSM-7: 160 alone, 153 in each of several") {
    is("", false, 0, 0, 160);
    is("Malipo yako yamefika", false, 20, 1, 140);
    is(times("a", 160), false, 160, 1, 0);
    is(times("a", 161), false, 161, 2, 145);
    is(times("a", 306), false, 306, 2, 0);
    is(times("a", 307), false, 307, 3, 152);
    is("\n\r @£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà", false, 44, 1, 116);
}

TEST_CASE("the extension table counts two, and an escape is not parted from its character") {
    is("€", false, 2, 1, 158);
    is("[~|^{}]\\", false, 16, 1, 144);
    is(times("€", 80), false, 160, 1, 0);
    // 153 is odd: the 77th euro sign would be split, so it begins the second part.
    is(times("€", 81), false, 162, 2, 143);
    CHECK(sms_parts(times("€", 81))->front() == times("€", 76));
    is(times("a", 152) + "€" + times("a", 7), false, 161, 2, 144);
}

TEST_CASE("languages: what forces UCS-2 is named") {
    is("Oda 4711: 250,000.00 KES zimetumwa kwa simu yako.", false, 49, 1, 111);
    // French has ç, ê and œ, which the table lacks; à, é, è and ù it has.
    is("Paiement reçu", true, 13, 1, 57);
    CHECK(sms_count("Paiement reçu, prêt à l'envoi, prêt")->forcing == std::vector<std::string>{"ç", "ê"});
    CHECK_FALSE(sms_count("Déjà payé, à suivre")->is_ucs2);
    is("آپ کی رقم مل گئی", true, 16, 1, 54);
    is(times("ر", 70), true, 70, 1, 0);
    is(times("ر", 71), true, 71, 2, 63);
    is(times("ر", 134), true, 134, 2, 0);
    is(times("ر", 135), true, 135, 3, 66);
}

TEST_CASE("a character of two units is not split") {
    is("🐟", true, 2, 1, 68);
    is(times("🐟", 35), true, 70, 1, 0);
    // 67 is odd: the 34th begins the second part.
    is(times("🐟", 36), true, 72, 2, 61);
    auto const parts = *sms_parts(times("🐟", 36));
    CHECK(parts.front() == times("🐟", 33));
    CHECK(parts.back() == times("🐟", 3));
    CHECK(sms_count("a🐟b🐟")->forcing == std::vector<std::string>{"🐟"});
}

TEST_CASE("what cannot be sent is refused, and nothing is cut") {
    CHECK(sms_count("\xFF").error().code() == Code::bad_value);
    CHECK(sms_count(std::string("a\0b", 3)).error().code() == Code::bad_value);
    CHECK(sms_parts(times("a", 161), 1).error().code() == Code::too_long);
    CHECK(sms_parts(times("a", 153 * 255))->size() == 255);
    CHECK(sms_parts(times("a", 153 * 255 + 1)).error().code() == Code::too_long);
}

TEST_CASE("law: parts are the text, each fits, each is whole characters") {
    CHECK(rc::check("parts of a text", [] {
        static std::vector<std::string> const letters{"a", "€", "ç", "🐟", "ر", "\n", "[", "é", "Ж", "ﷺ"};
        auto const picks = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 10));
        auto const only_gsm = *rc::gen::arbitrary<bool>();
        auto const repeat = *rc::gen::inRange<std::size_t>(1, 40);
        std::string text;
        for (int const pick : picks) {
            auto const& letter = letters[static_cast<std::size_t>(pick)];
            if (only_gsm && sms_count(letter)->is_ucs2) continue;
            text += times(letter, repeat);
        }
        auto const count = *sms_count(text);
        auto const parts = sms_parts(text);
        if (count.parts > locale::sms_parts_max) {
            RC_ASSERT(!parts);
            return;
        }
        std::string joined;
        std::size_t units = 0;
        for (auto const& part : *parts) {
            joined += part;
            auto const one = *sms_count(part);
            // A part by itself may do without UCS-2: counted here as the whole goes.
            auto const size = count.is_ucs2 && !one.is_ucs2 ? sms_count(part + "ж")->units - 1 : one.units;
            units += size;
            RC_ASSERT(size <=
                      (parts->size() == 1 ? (count.is_ucs2 ? 70U : 160U) : (count.is_ucs2 ? 67U : 153U)));
        }
        RC_ASSERT(joined == text);
        RC_ASSERT(units == count.units);
        RC_ASSERT(parts->size() == count.parts);
    }));
}
