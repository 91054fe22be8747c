// web_preview: renders the pages with values from files, as the hub would, so that they can be looked at and
// held to their sizes without a hub.
//
//   web_preview PAGES SAMPLES OUT [TEXT]
//
// Each SAMPLES/*.json is {"template": "product", "values": {...}}; values of _common.json stand in every
// page. (null takes one away). In values a text is a value, true shows a section, an object or an array of
// objects is a section, and
// {"bar": [[kind, name, text, amount or null], ...], "label": ...} or {"key": kind} or {"json": {...}} or
// {"countries": [[name, text, amount or null, complete, [parts]], ...], "label": ...} is drawn.
// Writes OUT/<language>/<sample>.html, and says which values a template asked for in vain: then status 1.
// With TEXT every text of every sample is TEXT instead: what somebody hostile would write.
// Arabic and Urdu are English in their letters, which tells how pages look in them and which texts are not
// marked for translation.

#include "web/web.h"

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>

namespace {

using namespace allroads;
using namespace allroads::web;
namespace json = boost::json;
namespace files = std::filesystem;

std::string content_of(files::path const& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(file), {}};
}

Name kept(std::string_view name) {
    static std::set<std::string, std::less<>> names;
    return Name::of(*names.emplace(name).first);
}

PartKind kind_of(std::string_view text) {
    for (auto const kind :
         {PartKind::goods, PartKind::freight, PartKind::duty, PartKind::taxes, PartKind::fees}) {
        if (text_of(kind) == text) return kind;
    }
    return PartKind::unknown;
}

std::string text_of(json::value const& value) { return std::string(std::string_view(value.as_string())); }

std::optional<std::string> instead;  // of every text

// What a page shows of a text.
std::string said(json::value const& value) { return instead ? *instead : text_of(value); }

std::optional<Decimal> decimal_of(json::value const& value) {
    if (value.is_null()) return {};
    return Decimal::parse(std::string_view(value.as_string())).value();
}

std::vector<Part> parts_of(json::value const& rows) {
    std::vector<Part> parts;
    for (auto const& row : rows.as_array()) {
        auto const& cells = row.as_array();
        parts.push_back(
            {kind_of(text_of(cells.at(0))), said(cells.at(1)), said(cells.at(2)), decimal_of(cells.at(3))});
    }
    return parts;
}

Markup drawn(json::object const& drawing, Direction direction) {
    if (auto const* const key = drawing.if_contains("key")) return key_of_part(kind_of(text_of(*key)));
    if (auto const* const data = drawing.if_contains("json")) return json_in_page(json::serialize(*data));
    if (auto const* const rows = drawing.if_contains("countries")) {
        std::vector<CountryBar> countries;
        for (auto const& row : rows->as_array()) {
            auto const& cells = row.as_array();
            countries.push_back({said(cells.at(0)), said(cells.at(1)), decimal_of(cells.at(2)),
                                 cells.at(3).as_bool(), parts_of(cells.at(4))});
        }
        return country_bars(countries, direction, said(drawing.at("label")));
    }
    return stacked_bar(parts_of(drawing.at("bar")), direction, said(drawing.at("label")));
}

void fill(Page& page, json::object const& values, Direction direction) {
    for (auto const& [key, value] : values) {
        Name const name = kept(key);
        if (name.is_for_markup()) {
            page.set(name, value.is_object() ? drawn(value.as_object(), direction) : Markup());
        } else if (value.is_string()) {
            page.set(name, said(value));
        } else if (value.is_bool()) {
            page.show(name);
        } else if (value.is_object()) {
            fill(page.add(name), value.as_object(), direction);
        } else {
            for (auto const& one : value.as_array()) fill(page.add(name), one.as_object(), direction);
        }
    }
}

// The values of a sample in place of the common ones; null takes one away.
json::object over(json::object values, json::object const& sample) {
    for (auto const& [key, value] : sample) {
        if (value.is_null()) {
            values.erase(key);
        } else {
            values[key] = value;
        }
    }
    return values;
}

// English in letters of another script, names in braces as they are.
std::string in_letters(std::string_view text, std::string_view letters) {
    std::string to;
    bool is_name = false;
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (text.substr(i).starts_with("{{")) is_name = true;
        char const letter = static_cast<char>(text[i] | 0x20);
        if (!is_name && letter >= 'a' && letter <= 'z' && text[i] >= 'A') {
            to += letters.substr(static_cast<std::size_t>(letter - 'a') * 2, 2);
        } else {
            to += text[i];
        }
        if (text.substr(0, i + 1).ends_with("}}")) is_name = false;
    }
    return to;
}

int previewed(files::path const& pages_folder, files::path const& samples, files::path const& out) {
    constexpr std::string_view arabic = "ابسديفجهيجكلمنوبقرستوفوخيز";
    constexpr std::string_view urdu = "ابچدےفگہیجکلمنوپقرسٹوفوکیز";
    auto const translate = [&](std::string_view language, std::string_view, std::string_view text) {
        if (language == "ar") return in_letters(text, arabic);
        return language == "ur" ? in_letters(text, urdu) : std::string(text);
    };
    auto const found = assets(pages_folder.string());
    if (!found) throw std::runtime_error(found.error().sentence());
    std::vector<Language> const languages = {{"en", false}, {"ar", true}, {"ur", true}};
    auto const pages = Pages::load(pages_folder.string(), languages, translate, found->style_url);
    if (!pages) throw std::runtime_error(pages.error().sentence());
    json::object const common = json::parse(content_of(samples / "_common.json")).as_object();
    int status = 0;
    for (auto const& entry : files::directory_iterator(samples)) {
        std::string const name = entry.path().stem().string();
        if (entry.path().extension() != ".json" || name.starts_with('_')) continue;
        json::object const sample = json::parse(content_of(entry.path())).as_object();
        for (Language const& language : languages) {
            auto const direction =
                language.is_right_to_left ? Direction::right_to_left : Direction::left_to_right;
            Page page;
            fill(page, over(common, sample.at("values").as_object()), direction);
            std::vector<std::string> missing;
            std::string const html =
                pages->render(text_of(sample.at("template")), language.code, page, missing);
            files::create_directories(out / language.code);
            std::ofstream(out / language.code / (name + ".html"), std::ios::binary) << html;
            if (language.code == "en" && !missing.empty()) {
                status = 1;
                std::cerr << name << ": no value for";
                for (std::string const& one : missing) std::cerr << ' ' << one;
                std::cerr << '\n';
            }
        }
    }
    return status;
}

}  // namespace

int main(int count, char** words) {
    if (count != 4 && count != 5) {
        std::cerr << "usage: web_preview PAGES SAMPLES OUT [TEXT]\n";
        return 2;
    }
    if (count == 5) instead = words[4];
    try {
        return previewed(words[1], words[2], words[3]);
    } catch (std::exception const& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
