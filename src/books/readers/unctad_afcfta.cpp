// UNCTAD's list of what African customs unions charge and how it falls under the African Continental Free
// Trade Area: the most-favoured-nation rate of each line and its rates of year 1 to 13.

#include "books/json_items.h"
#include "books/pack.h"

#include <array>

namespace allroads::books {

namespace {

constexpr std::string_view url = "https://afcfta.unctad.org/";
constexpr int first_year = 2021;  // AfCFTA trading began on 1 January 2021: t1
constexpr int years = 13;

struct Union {
    std::string_view
        in_name;  // GHA_to_NGA.json: what goods from Ghana pay in Nigeria, so the union is Nigeria's
    std::string_view market;
    std::string_view law;
};
constexpr Union unions[] = {
    {"to_NGA", "ECOWAS", "ECOWAS Common External Tariff, Regulation C/REG.16/12/21"},
    {"to_CMR", "CEMAC", "CEMAC Common External Tariff"},
};

std::string digits_of(std::string_view text) {
    std::string out;
    for (char const letter : text) {
        if (letter >= '0' && letter <= '9') out += letter;
    }
    return out;
}

class Reading {
public:
    Reading(Union const& of, std::string market, std::string dated, PackWriter& out)
        : union_(of), market_(std::move(market)), dated_(std::move(dated)), out_(out) {}

    void row(boost::json::object const& row, std::uint64_t number) {
        out_.count_record();
        auto const code = digits_of(text_of(row, "natTarLine"));
        if (code.size() < 6 || code.size() > 12) {
            out_.refuse(number, "natTarLine: " + excerpt(text_of(row, "natTarLine")) + " is not a code");
            return;
        }
        out_.line({market_, code, std::string(trim(text_of(row, "descr"))), "", true}, number);
        auto const mfn = text_of(row, "mfn");
        if (mfn.empty()) {
            out_.refuse(number, code + ": there is no most-favoured-nation rate");
            return;
        }
        auto line = blank(code, "third-country", mfn);
        line.legal = union_.law;
        out_.measure(line, number);
        steps(row, code, number);
    }

private:
    // One measure for each run of years with one rate; the last rate stays.
    void steps(boost::json::object const& row, std::string const& code, std::uint64_t number) {
        std::string rate;
        int since = 1;
        for (int year = 1; year <= years; ++year) {
            auto const given = text_of(row, "t" + std::to_string(year));
            if (given.empty()) continue;
            if (!rate.empty() && given != rate) step(row, code, rate, since, year - 1, number);
            if (given != rate) since = year;
            rate = given;
        }
        if (!rate.empty()) step(row, code, rate, since, 0, number);
    }
    void step(boost::json::object const& row, std::string const& code, std::string_view rate, int since,
              int until, std::uint64_t number) {
        auto line = blank(code, "preference", rate);
        line.program = "AFCFTA";
        line.origins = "AFCFTA";
        line.conditions = "proof=AFCFTA";
        line.valid_from = std::to_string(first_year + since - 1) + "-01-01";
        if (until != 0) line.valid_to = std::to_string(first_year + until - 1) + "-12-31";
        line.legal = "AfCFTA Protocol on Trade in Goods, schedule of concessions, category " +
                     std::string(text_of(row, "category")) +
                     "; rule of origin: " + std::string(text_of(row, "roO_Category"));
        out_.measure(line, number);
    }
    [[nodiscard]] MeasureLine blank(std::string const& code, std::string_view kind,
                                    std::string_view rate) const {
        MeasureLine line;
        line.market = market_;
        line.hs = code;
        line.kind = kind;
        line.duty = std::string(rate) + "%";
        line.title = "UNCTAD, AfCFTA tariff offers";
        line.url = url;
        line.checked_on = dated_;
        line.confidence = "secondary";
        return line;
    }

    Union const& union_;
    std::string market_;
    std::string dated_;
    PackWriter& out_;
};

}  // namespace

Result<void> read_unctad_afcfta(Input& input, ReaderOptions const& options, PackWriter& out) {
    auto const file = input.file().filename().string();
    Union named{"", options.market, "Common External Tariff"};
    for (auto const& known : unions) {
        if (file.find(known.in_name) != std::string::npos) named = known;
    }
    auto const market = std::string(options.market.empty() ? named.market : options.market);
    if (market.empty()) {
        return refuse(Code::field_missing, "market",
                      "the file's name does not say whose tariff it is; give --market");
    }
    if (!TRY(input.next_member())) return refuse(Code::bad_file, "file", "it is empty");
    auto const dated = options.dated ? options.dated->text() : std::string();
    if (!options.dated)
        out.note("the file does not say its day; give it with --dated, so that its age can be shown");
    out.set("market", market);
    if (options.dated) out.set("dated", dated);
    out.set("title", "UNCTAD, AfCFTA tariff offers, " + market);
    out.set("complete", "true");
    JsonItems items(input, {});
    Reading reading(named, market, dated, out);
    while (auto const* item = TRY(items.next())) {
        if (!item->is_object() || !item->get_object().contains("natTarLine")) {
            return refuse(Code::bad_file, "file",
                          "row " + std::to_string(items.number()) + " has no natTarLine");
        }
        reading.row(item->get_object(), items.number());
    }
    return {};
}

}  // namespace allroads::books
