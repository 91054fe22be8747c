#include "classify/linear.h"

#include <algorithm>
#include <cmath>

namespace allroads::classify {

namespace {

constexpr std::size_t rounds = 6;
constexpr float rate = 0.35F;
constexpr float shrink = 2e-5F;
constexpr std::array<float, sources> importance = {1.0F, 1.0F, 1.0F, 0.7F, 0.35F};

class Learning {
public:
    Learning(View const& view, LeftOut const& left_out)
        : view_(view),
          score_(view.leaves.size() + view.headings.size()),
          seen_(view.leaves.size() + view.headings.size(), none) {
        std::vector<std::uint32_t> counts(view.phrases.size() + 1);
        for (auto const& term : view.terms) {
            for (auto const p : view.postings.subspan(term.first, term.count)) ++counts[p + 1];
        }
        for (std::size_t i = 1; i < counts.size(); ++i) counts[i] += counts[i - 1];
        first_ = counts;
        terms_.resize(view.postings.size());
        for (std::uint32_t t = 0; t < view.terms.size(); ++t) {
            auto const& term = view.terms[t];
            for (auto const p : view.postings.subspan(term.first, term.count)) terms_[counts[p]++] = t;
        }
        for (std::uint32_t p = 0; p < view.phrases.size(); ++p) {
            if (!left_out.holds(view.phrases[p]) && first_[p + 1] > first_[p]) order_.push_back(p);
        }
        find_pairs(left_out);
        std::uint32_t seed = 88172645U;
        for (std::size_t i = order_.size(); i > 1; --i) {
            seed ^= seed << 13U, seed ^= seed >> 17U, seed ^= seed << 5U;
            std::swap(order_[i - 1], order_[seed % i]);
        }
    }
    Linear run() {
        squared_.assign(made_.pairs.size(), 1e-2F);
        for (std::size_t round = 0; round < rounds; ++round) {
            for (auto const p : order_) phrase(p, round);
        }
        return std::move(made_);
    }

private:
    // Headings are numbered behind the leaves.
    [[nodiscard]] std::size_t number(std::uint32_t node) const {
        return (node & heading_bit) != 0 ? view_.leaves.size() + (node & ~heading_bit) : node;
    }
    void find_pairs(LeftOut const& left_out) {
        made_.first.push_back(0);
        std::vector<std::uint32_t> nodes;
        for (auto const& term : view_.terms) {
            nodes.clear();
            for (auto const p : view_.postings.subspan(term.first, term.count)) {
                auto const& phrase = view_.phrases[p];
                if (left_out.holds(phrase)) continue;
                for (auto const target : view_.targets.subspan(phrase.first_target, phrase.targets)) {
                    bool const is_heading = (target & heading_bit) != 0;
                    nodes.push_back(is_heading ? target : view_.leaves[target].heading | heading_bit);
                    if (!is_heading) nodes.push_back(target);
                }
            }
            std::ranges::sort(nodes);
            auto const same = std::ranges::unique(nodes);
            nodes.erase(same.begin(), same.end());
            for (auto const node : nodes) made_.pairs.push_back({node, 0});
            made_.first.push_back(static_cast<std::uint32_t>(made_.pairs.size()));
        }
    }
    void phrase(std::uint32_t p, std::size_t round) {
        auto const& row = view_.phrases[p];
        auto const terms = std::span(terms_).subspan(first_[p], first_[p + 1] - first_[p]);
        if (row.norm <= 0) return;
        auto const target = view_.targets[row.first_target + round % row.targets];
        bool const is_heading = (target & heading_bit) != 0;
        auto const heading = is_heading ? target & ~heading_bit : view_.leaves[target].heading;
        touched_.clear();
        for (auto const t : terms) {
            auto const x = view_.terms[t].weight / row.norm;
            for (auto const& pair : pairs_of(made_.first, made_.pairs, t)) {
                auto const at = number(pair.node);
                bool const is_leaf = (pair.node & heading_bit) == 0;
                if (is_leaf && (is_heading || view_.leaves[pair.node].heading != heading)) continue;
                if (seen_[at] != p) {
                    seen_[at] = p;
                    score_[at] = 0;
                    touched_.push_back(pair.node);
                }
                score_[at] += x * pair.weight;
            }
        }
        share();
        auto const step = rate * importance[row.source];
        for (auto const t : terms) {
            auto const x = view_.terms[t].weight / row.norm;
            for (auto i = made_.first[t]; i < made_.first[t + 1]; ++i) {
                auto& pair = made_.pairs[i];
                auto const at = number(pair.node);
                if (seen_[at] != p) continue;
                bool const is_leaf = (pair.node & heading_bit) == 0;
                bool const right = is_leaf ? pair.node == target : (pair.node & ~heading_bit) == heading;
                auto const pull = x * ((right ? 1.0F : 0.0F) - score_[at]) - shrink * pair.weight;
                if (std::fabs(pull) < 1e-3F) continue;
                squared_[i] += pull * pull;
                pair.weight += step * pull / std::sqrt(squared_[i]);
            }
        }
        for (auto const node : touched_) seen_[number(node)] = none;
    }
    // Turns the scores of the touched headings, and of the touched leaves, into shares. What was not touched
    // stays at nothing, and there is much of it.
    void share() {
        for (bool const headings : {true, false}) {
            float sum = 0;
            float count = 0;
            for (auto const node : touched_) {
                if (((node & heading_bit) != 0) != headings) continue;
                auto& score = score_[number(node)];
                score = std::exp(std::min(score, 30.0F));
                sum += score;
                ++count;
            }
            sum += headings ? std::max(1.0F, static_cast<float>(view_.headings.size()) - count) : 1.0F;
            for (auto const node : touched_) {
                if (((node & heading_bit) != 0) == headings) score_[number(node)] /= sum;
            }
        }
    }

    View const& view_;
    Linear made_;
    std::vector<float> squared_;
    std::vector<std::uint32_t> first_, terms_, order_;
    std::vector<float> score_;
    std::vector<std::uint32_t> seen_;
    std::vector<std::uint32_t> touched_;
};

}  // namespace

Linear learned_linear(View const& view, LeftOut const& left_out) { return Learning(view, left_out).run(); }

std::span<PairRow const> pairs_of(std::span<std::uint32_t const> first, std::span<PairRow const> pairs,
                                  std::uint32_t term) {
    return pairs.subspan(first[term], first[term + 1] - first[term]);
}

}  // namespace allroads::classify
