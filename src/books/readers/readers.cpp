#include "books/pack.h"

namespace allroads::books {

std::span<Reader const> readers() {
    static constexpr Reader all[] = {
        {"us-hts", "US", "United States, Harmonized Tariff Schedule (JSON of the USITC)", read_us_hts},
        {"ecb-fx", "EUR", "European Central Bank, reference rates (eurofxref-hist)", read_ecb_fx},
        {"measures", "", "measures of your own (the CSV of docs/quote.md)", read_measures},
    };
    return all;
}

}  // namespace allroads::books
