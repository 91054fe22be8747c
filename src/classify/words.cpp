#include "classify/words.h"

#include <libstemmer.h>

#include <algorithm>

namespace allroads::classify {

namespace {

constexpr std::array<std::string_view, languages> names = {"en", "fr", "es", "pt", "ar", "sw", "zh",
                                                           "hi", "bn", "ur", "vi", "de", "id", "home"};
// Of libstemmer; the other languages change their words little or have none there.
constexpr std::array<char const*, languages> stemmers = {
    "english", "french", "spanish", "portuguese", "arabic", nullptr,      nullptr,
    "hindi",   nullptr,  nullptr,   nullptr,      "german", "indonesian", nullptr};

// Small words behind which no longer the goods themselves are named, but what they are of, for or with.
constexpr std::string_view prepositions[] = {
    "for",  "with",   "of",   "in",   "from",  "made",      "having",     "containing", "without",
    "to",   "on",     "by",   "used", "using", "including", "consisting", "suitable",   "pour",
    "avec", "en",     "sans", "para", "con",   "sin",       "com",        "sem",        "fur",
    "mit",  "aus",    "ohne", "ya",   "wa",    "la",        "za",         "kwa",        "untuk",
    "dari", "dengan", "bang", "cho",  "which", "that"};
// Words that end the name of the goods in a whole sentence: "the lamp is …", "a box fitted …".
constexpr std::string_view verbs[] = {
    "is",       "are",       "has",      "have",         "comprising", "comprises",    "consists",  "made",
    "composed", "designed",  "intended", "featuring",    "features",   "incorporates", "presented", "packed",
    "packaged", "supplied",  "sold",     "decorated",    "fitted",     "contains",     "comes",     "allows",
    "when",     "while",     "via",      "per",          "into",       "at",           "through",   "against",
    "under",    "over",      "between",  "during",       "measuring",  "consist",      "contain",   "include",
    "includes", "comprised", "attached", "incorporating"};
// "A set of brushes" is brushes.
constexpr std::string_view containers[] = {
    "set",   "pack", "pair",   "box",    "kit",  "range", "type",       "kind",       "variety", "selection",
    "piece", "roll", "packet", "pieces", "sets", "packs", "assortment", "collection", "sort",    "bundle"};
// Words of each language that no trade word is; several must agree before a language is believed.
struct Small {
    Language language;
    std::string_view words;
};
constexpr Small small_words[] = {
    {Language::en, " the of for with and in made from a "},
    {Language::fr, " de la le les des du pour avec en et sans au aux une un "},
    {Language::es, " de la el los las del para con y sin una un "},
    {Language::pt, " de da do das dos para com e sem uma um feito "},
    {Language::sw, " ya wa za la kwa na cha vya wa mwenye "},
    {Language::id, " untuk dari dengan dan yang di kain tas buah "},
    {Language::de, " der die das fur mit aus und ohne von eine ein "},
    {Language::vi, " cho bang va lam tu cua cai bo do "},
};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

// Length in bytes of the UTF-8 character that begins with `c`.
std::size_t length_of(char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

// CJK ideographs U+3400 to U+9FFF, as three bytes of UTF-8.
bool is_ideograph(std::string_view at) {
    if (at.size() < 3) return false;
    auto const first = static_cast<unsigned char>(at[0]);
    auto const second = static_cast<unsigned char>(at[1]);
    return (first == 0xE3 && second >= 0x90) || (first > 0xE3 && first < 0xEA);
}

// A run of ideographs as overlapping pairs; one alone as itself.
void cut_run(std::string_view run, bool in_front, std::vector<Word>& out) {
    if (run.size() <= 3) {
        out.push_back({std::string(run), true, in_front});
        return;
    }
    for (std::size_t at = 0; at + 6 <= run.size(); at += 3) {
        out.push_back({std::string(run.substr(at, 6)), true, in_front});
    }
}

bool is_preposition(std::string_view word) {
    return std::ranges::find(prepositions, word) != std::end(prepositions);
}

bool is_verb(std::string_view word) { return std::ranges::find(verbs, word) != std::end(verbs); }

// Where the described noun stands in front of its adjectives.
bool head_is_first(Language language) {
    switch (language) {
        case Language::fr:
        case Language::es:
        case Language::pt:
        case Language::ar:
        case Language::sw:
        case Language::vi:
        case Language::id: return true;
        default: return false;
    }
}

bool is_container(std::string_view word) {
    return std::ranges::find(containers, word) != std::end(containers);
}

void mark_head(std::vector<Word>& all, Language language) {
    auto const in_front = [](Word const& word) {
        return word.in_front && (word.text[0] < '0' || word.text[0] > '9') && !is_small(word.text);
    };
    if (head_is_first(language)) {
        auto const head = std::ranges::find_if(all, in_front);
        if (head != all.end()) head->is_head = true;
        return;
    }
    auto const head = std::find_if(all.rbegin(), all.rend(), in_front);
    if (head != all.rend()) head->is_head = true;
}

bool has_word(std::string_view list, std::string_view word) {
    auto const at = list.find(word);
    return at != std::string_view::npos && at > 0 && list[at - 1] == ' ' && list[at + word.size()] == ' ';
}

}  // namespace

std::optional<Language> parse_language(std::string_view text) {
    auto const found = std::ranges::find(names, text);
    if (found == names.end()) return std::nullopt;
    return static_cast<Language>(found - names.begin());
}
std::string_view text_of(Language language) { return names[static_cast<std::size_t>(language)]; }

std::string_view text_of(Source source) {
    constexpr std::string_view all[] = {"synonym", "reference", "learned", "hs-text", "line-text"};
    return all[static_cast<std::size_t>(source)];
}

std::vector<Word> words_of(std::string_view text, Language language) {
    auto const plain = folded(text);
    std::vector<Word> all;
    bool in_front = true;
    bool is_later = false;
    bool was_genus = false;
    for (std::size_t at = 0; at < plain.size();) {
        if (!is_letter(plain[at])) {
            // What stands behind a comma or in brackets describes; a mark before the first word says nothing.
            bool const ends = std::string_view(",;:().").find(plain[at]) != std::string_view::npos;
            bool const is_point = plain[at] == '.' && at + 1 < plain.size() && is_letter(plain[at + 1]);
            if (ends && !is_point && !all.empty()) in_front = false;
            bool const is_end = (plain[at] == '.' && !is_point) || plain[at] == ';' || plain[at] == '\n';
            if (is_end && all.size() > 1) is_later = true;
            bool const joins = (plain[at] == '-' || plain[at] == '\'') && at > 0 && is_letter(plain[at - 1]);
            if (joins && !all.empty()) all.back().is_joined = true;
            ++at;
            continue;
        }
        auto end = at;
        bool const ideographs = is_ideograph(std::string_view(plain).substr(at));
        while (end < plain.size() && is_letter(plain[end]) &&
               is_ideograph(std::string_view(plain).substr(end)) == ideographs) {
            end += std::min(length_of(plain[end]), plain.size() - end);
        }
        auto const run = std::string_view(plain).substr(at, end - at);
        at = end;
        if (ideographs) {
            cut_run(run, in_front, all);
        } else if (run.size() <= word_bytes_max) {
            bool const is_of = run == "of" && !all.empty() && is_container(all.back().text);
            if (is_of && in_front) {
                // The container does not name the goods.
                for (auto& word : all) word.in_front = false;
            } else if (!all.empty() && (is_preposition(run) || is_verb(run))) {
                in_front = false;
            }
            // "The kit is a lamp for …": what stands behind names the goods once more.
            bool const is_article = run == "a" || run == "an";
            if (is_article && !all.empty() && all.back().text == "is" && !is_later && !was_genus)
                in_front = was_genus = true;
            all.push_back({std::string(run), false, in_front && !is_preposition(run)});
            all.back().is_later = is_later;
        }
    }
    mark_head(all, language);
    return all;
}

std::optional<Language> language_of(std::string_view text) {
    auto const plain = folded(text);
    std::array<int, languages> votes{};
    for (std::size_t at = 0; at + 1 < plain.size(); at += length_of(plain[at])) {
        auto const first = static_cast<unsigned char>(plain[at]);
        auto const second = static_cast<unsigned char>(plain[at + 1]);
        if (is_ideograph(std::string_view(plain).substr(at))) return Language::zh;
        if (first == 0xE0 && (second == 0xA4 || second == 0xA5)) return Language::hi;
        if (first == 0xE0 && (second == 0xA6 || second == 0xA7)) return Language::bn;
        // Letters of Urdu that Arabic does not have: tteh, peh, tcheh, ddal, rreh, gaf, noon ghunna.
        if ((first == 0xD9 && (second == 0xB9 || second == 0xBE)) ||
            (first == 0xDA && second != 0x00 &&
             (second == 0x86 || second == 0x88 || second == 0x91 || second == 0xAF || second == 0xBA))) {
            return Language::ur;
        }
        if (first >= 0xD8 && first <= 0xDB) votes[static_cast<std::size_t>(Language::ar)] += 100;
    }
    for (auto const& word : words_of(text, Language::en)) {
        for (auto const& small : small_words) {
            if (has_word(small.words, word.text)) ++votes[static_cast<std::size_t>(small.language)];
        }
    }
    auto const best = std::ranges::max_element(votes);
    if (*best == 0 || std::ranges::count(votes, *best) > 1) return std::nullopt;
    return static_cast<Language>(best - votes.begin());
}

Said said(std::string_view text) {
    constexpr std::string_view marks[] = {"excl.",    "excluding", "other than", "except", "not ",
                                          "without ", "n.e.c",     "nes",        "no. ",   "heading"};
    std::string lower(text);
    for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    Said out;
    for (std::size_t at = 0; at < text.size();) {
        auto const starts = at == 0 || !is_letter(lower[at - 1]);
        auto const mark = std::ranges::find_if(marks, [&](std::string_view one) {
            return starts && std::string_view(lower).substr(at).starts_with(one);
        });
        // "Whether or not lined" excludes nothing.
        bool const or_not =
            mark != std::end(marks) && *mark == "not " && at >= 3 && lower.compare(at - 3, 3, "or ") == 0;
        if (mark == std::end(marks) || or_not) {
            out.goods += text[at++];
            continue;
        }
        // An exclusion in brackets ends with them; any other at the next comma or semicolon.
        auto const open = text.rfind('(', at);
        bool const in_brackets = open != std::string_view::npos && at - open <= 2;
        auto const end = std::min(text.find_first_of(in_brackets ? ")" : ",;)>", at), text.size());
        out.excluded += std::string(text.substr(at + mark->size() > end ? end : at + mark->size(),
                                                end - std::min(end, at + mark->size()))) +
                        "; ";
        at = end;
    }
    return out;
}

namespace {
// "Product: a lamp …" begins with a label that is no part of the goods.
std::string_view without_label(std::string_view text) {
    constexpr std::string_view labels[] = {"product",
                                           "item",
                                           "article",
                                           "goods",
                                           "description",
                                           "name",
                                           "product name",
                                           "goods description",
                                           "product description",
                                           "item description"};
    auto const colon = text.find(':');
    if (colon == std::string_view::npos || colon > 24) return text;
    auto const label = folded(trim(text.substr(0, colon)));
    auto const rest = trim(text.substr(colon + 1));
    return std::ranges::find(labels, label) == std::end(labels) || rest.empty() ? text : rest;
}
}  // namespace

std::string description_of(std::string_view text) {
    constexpr std::size_t short_bytes = 160;
    constexpr std::string_view law[] = {"classif",
                                        "justification",
                                        "commodity code",
                                        "regulation",
                                        "heading",
                                        "tariff",
                                        "rules of interpretation",
                                        "general rule",
                                        "subheading",
                                        "determin",
                                        "purposes of",
                                        "legal note",
                                        "customs"};
    text = without_label(text);
    if (text.size() <= short_bytes) return std::string(text);
    std::string lower(text);
    for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        auto end = at;
        // A sentence ends at a mark that a space follows, at a line end, or where a label begins the next
        // part.
        while (end < text.size() && text[end] != '\n' &&
               !((text[end] == '.' || text[end] == ';' || text[end] == '!' || text[end] == '?') &&
                 (end + 1 == text.size() || text[end + 1] == ' '))) {
            ++end;
        }
        end = std::min(end + 1, text.size());
        auto const sentence = std::string_view(lower).substr(at, end - at);
        // Where law begins within a sentence, what stands before it may still be the goods.
        std::size_t words = 0;
        std::size_t first = sentence.size();
        for (auto const& word : law) {
            auto const found = sentence.find(word);
            if (found == std::string_view::npos) continue;
            ++words;
            first = std::min(first, found);
        }
        out += std::string(text.substr(at, words >= 2 ? first : sentence.size()));
        out += ' ';
        at = end;
    }
    return trim(out).size() < 3 ? std::string(text) : out;
}

Stems::~Stems() {
    for (auto* stemmer : made_) {
        if (stemmer != nullptr) sb_stemmer_delete(stemmer);
    }
}

namespace {
// Words written one way in Britain and another in America are written the American way, on both sides.
std::string american(std::string_view word) {
    constexpr std::pair<std::string_view, std::string_view> pairs[] = {
        {"aluminium", "aluminum"}, {"jewellery", "jewelry"}, {"fibre", "fiber"}, {"tyre", "tire"},
        {"mould", "mold"},         {"plough", "plow"},       {"grey", "gray"},   {"sulph", "sulf"},
        {"centre", "center"},      {"metre", "meter"},       {"litre", "liter"}, {"isation", "ization"},
        {"ised", "ized"},          {"ising", "izing"},       {"iser", "izer"},   {"colour", "color"},
        {"flavour", "flavor"},     {"odour", "odor"},        {"vapour", "vapor"}};
    std::string out(word);
    for (auto const& [british, spelt] : pairs) {
        auto const at = out.find(british);
        if (at != std::string::npos) out.replace(at, british.size(), spelt);
    }
    if (out.size() > 6 && out.ends_with("ise")) out.replace(out.size() - 3, 3, "ize");
    return out;
}
}  // namespace

bool is_small(std::string_view word) {
    constexpr std::string_view all[] = {"the", "a",    "an", "and", "or",   "is",    "are", "be",   "it",
                                        "its", "this", "at", "as",  "into", "other", "etc", "than", "all",
                                        "any", "de",   "du", "des", "le",   "les",   "del", "los",  "las",
                                        "el",  "da",   "do", "dos", "das",  "und",   "der", "die",  "yang",
                                        "dan", "na",   "et", "y",   "e"};
    return is_preposition(word) || std::ranges::find(all, word) != std::end(all);
}

std::string Stems::stem(std::string_view word, Language language) {
    auto const index = static_cast<std::size_t>(language);
    if (stemmers[index] == nullptr) return std::string(word);
    auto*& made = made_[index];
    if (made == nullptr) made = sb_stemmer_new(stemmers[index], "UTF_8");
    check(made != nullptr);
    auto const spelt = language == Language::en ? american(word) : std::string(word);
    auto const* const stem = sb_stemmer_stem(made, reinterpret_cast<sb_symbol const*>(spelt.data()),
                                             static_cast<int>(spelt.size()));
    check(stem != nullptr);
    return {reinterpret_cast<char const*>(stem), static_cast<std::size_t>(sb_stemmer_length(made))};
}

}  // namespace allroads::classify
