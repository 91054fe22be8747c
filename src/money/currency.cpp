#include "money/money.h"

#include <algorithm>
#include <array>

namespace allroads {

namespace {

struct Entry {
    std::string_view code;
    std::string_view name;
    int minor_digits;
};
// ISO 4217 list one as amended to 2025 (XCG, ZWG, SLE, VED, XAD are in; ANG, HRK, CUC, SLL, ZWL are out; BGN
// stays for contracts and rates of days before 2026). Metals, bond units and test codes have no minor unit
// and are left out.
constexpr Entry entries[] = {
    {"AED", "UAE dirham", 2},
    {"AFN", "Afghan afghani", 2},
    {"ALL", "Albanian lek", 2},
    {"AMD", "Armenian dram", 2},
    {"AOA", "Angolan kwanza", 2},
    {"ARS", "Argentine peso", 2},
    {"AUD", "Australian dollar", 2},
    {"AWG", "Aruban florin", 2},
    {"AZN", "Azerbaijani manat", 2},
    {"BAM", "Bosnian convertible mark", 2},
    {"BBD", "Barbadian dollar", 2},
    {"BDT", "Bangladeshi taka", 2},
    {"BGN", "Bulgarian lev", 2},
    {"BHD", "Bahraini dinar", 3},
    {"BIF", "Burundian franc", 0},
    {"BMD", "Bermudian dollar", 2},
    {"BND", "Brunei dollar", 2},
    {"BOB", "Bolivian boliviano", 2},
    {"BOV", "Bolivian mvdol", 2},
    {"BRL", "Brazilian real", 2},
    {"BSD", "Bahamian dollar", 2},
    {"BTN", "Bhutanese ngultrum", 2},
    {"BWP", "Botswana pula", 2},
    {"BYN", "Belarusian ruble", 2},
    {"BZD", "Belize dollar", 2},
    {"CAD", "Canadian dollar", 2},
    {"CDF", "Congolese franc", 2},
    {"CHE", "WIR euro", 2},
    {"CHF", "Swiss franc", 2},
    {"CHW", "WIR franc", 2},
    {"CLF", "Chilean unidad de fomento", 4},
    {"CLP", "Chilean peso", 0},
    {"CNY", "Chinese yuan", 2},
    {"COP", "Colombian peso", 2},
    {"COU", "Colombian unidad de valor real", 2},
    {"CRC", "Costa Rican colon", 2},
    {"CUP", "Cuban peso", 2},
    {"CVE", "Cabo Verde escudo", 2},
    {"CZK", "Czech koruna", 2},
    {"DJF", "Djiboutian franc", 0},
    {"DKK", "Danish krone", 2},
    {"DOP", "Dominican peso", 2},
    {"DZD", "Algerian dinar", 2},
    {"EGP", "Egyptian pound", 2},
    {"ERN", "Eritrean nakfa", 2},
    {"ETB", "Ethiopian birr", 2},
    {"EUR", "euro", 2},
    {"FJD", "Fiji dollar", 2},
    {"FKP", "Falkland Islands pound", 2},
    {"GBP", "British pound", 2},
    {"GEL", "Georgian lari", 2},
    {"GHS", "Ghanaian cedi", 2},
    {"GIP", "Gibraltar pound", 2},
    {"GMD", "Gambian dalasi", 2},
    {"GNF", "Guinean franc", 0},
    {"GTQ", "Guatemalan quetzal", 2},
    {"GYD", "Guyana dollar", 2},
    {"HKD", "Hong Kong dollar", 2},
    {"HNL", "Honduran lempira", 2},
    {"HTG", "Haitian gourde", 2},
    {"HUF", "Hungarian forint", 2},
    {"IDR", "Indonesian rupiah", 2},
    {"ILS", "Israeli new shekel", 2},
    {"INR", "Indian rupee", 2},
    {"IQD", "Iraqi dinar", 3},
    {"IRR", "Iranian rial", 2},
    {"ISK", "Icelandic krona", 0},
    {"JMD", "Jamaican dollar", 2},
    {"JOD", "Jordanian dinar", 3},
    {"JPY", "Japanese yen", 0},
    {"KES", "Kenyan shilling", 2},
    {"KGS", "Kyrgyz som", 2},
    {"KHR", "Cambodian riel", 2},
    {"KMF", "Comorian franc", 0},
    {"KPW", "North Korean won", 2},
    {"KRW", "South Korean won", 0},
    {"KWD", "Kuwaiti dinar", 3},
    {"KYD", "Cayman Islands dollar", 2},
    {"KZT", "Kazakh tenge", 2},
    {"LAK", "Lao kip", 2},
    {"LBP", "Lebanese pound", 2},
    {"LKR", "Sri Lankan rupee", 2},
    {"LRD", "Liberian dollar", 2},
    {"LSL", "Lesotho loti", 2},
    {"LYD", "Libyan dinar", 3},
    {"MAD", "Moroccan dirham", 2},
    {"MDL", "Moldovan leu", 2},
    {"MGA", "Malagasy ariary", 2},
    {"MKD", "Macedonian denar", 2},
    {"MMK", "Myanmar kyat", 2},
    {"MNT", "Mongolian tugrik", 2},
    {"MOP", "Macanese pataca", 2},
    {"MRU", "Mauritanian ouguiya", 2},
    {"MUR", "Mauritian rupee", 2},
    {"MVR", "Maldivian rufiyaa", 2},
    {"MWK", "Malawi kwacha", 2},
    {"MXN", "Mexican peso", 2},
    {"MXV", "Mexican unidad de inversion", 2},
    {"MYR", "Malaysian ringgit", 2},
    {"MZN", "Mozambique metical", 2},
    {"NAD", "Namibian dollar", 2},
    {"NGN", "Nigerian naira", 2},
    {"NIO", "Nicaraguan cordoba", 2},
    {"NOK", "Norwegian krone", 2},
    {"NPR", "Nepalese rupee", 2},
    {"NZD", "New Zealand dollar", 2},
    {"OMR", "Omani rial", 3},
    {"PAB", "Panamanian balboa", 2},
    {"PEN", "Peruvian sol", 2},
    {"PGK", "Papua New Guinean kina", 2},
    {"PHP", "Philippine peso", 2},
    {"PKR", "Pakistani rupee", 2},
    {"PLN", "Polish zloty", 2},
    {"PYG", "Paraguayan guarani", 0},
    {"QAR", "Qatari rial", 2},
    {"RON", "Romanian leu", 2},
    {"RSD", "Serbian dinar", 2},
    {"RUB", "Russian ruble", 2},
    {"RWF", "Rwandan franc", 0},
    {"SAR", "Saudi riyal", 2},
    {"SBD", "Solomon Islands dollar", 2},
    {"SCR", "Seychelles rupee", 2},
    {"SDG", "Sudanese pound", 2},
    {"SEK", "Swedish krona", 2},
    {"SGD", "Singapore dollar", 2},
    {"SHP", "Saint Helena pound", 2},
    {"SLE", "Sierra Leonean leone", 2},
    {"SOS", "Somali shilling", 2},
    {"SRD", "Surinamese dollar", 2},
    {"SSP", "South Sudanese pound", 2},
    {"STN", "Sao Tome dobra", 2},
    {"SVC", "Salvadoran colon", 2},
    {"SYP", "Syrian pound", 2},
    {"SZL", "Swazi lilangeni", 2},
    {"THB", "Thai baht", 2},
    {"TJS", "Tajik somoni", 2},
    {"TMT", "Turkmen manat", 2},
    {"TND", "Tunisian dinar", 3},
    {"TOP", "Tongan pa'anga", 2},
    {"TRY", "Turkish lira", 2},
    {"TTD", "Trinidad and Tobago dollar", 2},
    {"TWD", "New Taiwan dollar", 2},
    {"TZS", "Tanzanian shilling", 2},
    {"UAH", "Ukrainian hryvnia", 2},
    {"UGX", "Ugandan shilling", 0},
    {"USD", "US dollar", 2},
    {"USN", "US dollar, next day", 2},
    {"UYI", "Uruguayan peso in indexed units", 0},
    {"UYU", "Uruguayan peso", 2},
    {"UYW", "Uruguayan unidad previsional", 4},
    {"UZS", "Uzbek sum", 2},
    {"VED", "Venezuelan digital bolivar", 2},
    {"VES", "Venezuelan bolivar", 2},
    {"VND", "Vietnamese dong", 0},
    {"VUV", "Vanuatu vatu", 0},
    {"WST", "Samoan tala", 2},
    {"XAD", "Arab accounting dinar", 2},
    {"XAF", "Central African CFA franc", 0},
    {"XCD", "East Caribbean dollar", 2},
    {"XCG", "Caribbean guilder", 2},
    {"XOF", "West African CFA franc", 0},
    {"XPF", "CFP franc", 0},
    {"YER", "Yemeni rial", 2},
    {"ZAR", "South African rand", 2},
    {"ZMW", "Zambian kwacha", 2},
    {"ZWG", "Zimbabwe gold", 2},
};
constexpr std::size_t places = 26U * 26 * 26;

constexpr std::size_t place_of(std::string_view code) {
    return static_cast<std::size_t>((code[0] - 'A') * 676 + (code[1] - 'A') * 26 + (code[2] - 'A'));
}

// The entry of each three letters, counted from 1; 0 where they are not in use.
constexpr auto by_place = [] {
    std::array<std::uint8_t, places> made{};
    std::uint8_t number = 0;
    for (auto const& entry : entries) made[place_of(entry.code)] = ++number;
    return made;
}();
static_assert(std::size(entries) < 256);

constexpr std::uint16_t index_of(std::string_view code) {
    return static_cast<std::uint16_t>(by_place[place_of(code)] - 1);
}

}  // namespace

Result<Currency> Currency::parse(std::string_view text) {
    if (text.size() == 3) {
        char letters[3];
        bool sound = true;
        for (std::size_t i = 0; i < 3; ++i) {
            char const letter = text[i];
            letters[i] = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
            sound = sound && letters[i] >= 'A' && letters[i] <= 'Z';
        }
        if (sound && by_place[place_of({letters, 3})] != 0) return Currency(index_of({letters, 3}));
    }
    return refuse(Code::bad_currency, "",
                  "“" + excerpt(text) + "” is not a currency code of ISO 4217, such as KES or EUR");
}

Currency Currency::from_index(std::uint16_t index) {
    check(index < std::size(entries));
    return Currency(index);
}

std::string_view Currency::text() const { return entries[index_].code; }
std::string_view Currency::name() const { return entries[index_].name; }
int Currency::minor_digits() const { return entries[index_].minor_digits; }

// Builds constants at compile time, so that no order of initialisation can matter.
class CurrencyTable {
public:
    static constexpr Currency of(std::string_view code) { return Currency(index_of(code)); }
    template <std::size_t... I>
    static constexpr std::array<Currency, sizeof...(I)> all(std::index_sequence<I...>) {
        return {Currency(static_cast<std::uint16_t>(I))...};
    }
};

namespace currency {
constinit Currency const USD = CurrencyTable::of("USD");
constinit Currency const EUR = CurrencyTable::of("EUR");
constinit Currency const GBP = CurrencyTable::of("GBP");
constinit Currency const JPY = CurrencyTable::of("JPY");
constinit Currency const KES = CurrencyTable::of("KES");
}  // namespace currency

std::span<Currency const> all_currencies() {
    static constexpr auto all = CurrencyTable::all(std::make_index_sequence<std::size(entries)>());
    return all;
}

}  // namespace allroads
