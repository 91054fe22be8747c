#include "quote/pass.h"

#include <algorithm>

namespace allroads::quote {

namespace {

using tariff::ConditionKind;
using tariff::Node;
using tariff::Paper;
using tariff::PaperKind;
using tariff::Schedule;
using tariff::Side;

constexpr std::string_view weight_field = "gross_kg";
constexpr std::string_view quantity_field = "quantity";
constexpr std::string_view exchange_field = "fx";

// Whether a rule speaks of a line; what settles it where nobody said.
struct Answer {
    bool applies = true;
    bool certain = true;
    std::string_view settled_by;
};

class Clerk {
public:
    explicit Clerk(Conditions const& conditions)
        : conditions_(conditions), request_(conditions.request), quote_(conditions.quote) {}

    void read(Market const& market, Places const& places, Side side) {
        for (std::size_t line = 0; line < request_.goods.size(); ++line) {
            exempt_.clear();
            for (std::size_t i = 0; i < market.schedule_count; ++i) {
                auto const& schedule = *market.schedules[i];
                if (schedule.asks_papers(side)) read_line(line, schedule, places.at(line, i), side);
            }
        }
    }

    // What keeps the goods out is said before all else.
    void tell() {
        auto const rank = [](Document const& d) {
            return std::pair(std::min(d.paper->kind, PaperKind::licence), d.id);
        };
        auto const bars = [](Document const& d) { return d.paper->kind <= PaperKind::restriction; };
        if (std::ranges::none_of(quote_.documents, bars)) return;
        std::ranges::sort(quote_.documents, {}, rank);
        auto place = quote_.warnings.begin();
        for (auto const& document : quote_.documents) {
            if (!bars(document)) break;
            place = quote_.warnings.insert(place, warning(document)) + 1;
        }
    }

private:
    // From the longest known prefix up to "every good"; of one code the longest prefix that holds is taken.
    void read_line(std::size_t line, Schedule const& schedule, Node const& deepest, Side side) {
        for (auto const* node = &deepest;; node = &schedule.parent(*node)) {
            for (auto const& paper : schedule.papers_at(*node)) {
                if (paper.side == side && speaks(line, schedule, paper)) take(line, schedule, paper);
            }
            if (node == &schedule.nodes[0]) return;
        }
    }
    [[nodiscard]] bool speaks(std::size_t line, Schedule const& schedule, Paper const& paper) const {
        auto const day = request_.date.number();
        auto const known = request_.known_on.number();
        return day >= paper.valid_from && day <= paper.valid_to && known >= paper.known_from &&
               known <= paper.known_to && schedule.is_for(paper, conditions_.goods.lines[line].origin);
    }

    [[nodiscard]] Answer answer(std::size_t line, Schedule const& schedule, Paper const& paper) const {
        Answer answer;
        for (auto const& condition : schedule.conditions.subspan(paper.conditions, paper.condition_count)) {
            auto const held = conditions_.hold(line, schedule, condition);
            // A proof that is not at hand is an answer; a fact that nobody told is not.
            bool const fails = held ? !*held : condition.kind == ConditionKind::proof;
            if (fails) return {false, true, {}};
            if (!held && answer.certain) answer = {true, false, field_of(schedule, condition)};
        }
        return answer;
    }
    // What the asker should tell, by its name in a request.
    [[nodiscard]] static std::string_view field_of(Schedule const& schedule,
                                                   tariff::Condition const& condition) {
        switch (condition.kind) {
            case ConditionKind::fact: return schedule.text(condition.key);
            case ConditionKind::ask:
            case ConditionKind::quota: return schedule.text(condition.text);
            case ConditionKind::quantity:
            case ConditionKind::unit_value: return quantity_field;
            case ConditionKind::weight: return weight_field;
            default: return exchange_field;
        }
    }

    void take(std::size_t line, Schedule const& schedule, Paper const& paper) {
        auto const code = schedule.text(paper.code);
        auto answered = answer(line, schedule, paper);
        if (!answered.applies) return;
        for (auto const& free : exempt_) {
            if (free.code != code) continue;
            if (free.settled_by.empty()) return;
            answered = {true, false, free.settled_by};  // needed unless that fact frees the goods of it
        }
        if (paper.kind == PaperKind::exempt) {
            exempt_.push_back({code, answered.settled_by});
            return;
        }
        auto& document = document_of(schedule, paper, code);
        note(document, static_cast<std::int32_t>(line), answered.certain);
        if (!answered.certain) {
            if (!document.certain && document.settled_by.empty()) document.settled_by = answered.settled_by;
        } else if (!document.certain) {
            document.certain = true;
            document.settled_by = {};
            document.schedule = &schedule;
            document.paper = &paper;
        }
    }
    Document& document_of(Schedule const& schedule, Paper const& paper, std::string_view code) {
        for (auto& known : quote_.documents) {
            if (known.paper->side == paper.side && known.text(known.paper->code) == code) return known;
        }
        auto const id = static_cast<std::uint32_t>(quote_.documents.size());
        return quote_.documents.emplace_back(Document{&schedule, &paper, id, false, {}});
    }
    void note(Document const& document, std::int32_t line, bool certain) {
        // The needs of this line stand at the end.
        for (auto need = quote_.needs.rbegin(); need != quote_.needs.rend() && need->line == line; ++need) {
            if (need->document != document.id) continue;
            need->certain = need->certain || certain;
            return;
        }
        quote_.needs.push_back({document.id, line, certain});
    }

    [[nodiscard]] Finding warning(Document const& document) const {
        auto const& paper = *document.paper;
        bool by_post = false;
        for (auto const& condition :
             document.schedule->conditions.subspan(paper.conditions, paper.condition_count)) {
            by_post = by_post || (condition.kind == ConditionKind::road &&
                                  document.text(condition.text) == freight::text_of(freight::Road::post));
        }
        Finding finding;
        if (paper.kind == PaperKind::prohibition && paper.side == Side::dispatch) {
            finding.code = document.certain ? "export-prohibited" : "maybe-export-prohibited";
        } else if (paper.kind == PaperKind::prohibition) {
            finding.code = document.certain ? "prohibited" : "maybe-prohibited";
        } else if (by_post) {
            finding.code = document.certain ? "restricted-in-post" : "maybe-restricted-in-post";
        } else {
            finding.code = document.certain ? "restricted" : "maybe-restricted";
        }
        finding.line = only_line(document);
        finding.first = document.text(paper.name);
        finding.second = document.text(document.schedule->sources[paper.source].ref);
        return finding;
    }
    [[nodiscard]] std::int32_t only_line(Document const& document) const {
        auto line = whole_consignment;
        for (auto const& need : quote_.needs) {
            if (need.document != document.id) continue;
            if (line != whole_consignment) return whole_consignment;
            line = need.line;
        }
        return line;
    }

    // A code that the line at hand is free of; with the fact that would free it, where nobody said.
    struct Exempt {
        std::string_view code;
        std::string_view settled_by;
    };
    Conditions const& conditions_;
    Request const& request_;
    Quote& quote_;
    std::vector<Exempt> exempt_;  // seldom any: asks for no memory until then
};

}  // namespace

void find_papers(Conditions const& conditions, Market const* dispatch, Arena& memory) {
    Clerk clerk(conditions);
    clerk.read(conditions.market, conditions.places, Side::destination);
    bool const asks =
        dispatch != nullptr && std::ranges::any_of(dispatch->all(), [](Schedule const* schedule) {
            return schedule->asks_papers(Side::dispatch);
        });
    if (asks) clerk.read(*dispatch, Places(conditions.request, *dispatch, memory), Side::dispatch);
    clerk.tell();
}

namespace {

template <class Rule>  // a Measure or a Paper
Source source_of(Schedule const& schedule, Rule const& rule) {
    auto const& row = schedule.sources[rule.source];
    Source source{schedule.text(row.title),          schedule.text(row.ref),          schedule.text(row.url),
                  Day::from_number(rule.valid_from), Day::from_number(rule.valid_to), {}};
    if (row.checked_on > Day::first().number()) source.checked_on = Day::from_number(row.checked_on);
    return source;
}

}  // namespace

Source source_of(Document const& document) { return source_of(*document.schedule, *document.paper); }

Source source_of(Charge const& charge) {
    return charge.measure == nullptr ? Source() : source_of(*charge.schedule, *charge.measure);
}

}  // namespace allroads::quote
