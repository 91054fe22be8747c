#include "books/pack.h"
#include "books/readers/read_in_test.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::books;

namespace {

std::string two(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

struct Made {
    int chapters = 60;
    int headings = 2;
    int step = 1;   // between subheadings
    int lines = 2;  // under each
    bool own_texts = true;
    int duties = 5;
    bool by_chapter = false;
};

Traits made_up(Made const& of) {
    Traits traits;
    int number = 0;
    for (int chapter = 28; chapter < 28 + of.chapters; ++chapter) {
        if (chapter == 77) continue;
        for (int heading = 1; heading <= of.headings; ++heading) {
            for (int sub = 10; sub < 10 + 5 * of.step; sub += of.step) {
                for (int line = 1; line <= of.lines; ++line) {
                    auto const code = *GoodsCode::parse(two(chapter) + two(heading) + two(sub) + two(line));
                    ++number;
                    traits.line(code, of.own_texts ? "goods " + std::to_string(number) : "goods");
                    auto const duty = of.by_chapter ? chapter : number;
                    traits.base_duty(code, std::to_string(1 + duty % of.duties) + "%");
                }
            }
        }
    }
    return traits;
}

std::string why(Traits const& traits) { return traits.looks_invented().value_or(""); }

bool has(std::string const& text, std::string_view words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("plausible: what a generator writes is seen") {
    CHECK(has(why(made_up({})), "numbered without a gap"));
    CHECK(has(why(made_up({.step = 3})), "all chapters have nearly as many lines"));
    CHECK(has(why(made_up({.chapters = 30, .step = 3})), "are left undivided"));
    CHECK(has(why(made_up({.chapters = 30, .step = 3, .lines = 1, .own_texts = false})),
              "of the texts differ"));
    CHECK(has(why(made_up({.chapters = 30, .step = 3, .lines = 1, .duties = 1})), "duties are the same, 1%"));
    CHECK(has(why(made_up({.chapters = 30, .step = 3, .lines = 1, .by_chapter = true})),
              "have one duty for all"));
    CHECK(why(made_up({.chapters = 30, .step = 3, .lines = 1})) == "");
}

TEST_CASE("plausible: codes outside the Harmonized System") {
    Traits traits;
    for (int heading = 1; heading <= 99; ++heading) {
        for (int sub = 10; sub <= 90; sub += 20)
            traits.line(*GoodsCode::parse("0" + std::to_string(4) + two(heading) + two(sub)), "");
    }
    CHECK(has(why(traits), "has no heading, such as 0411.10"));
}

TEST_CASE("plausible: a few lines are not judged, nor is a free port") {
    Traits traits;
    for (int i = 10; i < 90; ++i) traits.line(*GoodsCode::parse("7700" + std::to_string(i)), "x");
    CHECK(why(traits) == "");
    Traits free_port;
    for (int i = 0; i < 400; ++i) free_port.base_duty(*GoodsCode::parse("8471"), "Free");
    CHECK(why(free_port) == "");
}

TEST_CASE("plausible: subheadings divided without need") {
    Traits traits;
    for (int chapter = 28; chapter < 68; ++chapter) {
        for (int heading = 1; heading <= 3; ++heading) {
            for (int sub = 10; sub <= 70; sub += 20) {
                auto const code = two(chapter) + two(heading) + std::to_string(sub);
                for (auto const* line : {"10", "20", "90"}) {
                    traits.base_duty(*GoodsCode::parse(code + line),
                                     std::to_string((chapter + sub) % 7) + ".5%");
                }
            }
        }
    }
    CHECK(has(why(traits), "divided without need: in only 0% of"));
}

TEST_CASE("plausible: no national nomenclature looks invented") {
    auto const file = official_in_test("national-lines/national_tariff_lines.tsv.xz");
    if (!file) {
        MESSAGE("skipped: the official file is not beside the clone");
        return;
    }
    auto input = *Input::open(*file);
    REQUIRE(*input.next_member());
    std::string country;
    Traits traits;
    int countries = 0;
    std::uint64_t gapless = 0;
    std::uint64_t undivided = 100;
    std::uint64_t distinct = 100;
    std::uint64_t largest = 10000;
    auto const judge = [&] {
        CHECK_MESSAGE(why(traits) == "", country);
        auto const figures = traits.figures();
        gapless = std::max(gapless, figures.gapless.value_or(0));
        undivided = std::min(undivided, figures.undivided.value_or(100));
        distinct = std::min(distinct, figures.distinct_texts.value_or(100));
        largest = std::min(largest, figures.largest_chapter.value_or(10000));
        traits = Traits();
    };
    REQUIRE(*input.line());  // the header
    while (auto const line = *input.line()) {
        std::vector<std::string_view> fields;
        for (auto rest = *line; fields.size() < 6;) {
            auto const tab = rest.find('\t');
            fields.push_back(rest.substr(0, tab));
            rest = tab == std::string_view::npos ? std::string_view() : rest.substr(tab + 1);
        }
        if (fields[0] != country) {
            if (countries++ != 0) judge();
            country = fields[0];
        }
        if (auto const code = GoodsCode::parse(fields[4])) traits.line(*code, fields[5]);
    }
    judge();
    CHECK(countries == 97);
    MESSAGE("gapless at most " << gapless << "%, undivided at least " << undivided
                               << "%, distinct texts at least " << distinct << "%, largest chapter at least "
                               << largest << "% of the mean");
}

TEST_CASE("plausible: no official tariff looks invented") {
    struct Official {
        Read read;
        std::string file;
    };
    for (auto const& one : {Official{read_us_hts, "us-hts/hts_2026_rev_10.json.gz"},
                            Official{read_us_hts, "us-hts/hts_2025_basic.json.gz"},
                            Official{read_au_schedule, "au/tariff-schedule3.json.xz"},
                            Official{read_unctad_afcfta, "unctad-afcfta/GHA_to_NGA.json.xz"},
                            Official{read_unctad_afcfta, "unctad-afcfta/GHA_to_CMR.json.xz"},
                            Official{read_eu_cn8, "eu-cn8/ukgt_vs_cet_cn8_2020.json.xz"},
                            Official{read_hs_texts, "hs-texts/harmonized-system-2022-en.csv"},
                            Official{read_hs_texts, "hs-texts/vietnam_8digit_vi.json.xz"}}) {
        auto const file = official_in_test(one.file);
        if (!file) {
            MESSAGE("skipped: " << one.file << " is not beside the clone");
            continue;
        }
        auto input = *Input::open(*file);
        auto out = *PackWriter::create("pack", true);
        REQUIRE(one.read(input, {}, out));
        CHECK_MESSAGE(why(out.traits()) == "", one.file);
        auto const f = out.traits().figures();
        auto const say = [](std::optional<std::uint64_t> share) {
            return share ? std::to_string(*share) : "-";
        };
        MESSAGE(one.file << ": outside " << say(f.outside) << ", gapless " << say(f.gapless) << ", largest "
                         << say(f.largest_chapter) << ", undivided " << say(f.undivided) << ", texts "
                         << say(f.distinct_texts) << ", one-duty chapters " << say(f.one_duty_chapters)
                         << ", divided by duty " << say(f.divided_by_duty) << ", commonest "
                         << say(f.commonest_duty));
    }
}
