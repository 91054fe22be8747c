// What ICU knows of numbers and days, asked once and kept in pieces.

#include "locale/hidden.h"

#include <unicode/dtfmtsym.h>
#include <unicode/dtptngen.h>
#include <unicode/numsys.h>

namespace allroads::locale {
namespace {

using icu::number::LocalizedNumberFormatter;
using icu::number::NumberFormatter;

std::string utf8(icu::UnicodeString const& text) {
    std::string result;
    text.toUTF8String(result);
    return result;
}

icu::Locale cldr_locale(Language language, Digits digits) {
    auto const& facts = facts_of(language);
    std::string name = std::string(facts.cldr) + "@calendar=gregorian";
    if (digits == Digits::latin) name += ";numbers=latn";
    if (digits == Digits::native) name += ";numbers=" + std::string(facts.native_digits);
    return icu::Locale(name.c_str());
}

DigitTexts digits_of(icu::Locale const& cldr) {
    UErrorCode failure = U_ZERO_ERROR;
    std::unique_ptr<icu::NumberingSystem> const system(icu::NumberingSystem::createInstance(cldr, failure));
    check(U_SUCCESS(failure) != 0 && !system->isAlgorithmic() && system->getRadix() == 10);
    auto const all = system->getDescription();
    check(all.countChar32() == 10);
    DigitTexts digits;
    for (std::int32_t i = 0, at = 0; i < 10; ++i, at = all.moveIndex32(at, 1))
        append(digits[static_cast<std::size_t>(i)], all.char32At(at));
    return digits;
}

DatePiece::Kind kind_of(char16_t letter, std::int32_t size) {
    using enum DatePiece::Kind;
    bool const is_month = letter == u'M' || letter == u'L';
    check(letter == u'd' || letter == u'y' || is_month);  // the skeletons below ask for nothing else
    if (letter == u'y') return year;
    if (letter == u'd') return size == 1 ? day : day_in_two;
    return size == 1 ? month : size == 2 ? month_in_two : month_name;
}

// A pattern such as "d 'de' MMMM 'de' y" (Unicode TR 35): runs of letters are fields, the rest stands for
// itself, letters between apostrophes too.
std::vector<DatePiece> pieces_of(icu::UnicodeString const& pattern) {
    std::vector<DatePiece> pieces;
    icu::UnicodeString literal;
    bool is_quoted = false;
    auto const is_field = [&](char16_t c) { return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z'); };
    for (std::int32_t at = 0; at < pattern.length();) {
        char16_t const c = pattern[at];
        if (c == u'\'') {
            if (at + 1 < pattern.length() && pattern[at + 1] == u'\'')
                literal.append(pattern[++at]);
            else
                is_quoted = !is_quoted;
            ++at;
        } else if (is_quoted || !is_field(c)) {
            literal.append(c);
            ++at;
        } else {
            if (!literal.isEmpty()) pieces.push_back({DatePiece::Kind::literal, utf8(literal)});
            literal.remove();
            std::int32_t end = at;
            while (end < pattern.length() && pattern[end] == c) ++end;
            pieces.push_back({kind_of(c, end - at)});
            at = end;
        }
    }
    if (!literal.isEmpty()) pieces.push_back({DatePiece::Kind::literal, utf8(literal)});
    return pieces;
}

DateShape date_shape(icu::Locale const& cldr, Length length) {
    UErrorCode failure = U_ZERO_ERROR;
    std::unique_ptr<icu::DateTimePatternGenerator> const generator(
        icu::DateTimePatternGenerator::createInstance(cldr, failure));
    check(U_SUCCESS(failure) != 0);
    auto const pattern = generator->getBestPattern(length == Length::brief ? u"yMMMd" : u"yMMMMd", failure);
    icu::DateFormatSymbols const symbols(cldr, failure);
    check(U_SUCCESS(failure) != 0);
    DateShape shape{pieces_of(pattern), {}};
    std::int32_t count = 0;
    auto const* const months = symbols.getMonths(
        count,
        pattern.indexOf(u'L') < 0 ? icu::DateFormatSymbols::FORMAT : icu::DateFormatSymbols::STANDALONE,
        pattern.indexOf(u"MMMM") >= 0 || pattern.indexOf(u"LLLL") >= 0 ? icu::DateFormatSymbols::WIDE
                                                                       : icu::DateFormatSymbols::ABBREVIATED);
    check(count == 12);
    for (std::size_t i = 0; i < 12; ++i) shape.months[i] = utf8(months[i]);
    return shape;
}

}  // namespace

Script::~Script() {
    for (auto& shape : money) delete shape.load();
}

void fill_script(Script& script, Language language, Digits digits) {
    script.cldr = cldr_locale(language, digits);
    script.digits = digits_of(script.cldr);
    auto const plain = NumberFormatter::withLocale(script.cldr);
    script.number = shape_of(plain);
    script.percent = shape_of(plain.unit(icu::NoUnit::percent()));
    for (auto const length : {Length::brief, Length::full})
        script.dates[static_cast<std::size_t>(length)] = date_shape(script.cldr, length);
}

Shape const& Script::money_shape(Currency currency, std::string_view symbol) const {
    auto& kept = money[currency.index()];
    if (auto const* const shape = kept.load(std::memory_order_acquire)) return *shape;
    UErrorCode failure = U_ZERO_ERROR;
    auto const code = icu::UnicodeString::fromUTF8(std::string(currency.text()));
    icu::CurrencyUnit const unit(icu::ConstChar16Ptr(code.getBuffer()), failure);
    check(code.length() == 3 && U_SUCCESS(failure) != 0);
    auto made = std::make_unique<Shape const>(shape_of(NumberFormatter::withLocale(cldr).unit(unit).unitWidth(
        symbol.empty() ? UNUM_UNIT_WIDTH_ISO_CODE : UNUM_UNIT_WIDTH_SHORT)));
    Shape const* expected = nullptr;
    if (kept.compare_exchange_strong(expected, made.get(), std::memory_order_acq_rel)) return *made.release();
    return *expected;  // another thread was quicker
}

}  // namespace allroads::locale
