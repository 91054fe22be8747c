#include "classify/evidence.h"

#include "classify/facets.h"
#include "classify/linear.h"
#include "classify/sense.h"
#include "classify/spelling.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace allroads::classify {

namespace {

// How much more one saying counts than another, among the words said of a leaf.
constexpr std::array<float, sources> source_weight = {2.0F, 2.0F, 3.0F, 1.0F, 0.4F};
constexpr float behind_weight = 0.55F;  // of a word behind the first comma or preposition
constexpr float head_weight = 1.35F;
constexpr float later_weight = 0.35F;     // of a word behind the first sentence
constexpr std::size_t first_words = 8;    // of a long description, that count in full
constexpr std::size_t words_max = 96;     // of a question; the rest of a long text is not read
constexpr std::size_t corrected_max = 6;  // words of which another spelling is looked for

// "500ml", "30x40cm": how much, not what.
bool is_measure(std::string_view word) {
    constexpr std::string_view units[] = {"mm", "cm",  "m",  "km",   "g",  "kg",  "mg",  "ml",
                                          "cl", "l",   "v",  "w",    "kw", "mah", "pcs", "pc",
                                          "oz", "gsm", "in", "inch", "ft", "hz",  "mhz", "ghz"};
    auto const digit = [](char c) { return c >= '0' && c <= '9'; };
    std::size_t at = 0;
    while (at < word.size() && (digit(word[at]) || (word[at] == 'x' && at > 0))) ++at;
    if (at == 0) return false;
    return at == word.size() || std::ranges::find(units, word.substr(at)) != std::end(units);
}

// One letter, a number and a small word say nothing of goods.
bool counts(Word const& word) {
    return word.text.size() > 1 && !is_small(word.text) && !is_measure(word.text);
}

float place_weight(Word const& word, std::size_t place) {
    auto const role = word.is_head    ? head_weight
                      : word.in_front ? 1.0F
                      : word.is_later ? later_weight
                                      : behind_weight;
    // What a long description begins with says what the goods are; its end says how they are packed.
    return role * (place < first_words ? 1.0F : static_cast<float>(first_words) / static_cast<float>(place));
}

// The stem in `language` where the tables have it from a phrase of that language.
void add_way(View const& view, Stems& stems, std::string_view word, Language language, float trust,
             Asked& asked) {
    auto const term = view.term(stems.stem(word, language));
    if (term == none) return;
    auto const bit = 1U << static_cast<std::uint32_t>(language);
    auto const home = 1U << static_cast<std::uint32_t>(Language::home);
    if ((view.terms[term].languages & (bit | home)) == 0) return;
    for (auto& way : asked.ways) {
        if (way.term != term) continue;
        way.trust = std::max(way.trust, trust);
        return;
    }
    asked.ways.push_back({term, trust});
}

void find_ways(View const& view, Stems& stems, std::string_view word, std::optional<Language> language,
               Asked& asked) {
    constexpr Language latin[] = {Language::en, Language::fr, Language::es, Language::pt,  Language::sw,
                                  Language::vi, Language::de, Language::id, Language::home};
    constexpr Language other[] = {Language::ar, Language::ur, Language::hi, Language::bn, Language::zh};
    bool const is_latin = static_cast<unsigned char>(word[0]) < 0x80;
    if (language) add_way(view, stems, word, *language, 1.0F, asked);
    auto const trust_of = [&](Language one) {
        return !language || one == Language::home ? 1.0F : one == Language::en ? 0.8F : 0.6F;
    };
    if (is_latin) {
        for (auto const one : latin) add_way(view, stems, word, one, trust_of(one), asked);
    } else {
        for (auto const one : other) add_way(view, stems, word, one, trust_of(one), asked);
    }
}

}  // namespace

Compiled compiled(std::string_view text, Language language, Stems& stems) {
    Compiled out;
    for (auto const& word : words_of(text, language)) {
        if (!counts(word)) continue;
        auto stem = word.is_cut ? word.text : stems.stem(word.text, language);
        if (word.is_head) out.head = static_cast<std::ptrdiff_t>(out.terms.size());
        auto const before = std::ranges::find(out.terms, stem);
        if (before != out.terms.end()) {
            if (word.is_head) out.head = before - out.terms.begin();
            continue;
        }
        out.terms.push_back(std::move(stem));
    }
    if (out.head >= static_cast<std::ptrdiff_t>(out.terms.size())) out.head = -1;
    return out;
}

std::uint32_t fingerprint(std::vector<std::string> terms) {
    std::ranges::sort(terms);
    std::uint32_t hash = 2166136261U;  // FNV-1a
    for (auto const& term : terms) {
        for (char const c : term) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
        hash = (hash ^ 0x20U) * 16777619U;
    }
    return hash;
}

Reading read(View const& view, std::string_view text, std::optional<Language> language) {
    Reading out;
    Stems stems;
    auto const goods = description_of(text);
    out.language = language ? language : language_of(goods);
    auto const words = words_of(goods, out.language.value_or(Language::en));
    out.same = fingerprint(compiled(goods, out.language.value_or(Language::en), stems).terms);
    float known = 0;
    float all = 0;
    std::size_t corrected = 0;
    for (std::size_t at = 0; at < words.size(); ++at) {
        if (out.words.size() >= words_max) {
            out.is_cut = true;
            break;
        }
        auto const& word = words[at];
        if (!counts(word)) continue;
        Asked asked;
        asked.word = word.text;
        asked.is_head = word.is_head;
        asked.is_front = word.in_front;
        asked.weight = place_weight(word, at);
        find_ways(view, stems, word.text, out.language, asked);
        // "hand bag" is also "handbag".
        if (at + 1 < words.size() && !word.is_cut && !words[at + 1].is_cut && counts(words[at + 1])) {
            Asked joined = asked;
            joined.ways.clear();
            joined.word = word.text + words[at + 1].text;
            find_ways(view, stems, joined.word, out.language, joined);
            joined.is_head = word.is_head || words[at + 1].is_head;
            joined.weight = std::max(asked.weight, place_weight(words[at + 1], at + 1));
            if (!joined.ways.empty()) out.words.push_back(std::move(joined));
        }
        if (asked.ways.empty() && !word.is_cut && corrected < corrected_max) {
            ++corrected;
            for (auto const& way : corrections(view, stems, word.text)) {
                asked.ways.push_back({way.term, way.trust});
                asked.is_corrected = true;
            }
        }
        auto const same =
            std::ranges::find_if(out.words, [&](Asked const& one) { return one.word == asked.word; });
        if (same != out.words.end()) continue;
        all += asked.weight;
        // Another spelling is a guess.
        if (asked.is_known()) known += asked.weight * (asked.is_corrected ? 0.5F : 1.0F);
        out.words.push_back(std::move(asked));
    }
    out.known_share = all > 0 ? known / all : 0;
    return out;
}

namespace {

// What one pass over the postings leaves behind.
class Gathering {
public:
    Gathering(View const& view, Reading const& reading, LeftOut const& left_out)
        : view_(view),
          left_out_(left_out),
          phrase_(view.phrases.size()),
          leaf_(view.leaves.size()),
          heading_(view.headings.size()),
          chapter_(view.chapters.size()),
          known_share_(reading.known_share),
          words_(reading.words.size()),
          facets_(view) {
        facets_.recognise(reading);
    }

    void word(Asked const& asked, std::uint32_t number) {
        touched_leaves_.clear();
        touched_headings_.clear();
        touched_chapters_.clear();
        float weight = 0;
        float share = 0;
        for (auto const& way : asked.ways) {
            auto const& term = view_.terms[way.term];
            auto const value = way.trust * asked.weight * term.weight * term.weight;
            if (way.trust * term.weight > weight) {
                weight = way.trust * term.weight;
                share = term.share;
            }
            for (auto const p : view_.postings.subspan(term.first, term.count)) {
                if (left_out_.holds(view_.phrases[p])) continue;
                add(p, number, value, asked.is_front, asked.is_head && view_.phrases[p].head == way.term);
            }
        }
        settle(asked, weight, share);
        sense(asked);
        linear(asked);
        if (asked.is_front) ++fronts_;
        if (asked.is_front) front_squares_ += asked.weight * asked.weight * weight * weight;
        mass_ += asked.weight * asked.weight * weight * weight;
        weight_ += asked.weight;
    }
    Evidence finish(std::size_t count);

private:
    struct AtLeaf {
        float count = 0;  // of the word at hand
        float bag = 0, model = 0, votes = 0;
        float linear = 0;
        float front = 0, head = 0;  // as `model`, of the words that name the goods, and of their noun
        std::array<float, sources> like{};
        float contained = 0, head_like = 0, front_like = 0;
        std::uint32_t best_phrase = none;
        float best_like = 0;
        bool is_found = false;
    };
    struct AtPhrase {
        float sum = 0;    // of the words that it shares with the question
        float front = 0;  // of those of them that name the goods
        float last = 0;   // what the word at hand gave
        std::uint32_t word = none;
        bool is_head = false;
    };
    void add(std::uint32_t p, std::uint32_t number, float value, bool is_front, bool is_head) {
        auto const& phrase = view_.phrases[p];
        auto& at = phrase_[p];
        bool const again = at.word == number;
        if (again && value <= at.last) return;
        auto const more = again ? value - at.last : value;
        if (at.word == none) found_.push_back(p);
        at.word = number;
        at.last = value;
        at.sum += more;
        if (is_front) at.front += more;
        at.is_head = at.is_head || is_head;
        if (again) return;
        auto const said = source_weight[phrase.source] / static_cast<float>(phrase.targets);
        for (auto const target : view_.targets.subspan(phrase.first_target, phrase.targets)) {
            auto const heading =
                (target & heading_bit) != 0 ? target & ~heading_bit : view_.leaves[target].heading;
            auto const chapter = view_.headings[heading].parent;
            if ((target & heading_bit) == 0) count(leaf_[target], said, target, touched_leaves_);
            count(heading_[heading], said, heading, touched_headings_);
            count(chapter_[chapter], said, chapter, touched_chapters_);
        }
    }
    static void count(AtLeaf& at, float said, std::uint32_t index, std::vector<std::uint32_t>& touched) {
        if (at.count == 0) touched.push_back(index);
        at.count += said;
    }
    // Where the word lies among all words, by the way that is trusted most.
    void sense(Asked const& asked) {
        auto const best = std::ranges::max_element(asked.ways, {}, &Asked::Way::trust);
        auto const weight = best->trust * asked.weight * view_.terms[best->term].weight;
        auto const row = view_.sense_terms.subspan(best->term * dimensions, dimensions);
        for (std::size_t i = 0; i < dimensions; ++i) point_[i] += weight * row[i];
        point_mass_ += weight;
        if (!asked.is_front) return;
        for (std::size_t i = 0; i < dimensions; ++i) front_point_[i] += weight * row[i];
        front_mass_ += weight;
    }
    // What the words say of headings, and of the leaves of each, where each weighs as it was learned to.
    void linear(Asked const& asked) {
        auto const best = std::ranges::max_element(asked.ways, {}, &Asked::Way::trust);
        auto const value = best->trust * asked.weight * view_.terms[best->term].weight;
        linear_squares_ += value * value;
        for (auto const& pair : pairs_of(view_.linear_first, view_.linear, best->term)) {
            if ((pair.node & heading_bit) != 0) {
                heading_[pair.node & ~heading_bit].linear += value * pair.weight;
            } else {
                leaf_[pair.node].linear += value * pair.weight;
            }
        }
    }
    void settle(Asked const& asked, float weight, float share) {
        auto const one = [&](AtLeaf& at, float mass, float smooth) {
            auto const told = at.count / (mass + smooth);
            at.bag += asked.weight * weight * at.count / (at.count + 1.0F);
            auto const known = std::log1p(told / (share + 1e-6F) * 0.5F);
            at.model += asked.weight * known;
            if (asked.is_front) at.front += known;
            if (asked.is_head) at.head += known;
            at.count = 0;
            at.is_found = true;
        };
        for (auto const i : touched_leaves_) one(leaf_[i], view_.leaves[i].mass, 15.0F);
        for (auto const i : touched_headings_) one(heading_[i], view_.headings[i].mass, 40.0F);
        for (auto const i : touched_chapters_) one(chapter_[i], view_.chapters[i].mass, 200.0F);
    }
    void phrases();
    struct Likeness {
        float like = 0, front = 0, contained = 0, share = 0;
        bool is_head = false;
    };
    static void take(AtLeaf& at, std::uint32_t p, PhraseRow const& phrase, Likeness const& found) {
        auto const like = found.like;
        auto& best = at.like[phrase.source];
        best = std::max(best, like);
        at.contained = std::max(at.contained, found.contained);
        at.front_like = std::max(at.front_like, found.front);
        if (found.is_head) at.head_like = std::max(at.head_like, like);
        auto const squared = like * like;
        at.votes += squared * squared * found.share;
        if (like > at.best_like) {
            at.best_like = like;
            at.best_phrase = p;
        }
        at.is_found = true;
    }
    [[nodiscard]] Candidate candidate(std::uint32_t leaf);
    void place_features(std::uint32_t index, Candidate& c);
    static constexpr std::size_t words_features = 28;
    static constexpr std::size_t compared = 6;
    static void compare(std::vector<Candidate>& candidates);
    [[nodiscard]] float leaf_sense(std::uint32_t leaf);

    View const& view_;
    LeftOut left_out_;
    std::vector<AtPhrase> phrase_;
    std::vector<std::uint32_t> found_;
    std::vector<AtLeaf> leaf_, heading_, chapter_;
    std::vector<std::uint32_t> touched_leaves_, touched_headings_, touched_chapters_;
    float mass_ = 0;
    float weight_ = 0;
    Point point_{};
    float point_mass_ = 0;
    Point front_point_{};
    float front_mass_ = 0;
    float linear_squares_ = 0;
    float fronts_ = 0;
    float known_share_ = 0;
    std::size_t words_ = 0;
    float front_squares_ = 0;
    Facets facets_;
    SenseShares senses_;
    SenseShares front_senses_;
    std::unordered_map<std::uint32_t, std::vector<float>> leaf_senses_;  // by heading
};

void Gathering::phrases() {
    auto const norm = std::sqrt(mass_) + 1e-6F;
    auto const front_norm = std::sqrt(front_squares_) + 1e-6F;
    for (auto const p : found_) {
        auto const& phrase = view_.phrases[p];
        auto const like = std::min(1.2F, phrase_[p].sum / (norm * (phrase.norm + 1e-6F)));
        // How much of the phrase stands in the question, for more the more the phrase says.
        auto const contained = phrase_[p].sum / (phrase.norm * phrase.norm + 4.0F);
        auto const fade = phrase.targets == 1 ? 1.0F : 1.0F - 0.04F * static_cast<float>(phrase.targets);
        Likeness const found{
            like * fade, fade * std::min(1.2F, phrase_[p].front / (front_norm * (phrase.norm + 1e-6F))),
            contained * fade, source_weight[phrase.source] / static_cast<float>(phrase.targets),
            phrase_[p].is_head};
        for (auto const target : view_.targets.subspan(phrase.first_target, phrase.targets)) {
            auto const heading =
                (target & heading_bit) != 0 ? target & ~heading_bit : view_.leaves[target].heading;
            if ((target & heading_bit) == 0) take(leaf_[target], p, phrase, found);
            take(heading_[heading], p, phrase, found);
            take(chapter_[view_.headings[heading].parent], p, phrase, found);
        }
    }
}

float Gathering::leaf_sense(std::uint32_t index) {
    auto const heading = view_.leaves[index].heading;
    auto const [at, fresh] = leaf_senses_.try_emplace(heading);
    if (fresh) at->second = leaf_shares(view_, point_, heading);
    return at->second[index - view_.headings[heading].first];
}

Candidate Gathering::candidate(std::uint32_t index) {
    auto const& leaf = view_.leaves[index];
    auto const& own = leaf_[index];
    auto const& heading = heading_[leaf.heading];
    auto const& chapter = chapter_[leaf.chapter];
    auto const length = std::sqrt(weight_) + 0.5F;
    auto const norm = std::sqrt(mass_) + 1e-6F;
    auto const is = [](Source source) { return static_cast<std::size_t>(source); };
    auto const named = [&](AtLeaf const& at) {
        return std::max(
            {at.like[is(Source::synonym)], at.like[is(Source::reference)], at.like[is(Source::learned)]});
    };
    auto const told = [&](AtLeaf const& at) {
        return std::max(at.like[is(Source::hs_text)], at.like[is(Source::line_text)]);
    };
    Candidate c;
    c.leaf = index;
    std::size_t i = 0;
    auto const put = [&](float value) { c.feature[i++] = value; };
    put(std::max(own.like[is(Source::synonym)], own.like[is(Source::learned)]));
    put(own.like[is(Source::reference)]);
    put(own.like[is(Source::hs_text)]);
    put(own.like[is(Source::line_text)]);
    put(own.contained);
    put(own.head_like);
    put(std::log1p(own.votes));
    put(own.model / length);
    put(own.bag / norm);
    put(named(heading));
    put(told(heading));
    put(heading.contained);
    put(heading.head_like);
    put(std::log1p(heading.votes));
    put(heading.model / length);
    put(heading.bag / norm);
    put(chapter.best_like);
    put(std::log1p(chapter.votes));
    put(chapter.model / length);
    put(chapter.bag / norm);
    put(static_cast<float>(leaf.is_rest));
    put(std::log1p(leaf.mass));
    put(std::log1p(static_cast<float>(view_.headings[leaf.heading].count)));
    put(named(own) * named(own));
    put(own.like[is(Source::learned)]);
    put(std::max(-9.0F, senses_.chapters[leaf.chapter]));
    put(std::max(-12.0F, senses_.headings[leaf.heading]));
    put(std::max(-6.0F, leaf_sense(index)));
    check(i == words_features);
    place_features(index, c);
    c.best_phrase = own.best_phrase != none ? own.best_phrase : heading.best_phrase;
    return c;
}

// What the words say that name the goods, what was learned of words, and what the facets say.
void Gathering::place_features(std::uint32_t index, Candidate& c) {
    auto const& leaf = view_.leaves[index];
    auto const& own = leaf_[index];
    auto const& heading = heading_[leaf.heading];
    auto const& chapter = chapter_[leaf.chapter];
    std::size_t i = words_features;
    auto const put = [&](float value) { c.feature[i++] = value; };
    auto const front = std::sqrt(fronts_) + 0.5F;
    put(own.front / front);
    put(heading.front / front);
    put(chapter.front / front);
    put(own.head);
    put(heading.head);
    put(std::max(-12.0F, front_senses_.headings[leaf.heading]));
    auto const unit = std::sqrt(linear_squares_) + 1e-6F;
    put(own.linear / unit);
    put(heading.linear / unit);
    put(std::log1p(static_cast<float>(words_)));
    put(known_share_);
    put(own.front_like);
    put(heading.front_like);
    auto const told_facets = facets_.told(index);
    put(told_facets.fits);
    put(told_facets.conflicts);
    // How near it comes to the best of all candidates is filled in when these are known.
    put(own.votes);
    put(heading.votes);
    put(own.best_like);
    put(heading.best_like);
    put(heading.front / front);
    put(heading.linear / unit);
    check(i == features);
}

// The last features say how far each candidate stays behind the best.
void Gathering::compare(std::vector<Candidate>& candidates) {
    for (std::size_t i = features - compared; i < features; ++i) {
        float best = -1e30F;
        for (auto const& c : candidates) best = std::max(best, c.feature[i]);
        bool const is_votes = i < features - compared + 2;
        for (auto& c : candidates)
            c.feature[i] = is_votes ? std::sqrt(c.feature[i] / (best + 1e-6F)) : c.feature[i] - best;
    }
}

Evidence Gathering::finish(std::size_t count) {
    phrases();
    if (point_mass_ > 0) {
        for (auto& one : point_) one /= point_mass_;
    }
    senses_ = shares(view_, point_);
    if (front_mass_ > 0) {
        for (auto& one : front_point_) one /= front_mass_;
        front_senses_ = shares(view_, front_point_);
    } else {
        front_senses_ = senses_;
    }
    std::vector<std::pair<float, std::uint32_t>> order;
    for (std::uint32_t i = 0; i < leaf_.size(); ++i) {
        auto const& leaf = view_.leaves[i];
        auto const& heading = heading_[leaf.heading];
        if (!leaf_[i].is_found && !heading.is_found && senses_.headings[leaf.heading] < -4.0F) continue;
        auto const& own = leaf_[i];
        auto const rough = own.best_like + 0.25F * own.contained + 0.15F * own.model + heading.best_like +
                           0.15F * heading.model + 0.25F * heading.contained +
                           0.05F * chapter_[leaf.chapter].model +
                           0.1F * std::max(-10.0F, senses_.headings[leaf.heading]);
        order.emplace_back(rough, i);
    }
    auto const kept = std::min(count, order.size());
    std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(kept), std::greater<>());
    order.resize(kept);
    Evidence out;
    for (auto const& [rough, leaf] : order) out.candidates.push_back(candidate(leaf));
    compare(out.candidates);
    return out;
}

}  // namespace

Evidence gather(View const& view, Reading const& reading, LeftOut const& left_out) {
    Gathering gathering(view, reading, left_out);
    std::uint32_t number = 0;
    for (auto const& asked : reading.words) {
        if (asked.is_known()) gathering.word(asked, number);
        ++number;
    }
    return gathering.finish(candidates_max);
}

std::array<float, features> standardised(ModelRow const& model, Candidate const& candidate) {
    std::array<float, features> x{};
    for (std::size_t i = 0; i < features; ++i)
        x[i] = std::clamp((candidate.feature[i] - model.means[i]) * model.scales[i], -6.0F, 6.0F);
    return x;
}

float scored(ModelRow const& model, std::array<float, features> const& x,
             std::array<float, hidden_units>& inner) {
    float value = 0;
    inner = model.inner[features];
    for (std::size_t i = 0; i < features; ++i) {
        value += model.weights[i] * x[i];
        auto const& row = model.inner[i];
        for (std::size_t h = 0; h < hidden_units; ++h) inner[h] += row[h] * x[i];
    }
    for (std::size_t h = 0; h < hidden_units; ++h) {
        inner[h] = std::tanh(inner[h]);
        value += model.outer[h] * inner[h];
    }
    return value;
}

void score(ModelRow const& model, Evidence& evidence) {
    float best = -1e30F;
    for (auto& c : evidence.candidates) {
        std::array<float, hidden_units> inner{};
        c.score = scored(model, standardised(model, c), inner);
        best = std::max(best, c.score);
    }
    float sum = 0;
    for (auto& c : evidence.candidates) sum += c.share = std::exp((c.score - best) * model.temperature);
    for (auto& c : evidence.candidates) c.share /= sum;
    std::ranges::sort(evidence.candidates, [](Candidate const& a, Candidate const& b) {
        return a.score != b.score ? a.score > b.score : a.leaf < b.leaf;
    });
}

}  // namespace allroads::classify
