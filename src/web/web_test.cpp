#include "web/web.h"

#include "web/marks.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <thread>

using namespace allroads;
using namespace allroads::web;

namespace {

// A folder of templates that is gone at the end of a test.
class Folder {
public:
    explicit Folder(Files const& files)
        : path_(std::filesystem::temp_directory_path() / ("allroads-web-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
        for (auto const& [name, text] : files) std::ofstream(path_ / name, std::ios::binary) << text;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

std::string english(std::string_view, std::string_view, std::string_view text) { return std::string(text); }
std::string shown(std::string const& text, Page const& page, Translate const& translate = english,
                  std::string const& language = "en") {
    Folder const folder(Files{{"page.tpl", text}});
    auto const pages =
        Pages::load(folder.path(), {{"en", false}, {"ar", true}}, translate, "/assets/style.css?v=1");
    REQUIRE_MESSAGE(pages, pages.error().sentence());
    std::string const html = pages->render("page", language, page);
    return std::string(trim(html));
}
std::string why_not(Files const& files, Translate const& translate = english) {
    Folder const folder(files);
    auto const pages = Pages::load(folder.path(), {{"en", false}}, translate, "/s.css");
    return pages ? "" : pages.error().sentence();
}
std::string pages_folder() {
    char const* const source = std::getenv("ALLROADS_SOURCE");
    REQUIRE(source != nullptr);
    return std::string(source) + "/pages";
}
bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

Part part(PartKind kind, char const* amount) {
    return {kind, "Name", amount ? amount : "not known",
            amount ? std::optional(Decimal::parse(amount).value()) : std::nullopt};
}

}  // namespace

TEST_SUITE("pages") {
    TEST_CASE("values, sections that stand once, several times and not at all") {
        Page page;
        page.set("A", "1").show("ONCE");
        page.add("MANY").set("A", "2");
        page.add("MANY").set("B", "3").show("INNER");
        CHECK(shown("{{#NONE}}no{{/NONE}}{{#ONCE}}once {{A}}{{/ONCE}};"
                    "{{#MANY}}[{{A}}{{#INNER}} {{B}} {{A}}{{/INNER}}]{{/MANY}}",
                    page) == "once 1;[2][1 3 1]");
        page.set("A", "4");
        CHECK(shown("{{A}}", page) == "4");
    }
    TEST_CASE("language, direction and style sheet are put in") {
        CHECK(shown("<html lang=\"{{LANG}}\" dir=\"{{DIR}}\"><link href=\"{{STYLE_URL}}\">", Page(), english,
                    "ar") == "<html lang=\"ar\" dir=\"rtl\"><link href=\"/assets/style.css?v=1\">");
    }
    TEST_CASE("a language that is not known is answered in the first") {
        CHECK(shown("<p lang=\"{{LANG}}\">", Page(), english, "xx") == "<p lang=\"en\">");
    }
    TEST_CASE("texts are translated with their context, escaped, and what they name is isolated") {
        auto const translate = [](std::string_view language, std::string_view context,
                                  std::string_view text) {
            if (language != "ar") return std::string(text);
            if (context == "verb") return std::string("<b>&\"'");
            return std::string("{{COUNTRY}} إلى");
        };
        Page page;
        page.set("COUNTRY", "<DE>");
        CHECK(shown("<p>[[To {{COUNTRY}}]]</p><i title=\"[[To {{COUNTRY}}]]\">[[verb|Ship]]</i>", page,
                    translate, "ar") ==
              "<p><bdi>&lt;DE&gt;</bdi> إلى</p><i title=\"&lt;DE&gt; إلى\">&lt;b&gt;&amp;&quot;&#39;</i>");
        CHECK(shown("<title>[[To {{COUNTRY}}]]</title><option>[[To {{COUNTRY}}]]</option>", page) ==
              "<title>To &lt;DE&gt;</title><option>To &lt;DE&gt;</option>");
        CHECK(shown("[[verb|Ship]]", page) == "Ship");
    }
}

TEST_SUITE("templates") {
    TEST_CASE("what is asked for in vain is told") {
        Folder const folder(Files{{"page.tpl", "{{A}}{{#S}}{{B}}{{/S}}{{B}}{{C}}"}});
        auto const pages = Pages::load(folder.path(), {{"en", false}}, english, "/s.css");
        REQUIRE(pages);
        Page page;
        page.set("A", "").show("S");
        std::vector<std::string> missing;
        (void)pages->render("page", "en", page, missing);
        CHECK(missing == std::vector<std::string>{"B", "C"});
    }
    TEST_CASE("includes are put in, comments are gone") {
        Folder const folder(
            Files{{"page.tpl", "{{! no <b> }}\n  a {{>_part}}\n"}, {"_part.tpl", "{{A}}[[B]]"}});
        auto const pages = Pages::load(folder.path(), {{"en", false}}, english, "/s.css");
        REQUIRE(pages);
        CHECK(pages->names() == std::vector<std::string>{"page"});
        CHECK(pages->texts() == std::vector<Mark>{{"", "B"}});
        CHECK(trim(pages->render("page", "en", Page().set("A", "x"))) == "a xB");
    }
    TEST_CASE("templates that could do harm or make no sense are refused, with their name") {
        for (char const* const bad :
             {"{{A:none}}", "{{A_SVG}}", "{{A:h}}", "{{%AUTOESCAPE context=\"MANUAL\"}}", "{{=< >=}}",
              "{{a}}", "{{A", "[[A", "[[{{#A}}]]", "[[{{A_SVG}}]]", "{{>page}}", "{{>none}}",
              "{{>../../etc/passwd}}"}) {
            CAPTURE(bad);
            CHECK(has(why_not({{"page.tpl", bad}}), "bad-file"));
        }
        CHECK(has(why_not({{"page.tpl", "<a href={{A}} {{#B}}"}}), "page.tpl"));
        CHECK(has(why_not({}), "not-found"));
    }
    TEST_CASE("a translation may not name what its text does not name, nor bring markers") {
        for (char const* const bad : {"{{B}}", "{{A:none}}", "{{>_x}}", "{{#A}}", "{{!", "{{A"}) {
            auto const translate = [&](auto, auto, auto) { return std::string(bad); };
            CAPTURE(bad);
            CHECK(has(why_not({{"page.tpl", "[[To {{A}}]]"}}, translate), "bad-file"));
        }
    }
}

TEST_SUITE("escaping") {
    constexpr std::string_view places =
        "<title>{{A}}</title><h1 dir=\"auto\">{{A}}</h1><img alt=\"{{A}}\" src=\"{{A}}\"><a "
        "href=\"{{A}}\">x</a>"
        "<source srcset=\"{{A}}\"><input value=\"{{A}}\"><form action=\"{{A}}\"></form><p lang=\"{{A}}\"></p>"
        "<textarea>{{A:p}}</textarea><option value=\"{{A}}\">{{A}}</option>";

    TEST_CASE("nothing that is put in becomes markup, in any place") {
        for (char const* const evil :
             {"<script>alert(1)</script>", "\" onload=\"alert(1)", "' onload='alert(1)", "</title><script>",
              "</textarea><script>", "javascript:alert(1)", " JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
              "data:text/html,<script>", "vbscript:x", "{{A:none}}", "[[A]]", "&lt;script&gt;", "<!--",
              "]]>"}) {
            CAPTURE(evil);
            std::string const html = shown(std::string(places), Page().set("A", evil));
            CHECK(!has(html, "<script"));
            CHECK(!has(html, "\" onload"));
            CHECK(!has(html, "<!--"));
            CHECK(std::ranges::count(html, '<') == std::ranges::count(places, '<'));
            CHECK(std::ranges::count(html, '>') == std::ranges::count(places, '>'));
            CHECK(std::ranges::count(html, '"') == std::ranges::count(places, '"'));
        }
    }
    TEST_CASE("an address that runs or is not of the web leads nowhere") {
        for (char const* const evil :
             {"javascript:alert(1)", " javascript:alert(1)", "JAVASCRIPT:alert(1)", "java\tscript:alert(1)",
              "data:text/html,x", "vbscript:x", "file:///etc/passwd"}) {
            CAPTURE(evil);
            std::string const html = shown("<a href=\"{{A}}\">", Page().set("A", evil));
            CHECK(html == "<a href=\"#\">");
        }
        CHECK(shown("<a href=\"{{A}}\">", Page().set("A", "/search?q=a&b=c")) ==
              "<a href=\"/search?q=a&amp;b=c\">");
        CHECK(
            shown("<a href=\"{{A}}\">", Page().set("A", "https://eur-lex.europa.eu/eli/reg/1987/2658/oj")) ==
            "<a href=\"https://eur-lex.europa.eu/eli/reg/1987/2658/oj\">");
    }
    TEST_CASE("any bytes stay within their value") {
        CHECK(rc::check(
            "the page is the same but for what stands between the marks", [](std::string const& value) {
                std::string const html = shown("<p title=\"|{{A}}|\">|{{A}}|</p>", Page().set("A", value));
                RC_ASSERT(std::ranges::count(html, '<') == 2 && std::ranges::count(html, '>') == 2);
                RC_ASSERT(std::ranges::count(html, '"') == 2);
                RC_ASSERT(html.starts_with("<p title=\"|") && html.ends_with("|</p>"));
            }));
    }
    TEST_CASE("markup and text cannot be taken for each other") {
        CHECK_THROWS_AS(Page().set("A_SVG", "<svg>"), Bug);
        CHECK_THROWS_AS(Page().set("A", stacked_bar({}, Direction::left_to_right, "")), Bug);
    }
    TEST_CASE("names drawn into bars, and JSON, are harmless") {
        Part evil = part(PartKind::goods, "1.00");
        evil.name = "</title><script>";
        evil.amount_text = "\" onload=\"";
        auto const svg = stacked_bar(std::span(&evil, 1), Direction::left_to_right, "\"><script>").text();
        CHECK(!has(svg, "<script"));
        CHECK(!has(svg, "\" onload"));
        CHECK(json_in_page("{\"a\":\"</script><!--&\"}").text() ==
              "<script "
              "type=\"application/ld+json\">{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\"}</script>");
    }
}

TEST_SUITE("bars") {
    TEST_CASE("widths sum to the whole and follow the amounts") {
        std::vector<Part> const parts = {part(PartKind::goods, "35.00"), part(PartKind::freight, "14.50"),
                                         part(PartKind::duty, "3.00"), part(PartKind::taxes, "9.98")};
        CHECK(widths(parts) == std::vector<std::int32_t>{560, 232, 48, 160});
    }
    TEST_CASE("what is small is seen, what is nothing or below is not drawn") {
        std::vector<Part> const parts = {part(PartKind::goods, "10000.00"), part(PartKind::fees, "0.01"),
                                         part(PartKind::duty, "0.00"), part(PartKind::taxes, "-5.00")};
        CHECK(widths(parts) == std::vector<std::int32_t>{994, 6, 0, 0});
        CHECK(widths(std::vector<Part>{part(PartKind::duty, "0.00")}) == std::vector<std::int32_t>{0});
    }
    TEST_CASE("what is not known has its place, and nothing is said of its size") {
        CHECK(widths(std::vector{part(PartKind::goods, "1.00"), part(PartKind::duty, nullptr)}) ==
              std::vector<std::int32_t>{940, 60});
        CHECK(widths(std::vector{part(PartKind::duty, nullptr)}) == std::vector<std::int32_t>{1000});
    }
    TEST_CASE("laws of widths") {
        CHECK(rc::check("they sum to a thousand, none is negative, the larger is not the narrower", [] {
            auto const amounts = *rc::gen::container<std::vector<std::int64_t>>(
                *rc::gen::inRange<std::size_t>(1, 8), rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000));
            std::vector<Part> parts;
            for (std::int64_t const amount : amounts)
                parts.push_back({PartKind::goods, "n", "a", Money(amount, currency::USD).amount()});
            auto const found = widths(parts);
            std::int32_t const total = std::accumulate(found.begin(), found.end(), 0);
            bool const is_empty = std::ranges::all_of(amounts, [](auto amount) { return amount == 0; });
            RC_ASSERT(total == (is_empty ? 0 : 1000));
            for (std::size_t i = 0; i != found.size(); ++i) {
                RC_ASSERT((amounts[i] == 0) == (found[i] == 0));
                for (std::size_t j = 0; j != found.size(); ++j)
                    if (amounts[i] > amounts[j]) RC_ASSERT(found[i] + visible_permille >= found[j]);
            }
        }));
    }
    TEST_CASE("amounts beyond exact reckoning draw nothing rather than something wrong") {
        Decimal const huge = Decimal::of(Decimal::coefficient_max, 0);
        std::vector<Part> const parts = {{PartKind::goods, "a", "b", huge}, {PartKind::duty, "a", "b", huge}};
        CHECK(widths(parts) == std::vector<std::int32_t>{0, 0});
    }
    TEST_CASE("a bar begins where its line begins, and names each part") {
        std::vector<Part> const parts = {{PartKind::goods, "Goods", "€75", Decimal(75)},
                                         {PartKind::duty, "Duty", "€25", Decimal(25)}};
        CHECK(stacked_bar(parts, Direction::left_to_right, "Price").text() ==
              "<svg class=\"bar\" role=\"img\" aria-label=\"Price\">"
              "<rect class=\"part-goods\" x=\"0%\" width=\"75%\" height=\"100%\"><title>Goods: "
              "€75</title></rect>"
              "<rect class=\"part-duty\" x=\"75%\" width=\"25%\" height=\"100%\"><title>Duty: "
              "€25</title></rect>"
              "</svg>");
        CHECK(has(stacked_bar(parts, Direction::right_to_left, "Price").text(),
                  "part-goods\" x=\"25%\" width=\"75%\""));
    }
    TEST_CASE("twenty countries: bars by what is paid, mirrored where one reads from the right") {
        std::vector<Part> const parts = {{PartKind::goods, "Goods", "€75", Decimal(75)},
                                         {PartKind::duty, "Duty", "€25", Decimal(25)}};
        std::vector<CountryBar> const rows = {{"Germany", "€50", Decimal(50), true, parts},
                                              {"Kenya", "€100", Decimal(100), false, parts},
                                              {"Peru", "not known", {}, false, {}}};
        std::string const svg = country_bars(rows, Direction::left_to_right, "Where").text();
        CHECK(has(svg, "height=\"132\""));
        CHECK(has(svg, "x=\"0%\" width=\"37.5%\" y=\"24\""));
        CHECK(has(svg, "x=\"75%\" width=\"25%\" y=\"68\""));
        CHECK(has(svg, ">not known</text>"));
        std::string const mirrored = country_bars(rows, Direction::right_to_left, "Where").text();
        CHECK(has(mirrored, "x=\"62.5%\" width=\"37.5%\" y=\"24\""));
        CHECK(has(mirrored, "<text x=\"100%\" y=\"17\" text-anchor=\"start\">Germany"));
    }
}

TEST_SUITE("bars of countries") {
    TEST_CASE("equal amounts are equally long, also where something is not known") {
        std::vector<Part> const known = {{PartKind::goods, "Goods", "€50", Decimal(50)}};
        std::vector<Part> partly = known;
        partly.push_back({PartKind::duty, "Duty", "not known", {}});
        std::vector<CountryBar> const rows = {{"A", "€50", Decimal(50), true, known},
                                              {"B", "€50", Decimal(50), false, partly}};
        std::string const svg = country_bars(rows, Direction::left_to_right, "Where").text();
        CHECK(has(svg, "part-goods\" x=\"0%\" width=\"94%\" y=\"24\""));
        CHECK(has(svg, "part-goods\" x=\"0%\" width=\"94%\" y=\"68\""));
        CHECK(has(svg, "part-unknown\" x=\"94%\" width=\"6%\" y=\"68\""));
    }
}

TEST_SUITE("what ships") {
    TEST_CASE("every template is read in every direction, and many threads get the same page") {
        auto const pages =
            Pages::load(pages_folder(), {{"en", false}, {"ar", true}}, english, "/assets/style.css?v=1");
        REQUIRE_MESSAGE(pages, pages.error().sentence());
        auto const all = pages->load_all();
        CHECK_MESSAGE(all, all.error().sentence());
        CHECK(pages->speaks("ar"));
        CHECK(!pages->speaks("fr"));
        CHECK(pages->texts().size() > 50);
        Page page;
        for (int i = 0; i != 20; ++i) page.add("HITS").set("HIT_TITLE", "Basket " + std::to_string(i));
        page.show("HAS_HITS");
        std::string const expected = pages->render("search", "ar", page);
        CHECK(has(expected, "dir=\"rtl\""));
        CHECK(has(expected, "Basket 19"));
        std::vector<int> wrong(4, 0);
        {
            std::vector<std::jthread> threads;
            for (int& count : wrong)
                threads.emplace_back([&] {
                    for (int i = 0; i != 100; ++i) count += pages->render("search", "ar", page) != expected;
                });
        }
        CHECK(wrong == std::vector<int>(4, 0));
    }
    TEST_CASE("the style sheet has an address of its own content, kept for a year only under that address") {
        auto const found = assets(pages_folder());
        REQUIRE(found);
        CHECK(found->style_url.starts_with("/assets/style.css?v="));
        auto const style = std::ranges::find(found->routes, "/assets/style.css", &net::Route::pattern);
        REQUIRE(style != found->routes.end());
        net::Request request;
        request.query = {{"v", found->style_url.substr(20)}};
        net::Response const named = style->handler(request);
        CHECK(named.cache_seconds == 365 * 24 * 3600);
        CHECK(named.asset->type == "text/css; charset=utf-8");
        CHECK(!has(named.asset->plain, "/*"));
        CHECK(named.asset->brotli.size() < 7000);
        found->polish();
        CHECK(style->handler(request).asset->brotli.size() < named.asset->brotli.size());
        CHECK(style->handler(request).asset->etag == named.asset->etag);
        request.query = {{"v", "0"}};
        CHECK(style->handler(request).cache_seconds == 3600);
        CHECK(!assets("/nowhere"));
    }
}
