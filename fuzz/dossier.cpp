// The dossier: whatever comes is refused with a sentence, or is judged under agreements that use every step,
// told in words and as JSON. An agreement and a statement made of the rest of the input are read, or refused.

#include "books/shelf.h"
#include "contract/contract.h"
#include "origin/origin.h"

#include <cstddef>
#include <cstdint>

namespace {

using namespace allroads;

constexpr std::string_view provisions = R"(
[agreement]
code = "X"
name = "X"
law = "X"
hs_edition = "2017"
[[party]]
countries = ["GB"]
[[party]]
countries = ["KE", "BD"]
unilateral = true
[tolerance]
share = "10%"
of = "EXW"
covers = "all"
except = ["50-63"]
law = "a"
[textile_tolerance]
share = "10%"
of = "weight"
never = ["61-63"]
law = "b"
[[cumulation]]
kind = "full"
with = ["GB", "ET"]
law = "c"
[sets]
share = "15%"
law = "d"
[packing]
counts = "value"
law = "e"
[neutral]
law = "f"
[drawback]
prohibited = true
needs = "g"
law = "h"
[transport]
rule = "non-alteration"
law = "i"
[[proof]]
kind = "origin-declaration"
who = "anyone"
value_max = "6000 EUR"
law = "j"
)";
constexpr std::string_view rules =
    "hs,part,rule,law\n"
    "01-24,,WO(01-08) & weight(17) 20%,a\n"
    "25-97,,CTH except 4601 also 4602 | MaxNOM 40% EXW | RVC 35% FOB direct-cost,b\n"
    "61,assembled,\"not(61-63) & process(making-up)\",c\n"
    "61,other,CC | NOM<=OM,d\n";
constexpr std::string_view correlations =
    "edition,hs2022,hs\n2017,240411,240319\n2017,240411,240399\n2017,852411,*\n";

books::Shelf const& shelf() {
    static books::Shelf const made(
        books::OriginTexts{.agreements = {{"X", std::string(provisions), std::string(rules)}},
                           .statements = {},
                           .correlations = std::string(correlations)});
    return made;
}

void judge(contract::OriginRequest const& request) {
    auto const agreements = shelf().all();
    check(agreements.has_value());
    for (auto const* agreement : *agreements) {
        auto const verdict = origin::judge(request.dossier, *agreement);
        check((verdict.qualifies == origin::Outcome::unknown) == !verdict.missing.empty());
        auto const nearest = origin::nearest_way(request.dossier, *agreement);
        contract::OriginAnswer const answer{request};
        std::string out;
        contract::append_verdict(out, answer, *agreement, verdict, nearest);
        check(out.starts_with('{') && out.ends_with('}'));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const today = *Day::parse("2026-11-26");
    contract::Codec codec;
    if (auto const request = codec.origin(text, today)) {
        judge(*request);
    } else {
        check(!request.error().sentence().empty());
    }
    // The same bytes as the files of an expert.
    auto const half = std::string(text.substr(0, size / 2));
    (void)books::agreement_of({"fuzzed", std::string(text), {}});
    (void)books::product_rules_of({"fuzzed", {}, std::string(text)});
    (void)books::correlations_of(text);
    if (auto const form = books::statement_of({"fuzzed", half, {}})) {
        for (auto const& wording : form->wordings)
            (void)contract::statement_of(wording, {{"origin", "Kenya"}});
    }
    return 0;
}
