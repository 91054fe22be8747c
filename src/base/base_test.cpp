#include <rapidcheck.h>

#include "base/base.h"

#include <doctest/doctest.h>

#include <set>

using namespace allroads;

TEST_CASE("every code has a name of its own, a status and a sentence") {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(Code::unavailable); ++i) {
        CodeFacts const& facts = facts_of(static_cast<Code>(i));
        CHECK(names.insert(facts.name).second);
        CHECK(facts.http_status >= 400);
        CHECK(facts.http_status < 600);
        CHECK(facts.exit_status >= 2);
        CHECK(!facts.sentence.empty());
    }
    CHECK(facts_of(Code::bad_date).name == "bad-date");
    CHECK(facts_of(Code::unavailable).http_status == 503);
}

TEST_CASE("an error tells where it happened") {
    Error const inner(Code::bad_date, "date", "2026-02-30 is not a day of the calendar");
    CHECK(inner.within("goods[0]").field() == "goods[0].date");
    CHECK(inner.within("goods[0]").sentence() ==
          "bad-date: goods[0].date: 2026-02-30 is not a day of the calendar");
    CHECK(Error(Code::bad_date, "[3]", "x").within("dates").field() == "dates[3]");
    CHECK(Error(Code::bad_date, "", "x").within("date").field() == "date");
    CHECK(Error(Code::bad_date, "", "").sentence() ==
          "bad-date: A date is a day of the calendar, written YYYY-MM-DD");
    Error copy = inner;
    copy = copy.within("a");
    CHECK(copy.field() == "a.date");
    CHECK(inner.field() == "date");
    static_assert(sizeof(Error) == 16);
}

TEST_CASE("check throws a Bug that names a place in the tree") {
    CHECK_NOTHROW(check(true));
    try {
        check(false);
        FAIL("check(false) returned");
    } catch (Bug const& bug) {
        std::string_view const what = bug.what();
        CHECK(what.find("src/base/base_test.cpp:") != what.npos);
        CHECK(what.find("(/") == what.npos);
    }
}

namespace {
Result<int> half(int number) {
    if (number % 2 != 0) return refuse(Code::bad_value, "number", "is odd");
    return number / 2;
}
Result<int> quarter(int number) { return TRY(half(TRY(half(number)))); }
Result<void> even(int number) {
    TRY_VOID(half(number));
    return {};
}
}  // namespace

TEST_CASE("TRY yields the value or returns the error, one within another too") {
    CHECK(quarter(12).value() == 3);
    CHECK(quarter(6).error().code() == Code::bad_value);
    CHECK(even(2));
    CHECK(!even(3));
}

// ---- days -------------------------------------------------------------------------------------------------

TEST_CASE("each day from 1900 to 2199 is printed and read again") {
    // A calendar of its own: counted on from day to day.
    int year = 1900;
    int month = 1;
    int day = 1;
    bool all_right = true;
    for (std::int32_t number = Day::first().number(); number <= Day::last().number(); ++number) {
        Day const date = Day::from_number(number);
        all_right = all_right && date.year() == year && date.month() == month && date.day_of_month() == day &&
                    Day::of(year, month, day) == date && Day::parse(date.text()) == date &&
                    date.number() == number;
        bool const leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        int const lengths[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        if (++day > lengths[month - 1]) {
            day = 1;
            if (++month > 12) {
                month = 1;
                ++year;
            }
        }
    }
    CHECK(all_right);
    CHECK(year == 2200);
    CHECK(Day::first().text() == "1900-01-01");
    CHECK(Day::last().text() == "2199-12-31");
}

TEST_CASE("days that do not exist are refused in plain words") {
    for (auto const* text :
         {"2026-02-30", "2026-02-29", "1900-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-04-31",
          "2026-01-00", "1899-12-31", "2200-01-01", "0000-00-00"}) {
        auto const day = Day::parse(text);
        CHECK_MESSAGE(!day, text);
        CHECK(day.error().code() == Code::bad_date);
        CHECK(day.error().detail().find(text) != std::string_view::npos);
    }
    CHECK(Day::parse("2026-02-30").error().detail() ==
          "2026-02-30 is not a day of the calendar; expected a day that exists, like 2026-03-15");
    CHECK(Day::parse("2024-02-29"));
    CHECK(Day::parse("2000-02-29"));
}

TEST_CASE("a date is written YYYY-MM-DD and in no other way") {
    for (auto const* text :
         {"", "2026", "2026-3-15", "2026/03/15", "15-03-2026", "20260315", " 2026-03-15", "2026-03-15 ",
          "2026-03-15T00:00", "+026-03-15", "2026-03-1x", "today", "-026-03-15"}) {
        CHECK_MESSAGE(!Day::parse(text), text);
    }
    CHECK(!Day::parse(std::string(1'000'000, '2')));
    CHECK(!Day::parse(std::string("2026\0-3-15", 10)));
}

TEST_CASE("days are added within the calendar") {
    Day const day = *Day::of(2026, 2, 27);
    CHECK(day.plus(2).text() == "2026-03-01");
    CHECK(day.plus(-58).text() == "2025-12-31");
    CHECK(day.plus(2'000'000'000) == Day::last());
    CHECK(day.plus(-2'000'000'000) == Day::first());
    CHECK_THROWS_AS(static_cast<void>(Day::from_number(84006)), Bug);
    CHECK_THROWS_AS(static_cast<void>(Day::from_number(-25568)), Bug);
}

// ---- countries --------------------------------------------------------------------------------------------

TEST_CASE("the 249 codes of ISO 3166-1 and XK are known, and no other pair") {
    std::set<std::string_view> names;
    for (char first = 'A'; first <= 'Z'; ++first) {
        for (char second = 'A'; second <= 'Z'; ++second) {
            std::string const text{first, second};
            auto const country = Country::parse(text);
            if (!country) continue;
            CHECK(country->text() == text);
            CHECK(country->index() == (first - 'A') * 26 + (second - 'A'));
            CHECK(Country::from_index(country->index()) == *country);
            CHECK_MESSAGE(names.insert(country->name()).second, text);
            CHECK(is_clean(country->name()));
        }
    }
    CHECK(names.size() == 250);
    CHECK(Country::parse("ke")->name() == "Kenya");
    CHECK(Country::parse("XK")->name() == "Kosovo");
    CHECK_THROWS_AS(static_cast<void>(Country::from_index(0)), Bug);  // AA
    CHECK_THROWS_AS(static_cast<void>(Country::from_index(676)), Bug);
}

TEST_CASE("what is not a country is refused") {
    for (auto const* text :
         {"", "K", "KEN", "K1", "EU", "AA", "ZZ", "  ", "K ", "\xC3\x84", "SU", "YU", "AN"}) {
        CHECK_MESSAGE(!Country::parse(text), text);
    }
    CHECK(Country::parse("UK").error().detail().find("GB") != std::string_view::npos);
    CHECK(Country::parse("EL").error().detail().find("GR") != std::string_view::npos);
    CHECK(Country::parse(std::string(1'000'000, 'K')).error().detail().size() < 200);
    CHECK(Country::parse("DE").value() < Country::parse("KE").value());
}

// ---- text -------------------------------------------------------------------------------------------------

TEST_CASE("digits of every script become 0-9") {
    CHECK(plain_digits("") == "");
    CHECK(plain_digits("4602.19.18") == "4602.19.18");
    CHECK(plain_digits("٠١٢٣٤٥٦٧٨٩") == "0123456789");            // Arabic-Indic
    CHECK(plain_digits("۰۱۲۳۴۵۶۷۸۹") == "0123456789");            // Persian
    CHECK(plain_digits("०१२३४५६७८९") == "0123456789");            // Devanagari
    CHECK(plain_digits("০১২৩৪৫৬৭৮৯") == "0123456789");            // Bengali
    CHECK(plain_digits("๐๑๒๓๔๕๖๗๘๙") == "0123456789");            // Thai
    CHECK(plain_digits("០១២៣៤៥៦៧៨៩") == "0123456789");            // Khmer
    CHECK(plain_digits("၀၁၂၃၄၅၆၇၈၉") == "0123456789");            // Myanmar
    CHECK(plain_digits("０１２３４５６７８９") == "0123456789");  // full width
    CHECK(plain_digits("𞥐𞥑𞥒") == "012");                          // Adlam
    CHECK(plain_digits("١٢٫٥") == "12.5");
    CHECK(plain_digits("Kaffee für 12 €") == "Kaffee für 12 €");
}

TEST_CASE("zero-width marks go, and spaces become one kind") {
    CHECK(plain_digits("12\u200B34\uFEFF\u200F\u2060") == "1234");
    CHECK(plain_digits("12\u00A034\u202F5\u3000\u2009") == "12 34 5  ");
    CHECK(plain_digits("a\xFF"
                       "b") ==
          "a\uFFFD"
          "b");
    CHECK(plain_digits("\xC3") == "\uFFFD");
    CHECK(plain_digits("\xED\xA0\x80").find("\uFFFD") == 0);  // half of a surrogate pair
}

TEST_CASE("only well-formed text without control characters is clean") {
    CHECK(is_clean(""));
    CHECK(is_clean("Roasted coffee\tnot decaffeinated\r\n"));
    CHECK(is_clean("Kīkapu cha mkonge – शहद"));
    CHECK(!is_clean(std::string_view("\0", 1)));
    CHECK(!is_clean("\x1B[31m"));
    CHECK(!is_clean("\x7F"));
    CHECK(!is_clean("\xC2\x85"));
    CHECK(!is_clean("\xC0\x80"));
    CHECK(!is_clean("\xF4\x90\x80\x80"));
    CHECK(!is_clean("abc\xE2\x82"));
}

TEST_CASE("plain_digits and excerpt always give clean UTF-8 of bounded size") {
    CHECK(rc::check("any bytes", [](std::string const& bytes, std::uint8_t limit) {
        std::string const plain = plain_digits(bytes);
        RC_ASSERT(plain_digits(plain) == plain);
        std::string const shown = excerpt(bytes, limit);
        RC_ASSERT(is_clean(shown));
        RC_ASSERT(shown.size() <= limit + 3U);
    }));
    CHECK(excerpt("0901") == "0901");
    CHECK(excerpt("ééé", 3) == "é…");
    CHECK(excerpt(std::string(60, 'a')) == std::string(60, 'a'));
    CHECK(excerpt(std::string(61, 'a')) == std::string(60, 'a') + "…");
    CHECK(excerpt("a\nb\x1B") == "a\uFFFDb\uFFFD");
    CHECK(plain_digits(std::string(1'000'000, '\xFF')).size() == 3'000'000);
}

TEST_CASE("trim takes blanks off both ends only") {
    CHECK(trim("") == "");
    CHECK(trim(" \t\r\n") == "");
    CHECK(trim("  a b ") == "a b");
}
