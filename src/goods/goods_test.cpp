#include <rapidcheck.h>

#include "goods/goods.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace allroads;

namespace {

GoodsCode code(std::string_view text) { return GoodsCode::parse(text).value(); }
Unit unit_of(std::string_view text) { return Unit::parse(text).value(); }
Decimal decimal(std::string_view text) { return Decimal::parse(text).value(); }
std::string converted(std::string_view amount, std::string_view from, std::string_view to) {
    return convert({decimal(amount), unit_of(from)}, unit_of(to)).value().amount.brief();
}

rc::Gen<std::string> any_digits() {
    return rc::gen::exec([] {
        std::string out;
        int const size = *rc::gen::inRange(2, GoodsCode::digits_max + 1);
        for (int i = 0; i < size; ++i) out += static_cast<char>('0' + *rc::gen::inRange(0, 10));
        return out;
    });
}

template <class Property>
bool law(std::string const& name, Property property) {
    return rc::check(name, property);
}

}  // namespace

// ---- customs codes ----------------------------------------------------------------------------------------

TEST_CASE("a customs code is read however it is written") {
    for (auto const* text :
         {"46021918", "4602.19.18", "4602 19 18", " 4602.1918 ", "4602-19-18", "4602\u00A019\u202F18",
          "4602\u200B1918\uFEFF", "٤٦٠٢١٩١٨", "۴۶۰۲۱۹۱۸", "४६०२.१९.१८", "৪৬০২১৯১৮", "๔๖๐๒๑๙๑๘",
          "４６０２１９１８", "4602–19–18", "4602.19.18.", "4602\t1918"}) {
        auto const parsed = GoodsCode::parse(text);
        REQUIRE_MESSAGE(parsed, text);
        CHECK(parsed->text() == "46021918");
    }
    CHECK(code("4602191800").dotted() == "4602.19.18.00");
    CHECK(code("09012100").dotted() == "0901.21.00");
    CHECK(code("09").dotted() == "09");
    CHECK(code("090").dotted() == "090");
    CHECK(code("0901211").dotted() == "0901.21.1");
    CHECK(code("123456789012").text() == "123456789012");
    CHECK(code("00").text() == "00");
}

TEST_CASE("what is not a customs code is refused") {
    for (auto const* text :
         {"", "4", " 4 ", ".", "...", "1234567890123", "0901.21.0A", "coffee", "0901,21", "0901/21",
          "0901.21 or 22", "+0901", "0901\n21", "0901\x01", "\xFF\xFE", "０", "Ⅷ9", "²³", "一二"}) {
        auto const parsed = GoodsCode::parse(text);
        CHECK_MESSAGE(!parsed, text);
        CHECK(parsed.error().code() == Code::bad_code);
        CHECK(is_clean(parsed.error().detail()));
    }
    CHECK(
        !GoodsCode::parse(std::string_view("09\0"
                                           "01",
                                           5)));
    CHECK(GoodsCode::parse(std::string(1'000'000, '0')).error().detail().size() < 300);
    CHECK(!GoodsCode::parse(std::string(1'000'000, ' ')));
    CHECK(!GoodsCode::parse(std::string(1'000'000, '\xFF')));
}

TEST_CASE("codes are printed and read without loss") {
    CHECK(law("parse(text(c)) = parse(dotted(c)) = from_key(key(c)) = c", [] {
        std::string const digits = *any_digits();
        GoodsCode const c = code(digits);
        RC_ASSERT(c.text() == digits);
        RC_ASSERT(c.size() == static_cast<int>(digits.size()));
        RC_ASSERT(code(c.dotted()) == c);
        RC_ASSERT(GoodsCode::from_key(c.key()) == c);
    }));
    CHECK(law("any bytes are a code or are refused", [](std::string const& bytes) {
        auto const parsed = GoodsCode::parse(bytes);
        if (parsed) RC_ASSERT(parsed->size() >= 2);
    }));
}

TEST_CASE("the order of keys is the order of the tree") {
    CHECK(law("c < d exactly where text(c) < text(d)", [] {
        std::string const one = *any_digits();
        std::string const other = *any_digits();
        RC_ASSERT((code(one) < code(other)) == (one < other));
        RC_ASSERT((code(one) == code(other)) == (one == other));
    }));
    CHECK(law("what is under a code lies directly behind it", [] {
        std::string const one = *any_digits();
        std::string const other = *any_digits();
        GoodsCode const c = code(one);
        for (int digits = 0; digits <= c.size(); ++digits) {
            GoodsCode const ancestor = c.prefix(digits);
            RC_ASSERT(c.is_under(ancestor));
            RC_ASSERT(ancestor <= c);
            RC_ASSERT(ancestor.text() == one.substr(0, static_cast<std::size_t>(digits)));
            RC_ASSERT(code(other).is_under(ancestor) == other.starts_with(ancestor.text()));
            // Nothing that is not under the ancestor comes between it and what is.
            if (ancestor < code(other) && code(other) < c) RC_ASSERT(code(other).is_under(ancestor));
        }
    }));
    CHECK(code("0901") < code("090111"));
    CHECK(code("090111") < code("0902"));
    CHECK(code("0901").is_under(code("09")));
    CHECK(!code("09").is_under(code("0901")));
}

TEST_CASE("every good is the root of the tree") {
    GoodsCode const every;
    CHECK(every.is_every());
    CHECK(every.size() == 0);
    CHECK(every.text() == "");
    CHECK(every.dotted() == "");
    CHECK(code("00").is_under(every));
    CHECK(!every.is_under(code("00")));
    CHECK(every < code("00"));
    CHECK(GoodsCode::from_key(0) == every);
    CHECK(code("0901").prefix(0) == every);
}

TEST_CASE("a key that is no code is a mistake of ours") {
    for (std::uint64_t const key : {std::uint64_t{1}, std::uint64_t{13}, std::uint64_t{0xA000000000000002},
                                    std::uint64_t{0x1230000000000002}, std::uint64_t{0x1000000000000001},
                                    std::uint64_t{0x1200000000000012}}) {
        CHECK_THROWS_AS(static_cast<void>(GoodsCode::from_key(key)), Bug);
    }
    CHECK_THROWS_AS(static_cast<void>(code("0901").prefix(5)), Bug);
    CHECK_THROWS_AS(static_cast<void>(code("0901").prefix(-1)), Bug);
}

// ---- units ------------------------------------------------------------------------------------------------

TEST_CASE("every unit is found by its code and by its symbol") {
    std::set<std::string_view> codes;
    std::set<std::string_view> symbols;
    for (Unit const unit : all_units()) {
        CHECK_MESSAGE(unit_of(unit.text()) == unit, unit.text());
        CHECK_MESSAGE(unit_of(unit.symbol()) == unit, unit.symbol());
        CHECK(Unit::from_index(unit.index()) == unit);
        CHECK_MESSAGE(codes.insert(unit.text()).second, unit.text());
        CHECK_MESSAGE(symbols.insert(unit.symbol()).second, unit.symbol());
        CHECK(!unit.name().empty());
        CHECK(unit.numerator() > 0);
        CHECK(unit.denominator() > 0);
        if (unit.dimension() == Dimension::other) CHECK(unit.numerator() == unit.denominator());
    }
    CHECK_THROWS_AS(static_cast<void>(Unit::from_index(static_cast<std::uint16_t>(all_units().size()))), Bug);
}

TEST_CASE("tariffs and shops write the same unit in many ways") {
    struct Row {
        Unit unit;
        std::vector<std::string_view> spellings;
    };
    std::vector<Row> const rows{
        {unit::piece,
         {"NAR", "C62", "H87", "EA", "pcs", "pieces", "item", "each", "No.", "No", "p/st", "PCE", "stick"}},
        {unit::kilogram,
         {"KGM", "kgm", "kg", "KG", "kg.", " kg ", "kilograms", "kilo", "kilogramme", "\u200Bkg",
          "kg\u00A0"}},
        {unit::litre, {"LTR", "l", "L", "liters", "litre"}},
        {unit::pair, {"NPR", "PR", "pr.", "prs.", "pair", "pairs", "pa"}},
        {unit::litre_of_pure_alcohol, {"LPA", "LAL", "l alc. 100%", "L al", "litres of pure alcohol"}},
        {unit::proof_litre, {"PFL", "pf. liter", "pf.liters", "proof litre", "pf.liter"}},
        {unit_of("DZN"), {"doz.", "doz", "dozen", "DZ", "Dz Pcs"}},
        {unit_of("DPR"), {"doz. prs.", "doz. pr."}},
        {unit_of("MTK"), {"m2", "m²", "sq m", "sqm", "square meters", "sm"}},
        {unit_of("MTQ"), {"m3", "m³", "cbm", "cubic metres", "cu"}},
        {unit_of("R9"), {"thousand m3", "1,000 m3"}},
        {unit_of("TNE"), {"t", "ton", "tonnes", "MT", "1000 kg"}},
        {unit_of("DTN"), {"100 kg", "quintal", "dt"}},
        {unit_of("K6"), {"KLT", "1,000 l"}},
        {unit_of("D30"), {"TJO", "TJ"}},
        {unit_of("WTT"), {"WAT", "W"}},
        {unit_of("MIL"), {"1,000", "1000", "thousand", "thousands", "1,000 p/st", "TH"}},
        {unit_of("MPR"), {"1,000 pa", "1000 pairs"}},
        {unit_of("CTM"), {"carat", "ct", "c/k"}},
        {unit_of("BLL"), {"bbl", "barrel"}},
        {unit_of("KPP"), {"kg P2O5"}},
    };
    for (Row const& row : rows) {
        for (std::string_view const spelling : row.spellings) {
            auto const found = Unit::parse(spelling);
            REQUIRE_MESSAGE(found, spelling);
            CHECK_MESSAGE(*found == row.unit, spelling);
        }
    }
}

TEST_CASE("TARIC's units are all here, but for the two that count money") {
    for (auto const* text :
         {"ASV", "BRX", "CCT", "CEN", "CTM", "DAP", "DHS", "DTN", "GFI", "GRM", "GRT", "HLT", "HMT", "KCC",
          "KCL", "KGM", "KLT", "KMA", "KMT", "KNI", "KNS", "KPH", "KPO", "KPP", "KSD", "KSH", "KUR", "LPA",
          "LTR", "MIL", "MPR", "MTK", "MTQ", "MTR", "MWH", "NAR", "NCL", "NPR", "TCE", "TJO", "TNE", "WAT"}) {
        CHECK_MESSAGE(Unit::parse(text), text);
    }
    CHECK(!Unit::parse("EUR"));
    CHECK(!Unit::parse("RET"));
}

TEST_CASE("what is not a unit is refused") {
    for (auto const* text : {"", " ", ".", "xyz", "kgkg", "KG M2", "\xFF", "kg\x01", "кг", "gr", "12",
                             "kilogrammetre", "0123456789012345678901234567890123456789"}) {
        auto const parsed = Unit::parse(text);
        CHECK_MESSAGE(!parsed, text);
        CHECK(parsed.error().code() == Code::bad_unit);
        CHECK(is_clean(parsed.error().detail()));
    }
    CHECK(!Unit::parse(std::string_view("kg\0", 3)));
    CHECK(!Unit::parse(std::string(1'000'000, 'k')));
    CHECK(!Unit::parse(std::string(1'000'000, ' ')));
    CHECK(law("any bytes are a unit or are refused", [](std::string const& bytes) {
        auto const parsed = Unit::parse(bytes);
        if (!parsed) RC_ASSERT(parsed.error().code() == Code::bad_unit);
    }));
}

// ---- converting -------------------------------------------------------------------------------------------

TEST_CASE("conversions are those of the law") {
    CHECK(converted("1", "doz.", "piece") == "12");
    CHECK(converted("18", "piece", "doz.") == "1.5");
    CHECK(converted("2", "gross", "doz.") == "24");
    CHECK(converted("1", "great gross", "gross") == "12");
    CHECK(converted("2500", "piece", "MIL") == "2.5");
    CHECK(converted("3", "doz. pr.", "pair") == "36");
    CHECK(converted("1", "pf. liter", "LPA") == "0.5");
    CHECK(converted("7", "LPA", "pf. liter") == "14");
    CHECK(converted("1", "lb", "kg") == "0.45359237");
    CHECK(converted("1", "oz", "g") == "28.349523125");
    CHECK(converted("1", "troy oz", "g") == "31.1034768");
    CHECK(converted("1", "short ton", "kg") == "907.18474");
    CHECK(converted("1", "long ton", "kg") == "1016.0469088");
    CHECK(converted("250", "kg", "DTN") == "2.5");
    CHECK(converted("1", "in", "cm") == "2.54");
    CHECK(converted("1", "yd", "m") == "0.9144");
    CHECK(converted("1", "mile", "m") == "1609.344");
    CHECK(converted("1", "sq ft", "m2") == "0.09290304");
    CHECK(converted("1", "sq yd", "m2") == "0.83612736");
    CHECK(converted("1", "square", "sq ft") == "100");
    CHECK(converted("1", "acre", "m2") == "4046.8564224");
    CHECK(converted("1", "gal", "l") == "3.785411784");
    CHECK(converted("1", "UK gal", "l") == "4.54609");
    CHECK(converted("1", "bbl", "l") == "158.987294928");
    CHECK(converted("1", "bbl", "gal") == "42");
    CHECK(converted("128", "fl. oz", "gal") == "1");
    CHECK(converted("1", "gal", "in3") == "231");
    CHECK(converted("1", "ft3", "l") == "28.316846592");
    CHECK(converted("1", "yd3", "ft3") == "27");
    CHECK(converted("12", "board ft", "ft3") == "1");
    CHECK(converted("1", "m3", "l") == "1000");
    CHECK(converted("1", "MWH", "GJ") == "3.6");
    CHECK(converted("1", "Ci", "GBq") == "37");
    CHECK(converted("1", "week", "h") == "168");
    CHECK(converted("0.75", "l", "cl") == "75");
    // What never ends is rounded half-even at 18 decimals.
    CHECK(converted("1", "piece", "doz.") == "0.083333333333333333");
    CHECK(converted("2", "kg", "lb") == "4.409245243697551614");
    CHECK(converted("7", "kg", "kg") == "7");
}

TEST_CASE("there is no way between dimensions, nor between units that stand alone") {
    for (auto const& [from, to] :
         std::vector<std::pair<std::string_view, std::string_view>>{{"kg", "l"},
                                                                    {"piece", "pair"},
                                                                    {"piece", "head"},
                                                                    {"carat", "g"},
                                                                    {"LPA", "l"},
                                                                    {"ASV", "LPA"},
                                                                    {"KPP", "kg"},
                                                                    {"KPP", "KPO"},
                                                                    {"NCL", "piece"},
                                                                    {"set", "piece"},
                                                                    {"jewel", "line/gross"}}) {
        auto const turned = convert({Decimal(1), unit_of(from)}, unit_of(to));
        CHECK_MESSAGE(!turned, from, " ", to);
        CHECK(turned.error().code() == Code::bad_unit);
    }
    CHECK(convert({Decimal(5), unit_of("KPP")}, unit_of("KPP"))->amount == Decimal(5));
    CHECK(convert({Decimal(1), unit::kilogram}, unit::litre).error().detail() ==
          "kilograms cannot be turned into litres");
    CHECK(convert({Decimal(1), unit::kilogram, "lead content"}, unit_of("g"))->of == "lead content");
    CHECK(convert({Decimal::of(Decimal::coefficient_max, 0), unit_of("t")}, unit_of("g")).error().code() ==
          Code::amount_too_large);
}

TEST_CASE("what is converted and converted back is what it was") {
    auto const all = all_units();
    CHECK(law("there and back", [&] {
        Unit const from = all[*rc::gen::inRange<std::size_t>(0, all.size())];
        Unit const to = all[*rc::gen::inRange<std::size_t>(0, all.size())];
        Quantity const start{
            Decimal::of(*rc::gen::inRange<std::int64_t>(0, 1'000'000'000), *rc::gen::inRange(0, 7)), from};
        auto const there = convert(start, to);
        bool const is_related =
            from == to || (from.dimension() == to.dimension() && from.dimension() != Dimension::other);
        RC_ASSERT(there.has_value() == is_related);
        if (!there) return;
        RC_ASSERT(there->unit == to);
        auto const back = convert(*there, from);
        if (!back) return;  // an endless fraction of many digits, times a factor of many digits
        // Each way may be off by half a unit of the 18th decimal; the first error grows with the factor.
        Decimal const half = Decimal::of(5, 19);
        auto const grown = convert({half, to}, from);
        if (!grown) return;
        Decimal const bound = sum(grown->amount, half).value();
        Decimal const off = difference(back->amount, start.amount).value();
        RC_ASSERT((off.is_negative() ? off.negated() : off) <= bound);
    }));
    CHECK(law("to a smaller metric unit and back nothing is lost", [] {
        Decimal const amount =
            Decimal::of(*rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000), *rc::gen::inRange(0, 7));
        for (auto const& [from, to] :
             std::vector<std::pair<std::string_view, std::string_view>>{{"TNE", "GRM"},
                                                                        {"DTN", "KGM"},
                                                                        {"LBR", "KGM"},
                                                                        {"GRO", "NAR"},
                                                                        {"PFL", "LPA"},
                                                                        {"KMT", "MMT"},
                                                                        {"BLL", "LTR"},
                                                                        {"ONZ", "GRM"},
                                                                        {"HLT", "MLT"},
                                                                        {"MWH", "JOU"},
                                                                        {"DPR", "NPR"}}) {
            Quantity const there = convert({amount, unit_of(from)}, unit_of(to)).value();
            RC_ASSERT(convert(there, unit_of(from)).value().amount == amount);
        }
    }));
}

TEST_CASE("TARIC's qualifiers have words") {
    CHECK(qualifier_words('E') == "net drained weight");
    CHECK(qualifier_words('G') == "gross weight");
    CHECK(!qualifier_words('X'));
    CHECK(!qualifier_words('C'));
    CHECK(!qualifier_words('\0'));
    for (char letter = 'A'; letter <= 'Z'; ++letter) {
        if (auto const words = qualifier_words(letter)) CHECK(is_clean(*words));
    }
}
