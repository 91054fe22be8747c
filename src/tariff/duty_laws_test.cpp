#include "tariff/duty_tree.h"
#include "tariff/tariff.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace allroads;
using namespace allroads::tariff;

namespace {

int upto(int most) { return *rc::gen::inRange(0, most + 1); }

std::string some_words() {
    static constexpr std::string_view words[] = {"value of the case", "lead content", "x \"y\" z",
                                                 "drained weight",    "(if any)",     "non-U.S. content",
                                                 "tête-à-tête",       "9822.04.25"};
    return std::string(words[upto(7)]);
}

std::optional<Tree> some_money(DutyBuilder& builder, DutyKind kind) {
    auto const coefficient = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000);
    auto tree = builder.amount(kind, Decimal::of(coefficient, upto(6)),
                               kind == DutyKind::specific ? 1 + upto(1000) : 1);
    if (!tree) return {};
    (*tree)[0].currency =
        all_currencies()[*rc::gen::inRange<std::size_t>(0, all_currencies().size())].index();
    if (kind == DutyKind::specific) {
        (*tree)[0].unit = all_units()[*rc::gen::inRange<std::size_t>(0, all_units().size())].index();
        if (upto(1) == 1) builder.put_words((*tree)[0], some_words());
    }
    return tree;
}

Tree some_leaf(DutyBuilder& builder) {
    static constexpr std::string_view components[] = {"EA", "EAR", "ADSZ", "ADSZR", "ADFM", "ADFMR"};
    std::string const words = upto(1) == 1 ? some_words() : std::string();
    switch (upto(11)) {
        case 0: return builder.leaf(DutyKind::free, words);
        case 1: return *some_money(builder, DutyKind::specific);
        case 2: return *some_money(builder, DutyKind::fixed);
        case 3: return *some_money(builder, DutyKind::per_strength);
        case 4: return builder.leaf(DutyKind::agricultural, components[upto(5)]);
        case 5: return builder.leaf(DutyKind::entry_price, words);
        case 6: return builder.leaf(DutyKind::applicable, words);
        case 7: return builder.leaf(DutyKind::see, some_words());
        case 8: return builder.leaf(DutyKind::nil);
        case 9: {
            Tree tree = builder.leaf(DutyKind::unit_only, words);
            tree[0].unit = all_units()[*rc::gen::inRange<std::size_t>(0, all_units().size())].index();
            tree[0].per = 1 + upto(1000);
            return tree;
        }
        case 10: return builder.leaf(DutyKind::unreadable, words);
        default: {
            Tree tree = *builder.amount(DutyKind::percent, Decimal::of(upto(100'000), upto(3)), 1 + upto(8));
            builder.put_words(tree[0], words);
            return tree;
        }
    }
}

Tree some_tree(DutyBuilder& builder, int depth);

Tree some_period(DutyBuilder& builder, int depth) {
    Tree const child = some_tree(builder, depth);
    Tree tree = DutyBuilder::join(DutyKind::period, {&child});
    if (upto(1) == 1) {
        tree[0].scale = 1;
        tree[0].amount = 1 + upto(11);
        tree[0].per = 1 + upto(11);
    } else {
        tree[0].amount = upto(1) == 1 ? Day::first().number() : upto(10'000);
        tree[0].per = upto(1) == 1 ? Day::last().number() : 10'000 + upto(10'000);
    }
    return tree;
}

Tree some_tree(DutyBuilder& builder, int depth) {
    if (depth == 0 || upto(2) == 0) return some_leaf(builder);
    static constexpr DutyKind kinds[] = {DutyKind::sum, DutyKind::difference, DutyKind::larger,
                                         DutyKind::smaller, DutyKind::by_day};
    DutyKind const kind = kinds[upto(4)];
    if (kind == DutyKind::by_day) {
        Tree tree(1);
        tree[0].kind = kind;
        for (int i = upto(2); i >= 0; --i) {
            tree = DutyBuilder::append(kind, std::move(tree), some_period(builder, depth - 1), true);
        }
        return tree;
    }
    Tree const left = some_tree(builder, depth - 1);
    Tree const right = some_tree(builder, depth - 1);
    if ((kind == DutyKind::sum || kind == DutyKind::difference) && upto(2) == 0) {
        Tree const third = some_tree(builder, depth - 1);
        return DutyBuilder::join(kind, {&left, &right, &third});
    }
    return DutyBuilder::join(kind, {&left, &right});
}

}  // namespace

TEST_CASE("every tree is printed so that it is read again") {
    CHECK(rc::check([] {
        DutyBuilder builder;
        DutyText const duty = builder.finish("made up", some_tree(builder, 3));
        RC_PRE(duty.view().nodes.size() > 1 || duty.view().nodes[0].kind != DutyKind::unreadable);
        std::string const printed = print(duty.view());
        RC_LOG() << printed << '\n';
        RC_ASSERT(DutyText::parse(printed, Dialect::plain) == duty);
        RC_ASSERT(print(DutyText::parse(printed, Dialect::plain).view()) == printed);
    }));
}

TEST_CASE("every unit is printed so that it is read again") {
    for (Unit const unit : all_units()) {
        DutyBuilder builder;
        Tree tree = *builder.amount(DutyKind::specific, Decimal(1));
        tree[0].currency = currency::EUR.index();
        tree[0].unit = unit.index();
        DutyText const duty = builder.finish("made up", tree);
        CHECK_MESSAGE(DutyText::parse(print(duty.view()), Dialect::plain) == duty, print(duty.view()));
    }
}

TEST_CASE("no text breaks the reader") {
    CHECK(rc::check([](std::string const& text) {
        for (Dialect const dialect :
             {Dialect::plain, Dialect::european, Dialect::american, Dialect::australian}) {
            DutyText const duty = DutyText::parse(text, dialect);
            RC_ASSERT(DutyText::parse(print(duty.view()), Dialect::plain) == duty);
            auto const outcome = evaluate(duty.view(), {.value = Decimal(100), .currency = currency::USD});
            RC_ASSERT(duty.is_readable() || !outcome.known);
        }
    }));
}

TEST_CASE("the larger and the smaller side are what they say") {
    CHECK(rc::check([] {
        auto const percent = [](int n) { return std::to_string(n) + "%"; };
        int const a = upto(100);
        int const b = upto(100);
        int const c = upto(100);
        int const d = upto(100);
        std::string const text =
            percent(a) + " MIN " + percent(b) + " MAX " + percent(c) + " + " + percent(d);
        auto const outcome = evaluate(DutyText::parse(text, Dialect::plain).view(),
                                      {.value = Decimal(100), .currency = currency::USD});
        RC_ASSERT(outcome.known);
        RC_ASSERT(outcome.amount == Decimal(std::min(std::max(a, b), c + d)));
    }));
}
