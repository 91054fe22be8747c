// Any bytes as a rule of origin: refused, or printed and read again as the same rule, and judged without
// harm.

#include "origin/origin.h"

#include <cstddef>
#include <cstdlib>

using namespace allroads;
using namespace allroads::origin;

namespace {

Agreement agreement(Rule rule) {
    Agreement made{.code = "FUZZ"};
    auto const whole = Rule::parse("not(01-97)")->view().ranges[0];
    made.rules.push_back({whole, {}, std::move(rule), "Annex"});
    made.cumulation.push_back({CumulationKind::bilateral, {*Country::parse("KE")}, {}, "Article 3"});
    made.tolerances.push_back(Share{.percent = Decimal(10), .of = Basis::exw, .law = "Article 6"});
    return made;
}

Dossier dossier() {
    Dossier made{.hs = *GoodsCode::parse("940360"), .made_in = *Country::parse("KE")};
    made.ex_works = Decimal(100);
    made.materials.push_back({.name = "a", .hs = GoodsCode::parse("9403").value(), .value = Decimal(20)});
    made.materials.push_back({.name = "b", .origin = *Country::parse("KE"), .has_proof = Known::yes});
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto rule = Rule::parse({reinterpret_cast<char const*>(data), size});
    if (!rule) return 0;
    auto const printed = print(rule->view());
    auto const again = Rule::parse(printed);
    if (!again || !same_rule(rule->view(), again->view())) std::abort();
    auto const rules = agreement(std::move(*rule));
    auto const verdict = judge(dossier(), rules);
    if ((verdict.qualifies == Outcome::unknown) == verdict.missing.empty()) std::abort();
    static_cast<void>(nearest_way(dossier(), rules));
    return 0;
}
