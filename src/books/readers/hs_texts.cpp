// The texts of the Harmonized System and of nomenclatures built on it, without rates: the CSV of headings and
// subheadings (section,hscode,description,parent,level), the lists of UN Comtrade (JSON: results of id and
// text), and national lines (JSON: an array of hs and vn, Viet Nam's).

#include "books/json_items.h"
#include "books/pack.h"

#include <algorithm>
#include <array>

namespace allroads::books {

namespace {

struct Edition {
    std::string_view code;  // of UN Comtrade
    std::string_view name;
    std::string_view day;  // in force from
};
constexpr std::array<Edition, 6> editions = {{{"H1", "1996", "1996-01-01"},
                                              {"H2", "2002", "2002-01-01"},
                                              {"H3", "2007", "2007-01-01"},
                                              {"H4", "2012", "2012-01-01"},
                                              {"H5", "2017", "2017-01-01"},
                                              {"H6", "2022", "2022-01-01"}}};

std::string flat(std::string_view text) {
    std::string out(trim(text));
    std::ranges::replace_if(out, [](char c) { return c == '\t' || c == '\r' || c == '\n'; }, ' ');
    return out;
}

// The edition that the file's name says, as in harmonized-system-2022-en.csv or classificationH6.json.
Edition const* edition_of(std::string_view file) {
    for (auto const& edition : editions) {
        auto const code = "classification" + std::string(edition.code);
        if (file.find(edition.name) != std::string_view::npos || file.find(code) != std::string_view::npos) {
            return &edition;
        }
    }
    return nullptr;
}

Result<void> about(Input const& input, ReaderOptions const& options, PackWriter& out) {
    auto const* edition = edition_of(input.file().filename().string());
    if (edition == nullptr && !options.dated) {
        return refuse(
            Code::field_missing, "dated",
            "the file's name does not say which edition of the Harmonized System it is; give the day from "
            "which it counts with --dated");
    }
    auto const day = options.dated ? options.dated->text() : std::string(edition->day);
    out.set("market", "HS");
    out.set("dated", day);
    out.set("title",
            "Harmonized System " + (edition == nullptr ? day : std::string(edition->name)) + ", texts");
    return {};
}

Result<void> read_table(Input& input, PackWriter& out) {
    std::vector<std::string> fields;
    std::ptrdiff_t code_at = -1;
    std::ptrdiff_t text_at = -1;
    std::size_t width = 0;
    for (std::uint64_t number = 1; TRY(next_record(input, fields)); ++number) {
        if (fields.size() == 1 && trim(fields[0]).empty()) continue;
        if (width == 0) {
            width = fields.size();
            if (fields[0].starts_with("\xEF\xBB\xBF")) fields[0].erase(0, 3);
            auto const place = [&](std::string_view name) {
                auto const found = std::ranges::find(fields, name);
                return found == fields.end() ? std::ptrdiff_t{-1} : found - fields.begin();
            };
            code_at = place("hscode");
            text_at = place("description");
            if (code_at >= 0 && text_at >= 0) continue;
            return refuse(Code::bad_file, "file", "its first line names no columns hscode and description");
        }
        out.count_record();
        if (fields.size() != width) {
            out.refuse(number, "it has " + std::to_string(fields.size()) + " fields; the header has " +
                                   std::to_string(width));
            continue;
        }
        auto const& code = fields[static_cast<std::size_t>(code_at)];
        if (code == "TOTAL") continue;  // the sum of all, not a code
        out.line({"HS", code, flat(fields[static_cast<std::size_t>(text_at)]), "", code.size() == 6}, number);
    }
    return {};
}

// "0101 - Horses, asses, mules and hinnies; live": the text without the code before it.
std::string_view without_code(std::string_view text, std::string_view code) {
    if (!text.starts_with(code)) return text;
    auto const rest = text.substr(code.size());
    return rest.starts_with(" - ") ? rest.substr(3) : text;
}

Result<void> read_comtrade(Input& input, PackWriter& out) {
    JsonItems items(input, {"results"});
    while (auto const* item = TRY(items.next())) {
        out.count_record();
        auto const* row = item->if_object();
        if (row == nullptr || !row->contains("id") || !row->contains("text")) {
            return refuse(Code::bad_file, "file",
                          "item " + std::to_string(items.number()) + " of results has no id and text");
        }
        auto const code = text_of(*row, "id");
        // Sums: ALL, TOTAL, AG2 …; 99 and 9999 are goods not specified, which no tariff has.
        if (code.find_first_not_of("0123456789") != std::string_view::npos || code.starts_with("99"))
            continue;
        out.line(
            {"HS", std::string(code), flat(without_code(text_of(*row, "text"), code)), "", code.size() == 6},
            items.number());
    }
    return {};
}

Result<void> read_national(Input& input, ReaderOptions const& options, PackWriter& out) {
    auto const market = options.market.empty() ? std::string("VN") : options.market;
    JsonItems items(input, {});
    while (auto const* item = TRY(items.next())) {
        out.count_record();
        auto const* row = item->if_object();
        if (row == nullptr || !row->contains("hs") || !row->contains("vn")) {
            return refuse(Code::bad_file, "file",
                          "item " + std::to_string(items.number()) + " has no hs and vn");
        }
        out.line({market, std::string(text_of(*row, "hs")), flat(text_of(*row, "vn")), "", true},
                 items.number());
    }
    out.set("market", market);
    out.set("title", "National lines of " + market);
    if (options.dated) out.set("dated", options.dated->text());
    return {};
}

}  // namespace

Result<void> read_hs_texts(Input& input, ReaderOptions const& options, PackWriter& out) {
    if (!TRY(input.next_member())) return refuse(Code::bad_file, "file", "it is empty");
    auto const name = std::string(input.member());
    if (!name.ends_with(".json")) {
        TRY_VOID(read_table(input, out));
        return about(input, options, out);
    }
    if (name.find("classification") == std::string::npos) return read_national(input, options, out);
    TRY_VOID(read_comtrade(input, out));
    return about(input, options, out);
}

}  // namespace allroads::books
