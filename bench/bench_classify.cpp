// How often classify is right, how well it knows its doubt, and how long it takes: on rulings of the UK
// customs and on the search references of the UK tariff that a fixed tenth of, by their hash, was kept from
// learning.
//
//   bench_classify [rulings.tsv] [--words-only]
//
// rulings.tsv has a header and four columns: style, query, code, ruling. Official files are looked for in
// ALLROADS_SHARED_DATA. With --words-only nothing official is learned: what packs/words alone can do.

#include "books/books.h"
#include "classify/classify.h"

#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

namespace {

using namespace allroads;
namespace fs = std::filesystem;

struct Asked {
    std::string style;
    std::string words;
    std::string code;
};
constexpr std::array<std::size_t, 4> digits = {2, 4, 6, 10};

bool is_held_out(std::string_view key) {
    std::uint32_t hash = 2166136261U;
    for (char const c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash % 10 == 0;
}

std::vector<Asked> rulings(fs::path const& file) {
    std::vector<Asked> all;
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        auto const a = line.find('\t');
        auto const b = line.find('\t', a + 1);
        auto const c = line.find('\t', b + 1);
        if (b == std::string::npos) continue;
        all.push_back({line.substr(0, a), line.substr(a + 1, b - a - 1), line.substr(b + 1, c - b - 1)});
    }
    return all;
}

struct Bin {
    double said = 0, right = 0;
    int count = 0;
};
struct Scores {
    int count = 0;
    std::array<std::array<int, 3>, 4> top{};    // by digits: 1, 3, 10
    std::array<std::array<Bin, 10>, 3> bins{};  // heading, subheading, code
    int settled = 0, settled_right = 0;
};

void count(Scores& scores, Asked const& asked, classify::Answer const& answer) {
    ++scores.count;
    for (std::size_t d = 0; d < digits.size(); ++d) {
        auto const wanted = asked.code.substr(0, digits[d]);
        std::size_t place = answer.proposals.size();
        for (std::size_t i = answer.proposals.size(); i-- > 0;) {
            auto const& one = answer.proposals[i];
            auto code = one.code.text();
            if (one.is_line) code.resize(10, '0');  // a line of eight digits is written with two zeros more
            if (code.substr(0, digits[d]) == wanted) place = i;
        }
        constexpr std::array<std::size_t, 3> within = {1, 3, 10};
        for (std::size_t k = 0; k < within.size(); ++k)
            scores.top[d][k] += place < std::min(within[k], answer.proposals.size()) ? 1 : 0;
    }
    if (answer.proposals.empty()) return;
    auto const& first = answer.proposals.front();
    std::array<std::int32_t, 2> const said = {first.heading_permille, first.hs_permille};
    for (std::size_t level = 0; level < said.size(); ++level) {
        auto const size = digits[level + 1];
        bool const right = first.hs.text().substr(0, size) == asked.code.substr(0, size);
        auto& bin = scores.bins[level][static_cast<std::size_t>(std::min(said[level] / 100, 9))];
        ++bin.count;
        bin.said += said[level] / 1000.0;
        bin.right += right ? 1 : 0;
    }
    if (first.hs_permille >= 900) {
        ++scores.settled;
        scores.settled_right += first.hs.text() == asked.code.substr(0, 6) ? 1 : 0;
    }
}

double calibration_error(std::array<Bin, 10> const& bins, int count) {
    double error = 0;
    for (auto const& bin : bins) error += std::fabs(bin.said - bin.right) / std::max(count, 1);
    return error;
}

void print(char const* name, Scores const& s, std::vector<double> times) {
    std::printf("%s: %d questions\n", name, s.count);
    for (std::size_t d = 0; d < digits.size(); ++d) {
        std::printf("  %2zu digits   first %5.1f %%   in three %5.1f %%   in ten %5.1f %%\n", digits[d],
                    100.0 * s.top[d][0] / s.count, 100.0 * s.top[d][1] / s.count,
                    100.0 * s.top[d][2] / s.count);
    }
    std::printf("  calibration error   heading %.3f   subheading %.3f\n",
                calibration_error(s.bins[0], s.count), calibration_error(s.bins[1], s.count));
    std::printf("  subheading said with 90 %% or more: %d, of these right: %d\n", s.settled, s.settled_right);
    if (times.empty()) return;
    std::ranges::sort(times);
    std::printf("  time   p50 %.2f ms   p99 %.2f ms   longest %.2f ms\n", times[times.size() / 2],
                times[times.size() * 99 / 100], times.back());
}

void measure(char const* name, classify::Index const& index, std::vector<Asked> const& all) {
    Scores scores;
    std::map<std::string, Scores> by_style;
    std::vector<double> times;
    for (auto const& asked : all) {
        classify::Question question;
        question.words = asked.words;
        question.markets = {"GB"};
        auto const start = std::chrono::steady_clock::now();
        auto const answer = classify::classify(index, question);
        times.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
        if (!answer) {
            std::printf("refused: %s\n", answer.error().sentence().c_str());
            continue;
        }
        count(scores, asked, *answer);
        count(by_style[asked.style], asked, *answer);
        if (std::getenv("BENCH_VERBOSE") != nullptr) {
            std::printf("%s %-60.60s", asked.code.c_str(), asked.words.c_str());
            for (auto const& one : answer->proposals) std::printf(" %s", one.hs.text().c_str());
            std::printf("\n");
        }
    }
    print(name, scores, times);
    if (by_style.size() < 2) return;
    for (auto const& [style, s] : by_style) {
        std::printf("    %-16s %3d: heading first %3d, in ten %3d; subheading in ten %3d\n", style.c_str(),
                    s.count, s.top[1][0], s.top[1][2], s.top[2][2]);
    }
}

// Imports what is there, as a user would.
void import(fs::path const& shared, fs::path const& data, char const* source, char const* file) {
    books::ImportRequest request;
    request.source = source;
    request.files = {shared / file};
    request.data = data;
    auto const report = books::import_files(request);
    if (!report) std::printf("not imported: %s: %s\n", file, report.error().sentence().c_str());
}

long resident_kilobytes() {
    std::ifstream in("/proc/self/status");
    std::string line;
    while (std::getline(in, line)) {
        if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6);
    }
    return 0;
}

int run(fs::path const& shared, fs::path const& file, bool words_only) {
    auto const data = fs::temp_directory_path() / ("allroads-bench-classify-" + std::to_string(getpid()));
    if (!words_only) {
        import(shared, data, "hs-texts", "hs-texts/harmonized-system-2022-en.csv");
        import(shared, data, "us-hts", "us-hts/hts_2026_rev_10.json.gz");
        import(shared, data, "eu-cn8", "eu-cn8/ukgt_vs_cet_cn8_2020.json.xz");
        import(shared, data, "uk-search-references", "classification/uk-search-references.json");
    }
    books::WordsRequest request;
    auto const* other = std::getenv("ALLROADS_PACKS");  // packs of another folder, to compare
    request.pack_folders = {other == nullptr ? fs::path(ALLROADS_PACKS) : fs::path(other), data / "packs"};
    books::WordsReport report;
    auto all = books::knowledge(request, report);
    if (!all) return std::printf("%s\n", all.error().sentence().c_str()), 1;
    std::vector<Asked> references;
    auto const held = [&](std::string const& text, GoodsCode code, bool keep) {
        if (!is_held_out(text)) return false;
        if (keep) references.push_back({"reference", text, code.text()});
        return true;
    };
    std::erase_if(all->phrases, [&](classify::Phrase const& phrase) {
        return phrase.source == classify::Source::reference && held(phrase.text, phrase.codes.front(), true);
    });
    std::erase_if(all->nodes, [&](classify::NodeText const& node) {
        return node.is_hint && held(node.text, node.code, false);
    });
    std::error_code none;
    fs::remove_all(data, none);
    auto const start = std::chrono::steady_clock::now();
    auto const bytes = classify::compile(*all);
    auto const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    *all = {};
    auto const index = classify::Index::open(bytes);
    if (!index) return std::printf("%s\n", index.error().sentence().c_str()), 1;
    auto const about = index->about();
    std::printf(
        "%llu phrases, %llu subheadings, %llu national lines; compiled in %.1f s, %.1f MB\n",
        static_cast<unsigned long long>(about.phrases), static_cast<unsigned long long>(about.subheadings),
        static_cast<unsigned long long>(about.lines), seconds, static_cast<double>(bytes.size()) / 1e6);
    if (!references.empty()) measure("references that were kept from learning", *index, references);
    auto const asked = rulings(file);
    if (!asked.empty()) measure("rulings", *index, asked);
    std::printf("memory after all questions: %ld MB\n", resident_kilobytes() / 1024);
    return 0;
}

}  // namespace

int main(int count, char** words) {
    auto const* const variable = std::getenv("ALLROADS_SHARED_DATA");
    fs::path const shared = variable != nullptr ? variable : ALLROADS_SHARED_DATA;
    fs::path file = shared / "classification/uk-rulings-dev.tsv";
    bool words_only = false;
    for (int i = 1; i < count; ++i) {
        if (std::string_view(words[i]) == "--words-only") {
            words_only = true;
        } else {
            file = words[i];
        }
    }
    return run(shared, file, words_only);
}
