#include "goods/goods.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace allroads {
namespace {

struct Entry {
    std::string_view code;
    std::string_view symbol;
    std::string_view name;  // plural
    std::string_view also;  // other spellings, separated by '|', as they stand after `squashed`
    Dimension dimension;
    std::int64_t numerator = 1;
    std::int64_t denominator = 1;
};
using enum Dimension;

// Codes: UN/ECE Recommendation 20 (packages: 21, with its X before them); where it has none, the measurement
// unit code of TARIC; where neither has one, a word. Factors: the international yard and pound (0.9144 m and
// 0.45359237 kg, exact since 1959), the US gallon (231 in3), the imperial gallon (4.54609 l), the proof litre
// and the proof gallon of 19 USC 1202 and 27 CFR 30.11 (half of it is alcohol). TARIC's EUR and RET are not
// here: they count money. Weights of a named substance (KPP: kg P2O5) have the dimension `other`: a kilogram
// of goods says nothing about them.
constexpr auto entries = std::to_array<Entry>({
    {"NAR", "piece", "pieces",
     "c62|h87|ea|pce|pcs|pc|pieces|item|items|each|no|nos|number|unit|units|article|articles|p/"
     "st|stick|sticks",
     count},
    {"CEN", "hundred", "hundreds", "hundreds|100|100p/st", count, 100},
    {"MIL", "thousand", "thousands", "thousands|thou|th|t3|1000|1,000|1000p/st|1,000p/st", count, 1000},
    {"MIO", "million", "millions", "millions", count, 1'000'000},
    {"DZN", "doz.", "dozens", "dozen|dozens|dz|dzn|dzp|dzpcs|dozpcs|dozpieces", count, 12},
    {"SCO", "score", "scores", "scores", count, 20},
    {"GRO", "gross", "gross", "", count, 144},
    {"GGR", "great gross", "great gross", "", count, 1728},
    {"NPR", "pair", "pairs", "pr|prs|pairs|pa", pairs},
    {"DPR", "doz. pr.", "dozen pairs", "dozprs|dozpair|dozpairs|dozenpair|dozenpairs|dzprs", pairs, 12},
    {"MPR", "1,000 pa", "thousand pairs", "1000pa|1000pairs|thousandpairs", pairs, 1000},

    {"KGM", "kg", "kilograms", "kgs|kilo|kilos|kilogram|kilograms|kilogramme|kilogrammes", mass},
    {"GRM", "g", "grams", "gm|gms|gram|grams|gramme|grammes", mass, 1, 1000},
    {"MGM", "mg", "milligrams", "milligram|milligrams", mass, 1, 1'000'000},
    {"HGM", "hg", "hectograms", "hectogram|hectograms", mass, 1, 10},
    {"DTN", "100 kg", "hundreds of kilograms", "dt|quintal|quintals|decitonne|hectokilogram", mass, 100},
    {"TNE", "t", "tonnes",
     "ton|tons|tonne|tonnes|mt|metricton|metrictons|metrictonne|metrictonnes|1000kg|1,000kg", mass, 1000},
    {"LBR", "lb", "pounds", "lbs|pound|pounds", mass, 45'359'237, 100'000'000},
    {"ONZ", "oz", "ounces", "ounce|ounces", mass, 45'359'237, 1'600'000'000},
    {"APZ", "troy oz", "troy ounces", "ozt|ozttroy|troyounce|troyounces", mass, 19'439'673, 625'000'000},
    {"GRN", "grain", "grains", "grains", mass, 6'479'891, 100'000'000'000},
    {"STN", "short ton", "short tons", "shorttons|uston|ustons", mass, 45'359'237, 50'000},
    {"LTN", "long ton", "long tons", "longtons|ukton|uktons", mass, 317'514'659, 312'500},
    {"CWA", "US cwt", "US hundredweights", "shortcwt|ushundredweight", mass, 45'359'237, 1'000'000},
    {"CWI", "UK cwt", "UK hundredweights", "longcwt|ukhundredweight", mass, 317'514'659, 6'250'000},
    {"CTM", "carat", "carats", "carats|ct|cts|c/k|mc|metriccarat|metriccarats", carat},

    {"MTR", "m", "metres", "metre|metres|meter|meters|linm|lm", length},
    {"KMT", "km", "kilometres", "ktm|kilometre|kilometres|kilometer|kilometers|thousandm|1000m|1,000m",
     length, 1000},
    {"HMT", "100 m", "hundreds of metres", "hm|hectometre|hectometer", length, 100},
    {"DMT", "dm", "decimetres", "decimetre|decimetres|decimeter|decimeters", length, 1, 10},
    {"CMT", "cm", "centimetres", "centimetre|centimetres|centimeter|centimeters", length, 1, 100},
    {"MMT", "mm", "millimetres", "millimetre|millimetres|millimeter|millimeters", length, 1, 1000},
    {"INH", "in", "inches", "inch|inches", length, 127, 5000},
    {"FOT", "ft", "feet", "foot|feet", length, 381, 1250},
    {"YRD", "yd", "yards", "yds|yard|yards", length, 1143, 1250},
    {"SMI", "mile", "miles", "mi|miles", length, 201'168, 125},

    {"MTK", "m2", "square metres", "sqm|sm|msq|squaremetre|squaremetres|squaremeter|squaremeters", area},
    {"MMK", "mm2", "square millimetres", "squaremillimetre|squaremillimetres", area, 1, 1'000'000},
    {"CMK", "cm2", "square centimetres", "sqcm|squarecentimetre|squarecentimetres", area, 1, 10'000},
    {"DMK", "dm2", "square decimetres", "sqdm|squaredecimetre|squaredecimetres", area, 1, 100},
    {"KMK", "km2", "square kilometres", "sqkm|squarekilometre|squarekilometres", area, 1'000'000},
    {"HAR", "ha", "hectares", "hectare|hectares", area, 10'000},
    {"INK", "in2", "square inches", "sqin|squareinch|squareinches", area, 16'129, 25'000'000},
    {"FTK", "ft2", "square feet", "sqft|squarefoot|squarefeet", area, 145'161, 1'562'500},
    {"YDK", "yd2", "square yards", "sqyd|sqyds|squareyard|squareyards", area, 1'306'449, 1'562'500},
    {"SQR", "square", "squares of 100 square feet", "squares", area, 145'161, 15'625},
    {"ACR", "acre", "acres", "acres", area, 316'160'658, 78'125},

    {"LTR", "l", "litres", "lt|ltrs|litre|litres|liter|liters", volume},
    {"MLT", "ml", "millilitres", "millilitre|millilitres|milliliter|milliliters", volume, 1, 1000},
    {"CLT", "cl", "centilitres", "centilitre|centilitres|centiliter|centiliters", volume, 1, 100},
    {"DLT", "dl", "decilitres", "decilitre|decilitres|deciliter|deciliters", volume, 1, 10},
    {"HLT", "hl", "hectolitres", "100l|hectolitre|hectolitres|hectoliter|hectoliters", volume, 100},
    {"K6", "1,000 l", "kilolitres", "klt|kl|1000l|kilolitre|kilolitres|kiloliter|kiloliters", volume, 1000},
    {"MTQ", "m3", "cubic metres", "cbm|cum|cu|cubicmetre|cubicmetres|cubicmeter|cubicmeters", volume, 1000},
    {"R9", "1,000 m3", "thousands of cubic metres", "1000m3|thousandm3", volume, 1'000'000},
    {"DMQ", "dm3", "cubic decimetres", "cubicdecimetre|cubicdecimetres", volume},
    {"CMQ", "cm3", "cubic centimetres", "cc|cubiccentimetre|cubiccentimetres", volume, 1, 1000},
    {"INQ", "in3", "cubic inches", "cuin|cubicinch|cubicinches", volume, 2'048'383, 125'000'000},
    {"FTQ", "ft3", "cubic feet", "cuft|cubicfoot|cubicfeet", volume, 55'306'341, 1'953'125},
    {"YDQ", "yd3", "cubic yards", "cuyd|cubicyard|cubicyards", volume, 1'493'271'207, 1'953'125},
    {"BFT", "board ft", "board feet", "bdft|boardfoot|boardfeet", volume, 18'435'447, 7'812'500},
    {"GLL", "gal", "US gallons", "gallon|gallons|usgal|usgallon|usgallons", volume, 473'176'473, 125'000'000},
    {"QTL", "US qt", "US quarts", "usquart|usquarts", volume, 473'176'473, 500'000'000},
    {"PTL", "US pt", "US pints", "uspint|uspints", volume, 473'176'473, 1'000'000'000},
    {"OZA", "fl. oz", "US fluid ounces", "usfloz|fluidounce|fluidounces", volume, 473'176'473,
     16'000'000'000},
    {"GLI", "UK gal", "UK gallons", "ukgallon|ukgallons|imperialgallon|imperialgallons", volume, 454'609,
     100'000},
    {"PTI", "UK pt", "UK pints", "ukpint|ukpints|imperialpint|imperialpints", volume, 454'609, 800'000},
    {"OZI", "UK fl. oz", "UK fluid ounces", "", volume, 454'609, 16'000'000},
    {"BLL", "bbl", "barrels", "bbls|barrel|barrels", volume, 9'936'705'933, 62'500'000},

    {"LPA", "l alc. 100%", "litres of pure alcohol",
     "lal|lalc|lalcohol|lofalcohol|litreofalcohol|litresofalcohol|literofalcohol|litreofpurealcohol|"
     "litresofpurealcohol|literofpurealcohol|litersofpurealcohol",
     alcohol_volume},
    {"HPA", "hl alc. 100%", "hectolitres of pure alcohol", "hectolitreofpurealcohol|hectolitresofpurealcohol",
     alcohol_volume, 100},
    {"PFL", "pf. liter", "proof litres",
     "pfliters|pflitre|pflitres|prooflitre|prooflitres|proofliter|proofliters", alcohol_volume, 1, 2},
    {"PGL", "pf. gal", "proof gallons", "pfgallon|pfgallons|proofgallon|proofgallons", alcohol_volume,
     473'176'473, 250'000'000},
    {"ASV", "% vol", "percent of alcohol by volume", "%abv|abv|%alcohol", alcohol_strength},

    {"JOU", "J", "joules", "joule|joules", energy},
    {"KJO", "kJ", "kilojoules", "kilojoule|kilojoules", energy, 1000},
    {"3B", "MJ", "megajoules", "megajoule|megajoules", energy, 1'000'000},
    {"GV", "GJ", "gigajoules", "gigajoule|gigajoules", energy, 1'000'000'000},
    {"D30", "TJ", "terajoules", "tjo|terajoule|terajoules", energy, 1'000'000'000'000},
    {"KWH", "kWh", "kilowatt hours", "kilowatthour|kilowatthours", energy, 3'600'000},
    {"MWH", "1,000 kWh", "megawatt hours", "1000kwh|megawatthour|megawatthours", energy, 3'600'000'000},
    {"GWH", "GWh", "gigawatt hours", "gigawatthour|gigawatthours", energy, 3'600'000'000'000},
    {"BQL", "Bq", "becquerels", "becquerel|becquerels", activity},
    {"2Q", "kBq", "kilobecquerels", "kilobecquerel|kilobecquerels", activity, 1000},
    {"4N", "MBq", "megabecquerels", "megabecquerel|megabecquerels", activity, 1'000'000},
    {"GBQ", "GBq", "gigabecquerels", "gigabecquerel|gigabecquerels", activity, 1'000'000'000},
    {"CUR", "Ci", "curies", "curie|curies", activity, 37'000'000'000},
    {"WTT", "W", "watts", "wat|watt|watts", power},
    {"KWT", "kW", "kilowatts", "kilowatt|kilowatts", power, 1000},
    {"MAW", "MW", "megawatts", "megawatt|megawatts", power, 1'000'000},
    {"HEA", "head", "head", "heads", head},
    {"SEC", "s", "seconds", "second|seconds", time},
    {"MIN", "min", "minutes", "minute|minutes", time, 60},
    {"HUR", "h", "hours", "hour|hours", time, 3600},
    {"DAY", "d", "days", "days", time, 86'400},
    {"WEE", "week", "weeks", "weeks", time, 604'800},

    {"NCL", "cell", "cells", "cells|ce/el", other},
    {"CCT", "ct/l", "tonnes of carrying capacity", "", other},
    {"GRT", "GT", "gross tonnage", "", other},
    {"GFI", "gi F/S", "grams of fissile isotopes", "", other},
    {"KCC", "kg C5H14ClNO", "kilograms of choline chloride", "", other},
    {"KCL", "t KCl", "tonnes of potassium chloride", "tonnekcl", other},
    {"KMA", "kg methylamines", "kilograms of methylamines", "kgmetam", other},
    {"KNI", "kg N", "kilograms of nitrogen", "", other},
    {"KNS", "kg H2O2", "kilograms of hydrogen peroxide", "", other},
    {"KPH", "kg KOH", "kilograms of potassium hydroxide", "", other},
    {"KPO", "kg K2O", "kilograms of potassium oxide", "", other},
    {"KPP", "kg P2O5", "kilograms of diphosphorus pentaoxide", "", other},
    {"KSD", "kg 90% sdt", "kilograms of substance 90% dry", "", other},
    {"KSH", "kg NaOH", "kilograms of sodium hydroxide", "", other},
    {"KUR", "kg U", "kilograms of uranium", "", other},
    {"DHS", "kg DHS", "kilograms of dihydrostreptomycin", "", other},
    {"DAP", "10 000 kg/polar", "tens of tonnes corrected according to polarisation", "", other},
    {"TCE", "t CO2 eq", "tonnes of carbon dioxide equivalent", "tco2e|tco2eq", other},
    {"BRX", "% sucrose", "percent of sucrose", "", other},
    {"NIU", "IU", "international units", "internationalunits", other},
    {"E27", "dose", "doses", "doses", other},
    {"SET", "set", "sets", "sets|sr", other},
    {"ST", "sheet", "sheets", "sheets", other},
    {"RM", "ream", "reams", "reams", other},
    {"XPK", "pack", "packs", "packs|package|packages", other},
    {"XBX", "box", "boxes", "boxes", other},
    {"XCT", "carton", "cartons", "cartons", other},
    {"XBG", "bag", "bags", "bags", other},
    {"XBO", "bottle", "bottles", "bottles", other},
    {"XRO", "roll", "rolls", "rolls", other},
    {"jewel", "jewel", "jewels", "jewels|jwl|jwls", other},
    {"line/gross", "line/gross", "gross of pieces times lines of diameter",
     "grline|grlines|grossline|grosslines", other},
});

// ---- finding a unit by any of its spellings ---------------------------------------------------------------

constexpr std::size_t spelling_bytes_max = 24;

// A spelling without letter case, full stops and spaces, and with the raised digits of m² and m³ on the line.
struct Squashed {
    std::array<char, spelling_bytes_max> letters{};
    std::size_t size = 0;
    bool is_too_long = false;

    [[nodiscard]] constexpr std::string_view view() const { return {letters.data(), size}; }
    constexpr void add(char c) {
        if (size == letters.size()) {
            is_too_long = true;
        } else {
            letters[size++] = c;
        }
    }
};
constexpr Squashed squashed(std::string_view text) {
    Squashed out;
    for (std::size_t at = 0; at < text.size() && !out.is_too_long; ++at) {
        char const c = text[at];
        bool const is_raised =
            text.substr(at).starts_with("\xC2\xB2") || text.substr(at).starts_with("\xC2\xB3");
        if (is_raised) {
            out.add(text[++at] == '\xB2' ? '2' : '3');
        } else if (c >= 'A' && c <= 'Z') {
            out.add(static_cast<char>(c - 'A' + 'a'));
        } else if (c != '.' && c != ' ' && c != '\t') {
            out.add(c);
        }
    }
    return out;
}

constexpr std::size_t slots = 2048;  // a power of two, several times the number of spellings

constexpr std::size_t slot_of(std::string_view spelling) {
    std::uint32_t hash = 2'166'136'261U;  // FNV-1a
    for (char const c : spelling) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
    return (hash ^ (hash >> 15U)) % slots;
}

struct Slot {
    Squashed spelling;
    std::uint16_t unit = 0;
};
struct Index {
    std::array<Slot, slots> table{};

    constexpr void add(std::string_view text, std::uint16_t unit) {
        Squashed const spelling = squashed(text);
        if (spelling.size == 0) return;
        // Both of these stop the compiler, as they are met only while `spellings` is being built.
        if (spelling.is_too_long) throw Bug("a spelling is too long");
        std::size_t at = slot_of(spelling.view());
        while (table[at].spelling.size != 0 && table[at].spelling.view() != spelling.view())
            at = (at + 1) % slots;
        bool const is_taken = table[at].spelling.size != 0 && table[at].unit != unit;
        if (is_taken) throw Bug("a spelling stands for two units");
        table[at] = {spelling, unit};
    }
    [[nodiscard]] constexpr std::optional<std::uint16_t> find(std::string_view spelling) const {
        for (std::size_t at = slot_of(spelling); table[at].spelling.size != 0; at = (at + 1) % slots) {
            if (table[at].spelling.view() == spelling) return table[at].unit;
        }
        return {};
    }
};

constexpr auto spellings = [] {
    Index index;
    for (std::uint16_t unit = 0; unit < entries.size(); ++unit) {
        Entry const& entry = entries[unit];
        index.add(entry.code, unit);
        index.add(entry.symbol, unit);
        for (std::string_view left = entry.also; !left.empty();) {
            std::size_t const end = std::min(left.find('|'), left.size());
            index.add(left.substr(0, end), unit);
            left.remove_prefix(std::min(end + 1, left.size()));
        }
    }
    return index;
}();

static_assert(std::ranges::all_of(entries,
                                  [](Entry const& e) {
                                      return e.numerator > 0 && std::gcd(e.numerator, e.denominator) == 1;
                                  }),
              "a factor is a reduced fraction above zero");

constexpr std::size_t text_bytes_max = 64;

std::unexpected<Error> refuse_unit(std::string_view text) {
    return refuse(Code::bad_unit, "",
                  "\"" + excerpt(text) +
                      "\" is not a unit this hub knows; expected a code such as KGM, LTR or NAR, or a "
                      "word such as kg, litre or piece");
}

std::optional<std::uint16_t> found(std::string_view text) {
    Squashed const spelling = squashed(text);
    if (spelling.is_too_long || spelling.size == 0) return {};
    return spellings.find(spelling.view());
}

// ---- converting -------------------------------------------------------------------------------------------

struct Factor {
    Int128 numerator;
    Int128 denominator;
};
Factor factor_between(Unit from, Unit to) {
    std::int64_t const numerators = std::gcd(from.numerator(), to.numerator());
    std::int64_t const denominators = std::gcd(from.denominator(), to.denominator());
    return {Int128{from.numerator() / numerators} * (to.denominator() / denominators),
            Int128{from.denominator() / denominators} * (to.numerator() / numerators)};
}

constexpr int places_of_endless = 18;

// The factor as a finite decimal; nothing for one like 1/3, or with more decimals than a Decimal keeps.
std::optional<Decimal> as_decimal(Factor const& factor) {
    Int128 numerator = factor.numerator;
    Int128 denominator = factor.denominator;
    int places = 0;
    for (Int128 const prime : {Int128{2}, Int128{5}}) {
        // One more decimal takes one prime out of the denominator and puts the other into the numerator.
        while (denominator % prime == 0 && places < places_of_endless) {
            denominator /= prime;
            numerator *= 10 / prime;
            ++places;
        }
    }
    if (denominator != 1) return {};
    return Decimal::of(numerator, places).stripped();
}

}  // namespace

Result<Unit> Unit::parse(std::string_view text) {
    if (text.size() > text_bytes_max) return refuse_unit(text);
    if (auto const unit = found(text)) return Unit(*unit);
    // A hard space, a zero-width mark or a foreign digit may be in the way.
    if (auto const unit = found(plain_digits(text))) return Unit(*unit);
    return refuse_unit(text);
}

Unit Unit::from_index(std::uint16_t index) {
    check(index < entries.size());
    return Unit(index);
}

std::string_view Unit::text() const { return entries[index_].code; }

std::string_view Unit::symbol() const { return entries[index_].symbol; }

std::string_view Unit::name() const { return entries[index_].name; }

Dimension Unit::dimension() const { return entries[index_].dimension; }

std::int64_t Unit::numerator() const { return entries[index_].numerator; }

std::int64_t Unit::denominator() const { return entries[index_].denominator; }

// Builds units at compile time, so that no order of initialisation can matter.
class UnitTable {
public:
    static consteval Unit of(std::string_view spelling) { return Unit(spellings.find(spelling).value()); }
    template <std::size_t... I>
    static consteval std::array<Unit, sizeof...(I)> all(std::index_sequence<I...>) {
        return {Unit(static_cast<std::uint16_t>(I))...};
    }
};

namespace unit {
constinit Unit const piece = UnitTable::of("nar");
constinit Unit const kilogram = UnitTable::of("kgm");
constinit Unit const litre = UnitTable::of("ltr");
constinit Unit const pair = UnitTable::of("npr");
constinit Unit const litre_of_pure_alcohol = UnitTable::of("lpa");
constinit Unit const proof_litre = UnitTable::of("pfl");
}  // namespace unit

std::span<Unit const> all_units() {
    static constexpr auto all = UnitTable::all(std::make_index_sequence<entries.size()>());
    return all;
}

Result<Quantity> convert(Quantity const& quantity, Unit to) {
    Unit const from = quantity.unit;
    if (from == to) return quantity;
    // Units of `other` have no base in common.
    if (from.dimension() != to.dimension() || from.dimension() == Dimension::other) {
        return refuse(Code::bad_unit, "",
                      std::string(from.name()) + " cannot be turned into " + std::string(to.name()));
    }
    Factor const factor = factor_between(from, to);
    if (auto const decimal = as_decimal(factor)) {
        return Quantity{TRY(product(quantity.amount, *decimal)), to, quantity.of};
    }
    Decimal const amount =
        TRY(product_quotient(quantity.amount, Decimal::of(factor.numerator, 0),
                             Decimal::of(factor.denominator, 0), places_of_endless, Round::half_even));
    return Quantity{amount.stripped(), to, quantity.of};
}

std::optional<std::string_view> qualifier_words(char taric_qualifier) {
    // The measurement unit qualifiers of TARIC; B, C and X change the unit itself and are no "content of"
    // anything.
    switch (taric_qualifier) {
        case 'A': return "total alcohol";
        case 'B': return "flasks";
        case 'E': return "net drained weight";
        case 'F': return "common wheat";
        case 'G': return "gross weight";
        case 'I': return "biodiesel content";
        case 'J': return "fuel content";
        case 'K': return "bioethanol content";
        case 'L': return "live weight";
        case 'M': return "net dry matter";
        case 'P': return "lactic matter";
        case 'R': return "standard quality";
        case 'S': return "raw sugar";
        case 'T': return "dry lactic matter";
        case 'Z': return "percent of sucrose by weight";
        default: return {};
    }
}

}  // namespace allroads
