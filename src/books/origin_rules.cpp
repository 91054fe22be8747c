// Product rules of origin as the UK tariff publishes them (rules_of_origin/roo_schemes_uk/rule_sets/*.json),
// turned into the rule language and kept beside the agreements of the data folder.

#include "books/books.h"
#include "books/origin_prose.h"
#include "books/origin_words.h"
#include "books/pack.h"
#include "books/pack_words.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <map>
#include <set>

namespace allroads::books {

namespace {

namespace json = boost::json;

constexpr std::size_t member_bytes_max = 32U << 20;
constexpr std::size_t code_digits = 10;

// One product of a file: its codes, what of them it is, and its rule.
struct Product {
    std::string hs;
    std::string part;
    std::string rule;
    std::string heading;
};

std::string_view text_of(json::object const& object, std::string_view key) {
    auto const* value = object.if_contains(key);
    if (value == nullptr || !value->is_string()) return {};
    auto const& text = value->get_string();
    return {text.data(), text.size()};
}

// "0100000000" to "0199999999" is chapter 01: pairs of zeros and nines that say nothing are dropped.
std::string range_of(std::string_view first, std::string_view last) {
    bool const is_plain = first.size() == code_digits && last.size() == code_digits &&
                          std::ranges::all_of(std::string(first) + std::string(last),
                                              [](char letter) { return letter >= '0' && letter <= '9'; });
    if (!is_plain || first > last) return {};
    while (first.size() > 2 && first.ends_with("00") && last.ends_with("99")) {
        first.remove_suffix(2);
        last.remove_suffix(2);
    }
    return first == last ? std::string(first) : std::string(first) + "-" + std::string(last);
}

// White space of official texts runs over lines.
std::string on_one_line(std::string_view text) {
    std::string out;
    for (char const letter : text) {
        bool const is_space = letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t';
        if (!is_space) out += letter;
        if (is_space && !out.empty() && out.back() != ' ') out += ' ';
    }
    return std::string(trim(out));
}

// What a row of a product asks for beside its text; nothing: it holds whenever its text does.
std::string_view limit_of(json::object const& row) {
    auto const is = [&](std::string_view key, bool otherwise) {
        auto const* value = row.if_contains(key);
        return value == nullptr || !value->is_bool() ? otherwise : value->get_bool();
    };
    if (is("quota", false)) return "only within an annual quota of the agreement";
    if (!is("import", true)) return "only of goods that leave the United Kingdom";
    if (!is("export", true)) return "only of goods that enter the United Kingdom";
    return {};
}

// Goods that are spoken of only within a quota or a derogation, which the words about them say: whether that
// is so today no text of a rule tells.
bool is_within_limits(std::string_view part) {
    std::string small;
    for (char const letter : part) small += prose::lower(letter);
    return small.find("quota") != std::string::npos || small.find("derogation") != std::string::npos;
}

std::string asked_too(std::string_view rule, std::string_view words) {
    return "(" + std::string(rule) + ") & " + prose::read_of(words);
}

// The rows of a product as one rule. Neighbours under one limit are read together.
std::string rule_of(json::array const& rows, Goods const& goods) {
    std::string rule;
    std::vector<std::string> texts;
    std::string_view limit;
    auto const close = [&] {
        if (texts.empty()) return;
        auto const one = rule_from_alternatives(texts, goods);
        if (!rule.empty()) rule += " | ";
        rule += limit.empty() ? one : asked_too(one, limit);
        texts.clear();
    };
    for (auto const& row : rows) {
        if (!row.is_object()) continue;
        auto const own = limit_of(row.get_object());
        if (own != limit) close();
        limit = own;
        texts.emplace_back(text_of(row.get_object(), "rule"));
    }
    close();
    return rule;
}

Result<std::vector<Product>> products_of(std::string_view text, std::string const& name) {
    boost::system::error_code error;
    auto const document = json::parse({text.data(), text.size()}, error);
    auto const* sets =
        !error && document.is_object() ? document.get_object().if_contains("rule_sets") : nullptr;
    if (sets == nullptr || !sets->is_array())
        return refuse(Code::bad_file, "", name + ": expected an object with rule_sets");
    std::vector<Product> products;
    for (auto const& one : sets->get_array()) {
        if (!one.is_object()) return refuse(Code::bad_file, "", name + ": a rule set is not an object");
        auto const& set = one.get_object();
        auto const* rules = set.if_contains("rules");
        auto hs = range_of(text_of(set, "min"), text_of(set, "max"));
        if (hs.empty() || rules == nullptr || !rules->is_array()) continue;
        auto const heading = on_one_line(text_of(set, "heading"));
        auto part = on_one_line(text_of(set, "subdivision"));
        auto rule = rule_of(rules->get_array(), {.codes = hs, .part = part});
        if (rule.empty()) continue;
        if (is_within_limits(part)) rule = asked_too(rule, prose::plain_of(part));
        products.push_back({std::move(hs), std::move(part), std::move(rule), heading});
    }
    // What goods of its codes a row speaks of matters where it is not all of them: "ex", or another row
    // beside it.
    std::map<std::string, int> count;
    for (auto const& product : products) ++count[product.hs];
    for (std::size_t i = 0; i < products.size(); ++i) {
        auto& product = products[i];
        bool const is_all = !product.heading.starts_with("ex") && count[product.hs] == 1;
        if (is_all) product.part.clear();
        if (!is_all && product.part.empty())
            product.part = product.heading + " (" + std::to_string(i + 1) + ")";
        if (product.part == "Other" || product.part == "other") product.part = "other";
    }
    return products;
}

// "…/roo_schemes_uk/rule_sets/kenya.json" is "uk/kenya" for that folder and that ending; nothing for other
// members.
std::string source_of(std::string_view member, std::string_view folder, std::string_view ending) {
    constexpr std::string_view schemes = "roo_schemes_";
    auto const at = member.rfind(folder);
    auto const scheme = member.rfind(schemes, at);
    if (at == std::string_view::npos || scheme == std::string_view::npos || !member.ends_with(ending))
        return {};
    auto const side = member.substr(scheme + schemes.size(), at - scheme - schemes.size());
    auto name = member.substr(at + folder.size());
    name.remove_suffix(std::min(name.size(), ending.size()));
    bool const is_plain =
        side.find('/') == std::string_view::npos && name.find('/') == std::string_view::npos;
    return is_plain ? std::string(side) + "/" + std::string(name) : std::string();
}

// Introductory notes that count sugar inside of other materials towards a limit of sugar (1701, 1702).
bool counts_sugar_inside(std::string_view notes) {
    return notes.find("sugars of headings") != std::string_view::npos &&
           notes.find("incorporated in the final") != std::string_view::npos;
}

// A limit of the weight of sugar holds as it stands only where no material is one that may hold sugar.
std::string with_sugar_inside(std::string_view rule) {
    constexpr std::string_view term = "weight(";
    constexpr std::string_view inside =
        " & (not(04, 08, 13, 16, 1704, 18-23, 33) | read \"sugar in other materials counts towards the "
        "limit\")";
    std::string out;
    for (std::size_t at = 0; at < rule.size();) {
        auto const begin = rule.find(term, at);
        auto const codes = begin == std::string_view::npos ? begin : rule.find(')', begin);
        auto const end = codes == std::string_view::npos ? codes : rule.find('%', codes);
        if (end == std::string_view::npos) return out + std::string(rule.substr(at));
        auto const list = rule.substr(begin, codes - begin);
        // Quoted words are no condition.
        bool const is_quoted = std::ranges::count(rule.substr(0, begin), '"') % 2 != 0;
        bool const is_sugar = !is_quoted && (list.find("1701") != std::string_view::npos ||
                                             list.find("1702") != std::string_view::npos);
        out += rule.substr(at, end + 1 - at);
        if (is_sugar) out += inside;
        at = end + 1;
    }
    return out;
}

// A sheet that every line of can be read again; what the rule language cannot hold is left to a person.
std::string sheet_of(std::vector<Product> const& products, std::string const& law,
                     OriginRulesReport& report) {
    std::string out = "hs,part,rule,law\n";
    for (auto const& product : products) {
        auto rule = product.rule;
        if (!origin::Rule::parse(rule)) rule = "read \"the rule is too long to be held\"";
        ++report.products;
        bool const has_read = rule.find("read \"") != std::string::npos;
        report.understood += has_read ? 0U : 1U;
        report.partly += has_read && !rule.starts_with("read \"") ? 1U : 0U;
        append_csv(out, product.hs);
        out += ',';
        append_csv(out, product.part);
        out += ',';
        append_csv(out, rule);
        out += ',';
        append_csv(out, law + ", product rules, " + product.heading);
        out += '\n';
    }
    return out;
}

Result<void> write_beside(std::filesystem::path const& file, std::string_view text) {
    auto beside = file;
    beside += ".new";
    std::error_code failed;
    std::filesystem::create_directories(file.parent_path(), failed);
    {
        std::ofstream out(beside, std::ios::binary);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        if (!out.flush()) return refuse(Code::bad_file, "", "cannot write " + beside.string());
    }
    std::filesystem::rename(beside, file, failed);
    if (failed) return refuse(Code::bad_file, "", "cannot write " + file.string());
    return {};
}

}  // namespace

Result<std::vector<OriginRulesReport>> import_origin_rules(std::filesystem::path const& file,
                                                           std::span<std::filesystem::path const> folders,
                                                           std::filesystem::path const& data) {
    auto input = TRY(Input::open(file));
    std::map<std::string, std::vector<Product>> read;
    std::set<std::string> sugar;
    while (TRY(input.next_member())) {
        auto const notes = source_of(input.member(), "/introductory_notes/", "_intro.md");
        if (!notes.empty() && counts_sugar_inside(TRY(input.rest(member_bytes_max)))) sugar.insert(notes);
        auto const source = source_of(input.member(), "/rule_sets/", ".json");
        if (source.empty()) continue;
        read[source] = TRY(products_of(TRY(input.rest(member_bytes_max)), source));
    }
    for (auto& [source, products] : read) {
        if (!sugar.contains(source)) continue;
        for (auto& product : products) product.rule = with_sugar_inside(product.rule);
    }
    if (read.empty())
        return refuse(Code::bad_file, "", file.filename().string() + " holds no rule_sets/<scheme>.json");
    // Everything is worked out before anything is written.
    std::vector<OriginRulesReport> reports;
    std::map<std::filesystem::path, std::string> sheets;
    for (auto const& folder : folders) {
        std::error_code none;
        for (auto const& entry : std::filesystem::directory_iterator(folder, none)) {
            if (entry.path().extension() != ".toml") continue;
            auto const table = TRY(toml_of(entry.path()));
            auto const* about = table.get_as<toml::table>("agreement");
            auto const found = about == nullptr ? read.end() : read.find(word(*about, "rules_from"));
            if (found == read.end()) continue;
            OriginRulesReport report{.agreement = word(*about, "code"), .source = found->first};
            auto const target = data / "agreements" / entry.path().stem();
            sheets[target.string() + ".csv"] = sheet_of(found->second, word(*about, "law"), report);
            reports.push_back(std::move(report));
        }
    }
    for (auto const& [target, text] : sheets) TRY_VOID(write_beside(target, text));
    std::ranges::sort(reports, {}, &OriginRulesReport::agreement);
    return reports;
}

}  // namespace allroads::books
