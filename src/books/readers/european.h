#pragma once
// What the readers of EU and UK files share: measure types, geographical areas, documents, codes and dates.
//
// Both customs use the model of TARIC: a measure has a type of three characters, an area (a country or a
// group of countries with a number), components that make its duty, and conditions that name documents.

#include "books/pack.h"
#include "tariff/tariff.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace allroads::books {

// One measure as its file tells it, before it is known whether the books can use it.
struct EuropeanMeasure {
    std::string market;
    std::string type;                    // "103"
    std::string area;                    // "1011", "KE"
    std::vector<std::string> members;    // of the area, where it is a group and the file says them
    std::vector<std::string> excluded;   // areas
    std::string hs;                      // ten digits
    std::string order_number;            // of a quota
    std::string additional_code;         // "VATZ"; empty where it needs no naming
    std::vector<std::string> documents;  // any one of them lets the measure apply
    std::string duty;
    std::string valid_from;  // ISO days or empty
    std::string valid_to;
    std::string legal;
};
// The line without title, url, checked_on and confidence. Refused with the reason: a type that the books do
// not use yet, or an area whose countries are not known.
[[nodiscard]] Result<MeasureLine> measure_line(EuropeanMeasure const& measure);
// "third-country" for "103"; empty if the books do not use the type.
[[nodiscard]] std::string_view kind_of_type(std::string_view type);

// Types that were met and not used, with how often, as one note for the user.
using Tally = std::map<std::string, std::uint64_t, std::less<>>;
[[nodiscard]] std::string tally_words(std::string_view what, Tally const& tally);

// A code of ten digits speaks for everything under it: "0702000000" is "0702". Pairs of zeros at the end go,
// down to the heading, or to the chapter where the heading is 00.
[[nodiscard]] std::string without_trailing_zeros(std::string_view code);
// "2021-01-01T00:00:00.000Z" and "01/01/2021" as "2021-01-01"; anything else as it is, and the writer refuses
// it.
[[nodiscard]] std::string iso_day(std::string_view text);
// One component of a measure. Files give those of a measure in any order; the number of the expression is
// theirs.
struct EuropeanComponent {
    std::string expression, amount, currency, unit, qualifier;
};
[[nodiscard]] std::string components_text(std::vector<EuropeanComponent> parts);

// The text of a duty for measures.csv: as it is written, or printed anew where our own dialect would read the
// writing differently.
[[nodiscard]] std::string pack_text(tariff::DutyText const& duty);

}  // namespace allroads::books
