#pragma once
// locale: how languages write: their texts, numbers, money, days and names, and how people type numbers.
//
// Promises: everything here is immutable once opened and may be asked from any thread; what is costly is
// made when it is first asked for. No setting of the process (setlocale, std::locale::global) is read or
// changed. Numbers are written and read exactly, digit by digit. A text without translation is given in
// English. What may be read in two ways is refused, not guessed.

#include "base/base.h"
#include "goods/goods.h"
#include "money/money.h"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::locale {

// ---- languages --------------------------------------------------------------------------------------------

enum class Direction : std::uint8_t { left_to_right, right_to_left };

// A language this hub speaks. One byte.
class Language {
public:
    // By its tag, with or without region and script, in any case: "sw", "pt-BR", "zh_Hans_CN".
    [[nodiscard]] static std::optional<Language> parse(std::string_view tag);
    [[nodiscard]] static constexpr Language english() { return Language(0); }

    [[nodiscard]] std::string_view tag() const;       // BCP 47: "sw"; for the attribute lang of a page
    [[nodiscard]] std::string_view own_name() const;  // "Kiswahili"
    [[nodiscard]] std::string_view script() const;    // ISO 15924: "Latn"
    [[nodiscard]] Direction direction() const;
    [[nodiscard]] constexpr std::uint8_t index() const { return index_; }  // place in all_languages()
    friend constexpr auto operator<=>(Language, Language) = default;

private:
    friend std::span<Language const> all_languages();
    constexpr explicit Language(std::uint8_t index) : index_(index) {}
    std::uint8_t index_;
};
// English first.
[[nodiscard]] std::span<Language const> all_languages();
// The language `chosen` (a tag that the visitor picked; may be empty or unknown); else the one of the header
// Accept-Language (RFC 9110, 12.5.4) that is wanted most, the earlier where two are wanted alike; else
// English. What is malformed in the header is passed over; of one longer than 4096 bytes the rest too.
[[nodiscard]] Language negotiate(std::string_view accept_language, std::string_view chosen = {});

// ---- texts ------------------------------------------------------------------------------------------------

// Marks a text that is translated later, by a variable: tools/texts.py finds it.
[[nodiscard]] constexpr std::string_view to_say(std::string_view english) { return english; }

struct Place {
    std::string_view name;   // "COUNTRY"
    std::string_view value;  // "Kenya"
};
// `text` with each {{NAME}} replaced by its value, once: what a value holds is not looked at again. Names
// that are not given stay as they are.
[[nodiscard]] std::string fill(std::string_view text, std::initializer_list<Place> places);
// `text` between U+2068 and U+2069, so that a code or an amount keeps its order within a text of the other
// direction. Controls of direction inside that could reach out are left out. In HTML, <bdi> does the same.
[[nodiscard]] std::string isolated(std::string_view text);

// ---- writing ----------------------------------------------------------------------------------------------

// Which digits are written. `usual`: those that CLDR names for the language (Arabic ٠١٢, Bengali ০১২, all
// others 012). `native`: those of its script, where it has its own (Arabic, Urdu ۰۱۲, Hindi ०१२, Bengali).
enum class Digits : std::uint8_t { usual, latin, native };

enum class Length : std::uint8_t {
    brief,  // "15 Mar 2026": the month is never a number that could be taken for the day
    full,   // "15 March 2026"
};

struct Hidden;

// One language with one choice of digits. Light, to be copied; valid as long as its Tongues.
class Tongue {
public:
    [[nodiscard]] Language language() const { return language_; }
    [[nodiscard]] Digits digits() const { return digits_; }
    [[nodiscard]] bool has_texts() const;  // English always; others where their translations were found

    // The translation of an English text; `text` itself where there is none. `context` tells apart what is
    // one word in English: say("verb", "Order").
    [[nodiscard]] std::string_view say(std::string_view text) const;
    [[nodiscard]] std::string_view say(std::string_view context, std::string_view text) const;
    // The form for `n` with {1} replaced by n: say_many("{1} product", "{1} products", 3).
    [[nodiscard]] std::string say_many(std::string_view one, std::string_view many, std::int64_t n) const;
    [[nodiscard]] std::string say_many(std::string_view context, std::string_view one, std::string_view many,
                                       std::int64_t n) const;

    // All decimals that are not trailing zeros, and at least `decimals_min`.
    [[nodiscard]] std::string number(Decimal const& value, int decimals_min = 0) const;
    [[nodiscard]] std::string percent(Decimal const& hundredths) const;  // 4.5: "4.5%"
    // With the minor digits of ISO 4217. The symbol is written only where it means one currency ("US$", "€",
    // "₹"), else the code ("GBP 12.50", because £ is also Egypt's; never a bare $).
    [[nodiscard]] std::string money(Money const& money) const;
    [[nodiscard]] std::string date(Day day, Length length = Length::brief) const;
    // "2.5 kg", "3 pieces"; the symbol of the unit where the language has no word of its own for it.
    [[nodiscard]] std::string quantity(Quantity const& quantity) const;

    [[nodiscard]] std::string_view country_name(Country country) const;
    [[nodiscard]] std::string_view currency_name(Currency currency) const;
    [[nodiscard]] std::string language_name(Language language) const;
    // The order of this language's dictionaries.
    [[nodiscard]] std::weak_ordering compare(std::string_view a, std::string_view b) const;

    // What people type: the digits of any script, groups of this language (or spaces, apostrophes, lakhs),
    // its decimal sign. The other sign is taken as decimal only where nothing else can be meant ("12.50" in
    // Spanish, not "1.234", which is 1234 there). Refused (`amount-not-decimal`): everything else.
    [[nodiscard]] Result<Decimal> read_number(std::string_view text) const;
    // The same with a code or symbol before or behind. `expected`: the currency where none is written;
    // another one is refused (`bad-currency`), and so is a symbol of several currencies where none is
    // expected.
    [[nodiscard]] Result<Money> read_money(std::string_view text,
                                           std::optional<Currency> expected = std::nullopt) const;

private:
    friend class Tongues;
    Tongue(Hidden const& all, Language language, Digits digits)
        : all_(&all), language_(language), digits_(digits) {}
    Hidden const* all_;
    Language language_;
    Digits digits_;
};

// Every language. Opened once, when the program starts.
class Tongues {
public:
    // Reads <folder>/<tag>/LC_MESSAGES/allroads.mo of each language. One that is not there leaves its
    // language with English texts; one that is damaged is refused (`bad-file`).
    [[nodiscard]] static Result<Tongues> open(std::string_view folder);
    [[nodiscard]] static Tongues without_texts();  // numbers and names of all languages, texts in English
    Tongues(Tongues&&) noexcept;
    Tongues& operator=(Tongues&&) noexcept;
    ~Tongues();

    [[nodiscard]] Tongue in(Language language, Digits digits = Digits::usual) const;

private:
    explicit Tongues(std::unique_ptr<Hidden const> hidden);
    std::unique_ptr<Hidden const> hidden_;
};

// ---- short messages ---------------------------------------------------------------------------------------

// How a text goes by SMS (3GPP TS 23.038 and 23.040): in GSM-7, 160 characters of seven bits or 153 in each
// of several parts, where those of the extension table count two; else in UCS-2, 70 or 67 units of UTF-16.
// No character is split between parts.
struct SmsCount {
    bool is_ucs2 = false;
    std::size_t units = 0;      // of seven bits, or of UTF-16
    std::size_t parts = 0;      // 0: an empty text
    std::size_t room_left = 0;  // units that still fit into the last part
    std::vector<std::string> forcing = {};  // the characters that GSM-7 lacks, each once, in their order
};
inline constexpr std::size_t sms_parts_max = 255;  // as many as can be numbered
// Refused: what is no well-formed UTF-8 or has control characters (`bad-value`).
[[nodiscard]] Result<SmsCount> sms_count(std::string_view text);
// The parts, which together are the text; nothing is cut. Refused (`too-long`): more than `parts_max`.
[[nodiscard]] Result<std::vector<std::string>> sms_parts(std::string_view text,
                                                         std::size_t parts_max = sms_parts_max);

}  // namespace allroads::locale
