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
// ISO 4217 list one as amended to 2025 (XCG, ZWG, SLE, VED, XAD are in; HRK, CUC, SLL, ZWL are out; BGN and ANG stay
// for values of days before they ended). Metals, bond units and test codes have no minor unit and are left out.
constexpr Entry entries[] = {
    {"AED", "UAE Dirham", 2},
    {"AFN", "Afghani", 2},
    {"ALL", "Lek", 2},
    {"AMD", "Armenian Dram", 2},
    {"AOA", "Kwanza", 2},
    {"ARS", "Argentine Peso", 2},
    {"AUD", "Australian Dollar", 2},
    {"AWG", "Aruban Florin", 2},
    {"AZN", "Azerbaijan Manat", 2},
    {"BAM", "Convertible Mark", 2},
    {"BBD", "Barbados Dollar", 2},
    {"BDT", "Taka", 2},
    {"BGN", "Bulgarian Lev", 2},
    {"BHD", "Bahraini Dinar", 3},
    {"BIF", "Burundi Franc", 0},
    {"BMD", "Bermudian Dollar", 2},
    {"BND", "Brunei Dollar", 2},
    {"BOB", "Boliviano", 2},
    {"BOV", "Mvdol", 2},
    {"BRL", "Brazilian Real", 2},
    {"BSD", "Bahamian Dollar", 2},
    {"BTN", "Ngultrum", 2},
    {"BWP", "Pula", 2},
    {"BYN", "Belarusian Ruble", 2},
    {"BZD", "Belize Dollar", 2},
    {"CAD", "Canadian Dollar", 2},
    {"CDF", "Congolese Franc", 2},
    {"CHE", "WIR Euro", 2},
    {"CHF", "Swiss Franc", 2},
    {"CHW", "WIR Franc", 2},
    {"CLF", "Unidad de Fomento", 4},
    {"CLP", "Chilean Peso", 0},
    {"CNY", "Yuan Renminbi", 2},
    {"COP", "Colombian Peso", 2},
    {"COU", "Unidad de Valor Real", 2},
    {"CRC", "Costa Rican Colon", 2},
    {"CUP", "Cuban Peso", 2},
    {"CVE", "Cabo Verde Escudo", 2},
    {"CZK", "Czech Koruna", 2},
    {"DJF", "Djibouti Franc", 0},
    {"DKK", "Danish Krone", 2},
    {"DOP", "Dominican Peso", 2},
    {"DZD", "Algerian Dinar", 2},
    {"EGP", "Egyptian Pound", 2},
    {"ERN", "Nakfa", 2},
    {"ETB", "Ethiopian Birr", 2},
    {"EUR", "Euro", 2},
    {"FJD", "Fiji Dollar", 2},
    {"FKP", "Falkland Islands Pound", 2},
    {"GBP", "Pound Sterling", 2},
    {"GEL", "Lari", 2},
    {"GHS", "Ghana Cedi", 2},
    {"GIP", "Gibraltar Pound", 2},
    {"GMD", "Dalasi", 2},
    {"GNF", "Guinean Franc", 0},
    {"GTQ", "Quetzal", 2},
    {"GYD", "Guyana Dollar", 2},
    {"HKD", "Hong Kong Dollar", 2},
    {"HNL", "Lempira", 2},
    {"HTG", "Gourde", 2},
    {"HUF", "Forint", 2},
    {"IDR", "Rupiah", 2},
    {"ILS", "New Israeli Sheqel", 2},
    {"INR", "Indian Rupee", 2},
    {"IQD", "Iraqi Dinar", 3},
    {"IRR", "Iranian Rial", 2},
    {"ISK", "Iceland Krona", 0},
    {"JMD", "Jamaican Dollar", 2},
    {"JOD", "Jordanian Dinar", 3},
    {"JPY", "Yen", 0},
    {"KES", "Kenyan Shilling", 2},
    {"KGS", "Som", 2},
    {"KHR", "Riel", 2},
    {"KMF", "Comorian Franc ", 0},
    {"KPW", "North Korean Won", 2},
    {"KRW", "Won", 0},
    {"KWD", "Kuwaiti Dinar", 3},
    {"KYD", "Cayman Islands Dollar", 2},
    {"KZT", "Tenge", 2},
    {"LAK", "Lao Kip", 2},
    {"LBP", "Lebanese Pound", 2},
    {"LKR", "Sri Lanka Rupee", 2},
    {"LRD", "Liberian Dollar", 2},
    {"LSL", "Loti", 2},
    {"LYD", "Libyan Dinar", 3},
    {"MAD", "Moroccan Dirham", 2},
    {"MDL", "Moldovan Leu", 2},
    {"MGA", "Malagasy Ariary", 2},
    {"MKD", "Denar", 2},
    {"MMK", "Kyat", 2},
    {"MNT", "Tugrik", 2},
    {"MOP", "Pataca", 2},
    {"MRU", "Ouguiya", 2},
    {"MUR", "Mauritius Rupee", 2},
    {"MVR", "Rufiyaa", 2},
    {"MWK", "Malawi Kwacha", 2},
    {"MXN", "Mexican Peso", 2},
    {"MXV", "Mexican Unidad de Inversion (UDI)", 2},
    {"MYR", "Malaysian Ringgit", 2},
    {"MZN", "Mozambique Metical", 2},
    {"NAD", "Namibia Dollar", 2},
    {"NGN", "Naira", 2},
    {"NIO", "Cordoba Oro", 2},
    {"NOK", "Norwegian Krone", 2},
    {"NPR", "Nepalese Rupee", 2},
    {"NZD", "New Zealand Dollar", 2},
    {"OMR", "Rial Omani", 3},
    {"PAB", "Balboa", 2},
    {"PEN", "Sol", 2},
    {"PGK", "Kina", 2},
    {"PHP", "Philippine Peso", 2},
    {"PKR", "Pakistan Rupee", 2},
    {"PLN", "Zloty", 2},
    {"PYG", "Guarani", 0},
    {"QAR", "Qatari Rial", 2},
    {"RON", "Romanian Leu", 2},
    {"RSD", "Serbian Dinar", 2},
    {"RUB", "Russian Ruble", 2},
    {"RWF", "Rwanda Franc", 0},
    {"SAR", "Saudi Riyal", 2},
    {"SBD", "Solomon Islands Dollar", 2},
    {"SCR", "Seychelles Rupee", 2},
    {"SDG", "Sudanese Pound", 2},
    {"SEK", "Swedish Krona", 2},
    {"SGD", "Singapore Dollar", 2},
    {"SHP", "Saint Helena Pound", 2},
    {"SLE", "Leone", 2},
    {"SOS", "Somali Shilling", 2},
    {"SRD", "Surinam Dollar", 2},
    {"SSP", "South Sudanese Pound", 2},
    {"STN", "Dobra", 2},
    {"SVC", "El Salvador Colon", 2},
    {"SYP", "Syrian Pound", 2},
    {"SZL", "Lilangeni", 2},
    {"THB", "Baht", 2},
    {"TJS", "Somoni", 2},
    {"TMT", "Turkmenistan New Manat", 2},
    {"TND", "Tunisian Dinar", 3},
    {"TOP", "Pa’anga", 2},
    {"TRY", "Turkish Lira", 2},
    {"TTD", "Trinidad and Tobago Dollar", 2},
    {"TWD", "New Taiwan Dollar", 2},
    {"TZS", "Tanzanian Shilling", 2},
    {"UAH", "Hryvnia", 2},
    {"UGX", "Uganda Shilling", 0},
    {"USD", "US Dollar", 2},
    {"USN", "US Dollar (Next day)", 2},
    {"UYI", "Uruguay Peso en Unidades Indexadas (UI)", 0},
    {"UYU", "Peso Uruguayo", 2},
    {"UYW", "Unidad Previsional", 4},
    {"UZS", "Uzbekistan Sum", 2},
    {"VED", "Bolívar Soberano", 2},
    {"VES", "Bolívar Soberano", 2},
    {"VND", "Dong", 0},
    {"VUV", "Vatu", 0},
    {"WST", "Tala", 2},
    {"XAD", "Arab Accounting Dinar", 2},
    {"XAF", "CFA Franc BEAC", 0},
    {"XCD", "East Caribbean Dollar", 2},
    {"XCG", "Caribbean Guilder", 2},
    {"XOF", "CFA Franc BCEAO", 0},
    {"XPF", "CFP Franc", 0},
    {"YER", "Yemeni Rial", 2},
    {"ZAR", "Rand", 2},
    {"ZMW", "Zambian Kwacha", 2},
    {"ZWG", "Zimbabwe Gold", 2},
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
    return refuse(Code::bad_currency, "", "“" + excerpt(text) + "” is not a currency code of ISO 4217, such as KES or EUR");
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
