// Columns that hold several duties, each for a group of programs: the special column of the US schedule and
// the duty rate of the Australian one.

#include "tariff/duty_read.h"
#include "tariff/duty_tree.h"
#include "tariff/duty_words.h"

#include <algorithm>
#include <array>

namespace allroads::tariff {
namespace {

using Programs = std::vector<std::string>;

void add_program(Programs& programs, std::string_view symbol) {
    if (std::ranges::find(programs, symbol) == programs.end()) programs.emplace_back(symbol);
}

// ---- United States ----------------------------------------------------------------------------------------

// "(A+,AU, BH)" at the start of `text`; sets `used`. Stray points and brackets between symbols are passed
// over, as in "(MA,.OM)" and "(PA (PA)", which the schedule really prints.
Programs us_programs(std::string_view text, std::size_t& used) {
    Programs programs;
    std::size_t at = 1;
    while (at < text.size() && text[at] != ')') {
        if (text[at] == ' ' || text[at] == ',' || text[at] == '.' || text[at] == '(') {
            ++at;
            continue;
        }
        std::size_t size = 0;
        while (at + size < text.size() && is_upper(text[at + size])) ++size;
        if (size == 0 || size > 2) return {};
        if (at + size < text.size() && (text[at + size] == '+' || text[at + size] == '*')) ++size;
        add_program(programs, text.substr(at, size));
        at += size;
        if (at < text.size() && (is_letter(text[at]) || is_digit(text[at]))) return {};
    }
    if (at == text.size()) return {};
    used = at + 1;
    return programs;
}

// ---- Australia --------------------------------------------------------------------------------------------

struct Dated {
    std::optional<Day> from;
    std::string_view text;
};
struct Exception {
    Programs programs;  // empty: the general rate
    std::string_view text;
};

std::size_t spaces(std::string_view text, std::size_t at) {
    while (at < text.size() && text[at] == ' ') ++at;
    return at;
}

std::optional<int> digits(std::string_view text, std::size_t& at, std::size_t size_max) {
    int value = 0;
    std::size_t size = 0;
    for (; size < size_max && at < text.size() && is_digit(text[at]); ++size, ++at) {
        value = value * 10 + (text[at] - '0');
    }
    if (size == 0) return {};
    return value;
}

// "From 1 July 2018:", "From1July20182.5%": the day, and in `used` the bytes up to the duty.
std::optional<Day> from_day(std::string_view text, std::size_t& used) {
    struct Month {
        std::string_view name;
        int number;
    };
    static constexpr auto months = std::to_array<Month>({{"January", 1},
                                                         {"February", 2},
                                                         {"Feburary", 2},
                                                         {"March", 3},
                                                         {"April", 4},
                                                         {"May", 5},
                                                         {"June", 6},
                                                         {"July", 7},
                                                         {"August", 8},
                                                         {"September", 9},
                                                         {"October", 10},
                                                         {"November", 11},
                                                         {"December", 12}});
    if (!text.starts_with("From")) return {};
    std::size_t at = spaces(text, 4);
    auto const day = digits(text, at, 2);
    at = spaces(text, at);
    if (!day) return {};
    for (Month const& month : months) {
        if (!text.substr(at).starts_with(month.name)) continue;
        at = spaces(text, at + month.name.size());
        auto const year = digits(text, at, 4);
        if (!year) return {};
        at = spaces(text, at);
        if (at < text.size() && text[at] == ':') ++at;
        used = at;
        return Day::of(*year, month.number, *day);
    }
    return {};
}

std::vector<Dated> dated_parts(std::string_view text) {
    std::vector<Dated> parts{{{}, text}};
    std::size_t start = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::size_t used = 0;
        auto const day = text[at] == 'F' ? from_day(text.substr(at), used) : std::nullopt;
        if (!day) continue;
        parts.back().text = trim(text.substr(start, at - start));
        start = at + used;
        parts.push_back({day, trim(text.substr(start))});
    }
    if (parts.size() > 1 && parts.front().text.empty()) parts.erase(parts.begin());
    return parts;
}

// "DCS", "NZ /PG/FI/DC/ LDC", "DCT;" before a duty; sets `used` to the bytes up to the duty.
Programs au_programs(std::string_view text, std::size_t& used) {
    Programs programs;
    std::size_t at = 0;
    for (;;) {
        std::size_t size = 0;
        while (at + size < text.size() && is_upper(text[at + size]) &&
               !text.substr(at + size).starts_with("Free")) {
            ++size;
        }
        if (size < 2 || size > 3) return {};
        // "DTC" is a slip of the schedule for the developing countries and places of its column "DCT".
        std::string_view const symbol = text.substr(at, size);
        add_program(programs, symbol == "DTC" ? "DCT" : symbol);
        at = spaces(text, at + size);
        if (at >= text.size() || text[at] != '/') break;
        at = spaces(text, at + 1);
    }
    if (at < text.size() && (text[at] == ';' || text[at] == ':')) at = spaces(text, at + 1);
    if (at >= text.size()) return {};
    if (!is_digit(text[at]) && text[at] != '$' && !text.substr(at).starts_with("Free")) return {};
    used = at;
    return programs;
}

std::string_view without_comma(std::string_view text) {
    text = trim(text);
    while (!text.empty() && (text.back() == ',' || text.back() == ' ')) text.remove_suffix(1);
    return text;
}

std::vector<Exception> exceptions(std::string_view text) {
    std::vector<Exception> found{{{}, text}};
    std::size_t start = 0;
    for (std::size_t at = 0; at < text.size();) {
        bool const may_begin = is_upper(text[at]) && (at == 0 || text[at - 1] == ' ' || text[at - 1] == '%');
        std::size_t used = 0;
        Programs programs = may_begin ? au_programs(text.substr(at), used) : Programs{};
        if (programs.empty()) {
            ++at;
            continue;
        }
        found.back().text = without_comma(text.substr(start, at - start));
        start = at + used;
        at = start;
        found.push_back({std::move(programs), without_comma(text.substr(start))});
    }
    return found;
}

struct Phase {
    std::optional<Day> from;
    std::vector<Exception> rates;
    // What `program` pays: its own rate, else the general one.
    [[nodiscard]] std::string_view rate(std::string_view program) const {
        for (Exception const& rate_for : rates) {
            if (std::ranges::find(rate_for.programs, program) != rate_for.programs.end())
                return rate_for.text;
        }
        return rates.front().text;
    }
};

Tree period_tree(DutyBuilder& builder, std::string_view rate, Day first, Day last) {
    auto duty = read_duty(builder, rate, Dialect::australian);
    Tree const shown = duty ? std::move(*duty) : builder.leaf(DutyKind::unreadable, excerpt(rate));
    Tree tree = DutyBuilder::join(DutyKind::period, {&shown});
    tree[0].amount = first.number();
    tree[0].per = last.number();
    return tree;
}

// The rate of `program` through all phases; a phase ends the day before the next begins.
DutyText phased(std::string_view text, std::vector<Phase> const& phases, std::string_view program) {
    DutyBuilder builder;
    Tree all(1);
    all[0].kind = DutyKind::by_day;
    for (std::size_t i = 0; i < phases.size(); ++i) {
        Day const first = phases[i].from.value_or(Day::first());
        Day const last = i + 1 < phases.size() ? phases[i + 1].from->plus(-1) : Day::last();
        if (last < first) return DutyBuilder::unreadable(text);
        all = DutyBuilder::append(DutyKind::by_day, std::move(all),
                                  period_tree(builder, phases[i].rate(program), first, last), true);
        if (all.size() > duty_nodes_max) return DutyBuilder::unreadable(text);
    }
    return builder.finish(text, std::move(all));
}

}  // namespace

std::vector<SpecialEntry> parse_special(std::string_view text) {
    std::vector<SpecialEntry> entries;
    if (text.size() > duty_bytes_max) return {{DutyBuilder::unreadable(text), {}}};
    PlainWords const plain = plain_words(text);
    if (!plain.is_clean) return {{DutyBuilder::unreadable(text), {}}};
    std::string_view const all = plain.text;
    std::size_t start = 0;
    for (std::size_t at = 0; at < all.size();) {
        std::size_t used = 0;
        Programs programs = all[at] == '(' ? us_programs(all.substr(at), used) : Programs{};
        if (programs.empty()) {
            ++at;
            continue;
        }
        std::string_view const duty = trim(all.substr(start, at - start));
        if (duty.empty() && !entries.empty()) {
            for (std::string const& program : programs) add_program(entries.back().programs, program);
        } else {
            entries.push_back({DutyText::parse(duty, Dialect::american), std::move(programs)});
        }
        at += used;
        start = at;
    }
    std::string_view const last = trim(all.substr(start));
    if (!last.empty()) entries.push_back({DutyText::parse(last, Dialect::american), {}});
    return entries;
}

std::vector<SpecialEntry> parse_australian(std::string_view text) {
    std::vector<SpecialEntry> entries;
    if (text.size() > duty_bytes_max) return {{DutyBuilder::unreadable(text), {}}};
    PlainWords const plain = plain_web_words(text);
    if (!plain.is_clean) return {{DutyBuilder::unreadable(text), {}}};
    if (plain.text.empty()) return entries;
    std::vector<Phase> phases;
    for (Dated const& part : dated_parts(plain.text)) phases.push_back({part.from, exceptions(part.text)});
    if (phases.size() == 1 && !phases[0].from) {
        for (Exception& rate : phases[0].rates) {
            entries.push_back({DutyText::parse(rate.text, Dialect::australian), std::move(rate.programs)});
        }
        return entries;
    }
    entries.push_back({phased(plain.text, phases, {}), {}});
    Programs programs;
    for (Phase const& phase : phases) {
        for (Exception const& rate : phase.rates) {
            for (std::string const& program : rate.programs) add_program(programs, program);
        }
    }
    for (std::string const& program : programs) {
        entries.push_back({phased(plain.text, phases, program), {program}});
    }
    return entries;
}

}  // namespace allroads::tariff
