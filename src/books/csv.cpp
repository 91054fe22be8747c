#include "books/pack.h"

#include <algorithm>

namespace allroads::books {

// RFC 4180, and nothing looser: a stray quote is a sign that fields have slipped, and a slipped rate is a
// wrong price.
bool split_csv(std::string_view line, std::vector<std::string>& fields) {
    std::size_t used = 0;
    auto const next_field = [&]() -> std::string& {
        if (used == fields.size()) fields.emplace_back();
        fields[used].clear();
        return fields[used++];
    };
    std::size_t at = 0;
    while (true) {
        auto& field = next_field();
        if (at < line.size() && line[at] == '"') {
            ++at;
            while (true) {
                auto const quote = line.find('"', at);
                if (quote == std::string_view::npos) return false;
                field.append(line.substr(at, quote - at));
                at = quote + 1;
                if (at >= line.size() || line[at] != '"') break;
                field.push_back('"');
                ++at;
            }
            if (at < line.size() && line[at] != ',') return false;
        } else {
            auto const comma = std::min(line.find(',', at), line.size());
            field.append(line.substr(at, comma - at));
            at = comma;
        }
        if (at >= line.size()) break;
        ++at;  // the comma; a record that ends with one has an empty last field
    }
    fields.resize(used);
    return true;
}

void append_csv(std::string& out, std::string_view field) {
    if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
        out.append(field);
        return;
    }
    out.push_back('"');
    for (char const c : field) {
        if (c == '"') out.push_back('"');
        out.push_back(c);
    }
    out.push_back('"');
}

Result<bool> next_record(Input& input, std::vector<std::string>& fields) {
    static constexpr std::size_t record_bytes_max = 1U << 20;
    auto const first = TRY(input.line());
    if (!first) return false;
    if (split_csv(*first, fields)) return true;
    std::string record(*first);
    while (record.size() < record_bytes_max) {
        auto const more = TRY(input.line());
        if (!more) break;
        record.push_back('\n');
        record.append(*more);
        if (split_csv(record, fields)) return true;
    }
    return refuse(Code::bad_file, "", "a quote is not closed, or something follows it: " + excerpt(record));
}

}  // namespace allroads::books
