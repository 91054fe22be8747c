#include "tariff/tariff.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace {

using namespace allroads;
using namespace allroads::tariff;

// A schedule with one base, compiled as the books compile it.
struct OneBase {
    Schedule schedule;
    std::vector<BaseStep> steps;
    std::vector<ProgramRow> programs;
    std::string pool;
    BaseRow row;
    explicit OneBase(std::vector<BaseWord> const& words) {
        programs.emplace_back();
        for (auto const& word : words) {
            BaseStep step;
            step.op = word.op;
            step.number = static_cast<std::int64_t>(word.number.coefficient());
            step.scale = static_cast<std::int8_t>(word.number.scale());
            step.ref = word.terms;
            step.text = {static_cast<std::uint32_t>(pool.size()),
                         static_cast<std::uint32_t>(word.name.size())};
            pool += word.name;
            if (word.op == BaseOp::charged) {
                step.ref = static_cast<std::uint16_t>(programs.size());
                ProgramRow program;
                program.code = step.text;
                programs.push_back(program);
            }
            steps.push_back(step);
        }
        row.step_count = static_cast<std::uint32_t>(steps.size());
        schedule.base_steps = steps;
        schedule.programs = programs;
        schedule.pool = pool;
    }
};

class Amounts final : public Levied {
public:
    Decimal amount(Terms terms) const override {
        Decimal total;
        if (has(terms, Term::customs_value)) total = *sum(total, Decimal(1000));
        if (has(terms, Term::duty)) total = *sum(total, Decimal(250));
        if (has(terms, Term::excise)) total = *sum(total, Decimal(100));
        return total;
    }
    Decimal charged(std::string_view program) const override {
        return program == "SD" ? Decimal(300) : Decimal();
    }
    std::optional<Decimal> fact(std::string_view name) const override {
        return name == "steel-value" ? std::optional(Decimal(400)) : std::nullopt;
    }
};

Outcome worked_out(std::string_view text, std::optional<Decimal> rate = {}) {
    auto const words = parse_base(text);
    REQUIRE(words.has_value());
    OneBase const base(*words);
    return evaluate_base(base.schedule, base.row, Amounts(), rate);
}
std::string amount(std::string_view text, std::optional<Decimal> rate = {}) {
    auto const outcome = worked_out(text, rate);
    return outcome.known ? outcome.amount.brief() : "unknown";
}

}  // namespace

TEST_CASE("bases are worked out as they are written") {
    CHECK(amount("customs-value") == "1000");
    CHECK(amount("customs-value+duty+excise") == "1350");
    CHECK(amount("customs-value*1.1+duty") == "1350");
    CHECK(amount("customs-value + duty * 10%") == "1025");
    CHECK(amount("(customs-value + duty) * 2") == "2500");
    CHECK(amount("customs-value - fact(steel-value)") == "600");
    CHECK(amount("customs-value-fact(steel-value)") == "600");
    CHECK(amount("customs-value+duty+charged(SD)") == "1550");
    CHECK(amount("charged(OTHER)") == "0");
    CHECK(amount("max(customs-value, 1200)") == "1200");
    CHECK(amount("min(customs-value, 1200) / 4") == "250");
    CHECK(amount("floor(customs-value + duty * 3, 1000)") == "1000");
    CHECK(amount("floor(customs-value, 1000) + floor(duty, 100)") == "1200");
    CHECK(amount("(customs-value+duty)/(1-rate)", Decimal::of(20, 2)) == "1562.5");
}

TEST_CASE("a base is never below zero") { CHECK(amount("duty-customs-value") == "0"); }

TEST_CASE("what a base does not know is named") {
    CHECK(worked_out("fact(copper-value)").need->what == "copper-value");
    CHECK_FALSE(worked_out("customs-value/(1-rate)").known);
    CHECK_FALSE(worked_out("customs-value/(duty-250)").known);  // a division by zero
    CHECK_FALSE(worked_out("customs-value*(1-rate)").known);
}

TEST_CASE("what is no base is refused with its place") {
    for (auto const* text :
         {"", "customs", "customs-value+", "(customs-value", "customs-value)", "fact()", "1..2",
          "customs-value duty", "min(duty)", "fact(x", "vats", "1.23456789012345"}) {
        CAPTURE(text);
        auto const refused = parse_base(text);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().field() == "base");
    }
    CHECK_FALSE(parse_base(std::string(401, '1')).has_value());
    CHECK_FALSE(parse_base(std::string(100, '(') + "duty" + std::string(100, ')')).has_value());
}

TEST_CASE("laws of bases") {
    CHECK(rc::check("no text makes the parser fail in another way than by refusal",
                    [](std::string const& text) {
                        auto const words = parse_base(text);
                        if (!words) RC_ASSERT(!words.error().detail().empty());
                    }));
    CHECK(rc::check("sums commute, products distribute", [] {
        auto const a = std::to_string(*rc::gen::inRange(0, 100000));
        auto const b = std::to_string(*rc::gen::inRange(0, 100000));
        auto const c = std::to_string(*rc::gen::inRange(0, 1000));
        RC_ASSERT(amount(a + "+" + b) == amount(b + "+" + a));
        RC_ASSERT(amount(c + "*(" + a + "+" + b + ")") == amount(c + "*" + a + "+" + c + "*" + b));
        RC_ASSERT(amount("max(" + a + "," + b + ")+min(" + a + "," + b + ")") == amount(a + "+" + b));
    }));
}

TEST_CASE("only a plain percentage has a rate") {
    auto const rate = [](std::string_view text) {
        auto const duty = DutyText::parse(text, Dialect::plain);
        auto const found = plain_rate(duty.view());
        return found ? found->brief() : "none";
    };
    CHECK(rate("17%") == "0.17");
    CHECK(rate("33 1/3%") == "0.333333333333");
    CHECK(rate("17% + 2 EUR / kg") == "none");
    CHECK(rate("Free") == "none");
}
