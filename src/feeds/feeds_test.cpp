#include "feeds/feeds.h"
#include "feeds/table.h"
#include "feeds/values.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <map>

namespace {

using namespace allroads;
using namespace allroads::feeds;

Defaults defaults(std::string_view currency = "USD", std::string language = "en") {
    return {*Currency::parse(currency), std::move(language), *Country::parse("KE"), unit::piece};
}

Import import(Kind kind, std::vector<std::string_view> texts, Defaults const& given = defaults()) {
    std::vector<File> files;
    for (auto const text : texts) files.push_back({"file" + std::to_string(files.size() + 1), text});
    auto read_ones = feeds::read(kind, files, given);
    REQUIRE_MESSAGE(read_ones, (read_ones ? std::string() : read_ones.error().sentence()));
    return std::move(*read_ones);
}
std::string refusal(std::string_view text, Kind kind = Kind::detect) {
    std::vector<File> const files = {{"f.csv", text}};
    auto const done = feeds::read(kind, files, defaults());
    return done ? "accepted" : done.error().sentence();
}
bool has(Import const& import, Severity severity, std::uint32_t row, std::string_view column,
         std::string_view code) {
    return std::ranges::any_of(import.report, [&](Finding const& f) {
        return f.severity == severity && f.row == row && f.column == column && f.code == code;
    });
}
std::string listed(Import const& import) {
    std::string out;
    for (Finding const& f : import.report)
        out += std::string(text_of(f.severity)) + " " + std::to_string(f.row) + " " + f.column + " " +
               std::string(f.code) + ": " + f.message + "\n";
    return out;
}
std::vector<Outgoing> outgoing(Import const& import) {
    std::vector<Outgoing> out;
    for (Item const& item : import.items) out.push_back({&item.product, &item.aside});
    return out;
}
Written written(Kind kind, std::vector<Outgoing> const& products, Defaults const& given = defaults()) {
    auto done = feeds::write(kind, products, {given, "Kisumu Baskets", "https://hub.example/s/kisumu"});
    REQUIRE_MESSAGE(done, (done ? std::string() : done.error().sentence()));
    return std::move(*done);
}

// A table as rows of (column, cell), filled cells only.
using Cells = std::vector<std::multimap<std::string, std::string>>;
std::size_t any_score(std::span<std::string_view const> header) { return header.size(); }
Cells cells_of(std::string_view csv) {
    auto const table = read_csv({"t", csv}, any_score);
    REQUIRE_MESSAGE(table, (table ? std::string() : table.error().sentence()));
    Cells out;
    for (auto const& row : table->rows) {
        auto& cells = out.emplace_back();
        for (std::size_t at = 0; at < row.cells.size(); ++at)
            if (!row.cells[at].empty()) cells.emplace((*table->columns)[at], row.cells[at]);
    }
    return out;
}

// ---- CSV --------------------------------------------------------------------------------------------------

TEST_CASE("csv: quotes, line ends and delimiters within fields") {
    Cells const cells = cells_of("a,b,c\r\n\"x, \"\"y\"\"\",\"two\nlines\",\r\n\n1,2,3");
    REQUIRE(cells.size() == 2);
    CHECK(cells[0].find("a")->second == "x, \"y\"");
    CHECK(cells[0].find("b")->second == "two\nlines");
    CHECK(cells[1].find("c")->second == "3");
}

TEST_CASE("csv: what is not strict is refused with its place") {
    auto const refused = [](std::string_view csv) {
        auto const table = read_csv({"t.csv", csv}, any_score);
        return table ? "accepted" : table.error().sentence();
    };
    CHECK(refused("a,b\n1,\"2") ==
          "bad-file: t.csv, row 2, column 2: a quote is opened here and never closed: was the "
          "file cut?");
    CHECK(refused("a,b\n1,\"2\"x\n").starts_with("bad-file: t.csv, row 2, column 2: something follows"));
    CHECK(refused("a,b\n1,2\"x\n").starts_with("bad-file: t.csv, row 2, column 2: a quote stands inside"));
    CHECK(refused("a,b\n1,2,3\n").starts_with("bad-file: t.csv, row 2, column 3: the row has more fields"));
    CHECK(refused(std::string_view("a,b\n1,\0\n", 8))
              .starts_with("bad-file: t.csv, row 2: the file holds a NUL"));
    CHECK(refused("a,b\n1," + std::string(cell_bytes_max + 1, 'x'))
              .starts_with("too-long: t.csv, row 2, column 2"));
    CHECK(refused("a,b\n1,\"" + std::string(cell_bytes_max + 1, 'x') + "\"")
              .starts_with("too-long: t.csv, row 2"));
    CHECK(refused("a,b\n" + std::string(10'000'000, ',')).starts_with("too-long: t.csv, row 2, column 1001"));
    CHECK(refused("").starts_with("bad-file: t.csv: the file is empty"));
    CHECK(refused(std::string(file_bytes_max + 1, 'x')).starts_with("too-long: t.csv: a file has at most"));
}

TEST_CASE("csv: encodings") {
    auto const text = [](std::string_view bytes) {
        auto const done = decoded(bytes, "t");
        return done ? done->text : done.error().sentence();
    };
    CHECK(text("\xEF\xBB\xBFh\xC3\xA9") == "hé");
    CHECK(text(std::string_view("\xFF\xFEh\0\xE9\0", 6)) == "hé");
    CHECK(text(std::string_view("\xFE\xFF\0h\0\xE9", 6)) == "hé");
    CHECK(text(std::string_view("a\0,\0b\0", 6)) == "a,b");
    CHECK(text(std::string_view("\xFF\xFE=\xD8\x00\xDE", 6)) == "😀");
    CHECK(text("caf\xE9 \x80") == "café €");
    CHECK(decoded("caf\xE9", "t")->was_windows_1252);
    CHECK(text(std::string_view("\xFF\xFEh", 3)).starts_with("bad-file: t: UTF-16 with an odd"));
    CHECK(text(std::string_view("\xFF\xFE\x00\xDE", 4)).starts_with("bad-file: t: half a character"));
}

TEST_CASE("csv: text that a spreadsheet would run gets an apostrophe, and loses it again") {
    CHECK(guarded("=1+1") == "'=1+1");
    CHECK(guarded("@SUM(A1)") == "'@SUM(A1)");
    CHECK(guarded("-5") == "-5");
    CHECK(guarded("+254 700") == "'+254 700");
    CHECK(guarded("-5+cmd|' /C calc'!A0") == "'-5+cmd|' /C calc'!A0");
    CHECK(guarded("'=x") == "''=x");
    CHECK(guarded("'n Hemp") == "'n Hemp");
    CHECK(unguarded("'n Hemp") == "'n Hemp");
    CHECK(rc::check("what is written is read back", [] {
        auto const length = *rc::gen::inRange(0, 8);
        auto const text = *rc::gen::container<std::string>(
            static_cast<std::size_t>(length), rc::gen::elementOf(std::string("'=+-@\t\r\n,;\"a1. ")));
        RC_ASSERT(std::string(unguarded(guarded(text))) == text);
        Grid const grid{{"x", "y"}, {{text, "end"}}};
        for (char const delimiter : {',', ';', '\t'}) {
            std::string const csv = csv_of(grid, delimiter, true);
            std::deque<std::string> owned;
            CsvReader reader(std::string_view(csv).substr(3), delimiter, "", owned);
            std::vector<std::string_view> cells;
            RC_ASSERT(reader.next(cells).value());
            RC_ASSERT(reader.next(cells).value());
            RC_ASSERT(cells.size() == 2);
            RC_ASSERT(std::string(unguarded(cells[0])) == text);
        }
    }));
}

// ---- values -----------------------------------------------------------------------------------------------

TEST_CASE("numbers of many countries; what can be read two ways is refused") {
    auto const number = [](std::string_view text, char point) {
        auto const read_one = read_number(text, point);
        return read_one ? read_one->text() : std::string(facts_of(read_one.error().code()).name);
    };
    CHECK(number("12.50", '.') == "12.50");
    CHECK(number("12,50", '.') == "12.50");
    CHECK(number("1.234,50", '.') == "1234.50");
    CHECK(number("1,234.50", ',') == "1234.50");
    CHECK(number("12,34,567.5", '.') == "1234567.5");
    CHECK(number("1 234 567", '.') == "1234567");
    CHECK(number("1'234.5", '.') == "1234.5");
    CHECK(number("١٢٫٥٠", '.') == "12.50");
    CHECK(number("1.234", '.') == "1.234");
    CHECK(number("1,234", ',') == "1.234");
    CHECK(number("1.234", ',') == "amount-not-decimal");
    CHECK(number("1,234", '.') == "amount-not-decimal");
    CHECK(number("1.234", '\0') == "amount-not-decimal");
    CHECK(number("0,125", '.') == "0.125");
    CHECK(number("12345.678", ',') == "12345.678");
    CHECK(number("1.234.567", '.') == "1234567");
    CHECK(number("-3", '.') == "-3");
    CHECK(number(".5", '.') == "0.5");
    for (std::string_view const bad :
         {"", "-", "1.", "1,23,45", "1.2.3", "1,2.3,4", "1e5", "12 USD", "1 2", "--1"})
        CHECK_MESSAGE(number(bad, '.') == "amount-not-decimal", bad);
}

TEST_CASE("weights are exact, and rounded to whole grams only at the end") {
    auto const grams = [](std::string_view text) {
        auto const read_one = read_weight(text, '.');
        return read_one ? std::to_string(read_one->grams) + (read_one->is_exact ? "" : " about")
                        : std::string(facts_of(read_one.error().code()).name);
    };
    CHECK(grams("1.25 kg") == "1250");
    CHECK(grams("420 g") == "420");
    CHECK(grams("1 lb") == "454 about");
    CHECK(grams("100000 lb") == "45359237");
    CHECK(grams("16 oz") == "454 about");
    CHECK(grams("2 lbs") == "907 about");
    CHECK(grams("3 m") == "bad-unit");
    CHECK(grams("-1 kg") == "bad-quantity");
    CHECK(grams("x kg") == "amount-not-decimal");
    CHECK(weight_unit("كجم").value() == Unit::parse("kg").value());
}

TEST_CASE("numbers as Excel stores them are read as it shows them") {
    CHECK(shown_number("19.989999999999998") == "19.99");
    CHECK(shown_number("0.1") == "0.1");
    CHECK(shown_number("0.30000000000000004") == "0.3");
    CHECK(shown_number("1.2E-3") == "0.0012");
    CHECK(shown_number("1E5") == "100000");
    CHECK(shown_number("9.9999999999999995E+2") == "1000");
    CHECK(shown_number("-2.5") == "-2.5");
    CHECK(shown_number("0") == "0");
    CHECK(shown_number("46021900") == "46021900");
    CHECK(!shown_number("1E999"));
    CHECK(!shown_number("abc"));
}

TEST_CASE("html becomes paragraphs") {
    CHECK(text_from_html("<p>Woven by <b>hand</b>.</p><p>Sisal &amp; leather</p>") ==
          "Woven by hand.\n\nSisal & leather");
    CHECK(text_from_html("a<br>b<br/><br/>c") == "a\nb\n\nc");
    CHECK(text_from_html("<ul><li>one</li><li>two</li></ul>") == "- one\n- two");
    CHECK(text_from_html("<script>alert('<p>x</p>')</script>safe<style>p{}</style>") == "safe");
    CHECK(text_from_html("<!-- hidden --><div>seen</div>") == "seen");
    CHECK(text_from_html("&#x41;&#66;&eacute;&nbsp;&hellip;&unknown; &#0;") == "ABé …&unknown; \xEF\xBF\xBD");
    CHECK(text_from_html("5 < 6 and 7 > 3") == "5 < 6 and 7 > 3");
    CHECK(text_from_html("<a href=\"x>y\">link</a>") == "link");
    CHECK(text_from_html("open <b never closed") == "open");
    CHECK(text_from_html("<script>never closed") == "");
    CHECK(text_from_html("plain\r\n\r\n\r\ntext\x01") == "plain\n\ntext");
    CHECK(html_from_text("a < b\nc\n\nd") == "<p>a &lt; b<br>c</p><p>d</p>");
    CHECK(text_from_html(html_from_text("a < b\nc\n\nd & e")) == "a < b\nc\n\nd & e");
}

TEST_CASE("words of a cell") {
    CHECK(rc::check("what is joined is parted again", [] {
        auto const words = *rc::gen::container<std::vector<std::string>>(
            rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab; \\\nn")))));
        RC_ASSERT(parted(joined(words)) == words);
    }));
    CHECK(parted("cotton;sisal ;  ; wool") == std::vector<std::string>{"cotton", "sisal", "wool"});
}

// ---- our own ----------------------------------------------------------------------------------------------

std::string gen_text(int most) {
    auto const pieces =
        *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
            "Kiondo", " ",    "=1+1", "\"", ",",  ";",  "\n", "\r\n", "<b>", "&amp;", "_x000D_",
            "मेज़",     "篮子", "سلة",  "'",  "@x", "\t", "😀", "\\n",  "+",   "x_"}));
    std::string out;
    for (auto const& piece : pieces)
        if (out.size() + piece.size() <= static_cast<std::size_t>(most)) out += piece;
    return out;
}
shop::Product gen_product(std::size_t number) {
    auto const whole = [](std::int64_t most) { return *rc::gen::inRange<std::int64_t>(0, most); };
    auto const maybe = [] { return *rc::gen::arbitrary<bool>(); };
    Currency const currency = *Currency::parse(*rc::gen::element("USD", "JPY", "KWD"));
    shop::Product p{.texts = {},
                    .tiers = {},
                    .unit = *Unit::parse(*rc::gen::element("piece", "kg", "pair", "m")),
                    .origin = *Country::parse(*rc::gen::element("KE", "VN", "GT")),
                    .ships_from = *Country::parse(*rc::gen::element("KE", "DE"))};
    if (maybe()) p.sku = gen_text(20) + std::to_string(number);
    p.texts.push_back({"sw", "Kiondo" + gen_text(280), gen_text(900)});
    for (std::string const language : {"en", "zh-hant"})
        if (maybe()) p.texts.push_back({language, gen_text(300), gen_text(900)});
    if (maybe()) p.category = "baskets";
    Decimal from = Decimal::of(whole(500) + 1, 2);
    for (auto left = whole(4); left > 0; --left) {
        p.tiers.push_back({from.stripped(), Money(whole(100'000), currency)});
        from = *sum(from, Decimal::of(whole(5'000) + 1, 2));
    }
    p.supply = static_cast<shop::Supply>(whole(3));
    if (maybe() || p.supply == shop::Supply::counted) p.stock = Decimal::of(whole(100'000), 1).stripped();
    p.lead_days = static_cast<std::int32_t>(whole(1'000));
    if (maybe()) {
        p.hs = *GoodsCode::parse(*rc::gen::element("460219", "0901110000", "010121"));
        p.hs_permille = static_cast<std::int32_t>(whole(1'001));
        p.hs_by = *rc::gen::element("", "seller", "classifier");
    }
    if (maybe())
        p.dossier = R"({"materials":[{"hs":"530500","text":"sisal, \"raw\""}],"wholly_obtained":true})";
    if (maybe()) p.proofs = {"AGOA", "EU-EBA"};
    p.terms = static_cast<quote::Incoterm>(whole(11));
    p.terms_place = gen_text(60);
    p.net_grams = whole(100'000);
    p.gross_grams = whole(100'000);
    if (maybe())
        p.carton =
            shop::Carton{Decimal::of(whole(400) + 1, 1).stripped(), static_cast<std::int32_t>(whole(2'000)),
                         200, static_cast<std::int32_t>(whole(2)), whole(9'000)};
    if (maybe()) p.materials = {"cotton", "bamboo"};
    if (maybe())
        p.photos = {{std::string(64, 'a'), gen_text(100), 1'200, 800}, {std::string(64, '0'), "", 0, 0}};
    return p;
}

TEST_CASE("own: products become a file and the same products again; a second export is the same bytes") {
    for (Kind const kind : {Kind::own_csv, Kind::own_xlsx}) {
        CHECK(rc::check(std::string(text_of(kind)), [kind] {
            std::vector<shop::Product> products;
            for (std::size_t left = *rc::gen::inRange<std::size_t>(1, 5); left > 0; --left)
                products.push_back(gen_product(left));
            std::vector<Outgoing> first;
            for (auto const& product : products) first.push_back({&product});
            auto const file = written(kind, first).files.at(0).bytes;
            auto const back = import(kind, {file});
            if (back.items.size() != products.size()) RC_FAIL(listed(back));
            for (std::size_t at = 0; at < products.size(); ++at)
                for (std::size_t field = 0; field < field_count; ++field)
                    if (!is_same(products[at], back.items[at].product, static_cast<Field>(field)))
                        RC_FAIL(std::string(text_of(static_cast<Field>(field))));
            RC_ASSERT(written(kind, outgoing(back)).files.at(0).bytes == file);
        }));
    }
}

// Texts that look like what a spreadsheet writes for a control character, alone, one in the other, before a
// real one, and cut short.
constexpr std::array<std::string_view, 9> escape_likes = {"_x000D_",  "a_x000D_b", "_x000D_x000D_",
                                                          "_x000D\r", "__x000d__", "_x005F_x41",
                                                          "_x0000_",  "_xD83D_",   "_x00G0_x1"};

TEST_CASE("own: a text that looks like an escape of a spreadsheet is that text again") {
    shop::Product p{.texts = {{"en", "t", ""}},
                    .tiers = {},
                    .unit = unit::piece,
                    .origin = *Country::parse("KE"),
                    .ships_from = *Country::parse("KE")};
    for (Kind const kind : {Kind::own_csv, Kind::own_xlsx})
        for (std::string_view const text : escape_likes) {
            CAPTURE(text_of(kind));
            CAPTURE(text);
            p.texts[0].title = "Basket " + std::string(text);
            p.texts[0].description = std::string(text);
            p.photos = {{std::string(64, 'a'), std::string(text), 1'200, 800}};
            auto const back = import(kind, {written(kind, {{&p}}).files.at(0).bytes});
            REQUIRE(back.items.size() == 1);
            shop::Product const& again = back.items[0].product;
            REQUIRE(again.texts.size() == 1);
            CHECK(again.texts[0].title == p.texts[0].title);
            CHECK(again.texts[0].description == text);
            REQUIRE(again.photos.size() == 1);
            CHECK(again.photos[0].alt == text);
        }
}

TEST_CASE("own: a code that nobody vouches for does not become one that the seller told") {
    shop::Product p{.texts = {{"en", "Kiondo", ""}},
                    .tiers = {},
                    .unit = unit::piece,
                    .hs = *GoodsCode::parse("460219"),
                    .hs_permille = 0,
                    .hs_by = "",
                    .origin = *Country::parse("KE"),
                    .ships_from = *Country::parse("KE")};
    for (Kind const kind : {Kind::own_csv, Kind::own_xlsx}) {
        CAPTURE(text_of(kind));
        auto const back = import(kind, {written(kind, {{&p}}).files.at(0).bytes});
        REQUIRE(back.items.size() == 1);
        CHECK(back.items[0].product.hs == p.hs);
        CHECK(back.items[0].product.hs_permille == 0);
        CHECK(back.items[0].product.hs_by.empty());
    }
    // By hand, a code with nothing beside it is the seller's word.
    auto const by_hand = import(Kind::own_csv, {"sku,title,unit,origin,hs\n1,Kiondo,piece,KE,460219\n"});
    REQUIRE(by_hand.items.size() == 1);
    CHECK(by_hand.items[0].product.hs_permille == 700);
    CHECK(by_hand.items[0].product.hs_by == "seller");
}

TEST_CASE("xlsx: what a cell cannot hold is refused with its place, never left out") {
    auto const refused = [](Grid const& grid) {
        auto const done = xlsx_of(grid);
        return done ? "accepted" : done.error().sentence();
    };
    CHECK(refused({{"a", "b"}, {{"1", std::string(32'767, 'x')}}}) == "accepted");
    CHECK(refused({{"a", "b"}, {{"1", std::string(32'768, 'x')}}}).starts_with("too-long: b, row 2"));
    CHECK(refused({{"a", "b"}, {{"1", "2"}, {"_x000D_" + std::string(32'760, 'x'), ""}}})
              .starts_with("too-long: a, row 3"));  // the escape of its "_" makes it longer
    CHECK(refused({{"a", std::string(32'768, 'x')}, {}}).starts_with("too-long: xxx"));
    CHECK(refused({{"a", "b"}, {{"\xFF", ""}}}).starts_with("bad-value: a, row 2"));
    CHECK(refused({std::vector<std::string>(16'385, "a"), {}}).starts_with("too-long: a, row 1"));
}

constexpr std::string_view own_file =
    "sku;title;price;currency;unit;origin;Shelf;more_prices\r\n"
    "B-1;Kiondo;4.50;USD;piece;KE;A3;10: 4.10; 100: 3.90\r\n";

TEST_CASE("own: a file written by hand; columns we do not know come back") {
    std::string file(own_file);
    file.replace(file.find("10: 4.10; 100"), 19, "\"10: 4.10; 100: 3.90\"");
    auto const read_once = import(Kind::detect, {file});
    CHECK(read_once.kind == Kind::own_csv);
    REQUIRE(read_once.items.size() == 1);
    CHECK(read_once.items[0].product.tiers.size() == 3);
    CHECK(read_once.columns_aside == std::vector<std::string>{"Shelf"});
    CHECK(has(read_once, Severity::note, 0, "Shelf", "column-kept-aside"));
    auto const again = written(Kind::own_csv, outgoing(read_once)).files.at(0).bytes;
    CHECK(again.find("Shelf") != std::string::npos);
    CHECK(again.find("A3") != std::string::npos);
}

TEST_CASE("own: mistakes are refused by row and column") {
    auto const broken = import(Kind::own_csv, {"sku,title:en,price,currency,unit,origin,dossier,supply\n"
                                               "1,A,4.505,USD,piece,KE,,\n"
                                               "2,B,4.50,XXQ,piece,KE,,\n"
                                               "3,C,4.50,USD,lump,KE,,\n"
                                               "4,D,4.50,USD,piece,Atlantis,,\n"
                                               "5,E,4.50,USD,piece,KE,\"{},\"\"hs\"\":\"\"090111\"\"\",\n"
                                               "6,F,4.50,USD,piece,KE,,maybe\n"
                                               "7,G,4.50,USD,piece,KE,,\n"
                                               "7,H,4.50,USD,piece,KE,,\n"});
    CHECK(has(broken, Severity::error, 2, "price", "amount-too-precise"));
    CHECK(has(broken, Severity::error, 3, "currency", "bad-currency"));
    CHECK(has(broken, Severity::error, 4, "unit", "bad-unit"));
    CHECK(has(broken, Severity::error, 5, "origin", "bad-country"));
    CHECK(has(broken, Severity::error, 6, "dossier", "bad-json"));
    CHECK(has(broken, Severity::error, 7, "supply", "bad-value"));
    CHECK(has(broken, Severity::error, 9, "sku", "conflict"));
    CHECK(broken.items.size() == 1);
    CHECK(broken.counts.refused == 7);
    CHECK(broken.unread.size() >= 6);
    CHECK(refusal("sku,title,title,price\n").find("stands twice") != std::string::npos);
}

// ---- Shopify ----------------------------------------------------------------------------------------------

constexpr std::string_view shopify_old =
    "Handle,Title,Body (HTML),Vendor,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 "
    "Value,Variant "
    "SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Variant Compare At "
    "Price,Image "
    "Src,Image Position,Image Alt Text,Variant Image,Cost per item,Color "
    "(product.metafields.shopify.color-pattern)\n"
    "kiondo,Kiondo basket,\"<p>Woven <b>sisal</b>.</p>\",Kisumu Weavers,\"bag, "
    "sisal\",TRUE,Color,Red,Size,L,K-RED-L,"
    "420,shopify,7,24.00,30.00,https://cdn.example/1.jpg,1,Red basket,https://cdn.example/red.jpg,9.50,red\n"
    "kiondo,,,,,,,Blue,,M,,380,,,22.5,,,,,,,\n"
    "kiondo,,,,,,,,,,,,,,,,https://cdn.example/2.jpg,2,,,,\n"
    "mat,Sleeping mat,Plain text,Kisumu Weavers,,TRUE,Title,Default "
    "Title,,,MAT,1500,shopify,-2,18.00,,,,,,,\n";
constexpr std::string_view shopify_stock =
    "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,SKU,HS "
    "Code,COO,Location,Bin name,Available (not editable),On hand (current),On hand (new)\n"
    "kiondo,Kiondo basket,Color,Red,Size,L,,,K-RED-L,4602.19,KE,Kisumu,A1,5,6,\n"
    "kiondo,Kiondo basket,Color,Red,Size,L,,,K-RED-L,4602.19,KE,Nairobi,,3,3,\n"
    "kiondo,Kiondo basket,Color,Blue,Size,M,,,,460219,KE,Kisumu,,not stocked,,\n"
    "gone,Gone,Title,Default Title,,,,,X-1,460219,KE,Kisumu,,1,1,\n";

TEST_CASE("shopify: variants, photos and the inventory beside them") {
    auto const shop_files = import(Kind::detect, {shopify_stock, shopify_old});
    INFO(listed(shop_files));
    CHECK(shop_files.kind == Kind::shopify);
    REQUIRE(shop_files.items.size() == 3);
    auto const& red = shop_files.items[0].product;
    CHECK(red.sku == "K-RED-L");
    CHECK(red.texts[0].title == "Kiondo basket – Red / L");
    CHECK(red.texts[0].description == "Woven sisal.");
    CHECK(red.tiers[0].price.text() == "24.00");
    CHECK(red.gross_grams == 420);
    CHECK(red.hs->text() == "460219");
    CHECK(red.hs_by == "seller");
    CHECK(red.stock == Decimal(8));
    auto const& blue = shop_files.items[1].product;
    CHECK(blue.sku == "kiondo/Blue/M");
    CHECK(blue.tiers[0].price.text() == "22.50");
    CHECK(blue.supply == shop::Supply::unlimited);
    CHECK(blue.hs->text() == "460219");
    CHECK(shop_files.items[2].product.texts[0].title == "Sleeping mat");
    CHECK(shop_files.items[2].product.stock == Decimal(0));
    CHECK(has(shop_files, Severity::warning, 5, "Variant Inventory Qty", "stock-below-zero"));
    CHECK(has(shop_files, Severity::warning, 5, "", "inventory-without-product"));
    CHECK(has(shop_files, Severity::note, 0, "Vendor", "column-kept-aside"));
    std::vector<std::pair<std::size_t, std::string>> photos;
    for (auto const& photo : shop_files.photos) photos.emplace_back(photo.item, photo.url);
    CHECK(photos == std::vector<std::pair<std::size_t, std::string>>{{0, "https://cdn.example/red.jpg"},
                                                                     {0, "https://cdn.example/1.jpg"},
                                                                     {0, "https://cdn.example/2.jpg"},
                                                                     {1, "https://cdn.example/1.jpg"},
                                                                     {1, "https://cdn.example/2.jpg"}});
}

TEST_CASE("shopify: what was read comes back cell by cell, and only what changed is written anew") {
    auto shop_files = import(Kind::shopify, {shopify_old, shopify_stock});
    auto const same = written(Kind::shopify, outgoing(shop_files));
    REQUIRE(same.files.size() == 2);
    CHECK(cells_of(same.files[0].bytes) == cells_of(shopify_old));
    auto stock = cells_of(shopify_stock);
    stock.pop_back();  // the one without a product stays among the unread
    CHECK(cells_of(same.files[1].bytes) == stock);
    REQUIRE(shop_files.unread.size() == 1);

    shop_files.items[1].product.tiers[0].price = Money(2'300, currency::USD);
    auto expected = cells_of(shopify_old);
    expected[1].find("Variant Price")->second = "23.00";
    CHECK(cells_of(written(Kind::shopify, outgoing(shop_files)).files[0].bytes) == expected);

    // Without its first variant the handle still has its title.
    auto rest = outgoing(shop_files);
    rest.erase(rest.begin());
    auto const orphan = cells_of(written(Kind::shopify, rest).files[0].bytes);
    CHECK(orphan[0].find("Title")->second == "Kiondo basket");
}

TEST_CASE("shopify: an aside survives being stored as text") {
    auto const shop_files = import(Kind::shopify, {shopify_old, shopify_stock});
    std::vector<Aside> asides;
    for (Item const& item : shop_files.items) {
        auto aside = parse_aside(document_of(item.aside), defaults());
        REQUIRE_MESSAGE(aside, (aside ? std::string() : aside.error().sentence()));
        asides.push_back(std::move(*aside));
    }
    std::vector<Outgoing> products;
    for (std::size_t at = 0; at < asides.size(); ++at)
        products.push_back({&shop_files.items[at].product, &asides[at]});
    CHECK(cells_of(written(Kind::shopify, products).files[0].bytes) == cells_of(shopify_old));
    CHECK(!parse_aside("{\"kind\":\"shopify\",\"own\":7}", defaults()));
    CHECK(!parse_aside("{\"rows\":[{\"cells\":[[\"a\"]]}]}", defaults()));
}

TEST_CASE("shopify: today's names, a European spreadsheet, gift cards, prices that are too precise") {
    auto const today =
        import(Kind::detect, {"Title;URL handle;SKU;Option1 value;Price;Weight value (grams);Gift card\n"
                              "Mat;mat;M1;;18,50;1500;FALSE\n"
                              "Card;card;G1;;10,00;;TRUE\n"
                              "Cup;cup;C1;;10,005;;\n"
                              "Pot;pot;P1;;abc;;\n"});
    INFO(listed(today));
    CHECK(today.kind == Kind::shopify);
    REQUIRE(today.items.size() == 1);
    CHECK(today.items[0].product.tiers[0].price.text() == "18.50");
    CHECK(has(today, Severity::error, 3, "Gift card", "bad-value"));
    CHECK(has(today, Severity::error, 4, "Price", "amount-too-precise"));
    CHECK(has(today, Severity::error, 5, "Price", "amount-not-decimal"));
    CHECK(refusal(shopify_stock).find("an inventory file has no prices") != std::string::npos);
}

TEST_CASE("fresh products in every kind are read again with what the kind can say") {
    auto const made =
        import(Kind::own_csv, {"sku,title:en,description:en,price,currency,unit,origin,ships_from,hs,"
                               "gross_grams,supply,stock\n"
                               "=K1,Kiondo <L>,\"Sisal & leather\n\nby hand\",24.00,USD,piece,KE,KE,460219,"
                               "420,counted,7\n"});
    std::vector<std::string> const pictures = {"https://hub.example/p/1.jpg", "https://hub.example/p/2.jpg"};
    std::vector<Outgoing> const products = {
        {&made.items[0].product, nullptr, "https://hub.example/p/1", pictures}};
    for (Kind const kind : {Kind::shopify, Kind::woocommerce, Kind::merchant_xml, Kind::merchant_tsv}) {
        INFO(text_of(kind));
        auto const files = written(kind, products).files;
        std::vector<std::string_view> texts;
        for (auto const& file : files) texts.push_back(file.bytes);
        auto const back = import(Kind::detect, texts);
        INFO(listed(back));
        CHECK(back.kind == kind);
        REQUIRE(back.items.size() == 1);
        auto const& p = back.items[0].product;
        for (Field const field : {Field::sku, Field::texts, Field::tiers, Field::gross_grams, Field::origin})
            CHECK_MESSAGE(is_same(p, made.items[0].product, field), text_of(field));
        bool const is_merchant = kind == Kind::merchant_xml || kind == Kind::merchant_tsv;
        if (!is_merchant) CHECK(p.hs == made.items[0].product.hs);
        if (!is_merchant) CHECK(p.stock == made.items[0].product.stock);
        CHECK(back.photos.size() == 2);
        for (auto const& file : files) CHECK(file.bytes.find("\n=K1") == std::string::npos);
    }
    auto const report = written(Kind::merchant_xml, products).report;
    REQUIRE(report.size() == 1);
    CHECK(report[0].message.find("hs") != std::string::npos);
}

// ---- WooCommerce ------------------------------------------------------------------------------------------

constexpr std::string_view woo_german =
    "ID,Typ,Artikelnummer,Name,Veröffentlicht,\"Ist "
    "hervorgehoben?\",Kurzbeschreibung,Beschreibung,Vorrätig?,Bestand,"
    "Gewicht (kg),Angebotspreis,\"Regulärer Preis\",Kategorien,Bilder,\"Übergeordnetes Produkt\",\"Attribut "
    "1 "
    "Name\",\"Attribut 1 Wert(e)\",\"Meta: _hs_code\"\n"
    "10,variable,KORB,Korb,1,0,kurz,\"<p>Aus Sisal.</p>\\n<p>Von "
    "Hand</p>\",1,,\"0,42\",,,Körbe,\"https://e.example/1.jpg, "
    "https://e.example/2.jpg\",,Farbe,\"rot, blau\",46021990\n"
    "11,variation,KORB-R,,1,0,,,1,5,,\"20,00\",\"24,00\",,,KORB,Farbe,rot,\n"
    "12,variation,,Korb blau groß,1,0,,,0,,\"0,38\",,\"22,50\",,,id:10,Farbe,blau,\n"
    "13,grouped,SET,Satz,1,0,,,1,,,,,,,,,,\n"
    "14,simple,MATTE,Matte,-1,1,,,1,,\"1,234\",,\"1.234,50\",,,,,,\n";

TEST_CASE("woocommerce: German headers, decimal commas, variations") {
    auto const shop_file = import(Kind::detect, {woo_german}, defaults("EUR", "de"));
    INFO(listed(shop_file));
    CHECK(shop_file.kind == Kind::woocommerce);
    REQUIRE(shop_file.items.size() == 3);
    auto const& red = shop_file.items[0].product;
    CHECK(red.sku == "KORB-R");
    CHECK(red.texts[0].title == "Korb – rot");
    CHECK(red.texts[0].language == "de");
    CHECK(red.texts[0].description == "Aus Sisal.\n\nVon Hand");
    CHECK(red.tiers[0].price.text() == "24.00");
    CHECK(red.gross_grams == 420);
    CHECK(red.stock == Decimal(5));
    CHECK(red.hs->text() == "46021990");
    CHECK(has(shop_file, Severity::warning, 3, "Angebotspreis", "sale-price-not-used"));
    auto const& blue = shop_file.items[1].product;
    CHECK(blue.sku == "woo-12");
    CHECK(blue.texts[0].title == "Korb blau groß");
    CHECK(blue.stock == Decimal(0));
    CHECK(shop_file.items[2].product.tiers[0].price.text() == "1234.50");
    CHECK(shop_file.items[2].product.gross_grams == 1'234);
    CHECK(has(shop_file, Severity::warning, 5, "Typ", "no-goods"));
    CHECK(shop_file.photos.size() == 4);

    auto expected = cells_of(woo_german);
    expected.erase(expected.begin() + 3);
    CHECK(cells_of(written(Kind::woocommerce, outgoing(shop_file), defaults("EUR", "de")).files[0].bytes) ==
          expected);
    auto changed = shop_file;
    changed.items[0].product.tiers[0].price = Money(2'550, currency::EUR);
    changed.items[2].product.gross_grams = 2'000;
    expected[1].find("Regulärer Preis")->second = "25,50";
    expected[3].find("Gewicht (kg)")->second = "2";
    CHECK(cells_of(written(Kind::woocommerce, outgoing(changed), defaults("EUR", "de")).files[0].bytes) ==
          expected);
}

TEST_CASE("woocommerce: headers of every language find name and price") {
    std::map<std::string, std::string_view> const files = {
        {"en", "Type,SKU,Name,Regular price,Weight (lbs),Country of origin\nsimple,A,Basket,12.50,1,Kenya\n"},
        {"fr",
         "Type,UGS,Nom,Tarif régulier,Poids (kg),Pays d’origine\nsimple,A,Panier,\"12,50\",\"0,42\",KE\n"},
        {"es", "Tipo,SKU,Nombre,Precio normal,Peso (kg)\nsimple,A,Cesta,\"12,50\",\"0,42\"\n"},
        {"pt", "Tipo;SKU;Nome;Preço;Peso (kg)\nsimple;A;Cesto;12,50;0,42\n"},
        {"ar", "النوع,رمز المنتج,الاسم,السعر العادي,الوزن (كجم)\nsimple,A,سلة,12.50,0.42\n"},
        {"de", "Typ,Artikelnummer,Name,Regulärer Preis,Gewicht (g)\nsimple,A,Korb,\"12,50\",420\n"},
        {"id", "Tipe,SKU,Nama,Harga reguler,Berat (kg)\nsimple,A,Keranjang,\"12,50\",\"0,42\"\n"},
        {"vi", "Loại,Mã sản phẩm,Tên,Giá bán thường,Cân nặng (kg)\nsimple,A,Giỏ,\"12,50\",\"0,42\"\n"},
        {"zh", "类型,SKU,名称,常规价格,重量 (千克)\nsimple,A,篮子,12.50,0.42\n"},
        {"hi", "प्रकार,SKU,नाम,नियमित मूल्य,वजन (किग्रा)\nsimple,A,टोकरी,12.50,0.42\n"},
        {"sw", "Aina,SKU,Jina,Bei ya kawaida,Uzito (kg)\nsimple,A,Kikapu,12.50,0.42\n"}};
    for (auto const& [language, file] : files) {
        INFO(language);
        auto const one = import(Kind::detect, {file});
        INFO(listed(one));
        CHECK(one.kind == Kind::woocommerce);
        REQUIRE(one.items.size() == 1);
        CHECK(one.items[0].product.tiers.at(0).price.text() == "12.50");
        CHECK(one.items[0].product.gross_grams == (language == "en" ? 454 : 420));
        CHECK(one.items[0].product.sku == "A");
    }
}

TEST_CASE("woocommerce: a thousand or a decimal is never guessed") {
    auto const doubtful =
        import(Kind::woocommerce, {"Type,SKU,Name,Regular price\nsimple,A,Basket,\"1,234\"\n"});
    CHECK(doubtful.items.empty());
    CHECK(has(doubtful, Severity::error, 2, "Regular price", "amount-not-decimal"));
    auto const german =
        import(Kind::woocommerce, {"Typ,Artikelnummer,Name,Regulärer Preis\nsimple,A,Korb,1.234\n"});
    CHECK(german.items.empty());
}

// ---- Google Merchant --------------------------------------------------------------------------------------

constexpr std::string_view rss =
    "<?xml version=\"1.0\"?>\n<rss version=\"2.0\" xmlns:g=\"http://base.google.com/ns/1.0\" "
    "xmlns:c=\"http://base.google.com/cns/1.0\"><channel><title>Shop</title>\n"
    "<item><g:id>K1</g:id><title>Kiondo</title><description><![CDATA[<p>Sisal &amp; "
    "leather</p>]]></description>"
    "<link>https://s.example/k1</link><g:image_link>https://s.example/1.jpg</g:image_link>"
    "<g:additional_image_link>https://s.example/2.jpg</g:additional_image_link>"
    "<g:additional_image_link>https://s.example/3,4.jpg</g:additional_image_link>"
    "<g:availability>in stock</g:availability><g:price>24.00 USD</g:price><g:sale_price>20.00 "
    "USD</g:sale_price>"
    "<g:shipping_weight>0.42 kg</g:shipping_weight><g:brand>Kisumu</g:brand>"
    "<g:shipping><g:country>DE</g:country><g:price>6.00 USD</g:price></g:shipping>"
    "<g:shipping><g:country>FR</g:country><g:price>7.00 USD</g:price></g:shipping><c:stall>A &lt; "
    "3</c:stall></item>\n"
    "<item><g:id>K2</g:id><g:title>Mat</g:title><g:price>JPY 2500</g:price>"
    "<g:availability>out_of_stock</g:availability></item>\n"
    "<item><g:id>K3</g:id><g:title>Cup</g:title><g:price>24.005 USD</g:price></item></channel></rss>";

TEST_CASE("merchant: a feed, and the feed again") {
    auto const feed = import(Kind::detect, {rss});
    INFO(listed(feed));
    CHECK(feed.kind == Kind::merchant_xml);
    REQUIRE(feed.items.size() == 2);
    auto const& basket = feed.items[0].product;
    CHECK(basket.sku == "K1");
    CHECK(basket.texts[0].description == "Sisal & leather");
    CHECK(basket.tiers[0].price.text() == "24.00");
    CHECK(basket.gross_grams == 420);
    CHECK(basket.supply == shop::Supply::unlimited);
    CHECK(feed.items[1].product.tiers[0].price.currency().text() == "JPY");
    CHECK(feed.items[1].product.stock == Decimal(0));
    CHECK(has(feed, Severity::error, 3, "g:price", "amount-too-precise"));
    CHECK(has(feed, Severity::warning, 1, "g:sale_price", "sale-price-not-used"));
    CHECK(feed.photos.size() == 3);

    auto const bytes = written(Kind::merchant_xml, outgoing(feed)).files[0].bytes;
    auto const back = import(Kind::detect, {bytes});
    REQUIRE(back.items.size() == 2);
    for (std::size_t at = 0; at < 2; ++at) {
        std::map<std::string, std::string> before, after;
        KeptRow const& a = feed.items[at].aside.rows[0];
        KeptRow const& b = back.items[at].aside.rows[0];
        for (std::size_t i = 0; i < a.cells.size(); ++i)
            if (!a.cells[i].empty()) before[(*a.columns)[i]] = a.cells[i];
        for (std::size_t i = 0; i < b.cells.size(); ++i)
            if (!b.cells[i].empty()) after[(*b.columns)[i]] = b.cells[i];
        CHECK(before == after);
        CHECK((at == 1 || before.at("g:shipping#2{}").find("FR") != std::string::npos));
    }
    CHECK(written(Kind::merchant_xml, outgoing(back)).files[0].bytes == bytes);
}

TEST_CASE("merchant: atom, and a table with tabs") {
    auto const atom = import(
        Kind::detect, {"<feed xmlns='http://www.w3.org/2005/Atom' xmlns:x='http://base.google.com/ns/1.0'>"
                       "<title>Shop</title><entry><x:id>A</x:id><x:title>Mat</x:title>"
                       "<link rel='alternate' href='https://s.example/a'/><x:price>5 USD</x:price>"
                       "</entry></feed>"});
    REQUIRE(atom.items.size() == 1);
    CHECK(atom.items[0].product.sku == "A");
    auto const bytes = written(Kind::merchant_xml, outgoing(atom)).files[0].bytes;
    CHECK(bytes.find("href=\"https://s.example/a\"") != std::string::npos);
    CHECK(bytes.find("<feed xmlns=") != std::string::npos);
    std::string_view const tsv =
        "id\ttitle\timage link\tprice\tgtin\n1\tMat 5\" wide\thttps://s.example/a.jpg\t5.00 EUR\t0123\n";
    auto const table = import(Kind::detect, {tsv});
    CHECK(table.kind == Kind::merchant_tsv);
    REQUIRE(table.items.size() == 1);
    CHECK(table.photos.size() == 1);
    CHECK(cells_of(written(Kind::merchant_tsv, outgoing(table)).files[0].bytes) == cells_of(tsv));
}

// ---- what any source keeps --------------------------------------------------------------------------------

TEST_CASE("an export of an import keeps every cell of the source") {
    CHECK(rc::check("shopify, woocommerce and merchant tables", [] {
        auto const kind = *rc::gen::element(Kind::shopify, Kind::woocommerce, Kind::merchant_tsv);
        Grid grid;
        if (kind == Kind::shopify)
            grid.columns = {"Handle", "Title", "Option1 Value", "Variant Price", "Variant SKU"};
        if (kind == Kind::woocommerce) grid.columns = {"ID", "Type", "Name", "Regular price", "SKU"};
        if (kind == Kind::merchant_tsv) grid.columns = {"id", "title", "link", "price", "gtin"};
        for (auto const& name : *rc::gen::container<std::vector<std::string>>(
                 rc::gen::elementOf(std::vector<std::string>{"Tags", "Vendor", "=odd", "Größe", "Tags"})))
            if (grid.columns.size() < 12) grid.columns.push_back(name);
        for (std::size_t row = *rc::gen::inRange<std::size_t>(1, 6); row > 0; --row) {
            std::string const number = std::to_string(row);
            std::vector<std::string> cells = {"h" + number, "Title " + number, "", number + ".50",
                                              "S" + number};
            if (kind == Kind::woocommerce)
                cells = {number, "simple", "Title " + number, number + ".50", "S" + number};
            while (cells.size() < grid.columns.size()) cells.push_back(gen_text(40));
            grid.rows.push_back(std::move(cells));
        }
        char const delimiter = kind == Kind::merchant_tsv ? '\t' : ',';
        std::string const source = csv_of(grid, delimiter, false);
        auto const read_once = import(kind, {source});
        if (read_once.items.size() != grid.rows.size()) RC_FAIL(listed(read_once));
        RC_ASSERT(cells_of(written(kind, outgoing(read_once)).files[0].bytes) == cells_of(source));
    }));
}

// ---- difference -------------------------------------------------------------------------------------------

TEST_CASE("difference by SKU") {
    auto const before =
        import(Kind::own_csv, {"sku,title:en,price,currency,unit,origin\nA,One,1,USD,piece,KE\nB,Two,2,USD,"
                               "piece,KE\nC,Three,3,USD,piece,KE\n"});
    auto const after =
        import(Kind::own_csv, {"sku,title:en,price,currency,unit,origin\nB,Two,2.50,USD,piece,UG\nC,Three,3,"
                               "USD,piece,KE\nD,Four,4,USD,piece,KE\n,Nameless,4,USD,piece,KE\n"});
    std::vector<shop::Product> existing;
    for (auto const& item : before.items) existing.push_back(item.product);
    auto const found = difference(existing, after.items);
    REQUIRE(found.size() == 5);
    CHECK(found[0].change == Change::changed);
    CHECK(found[0].fields == std::vector<Field>{Field::tiers, Field::origin});
    CHECK(found[1].change == Change::unchanged);
    CHECK(found[2].change == Change::added);
    CHECK(found[3].change == Change::added);
    CHECK(found[4].change == Change::missing);
    CHECK(found[4].sku == "A");
}

// ---- spreadsheets and hostile input -----------------------------------------------------------------------

TEST_CASE("xlsx: damaged, cut and foreign archives are refused") {
    auto const one =
        import(Kind::own_csv, {"sku,title:en,price,currency,unit,origin\nA,One,1,USD,piece,KE\n"});
    std::string const good = written(Kind::own_xlsx, outgoing(one)).files[0].bytes;
    CHECK(import(Kind::detect, {good}).kind == Kind::own_xlsx);
    for (std::size_t const size : {std::size_t{4}, std::size_t{30}, good.size() / 2, good.size() - 400})
        CHECK_MESSAGE(refusal(good.substr(0, size)) != "accepted", size);
    CHECK(refusal("PK\x03\x04 nothing").starts_with("bad-file"));
}

TEST_CASE("xml: entities, document types and depth") {
    CHECK(refusal(
              "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]><rss><channel/></rss>")
              .find("document type") != std::string::npos);
    CHECK(
        refusal("<rss><channel><item><g:id>1</g:id></channel></rss>").starts_with("bad-file: f.csv, line 1"));
    CHECK(refusal("<rss/>").find("expected RSS") != std::string::npos);
    std::string deep = "<rss><channel><item><g:id>1</g:id>";
    for (int at = 0; at < 200'000; ++at) deep += "<a>";
    CHECK(refusal(deep) != "accepted");
    std::string many = "<rss><channel>";
    for (std::size_t at = 0; at < xml_marks_max; ++at) many += "<a/>";
    CHECK(refusal(many).starts_with("too-long"));
    std::string columns = "<rss><channel><item>";
    for (int at = 0; at < 1'100; ++at)
        columns += "<a" + std::to_string(at) + ">x</a" + std::to_string(at) + ">";
    CHECK(refusal(columns + "</item></channel></rss>").starts_with("too-long: f.csv, row 1"));
}

TEST_CASE("files of no kind, of another kind, and too many") {
    CHECK(refusal("colour,size\nred,L\n").find("of no kind that is known") != std::string::npos);
    CHECK(refusal(woo_german, Kind::shopify).find("looks like woocommerce") != std::string::npos);
    CHECK(refusal("\x89PNG\r\n\x1A\n") != "accepted");
    std::vector<File> const many(files_max + 1, File{"f", "x"});
    CHECK(!feeds::read(Kind::detect, many, defaults()));
}

TEST_CASE("a report is bounded, and still counts") {
    std::string file = "sku,title:en,price,currency,unit,origin\n";
    for (std::size_t at = 0; at < findings_max + 500; ++at)
        file += std::to_string(at) + ",A,1.005,USD,piece,KE\n";
    auto const bad = import(Kind::own_csv, {file});
    CHECK(bad.report.size() == findings_max);
    CHECK(bad.counts.errors == findings_max + 500);
    CHECK(bad.counts.refused == findings_max + 500);
}

// ---- pages ------------------------------------------------------------------------------------------------

TEST_CASE("json-ld") {
    auto const one =
        import(Kind::own_csv, {"sku,title:en,price,currency,unit,origin,supply,stock,min_quantity\n"
                               "A,</script><b>,1,USD,piece,KE,counted,0,5\n"});
    std::vector<std::string> const pictures = {"https://hub.example/1.jpg"};
    auto const text = json_ld(one.items[0].product, "en",
                              {.page = "https://hub.example/p/a",
                               .pictures = pictures,
                               .shop_name = "Kisumu & Co",
                               .shipping_details = R"({"@type":"OfferShippingDetails"})"});
    REQUIRE(text);
    CHECK(text->find('<') == std::string::npos);
    CHECK(text->find(R"("name":"\u003c/script\u003e\u003cb\u003e")") != std::string::npos);
    CHECK(text->find(
              R"("price":"1.00","priceCurrency":"USD","availability":"https://schema.org/OutOfStock")") !=
          std::string::npos);
    CHECK(text->find(R"("shippingDetails":{"@type":"OfferShippingDetails"})") != std::string::npos);
    CHECK(
        !json_ld(one.items[0].product, "en", {.page = "https://h.example/", .shipping_details = "{\"a\":"}));
    CHECK(!json_ld(one.items[0].product, "en", {.page = "/p/a"}));
}

TEST_CASE("sitemap: one file, and an index of pages") {
    std::vector<Page> pages = {{"https://hub.example/p/1?a=1&b=2",
                                *Day::of(2026, 3, 1),
                                {{"en", "https://hub.example/p/1"}, {"sw", "https://hub.example/sw/p/1"}}}};
    auto one = sitemap(pages, "https://hub.example/");
    REQUIRE(one);
    REQUIRE(one->size() == 1);
    CHECK(
        (*one)[0].bytes.find("<loc>https://hub.example/p/1?a=1&amp;b=2</loc><lastmod>2026-03-01</lastmod>") !=
        std::string::npos);
    CHECK((*one)[0].bytes.find("hreflang=\"sw\" href=\"https://hub.example/sw/p/1\"") != std::string::npos);
    pages.assign(sitemap_pages_max + 1, {"https://hub.example/p/1"});
    auto two = sitemap(pages, "https://hub.example/");
    REQUIRE(two);
    REQUIRE(two->size() == 3);
    CHECK((*two)[0].name == "sitemap.xml");
    CHECK((*two)[0].bytes.find("<loc>https://hub.example/sitemap-2.xml</loc>") != std::string::npos);
    CHECK(std::ranges::count((*two)[1].bytes, '\n') == static_cast<std::ptrdiff_t>(sitemap_pages_max) + 3);
    pages[0].address = "javascript:alert(1)";
    CHECK(!sitemap(pages, "https://hub.example/"));
}

}  // namespace
