// From the words of a question to proposals with their doubt, and to the one question that settles most.

#include "classify/doubt.h"
#include "classify/evidence.h"
#include "classify/facets.h"
#include "classify/hidden.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace allroads::classify {

namespace {

constexpr std::size_t reasons_max = 4;
constexpr std::size_t lines_of_first_max = 6;     // national lines of a likely subheading among the proposals
constexpr std::size_t of_one_heading_max = 2;     // subheadings of one heading, while others wait
constexpr std::size_t of_one_heading_unsure = 1;  // the same where the first is far from likely
constexpr float unsure_share = 0.5F;
constexpr std::size_t considered_max = 24;  // subheadings that may become proposals
constexpr float likely_share = 0.5F;
constexpr float chosen_weight = 40.0F;  // of a subheading that was chosen here for the very same words
constexpr float met_exclusion = 0.3F;   // what is left of a subheading whose chapter excludes these goods
constexpr float met_referral = 1.6F;    // and what is gained where the note sends them

std::int32_t permille(float share) {
    return static_cast<std::int32_t>(std::lround(std::clamp(share, 0.0F, 1.0F) * 1000));
}

bool knows(Reading const& reading, std::uint32_t term) {
    return std::ranges::any_of(reading.words, [&](Asked const& asked) {
        return std::ranges::any_of(asked.ways, [&](Asked::Way const& way) { return way.term == term; });
    });
}

// National lines under a subheading, and how well each fits.
struct LineShare {
    std::uint32_t line = none;
    float share = 1;
};
std::vector<LineShare> line_shares(View const& view, MarketRow const& market, std::uint64_t leaf,
                                   Reading const& reading) {
    auto const code = GoodsCode::from_key(leaf);
    auto const all = view.lines.subspan(market.first, market.count);
    auto at = std::ranges::lower_bound(all, leaf, {}, &LineRow::key);
    std::vector<std::pair<std::uint32_t, float>> scored;
    std::vector<std::pair<GoodsCode, float>> above;  // lines that the one at hand may stand under
    for (; at != all.end(); ++at) {
        auto const own = GoodsCode::from_key(at->key);
        if (!own.is_under(code)) break;
        // What the line names and the words do not speaks against it, a little.
        float value = 0;
        for (auto const term : view.line_terms.subspan(at->first_term, at->terms)) {
            if (!knows(reading, term)) value -= 0.15F * view.terms[term].weight;
        }
        for (auto const& asked : reading.words) {
            float best = 0;
            for (auto const& way : asked.ways) {
                for (auto const term : view.line_terms.subspan(at->first_term, at->terms)) {
                    if (term == way.term) best = std::max(best, way.trust * view.terms[term].weight);
                }
            }
            value += asked.weight * best;
        }
        while (!above.empty() && !own.is_under(above.back().first)) above.pop_back();
        if (!above.empty()) value = std::max(value, 0.8F * above.back().second + 0.4F * value);
        above.emplace_back(own, value);
        bool const has_under = at + 1 != all.end() && GoodsCode::from_key((at + 1)->key).is_under(own);
        // "Other" is what no line beside it names: a little likelier than a line of which no word was said.
        if (!has_under) {
            scored.emplace_back(static_cast<std::uint32_t>(at - view.lines.begin()),
                                value + (at->is_rest != 0 ? 0.8F : 0));
        }
    }
    std::vector<LineShare> out;
    float best = 0;
    float sum = 0;
    for (auto const& [line, value] : scored) best = std::max(best, value);
    for (auto const& [line, value] : scored) {
        out.push_back({line, std::exp(0.45F * (value - best))});
        sum += out.back().share;
    }
    for (auto& one : out) one.share /= sum;
    std::ranges::stable_sort(out, std::greater<>(), &LineShare::share);
    return out;
}

class Answering {
public:
    Answering(Index const& index, Question const& question)
        : view_(index.hidden().view), model_(view_.model[0]), question_(question), facets_(view_) {
        answer_.edition = index.hidden().name;
        answer_.has_texts = model_.has_texts != 0;
    }

    Result<Answer> run() {
        TRY_VOID(facets_.give(question_.given));
        reading_ = read(view_, question_.words, question_.language);
        answer_.language = reading_.language;
        answer_.is_cut = reading_.is_cut;
        tell_words();
        facets_.recognise(reading_);
        for (auto const& note : view_.notes) met_.push_back(note.words != 0 && is_met(note));
        for (auto const value : facets_.recognised()) {
            auto const& row = view_.facet_values[value];
            answer_.taken.push_back(
                {std::string(view_.text(view_.facets[row.facet].name)), std::string(view_.text(row.name))});
        }
        if (!has_words_) return std::move(answer_);
        find_strong();
        evidence_ = gather(view_, reading_);
        score(model_, evidence_);
        weigh();
        if (evidence_.candidates.empty()) return std::move(answer_);
        find_market();
        propose();
        settle();
        ask();
        return std::move(answer_);
    }

private:
    void tell_words() {
        for (auto const& asked : reading_.words) {
            has_words_ = has_words_ || asked.is_known();
            if (!asked.is_known()) {
                if (answer_.unknown_words.size() < 20) answer_.unknown_words.push_back(asked.word);
            } else if (asked.is_corrected) {
                answer_.read_as.emplace_back(asked.word,
                                             view_.text(view_.terms[asked.ways.front().term].text));
            }
        }
    }

    void find_strong() {
        constexpr std::size_t most = 12;
        for (auto const& asked : reading_.words) {
            if (asked.is_known()) strong_.push_back(asked);
        }
        auto const strength = [&](Asked const& asked) {
            return asked.weight * view_.terms[asked.ways.front().term].weight;
        };
        if (strong_.size() <= most) return;
        std::ranges::nth_element(strong_, strong_.begin() + most, std::greater<>(), strength);
        strong_.resize(most);
    }

    // Subheadings that somebody here chose for the very same words.
    [[nodiscard]] std::vector<std::uint32_t> chosen_before() const {
        std::vector<std::uint32_t> out;
        for (auto const& asked : strong_) {
            for (auto const& way : asked.ways) {
                auto const& term = view_.terms[way.term];
                for (auto const p : view_.postings.subspan(term.first, term.count)) {
                    auto const& phrase = view_.phrases[p];
                    if (phrase.source != static_cast<std::uint8_t>(Source::learned) ||
                        phrase.same != reading_.same)
                        continue;
                    auto const targets = view_.targets.subspan(phrase.first_target, phrase.targets);
                    out.insert(out.end(), targets.begin(), targets.end());
                }
            }
        }
        return out;
    }

    // Facets, notes and the codes that were chosen change the shares; then they are shares again.
    void weigh() {
        auto const before = chosen_before();
        for (auto& c : evidence_.candidates) {
            c.share *= facets_.fit(c.leaf);
            if (std::ranges::find(before, c.leaf) != before.end())
                c.share = std::max(c.share, 0.05F) * chosen_weight;
            auto const code = GoodsCode::from_key(view_.leaves[c.leaf].key);
            for (std::size_t n = 0; n < view_.notes.size(); ++n) {
                auto const& note = view_.notes[n];
                if (note.excludes == 0 || !met_[n]) continue;
                if (code.is_under(GoodsCode::from_key(note.key))) c.share *= met_exclusion;
                for (auto const to : view_.note_to.subspan(note.first_to, note.tos)) {
                    if (code.is_under(GoodsCode::from_key(to))) c.share *= met_referral;
                }
            }
            for (auto const& given : question_.given) {
                auto const chosen = GoodsCode::parse(given.value);
                if ((given.facet != "hs" && given.facet != "line") || !chosen) continue;
                if (!code.is_under(*chosen) && !chosen->is_under(code)) c.share = 0;
            }
        }
        std::erase_if(evidence_.candidates, [](Candidate const& c) { return c.share <= 0; });
        float sum = 0;
        for (auto const& c : evidence_.candidates) sum += c.share;
        for (auto& c : evidence_.candidates) c.share /= sum;
        std::ranges::stable_sort(evidence_.candidates, std::greater<>(), &Candidate::share);
    }
    [[nodiscard]] bool is_met(NoteRow const& note) const {
        for (auto const& row : view_.note_words.subspan(note.first_word, note.words)) {
            bool all = row.terms != 0;
            for (auto const term : view_.facet_terms.subspan(row.first_term, row.terms))
                all = all && knows(reading_, term);
            if (all) return true;
        }
        return false;
    }
    void find_market() {
        for (auto const& wanted : question_.markets) {
            for (auto const& market : view_.markets) {
                if (view_.text(market.code) != wanted || market_ != nullptr) continue;
                market_ = &market;
                answer_.market = view_.text(market.code);
            }
        }
    }

    struct Joint {
        std::size_t candidate = 0;
        LineShare line;
        float share = 0;
    };
    void propose() {
        auto const top = confidence_at(2);
        std::vector<Joint> all;
        auto const& candidates = evidence_.candidates;
        auto const first = candidates.front().share;
        for (std::size_t i = 0; i < std::min(considered_max, candidates.size()); ++i) {
            // What the calibration takes from, or gives to, the first is spread over the others as they
            // stand.
            auto const share = i == 0      ? top
                               : first < 1 ? (1 - top) * candidates[i].share / (1 - first)
                                           : 0.0F;
            hs_share_.push_back(std::min(share, top));
            auto const key = view_.leaves[candidates[i].leaf].key;
            auto lines =
                market_ == nullptr ? std::vector<LineShare>() : line_shares(view_, *market_, key, reading_);
            keep_chosen(lines);
            if (lines.empty()) lines.push_back({});
            auto const most = i == 0 && hs_share_.front() >= likely_share ? lines_of_first_max : 1;
            for (std::size_t k = 0; k < std::min(lines.size(), most); ++k)
                all.push_back({i, lines[k], hs_share_[i] * lines[k].share});
            lines_.push_back(std::move(lines));
        }
        // The best line of the best subheading is first, whatever its lines share among them.
        std::ranges::stable_sort(all, [](Joint const& a, Joint const& b) {
            bool const a_first = a.candidate == 0;
            bool const b_first = b.candidate == 0;
            if (a_first != b_first) return a_first;
            return a.share > b.share;
        });
        spread(all);
        for (auto const& one : all) answer_.proposals.push_back(proposal(one));
    }
    // Ten proposals of one heading help nobody whose goods belong in another.
    void spread(std::vector<Joint>& all) const {
        std::map<std::uint32_t, std::size_t> of_heading;
        auto const most = hs_share_.front() < unsure_share ? of_one_heading_unsure : of_one_heading_max;
        std::stable_partition(all.begin(), all.end(), [&](Joint const& one) {
            if (one.candidate == 0) return true;
            return ++of_heading[view_.leaves[evidence_.candidates[one.candidate].leaf].heading] <= most;
        });
        if (all.size() > proposals_max) all.resize(proposals_max);
    }
    void keep_chosen(std::vector<LineShare>& lines) const {
        for (auto const& given : question_.given) {
            auto const chosen = GoodsCode::parse(given.value);
            if (given.facet != "line" || !chosen) continue;
            float sum = 0;
            std::erase_if(lines, [&](LineShare const& one) {
                return !GoodsCode::from_key(view_.lines[one.line].key).is_under(*chosen);
            });
            for (auto const& one : lines) sum += one.share;
            for (auto& one : lines) one.share /= sum;
        }
    }
    [[nodiscard]] float confidence_at(std::size_t level) const {
        auto const facts = doubt_facts(view_, reading_, reading_.words.size(), evidence_.candidates, level);
        return confidence(model_, facts, level);
    }
    [[nodiscard]] Proposal proposal(Joint const& joint) {
        auto const& c = evidence_.candidates[joint.candidate];
        auto const& leaf = view_.leaves[c.leaf];
        Proposal out;
        out.hs = GoodsCode::from_key(leaf.key);
        out.code = out.hs;
        out.hs_permille = permille(hs_share_[joint.candidate]);
        out.permille = permille(joint.share);
        float heading = 0;
        for (auto const& other : evidence_.candidates) {
            if (view_.leaves[other.leaf].heading == leaf.heading) heading += other.share;
        }
        bool const is_first = leaf.heading == view_.leaves[evidence_.candidates.front().leaf].heading;
        out.heading_permille = permille(is_first ? confidence_at(1) : (1 - confidence_at(1)) * heading);
        out.heading_permille = std::max(out.heading_permille, out.hs_permille);
        auto const& chapter = view_.chapters[leaf.chapter];
        auto const& above = view_.headings[leaf.heading];
        bool const own = model_.has_texts == 0;
        if (chapter.text.size != 0)
            out.path.push_back({GoodsCode::from_key(chapter.key), view_.text(chapter.text), "", own});
        if (above.key != leaf.key)
            out.path.push_back({GoodsCode::from_key(above.key), view_.text(above.text), "", own});
        out.path.push_back({out.hs, view_.text(leaf.text), "", own});
        if (joint.line.line != none) add_line(joint.line.line, out);
        auto const [found, fresh] = reasons_.try_emplace(c.leaf);
        if (fresh) found->second = reasons(c);
        out.reasons = found->second;
        add_notes(out);
        return out;
    }
    void add_line(std::uint32_t index, Proposal& out) const {
        auto const& line = view_.lines[index];
        auto const code = GoodsCode::from_key(line.key);
        // Lines above it within the subheading are part of the way.
        auto const all = view_.lines.subspan(market_->first, market_->count);
        for (auto at = std::ranges::lower_bound(all, out.hs.key(), {}, &LineRow::key); at != all.end();
             ++at) {
            auto const& other = *at;
            auto const above = GoodsCode::from_key(other.key);
            if (other.key >= line.key) break;
            if (above.size() < code.size() && above.size() > 6 && code.is_under(above))
                out.path.push_back({above, view_.text(other.text), view_.text(other.group), false});
        }
        out.path.push_back({code, view_.text(line.text), view_.text(line.group), false});
        out.code = code;
        out.is_line = true;
    }
    // The phrases most like the question that lead there, each with the words they share.
    [[nodiscard]] std::vector<Reason> reasons(Candidate const& c) const {
        std::vector<std::pair<float, std::uint32_t>> best;
        for (std::uint32_t p : like(c)) {
            auto const& phrase = view_.phrases[p];
            float shared = 0;
            for (auto const& asked : strong_) {
                if (says(p, asked)) shared += asked.weight * 4;
            }
            if (shared > 0) best.emplace_back(shared / (phrase.norm + 1), p);
        }
        std::ranges::sort(best, [](auto const& a, auto const& b) {
            return a.first != b.first ? a.first > b.first : a.second < b.second;
        });
        std::vector<Reason> out;
        for (auto const& [value, p] : best) {
            if (out.size() == reasons_max) break;
            auto const& phrase = view_.phrases[p];
            Reason reason{"", view_.text(phrase.text), static_cast<Source>(phrase.source),
                          static_cast<Language>(phrase.language)};
            for (auto const& asked : strong_) {
                if (says(p, asked)) reason.words += (reason.words.empty() ? "" : " ") + asked.word;
            }
            auto const same =
                std::ranges::any_of(out, [&](Reason const& one) { return one.phrase == reason.phrase; });
            if (!same) out.push_back(std::move(reason));
        }
        return out;
    }
    [[nodiscard]] bool says(std::uint32_t p, Asked const& asked) const {
        return std::ranges::any_of(asked.ways, [&](Asked::Way const& way) {
            auto const& term = view_.terms[way.term];
            return std::ranges::binary_search(view_.postings.subspan(term.first, term.count), p);
        });
    }
    // Phrases that share a word with the question and point to the candidate, or to its heading.
    [[nodiscard]] std::vector<std::uint32_t> like(Candidate const& c) const {
        constexpr std::size_t looked_at = 400;
        std::vector<std::uint32_t> out;
        auto const heading = view_.leaves[c.leaf].heading | heading_bit;
        for (auto const& asked : strong_) {
            for (auto const& way : asked.ways) {
                auto const& term = view_.terms[way.term];
                for (auto const p : view_.postings.subspan(term.first, term.count)) {
                    auto const& phrase = view_.phrases[p];
                    auto const targets = view_.targets.subspan(phrase.first_target, phrase.targets);
                    if (out.size() < looked_at && (std::ranges::find(targets, c.leaf) != targets.end() ||
                                                   std::ranges::find(targets, heading) != targets.end())) {
                        out.push_back(p);
                    }
                }
            }
        }
        std::ranges::sort(out);
        out.erase(std::ranges::unique(out).begin(), out.end());
        return out;
    }
    void add_notes(Proposal& out) const {
        for (std::size_t n = 0; n < view_.notes.size(); ++n) {
            auto const& note = view_.notes[n];
            auto const at = GoodsCode::from_key(note.key);
            auto const sends = view_.note_to.subspan(note.first_to, note.tos);
            bool const here = out.hs.is_under(at);
            bool const met = met_[n];
            bool const comes = met && std::ranges::any_of(sends, [&](std::uint64_t to) {
                                   return out.hs.is_under(GoodsCode::from_key(to));
                               });
            if (!comes && !(here && (note.words == 0 || met))) continue;
            NoteShown shown{at, note.excludes != 0, met, view_.text(note.text), view_.text(note.source), {}};
            for (auto const to : sends) shown.to.push_back(GoodsCode::from_key(to));
            out.notes.push_back(std::move(shown));
        }
    }

    void settle() {
        auto const& first = answer_.proposals.front();
        answer_.standing = first.permille >= question_.accept_permille ? Standing::settled : Standing::open;
        if (question_.earlier && question_.earlier->size() >= 4 && first.hs.size() >= 4)
            answer_.departs = !first.hs.is_under(question_.earlier->prefix(4));
    }

    void ask() {
        if (answer_.standing == Standing::settled) return;
        std::vector<Weighed> weighed;
        for (std::size_t i = 0; i < hs_share_.size(); ++i)
            weighed.push_back({evidence_.candidates[i].leaf, hs_share_[i]});
        bool const is_chosen = std::ranges::any_of(
            question_.given, [](Given const& one) { return one.facet == "hs" || one.facet == "line"; });
        if (auto const facet = is_chosen ? std::nullopt : facets_.best(weighed)) {
            ask_facet(*facet, weighed);
            if (answer_.ask->choices.size() >= 2) return;
            answer_.ask.reset();
        }
        ask_codes();
    }
    void ask_facet(std::uint32_t facet, std::vector<Weighed> const& weighed) {
        auto const& row = view_.facets[facet];
        Ask out{view_.text(row.name), view_.text(row.question), {}};
        for (auto value = row.first; row.decides != 0 && value < row.first + row.count; ++value)
            add_alternative(value);
        for (auto value = row.first; value < row.first + row.count; ++value) {
            Choice choice{view_.text(view_.facet_values[value].name),
                          view_.text(view_.facet_values[value].answer),
                          "",
                          {},
                          permille(facets_.likely(value, weighed))};
            bool sure = false;
            for (std::uint32_t i = 0; i < answer_.proposals.size(); ++i) {
                auto const leaf = view_.leaf(answer_.proposals[i].hs);
                if (!facets_.allows(leaf, value)) continue;
                choice.proposals.push_back(i);
                sure = sure || facets_.names(leaf, value);
            }
            // An answer that none of the proposals speaks of leads away from all of them, and is no help
            // here.
            if (sure) out.choices.push_back(std::move(choice));
        }
        answer_.ask = std::move(out);
    }
    // Where no proposal has the value, the notes of the first one say where such goods go: shown last, with
    // the little that its words give it, so that the answer has its price too.
    void add_alternative(std::uint32_t value) {
        auto const first = answer_.proposals.front().hs;
        for (auto const& one : answer_.proposals) {
            if (facets_.names(view_.leaf(one.hs), value)) return;
        }
        std::uint32_t best = none;
        float most = -1;
        for (auto const& note : view_.notes) {
            if (note.excludes == 0 || !first.is_under(GoodsCode::from_key(note.key))) continue;
            for (auto const to : view_.note_to.subspan(note.first_to, note.tos)) {
                auto const code = GoodsCode::from_key(to);
                auto at = std::ranges::lower_bound(view_.leaves, to, {}, &Leaf::key);
                for (; at != view_.leaves.end() && GoodsCode::from_key(at->key).is_under(code); ++at) {
                    auto const leaf = static_cast<std::uint32_t>(at - view_.leaves.begin());
                    auto const found = std::ranges::find(evidence_.candidates, leaf, &Candidate::leaf);
                    auto const share = found == evidence_.candidates.end() ? at->mass * 1e-9F : found->share;
                    if (!facets_.names(leaf, value) || share <= most) continue;
                    most = share;
                    best = leaf;
                }
            }
        }
        if (best == none) return;
        Candidate candidate;
        candidate.leaf = best;
        candidate.share = std::max(0.0F, most);
        evidence_.candidates.push_back(candidate);
        auto lines = market_ == nullptr ? std::vector<LineShare>()
                                        : line_shares(view_, *market_, view_.leaves[best].key, reading_);
        hs_share_.resize(evidence_.candidates.size());
        hs_share_.back() = std::min(0.01F, candidate.share);
        auto const line = lines.empty() ? LineShare() : lines.front();
        if (answer_.proposals.size() == proposals_max) answer_.proposals.pop_back();
        answer_.proposals.push_back(
            proposal({evidence_.candidates.size() - 1, line, hs_share_.back() * line.share}));
    }
    // No facet parts them: the lines of the first subheading, or the subheadings, are shown as they are
    // called.
    void ask_codes() {
        auto const& lines = lines_.front();
        bool const lines_open = lines.size() > 1 && hs_share_.front() >= likely_share;
        Ask out{lines_open ? "line" : "hs", "", {}};
        std::vector<GoodsCode> seen;
        for (std::uint32_t i = 0; i < answer_.proposals.size(); ++i) {
            auto const& one = answer_.proposals[i];
            if (lines_open && one.hs != answer_.proposals.front().hs) continue;
            auto const code = lines_open ? one.code : one.hs;
            if (std::ranges::find(seen, code) != seen.end()) continue;
            seen.push_back(code);
            auto const& step =
                lines_open ? one.path.back() : *std::ranges::find(one.path, one.hs, &Step::code);
            Choice choice{"", step.text, step.group, {i}, lines_open ? one.permille : one.hs_permille};
            choice.code = code;
            out.choices.push_back(std::move(choice));
        }
        if (out.choices.size() >= 2) answer_.ask = std::move(out);
    }

    View const& view_;
    ModelRow const& model_;
    Question const& question_;
    Facets facets_;
    Reading reading_;
    Evidence evidence_;
    Answer answer_;
    MarketRow const* market_ = nullptr;
    bool has_words_ = false;
    std::vector<Asked> strong_;                             // the words of the question that say most
    std::vector<bool> met_;                                 // notes whose goods the words name
    std::map<std::uint32_t, std::vector<Reason>> reasons_;  // by leaf
    std::vector<float> hs_share_;
    std::vector<std::vector<LineShare>> lines_;
};

}  // namespace

std::string_view text_of(Standing standing) {
    constexpr std::string_view all[] = {"settled", "open", "nothing"};
    return all[static_cast<std::size_t>(standing)];
}

Result<Answer> classify(Index const& index, Question const& question) {
    if (question.words.size() > words_bytes_max) {
        return refuse(Code::too_long, "words",
                      std::to_string(question.words.size()) + " bytes; a description has at most " +
                          std::to_string(words_bytes_max));
    }
    if (trim(question.words).empty()) return refuse(Code::field_missing, "words", "say what the goods are");
    if (!is_clean(question.words))
        return refuse(Code::bad_value, "words", "the description holds control characters or is not UTF-8");
    if (question.given.size() > answers_max) return refuse(Code::too_long, "answers", "more than 20 answers");
    return Answering(index, question).run();
}

}  // namespace allroads::classify
