// Any words, answers and language to a small index: an answer or a refusal, never more proposals than are
// allowed, and shares that are shares.

#include "classify/classify.h"

#include <cstddef>
#include <cstdint>

namespace {

using namespace allroads;

std::string const& compiled() {
    static std::string const bytes = [] {
        classify::Knowledge k;
        k.name = "fuzz";
        auto const code = [](std::string_view text) { return *GoodsCode::parse(text); };
        for (auto const* hs :
             {"42", "4202", "420221", "420222", "46", "4602", "460212", "460219", "09", "0901", "090111"})
            k.nodes.push_back({"HS", code(hs),
                               "goods of " + std::string(hs) + " not elsewhere, basket bag coffee", "",
                               true});
        k.nodes.push_back({"US", code("46021917"), "Wickerwork", "Baskets", true});
        k.nodes.push_back({"US", code("46021918"), "Other", "Baskets", true});
        k.phrases = {{"sisal basket", classify::Language::en, classify::Source::synonym, {code("460219")}},
                     {"kiondo", classify::Language::home, classify::Source::synonym, {code("460219")}},
                     {"咖啡", classify::Language::zh, classify::Source::reference, {code("090111")}},
                     {"leather bag", classify::Language::en, classify::Source::learned, {code("420221")}}};
        k.facets = {{"making", "plaited", "How?", "plaited", {"plaited"}, true},
                    {"making", "yarn", "How?", "yarn", {"yarn"}, true}};
        k.facet_of = {{code("4602"), "making", "plaited"}, {code("4202"), "making", "yarn"}};
        k.notes = {{code("46"), true, {code("4202")}, {"yarn"}, "no yarn", "note"}};
        return classify::compile(k);
    }();
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static auto const index = *classify::Index::open(compiled());
    if (size < 2) return 0;
    classify::Question question;
    if (data[0] % 15 < classify::languages) question.language = static_cast<classify::Language>(data[0] % 15);
    if ((data[1] & 1U) != 0) question.given.push_back({"making", (data[1] & 2U) != 0 ? "yarn" : "plaited"});
    if ((data[1] & 4U) != 0) question.markets = {"US"};
    question.words.assign(reinterpret_cast<char const*>(data) + 2, size - 2);
    auto const answer = classify::classify(index, question);
    if (!answer) return 0;
    check(answer->proposals.size() <= classify::proposals_max);
    for (auto const& one : answer->proposals) {
        check(one.permille >= 0 && one.permille <= one.hs_permille &&
              one.hs_permille <= one.heading_permille);
        check(one.heading_permille <= 1000 && !one.path.empty());
    }
    if (answer->ask) {
        for (auto const& choice : answer->ask->choices) {
            for (auto const p : choice.proposals) check(p < answer->proposals.size());
        }
    }
    return 0;
}
