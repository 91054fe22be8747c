// Names of countries and currencies, and which symbols of currencies can be misread.

#include "locale/hidden.h"

#include <unicode/uchar.h>
#include <unicode/ucurr.h>

#include <algorithm>
#include <set>

namespace allroads::locale {
namespace {

std::string asked(Currency currency, char const* cldr, UCurrNameStyle style) {
    std::array<UChar, 4> code{};
    std::ranges::copy(currency.text(), code.begin());
    UErrorCode failure = U_ZERO_ERROR;
    std::int32_t size = 0;
    UChar const* const text = ucurr_getName(code.data(), cldr, style, nullptr, &size, &failure);
    std::string result;
    if (U_SUCCESS(failure) != 0 && text != nullptr) icu::UnicodeString(text, size).toUTF8String(result);
    return result;
}

constexpr std::array symbol_styles = {UCURR_SYMBOL_NAME, UCURR_NARROW_SYMBOL_NAME};

}  // namespace

std::string folded_symbol(std::string_view symbol) {
    std::string folded;
    for (std::size_t at = 0; at < symbol.size();) {
        auto const character = next_character(symbol, at);
        if (character < 0 || is_space(character) || is_invisible(character)) continue;
        append(folded, u_foldCase(character, U_FOLD_CASE_DEFAULT));
    }
    return folded;
}

Currencies currencies_of(Language language) {
    char const* const here = facts_of(language).cldr;
    char const* const world = facts_of(Language::english()).cldr;
    Currencies result;
    for (auto const currency : all_currencies()) {
        std::set<std::string> folded;
        for (auto const style : symbol_styles)
            for (auto const* const cldr : {here, world})
                folded.insert(folded_symbol(asked(currency, cldr, style)));
        for (auto const& symbol : folded) result.symbols.push_back({symbol, currency});
    }
    std::ranges::sort(result.symbols, {}, [](Symbol const& s) { return std::tie(s.folded, s.currency); });
    for (auto const currency : all_currencies()) {
        CurrencyWords words{asked(currency, here, UCURR_LONG_NAME), asked(currency, here, UCURR_SYMBOL_NAME)};
        if (words.name.empty() || words.name == currency.text()) words.name = currency.name();
        auto const sharing =
            std::ranges::equal_range(result.symbols, folded_symbol(words.symbol), {}, &Symbol::folded);
        if (sharing.size() != 1 || words.symbol == currency.text() || words.symbol == "¤")
            words.symbol.clear();
        result.words.push_back(std::move(words));
    }
    return result;
}

std::vector<std::string> countries_of(Language language) {
    std::unique_ptr<icu::LocaleDisplayNames> const names(
        icu::LocaleDisplayNames::createInstance(icu::Locale(facts_of(language).cldr)));
    std::vector<std::string> result(country_indexes);
    for (std::uint16_t index = 0; index < country_indexes; ++index) {
        if (!Country::is_in_use(index)) continue;
        auto const country = Country::from_index(index);
        icu::UnicodeString name;
        names->regionDisplayName(std::string(country.text()).c_str(), name);
        name.toUTF8String(result[index]);
        if (result[index].empty() || result[index] == country.text()) result[index] = country.name();
    }
    return result;
}

}  // namespace allroads::locale
