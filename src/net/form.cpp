// Forms of pages: fields, and files within the bytes of the request.
#include "net/message.h"
#include "net/net.h"

#include <algorithm>

namespace allroads::net {
namespace {

constexpr std::size_t boundary_bytes_max = 70;     // RFC 2046, 5.1.1
constexpr std::size_t part_head_bytes_max = 4096;  // of one part

std::unexpected<Error> malformed(std::string_view what) { return refuse(Code::bad_http, "body", what); }

Result<void> add_field(Form& form, std::string name, std::string value) {
    if (form.fields.size() + form.files.size() >= form_fields_max)
        return refuse(Code::too_long, "body", "expected at most 500 fields");
    if (name.size() > form_name_bytes_max || !is_clean(name))
        return malformed("the name of a field is too long");
    if (!is_clean(value))
        return refuse(Code::bad_value, excerpt(name), "expected text without control characters");
    form.fields.push_back({std::move(name), std::move(value)});
    return {};
}

Result<Form> url_encoded(std::string_view body) {
    auto const pairs = query_pairs(body, form_fields_max);
    if (!pairs) {
        auto const fields = static_cast<std::size_t>(std::ranges::count(body, '&')) + 1;
        if (fields > form_fields_max) return refuse(Code::too_long, "body", "expected at most 500 fields");
        return malformed("the form is not well percent-encoded UTF-8");
    }
    Form form;
    for (auto const& pair : *pairs) TRY_VOID(add_field(form, pair.name, pair.value));
    return form;
}

// ---- multipart

bool is_same(std::string_view a, std::string_view lower_case) {
    return std::ranges::equal(a, lower_case, [](char x, char y) {
        return (x >= 'A' && x <= 'Z' ? static_cast<char>(x | 0x20) : x) == y;
    });
}

// The value of `name` in a field such as: form-data; name="photo"; filename="a.jpg".
std::optional<std::string> parameter(std::string_view field, std::string_view name) {
    auto at = field.find(';');
    while (at != std::string_view::npos) {
        field.remove_prefix(at + 1);
        field = trim(field);
        auto const equals = field.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        auto const key = trim(field.substr(0, equals));
        field.remove_prefix(equals + 1);
        std::string value;
        if (!field.empty() && field.front() == '"') {
            std::size_t i = 1;
            // Browsers write a quote in a name as %22 and send a backslash as it is.
            while (i < field.size() && field[i] != '"') value += field[i++];
            if (i == field.size()) return std::nullopt;
            field.remove_prefix(i + 1);
        } else {
            value = std::string(trim(field.substr(0, field.find(';'))));
        }
        if (is_same(key, name)) return value;
        at = field.find(';');
    }
    return std::nullopt;
}

struct PartHead {
    std::string name;
    std::optional<std::string> file;
    std::string type;
};

Result<PartHead> head_of(std::string_view head) {
    PartHead part;
    bool is_named = false;
    while (!head.empty()) {
        auto const end = head.find("\r\n");
        auto const line = head.substr(0, end);
        head.remove_prefix(end == std::string_view::npos ? head.size() : end + 2);
        auto const colon = line.find(':');
        if (colon == std::string_view::npos) return malformed("a part has a line without a colon");
        auto const value = trim(line.substr(colon + 1));
        if (is_same(line.substr(0, colon), "content-disposition")) {
            auto name = parameter(value, "name");
            if (!name) return malformed("a part has no name");
            part.name = std::move(*name);
            part.file = parameter(value, "filename");
            is_named = true;
        } else if (is_same(line.substr(0, colon), "content-type")) {
            part.type = std::string(value);
        }
    }
    if (!is_named) return malformed("a part has no name");
    return part;
}

// For people to read: what comes after the last slash of either kind.
std::string without_folder(std::string_view name) {
    auto const slash = name.find_last_of("/\\");
    auto const last = slash == std::string_view::npos ? name : name.substr(slash + 1);
    return is_clean(last) ? excerpt(last, form_name_bytes_max) : std::string();
}

Result<void> add_part(Form& form, std::string_view part) {
    auto const end = part.substr(0, part_head_bytes_max).find("\r\n\r\n");
    if (end == std::string_view::npos) return malformed("a part has no end of its head");
    auto head = TRY(head_of(part.substr(0, end)));
    auto const bytes = part.substr(end + 4);
    if (!head.file) return add_field(form, std::move(head.name), std::string(bytes));
    if (head.file->empty() && bytes.empty()) return {};  // nothing was chosen
    if (form.fields.size() + form.files.size() >= form_fields_max)
        return refuse(Code::too_long, "body", "expected at most 500 fields");
    if (head.name.size() > form_name_bytes_max || !is_clean(head.name))
        return malformed("the name of a field is too long");
    form.files.push_back({std::move(head.name), without_folder(*head.file), std::move(head.type), bytes});
    return {};
}

Result<Form> multipart(std::string_view body, std::string_view boundary) {
    if (boundary.empty() || boundary.size() > boundary_bytes_max)
        return malformed("a boundary has 1 to 70 letters");
    std::string const first = "--" + std::string(boundary);
    std::string const next = "\r\n" + first;
    if (!body.starts_with(first)) return malformed("the body does not begin with its boundary");
    body.remove_prefix(first.size());
    Form form;
    while (!body.starts_with("--")) {
        if (!body.starts_with("\r\n")) return malformed("a boundary is not followed by a line end");
        body.remove_prefix(2);
        auto const end = body.find(next);
        if (end == std::string_view::npos) return malformed("a part has no end");
        TRY_VOID(add_part(form, body.substr(0, end)));
        body.remove_prefix(end + next.size());
    }
    return form;
}

}  // namespace

std::string_view Form::value(std::string_view name) const {
    return value_of(fields, name).value_or(std::string_view());
}

Result<Form> form_of(Request const& request) {
    auto const type = request.header("content-type");
    auto const kind = trim(type.substr(0, type.find(';')));
    if (is_same(kind, "application/x-www-form-urlencoded")) return url_encoded(request.body);
    if (is_same(kind, "multipart/form-data"))
        return multipart(request.body, parameter(type, "boundary").value_or(std::string()));
    if (request.body.empty()) return Form{};
    return refuse(Code::bad_http, "content-type", "expected a form");
}

}  // namespace allroads::net
