#include "net/net.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace {

using namespace allroads;
using namespace allroads::net;

Result<Form> form(std::string type, std::string body) {
    Request request{
        .method = "POST", .headers = {{"content-type", std::move(type)}}, .body = std::move(body)};
    static thread_local Request kept;  // files point into it
    kept = std::move(request);
    return form_of(kept);
}

constexpr auto urlencoded = "application/x-www-form-urlencoded";
constexpr auto multi = "multipart/form-data; boundary=xyz";

}  // namespace

TEST_CASE("fields of a form are decoded once") {
    auto const read = form(urlencoded, "a=1&b=x+y%2B%25&c=&a=2&d=%D9%A1");
    REQUIRE(read);
    CHECK(read->value("a") == "1");
    CHECK(read->value("b") == "x y+%");
    CHECK(read->value("c").empty());
    CHECK(read->value("d") == "١");
    CHECK(read->fields.size() == 5);
    CHECK(form(urlencoded, "a=%2").error().code() == Code::bad_http);
    CHECK(form(urlencoded, "a=%zz").error().code() == Code::bad_http);
    CHECK_FALSE(form(urlencoded, "a=%00"));
    CHECK(form(urlencoded, "a=%ff").error().code() == Code::bad_http);
    CHECK(form("text/plain", "a=1").error().code() == Code::bad_http);
}

TEST_CASE("files stand beside fields, and their names are no paths") {
    auto const read =
        form(multi,
             "--xyz\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nKiondo\r\n"
             "--xyz\r\ncontent-disposition: form-data; name=\"photo\"; "
             "filename=\"../../etc/a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\r\n--x\r\n"
             "--xyz\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n"
             "--xyz--\r\n");
    REQUIRE(read);
    CHECK(read->value("title") == "Kiondo");
    REQUIRE(read->files.size() == 1);
    CHECK(read->files[0].name == "a.jpg");
    CHECK(read->files[0].type == "image/jpeg");
    CHECK(read->files[0].bytes == "\xff\xd8\r\n--x");
}

TEST_CASE("a form that is cut or malformed is refused") {
    std::string const whole = "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--xyz--\r\n";
    REQUIRE(form(multi, whole));
    for (std::size_t size = 0; size + 4 < whole.size(); ++size)
        CHECK_FALSE(form(multi, whole.substr(0, size)));
    CHECK_FALSE(form("multipart/form-data", whole));
    CHECK_FALSE(form("multipart/form-data; boundary=" + std::string(71, 'x'), whole));
    CHECK_FALSE(form(multi, "--xyz\r\nContent-Type: text/plain\r\n\r\n1\r\n--xyz--"));
    std::string many;
    for (int i = 0; i < 501; ++i) many += "a=1&";
    CHECK(form(urlencoded, many).error().code() == Code::too_long);
}

TEST_CASE("what was encoded is decoded to the same") {
    CHECK(rc::check([](std::string const& text) {
        if (!is_clean(text)) return;
        auto const read = form(urlencoded, "x=" + percent_encoded(text));
        RC_ASSERT(read.has_value());
        RC_ASSERT(read->value("x") == text);
    }));
}
