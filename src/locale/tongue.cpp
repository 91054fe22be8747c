// The door's verbs that write. Reading is in reading.cpp.

#include "locale/hidden.h"

#include <charconv>

namespace allroads::locale {
namespace {

constexpr std::size_t compared_bytes_max = 64U * 1024;

void append_count(std::string& to, DigitTexts const& digits, int value, int width) {
    std::array<char, 16> letters;
    auto const end = std::to_chars(letters.data(), letters.data() + letters.size(), value).ptr;
    for (auto missing = width - static_cast<int>(end - letters.data()); missing > 0; --missing)
        to.append(digits[0]);
    for (auto const* at = letters.data(); at != end; ++at)
        to.append(digits[static_cast<std::size_t>(*at - '0')]);
}

// The whole number that a quantity of things is, or nothing.
std::optional<std::int64_t> whole(Decimal const& amount) {
    auto const stripped = amount.stripped();
    if (stripped.scale() != 0 || stripped.coefficient() > INT64_MAX || stripped.coefficient() < INT64_MIN)
        return std::nullopt;
    return static_cast<std::int64_t>(stripped.coefficient());
}

icu::number::LocalizedNumberFormatter unit_formatter(icu::Locale const& cldr, char const* unit) {
    UErrorCode failure = U_ZERO_ERROR;
    auto const measure = icu::MeasureUnit::forIdentifier(unit, failure);
    check(U_SUCCESS(failure) != 0);
    return icu::number::NumberFormatter::withLocale(cldr)
        .unit(measure)
        .unitWidth(UNUM_UNIT_WIDTH_SHORT)
        .precision(icu::number::Precision::unlimited());
}

std::string utf8(icu::UnicodeString const& text) {
    std::string result;
    text.toUTF8String(result);
    return result;
}

}  // namespace

// ---- texts ------------------------------------------------------------------------------------------------

bool Tongue::has_texts() const {
    return language_ == Language::english() || all_->speech(language_).catalog.has_texts();
}

std::string_view Tongue::say(std::string_view text) const {
    return all_->speech(language_).catalog.find({}, text).value_or(text);
}

std::string_view Tongue::say(std::string_view context, std::string_view text) const {
    return all_->speech(language_).catalog.find(context, text).value_or(text);
}

std::string Tongue::say_many(std::string_view one, std::string_view many, std::int64_t n) const {
    return say_many({}, one, many, n);
}

std::string Tongue::say_many(std::string_view context, std::string_view one, std::string_view many,
                             std::int64_t n) const {
    auto const english = n == 1 || n == -1 ? one : many;
    auto const form = all_->speech(language_).catalog.find(context, one, n).value_or(english);
    constexpr std::string_view place = "{1}";
    std::string result;
    std::size_t at = 0;
    for (auto found = form.find(place); found != form.npos; found = form.find(place, at)) {
        result.append(form.substr(at, found - at)).append(number(Decimal(n)));
        at = found + place.size();
    }
    return result.append(form.substr(at));
}

// ---- numbers and days -------------------------------------------------------------------------------------

std::string Tongue::number(Decimal const& value, int decimals_min) const {
    auto const& script = all_->script(language_, digits_);
    std::string text;
    append(text, script.number, script.digits, value, decimals_min);
    return text;
}

std::string Tongue::percent(Decimal const& hundredths) const {
    auto const& script = all_->script(language_, digits_);
    std::string text;
    append(text, script.percent, script.digits, hundredths, 0);
    return text;
}

std::string Tongue::money(Money const& money) const {
    auto const& script = all_->script(language_, digits_);
    auto const currency = money.currency();
    auto const& words = all_->currencies(language_).words[currency.index()];
    std::string text;
    append(text, script.money_shape(currency, words.symbol), script.digits, money.amount(),
           currency.minor_digits());
    // "US$" at the end of a line that runs from the right would be drawn as "$US".
    bool const ends_in_sign = text.ends_with("$") || text.ends_with("¥") || text.ends_with("£");
    if (ends_in_sign && language_.direction() == Direction::right_to_left) text += "\u200E";
    return text;
}

std::string Tongue::date(Day day, Length length) const {
    using Kind = DatePiece::Kind;
    auto const& script = all_->script(language_, digits_);
    auto const& shape = script.dates[static_cast<std::size_t>(length)];
    std::string text;
    for (auto const& piece : shape.pieces) {
        switch (piece.kind) {
            case Kind::literal: text.append(piece.literal); break;
            case Kind::day: append_count(text, script.digits, day.day_of_month(), 1); break;
            case Kind::day_in_two: append_count(text, script.digits, day.day_of_month(), 2); break;
            case Kind::month: append_count(text, script.digits, day.month(), 1); break;
            case Kind::month_in_two: append_count(text, script.digits, day.month(), 2); break;
            case Kind::month_name:
                text.append(shape.months[static_cast<std::size_t>(day.month() - 1)]);
                break;
            case Kind::year: append_count(text, script.digits, day.year(), 4); break;
        }
    }
    return text;
}

std::string Tongue::quantity(Quantity const& quantity) const {
    auto const& script = all_->script(language_, digits_);
    for (std::size_t i = 0; i < known_units.size(); ++i) {
        if (known_units[i].code != quantity.unit.text()) continue;
        auto const& formatter =
            script.units[i].get([&] { return unit_formatter(script.cldr, known_units[i].cldr); });
        UErrorCode failure = U_ZERO_ERROR;
        auto const text = formatter.formatDecimal(quantity.amount.brief(), failure).toString(failure);
        check(U_SUCCESS(failure) != 0);
        return utf8(text);
    }
    if (auto const count = whole(quantity.amount)) {
        if (quantity.unit == unit::piece) return say_many("{1} piece", "{1} pieces", *count);
        if (quantity.unit == unit::pair) return say_many("{1} pair", "{1} pairs", *count);
    }
    constexpr std::string_view no_break_space = "\u00A0";
    return number(quantity.amount).append(no_break_space).append(quantity.unit.symbol());
}

// ---- names ------------------------------------------------------------------------------------------------

std::string_view Tongue::country_name(Country country) const {
    auto const& names = all_->speech(language_).countries.get([&] { return countries_of(language_); });
    return names[country.index()];
}

std::string_view Tongue::currency_name(Currency currency) const {
    return all_->currencies(language_).words[currency.index()].name;
}

std::string Tongue::language_name(Language language) const {
    auto const& names = all_->speech(language_).languages.get([&] {
        icu::Locale const here(facts_of(language_).cldr);
        return std::unique_ptr<icu::LocaleDisplayNames>(icu::LocaleDisplayNames::createInstance(here));
    });
    icu::UnicodeString name;
    names->localeDisplayName(std::string(language.tag()).c_str(), name);
    return utf8(name);
}

std::weak_ordering Tongue::compare(std::string_view a, std::string_view b) const {
    auto const& collator = all_->speech(language_).collator.get([&] {
        UErrorCode failure = U_ZERO_ERROR;
        std::unique_ptr<icu::Collator> made(
            icu::Collator::createInstance(icu::Locale(facts_of(language_).cldr), failure));
        check(U_SUCCESS(failure) != 0);
        return made;
    });
    auto const piece = [](std::string_view text) {
        auto const shown = text.substr(0, compared_bytes_max);
        return icu::StringPiece(shown.data(), static_cast<std::int32_t>(shown.size()));
    };
    UErrorCode failure = U_ZERO_ERROR;
    auto const order = collator->compareUTF8(piece(a), piece(b), failure);
    check(U_SUCCESS(failure) != 0);
    return order <=> 0;
}

// ---- all of them ------------------------------------------------------------------------------------------

Tongues::Tongues(std::unique_ptr<Hidden const> hidden) : hidden_(std::move(hidden)) {}
Tongues::Tongues(Tongues&&) noexcept = default;
Tongues& Tongues::operator=(Tongues&&) noexcept = default;
Tongues::~Tongues() = default;

Result<Tongues> Tongues::open(std::string_view folder) {
    auto hidden = std::make_unique<Hidden>();
    for (auto const language : all_languages())
        if (language != Language::english())
            hidden->speeches[language.index()].catalog = TRY(Catalog::open(folder, language));
    return Tongues(std::move(hidden));
}

Tongues Tongues::without_texts() { return Tongues(std::make_unique<Hidden const>()); }

Tongue Tongues::in(Language language, Digits digits) const { return {*hidden_, language, digits}; }

}  // namespace allroads::locale
