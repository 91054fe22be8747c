// Weights and calibration, learned by asking for phrases whose code is known while they are passed over.

#include "classify/compile.h"
#include "classify/doubt.h"
#include "classify/evidence.h"
#include "classify/linear.h"
#include "classify/sense.h"

#include <algorithm>
#include <cmath>

namespace allroads::classify {

namespace {

constexpr std::size_t rounds = 10;
constexpr std::size_t kept_candidates = 60;
constexpr std::ptrdiff_t calibrating_min = 200;  // questions, for the doubt to be learned
// How many phrases of each source are asked for, and how much one counts. References and trade words are what
// people type; texts of tariffs stand in for long descriptions.
struct Sampled {
    Source source;
    std::uint32_t phrases_max;
    float weight;
};
constexpr Sampled samples[] = {{Source::reference, 4000, 1.0F},
                               {Source::synonym, 12000, 0.6F},
                               {Source::line_text, 1500, 0.3F},
                               {Source::hs_text, 500, 0.3F}};

struct Asking {
    std::vector<Candidate> candidates;
    std::vector<std::uint8_t> right;  // leaf
    std::vector<std::uint8_t> right_heading;
    std::vector<std::uint8_t> right_chapter;
    float weight = 1;
    Reading reading;  // its words are dropped
    float similar = 0;
    std::size_t words = 0;
    bool is_calibrating = false;  // kept from learning the weights, to learn the doubt
};

void mark(View const& view, PhraseRow const& phrase, Asking& asking) {
    for (auto const& c : asking.candidates) {
        auto const& leaf = view.leaves[c.leaf];
        bool right = false;
        bool heading = false;
        bool chapter = false;
        for (auto const target : view.targets.subspan(phrase.first_target, phrase.targets)) {
            bool const is_heading = (target & heading_bit) != 0;
            auto const at = is_heading ? target & ~heading_bit : view.leaves[target].heading;
            heading = heading || at == leaf.heading;
            right = right || (is_heading ? at == leaf.heading : target == c.leaf);
            chapter = chapter || view.headings[at].parent == leaf.chapter;
        }
        asking.right.push_back(right);
        asking.right_heading.push_back(heading);
        asking.right_chapter.push_back(chapter);
    }
}

View with_learned(View view, Sense const& sense, Linear const& linear) {
    view.linear_first = linear.first;
    view.linear = linear.pairs;
    view.sense_terms = sense.terms;
    view.sense_chapters = sense.chapters;
    view.sense_headings = sense.headings;
    view.sense_leaves = sense.leaves;
    return view;
}

// A phrase is judged by all that were not written together with it. What was learned of words without half of
// all rows judges that half.
class Asker {
public:
    explicit Asker(View const& view) : view_(view) {
        for (std::uint32_t part = 0; part < LeftOut::parts; ++part)
            ways_.push_back({LeftOut{{}, {}, part, {}}, {}, {}, view});
        for (auto& way : ways_) {
            way.sense = learned_sense(view, way.left_out);
            way.linear = learned_linear(view, way.left_out);
            way.view = with_learned(view, way.sense, way.linear);
        }
    }
    std::vector<Asking> run() {
        std::array<std::uint32_t, sources> counts{};
        for (auto const& phrase : view_.phrases) ++counts[phrase.source];
        std::vector<Asking> all;
        for (auto const& phrase : view_.phrases) {
            auto const* const sample =
                std::ranges::find(samples, static_cast<Source>(phrase.source), &Sampled::source);
            if (sample == std::end(samples) || phrase.targets > 12) continue;
            // A fixed sample: by the fingerprint, which has nothing to do with the code.
            auto const mixed = (phrase.same ^ phrase.same >> 15U) * 2654435761U;
            if (std::uint64_t{mixed} * counts[phrase.source] >> 32U >= sample->phrases_max) continue;
            bool const is_english = phrase.language == static_cast<std::uint8_t>(Language::en);
            if (!is_english && (mixed >> 12U) % 5 != 0) continue;
            if (auto asking = ask(phrase, mixed)) {
                asking->weight = sample->weight;
                asking->is_calibrating = sample->weight >= 0.5F && (mixed >> 20U) % 5 == 0;
                all.push_back(std::move(*asking));
            }
        }
        return all;
    }

private:
    struct Way {
        LeftOut left_out;
        Sense sense;
        Linear linear;
        View view;
    };
    // A description as it is written for an authority, or in a shop: the goods, and much besides.
    std::string long_text(PhraseRow const& phrase, std::uint32_t mixed) const {
        constexpr std::string_view parts[] = {"handle", "lid",  "cover",  "frame",
                                              "strap",  "base", "button", "label"};
        constexpr std::string_view stuffs[] = {"plastic", "steel",     "cotton", "wooden",  "polyester",
                                               "paper",   "aluminium", "rubber", "leather", "glass"};
        constexpr std::string_view uses[] = {"at home",      "in the kitchen", "by children",
                                             "in workshops", "in the garden",  "by professionals",
                                             "outdoors",     "when travelling"};
        constexpr std::string_view packs[] = {"carton",        "plastic bag", "glass jar", "polybag",
                                              "cardboard box", "paper bag",   "blister",   "pouch"};
        auto const name = std::string(view_.text(phrase.text));
        std::uint32_t turn = mixed;
        auto const one_of = [&](auto const& all) {
            turn = turn * 1664525U + 1013904223U;
            return std::string(all[(turn >> 16U) % std::size(all)]);
        };
        auto const other = [&] {
            turn = turn * 1664525U + 1013904223U;
            return std::string(view_.text(view_.phrases[turn % view_.phrases.size()].text));
        };
        auto const part = one_of(stuffs) + " " + one_of(parts);
        switch ((mixed >> 9U) % 6) {
            case 0: return name + " " + one_of(packs);
            case 1: return name + " with " + part + ", in a " + one_of(packs);
            case 2:
                return "product: a " + name + ". it is used " + one_of(uses) + ". it has a " + part +
                       ". packed in a " + one_of(packs) + ", 12 pieces to a carton.";
            case 3:
                return "the item is a " + name + " for use " + one_of(uses) + ". it comes with a " + part +
                       " and " + other() + ". supplied in a " + one_of(packs) + ".";
            case 4:
                return "a set of " + name + " presented in a " + one_of(packs) + ", with " + other() + ", " +
                       other();
            default: return name + ". " + other() + ", " + other() + ". " + other() + ", " + other();
        }
    }
    std::optional<Asking> ask(PhraseRow const& phrase, std::uint32_t mixed) const {
        auto const& way = ways_[LeftOut::part_of(phrase.row)];
        auto const language = static_cast<Language>(phrase.language);
        auto const text =
            (mixed >> 6U) % 5 == 0 ? long_text(phrase, mixed) : std::string(view_.text(phrase.text));
        auto reading = read(view_, text, language);
        auto left_out = way.left_out;
        left_out.same = phrase.same;
        left_out.row = phrase.row;
        left_out.part = std::nullopt;
        auto evidence = gather(way.view, reading, left_out);
        if (evidence.candidates.empty()) return std::nullopt;
        if (evidence.candidates.size() > kept_candidates) evidence.candidates.resize(kept_candidates);
        Asking asking;
        asking.candidates = std::move(evidence.candidates);
        asking.words = reading.words.size();
        asking.reading = std::move(reading);
        asking.reading.same = phrase.same;
        asking.reading.words.clear();
        mark(view_, phrase, asking);
        return asking;
    }

    View const& view_;
    std::vector<Way> ways_;
};

void standardise(std::vector<Asking> const& all, ModelRow& model) {
    std::array<double, features> sum{};
    std::array<double, features> squares{};
    double count = 0;
    for (auto const& asking : all) {
        for (auto const& c : asking.candidates) {
            ++count;
            for (std::size_t i = 0; i < features; ++i) {
                sum[i] += static_cast<double>(c.feature[i]);
                squares[i] += static_cast<double>(c.feature[i]) * static_cast<double>(c.feature[i]);
            }
        }
    }
    for (std::size_t i = 0; i < features; ++i) {
        auto const mean = sum[i] / std::max(count, 1.0);
        auto const spread = std::sqrt(std::max(0.0, squares[i] / std::max(count, 1.0) - mean * mean));
        model.means[i] = static_cast<float>(mean);
        model.scales[i] = spread > 1e-6 ? static_cast<float>(1 / spread) : 0.0F;
    }
}

// The sums of squared gradients, by which the steps shrink.
using Steps = ModelRow;

constexpr float rate = 0.08F;
constexpr float shrink = 1e-3F;
constexpr float of_heading = 1.0F;  // how much the right heading counts beside the right leaf

void move(float& weight, float& squared, float gradient, float step_rate) {
    auto const step = gradient - shrink * weight;
    squared += step * step;
    weight += step_rate * step / std::sqrt(squared + 1e-3F);
}

// How far the model's answer for each candidate should move: towards the right leaf, and the right heading.
// Empty where neither is among them.
std::vector<float> pulls(Asking const& asking, std::vector<float>& share) {
    auto const n = share.size();
    float best = -1e30F;
    for (auto const one : share) best = std::max(best, one);
    float sum = 0;
    for (auto& one : share) sum += one = std::exp(one - best);
    float right = 0;
    float heading = 0;
    for (std::size_t k = 0; k < n; ++k) {
        share[k] /= sum;
        if (asking.right[k] != 0) right += share[k];
        if (asking.right_heading[k] != 0) heading += share[k];
    }
    if (heading <= 0) return {};
    std::vector<float> out(n);
    for (std::size_t k = 0; k < n; ++k) {
        if (right > 0) out[k] += (asking.right[k] != 0 ? share[k] / right : 0.0F) - share[k];
        out[k] += of_heading * ((asking.right_heading[k] != 0 ? share[k] / heading : 0.0F) - share[k]);
    }
    return out;
}

// One step of gradient ascent on the log of the share that the right leaf, and the right heading, have.
void learn(Asking const& asking, ModelRow& model, Steps& squared) {
    auto const n = asking.candidates.size();
    std::vector<float> share(n);
    std::vector<std::array<float, features>> x(n);
    std::vector<std::array<float, hidden_units>> inner(n);
    for (std::size_t k = 0; k < n; ++k) {
        x[k] = standardised(model, asking.candidates[k]);
        share[k] = scored(model, x[k], inner[k]);
    }
    auto const pull = pulls(asking, share);
    if (pull.empty()) return;
    ModelRow gradient;
    for (std::size_t k = 0; k < n; ++k) {
        if (std::fabs(pull[k]) < 1e-4F) continue;
        std::array<float, hidden_units> back{};
        for (std::size_t h = 0; h < hidden_units; ++h) {
            gradient.outer[h] += pull[k] * inner[k][h];
            back[h] = pull[k] * model.outer[h] * (1 - inner[k][h] * inner[k][h]);
            gradient.inner[features][h] += back[h];
        }
        for (std::size_t i = 0; i < features; ++i) {
            gradient.weights[i] += pull[k] * x[k][i];
            for (std::size_t h = 0; h < hidden_units; ++h) gradient.inner[i][h] += back[h] * x[k][i];
        }
    }
    for (std::size_t h = 0; h < hidden_units; ++h)
        move(model.outer[h], squared.outer[h], asking.weight * gradient.outer[h], rate * 0.5F);
    for (std::size_t i = 0; i <= features; ++i) {
        if (i < features)
            move(model.weights[i], squared.weights[i], asking.weight * gradient.weights[i], rate);
        for (std::size_t h = 0; h < hidden_units; ++h)
            move(model.inner[i][h], squared.inner[i][h], asking.weight * gradient.inner[i][h], rate * 0.5F);
    }
}

void calibrate(View const& view, std::vector<Asking>& all, ModelRow& model) {
    for (std::size_t level = 0; level < levels; ++level) {
        auto& weights = model.calibration[level];
        weights = {};
        weights[1] = 1;
        std::array<float, calibration_features> squared{};
        for (std::size_t round = 0; round < 20; ++round) {
            for (auto& asking : all) {
                if (!asking.is_calibrating) continue;
                auto const facts = doubt_facts(view, asking.reading, asking.words, asking.candidates, level);
                auto const& right = level == 0   ? asking.right_chapter
                                    : level == 1 ? asking.right_heading
                                                 : asking.right;
                float value = 0;
                for (std::size_t i = 0; i < calibration_features; ++i) value += weights[i] * facts[i];
                auto const miss = static_cast<float>(right[0]) - 1.0F / (1.0F + std::exp(-value));
                for (std::size_t i = 0; i < calibration_features; ++i) {
                    auto const step = asking.weight * miss * facts[i];
                    squared[i] += step * step;
                    weights[i] += 0.1F * step / std::sqrt(squared[i] + 1e-3F);
                }
            }
        }
    }
}

}  // namespace

ModelRow trained(View const& view) {
    ModelRow model;
    auto all = Asker(view).run();
    standardise(all, model);
    Steps squared;
    // Where there is little to learn from, what was learned elsewhere stands: the likest phrase, the words
    // said of the subheading and of its heading, the space of words.
    constexpr std::array<float, features> usual = {
        0.5F, 0.5F, 0.3F, 0.2F, 0.1F, 0.15F, 0, 0.5F, 0.5F, 0, 0.1F, 0,    0.3F,  0,
        0.1F, 0.6F, 0,    0,    0,    0,     0, 0.2F, 0,    0, 0.5F, 0.1F, 0.3F,  0.1F,
        0,    0,    0,    0,    0,    0,     0, 0,    0,    0, 0,    0,    0.15F, -0.6F};
    model.weights = usual;
    // Small weights to begin with, different for each unit and the same each time.
    std::uint32_t seed = 2463534242U;
    for (auto& unit : model.inner) {
        for (auto& weight : unit) {
            seed ^= seed << 13U, seed ^= seed >> 17U, seed ^= seed << 5U;
            weight = (static_cast<float>(seed % 2001) - 1000.0F) / 5000.0F;
        }
    }
    for (std::size_t h = 0; h < hidden_units; ++h) model.outer[h] = h % 2 == 0 ? 0.1F : -0.1F;
    // In an order that has nothing to do with the tree, the same each time.
    std::ranges::sort(all, {}, [](Asking const& one) { return one.reading.same * 2654435761U; });
    for (std::size_t round = 0; round < rounds; ++round) {
        for (auto const& asking : all) {
            if (!asking.is_calibrating) learn(asking, model, squared);
        }
    }
    for (auto& asking : all) {
        // Right marks follow their candidates through the sorting of `score`.
        for (std::size_t k = 0; k < asking.candidates.size(); ++k) {
            auto const marks =
                asking.right[k] | asking.right_heading[k] << 1U | asking.right_chapter[k] << 2U;
            asking.candidates[k].best_phrase = static_cast<std::uint32_t>(marks);
        }
        Evidence evidence{std::move(asking.candidates)};
        score(model, evidence);
        asking.candidates = std::move(evidence.candidates);
        for (std::size_t k = 0; k < asking.candidates.size(); ++k) {
            auto const marks = asking.candidates[k].best_phrase;
            asking.right[k] = marks & 1U;
            asking.right_heading[k] = marks >> 1U & 1U;
            asking.right_chapter[k] = marks >> 2U & 1U;
        }
    }
    auto const calibrating = std::ranges::count_if(all, &Asking::is_calibrating);
    if (calibrating >= calibrating_min) {
        calibrate(view, all, model);
    } else {
        // From a handful of phrases nobody can know how often an answer is right: nothing reaches 90 %.
        for (auto& level : model.calibration) level = {-1.5F, 0.5F, 0.5F};
    }
    model.learned_from = static_cast<std::uint32_t>(all.size());
    return model;
}

}  // namespace allroads::classify
