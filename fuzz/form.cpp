// Forms of pages: whatever comes is refused or read; files lie within the body.

#include "net/net.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace allroads;
    net::Request request{.method = "POST", .body = std::string(reinterpret_cast<char const*>(data), size)};
    for (auto const* type : {"application/x-www-form-urlencoded", "multipart/form-data; boundary=xyz"}) {
        request.headers = {{"content-type", type}};
        auto const form = net::form_of(request);
        if (!form) continue;
        for (auto const& file : form->files)
            check(file.bytes.data() >= request.body.data() &&
                  file.bytes.data() + file.bytes.size() <= request.body.data() + request.body.size());
        for (auto const& field : form->fields) check(is_clean(field.value));
    }
    return 0;
}
