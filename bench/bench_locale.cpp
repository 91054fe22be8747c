// What a page pays for its language: a text, a number, an amount, a day, and an amount read. A quantity is
// still written by a formatter of ICU that was made beforehand: beside it stands what the others are spared.
//
//   bench_locale --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true

#include "locale/locale.h"

#include <benchmark/benchmark.h>

#include <array>

namespace {

using namespace allroads;
using namespace allroads::locale;

Tongues const& tongues() {
    static Tongues const opened = [] {
        auto result = Tongues::open(ALLROADS_CATALOGUES);
        check(result.has_value() && result->in(*Language::parse("ar")).has_texts());
        return std::move(*result);
    }();
    return opened;
}
Tongue arabic() { return tongues().in(*Language::parse("ar")); }

void open_every_language(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(Tongues::open(ALLROADS_CATALOGUES));
}
// The first page of a language: everything that is made when it is first asked for.
void first_amount_of_a_language(benchmark::State& state) {
    for (auto _ : state) {
        auto const fresh = Tongues::without_texts();
        benchmark::DoNotOptimize(fresh.in(*Language::parse("ar")).money(Money(123'456'789, currency::KES)));
    }
}
void say(benchmark::State& state) {
    constexpr std::array texts = {"Search", "Delivered price", "Delivered to {{COUNTRY}}",
                                  "Nothing was found"};
    auto const tongue = arabic();
    std::size_t i = 0;
    for (auto _ : state) benchmark::DoNotOptimize(tongue.say(texts[i++ % texts.size()]));
}
void say_what_is_not_translated(benchmark::State& state) {
    auto const tongue = arabic();
    for (auto _ : state) benchmark::DoNotOptimize(tongue.say("A text that nobody translated"));
}
void say_many(benchmark::State& state) {
    auto const tongue = arabic();
    std::int64_t n = 0;
    for (auto _ : state) benchmark::DoNotOptimize(tongue.say_many("{1} piece", "{1} pieces", ++n % 1000));
}
void number(benchmark::State& state) {
    auto const tongue = arabic();
    auto const value = Decimal::of(1'234'567'125, 3);
    for (auto _ : state) benchmark::DoNotOptimize(tongue.number(value));
}
void money(benchmark::State& state) {
    auto const tongue = arabic();
    Money const amount(123'456'789, currency::KES);
    for (auto _ : state) benchmark::DoNotOptimize(tongue.money(amount));
}
// A formatter of ICU writes this one: the words for kilograms depend on the number.
void quantity_by_icu(benchmark::State& state) {
    auto const tongue = arabic();
    Quantity const quantity{Decimal::of(1'234'567'125, 3), unit::kilogram};
    for (auto _ : state) benchmark::DoNotOptimize(tongue.quantity(quantity));
}
void date(benchmark::State& state) {
    auto const tongue = arabic();
    for (auto _ : state) benchmark::DoNotOptimize(tongue.date(*Day::of(2026, 3, 4)));
}
void read_money(benchmark::State& state) {
    auto const tongue = arabic();
    auto const text = tongue.money(Money(123'456'789, currency::KES));
    for (auto _ : state) benchmark::DoNotOptimize(tongue.read_money(text));
}
void negotiating(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(negotiate("sw-KE,sw;q=0.9,en-GB;q=0.8,en;q=0.7,*;q=0.1"));
}

BENCHMARK(open_every_language);
BENCHMARK(first_amount_of_a_language);
BENCHMARK(say);
BENCHMARK(say_what_is_not_translated);
BENCHMARK(say_many);
BENCHMARK(number);
BENCHMARK(money);
BENCHMARK(quantity_by_icu);
BENCHMARK(date);
BENCHMARK(read_money);
BENCHMARK(negotiating);

}  // namespace

BENCHMARK_MAIN();
