#pragma once
// One market's tables while they are compiled: lines of packs go in, the bytes of a segment come out.

#include "books/edition.h"
#include "books/pack_folder.h"

#include <map>
#include <unordered_map>

namespace allroads::books {

// Countries that a pack calls by one name ("US-AGOA"); names are one space for all packs of a build.
using Groups = std::map<std::string, tariff::CountrySet, std::less<>>;

class ScheduleBuilder {
public:
    ScheduleBuilder(std::string code, Groups const& groups);

    // Days on which the lines of another pack take the place of this line's; then the line is cut or left
    // out.
    struct Span {
        Day from = Day::first();
        Day to = Day::last();
    };
    // `published` is the day since which the measure is known where the line does not say; `known_to` the
    // last day of that knowledge. Refused with the column named.
    [[nodiscard]] Result<void> add(MeasureLine const& line, Span validity, Span knowledge);
    void add(NomenclatureLine const& line, GoodsCode code);
    // The same for a line of documents.csv.
    [[nodiscard]] Result<void> add(DocumentLine const& line, Span validity, Span knowledge);
    // An agreement or authority; the first to say a name wins.
    struct Program {
        std::string code, name, proof, ref, url;
        Day valid_from = Day::first();
        Day valid_to = Day::last();
    };
    void add(Program const& program);
    // Refused with the column or key named.
    [[nodiscard]] Result<void> add(QuotaLine const& line);
    [[nodiscard]] Result<void> add(AgriculturalLine const& line);
    [[nodiscard]] Result<void> add(SchemeSaid const& said);
    [[nodiscard]] Result<void> add(RefundSaid const& said);
    [[nodiscard]] Result<void> add(WaiverSaid const& said);
    // The codes of such a line. Refused: names the column.
    struct Packing {
        GoodsCode hs;
        GoodsCode instead;
    };
    [[nodiscard]] static Result<Packing> packing_of(PackingLine const& line);
    [[nodiscard]] Result<void> add(PackingLine const& line);
    [[nodiscard]] Result<void> add(ValuationSaid const& said);
    void add_gap(Day from, Day to, std::string_view code, std::string_view text);
    // The pack's own words about the market; later packs fill in what earlier ones left open.
    [[nodiscard]] tariff::Profile& profile() { return profile_; }
    [[nodiscard]] Pool& pool() { return pool_; }
    [[nodiscard]] Result<std::uint16_t> country_set(
        std::string_view names);  // countries and groups, by spaces
    [[nodiscard]] std::uint64_t measure_count() const { return measures_.size(); }
    [[nodiscard]] std::uint64_t line_count() const { return texts_.size(); }
    [[nodiscard]] std::uint64_t paper_count() const { return papers_.size(); }
    [[nodiscard]] tariff::CountrySet const& set(std::uint16_t index) const { return sets_[index]; }

    [[nodiscard]] std::string finish();

private:
    struct Placed {
        std::uint64_t key;
        tariff::Measure measure;
    };
    struct PlacedPaper {
        std::uint64_t key;
        tariff::Paper paper;
    };
    struct SourceSaid {
        std::string const &title, &legal, &url, &checked_on;
    };
    struct Text {
        tariff::Words text;
        tariff::Words unit;
        bool declarable;
    };
    [[nodiscard]] std::uint32_t duty(std::string_view text);
    [[nodiscard]] Result<std::uint32_t> source(SourceSaid const& said);
    [[nodiscard]] std::uint16_t program(std::string_view code);
    struct Range {
        std::uint32_t first = 0;
        std::uint32_t count = 0;
    };
    // What stands in the column besides conditions.
    struct Manner {
        tariff::Terms base = 0;
        tariff::Per per = tariff::Per::usual;
        std::uint8_t step = 0;
    };
    [[nodiscard]] Result<Range> conditions(std::string_view text, Manner* manner);
    [[nodiscard]] Result<tariff::Terms> base(std::string_view text);
    [[nodiscard]] Result<void> check_valuation(tariff::Terms base) const;
    [[nodiscard]] Result<void> say(DocumentLine const& line, tariff::Paper& paper);
    [[nodiscard]] Result<void> stack(std::string_view text, tariff::Measure& measure);
    [[nodiscard]] Result<void> place(std::string_view codes, tariff::Paper paper);
    void sort_measures();
    [[nodiscard]] std::vector<tariff::Paper> papers(std::vector<tariff::Node>& nodes);
    [[nodiscard]] std::vector<tariff::Node> nodes();
    static void link(std::vector<tariff::Node>& nodes);
    [[nodiscard]] static std::vector<std::uint32_t> slots(std::vector<tariff::Node> const& nodes);

    Groups const& groups_;
    Pool pool_;
    tariff::Profile profile_;
    std::vector<Placed> measures_;
    std::vector<PlacedPaper> papers_;
    std::map<std::uint64_t, Text> texts_;
    std::vector<tariff::DutyRow> duties_;
    std::vector<tariff::DutyNode> duty_nodes_;
    std::vector<tariff::Condition> conditions_;
    std::vector<tariff::Stack> stacks_;
    std::vector<tariff::SourceRow> sources_;
    std::vector<tariff::ProgramRow> programs_;
    std::vector<tariff::CountrySet> sets_;
    std::vector<tariff::GapRow> gaps_;
    std::vector<tariff::BaseRow> bases_;
    std::vector<tariff::BaseStep> base_steps_;
    std::vector<tariff::QuotaRow> quotas_;
    std::vector<tariff::SchemeRow> schemes_;
    std::vector<tariff::RefundRow> refunds_;
    std::vector<tariff::WaiverRow> waivers_;
    std::vector<tariff::PackingRow> packings_;
    std::vector<tariff::ValuationRow> valuations_;
    std::vector<tariff::AgriculturalRow> agricultural_;
    std::unordered_map<std::string, tariff::Terms> base_places_;
    std::unordered_map<std::string, std::uint32_t> duty_places_;
    std::unordered_map<std::string, std::uint32_t> source_places_;
    std::unordered_map<std::string, std::uint16_t> program_places_;
    std::unordered_map<std::string, std::uint16_t> set_places_;
};

}  // namespace allroads::books
