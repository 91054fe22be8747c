#include "books/books.h"
#include "books/edition.h"
#include "books/pages.h"
#include "books/words_pack.h"

#include <boost/json.hpp>
#include <fstream>

namespace allroads::books {

namespace {

constexpr std::size_t who_bytes_max = 200;
constexpr std::size_t why_bytes_max = 2000;

// What follows the compiled words in the file: their checksum.
struct Seal {
    std::uint64_t checksum = 0;
    std::uint64_t reserved = 0;
};

// A fingerprint of everything that is compiled; the same words always have the same.
std::string name_of(classify::Knowledge const& all) {
    std::string text(classify::index_version);
    auto const add = [&](std::string_view part) {
        text += part;
        text += '\n';
        // Folded up from time to time, so that the whole need not lie in memory twice.
        if (text.size() > (1U << 20)) text = std::to_string(checksum_of(text));
    };
    for (auto const& phrase : all.phrases) {
        add(phrase.text);
        add(std::string(text_of(phrase.language)) + std::string(text_of(phrase.source)));
        for (auto const code : phrase.codes) add(code.text());
    }
    for (auto const& node : all.nodes) {
        add(node.market + node.code.text() + (node.is_declarable ? "1" : "0") + (node.is_hint ? "1" : "0"));
        add(node.text);
        add(node.group);
    }
    for (auto const& one : all.facets) {
        add(one.facet + "=" + one.value);
        add(one.question);
        add(one.answer);
        for (auto const& word : one.words) add(word);
    }
    for (auto const& one : all.facet_of) add(one.code.text() + one.facet + one.value);
    for (auto const& note : all.notes) {
        add(note.code.text() + (note.excludes ? "-" : "+") + note.text + note.source);
        for (auto const code : note.to) add(code.text());
        for (auto const& word : note.words) add(word);
    }
    char name[20];
    std::snprintf(name, sizeof name, "%016llx", static_cast<unsigned long long>(checksum_of(text)));
    return name;
}

Result<void> put(std::filesystem::path const& file, std::string const& bytes) {
    std::error_code failed;
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), failed);
    auto const beside = std::filesystem::path(file.string() + ".new");
    {
        std::ofstream out(beside, std::ios::binary | std::ios::trunc);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        Seal const seal{checksum_of(bytes), 0};
        out.write(reinterpret_cast<char const*>(&seal), sizeof seal);
        out.flush();
        if (!out) {
            std::filesystem::remove(beside, failed);
            return refuse(Code::unavailable, "", "cannot write " + beside.string());
        }
    }
    std::filesystem::rename(beside, file, failed);
    if (failed) return refuse(Code::unavailable, "", "cannot put " + file.string() + " in its place");
    return {};
}

}  // namespace

std::filesystem::path words_of(std::filesystem::path const& edition) {
    return std::filesystem::path(edition).replace_extension(".words");
}
std::filesystem::path choices_in(std::filesystem::path const& data) { return data / "choices.jsonl"; }

Result<classify::Knowledge> knowledge(WordsRequest const& request, WordsReport& report) {
    classify::Knowledge all;
    for (auto const& folder : request.pack_folders) {
        TRY_VOID(add_words(folder / "words", all));
        for (auto const& pack : TRY(packs_under(folder))) TRY_VOID(add_pack(pack, all));
    }
    if (!request.choices.empty()) report.choices_refused = TRY(add_choices(request.choices, all));
    all.name = name_of(all);
    return all;
}

Result<WordsReport> build_words(WordsRequest const& request) {
    WordsReport report;
    auto const all = TRY(knowledge(request, report));
    report.edition = all.name;
    auto const tell = [&](Words const& words) {
        auto const about = words.index().about();
        report.phrases = about.phrases;
        report.subheadings = about.subheadings;
        report.lines = about.lines;
        report.has_texts = about.has_texts;
        std::error_code none;
        report.bytes = std::filesystem::file_size(request.output, none);
    };
    if (auto const before = Words::open(request.output); before && before->index().about().name == all.name) {
        report.is_unchanged = true;
        tell(*before);
        return report;
    }
    TRY_VOID(put(request.output, classify::compile(all)));
    tell(TRY(Words::open(request.output)));
    return report;
}

struct Words::Hidden {
    Pages pages;
    classify::Index index;
};
Words::Words(std::unique_ptr<Hidden> hidden) : hidden_(std::move(hidden)) {}
Words::Words(Words&&) noexcept = default;
Words::~Words() = default;
classify::Index const& Words::index() const { return hidden_->index; }

Result<Words> Words::open(std::filesystem::path const& file) {
    auto pages = TRY(Pages::map(file));
    auto const bytes = pages.bytes();
    Seal seal;
    if (bytes.size() < sizeof seal)
        return refuse(Code::edition_corrupt, "words", file.string() + " is cut short");
    auto const inner = bytes.substr(0, bytes.size() - sizeof seal);
    std::memcpy(&seal, inner.data() + inner.size(), sizeof seal);
    if (checksum_of(inner) != seal.checksum)
        return refuse(Code::edition_corrupt, "words", file.string() + " does not match its checksum");
    auto index = TRY(classify::Index::open(inner));
    return Words(std::unique_ptr<Hidden>(new Hidden{std::move(pages), std::move(index)}));
}

Result<void> keep(Chosen const& chosen, std::filesystem::path const& file) {
    if (trim(chosen.who).empty()) return refuse(Code::field_missing, "who", "say who chooses");
    if (trim(chosen.why).empty()) return refuse(Code::field_missing, "why", "say for what reason");
    if (chosen.who.size() > who_bytes_max || chosen.why.size() > why_bytes_max)
        return refuse(Code::too_long, "why", "at most 200 bytes of who, and 2000 of why");
    for (auto const* text : {&chosen.words, &chosen.who, &chosen.why}) {
        if (!is_clean(*text))
            return refuse(Code::bad_value, "why", "it holds control characters or is not UTF-8");
    }
    auto const parsed = GoodsCode::parse(chosen.code);
    if (!parsed) return std::unexpected(parsed.error().within("choose"));
    auto const& code = *parsed;
    if (code.size() < 6) return refuse(Code::bad_code, "choose", "a choice has at least 6 digits");
    // A mistyped code would teach the hub something that no border knows.
    auto const chapter = code.prefix(2).text();
    if (chapter < "01" || chapter > "97" || chapter == "77")
        return refuse(Code::bad_code, "choose",
                      "goods stand in chapters 01 to 97 without 77, not in " + chapter);
    boost::json::object given;
    for (auto const& one : chosen.given) given[one.facet] = one.value;
    auto const line = boost::json::serialize(boost::json::object{{"when", chosen.when},
                                                                 {"who", chosen.who},
                                                                 {"words", chosen.words},
                                                                 {"lang", chosen.language},
                                                                 {"answers", given},
                                                                 {"code", code.text()},
                                                                 {"why", chosen.why},
                                                                 {"edition", chosen.edition}}) +
                      "\n";
    std::error_code none;
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), none);
    std::ofstream out(file, std::ios::binary | std::ios::app);
    out.write(line.data(), static_cast<std::streamsize>(line.size()));
    out.flush();
    if (!out) return refuse(Code::unavailable, "", "cannot write " + file.string());
    return {};
}

}  // namespace allroads::books
