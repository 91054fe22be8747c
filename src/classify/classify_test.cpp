#include "classify/classify.h"
#include "classify/compile.h"
#include "classify/evidence.h"
#include "classify/spelling.h"
#include "classify/words.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <algorithm>

using namespace allroads;
using namespace allroads::classify;

namespace {

GoodsCode code(std::string_view text) { return *GoodsCode::parse(text); }

Phrase phrase(std::string text, std::vector<std::string_view> codes, Language language = Language::en,
              Source source = Source::synonym) {
    Phrase made{std::move(text), language, source, {}};
    for (auto const one : codes) made.codes.push_back(code(one));
    return made;
}

// A little world: bags of three making, baskets, coffee, bicycles.
Knowledge little_world() {
    Knowledge k;
    k.name = "little";
    for (auto const& [hs, text] : std::vector<std::pair<std::string_view, std::string>>{
             {"42", "Articles of leather; travel goods, handbags"},
             {"4202", "Trunks, suit-cases, handbags and similar containers"},
             {"420221", "Handbags, with outer surface of leather"},
             {"420222", "Handbags, with outer surface of plastic sheeting or textile materials"},
             {"46", "Manufactures of plaiting materials; basketware"},
             {"4602", "Basketwork and other articles made from plaiting materials"},
             {"460212", "Basketwork, of rattan"},
             {"460219", "Basketwork, of vegetable materials other than bamboo or rattan"},
             {"09", "Coffee, tea, spices"},
             {"0901", "Coffee, whether or not roasted"},
             {"090111", "Coffee; not roasted, not decaffeinated"},
             {"090121", "Coffee; roasted, not decaffeinated"},
             {"87", "Vehicles"},
             {"8712", "Bicycles and other cycles, not motorised"},
             {"871200", "Bicycles and other cycles, not motorised"}}) {
        k.nodes.push_back({"HS", code(hs), text, "", hs.size() == 6});
    }
    k.nodes.push_back({"US", code("46021917"), "Wickerwork", "Other baskets and bags", true});
    k.nodes.push_back({"US", code("46021918"), "Other", "Other baskets and bags", true});
    k.nodes.push_back({"US", code("46021980"), "Other", "Other", true});
    k.phrases = {
        phrase("sisal basket", {"460219"}),         phrase("kiondo", {"460219"}, Language::home),
        phrase("bread basket", {"460219"}),         phrase("rattan basket", {"460212"}),
        phrase("leather handbag", {"420221"}),      phrase("textile handbag", {"420222"}),
        phrase("tote bag of yarn", {"420222"}),     phrase("kahawa mbichi", {"090111"}, Language::sw),
        phrase("green coffee beans", {"090111"}),   phrase("roasted coffee", {"090121"}),
        phrase("咖啡豆", {"090121"}, Language::zh), phrase("bicycle", {"871200"}),
        phrase("mountain bike", {"871200"}),        phrase("دراجة", {"871200"}, Language::ar),
        phrase("साइकिल", {"871200"}, Language::hi)};
    // As packs have them: several rows lead to one code, so that what is learned from one is tried on others.
    auto const rows = k.phrases;
    for (auto const* const before : {"large ", "small ", "hand made ", "new "}) {
        for (auto row : rows) {
            row.text.insert(0, before);
            k.phrases.push_back(std::move(row));
        }
    }
    k.facets = {{"making",
                 "plaited",
                 "Plaited or woven from yarn?",
                 "plaited from plants",
                 {"plaited", "wickerwork"},
                 true},
                {"making", "yarn", "Plaited or woven from yarn?", "woven from spun yarn", {"yarn"}, true}};
    k.facet_of = {{code("4602"), "making", "plaited"}, {code("420222"), "making", "yarn"}};
    k.notes = {{code("46"),
                true,
                {code("4202")},
                {"yarn"},
                "Goods of yarn are no basketwork.",
                "HS 2022, note 1 to chapter 46"}};
    return k;
}

struct World {
    World() : bytes(compile(little_world())), index(*Index::open(bytes)) {}
    std::string bytes;
    Index index;
    [[nodiscard]] Answer ask(std::string words, std::vector<Given> given = {},
                             std::vector<std::string> markets = {}) const {
        Question question;
        question.words = std::move(words);
        question.given = std::move(given);
        question.markets = std::move(markets);
        return *classify::classify(index, question);
    }
    [[nodiscard]] std::string first(std::string words) const {
        auto const answer = ask(std::move(words));
        return answer.proposals.empty() ? "" : answer.proposals.front().hs.text();
    }
};
World const& world() {
    static World const made;
    return made;
}

}  // namespace

TEST_CASE("words of many tongues lead to the code") {
    CHECK(world().first("sisal baskets") == "460219");
    CHECK(world().first("kiondo") == "460219");
    CHECK(world().first("kahawa mbichi") == "090111");
    CHECK(world().first("咖啡豆").starts_with("0901"));
    CHECK(world().first("دراجة") == "871200");
    CHECK(world().first("साइकिल") == "871200");
    CHECK(world().first("MOUNTAIN-BIKE") == "871200");
    CHECK(world().first("ｍｏｕｎｔａｉｎ ｂｉｋｅ") == "871200");  // full-width letters
}

TEST_CASE("a misspelt word is read as the one it is near to, and the answer says so") {
    auto const answer = world().ask("bycicle");
    REQUIRE_FALSE(answer.proposals.empty());
    CHECK(answer.proposals.front().hs == code("871200"));
    REQUIRE(answer.read_as.size() == 1);
    CHECK(answer.read_as.front().first == "bycicle");
    CHECK(answer.read_as.front().second == "bicycl");
}

TEST_CASE("what is not known is named, and nothing is proposed from nothing") {
    auto const answer = world().ask("zzqx wwvk");
    CHECK(answer.standing == Standing::nothing);
    CHECK(answer.proposals.empty());
    CHECK(answer.unknown_words == std::vector<std::string>{"zzqx", "wwvk"});
}

TEST_CASE("an answer narrows, and leads away from what the words alone suggest") {
    auto const open = world().ask("handbag");
    CHECK(open.standing == Standing::open);
    auto const narrowed = world().ask("basket", {{"making", "yarn"}});
    for (auto const& one : narrowed.proposals) CHECK_FALSE(one.hs.is_under(code("4602")));
    auto const chosen = world().ask("basket", {{"hs", "460212"}});
    REQUIRE(chosen.proposals.size() == 1);
    CHECK(chosen.proposals.front().hs == code("460212"));
    auto const plaited = world().ask("basket", {{"making", "plaited"}});
    REQUIRE_FALSE(plaited.proposals.empty());
    CHECK(plaited.proposals.front().hs.is_under(code("4602")));
}

TEST_CASE("the decisive question is asked where the words leave it open, with both sides") {
    auto const answer = world().ask("basket");
    REQUIRE(answer.ask.has_value());
    CHECK(answer.ask->facet == "making");
    REQUIRE(answer.ask->choices.size() == 2);
    for (auto const& choice : answer.ask->choices) CHECK_FALSE(choice.proposals.empty());
    // Words that answer it themselves are not asked again.
    auto const said = world().ask("wickerwork basket plaited");
    CHECK((!said.ask || said.ask->facet != "making"));
}

TEST_CASE("a note that the words meet puts goods out, and is shown with its source") {
    auto const answer = world().ask("basket of yarn");
    bool shown = false;
    for (auto const& one : answer.proposals) {
        for (auto const& note : one.notes)
            shown = shown || (note.is_met && note.source == "HS 2022, note 1 to chapter 46");
    }
    CHECK(shown);
}

TEST_CASE("national lines stand under their subheading, with the headings that have no code") {
    auto const answer = world().ask("wickerwork basket of sisal", {}, {"KE", "US"});
    CHECK(answer.market == "US");
    REQUIRE_FALSE(answer.proposals.empty());
    auto const found = std::ranges::find(answer.proposals, code("460219"), &Proposal::hs);
    REQUIRE(found != answer.proposals.end());
    auto const& first = *found;  // the likeliest line of the subheading
    CHECK(first.is_line);
    CHECK(first.code.text() == "46021917");
    CHECK(first.path.back().group == "Other baskets and bags");
    CHECK(first.permille <= first.hs_permille);
    CHECK(first.hs_permille <= first.heading_permille);
}

TEST_CASE("what cannot be a description is refused") {
    auto const refused = [](std::string words) {
        Question question;
        question.words = std::move(words);
        auto const answer = classify::classify(world().index, question);
        return answer ? std::string("answered") : std::string(facts_of(answer.error().code()).name);
    };
    CHECK(refused("") == "field-missing");
    CHECK(refused(" \t\n") == "field-missing");
    CHECK(refused(std::string(1 << 20, 'a')) == "too-long");
    CHECK(refused("basket\x01") == "bad-value");
    CHECK(refused("basket\xFF") == "bad-value");
    CHECK(refused("🧺") == "answered");
    CHECK(refused("١٢٣ ٤٥٦") == "answered");
    Question question;
    question.words = "basket";
    question.given = {{"making", "magic"}};
    CHECK_FALSE(classify::classify(world().index, question).has_value());
    question.given = {{"no such", "x"}};
    CHECK_FALSE(classify::classify(world().index, question).has_value());
    question.given = {{"hs", "sixty"}};
    CHECK_FALSE(classify::classify(world().index, question).has_value());
}

TEST_CASE("the same knowledge makes the same bytes, and a damaged file never opens into nonsense") {
    CHECK(compile(little_world()) == world().bytes);
    for (std::size_t cut = 0; cut < world().bytes.size(); cut += 997)
        CHECK_FALSE(Index::open(std::string_view(world().bytes).substr(0, cut)).has_value());
    // Whatever one byte becomes, either the file is refused or every question is still answered.
    for (std::size_t at = 0; at < world().bytes.size(); at += 131) {
        auto bytes = world().bytes;
        bytes[at] = static_cast<char>(bytes[at] ^ 0xFF);
        auto const index = Index::open(bytes);
        if (!index) continue;
        Question question;
        question.words = "sisal basket of rattan, coffee bicycle";
        question.markets = {"US"};
        CHECK(classify::classify(*index, question).has_value());
    }
}

TEST_CASE("any text gets an answer or a refusal, with shares that are shares") {
    CHECK(rc::check([](std::string const& noise) {
        Question question;
        question.words = "basket " + noise;
        question.markets = {"US"};
        auto const answer = classify::classify(world().index, question);
        if (!answer) return;
        RC_ASSERT(answer->proposals.size() <= proposals_max);
        for (auto const& one : answer->proposals) {
            RC_ASSERT(one.permille >= 0 && one.permille <= one.hs_permille);
            RC_ASSERT(one.heading_permille <= 1000);
        }
    }));
}

TEST_CASE("texts are cut into what goods are and what they are not") {
    CHECK(said("Coffee; not roasted, in beans").goods.find("roasted") == std::string::npos);
    CHECK(said("Coffee; not roasted, in beans").goods.find("beans") != std::string::npos);
    CHECK(said("Bags, whether or not lined").goods.find("lined") != std::string::npos);
    CHECK(said("Meat (excluding carcasses) chilled").excluded.find("carcasses") != std::string::npos);
    CHECK(said("Meat (excluding carcasses) chilled").goods.find("chilled") != std::string::npos);
}

TEST_CASE("the goods themselves stand in front of what they are for") {
    auto const words = words_of("plastic handle for kitchen knives", Language::en);
    for (auto const& word : words) {
        CHECK(word.is_head == (word.text == "handle"));
        if (word.text == "knives") CHECK_FALSE(word.in_front);
    }
    auto const french = words_of("panier en osier", Language::fr);
    CHECK(french.front().is_head);
}

TEST_CASE("a ruling loses its law and keeps its goods") {
    auto const text = description_of(
        "product: a coiled basket of sisal for bread. it has no lid. classification has been determined in "
        "accordance "
        "with the rules of interpretation of the tariff, and the commodity code follows from heading 4602.");
    CHECK(text.find("sisal") != std::string::npos);
    CHECK(text.find("interpretation") == std::string::npos);
}
