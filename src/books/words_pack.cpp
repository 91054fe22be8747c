#include "books/words_pack.h"

#include <algorithm>
#include <boost/json.hpp>

namespace allroads::books {

namespace {

using classify::Knowledge;
using classify::Language;
using classify::Phrase;
using classify::Source;

// Columns of languages, in the order of classify::Language, then the others.
constexpr std::array<std::string_view, 16> word_columns = {
    "hs", "en", "fr", "es", "pt", "ar", "sw", "zh", "hi", "bn", "ur", "id", "vi", "de", "home", "facets"};
constexpr std::size_t choice_bytes_max = 64U << 10;

std::vector<std::string> parts(std::string_view text, char mark) {
    std::vector<std::string> all;
    while (!text.empty()) {
        auto const end = text.find(mark);
        auto const part = trim(text.substr(0, end));
        if (!part.empty()) all.emplace_back(part);
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return all;
}

Result<std::vector<GoodsCode>> codes_of(std::string_view text, std::string_view column) {
    std::vector<GoodsCode> all;
    for (auto const& part : parts(text, ' ')) {
        auto const code = GoodsCode::parse(part);
        if (!code) return std::unexpected(code.error().within(column));
        if (code->size() < 2) return refuse(Code::bad_code, column, part + " is too short");
        all.push_back(*code);
    }
    return all;
}

// The words of one row in one language; what stands before a colon in the column `home` names the tongue.
void add_cell(std::string_view cell, Language language, std::vector<GoodsCode> const& codes, Knowledge& to) {
    for (auto const& part : parts(cell, ';')) {
        auto text = std::string_view(part);
        if (language == Language::home) {
            auto const colon = text.find(':');
            if (colon != std::string_view::npos) text = trim(text.substr(colon + 1));
        }
        if (!text.empty()) to.phrases.push_back({std::string(text), language, Source::synonym, codes});
    }
}

Result<void> add_synonyms(std::filesystem::path const& file, Knowledge& to) {
    return read_table(file, word_columns, [&](Fields const& f) -> Result<void> {
        auto const codes = TRY(codes_of(f[0], "hs"));
        if (codes.empty()) return refuse(Code::field_missing, "hs", "which code the words are for");
        for (std::size_t i = 1; i < 15; ++i) {
            add_cell(f[i], *classify::parse_language(word_columns[i]), codes, to);
        }
        // "material=palm leaf;form=bag" beside "tote" also says "tote palm leaf bag".
        auto const first = parts(f[1], ';');
        auto all = first.empty() ? std::string() : first.front() + ",";
        auto const facets = parts(f[15], ';');
        for (auto const& facet : facets) {
            auto const equals = facet.find('=');
            if (equals == std::string::npos)
                return refuse(Code::bad_value, "facets",
                              "“" + excerpt(facet) + "” is not written facet=value");
            all += " " + facet.substr(equals + 1);
        }
        if (!facets.empty() && !first.empty())
            to.phrases.push_back({all, Language::en, Source::synonym, codes});
        return {};
    });
}

Result<void> add_facets(std::filesystem::path const& folder, Knowledge& to) {
    constexpr std::array<std::string_view, 6> columns = {"facet",  "value", "question",
                                                         "answer", "words", "decides"};
    TRY_VOID(read_table(folder / "facets.csv", columns, [&](Fields const& f) -> Result<void> {
        if (f[0].empty() || f[1].empty() || f[3].empty())
            return refuse(Code::field_missing, "facet", "facet, value and answer must be there");
        to.facets.push_back({f[0], f[1], f[2], f[3], parts(f[4], ';'), f[5] == "yes"});
        return {};
    }));
    constexpr std::array<std::string_view, 3> of = {"hs", "facet", "value"};
    return read_table(folder / "facet_of.csv", of, [&](Fields const& f) -> Result<void> {
        for (auto const code : TRY(codes_of(f[0], "hs"))) {
            for (auto const& value : parts(f[2], ';')) to.facet_of.push_back({code, f[1], value});
        }
        return {};
    });
}

Result<void> add_notes(std::filesystem::path const& file, Knowledge& to) {
    constexpr std::array<std::string_view, 6> columns = {"hs", "effect", "to", "words", "text", "source"};
    return read_table(file, columns, [&](Fields const& f) -> Result<void> {
        if (f[1] != "excludes" && f[1] != "includes")
            return refuse(Code::bad_value, "effect",
                          "“" + excerpt(f[1]) + "” is neither excludes nor includes");
        if (f[4].empty() || f[5].empty())
            return refuse(Code::field_missing, "source", "a note needs text and source");
        auto const to_codes = TRY(codes_of(f[2], "to"));
        for (auto const code : TRY(codes_of(f[0], "hs"))) {
            to.notes.push_back({code, f[1] == "excludes", to_codes, parts(f[3], ';'), f[4], f[5]});
        }
        return {};
    });
}

}  // namespace

Result<void> add_words(std::filesystem::path const& folder, Knowledge& to) {
    std::error_code none;
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::directory_iterator(folder, none)) {
        auto const name = entry.path().filename();
        if (name.extension() == ".csv" && name != "facets.csv" && name != "facet_of.csv" &&
            name != "notes.csv")
            files.push_back(entry.path());
    }
    std::ranges::sort(files);
    for (auto const& file : files) TRY_VOID(add_synonyms(file, to));
    TRY_VOID(add_facets(folder, to));
    return add_notes(folder / "notes.csv", to);
}

Result<void> add_pack(PackFolder const& pack, Knowledge& to) {
    TRY_VOID(pack.lines([&](NomenclatureLine const& line) -> Result<void> {
        auto const code = GoodsCode::parse(line.hs);
        if (code && !line.text.empty())
            to.nodes.push_back({line.market, *code, line.text, line.group, line.declarable});
        return {};
    }));
    return pack.phrases([&](PhraseLine const& line) -> Result<void> {
        auto const language = classify::parse_language(line.language);
        if (!language) return refuse(Code::bad_value, "language", excerpt(line.language) + " is not held");
        auto codes = TRY(codes_of(line.hs, "hs"));
        for (auto const code : codes) {
            if (code.size() > 6 && pack.market != "HS" && !pack.market.empty())
                to.nodes.push_back({pack.market, code, line.text, "", true, true});
        }
        to.phrases.push_back({line.text, *language, Source::reference, std::move(codes)});
        return {};
    });
}

Result<std::uint64_t> add_choices(std::filesystem::path const& file, Knowledge& to) {
    std::error_code none;
    if (!std::filesystem::exists(file, none)) return 0;
    auto input = TRY(Input::open(file));
    if (!TRY(input.next_member())) return 0;
    std::uint64_t refused = 0;
    while (auto const line = TRY(input.line(choice_bytes_max))) {
        if (trim(*line).empty()) continue;
        boost::system::error_code wrong;
        auto const value = boost::json::parse(*line, wrong);
        auto const* const object = wrong ? nullptr : value.if_object();
        auto const text_at = [&](std::string_view key) -> std::string_view {
            auto const* const found = object == nullptr ? nullptr : object->if_contains(key);
            return found == nullptr || !found->is_string() ? std::string_view() : found->get_string();
        };
        auto const code = GoodsCode::parse(text_at("code"));
        auto const words = text_at("words");
        if (!code || code->size() < 6 || trim(words).empty() || words.size() > classify::learned_bytes_max) {
            ++refused;
            continue;
        }
        auto const language = classify::parse_language(text_at("lang")).value_or(Language::en);
        to.phrases.push_back({std::string(words), language, Source::learned, {*code}});
    }
    return refused;
}

}  // namespace allroads::books
