#include "tariff/duty_words.h"
#include "tariff/tariff.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::tariff;

namespace {

std::string read(std::string_view text, Dialect dialect) {
    DutyText const duty = DutyText::parse(text, dialect);
    CHECK_MESSAGE(duty.is_readable(), text);
    return print(duty.view());
}
std::string us(std::string_view text) { return read(text, Dialect::american); }
std::string eu(std::string_view text) { return read(text, Dialect::european); }

std::string listed(std::vector<SpecialEntry> const& entries) {
    std::string out;
    for (SpecialEntry const& entry : entries) {
        if (!out.empty()) out += " | ";
        out += print(entry.duty.view());
        for (std::string const& program : entry.programs) out += " " + program;
    }
    return out;
}

void refuses(std::string_view text, Dialect dialect) {
    DutyText const duty = DutyText::parse(text, dialect);
    CHECK_MESSAGE(!duty.is_readable(), excerpt(text));
    CHECK(duty.view().nodes.size() == 1);
    CHECK(DutyText::parse(print(duty.view()), Dialect::plain) == duty);
}

}  // namespace

// The texts of this file stand in the Harmonized Tariff Schedule of the United States, 2025 and 2026.
TEST_CASE("American duties are read") {
    CHECK(us("Free") == "Free");
    CHECK(us("2.5% ") == "2.5%");
    CHECK(us("33 1/3%") == "33 1/3%");
    CHECK(us("1¢/kg") == "0.01 USD/kg");
    CHECK(us("42.3¢/kg +8.5%") == "0.423 USD/kg + 8.5%");
    CHECK(us("0.43¢/liter") == "0.0043 USD/l");
    CHECK(us("1.7¢/kg on lead content") == "0.017 USD/kg of \"lead content\"");
    CHECK(us("90¢/pr. + 37.5%") == "0.9 USD/pair + 37.5%");
    CHECK(us("1¢ each + 5.4%") == "0.01 USD/piece + 5.4%");
    CHECK(us("90¢ each + 4.4% on the case and strap, band or bracelet") ==
          "0.9 USD/piece + 4.4% of \"value of the case and strap, band or bracelet\"");
    CHECK(us("2.6% on the movement and case + 3.5% on the battery") ==
          "2.6% of \"value of the movement and case\" + 3.5% of \"value of the battery\"");
    CHECK(us("6.5% on the entire set") == "6.5%");
    CHECK(us("10¢/1,000 pins + 3.5%") == "0.1 USD/1000 piece of \"pins\" + 3.5%");
    CHECK(us("7.4¢/kg on drained weight") == "0.074 USD/kg of \"drained weight\"");
    CHECK(us("19.9¢/kg of total sugars + 6%") == "0.199 USD/kg of \"total sugars\" + 6%");
    CHECK(us("$4.05/pf. liter") == us("$4.05/pf.liter"));
    CHECK(us("18.5¢/ liter + $1.32/pf. liter on ethyl alcohol content") ==
          us("18.5¢/liter + $1.32/pf. liter"));
    CHECK(us("0.2¢/kg, including weight of container") ==
          "0.002 USD/kg of \"weight including the container\"");
    CHECK(us("20¢/gross of immediate containers") == "0.2 USD/144 piece of \"immediate containers\"");
    CHECK(us("$1.70/m3") == "1.7 USD/m3");
    CHECK(us("86.1¢/m2of recording surface") == "0.861 USD/m2 of \"recording surface\"");
    CHECK(us("$2.50/thou- sand + 40%") == "2.5 USD/1000 piece + 40%");
    CHECK(us("$1.15/1,000 + 40%") == "1.15 USD/1000 piece + 40%");
    CHECK(us("1.5¢/line/ gross + 25%") == "0.015 USD/line/gross + 25%");
    CHECK(us("55¢/clean kg") == "0.55 USD/kg of \"clean weight\"");
    CHECK(us("$2.25 each + 15¢/jewel over 7 + 60% on the case") ==
          "2.25 USD/piece + 0.15 USD/jewel of \"jewels over 7\" + 60% of \"value of the case\"");
    CHECK(us("50 percent of the cost of such parts") == "50% of \"cost of such parts\"");
}

TEST_CASE("American duties that lean on another duty are read") {
    CHECK(us("No change.") == "applicable duty");
    CHECK(us("The duty provided in the applicable subheading + 25%") == "applicable duty + 25%");
    CHECK(us("The duty provided inthe applicable subheading+ 25%") == "applicable duty + 25%");
    CHECK(us("The duty provided in the applicable subheading plus 25%") == "applicable duty + 25%");
    CHECK(us("The duty provided in the applicable subheading + a duty of 25%") == "applicable duty + 25%");
    CHECK(us("The duty provided in the applicable subheading + a duty of 50% upon the value of the steel "
             "content.") == "applicable duty + 50% of \"value of the steel content\"");
    CHECK(us("The duty rate provided in such subheading minus 0.5%") == "applicable duty - 0.5%");
    CHECK(us("A duty upon the value of such processing outside the United States (see U.S. note 3)") ==
          "applicable duty upon \"value of such processing outside the United States (see U.S. note 3)\"");
    CHECK(us("See additional U.S. note 3") == "See \"additional U.S. note 3\"");
    CHECK(us("The rate applicable to the natural juice in heading 2009") ==
          "See \"The rate applicable to the natural juice in heading 2009\"");
    CHECK(us("Free, under bond, as prescribed in U.S. note 1 to this subchapter") ==
          "Free, \"under bond, as prescribed in U.S. note 1 to this subchapter\"");
    CHECK(us("Free (See U.S. note 4 of this subchapter)") == "Free, \"See U.S. note 4 of this subchapter\"");
    CHECK(us("1.4606¢/kg less 0.020668¢/kg for each degree under 100 degrees (and fractions of a degree in "
             "proportion) but not less than 0.943854¢/kg") ==
          "0.014606 USD/kg - 0.00020668 USD/kg of \"kilograms times degrees under 100 degrees\" MIN "
          "0.00943854 USD/kg");
    CHECK(us("65% + 25¢/jewel + 3¢ for each other piece or part, but if consisting in part of a plate or a "
             "set of "
             "plates the total duty shall not exceed the duty for the complete movement") ==
          "65% + 0.25 USD/jewel + 0.03 USD/piece of \"other piece or part\" MAX See \"if consisting in "
          "part of a plate or a set of plates the total duty shall not exceed the duty for the complete "
          "movement\"");
}

TEST_CASE("the special column is read group by group") {
    CHECK(listed(parse_special("Free (A*,AU, BH)2.7% (JP)")) == "Free A* AU BH | 2.7% JP");
    CHECK(listed(parse_special("Free \n(A+, AU)")) == "Free A+ AU");
    CHECK(listed(parse_special("Free (A+) 1.3¢/liter + 9.8¢/pf. liter on ethyl alcohol content (JO)")) ==
          "Free A+ | 0.013 USD/l + 0.098 USD/pf. liter JO");
    CHECK(listed(parse_special(
              "Free (BH,CL) See 9822.04.25 (AU) See 9823.04.01-9823.04.54 (S+) See 9908.04.05 (IL)")) ==
          "Free BH CL | See \"9822.04.25\" AU | See \"9823.04.01-9823.04.54\" S+ | See \"9908.04.05\" IL");
    CHECK(listed(parse_special("See 9919.04.50, 9919.04.57 (PA (PA)")) ==
          "See \"9919.04.50, 9919.04.57\" PA");
    CHECK(listed(parse_special("Free (MA,.OM) ")) == "Free MA OM");
    CHECK(listed(parse_special("No change (A,E) Free (CA,IL, MX) See U.S. note 3(e) (CO,PE)")) ==
          "applicable duty A E | Free CA IL MX | See \"U.S. note 3(e)\" CO PE");
    CHECK(listed(parse_special("Free (See U.S. note 4 of this subchapter)")) ==
          "Free, \"See U.S. note 4 of this subchapter\"");
    CHECK(listed(parse_special("$1.128/kg (S+)")) == "1.128 USD/kg S+");
    CHECK(parse_special(" \n").empty());
}

// Combined Nomenclature 2020 and the tariff of the United Kingdom of that year.
TEST_CASE("European duties are read") {
    CHECK(eu("9.00 % + EA MAX 20.70 % + ADFM") == "9% + EA MAX 20.7% + ADFM");
    CHECK(eu("9 + EA MAX 18.7 +ADSZ") == "9% + EA MAX 18.7% + ADSZ");
    CHECK(eu("12.80 % MIN 1.60 EUR / 100 kg") == "12.8% MIN 1.6 EUR/100 kg");
    CHECK(eu("EUR 3 / item") == "3 EUR/piece");
    CHECK(eu("18.00 % MIN 0.17 EUR / p/st") == "18% MIN 0.17 EUR/piece");
    CHECK(eu("0.5 EUR/p/st MIN 2.7 MAX 4.6") == "0.5 EUR/piece MIN 2.7% MAX 4.6%");
    CHECK(eu("10 MIN 22\u00a0EUR MAX 56\u00a0EUR/100\u00a0kg\u00a0(150)") ==
          "10% MIN 22 EUR/100 kg MAX 56 EUR/100 kg");
    CHECK(eu("0.9 EUR/%vol/hl + 6.4 EUR/hl") == "0.9 EUR/% vol/hl + 6.4 EUR/100 l");
    CHECK(eu("1.19 EUR/kg/lactic matter + 27.5 EUR/100 kg") ==
          "1.19 EUR/kg of \"lactic matter\" + 27.5 EUR/100 kg");
    CHECK(eu("16.00% + 40.26 GBP/100kgmas") == "16% + 40.26 GBP/100 kg of \"net dry matter\"");
    CHECK(eu("20.00% + 104.04 GBP/hl16.3 GBP/100kg") == "20% + 104.04 GBP/100 l + 16.3 GBP/100 kg");
    CHECK(eu("0.4 EUR/100 kg/%sacchar.") ==
          "0.4 EUR/100 kg of \"kilograms times percent of sucrose by weight\"");
    CHECK(eu("12.00% (APR-NOV), 8.00% (DEC-APR)") == "12% (APR-NOV), 8% (DEC-APR)");
    CHECK(eu("EP") == "EP");
    CHECK(eu("Entry Price - 15.20 % + Specific 100 %") == "EP \"- 15.20 % + Specific 100 %\"");
    CHECK(eu("28.74 GBP / l alc. 100%") == "28.74 GBP/l alc. 100%");
    CHECK(eu("p/st") == "supplementary unit piece");
    CHECK(eu("10.00 % - 2.00 % CIF") == "10% - 2%");
    CHECK(eu("NIHIL") == "NIHIL");
}

// Australian working tariff, Schedule 3, and schedules of agreements.
TEST_CASE("Australian rates are read") {
    CHECK(listed(parse_australian("5% DCS4% CA Free DCT;5%")) == "5% | 4% DCS | Free CA | 5% DCT");
    CHECK(listed(parse_australian("5% CA\u200bFree\u200b")) == "5% | Free CA");
    CHECK(listed(parse_australian("5% DCS4% DTC5%")) == "5% | 4% DCS | 5% DCT");
    CHECK(listed(parse_australian("$0.142/kg NZ /PG/FI/DC/ LDC $0.142\u200b/kg")) ==
          "0.142 AUD/kg | 0.142 AUD/kg NZ PG FI DC LDC");
    CHECK(listed(parse_australian("5%, and $107.99/L of alcohol")) == "5% + 107.99 AUD/l alc. 100%");
    CHECK(listed(parse_australian("$1.220/kg DC$1.220/kg, less 5%")) == "1.22 AUD/kg | 1.22 AUD/kg - 5% DC");
    CHECK(listed(parse_australian("4%, or, if lower, $0.45/kg TSS")) ==
          "4% MAX 0.45 AUD/kg of \"total soluble solids\"");
    CHECK(listed(parse_australian("5% CAFree From1July20182.5% From 1 July 2019Free")) ==
          "5% (until 2018-06-30), 2.5% (2018-07-01 to 2019-06-30), Free (from 2019-07-01) | "
          "Free (until 2018-06-30), 2.5% (2018-07-01 to 2019-06-30), Free (from 2019-07-01) CA");
    CHECK(listed(parse_australian("From 30 December 2018&#58; $12,000 each")) ==
          "12000 AUD/piece (from 2018-12-30)");
    CHECK(parse_australian("\u200b").empty());
    CHECK_FALSE(parse_australian("$0.526\t/L of biodiesel plus")[0].duty.is_readable());
    CHECK_FALSE(parse_australian("View TCOs for 8462.59")[0].duty.is_readable());
}

TEST_CASE("components make the duty that their sentence makes") {
    struct Case {
        std::vector<Component> components;
        std::string_view sentence, printed;
    };
    std::vector<Case> const cases = {
        {{{"01", "9.0", "", "", ""},
          {"12", "", "", "", ""},
          {"17", "20.7", "", "", ""},
          {"27", "", "", "", ""}},
         "9.00 % + EA MAX 20.70 % + ADFM",
         "9% + EA MAX 20.7% + ADFM"},
        {{{"01", "12.8", "", "", ""}, {"15", "1.6", "EUR", "DTN", ""}},
         "12.80 % MIN 1.60 EUR / 100 kg",
         "12.8% MIN 1.6 EUR/100 kg"},
        {{{"01", "4.5", "", "", ""}, {"15", "0.3", "EUR", "NAR", ""}, {"35", "0.8", "EUR", "NAR", ""}},
         "4.50 % MIN 0.30 EUR / p/st MAX 0.80 EUR / p/st",
         "4.5% MIN 0.3 EUR/piece MAX 0.8 EUR/piece"},
        {{{"01", "0.6", "EUR", "ASV", "X"}, {"04", "3.2", "EUR", "HLT", ""}},
         "0.60 EUR / % vol / hl + 3.20 EUR / hl",
         "0.6 EUR/% vol/hl + 3.2 EUR/100 l"},
        {{{"01", "0.2", "EUR", "KGM", "P"}, {"04", "2.7", "EUR", "DTN", ""}},
         "0.20 EUR / kg / lactic matter + 2.70 EUR / 100 kg",
         "0.2 EUR/kg of \"lactic matter\" + 2.7 EUR/100 kg"},
        {{{"01", "10", "", "", ""}, {"02", "1", "", "", ""}, {"36", "2", "", "", ""}},
         "10.00 % - 1.00 % - 2.00 % CIF",
         "10% - 1% - 2%"},
        {{{"01", "1.1", "", "", ""}, {"14", "", "", "", ""}, {"25", "", "", "", ""}, {"29", "", "", "", ""}},
         "1.10 % + EAR + ADSZR + ADFMR",
         "1.1% + EAR + ADSZR + ADFMR"},
        {{{"37", "", "", "", ""}}, "NIHIL", "NIHIL"},
        {{{"99", "", "", "KGM", "E"}},
         "supplementary unit kg / net drained weight",
         "supplementary unit kg of \"net drained weight\""},
        {{{"40", "", "", "", ""}}, "See export refund for cereals", "See \"export refund for cereals\""},
    };
    for (Case const& one : cases) {
        DutyText const duty = from_components(one.components);
        CHECK(duty.text() == one.sentence);
        CHECK(print(duty.view()) == one.printed);
        CHECK_MESSAGE(DutyText::parse(duty.text(), Dialect::european) == duty, one.sentence);
    }
}

TEST_CASE("components that make no duty are unreadable") {
    CHECK_FALSE(from_components({}).is_readable());
    std::vector<std::vector<Component>> const wrong = {
        {{"03", "1", "", "", ""}},
        {{"01", "", "", "", ""}},
        {{"01", "x", "", "", ""}},
        {{"01", "1", "EUR", "???", ""}},
        {{"01", "1", "EUR", "DTN", "?"}},
        {{"01", "1", "", "DTN", ""}},
        {{"01", "1", "", "", ""}, {"01", "2", "", "", ""}},
        {{"02", "1", "", "", ""}},
        {{"01", "1", "", "", ""}, {"37", "", "", "", ""}},
        {{"01", "1", "", "", ""}, {"12", "4", "", "", ""}},
    };
    for (auto const& components : wrong) CHECK_FALSE(from_components(components).is_readable());
}

TEST_CASE("plain reads the forms of the others, but no bare number") {
    CHECK(read("5.3¢/kg + 8.5%", Dialect::plain) == "0.053 USD/kg + 8.5%");
    CHECK(read("9.00 % + EA MAX 20.70 % + ADFM", Dialect::plain) == "9% + EA MAX 20.7% + ADFM");
    CHECK(read("10.2 + 93.1 EUR/100 kg", Dialect::plain) == "10.2% + 93.1 EUR/100 kg");
    CHECK(read("2,445.26 USD/kg", Dialect::plain) == "2445.26 USD/kg");
    refuses("5", Dialect::plain);
    refuses("1,000", Dialect::plain);
}

TEST_CASE("what is not a duty is unreadable and keeps its words") {
    for (Dialect const dialect :
         {Dialect::plain, Dialect::european, Dialect::american, Dialect::australian}) {
        for (std::string_view const text : {"",
                                            " ",
                                            ".",
                                            ":",
                                            "37% /",
                                            "duty",
                                            "5% +",
                                            "+ 5%",
                                            "-5%",
                                            "5%%",
                                            "(5%",
                                            "5%)",
                                            "5 5%",
                                            "1/0%",
                                            "$",
                                            "¢",
                                            "1¢/",
                                            "1 EUR/xyzzy",
                                            "5% (APR-NOV",
                                            "MAX 5%",
                                            "5% MIN",
                                            "Freedom",
                                            "1e5%",
                                            "1.2.3%",
                                            "\"",
                                            "See",
                                            "99999999999999999999%",
                                            "0.0000000000000000000001%",
                                            "1 EUR/99999999999 kg"}) {
            refuses(text, dialect);
        }
        refuses(std::string("5%\0", 3), dialect);
        refuses("\xFF\xFE\x80", dialect);
        refuses(std::string(1'000'000, '('), dialect);
        refuses(std::string(3000, '('), dialect);
        refuses(std::string(1'000'000, '9'), dialect);
        refuses(std::string(4000, '"'), dialect);
    }
    std::string sum = "1%";
    while (sum.size() < 4000) sum += "+1%";
    refuses(sum, Dialect::american);
    DutyText const unread = DutyText::parse("by agreement", Dialect::plain);
    CHECK(unread.text() == "by agreement");
    CHECK(print(unread.view()) == "unreadable \"by agreement\"");
}
