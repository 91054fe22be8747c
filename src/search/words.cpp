// Terms of texts. Words of scripts that are written without spaces are found by ICU's dictionaries.

#include "search/words.h"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <memory>

namespace allroads::search {
namespace {

UChar32 next_of(std::string_view text, std::size_t& at) {
    auto const window = text.substr(at, 4);
    auto const* bytes = reinterpret_cast<std::uint8_t const*>(window.data());
    std::int32_t used = 0;
    UChar32 character = 0;
    U8_NEXT(bytes, used, static_cast<std::int32_t>(window.size()), character);
    at += static_cast<std::size_t>(used);
    return character;
}

UScriptCode script_of(UChar32 character) {
    UErrorCode unknown = U_ZERO_ERROR;
    return uscript_getScript(character, &unknown);
}
bool is_han_or_kana(UScriptCode script) {
    return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA;
}
bool is_without_spaces(UScriptCode script) {
    return is_han_or_kana(script) || script == USCRIPT_THAI || script == USCRIPT_KHMER ||
           script == USCRIPT_MYANMAR || script == USCRIPT_LAO;
}
bool is_of_word(UChar32 character) {
    if (character < 0x80) {
        return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
    }
    return u_isalnum(character) || (U_GET_GC_MASK(character) & U_GC_M_MASK) != 0;
}

// Whether any character is of a script that needs a dictionary: all of them lie beyond U+0E00.
bool needs_dictionary(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (static_cast<unsigned char>(text[at]) < 0xE0) {
            ++at;
            continue;
        }
        auto const character = next_of(text, at);
        if (character >= 0x0E00 && is_without_spaces(script_of(character))) return true;
    }
    return false;
}

// Cut at a character.
std::string_view cut(std::string_view word) {
    if (word.size() <= term_bytes_max) return word;
    std::size_t end = term_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(word[end]) & 0xC0U) == 0x80U) --end;
    return word.substr(0, end);
}

// Takes the words of a folded text.
void take(std::string_view folded_text, std::vector<Word>& words) {
    std::size_t start = 0;
    bool is_inside = false;
    bool is_han = false;
    auto const close = [&](std::size_t end) {
        if (is_inside && end > start) {
            words.push_back({std::string(cut(folded_text.substr(start, end - start))), is_han});
        }
        is_inside = false;
        is_han = false;
    };
    for (std::size_t at = 0; at < folded_text.size();) {
        auto const begin = at;
        auto const character = next_of(folded_text, at);
        if (character < 0 || !is_of_word(character)) {
            close(begin);
            continue;
        }
        if (!is_inside) {
            start = begin;
            is_inside = true;
        }
        if (character >= 0x2E80 && is_han_or_kana(script_of(character))) is_han = true;
    }
    close(folded_text.size());
}

struct CloseBreaks {
    void operator()(UBreakIterator* breaks) const { ubrk_close(breaks); }
};
// One a thread: making one reads rules, asking it is cheap.
UBreakIterator* breaks_of_thread() {
    thread_local std::unique_ptr<UBreakIterator, CloseBreaks> const breaks = [] {
        UErrorCode status = U_ZERO_ERROR;
        std::unique_ptr<UBreakIterator, CloseBreaks> made(ubrk_open(UBRK_WORD, "", nullptr, 0, &status));
        check(U_SUCCESS(status));
        return made;
    }();
    return breaks.get();
}

std::u16string utf16_of(std::string_view text) {
    std::u16string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        auto character = next_of(text, at);
        if (character < 0) character = ' ';
        if (character > 0xFFFF) {
            out += static_cast<char16_t>(U16_LEAD(character));
            out += static_cast<char16_t>(U16_TRAIL(character));
        } else {
            out += static_cast<char16_t>(character);
        }
    }
    return out;
}

std::string utf8_of(std::u16string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::uint32_t character = text[at++];
        if (U16_IS_LEAD(character) && at < text.size() && U16_IS_TRAIL(text[at])) {
            character = 0x10000U + ((character - 0xD800U) << 10U) + (std::uint32_t{text[at++]} - 0xDC00U);
        }
        std::array<std::uint8_t, 4> bytes{};
        std::int32_t size = 0;
        if (U_IS_SURROGATE(character)) character = ' ';
        U8_APPEND_UNSAFE(bytes.data(), size, character);
        out.append(reinterpret_cast<char const*>(bytes.data()), static_cast<std::size_t>(size));
    }
    return out;
}

std::vector<std::string_view> pieces_of(std::string_view word) {
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; at < word.size();) {
        auto const begin = at;
        auto const character = next_of(word, at);
        bool const is_mark = character >= 0 && (U_GET_GC_MASK(character) & U_GC_M_MASK) != 0;
        if (is_mark && !pieces.empty()) {
            pieces.back() = word.substr(static_cast<std::size_t>(pieces.back().data() - word.data()),
                                        pieces.back().size() + (at - begin));
        } else {
            pieces.push_back(word.substr(begin, at - begin));
        }
    }
    return pieces;
}

void add_pairs(std::string_view run, std::vector<std::string>& pairs) {
    auto const pieces = pieces_of(run);
    for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
        pairs.push_back(std::string(pieces[i]) + std::string(pieces[i + 1]));
    }
}

}  // namespace

void split(std::string_view text, std::vector<Word>& words, std::vector<std::string>* pairs) {
    if (!needs_dictionary(text)) {
        take(folded(text), words);
        return;
    }
    auto const units = utf16_of(text);
    auto* const breaks = breaks_of_thread();
    UErrorCode status = U_ZERO_ERROR;
    ubrk_setText(breaks, units.data(), static_cast<std::int32_t>(units.size()), &status);
    check(U_SUCCESS(status));
    std::string run;
    auto const close = [&] {
        if (pairs != nullptr) add_pairs(run, *pairs);
        run.clear();
    };
    auto from = ubrk_first(breaks);
    for (auto to = ubrk_next(breaks); to != UBRK_DONE; from = to, to = ubrk_next(breaks)) {
        auto const first = words.size();
        take(folded(utf8_of(std::u16string_view(units).substr(static_cast<std::size_t>(from),
                                                              static_cast<std::size_t>(to - from)))),
             words);
        bool const is_han = words.size() == first + 1 && words.back().is_han;
        if (is_han) {
            run += words.back().text;
        } else {
            close();
        }
    }
    close();
}

std::vector<std::string> pairs_of(std::string_view word) {
    std::vector<std::string> pairs;
    add_pairs(word, pairs);
    return pairs;
}

bool has_plural_s(std::string_view language) {
    auto const main = language.substr(0, language.find_first_of("-_"));
    return main == "en" || main == "fr" || main == "es" || main == "pt";
}

std::vector<std::string> singulars(std::string_view word, std::string_view language) {
    std::vector<std::string> found;
    auto const main = language.substr(0, language.find_first_of("-_"));
    bool const is_latin = std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
    if (!is_latin || word.size() < 4 || !word.ends_with('s')) return found;
    auto const stem = word.substr(0, word.size() - 1);
    if (stem.ends_with('s') || stem.ends_with('u') || stem.ends_with('i')) return found;
    found.emplace_back(stem);
    if (!stem.ends_with('e')) return found;
    auto const shorter = stem.substr(0, stem.size() - 1);
    auto const ends_in = [&](std::initializer_list<std::string_view> endings) {
        return std::ranges::any_of(endings, [&](auto ending) { return shorter.ends_with(ending); });
    };
    if (main == "en") {
        if (ends_in({"x", "ch", "sh", "ss"})) found.emplace_back(shorter);
        if (word.size() >= 5 && shorter.ends_with('i')) {
            found.push_back(std::string(shorter.substr(0, shorter.size() - 1)) + "y");
        }
    } else if (main == "es" || main == "pt") {
        if (ends_in({"r", "n", "l", "d", "j", "z", "y"})) found.emplace_back(shorter);
    }
    return found;
}

std::u32string characters(std::string_view term) {
    std::u32string out;
    for (std::size_t at = 0; at < term.size();) {
        auto const character = next_of(term, at);
        out += static_cast<char32_t>(character < 0 ? 0xFFFD : character);
    }
    return out;
}

bool is_spelled(std::u32string_view word) {
    return std::ranges::all_of(word, [](char32_t c) {
        if (c < 0x80) return c >= 'a' && c <= 'z';
        auto const character = static_cast<UChar32>(c);
        if (u_isdigit(character) || !is_of_word(character)) return false;
        return !is_without_spaces(script_of(character));
    });
}

int distance(std::u32string_view a, std::u32string_view b, int most) {
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > static_cast<std::size_t>(most) || b.size() > term_bytes_max) return most + 1;
    std::array<std::array<int, term_bytes_max + 1>, 3> rows;
    for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = static_cast<int>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto& now = rows[i % 3];
        auto const& before = rows[(i - 1) % 3];
        now[0] = static_cast<int>(i);
        int least = now[0];
        for (std::size_t j = 1; j <= b.size(); ++j) {
            int best = before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            best = std::min({best, before[j] + 1, now[j - 1] + 1});
            bool const is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (is_swap) best = std::min(best, rows[(i - 2) % 3][j - 2] + 1);
            now[j] = best;
            least = std::min(least, best);
        }
        // Two rows on, a swap may still save what the last row lost; one more than allowed is kept.
        if (least > most + 1) return most + 1;
    }
    return std::min(rows[a.size() % 3][b.size()], most + 1);
}

void trigrams(std::u32string_view word, std::vector<std::uint32_t>& hashes) {
    char32_t one = 1;
    char32_t two = 1;
    auto const add = [&](char32_t three) {
        std::uint64_t mixed = (std::uint64_t{one} * 0x9E3779B97F4A7C15ULL) ^ (std::uint64_t{two} << 21U);
        mixed = (mixed ^ (mixed >> 29U)) * 0xBF58476D1CE4E5B9ULL + three;
        mixed = (mixed ^ (mixed >> 32U)) * 0x94D049BB133111EBULL;
        hashes.push_back(static_cast<std::uint32_t>(mixed >> 32U));
        one = two;
        two = three;
    };
    for (auto const c : word) add(c);
    add(2);
    add(2);
}

}  // namespace allroads::search
