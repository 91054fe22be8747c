#include "tariff/duty_words.h"

#include <array>

namespace allroads::tariff {
namespace {

bool is_control(char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// "appli- cable" was cut at the end of a printed line; "import-ed" never stands in these texts.
bool is_cut_word(std::string_view before, std::string_view after) {
    return before.size() >= 2 && before.back() == '-' && is_letter(before[before.size() - 2]) &&
           after.size() > 1 && after[0] == ' ' && is_letter(after[1]) && !is_upper(after[1]);
}

std::string without_space(std::string_view text, bool& is_clean) {
    std::string out;
    out.reserve(text.size());
    for (char const c : text) {
        bool const space = is_space(c);
        if (!space && is_control(c)) is_clean = false;
        char const shown = space || is_control(c) ? ' ' : c;
        if (shown == ' ' && (out.empty() || out.back() == ' ')) continue;
        out += shown;
    }
    return out;
}

std::string joined(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (is_cut_word(out, text.substr(at))) {
            out.pop_back();
            continue;
        }
        out += text[at];
    }
    return out;
}

std::string written_out(std::string_view text) {
    struct Escape {
        std::string_view escape, plain;
    };
    static constexpr std::array<Escape, 4> escapes{
        {{"&#58;", ":"}, {"&#160;", " "}, {"&nbsp;", " "}, {"&amp;", "&"}}};
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t used = 0;
        for (Escape const& escape : escapes) {
            if (text[at] == '&' && text.substr(at).starts_with(escape.escape)) {
                out += escape.plain;
                used = escape.escape.size();
                break;
            }
        }
        if (used == 0) out += text[at];
        at += used == 0 ? 1 : used;
    }
    return out;
}

// A spelling without its spaces and full stops, in lower case. Multiples are written out (a gross is 144
// pieces), so that every spelling of one duty gives one tree.
struct Spelling {
    std::string_view squashed;
    std::string_view code;  // for Unit::parse
    std::int64_t per = 1;
    std::string_view of = {};
};
constexpr auto spellings = std::to_array<Spelling>({
    {"kg", "KGM"},
    {"cleankg", "KGM", 1, "clean weight"},
    {"kgtss", "KGM", 1, "total soluble solids"},
    {"t", "KGM", 1000},
    {"tonne", "KGM", 1000},
    {"g", "GRM"},
    {"ct", "CTM"},
    {"carat", "CTM"},
    {"l", "LTR"},
    {"liter", "LTR"},
    {"litre", "LTR"},
    {"hl", "LTR", 100},
    {"pfliter", "proof litre"},
    {"lalc100%", "LPA"},
    {"lofalcohol", "LPA"},
    {"p/st", "piece"},
    {"item", "piece"},
    {"article", "piece"},
    {"piece", "piece"},
    {"stick", "piece"},
    {"pins", "piece", 1, "pins"},
    {"pack", "XPK"},
    {"jewel", "jewel"},
    {"jewelover7", "jewel", 1, "jewels over 7"},
    {"doz", "piece", 12},
    {"dozen", "piece", 12},
    {"gross", "piece", 144},
    {"line/gross", "line/gross"},
    {"thousand", "piece", 1000},
    {"pr", "pair"},
    {"pair", "pair"},
    {"head", "head"},
    {"bbl", "BLL"},
    {"m", "MTR"},
    {"linm", "MTR"},
    {"m2", "MTK"},
    {"msq", "MTK"},
    {"m\xC2\xB2", "MTK"},
    {"m3", "MTQ"},
    {"m\xC2\xB3", "MTQ"},
    // The EU file of 2020 lost the raised two of "m²"; no EU duty is charged by the cubic metre.
    {"m\xEF\xBF\xBD\xEF\xBF\xBD", "MTK"},
});
// What may follow a unit in the EU's sentences, and the TARIC qualifier that it is.
struct Suffix {
    std::string_view squashed;
    char qualifier;
};
constexpr auto suffixes = std::to_array<Suffix>({
    {"eda", 'E'},
    {"mas", 'M'},
    {"stdqual", 'R'},
    {"%sacchar", 'Z'},
    {"br", 'G'},
    {"lacticmatter", 'P'},
    {"drylacticmatter", 'T'},
    {"tot/alc", 'A'},
    {"totalc", 'A'},
});

// Bytes of `text` that `squashed` takes, or 0.
std::size_t squashed_match(std::string_view text, std::string_view squashed) {
    std::size_t at = 0;
    for (char const wanted : squashed) {
        while (at < text.size() && at > 0 && (text[at] == ' ' || text[at] == '.')) ++at;
        if (at == text.size() || lower(text[at]) != wanted) return 0;
        ++at;
    }
    if (!is_letter(squashed.back()) || at == text.size()) return at;
    // "hl16.3" is published without the sign between two duties; no other unit is followed by a digit.
    bool const digit_follows = is_digit(text[at]) && squashed != "hl";
    return is_letter(text[at]) || digit_follows ? 0 : at;
}

std::optional<Unit> unit_of(std::string_view code) {
    if (code == "piece") return unit::piece;
    if (code == "pair") return unit::pair;
    if (code == "KGM") return unit::kilogram;
    if (code == "LTR") return unit::litre;
    if (code == "LPA") return unit::litre_of_pure_alcohol;
    if (code == "proof litre") return unit::proof_litre;
    auto const parsed = Unit::parse(code);
    if (!parsed) return {};
    return *parsed;
}

// What a qualifier counts. An amount "per 100 kg and % sucrose" is charged on a product, which its words must
// say.
std::optional<std::string_view> counted_by(char qualifier) {
    if (qualifier == 'Z') return "kilograms times percent of sucrose by weight";
    return qualifier_words(qualifier);
}

// "/ lactic matter" behind a unit: the words of its qualifier.
std::string_view read_suffix(std::string_view text, std::size_t& used) {
    used = 0;
    std::size_t at = 0;
    while (at < text.size() && (text[at] == ' ' || text[at] == '/')) ++at;
    char qualifier = 0;
    for (Suffix const& suffix : suffixes) {
        std::size_t const taken = squashed_match(text.substr(at), suffix.squashed);
        if (taken > 0 && at + taken > used) {
            used = at + taken;
            qualifier = suffix.qualifier;
        }
    }
    if (used == 0) return {};
    while (used < text.size() && text[used] == '.') ++used;
    return counted_by(qualifier).value_or(std::string_view{});
}

// "100kgmas": the United Kingdom's file of 2020 lost its spaces.
bool is_glued_kilogram(std::string_view text) {
    std::size_t used = 0;
    return text.starts_with("kg") && !read_suffix(text.substr(2), used).empty();
}

std::optional<PerUnit> spelled_unit(std::string_view text, std::size_t& used) {
    Spelling const* best = nullptr;
    used = 0;
    for (Spelling const& spelling : spellings) {
        std::size_t const taken = squashed_match(text, spelling.squashed);
        if (taken > used) {
            used = taken;
            best = &spelling;
        }
    }
    if (best != nullptr) {
        auto const found = unit_of(best->code);
        if (!found) return {};
        return PerUnit{best->per, *found, best->of};
    }
    if (is_glued_kilogram(text)) {
        used = 2;
        return PerUnit{1, unit::kilogram};
    }
    std::size_t size = 0;
    while (size < text.size() && (is_letter(text[size]) || is_digit(text[size]) || text[size] == '_')) ++size;
    if (size == 0 || size > 16 || is_digit(text[0])) return {};
    auto const found = unit_of(text.substr(0, size));
    if (!found) return {};
    used = size;
    return PerUnit{1, *found};
}

}  // namespace

PlainWords plain_words(std::string_view text) {
    PlainWords plain;
    plain.text = joined(without_space(plain_digits(text), plain.is_clean));
    while (!plain.text.empty() && (plain.text.back() == ' ' || plain.text.back() == '.'))
        plain.text.pop_back();
    return plain;
}

PlainWords plain_web_words(std::string_view text) { return plain_words(written_out(text)); }

bool starts(std::string_view text, std::string_view start) {
    return text.size() >= start.size() && same_words(text.substr(0, start.size()), start);
}

bool same_words(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

std::optional<PerUnit> read_unit(std::string_view text, std::size_t& used) {
    std::size_t const strength = squashed_match(text, "%vol/hl");
    if (strength > 0) {
        used = strength;
        return PerUnit{1, unit::litre_of_pure_alcohol, {}, true};
    }
    auto found = spelled_unit(text, used);
    if (!found) return {};
    while (used < text.size() && text[used] == '.') ++used;
    std::size_t more = 0;
    std::string_view const of = read_suffix(text.substr(used), more);
    if (!of.empty()) {
        found->of = of;
        used += more;
    }
    return found;
}

std::optional<PerUnit> taric_unit(std::string_view unit, std::string_view qualifier) {
    struct Multiple {
        std::string_view code, base;
        std::int64_t per;
    };
    static constexpr auto multiples = std::to_array<Multiple>({
        {"DTN", "KGM", 100},
        {"TNE", "KGM", 1000},
        {"HLT", "LTR", 100},
        {"KLT", "LTR", 1000},
        {"HMT", "MTR", 100},
        {"NAR", "piece", 1},
        {"CEN", "piece", 100},
        {"MIL", "piece", 1000},
        {"NPR", "pair", 1},
        {"NCL", "NCL", 1},
    });
    if (qualifier.size() > 1) return {};
    if (unit == "ASV" && qualifier == "X") return PerUnit{1, unit::litre_of_pure_alcohol, {}, true};
    PerUnit found;
    std::string_view code = unit;
    for (Multiple const& multiple : multiples) {
        if (multiple.code != unit) continue;
        code = multiple.base;
        found.per = multiple.per;
    }
    auto const known = unit_of(code);
    if (!known) return {};
    found.unit = *known;
    if (qualifier.empty()) return found;
    if (qualifier == "C") {  // the qualifier "1 000"
        found.per *= 1000;
        return found;
    }
    auto const words = counted_by(qualifier[0]);
    if (!words) return {};
    found.of = *words;
    return found;
}

std::string european_unit(PerUnit const& per_unit) {
    std::string out;
    if (per_unit.is_strength) return "% vol / hl";
    if (per_unit.unit == unit::litre && per_unit.per == 100) {
        out = "hl";
    } else {
        if (per_unit.per != 1) out = std::to_string(per_unit.per) + " ";
        out += per_unit.unit == unit::piece ? std::string("p/st") : unit_word(per_unit.unit);
    }
    if (!per_unit.of.empty()) out.append(" / ").append(per_unit.of);
    return out;
}

std::string unit_word(Unit unit) {
    std::string_view const symbol = unit.symbol();
    std::size_t used = 0;
    auto const read = spelled_unit(symbol, used);
    if (read && used == symbol.size() && read->unit == unit && read->per == 1 && read->of.empty()) {
        return std::string(symbol);
    }
    return std::string(unit.text());
}

std::string part_of_value(std::string_view phrase) {
    phrase = trim(phrase);
    if (starts(phrase, "the ")) phrase = trim(phrase.substr(4));
    std::string part(phrase);
    if (!starts(phrase, "value") && !starts(phrase, "cost") && !starts(phrase, "full value") &&
        !starts(phrase, "fair retail value") && !starts(phrase, "customs value") &&
        !starts(phrase, "entire set")) {
        part = "value of the " + part;
    }
    static constexpr auto wholes = std::to_array<std::string_view>(
        {"value", "value of the goods", "customs value", "entire set", "full value",
         "full value of the imported article", "value of the imported article"});
    for (std::string_view const whole : wholes) {
        if (same_words(part, whole)) return {};
    }
    return part;
}

std::string counted_words(std::string_view phrase) {
    phrase = trim(phrase);
    if (starts(phrase, "the ")) phrase = trim(phrase.substr(4));
    if (same_words(phrase, "including weight of container")) return "weight including the container";
    return std::string(phrase);
}

std::optional<std::string_view> agricultural_name(std::string_view word) {
    struct Name {
        std::string_view written, name;
    };
    static constexpr auto names = std::to_array<Name>({
        {"EA", "EA"},
        {"EAR", "EAR"},
        {"ADSZ", "ADSZ"},
        {"ADSZR", "ADSZR"},
        {"ADFM", "ADFM"},
        {"ADFMR", "ADFMR"},
        {"AC", "EA"},
        {"ACR", "EAR"},
        {"SD", "ADSZ"},
        {"SDR", "ADSZR"},
        {"FD", "ADFM"},
        {"FDR", "ADFMR"},
    });
    for (Name const& name : names) {
        if (name.written == word) return name.name;
    }
    return {};
}

}  // namespace allroads::tariff
