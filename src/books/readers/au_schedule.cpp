// The Australian working tariff: schedule 3 (the general rate of every line, with rates for kinds of
// developing countries behind it) and the schedules of its agreements, which list only what is not free.

#include "books/json_items.h"
#include "books/pack.h"
#include "tariff/tariff.h"

#include <algorithm>
#include <array>

namespace allroads::books {

namespace {

constexpr std::string_view url =
    "https://www.abf.gov.au/importing-exporting-and-manufacturing/tariff-classification/current-tariff";

struct Agreement {
    std::string_view printed;  // in the file
    std::string_view program;
    std::string_view origins;
};
// Customs Tariff Act 1995, Schedules 4A to 16.
constexpr Agreement agreements[] = {
    {"SAFTA", "SAFTA", "SG"},
    {"AUSFTA", "AUSFTA", "US"},
    {"TAFTA", "TAFTA", "TH"},
    {"Peru", "PAFTA", "PE"},
    {"ACI-FTA", "ACI-FTA", "CL"},
    {"AANZFTA", "AANZFTA", "BN KH ID LA MM MY NZ PH SG TH VN"},
    {"PACER", "PACER-PLUS", "CK KI NZ NU WS SB TO TV VU"},
    {"CPTPP", "CPTPP", "BN CA CL GB JP MX MY NZ PE SG VN"},
    {"MAFTA", "MAFTA", "MY"},
    {"IA-CEPA", "IA-CEPA", "ID"},
    {"KAFTA", "KAFTA", "KR"},
    {"AI-ECTA", "AI-ECTA", "IN"},
    {"JAEPA", "JAEPA", "JP"},
    {"ChAFTA", "CHAFTA", "CN"},
    {"HK-FTA", "HK-FTA", "HK"},
    {"RCEP", "RCEP", "BN CN ID JP KH KR LA MM MY NZ PH SG TH VN"},
    {"A-UKFTA", "A-UKFTA", "GB"},
    {"UAE-CEPA", "UAE-CEPA", "AE"},
};

std::string digits_of(std::string_view text) {
    std::string out;
    for (char const letter : plain_digits(text)) {
        if (letter >= '0' && letter <= '9') out += letter;
    }
    return out;
}

// Without zero-width characters, tabs, and the colon as the site escapes it.
std::string clean(std::string_view text) {
    auto out = plain_digits(text);
    std::ranges::replace(out, '\t', ' ');
    for (auto at = out.find("&#58;"); at != std::string::npos; at = out.find("&#58;", at))
        out.replace(at, 5, ":");
    return std::string(trim(out));
}

// Two letters that stand for a country; FI is the Forum Islands here, not Finland.
bool is_country(std::string_view program) {
    constexpr std::array<std::string_view, 5> countries = {"CA", "SG", "MY", "NZ", "PG"};
    return std::ranges::find(countries, program) != countries.end();
}

class Reading {
public:
    Reading(std::string market, std::string dated, PackWriter& out)
        : market_(std::move(market)), dated_(std::move(dated)), out_(out) {}

    // A heading of schedule 3 and the lines under it.
    void heading(boost::json::object const& heading, std::uint64_t number) {
        auto const code = digits_of(text_of(heading, "code"));
        auto const text = clean(text_of(heading, "description"));
        if (code.size() == 4) out_.line({market_, code, text, "", false}, number);
        auto const* lines = array_of(heading, "classifications");
        if (lines == nullptr) return;
        for (auto const& line : *lines) {
            if (line.is_object()) classification(line.get_object(), number);
        }
    }
    // A line of an agreement's schedule: what is not free for its members.
    void exception(boost::json::object const& row, std::uint64_t number) {
        out_.count_record();
        auto const name = text_of(row, "ftaName");
        auto const* agreement = std::ranges::find(agreements, name, &Agreement::printed);
        auto const code = digits_of(text_of(row, "hsCode"));
        auto const rate = clean(text_of(row, "dutyRate"));
        if (agreement == std::end(agreements) || code.size() != 8) {
            out_.refuse(number,
                        excerpt(name) + " " + excerpt(text_of(row, "hsCode")) +
                            ": a concession by use or an agreement that is not known, not a rate by origin");
            return;
        }
        if (rate.empty()) return;  // a heading of lines
        if (std::ranges::find(begun_, name) == begun_.end()) begin(*agreement, number);
        // "From 31 December 2023: 4%" counts from that day; before it the rate is unknown, not the newest.
        auto const entries = tariff::parse_australian(rate);
        if (entries.empty() || !entries.front().programs.empty()) {
            out_.refuse(number, code + ": " + excerpt(rate) + " does not begin with a rate");
            return;
        }
        auto line = blank(code, "preference", plain_text(entries.front().duty), text_of(row, "schedule"));
        claim(line, *agreement);
        out_.measure(line, number);
    }

private:
    void classification(boost::json::object const& row, std::uint64_t number) {
        out_.count_record();
        auto const code = digits_of(text_of(row, "referenceNumber"));
        auto const text = clean(text_of(row, "description"));
        // Excisable goods stand at seven digits.
        if (code.size() < 4 || code.size() > 12) {
            if (!code.empty()) out_.refuse(number, excerpt(code) + " is not a code of 4 to 12 digits");
            return;
        }
        auto const rate = clean(text_of(row, "dutyRate"));
        out_.line({market_, code, text, clean(text_of(row, "unit")), !rate.empty()}, number);
        if (rate.empty()) return;
        for (auto const& entry : tariff::parse_australian(rate)) {
            if (entry.programs.empty()) {
                out_.measure(blank(code, "third-country", plain_text(entry.duty), "Schedule 3"), number);
                continue;
            }
            for (auto const& program : entry.programs) {
                auto line = blank(code, "preference", plain_text(entry.duty), "Schedule 3");
                line.program = "AU-" + program;
                line.origins = is_country(program) ? program : "AU-" + program;
                line.conditions = "proof=" + line.program;
                out_.measure(line, number);
            }
        }
    }
    [[nodiscard]] MeasureLine blank(std::string const& code, std::string_view kind, std::string_view duty,
                                    std::string_view schedule) const {
        MeasureLine line;
        line.market = market_;
        line.hs = code;
        line.kind = kind;
        line.duty = duty;
        line.legal = "Customs Tariff Act 1995, " + std::string(schedule);
        line.title = "Working tariff of the Australian Border Force";
        line.url = url;
        line.checked_on = dated_;
        line.confidence = "official";
        return line;
    }
    static void claim(MeasureLine& line, Agreement const& agreement) {
        line.program = agreement.program;
        line.origins = agreement.origins;
        line.conditions = "proof=" + std::string(agreement.program);
    }
    // Section 18 and the like: originating goods that no schedule names are free.
    void begin(Agreement const& agreement, std::uint64_t number) {
        begun_.emplace_back(agreement.printed);
        auto line = blank("", "preference", "Free", "goods that its schedule does not list");
        claim(line, agreement);
        out_.measure(line, number);
    }

    std::string market_;
    std::string dated_;
    PackWriter& out_;
    std::vector<std::string> begun_;
};

}  // namespace

Result<void> read_au_schedule(Input& input, ReaderOptions const& options, PackWriter& out) {
    if (!TRY(input.next_member())) return refuse(Code::bad_file, "file", "it is empty");
    auto const market = options.market.empty() ? std::string("AU") : options.market;
    auto const dated = options.dated ? options.dated->text() : std::string();
    out.set("market", market);
    if (options.dated) out.set("dated", dated);
    out.set("title", "Australia, working tariff");
    if (!options.dated)
        out.note("the file does not say its day; give it with --dated, so that its age can be shown");
    bool const agreements_file = input.file().filename().string().find("fta") != std::string::npos;
    Reading reading(market, dated, out);
    auto const path =
        agreements_file ? std::vector<std::string>{"*"} : std::vector<std::string>{"chapters", "headings"};
    JsonItems items(input, path);
    while (auto const* item = TRY(items.next())) {
        if (!item->is_object()) {
            return refuse(Code::bad_file, "file",
                          "item " + std::to_string(items.number()) + " is not an object");
        }
        if (agreements_file) {
            reading.exception(item->get_object(), items.number());
        } else {
            reading.heading(item->get_object(), items.number());
        }
    }
    if (agreements_file) out.set("series", "au-schedule-agreements/" + market);
    if (agreements_file) {
        out.set("pack", "au-schedule-agreements-" + market + (dated.empty() ? "" : "-" + dated));
    }
    return {};
}

}  // namespace allroads::books
