// How many verdicts a core gives: a bill of ten materials under a rule with a shift, a share and an
// alternative.

#include "origin/origin.h"

#include <benchmark/benchmark.h>

namespace {

using namespace allroads;
using namespace allroads::origin;

GoodsCode code(char const* digits) { return *GoodsCode::parse(digits); }

Agreement agreement() {
    Agreement made{.code = "BENCH"};
    auto const kenya = *Country::parse("KE");
    auto const whole = Rule::parse("not(01-97)")->view().ranges[0];
    made.rules.push_back({whole, {}, *Rule::parse("CTH & MaxNOM 40% EXW | RVC 55% FOB build-down"), "Annex"});
    made.cumulation.push_back({CumulationKind::bilateral, {kenya}, {}, "Article 3"});
    made.tolerances.push_back(Share{.percent = Decimal(10), .of = Basis::exw, .law = "Article 6"});
    made.drawback_prohibited = true;
    made.transport = Transport::non_alteration;
    return made;
}

Dossier dossier() {
    Dossier made{.hs = code("940360"), .made_in = *Country::parse("KE")};
    made.ex_works = Decimal(100);
    made.fob = Decimal(110);
    for (char const* digits : {"440710", "440839", "441012", "940390", "830210", "320890", "350610", "731812",
                               "590390", "392690"}) {
        bool const is_local = made.materials.size() % 3 == 0;
        made.materials.push_back({.name = digits,
                                  .hs = code(digits),
                                  .origin = *Country::parse(is_local ? "KE" : "CN"),
                                  .value = Decimal(5),
                                  .has_proof = is_local ? Known::yes : Known::no});
    }
    made.processes = {"assembly"};
    made.drawback = Known::no;
    made.route = std::vector<Leg>();
    return made;
}

void verdict_of_ten_materials(benchmark::State& state) {
    auto const rules = agreement();
    auto const asked = dossier();
    Verdict verdict;
    for (auto _ : state) {
        judge(asked, rules, verdict);
        benchmark::DoNotOptimize(verdict.qualifies);
    }
    state.SetItemsProcessed(state.iterations());
    state.SetLabel(std::string(text_of(verdict.qualifies)));
}
BENCHMARK(verdict_of_ten_materials);

}  // namespace
