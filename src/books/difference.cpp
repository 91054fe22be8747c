#include "books/books.h"

#include <algorithm>

namespace allroads::books {

namespace {

using tariff::Measure;
using tariff::Node;
using tariff::Paper;
using tariff::Schedule;

std::string countries_of(Schedule const& schedule, std::uint16_t set) {
    std::string names;
    for (std::uint16_t i = 0; i < country_indexes; ++i) {
        if (((schedule.sets[set].bits[i / 64] >> (i % 64)) & 1U) == 0) continue;
        names += (names.empty() ? "" : " ") + std::string(Country::from_index(i).text());
    }
    return names;
}

// Of a measure or a paper: from where, on which days, by which law.
template <class Rule>
std::string particulars(Schedule const& schedule, Rule const& rule) {
    std::string out;
    if (rule.origins != 0) out += " from " + countries_of(schedule, rule.origins);
    if (rule.excluded != 0) out += " not from " + countries_of(schedule, rule.excluded);
    auto const from = Day::from_number(rule.valid_from);
    auto const to = Day::from_number(rule.valid_to);
    if (from != Day::first()) out += " since " + from.text();
    if (to != Day::last()) out += " until " + to.text();
    auto const& source = schedule.sources[rule.source];
    if (source.ref.size != 0) out += " [" + std::string(schedule.text(source.ref)) + "]";
    return out;
}

std::vector<std::string> lines_of(Schedule const& schedule, Node const& node) {
    std::vector<std::string> lines;
    for (auto const& measure : schedule.at(node)) lines.push_back(describe(schedule, node, measure));
    for (auto const& paper : schedule.papers_at(node)) lines.push_back(describe(schedule, node, paper));
    std::ranges::sort(lines);
    return lines;
}

class Comparison {
public:
    Comparison(std::string market, std::vector<Change>& changes)
        : market_(std::move(market)), changes_(changes) {}

    // Both in tree order, so one walk through both finds what only one of them has.
    void compare(Schedule const* before, Schedule const* after) {
        std::size_t i = 0;
        std::size_t j = 0;
        auto const size = [](Schedule const* s) { return s == nullptr ? 0 : s->nodes.size(); };
        while (i < size(before) || j < size(after)) {
            auto const a = i < size(before) ? before->nodes[i].key : UINT64_MAX;
            auto const b = j < size(after) ? after->nodes[j].key : UINT64_MAX;
            auto const old_lines =
                a <= b ? lines_of(*before, before->nodes[i++]) : std::vector<std::string>();
            auto const new_lines = b <= a ? lines_of(*after, after->nodes[j++]) : std::vector<std::string>();
            tell(old_lines, new_lines, false);
            tell(new_lines, old_lines, true);
        }
    }

private:
    void tell(std::vector<std::string> const& have, std::vector<std::string> const& other, bool added) {
        for (auto const& line : have) {
            if (!std::ranges::binary_search(other, line)) changes_.push_back({added, market_, line});
        }
    }
    std::string market_;
    std::vector<Change>& changes_;
};

}  // namespace

std::string describe(Schedule const& schedule, Node const& node, Measure const& measure) {
    auto const code = GoodsCode::from_key(node.key);
    auto const program = schedule.text(schedule.programs[measure.program].code);
    std::string out = code.is_every() ? "all goods" : code.dotted();
    out += " " + std::string(tariff::text_of(measure.kind));
    if (!program.empty()) out += " " + std::string(program);
    out += " " + std::string(schedule.duty(measure).text);
    return out + particulars(schedule, measure);
}

std::string describe(Schedule const& schedule, Node const& node, Paper const& paper) {
    auto const code = GoodsCode::from_key(node.key);
    std::string out = code.is_every() ? "all goods" : code.dotted();
    out += " " + std::string(tariff::text_of(paper.kind)) + " " + std::string(schedule.text(paper.code));
    out += " on " + std::string(tariff::text_of(paper.side)) + ": " + std::string(schedule.text(paper.name));
    if (paper.condition_count != 0) out += ", on conditions";
    return out + particulars(schedule, paper);
}

Result<std::vector<Change>> difference(Edition const& before, Edition const& after) {
    auto codes = before.markets();
    for (auto const code : after.markets()) codes.push_back(code);
    std::ranges::sort(codes);
    codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
    std::vector<Change> changes;
    auto const of = [](Edition const& edition, std::string_view code) -> Result<Schedule const*> {
        auto const all = edition.markets();
        if (std::ranges::find(all, code) == all.end()) return nullptr;
        return edition.schedule(code);
    };
    for (auto const code : codes) {
        Comparison(std::string(code), changes).compare(TRY(of(before, code)), TRY(of(after, code)));
    }
    return changes;
}

}  // namespace allroads::books
