// One answer of the UK Trade Tariff API (v2) to a question about a commodity, a heading or a chapter: a
// document of JSON:API, where `data` is what was asked for and `included` everything it refers to, in any
// order.
//
// The answer about a commodity has its measures with areas, dates and law. That about a heading names duties
// without any of these, so only its codes and texts are taken.

#include "books/json_items.h"
#include "books/readers/european.h"

#include <algorithm>
#include <boost/json.hpp>
#include <unordered_map>

namespace allroads::books {

namespace {

namespace json = boost::json;

// The document refers back and forth, so its parts are kept while it is read; a real answer has some 500
// parts.
constexpr std::size_t parts_max = 50'000;

std::string said(json::object const& object, std::string_view name) {
    return std::string(text_of(object, name));
}

bool is_true(json::object const& object, std::string_view name, bool otherwise) {
    auto const* const value = object.if_contains(name);
    return value != nullptr && value->is_bool() ? value->get_bool() : otherwise;
}

using Ids = std::vector<std::string>;

// The ids that a part refers to by `name`: none, one or many.
Ids related(json::object const& part, std::string_view name) {
    Ids ids;
    auto const* const all = object_of(part, "relationships");
    auto const* const one = all == nullptr ? nullptr : object_of(*all, name);
    auto const* const data = one == nullptr ? nullptr : one->if_contains("data");
    if (data == nullptr) return ids;
    if (auto const* const object = data->if_object()) ids.push_back(said(*object, "id"));
    if (auto const* const array = data->if_array()) {
        for (auto const& item : *array) {
            if (auto const* const object = item.if_object()) ids.push_back(said(*object, "id"));
        }
    }
    return ids;
}
std::string first_of(Ids const& ids) { return ids.empty() ? std::string() : ids.front(); }

struct Condition {
    std::string code;      // "V" is the entry price
    std::string document;  // empty for the branch without one
    bool lets_in = false;  // presenting the document makes the measure apply
    bool has_duty = false;
};
struct Goods {
    std::uint64_t number = 0;  // of the part in the document
    std::string code, suffix, text;
    bool is_declarable = false;
};
struct Part {
    std::uint64_t number = 0;
    std::string id, type, area, valid_from, valid_to, order_number, additional_code, duty_expression;
    Ids conditions, components, excluded, laws;
    bool is_import = true;
    bool has_area = false;
};

// Actions of TARIC: 24 release allowed, 27 apply the duty, 28 and 29 import allowed after control, 36
// exemption. The answers of 2020 tell them by words alone.
bool lets_in(std::string_view code, std::string_view words) {
    if (!code.empty()) return code == "24" || code == "27" || code == "28" || code == "29" || code == "36";
    return words.starts_with("Apply") || words.find(" allowed") != std::string_view::npos;
}

class Answer {
public:
    Answer(ReaderOptions const& options, PackWriter& out)
        : market_(options.market.empty() ? "GB" : options.market),
          dated_(options.dated ? options.dated->text() : ""),
          out_(out) {}

    Result<void> read(Input& input) {
        JsonItems items(input, {"*"});
        while (auto const* const item = TRY(items.next())) {
            auto const* const part = item->if_object();
            if (part == nullptr || (items.name() != "data" && items.name() != "included")) continue;
            if (items.number() > parts_max)
                return refuse(Code::too_long, "", "more parts than an answer has");
            out_.count_record();
            bool const is_asked = items.name() == "data";
            if (is_asked && !about_.empty())
                return refuse(Code::bad_file, "", "more than one answer in a document");
            keep(*part, items.number(), is_asked);
        }
        if (about_.empty())
            return refuse(Code::bad_file, "", "not an answer of the UK Trade Tariff API: no code in data");
        write_lines();
        write_measures();
        write_quotas();
        return {};
    }
    [[nodiscard]] std::string const& about() const { return about_; }
    [[nodiscard]] std::string const& market() const { return market_; }

private:
    // ---- gathering

    void keep(json::object const& part, std::uint64_t number, bool is_asked) {
        static json::object const none;
        auto const type = text_of(part, "type");
        auto const id = said(part, "id");
        auto const* const found = object_of(part, "attributes");
        auto const& facts = found == nullptr ? none : *found;
        if (is_asked || type == "commodity" || type == "heading" || type == "chapter") {
            keep_goods(facts, number, type, is_asked);
        } else if (type == "measure") {
            keep_measure(part, facts, id, number);
        } else if (type == "measure_component") {
            components_[id] = {said(facts, "duty_expression_id"), said(facts, "duty_amount"),
                               said(facts, "monetary_unit_code"), said(facts, "measurement_unit_code"),
                               said(facts, "measurement_unit_qualifier_code")};
        } else if (type == "measure_condition") {
            conditions_[id] = {said(facts, "condition_code"), said(facts, "document_code"),
                               lets_in(text_of(facts, "action_code"), text_of(facts, "action")),
                               !text_of(facts, "duty_expression").empty()};
        } else if (type == "duty_expression") {
            duties_[id] = said(facts, "base");
        } else if (type == "geographical_area") {
            members_[id] = related(part, "children_geographical_areas");
        } else if (type == "additional_code") {
            additional_codes_[id] = said(facts, "code");
        } else if (type == "order_number") {
            order_numbers_[id] = said(facts, "number");
            quota_of_definition_[first_of(related(part, "definition"))] = said(facts, "number");
        } else if (type == "definition") {
            keep_quota(facts, id, number);
        }
    }

    void keep_goods(json::object const& facts, std::uint64_t number, std::string_view type, bool is_asked) {
        Goods goods{number, said(facts, "goods_nomenclature_item_id"), said(facts, "producline_suffix"),
                    said(facts, "description"), false};
        if (auto const plain = text_of(facts, "description_plain"); !plain.empty()) goods.text = plain;
        goods.is_declarable = is_true(facts, is_asked ? "declarable" : "leaf", false);
        // Only commodities have a suffix; 80 is the line itself, others are words between lines.
        if (goods.suffix.empty() && type != "commodity") goods.suffix = "80";
        if (is_asked) about_ = goods.code;
        goods_.push_back(std::move(goods));
    }

    // What is published of a quota's period. The balance is that of the day of the answer.
    void keep_quota(json::object const& facts, std::string const& id, std::uint64_t number) {
        Quota quota{number, id, {}};
        auto& line = quota.line;
        line.volume = said(facts, "initial_volume");
        line.balance = said(facts, "balance");
        // "Kilogram (kg)"
        auto const unit = said(facts, "measurement_unit");
        auto const open = unit.find('(');
        auto const close = unit.find(')', std::min(open, unit.size()));
        line.unit = close == std::string::npos ? unit : unit.substr(open + 1, close - open - 1);
        line.state = said(facts, "status");
        std::ranges::transform(line.state, line.state.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        line.valid_from = iso_day(text_of(facts, "validity_start_date"));
        line.valid_to = iso_day(text_of(facts, "validity_end_date"));
        line.as_of = dated_;
        if (line.as_of.empty()) line.as_of = iso_day(text_of(facts, "last_allocation_date"));
        auto const holds = [&](std::string_view first, std::string_view last) {
            auto const from = iso_day(text_of(facts, first));
            auto const to = iso_day(text_of(facts, last));
            return !from.empty() && !dated_.empty() && from <= dated_ && (to.empty() || dated_ <= to);
        };
        if (holds("suspension_period_start_date", "suspension_period_end_date")) line.state = "suspended";
        if (holds("blocking_period_start_date", "blocking_period_end_date")) line.state = "blocked";
        quotas_.push_back(std::move(quota));
    }
    void write_quotas() {
        for (auto& quota : quotas_) {
            quota.line.order = quota_of_definition_[quota.id];
            if (quota.line.order.empty()) continue;
            quota.line.market = market_;
            quota.line.url = address();
            out_.quota(quota.line, quota.number);
        }
    }

    void keep_measure(json::object const& part, json::object const& facts, std::string const& id,
                      std::uint64_t number) {
        Part measure;
        measure.number = number;
        measure.id = id;
        measure.type = first_of(related(part, "measure_type"));
        measure.area = first_of(related(part, "geographical_area"));
        measure.has_area = !measure.area.empty();
        measure.valid_from = iso_day(text_of(facts, "effective_start_date"));
        measure.valid_to = iso_day(text_of(facts, "effective_end_date"));
        measure.order_number = first_of(related(part, "order_number"));
        measure.additional_code = first_of(related(part, "additional_code"));
        measure.duty_expression = first_of(related(part, "duty_expression"));
        measure.conditions = related(part, "measure_conditions");
        measure.components = related(part, "measure_components");
        measure.excluded = related(part, "excluded_countries");
        measure.laws = related(part, "legal_acts");
        measure.is_import = is_true(facts, "import", true);
        measures_.push_back(std::move(measure));
    }

    // ---- writing

    void write_lines() {
        std::string unit;
        for (auto const& measure : measures_) {
            if (measure.type < "109" || measure.type > "111" || measure.type.size() != 3) continue;
            if (!measure.has_area) continue;
            for (auto const& id : measure.components) unit = components_[id].unit;
        }
        std::uint64_t words_between = 0;
        for (auto const& goods : goods_) {
            if (goods.suffix != "80") {
                ++words_between;
                continue;
            }
            bool const is_asked = goods.code == about_;
            out_.line({market_, without_trailing_zeros(goods.code), goods.text, is_asked ? unit : "",
                       goods.is_declarable},
                      goods.number);
        }
        if (words_between != 0)
            out_.note(about_ + ": " + std::to_string(words_between) + " texts between lines left out");
    }

    void write_measures() {
        Tally unused;
        std::uint64_t bare = 0;
        std::vector<std::pair<Part const*, MeasureLine>> lines;
        for (auto const& measure : measures_) {
            if (!measure.has_area) {
                ++bare;
                continue;
            }
            if (!measure.is_import || kind_of_type(measure.type).empty()) {
                auto const what = measure.is_import ? measure.type : measure.type + " on export";
                ++unused[what];
                out_.refuse(measure.number, "kind not yet used: " + what);
                continue;
            }
            if (auto line = line_of(measure)) {
                lines.emplace_back(&measure, std::move(*line));
            } else {
                out_.refuse(measure.number,
                            "measure " + measure.id + ": " + std::string(line.error().detail()));
            }
        }
        // Where two measures of one kind begin on the same day, the one with conditions is to be looked at
        // first.
        std::ranges::stable_sort(lines, std::ranges::greater(),
                                 [](auto const& l) { return l.second.conditions.size(); });
        for (auto const& [measure, line] : lines) out_.measure(line, measure->number);
        if (!unused.empty()) out_.note(about_ + ": " + tally_words("measure types not used", unused));
        if (bare != 0) {
            out_.note(about_ + ": " + std::to_string(bare) +
                      " duties without area and dates left out; ask for the "
                      "commodities under the heading");
        }
    }

    Result<MeasureLine> line_of(Part const& part) {
        EuropeanMeasure measure;
        measure.market = market_;
        measure.type = part.type;
        measure.area = part.area;
        measure.members = members_[part.area];
        measure.excluded = part.excluded;
        measure.hs = about_;
        measure.order_number = order_numbers_[part.order_number];
        if (needs_code(part)) measure.additional_code = additional_codes_[part.additional_code];
        measure.documents = documents_of(part);
        measure.duty = duty_of(part);
        measure.valid_from = part.valid_from;
        measure.valid_to = part.valid_to;
        for (auto const& law : part.laws) measure.legal += (measure.legal.empty() ? "" : " ") + law;
        auto line = TRY(measure_line(measure));
        line.title =
            market_ == "XI" ? "UK Integrated Online Tariff, Northern Ireland" : "UK Integrated Online Tariff";
        line.url = address();
        line.checked_on = dated_;
        line.confidence = "official";
        return line;
    }

    // Where the API answers for this code. A heading may be declarable itself.
    std::string address() const {
        auto const site = std::string("https://www.trade-tariff.service.gov.uk/") +
                          (market_ == "XI" ? "xi/" : "") + "api/v2/";
        if (about_.ends_with("00000000")) return site + "chapters/" + about_.substr(0, 2);
        if (about_.ends_with("000000")) return site + "headings/" + about_.substr(0, 4);
        return site + "commodities/" + about_;
    }

    // A code is asked for where it settles which of several measures applies. Zero-rated food has no other
    // VAT, so there nobody is asked for VATZ.
    bool needs_code(Part const& part) const {
        auto const kind = kind_of_type(part.type);
        if (kind == "antidumping" || kind == "countervailing") return true;
        return std::ranges::any_of(measures_, [&](Part const& other) {
            return &other != &part && other.area == part.area && kind_of_type(other.type) == kind;
        });
    }

    Ids documents_of(Part const& part) {
        Ids documents;
        for (auto const& id : part.conditions) {
            auto const& condition = conditions_[id];
            if (!condition.lets_in || condition.document.empty()) continue;
            if (std::ranges::find(documents, condition.document) == documents.end())
                documents.push_back(condition.document);
        }
        return documents;
    }

    std::string duty_of(Part const& part) {
        std::vector<EuropeanComponent> components;
        for (auto const& id : part.components) components.push_back(components_[id]);
        if (!components.empty()) return components_text(std::move(components));
        auto const& text = duties_[part.duty_expression];
        if (!trim(text).empty())
            return pack_text(tariff::DutyText::parse(trim(text), tariff::Dialect::european));
        for (auto const& id : part.conditions) {
            auto const& condition = conditions_[id];
            if (condition.code == "V") return "EP";
            if (condition.has_duty) return "See the conditions of measure " + part.id;
        }
        return {};
    }

    std::string market_;
    std::string dated_;
    PackWriter& out_;
    std::string about_;  // the code that was asked for
    std::vector<Goods> goods_;
    std::vector<Part> measures_;
    std::unordered_map<std::string, EuropeanComponent> components_;
    std::unordered_map<std::string, Condition> conditions_;
    std::unordered_map<std::string, std::string> duties_;
    std::unordered_map<std::string, Ids> members_;
    std::unordered_map<std::string, std::string> additional_codes_;
    std::unordered_map<std::string, std::string> order_numbers_;
    struct Quota {
        std::uint64_t number = 0;  // of the part in the document
        std::string id;            // of its definition
        QuotaLine line;
    };
    std::vector<Quota> quotas_;
    std::unordered_map<std::string, std::string> quota_of_definition_;
};

}  // namespace

Result<void> read_uk_commodity(Input& input, ReaderOptions const& options, PackWriter& out) {
    if (!TRY(input.next_member())) return refuse(Code::bad_file, "file", "it is empty");
    do {
        if (input.member().ends_with("/")) continue;
        Answer answer(options, out);
        TRY_VOID(answer.read(input));
        // Answers are about one code each, so one does not supersede another: the pack is named by its first
        // code, and by how many there are.
        auto const first =
            out.value("series").empty() ? answer.market() + "-" + answer.about() : out.value("first_answer");
        out.set("first_answer", first);
        auto const count = out.value("answers").empty() ? 1 : std::stoi(out.value("answers")) + 1;
        out.set("answers", std::to_string(count));
        auto const name = "uk-commodity-" + first + (count > 1 ? "-and-" + std::to_string(count - 1) : "");
        out.set("market", answer.market());
        out.set("series", name);
        out.set("pack", name);
        out.set("title", "UK Integrated Online Tariff, " + std::to_string(count) + " answers");
    } while (TRY(input.next_member()));
    if (options.dated) {
        out.set("dated", options.dated->text());
    } else {
        out.note("an answer does not say its day; --dated gives it");
    }
    return {};
}

}  // namespace allroads::books
