#include "classify/spelling.h"

#include <algorithm>
#include <array>
#include <bit>

namespace allroads::classify {

namespace {

constexpr std::size_t letters_max = spell_sizes - 1;

// The characters of a word as numbers; at most `letters_max`.
std::size_t spelled(std::string_view word, std::array<std::uint32_t, letters_max>& out) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < word.size() && count < letters_max;) {
        auto const byte = static_cast<unsigned char>(word[at]);
        std::size_t const length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
        std::uint32_t character = 0;
        for (std::size_t i = at; i < std::min(at + length, word.size()); ++i)
            character = character << 8U | static_cast<unsigned char>(word[i]);
        out[count++] = character;
        at += length;
    }
    return count;
}

// Changes of one letter, and exchanges of two neighbours, that make one word the other (optimal string
// alignment); beyond `limit` any number above it.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
    std::array<std::uint32_t, letters_max> x{};
    std::array<std::uint32_t, letters_max> y{};
    auto const n = spelled(a, x);
    auto const m = spelled(b, y);
    std::array<std::array<std::size_t, letters_max + 1>, 3> rows{};
    for (std::size_t j = 0; j <= m; ++j) rows[0][j] = j;
    for (std::size_t i = 1; i <= n; ++i) {
        auto& row = rows[i % 3];
        auto const& above = rows[(i - 1) % 3];
        row[0] = i;
        auto least = i;
        for (std::size_t j = 1; j <= m; ++j) {
            auto best = above[j - 1] + (x[i - 1] == y[j - 1] ? 0 : 1);
            best = std::min({best, above[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                best = std::min(best, rows[(i - 2) % 3][j - 2] + 1);
            row[j] = best;
            least = std::min(least, best);
        }
        if (least > limit) return limit + 1;
    }
    return rows[n % 3][m];
}

// "baumwollhandtuch" as "baumwoll" and "handtuch", where both are known.
std::vector<Correction> parts(View const& view, Stems& stems, std::string_view word) {
    constexpr std::size_t part_min = 4;
    constexpr std::array<Language, 2> both = {Language::en, Language::de};
    for (auto const language : both) {
        for (std::size_t at = word.size() - std::min(word.size(), part_min); at >= part_min; --at) {
            auto const first = view.term(stems.stem(word.substr(0, at), language));
            auto const second = view.term(stems.stem(word.substr(at), language));
            if (first != none && second != none) return {{second, 0.8F}, {first, 0.6F}};
        }
    }
    return {};
}

}  // namespace

std::uint64_t letters_of(std::string_view word) {
    std::uint64_t bits = 0;
    std::array<std::uint32_t, letters_max> letters{};
    auto const count = spelled(word, letters);
    for (std::size_t i = 0; i < count; ++i) bits |= std::uint64_t{1} << (letters[i] * 2654435761U >> 26U);
    return bits;
}

std::uint32_t characters_of(std::string_view word) {
    std::array<std::uint32_t, letters_max> letters{};
    return static_cast<std::uint32_t>(spelled(word, letters));
}

std::vector<Correction> corrections(View const& view, Stems& stems, std::string_view word) {
    auto const size = characters_of(word);
    if (size < 4 || std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; })) return {};
    if (auto found = parts(view, stems, word); size >= 8 && !found.empty()) return found;
    // The stem of a misspelt word is as misspelt as the word, and the tables hold stems.
    auto const stem = stems.stem(word, Language::en);
    auto const limit = size >= 7 ? std::size_t{2} : std::size_t{1};
    auto const letters = letters_of(stem);
    auto const stem_size = characters_of(stem);
    std::vector<std::pair<std::size_t, std::uint32_t>> near;
    // Words are kept by how many characters they have.
    auto const least = std::max<std::size_t>(3, stem_size - std::min<std::size_t>(stem_size, limit));
    auto const most = std::min<std::size_t>(stem_size + limit, spell_sizes - 1);
    if (least > most) return {};
    for (auto k = view.spell_first[least]; k < view.spell_first[most + 1]; ++k) {
        if (static_cast<std::size_t>(std::popcount(view.spell_letters[k] ^ letters)) > 2 * limit) continue;
        auto const term = view.spell_terms[k];
        auto const far = distance(stem, view.text(view.terms[term].text), limit);
        if (far <= limit) near.emplace_back(far, term);
    }
    // The nearest, and of these the one that is said most.
    std::ranges::sort(near, [&](auto const& a, auto const& b) {
        if (a.first != b.first) return a.first < b.first;
        return view.terms[a.second].count > view.terms[b.second].count;
    });
    std::vector<Correction> out;
    for (auto const& [far, term] : near) {
        if (out.size() == 3 || far > near.front().first) break;
        out.push_back({term, far == 1 ? 0.7F : 0.5F});
    }
    return out;
}

}  // namespace allroads::classify
