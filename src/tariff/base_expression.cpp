#include "tariff/tariff.h"

#include <array>

namespace allroads::tariff {

namespace {

constexpr int depth_max = 16;
constexpr int quotient_places = 12;
constexpr std::size_t text_max = 400;

// Longest first, so that "costs-before" is not read as less than it says.
constexpr std::array<std::string_view, 11> names = {
    "customs-value", "costs-before", "costs-after", "insurance", "surcharge", "freight",
    "excise",        "goods",        "duty",        "fee",       "vat"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Recursive descent over: sum = product {("+" | "-") product}, product = factor {("*" | "/") factor}.
class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    Result<std::vector<BaseWord>> run() {
        if (text_.size() > text_max) return refuse(Code::too_long, "base", "at most 400 characters");
        TRY_VOID(sum(0));
        skip();
        if (at_ != text_.size()) return bad("an operator or the end");
        if (words_.size() > base_steps_max) return refuse(Code::too_long, "base", "at most 64 steps");
        return std::move(words_);
    }

private:
    [[nodiscard]] std::unexpected<Error> bad(std::string_view expected) const {
        return refuse(Code::bad_value, "base",
                      "“" + excerpt(text_.substr(at_)) + "”: expected " + std::string(expected));
    }
    void skip() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    bool take(char c) {
        skip();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool take_name(std::string_view name) {
        if (!text_.substr(at_).starts_with(name)) return false;
        auto const end = at_ + name.size();
        if (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) return false;
        at_ = end;
        return true;
    }
    void put(BaseOp op) { words_.push_back({.op = op}); }

    Result<void> sum(int depth) {
        TRY_VOID(product(depth));
        while (true) {
            if (take('+')) {
                TRY_VOID(product(depth));
                put(BaseOp::add);
            } else if (take('-')) {
                TRY_VOID(product(depth));
                put(BaseOp::subtract);
            } else {
                return {};
            }
        }
    }
    Result<void> product(int depth) {
        TRY_VOID(factor(depth));
        while (true) {
            if (take('*')) {
                TRY_VOID(factor(depth));
                put(BaseOp::multiply);
            } else if (take('/')) {
                TRY_VOID(factor(depth));
                put(BaseOp::divide);
            } else {
                return {};
            }
        }
    }
    Result<void> factor(int depth) {
        if (depth >= depth_max) return bad("fewer brackets");
        if (take('(')) return bracket(depth + 1, [] {});
        skip();
        if (at_ < text_.size() && is_digit(text_[at_])) return number();
        for (auto const name : names) {
            if (!take_name(name)) continue;
            auto const terms = TRY(parse_terms(name));
            words_.push_back({.op = BaseOp::amount, .terms = terms});
            return {};
        }
        if (take_name("rate")) {
            put(BaseOp::rate);
            return {};
        }
        if (take_name("fact")) return named(BaseOp::fact);
        if (take_name("charged")) return named(BaseOp::charged);
        if (take_name("min")) return pair(depth + 1, BaseOp::smaller);
        if (take_name("max")) return pair(depth + 1, BaseOp::larger);
        if (take_name("floor")) return pair(depth + 1, BaseOp::cut);
        return bad(
            "customs-value, goods, freight, insurance, duty, surcharge, excise, fee, vat, costs-before, "
            "costs-after, rate, fact(…), charged(…), min(…), max(…), floor(…), a number or a bracket");
    }
    template <class Done>
    Result<void> bracket(int depth, Done done) {
        TRY_VOID(sum(depth));
        if (!take(')')) return bad("a closing bracket");
        done();
        return {};
    }
    Result<void> pair(int depth, BaseOp op) {
        if (!take('(')) return bad("a bracket");
        TRY_VOID(sum(depth));
        if (!take(',')) return bad("a comma");
        return bracket(depth, [&] { put(op); });
    }
    Result<void> named(BaseOp op) {
        auto const end = text_.find(')', at_);
        if (!take('(') || end == std::string_view::npos) return bad("a name in brackets");
        auto const name = trim(text_.substr(at_, end - at_));
        if (name.empty()) return bad("a name in brackets");
        at_ = end + 1;
        words_.push_back({.op = op, .name = std::string(name)});
        return {};
    }
    Result<void> number() {
        auto const begin = at_;
        while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
        auto const parsed = Decimal::parse(text_.substr(begin, at_ - begin));
        if (!parsed) return bad("a number before this");
        auto value = *parsed;
        if (take('%')) value = TRY(allroads::product(value, Decimal::of(1, 2)));
        if (value.scale() > 12 || value.coefficient() > INT64_MAX) return bad("a shorter number");
        words_.push_back({.op = BaseOp::number, .number = value});
        return {};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<BaseWord> words_;
};

Result<Decimal> combined(BaseOp op, Decimal const& a, Decimal const& b) {
    switch (op) {
        case BaseOp::add: return allroads::sum(a, b);
        case BaseOp::subtract: return difference(a, b);
        case BaseOp::multiply: return product(a, b);
        case BaseOp::divide: return quotient(a, b, quotient_places, Round::half_even);
        case BaseOp::cut: return product(TRY(quotient(a, b, 0, Round::floor)), b);
        case BaseOp::larger: return a > b ? a : b;
        default: return a < b ? a : b;
    }
}

Outcome unknown(std::string_view why) {
    Outcome outcome;
    outcome.why = why;
    return outcome;
}

}  // namespace

Result<std::vector<BaseWord>> parse_base(std::string_view text) { return Parser(text).run(); }

std::optional<Decimal> plain_rate(DutyView const& duty) {
    auto const& node = duty.nodes[0];
    if (duty.nodes.size() != 1 || node.kind != DutyKind::percent || node.words_size != 0) return std::nullopt;
    auto const rate = quotient(Decimal::of(node.amount, node.scale), Decimal(node.per * 100), quotient_places,
                               Round::half_even);
    return rate ? std::optional(*rate) : std::nullopt;
}

Outcome evaluate_base(Schedule const& schedule, BaseRow const& base, Levied const& amounts,
                      std::optional<Decimal> const& rate) {
    std::array<Decimal, base_steps_max> stack;
    std::size_t size = 0;
    for (auto const& step : schedule.base_steps.subspan(base.step, base.step_count)) {
        if (step.op < BaseOp::add) {
            Decimal value;
            switch (step.op) {
                case BaseOp::number: value = Decimal::of(step.number, step.scale); break;
                case BaseOp::amount: value = amounts.amount(step.ref); break;
                case BaseOp::charged:
                    value = amounts.charged(schedule.text(schedule.programs[step.ref].code));
                    break;
                case BaseOp::rate:
                    if (!rate) return unknown("base-unknown");
                    value = *rate;
                    break;
                default: {
                    auto const name = schedule.text(step.text);
                    auto const given = amounts.fact(name);
                    if (!given) {
                        Outcome outcome;
                        outcome.need = Need{name, unit::piece, false};
                        return outcome;
                    }
                    value = *given;
                }
            }
            stack[size++] = value;
            continue;
        }
        auto const made = combined(step.op, stack[size - 2], stack[size - 1]);
        if (!made) return unknown("base-unknown");
        stack[--size - 1] = *made;
    }
    Outcome outcome;
    outcome.known = true;
    outcome.amount = stack[0].is_negative() ? Decimal() : stack[0];
    return outcome;
}

}  // namespace allroads::tariff
