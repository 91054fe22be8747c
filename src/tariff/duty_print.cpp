#include "tariff/duty_tree.h"
#include "tariff/duty_words.h"

#include <array>

namespace allroads::tariff {
namespace {

// How tightly the place holds what is printed there; what is looser gets brackets.
enum class Level : std::uint8_t { duty, choice, chain, term };

class Printer {
public:
    explicit Printer(DutyView const& duty) : duty_(duty) {}

    std::string all() {
        node(0, Level::duty);
        return std::move(out_);
    }

private:
    static Level level_of(DutyKind kind) {
        switch (kind) {
            case DutyKind::by_day:
            case DutyKind::period: return Level::duty;
            case DutyKind::larger:
            case DutyKind::smaller: return Level::choice;
            case DutyKind::sum:
            case DutyKind::difference: return Level::chain;
            default: return Level::term;
        }
    }

    void quoted(std::string_view words) {
        out_ += '"';
        for (char const c : words) {
            if (c == '"') out_ += '"';
            out_ += c;
        }
        out_ += '"';
    }
    void quoted_after(std::string_view link, DutyNode const& at) {
        std::string_view const words = words_in(duty_, at);
        if (words.empty()) return;
        out_ += link;
        quoted(words);
    }

    void number(DutyNode const& at) { out_ += Decimal::of(at.amount, at.scale).brief(); }
    void money(DutyNode const& at) {
        number(at);
        out_ += ' ';
        out_ += Currency::from_index(at.currency).text();
    }
    void unit(DutyNode const& at) {
        if (at.per != 1) out_.append(std::to_string(at.per)).append(" ");
        out_ += unit_word(Unit::from_index(at.unit));
    }
    void percentage(DutyNode const& at) {
        if (at.per == 1 || at.scale != 0 || at.amount < at.per || at.amount % at.per == 0) {
            number(at);
            if (at.per != 1) out_.append("/").append(std::to_string(at.per));
        } else {
            out_ += std::to_string(at.amount / at.per);
            out_ += ' ';
            out_ += std::to_string(at.amount % at.per);
            out_ += '/';
            out_ += std::to_string(at.per);
        }
        out_ += '%';
    }

    void period(DutyNode const& at) {
        static constexpr auto months = std::to_array<std::string_view>(
            {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"});
        out_ += " (";
        if (at.scale == 1) {
            auto const month = [](std::int64_t number) {
                return months[static_cast<std::size_t>(number - 1) % months.size()];
            };
            out_ += month(at.amount);
            if (at.per != at.amount) out_.append("-").append(month(at.per));
        } else {
            Day const first = Day::from_number(static_cast<std::int32_t>(at.amount));
            Day const last = Day::from_number(static_cast<std::int32_t>(at.per));
            if (first == Day::first()) {
                out_.append("until ").append(last.text());
            } else if (last == Day::last()) {
                out_.append("from ").append(first.text());
            } else {
                out_.append(first.text()).append(" to ").append(last.text());
            }
        }
        out_ += ')';
    }

    // Children with `sign` between them; the first may be as loose as `first_level`.
    void children(std::size_t at, std::string_view sign, Level first_level, Level level) {
        std::size_t const end = at + duty_.nodes[at].size;
        for (std::size_t child = at + 1; child < end; child += duty_.nodes[child].size) {
            if (child != at + 1) out_ += sign;
            node(child, child == at + 1 ? first_level : level);
        }
    }

    void leaf(DutyNode const& at) {
        switch (at.kind) {
            case DutyKind::free: out_ += "Free"; return quoted_after(", ", at);
            case DutyKind::percent: percentage(at); return quoted_after(" of ", at);
            case DutyKind::specific:
                money(at);
                out_ += '/';
                unit(at);
                return quoted_after(" of ", at);
            case DutyKind::fixed: return money(at);
            case DutyKind::per_strength:
                money(at);
                out_ += "/% vol/hl";
                return;
            case DutyKind::agricultural: out_ += words_in(duty_, at); return;
            case DutyKind::entry_price: out_ += "EP"; return quoted_after(" ", at);
            case DutyKind::applicable: out_ += "applicable duty"; return quoted_after(" upon ", at);
            case DutyKind::nil: out_ += "NIHIL"; return;
            case DutyKind::unit_only:
                out_ += "supplementary unit ";
                unit(at);
                return quoted_after(" of ", at);
            default:
                out_ += at.kind == DutyKind::see ? "See " : "unreadable ";
                return quoted(words_in(duty_, at));
        }
    }

    void node(std::size_t at, Level place) {
        DutyNode const& here = duty_.nodes[at];
        bool const bracketed = level_of(here.kind) < place;
        if (bracketed) out_ += '(';
        switch (here.kind) {
            case DutyKind::sum: children(at, " + ", Level::term, Level::term); break;
            case DutyKind::difference: children(at, " - ", Level::term, Level::term); break;
            case DutyKind::larger: children(at, " MIN ", Level::choice, Level::chain); break;
            case DutyKind::smaller: children(at, " MAX ", Level::choice, Level::chain); break;
            case DutyKind::by_day: children(at, ", ", Level::duty, Level::duty); break;
            case DutyKind::period:
                children(at, "", Level::choice, Level::choice);
                period(here);
                break;
            default: leaf(here); break;
        }
        if (bracketed) out_ += ')';
    }

    DutyView duty_;
    std::string out_;
};

}  // namespace

std::string print(DutyView const& duty) {
    if (!is_sound(duty)) return "unreadable \"\"";
    return Printer(duty).all();
}

}  // namespace allroads::tariff
