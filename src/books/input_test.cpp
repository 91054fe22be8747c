#include "books/json_items.h"
#include "books/pack.h"
#include "books/readers/read_in_test.h"

#include <doctest/doctest.h>

using namespace allroads;
using namespace allroads::books;

namespace {

std::string lines_of(std::string_view bytes, std::size_t limit = 1U << 20) {
    auto input = *Input::from_memory("x", bytes);
    std::string all;
    if (!*input.next_member()) return "no member";
    while (true) {
        auto const line = input.line(limit);
        if (!line) return all + "refused " + std::string(facts_of(line.error().code()).name);
        if (!*line) return all;
        all += "<" + std::string(**line) + ">";
    }
}

// The items that a path leads to, each as "name=value ".
std::string items_of(std::string_view json, std::vector<std::string> path) {
    auto input = *Input::from_memory("x.json", json);
    if (!*input.next_member()) return "no member";
    JsonItems items(input, std::move(path));
    std::string all;
    while (true) {
        auto const item = items.next();
        if (!item) return all + "refused: " + std::string(item.error().detail());
        if (*item == nullptr) return all;
        all += std::string(items.name()) + "=" + boost::json::serialize(**item) + " ";
    }
}

bool has(std::string const& text, std::string_view words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("input: lines end with LF or CR LF, the last one without") {
    CHECK(lines_of("a\r\nb\n\nc") == "<a><b><><c>");
    CHECK(lines_of("one\n") == "<one>");
    CHECK(lines_of("") == "no member");
    CHECK(lines_of("short\nmuch too long\n", 6) == "<short>refused too-long");
}

TEST_CASE("input: a long line spans the blocks of a file") {
    std::string const text(300'000, 'x');
    CHECK(lines_of(text + "\ny") == "<" + text + "><y>");
}

TEST_CASE("input: what unpacks to far more than it is, is refused") {
    auto const file = official_in_test("us-hts/hts_2026_rev_10.json.gz");
    if (!file) {
        MESSAGE("skipped: the official file is not beside the clone");
        return;
    }
    auto input = *Input::open(*file);
    REQUIRE(*input.next_member());
    CHECK(input.member() == "hts_2026_rev_10.json");
    CHECK(input.rest(1000).error().code() == Code::too_long);
}

TEST_CASE("input: a file that is cut short is refused") {
    std::string const cut("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x4c", 12);
    auto const read = [&]() -> Result<void> {
        auto input = TRY(Input::from_memory("x.gz", cut));
        (void)TRY(input.next_member());
        (void)TRY(input.rest(100));
        return {};
    };
    CHECK(read().error().code() == Code::bad_file);
    CHECK(Input::open("/nowhere/at/all").error().code() == Code::not_found);
}

TEST_CASE("csv: quotes, commas and lines within quotes") {
    std::vector<std::string> fields;
    CHECK(split_csv(R"(a,"b,""c""",,d)", fields));
    CHECK(fields == std::vector<std::string>{"a", "b,\"c\"", "", "d"});
    CHECK(split_csv("", fields));
    CHECK(fields.size() == 1);
    CHECK(split_csv("a,", fields));
    CHECK(fields.size() == 2);
    CHECK_FALSE(split_csv(R"("open)", fields));
    CHECK_FALSE(split_csv(R"("a"b,c)", fields));
    std::string out;
    append_csv(out, "a \"b\", c");
    CHECK(out == "\"a \"\"b\"\", c\"");

    auto input = *Input::from_memory("x.csv", "h,i\n\"two\nlines\",2\n\"never closed\n");
    REQUIRE(*input.next_member());
    CHECK(*next_record(input, fields));
    CHECK(*next_record(input, fields));
    CHECK(fields[0] == "two\nlines");
    CHECK(next_record(input, fields).error().code() == Code::bad_file);
}

TEST_CASE("json items: arrays on the way are entered, numbers keep their digits") {
    CHECK(items_of(R"([{"r":4.50},{"r":-1e3}])", {}) == R"(={"r":"4.50"} ={"r":"-1e3"} )");
    CHECK(items_of(R"({"skip":{"data":[9]},"data":[1,true,null,"x"]})", {"data"}) ==
          R"(data="1" data=true data=null data="x" )");
    CHECK(items_of(R"([{"n":1,"c":[{"h":[5,6]},{"h":[7]}]}])", {"c", "h"}) == R"(h="5" h="6" h="7" )");
    CHECK(items_of(R"({"a":[1],"b":2,"\u0063":[[3]]})", {"*"}) == R"(a="1" b="2" c=["3"] )");
    CHECK(items_of("\xEF\xBB\xBF{\"a\":1}", {}) == R"(={"a":"1"} )");
    CHECK(items_of("[]", {}) == "");
}

TEST_CASE("json items: what is not well-formed is refused") {
    for (auto const* bad : {"", "[", "[1", "[1,]", "[1 2]", "{\"a\"}", "[{\"a\":}]", "[1]x", "[tru]", "[\"a]",
                            "]", "[{\"a\":1,}]", "[\"\xff\"]"}) {
        CHECK_MESSAGE(
            (items_of(bad, {}).find("refused") != std::string::npos || std::string_view(bad).empty()), bad);
    }
    CHECK(has(items_of(std::string(100, '['), {"a"}), "nested too deeply"));
    CHECK(has(items_of("[" + std::string(40, '[') + std::string(40, ']') + "]", {}), "nested too deeply"));
    CHECK(has(items_of("[\"" + std::string((1U << 20) + 1, 'x') + "\"]", {}), "longer than 1 MiB"));
    CHECK(has(items_of("[" + std::string(2000, '1') + "]", {}), "1000 digits"));
}
