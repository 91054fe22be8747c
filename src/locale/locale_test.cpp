// Texts, negotiation, and numbers beside ICU's own: what the room writes from pieces is what ICU writes
// whole.
#include "locale/locale.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <unicode/datefmt.h>
#include <unicode/dtptngen.h>
#include <unicode/gregocal.h>
#include <unicode/numberformatter.h>
#include <unicode/smpdtfmt.h>

#include <clocale>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <locale>
#include <set>
#include <thread>

#include "locale/catalog.h"
#include "locale/facts.h"

using namespace allroads;
using namespace allroads::locale;

namespace {

constexpr std::array every_digits = {Digits::usual, Digits::latin, Digits::native};

Tongues const& tongues() {
    static Tongues const opened = [] {
        char const* const build = std::getenv("ALLROADS_BUILD");
        REQUIRE(build != nullptr);
        auto result = Tongues::open(std::string(build) + "/locale");
        REQUIRE(result.has_value());
        return std::move(*result);
    }();
    return opened;
}
Tongue in(std::string_view tag, Digits digits = Digits::usual) {
    return tongues().in(*Language::parse(tag), digits);
}
Decimal decimal(std::string_view text) { return *Decimal::parse(text); }
Money money(std::string_view amount, std::string_view currency) {
    return *Money::exact(decimal(amount), *Currency::parse(currency));
}
Day day(std::string_view text) { return *Day::parse(text); }

icu::Locale cldr(Language language, Digits digits) {
    auto const& facts = facts_of(language);
    std::string name = facts.cldr;
    if (digits == Digits::latin) name += "@numbers=latn";
    if (digits == Digits::native) name += "@numbers=" + std::string(facts.native_digits);
    return icu::Locale(name.c_str());
}
std::string utf8(icu::UnicodeString const& text) {
    std::string result;
    return text.toUTF8String(result);
}

Decimal arbitrary_decimal() {
    auto const digits = *rc::gen::inRange(1, 31);
    auto const scale = *rc::gen::inRange(0, std::min(digits, 18) + 1);
    Int128 coefficient = 0;
    for (int i = 0; i < digits; ++i) coefficient = coefficient * 10 + *rc::gen::inRange(0, 10);
    return Decimal::of(*rc::gen::arbitrary<bool>() ? -coefficient : coefficient, scale);
}
Language arbitrary_language() {
    return all_languages()[*rc::gen::inRange(std::size_t{0}, all_languages().size())];
}
Digits arbitrary_digits() { return every_digits[*rc::gen::inRange(std::size_t{0}, every_digits.size())]; }

}  // namespace

TEST_CASE("languages are what they are") {
    std::set<std::string_view> tags;
    for (auto const language : all_languages()) {
        tags.insert(language.tag());
        CHECK(Language::parse(language.tag()) == language);
        CHECK_FALSE(language.own_name().empty());
        bool const is_arabic = language.script() == "Arab";
        CHECK((language.direction() == Direction::right_to_left) == is_arabic);
        // ICU agrees, script by script.
        CHECK((icu::Locale(facts_of(language).cldr).isRightToLeft() != 0) == is_arabic);
        CHECK(tongues().in(language).has_texts());
    }
    CHECK(tags == std::set<std::string_view>{"en", "fr", "es", "pt", "ar", "sw", "ur", "zh", "hi", "bn"});
    CHECK(Language::parse("PT-br")->tag() == "pt");
    CHECK(Language::parse("zh_Hant_TW")->tag() == "zh");
    for (auto const* const wrong : {"", "x", "eng", "e", "en ", "en;", "-en", "français"})
        CHECK_FALSE(Language::parse(wrong).has_value());
    CHECK_FALSE(Language::parse(std::string_view("sw\0", 3)).has_value());
    CHECK_FALSE(Language::parse("en-" + std::string(40, 'a')).has_value());
}

TEST_CASE("a language is negotiated as RFC 9110 says") {
    auto const tag = [](std::string_view header, std::string_view chosen = {}) {
        return negotiate(header, chosen).tag();
    };
    CHECK(tag("") == "en");
    CHECK(tag("da, en-gb;q=0.8, en;q=0.7") == "en");  // the example of the RFC
    CHECK(tag("sw-KE,sw;q=0.9,en;q=0.8") == "sw");
    CHECK(tag("en;q=0.5, fr;q=0.8, ur;q=0.79") == "fr");
    CHECK(tag("fr;q=0.8, ur;q=0.8") == "fr");
    CHECK(tag("ur;q=0.8, fr;q=0.8") == "ur");
    CHECK(tag("fr;q=0, en;q=0.1") == "en");
    CHECK(tag("de, *") == "en");
    CHECK(tag("en;q=0, *;q=0.5") == "fr");  // whatever but English: the first of our list
    CHECK(tag("en;q=0.1, hi;q=0.001, *;q=0") == "en");
    CHECK(tag("*;q=0") == "en");  // something must be answered
    CHECK(tag("HI ; Q=1.000") == "hi");
    CHECK(tag("bn;q=1.001, ar;q=0.2") == "ar");
    CHECK(tag("bn;q=-1, bn;q=0.1234, bn;q=.5, bn;q=a, bn;x=1, ar;q=0.2") == "ar");
    CHECK(tag(",,;,;q=1, ;q=0.5,,pt") == "pt");
    CHECK(tag("fr", "ar-EG") == "ar");
    CHECK(tag("fr", "../../etc") == "fr");
    CHECK(tag("fr", "de") == "fr");
    // Hostile: nothing beyond the limit is looked at, and all of it ends.
    CHECK(tag(std::string(1'000'000, ',') + "fr") == "en");
    CHECK(tag("fr;q=0.5," + std::string(1'000'000, 'a')) == "fr");
    CHECK(tag(std::string(4095, ' ') + "fr") == "en");  // cut within a tag
    CHECK(tag(std::string("\0fr,\x01, pt", 9)) == "pt");
}

TEST_CASE("texts are said in each language, and in English where there is none") {
    CHECK(in("en").say("Search") == "Search");
    CHECK(in("sw").say("Search") == "Tafuta");
    CHECK(in("ar").say("Price") == "السعر");
    CHECK(in("fr").say("noun", "Order") == "Commande");
    CHECK(in("fr").say("verb", "Order") == "Commander");
    CHECK(in("fr").say("adverb", "Order") == "Order");  // with another context it is another text
    CHECK(in("bn").say("A text nobody translated") == "A text nobody translated");
    CHECK(in("fr").say("Delivered to {{COUNTRY}}") == "Livraison : {{COUNTRY}}");
    CHECK(in("fr").say("") == "");  // not the header of the file
    CHECK(in("fr").say("", "") == "");
    CHECK(in("fr").say("", "Search") == "Search");
    CHECK(in("fr").say(std::string_view("Search\0x", 8)) == std::string_view("Search\0x", 8));
    CHECK(in("fr").say("noun\4Order") == "noun\4Order");
    std::string const long_text(1'000'000, 'a');
    CHECK(in("fr").say(long_text) == long_text);
    CHECK(Tongues::without_texts().in(*Language::parse("fr")).say("Search") == "Search");
    // A view into a longer text has no zero behind it.
    CHECK(in("sw").say(std::string_view("Searching").substr(0, 6)) == "Tafuta");
}

TEST_CASE("plural forms follow the rule of the language, for every number") {
    auto const pieces = [](std::string_view tag, std::int64_t n) {
        return in(tag).say_many("{1} piece", "{1} pieces", n);
    };
    CHECK(pieces("en", 1) == "1 piece");
    CHECK(pieces("en", 0) == "0 pieces");
    CHECK(pieces("en", 1'234'567) == "1,234,567 pieces");
    CHECK(pieces("fr", 0) == "0 pièce");
    CHECK(pieces("fr", 2) == "2 pièces");
    CHECK(pieces("es", 0) == "0 piezas");
    CHECK(pieces("sw", 1) == "kipande 1");
    CHECK(pieces("sw", 2) == "vipande 2");
    CHECK(pieces("zh", 7) == "7 件");
    CHECK(pieces("ar", 1) == "قطعة واحدة");
    CHECK(pieces("ar", 2) == "قطعتان");
    CHECK(pieces("ar", 3) == "٣ قطع");
    CHECK(pieces("ar", 103) == "١٠٣ قطع");
    CHECK(pieces("ar", 11) == "١١ قطعة");
    CHECK(pieces("bn", 5) == "৫টি");
    CHECK(pieces("ar", 4'294'967'298 + 1) == "٤٬٢٩٤٬٩٦٧٬٢٩٩ قطعة");  // not taken modulo 2^32
    CHECK(pieces("fr", INT64_MIN) == "-9\u202F223\u202F372\u202F036\u202F854\u202F775\u202F808 pièces");
    CHECK(in("fr").say_many("{1} thing", "{1} things", 1) == "1 thing");
    CHECK(in("fr").say_many("{1} thing", "{1} of {1} things", 2) == "2 of 2 things");
}

TEST_CASE("places are filled once, and only those that are given") {
    CHECK(fill("From {{COUNTRY}}", {{"COUNTRY", "Kenya"}}) == "From Kenya");
    CHECK(fill("{{A}}{{B}}", {{"A", "{{B}}"}, {"B", "b"}}) == "{{B}}b");  // a value is not a template
    CHECK(fill("{{A}} {{C}}", {{"A", "1"}}) == "1 {{C}}");
    CHECK(fill("{{{A}}}", {{"A", "1"}}) == "{1}");
    CHECK(fill("{{A", {{"A", "1"}}) == "{{A");
    CHECK(fill("", {}) == "");
    std::string const open(1'000'000, '{');
    CHECK(fill(open, {{"A", "1"}}) == open);
    CHECK(fill(open + "{{A}}", {{"A", "1"}}).ends_with("{1"));
}

TEST_CASE("what is isolated cannot reach out") {
    CHECK(isolated("KES 1,200") == "\u2068KES 1,200\u2069");
    CHECK(isolated("a\u2069\u202Eb\u2066") == "\u2068ab\u2069");
    CHECK(isolated("\xFF\xC0 x") == "\u2068\xFF\xC0 x\u2069");
}

TEST_CASE("numbers of CLDR") {
    auto const big = decimal("1234567.125");
    CHECK(in("en").number(big) == "1,234,567.125");
    CHECK(in("fr").number(big) == "1\u202F234\u202F567,125");
    CHECK(in("es").number(big) == "1.234.567,125");
    CHECK(in("es").number(decimal("1234.5")) == "1234,5");  // Spanish groups from five digits on
    CHECK(in("pt").number(decimal("1234.5")) == "1.234,5");
    CHECK(in("ar").number(big) == "١٬٢٣٤٬٥٦٧٫١٢٥");
    CHECK(in("ar", Digits::latin).number(big) == "1,234,567.125");
    CHECK(in("ur").number(big) == "1,234,567.125");
    CHECK(in("ur", Digits::native).number(big) == "۱٬۲۳۴٬۵۶۷٫۱۲۵");
    CHECK(in("hi").number(big) == "12,34,567.125");
    CHECK(in("hi", Digits::native).number(big) == "१२,३४,५६७.१२५");
    CHECK(in("bn").number(big) == "১২,৩৪,৫৬৭.১২৫");
    CHECK(in("bn", Digits::latin).number(big) == "12,34,567.125");
    CHECK(in("en").number(decimal("2.50")) == "2.5");
    CHECK(in("en").number(decimal("2.50"), 2) == "2.50");
    CHECK(in("en").number(Decimal(2), 2) == "2.00");
    CHECK(in("en").number(Decimal(-0)) == "0");
    CHECK(in("en").percent(decimal("4.5")) == "4.5%");
    CHECK(in("fr").percent(decimal("4.5")) == "4,5\u00A0%");
    CHECK(in("ar").percent(decimal("4.5")) == "٤٫٥٪\u061C");
    // Nothing is lost to binary fractions.
    CHECK(in("en").number(decimal("999999999999.123456789012345678")) ==
          "999,999,999,999.123456789012345678");
}

TEST_CASE("money has the minor digits of its currency and a sign that means one currency") {
    CHECK(in("en").money(money("2400.00", "USD")) == "US$2,400.00");
    CHECK(in("en").money(money("2400", "JPY")) == "JP¥2,400");
    CHECK(in("en").money(money("2400.125", "KWD")) == "KWD\u00A02,400.125");
    CHECK(in("en").money(money("-12.5", "EUR")) == "-€12.50");
    CHECK(in("sw").money(money("1200", "KES")) == "Ksh\u00A01,200.00");
    CHECK(in("hi").money(money("123456.5", "INR")) == "₹1,23,456.50");
    CHECK(in("hi").money(money("12.5", "USD")) == "USD\u00A012.50");  // CLDR's $ is also that of many others
    CHECK(in("en").money(money("12.5", "GBP")) == "GBP\u00A012.50");
    CHECK(in("ar").money(money("12.5", "USD")) == "\u200F١٢٫٥٠\u00A0US$\u200E");  // else drawn as $US
    CHECK(*in("ar").read_money(in("ar").money(money("12.5", "USD"))) == money("12.5", "USD"));
    CHECK(in("zh").money(money("12.5", "CNY")) == "CNY\u00A012.50");
    CHECK(in("ur").money(money("12.5", "PKR")) == "PKR\u00A012.50");
    CHECK(in("es").money(money("1234.5", "EUR")) == "1234,50\u00A0€");
    CHECK(in("fr").money(money("1200", "XOF")) == "1\u202F200\u00A0XOF");  // F CFA and FCFA are two
    CHECK(in("fr").money(money("1200", "XAF")) == "1\u202F200\u00A0XAF");
    for (auto const language : all_languages()) {
        auto const tongue = tongues().in(language, Digits::latin);
        std::set<std::string> seen;
        for (auto const currency : all_currencies()) {
            auto const text = tongue.money(Money::zero(currency));
            CHECK_MESSAGE(seen.insert(text).second, text, " stands for two currencies");
            CHECK_MESSAGE(text.find_first_not_of("0.,\u00A0\u200F") != std::string::npos, text);
            CHECK(text.find("\u00A4") == std::string::npos);
        }
    }
}

TEST_CASE("what is written from pieces is what ICU writes") {
    using namespace icu::number;
    CHECK(rc::check("numbers, percentages and money", [] {
        auto const language = arbitrary_language();
        auto const digits = arbitrary_digits();
        auto const tongue = tongues().in(language, digits);
        auto const icu_locale = cldr(language, digits);
        auto const value = arbitrary_decimal();
        UErrorCode failure = U_ZERO_ERROR;
        auto const plain = NumberFormatter::withLocale(icu_locale).precision(Precision::unlimited());
        RC_ASSERT(tongue.number(value) == utf8(plain.formatDecimal(value.text(), failure).toString(failure)));
        auto const percent = plain.unit(icu::NoUnit::percent());
        RC_ASSERT(tongue.percent(value) ==
                  utf8(percent.formatDecimal(value.text(), failure).toString(failure)));
        auto const currency = all_currencies()[*rc::gen::inRange(std::size_t{0}, all_currencies().size())];
        Money const amount(*rc::gen::inRange(std::int64_t{-1} << 50, std::int64_t{1} << 50), currency);
        auto const code = icu::UnicodeString::fromUTF8(std::string(currency.text()));
        icu::CurrencyUnit const unit(icu::ConstChar16Ptr(code.getBuffer()), failure);
        auto const formatter = NumberFormatter::withLocale(icu_locale)
                                   .unit(unit)
                                   .precision(Precision::fixedFraction(currency.minor_digits()));
        auto const by = [&](UNumberUnitWidth width) {
            auto const formatted = formatter.unitWidth(width).formatDecimal(amount.text(), failure);
            return utf8(formatted.toString(failure));
        };
        auto text = tongue.money(amount);
        if (text.ends_with("\u200E")) text.resize(text.size() - std::string_view("\u200E").size());
        RC_ASSERT(text == by(UNUM_UNIT_WIDTH_ISO_CODE) || text == by(UNUM_UNIT_WIDTH_SHORT));
        RC_ASSERT(U_SUCCESS(failure) != 0);
    }));
    CHECK(rc::check("days", [] {
        auto const language = arbitrary_language();
        auto const digits = arbitrary_digits();
        auto const date = Day::from_number(*rc::gen::inRange(-25567, 84006));
        auto const icu_locale = cldr(language, digits);
        UErrorCode failure = U_ZERO_ERROR;
        for (auto const length : {Length::brief, Length::full}) {
            auto const* const skeleton = length == Length::brief ? u"yMMMd" : u"yMMMMd";
            std::unique_ptr<icu::DateTimePatternGenerator> const generator(
                icu::DateTimePatternGenerator::createInstance(icu_locale, failure));
            icu::SimpleDateFormat format(generator->getBestPattern(skeleton, failure), icu_locale, failure);
            format.setTimeZone(*icu::TimeZone::getGMT());
            icu::UnicodeString text;
            format.format(static_cast<UDate>(date.number()) * 86'400'000, text);
            RC_ASSERT(tongues().in(language, digits).date(date, length) == utf8(text));
        }
    }));
}

TEST_CASE("days are never two numbers that could be exchanged") {
    CHECK(in("en").date(day("2026-03-04")) == "4 Mar 2026");
    CHECK(in("en").date(day("2026-03-04"), Length::full) == "4 March 2026");
    CHECK(in("es").date(day("2026-03-04"), Length::full) == "4 de marzo de 2026");
    CHECK(in("zh").date(day("2026-03-04")) == "2026年3月4日");
    CHECK(in("ar").date(day("2026-03-04")) == "٤ مارس ٢٠٢٦");
    CHECK(in("ar", Digits::latin).date(day("2026-03-04")) == "4 مارس 2026");
    CHECK(in("sw").date(day("2026-03-04"), Length::full) == "4 Machi 2026");
}

TEST_CASE("quantities") {
    auto const quantity = [](std::string_view amount, std::string_view unit) {
        return Quantity{decimal(amount), *Unit::parse(unit)};
    };
    CHECK(in("en").quantity(quantity("2.50", "kg")) == "2.5 kg");
    CHECK(in("bn").quantity(quantity("2.50", "kg")) == "২.৫ কেজি");
    CHECK(in("en").quantity(quantity("1.123456789012", "kg")) == "1.123456789012 kg");
    CHECK(in("en").quantity(quantity("3", "pcs")) == "3 pieces");
    CHECK(in("ar").quantity(quantity("2", "pcs")) == "قطعتان");
    CHECK(in("fr").quantity(quantity("1", "pair")) == "1 paire");
    CHECK(in("en").quantity(quantity("2.5", "pcs")) == "2.5\u00A0piece");
    CHECK(in("fr").quantity(quantity("1200", "dozens")) == "1\u202F200\u00A0doz.");
    for (auto const language : all_languages())
        for (auto const unit : all_units())
            CHECK_FALSE(tongues().in(language).quantity({decimal("1234.5"), unit}).empty());
}

TEST_CASE("names of countries, currencies and languages") {
    CHECK(in("fr").country_name(*Country::parse("DE")) == "Allemagne");
    CHECK(in("sw").country_name(*Country::parse("KE")) == "Kenya");
    CHECK(in("ar").country_name(*Country::parse("EG")) == "مصر");
    CHECK(in("en").country_name(*Country::parse("XK")) == "Kosovo");
    CHECK(in("es").currency_name(*Currency::parse("USD")) == "dólar estadounidense");
    CHECK(in("fr").language_name(*Language::parse("sw")) == "swahili");
    CHECK(in("hi").language_name(*Language::parse("hi")) == "हिन्दी");
    for (auto const language : all_languages()) {
        auto const tongue = tongues().in(language);
        for (std::uint16_t i = 0; i < country_indexes; ++i)
            if (Country::is_in_use(i)) CHECK(tongue.country_name(Country::from_index(i)).size() > 2);
        for (auto const currency : all_currencies()) CHECK(tongue.currency_name(currency).size() >= 3);
        for (auto const other : all_languages()) CHECK_FALSE(tongue.language_name(other).empty());
    }
}

TEST_CASE("texts are sorted as in a dictionary") {
    CHECK(in("fr").compare("cote", "côté") < 0);
    CHECK(in("fr").compare("éclair", "zèbre") < 0);
    CHECK(in("es").compare("nube", "ñandú") < 0);
    CHECK(in("es").compare("ñandú", "oso") < 0);
    CHECK(in("zh").compare("北京", "上海") < 0);  // by sound: Beijing, Shanghai
    CHECK(in("en").compare("a", "a") == 0);
    CHECK(in("en").compare(std::string(1'000'000, 'a'), std::string(1'000'000, 'b')) < 0);
    CHECK(in("en").compare("\xFF\xFE", std::string_view("\0", 1)) != 0);
}

TEST_CASE("no setting of the process is read or changed") {
    CHECK(std::locale() == std::locale::classic());
    CHECK(std::string_view(std::setlocale(LC_ALL, nullptr)) == "C");
}

TEST_CASE("many threads may ask at once, for the first time too") {
    auto const fresh = Tongues::without_texts();
    std::vector<std::string> answers(8);
    {
        std::vector<std::jthread> threads;
        for (auto& answer : answers)
            threads.emplace_back([&] {
                for (auto const language : all_languages()) {
                    auto const tongue = fresh.in(language);
                    for (auto const* const code : {"USD", "KES", "KWD", "JPY"})
                        answer += tongue.money(Money(123'456'789, *Currency::parse(code)));
                    answer += tongue.date(*Day::of(2026, 3, 4)) +
                              tongue.quantity({Decimal(3), unit::kilogram}) +
                              std::string(tongue.country_name(*Country::parse("KE"))) +
                              tongue.language_name(Language::english());
                    check(tongue.compare("a", "b") < 0);
                }
            });
    }
    for (auto const& answer : answers) CHECK(answer == answers.front());
}

TEST_CASE("a damaged catalog is refused, whatever the damage") {
    namespace fs = std::filesystem;
    std::string const build = std::getenv("ALLROADS_BUILD");
    std::ifstream file(build + "/locale/ar/LC_MESSAGES/allroads.mo", std::ios::binary);
    std::string const sound((std::istreambuf_iterator<char>(file)), {});
    REQUIRE(is_catalog(sound));
    auto const folder = fs::path(build) / "locale_test" / "damaged";
    auto const place = folder / "ar" / "LC_MESSAGES";
    fs::create_directories(place);
    auto const open_with = [&](std::string const& bytes) {
        std::ofstream(place / "allroads.mo", std::ios::binary) << bytes;
        return Tongues::open(folder.string());
    };
    for (auto const size :
         {std::size_t{0}, std::size_t{4}, std::size_t{27}, sound.size() / 2, sound.size() - 1}) {
        auto const opened = open_with(sound.substr(0, size));
        REQUIRE_FALSE(opened.has_value());
        CHECK(opened.error().code() == Code::bad_file);
    }
    REQUIRE_FALSE(open_with(std::string(9U << 20, 'a')).has_value());
    // Any byte of the tables: refused, or every question still has an answer within the file.
    int refused = 0;
    for (std::size_t at = 0; at < std::min<std::size_t>(sound.size(), 1200); at += 3) {
        auto bytes = sound;
        bytes[at] = static_cast<char>(bytes[at] ^ 0x5A);
        auto const opened = open_with(bytes);
        if (!opened) {
            ++refused;
            continue;
        }
        auto const tongue = opened->in(*Language::parse("ar"));
        for (auto const* const text : {"Search", "Price", "A text nobody translated", "zzz"})
            CHECK(tongue.say(text).size() < 200);
        CHECK_FALSE(tongue.say_many("{1} piece", "{1} pieces", 7).empty());
    }
    CHECK(refused > 100);
    fs::remove_all(folder);
    auto const absent = Tongues::open((folder / "nowhere").string());
    REQUIRE(absent.has_value());
    CHECK_FALSE(absent->in(*Language::parse("ar")).has_texts());
}
