#pragma once
// base: the ground every other room stands on: failure, days, countries, and text of any script.
//
// Promises: nothing here does I/O or reads a clock. Whatever can be refused returns Result and names the
// field. `check` is for our own mistakes only; it is never compiled out.

#include <array>
#include <compare>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace allroads {

// ---- failure ----------------------------------------------------------------------------------------------

// name in C++, name in answers and documents, HTTP status, exit status of the command line, sentence.
#define HUB_CODES(X)                                                                                       \
    X(amount_not_decimal, "amount-not-decimal", 422, 2,                                                    \
      "An amount must be written as text in plain decimals")                                               \
    X(amount_too_precise, "amount-too-precise", 422, 2, "An amount has more decimals than its currency")   \
    X(amount_too_large, "amount-too-large", 422, 2, "An amount is beyond what can be computed exactly")    \
    X(bad_code, "bad-goods-code", 422, 2, "A customs code has 2 to 12 digits")                             \
    X(bad_country, "bad-country", 422, 2, "A country is a code of two letters from ISO 3166-1")            \
    X(bad_currency, "bad-currency", 422, 2, "A currency is a code of three letters from ISO 4217")         \
    X(bad_date, "bad-date", 422, 2, "A date is a day of the calendar, written YYYY-MM-DD")                 \
    X(bad_quantity, "bad-quantity", 422, 2, "A quantity must be a decimal above or equal to zero")         \
    X(bad_unit, "bad-unit", 422, 2, "The unit is not one this hub knows")                                  \
    X(bad_value, "bad-value", 422, 2, "The value is not one of those expected")                            \
    X(field_missing, "field-missing", 422, 2, "A required field is missing")                               \
    X(field_unknown, "field-unknown", 422, 2, "A field has a name this hub does not know")                 \
    X(bad_json, "bad-json", 400, 2, "The request is not well-formed JSON")                                 \
    X(too_long, "too-long", 413, 2, "The input is longer than the limit")                                  \
    X(no_market, "no-market", 404, 3, "The books hold no rules for this destination")                      \
    X(no_exchange_rate, "no-exchange-rate", 422, 3,                                                        \
      "There is no exchange rate between these currencies that day")                                       \
    X(prohibited, "prohibited", 422, 3, "These goods may not be imported there")                           \
    X(not_found, "not-found", 404, 3, "There is nothing of that name")                                     \
    X(bad_file, "bad-file", 422, 4, "The file is not what its source publishes")                           \
    X(bad_pack, "bad-pack", 422, 4, "A rule pack has a mistake")                                           \
    X(file_shrank, "file-shrank", 409, 4, "The file has far fewer lines than the one already loaded")      \
    X(file_invented, "file-invented", 409, 4, "The lines of the file look made up")                        \
    X(edition_corrupt, "edition-corrupt", 500, 4, "The books are damaged or cut short; build them again")  \
    X(edition_version, "edition-version", 500, 4,                                                          \
      "The books were written by another version; build them again")                                       \
    X(no_books, "no-books", 503, 4, "There are no books here yet")                                         \
    X(no_db, "no-data", 503, 4, "There is no data file here yet")                                          \
    X(db_version, "data-version", 500, 4, "The data was written by another version of the program")        \
    X(db_damaged, "data-damaged", 500, 4, "The data is damaged; restore a backup")                         \
    X(conflict, "conflict", 409, 3, "This contradicts what is stored already")                             \
    X(not_enough, "not-enough", 409, 3, "An account does not have so much free")                           \
    X(outcome_unknown, "outcome-unknown", 503, 5, "Whether this was stored is not known; look, then ask")  \
    X(bad_http, "bad-http", 400, 2, "The request is not well-formed HTTP")                                 \
    X(not_allowed, "not-allowed", 403, 3, "Your account may not do this")                                  \
    X(other_site, "other-site", 403, 3, "The request comes from a page of another site")                   \
    X(signed_out, "signed-out", 401, 3, "Sign in first; there is no such session or key, or it has ended") \
    X(wrong_secret, "wrong-secret", 403, 3, "The password, PIN or code is not the right one")              \
    X(method_not_allowed, "method-not-allowed", 405, 2, "This address does not know that method")          \
    X(too_slow, "too-slow", 408, 5, "The request took too long to arrive")                                 \
    X(address_too_long, "address-too-long", 414, 2, "The address of the request is longer than the limit") \
    X(expectation_failed, "expectation-failed", 417, 2, "The request expects what is not offered")         \
    X(wrong_host, "wrong-host", 421, 2, "This server does not answer to that name")                        \
    X(too_many, "too-many", 429, 5, "Too much comes from one address at a time; try again later")          \
    X(head_too_large, "head-too-large", 431, 2, "The header of the request is larger than the limit")      \
    X(internal, "internal", 500, 5, "Something went wrong here; the incident number tells us what")        \
    X(not_supported, "not-supported", 501, 2, "The request needs what this server does not know")          \
    X(busy, "busy", 503, 5, "The hub has more to do than it can; try again")                               \
    X(http_version, "http-version", 505, 2, "The request speaks another version of HTTP")                  \
    X(unavailable, "unavailable", 503, 5, "The world is not answering; try again")

enum class Code : std::uint8_t {
#define X(name, text, status, exit, sentence) name,
    HUB_CODES(X)
#undef X
};

struct CodeFacts {
    std::string_view name;      // as in answers: "bad-date"
    int http_status;            // RFC 9457 problem documents carry it
    int exit_status;            // of the command line
    std::string_view sentence;  // plain English, without the particulars
};
[[nodiscard]] CodeFacts const& facts_of(Code code);

// Why something was refused. Sixteen bytes, so that a Result is cheap where nothing fails.
class Error {
public:
    // `field` is the path of the offending field ("goods[0].price") or empty; `detail` says what was found
    // and what was expected, in plain words.
    Error(Code code, std::string_view field, std::string_view detail);
    Error(Error const& other);
    Error(Error&&) noexcept = default;
    Error& operator=(Error const& other);
    Error& operator=(Error&&) noexcept = default;
    ~Error() = default;

    [[nodiscard]] Code code() const { return code_; }
    [[nodiscard]] std::string_view field() const { return words_ ? std::string_view(words_->field) : ""; }
    [[nodiscard]] std::string_view detail() const { return words_ ? std::string_view(words_->detail) : ""; }
    // The same refusal, with `outer` put before the field: "price" within "goods[0]" is "goods[0].price".
    [[nodiscard]] Error within(std::string_view outer) const;
    // "bad-date: goods[0].date: 2026-02-30 is not a day of the calendar".
    [[nodiscard]] std::string sentence() const;

private:
    struct Words {
        std::string field;
        std::string detail;
    };
    Code code_;
    std::unique_ptr<Words> words_;
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] std::unexpected<Error> refuse(Code code, std::string_view field, std::string_view detail);

// Yields the value of a Result, or returns its error from the function around it. Each use has its own name
// inside, so that one may stand within another.
#define ALLROADS_JOIN_(a, b) a##b
#define ALLROADS_JOIN(a, b) ALLROADS_JOIN_(a, b)
#define ALLROADS_TRY(name, ...)                                     \
    __extension__({                                                 \
        auto name = (__VA_ARGS__);                                  \
        if (!name) return std::unexpected(std::move(name).error()); \
        std::move(name).value();                                    \
    })
#define TRY(...) ALLROADS_TRY(ALLROADS_JOIN(tried_, __COUNTER__), __VA_ARGS__)
// The same for a Result<void>.
#define ALLROADS_TRY_VOID(name, ...)                                                           \
    do {                                                                                       \
        if (auto name = (__VA_ARGS__); !name) return std::unexpected(std::move(name).error()); \
    } while (false)
#define TRY_VOID(...) ALLROADS_TRY_VOID(ALLROADS_JOIN(tried_, __COUNTER__), __VA_ARGS__)

// A mistake of ours. The only exception that crosses a door.
class Bug : public std::logic_error {
public:
    using std::logic_error::logic_error;
};
[[noreturn]] void bug(std::source_location const& where);
// Not a macro: boost has functions of this name.
constexpr void check(bool claim, std::source_location const& where = std::source_location::current()) {
    if (!claim) [[unlikely]]
        bug(where);
}

// ---- days -------------------------------------------------------------------------------------------------

// A day of the Gregorian calendar, 1900-01-01 to 2199-12-31. No time, no zone: customs law speaks in days.
class Day {
public:
    [[nodiscard]] static Result<Day> parse(std::string_view text);  // strictly YYYY-MM-DD
    [[nodiscard]] static std::optional<Day> of(int year, int month, int day);
    // The inverse of `number`; checks the range.
    [[nodiscard]] static Day from_number(std::int32_t days_since_1970);
    [[nodiscard]] static constexpr Day first() { return Day(-25567); }  // 1900-01-01, "since ever"
    [[nodiscard]] static constexpr Day last() { return Day(84005); }    // 2199-12-31, "until further notice"

    [[nodiscard]] constexpr std::int32_t number() const { return number_; }
    [[nodiscard]] int year() const;
    [[nodiscard]] int month() const;
    [[nodiscard]] int day_of_month() const;
    [[nodiscard]] Day plus(int days) const;              // stops at first() and last()
    [[nodiscard]] std::string text() const;              // "2026-03-15"
    [[nodiscard]] std::array<char, 10> letters() const;  // the same, without a string
    friend constexpr auto operator<=>(Day, Day) = default;

private:
    constexpr explicit Day(std::int32_t number) : number_(number) {}
    std::int32_t number_;
};

// ---- countries --------------------------------------------------------------------------------------------

// A country or territory of ISO 3166-1 (and XK, which customs tariffs use for Kosovo). Two bytes.
class Country {
public:
    // Exactly two letters of a code in use; lower case is accepted.
    [[nodiscard]] static Result<Country> parse(std::string_view text);
    // 0 … 675: the place of the two letters among all pairs, for bit sets.
    [[nodiscard]] constexpr std::uint16_t index() const { return index_; }
    [[nodiscard]] static Country from_index(std::uint16_t index);  // checks that the code is in use
    [[nodiscard]] static bool is_in_use(std::uint16_t index);
    [[nodiscard]] std::string_view text() const;  // "KE"
    [[nodiscard]] std::string_view name() const;  // short English name
    friend constexpr auto operator<=>(Country, Country) = default;

private:
    constexpr explicit Country(std::uint16_t index) : index_(index) {}
    std::uint16_t index_;
};
inline constexpr std::size_t country_indexes = 676;

// ---- text of any script -----------------------------------------------------------------------------------

// `text` with the decimal digits of every script (Unicode Nd) written 0-9, the Arabic decimal separator
// U+066B as
// '.', zero-width characters removed and every kind of space as ' '. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string plain_digits(std::string_view text);
// Whether `text` is well-formed UTF-8 without control characters (tab, CR and LF are allowed).
[[nodiscard]] bool is_clean(std::string_view text);
// `text` cut to at most `bytes` bytes at a character boundary, "…" added where it was cut; for messages.
[[nodiscard]] std::string excerpt(std::string_view text, std::size_t bytes = 60);
[[nodiscard]] std::string_view trim(std::string_view text);
// `text` as it is compared with other texts: compatibility forms and case folded, digits 0-9, the accents
// of Latin, Greek, Cyrillic and Arabic letters left out (not the vowel signs of India's scripts: they make
// other words), letters that Arabic, Persian and Urdu keyboards write differently made one. Letters and
// digits stay; of everything else, ASCII punctuation stays, commas, stops and brackets of other scripts
// become theirs, and the rest is one space.
[[nodiscard]] std::string folded(std::string_view text);

}  // namespace allroads
