#include "books/pack.h"

namespace allroads::books {

std::span<Reader const> readers() {
    static constexpr Reader all[] = {
        {"us-hts", "US", "United States, Harmonized Tariff Schedule (JSON of the USITC)", read_us_hts},
        {"uk-commodity", "GB", "United Kingdom, answers of the Trade Tariff API (JSON)", read_uk_commodity},
        {"taric-xml", "EU", "European Union, TARIC 3 messages (XML, zip)", read_taric_xml},
        {"eu-cn8", "", "EU tariff of 2020 and the UK's by eight digits (JSON, CSV)", read_eu_cn8},
        {"au-schedule", "AU", "Australia, working tariff and the schedules of its agreements (JSON)",
         read_au_schedule},
        {"unctad-afcfta", "", "UNCTAD, tariffs of African customs unions and the AfCFTA's steps (JSON)",
         read_unctad_afcfta},
        {"hs-texts", "HS", "Harmonized System, texts (CSV)", read_hs_texts},
        {"uk-search-references", "GB", "United Kingdom, trade words and the code they lead to (JSON)",
         read_uk_search_references},
        {"ecb-fx", "EUR", "European Central Bank, reference rates (eurofxref-hist)", read_ecb_fx},
        {"measures", "", "measures of your own (the CSV of docs/quote.md)", read_measures},
        {"freight", "", "rate tables of a carrier or forwarder (the sheet of docs/freight.md)", read_freight},
    };
    return all;
}

}  // namespace allroads::books
