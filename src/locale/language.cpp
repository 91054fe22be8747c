// The languages, how one is found by its tag, and how a browser's wishes are weighed.

#include "locale/facts.h"
#include "locale/locale.h"

#include <algorithm>
#include <array>

namespace allroads::locale {
namespace {

constexpr auto to_left = Direction::right_to_left;
constexpr auto to_right = Direction::left_to_right;

// en-001 is the English of the world: "15 Mar 2026", "US$". The others are what CLDR takes for the language
// alone: French of France, Spanish of Spain, Portuguese of Brazil, Arabic of Egypt, Chinese in short signs.
constexpr std::array facts = {
    LanguageFacts{"en", "English", "Latn", to_right, "en_001", "latn"},
    LanguageFacts{"fr", "Français", "Latn", to_right, "fr", "latn"},
    LanguageFacts{"es", "Español", "Latn", to_right, "es", "latn"},
    LanguageFacts{"pt", "Português", "Latn", to_right, "pt", "latn"},
    LanguageFacts{"ar", "العربية", "Arab", to_left, "ar", "arab"},
    LanguageFacts{"sw", "Kiswahili", "Latn", to_right, "sw", "latn"},
    LanguageFacts{"ur", "اردو", "Arab", to_left, "ur", "arabext"},
    LanguageFacts{"zh", "中文", "Hans", to_right, "zh", "latn"},
    LanguageFacts{"hi", "हिन्दी", "Deva", to_right, "hi", "deva"},
    LanguageFacts{"bn", "বাংলা", "Beng", to_right, "bn", "beng"},
};
static_assert(facts.size() == language_count);

constexpr std::size_t tag_bytes_max = 35;  // RFC 5646, 4.4.1
constexpr std::size_t header_bytes_max = 4096;
constexpr std::size_t wishes_max = 64;

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

// "0", "0.8", "1.000" in thousandths; RFC 9110, 12.4.2.
std::optional<int> read_weight(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    if (text.size() > 1 && text[1] != '.') return std::nullopt;
    int value = text[0] - '0';
    for (std::size_t i = 2; i < 5; ++i) {
        char const c = i < text.size() ? text[i] : '0';
        if (!is_digit(c)) return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value <= 1000 ? std::optional(value) : std::nullopt;
}

struct Wish {
    std::string_view range;
    int weight;  // thousandths
};

// One item of the header: a range of languages and perhaps its weight.
std::optional<Wish> read_wish(std::string_view item) {
    auto const semicolon = item.find(';');
    Wish wish{without_blanks(item.substr(0, semicolon)), 1000};
    if (semicolon != std::string_view::npos) {
        auto const weight = without_blanks(item.substr(semicolon + 1));
        if (weight.size() < 3 || lower(weight[0]) != 'q' || weight[1] != '=') return std::nullopt;
        auto const value = read_weight(weight.substr(2));
        if (!value) return std::nullopt;
        wish.weight = *value;
    }
    return wish.range.empty() ? std::nullopt : std::optional(wish);
}

}  // namespace

LanguageFacts const& facts_of(Language language) { return facts[language.index()]; }

std::span<Language const> all_languages() {
    static constexpr auto all = [] {
        return []<std::size_t... i>(std::index_sequence<i...>) {
            return std::array{Language(static_cast<std::uint8_t>(i))...};
        }(std::make_index_sequence<language_count>());
    }();
    return all;
}

std::optional<Language> Language::parse(std::string_view tag) {
    if (tag.empty() || tag.size() > tag_bytes_max) return std::nullopt;
    bool const is_tag =
        std::ranges::all_of(tag, [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; });
    if (!is_tag) return std::nullopt;
    auto const primary = tag.substr(0, tag.find_first_of("-_"));
    for (auto const language : all_languages())
        if (std::ranges::equal(primary, language.tag(), {}, lower)) return language;
    return std::nullopt;
}

std::string_view Language::tag() const { return facts_of(*this).tag; }
std::string_view Language::own_name() const { return facts_of(*this).own_name; }
std::string_view Language::script() const { return facts_of(*this).script; }
Direction Language::direction() const { return facts_of(*this).direction; }

Language negotiate(std::string_view accept_language, std::string_view chosen) {
    if (auto const language = Language::parse(chosen)) return *language;
    // The weight of each language, and how early it was named; nothing where the header does not name it.
    struct Standing {
        int weight = -1;
        std::size_t place = wishes_max;
    };
    std::array<Standing, language_count> standings;
    Standing any;
    auto rest = accept_language.substr(0, header_bytes_max);
    for (std::size_t place = 0; place < wishes_max && !rest.empty(); ++place) {
        auto const comma = rest.find(',');
        bool const is_cut = comma == std::string_view::npos && accept_language.size() > header_bytes_max;
        auto const wish = is_cut ? std::nullopt : read_wish(without_blanks(rest.substr(0, comma)));
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
        if (!wish) continue;
        if (wish->range == "*") {
            if (any.weight < 0) any = {wish->weight, place};
        } else if (auto const language = Language::parse(wish->range)) {
            auto& standing = standings[language->index()];
            if (wish->weight > standing.weight) standing = {wish->weight, place};
        }
    }
    auto best = Language::english();
    Standing best_standing{0, wishes_max};
    for (auto const language : all_languages()) {
        auto const& named = standings[language.index()];
        auto const& standing = named.weight < 0 ? any : named;
        if (standing.weight > best_standing.weight ||
            (standing.weight == best_standing.weight && standing.weight > 0 &&
             standing.place < best_standing.place)) {
            best = language;
            best_standing = standing;
        }
    }
    return best;
}

}  // namespace allroads::locale
