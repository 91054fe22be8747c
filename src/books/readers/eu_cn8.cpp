// The tariffs of 2020 by eight digits. Two publications of that year have come down to us in machine form:
//
//   JSON {"data": [{commodity, description, cet_duty_rate, ukgt_duty_rate, change}]}: the EU tariff of 2020
//     beside the one the UK announced for 2021 (--market GB reads the latter);
//   two CSV tables, measures and their components: the duties the UK had prepared for leaving without an
//     agreement.

#include "books/json_items.h"
#include "books/readers/european.h"

#include <unordered_map>

namespace allroads::books {

namespace {

// ---- JSON ------------------------------------------------------------------------------------------------

struct Publication {
    std::string_view market;
    std::string_view column;
    std::string_view series;
    std::string_view valid_from;
    std::string_view valid_to;
    std::string_view legal;
    std::string_view title;
    std::string_view url;
};
// Combined Nomenclature of 2020: in force for that year.
constexpr Publication common_external_tariff = {"EU",
                                                "cet_duty_rate",
                                                "eu-cn8/cet-2020",
                                                "2020-01-01",
                                                "2020-12-31",
                                                "Implementing Regulation (EU) 2019/1776",
                                                "EU common customs tariff 2020, by eight digits",
                                                "https://eur-lex.europa.eu/eli/reg_impl/2019/1776/oj"};
constexpr Publication uk_global_tariff = {"GB",
                                          "ukgt_duty_rate",
                                          "eu-cn8/ukgt-2021",
                                          "2021-01-01",
                                          "",
                                          "SI 2020/1430",
                                          "UK Global Tariff as announced in May 2020, by eight digits",
                                          "https://www.legislation.gov.uk/uksi/2020/1430"};
constexpr std::string_view announced = "2020-05-19";  // the UK published both columns that day

class TariffOf2020 {
public:
    TariffOf2020(Publication const& publication, std::string dated, PackWriter& out)
        : publication_(publication), dated_(std::move(dated)), out_(out) {}

    void take(boost::json::object const& item, std::uint64_t number) {
        auto const commodity = text_of(item, "commodity");
        auto const rate = text_of(item, publication_.column);
        if (commodity.empty() || rate.empty()) {
            out_.refuse(number, "commodity or " + std::string(publication_.column) + " is missing");
            return;
        }
        MeasureLine line;
        line.market = publication_.market;
        line.hs = commodity;
        line.kind = "third-country";
        line.duty = pack_text(tariff::DutyText::parse(trim(rate), tariff::Dialect::european));
        line.valid_from = publication_.valid_from;
        line.valid_to = publication_.valid_to;
        line.legal = publication_.legal;
        line.title = publication_.title;
        line.url = publication_.url;
        line.checked_on = dated_;
        line.confidence = "official";
        out_.measure(line, number);
        out_.line({line.market, line.hs, std::string(text_of(item, "description")), "", true}, number);
    }

private:
    Publication const& publication_;
    std::string dated_;
    PackWriter& out_;
};

Result<void> read_json(Input& input, ReaderOptions const& options, PackWriter& out) {
    if (!options.market.empty() && options.market != "EU" && options.market != "GB") {
        return refuse(Code::bad_value, "market",
                      excerpt(options.market) + " is not in this file; it has EU and GB");
    }
    auto const& publication = options.market == "GB" ? uk_global_tariff : common_external_tariff;
    auto const dated = options.dated ? options.dated->text() : std::string(announced);
    TariffOf2020 tariff(publication, dated, out);
    JsonItems items(input, {"data"});
    while (auto const* const item = TRY(items.next())) {
        out.count_record();
        if (auto const* const object = item->if_object()) {
            tariff.take(*object, items.number());
        } else {
            out.refuse(items.number(), "an object with commodity and rates was expected");
        }
    }
    out.set("market", std::string(publication.market));
    out.set("dated", dated);
    out.set("series", std::string(publication.series));
    out.set("title", std::string(publication.title));
    return {};
}

// ---- CSV -------------------------------------------------------------------------------------------------

constexpr std::size_t line_bytes_max = 16U << 10;
constexpr std::size_t measures_max = 1'000'000;  // kept while the components are read
constexpr std::size_t components_max = 64;       // of one measure
constexpr std::string_view measures_columns = "measure_sid,measure_type_id,geographical_area_id";
constexpr std::string_view components_columns = "measure_sid,goods_nomenclature_item_id,duty_expression_id";

// A CSV table whose columns are found by name.
class Table {
public:
    explicit Table(Input& input) : input_(input) {}

    Result<void> begin() {
        auto const line = TRY(input_.line(line_bytes_max));
        header_ = line.value_or("");
        if (header_.starts_with("\xEF\xBB\xBF")) header_.erase(0, 3);
        if (!split_csv(header_, names_))
            return refuse(Code::bad_file, "line 1", "is not a header: " + excerpt(header_));
        return {};
    }
    [[nodiscard]] std::string const& header() const { return header_; }

    // False at the end. A record that is no CSV has no fields.
    Result<bool> next() {
        auto const line = TRY(input_.line(line_bytes_max));
        if (!line) return false;
        ++number_;
        if (!split_csv(*line, fields_) || fields_.size() != names_.size()) fields_.clear();
        return true;
    }
    [[nodiscard]] bool is_good() const { return !fields_.empty(); }
    [[nodiscard]] std::uint64_t number() const { return number_; }
    [[nodiscard]] std::string const& field(std::string_view name) const {
        static std::string const none;
        for (std::size_t i = 0; i < names_.size() && i < fields_.size(); ++i) {
            if (names_[i] == name) return fields_[i];
        }
        return none;
    }

private:
    Input& input_;
    std::string header_;
    std::vector<std::string> names_;
    std::vector<std::string> fields_;
    std::uint64_t number_ = 1;
};

struct Planned {
    std::string type;
    std::string area;
    std::string valid_from;
    std::string valid_to;
    std::string legal;
};
using Plan = std::unordered_map<std::string, Planned>;

// What joins the two tables. The last measures of the published tables have no number yet; their code stands
// for it.
std::string key_of(Table const& table) {
    auto const& sid = table.field("measure_sid");
    return sid.empty() ? "code " + table.field("goods_nomenclature_item_id") : sid;
}

Result<void> read_plan(Table& table, Plan& plan) {
    while (TRY(table.next())) {
        if (!table.is_good()) continue;
        if (plan.size() >= measures_max) return refuse(Code::too_long, "", "more than a million measures");
        plan.insert_or_assign(
            key_of(table),
            Planned{table.field("measure_type_id"), table.field("geographical_area_id"),
                    iso_day(table.field("validity_start_date")), iso_day(table.field("validity_end_date")),
                    table.field("measure_generating_regulation_id")});
    }
    return {};
}

// The table of measures lies beside the table of components and is called like it.
Result<Plan> plan_beside(std::filesystem::path const& components) {
    static constexpr std::string_view word = "components";
    auto name = components.filename().string();
    auto const at = name.find(word);
    if (at != std::string::npos) name.replace(at, word.size(), "measures");
    auto const file = components.parent_path() / name;
    std::error_code failed;
    if (at == std::string::npos || !std::filesystem::exists(file, failed)) {
        return refuse(Code::bad_file, "file",
                      components.filename().string() +
                          " says no types and dates; the table of "
                          "measures must lie beside it and be called the same but for \"components\"");
    }
    auto input = TRY(Input::open(file));
    Plan plan;
    while (TRY(input.next_member())) {
        Table table(input);
        TRY_VOID(table.begin());
        if (table.header().starts_with(measures_columns)) TRY_VOID(read_plan(table, plan));
    }
    return plan;
}

class ComponentTable {
public:
    ComponentTable(Plan const& plan, ReaderOptions const& options, PackWriter& out)
        : plan_(plan), options_(options), out_(out) {}

    // The components of one measure stand one under the other.
    Result<void> read(Table& table) {
        while (TRY(table.next())) {
            out_.count_record();
            if (!table.is_good()) {
                out_.refuse(table.number(), "the number of fields is not that of the header");
                continue;
            }
            if (auto key = key_of(table); key != sid_) {
                finish();
                sid_ = std::move(key);
                hs_ = table.field("goods_nomenclature_item_id");
                number_ = table.number();
            }
            if (parts_.size() == components_max)
                return refuse(Code::bad_file, "", "measure " + sid_ + " does not end");
            parts_.push_back({table.field("duty_expression_id"), table.field("duty_amount"),
                              table.field("monetary_unit_code"), table.field("measurement_unit_code"),
                              table.field("measurement_unit_qualifier_code")});
        }
        finish();
        return {};
    }

private:
    void finish() {
        auto parts = std::exchange(parts_, {});
        if (parts.empty()) return;
        auto const planned = plan_.find(sid_);
        if (planned == plan_.end()) {
            out_.refuse(number_, "measure " + excerpt(sid_) + " is not in the table of measures");
            return;
        }
        auto const& said = planned->second;
        EuropeanMeasure measure;
        measure.market = options_.market;
        measure.type = said.type;
        measure.area = said.area;
        measure.hs = hs_;
        measure.duty = components_text(std::move(parts));
        measure.valid_from = said.valid_from;
        measure.valid_to = said.valid_to;
        measure.legal = said.legal;
        auto line = measure_line(measure);
        if (!line) {
            out_.refuse(number_, std::string(line.error().detail()));
            return;
        }
        line->title = "UK duties prepared in 2019 for leaving the EU without an agreement";
        line->checked_on = options_.dated ? options_.dated->text() : "";
        line->confidence = "assumed";
        out_.measure(*line, number_);
    }

    Plan const& plan_;
    ReaderOptions const& options_;
    PackWriter& out_;
    std::string sid_;
    std::string hs_;
    std::uint64_t number_ = 0;
    std::vector<EuropeanComponent> parts_;
};

Result<void> read_csv(Input& input, ReaderOptions const& options, PackWriter& out, Plan& plan) {
    Table table(input);
    TRY_VOID(table.begin());
    if (table.header().starts_with(measures_columns)) {
        TRY_VOID(read_plan(table, plan));
        out.note(std::string(input.member()) + ": " + std::to_string(plan.size()) +
                 " measures, read for their dates");
        return {};
    }
    if (!table.header().starts_with(components_columns)) {
        return refuse(Code::bad_file, "line 1",
                      "neither the table of components nor that of measures: " + excerpt(table.header()));
    }
    // These duties never came into force, so nobody gets them without asking.
    if (options.market.empty()) {
        return refuse(Code::field_missing, "market",
                      "these duties were prepared and never in force; say --market GB to "
                      "load them all the same");
    }
    if (plan.empty()) plan = TRY(plan_beside(input.file()));
    TRY_VOID(ComponentTable(plan, options, out).read(table));
    out.note("prepared for 13 April 2019 and never in force: the measures are marked assumed");
    out.set("market", options.market);
    out.set("series", "eu-cn8/prepared-2019");
    out.set("pack", "eu-cn8-prepared-2019-" + options.market);
    out.set("title", "UK duties prepared in 2019 for leaving the EU without an agreement");
    return {};
}

}  // namespace

Result<void> read_eu_cn8(Input& input, ReaderOptions const& options, PackWriter& out) {
    Plan plan;
    if (!TRY(input.next_member())) return refuse(Code::bad_file, "file", "it is empty");
    do {
        if (input.member().find(".csv") != std::string_view::npos) {
            TRY_VOID(read_csv(input, options, out, plan));
        } else {
            TRY_VOID(read_json(input, options, out));
        }
    } while (TRY(input.next_member()));
    return {};
}

}  // namespace allroads::books
