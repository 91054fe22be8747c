#include "books/books.h"

#include <doctest/doctest.h>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace allroads;
using namespace allroads::books;

namespace {

namespace fs = std::filesystem;

// A folder of its own for one test.
struct Folder {
    Folder() {
        auto pattern = (fs::temp_directory_path() / "allroads-origin-XXXXXX").string();
        path = mkdtemp(pattern.data());
    }
    ~Folder() {
        std::error_code none;
        fs::remove_all(path, none);
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    fs::path path;
};

void write(fs::path const& file, std::string_view text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
}

std::string octal(std::size_t number, std::size_t digits) {
    std::string text(digits, '0');
    for (std::size_t i = digits; i-- > 0; number /= 8) text[i] = static_cast<char>('0' + number % 8);
    return text;
}

// One file of a tar archive (POSIX.1-1988, "ustar").
std::string tar_of(std::string_view name, std::string_view text) {
    std::string head(512, '\0');
    head.replace(0, name.size(), name);
    head.replace(100, 7, "0000644");
    head.replace(108, 7, "0000000");
    head.replace(116, 7, "0000000");
    head.replace(124, 11, octal(text.size(), 11));
    head.replace(136, 11, octal(0, 11));
    head.replace(148, 8, "        ");
    head[156] = '0';
    head.replace(257, 5, "ustar");
    head.replace(263, 2, "00");
    std::size_t sum = 0;
    for (char const sign : head) sum += static_cast<unsigned char>(sign);
    head.replace(148, 7, octal(sum, 6) + '\0');
    std::string all = head + std::string(text);
    all.resize((all.size() + 511) / 512 * 512, '\0');
    return all;
}

constexpr std::string_view agreement = R"toml([agreement]
code = "GB-KE"
name = "Economic Partnership Agreement of the United Kingdom and Kenya"
law = "Kenya Origin Reference Document (version 1.2, 16 June 2023)"
url = "https://www.gov.uk/government/collections/uk-kenya-economic-partnership-agreement"
checked_on = "2026-11-25"
confidence = "secondary"
valid_from = "2021-01-01"
valid_to = ""
programs = ["GB:GB-KE"]
rules_from = "uk/kenya"

[[party]]
countries = ["GB"]

[[party]]
countries = ["KE"]
unilateral = false
)toml";

// The sheet that an import of these rule sets and introductory notes writes; a refusal as its words.
std::string imported(std::string_view rule_sets, std::string_view notes = {}) {
    Folder const folder;
    write(folder.path / "books" / "GB-KE.toml", agreement);
    std::string const text = R"({"rule_sets":[)" + std::string(rule_sets) + "]}";
    std::string const end(1024, '\0');
    write(folder.path / "rules.tar", tar_of("lib/roo_schemes_uk/introductory_notes/kenya_intro.md", notes) +
                                         tar_of("lib/roo_schemes_uk/rule_sets/kenya.json", text) + end);
    std::array<fs::path, 1> const folders = {folder.path / "books"};
    auto const reports = import_origin_rules(folder.path / "rules.tar", folders, folder.path / "data");
    if (!reports) return "refused: " + std::string(reports.error().detail());
    std::ifstream sheet(folder.path / "data" / "agreements" / "GB-KE.csv", std::ios::binary);
    return {std::istreambuf_iterator<char>(sheet), {}};
}

bool has(std::string const& text, std::string_view words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("import of origin rules: what goods a row is for tells what its words mean") {
    auto const sheet = imported(
        R"({"heading":"6204","subdivision":"Other","min":"6204000000","max":"6204999999",
            "rules":[{"rule":"Manufacture from fabric.","operator":null,"quota":false,"import":true}]},
           {"heading":"ex 3823","subdivision":"Fatty acids ▸ Industrial fatty alcohols","min":"3823000000",
            "max":"3823999999","rules":[
       {"rule":"Manufacture from materials of any heading, including other materials of heading 3823."}]})");
    CHECK(has(sheet, "6204,,\"not(61-62, 6301-6310)\","));
    CHECK(has(sheet, "3823,Fatty acids ▸ Industrial fatty alcohols,not(382370),"));
}

TEST_CASE("import of origin rules: what holds within a quota, on one way or by derogation asks for it") {
    std::string const rows =
        R"({"heading":"160414","min":"1604140000","max":"1604149999","rules":[
             {"rule":"A change from any other chapter.","quota":true,"import":true,"export":true}]},
           {"heading":"5806","min":"5806000000","max":"5806999999","rules":[
             {"rule":"Weaving.","import":true,"export":true},
             {"rule":"Knitting.","operator":"or","import":false,"export":true}]},
           {"heading":"1301","subdivision":"**(Derogation - see Annex II a)**<br> Lac","min":"1301000000",
            "max":"1301999999","rules":[{"rule":"Manufacture from materials of any heading."}]})";
    auto const sheet = imported(rows);
    CHECK(has(sheet, "160414,,\"(CC) & read \"\"only within an annual quota of the agreement\"\"\","));
    CHECK(has(sheet,
              "5806,,\"process(weaving) | (process(knitting)) & read \"\"only of goods that leave the "
              "United Kingdom\"\"\","));
    CHECK(has(sheet, "1301,,\"(ANY) & read \"\"(Derogation - see Annex II a) Lac\"\"\","));
}

TEST_CASE("import of origin rules: sugar inside of materials counts where the notes say so") {
    std::string const row =
        R"({"heading":"1702","min":"1702000000","max":"1702999999","rules":[{"rule":"Manufacture
        from materials of any heading, provided that the weight of the materials of heading
        1701 used does not exceed 20% of the weight of the product."}]})";
    auto const spaced = [](std::string text) {
        for (char& sign : text) sign = sign == '\n' ? ' ' : sign;
        return text;
    };
    CHECK(has(imported(spaced(row)), "1702,,ANY & weight(1701) 20%,"));
    CHECK(has(imported(spaced(row),
                       "the weight of sugars of headings 1701 and 1702 used in the manufacture of "
                       "the non-originating products incorporated in the final product is taken"),
              "1702,,\"ANY & weight(1701) 20% & (not(04, 08, 13, 16, 1704, 18-23, 33) | read \"\"sugar"));
}

TEST_CASE("import of origin rules: what cannot be read is refused, and nothing is written") {
    CHECK(has(imported("7"), "refused: uk/kenya: a rule set is not an object"));
    CHECK(imported("") == "hs,part,rule,law\n");
}
