#pragma once
// For the tests of readers: what a reader makes of some bytes or of an official file.

#include "books/pack.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace allroads::books {

struct ReadInTest {
    Result<void> result;
    ImportReport report;
    std::string pack;  // key of pack.toml
    std::string dated;
    std::string measures;  // the tables as they were written, without their header
    std::string lines;
    std::string rates;

    [[nodiscard]] std::string error() const { return result ? "" : result.error().sentence(); }
    // All refusals in one text: "3 reason\n".
    [[nodiscard]] std::string refused() const {
        std::string all;
        for (auto const& one : report.refused) all += std::to_string(one.line) + " " + one.reason + "\n";
        return all;
    }
    [[nodiscard]] std::string notes() const {
        std::string all;
        for (auto const& note : report.notes) all += note + "\n";
        return all;
    }
};

inline std::string table_in_test(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    std::string const all((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    auto const header = all.find('\n');
    return header == std::string::npos ? "" : all.substr(header + 1);
}

// Few tariffs have headings without a code: an empty last column is left out.
inline std::string without_empty_group(std::string lines) {
    for (auto at = lines.find(",\n"); at != std::string::npos; at = lines.find(",\n", at)) lines.erase(at, 1);
    return lines;
}

inline ReadInTest read_in_test(Read read, Input input, ReaderOptions const& options = {}) {
    auto pattern = (std::filesystem::temp_directory_path() / "allroads-reader-XXXXXX").string();
    std::filesystem::path const folder = mkdtemp(pattern.data());
    ReadInTest made;
    {
        auto out = *PackWriter::create(folder / "pack", false);
        made.result = read(input, options, out);
        made.pack = out.value("pack");
        made.dated = out.value("dated");
        made.report = out.report();
        if (made.result) made.result = out.commit();
    }
    made.measures = table_in_test(folder / "pack/measures.csv");
    made.lines = without_empty_group(table_in_test(folder / "pack/lines.csv"));
    made.rates = table_in_test(folder / "pack/fx.csv");
    std::filesystem::remove_all(folder);
    return made;
}

inline ReadInTest read_text_in_test(Read read, std::string const& name, std::string const& text,
                                    ReaderOptions const& options = {}) {
    return read_in_test(read, *Input::from_memory(name, text), options);
}

// An official file that lies beside the clone; nothing where it does not.
inline std::optional<std::filesystem::path> official_in_test(std::string const& name) {
    auto const* const folder = std::getenv("ALLROADS_SHARED_DATA");
    if (folder == nullptr) return std::nullopt;
    auto file = std::filesystem::path(folder) / name;
    if (!std::filesystem::exists(file)) return std::nullopt;
    return file;
}

}  // namespace allroads::books
