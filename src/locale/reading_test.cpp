// What people type as numbers and amounts: the law that what is written is read back, and what is refused.
#include "locale/locale.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace allroads;
using namespace allroads::locale;

namespace {

Tongues const& tongues() {
    static Tongues const made = Tongues::without_texts();
    return made;
}
Tongue in(std::string_view tag) { return tongues().in(*Language::parse(tag)); }

// The number as read, or "refused".
std::string number(std::string_view tag, std::string_view text) {
    auto const read = in(tag).read_number(text);
    if (read) return read->text();
    CHECK(read.error().code() == Code::amount_not_decimal);
    return "refused";
}
std::string money(std::string_view tag, std::string_view text, std::string_view expected = {}) {
    auto const currency = expected.empty() ? std::nullopt : std::optional(*Currency::parse(expected));
    auto const read = in(tag).read_money(text, currency);
    if (!read) return std::string(facts_of(read.error().code()).name);
    return read->text() + " " + std::string(read->currency().text());
}

constexpr std::array every_digits = {Digits::usual, Digits::latin, Digits::native};

}  // namespace

TEST_CASE("what is written is read back, in every language and all digits") {
    CHECK(rc::check("numbers", [] {
        auto const language = all_languages()[*rc::gen::inRange(std::size_t{0}, all_languages().size())];
        auto const tongue = tongues().in(language, *rc::gen::elementOf(every_digits));
        auto const digits = *rc::gen::inRange(1, 31);
        auto const scale = *rc::gen::inRange(0, std::min(digits, 18) + 1);
        Int128 coefficient = 0;
        for (int i = 0; i < digits; ++i) coefficient = coefficient * 10 + *rc::gen::inRange(0, 10);
        auto const value = Decimal::of(*rc::gen::arbitrary<bool>() ? -coefficient : coefficient, scale);
        auto const places = digits <= 12 ? *rc::gen::inRange(0, 19) : 0;  // 30 digits are read at most
        auto const read = tongue.read_number(tongue.number(value, places));
        RC_ASSERT(read.has_value());
        RC_ASSERT(*read == value);
    }));
    CHECK(rc::check("money", [] {
        auto const language = all_languages()[*rc::gen::inRange(std::size_t{0}, all_languages().size())];
        auto const tongue = tongues().in(language, *rc::gen::elementOf(every_digits));
        auto const currency = all_currencies()[*rc::gen::inRange(std::size_t{0}, all_currencies().size())];
        Money const amount(*rc::gen::inRange(std::int64_t{-1} << 50, std::int64_t{1} << 50), currency);
        auto const text = tongue.money(amount);
        auto const read = tongue.read_money(text);
        RC_ASSERT(read.has_value());
        RC_ASSERT(*read == amount);
        RC_ASSERT(tongue.read_money(text, currency).value() == amount);
        RC_ASSERT(tongue.read_money(isolated(text)).value() == amount);
    }));
}

TEST_CASE("the rule of the language comes first") {
    CHECK(number("fr", "1 234,50") == "1234.50");
    CHECK(number("fr", "1\u202F234,50") == "1234.50");
    CHECK(number("hi", "१,२३४.५०") == "1234.50");
    CHECK(number("hi", "12,34,567.5") == "1234567.5");
    CHECK(number("ar", "١٬٢٣٤٫٥٠") == "1234.50");
    CHECK(number("ur", "۱٬۲۳۴٫۵۰") == "1234.50");
    CHECK(number("bn", "১২,৩৪,৫৬৭.৮৯") == "1234567.89");
    CHECK(number("zh", "１，２３４．５０") == "1234.50");
    // The same letters mean different numbers.
    CHECK(number("es", "1.234") == "1234");
    CHECK(number("pt", "1.234") == "1234");
    CHECK(number("en", "1.234") == "1.234");
    CHECK(number("sw", "1.234") == "1.234");
    CHECK(number("en", "1,234") == "1234");
    CHECK(number("es", "1,234") == "1.234");
    CHECK(number("fr", "1,234") == "1.234");
    CHECK(number("en", "-1'234.5") == "-1234.5");
    CHECK(number("en", "\u22125") == "-5");
    CHECK(number("en", " 007 ") == "7");
    CHECK(number("en", ".5") == "0.5");
    CHECK(number("es", ",5") == "0.5");
}

TEST_CASE("signs the other way round are read where nothing else can be meant") {
    CHECK(number("es", "12.50") == "12.50");
    CHECK(number("en", "12,50") == "12.50");
    CHECK(number("en", "1.234,50") == "1234.50");
    CHECK(number("es", "1,234.50") == "1234.50");
    CHECK(number("fr", "12.5") == "12.5");
    CHECK(number("fr", "0.125") == "0.125");
    CHECK(number("es", "0.125") == "0.125");
    CHECK(number("en", "1.234.567") == "1234567");
    CHECK(number("fr", "1.234.567") == "1234567");
    CHECK(number("fr", "1.234,5") == "1234.5");
    CHECK(number("ar", "١٬٢٣٤.٥٠") == "1234.50");
    CHECK(number("ar", "١٢,٥") == "12.5");
    CHECK(number("en", "12,34") == "12.34");
}

TEST_CASE("what has two meanings, or none, is refused") {
    CHECK(number("fr", "1.234") == "refused");  // a point is neither sign of French
    CHECK(number("ar", "١,٢٣٤") == "refused");  // a comma beside Arabic digits is either
    CHECK(number("es", "1234.567") == "refused");
    CHECK(number("es", "1,234.567") == "refused");
    CHECK(number("en", "1.234,567") == "refused");
    for (auto const* const text : {"",          " ",
                                   "-",         ".",
                                   ",",         "a",
                                   "1a",        "1e5",
                                   "0x10",      "1..2",
                                   "1,,234",    "1,2,3",
                                   "1,2345",    "1 2",
                                   "1  234",    "--1",
                                   "1-",        "1-2",
                                   "+1",        "1.",
                                   "1,",        ",123,456",
                                   "0,123,456", "1,234,56",
                                   "1,23,4567", "1234,567,890",
                                   "1,234 567", "1.2.3",
                                   "½",         "²",
                                   "一二",      "NaN",
                                   "inf",       "1%",
                                   "$1",        "1\n2",
                                   "\t",        "\xFF",
                                   "1\xC0",     "1२",
                                   "(1)",       "1/2",
                                   "1,234'567"})
        CHECK_MESSAGE(number("en", text) == "refused", std::string(text));
    CHECK(number("en", std::string_view("1\0", 2)) == "refused");
    CHECK(number("en", "12,34,56,789") == "123456789");  // lakhs and crores
    CHECK(number("en", "123,45,678") == "refused");      // neither thousands nor lakhs
    CHECK(number("en", "12,345,67,890") == "refused");
}

TEST_CASE("hostile numbers are bounded") {
    auto const code = [](std::string const& text) { return in("en").read_number(text).error().code(); };
    CHECK(code(std::string(1'000'000, '1')) == Code::too_long);
    CHECK(code(std::string(200, ' ')) == Code::amount_not_decimal);
    CHECK(code(std::string(31, '1')) == Code::amount_too_large);
    CHECK(code("0." + std::string(19, '1')) == Code::amount_too_large);
    CHECK(in("en").read_money(std::string(1'000'000, '1')).error().code() == Code::too_long);
    CHECK(rc::check(
        "any bytes are read or refused, and what is read is read again", [](std::string const& text) {
            auto const language = all_languages()[*rc::gen::inRange(std::size_t{0}, all_languages().size())];
            auto const tongue = tongues().in(language);
            if (auto const read = tongue.read_number(text))
                RC_ASSERT(tongue.read_number(tongue.number(*read)).value() == *read);
            if (auto const read = tongue.read_money(text))
                RC_ASSERT(tongue.read_money(tongue.money(*read)).value() == *read);
            RC_ASSERT(!negotiate(text, text).tag().empty());
        }));
    CHECK(rc::check("any signs of numbers", [] {
        auto const signs = rc::gen::element<char>('0', '1', '2', '.', ',', ' ', '-', '\'');
        auto const text = *rc::gen::container<std::string>(signs);
        for (auto const language : all_languages()) {
            auto const tongue = tongues().in(language);
            auto const read = tongue.read_number(text);
            if (!read) continue;
            // No digit is invented or lost, but for zeros in front.
            std::string typed, kept;
            for (char const c : text)
                if (c >= '0' && c <= '9') typed += c;
            for (char const c : read->text())
                if (c >= '0' && c <= '9') kept += c;
            typed.erase(0, std::min(typed.find_first_not_of('0'), typed.size()));
            kept.erase(0, std::min(kept.find_first_not_of('0'), kept.size()));
            RC_ASSERT(typed == kept);
        }
    }));
}

TEST_CASE("amounts are read with their currency") {
    CHECK(money("en", "KES 1,200") == "1200.00 KES");
    CHECK(money("en", "1200 kes") == "1200.00 KES");
    CHECK(money("en", "US$2,400.00") == "2400.00 USD");
    CHECK(money("en", "US$ 2,400.00 USD") == "2400.00 USD");
    CHECK(money("fr", "12,50 €") == "12.50 EUR");
    CHECK(money("en", "-€12.50") == "-12.50 EUR");
    CHECK(money("en", "€-12.50") == "-12.50 EUR");
    CHECK(money("hi", "₹1,20,000") == "120000.00 INR");
    CHECK(money("sw", "Ksh 500") == "500.00 KES");
    CHECK(money("sw", "500/=", "KES") == "500.00 KES");
    CHECK(money("en", "500/-", "INR") == "500.00 INR");
    CHECK(money("en", "JPY 2400") == "2400 JPY");
    CHECK(money("en", "12.50", "USD") == "12.50 USD");
    CHECK(money("en", "$12.50", "USD") == "12.50 USD");
    CHECK(money("en", "$12.50", "CAD") == "12.50 CAD");
    CHECK(money("ur", "Rs. 500", "PKR") == "500.00 PKR");
    CHECK(money("ur", "Rs. 500", "LKR") == "500.00 LKR");
    CHECK(money("es", "1.234 EUR") == "1234.00 EUR");
    // A sign of several currencies, and none expected; another than expected; none at all.
    CHECK(money("en", "$12.50") == "bad-currency");
    CHECK(money("en", "£12.50") == "bad-currency");
    CHECK(money("en", "€12.50", "USD") == "bad-currency");
    CHECK(money("en", "EUR 12.50 USD") == "bad-currency");
    CHECK(money("en", "12.50") == "bad-currency");
    CHECK(money("en", "QQQ 12.50") == "bad-currency");
    CHECK(money("en", "12.50 kg", "USD") == "bad-currency");
    CHECK(money("en", "USD") == "amount-not-decimal");
    CHECK(money("en", "USD 1.2.3") == "amount-not-decimal");
    CHECK(money("en", "- -5 USD") == "amount-not-decimal");
    CHECK(money("en", "5- USD") == "bad-currency");
    CHECK(money("en", "12.505 USD") == "amount-too-precise");
    CHECK(money("en", "12.5 JPY") == "amount-too-precise");
    CHECK(money("en", "99999999999999999999 USD") == "amount-too-large");
}
