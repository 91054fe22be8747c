#pragma once
// What stands behind a Tongue: of each language its texts and names, of each choice of digits its shapes.
// Each part is made when it is first asked for and never changes after.

#include "locale/catalog.h"
#include "locale/facts.h"
#include "locale/shape.h"

#include <atomic>
#include <mutex>
#include <vector>

#include <unicode/coll.h>
#include <unicode/locdspnm.h>

namespace allroads::locale {

template <class T>
class Lazy {
public:
    template <class Make>
    T const& get(Make make) const {
        std::call_once(once_, [&] { value_.emplace(make()); });
        return *value_;
    }

private:
    mutable std::once_flag once_;
    mutable std::optional<T> value_;
};

// ---- of a language ----------------------------------------------------------------------------------------

struct CurrencyWords {
    std::string name;
    std::string symbol;  // where it means this currency alone; else empty
};
struct Symbol {
    std::string folded;
    Currency currency;
};
struct Currencies {
    std::vector<CurrencyWords> words;  // by Currency::index
    std::vector<Symbol> symbols;       // every symbol in use, ascending; several currencies may share one
};
// A symbol as it is compared: without spaces and marks, case folded.
[[nodiscard]] std::string folded_symbol(std::string_view symbol);
[[nodiscard]] Currencies currencies_of(Language language);
[[nodiscard]] std::vector<std::string> countries_of(Language language);  // by Country::index

struct Speech {
    Catalog catalog;
    Lazy<Currencies> currencies;
    Lazy<std::vector<std::string>> countries;
    Lazy<std::unique_ptr<icu::LocaleDisplayNames>> languages;
    Lazy<std::unique_ptr<icu::Collator>> collator;
};

// ---- of a language and its digits -------------------------------------------------------------------------

// A pattern of a date, in pieces.
struct DatePiece {
    enum class Kind : std::uint8_t { literal, day, day_in_two, month, month_in_two, month_name, year };
    Kind kind;
    std::string literal = {};
};
struct DateShape {
    std::vector<DatePiece> pieces;
    std::array<std::string, 12> months;
};

// Units that CLDR has words for.
struct KnownUnit {
    std::string_view code;  // UN/ECE Recommendation 20
    char const* cldr;
};
inline constexpr std::array known_units = {
    KnownUnit{"KGM", "kilogram"},   KnownUnit{"GRM", "gram"},         KnownUnit{"TNE", "tonne"},
    KnownUnit{"LTR", "liter"},      KnownUnit{"MLT", "milliliter"},   KnownUnit{"MTR", "meter"},
    KnownUnit{"CMT", "centimeter"}, KnownUnit{"MTK", "square-meter"}, KnownUnit{"MTQ", "cubic-meter"},
};

struct Script {
    icu::Locale cldr;
    DigitTexts digits;
    Shape number;
    Shape percent;
    std::array<DateShape, 2> dates;  // by Length
    Script() : money(all_currencies().size()) {}
    Script(Script const&) = delete;
    ~Script();
    // How an amount of that currency looks; `symbol` empty: with its code.
    [[nodiscard]] Shape const& money_shape(Currency currency, std::string_view symbol) const;

    mutable std::vector<std::atomic<Shape const*>> money;  // by Currency::index
    std::array<Lazy<icu::number::LocalizedNumberFormatter>, known_units.size()> units;
};
void fill_script(Script& script, Language language, Digits digits);

struct Hidden {
    std::array<Speech, language_count> speeches;
    struct Slot {
        std::once_flag once;
        Script script;
    };
    mutable std::array<std::array<Slot, digits_count>, language_count> slots;

    [[nodiscard]] Speech const& speech(Language language) const { return speeches[language.index()]; }
    [[nodiscard]] Script const& script(Language language, Digits digits) const {
        auto& slot = slots[language.index()][static_cast<std::size_t>(digits)];
        std::call_once(slot.once, [&] { fill_script(slot.script, language, digits); });
        return slot.script;
    }
    [[nodiscard]] Currencies const& currencies(Language language) const {
        return speech(language).currencies.get([&] { return currencies_of(language); });
    }
};

}  // namespace allroads::locale
